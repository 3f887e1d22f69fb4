//! `wamp repl`: lines that are typed at a terminal, and lines that are not.

use std::path::Path;

use tempfile::TempDir;

use crate::support::pty::{Terminal, key};
use crate::support::{Ended, Fifo, Router, Signal, Wamp, content, file, wamp};

/// `wamp repl` of this router with these commands.
fn commands(router: &Router, commands: &str) -> Ended {
    router.wamp(["repl", "-c", commands]).run()
}

/// `wamp repl` at a terminal, with its prompt.
fn typed(wamp: Wamp) -> Terminal {
    let terminal = wamp.at_terminal();
    terminal.wait_for(PROMPT);
    terminal
}

/// Types a line, and waits until something else can be typed.
#[track_caller]
fn enter(terminal: &Terminal, line: &str, expected: &str) {
    terminal.line(line);
    let seen = |screen: &str| {
        let after = screen.rfind(line).map(|at| &screen[at + line.len()..]);
        after.is_some_and(|after| after.contains(expected) && after.contains(PROMPT))
    };
    terminal.wait_until(expected, seen);
}

/// Gives up what is typed.
#[track_caller]
fn clear(terminal: &Terminal) {
    terminal.enter(key::CTRL_C);
    terminal.wait_until("a new line", |screen| screen.trim_end().ends_with(PROMPT));
}

const PROMPT: &str = " ›";

/// Every command; it passes on other routers as well.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/repl.wamp");

