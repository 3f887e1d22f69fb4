//! Streams that outlast their sessions, and what they say that they have missed.

use std::path::PathBuf;

use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use wampkit::Client;

use super::proxy::Proxy;
use crate::support::{Fifo, Router, Running, Signal, Wamp, content, file, wamp};

/// Pauses so short that the tests are not.
const SOON: [&str; 2] = ["--retry-max", "50ms"];

/// Publishes numbered events, each acknowledged by the router.
struct Publisher {
    runtime: Runtime,
    last: u64,
}

impl Publisher {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, last: 0 }
    }

    fn publish(&mut self, router: &Router, count: u64) {
        let numbers = self.last + 1..=self.last + count;
        self.last += count;
        self.runtime.block_on(async {
            let session = Client::builder(&router.url).connect().await.unwrap();
            for number in numbers {
                let publish = session.publish("com.t").args((number,));
                publish.acknowledge().await.unwrap();
            }
            // Without a goodbye: the router may not have the time for it.
        });
    }
}

/// A line of `wamp subscribe`.
#[derive(Debug, PartialEq)]
enum Line {
    Event(u64),
    Gap,
}

fn line(subscriber: &mut Running) -> Line {
    let line = subscriber.line();
    let envelope: serde_json::Value = serde_json::from_str(&line).unwrap();
    let keys = envelope.as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(keys, ["args", "at", "details", "kwargs", "type", "uri"]);
    assert_eq!(envelope["uri"], "com.t", "{line}");
    match envelope["type"].as_str().unwrap() {
        "event" => Line::Event(envelope["args"][0].as_u64().unwrap()),
        "gap" => {
            let since = envelope["details"]["since"].as_str().unwrap();
            let until = envelope["details"]["until"].as_str().unwrap();
            assert!(since <= until, "{line}");
            assert!(envelope["details"]["reason"].is_string(), "{line}");
            Line::Gap
        }
        _ => panic!("{line}"),
    }
}

/// A router killed and started again twenty times, while events are published and calls are under way.
#[test]
fn twenty_restarts() {
    let mut router = Router::apart(&[]);
    let mut publisher = Publisher::new();
    let mut subscriber = router.subscribe(["com.t"].iter().chain(&SOON));
    let _callee = router.register(["com.echo", "--echo"].iter().chain(&SOON));
    let slow = ["com.slow", "--echo", "--delay", "1h", "-v"];
    let mut slow = router.register(slow.iter().chain(&SOON));
    let mut told = Vec::new();
    for round in 0..20 {
        let call = ["call", "com.slow", "--wait", "--retry", "1000"];
        let call = router.wamp(call.iter().chain(&SOON)).start();
        slow.note("called");
        publisher.publish(&router, 10);
        router.kill();
        // It was sent, so it is not made again, whatever --retry says.
        let error = call.wait().failed(8);
        assert!(error.contains("wamp: error: session lost: "), "{error}");
        router.wamp(["call", "com.echo"]).run().failed(3);
        router.start_again(&[]);
        // Nobody is there for these, or somebody is already.
        publisher.publish(&router, 3);
        loop {
            told.push(line(&mut subscriber));
            if told.last() == Some(&Line::Gap) {
                break;
            }
        }
        let argument = round.to_string();
        let echo = router.wamp(["call", "com.echo", &argument, "--wait", "-q"]);
        assert_eq!(echo.run().clean(), format!("{argument}\n"));
    }
    publisher.publish(&router, 1);
    while told.last() != Some(&Line::Event(publisher.last)) {
        told.push(line(&mut subscriber));
    }

    let mut last = 0;
    let mut gap = false;
    for line in told {
        match line {
            Line::Gap => gap = true,
            Line::Event(number) => {
                assert!(number > last, "{number} came after {last}");
                assert!(gap || number == last + 1, "{number} follows {last}");
                (last, gap) = (number, false);
            }
        }
    }
    slow.signal(Signal::TERM);
    let rest = slow.wait();
    assert_eq!(rest.code, Some(0));
    assert!(!rest.stderr.contains("called"), "a call was made again");
}

/// A router that keeps the last five events of `com.t`.
fn with_history() -> (Router, TempDir) {
    let (folder, config) = file(
        "wamp.toml",
        "[[realms]]\nname = \"realm1\"\nanonymous.role = \"guest\"\n\
         [[realms.history]]\nuri = \"com.t\"\nlimit_events = 5\nlimit_bytes = \"1MiB\"\n",
    );
    let router = Router::with(&["-f", &config.display().to_string()]);
    (router, folder)
}

/// `wamp` with these arguments, on the way through a proxy.
fn through<'a>(proxy: &Proxy, arguments: impl IntoIterator<Item = &'a str>) -> Wamp {
    wamp(arguments).args(SOON).env("WAMP_URL", &proxy.url)
}

