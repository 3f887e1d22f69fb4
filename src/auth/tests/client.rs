//! The client against routers that are not what they should be.

use super::*;

fn with_extra(login: Login, extra: Dict) -> Attempt {
    Attempt::new(vec![login], Some("alice"), extra, None, [3; 56]).unwrap()
}

fn asked(method: &str, extra: Dict) -> Challenge {
    Challenge {
        method: method.into(),
        extra,
    }
}

/// A CHALLENGE as it should be, for the client whose nonce is of 3s.
fn scram_extra() -> Dict {
    Dict::new()
        .with("nonce", "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDSBmkFIh7sSo=")
        .with("salt", "c2FsdHNhbHRzYWx0c2FsdA==")
        .with("kdf", "pbkdf2")
        .with("iterations", 4096)
        .with("memory", Value::Null)
}

fn answer_to(login: Login, challenge: &Challenge) -> Result<Authenticate, LoginError> {
    attempt(login, "alice").answer(challenge)
}

#[test]
fn hello_says_what_the_methods_need() {
    let logins = vec![
        Login::WampScram(secret()),
        Login::Scram(secret()),
        cryptosign(key()),
        Login::Ticket(secret()),
    ];
    let application = Dict::new().with("nonce", "mine").with("lang", "en");
    let attempt = Attempt::new(logins, Some("alice"), application, None, [3; 56]).unwrap();
    assert_eq!(
        attempt.authmethods(),
        ["scram", "cryptosign", "ticket", "wamp-scram"]
    );
    let extra = attempt.authextra().unwrap();
    assert_eq!(
        extra,
        Dict::new()
            .with("lang", "en")
            .with("nonce", "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD")
            .with("pubkey", key().public().to_string())
    );
    let ticket = super::attempt(Login::Ticket(secret()), "alice");
    assert_eq!(ticket.authextra(), None);
}

#[test]
fn a_name_is_asked_for_before_the_router_is() {
    for login in [
        Login::Ticket(secret()),
        Login::WampCra(secret()),
        Login::WampScram(secret()),
        Login::Scram(secret()),
    ] {
        let method = login.method();
        let nameless = Attempt::new(vec![login], None, Dict::new(), None, [3; 56]);
        assert_eq!(nameless.unwrap_err(), LoginError::NoAuthid(method));
    }
    for login in [Login::Anonymous, Login::Tls, cryptosign(key())] {
        assert!(Attempt::new(vec![login], None, Dict::new(), None, [3; 56]).is_ok());
    }
}

#[test]
fn what_cannot_be_bound_is_not_offered() {
    let binding = Some(ChannelBinding::exporter([4; 32]));
    let wanted = |kind: &str| Dict::new().with("channel_binding", kind);
    let all = || {
        vec![
            Login::WampScram(secret()),
            Login::Scram(secret()),
            Login::WampCra(secret()),
            cryptosign(key()),
            Login::Ticket(secret()),
            Login::Anonymous,
        ]
    };
    let new = |logins, extra, binding| Attempt::new(logins, Some("alice"), extra, binding, [3; 56]);
    let bound = new(all(), wanted("tls-exporter"), binding).unwrap();
    assert_eq!(bound.authmethods(), ["wamp-scram", "cryptosign"]);
    for (logins, extra, binding) in [
        (all(), wanted("tls-exporter"), None),
        (all(), wanted("tls-unique"), binding),
        (all(), Dict::new().with("channel_binding", 1), binding),
        (
            vec![Login::Ticket(secret())],
            wanted("tls-exporter"),
            binding,
        ),
    ] {
        let refused = new(logins, extra, binding).unwrap_err();
        assert!(matches!(refused, LoginError::NoBinding(_)), "{refused:?}");
    }
    let unbound = new(
        all(),
        Dict::new().with("channel_binding", Value::Null),
        None,
    )
    .unwrap();
    assert_eq!(unbound.authmethods().len(), 6);
}

#[test]
fn only_what_was_offered_is_answered_and_once() {
    for (login, method) in [
        (Login::WampScram(secret()), "ticket"),
        (Login::WampScram(secret()), "scram"),
        (Login::Anonymous, "anonymous"),
        (Login::Tls, "tls"),
        (cryptosign(key()), ""),
    ] {
        let refused = answer_to(login, &asked(method, Dict::new())).unwrap_err();
        assert_eq!(refused, LoginError::NotOffered(method.to_owned()));
        assert_eq!(refused.uri().as_str(), "wamp.error.no_matching_auth_method");
    }
    let mut attempt = attempt(Login::Ticket(secret()), "alice");
    let challenge = asked("ticket", Dict::new());
    assert_eq!(&*attempt.answer(&challenge).unwrap().signature, "pencil");
    assert!(attempt.answer(&challenge).is_err());
}

