//! Who is met how: the choice of the method, and names that nobody has.

use super::*;

fn user(authid: &str, credential: Credential) -> User {
    User {
        authid: authid.to_owned(),
        role: format!("role of {authid}"),
        credentials: vec![credential],
    }
}

#[test]
fn the_first_method_of_the_client_that_the_user_has_is_taken() {
    let directory = Directory::new([alice()], KEY).unwrap();
    for (offered, taken) in [
        (&[Method::Ticket, Method::WampCra][..], Method::Ticket),
        (&[Method::WampCra, Method::Ticket], Method::WampCra),
        (
            &[Method::Tls, Method::Anonymous, Method::Ticket],
            Method::Ticket,
        ),
    ] {
        let (challenge, exchange) = Knock::named("alice", offered).challenge(&directory);
        assert_eq!(&*challenge.method, taken.name());
        assert_eq!(exchange.method(), taken);
    }
    let scram =
        ScramRecord::derive(&secret(), b"saltsalt", Kdf::Pbkdf2 { iterations: 4096 }).unwrap();
    let by_scram = with([Credential::Scram(scram)]);
    for authid in ["alice", "nobody"] {
        for (offered, taken) in [
            (
                &[Method::Scram, Method::Ticket, Method::WampScram][..],
                "wamp-scram",
            ),
            (&[Method::WampScram, Method::Scram], "wamp-scram"),
            (&[Method::Scram], "scram"),
        ] {
            let mut knock = Knock::named(authid, offered);
            knock.extra = Some(Dict::new().with("nonce", "AwMDAwMDAwMDAwMDAwMDAwMD"));
            let (challenge, _) = knock.challenge(&by_scram);
            assert_eq!(&*challenge.method, taken, "{authid}");
        }
    }
    let mut knock = Knock::named("alice", &[Method::Ticket]);
    knock.methods.insert(0, "kerberos".into());
    assert_eq!(&*knock.challenge(&directory).0.method, "ticket");
}

#[test]
fn no_method_in_common_is_told() {
    let directory = with([Credential::Ticket(TicketSecret::plain(&secret()))]);
    for (authid, methods) in [
        ("alice", &[Method::WampCra, Method::Tls][..]),
        ("nobody", &[Method::WampCra, Method::Tls]),
        ("alice", &[Method::Anonymous, Method::Cryptosign]),
    ] {
        let refused = Knock::named(authid, methods).begin(&directory).unwrap_err();
        assert_eq!(refused.uri().as_str(), "wamp.error.no_matching_auth_method");
        assert!(refused.to_string().contains(methods[1].name()), "{refused}");
    }
    let nobody = Directory::new([], KEY).unwrap();
    let knock = Knock::named("alice", &[Method::Ticket]);
    assert!(matches!(
        knock.begin(&nobody),
        Err(LoginRefusal::NoMatchingMethod { .. })
    ));
}

#[test]
fn anonymous_clients_come_in_where_they_may() {
    let open = Directory::new([alice()], KEY)
        .unwrap()
        .with_anonymous("guest");
    assert_eq!(open.anonymous(), Some("guest"));
    for methods in [
        &[][..],
        &[Method::Anonymous],
        &[Method::Tls, Method::Anonymous],
    ] {
        let Ok(Begun::Admitted(principal)) = Knock::named("alice", methods).begin(&open) else {
            panic!("not admitted by {methods:?}");
        };
        assert_eq!(principal.authrole, "guest");
        assert_eq!(principal.authmethod, Method::Anonymous);
        assert_eq!(principal.authid, "01010101010101");
    }
    let closed = Directory::new([alice()], KEY).unwrap();
    for methods in [&[][..], &[Method::Anonymous]] {
        let refused = Knock::named("alice", methods).begin(&closed).unwrap_err();
        assert_eq!(refused, LoginRefusal::Required);
        assert_eq!(refused.uri().as_str(), "wamp.error.authentication_required");
    }
}

#[test]
fn a_name_is_needed_for_a_secret() {
    let directory = Directory::new([alice()], KEY).unwrap();
    for method in [
        Method::Ticket,
        Method::WampCra,
        Method::WampScram,
        Method::Scram,
    ] {
        let knock = Knock {
            authid: None,
            ..Knock::named("", &[method])
        };
        let refused = knock.begin(&directory).unwrap_err();
        assert!(refused.to_string().contains("authid"), "{refused}");
    }
}

