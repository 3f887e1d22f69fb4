//! What subscribers learn about publishers.

use wampkit::proto::{
    EventDetails, Feature, MatchPolicy, MessageType, Publish, PublishOptions, Role, uris,
};
use wampkit::realm::{Disclosure, IdentityRule, SessionKey};

use super::support::*;

fn disclosing(disclose_me: Option<bool>, request: u64, topic: &str) -> Publish {
    let options = PublishOptions {
        acknowledge: Some(true),
        disclose_me,
        ..PublishOptions::default()
    };
    Publish {
        options,
        ..publish(request, topic)
    }
}

fn alice(realm: &mut Fixture) -> SessionKey {
    realm.join_as(|join| {
        join.session = id(3_335_656);
        join.authid = "alice".to_owned();
        join.authrole = "staff".to_owned();
    })
}

fn identity() -> EventDetails {
    EventDetails {
        publisher: Some(id(3_335_656)),
        publisher_authid: Some("alice".into()),
        publisher_authrole: Some("staff".into()),
        ..EventDetails::default()
    }
}

fn rule(policy: MatchPolicy, uri: &str, disclosure: Disclosure) -> IdentityRule {
    IdentityRule {
        policy,
        uri: uri.into(),
        authrole: None,
        disclosure,
        trustlevel: None,
    }
}

#[test]
fn a_publisher_is_disclosed_if_it_asks() {
    let mut realm = Fixture::new();
    let alice = alice(&mut realm);
    let bob = realm.join_as(|join| join.roles = plain_roles());
    realm.subscribed(bob, MatchPolicy::Exact, "com.topic");
    for (disclose_me, details) in [
        (None, EventDetails::default()),
        (Some(false), EventDetails::default()),
        (Some(true), identity()),
    ] {
        realm.send(alice, disclosing(disclose_me, 1, "com.topic"));
        assert_eq!(realm.event(bob).details, details, "{disclose_me:?}");
    }
    realm.everybody_leaves();
}

#[test]
fn a_rule_can_forbid_or_force_disclosure() {
    let mut realm = Fixture::with(|config| {
        config.publishers = vec![
            rule(MatchPolicy::Exact, "com.secret", Disclosure::Never),
            rule(MatchPolicy::Prefix, "com.", Disclosure::Always),
        ];
    });
    let alice = alice(&mut realm);
    let bob = realm.join();
    realm.subscribed(bob, MatchPolicy::Exact, "com.secret");
    realm.subscribed(bob, MatchPolicy::Exact, "com.open");

    realm.send(alice, disclosing(Some(true), 1, "com.secret"));
    assert_eq!(
        realm.refused(alice),
        refused(
            MessageType::Publish,
            1,
            &uris::DISCLOSE_ME_DISALLOWED,
            "publishers are not disclosed on this topic"
        )
    );
    assert_eq!(realm.received(bob), []);
    realm.send(alice, disclosing(None, 2, "com.secret"));
    assert_eq!(realm.event(bob).details, EventDetails::default());
    realm.send(alice, disclosing(None, 3, "com.open"));
    assert_eq!(realm.event(bob).details, identity());
}

#[test]
fn trust_is_by_topic_and_by_role() {
    let mut realm = Fixture::with(|config| {
        let trusted = |authrole: Option<&str>, trustlevel| IdentityRule {
            authrole: authrole.map(str::to_owned),
            trustlevel: Some(trustlevel),
            ..rule(MatchPolicy::Wildcard, "com..topic", Disclosure::OnRequest)
        };
        config.publishers = vec![trusted(Some("staff"), 2), trusted(None, 0)];
    });
    let [alice, carol, bob] = [alice(&mut realm), realm.join(), realm.join()];
    realm.subscribed(bob, MatchPolicy::Prefix, "com");
    for (publisher, topic, trustlevel) in [
        (alice, "com.a.topic", Some(2)),
        (carol, "com.a.topic", Some(0)),
        (alice, "com.topic", None),
    ] {
        realm.send(publisher, publish(1, topic));
        let details = realm.event(bob).details;
        assert_eq!(details.trustlevel, trustlevel, "{topic}");
        assert_eq!(details.publisher, None);
    }
}

#[test]
fn trust_is_announced_where_there_are_levels() {
    let trusted = IdentityRule {
        trustlevel: Some(1),
        ..rule(MatchPolicy::Prefix, "com", Disclosure::OnRequest)
    };
    for (rules, announced) in [(vec![], false), (vec![trusted], true)] {
        let mut realm = Fixture::with(|config| config.publishers = rules);
        let alice = realm.join_and_look(|_| {});
        let roles = welcome(realm.received_one(alice)).details.roles.unwrap();
        let features = roles.features(Role::Broker);
        assert_eq!(features.has(Feature::PublicationTrustlevels), announced);
    }
}

/// The bound that spares encoding must not be fooled by a long identity.
#[test]
fn a_long_identity_counts_towards_the_frame() {
    let mut realm = Fixture::new();
    let alice = realm.join_as(|join| join.authid = "\u{1}".repeat(200));
    let narrow = realm.join_as(|join| join.max_frame = 512);
    realm.subscribed(narrow, MatchPolicy::Exact, "com.topic");
    realm.send(alice, disclosing(Some(true), 1, "com.topic"));
    let refused = realm.refused(alice);
    assert_eq!(refused.error, "wamp.error.payload_size_exceeded");
    assert_eq!(realm.received(narrow), []);
}
