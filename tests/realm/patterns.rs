//! Patterns: which subscriptions an event reaches, and which registration a call.

use wampkit::proto::MatchPolicy::{Exact, Prefix, Wildcard};
use wampkit::proto::{Message, MessageType, Uri, uris};

use super::support::*;

#[test]
fn an_event_is_delivered_for_each_matching_subscription() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    let exact = realm.subscribed(alice, Exact, "com.myapp.foo.userevent");
    let prefix = realm.subscribed(alice, Prefix, "com.myapp.f");
    let everything = realm.subscribed(alice, Prefix, "");
    let wildcard = realm.subscribed(alice, Wildcard, "com.myapp..userevent");
    realm.subscribed(alice, Wildcard, "com.myapp..other");
    realm.subscribed(alice, Prefix, "com.yours");

    realm.send(bob, publish(1, "com.myapp.foo.userevent"));
    let mut publications = Vec::new();
    let mut subscriptions = Vec::new();
    for message in realm.received(alice) {
        let Message::Event(event) = message else {
            panic!("{message:?} is no EVENT");
        };
        let topic = (event.subscription != exact).then(|| Uri::from("com.myapp.foo.userevent"));
        assert_eq!(event.details.topic, topic, "{}", event.subscription);
        subscriptions.push(event.subscription);
        publications.push(event.publication);
    }
    assert_eq!(subscriptions, [exact, prefix, everything, wildcard]);
    publications.dedup();
    assert_eq!(publications.len(), 1, "one publication");
    realm.everybody_leaves();
}

#[test]
fn a_prefix_is_a_string_prefix() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(alice, Prefix, "com.myapp.topic.emergency");
    for (topic, matches) in [
        ("com.myapp.topic.emergency.11", true),
        ("com.myapp.topic.emergency-low", true),
        ("com.myapp.topic.emergency.category.severe", true),
        ("com.myapp.topic.emergency", true),
        ("com.myapp.topic.emerge", false),
    ] {
        realm.send(bob, publish(1, topic));
        assert_eq!(realm.received(alice).len(), usize::from(matches), "{topic}");
    }
}

/// The example of "Pattern-based Registrations". Its call of `a1.b2.c33.d4.e5` contradicts the chapter's own definition of
/// a prefix, under which `a1.b2.c3` is one; here it goes by the definition.
#[test]
fn a_call_goes_to_the_best_registration() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    let registrations = [
        (Exact, "a1.b2.c3.d4.e55"),
        (Prefix, "a1.b2.c3"),
        (Prefix, "a1.b2.c3.d4"),
        (Wildcard, "a1.b2..d4.e5"),
        (Wildcard, "a1.b2.c33..e5"),
        (Wildcard, "a1.b2..d4.e5..g7"),
        (Wildcard, "a1.b2..d4..f6.g7"),
    ]
    .map(|(policy, procedure)| realm.registered(callee, policy, procedure));
    for (request, (procedure, chosen)) in (1..).zip([
        ("a1.b2.c3.d4.e55", 1),
        ("a1.b2.c3.d98.e74", 2),
        ("a1.b2.c3.d4.e325", 3),
        ("a1.b2.c55.d4.e5", 4),
        ("a1.b2.c33.d4.e5", 2),
        ("a1.b2.c88.d4.e5.f6.g7", 6),
    ]) {
        realm.send(caller, call(request, procedure));
        let invocation = realm.invocation(callee);
        assert_eq!(invocation.registration, registrations[chosen - 1]);
        let by_pattern = (chosen > 1).then(|| Uri::from(procedure));
        assert_eq!(invocation.details.procedure, by_pattern);
    }
    realm.send(caller, call(99, "a2.b2.c2.d2.e2"));
    assert_eq!(
        realm.refused(caller),
        refused(
            MessageType::Call,
            99,
            &uris::NO_SUCH_PROCEDURE,
            "no procedure is registered for \"a2.b2.c2.d2.e2\""
        )
    );
    realm.everybody_leaves();
}

#[test]
fn the_next_best_registration_takes_over() {
    let mut realm = Fixture::new();
    let [caller, callee, other] = [realm.join(), realm.join(), realm.join()];
    let best = realm.registered(callee, Exact, "com.a.b");
    let longest = realm.registered(other, Prefix, "com.a");
    realm.registered(callee, Prefix, "com");
    realm.send(caller, call(1, "com.a.b"));
    assert_eq!(realm.invocation(callee).registration, best);
    realm.send(callee, unregister(9, best));
    realm.received(callee);
    realm.send(caller, call(2, "com.a.b"));
    assert_eq!(realm.invocation(other).registration, longest);
    realm.leave(other);
    realm.received(caller);
    realm.send(caller, call(3, "com.a.b"));
    assert_eq!(
        realm.invocation(callee).details.procedure.as_deref(),
        Some("com.a.b")
    );
}

/// A pattern that spans everything gives nobody the router's own procedures.
#[test]
fn no_pattern_reaches_the_routers_own_procedures() {
    let mut realm = Fixture::new();
    let [caller, callee] = [realm.join(), realm.join()];
    realm.registered(callee, Prefix, "");
    realm.registered(callee, Prefix, "wam");
    realm.registered(callee, Wildcard, "..count");
    realm.send(caller, call(1, "wamp.my.count"));
    assert_eq!(
        realm.refused(caller).error,
        uris::NO_SUCH_PROCEDURE.to_string()
    );
    realm.send(caller, call(2, "wampum.count"));
    realm.invocation(callee);
}

#[test]
fn a_pattern_is_checked_by_its_policy() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.send(alice, subscribe_by(Prefix, 1, "com..a"));
    assert_eq!(realm.refused(alice).error, uris::INVALID_URI.to_string());
    realm.send(alice, register_by(Wildcard, 2, "com..a b"));
    assert_eq!(realm.refused(alice).error, uris::INVALID_URI.to_string());
    realm.send(alice, register_by(Prefix, 3, "wamp."));
    assert_eq!(realm.refused(alice).error, uris::INVALID_URI.to_string());
    realm.subscribed(alice, Wildcard, "..");
    realm.registered(alice, Wildcard, ".a");
    // No client can be sent to, or called by, a name with an empty component.
    realm.send(alice, call(4, "com..a"));
    assert_eq!(realm.refused(alice).error, uris::INVALID_URI.to_string());
}
