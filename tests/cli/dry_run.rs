//! `--dry-run`: what would be sent, without a router.

use serde_json::{Value, json};

use crate::support::{Router, Wamp, content, file, wamp};

/// Nobody listens there, and nobody is asked.
fn dry<const N: usize>(arguments: [&str; N]) -> Wamp {
    wamp(arguments).args(["--dry-run", "-u", "ws://127.0.0.1:1/"])
}

fn messages<const N: usize>(arguments: [&str; N]) -> Vec<Value> {
    let printed = dry(arguments).run().clean();
    let message = |line| serde_json::from_str(line).unwrap();
    printed.lines().map(message).collect()
}

#[test]
fn each_request_is_a_line() {
    assert_eq!(
        messages(["call", "com.p", "1", "x=two", "-p", "-t", "3"]),
        [json!([48, 1, {"timeout": 3000, "receive_progress": true}, "com.p", [1], {"x": "two"}])]
    );
    assert_eq!(
        messages(["publish", "com.t", ":b=AAE=", "--no-ack", "--exclude", "5"]),
        [json!([16, 1, {"exclude": [5]}, "com.t", ["\0AAE="]])]
    );
    assert_eq!(
        messages(["publish", "com.t"]),
        [json!([16, 1, {"acknowledge": true}, "com.t"])]
    );
    assert_eq!(
        messages(["subscribe", "com.a", "com.b.", "-m", "prefix"]),
        [
            json!([32, 1, {"match": "prefix"}, "com.a"]),
            json!([32, 2, {"match": "prefix"}, "com.b."])
        ]
    );
    assert_eq!(
        messages(["register", "com.a", "com.b", "--echo", "--invoke", "last"]),
        [
            json!([64, 1, {"invoke": "last"}, "com.a"]),
            json!([64, 2, {"invoke": "last"}, "com.b"])
        ]
    );
    assert_eq!(
        messages(["kill", "4711", "--reason", "com.r"]),
        [json!([48, 1, {}, "wamp.session.kill", [4711], {"reason": "com.r"}])]
    );
    let stream = dry(["call", "com.p", "--stream"]).input("1\n2\n").run();
    assert_eq!(stream.clean(), "[48,1,{\"progress\":true},\"com.p\",[1]]\n");
}

#[test]
fn what_depends_on_answers_is_begun() {
    let (_folder, file) = file(
        "a.jsonl",
        "{\"type\":\"gap\"}\n{\"type\":\"call\",\"uri\":\"com.a\",\"args\":[1]}\n{\"type\":\"event\",\"uri\":\"com.b\"}\n",
    );
    let path = file.display().to_string();
    assert_eq!(
        messages(["replay", &path, "--map", "com=org"]),
        [json!([48, 1, {}, "org.a", [1]])]
    );
    let event = dry(["replay", "-", "-n", "1"]).input("{\"type\":\"event\",\"uri\":\"com.b\"}\n");
    assert_eq!(
        event.run().clean(),
        "[16,1,{\"acknowledge\":true},\"com.b\"]\n"
    );
    assert_eq!(
        messages(["ping", "-n", "0"]),
        [json!([48, 1, {}, "wamp.session.count"])]
    );
    assert_eq!(
        messages(["ls", "topics", "com.", "-q"]),
        [json!([48, 1, {}, "wamp.subscription.list"])]
    );
    assert_eq!(
        messages(["show", "4711", "-q"]),
        [
            json!([48, 1, {}, "wamp.registration.get", [4711]]),
            json!([48, 2, {}, "wamp.subscription.get", [4711]]),
            json!([48, 3, {}, "wamp.session.get", [4711]]),
        ]
    );
    assert_eq!(messages(["show", "com.p", "-q"]).len(), 8);
    let ended = dry(["ls", "sessions"]).run();
    assert_eq!(ended.stdout, "[48,1,{},\"wamp.session.list\"]\n");
    assert_eq!(
        ended.stderr,
        "wamp: what else is asked depends on the answers\n"
    );
}

