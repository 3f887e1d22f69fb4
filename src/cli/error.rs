//! What can go wrong in a command, as lines for people, as JSON for programs, and as an exit code.

use std::io;
use std::time::{Duration, SystemTime};

use wampkit::auth::LoginError;
use wampkit::client::{
    Closed, ConnectError, Error as RequestError, PayloadError, Refused, WampError,
};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, DictFields as _, MessageType, Value, uris};
use wampkit::router::config::{ConfigError, Fault as ConfigFault};
use wampkit::transport::{CertificateFault, ConnectError as TransportError};

use super::exit::Exit;
use super::fault::Fault;
use super::terminal::{Paint, Stream};
use super::{json, meta, sanitize, stderr};

/// Why a command ends otherwise than well. Displays as the first error line, without `wamp: error: `.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A wrong option, or options that do not go together.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to try.
        hint: Option<String>,
    },
    /// What came of one of many.
    #[error("{place}: {error}")]
    OneOf {
        /// Which: `line 17`.
        place: String,
        /// What it came to.
        error: Box<Self>,
    },
    /// What a word of a line came to.
    #[error("{error}")]
    Pointed {
        /// What it came to.
        error: Box<Self>,
        /// The line, and a caret under the word.
        excerpt: String,
    },
    /// A fault at one place of an argument.
    #[error("{0}")]
    Fault(Box<Fault>),
    /// A configuration file that is none.
    #[error("{0}")]
    Config(Box<ConfigError>),
    /// A file that an argument names cannot be read.
    #[error("{place}: cannot read {name}: {}", plain(error))]
    File {
        /// Which argument.
        place: String,
        /// The file.
        name: String,
        /// Why.
        error: io::Error,
        /// What to try.
        hint: Option<String>,
    },
    /// The router cannot be reached.
    #[error("cannot connect to {url}: {error}")]
    Connect {
        /// Where it was looked for.
        url: String,
        /// Why.
        error: Box<ConnectError>,
    },
    /// The router refused the session.
    #[error("{url} refused the session on {realm}: {}", .refused.reason)]
    Refused {
        /// The router.
        url: String,
        /// The realm asked for.
        realm: String,
        /// Its ABORT.
        refused: Box<Refused>,
    },
    /// The session was given up by this side: the router asked for what it must not be given, or has not proven itself.
    #[error("cannot log in at {url}: {error}")]
    Login {
        /// The router.
        url: String,
        /// Why.
        error: LoginError,
    },
    /// An ERROR in answer to a request.
    #[error("{}", wamp_line(subject, error))]
    Wamp {
        /// The procedure or topic that the request was about.
        subject: String,
        /// The ERROR.
        error: Box<WampError>,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// The router does not have a procedure of the meta API.
    #[error("{}: no such procedure: {procedure}", meta::lack(procedure))]
    NoMeta {
        /// The procedure.
        procedure: String,
        /// The ERROR.
        error: Box<WampError>,
    },
    /// There is no such thing on the router.
    #[error("{message}")]
    Nothing {
        /// What there is not, in words.
        message: String,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// Something is not as it was expected to be.
    #[error("{0}")]
    Unexpected(String),
    /// The session ended under the command.
    #[error("session lost: {0}")]
    Lost(#[from] Closed),
    /// The session ended under the command, and there was no other to be had.
    #[error("session lost: {closed}; and no other since: {fault}")]
    Gone {
        /// How it ended.
        closed: Closed,
        /// What was in the way of another at last.
        fault: Box<Self>,
    },
    /// The router ended a subscription or registration.
    #[error("the router ended {subject}: {reason}")]
    Revoked {
        /// The topic or procedure.
        subject: String,
        /// Why: a URI.
        reason: String,
    },
    /// No answer within `--timeout`.
    #[error("{subject}: no answer within {}", humantime::format_duration(*after))]
    Timeout {
        /// The procedure or topic that the request was about.
        subject: String,
        /// The time that was given.
        after: Duration,
    },
    /// `--for` or `--idle` was over before `-n` was met.
    #[error("{got} of {wanted} events {why}")]
    TooFew {
        /// How many there were.
        got: u64,
        /// How many were wanted.
        wanted: u64,
        /// Which limit it was.
        why: String,
    },
    /// Some of several requests failed, and the others were made all the same.
    #[error("{failed} of {all} failed")]
    Partly {
        /// How many failed.
        failed: u64,
        /// How many there were.
        all: u64,
        /// How the process would have ended with the first of them.
        exit: Exit,
    },
    /// An answer that cannot be read.
    #[error("{subject}: {message}")]
    Payload {
        /// The procedure or topic that the request was about.
        subject: String,
        /// What is wrong with it.
        message: String,
    },
    /// A place to listen at is not to be had: the place and why.
    #[error("cannot listen on {0}")]
    Listen(String),
    /// A command cannot be started.
    #[error("cannot run {command}: {}", plain(error))]
    Spawn {
        /// Its name.
        command: String,
        /// Why.
        error: io::Error,
    },
    /// A command that was to be kept running does not run.
    #[error("{command} {what}, {attempts} times in a row")]
    Coprocess {
        /// Its name.
        command: String,
        /// What it did in the end.
        what: String,
        /// How often it was started.
        attempts: u32,
    },
    /// Anything else that the system refuses.
    #[error("cannot {doing}: {}", plain(error))]
    System {
        /// What was tried.
        doing: String,
        /// Why.
        error: io::Error,
    },
    /// Standard output is closed: whoever read it has enough.
    #[error("broken pipe")]
    BrokenPipe,
    /// Stopped by a signal; nothing to say about it.
    #[error("interrupted")]
    Stopped(Exit),
}

impl CliError {
    /// What is wrong with a configuration file.
    pub(crate) fn of_config(error: ConfigError) -> Self {
        Self::Config(Box::new(error))
    }

    /// What becomes of a request that failed; `subject` is the procedure or topic that it was about.
    pub(crate) fn of_request(subject: &str, error: RequestError) -> Self {
        let subject = subject.to_owned();
        match error {
            RequestError::Wamp(error) => Self::Wamp {
                subject,
                error: Box::new(error),
                suggestion: None,
            },
            RequestError::Lost(closed) => Self::Lost(closed),
            RequestError::Timeout(after) => Self::Timeout { subject, after },
            RequestError::Encode(_) => Self::Usage {
                message: format!("{subject}: {error}"),
                hint: None,
            },
            other => Self::Payload {
                subject,
                message: other.to_string(),
            },
        }
    }

    /// What becomes of an answer about `subject` that cannot be read.
    pub(crate) fn of_payload(subject: &str, error: &PayloadError) -> Self {
        Self::Payload {
            subject: subject.to_owned(),
            message: error.to_string(),
        }
    }

    /// What becomes of a failed write to standard output.
    pub(crate) fn of_output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::System {
                doing: "write to standard output".to_owned(),
                error,
            }
        }
    }

    /// The same for one of many: `line 17`. A place that is told already, of a file that runs itself, is not told again.
    pub(crate) fn at(self, place: String) -> Self {
        if self.tells(&place) {
            return self;
        }
        Self::OneOf {
            place,
            error: Box::new(self),
        }
    }

    /// The same with nothing to try.
    pub(crate) fn without_hint(mut self) -> Self {
        if let Self::Usage { hint, .. } | Self::File { hint, .. } = &mut self {
            *hint = None;
        }
        self
    }

    /// Whether this place is told.
    fn tells(&self, place: &str) -> bool {
        match self {
            Self::OneOf { place: told, error } => told == place || error.tells(place),
            _ => false,
        }
    }

    /// Whether nothing that comes after it can go better.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Lost(_) | Self::System { .. } | Self::BrokenPipe | Self::Stopped(_)
        )
    }

    /// What it came to, of whichever.
    fn inner(&self) -> &Self {
        match self {
            Self::OneOf { error, .. } | Self::Pointed { error, .. } => error.inner(),
            other => other,
        }
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        match self.inner() {
            Self::OneOf { error, .. } | Self::Pointed { error, .. } => error.exit(),
            Self::Usage { .. } | Self::Fault(_) | Self::Config(_) | Self::File { .. } => {
                Exit::Usage
            }
            Self::Connect { error, .. } => match **error {
                ConnectError::Url(_)
                | ConnectError::Transport(TransportError::Header(_) | TransportError::Tls(_)) => {
                    Exit::Usage
                }
                _ => Exit::Connect,
            },
            Self::Listen(_) => Exit::Connect,
            Self::Login { error, .. } => match error {
                LoginError::NoAuthid(_)
                | LoginError::Authid
                | LoginError::NoBinding(_)
                | LoginError::Password => Exit::Usage,
                _ => Exit::Refused,
            },
            Self::Refused { .. } => Exit::Refused,
            Self::Wamp { error, .. } => Exit::of_error(&error.error),
            Self::NoMeta { .. } | Self::Nothing { .. } => Exit::NoSuch,
            Self::Unexpected(_) => Exit::Assertion,
            Self::Revoked { reason, .. } if Exit::of_error(reason) == Exit::NotAuthorized => {
                Exit::NotAuthorized
            }
            Self::Lost(_) | Self::Gone { .. } | Self::Revoked { .. } => Exit::Lost,
            Self::Timeout { .. } | Self::TooFew { .. } => Exit::Timeout,
            Self::Payload { .. } | Self::Coprocess { .. } | Self::System { .. } => Exit::Other,
            // As a shell has it.
            Self::Spawn { error, .. } if error.kind() == io::ErrorKind::NotFound => {
                Exit::Command(127)
            }
            Self::Spawn { .. } => Exit::Command(126),
            Self::BrokenPipe => Exit::Success,
            Self::Stopped(exit) | Self::Partly { exit, .. } => *exit,
        }
    }

    /// Tells the error on `stream`, standard error, for people or for programs. A broken pipe and a signal are known already.
    pub(crate) fn report(&self, stream: &Stream, json: bool, quiet: bool) {
        match self.inner() {
            Self::BrokenPipe | Self::Stopped(_) => {}
            _ if json => {
                let line = json::compact(&self.envelope(SystemTime::now()).into());
                stderr::line(&sanitize::line(&line));
            }
            _ => stderr::line(&self.lines(stream, quiet)),
        }
    }

    /// The error as lines for people.
    pub(crate) fn lines(&self, stream: &Stream, quiet: bool) -> String {
        let message = match self {
            Self::Config(error) => headline(error),
            _ => self.to_string(),
        };
        let mut lines = format!(
            "{} {}",
            stream.paint(Paint::Error, "wamp: error:"),
            sanitize::line(&message)
        );
        for more in self.more() {
            for line in more.lines() {
                lines.push_str("\n  ");
                lines.push_str(line);
            }
        }
        if let Some(hint) = self.hint().filter(|_| !quiet) {
            for line in hint.lines() {
                lines.push_str("\n  ");
                lines.push_str(&stream.paint(Paint::Hint, "hint:"));
                lines.push(' ');
                lines.push_str(line);
            }
        }
        lines
    }

    /// The error as one JSON object: an envelope of type `error` with the sentence, what to try and the exit code added. Its `uri` is
    /// null where the error is none of WAMP's.
    pub(crate) fn envelope(&self, at: SystemTime) -> Dict {
        let (uri, arguments, details) = match self.inner() {
            Self::Wamp { error, .. } | Self::NoMeta { error, .. } => (
                Value::from(error.error.clone()),
                error.arguments.clone(),
                error.details.to_dict(),
            ),
            Self::Refused { refused, .. } => (
                Value::from(refused.reason.clone()),
                refused.arguments.clone(),
                refused
                    .message
                    .iter()
                    .map(|message| ("message", &**message))
                    .collect(),
            ),
            _ => (Value::Null, Arguments::default(), Dict::new()),
        };
        json::with_arguments(
            Dict::new().with("type", "error").with("uri", uri),
            &arguments,
        )
        .with("details", details)
        .with("at", humantime::format_rfc3339_millis(at).to_string())
        .with("message", self.to_string())
        .with("hint", self.hint().map_or(Value::Null, Value::from))
        .with("exit", i64::from(self.exit().code()))
    }

    /// What stands below the first line, sanitised.
    fn more(&self) -> Vec<String> {
        match self {
            Self::OneOf { error, .. } => error.more(),
            Self::Pointed { error, excerpt } => [vec![excerpt.clone()], error.more()].concat(),
            Self::Fault(fault) => vec![fault.excerpt()],
            Self::Config(error) => match &**error {
                ConfigError::Wrong { file, faults } if faults.len() > 1 => {
                    let line = |fault| format!("{}:{fault}", file.display());
                    let lines = faults.iter().map(line);
                    lines
                        .map(|line| sanitize::line(&line).into_owned())
                        .collect()
                }
                _ => Vec::new(),
            },
            // That there is no such thing is said; routers say it once more in their arguments.
            Self::Wamp { error, .. } if Exit::of_error(&error.error) == Exit::NoSuch => Vec::new(),
            Self::Wamp { error, .. } => {
                let mut more = arguments_line(&error.arguments)
                    .into_iter()
                    .collect::<Vec<_>>();
                if error.arguments.args.is_empty() {
                    let message = error.details.message.as_deref();
                    more.extend(message.map(|message| sanitize::line(message).into_owned()));
                }
                more
            }
            Self::Refused { refused, .. } => refused
                .message
                .iter()
                .map(|message| sanitize::line(message).into_owned())
                .chain(arguments_line(&refused.arguments))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What to try.
    pub(crate) fn hint(&self) -> Option<String> {
        match self.inner() {
            Self::Usage { hint, .. } | Self::File { hint, .. } => hint.clone(),
            Self::Fault(fault) => fault.hint.clone(),
            Self::Config(error) => {
                let hint = only_fault(error)?.suggestion.as_deref()?;
                Some(sanitize::line(hint).into_owned())
            }
            Self::Connect { error, .. } => {
                let ConnectError::Transport(error) = &**error else {
                    return None;
                };
                transport_hint(error).map(str::to_owned)
            }
            Self::Wamp { error, .. }
                if error.request == MessageType::Register
                    && error.error == uris::PROCEDURE_ALREADY_EXISTS =>
            {
                Some(
                    "take it with --force; or share it, each callee with the same --invoke"
                        .to_owned(),
                )
            }
            Self::Wamp { suggestion, .. } | Self::Nothing { suggestion, .. } => suggestion
                .as_deref()
                .map(|meant| format!("did you mean {}?", sanitize::line(meant))),
            Self::NoMeta { procedure, .. } => meta::lack_hint(procedure),
            Self::Refused { refused, .. } => refusal_hint(&refused.reason).map(str::to_owned),
            Self::Login { error, .. } => login_hint(error).map(str::to_owned),
            _ => None,
        }
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// The first line about a configuration file: what is wrong with it, or how much that is.
fn headline(error: &ConfigError) -> String {
    match (error, only_fault(error)) {
        (ConfigError::Wrong { file, .. }, Some(fault)) => {
            format!("{}:{}: {}", file.display(), fault.place, fault.message)
        }
        (ConfigError::Wrong { file, faults }, None) => {
            format!("{} has {} faults", file.display(), faults.len())
        }
        _ => error.to_string(),
    }
}

/// The fault, if there is one only. Its suggestion is then a hint.
fn only_fault(error: &ConfigError) -> Option<&ConfigFault> {
    match error {
        ConfigError::Wrong { faults, .. } if faults.len() == 1 => faults.first(),
        _ => None,
    }
}

/// The first line of an ERROR: what there is none of, or what failed and how.
fn wamp_line(subject: &str, error: &WampError) -> String {
    match error.error.as_str() {
        "wamp.error.no_such_procedure" => format!("no such procedure: {subject}"),
        // A procedure may have looked for a session too, and it is not the procedure that there is none of.
        "wamp.error.no_such_session" if subject.parse::<u64>().is_ok() => {
            format!("no such session: {subject}")
        }
        "wamp.error.not_authorized" => format!("not authorized: {subject}"),
        other => format!("{subject}: {other}"),
    }
}

/// `args: […]  kwargs: {…}`, whichever there are.
fn arguments_line(arguments: &Arguments) -> Option<String> {
    let mut parts = Vec::new();
    if !arguments.args.is_empty() {
        let args = json::compact(&Value::List(arguments.args.clone()));
        parts.push(format!("args: {args}"));
    }
    if !arguments.kwargs.is_empty() {
        let kwargs = json::compact(&Value::Dict(arguments.kwargs.clone()));
        parts.push(format!("kwargs: {kwargs}"));
    }
    (!parts.is_empty()).then(|| sanitize::line(&parts.join("  ")).into_owned())
}

/// A system error in lower case and without its number: `no such file or directory`.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_lowercase().chain(characters).collect())
        .unwrap_or_default()
}

/// What to try when the router refuses the session. Old routers have names of their own for some reasons.
fn refusal_hint(reason: &str) -> Option<&'static str> {
    Some(match reason {
        "wamp.error.no_such_realm" => "choose another realm with `-r REALM`",
        "wamp.error.authentication_denied" | "wamp.error.no_such_principal" => {
            "check --authid, and --secret or --key"
        }
        "wamp.error.authentication_required" => {
            "log in with `--authid ID --secret SRC`, `--key SRC` or `--cert FILE`"
        }
        "wamp.error.no_matching_auth_method" | "wamp.error.no_auth_method" => {
            "log in otherwise, with --secret, --key or --cert; a ticket takes `--authmethod ticket`"
        }
        _ => return None,
    })
}

/// What to try when this side gives the session up.
const fn login_hint(error: &LoginError) -> Option<&'static str> {
    Some(match error {
        LoginError::NoAuthid(_) => "say who to be with `--authid ID`",
        LoginError::Impostor => "check the URL and --secret, and use wss:// or rss://",
        LoginError::Unbound => "log in without channel_binding in --authextra",
        _ => return None,
    })
}

