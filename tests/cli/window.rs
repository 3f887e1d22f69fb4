//! The line of the REPL in windows of every kind, and what is pasted into them.

use super::editing::{PROMPT, keys, line, prompted, typed};
use crate::support::pty::{Terminal, key};
use crate::support::{Router, Running, Signal, content};

/// A router, and an echo.
fn echo() -> (Router, Running) {
    let router = Router::start();
    let callee = router.register(["com.echo", "--echo", "-q"]);
    (router, callee)
}

/// Types the line and waits until its result, this text, has come and there is a prompt again.
#[track_caller]
fn answered(terminal: &Terminal, typed: &str, result: &str) {
    terminal.line(typed);
    terminal.wait_until(result, |screen| {
        let after = screen.rsplit_once(&format!("\n{result}\n"));
        after.is_some_and(|(_, after)| after.contains(PROMPT))
    });
}

/// Waits until this, and nothing else, is in the rows of the line. Where a row is full the line editor goes to the next by itself.
#[track_caller]
fn wrapped(terminal: &Terminal, expected: &str) {
    terminal.wait_until(expected, |screen| {
        line(screen).trim_end().replace('\n', "") == expected
    });
}

#[test]
fn another_size_in_the_midst_of_a_line_leaves_it_as_it_is() {
    let (router, _callee) = echo();
    let terminal = typed(&router);
    let mut long = format!("call com.echo {}", "long".repeat(20));
    terminal.enter(&long);
    wrapped(&terminal, &long);
    for columns in [40, 30, 200, 80] {
        terminal.resize(24, columns);
        terminal.enter("er");
        long.push_str("er");
        wrapped(&terminal, &long);
    }
    terminal.enter(key::ENTER);
    let word = long.replace("call com.echo ", "");
    terminal.wait_for(&format!("\n{word}\n"));
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn a_narrow_window_is_enough() {
    let (router, _callee) = echo();
    let terminal = router
        .wamp(["repl"])
        .env("NO_COLOR", "1")
        .at_terminal_of(24, 40);
    terminal.wait_for(PROMPT);
    let word = "narrow".repeat(20);
    let long = format!("call com.echo {word}");
    terminal.enter(&long);
    wrapped(&terminal, &long);
    answered(&terminal, "", &word);
    terminal.line("help call");
    terminal.wait_for("com.files.find");
    answered(&terminal, "call com.echo 7", "7");
}

#[test]
fn a_dumb_terminal_gets_no_escapes() {
    let (router, _callee) = echo();
    let terminal = prompted(router.wamp(["repl"]).env("TERM", "dumb"));
    terminal.line("subscribe com.t");
    terminal.wait_for("subscribed to com.t");
    router.wamp(["publish", "com.t", "event"]).run().clean();
    terminal.wait_for("com.t  event");
    terminal.line("call com.echo 7");
    terminal.wait_for("\n7\n");
    terminal.enter(key::CTRL_D);
    let left = terminal.wait();
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(!left.bytes.contains('\u{1b}'), "{left:?}");
}

#[test]
fn without_colours_nothing_is_coloured() {
    let (router, _callee) = echo();
    let terminal = typed(&router);
    answered(
        &terminal,
        "call com.echo {\"a\": 1} 'b'; call com.echo 7",
        "7",
    );
    terminal.line("call com.nothing");
    terminal.wait_for("no such procedure");
    terminal.line("ls procedures");
    terminal.wait_for("\ncom.echo");
    terminal.enter(key::CTRL_D);
    let bytes = terminal.wait().bytes;
    let painted = bytes
        .split("\u{1b}[")
        .skip(1)
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'))
        .any(|rest| rest.starts_with('m'));
    assert!(!painted, "{bytes:?}");
}

/// What five hundred lines publish, one a line.
fn numbers() -> String {
    (0..500).map(|number| format!("{number}\n")).collect()
}

fn publishing(end: &str) -> String {
    let lines = (0..500).map(|number| format!("publish com.t {number}{end}"));
    lines.collect()
}

#[test]
fn five_hundred_lines_at_once_are_all_run_in_order() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-n", "500", "-o", "raw"]);
    let terminal = typed(&router);
    terminal.enter(&publishing(key::ENTER));
    assert_eq!(subscriber.wait().stdout, numbers());
}

#[test]
fn five_hundred_pasted_lines_are_run_when_somebody_agrees() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.t", "-n", "500", "-o", "raw"]);
    let terminal = typed(&router);
    terminal.enter(&format!("\u{1b}[200~{}\u{1b}[201~", publishing("\n")));
    terminal.wait_for("publish com.t 499");
    terminal.enter(key::ENTER);
    assert_eq!(subscriber.wait().stdout, numbers());
}

