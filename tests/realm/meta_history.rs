//! `wamp.subscription.get_events`: the events of the past.

use std::time::Duration;

use wampkit::proto::{Dict, Feature, Id, MatchPolicy, Publish, Role, Serializer, Value, uris};
use wampkit::realm::{HistoryRule, SessionKey};

use super::support::*;

const GET_EVENTS: &str = "wamp.subscription.get_events";

/// A realm that keeps the history of `com.` by prefix, which is subscription 1.
fn fixture() -> Fixture {
    Fixture::with(|config| {
        config.history = vec![HistoryRule {
            policy: MatchPolicy::Prefix,
            uri: "com.".into(),
            limit_events: 10,
            limit_bytes: 1 << 20,
        }];
    })
}

/// Five publications, a second apart: their ids.
fn five(realm: &mut Fixture, publisher: SessionKey) -> Vec<Id> {
    let topics = ["com.a", "com.b", "com.a", "com.b", "com.a"];
    let publications = (1..).zip(topics).map(|(number, topic)| {
        realm.now.unix += Duration::from_secs(1);
        let publish = Publish {
            payload: json_kw(&format!("[{number}]"), "{\"k\":true}"),
            ..publish_acknowledged(number, topic)
        };
        realm.send(publisher, publish);
        match realm.received_one(publisher) {
            proto::Message::Published(published) => published.publication,
            other => panic!("{other:?} is no PUBLISHED"),
        }
    });
    publications.collect()
}

/// The first argument of each event that is answered.
#[track_caller]
fn numbers(realm: &mut Fixture, reader: SessionKey, conditions: &str) -> Vec<u64> {
    let told = realm.told(reader, GET_EVENTS, json_kw("[1]", conditions));
    let events = told.args.iter().map(|event| {
        let args = event.as_dict().expect("an event").get("args");
        args.expect("args").as_list().expect("a list")[0].as_u64()
    });
    events.map(|number| number.expect("a number")).collect()
}

#[test]
fn an_event_is_told_with_its_time() {
    let mut realm = fixture();
    let [alice, bob] = [realm.join(), realm.join_over(Serializer::Cbor)];
    realm.now.unix += Duration::from_nanos(123_456_789);
    let publications = five(&mut realm, alice);
    let payload = json_kw("[1]", "{\"limit\":1}");
    let event = Dict::new()
        .with("timestamp", "2023-11-14T22:13:21.123Z")
        .with("subscription", 1)
        .with("publication", publications[0])
        .with("details", Dict::new().with("topic", "com.a"))
        .with("args", vec![1_u64])
        .with("kwargs", Dict::new().with("k", true));
    for reader in [alice, bob] {
        let told = realm.told(reader, GET_EVENTS, payload.clone());
        assert_eq!(told.args, [Value::from(event.clone())]);
    }
}

#[test]
fn every_condition_is_read() {
    let mut realm = fixture();
    let alice = realm.join();
    let publications = five(&mut realm, alice);
    let third = publications[2];
    let at_third = "\"2023-11-14T22:13:23.000Z\"";
    for (conditions, wanted) in [
        ("{}".to_owned(), &[1, 2, 3, 4, 5][..]),
        ("{\"reverse\":true}".to_owned(), &[5, 4, 3, 2, 1]),
        ("{\"reverse\":true,\"limit\":2}".to_owned(), &[5, 4]),
        ("{\"topic\":\"com.b\",\"limit\":null}".to_owned(), &[2, 4]),
        (format!("{{\"from_time\":{at_third}}}"), &[3, 4, 5]),
        (format!("{{\"after_time\":{at_third}}}"), &[4, 5]),
        (format!("{{\"before_time\":{at_third}}}"), &[1, 2]),
        (format!("{{\"until_time\":{at_third}}}"), &[1, 2, 3]),
        (format!("{{\"from_publication\":{third}}}"), &[3, 4, 5]),
        (format!("{{\"after_publication\":{third}}}"), &[4, 5]),
        (format!("{{\"before_publication\":{third}}}"), &[1, 2]),
        (format!("{{\"until_publication\":{third}}}"), &[1, 2, 3]),
        (
            format!("{{\"after_publication\":{third},\"topic\":\"com.a\"}}"),
            &[5],
        ),
        ("{\"topic\":\"com.c\"}".to_owned(), &[]),
    ] {
        assert_eq!(
            numbers(&mut realm, alice, &conditions),
            wanted,
            "{conditions}"
        );
    }
}

