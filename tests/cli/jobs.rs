//! `wamp subscribe TOPIC -- CMD…`: a command for each event.

use crate::support::{Fifo, Router, Running, Signal, wamp};

/// Runs a shell script for each event of `com.t`.
fn script(router: &Router, options: &[&str], text: &str) -> Running {
    let arguments = ["com.t"].iter().chain(options);
    router.subscribe(arguments.chain(&["--", "sh", "-c", text]))
}

fn publish(router: &Router, arguments: &[&str]) {
    let publish = router.wamp(["publish", "com.t"]);
    publish.args(arguments).run().clean();
}

#[test]
fn standard_input_and_the_environment_have_the_event() {
    let router = Router::start();
    let text = "cat; echo \"$WAMP_TOPIC $WAMP_ARGS_JSON $WAMP_KWARGS_JSON ${WAMP_CALLER-nobody}\"";
    let subscriber = script(&router, &["-n", "1", "-q"], text);
    publish(&router, &["1", "a=[2]"]);
    let printed = subscriber.wait().clean();
    let head =
        "{\"type\":\"event\",\"uri\":\"com.t\",\"args\":[1],\"kwargs\":{\"a\":[2]},\"details\":{";
    assert!(printed.starts_with(head), "{printed}");
    let last = "\ncom.t [1] {\"a\":[2]} nobody\n";
    assert!(printed.ends_with(last), "{printed}");
}

#[test]
fn the_publisher_is_told_if_it_is_disclosed() {
    let router = Router::start();
    let text = "echo \"$WAMP_CALLER\"; echo told >&2";
    let mut subscriber = script(&router, &["-n", "1"], text);
    publish(&router, &["--disclose-me"]);
    assert!(subscriber.line().parse::<u64>().is_ok());
    subscriber.note("told");
}

#[test]
fn one_runs_after_the_other() {
    let router = Router::start();
    let subscriber = script(
        &router,
        &["-n", "3", "-q"],
        "cat > /dev/null; echo $WAMP_ARGS_JSON",
    );
    for number in ["1", "2", "3"] {
        publish(&router, &[number]);
    }
    assert_eq!(subscriber.wait().clean(), "[1]\n[2]\n[3]\n");
}

#[test]
fn several_run_at_once_where_that_is_wanted() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = format!(
        "exec 8>{} 9<>{}; echo started >&8; read -r _ <&9; echo ended >&8",
        trace.path().display(),
        gate.path().display()
    );
    let subscriber = script(&router, &["-j", "2", "-n", "3", "-q"], &text);
    for number in ["1", "2", "3"] {
        publish(&router, &[number]);
    }
    for _ in 0..2 {
        assert_eq!(seen.next().as_deref(), Some("started"));
    }
    // The third one begins when one of them has ended.
    std::fs::write(gate.path(), "go on\n").unwrap();
    for expected in ["ended", "started"] {
        assert_eq!(seen.next().as_deref(), Some(expected));
    }
    for _ in 0..2 {
        std::fs::write(gate.path(), "go on\n").unwrap();
        assert_eq!(seen.next().as_deref(), Some("ended"));
    }
    assert_eq!(subscriber.wait().clean(), "");
}

#[test]
fn failures_are_told_and_counted() {
    let router = Router::start();
    let text = "test \"$WAMP_ARGS_JSON\" != '[2]' || exit 3";
    let subscriber = script(&router, &["-n", "3"], text);
    for number in ["1", "2", "3"] {
        publish(&router, &[number]);
    }
    let error = subscriber.wait().failed(1);
    assert!(
        error.contains("wamp: com.t: sh has ended with 3\n"),
        "{error}"
    );
    assert!(error.ends_with("wamp: error: 1 of 3 failed\n"), "{error}");
}

#[test]
fn a_command_that_does_not_exist_is_told_at_once() {
    let nowhere = [
        "subscribe",
        "com.t",
        "-u",
        "rs+unix:///no/such",
        "--",
        "no-such-command",
    ];
    let error = wamp(nowhere).run().failed(127);
    assert!(error.contains("cannot run no-such-command"), "{error}");
}

#[test]
fn what_is_running_is_ended_with_the_subscriber() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = format!(
        "exec 8>{} 9<>{}; trap 'echo told >&8; exit 1' TERM; echo started >&8; read -r _ <&9",
        trace.path().display(),
        gate.path().display()
    );
    let subscriber = script(&router, &["-q"], &text);
    publish(&router, &[]);
    assert_eq!(seen.next().as_deref(), Some("started"));
    subscriber.signal(Signal::TERM);
    assert_eq!(seen.next().as_deref(), Some("told"));
    assert_eq!(subscriber.wait().code, Some(0));
}

#[test]
fn options_that_do_not_go_together() {
    for arguments in [
        &["-j", "2"][..],
        &["--stats", "--", "true"],
        &["--delta", "--", "true"],
        &["--stats", "--timestamps"],
        &["--timestamps", "-o", "json"],
    ] {
        wamp(["subscribe", "com.t"]).args(arguments).run().failed(2);
    }
}
