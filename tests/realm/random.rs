//! Random sessions doing random things, held against what any observer can tell: who must get which event, that each call
//! gets exactly one final answer, and that nothing is left when all have left.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use wampkit::proto::{
    CancelMode, Id, InvocationPolicy, MatchPolicy, Message, MessageType, Serializer,
};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

const RUNS: u64 = 200;
const STEPS: usize = 300;

/// What a client knows about itself.
#[derive(Default)]
struct Client {
    last_request: u64,
    subscriptions: BTreeMap<Id, (MatchPolicy, &'static str)>,
    registrations: BTreeSet<Id>,
    /// Calls without final answer.
    calls: BTreeSet<u64>,
    /// Progressive calls that it has not said the last of, pending or not.
    streams: BTreeMap<u64, &'static str>,
    /// Whether it announced everything, or nothing.
    capable: bool,
    /// The id of the last INVOCATION that was no continuation.
    last_invocation: u64,
    /// Invocations not yet answered; the realm may have given some up.
    invocations: Vec<u64>,
}

struct World {
    realm: Fixture,
    random: fastrand::Rng,
    clients: BTreeMap<SessionKey, Client>,
    freed: Vec<SessionKey>,
}

#[test]
fn nothing_is_lost_and_nothing_is_left() {
    for seed in 0..RUNS {
        println!("seed {seed}");
        let mut world = World {
            realm: Fixture::new(),
            random: fastrand::Rng::with_seed(seed),
            clients: BTreeMap::new(),
            freed: Vec::new(),
        };
        world.join();
        for _ in 0..STEPS {
            world.step();
            world.read();
        }
        world.end();
    }
}

impl World {
    fn step(&mut self) {
        let keys: Vec<_> = self.clients.keys().copied().collect();
        let Some(&key) = self.random.choice(&keys) else {
            self.join();
            return;
        };
        match self.random.u8(..100) {
            0..8 => self.join(),
            8..12 => self.part(key),
            12..25 => {
                let (policy, uri) = self.pattern();
                let request = self.request(key);
                self.realm.send(key, subscribe_by(policy, request, uri));
                self.subscribed(key, policy, uri);
            }
            25..30 => {
                let held: Vec<_> = self.clients[&key].subscriptions.keys().copied().collect();
                let subscription = self.random.choice(&held).copied().unwrap_or(Id::MAX);
                let request = self.request(key);
                self.realm.send(key, unsubscribe(request, subscription));
                self.client(key).subscriptions.remove(&subscription);
            }
            30..50 => self.publish(key),
            50..60 => {
                let (policy, uri) = self.pattern();
                let request = self.request(key);
                let mut register = register_by(policy, request, uri);
                // Mostly the same, so that most can join.
                let invoke = [
                    InvocationPolicy::RoundRobin,
                    InvocationPolicy::RoundRobin,
                    InvocationPolicy::Random,
                    InvocationPolicy::Single,
                ];
                register.options.invoke = self.random.choice(invoke);
                register.options.concurrency = Some(self.random.u64(..4));
                register.options.force_reregister = Some(self.random.u8(..10) == 0);
                register.options.forward_timeout = Some(self.random.u8(..10) == 0);
                self.realm.send(key, register);
            }
            60..63 => {
                let held: Vec<_> = self.clients[&key].registrations.iter().copied().collect();
                let registration = self.random.choice(&held).copied().unwrap_or(Id::MAX);
                let request = self.request(key);
                self.realm.send(key, unregister(request, registration));
                self.client(key).registrations.remove(&registration);
            }
            63..80 => {
                let request = self.request(key);
                let uri = self.name();
                self.client(key).calls.insert(request);
                let mut call = if self.random.bool() {
                    call(request, uri)
                } else {
                    call_for_progress(request, uri)
                };
                call.payload = proto::Payload::empty(Serializer::Json);
                call.options.timeout = self.random.choice([0, 5, 50]);
                call.options.disclose_me = Some(self.random.bool());
                if self.random.u8(..4) == 0 {
                    call.options.runmode = Some("partition".into());
                    call.options.rkey = Some(request.into());
                }
                if self.clients[&key].capable && self.random.bool() {
                    call.options.progress = Some(true);
                    self.client(key).streams.insert(request, uri);
                }
                self.realm.send(key, call);
            }
            80..83 => self.go_on(key),
            83..85 => {
                let time = Duration::from_millis(self.random.u64(..20));
                self.realm.pass(time);
            }
            85..88 => {
                let pending: Vec<_> = self.clients[&key].calls.iter().copied().collect();
                let request = self.random.choice(&pending).copied().unwrap_or(1 << 40);
                let modes = [CancelMode::Skip, CancelMode::Kill, CancelMode::KillNoWait];
                let mode = self.random.choice(modes);
                self.realm.send(key, cancel(request, mode));
            }
            _ => self.answer(key),
        }
    }

