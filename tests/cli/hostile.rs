//! The REPL's terminal and what the remote side would do with it.

use super::editing::{PROMPT, keys, line, typed};
use crate::support::pty::{Terminal, key};
use crate::support::{PATIENCE, Router, Wamp};

/// Text that would clear the screen, write a title, ring, turn the reading around and hide.
const EVIL: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{200b}\r\u{8}evil";

/// The same as far as a URI may have it.
fn evil_uri() -> String {
    format!("com.evil{}", EVIL.replace(char::is_whitespace, ""))
}

fn subscribed(router: &Router) -> Terminal {
    let terminal = typed(router);
    terminal.line("subscribe com. -m prefix");
    terminal.wait_until("a prompt after it", |screen| {
        let after = screen.split_once("wamp: subscribed to com.");
        after.is_some_and(|(_, after)| after.contains(PROMPT))
    });
    terminal
}

fn publish(router: &Router, topic: &str, value: &str) {
    let value = format!(":s={value}");
    router.wamp(["publish", topic, &value]).run().clean();
}

/// Leaves, and answers all that came to the terminal.
fn leave(terminal: Terminal) -> String {
    terminal.enter(key::CTRL_D);
    let left = terminal.wait();
    assert_eq!(left.code, Some(0), "{}", left.text);
    left.bytes
}

#[test]
fn control_characters_of_others_are_shown_and_not_obeyed() {
    let router = Router::start();
    let terminal = subscribed(&router);
    keys(&terminal, "call com.half", "call com.half");
    publish(&router, &evil_uri(), EVIL);
    terminal.wait_for("owned");
    let screen = terminal.wait_until("the line", |screen| {
        line(screen).trim_end() == "call com.half"
    });
    assert!(screen.contains("wamp: subscribed to com."), "{screen}");
    keys(&terminal, key::CTRL_C, "");
    let bytes = leave(terminal);
    for evil in [
        "\u{1b}[2J",
        "\u{1b}]0;",
        "\u{7}",
        "\u{9b}",
        "\u{202e}",
        "\u{200b}",
        "\u{8}",
    ] {
        assert!(!bytes.contains(evil), "{evil:?} in {bytes:?}");
    }
}

#[test]
fn names_of_others_are_neither_completed_nor_hinted_as_keys() {
    let router = Router::start();
    let _callee = router.register([&evil_uri(), "--echo", "-q"]);
    let _other = router.register(["com.evidence", "--echo", "-q"]);
    let terminal = typed(&router);
    keys(&terminal, "call com.evi", "call com.evi");
    // As soon as the honest name is known the other one is as well: it was registered before.
    loop {
        terminal.enter(key::TAB);
        terminal.enter("=");
        let screen = terminal.wait_until("=", |screen| line(screen).contains('='));
        if line(&screen).trim_end() == "call com.evidence =" {
            break;
        }
        keys(&terminal, key::BACKSPACE, "call com.evi");
    }
    keys(&terminal, key::CTRL_C, "");
    let bytes = leave(terminal);
    assert!(
        !bytes.contains("\u{1b}]0;") && !bytes.contains("\u{1b}[2J"),
        "{bytes:?}"
    );
}

#[test]
fn huge_events_are_shown_or_counted_and_the_line_stays() {
    let router = Router::start();
    let terminal = subscribed(&router);
    keys(&terminal, "call com.half", "call com.half");
    let huge = format!("{}\n", "x".repeat(700_000)).repeat(5);
    let lines = router.wamp(["publish", "com.t", "--lines", "-q"]);
    let ended = lines.input(format!("{huge}the last one\n")).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    terminal.wait_for("the last one");
    keys(&terminal, " and half", "call com.half and half");
    keys(&terminal, key::CTRL_C, "");
    leave(terminal);
}

#[test]
fn progress_of_a_call_and_a_burst_of_events_come_side_by_side() {
    let router = Router::start();
    let script = "i=0; while [ $i -lt 300 ]; do echo \"part-$i\"; i=$((i+1)); done";
    let _callee = router.register(["com.parts", "--lines", "-q", "--", "sh", "-c", script]);
    let terminal = subscribed(&router);
    let mut burst = publisher(&router).start();
    terminal.wait_for_once("events not shown");
    terminal.line("call com.parts -p; ! echo done");
    terminal.wait_for_once("\ndone");
    burst.kill();
    terminal.wait_until("a prompt", |screen| line(screen).trim().is_empty());
    let bytes = leave(terminal);
    // Every part, for it was asked for, in order and on a line of its own.
    let rows = bytes.lines().map(plain);
    let parts = rows
        .filter(|row| row.starts_with("part-"))
        .collect::<Vec<_>>();
    let expected = (0..300).map(|number| format!("part-{number}"));
    assert!(parts.iter().cloned().eq(expected), "{parts:?}");
}

#[test]
fn what_is_typed_under_five_thousand_events_a_second_stays_as_it_is() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let terminal = subscribed(&router);
    let _flood = publisher(&router).args(["--rate", "5000"]).start();
    terminal.wait_for_once("events not shown");
    let mut text = String::new();
    for word in [
        "call ",
        "com.echo ",
        "'日本 ",
        "e\u{301}tude ",
        "wörter ",
        "and ",
    ] {
        // Mistyped, and put right.
        terminal.enter(word);
        terminal.enter("xy");
        terminal.enter(key::BACKSPACE);
        terminal.enter(key::BACKSPACE);
        text.push_str(word);
        let typed = |screen: &str| line(screen).trim_end() == text.trim_end();
        terminal.wait_until(&text, typed);
    }
    terminal.line("so on'");
    terminal.wait_for_once("\n日本 e\u{301}tude wörter and so on\r");
}

/// Publishes as fast as it can, longer than any test takes.
fn publisher(router: &Router) -> Wamp {
    let patience = PATIENCE.as_secs() * 100_000;
    router.wamp(["publish", "com.t", "burst", "-n", &patience.to_string()])
}

/// A line of the output without what moves the cursor.
fn plain(row: &str) -> String {
    let mut parts = row.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut plain, part| {
        plain.push_str(
            part.trim_start_matches(|next: char| !next.is_alphabetic())
                .get(1..)
                .unwrap_or_default(),
        );
        plain
    })
}
