//! HELLOs and AUTHENTICATEs that are not as a method wants them.

use super::*;

fn everything() -> Directory {
    Directory::new([alice()], KEY).unwrap()
}

fn knock(method: Method, extra: Dict) -> Knock {
    Knock {
        extra: Some(extra),
        ..Knock::named("alice", &[method])
    }
}

#[track_caller]
fn assert_malformed(refused: &LoginRefusal, method: Method) {
    let LoginRefusal::Malformed { method: named, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(*named, method);
    assert!(refused.to_string().starts_with(method.name()), "{refused}");
    assert_eq!(refused.uri().as_str(), "wamp.error.authentication_denied");
}

#[test]
fn scram_needs_a_nonce() {
    let long = "A".repeat(1024);
    let nonces = [
        Value::Null,
        Value::Int(1),
        Value::from(""),
        Value::from("AAAA"),          // too short to be new
        Value::from("egVDf3DMJh0"),   // no padding
        Value::from("egVDf3DMJh1="),  // not canonical
        Value::from("egVD f3DMJh0="), // a space
        Value::from("egVDf3DM,r=x"),  // what could forge the message that is signed
        Value::from(long),
    ];
    for method in [Method::WampScram, Method::Scram] {
        for nonce in &nonces {
            for authid in ["alice", "mallory"] {
                let mut knock = knock(method, Dict::new().with("nonce", nonce.clone()));
                knock.authid = Some(authid.to_owned());
                let refused = knock.begin(&everything()).unwrap_err();
                assert_malformed(&refused, method);
            }
        }
        let bare = Knock::named("alice", &[method]);
        assert_malformed(&bare.begin(&everything()).unwrap_err(), method);
        let odd = Dict::new()
            .with("nonce", "egVDf3DMJh0=")
            .with("channel_binding", 1);
        assert_malformed(
            &knock(method, odd).begin(&everything()).unwrap_err(),
            method,
        );
    }
    let mut control = knock(Method::WampScram, Dict::new().with("nonce", "egVDf3DMJh0="));
    control.authid = Some("\u{7}".to_owned());
    let refused = control.begin(&everything()).unwrap_err();
    assert_malformed(&refused, Method::WampScram);
}

#[test]
fn cryptosign_needs_a_key() {
    let public = key().public().to_string();
    let method = Method::Cryptosign;
    for extra in [
        Dict::new(),
        Dict::new().with("pubkey", Value::Null),
        Dict::new().with("pubkey", 1),
        Dict::new().with("pubkey", &public[1..]),
        Dict::new().with("pubkey", "z".repeat(64)),
        Dict::new()
            .with("pubkey", &*public)
            .with("channel_binding", 1),
        Dict::new().with("pubkey", &*public).with("challenge", 1),
        Dict::new().with("pubkey", &*public).with("challenge", "ff"),
    ] {
        for authid in [Some("alice"), Some("mallory"), None] {
            let mut knock = knock(method, extra.clone());
            knock.authid = authid.map(str::to_owned);
            assert_malformed(&knock.begin(&everything()).unwrap_err(), method);
        }
    }
    // As autobahn-js sends it.
    let nulls = Dict::new()
        .with("pubkey", &*public)
        .with("trustroot", Value::Null)
        .with("challenge", Value::Null)
        .with("channel_binding", Value::Null);
    knock(method, nulls).challenge(&everything());
}

#[test]
fn answers_that_are_no_proof_are_refused_alike_for_all_names() {
    let signatures = [
        "",
        "!",
        "AAAA",
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndV",
        "ffff",
        &"f".repeat(192),
        &"f".repeat(191),
        &"0".repeat(192),
        &"é".repeat(96),
    ];
    for method in [
        Method::Ticket,
        Method::WampCra,
        Method::WampScram,
        Method::Scram,
        Method::Cryptosign,
    ] {
        let extra = Dict::new()
            .with("nonce", "egVDf3DMJh0=")
            .with("pubkey", key().public().to_string());
        for signature in signatures {
            let judge = |authid: &str| {
                let mut knock = knock(method, extra.clone());
                knock.authid = Some(authid.to_owned());
                let (challenge, exchange) = knock.challenge(&everything());
                let nonce = challenge.extra.get("nonce").cloned().unwrap_or_default();
                exchange.judge(&answer(signature, Dict::new().with("nonce", nonce)))
            };
            let refused = judge("alice").unwrap_err();
            assert_eq!(judge("mallory"), Err(refused.clone()));
            assert_eq!(refused.uri().as_str(), "wamp.error.authentication_denied");
        }
    }
}

/// The extra of an answer to a challenge with this nonce.
type Change<'a> = &'a dyn Fn(&str) -> Dict;

#[test]
fn scram_answers_belong_to_their_exchange() {
    let binding = ChannelBinding::exporter([4; 32]);
    let data = "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=";
    let try_it = |bound: bool, change: Change<'_>| {
        let wanted = match bound {
            true => Dict::new().with("channel_binding", "tls-exporter"),
            false => Dict::new(),
        };
        let login = vec![Login::WampScram(secret())];
        let mut attempt =
            Attempt::new(login, Some("alice"), wanted, Some(binding), [3; 56]).unwrap();
        let knock = Knock {
            binding: Some(binding),
            ..Knock::of(&attempt, Some("alice"))
        };
        let (challenge, exchange) = knock.challenge(&everything());
        let nonce = text(&challenge.extra, "nonce").to_owned();
        let right = attempt.answer(&challenge).unwrap();
        exchange.judge(&answer(&right.signature, change(&nonce)))
    };
    let nonce = |nonce: &str| Dict::new().with("nonce", nonce);
    assert!(try_it(false, &nonce).is_ok());
    assert!(
        try_it(true, &|it| nonce(it)
            .with("channel_binding", "tls-exporter")
            .with("cbind_data", data))
        .is_ok()
    );
    let wrong: [(bool, Change<'_>); 9] = [
        (false, &|_| Dict::new()),
        (false, &|_| Dict::new().with("nonce", 1)),
        (false, &|it| nonce(&it[1..])),
        (false, &|it| {
            nonce(it).with("channel_binding", "tls-exporter")
        }),
        (false, &|it| nonce(it).with("cbind_data", data)),
        (true, &nonce),
        (true, &|it| {
            nonce(it).with("channel_binding", "tls-exporter")
        }),
        (true, &|it| {
            nonce(it)
                .with("channel_binding", "tls-unique")
                .with("cbind_data", data)
        }),
        (true, &|it| {
            nonce(it)
                .with("channel_binding", "tls-exporter")
                .with("cbind_data", "AAAA")
        }),
    ];
    for (number, (bound, change)) in wrong.into_iter().enumerate() {
        let refused = try_it(bound, change).unwrap_err();
        assert!(
            matches!(refused, LoginRefusal::Malformed { .. }),
            "{number}: {refused:?}"
        );
    }
}