    fn join(&mut self) {
        let random = &mut self.random;
        let serializer = random.choice(Serializer::ALL).unwrap();
        let capable = random.bool();
        let roles = if capable {
            client_roles()
        } else {
            plain_roles()
        };
        let reused = if random.bool() {
            self.freed.pop()
        } else {
            None
        };
        let key = self.realm.join_as(|join| {
            join.serializer = serializer;
            join.roles = roles;
            if let Some(key) = reused {
                join.key = key;
            }
        });
        let client = Client {
            capable,
            ..Client::default()
        };
        self.clients.insert(key, client);
    }

    /// A session ends in one of the ways that there are.
    fn part(&mut self, key: SessionKey) {
        match self.random.u8(..4) {
            0 => self.realm.send(key, goodbye(&proto::uris::CLOSE_REALM)),
            1 => self.realm.send(key, yields(1 << 50)),
            2 => self.realm.input(Input::Malformed(key, "noise".to_owned())),
            _ => {}
        }
        self.realm.leave(key);
        self.clients.remove(&key);
        self.freed.push(key);
    }

    fn publish(&mut self, key: SessionKey) {
        self.read();
        let request = self.request(key);
        let topic = self.name();
        let mut publish = if self.random.bool() {
            publish(request, topic)
        } else {
            publish_acknowledged(request, topic)
        };
        let exclude_me = self.random.bool();
        publish.options.exclude_me = Some(exclude_me);
        self.realm.send(key, publish);
        for (&receiver, client) in &self.clients {
            let wanted: BTreeSet<Id> = client
                .subscriptions
                .iter()
                .filter(|(_, (policy, pattern))| policy.matches(pattern, topic))
                .map(|(subscription, _)| *subscription)
                .filter(|_| !(exclude_me && receiver == key))
                .collect();
            let events: Vec<Id> = self
                .realm
                .received(receiver)
                .iter()
                .filter_map(|message| match message {
                    Message::Event(event) => Some(event.subscription),
                    _ => None,
                })
                .collect();
            assert_eq!(events.len(), wanted.len(), "{topic}");
            assert_eq!(events.into_iter().collect::<BTreeSet<_>>(), wanted);
        }
    }

    /// Another part of a progressive call, whether it is still pending or not.
    fn go_on(&mut self, key: SessionKey) {
        let streams = &self.clients[&key].streams;
        let streams: Vec<_> = streams.iter().map(|(&at, &uri)| (at, uri)).collect();
        let Some(&(request, uri)) = self.random.choice(&streams) else {
            return;
        };
        let mut call = call(request, uri);
        call.payload = proto::Payload::empty(Serializer::Json);
        call.options.progress = Some(self.random.bool());
        if call.options.progress == Some(false) {
            self.client(key).streams.remove(&request);
        }
        self.realm.send(key, call);
    }

    fn answer(&mut self, key: SessionKey) {
        if self.clients[&key].invocations.is_empty() {
            return;
        }
        let at = self.random.usize(..self.clients[&key].invocations.len());
        match self.random.u8(..6) {
            0 => {
                let request = self.clients[&key].invocations[at];
                let nothing = proto::Payload::empty(Serializer::Json);
                self.realm.send(key, yields_progress(request, nothing));
            }
            1 => {
                let request = self.client(key).invocations.swap_remove(at);
                self.realm
                    .send(key, error(MessageType::Invocation, request));
            }
            2 => {
                let request = self.client(key).invocations.swap_remove(at);
                self.realm.send(key, unavailable(request));
            }
            _ => {
                let request = self.client(key).invocations.swap_remove(at);
                self.realm.send(key, yields(request));
            }
        }
    }

