//! Why a request is refused, and why a session is aborted.

use std::fmt;
use std::time::Duration;

use crate::codec::{Excess, TranscodeError};
use crate::proto::{
    Id, InvocationPolicy, MatchPolicy, MessageType, Role, Serializer, Uri, UriFault, uris,
};

use super::authz::Action;
use super::meta::Fault;

/// Why a request is answered with ERROR. [`Refusal::uri`] is the ERROR's URI, the text its first argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the {what} {} is invalid: {fault}", Quoted(.uri))]
    InvalidUri {
        what: &'static str,
        uri: Uri,
        fault: UriFault,
    },
    #[error("subscription {0} is not one of this session")]
    NoSuchSubscription(Id),
    #[error("registration {0} is not one of this session")]
    NoSuchRegistration(Id),
    #[error("{} is registered already", Quoted(.0))]
    ProcedureAlreadyExists(Uri),
    #[error("{} is registered already, with \"invoke\" as \"{registered}\", not \"{asked}\"", Quoted(.uri))]
    InvocationPolicy {
        uri: Uri,
        registered: InvocationPolicy,
        asked: InvocationPolicy,
    },
    #[error("no procedure is registered for {}", Quoted(.0))]
    NoSuchProcedure(Uri),
    #[error("the payload cannot be carried in {serializer}, which a receiver speaks: {reason}")]
    Inexpressible {
        serializer: Serializer,
        reason: TranscodeError,
    },
    #[error("the message is longer than a receiver takes, which is {limit} bytes")]
    TooLong { limit: usize },
    #[error("there is no subscription {0}")]
    UnknownSubscription(Id),
    #[error("no history is kept of subscription {0}")]
    NoHistory(Id),
    #[error(
        "the history of subscription {subscription} does not hold publication {publication}, or no longer"
    )]
    NotInHistory { publication: Id, subscription: Id },
    #[error("\"nkey\" must be a string of at most {limit} bytes")]
    NodeKey { limit: usize },
    #[error("a session can leave at most {most} testaments, which take at most {bytes} bytes")]
    TooManyTestaments { most: usize, bytes: usize },
    #[error("publishers are not disclosed on this topic")]
    PublisherUndisclosed,
    #[error("callers are not disclosed to this procedure")]
    CallerUndisclosed,
    #[error("the callee answered with an error URI that is invalid: {0}")]
    InvalidError(UriFault),
    #[error("no callee of {} can take the call now", Quoted(.0))]
    NoAvailableCallee(Uri),
    #[error("the callee is not available, and no other can take the call")]
    CalleeUnavailable,
    #[error("no callee of {} takes progressive call invocations", Quoted(.0))]
    ProgressiveCall(Uri),
    #[error("a call with \"runmode\" \"partition\" needs an \"rkey\"")]
    NoResourceKey,
    #[error("\"runmode\" must be \"partition\"")]
    RunMode,
    #[error("{limit} calls of this session are pending, and no more can be")]
    TooManyCalls { limit: usize },
    #[error("a session can have at most {limit} subscriptions")]
    TooManySubscriptions { limit: usize },
    #[error("a session can have at most {limit} registrations")]
    TooManyRegistrations { limit: usize },
    #[error("the message is too large: {0}")]
    TooLarge(Excess),
    #[error("this session sends more than {messages} messages per second")]
    TooFast { messages: u32 },
    #[error(
        "the pending calls of this session take up too much memory for another progressive call"
    )]
    TooMuchKept,
    #[error("the callee does not keep up with the call")]
    Congested,
    #[error("no answer came within {} ms", .0.as_millis())]
    TimedOut(Duration),
    #[error("the {} does not do payload passthru mode", .0.as_str())]
    Passthru(Role),
    #[error("the call was canceled by its caller")]
    Canceled,
    #[error("the callee left before it answered")]
    CalleeLeft,
    #[error("the router is shutting down")]
    Shutdown,
    #[error(transparent)]
    NotAuthorized(Box<Denial>),
    #[error("the authorizer {} {fault}", Quoted(.authorizer))]
    AuthorizationFailed {
        authorizer: Uri,
        fault: Box<AuthorizationFault>,
    },
    #[error(transparent)]
    Meta(Box<Fault>),
}

/// What a role may not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("role {} may not {} {}{}", Quoted(.role), .action.phrase(), Quoted(.uri), by(*.policy))]
pub(super) struct Denial {
    pub(super) role: String,
    pub(super) action: Action,
    pub(super) policy: MatchPolicy,
    pub(super) uri: Uri,
}

/// Why an authorizer decided nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AuthorizationFault {
    #[error("failed with {}", Quoted(.0))]
    Error(Uri),
    #[error("answered with something that is no decision")]
    NoDecision,
}

