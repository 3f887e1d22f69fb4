//! Calls whose callee is not available go to another one.

use std::time::Duration;

use wampkit::proto::CancelMode::Kill;
use wampkit::proto::{
    Call, CallOptions, Error, InvocationPolicy, Message, MessageType, RegisterOptions, uris,
};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

/// A caller, and three callees of `com.proc` in this order.
fn shared(invoke: InvocationPolicy) -> (Fixture, SessionKey, [SessionKey; 3]) {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callees = [realm.join(), realm.join(), realm.join()];
    for callee in callees {
        join(&mut realm, callee, invoke);
    }
    (realm, caller, callees)
}

fn join(realm: &mut Fixture, callee: SessionKey, invoke: InvocationPolicy) {
    let options = RegisterOptions {
        invoke: Some(invoke),
        ..RegisterOptions::default()
    };
    realm.registered_with(callee, "com.proc", options);
}

/// Who has the call now, by number.
#[track_caller]
fn invoked(realm: &mut Fixture, callees: &[SessionKey], payload: &str) -> usize {
    let mut invoked = None;
    for (number, callee) in callees.iter().enumerate() {
        for message in realm.received(*callee) {
            let Message::Invocation(invocation) = message else {
                panic!("{message:?} is no INVOCATION");
            };
            assert_eq!(invocation.payload, json(payload));
            assert_eq!(invoked.replace(number), None, "only one is called");
        }
    }
    invoked.expect("somebody is called")
}

#[track_caller]
fn assert_nobody_is_left(realm: &mut Fixture, caller: SessionKey) {
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::NO_AVAILABLE_CALLEE,
            "no callee of \"com.proc\" can take the call now"
        )
    );
}

#[test]
fn a_call_goes_on_by_the_invocation_policy() {
    use InvocationPolicy::{First, Last, Random, RoundRobin};
    for invoke in [First, Last, Random, RoundRobin] {
        let (mut realm, caller, callees) = shared(invoke);
        let payload = "[\"precious\"]";
        realm.send(
            caller,
            Call {
                payload: json(payload),
                ..call(1, "com.proc")
            },
        );
        let mut order = Vec::new();
        for _ in 0..3 {
            let at = invoked(&mut realm, &callees, payload);
            order.push(at);
            assert_eq!(
                realm.received(caller),
                [],
                "the caller does not learn of it"
            );
            realm.send(callees[at], unavailable(1));
        }
        assert_nobody_is_left(&mut realm, caller);
        match invoke {
            Last => assert_eq!(order, [2, 1, 0]),
            Random => order.sort_unstable(),
            _ => assert_eq!(order, [0, 1, 2]),
        }
        order.dedup();
        assert_eq!(order.len(), 3, "nobody is asked twice");
        assert_eq!(realm.realm.census().calls, 0);
        realm.everybody_leaves();
    }
}

#[test]
fn the_second_callee_answers() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call(1, "com.proc"));
    realm.send(callees[0], unavailable(1));
    realm.received(callees[0]);
    realm.invocation(callees[1]);
    // The first is out of it.
    realm.send(callees[0], yields(1));
    assert_eq!(realm.received(caller), []);
    realm.leave(callees[0]);
    realm.send(callees[1], yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.everybody_leaves();
}

#[test]
fn a_callee_that_is_alone_cannot_be_replaced() {
    for invoke in [InvocationPolicy::Single, InvocationPolicy::Random] {
        let mut realm = Fixture::new();
        let [caller, callee] = [realm.join(), realm.join()];
        join(&mut realm, callee, invoke);
        realm.send(caller, call(1, "com.proc"));
        realm.send(callee, unavailable(1));
        assert_eq!(
            realm.refused(caller),
            refused(
                MessageType::Call,
                1,
                &uris::NO_AVAILABLE_CALLEE,
                "the callee is not available, and no other can take the call"
            )
        );
        realm.everybody_leaves();
    }
}

