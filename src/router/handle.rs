//! A realm as connections see it: one mutex around the state machine and the outboxes of its sessions.
//!
//! The lock is taken once per batch of decoded messages. What the realm answers goes into the recipients' outboxes while
//! it is held, so the order in which the realm decides is the order that every session sees: SUBSCRIBED before the
//! subscription's first EVENT, no EVENT after UNSUBSCRIBED. Connections are woken after it is released.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use slab::Slab;
use smallvec::SmallVec;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::blocks::Blocks;
use super::metrics::{About, Counters, Gauges, RealmMetrics};
use super::outbox::{Excess, Outbox};
use super::tally::Tally;
use super::who::Who;
use crate::codec::{self, Arguments};
use crate::proto::{Dict, Id, Message, MessageType, Serializer, Uri, uris};
use crate::realm::{
    Ending, Input, Inquiry, Join, Now, Output, Permissions, Realm, RealmConfig, SessionKey,
};
use crate::transport::CloseCode;

/// A realm, cheap to clone.
#[derive(Clone)]
pub(super) struct RealmHandle {
    uri: Uri,
    core: Arc<Mutex<Core>>,
}

struct Core {
    realm: Realm,
    /// The router that it belongs to.
    about: Arc<About>,
    /// When the lock was taken: all inputs of a batch come at the same time.
    now: Now,
    peers: Slab<Peer>,
    counters: Counters,
    /// Those who wait for answers, by the number of their question.
    askers: HashMap<u64, Asker>,
    /// How many questions there were.
    questions: u64,
    /// Who waits until no call is pending.
    drained: Option<oneshot::Sender<()>>,
    /// Who wants to know how the router does; empty between inputs.
    inquiries: Vec<Asked>,
    /// Wakes the realm at its deadline.
    alarm: Alarm,
    /// Who brought about what the realm answers now.
    cause: Option<SessionKey>,
    /// Who is not read from until others have taken what waits for them.
    blocks: Blocks,
    /// The input at hand was one too many for somebody.
    blocking: bool,
    /// Scratch space, kept for its capacity.
    outputs: Vec<Output>,
    /// Where frames are encoded, kept for its capacity.
    buffer: BytesMut,
}

/// What is left to be done once the lock is released.
#[derive(Default)]
struct After {
    /// As many as fit in are kept without an allocation: most batches are for a peer or two.
    wakers: SmallVec<[Waker; 4]>,
    answers: Vec<(Asker, ProcedureAnswer)>,
    /// Sessions that have missed so many EVENTs, which is to be logged.
    slow: Vec<(Arc<Outbox>, u64)>,
}

/// Who waits for the answer of a procedure that the router called.
type Asker = oneshot::Sender<ProcedureAnswer>;

/// Who wants to know how the router does, by which request, and what exactly.
type Asked = (SessionKey, Id, Inquiry);

type ProcedureAnswer = Result<Arguments, WampFault>;

/// Why a procedure that the router called has no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{uri}")]
pub(super) struct WampFault {
    /// The error's URI.
    pub(super) uri: Uri,
    /// What came with it.
    pub(super) arguments: Arguments,
}

/// What came in with a batch, beside what is in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arrived {
    /// How long all of it was.
    pub(super) bytes: usize,
    /// Publications that were dropped, because the session sends too fast or puts too much into them.
    pub(super) unheard: u64,
}

struct Peer {
    outbox: Arc<Outbox>,
    serializer: Serializer,
    welcomed: bool,
    /// EVENTs that were dropped.
    dropped: Tally,
}

impl RealmHandle {
    /// A realm without sessions.
    pub(super) fn new(config: RealmConfig, seed: u64, about: Arc<About>) -> Self {
        let uri = config.uri.clone();
        let now = now();
        let core = Core {
            realm: Realm::new(config, seed, now),
            about,
            now,
            peers: Slab::new(),
            counters: Counters::default(),
            askers: HashMap::new(),
            questions: 0,
            drained: None,
            inquiries: Vec::new(),
            alarm: Alarm::default(),
            cause: None,
            blocks: Blocks::default(),
            blocking: false,
            outputs: Vec::new(),
            buffer: BytesMut::new(),
        };
        Self {
            uri,
            core: Arc::new(Mutex::new(core)),
        }
    }

