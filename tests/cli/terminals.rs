//! Commands at a terminal: keys that are signals, sizes, a window that is closed, streams that are no terminal.

use std::io::{Read as _, pipe};
use std::process::Command;

use crate::support::pty::{Left, Terminal, key};
use crate::support::{Fifo, Router, Running, Wamp, wamp};

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

#[test]
fn a_narrow_terminal_takes_nothing_away() {
    let router = Router::start();
    let long = "x".repeat(150);
    let _callee = router.register([&format!("com.{long}"), "--echo", "-q"]);
    for columns in [40, 400] {
        let list = router.wamp(["ls", "procedures"]);
        let list = list.at_terminal_of(24, columns).wait();
        assert!(list.text.contains(&long), "{}", list.text);

        let subscribe = router.wamp(["subscribe", "com.t", "-n", "1"]);
        let subscribe = subscribe.at_terminal_of(24, columns);
        subscribe.wait_for("subscribed to com.t");
        router.wamp(["publish", "com.t", &long]).run().clean();
        let left = subscribe.wait();
        assert!(
            left.text.ends_with(&format!("com.t  {long}")),
            "{}",
            left.text
        );
    }
}

#[test]
fn what_has_no_room_side_by_side_goes_below() {
    let router = Router::start();
    let _callee = router.register(["com.shop.order", "--echo", "-q"]);
    for command in [
        &["ls", "procedures"][..],
        &["show", "com.shop.order"],
        &["doctor", &router.url],
    ] {
        let left = router.wamp(command).at_terminal_of(24, 40).wait();
        assert_eq!(left.code, Some(0), "{}", left.text);
        // Lines that the terminal has wrapped are one: that is for it to do with single words only.
        let lines = left.text.lines().filter(|line| line.trim().contains(' '));
        let widest = lines.map(|line| line.chars().count()).max();
        assert!(widest <= Some(40), "{}", left.text);
    }
    let list = router.wamp(["ls", "procedures"]).at_terminal_of(24, 40);
    let list = list.wait().text;
    assert!(list.contains("URI           com.shop.order\n"), "{list}");
}

#[test]
fn who_types_a_secret_is_told_who_can_see_it() {
    let router = Router::start();
    let told = |more: &[&str]| {
        let call = ["call", "com.none", "--authid", "joe", "--secret"];
        router.wamp(call).args(more).at_terminal().wait().text
    };
    let warning = "wamp: warning: the secret of --secret plain: is in the list of processes";
    assert!(told(&["plain:pencil"]).starts_with(warning));
    for more in [&["plain:pencil", "-q"][..], &["env:HOME"]] {
        let text = told(more);
        assert!(!text.contains("list of processes"), "{text}");
    }
}

#[test]
fn what_comes_from_afar_does_nothing_to_the_terminal() {
    let router = Router::start();
    let _callee = router.register(["com.evil", "--return", "a\u{1b}[2J\u{7}b\u{202e}c\r\nd"]);
    // Raw is what somebody has asked for.
    for format in ["auto", "json", "pretty", "table"] {
        let call = router.wamp(["call", "com.evil", "-o", format]);
        let left = call.at_terminal().wait();
        let harmless = |c: char| c == '\n' || c == '\r' || !c.is_control() && c != '\u{202e}';
        assert!(
            left.bytes.chars().all(harmless),
            "{format}: {:?}",
            left.bytes
        );
        assert!(left.text.contains("[2J"), "{format}: {}", left.text);
    }
}

/// Whether standard output and standard error have colours, with this stream not at the terminal.
fn colors(
    router: &Router,
    aside: Option<u8>,
    variables: &[(&str, &str)],
    options: &[&str],
) -> [bool; 2] {
    // A table has a heading in colour, and an error the start of its line.
    let printed = |command: [&str; 4]| {
        let (mut reader, writer) = pipe().unwrap();
        let mut wamp = router.wamp(command).args(options);
        for (name, value) in variables {
            wamp = wamp.env(name, value);
        }
        wamp = match aside {
            Some(1) => wamp.stdout(writer),
            Some(2) => wamp.stderr(writer),
            _ => wamp.stdin(writer),
        };
        let mut printed = wamp.at_terminal().wait().bytes;
        reader.read_to_string(&mut printed).unwrap();
        printed
    };
    let list = printed(["ls", "procedures", "-o", "table"]);
    let error = printed(["call", "com.none", "-o", "table"]);
    assert!(list.contains("URI") && error.contains("wamp: error:"));
    [list, error].map(|text| text.contains('\u{1b}'))
}

#[test]
fn colours_are_a_matter_of_each_stream() {
    let router = Router::start();
    let _callee = router.register(["com.p", "--echo", "-q"]);
    let no_color = &[("NO_COLOR", "1")][..];
    let force = &[("CLICOLOR_FORCE", "1")][..];
    let dumb = &[("TERM", "dumb")][..];
    for (aside, variables, options, expected) in [
        (None, &[][..], &[][..], [true, true]),
        (Some(1), &[], &[], [false, true]),
        (Some(2), &[], &[], [true, false]),
        (None, no_color, &[], [false, false]),
        (None, &[("NO_COLOR", "")], &[], [true, true]),
        (None, no_color, &["--color", "always"], [true, true]),
        (None, &[], &["--color", "never"], [false, false]),
        (Some(1), force, &[], [true, true]),
        (Some(2), &[], &["--color", "always"], [true, true]),
        (Some(1), &[("CLICOLOR_FORCE", "0")], &[], [false, true]),
        (None, dumb, &[], [false, false]),
        (None, dumb, &["--color", "always"], [true, true]),
    ] {
        let found = colors(&router, aside, variables, options);
        assert_eq!(found, expected, "{aside:?} {variables:?} {options:?}");
    }
}

