//! Dynamic authorizers: procedures that decide.

use std::time::Duration;

use wampkit::codec::Arguments;
use wampkit::realm::{Action, Input, PermissionRule, RoleRules, SessionKey};

use super::authorization::{permissions, role, rule};
use super::support::*;
use wampkit::proto::{
    CallOptions, Error, MatchPolicy, Message, MessageType, RegisterOptions, Uri, Yield, uris,
};

use MatchPolicy::{Exact, Prefix};

const AUTHORIZER: &str = "com.authorize";

fn asks(policy: MatchPolicy, uri: &str) -> PermissionRule {
    PermissionRule {
        authorizer: Some(AUTHORIZER.into()),
        ..rule(policy, uri, &[])
    }
}

fn roles() -> Vec<RoleRules> {
    vec![
        role(
            "authorizer",
            vec![rule(Exact, AUTHORIZER, &[Action::Register])],
        ),
        role(
            "anonymous",
            vec![
                asks(Prefix, "com.app."),
                rule(Prefix, "com.free.", &Action::ALL),
            ],
        ),
    ]
}

/// A realm with its authorizer and a session that has to ask.
fn setting() -> (Fixture, SessionKey, SessionKey) {
    let mut realm = Fixture::with(|config| config.permissions = permissions(roles()));
    let authorizer = realm.join_as(|join| join.authrole = "authorizer".to_owned());
    realm.registered(authorizer, Exact, AUTHORIZER);
    let alice = realm.join();
    (realm, authorizer, alice)
}

/// The authorizer answers the question it was asked.
#[track_caller]
fn answer(realm: &mut Fixture, authorizer: SessionKey, answer: &str) -> Arguments {
    let invocation = realm.invocation(authorizer);
    let request = invocation.request.get();
    realm.send(
        authorizer,
        Yield {
            payload: json(answer),
            ..yields(request)
        },
    );
    arguments(&invocation.payload)
}

#[test]
fn an_authorizer_is_told_who_wants_what() {
    let (mut realm, authorizer, alice) = setting();
    realm.send(alice, subscribe_by(Prefix, 1, "com.app.x"));
    assert_eq!(realm.received(alice), []);
    let asked = answer(&mut realm, authorizer, "[true]");
    let details = asked.args[0].as_dict().unwrap();
    assert_eq!(details.get("authrole").unwrap().as_str(), Some("anonymous"));
    assert_eq!(details.get("session").unwrap().as_u64(), Some(1001));
    assert_eq!(asked.args[1].as_str(), Some("com.app.x"));
    assert_eq!(asked.args[2].as_str(), Some("subscribe"));
    let options = asked.args[3].as_dict().unwrap();
    assert_eq!(options.get("match").unwrap().as_str(), Some("prefix"));
    assert!(matches!(realm.received_one(alice), Message::Subscribed(_)));
    realm.everybody_leaves();
}

#[test]
fn order_is_kept_and_nobody_else_waits() {
    let (mut realm, authorizer, alice) = setting();
    let bob = realm.join();
    realm.send(alice, subscribe(1, "com.app.a"));
    realm.send(alice, subscribe(2, "com.free.b"));
    realm.send(alice, subscribe(3, "com.app.c"));
    realm.send(alice, goodbye(&uris::CLOSE_REALM));
    assert_eq!(realm.received(alice), []);
    realm.subscribed(bob, Exact, "com.free.b");
    answer(&mut realm, authorizer, "[false]");
    assert_eq!(
        realm
            .received(alice)
            .iter()
            .map(Message::kind)
            .collect::<Vec<_>>(),
        [MessageType::Error, MessageType::Subscribed]
    );
    answer(&mut realm, authorizer, "[{\"allow\":true}]");
    assert_eq!(
        realm
            .received(alice)
            .iter()
            .map(Message::kind)
            .collect::<Vec<_>>(),
        [MessageType::Subscribed, MessageType::Goodbye]
    );
    assert!(realm.is_closed(alice));
    realm.everybody_leaves();
}

