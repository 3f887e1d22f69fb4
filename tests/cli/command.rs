//! The contract with the commands behind `wamp register PROC -- CMD…`.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Fifo, Router, Running, Signal, file, wamp};

/// Serves `com.p` with a shell script.
fn script(router: &Router, text: &str) -> Running {
    router.register(["com.p", "--", "sh", "-c", text])
}

#[test]
fn standard_input_is_the_call() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--", "cat"]);
    let printed = router.wamp(["call", "com.p", "1", "a=[2]"]).run().clean();
    let head = "{\"type\":\"invocation\",\"uri\":\"com.p\",\"args\":[1],\"kwargs\":{\"a\":[2]},\"details\":{";
    assert!(printed.starts_with(head), "{printed}");
}

#[test]
fn the_environment_has_the_call_too() {
    let router = Router::start();
    let _callee = script(
        &router,
        "echo \"$WAMP_PROCEDURE $WAMP_ARGS_JSON $WAMP_KWARGS_JSON\"; env >&2; exit 0",
    );
    let printed = router
        .wamp(["call", "com.p", "1", "x y", "a=2"])
        .run()
        .clean();
    assert_eq!(printed, "com.p [1,\"x y\"] {\"a\":2}\n");
}

#[test]
fn no_shell_sees_the_call() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--", "printf", "%s", "$HOME;`id`"]);
    assert_eq!(
        router.wamp(["call", "com.p", "; id"]).run().clean(),
        "$HOME;`id`\n"
    );
}

#[test]
fn standard_output_is_the_result() {
    let router = Router::start();
    let _callee = script(
        &router,
        "case $WAMP_ARGS_JSON in '[1]') echo '{\"n\": 1}';; '[2]') echo plain text;; '[3]') :;; *) printf '\\377';; esac",
    );
    for (argument, printed) in [
        ("1", "{\"n\":1}\n"),
        ("2", "plain text\n"),
        ("3", ""),
        ("4", "\"\\u0000/w==\"\n"),
    ] {
        assert_eq!(
            router.wamp(["call", "com.p", argument]).run().clean(),
            printed
        );
    }
}

#[test]
fn a_failure_tells_the_code_and_standard_error() {
    let router = Router::start();
    let _callee = script(&router, "echo half; echo went wrong >&2; exit 3");
    let error = router.wamp(["call", "com.p"]).run().failed(5);
    assert_eq!(
        error,
        "wamp: error: com.p: wamp.cli.error.command_failed\n  kwargs: {\"exit\":3,\"stderr\":\"went wrong\"}\n"
    );
}

#[test]
fn a_command_that_does_not_exist_is_not_registered() {
    let (_folder, path) = file("data", "no program");
    let path = path.display().to_string();
    // Before anything is connected to.
    let register = |program| {
        let nowhere = "rs+unix:///no/such";
        wamp(["register", "com.p", "-u", nowhere, "--", program]).run()
    };
    for (program, code, fault) in [
        ("/no/such/command", 127, "no such file or directory"),
        ("no-such-command", 127, "no such file or directory"),
        (&path, 126, "permission denied"),
    ] {
        let error = register(program).failed(code);
        let expected = format!("wamp: error: cannot run {program}: {fault}\n");
        assert_eq!(error, expected);
    }
}

#[test]
fn a_command_that_is_gone_fails_the_call() {
    let router = Router::start();
    let (_folder, path) = file("command", "#!/bin/sh\n");
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let mut callee = router.register(["com.p".as_ref(), "--".as_ref(), path.as_os_str()]);
    std::fs::remove_file(&path).unwrap();
    let error = router.wamp(["call", "com.p"]).run().failed(5);
    assert!(error.contains("\"exit\":127"), "{error}");
    callee.note(&format!("cannot run {}", path.display()));
}

