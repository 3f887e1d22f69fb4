//! What a role may do by its rules: each case a role, an action, a pattern, and what becomes of it.

use std::sync::Arc;

use wampkit::realm::{
    Action, Actions, Disclosed, Disclosure, IdentityRule, Input, PermissionRule, Permissions,
    RoleRules,
};

use super::support::*;
use wampkit::proto::{
    MatchPolicy, Message, MessageType, Publish, PublishOptions, Serializer, Uri, uris,
};

use Action::{Call, Publish as Pub, Register, Subscribe};
use MatchPolicy::{Exact, Prefix, Wildcard};

pub(super) fn rule(policy: MatchPolicy, uri: &str, allow: &[Action]) -> PermissionRule {
    PermissionRule {
        policy,
        uri: uri.into(),
        allow: allow.iter().copied().collect(),
        disclose: Disclosed::default(),
        authorizer: None,
        cache: false,
    }
}

pub(super) fn role(name: &str, rules: Vec<PermissionRule>) -> RoleRules {
    RoleRules {
        name: name.to_owned(),
        rules,
        authorizer: None,
    }
}

pub(super) fn permissions(roles: Vec<RoleRules>) -> Option<Arc<Permissions>> {
    Some(Arc::new(Permissions::new(roles)))
}

fn all(policy: MatchPolicy, uri: &str) -> PermissionRule {
    PermissionRule {
        allow: Actions::ALL,
        ..rule(policy, uri, &[])
    }
}

fn example() -> Vec<RoleRules> {
    vec![
        role(
            "guest",
            vec![
                rule(Prefix, "com.shop.", &[Call, Subscribe]),
                rule(Prefix, "com.shop.admin.", &[]),
                rule(Exact, "com.shop.admin.hello", &[Call]),
                rule(Wildcard, "com..news", &[Subscribe]),
                rule(Exact, "com.shop.order", &[Pub]),
            ],
        ),
        role(
            "backend",
            vec![all(Prefix, ""), rule(Prefix, "wamp.", &[Call])],
        ),
        role("nobody", vec![]),
    ]
}

#[test]
fn the_most_specific_rule_decides_alone() {
    let permissions = Permissions::new(example());
    #[rustfmt::skip]
    let table = [
        ("guest", Call, Exact, "com.shop.buy", true),
        ("guest", Subscribe, Exact, "com.shop.buy", true),
        ("guest", Pub, Exact, "com.shop.buy", false),
        ("guest", Register, Exact, "com.shop.buy", false),
        ("guest", Call, Exact, "com.shop.admin.stop", false),
        ("guest", Call, Exact, "com.shop.admin.hello", true),
        ("guest", Subscribe, Exact, "com.shop.admin.hello", false),
        // The exact rule does not name what the prefix would allow.
        ("guest", Call, Exact, "com.shop.order", false),
        ("guest", Pub, Exact, "com.shop.order", true),
        ("guest", Subscribe, Exact, "com.a.news", true),
        // A prefix beats a wildcard, and allows it as well.
        ("guest", Subscribe, Exact, "com.shop.news", true),
        ("guest", Call, Exact, "com.shop.news", true),
        ("guest", Call, Exact, "com.a.news", false),
        ("guest", Call, Exact, "com.shopping", false),
        ("guest", Call, Exact, "wamp.session.count", false),
        // Patterns: all that they match must be allowed.
        ("guest", Subscribe, Prefix, "com.shop.", false),
        ("guest", Subscribe, Prefix, "com.shop.b", true),
        ("guest", Subscribe, Prefix, "com.shop.admin", false),
        ("guest", Subscribe, Prefix, "com.shop.o", false),
        ("guest", Subscribe, Prefix, "com.", false),
        ("guest", Subscribe, Wildcard, "com..news", true),
        ("guest", Subscribe, Wildcard, "com.a.news", true),
        ("guest", Subscribe, Wildcard, "com..", false),
        ("guest", Subscribe, Wildcard, "com.shop.x.", true),
        ("guest", Subscribe, Wildcard, "com.shop..hello", false),
        ("guest", Subscribe, Wildcard, "com.shop..x", false),
        ("backend", Register, Prefix, "", true),
        ("backend", Register, Exact, "a", true),
        ("backend", Subscribe, Prefix, "", false),
        ("backend", Subscribe, Prefix, "com.", true),
        ("backend", Subscribe, Wildcard, "..", false),
        ("backend", Call, Exact, "wamp.session.count", true),
        ("backend", Subscribe, Exact, "wamp.session.on_join", false),
        ("nobody", Call, Exact, "a", false),
        ("stranger", Call, Exact, "a", false),
    ];
    for (role, action, policy, uri, allowed) in table {
        let explanation = permissions.explain(role, action, policy, uri);
        let found = explanation.finding.to_string();
        let wanted = if allowed { "allowed" } else { "denied" };
        assert_eq!(
            found, wanted,
            "{role} {action} {policy} {uri}: {explanation}"
        );
    }
}