    /// Its name.
    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Lets a session join whose messages go to `outbox`. The key in `join` is overwritten with the one answered.
    pub(super) fn join(&self, mut join: Box<Join>, outbox: Arc<Outbox>) -> SessionKey {
        self.with(|core, after| {
            let slot = core.peers.vacant_entry();
            // A slab of 2^32 sessions would not fit into memory.
            #[expect(clippy::cast_possible_truncation, reason = "bounded by memory")]
            let key = SessionKey(slot.key() as u32);
            slot.insert(Peer {
                outbox,
                serializer: join.serializer,
                welcomed: false,
                dropped: Tally::default(),
            });
            join.key = key;
            let welcomed = core.counters.sent.of(MessageType::Welcome);
            core.handle(Input::Join(join), after);
            if core.counters.sent.of(MessageType::Welcome) > welcomed {
                core.counters.joined += 1;
                core.peers[key.0 as usize].welcomed = true;
            }
            key
        })
    }

    /// Hands over what a session sent, in order, and tells what came in beside that. What comes behind something that the session
    /// has to wait for stays.
    pub(super) fn submit(&self, batch: &mut Vec<Input>, arrived: Arrived) {
        self.with(|core, after| {
            core.counters.received_bytes += arrived.bytes as u64;
            core.counters.refused += arrived.unheard;
            core.counters
                .received
                .add(MessageType::Publish, arrived.unheard as usize);
            core.blocking = false;
            let mut inputs = batch.drain(..);
            for input in inputs.by_ref() {
                core.handle(input, after);
                if std::mem::take(&mut core.blocking) {
                    break;
                }
            }
            let left: Vec<Input> = inputs.collect();
            batch.extend(left);
        });
    }

    /// Lets those go on who waited until a session has taken what was there for it.
    pub(super) fn unblock(&self, key: SessionKey) {
        self.with(|core, after| core.unblock(key, after));
    }

    /// How many EVENTs slow sessions have missed.
    pub(super) fn events_dropped(&self) -> u64 {
        self.lock().realm.events_dropped()
    }

    /// Forgets a session whose connection is gone. Answers whether the realm is empty now.
    pub(super) fn leave(&self, key: SessionKey) -> bool {
        self.with(|core, after| {
            core.handle(Input::Leave(key), after);
            if let Some(mut peer) = core.peers.try_remove(key.0 as usize) {
                let rest = peer.dropped.rest();
                (after.slow).extend(rest.map(|dropped| (Arc::clone(&peer.outbox), dropped)));
                core.counters.left += u64::from(peer.welcomed);
                if peer.outbox.is_blocked() {
                    core.blocks.forget(key);
                }
            }
            core.peers.is_empty()
        })
    }

