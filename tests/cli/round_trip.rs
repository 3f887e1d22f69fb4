//! Values survive the command line: what a call prints as JSON is what another one sends, to the last bit.
//!
//! Each case is a call whose result has random values, and one that gives what it printed back to an echo. The echo has to
//! receive the values that were made, and the second call has to print the bytes of the first.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Builder;
use wampkit::Client;
use wampkit::client::{Invocation, Registration, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use crate::support::{PATIENCE, Router};

/// A router with `com.values`, which answers what it is told to, and `com.echo`, which tells what it was called with.
struct Mirror {
    router: Router,
    values: Arc<Mutex<Arguments>>,
    echoed: Receiver<Arguments>,
}

impl Mirror {
    fn start() -> Self {
        let router = Router::start();
        let values = Arc::new(Mutex::new(Arguments::default()));
        let (sender, echoed) = channel();
        let (ready, is_ready) = channel();
        let (url, answer) = (router.url.clone(), Arc::clone(&values));
        spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let session = Client::builder(&url).connect().await.unwrap();
                let values = move |_: Invocation| {
                    let values = answer.lock().unwrap().clone();
                    async move { Ok::<_, WampError>(values) }
                };
                let echo = move |invocation: Invocation| {
                    let arguments = invocation.arguments().unwrap();
                    // The test waits for it.
                    let _ = sender.send(arguments.clone());
                    async move { Ok::<_, WampError>(arguments) }
                };
                let _registered: [Registration; 2] = [
                    session.register("com.values", values).await.unwrap(),
                    session.register("com.echo", echo).await.unwrap(),
                ];
                ready.send(()).unwrap();
                session.closed().await;
            });
        });
        is_ready.recv_timeout(PATIENCE).unwrap();
        Self {
            router,
            values,
            echoed,
        }
    }

    /// What a call of `com.values` prints if its result is this.
    fn print(&self, arguments: &Arguments, options: &[&str]) -> String {
        self.values.lock().unwrap().clone_from(arguments);
        let call = self.router.wamp(["call", "com.values"]).args(options);
        call.run().clean()
    }

    /// What a call of `com.echo` with this envelope prints, and with which arguments it came.
    fn echo(&self, envelope: String, options: &[&str]) -> (String, Arguments) {
        let call = ["call", "com.echo", "--input", "@-"];
        let call = self.router.wamp(call).args(options).input(envelope);
        let printed = call.run().clean();
        (printed, self.echoed.recv_timeout(PATIENCE).unwrap())
    }

    fn check(&self, arguments: &Arguments, serializer: &str) {
        let options = ["-o", "json", "--serializer", serializer];
        let printed = self.print(arguments, &options);
        let (again, received) = self.echo(printed.clone(), &options);
        // The text of a value tells -0.0 from 0.0, and 2.0 from 2.
        assert_eq!(
            format!("{received:?}"),
            format!("{arguments:?}"),
            "{serializer}: {printed}"
        );
        assert_eq!(payload(&again), payload(&printed), "{serializer}");
    }
}

/// The bytes of an envelope's arguments.
fn payload(envelope: &str) -> &str {
    let start = envelope.find("\"args\":").unwrap();
    let end = envelope.rfind(",\"details\":").unwrap();
    &envelope[start..end]
}

const SERIALIZERS: [&str; 3] = ["json", "msgpack", "cbor"];

#[test]
fn values_at_the_edges() {
    let mirror = Mirror::start();
    let numbers = integers().into_iter().chain(floats());
    let args = numbers.chain(texts()).chain(binaries()).chain(nested());
    let kwargs = texts().into_iter().enumerate();
    let kwargs = kwargs.map(|(at, value)| (format!("k{at}"), value));
    let all = Arguments {
        args: args.collect(),
        kwargs: kwargs.collect(),
    };
    for serializer in SERIALIZERS {
        mirror.check(&all, serializer);
        mirror.check(&Arguments::default(), serializer);
    }
}

