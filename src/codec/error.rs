//! What can be wrong with bytes, messages and values, one enum for each thing that can be asked of the codec.

use std::fmt;

use crate::proto::{MessageType, Serializer, Violation};

use super::{Excess, MAX_DEPTH, Recourse};

/// Why a frame is no WAMP message. Each reads as a sentence for `ABORT.Details.message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes break the rules of their serializer.
    #[error("malformed {serializer} at byte {at}: {fault}")]
    Malformed {
        /// The serializer the bytes were read as.
        serializer: Serializer,
        /// Where, from the start of the frame or payload.
        at: usize,
        /// What is wrong there.
        fault: Fault,
    },
    /// The frame holds something else than a list.
    #[error("a message must be a list, found {found}")]
    NotAList {
        /// What it holds.
        found: String,
    },
    /// The list does not begin with a message type.
    #[error("a message must begin with the code of its type, found {found}")]
    NoType {
        /// What it begins with.
        found: String,
    },
    /// No message type has this code.
    #[error("unknown message type {0}")]
    UnknownType(u64),
    /// The list ends before an element that the message must have.
    #[error("{message}: {element} is missing")]
    Missing {
        /// The type of the message.
        message: MessageType,
        /// The element, by its name in the specification.
        element: &'static str,
    },
    /// The list goes on after the last element that the message can have.
    #[error("{message}: too many elements, there are {most} at most")]
    TooMany {
        /// The type of the message.
        message: MessageType,
        /// The greatest number of elements, the message type included.
        most: usize,
    },
    /// An element, option or detail is not what the specification wants.
    #[error("{message}: {violation}")]
    Violation {
        /// The type of the message.
        message: MessageType,
        /// Which, and what stood there.
        violation: Violation,
    },
    /// The message goes beyond one of the [`MessageLimits`](super::MessageLimits) that it was read under. What follows the excess in it
    /// was not looked at.
    #[error("{message}: {excess}")]
    Excess {
        /// The type of the message.
        message: MessageType,
        /// What there is too much of.
        excess: Excess,
        /// How its sender is to learn of it.
        recourse: Recourse,
    },
    /// Values were asked of a payload that is one opaque string or binary.
    #[error("the payload is opaque, it has no arguments")]
    Opaque,
    /// A value that [`Value`](crate::proto::Value) cannot hold.
    #[error("{0} cannot be read as a value")]
    NoValue(Unportable),
}

/// Why a value or payload has no form in a serializer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranscodeError {
    /// A value that only exists where it came from.
    #[error("{value} has no form in {to}")]
    NoForm {
        /// The value.
        value: Unportable,
        /// The serializer that has no form for it.
        to: Serializer,
    },
    /// Values nested deeper than [`MAX_DEPTH`].
    #[error("{}", Fault::TooDeep)]
    TooDeep,
    /// The payload would be longer than a [`Payload`](crate::proto::Payload) can be.
    #[error("{}", Fault::TooLong)]
    TooLong,
    /// The bytes of the payload were never well-formed.
    #[error("malformed {serializer} at byte {at}: {fault}")]
    Malformed {
        /// The serializer that the payload says it is in.
        serializer: Serializer,
        /// Where, from the start of `Arguments` or `ArgumentsKw`.
        at: usize,
        /// What is wrong there.
        fault: Fault,
    },
}

/// Why typed values are no payload, or a payload is not of the type asked for.
#[derive(Debug, thiserror::Error)]
pub enum TypedError {
    /// The payload is one opaque string or binary.
    #[error("the payload is opaque, it has no arguments")]
    Opaque,
    /// Positional arguments that are no list, or keyword arguments that are no dictionary.
    #[error("{what} must not be {found}")]
    Shape {
        /// Which arguments.
        what: &'static str,
        /// What they are.
        found: String,
    },
    /// The values do not serialize.
    #[error("the value does not serialize: {0}")]
    Serialize(#[from] rmp_serde::encode::Error),
    /// The payload is not of the type.
    #[error("the payload is not of the type asked for: {0}")]
    Deserialize(#[from] rmp_serde::decode::Error),
    /// A value has no form in the serializer, or none in MessagePack, which typed values pass through.
    #[error(transparent)]
    Transcode(#[from] TranscodeError),
}

/// A value that not every serializer has, or that [`Value`](crate::proto::Value) does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unportable {
    /// An integer outside `i64::MIN..=u64::MAX`.
    BigInteger,
    /// NaN or an infinity, which JSON does not have.
    NotFinite,
    /// A string of NUL and base64, which JSON's readers would take for binary.
    NulText,
    /// A CBOR tag, by its number.
    Tag(u64),
    /// A MessagePack extension, by its type.
    Extension(i8),
}

impl fmt::Display for Unportable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BigInteger => f.write_str("an integer beyond 64 bits"),
            Self::NotFinite => f.write_str("NaN or an infinity"),
            Self::NulText => f.write_str("a string that begins with NUL and reads as base64"),
            Self::Tag(number) => write!(f, "CBOR tag {number}"),
            Self::Extension(number) => write!(f, "MessagePack extension {number}"),
        }
    }
}

/// What breaks the rules of a serializer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside a value, or a length claims more than there are.
    #[error("the bytes end too early")]
    End,
    /// Something follows the end of the value.
    #[error("something follows the end")]
    Trailing,
    /// A byte that cannot stand there.
    #[error("unexpected byte 0x{0:02x}")]
    Byte(u8),
    /// A string that is not UTF-8.
    #[error("a string is not UTF-8")]
    Utf8,
    /// A dictionary key that is no string.
    #[error("a dictionary key is not a string")]
    Key,
    /// Lists and dictionaries nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// More items in lists and dictionaries than whoever reads them wants.
    #[error("too many items in lists and dictionaries")]
    TooMany,
    /// More bytes than a frame may have.
    #[error("longer than 4 GiB")]
    TooLong,
    /// JSON: a backslash that begins no escape sequence, or half of a surrogate pair.
    #[error("an invalid escape sequence in a string")]
    Escape,
    /// JSON: a control character that is not escaped.
    #[error("a control character in a string")]
    Control,
    /// JSON: a number that breaks the grammar.
    #[error("an invalid number")]
    Number,
    /// JSON: a number too great for a double.
    #[error("a number out of range")]
    NumberRange,
}

/// A [`Fault`] and where it is: what the readers answer with, small because it is returned for each token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: usize,
    pub(super) fault: Fault,
}

impl Malformed {
    pub(super) const fn new(at: usize, fault: Fault) -> Self {
        Self { at, fault }
    }

    /// As the reason why a frame is no message.
    pub(super) const fn decoding(self, serializer: Serializer) -> DecodeError {
        DecodeError::Malformed {
            serializer,
            at: self.at,
            fault: self.fault,
        }
    }

    /// As the reason why a payload cannot be transcoded.
    pub(super) const fn transcoding(self, serializer: Serializer) -> TranscodeError {
        TranscodeError::Malformed {
            serializer,
            at: self.at,
            fault: self.fault,
        }
    }
}