    /// Whether the two are the same realm, not only namesakes.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core)
    }

    /// Whether no session is connected.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().peers.is_empty()
    }

    /// Lets nothing new begin. The future is over when no call is pending any more.
    pub(super) fn drain(&self) -> impl Future<Output = ()> + use<> {
        let (done, drained) = oneshot::channel();
        self.with(|core, after| {
            core.drained = Some(done);
            core.handle(Input::Drain, after);
        });
        async move {
            // A realm that is gone has no calls.
            let _ = drained.await;
        }
    }

    /// Says GOODBYE to every session.
    pub(super) fn shut_down(&self) {
        self.with(|core, after| {
            core.handle(Input::Shutdown, after);
            // The answers to GOODBYE are to be read, and nothing is published any more.
            for key in core.blocks.subscribers() {
                core.unblock(key, after);
            }
        });
    }

    /// Lets other permissions hold from now on.
    pub(super) fn permit(&self, permissions: Option<Arc<Permissions>>) {
        self.with(|core, after| {
            core.handle(Input::Permissions(permissions), after);
        });
    }

    /// What it has counted, and what it holds.
    pub(super) fn metrics(&self) -> RealmMetrics {
        self.lock().metrics()
    }

    /// What it has counted.
    pub(super) fn counters(&self) -> Counters {
        self.lock().counters.clone()
    }

    /// Calls a procedure of the realm as the router itself. The call is made at once; the future is its answer, and may be
    /// dropped.
    ///
    /// # Errors
    /// The error that the procedure answered with, or the router for it: nobody has registered it, no answer came in time,
    /// too many questions are pending, the realm is gone.
    pub(super) fn ask(
        &self,
        procedure: Uri,
        arguments: Arguments,
        timeout: Duration,
    ) -> impl Future<Output = ProcedureAnswer> + use<> {
        let (asker, answer) = oneshot::channel();
        self.with(|core, after| {
            let question = core.questions;
            core.questions += 1;
            core.askers.insert(question, asker);
            let ask = Input::Ask {
                question,
                procedure,
                arguments,
                timeout,
            };
            core.handle(ask, after);
        });
        async move {
            answer.await.unwrap_or_else(|_realm_is_gone| {
                Err(WampFault {
                    uri: uris::CANCELED,
                    arguments: Arguments::default(),
                })
            })
        }
    }

    /// Runs `work` with the realm locked, then wakes the connections that it left something for.
    fn with<T>(&self, work: impl FnOnce(&mut Core, &mut After) -> T) -> T {
        let mut after = After::default();
        let mut core = self.lock();
        core.now = now();
        let result = work(&mut core, &mut after);
        self.set_alarm(&mut core);
        if core.drained.is_some() && core.realm.call_count() == 0 {
            core.drained = None;
        }
        let began = Instant::from_std(core.now.instant);
        core.counters.hold.record(began.elapsed());
        drop(core);
        for waker in after.wakers {
            waker.wake();
        }
        for (asker, answer) in after.answers {
            // Nobody may be waiting any more.
            asker.send(answer).ok();
        }
        for (outbox, dropped) in after.slow {
            tell_slow(&outbox, dropped);
        }
        result
    }

    /// Sees to it that the realm's deadline is met.
    fn set_alarm(&self, core: &mut Core) {
        let deadlines = [core.realm.deadline(), core.blocks.deadline()];
        let (now, deadline) = (core.now.instant, deadlines.into_iter().flatten().min());
        core.alarm.set(now, deadline, || {
            let (uri, core) = (self.uri.clone(), Arc::downgrade(&self.core));
            Box::new(move || {
                if let Some(core) = core.upgrade() {
                    let uri = uri.clone();
                    Self { uri, core }.with(Core::tick);
                }
            })
        });
    }

    fn lock(&self) -> MutexGuard<'_, Core> {
        // A panic under the lock ends the connection that caused it. The realm goes on for everybody else.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RealmHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RealmHandle").field(&self.uri).finish()
    }
}

impl Core {
    /// Lets the realm act on an input, and on what becomes of sessions that do not take its answers.
    fn handle(&mut self, input: Input, after: &mut After) {
        match &input {
            Input::Message(_, message) => self.counters.received.add(message.kind(), 1),
            Input::Excessive(_, excessive) => {
                self.counters.received.add(excessive.kind, 1);
                self.counters.refused += 1;
            }
            Input::Malformed(..) => self.counters.malformed += 1,
            _ => {}
        }
        let mut following = Vec::new();
        self.handle_one(input, after, &mut following);
        while let Some(inquiry) = self.inquiries.pop() {
            self.tell(inquiry, after, &mut following);
        }
        while let Some(input) = following.pop() {
            self.handle_one(input, after, &mut following);
        }
    }