#[test]
fn scram_challenges_have_to_make_sense() {
    let try_it = |key: &str, value: Value| {
        let others = scram_extra().into_iter().filter(|(it, _)| **it != *key);
        let extra = others.collect::<Dict>().with(key, value);
        answer_to(Login::WampScram(secret()), &asked("wamp-scram", extra))
    };
    assert!(try_it("memory", Value::Null).is_ok());
    let ours = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD";
    for (key, value) in [
        ("nonce", Value::Null),
        ("nonce", Value::Int(1)),
        ("nonce", Value::from("SBmkFIh7sSo=")), // not the client's
        ("nonce", Value::from(ours)),           // nothing of the router's
        ("nonce", Value::from(format!("{ours},s=x"))),
        ("nonce", Value::from(format!("{ours}{}", "A".repeat(4096)))),
        ("salt", Value::Null),
        ("salt", Value::from("")),
        ("salt", Value::from("AAAA")),
        ("salt", Value::from("not base64")),
        ("kdf", Value::Null),
        ("kdf", Value::from("md5")),
        ("iterations", Value::Null),
        ("iterations", Value::from("4096")),
        ("iterations", Value::Int(-1)),
        ("iterations", Value::from(u64::MAX)),
        ("memory", Value::from("1")),
    ] {
        let refused = try_it(key, value.clone()).unwrap_err();
        assert_eq!(
            refused.uri().as_str(),
            "wamp.error.authentication_failed",
            "{key} {value:?}: {refused}"
        );
    }
}

#[test]
fn costs_that_are_too_low_or_too_high_are_refused() {
    for kdf in [
        Kdf::Pbkdf2 { iterations: 1 },
        Kdf::Pbkdf2 { iterations: 4095 },
        Kdf::Argon2id13 {
            iterations: 1,
            memory: 8191,
        },
        Kdf::Argon2id13 {
            iterations: 15,
            memory: 512,
        },
    ] {
        assert_eq!(kdf.check(), Err(KdfError::Cheap(kdf)));
    }
    for kdf in [
        Kdf::Pbkdf2 {
            iterations: u32::MAX,
        },
        Kdf::Argon2id13 {
            iterations: u32::MAX,
            memory: 8192,
        },
        Kdf::Argon2id13 {
            iterations: 1,
            memory: u32::MAX,
        },
        Kdf::Argon2id13 {
            iterations: 1,
            memory: 300 << 10,
        },
    ] {
        assert_eq!(kdf.check(), Err(KdfError::Excessive(kdf)));
        // No such bomb goes off.
        let extra = Dict::new()
            .with("nonce", text(&scram_extra(), "nonce"))
            .with("salt", text(&scram_extra(), "salt"))
            .with("kdf", kdf.name())
            .with("iterations", u64::from(kdf.iterations()))
            .with(
                "memory",
                kdf.memory().map(u64::from).map_or(Value::Null, Value::from),
            );
        let refused = answer_to(Login::WampScram(secret()), &asked("wamp-scram", extra));
        assert_eq!(
            refused.unwrap_err(),
            LoginError::Kdf(KdfError::Excessive(kdf))
        );
    }
    for kdf in [
        CHEAP_PBKDF2,
        CHEAP_ARGON,
        Kdf::DEFAULT,
        Kdf::DEFAULT_PBKDF2,
        // As autobahn-python derives it.
        Kdf::Argon2id13 {
            iterations: 4096,
            memory: 512,
        },
    ] {
        assert_eq!(kdf.check(), Ok(()));
    }
    let cra = |iterations: u64, keylen: u64| {
        let extra = Dict::new()
            .with("challenge", "{}")
            .with("salt", "salt")
            .with("iterations", iterations)
            .with("keylen", keylen);
        answer_to(Login::WampCra(secret()), &asked("wampcra", extra))
    };
    assert!(cra(100, 16).is_ok());
    for (iterations, keylen) in [
        (0, 32),
        (u64::from(u32::MAX), 32),
        (u64::MAX, 32),
        (1, 0),
        (1, u64::from(u32::MAX)),
    ] {
        assert!(cra(iterations, keylen).is_err(), "{iterations} {keylen}");
    }
}

