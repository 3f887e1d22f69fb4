//! A realm as connections see it: one mutex around the state machine and the outboxes of its sessions.
//!
//! The lock is taken once per batch of decoded messages. What the realm answers goes into the recipients' outboxes while
//! it is held, so the order in which the realm decides is the order that every session sees: SUBSCRIBED before the
//! subscription's first EVENT, no EVENT after UNSUBSCRIBED. Connections are woken after it is released.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::SystemTime;

use bytes::BytesMut;
use slab::Slab;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::outbox::Outbox;
use crate::codec;
use crate::proto::{Message, Serializer, Uri};
use crate::realm::{Ending, Input, Join, Now, Output, Realm, RealmConfig, SessionKey};
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
    /// Wakes the realm at its deadline.
    alarm: Alarm,
    /// Scratch space, kept for its capacity.
    outputs: Vec<Output>,
    /// Where frames are encoded; each is split off and shared from here.
    buffer: BytesMut,
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
        self.with(|core, wakers| {
            let slot = core.peers.vacant_entry();
            // A slab of 2^32 sessions would not fit into memory.
            #[expect(clippy::cast_possible_truncation, reason = "bounded by memory")]
            let key = SessionKey(slot.key() as u32);
            slot.insert(Peer {
                outbox,
                serializer: join.serializer,
            });
            join.key = key;
            core.handle(Input::Join(join), wakers);
            key
        })
    }

    /// Hands over what a session sent, in order.
    pub(super) fn submit(&self, batch: &mut Vec<Input>) {
        self.with(|core, wakers| {
            for input in batch.drain(..) {
                core.handle(input, wakers);
            }
        });
    }

    /// Forgets a session whose connection is gone. Answers whether the realm is empty now.
    pub(super) fn leave(&self, key: SessionKey) -> bool {
        self.with(|core, wakers| {
            core.handle(Input::Leave(key), wakers);
            core.peers.try_remove(key.0 as usize);
            core.peers.is_empty()
        })
    }

    /// Whether no session is connected.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().peers.is_empty()
    }

    /// Says GOODBYE to every session.
    pub(super) fn shut_down(&self) {
        self.with(|core, wakers| core.handle(Input::Shutdown, wakers));
    }

    /// Runs `work` with the realm locked, then wakes the connections that it left something for.
    fn with<T>(&self, work: impl FnOnce(&mut Core, &mut Vec<Waker>) -> T) -> T {
        let mut wakers = Vec::new();
        let mut core = self.lock();
        core.now = now();
        let result = work(&mut core, &mut wakers);
        self.set_alarm(&mut core);
        drop(core);
        for waker in wakers {
            waker.wake();
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
                    Self { uri, core }.with(|core, wakers| core.handle(Input::Tick, wakers));
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
    fn handle(&mut self, input: Input, wakers: &mut Vec<Waker>) {
        let mut congested = Vec::new();
        self.handle_one(input, wakers, &mut congested);
        while let Some(key) = congested.pop() {
            self.handle_one(Input::Congested(key), wakers, &mut congested);
        }
    }

    fn handle_one(
        &mut self,
        input: Input,
        wakers: &mut Vec<Waker>,
        congested: &mut Vec<SessionKey>,
    ) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.realm.handle(self.now, input, &mut outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Send(recipients, message) => {
                    self.send(&recipients, &message, wakers, congested);
                }
                Output::Close(key, ending) => {
                    if let Some(peer) = self.peers.get(key.0 as usize) {
                        wakers.extend(peer.outbox.close(close_code(ending)));
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
        wakers: &mut Vec<Waker>,
        congested: &mut Vec<SessionKey>,
    ) {
        let first = recipients.first();
        let Some(first) = first.and_then(|key| self.peers.get(key.0 as usize)) else {
            return;
        };
        if let Err(error) = codec::encode(first.serializer, message, &mut self.buffer) {
            // The realm transcodes payloads before it sends them, so this is a fault of ours.
            tracing::error!(%error, kind = %message.kind(), "a message could not be encoded and is lost");
            return;
        }
        let frame = self.buffer.split().freeze();
        for key in recipients {
            if let Some(peer) = self.peers.get(key.0 as usize) {
                let pushed = peer.outbox.push(frame.clone());
                wakers.extend(pushed.waker);
                congested.extend(pushed.congested.then_some(*key));
            }
        }
    }
}

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
