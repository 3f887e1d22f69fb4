//! Progressive call invocations: one call, its arguments in parts.

use std::time::Duration;

use wampkit::proto::CancelMode::{Kill, KillNoWait};
use wampkit::proto::{
    Call, CallOptions, Feature, Invocation, InvocationDetails, InvocationPolicy, MessageType,
    Passthru, RegisterOptions, Role, Roles, uris,
};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

/// A part of a call, with more to come.
fn part(request: u64, payload: &str) -> Call {
    let options = CallOptions {
        progress: Some(true),
        ..CallOptions::default()
    };
    Call {
        payload: json(payload),
        ..call_with_options(request, "com.proc", options)
    }
}

/// The INVOCATION that follows from [`part`].
fn invoked_part(request: u64, payload: &str) -> Invocation {
    Invocation {
        details: InvocationDetails {
            progress: Some(true),
            ..InvocationDetails::default()
        },
        payload: json(payload),
        ..invocation(request, id(1))
    }
}

/// A caller that has sent the first part of call 1, and its callee.
fn pending() -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.proc");
    realm.send(caller, part(1, "[1]"));
    assert_eq!(realm.invocation(callee), invoked_part(1, "[1]"));
    (realm, caller, callee)
}

#[test]
fn all_parts_go_to_the_callee_under_one_id() {
    let (mut realm, caller, callee) = pending();
    realm.send(caller, part(1, "[2]"));
    assert_eq!(realm.invocation(callee), invoked_part(1, "[2]"));
    // Another call in between has ids of its own.
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(realm.invocation(callee), invocation(2, id(1)));
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee), invocation(1, id(1)));
    assert_eq!(realm.realm.census().calls, 2);
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.everybody_leaves();
}

#[test]
fn results_may_come_before_the_last_part() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.proc");
    let mut first = part(1, "[1]");
    first.options.receive_progress = Some(true);
    realm.send(caller, first);
    realm.send(callee, yields_progress(1, json("[10]")));
    realm.send(caller, part(1, "[2]"));
    realm.send(callee, yields_progress(1, json("[20]")));
    let received = realm.received(callee);
    assert_eq!(received.len(), 2);
    assert_eq!(
        realm.received(caller),
        ["[10]", "[20]"].map(|payload| result_progress(1, json(payload)).into())
    );
    realm.everybody_leaves();
}

/// What the first CALL said holds for all; what a later one says beside `progress` is ignored.
#[test]
fn options_are_those_of_the_first_part() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    let by_prefix = RegisterOptions {
        match_policy: Some(proto::MatchPolicy::Prefix),
        ..RegisterOptions::default()
    };
    realm.registered_with(callee, "com", by_prefix);
    let passthru = |scheme: &str| {
        Some(Box::new(Passthru {
            ppt_scheme: Some(scheme.into()),
            ..Passthru::default()
        }))
    };
    let options = CallOptions {
        progress: Some(true),
        receive_progress: Some(true),
        disclose_me: Some(true),
        passthru: passthru("x_first"),
        ..CallOptions::default()
    };
    realm.send(caller, call_with_options(1, "com.proc", options));
    let first = realm.invocation(callee).details;
    assert_eq!(first.procedure.as_deref(), Some("com.proc"));
    assert_eq!(first.caller, Some(id(1000)));
    let other = CallOptions {
        progress: Some(true),
        disclose_me: Some(false),
        passthru: passthru("x_second"),
        ..CallOptions::default()
    };
    realm.send(caller, call_with_options(1, "com.proc", other));
    assert_eq!(realm.invocation(callee).details, first);
    realm.send(caller, call(1, "com.proc"));
    let last = InvocationDetails {
        progress: None,
        ..first
    };
    assert_eq!(realm.invocation(callee).details, last);
}

#[test]
fn all_parts_go_to_the_same_callee_of_a_shared_registration() {
    let mut realm = Fixture::new();
    let [caller, first, second] = [realm.join(), realm.join(), realm.join()];
    for callee in [first, second] {
        let options = RegisterOptions {
            invoke: Some(InvocationPolicy::RoundRobin),
            concurrency: Some(1),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options);
    }
    for _ in 0..3 {
        realm.send(caller, part(1, "[1]"));
        realm.invocation(first);
    }
    realm.send(caller, call(1, "com.proc"));
    realm.invocation(first);
    assert_eq!(realm.received(second), []);
    realm.everybody_leaves();
}

