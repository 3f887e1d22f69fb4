//! The command line: its commands, options and help. The doc comments are the help texts; each command has its own file.
//!
//! Connection and output options may stand before or after the command. They are declared at both places and merged by
//! [`ClientArgs::or`], rather than made global, because `wamp router` has no use for them and an option that does nothing
//! would be a lie.

mod authz;
mod bench;
mod brief;
mod call;
mod client;
mod complete;
mod completions;
mod context;
mod doctor;
mod inspect;
mod keygen;
mod passthru;
mod ping;
mod publish;
mod record;
mod register;
mod repl;
mod replay;
mod router;
mod subscribe;
mod top;
mod twice;

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use super::json;
use super::log::{LogFilter, LogFormat};
use super::terminal::Stream;

pub(crate) use authz::{AuthzArgs, AuthzCommand, ExplainArgs};
pub(crate) use bench::{
    BenchArgs, BenchCommand, Carrier, CommonArgs, CompareArgs, ConnectWork, IdleWork, LoadArgs,
    Pace, PubsubWork, RpcWork, RunArgs, Work,
};
pub(crate) use call::CallArgs;
pub(crate) use client::{
    ClientArgs, ConnectionArgs, LogArgs, OutputArgs, duration, header, some_time,
};
pub(crate) use complete::{Asker, CompleteArgs};
pub(crate) use completions::CompletionsArgs;
pub(crate) use context::{
    ContextAddArgs, ContextArgs, ContextCheckArgs, ContextCommand, ContextEditArgs, ContextRmArgs,
    ContextSelectArgs, ContextShowArgs,
};
pub(crate) use doctor::DoctorArgs;
pub(crate) use inspect::{KillArgs, Listed, LsArgs, ShowArgs};
pub(crate) use keygen::{KeyKdf, KeyMethod, KeygenArgs};
pub(crate) use passthru::{KeyFile, keyring};
pub(crate) use ping::PingArgs;
pub(crate) use publish::PublishArgs;
pub(crate) use record::RecordArgs;
pub(crate) use register::RegisterArgs;
pub(crate) use repl::{ExpectArgs, LineArgs, LineCommand, ReplArgs, SetArgs, Setting, Switch};
pub(crate) use replay::ReplayArgs;
pub(crate) use router::RouterArgs;
pub(crate) use subscribe::SubscribeArgs;
pub(crate) use top::TopArgs;
use twice::said_twice;

/// WAMP v2 toolkit: a router, and a client for the command line.
#[derive(Debug, Parser)]
#[command(
    name = "wamp",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    args_override_self = true
)]
#[command(after_long_help = "\
Examples:
  wamp router &
  wamp register com.example.echo --echo &
  wamp call com.example.echo hello
  wamp subscribe com.example. --match prefix &
  wamp publish com.example.door open
  wamp ls procedures

`wamp COMMAND --help` tells more, with examples.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    #[command(subcommand)]
    pub(crate) command: Command,

    /// The ids of the options in `client` that are from the environment.
    #[arg(skip)]
    pub(crate) environment: Vec<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Call(CallArgs),
    #[command(visible_alias = "pub")]
    Publish(PublishArgs),
    #[command(visible_alias = "sub")]
    Subscribe(SubscribeArgs),
    #[command(visible_alias = "reg")]
    Register(RegisterArgs),
    Repl(ReplArgs),
    Record(RecordArgs),
    Replay(ReplayArgs),
    Ls(LsArgs),
    Show(ShowArgs),
    Kill(KillArgs),
    Ping(PingArgs),
    Top(TopArgs),
    Bench(BenchArgs),
    Doctor(DoctorArgs),
    #[command(visible_alias = "ctx")]
    Context(ContextArgs),
    Authz(AuthzArgs),
    Router(RouterArgs),
    Keygen(KeygenArgs),
    Completions(CompletionsArgs),
    #[command(hide = true)]
    Complete(CompleteArgs),
}

