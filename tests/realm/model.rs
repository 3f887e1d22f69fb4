//! Random sequences of what sessions can do, each step held against the naive realm in `model_reference`: every session
//! receives exactly what it should, the realm holds exactly what it should and wants to be woken exactly when it should,
//! no call is left without an answer, and nothing is left when all have left.
//!
//! Within a step, messages to one session are compared as a multiset: WAMP orders what follows from one event with what
//! follows from the next, not what follows from the same one (events of several subscriptions, the ends of several calls).
//! The exception is the last message of a session.
//!
//! 10 000 sequences by default. More of them, or others:
//!
//! ```text
//! WAMP_MODEL_SEQUENCES=1000000 cargo test --release --test realm model
//! WAMP_MODEL_SEED=4711 cargo test --test realm model -- --nocapture    # only this one, and tell each step
//! ```
//!
//! What is left to `random`: progressive call invocations, shards, `random` as invocation policy.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use wampkit::codec::Arguments;
use wampkit::proto::{
    CancelMode, Dict, Id, InvocationPolicy, MatchPolicy, Message, MessageType, Payload, Recipients,
    RegisterOptions, Serializer, Value, uris,
};
use wampkit::realm::{Census, Input, Realm, SessionKey};

use super::model_reference::{Asked, Delivery, Model, Publishing, Registering};
use super::support::*;

const SEQUENCES: u64 = 10_000;

#[test]
fn the_realm_does_what_the_naive_one_does() {
    if let Some(seed) = setting("WAMP_MODEL_SEED") {
        return run(seed, true);
    }
    let sequences = setting("WAMP_MODEL_SEQUENCES").unwrap_or(SEQUENCES);
    let threads = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    thread::scope(|scope| {
        for first in 0..threads {
            scope.spawn(move || {
                for seed in (first..sequences).step_by(threads as usize) {
                    run(seed, false);
                }
            });
        }
    });
}

/// Found by thinking of what the model does by id: 10 000 sequences hardly ever come by it.
#[test]
fn who_takes_over_the_key_of_a_callee_that_left_has_not_been_tried() {
    let mut realm = Fixture::new();
    let (first, second, caller) = (realm.join(), realm.join(), realm.join());
    let shared = RegisterOptions {
        invoke: Some(InvocationPolicy::First),
        ..RegisterOptions::default()
    };
    realm.registered_with(first, "a", shared.clone());
    realm.registered_with(second, "a", shared.clone());
    realm.send(caller, call(1, "a"));
    realm.invocation(first);
    realm.send(first, unavailable(1));
    realm.invocation(second);
    realm.leave(first);
    let newcomer = realm.join_as(|join| join.key = first);
    realm.registered_with(newcomer, "a", shared);
    realm.send(second, unavailable(1));
    realm.invocation(newcomer);
    realm.everybody_leaves();
}

fn setting(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

fn run(seed: u64, tell: bool) {
    let realm = Fixture::new();
    let mut random = fastrand::Rng::with_seed(seed);
    let steps = random.u64(30..=60);
    let mut world = World {
        start: realm.now.instant,
        realm,
        model: Model::default(),
        random,
        seed,
        step: 0,
        tell,
        joined: 0,
        freed: Vec::new(),
        serializers: BTreeMap::new(),
        requests: BTreeMap::new(),
        unanswered: BTreeSet::new(),
        publications: BTreeSet::new(),
        payloads: 0,
    };
    while world.step < steps {
        world.step += 1;
        world.step();
    }
    world.end();
}

/// Both realms, and the sessions that do things in them.
struct World {
    realm: Fixture,
    start: Instant,
    model: Model,
    random: fastrand::Rng,
    seed: u64,
    step: u64,
    /// Whether to print the steps.
    tell: bool,
    joined: u64,
    /// The keys that were used and may be used again.
    freed: Vec<SessionKey>,
    serializers: BTreeMap<SessionKey, Serializer>,
    /// The last request id of each session.
    requests: BTreeMap<SessionKey, u64>,
    /// The calls that the real realm has not answered.
    unanswered: BTreeSet<(SessionKey, u64)>,
    /// All publication ids there ever were.
    publications: BTreeSet<Id>,
    payloads: u64,
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            let Self { seed, step, .. } = self;
            eprintln!("in step {step} of sequence {seed}: see it with WAMP_MODEL_SEED={seed}");
        }
    }
}

