//! Logging in: what a client tells, what it proves, and which routers it does not believe.

use std::sync::Arc;
use std::time::Duration;

use wampkit::auth::{
    Begun, CraSecret, Credential, Directory, Exchange, HelloFacts, Kdf, KdfError, LoginError,
    Method, PrivateKey, ScramRecord, Secret, TicketSecret, User,
};
use wampkit::client::{ClientBuilder, ConnectError};
use wampkit::proto::{
    Abort, Authenticate, Challenge, Dict, Hello, Message, Serializer, Value, Welcome,
    WelcomeDetails,
};
use wampkit::realm::RealmConfig;
use wampkit::router::RealmSetup;
use wampkit::{Client, Router};

use super::script::{Script, connection, id, received, welcome};

const PASSWORD: &str = "pencil";

fn key() -> PrivateKey {
    PrivateKey::from_seed([9; 32])
}

fn alice() -> ClientBuilder {
    Client::builder("memory").authid("alice")
}

/// Who may log in by everything.
fn directory() -> Directory {
    let secret = Secret::new(PASSWORD);
    let kdf = Kdf::Argon2id13 {
        iterations: 1,
        memory: 8192,
    };
    let user = User {
        authid: "alice".to_owned(),
        role: "admin".to_owned(),
        credentials: vec![
            Credential::Ticket(TicketSecret::plain(&secret)),
            Credential::WampCra(CraSecret::derive(&secret, &[1; 16], 1000).unwrap()),
            Credential::Scram(ScramRecord::derive(&secret, b"saltsalt", kdf).unwrap()),
            Credential::Cryptosign(key().public()),
        ],
    };
    Directory::new([user], [1; 32]).unwrap()
}

