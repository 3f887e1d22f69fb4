//! The command line: its commands, options and help. The doc comments are the help texts.
//!
//! Connection and output options may stand before or after the command. They are declared at both places and merged by
//! [`ClientArgs::or`], rather than made global, because `wamp router` has no use for them and an option that does nothing
//! would be a lie.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{
    ArgAction, ArgGroup, ArgMatches, Args, CommandFactory as _, FromArgMatches as _, Parser,
    Subcommand,
};
use tracing_subscriber::filter::LevelFilter;
use wampkit::codec::Arguments;
use wampkit::proto::{MatchPolicy, Serializer};

use super::argument;
use super::error::CliError;
use super::files::Files;
use super::json;
use super::output::Format;
use super::terminal::{ColorChoice, Stream};

/// WAMP v2 toolkit: a router, and a client for the command line.
#[derive(Debug, Parser)]
#[command(
    name = "wamp",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = "`wamp COMMAND --help` tells more, with examples.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
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
    Router(RouterArgs),
}

/// What every client command takes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Where to connect and as whom.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
    ///
    /// Schemes: ws, rs (RawSocket), ws+unix, rs+unix. There is no TLS yet.
    #[arg(short, long, env = "WAMP_URL", hide_env = true)]
    pub(crate) url: Option<String>,

    /// Realm [$WAMP_REALM, else realm1]
    #[arg(short, long, value_name = "URI", env = "WAMP_REALM", hide_env = true)]
    pub(crate) realm: Option<String>,

    /// Of json,msgpack,cbor, in order [$WAMP_SERIALIZER]
    #[arg(long, value_name = "S", value_delimiter = ',')]
    #[arg(env = "WAMP_SERIALIZER", hide_env = true)]
    pub(crate) serializer: Vec<Serializer>,

    /// Who to be [$WAMP_AUTHID]
    #[arg(long, value_name = "ID", env = "WAMP_AUTHID", hide_env = true)]
    pub(crate) authid: Option<String>,

    /// The role to ask for [$WAMP_AUTHROLE]
    #[arg(long, value_name = "R", env = "WAMP_AUTHROLE", hide_env = true)]
    pub(crate) authrole: Option<String>,

    /// HTTP header of the handshake; may be repeated
    #[arg(short = 'H', long, value_name = "K: V", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,

    /// Time for connecting and joining, more than 0 [5s]
    #[arg(long, value_name = "D", value_parser = some_time)]
    pub(crate) connect_timeout: Option<Duration>,
}

/// How data is printed, and how long to wait for it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// auto, json (envelope), pretty, raw [$WAMP_OUTPUT]
    ///
    /// auto is indented on a terminal and compact in a pipe. json prints
    /// {"type","uri","args","kwargs","details","at"} on one line, errors on standard error likewise.
    /// raw is auto as in a pipe, with text unescaped and binary as its bytes.
    #[arg(short, long, value_name = "F", env = "WAMP_OUTPUT", hide_env = true)]
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) output: Option<Format>,

    /// Print WAMP details too
    #[arg(short, long)]
    pub(crate) details: bool,

    /// How long to wait for an answer: 500ms, 5s, 1m, or seconds
    #[arg(short, long, value_name = "D", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

/// What is told beside the data.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub(crate) struct LogArgs {
    /// Errors only: no notes, no hints
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Log to standard error; twice for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// auto, always, never (NO_COLOR, CLICOLOR_FORCE)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) color: ColorChoice,
}

