//! Payload passthru mode: who may send such payload, and to whom it goes.

use wampkit::proto::{Call, MatchPolicy, Passthru, Yield};
use wampkit::realm::SessionKey;

use super::support::*;

/// A session that has announced no feature for any role.
fn unaware(realm: &mut Fixture) -> SessionKey {
    realm.join_as(|join| join.roles = plain_roles())
}

fn packed() -> Option<Box<Passthru>> {
    Some(Box::new(Passthru {
        ppt_scheme: Some("x_mine".into()),
        ..Passthru::default()
    }))
}

fn packed_call(request: u64) -> Call {
    let mut call = call(request, "com.proc");
    call.options.passthru = packed();
    call
}

fn packed_yield(invocation: u64) -> Yield {
    let mut answer = yields(invocation);
    answer.options.passthru = packed();
    answer
}

#[test]
fn a_sender_that_did_not_announce_it_breaks_the_protocol() {
    let mut realm = Fixture::new();
    let aware = realm.join();
    let caller = unaware(&mut realm);
    realm.send(caller, packed_call(1));
    assert!(
        realm
            .aborted(caller)
            .contains("CALL with \"ppt_\" attributes")
    );

    let publisher = unaware(&mut realm);
    let mut publish = publish(1, "com.topic");
    publish.options.passthru = packed();
    realm.send(publisher, publish);
    assert!(realm.aborted(publisher).contains("publisher"));

    let callee = unaware(&mut realm);
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(aware, call(1, "com.proc"));
    realm.received(callee);
    realm.send(callee, packed_yield(1));
    assert!(realm.aborted(callee).contains("YIELD"));
    assert_eq!(realm.refused(aware).error, "wamp.error.canceled");
}

#[test]
fn a_callee_without_it_gets_no_such_call() {
    let mut realm = Fixture::new();
    let (caller, callee) = (realm.join(), unaware(&mut realm));
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, packed_call(1));
    assert_eq!(
        realm.refused(caller).error,
        "wamp.error.feature_not_supported"
    );
    assert_eq!(realm.received(callee), []);
}

#[test]
fn a_caller_without_it_gets_an_error_for_such_a_result() {
    let mut realm = Fixture::new();
    let (caller, callee) = (unaware(&mut realm), realm.join());
    realm.registered(callee, MatchPolicy::Exact, "com.proc");
    realm.send(caller, call(1, "com.proc"));
    realm.received(callee);
    realm.send(callee, packed_yield(1));
    assert_eq!(
        realm.refused(caller).error,
        "wamp.error.feature_not_supported"
    );
    assert_eq!(realm.received(callee), []);
}

#[test]
fn a_subscriber_without_it_gets_the_event_all_the_same() {
    let mut realm = Fixture::new();
    let (publisher, subscriber) = (realm.join(), unaware(&mut realm));
    realm.subscribed(subscriber, MatchPolicy::Exact, "com.topic");
    let mut publish = publish(1, "com.topic");
    publish.options.passthru = packed();
    realm.send(publisher, publish);
    assert_eq!(realm.event(subscriber).details.passthru, packed());
}
