//! What the realm tells of the EVENTs that its owner has dropped.

use std::time::Duration;

use wampkit::proto::{Dict, MatchPolicy, Message, Value};
use wampkit::realm::{Input, Output, SessionKey};

use super::authorization::{permissions, role, rule};
use super::support::*;

const SECOND: Duration = Duration::from_secs(1);

/// A session that hears of what others miss.
fn watcher(realm: &mut Fixture) -> SessionKey {
    let watcher = realm.join();
    realm.subscribed(
        watcher,
        MatchPolicy::Exact,
        "wamp.session.on_events_dropped",
    );
    watcher
}

/// What it heard: whose events they were, how many, and how many in all.
#[track_caller]
fn heard(realm: &mut Fixture, watcher: SessionKey) -> Vec<Vec<Value>> {
    let events = realm.events(watcher).into_iter();
    events.map(|(_, arguments)| arguments.args).collect()
}

fn missed(session: u64, count: u64, total: u64) -> Vec<Value> {
    let details = Dict::new().with("total", total);
    vec![session.into(), count.into(), details.into()]
}

#[test]
fn it_is_told_at_once_and_then_once_a_second() {
    let mut realm = Fixture::new();
    let watcher = watcher(&mut realm);
    let [alice, bob] = [realm.join(), realm.join()];
    realm.input(Input::EventsDropped(alice, 3));
    assert_eq!(heard(&mut realm, watcher), [missed(1001, 3, 3)]);
    realm.input(Input::EventsDropped(alice, 2));
    realm.input(Input::EventsDropped(bob, 1));
    realm.input(Input::EventsDropped(alice, 5));
    assert_eq!(heard(&mut realm, watcher), [missed(1002, 1, 1)]);
    realm.pass(SECOND);
    assert_eq!(heard(&mut realm, watcher), [missed(1001, 7, 10)]);
    realm.pass(10 * SECOND);
    assert!(heard(&mut realm, watcher).is_empty());
    assert_eq!(realm.realm.census().timers, 0);
    realm.input(Input::EventsDropped(alice, 1));
    assert_eq!(heard(&mut realm, watcher), [missed(1001, 1, 11)]);
    assert_eq!(realm.realm.events_dropped(), 12);
    realm.everybody_leaves();
}

#[test]
fn what_is_left_to_be_told_of_a_session_is_told_when_it_leaves() {
    let mut realm = Fixture::new();
    let watcher = watcher(&mut realm);
    let alice = realm.join();
    realm.input(Input::EventsDropped(alice, 1));
    realm.input(Input::EventsDropped(alice, 4));
    heard(&mut realm, watcher);
    realm.leave(alice);
    assert_eq!(heard(&mut realm, watcher), [missed(1001, 4, 5)]);
    assert_eq!(realm.realm.census().timers, 0);
    // A session that has left misses nothing that anybody could be told of.
    realm.input(Input::EventsDropped(alice, 1));
    assert!(heard(&mut realm, watcher).is_empty());
    realm.everybody_leaves();
}

#[test]
fn it_is_known_of_a_session_and_cannot_be_made_up() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let details = |realm: &mut Fixture| {
        let told = realm.told(alice, "wamp.session.get", json("[1000]"));
        let Value::Dict(details) = &told.args[0] else {
            panic!("no details");
        };
        details.get("_events_dropped").cloned()
    };
    assert_eq!(details(&mut realm), None);
    realm.input(Input::EventsDropped(alice, 2));
    realm.input(Input::EventsDropped(alice, 3));
    assert_eq!(details(&mut realm), Some(5.into()));
    let change = json("[1000,{\"_events_dropped\":0}]");
    realm.asked(alice, "wamp.session.modify_details", change);
    assert_eq!(details(&mut realm), Some(5.into()));
}

/// The owner has to know whom to hold back for an event: it is the publisher, and not the authorizer that let it publish.
#[test]
fn a_publication_that_an_authorizer_allows_is_on_behalf_of_its_publisher() {
    let mut realm = Fixture::with(|config| {
        let asks = wampkit::realm::PermissionRule {
            authorizer: Some("com.authorize".into()),
            ..rule(MatchPolicy::Exact, "com.news", &[])
        };
        let all = rule(MatchPolicy::Prefix, "", &wampkit::realm::Action::ALL);
        config.permissions = permissions(vec![
            role("trusting", vec![all]),
            role("anonymous", vec![asks]),
        ]);
    });
    let authorizer = realm.join_as(|join| join.authrole = "trusting".to_owned());
    realm.registered(authorizer, MatchPolicy::Exact, "com.authorize");
    realm.subscribed(authorizer, MatchPolicy::Exact, "com.news");
    let alice = realm.join();
    realm.send(alice, publish(1, "com.news"));
    let request = realm.invocation(authorizer).request.get();
    let allowed = proto::Yield {
        payload: json("[true]"),
        ..yields(request)
    };
    let outputs = realm.outputs(Input::Message(authorizer, allowed.into()));
    let behalf = outputs
        .iter()
        .position(|output| matches!(output, Output::OnBehalf(key) if *key == alice));
    let event = outputs
        .iter()
        .position(|output| matches!(output, Output::Send(_, Message::Event(_))));
    assert!(
        behalf.is_some() && event.is_some() && behalf < event,
        "{outputs:?}"
    );
}
