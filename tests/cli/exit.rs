//! Every exit code that can be reached, and what is said with it. Standard output has data only: nothing in any failure.

use std::fs::OpenOptions;
use std::io::{PipeReader, PipeWriter, Read as _, pipe};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::support::{Router, Signal, wamp};

/// Free of what differs from run to run.
fn masked(text: &str, router: &Router) -> String {
    text.replace(&router.url, "URL")
}

#[test]
fn code_1_what_has_no_code_of_its_own() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let error = router
        .wamp(["call", "com.echo", "1"])
        .stdout(full)
        .run()
        .failed(1);
    assert_snapshot!(error, @"wamp: error: cannot write to standard output: no space left on device");
}

#[test]
fn code_2_usage() {
    for arguments in [
        &["call"][..],
        &["call", "p", "--nope"],
        &["call", "p", ":=x"],
        &["call", "p", "@/no/such/file"],
        &["call", "p", "-u", "http://h/"],
        &["call", "p", "-O", "x"],
        &["call", "p", "@-", "@-"],
        &["call", "p", "--input", "[]"],
        &["call", "p", "--kwargs", "{\"a\":1,\"a\":2}"],
        &["call", "p", "--args", "[{\"a\":1,\"a\":2}]"],
        &[
            "call",
            "p",
            "--input",
            "{\"kwargs\":{\"x\":{\"a\":1,\"a\":2}}}",
        ],
        &["call", "p", "--connect-timeout", "0"],
        &["subscribe", "p", "--ready-file", "/no/such/directory/file"],
        &["subscribe", "p", "--ready-file", "/"],
        &["register", "p", "--echo", "--ready-file", "/tmp"],
        &["register", "p"],
        &["router", "-u", "ws://h/"],
        &["frobnicate"],
        &[],
    ] {
        let error = wamp(arguments).run().failed(2);
        assert!(error.starts_with("wamp: error: "), "{arguments:?}: {error}");
    }
    assert_snapshot!(wamp(["call", "p", "1", "a:=[1,}"]).run().failed(2), @r#"
    wamp: error: argument 2: expected value
      a:=[1,}
            ^
    "#);
    assert_snapshot!(wamp(["call", "p", "a:={\"b\":1,\"b\":2}"]).run().failed(2), @r#"
    wamp: error: argument 1: the key "b" is given twice
      a:={"b":1,"b":2}
                ^
    "#);
    assert_snapshot!(wamp(["call", "p", "--serializer", "xml"]).run().failed(2), @r#"
    wamp: error: invalid value 'xml' for '--serializer <S>': "xml" is none of json, msgpack, cbor
      hint: try `wamp call --help`
    "#);
    let json = wamp(["call", "-o", "json", "p", "--nope"]).run().failed(2);
    assert!(
        json.starts_with("{\"type\":\"error\",\"uri\":null,"),
        "{json}"
    );
    assert_eq!(json.lines().count(), 1);
}

#[test]
fn code_3_no_router() {
    // Bound, but nobody listens: a port that surely refuses.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("ws://127.0.0.1:{port}/ws");
    let error = wamp(["call", "p", "-u", &url]).run().failed(3);
    assert_snapshot!(error.replace(&url, "URL"), @r#"
    wamp: error: cannot connect to URL: connection refused
      hint: start a router with `wamp router`
    "#);
    let quiet = wamp(["call", "p", "-q", "-u", &url]).run().failed(3);
    assert_eq!(quiet.lines().count(), 1, "{quiet}");
    let json = wamp(["call", "p", "-o", "json", "-u", &url])
        .run()
        .failed(3);
    assert!(json.ends_with("\"exit\":3}\n"), "{json}");
}

#[test]
fn code_3_nobody_answers_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rs://{}", silent.local_addr().unwrap());
    let error = wamp(["call", "p", "-u", &url, "--connect-timeout", "50ms"])
        .run()
        .failed(3);
    assert_snapshot!(error.replace(&url, "URL"), @r#"wamp: error: cannot connect to URL: no answer within 50ms"#);
}

#[test]
fn code_4_refused() {
    let router = Router::start();
    let error = router.wamp(["call", "p", "-r", "com.none"]).run().failed(4);
    assert_snapshot!(masked(&error, &router), @r#"
    wamp: error: URL refused the session on com.none: wamp.error.no_such_realm
      there is no realm "com.none" here
      hint: choose another realm with `-r REALM`
    "#);
}

#[test]
fn codes_5_6_and_7_errors() {
    let router = Router::start();
    let _declined = router.register([
        "com.shop.charge", "--", "sh", "-c",
        "echo '{\"error\":\"com.shop.error.declined\",\"args\":[\"insufficient funds\"],\"kwargs\":{\"balance\":12}}'; exit 1",
    ]);
    let _denied = router.register(["com.shop.admin", "--error", "wamp.error.not_authorized"]);
    assert_snapshot!(router.wamp(["call", "com.shop.charge"]).run().failed(5), @r#"
    wamp: error: com.shop.charge: com.shop.error.declined
      args: ["insufficient funds"]  kwargs: {"balance":12}
    "#);
    assert_snapshot!(router.wamp(["call", "com.shop.chrage"]).run().failed(6), @r###"
    wamp: error: no such procedure: com.shop.chrage
      hint: did you mean com.shop.charge?
    "###);
    let json = router.wamp(["call", "com.shop.chrage", "-o", "json"]);
    let json = json.run().failed(6);
    assert!(
        json.contains(r#""hint":"did you mean com.shop.charge?""#),
        "{json}"
    );
    assert_snapshot!(router.wamp(["call", "com.shop.admin"]).run().failed(7), @r#"wamp: error: not authorized: com.shop.admin"#);
    assert_snapshot!(router.wamp(["call", "not a uri"]).run().failed(5), @r#"
    wamp: error: not a uri: wamp.error.invalid_uri
      args: ["the procedure \"not a uri\" is invalid: a URI must not contain ' '"]
    "#);
    let json = router
        .wamp(["call", "com.shop.charge", "-o", "json"])
        .run()
        .failed(5);
    let head = "{\"type\":\"error\",\"uri\":\"com.shop.error.declined\",\"args\":[\"insufficient funds\"],\"kwargs\":{\"balance\":12},";
    assert!(json.starts_with(head), "{json}");
}

#[test]
fn code_8_session_lost() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-q", "--retry", "0"]);
    let callee = router.register(["com.p", "--echo", "-q", "--retry", "0"]);
    router.running().signal(Signal::TERM);
    for client in [subscriber, callee] {
        let error = client.wait().failed(8);
        assert!(error.starts_with("wamp: error: session lost: "), "{error}");
    }
    assert_eq!(router.wait().code, Some(0));
}

#[test]
fn code_124_too_late() {
    let router = Router::start();
    let _callee = router.register(["com.slow", "--echo", "--delay", "1h"]);
    let error = router
        .wamp(["call", "com.slow", "-t", "50ms"])
        .run()
        .failed(124);
    assert_snapshot!(error, @r#"wamp: error: com.slow: no answer within 50ms"#);
    let error = router
        .wamp(["subscribe", "com.t", "-q", "-n", "1", "--for", "50ms"])
        .run()
        .failed(124);
    assert_snapshot!(error, @r#"wamp: error: 0 of 1 events within 50ms"#);
    router
        .wamp(["subscribe", "com.t", "-q", "-n", "1", "--idle", "50ms"])
        .run()
        .failed(124);
}

#[test]
fn codes_130_and_143_signals() {
    let router = Router::start();
    let mut callee = router.register(["com.slow", "--echo", "--delay", "1h", "-v"]);
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let call = router.wamp(["call", "com.slow"]).start();
        callee.note("called");
        call.signal(signal);
        assert_eq!(call.wait().failed(code), "");
    }
}

#[test]
fn a_router_that_does_not_answer_holds_nobody_up() {
    let router = Router::start();
    let mut callee = router.register(["com.slow", "--echo", "--delay", "1h", "-v"]);
    let call = router.wamp(["call", "com.slow"]).start();
    callee.note("called");
    router.running().signal(Signal::STOP);
    call.signal(Signal::INT);
    assert_eq!(call.wait().failed(130), "");
}

#[test]
fn serving_commands_end_well_on_sigterm_and_with_130_on_sigint() {
    let router = Router::start();
    for (signal, code) in [(Signal::TERM, 0), (Signal::INT, 130)] {
        for client in [
            router.subscribe(["com.t", "-q"]),
            router.register(["com.p", "--echo", "-q"]),
        ] {
            client.signal(signal);
            assert_eq!(client.wait().failed(code), "");
        }
    }
}

/// More than a pipe holds.
fn large() -> String {
    "x".repeat(300_000)
}

/// A pipe for standard output, and what waits until a write to it is stuck: its first byte is there, and of what is
/// [`large`] the rest is not. Keeps the pipe open.
fn stalled() -> (PipeWriter, impl FnOnce() -> PipeReader) {
    let (mut reader, writer) = pipe().unwrap();
    let wait = move || {
        reader.read_exact(&mut [0]).unwrap();
        reader
    };
    (writer, wait)
}

#[test]
fn signals_end_a_command_that_nobody_reads() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    for (signal, serving, asking) in [(Signal::INT, 130, 130), (Signal::TERM, 0, 143)] {
        let (stdout, stuck) = stalled();
        let subscribe = router.wamp(["subscribe", "com.t", "-q"]).stdout(stdout);
        let subscribe = subscribe.start_ready();
        let publish = router.wamp(["publish", "com.t", "@-"]).input(large());
        publish.run().clean();
        let _unread = stuck();
        subscribe.signal(signal);

        let (stdout, stuck) = stalled();
        let call = router.wamp(["call", "com.echo", "@-"]).input(large());
        let call = call.stdout(stdout).start();
        let _unread = stuck();
        call.signal(signal);

        assert_eq!(subscribe.wait().failed(serving), "");
        assert_eq!(call.wait().failed(asking), "");
    }
}

#[test]
fn the_second_signal_ends_it_at_once() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let (stdout, stuck) = stalled();
    let call = router.wamp(["call", "com.echo", "@-"]).input(large());
    let call = call.stdout(stdout).start();
    let _unread = stuck();
    let start = Instant::now();
    // Two of a kind might count as one.
    call.signal(Signal::INT);
    call.signal(Signal::TERM);
    let code = call.wait().code;
    assert!(matches!(code, Some(130 | 143)), "{code:?}");
    // Which is how long the first one alone would take.
    assert!(start.elapsed() < Duration::from_secs(2));
}

/// A pipe that nobody reads any more.
fn closed() -> PipeWriter {
    let (_, writer) = pipe().unwrap();
    writer
}

#[test]
fn standard_error_that_takes_nothing_changes_no_code() {
    let router = Router::start();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let call = || router.wamp(["call", "com.none", "-v"]);
    call().stderr(full()).run().failed(6);
    call().stderr(closed()).run().failed(6);
    call().args(["-o", "json"]).stderr(full()).run().failed(6);
    let subscribe = router.wamp(["subscribe", "com.t", "--for", "0"]);
    subscribe.stderr(full()).run().failed(0);
    wamp(["call"]).stderr(full()).run().failed(2);
}

#[test]
fn a_broken_pipe_is_success() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    assert_eq!(
        router
            .wamp(["call", "com.echo", "1"])
            .stdout(closed())
            .run()
            .failed(0),
        ""
    );
    assert_eq!(wamp(["--help"]).stdout(closed()).run().failed(0), "");
    let subscriber = router
        .wamp(["subscribe", "com.t", "-q"])
        .stdout(closed())
        .start_ready();
    router.wamp(["publish", "com.t", "1"]).run().clean();
    assert_eq!(subscriber.wait().failed(0), "");
}
