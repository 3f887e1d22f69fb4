//! `wamp bench`.

use serde_json::Value;

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
fn calls_by_the_clock() {
    let figures = figures("rpc --rate 1000 -n 100");
    assert_eq!(figures["operations"], 100.0);
    nothing_wrong(&figures);
    assert!(figures["seconds"].as_f64().unwrap() > 0.09, "{figures}");
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
    assert!(
        broken.stderr.contains("throughput>0: it is"),
        "{}",
        broken.stderr
    );
    bench("nonsense>0").failed(2);
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
