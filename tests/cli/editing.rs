//! The line of the REPL as it is typed at a terminal.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::pty::{Terminal, key};
use crate::support::{Router, Signal, Wamp, content};

/// `wamp repl` that keeps nothing, with its prompt. Without colours there are no hints: the line is what is typed.
pub(super) fn typed(router: &Router) -> Terminal {
    prompted(router.wamp(["repl"]).env("NO_COLOR", "1"))
}

pub(super) fn prompted(wamp: Wamp) -> Terminal {
    let terminal = wamp.at_terminal();
    terminal.wait_for(PROMPT);
    terminal
}

/// The line that is being typed.
pub(super) fn line(screen: &str) -> &str {
    screen.rsplit(PROMPT).next().unwrap_or_default()
}

/// Types this, and waits until the line is as it should be.
#[track_caller]
pub(super) fn keys(terminal: &Terminal, typed: &str, expected: &str) {
    terminal.enter(typed);
    terminal.wait_until(expected, |screen| line(screen).trim_end() == expected);
}

/// Types this, and Tab until it makes of it what it should: the names may be on their way still.
#[track_caller]
fn tab(terminal: &Terminal, typed: &str, expected: &str) {
    keys(terminal, typed, typed);
    loop {
        // What is behind Tab shows that Tab has been taken.
        terminal.enter(key::TAB);
        terminal.enter("~");
        let screen = terminal.wait_until("~", |screen| line(screen).contains('~'));
        terminal.enter(key::BACKSPACE);
        if line(&screen).trim_end() == format!("{expected}~") {
            break;
        }
        terminal.wait_until(typed, |screen| line(screen).trim_end() == typed.trim_end());
    }
}

pub(super) const PROMPT: &str = " › ";

#[test]
fn tab_completes_what_another_client_has_registered_just_now() {
    let router = Router::start();
    let terminal = typed(&router);
    let _callee = router.register(["com.late.echo", "--echo", "-q"]);
    tab(&terminal, "call com.la", "call com.late.echo ");
    terminal.line("17");
    terminal.wait_until("17", |screen| screen.contains("\n17\n"));
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn tab_completes_the_keywords_that_a_procedure_is_described_with() {
    let router = Router::start();
    let _callee = router.register(["com.shop.charge", "--echo", "-q"]);
    let terminal = typed(&router);
    terminal.line(
        r#"call wamp.reflect.define com.shop.charge {"kwargs":{"amount":{"type":"number"}}}"#,
    );
    terminal.wait_until("true", |screen| screen.contains("\ntrue\n"));
    tab(
        &terminal,
        "call com.shop.charge am",
        "call com.shop.charge amount=",
    );

    // Whoever comes later asks for it.
    let late = typed(&router);
    tab(
        &late,
        "call com.shop.charge am",
        "call com.shop.charge amount=",
    );

    // Where it is taken back, it is offered no longer.
    keys(&terminal, key::CTRL_C, "");
    terminal.line("call wamp.reflect.define com.shop.charge null");
    terminal.wait_until("false", |screen| screen.contains("\nfalse\n"));
    keys(&late, key::CTRL_C, "");
    tab(&late, "call com.shop.charge am", "call com.shop.charge am");
}

#[test]
fn tab_completes_the_numbers_of_jobs() {
    let router = Router::start();
    let terminal = prompted(router.wamp(["repl"]));
    for line in [
        "register com.p --echo",
        "subscribe com.t",
        "subscribe com.u",
    ] {
        terminal.line(line);
    }
    terminal.wait_for("subscribed to com.u");
    keys(&terminal, "unreg \t", "unreg 1");
    keys(&terminal, key::CTRL_C, "");
    terminal.enter("unsub \t");
    terminal.wait_for("2 (com.t)  3 (com.u)");
    keys(&terminal, "3", "unsub 3  com.u");
}

#[test]
fn tab_completes_commands_options_and_values() {
    let router = Router::start();
    let terminal = typed(&router);
    keys(&terminal, "whoa\t", "whoami");
    keys(&terminal, key::CTRL_C, "");
    keys(&terminal, "subscribe --matc\t", "subscribe --match");
    keys(&terminal, "pre\t", "subscribe --match prefix");
    keys(&terminal, key::CTRL_C, "");
    // Several go on: they are listed, and the line stays.
    terminal.enter("un\t");
    terminal.wait_for("unsub  unreg");
    terminal.wait_until("the line", |screen| line(screen).trim_end() == "un");
}

#[test]
fn the_rest_of_a_word_is_dim_until_it_is_taken() {
    let router = Router::start();
    let terminal = prompted(router.wamp(["repl"]));
    keys(&terminal, "who", "whoami");
    terminal.wait_for_once("\u{1b}[2mami\u{1b}[0m");
    terminal.enter(key::RIGHT);
    terminal.enter(key::ENTER);
    terminal.wait_for("anonymous");
}

#[test]
fn what_is_open_goes_on_in_the_next_line() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let terminal = typed(&router);
    terminal.line("call com.echo {\"a\": [1,");
    terminal.wait_for("… the [ is not closed: go on, or Ctrl-C");
    terminal.line("2]} 'it");
    terminal.line("is'");
    let screen = terminal.wait_for(r#""it\nis""#);
    let value = screen.replace([' ', '\n'], "");
    assert!(value.contains(r#"[{"a":[1,2]},"it\nis"]"#), "{screen}");
}

#[test]
fn lines_come_back_and_secrets_do_not() {
    let state = tempfile::tempdir().unwrap();
    let router = Router::start();
    let repl = || {
        let wamp = router.wamp(["repl"]).env("NO_COLOR", "1");
        prompted(wamp.env("XDG_STATE_HOME", state.path()))
    };
    let terminal = repl();
    terminal.line("publish com.t first");
    terminal.line("connect ws://joe:hush@127.0.0.1:1/ws");
    terminal.wait_for("error");
    terminal.line(" publish com.t hidden");
    keys(&terminal, key::UP, "publish com.t first");
    keys(&terminal, key::CTRL_C, "");
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));

    let terminal = repl();
    keys(&terminal, key::UP, "publish com.t first");
    keys(&terminal, key::CTRL_C, "");
    let path = state.path().join("wamp/history");
    assert_eq!(content(&path), "#V2\npublish com.t first\n");
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn lines_that_come_at_once_are_all_run() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let terminal = typed(&router);
    terminal.enter("call com.echo one\rcall com.echo two\rcall com.echo three\r");
    for word in ["one", "two", "three"] {
        terminal.wait_until(word, |screen| screen.contains(&format!("\n{word}\n")));
    }
    // A terminal that says what is pasted: it is run when somebody agrees.
    terminal.enter("\u{1b}[200~call com.echo four\ncall com.echo five\u{1b}[201~");
    terminal.wait_for("call com.echo five");
    terminal.enter(key::ENTER);
    for word in ["four", "five"] {
        terminal.wait_until(word, |screen| screen.contains(&format!("\n{word}\n")));
    }
}

#[test]
fn wide_and_combining_letters_are_edited_whole() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let terminal = typed(&router);
    keys(
        &terminal,
        "call com.echo 日本語e\u{301}",
        "call com.echo 日本語e\u{301}",
    );
    keys(&terminal, key::BACKSPACE, "call com.echo 日本語");
    terminal.enter(key::LEFT);
    keys(&terminal, key::BACKSPACE, "call com.echo 日語");
    terminal.enter(key::ENTER);
    terminal.wait_until("日語", |screen| screen.contains("\n日語\n"));
}

