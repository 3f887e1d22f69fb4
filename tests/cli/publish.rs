//! `wamp publish`.

use crate::support::pty::key;
use crate::support::{Router, Running, Wamp, wamp};

#[test]
fn an_acknowledged_publication_prints_nothing() {
    let router = Router::start();
    assert_eq!(
        router.wamp(["publish", "com.t", "1", "a=2"]).run().clean(),
        ""
    );
    assert_eq!(router.wamp(["pub", "com.t", "--no-ack"]).run().clean(), "");
}

#[test]
fn its_id_is_in_the_details() {
    let router = Router::start();
    let json = router
        .wamp(["publish", "com.t", "-o", "json"])
        .run()
        .clean();
    let head = "{\"type\":\"published\",\"uri\":\"com.t\",\"args\":[],\"kwargs\":{},\"details\":{\"publication\":";
    assert!(json.starts_with(head), "{json}");
    let details = router.wamp(["publish", "com.t", "-d"]).run().clean();
    assert!(details.contains("\"publication\":"), "{details}");
    let details = router
        .wamp(["publish", "com.t", "-d", "--no-ack"])
        .run()
        .clean();
    assert!(!details.contains("\"publication\":"), "{details}");
}

#[test]
fn events_arrive_without_an_acknowledgement_too() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    router
        .wamp(["publish", "com.t", "hello", "--no-ack"])
        .run()
        .clean();
    assert_eq!(subscriber.line(), "hello");
}

#[test]
fn reserved_topics_are_refused() {
    let router = Router::start();
    let error = router
        .wamp(["publish", "wamp.session.on_join", "1"])
        .run()
        .failed(5);
    assert!(error.contains("wamp.error.invalid_uri"), "{error}");
}

/// The arguments of the next events, as JSON or bare.
fn next(subscriber: &mut Running, count: usize) -> Vec<String> {
    (0..count).map(|_| subscriber.line()).collect()
}

fn publish(router: &Router, arguments: &[&str]) -> Wamp {
    router.wamp(["publish", "com.t"]).args(arguments)
}

#[test]
fn each_line_is_an_event() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    publish(&router, &["a", "k=1", "--lines"])
        .input("x\n{\"b\":2}\r\n\n@no/file\nk=2")
        .run()
        .clean();
    assert_eq!(
        next(&mut subscriber, 5),
        [
            r#"{"args":["a","x"],"kwargs":{"k":1}}"#,
            r#"{"args":["a",{"b":2}],"kwargs":{"k":1}}"#,
            r#"{"args":["a",""],"kwargs":{"k":1}}"#,
            r#"{"args":["a","@no/file"],"kwargs":{"k":1}}"#,
            r#"{"args":["a","k=2"],"kwargs":{"k":1}}"#,
        ]
    );
    publish(&router, &["--lines", "-0", "-n", "2"])
        .input("1\n2\0three\0four\0")
        .run()
        .clean();
    assert_eq!(next(&mut subscriber, 3), ["1", "2", "three"]);
    publish(&router, &["--lines"]).input("").run().clean();
    publish(&router, &["end"]).run().clean();
    assert_eq!(subscriber.line(), "end");
}

#[test]
fn lines_keep_their_order_whether_acknowledged_or_not() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw", "-n", "10000"]);
    let numbers = |range: std::ops::Range<u32>| {
        let lines = range.map(|number| format!("{number}\n"));
        lines.collect::<String>()
    };
    publish(&router, &["--lines"])
        .input(numbers(0..5000))
        .run()
        .clean();
    publish(&router, &["--lines", "--no-ack"])
        .input(numbers(5000..10_000))
        .run()
        .clean();
    for number in 0..10_000 {
        assert_eq!(subscriber.line(), number.to_string());
    }
}

