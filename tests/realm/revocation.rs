//! Registrations that are taken away: `force_reregister`, and UNREGISTERED that nobody asked for.

use wampkit::codec::Arguments;
use wampkit::proto::{
    InvocationPolicy, MatchPolicy, Message, MessageType, Register, RegisterOptions,
    RevocationDetails, Unregistered, uris,
};

use super::support::*;

fn forced() -> RegisterOptions {
    RegisterOptions {
        force_reregister: Some(true),
        ..RegisterOptions::default()
    }
}

/// What a callee is told whose registration was taken away.
fn unregistered(registration: u64) -> Message {
    let details = RevocationDetails {
        registration: Some(id(registration)),
        reason: Some(uris::UNREGISTERED),
        ..RevocationDetails::default()
    };
    Unregistered {
        request: None,
        details,
    }
    .into()
}

#[test]
fn a_registration_can_be_taken_from_all_its_callees() {
    let mut realm = Fixture::new();
    let [caller, first, second, taker] = [(); 4].map(|()| realm.join());
    let unaware = realm.join_as(|join| join.roles = plain_roles());
    for callee in [first, second, unaware] {
        let options = RegisterOptions {
            invoke: Some(InvocationPolicy::First),
            ..RegisterOptions::default()
        };
        realm.registered_with(callee, "com.proc", options);
    }
    realm.send(caller, call(1, "com.proc"));
    realm.invocation(first);

    assert_eq!(realm.registered_with(taker, "com.proc", forced()), id(2));
    assert_eq!(realm.received(first), [unregistered(1)]);
    assert_eq!(realm.received(second), [unregistered(1)]);
    assert_eq!(realm.received(unaware), [], "it did not announce it");
    assert_eq!(realm.realm.census().registrations, 1);

    // The registration is gone for those who had it; what they were asked for they may still answer.
    realm.send(unaware, unregister(9, id(1)));
    assert_eq!(
        realm.refused(unaware),
        refused(
            MessageType::Unregister,
            9,
            &uris::NO_SUCH_REGISTRATION,
            "registration 1 is not one of this session"
        )
    );
    realm.send(first, yields(1));
    assert_eq!(realm.received(caller), [result(1).into()]);
    realm.send(caller, call(2, "com.proc"));
    assert_eq!(realm.invocation(taker), invocation(1, id(2)));
    realm.everybody_leaves();
}

#[test]
fn a_session_can_take_its_own_registration_anew() {
    let mut realm = Fixture::new();
    let callee = realm.join();
    realm.registered_with(callee, "com.proc", forced());
    let register = Register {
        options: RegisterOptions {
            invoke: Some(InvocationPolicy::Last),
            ..forced()
        },
        ..register(5, "com.proc")
    };
    realm.send(callee, register);
    let [told, Message::Registered(registered)] = &realm.received(callee)[..] else {
        panic!("not told and registered");
    };
    assert_eq!(*told, unregistered(1));
    assert_eq!(registered.registration, id(2));
    realm.everybody_leaves();
}

#[test]
fn force_does_not_reach_what_is_reserved() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let register = Register {
        options: forced(),
        ..register(1, "wamp.session.count")
    };
    realm.send(alice, register);
    assert_eq!(realm.refused(alice).error, "wamp.error.invalid_uri");
}

/// Those who watch the registrations hear it in the order in which it happened.
#[test]
fn the_meta_events_tell_of_it() {
    let mut realm = Fixture::new();
    let [watcher, first, second, taker] = [(); 4].map(|()| realm.join());
    realm.subscribed(watcher, MatchPolicy::Prefix, "wamp.registration.");
    let options = RegisterOptions {
        invoke: Some(InvocationPolicy::Random),
        ..RegisterOptions::default()
    };
    realm.registered_with(first, "com.proc", options.clone());
    realm.registered_with(second, "com.proc", options);
    realm.registered_with(taker, "com.proc", forced());
    let heard = realm.received(watcher).into_iter().map(|message| {
        let Message::Event(event) = message else {
            panic!("{message:?} is no EVENT");
        };
        let topic = event.details.topic.expect("by pattern");
        let session = Arguments::from_payload(&event.payload).unwrap().args[0].as_u64();
        let name = topic.strip_prefix("wamp.registration.").expect("of these");
        (name.to_owned(), session.expect("a session"))
    });
    let expected = [
        ("on_create", 1001),
        ("on_register", 1001),
        ("on_register", 1002),
        ("on_unregister", 1001),
        ("on_unregister", 1002),
        ("on_delete", 1002),
        ("on_create", 1003),
        ("on_register", 1003),
    ];
    assert_eq!(
        Vec::from_iter(heard),
        expected.map(|(name, session)| (name.to_owned(), session))
    );
}
