//! The contract with the commands behind `wamp register PROC --coprocess -- CMD…`.

use crate::support::{Fifo, Lines, Router, Running, Signal, wamp};

/// Serves `com.p` with a shell script that is kept running.
fn script(router: &Router, text: &str) -> Running {
    router.register(["com.p", "--coprocess", "--", "sh", "-c", text])
}

/// Serves `com.p` with a script that runs `each` for every line that it reads, in `$line`. `say TYPE` answers it, with all
/// else that the line has; `$$` is the child.
fn loops(router: &Router, each: &str) -> Running {
    script(router, &looping(each))
}

fn looping(each: &str) -> String {
    format!(
        "say() {{ printf '{{\"type\":\"%s\",%s\\n' $1 \"${{line#*,}}\"; }}; while read -r line; do {each}; done"
    )
}

/// A script that writes down what it reads, and answers nothing.
fn silent(trace: &Fifo) -> String {
    format!("exec 8>{}; cat >&8", trace.path().display())
}

/// Waits until a line with all of these is written down.
#[track_caller]
fn sees(seen: &mut Lines, words: &[&str]) -> String {
    let line = seen.next().expect("a line should come");
    assert!(words.iter().all(|word| line.contains(word)), "{line}");
    line
}

#[test]
fn one_child_answers_all_calls() {
    let router = Router::start();
    let answer =
        r#"id=${line#*\"id\":}; printf '{"type":"result","id":%s,"args":[%s]}\n' ${id%%,*} $$"#;
    let _callee = loops(&router, answer);
    let children = [0, 1].map(|_| router.wamp(["call", "com.p"]).run().clean());
    assert_eq!(children[0], children[1]);
}

#[test]
fn a_line_is_the_call_with_an_id() {
    let router = Router::start();
    let trace = Fifo::new();
    let mut seen = trace.lines();
    let _callee = script(&router, &silent(&trace));
    let _call = router.wamp(["call", "com.p", "1", "a=[2]"]).start();
    let line = seen.next().unwrap();
    let head =
        r#"{"type":"invocation","id":1,"uri":"com.p","args":[1],"kwargs":{"a":[2]},"details":{"#;
    assert!(line.starts_with(head), "{line}");
    assert!(line.contains("\"at\":\""), "{line}");
}

#[test]
fn results_have_arguments_and_keywords() {
    let router = Router::start();
    let _callee = loops(&router, "echo; say result");
    let printed = router.wamp(["call", "com.p", "1", "x y", "a=2"]).run();
    assert_eq!(
        printed.clean(),
        "{\"args\":[1,\"x y\"],\"kwargs\":{\"a\":2}}\n"
    );
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "");
}

#[test]
fn calls_are_answered_in_any_order() {
    let router = Router::start();
    let trace = Fifo::new();
    let mut seen = trace.lines();
    let text =
        looping("first=$line; echo read >&8; read -r line; say result; line=$first; say result");
    let _callee = script(
        &router,
        &format!("exec 8>{}; {text}", trace.path().display()),
    );
    let first = router.wamp(["call", "com.p", "1"]).start();
    sees(&mut seen, &["read"]);
    assert_eq!(router.wamp(["call", "com.p", "2"]).run().clean(), "2\n");
    assert_eq!(first.wait().clean(), "1\n");
}

#[test]
fn progressive_results_come_before_the_last_one() {
    let router = Router::start();
    let _callee = loops(&router, "say progress; say progress; say result");
    let printed = router.wamp(["call", "-p", "com.p", "x"]).run().clean();
    assert_eq!(printed, "x\nx\nx\n");
    // Who takes none has the last one only.
    assert_eq!(router.wamp(["call", "com.p", "x"]).run().clean(), "x\n");
}

#[test]
fn arguments_that_follow_have_lines_of_their_own() {
    let router = Router::start();
    let _callee = loops(
        &router,
        "case $line in *'\"progress\":true'*) say progress;; *) say result;; esac",
    );
    let call = router.wamp(["call", "-p", "--stream", "com.p"]);
    assert_eq!(call.input("1\ntwo\n[3]\n").run().clean(), "1\ntwo\n[3]\n");
}

