//! `wamp.reflection.…` and `wamp.reflect.…`: what there is, and what is said about it.

use wampkit::proto::{Dict, MatchPolicy, Serializer, Value, uris};

use super::support::*;

const DEFINE: &str = "wamp.reflect.define";

fn listed(realm: &mut Fixture, kind: &str) -> Vec<String> {
    let asker = realm.join();
    let told = realm.told(
        asker,
        &format!("wamp.reflection.{kind}.list"),
        no_arguments(),
    );
    realm.leave(asker);
    let uris = told.args[0].as_list().expect("a list").iter();
    uris.map(|uri| uri.as_str().expect("a URI").to_owned())
        .collect()
}

/// What is listed beside the router's own.
fn listed_of_others(realm: &mut Fixture, kind: &str) -> Vec<String> {
    let mut listed = listed(realm, kind);
    listed.retain(|uri| !uri.starts_with("wamp."));
    listed
}

fn described(uri: &str, kind: &str) -> Dict {
    Dict::new().with("uri", uri).with("type", kind)
}

#[test]
fn the_router_lists_what_it_provides() {
    let mut realm = Fixture::new();
    let procedures = listed(&mut realm, "procedure");
    assert!(procedures.contains(&"wamp.session.count".to_owned()));
    assert!(procedures.contains(&DEFINE.to_owned()));
    let topics = listed(&mut realm, "topic");
    assert!(topics.contains(&"wamp.session.on_join".to_owned()));
    assert!(topics.contains(&"wamp.subscription.on_delete".to_owned()));
    let errors = listed(&mut realm, "error");
    assert!(errors.contains(&uris::NO_SUCH_PROCEDURE.to_string()));
    assert!(!errors.contains(&uris::CLOSE_REALM.to_string()));

    // It has every one of these procedures.
    let alice = realm.join();
    for procedure in procedures {
        realm.send(alice, call_of(1, &procedure, json("[1,2,3,4,5,6,7]")));
        let refused = realm.refused(alice);
        assert_eq!(refused.error, uris::INVALID_ARGUMENT.to_string());
    }
}

#[test]
fn what_has_no_form_for_the_caller_keeps_nothing_else_from_it() {
    let mut realm = Fixture::new();
    let packed = realm.join_over(Serializer::MsgPack);
    realm.registered(packed, MatchPolicy::Exact, "\0AAAA");
    realm.registered(packed, MatchPolicy::Exact, "com.proc");
    realm.subscribed(packed, MatchPolicy::Exact, "\0AAAA");
    assert_eq!(listed_of_others(&mut realm, "procedure"), ["com.proc"]);
    assert_eq!(
        listed_of_others(&mut realm, "topic"),
        <[&str; 0]>::default()
    );
    let told = realm.told(packed, "wamp.reflection.topic.list", no_arguments());
    let uris = told.args[0].as_list().expect("a list");
    assert!(uris.contains(&"\0AAAA".into()), "{uris:?}");
}

#[test]
fn what_is_in_use_is_listed_and_described() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    realm.registered(alice, MatchPolicy::Exact, "com.proc");
    realm.registered(alice, MatchPolicy::Prefix, "com.p");
    realm.subscribed(alice, MatchPolicy::Exact, "com.topic");
    let procedures = listed_of_others(&mut realm, "procedure");
    assert_eq!(procedures, ["com.p", "com.proc"]);
    assert_eq!(listed_of_others(&mut realm, "topic"), ["com.topic"]);
    assert!(listed_of_others(&mut realm, "error").is_empty());
    for (kind, uri, known) in [
        ("procedure", "com.proc", true),
        ("procedure", "com.topic", false),
        ("procedure", "wamp.session.count", true),
        ("topic", "com.topic", true),
        ("topic", "wamp.session.on_leave", true),
        ("error", "wamp.error.invalid_uri", true),
        ("error", "com.error", false),
    ] {
        let procedure = format!("wamp.reflection.{kind}.describe");
        let told = realm.told(alice, &procedure, json(&format!("[\"{uri}\"]")));
        let description = if known {
            described(uri, kind).into()
        } else {
            Value::Null
        };
        assert_eq!(told.args, [description], "{uri}");
    }
}