/// The payload of a call or publication.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PayloadArgs {
    /// Arguments: 2, hello, '[1,2]', key=5, key:s=5, key:='{"a":1}', @FILE
    ///
    /// A JSON literal is that value, any other word a string; with `key` in front it is a keyword argument.
    ///   :s=TEXT  key:s=TEXT    always a string
    ///   :=JSON   key:=JSON     must be JSON
    ///   @FILE    key=@FILE     a file as text; :=@FILE as JSON; @- is stdin
    ///   :b=@FILE key:b=BASE64  binary
    #[arg(
        value_name = "ARG",
        allow_negative_numbers = true,
        verbatim_doc_comment
    )]
    pub(crate) words: Vec<String>,

    /// All positional arguments, as a JSON list
    #[arg(long, value_name = "JSON", conflicts_with = "words")]
    pub(crate) args: Option<String>,

    /// All keyword arguments, as a JSON object
    #[arg(long, value_name = "JSON", conflicts_with = "words")]
    pub(crate) kwargs: Option<String>,

    /// A whole envelope, as -o json prints it
    #[arg(long, value_name = "@FILE", conflicts_with_all = ["words", "args", "kwargs"])]
    pub(crate) input: Option<String>,
}

/// Call a procedure and print its result
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp call com.math.add 2 3
  wamp call com.shop.charge amount=12.50 to:s=007
  sum=$(wamp call com.math.add 2 3)
  jq -c . order.json | wamp call com.shop.order :=@- -t 5s

A result of one argument is printed as that value, several as a JSON list, and
with keywords as {\"args\":[…],\"kwargs\":{…}}.")]
pub(crate) struct CallArgs {
    /// The procedure's URI
    #[arg(value_name = "PROC")]
    pub(crate) procedure: String,

    #[command(flatten)]
    pub(crate) payload: PayloadArgs,

    /// Option of CALL: disclose_me=true; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Publish an event, acknowledged by the router
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp publish com.shop.sold item=hat price=12.50
  wamp publish com.sensor.image :b=@image.png --no-ack
  wamp publish com.chat hello -O exclude_me=false -O eligible='[4711]'")]
pub(crate) struct PublishArgs {
    /// The topic's URI
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: String,

    #[command(flatten)]
    pub(crate) payload: PayloadArgs,

    /// Do not ask for an acknowledgement
    #[arg(long)]
    pub(crate) no_ack: bool,

    /// Option of PUBLISH: exclude_me=false; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Subscribe to topics and print their events
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp subscribe com.shop.sold
  wamp subscribe com.shop. -m prefix -n 10
  wamp subscribe com.shop.sold --for 1m | jq .kwargs.price
  wamp subscribe com.job.done -n 1 --idle 30s || echo 'nothing for 30 s'

In a pipe each event is one line of JSON:
{\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}.")]
pub(crate) struct SubscribeArgs {
    /// The topics, or patterns of topics
    #[arg(value_name = "TOPIC", required = true)]
    pub(crate) topics: Vec<String>,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Leave after N events
    #[arg(short = 'n', long = "count", value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,

    /// Leave after this time; with -n, 124 if the events were fewer
    #[arg(long = "for", value_name = "D", value_parser = duration)]
    pub(crate) duration: Option<Duration>,

    /// Leave after this time without an event; likewise
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) idle: Option<Duration>,

    /// Written once all is subscribed, removed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    /// Option of SUBSCRIBE; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Register procedures and answer their calls
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("answer").required(true))]
#[command(
    override_usage = "wamp register PROC... [OPTIONS] --echo|--return ARG|--error URI|-- CMD..."
)]
#[command(after_long_help = "\
Examples:
  wamp register com.echo --echo
  wamp register com.answer --return 42
  wamp register com.shop.charge --error com.shop.error.declined
  wamp register com.math.add -- jq '.args | add'
  wamp register com.date -n 1 -- date

