//! What clients and routers tell each other to prove who they are.

use std::cell::RefCell;
use std::time::Duration;

use bytes::Bytes;
use wampkit::auth::{
    Attempt, Begun, ChannelBinding, CraSecret, Credential, Directory, HelloFacts, Kdf, Login,
    PrivateKey, ScramRecord, Secret, TicketSecret, User,
};
use wampkit::codec::decode;
use wampkit::proto::{Dict, Id, Message, Serializer, Uri};

use crate::driver::{fuzz, sign_of};
use crate::sign_of_decoded;

const WORDS: &[&[u8]] = &[
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"=",
    b"\"authmethods\":[",
    b"\"ticket\"",
    b"\"wampcra\"",
    b"\"wamp-scram\"",
    b"\"scram\"",
    b"\"cryptosign\"",
    b"\"anonymous\"",
    b"\"tls\"",
    b"\"authid\":\"alice\"",
    b"\"authextra\":{",
    b"\"nonce\":\"",
    b"egVDf3DMJh0=",
    b"\"pubkey\":\"",
    b"\"channel_binding\":\"tls-exporter\"",
    b"\"challenge\":\"",
    b"\"kdf\":\"pbkdf2\"",
    b"\"kdf\":\"argon2id13\"",
    b"\"iterations\":4096",
    b"\"memory\":8192",
    b"\"salt\":\"c2FsdHNhbHQ=\"",
    b"\"cbind_data\":null",
    b"\xc2\xad",
    b"\\u0007",
    b"00",
    b"ffffffff",
    b"4294967296",
];

fn secret() -> Secret {
    Secret::new("correct horse battery staple")
}

fn key() -> PrivateKey {
    PrivateKey::from_seed([9; 32])
}

fn directory() -> Directory {
    let kdf = Kdf::Pbkdf2 { iterations: 4096 };
    let alice = User {
        authid: "alice".to_owned(),
        role: "admin".to_owned(),
        credentials: vec![
            Credential::Ticket(TicketSecret::plain(&secret())),
            Credential::WampCra(CraSecret::derive(&secret(), &[1; 16], 1).unwrap()),
            Credential::Scram(ScramRecord::derive(&secret(), b"saltsaltsaltsalt", kdf).unwrap()),
            Credential::Cryptosign(key().public()),
        ],
    };
    let directory = Directory::new([alice], [7; 32]).unwrap();
    directory.with_router_key(PrivateKey::from_seed([8; 32]))
}

/// HELLO and AUTHENTICATE, a line each, in JSON. Nobody guesses a proof, so nobody is let in.
#[test]
fn router_side() {
    let directory = directory();
    fuzz("login-router", WORDS, |input| {
        let (hello, answer) = lines(input);
        let hello = decode(Serializer::Json, &hello);
        let Ok(Message::Hello(hello)) = hello else {
            return sign_of_decoded(&hello);
        };
        let details = &hello.details;
        let binding = ChannelBinding::exporter([5; 32]);
        let facts = HelloFacts {
            realm: &hello.realm,
            authmethods: details.authmethods.as_deref().unwrap_or_default(),
            authid: details.authid.as_deref(),
            authrole: details.authrole.as_deref(),
            authextra: details.authextra.as_ref(),
            session: Id::MIN,
            unix: Duration::from_secs(1_400_000_000),
            random: [3; 64],
            binding: Some(&binding),
            certificate: None,
            dynamic: &[],
        };
        let (challenge, exchange) = match directory.begin(&facts) {
            Ok(Begun::Challenge(challenge, exchange)) => (challenge, exchange),
            Ok(other) => panic!("let in: {other:?}"),
            Err(refusal) => return sign_of(&refusal),
        };
        let answer = decode(Serializer::Json, &answer);
        let Ok(Message::Authenticate(answer)) = answer else {
            return format!("{} {}", challenge.method, sign_of_decoded(&answer));
        };
        let verdict = exchange.judge(&answer);
        format!("{} {}", challenge.method, sign_of(&verdict.unwrap_err()))
    });
}

/// CHALLENGE and WELCOME, a line each, in JSON. No router guesses what it would have to prove.
#[test]
fn client_side() {
    // What the client would spend on it is bounded elsewhere; here it would take all of the time.
    let dear = RefCell::new(0);
    fuzz("login-client", WORDS, |input| {
        let (challenge, welcome) = lines(input);
        let challenge = decode(Serializer::Json, &challenge);
        let Ok(Message::Challenge(challenge)) = challenge else {
            return sign_of_decoded(&challenge);
        };
        let cost = challenge.extra.get("iterations").and_then(|it| it.as_u64());
        let memory = challenge.extra.get("memory").and_then(|it| it.as_u64());
        if cost.unwrap_or(0) * memory.unwrap_or(1) > 65_536 {
            *dear.borrow_mut() += 1;
            return "dear".to_owned();
        }
        let logins = vec![
            Login::WampScram(secret()),
            Login::Scram(secret()),
            Login::Cryptosign {
                key: key(),
                router: Some(PrivateKey::from_seed([8; 32]).public()),
            },
            Login::WampCra(secret()),
            Login::Ticket(secret()),
        ];
        let known = ["wamp-scram", "scram", "cryptosign", "wampcra", "ticket"];
        let method = known.into_iter().find(|known| **known == *challenge.method);
        let method = method.unwrap_or("another method");
        let mut attempt = Attempt::new(logins, Some("alice"), Dict::new(), None, [3; 56]).unwrap();
        let answer = attempt.answer(&challenge);
        let answered = answer
            .as_ref()
            .map_or_else(sign_of, |_| "answered".to_owned());
        let welcome = decode(Serializer::Json, &welcome);
        let Ok(Message::Welcome(welcome)) = welcome else {
            return format!("{} {answered} {}", method, sign_of_decoded(&welcome));
        };
        let welcomed = attempt.welcomed(&welcome.details);
        if answer.is_ok() && method.contains("scram") {
            let error = welcomed.unwrap_err();
            return format!("{} {answered} {}", method, sign_of(&error));
        }
        format!("{} {answered} {}", method, welcomed.is_ok())
    });
}

fn lines(input: &[u8]) -> (Bytes, Bytes) {
    let end = input
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(input.len());
    let (one, other) = input.split_at(end);
    let other = other.get(1..).unwrap_or_default();
    (Bytes::copy_from_slice(one), Bytes::copy_from_slice(other))
}

/// The realm of the corpus.
#[test]
fn the_corpus_reaches_every_method() {
    let directory = directory();
    let realm = Uri::from_static("realm1");
    for method in ["ticket", "wampcra", "wamp-scram", "scram", "cryptosign"] {
        let extra = Dict::new()
            .with("nonce", "egVDf3DMJh0=")
            .with("pubkey", key().public().to_string());
        let methods = [method.into()];
        let facts = HelloFacts {
            realm: &realm,
            authmethods: &methods,
            authid: Some("alice"),
            authrole: None,
            authextra: Some(&extra),
            session: Id::MIN,
            unix: Duration::ZERO,
            random: [3; 64],
            binding: None,
            certificate: None,
            dynamic: &[],
        };
        assert!(
            matches!(directory.begin(&facts), Ok(Begun::Challenge(..))),
            "{method}"
        );
    }
}
