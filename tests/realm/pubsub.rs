//! Subscriptions and publications.

use wampkit::proto::{
    Event, EventDetails, MatchPolicy, Message, MessageType, Passthru, Publish, PublishOptions,
    RevocationDetails, Subscribed, Unsubscribed, uris,
};

use super::support::*;

#[test]
fn an_event_reaches_the_subscribers() {
    let mut realm = Fixture::new();
    let [alice, bob, carol] = [realm.join(), realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.subscribed(bob, MatchPolicy::Exact, "com.other");
    let payload = json_kw("[1]", "{\"a\":2}");
    let publish = Publish {
        payload: payload.clone(),
        ..publish(1, "com.topic")
    };
    realm.send(carol, publish);
    let event = realm.event(alice);
    assert_eq!(
        event,
        Event {
            subscription,
            publication: event.publication,
            details: EventDetails::default(),
            payload
        }
    );
    assert_eq!(realm.received(bob), []);
    assert_eq!(realm.received(carol), [], "not acknowledged");
    realm.everybody_leaves();
}

#[test]
fn an_acknowledged_publish_names_the_publication() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    let mut publications = Vec::new();
    for request in 1..=3 {
        realm.send(bob, publish_acknowledged(request, "com.topic"));
        let Message::Published(published) = realm.received_one(bob) else {
            panic!("no PUBLISHED");
        };
        assert_eq!(published.request, id(request));
        assert_eq!(realm.event(alice).publication, published.publication);
        publications.push(published.publication);
    }
    publications.dedup();
    assert_eq!(publications.len(), 3);
}

#[test]
fn a_publish_that_reaches_nobody_is_acknowledged() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, publish_acknowledged(1, "com.topic"));
    assert!(matches!(realm.received_one(alice), Message::Published(_)));
}

#[test]
fn subscriptions_are_numbered_from_1_and_shared() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let first = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    assert_eq!(first, id(1));
    assert_eq!(
        realm.subscribed(bob, MatchPolicy::Exact, "com.topic"),
        first
    );
    assert_eq!(
        realm.subscribed(alice, MatchPolicy::Exact, "com.topic"),
        first,
        "again"
    );
    for (number, policy) in [(2, MatchPolicy::Prefix), (3, MatchPolicy::Wildcard)] {
        assert_eq!(realm.subscribed(bob, policy, "com.topic"), id(number));
    }

    // Subscribed twice, delivered once.
    realm.send(bob, publish(1, "com.topic"));
    assert_eq!(realm.event(alice).subscription, first);
}

#[test]
fn a_subscription_id_is_never_used_again() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let first = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.send(alice, unsubscribe(1, first));
    realm.received(alice);
    assert_ne!(
        realm.subscribed(alice, MatchPolicy::Exact, "com.topic"),
        first
    );
}

#[test]
fn unsubscribed_means_no_more_events() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    realm.send(alice, unsubscribe(7, subscription));
    assert_eq!(
        realm.received(alice),
        [Message::Unsubscribed(Unsubscribed {
            request: Some(id(7)),
            details: RevocationDetails::default()
        })]
    );
    let carol = realm.join();
    realm.send(carol, publish(1, "com.topic"));
    assert_eq!(realm.received(alice), []);
    realm.event(bob);
    realm.everybody_leaves();
}

#[test]
fn only_ones_own_subscription_can_be_ended() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let subscription = realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    for unknown in [subscription, id(99)] {
        realm.send(bob, unsubscribe(1, unknown));
        assert_eq!(
            realm.refused(bob),
            refused(
                MessageType::Unsubscribe,
                1,
                &uris::NO_SUCH_SUBSCRIPTION,
                &format!("subscription {unknown} is not one of this session")
            )
        );
    }
    realm.send(bob, publish(2, "com.topic"));
    realm.event(alice);
}

#[test]
fn a_publisher_hears_itself_only_if_it_wants_to() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    for (exclude_me, heard) in [(None, 0), (Some(true), 0), (Some(false), 1)] {
        let options = PublishOptions {
            exclude_me,
            ..PublishOptions::default()
        };
        realm.send(
            alice,
            Publish {
                options,
                ..publish(1, "com.topic")
            },
        );
        assert_eq!(realm.received(alice).len(), heard, "{exclude_me:?}");
        realm.event(bob);
    }
}

#[test]
fn subscribed_comes_before_the_first_event() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.send(alice, subscribe(1, "com.topic"));
    realm.send(bob, publish(1, "com.topic"));
    let received = realm.received(alice);
    assert_eq!(
        received[0],
        Message::Subscribed(Subscribed {
            request: id(1),
            subscription: id(1)
        })
    );
    assert!(matches!(received[1..], [Message::Event(_)]));
}

#[test]
fn attributes_that_are_passed_through_reach_the_subscriber() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    let passthru = Some(Box::new(Passthru {
        ppt_scheme: Some("x_mine".into()),
        ppt_keyid: Some("7".into()),
        transaction_hash: Some("abc".into()),
        ..Passthru::default()
    }));
    let options = PublishOptions {
        passthru: passthru.clone(),
        ..PublishOptions::default()
    };
    let publish = Publish {
        options,
        ..publish(1, "com.topic")
    };
    realm.send(bob, publish);
    assert_eq!(realm.event(alice).details.passthru, passthru);
}

#[test]
fn malformed_topics_are_refused() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, subscribe(1, "com topic"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Subscribe,
            1,
            &uris::INVALID_URI,
            "the topic \"com topic\" is invalid: a URI must not contain ' '"
        )
    );
    realm.send(alice, subscribe(2, "com..topic"));
    assert_eq!(
        realm.refused(alice).sentence,
        "the topic \"com..topic\" is invalid: a URI must not have an empty component"
    );
    realm.send(alice, publish_acknowledged(3, "com."));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Publish,
            3,
            &uris::INVALID_URI,
            "the topic \"com.\" is invalid: a URI must not have an empty component"
        )
    );
    realm.send(alice, publish(4, "com."));
    assert_eq!(realm.received(alice), [], "not acknowledged");
    realm.everybody_leaves();
}

#[test]
fn a_client_cannot_publish_what_only_the_router_may() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(bob, MatchPolicy::Exact, "wamp.session.on_join");
    realm.subscribed(bob, MatchPolicy::Prefix, "wamp.session");
    realm.send(alice, publish_acknowledged(1, "wamp.session.on_join"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Publish,
            1,
            &uris::INVALID_URI,
            "the topic \"wamp.session.on_join\" is invalid: URIs that begin with \"wamp\" are reserved for the protocol"
        )
    );
    realm.send(alice, publish(2, "wamp.session.on_join"));
    assert_eq!(realm.received(alice), []);
    assert_eq!(realm.received(bob), []);
}
