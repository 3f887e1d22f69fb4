//! Sessions that speak different serializers.

use wampkit::proto::Serializer::{Json, MsgPack};
use wampkit::proto::{Call, CancelMode, MatchPolicy, Message, MessageType, Publish, Yield};
use wampkit::realm::{Input, Output};

use super::support::*;

/// `[NaN]`
const NOT_A_NUMBER: &[u8] = b"\x91\xcb\x7f\xf8\0\0\0\0\0\0";

#[test]
fn one_output_for_each_serializer_and_subscription() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let sessions: Vec<_> = [Json, MsgPack, Json, MsgPack, Json]
        .into_iter()
        .map(|serializer| realm.join_over(serializer))
        .collect();
    for session in &sessions {
        realm.subscribed(*session, MatchPolicy::Exact, "com.topic");
    }
    let outputs = realm.outputs(Input::Message(publisher, publish(1, "com.topic").into()));
    let sent: Vec<_> = outputs
        .into_iter()
        .map(|output| match output {
            Output::Send(recipients, Message::Event(event)) => (recipients.to_vec(), event.payload),
            other => panic!("{other:?} is no EVENT"),
        })
        .collect();
    assert_eq!(
        sent,
        [
            (vec![sessions[0], sessions[2], sessions[4]], json("[1]")),
            (vec![sessions[1], sessions[3]], msgpack(b"\x91\x01")),
        ]
    );
}

#[test]
fn a_call_is_translated_both_ways() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join_over(MsgPack)];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee).payload, msgpack(b"\x92\x02\x03"));
    let answer = Yield {
        payload: msgpack(b"\x91\x05"),
        ..yields(1)
    };
    realm.send(callee, answer);
    assert_eq!(realm.received(caller), [result(1).into()]);
}

#[test]
fn an_event_that_one_serializer_cannot_carry_reaches_the_others() {
    let mut realm = Fixture::new();
    let [publisher, packed] = [realm.join_over(MsgPack), realm.join_over(MsgPack)];
    let text = realm.join();
    for session in [packed, text] {
        realm.subscribed(session, MatchPolicy::Exact, "com.topic");
    }
    let payload = msgpack(NOT_A_NUMBER);
    let acknowledged = Publish {
        payload: payload.clone(),
        ..publish_acknowledged(1, "com.topic")
    };
    realm.send(publisher, acknowledged.clone());
    let published = realm.received_one(publisher);
    assert!(matches!(published, Message::Published(_)), "{published:?}");
    assert_eq!(realm.event(packed).payload, payload);
    assert_eq!(realm.received(text), []);

    // Only if it reaches nobody is it an error.
    realm.leave(packed);
    realm.send(publisher, acknowledged.clone());
    let refused = realm.refused(publisher);
    assert_eq!(refused.request_type, MessageType::Publish);
    assert_eq!(refused.error, "wamp.error.invalid_argument");
    let sentence = "the payload cannot be carried in json, which a receiver speaks: ";
    assert!(refused.sentence.starts_with(sentence), "{refused:?}");

    let options = Default::default();
    realm.send(
        publisher,
        Publish {
            options,
            ..acknowledged
        },
    );
    assert_eq!(realm.received(publisher), [], "not acknowledged");
    assert_eq!(realm.received(text), []);
}

/// In JSON, NUL and base64 is how binary looks.
#[test]
fn a_uri_that_one_serializer_cannot_carry() {
    let mut realm = Fixture::new();
    let [packed, text] = [realm.join_over(MsgPack), realm.join()];
    realm.registered(text, MatchPolicy::Prefix, "");
    realm.subscribed(text, MatchPolicy::Prefix, "");
    let uri = "\0AAAA";
    let payload = msgpack(b"\x91\x01");
    realm.send(
        packed,
        Publish {
            payload: payload.clone(),
            ..publish_acknowledged(1, uri)
        },
    );
    assert_eq!(realm.refused(packed).error, "wamp.error.invalid_argument");
    realm.send(
        packed,
        Call {
            payload,
            ..call(2, uri)
        },
    );
    assert_eq!(realm.refused(packed).error, "wamp.error.invalid_argument");
    assert_eq!(realm.received(text), []);
    assert_eq!(realm.realm.census().calls, 0);
}

#[test]
fn a_call_that_the_callee_cannot_be_told_fails() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join_over(MsgPack), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    let unspeakable = Call {
        payload: msgpack(NOT_A_NUMBER),
        ..call(1, "com.proc")
    };
    realm.send(caller, unspeakable);
    assert_eq!(realm.refused(caller).error, "wamp.error.invalid_argument");
    assert_eq!(realm.received(callee), []);
    assert_eq!(realm.realm.census().calls, 0);

    // Nor has the callee's count of invocations moved.
    let plain = Call {
        payload: msgpack(b"\x91\x01"),
        ..call(2, "com.proc")
    };
    realm.send(caller, plain);
    assert_eq!(realm.invocation(callee).request, id(1));
}

#[test]
fn a_result_that_the_caller_cannot_be_told_is_an_error() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join_over(MsgPack)];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    for answer in [
        Message::from(Yield {
            payload: msgpack(NOT_A_NUMBER),
            ..yields(1)
        }),
        proto::Error {
            payload: msgpack(NOT_A_NUMBER),
            ..error(MessageType::Invocation, 2)
        }
        .into(),
    ] {
        realm.send(caller, call(1, "com.proc"));
        realm.invocation(callee);
        realm.send(callee, answer);
        let refused = realm.refused(caller);
        assert_eq!(refused.request_type, MessageType::Call);
        assert_eq!(refused.error, "wamp.error.invalid_argument");
        assert_eq!(realm.received(callee), []);
    }
    realm.everybody_leaves();
}

#[test]
fn a_progressive_result_that_the_caller_cannot_be_told_ends_the_call() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join_over(MsgPack)];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call_for_progress(1, "com.proc"));
    realm.invocation(callee);
    realm.send(callee, yields_progress(1, msgpack(NOT_A_NUMBER)));
    assert_eq!(realm.refused(caller).error, "wamp.error.invalid_argument");
    let stopped = interrupt(1, CancelMode::KillNoWait);
    assert_eq!(realm.received(callee), [stopped.into()]);
    assert_eq!(realm.realm.census().calls, 0);
}
