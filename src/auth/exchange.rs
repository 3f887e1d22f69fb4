//! From CHALLENGE to the verdict, on the router's side.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::{Choice, ConstantTimeEq as _};

use super::cra::{self, ChallengeText};
use super::scram::{self, AuthMessage, Dialect};
use super::{
    ChannelBinding, CraSecret, Credential, HelloFacts, Method, PrivateKey, PublicKey, ScramKeys,
    ScramRecord, Secret, TicketSecret, hex,
};
use crate::proto::{Authenticate, Challenge, Dict, Uri, Value, uris};

/// What one client's answer to one CHALLENGE is judged by. It is used up by the answer, so that an answer cannot be given
/// twice; and what was challenged is new each time, so that an answer of another exchange does not fit.
#[derive(Debug)]
pub struct Exchange {
    expected: Expected,
    /// Who comes in by the right proof.
    principal: Principal,
    /// Whether anybody does. A name that nobody has is put to the same proof all the same.
    genuine: bool,
}

impl Exchange {
    /// An exchange by a credential that a dynamic authenticator returned, for the one who would be let in by it.
    ///
    /// # Errors
    /// Why the session is refused at once, as with [`Directory::begin`](super::Directory::begin).
    pub fn dynamic(
        hello: &HelloFacts<'_>,
        method: Method,
        credential: &Credential,
        principal: Principal,
    ) -> Result<(Challenge, Box<Self>), LoginRefusal> {
        Self::new(
            hello,
            method,
            std::slice::from_ref(credential),
            principal,
            true,
            None,
        )
    }

    /// An exchange by the credentials that serve the method.
    pub(super) fn new(
        hello: &HelloFacts<'_>,
        method: Method,
        credentials: &[Credential],
        principal: Principal,
        genuine: bool,
        router: Option<&PrivateKey>,
    ) -> Result<(Challenge, Box<Self>), LoginRefusal> {
        let mut serving = credentials.iter().filter(|it| it.serves(method));
        let (extra, expected) = match (serving.next(), Dialect::of(method)) {
            (Some(Credential::Ticket(first)), _) => {
                let others = serving.filter_map(|other| match other {
                    Credential::Ticket(ticket) => Some(ticket),
                    _ => None,
                });
                let tickets = std::iter::once(first).chain(others).cloned().collect();
                (Dict::new(), Expected::Ticket(tickets))
            }
            (Some(Credential::WampCra(secret)), _) => cra_challenge(hello, secret, &principal),
            (Some(Credential::Scram(record)), Some(dialect)) => {
                scram_challenge(hello, dialect, record, &principal)?
            }
            (Some(Credential::Cryptosign(key)), _) => cryptosign_challenge(hello, *key, router)?,
            // Nothing here can be challenged: the caller asked for what the credentials do not serve.
            _ => return Err(LoginRefusal::Denied(method)),
        };
        let challenge = Challenge {
            method: method.text(),
            extra,
        };
        let exchange = Self {
            expected,
            principal: Principal {
                authmethod: method,
                ..principal
            },
            genuine,
        };
        Ok((challenge, Box::new(exchange)))
    }

    /// The method by which the client was challenged.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.principal.authmethod
    }

    /// Judges the answer.
    ///
    /// # Errors
    /// Why the session is refused: the same for a wrong proof and a name that nobody has.
    pub fn judge(self, answer: &Authenticate) -> Result<Principal, LoginRefusal> {
        let method = self.method();
        let Self {
            expected,
            mut principal,
            genuine,
        } = self;
        let malformed = |fault| LoginRefusal::Malformed { method, fault };
        let proven = match expected {
            Expected::Ticket(tickets) => tickets.iter().fold(Choice::from(0), |found, it| {
                found | it.is(&answer.signature)
            }),
            Expected::Cra { key, challenge } => {
                let right = cra::verify(&key, &challenge, &answer.signature)
                    .ok_or_else(|| malformed("the signature is no base64"))?;
                Choice::from(u8::from(right))
            }
            Expected::Scram(scram) => {
                scram.check(answer).map_err(malformed)?;
                let proof = STANDARD.decode(&*answer.signature).ok();
                let proof = proof
                    .and_then(|proof| <[u8; 32]>::try_from(proof).ok())
                    .ok_or_else(|| malformed("the proof is not 32 bytes in base64"))?;
                let verifier = scram.keys.verifier(&scram.message);
                principal
                    .authextra
                    .push(scram.dialect.verifier_key(), STANDARD.encode(verifier));
                scram.keys.is_proven(&scram.message, &proof)
            }
            Expected::Cryptosign { key, message } => {
                let signed: [u8; 96] = hex::decode(&answer.signature).ok_or_else(|| {
                    malformed(
                        "the signature is not 192 hexadecimal digits, of a signature and what it signs",
                    )
                })?;
                let (signature, signed) = signed.split_at(64);
                Choice::from(u8::from(key.verify(signed, signature))) & signed.ct_eq(&message)
            }
        };
        if bool::from(proven & Choice::from(u8::from(genuine))) {
            Ok(principal)
        } else {
            Err(LoginRefusal::Denied(method))
        }
    }
}

