//! One transport with the session's state machine on it: frames in, frames out.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::codec;
use crate::proto::{Message, Serializer};
use crate::session::{ClientSession, End, Input, Output};
use crate::transport::{CloseCode, Heartbeat, Transport, TransportError};

use super::trace::{Tap, Traced};
use super::{CloseReason, Closed};

/// A transport, the state machine, and what is on its way between them.
///
/// What the state machine wants sent is kept until the transport takes it, the rest of its outputs until the owner does.
pub(super) struct Connection {
    transport: Box<dyn Transport>,
    session: ClientSession,
    /// Outputs that come from the call of the state machine that is being made.
    fresh: Vec<Output>,
    outputs: VecDeque<Output>,
    outbox: VecDeque<Message>,
    buffer: BytesMut,
    /// Whether the router is still there, if that is to be found out.
    heartbeat: Option<Heartbeat>,
    /// Who looks on.
    tap: Option<Tap>,
}

impl Connection {
    pub(super) fn new(transport: Box<dyn Transport>, tap: Option<Tap>) -> Self {
        if let Some(tap) = &tap {
            tap.tell(Traced::Connected(&*transport));
        }
        Self {
            tap,
            session: ClientSession::new(transport.serializer()),
            transport,
            fresh: Vec::new(),
            outputs: VecDeque::new(),
            outbox: VecDeque::new(),
            buffer: BytesMut::new(),
            heartbeat: None,
        }
    }

    pub(super) fn serializer(&self) -> Serializer {
        self.transport.serializer()
    }

    /// The longest frame that the router takes.
    pub(super) fn max_frame(&self) -> usize {
        self.transport.max_frame()
    }

    pub(super) fn awaits_reply(&self) -> bool {
        self.session.awaits_reply()
    }

    /// Whether so much waits to be sent that nothing more should be read which could add to it.
    pub(super) fn is_congested(&self) -> bool {
        self.outbox.len() >= OUTBOX_LIMIT
    }

    /// Feeds the state machine.
    pub(super) fn handle(&mut self, input: Input) {
        self.session.handle(input, &mut self.fresh);
        for output in self.fresh.drain(..) {
            match output {
                Output::Send(message) => self.outbox.push_back(message),
                other => self.outputs.push_back(other),
            }
        }
    }

    /// Begins to watch over the connection, every `interval`. `agent` is how the router names itself.
    pub(super) fn watch(&mut self, interval: Option<Duration>, agent: Option<&str>) {
        self.heartbeat = Heartbeat::start(&mut *self.transport, interval, agent);
    }

    /// Looks whether the router is still there. To be polled between reading and writing; `listening` says whether all was read.
    pub(super) fn poll_heartbeat(
        &mut self,
        cx: &mut Context<'_>,
        listening: bool,
    ) -> Result<(), TransportError> {
        let Some(heartbeat) = &mut self.heartbeat else {
            return Ok(());
        };
        if !listening {
            heartbeat.excuse();
        }
        heartbeat.poll(cx, &mut *self.transport)?;
        if let Some(tap) = &mut self.tap {
            tap.beat(heartbeat.awaits_answer(), self.transport.received());
        }
        Ok(())
    }

    /// The next thing that the state machine wants done by the owner.
    pub(super) fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Reads one frame and feeds it to the state machine. `false` once the router has closed the connection.
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<bool, TransportError>> {
        let received = self.transport.poll_receive(cx);
        if let Some(tap) = &mut self.tap {
            tap.received(&received, &*self.transport);
        }
        let Some(frame) = ready!(received) else {
            return Poll::Ready(Ok(false));
        };
        let input = match codec::decode(self.serializer(), &frame?) {
            Ok(message) => Input::Message(message),
            Err(fault) => Input::Malformed(fault.to_string()),
        };
        self.handle(input);
        Poll::Ready(Ok(true))
    }

    /// Hands the outbox to the transport. Ready when it is empty and the transport takes more.
    pub(super) fn poll_feed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        loop {
            ready!(self.transport.poll_ready(cx))?;
            let Some(message) = self.outbox.pop_front() else {
                return Poll::Ready(Ok(()));
            };
            match self.encode(&message) {
                Some(frame) => {
                    if let Some(tap) = &self.tap {
                        tap.sent(&frame, self.transport.serializer());
                    }
                    self.transport.feed(frame)?;
                }
                None => self.handle(Input::Unsent(message)),
            }
        }
    }

    /// Writes what was handed to the transport.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        let flushed = self.transport.poll_flush(cx);
        if flushed.is_pending()
            && let Some(heartbeat) = &mut self.heartbeat
        {
            heartbeat.excuse();
        }
        flushed
    }

    /// How a session ended whose connection the router closed: in the words of the transport, if it gave any.
    pub(super) fn disconnected(&self) -> Closed {
        let message =
            self.transport
                .farewell()
                .and_then(|farewell| match (farewell.code, &*farewell.text) {
                    (1000, "") => None,
                    (code, "") => Some(format!("close code {code}")),
                    (_, text) => Some(text.to_owned()),
                });
        Closed::now(CloseReason::Disconnected, message)
    }

    /// Sends what is left and closes the transport.
    pub(super) fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        ready!(self.poll_feed(cx))?;
        if let Some(tap) = &mut self.tap {
            tap.closing(code);
        }
        let closed = self.transport.poll_close(cx, code);
        if let (Poll::Ready(Ok(())), Some(tap)) = (&closed, &mut self.tap) {
            tap.closed(&*self.transport);
        }
        closed
    }

    /// The message as a frame, or `None` if it cannot be one: no form in the serializer, or longer than the router takes.
    fn encode(&mut self, message: &Message) -> Option<Bytes> {
        self.buffer.reserve(FRAME_ROOM);
        let encoded = codec::encode(self.transport.serializer(), message, &mut self.buffer);
        let frame = self.buffer.split().freeze();
        (encoded.is_ok() && frame.len() <= self.transport.max_frame()).then_some(frame)
    }
}

/// In which words the transport is closed after `end`.
pub(super) const fn close_code(end: &End) -> CloseCode {
    match end {
        End::Violation(_) => CloseCode::Protocol,
        End::Refused(_) | End::Left | End::Goodbye(_) | End::Aborted(_) => CloseCode::Normal,
    }
}

/// The state machine answers some messages by itself, so that a router could fill the outbox by not reading it.
const OUTBOX_LIMIT: usize = 64;

/// Room for a small frame; a longer one makes its own.
const FRAME_ROOM: usize = 256;