#[test]
fn a_caller_that_did_not_announce_it_breaks_the_protocol() {
    let mut realm = Fixture::new();
    let shy = realm.join_as(|join| join.roles = plain_roles());
    let callee = realm.join();
    realm.registered(callee, Default::default(), "com.proc");
    realm.send(shy, part(1, "[1]"));
    assert_eq!(
        realm.aborted(shy),
        "received CALL 1 with \"progress\", but the caller did not announce progressive call invocations"
    );
    assert_eq!(realm.received(callee), []);
}

/// A callee has to take both progressive calls and INTERRUPT.
#[test]
fn a_callee_that_cannot_do_it_is_not_called() {
    let incapable: [&[Feature]; 3] = [
        &[],
        &[Feature::ProgressiveCallInvocations],
        &[Feature::CallCanceling],
    ];
    for features in incapable {
        let mut realm = Fixture::new();
        let caller = realm.join();
        let callee = realm.join_as(|join| {
            join.roles = Roles::default().with(Role::Callee, features.iter().copied());
        });
        let options = || RegisterOptions {
            invoke: Some(InvocationPolicy::First),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options());
        realm.send(caller, part(1, "[1]"));
        assert_eq!(
            realm.refused(caller),
            refused(
                MessageType::Call,
                1,
                &uris::FEATURE_NOT_SUPPORTED,
                "no callee of \"com.proc\" takes progressive call invocations"
            )
        );
        assert_eq!(realm.received(callee), []);
        // An ordinary call goes there, a progressive one to the next that can do it.
        let capable = realm.join();
        realm.registered_with(capable, "com.proc", options());
        realm.send(caller, call(2, "com.proc"));
        realm.invocation(callee);
        realm.send(caller, part(3, "[1]"));
        realm.invocation(capable);
        realm.everybody_leaves();
    }
}

#[test]
fn parts_that_come_after_the_end_are_dropped() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, error(MessageType::Invocation, 1));
    for late in [part(1, "[2]"), part(1, "[3]"), call(1, "com.proc")] {
        realm.send(caller, late);
    }
    assert_eq!(realm.received(caller), [error(MessageType::Call, 1).into()]);
    assert_eq!(realm.received(callee), []);
    // The last part was the end of it: from now on the id is free.
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee), invocation(2, id(1)));
    realm.everybody_leaves();
}

/// The router takes no progressive calls of its own procedures.
#[test]
fn the_routers_own_procedures_take_one_part() {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let mut first = part(1, "[]");
    first.procedure = "wamp.session.count".into();
    realm.send(caller, first.clone());
    realm.send(caller, first);
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::FEATURE_NOT_SUPPORTED,
            "no callee of \"wamp.session.count\" takes progressive call invocations"
        )
    );
}

#[test]
fn the_parts_of_a_call_that_was_refused_are_no_calls() {
    let mut realm = Fixture::new();
    let caller = realm.join();
    realm.send(caller, part(1, "[1]"));
    assert_eq!(realm.refused(caller).error, "wamp.error.no_such_procedure");
    let callee = realm.join();
    realm.registered(callee, Default::default(), "com.proc");
    realm.send(caller, part(1, "[2]"));
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.received(caller), []);
    assert_eq!(realm.received(callee), []);
    realm.everybody_leaves();
}

#[test]
fn every_end_of_the_call_is_an_end_of_its_parts() {
    type End = fn(&mut Fixture, SessionKey, SessionKey);
    let ends: [(End, &str); 3] = [
        (
            |realm, caller, _| realm.send(caller, cancel(1, None)),
            "wamp.error.canceled",
        ),
        (
            |realm, _, callee| realm.leave(callee),
            "wamp.error.canceled",
        ),
        (
            |realm, _, callee| realm.input(Input::Malformed(callee, "noise".to_owned())),
            "wamp.error.canceled",
        ),
    ];
    for (end, error) in ends {
        let (mut realm, caller, callee) = pending();
        end(&mut realm, caller, callee);
        assert_eq!(realm.refused(caller).error, error);
        let other = realm.join();
        let options = RegisterOptions {
            force_reregister: Some(true),
            ..RegisterOptions::default()
        };
        realm.registered_with(other, "com.proc", options);
        realm.send(caller, part(1, "[2]"));
        assert_eq!(realm.received(caller), []);
        assert_eq!(realm.received(other), []);
        realm.everybody_leaves();
    }
}

/// After a minute nothing of the call is under way any more, and its id means a new call.
#[test]
fn an_id_is_free_again_after_a_while() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, yields(1));
    realm.received(caller);
    realm.pass(Duration::from_secs(60));
    realm.send(caller, part(1, "[2]"));
    assert_eq!(realm.received(callee), []);
    realm.pass(Duration::from_secs(1));
    realm.send(caller, part(1, "[2]"));
    assert_eq!(realm.invocation(callee), invoked_part(2, "[2]"));
}

