//! RawSocket: length-prefixed frames on a byte stream.
//!
//! Source: Advanced Profile, "RawSocket Transport". Every frame has a prefix of four octets: the type in the lowest
//! three bits of the first, and the length in the other three. The handshake is in [`handshake`].

mod handshake;
mod outbound;

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead as _, AsyncReadExt as _, ReadBuf};

use super::error::FramingFault;
use super::stream::{ByteStream, has_memory};
use super::{
    CloseCode, Farewell, READ_BUFFER, Security, Transport, TransportError,
    poll_ready_below_high_water,
};
use crate::proto::Serializer;
pub use handshake::Refusal;
pub(super) use handshake::{
    ClientHandshakeError, MAGIC, ServerHandshakeError, accept, offer, refuse,
};
use outbound::Outbound;

/// A RawSocket connection after its handshake, the same for both sides.
struct RawSocket {
    stream: ByteStream,
    peer: String,
    serializer: Serializer,
    /// The longest frame that this end announced to take.
    receive_limit: usize,
    /// The longest frame that it takes for the moment.
    restricted: usize,
    /// The longest frame that the other end announced to take.
    max_frame: usize,
    inbound: BytesMut,
    outbound: Outbound,
    /// How many bytes of PONG have been queued since all was last written.
    owed: usize,
    heard: u64,
    /// The end of the stream has been read, or an error reported.
    ended: bool,
    /// We have begun to close.
    closing: bool,
}

impl RawSocket {
    fn new(
        stream: ByteStream,
        peer: String,
        serializer: Serializer,
        receive_limit: usize,
        max_frame: usize,
    ) -> Self {
        Self {
            stream,
            peer,
            serializer,
            receive_limit,
            restricted: receive_limit,
            max_frame,
            inbound: BytesMut::new(),
            outbound: Outbound::default(),
            owed: 0,
            heard: 0,
            ended: false,
            closing: false,
        }
    }

    /// Reads until a frame is there; `None` at the end of the stream.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, TransportError>> {
        loop {
            // The PONGs of a peer that sends PING but does not read must not pile up.
            if self.owed > 0 && self.poll_flush(cx)?.is_pending() && self.owed > OWED_LIMIT {
                return Poll::Pending;
            }
            match self.split_frame()? {
                Ok((Kind::Message, frame)) => {
                    self.heard += 1;
                    return Poll::Ready(Ok(Some(frame)));
                }
                Ok((Kind::Ping, payload)) => {
                    self.heard += 1;
                    self.owed += PREFIX + payload.len();
                    self.outbound
                        .push(Kind::Pong.prefix(payload.len()), payload);
                }
                Ok((Kind::Pong, _)) => self.heard += 1,
                Err(missing) => {
                    if ready!(self.poll_fill(cx, missing))? == 0 {
                        return Poll::Ready(if self.inbound.is_empty() {
                            Ok(None)
                        } else {
                            Err(TransportError::Cut)
                        });
                    }
                }
            }
        }
    }

    /// Takes a frame off what has been read, or says how many bytes of it are missing.
    fn split_frame(&mut self) -> Result<Result<(Kind, Bytes), usize>, TransportError> {
        let Some(&prefix) = self.inbound.first_chunk::<PREFIX>() else {
            return Ok(Err(PREFIX - self.inbound.len()));
        };
        let (kind, length) = read_prefix(prefix).map_err(TransportError::Framing)?;
        if length > self.restricted {
            return Err(TransportError::ReceivedTooLong {
                length,
                limit: self.restricted,
            });
        }
        if let Some(missing) = (PREFIX + length).checked_sub(self.inbound.len())
            && missing > 0
        {
            return Ok(Err(missing));
        }
        self.inbound.advance(PREFIX);
        let frame = self.inbound.split_to(length).freeze();
        if length > LONG {
            // What follows shares the long frame's memory, which would otherwise be kept for the next one.
            self.inbound = BytesMut::from(&*self.inbound);
        }
        Ok(Ok((kind, frame)))
    }

    /// Reads what is there, with room for at least some of the `missing` bytes.
    ///
    /// A little is read into memory that all connections of a thread share, so that one that is idle holds none. A long frame has
    /// its room at once up to [`CLAIM`], and beyond that at most double what has already arrived: a length that is only claimed
    /// costs next to nothing.
    fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        missing: usize,
    ) -> Poll<Result<usize, TransportError>> {
        if missing < READ_BUFFER {
            let filled = self.poll_fill_shared(cx);
            if filled.is_pending() && self.inbound.is_empty() {
                self.inbound = BytesMut::new(); // the memory of the last frames
            }
            return filled;
        }
        if self.inbound.capacity() - self.inbound.len() < READ_BUFFER / 4 {
            let most = CLAIM.max(self.inbound.len());
            let more = missing.clamp(READ_BUFFER, most);
            // The buffer would end the process if there were none, and grows to twice its capacity at least.
            if !has_memory((2 * self.inbound.capacity()).max(self.inbound.len() + more)) {
                return Poll::Ready(Err(io::Error::from(io::ErrorKind::OutOfMemory).into()));
            }
            self.inbound.reserve(more);
        }
        // The future has no state of its own, so it can be made anew for every poll.
        let read = ready!(pin!(self.stream.read_buf(&mut self.inbound)).poll(cx))?;
        Poll::Ready(Ok(read))
    }

    fn poll_fill_shared(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, TransportError>> {
        SHARED.with_borrow_mut(|shared| {
            let mut read = ReadBuf::new(shared);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
            let filled = read.filled();
            if self.inbound.is_empty()
                && let Some(&prefix) = filled.first_chunk::<PREFIX>()
                && let Ok((_, length)) = read_prefix(prefix)
            {
                // All of a long frame goes where its beginning goes, which is then not moved.
                self.inbound.reserve((PREFIX + length).min(CLAIM));
            }
            self.inbound.extend_from_slice(filled);
            Poll::Ready(Ok(filled.len()))
        })
    }
}

