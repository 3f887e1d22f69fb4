//! Calls in parts: `call --progress`, `--stream` and `--cancel`, `register --lines`.

use wampkit::proto::{CancelMode, Message, MessageType};

use super::scripted::{SILENCE, Scripted};
use crate::support::{Fifo, Router, Running, Signal};

/// Serves `com.p` with a shell script, line by line.
fn lines(router: &Router, script: &str) -> Running {
    router.register(["com.p", "--lines", "--", "sh", "-c", script])
}

#[test]
fn each_line_is_a_progressive_result_and_the_last_one_final() {
    let router = Router::start();
    let _callee = lines(&router, "echo 1; echo two; echo; echo '{\"n\": 4}'");
    let call = router.wamp(["call", "-p", "com.p"]);
    assert_eq!(call.run().clean(), "1\ntwo\n\n{\"n\":4}\n");
    let call = router.wamp(["call", "--progress", "com.p", "-o", "json"]);
    let printed = call.run().clean();
    let progress = printed
        .lines()
        .map(|line| line.contains("\"details\":{\"progress\":true"))
        .collect::<Vec<_>>();
    assert_eq!(progress, [true, true, true, false], "{printed}");
}

#[test]
fn who_takes_no_progressive_results_gets_all_at_once() {
    let router = Router::start();
    let _callee = lines(&router, "echo 1; echo 2");
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "1\n2\n");
}

#[test]
fn a_line_is_not_held_back_for_long() {
    let router = Router::start();
    let gate = Fifo::new();
    let script = format!("echo first; read -r line <{}", gate.path().display());
    let _callee = lines(&router, &script);
    let mut call = router.wamp(["call", "-p", "com.p"]).start();
    assert_eq!(call.line(), "first");
    std::fs::write(gate.path(), "go on\n").unwrap();
    // The final result has nothing in it then.
    assert_eq!(call.wait().clean(), "");
}

#[test]
fn a_command_that_fails_half_way() {
    let router = Router::start();
    let _callee = lines(&router, "echo 1; echo 2; exit 3");
    let ended = router.wamp(["call", "-p", "com.p"]).run();
    assert_eq!(
        (ended.code, &*ended.stdout),
        (Some(5), "1\n2\n"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("\"exit\":3"), "{ended:?}");
    let _callee = router.register([
        "com.q",
        "--lines",
        "--",
        "sh",
        "-c",
        "echo 1; echo '{\"error\":\"com.my.error\"}'; exit 1",
    ]);
    let ended = router.wamp(["call", "-p", "com.q"]).run();
    assert_eq!((ended.code, &*ended.stdout), (Some(5), "1\n"), "{ended:?}");
    assert!(ended.stderr.contains("com.my.error"), "{ended:?}");
}

#[test]
fn lines_of_standard_input_are_parts_of_the_arguments() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let call = router.wamp(["call", "-p", "--stream", "com.echo"]);
    // What ends them is a part too, with nothing in it.
    assert_eq!(call.input("1\ntwo\n[3]\n").run().clean(), "1\ntwo\n[3]\n");
    let call = router.wamp(["call", "-p", "--stream", "com.echo", "0", "x"]);
    assert_eq!(call.input("1\n").run().clean(), "[0,\"x\"]\n1\n");
    let call = router.wamp(["call", "--stream", "com.echo"]);
    assert_eq!(call.input("").run().clean(), "");
}

#[test]
fn parts_arrive_as_they_are_typed() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let input = Fifo::new();
    let mut writer = std::fs::File::options()
        .read(true)
        .write(true)
        .open(input.path())
        .unwrap();
    let mut call = router
        .wamp(["call", "-p", "--stream", "com.echo"])
        .stdin(std::fs::File::open(input.path()).unwrap())
        .start();
    for line in ["one", "two"] {
        std::io::Write::write_all(&mut writer, format!("{line}\n").as_bytes()).unwrap();
        assert_eq!(call.line(), line);
    }
    call.signal(Signal::INT);
    assert_eq!(call.wait().failed(130), "");
}

#[test]
fn a_callee_that_takes_its_arguments_at_once_says_so() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--return", "1"]);
    let call = router.wamp(["call", "--stream", "com.p"]);
    let error = call.input("1\n2\n").run().failed(5);
    assert!(
        error.contains("wamp.error.feature_not_supported"),
        "{error}"
    );
}

#[test]
fn standard_input_is_read_once() {
    let router = Router::start();
    let call = router.wamp(["call", "--stream", "com.p", "@-"]);
    let error = call.input("1\n").run().failed(2);
    assert!(
        error.contains("standard input has been read already"),
        "{error}"
    );
}

#[test]
fn calls_are_canceled_as_was_asked_for() {
    for (mode, sent) in [
        (&[][..], CancelMode::KillNoWait),
        (&["--cancel", "skip"], CancelMode::Skip),
        (&["--cancel", "kill"], CancelMode::Kill),
    ] {
        let router = Scripted::start(|_, _| Err(SILENCE));
        let call = router.wamp(["call", "com.p"]).args(mode).start();
        router.received(MessageType::Call);
        call.signal(Signal::INT);
        let Message::Cancel(cancel) = router.received(MessageType::Cancel) else {
            panic!();
        };
        assert_eq!(cancel.options.mode, Some(sent));
        assert_eq!(call.wait().failed(130), "");

        // Another one: where nobody answers, what was to be killed is given up in the end.
        let router = Scripted::start(|_, _| Err(SILENCE));
        let call = router.wamp(["call", "com.p", "-t", "50ms"]).args(mode);
        let error = call.run().failed(124);
        assert_eq!(error, "wamp: error: com.p: no answer within 50ms\n");
        let Message::Cancel(cancel) = router.received(MessageType::Cancel) else {
            panic!();
        };
        assert_eq!(cancel.options.mode, Some(sent));
    }
}

#[test]
fn a_command_is_interrupted_unless_the_call_is_skipped() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let (told, go) = (trace.path(), gate.path());
    let script = format!(
        "exec 8>{} 9<>{}; trap 'echo told >&8; exit 1' TERM; echo started >&8; read -r _ <&9; echo ended >&8",
        told.display(),
        go.display()
    );
    let _callee = lines(&router, &script);
    for (mode, outcome) in [("kill", "told"), ("killnowait", "told"), ("skip", "ended")] {
        let call = router
            .wamp(["call", "-p", "com.p", "--cancel", mode])
            .start();
        assert_eq!(seen.next().as_deref(), Some("started"));
        call.signal(Signal::INT);
        assert_eq!(call.wait().failed(130), "");
        if mode == "skip" {
            std::fs::write(gate.path(), "go on\n").unwrap();
        }
        assert_eq!(seen.next().as_deref(), Some(outcome), "{mode}");
    }
}
