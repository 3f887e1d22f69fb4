//! What can go wrong, and how a session ends.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::auth::LoginError;
use crate::codec::{Arguments, DecodeError, TranscodeError, TypedError};
use crate::ppt::{self, Keyring, PptError};
use crate::proto::{self, Abort, ErrorDetails, Feature, MessageType, Role, Uri, Value, uris};
use crate::session::End;
use crate::transport::{self, EndpointError, TransportError};

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is none that can be connected to.
    #[error(transparent)]
    Url(#[from] EndpointError),
    /// The connection could not be made.
    #[error(transparent)]
    Transport(#[from] transport::ConnectError),
    /// The router answered HELLO with ABORT.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There was no WELCOME in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The connection ended before the session began.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// The router's answer makes no sense.
    #[error("the router broke the protocol: {0}")]
    Protocol(String),
    /// The client does not log in, of its own accord: the router asks for what it must not be given, or has not proven to be
    /// the one that it should be.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The system gives no random bytes to log in with.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}

/// An ABORT in answer to HELLO.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{reason}{}", because(self.message.as_deref()))]
pub struct Refused {
    /// Why.
    pub reason: Uri,
    /// A sentence for people, where the router gave one.
    pub message: Option<String>,
    /// More on why.
    pub arguments: Arguments,
}

/// An opaque payload has no arguments to show.
impl From<Abort> for Refused {
    fn from(abort: Abort) -> Self {
        let arguments = Arguments::from_payload(&abort.payload).unwrap_or_default();
        let message = abort.details.message.as_deref();
        Self {
            message: message
                .or_else(|| arguments.args.first().and_then(Value::as_str))
                .map(str::to_owned),
            reason: abort.reason,
            arguments,
        }
    }
}

/// Why a request on a session failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The router or the callee answered with an ERROR.
    #[error(transparent)]
    Wamp(#[from] WampError),
    /// The session ended before the answer came, or had ended already.
    #[error("session lost: {0}")]
    Lost(#[from] Closed),
    /// The time set with `timeout` was over before the answer came.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The router does not announce a feature that must not be used then.
    #[error("the router's {} does not announce {}", role.as_str(), feature.as_str())]
    Unsupported {
        /// The router's role.
        role: Role,
        /// What it would have to announce.
        feature: Feature,
    },
    /// Partial results came faster than they were taken, and the call was given up rather than that one be lost.
    #[error("partial results were not taken in time")]
    Overrun,
    /// The caller does not take partial results.
    #[error("the caller does not take partial results")]
    NotAsked,
    /// The call was answered before all its arguments were sent.
    #[error("the call was answered before all its arguments were sent")]
    Answered,
    /// The arguments cannot be sent.
    #[error("the arguments cannot be sent: {0}")]
    Encode(#[source] PayloadError),
    /// The answer's arguments are not of the type asked for.
    #[error("the answer is not as expected: {0}")]
    Decode(#[from] PayloadError),
}

/// An ERROR: what the router or a callee answered, and what a procedure's handler returns to fail.
///
/// Displays as the URI, followed by the first positional argument if that is a string: `com.app.error: too late`.
#[derive(Clone, Debug, PartialEq)]
pub struct WampError {
    /// What went wrong.
    pub error: Uri,
    /// More on what went wrong.
    pub arguments: Arguments,
    /// Details. Boxed because they are rarely there, and errors are passed around a lot.
    pub details: Box<ErrorDetails>,
    /// The type of the request that failed: CALL at a caller, INVOCATION in a handler.
    pub request: MessageType,
}

impl WampError {
    /// An error for a handler to return, without arguments.
    #[must_use]
    pub fn new(error: impl Into<Uri>) -> Self {
        Self {
            error: error.into(),
            arguments: Arguments::default(),
            details: Box::default(),
            request: MessageType::Invocation,
        }
    }

    /// The same with one more positional argument. By custom the first is a sentence for people.
    #[must_use]
    pub fn with(mut self, argument: impl Into<Value>) -> Self {
        self.arguments.args.push(argument.into());
        self
    }

    /// The same with one more keyword argument.
    #[must_use]
    pub fn with_kw(mut self, key: &str, argument: impl Into<Value>) -> Self {
        self.arguments.kwargs.push(key, argument);
        self
    }

    /// The same with the arguments taken out of what wraps them by payload passthru mode; as they are if that is not possible.
    pub(super) fn opened(mut self, keys: &Keyring) -> Self {
        if let Some(passthru) = &self.details.passthru
            && let Ok(arguments) = ppt::open(self.arguments.clone(), passthru, keys)
        {
            self.arguments = arguments;
        }
        self
    }

    /// The sentence for people: the first positional argument if that is a string, else `message` of the details.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let first = self.arguments.args.first().and_then(Value::as_str);
        first.or(self.details.message.as_deref())
    }
}

/// An opaque payload has no arguments to show; what it is, is then told by the details.
impl From<proto::Error> for WampError {
    fn from(error: proto::Error) -> Self {
        Self {
            arguments: Arguments::from_payload(&error.payload).unwrap_or_default(),
            error: error.error,
            details: Box::new(error.details),
            request: error.request_type,
        }
    }
}

impl fmt::Display for WampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.error, because(self.message()))
    }
}

impl std::error::Error for WampError {}

/// Arguments that a handler cannot read are the caller's fault: `wamp.error.invalid_argument`.
impl From<PayloadError> for WampError {
    fn from(fault: PayloadError) -> Self {
        Self::new(uris::INVALID_ARGUMENT).with(fault.to_string())
    }
}

/// An ERROR met on the way is passed on as it is; anything else is `wamp.error.runtime_error`.
impl From<Error> for WampError {
    fn from(error: Error) -> Self {
        match error {
            Error::Wamp(error) => Self {
                request: MessageType::Invocation,
                ..error
            },
            other => Self::new(uris::RUNTIME_ERROR).with(other.to_string()),
        }
    }
}

/// Why arguments cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// Values that do not serialize, or a payload that is not of the type asked for.
    #[error(transparent)]
    Typed(#[from] TypedError),
    /// A payload that is opaque or not well-formed.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// A value has no form in the session's serializer.
    #[error(transparent)]
    Transcode(#[from] TranscodeError),
    /// Payload passthru mode: arguments that cannot be wrapped, or not be read again.
    #[error(transparent)]
    Passthru(#[from] PptError),
    /// The system gives no random bytes to encrypt with.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// The whole message cannot be sent.
    #[error(
        "the message is longer than the {limit} bytes that the router takes, or has an option that cannot be written"
    )]
    Unsent {
        /// The longest frame that the router takes, in bytes.
        limit: usize,
    },
}

/// How a session ended.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{reason}{}", because(self.message.as_deref()))]
pub struct Closed {
    /// Which end ended it, and why.
    pub reason: CloseReason,
    /// A sentence for people, where there is one.
    pub message: Option<String>,
    /// When this end learned of it.
    pub at: SystemTime,
}

impl Closed {
    /// For this reason, now.
    pub(super) fn now(reason: CloseReason, message: Option<String>) -> Self {
        Self {
            reason,
            message,
            at: SystemTime::now(),
        }
    }
}

impl From<End> for Closed {
    fn from(end: End) -> Self {
        let (reason, message) = match end {
            End::Left => (CloseReason::Left, None),
            End::Goodbye(goodbye) => {
                let message = goodbye.details.message.as_deref().map(str::to_owned);
                (CloseReason::Goodbye(goodbye.reason), message)
            }
            End::Refused(abort) | End::Aborted(abort) => {
                let Refused {
                    reason, message, ..
                } = abort.into();
                (CloseReason::Aborted(reason), message)
            }
            End::Violation(fault) => (CloseReason::Violation, Some(fault)),
        };
        Self::now(reason, message)
    }
}

impl From<TransportError> for Closed {
    fn from(fault: TransportError) -> Self {
        Self::now(CloseReason::Transport(Arc::new(fault)), None)
    }
}

/// Why a session ended.
#[derive(Clone, Debug)]
pub enum CloseReason {
    /// This side left: [`Session::leave`](super::Session::leave), or nothing was left that could use the session.
    Left,
    /// The router said GOODBYE.
    Goodbye(Uri),
    /// The router sent ABORT.
    Aborted(Uri),
    /// The router broke the protocol; the message says how.
    Violation,
    /// The transport failed.
    Transport(Arc<TransportError>),
    /// The connection was closed without a word.
    Disconnected,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left => f.write_str("the session was left"),
            Self::Goodbye(reason) | Self::Aborted(reason) => f.write_str(reason),
            Self::Violation => f.write_str("the router broke the protocol"),
            Self::Transport(fault) => fault.fmt(f),
            Self::Disconnected => f.write_str("the connection was closed"),
        }
    }
}

/// A message as it follows a URI.
fn because(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| format!(": {message}"))
}
