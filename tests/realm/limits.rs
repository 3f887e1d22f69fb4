//! Frames that a session does not take.

use bytes::BytesMut;
use wampkit::codec;
use wampkit::codec::Excess;
use wampkit::proto::{
    Call, CallOptions, Error, Event, MatchPolicy, Message, MessageType, Passthru, Publish,
    PublishOptions, Serializer, Yield, uris,
};
use wampkit::realm::{Exceeded, Excessive, Input, SessionKey, SessionLimits};

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
    const MOST: u64 = 10_000;
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
            &uris::LIMIT_EXCEEDED,
            "10000 calls of this session are pending, and no more can be"
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

/// A session has as many subscriptions as it may, and others have theirs.
#[test]
fn subscriptions_and_registrations_are_limited() {
    let mut realm = Fixture::new();
    let narrow = realm.join_as(|join| {
        join.limits = SessionLimits {
            subscriptions: 2,
            registrations: 1,
            calls: 0,
        };
    });
    let other = realm.join();
    let first = realm.subscribed(narrow, MatchPolicy::Exact, "com.one");
    realm.subscribed(narrow, MatchPolicy::Prefix, "com.two");
    // What it has already costs nothing.
    assert_eq!(
        realm.subscribed(narrow, MatchPolicy::Exact, "com.one"),
        first
    );
    realm.send(narrow, subscribe(7, "com.three"));
    let refusal = |kind, request, sentence| refused(kind, request, &uris::LIMIT_EXCEEDED, sentence);
    assert_eq!(
        realm.refused(narrow),
        refusal(
            MessageType::Subscribe,
            7,
            "a session can have at most 2 subscriptions"
        )
    );
    realm.subscribed(other, MatchPolicy::Exact, "com.three");
    realm.send(narrow, unsubscribe(8, first));
    realm.received(narrow);
    realm.subscribed(narrow, MatchPolicy::Exact, "com.three");

    realm.registered(narrow, MatchPolicy::Exact, "com.proc");
    realm.send(narrow, register(9, "com.more"));
    assert_eq!(
        realm.refused(narrow),
        refusal(
            MessageType::Register,
            9,
            "a session can have at most 1 registrations"
        )
    );
    realm.registered(other, MatchPolicy::Exact, "com.more");
    realm.send(narrow, call(10, "com.more"));
    assert_eq!(
        realm.refused(narrow),
        refusal(
            MessageType::Call,
            10,
            "0 calls of this session are pending, and no more can be"
        )
    );
    realm.everybody_leaves();
}

/// What goes beyond a limit before the realm has seen it is answered by the realm, in the order of the rest.
#[test]
fn excessive_requests_are_told_and_continuations_end_their_call() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    let excessive = |kind, request, more, limit| Excessive {
        kind,
        request: id(request),
        more,
        limit,
    };
    let size = Exceeded::Size(Excess::Payload(5));
    let publish = excessive(MessageType::Publish, 1, false, size);
    realm.input(Input::Excessive(caller, publish));
    let sentence =
        "the message is too large: its payload has more than 5 items in lists and dictionaries";
    let (invalid, kind) = (&uris::INVALID_ARGUMENT, MessageType::Publish);
    assert_eq!(realm.refused(caller), refused(kind, 1, invalid, sentence));

    let rate = Exceeded::Rate(10);
    let (exceeded, kind) = (&uris::LIMIT_EXCEEDED, MessageType::Call);
    let sentence = "this session sends more than 10 messages per second";
    let progress = |progress| CallOptions {
        progress: Some(progress),
        ..CallOptions::default()
    };
    // One that is pending ends; what still comes of it is not heard.
    realm.send(caller, call_with_options(2, "com.proc", progress(true)));
    realm.received(callee);
    let next = excessive(kind, 2, true, rate);
    realm.input(Input::Excessive(caller, next));
    assert_eq!(realm.refused(caller), refused(kind, 2, exceeded, sentence));
    realm.received(callee);
    realm.input(Input::Excessive(caller, next));
    realm.send(caller, call_with_options(2, "com.proc", progress(false)));
    assert_eq!(realm.received(caller), []);
    assert_eq!(realm.received(callee), []);
    // So is it with one that never began.
    let first = excessive(kind, 3, true, rate);
    realm.input(Input::Excessive(caller, first));
    assert_eq!(realm.refused(caller), refused(kind, 3, exceeded, sentence));
    realm.send(caller, call_with_options(3, "com.proc", progress(false)));
    assert_eq!(realm.received(caller), []);
    assert_eq!(realm.received(callee), []);
    realm.everybody_leaves();
}