    fn handle_one(&mut self, input: Input, after: &mut After, following: &mut Vec<Input>) {
        self.cause = match input {
            Input::Message(key, _) => Some(key),
            _ => None,
        };
        if let Input::Leave(key) = input {
            self.unblock(key, after);
        }
        let asked = match &input {
            Input::Message(_, message) => Some(message.kind()),
            _ => None,
        };
        let mut outputs = std::mem::take(&mut self.outputs);
        self.realm.handle(self.now, input, &mut outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Send(recipients, message) => {
                    self.counters.refused += u64::from(is_refusal(&message, asked));
                    self.send(&recipients, &message, after, following);
                }
                Output::Close(key, ending) => {
                    if let Some(peer) = self.peers.get(key.0 as usize) {
                        after.wakers.extend(peer.outbox.close(close_code(ending)));
                    }
                    self.unblock(key, after);
                }
                Output::OnBehalf(key) => self.cause = Some(key),
                Output::Hold(key) => {
                    if let Some(peer) = self.peers.get(key.0 as usize) {
                        peer.outbox.hold();
                    }
                }
                Output::Resume(key) => {
                    if let Some(peer) = self.peers.get(key.0 as usize) {
                        after.wakers.extend(peer.outbox.resume());
                    }
                }
                Output::Inquire {
                    caller,
                    request,
                    inquiry,
                } => self.inquiries.push((caller, request, inquiry)),
                Output::Told { question, answer } => {
                    if let Some(asker) = self.askers.remove(&question) {
                        let fault = |(uri, arguments)| WampFault { uri, arguments };
                        after.answers.push((asker, answer.map_err(fault)));
                    }
                }
            }
        }
        self.outputs = outputs;
    }

    /// Does what is due.
    fn tick(&mut self, after: &mut After) {
        self.handle(Input::Tick, after);
        for key in self.blocks.overdue(self.now.instant) {
            if let Some(peer) = self.peers.get(key.0 as usize)
                && let Some((lost, waker)) = peer.outbox.overflow()
            {
                self.counters.overflowed += 1;
                self.counters.dropped += lost;
                after.wakers.extend(waker);
            }
            self.handle(Input::Leave(key), after);
        }
    }

    /// Has whoever brought this about wait for a session. It does not wait for itself: it is not read from anyway while too much
    /// waits for it.
    fn block(&mut self, subscriber: SessionKey) {
        let Some(publisher) = self.cause.filter(|publisher| *publisher != subscriber) else {
            return;
        };
        let peers = [subscriber, publisher].map(|key| self.peers.get(key.0 as usize));
        let [Some(waited_for), Some(waiting)] = peers else {
            return;
        };
        let (now, time) = (self.now.instant, waited_for.outbox.block_time());
        if self.blocks.add(subscriber, publisher, now, time) {
            waiting.outbox.block();
        }
        self.blocking = true;
    }

    fn unblock(&mut self, subscriber: SessionKey, after: &mut After) {
        for publisher in self.blocks.end(subscriber) {
            if let Some(peer) = self.peers.get(publisher.0 as usize) {
                after.wakers.extend(peer.outbox.unblock());
            }
        }
    }

    /// Tells a session how the router does.
    fn tell(
        &mut self,
        (caller, request, inquiry): Asked,
        after: &mut After,
        following: &mut Vec<Input>,
    ) {
        let told = match inquiry {
            Inquiry::Metrics => self.metrics().to_dict(self.about.began.elapsed()),
            Inquiry::Status => self
                .about
                .status(self.realm.uri(), self.realm.session_count()),
        };
        let report = Input::Report {
            caller,
            request,
            results: Arguments {
                args: vec![told.into()],
                kwargs: Dict::new(),
            },
        };
        self.handle_one(report, after, following);
    }

    fn metrics(&self) -> RealmMetrics {
        let mut gauges = Gauges::of(self.realm.census(), self.realm.kept());
        for (_, peer) in &self.peers {
            gauges.queue(peer.outbox.waiting());
        }
        RealmMetrics {
            counters: self.counters.clone(),
            gauges,
        }
    }

    /// Encodes a message once and gives the same bytes to every recipient.
    fn send(
        &mut self,
        recipients: &[SessionKey],
        message: &Message,
        after: &mut After,
        following: &mut Vec<Input>,
    ) {
        let first = recipients.first();
        let Some(first) = first.and_then(|key| self.peers.get(key.0 as usize)) else {
            return;
        };
        // A panic in here would have left something behind.
        self.buffer.clear();
        if let Err(error) = codec::encode(first.serializer, message, &mut self.buffer) {
            // The realm transcodes payloads before it sends them, so this is a fault of ours.
            tracing::error!(%error, kind = %message.kind(), "a message could not be encoded and is lost");
            return;
        }
        let frame = self.take_frame();
        let Some((last, others)) = recipients.split_last() else {
            return;
        };
        let is_event = matches!(message, Message::Event(_));
        self.counters.sent.add(message.kind(), recipients.len());
        self.counters.sent_bytes += (frame.len() * recipients.len()) as u64;
        let mut push = |key: SessionKey, frame| {
            let Some(peer) = self.peers.get_mut(key.0 as usize) else {
                return;
            };
            let pushed = if is_event {
                peer.outbox.push_event(frame)
            } else {
                peer.outbox.push(frame)
            };
            after.wakers.extend(pushed.waker);
            if pushed.congested {
                following.push(Input::Congested(key));
            }
            match pushed.excess {
                None => {}
                Some(Excess::Overflow(lost)) => {
                    self.counters.overflowed += 1;
                    self.counters.dropped += lost;
                    following.push(Input::Leave(key));
                }
                Some(Excess::Dropped(count)) => {
                    self.counters.dropped += count;
                    let told = peer.dropped.add(count, self.now.instant);
                    (after.slow).extend(told.map(|dropped| (Arc::clone(&peer.outbox), dropped)));
                    following.push(Input::EventsDropped(key, count));
                }
                Some(Excess::Block) => self.block(key),
            }
        };
        for key in others {
            push(*key, frame.clone());
        }
        // A frame that is never cloned needs no count of its owners.
        push(*last, frame);
    }

    /// What was encoded, in memory of its own: a frame that waits for a slow peer must not keep others' alive.
    fn take_frame(&mut self) -> Bytes {
        if self.buffer.len() >= KEPT_WHOLE {
            return std::mem::take(&mut self.buffer).freeze();
        }
        let frame = Bytes::copy_from_slice(&self.buffer);
        self.buffer.clear();
        frame
    }
}

