//! Events that are kept for those who subscribe later.

use bytes::Bytes;
use wampkit::codec::{self, Arguments};
use wampkit::proto::{
    Event, EventDetails, Feature, Id, MatchPolicy, Message, Passthru, Publish, PublishOptions,
    Recipients, Role, Serializer, Subscribe, Subscribed, Value,
};
use wampkit::realm::{RetentionLimits, SessionKey};

use super::support::*;

fn retain(number: u64, topic: &str) -> Publish {
    Publish {
        options: PublishOptions {
            retain: Some(true),
            ..PublishOptions::default()
        },
        payload: json(&format!("[{number}]")),
        ..publish(1, topic)
    }
}

fn retain_for(number: u64, topic: &str, recipients: Recipients) -> Publish {
    let mut publish = retain(number, topic);
    publish.options.recipients = Some(Box::new(recipients));
    publish
}

fn for_role(role: &'static str) -> Recipients {
    Recipients {
        eligible_authrole: Some(vec![role.into()]),
        ..Recipients::default()
    }
}

fn get_retained(policy: MatchPolicy, topic: &str) -> Subscribe {
    let mut subscribe = subscribe_by(policy, 1, topic);
    subscribe.options.get_retained = Some(true);
    subscribe
}

/// The numbers of the retained events that a subscriber is sent after SUBSCRIBED.
#[track_caller]
fn retained(
    realm: &mut Fixture,
    subscriber: SessionKey,
    policy: MatchPolicy,
    topic: &str,
) -> Vec<u64> {
    // Not what came live.
    realm.received(subscriber);
    realm.send(subscriber, get_retained(policy, topic));
    let received = realm.received(subscriber).into_iter();
    let mut received = received.filter(|message| !is_meta_event(message));
    let first = received.next();
    assert!(matches!(first, Some(Message::Subscribed(_))), "{first:?}");
    received
        .map(|message| {
            let Message::Event(event) = message else {
                panic!("{message:?} is no EVENT");
            };
            assert_eq!(event.details.retained, Some(true));
            let arguments = Arguments::from_payload(&event.payload).unwrap();
            arguments.args[0].as_u64().unwrap()
        })
        .collect()
}

fn guest(realm: &mut Fixture) -> SessionKey {
    realm.join_as(|join| join.authrole = "guest".to_owned())
}

#[test]
fn the_last_retained_event_comes_right_after_subscribed() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, retain(1, "com.topic"));
    let mut second = retain(2, "com.topic");
    second.options.acknowledge = Some(true);
    second.options.disclose_me = Some(true);
    realm.send(alice, second);
    let Message::Published(published) = realm.received_one(alice) else {
        panic!("no PUBLISHED");
    };
    // Not retained, so it changes nothing.
    realm.send(alice, publish(3, "com.topic"));

    let bob = realm.join_over(Serializer::Cbor);
    realm.send(bob, get_retained(MatchPolicy::Exact, "com.topic"));
    let [Message::Subscribed(subscribed), Message::Event(event)] = &realm.received(bob)[..] else {
        panic!("something else");
    };
    let arguments = Arguments::from_payload(&event.payload).unwrap();
    assert_eq!(arguments.args, [Value::from(2_u64)]);
    assert_eq!(
        *event,
        Event {
            subscription: subscribed.subscription,
            publication: published.publication,
            details: EventDetails {
                retained: Some(true),
                publisher: Some(id(1000)),
                publisher_authid: Some("user0".into()),
                publisher_authrole: Some("anonymous".into()),
                ..EventDetails::default()
            },
            payload: event.payload.clone(),
        }
    );
}

#[test]
fn an_event_is_live_for_those_who_are_there() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    realm.send(alice, retain(1, "com.topic"));
    assert_eq!(realm.event(bob).details.retained, None);
}

#[test]
fn who_does_not_ask_gets_nothing() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.send(alice, retain(1, "com.topic"));
    for get_retained in [None, Some(false)] {
        let mut subscribe = subscribe(1, "com.topic");
        subscribe.options.get_retained = get_retained;
        realm.send(bob, subscribe);
        let subscribed = Subscribed {
            request: id(1),
            subscription: id(1),
        };
        assert_eq!(realm.received(bob), [Message::Subscribed(subscribed)]);
    }
    let again = retained(&mut realm, bob, MatchPolicy::Exact, "com.topic");
    assert_eq!(again, [1], "though subscribed already");
    let none = retained(&mut realm, bob, MatchPolicy::Exact, "com.other");
    assert!(none.is_empty());
}

