//! Why a call to the router itself fails.

use crate::codec::{DecodeError, TranscodeError};
use crate::proto::{Id, Uri, UriFault, Violation, uris};

use super::super::refusal::Quoted;

/// Why a call to the router itself is answered with ERROR. [`Fault::uri`] is the ERROR's URI, the text its first argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::realm) enum Fault {
    #[error(transparent)]
    Argument(#[from] Violation),
    #[error("too many positional arguments: {given}, where the procedure takes {}", at_most(*.most))]
    TooMany { most: usize, given: usize },
    #[error("the procedure takes no keyword argument {}", Quoted(.0))]
    UnknownKeyword(String),
    #[error("the router does not read payloads that are packed for somebody else")]
    Packed,
    #[error("the arguments cannot be read: {0}")]
    Unreadable(DecodeError),
    #[error("the value cannot be kept: {0}")]
    Inexpressible(#[from] TranscodeError),
    #[error("{0}")]
    NoUri(Violation),
    #[error("{name}: {fault}")]
    InvalidUri { name: &'static str, fault: UriFault },
    #[error("there is no session {0}")]
    NoSuchSession(Id),
    #[error("session {0} has no part in it")]
    NoMember(Id),
    #[error("the caller's own session, {0}, is no other session")]
    OwnSession(Id),
    #[error("there is no registration {0}")]
    NoSuchRegistration(Id),
    #[error("there is no subscription {0}")]
    NoSuchSubscription(Id),
    #[error("{} is a detail that the router answers for", Quoted(.0))]
    FixedDetail(String),
    #[error("the {what} would take {size} bytes, and {limit} are allowed")]
    TooLarge {
        what: &'static str,
        size: usize,
        limit: usize,
    },
    #[error("a session may have {limit} {what} and no more")]
    Quota { what: &'static str, limit: usize },
}

impl Fault {
    pub(in crate::realm) const fn uri(&self) -> Uri {
        match self {
            Self::Argument(_)
            | Self::TooMany { .. }
            | Self::UnknownKeyword(_)
            | Self::Packed
            | Self::Unreadable(_)
            | Self::Inexpressible(_)
            | Self::FixedDetail(_) => uris::INVALID_ARGUMENT,
            Self::NoUri(_) | Self::InvalidUri { .. } => uris::INVALID_URI,
            Self::NoSuchSession(_) | Self::NoMember(_) | Self::OwnSession(_) => {
                uris::NO_SUCH_SESSION
            }
            Self::NoSuchRegistration(_) => uris::NO_SUCH_REGISTRATION,
            Self::NoSuchSubscription(_) => uris::NO_SUCH_SUBSCRIPTION,
            Self::Quota { .. } => uris::UNAVAILABLE,
            Self::TooLarge { .. } => uris::PAYLOAD_SIZE_EXCEEDED,
        }
    }
}

fn at_most(number: usize) -> String {
    match number {
        0 => "none".to_owned(),
        _ => format!("at most {number}"),
    }
}