#[test]
fn values_at_random() {
    let mirror = Mirror::start();
    let kwargs = vec((any::<String>(), value()), 0..4);
    let arguments = (vec(value(), 0..12), kwargs).prop_map(|(args, kwargs)| Arguments {
        args,
        kwargs: dictionary(kwargs),
    });
    let config = Config {
        cases: 48,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(
            &(arguments, select(&SERIALIZERS)),
            |(arguments, serializer)| {
                mirror.check(&arguments, serializer);
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn what_the_other_formats_lose() {
    let mirror = Mirror::start();
    let print = |value: Value, format| {
        let one = Arguments {
            args: vec![value],
            kwargs: Dict::new(),
        };
        mirror.print(&one, &["-o", format])
    };
    let binary = || Value::Bin(vec![0, 1, 2].into());
    for (format, value, printed) in [
        // A bare string is like what it spells, and JSON has no number that is none.
        ("auto", 5.into(), "5\n"),
        ("auto", "5".into(), "5\n"),
        ("auto", Value::Null, "null\n"),
        ("auto", Value::Float(f64::NAN), "null\n"),
        ("auto", Value::Float(f64::INFINITY), "null\n"),
        ("auto", "a\nb\u{1b}".into(), "a\nb\u{1b}\n"),
        ("auto", binary(), "\"\\u0000AAEC\"\n"),
        ("pretty", binary(), "\"\\u0000AAEC\"\n"),
        // Raw, it is nothing but its bytes.
        ("raw", binary(), "\0\u{1}\u{2}"),
        ("raw", "a\u{1b}".into(), "a\u{1b}\n"),
        // Inside of others it is as ever.
        ("raw", vec![binary()].into(), "[\"\\u0000AAEC\"]\n"),
    ] {
        assert_eq!(print(value.clone(), format), printed, "{format}: {value:?}");
    }
}

fn integers() -> Vec<Value> {
    let edges = [
        0,
        23,
        31,
        127,
        128,
        255,
        256,
        32_767,
        65_535,
        1 << 31,
        1 << 32,
        1 << 53,
        i64::MAX,
    ];
    let both = edges.iter().flat_map(|edge| [*edge, -edge, -edge - 1]);
    let beyond = [1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX];
    both.map(Value::from)
        .chain(beyond.map(Value::from))
        .collect()
}

fn floats() -> Vec<Value> {
    let floats = [
        0.0,
        0.1,
        1.0,
        1e15,
        1e16,
        1e21,
        1e22,
        1e308,
        1e-7,
        9_007_199_254_740_993.0,
        18_446_744_073_709_551_616.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::EPSILON,
        f64::from_bits(1),
        f64::from_bits(0x000f_ffff_ffff_ffff),
    ];
    let both = floats.iter().flat_map(|float| [*float, -float]);
    both.map(Value::Float).collect()
}

fn texts() -> Vec<Value> {
    let controls: String = ('\u{1}'..='\u{9f}').chain(['\0']).collect();
    let texts = [
        "",
        " ",
        "null",
        "-0",
        "\"\\/",
        "grüße",
        "日本語",
        "👩‍👩‍👧‍👦",
        "e\u{301}",
        "\u{202e}\u{200b}\u{feff}\u{2028}\u{2029}",
        "\u{fffd}\u{ffff}\u{10ffff}",
        &controls,
    ];
    texts.map(Value::from).to_vec()
}

fn binaries() -> Vec<Value> {
    let all: Vec<u8> = (0..=255).collect();
    let lengths = [0, 1, 2, 3, 255, 256];
    lengths
        .map(|length| Value::Bin(all[..length].to_vec().into()))
        .to_vec()
}

fn nested() -> Vec<Value> {
    let empty = [Value::List(Vec::new()), Dict::new().into()];
    let deep = (0..40).fold(Value::from(1), |inner, depth| {
        if depth % 2 == 0 {
            vec![inner].into()
        } else {
            Dict::new().with("", inner).into()
        }
    });
    empty.into_iter().chain([deep]).collect()
}

fn value() -> impl Strategy<Value = Value> {
    // What begins with NUL is binary to whoever reads the JSON.
    let text = any::<String>().prop_filter("reads as binary", |text| !text.starts_with('\0'));
    let leaf = prop_oneof![
        select(vec![Value::Null, true.into(), false.into()]),
        select(integers()),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        select(floats()),
        any::<f64>()
            .prop_filter("JSON has no such number", |float| float.is_finite())
            .prop_map(Value::Float),
        select(texts()),
        text.prop_map(Value::from),
        vec(any::<u8>(), 0..40).prop_map(|bytes| Value::Bin(bytes.into())),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::List),
            vec((any::<String>(), inner), 0..8)
                .prop_map(|entries| Value::Dict(dictionary(entries))),
        ]
    })
}

/// A dictionary in which no key comes twice.
fn dictionary(entries: Vec<(String, Value)>) -> Dict {
    let mut dict = Dict::new();
    for (key, value) in entries {
        if dict.get(&key).is_none() {
            dict.push(key, value);
        }
    }
    dict
}
