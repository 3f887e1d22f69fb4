//! Logging in, as the router sees it: what a client is told that does not get in, and that it is told no more than that.

use std::sync::Arc;
use std::time::Duration;

use wampkit::auth::{
    CraSecret, Credential, Directory, Kdf, PublicKey, ScramRecord, Secret, TicketSecret, User,
};
use wampkit::realm::RealmConfig;
use wampkit::router::{FailedLogins, RealmSetup};
use wampkit::{Router, RouterBuilder};

use crate::{Fixture, Raw};

/// A realm where joe has a secret for each method that takes one, ann a ticket only, and nobody is anonymous.
pub(crate) fn guarded() -> RealmSetup {
    let secret = Secret::new("secret");
    let kdf = Kdf::Pbkdf2 { iterations: 4096 };
    let joe = User {
        authid: "joe".to_owned(),
        role: "user".to_owned(),
        credentials: vec![
            Credential::Ticket(TicketSecret::plain(&secret)),
            Credential::WampCra(CraSecret::Plain(secret.clone())),
            Credential::Scram(ScramRecord::derive(&secret, b"some salt", kdf).unwrap()),
            Credential::Cryptosign(PublicKey([7; 32])),
        ],
    };
    let ann = User {
        authid: "ann".to_owned(),
        role: "user".to_owned(),
        credentials: vec![Credential::Ticket(TicketSecret::plain(&secret))],
    };
    let config = RealmConfig {
        uri: "realm1".into(),
        ..RealmConfig::default()
    };
    RealmSetup {
        directory: Arc::new(Directory::new([joe, ann], [1; 32]).unwrap()),
        ..RealmSetup::open(config)
    }
}

fn router() -> RouterBuilder {
    Router::builder().realm_setup(guarded())
}