#[test]
fn what_the_router_keeps_is_made_up_for() {
    let (router, _folder) = with_history();
    let proxy = Proxy::to(&router.url);
    let mut publisher = Publisher::new();
    publisher.publish(&router, 2);
    let mut subscriber = through(&proxy, ["subscribe", "com.t"]).start_ready();

    // Nothing had come yet; what was before the subscription is not part of it.
    proxy.close();
    publisher.publish(&router, 2);
    proxy.open();
    assert_eq!(line(&mut subscriber), Line::Event(3));
    assert_eq!(line(&mut subscriber), Line::Event(4));
    publisher.publish(&router, 1);
    assert_eq!(line(&mut subscriber), Line::Event(5));

    // As many as are kept.
    proxy.close();
    publisher.publish(&router, 4);
    proxy.open();
    for number in 6..=9 {
        assert_eq!(line(&mut subscriber), Line::Event(number));
    }
    let note = subscriber.note("were missed");
    assert_eq!(
        note,
        "wamp: 2 events were missed, and are in the router's history"
    );
    let note = subscriber.note("were missed");
    assert_eq!(
        note,
        "wamp: 4 events were missed, and are in the router's history"
    );

    // More than are kept.
    proxy.close();
    publisher.publish(&router, 7);
    proxy.open();
    assert_eq!(line(&mut subscriber), Line::Gap);
    for number in 12..=16 {
        assert_eq!(line(&mut subscriber), Line::Event(number));
    }
    subscriber.note("events may have been missed for ");
    publisher.publish(&router, 1);
    assert_eq!(line(&mut subscriber), Line::Event(17));
}

#[test]
fn a_retained_event_is_told_once() {
    let router = Router::start();
    let proxy = Proxy::to(&router.url);
    let retain = |number: &str| {
        let publish = router.wamp(["publish", "com.t", number, "--retain"]);
        publish.run().clean();
    };
    retain("1");
    let mut subscriber = through(&proxy, ["subscribe", "com.t", "--retained"]).start_ready();
    assert_eq!(line(&mut subscriber), Line::Event(1));
    proxy.close();
    proxy.open();
    assert_eq!(line(&mut subscriber), Line::Gap);
    // It is the last one still, and known.
    proxy.close();
    retain("2");
    proxy.open();
    assert_eq!(line(&mut subscriber), Line::Gap);
    assert_eq!(line(&mut subscriber), Line::Event(2));
}

#[test]
fn half_open_connections_are_replaced() {
    let router = Router::start();
    let proxy = Proxy::to(&router.url);
    let subscribe = ["subscribe", "com.t", "--heartbeat", "1s"];
    let mut subscriber = through(&proxy, subscribe).start_ready();
    proxy.block();
    subscriber.note("session lost: nothing was heard from the other end");
    subscriber.note("connected again after ");
    assert_eq!(line(&mut subscriber), Line::Gap);
    Publisher::new().publish(&router, 1);
    assert_eq!(line(&mut subscriber), Line::Event(1));
}

/// The router believes in the lost session for some time yet.
#[test]
fn a_procedure_is_had_back_from_a_lost_session() {
    let (_folder, config) = file(
        "wamp.toml",
        "[limits]\nheartbeat = \"1s\"\n[[realms]]\nname = \"realm1\"\nanonymous.role = \"guest\"\n",
    );
    let router = Router::with(&["-f", &config.display().to_string()]);
    let proxy = Proxy::to(&router.url);
    for command in [
        &["register", "com.p", "--echo"][..],
        &["record", "--proc", "com.p", "--return", "1"],
    ] {
        let mut callee = through(&proxy, command.iter().copied()).start_ready();
        callee.note("registered com.p");
        proxy.cut_clients();
        let note = callee.note("taken");
        let expected = "wamp: com.p is taken, by the session that was lost maybe; trying again";
        assert_eq!(note, expected);
        callee.note("registered com.p");
        assert_eq!(router.wamp(["call", "com.p", "1"]).run().clean(), "1\n");
        callee.signal(Signal::TERM);
        callee.wait();
    }
}

/// It need not wait for the router to find out.
#[test]
fn a_procedure_is_taken_back_by_force() {
    let router = Router::start();
    let proxy = Proxy::to(&router.url);
    let mut callee = through(&proxy, ["register", "com.p", "--echo", "--force"]).start_ready();
    proxy.cut_clients();
    callee.note("connected again");
    // The first of them may still go to the lost session, which never answers.
    let call = || router.wamp(["call", "com.p", "1", "-t", "1s", "-q"]).run();
    assert!((0..20).any(|_| call().code == Some(0)));
}

#[test]
fn calls_under_way_are_lost_and_do_not_count() {
    let mut router = Router::apart(&[]);
    let fifo = Fifo::new();
    let script = format!("echo $$ > {}; exec sleep 1000", fifo.path().display());
    let mut started = fifo.lines();
    let command = ["com.p", "-n", "1", "--", "sh", "-c", &script];
    let callee = router.register(SOON.iter().chain(&command));
    let call = router.wamp(["call", "com.p"]).start();
    let lost = started.next().unwrap();
    router.kill();
    call.wait().failed(8);
    router.start_again(&[]);
    // It takes another call, as none has been answered.
    let call = router.wamp(["call", "com.p", "--wait"]).start();
    let under_way = started.next().unwrap();
    callee.signal(Signal::TERM);
    call.wait();
    assert_eq!(callee.wait().code, Some(0));
    // None of the commands is left.
    for pid in [lost, under_way] {
        let process = PathBuf::from("/proc").join(pid).join("cmdline");
        let command = std::fs::read_to_string(process).unwrap_or_default();
        assert!(!command.contains("sleep"), "{command}");
    }
}

