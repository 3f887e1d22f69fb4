//! Dynamic authenticators: procedures that say who may join a realm.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wampkit::auth::{Credential, Directory, Method, Secret, TicketSecret, User};
use wampkit::client::{Invocation, Registration, WampError};
use wampkit::codec::Arguments;
use wampkit::realm::{Permissions, RealmConfig, RoleRules};
use wampkit::router::{Authenticator, RealmSetup};
use wampkit::{Client, Dict, Router, Serializer, Session, Value};

use crate::{Fixture, Raw};

/// A realm `realm1` whose logins by `method` are decided by `com.auth` in the realm `auth`, which anybody may join.
async fn fixture(method: Method) -> Fixture {
    let config = RealmConfig {
        uri: "realm1".into(),
        ..RealmConfig::default()
    };
    let setup = RealmSetup {
        directory: Arc::new(Directory::new([], [1; 32]).unwrap()),
        authenticators: vec![authenticator(method)],
        ..RealmSetup::open(config)
    };
    Fixture::with(Router::builder().realm_setup(setup).realm("auth")).await
}

fn authenticator(method: Method) -> Authenticator {
    Authenticator {
        methods: vec![method],
        procedure: "com.auth".into(),
        realm: Some("auth".into()),
        timeout: Duration::from_millis(300),
    }
}

/// The authenticator, which answers with what `answer` makes of the details of the login.
async fn answering(
    fixture: &Fixture,
    answer: impl Fn(&Dict) -> Result<Value, WampError> + Clone + Send + Sync + 'static,
) -> (Session, Registration) {
    let session = Client::builder("memory")
        .realm("auth")
        .connect_over(fixture.router.connect(Serializer::MsgPack))
        .await
        .unwrap();
    let registration = session
        .register("com.auth", move |invocation: Invocation| {
            let answer = answer.clone();
            async move {
                let arguments = invocation.arguments()?;
                let [Value::Str(realm), authid, Value::Dict(details)] = &arguments.args[..] else {
                    panic!("an authenticator is asked by realm, authid and details");
                };
                assert_eq!(&**realm, "realm1");
                assert_eq!(details.get("authid"), Some(authid));
                let args = vec![answer(details)?];
                let kwargs = Dict::new();
                Ok::<_, WampError>(Arguments { args, kwargs })
            }
        })
        .await
        .unwrap();
    (session, registration)
}

fn hello(method: &str, extra: &str) -> String {
    format!(
        r#"[1,"realm1",{{"roles":{{"caller":{{}}}},"authid":"joe","authmethods":["{method}"]{extra}}}]"#
    )
}

/// A client that says HELLO, and what it is challenged by.
async fn challenged(fixture: &Fixture, hello: &str) -> (Raw, serde_json::Value) {
    let mut raw = fixture.raw().await;
    raw.send(hello).await;
    let challenge = raw.receive().await.unwrap();
    assert_eq!(challenge[0], 4, "{challenge}");
    (raw, challenge)
}

