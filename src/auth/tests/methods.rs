//! Each method from HELLO to WELCOME, and what must not get in by it.

use super::*;

/// All logins by the right secret, with what they log in to.
fn logins() -> Vec<(Login, Directory)> {
    let cra = CraSecret::derive(&secret(), &[1; 16], 1000).unwrap();
    let hashed = TicketSecret::from_sha256(&TicketSecret::plain(&secret()).sha256()).unwrap();
    vec![
        (
            Login::Ticket(secret()),
            with([Credential::Ticket(TicketSecret::plain(&secret()))]),
        ),
        (Login::Ticket(secret()), with([Credential::Ticket(hashed)])),
        (
            Login::WampCra(secret()),
            with([Credential::WampCra(CraSecret::Plain(secret()))]),
        ),
        (Login::WampCra(secret()), with([Credential::WampCra(cra)])),
        (Login::WampScram(secret()), with([scram(CHEAP_ARGON)])),
        (Login::WampScram(secret()), with([scram(CHEAP_PBKDF2)])),
        (Login::Scram(secret()), with([scram(CHEAP_ARGON)])),
        (Login::Scram(secret()), with([scram(CHEAP_PBKDF2)])),
        (
            cryptosign(key()),
            with([Credential::Cryptosign(key().public())]),
        ),
    ]
}

/// The same by something else.
fn wrong(login: &Login) -> Login {
    let other = || Secret::new("Pencil");
    match login {
        Login::Ticket(_) => Login::Ticket(other()),
        Login::WampCra(_) => Login::WampCra(other()),
        Login::WampScram(_) => Login::WampScram(other()),
        Login::Scram(_) => Login::Scram(other()),
        _ => cryptosign(PrivateKey::from_seed([8; 32])),
    }
}

#[test]
fn the_right_secret_comes_in() {
    for (login, directory) in logins() {
        let method = login.method();
        let principal = log_in(&directory, login, "alice").unwrap();
        assert_eq!(principal.authid, "alice");
        assert_eq!(principal.authrole, "admin");
        assert_eq!(principal.authmethod, method);
        assert_eq!(principal.authprovider, "static");
        let proves = matches!(method, Method::WampScram | Method::Scram);
        assert_eq!(principal.authextra.len(), usize::from(proves), "{method}");
    }
}

#[test]
fn a_wrong_secret_and_an_unknown_name_are_refused_alike() {
    for (login, directory) in logins() {
        let method = login.method();
        let refused = log_in(&directory, wrong(&login), "alice").unwrap_err();
        assert_eq!(refused, LoginRefusal::Denied(method));
        assert_eq!(refused.uri().as_str(), "wamp.error.authentication_denied");
        // The right secret is of no use under another name.
        let unknown = log_in(&directory, login, "mallory").unwrap_err();
        assert_eq!(unknown, refused);
        assert_eq!(unknown.to_string(), refused.to_string());
    }
}

#[test]
fn an_answer_fits_its_own_challenge_only() {
    for (login, directory) in logins() {
        let method = login.method();
        if method == Method::Ticket {
            continue; // the ticket itself is all there is to it
        }
        let mut attempt = attempt(login, "alice");
        let mut knock = Knock::of(&attempt, Some("alice"));
        let (challenge, exchange) = knock.challenge(&directory);
        let recorded = attempt.answer(&challenge).unwrap();
        assert!(exchange.judge(&recorded).is_ok(), "{method}");

        // The same HELLO again, word for word, as an eavesdropper would send it.
        knock.random = 2;
        let (again, exchange) = knock.challenge(&directory);
        assert_ne!(again, challenge, "{method}");
        let mut replayed = recorded.clone();
        if method == Method::WampScram {
            let refused = exchange.judge(&replayed).unwrap_err();
            assert!(matches!(refused, LoginRefusal::Malformed { .. }));
            // With the new nonce put in, it is the proof that fails.
            replayed.extra = Dict::new().with("nonce", text(&again.extra, "nonce"));
            let (_, exchange) = knock.challenge(&directory);
            assert_eq!(exchange.judge(&replayed), Err(LoginRefusal::Denied(method)));
        } else {
            assert_eq!(exchange.judge(&replayed), Err(LoginRefusal::Denied(method)));
        }
    }
}

#[test]
fn any_of_several_tickets_and_keys_will_do() {
    let other = PrivateKey::from_seed([8; 32]);
    let directory = with([
        Credential::Ticket(TicketSecret::plain(&"old".into())),
        Credential::Cryptosign(other.public()),
        Credential::Ticket(TicketSecret::plain(&"new".into())),
        Credential::Cryptosign(key().public()),
    ]);
    for login in [
        Login::Ticket("old".into()),
        Login::Ticket("new".into()),
        cryptosign(other),
        cryptosign(key()),
    ] {
        assert!(log_in(&directory, login, "alice").is_ok());
    }
    assert!(log_in(&directory, Login::Ticket("newer".into()), "alice").is_err());
}

#[test]
fn a_key_says_who_its_owner_is() {
    let directory = with([Credential::Cryptosign(key().public())]);
    let log_in = |key, directory: &Directory| {
        let logins = vec![cryptosign(key)];
        let mut attempt = Attempt::new(logins, None, Dict::new(), None, [3; 56]).unwrap();
        let (challenge, exchange) = Knock::of(&attempt, None).challenge(directory);
        exchange.judge(&attempt.answer(&challenge).unwrap())
    };
    assert_eq!(log_in(key(), &directory).unwrap().authid, "alice");
    let stranger = PrivateKey::from_seed([8; 32]);
    let denied = Err(LoginRefusal::Denied(Method::Cryptosign));
    assert_eq!(log_in(stranger, &directory), denied);

    // Whose it is has to be said if it is two users'.
    let bob = User {
        authid: "bob".to_owned(),
        ..alice()
    };
    let shared = Directory::new([alice(), bob], KEY).unwrap();
    assert_eq!(log_in(key(), &shared), denied);
    assert_eq!(
        super::log_in(&shared, cryptosign(key()), "bob")
            .unwrap()
            .authid,
        "bob"
    );
}