#[test]
fn a_pattern_gets_the_event_of_every_topic() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let topics = [
        "com.b.x", "com.a.x", "com.a", "comma.x", "org.a.x", "com.a.y",
    ];
    for (topic, number) in topics.into_iter().zip(1..) {
        realm.send(alice, retain(number, topic));
    }
    for (policy, pattern, wanted) in [
        (MatchPolicy::Prefix, "com.", &[3, 2, 6, 1][..]),
        (MatchPolicy::Prefix, "com", &[3, 2, 6, 1, 4]),
        (MatchPolicy::Prefix, "", &[3, 2, 6, 1, 4, 5]),
        (MatchPolicy::Wildcard, "com..x", &[2, 1]),
        (MatchPolicy::Wildcard, ".a.x", &[2, 5]),
        (MatchPolicy::Wildcard, "com.a.", &[2, 6]),
        (MatchPolicy::Wildcard, "com.a", &[3]),
    ] {
        let found = retained(&mut realm, bob, policy, pattern);
        assert_eq!(found, wanted, "{policy} {pattern:?}");
    }
    let carol = realm.join();
    realm.send(carol, get_retained(MatchPolicy::Wildcard, "org.a."));
    let received = realm.received(carol);
    let [_, Message::Event(event)] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(event.details.topic.as_deref(), Some("org.a.x"));
}

#[test]
fn only_those_get_it_who_would_have_got_it_then() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let [staff, guest] = [
        realm.join_as(|join| join.authrole = "staff".to_owned()),
        guest(&mut realm),
    ];
    realm.send(alice, retain(1, "com.topic"));
    realm.send(alice, retain_for(2, "com.topic", for_role("staff")));
    let mut got = |session| retained(&mut realm, session, MatchPolicy::Exact, "com.topic");
    assert_eq!(got(staff), [2]);
    assert_eq!(got(guest), [1], "the last one that was for it");
    assert!(got(alice).is_empty(), "its own");

    realm.send(staff, retain(3, "com.topic"));
    let mut got = |session| retained(&mut realm, session, MatchPolicy::Exact, "com.topic");
    assert_eq!(got(guest), [3]);
    assert_eq!(got(alice), [3]);
    assert_eq!(realm.realm.kept().retained, 1, "it replaced both");
}

#[test]
fn lists_of_sessions_hold_later_too() {
    let mut realm = Fixture::new();
    let [alice, bob, carol] = [realm.join(), realm.join(), realm.join()];
    let recipients = Recipients {
        exclude: Some(vec![id(1001)]),
        ..Recipients::default()
    };
    realm.send(alice, retain_for(1, "com.topic", recipients));
    let mut got = |session| retained(&mut realm, session, MatchPolicy::Exact, "com.topic");
    assert!(got(bob).is_empty());
    assert_eq!(got(carol), [1]);
}

#[test]
fn a_publisher_that_hears_itself_gets_its_own() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let mut publish = retain(1, "com.topic");
    publish.options.exclude_me = Some(false);
    realm.send(alice, publish);
    let own = retained(&mut realm, alice, MatchPolicy::Exact, "com.topic");
    assert_eq!(own, [1]);
}

#[test]
fn it_outlives_its_publisher_and_all_sessions() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, retain(1, "com.topic"));
    realm.leave(alice);
    assert_eq!(realm.realm.census(), wampkit::realm::Census::default());
    let bob = realm.join();
    let found = retained(&mut realm, bob, MatchPolicy::Exact, "com.topic");
    assert_eq!(found, [1]);
    realm.everybody_leaves();
}

#[test]
fn the_oldest_are_forgotten_when_there_are_too_many() {
    let mut realm = Fixture::with(|config| config.retention.events = 3);
    let [alice, bob] = [realm.join(), realm.join()];
    for (number, topic) in (1..).zip(["a", "b", "c", "a", "d"]) {
        realm.send(alice, retain(number, topic));
    }
    assert_eq!(realm.realm.kept().retained, 3);
    let found = retained(&mut realm, bob, MatchPolicy::Prefix, "");
    assert_eq!(found, [4, 3, 5], "b was the oldest, as a was renewed");
}

#[test]
fn the_oldest_are_forgotten_when_they_take_too_much() {
    let mut realm = Fixture::with(|config| config.retention.bytes = 20_000);
    let [alice, bob] = [realm.join(), realm.join()];
    let retain = |number: u64, length: usize, topic: &str| Publish {
        payload: json(&format!("[{number},\"{}\"]", "x".repeat(length))),
        ..retain(number, topic)
    };
    for (number, topic) in (1..).zip(["a", "b", "c"]) {
        realm.send(alice, retain(number, 9_000, topic));
    }
    let found = retained(&mut realm, bob, MatchPolicy::Prefix, "");
    assert_eq!(found, [2, 3]);

    // One that is too large by itself takes nobody else's place, but what it replaces is no longer true.
    realm.send(alice, retain(4, 30_000, "b"));
    let found = retained(&mut realm, bob, MatchPolicy::Prefix, "");
    assert_eq!(found, [3]);
}

