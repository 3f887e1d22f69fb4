//! What sessions do at random: each act is done in both realms.

use std::time::Duration;

use wampkit::proto::{
    Abort, CancelMode, EventDetails, EventReceived, GoodbyeDetails, Hello, HelloDetails,
    InvocationPolicy, MatchPolicy, Message, MessageType, Payload, Published, Recipients,
    Serializer, Subscribed, Uri, Welcome, WelcomeDetails, uris,
};
use wampkit::realm::SessionKey;

use super::messages::*;
use super::observed::payload_of;
use super::{Asked, Delivery, Port, Publishing, Registering, World};

/// An id that nothing has.
const NOTHING: u64 = 1 << 50;

impl<P: Port> World<'_, P> {
    pub(super) fn step(&mut self) {
        let count = self.model.sessions.len();
        if count < self.scale.sessions.start {
            return self.join();
        }
        let key = self.anybody();
        match self.random.u8(..100) {
            0..6 if count < self.scale.sessions.end => self.join(),
            0..10 => self.part(key),
            10..14 => self.burst(key),
            14..18 => self.crowd(),
            18..22 if P::VIRTUAL => self.pass(),
            22..24 if P::VIRTUAL => self.congest(key),
            18..40 => {
                let calls = self.model.calls.iter();
                let callee = self.one_of(calls.map(|call| call.callee).collect());
                self.answer(callee.unwrap_or(key));
            }
            40..45 => {
                let calls = self.model.calls.iter();
                let caller = self.one_of(calls.map(|call| call.caller).collect());
                self.cancel(caller.unwrap_or(key));
            }
            _ => self.act(key),
        }
    }

    /// A session does something that it survives.
    fn act(&mut self, key: SessionKey) {
        match self.random.u8(..100) {
            0..15 => self.subscribe(key),
            15..20 => self.unsubscribe(key),
            20..43 => self.publish(key),
            43..59 => self.register(key),
            59..63 => self.unregister(key),
            63..83 => self.call(key),
            83..87 => self.cancel(key),
            87..95 => self.answer(key),
            _ => self.blunder(key),
        }
    }

    /// A session says many things at once, and is perhaps gone then.
    fn burst(&mut self, key: SessionKey) {
        self.tally.count("bursts");
        for _ in 0..self.many() {
            self.act(key);
        }
        if self.random.u8(..4) == 0 {
            self.part(key);
        }
    }

    /// How much is said at once: mostly some, sometimes a lot.
    fn many(&mut self) -> usize {
        let most = self.scale.burst;
        let most = if self.random.u8(..4) > 0 {
            most / 8
        } else {
            most
        };
        self.random.usize(2..=most)
    }

    /// Several sessions say many things at once, whose outcome is the same in whatever order they are heard: publications,
    /// what is refused, and either answers of anybody or calls of one.
    fn crowd(&mut self) {
        self.tally.count("crowds");
        let caller = self.anybody();
        let calling = self.random.bool();
        for _ in 0..2 * self.many() {
            let key = self.anybody();
            match self.random.u8(..10) {
                0..4 => self.publish(key),
                4..6 => self.blunder(key),
                _ if calling => self.call(caller),
                _ => {
                    let calls = self.model.calls.iter();
                    let pending = calls.map(|call| (call.callee, call.invocation));
                    if let Some((callee, invocation)) = self.one_of(pending.collect()) {
                        self.answer_to(callee, invocation, false);
                    }
                }
            }
        }
    }

    fn join(&mut self) {
        let serializer = self.random.choice(Serializer::ALL).unwrap();
        let capable = self.random.u8(..4) > 0;
        let key = self.freed.pop().unwrap_or_else(|| {
            self.keys += 1;
            SessionKey(self.keys - 1)
        });
        let session = self.port.join(key, serializer, capable);
        self.ids.push(session);
        self.serializers.insert(key, serializer);
        self.requests.insert(key, 0);
        self.model.join(key, session, capable);
        self.did(
            Some(key),
            "joins",
            format_args!("joins over {serializer}, capable: {capable}"),
        );
    }

    /// A session ends in one of the ways that there are.
    pub(super) fn part(&mut self, key: SessionKey) {
        let (how, last) = match self.random.u8(..10) {
            0..3 => {
                self.port.send(key, goodbye(&uris::CLOSE_REALM).into());
                ("goodbyes", Some(Delivery::Goodbye))
            }
            3 => {
                let abort = Abort {
                    details: GoodbyeDetails::default(),
                    reason: uris::CLOSE_REALM,
                    payload: Payload::default(),
                };
                self.port.send(key, abort.into());
                ("aborts", None)
            }
            4..6 => {
                let violation = self.violation(key);
                self.port.send(key, violation);
                ("protocol violations", Some(Delivery::Abort))
            }
            6..8 => {
                self.port.noise(key);
                ("malformed messages", Some(Delivery::Abort))
            }
            _ => {
                self.port.leave(key);
                self.model.leave(key, None);
                self.did(Some(key), "kills", format_args!("is killed"));
                return self.forget(key);
            }
        };
        self.model.leave(key, last);
        self.did(Some(key), how, format_args!("leaves: {how}"));
        // Nothing that it says counts any more.
        for _ in 0..self.random.u8(..3) {
            self.port
                .send(key, publish_acknowledged(1 << 40, "a").into());
        }
        self.ended.insert(key);
    }

    /// Something that no client may say, or not at that time.
    fn violation(&mut self, key: SessionKey) -> Message {
        let calls = self.model.calls.iter();
        let mine = calls.filter(|call| call.caller == key);
        let pending = self.one_of(mine.map(|call| call.asked.request).collect());
        match self.random.u8(..12) {
            0 => yields(NOTHING).into(),
            1 => error(MessageType::Invocation, NOTHING).into(),
            2 => error(MessageType::Call, 1).into(),
            3 => Hello {
                realm: Uri::from_static("realm1"),
                details: HelloDetails::default(),
            }
            .into(),
            4 => Welcome {
                session: id(1),
                details: WelcomeDetails::default(),
            }
            .into(),
            5 => wampkit::proto::Event {
                subscription: id(1),
                publication: id(1),
                details: EventDetails::default(),
                payload: Payload::default(),
            }
            .into(),
            6 => Published {
                request: id(1),
                publication: id(1),
            }
            .into(),
            7 => Subscribed {
                request: id(1),
                subscription: id(1),
            }
            .into(),
            8 => result(1).into(),
            9 => interrupt(1, CancelMode::Kill).into(),
            _ => match pending {
                // No other call may have its id as long as it is pending.
                Some(request) => call(request, "a").into(),
                None => invocation(1, id(1)).into(),
            },
        }
    }

    /// A request that is refused, or a message that does nothing; the session goes on.
    fn blunder(&mut self, key: SessionKey) {
        let request = self.request(key);
        let invalid = self
            .random
            .choice(["", "a..b", ".a", "a.", "a b", "a#", "wamp.a"])
            .unwrap();
        // Only routers have what is theirs; but everybody may ask for it.
        let reserved = invalid == "wamp.a";
        let (message, kind, error): (Message, _, _) = match self.random.u8(..8) {
            0 if !reserved => (
                subscribe(request, invalid).into(),
                MessageType::Subscribe,
                uris::INVALID_URI,
            ),
            1 => (
                publish_acknowledged(request, invalid).into(),
                MessageType::Publish,
                uris::INVALID_URI,
            ),
            2 => (
                register(request, invalid).into(),
                MessageType::Register,
                uris::INVALID_URI,
            ),
            3 => {
                self.unanswered.insert((key, request));
                let error = if reserved {
                    uris::NO_SUCH_PROCEDURE
                } else {
                    uris::INVALID_URI
                };
                (call(request, invalid).into(), MessageType::Call, error)
            }
            4 => (
                unsubscribe(request, id(NOTHING)).into(),
                MessageType::Unsubscribe,
                uris::NO_SUCH_SUBSCRIPTION,
            ),
            5 => (
                unregister(request, id(NOTHING)).into(),
                MessageType::Unregister,
                uris::NO_SUCH_REGISTRATION,
            ),
            other => {
                let message: Message = match other {
                    6 => publish(request, invalid).into(),
                    7 => cancel(NOTHING, Some(CancelMode::Kill)).into(),
                    _ => EventReceived {
                        publication: id(NOTHING),
                    }
                    .into(),
                };
                self.port.send(key, message);
                let what = format_args!("says what nobody answers");
                return self.did(Some(key), "messages without effect", what);
            }
        };
        self.port.send(key, message);
        self.model.refuse(key, kind, request, error);
        let what = format_args!("{kind:?} {request} that is refused: {invalid:?}");
        self.did(Some(key), "refused requests", what);
    }

    fn subscribe(&mut self, key: SessionKey) {
        let (request, (policy, uri)) = (self.request(key), self.pattern());
        self.port
            .send(key, subscribe_by(policy, request, uri).into());
        self.model.subscribe(key, request, policy, uri);
        let what = format_args!("subscribes {policy:?} {uri:?}");
        self.did(Some(key), "subscriptions", what);
    }

    fn unsubscribe(&mut self, key: SessionKey) {
        let request = self.request(key);
        let held = self.model.subscriptions.iter();
        let held = held.filter(|held| held.subscribers.contains(&key));
        let held = held.map(|held| held.id).collect();
        let subscription = self.one_of(held).unwrap_or(NOTHING);
        self.port
            .send(key, unsubscribe(request, id(subscription)).into());
        self.model.unsubscribe(key, request, subscription);
        let what = format_args!("unsubscribes {subscription}");
        self.did(Some(key), "unsubscriptions", what);
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
        publish.payload = payload_of(asked.payload, self.serializers[&key]);
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
        if asked.acknowledge {
            let request = (key, asked.request);
            self.unacknowledged.insert(request, asked.payload);
        }
        self.port.send(key, publish.into());
        self.model.publish(key, &asked);
        self.did(Some(key), "publications", format_args!("{asked:?}"));
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
        self.port.send(key, register.into());
        self.model.register(key, &asked);
        self.did(Some(key), "registrations", format_args!("{asked:?}"));
    }

    fn unregister(&mut self, key: SessionKey) {
        let request = self.request(key);
        let held = self.model.registrations.iter();
        let held = held.filter(|held| held.callees.iter().any(|callee| callee.key == key));
        let held = held.map(|held| held.id).collect();
        let registration = self.one_of(held).unwrap_or(NOTHING);
        self.port
            .send(key, unregister(request, id(registration)).into());
        self.model.unregister(key, request, registration);
        let what = format_args!("unregisters {registration}");
        self.did(Some(key), "unregistrations", what);
    }

    fn call(&mut self, key: SessionKey) {
        let timeouts = if P::VIRTUAL {
            [0, 0, 5, 20]
        } else {
            [0, 0, HOUR, 2 * HOUR]
        };
        let asked = Asked {
            request: self.request(key),
            procedure: self.name(),
            timeout: self.random.choice(timeouts).unwrap(),
            receive_progress: self.random.bool(),
            disclose_me: self.random.u8(..4) == 0,
            payload: self.payload(),
        };
        let mut call = call(asked.request, asked.procedure);
        call.payload = payload_of(asked.payload, self.serializers[&key]);
        call.options.timeout = Some(asked.timeout);
        call.options.receive_progress = Some(asked.receive_progress);
        call.options.disclose_me = Some(asked.disclose_me);
        self.unanswered.insert((key, asked.request));
        self.port.send(key, call.into());
        let told = self.tell.then(|| format!("{asked:?}"));
        self.model.call(key, asked);
        self.did(Some(key), "calls", format_args!("{told:?}"));
    }

    /// CANCEL of a pending call, or of one that was answered or never was.
    fn cancel(&mut self, key: SessionKey) {
        let calls = self.model.calls.iter();
        let mine = calls.filter(|call| call.caller == key);
        let pending = self.one_of(mine.map(|call| call.asked.request).collect());
        let last = self.requests[&key];
        let request = match pending {
            Some(pending) if self.random.u8(..5) > 0 => pending,
            _ => self.random.u64(1..=last.max(1)),
        };
        let modes = [CancelMode::Skip, CancelMode::Kill, CancelMode::KillNoWait];
        let mode = self.random.choice(modes).unwrap();
        let asked = (mode != CancelMode::KillNoWait || self.random.bool()).then_some(mode);
        self.port.send(key, cancel(request, asked).into());
        self.model.cancel(key, request, mode);
        let what = format_args!("cancels {request}: {mode:?}");
        self.did(Some(key), "cancels", what);
    }

    /// The answer to an invocation; sometimes too late, or a second one.
    fn answer(&mut self, key: SessionKey) {
        let calls = self.model.calls.iter();
        let mine = calls.filter(|call| call.callee == key);
        let pending = self.one_of(mine.map(|call| call.invocation).collect());
        let last = self.model.session(key).invocations;
        let invocation = match pending {
            Some(pending) if self.random.u8(..6) > 0 => pending,
            _ if last > 0 => self.random.u64(1..=last),
            _ => return,
        };
        self.answer_to(key, invocation, true);
    }

    /// The answer to an invocation that the session got; it is unavailable only if it may be.
    fn answer_to(&mut self, key: SessionKey, invocation: u64, may_be_unavailable: bool) {
        let payload = self.payload();
        let content = payload_of(payload, self.serializers[&key]);
        match self.random.u8(..10) {
            0..3 => {
                self.port
                    .send(key, yields_progress(invocation, content).into());
                self.model.yields(key, invocation, true, payload);
                let what = format_args!("yields part of {invocation}");
                self.did(Some(key), "progressive results", what);
            }
            answer @ 3..6 => {
                let mut error = if answer == 3 || !may_be_unavailable {
                    error(MessageType::Invocation, invocation)
                } else {
                    unavailable(invocation)
                };
                error.payload = content;
                let uri = error.error.clone();
                self.port.send(key, error.into());
                self.model.fails(key, invocation, uri.clone(), payload);
                let what = format_args!("fails {invocation} with {uri:?}");
                self.did(Some(key), "errors", what);
            }
            _ => {
                let mut answer = yields(invocation);
                answer.payload = content;
                self.port.send(key, answer.into());
                self.model.yields(key, invocation, false, payload);
                let what = format_args!("yields {invocation}");
                self.did(Some(key), "results", what);
            }
        }
    }

    fn pass(&mut self) {
        let time = Duration::from_millis(self.random.u64(..12));
        self.port.pass(time, self.random.bool());
        self.model.pass(time);
        self.did(None, "passes of time", format_args!("{time:?} go by"));
    }

    fn congest(&mut self, key: SessionKey) {
        let congested = self.random.bool();
        self.port.congest(key, congested);
        self.model.congest(key, congested);
        let what = format_args!("{key:?} is congested: {congested}");
        self.did(None, "congestions", what);
    }

    /// A list of session ids for a publication, or mostly none. One of them may be gone.
    fn some_sessions(&mut self) -> Option<Vec<u64>> {
        if self.random.u8(..4) > 0 {
            return None;
        }
        let count = self.random.usize(..4);
        let any = (0..count).map(|_| self.ids[self.random.usize(..self.ids.len())]);
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

/// In milliseconds: longer than any sequence takes.
const HOUR: u64 = 3_600_000;
