//! One connection: the poll loop that owns its transport.
//!
//! Each turn reads until nothing is there or the batch is full, submits the batch to the realm in one go, moves what the
//! outbox holds to the transport, and flushes once. There is no `select!` and no split: reading and writing take turns
//! within one poll, so nothing has to be cancel-safe.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use super::Router;
use super::handle::RealmHandle;
use super::outbox::{End, Outbox, Taken};
use super::pace::{Pace, Refused};
use crate::codec::{self, DecodeError, MessageLimits, Recourse};
use crate::proto::Message;
use crate::realm::{Exceeded, Excessive, Input, SessionKey};
use crate::transport::{CloseCode, Heartbeat, Transport, TransportError};

/// The connection of one session, from WELCOME to its end; a future that is done when the transport is closed.
///
/// The realm is told when it is dropped, however that came about: the end of the session, a fault of the transport, a
/// shutdown that waits no longer, a panic.
pub(super) struct Connection {
    router: Router,
    realm: RealmHandle,
    key: SessionKey,
    outbox: Arc<Outbox>,
    transport: Box<dyn Transport>,
    /// What was read and is not yet submitted.
    batch: Vec<Input>,
    /// What was taken from the outbox and is not yet with the transport.
    frames: VecDeque<Bytes>,
    /// What was wrong with the transport's input, if it is that which ends the session.
    fault: Option<CloseCode>,
    rules: Rules,
    state: State,
}

/// What a session's connection goes by from its beginning to its end.
pub(super) struct Rules {
    /// Whether the client is still there, if that is to be found out.
    pub(super) heartbeat: Option<Heartbeat>,
    /// How large messages may be inside.
    pub(super) messages: MessageLimits,
    /// How fast they may come, if not as fast as they can.
    pub(super) pace: Option<Box<Pace>>,
}

enum State {
    Open,
    /// The session is over; what is queued is being written and the transport closed, for a bounded time.
    Closing(CloseCode, Pin<Box<Sleep>>),
    Done,
}

/// How reading came to an end for this turn.
#[derive(PartialEq, Eq)]
enum Reading {
    /// The batch is full.
    More,
    /// Nothing more is there; the task is woken when there is.
    Pending,
    /// The peer has too much waiting for it.
    Paused,
    /// The realm wants no more of it for now.
    Held,
    /// The peer has sent as much as it may for now; the task is woken when it may send more.
    Delayed,
}

impl Connection {
    /// The connection of the session that joined `realm` as `key`.
    pub(super) fn new(
        router: Router,
        realm: RealmHandle,
        key: SessionKey,
        outbox: Arc<Outbox>,
        transport: Box<dyn Transport>,
        rules: Rules,
    ) -> Self {
        let (batch, frames) = (Vec::new(), VecDeque::new());
        Self {
            router,
            realm,
            key,
            outbox,
            transport,
            batch,
            frames,
            fault: None,
            rules,
            state: State::Open,
        }
    }

