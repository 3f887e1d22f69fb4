//! `wamp.session.add_testament` and `flush_testaments`: what is published when a session has ended.

use wampkit::proto::{MatchPolicy, Serializer, Value, uris};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

const ADD: &str = "wamp.session.add_testament";
const FLUSH: &str = "wamp.session.flush_testaments";

/// Somebody who will leave, and somebody who will hear of it.
fn two(realm: &mut Fixture) -> [SessionKey; 2] {
    let [testator, heir] = [realm.join(), realm.join_over(Serializer::MsgPack)];
    realm.subscribed(heir, MatchPolicy::Exact, "com.gone");
    [testator, heir]
}

fn numbers(realm: &mut Fixture, heir: SessionKey) -> Vec<Value> {
    let events = realm.events(heir).into_iter();
    events.map(|(_, event)| event.args[0].clone()).collect()
}

fn add(realm: &mut Fixture, testator: SessionKey, number: u64, kwargs: &str) {
    let args = format!("[\"com.gone\",[{number}],{{\"k\":true}}]");
    let told = realm.told(testator, ADD, json_kw(&args, kwargs));
    assert!(told.args.is_empty());
}

#[test]
fn testaments_are_published_however_the_session_ends() {
    let ways: [fn(&mut Fixture, SessionKey); 3] = [
        |realm, key| realm.leave(key),
        |realm, key| realm.send(key, goodbye(&uris::CLOSE_REALM)),
        |realm, key| realm.input(Input::Malformed(key, "noise".to_owned())),
    ];
    for way in ways {
        let mut realm = Fixture::new();
        let [testator, heir] = two(&mut realm);
        add(&mut realm, testator, 1, "{}");
        add(&mut realm, testator, 2, "{\"scope\":\"detached\"}");
        add(&mut realm, testator, 3, "{\"scope\":\"destroyed\"}");
        assert_eq!(realm.events(heir), []);
        way(&mut realm, testator);
        let wanted = [2, 1, 3].map(Value::from);
        assert_eq!(numbers(&mut realm, heir), wanted, "detached ones first");
        realm.everybody_leaves();
    }
}

#[test]
fn the_killed_have_testaments_unless_all_are_killed() {
    let mut realm = Fixture::new();
    let [testator, heir] = two(&mut realm);
    add(&mut realm, testator, 1, "{}");
    realm.send(heir, call_of(1, "wamp.session.kill", json("[1000]")));
    assert_eq!(realm.received(heir).len(), 2, "EVENT and RESULT");

    let mut realm = Fixture::new();
    let [testator, heir] = two(&mut realm);
    add(&mut realm, testator, 1, "{}");
    realm.told(heir, "wamp.session.kill_all", no_arguments());
    realm.everybody_leaves();
}

#[test]
fn testaments_can_be_taken_back_by_scope() {
    let mut realm = Fixture::new();
    let [testator, heir] = two(&mut realm);
    add(&mut realm, testator, 1, "{}");
    add(&mut realm, testator, 2, "{\"scope\":\"detached\"}");
    realm.told(testator, FLUSH, no_arguments());
    realm.leave(testator);
    assert_eq!(numbers(&mut realm, heir), [Value::from(2)]);
}

#[test]
fn a_testament_is_checked_when_it_is_made() {
    let mut realm = Fixture::new();
    let [testator, heir] = two(&mut realm);
    for (args, kwargs, error) in [
        ("[\"com.gone\"]", "{}", uris::INVALID_ARGUMENT),
        ("[\"com.gone\",7,{}]", "{}", uris::INVALID_ARGUMENT),
        ("[\"com.gone\",[],[]]", "{}", uris::INVALID_ARGUMENT),
        ("[\"a b\",[],{}]", "{}", uris::INVALID_URI),
        ("[\"wamp.session.on_leave\",[],{}]", "{}", uris::INVALID_URI),
        (
            "[\"com.gone\",[],{}]",
            "{\"scope\":\"now\"}",
            uris::INVALID_ARGUMENT,
        ),
        (
            "[\"com.gone\",[],{}]",
            "{\"publish_options\":{\"retain\":7}}",
            uris::INVALID_ARGUMENT,
        ),
    ] {
        let (refused, _) = realm.denied(testator, ADD, json_kw(args, kwargs));
        assert_eq!(refused, error.to_string(), "{args} {kwargs}");
    }
    let (refused, sentence) = realm.denied(testator, FLUSH, json_kw("[]", "{\"scope\":\"now\"}"));
    assert_eq!(refused, uris::INVALID_ARGUMENT.to_string());
    assert_eq!(
        sentence,
        "scope: expected one of detached, destroyed, found \"now\""
    );
    realm.leave(testator);
    assert_eq!(realm.events(heir), []);
}

#[test]
fn publish_options_hold_for_testaments() {
    let mut realm = Fixture::new();
    let [testator, heir] = two(&mut realm);
    let not_to = "{\"publish_options\":{\"exclude\":[1001],\"acknowledge\":true}}";
    add(&mut realm, testator, 1, not_to);
    let only_to = "{\"publish_options\":{\"eligible\":[1001]}}";
    add(&mut realm, testator, 2, only_to);
    realm.leave(testator);
    assert_eq!(numbers(&mut realm, heir), [Value::from(2)]);
}

#[test]
fn a_session_can_leave_only_so_much_behind() {
    let mut realm = Fixture::new();
    let [testator, _] = two(&mut realm);
    for number in 0..100 {
        add(&mut realm, testator, number, "{}");
    }
    let (error, _) = realm.denied(testator, ADD, json("[\"com.gone\",[],{}]"));
    assert_eq!(error, uris::PAYLOAD_SIZE_EXCEEDED.to_string());
    realm.everybody_leaves();
}