/// The file is left as it is.
#[test]
fn a_recording_is_not_begun() {
    let (_folder, file) = file("a.jsonl", "here");
    let path = file.display().to_string();
    assert_eq!(
        messages([
            "record", "com.a", "com.b", "--proc", "com.p", "-m", "prefix", "-w", &path, "--force",
        ]),
        [
            json!([64, 1, {"match": "prefix"}, "com.p"]),
            json!([32, 2, {"match": "prefix"}, "com.a"]),
            json!([32, 3, {"match": "prefix"}, "com.b"]),
        ]
    );
    assert_eq!(content(&file), "here");
}

/// What is printed is what `--trace` shows of the real thing.
#[test]
fn it_is_what_is_sent() {
    let router = Router::start();
    for (name, arguments) in [
        (
            "CALL",
            &[
                "call",
                "com.p",
                "a",
                "b=[1,2.5,null]",
                "-t",
                "9",
                "-O",
                "x_y=1",
            ][..],
        ),
        (
            "PUBLISH",
            &[
                "publish",
                "com.t",
                "password=x",
                "--retain",
                "--ppt-serializer",
                "cbor",
                "--ppt-scheme",
                "x_a",
            ],
        ),
        (
            "SUBSCRIBE",
            &["subscribe", "com.t", "--retained", "--for", "0"],
        ),
        ("CALL", &["kill", "4711", "--message", "go"]),
        ("CALL", &["ping", "-n", "1"]),
        ("CALL", &["top", "--once", "-i", "10ms"]),
        ("SUBSCRIBE", &["record", "com.t", "--for", "0", "-q"]),
    ] {
        let printed = router.wamp(arguments).args(["--dry-run"]).run().clean();
        let ended = router.wamp(arguments).args(["--trace", "-o", "json"]).run();
        let objects = ended.stderr.lines().map(serde_json::from_str::<Value>);
        let sent = objects.flatten().find(|object| object["name"] == name);
        let printed: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(sent.unwrap()["message"], printed);
    }
}

#[test]
fn what_is_wrong_with_the_arguments_is_told() {
    for (arguments, fault) in [
        (&["call", "com.p", "x:=nonsense"][..], "argument 1"),
        (&["call", "com.p", "-O", "timeout=soon"], "timeout"),
        (&["call", "com.p", "-u", "nonsense"], "no URL"),
        (&["publish", "com.t", "--eligible", "x"], "--eligible"),
    ] {
        let message = wamp(arguments).args(["--dry-run"]).run().failed(2);
        assert!(message.contains(fault), "{message}");
    }
    let message = dry(["register", "com.p", "--", "/nowhere/program"]);
    let message = message.run().failed(127);
    assert!(message.contains("/nowhere/program"), "{message}");
}

#[test]
fn a_line_of_a_stream_is_not_kept_without_an_end() {
    let stream = |input: Vec<u8>| dry(["call", "com.p", "--stream"]).input(input).run();
    let message = stream(vec![b'x'; (16 << 20) + 1]).failed(2);
    assert!(
        message.contains("line 1 of standard input: longer than 16 MiB"),
        "{message}"
    );
    let message = stream(b"\xff\n".to_vec()).failed(2);
    assert!(
        message.contains("line 1 of standard input: not UTF-8 text"),
        "{message}"
    );
}

/// No secret is read, no ready file touched, and nothing is told about a session.
#[test]
fn nothing_else_happens() {
    let (_folder, path) = file("ready", "here");
    let ready = path.display().to_string();
    let ended = dry(["subscribe", "com.t", "-v", "--ready-file", &ready])
        .args(["--authid", "joe", "--secret", "file:/nowhere/secret"])
        .run();
    assert_eq!(ended.clean(), "[32,1,{},\"com.t\"]\n");
    assert_eq!(content(&path), "here");
}
