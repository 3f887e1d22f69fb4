//! How large a message may be inside, and what is to be done about one that is larger.
//!
//! How many bytes it may have is not looked at here: that is the business of whoever reads frames.

use std::fmt;

use crate::proto::{Id, MessageType};

use super::MAX_DEPTH;
use super::error::{DecodeError, Fault};

/// How large the messages of a peer may be inside; the default is what a router takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageLimits {
    /// How deep lists and dictionaries may be nested; at most [`MAX_DEPTH`].
    pub depth: usize,
    /// How many items of lists and entries of dictionaries there may be in the payload, at all depths.
    pub payload: usize,
    /// The same in options and details, of which values are made.
    pub options: usize,
    /// How long the topic or procedure of a request may be, in bytes.
    pub uri: usize,
}

impl Default for MessageLimits {
    /// 64 levels, a million items in the payload and 65 536 in options, 1024 bytes of URI.
    fn default() -> Self {
        Self {
            depth: MAX_DEPTH,
            payload: 1_000_000,
            options: 1 << 16,
            uri: 1 << 10,
        }
    }
}

impl MessageLimits {
    /// What nothing can do without.
    pub(super) const NONE: Self = Self {
        depth: MAX_DEPTH,
        payload: usize::MAX,
        options: usize::MAX,
        uri: usize::MAX,
    };
}

/// What there is too much of in a message; a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Levels of nesting; there may be as many.
    Depth(usize),
    /// Items in the payload; there may be as many.
    Payload(usize),
    /// Items in options or details; there may be as many.
    Options(usize),
    /// The length of the topic or procedure; it may have as many bytes.
    Uri(usize),
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(most) => write!(f, "it is nested deeper than {most} levels"),
            Self::Payload(most) => write!(
                f,
                "its payload has more than {most} items in lists and dictionaries"
            ),
            Self::Options(most) => write!(
                f,
                "its options have more than {most} items in lists and dictionaries"
            ),
            Self::Uri(most) => write!(f, "its URI is longer than {most} bytes"),
        }
    }
}

/// How the sender of a message that cannot be taken is to learn of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recourse {
    /// By ERROR: it is a request, and the session can go on.
    Error {
        /// The request.
        request: Id,
        /// Whether it is a CALL that says that more of it will follow.
        more: bool,
    },
    /// Not at all: it is a PUBLISH without acknowledgement, and the session can go on.
    Nothing,
    /// By the end of the session: the protocol has no other answer.
    #[default]
    Abort,
}

/// How far reading a message has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    pub(super) message: MessageType,
    pub(super) recourse: Recourse,
    /// Whether it is at the payload.
    pub(super) in_payload: bool,
}

impl Stage {
    /// Makes the reason why a message could not be read one of limits, if it is.
    pub(super) fn judge(self, error: DecodeError, limits: &MessageLimits) -> DecodeError {
        let excess = match &error {
            DecodeError::Malformed { fault, .. } => match fault {
                Fault::TooDeep => Excess::Depth(limits.depth),
                Fault::TooMany if self.in_payload => Excess::Payload(limits.payload),
                Fault::TooMany => Excess::Options(limits.options),
                _ => return error,
            },
            _ => return error,
        };
        self.excess(excess)
    }

    /// The message goes beyond a limit.
    pub(super) const fn excess(self, excess: Excess) -> DecodeError {
        DecodeError::Excess {
            message: self.message,
            excess,
            recourse: self.recourse,
        }
    }
}