#[test]
fn limits_count_over_all_sessions() {
    let mut router = Router::apart(&[]);
    let mut publisher = Publisher::new();
    let counting = router.subscribe(["com.t", "-n", "2", "-o", "raw"].iter().chain(&SOON));
    let mut other = router.subscribe(["com.t"].iter().chain(&SOON));
    let lasting = router.subscribe(["com.t", "--for", "3s", "-q", "--retry-max", "1h"]);
    let silent = router.subscribe([
        "com.t",
        "-n",
        "2",
        "--idle",
        "3s",
        "-q",
        "--retry-max",
        "1h",
    ]);
    publisher.publish(&router, 1);
    assert_eq!(line(&mut other), Line::Event(1));
    router.kill();
    // They end while there is no router.
    assert_eq!(lasting.wait().code, Some(0));
    let silent = silent.wait();
    assert_eq!(silent.code, Some(124));
    assert_eq!(
        silent.stderr,
        "wamp: error: 1 of 2 events before a silence of 3s\n"
    );
    router.start_again(&[]);
    let publish = router.wamp(["publish", "com.t", "2"]);
    let mut counting = counting;
    counting.note("may have been missed");
    publish.run().clean();
    let ended = counting.wait();
    assert_eq!((ended.code, &*ended.stdout), (Some(0), "1\n2\n"));
}

#[test]
fn signals_end_a_stream_that_has_no_session() {
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 130)] {
        let mut router = Router::apart(&[]);
        let subscriber = router.subscribe(["com.t", "--retry-max", "1h"]);
        let callee = router.register(["com.p", "--echo", "--retry-max", "1h"]);
        router.kill();
        for mut client in [subscriber, callee] {
            client.note("connection refused; trying again in ");
            client.signal(signal);
            let ended = client.wait();
            assert_eq!((ended.code, &*ended.stdout), (Some(code), ""));
        }
    }
}

#[test]
fn a_refusal_is_final() {
    let mut router = Router::apart(&[]);
    let subscriber = router.subscribe(["com.t"].iter().chain(&SOON));
    router.kill();
    router.start_again(&["--realm", "com.other"]);
    let error = subscriber.wait().failed(4);
    let expected = format!(
        "wamp: error: {} refused the session on realm1: wamp.error.no_such_realm\n",
        router.url
    );
    assert!(error.contains(&expected), "{error}");
}

/// The secret is asked for once, and used again for each session.
#[test]
fn a_wrong_secret_is_final() {
    let mut router = Router::apart(&["--user", "joe:ticket:plain:right"]);
    let (_folder, asked) = file("asked", "");
    let secret = format!("cmd:sh -c 'echo x >> {}; echo right'", asked.display());
    let mut subscriber = router.subscribe(
        [
            "com.t",
            "--authid",
            "joe",
            "--authmethod",
            "ticket",
            "--secret",
            &secret,
        ]
        .iter()
        .chain(&SOON),
    );
    router.kill();
    router.start_again(&["--user", "joe:ticket:plain:right"]);
    assert_eq!(line(&mut subscriber), Line::Gap);
    router.kill();
    router.start_again(&["--user", "joe:ticket:plain:wrong"]);
    let error = subscriber.wait().failed(4);
    assert!(
        error.contains("wamp.error.authentication_denied"),
        "{error}"
    );
    assert_eq!(content(&asked), "x\n");
}

#[test]
fn so_many_attempts_and_no_more() {
    let mut router = Router::apart(&[]);
    let subscriber = router.subscribe(["com.t", "--retry", "3", "--retry-max", "10ms"]);
    router.kill();
    let error = subscriber.wait().failed(8);
    let refused = format!("cannot connect to {}: connection refused", router.url);
    let lines = error.lines().collect::<Vec<_>>();
    let [_, first, second, last] = *lines else {
        panic!("{error}")
    };
    assert!(first.starts_with("wamp: session lost: "), "{error}");
    assert!(
        second.starts_with(&format!("wamp: {refused}; trying again in ")),
        "{error}"
    );
    assert!(last.starts_with("wamp: error: session lost: "), "{error}");
    assert!(
        last.ends_with(&format!("; and no other since: {refused}")),
        "{error}"
    );

    let attempts = ["call", "com.p", "--retry", "3", "--retry-max", "10ms"];
    let error = router.wamp(attempts).run().failed(3);
    assert_eq!(error.lines().count(), 3, "{error}");
    let stream = router.wamp(["subscribe", "com.t"]).run().failed(3);
    assert!(!stream.contains("trying again"), "{stream}");

    // Until there is a router.
    let mut publish = router
        .wamp(
            ["publish", "com.t", "1", "--retry", "1000"]
                .iter()
                .chain(&SOON),
        )
        .start();
    publish.note("trying again");
    router.start_again(&[]);
    assert_eq!(publish.wait().code, Some(0));
}