#[test]
fn lines_of_json_are_envelopes_or_values() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.", "-m", "prefix"]);
    let input = r#"{"type":"event","uri":"com.x","args":[1],"kwargs":{"a":2},"details":{},"at":"now"}
{"args":["only"]}
{"price":5}
{"type":"gap","uri":"com.x","args":[],"kwargs":{},"details":{},"at":"now"}
[1,2]
"text"
"#;
    publish(&router, &["--jsonl"]).input(input).run().clean();
    for expected in [
        r#""uri":"com.t","args":[1],"kwargs":{"a":2}"#,
        r#""args":["only"],"kwargs":{}"#,
        r#""args":[{"price":5}],"kwargs":{}"#,
        r#""args":[[1,2]],"kwargs":{}"#,
        r#""args":["text"],"kwargs":{}"#,
    ] {
        let line = subscriber.line();
        assert!(line.contains(expected), "{line}");
    }
    let own = router.wamp(["publish", "-", "--jsonl"]).input(input).run();
    let error = own.failed(2);
    assert!(error.contains("line 2: there is no \"uri\""), "{error}");
    let line = subscriber.line();
    assert!(line.contains(r#""uri":"com.x","args":[1]"#), "{line}");
}

#[test]
fn a_failure_tells_its_line_and_ends_it_or_not() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    let input = "1\n{\"args\":2}\n[\n4\n";
    let error = publish(&router, &["--jsonl"]).input(input).run().failed(2);
    assert!(
        error.starts_with("wamp: error: args of line 2: "),
        "{error}"
    );
    assert_eq!(subscriber.line(), "1");
    let errors = publish(&router, &["--jsonl", "--keep-going"])
        .input(input)
        .run()
        .failed(2);
    assert!(
        errors.contains("line 2") && errors.contains("line 3"),
        "{errors}"
    );
    assert_eq!(next(&mut subscriber, 2), ["1", "4"]);

    let others =
        "{\"type\":\"gap\",\"args\":[]}\n{\"type\":\"error\",\"uri\":\"com.e\",\"args\":[]}\n";
    let error = publish(&router, &["--jsonl"]).input(others).run().failed(2);
    assert!(
        error.contains("line 2: a line of type error is no event"),
        "{error}"
    );

    let refused = router.wamp(["publish", "wamp.t", "--lines", "-o", "json"]);
    let error = refused.input("1\n2\n").run().failed(5);
    let end = "\"message\":\"line 1: wamp.t: wamp.error.invalid_uri\",\"hint\":null,\"exit\":5}\n";
    assert!(error.ends_with(end), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");

    let error = publish(&router, &["--lines"]).input(*b"1\n\xff\n").run();
    let error = error.failed(2);
    assert!(
        error.contains("line 2 of standard input: not UTF-8"),
        "{error}"
    );
}

#[test]
fn a_number_of_events_from_a_template() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    let template = ["-n", "3", "--template", "{{count}}", "s:s={{count}}"];
    publish(&router, &template).run().clean();
    assert_eq!(
        next(&mut subscriber, 3),
        [
            r#"{"args":[1],"kwargs":{"s":"1"}}"#,
            r#"{"args":[2],"kwargs":{"s":"2"}}"#,
            r#"{"args":[3],"kwargs":{"s":"3"}}"#,
        ]
    );
    publish(&router, &["--lines", "--template", "{{count}}: {{line}}"])
        .input("a\nb\n")
        .run()
        .clean();
    assert_eq!(next(&mut subscriber, 2), ["1: a", "2: b"]);
    publish(&router, &["--template", "only {{count}}"])
        .run()
        .clean();
    publish(&router, &["{{count}}"]).run().clean();
    assert_eq!(next(&mut subscriber, 2), ["only 1", "{{count}}"]);
    let error = publish(&router, &["--template", "{{env X}}"])
        .run()
        .failed(2);
    assert!(error.contains("the variable X is not set"), "{error}");
    publish(&router, &["--template", "{{env X}}"])
        .env("X", "set")
        .run()
        .clean();
    assert_eq!(subscriber.line(), "set");
}

#[test]
fn an_endless_number_ends_by_a_signal_and_is_summed_up() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    let endless = ["-n", "0", "--rate", "1000/s", "-v", "x"];
    let publisher = publish(&router, &endless).start();
    assert_eq!(next(&mut subscriber, 3), ["x", "x", "x"]);
    publisher.signal(crate::support::Signal::INT);
    let ended = publisher.wait();
    assert_eq!((ended.code, &*ended.stdout), (Some(130), ""), "{ended:?}");
    assert!(ended.stderr.contains(" published in "), "{ended:?}");
}

#[test]
fn what_was_published_is_told_as_json_too() {
    let router = Router::start();
    let told = publish(&router, &["-n", "3", "-o", "json"]).run().clean();
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(
        told.starts_with("{\"type\":\"published\",\"uri\":\"com.t\""),
        "{told}"
    );
    let pace_alone = publish(&router, &["-i", "1s"]).run().failed(2);
    assert!(
        pace_alone.contains("--interval goes with --count"),
        "{pace_alone}"
    );
}

#[test]
fn progress_is_for_people_and_leaves_no_trace() {
    let router = Router::start();
    let endless = ["-n", "0", "--rate", "100/s"];
    let publisher = publish(&router, &endless).at_terminal();
    publisher.wait_for(" events in ");
    publisher.enter(key::CTRL_C);
    let left = publisher.wait();
    assert_eq!(left.code, Some(130));
    assert!(!left.text.contains(" events in "), "{left:?}");
    assert!(left.text.contains(" events published in "), "{left:?}");
    let some = publish(&router, &["-n", "60", "--rate", "100/s"]);
    let dumb = some.env("TERM", "dumb").at_terminal().wait();
    let start = "wamp: 60 events published in ";
    assert!(dumb.bytes.starts_with(start), "{dumb:?}");
    let some = publish(&router, &["-n", "60", "--rate", "100/s", "-q"]);
    assert_eq!(some.at_terminal().wait().bytes, "");
}

#[test]
fn progress_keeps_out_of_the_way_of_data() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let call = router.wamp(["call", "com.echo", "x", "-n", "0", "-i", "10ms"]);
    let call = call.at_terminal();
    call.wait_for(" calls in ");
    call.enter(key::CTRL_C);
    let left = call.wait();
    for line in left.text.lines() {
        let known = line == "x" || line.contains("^C") || line.starts_with("wamp: ");
        assert!(known, "{line:?} of {left:?}");
    }
}

#[test]
fn zero_is_a_flag_that_goes_with_lines() {
    for line in [
        &["publish", "com.t", "-0"][..],
        &["pub", "com.t", "--jsonl", "-0"],
    ] {
        let message = wamp(line).args(["--dry-run"]).run().failed(2);
        assert!(
            message.starts_with("wamp: error: -0 goes with --lines\n"),
            "{message}"
        );
    }
    for line in [
        &["publish", "com.t", ":=-0", "--dry-run"][..],
        &["publish", "com.t", "--dry-run", "--", "-0"],
    ] {
        assert_eq!(
            wamp(line).run().clean(),
            "[16,1,{\"acknowledge\":true},\"com.t\",[-0.0]]\n"
        );
    }
}
