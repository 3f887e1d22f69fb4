//! `wamp top`.

use serde_json::Value;

use super::scripted::{SILENCE, Scripted};
use crate::support::pty::key;
use crate::support::{Router, Signal, wamp};

/// The cell of a row in what was printed.
fn cell<'a>(printed: &'a str, row: &str) -> &'a str {
    let line = printed.lines().find(|line| line.starts_with(row));
    let line = line.unwrap_or_else(|| panic!("no {row} in\n{printed}"));
    line[row.len()..].trim()
}

#[test]
fn once_prints_one_table() {
    let router = Router::start();
    let _callee = router.register(["com.echo", "--echo"]);
    let top = router.wamp(["top", "--once", "-i", "50ms"]);
    let printed = top.run().clean();
    assert_eq!(cell(&printed, "realm"), "realm1");
    assert!(cell(&printed, "sessions").starts_with("2, "), "{printed}");
    let holds = "0 subscriptions, 1 registrations, 0 retained events, 0 in history";
    assert_eq!(cell(&printed, "holds"), holds);
    assert_eq!(cell(&printed, "calls"), "0 pending");
    assert!(cell(&printed, "lock").contains("p99 "), "{printed}");
    // The one that looks is seen, too.
    let calls = cell(&printed, "CALL");
    assert!(!calls.starts_with("0 "), "{printed}");
    assert!(cell(&printed, "REGISTER ").starts_with("0 "), "{printed}");
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
}

#[test]
fn objects_for_programs() {
    let router = Router::start();
    let top = router.wamp(["top", "-n", "2", "-i", "20ms", "-o", "json"]);
    let printed = top.run().clean();
    let looks: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(looks.len(), 2);
    for look in looks {
        assert_eq!(look["type"], "top");
        let details = &look["details"];
        assert_eq!(details["sessions"], 1);
        assert_eq!(details["calls_pending"], 0);
        for rate in ["in_per_s", "out_per_s", "in_bytes_per_s", "lock_p99_us"] {
            assert!(details[rate].as_f64().unwrap() > 0.0, "{rate}: {details}");
        }
        assert!(details["in_by_type"]["CALL"].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn a_router_that_does_not_tell_is_not_watched() {
    let bare = Scripted::without_procedures();
    let error = bare.wamp(["top", "--once"]).run().failed(6);
    assert_eq!(
        error,
        "wamp: error: the router does not tell how it does: no such procedure: wamp.router.metrics\n  \
         hint: that is known to `wamp router` alone; `wamp ping` and `wamp ls` watch others\n"
    );
    let other = Scripted::start(|_, _| Ok("fine".into()));
    let error = other.wamp(["top", "--once"]).run().failed(6);
    assert!(
        error.contains("wamp.router.metrics is something else"),
        "{error}"
    );
}

#[test]
fn who_may_not_call_it_is_told_so() {
    let (folder, _) = crate::support::file(
        "wamp.toml",
        "[[realms]]\nname = \"realm1\"\nanonymous = { role = \"guest\" }\n[[realms.roles]]\nname = \"guest\"\n",
    );
    let path = folder.path().join("wamp.toml");
    let router = Router::with(&["-f", path.to_str().unwrap()]);
    let error = router.wamp(["top", "--once"]).run().failed(7);
    assert!(error.contains("wamp.router.metrics"), "{error}");
}

#[test]
fn a_terminal_is_drawn_over_and_left_as_it_was() {
    let router = Router::start();
    let _subscriber = router.subscribe(["com.t"]);
    for quit in ["q", key::CTRL_C] {
        let terminal = router.wamp(["top", "-i", "50ms"]).at_terminal();
        let screen = terminal.wait_for("sessions  2, ");
        assert!(
            screen.starts_with("wamp top   every 50ms   q to quit"),
            "{screen}"
        );
        // A later look has another time, in the same place.
        terminal.enter(key::CTRL_Z);
        let screen = terminal.wait_for("up        1s");
        assert_eq!(screen.matches("realm     realm1").count(), 1, "{screen}");
        terminal.enter(quit);
        let left = terminal.wait();
        assert_eq!(left.code, Some(if quit == "q" { 0 } else { 130 }));
        let end = left.bytes.trim_end_matches(['^', 'C', '\r', '\n']);
        assert!(
            end.contains("\u{1b}[?1049h") && end.ends_with("\u{1b}[?1049l"),
            "{end:?}"
        );
        assert!(end.contains("\u{1b}[?25h"), "{end:?}");
    }
}

#[test]
fn sigterm_and_a_lost_router_leave_the_terminal_as_it_was() {
    let mut router = Router::apart(&[]);
    let terminal = router.wamp(["top", "-i", "50ms"]).at_terminal();
    terminal.wait_for("sessions  1, ");
    terminal.signal(Signal::TERM);
    let left = terminal.wait();
    assert_eq!(left.code, Some(143));
    assert!(left.bytes.ends_with("\u{1b}[?1049l"), "{:?}", left.bytes);

    let terminal = router.wamp(["top", "-i", "50ms"]).at_terminal();
    terminal.wait_for("sessions  1, ");
    router.kill();
    let left = terminal.wait();
    assert_eq!(left.code, Some(8));
    let (_, after) = left.bytes.split_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("session lost"), "{after:?}");
}

/// Nothing is cut off where it can be helped: columns become a list. What is too much even so is said, with the room that it takes.
#[test]
fn a_narrow_or_dumb_terminal_is_served_too() {
    let router = Router::start();
    let terminal = router.wamp(["top", "-i", "50ms"]).at_terminal_of(12, 30);
    let screen = terminal.wait_for("wamp top needs");
    assert!(!screen.contains("realm"), "{screen}");
    terminal.enter("q");
    assert_eq!(terminal.wait().code, Some(0));
    let terminal = router.wamp(["top", "-i", "50ms"]).at_terminal_of(12, 40);
    let screen = terminal.wait_for("not all fits: that takes ");
    assert!(screen.contains("sessions  1, "), "{screen}");
    assert!(screen.lines().count() <= 12, "{screen}");
    // In a window that is made as large as it says, all fits.
    terminal.resize(40, 100);
    terminal.wait_until("no hint", |screen| {
        screen.contains("CALL ") && !screen.contains("not all fits")
    });
    terminal.enter("q");
    assert_eq!(terminal.wait().code, Some(0));

    let dumb = router.wamp(["top", "-i", "50ms", "-n", "2"]);
    let left = dumb.env("TERM", "dumb").at_terminal().wait();
    assert_eq!(left.code, Some(0));
    assert!(!left.bytes.contains("\u{1b}["), "{:?}", left.bytes);
    assert_eq!(left.text.matches("realm     realm1").count(), 2);
}

#[test]
fn it_gives_up_a_router_that_is_silent() {
    let silent = Scripted::start(|_, _| Err(SILENCE));
    let error = silent
        .wamp(["top", "--once", "-t", "50ms"])
        .run()
        .failed(124);
    assert!(error.contains("wamp.router.metrics"), "{error}");
    let error = wamp(["top", "--once", "-n", "2"]).run().failed(2);
    assert!(error.contains("--once"), "{error}");
}
