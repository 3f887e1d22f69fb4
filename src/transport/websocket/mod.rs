//! WebSocket: each WAMP message is one WebSocket message, text with JSON and binary otherwise. Where that was agreed on, one
//! WebSocket message carries all that is fed between two flushes, see [`batch`].
//!
//! Source: Basic Profile, "WebSocket Transport"; Advanced Profile, "Message Batching"; RFC 6455. Framing is tungstenite's; the opening handshake is in
//! [`upgrade`], because tungstenite's own answers a request that it does not like with silence.

mod announced;
mod batch;
mod upgrade;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Sink, Stream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error as WebSocketError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode as Code, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame, Utf8Bytes};
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};

use super::stream::ByteStream;
use super::{
    CloseCode, Farewell, HIGH_WATER, READ_BUFFER, Security, Transport, TransportError,
    poll_ready_below_high_water,
};
use crate::proto::Serializer;
use announced::Announced;
pub(super) use batch::Subprotocol;
use batch::{Packer, Unpacker, max_message};
pub(super) use upgrade::{
    ClientUpgradeError, Request, ServerUpgradeError, Service, accept, refuse, request,
};

/// A WebSocket connection after its handshake.
struct WebSocket {
    inner: WebSocketStream<Announced>,
    peer: String,
    serializer: Serializer,
    /// What is about to be sent, and what has come in, if that is in batches.
    batches: Option<(Packer, Unpacker)>,
    /// Fed, but not yet with tungstenite. Its own buffer never shrinks, so it is never given much at once.
    queue: VecDeque<Outgoing>,
    queued: usize,
    /// The first message of the queue is sent in part.
    fragmented: bool,
    /// What tungstenite has been given since all was last written.
    handed_over: usize,
    heard: u64,
    farewell: Option<Farewell>,
    state: State,
    /// The longest message to send: what this end itself would take, as the other end does not say.
    max_frame: usize,
    /// The longest message that is taken for the moment, and how much had come in when the last one was whole. Tungstenite does not let
    /// its own limit be changed.
    restricted: Option<(usize, u64)>,
    /// Nothing more comes in.
    ended: bool,
}

enum Outgoing {
    Message(Bytes),
    Ping,
}

