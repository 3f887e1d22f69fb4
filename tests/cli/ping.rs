//! `wamp ping`.

use serde_json::Value;

use crate::cli::scripted::{SILENCE, Scripted};
use crate::support::{Router, Signal, wamp};

/// Times are what they are.
fn without_times(text: &str) -> String {
    let mut plain = String::new();
    for part in text.split_inclusive([' ', '\n']) {
        let number = part.trim_end();
        if number.contains('.') && number.parse::<f64>().is_ok() {
            plain.push_str(&part.replace(number, "T"));
        } else {
            plain.push_str(part);
        }
    }
    plain
}

#[test]
fn steps_round_trips_and_a_summary() {
    let router = Router::start();
    let printed = router.wamp(["ping", "-n", "3", "-i", "1ms"]).run().clean();
    let lines = without_times(&printed);
    let (first, rest) = lines.split_once('\n').unwrap();
    let start = format!("{} realm realm1, msgpack, session ", router.url);
    assert!(first.starts_with(&start), "{first}");
    assert_eq!(
        rest,
        "  lookup T ms  tcp T ms  upgrade T ms  welcome T ms  total T ms\n\
         1: T ms\n2: T ms\n3: T ms\n\
         3 of 3 answered: min T ms, avg T ms, max T ms, p99 T ms\n"
    );
}

#[test]
fn objects_for_programs() {
    let router = Router::start();
    let printed = router
        .wamp(["ping", "-n", "2", "-i", "0", "-o", "json"])
        .run()
        .clean();
    let lines: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].clone()).collect();
    assert_eq!(kinds, ["connected", "pong", "pong", "summary"]);
    let details: Vec<_> = lines.iter().map(|line| &line["details"]).collect();
    assert_eq!(details[0]["url"], *router.url);
    assert_eq!(details[0]["tls_ms"], Value::Null);
    let steps = ["lookup_ms", "connect_ms", "upgrade_ms", "welcome_ms"];
    let sum: f64 = steps
        .iter()
        .map(|step| details[0][step].as_f64().unwrap())
        .sum();
    let total = details[0]["total_ms"].as_f64().unwrap();
    assert!((sum - total).abs() < 0.01, "{sum} {total}");
    assert_eq!(
        (&details[1]["seq"], &details[2]["seq"]),
        (&1.into(), &2.into())
    );
    let (first, second) = (&details[1]["ms"], &details[2]["ms"]);
    let (first, second) = (first.as_f64().unwrap(), second.as_f64().unwrap());
    assert_eq!(details[3]["min_ms"], first.min(second));
    assert_eq!(details[3]["p99_ms"], first.max(second));
    assert_eq!(details[3]["answered"], 2);
}

/// An error is an answer: a router without a meta API can be pinged too, over RawSocket as well.
#[test]
fn a_router_without_a_meta_api_is_timed_too() {
    let router = Scripted::start(|_, _| Err("wamp.error.no_such_procedure"));
    let printed = router.wamp(["ping", "-n", "2", "-i", "0"]).run().clean();
    assert!(printed.contains("2 of 2 answered"), "{printed}");
}

#[test]
fn what_is_not_answered_in_time_is_told() {
    let router = Scripted::start(|_, _| Err(SILENCE));
    let ended = router
        .wamp(["ping", "-n", "2", "-i", "0", "-t", "50ms"])
        .run();
    assert!(
        ended
            .stdout
            .ends_with("1: no answer in time\n2: no answer in time\n0 of 2 answered\n"),
        "{ended:?}"
    );
    assert_eq!(ended.code, Some(124));
    assert_eq!(
        ended.stderr,
        "wamp: error: 2 of 2 round trips: no answer within 50ms\n"
    );
}

#[test]
fn ctrl_c_sums_up() {
    let router = Router::start();
    let mut ping = router.wamp(["ping", "-n", "0", "-i", "1h"]).start();
    while !ping.line().starts_with("1: ") {}
    ping.signal(Signal::INT);
    let ended = ping.wait();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.stdout.contains("1 of 1 answered"), "{ended:?}");
}

#[test]
fn without_a_router_or_a_session_there_is_nothing_to_time() {
    wamp(["ping", "-u", "ws+unix:///no/such"]).run().failed(3);
    let router = Router::start();
    router.wamp(["ping", "-r", "com.none"]).run().failed(4);
}