/// What the answer has to be.
enum Expected {
    /// Any of these.
    Ticket(Vec<TicketSecret>),
    Cra {
        key: Secret,
        challenge: String,
    },
    Scram(Box<ExpectedScram>),
    Cryptosign {
        key: PublicKey,
        message: [u8; 32],
    },
}

struct ExpectedScram {
    dialect: Dialect,
    keys: ScramKeys,
    message: String,
    nonce: String,
    binding: Option<ChannelBinding>,
}

/// What is expected is what an impostor would have to know.
impl fmt::Debug for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ExpectedScram {
    /// Whether the answer belongs to this exchange and this connection. The other dialect's answers have a proof alone.
    fn check(&self, answer: &Authenticate) -> Result<(), &'static str> {
        let found = |key| answer.extra.get(key).filter(|it| **it != Value::Null);
        match (found("nonce"), self.dialect) {
            (Some(Value::Str(nonce)), _) if **nonce == *self.nonce => {}
            (None, Dialect::Autobahn) => return Ok(()),
            _ => return Err("the nonce is not that of the challenge"),
        }
        let kind = self.binding.map(|binding| binding.kind.name());
        if found("channel_binding").map(Value::as_str) != kind.map(Some) {
            return Err("the channel binding is not that of HELLO");
        }
        let data = self.binding.map(|binding| STANDARD.encode(binding.id));
        if found("cbind_data").map(Value::as_str) != data.as_deref().map(Some) {
            return Err("the channel binding is to another connection");
        }
        Ok(())
    }
}

fn cra_challenge(
    hello: &HelloFacts<'_>,
    secret: &CraSecret,
    principal: &Principal,
) -> (Dict, Expected) {
    let challenge = ChallengeText {
        authid: &principal.authid,
        authrole: &principal.authrole,
        authmethod: Method::WampCra.name(),
        authprovider: &principal.authprovider,
        nonce: &STANDARD.encode(&hello.random[..24]),
        timestamp: &cra::timestamp(hello.unix),
        session: hello.session.get(),
    }
    .json();
    let mut extra = Dict::new().with("challenge", challenge.clone());
    if let CraSecret::Salted {
        salt,
        iterations,
        keylen,
        ..
    } = secret
    {
        extra.push("salt", salt.clone());
        extra.push("iterations", u64::from(*iterations));
        extra.push("keylen", u64::from(*keylen));
    }
    let key = secret.key().clone();
    (extra, Expected::Cra { key, challenge })
}

fn scram_challenge(
    hello: &HelloFacts<'_>,
    dialect: Dialect,
    record: &ScramRecord,
    principal: &Principal,
) -> Result<(Dict, Expected), LoginRefusal> {
    let method = match dialect {
        Dialect::Wamp => Method::WampScram,
        Dialect::Autobahn => Method::Scram,
    };
    let malformed = |fault| LoginRefusal::Malformed { method, fault };
    let client_nonce = hello
        .extra("nonce")
        .and_then(Value::as_str)
        .filter(|nonce| is_nonce(nonce))
        .ok_or_else(|| malformed("authextra.nonce is not 8 to 128 bytes in base64"))?;
    let binding = match hello.extra("channel_binding") {
        None => None,
        Some(wanted) => {
            let wanted = wanted
                .as_str()
                .ok_or_else(|| malformed("authextra.channel_binding is no string"))?;
            // The other dialect knows of none.
            let there = hello
                .binding
                .filter(|binding| dialect == Dialect::Wamp && binding.kind.name() == wanted);
            Some(*there.ok_or(LoginRefusal::ChannelBinding(method))?)
        }
    };
    let authid = scram::prepare(&principal.authid)
        .ok_or_else(|| malformed("the authid has characters that SASLprep prohibits"))?;
    let keys = record
        .keys(dialect)
        .ok_or(LoginRefusal::Denied(method))?
        .clone();
    let nonce = format!("{client_nonce}{}", STANDARD.encode(&hello.random[..18]));
    let salt = STANDARD.encode(&record.salt);
    let message = AuthMessage {
        dialect,
        authid: &authid,
        client_nonce,
        nonce: &nonce,
        salt: &salt,
        iterations: record.kdf.iterations(),
        binding: binding.as_ref(),
    }
    .to_string();
    let mut extra = Dict::new()
        .with("nonce", nonce.clone())
        .with("salt", salt)
        .with("kdf", dialect.kdf_name(record.kdf))
        .with("iterations", u64::from(record.kdf.iterations()));
    match (record.kdf.memory(), dialect) {
        (Some(memory), _) => extra.push("memory", u64::from(memory)),
        (None, Dialect::Wamp) => extra.push("memory", Value::Null),
        // autobahn-python makes a number of whatever stands there.
        (None, Dialect::Autobahn) => {}
    }
    let expected = ExpectedScram {
        dialect,
        keys,
        message,
        nonce,
        binding,
    };
    Ok((extra, Expected::Scram(Box::new(expected))))
}