thread_local! {
    /// What the connections of a thread read into, one after the other.
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; SHARED_LENGTH].into());
}

/// How much one read takes at the most, unless it is for a long frame.
const SHARED_LENGTH: usize = 32 << 10;

/// How much room a frame has that has only said how long it is. The system gives no memory for it before it is written to.
const CLAIM: usize = 128 << 10;

/// The length of a prefix, in bytes.
const PREFIX: usize = 4;

/// A frame longer than this does not leave its memory to the connection.
const LONG: usize = 64 << 10;

/// How many bytes of PONG may wait for a peer that does not read.
const OWED_LIMIT: usize = 64 << 10;

/// The type of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Message = 0,
    Ping = 1,
    Pong = 2,
}

impl Kind {
    /// The prefix of a frame of `length` bytes, 16 MiB at most: exactly 16 MiB sets the 25th bit and no other.
    fn prefix(self, length: usize) -> [u8; PREFIX] {
        debug_assert!(length <= 1 << 24, "checked by whoever queues the frame");
        #[expect(clippy::cast_possible_truncation, reason = "25 bits at most")]
        let [high, rest @ ..] = (length as u32).to_be_bytes();
        let [a, b, c] = rest;
        [high << 3 | self as u8, a, b, c]
    }
}

/// The type and length that a prefix says.
fn read_prefix(prefix: [u8; PREFIX]) -> Result<(Kind, usize), FramingFault> {
    let [first, a, b, c] = prefix;
    if first & 0xF0 != 0 {
        return Err(FramingFault::ReservedBits);
    }
    let kind = match first & 0b111 {
        0 => Kind::Message,
        1 => Kind::Ping,
        2 => Kind::Pong,
        reserved => return Err(FramingFault::ReservedType(reserved)),
    };
    let length = u32::from_be_bytes([first >> 3, a, b, c]) as usize;
    if length > 1 << 24 {
        return Err(FramingFault::Length);
    }
    Ok((kind, length))
}

impl Transport for RawSocket {
    fn serializer(&self) -> Serializer {
        self.serializer
    }