/// The logins that a password or key is enough for, each alone.
fn logins() -> [(&'static str, ClientBuilder); 4] {
    [
        ("ticket", alice().ticket(PASSWORD)),
        ("wampcra", alice().wampcra(PASSWORD)),
        ("wamp-scram", alice().scram(PASSWORD)),
        ("cryptosign", alice().cryptosign(key())),
    ]
}

fn begin(hello: &Hello) -> (Challenge, Box<Exchange>) {
    let details = &hello.details;
    let begun = directory().begin(&HelloFacts {
        realm: &hello.realm,
        authmethods: details.authmethods.as_deref().unwrap(),
        authid: details.authid.as_deref(),
        authrole: None,
        authextra: details.authextra.as_ref(),
        session: id(4711),
        unix: Duration::from_secs(1),
        random: [2; 64],
        binding: None,
        certificate: None,
        dynamic: &[],
    });
    match begun {
        Ok(Begun::Challenge(challenge, exchange)) => (challenge, exchange),
        other => panic!("{other:?}"),
    }
}

/// What becomes of a login if the router challenges and welcomes like that, and how the client takes its leave.
async fn refused(
    client: ClientBuilder,
    play: impl AsyncFnOnce(&mut Script),
) -> (ConnectError, Option<Message>) {
    let (transport, mut script) = connection(Serializer::Cbor);
    let joining = client.connect_over(transport);
    let (refused, said) = tokio::join!(joining, async {
        play(&mut script).await;
        script.receive().await
    });
    (refused.unwrap_err(), said)
}

#[track_caller]
fn assert_gives_up(outcome: (ConnectError, Option<Message>), error: &LoginError) {
    let (
        ConnectError::Login(found),
        Some(Message::Abort(Abort {
            details, reason, ..
        })),
    ) = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(found, *error);
    assert_eq!(reason, error.uri());
    assert_eq!(details.message.as_deref(), Some(&*error.to_string()));
}

#[tokio::test]
async fn each_method_logs_in() {
    for (method, client) in logins() {
        let (transport, mut script) = connection(Serializer::MsgPack);
        let joining = client.connect_over(transport);
        let (session, ()) = tokio::join!(joining, async {
            let hello = script.hello().await;
            assert_eq!(hello.details.authid.as_deref(), Some("alice"));
            let (challenge, exchange) = begin(&hello);
            assert_eq!(&*challenge.method, method);
            script.send(challenge).await;
            let answer = received!(script, Authenticate);
            let principal = exchange.judge(&answer).unwrap();
            let mut welcome = welcome();
            welcome.details.authextra = Some(principal.authextra);
            script.send(welcome).await;
        });
        assert_eq!(session.unwrap().id(), id(4711), "{method}");
    }
}

/// The same with the router itself.
#[tokio::test]
async fn the_router_lets_the_client_in_or_says_why_not() {
    let config = RealmConfig {
        uri: "realm1".into(),
        ..RealmConfig::default()
    };
    let setup = RealmSetup {
        directory: Arc::new(directory()),
        ..RealmSetup::open(config)
    };
    let router = Router::builder().realm_setup(setup).build().unwrap();
    for (method, client) in logins() {
        let transport = router.connect(Serializer::Json);
        let session = client.connect_over(transport).await.unwrap();
        let details = session.details();
        assert_eq!(details.authid.as_deref(), Some("alice"));
        assert_eq!(details.authrole.as_deref(), Some("admin"));
        assert_eq!(details.authmethod.as_deref(), Some(method));
    }
    for (client, reason) in [
        (alice().ticket("Pencil"), "wamp.error.authentication_denied"),
        (
            alice().wampcra("Pencil"),
            "wamp.error.authentication_denied",
        ),
        (alice().scram("Pencil"), "wamp.error.authentication_denied"),
        (
            alice().cryptosign(PrivateKey::from_seed([8; 32])),
            "wamp.error.authentication_denied",
        ),
        (
            alice().tls_certificate(),
            "wamp.error.no_matching_auth_method",
        ),
        (alice(), "wamp.error.authentication_required"),
    ] {
        let transport = router.connect(Serializer::Cbor);
        match client.connect_over(transport).await {
            Err(ConnectError::Refused(refused)) => assert_eq!(refused.reason, reason),
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn hello_offers_what_was_given_in_its_order_but_for_the_scram_that_crossbar_does_not_know() {
    let (transport, mut script) = connection(Serializer::Json);
    let client = alice()
        .scram(PASSWORD)
        .wampcra(PASSWORD)
        .cryptosign(key())
        .authextra(Dict::new().with("lang", "en"));
    let joining = client.connect_over(transport);
    let (session, hello) = tokio::join!(joining, async {
        let hello = script.hello().await;
        script.send(welcome()).await;
        hello
    });
    session.unwrap();
    assert_eq!(
        hello.details.authmethods.unwrap(),
        ["scram", "wampcra", "cryptosign", "wamp-scram"]
    );
    let extra = hello.details.authextra.unwrap();
    assert_eq!(extra.get("lang"), Some(&Value::from("en")));
    assert_eq!(
        extra.get("pubkey"),
        Some(&Value::from(key().public().to_string()))
    );
    assert_eq!(extra.get("nonce").unwrap().as_str().unwrap().len(), 32);
}

#[tokio::test]
async fn every_login_has_a_nonce_of_its_own() {
    let nonce = async || {
        let (transport, mut script) = connection(Serializer::Json);
        let joining = alice().scram(PASSWORD).connect_over(transport);
        let hello = async {
            let hello = script.hello().await;
            drop(script);
            hello
        };
        let (_, hello) = tokio::join!(joining, hello);
        hello.details.authextra.unwrap().get("nonce").cloned()
    };
    assert_ne!(nonce().await, nonce().await);
}

#[tokio::test]
async fn nothing_is_proven_that_was_not_offered() {
    let ask = async |script: &mut Script, method: &str| {
        script.hello().await;
        script
            .send(Challenge {
                method: method.into(),
                extra: Dict::new(),
            })
            .await;
    };
    for method in ["ticket", "wampcra", "anonymous", "kerberos"] {
        let outcome = refused(alice().scram(PASSWORD), async |script: &mut Script| {
            ask(script, method).await;
        })
        .await;
        assert_gives_up(outcome, &LoginError::NotOffered(method.to_owned()));
    }
    // A second time is once too often.
    let outcome = refused(alice().ticket(PASSWORD), async |script: &mut Script| {
        ask(script, "ticket").await;
        let Authenticate { signature, .. } = received!(script, Authenticate);
        assert_eq!(&*signature, PASSWORD);
        script
            .send(Challenge {
                method: "ticket".into(),
                extra: Dict::new(),
            })
            .await;
    })
    .await;
    assert_gives_up(outcome, &LoginError::NotOffered("ticket".to_owned()));
}

#[tokio::test]
async fn challenges_that_make_no_sense_are_not_answered() {
    let outcome = refused(alice().wampcra(PASSWORD), async |script: &mut Script| {
        script.hello().await;
        script
            .send(Challenge {
                method: "wampcra".into(),
                extra: Dict::new(),
            })
            .await;
    })
    .await;
    let incomplete = LoginError::Incomplete {
        method: Method::WampCra,
        key: "challenge",
    };
    assert_gives_up(outcome, &incomplete);

    let cheap = Kdf::Pbkdf2 { iterations: 1 };
    let outcome = refused(alice().scram(PASSWORD), async |script: &mut Script| {
        let (mut challenge, _) = begin(&script.hello().await);
        challenge.extra.push("kdf", cheap.name());
        challenge.extra.push("iterations", 1);
        script.send(challenge).await;
    })
    .await;
    assert_gives_up(outcome, &LoginError::Kdf(KdfError::Cheap(cheap)));
}

/// It may have got the name from anywhere; the password it has not.
#[tokio::test]
async fn a_router_that_does_not_know_the_password_is_left() {
    let welcome = |extra: Option<Dict>| Welcome {
        session: id(1),
        details: WelcomeDetails {
            authextra: extra,
            ..WelcomeDetails::default()
        },
    };
    let wrong = Dict::new().with("verifier", "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    for extra in [None, Some(wrong)] {
        let outcome = refused(alice().scram(PASSWORD), async |script: &mut Script| {
            let (challenge, _) = begin(&script.hello().await);
            script.send(challenge).await;
            received!(script, Authenticate);
            script.send(welcome(extra)).await;
        })
        .await;
        assert_gives_up(outcome, &LoginError::Impostor);
    }
    let outcome = refused(alice().scram(PASSWORD), async |script: &mut Script| {
        script.hello().await;
        script.send(welcome(None)).await;
    })
    .await;
    assert_gives_up(outcome, &LoginError::Impostor);
}

#[tokio::test]
async fn what_cannot_be_tried_is_told_without_a_word_to_the_router() {
    for (client, error) in [
        (
            Client::builder("memory").ticket(PASSWORD),
            LoginError::NoAuthid(Method::Ticket),
        ),
        (
            alice().scram(PASSWORD).channel_binding(),
            LoginError::NoBinding("tls-exporter".to_owned()),
        ),
    ] {
        let (found, said) = refused(client, async |_: &mut Script| {}).await;
        assert!(
            matches!(&found, ConnectError::Login(found) if *found == error),
            "{found:?}"
        );
        assert_eq!(said, None);
    }
}

#[test]
fn builders_do_not_show_secrets() {
    for (_, client) in logins() {
        let shown = format!("{client:?}");
        assert!(!shown.contains(PASSWORD), "{shown}");
        assert!(!shown.contains("0909"), "{shown}");
    }
}
