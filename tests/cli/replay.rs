//! `wamp replay`.

use super::record::lines;
use crate::support::{Router, content, file};

/// A recording of these, a millisecond apart.
fn recording(entries: &[(&str, &str, &str)]) -> String {
    let line = |(at, (kind, uri, args)): (usize, &(&str, &str, &str))| {
        format!(
            "{{\"type\":\"{kind}\",\"uri\":\"{uri}\",\"args\":{args},\"kwargs\":{{}},\"details\":{{}},\"at\":\"2026-01-01T00:00:00.{at:03}Z\"}}\n"
        )
    };
    entries.iter().enumerate().map(line).collect()
}

#[test]
fn a_recording_of_what_is_replayed_is_the_same() {
    let router = Router::start();
    let payloads = [
        "{\"args\":[18446744073709551615,-9223372036854775808,1e300,0.1,1.0]}",
        "{\"args\":[\"\\u0000AAEC/w==\",\"\",\"é\\n\\u0007\"],\"kwargs\":{\"z\":null,\"a\":[{}]}}",
        "{}",
    ];
    let first = router.record(["com.", "-m", "prefix", "--proc", "org.p", "-n", "6", "-q"]);
    for (number, payload) in payloads.iter().enumerate() {
        let topic = format!("com.t{number}");
        let publish = router.wamp(["publish", &topic, "--input", payload]);
        publish.run().clean();
        let call = router.wamp(["call", "org.p", "--input", payload]);
        call.run().clean();
    }
    let recorded = first.wait().clean();
    let expected = lines(&recorded);
    assert_eq!(expected.len(), 6);
    for speed in ["1", "max"] {
        let again = router.record(["com.", "-m", "prefix", "--proc", "org.p", "-n", "6", "-q"]);
        let replay = router.wamp(["replay", "-", "-q", "--speed", speed]);
        replay.input(recorded.clone()).run().clean();
        // Events and calls come to the recorder in two queues; each is in order.
        let again = lines(&again.wait().clean());
        for kind in ["event", "call"] {
            let of_kind = |lines: &[String]| {
                let start = format!("{{\"type\":\"{kind}\"");
                let mut lines = lines.to_vec();
                lines.retain(|line| line.starts_with(&start));
                lines
            };
            assert_eq!(of_kind(&again), of_kind(&expected));
        }
    }
}

#[test]
fn order_holds_at_every_speed() {
    let router = Router::start();
    let numbers: Vec<String> = (0..200).map(|number| format!("[{number}]")).collect();
    let topics = ["com.a", "com.b", "com.c"];
    let entries: Vec<_> = numbers
        .iter()
        .enumerate()
        .map(|(at, args)| ("event", topics[at % 3], &**args))
        .collect();
    let expected: String = (0..200).map(|number| format!("{number}\n")).collect();
    for speed in ["1000000", "1", "max"] {
        for more in [&["-q"][..], &["-q", "--no-ack"]] {
            let subscriber =
                router.subscribe(["-o", "raw", "-n", "200", "-q"].into_iter().chain(topics));
            let replay = router.wamp(["replay", "-", "--speed", speed]).args(more);
            replay.input(recording(&entries)).run().clean();
            assert_eq!(subscriber.wait().clean(), expected, "{speed} {more:?}");
        }
    }
}

#[test]
fn names_are_rewritten() {
    let router = Router::start();
    let _echo = router.register(["test.p", "--echo"]);
    let subscriber = router.subscribe(["-m", "prefix", "test.", "com.", "-n", "2", "-q"]);
    let (_folder, path) = file(
        "a.jsonl",
        recording(&[
            ("event", "com.shop.sold", "[1]"),
            ("call", "com.p", "[]"),
            ("event", "com.shopping", "[2]"),
        ]),
    );
    let path = path.display().to_string();
    let maps = ["--map", "com.shop=test", "--map", "com.p=test.p"];
    router
        .wamp(["replay", &path, "-q"])
        .args(maps)
        .run()
        .clean();
    let printed = subscriber.wait().clean();
    let start = |uri: &str| format!("{{\"type\":\"event\",\"uri\":\"{uri}\",\"args\":");
    let starts = [start("test.sold"), start("com.shopping")];
    for (line, start) in printed.lines().zip(&starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(printed.lines().count(), 2);
}

#[test]
fn it_ends_after_so_many_and_begins_again_as_often() {
    let router = Router::start();
    let entries = [("event", "com.t", "[1]"), ("event", "com.t", "[2]")];
    let (_folder, path) = file("a.jsonl", recording(&entries));
    let path = path.display().to_string();
    for (options, printed) in [
        (&["-n", "1"][..], "1\n"),
        (&["--loop", "2"], "1\n2\n1\n2\n"),
        (&["--loop", "0", "-n", "3"], "1\n2\n1\n"),
    ] {
        let count = printed.lines().count().to_string();
        let subscriber = router.subscribe(["com.t", "-o", "raw", "-q", "-n", &count]);
        router
            .wamp(["replay", &path, "-q"])
            .args(options)
            .run()
            .clean();
        assert_eq!(subscriber.wait().clean(), printed, "{options:?}");
    }
    let error = router.wamp(["replay", "-", "--loop", "2"]).run().failed(2);
    assert!(error.contains("--loop"), "{error}");
    // What holds nothing is not played for ever.
    let (_folder, empty) = file("b.jsonl", "\n");
    let empty = empty.display().to_string();
    router
        .wamp(["replay", &empty, "-q", "--loop", "0"])
        .run()
        .clean();
}

#[test]
fn other_types_are_passed_over_with_a_note() {
    let router = Router::start();
    let text = "{\"type\":\"gap\",\"missed\":3}\n\n{\"type\":\"event\",\"uri\":\"com.t\"}\n";
    let ended = router.wamp(["replay", "-"]).input(text).run();
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""));
    assert_eq!(
        ended.stderr,
        "wamp: line 1 is passed over: its type is gap\nwamp: events replayed: 1, calls: 0\n"
    );
}

