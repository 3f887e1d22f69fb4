//! Transports: frames over WebSocket and RawSocket, with TLS or without, or memory.
//!
//! A [`Transport`] is one connection after its handshake. Clients get one from [`connect`], routers from
//! [`Listener::accept`] and [`Incoming::handshake`], tests and embedded routers from [`memory::pair`]. What is in the
//! frames is none of a transport's business: that is the [`codec`](crate::codec)'s.

mod connect;
mod endpoint;
mod error;
mod heartbeat;
mod http;
mod inspect;
mod listener;
pub mod memory;
mod origins;
mod rawsocket;
mod stream;
mod tls;
mod websocket;

use std::future::poll_fn;
use std::net::IpAddr;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;

use crate::proto::Serializer;

pub use connect::{ConnectError, ConnectOptions, ConnectTimings, connect, connect_timed};
pub use endpoint::{Address, Endpoint, EndpointError, Framing};
pub use error::{FramingFault, TransportError};
pub(crate) use heartbeat::{DEFAULT_HEARTBEAT, Heartbeat};
pub use inspect::{CertificateFacts, TlsFacts, inspect_tls};
pub use listener::{BindError, HandshakeError, Incoming, ListenOptions, Listener, NarrowerFrames};
pub use origins::{OriginError, Origins};
pub use rawsocket::Refusal;
pub use tls::{
    CertificateFault, ClientAuth, ClientTls, PemFault, Security, SelfSigned, ServerTls, TlsError,
    TlsFiles, UnknownClientAuth,
};

/// One connection that carries WAMP messages as frames.
///
/// Made to be driven by one poll loop that owns it: read until pending, feed many frames, flush once. All polls must
/// come from the same task: each of them wakes it for reading and for writing alike.
pub trait Transport: Send + Unpin {
    /// What the frames are written in, agreed in the handshake.
    fn serializer(&self) -> Serializer;

    /// What kind it is, for log lines.
    fn name(&self) -> &'static str {
        "memory"
    }

    /// Who is at the other end, for log lines: an address, a path, or `memory`.
    fn peer(&self) -> &str;

    /// The other end's IP address, for limits per address; `None` for Unix sockets and memory. An IPv4 address that came in by an
    /// IPv6 socket is the IPv4 address.
    fn remote_address(&self) -> Option<IpAddr> {
        None
    }

    /// What TLS tells about the connection; `None` without TLS.
    fn security(&self) -> Option<&Security> {
        None
    }

    /// Whether many messages go in one WebSocket message: the subprotocol is one of `wamp.2.….batched`.
    fn is_batched(&self) -> bool {
        false
    }

    /// Takes no frame longer than this from now on, whatever was agreed on; `None` lifts it. What has come in of a longer one may be a
    /// little more than that when it is noticed. Transports in memory take all.
    fn restrict(&mut self, longest: Option<usize>) {
        let _ = longest;
    }

    /// The longest frame to send, in bytes: what the other end said that it takes (RawSocket), or what this end takes
    /// itself where neither says (WebSocket).
    fn max_frame(&self) -> usize;

    /// The next frame; `None` once the other end has closed in good order, and after an error. PING is answered inside,
    /// without a further call of [`Transport::poll_flush`].
    fn poll_receive(&mut self, cx: &mut Context<'_>)
    -> Poll<Option<Result<Bytes, TransportError>>>;

    /// Ready while less than 64 KiB are waiting to be written; otherwise writes until that is so.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>>;

    /// Queues a frame for writing. The frame must be well-formed in [`Transport::serializer`]; it is not looked into.
    ///
    /// Takes any number of frames. Whoever calls it before [`Transport::poll_ready`] is ready pays in memory.
    ///
    /// # Errors
    /// [`TransportError::FrameTooLong`] if it is longer than [`Transport::max_frame`]; it is then not queued, and the
    /// transport is still usable. [`TransportError::Closed`] if either end has said goodbye.
    fn feed(&mut self, frame: Bytes) -> Result<(), TransportError>;

    /// Queues a PING. The answer counts in [`Transport::heard`].
    ///
    /// # Errors
    /// [`TransportError::Closed`] if either end has said goodbye.
    fn ping(&mut self) -> Result<(), TransportError>;

    /// How many times the other end was heard of: frames, PING and PONG. A count that stands still is a silent peer.
    fn heard(&self) -> u64;

    /// How much has come in, in any unit: a number that grows with a frame that is not whole yet, too, where the transport can tell.
    fn received(&self) -> u64 {
        self.heard()
    }

    /// Has the operating system ask a silent peer's whether it is still there, from `interval` of silence on, and end the connection
    /// two intervals later if it does not answer. Answers whether that, and not PING, is how this transport finds out: with
    /// RawSocket, because much software does not survive a PING; `false` otherwise, and nothing is done.
    fn keep_alive(&mut self, interval: Duration) -> bool {
        let _ = interval;
        false
    }

    /// Writes all that is queued.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>>;

    /// Flushes, says goodbye as the transport does it (WebSocket: close frame with `code`), shuts the stream down, and
    /// waits until the other end has done the same. Works after an error of [`Transport::poll_receive`] too.
    ///
    /// The other end can take for ever. Whoever calls this bounds the time, and then drops the transport.
    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>>;

    /// Whether this end is closed: all is written, the stream is shut down, and the other end's system has acknowledged it. What
    /// [`Transport::poll_close`] still waits for is the other end itself. `false` where the system does not tell.
    fn is_shut(&self) -> bool {
        false
    }

    /// What the other end gave as the reason when it closed; `None` before that, and where it gave none.
    fn farewell(&self) -> Option<&Farewell>;
}

