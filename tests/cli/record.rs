//! `wamp record`.

use std::process::Command;

use crate::support::{Router, Signal, content, file};

/// A line of a recording without what differs from one recording to the next: details and time.
pub(super) fn without_details(line: &str) -> String {
    let (start, rest) = line.split_once(",\"details\":{").unwrap();
    assert!(rest.contains("},\"at\":\"20"), "{line}");
    start.to_owned()
}

/// The lines of a recording, likewise.
pub(super) fn lines(recording: &str) -> Vec<String> {
    recording.lines().map(without_details).collect()
}

#[test]
fn events_are_recorded_as_subscribe_prints_them() {
    let router = Router::start();
    let (_folder, path) = file("a.jsonl", "");
    let path_text = path.display().to_string();
    let recorder = router.record(["com.", "-m", "prefix", "-n", "2", "-q", "-w", &path_text]);
    let subscriber = router.subscribe(["com.", "-m", "prefix", "-n", "2", "-q"]);
    router.wamp(["publish", "com.t", "1", "a=x"]).run().clean();
    router.wamp(["publish", "com.u", ":b=AAE="]).run().clean();
    assert_eq!(recorder.wait().clean(), "");
    let (recorded, printed) = (content(&path), subscriber.wait().clean());
    let without_time = |text: &str| {
        let lines = text
            .lines()
            .map(|line| line.split_once(",\"at\":").unwrap());
        lines.map(|(line, _)| line.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(without_time(&recorded), without_time(&printed));
    assert!(recorded.contains("\"\\u0000AAE=\""), "{recorded}");
}

#[test]
fn standard_output_is_the_file_unless_one_is_named() {
    let router = Router::start();
    let recorder = router.record(["com.t", "-n", "1", "-q", "-o", "pretty"]);
    router.wamp(["publish", "com.t", "1"]).run().clean();
    let line = recorder.wait().clean();
    let expected = "{\"type\":\"event\",\"uri\":\"com.t\",\"args\":[1],\"kwargs\":{}";
    assert_eq!(lines(&line), [expected]);
}

#[test]
fn zero_events_are_no_end() {
    let router = Router::start();
    let mut recorder = router.record(["com.t", "-n", "0", "-q"]);
    for number in ["1", "2"] {
        router.wamp(["publish", "com.t", number]).run().clean();
        assert!(recorder.line().contains(&format!("\"args\":[{number}]")));
    }
    recorder.signal(Signal::TERM);
    recorder.wait().clean();
    // Nor are none too few.
    let recorder = router.wamp(["record", "com.t", "-n", "0", "--for", "1ms", "-q"]);
    recorder.run().clean();
}

#[test]
fn calls_are_recorded_and_answered() {
    let router = Router::start();
    let recorder = router.record([
        "--proc", "com.p", "--return", "7", "--return", "a=x", "-n", "2", "-q",
    ]);
    for argument in ["1", "b=2"] {
        let answer = router.wamp(["call", "com.p", argument]).run().clean();
        assert_eq!(answer, "{\"args\":[7],\"kwargs\":{\"a\":\"x\"}}\n");
    }
    assert_eq!(
        lines(&recorder.wait().clean()),
        [
            "{\"type\":\"call\",\"uri\":\"com.p\",\"args\":[1],\"kwargs\":{}",
            "{\"type\":\"call\",\"uri\":\"com.p\",\"args\":[],\"kwargs\":{\"b\":2}",
        ]
    );
}

#[test]
fn calls_and_events_are_in_one_recording() {
    let router = Router::start();
    let mut recorder = router.record(["com.t", "--proc", "com.p", "-n", "3"]);
    router.wamp(["publish", "com.t", "1"]).run().clean();
    assert!(recorder.line().contains("\"event\",\"uri\":\"com.t\""));
    assert_eq!(router.wamp(["call", "com.p"]).run().clean(), "");
    assert!(recorder.line().contains("\"call\",\"uri\":\"com.p\""));
    router.wamp(["publish", "com.t", "2"]).run().clean();
    assert!(recorder.line().contains("\"event\",\"uri\":\"com.t\""));
    recorder.note("wamp: events and calls recorded: 3");
    assert_eq!(recorder.wait().code, Some(0));
}

#[test]
fn calls_can_be_passed_on() {
    let router = Router::start();
    let _echo = router.register(["com.real", "--echo"]);
    let _failing = router.register(["com.failing", "--error", "com.error.declined"]);
    let mut recorder = router.record(["--proc", "com.p", "--forward", "com.real"]);
    let printed = router.wamp(["call", "com.p", "1", "a=2"]).run().clean();
    assert_eq!(printed, "{\"args\":[1],\"kwargs\":{\"a\":2}}\n");
    let progress = "for i in 1 2 3; do echo $i; done";
    let _lines = router.register(["com.lines", "--lines", "--", "sh", "-c", progress]);
    let _second = router.record(["--proc", "com.q", "--forward", "com.lines"]);
    let printed = router.wamp(["call", "com.q", "-p"]).run().clean();
    assert_eq!(printed, "1\n2\n3\n");
    let _third = router.record(["--proc", "com.r", "--forward", "com.failing"]);
    let error = router.wamp(["call", "com.r"]).run().failed(5);
    assert_eq!(error, "wamp: error: com.r: com.error.declined\n");
    assert!(recorder.line().contains("\"uri\":\"com.p\""));
}

#[test]
fn calls_are_not_passed_on_to_themselves() {
    let router = Router::start();
    let direct = ["record", "--proc", "com.p", "--forward", "com.p"];
    let error = router.wamp(direct).run().failed(2);
    assert!(
        error.contains("--forward com.p: that is what calls"),
        "{error}"
    );
    let _recorder = router.record(["--proc", "com.", "-m", "prefix", "--forward", "com.p"]);
    let error = router.wamp(["call", "com.q"]).run().failed(6);
    assert!(error.contains("no such procedure"), "{error}");
}

#[test]
fn a_recording_is_not_overwritten_by_accident() {
    let router = Router::start();
    let (_folder, path) = file("a.jsonl", "{\"type\":\"gap\"}\n");
    let text = path.display().to_string();
    let error = router
        .wamp(["record", "com.t", "-w", &text])
        .run()
        .failed(2);
    assert!(error.contains("is there already"), "{error}");
    assert!(error.contains("hint: --append"), "{error}");

    // Not even by the permission for it, as long as there is nothing to record.
    let nowhere = ["-u", "rs+unix:///no/such", "--force", "-w", &text];
    router
        .wamp(["record", "com.t"])
        .args(nowhere)
        .run()
        .failed(3);
    assert_eq!(content(&path), "{\"type\":\"gap\"}\n");

    for (option, count) in [("--append", 2), ("--append", 3), ("--force", 1)] {
        let recorder = router.record(["com.t", "-n", "1", "-q", "-w", &text, option]);
        router.wamp(["publish", "com.t"]).run().clean();
        assert_eq!(recorder.wait().clean(), "");
        assert_eq!(content(&path).lines().count(), count, "{option}");
    }
}

#[test]
fn nothing_is_added_to_a_line_that_is_cut_off() {
    let (_folder, path) = file("a.jsonl", "{\"type\":\"gap\"}\n{\"type\":");
    let text = path.display().to_string();
    let router = Router::start();
    let record = ["record", "com.t", "-w", &text, "--append"];
    let error = router.wamp(record).run().failed(2);
    assert!(error.contains("is cut off"), "{error}");
}

#[test]
fn what_ends_a_recorder_leaves_whole_lines() {
    let router = Router::start();
    for (signal, code) in [
        (Signal::TERM, Some(0)),
        (Signal::INT, Some(130)),
        (Signal::KILL, None),
    ] {
        let (_folder, path) = file("a.jsonl", "");
        let text = path.display().to_string();
        let recorder = router.record(["com.t", "-w", &text]);
        let mut follower = router.subscribe(["com.t", "-o", "raw"]);
        let publisher = router.wamp(["publish", "com.t", &"x".repeat(100_000)]);
        publisher.run().clean();
        assert_eq!(follower.line().len(), 100_000);
        recorder.signal(signal);
        assert_eq!(recorder.wait().code, code);
        let recorded = content(&path);
        let whole = recorded.is_empty() || recorded.ends_with("\"}\n");
        let replayed = router.wamp(["replay", &text, "-q"]).run();
        if whole {
            assert_eq!(replayed.clean(), "");
        } else {
            // The system itself breaks off the write of a process that is killed.
            assert_eq!(code, None, "{} bytes", recorded.len());
            replayed.failed(2);
        }
    }
}

#[test]
fn a_file_that_may_not_be_longer_keeps_its_whole_lines() {
    let router = Router::start();
    let (_folder, path) = file("a.jsonl", "{\"type\":\"gap\"}\n");
    let publish = ["publish", "com.t", &"x".repeat(4000), "--retain"];
    router.wamp(publish).run().clean();
    let record = Command::new("sh")
        .args(["-c", "ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_wamp"))
        .args([
            "record",
            "com.t",
            "--retained",
            "--append",
            "-u",
            &router.url,
            "-w",
        ])
        .arg(&path)
        .output()
        .unwrap();
    let told = String::from_utf8(record.stderr).unwrap();
    assert!(told.contains("file too large"), "{told}");
    assert_eq!(record.status.code(), Some(1), "{told}");
    assert_eq!(content(&path), "{\"type\":\"gap\"}\n");
}

#[test]
fn a_line_that_is_cut_off_is_not_replayed() {
    let (_folder, path) = file(
        "a.jsonl",
        "{\"type\":\"event\",\"uri\":\"com.t\"}\n{\"type\":\"ev",
    );
    let text = path.display().to_string();
    let router = Router::start();
    let mut follower = router.subscribe(["com.t", "-o", "raw"]);
    let error = router.wamp(["replay", &text]).run().failed(2);
    assert!(error.contains("a.jsonl, line 2: "), "{error}");
    assert!(error.contains("remove it"), "{error}");
    router.wamp(["publish", "com.t", "next"]).run().clean();
    assert_eq!(follower.line(), "next");
}

#[test]
fn limits_are_those_of_subscribe() {
    let router = Router::start();
    for limit in ["--for", "--idle"] {
        let record = router.wamp(["record", "com.t", "-q", limit, "20ms"]);
        assert_eq!(record.run().clean(), "");
        let record = router.wamp(["record", "--proc", "com.p", "-n", "1", limit, "20ms"]);
        let error = record.run().failed(124);
        assert!(error.contains("0 of 1 events"), "{error}");
    }
}

#[test]
fn something_has_to_be_recorded() {
    let router = Router::start();
    for arguments in [
        &["record"][..],
        &["record", "com.t", "--return", "1"],
        &["record", "--proc", "p", "--return", "1", "--forward", "q"],
        &["record", "com.t", "--append"],
        &["record", "com.t", "-d"],
    ] {
        router.wamp(arguments).run().failed(2);
    }
}
