//! `wamp.session.…`: who is there, and how to end that.

use std::time::Duration;

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Goodbye, MatchPolicy, Message, MessageType, Serializer, Value, uris};
use wampkit::realm::{Census, Input, SessionKey};

use super::support::*;

/// Three sessions: two of alice's, with the roles `staff` and `guest`, and one of bob's with `guest`.
fn three(realm: &mut Fixture) -> [SessionKey; 3] {
    [("alice", "staff"), ("alice", "guest"), ("bob", "guest")].map(|(authid, authrole)| {
        realm.join_as(|join| {
            join.authid = authid.to_owned();
            join.authrole = authrole.to_owned();
        })
    })
}

#[track_caller]
fn told_goodbye(realm: &mut Fixture, key: SessionKey) -> Goodbye {
    match realm.received_one(key) {
        Message::Goodbye(goodbye) => goodbye,
        other => panic!("{other:?} is no GOODBYE"),
    }
}

#[test]
fn sessions_are_counted_and_listed_by_role() {
    let mut realm = Fixture::new();
    let [alice, ..] = three(&mut realm);
    for (payload, ids) in [
        (no_arguments(), vec![1000_u64, 1001, 1002]),
        (json("[[\"guest\"]]"), vec![1001, 1002]),
        (json("[[\"staff\",\"guest\"]]"), vec![1000, 1001, 1002]),
        (json("[[\"nobody\"]]"), vec![]),
        (json("[[]]"), vec![]),
    ] {
        let count = realm.told(alice, "wamp.session.count", payload.clone());
        assert_eq!(count.args, [Value::from(ids.len() as u64)]);
        let list = realm.told(alice, "wamp.session.list", payload);
        assert_eq!(list.args, [Value::from(ids)]);
    }
}

#[test]
fn a_session_is_described() {
    let mut realm = Fixture::new();
    let [_, _, bob] = three(&mut realm);
    let told = realm.told(bob, "wamp.session.get", json("[1000]"));
    let details = Dict::new()
        .with("session", 1000)
        .with("authid", "alice")
        .with("authrole", "staff")
        .with("authmethod", "anonymous")
        .with("authprovider", "static");
    assert_eq!(told.args, [Value::from(details)]);
    assert_eq!(
        realm.denied(bob, "wamp.session.get", json("[4711]")),
        (
            uris::NO_SUCH_SESSION.to_string(),
            "there is no session 4711".to_owned()
        )
    );
}

#[test]
fn a_session_that_left_is_no_session() {
    let mut realm = Fixture::new();
    let [alice, guest, bob] = three(&mut realm);
    realm.leave(guest);
    realm.send(bob, goodbye(&uris::CLOSE_REALM));
    for session in [1001, 1002] {
        let payload = json(&format!("[{session}]"));
        let (error, _) = realm.denied(alice, "wamp.session.get", payload);
        assert_eq!(error, uris::NO_SUCH_SESSION.to_string());
    }
    let count = realm.told(alice, "wamp.session.count", no_arguments());
    assert_eq!(count.args, [Value::from(1_u64)]);
}

#[test]
fn killed_is_told_goodbye_and_closed_when_it_has_answered() {
    let mut realm = Fixture::new();
    let [alice, victim, bob] = three(&mut realm);
    realm.subscribed(victim, MatchPolicy::Exact, "com.topic");
    realm.registered(victim, MatchPolicy::Exact, "com.proc");
    realm.send(bob, call(1, "com.proc"));
    realm.received(victim);
    let told = realm.told(alice, "wamp.session.kill", json("[1001]"));
    assert!(told.args.is_empty());
    let goodbye_received = told_goodbye(&mut realm, victim);
    assert_eq!(goodbye_received.reason, uris::CLOSE_KILLED);
    assert_eq!(goodbye_received.details, proto::GoodbyeDetails::default());
    assert_eq!(realm.refused(bob).error, uris::CANCELED.to_string());
    assert_eq!(
        realm.realm.census(),
        Census {
            sessions: 2,
            timers: 1,
            ..Census::default()
        }
    );

    assert!(!realm.is_closed(victim));
    realm.send(victim, subscribe(9, "com.topic"));
    assert_eq!(realm.received(victim), []);
    realm.send(victim, goodbye(&uris::GOODBYE_AND_OUT));
    assert!(realm.is_closed(victim));
    realm.everybody_leaves();
}

#[test]
fn killed_is_closed_after_a_while_if_it_does_not_answer() {
    let mut realm = Fixture::new();
    let [alice, victim, _] = three(&mut realm);
    realm.told(alice, "wamp.session.kill", json("[1001]"));
    realm.pass(Duration::from_millis(4_999));
    assert!(!realm.is_closed(victim));
    realm.pass(Duration::from_millis(1));
    assert!(realm.is_closed(victim));
    assert_eq!(realm.realm.deadline(), None);
    realm.everybody_leaves();
}

