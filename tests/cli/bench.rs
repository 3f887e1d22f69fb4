//! `wamp bench`.

use std::net::TcpListener;

use serde_json::Value;

use crate::support::pty::key;
use crate::support::{Router, Running, Signal, content, file, wamp};

/// The figures of a benchmark against a router of its own.
fn figures(line: &str) -> Value {
    let words = ["bench"].into_iter().chain(line.split(' '));
    let printed = wamp(words.chain(["--self-host", "-o", "json"]))
        .run()
        .clean();
    let envelope: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(envelope["type"], "bench");
    envelope["details"].clone()
}

fn nothing_wrong(figures: &Value) {
    for fault in ["errors", "loss", "duplicates", "unanswered", "disorder"] {
        assert_eq!(figures[fault], 0.0, "{fault}: {figures}");
    }
}

#[test]
fn all_is_counted_and_nothing_lost() {
    for transport in ["ws", "rs"] {
        for serializer in ["json", "msgpack", "cbor"] {
            let common = format!("-n 200 --transport {transport} --serializer {serializer}");
            for (work, operations) in [
                ("rpc", 200.0),
                ("pubsub --subscribers 5", 1000.0),
                ("connect", 200.0),
            ] {
                let figures = figures(&format!("{work} {common}"));
                assert_eq!(figures["operations"], operations, "{work} {common}");
                nothing_wrong(&figures);
            }
        }
    }
    assert_eq!(figures("idle --clients 20")["operations"], 20.0);
}

#[test]
fn no_window_loses_anything() {
    for window in ["1", "8", "64", "256", "1024"] {
        for pace in ["ack", "receipt"] {
            let line = format!("pubsub -n 4000 --pairs 4 --in-flight {window} --pace {pace}");
            let figures = figures(&line);
            assert_eq!(figures["operations"], 4000.0, "{line}");
            nothing_wrong(&figures);
        }
    }
}

#[test]
fn work_by_the_clock() {
    for (line, operations, least) in [
        ("rpc --rate 1000 -n 100", 100.0, 0.09),
        ("pubsub --subscribers 2 --rate 1000 -n 100", 200.0, 0.09),
        ("connect --clients 4 --rate 100 -n 20", 20.0, 0.15),
    ] {
        let figures = figures(line);
        assert_eq!(figures["operations"], operations, "{line}");
        nothing_wrong(&figures);
        assert!(figures["seconds"].as_f64().unwrap() > least, "{figures}");
    }
}

#[test]
fn more_calls_than_can_be_sent_do_not_keep_it_from_ending() {
    let bench = |rate| {
        wamp([
            "bench",
            "rpc",
            "--self-host",
            "--duration",
            "200ms",
            "--rate",
            rate,
        ])
    };
    bench("10000000").run().clean();
    bench("10000001").run().failed(2);
}

#[test]
fn conditions_decide_the_exit_code() {
    let bench = |condition| {
        wamp([
            "bench",
            "rpc",
            "-n",
            "50",
            "--self-host",
            "--fail-if",
            condition,
        ])
        .run()
    };
    bench("errors>0").clean();
    let broken = bench("throughput>0");
    assert_eq!(broken.code, Some(9));
    assert!(broken.stderr.contains("/s\n"), "{}", broken.stderr);
    let broken = bench("p50<1h").stderr;
    let told = broken.strip_prefix("wamp: error: p50<1h: it is ");
    assert!(told.is_some_and(|time| time.ends_with("s\n")), "{broken}");
    bench("nonsense>0").failed(2);
    bench("rss<1").clean();
}

#[test]
fn warming_up_does_not_count() {
    for work in [
        "rpc",
        "rpc --rate 2000",
        "pubsub --subscribers 5",
        "connect",
    ] {
        let figures = figures(&format!("{work} -n 200 --warmup 200ms"));
        let operations = if work.starts_with("pubsub") {
            1000.0
        } else {
            200.0
        };
        assert_eq!(figures["operations"], operations, "{work}");
        nothing_wrong(&figures);
    }
    // The meters start behind it as well.
    let figures = figures("rpc -n 1 --warmup 3s");
    assert!(figures["seconds"].as_f64().unwrap() < 3.0, "{figures}");
}