    fn name(&self) -> &'static str {
        "rawsocket"
    }

    fn peer(&self) -> &str {
        &self.peer
    }

    fn remote_address(&self) -> Option<IpAddr> {
        self.stream.remote_address()
    }

    fn security(&self) -> Option<&Security> {
        self.stream.security()
    }

    fn max_frame(&self) -> usize {
        self.max_frame
    }

    fn restrict(&mut self, longest: Option<usize>) {
        let longest = longest.unwrap_or(usize::MAX);
        self.restricted = self.receive_limit.min(longest);
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let received = ready!(self.poll_frame(cx)).transpose();
        self.ended = !matches!(received, Some(Ok(_)));
        Poll::Ready(received)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        poll_ready_below_high_water(self, cx, |transport| transport.outbound.len())
    }

    fn feed(&mut self, frame: Bytes) -> Result<(), TransportError> {
        if self.closing {
            return Err(TransportError::Closed);
        }
        if frame.len() > self.max_frame {
            return Err(TransportError::FrameTooLong {
                length: frame.len(),
                limit: self.max_frame,
            });
        }
        self.outbound.push(Kind::Message.prefix(frame.len()), frame);
        Ok(())
    }

    fn ping(&mut self) -> Result<(), TransportError> {
        if self.closing {
            return Err(TransportError::Closed);
        }
        self.outbound.push(Kind::Ping.prefix(0), Bytes::new());
        Ok(())
    }

    fn heard(&self) -> u64 {
        self.heard
    }

    fn received(&self) -> u64 {
        self.stream.received()
    }

    fn keep_alive(&mut self, interval: Duration) -> bool {
        if let Err(error) = self.stream.keep_alive(interval) {
            tracing::debug!(peer = self.peer, %error, "the system does not watch over the connection");
        }
        true
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        ready!(self.outbound.poll_write(&mut self.stream, cx))?;
        self.owed = 0;
        Poll::Ready(Ok(()))
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        _code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        self.closing = true;
        ready!(self.poll_flush(cx))?;
        ready!(self.stream.poll_finish(cx))?;
        Poll::Ready(Ok(()))
    }

    fn is_shut(&self) -> bool {
        self.stream.is_shut()
    }

    fn farewell(&self) -> Option<&Farewell> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixStream;

    use super::*;

    #[test]
    fn prefixes_of_every_kind_and_length() {
        for (kind, length, prefix) in [
            (Kind::Message, 0, [0, 0, 0, 0]),
            (Kind::Message, 0x0001_0203, [0, 1, 2, 3]),
            (Kind::Ping, 5, [1, 0, 0, 5]),
            (Kind::Pong, (1 << 24) - 1, [2, 0xFF, 0xFF, 0xFF]),
            (Kind::Message, 1 << 24, [0b1000, 0, 0, 0]),
            (Kind::Pong, 1 << 24, [0b1010, 0, 0, 0]),
        ] {
            assert_eq!(kind.prefix(length), prefix);
            let read = read_prefix(prefix).unwrap();
            assert_eq!(read, (kind, length));
        }
    }

    #[test]
    fn prefixes_that_are_none() {
        for (prefix, fault) in [
            ([0x10, 0, 0, 0], "a reserved bit is set"),
            ([0x80, 0, 0, 0], "a reserved bit is set"),
            ([0x03, 0, 0, 0], "frames of type 3 are reserved"),
            ([0x07, 0, 0, 0], "frames of type 7 are reserved"),
            ([0x08, 0, 0, 1], "a frame claims more than 16 MiB"),
        ] {
            assert_eq!(read_prefix(prefix).unwrap_err().to_string(), fault);
        }
    }

    /// An end that takes 16 MiB, and the bare stream at the other one.
    fn pair() -> (RawSocket, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        let stream = ByteStream::unix(near);
        let serializer = Serializer::MsgPack;
        let socket = RawSocket::new(stream, String::new(), serializer, 1 << 24, 1 << 24);
        (socket, far)
    }

    #[tokio::test]
    async fn a_length_that_is_only_claimed_costs_nothing() {
        let (mut socket, mut far) = pair();
        far.write_all(&[0x08, 0, 0, 0]).await.unwrap();
        far.write_all(&[0; 100]).await.unwrap();
        poll_fn(|cx| {
            assert!(socket.poll_receive(cx).is_pending());
            if socket.inbound.len() == 104 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        assert!(socket.inbound.capacity() <= CLAIM);
        // It is not whole, but a sign of life.
        assert_eq!((socket.heard(), socket.received()), (0, 104));
    }

    #[tokio::test]
    async fn a_long_frame_does_not_leave_its_memory_behind() {
        let (mut socket, mut far) = pair();
        let sending = tokio::spawn(async move {
            let frame = [&Kind::Message.prefix(1 << 20)[..], &vec![0; 1 << 20]].concat();
            far.write_all(&frame).await.unwrap();
            far
        });
        let received = poll_fn(|cx| socket.poll_receive(cx)).await;
        assert_eq!(received.unwrap().unwrap().len(), 1 << 20);
        let mut far = sending.await.unwrap();
        far.write_all(&Kind::Message.prefix(0)).await.unwrap();
        let received = poll_fn(|cx| socket.poll_receive(cx)).await;
        assert_eq!(received.unwrap().unwrap().len(), 0);
        assert!(socket.inbound.capacity() <= CLAIM);
    }
}
