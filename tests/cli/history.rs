//! `wamp subscribe --history`, on routers that keep events and on those that do not.

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::scripted::Scripted;
use crate::support::Router;

/// An event as the specification has it.
fn event(publication: u64, second: u64, argument: &str) -> Value {
    Dict::new()
        .with("timestamp", format!("2026-01-01T00:00:0{second}.000Z"))
        .with("subscription", 1)
        .with("publication", publication)
        .with("details", Dict::new().with("topic", "com.t.u"))
        .with("args", vec![argument])
        .into()
}

#[test]
fn the_last_events_come_first_and_in_their_order() {
    let router = Scripted::start(|procedure, Arguments { args, kwargs }| {
        let asked = Dict::new().with("limit", 2).with("reverse", true);
        assert_eq!(
            (procedure, &args[0]),
            ("wamp.subscription.get_events", &1.into())
        );
        assert_eq!(*kwargs, asked);
        Ok(vec![event(8, 2, "new"), event(7, 1, "old")].into())
    });
    let subscribe = router.wamp(["subscribe", "com.t", "--history", "2", "-n", "2", "-q"]);
    let printed = subscribe.run().clean();
    let lines = printed.lines().collect::<Vec<_>>();
    assert_eq!(
        lines[0],
        "{\"type\":\"event\",\"uri\":\"com.t.u\",\"args\":[\"old\"],\"kwargs\":{},\
         \"details\":{\"publication\":7,\"topic\":\"com.t.u\"},\"at\":\"2026-01-01T00:00:01.000Z\"}"
    );
    assert!(lines[1].contains("\"new\""), "{printed}");
    let subscribe = [
        "subscribe",
        "com.t",
        "--history",
        "2",
        "-n",
        "1",
        "-o",
        "raw",
        "-q",
    ];
    assert_eq!(router.wamp(subscribe).run().clean(), "old\n");
}

#[test]
fn no_history_is_a_note() {
    let router = Scripted::without_procedures();
    let subscribe = router.wamp(["subscribe", "com.t", "--history", "2", "--for", "0"]);
    let ended = subscribe.run();
    assert_eq!((ended.code, &*ended.stdout), (Some(0), ""));
    let notes = "wamp: subscribed to com.t\nwamp: the router keeps no history of events\n";
    assert_eq!(ended.stderr, notes);

    let router = Scripted::start(|_, _| Err("wamp.error.not_authorized"));
    let ended = router
        .wamp(["subscribe", "com.t", "--history", "2", "--for", "0"])
        .run();
    assert!(
        ended
            .stderr
            .contains("no history of com.t: wamp.error.not_authorized"),
        "{ended:?}"
    );
}

#[test]
fn events_go_on_where_nothing_is_kept() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "--history", "3", "-o", "raw"]);
    router.wamp(["publish", "com.t", "1"]).run().clean();
    assert_eq!(subscriber.line(), "1");
}
