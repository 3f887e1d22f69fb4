//! Which events go into a history. What is answered from it is shown with the meta API.

use wampkit::proto::{Id, MatchPolicy, Message, Publish, Recipients, uris};
use wampkit::realm::{Census, HistoryRule, Kept};

use super::support::*;

fn rule(policy: MatchPolicy, uri: &str) -> HistoryRule {
    HistoryRule {
        policy,
        uri: uri.into(),
        limit_events: 10,
        limit_bytes: 1 << 20,
    }
}

/// The chapter's first three subscriptions.
fn fixture() -> Fixture {
    Fixture::with(|config| {
        config.history = vec![
            rule(MatchPolicy::Exact, "com.mycompany.log.auth"),
            rule(MatchPolicy::Exact, "com.mycompany.log.basket"),
            rule(MatchPolicy::Prefix, "com.mycompany.log"),
        ];
    })
}

fn history(realm: &Fixture) -> usize {
    realm.realm.kept().history
}

fn publish_to(recipients: Recipients) -> Publish {
    let mut publish = publish(1, "com.mycompany.log.auth");
    publish.options.recipients = Some(Box::new(recipients));
    publish
}

#[test]
fn events_are_kept_for_each_subscription_before_anybody_subscribes() {
    let mut realm = fixture();
    let alice = realm.join();
    let mut kept = Vec::new();
    for topic in ["auth", "basket", "basket", "basket", "checkout"] {
        realm.send(alice, publish(1, &format!("com.mycompany.log.{topic}")));
        kept.push(history(&realm));
    }
    assert_eq!(kept, [2, 4, 6, 8, 9]);
    realm.send(alice, publish(1, "com.mycompany.other"));
    realm.send(alice, publish(1, "com.mycompany.log..auth"));
    assert_eq!(history(&realm), 9);
    realm.everybody_leaves();
}

#[test]
fn the_subscriptions_are_there_from_the_start_and_stay() {
    let mut realm = fixture();
    let [alice, bob] = [realm.join(), realm.join()];
    let prefix = (MatchPolicy::Prefix, "com.mycompany.log");
    let subscription = realm.subscribed(alice, prefix.0, prefix.1);
    assert_eq!(subscription, id(3));
    assert_eq!(realm.realm.census().subscriptions, 1);
    realm.send(bob, publish(1, "com.mycompany.log.auth"));
    assert_eq!(realm.event(alice).subscription, subscription);

    realm.send(alice, unsubscribe(2, subscription));
    assert!(matches!(
        realm.received_one(alice),
        Message::Unsubscribed(_)
    ));
    let census = Census {
        sessions: 2,
        ..Census::default()
    };
    assert_eq!(realm.realm.census(), census);
    realm.send(bob, publish(1, "com.mycompany.log.auth"));
    assert_eq!(history(&realm), 4);
    assert_eq!(realm.subscribed(bob, prefix.0, prefix.1), subscription);
    let other = realm.subscribed(bob, MatchPolicy::Exact, "com.mycompany.log");
    assert_eq!(other, id(4), "another pattern");
    realm.everybody_leaves();
}

#[test]
fn events_with_lists_of_sessions_are_not_kept() {
    let mut realm = fixture();
    let alice = realm.join();
    let ids = || Some(Vec::<Id>::new());
    for (recipients, kept) in [
        (
            Recipients {
                exclude: ids(),
                ..Recipients::default()
            },
            0,
        ),
        (
            Recipients {
                eligible: ids(),
                ..Recipients::default()
            },
            0,
        ),
        (
            Recipients {
                exclude_authrole: Some(vec!["guest".into()]),
                ..Recipients::default()
            },
            2,
        ),
    ] {
        realm.send(alice, publish_to(recipients));
        assert_eq!(history(&realm), kept);
    }
}

#[test]
fn an_event_can_be_kept_and_retained() {
    let mut realm = fixture();
    let [alice, bob] = [realm.join(), realm.join()];
    let mut publish = publish(1, "com.mycompany.log.basket");
    publish.options.retain = Some(true);
    realm.send(alice, publish);
    assert_eq!(
        realm.realm.kept(),
        Kept {
            retained: 1,
            history: 2
        }
    );
    let mut subscribe = subscribe(1, "com.mycompany.log.basket");
    subscribe.options.get_retained = Some(true);
    realm.send(bob, subscribe);
    assert_eq!(realm.received(bob).len(), 2);
}

#[test]
fn a_history_has_its_bounds() {
    let mut realm = Fixture::with(|config| {
        config.history = vec![
            rule(MatchPolicy::Wildcard, "com."),
            // The second rule for a pattern does not count.
            HistoryRule {
                limit_events: 99,
                ..rule(MatchPolicy::Wildcard, "com.")
            },
        ];
    });
    let alice = realm.join();
    for _ in 0..50 {
        realm.send(alice, publish(1, "com.topic"));
    }
    assert_eq!(history(&realm), 10);
}

#[test]
fn a_history_outlives_all_sessions() {
    let mut realm = fixture();
    let alice = realm.join();
    realm.subscribed(alice, MatchPolicy::Exact, "com.mycompany.log.auth");
    realm.send(alice, publish(1, "com.mycompany.log.auth"));
    realm.send(alice, goodbye(&uris::CLOSE_REALM));
    realm.leave(alice);
    assert_eq!(realm.realm.census(), Census::default());
    assert_eq!(history(&realm), 2);
}
