//! The client's side: what HELLO carries, the answer to CHALLENGE, and whether WELCOME comes from a router that knows the
//! user.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytestring::ByteString;
use subtle::ConstantTimeEq as _;

use super::exchange::signed;
use super::scram::{self, AuthMessage, Dialect, Salted};
use super::{
    BindingKind, ChannelBinding, Kdf, KdfError, Method, PrivateKey, PublicKey, ScramError, Secret,
    cra, hex,
};
use crate::proto::{Authenticate, Challenge, Dict, Uri, Value, WelcomeDetails, uris};

/// One way that a client can log in by. `Debug` does not show secrets.
#[derive(Clone, Debug)]
pub enum Login {
    /// Without proof.
    Anonymous,
    /// By sending a ticket. Whoever can read the connection can read it too.
    Ticket(Secret),
    /// By WAMP-CRA.
    WampCra(Secret),
    /// By SCRAM as specified. The router has to prove that it knows the password, too.
    WampScram(Secret),
    /// By SCRAM as autobahn-python and crossbar speak it.
    Scram(Secret),
    /// By an Ed25519 key.
    Cryptosign {
        /// The client's key.
        key: PrivateKey,
        /// The router's, if the router has to prove that it has that.
        router: Option<PublicKey>,
    },
    /// By the certificate that was shown to TLS.
    Tls,
}

impl Login {
    /// By which method.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Anonymous => Method::Anonymous,
            Self::Ticket(_) => Method::Ticket,
            Self::WampCra(_) => Method::WampCra,
            Self::WampScram(_) => Method::WampScram,
            Self::Scram(_) => Method::Scram,
            Self::Cryptosign { .. } => Method::Cryptosign,
            Self::Tls => Method::Tls,
        }
    }

    /// Whether the proof can be tied to the connection that it is given on.
    const fn can_be_bound(&self) -> bool {
        matches!(
            self,
            Self::WampScram(_) | Self::Cryptosign { .. } | Self::Tls
        )
    }

    /// Whether the router cannot welcome the client without having proven itself.
    const fn proves_router(&self) -> bool {
        matches!(
            self,
            Self::WampScram(_)
                | Self::Scram(_)
                | Self::Cryptosign {
                    router: Some(_),
                    ..
                }
        )
    }
}

/// One attempt to log in, from HELLO to WELCOME. `Debug` shows the methods alone.
pub struct Attempt {
    /// Those that have not been used yet.
    logins: Vec<Login>,
    methods: Vec<Method>,
    /// Whether every login would have had the router prove itself.
    mutual: bool,
    authid: Option<String>,
    authextra: Dict,
    /// What proofs are tied to.
    binding: Option<ChannelBinding>,
    nonce: String,
    challenge: [u8; 32],
    router: Router,
}

/// How far the router has proven itself.
enum Router {
    Unproven,
    /// It has to show this in WELCOME, under this key.
    Owes(&'static str, [u8; 32]),
    Proven,
}

impl Attempt {
    /// An attempt by one of these logins, the preferred one first. What `authextra` holds is sent along; where its
    /// `channel_binding` is `tls-exporter`, the login is bound to the connection, and what cannot be bound is not offered.
    /// `random` is fresh for each attempt.
    ///
    /// # Errors
    /// That the login cannot be tried like that.
    pub fn new(
        mut logins: Vec<Login>,
        authid: Option<&str>,
        authextra: Dict,
        binding: Option<ChannelBinding>,
        random: [u8; 56],
    ) -> Result<Self, LoginError> {
        let wanted = authextra
            .get(CHANNEL_BINDING)
            .filter(|it| **it != Value::Null);
        let binding = match wanted {
            None => None,
            Some(wanted) => {
                let wanted = wanted.as_str().unwrap_or_else(|| wanted.kind());
                let there = binding.filter(|binding| binding.kind.name() == wanted);
                let none = || LoginError::NoBinding(wanted.to_owned());
                logins.retain(Login::can_be_bound);
                Some(there.filter(|_| !logins.is_empty()).ok_or_else(none)?)
            }
        };
        let needs_name = |login: &&Login| {
            let method = login.method();
            !matches!(method, Method::Anonymous | Method::Cryptosign | Method::Tls)
        };
        if authid.is_none()
            && let Some(login) = logins.iter().find(needs_name)
        {
            return Err(LoginError::NoAuthid(login.method()));
        }
        // 24 bytes, so that base64 has no padding: crossbar decodes this nonce and encodes both as one.
        let (nonce, challenge) = random.split_at(24);
        let mut attempt = Self {
            methods: logins.iter().map(Login::method).collect(),
            mutual: !logins.is_empty() && logins.iter().all(Login::proves_router),
            logins,
            authid: authid.map(str::to_owned),
            authextra: Dict::new(),
            binding,
            nonce: STANDARD.encode(nonce),
            challenge: challenge.try_into().expect("24 and 32 are 56"),
            router: Router::Unproven,
        };
        attempt.authextra = attempt.extended(authextra);
        Ok(attempt)
    }

