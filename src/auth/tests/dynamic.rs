//! What dynamic authenticators answer.

use super::super::hex;
use super::*;
use crate::codec::Arguments;

fn read(method: Method, answer: impl Into<Value>) -> Result<Verdict, BadVerdict> {
    let arguments = Arguments {
        args: vec![answer.into()],
        kwargs: Dict::new(),
    };
    Verdict::read(method, &arguments)
}

fn role() -> Dict {
    Dict::new().with("role", "user")
}

#[test]
fn a_role_may_be_all_there_is_to_it() {
    for method in [Method::Ticket, Method::Tls, Method::Anonymous] {
        for answer in [Value::from("user"), role().into()] {
            let verdict = read(method, answer).unwrap();
            assert_eq!(verdict.role, "user");
            assert_eq!(verdict.credential, None);
        }
    }
    let kwargs = Arguments {
        args: Vec::new(),
        kwargs: role()
            .with("authid", "joe")
            .with("extra", Dict::new().with("a", 1)),
    };
    let verdict = Verdict::read(Method::Ticket, &kwargs).unwrap();
    assert_eq!(verdict.authid.as_deref(), Some("joe"));
    assert_eq!(verdict.extra, Dict::new().with("a", 1));
}

/// Nobody comes in by a method that takes a proof if there is nothing to check it with.
#[test]
fn a_proof_needs_something_to_be_checked_with() {
    for method in [
        Method::WampCra,
        Method::WampScram,
        Method::Scram,
        Method::Cryptosign,
    ] {
        for answer in [Value::from("user"), role().into()] {
            assert!(read(method, answer).is_err(), "{method}");
        }
    }
}

#[test]
fn answers_that_make_no_sense_are_told() {
    for answer in [
        Value::Null,
        Value::from(1),
        Value::Bool(true),
        Value::List(Vec::new()),
    ] {
        assert_eq!(
            read(Method::Ticket, answer),
            Err(BadVerdict::NotADictionary)
        );
    }
    let nothing = Verdict::read(Method::Ticket, &Arguments::default());
    assert_eq!(nothing, Err(BadVerdict::NotADictionary));
    for (method, answer, key) in [
        (Method::Ticket, Dict::new(), "role"),
        (Method::Ticket, Dict::new().with("role", ""), "role"),
        (Method::Ticket, Dict::new().with("role", 1), "role"),
        (Method::Ticket, role().with("authid", 1), "authid"),
        (Method::Ticket, role().with("extra", 1), "extra"),
        (Method::Ticket, role().with("ticket", 1), "ticket"),
        (Method::WampCra, role().with("secret", 1), "secret"),
        (Method::WampCra, role().with("salt", "salt"), "secret"),
        (
            Method::WampCra,
            role()
                .with("salt", "salt")
                .with("secret", "x")
                .with("keylen", "32"),
            "keylen",
        ),
        (Method::Cryptosign, role().with("pubkey", 1), "pubkey"),
    ] {
        assert_eq!(read(method, answer), Err(BadVerdict::Missing(key)));
    }
    let hidden = read(Method::Cryptosign, role().with("pubkey", "hunter2")).unwrap_err();
    assert!(!hidden.to_string().contains("hunter2"), "{hidden}");
    let dear = role()
        .with("secret", "x")
        .with("salt", "salt")
        .with("iterations", u64::from(u32::MAX));
    assert!(matches!(
        read(Method::WampCra, dear),
        Err(BadVerdict::Kdf(_))
    ));
}

/// The client logs in by what the authenticator answered.
#[track_caller]
fn assert_logs_in(login: Login, answer: Dict) {
    let method = login.method();
    let verdict = read(method, answer).unwrap();
    let principal = Principal {
        authid: "bob".to_owned(),
        authrole: verdict.role,
        authmethod: method,
        authprovider: "dynamic".to_owned(),
        authextra: verdict.extra,
    };
    let mut attempt = attempt(login, "bob");
    let knock = Knock::of(&attempt, Some("bob"));
    let credential = verdict.credential.unwrap();
    let (challenge, exchange) =
        Exchange::dynamic(&knock.facts(), method, &credential, principal).unwrap();
    let principal = exchange
        .judge(&attempt.answer(&challenge).unwrap())
        .unwrap();
    attempt.welcomed(&welcome(&principal)).unwrap();
}

#[test]
fn what_crossbars_authenticators_answer_serves() {
    assert_logs_in(Login::Ticket(secret()), role().with("ticket", "pencil"));
    assert_logs_in(Login::WampCra(secret()), role().with("secret", "pencil"));
    let salted = role()
        .with("secret", "pencil")
        .with("salt", "salt123")
        .with("iterations", 100)
        .with("keylen", 16);
    assert_logs_in(Login::WampCra(secret()), salted);
    let derived = role()
        .with("key", "prq7+YkJ1/KlW1X0YczMHw==")
        .with("salt", "salt123")
        .with("iterations", 100)
        .with("keylen", 16);
    assert_logs_in(Login::WampCra("secret1".into()), derived);
    let public = key().public().to_string();
    assert_logs_in(cryptosign(key()), role().with("pubkey", public));

    let record = ScramRecord::derive(&secret(), b"saltsaltsaltsalt", CHEAP_ARGON).unwrap();
    let compat = record.compat.unwrap();
    let crossbar = role()
        .with("kdf", "argon2id-13")
        .with("iterations", 1)
        .with("memory", 8192)
        .with("salt", hex::encode(&record.salt))
        .with("stored-key", hex::encode(&compat.stored))
        .with("server-key", hex::encode(&compat.server));
    assert_logs_in(Login::Scram(secret()), crossbar);
    let ours = role()
        .with("kdf", "argon2id13")
        .with("iterations", 1)
        .with("memory", 8192)
        .with("salt", "c2FsdHNhbHRzYWx0c2FsdA==")
        .with("stored_key", hex::encode(&record.keys.stored))
        .with("server_key", hex::encode(&record.keys.server));
    assert_logs_in(Login::WampScram(secret()), ours);
}
