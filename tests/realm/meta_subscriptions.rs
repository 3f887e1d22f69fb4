//! `wamp.subscription.…`: who subscribed to what.

use wampkit::proto::MatchPolicy::{Exact, Prefix, Wildcard};
use wampkit::proto::{Dict, Message, Value, uris};

use super::support::*;

#[test]
fn subscriptions_are_listed_by_policy() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let empty = Dict::new()
        .with("exact", Vec::<u64>::new())
        .with("prefix", Vec::<u64>::new())
        .with("wildcard", Vec::<u64>::new());
    let told = realm.told(bob, "wamp.subscription.list", no_arguments());
    assert_eq!(told.args, [Value::from(empty)]);

    for (policy, topic) in [
        (Exact, "com.a"),
        (Prefix, "com"),
        (Wildcard, ".a"),
        (Exact, "com.b"),
    ] {
        realm.subscribed(alice, policy, topic);
        realm.subscribed(bob, policy, topic);
    }
    let lists = Dict::new()
        .with("exact", vec![1_u64, 4])
        .with("prefix", vec![2_u64])
        .with("wildcard", vec![3_u64]);
    let told = realm.told(bob, "wamp.subscription.list", no_arguments());
    assert_eq!(told.args, [Value::from(lists)]);
    realm.everybody_leaves();
}

#[test]
fn a_subscription_is_looked_up_by_topic_and_policy() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.subscribed(alice, Exact, "com.a");
    realm.subscribed(alice, Prefix, "com.a");
    for (payload, found) in [
        (json("[\"com.a\"]"), Value::from(1)),
        (json("[\"com.a\",null]"), Value::from(1)),
        (json("[\"com.a\",{}]"), Value::from(1)),
        (json("[\"com.a\",{\"match\":\"exact\"}]"), Value::from(1)),
        (json("[\"com.a\",{\"match\":\"prefix\"}]"), Value::from(2)),
        (json("[\"com.a\",{\"match\":\"wildcard\"}]"), Value::Null),
        (json("[\"com.b\"]"), Value::Null),
        (json("[\"not a uri\"]"), Value::Null),
    ] {
        let told = realm.told(alice, "wamp.subscription.lookup", payload.clone());
        assert_eq!(told.args, [found], "{payload:?}");
    }
}

#[test]
fn subscriptions_are_found_by_what_they_match() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for (policy, topic) in [(Wildcard, "com."), (Prefix, "com"), (Exact, "com.a")] {
        realm.subscribed(alice, policy, topic);
    }
    for (topic, found) in [
        ("com.a", Value::from(vec![3_u64, 2, 1])),
        ("com.b", Value::from(vec![2_u64, 1])),
        ("com.b.c", Value::from(vec![2_u64])),
        ("org", Value::Null),
    ] {
        let payload = json(&format!("[\"{topic}\"]"));
        let told = realm.told(alice, "wamp.subscription.match", payload);
        assert_eq!(told.args, [found], "{topic}");
    }
}

#[test]
fn a_subscription_is_described() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, Wildcard, "com..a");
    realm.now.unix += std::time::Duration::from_millis(1500);
    realm.subscribed(bob, Wildcard, "com..a");
    let of_it = json(&format!("[{subscription}]"));
    let told = realm.told(bob, "wamp.subscription.get", of_it.clone());
    let details = Dict::new()
        .with("id", subscription)
        .with("created", "2023-11-14T22:13:20.000Z")
        .with("uri", "com..a")
        .with("match", "wildcard");
    assert_eq!(told.args, [Value::from(details)]);
    let told = realm.told(bob, "wamp.subscription.list_subscribers", of_it.clone());
    assert_eq!(told.args, [Value::from(vec![1000_u64, 1001])]);
    let told = realm.told(bob, "wamp.subscription.count_subscribers", of_it);
    assert_eq!(told.args, [Value::from(2_u64)]);
}

#[test]
fn an_unknown_subscription_is_an_error() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(alice, Exact, "com.a");
    realm.leave(alice);
    for procedure in [
        "wamp.subscription.get",
        "wamp.subscription.list_subscribers",
        "wamp.subscription.count_subscribers",
    ] {
        assert_eq!(
            realm.denied(bob, procedure, json("[1]")),
            (
                uris::NO_SUCH_SUBSCRIPTION.to_string(),
                "there is no subscription 1".to_owned()
            )
        );
    }
}

#[test]
fn a_subscriber_is_removed_and_told_why() {
    let mut realm = Fixture::new();
    let [admin, alice] = [realm.join(), realm.join()];
    let plain = realm.join_as(|join| join.roles = plain_roles());
    let remove = "wamp.subscription.remove_subscriber";
    for subscriber in [alice, plain] {
        realm.subscribed(subscriber, Exact, "com.a");
    }
    assert_eq!(
        realm.denied(admin, remove, json("[1,1000]")),
        (
            uris::NO_SUCH_SESSION.to_string(),
            "session 1000 has no part in it".to_owned()
        )
    );
    let (error, _) = realm.denied(admin, remove, json("[77,1001]"));
    assert_eq!(error, uris::NO_SUCH_SUBSCRIPTION.to_string());
    let reason = "{\"reason\":\"com.error.tired\"}";
    realm.told(admin, remove, json_kw("[1,1001]", reason));
    let Message::Unsubscribed(unsubscribed) = realm.received_one(alice) else {
        panic!("no UNSUBSCRIBED");
    };
    assert_eq!(unsubscribed.request, None);
    assert_eq!(unsubscribed.details.subscription, Some(id(1)));
    assert_eq!(
        unsubscribed.details.reason.as_deref(),
        Some("com.error.tired")
    );

    // Who did not announce that it understands is not told, but removed all the same.
    realm.told(admin, remove, json("[1,1002]"));
    assert_eq!(realm.received(plain), []);
    realm.send(admin, publish(1, "com.a"));
    assert_eq!(realm.received(plain), []);
    let (error, _) = realm.denied(admin, "wamp.subscription.get", json("[1]"));
    assert_eq!(error, uris::NO_SUCH_SUBSCRIPTION.to_string());
    realm.everybody_leaves();
}