#[test]
fn an_answer_is_kept_for_the_session_if_it_says_so() {
    let (mut realm, authorizer, alice) = setting();
    let bob = realm.join();
    realm.send(alice, subscribe(1, "com.app.a"));
    answer(&mut realm, authorizer, "[{\"allow\":true,\"cache\":true}]");
    realm.received_one(alice);
    realm.subscribed(alice, Exact, "com.app.a");
    // Another session, another action, other permissions: asked anew.
    realm.send(bob, subscribe(1, "com.app.a"));
    answer(&mut realm, authorizer, "[false]");
    assert_eq!(realm.refused(bob).error, uris::NOT_AUTHORIZED.as_str());
    realm.send(alice, publish(2, "com.app.a"));
    answer(&mut realm, authorizer, "[true]");
    realm.input(Input::Permissions(permissions(roles())));
    realm.send(alice, subscribe(3, "com.app.a"));
    answer(&mut realm, authorizer, "[true]");
    assert_eq!(realm.received(alice).len(), 1);
    realm.everybody_leaves();
}

#[test]
fn a_failure_of_the_authorizer_grants_nothing() {
    let failed = |realm: &mut Fixture, alice, sentence: &str| {
        let refusal = realm.refused(alice);
        assert_eq!(refusal.error, uris::AUTHORIZATION_FAILED.as_str());
        assert_eq!(
            refusal.sentence,
            format!("the authorizer \"com.authorize\" {sentence}")
        );
    };
    let (mut realm, authorizer, alice) = setting();
    for nonsense in [
        "[]",
        "[1]",
        "[true,true]",
        "[{}]",
        "[{\"allow\":\"yes\"}]",
        "[{\"allow\":true,\"cache\":1}]",
    ] {
        realm.send(alice, call(1, "com.app.a"));
        answer(&mut realm, authorizer, nonsense);
        failed(
            &mut realm,
            alice,
            "answered with something that is no decision",
        );
    }
    realm.send(alice, call(1, "com.app.a"));
    let request = realm.invocation(authorizer).request.get();
    let secret = Error {
        payload: json("[\"the database is down\"]"),
        ..error(MessageType::Invocation, request)
    };
    realm.send(authorizer, secret);
    failed(&mut realm, alice, "failed with \"com.error.mine\"");

    realm.send(alice, call(2, "com.app.a"));
    realm.pass(Duration::from_secs(5));
    failed(&mut realm, alice, "failed with \"wamp.error.timeout\"");

    realm.send(alice, call(3, "com.app.a"));
    realm.leave(authorizer);
    failed(&mut realm, alice, "failed with \"wamp.error.canceled\"");
    realm.send(alice, call(4, "com.app.a"));
    failed(
        &mut realm,
        alice,
        "failed with \"wamp.error.no_such_procedure\"",
    );
    realm.everybody_leaves();
}

#[test]
fn the_realm_keeps_the_time_of_its_own_calls() {
    let mut realm = Fixture::with(|config| config.permissions = permissions(roles()));
    let authorizer = realm.join_as(|join| join.authrole = "authorizer".to_owned());
    let options = RegisterOptions {
        forward_timeout: Some(true),
        ..RegisterOptions::default()
    };
    realm.registered_with(authorizer, AUTHORIZER, options);
    let alice = realm.join();
    realm.send(alice, call(1, "com.app.a"));
    realm.pass(Duration::from_secs(5));
    assert_eq!(
        realm.refused(alice).error,
        uris::AUTHORIZATION_FAILED.as_str()
    );
    realm.everybody_leaves();
}

#[test]
fn an_authorizer_that_waits_for_itself_can_answer_and_a_loop_ends_in_time() {
    let mut roles = roles();
    roles[0].rules.push(asks(Prefix, "com.app."));
    let mut realm = Fixture::with(|config| config.permissions = permissions(roles));
    let authorizer = realm.join_as(|join| join.authrole = "authorizer".to_owned());
    realm.registered(authorizer, Exact, AUTHORIZER);
    realm.send(authorizer, subscribe(1, "com.app.a"));
    answer(&mut realm, authorizer, "[true]");
    assert!(matches!(
        realm.received_one(authorizer),
        Message::Subscribed(_)
    ));
    // It asks something of its own for every question.
    realm.send(authorizer, subscribe(2, "com.app.b"));
    realm.send(authorizer, subscribe(3, "com.app.c"));
    for _ in 0..2 {
        realm.pass(Duration::from_secs(5));
    }
    let errors = realm.received(authorizer).into_iter().filter(|message| {
        matches!(message, Message::Error(error) if error.error == uris::AUTHORIZATION_FAILED)
    });
    assert_eq!(errors.count(), 2);
    assert_eq!(realm.realm.census().questions, 0);
    realm.everybody_leaves();
}