    /// What the methods need, in place of what the application has under the same keys.
    fn extended(&self, authextra: Dict) -> Dict {
        let mut own = Dict::new();
        for login in &self.logins {
            match login {
                Login::WampScram(_) | Login::Scram(_) if own.get("nonce").is_none() => {
                    own.push("nonce", self.nonce.clone());
                }
                Login::Cryptosign { key, router } => {
                    own.push("pubkey", key.public().to_string());
                    if router.is_some() {
                        own.push("challenge", hex::encode(&self.challenge));
                    }
                }
                _ => {}
            }
        }
        let others = authextra.into_iter();
        let mut all: Dict = others.filter(|(key, _)| own.get(key).is_none()).collect();
        for (key, value) in own {
            all.push(key, value);
        }
        all
    }

    /// `HELLO.Details.authmethods`: in the order given, but `wamp-scram` at the end where `scram` is offered too. crossbar
    /// refuses a login at the first name it does not know, and this one it does not know; [`Directory`](super::Directory)
    /// takes it before the other all the same.
    #[must_use]
    pub fn authmethods(&self) -> Vec<ByteString> {
        let both = [Method::Scram, Method::WampScram];
        let both = both.iter().all(|method| self.methods.contains(method));
        let is_last = |method: &&Method| both && **method == Method::WampScram;
        let methods = self.methods.iter().filter(|method| !is_last(method));
        let methods = methods.chain(self.methods.iter().filter(is_last));
        methods.map(|method| method.text()).collect()
    }

    /// `HELLO.Details.authextra`; `None` if there is nothing to say.
    #[must_use]
    pub fn authextra(&self) -> Option<Dict> {
        (!self.authextra.is_empty()).then(|| self.authextra.clone())
    }

    /// The answer to CHALLENGE. Key derivation may take a second or so. Each method answers once.
    ///
    /// # Errors
    /// That it cannot or must not be answered; the session is to be given up with ABORT.
    pub fn answer(&mut self, challenge: &Challenge) -> Result<Authenticate, LoginError> {
        let place = self.logins.iter().position(|login| {
            let method = login.method();
            method.name() == &*challenge.method
                && !matches!(method, Method::Anonymous | Method::Tls)
        });
        let place = place.ok_or_else(|| LoginError::NotOffered(challenge.method.to_string()))?;
        let login = self.logins.remove(place);
        let asked = Asked {
            method: login.method(),
            extra: &challenge.extra,
        };
        let (signature, extra) = match &login {
            Login::Ticket(ticket) => (ticket.expose().to_owned(), Dict::new()),
            Login::WampCra(secret) => (answer_cra(&asked, secret)?, Dict::new()),
            Login::WampScram(password) => self.answer_scram(&asked, Dialect::Wamp, password)?,
            Login::Scram(password) => self.answer_scram(&asked, Dialect::Autobahn, password)?,
            Login::Cryptosign { key, router } => {
                let signature = self.answer_cryptosign(&asked, key, router.as_ref())?;
                (signature, Dict::new())
            }
            // Not found above.
            Login::Anonymous | Login::Tls => {
                return Err(LoginError::NotOffered(challenge.method.to_string()));
            }
        };
        Ok(Authenticate {
            signature: signature.into(),
            extra,
        })
    }

