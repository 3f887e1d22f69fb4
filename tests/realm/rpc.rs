//! Registrations and calls.

use wampkit::proto::{
    Call, CallOptions, Dict, Error, ErrorDetails, MatchPolicy, Message, MessageType, Passthru,
    Registered, RevocationDetails, Unregistered, Uri, Yield, YieldOptions, uris,
};
use wampkit::realm::SessionKey;

use super::support::*;

/// A caller and a callee that has registered `com.proc` as registration 1.
fn pair() -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.send(callee, register(1, "com.proc"));
    assert_eq!(
        realm.received(callee),
        [Message::Registered(Registered {
            request: id(1),
            registration: id(1)
        })]
    );
    (realm, caller, callee)
}

#[test]
fn a_call_is_invoked_and_its_result_returned() {
    let (mut realm, caller, callee) = pair();
    let payload = json_kw("[1]", "{\"a\":2}");
    realm.send(
        caller,
        Call {
            payload: payload.clone(),
            ..call(77, "com.proc")
        },
    );
    let invoked = realm.invocation(callee);
    assert_eq!(
        invoked,
        proto::Invocation {
            payload,
            ..invocation(1, id(1))
        }
    );
    assert_eq!(realm.realm.census().calls, 1);
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(77).into()]);
    assert_eq!(realm.realm.census().calls, 0);
    realm.everybody_leaves();
}

#[test]
fn an_error_is_forwarded_with_its_arguments() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(77, "com.proc"));
    realm.received(callee);
    realm.send(callee, error(MessageType::Invocation, 1));
    assert_eq!(
        realm.received(caller),
        [error(MessageType::Call, 77).into()]
    );
    assert_eq!(realm.realm.census().calls, 0);
}

#[test]
fn an_errors_message_and_passthru_are_forwarded_but_nothing_else() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(1, "com.proc"));
    let forwarded = ErrorDetails {
        message: Some("no".into()),
        passthru: Some(Box::new(Passthru {
            ppt_scheme: Some("x_mine".into()),
            ..Passthru::default()
        })),
        ..ErrorDetails::default()
    };
    let details = ErrorDetails {
        extra: Dict::new().with("callee_authid", "the router, honestly"),
        ..forwarded.clone()
    };
    let answer = Error {
        details,
        ..error(MessageType::Invocation, 1)
    };
    realm.send(callee, answer);
    let expected = Error {
        details: forwarded,
        ..error(MessageType::Call, 1)
    };
    assert_eq!(realm.received(caller), [expected.into()]);
}

#[test]
fn a_malformed_error_uri_stays_with_the_callee() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(1, "com.proc"));
    let answer = Error {
        error: Uri::from_static("Oh no!"),
        ..error(MessageType::Invocation, 1)
    };
    realm.send(callee, answer);
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::INVALID_URI,
            "the callee answered with an error URI that is invalid: a URI must not contain ' '"
        )
    );
}

#[test]
fn attributes_that_are_passed_through_go_both_ways() {
    let (mut realm, caller, callee) = pair();
    let passthru = |scheme: &str| {
        Some(Box::new(Passthru {
            ppt_scheme: Some(scheme.into()),
            ..Passthru::default()
        }))
    };
    let options = CallOptions {
        passthru: passthru("x_there"),
        ..CallOptions::default()
    };
    realm.send(
        caller,
        Call {
            options,
            ..call(1, "com.proc")
        },
    );
    assert_eq!(
        realm.invocation(callee).details.passthru,
        passthru("x_there")
    );
    let options = YieldOptions {
        passthru: passthru("x_back"),
        ..YieldOptions::default()
    };
    realm.send(
        callee,
        Yield {
            options,
            ..yields(1)
        },
    );
    let Message::Result(result) = realm.received_one(caller) else {
        panic!("no RESULT");
    };
    assert_eq!(result.details.passthru, passthru("x_back"));
}

#[test]
fn invocations_are_numbered_per_callee() {
    let (mut realm, caller, callee) = pair();
    let other = realm.join();
    realm.registered(other, MatchPolicy::Exact, "com.other");
    for (request, procedure, to, number) in [
        (10, "com.proc", callee, 1),
        (11, "com.proc", callee, 2),
        (12, "com.other", other, 1),
        (13, "com.proc", callee, 3),
    ] {
        realm.send(caller, call(request, procedure));
        assert_eq!(realm.invocation(to).request, id(number));
    }
    // Answered in any order.
    realm.send(callee, yields(3));
    realm.send(other, yields(1));
    realm.send(callee, yields(1));
    assert_eq!(
        realm.received(caller),
        [13, 12, 10].map(|request| result(request).into())
    );
    realm.everybody_leaves();
}