#[test]
fn commands_share_a_session_and_the_last_result() {
    let router = Router::start();
    let ended = commands(
        &router,
        "register com.echo --echo; call com.echo 2 n=3; expect 2 n=3; call com.echo $_.kwargs.n; expect 3; jobs",
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines = ended.stdout.lines().collect::<Vec<_>>();
    let expected = [
        r#"{"args":[2],"kwargs":{"n":3}}"#,
        "3",
        "1 registration com.echo",
    ];
    assert_eq!(lines, expected);
    assert_eq!(ended.stderr, "wamp: registered com.echo\n");
}

#[test]
fn the_first_failure_ends_it_with_its_code() {
    let router = Router::start();
    for (line, code, says) in [
        ("expect 5; call never", 9, "there is no result yet"),
        (
            "call nothing.there; whoami",
            6,
            "no such procedure: nothing.there",
        ),
        ("unsub 3; whoami", 6, "no such job: 3"),
        ("subscribe t -q", 2, "unexpected argument '-q'"),
        ("cal x; whoami", 2, "a similar subcommand exists: 'call'"),
        ("call p 'a", 2, "the ' is not closed"),
        ("call p $_", 2, "there is no result yet"),
        (
            "call p -u ws://h/",
            2,
            "cannot be used in a line of the REPL",
        ),
        ("call p --stream", 2, "standard input is not free for that"),
        ("source /nowhere/file", 2, "cannot read /nowhere/file"),
        ("! exit 42", 42, "exit code 42"),
        ("wait com.t 1ms", 124, "0 of 1 events of com.t within 1ms"),
    ] {
        let stderr = commands(&router, line).failed(code);
        assert!(stderr.contains(says), "{line}: {stderr}");
    }
}

#[test]
fn a_caret_is_under_the_word_that_is_wrong() {
    let router = Router::start();
    let stderr = commands(&router, "whoami --help; call p --jobs 3").stderr;
    let lines = "  whoami --help; call p --jobs 3\n                        ^\n";
    assert!(stderr.contains(lines), "{stderr}");
}

#[test]
fn what_stands_behind_a_command_of_the_shell_is_run_too() {
    let router = Router::start();
    let ended = commands(&router, "! echo 'hi; there'; expect 5; ! echo never");
    assert_eq!(
        (ended.code, &*ended.stdout),
        (Some(9), "hi; there\n"),
        "{ended:?}"
    );
    // Lines that stand by themselves are the shell's to their ends.
    let piped = router.wamp(["repl"]).input("! echo hi; echo there\n");
    assert_eq!(piped.run().clean(), "hi\nthere\n");
}

#[test]
fn a_caret_is_under_what_a_command_does_not_know() {
    let router = Router::start();
    for (line, word, code) in [
        ("set output yaml", "yaml", 2),
        ("unsub 99", "99", 6),
        ("mute 99", "99", 6),
        ("subscribe t; unreg 1", "1", 2),
        ("help nope", "nope", 2),
    ] {
        let stderr = commands(&router, line).failed(code);
        let indent = " ".repeat(line.find(word).unwrap());
        let lines = format!("\n  {line}\n  {indent}^\n");
        assert!(stderr.contains(&lines), "{stderr}");
    }
}

#[test]
fn what_to_try_fits_what_is_wrong() {
    let router = Router::start();
    let folder = TempDir::new().unwrap();
    let latin = folder.path().join("latin.wamp");
    std::fs::write(&latin, b"caf\xe9\n").unwrap();
    for file in [latin.to_str().unwrap(), "/no/such/file"] {
        for stderr in [
            router.wamp(["repl", "-f", file]).run().failed(2),
            commands(&router, &format!("source {file}")).failed(2),
        ] {
            assert!(!stderr.contains("hint"), "{stderr}");
        }
    }
    let stderr = commands(&router, "router").failed(2);
    assert!(
        stderr.contains("hint: it is a command of the shell: `! wamp router`"),
        "{stderr}"
    );
    assert!(!stderr.contains("mute"), "{stderr}");
}

#[test]
fn a_file_that_runs_itself_is_named_once() {
    let router = Router::start();
    let (_folder, path) = file("self.wamp", "");
    let path = path.to_str().unwrap();
    std::fs::write(path, format!("source {path}\n")).unwrap();
    let stderr = router.wamp(["repl", "-f", path]).run().failed(2);
    let line = format!("wamp: error: {path}:1: source: 16 files in one another are enough\n");
    assert_eq!(stderr, line);
}

#[test]
fn what_ends_or_falls_silent_is_told() {
    let router = Router::start();
    let lines = "subscribe com.t; register com.p --echo; mute 1; mute 1; unsub 1; unreg 2";
    let ended = commands(&router, lines);
    let told = "muted: com.t\nwamp: heard again: com.t\nwamp: unsubscribed from com.t\n\
                wamp: unregistered com.p\n";
    assert!(ended.stderr.ends_with(told), "{ended:?}");
    let quiet = router.wamp(["repl", "-q", "-c", lines]).run();
    assert_eq!(quiet.clean(), "");
}

#[test]
fn going_on_after_failures_keeps_the_first_code() {
    let router = Router::start();
    let ended = router
        .wamp(["repl", "--keep-going", "-c"])
        .args(["call nothing; expect 5; ! echo here"])
        .run();
    assert_eq!(
        (ended.code, &*ended.stdout),
        (Some(6), "here\n"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("there is no result yet"));
}

#[test]
fn a_script_is_a_test_of_a_live_system() {
    let router = Router::start();
    let (_folder, path) = file(
        "test.wamp",
        r#"
# What is subscribed goes on, and so do registrations.
subscribe com.t
register com.fail --error com.error.full
register com.echo --echo
publish com.t 7 --include-me
wait com.t
expect 7
expect --no-event com.t --within 10ms
expect --error com.error.full -- call com.fail
call com.echo {"a":
  [1, 2]}
expect {"a": [1, 2]}
expect --contains 'a red' -- call com.echo 'a red hat'
call com.echo $_[0]
unsub 1
unreg 2 3
expect --error wamp.error.no_such_procedure -- call com.echo
set output json
time whoami
quit
call com.never
"#,
    );
    let path = path.to_str().unwrap();
    let ended = router.wamp(["repl", "-f", path]).run();
    // `$_[0]` of text is nothing.
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("there is no [0] in the last result"));

    let text = std::fs::read_to_string(path).unwrap();
    let text = text.replace("call com.echo $_[0]\n", "call com.echo $_\n");
    std::fs::write(path, text).unwrap();
    let ended = router.wamp(["repl", "-f", path]).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("a red hat\na red hat\n"), "{ended:?}");
}