#[test]
fn a_description_is_kept_while_its_giver_is_there() {
    let mut realm = Fixture::new();
    let [alice, bob] = [realm.join(), realm.join()];
    realm.subscribed(bob, MatchPolicy::Prefix, "wamp.reflect.");
    realm.received(bob);
    let about = |text: &str| Dict::new().with("about", text);
    let uri = Value::from("com.add");
    let kind = Value::from("procedure");

    let add = json("[\"com.add\",{\"about\":\"adds\"}]");
    assert_eq!(realm.told(alice, DEFINE, add.clone()).args, [true.into()]);
    let told = realm.events(bob);
    assert_eq!(
        told[0].1.args,
        [uri.clone(), kind.clone(), about("adds").into()]
    );
    assert_eq!(realm.told(alice, DEFINE, add).args, [Value::Null]);
    assert_eq!(realm.events(bob), []);
    let sums = json("[\"com.add\",{\"about\":\"sums\"}]");
    assert_eq!(realm.told(alice, DEFINE, sums).args, [false.into()]);
    assert_eq!(realm.events(bob).len(), 1);

    let known = described("com.add", "procedure").with("description", about("sums"));
    let told = realm.told(
        bob,
        "wamp.reflection.procedure.describe",
        json("[\"com.add\"]"),
    );
    assert_eq!(told.args, [Value::from(known.clone())]);
    let told = realm.told(bob, "wamp.reflect.describe", json("[\"com.add\"]"));
    assert_eq!(told.args, [Value::from(vec![known])]);
    assert_eq!(realm.realm.census().descriptions, 1);

    realm.leave(alice);
    let told = realm.events(bob);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1.args, [uri, kind]);
    let told = realm.told(bob, "wamp.reflect.describe", json("[\"com.add\"]"));
    assert_eq!(told.args, [Value::from(Vec::<Dict>::new())]);
    realm.everybody_leaves();
}

#[test]
fn a_description_can_be_taken_back() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let error = |description: &str| {
        json_kw(
            &format!("[\"com.error\",{description}]"),
            "{\"type\":\"error\"}",
        )
    };
    realm.told(alice, DEFINE, error("{\"code\":7}"));
    assert_eq!(listed_of_others(&mut realm, "error"), ["com.error"]);
    let told = realm.told(alice, DEFINE, error("null"));
    assert_eq!(told.args, [false.into()]);
    assert!(listed_of_others(&mut realm, "error").is_empty());
    let told = realm.told(alice, DEFINE, error("null"));
    assert_eq!(told.args, [Value::Null]);
    assert_eq!(realm.realm.census().descriptions, 0);
}

#[test]
fn several_may_describe_the_same() {
    let mut realm = Fixture::new();
    let [alice, bob, carol] = [realm.join(), realm.join(), realm.join()];
    realm.subscribed(carol, MatchPolicy::Prefix, "wamp.reflect.");
    realm.received(carol);
    let by = |name: &str| json(&format!("[\"com.add\",{{\"by\":\"{name}\"}}]"));
    realm.told(alice, DEFINE, by("alice"));
    let told = realm.told(bob, DEFINE, by("bob"));
    assert_eq!(told.args, [false.into()], "it was described before");
    assert_eq!(realm.events(carol).len(), 2);
    realm.leave(bob);
    let told = realm.events(carol);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1.args[2], Dict::new().with("by", "alice").into());
    realm.leave(alice);
    assert_eq!(realm.events(carol)[0].1.args.len(), 2, "on_undefine");
    realm.everybody_leaves();
}

#[test]
fn descriptions_are_bounded() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    let long = format!("[\"com.add\",{{\"a\":\"{}\"}}]", "x".repeat(5000));
    let (error, _) = realm.denied(alice, DEFINE, json(&long));
    assert_eq!(error, uris::PAYLOAD_SIZE_EXCEEDED.to_string());
    assert_eq!(realm.realm.census().descriptions, 0);
    for number in 0..256 {
        let one = format!("[\"com.n{number}\",{{}}]");
        realm.told(alice, DEFINE, json(&one));
    }
    assert_eq!(
        realm.denied(alice, DEFINE, json("[\"com.more\",{}]")),
        (
            uris::UNAVAILABLE.to_string(),
            "a session may have 256 descriptions and no more".to_owned()
        )
    );
    realm.told(alice, DEFINE, json("[\"com.n7\",{\"a\":1}]"));
    realm.everybody_leaves();
}

#[test]
fn only_the_router_describes_what_is_its_own() {
    let mut realm = Fixture::new();
    let alice = realm.join();
    for uri in ["wamp.session.count", "a b"] {
        let payload = json(&format!("[\"{uri}\",{{}}]"));
        let (error, _) = realm.denied(alice, DEFINE, payload);
        assert_eq!(error, uris::INVALID_URI.to_string());
    }
    let payload = json_kw("[\"com.add\",{}]", "{\"type\":\"thing\"}");
    assert_eq!(
        realm.denied(alice, DEFINE, payload),
        (
            uris::INVALID_ARGUMENT.to_string(),
            "type: expected one of procedure, topic, error, found \"thing\"".to_owned()
        )
    );
}