/// HELLO with these methods and details.
fn hello(methods: &str, details: &str) -> String {
    format!(r#"[1,"realm1",{{"roles":{{"caller":{{}}}},"authmethods":[{methods}]{details}}}]"#)
}

impl Raw {
    async fn challenged(&mut self, hello: &str) -> serde_json::Value {
        self.send(hello).await;
        let challenge = self.receive().await.unwrap();
        assert_eq!(challenge[0], 4, "{challenge}");
        challenge
    }
}

#[tokio::test]
async fn what_is_refused_at_once() {
    let fixture = Fixture::with(router().realm("open")).await;
    for (hello, reason) in [
        (hello("", ""), "wamp.error.authentication_required"),
        (
            hello(r#""anonymous""#, ""),
            "wamp.error.authentication_required",
        ),
        (
            hello(r#""kerberos""#, r#","authid":"joe""#),
            "wamp.error.no_matching_auth_method",
        ),
        (
            hello(r#""wampcra""#, r#","authid":"ann""#),
            "wamp.error.no_matching_auth_method",
        ),
        (
            hello(r#""ticket""#, "").replace("realm1", "realm2"),
            "wamp.error.no_such_realm",
        ),
        (
            hello(r#""kerberos""#, "").replace("realm1", "open"),
            "wamp.error.no_matching_auth_method",
        ),
        (
            hello(r#""ticket""#, r#","authid":"joe""#).replace(r#""caller":{}"#, ""),
            "wamp.error.protocol_violation",
        ),
    ] {
        let mut raw = fixture.raw().await;
        raw.send(&hello).await;
        raw.aborted(reason).await;
    }
}

/// The proofs of somebody who has guessed wrong, for each method.
const GUESSES: [(&str, &str, &str); 5] = [
    ("ticket", "", r#"[5,"guess",{}]"#),
    (
        "wampcra",
        "",
        r#"[5,"gir1mSx+deCDUV7wRM5SGIn/+R/ClqLZuH4m7FJeBVI=",{}]"#,
    ),
    (
        "wamp-scram",
        r#","authextra":{"nonce":"egVDf3DMJh0=","channel_binding":null}"#,
        r#"[5,"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",{"nonce":"NONCE","channel_binding":null,"cbind_data":null}]"#,
    ),
    (
        "scram",
        r#","authextra":{"nonce":"egVDf3DMJh0="}"#,
        r#"[5,"dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",{"nonce":"NONCE"}]"#,
    ),
    (
        "cryptosign",
        r#","authextra":{"pubkey":"0707070707070707070707070707070707070707070707070707070707070707"}"#,
        r#"[5,"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000NONCE",{}]"#,
    ),
];

#[tokio::test]
async fn a_wrong_proof_and_an_unknown_name_are_told_the_same() {
    let unlimited = FailedLogins {
        count: u32::MAX,
        per: Duration::from_secs(1),
    };
    let fixture = Fixture::with(router().failed_logins(unlimited)).await;
    for (method, extra, guess) in GUESSES {
        let mut told = Vec::new();
        // A name that nobody has is given one method of those that there are: some name has each of them.
        let strangers = (0..64).map(|number| format!("stranger{number}"));
        for authid in std::iter::once("joe".to_owned()).chain(strangers) {
            let mut raw = fixture.raw().await;
            let details = format!(r#","authid":"{authid}"{extra}"#);
            raw.send(&hello(&format!(r#""{method}""#), &details)).await;
            let challenge = raw.receive().await.unwrap();
            if challenge[0] == 3 {
                assert_eq!(
                    challenge[2], "wamp.error.no_matching_auth_method",
                    "{authid}"
                );
                continue;
            }
            let nonce = ["nonce", "challenge"]
                .iter()
                .find_map(|key| challenge[2][key].as_str());
            raw.send(&guess.replace("NONCE", nonce.unwrap_or_default()))
                .await;
            let keys: Vec<String> = challenge[2].as_object().unwrap().keys().cloned().collect();
            let message = raw.aborted("wamp.error.authentication_denied").await;
            told.push((keys, message));
            if told.len() == 3 {
                break;
            }
        }
        assert_eq!(told.len(), 3, "{method}: no stranger was challenged");
        assert_eq!(told[0], told[1], "{method}");
        assert_eq!(told[0], told[2], "{method}");
    }
}

#[tokio::test]
async fn an_answer_counts_for_its_own_challenge_only() {
    let fixture = Fixture::with(router()).await;
    let hello = hello(r#""wampcra""#, r#","authid":"joe""#);
    let mut first = fixture.raw().await;
    let challenge = first.challenged(&hello).await;
    let challenge = challenge[2]["challenge"].as_str().unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"secret");
    let signature = ring::hmac::sign(&key, challenge.as_bytes());
    let signature = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        signature.as_ref(),
    );
    let answer = format!(r#"[5,"{signature}",{{}}]"#);
    first.send(&answer).await;
    let welcome = first.receive().await.unwrap();
    assert_eq!(welcome[0], 2, "{welcome}");
    assert_eq!(welcome[2]["authid"], "joe");
    assert_eq!(welcome[2]["authrole"], "user");
    assert_eq!(welcome[2]["authmethod"], "wampcra");

    let mut second = fixture.raw().await;
    let other = second.challenged(&hello).await;
    assert_ne!(other[2]["challenge"], challenge);
    second.send(&answer).await;
    second.aborted("wamp.error.authentication_denied").await;
}

#[tokio::test]
async fn after_challenge_comes_authenticate() {
    let fixture = Fixture::with(router()).await;
    let hello = hello(r#""ticket""#, r#","authid":"joe""#);
    for message in [&*hello, r#"[48,1,{},"com.example.x"]"#, "[5]", "nonsense"] {
        let mut raw = fixture.raw().await;
        raw.challenged(&hello).await;
        raw.send(message).await;
        raw.aborted("wamp.error.protocol_violation").await;
    }
    let mut raw = fixture.raw().await;
    raw.challenged(&hello).await;
    raw.send(r#"[3,{},"wamp.close.close_realm"]"#).await;
    assert_eq!(raw.receive().await, None);
}

#[tokio::test]
async fn whoever_fails_too_often_is_not_heard_any_more() {
    let limit = FailedLogins {
        count: 2,
        per: Duration::from_secs(600),
    };
    let fixture = Fixture::with(router().failed_logins(limit).realm("open")).await;
    let hello = hello(r#""ticket""#, r#","authid":"joe""#);
    let login = async |ticket: &str| {
        let mut raw = fixture.raw().await;
        raw.challenged(&hello).await;
        raw.send(&format!(r#"[5,"{ticket}",{{}}]"#)).await;
        raw
    };
    // Success costs nothing.
    for _ in 0..5 {
        let welcome = login("secret").await.receive().await.unwrap();
        assert_eq!(welcome[0], 2, "{welcome}");
    }
    let mut guess = login("guess").await;
    guess.aborted("wamp.error.authentication_denied").await;
    // Going away without an answer is no guess.
    let mut pending = fixture.raw().await;
    pending.challenged(&hello).await;
    drop(pending);
    let mut guess = login("another").await;
    guess.aborted("wamp.error.authentication_denied").await;
    let mut raw = fixture.raw().await;
    raw.send(&hello).await;
    let message = raw.aborted("wamp.error.authentication_failed").await;
    assert!(message.contains("try again in"), "{message}");
    // Where nothing has to be proved, nothing can be guessed.
    let mut anonymous = fixture.raw().await;
    anonymous
        .send(&self::hello("", "").replace("realm1", "open"))
        .await;
    assert_eq!(anonymous.receive().await.unwrap()[0], 2);
}

#[tokio::test]
async fn a_client_that_does_not_answer_a_challenge_is_told_so() {
    let time = Duration::from_millis(200);
    let fixture = Fixture::with(router().handshake_timeout(time)).await;
    for way in ["ws", "rs"] {
        let mut raw = fixture.raw_by(way).await;
        raw.challenged(&hello(r#""ticket""#, r#","authid":"joe""#))
            .await;
        let message = raw.aborted("wamp.error.timeout").await;
        assert_eq!(message, "the login took too long");
    }
}

#[tokio::test]
async fn what_a_client_names_is_quoted_harmlessly() {
    let fixture = Fixture::with(router()).await;
    let mut raw = fixture.raw().await;
    let methods = format!(r#""two\nlines","{}""#, "x".repeat(1000));
    raw.send(&hello(&methods, r#","authid":"ann""#)).await;
    let message = raw.aborted("wamp.error.no_matching_auth_method").await;
    assert!(!message.contains('\n') && message.len() < 200, "{message}");
    let mut raw = fixture.raw().await;
    let details = format!(r#","authid":"{}""#, "x".repeat(513));
    raw.send(&hello(r#""ticket""#, &details)).await;
    raw.aborted("wamp.error.protocol_violation").await;
}
