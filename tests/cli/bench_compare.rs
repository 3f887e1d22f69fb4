//! `wamp bench compare`.

use serde_json::Value;

use crate::support::{Router, content, file, wamp};

const BRIEF: [&str; 6] = ["--rounds", "1", "--duration", "100ms", "--warmup", "0"];

#[test]
fn a_relay_and_routers_do_the_same_work() {
    let router = Router::start();
    let own = format!("self={}", env!("CARGO_BIN_EXE_wamp"));
    for serializer in ["json", "msgpack", "cbor"] {
        let routers = ["floor", "self", &own, &router.url];
        let line = ["bench", "compare", "--serializer", serializer, "-o", "json"];
        let printed = wamp(line.into_iter().chain(routers).chain(BRIEF))
            .run()
            .clean();
        let envelope: Value = serde_json::from_str(&printed).unwrap();
        let compared = envelope["details"]["routers"].as_array().unwrap();
        assert_eq!(compared.len(), 4, "{printed}");
        for (figures, name) in compared.iter().zip(routers) {
            assert_eq!(figures["router"], name);
            for work in ["rpc", "sequential", "pubsub", "pairs", "connect"] {
                let figures = &figures[work];
                assert!(figures["operations"].as_f64().unwrap() > 0.0, "{printed}");
                assert!(figures["cpu"].as_f64().unwrap() > 0.0, "{printed}");
                for fault in ["errors", "loss", "duplicates", "unanswered", "disorder"] {
                    assert_eq!(figures[fault], 0.0, "{name} {work} {fault}: {printed}");
                }
            }
        }
    }
}

#[test]
fn long_payloads_come_through_the_relay() {
    let line = "bench compare floor self --transport rs --size 100000 --work rpc,pairs";
    let printed = wamp(line.split(' ').chain(BRIEF)).run().clean();
    assert!(!printed.contains("out of order"), "{printed}");
    let heading = "CPU time of the router for each operation, us\n";
    let table = printed.strip_prefix(heading).unwrap();
    let lines: Vec<Vec<_>> = table
        .lines()
        .take(3)
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["floor", "self"]);
    assert_eq!((lines[1][0], lines[1][2]), ("rpc", "1.00x"));
    assert_eq!((lines[2][0], lines[2].len()), ("pairs", 5));
}

#[test]
fn figures_of_a_comparison_go_into_a_file() {
    let (folder, _) = file("unused", "");
    let line = "bench compare self --work connect --json figures.json".split(' ');
    wamp(line.chain(BRIEF))
        .current_dir(folder.path())
        .run()
        .clean();
    let written = content(&folder.path().join("figures.json"));
    let envelope: Value = serde_json::from_str(&written).unwrap();
    let throughput = &envelope["details"]["routers"][0]["connect"]["throughput"];
    assert!(throughput.as_f64().unwrap() > 0.0, "{written}");
}

#[test]
fn what_is_no_router_is_told() {
    let compare = |router: &str| wamp(["bench", "compare", router]).run();
    assert!(compare("flor").failed(2).contains("flor is no router"));
    assert!(compare("self=/none").failed(1).contains("/none"));
    assert!(compare("self=/bin/true").failed(1).contains("has ended"));
    compare("ws://127.0.0.1:1/ws").failed(3);
    let elsewhere = ["bench", "compare", "self", "-u", "ws://127.0.0.1:1/ws"];
    let told = wamp(elsewhere).run().failed(2);
    assert!(told.contains("write it among the routers"), "{told}");
}