/// A benchmark that would go on for an hour.
fn endless(router: &Router) -> Running {
    let options = ["--warmup", "0", "--duration", "1h"];
    router.wamp(["bench", "rpc"]).args(options).start()
}

/// Waits until all callees and callers of a benchmark are there.
fn called(router: &Router) {
    loop {
        let sessions = router.wamp(["ls", "sessions"]).run().stdout;
        // Eight of each, and the one that asks.
        if sessions.lines().count() >= 16 {
            return;
        }
    }
}

#[test]
fn ctrl_c_ends_it_with_the_figures_so_far() {
    let router = Router::start();
    let running = endless(&router);
    called(&router);
    running.signal(Signal::INT);
    let ended = running.wait();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.stdout.starts_with("rpc, by call\n"), "{ended:?}");
}

#[test]
fn a_router_that_is_killed_ends_it() {
    let mut router = Router::start();
    let running = endless(&router);
    called(&router);
    router.kill();
    running.wait().failed(8);
}

#[test]
fn nobody_there_is_told() {
    let told = wamp(["bench", "pubsub", "-u", "ws://127.0.0.1:1/ws"])
        .run()
        .failed(3);
    assert!(told.contains("start a router"), "{told}");
}

#[test]
fn it_logs_in() {
    let router = Router::with(&["--user", "sam:scram:plain:pencil"]);
    let bench = |secret| {
        let options = ["-n", "9", "--authid", "sam", "--secret", secret];
        router.wamp(["bench", "rpc"]).args(options).run()
    };
    bench("plain:pencil").clean();
    bench("plain:chalk").failed(4);
}

#[test]
fn figures_go_into_a_table() {
    let (folder, _) = file("unused", "");
    let line = "bench rpc --self-host -n 9 --csv figures.csv".split(' ');
    wamp(line).current_dir(folder.path()).run().clean();
    let table = content(&folder.path().join("figures.csv"));
    let (names, figures) = table.trim_end().split_once('\n').unwrap();
    assert!(names.starts_with("bench,operation,operations,"), "{table}");
    assert!(figures.starts_with("rpc,call,9.000,"), "{table}");
    assert_eq!(names.split(',').count(), figures.split(',').count());
}

#[test]
fn latencies_go_into_a_plot() {
    let (folder, _) = file("unused", "");
    let line = "bench pubsub --self-host -n 30 --subscribers 3 --hgrm it.hgrm".split(' ');
    wamp(line).current_dir(folder.path()).run().clean();
    let text = content(&folder.path().join("it.hgrm"));
    let lines: Vec<_> = text.lines().collect();
    let columns: Vec<_> = lines[0].split_whitespace().collect();
    let expected = ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"];
    assert_eq!(columns, expected);
    let is_point = |line: &&&str| !line.is_empty() && !line.starts_with('#');
    let points: Vec<Vec<f64>> = lines[1..]
        .iter()
        .filter(is_point)
        .map(|line| line.split_whitespace().map(|word| word.parse().unwrap()))
        .map(Iterator::collect)
        .collect();
    assert!(
        points.is_sorted_by(|one, other| one[..3] <= other[..3]),
        "{text}"
    );
    assert_eq!(points.last().unwrap()[1..], [1.0, 90.0], "{text}");
    let trailer = &lines[lines.len() - 3..];
    assert!(trailer[0].starts_with("#[Mean    = "), "{text}");
    assert!(
        trailer[1].ends_with("Total count    =           90]"),
        "{text}"
    );
    assert!(trailer[2].starts_with("#[Buckets = "), "{text}");
}

#[test]
fn people_see_how_the_latencies_are_distributed() {
    let line = || wamp("bench rpc --self-host -n 500".split(' '));
    let blocks = line().env("LC_ALL", "C.UTF-8").run().clean();
    let (_, bars) = blocks.split_once("\nlatencies\n").unwrap();
    let widest = |line: &str| line.ends_with(&format!("  {}", "█".repeat(40)));
    assert!(bars.lines().any(widest), "{blocks}");
    assert!(bars.lines().count() <= 13, "{blocks}");
    let count = |line: &str| line.split_whitespace().nth(3).unwrap().parse::<u32>();
    let counted: u32 = bars.lines().map(|line| count(line).unwrap()).sum();
    assert_eq!(counted, 500, "{blocks}");
    let plain = line().env("LC_ALL", "C").run().clean();
    assert!(
        plain.is_ascii() && plain.contains(&"#".repeat(40)),
        "{plain}"
    );
    let json = line().args(["-o", "json"]).run().clean();
    assert!(!json.contains("latencies"), "{json}");
}