#[test]
fn impossible_functions_are_told() {
    assert_eq!(Kdf::named("argon2id13", 1, None), Err(KdfError::NoMemory));
    for (iterations, memory) in [(0, 8192), (1, 0), (1, 7)] {
        assert!(Kdf::named("argon2id13", iterations, Some(memory)).is_err());
    }
    assert!(Kdf::named("pbkdf2", 0, None).is_err());
    assert_eq!(
        Kdf::named("argon2id-13", 1, Some(8192)),
        Kdf::named("argon2id13", 1, Some(8192))
    );
    let short = CHEAP_ARGON.derive(b"password", b"salt");
    assert_eq!(short, Err(KdfError::Impossible(CHEAP_ARGON)));
}

/// Whoever plays the router without knowing the password is found out.
#[test]
fn a_router_that_does_not_know_the_password_is_not_believed() {
    for login in [Login::WampScram(secret()), Login::Scram(secret())] {
        let method = login.method();
        let directory = with([scram(CHEAP_PBKDF2)]);
        let mut attempt = attempt(login, "alice");
        // It need not even challenge.
        let unchallenged = attempt.welcomed(&WelcomeDetails::default());
        assert_eq!(unchallenged, Err(LoginError::Impostor));

        let knock = Knock::of(&attempt, Some("alice"));
        let (challenge, exchange) = knock.challenge(&directory);
        let answer = attempt.answer(&challenge).unwrap();
        let right = exchange.judge(&answer).unwrap().authextra;
        let (key, verifier) = right.iter().next().unwrap();
        let show = |extra: Option<Dict>| {
            attempt.welcomed(&WelcomeDetails {
                authextra: extra,
                ..WelcomeDetails::default()
            })
        };
        assert_eq!(show(Some(right.clone())), Ok(()), "{method}");
        // As in the specification's example.
        let with_v = format!("v={}", verifier.as_str().unwrap());
        assert_eq!(show(Some(Dict::new().with(&**key, with_v))), Ok(()));
        for wrong in [
            None,
            Some(Dict::new()),
            Some(Dict::new().with(&**key, Value::Null)),
            Some(Dict::new().with(&**key, "")),
            Some(Dict::new().with(&**key, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")),
            Some(Dict::new().with("other", verifier.clone())),
        ] {
            assert_eq!(show(wrong), Err(LoginError::Impostor), "{method}");
        }
    }
    assert_eq!(
        LoginError::Impostor.uri().as_str(),
        "wamp.error.authentication_denied"
    );
}

#[test]
fn cryptosign_challenges_have_to_make_sense() {
    let try_it = |extra| answer_to(cryptosign(key()), &asked("cryptosign", extra));
    let challenge = "f".repeat(64);
    let right = || Dict::new().with("challenge", &*challenge);
    assert!(try_it(right()).is_ok());
    // As crossbar sends it.
    assert!(try_it(right().with("channel_binding", Value::Null)).is_ok());
    for extra in [
        Dict::new(),
        Dict::new().with("challenge", 1),
        Dict::new().with("challenge", "ff"),
        Dict::new().with("challenge", "g".repeat(64)),
        right().with("channel_binding", 1),
    ] {
        assert!(try_it(extra.clone()).is_err(), "{extra:?}");
    }
    // Bound though it was not asked to be.
    let bound = right().with("channel_binding", "tls-exporter");
    assert_eq!(try_it(bound), Err(LoginError::Unbound));

    // Not bound though it was asked to be.
    let wanted = Dict::new().with("channel_binding", "tls-exporter");
    let binding = Some(ChannelBinding::exporter([4; 32]));
    let mut attempt = Attempt::new(
        vec![cryptosign(key())],
        Some("alice"),
        wanted,
        binding,
        [3; 56],
    )
    .unwrap();
    assert_eq!(
        attempt.answer(&asked("cryptosign", right())),
        Err(LoginError::Unbound)
    );
}

#[test]
fn wampcra_challenges_have_to_make_sense() {
    for extra in [
        Dict::new(),
        Dict::new().with("challenge", 1),
        Dict::new().with("challenge", "{}").with("salt", 1),
        Dict::new()
            .with("challenge", "{}")
            .with("salt", "salt")
            .with("iterations", "many"),
    ] {
        let refused = answer_to(Login::WampCra(secret()), &asked("wampcra", extra));
        assert!(matches!(refused, Err(LoginError::Incomplete { .. })));
    }
    let nulls = Dict::new()
        .with("challenge", "{}")
        .with("salt", Value::Null)
        .with("keylen", Value::Null);
    assert!(answer_to(Login::WampCra(secret()), &asked("wampcra", nulls)).is_ok());
}

/// The client's own extra is passed on, but does not shadow what the methods need.
#[test]
fn applications_may_say_more() {
    let attempt = with_extra(Login::Anonymous, Dict::new().with("lang", "en"));
    assert_eq!(attempt.authextra(), Some(Dict::new().with("lang", "en")));
}