#[test]
fn the_killer_says_why() {
    let mut realm = Fixture::new();
    let [alice, victim, _] = three(&mut realm);
    let why = json_kw(
        "[1001]",
        "{\"reason\":\"com.error.spam\",\"message\":\"too loud\"}",
    );
    realm.told(alice, "wamp.session.kill", why);
    let goodbye = told_goodbye(&mut realm, victim);
    assert_eq!(goodbye.reason, "com.error.spam");
    assert_eq!(goodbye.details.message.as_deref(), Some("too loud"));
}

#[test]
fn a_reason_is_a_uri() {
    let mut realm = Fixture::new();
    let [alice, ..] = three(&mut realm);
    for (reason, sentence) in [
        ("\"\"", "reason: a URI must not be empty"),
        ("\"a b\"", "reason: a URI must not contain ' '"),
        ("7", "reason: expected a URI, found 7"),
    ] {
        for (procedure, args) in [
            ("wamp.session.kill", "[1001]"),
            ("wamp.session.kill_by_authid", "[\"alice\"]"),
            ("wamp.session.kill_by_authrole", "[\"guest\"]"),
            ("wamp.session.kill_all", "[]"),
        ] {
            let payload = json_kw(args, &format!("{{\"reason\":{reason}}}"));
            assert_eq!(
                realm.denied(alice, procedure, payload),
                (uris::INVALID_URI.to_string(), sentence.to_owned()),
                "{procedure}"
            );
        }
    }
    assert_eq!(realm.realm.session_count(), 3);
}

#[test]
fn nobody_kills_himself() {
    let mut realm = Fixture::new();
    let [alice, ..] = three(&mut realm);
    let (error, _) = realm.denied(alice, "wamp.session.kill", json("[1000]"));
    assert_eq!(error, uris::NO_SUCH_SESSION.to_string());
    let (error, _) = realm.denied(alice, "wamp.session.kill", json("[4711]"));
    assert_eq!(error, uris::NO_SUCH_SESSION.to_string());
    assert_eq!(realm.realm.session_count(), 3);
}

#[test]
fn all_others_of_an_authid_are_killed() {
    let mut realm = Fixture::new();
    let [alice, guest, bob] = three(&mut realm);
    let told = realm.told(alice, "wamp.session.kill_by_authid", json("[\"alice\"]"));
    assert_eq!(told.args, [Value::from(vec![1001_u64])]);
    told_goodbye(&mut realm, guest);
    assert_eq!(realm.received(bob), []);
    let told = realm.told(alice, "wamp.session.kill_by_authid", json("[\"nobody\"]"));
    assert_eq!(told.args, [Value::from(Vec::<u64>::new())]);
}

#[test]
fn all_others_of_an_authrole_are_killed() {
    let mut realm = Fixture::new();
    let [alice, guest, bob] = three(&mut realm);
    let told = realm.told(bob, "wamp.session.kill_by_authrole", json("[\"guest\"]"));
    assert_eq!(told.args, [Value::from(1_u64)]);
    told_goodbye(&mut realm, guest);
    assert_eq!(realm.received(alice), []);
}

#[test]
fn all_others_are_killed() {
    let mut realm = Fixture::new();
    let [alice, guest, bob] = three(&mut realm);
    let why = json_kw("[]", "{\"reason\":\"com.close.maintenance\"}");
    let told = realm.told(alice, "wamp.session.kill_all", why);
    assert_eq!(told.args, [Value::from(2_u64)]);
    for victim in [guest, bob] {
        let goodbye = told_goodbye(&mut realm, victim);
        assert_eq!(goodbye.reason, "com.close.maintenance");
    }
    assert_eq!(realm.realm.session_count(), 1);
    realm.everybody_leaves();
}

/// A message that the victim cannot take is no protection.
#[test]
fn a_victim_is_told_what_fits() {
    let mut realm = Fixture::new();
    let packed = realm.join_over(Serializer::MsgPack);
    // Too long; and what JSON cannot carry, as NUL and base64 is how binary looks there.
    for message in ["x".repeat(600), "\0AAAA".to_owned()] {
        let victim = realm.join_as(|join| join.max_frame = 512);
        let why = Arguments {
            args: Vec::new(),
            kwargs: Dict::new().with("message", message),
        };
        let why = why.to_payload(Serializer::MsgPack).expect("well-formed");
        realm.told(packed, "wamp.session.kill_all", why);
        let goodbye = told_goodbye(&mut realm, victim);
        assert_eq!(goodbye.reason, uris::CLOSE_KILLED);
        assert_eq!(goodbye.details.message, None);
        realm.leave(victim);
    }
}

