//! `wamp router` under a supervisor, and how it leaves.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::{Router, Signal, file, wamp};

/// The next thing that a supervisor is told.
fn told(supervisor: &UnixDatagram) -> String {
    let mut message = [0; 200];
    let length = supervisor.recv(&mut message).unwrap();
    String::from_utf8_lossy(&message[..length]).into_owned()
}

#[test]
fn a_supervisor_learns_that_it_is_ready_alive_and_on_its_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    let limit = Some(Duration::from_secs(30));
    supervisor.set_read_timeout(limit).unwrap();
    let mut router = wamp(["router", "--port", "0"])
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "200000")
        .start();
    router.line();
    assert_eq!(told(&supervisor), "READY=1\n");
    assert_eq!(told(&supervisor), "WATCHDOG=1\n");
    assert_eq!(told(&supervisor), "WATCHDOG=1\n");
    router.signal(Signal::TERM);
    let mut last = told(&supervisor);
    while last == "WATCHDOG=1\n" {
        last = told(&supervisor);
    }
    assert_eq!(last, "STOPPING=1\n");
    router.wait().failed(0);
}

/// A reload begins and ends, whether or not there is something to read, as `Type=notify-reload` wants to know.
#[test]
fn a_supervisor_learns_of_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    let limit = Some(Duration::from_secs(30));
    supervisor.set_read_timeout(limit).unwrap();
    let (_folder, config) = file("wamp.toml", "[[realms]]\nname = \"realm1\"\n");
    let router = wamp(["router", "--port", "0", "-f"])
        .args([&config])
        .env("NOTIFY_SOCKET", &path)
        .start();
    assert_eq!(told(&supervisor), "READY=1\n");
    let mut before = 0;
    for text in ["[[realms]]\nname = \"realm2\"\n", "nonsense"] {
        fs::write(&config, text).unwrap();
        router.signal(Signal::HUP);
        let began = told(&supervisor);
        let time = began.strip_prefix("RELOADING=1\nMONOTONIC_USEC=");
        let time: u64 = time
            .unwrap_or_else(|| panic!("{began}"))
            .trim()
            .parse()
            .unwrap();
        assert!(time > before, "{time}");
        before = time;
        assert_eq!(told(&supervisor), "READY=1\n");
    }
    router.signal(Signal::TERM);
    assert_eq!(told(&supervisor), "STOPPING=1\n");
    assert_eq!(router.wait().code, Some(0));
}

#[test]
fn a_supervisor_that_is_not_there_is_no_reason_to_fail() {
    let mut router = wamp(["router", "--port", "0", "-q"])
        .env("NOTIFY_SOCKET", "/nowhere/notify")
        .start();
    router.line();
    router.signal(Signal::TERM);
    router.wait().clean();
}

#[test]
fn a_pending_call_is_answered_before_it_leaves() {
    let router = Router::with(&["--grace", "30s"]);
    let register = ["register", "com.slow", "--delay", "1s", "--return", "done"];
    let mut callee = router
        .wamp(register)
        .args(["--retry", "0", "--trace"])
        .start();
    callee.note("REGISTERED");
    let caller = router.wamp(["call", "com.slow"]).start();
    callee.note("INVOCATION");
    router.running().signal(Signal::TERM);
    assert_eq!(caller.wait().stdout.trim(), "done");
    assert_eq!(router.wait().code, Some(0));
    callee.wait();
}