/// What a session can have the realm remember of calls that are over is bounded: the oldest is forgotten first, and its
/// id means a new call.
#[test]
fn of_calls_that_have_ended_only_so_many_are_remembered() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.proc");
    for request in 1..=300 {
        realm.send(caller, part(request, "[1]"));
        realm.send(callee, yields(request));
    }
    realm.received(caller);
    realm.received(callee);
    // 45 to 300 are 256.
    realm.send(caller, part(45, "[2]"));
    realm.send(caller, part(300, "[2]"));
    assert_eq!(realm.received(callee), []);
    realm.send(caller, part(44, "[2]"));
    assert_eq!(realm.invocation(callee), invoked_part(301, "[2]"));
    realm.everybody_leaves();
}

#[test]
fn what_does_not_continue_the_call_breaks_the_protocol() {
    let pending_still = "received CALL 1 while the call of that request id is still pending";
    // Another procedure.
    let (mut realm, caller, _) = pending();
    realm.send(caller, call(1, "com.other"));
    assert_eq!(realm.aborted(caller), pending_still);
    // A part after the last one.
    let (mut realm, caller, callee) = pending();
    realm.send(caller, call(1, "com.proc"));
    realm.send(caller, part(1, "[3]"));
    assert_eq!(realm.aborted(caller), pending_still);
    let received = realm.received(callee);
    assert_eq!(
        received,
        [invocation(1, id(1)).into(), interrupt(1, KillNoWait).into()]
    );
}

#[test]
fn the_caller_leaves_in_the_middle() {
    let (mut realm, caller, callee) = pending();
    realm.leave(caller);
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
    realm.everybody_leaves();
}

#[test]
fn a_callee_that_was_interrupted_gets_no_more_parts() {
    let (mut realm, caller, callee) = pending();
    realm.send(caller, cancel(1, Some(Kill)));
    realm.send(caller, part(1, "[2]"));
    assert_eq!(realm.received(callee), [interrupt(1, Kill).into()]);
    realm.send(callee, error(MessageType::Invocation, 1));
    assert_eq!(realm.received(caller), [error(MessageType::Call, 1).into()]);
    realm.everybody_leaves();
}

/// The time runs from the first CALL to the first result, as the chapter on progressive results has it.
#[test]
fn parts_do_not_start_the_time_anew() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.proc");
    let mut first = part(1, "[1]");
    first.options.timeout = Some(100);
    realm.send(caller, first);
    realm.pass(Duration::from_millis(60));
    realm.send(caller, part(1, "[2]"));
    realm.pass(Duration::from_millis(40));
    assert_eq!(realm.refused(caller).error, "wamp.error.timeout");
    realm.send(caller, part(1, "[3]"));
    let received = realm.received(callee);
    assert_eq!(received.len(), 3, "two parts and INTERRUPT: {received:?}");
    realm.everybody_leaves();
}

/// Parts cannot be held back, so a callee that does not keep up with them loses the call rather than its session.
#[test]
fn a_callee_that_does_not_keep_up_loses_the_call() {
    let (mut realm, caller, callee) = pending();
    realm.input(Input::Congested(callee));
    realm.send(caller, part(1, "[2]"));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::UNAVAILABLE,
            "the callee does not keep up with the call"
        )
    );
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
    realm.send(caller, part(1, "[3]"));
    assert_eq!(realm.received(caller), []);
    realm.everybody_leaves();
}

#[test]
fn a_part_that_is_too_long_ends_the_call() {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callee = realm.join_as(|join| join.max_frame = 512);
    realm.registered(callee, Default::default(), "com.proc");
    realm.send(caller, part(1, "[1]"));
    realm.received(callee);
    realm.send(caller, part(1, &format!("[\"{}\"]", "x".repeat(600))));
    assert_eq!(
        realm.refused(caller).error,
        "wamp.error.payload_size_exceeded"
    );
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
    realm.everybody_leaves();
}

#[test]
fn a_first_part_can_be_rerouted_and_a_second_cannot() {
    let mut realm = Fixture::new();
    let [caller, first, second] = [realm.join(), realm.join(), realm.join()];
    for callee in [first, second] {
        let options = RegisterOptions {
            invoke: Some(InvocationPolicy::First),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options);
    }
    realm.send(caller, part(1, "[1]"));
    realm.send(first, unavailable(1));
    assert_eq!(realm.invocation(second), invoked_part(1, "[1]"));
    realm.send(caller, part(1, "[2]"));
    assert_eq!(realm.invocation(second), invoked_part(1, "[2]"));
    realm.send(second, unavailable(1));
    assert_eq!(realm.refused(caller).error, "wamp.error.unavailable");
    realm.everybody_leaves();
}
