//! One connection: the poll loop that owns its transport.
//!
//! Each turn reads until nothing is there or the batch is full, submits the batch to the realm in one go, moves what the
//! outbox holds to the transport, and flushes once. There is no `select!` and no split: reading and writing take turns
//! within one poll, so nothing has to be cancel-safe.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};

use super::Router;
use super::access::Account;
use super::closing::Closing;
use super::handle::{Arrived, RealmHandle};
use super::outbox::{End, Gap, Outbox, Taken};
use super::pace::{Pace, Refused};
use super::who::Who;
use crate::codec::{self, DecodeError, MessageLimits, Recourse};
use crate::proto::{Abort, GoodbyeDetails, Message, Payload, Serializer, uris};
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
    /// What was read and is not yet submitted, as too much waits for those whom it would reach.
    batch: Vec<Input>,
    /// What came in with it.
    arrived: Arrived,
    /// What was taken from the outbox and is not yet with the transport.
    frames: VecDeque<Bytes>,
    /// What was wrong with the transport's input, if it is that which ends the session.
    fault: Option<CloseCode>,
    rules: Rules,
    account: Account,
    /// Why it ends, once that is known.
    reason: Cow<'static, str>,
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
    Closing(Closing),
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
    /// The realm wants no more of it for now, or others have to take what it sent them first.
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
        account: Account,
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
            arrived: Arrived::default(),
            frames,
            fault: None,
            rules,
            account,
            reason: Cow::Borrowed("cut off"),
            state: State::Open,
        }
    }

    /// One turn while the session is open: read, submit, write.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Result<(), TransportError> {
        let reading = self.read(cx);
        let is_lost = reading.is_err() || matches!(self.state, State::Done);
        let has_news = !self.batch.is_empty() || self.arrived.unheard > 0;
        if has_news && !matches!(reading, Ok(Reading::Held)) {
            self.submit();
        }
        // What came in whole was said, and nobody is left to wait.
        while is_lost && !self.batch.is_empty() {
            self.submit();
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
                self.reason = Cow::Borrowed(match code {
                    CloseCode::Normal => "goodbye",
                    CloseCode::GoingAway => "shutdown",
                    _ => "protocol violation",
                });
                self.state = State::Closing(Closing::of(code));
            }
            Some(End::Overflow) => {
                let Who {
                    session,
                    realm,
                    authid,
                    peer,
                } = self.outbox.who();
                tracing::warn!(
                    session, %realm, authid, peer,
                    "ended: it does not read what is sent to it"
                );
                self.reason = Cow::Borrowed("does not read");
                self.dismiss();
            }
            // The peer takes what it is sent again, may be read again, or there was more to read than one turn takes: let the other
            // connections of this thread have theirs, then go on.
            None if reading == Reading::More
                || (reading == Reading::Paused && written)
                || ((reading == Reading::Held || !self.batch.is_empty()) && !taken.held) =>
            {
                cx.waker().wake_by_ref();
            }
            None => {}
        }
        Ok(())
    }

    /// Hands over what was read, or as much of it as the realm takes.
    fn submit(&mut self) {
        let arrived = std::mem::take(&mut self.arrived);
        self.realm.submit(&mut self.batch, arrived);
    }

    /// Writes what the outbox holds. Answers what the last look into it led to, and whether all is written.
    fn turn_out(&mut self, cx: &mut Context<'_>) -> Result<(Taken, bool), TransportError> {
        loop {
            let busy = !self.frames.is_empty();
            let taken = self.outbox.take(&mut self.frames, cx);
            if taken.relieved {
                self.realm
                    .submit(&mut vec![Input::Relieved(self.key)], Arrived::default());
            }
            if taken.awaited {
                self.realm.unblock(self.key);
            }
            if let Some(gap) = taken.gap {
                self.tell_gap(gap);
            }
            if let Some(End::Closed(_)) = taken.end {
                // The last words go out with the end of the transport: one write, and one packet.
                return Ok((taken, false));
            }
            let written = self.write(cx)?;
            if !busy || !self.frames.is_empty() {
                return Ok((taken, written));
            }
            // What came in while it was busy woke nobody: look again.
        }
    }

    /// Has the first EVENT after a gap say how many are missing. It is encoded anew, for this peer alone.
    fn tell_gap(&mut self, gap: Gap) {
        let (serializer, limit) = (self.transport.serializer(), self.transport.max_frame());
        let Gap { at, missed } = gap;
        let frame = self.frames.get_mut(at);
        let told = frame.and_then(|frame| {
            *frame = counting(serializer, frame, missed).filter(|it| it.len() <= limit)?;
            Some(())
        });
        let (session, peer) = (self.outbox.who().session, self.transport.peer());
        tracing::debug!(
            session,
            peer,
            missed,
            "the session is told of events that were dropped"
        );
        if told.is_none() {
            self.outbox.owe(missed);
        }
    }

    /// Lets go of what waits for a peer that does not read, and tells it why if it does so all the same.
    fn dismiss(&mut self) {
        let abort = Message::Abort(Abort {
            details: GoodbyeDetails::saying("what was sent to the session was not read"),
            reason: uris::CLOSE_SLOW_CONSUMER,
            payload: Payload::default(),
        });
        let mut frame = BytesMut::new();
        self.frames.clear();
        if codec::encode(self.transport.serializer(), &abort, &mut frame).is_ok() {
            self.frames.push_back(frame.freeze());
        }
        self.state = State::Closing(Closing::unasked(CloseCode::Normal));
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
        if self.outbox.is_held() {
            return Ok(Reading::Held);
        }
        if !self.frames.is_empty() && self.outbox.waiting() > READ_PAUSE {
            return Ok(Reading::Paused);
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
                    self.reason = Cow::Borrowed("disconnected");
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
            self.arrived.bytes += frame.len();
            self.account.received.add(frame.len());
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
            Some(pace) => pace.refuse(self.outbox.who(), &message),
            None => Refused::Heard,
        };
        match refused {
            Refused::Heard => Some(Input::Message(self.key, message)),
            Refused::Answered(excessive) => Some(Input::Excessive(self.key, excessive)),
            Refused::Dropped => {
                self.arrived.unheard += 1;
                None
            }
        }
    }

    /// What the realm is told of a message that could not be read.
    fn unread(&mut self, error: DecodeError) -> Option<Input> {
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
                self.arrived.unheard += 1;
                None
            }
            error => Some(Input::Malformed(self.key, error.to_string())),
        }
    }

    /// Feeds the transport and flushes once. Answers whether all that was taken from the outbox is written.
    fn write(&mut self, cx: &mut Context<'_>) -> Result<bool, TransportError> {
        if !self.feed(cx)? {
            return Ok(false);
        }
        match self.transport.poll_flush(cx) {
            Poll::Ready(flushed) => flushed.map(|()| true),
            Poll::Pending => Ok(false),
        }
    }

    /// Feeds the transport. Answers whether it has all that was taken from the outbox.
    fn feed(&mut self, cx: &mut Context<'_>) -> Result<bool, TransportError> {
        while !self.frames.is_empty() {
            match self.transport.poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(false),
            }
            if let Some(frame) = self.frames.pop_front() {
                self.account.sent.add(frame.len());
                self.transport.feed(frame)?;
            }
        }
        Ok(true)
    }

    fn lost(&mut self, error: &TransportError) {
        self.reason = Cow::Owned(format!("lost: {error}"));
        let (session, peer) = (self.outbox.who().session, self.transport.peer());
        if matches!(error, TransportError::Silent(_)) {
            tracing::info!(session, peer, %error, "connection given up");
        } else {
            tracing::debug!(session, peer, %error, "connection lost");
        }
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
                State::Closing(_) => {
                    let Ok(is_fed) = self.feed(cx) else {
                        self.state = State::Done;
                        continue;
                    };
                    let Self {
                        state, transport, ..
                    } = &mut *self;
                    if let State::Closing(closing) = state
                        && closing.poll(&mut **transport, is_fed, cx).is_pending()
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
        self.account.close(self.outbox.who(), &self.reason);
        if let Some(pace) = &mut self.rules.pace {
            pace.tell_rest(self.outbox.who());
        }
        let leave = || {
            self.realm.submit(&mut Vec::new(), self.arrived);
            if self.realm.leave(self.key) {
                self.router.release(&self.realm);
            }
        };
        // A panic that follows from the one that may have led here would end the process.
        if catch_unwind(AssertUnwindSafe(leave)).is_err() {
            let Who { session, peer, .. } = self.outbox.who();
            tracing::error!(session, peer, "a session could not leave in good order");
        }
    }
}

/// An EVENT with how many came not before it.
fn counting(serializer: Serializer, frame: &Bytes, missed: u64) -> Option<Bytes> {
    let Ok(Message::Event(mut event)) = codec::decode(serializer, frame) else {
        return None;
    };
    event.details.events_dropped = Some(missed);
    let mut counting = BytesMut::with_capacity(frame.len() + COUNT_ROOM);
    codec::encode(serializer, &event.into(), &mut counting).ok()?;
    Some(counting.freeze())
}

/// What a count takes: its key, and up to 20 digits.
const COUNT_ROOM: usize = 48;

/// How many messages one turn reads at the most, and submits under one lock.
const BATCH_MESSAGES: usize = 64;

/// How many bytes one turn reads, the last message excepted.
const BATCH_BYTES: usize = 256 << 10;

/// How much may wait in the outbox of a blocked connection before it is not read from any more. A client that writes a
/// burst before it reads the first answer must not be brought to a halt by it, so it is not small.
const READ_PAUSE: usize = 1 << 20;

#[cfg(test)]
mod tests;