#[test]
fn a_result_too_long_for_the_router_is_the_callers_error() {
    let router = Router::start();
    // 16 MiB are the most that goes through either.
    let rawsocket = router.url.replace("ws://", "rs://").replace("/ws", "");
    let text = "case $WAMP_ARGS_JSON in '[1]') head -c 17000000 /dev/zero | tr '\\0' x;; *) echo short;; esac";
    for (procedure, url) in [("com.ws", &router.url), ("com.rs", &rawsocket)] {
        let callee = ["-u", url, procedure, "--", "sh", "-c", text];
        let _callee = router.register(callee);
        let error = router.wamp(["call", procedure, "1"]).run().failed(5);
        assert!(
            error.contains("wamp.error.payload_size_exceeded"),
            "{error}"
        );
        assert_eq!(router.wamp(["call", procedure]).run().clean(), "short\n");
    }
}

#[test]
fn large_calls_and_commands_that_do_not_read() {
    let router = Router::start();
    let _callee = script(&router, "echo \"${WAMP_ARGS_JSON-unset}\"");
    let large = "x".repeat(300_000);
    let call = router.wamp(["call", "com.p", "@-"]).input(large);
    assert_eq!(call.run().clean(), "unset\n");
}

#[test]
fn what_runs_in_the_background_is_not_waited_for() {
    let router = Router::start();
    let gate = Fifo::new();
    let text = format!(
        "exec 9<>{}; (read -r _ <&9) & head -c 200000 /dev/zero | tr '\\0' x; echo end",
        gate.path().display()
    );
    let _callee = script(&router, &text);
    let printed = router.wamp(["call", "com.p"]).run().clean();
    assert_eq!(printed.len(), 200_000 + "end\n".len());
    std::fs::write(gate.path(), "go on\n").unwrap();
}

/// A script that says `started`, and then does nothing until a signal or a line on `gate` comes.
fn waiting(trace: &Fifo, gate: &Fifo, trap: &str) -> String {
    let (trace, gate) = (trace.path(), gate.path());
    format!(
        "exec 8>{} 9<>{}; {trap}; echo started >&8; read -r _ <&9; echo ended >&8",
        trace.display(),
        gate.display()
    )
}

#[test]
fn what_is_running_is_ended_when_the_callee_leaves() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = waiting(&trace, &gate, "trap 'echo told >&8; exit 1' TERM");
    let callee = script(&router, &text);
    let call = router.wamp(["call", "com.p"]).start();
    assert_eq!(seen.next().as_deref(), Some("started"));
    callee.signal(Signal::TERM);
    assert_eq!(seen.next().as_deref(), Some("told"));
    assert_eq!(callee.wait().code, Some(0));
    let error = call.wait().failed(5);
    assert!(
        error.starts_with("wamp: error: com.p: wamp.error.canceled"),
        "{error}"
    );
}

#[test]
fn a_call_that_is_given_up_ends_its_command() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = waiting(&trace, &gate, "trap 'echo told >&8; exit 1' TERM");
    let _callee = script(&router, &text);
    let call = router.wamp(["call", "com.p"]).start();
    assert_eq!(seen.next().as_deref(), Some("started"));
    call.signal(Signal::INT);
    assert_eq!(call.wait().failed(130), "");
    assert_eq!(seen.next().as_deref(), Some("told"));
}

#[test]
fn what_ignores_sigterm_is_killed() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let callee = script(&router, &waiting(&trace, &gate, "trap '' TERM"));
    let call = router.wamp(["call", "com.p"]).start();
    assert_eq!(seen.next().as_deref(), Some("started"));
    callee.signal(Signal::TERM);
    assert_eq!(callee.wait().code, Some(0));
    call.wait().failed(5);
}

#[test]
fn no_more_jobs_than_allowed_run_at_once() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = waiting(&trace, &gate, ":");
    let _callee = router.register(["com.p", "-j", "1", "--", "sh", "-c", &text]);
    let calls = [0, 1].map(|_| router.wamp(["call", "com.p"]).start());
    for _ in 0..2 {
        assert_eq!(seen.next().as_deref(), Some("started"));
        std::fs::write(gate.path(), "go on\n").unwrap();
        assert_eq!(seen.next().as_deref(), Some("ended"));
    }
    for call in calls {
        assert_eq!(call.wait().clean(), "");
    }
}