#[test]
fn without_permissions_everybody_may_do_everything() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.subscribed(alice, Prefix, "");
    realm.registered(alice, Prefix, "");
    realm.everybody_leaves();
}

#[test]
fn who_is_trusted_may_do_everything_and_keeps_it() {
    let mut realm = Fixture::with(|config| config.permissions = permissions(example()));
    let trusted = realm.join_as(|join| join.trusted = true);
    realm.registered(trusted, Exact, "com.mine");
    realm.subscribed(trusted, Prefix, "");
    realm.input(Input::Permissions(permissions(vec![])));
    assert_eq!(realm.received(trusted), []);
    realm.send(trusted, publish_acknowledged(7, "com.mine"));
    let published = realm.received_one(trusted);
    assert!(matches!(published, Message::Published(_)), "{published:?}");
    realm.everybody_leaves();
}

#[test]
fn what_is_denied_is_said_so_and_leaks_nothing() {
    let mut realm = Fixture::with(|config| config.permissions = permissions(example()));
    let guest = realm.join_as(|join| join.authrole = "guest".to_owned());
    let backend = realm.join_as(|join| join.authrole = "backend".to_owned());
    realm.registered(backend, Exact, "com.shop.admin.stop");
    for (number, procedure) in [(1, "com.shop.admin.stop"), (2, "com.shop.admin.none")] {
        realm.send(guest, call(number, procedure));
        let sentence = format!("role \"guest\" may not call \"{procedure}\"");
        assert_eq!(
            realm.refused(guest),
            refused(MessageType::Call, number, &uris::NOT_AUTHORIZED, &sentence)
        );
    }
    realm.send(guest, register(3, "com.shop.buy"));
    let refusal = realm.refused(guest);
    assert_eq!(
        refusal.sentence,
        "role \"guest\" may not register \"com.shop.buy\""
    );
    realm.send(guest, subscribe_by(Prefix, 4, "com."));
    let refusal = realm.refused(guest);
    assert_eq!(
        refusal.sentence,
        "role \"guest\" may not subscribe to \"com.\" as a prefix"
    );
    // Without acknowledgement the publisher is not told.
    realm.send(guest, publish(5, "com.shop.buy"));
    assert_eq!(realm.received(guest), []);
    let options = PublishOptions {
        acknowledge: Some(true),
        ..PublishOptions::default()
    };
    let acknowledged = Publish {
        options,
        ..publish(6, "com.shop.buy")
    };
    realm.send(guest, acknowledged);
    assert_eq!(realm.refused(guest).error, uris::NOT_AUTHORIZED.as_str());
    // What is no URI is answered as ever.
    realm.send(guest, call(7, "com..shop"));
    assert_eq!(realm.refused(guest).error, uris::INVALID_URI.as_str());
    // The router's own procedures are like any other.
    let (error, _) = realm.denied(guest, "wamp.session.kill_all", no_arguments());
    assert_eq!(error, uris::NOT_AUTHORIZED.as_str());
    realm.told(backend, "wamp.session.count", no_arguments());
    realm.everybody_leaves();
}

#[test]
fn a_testament_needs_permission_to_publish() {
    let roles = vec![role(
        "anonymous",
        vec![
            rule(Exact, "wamp.session.add_testament", &[Call]),
            rule(Exact, "com.bye", &[Pub]),
        ],
    )];
    let mut realm = Fixture::with(|config| config.permissions = permissions(roles));
    let alice = realm.join();
    let add = "wamp.session.add_testament";
    realm.told(alice, add, json("[\"com.bye\",[],{}]"));
    let (error, sentence) = realm.denied(alice, add, json("[\"com.other\",[],{}]"));
    assert_eq!(error, uris::NOT_AUTHORIZED.as_str());
    assert_eq!(
        sentence,
        "role \"anonymous\" may not publish to \"com.other\""
    );
    realm.everybody_leaves();
}

#[test]
fn the_past_is_for_those_who_may_subscribe() {
    let events = "wamp.subscription.get_events";
    let roles = |subscribe: &[Action]| {
        permissions(vec![role(
            "anonymous",
            vec![
                rule(Exact, events, &[Call]),
                rule(Exact, "com.log", subscribe),
            ],
        )])
    };
    let mut realm = Fixture::with(|config| {
        config.permissions = roles(&[]);
        config.history.push(wampkit::realm::HistoryRule {
            policy: Exact,
            uri: Uri::from_static("com.log"),
            limit_events: 10,
            limit_bytes: 1 << 20,
        });
    });
    let alice = realm.join();
    let (error, _) = realm.denied(alice, events, json("[1]"));
    assert_eq!(error, uris::NOT_AUTHORIZED.as_str());
    realm.input(Input::Permissions(roles(&[Subscribe])));
    realm.told(alice, events, json("[1]"));
    realm.everybody_leaves();
}

