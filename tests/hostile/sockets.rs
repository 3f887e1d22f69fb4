//! Random traffic of many sessions, valid and not, that is held exactly against the naive realm of `tests/model`: a router
//! process behind sockets, in all six ways.
//!
//! The order of what comes to a session is known, because a session that has said something asks for the number of sessions
//! behind it: when that is answered, all of what it said has had its effect. Then all the others ask, and when they are
//! answered as well, they have received all that came of it.
//!
//! A sequence that failed is seen with `WAMP_MODEL_SEED=4711 cargo test --test hostile sockets -- --nocapture`. How bytes are split
//! and when they arrive is not the same then, but what is said is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wampkit::codec::Arguments;
use wampkit::proto::{
    Hello, HelloDetails, MatchPolicy, Message, Payload, Serializer, Uri, Value, uris,
};
use wampkit::realm::SessionKey;

use crate::model::messages::{
    arguments, call_of, client_roles, plain_roles, publish, publish_acknowledged, subscribe,
};
use crate::model::{Model, Port, Received, Scale, Tally, World, setting};
use crate::soak::soak_time;
use crate::support::{Router, file, wamp};
use crate::wire::{Framing, Wire};
use crate::{address, ends_well, memory, scaled};

const SCALE: Scale = Scale {
    steps: 100..300,
    sessions: 6..20,
    burst: 200,
};

/// How many sequences go on at a time at the most, each in a realm of its own.
const REALMS: u64 = 8;

