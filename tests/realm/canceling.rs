//! CANCEL and INTERRUPT, and the caller that leaves.

use wampkit::proto::CancelMode::{Kill, KillNoWait, Skip};
use wampkit::proto::{MatchPolicy, Message, MessageType, uris};
use wampkit::realm::SessionKey;

use super::support::*;

/// A caller with call 1 pending at a callee that can be interrupted or not.
fn pending(call_canceling: bool) -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callee = realm.join_as(|join| {
        if !call_canceling {
            join.roles = plain_roles();
        }
    });
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    realm.invocation(callee);
    (realm, caller, callee)
}

#[track_caller]
fn assert_canceled(realm: &mut Fixture, caller: SessionKey) {
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            1,
            &uris::CANCELED,
            "the call was canceled by its caller"
        )
    );
}

#[test]
fn skip_answers_the_caller_and_leaves_the_callee_alone() {
    let (mut realm, caller, callee) = pending(true);
    realm.send(caller, cancel(1, Some(Skip)));
    assert_canceled(&mut realm, caller);
    assert_eq!(realm.received(callee), []);
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), []);
    realm.everybody_leaves();
}

#[test]
fn kill_waits_for_the_callee() {
    for answer in [
        Message::from(error(MessageType::Invocation, 1)),
        yields(1).into(),
    ] {
        let (mut realm, caller, callee) = pending(true);
        realm.send(caller, cancel(1, Some(Kill)));
        realm.send(caller, cancel(1, Some(Kill)));
        assert_eq!(realm.received(caller), []);
        assert_eq!(
            realm.received(callee),
            [interrupt(1, Kill).into()],
            "interrupted once"
        );
        let forwarded = match answer {
            Message::Error(_) => error(MessageType::Call, 1).into(),
            _ => result(1).into(),
        };
        realm.send(callee, answer);
        assert_eq!(realm.received(caller), [forwarded]);
        realm.everybody_leaves();
    }
}

#[test]
fn killnowait_answers_the_caller_and_stops_the_callee() {
    for mode in [Some(KillNoWait), None] {
        let (mut realm, caller, callee) = pending(true);
        realm.send(caller, cancel(1, mode));
        assert_canceled(&mut realm, caller);
        assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
        realm.send(callee, error(MessageType::Invocation, 1));
        assert_eq!(realm.received(caller), []);
        realm.everybody_leaves();
    }
}

#[test]
fn a_caller_that_loses_patience_after_kill() {
    let (mut realm, caller, callee) = pending(true);
    realm.send(caller, cancel(1, Some(Kill)));
    realm.received(callee);
    realm.send(caller, cancel(1, Some(KillNoWait)));
    assert_canceled(&mut realm, caller);
    assert_eq!(realm.received(callee), [], "it knows already");
}

#[test]
fn a_callee_without_call_canceling_is_skipped() {
    for mode in [Skip, Kill, KillNoWait] {
        let (mut realm, caller, callee) = pending(false);
        realm.send(caller, cancel(1, Some(mode)));
        assert_canceled(&mut realm, caller);
        assert_eq!(realm.received(callee), []);
    }
}

#[test]
fn a_cancel_that_crosses_the_answer_is_ignored() {
    let (mut realm, caller, callee) = pending(true);
    realm.send(callee, yields(1));
    realm.send(caller, cancel(1, None));
    realm.send(caller, cancel(99, None));
    assert_eq!(realm.received(caller), [result(1).into()]);
    assert_eq!(realm.received(callee), []);
}

#[test]
fn only_the_caller_can_cancel() {
    let (mut realm, caller, callee) = pending(true);
    let other = realm.join();
    realm.send(other, cancel(1, None));
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
}

#[test]
fn a_canceled_request_id_can_be_used_again() {
    let (mut realm, caller, callee) = pending(true);
    realm.send(caller, cancel(1, Some(Skip)));
    realm.received(caller);
    realm.send(caller, call(1, "com.proc"));
    assert_eq!(realm.invocation(callee).request, id(2));
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [], "the answer to the first");
    realm.send(callee, yields(2));
    assert_eq!(realm.received(caller), [result(1).into()]);
}

#[test]
fn the_caller_leaves() {
    for (call_canceling, told) in [
        (true, vec![Message::from(interrupt(1, KillNoWait))]),
        (false, vec![]),
    ] {
        let (mut realm, caller, callee) = pending(call_canceling);
        realm.leave(caller);
        assert_eq!(realm.received(callee), told);
        assert_eq!(realm.realm.census().calls, 0);
        realm.send(callee, yields(1));
        assert!(!realm.is_closed(callee), "a late answer is no violation");
        realm.everybody_leaves();
    }
}

#[test]
fn the_caller_says_goodbye() {
    let (mut realm, caller, callee) = pending(true);
    realm.send(caller, goodbye(&uris::CLOSE_REALM));
    assert!(is_goodbye_and_out(&realm.received_one(caller)));
    assert_eq!(realm.received(callee), [interrupt(1, KillNoWait).into()]);
}