#[test]
fn wrong_conditions_are_told() {
    let mut realm = fixture();
    let alice = realm.join();
    five(&mut realm, alice);
    for (conditions, sentence) in [
        (
            "{\"limit\":0}",
            "limit: expected a positive integer, found 0",
        ),
        (
            "{\"limit\":-1}",
            "limit: expected a non-negative integer, found -1",
        ),
        ("{\"reverse\":1}", "reverse: expected a boolean, found 1"),
        (
            "{\"from_time\":\"yesterday\"}",
            "from_time: expected a time of RFC 3339 that is not before 1970, found \"yesterday\"",
        ),
        (
            "{\"since\":1}",
            "the procedure takes no keyword argument \"since\"",
        ),
    ] {
        assert_eq!(
            realm.denied(alice, GET_EVENTS, json_kw("[1]", conditions)),
            (uris::INVALID_ARGUMENT.to_string(), sentence.to_owned())
        );
    }
    let (error, _) = realm.denied(alice, GET_EVENTS, json("[77]"));
    assert_eq!(error, uris::NO_SUCH_SUBSCRIPTION.to_string());
}

#[test]
fn history_is_announced_where_it_is_kept() {
    for (mut realm, kept) in [(fixture(), true), (Fixture::new(), false)] {
        let alice = realm.join_and_look(|_| {});
        let roles = welcome(realm.received_one(alice)).details.roles.unwrap();
        assert_eq!(
            roles.features(Role::Broker).has(Feature::EventHistory),
            kept
        );
    }
}

/// The subscription is there before the first subscriber, and after the last.
#[test]
fn a_subscription_with_a_history_is_neither_created_nor_deleted() {
    let mut realm = fixture();
    let [watcher, alice] = [realm.join(), realm.join()];
    for event in ["on_create", "on_delete"] {
        let topic = format!("wamp.subscription.{event}");
        realm.send(watcher, subscribe(1, &topic));
    }
    realm.received(watcher);
    realm.subscribed(alice, MatchPolicy::Prefix, "com.");
    realm.leave(alice);
    assert_eq!(realm.events(watcher), []);
    let told = realm.told(watcher, "wamp.subscription.count_subscribers", json("[1]"));
    assert_eq!(told.args, [Value::from(0_u64)]);
}

/// The wall clock is set while the realm runs, forwards and back, and as far as it goes: each event has the time that it was then, in
/// the order in which they came.
#[test]
fn a_wall_clock_that_jumps_moves_no_event() {
    let mut realm = fixture();
    let alice = realm.join();
    let start = realm.now.unix;
    let day = Duration::from_secs(24 * 60 * 60);
    let times = [
        start,
        start + 400 * day,
        start - day,
        Duration::ZERO,
        Duration::MAX,
        start,
    ];
    for (number, time) in (1..).zip(times) {
        realm.now.unix = time;
        let publish = Publish {
            payload: json(&format!("[{number}]")),
            ..publish(number, "com.a")
        };
        realm.send(alice, publish);
    }
    assert_eq!(numbers(&mut realm, alice, "{}"), [1, 2, 3, 4, 5, 6]);
    let from = |time: &str| format!("{{\"from_time\":\"{time}\"}}");
    let until = |time: &str| format!("{{\"until_time\":\"{time}\"}}");
    // When it began.
    let time = "2023-11-14T22:13:20.000Z";
    assert_eq!(numbers(&mut realm, alice, &from(time)), [1, 2, 5, 6]);
    assert_eq!(numbers(&mut realm, alice, &until(time)), [1, 3, 4, 6]);
    realm.everybody_leaves();
}
