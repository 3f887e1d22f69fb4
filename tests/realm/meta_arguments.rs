//! What the router's own procedures make of arguments, serializers and frames.

use wampkit::proto::{
    CallOptions, Dict, MatchPolicy, Message, MessageType, Passthru, Serializer, Value, uris,
};

use super::support::*;

#[test]
fn wrong_arguments_are_told_in_a_sentence() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for (procedure, payload, sentence) in [
        (
            "wamp.session.get",
            no_arguments(),
            "session: expected an id from 1 to 2^53, found nothing",
        ),
        (
            "wamp.session.get",
            json("[\"x\"]"),
            "session: expected an id from 1 to 2^53, found \"x\"",
        ),
        (
            "wamp.session.get",
            json("[0]"),
            "session: expected an id from 1 to 2^53, found 0",
        ),
        (
            "wamp.session.get",
            json("[1,2,3]"),
            "too many positional arguments: 3, where the procedure takes at most 1",
        ),
        (
            "wamp.session.kill_all",
            json("[1]"),
            "too many positional arguments: 1, where the procedure takes none",
        ),
        (
            "wamp.session.count",
            json("[[1]]"),
            "filter_authroles: expected a list of strings, found 1",
        ),
        (
            "wamp.session.kill_all",
            json_kw("[]", "{\"resaon\":\"a\\u001bb\"}"),
            "the procedure takes no keyword argument \"resaon\"",
        ),
        (
            "wamp.session.kill_all",
            json_kw("[]", "{\"message\":7}"),
            "message: expected a string, found 7",
        ),
        (
            "wamp.subscription.lookup",
            json("[\"com.topic\",{\"match\":\"nearly\"}]"),
            "match: expected one of exact, prefix, wildcard, found \"nearly\"",
        ),
        (
            "wamp.registration.match",
            json("[null]"),
            "procedure: expected a URI, found null",
        ),
    ] {
        assert_eq!(
            realm.denied(alice, procedure, payload),
            (uris::INVALID_ARGUMENT.to_string(), sentence.to_owned()),
            "{procedure}"
        );
    }
    assert_eq!(realm.realm.session_count(), 1);
}

/// Some clients write ids as floats, and arguments that they leave out as `null`.
#[test]
fn floats_are_ids_and_null_is_nothing() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let told = realm.told(alice, "wamp.session.get", json("[1000.0]"));
    assert_eq!(told.args.len(), 1);
    let told = realm.told(alice, "wamp.session.count", json("[null]"));
    assert_eq!(told.args, [Value::from(1_u64)]);
    let told = realm.told(
        alice,
        "wamp.session.kill_all",
        json_kw("[]", "{\"reason\":null,\"message\":null}"),
    );
    assert_eq!(told.args, [Value::from(0_u64)]);
}

#[test]
fn a_procedure_that_the_router_does_not_have_does_not_exist() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for (procedure, error) in [
        ("wamp.session.cout", uris::NO_SUCH_PROCEDURE),
        ("wamp", uris::NO_SUCH_PROCEDURE),
        ("wamp.", uris::INVALID_URI),
        ("wamp.session..count", uris::INVALID_URI),
    ] {
        let (refused, _) = realm.denied(alice, procedure, no_arguments());
        assert_eq!(refused, error.to_string(), "{procedure}");
    }
}

#[test]
fn the_answer_is_in_the_callers_serializer() {
    let mut realm = Fixture::new();
    for (number, serializer) in (1..).zip(Serializer::ALL) {
        let caller = realm.join_over(serializer);
        let payload = proto::Payload::empty(serializer);
        let told = realm.told(caller, "wamp.session.count", payload);
        assert_eq!(told.args, [Value::from(number)]);
    }
}

#[test]
fn an_answer_that_the_caller_cannot_take_is_an_error() {
    let mut realm = Fixture::new();
    let narrow = realm.join_as(|join| join.max_frame = 512);
    for _ in 0..200 {
        realm.join();
    }
    let (error, sentence) = realm.denied(narrow, "wamp.session.list", no_arguments());
    assert_eq!(error, uris::PAYLOAD_SIZE_EXCEEDED.to_string());
    assert_eq!(
        sentence,
        "the message is longer than a receiver takes, which is 512 bytes"
    );

    // In JSON, NUL and base64 is how binary looks.
    let [packed, text] = [realm.join_over(Serializer::MsgPack), realm.join()];
    let subscription = realm.subscribed(packed, MatchPolicy::Exact, "\0AAAA");
    let payload = json(&format!("[{subscription}]"));
    let (error, _) = realm.denied(text, "wamp.subscription.get", payload);
    assert_eq!(error, uris::INVALID_ARGUMENT.to_string());
}

#[test]
fn a_payload_that_is_packed_for_somebody_else_is_not_read() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let mut packed = call_of(1, "wamp.session.count", no_arguments());
    packed.options.passthru = Some(Box::new(Passthru {
        ppt_scheme: Some("x_mine".into()),
        ..Passthru::default()
    }));
    realm.send(alice, packed);
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Call,
            1,
            &uris::INVALID_ARGUMENT,
            "the router does not read payloads that are packed for somebody else"
        )
    );
}

#[test]
fn options_make_no_difference() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let call = proto::Call {
        options: CallOptions {
            timeout: Some(1),
            receive_progress: Some(true),
            disclose_me: Some(true),
            extra: Dict::new().with("_mine", 1),
            ..CallOptions::default()
        },
        ..call_of(7, "wamp.session.count", no_arguments())
    };
    realm.send(alice, call);
    let answer = realm.received_one(alice);
    assert!(
        matches!(&answer, Message::Result(result) if result.details == proto::ResultDetails::default())
    );
    realm.send(alice, cancel(7, None));
    assert_eq!(realm.received(alice), []);
}

#[test]
fn the_id_of_a_pending_call_is_not_free_for_the_router_either() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    realm.send(caller, call_of(1, "wamp.session.count", no_arguments()));
    let Message::Abort(abort) = realm.received_one(caller) else {
        panic!("no ABORT");
    };
    assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
}