impl World {
    fn step(&mut self) {
        let count = self.model.sessions.len();
        if count < 4 {
            return self.join();
        }
        let key = self.model.sessions[self.random.usize(..count)].key;
        match self.random.u8(..100) {
            0..6 => self.join(),
            6..10 => self.part(key),
            10..20 => self.subscribe(key),
            20..23 => self.unsubscribe(key),
            23..38 => self.publish(key),
            38..52 => self.register(key),
            52..55 => self.unregister(key),
            55..72 => self.call(key),
            72..77 => self.cancel(),
            77..81 => self.pass(),
            81..83 => self.congest(key),
            _ => self.answer(),
        }
    }

    fn join(&mut self) {
        let serializer = self
            .random
            .choice([Serializer::Json, Serializer::MsgPack])
            .unwrap();
        let capable = self.random.u8(..4) > 0;
        let reused = self.freed.pop();
        let roles = if capable {
            client_roles()
        } else {
            plain_roles()
        };
        let session = 1000 + self.joined;
        self.joined += 1;
        let key = self.realm.join_and_look(|join| {
            join.key = reused.unwrap_or(join.key);
            join.serializer = serializer;
            join.roles = roles;
        });
        self.serializers.insert(key, serializer);
        self.requests.insert(key, 0);
        self.model.join(key, session, capable);
        self.compare(format_args!("{key:?} joins, capable: {capable}"));
    }

    /// A session ends in one of the ways that there are.
    fn part(&mut self, key: SessionKey) {
        let last = match self.random.u8(..4) {
            0 => {
                self.realm.send(key, goodbye(&uris::CLOSE_REALM));
                Some(Delivery::Goodbye)
            }
            1 => {
                self.realm.send(key, yields(1 << 50));
                Some(Delivery::Abort)
            }
            2 => {
                let noise = Input::Malformed(key, "noise".to_owned());
                self.realm.input(noise);
                Some(Delivery::Abort)
            }
            _ => None,
        };
        self.unanswered.retain(|(caller, _)| *caller != key);
        let told = last.is_some();
        if told {
            self.model.leave(key, last);
            self.compare(format_args!("{key:?} ends"));
            // Nothing that it says counts any more.
            self.realm.send(key, publish_acknowledged(1 << 40, "a"));
            self.compare(format_args!("{key:?} speaks after its end"));
            self.realm.leave(key);
        } else {
            self.realm.leave(key);
            self.model.leave(key, None);
        }
        self.serializers.remove(&key);
        self.freed.push(key);
        self.compare(format_args!("{key:?} leaves"));
    }

    fn subscribe(&mut self, key: SessionKey) {
        let (request, (policy, uri)) = (self.request(key), self.pattern());
        self.realm.send(key, subscribe_by(policy, request, uri));
        self.model.subscribe(key, request, policy, uri);
        self.compare(format_args!("{key:?} subscribes {policy:?} {uri:?}"));
    }

    fn unsubscribe(&mut self, key: SessionKey) {
        let request = self.request(key);
        let held = self.model.subscriptions.iter();
        let held = held.filter(|held| held.subscribers.contains(&key));
        let id = held.map(|held| held.id).collect();
        let id = self.one_of(id).unwrap_or(7);
        self.realm
            .send(key, unsubscribe(request, super::support::id(id)));
        self.model.unsubscribe(key, request, id);
        self.compare(format_args!("{key:?} unsubscribes {id}"));
    }

    fn publish(&mut self, key: SessionKey) {
        let asked = Publishing {
            request: self.request(key),
            topic: self.name(),
            acknowledge: self.random.bool(),
            exclude_me: self.random.u8(..3) > 0,
            disclose_me: self.random.u8(..4) == 0,
            exclude: self.some_sessions(),
            eligible: self.some_sessions(),
            payload: self.payload(),
        };
        let mut publish = publish(asked.request, asked.topic);
        publish.payload = self.number(key, asked.payload);
        let options = &mut publish.options;
        options.acknowledge = Some(asked.acknowledge);
        // Left out, it is true.
        options.exclude_me = (!asked.exclude_me || self.random.bool()).then_some(asked.exclude_me);
        options.disclose_me = Some(asked.disclose_me);
        if asked.exclude.is_some() || asked.eligible.is_some() {
            let ids = |list: &Vec<u64>| list.iter().map(|number| id(*number)).collect();
            let lists = Recipients {
                exclude: asked.exclude.as_ref().map(ids),
                eligible: asked.eligible.as_ref().map(ids),
                ..Recipients::default()
            };
            options.recipients = Some(Box::new(lists));
        }
        self.realm.send(key, publish);
        self.model.publish(key, &asked);
        self.compare(format_args!("{key:?}: {asked:?}"));
    }

