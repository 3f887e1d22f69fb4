//! What a publish costs while tables grow: 100 000 exact, 10 000 prefix and 10 000 wildcard subscriptions against a
//! hundredth of that, with the same number of subscriptions matching.
//!
//! ```sh
//! cargo bench --bench matching
//! ```
//!
//! A realm is driven without a socket, so that nothing but its work is timed. What is to be seen: a row costs what its
//! matches cost, and the columns, which differ by the size of the table alone, are alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use wampkit::codec::Arguments;
use wampkit::proto::{
    Id, MatchPolicy, Payload, Publish, PublishOptions, Role, Roles, Serializer, Subscribe,
    SubscribeOptions, Uri, Value,
};
use wampkit::realm::{Input, Join, Now, Output, Realm, RealmConfig, SessionKey};

const SMALL: Size = Size {
    exact: 1_000,
    patterns: 100,
};
const LARGE: Size = Size {
    exact: 100_000,
    patterns: 10_000,
};
const PUBLISHES: u32 = 200_000;
const ROUNDS: usize = 5;
const PUBLISHER: SessionKey = SessionKey(0);
const SUBSCRIBER: SessionKey = SessionKey(1);

/// How many subscriptions there are; `patterns` of each kind.
#[derive(Clone, Copy)]
struct Size {
    exact: u32,
    patterns: u32,
}

fn main() {
    let (mut small, mut large) = (bench(SMALL), bench(LARGE));
    println!(
        "ns a publish, best of {ROUNDS} interleaved rounds of {PUBLISHES}; subscriptions in the table:"
    );
    println!(
        "{:<34}{:>8}{:>12}{:>12}{:>8}",
        "topic", "matches", 1_200, 120_000, "ratio"
    );
    for topic in [
        "com.none.whatever.it.is",
        "com.exact.t77",
        "com.prefix.t77.below",
        "com.t77.wild.card",
        "com.many",
    ] {
        let matches = small.publish(topic);
        assert_eq!(matches, large.publish(topic), "{topic}");
        let mut best = [Duration::MAX; 2];
        for _ in 0..ROUNDS {
            for (realm, best) in [&mut small, &mut large].into_iter().zip(&mut best) {
                *best = (*best).min(realm.time(topic));
            }
        }
        let [small, large] = best.map(|best| best.as_secs_f64() * 1e9 / f64::from(PUBLISHES));
        let ratio = large / small;
        println!("{topic:<34}{matches:>8}{small:>12.0}{large:>12.0}{ratio:>8.2}");
    }
}

/// A realm with that many subscriptions: `exact` of one topic each, as many prefixes and wildcards as `patterns` says, and
/// ten patterns that all match `com.many`.
fn bench(size: Size) -> Bench {
    let mut bench = Bench::new();
    for number in 0..size.exact {
        bench.subscribe(MatchPolicy::Exact, format!("com.exact.t{number}"));
    }
    for number in 0..size.patterns {
        bench.subscribe(MatchPolicy::Prefix, format!("com.prefix.t{number}."));
        // Each number its own place for the wildcard, as far as there are places.
        let wildcard = match number % 3 {
            0 => format!("com.t{number}..card"),
            1 => format!("com.t{number}.wild."),
            _ => format!(".t{number}.wild.card"),
        };
        bench.subscribe(MatchPolicy::Wildcard, wildcard);
    }
    for length in 3..8 {
        bench.subscribe(MatchPolicy::Prefix, "com.many"[..length].to_owned());
    }
    for pattern in [".many", "com.", "."] {
        bench.subscribe(MatchPolicy::Wildcard, pattern.to_owned());
    }
    bench.subscribe(MatchPolicy::Exact, "com.many".to_owned());
    bench
}

struct Bench {
    realm: Realm,
    now: Now,
    outputs: Vec<Output>,
    payload: Payload,
}

impl Bench {
    fn new() -> Self {
        let now = Now {
            instant: Instant::now(),
            unix: Duration::ZERO,
        };
        let config = RealmConfig {
            uri: Uri::from_static("realm1"),
            ..RealmConfig::default()
        };
        let payload = Arguments {
            args: vec![Value::from("sixteen bytes...")],
            ..Arguments::default()
        };
        let mut bench = Self {
            realm: Realm::new(config, 7, now),
            now,
            outputs: Vec::new(),
            payload: payload
                .to_payload(Serializer::Json)
                .expect("text has a form in JSON"),
        };
        for key in [PUBLISHER, SUBSCRIBER] {
            bench.input(Input::Join(Box::new(join(key))));
        }
        bench
    }

    fn input(&mut self, input: Input) {
        self.realm.handle(self.now, input, &mut self.outputs);
    }

    fn subscribe(&mut self, match_policy: MatchPolicy, topic: String) {
        let subscribe = Subscribe {
            request: Id::MIN,
            options: SubscribeOptions {
                match_policy: Some(match_policy),
                ..SubscribeOptions::default()
            },
            topic: Uri::from(topic),
        };
        self.input(Input::Message(SUBSCRIBER, subscribe.into()));
        self.outputs.clear();
    }

    /// Publishes once and answers how many subscriptions got the event.
    fn publish(&mut self, topic: &'static str) -> usize {
        let publish = Publish {
            request: Id::MIN,
            options: PublishOptions::default(),
            topic: Uri::from_static(topic),
            payload: self.payload.clone(),
        };
        self.outputs.clear();
        self.input(Input::Message(PUBLISHER, publish.into()));
        self.outputs.len()
    }

    fn time(&mut self, topic: &'static str) -> Duration {
        let started = Instant::now();
        for _ in 0..PUBLISHES {
            black_box(self.publish(topic));
        }
        started.elapsed()
    }
}

fn join(key: SessionKey) -> Join {
    Join {
        key,
        session: Id::new(u64::from(key.0) + 1).expect("in range"),
        serializer: Serializer::Json,
        max_frame: usize::MAX,
        roles: Roles::default()
            .with(Role::Publisher, [])
            .with(Role::Subscriber, []),
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
