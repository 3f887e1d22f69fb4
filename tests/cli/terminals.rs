//! Commands at a terminal: keys that are signals, sizes, a window that is closed, streams that are no terminal.

use std::io::{Read as _, pipe};

use crate::support::pty::key;
use crate::support::{Router, Signal, wamp};

#[test]
fn the_terminal_changes_the_layout_and_never_a_value() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let call = router.wamp(["call", "com.echo", "1", "b=[1,2]"]);
    let left = call.at_terminal().wait();
    assert_eq!(left.code, Some(0));
    let value: serde_json::Value = serde_json::from_str(&left.text).unwrap();
    assert_eq!(
        value,
        serde_json::json!({"args": [1], "kwargs": {"b": [1, 2]}})
    );
    assert!(left.text.contains("\n  \"args\": [\n"), "{}", left.text);

    // Standard output alone decides.
    let (mut reader, writer) = pipe().unwrap();
    let call = router.wamp(["call", "com.echo", "1", "b=[1,2]"]);
    assert_eq!(call.stdout(writer).at_terminal().wait().text, "");
    let mut piped = String::new();
    reader.read_to_string(&mut piped).unwrap();
    assert_eq!(piped, "{\"args\":[1],\"kwargs\":{\"b\":[1,2]}}\n");
}

#[test]
fn ctrl_c_leaves_and_a_closed_window_ends_it() {
    let router = Router::start();
    let start = || {
        let subscribe = router.wamp(["subscribe", "com.t"]).at_terminal();
        subscribe.wait_for("wamp: subscribed to com.t");
        subscribe
    };
    let subscribe = start();
    subscribe.enter(key::CTRL_C);
    assert_eq!(subscribe.wait().code, Some(130));

    assert_eq!(start().hang_up().code, None);

    let subscribe = start();
    subscribe.signal(Signal::TERM);
    assert_eq!(subscribe.wait().code, Some(0));
}

#[test]
fn help_is_as_wide_as_the_terminal() {
    for columns in [40, 400] {
        let help = wamp(["call", "-h"]).at_terminal_of(100, columns).wait();
        // Lines that the terminal has wrapped are one. Those of the usage are not wrapped before.
        let lines = help.text.lines().filter(|line| !line.starts_with("Usage"));
        let widest = lines.map(|line| line.chars().count()).max();
        let screen = usize::from(columns.min(100));
        assert!(
            (screen / 2..=screen).contains(&widest.unwrap()),
            "{}",
            help.text
        );
    }
}
