//! The router shuts down.

use wampkit::proto::{MatchPolicy, Message, MessageType, uris};
use wampkit::realm::{Census, Input};

use super::support::*;

#[test]
fn everybody_is_told_and_closed_when_they_have_answered() {
    let mut realm = Fixture::new();
    let [alice, bob, carol] = [realm.join(), realm.join(), realm.join()];
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    realm.input(Input::Shutdown);
    for session in [alice, bob, carol] {
        let Message::Goodbye(goodbye) = realm.received_one(session) else {
            panic!("no GOODBYE");
        };
        assert_eq!(goodbye.reason, uris::SYSTEM_SHUTDOWN);
        assert_eq!(
            goodbye.details.message.as_deref(),
            Some("the router is shutting down")
        );
        assert!(!realm.is_closed(session));
    }
    assert_eq!(realm.realm.census(), Census::default());

    // Whatever else they had on their way is ignored.
    realm.send(alice, subscribe(1, "com.topic"));
    realm.send(alice, yields(77));
    realm.send(alice, result(1));
    assert!(!realm.is_closed(alice));
    realm.send(alice, goodbye(&uris::GOODBYE_AND_OUT));
    assert!(realm.is_closed(alice));
    assert_eq!(realm.received(alice), []);
    realm.leave(alice);

    // One gives an answer that is none, one crosses our GOODBYE with its own.
    realm.input(Input::Malformed(bob, "noise".to_owned()));
    assert!(realm.is_closed(bob));
    assert_eq!(realm.received(bob), []);
    realm.send(carol, goodbye(&uris::CLOSE_REALM));
    assert!(realm.is_closed(carol));
    realm.everybody_leaves();
}

#[test]
fn pending_calls_are_answered_first() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    realm.received(callee);
    realm.input(Input::Shutdown);
    let mut received = realm.received(caller);
    assert!(matches!(received.pop(), Some(Message::Goodbye(_))));
    let Some(Message::Error(error)) = received.pop() else {
        panic!("no ERROR");
    };
    assert_eq!(
        Refused::from(error),
        refused(
            MessageType::Call,
            1,
            &uris::CANCELED,
            "the router is shutting down"
        )
    );
    assert!(matches!(realm.received(callee)[..], [Message::Goodbye(_)]));
}

#[test]
fn nobody_joins_any_more() {
    let mut realm = Fixture::new();
    realm.input(Input::Shutdown);
    let late = realm.join_and_look(|_| {});
    let Message::Abort(abort) = realm.received_one(late) else {
        panic!("no ABORT");
    };
    assert_eq!(abort.reason, uris::SYSTEM_SHUTDOWN);
    assert!(realm.is_closed(late));
    assert_eq!(realm.realm.session_count(), 0);
    realm.send(late, subscribe(1, "com.topic"));
    assert_eq!(realm.received(late), []);
}

#[test]
fn a_realm_that_drains_answers_what_is_pending_and_begins_nothing() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    realm.received(callee);
    realm.input(Input::Drain);
    assert_eq!(realm.received(caller), [], "nobody is told yet");

    realm.send(caller, call(2, "com.proc"));
    let Message::Error(error) = realm.received_one(caller) else {
        panic!("no ERROR");
    };
    let shutting_down = "the router is shutting down";
    assert_eq!(
        Refused::from(error),
        refused(MessageType::Call, 2, &uris::CANCELED, shutting_down)
    );
    let late = realm.join_and_look(|_| {});
    assert!(
        matches!(realm.received_one(late), Message::Abort(abort) if abort.reason == uris::SYSTEM_SHUTDOWN)
    );

    assert_eq!(realm.realm.call_count(), 1);
    realm.send(callee, yields(1));
    assert!(matches!(realm.received_one(caller), Message::Result(_)));
    assert_eq!(realm.realm.call_count(), 0);
    realm.input(Input::Shutdown);
    assert!(matches!(realm.received_one(caller), Message::Goodbye(_)));
}