#[test]
fn a_rule_discloses_as_if_it_had_been_asked() {
    let disclose = Disclosed {
        caller: true,
        publisher: true,
    };
    let rules = vec![PermissionRule {
        disclose,
        ..all(Prefix, "com.")
    }];
    let mut realm =
        Fixture::with(|config| config.permissions = permissions(vec![role("anonymous", rules)]));
    let (alice, bob) = (realm.join(), realm.join_over(Serializer::MsgPack));
    realm.registered(alice, Exact, "com.proc");
    realm.subscribed(alice, Exact, "com.topic");
    realm.send(bob, call(1, "com.proc"));
    assert_eq!(realm.invocation(alice).details.caller, Some(id(1001)));
    realm.send(bob, publish(2, "com.topic"));
    assert_eq!(realm.event(alice).details.publisher, Some(id(1001)));
    realm.everybody_leaves();
}

/// Of an operator's two words the one that keeps a secret counts.
#[test]
fn never_means_never_whatever_a_rule_discloses() {
    let disclose = Disclosed {
        caller: true,
        publisher: true,
    };
    let rules = vec![PermissionRule {
        disclose,
        ..all(Prefix, "com.")
    }];
    let never = IdentityRule {
        policy: Prefix,
        uri: "com.".into(),
        authrole: None,
        disclosure: Disclosure::Never,
        trustlevel: None,
    };
    let mut realm = Fixture::with(|config| {
        config.permissions = permissions(vec![role("anonymous", rules)]);
        config.callers = vec![never.clone()];
        config.publishers = vec![never];
    });
    let (alice, bob) = (realm.join(), realm.join());
    realm.registered(alice, Exact, "com.proc");
    realm.subscribed(alice, Exact, "com.topic");
    realm.send(bob, call(1, "com.proc"));
    assert_eq!(realm.invocation(alice).details.caller, None);
    realm.send(bob, publish(2, "com.topic"));
    assert_eq!(realm.event(alice).details.publisher, None);
    realm.everybody_leaves();
}

#[test]
fn new_permissions_take_away_what_they_deny() {
    let mut realm = Fixture::with(|config| {
        config.permissions = permissions(vec![role("anonymous", vec![all(Prefix, "")])]);
    });
    let alice = realm.join();
    let bob = realm.join_as(|join| join.roles = plain_roles());
    for key in [alice, bob] {
        realm.subscribed(key, Exact, "com.topic");
        realm.subscribed(key, Prefix, "org.");
    }
    realm.registered(alice, Exact, "com.proc");
    let fewer = vec![rule(Prefix, "org.", &[Subscribe])];
    realm.input(Input::Permissions(permissions(vec![role(
        "anonymous",
        fewer,
    )])));
    match &realm.received(alice)[..] {
        [Message::Unsubscribed(one), Message::Unregistered(two)] => {
            assert_eq!(one.details.reason, Some(uris::NOT_AUTHORIZED));
            assert_eq!(two.details.reason, Some(uris::NOT_AUTHORIZED));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(realm.received(bob), []);
    let census = realm.realm.census();
    assert_eq!((census.subscriptions, census.registrations), (1, 0));
    realm.input(Input::Permissions(None));
    realm.registered(bob, Exact, "com.proc");
    realm.everybody_leaves();
}

#[test]
fn an_explanation_says_which_rule_decides_and_why_others_do_not() {
    let permissions = Permissions::new(example());
    let explain =
        |role, action, policy, uri| permissions.explain(role, action, policy, uri).to_string();
    insta::assert_snapshot!(explain("guest", Call, Exact, "com.shop.admin.stop"), @r#"
    denied
    prefix "com.shop.admin." (allows nothing) does not allow call
    prefix "com.shop." (allows call, subscribe) has no say: its prefix is less specific
    "#);
    insta::assert_snapshot!(explain("nobody", Call, Exact, "a"), @r#"
    denied
    no rule of role "nobody" covers it, and the role has no authorizer
    "#);
    insta::assert_snapshot!(explain("stranger", Call, Exact, "a"), @r#"
    denied
    role "stranger" is not configured, and may do nothing
    "#);
    insta::assert_snapshot!(explain("backend", Register, Prefix, ""), @r#"
    allowed
    prefix "" (allows call, register, subscribe, publish) allows register
    prefix "wamp." (allows call) has no say: registrations do not reach what is under wamp
    "#);
}
