//! Who learns who called.

use wampkit::proto::{
    CallOptions, Feature, InvocationDetails, InvocationPolicy, MatchPolicy, RegisterOptions, Role,
};
use wampkit::realm::{Disclosure, IdentityRule};

use super::support::*;

fn disclosing() -> CallOptions {
    CallOptions {
        disclose_me: Some(true),
        ..CallOptions::default()
    }
}

#[test]
fn a_caller_is_disclosed_if_it_or_the_callee_wants_it() {
    for (by_caller, by_callee) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut realm = Fixture::new();
        let caller = realm.join_as(|join| {
            join.session = id(3_335_656);
            join.authid = "alice".to_owned();
            join.authrole = "staff".to_owned();
        });
        // Neither a callee nor a caller has to have announced it.
        let callee = realm.join_as(|join| join.roles = plain_roles());
        let options = RegisterOptions {
            disclose_caller: Some(by_callee),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options);
        let options = CallOptions {
            disclose_me: Some(by_caller),
            ..CallOptions::default()
        };
        realm.send(caller, call_with_options(1, "com.proc", options));
        let expected = if by_caller || by_callee {
            InvocationDetails {
                caller: Some(id(3_335_656)),
                caller_authid: Some("alice".into()),
                caller_authrole: Some("staff".into()),
                ..InvocationDetails::default()
            }
        } else {
            InvocationDetails::default()
        };
        assert_eq!(realm.invocation(callee).details, expected);
    }
}

/// Of several rules the first one that applies counts.
#[test]
fn callers_are_trusted_and_disclosed_by_rule() {
    let rule = |uri: &'static str, authrole: Option<&str>, disclosure, trustlevel| IdentityRule {
        policy: MatchPolicy::Prefix,
        uri: uri.into(),
        authrole: authrole.map(str::to_owned),
        disclosure,
        trustlevel,
    };
    let mut realm = Fixture::with(|config| {
        config.callers = vec![
            rule("com.secret", None, Disclosure::Never, None),
            rule("com", Some("staff"), Disclosure::Always, Some(3)),
            rule("com", None, Disclosure::OnRequest, Some(0)),
        ];
    });
    let staff = realm.join_as(|join| join.authrole = "staff".to_owned());
    let (guest, callee) = (realm.join(), realm.join());
    for procedure in ["com.open", "com.secret"] {
        let curious = RegisterOptions {
            disclose_caller: (procedure == "com.secret").then_some(true),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, procedure, curious);
    }
    for (caller, procedure, trustlevel, disclosed) in [
        (staff, "com.open", Some(3), true),
        (guest, "com.open", Some(0), false),
        (staff, "com.secret", None, false),
    ] {
        realm.send(caller, call(1, procedure));
        let invocation = realm.invocation(callee);
        let details = invocation.details;
        assert_eq!(details.trustlevel, trustlevel, "{procedure}");
        assert_eq!(details.caller.is_some(), disclosed, "{procedure}");
        realm.send(callee, yields(invocation.request.get()));
        realm.received(caller);
    }
    realm.send(guest, call_with_options(2, "com.secret", disclosing()));
    let refused = realm.refused(guest);
    assert_eq!(refused.error, "wamp.error.option_disallowed.disclose_me");
    assert_eq!(
        refused.sentence,
        "callers are not disclosed to this procedure"
    );
    assert_eq!(realm.received(callee), []);

    let newcomer = realm.join_and_look(|_| {});
    let roles = welcome(realm.received_one(newcomer)).details.roles.unwrap();
    assert!(roles.features(Role::Dealer).has(Feature::CallTrustlevels));
}

#[test]
fn each_callee_of_a_shared_registration_decides_for_itself() {
    let mut realm = Fixture::new();
    let [caller, curious, discreet] = [realm.join(), realm.join(), realm.join()];
    for callee in [curious, discreet] {
        let options = RegisterOptions {
            invoke: Some(InvocationPolicy::RoundRobin),
            disclose_caller: Some(callee == curious),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options);
    }
    realm.send(caller, call(1, "com.proc"));
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(realm.invocation(curious).details.caller, Some(id(1000)));
    assert_eq!(realm.invocation(discreet).details.caller, None);
}

#[test]
fn a_session_that_calls_itself_can_be_disclosed() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.registered(alice, Default::default(), "com.proc");
    realm.send(alice, call_with_options(1, "com.proc", disclosing()));
    assert_eq!(realm.invocation(alice).details.caller, Some(id(1000)));
}

/// The frame limit of the callee holds with the names in it.
#[test]
fn long_names_count_against_the_callees_frame() {
    for (length, reaches) in [(10, true), (600, false)] {
        let mut realm = Fixture::new();
        let caller = realm.join_as(|join| join.authid = "x".repeat(length));
        let callee = realm.join_as(|join| join.max_frame = 512);
        realm.registered(callee, Default::default(), "com.proc");
        realm.send(caller, call_with_options(1, "com.proc", disclosing()));
        assert_eq!(realm.received(callee).len(), usize::from(reaches));
        if !reaches {
            assert_eq!(
                realm.refused(caller).error,
                "wamp.error.payload_size_exceeded"
            );
        }
    }
}