#[test]
fn a_session_that_sends_on_and_on_is_held() {
    let (mut realm, authorizer, alice) = setting();
    realm.send(alice, subscribe(1, "com.app.a"));
    for number in 0..256 {
        realm.send(alice, publish(2 + number, "com.free.b"));
    }
    assert!(realm.held.is_empty());
    realm.send(alice, publish(999, "com.free.b"));
    assert!(realm.held.contains(&alice));
    answer(&mut realm, authorizer, "[true]");
    assert!(realm.held.is_empty());
    // In bytes, too; and whoever is killed is read from again.
    realm.received(alice);
    realm.send(alice, subscribe(1, "com.app.b"));
    let mut large = publish(2, "com.free.b");
    large.payload = json(&format!("[\"{}\"]", "x".repeat(1 << 20)));
    realm.send(alice, large);
    assert!(realm.held.contains(&alice));
    realm.input(Input::Shutdown);
    assert!(realm.held.is_empty());
    assert_eq!(realm.realm.census().questions, 0);
    realm.received(authorizer);
    realm.everybody_leaves();
}

#[test]
fn the_end_of_a_session_takes_its_question_back() {
    let (mut realm, authorizer, alice) = setting();
    realm.send(alice, call(1, "com.app.a"));
    realm.send(alice, call(2, "com.app.b"));
    realm.leave(alice);
    assert_eq!(realm.realm.census().questions, 0);
    assert_eq!(realm.realm.census().calls, 0);
    assert!(matches!(
        realm.received(authorizer)[..],
        [Message::Invocation(_), Message::Interrupt(_)]
    ));
    realm.everybody_leaves();
}

#[test]
fn new_permissions_decide_anew_what_waits() {
    let (mut realm, authorizer, alice) = setting();
    realm.send(alice, subscribe(1, "com.app.a"));
    realm.send(alice, subscribe(2, "com.app.b"));
    realm.input(Input::Permissions(None));
    let received = realm.received(alice);
    assert!(matches!(
        received[..],
        [Message::Subscribed(_), Message::Subscribed(_)]
    ));
    realm.received(authorizer);
    realm.everybody_leaves();
}

#[test]
fn the_desk_is_seen_by_nobody() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let told = realm.told(alice, "wamp.session.list", no_arguments());
    assert_eq!(told.args[0].as_list().unwrap().len(), 1);
    let (error, _) = realm.denied(alice, "wamp.session.kill", json("[9007199254740992]"));
    assert_eq!(error, uris::NO_SUCH_SESSION.as_str());
    realm.told(alice, "wamp.session.kill_all", no_arguments());
    realm.registered(alice, Exact, "com.proc");
    realm.input(ask(1, "com.proc"));
    realm.invocation(alice);
    realm.everybody_leaves();
}

fn ask(question: u64, procedure: &str) -> Input {
    Input::Ask {
        question,
        procedure: procedure.into(),
        arguments: Arguments {
            args: vec!["x".into()],
            ..Arguments::default()
        },
        timeout: Duration::from_secs(1),
    }
}

#[test]
fn the_owner_asks_and_is_told() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.registered(alice, Exact, "com.proc");
    realm.input(ask(1, "com.proc"));
    let invocation = realm.invocation(alice);
    assert_eq!(arguments(&invocation.payload).args, ["x".into()]);
    realm.send(alice, yields(invocation.request.get()));
    let (question, told) = realm.told.pop().unwrap();
    assert_eq!((question, told.unwrap().args), (1, vec![5_u64.into()]));

    let fails = |realm: &mut Fixture, question, uri: Uri| {
        let (told, answer) = realm.told.pop().expect("an answer");
        assert_eq!((told, answer.unwrap_err().0), (question, uri));
    };
    realm.input(ask(2, "com.none"));
    fails(&mut realm, 2, uris::NO_SUCH_PROCEDURE);
    realm.input(ask(3, "com.proc"));
    realm.pass(Duration::from_secs(1));
    fails(&mut realm, 3, uris::TIMEOUT);
    for question in 0..1024 {
        realm.input(ask(question, "com.proc"));
    }
    assert!(realm.told.is_empty());
    realm.input(ask(5000, "com.proc"));
    fails(&mut realm, 5000, uris::UNAVAILABLE);
    realm.input(Input::Shutdown);
    assert_eq!(std::mem::take(&mut realm.told).len(), 1024);
    realm.input(ask(6000, "com.proc"));
    fails(&mut realm, 6000, uris::CANCELED);
    realm.everybody_leaves();
}