impl Cli {
    /// Reads a command line, the program's name included.
    ///
    /// # Errors
    /// clap's, which is also how help and version come out.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let words: Vec<OsString> = spell_out_numbers(words).collect();
        match Self::briefly(&words) {
            Some(cli) => Ok(cli),
            // What is wrong is told with all commands in view.
            None => Self::by(command(), &words),
        }
    }

    /// Reads a command line by this definition.
    fn by(mut command: clap::Command, words: &[OsString]) -> Result<Self, clap::Error> {
        let mut matches = command.try_get_matches_from_mut(words)?;
        if let Some((name, own)) = matches.subcommand() {
            let given = |matches: &ArgMatches, id: &str| {
                matches.try_contains_id(id).is_ok()
                    && matches.value_source(id) == Some(ValueSource::CommandLine)
            };
            let (path, own) = match (name, own.subcommand()) {
                ("context" | "bench", Some((inner, own))) => (format!("{name} {inner}"), own),
                _ => (name.to_owned(), own),
            };
            let name = path.as_str();
            let idle = command.get_arguments().find(|arg| {
                let id = arg.get_id().as_str();
                is_idle(name, id) && (given(&matches, id) || given(own, id))
            });
            if let Some(arg) = idle {
                let why = why_idle(name, arg.get_id().as_str());
                let message = format!("the argument '{arg}' cannot be used with '{name}'{why}");
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
            let stranger = command.get_arguments().find(|arg| {
                let id = arg.get_id().as_str();
                bench::STRANGERS.contains(&id) && (given(&matches, id) || given(own, id))
            });
            if let Some(arg) = stranger.filter(|_| given(own, "self_host")) {
                let message = format!(
                    "the argument '{arg}' cannot be used with '--self-host': that is a router that lets everybody in"
                );
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
            let flags = command
                .find_subcommand(name)
                .into_iter()
                .flat_map(clap::Command::get_arguments);
            let is_given = |id: &str| given(&matches, id) || given(own, id);
            if let Some(message) = said_twice(name, own, flags, is_given) {
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
        }
        let options = command.get_arguments().map(|arg| arg.get_id().as_str());
        let environment = options
            .filter(|id| matches.value_source(id) == Some(ValueSource::EnvVariable))
            .map(str::to_owned)
            .collect();
        let cli = Self::from_arg_matches_mut(&mut matches)?;
        Ok(Self { environment, ..cli })
    }

    /// Whether standard error has colours.
    pub(crate) fn color(&self) -> bool {
        Stream::stderr(self.log.color).color
    }

    /// What is logged; `None` for nothing.
    pub(crate) fn log_filter(&self) -> Option<LogFilter> {
        let level = self.log_level();
        let usual = (level != LevelFilter::OFF).then(|| level.into());
        self.log.log.clone().or(usual)
    }

    /// How a line of the log looks.
    pub(crate) const fn log_format(&self) -> LogFormat {
        self.log.log_format
    }

    /// How much is logged unless it is said: a router tells what it does, a client command only when asked.
    const fn log_level(&self) -> LevelFilter {
        // A router that runs for a command's sake keeps out of that command's way.
        let (router, front) = match &self.command {
            Command::Router(router) => (true, !router.command.is_empty()),
            _ => (false, false),
        };
        match (self.log.quiet, self.log.verbose) {
            (true, _) if router => LevelFilter::ERROR,
            (true, _) => LevelFilter::OFF,
            (false, 0) if front => LevelFilter::WARN,
            (false, 0) if router => LevelFilter::INFO,
            (false, 0) => LevelFilter::OFF,
            (false, 1) if router => LevelFilter::DEBUG,
            (false, 1) => LevelFilter::INFO,
            (false, 2) if !router => LevelFilter::DEBUG,
            (false, _) => LevelFilter::TRACE,
        }
    }
}

/// Writes negative numbers with an exponent so that they are no options to clap, `:=-5e-1`: it knows the plain ones only.
/// The other way round, `-0` is an option of `publish` and no number. Behind `--` everything is a value anyway, and may be another
/// program's.
fn spell_out_numbers(words: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let words = words.into_iter().collect::<Vec<_>>();
    let named = words
        .iter()
        .filter_map(|word| word.to_str())
        .find(|word| Command::has_subcommand(word) || ALIASES.contains(word));
    let publishes = matches!(named, Some("publish" | "pub"));
    let mut ours = true;
    words.into_iter().map(move |word| {
        ours &= word != "--";
        match word.to_str() {
            Some("-0") if ours && publishes => "--null".into(),
            Some(text)
                if ours
                    && text.starts_with('-')
                    && text.contains(['e', 'E'])
                    && json::parse(text).is_ok() =>
            {
                format!(":={text}").into()
            }
            _ => word,
        }
    })
}

/// The aliases of [`Command`]s, which it does not tell of itself.
const ALIASES: [&str; 4] = ["pub", "sub", "reg", "ctx"];

/// Whether a connection or output option would do nothing for a command. It is refused there.
fn is_idle(command: &str, id: &str) -> bool {
    match command {
        "authz" | "context ls" if id == "output" => false,
        "context add" if matches!(id, "context" | "no_context" | "trace") => true,
        "router" | "authz" | "keygen" | "completions" | "complete" | "context ls"
        | "context select" | "context edit" | "context rm" => {
            ["url", "realm", "output", "details", "timeout"]
                .iter()
                .chain(&RARE)
                .chain(&CLIENTS)
                .any(|name| *name == id)
        }
        "bench rpc" | "bench pubsub" | "bench connect" | "bench idle" | "bench compare"
            if bench::is_idle(command, id) =>
        {
            true
        }
        "context check" if id == "timeout" => true,
        "context show" if id == "trace" => true,
        "repl" if id == "details" => true,
        "record" | "replay" => id == "details",
        "doctor" if matches!(id, "retry" | "retry_max" | "heartbeat" | "trace") => true,
        "register" | "ls" | "show" | "kill" | "ping" | "top" | "doctor" | "context add"
        | "context show" | "context check" => id == "details",
        _ => false,
    }
}

/// Why it would do nothing, where that is not plain from the command, with a colon in front.
fn why_idle(command: &str, id: &str) -> &'static str {
    match id {
        _ if !command.starts_with("bench ") => "",
        "trace" => ": it would measure the trace; `wamp ping --trace` shows messages",
        "details" => ": all its figures are printed",
        "ppt_key" => ": its payloads are its own",
        "retry" | "retry_max" => ": a router that is not there is not measured",
        "heartbeat" => ": it sends nothing but what it measures",
        "url" => ": write it among the routers",
        "timeout" => ": it waits as long as --connect-timeout says",
        _ => "",
    }
}

/// Connection options that only `wamp -h` and the long help of each command show, so that the short help fits a screen.
const RARE: [&str; 8] = [
    "context",
    "serializer",
    "authid",
    "authrole",
    "secret",
    "key",
    "header",
    "connect_timeout",
];

/// Those that not even `wamp -h` shows.
const RAREST: [&str; 10] = [
    "color",
    "context",
    "serializer",
    "authid",
    "secret",
    "key",
    "header",
    "connect_timeout",
    "details",
    "timeout",
];

/// How clients choose their options, log in, use TLS and watch over their connections, which is not how routers do.
const CLIENTS: [&str; 11] = [
    "no_context",
    "authmethod",
    "authextra",
    "ca",
    "cert",
    "tls_key",
    "insecure",
    "retry",
    "retry_max",
    "heartbeat",
    "trace",
];

/// The definition behind [`Cli::read`]. The environment counts once, in front of the command: behind it, it would hide an
/// option that stands in front.
pub(crate) fn command() -> clap::Command {
    let mut command = with_environment(Cli::command());
    let names = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned());
    for name in names.collect::<Vec<_>>() {
        command = command.mut_subcommand(&name, |command| as_own(command, &name));
    }
    command
}

