//! A subscriber that stands still, and a router that drops what it does not take.

use serde_json::Value;
use wampkit::Client;

use crate::support::{Router, Signal, file};

const CONFIG: &str = "
[[realms]]
name = \"realm1\"
slow_consumers = { policy = \"drop-oldest\", event_limit = \"64KiB\" }
";

/// It is stopped as by Ctrl-Z while events come; when it goes on it tells how many are missing, where they are missing.
#[test]
fn a_subscriber_that_was_stopped_tells_what_the_router_has_dropped() {
    let (_folder, config) = file("wamp.toml", CONFIG);
    let router = Router::with(&["-f", &config.display().to_string()]);
    let mut subscriber = router.wamp(["subscribe", "com.t"]).start_ready();
    subscriber.signal(Signal::STOP);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let last = runtime.block_on(async {
        let session = Client::builder(&router.url).connect().await.unwrap();
        let topic = "wamp.session.on_events_dropped";
        let mut dropped = session.subscribe(topic).await.unwrap();
        let filler = "x".repeat(16 << 10);
        let flood = async {
            for number in 1..5_000 {
                let publish = session.publish("com.t").args((number, &filler));
                publish.acknowledge().await.unwrap();
            }
        };
        tokio::select! {
            event = dropped.next() => assert!(event.is_some()),
            () = flood => panic!("nothing was dropped"),
        }
        subscriber.signal(Signal::CONT);
        let publish = session.publish("com.t").args((5_000, "the last"));
        publish.acknowledge().await.unwrap();
        session.leave().await.unwrap();
        5_000
    });
    let (mut expected, mut reasons) = (1, Vec::new());
    let mut missing = 0;
    loop {
        let line: Value = serde_json::from_str(&subscriber.line()).unwrap();
        if line["type"] == "gap" {
            missing += line["details"]["missed"].as_u64().unwrap();
            reasons.push(line["details"]["reason"].to_string());
            continue;
        }
        let number = line["args"][0].as_u64().unwrap();
        if number == last {
            break;
        }
        assert_eq!(
            number,
            expected + missing,
            "{missing} were said to be missing"
        );
        (expected, missing) = (number + 1, 0);
    }
    let told = reasons.iter().any(|it| it.contains("the router dropped"));
    assert!(told, "{reasons:?}");
    subscriber.note("the router has dropped");
    subscriber.signal(Signal::TERM);
    subscriber.wait();
}
