//! What every client command takes: where to connect, how to print, and the payload of calls and publications.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};
use wampkit::auth::Method;
use wampkit::codec::Arguments;
use wampkit::proto::{Id, Serializer};

use super::super::argument;
use super::super::error::CliError;
use super::super::files::Files;
use super::super::log::{LogFilter, LogFormat};
use super::super::login::Source;
use super::super::output::Format;
use super::super::terminal::ColorChoice;
use super::passthru::KeyFile;

/// What every client command takes.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// The order of an option that is listed behind the others of its heading.
const LAST: usize = 999;

/// Where to connect and as whom.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Options kept by `wamp context` [$WAMP_CONTEXT]
    ///
    /// What is on the command line or in the environment counts more than the context, and the context more than .wamp.toml in
    /// this folder, or above it up to the root of the git repository.
    #[arg(
        short,
        long,
        value_name = "NAME",
        env = "WAMP_CONTEXT",
        hide_env = true
    )]
    pub(crate) context: Option<String>,

    /// Use no context, whichever is selected
    #[arg(long, hide_short_help = true)]
    pub(crate) no_context: bool,

    /// Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
    ///
    /// Schemes: ws, rs (RawSocket), ws+unix, rs+unix; wss and rss with TLS.
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
    #[arg(hide_short_help = true)]
    pub(crate) authrole: Option<String>,

    /// Ticket or password [$WAMP_SECRET]
    ///
    /// SRC is prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE; the variable holds that or the secret itself. Without
    /// --authmethod it is offered for SCRAM and WAMP-CRA, and as a ticket where nobody on the way can read it. WAMP_TICKET is a
    /// ticket only.
    #[arg(long, value_name = "SRC", value_parser = Source::parse)]
    pub(crate) secret: Option<Source>,

    /// Private key for cryptosign [$WAMP_PRIVATE_KEY]
    ///
    /// 64 hexadecimal digits, an OpenSSH key without a passphrase, or a key file of crossbar.
    #[arg(long, value_name = "SRC", value_parser = Source::parse)]
    pub(crate) key: Option<Source>,

    /// anonymous, ticket, wampcra, scram, cryptosign, tls
    ///
    /// By default whatever --secret, --key and --cert are good for. scram is wamp-scram and the dialect of autobahn and
    /// crossbar.
    #[arg(long, value_name = "M", hide_short_help = true)]
    pub(crate) authmethod: Option<Method>,

    /// Tell the router more, as a JSON object or @FILE
    ///
    /// {"channel_binding":"tls-exporter"} binds the login to the TLS connection.
    #[arg(long, value_name = "JSON", hide_short_help = true)]
    pub(crate) authextra: Option<String>,

    /// HTTP header of the handshake; may be repeated
    #[arg(short = 'H', long, value_name = "K: V", value_parser = header)]
    pub(crate) header: Vec<(String, String)>,

    /// Key for payloads encrypted from end to end; may be repeated
    ///
    /// The file has 64 hexadecimal digits or 32 bytes in base64. Results, events and invocations that came encrypted with the
    /// key are decrypted; answers to such invocations are encrypted likewise.
    #[arg(long, value_name = "ID=@FILE", value_parser = KeyFile::parse)]
    #[arg(hide_short_help = true)]
    pub(crate) ppt_key: Vec<KeyFile>,

    /// Trust these certificates (PEM) rather than the system's authorities
    ///
    /// With wss and rss. They are those of authorities, or the router's own.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) ca: Option<PathBuf>,

    /// Show the router this certificate (PEM)
    ///
    /// With wss and rss. Certificates that lead up to its authority follow it in the file.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) cert: Option<PathBuf>,

    /// Its private key (PEM), if it is in a file of its own
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) tls_key: Option<PathBuf>,

    /// Do not check the router's certificate
    ///
    /// Whoever is on the way can then read and change everything.
    #[arg(long, hide_short_help = true)]
    pub(crate) insecure: bool,

    /// Time for connecting and joining, more than 0 [5s]
    #[arg(long, value_name = "D", value_parser = some_time)]
    pub(crate) connect_timeout: Option<Duration>,

    /// How often to try again to connect [0; streams: without end]
    ///
    /// Only connecting is tried again, never what was sent, and not where it would be in vain: with a wrong password say, or on
    /// a realm that there is not. `subscribe` and `register` connect again whenever they lose their session, without end unless
    /// this says how often in a row (exit code 8 then, and at once with 0); but if there is no router at their start, they too
    /// wait for one with this option only (otherwise exit code 3).
    #[arg(long, value_name = "N", hide_short_help = true)]
    pub(crate) retry: Option<u32>,

    /// The largest pause between two attempts to connect [20s]
    ///
    /// The first is a tenth of a second at most, each about twice as long as the one before.
    #[arg(long, value_name = "D", value_parser = some_time, hide_short_help = true)]
    pub(crate) retry_max: Option<Duration>,

    /// How often to ask a silent router whether it is still there [20s]
    ///
    /// If it has not answered by the next time, the session is lost (exit code 8). 0 is never. RawSocket routers other than wamp
    /// are not sent pings, which not all of them survive; there the system looks after the connection.
    #[arg(long, value_name = "D", value_parser = duration, hide_short_help = true)]
    pub(crate) heartbeat: Option<Duration>,

    /// Print every WAMP message to standard error, or into FILE
    ///
    /// On a line each: the time since the start, the direction, the type, the size in bytes, how long an answer took, and the
    /// message as JSON, with `…` in place of secrets, and cut off where it is long. With -o json each line is an object,
    /// and nothing is cut off. FILE is readable by its owner only.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[arg(help_heading = "Output", display_order = LAST, hide_short_help = true)]
    pub(crate) trace: Option<Option<PathBuf>>,
}

