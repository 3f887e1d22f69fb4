//! `wamp context`: connection options under a name.

use clap::{Args, Subcommand};

use super::super::output::Format;
use super::client::ClientArgs;

/// Keep connection options under a name
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context add prod -u wss://example.org/ws --authid joe --secret prompt
  wamp context select prod
  wamp -c prod call com.shop.order
  wamp context show --resolved

A context is a TOML file that only you can read, NAME.toml in
$XDG_CONFIG_HOME/wamp/contexts, which is ~/.config/wamp/contexts if not set. Its
keys are options: url, realm, serializer, authmethod, authid, authrole,
authextra, secret, key, header, ppt_key, ca, cert, tls_key, insecure,
connect_timeout, retry, retry_max, timeout, output.

The context of a command is that of --context, else WAMP_CONTEXT, else `context`
in the project file, else the selected one. The project file, .wamp.toml in the
current folder or above it up to the root of the git repository, has the same
keys, but its secrets must not be file: or cmd:. WAMP_NO_PROJECT=1 ignores it.
Of several values the first one counts: option, environment variable, context,
project file, default.")]
pub(crate) struct ContextArgs {
    #[command(subcommand)]
    pub(crate) command: ContextCommand,
}

/// The commands of `wamp context`.
#[derive(Debug, Subcommand)]
pub(crate) enum ContextCommand {
    Add(ContextAddArgs),
    Ls(ContextLsArgs),
    Show(ContextShowArgs),
    Select(ContextSelectArgs),
    Edit(ContextEditArgs),
    Rm(ContextRmArgs),
    Check(ContextCheckArgs),
}

/// Keep the options of this command line as a context
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context add dev -u ws://localhost:8080/ws -r realm1
  wamp context add prod -u wss://example.org/ws --key 'cmd:pass show wamp'
  wamp context add lab -u wss://lab/ws --ca ca.pem --key file:joe.key --select

What the environment says is not kept. Paths are kept as absolute ones.")]
pub(crate) struct ContextAddArgs {
    /// Its name: letters, digits, . _ -
    #[arg(value_name = "NAME")]
    pub(crate) name: String,

    /// Replace the context if there is one
    #[arg(long)]
    pub(crate) force: bool,

    /// Select it too
    #[arg(long)]
    pub(crate) select: bool,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// List the contexts
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context ls
  wamp context ls -o json | jq -r '.details | select(.selected).name'

A table on a terminal, one name a line in a pipe.")]
pub(crate) struct ContextLsArgs {
    /// auto, json (an envelope for each), pretty, table [$WAMP_OUTPUT]
    #[arg(id = "contexts_output", short = 'o', long = "output", value_name = "F")]
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) output: Option<Format>,
}

/// Show what a context says, or where each option comes from
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context show prod
  wamp context show --resolved
  wamp context show prod --resolved -r com.other

With --resolved it shows the options that a command would have here, and where
each comes from: option, environment variable, context, project file, default.
Secrets are not read, and not shown.")]
pub(crate) struct ContextShowArgs {
    /// Its name [the context that a command would use]
    #[arg(value_name = "NAME", conflicts_with_all = ["context", "no_context"])]
    pub(crate) name: Option<String>,

    /// All that a command would use, and where it comes from
    #[arg(long)]
    pub(crate) resolved: bool,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Use a context wherever none is named
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context select prod
  wamp context select --none")]
pub(crate) struct ContextSelectArgs {
    /// Its name
    #[arg(value_name = "NAME", required_unless_present = "none")]
    pub(crate) name: Option<String>,

    /// Select none
    #[arg(long, conflicts_with = "name")]
    pub(crate) none: bool,
}

/// Change a context in an editor, $VISUAL or $EDITOR
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context edit prod
  EDITOR='code --wait' wamp context edit prod

What is edited is a copy. It takes the place of the context if nothing is wrong
with it, and is otherwise kept for the next `wamp context edit`.")]
pub(crate) struct ContextEditArgs {
    /// Its name
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// Remove contexts
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context rm dev
  wamp context ls | xargs -r wamp context rm")]
pub(crate) struct ContextRmArgs {
    /// Their names
    #[arg(value_name = "NAME", required = true)]
    pub(crate) names: Vec<String>,
}

/// Connect with a context, and say what that finds
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp context check prod
  wamp context check prod -o json | jq -r .details.authrole

The options are those of any command with --context NAME. Exit code 0 if the
router lets it in; 3 if there is no connection; 4 if the router refuses.")]
pub(crate) struct ContextCheckArgs {
    /// Its name [the context that a command would use]
    #[arg(value_name = "NAME", conflicts_with_all = ["context", "no_context"])]
    pub(crate) name: Option<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}
