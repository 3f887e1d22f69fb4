//! Frames that a session does not take.

use bytes::BytesMut;
use wampkit::codec;
use wampkit::proto::{
    Call, CallOptions, Error, Event, MatchPolicy, Message, MessageType, Passthru, Publish,
    PublishOptions, Serializer, Yield, uris,
};
use wampkit::realm::SessionKey;

use super::support::*;

const LIMIT: usize = 512;

fn narrow(realm: &mut Fixture) -> SessionKey {
    realm.join_as(|join| join.max_frame = LIMIT)
}

/// `Arguments` of one string of so many bytes.
fn long(length: usize) -> proto::Payload {
    json(&format!("[\"{}\"]", "x".repeat(length)))
}

fn length(message: impl Into<Message>) -> usize {
    let mut frame = BytesMut::new();
    codec::encode(Serializer::Json, &message.into(), &mut frame).unwrap();
    frame.len()
}

#[test]
fn an_event_that_is_too_long_for_one_reaches_the_others() {
    let mut realm = Fixture::new();
    let [publisher, wide] = [realm.join(), realm.join()];
    let narrow = narrow(&mut realm);
    for session in [narrow, wide] {
        realm.subscribed(session, MatchPolicy::Exact, "com.topic");
    }
    let payload = long(LIMIT);
    let acknowledged = Publish {
        payload: payload.clone(),
        ..publish_acknowledged(1, "com.topic")
    };
    realm.send(publisher, acknowledged.clone());
    let published = realm.received_one(publisher);
    assert!(matches!(published, Message::Published(_)), "{published:?}");
    assert_eq!(realm.received(narrow), []);
    assert_eq!(realm.event(wide).payload, payload);

    // Only if it reaches nobody is it an error.
    realm.leave(wide);
    realm.send(publisher, acknowledged);
    assert_eq!(
        realm.refused(publisher),
        refused(
            MessageType::Publish,
            1,
            &uris::PAYLOAD_SIZE_EXCEEDED,
            "the message is longer than a receiver takes, which is 512 bytes"
        )
    );
    realm.send(
        publisher,
        Publish {
            payload,
            ..publish(2, "com.topic")
        },
    );
    assert_eq!(realm.received(publisher), [], "not acknowledged");
}

#[test]
fn the_limit_is_exact() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let narrow = narrow(&mut realm);
    let mut longest = 0;
    realm.subscribed(narrow, MatchPolicy::Prefix, "com");
    for size in 300..600 {
        let payload = long(size);
        realm.send(
            publisher,
            Publish {
                payload: payload.clone(),
                ..publish(1, "com.topic")
            },
        );
        let received = realm.received(narrow);
        let reference = Event {
            subscription: id(1),
            // Of as many digits as nearly all ids have; the few others are covered by the margin below.
            publication: id(1 << 52),
            details: proto::EventDetails {
                topic: Some("com.topic".into()),
                ..proto::EventDetails::default()
            },
            payload,
        };
        match received.first() {
            Some(event) => longest = longest.max(length(event.clone())),
            None => assert!(length(reference) > LIMIT - 3, "{size} left out"),
        }
    }
    assert!(longest <= LIMIT);
    assert!(longest > LIMIT - 3, "{longest}");
}

#[test]
fn what_is_passed_through_counts() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let narrow = narrow(&mut realm);
    realm.subscribed(narrow, MatchPolicy::Exact, "com.topic");
    for (size, reaches) in [(10, true), (LIMIT, false)] {
        let passthru = Passthru {
            ppt_keyid: Some("k".repeat(size).into()),
            ..Passthru::default()
        };
        let options = PublishOptions {
            passthru: Some(Box::new(passthru)),
            ..PublishOptions::default()
        };
        realm.send(
            publisher,
            Publish {
                options,
                ..publish(1, "com.topic")
            },
        );
        assert_eq!(realm.received(narrow).len(), usize::from(reaches), "{size}");
    }
}

#[test]
fn an_invocation_that_is_too_long_fails_the_call() {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callee = narrow(&mut realm);
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(
        caller,
        Call {
            payload: long(LIMIT),
            ..call(1, "com.proc")
        },
    );
    let refused = realm.refused(caller);
    assert_eq!(refused.error, "wamp.error.payload_size_exceeded");
    assert_eq!(realm.received(callee), []);
    assert_eq!(realm.realm.census().calls, 0);
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(realm.invocation(callee).request, id(1));
}

#[test]
fn an_answer_that_is_too_long_becomes_an_error() {
    let mut realm = Fixture::new();
    let callee = realm.join();
    let caller = narrow(&mut realm);
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    let answers: [Message; 3] = [
        Yield {
            payload: long(LIMIT),
            ..yields(1)
        }
        .into(),
        Error {
            payload: long(LIMIT),
            ..error(MessageType::Invocation, 2)
        }
        .into(),
        Error {
            error: "x".repeat(LIMIT).into(),
            ..error(MessageType::Invocation, 3)
        }
        .into(),
    ];
    for answer in answers {
        realm.send(caller, call(1, "com.proc"));
        realm.invocation(callee);
        realm.send(callee, answer);
        let refused = realm.refused(caller);
        assert_eq!(refused.request_type, MessageType::Call);
        assert_eq!(refused.error, "wamp.error.payload_size_exceeded");
    }
    realm.everybody_leaves();
}

/// A peer's own URI comes back in the sentence of an ERROR, which has to fit too.
#[test]
fn an_error_quotes_a_long_uri_in_part() {
    let mut realm = Fixture::new();
    let alice = narrow(&mut realm);
    realm.send(alice, call(1, &"x".repeat(400)));
    let Message::Error(error) = realm.received_one(alice) else {
        panic!("no ERROR");
    };
    assert!(length(error) <= LIMIT);
}

/// A caller that never waits for answers is stopped; an answer makes room for another call.
#[test]
fn pending_calls_are_limited() {
    const MOST: u64 = 1 << 16;
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    for request in 1..=MOST {
        realm.send(caller, call(request, "com.proc"));
    }
    assert_eq!(realm.received(caller), []);
    realm.send(caller, call(MOST + 1, "com.proc"));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            MOST + 1,
            &uris::UNAVAILABLE,
            "65536 calls of this session are pending, and no more can be"
        )
    );
    realm.send(callee, yields(7));
    realm.received(caller);
    realm.send(caller, call(MOST + 2, "com.proc"));
    assert_eq!(realm.received(caller), []);
    realm.everybody_leaves();
}

/// The attributes of a progressive call are kept for its later parts, up to a limit.
#[test]
fn what_is_kept_of_progressive_calls_is_limited() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    let heavy = |request, progress| {
        let options = CallOptions {
            progress: Some(progress),
            passthru: Some(Box::new(Passthru {
                ppt_keyid: Some("k".repeat(3 << 20).into()),
                ..Passthru::default()
            })),
            ..CallOptions::default()
        };
        call_with_options(request, "com.proc", options)
    };
    realm.send(caller, heavy(1, true));
    realm.send(caller, heavy(2, true));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            2,
            &uris::UNAVAILABLE,
            "the pending calls of this session take up too much memory for another progressive call"
        )
    );
    // Nothing has to be kept of an ordinary call, nor of one that has ended.
    realm.send(caller, heavy(3, false));
    realm.send(caller, cancel(1, None));
    realm.received(caller);
    realm.send(caller, heavy(4, true));
    assert_eq!(realm.received(caller), []);
    realm.everybody_leaves();
}