#[test]
fn other_errors_are_the_callers() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call(1, "com.proc"));
    realm.send(callees[0], error(MessageType::Invocation, 1));
    assert_eq!(realm.received(caller), [error(MessageType::Call, 1).into()]);
    assert_eq!(realm.received(callees[1]), []);
}

#[test]
fn the_others_are_gone_or_busy_meanwhile() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call(1, "com.proc"));
    realm.input(Input::Congested(callees[1]));
    realm.leave(callees[2]);
    realm.send(callees[0], unavailable(1));
    assert_nobody_is_left(&mut realm, caller);

    realm.send(caller, call(1, "com.proc"));
    realm.send(callees[0], unregister(5, id(1)));
    realm.leave(callees[1]);
    realm.send(callees[0], unavailable(2));
    assert_nobody_is_left(&mut realm, caller);
    realm.everybody_leaves();
}

/// A callee that comes while the call is pending may take it.
#[test]
fn a_callee_that_came_later_takes_over() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call(1, "com.proc"));
    let late = realm.join();
    join(&mut realm, late, InvocationPolicy::First);
    for callee in callees {
        realm.invocation(callee);
        realm.send(callee, unavailable(1));
    }
    realm.invocation(late);
    realm.send(late, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
}

#[test]
fn the_time_goes_on_and_the_caller_can_still_cancel() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    let options = CallOptions {
        timeout: Some(100),
        ..CallOptions::default()
    };
    realm.send(caller, call_with_options(1, "com.proc", options));
    realm.pass(Duration::from_millis(60));
    realm.send(callees[0], unavailable(1));
    realm.invocation(callees[1]);
    realm.pass(Duration::from_millis(40));
    assert_eq!(realm.refused(caller).error, "wamp.error.timeout");
    assert_eq!(realm.received(callees[1]).len(), 1, "INTERRUPT");

    realm.send(caller, call(2, "com.proc"));
    realm.send(callees[0], unavailable(2));
    realm.invocation(callees[1]);
    realm.send(caller, cancel(2, None));
    assert_eq!(realm.refused(caller).error, "wamp.error.canceled");
    assert_eq!(realm.received(callees[1]).len(), 1, "INTERRUPT");
    realm.everybody_leaves();
}

/// What has begun is not begun anew elsewhere: the caller gets the callee's own words.
#[test]
fn a_call_that_is_too_far_on_stays_where_it_is() {
    let unavailable_to_caller = Error {
        request_type: MessageType::Call,
        ..unavailable(1)
    };
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call_for_progress(1, "com.proc"));
    realm.send(callees[0], yields_progress(1, json("[1]")));
    realm.received(caller);
    realm.send(callees[0], unavailable(1));
    assert_eq!(
        realm.received(caller),
        [unavailable_to_caller.clone().into()]
    );

    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    realm.send(caller, call(1, "com.proc"));
    realm.send(caller, cancel(1, Some(Kill)));
    realm.send(callees[0], unavailable(1));
    assert_eq!(realm.received(caller), [unavailable_to_caller.into()]);
    assert_eq!(realm.received(callees[1]), []);
    realm.everybody_leaves();
}

/// What is kept of a caller's payloads is bounded; a call beyond it cannot go on.
#[test]
fn payloads_are_kept_up_to_a_limit() {
    let (mut realm, caller, callees) = shared(InvocationPolicy::First);
    let large = || json(&format!("[\"{}\"]", "x".repeat(3 << 20)));
    for request in [1, 2] {
        realm.send(
            caller,
            Call {
                payload: large(),
                ..call(request, "com.proc")
            },
        );
    }
    realm.send(callees[0], unavailable(2));
    assert_eq!(
        realm.refused(caller).sentence,
        "the callee is not available, and no other can take the call"
    );
    realm.send(callees[0], unavailable(1));
    assert_eq!(realm.invocation(callees[1]).payload, large());
    realm.send(callees[1], yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    // The end of the first has made room.
    realm.send(
        caller,
        Call {
            payload: large(),
            ..call(3, "com.proc")
        },
    );
    realm.send(callees[0], unavailable(3));
    realm.invocation(callees[1]);
    realm.everybody_leaves();
}