    fn answer_scram(
        &mut self,
        asked: &Asked<'_>,
        dialect: Dialect,
        password: &Secret,
    ) -> Result<(String, Dict), LoginError> {
        let nonce = asked.text("nonce")?;
        let is_base64 =
            |byte: u8| matches!(byte, b'+' | b'/' | b'=') || byte.is_ascii_alphanumeric();
        match nonce.strip_prefix(&*self.nonce) {
            None => return Err(asked.nonsense("its nonce does not begin with the client's")),
            Some("") => return Err(asked.nonsense("its nonce has no part of its own")),
            Some(rest) if rest.len() > LONGEST || !rest.bytes().all(is_base64) => {
                return Err(asked.nonsense("its nonce is not base64"));
            }
            Some(_) => {}
        }
        let salt = asked.text("salt")?;
        let decoded = STANDARD.decode(salt).ok();
        let decoded = decoded
            .filter(|salt| (8..=LONGEST).contains(&salt.len()))
            .ok_or_else(|| asked.nonsense("its salt is not 8 bytes or more in base64"))?;
        let iterations = asked.number("iterations")?;
        let iterations = iterations.ok_or_else(|| asked.nonsense("it says no iterations"))?;
        let kdf = Kdf::named(asked.text("kdf")?, iterations, asked.number("memory")?)?;
        kdf.check()?;

        let authid = self.authid.as_deref();
        let authid = authid.ok_or(LoginError::NoAuthid(asked.method))?;
        let authid = scram::prepare(authid).ok_or(LoginError::Authid)?;
        let binding = self.binding.filter(|_| dialect == Dialect::Wamp);
        let message = AuthMessage {
            dialect,
            authid: &authid,
            client_nonce: &self.nonce,
            nonce,
            salt,
            iterations,
            binding: binding.as_ref(),
        }
        .to_string();
        let salted = Salted::derive(dialect, password, &decoded, kdf)?;
        self.router = Router::Owes(dialect.verifier_key(), salted.verifier(&message));
        let extra = match dialect {
            Dialect::Autobahn => Dict::new(),
            Dialect::Wamp => {
                let kind = binding.map(|it| Value::from(it.kind.name()));
                let data = binding.map(|it| Value::from(STANDARD.encode(it.id)));
                Dict::new()
                    .with("nonce", nonce)
                    .with(CHANNEL_BINDING, kind.unwrap_or_default())
                    .with("cbind_data", data.unwrap_or_default())
            }
        };
        Ok((STANDARD.encode(salted.proof(&message)), extra))
    }

    fn answer_cryptosign(
        &mut self,
        asked: &Asked<'_>,
        key: &PrivateKey,
        router: Option<&PublicKey>,
    ) -> Result<String, LoginError> {
        let challenge = hex::decode(asked.text("challenge")?)
            .ok_or_else(|| asked.nonsense("it is not 64 hexadecimal digits"))?;
        let wanted = self.binding.map(|binding| binding.kind);
        // crossbar says null, or what the client asked for.
        if asked.optional(CHANNEL_BINDING)? != wanted.map(BindingKind::name) {
            return Err(LoginError::Unbound);
        }
        if let Some(router) = router {
            let message = ChannelBinding::bind(self.binding.as_ref(), &self.challenge);
            let proof: Option<[u8; 96]> = asked.optional("signature")?.and_then(hex::decode);
            let proven = proof.is_some_and(|proof| {
                let (signature, signed) = proof.split_at(64);
                signed == message && router.verify(signed, signature)
            });
            if !proven {
                return Err(LoginError::Impostor);
            }
            self.router = Router::Proven;
        }
        let message = ChannelBinding::bind(self.binding.as_ref(), &challenge);
        Ok(signed(key, &message))
    }

    /// Whether WELCOME may be believed: under SCRAM the router has to prove that it knows the password too.
    ///
    /// # Errors
    /// That it must not; the session is to be given up with ABORT.
    pub fn welcomed(&self, details: &WelcomeDetails) -> Result<(), LoginError> {
        match self.router {
            Router::Owes(key, expected) => {
                let extra = details.authextra.as_ref();
                let shown = extra.and_then(|extra| extra.get(key)?.as_str());
                // The specification's text has base64 there, its example `v=` in front of it.
                let shown = shown.map(|text| text.strip_prefix("v=").unwrap_or(text));
                let shown = shown.and_then(|text| STANDARD.decode(text).ok());
                match shown {
                    Some(shown) if bool::from(shown.ct_eq(&expected)) => Ok(()),
                    _ => Err(LoginError::Impostor),
                }
            }
            // It welcomes who has not proven anything: it may be any router.
            Router::Unproven if self.mutual => Err(LoginError::Impostor),
            Router::Unproven | Router::Proven => Ok(()),
        }
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Attempt").field(&self.methods).finish()
    }
}

fn answer_cra(asked: &Asked<'_>, secret: &Secret) -> Result<String, LoginError> {
    let challenge = asked.text("challenge")?;
    let Some(salt) = asked.optional("salt")? else {
        return Ok(cra::sign(secret, challenge));
    };
    let iterations = asked.number("iterations")?.unwrap_or(1000);
    let keylen = asked.number("keylen")?.unwrap_or(32);
    let key = cra::derived(secret, salt, iterations, keylen)?;
    Ok(cra::sign(&key, challenge))
}

/// What a CHALLENGE says.
struct Asked<'a> {
    method: Method,
    extra: &'a Dict,
}