/// What a CHALLENGE looks like with all that is random or secret taken out.
fn form(challenge: &Challenge) -> Vec<(String, String)> {
    let form = |(key, value): (&ByteString, &Value)| {
        let shown = match (&**key, value) {
            ("nonce" | "salt", Value::Str(text)) => format!("{} characters", text.len()),
            ("challenge", Value::Str(text)) if text.starts_with('{') => {
                let json: serde_json::Value = serde_json::from_str(text).unwrap();
                let fields = json.as_object().unwrap();
                let mut fields: Vec<_> = fields.keys().cloned().collect();
                fields.sort();
                format!("{fields:?} {}", json["authrole"])
            }
            ("challenge", Value::Str(text)) => format!("{} characters", text.len()),
            (_, other) => format!("{other:?}"),
        };
        (key.to_string(), shown)
    };
    let mut form: Vec<_> = challenge.extra.iter().map(form).collect();
    form.push(("method".to_owned(), challenge.method.to_string()));
    form
}

/// A HELLO by that method that is complete.
fn knock(authid: &str, method: Method) -> Knock {
    Knock {
        extra: Some(
            Dict::new()
                .with("nonce", "egVDf3DMJh0=")
                .with("pubkey", key().public().to_string()),
        ),
        ..Knock::named(authid, &[method])
    }
}

#[test]
fn an_unknown_name_is_challenged_in_the_same_form() {
    let directory = Directory::new([alice()], KEY).unwrap();
    for method in [
        Method::Ticket,
        Method::WampCra,
        Method::WampScram,
        Method::Scram,
        Method::Cryptosign,
    ] {
        let (known, _) = knock("alice", method).challenge(&directory);
        for authid in ["", "alicf", "Alice", "mallory", "名"] {
            let (unknown, _) = knock(authid, method).challenge(&directory);
            assert_eq!(form(&unknown), form(&known), "{authid} by {method}");
        }
    }
}

#[test]
fn the_salt_of_an_unknown_name_is_always_the_same_and_its_own() {
    let record = ScramRecord::derive(&secret(), &Directory::salt(&KEY, "alice"), CHEAP_PBKDF2);
    let salts = |key, authid: &str| {
        let user = User {
            credentials: vec![
                Credential::Scram(record.clone().unwrap()),
                Credential::WampCra(CraSecret::derive(&secret(), &[1; 16], 1000).unwrap()),
            ],
            ..alice()
        };
        let directory = Directory::new([user], key).unwrap();
        [Method::WampScram, Method::WampCra].map(|method| {
            let mut knock = knock(authid, method);
            knock.random = 9;
            text(&knock.challenge(&directory).0.extra, "salt").to_owned()
        })
    };
    assert_eq!(salts(KEY, "mallory"), salts(KEY, "mallory"));
    assert_ne!(salts(KEY, "mallory"), salts(KEY, "eve"));
    assert_ne!(salts(KEY, "mallory"), salts([8; 32], "mallory"));
    // Where a known name's record is derived at the start, its salt is what it would be if nobody had it.
    let [known, _] = salts(KEY, "alice");
    let nobody = Directory::new([user("bob", scram(CHEAP_PBKDF2))], KEY).unwrap();
    let (challenge, _) = knock("alice", Method::WampScram).challenge(&nobody);
    assert_eq!(text(&challenge.extra, "salt"), known);
}

#[test]
fn salts_of_unknown_names_are_written_as_the_known_are() {
    for (salt, is_like) in [
        ("salt123", (|salt| salt.len() == 7) as fn(&str) -> bool),
        ("00ff00ff00", |salt| {
            salt.len() == 10 && salt.bytes().all(|it| it.is_ascii_hexdigit())
        }),
        ("c2FsdHNhbHRzYWx0c2E=", |salt| {
            salt.len() == 20 && salt.ends_with('=')
        }),
    ] {
        let directory = with([Credential::WampCra(CraSecret::Salted {
            key: secret(),
            salt: salt.to_owned(),
            iterations: 1000,
            keylen: 32,
        })]);
        let (challenge, _) = knock("mallory", Method::WampCra).challenge(&directory);
        let drawn = text(&challenge.extra, "salt");
        assert!(is_like(drawn), "{drawn} for {salt}");
        assert_ne!(drawn, salt);
    }
}

