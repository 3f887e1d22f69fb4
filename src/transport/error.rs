//! What can go wrong on a transport after its handshake.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio_tungstenite::tungstenite::Error as WebSocketError;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};

use super::CloseCode;
use crate::proto::Serializer;

/// Why a transport failed.
///
/// After any of them but [`TransportError::FrameTooLong`] no frame comes in any more; the owner says goodbye with
/// [`TransportError::close_code`] and drops the transport.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The stream failed.
    #[error("{}", Plain(.0))]
    Io(io::Error),
    /// The stream ended in the middle: within a frame, or without the goodbye of WebSocket or of TLS.
    #[error("the connection was cut")]
    Cut,
    /// A frame to be sent is longer than the other end takes. It was not sent; the transport is still usable.
    #[error("a frame of {length} bytes is longer than the {limit} that the other end takes")]
    FrameTooLong {
        /// The length of the frame, in bytes.
        length: usize,
        /// What the other end takes, in bytes.
        limit: usize,
    },
    /// The other end sent, or announced, a frame longer than this end takes.
    #[error("a frame of {length} bytes came in, more than the limit of {limit}")]
    ReceivedTooLong {
        /// The length of the frame or of what had arrived of it, in bytes.
        length: usize,
        /// What this end takes, in bytes.
        limit: usize,
    },
    /// A WebSocket message of the wrong type: binary with JSON, text with another serializer.
    #[error("a {found} message came in where {serializer} is spoken")]
    WrongType {
        /// The type of the message: `text` or `binary`.
        found: &'static str,
        /// What was agreed.
        serializer: Serializer,
    },
    /// A WebSocket text message that is not UTF-8.
    #[error("text came in that is not UTF-8")]
    NotUtf8,
    /// The other end broke the rules of the transport.
    #[error("the transport's protocol was broken: {0}")]
    Framing(FramingFault),
    /// Nothing came in for so long, not even the answer to a PING: whoever was there is gone, or hangs.
    #[error("nothing was heard from the other end for {}, not even the answer to a ping", humantime::format_duration(*.0))]
    Silent(Duration),
    /// One of the ends has said goodbye, so nothing can be sent any more.
    #[error("the connection is closed")]
    Closed,
}

impl TransportError {
    /// The code to close the transport with.
    #[must_use]
    pub const fn close_code(&self) -> CloseCode {
        match self {
            Self::ReceivedTooLong { .. } => CloseCode::TooLong,
            Self::WrongType { .. } => CloseCode::Unsupported,
            Self::NotUtf8 => CloseCode::Invalid,
            Self::Framing(_) => CloseCode::Protocol,
            Self::Io(_) | Self::FrameTooLong { .. } => CloseCode::Internal,
            // RFC 6455 has no number for it; this one says that the end goes away.
            Self::Silent(_) => CloseCode::GoingAway,
            Self::Cut | Self::Closed => CloseCode::Normal,
        }
    }
}

/// Which rule of the transport was broken.
#[derive(Debug)]
pub enum FramingFault {
    /// RawSocket: a reserved bit of a frame's prefix is set.
    ReservedBits,
    /// RawSocket: a frame of a type from 3 to 7.
    ReservedType(u8),
    /// RawSocket: the 25th bit of the length is set, and others too.
    Length,
    /// Batched WebSocket: a batch of no messages.
    EmptyBatch,
    /// Batched WebSocket: a batch that ends before its last message does.
    TruncatedBatch,
    /// WebSocket: what it says.
    WebSocket(ProtocolError),
}

impl fmt::Display for FramingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits => f.write_str("a reserved bit is set"),
            Self::ReservedType(number) => write!(f, "frames of type {number} are reserved"),
            Self::Length => f.write_str("a frame claims more than 16 MiB"),
            Self::EmptyBatch => f.write_str("a batch has no messages"),
            Self::TruncatedBatch => f.write_str("a batch ends in the middle of a message"),
            Self::WebSocket(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for TransportError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // TLS whose other end did not say that it ends here: whoever is on the way can have cut it.
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(error),
        }
    }
}

impl From<WebSocketError> for TransportError {
    fn from(error: WebSocketError) -> Self {
        match error {
            WebSocketError::Io(error) => error.into(),
            WebSocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Cut,
            WebSocketError::Protocol(ProtocolError::SendAfterClosing)
            | WebSocketError::ConnectionClosed
            | WebSocketError::AlreadyClosed => Self::Closed,
            WebSocketError::Protocol(error) => Self::Framing(FramingFault::WebSocket(error)),
            WebSocketError::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
                Self::ReceivedTooLong {
                    length: size,
                    limit: max_size,
                }
            }
            WebSocketError::Utf8(_) => Self::NotUtf8,
            // None of these can come from an open connection; should one, it is not lost.
            other => Self::Io(io::Error::other(other)),
        }
    }
}

/// An I/O error in plain words: `connection refused` rather than `Connection refused (os error 111)`.
pub(super) struct Plain<'a>(pub(super) &'a io::Error);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the kinds whose names say it all; for the others the system's own words say more.
        match self.0.kind() {
            kind @ (io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::TimedOut
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::AddrInUse) => kind.fmt(f),
            io::ErrorKind::NotFound => f.write_str("no such file or directory"),
            _ => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn io_errors_are_said_plainly() {
        for (error, text) in [
            (io::Error::from_raw_os_error(111), "connection refused"),
            (io::Error::from_raw_os_error(99), "address not available"),
            (io::Error::other("what it was"), "what it was"),
        ] {
            assert_eq!(TransportError::Io(error).to_string(), text);
        }
    }
}