impl<'a> Asked<'a> {
    const fn nonsense(&self, fault: &'static str) -> LoginError {
        LoginError::Challenge {
            method: self.method,
            fault,
        }
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        self.extra.get(key).filter(|it| **it != Value::Null)
    }

    /// Text that has to be there.
    fn text(&self, key: &'static str) -> Result<&'a str, LoginError> {
        let text = self.optional(key)?;
        text.ok_or(LoginError::Incomplete {
            method: self.method,
            key,
        })
    }

    fn optional(&self, key: &'static str) -> Result<Option<&'a str>, LoginError> {
        let wrong = || LoginError::Incomplete {
            method: self.method,
            key,
        };
        let text = |value: &'a Value| value.as_str().ok_or_else(wrong);
        self.value(key).map(text).transpose()
    }

    fn number(&self, key: &'static str) -> Result<Option<u32>, LoginError> {
        let wrong = || LoginError::Incomplete {
            method: self.method,
            key,
        };
        let number = |value: &Value| {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number.ok_or_else(wrong)
        };
        self.value(key).map(number).transpose()
    }
}

/// Why a client does not log in, of its own accord.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The method needs a name.
    #[error("{0} needs an authid")]
    NoAuthid(Method),
    /// The name has characters that SASLprep prohibits.
    #[error("the authid has characters that SCRAM prohibits, such as control characters")]
    Authid,
    /// The login is to be bound to the connection, which cannot be.
    #[error(
        "the login cannot be bound to the connection by {0:?}: that takes TLS, tls-exporter, and wamp-scram or cryptosign"
    )]
    NoBinding(String),
    /// The router wants a proof of another method, or another one of the same.
    #[error("the router asks for authentication by {0:?}, which was not offered")]
    NotOffered(String),
    /// Something in the CHALLENGE is missing or of a wrong type.
    #[error("the router's challenge by {method} has no valid {key}")]
    Incomplete {
        /// The method.
        method: Method,
        /// What is missing.
        key: &'static str,
    },
    /// Something in the CHALLENGE is not as it has to be.
    #[error("the router's challenge by {method} makes no sense: {fault}")]
    Challenge {
        /// The method.
        method: Method,
        /// What is wrong.
        fault: &'static str,
    },
    /// The CHALLENGE wants a key to be derived in a way that it cannot or must not be.
    #[error("the router's challenge is refused: {0}")]
    Kdf(#[from] KdfError),
    /// The password has characters that SASLprep prohibits.
    #[error("the password has characters that SCRAM prohibits, such as control characters")]
    Password,
    /// The router does not bind the login to the connection though it was asked to.
    #[error("the router does not bind the login to the connection, as it was asked to")]
    Unbound,
    /// The router has not proven to be the one that it should be.
    #[error(
        "the router is not authentic: it has not proven to know the password, or to have the key expected"
    )]
    Impostor,
}

impl LoginError {
    /// The reason to give in ABORT.
    #[must_use]
    pub const fn uri(&self) -> Uri {
        match self {
            Self::NotOffered(_) => uris::NO_MATCHING_AUTH_METHOD,
            Self::Unbound | Self::Impostor => uris::AUTHENTICATION_DENIED,
            _ => uris::AUTHENTICATION_FAILED,
        }
    }
}

impl From<ScramError> for LoginError {
    fn from(error: ScramError) -> Self {
        match error {
            ScramError::Password => Self::Password,
            ScramError::Kdf(fault) => Self::Kdf(fault),
        }
    }
}

const CHANNEL_BINDING: &str = "channel_binding";

/// Of a salt or the router's part of a nonce, in bytes.
const LONGEST: usize = 1024;
