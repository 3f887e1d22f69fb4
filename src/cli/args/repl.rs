//! `wamp repl`, and the lines that are typed in it.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use wampkit::proto::MatchPolicy;

use super::client::{ClientArgs, ConnectionArgs, duration};
use super::{
    CallArgs, KillArgs, LsArgs, PingArgs, PublishArgs, RegisterArgs, ShowArgs, SubscribeArgs,
    is_idle, said_twice, spell_out_numbers,
};

/// Explore a realm line by line, or test it
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp repl
  wamp repl --embedded
  wamp repl -c 'call com.math.add 2 3; expect 5'
  wamp repl -f smoke.wamp
  echo 'ls procedures' | wamp repl

Lines are commands as on the command line, without `wamp`; `help` lists them. $_
is the last result, $_.args[0] a part of it. Tab completes commands, options and
the URIs that the router has now. What is subscribed or registered goes on while
other lines are typed: `jobs` lists it. If the session is lost, it is had again
(--retry), with all of that.

Lines of -c, -f or a pipe run until one fails; its exit code is that of the whole.
It is 9 if `expect` finds something else. Ctrl-D or the end of the lines leaves.")]
pub(crate) struct ReplArgs {
    /// Run these commands, separated by `;`, and leave
    #[arg(
        short = 'c',
        long = "command",
        value_name = "CMDS",
        conflicts_with = "file"
    )]
    pub(crate) commands: Option<String>,

    /// Run the commands of this file, and leave
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// Go on when a command of -c, -f or a pipe fails
    ///
    /// The exit code is that of the first that failed all the same.
    #[arg(long)]
    pub(crate) keep_going: bool,

    /// Start a router in this process, and say where it listens
    #[arg(long, conflicts_with = "url")]
    pub(crate) embedded: bool,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Commands of a session; `help COMMAND` tells more
#[derive(Debug, Parser)]
#[command(
    name = "wamp",
    no_binary_name = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct LineArgs {
    #[command(subcommand)]
    pub(crate) command: LineCommand,
}

impl LineArgs {
    /// The definition of a line: that of the command line, but for what is said once for the session.
    pub(crate) fn grammar() -> clap::Command {
        let idle = idle();
        Self::command()
            .override_usage("COMMAND [ARG]...")
            .mut_subcommands(|command| {
                let path = command.get_name().to_owned();
                command.mut_args(|arg| {
                    let id = arg.get_id().as_str();
                    let hidden = idle.iter().any(|idle| idle == id) || is_idle(&path, id);
                    let hidden = hidden && !arg.is_positional();
                    arg.env(Resettable::Reset).hide(hidden)
                })
            })
    }

    /// Reads the words of a line.
    ///
    /// # Errors
    /// clap's, which is also how help comes out.
    pub(crate) fn read(
        grammar: &mut clap::Command,
        words: &[String],
    ) -> Result<LineCommand, clap::Error> {
        let words = spell_out_numbers(words.iter().map(Into::into));
        let matches = grammar.try_get_matches_from_mut(words)?;
        if let Some((name, own)) = matches.subcommand() {
            let given = |id: &str| {
                own.try_contains_id(id).is_ok()
                    && own.value_source(id) == Some(ValueSource::CommandLine)
            };
            let options = grammar.find_subcommand(name).into_iter();
            let idle = options
                .flat_map(clap::Command::get_arguments)
                .find(|arg| arg.is_hide_set() && given(arg.get_id().as_str()))
                .map(ToString::to_string);
            if let Some(arg) = idle {
                let message = format!("the argument '{arg}' cannot be used in a line of the REPL");
                return Err(grammar.error(ErrorKind::ArgumentConflict, message));
            }
            let flags = grammar
                .find_subcommand(name)
                .into_iter()
                .flat_map(clap::Command::get_arguments);
            if let Some(message) = said_twice(name, own, flags, given) {
                return Err(grammar.error(ErrorKind::ArgumentConflict, message));
            }
        }
        Self::from_arg_matches(&matches).map(|line| line.command)
    }
}

/// The options that say nothing in a line.
fn idle() -> Vec<String> {
    let connection = ConnectionArgs::augment_args(clap::Command::new("connection"));
    let options = connection.get_arguments();
    let mut ids = options
        .map(|arg| arg.get_id().to_string())
        .collect::<Vec<_>>();
    ids.push("dry_run".to_owned());
    ids
}