CMD is run for each call, without a shell. Its standard input is the call as
JSON, {\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}; its environment has
WAMP_PROCEDURE, WAMP_ARGS_JSON, WAMP_KWARGS_JSON, WAMP_CALLER and
WAMP_CALLER_AUTHID. If it exits with 0, its standard output is the result: JSON,
else a string. Otherwise the call fails with wamp.cli.error.command_failed, or
with what CMD prints as {\"error\":URI,\"args\":[…],\"kwargs\":{…}}. If the call is
canceled, CMD gets SIGTERM, then SIGKILL.")]
pub(crate) struct RegisterArgs {
    /// The procedures, or patterns of procedures
    #[arg(value_name = "PROC", required = true)]
    pub(crate) procedures: Vec<String>,

    /// Answer with the arguments of the call
    #[arg(long, group = "answer")]
    pub(crate) echo: bool,

    /// Answer with this ARG of `call`; may be repeated
    #[arg(
        long = "return",
        value_name = "ARG",
        group = "answer",
        allow_negative_numbers = true
    )]
    pub(crate) results: Vec<String>,

    /// Answer with this error
    #[arg(long, value_name = "URI", group = "answer")]
    pub(crate) error: Option<String>,

    /// Answer with what this command prints
    #[arg(value_name = "CMD", group = "answer", last = true)]
    pub(crate) command: Vec<OsString>,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Leave after N calls
    #[arg(short = 'n', long = "count", value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,

    /// The most CMDs to run at once [16]
    #[arg(short, long, value_name = "N", conflicts_with_all = ["echo", "results", "error"])]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) jobs: Option<u32>,

    /// Wait before each answer
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) delay: Option<Duration>,

    /// Written once all is registered, removed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    /// Option of REGISTER: invoke=random; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// Run a router
#[derive(Debug, Default, Args)]
#[command(after_long_help = "\
Examples:
  wamp router
  wamp router --listen ws://0.0.0.0:8080/ws --realm com.shop
  wamp router --listen rs+unix:///run/wamp.sock --any-realm
  wamp router --port 0 -- ./run-tests.sh

Each listener serves WebSocket and RawSocket alike, with JSON, MessagePack and
CBOR.")]
pub(crate) struct RouterArgs {
    /// Where to listen; may be repeated [ws://127.0.0.1:8080/ws]
    #[arg(long, value_name = "URL")]
    pub(crate) listen: Vec<String>,

    /// A realm to serve; may be repeated [realm1]
    #[arg(id = "realms", long = "realm", value_name = "URI")]
    pub(crate) realms: Vec<String>,

    /// Open any realm that a client asks for
    #[arg(long)]
    pub(crate) any_realm: bool,

    /// The port on 127.0.0.1 in place of 8080
    ///
    /// With 0 the system chooses one, and the first line of standard output is WAMP_URL=ws://127.0.0.1:PORT/ws
    /// unless there is a CMD, which has it in its environment.
    #[arg(long, value_name = "N", conflicts_with = "listen")]
    pub(crate) port: Option<u16>,

    /// Run this with WAMP_URL and WAMP_REALM set, and exit with its code
    #[arg(value_name = "CMD", last = true)]
    pub(crate) command: Vec<OsString>,
}

