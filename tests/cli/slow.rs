//! A subscriber that stands still, and a router that drops what it does not take.

use serde_json::Value;
use wampkit::{Client, Session};

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
    let last = 5_000;
    in_session(&router.url, async |session| {
        flood(session).await;
        subscriber.signal(Signal::CONT);
        let publish = session.publish("com.t").args((last, "the last"));
        publish.acknowledge().await.unwrap();
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

/// What the log says of sessions that are too slow or too fast names them, once, whatever the policy.
#[test]
fn the_log_names_who_is_slow_and_who_is_fast() {
    for (policy, said) in [
        (
            "drop-oldest",
            "events dropped: it does not read them fast enough",
        ),
        (
            "drop-newest",
            "events dropped: it does not read them fast enough",
        ),
        ("disconnect", "ended: it does not read what is sent to it"),
    ] {
        let config = format!(
            "[[realms]]\nname = \"realm1\"\n\
             slow_consumers = {{ policy = \"{policy}\", event_limit = \"64KiB\" }}\n"
        );
        let (_folder, config) = file("wamp.toml", config);
        let config = config.display().to_string();
        let mut router = Router::with(&["-f", &config, "--log-format", "json"]);
        let mut subscriber = router.wamp(["subscribe", "com.t"]).start_ready();
        let joined: Value = serde_json::from_str(&router.note("session joined")).unwrap();
        assert!(joined["session"].as_u64() > Some(0), "{joined}");
        subscriber.signal(Signal::STOP);
        in_session(&router.url, flood);
        let told: Value = serde_json::from_str(&router.note(said)).unwrap();
        assert_eq!(
            (&told["level"], &told["realm"]),
            (&"WARN".into(), &"realm1".into())
        );
        for key in ["session", "authid", "peer"] {
            assert_eq!(told[key], joined[key], "{key}: {told} after {joined}");
        }
        if policy != "disconnect" {
            assert_eq!(told["policy"], policy);
            assert!(told["dropped"].as_u64() > Some(0), "{told}");
        }
        subscriber.kill();
        router.running().signal(Signal::TERM);
        // The rest of what was dropped, when it left, and not a line for each.
        let rest = router.wait().stderr;
        assert!(rest.matches(said).count() <= 1, "{policy}: {rest}");
    }
    let config =
        "[[realms]]\nname = \"realm1\"\nrate = { messages = 1, burst = 3, over = \"refuse\" }\n";
    let (_folder, config) = file("wamp.toml", config);
    let config = config.display().to_string();
    let mut router = Router::with(&["-f", &config, "--log-format", "json"]);
    let publish = ["publish", "com.t", "x", "-n", "40", "--no-ack", "-q"];
    router.wamp(publish).run().clean();
    let joined: Value = serde_json::from_str(&router.note("session joined")).unwrap();
    let mut dropped = 0;
    for _ in 0..2 {
        let told: Value = serde_json::from_str(&router.note("it publishes too fast")).unwrap();
        for key in ["session", "authid", "peer", "realm"] {
            assert_eq!(told[key], joined[key], "{key}: {told} after {joined}");
        }
        assert_eq!(told["rate"], 1);
        dropped += told["dropped"].as_u64().unwrap();
    }
    assert!((30..=39).contains(&dropped), "{dropped}");
}

/// Publishes until somebody who does not read has missed events, or is ended.
async fn flood(session: &Session) {
    let topic = "wamp.session.on_events_dropped";
    let mut dropped = session.subscribe(topic).await.unwrap();
    let mut left = session.subscribe("wamp.session.on_leave").await.unwrap();
    let filler = "x".repeat(16 << 10);
    let flood = async {
        for number in 1..5_000 {
            let publish = session.publish("com.t").args((number, &filler));
            publish.acknowledge().await.unwrap();
        }
    };
    tokio::select! {
        event = dropped.next() => assert!(event.is_some()),
        event = left.next() => assert!(event.is_some()),
        () = flood => panic!("everything was swallowed"),
    }
}

/// Joins for as long as this takes.
fn in_session(url: &str, act: impl AsyncFnOnce(&Session)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let session = Client::builder(url).connect().await.unwrap();
        act(&session).await;
        session.leave().await.unwrap();
    });
}