#[tokio::test]
async fn a_ticket_is_judged_by_the_authenticator() {
    let fixture = fixture(Method::Ticket).await;
    let _authenticator = answering(&fixture, |details| {
        match details.get("ticket").and_then(Value::as_str) {
            Some("secret") => {
                let answer = Dict::new().with("role", "user").with("authid", "joseph");
                let extra = Dict::new().with("motto", "hello");
                Ok(answer.with("extra", extra).into())
            }
            Some("magic") => Ok("admin".into()),
            _ => Err(WampError::new("com.auth.error.who")),
        }
    })
    .await;
    let hello = hello("ticket", "");
    let (mut raw, challenge) = challenged(&fixture, &hello).await;
    assert_eq!(challenge[1], "ticket");
    raw.send(r#"[5,"secret",{}]"#).await;
    let welcome = raw.receive().await.unwrap();
    assert_eq!(welcome[0], 2, "{welcome}");
    for (key, value) in [
        ("authid", "joseph"),
        ("authrole", "user"),
        ("authmethod", "ticket"),
        ("authprovider", "dynamic"),
    ] {
        assert_eq!(welcome[2][key], value, "{welcome}");
    }
    assert_eq!(welcome[2]["authextra"]["motto"], "hello");

    let (mut raw, _) = challenged(&fixture, &hello).await;
    raw.send(r#"[5,"magic",{}]"#).await;
    let welcome = raw.receive().await.unwrap();
    assert_eq!(welcome[2]["authid"], "joe", "{welcome}");
    assert_eq!(welcome[2]["authrole"], "admin");

    let (mut raw, _) = challenged(&fixture, &hello).await;
    raw.send(r#"[5,"guess",{}]"#).await;
    let message = raw.aborted("wamp.error.authentication_denied").await;
    assert!(!message.contains("com.auth"), "{message}");
}

#[tokio::test]
async fn a_secret_from_the_authenticator_is_what_the_client_must_know() {
    let fixture = fixture(Method::WampCra).await;
    let _authenticator = answering(&fixture, |details| {
        match details.get("authid").and_then(Value::as_str) {
            Some("joe") => Ok(Dict::new()
                .with("role", "user")
                .with("secret", "secret")
                .into()),
            _ => Err(WampError::new("com.auth.error.who")),
        }
    })
    .await;
    let hello = hello("wampcra", "");
    let (mut raw, challenge) = challenged(&fixture, &hello).await;
    raw.send(&signed(&challenge, b"secret")).await;
    let welcome = raw.receive().await.unwrap();
    assert_eq!(welcome[0], 2, "{welcome}");
    assert_eq!(welcome[2]["authprovider"], "dynamic");

    let (mut raw, challenge) = challenged(&fixture, &hello).await;
    raw.send(&signed(&challenge, b"guess")).await;
    let wrong = raw.aborted("wamp.error.authentication_denied").await;

    // Whom the authenticator does not know is challenged like anybody else.
    let (mut raw, challenge) = challenged(&fixture, &hello.replace("joe", "eve")).await;
    raw.send(&signed(&challenge, b"secret")).await;
    let unknown = raw.aborted("wamp.error.authentication_denied").await;
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn a_public_key_is_judged_by_the_authenticator() {
    const KEY: &str = "545efb0a2192db8d43f118e9bf9aee081466e1ef36c708b96ee6f62dddad9122";
    let fixture = fixture(Method::Cryptosign).await;
    let _authenticator = answering(&fixture, |details| {
        let extra = details.get("authextra").and_then(Value::as_dict);
        match extra.and_then(|extra| extra.get("pubkey")?.as_str()) {
            Some(KEY) => Ok(Dict::new().with("role", "user").with("pubkey", KEY).into()),
            _ => Err(WampError::new("com.auth.error.who")),
        }
    })
    .await;
    let extra = format!(r#","authextra":{{"pubkey":"{KEY}"}}"#);
    let (mut raw, challenge) = challenged(&fixture, &hello("cryptosign", &extra)).await;
    let challenge = challenge[2]["challenge"].as_str().unwrap();
    let forged = format!(r#"[5,"{}{challenge}",{{}}]"#, "0".repeat(128));
    raw.send(&forged).await;
    raw.aborted("wamp.error.authentication_denied").await;
}

/// A user without a ticket, a secret or a key, say of a table with a field that is empty, is nobody's to be.
#[tokio::test]
async fn nothing_to_prove_is_not_proven() {
    let key = "07".repeat(32);
    for (method, empty) in [
        (Method::Ticket, Dict::new().with("ticket", Value::Null)),
        (Method::Ticket, Dict::new().with("ticket", "")),
        (Method::WampCra, Dict::new().with("secret", "")),
        (Method::WampCra, Dict::new().with("secret", Value::Null)),
        (Method::Cryptosign, Dict::new()),
        (Method::Cryptosign, Dict::new().with("pubkey", Value::Null)),
    ] {
        let fixture = fixture(method).await;
        let answer = empty.with("role", "user");
        let _authenticator = answering(&fixture, move |_| Ok(answer.clone().into())).await;
        let mut raw = fixture.raw().await;
        let extra = format!(r#","authextra":{{"pubkey":"{key}"}}"#);
        raw.send(&hello(method.name(), &extra)).await;
        if method == Method::Ticket {
            assert_eq!(raw.receive().await.unwrap()[0], 4);
            raw.send(r#"[5,"",{}]"#).await;
        }
        raw.aborted("wamp.error.authentication_failed").await;
    }
}

#[tokio::test]
async fn an_anonymous_client_is_not_who_it_says_it_is() {
    let fixture = fixture(Method::Anonymous).await;
    let _authenticator = answering(&fixture, |_| Ok("user".into())).await;
    let mut raw = fixture.raw().await;
    raw.send(&hello("anonymous", "")).await;
    let welcome = raw.receive().await.unwrap();
    assert_eq!(welcome[2]["authrole"], "user", "{welcome}");
    assert_ne!(welcome[2]["authid"], "joe", "{welcome}");
}

#[tokio::test]
async fn an_authenticator_that_fails_lets_nobody_in() {
    let fixture = fixture(Method::Ticket).await;
    let login = async || {
        let (mut raw, _) = challenged(&fixture, &hello("ticket", "")).await;
        raw.send(r#"[5,"secret",{}]"#).await;
        raw.aborted("wamp.error.authentication_failed").await;
    };
    // There is none.
    login().await;
    for answer in [
        Value::Null,
        Value::from(true),
        Dict::new().into(),
        Dict::new().with("role", 1).into(),
        Dict::new().with("role", "user").with("extra", "x").into(),
    ] {
        let (session, _registration) = answering(&fixture, move |_| Ok(answer.clone())).await;
        login().await;
        session.leave().await.unwrap();
    }
    // It does not answer in time.
    let session = Client::builder("memory")
        .realm("auth")
        .connect_over(fixture.router.connect(Serializer::Json))
        .await
        .unwrap();
    let _registration = session
        .register("com.auth", async |invocation: Invocation| {
            invocation.canceled().await;
            Ok::<_, WampError>(())
        })
        .await
        .unwrap();
    login().await;
}

#[tokio::test]
async fn a_secret_that_makes_no_sense_is_a_failure_too() {
    let fixture = fixture(Method::WampCra).await;
    for answer in [
        Dict::new().with("role", "user"),
        Dict::new().with("role", "user").with("secret", 1),
        Dict::new()
            .with("role", "user")
            .with("secret", "s")
            .with("salt", "x")
            .with("iterations", "many"),
    ] {
        let answered = answer.clone();
        let (session, _registration) =
            answering(&fixture, move |_| Ok(answered.clone().into())).await;
        let mut raw = fixture.raw().await;
        raw.send(&hello("wampcra", "")).await;
        raw.aborted("wamp.error.authentication_failed").await;
        session.leave().await.unwrap();
    }
}

#[tokio::test]
async fn a_role_that_the_realm_does_not_have_is_none() {
    let config = RealmConfig {
        uri: "realm1".into(),
        permissions: Some(Arc::new(Permissions::new(vec![RoleRules {
            name: "user".to_owned(),
            ..RoleRules::default()
        }]))),
        ..RealmConfig::default()
    };
    let setup = RealmSetup {
        authenticators: vec![authenticator(Method::Ticket)],
        directory: Arc::new(Directory::new([], [1; 32]).unwrap()),
        ..RealmSetup::open(config)
    };
    let fixture = Fixture::with(Router::builder().realm_setup(setup).realm("auth")).await;
    let _authenticator = answering(&fixture, |_| Ok("king".into())).await;
    let (mut raw, _) = challenged(&fixture, &hello("ticket", "")).await;
    raw.send(r#"[5,"secret",{}]"#).await;
    raw.aborted("wamp.error.no_such_role").await;
}

/// AUTHENTICATE by WAMP-CRA.
fn signed(challenge: &serde_json::Value, secret: &[u8]) -> String {
    let challenge = challenge[2]["challenge"].as_str().unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let signature = ring::hmac::sign(&key, challenge.as_bytes());
    let signature = STANDARD.encode(signature);
    format!(r#"[5,"{signature}",{{}}]"#)
}

/// Whose name the router knows is not up to an authenticator, whatever methods it serves.
#[tokio::test]
async fn names_of_the_directory_are_not_asked_about() {
    let ticket = Credential::Ticket(TicketSecret::plain(&Secret::new("secret")));
    let joe = User {
        authid: "joe".to_owned(),
        role: "user".to_owned(),
        credentials: vec![ticket],
    };
    let config = RealmConfig {
        uri: "realm1".into(),
        ..RealmConfig::default()
    };
    let setup = RealmSetup {
        directory: Arc::new(Directory::new([joe], [1; 32]).unwrap()),
        authenticators: vec![authenticator(Method::WampCra)],
        ..RealmSetup::open(config)
    };
    let fixture = Fixture::with(Router::builder().realm_setup(setup).realm("auth")).await;
    let hello = hello("wampcra\",\"ticket", "");
    let (mut raw, challenge) = challenged(&fixture, &hello).await;
    assert_eq!(challenge[1], "ticket", "{challenge}");
    raw.send(r#"[5,"secret",{}]"#).await;
    assert_eq!(raw.receive().await.unwrap()[0], 2);
}
