//! What each step of a message through a router costs, in time and in allocations: read, decided upon, written, or
//! rewritten for a peer of another serializer.
//!
//! ```sh
//! cargo bench --bench hops
//! ```
//!
//! No socket and no other thread: what is to be seen is the router's own work, of its parts and, in the last rows, of all
//! together with connections in memory, bursts of [`BURST`] from one end to another. Reading includes the skim of the
//! payload; the rows of the skim alone are an EVENT with the payload less one without, read in turn. Numbers have a token each.
//! Every row is the fastest and the median of [`ROUNDS`] rounds, and how often one operation allocates, which is exact.

mod cost;

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::runtime;
use wampkit::Router;
use wampkit::codec::{self, Arguments};
use wampkit::proto::{
    Call, CallOptions, Event, EventDetails, Hello, HelloDetails, Id, Invocation, InvocationDetails,
    Message, Payload, Publish, PublishOptions, Register, RegisterOptions, Result as CallResult,
    ResultDetails, Role, Roles, Serializer, Subscribe, SubscribeOptions, Uri, Value, Yield,
    YieldOptions,
};
use wampkit::realm::{Input, Join, Now, Output, Realm, RealmConfig, SessionKey};
use wampkit::transport::Transport;

use cost::{ROUNDS, measure, measure_turns, row};

const BURST: u32 = 32;
const URI: Uri = Uri::from_static("com.example.hop");
const SENDER: SessionKey = SessionKey(0);
const RECEIVER: SessionKey = SessionKey(1);

fn main() {
    println!("ns an operation (fastest and median of {ROUNDS} rounds), allocations an operation");
    print!("{:<40}", "");
    for serializer in Serializer::ALL {
        print!("{:>10}{:>8}{:>7}", serializer.as_str(), "median", "allocs");
    }
    println!();
    for content in Content::ALL {
        for (number, name) in MESSAGES.into_iter().enumerate() {
            row(&format!("read {name}, {content}"), |serializer| {
                let frame = frame(serializer, &messages(content.payload(serializer))[number]);
                measure(|| read(serializer, &frame))
            });
            row(&format!("write {name}, {content}"), |serializer| {
                let message = &messages(content.payload(serializer))[number];
                let mut out = BytesMut::new();
                measure(|| {
                    out.clear();
                    write(serializer, message, &mut out);
                    black_box(&out);
                })
            });
        }
        row(&format!("skim, {content}"), |serializer| {
            let mut events = [content.payload(serializer), Payload::empty(serializer)]
                .map(|payload| (serializer, frame(serializer, &event(payload))));
            let turns = [
                |events: &mut Events| read_burst(&events[0]),
                |events: &mut Events| read_burst(&events[1]),
            ];
            let [with, without] = measure_turns(&mut events, |_| {}, turns);
            with.less(without).divided_by(BURST)
        });
        for to in Serializer::ALL {
            row(&format!("transcode to {to}, {content}"), |from| {
                let payload = content.payload(from);
                measure(|| {
                    black_box(codec::transcode(&payload, to).expect("it has a form in all"));
                })
            });
        }
    }
    for subscribers in [1, 100] {
        row(&format!("realm: PUBLISH to {subscribers}"), |serializer| {
            let mut bench = Bench::new(serializer, subscribers);
            let publish = publish(Content::Short.payload(serializer));
            measure(|| bench.input(SENDER, publish.clone()))
        });
    }
    for (turn, name) in HALVES.into_iter().enumerate() {
        row(&format!("realm: {name}"), |serializer| {
            let mut bench = Bench::new(serializer, 1);
            let payload = Content::Short.payload(serializer);
            let prepare = |bench: &mut Bench| bench.prepare(&payload);
            let turns = [Bench::call, Bench::answer];
            measure_turns(&mut bench, prepare, turns)[turn].divided_by(BURST)
        });
    }
    row("router: PUBLISH to EVENT", |serializer| {
        let mut wire = Wire::new(serializer);
        let frame = frame(serializer, &publish(Content::Short.payload(serializer)));
        let frames = vec![frame; BURST as usize];
        measure(|| wire.burst(SENDER, &frames)).divided_by(BURST)
    });
    for (turn, name) in HALVES.into_iter().enumerate() {
        row(&format!("router: {name}"), |serializer| {
            let mut wire = Wire::new(serializer);
            let payload = Content::Short.payload(serializer);
            let prepare = |wire: &mut Wire| wire.prepare(serializer, &payload);
            let turns = [Wire::call, Wire::answer];
            measure_turns(&mut wire, prepare, turns)[turn].divided_by(BURST)
        });
    }
}

/// What a call consists of for the router.
const HALVES: [&str; 2] = ["CALL to INVOCATION", "YIELD to RESULT"];

