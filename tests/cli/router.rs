//! `wamp router`.

use insta::assert_snapshot;

use crate::support::{Fifo, Router, Signal, content, file, wamp};

#[test]
fn its_port_is_the_only_thing_on_standard_output() {
    let router = Router::start();
    assert!(router.url.starts_with("ws://127.0.0.1:"), "{}", router.url);
    router.running().signal(Signal::TERM);
    let ended = router.wait();
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""));
    assert!(
        ended.stderr.contains("listening on ws://127.0.0.1:"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("realms: realm1"), "{}", ended.stderr);
}

/// It costs every command time, and every process memory.
#[cfg(target_os = "linux")]
#[test]
fn it_does_without_the_library_of_mathematics() {
    let router = Router::start();
    let pid = router.running().pid().as_raw_nonzero();
    let maps = content(format!("/proc/{pid}/maps").as_ref());
    assert!(!maps.contains("/libm"), "{maps}");
}

#[test]
fn sigint_ends_it_well_too() {
    let router = Router::with(&["-q"]);
    router.running().signal(Signal::INT);
    assert_eq!(router.wait().clean(), "");
}

#[test]
fn it_goes_on_when_nobody_reads_its_log() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut router = wamp(["router", "--port", "0", "-vv"])
        .stderr(writer)
        .start();
    let url = router.line().replace("WAMP_URL=", "");
    for _ in 0..2 {
        wamp(["publish", "com.t", "-u", &url]).run().clean();
    }
    router.signal(Signal::TERM);
    assert_eq!(router.wait().failed(0), "");
}

#[test]
fn two_routers_do_not_share_a_port() {
    let router = Router::start();
    let port = router
        .url
        .trim_end_matches("/ws")
        .rsplit(':')
        .next()
        .unwrap();
    let error = wamp(["router", "--port", port]).run().failed(3);
    assert_snapshot!(error.replace(&router.url, "URL"), @r#"wamp: error: cannot listen on URL: the address is already in use"#);
}

#[test]
fn addresses_that_are_none() {
    for url in [
        "http://127.0.0.1:0/",
        "ws://",
        "rs://127.0.0.1",
        "ws://192.0.2.1:0/ws",
        "rs+unix:///no/such/dir/s",
    ] {
        let router = wamp(["router", "--allow-anonymous", "--listen", url]);
        let error = router.run().failed(2);
        assert_eq!(error.lines().count(), 1, "{url}: {error}");
        assert!(
            error.starts_with("wamp: error: cannot listen on "),
            "{url}: {error}"
        );
    }
    let error = wamp(["router", "--port", "0", "--realm", "a b"])
        .run()
        .failed(2);
    assert!(error.contains("a URI must not contain ' '"), "{error}");
}

#[test]
fn why_it_cannot_listen_is_said_plainly() {
    let url = "ws://192.0.2.1:0/ws";
    let error = wamp(["router", "--allow-anonymous", "--listen", url]).run();
    assert_snapshot!(error.failed(2), @"wamp: error: cannot listen on ws://192.0.2.1:0/ws: no such address here: address not available");
    let (_folder, path) = file("data", "kept");
    let url = format!("rs+unix://{}", path.display());
    let error = wamp(["router", "--listen", &url]).run().failed(3);
    assert_snapshot!(error.replace(&url, "URL"), @"wamp: error: cannot listen on URL: cannot listen: a file is there that is not a socket");
    assert_eq!(content(&path), "kept");
}

#[test]
fn several_listeners_and_realms() {
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("rs+unix://{}/wamp.sock", folder.path().display());
    let mut router = wamp([
        "router",
        "--listen",
        "ws://127.0.0.1:0/ws",
        "--listen",
        &socket,
        "--realm",
        "com.a",
        "--realm",
        "com.b",
    ])
    .start();
    let url = router.line().replace("WAMP_URL=", "");
    let _callee = wamp([
        "register", "com.echo", "--echo", "-u", &socket, "-r", "com.b",
    ])
    .start_ready();
    let call =
        |url: &str, realm: &str| wamp(["call", "com.echo", "1", "-u", url, "-r", realm]).run();
    assert_eq!(call(&url, "com.b").clean(), "1\n");
    assert_eq!(
        call(&url.replace("ws://", "rs://").replace("/ws", ""), "com.b").clean(),
        "1\n"
    );
    call(&url, "com.a").failed(6);
    call(&url, "realm1").failed(4);
}

#[test]
fn any_realm_is_opened_when_asked_for() {
    let router = Router::with(&["--any-realm"]);
    let publish = router.wamp(["publish", "com.t", "-r", "com.whatever"]);
    publish.run().clean();
}

#[test]
fn a_command_runs_with_the_router_and_lends_its_exit_code() {
    let ended = wamp([
        "router",
        "-q",
        "--port",
        "0",
        "--",
        "sh",
        "-c",
        "echo $WAMP_REALM; \"$0\" publish com.t 1 && exit 7",
        env!("CARGO_BIN_EXE_wamp"),
    ])
    .run();
    assert_eq!(
        (ended.code, &*ended.stdout, &*ended.stderr),
        (Some(7), "realm1\n", "")
    );
    let killed = wamp([
        "router",
        "-q",
        "--port",
        "0",
        "--",
        "sh",
        "-c",
        "kill -9 $$",
    ])
    .run();
    assert_eq!(killed.failed(137), "");
    let error = wamp(["router", "-q", "--port", "0", "--", "/no/such/command"])
        .run()
        .failed(127);
    assert_snapshot!(error, @r#"wamp: error: cannot run /no/such/command: no such file or directory"#);
}

#[test]
fn signals_are_passed_on_to_the_command() {
    let gate = Fifo::new();
    let script = "trap 'exit 9' TERM; exec 9<>\"$0\"; echo ready; read -r _ <&9";
    let mut router = wamp(["router", "-q", "--port", "0", "--", "sh", "-c", script])
        .args([gate.path()])
        .start();
    assert_eq!(router.line(), "ready");
    router.signal(Signal::TERM);
    assert_eq!(router.wait().failed(9), "");
}

#[test]
fn the_second_signal_ends_the_command_at_once() {
    let gate = Fifo::new();
    let script =
        "trap 'echo told' TERM; exec 9<>\"$0\"; echo ready; while :; do read -r _ <&9; done";
    let mut router = wamp(["router", "-q", "--port", "0", "--", "sh", "-c", script])
        .args([gate.path()])
        .start();
    assert_eq!(router.line(), "ready");
    router.signal(Signal::TERM);
    assert_eq!(router.line(), "told");
    router.signal(Signal::TERM);
    assert_eq!(router.wait().failed(143), "");
}