/// The same, one call at a time: for handshakes, tests, and programs that are in no hurry.
impl dyn Transport + '_ {
    /// The next frame; see [`Transport::poll_receive`]. Dropping the future loses nothing.
    pub async fn receive(&mut self) -> Option<Result<Bytes, TransportError>> {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    /// Writes one frame and flushes. Dropping the future leaves the frame unsent, or queued for the next flush.
    ///
    /// # Errors
    /// As [`Transport::feed`] and [`Transport::poll_flush`].
    pub async fn send(&mut self, frame: Bytes) -> Result<(), TransportError> {
        poll_fn(|cx| self.poll_ready(cx)).await?;
        self.feed(frame)?;
        self.flush().await
    }

    /// Writes all that is queued; see [`Transport::poll_flush`].
    ///
    /// # Errors
    /// As [`Transport::poll_flush`].
    pub async fn flush(&mut self) -> Result<(), TransportError> {
        poll_fn(|cx| self.poll_flush(cx)).await
    }

    /// Says goodbye; see [`Transport::poll_close`]. To be bounded in time.
    ///
    /// # Errors
    /// As [`Transport::poll_close`].
    pub async fn close(&mut self, code: CloseCode) -> Result<(), TransportError> {
        poll_fn(|cx| self.poll_close(cx, code)).await
    }
}

/// Why an end closes a transport, in WebSocket's terms (RFC 6455, section 7.4.1). RawSocket has no such thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    /// 1000: the session is over.
    Normal,
    /// 1001: the router shuts down.
    GoingAway,
    /// 1002: the peer broke the protocol.
    Protocol,
    /// 1003: the peer sent text where binary is spoken, or the other way round.
    Unsupported,
    /// 1007: a text message is not UTF-8.
    Invalid,
    /// 1009: a message is too long.
    TooLong,
    /// 1011: an error on this side.
    Internal,
}

impl CloseCode {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Normal => 1000,
            Self::GoingAway => 1001,
            Self::Protocol => 1002,
            Self::Unsupported => 1003,
            Self::Invalid => 1007,
            Self::TooLong => 1009,
            Self::Internal => 1011,
        }
    }
}

/// The reason that the other end gave when it closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// The close code: any number, not only those that [`CloseCode`] knows.
    pub code: u16,
    /// The text beside it, often empty. It comes from the other end: escape it before it reaches a terminal.
    pub text: String,
}

/// From how many waiting bytes on a transport is no longer ready: enough for one write to carry hundreds of frames, and
/// the most that a peer that stops reading holds on to.
const HIGH_WATER: usize = 64 << 10;

/// The longest frame that is taken unless options say otherwise: 16 MiB, the most that RawSocket can carry.
pub const DEFAULT_MAX_FRAME: usize = 16 << 20;

/// How much is read at a time while no long frame is coming in; an idle WebSocket connection holds as much.
const READ_BUFFER: usize = 4 << 10;

/// [`Transport::poll_ready`] for transports that can tell how much is waiting.
fn poll_ready_below_high_water<T: Transport>(
    transport: &mut T,
    cx: &mut Context<'_>,
    waiting: impl Fn(&T) -> usize,
) -> Poll<Result<(), TransportError>> {
    if waiting(transport) >= HIGH_WATER {
        ready!(transport.poll_flush(cx))?;
    }
    Poll::Ready(Ok(()))
}
