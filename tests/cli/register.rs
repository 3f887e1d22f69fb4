//! `wamp register`, apart from the commands it runs.

use crate::support::{Router, Signal};

#[test]
fn the_three_ways_to_answer_without_a_command() {
    let router = Router::start();
    let _echo = router.register(["com.echo", "--echo"]);
    let _value = router.register(["com.value", "--return", "42", "--return", "unit=kg"]);
    let _error = router.register(["com.error", "--error", "com.my.error"]);
    let printed = router.wamp(["call", "com.echo", "1", "a=2"]).run().clean();
    assert_eq!(printed, "{\"args\":[1],\"kwargs\":{\"a\":2}}\n");
    let printed = router.wamp(["call", "com.value", "ignored"]).run().clean();
    assert_eq!(printed, "{\"args\":[42],\"kwargs\":{\"unit\":\"kg\"}}\n");
    let error = router.wamp(["call", "com.error"]).run().failed(5);
    assert_eq!(error, "wamp: error: com.error: com.my.error\n");
}

#[test]
fn several_procedures_and_patterns() {
    let router = Router::start();
    let _callee = router.register(["com.a", "com.b", "--return", "1"]);
    let _prefix = router.register(["com.p.", "-m", "prefix", "--", "printenv", "WAMP_PROCEDURE"]);
    assert_eq!(router.wamp(["call", "com.a"]).run().clean(), "1\n");
    assert_eq!(router.wamp(["call", "com.b"]).run().clean(), "1\n");
    assert_eq!(
        router.wamp(["call", "com.p.q.r"]).run().clean(),
        "com.p.q.r\n"
    );
}

#[test]
fn it_leaves_after_so_many_calls() {
    let router = Router::start();
    let callee = router.register(["com.echo", "--echo", "-n", "2", "-q"]);
    for _ in 0..2 {
        assert_eq!(router.wamp(["call", "com.echo", "7"]).run().clean(), "7\n");
    }
    assert_eq!(callee.wait().clean(), "");
    router.wamp(["call", "com.echo", "7"]).run().failed(6);
}

#[test]
fn a_procedure_that_is_taken_is_an_error() {
    let router = Router::start();
    let _first = router.register(["com.p", "--echo"]);
    let error = router
        .wamp(["register", "com.p", "--echo", "-q"])
        .run()
        .failed(5);
    assert!(
        error.starts_with("wamp: error: com.p: wamp.error.procedure_already_exists"),
        "{error}"
    );
    assert!(!error.contains("--force"), "{error}");
    let error = router.wamp(["register", "com.p", "--echo"]).run().failed(5);
    let hint = "  hint: take it with --force; or share it, each callee with the same --invoke\n";
    assert!(error.ends_with(hint), "{error}");
}

#[test]
fn zero_calls_are_no_end() {
    let router = Router::start();
    let callee = router.register(["com.p", "--return", "1", "-n", "0", "-q"]);
    for _ in 0..2 {
        assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "1\n");
    }
    callee.signal(Signal::TERM);
    callee.wait().clean();
}

#[test]
fn leaving_takes_the_procedure_with_it() {
    let router = Router::start();
    let callee = router.register(["com.p", "--echo", "-q"]);
    callee.signal(Signal::TERM);
    callee.wait().clean();
    router.wamp(["call", "com.p"]).run().failed(6);
}

#[test]
fn a_delayed_answer_comes() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--return", "late", "--delay", "20ms"]);
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "late\n");
}
