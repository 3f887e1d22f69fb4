//! The meta events: in which order they come, and to whom.

use wampkit::proto::{
    Dict, Id, MatchPolicy, Message, MessageType, Serializer, SubscribeOptions, Value,
};
use wampkit::realm::SessionKey;

use super::support::*;

/// A session that hears all meta events of the chapters named, and nothing of its own arrival.
fn watcher<const N: usize>(realm: &mut Fixture, chapters: [&str; N]) -> SessionKey {
    let watcher = realm.join();
    for chapter in chapters {
        realm.subscribed(watcher, MatchPolicy::Prefix, chapter);
    }
    realm.received(watcher);
    watcher
}

/// What the watcher heard: the topic without `wamp.` and the arguments.
#[track_caller]
fn heard(realm: &mut Fixture, watcher: SessionKey) -> Vec<(String, Vec<Value>)> {
    let received = realm.received(watcher).into_iter();
    received
        .map(|message| match message {
            Message::Event(event) => {
                let topic = event.details.topic.expect("by pattern");
                let topic = topic.strip_prefix("wamp.").expect("of the router");
                (topic.to_owned(), arguments(&event.payload).args)
            }
            other => panic!("{other:?} is no EVENT"),
        })
        .collect()
}

fn change(topic: &str, session: u64, subject: impl Into<Value>) -> (String, Vec<Value>) {
    (topic.to_owned(), vec![session.into(), subject.into()])
}

fn description(subscription: Id, uri: &str, policy: &str) -> Dict {
    Dict::new()
        .with("id", subscription)
        .with("created", "2023-11-14T22:13:20.000Z")
        .with("uri", uri)
        .with("match", policy)
}

#[test]
fn a_subscription_is_created_before_it_is_joined_and_left_before_it_is_deleted() {
    let mut realm = Fixture::new();
    let watcher = watcher(&mut realm, ["wamp.subscription."]);
    let [alice, bob] = [realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, MatchPolicy::Prefix, "com.a");
    let created = description(subscription, "com.a", "prefix");
    assert_eq!(
        heard(&mut realm, watcher),
        [
            change("subscription.on_create", 1001, created),
            change("subscription.on_subscribe", 1001, subscription),
        ]
    );
    realm.subscribed(alice, MatchPolicy::Prefix, "com.a");
    assert_eq!(heard(&mut realm, watcher), [], "it was subscribed already");
    realm.subscribed(bob, MatchPolicy::Prefix, "com.a");
    assert_eq!(
        heard(&mut realm, watcher),
        [change("subscription.on_subscribe", 1002, subscription)]
    );
    realm.send(alice, unsubscribe(1, subscription));
    assert_eq!(
        heard(&mut realm, watcher),
        [change("subscription.on_unsubscribe", 1001, subscription)]
    );
    realm.send(bob, unsubscribe(1, subscription));
    assert_eq!(
        heard(&mut realm, watcher),
        [
            change("subscription.on_unsubscribe", 1002, subscription),
            change("subscription.on_delete", 1002, subscription),
        ]
    );
    realm.send(bob, unsubscribe(2, subscription));
    assert_eq!(heard(&mut realm, watcher), [], "an ERROR changes nothing");
}

#[test]
fn a_registration_is_created_before_it_is_joined_and_left_before_it_is_deleted() {
    let mut realm = Fixture::new();
    let watcher = watcher(&mut realm, ["wamp.registration."]);
    let alice = realm.join();
    let registration = realm.registered(alice, MatchPolicy::Wildcard, "com..a");
    let created = description(registration, "com..a", "wildcard").with("invoke", "single");
    assert_eq!(
        heard(&mut realm, watcher),
        [
            change("registration.on_create", 1001, created),
            change("registration.on_register", 1001, registration),
        ]
    );
    realm.send(alice, register_by(MatchPolicy::Wildcard, 1, "com..a"));
    assert_eq!(heard(&mut realm, watcher), [], "an ERROR changes nothing");
    realm.send(alice, unregister(2, registration));
    assert_eq!(
        heard(&mut realm, watcher),
        [
            change("registration.on_unregister", 1001, registration),
            change("registration.on_delete", 1001, registration),
        ]
    );
}

#[test]
fn a_session_that_leaves_first_leaves_what_it_was_in() {
    let mut realm = Fixture::new();
    let watcher = watcher(
        &mut realm,
        ["wamp.session.", "wamp.registration.", "wamp.subscription."],
    );
    let [alice, bob] = [realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    let own = realm.subscribed(alice, MatchPolicy::Exact, "com.other");
    let registration = realm.registered(alice, MatchPolicy::Exact, "com.proc");
    heard(&mut realm, watcher);
    realm.leave(alice);
    let left = (
        "session.on_leave".to_owned(),
        vec![
            Value::from(1001),
            Value::from("user1"),
            Value::from("anonymous"),
        ],
    );
    assert_eq!(
        heard(&mut realm, watcher),
        [
            change("subscription.on_unsubscribe", 1001, subscription),
            change("subscription.on_unsubscribe", 1001, own),
            change("subscription.on_delete", 1001, own),
            change("registration.on_unregister", 1001, registration),
            change("registration.on_delete", 1001, registration),
            left,
        ]
    );
}

/// The answer comes first, so that a client knows the subscription that it hears of.
#[test]
fn a_session_hears_of_itself_after_the_answer() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let options = SubscribeOptions {
        match_policy: Some(MatchPolicy::Prefix),
        ..SubscribeOptions::default()
    };
    let all = proto::Subscribe {
        options,
        ..subscribe(1, "")
    };
    realm.send(alice, all);
    realm.send(alice, register(2, "com.proc"));
    realm.send(alice, unregister(3, id(1)));
    let kinds: Vec<_> = realm.received(alice).iter().map(Message::kind).collect();
    use MessageType::{Event, Registered, Subscribed, Unregistered};
    assert_eq!(
        kinds,
        [
            Subscribed,
            Event,
            Event,
            Registered,
            Event,
            Event,
            Unregistered,
            Event,
            Event
        ]
    );
    realm.send(alice, unsubscribe(4, id(1)));
    let kinds: Vec<_> = realm.received(alice).iter().map(Message::kind).collect();
    assert_eq!(kinds, [MessageType::Unsubscribed], "nothing after the end");
}

#[test]
fn events_are_in_the_subscribers_serializer_and_frame() {
    let mut realm = Fixture::new();
    let wide = Serializer::ALL.map(|serializer| realm.join_over(serializer));
    let narrow = realm.join_as(|join| join.max_frame = 512);
    for watcher in wide.into_iter().chain([narrow]) {
        realm.subscribed(watcher, MatchPolicy::Exact, "wamp.session.on_join");
    }
    realm.join_as(|join| join.authid = "x".repeat(600));
    for watcher in wide {
        assert_eq!(realm.events(watcher).len(), 1);
    }
    assert_eq!(realm.events(narrow), []);
}

#[test]
fn nothing_is_published_when_nobody_listens() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.registered(alice, MatchPolicy::Exact, "com.proc");
    realm.join();
    assert_eq!(realm.received(alice), []);
}