/// How data is printed, and how long to wait for it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
    ///
    /// auto is indented on a terminal and compact in a pipe. json prints
    /// {"type","uri","args","kwargs","details","at"} on one line, errors on standard error likewise.
    /// raw is auto as in a pipe, with text unescaped and binary as its bytes. table lays out dictionaries and
    /// lists of them in columns.
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

/// Whether anything is sent at all.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct DryRunArgs {
    /// Print what would be sent, as JSON; do not connect
    ///
    /// A line for each message that asks for something, CALL or PUBLISH say, with `…` in place of secrets; of many calls or events
    /// that of the first; what depends on answers is left out. HELLO is not shown, and no secret is read: see --trace for what is really sent.
    #[arg(long, help_heading = "Output", display_order = LAST, hide_short_help = true)]
    pub(crate) dry_run: bool,
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

    /// What to log: LEVEL, MODULE=LEVEL, with commas [$WAMP_LOG]
    ///
    /// off, error, warn, info, debug or trace, in place of what -q and -v stand for; of modules another one:
    /// info,router=debug. These are access (the router's line for each session that joins or leaves), cli, client, router and
    /// transport, and the modules in them, such as router::handshake.
    #[arg(long, global = true, value_name = "WHAT", value_parser = LogFilter::parse)]
    #[arg(env = "WAMP_LOG", hide_env = true, hide_short_help = true)]
    pub(crate) log: Option<LogFilter>,

    /// How log lines look: text, json
    #[arg(long, global = true, value_name = "F", value_enum, default_value_t)]
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        hide_short_help = true
    )]
    pub(crate) log_format: LogFormat,

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
    ///   @FILE    key=@FILE     a file as text; @- is stdin
    ///   :=@FILE  key:=@FILE    a file as JSON
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
        let mut ppt_key = outer_connection.ppt_key;
        ppt_key.extend(connection.ppt_key);
        // A certificate that takes the place of another takes it from that one's key as well.
        let replaced = connection.cert.is_some() && outer_connection.cert.is_some();
        let outer_key = outer_connection.tls_key.filter(|_| !replaced);
        // Either of the two takes the place of both.
        let chosen = connection.context.is_some() || connection.no_context;
        Self {
            connection: ConnectionArgs {
                context: connection
                    .context
                    .or_else(|| outer_connection.context.filter(|_| !connection.no_context)),
                no_context: connection.no_context || outer_connection.no_context && !chosen,
                url: connection.url.or(outer_connection.url),
                realm: connection.realm.or(outer_connection.realm),
                serializer,
                authid: connection.authid.or(outer_connection.authid),
                authrole: connection.authrole.or(outer_connection.authrole),
                secret: connection.secret.or(outer_connection.secret),
                key: connection.key.or(outer_connection.key),
                authmethod: connection.authmethod.or(outer_connection.authmethod),
                authextra: connection.authextra.or(outer_connection.authextra),
                header,
                ppt_key,
                ca: connection.ca.or(outer_connection.ca),
                cert: connection.cert.or(outer_connection.cert),
                tls_key: connection.tls_key.or(outer_key),
                insecure: connection.insecure || outer_connection.insecure,
                connect_timeout: connection
                    .connect_timeout
                    .or(outer_connection.connect_timeout),
                retry: connection.retry.or(outer_connection.retry),
                retry_max: connection.retry_max.or(outer_connection.retry_max),
                heartbeat: connection.heartbeat.or(outer_connection.heartbeat),
                trace: connection.trace.or(outer_connection.trace),
            },
            output: OutputArgs {
                output: output.output.or(outer_output.output),
                details: output.details || outer_output.details,
                timeout: output.timeout.or(outer_output.timeout),
            },
        }
    }
}

impl ClientArgs {
    /// Takes these options apart into those of the command line and those whose names are in `environment`.
    pub(crate) fn split(mut self, environment: &[String]) -> (Self, Self) {
        let mut variables = Self::default();
        let (from, to) = (&mut self.connection, &mut variables.connection);
        for name in environment {
            match name.as_str() {
                "context" => to.context = from.context.take(),
                "url" => to.url = from.url.take(),
                "realm" => to.realm = from.realm.take(),
                "serializer" => to.serializer = std::mem::take(&mut from.serializer),
                "authid" => to.authid = from.authid.take(),
                "authrole" => to.authrole = from.authrole.take(),
                "output" => variables.output.output = self.output.output.take(),
                // It is no option of a client.
                "log" => {}
                // Told by the test of all variables.
                other => debug_assert!(false, "{other} has a variable"),
            }
        }
        (self, variables)
    }
}

/// A duration as people write it: `500ms`, `5s`, `1m`, `1h 30m`; a bare number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
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
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("nothing can be done in no time".to_owned()),
        duration => Ok(duration),
    }
}

/// An HTTP header, `name: value`.
pub(crate) fn header(text: &str) -> Result<(String, String), String> {
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

/// An id.
pub(super) fn id(text: &str) -> Result<Id, String> {
    text.parse()
        .ok()
        .and_then(Id::new)
        .ok_or_else(|| "write a number from 1 to 2^53".to_owned())
}
