//! Random sequences of what sessions can do, held against a naive realm: every session receives exactly what it should, in
//! an order that it should come in, the realm holds exactly what it should, no call is left without an answer, and nothing
//! is left when all have left.
//!
//! There is one naive realm ([`Model`]), one generator ([`World`]), and a [`Port`] to what is held against it: a realm in
//! memory with virtual time (`tests/realm/model.rs`), or a router process behind sockets (`tests/hostile/sockets.rs`).
//!
//! What follows from one act of a session comes to each other one in any order: WAMP orders what follows from one event with
//! what follows from the next, not what follows from the same one (events of several subscriptions, the ends of several
//! calls). What follows from the acts of one session comes in the order of these; what follows from those of several that
//! act at once is mixed as it may be. The last message of a session is the last.
//!
//! What is left to `tests/realm/random.rs`: progressive call invocations, shards, `random` as invocation policy.
#![allow(dead_code, reason = "each test binary uses its own part of it")]

pub(crate) mod messages;
mod observed;
mod reference;
mod steps;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::thread;
use std::time::Duration;

use wampkit::proto::{Id, Message, MessageType, Serializer};
use wampkit::realm::SessionKey;

use messages::is_meta_event;
use observed::{carried, kind, observed};
pub(crate) use reference::Model;
use reference::{Asked, Delivery, Publishing, Registering};
pub(crate) use tally::Tally;

/// What is held against the naive realm: a realm, and the connections of the sessions in it.
pub(crate) trait Port {
    /// Whether time passes and sessions are congested as the test says. Where it is not, neither plays a part.
    const VIRTUAL: bool;

    /// A session joins; answers its id. WELCOME is among what it receives.
    fn join(&mut self, key: SessionKey, serializer: Serializer, capable: bool) -> u64;

    /// A session sends a message. Many may go at once, until somebody looks at what came of them.
    fn send(&mut self, key: SessionKey, message: Message);

    /// A session sends what is no message.
    fn noise(&mut self, key: SessionKey);

    /// A session's connection breaks behind what was sent by it, or it was closed; the key is free then.
    fn leave(&mut self, key: SessionKey);

    /// What all sessions have received since the last look, when all that was sent has had its effect.
    fn received(&mut self) -> Vec<Received>;

    /// Holds what the realm says of itself against the model.
    fn check(&mut self, model: &Model);

    /// Time passes; the realm is woken when it wants to be, or late.
    fn pass(&mut self, time: Duration, late: bool);

    /// A session has more waiting for it than it keeps up with, or no longer.
    fn congest(&mut self, key: SessionKey, congested: bool);
}

/// What a session has received.
pub(crate) struct Received {
    pub(crate) key: SessionKey,
    pub(crate) messages: Vec<Message>,
    /// Whether its connection was closed behind that.
    pub(crate) closed: bool,
}

/// How large a sequence is.
#[derive(Clone)]
pub(crate) struct Scale {
    pub(crate) steps: Range<u64>,
    /// How many sessions there are at a time.
    pub(crate) sessions: Range<usize>,
    /// How much is said at once, at the most.
    pub(crate) burst: usize,
}

/// The number in an environment variable.
pub(crate) fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

/// Both realms, and the sessions that do things in them.
pub(crate) struct World<'a, P: Port> {
    port: &'a mut P,
    /// Nobody is in it at the beginning and in the end; it goes on counting.
    model: &'a mut Model,
    tally: &'a mut Tally,
    random: fastrand::Rng,
    scale: Scale,
    seed: u64,
    step: u64,
    /// Whether to print the steps.
    tell: bool,
    /// The ids of all sessions that there were.
    ids: Vec<u64>,
    /// How many keys were given out; those that were freed are given out again.
    keys: u32,
    freed: Vec<SessionKey>,
    serializers: BTreeMap<SessionKey, Serializer>,
    /// The last request id of each session.
    requests: BTreeMap<SessionKey, u64>,
    /// How often something was done.
    acts: u64,
    /// What each session has yet to receive, in the order in which it was sent.
    due: BTreeMap<SessionKey, Vec<Due>>,
    /// Those that the realm has ended, or will have, behind all that is due to them.
    ended: BTreeSet<SessionKey>,
    /// The calls that the real realm has not answered.
    unanswered: BTreeSet<(SessionKey, u64)>,
    /// The publications that wait for PUBLISHED, by request; each is known by its payload.
    unacknowledged: BTreeMap<(SessionKey, u64), u64>,
    /// The id of each publication.
    publications: BTreeMap<u64, Id>,
    /// All publication ids there ever were.
    publication_ids: BTreeSet<Id>,
    payloads: u64,
}

/// Something that a session has to receive.
#[derive(Debug)]
struct Due {
    /// Whose doing it is, if a session's.
    from: Option<SessionKey>,
    /// Which act it follows from.
    act: u64,
    what: Delivery,
}

impl<P: Port> Drop for World<'_, P> {
    fn drop(&mut self) {
        if thread::panicking() {
            let Self { seed, step, .. } = self;
            eprintln!("in step {step} of sequence {seed}: see it with WAMP_MODEL_SEED={seed}");
        }
    }
}