/// What to try when there is no connection.
const fn transport_hint(error: &TransportError) -> Option<&'static str> {
    Some(match error {
        TransportError::Unreachable(_) => "start a router with `wamp router`",
        TransportError::Certificate(
            CertificateFault::UnknownIssuer | CertificateFault::Signature,
        ) => "trust a private authority, or the certificate itself, with `--ca FILE`",
        TransportError::ClientCertificate(_) => {
            "show another one with `--cert FILE --tls-key FILE`"
        }
        TransportError::NotTls => "write ws:// or rs:// for a connection without TLS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn declined() -> CliError {
        let error = WampError {
            request: MessageType::Call,
            ..WampError::new("com.shop.error.declined")
                .with("insufficient \u{1b}[31mfunds")
                .with_kw("balance", 12)
        };
        CliError::of_request("com.shop.charge", error.into())
    }

    fn lines(error: &CliError) -> String {
        error.lines(&Stream::plain(), false)
    }

    #[test]
    fn an_error_of_the_callee() {
        assert_snapshot!(lines(&declined()), @r#"
        wamp: error: com.shop.charge: com.shop.error.declined
          args: ["insufficient \u001b[31mfunds"]  kwargs: {"balance":12}
        "#);
        assert_eq!(declined().exit(), Exit::Error);
        let at = SystemTime::UNIX_EPOCH;
        assert_snapshot!(json::compact(&declined().envelope(at).into()), @r#"{"type":"error","uri":"com.shop.error.declined","args":["insufficient \u001b[31mfunds"],"kwargs":{"balance":12},"details":{},"at":"1970-01-01T00:00:00.000Z","message":"com.shop.charge: com.shop.error.declined","hint":null,"exit":5}"#);
    }

    #[test]
    fn errors_that_have_their_own_words() {
        let error = WampError::new("wamp.error.no_such_procedure").with("no callee registered");
        let error = CliError::of_request("com.shop.chrage", error.into());
        assert_snapshot!(lines(&error), @"wamp: error: no such procedure: com.shop.chrage");
        assert_eq!(error.exit(), Exit::NoSuch);
        let error = WampError::new("wamp.error.not_authorized").with("role guest may not call");
        let error = CliError::of_request("com.shop.charge", error.into());
        assert_snapshot!(lines(&error), @r#"
        wamp: error: not authorized: com.shop.charge
          args: ["role guest may not call"]
        "#);
        assert_eq!(error.exit(), Exit::NotAuthorized);
    }

    #[test]
    fn a_refused_session() {
        let error = CliError::Refused {
            url: "ws://127.0.0.1:8080/ws".to_owned(),
            realm: "realm2".to_owned(),
            refused: Box::new(Refused {
                reason: "wamp.error.no_such_realm".into(),
                message: Some("no realm\nhere".to_owned()),
                arguments: Arguments::default(),
            }),
        };
        assert_snapshot!(lines(&error), @r"
        wamp: error: ws://127.0.0.1:8080/ws refused the session on realm2: wamp.error.no_such_realm
          no realm\u000ahere
          hint: choose another realm with `-r REALM`
        ");
        assert_eq!(error.exit(), Exit::Refused);
    }

    #[test]
    fn a_fault_has_its_caret_and_hints_can_be_silenced() {
        let error = CliError::from(Fault {
            place: "argument 1".to_owned(),
            message: "expected value".to_owned(),
            text: ":=x".to_owned(),
            at: 2,
            hint: Some("write `:s=x` for text".to_owned()),
        });
        assert_snapshot!(lines(&error), @r"
        wamp: error: argument 1: expected value
          :=x
            ^
          hint: write `:s=x` for text
        ");
        assert_snapshot!(error.lines(&Stream::plain(), true), @r"
        wamp: error: argument 1: expected value
          :=x
            ^
        ");
    }

    #[test]
    fn system_errors_are_plain() {
        let error = CliError::File {
            place: "argument 1".to_owned(),
            name: "x.json".to_owned(),
            error: io::Error::from_raw_os_error(2),
            hint: Some("write `:s=…` for text that begins with @".to_owned()),
        };
        assert_snapshot!(lines(&error), @r"
        wamp: error: argument 1: cannot read x.json: no such file or directory
          hint: write `:s=…` for text that begins with @
        ");
    }
}