/// Each kind of command that goes on, at work.
struct Kinds {
    /// Whom the call waits for.
    _callee: Running,
    at_work: Vec<(&'static str, Terminal)>,
}

impl Kinds {
    fn start(router: &Router) -> Self {
        let mut callee = router.register(["com.slow", "--echo", "--delay", "1h", "-v"]);
        let call = router.wamp(["call", "com.slow"]).at_terminal();
        callee.note("called");
        let start = |wamp: Wamp, text: &str| {
            let terminal = wamp.at_terminal();
            terminal.wait_for(text);
            terminal
        };
        let register = ["register", "com.p", "--force", "--", "sleep", "1000"];
        let serve = ["router", "--listen", "ws://127.0.0.1:0/ws"];
        let front = "echo started; exec sleep 1000";
        let front = ["router", "--port", "0", "--", "sh", "-c", front];
        let at_work = vec![
            ("call", call),
            (
                "subscribe",
                start(router.wamp(["subscribe", "com.t"]), "subscribed"),
            ),
            ("register", start(router.wamp(register), "registered")),
            ("ping", start(router.wamp(["ping", "-n", "0"]), "1: ")),
            ("router", start(wamp(serve), "listening")),
            ("router -- CMD", start(wamp(front), "started")),
        ];
        Self {
            _callee: callee,
            at_work,
        }
    }

    /// Does this to each of them. Answers their exit codes.
    fn end(self, by: impl Fn(Terminal) -> Left) -> Vec<(&'static str, Option<i32>)> {
        let ended = self.at_work.into_iter().map(|(kind, terminal)| {
            let left = by(terminal);
            assert!(!left.text.contains("panicked"), "{kind}: {}", left.text);
            (kind, left.code)
        });
        ended.collect()
    }
}

#[test]
fn ctrl_c_once_and_twice() {
    let router = Router::start();
    for keys in [key::CTRL_C.to_owned(), key::CTRL_C.repeat(2)] {
        let ended = Kinds::start(&router).end(|terminal| {
            terminal.enter(&keys);
            terminal.wait()
        });
        let expected = [
            ("call", Some(130)),
            ("subscribe", Some(130)),
            ("register", Some(130)),
            ("ping", Some(130)),
            ("router", Some(0)),
            ("router -- CMD", Some(130)),
        ];
        assert_eq!(ended, expected, "{keys:?}");
    }
}

#[test]
fn closing_the_window_ends_everything() {
    let router = Router::start();
    let ended = Kinds::start(&router).end(Terminal::hang_up);
    let expected = [
        ("call", Some(143)),
        ("subscribe", Some(0)),
        ("register", Some(0)),
        ("ping", Some(143)),
        ("router", Some(0)),
        // That is how the command has ended.
        ("router -- CMD", Some(129)),
    ];
    assert_eq!(ended, expected);
}

#[test]
fn closing_the_window_ends_what_answers_calls() {
    let router = Router::start();
    let fifo = Fifo::new();
    let mut lines = fifo.lines();
    let tell =
        "trap 'echo ended > \"$FIFO\"; exit' TERM; echo started > \"$FIFO\"; sleep 1000 & wait";
    let register = router.wamp(["register", "com.p", "--", "sh", "-c", tell]);
    let register = register.env("FIFO", fifo.path()).at_terminal();
    register.wait_for("registered com.p");
    let _call = router.wamp(["call", "com.p"]).start();
    assert_eq!(lines.next().as_deref(), Some("started"));
    assert_eq!(register.hang_up().code, Some(0));
    assert_eq!(lines.next().as_deref(), Some("ended"));
}

#[test]
fn ctrl_z_and_fg_lose_no_event() {
    let router = Router::start();
    // What a shell does for whoever types there.
    let script = "set -m; \"$WAMP\" subscribe com.t -n 3; echo \"stopped with $?\"; fg";
    let mut bash = Command::new("bash");
    bash.args(["-c", script]).env_clear();
    bash.envs([("WAMP", env!("CARGO_BIN_EXE_wamp")), ("PATH", env!("PATH"))]);
    bash.envs([("WAMP_URL", &*router.url), ("XDG_CONFIG_HOME", "/nowhere")]);
    let terminal = Terminal::start(bash.into(), 24, 80);
    terminal.wait_for("subscribed to com.t");
    let publish = |value| router.wamp(["publish", "com.t", value]).run().clean();
    publish("1");
    terminal.wait_for("com.t  1");
    // Stopped, it does not go on before bash has it in front again: that is here when the text is.
    terminal.enter(key::CTRL_Z);
    terminal.wait_for("stopped with 148");
    publish("2");
    publish("3");
    let left = terminal.wait();
    assert_eq!(left.code, Some(0), "{}", left.text);
    assert!(left.text.ends_with("com.t  2\ncom.t  3"), "{}", left.text);
}
