//! What each step of a message through a router costs, in time and in allocations: read, decided upon, written, or
//! rewritten for a peer of another serializer.
//!
//! ```sh
//! cargo bench --bench hops
//! ```
//!
//! No socket and no other thread: what is to be seen is the router's own work, of its parts and, in the last rows, of all
//! together with connections in memory, bursts of [`BURST`] from one end to another. Reading includes the skim of the
//! payload; how the skim grows is the difference between 16 B and 1 KiB of text, and the numbers, which have a token each.
//! Every row is the fastest and the median of [`ROUNDS`] rounds, and how often one operation allocates, which is exact.

mod cost;

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

use cost::{ROUNDS, measure, row};

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
                measure(|| {
                    black_box(codec::decode(serializer, &frame).expect("it was encoded"));
                })
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
    row("realm: CALL and its YIELD", |serializer| {
        let mut bench = Bench::new(serializer, 1);
        let payload = Content::Short.payload(serializer);
        measure(|| {
            bench.input(SENDER, call(bench.request, payload.clone()));
            bench.input(RECEIVER, answer(bench.request, payload.clone()));
            bench.request = next(bench.request);
        })
    });
    row("router: PUBLISH to EVENT", |serializer| {
        let mut wire = Wire::new(serializer);
        let frame = frame(serializer, &publish(Content::Short.payload(serializer)));
        measure(|| wire.burst(&frame)).divided_by(BURST)
    });
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
    let [request, other] = [1_000, 7_654_321_012_345].map(id);
    let event = Event {
        subscription: request,
        publication: other,
        details: EventDetails::default(),
        payload: payload.clone(),
    };
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
        event.into(),
        call(request, payload.clone()),
        invocation.into(),
        answer(request, payload),
        result.into(),
    ]
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

fn next(request: Id) -> Id {
    id(request.get() + 1)
}

/// A realm in which the first session sends and all others receive.
struct Bench {
    realm: Realm,
    now: Now,
    outputs: Vec<Output>,
    /// Of the next CALL, and of its INVOCATION: both are counted from 1.
    request: Id,
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
            request: Id::MIN,
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
}

/// A router with two connections in memory, whose tasks and whose peers take turns on one thread.
struct Wire {
    runtime: runtime::Runtime,
    _router: Router,
    publisher: Box<dyn Transport>,
    subscriber: Box<dyn Transport>,
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
        runtime.block_on(ask(&mut *ends[1], &frame(serializer, &subscribe())));
        let [publisher, subscriber] = ends;
        drop(inside);
        Self {
            runtime,
            _router: router,
            publisher,
            subscriber,
        }
    }

    /// Sends a frame so many times, in one go, and receives what follows from each.
    fn burst(&mut self, frame: &Bytes) {
        self.runtime.block_on(async {
            for _ in 0..BURST {
                let fed = self.publisher.feed(frame.clone());
                fed.expect("the router is there");
            }
            self.publisher.flush().await.expect("the router is there");
            for _ in 0..BURST {
                black_box(receive(&mut *self.subscriber).await);
            }
        });
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