/// The options in front of the command.
fn with_environment(command: clap::Command) -> clap::Command {
    without_empty_variables(command).mut_args(|arg| {
        let rarest = RAREST.contains(&arg.get_id().as_str());
        let hidden = rarest || arg.is_hide_short_help_set();
        arg.hide_short_help(hidden)
    })
}

/// An empty variable counts as none: that is how many tools unset one.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        value.is_some_and(|value| value.is_empty())
    };
    if !command.get_arguments().any(is_empty) {
        return command;
    }
    command.mut_args(|arg| match is_empty(&arg) {
        true => arg.env(Resettable::Reset),
        false => arg,
    })
}

/// A command, and those below it, with options that stand behind its name.
fn as_own(command: clap::Command, path: &str) -> clap::Command {
    command
        .mut_args(|arg| {
            let id = arg.get_id().as_str();
            let (rare, idle) = (RARE.contains(&id), is_idle(path, id));
            let rare = rare || arg.is_hide_short_help_set();
            // There it is short for --command, as it is of a shell.
            let taken = path == "repl" && id == "context";
            let arg = if taken { arg.short(None) } else { arg };
            arg.env(Resettable::Reset).hide_short_help(rare).hide(idle)
        })
        .mut_subcommands(|command| {
            let path = format!("{path} {}", command.get_name());
            as_own(command, &path)
        })
}

#[cfg(test)]
mod tests;
