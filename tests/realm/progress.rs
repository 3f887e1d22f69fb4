//! Progressive call results.

use wampkit::proto::CancelMode::KillNoWait;
use wampkit::proto::{MatchPolicy, MessageType};
use wampkit::realm::SessionKey;

use super::support::*;

/// A caller whose call 1 wants progressive results, and its callee.
fn pending() -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call_for_progress(1, "com.proc"));
    let invocation = realm.invocation(callee);
    assert_eq!(invocation.details.receive_progress, Some(true));
    (realm, caller, callee)
}

#[test]
fn results_are_forwarded_until_the_final_one() {
    let (mut realm, caller, callee) = pending();
    for part in ["[1]", "[2]"] {
        realm.send(callee, yields_progress(1, json(part)));
        assert_eq!(
            realm.received(caller),
            [result_progress(1, json(part)).into()]
        );
    }
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.send(callee, yields_progress(1, json("[3]")));
    assert_eq!(realm.received(caller), [], "the call is over");
    realm.everybody_leaves();
}

#[test]
fn an_error_may_be_the_final_answer() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, yields_progress(1, json("[1]")));
    realm.received(caller);
    realm.send(callee, error(MessageType::Invocation, 1));
    assert_eq!(realm.received(caller), [error(MessageType::Call, 1).into()]);
}

#[test]
fn a_caller_that_did_not_ask_gets_the_final_result_only() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee).details.receive_progress, None);
    realm.send(callee, yields_progress(1, json("[1]")));
    assert_eq!(realm.received(caller), []);
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
}

/// Some clients can do it without saying so.
#[test]
fn a_callee_need_not_have_announced_it() {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callee = realm.join_as(|join| join.roles = plain_roles());
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call_for_progress(1, "com.proc"));
    let invocation = realm.invocation(callee);
    assert_eq!(invocation.details.receive_progress, Some(true));
    realm.send(callee, yields_progress(1, json("[1]")));
    assert_eq!(
        realm.received(caller),
        [result_progress(1, json("[1]")).into()]
    );
}

#[test]
fn a_caller_that_leaves_stops_the_stream() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, yields_progress(1, json("[1]")));
    realm.leave(caller);
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
    realm.send(callee, yields_progress(1, json("[2]")));
    realm.everybody_leaves();
}

#[test]
fn a_callee_that_leaves_ends_the_call() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, yields_progress(1, json("[1]")));
    realm.received(caller);
    realm.leave(callee);
    assert_eq!(realm.refused(caller).error, "wamp.error.canceled");
}

#[test]
fn a_call_can_be_canceled_between_results() {
    let (mut realm, caller, callee) = pending();
    realm.send(callee, yields_progress(1, json("[1]")));
    realm.received(caller);
    realm.send(caller, cancel(1, None));
    assert_eq!(realm.refused(caller).error, "wamp.error.canceled");
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
    realm.send(callee, yields_progress(1, json("[2]")));
    assert_eq!(realm.received(caller), []);
}