    fn register(&mut self, key: SessionKey) {
        let (mut policy, mut uri) = self.pattern();
        // What is registered already, more often than chance would have it: so that registrations have many callees.
        let known = self.model.registrations.iter();
        let known = known.map(|known| (known.policy, known.uri)).collect();
        if let Some(known) = self.one_of(known)
            && self.random.u8(..3) > 0
        {
            (policy, uri) = known;
        }
        let asked = Registering {
            request: self.request(key),
            policy,
            uri,
            // By the procedure, mostly: so that many can join.
            invoke: if self.random.u8(..5) > 0 {
                SHARED[uri.len() % SHARED.len()]
            } else {
                InvocationPolicy::Single
            },
            concurrency: self.random.u64(..8) / 3,
            forward_timeout: self.random.u8(..5) == 0,
            force: self.random.u8(..20) == 0,
        };
        let mut register = register_by(policy, asked.request, uri);
        register.options.invoke = Some(asked.invoke);
        register.options.concurrency = Some(asked.concurrency);
        register.options.forward_timeout = Some(asked.forward_timeout);
        register.options.force_reregister = Some(asked.force);
        self.realm.send(key, register);
        self.model.register(key, &asked);
        self.compare(format_args!("{key:?}: {asked:?}"));
    }

    fn unregister(&mut self, key: SessionKey) {
        let request = self.request(key);
        let held = self.model.registrations.iter();
        let held = held.filter(|held| held.callees.iter().any(|callee| callee.key == key));
        let id = held.map(|held| held.id).collect();
        let id = self.one_of(id).unwrap_or(7);
        self.realm
            .send(key, unregister(request, super::support::id(id)));
        self.model.unregister(key, request, id);
        self.compare(format_args!("{key:?} unregisters {id}"));
    }

    fn call(&mut self, key: SessionKey) {
        let asked = Asked {
            request: self.request(key),
            procedure: self.name(),
            timeout: self.random.choice([0, 0, 5, 20]).unwrap(),
            receive_progress: self.random.bool(),
            disclose_me: self.random.u8(..4) == 0,
            payload: self.payload(),
        };
        let mut call = call(asked.request, asked.procedure);
        call.payload = self.number(key, asked.payload);
        call.options.timeout = Some(asked.timeout);
        call.options.receive_progress = Some(asked.receive_progress);
        call.options.disclose_me = Some(asked.disclose_me);
        self.unanswered.insert((key, asked.request));
        self.realm.send(key, call);
        let told = self.tell.then(|| format!("{asked:?}"));
        self.model.call(key, asked);
        self.compare(format_args!("{key:?}: {told:?}"));
    }

    /// CANCEL of a pending call, or of one that was answered or never was.
    fn cancel(&mut self) {
        let calls = &self.model.calls;
        let pending = calls.iter().map(|call| (call.caller, call.asked.request));
        let pending = self.one_of(pending.collect());
        let Some((key, mut request)) = pending else {
            return;
        };
        if self.random.u8(..5) == 0 {
            request = self.random.u64(1..=self.requests[&key]);
        }
        let modes = [CancelMode::Skip, CancelMode::Kill, CancelMode::KillNoWait];
        let mode = self.random.choice(modes).unwrap();
        let asked = (mode != CancelMode::KillNoWait || self.random.bool()).then_some(mode);
        self.realm.send(key, cancel(request, asked));
        self.model.cancel(key, request, mode);
        self.compare(format_args!("{key:?} cancels {request}: {mode:?}"));
    }

    /// The realm is woken when it wants to be, or late.
    fn pass(&mut self) {
        let time = Duration::from_millis(self.random.u64(..12));
        if self.random.bool() {
            self.realm.pass(time);
        } else {
            self.realm.now.instant += time;
            self.realm.now.unix += time;
            self.realm.input(Input::Tick);
        }
        self.model.pass(time);
        self.compare(format_args!("{time:?} go by"));
    }

