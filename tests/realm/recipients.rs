//! Black- and whitelists of subscribers.

use wampkit::proto::{Id, MatchPolicy, Publish, PublishOptions, Recipients, Serializer};
use wampkit::realm::SessionKey;

use super::support::*;

/// Sessions 1001 to 1004: alice and bob of staff, carol and another alice of the guests. All subscribe by all policies
/// that there are to `com.topic`; session 1000 publishes.
fn crowd() -> (Fixture, SessionKey, [SessionKey; 4]) {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let people = [
        ("alice", "staff", Serializer::Json),
        ("bob", "staff", Serializer::Cbor),
        ("carol", "guest", Serializer::Json),
        ("alice", "guest", Serializer::MsgPack),
    ];
    let subscribers = people.map(|(authid, authrole, serializer)| {
        realm.join_as(|join| {
            join.authid = authid.to_owned();
            join.authrole = authrole.to_owned();
            join.serializer = serializer;
        })
    });
    for key in subscribers {
        for policy in [MatchPolicy::Exact, MatchPolicy::Prefix] {
            realm.subscribed(key, policy, "com.topic");
        }
    }
    (realm, publisher, subscribers)
}

fn publish_to(recipients: Recipients) -> Publish {
    Publish {
        options: PublishOptions {
            recipients: Some(Box::new(recipients)),
            ..PublishOptions::default()
        },
        ..publish(1, "com.topic")
    }
}

/// Which of the four get an event published to these, on each of their two subscriptions.
#[track_caller]
fn reached(recipients: Recipients) -> Vec<u64> {
    let (mut realm, publisher, subscribers) = crowd();
    realm.send(publisher, publish_to(recipients));
    let mut reached = Vec::new();
    for (key, session) in subscribers.into_iter().zip(1001..) {
        let events = realm.received(key).len();
        assert!(events == 0 || events == 2, "{events} events");
        if events > 0 {
            reached.push(session);
        }
    }
    realm.everybody_leaves();
    reached
}

fn ids(numbers: &[u64]) -> Option<Vec<Id>> {
    Some(numbers.iter().map(|number| id(*number)).collect())
}

fn names<T: From<&'static str>>(names: &[&'static str]) -> Option<Vec<T>> {
    Some(names.iter().copied().map(T::from).collect())
}

#[test]
fn each_list_does_what_its_name_says() {
    let none = Recipients::default;
    assert_eq!(reached(none()), [1001, 1002, 1003, 1004]);
    for (recipients, wanted) in [
        (
            Recipients {
                exclude: ids(&[1003, 1001, 77]),
                ..none()
            },
            &[1002, 1004][..],
        ),
        (
            Recipients {
                exclude_authid: names(&["alice"]),
                ..none()
            },
            &[1002, 1003],
        ),
        (
            Recipients {
                exclude_authrole: names(&["guest"]),
                ..none()
            },
            &[1001, 1002],
        ),
        (
            Recipients {
                eligible: ids(&[1004, 1002, 1004]),
                ..none()
            },
            &[1002, 1004],
        ),
        (
            Recipients {
                eligible_authid: names(&["carol", "bob"]),
                ..none()
            },
            &[1002, 1003],
        ),
        (
            Recipients {
                eligible_authrole: names(&["staff"]),
                ..none()
            },
            &[1001, 1002],
        ),
    ] {
        assert_eq!(reached(recipients.clone()), wanted, "{recipients:?}");
    }
}

#[test]
fn all_lists_have_to_agree() {
    let none = Recipients::default;
    for (recipients, wanted) in [
        // The chapter's example.
        (
            Recipients {
                eligible: ids(&[1001, 1002, 1003]),
                exclude: ids(&[1001]),
                ..none()
            },
            &[1002, 1003][..],
        ),
        (
            Recipients {
                eligible_authid: names(&["alice"]),
                eligible_authrole: names(&["guest"]),
                ..none()
            },
            &[1004],
        ),
        (
            Recipients {
                eligible_authid: names(&["alice"]),
                exclude_authrole: names(&["guest"]),
                ..none()
            },
            &[1001],
        ),
    ] {
        assert_eq!(reached(recipients.clone()), wanted, "{recipients:?}");
    }
}

#[test]
fn an_empty_whitelist_admits_nobody_and_an_empty_blacklist_everybody() {
    let eligible = Recipients {
        eligible_authid: Some(Vec::new()),
        ..Recipients::default()
    };
    assert_eq!(reached(eligible), [0_u64; 0]);
    let exclude = Recipients {
        exclude: Some(Vec::new()),
        ..Recipients::default()
    };
    assert_eq!(reached(exclude), [1001, 1002, 1003, 1004]);
}

/// To be on a whitelist does not overrule `exclude_me`.
#[test]
fn the_publisher_is_left_out_all_the_same() {
    let (mut realm, _, [alice, ..]) = crowd();
    for (exclude_me, heard) in [(None, 0), (Some(false), 2)] {
        let mut publish = publish_to(Recipients {
            eligible: ids(&[1001]),
            ..Recipients::default()
        });
        publish.options.exclude_me = exclude_me;
        realm.send(alice, publish);
        assert_eq!(realm.received(alice).len(), heard, "{exclude_me:?}");
    }
}

#[test]
fn a_publisher_need_not_have_announced_it() {
    let (mut realm, _, [alice, bob, ..]) = crowd();
    let shy = realm.join_as(|join| join.roles = plain_roles());
    let publish = publish_to(Recipients {
        eligible_authid: names(&["bob"]),
        ..Recipients::default()
    });
    realm.send(shy, publish);
    assert_eq!(realm.received(alice), []);
    assert_eq!(realm.received(bob).len(), 2);
}