/// Whether a message tells who has sent one of this kind that its session has too many of what it asks for.
fn is_refusal(message: &Message, asked: Option<MessageType>) -> bool {
    matches!(message, Message::Error(error)
        if Some(error.request_type) == asked && error.error == uris::LIMIT_EXCEEDED)
}

/// Logs that EVENTs of a session were dropped.
fn tell_slow(outbox: &Outbox, dropped: u64) {
    let Who {
        session,
        realm,
        authid,
        peer,
    } = outbox.who();
    let policy = outbox.policy().as_str();
    tracing::warn!(
        session, %realm, authid, peer, policy, dropped,
        "events dropped: it does not read them fast enough"
    );
}

/// From which length on, in bytes, a frame goes out in the memory that it was encoded in: to copy a shorter one costs less
/// than to let a new buffer grow.
const KEPT_WHOLE: usize = 4 << 10;

/// Both clocks. A wall clock set before 1970 counts as 1970.
fn now() -> Now {
    Now {
        instant: Instant::now().into_std(),
        unix: SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
    }
}

/// How a transport says it.
const fn close_code(ending: Ending) -> CloseCode {
    match ending {
        Ending::Agreed => CloseCode::Normal,
        Ending::Shutdown => CloseCode::GoingAway,
        Ending::Violation => CloseCode::Protocol,
    }
}

#[cfg(test)]
pub(super) mod tests;
