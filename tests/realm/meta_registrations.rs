//! `wamp.registration.…`: who registered what.

use wampkit::proto::MatchPolicy::{Exact, Prefix, Wildcard};
use wampkit::proto::{Dict, InvocationPolicy, Message, Value, uris};

use super::support::*;

#[test]
fn registrations_are_listed_by_policy() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for (policy, procedure) in [
        (Exact, "com.a"),
        (Prefix, "com"),
        (Wildcard, ".a"),
        (Exact, "com.b"),
    ] {
        realm.registered(alice, policy, procedure);
    }
    let lists = Dict::new()
        .with("exact", vec![1_u64, 4])
        .with("prefix", vec![2_u64])
        .with("wildcard", vec![3_u64]);
    let told = realm.told(alice, "wamp.registration.list", no_arguments());
    assert_eq!(told.args, [Value::from(lists)]);
    realm.everybody_leaves();
}

#[test]
fn a_registration_is_looked_up_by_procedure_and_policy() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.registered(alice, Exact, "com.a");
    realm.registered(alice, Prefix, "com.a");
    for (payload, found) in [
        (json("[\"com.a\"]"), Value::from(1)),
        (
            json("[\"com.a\",{\"match\":\"prefix\",\"invoke\":\"single\"}]"),
            Value::from(2),
        ),
        (json("[\"com.a\",{\"match\":\"wildcard\"}]"), Value::Null),
        (json("[\"com.b\"]"), Value::Null),
        (json("[\"wamp.session.count\"]"), Value::Null),
    ] {
        let told = realm.told(alice, "wamp.registration.lookup", payload.clone());
        assert_eq!(told.args, [found], "{payload:?}");
    }
}

#[test]
fn the_registration_that_a_call_would_go_to_is_found() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for (policy, procedure) in [
        (Wildcard, "com."),
        (Prefix, "com.b"),
        (Exact, "com.a"),
        (Prefix, "wam"),
    ] {
        realm.registered(alice, policy, procedure);
    }
    for (procedure, found) in [
        ("com.a", Value::from(3)),
        ("com.b", Value::from(2)),
        ("com.c", Value::from(1)),
        ("com.c.d", Value::Null),
        ("wampum", Value::from(4)),
        ("wamp.session.count", Value::Null),
    ] {
        let payload = json(&format!("[\"{procedure}\"]"));
        let told = realm.told(alice, "wamp.registration.match", payload);
        assert_eq!(told.args, [found], "{procedure}");
    }
}

#[test]
fn a_registration_is_described() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let registration = realm.registered(alice, Prefix, "com.a");
    let of_it = json(&format!("[{registration}]"));
    let told = realm.told(bob, "wamp.registration.get", of_it.clone());
    let details = Dict::new()
        .with("id", registration)
        .with("created", "2023-11-14T22:13:20.000Z")
        .with("uri", "com.a")
        .with("match", "prefix")
        .with("invoke", "single");
    assert_eq!(told.args, [Value::from(details)]);
    let told = realm.told(bob, "wamp.registration.list_callees", of_it.clone());
    assert_eq!(told.args, [Value::from(vec![1000_u64])]);
    let told = realm.told(bob, "wamp.registration.count_callees", of_it);
    assert_eq!(told.args, [Value::from(1_u64)]);
}

#[test]
fn an_unknown_registration_is_an_error() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let registration = realm.registered(alice, Exact, "com.a");
    realm.send(alice, unregister(1, registration));
    realm.received(alice);
    for procedure in [
        "wamp.registration.get",
        "wamp.registration.list_callees",
        "wamp.registration.count_callees",
    ] {
        assert_eq!(
            realm.denied(alice, procedure, json("[1]")),
            (
                uris::NO_SUCH_REGISTRATION.to_string(),
                "there is no registration 1".to_owned()
            )
        );
    }
}

#[test]
fn all_callees_of_a_shared_registration_are_listed() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    for callee in [bob, alice] {
        let mut register = register(1, "com.a");
        register.options.invoke = Some(InvocationPolicy::RoundRobin);
        realm.send(callee, register);
        realm.received(callee);
    }
    let told = realm.told(bob, "wamp.registration.get", json("[1]"));
    let details = told.args[0].as_dict().expect("details");
    assert_eq!(details.get("invoke"), Some(&Value::from("roundrobin")));
    let told = realm.told(bob, "wamp.registration.list_callees", json("[1]"));
    assert_eq!(told.args, [Value::from(vec![1000_u64, 1001])]);
    let told = realm.told(bob, "wamp.registration.count_callees", json("[1]"));
    assert_eq!(told.args, [Value::from(2_u64)]);
}

#[test]
fn a_callee_is_removed_and_told_why() {
    let mut realm = Fixture::new();
    let [admin, callee, other] = [realm.join(), realm.join(), realm.join()];
    let registration = realm.registered(callee, Exact, "com.a");
    let remove = "wamp.registration.remove_callee";
    let payload = json(&format!("[{registration},1002]"));
    assert_eq!(
        realm.denied(admin, remove, payload),
        (
            uris::NO_SUCH_SESSION.to_string(),
            "session 1002 has no part in it".to_owned()
        )
    );
    let (error, _) = realm.denied(admin, remove, json("[77,1001]"));
    assert_eq!(error, uris::NO_SUCH_REGISTRATION.to_string());
    let reason = "{\"reason\":\"com.error.tired\"}";
    let args = format!("[{registration},1001]");
    let told = realm.told(admin, remove, json_kw(&args, reason));
    assert!(told.args.is_empty());
    let Message::Unregistered(unregistered) = realm.received_one(callee) else {
        panic!("no UNREGISTERED");
    };
    assert_eq!(unregistered.request, None);
    assert_eq!(unregistered.details.registration, Some(registration));
    assert_eq!(
        unregistered.details.reason.as_deref(),
        Some("com.error.tired")
    );
    realm.registered(other, Exact, "com.a");
    realm.everybody_leaves();
}
