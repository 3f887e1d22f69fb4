//! `--trace`: what it shows, where, and what it never shows.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::{Router, content, file, wamp};

/// The direction and the name on each line, without times, sizes and content.
fn steps(trace: &str) -> Vec<String> {
    let is_of_the_trace = |line: &&str| line.contains(" ms  ");
    let step = |line: &str| {
        let (_, rest) = line.split_once(" ms  ").unwrap();
        let words: Vec<_> = rest.split_whitespace().take(2).collect();
        words.join(" ")
    };
    trace.lines().filter(is_of_the_trace).map(step).collect()
}

const A_CALL: [&str; 9] = [
    "· connected",
    "→ HELLO",
    "← WELCOME",
    "→ CALL",
    "← RESULT",
    "→ GOODBYE",
    "← GOODBYE",
    "· closing",
    "· closed",
];

#[test]
fn each_message_is_a_line_on_standard_error() {
    let router = Router::start();
    let ended = router.wamp(["call", "wamp.session.count", "--trace"]).run();
    assert_eq!(ended.stdout, "1\n");
    assert_eq!(steps(&ended.stderr), A_CALL);
    let line = |name: &str| {
        let mut lines = ended.stderr.lines();
        lines.find(|line| line.contains(name)).unwrap()
    };
    assert!(line("→ CALL").contains(" B "), "{}", line("→ CALL"));
    assert!(line("→ CALL").ends_with(r#"[48,1,{},"wamp.session.count"]"#));
    let answer = line("← RESULT");
    assert!(answer.ends_with("[50,1,{},[1]]"), "{answer}");
    assert!(
        answer.contains(" B ") && answer.contains("+") && answer.contains("ms  ["),
        "{answer}"
    );
    // The columns are one below the other.
    let column = |line: &str| {
        let start = line.find('[').unwrap();
        line[..start].chars().count()
    };
    assert_eq!(column(line("→ CALL")), column(answer));
    assert_eq!(column(line("→ HELLO")), column(answer));
}

#[test]
fn a_file_is_for_its_owner_and_takes_the_place_of_an_older_one() {
    let router = Router::start();
    let (_folder, path) = file("trace", "something older\n".repeat(1000));
    let option = format!("--trace={}", path.display());
    let call = router.wamp(["call", "wamp.session.count", &option]).run();
    assert_eq!(call.clean(), "1\n");
    assert_eq!(steps(&content(&path)), A_CALL);
    assert!(!content(&path).contains("older"));
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let nowhere = router.wamp(["call", "p", "--trace=/dev/null/trace"]).run();
    let message = nowhere.failed(1);
    assert!(
        message.contains("cannot write /dev/null/trace: "),
        "{message}"
    );
}

#[test]
fn programs_get_an_object_a_line() {
    let router = Router::start();
    let long = "x".repeat(5000);
    let publish = router.wamp(["publish", "com.t", &long, "--trace", "-o", "json"]);
    let ended = publish.run();
    let objects: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let named = |name: &str| {
        objects
            .iter()
            .find(|object| object["name"] == name)
            .unwrap()
    };
    assert_eq!(objects[0]["type"], "connected");
    assert_eq!(objects[0]["details"]["serializer"], "msgpack");
    let sent = named("PUBLISH");
    assert_eq!(sent["type"], "sent");
    // Whole, however long.
    assert_eq!(sent["message"][4][0], *long);
    assert!(sent["size"].as_u64().unwrap() > 5000);
    assert_eq!(sent["latency_ms"], Value::Null);
    let answer = named("PUBLISHED");
    assert_eq!(answer["type"], "received");
    assert!(answer["latency_ms"].as_f64().unwrap() > 0.0);
    let times: Vec<_> = objects
        .iter()
        .map(|it| it["ms"].as_f64().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");

    let publish = router.wamp(["publish", "com.t", &long, "--trace"]).run();
    let line = publish.stderr.lines().find(|it| it.contains("PUBLISH "));
    let line = line.unwrap();
    assert!(line.ends_with("… 5 kB more") && line.len() < 1200, "{line}");
}

#[test]
fn secrets_are_not_shown() {
    let mut router = wamp(["router", "--port", "0"])
        .args(["--user", "tim:ticket:plain:pencil"])
        .args(["--user", "cora:wampcra:plain:pencil"])
        .start();
    let url = router.line().replace("WAMP_URL=", "");
    for (authid, method) in [("tim", "ticket"), ("cora", "wampcra")] {
        let ended = wamp(["publish", "com.t", "password=eraser", "--trace", "-u", &url])
            .args(["--authid", authid, "--authmethod", method])
            .args(["--secret", "plain:pencil"])
            .args(["--authextra", r#"{"pin":"4711","pubkey":"abcd"}"#])
            .run();
        let trace = &ended.stderr;
        assert!(
            steps(trace).contains(&"→ AUTHENTICATE".to_owned()),
            "{trace}"
        );
        assert!(trace.contains(r#"[5,"…",{}]"#), "{trace}");
        assert!(trace.contains(r#""authextra":{"pin":"…","pubkey":"abcd"}"#));
        assert!(trace.contains(r#"{"password":"…"}"#), "{trace}");
        for secret in ["pencil", "eraser", "4711"] {
            assert!(!trace.contains(secret), "{trace}");
        }
    }
}

/// What comes from elsewhere cannot move the cursor.
#[test]
fn text_is_escaped() {
    let router = Router::start();
    let text = "\u{1b}[2J\u{202e}x\u{9b}";
    let ended = router.wamp(["publish", "com.t", text, "--trace"]).run();
    let harmful = |character: char| character.is_control() && character != '\n';
    assert!(!ended.stderr.contains(harmful), "{}", ended.stderr);
    assert!(ended.stderr.contains(r"\u001b[2J\u202ex\u009b"));
}

#[test]
fn verbose_says_in_a_sentence_where_one_is() {
    let router = Router::start();
    let ended = router
        .wamp(["publish", "com.t", "-v", "--authid", "joe"])
        .run();
    let start = format!("connected to {} at 127.0.0.1:", router.url);
    let lines: Vec<_> = ended.stderr.lines().collect();
    let [connected, joined] = lines[..] else {
        panic!("{lines:?}");
    };
    assert!(
        connected.contains(&start) && connected.ends_with(": msgpack"),
        "{connected}"
    );
    assert!(joined.contains("joined realm1 as \""), "{joined}");
    assert!(
        joined.contains(" with role \"anonymous\": session "),
        "{joined}"
    );
}
