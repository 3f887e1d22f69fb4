//! The same flags with a router that knows what they mean.

use crate::support::{Router, Signal};

#[test]
fn a_retained_event_comes_to_whoever_asks() {
    let router = Router::start();
    router
        .wamp(["publish", "com.state", "open", "--retain"])
        .run()
        .clean();
    let subscribe = ["subscribe", "com.state", "-o", "raw", "-q", "--for", "1s"];
    let asking = router.wamp(subscribe).args(["--retained", "-n", "1"]);
    assert_eq!(asking.run().clean(), "open\n");
    let other = ["subscribe", "com.state", "-o", "raw", "-q", "--for", "50ms"];
    assert_eq!(router.wamp(other).run().clean(), "");
}

#[test]
fn events_go_to_whom_they_are_for() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-o", "raw", "-n", "1", "-q"]);
    let session = router.wamp(["ls", "sessions"]).run().clean();
    let session = session.trim();
    for flags in [
        ["--exclude", session],
        ["--eligible", "1"],
        ["--exclude-authrole", "anonymous"],
        ["--eligible-authid", "nobody"],
    ] {
        router
            .wamp(["publish", "com.t", "no"])
            .args(flags)
            .run()
            .clean();
    }
    router
        .wamp(["publish", "com.t", "yes", "--eligible", session])
        .run()
        .clean();
    assert_eq!(subscriber.wait().clean(), "yes\n");
}

#[test]
fn callers_are_disclosed_when_they_ask_for_it() {
    let router = Router::start();
    let _callee = router.register(["com.who", "--", "sh", "-c", "echo ${WAMP_CALLER-nobody}"]);
    assert_eq!(router.wamp(["call", "com.who"]).run().clean(), "nobody\n");
    let caller = router
        .wamp(["call", "com.who", "--disclose-me"])
        .run()
        .clean();
    assert!(caller.trim().parse::<u64>().is_ok(), "{caller}");
}

#[test]
fn a_procedure_is_shared() {
    let router = Router::start();
    let share = |answer| router.register(["com.p", "--return", answer, "--invoke", "roundrobin"]);
    let _callees = [share("1"), share("2")];
    let mut answers = [0; 4].map(|_| router.wamp(["call", "com.p"]).run().clean());
    answers.sort();
    assert_eq!(answers, ["1\n", "1\n", "2\n", "2\n"]);
}

#[test]
fn a_procedure_is_taken_by_force() {
    let router = Router::start();
    let first = router.register(["com.p", "--return", "1", "-q"]);
    let _second = router.register(["com.p", "--return", "2", "--force"]);
    let error = first.wait().failed(8);
    assert!(
        error.starts_with("wamp: error: the router ended com.p: "),
        "{error}"
    );
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "2\n");
}

#[test]
fn no_more_calls_at_once_than_were_asked_for() {
    let router = Router::start();
    let mut callee = router.register([
        "com.slow",
        "--echo",
        "--delay",
        "1h",
        "--concurrency",
        "1",
        "-v",
    ]);
    let first = router.wamp(["call", "com.slow"]).start();
    callee.note("called");
    router.wamp(["call", "com.slow"]).run().failed(5);
    first.signal(Signal::INT);
    assert_eq!(first.wait().failed(130), "");
}
