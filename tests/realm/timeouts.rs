//! Call timeouts, in virtual time.

use std::time::Duration;

use wampkit::proto::CancelMode::{Kill, KillNoWait};
use wampkit::proto::{
    Call, CallOptions, Interrupt, InterruptOptions, MessageType, RegisterOptions, uris,
};
use wampkit::realm::SessionKey;

use super::support::*;

const MS: Duration = Duration::from_millis(1);

fn call_for(request: u64, timeout: u64) -> Call {
    let options = CallOptions {
        timeout: Some(timeout),
        ..CallOptions::default()
    };
    call_with_options(request, "com.proc", options)
}

/// A caller and a callee that can be interrupted or not.
fn pair(capable: bool) -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::new();
    let caller = realm.join();
    let callee = realm.join_as(|join| {
        if !capable {
            join.roles = plain_roles();
        }
    });
    realm.registered(callee, Default::default(), "com.proc");
    (realm, caller, callee)
}

fn timed_out(request: u64, millis: u64) -> Refused {
    let sentence = format!("no answer came within {millis} ms");
    refused(MessageType::Call, request, &uris::TIMEOUT, &sentence)
}

/// The INTERRUPT of a timeout.
fn interrupt_in_time(request: u64) -> Interrupt {
    let interrupt = interrupt(request, KillNoWait);
    Interrupt {
        options: InterruptOptions {
            reason: Some(uris::TIMEOUT),
            ..interrupt.options
        },
        ..interrupt
    }
}

#[test]
fn a_call_ends_when_its_time_is_up() {
    for capable in [true, false] {
        let (mut realm, caller, callee) = pair(capable);
        realm.send(caller, call_for(1, 500));
        assert_eq!(
            realm.invocation(callee),
            invocation(1, id(1)),
            "not forwarded"
        );
        realm.pass(499 * MS);
        assert_eq!(realm.received(caller), []);
        realm.pass(MS);
        assert_eq!(realm.refused(caller), timed_out(1, 500));
        let told = capable.then(|| interrupt_in_time(1).into());
        assert_eq!(realm.received(callee), Vec::from_iter(told));
        assert_eq!(realm.realm.census().calls, 0);

        // What the callee still says is dropped.
        realm.send(callee, yields(1));
        assert_eq!(realm.received(caller), []);
        realm.everybody_leaves();
    }
}

#[test]
fn without_a_timeout_a_call_waits_for_ever() {
    let (mut realm, caller, callee) = pair(true);
    realm.send(caller, call_for(1, 0));
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(realm.realm.deadline(), None);
    realm.pass(Duration::from_secs(1_000_000));
    realm.send(callee, yields(2));
    realm.send(callee, yields(1));
    assert_eq!(
        realm.received(caller),
        [2, 1].map(|request| result(request).into())
    );
}

/// Longer than a clock can count: it is cut to what can be waited for.
#[test]
fn a_timeout_may_be_very_long() {
    let (mut realm, caller, callee) = pair(true);
    realm.send(caller, call_for(1, u64::MAX));
    realm.pass(Duration::from_secs(100 * 24 * 60 * 60));
    realm.send(callee, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.everybody_leaves();
}

#[test]
fn a_call_that_has_ended_leaves_no_timer() {
    let (mut realm, caller, callee) = pair(true);
    for request in 1..=3 {
        realm.send(caller, call_for(request, 10));
    }
    assert_eq!(realm.realm.census().timers, 3);
    realm.send(callee, yields(1));
    realm.send(callee, error(MessageType::Invocation, 2));
    realm.send(caller, cancel(3, None));
    assert_eq!(realm.realm.deadline(), None);

    realm.send(caller, call_for(4, 10));
    realm.leave(callee);
    assert_eq!(realm.realm.deadline(), None);
    realm.everybody_leaves();
}

#[test]
fn calls_time_out_in_the_order_of_their_deadlines() {
    let (mut realm, caller, _) = pair(true);
    for (request, timeout) in [(1, 300), (2, 100), (3, 200)] {
        realm.send(caller, call_for(request, timeout));
    }
    for (request, timeout) in [(2, 100), (3, 200), (1, 300)] {
        realm.pass(100 * MS);
        assert_eq!(realm.refused(caller), timed_out(request, timeout));
    }
}

#[test]
fn progressive_results_start_the_time_anew() {
    let (mut realm, caller, callee) = pair(true);
    let mut call = call_for(1, 100);
    call.options.receive_progress = Some(true);
    realm.send(caller, call);
    realm.received(callee);
    for _ in 0..5 {
        realm.pass(99 * MS);
        realm.send(callee, yields_progress(1, json("[1]")));
        realm.received_one(caller);
    }
    realm.pass(99 * MS);
    assert_eq!(realm.received(caller), []);
    realm.pass(MS);
    assert_eq!(realm.refused(caller), timed_out(1, 100));
    assert_eq!(realm.received(callee), [interrupt_in_time(1).into()]);
    realm.everybody_leaves();
}

/// `kill` leaves it to the callee to answer, but not beyond the time that the caller set.
#[test]
fn a_call_that_was_killed_still_times_out() {
    let (mut realm, caller, callee) = pair(true);
    realm.send(caller, call_for(1, 100));
    realm.send(caller, cancel(1, Some(Kill)));
    realm.received(callee);
    realm.pass(100 * MS);
    assert_eq!(realm.refused(caller), timed_out(1, 100));
    assert_eq!(realm.received(callee), [], "it knows already");
}

#[test]
fn a_callee_may_see_to_timeouts_itself() {
    let forward_timeout = || RegisterOptions {
        forward_timeout: Some(true),
        ..RegisterOptions::default()
    };
    for (capable, forwarded) in [(true, Some(100)), (false, None)] {
        let (mut realm, caller, callee) = pair(capable);
        realm.registered_with(callee, "com.patient", forward_timeout());
        let mut call = call_for(1, 100);
        call.procedure = "com.patient".into();
        realm.send(caller, call);
        assert_eq!(realm.invocation(callee).details.timeout, forwarded);
        // The dealer steps in only where the callee did not say that it can.
        realm.pass(100 * MS);
        let answers = realm.received(caller).len();
        assert_eq!(answers, usize::from(forwarded.is_none()));
        realm.everybody_leaves();
    }
}

/// The wall clock is set while calls wait: they wait by the other one.
#[test]
fn a_wall_clock_that_jumps_ends_no_call() {
    let (mut realm, caller, callee) = pair(true);
    let start = realm.now.unix;
    for (request, time) in (1..).zip([start * 2, Duration::ZERO, start, Duration::ZERO]) {
        realm.send(caller, call_for(request, 500));
        realm.invocation(callee);
        realm.now.unix = time;
        realm.pass(499 * MS);
        assert_eq!(realm.received(caller), []);
        realm.pass(MS);
        assert_eq!(realm.refused(caller), timed_out(request, 500));
        realm.received(callee);
    }
    realm.everybody_leaves();
}