    /// Lets every client read what it received.
    fn read(&mut self) {
        for (&key, client) in &mut self.clients {
            for message in self.realm.received(key) {
                match message {
                    Message::Invocation(invocation) => {
                        let request = invocation.request.get();
                        if request > client.last_invocation {
                            assert_eq!(request, client.last_invocation + 1);
                            client.last_invocation = request;
                            assert!(client.registrations.contains(&invocation.registration));
                            client.invocations.push(request);
                        } else {
                            assert!(client.capable, "a part for one that takes none");
                            assert!(client.invocations.contains(&request), "a part too late");
                        }
                    }
                    Message::Registered(registered) => {
                        client.registrations.insert(registered.registration);
                    }
                    Message::Unregistered(unregistered) => {
                        let revoked = unregistered.details.registration;
                        if let Some(registration) = revoked {
                            assert!(client.capable, "told of what it does not know");
                            client.registrations.remove(&registration);
                        }
                    }
                    Message::Interrupt(_) => assert!(client.capable),
                    Message::Result(result) => {
                        let request = result.request.get();
                        let pending = if result.details.progress == Some(true) {
                            client.calls.contains(&request)
                        } else {
                            client.calls.remove(&request)
                        };
                        assert!(pending, "RESULT for {request}, which is not pending");
                    }
                    Message::Error(error) if error.request_type == MessageType::Call => {
                        let request = error.request.get();
                        let pending = client.calls.remove(&request);
                        assert!(pending, "ERROR for {request}, which is not pending");
                    }
                    Message::Event(event) => {
                        assert!(client.subscriptions.contains_key(&event.subscription));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Takes SUBSCRIBED, which nothing but meta events can follow.
    fn subscribed(&mut self, key: SessionKey, policy: MatchPolicy, uri: &'static str) {
        let mut received = self.realm.received(key);
        received.retain(|message| !is_meta_event(message));
        let Some(Message::Subscribed(subscribed)) = received.pop() else {
            panic!("no SUBSCRIBED");
        };
        let client = self.client(key);
        client
            .subscriptions
            .insert(subscribed.subscription, (policy, uri));
    }

    /// All callees answer, then all sessions leave.
    fn end(mut self) {
        for key in self.clients.keys().copied().collect::<Vec<_>>() {
            for request in std::mem::take(&mut self.client(key).invocations) {
                self.realm.send(key, yields(request));
            }
        }
        self.read();
        for client in self.clients.values() {
            assert!(client.calls.is_empty(), "{:?} never answered", client.calls);
        }
        assert_eq!(self.realm.realm.census().calls, 0);
        self.realm.everybody_leaves();
    }

    fn client(&mut self, key: SessionKey) -> &mut Client {
        self.clients.get_mut(&key).expect("a client")
    }

    fn request(&mut self, key: SessionKey) -> u64 {
        let client = self.client(key);
        client.last_request += 1;
        client.last_request
    }

    /// Few, so that much matches.
    fn name(&mut self) -> &'static str {
        self.random
            .choice(["a", "b", "a.a", "a.b", "b.a", "a.b.a", "a.a.a"])
            .unwrap()
    }

    fn pattern(&mut self) -> (MatchPolicy, &'static str) {
        match self.random.u8(..3) {
            0 => (MatchPolicy::Exact, self.name()),
            1 => (
                MatchPolicy::Prefix,
                self.random.choice(["", "a", "a.", "a.b"]).unwrap(),
            ),
            _ => (
                MatchPolicy::Wildcard,
                self.random
                    .choice(["", ".", "a.", ".a", "a..a", "..a", "b"])
                    .unwrap(),
            ),
        }
    }
}
