//! `wamp call --wait`.

use crate::support::{Router, Signal};

#[test]
fn a_call_waits_for_its_procedure() {
    let router = Router::start();
    for wait in ["--wait", "--wait=1h"] {
        let mut call = router.wamp(["call", "com.late", "7", wait]).start();
        assert_eq!(call.note("waiting"), "wamp: waiting for com.late");
        let _callee = router.register(["com.late", "--echo"]);
        let ended = call.wait();
        assert_eq!((ended.code, &*ended.stdout), (Some(0), "7\n"), "{ended:?}");
    }
}

#[test]
fn when_the_time_is_over_there_is_no_such_procedure() {
    let router = Router::start();
    for wait in ["--wait=0", "--wait=80ms"] {
        let error = router
            .wamp(["call", "com.none", wait, "-q"])
            .run()
            .failed(6);
        assert_eq!(error, "wamp: error: no such procedure: com.none\n");
    }
}

#[test]
fn other_errors_are_final() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--error", "com.my.error"]);
    router.wamp(["call", "com.p", "--wait"]).run().failed(5);
}

#[test]
fn ctrl_c_ends_the_waiting() {
    let router = Router::start();
    let mut call = router.wamp(["call", "com.none", "--wait"]).start();
    call.note("waiting");
    call.signal(Signal::INT);
    assert_eq!(call.wait().failed(130), "");
}