impl<'a, P: Port> World<'a, P> {
    /// Goes through the sequence of a seed, from an empty realm to an empty realm.
    pub(crate) fn run(
        port: &'a mut P,
        model: &'a mut Model,
        tally: &'a mut Tally,
        scale: &Scale,
        seed: u64,
        tell: bool,
    ) {
        let mut world = World {
            port,
            model,
            tally,
            random: fastrand::Rng::with_seed(seed),
            scale: scale.clone(),
            seed,
            step: 0,
            tell,
            ids: Vec::new(),
            keys: 0,
            freed: Vec::new(),
            serializers: BTreeMap::new(),
            requests: BTreeMap::new(),
            acts: 0,
            due: BTreeMap::new(),
            ended: BTreeSet::new(),
            unanswered: BTreeSet::new(),
            unacknowledged: BTreeMap::new(),
            publications: BTreeMap::new(),
            publication_ids: BTreeSet::new(),
            payloads: 0,
        };
        let steps = world.random.u64(scale.steps.clone());
        while world.step < steps {
            world.step += 1;
            world.step();
            world.compare();
        }
        while !world.model.sessions.is_empty() {
            let key = world.anybody();
            world.part(key);
            world.compare();
        }
        assert!(world.unanswered.is_empty());
        world.tally.count("sequences");
    }

    /// Something was done on both sides. What follows from it is due from now on.
    fn did(&mut self, by: Option<SessionKey>, kind: &'static str, what: std::fmt::Arguments<'_>) {
        if self.tell {
            println!("{}: {by:?} {what}", self.step);
        }
        self.tally.count(kind);
        self.acts += 1;
        for (to, what) in std::mem::take(&mut self.model.sent) {
            let (from, act) = (by, self.acts);
            let due = self.due.entry(to).or_default();
            due.push(Due { from, act, what });
        }
    }

    /// Holds what everybody received, and what the realm holds, against the model.
    #[track_caller]
    fn compare(&mut self) {
        for Received {
            key,
            messages,
            closed,
        } in self.port.received()
        {
            let count = messages.len();
            for (at, message) in messages.into_iter().enumerate() {
                if is_meta_event(&message) {
                    continue;
                }
                self.note_publication(key, &message);
                let delivery = observed(message);
                if self.tell {
                    println!("    {key:?}: {delivery:?}");
                }
                self.tally.count(kind(&delivery));
                self.note_answer(key, &delivery);
                if matches!(delivery, Delivery::Goodbye | Delivery::Abort) {
                    assert_eq!(at + 1, count, "more after the last");
                }
                self.take_due(key, &delivery);
            }
            assert_eq!(closed, self.ended.contains(&key), "{key:?}: closed");
        }
        let missing = self.due.iter().find(|(_, due)| !due.is_empty());
        assert!(missing.is_none(), "{missing:?} did not arrive");
        for key in std::mem::take(&mut self.ended) {
            self.port.leave(key);
            self.forget(key);
        }
        self.port.check(self.model);
        assert_eq!(self.model.calls.len(), self.unanswered.len());
    }

    /// It was due, and nothing that has to come before it is.
    #[track_caller]
    fn take_due(&mut self, key: SessionKey, delivery: &Delivery) {
        let due = self.due.entry(key).or_default();
        let first = |from| due.iter().find(|due| due.from == from).map(|due| due.act);
        let found = due
            .iter()
            .position(|due| due.what == *delivery && Some(due.act) == first(due.from));
        let Some(found) = found else {
            panic!("{key:?} got {delivery:?}; due were {due:?}");
        };
        due.remove(found);
    }

    /// Nothing of a session is there any more.
    fn forget(&mut self, key: SessionKey) {
        self.due.remove(&key);
        self.unanswered.retain(|(caller, _)| *caller != key);
        self.unacknowledged.retain(|(sender, _), _| *sender != key);
        self.serializers.remove(&key);
        self.freed.push(key);
    }

    /// Whatever the model says, a publication has one id in all that tells of it, and no other has it.
    #[track_caller]
    fn note_publication(&mut self, key: SessionKey, message: &Message) {
        let (payload, id) = match message {
            Message::Event(event) => (carried(&event.payload), event.publication),
            Message::Published(published) => {
                let request = (key, published.request.get());
                let payload = self.unacknowledged.remove(&request);
                (payload.expect("it was asked for"), published.publication)
            }
            _ => return,
        };
        if let Some(known) = self.publications.insert(payload, id) {
            assert_eq!(known, id, "one id for each");
        } else {
            assert!(self.publication_ids.insert(id), "an id was used again");
        }
    }

    /// Whatever the model says, a call has one final answer.
    #[track_caller]
    fn note_answer(&mut self, key: SessionKey, delivery: &Delivery) {
        let (request, last) = match delivery {
            Delivery::Result {
                request, progress, ..
            } => (*request, !progress),
            Delivery::Error {
                request_type: MessageType::Call,
                request,
                ..
            } => (*request, true),
            _ => return,
        };
        assert!(self.unanswered.contains(&(key, request)), "{delivery:?}");
        if last {
            self.unanswered.remove(&(key, request));
        }
    }

    fn request(&mut self, key: SessionKey) -> u64 {
        let last = self.requests.entry(key).or_default();
        *last += 1;
        *last
    }

    /// A number that no other message has.
    fn payload(&mut self) -> u64 {
        self.payloads += 1;
        self.payloads
    }

    fn one_of<T>(&mut self, list: Vec<T>) -> Option<T> {
        self.random.choice(list)
    }

    /// An open session.
    fn anybody(&mut self) -> SessionKey {
        let at = self.random.usize(..self.model.sessions.len());
        self.model.sessions[at].key
    }
}