/// The commands of the REPL: those of the command line that need a session, and those that are about it.
#[derive(Debug, Subcommand)]
pub(crate) enum LineCommand {
    Call(Box<CallArgs>),
    #[command(visible_alias = "pub")]
    Publish(Box<PublishArgs>),
    #[command(visible_alias = "sub")]
    Subscribe(Box<SubscribeArgs>),
    #[command(visible_alias = "reg")]
    Register(Box<RegisterArgs>),
    Ls(Box<LsArgs>),
    Show(Box<ShowArgs>),
    Kill(Box<KillArgs>),
    Ping(Box<PingArgs>),

    /// Wait for the next event of a topic; it is then $_
    Wait(WaitArgs),

    /// Check the last result, or how a command ends
    #[command(after_long_help = "\
Examples:
  expect 5
  expect --contains 'hat' price=12
  expect --error com.shop.error.declined -- call com.shop.charge 100
  expect 5 -- call com.math.add 2 3
  expect --no-event com.shop.sold --within 1s

Without words any result will do. If it is otherwise, the exit code is 9.")]
    Expect(ExpectArgs),

    /// The subscriptions and registrations here
    Jobs,

    /// End subscriptions, by their numbers
    Unsub(JobArgs),

    /// End registrations, by their numbers
    Unreg(JobArgs),

    /// Print the events or calls of jobs no longer, or again
    Mute(JobArgs),

    /// Who this session is, and to which router
    Whoami,

    /// Go to another router
    Connect {
        /// Its URL
        url: String,
    },

    /// Go to another realm
    Realm {
        /// Its URI
        realm: String,
    },

    /// Go where a context of `wamp context` says
    Use {
        /// Its name
        context: String,
    },

    /// Change how things are printed: set output json
    Set(SetArgs),

    /// Print every WAMP message, or no more
    Trace {
        /// on, off
        #[arg(value_enum)]
        switch: Switch,
    },

    /// Run a command, and tell how long it took
    Time(RestArgs),

    /// Run the commands of a file
    Source {
        /// The file
        file: PathBuf,
    },

    /// Run a command of the shell; also `! CMD`
    ///
    /// The whole line is the shell's, with each `;` in it. Only in -c a `;` that is not
    /// quoted ends the command, and what follows is for the REPL again.
    #[command(name = "!")]
    Shell(RestArgs),

    /// Tell about the commands
    Help {
        /// One command
        command: Option<String>,
    },

    /// Leave
    #[command(visible_alias = "exit")]
    Quit,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// From now on.
    On,
    /// No more.
    Off,
}

/// Numbers of jobs.
#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Their numbers; `jobs` tells them
    #[arg(value_name = "N", required = true)]
    pub(crate) numbers: Vec<u32>,
}

/// What to wait for.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// The topic
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: String,

    /// How long at most [10s]
    #[arg(value_name = "D", value_parser = duration)]
    pub(crate) limit: Option<Duration>,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,
}

/// What is expected.
#[derive(Debug, Args)]
pub(crate) struct ExpectArgs {
    /// The arguments of the last result, as for `call`
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    pub(crate) words: Vec<String>,

    /// These arguments among others
    #[arg(long)]
    pub(crate) contains: bool,

    /// The command behind -- fails with this URI
    #[arg(
        long,
        value_name = "URI",
        requires = "command",
        conflicts_with = "words"
    )]
    pub(crate) error: Option<String>,

    /// No event of this topic comes
    #[arg(long, value_name = "TOPIC", conflicts_with_all = ["words", "command", "contains"])]
    pub(crate) no_event: Option<String>,

    /// For so long [1s]
    #[arg(long, value_name = "D", value_parser = duration, requires = "no_event")]
    pub(crate) within: Option<Duration>,

    /// A command whose result it is
    #[arg(value_name = "CMD", last = true)]
    pub(crate) command: Vec<String>,
}

/// A setting and its value.
#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// output, details, timeout, quiet
    #[arg(value_name = "NAME", value_enum, hide_possible_values = true)]
    pub(crate) name: Option<Setting>,

    /// The value
    #[arg(value_name = "VALUE", allow_negative_numbers = true)]
    pub(crate) value: Option<String>,
}

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Setting {
    /// As --output.
    Output,
    /// As --details.
    Details,
    /// As --timeout.
    Timeout,
    /// As --quiet.
    Quiet,
}

/// A command and its words.
#[derive(Debug, Args)]
pub(crate) struct RestArgs {
    /// The command
    #[arg(
        value_name = "CMD",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub(crate) words: Vec<String>,
}