/// Whether a client's nonce is what it has to be. An octet in it that is not base64 could forge what is signed.
fn is_nonce(text: &str) -> bool {
    STANDARD
        .decode(text)
        .is_ok_and(|nonce| (8..=128).contains(&nonce.len()))
}

fn cryptosign_challenge(
    hello: &HelloFacts<'_>,
    key: PublicKey,
    router: Option<&PrivateKey>,
) -> Result<(Dict, Expected), LoginRefusal> {
    let malformed = |fault| LoginRefusal::Malformed {
        method: Method::Cryptosign,
        fault,
    };
    let wanted = hello.extra("channel_binding");
    if wanted.is_some_and(|wanted| wanted.as_str().is_none()) {
        return Err(malformed("authextra.channel_binding is no string"));
    }
    // Without the type that the client wants it goes on unbound, as the specification allows; the client then may leave.
    let binding = hello
        .binding
        .filter(|binding| wanted.and_then(Value::as_str) == Some(binding.kind.name()));
    let mut challenge = [0; 32];
    challenge.copy_from_slice(&hello.random[..32]);
    let mut extra = Dict::new().with("challenge", hex::encode(&challenge));
    if let Some(binding) = binding {
        extra.push("channel_binding", binding.kind.name());
    }
    if let Some(theirs) = hello.extra("challenge") {
        let theirs = theirs
            .as_str()
            .and_then(hex::decode)
            .ok_or_else(|| malformed("authextra.challenge is not 64 hexadecimal digits"))?;
        if let Some(router) = router {
            let message = ChannelBinding::bind(binding, &theirs);
            extra.push("pubkey", router.public().to_string());
            extra.push("signature", signed(router, &message));
        }
    }
    let message = ChannelBinding::bind(binding, &challenge);
    Ok((extra, Expected::Cryptosign { key, message }))
}

/// Signature and message, 96 bytes in hexadecimal.
pub(super) fn signed(key: &PrivateKey, message: &[u8; 32]) -> String {
    let mut text = hex::encode(&key.sign(message));
    text.push_str(&hex::encode(message));
    text
}

/// Who has come in.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// The name.
    pub authid: String,
    /// The role.
    pub authrole: String,
    /// How that was proven.
    pub authmethod: Method,
    /// Who vouches for it: `static` or `dynamic`.
    pub authprovider: String,
    /// `WELCOME.Details.authextra`: what a dynamic authenticator said, and the router's own proof under SCRAM. It is only
    /// sent if it is not empty.
    pub authextra: Dict,
}

/// Why somebody does not come in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginRefusal {
    /// Wrong proof, unknown name, wrong key: which of them, nobody is told.
    #[error("nobody of that name has proven itself by {0}")]
    Denied(Method),
    /// Nothing that the client offers is accepted for that name.
    #[error("none of the authentication methods offered is accepted: {offered}")]
    NoMatchingMethod {
        /// What the client offers.
        offered: String,
    },
    /// The client offers no more than to be anonymous, which is not enough.
    #[error("this realm admits nobody without authentication")]
    Required,
    /// The client wants its proof bound to the connection in a way that there is not.
    #[error("there is no such channel binding on this connection for {0}")]
    ChannelBinding(Method),
    /// HELLO or AUTHENTICATE is not as the method wants it.
    #[error("{method}: {fault}")]
    Malformed {
        /// The method.
        method: Method,
        /// What is wrong.
        fault: &'static str,
    },
}

impl LoginRefusal {
    /// The reason in ABORT.
    #[must_use]
    pub const fn uri(&self) -> Uri {
        match self {
            Self::Denied(_) | Self::Malformed { .. } => uris::AUTHENTICATION_DENIED,
            Self::NoMatchingMethod { .. } => uris::NO_MATCHING_AUTH_METHOD,
            Self::Required => uris::AUTHENTICATION_REQUIRED,
            Self::ChannelBinding(_) => uris::AUTHENTICATION_FAILED,
        }
    }
}
