//! Shared registrations: which callee a call goes to, and who may join.

use std::collections::BTreeMap;

use wampkit::proto::{
    InvocationPolicy, MatchPolicy, Message, MessageType, Register, RegisterOptions, Uri, uris,
};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

fn options(invoke: InvocationPolicy) -> RegisterOptions {
    RegisterOptions {
        invoke: Some(invoke),
        ..RegisterOptions::default()
    }
}

fn limited(invoke: InvocationPolicy, concurrency: u64) -> RegisterOptions {
    RegisterOptions {
        concurrency: Some(concurrency),
        ..options(invoke)
    }
}

/// A caller, and three callees of `com.proc` in this order.
fn shared(options: &RegisterOptions) -> (Fixture, SessionKey, [SessionKey; 3]) {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callees = [realm.join(), realm.join(), realm.join()];
    for callee in callees {
        let registration = realm.registered_with(callee, "com.proc", options.clone());
        assert_eq!(registration, id(1), "they share one registration");
    }
    (realm, caller, callees)
}

/// Who got the call, by number.
#[track_caller]
fn called(
    realm: &mut Fixture,
    caller: SessionKey,
    callees: &[SessionKey],
    request: u64,
) -> Option<usize> {
    realm.send(caller, call(request, "com.proc"));
    let mut called = None;
    for (number, callee) in callees.iter().enumerate() {
        for message in realm.received(*callee) {
            assert!(matches!(message, Message::Invocation(_)), "{message:?}");
            assert_eq!(called.replace(number), None, "only one is called");
        }
    }
    called
}

#[track_caller]
fn assert_nobody_is_free(realm: &mut Fixture, caller: SessionKey, request: u64) {
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            request,
            &uris::NO_AVAILABLE_CALLEE,
            "no callee of \"com.proc\" can take the call now"
        )
    );
}

#[test]
fn each_policy_picks_its_callee() {
    use InvocationPolicy::{First, Last, RoundRobin};
    for (invoke, picked) in [
        (First, [0, 0, 0, 0]),
        (Last, [2, 2, 2, 2]),
        (RoundRobin, [0, 1, 2, 0]),
    ] {
        let (mut realm, caller, callees) = shared(&options(invoke));
        let calls = (1..5).map(|request| called(&mut realm, caller, &callees, request).unwrap());
        assert_eq!(Vec::from_iter(calls), picked, "{invoke}");
        realm.everybody_leaves();
    }
}

#[test]
fn random_picks_them_all_about_equally() {
    let (mut realm, caller, callees) = shared(&options(InvocationPolicy::Random));
    let mut counts = BTreeMap::<_, u32>::new();
    for request in 1..=600 {
        let picked = called(&mut realm, caller, &callees, request).unwrap();
        *counts.entry(picked).or_default() += 1;
    }
    assert_eq!(counts.len(), 3);
    assert!(
        counts.values().all(|count| (150..250).contains(count)),
        "{counts:?}"
    );
}

#[test]
fn roundrobin_goes_on_in_order_when_somebody_goes() {
    let (mut realm, caller, callees) = shared(&options(InvocationPolicy::RoundRobin));
    assert_eq!(called(&mut realm, caller, &callees, 1), Some(0));
    realm.leave(callees[0]);
    let [_, left @ ..] = callees;
    assert_eq!(called(&mut realm, caller, &left, 2), Some(0));
    assert_eq!(called(&mut realm, caller, &left, 3), Some(1));
    realm.send(left[1], unregister(9, id(1)));
    realm.received(left[1]);
    assert_eq!(called(&mut realm, caller, &left, 4), Some(0));
    assert_eq!(called(&mut realm, caller, &left, 5), Some(0));
    realm.everybody_leaves();
}

#[test]
fn hot_standby_takes_over() {
    let (mut realm, caller, callees) = shared(&options(InvocationPolicy::First));
    realm.leave(callees[0]);
    assert_eq!(called(&mut realm, caller, &callees[1..], 1), Some(0));
    realm.leave(callees[1]);
    assert_eq!(called(&mut realm, caller, &callees[2..], 2), Some(0));
    realm.leave(callees[2]);
    assert_eq!(realm.realm.census().registrations, 0);
    realm.everybody_leaves();
}

#[test]
fn who_may_join_a_registration() {
    use InvocationPolicy::{First, RoundRobin, Single};
    let exists = "\"com.proc\" is registered already";
    let differs = |asked| {
        format!(
            "\"com.proc\" is registered already, with \"invoke\" as \"roundrobin\", not \"{asked}\""
        )
    };
    let cases: [(_, _, Uri, String); 4] = [
        (
            Single,
            Single,
            uris::PROCEDURE_ALREADY_EXISTS,
            exists.to_owned(),
        ),
        (
            Single,
            RoundRobin,
            uris::PROCEDURE_ALREADY_EXISTS,
            exists.to_owned(),
        ),
        (
            RoundRobin,
            First,
            uris::DIFFERENT_INVOCATION_POLICY,
            differs(First),
        ),
        (
            RoundRobin,
            Single,
            uris::DIFFERENT_INVOCATION_POLICY,
            differs(Single),
        ),
    ];
    for (registered, asked, error, sentence) in cases {
        let mut realm = Fixture::new();
        let [first, second] = [realm.join(), realm.join()];
        realm.registered_with(first, "com.proc", options(registered));
        let register = Register {
            options: options(asked),
            ..register(5, "com.proc")
        };
        realm.send(second, register);
        assert_eq!(
            realm.refused(second),
            refused(MessageType::Register, 5, &error, &sentence)
        );
        // Another pattern has a policy of its own.
        let by_prefix = RegisterOptions {
            match_policy: Some(MatchPolicy::Prefix),
            ..options(asked)
        };
        realm.registered_with(second, "com.proc", by_prefix);
    }
}