#[test]
fn a_broken_file_is_not_begun_with() {
    let good = recording(&[("event", "com.t", "[1]"), ("event", "com.t", "[2]")]);
    let broken = format!("{good}{{\"type\":\"event\",\"uri\":\"com.t\",\"args\":[1,}}\n");
    let (_folder, path) = file("a.jsonl", &broken);
    let text = path.display().to_string();
    // Before anything is connected to.
    let nowhere = ["replay", &text, "-u", "rs+unix:///no/such"];
    let error = crate::support::wamp(nowhere).run().failed(2);
    let place = format!("wamp: error: {text}, line 3: expected value\n");
    assert!(error.starts_with(&place), "{error}");
    assert!(error.lines().nth(2).unwrap().ends_with('^'), "{error}");

    // Standard input cannot be looked through beforehand.
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-o", "raw", "-n", "2", "-q"]);
    let replay = router.wamp(["replay", "-", "-q"]).input(content(&path));
    let error = replay.run().failed(2);
    assert!(
        error.starts_with("wamp: error: standard input, line 3: "),
        "{error}"
    );
    assert_eq!(subscriber.wait().clean(), "1\n2\n");
    let error = router.wamp(["replay", "/no/such"]).run().failed(2);
    assert_eq!(
        error,
        "wamp: error: cannot read /no/such: no such file or directory\n"
    );
}

#[test]
fn the_first_failure_is_the_end_unless_it_is_to_go_on() {
    let router = Router::start();
    let _failing = router.register(["com.failing", "--error", "com.error.declined"]);
    let entries = [
        ("event", "com.t", "[1]"),
        ("call", "com.none", "[]"),
        ("call", "com.failing", "[]"),
        ("event", "com.t", "[2]"),
    ];
    let recording = recording(&entries);
    let replay = |options: &[&str]| {
        let replay = router.wamp(["replay", "-", "--speed", "max", "-q"]);
        replay.args(options).input(recording.clone()).run()
    };
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    let error = replay(&[]).failed(6);
    assert_eq!(error, "wamp: error: no such procedure: com.none\n");
    assert_eq!(subscriber.line(), "1");
    let errors = replay(&["--keep-going"]).failed(6);
    assert_eq!(
        errors,
        "wamp: error: no such procedure: com.none\n\
         wamp: error: com.failing: com.error.declined\n\
         wamp: error: 2 of 4 failed\n"
    );
    assert_eq!(subscriber.line(), "1");
    assert_eq!(subscriber.line(), "2");
    // What was refused is not replayed.
    let replay = router.wamp(["replay", "-", "--keep-going"]);
    let told = replay.input(recording.clone()).run().failed(6);
    let counts = "wamp: events replayed: 2, calls: 0\n";
    assert!(told.contains(counts), "{told}");
}

#[test]
fn a_slow_call_does_not_hold_up_what_follows() {
    let router = Router::start();
    // It is answered once the event behind it has come.
    let gate = crate::support::Fifo::new();
    let wait = format!("read -r _ < {}", gate.path().display());
    let _callee = router.register(["com.slow", "--", "sh", "-c", &wait]);
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    let entries = [("call", "com.slow", "[]"), ("event", "com.t", "[1]")];
    let replay = router
        .wamp(["replay", "-", "-q"])
        .input(recording(&entries));
    let replay = replay.start();
    assert_eq!(subscriber.line(), "1");
    std::fs::write(gate.path(), "go on\n").unwrap();
    replay.wait().clean();
}