#[test]
fn a_line_that_is_longer_than_what_is_hinted_at_is_a_line() {
    let router = Router::start();
    let word = "0123456789".repeat(410);
    for color in ["never", "always"] {
        let subscriber = router.subscribe(["com.t", "-n", "1", "-o", "raw"]);
        let terminal = prompted(router.wamp(["repl", "--color", color]));
        terminal.line(&format!("publish com.t {word}"));
        assert_eq!(subscriber.wait().stdout.trim_end(), word);
    }
}

#[test]
fn a_line_with_an_open_quote_goes_on_until_it_is_given_up() {
    let (router, _callee) = echo();
    let terminal = typed(&router);
    terminal.line("call com.echo 'it");
    terminal.line("goes on");
    terminal.wait_until("a second line", |screen| line(screen).contains("\ngoes on"));
    terminal.enter(key::CTRL_C);
    terminal.wait_until("a new line", |screen| line(screen).trim().is_empty());
    answered(&terminal, "call com.echo 7", "7");
    terminal.line("call com.echo it\\'s");
    terminal.wait_for("\nit's\n");
}

#[test]
fn bytes_that_are_no_text_cost_the_line_and_nothing_else() {
    let (router, _callee) = echo();
    let terminal = typed(&router);
    keys(&terminal, "call com.echo M", "call com.echo M");
    terminal.bytes(b"\xfcnchen\r");
    terminal.wait_for("no UTF-8");
    terminal.wait_until("a new line", |screen| line(screen).trim().is_empty());
    answered(&terminal, "call com.echo 7", "7");
}

#[test]
fn a_closed_window_ends_it_and_the_lines_are_kept() {
    let state = tempfile::tempdir().unwrap();
    let (router, _callee) = echo();
    let repl = || {
        let repl = router.wamp(["repl"]).env("NO_COLOR", "1");
        prompted(repl.env("XDG_STATE_HOME", state.path()))
    };
    let terminal = repl();
    answered(&terminal, "call com.echo 1", "1");
    keys(&terminal, "call com.half", "call com.half");
    assert_eq!(terminal.hang_up().code, Some(143));
    let history = || content(&state.path().join("wamp/history"));
    assert_eq!(history(), "#V2\ncall com.echo 1\n");

    // In the midst of a command too.
    let terminal = repl();
    let running = "! echo run''ning; sleep 60";
    terminal.line(running);
    terminal.wait_for("\nrunning");
    assert_eq!(terminal.hang_up().code, Some(143));
    assert_eq!(history(), format!("#V2\ncall com.echo 1\n{running}\n"));

    let terminal = repl();
    answered(&terminal, "call com.echo 2", "2");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait().code, Some(143));
    assert!(history().ends_with("call com.echo 2\n"));
}

#[test]
fn lines_are_kept_by_context() {
    let state = tempfile::tempdir().unwrap();
    let contexts = tempfile::tempdir().unwrap();
    let (router, _callee) = echo();
    let own = |arguments: &[&str]| {
        let wamp = router.wamp(arguments).env("NO_COLOR", "1");
        let wamp = wamp.env("XDG_CONFIG_HOME", contexts.path());
        wamp.env("XDG_STATE_HOME", state.path())
    };
    for name in ["one", "two"] {
        let added = own(&["context", "add", name, "-u", &router.url]).run();
        assert_eq!(added.code, Some(0), "{added:?}");
    }
    let terminal = prompted(own(&["-c", "one", "repl"]));
    answered(&terminal, "call com.echo 1", "1");
    terminal.line("use two");
    keys(&terminal, key::UP, "");
    answered(&terminal, "call com.echo 2", "2");
    keys(&terminal, key::UP, "call com.echo 2");
    keys(&terminal, key::CTRL_C, "");
    terminal.line(&format!("connect {}", router.url));
    answered(&terminal, "call com.echo 3", "3");
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
    let history = |name: &str| content(&state.path().join("wamp").join(name));
    assert_eq!(history("one.history"), "#V2\ncall com.echo 1\nuse two\n");
    let connect = format!("connect {}", router.url);
    assert_eq!(
        history("two.history"),
        format!("#V2\ncall com.echo 2\n{connect}\n")
    );
    assert_eq!(history("history"), "#V2\ncall com.echo 3\n");
}