/// Where users differ, names that nobody has differ as users do, and each stays as it is.
#[test]
fn unknown_names_look_like_one_or_the_other_user() {
    let users = || {
        [
            user("a", Credential::Ticket(TicketSecret::plain(&secret()))),
            user("b", Credential::WampCra(CraSecret::Plain(secret()))),
            user("c", scram(CHEAP_PBKDF2)),
        ]
    };
    let directory = Directory::new(users(), KEY).unwrap();
    let mut reversed = users();
    reversed.reverse();
    let reversed = Directory::new(reversed, KEY).unwrap();
    let offered = [Method::Ticket, Method::WampCra, Method::WampScram];
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..64 {
        let knock = Knock {
            methods: offered.iter().map(|method| method.text()).collect(),
            ..knock(&format!("user{number}"), Method::Ticket)
        };
        let (challenge, _) = knock.challenge(&directory);
        assert_eq!(challenge, knock.challenge(&reversed).0);
        seen.insert(challenge.method.to_string());
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn dynamic_authenticators_are_asked_about_whom_nobody_knows() {
    let directory = with([Credential::Ticket(TicketSecret::plain(&secret()))]);
    let dynamic = |authid: &str, method, dynamic: &[Method]| {
        let knock = Knock {
            dynamic: dynamic.to_vec(),
            ..knock(authid, method)
        };
        match knock.begin(&directory) {
            Ok(Begun::Dynamic(asked)) => Some(asked),
            Ok(Begun::Challenge(..)) | Err(LoginRefusal::NoMatchingMethod { .. }) => None,
            other => panic!("{other:?}"),
        }
    };
    for method in [
        Method::Ticket,
        Method::WampCra,
        Method::Scram,
        Method::Cryptosign,
    ] {
        assert_eq!(dynamic("bob", method, &[method]), Some(method));
        assert_eq!(dynamic("bob", method, &[Method::Tls]), None);
    }
    assert_eq!(dynamic("alice", Method::Ticket, &[Method::Ticket]), None);
    // Whose name is known is not up to an authenticator, whatever the method.
    for method in [Method::WampCra, Method::Cryptosign] {
        assert_eq!(dynamic("alice", method, &[method]), None);
    }
}

#[test]
fn whom_a_dynamic_authenticator_knows_is_put_to_the_proof() {
    let principal = Principal {
        authid: "bob".to_owned(),
        authrole: "user".to_owned(),
        authmethod: Method::Anonymous,
        authprovider: "dynamic".to_owned(),
        authextra: Dict::new().with("shoe_size", 42),
    };
    for (login, credential) in [
        (
            Login::Ticket(secret()),
            Credential::Ticket(TicketSecret::plain(&secret())),
        ),
        (
            Login::WampCra(secret()),
            Credential::WampCra(CraSecret::Plain(secret())),
        ),
        (Login::WampScram(secret()), scram(CHEAP_PBKDF2)),
        (cryptosign(key()), Credential::Cryptosign(key().public())),
    ] {
        let method = login.method();
        let mut attempt = attempt(login, "bob");
        let knock = Knock::of(&attempt, Some("bob"));
        let (challenge, exchange) =
            Exchange::dynamic(&knock.facts(), method, &credential, principal.clone()).unwrap();
        let answer = attempt.answer(&challenge).unwrap();
        let admitted = exchange.judge(&answer).unwrap();
        assert_eq!(admitted.authmethod, method);
        assert_eq!(admitted.authprovider, "dynamic");
        assert_eq!(admitted.authextra.get("shoe_size"), Some(&Value::Int(42)));

        // And whom it does not know is challenged likewise, to no end.
        let nobody = Directory::new([], KEY).unwrap();
        let (decoy, exchange) = challenged(nobody.decoy(&knock.facts(), method));
        if method != Method::WampScram {
            assert_eq!(form(&decoy).len(), form(&challenge).len(), "{method}");
        }
        let mut attempt = super::attempt(
            match method {
                Method::Ticket => Login::Ticket(secret()),
                Method::WampCra => Login::WampCra(secret()),
                Method::WampScram => Login::WampScram(secret()),
                _ => cryptosign(key()),
            },
            "bob",
        );
        let answer = attempt.answer(&decoy).unwrap();
        assert_eq!(exchange.judge(&answer), Err(LoginRefusal::Denied(method)));
    }
    // A credential that does not serve the method lets nobody in.
    let knock = knock("bob", Method::Ticket);
    let wrong = Credential::Cryptosign(key().public());
    let refused = Exchange::dynamic(&knock.facts(), Method::Ticket, &wrong, principal);
    assert_eq!(refused.unwrap_err(), LoginRefusal::Denied(Method::Ticket));
}

#[test]
fn one_name_is_one_user_with_one_role() {
    let ticket = user("a", Credential::Ticket(TicketSecret::plain(&secret())));
    let cra = user("a", Credential::WampCra(CraSecret::Plain(secret())));
    let directory = Directory::new([ticket.clone(), cra], KEY).unwrap();
    for method in [Method::Ticket, Method::WampCra] {
        assert_eq!(
            &*knock("a", method).challenge(&directory).0.method,
            method.name()
        );
    }
    let other = User {
        role: "boss".to_owned(),
        ..ticket.clone()
    };
    assert_eq!(
        Directory::new([ticket, other], KEY).unwrap_err(),
        DirectoryError::TwoRoles {
            authid: "a".to_owned(),
            role: "role of a".to_owned(),
            other: "boss".to_owned(),
        }
    );
}