#[test]
fn people_see_how_far_it_has_come() {
    let router = Router::start();
    let bench = |options: &str| {
        let line = format!("bench rpc {options}");
        router.wamp(line.split(' ')).at_terminal()
    };
    let timed = bench("--warmup 1h");
    timed.wait_for(" calls to warm up [");
    timed.enter(key::CTRL_C);
    // There is nothing to tell of yet.
    let left = timed.wait();
    assert_eq!(left.code, Some(130));
    assert!(!left.text.contains("calls"), "{left:?}");

    let timed = bench("--warmup 0 --duration 1h");
    let is_working = |screen: &str| {
        let rate = screen
            .split_once("] ")
            .and_then(|(_, right)| right.split_once("/s, "));
        rate.is_some_and(|(rate, left)| rate != "0" && left.starts_with("59m"))
    };
    timed.wait_until("a rate and what is left", is_working);
    timed.enter(key::CTRL_C);
    let left = timed.wait();
    assert_eq!(left.code, Some(130));
    assert!(left.text.contains("rpc, by call\n"), "{left:?}");
    assert!(!left.text.contains("] "), "{left:?}");

    let counted = bench("-n 1000000000");
    counted.wait_for("/1,000,000,000 calls [");
    counted.enter(key::CTRL_C);
    assert_eq!(counted.wait().code, Some(130));

    let quiet = bench("-q --warmup 0 --duration 500ms").wait();
    assert_eq!(quiet.code, Some(0));
    assert!(quiet.bytes.starts_with("rpc, by call"), "{quiet:?}");
}

#[test]
fn ctrl_c_while_it_is_set_up_ends_it() {
    // It takes connections, and says nothing on them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/ws", silent.local_addr().unwrap());
    let running = wamp(["bench", "rpc", "-u", &url]).start();
    let _connection = silent.accept().unwrap();
    running.signal(Signal::INT);
    assert_eq!(running.wait().failed(130), "");
}

#[test]
fn ctrl_c_at_the_terminal_leaves_a_router_of_its_own_until_the_figures_are_there() {
    let line = "bench rpc --self-host --warmup 0 --duration 1h".split(' ');
    let bench = wamp(line).at_terminal();
    bench.wait_for(" calls [");
    bench.enter(key::CTRL_C);
    let left = bench.wait();
    assert_eq!(left.code, Some(130), "{left:?}");
    assert!(left.text.contains("rpc, by call\n"), "{left:?}");
    assert!(
        left.text.contains("  unanswered                   0\n"),
        "{left:?}"
    );
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    for (line, why) in [
        ("rpc --retry 3", "a router that is not there"),
        ("connect --retry-max 3s", "a router that is not there"),
        ("pubsub --heartbeat 1s", "nothing but what it measures"),
        ("rpc --ppt-key k=@key", "its payloads are its own"),
        ("rpc --trace", "it would measure the trace"),
        ("idle -d", "all its figures"),
        ("connect -t 1s", "--connect-timeout"),
        ("rpc --self-host -u ws://127.0.0.1:1/ws", "'--self-host'"),
        ("rpc --self-host --authid joe", "'--self-host'"),
    ] {
        let words = ["bench"].into_iter().chain(line.split(' '));
        let refused = wamp(words).run().failed(2);
        assert!(refused.contains(why), "{line}: {refused}");
    }
    let before = wamp("--heartbeat 1s bench rpc --self-host -n 1".split(' '));
    let refused = before.run().failed(2);
    assert!(
        refused.contains("nothing but what it measures"),
        "{refused}"
    );
    // What the environment says is for other commands.
    let line = wamp("bench rpc --self-host -n 1".split(' '));
    line.env("WAMP_URL", "ws://127.0.0.1:1/ws").run().clean();
}