    fn congest(&mut self, key: SessionKey) {
        let congested = self.random.bool();
        self.realm.input(if congested {
            Input::Congested(key)
        } else {
            Input::Relieved(key)
        });
        self.model.congest(key, congested);
        self.compare(format_args!("{key:?} is congested: {congested}"));
    }

    /// The answer to an invocation; sometimes too late, or a second one.
    fn answer(&mut self) {
        let calls = &self.model.calls;
        let pending = calls.iter().map(|call| (call.callee, call.invocation));
        let mut chosen = self.one_of(pending.collect());
        if chosen.is_none() || self.random.u8(..6) == 0 {
            let sessions = self.model.sessions.iter();
            let got = sessions.filter(|session| session.invocations > 0);
            let got = self.one_of(
                got.map(|session| (session.key, session.invocations))
                    .collect(),
            );
            chosen = got.map(|(key, last)| (key, self.random.u64(1..=last)));
        }
        let Some((key, invocation)) = chosen else {
            return;
        };
        let payload = self.payload();
        let number = self.number(key, payload);
        match self.random.u8(..10) {
            0..3 => {
                self.realm.send(key, yields_progress(invocation, number));
                self.model.yields(key, invocation, true, payload);
                self.compare(format_args!("{key:?} yields part of {invocation}"));
            }
            answer @ 3..6 => {
                let mut error = if answer == 3 {
                    error(MessageType::Invocation, invocation)
                } else {
                    unavailable(invocation)
                };
                error.payload = number;
                let uri = error.error.clone();
                self.realm.send(key, error);
                self.model.fails(key, invocation, uri.clone(), payload);
                self.compare(format_args!("{key:?} fails {invocation} with {uri:?}"));
            }
            _ => {
                let mut answer = yields(invocation);
                answer.payload = number;
                self.realm.send(key, answer);
                self.model.yields(key, invocation, false, payload);
                self.compare(format_args!("{key:?} yields {invocation}"));
            }
        }
    }

    /// All leave.
    fn end(mut self) {
        while !self.model.sessions.is_empty() {
            let at = self.random.usize(..self.model.sessions.len());
            let key = self.model.sessions[at].key;
            self.part(key);
        }
        assert!(self.unanswered.is_empty());
        assert_eq!(self.realm.realm.census(), Census::default());
        assert_eq!(self.realm.realm.deadline(), None);
    }

    /// Holds what everybody received, and what the realm holds, against the model.
    #[track_caller]
    fn compare(&mut self, step: std::fmt::Arguments<'_>) {
        if self.tell {
            println!("{}: {step}", self.step);
        }
        let mut expected = std::mem::take(&mut self.model.sent);
        let mut publications = BTreeSet::new();
        let keys: Vec<_> = self.serializers.keys().copied().collect();
        for key in keys {
            let received = self.realm.received(key);
            let count = received.len();
            for (at, message) in received.into_iter().enumerate() {
                if is_meta_event(&message) {
                    continue;
                }
                match &message {
                    Message::Event(event) => _ = publications.insert(event.publication),
                    Message::Published(published) => {
                        publications.insert(published.publication);
                    }
                    _ => {}
                }
                let delivery = observed(message);
                if self.tell {
                    println!("    {key:?}: {delivery:?}");
                }
                self.note_answer(key, &delivery);
                if matches!(delivery, Delivery::Goodbye | Delivery::Abort) {
                    assert_eq!(at + 1, count, "more after the last");
                }
                let found = expected
                    .iter()
                    .position(|(to, what)| *to == key && *what == delivery);
                let Some(found) = found else {
                    panic!("{step}: {key:?} got {delivery:?}; due were {expected:?}");
                };
                expected.swap_remove(found);
            }
        }
        assert!(expected.is_empty(), "{step}: {expected:?} did not arrive");
        assert!(publications.len() <= 1, "{step}: one id for each");
        let new = publications.is_disjoint(&self.publications);
        assert!(new, "{step}: an id was used again");
        self.publications.append(&mut publications);
        let realm: &Realm = &self.realm.realm;
        assert_eq!(realm.census(), self.model.census(), "{step}");
        assert_eq!(realm.census().calls, self.unanswered.len(), "{step}");
        let deadline = self.model.deadline().map(|end| self.start + end);
        assert_eq!(realm.deadline(), deadline, "{step}");
    }