#[test]
fn errors_are_those_that_the_child_names() {
    let router = Router::start();
    let _callee = loops(
        &router,
        r#"id=${line#*\"id\":}; printf '{"type":"error","id":%s,"error":"com.my.error","args":["no"]}\n' ${id%%,*}"#,
    );
    let error = router.wamp(["call", "com.p"]).run().failed(5);
    assert_eq!(
        error,
        "wamp: error: com.p: com.my.error\n  args: [\"no\"]\n"
    );
}

#[test]
fn a_call_that_is_given_up_is_canceled_and_its_answer_ignored() {
    let router = Router::start();
    let trace = Fifo::new();
    let mut seen = trace.lines();
    let text = looping(
        "printf '%s\\n' \"$line\" >&8; case $line in *slow*) slow=$line;; *cancel*) line=$slow; say result;; *) say result;; esac",
    );
    let mut callee = script(
        &router,
        &format!("exec 8>{}; {text}", trace.path().display()),
    );
    let call = router.wamp(["call", "com.p", "slow"]).start();
    sees(&mut seen, &["\"invocation\",\"id\":1,"]);
    call.signal(Signal::INT);
    assert_eq!(call.wait().failed(130), "");
    assert_eq!(seen.next().unwrap(), r#"{"type":"cancel","id":1}"#);
    assert_eq!(router.wamp(["call", "com.p", "7"]).run().clean(), "7\n");
    callee.signal(Signal::TERM);
    callee.note("registered com.p");
    assert_eq!(callee.wait().clean(), "");
}

#[test]
fn a_child_that_ends_fails_its_calls_and_is_started_again() {
    let router = Router::start();
    let mut callee = loops(
        &router,
        "case $line in *die*) exit 3;; *) say result;; esac",
    );
    for _ in 0..2 {
        let error = router.wamp(["call", "com.p", "die"]).run().failed(5);
        assert_eq!(
            error,
            "wamp: error: com.p: wamp.cli.error.command_failed\n  kwargs: {\"exit\":3}\n"
        );
        assert_eq!(router.wamp(["call", "com.p", "7"]).run().clean(), "7\n");
        callee.note("sh has ended with exit code 3; it is started again");
    }
}

#[test]
fn a_child_that_always_ends_at_once_is_given_up() {
    let router = Router::start();
    let ended = script(&router, "exit 4").wait();
    assert_eq!((ended.code, &*ended.stdout), (Some(1), ""), "{ended:?}");
    let last = ended.stderr.lines().last();
    assert_eq!(
        last,
        Some("wamp: error: sh has ended with exit code 4, 5 times in a row")
    );
}

#[test]
fn a_line_that_says_nothing_is_noted_and_fails_the_call_that_it_names() {
    let router = Router::start();
    let mut callee = loops(
        &router,
        "case $line in *bad*) echo Traceback; echo '{\"type\":\"result\",\"id\":99}'; say what;; *) say result;; esac",
    );
    let error = router.wamp(["call", "com.p", "bad"]).run().failed(5);
    assert!(error.contains("wamp.cli.error.command_failed"), "{error}");
    assert!(error.contains("`type` is none of result"), "{error}");
    callee.note("a line of the co-process: expected value: Traceback");
    callee.note("there was no call 99");
    // That was no reason to end it.
    assert_eq!(router.wamp(["call", "com.p", "7"]).run().clean(), "7\n");
}

#[test]
fn a_line_without_an_end_ends_the_child() {
    let router = Router::start();
    let mut callee = loops(
        &router,
        "case $line in *long*) head -c 20000000 /dev/zero; exit;; *) say result;; esac",
    );
    let error = router.wamp(["call", "com.p", "long"]).run().failed(5);
    assert!(error.contains("wamp.cli.error.command_failed"), "{error}");
    callee.note("has written a line of more than 16777216 bytes; it is started again");
    assert_eq!(router.wamp(["call", "com.p", "7"]).run().clean(), "7\n");
}

#[test]
fn a_child_that_does_not_read_holds_up_no_cancel() {
    let router = Router::start();
    let gate = Fifo::new();
    let text = format!("read -r _ <{}", gate.path().display());
    let callee = script(&router, &text);
    let large = "x".repeat(100_000); // more than a pipe holds
    for _ in 0..3 {
        let call = router.wamp(["call", "com.p", "@-", "-t", "100ms"]);
        call.input(&*large).run().failed(124);
    }
    callee.signal(Signal::TERM);
    assert_eq!(callee.wait().code, Some(0));
}

#[test]
fn calls_go_to_the_child_that_has_the_fewest() {
    let router = Router::start();
    let trace = Fifo::new();
    let mut seen = trace.lines();
    let text = format!(
        "exec 8>{}; {}",
        trace.path().display(),
        looping("echo $$ >&8")
    );
    let _callee = router.register(["com.p", "--coprocess", "-j", "2", "--", "sh", "-c", &text]);
    let _calls = [0, 1].map(|_| router.wamp(["call", "com.p"]).start());
    assert_ne!(seen.next().unwrap(), seen.next().unwrap());
}

#[test]
fn standard_error_is_passed_on() {
    let router = Router::start();
    let mut callee = loops(&router, "echo from the child >&2; say result");
    router.wamp(["call", "com.p"]).run().clean();
    assert_eq!(callee.note("child"), "from the child");
}

#[test]
fn leaving_ends_standard_input() {
    let router = Router::start();
    let trace = Fifo::new();
    let mut seen = trace.lines();
    let text = format!(
        "exec 8>{}; echo started >&8; cat >/dev/null; echo ended >&8",
        trace.path().display()
    );
    let callee = script(&router, &text);
    sees(&mut seen, &["started"]);
    callee.signal(Signal::TERM);
    sees(&mut seen, &["ended"]);
    assert_eq!(callee.wait().code, Some(0));
}

#[test]
fn leaving_ends_what_does_not_care() {
    let router = Router::start();
    let (trace, gate) = (Fifo::new(), Fifo::new());
    let mut seen = trace.lines();
    let text = format!(
        "exec 8>{} 9<>{}; trap 'echo told >&8' TERM; read -r line; echo started >&8; while :; do read -r _ <&9; done",
        trace.path().display(),
        gate.path().display()
    );
    let callee = script(&router, &text);
    let call = router.wamp(["call", "com.p"]).start();
    sees(&mut seen, &["started"]);
    callee.signal(Signal::TERM);
    sees(&mut seen, &["told"]);
    assert_eq!(callee.wait().code, Some(0));
    let error = call.wait().failed(5);
    assert!(error.contains("wamp.error.canceled"), "{error}");
}

#[test]
fn it_leaves_after_so_many_calls() {
    let router = Router::start();
    let text = looping("say result");
    let callee = router.register(["com.p", "--coprocess", "-qn", "1", "--", "sh", "-c", &text]);
    assert_eq!(router.wamp(["call", "com.p", "7"]).run().clean(), "7\n");
    assert_eq!(callee.wait().clean(), "");
}

#[test]
fn a_command_that_does_not_exist_is_not_registered() {
    let nowhere = "rs+unix:///no/such";
    let words = ["register", "com.p", "-u", nowhere, "--coprocess", "--"];
    let error = wamp(words).args(["/no/such/command"]).run().failed(127);
    assert_eq!(
        error,
        "wamp: error: cannot run /no/such/command: no such file or directory\n"
    );
}

#[test]
fn it_is_for_a_command() {
    let with = |words: &[&str]| wamp(["register", "com.p", "--coprocess"]).args(words).run();
    with(&["--echo"]).failed(2);
    with(&["--lines", "--", "cat"]).failed(2);
}
