//! Sharded subscriptions: of the subscribers that are nodes, one node gets the events of a resource.

use wampkit::proto::{
    Dict, MatchPolicy, Message, MessageType, Publish, PublishOptions, Serializer, Subscribe, Value,
    uris,
};
use wampkit::realm::SessionKey;

use super::support::*;

fn subscribe_as(node: &str) -> Subscribe {
    let mut subscribe = subscribe_by(MatchPolicy::Wildcard, 1, "com.sensor..temperature");
    subscribe.options.nkey = Some(node.into());
    subscribe
}

fn about(rkey: Option<Value>) -> Publish {
    let options = PublishOptions {
        rkey,
        ..PublishOptions::default()
    };
    Publish {
        options,
        ..publish(1, "com.sensor.sn1.temperature")
    }
}

/// Two sessions of node a, one of b, one of c.
fn nodes(realm: &mut Fixture) -> [SessionKey; 4] {
    [
        ("a", Serializer::Json),
        ("a", Serializer::Cbor),
        ("b", Serializer::Json),
        ("c", Serializer::MsgPack),
    ]
    .map(|(node, serializer)| {
        let key = realm.join_over(serializer);
        realm.send(key, subscribe_as(node));
        assert!(matches!(realm.received_one(key), Message::Subscribed(_)));
        key
    })
}

fn reached(realm: &mut Fixture, sessions: [SessionKey; 4]) -> [usize; 4] {
    sessions.map(|key| realm.received(key).len())
}

#[test]
fn the_events_of_a_resource_go_to_one_node() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let nodes = nodes(&mut realm);
    let mut of_node = [0; 3];
    for number in 0..60 {
        let mut twice = Vec::new();
        for _ in 0..2 {
            let rkey = Value::from(format!("sn{number}"));
            realm.send(publisher, about(Some(rkey)));
            twice.push(reached(&mut realm, nodes));
        }
        assert_eq!(twice[0], twice[1], "the same again");
        let all = [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
        let node = all.iter().position(|one| *one == twice[0]);
        of_node[node.expect("one node")] += 1;
    }
    assert!(of_node.iter().all(|count| *count > 5), "{of_node:?}");
    realm.everybody_leaves();
}

#[test]
fn without_a_key_on_both_sides_everybody_gets_everything() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let nodes = nodes(&mut realm);
    let plain = realm.join_as(|join| join.roles = plain_roles());
    realm.subscribed(plain, MatchPolicy::Wildcard, "com.sensor..temperature");
    realm.send(publisher, about(None));
    assert_eq!(reached(&mut realm, nodes), [1; 4]);
    realm.event(plain);
    for number in 0..20_u64 {
        realm.send(publisher, about(Some(number.into())));
        realm.event(plain);
    }
}

#[test]
fn what_a_node_had_goes_to_others_when_it_has_left() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let [first, second, third, fourth] = nodes(&mut realm);
    realm.send(third, unsubscribe(2, id(1)));
    realm.received(third);
    realm.leave(fourth);
    for number in 0..20_u64 {
        realm.send(publisher, about(Some(number.into())));
        realm.event(first);
        realm.event(second);
    }
    assert_eq!(realm.received(third), []);
    realm.everybody_leaves();
}

#[test]
fn who_subscribes_again_is_what_it_says_then() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let nodes = nodes(&mut realm);
    for key in nodes {
        realm.subscribed(key, MatchPolicy::Wildcard, "com.sensor..temperature");
    }
    realm.send(publisher, about(Some("sn1".into())));
    assert_eq!(reached(&mut realm, nodes), [1; 4]);
}

#[test]
fn a_retained_event_is_for_its_node() {
    let mut realm = Fixture::new();
    let publisher = realm.join();
    let nodes = nodes(&mut realm);
    let mut publish = about(Some("sn1".into()));
    publish.options.retain = Some(true);
    realm.send(publisher, publish);
    let live = reached(&mut realm, nodes);
    for (key, node) in nodes.into_iter().zip(["a", "a", "b", "c"]) {
        let mut subscribe = subscribe_as(node);
        subscribe.options.get_retained = Some(true);
        realm.send(key, subscribe);
    }
    let later = reached(&mut realm, nodes).map(|received| received - 1);
    assert_eq!(later, live);
}

#[test]
fn a_node_key_is_a_short_string() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for nkey in [
        Value::from(7),
        Value::from(Dict::new()),
        Value::from("x".repeat(1025)),
    ] {
        let mut subscribe = subscribe_as("a");
        subscribe.options.nkey = Some(nkey);
        realm.send(alice, subscribe);
        assert_eq!(
            realm.refused(alice),
            refused(
                MessageType::Subscribe,
                1,
                &uris::INVALID_ARGUMENT,
                "\"nkey\" must be a string of at most 1024 bytes"
            )
        );
    }
    realm.send(alice, subscribe_as(&"x".repeat(1024)));
    assert!(matches!(realm.received_one(alice), Message::Subscribed(_)));
}
