//! HELLO's end: WELCOME, GOODBYE, ABORT, a broken transport.

use bytes::BytesMut;
use wampkit::codec;
use wampkit::proto::{
    Abort, Feature, Features, GoodbyeDetails, MatchPolicy, Message, MessageType, Payload, Role,
    Roles, Serializer, uris,
};
use wampkit::realm::{Census, Input};

use super::support::*;

#[test]
fn welcome_says_who_joined_what() {
    let mut realm = Fixture::new();
    let alice = realm.join_and_look(|join| {
        join.session = id(4711);
        join.authid = "alice".to_owned();
        join.authrole = "staff".to_owned();
        join.authmethod = "ticket".to_owned();
        join.authprovider = "file".to_owned();
        join.agent = "wamp-1.2".to_owned();
    });
    let welcome = welcome(realm.received_one(alice));
    assert_eq!(welcome.session, id(4711));
    let details = welcome.details;
    assert_eq!(details.realm.as_deref(), Some("realm1"));
    assert_eq!(details.authid.as_deref(), Some("alice"));
    assert_eq!(details.authrole.as_deref(), Some("staff"));
    assert_eq!(details.authmethod.as_deref(), Some("ticket"));
    assert_eq!(details.authprovider.as_deref(), Some("file"));
    assert_eq!(details.agent.as_deref(), Some("wamp-1.2"));
    assert_eq!(realm.realm.session_count(), 1);
}

/// Each feature here has its test in one of the modules beside.
#[test]
fn welcome_announces_what_works_and_nothing_else() {
    let mut realm = Fixture::new();
    let alice = realm.join_and_look(|_| {});
    let roles = welcome(realm.received_one(alice)).details.roles.unwrap();
    assert_eq!(
        roles.iter().collect::<Vec<_>>(),
        [
            (
                Role::Broker,
                Features::from_iter([
                    Feature::EventRetention,
                    Feature::PatternBasedSubscription,
                    Feature::PayloadPassthruMode,
                    Feature::PublisherExclusion,
                    Feature::PublisherIdentification,
                    Feature::ShardedSubscription,
                    Feature::SubscriberBlackwhiteListing,
                    Feature::SubscriptionRevocation,
                    Feature::SessionMetaApi,
                    Feature::SubscriptionMetaApi,
                    Feature::TopicReflection,
                ])
            ),
            (
                Role::Dealer,
                Features::from_iter([
                    Feature::CallCanceling,
                    Feature::CallReroute,
                    Feature::CallTimeout,
                    Feature::CallerIdentification,
                    Feature::PatternBasedRegistration,
                    Feature::PayloadPassthruMode,
                    Feature::ProgressiveCallInvocations,
                    Feature::ProgressiveCallResults,
                    Feature::ProcedureReflection,
                    Feature::RegistrationRevocation,
                    Feature::ShardedRegistration,
                    Feature::SharedRegistration,
                    Feature::RegistrationMetaApi,
                    Feature::SessionMetaApi,
                    Feature::TestamentMetaApi,
                ])
            ),
        ]
    );
}

/// The smallest frame there is has no room for the features, and still the session is open.
#[test]
fn a_peer_with_small_frames_is_welcome_without_features() {
    let mut realm = Fixture::new();
    let small = realm.join_and_look(|join| join.max_frame = 512);
    let roles = welcome(realm.received_one(small)).details.roles.unwrap();
    assert_eq!(
        roles.iter().collect::<Vec<_>>(),
        [
            (Role::Broker, Features::default()),
            (Role::Dealer, Features::default())
        ]
    );
    assert!(!realm.is_closed(small));

    let none = realm.join_and_look(|join| join.max_frame = 64);
    let Message::Abort(abort) = realm.received_one(none) else {
        panic!("no ABORT");
    };
    assert_eq!(abort.reason, uris::PAYLOAD_SIZE_EXCEEDED);
    assert!(realm.is_closed(none));
}