/// A pattern under which several authorizers have a say is up to all of them.
#[test]
fn a_pattern_needs_all_authorizers_that_it_concerns() {
    let other = PermissionRule {
        authorizer: Some("com.other".into()),
        ..asks(Prefix, "com.app.secret.")
    };
    let roles = vec![
        role(
            "authorizer",
            vec![rule(Prefix, "com.", &[Action::Register])],
        ),
        role("anonymous", vec![asks(Prefix, "com.app."), other]),
    ];
    let mut realm = Fixture::with(|config| config.permissions = permissions(roles));
    let authorizer = realm.join_as(|join| join.authrole = "authorizer".to_owned());
    realm.registered(authorizer, Exact, AUTHORIZER);
    realm.registered(authorizer, Exact, "com.other");
    let alice = realm.join();
    for (first, second) in [(true, true), (true, false)] {
        realm.send(alice, subscribe_by(Prefix, 1, "com.app."));
        answer(&mut realm, authorizer, &format!("[{first}]"));
        assert_eq!(realm.received(alice), [], "the other is asked too");
        answer(&mut realm, authorizer, &format!("[{second}]"));
        match realm.received_one(alice) {
            Message::Subscribed(_) => assert!(second),
            Message::Error(error) => assert!(!second && error.error == uris::NOT_AUTHORIZED),
            other => panic!("{other:?}"),
        }
    }
    // One that says no has the last word.
    realm.send(alice, subscribe_by(Prefix, 2, "com.app."));
    answer(&mut realm, authorizer, "[false]");
    assert_eq!(realm.refused(alice).error, uris::NOT_AUTHORIZED.as_str());
    assert_eq!(realm.received(authorizer), []);
    // Where the other has no say, it is not asked.
    realm.send(alice, subscribe_by(Prefix, 3, "com.app.open."));
    answer(&mut realm, authorizer, "[true]");
    assert!(matches!(realm.received_one(alice), Message::Subscribed(_)));
    realm.everybody_leaves();
}

/// What follows a progressive call that was denied is late, and no fault of the caller's.
#[test]
fn the_parts_of_a_denied_call_are_passed_over() {
    let (mut realm, authorizer, alice) = setting();
    let part = |progress| {
        let options = CallOptions {
            progress,
            ..CallOptions::default()
        };
        call_with_options(1, "com.app.x", options)
    };
    realm.send(alice, part(Some(true)));
    realm.send(alice, part(Some(true)));
    realm.send(alice, part(None));
    answer(&mut realm, authorizer, "[false]");
    assert_eq!(realm.refused(alice).error, uris::NOT_AUTHORIZED.as_str());
    assert_eq!(realm.received(authorizer), []);
    // The request id is free again.
    realm.send(alice, part(None));
    answer(&mut realm, authorizer, "[true]");
    assert_eq!(realm.refused(alice).error, uris::NO_SUCH_PROCEDURE.as_str());
    realm.everybody_leaves();
}

/// Far more answers than are kept: each is asked for anew, and what is kept stays bounded.
#[test]
fn more_answers_than_can_be_kept_are_asked_for_again() {
    let (mut realm, authorizer, alice) = setting();
    let asked = |realm: &mut Fixture, number: u32| {
        realm.send(alice, publish(1, &format!("com.app.{number}")));
        realm.received(authorizer).pop()
    };
    for number in 0..3000 {
        let Some(Message::Invocation(invocation)) = asked(&mut realm, number) else {
            panic!("{number} is new");
        };
        let payload = json(r#"[{"allow":true,"cache":true}]"#);
        let request = invocation.request.get();
        realm.send(
            authorizer,
            Yield {
                payload,
                ..yields(request)
            },
        );
    }
    assert!(asked(&mut realm, 2999).is_none(), "the last is kept");
    assert!(asked(&mut realm, 0).is_some(), "the first was let go of");
    realm.everybody_leaves();
}