#[test]
fn the_line_is_there_again_after_ctrl_z_and_fg() {
    let router = Router::start();
    // What a shell does for whoever types there.
    let script = "set -m; \"$WAMP\" repl; echo \"stopped with $?\"; fg";
    let mut bash = Command::new("bash");
    bash.args(["-c", script]).env_clear();
    bash.envs([("WAMP", env!("CARGO_BIN_EXE_wamp")), ("PATH", env!("PATH"))]);
    bash.envs([("WAMP_URL", &*router.url), ("XDG_CONFIG_HOME", "/nowhere")]);
    bash.envs([
        ("XDG_STATE_HOME", "/nowhere"),
        ("NO_COLOR", "1"),
        ("TERM", "xterm"),
    ]);
    let terminal = Terminal::start(bash.into(), 24, 80);
    terminal.wait_for(PROMPT);
    keys(&terminal, "publish com.t half", "publish com.t half");
    terminal.enter(key::CTRL_Z);
    let again = |screen: &str| {
        let after = screen.split("stopped with 148").nth(1);
        after.is_some_and(|after| after.matches("publish com.t half").count() == 1)
    };
    terminal.wait_until("the line once, behind that", again);
    keys(&terminal, " and half", "publish com.t half and half");
    keys(&terminal, key::CTRL_C, "");
    keys(&terminal, "whoa\t", "whoami");
}

#[test]
fn a_signal_in_the_midst_of_a_line_leaves_the_terminal_as_it_was() {
    let router = Router::start();
    let terminal = typed(&router);
    keys(&terminal, "call com.half", "call com.half");
    terminal.signal(Signal::TERM);
    let left = terminal.wait();
    assert_eq!(left.code, Some(143));
    // Pasted text comes in no brackets any more, and what follows is on a line of its own.
    assert!(
        left.bytes.ends_with("\u{1b}[?2004l\r\n"),
        "{:?}",
        left.bytes
    );
}

#[test]
fn a_flood_of_events_leaves_the_typed_line_as_it_is() {
    let router = Router::start();
    let terminal = typed(&router);
    terminal.line("subscribe com.t");
    terminal.wait_for("subscribed");
    keys(&terminal, "publish com.u half", "publish com.u half");
    let mut publisher = router
        .wamp(["publish", "com.t", "-n", "20000", "flood"])
        .start();
    terminal.wait_for_once("events not shown");
    terminal.enter(" and half");
    terminal.wait_until("the whole line", |screen| {
        line(screen).trim_end() == "publish com.u half and half"
    });
    publisher.kill();
    // Nothing else is in the line's row, and no row has a piece of another.
    terminal.line("");
    let torn = |row: &&String| row.contains("com.t") && !row.ends_with("com.t  flood");
    let rows = terminal.rows();
    let torn = rows
        .iter()
        .filter(torn)
        .filter(|row| !row.contains("subscribe"));
    assert_eq!(torn.count(), 0, "{rows:#?}");
}
