//! Sharded registrations: a resource key always finds the same callee.

use wampkit::proto::{CallOptions, InvocationPolicy, MessageType, RegisterOptions, Value, uris};
use wampkit::realm::{Input, SessionKey};

use super::support::*;

fn shards(count: usize) -> (Fixture, SessionKey, Vec<SessionKey>) {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callees: Vec<_> = (0..count).map(|_| realm.join()).collect();
    for callee in &callees {
        let options = RegisterOptions {
            invoke: Some(InvocationPolicy::RoundRobin),
            ..RegisterOptions::default()
        };
        realm.registered_with(*callee, "com.db", options);
    }
    (realm, caller, callees)
}

fn partition(rkey: impl Into<Value>) -> CallOptions {
    CallOptions {
        runmode: Some("partition".into()),
        rkey: Some(rkey.into()),
        ..CallOptions::default()
    }
}

/// Which shard gets the call, by number.
fn shard_of(
    realm: &mut Fixture,
    caller: SessionKey,
    callees: &[SessionKey],
    options: CallOptions,
) -> Option<usize> {
    realm.send(caller, call_with_options(1, "com.db", options));
    let called = callees.iter().position(|callee| {
        let invocations = realm.received(*callee).len();
        invocations == 1
    });
    realm.send(caller, cancel(1, Some(proto::CancelMode::Skip)));
    realm.received(caller);
    called
}

/// The expected numbers were computed by a second implementation of what `shards.rs` documents.
#[test]
fn a_key_finds_its_shard() {
    for (key, shard_of_2_3_4) in [
        ("a", [0, 2, 2]),
        ("b", [1, 2, 2]),
        ("c", [1, 1, 1]),
        ("d", [1, 1, 3]),
        ("e", [1, 1, 1]),
    ] {
        for (count, shard) in (2..).zip(shard_of_2_3_4) {
            let (mut realm, caller, callees) = shards(count);
            for _ in 0..3 {
                let found = shard_of(&mut realm, caller, &callees, partition(key));
                assert_eq!(found, Some(shard), "{key} of {count}");
            }
            realm.everybody_leaves();
        }
    }
}

/// No other callee has the data, so nobody stands in.
#[test]
fn a_shard_that_cannot_take_the_call_is_not_replaced() {
    let (mut realm, caller, callees) = shards(3);
    realm.send(caller, call_with_options(1, "com.db", partition("c")));
    realm.invocation(callees[1]);
    realm.send(callees[1], unavailable(1));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::NO_AVAILABLE_CALLEE,
            "the callee is not available, and no other can take the call"
        )
    );
    realm.input(Input::Congested(callees[1]));
    realm.send(caller, call_with_options(2, "com.db", partition("c")));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            2,
            &uris::NO_AVAILABLE_CALLEE,
            "no callee of \"com.db\" can take the call now"
        )
    );
    realm.everybody_leaves();
}

#[test]
fn a_partitioned_call_needs_a_key() {
    let (mut realm, caller, callees) = shards(2);
    let keyless = CallOptions {
        rkey: None,
        ..partition(0)
    };
    realm.send(caller, call_with_options(1, "com.db", keyless));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::INVALID_ARGUMENT,
            "a call with \"runmode\" \"partition\" needs an \"rkey\""
        )
    );
    let unknown = CallOptions {
        runmode: Some("all".into()),
        ..partition(0)
    };
    realm.send(caller, call_with_options(2, "com.db", unknown));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            2,
            &uris::OPTION_NOT_ALLOWED,
            "\"runmode\" must be \"partition\""
        )
    );
    // A key alone does not make a call a partitioned one.
    let keyed = || CallOptions {
        runmode: None,
        ..partition("c")
    };
    for shard in [0, 1] {
        let found = shard_of(&mut realm, caller, &callees, keyed());
        assert_eq!(found, Some(shard));
    }
}

#[test]
fn one_callee_is_every_shard() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Default::default(), "com.db");
    realm.send(caller, call_with_options(1, "com.db", partition("c")));
    assert_eq!(realm.invocation(callee), invocation(1, id(1)));
}
