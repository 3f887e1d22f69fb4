//! Protocol violations: ABORT with the reason in words, then the session is over.

use wampkit::proto::{
    Authenticate, Challenge, Dict, EventDetails, EventReceived, Hello, HelloDetails,
    InterruptOptions, Message, MessageType, Published, Registered, RevocationDetails, Subscribed,
    Unregistered, Unsubscribed, Uri, Welcome, WelcomeDetails, uris,
};
use wampkit::realm::{Census, Input};

use super::support::*;

#[test]
fn the_session_is_disposed_of_at_once() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let registration = realm.registered(alice, Default::default(), "com.proc");
    realm.send(alice, subscribe(2, "com.topic"));
    realm.received(alice);
    realm.send(bob, call(1, "com.proc"));
    assert_eq!(realm.invocation(alice), invocation(1, registration));

    realm.input(Input::Malformed(alice, "not a list".to_owned()));
    assert_eq!(realm.aborted(alice), "not a list");
    assert_eq!(
        realm.refused(bob),
        refused(
            MessageType::Call,
            1,
            &uris::CANCELED,
            "the callee left before it answered"
        )
    );
    assert_eq!(
        realm.realm.census(),
        Census {
            sessions: 1,
            ..Census::default()
        }
    );

    realm.send(alice, yields(1));
    realm.send(alice, subscribe(3, "com.topic"));
    assert_eq!(realm.received(alice), []);
    realm.everybody_leaves();
}

#[test]
fn messages_that_have_no_place_in_an_open_session() {
    let details = || HelloDetails::default();
    let hello = Hello {
        realm: Uri::from_static("realm1"),
        details: details(),
    };
    let authenticate = Authenticate {
        signature: "secret".into(),
        extra: Dict::new(),
    };
    let welcome = Welcome {
        session: id(1),
        details: WelcomeDetails::default(),
    };
    let challenge = Challenge {
        method: "ticket".into(),
        extra: Dict::new(),
    };
    let event = proto::Event {
        subscription: id(1),
        publication: id(1),
        details: EventDetails::default(),
        payload: json("[]"),
    };
    let interrupt = proto::Interrupt {
        request: id(1),
        options: InterruptOptions::default(),
    };
    let cases: [(Message, &str); 13] = [
        (
            hello.into(),
            "received HELLO after the session was established",
        ),
        (
            authenticate.into(),
            "received AUTHENTICATE after the session was established",
        ),
        (
            welcome.into(),
            "received WELCOME, which only a router sends",
        ),
        (
            challenge.into(),
            "received CHALLENGE, which only a router sends",
        ),
        (
            Published {
                request: id(1),
                publication: id(1),
            }
            .into(),
            "received PUBLISHED, which only a router sends",
        ),
        (
            Subscribed {
                request: id(1),
                subscription: id(1),
            }
            .into(),
            "received SUBSCRIBED, which only a router sends",
        ),
        (
            Unsubscribed {
                request: Some(id(1)),
                details: RevocationDetails::default(),
            }
            .into(),
            "received UNSUBSCRIBED, which only a router sends",
        ),
        (event.into(), "received EVENT, which only a router sends"),
        (
            result(1).into(),
            "received RESULT, which only a router sends",
        ),
        (
            Registered {
                request: id(1),
                registration: id(1),
            }
            .into(),
            "received REGISTERED, which only a router sends",
        ),
        (
            Unregistered {
                request: Some(id(1)),
                details: RevocationDetails::default(),
            }
            .into(),
            "received UNREGISTERED, which only a router sends",
        ),
        (
            invocation(1, id(1)).into(),
            "received INVOCATION, which only a router sends",
        ),
        (
            interrupt.into(),
            "received INTERRUPT, which only a router sends",
        ),
    ];
    for (message, wrong) in cases {
        let mut realm = Fixture::new();
        let alice = realm.join();
        realm.send(alice, message);
        assert_eq!(realm.aborted(alice), wrong);
    }
}

#[test]
fn a_client_answers_invocations_only() {
    for request_type in [MessageType::Call, MessageType::Publish] {
        let mut realm = Fixture::new();
        let alice = realm.join();
        realm.send(alice, error(request_type, 1));
        assert_eq!(
            realm.aborted(alice),
            format!("received ERROR for {request_type}, but a client can answer INVOCATION only")
        );
    }
}

#[test]
fn an_answer_to_an_invocation_that_the_session_never_got() {
    let answers: [(Message, &str); 2] = [
        (yields(2).into(), "YIELD"),
        (error(MessageType::Invocation, 2).into(), "ERROR"),
    ];
    for (answer, name) in answers {
        let mut realm = Fixture::new();
        let [caller, callee, thief] = [realm.join(), realm.join(), realm.join()];
        realm.registered(callee, Default::default(), "com.proc");
        realm.send(caller, call(1, "com.proc"));
        realm.send(caller, call(2, "com.proc"));
        // The invocation exists, but it went to somebody else.
        realm.send(thief, answer.clone());
        assert_eq!(
            realm.aborted(thief),
            format!("received {name} for invocation 2, which this session never got")
        );
        assert_eq!(realm.received(caller), []);
    }
}

#[test]
fn a_request_id_that_is_pending_cannot_be_used_again() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.proc");
    realm.send(caller, call(5, "com.proc"));
    realm.send(caller, call(5, "com.proc"));
    assert_eq!(
        realm.aborted(caller),
        "received CALL 5 while the call of that request id is still pending"
    );
}

#[test]
fn any_other_request_id_is_fine() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for request in [9, 3, 3, 1 << 53] {
        realm.send(alice, subscribe(request, "com.topic"));
        let Message::Subscribed(subscribed) = realm.received_one(alice) else {
            panic!("no SUBSCRIBED");
        };
        assert_eq!(subscribed.request, id(request));
    }
}

#[test]
fn an_acknowledged_event_is_no_violation() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, EventReceived { publication: id(1) });
    assert_eq!(realm.received(alice), []);
    assert!(!realm.is_closed(alice));
}
