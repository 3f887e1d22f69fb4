//! The two sides against each other, and each against vectors from elsewhere.

mod certificates;
mod client;
mod directory;
mod dynamic;
mod keys;
mod malformed;
mod methods;
mod vectors;

use std::time::Duration;

use bytestring::ByteString;

use super::*;
use crate::proto::{Authenticate, Challenge, Dict, Id, Uri, Value, WelcomeDetails};

static REALM: Uri = Uri::from_static("realm1");
const KEY: [u8; 32] = [7; 32];
const SEED: [u8; 32] = [9; 32];
const CHEAP_ARGON: Kdf = Kdf::Argon2id13 {
    iterations: 1,
    memory: 8192,
};
const CHEAP_PBKDF2: Kdf = Kdf::Pbkdf2 { iterations: 4096 };

fn secret() -> Secret {
    Secret::new("pencil")
}

fn key() -> PrivateKey {
    PrivateKey::from_seed(SEED)
}

fn cryptosign(key: PrivateKey) -> Login {
    Login::Cryptosign { key, router: None }
}

fn scram(kdf: Kdf) -> Credential {
    Credential::Scram(ScramRecord::derive(&secret(), b"saltsaltsaltsalt", kdf).unwrap())
}

/// Who may log in by everything, with one password for all of it.
fn alice() -> User {
    User {
        authid: "alice".to_owned(),
        role: "admin".to_owned(),
        credentials: vec![
            Credential::Ticket(TicketSecret::plain(&secret())),
            Credential::WampCra(CraSecret::derive(&secret(), &[1; 16], 1000).unwrap()),
            scram(CHEAP_ARGON),
            Credential::Cryptosign(key().public()),
        ],
    }
}

fn with(credentials: impl IntoIterator<Item = Credential>) -> Directory {
    let user = User {
        credentials: credentials.into_iter().collect(),
        ..alice()
    };
    Directory::new([user], KEY).unwrap()
}

/// A HELLO and what it came over, to be changed by a test.
struct Knock {
    methods: Vec<ByteString>,
    authid: Option<String>,
    extra: Option<Dict>,
    random: u8,
    binding: Option<ChannelBinding>,
    certificate: Option<Vec<u8>>,
    dynamic: Vec<Method>,
}

impl Knock {
    fn named(authid: &str, methods: &[Method]) -> Self {
        Self {
            methods: methods.iter().map(|method| method.text()).collect(),
            authid: Some(authid.to_owned()),
            extra: None,
            random: 1,
            binding: None,
            certificate: None,
            dynamic: Vec::new(),
        }
    }

    fn of(attempt: &Attempt, authid: Option<&str>) -> Self {
        Self {
            methods: attempt.authmethods(),
            authid: authid.map(str::to_owned),
            extra: attempt.authextra(),
            ..Self::named("", &[])
        }
    }

    fn facts(&self) -> HelloFacts<'_> {
        HelloFacts {
            realm: &REALM,
            authmethods: &self.methods,
            authid: self.authid.as_deref(),
            authrole: None,
            authextra: self.extra.as_ref(),
            session: Id::new(7).unwrap(),
            unix: Duration::from_millis(1_403_454_985_448),
            random: [self.random; 64],
            binding: self.binding.as_ref(),
            certificate: self.certificate.as_deref(),
            dynamic: &self.dynamic,
        }
    }

    fn begin(&self, directory: &Directory) -> Result<Begun, LoginRefusal> {
        directory.begin(&self.facts())
    }

    fn challenge(&self, directory: &Directory) -> (Challenge, Box<Exchange>) {
        challenged(self.begin(directory))
    }
}

#[track_caller]
fn challenged(begun: Result<Begun, LoginRefusal>) -> (Challenge, Box<Exchange>) {
    match begun {
        Ok(Begun::Challenge(challenge, exchange)) => (challenge, exchange),
        other => panic!("no challenge, but {other:?}"),
    }
}

fn attempt(login: Login, authid: &str) -> Attempt {
    Attempt::new(vec![login], Some(authid), Dict::new(), None, [3; 56]).unwrap()
}

/// A whole login.
fn log_in(directory: &Directory, login: Login, authid: &str) -> Result<Principal, LoginRefusal> {
    let mut attempt = attempt(login, authid);
    let knock = Knock::of(&attempt, Some(authid));
    let (challenge, exchange) = challenged(knock.begin(directory));
    let principal = exchange.judge(&attempt.answer(&challenge).unwrap())?;
    attempt.welcomed(&welcome(&principal)).unwrap();
    Ok(principal)
}

fn welcome(principal: &Principal) -> WelcomeDetails {
    WelcomeDetails {
        authextra: Some(principal.authextra.clone()),
        ..WelcomeDetails::default()
    }
}

fn answer(signature: &str, extra: Dict) -> Authenticate {
    Authenticate {
        signature: signature.into(),
        extra,
    }
}

fn text<'a>(extra: &'a Dict, key: &str) -> &'a str {
    extra.get(key).and_then(Value::as_str).unwrap()
}