#[test]
fn a_router_does_what_the_naive_realm_does() {
    let router = router();
    let address = address(&router);
    let time = scaled(Duration::from_secs(4), soak_time());
    let end = Instant::now() + time;
    // The same sequences each time where there is time for few, others each time where there is for many.
    let next = AtomicU64::new(scaled(0, fastrand::u32(..).into()));
    let failed = AtomicBool::new(false);
    let total = Mutex::new(Tally::default());
    if let Some(seed) = setting("WAMP_MODEL_SEED") {
        let mut tally = Tally::default();
        let mut sockets = Sockets::to(&address, "realm0");
        let mut model = sockets.model();
        World::run(&mut sockets, &mut model, &mut tally, &SCALE, seed, true);
        return ends_well(router);
    }
    let mut most = [0; 4];
    thread::scope(|scope| {
        for realm in 0..scaled(4, REALMS) {
            let (address, next, failed, total) = (&address, &next, &failed, &total);
            scope.spawn(move || {
                let _alarm = Alarm(failed);
                let realm = format!("realm{realm}");
                let mut tally = Tally::default();
                let mut sockets = Sockets::to(address, &realm);
                let mut model = sockets.model();
                while Instant::now() < end && !failed.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    World::run(&mut sockets, &mut model, &mut tally, &SCALE, seed, false);
                }
                total.lock().unwrap().add(&tally);
            });
        }
        for (number, most) in (1..).zip(&mut most) {
            while Instant::now() < end - time * (4 - number) / 4 && !failed.load(Ordering::Relaxed)
            {
                *most = memory(&router).max(*most);
                thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let total = total.into_inner().unwrap();
    println!("hostile: {time:?} held against the model, in quarters {most:?} KiB: {total}");
    for tried in ["bursts", "crowds", "kills", "malformed messages", "EVENT"] {
        assert!(total.0[tried] > 0, "{total}");
    }
    ends_well(router);
}

/// Tells the other threads that one has failed.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

/// A router with realms in which everybody may do everything, that is in no hurry and says little.
fn router() -> Router {
    let realms = (0..REALMS).map(|realm| {
        format!("[[realms]]\nname = \"realm{realm}\"\nanonymous = {{ role = \"anonymous\" }}\n")
    });
    let limits = "[limits]\nmax_message = \"1MiB\"\n\n".to_owned();
    let (_folder, path) = file("wamp.toml", limits + &realms.collect::<String>());
    let router = wamp(["router", "--port", "0", "--log", "warn", "-f"]).args([path]);
    Router::of(router)
}

/// A realm of a router process, and the connections to it.
struct Sockets {
    address: String,
    realm: String,
    /// How bytes are split, and connections broken.
    random: fastrand::Rng,
    peers: BTreeMap<SessionKey, Peer>,
    /// A session that is told who leaves, and asks what there is. The model does not know of it.
    onlooker: Peer,
    /// The ids of the sessions that have ended, as long as the onlooker was not told.
    gone: BTreeSet<u64>,
}

/// A session.
struct Peer {
    wire: Wire,
    session: u64,
    serializer: Serializer,
    inbox: Vec<Message>,
    /// How often it has asked for the number of sessions.
    asked: u64,
    /// Whether the router has closed the connection.
    closed: bool,
}

impl Sockets {
    fn to(address: &str, realm: &str) -> Self {
        let random = fastrand::Rng::new();
        let wire = Wire::connect(
            address,
            Framing::RawSocket,
            Serializer::MsgPack,
            random.clone(),
        );
        let mut onlooker = Peer::join(wire, Serializer::MsgPack, realm, true);
        onlooker
            .wire
            .say(&subscribe(1, "wamp.session.on_leave").into());
        onlooker.settle();
        let [Message::Welcome(_), Message::Subscribed(subscribed)] = &onlooker.inbox[..] else {
            panic!("{:?}", onlooker.inbox);
        };
        assert_eq!(subscribed.subscription.get(), 1, "the first of the realm");
        onlooker.inbox.clear();
        Self {
            address: address.to_owned(),
            realm: realm.to_owned(),
            random,
            peers: BTreeMap::new(),
            onlooker,
            gone: BTreeSet::new(),
        }
    }

    /// The model of the realm: nobody is there, and the onlooker has the first subscription.
    fn model(&self) -> Model {
        Model::after_subscriptions(1)
    }

    /// Has these say what they have to say, all at once and in pieces, and waits until it has had its effect.
    fn settle(&mut self, keys: &[SessionKey]) {
        for key in keys {
            let peer = self.peers.get_mut(key).unwrap();
            peer.ask();
            if keys.len() == 1 {
                peer.wire.flush();
            }
        }
        let mut behind = true;
        while behind {
            behind = false;
            for key in keys {
                let wire = &mut self.peers.get_mut(key).unwrap().wire;
                if wire.is_behind() {
                    wire.write(self.random.usize(1..2000));
                    behind |= wire.is_behind();
                }
            }
        }
        for key in keys {
            let peer = self.peers.get_mut(key).unwrap();
            peer.wait();
            if peer.closed {
                self.gone.insert(peer.session);
            }
        }
    }

    /// Somebody comes who says anything but HELLO, or not all of it. No session may come of it.
    fn intrude(&mut self, framing: Framing, serializer: Serializer) {
        let mut wire = Wire::connect(&self.address, framing, serializer, self.random.fork());
        match self.random.u8(..3) {
            0 => wire.say(&publish_acknowledged(1, "a").into()),
            1 => wire.feed(b"\xC1\xFF not a message"),
            _ => {
                wire.say(&hello(&self.realm, true));
                wire.truncate(0);
                return wire.finish();
            }
        }
        wire.flush();
        match wire.receive() {
            Some(Message::Abort(abort)) => assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION),
            other => panic!("{other:?} is no ABORT"),
        }
        assert_eq!(wire.receive(), None, "after ABORT");
    }

    /// The onlooker is told of all who are gone, each once, and of nobody else.
    fn see_off(&mut self) {
        while !self.gone.is_empty() || !self.onlooker.inbox.is_empty() {
            let message = match self.onlooker.inbox.pop() {
                Some(message) => message,
                None => self.onlooker.wire.receive().expect("EVENT"),
            };
            let Message::Event(event) = message else {
                panic!("{message:?} is no EVENT");
            };
            let left = arguments(&event.payload).args[0].as_u64();
            assert!(self.gone.remove(&left.expect("an id")), "{event:?}");
        }
    }
}

impl Port for Sockets {
    const VIRTUAL: bool = false;

    fn join(&mut self, key: SessionKey, serializer: Serializer, capable: bool) -> u64 {
        // By the key, so that a seed has its sessions come the same way again.
        let framing = [Framing::WebSocket, Framing::RawSocket][key.0 as usize % 2];
        if self.random.u8(..4) == 0 {
            self.intrude(framing, serializer);
        }
        let wire = Wire::connect(&self.address, framing, serializer, self.random.fork());
        let peer = Peer::join(wire, serializer, &self.realm, capable);
        let session = peer.session;
        self.peers.insert(key, peer);
        session
    }

    fn send(&mut self, key: SessionKey, message: Message) {
        self.peers.get_mut(&key).unwrap().wire.say(&message);
    }

    fn noise(&mut self, key: SessionKey) {
        let wire = &mut self.peers.get_mut(&key).unwrap().wire;
        match self.random.u8(..5) {
            0 => wire.misframe(),
            1 => wire.feed(b"\xC1\xFF not a message"),
            2 => wire.feed(b""),
            3 => {
                let frame = wire.encoded(&publish(1, "a").into());
                wire.feed(&frame[..self.random.usize(1..frame.len())]);
            }
            _ => {
                // A good message that is no list any more.
                let mut frame = wire.encoded(&publish(1, "a").into());
                frame[0] ^= 0xFF;
                wire.feed(&frame);
            }
        }
    }

    fn leave(&mut self, key: SessionKey) {
        let mut peer = self.peers.remove(&key).unwrap();
        if peer.closed {
            return;
        }
        self.gone.insert(peer.session);
        let queued = peer.wire.queued();
        if self.random.bool() {
            // In the middle of a message.
            peer.wire.say(&publish(1, "a").into());
            peer.wire.truncate(queued);
        }
        if queued == 0 && self.random.bool() {
            peer.wire.flush();
            peer.wire.reset();
        } else {
            peer.wire.finish();
        }
        self.see_off();
    }

    fn received(&mut self) -> Vec<Received> {
        let behind = self.peers.iter().filter(|(_, peer)| peer.wire.is_behind());
        let behind: Vec<_> = behind.map(|(key, _)| *key).collect();
        self.settle(&behind);
        let open = self.peers.iter().filter(|(_, peer)| !peer.closed);
        let open: Vec<_> = open.map(|(key, _)| *key).collect();
        self.settle(&open);
        let peers = self.peers.iter_mut();
        peers
            .map(|(key, peer)| Received {
                key: *key,
                messages: std::mem::take(&mut peer.inbox),
                closed: peer.closed,
            })
            .collect()
    }

    fn check(&mut self, model: &Model) {
        let counted = self.onlooker.answer("wamp.router.metrics");
        let counted = counted.args[0].as_dict().unwrap().clone();
        let count = |what: &str| counted.get(what).and_then(Value::as_u64).unwrap() as usize;
        let census = model.census();
        assert_eq!(count("sessions"), census.sessions + 1);
        assert_eq!(count("pending_calls"), census.calls);
        let known = model.subscriptions.iter();
        let mut known: BTreeSet<_> = known.map(|known| (known.policy, known.id)).collect();
        known.insert((MatchPolicy::Exact, 1));
        assert_eq!(self.onlooker.listed("wamp.subscription.list"), known);
        assert_eq!(count("subscriptions"), known.len());
        let known = model.registrations.iter();
        let known: BTreeSet<_> = known.map(|known| (known.policy, known.id)).collect();
        assert_eq!(self.onlooker.listed("wamp.registration.list"), known);
        assert_eq!(count("registrations"), known.len());
        self.see_off();
    }

    fn pass(&mut self, _: Duration, _: bool) {
        unreachable!("time is the system's");
    }

    fn congest(&mut self, _: SessionKey, _: bool) {
        unreachable!("so is congestion");
    }
}

impl Peer {
    /// A session over a connection; WELCOME is in its inbox.
    fn join(mut wire: Wire, serializer: Serializer, realm: &str, capable: bool) -> Self {
        wire.say(&hello(realm, capable));
        wire.flush();
        let welcome = wire.receive().expect("WELCOME");
        let Message::Welcome(welcomed) = &welcome else {
            panic!("{welcome:?} is no WELCOME");
        };
        Self {
            session: welcomed.session.get(),
            wire,
            serializer,
            inbox: vec![welcome],
            asked: 0,
            closed: false,
        }
    }

    /// Asks for the number of sessions, behind all that it has said.
    fn ask(&mut self) {
        self.asked += 1;
        self.call("wamp.session.count");
    }

    fn call(&mut self, procedure: &str) {
        let nothing = Payload::empty(self.serializer);
        let call = call_of(QUESTIONS + self.asked, procedure, nothing);
        self.wire.say(&call.into());
    }

    /// Takes in what comes before the answer, or before the end.
    fn wait(&mut self) -> Option<Arguments> {
        while let Some(message) = self.wire.receive() {
            match message {
                Message::Result(result) if result.request.get() > QUESTIONS => {
                    assert_eq!(result.request.get(), QUESTIONS + self.asked);
                    return Some(arguments(&result.payload));
                }
                other => self.inbox.push(other),
            }
        }
        self.closed = true;
        None
    }

    fn settle(&mut self) {
        self.ask();
        self.wire.flush();
        self.wait();
    }

    /// What a procedure of the router answers with.
    fn answer(&mut self, procedure: &str) -> Arguments {
        self.asked += 1;
        self.call(procedure);
        self.wire.flush();
        self.wait().expect("an answer")
    }

    /// The ids that a meta procedure lists.
    fn listed(&mut self, procedure: &str) -> BTreeSet<(MatchPolicy, u64)> {
        let lists = self.answer(procedure);
        let lists = lists.args[0].as_dict().unwrap();
        let policies = [
            MatchPolicy::Exact,
            MatchPolicy::Prefix,
            MatchPolicy::Wildcard,
        ];
        let ids = policies.into_iter().flat_map(|policy| {
            let list = lists.get(policy.as_str()).unwrap().as_list().unwrap();
            list.iter().map(move |id| (policy, id.as_u64().unwrap()))
        });
        ids.collect()
    }
}

fn hello(realm: &str, capable: bool) -> Message {
    let roles = if capable {
        client_roles()
    } else {
        plain_roles()
    };
    let details = HelloDetails {
        roles: Some(roles),
        ..HelloDetails::default()
    };
    let realm = Uri::from(realm);
    Hello { realm, details }.into()
}

/// The request ids of the questions that are none of the model's begin behind this one.
const QUESTIONS: u64 = 1 << 52;