#[test]
fn details_can_be_added_and_taken_away() {
    let mut realm = Fixture::new();
    let [alice, bob, _] = three(&mut realm);
    let modify = "wamp.session.modify_details";
    let extra = |realm: &mut Fixture| -> Vec<(String, Value)> {
        let told = realm.told(bob, "wamp.session.get", json("[1000]"));
        let details = told.args[0].as_dict().expect("details").iter();
        let added = details.skip(5);
        added
            .map(|(key, value)| (key.to_string(), value.clone()))
            .collect()
    };
    let told = realm.told(bob, modify, json("[1000,{\"room\":7,\"mood\":\"fine\"}]"));
    assert!(told.args.is_empty());
    let [mood, room] = [("mood", Value::from("fine")), ("room", Value::from(7))]
        .map(|(key, value)| (key.to_owned(), value));
    assert_eq!(extra(&mut realm), [mood.clone(), room]);
    assert_eq!(realm.realm.census().modified_sessions, 1);
    realm.told(bob, modify, json("[1000,{\"room\":null,\"other\":null}]"));
    assert_eq!(extra(&mut realm), [mood]);

    assert_eq!(
        realm.denied(bob, modify, json("[1000,{\"authrole\":\"admin\"}]")),
        (
            uris::INVALID_ARGUMENT.to_string(),
            "\"authrole\" is a detail that the router answers for".to_owned()
        )
    );
    let long = format!("[1000,{{\"a\":\"{}\"}}]", "x".repeat(5000));
    let (error, sentence) = realm.denied(bob, modify, json(&long));
    assert_eq!(error, uris::PAYLOAD_SIZE_EXCEEDED.to_string());
    assert!(sentence.ends_with("and 4096 are allowed"), "{sentence}");
    let (error, _) = realm.denied(bob, modify, json("[4711,{}]"));
    assert_eq!(error, uris::NO_SUCH_SESSION.to_string());

    realm.leave(alice);
    assert_eq!(realm.realm.census().modified_sessions, 0);
    realm.everybody_leaves();
}

#[test]
fn on_join_tells_who_joined() {
    let mut realm = Fixture::new();
    let watcher = realm.join();
    let subscription = realm.subscribed(watcher, MatchPolicy::Exact, "wamp.session.on_join");
    realm.join_as(|join| join.authid = "bob".to_owned());
    let details = Dict::new()
        .with("session", 1001)
        .with("authid", "bob")
        .with("authrole", "anonymous")
        .with("authmethod", "anonymous")
        .with("authprovider", "static");
    let events = realm.events(watcher);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, subscription);
    assert_eq!(events[0].1.args, [Value::from(details)]);
}

#[test]
fn on_leave_tells_who_left_however_that_was() {
    let mut realm = Fixture::new();
    let watcher = realm.join();
    realm.subscribed(watcher, MatchPolicy::Exact, "wamp.session.on_leave");
    let ways: [fn(&mut Fixture, SessionKey); 4] = [
        |realm, key| realm.send(key, goodbye(&uris::CLOSE_REALM)),
        |realm, key| realm.input(Input::Malformed(key, "noise".to_owned())),
        |realm, key| realm.send(key, yields(1 << 50)),
        |realm, key| realm.leave(key),
    ];
    for (number, way) in (1..).zip(ways) {
        let leaver = realm.join();
        way(&mut realm, leaver);
        let events = realm.events(watcher);
        assert_eq!(events.len(), 1, "told once");
        let who = [
            Value::from(1000 + number),
            Value::from(format!("user{number}")),
            Value::from("anonymous"),
        ];
        assert_eq!(events[0].1.args, who);
    }
    // What comes after the end is not told again.
    realm.everybody_leaves();
}

#[test]
fn on_leave_tells_of_the_killed_but_not_of_all() {
    let mut realm = Fixture::new();
    let watcher = realm.join();
    realm.subscribed(watcher, MatchPolicy::Exact, "wamp.session.on_leave");
    let victims = [realm.join(), realm.join(), realm.join()];
    realm.send(watcher, call_of(1, "wamp.session.kill", json("[1001]")));
    let kinds: Vec<_> = realm.received(watcher).iter().map(Message::kind).collect();
    assert_eq!(kinds, [MessageType::Result, MessageType::Event]);
    // The answer to GOODBYE, and the end of the transport, are no further leaving.
    realm.send(victims[0], goodbye(&uris::GOODBYE_AND_OUT));
    realm.leave(victims[0]);
    assert_eq!(realm.received(watcher), []);

    realm.told(watcher, "wamp.session.kill_all", no_arguments());
    realm.everybody_leaves();
}

#[test]
fn nobody_is_told_of_a_shutdown_by_events() {
    let mut realm = Fixture::new();
    let [watcher, _] = [realm.join(), realm.join()];
    realm.subscribed(watcher, MatchPolicy::Prefix, "wamp.session");
    realm.input(Input::Shutdown);
    told_goodbye(&mut realm, watcher);
}