#[test]
fn logins_are_bound_to_their_connection() {
    let here = ChannelBinding::exporter([4; 32]);
    let there = ChannelBinding::exporter([5; 32]);
    let wanted = || Dict::new().with("channel_binding", "tls-exporter");
    let directory = Directory::new([alice()], KEY).unwrap();
    for login in [Login::WampScram(secret()), cryptosign(key())] {
        let try_it = |client, router| {
            let logins = vec![login.clone()];
            let mut attempt =
                Attempt::new(logins, Some("alice"), wanted(), Some(client), [3; 56]).unwrap();
            let knock = Knock {
                binding: Some(router),
                ..Knock::of(&attempt, Some("alice"))
            };
            let (challenge, exchange) = knock.challenge(&directory);
            exchange.judge(&attempt.answer(&challenge).unwrap())
        };
        assert!(try_it(here, here).is_ok(), "{login:?}");
        // Somebody in between has one connection with either side.
        assert!(try_it(here, there).is_err(), "{login:?}");
        assert!(try_it(there, here).is_err(), "{login:?}");
    }
}

#[test]
fn a_binding_that_is_not_there_ends_scram_and_is_left_out_by_cryptosign() {
    let directory = Directory::new([alice()], KEY).unwrap();
    let exporter = ChannelBinding::exporter([4; 32]);
    for (wanted, binding) in [
        ("tls-exporter", None),
        ("tls-unique", Some(exporter)),
        ("tls-server-end-point", Some(exporter)),
    ] {
        let knock = |method, key: &str, value: &str| Knock {
            extra: Some(Dict::new().with(key, value).with("channel_binding", wanted)),
            binding,
            ..Knock::named("alice", &[method])
        };
        let scram = knock(Method::WampScram, "nonce", "egVDf3DMJh0=");
        let refused = scram.begin(&directory).unwrap_err();
        assert_eq!(refused, LoginRefusal::ChannelBinding(Method::WampScram));
        assert_eq!(refused.uri().as_str(), "wamp.error.authentication_failed");
        let public = key().public().to_string();
        let (challenge, _) = knock(Method::Cryptosign, "pubkey", &public).challenge(&directory);
        assert_eq!(challenge.extra.get("channel_binding"), None);
    }
    // The other dialect has no such thing.
    let knock = Knock {
        extra: Some(
            Dict::new()
                .with("nonce", "egVDf3DMJh0=")
                .with("channel_binding", "tls-exporter"),
        ),
        binding: Some(exporter),
        ..Knock::named("alice", &[Method::Scram])
    };
    assert_eq!(
        knock.begin(&directory).unwrap_err(),
        LoginRefusal::ChannelBinding(Method::Scram)
    );
}

#[test]
fn the_router_proves_itself_to_those_who_ask() {
    let router = PrivateKey::from_seed([6; 32]);
    let directory = || with([Credential::Cryptosign(key().public())]);
    let log_in = |directory: &Directory, expected: PublicKey, theirs, ours| {
        let login = Login::Cryptosign {
            key: key(),
            router: Some(expected),
        };
        let extra = match theirs {
            Some(_) => Dict::new().with("channel_binding", "tls-exporter"),
            None => Dict::new(),
        };
        let mut attempt = Attempt::new(vec![login], Some("alice"), extra, theirs, [3; 56]).unwrap();
        let knock = Knock {
            binding: ours,
            ..Knock::of(&attempt, Some("alice"))
        };
        let (challenge, exchange) = knock.challenge(directory);
        let answer = attempt.answer(&challenge)?;
        attempt.welcomed(&WelcomeDetails::default())?;
        Ok(exchange.judge(&answer).is_ok())
    };
    let proven = directory().with_router_key(router.clone());
    let here = Some(ChannelBinding::exporter([4; 32]));
    let there = Some(ChannelBinding::exporter([5; 32]));
    assert_eq!(log_in(&proven, router.public(), None, None), Ok(true));
    assert_eq!(log_in(&proven, router.public(), here, here), Ok(true));
    let impostor = Err(LoginError::Impostor);
    assert_eq!(log_in(&proven, router.public(), here, there), impostor);
    assert_eq!(log_in(&proven, key().public(), None, None), impostor);
    assert_eq!(log_in(&directory(), router.public(), None, None), impostor);
}

/// What cannot be shown is not: neither a key nor a password nor a proof.
#[test]
fn nothing_secret_is_shown() {
    let directory = Directory::new([alice()], KEY).unwrap();
    let mut shown = format!("{:?} {directory:?} {:?}", alice(), key());
    for (login, directory) in logins() {
        shown += &format!("{login:?}");
        let mut attempt = attempt(login, "alice");
        let (challenge, exchange) = Knock::of(&attempt, Some("alice")).challenge(&directory);
        let answer = attempt.answer(&challenge).unwrap();
        shown += &format!("{attempt:?} {exchange:?} {answer:?}");
    }
    let record = ScramRecord::derive(&secret(), b"saltsaltsaltsalt", CHEAP_ARGON).unwrap();
    let stored = format!("{:?}", record.keys.stored);
    for hidden in ["pencil", &*key().to_hex(), &stored, "0909"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