fn read(serializer: Serializer, frame: &Bytes) {
    black_box(codec::decode(serializer, frame).expect("it was encoded"));
}

/// An EVENT with payload, and one without.
type Events = [(Serializer, Bytes); 2];

fn read_burst((serializer, frame): &(Serializer, Bytes)) {
    for _ in 0..BURST {
        read(*serializer, frame);
    }
}

/// What a payload consists of.
#[derive(Clone, Copy)]
enum Content {
    Short,
    Long,
    Numbers,
}

impl Content {
    const ALL: [Self; 3] = [Self::Short, Self::Long, Self::Numbers];

    fn payload(self, serializer: Serializer) -> Payload {
        let args = match self {
            Self::Short => vec![Value::from("sixteen bytes...")],
            Self::Long => vec![Value::from("0123456789abcdef".repeat(64))],
            // The numbers from 100 on take about four bytes in JSON and two in the others.
            Self::Numbers => (100..356_u64).map(Value::from).collect(),
        };
        let arguments = Arguments {
            args,
            ..Arguments::default()
        };
        let payload = arguments.to_payload(serializer);
        payload.expect("text and small numbers have a form in all serializers")
    }
}

impl std::fmt::Display for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Short => "16 B",
            Self::Long => "1 KiB",
            Self::Numbers => "256 numbers",
        })
    }
}

const MESSAGES: [&str; 6] = ["PUBLISH", "EVENT", "CALL", "INVOCATION", "YIELD", "RESULT"];

/// The messages that carry payload, in the order of [`MESSAGES`].
fn messages(payload: Payload) -> [Message; 6] {
    let [request, other] = IDS.map(id);
    let invocation = Invocation {
        request,
        registration: other,
        details: InvocationDetails::default(),
        payload: payload.clone(),
    };
    let result = CallResult {
        request,
        details: ResultDetails::default(),
        payload: payload.clone(),
    };
    [
        publish(payload.clone()),
        event(payload.clone()),
        call(request, payload.clone()),
        invocation.into(),
        answer(request, payload),
        result.into(),
    ]
}

/// A small one and a large one, as they are in a session's scope and in the global one.
const IDS: [u64; 2] = [1_000, 7_654_321_012_345];

fn event(payload: Payload) -> Message {
    let [subscription, publication] = IDS.map(id);
    let event = Event {
        subscription,
        publication,
        details: EventDetails::default(),
        payload,
    };
    event.into()
}

fn publish(payload: Payload) -> Message {
    let publish = Publish {
        request: Id::MIN,
        options: PublishOptions::default(),
        topic: URI,
        payload,
    };
    publish.into()
}

fn call(request: Id, payload: Payload) -> Message {
    let call = Call {
        request,
        options: CallOptions::default(),
        procedure: URI,
        payload,
    };
    call.into()
}

fn answer(request: Id, payload: Payload) -> Message {
    let answer = Yield {
        request,
        options: YieldOptions::default(),
        payload,
    };
    answer.into()
}

fn frame(serializer: Serializer, message: &Message) -> Bytes {
    let mut out = BytesMut::new();
    write(serializer, message, &mut out);
    out.freeze()
}

fn write(serializer: Serializer, message: &Message, out: &mut BytesMut) {
    codec::encode(serializer, message, out).expect("its payload is in this serializer");
}

fn id(number: u64) -> Id {
    Id::new(number).expect("in range")
}

/// A realm in which the first session sends and all others receive.
struct Bench {
    realm: Realm,
    now: Now,
    outputs: Vec<Output>,
    requests: Requests,
}

impl Bench {
    fn new(serializer: Serializer, receivers: u32) -> Self {
        let now = Now {
            instant: Instant::now(),
            unix: Duration::ZERO,
        };
        let config = RealmConfig {
            uri: Uri::from_static("realm1"),
            ..RealmConfig::default()
        };
        let mut bench = Self {
            realm: Realm::new(config, 7, now),
            now,
            outputs: Vec::new(),
            requests: Requests::default(),
        };
        for key in (0..=receivers).map(SessionKey) {
            let join = Input::Join(Box::new(join(key, serializer)));
            bench.realm.handle(now, join, &mut bench.outputs);
            if key != SENDER {
                bench.input(key, subscribe());
            }
        }
        bench.input(RECEIVER, register());
        bench
    }

    fn input(&mut self, from: SessionKey, message: Message) {
        self.outputs.clear();
        let input = Input::Message(from, message);
        self.realm.handle(self.now, input, &mut self.outputs);
        black_box(&self.outputs);
    }

    fn prepare(&mut self, payload: &Payload) {
        self.requests.prepare(payload);
    }

    fn call(&mut self) {
        for _ in 0..BURST {
            let call = self.requests.calls.pop_front();
            self.input(SENDER, call.expect("there is a burst of them"));
        }
    }