    /// One turn while the session is open: read, submit, write.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Result<(), TransportError> {
        let reading = self.read(cx);
        // Also when the connection is lost: what came in whole was said.
        if !self.batch.is_empty() {
            self.realm.submit(&mut self.batch);
        }
        let reading = reading?;
        if let Some(heartbeat) = &mut self.rules.heartbeat {
            // What is not read may hold the answer.
            if matches!(reading, Reading::Paused | Reading::Held | Reading::Delayed) {
                heartbeat.excuse();
            }
            heartbeat.poll(cx, &mut *self.transport)?;
        }
        let (taken, written) = self.turn_out(cx)?;
        if !written && let Some(heartbeat) = &mut self.rules.heartbeat {
            heartbeat.excuse();
        }
        match taken.end {
            Some(End::Closed(code)) => {
                let code = self.fault.unwrap_or(code);
                self.state = State::Closing(code, Box::pin(sleep(CLOSE_TIMEOUT)));
            }
            Some(End::Overflow) => {
                tracing::warn!(
                    peer = self.transport.peer(),
                    "ended: it does not read what is sent to it"
                );
                self.state = State::Done;
            }
            // The peer takes what it is sent again, may be read again, or there was more to read than one turn takes: let the other
            // connections of this thread have theirs, then go on.
            None if reading == Reading::More
                || (reading == Reading::Paused && written)
                || (reading == Reading::Held && !taken.held) =>
            {
                cx.waker().wake_by_ref();
            }
            None => {}
        }
        Ok(())
    }

    /// Writes what the outbox holds. Answers what the last look into it led to, and whether all is written.
    fn turn_out(&mut self, cx: &mut Context<'_>) -> Result<(Taken, bool), TransportError> {
        loop {
            let busy = !self.frames.is_empty();
            let taken = self.outbox.take(&mut self.frames, cx);
            if taken.relieved {
                self.realm.submit(&mut vec![Input::Relieved(self.key)]);
            }
            let written = self.write(cx)?;
            if !busy || !self.frames.is_empty() {
                return Ok((taken, written));
            }
            // What came in while it was busy woke nobody: look again.
        }
    }

    /// Reads messages into the batch.
    ///
    /// A peer that does not take what is meant for it is not read from either: TCP then pushes back on it, and on
    /// nobody else.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<Reading, TransportError> {
        if self.fault.is_some() {
            // The realm was told, and what it answers is on its way out.
            return Ok(Reading::Pending);
        }
        if !self.frames.is_empty() && self.outbox.waiting() > READ_PAUSE {
            return Ok(Reading::Paused);
        }
        if self.outbox.is_held() {
            return Ok(Reading::Held);
        }
        let serializer = self.transport.serializer();
        let mut bytes = 0;
        while self.batch.len() < BATCH_MESSAGES && bytes < BATCH_BYTES {
            if let Some(pace) = &mut self.rules.pace
                && pace.delays()
                && !pace.poll_any(cx)
            {
                return Ok(Reading::Delayed);
            }
            let frame = match self.transport.poll_receive(cx) {
                Poll::Pending => return Ok(Reading::Pending),
                Poll::Ready(None) => {
                    self.state = State::Done;
                    return Ok(Reading::Pending);
                }
                Poll::Ready(Some(Ok(frame))) => frame,
                Poll::Ready(Some(Err(
                    lost @ (TransportError::Io(_) | TransportError::Cut | TransportError::Closed),
                ))) => return Err(lost),
                Poll::Ready(Some(Err(fault))) => {
                    // The peer can still be told: it is read from no more, but written to.
                    self.fault = Some(fault.close_code());
                    self.batch
                        .push(Input::Malformed(self.key, fault.to_string()));
                    return Ok(Reading::Pending);
                }
            };
            bytes += frame.len();
            let too_fast = (self.rules.pace.as_mut()).is_some_and(|pace| !pace.take());
            let decoded = codec::decode_within(serializer, &frame, &self.rules.messages);
            let told = match decoded {
                Ok(message) if !too_fast => {
                    self.batch.push(Input::Message(self.key, message));
                    continue;
                }
                Ok(message) => self.refuse(message),
                Err(error) => self.unread(error),
            };
            self.batch.extend(told);
        }
        Ok(Reading::More)
    }

    /// What the realm is told of a message that came too soon.
    fn refuse(&mut self, message: Message) -> Option<Input> {
        let refused = match &mut self.rules.pace {
            Some(pace) => pace.refuse(self.transport.peer(), &message),
            None => Refused::Heard,
        };
        match refused {
            Refused::Heard => Some(Input::Message(self.key, message)),
            Refused::Answered(excessive) => Some(Input::Excessive(self.key, excessive)),
            Refused::Dropped => None,
        }
    }

    /// What the realm is told of a message that could not be read.
    fn unread(&self, error: DecodeError) -> Option<Input> {
        match error {
            DecodeError::Excess {
                message,
                excess,
                recourse: Recourse::Error { request, more },
            } => {
                let excessive = Excessive {
                    kind: message,
                    request,
                    more,
                    limit: Exceeded::Size(excess),
                };
                Some(Input::Excessive(self.key, excessive))
            }
            DecodeError::Excess {
                recourse: Recourse::Nothing,
                ..
            } => {
                tracing::debug!(peer = self.transport.peer(), %error, "message dropped");
                None
            }
            error => Some(Input::Malformed(self.key, error.to_string())),
        }
    }

    /// Feeds the transport and flushes once. Answers whether all that was taken from the outbox is written.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, TransportError> {
        while !self.frames.is_empty() {
            match self.transport.poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(false),
            }
            if let Some(frame) = self.frames.pop_front() {
                self.transport.feed(frame)?;
            }
        }
        match self.transport.poll_flush(cx) {
            Poll::Ready(flushed) => flushed.map(|()| true),
            Poll::Pending => Ok(false),
        }
    }

    fn lost(&self, error: &TransportError) {
        let peer = self.transport.peer();
        if matches!(error, TransportError::Silent(_)) {
            tracing::info!(peer, %error, "connection given up");
        } else {
            tracing::debug!(peer, %error, "connection lost");
        }
    }

    /// One turn after the session's end: write what is left, close the transport.
    fn poll_closing(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        if !self.write(cx)? {
            return Poll::Pending;
        }
        self.transport.poll_close(cx, code)
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            match &mut self.state {
                State::Open => {
                    if let Err(error) = self.poll_open(cx) {
                        self.lost(&error);
                        self.state = State::Done;
                    }
                    if matches!(self.state, State::Open) {
                        return Poll::Pending;
                    }
                }
                State::Closing(code, deadline) => {
                    let code = *code;
                    if deadline.as_mut().poll(cx).is_pending()
                        && self.poll_closing(cx, code).is_pending()
                    {
                        return Poll::Pending;
                    }
                    self.state = State::Done;
                }
                State::Done => return Poll::Ready(()),
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        tracing::debug!(realm = %self.realm.uri(), peer = self.transport.peer(), "session left");
        if self.realm.leave(self.key) {
            self.router.release(&self.realm);
        }
    }
}

/// How many messages one turn reads at the most, and submits under one lock.
const BATCH_MESSAGES: usize = 64;

/// How many bytes one turn reads, the last message excepted.
const BATCH_BYTES: usize = 256 << 10;

/// How much may wait in the outbox of a blocked connection before it is not read from any more. A client that writes a
/// burst before it reads the first answer must not be brought to a halt by it, so it is not small.
const READ_PAUSE: usize = 1 << 20;

/// How long an ended session may take to take its last messages and close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