#[test]
fn one_waits_for_a_topic_among_several() {
    let router = Router::start();
    let ended = commands(
        &router,
        "subscribe com.a com.b; publish com.b 1 --include-me; publish com.a 2 --include-me; \
         wait com.a; expect 2; expect --no-event com.a --within 10ms; wait com.b; expect 1",
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = commands(
        &router,
        "subscribe com. org. -m prefix; publish org.b 1 --include-me; publish com.a 2 --include-me; \
         wait com.; expect 2",
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn a_script_has_every_command() {
    let router = Router::with(&["--realm", "realm1", "--realm", "interop.repl.other"]);
    let help = commands(&router, "help").clean();
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let names = commands.map(|line| line.split_whitespace().next().unwrap());
    let script = content(Path::new(SCRIPT));
    let has = |name| {
        script
            .lines()
            .any(|line| line.split(' ').next() == Some(name))
    };
    let missing = names.filter(|name| !has(name)).collect::<Vec<_>>();
    assert_eq!(missing, [""; 0]);

    let folder = TempDir::new().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_wamp")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let ended = router
        .wamp(["repl", "-f", SCRIPT])
        .env("PATH", path)
        .env("XDG_CONFIG_HOME", folder.path())
        .current_dir(folder.path())
        .run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.ends_with("\nto the end\n"), "{ended:?}");
}

#[test]
fn a_failure_in_a_file_is_told_with_its_place() {
    let router = Router::start();
    let (_folder, path) = file("test.wamp", "whoami\n\nexpect 5\n");
    let path = path.to_str().unwrap();
    let ended = router.wamp(["repl", "-f", path]).run();
    assert_eq!(ended.code, Some(9), "{ended:?}");
    let line = format!("wamp: error: {path}:3: there is no result yet\n");
    assert_eq!(ended.stderr, line);
    let (_folder, path) = file("test.wamp", "whoami\n\n! exit 3\n");
    let path = path.to_str().unwrap();
    let ended = router.wamp(["repl", "-f", path]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let lines = format!("wamp: exit code 3\nwamp: stopped at {path}:3\n");
    assert_eq!(ended.stderr, lines);
}

#[test]
fn lines_come_from_a_pipe() {
    let router = Router::start();
    let lines = "register p --return 7\ncall p\nexpect 8\ncall p\n";
    let ended = router.wamp(["repl"]).input(lines).run();
    assert_eq!((ended.code, &*ended.stdout), (Some(9), "7\n"), "{ended:?}");
    assert!(ended.stderr.contains("expected 8, got 7"), "{ended:?}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_command() {
    let router = Router::start();
    let lines = "\u{feff}! echo hi\n";
    let piped = router.wamp(["repl"]).input(lines);
    assert_eq!(piped.run().clean(), "hi\n");
    let (_folder, path) = file("test.wamp", lines);
    let read = router.wamp(["repl", "-f", path.to_str().unwrap()]);
    assert_eq!(read.run().clean(), "hi\n");
}

#[test]
fn no_argument_swallows_the_lines_of_a_pipe() {
    let router = Router::start();
    let (_folder, path) = file("one.wamp", "call com.echo @-\n");
    let path = path.to_str().unwrap();
    for line in [
        "call com.echo @-",
        "call com.echo :=@-",
        "call com.echo --input @-",
        "publish com.t n:b=@-",
        "register com.p --return @-",
        "expect @-",
        "source -",
        &format!("source {path}"),
    ] {
        for arguments in [&["repl"][..], &["repl", "-f", "-"]] {
            let repl = router.wamp(arguments.iter().copied());
            let input = format!("{line}\nwhoami\n");
            let stderr = repl.input(input).run().failed(2);
            let says = "standard input is where the commands come from";
            assert!(stderr.contains(says), "{line}: {stderr}");
        }
    }
    // Where they come from elsewhere, it is free.
    let _callee = router.register(["com.echo", "--echo", "-q"]);
    let repl = router.wamp(["repl", "-c", "call com.echo @-"]);
    assert_eq!(repl.input("text").run().clean(), "text\n");
}

#[test]
fn what_tab_listens_to_is_not_listed() {
    let router = Router::start();
    let terminal = typed(router.wamp(["repl"]));
    enter(&terminal, "ls topics", "no topics");
    let mut other = router.subscribe(["wamp.session.on_join"]);
    enter(&terminal, "ls topics -o json", r#""subscriber_count":1"#);
    let screen = terminal.screen();
    assert!(!screen.contains(r#""subscriber_count":2"#), "{screen}");
    other.kill();
    // What somebody has typed is listed.
    enter(&terminal, "subscribe wamp.session.on_join", "subscribed");
    enter(&terminal, "ls topics wamp.session.on_j", "exact");
}

#[test]
fn other_realms_are_a_line_away() {
    let router = Router::with(&["--realm", "realm1", "--realm", "other"]);
    let ended = commands(
        &router,
        "subscribe t; realm other; jobs; register p --return 1; call p; realm realm1; call p",
    );
    assert_eq!((ended.code, &*ended.stdout), (Some(6), "1\n"), "{ended:?}");
    assert!(ended.stderr.contains("1 job has ended"), "{ended:?}");
    // Where there is no session, it stays where it is.
    let ended = commands(&router, "realm nowhere");
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[test]
fn a_router_in_the_process_serves_others_too() {
    let mut repl = wamp(["repl", "--embedded", "-c", "wait com.never 60s"]).start();
    let note = repl.note("a router listens on");
    let url = note
        .split([' ', ','])
        .find(|word| word.starts_with("ws://"));
    let ping = wamp(["ping", "-n", "1", "-u", url.unwrap()]).run();
    assert_eq!(ping.code, Some(0), "{ping:?}");
    repl.signal(Signal::TERM);
    assert_eq!(repl.wait().code, Some(143));
}

#[test]
fn events_come_above_the_line_that_is_typed() {
    let router = Router::start();
    let terminal = typed(router.wamp(["repl"]));
    enter(&terminal, "subscribe com.t", "subscribed to com.t");
    terminal.enter("call com.half");
    terminal.wait_for("call com.half");
    router.wamp(["publish", "com.t", "hello"]).run().clean();
    terminal.wait_until("the event above the line", |screen| {
        let event = screen.find("com.t  hello");
        event.is_some_and(|at| screen[at..].contains("› call com.half"))
    });
    terminal.line(".way");
    terminal.wait_until("the next prompt", |screen| {
        let error = screen.split_once("no such procedure: com.half.way");
        error.is_some_and(|(_, after)| after.contains(PROMPT))
    });
    enter(&terminal, "mute 1", "");
    router.wamp(["publish", "com.t", "unheard"]).run().clean();
    // Another line than before, so that it is its prompt that is waited for.
    enter(&terminal, "mute 1; jobs", "false");
    router.wamp(["publish", "com.t", "heard"]).run().clean();
    let screen = terminal.wait_for("com.t  heard");
    assert!(!screen.contains("unheard"), "{screen}");
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn a_job_is_ended_by_its_own_command() {
    let router = Router::start();
    let ended = commands(&router, "subscribe com.t; unreg 1");
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let (says, hint) = (
        "wamp: error: job 1 is a subscription\n",
        "  hint: end it with `unsub 1`\n",
    );
    assert!(ended.stderr.contains(says), "{ended:?}");
    assert!(ended.stderr.ends_with(hint), "{ended:?}");
}

#[test]
fn ctrl_c_cancels_a_call_and_nothing_else() {
    let router = Router::start();
    let fifo = Fifo::new();
    let mut heard = fifo.lines();
    let fifo = fifo.path();
    let script = "trap 'echo interrupted >\"$0\"; exit' TERM; echo called >\"$0\"; sleep 60 & wait";
    let command = ["com.slow", "--", "sh", "-c", script, fifo.to_str().unwrap()];
    let _callee = router.register(command);
    let terminal = typed(router.wamp(["repl"]));
    terminal.line("call com.slow");
    assert_eq!(heard.next().as_deref(), Some("called"));
    terminal.enter(key::CTRL_C);
    assert_eq!(heard.next().as_deref(), Some("interrupted"));
    terminal.wait_for("wamp: canceled");
    enter(&terminal, "whoami", "anonymous");
    // Without a command it only clears the line.
    terminal.enter("call com.x");
    terminal.wait_for("call com.x");
    clear(&terminal);
    enter(&terminal, "ls topics com.", "no topics");
    terminal.line("quit");
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn leaving_asks_once_while_there_are_registrations() {
    let router = Router::start();
    let terminal = typed(router.wamp(["repl"]));
    enter(&terminal, "register com.p --echo", "registered com.p");
    router.wamp(["call", "com.p", "5"]).run().clean();
    terminal.wait_for("called  com.p  5");
    terminal.enter(key::CTRL_D);
    // Before there is a prompt Ctrl-D is no key of the line.
    terminal.wait_until("a prompt after the question", |screen| {
        let after = screen.split_once("1 registration is live; Ctrl-D once more leaves");
        after.is_some_and(|(_, after)| after.contains(PROMPT))
    });
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn going_elsewhere_asks_once_while_there_are_registrations() {
    let router = Router::start();
    let terminal = typed(router.wamp(["repl"]));
    enter(&terminal, "register com.p --echo", "registered com.p");
    let asks = "1 registration is live; the same once more ends that";
    enter(&terminal, "realm realm1", asks);
    // Another line is no answer.
    enter(&terminal, "whoami", "anonymous");
    router.wamp(["call", "com.p", "5"]).run().clean();
    enter(&terminal, "connect ws://127.0.0.1:1", asks);
    enter(&terminal, "realm realm1 ", "1 job has ended");
    terminal.enter(key::CTRL_D);
    assert_eq!(terminal.wait().code, Some(0));
}

#[test]
fn a_lost_session_comes_back_with_what_it_had() {
    let mut router = Router::apart(&[]);
    let terminal = typed(router.wamp(["repl"]));
    enter(&terminal, "subscribe com.t", "subscribed to com.t");
    enter(
        &terminal,
        "register com.p --return here",
        "registered com.p",
    );
    terminal.enter("call com");
    terminal.wait_for("› call com");
    router.kill();
    terminal.wait_for("✗ call com");
    router.start_again(&[]);
    terminal.wait_for_once("connected again");
    terminal.enter(".x");
    terminal.wait_for("› call com.x");
    clear(&terminal);
    enter(&terminal, "call com.p", "here");
    router.wamp(["call", "com.p", "--wait=30s"]).run().clean();
    terminal.line("publish com.t back --include-me");
    terminal.wait_for("com.t  back");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait().code, Some(143));
}
