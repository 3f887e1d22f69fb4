//! `wamp completions`.

use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  source <(wamp completions bash)
  wamp completions bash > ~/.local/share/bash-completion/completions/wamp
  wamp completions zsh > ~/.zfunc/_wamp
  wamp completions fish > ~/.config/fish/completions/wamp.fish
  wamp completions elvish >> ~/.config/elvish/rc.elv
  wamp completions powershell >> profile.ps1

The scripts complete commands, options and values: contexts, files, and in bash,
zsh, fish and elvish also the procedures, topics and sessions of the router that
the line is for, URIs segment by segment. They are asked for when Tab is pressed,
without waiting for more than 300 ms, and kept for a few seconds. Nobody is
prompted for a secret, and no program is run for one. For zsh the folder has to
be one of $fpath, before compinit is run.")]
pub(crate) struct CompletionsArgs {
    /// bash, zsh, fish, elvish, powershell
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    pub(crate) shell: Shell,
}
