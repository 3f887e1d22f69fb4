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

The scripts complete commands, options, and the values that an option can have.
For zsh the folder has to be one of $fpath, before compinit is run.")]
pub(crate) struct CompletionsArgs {
    /// bash, zsh, fish, elvish, powershell
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    pub(crate) shell: Shell,
}