impl Cli {
    /// Reads a command line, the program's name included.
    ///
    /// # Errors
    /// clap's, which is also how help and version come out.
    pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = command();
        let matches = command.try_get_matches_from_mut(spell_out_numbers(words))?;
        if let Some((name, own)) = matches.subcommand() {
            let given = |matches: &ArgMatches, id: &str| {
                matches.try_contains_id(id).is_ok()
                    && matches.value_source(id) == Some(ValueSource::CommandLine)
            };
            let idle = command.get_arguments().find(|arg| {
                let id = arg.get_id().as_str();
                is_idle(name, id) && (given(&matches, id) || given(own, id))
            });
            if let Some(arg) = idle {
                let message = format!("the argument '{arg}' cannot be used with '{name}'");
                return Err(command.error(ErrorKind::ArgumentConflict, message));
            }
        }
        Self::from_arg_matches(&matches)
    }

    /// Whether standard error has colours.
    pub(crate) fn color(&self) -> bool {
        Stream::stderr(self.log.color).color
    }

    /// How much is logged: a router tells what it does, a client command only when asked.
    pub(crate) const fn log_level(&self) -> LevelFilter {
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
/// Behind `--` everything is a value anyway, and may be another program's.
fn spell_out_numbers(words: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let mut ours = true;
    words.into_iter().map(move |word| {
        ours &= word != "--";
        match word.to_str() {
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

/// Whether a connection or output option would do nothing for a command. It is refused there.
fn is_idle(command: &str, id: &str) -> bool {
    match command {
        "router" => ["url", "realm", "output", "details", "timeout"]
            .iter()
            .chain(&RARE)
            .any(|name| *name == id),
        "register" => id == "details",
        _ => false,
    }
}

/// Connection options that only `wamp -h` and the long help of each command show, so that the short help fits a screen.
const RARE: [&str; 5] = [
    "serializer",
    "authid",
    "authrole",
    "header",
    "connect_timeout",
];

/// The definition behind [`Cli::read`]. The environment counts once, in front of the command: behind it, it would hide an
/// option that stands in front.
pub(crate) fn command() -> clap::Command {
    // An empty variable counts as none: that is how many tools unset one.
    let mut command = Cli::command().mut_args(|arg| {
        let value = arg.get_env().and_then(std::env::var_os);
        if value.is_some_and(|value| value.is_empty()) {
            arg.env(Resettable::Reset)
        } else {
            arg
        }
    });
    let names = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect::<Vec<_>>();
    for name in names {
        command = command.mut_subcommand(&name, |command| {
            command.mut_args(|arg| {
                let id = arg.get_id().as_str();
                let (rare, idle) = (RARE.contains(&id), is_idle(&name, id));
                arg.env(Resettable::Reset).hide_short_help(rare).hide(idle)
            })
        });
    }
    command
}

impl PayloadArgs {
    /// The arguments that the words and options stand for.
    ///
    /// # Errors
    /// A word that is not what it says it is, or a file that cannot be read.
    pub(crate) fn read(&self, files: &mut Files) -> Result<Arguments, CliError> {
        if let Some(input) = &self.input {
            return argument::envelope(input, files);
        }
        let mut arguments = argument::arguments(&self.words, files)?;
        if let Some(args) = &self.args {
            arguments.args = argument::list(args, files)?;
        }
        if let Some(kwargs) = &self.kwargs {
            arguments.kwargs = argument::dictionary(kwargs, files)?;
        }
        Ok(arguments)
    }
}

impl ClientArgs {
    /// These, completed with what `outer` has.
    pub(crate) fn or(self, outer: Self) -> Self {
        let (connection, output) = (self.connection, self.output);
        let (outer_connection, outer_output) = (outer.connection, outer.output);
        let serializer = if connection.serializer.is_empty() {
            outer_connection.serializer
        } else {
            connection.serializer
        };
        let mut header = outer_connection.header;
        header.extend(connection.header);
        Self {
            connection: ConnectionArgs {
                url: connection.url.or(outer_connection.url),
                realm: connection.realm.or(outer_connection.realm),
                serializer,
                authid: connection.authid.or(outer_connection.authid),
                authrole: connection.authrole.or(outer_connection.authrole),
                header,
                connect_timeout: connection
                    .connect_timeout
                    .or(outer_connection.connect_timeout),
            },
            output: OutputArgs {
                output: output.output.or(outer_output.output),
                details: output.details || outer_output.details,
                timeout: output.timeout.or(outer_output.timeout),
            },
        }
    }
}

/// A duration as people write it: `500ms`, `5s`, `1m`, `1h 30m`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text.starts_with(|character: char| character.is_ascii_digit() || character == '.')
        && let Ok(seconds) = text.parse::<f64>()
    {
        return Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string());
    }
    humantime::parse_duration(text)
        .map_err(|_| "write 500ms, 5s, 1m, or a number of seconds".to_owned())
}

/// The same, but not zero.
fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be done in no time".to_owned()),
        duration => Ok(duration),
    }
}

/// An HTTP header, `name: value`.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| "write 'Name: value'".to_owned())?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(format!("{name:?} is no name of a header"));
    }
    let value = value.trim();
    if value
        .bytes()
        .any(|byte| byte != b'\t' && byte.is_ascii_control())
    {
        return Err("the value has a control character".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests;