    fn answer(&mut self) {
        for _ in 0..BURST {
            let answer = self.requests.answers.pop_front();
            self.input(RECEIVER, answer.expect("there is a burst of them"));
        }
    }
}

/// The next burst of calls, and the answers to them.
#[derive(Default)]
struct Requests {
    calls: VecDeque<Message>,
    answers: VecDeque<Message>,
    /// How many there were: a CALL and its INVOCATION both are counted from 1.
    count: u64,
}

impl Requests {
    fn prepare(&mut self, payload: &Payload) {
        for _ in 0..BURST {
            self.count += 1;
            let request = id(self.count);
            self.calls.push_back(call(request, payload.clone()));
            self.answers.push_back(answer(request, payload.clone()));
        }
    }
}

/// A router with two connections in memory, whose tasks and whose peers take turns on one thread.
struct Wire {
    runtime: runtime::Runtime,
    _router: Router,
    /// Of [`SENDER`] and [`RECEIVER`].
    ends: [Box<dyn Transport>; 2],
    requests: Requests,
    /// The frames of a burst of calls, and of the answers to them.
    frames: [Vec<Bytes>; 2],
}

impl Wire {
    fn new(serializer: Serializer) -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has an event queue");
        let inside = runtime.enter();
        let router = Router::builder().realm("realm1").build();
        let router = router.expect("the name of the realm is a URI");
        let mut ends = [(); 2].map(|()| {
            let mut end = router.connect(serializer);
            runtime.block_on(ask(&mut *end, &frame(serializer, &hello())));
            end
        });
        for message in [subscribe(), register()] {
            runtime.block_on(ask(&mut *ends[1], &frame(serializer, &message)));
        }
        drop(inside);
        Self {
            runtime,
            _router: router,
            ends,
            requests: Requests::default(),
            frames: [Vec::new(), Vec::new()],
        }
    }

    /// Sends frames in one go, and receives at the other end what follows from each.
    fn burst(&mut self, from: SessionKey, frames: &[Bytes]) {
        let [sender, receiver] = &mut self.ends;
        let (from, to) = match from {
            SENDER => (sender, receiver),
            _ => (receiver, sender),
        };
        self.runtime.block_on(async {
            for frame in frames {
                from.feed(frame.clone()).expect("the router is there");
            }
            from.flush().await.expect("the router is there");
            for _ in frames {
                black_box(receive(&mut **to).await);
            }
        });
    }

    fn prepare(&mut self, serializer: Serializer, payload: &Payload) {
        self.requests.prepare(payload);
        let Requests { calls, answers, .. } = &mut self.requests;
        self.frames = [calls, answers].map(|messages| {
            let frames = messages.drain(..);
            frames.map(|message| frame(serializer, &message)).collect()
        });
    }

    fn call(&mut self) {
        let frames = std::mem::take(&mut self.frames[0]);
        self.burst(SENDER, &frames);
    }

    fn answer(&mut self) {
        let frames = std::mem::take(&mut self.frames[1]);
        self.burst(RECEIVER, &frames);
    }
}

/// Sends one frame and waits for its answer.
async fn ask(end: &mut dyn Transport, frame: &Bytes) -> Bytes {
    end.send(frame.clone()).await.expect("the router is there");
    receive(end).await
}

async fn receive(end: &mut dyn Transport) -> Bytes {
    let received = end.receive().await.expect("the router keeps the session");
    received.expect("memory has no faults")
}

fn hello() -> Message {
    let roles = Role::CLIENT.into_iter();
    let hello = Hello {
        realm: Uri::from_static("realm1"),
        details: HelloDetails {
            roles: Some(roles.fold(Roles::default(), |roles, role| roles.with(role, []))),
            ..HelloDetails::default()
        },
    };
    hello.into()
}

fn subscribe() -> Message {
    let subscribe = Subscribe {
        request: Id::MIN,
        options: SubscribeOptions::default(),
        topic: URI,
    };
    subscribe.into()
}

fn register() -> Message {
    let register = Register {
        request: Id::MIN,
        options: RegisterOptions::default(),
        procedure: URI,
    };
    register.into()
}

fn join(key: SessionKey, serializer: Serializer) -> Join {
    let roles = Role::CLIENT.into_iter();
    Join {
        key,
        session: id(u64::from(key.0) + 1),
        serializer,
        max_frame: usize::MAX,
        roles: roles.fold(Roles::default(), |roles, role| roles.with(role, [])),
        authid: "bench".to_owned(),
        authrole: "anonymous".to_owned(),
        trusted: false,
        authmethod: "anonymous".to_owned(),
        authprovider: "static".to_owned(),
        authextra: wampkit::Dict::new(),
        agent: "bench".to_owned(),
        limits: wampkit::realm::SessionLimits::default(),
    }
}