    /// Whatever the model says, a call has one final answer.
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

    /// A number as the session sends it.
    fn number(&self, key: SessionKey, number: u64) -> Payload {
        let arguments = Arguments {
            args: vec![Value::from(number)],
            kwargs: Dict::new(),
        };
        let payload = arguments.to_payload(self.serializers[&key]);
        payload.expect("every serializer has numbers")
    }

    fn one_of<T>(&mut self, list: Vec<T>) -> Option<T> {
        self.random.choice(list)
    }

    /// A list of session ids for a publication, or mostly none. One of them may be gone.
    fn some_sessions(&mut self) -> Option<Vec<u64>> {
        if self.random.u8(..4) > 0 {
            return None;
        }
        let count = self.random.usize(..4);
        let any = (0..count).map(|_| 1000 + self.random.u64(..self.joined));
        Some(any.collect())
    }

    /// Few, so that much matches.
    fn name(&mut self) -> &'static str {
        self.random
            .choice(["a", "b", "a.a", "a.b", "b.a", "a.b.a", "a.bb.a"])
            .unwrap()
    }

    fn pattern(&mut self) -> (MatchPolicy, &'static str) {
        match self.random.u8(..4) {
            0 | 1 => (MatchPolicy::Exact, self.name()),
            2 => (
                MatchPolicy::Prefix,
                self.random.choice(["", "a", "a.", "a.b", "b"]).unwrap(),
            ),
            _ => (
                MatchPolicy::Wildcard,
                self.random
                    .choice(["", ".", "a.", ".a", "a..a", "..a", ".b.", "b"])
                    .unwrap(),
            ),
        }
    }
}

/// The policies for which it is determined which callee is next.
const SHARED: [InvocationPolicy; 3] = [
    InvocationPolicy::RoundRobin,
    InvocationPolicy::First,
    InvocationPolicy::Last,
];

/// What a session observes of a message.
fn observed(message: Message) -> Delivery {
    let number = |payload: &Payload| arguments(payload).args.first().and_then(Value::as_u64);
    let carried = |payload: &Payload| number(payload).expect("a number");
    match message {
        Message::Welcome(_) => Delivery::Welcome,
        Message::Goodbye(goodbye) => {
            assert_eq!(goodbye.reason, uris::GOODBYE_AND_OUT);
            Delivery::Goodbye
        }
        Message::Abort(abort) => {
            assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
            Delivery::Abort
        }
        Message::Subscribed(subscribed) => Delivery::Subscribed {
            request: subscribed.request.get(),
            subscription: subscribed.subscription.get(),
        },
        Message::Unsubscribed(unsubscribed) => Delivery::Unsubscribed {
            request: unsubscribed.request.expect("it was asked for").get(),
        },
        Message::Published(published) => Delivery::Published {
            request: published.request.get(),
        },
        Message::Event(event) => Delivery::Event {
            subscription: event.subscription.get(),
            topic: event.details.topic,
            publisher: event.details.publisher.map(Id::get),
            payload: carried(&event.payload),
        },
        Message::Registered(registered) => Delivery::Registered {
            request: registered.request.get(),
            registration: registered.registration.get(),
        },
        Message::Unregistered(unregistered) => Delivery::Unregistered {
            request: unregistered.request.map(Id::get),
            registration: unregistered.details.registration.map(Id::get),
        },
        Message::Invocation(invocation) => Delivery::Invocation {
            request: invocation.request.get(),
            registration: invocation.registration.get(),
            procedure: invocation.details.procedure,
            caller: invocation.details.caller.map(Id::get),
            receive_progress: invocation.details.receive_progress == Some(true),
            timeout: invocation.details.timeout,
            payload: carried(&invocation.payload),
        },
        Message::Interrupt(interrupt) => Delivery::Interrupt {
            request: interrupt.request.get(),
            mode: interrupt.options.mode.expect("always said"),
            reason: interrupt.options.reason,
        },
        Message::Result(result) => Delivery::Result {
            request: result.request.get(),
            progress: result.details.progress == Some(true),
            payload: carried(&result.payload),
        },
        Message::Error(error) => Delivery::Error {
            request_type: error.request_type,
            request: error.request.get(),
            error: error.error,
            payload: number(&error.payload),
        },
        other => panic!("{other:?} is nothing a session should get"),
    }
}