#[test]
fn a_session_joins_a_registration_once() {
    let (mut realm, _, callees) = shared(&options(InvocationPolicy::RoundRobin));
    let register = Register {
        options: options(InvocationPolicy::RoundRobin),
        ..register(5, "com.proc")
    };
    realm.send(callees[1], register);
    assert_eq!(
        realm.refused(callees[1]).error,
        "wamp.error.procedure_already_exists"
    );
}

#[test]
fn a_callee_gets_no_more_calls_at_once_than_it_takes() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered_with(callee, "com.proc", limited(InvocationPolicy::Single, 2));
    for request in [1, 2] {
        assert_eq!(called(&mut realm, caller, &[callee], request), Some(0));
    }
    assert_eq!(called(&mut realm, caller, &[callee], 3), None);
    assert_nobody_is_free(&mut realm, caller, 3);

    // Whatever ends a call makes room for the next.
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    assert_eq!(called(&mut realm, caller, &[callee], 4), Some(0));
    realm.send(caller, cancel(2, None));
    assert_eq!(realm.refused(caller).error, "wamp.error.canceled");
    realm.received(callee);
    assert_eq!(called(&mut realm, caller, &[callee], 5), Some(0));
    assert_eq!(called(&mut realm, caller, &[callee], 6), None);
    assert_nobody_is_free(&mut realm, caller, 6);
    realm.everybody_leaves();
}

/// Calls that were accepted before still count after the callee has unregistered and registered again.
#[test]
fn registering_again_does_not_make_room() {
    let (mut realm, caller, callees) = shared(&limited(InvocationPolicy::First, 1));
    assert_eq!(called(&mut realm, caller, &callees, 1), Some(0));
    realm.send(callees[0], unregister(9, id(1)));
    realm.received(callees[0]);
    realm.registered_with(callees[0], "com.proc", limited(InvocationPolicy::First, 1));
    for (request, picked) in [(2, Some(1)), (3, Some(2)), (4, None)] {
        assert_eq!(called(&mut realm, caller, &callees, request), picked);
    }
    assert_nobody_is_free(&mut realm, caller, 4);
    realm.send(callees[0], yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    assert_eq!(called(&mut realm, caller, &callees, 5), Some(0));
    realm.everybody_leaves();
}

#[test]
fn a_busy_callee_is_passed_over() {
    use InvocationPolicy::{First, Last, Random, RoundRobin};
    for invoke in [First, Last, Random, RoundRobin] {
        let (mut realm, caller, callees) = shared(&limited(invoke, 1));
        let mut picked: Vec<_> = (1..=3)
            .map(|request| called(&mut realm, caller, &callees, request).unwrap())
            .collect();
        match invoke {
            Last => assert_eq!(picked, [2, 1, 0]),
            Random => picked.sort_unstable(),
            _ => {}
        }
        picked.sort_unstable();
        assert_eq!(picked, [0, 1, 2], "{invoke}");
        assert_eq!(called(&mut realm, caller, &callees, 4), None);
        assert_nobody_is_free(&mut realm, caller, 4);
        realm.send(callees[1], yields(1));
        realm.received(caller);
        assert_eq!(called(&mut realm, caller, &callees, 5), Some(1));
        realm.everybody_leaves();
    }
}

#[test]
fn a_congested_callee_is_passed_over() {
    let (mut realm, caller, callees) = shared(&options(InvocationPolicy::First));
    for (congested, picked) in [(0, Some(1)), (1, Some(2)), (2, None)] {
        realm.input(Input::Congested(callees[congested]));
        assert_eq!(
            called(&mut realm, caller, &callees, 1 + congested as u64),
            picked
        );
    }
    assert_nobody_is_free(&mut realm, caller, 3);
    realm.input(Input::Relieved(callees[0]));
    assert_eq!(called(&mut realm, caller, &callees, 9), Some(0));
    realm.everybody_leaves();
}

#[test]
fn what_is_known_of_a_registration() {
    let (realm, _, callees) = shared(&options(InvocationPolicy::Last));
    let [registration] = &realm.realm.registrations()[..] else {
        panic!("not one registration");
    };
    assert_eq!(registration.id, id(1));
    assert_eq!(registration.uri, Uri::from_static("com.proc"));
    assert_eq!(registration.match_policy, MatchPolicy::Exact);
    assert_eq!(registration.invoke, InvocationPolicy::Last);
    assert_eq!(registration.callees, callees);
    assert_eq!(registration.created, realm.now.unix);
}