const fn by(policy: MatchPolicy) -> &'static str {
    match policy {
        MatchPolicy::Exact => "",
        MatchPolicy::Prefix => " as a prefix",
        MatchPolicy::Wildcard => " as a wildcard pattern",
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Meta(Box::new(fault))
    }
}

impl Refusal {
    pub(super) fn uri(&self) -> Uri {
        match self {
            Self::InvalidUri { .. } | Self::InvalidError(_) => uris::INVALID_URI,
            Self::NoSuchSubscription(_) | Self::UnknownSubscription(_) => {
                uris::NO_SUCH_SUBSCRIPTION
            }
            Self::NoSuchRegistration(_) => uris::NO_SUCH_REGISTRATION,
            Self::ProcedureAlreadyExists(_) => uris::PROCEDURE_ALREADY_EXISTS,
            Self::InvocationPolicy { .. } => uris::DIFFERENT_INVOCATION_POLICY,
            Self::NoAvailableCallee(_) | Self::CalleeUnavailable => uris::NO_AVAILABLE_CALLEE,
            Self::ProgressiveCall(_) => uris::FEATURE_NOT_SUPPORTED,
            Self::NoResourceKey => uris::INVALID_ARGUMENT,
            Self::RunMode => uris::OPTION_NOT_ALLOWED,
            Self::TimedOut(_) => uris::TIMEOUT,
            Self::NoSuchProcedure(_) => uris::NO_SUCH_PROCEDURE,
            Self::NoHistory(_) | Self::Passthru(_) => uris::FEATURE_NOT_SUPPORTED,
            Self::Inexpressible { .. } | Self::NotInHistory { .. } | Self::NodeKey { .. } => {
                uris::INVALID_ARGUMENT
            }
            Self::PublisherUndisclosed | Self::CallerUndisclosed => uris::DISCLOSE_ME_DISALLOWED,
            Self::TooLong { .. } | Self::TooManyTestaments { .. } => uris::PAYLOAD_SIZE_EXCEEDED,
            Self::Congested | Self::TooMuchKept => uris::UNAVAILABLE,
            Self::TooManyCalls { .. }
            | Self::TooManySubscriptions { .. }
            | Self::TooManyRegistrations { .. }
            | Self::TooFast { .. } => uris::LIMIT_EXCEEDED,
            Self::TooLarge(Excess::Uri(_)) => uris::INVALID_URI,
            Self::TooLarge(_) => uris::INVALID_ARGUMENT,
            Self::Canceled | Self::CalleeLeft | Self::Shutdown => uris::CANCELED,
            Self::NotAuthorized(_) => uris::NOT_AUTHORIZED,
            Self::AuthorizationFailed { .. } => uris::AUTHORIZATION_FAILED,
            Self::Meta(fault) => fault.uri(),
        }
    }
}

/// Why a session is ended with ABORT `wamp.error.protocol_violation`. The text is `ABORT.Details.message`.
///
/// Source: Basic Profile, Building Blocks, "Protocol Errors".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProtocolViolation {
    #[error("{0}")]
    Malformed(String),
    #[error("received {0} after the session was established")]
    AfterWelcome(MessageType),
    #[error("received {0}, which only a router sends")]
    RoutersOnly(MessageType),
    #[error("received ERROR for {0}, but a client can answer INVOCATION only")]
    ErrorType(MessageType),
    #[error("received {answer} for invocation {invocation}, which this session never got")]
    UnknownInvocation { answer: MessageType, invocation: Id },
    #[error("received CALL {0} while the call of that request id is still pending")]
    PendingCall(Id),
    #[error(
        "received CALL {0} with \"progress\", but the caller did not announce progressive call invocations"
    )]
    ProgressiveCall(Id),
    #[error("received {0} with \"ppt_\" attributes, but no payload_passthru_mode was announced for {role}", role = .1.as_str())]
    Passthru(MessageType, Role),
}

/// A URI or another name as a peer sent it, made fit for a sentence: escaped, and short enough for the smallest frame there is.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl Quoted<'_> {
    /// In characters. Every URI that people write is shorter.
    const LONGEST: usize = 100;
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let uri = self.0;
        match uri.char_indices().nth(Self::LONGEST) {
            Some((end, _)) => write!(f, "{:?}…", &uri[..end]),
            None => write!(f, "{uri:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_quotes_a_uri_escaped_and_shortened() {
        let refusal = Refusal::NoSuchProcedure("a\u{1b}[31m".into());
        assert_eq!(
            refusal.to_string(),
            "no procedure is registered for \"a\\u{1b}[31m\""
        );
        let refusal = Refusal::NoSuchProcedure("é".repeat(4000).into());
        assert!(refusal.to_string().chars().count() < 150);
    }
}