/// However long its frames and its name are, what a peer is welcomed with fits into them.
#[test]
fn no_welcome_is_too_long() {
    let mut realm = Fixture::new();
    for serializer in Serializer::ALL {
        for limit in (512..12_000).step_by(512) {
            for (letter, length) in [("a", 8), ("a", 400), ("\u{1}", 400), ("é", 2000)] {
                let key = realm.join_and_look(|join| {
                    join.serializer = serializer;
                    join.max_frame = limit;
                    join.authid = letter.repeat(length);
                });
                let answer = realm.received_one(key);
                let mut frame = BytesMut::new();
                codec::encode(serializer, &answer, &mut frame).unwrap();
                assert!(frame.len() <= limit, "{}: {limit}", answer.kind());
                realm.leave(key);
            }
        }
    }
}

#[test]
fn goodbye_is_answered_and_ends_the_session() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.send(alice, subscribe(1, "com.topic"));
    realm.send(alice, register(2, "com.proc"));
    realm.received(alice);
    realm.send(alice, goodbye(&uris::CLOSE_REALM));
    assert!(is_goodbye_and_out(&realm.received_one(alice)));
    assert!(realm.is_closed(alice));
    assert_eq!(
        realm.realm.census(),
        Census {
            sessions: 1,
            ..Census::default()
        }
    );

    // What still comes is ignored, until the key is free again.
    realm.send(alice, subscribe(3, "com.topic"));
    realm.send(alice, goodbye(&uris::CLOSE_REALM));
    realm.input(Input::Malformed(alice, "noise".to_owned()));
    realm.send(bob, publish(1, "com.topic"));
    assert_eq!(realm.received(alice), []);
    realm.send(bob, call(2, "com.proc"));
    assert_eq!(realm.refused(bob).request_type, MessageType::Call);
    realm.everybody_leaves();
}

#[test]
fn abort_from_a_client_ends_the_session_without_an_answer() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, subscribe(1, "com.topic"));
    realm.received(alice);
    let abort = Abort {
        details: GoodbyeDetails::default(),
        reason: uris::PROTOCOL_VIOLATION,
        payload: Payload::empty(Serializer::Json),
    };
    realm.send(alice, abort);
    assert_eq!(realm.received(alice), []);
    assert!(realm.is_closed(alice));
    assert_eq!(realm.realm.census(), Census::default());
}

#[test]
fn a_broken_transport_leaves_nothing_behind_and_frees_the_key() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.send(alice, subscribe(1, "com.topic"));
    realm.send(alice, register(2, "com.proc"));
    realm.leave(alice);
    assert_eq!(realm.realm.session_count(), 1);
    realm.send(bob, subscribe(1, "com.topic"));
    realm.received(bob);

    // The next session with that key starts afresh.
    let carol = realm.join_as(|join| join.key = alice);
    realm.send(bob, publish(2, "com.topic"));
    assert_eq!(realm.received(carol), []);
    realm.registered(carol, MatchPolicy::Exact, "com.proc");
    realm.everybody_leaves();
}

#[test]
fn a_client_may_play_a_role_that_it_did_not_announce() {
    let mut realm = Fixture::new();
    let shy = realm.join_as(|join| join.roles = Roles::default());
    realm.send(shy, subscribe(1, "com.topic"));
    realm.send(shy, register(2, "com.proc"));
    realm.send(shy, publish_acknowledged(3, "com.topic"));
    realm.send(shy, call(4, "com.proc"));
    let kinds: Vec<_> = realm.received(shy).iter().map(Message::kind).collect();
    assert_eq!(
        kinds,
        [
            MessageType::Subscribed,
            MessageType::Registered,
            MessageType::Published,
            MessageType::Invocation
        ]
    );
}

#[test]
fn equal_inputs_have_equal_outputs() {
    let run = || {
        let mut realm = Fixture::new();
        let alice = realm.join();
        for request in 1..20 {
            realm.send(alice, publish_acknowledged(request, "com.topic"));
        }
        realm.received(alice)
    };
    assert_eq!(run(), run());
}