#[test]
fn callers_may_use_the_same_request_ids() {
    let (mut realm, caller, callee) = pair();
    let other = realm.join();
    realm.send(caller, call(1, "com.proc"));
    realm.send(other, call(1, "com.proc"));
    realm.send(callee, yields(2));
    assert_eq!(realm.received(other), [result(1).into()]);
    assert_eq!(realm.received(caller), []);
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
}

#[test]
fn a_second_answer_is_dropped() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(1, "com.proc"));
    realm.send(callee, yields(1));
    realm.received(caller);
    realm.send(callee, yields(1));
    realm.send(callee, error(MessageType::Invocation, 1));
    assert_eq!(realm.received(caller), []);
    assert!(!realm.is_closed(callee));
}

#[test]
fn a_session_can_call_itself() {
    let (mut realm, _, callee) = pair();
    realm.send(callee, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee), invocation(1, id(1)));
    realm.send(callee, yields(1));
    assert_eq!(realm.received(callee), [result(1).into()]);
    realm.send(callee, call(2, "com.proc"));
    realm.received(callee);
    // Its own INTERRUPT would come after its end.
    realm.send(callee, goodbye(&uris::CLOSE_REALM));
    assert!(is_goodbye_and_out(&realm.received_one(callee)));
    realm.everybody_leaves();
}

#[test]
fn nothing_is_registered() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, call(1, "com.proc"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Call,
            1,
            &uris::NO_SUCH_PROCEDURE,
            "no procedure is registered for \"com.proc\""
        )
    );
    realm.send(alice, call(2, "com proc"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Call,
            2,
            &uris::INVALID_URI,
            "the procedure \"com proc\" is invalid: a URI must not contain ' '"
        )
    );
}

#[test]
fn a_procedure_is_registered_once() {
    let (mut realm, other, callee) = pair();
    for session in [other, callee] {
        realm.send(session, register(5, "com.proc"));
        assert_eq!(
            realm.refused(session),
            refused(
                MessageType::Register,
                5,
                &uris::PROCEDURE_ALREADY_EXISTS,
                "\"com.proc\" is registered already"
            )
        );
    }
    // Under another policy it is another pattern.
    realm.registered(other, MatchPolicy::Prefix, "com.proc");
    realm.leave(callee);
    realm.registered(other, MatchPolicy::Exact, "com.proc");
}

#[test]
fn a_client_cannot_register_what_is_the_routers() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, register(1, "wamp.session.count"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Register,
            1,
            &uris::INVALID_URI,
            "the procedure \"wamp.session.count\" is invalid: URIs that begin with \"wamp\" are reserved for the protocol"
        )
    );
    realm.send(alice, register(2, "com..proc"));
    assert_eq!(realm.refused(alice).error, uris::INVALID_URI.to_string());
}

#[test]
fn an_unregistered_procedure_takes_no_more_calls_but_still_answers() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(1, "com.proc"));
    realm.received(callee);
    realm.send(callee, unregister(2, id(1)));
    assert_eq!(
        realm.received(callee),
        [Message::Unregistered(Unregistered {
            request: Some(id(2)),
            details: RevocationDetails::default()
        })]
    );
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(
        realm.refused(caller).error,
        uris::NO_SUCH_PROCEDURE.to_string()
    );
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.everybody_leaves();
}

#[test]
fn only_ones_own_registration_can_be_ended() {
    let (mut realm, other, callee) = pair();
    for unknown in [1, 99] {
        realm.send(other, unregister(2, id(unknown)));
        assert_eq!(
            realm.refused(other),
            refused(
                MessageType::Unregister,
                2,
                &uris::NO_SUCH_REGISTRATION,
                &format!("registration {unknown} is not one of this session")
            )
        );
    }
    realm.send(other, call(3, "com.proc"));
    realm.invocation(callee);
}

#[test]
fn the_callee_leaves() {
    let (mut realm, caller, callee) = pair();
    realm.send(caller, call(1, "com.proc"));
    realm.send(caller, call(2, "com.proc"));
    realm.leave(callee);
    let answers: Vec<_> = realm
        .received(caller)
        .into_iter()
        .map(|message| match message {
            Message::Error(error) => Refused::from(error),
            other => panic!("{other:?} is no ERROR"),
        })
        .collect();
    assert_eq!(
        answers,
        [1, 2].map(|request| refused(
            MessageType::Call,
            request,
            &uris::CANCELED,
            "the callee left before it answered"
        ))
    );
    realm.everybody_leaves();
}