#[test]
fn lists_count_towards_the_bytes() {
    let mut realm = Fixture::with(|config| config.retention.bytes = 20_000);
    let alice = realm.join();
    let names = |length: usize| Recipients {
        exclude_authid: Some(vec!["x".repeat(length).into()]),
        ..Recipients::default()
    };
    realm.send(alice, retain_for(1, "a", names(10_000)));
    assert_eq!(realm.realm.kept().retained, 1);
    realm.send(alice, retain_for(2, "b", names(20_000)));
    let mut sealed = retain(3, "c");
    sealed.options.passthru = Some(Box::new(Passthru {
        ppt_keyid: Some("k".repeat(20_000).into()),
        ..Passthru::default()
    }));
    realm.send(alice, sealed);
    assert_eq!(realm.realm.kept().retained, 1);
}

#[test]
fn a_topic_keeps_a_few_events_for_some() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.send(alice, retain(100, "com.topic"));
    let for_session = |number: u64| Recipients {
        eligible: Some(vec![id(1001), Id::new(5000 + number).unwrap()]),
        ..Recipients::default()
    };
    for number in 0..50 {
        realm.send(alice, retain_for(number, "com.topic", for_session(number)));
        realm.send(alice, retain_for(number, "com.topic", for_session(number)));
    }
    assert_eq!(realm.realm.kept().retained, 9, "and the one for all");
    let found = retained(&mut realm, bob, MatchPolicy::Exact, "com.topic");
    assert_eq!(found, [49]);
    let guest = guest(&mut realm);
    let found = retained(&mut realm, guest, MatchPolicy::Exact, "com.topic");
    assert_eq!(found, [100]);
}

#[test]
fn what_a_subscriber_cannot_receive_is_left_out() {
    let mut realm = Fixture::new();
    let alice = realm.join_over(Serializer::MsgPack);
    let not_a_number = Publish {
        payload: msgpack(b"\x91\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"),
        ..retain(1, "com.a")
    };
    realm.send(alice, not_a_number);
    let long = Publish {
        payload: json(&format!("[2,\"{}\"]", "x".repeat(600))),
        ..retain(2, "com.b")
    };
    let bob = realm.join();
    realm.send(bob, long);
    let mut last = retain(3, "com.c");
    last.options.passthru = Some(Box::new(Passthru {
        ppt_scheme: Some("x_mine".into()),
        forward_for: Some(vec![proto::Dict::new().with("session", 7)]),
        ..Passthru::default()
    }));
    let passthru = last.options.passthru.clone();
    realm.send(bob, last);

    let narrow = realm.join_as(|join| join.max_frame = 512);
    realm.send(narrow, get_retained(MatchPolicy::Prefix, "com."));
    let received = realm.received(narrow);
    let [_, Message::Event(event)] = &received[..] else {
        panic!("{received:?}");
    };
    assert_eq!(event.payload, json("[3]"));
    assert_eq!(event.details.passthru, passthru);
}

#[test]
fn an_event_is_retained_though_somebody_could_not_receive_it() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let narrow = realm.join_as(|join| join.max_frame = 512);
    realm.subscribed(narrow, MatchPolicy::Exact, "com.topic");
    let mut long = retain(1, "com.topic");
    long.payload = json(&format!("[1,\"{}\"]", "x".repeat(600)));
    realm.send(alice, long);
    let found = retained(&mut realm, bob, MatchPolicy::Exact, "com.topic");
    assert_eq!(found, [1]);
}

#[test]
fn a_publication_that_is_refused_is_not_retained() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for topic in ["com..topic", "wamp.topic"] {
        realm.send(alice, retain(1, topic));
    }
    assert_eq!(realm.realm.kept().retained, 0);
}

/// A large frame does not stay in memory for a small event that came in it.
#[test]
fn what_is_retained_is_a_copy() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let frame = Bytes::from(
        b"[16,1,{\"retain\":true,\"exclude_authid\":[\"bob\"],\"ppt_keyid\":\"k\"},\"com.topic\",[1]]".to_vec(),
    );
    let publish = codec::decode(Serializer::Json, &frame).unwrap();
    assert!(!frame.is_unique());
    realm.send(alice, publish);
    assert_eq!(realm.realm.kept().retained, 1);
    assert!(frame.is_unique());
}

#[test]
fn a_realm_can_do_without() {
    let mut realm = Fixture::with(|config| {
        config.retention = RetentionLimits {
            events: 0,
            bytes: 0,
        };
    });
    let alice = realm.join_and_look(|_| {});
    let roles = welcome(realm.received_one(alice)).details.roles.unwrap();
    assert!(!roles.features(Role::Broker).has(Feature::EventRetention));
    realm.send(alice, retain(1, "com.topic"));
    assert_eq!(realm.realm.kept().retained, 0);
}
