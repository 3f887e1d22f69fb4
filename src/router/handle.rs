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
use super::outbox::Outbox;
use crate::codec::{self, Arguments};
use crate::proto::{Message, Serializer, Uri, uris};
use crate::realm::{Ending, Input, Join, Now, Output, Permissions, Realm, RealmConfig, SessionKey};
use crate::transport::CloseCode;

/// A realm, cheap to clone.
#[derive(Clone)]
pub(super) struct RealmHandle {
    uri: Uri,
    core: Arc<Mutex<Core>>,
}

struct Core {
    realm: Realm,
    /// When the lock was taken: all inputs of a batch come at the same time.
    now: Now,
    peers: Slab<Peer>,
    /// Those who wait for answers, by the number of their question.
    askers: HashMap<u64, Asker>,
    /// How many questions there were.
    questions: u64,
    /// Wakes the realm at its deadline.
    alarm: Alarm,
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
}

/// Who waits for the answer of a procedure that the router called.
type Asker = oneshot::Sender<ProcedureAnswer>;

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

struct Peer {
    outbox: Arc<Outbox>,
    serializer: Serializer,
}

impl RealmHandle {
    /// A realm without sessions.
    pub(super) fn new(config: RealmConfig, seed: u64) -> Self {
        let uri = config.uri.clone();
        let now = now();
        let core = Core {
            realm: Realm::new(config, seed, now),
            now,
            peers: Slab::new(),
            askers: HashMap::new(),
            questions: 0,
            alarm: Alarm::default(),
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
            });
            join.key = key;
            core.handle(Input::Join(join), after);
            key
        })
    }

    /// Hands over what a session sent, in order.
    pub(super) fn submit(&self, batch: &mut Vec<Input>) {
        self.with(|core, after| {
            for input in batch.drain(..) {
                core.handle(input, after);
            }
        });
    }

    /// Forgets a session whose connection is gone. Answers whether the realm is empty now.
    pub(super) fn leave(&self, key: SessionKey) -> bool {
        self.with(|core, after| {
            core.handle(Input::Leave(key), after);
            core.peers.try_remove(key.0 as usize);
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

    /// Says GOODBYE to every session.
    pub(super) fn shut_down(&self) {
        self.with(|core, after| core.handle(Input::Shutdown, after));
    }

    /// Lets other permissions hold from now on.
    pub(super) fn permit(&self, permissions: Option<Arc<Permissions>>) {
        self.with(|core, after| core.handle(Input::Permissions(permissions), after));
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
        drop(core);
        for waker in after.wakers {
            waker.wake();
        }
        for (asker, answer) in after.answers {
            // Nobody may be waiting any more.
            asker.send(answer).ok();
        }
        result
    }

    /// Sees to it that the realm's deadline is met.
    fn set_alarm(&self, core: &mut Core) {
        let (now, deadline) = (core.now.instant, core.realm.deadline());
        core.alarm.set(now, deadline, || {
            let (uri, core) = (self.uri.clone(), Arc::downgrade(&self.core));
            Box::new(move || {
                if let Some(core) = core.upgrade() {
                    let uri = uri.clone();
                    Self { uri, core }.with(|core, after| core.handle(Input::Tick, after));
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
    /// Lets the realm act on an input, and on the congestion that its answers lead to.
    fn handle(&mut self, input: Input, after: &mut After) {
        let mut congested = Vec::new();
        self.handle_one(input, after, &mut congested);
        while let Some(key) = congested.pop() {
            self.handle_one(Input::Congested(key), after, &mut congested);
        }
    }

    fn handle_one(&mut self, input: Input, after: &mut After, congested: &mut Vec<SessionKey>) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.realm.handle(self.now, input, &mut outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Send(recipients, message) => {
                    self.send(&recipients, &message, after, congested);
                }
                Output::Close(key, ending) => {
                    if let Some(peer) = self.peers.get(key.0 as usize) {
                        after.wakers.extend(peer.outbox.close(close_code(ending)));
                    }
                }
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

    /// Encodes a message once and gives the same bytes to every recipient.
    fn send(
        &mut self,
        recipients: &[SessionKey],
        message: &Message,
        after: &mut After,
        congested: &mut Vec<SessionKey>,
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
        let mut push = |key: SessionKey, frame| {
            if let Some(peer) = self.peers.get(key.0 as usize) {
                let pushed = peer.outbox.push(frame);
                after.wakers.extend(pushed.waker);
                congested.extend(pushed.congested.then_some(key));
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
pub(super) mod tests {
    use super::*;

    /// Nobody has joined, so there is nothing to be called; the answer is there before it is waited for.
    #[tokio::test(start_paused = true)]
    async fn a_question_is_answered_though_nobody_is_there() {
        let config = RealmConfig {
            uri: Uri::from_static("realm1"),
            ..RealmConfig::default()
        };
        let realm = RealmHandle::new(config, 7);
        let procedure = Uri::from_static("com.authenticate");
        let answer = realm.ask(procedure, Arguments::default(), Duration::from_secs(1));
        assert!(realm.lock().askers.is_empty());
        assert_eq!(answer.await.unwrap_err().uri, uris::NO_SUCH_PROCEDURE);
    }

    /// A panic under the lock is its connection's, and what it was about to send nobody's.
    #[tokio::test]
    async fn a_panic_under_the_lock_leaves_a_realm_that_works() {
        let config = RealmConfig {
            uri: Uri::from_static("realm1"),
            ..RealmConfig::default()
        };
        let realm = RealmHandle::new(config, 7);
        let panicking = realm.clone();
        let task = tokio::spawn(async move {
            panicking.with(|core, _| {
                core.buffer.extend_from_slice(b"half a mess");
                panic!("on purpose");
            });
        });
        assert!(task.await.unwrap_err().is_panic());
        let outbox = Arc::new(Outbox::new(1 << 20));
        realm.join(Box::new(join()), Arc::clone(&outbox));
        let mut frames = std::collections::VecDeque::new();
        let cx = std::task::Context::from_waker(Waker::noop());
        outbox.take(&mut frames, &cx);
        let welcome = codec::decode(Serializer::Json, &frames[0]).unwrap();
        assert!(matches!(welcome, Message::Welcome(_)), "{welcome:?}");
    }

    /// A session that joins.
    pub(in crate::router) fn join() -> Join {
        Join {
            key: SessionKey(0),
            session: crate::proto::Id::MIN,
            serializer: Serializer::Json,
            max_frame: 1 << 20,
            roles: crate::proto::Roles::default(),
            authid: String::new(),
            authrole: "anonymous".to_owned(),
            trusted: false,
            authmethod: String::new(),
            authprovider: String::new(),
            authextra: crate::proto::Dict::new(),
            agent: String::new(),
        }
    }
}