impl Outgoing {
    /// What it takes of a buffer, in bytes, with the longest header there is.
    fn cost(&self) -> usize {
        match self {
            Self::Message(rest) => rest.len() + LONGEST_HEADER,
            Self::Ping => LONGEST_HEADER,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    /// The other end has said goodbye; tungstenite answers.
    ClosedByPeer,
    /// We have said goodbye.
    Closing,
}

impl WebSocket {
    async fn new(
        stream: ByteStream,
        role: Role,
        peer: String,
        subprotocol: Subprotocol,
        max_frame: usize,
    ) -> Self {
        let Subprotocol {
            serializer,
            batched,
        } = subprotocol;
        let max_message = if batched {
            max_message(max_frame)
        } else {
            max_frame
        };
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(HIGH_WATER)
            .max_write_buffer_size(MAX_WRITE_BUFFER)
            .max_message_size(Some(max_message))
            .max_frame_size(Some(max_message))
            .accept_unmasked_frames(false);
        let stream = Announced::new(stream, max_message);
        Self {
            inner: WebSocketStream::from_raw_socket(stream, role, Some(config)).await,
            max_frame,
            restricted: None,
            peer,
            serializer,
            batches: batched.then(|| {
                let unpacker = Unpacker::new(serializer, max_frame);
                (Packer::new(serializer), unpacker)
            }),
            queue: VecDeque::new(),
            queued: 0,
            fragmented: false,
            handed_over: 0,
            heard: 0,
            farewell: None,
            state: State::Open,
            ended: false,
        }
    }

    fn enqueue(&mut self, outgoing: Outgoing) -> Result<(), TransportError> {
        if self.state != State::Open {
            return Err(TransportError::Closed);
        }
        self.queued += outgoing.cost();
        self.queue.push_back(outgoing);
        self.hand_over()
    }

    /// Has the batch go out that is being made, if there is one.
    fn seal(&mut self) -> Result<(), TransportError> {
        match self.batches.as_mut().and_then(|(packer, _)| packer.seal()) {
            Some(batch) => self.enqueue(Outgoing::Message(batch)),
            None => Ok(()),
        }
    }

    /// What is fed and not yet written, in bytes.
    fn waiting(&self) -> usize {
        let batch = self.batches.as_ref().map_or(0, |(packer, _)| packer.len());
        batch + self.queued + self.handed_over
    }

    /// Gives tungstenite as much of the queue as its buffer is meant for.
    fn hand_over(&mut self) -> Result<(), TransportError> {
        while self.handed_over < HIGH_WATER
            && let Some(outgoing) = self.queue.front()
        {
            let (message, rest) = match outgoing {
                Outgoing::Ping => (Message::Ping(Bytes::new()), Bytes::new()),
                Outgoing::Message(whole) => {
                    let mut rest = whole.clone();
                    let fragment = rest.split_to(rest.len().min(FRAGMENT));
                    let opcode = OpCode::Data(match self.serializer {
                        _ if self.fragmented => Data::Continue,
                        Serializer::Json => Data::Text,
                        Serializer::MsgPack | Serializer::Cbor => Data::Binary,
                    });
                    // As a bare frame, because a text message would be checked for UTF-8 once more.
                    let frame = Frame::message(fragment, opcode, rest.is_empty());
                    (Message::Frame(frame), rest)
                }
            };
            let length = message.len() + LONGEST_HEADER;
            match Pin::new(&mut self.inner).start_send(message) {
                Ok(()) => {}
                // The PONGs for a peer that does not read have taken the room. The next flush makes some.
                Err(WebSocketError::WriteBufferFull(_)) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            self.handed_over += length;
            self.queued -= outgoing.cost();
            self.fragmented = !rest.is_empty();
            if self.fragmented {
                let rest = Outgoing::Message(rest);
                self.queued += rest.cost();
                self.queue[0] = rest;
            } else {
                self.queue.pop_front();
            }
        }
        Ok(())
    }

    /// Whether a message is longer than is taken for the moment, or what has come in of one.
    fn check_restriction(&mut self, whole: Option<usize>) -> Result<(), TransportError> {
        let received = self.inner.get_ref().stream.received();
        let Some((limit, before)) = &mut self.restricted else {
            return Ok(());
        };
        let limit = *limit;
        let length = match whole {
            Some(length) => {
                *before = received;
                length
            }
            None => {
                let more = usize::try_from(received - *before).unwrap_or(usize::MAX);
                more.saturating_sub(SLACK)
            }
        };
        if length > limit {
            return Err(TransportError::ReceivedTooLong { length, limit });
        }
        Ok(())
    }

    /// The next frame that has come in already.
    fn unpack(&mut self) -> Result<Option<Bytes>, TransportError> {
        match &mut self.batches {
            Some((_, unpacker)) => unpacker.next(),
            None => Ok(None),
        }
    }

    /// What a message from the other end means: perhaps a frame.
    fn take(&mut self, message: Message) -> Result<Option<Bytes>, TransportError> {
        let wrong_type = |found| TransportError::WrongType {
            found,
            serializer: self.serializer,
        };
        self.heard += 1;
        let bytes: Bytes = match (message, self.serializer) {
            (Message::Text(text), Serializer::Json) => text.into(),
            (Message::Binary(bytes), Serializer::MsgPack | Serializer::Cbor) => bytes,
            (Message::Text(_), _) => return Err(wrong_type("text")),
            (Message::Binary(_), _) => return Err(wrong_type("binary")),
            // PING, which tungstenite answers with the next read, and PONG.
            (_, _) => return Ok(None),
        };
        self.check_restriction(Some(bytes.len()))?;
        match &mut self.batches {
            Some((_, unpacker)) => {
                unpacker.open(bytes)?;
                unpacker.next()
            }
            None => Ok(Some(bytes)),
        }
    }

    /// The other end has said goodbye.
    fn take_farewell(&mut self, close: Option<CloseFrame>, cx: &mut Context<'_>) {
        self.farewell = close.map(|frame| Farewell {
            code: frame.code.into(),
            text: frame.reason.as_str().to_owned(),
        });
        if let Some((packer, _)) = &mut self.batches {
            packer.seal();
        }
        self.queue.clear();
        self.queued = 0;
        if self.state == State::Open {
            self.state = State::ClosedByPeer;
            // Tungstenite has the answer ready. Should it not get through at once, `poll_close` tries again, and says
            // so if it cannot.
            let _ = self.poll_flush_inner(cx);
        }
    }

    /// Writes all that tungstenite has, however far the closing has come.
    fn poll_flush_inner(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        match ready!(Pin::new(&mut self.inner).poll_flush(cx)) {
            Ok(()) | Err(WebSocketError::ConnectionClosed | WebSocketError::AlreadyClosed) => {
                self.handed_over = 0;
                Poll::Ready(Ok(()))
            }
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }
}

/// Longer messages are sent in fragments of this length. Whole, each would leave a buffer of its size behind in
/// tungstenite for as long as the connection lives, and be moved in memory with every partial write.
const FRAGMENT: usize = 128 << 10;

/// What may come in beside a message that is not whole yet before that counts as too long: headers, and what was read of the next one.
const SLACK: usize = READ_BUFFER;

/// The longest header of a frame, in bytes: RFC 6455, section 5.2.
const LONGEST_HEADER: usize = 14;

/// What tungstenite may hold: one fragment beyond the high water, and as much again for PONG and CLOSE.
const MAX_WRITE_BUFFER: usize = HIGH_WATER + 2 * FRAGMENT;

impl Transport for WebSocket {
    fn serializer(&self) -> Serializer {
        self.serializer
    }

    fn name(&self) -> &'static str {
        "websocket"
    }

    fn is_batched(&self) -> bool {
        self.batches.is_some()
    }

    fn peer(&self) -> &str {
        &self.peer
    }

    fn remote_address(&self) -> Option<IpAddr> {
        self.inner.get_ref().stream.remote_address()
    }

    fn security(&self) -> Option<&Security> {
        self.inner.get_ref().stream.security()
    }

    fn max_frame(&self) -> usize {
        self.max_frame
    }

    fn restrict(&mut self, longest: Option<usize>) {
        let received = self.inner.get_ref().stream.received();
        self.restricted = longest.map(|longest| (longest, received));
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        while !self.ended {
            match self.unpack() {
                Ok(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
            // Reading on after a PING is what makes tungstenite write its answer.
            let next = Pin::new(&mut self.inner).poll_next(cx);
            if next.is_pending()
                && let Err(error) = self.check_restriction(None)
            {
                self.ended = true;
                return Poll::Ready(Some(Err(error)));
            }
            let received = match ready!(next) {
                Some(Ok(Message::Close(close))) => {
                    self.take_farewell(close, cx);
                    break;
                }
                Some(message) => message
                    .map_err(TransportError::from)
                    .and_then(|message| self.take(message)),
                None => break,
            };
            match received {
                Ok(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        self.ended = true;
        Poll::Ready(None)
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        poll_ready_below_high_water(self, cx, Self::waiting)
    }

    fn feed(&mut self, frame: Bytes) -> Result<(), TransportError> {
        let (length, limit) = (frame.len(), self.max_frame);
        if length > limit {
            return Err(TransportError::FrameTooLong { length, limit });
        }
        let Some((packer, _)) = &mut self.batches else {
            return self.enqueue(Outgoing::Message(frame));
        };
        if self.state != State::Open {
            return Err(TransportError::Closed);
        }
        match packer.add(&frame)? {
            Some(batch) => self.enqueue(Outgoing::Message(batch)),
            None => Ok(()),
        }
    }

    fn ping(&mut self) -> Result<(), TransportError> {
        self.enqueue(Outgoing::Ping)
    }

    fn heard(&self) -> u64 {
        self.heard
    }

    fn received(&self) -> u64 {
        self.inner.get_ref().stream.received()
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.seal()?;
        loop {
            self.hand_over()?;
            ready!(self.poll_flush_inner(cx))?;
            if self.queue.is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        if self.state == State::Open {
            self.seal()?;
            self.hand_over()?;
            // What is short leaves together with the close frame.
            if !self.queue.is_empty() || self.handed_over >= HIGH_WATER {
                ready!(self.poll_flush(cx))?;
            }
            let close = Message::Close(Some(CloseFrame {
                code: Code::from(code.number()),
                reason: Utf8Bytes::default(),
            }));
            self.state = State::Closing;
            match Pin::new(&mut self.inner)
                .start_send(close)
                .map_err(TransportError::from)
            {
                // The stream was cut: nobody is there to hear it.
                Ok(()) | Err(TransportError::Closed) => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        ready!(self.poll_flush_inner(cx))?;
        ready!(self.inner.get_mut().stream.poll_finish(cx))?;
        Poll::Ready(Ok(()))
    }

    fn is_shut(&self) -> bool {
        self.inner.get_ref().stream.is_shut()
    }

    fn farewell(&self) -> Option<&Farewell> {
        self.farewell.as_ref()
    }
}
