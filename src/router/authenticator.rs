//! Dynamic authenticators: what they are asked and what their answers mean.
//!
//! The convention is crossbar's, so that authenticators written for it serve here: positional arguments are the realm, the
//! authid and a dictionary of details; the answer is a role, or a dictionary.

use crate::auth::{
    CraSecret, Credential, HelloFacts, Kdf, Method, Principal, PublicKey, ScramKeys, ScramRecord,
    Secret,
};
use crate::codec::Arguments;
use crate::proto::{Dict, Uri, Value, uris};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::handle::RealmHandle;
use super::policy::Authenticator;

/// What an authenticator is asked.
pub(super) struct Question<'a> {
    pub(super) method: Method,
    pub(super) facts: &'a HelloFacts<'a>,
    /// The client's ticket.
    pub(super) ticket: Option<&'a str>,
    pub(super) peer: &'a str,
    pub(super) is_tls: bool,
}

/// What an authenticator says of somebody.
#[derive(Debug, PartialEq)]
pub(super) struct Grant {
    /// Who that is.
    pub(super) principal: Principal,
    /// What it has to prove yet; `None` if it is let in as it is.
    pub(super) credential: Option<Credential>,
}

/// Why an authenticator does not let somebody in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// It says so.
    Denied,
    /// It could not be asked, or its answer makes no sense: why, for the log.
    Failed(String),
}

impl Question<'_> {
    /// Asks the authenticator, which is called in this realm.
    pub(super) async fn ask(
        &self,
        realm: &RealmHandle,
        authenticator: &Authenticator,
    ) -> Result<Grant, Denial> {
        let procedure = authenticator.procedure.clone();
        let answer = realm.ask(procedure, self.arguments(), authenticator.timeout);
        match answer.await {
            Ok(answer) => self.grant(&answer).map_err(Denial::Failed),
            Err(fault) if is_technical(&fault.uri) => Err(Denial::Failed(fault.uri.to_string())),
            Err(_) => Err(Denial::Denied),
        }
    }

    fn arguments(&self) -> Arguments {
        let facts = self.facts;
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let transport = Dict::new()
            .with("peer", self.peer)
            .with("is_secure", self.is_tls);
        let transport = match facts.certificate {
            Some(certificate) => {
                transport.with("peer_cert", Value::Bin(certificate.to_vec().into()))
            }
            None => transport,
        };
        let extra = facts.authextra.cloned().unwrap_or_default();
        let details = Dict::new()
            .with("session", facts.session)
            .with("authmethod", self.method.name())
            .with("authid", text(facts.authid))
            .with("authrole", text(facts.authrole))
            .with("authextra", extra)
            .with("transport", transport);
        let details = match self.ticket {
            Some(ticket) => details.with("ticket", ticket),
            None => details,
        };
        let realm = facts.realm.as_str();
        Arguments {
            args: vec![Value::from(realm), text(facts.authid), details.into()],
            kwargs: Dict::new(),
        }
    }

    /// What an answer means.
    ///
    /// # Errors
    /// What is wrong with it.
    fn grant(&self, answer: &Arguments) -> Result<Grant, String> {
        let answer = match answer.args.first() {
            Some(Value::Str(role)) => Dict::new().with("role", role.clone()),
            Some(Value::Dict(answer)) => answer.clone(),
            _ => return Err("its answer is neither a role nor a dictionary".to_owned()),
        };
        let answer = Answer(&answer);
        let role = answer.text("role")?.ok_or("its answer has no \"role\"")?;
        let authid = answer.text("authid")?.or(self.facts.authid);
        let public = self.public_key();
        let authid = match (authid, public) {
            (Some(authid), _) => authid.to_owned(),
            (None, Some(key)) => key.to_string(),
            (None, None) => return Err("neither it nor the client says an authid".to_owned()),
        };
        let principal = Principal {
            authid,
            authrole: role.to_owned(),
            authmethod: self.method,
            authprovider: "dynamic".to_owned(),
            authextra: answer.dict("extra")?.cloned().unwrap_or_default(),
        };
        let credential = match self.method {
            Method::Ticket | Method::Tls | Method::Anonymous => None,
            Method::WampCra => Some(Credential::WampCra(answer.cra()?)),
            Method::Scram | Method::WampScram => Some(Credential::Scram(answer.scram()?)),
            Method::Cryptosign => Some(Credential::Cryptosign(match answer.text("pubkey")? {
                Some(key) => key
                    .parse()
                    .map_err(|error| format!("\"pubkey\": {error}"))?,
                None => public.ok_or("the client has no public key")?,
            })),
        };
        Ok(Grant {
            principal,
            credential,
        })
    }

    /// The key that the client says is its own.
    fn public_key(&self) -> Option<PublicKey> {
        let key = self.facts.authextra?.get("pubkey")?.as_str()?;
        key.parse().ok()
    }
}

/// Whether an error says that the authenticator could not be asked, rather than that it refuses.
fn is_technical(error: &Uri) -> bool {
    [
        uris::NO_SUCH_PROCEDURE,
        uris::NO_AVAILABLE_CALLEE,
        uris::UNAVAILABLE,
        uris::TIMEOUT,
        uris::CANCELED,
        uris::INVALID_ARGUMENT,
        uris::INVALID_URI,
        uris::PAYLOAD_SIZE_EXCEEDED,
        uris::RUNTIME_ERROR,
        uris::NETWORK_FAILURE,
    ]
    .contains(error)
}

/// The dictionary that an authenticator answers with.
struct Answer<'a>(&'a Dict);

impl<'a> Answer<'a> {
    fn text(&self, key: &'static str) -> Result<Option<&'a str>, String> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Str(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{key:?} is no string")),
        }
    }

    fn required(&self, key: &'static str) -> Result<&'a str, String> {
        self.text(key)?
            .ok_or_else(|| format!("its answer has no {key:?}"))
    }

    fn dict(&self, key: &'static str) -> Result<Option<&'a Dict>, String> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Dict(dict)) => Ok(Some(dict)),
            Some(_) => Err(format!("{key:?} is no dictionary")),
        }
    }

    fn number(&self, key: &'static str) -> Result<Option<u32>, String> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
                number
                    .map(Some)
                    .ok_or_else(|| format!("{key:?} is no number from 0 to 2^32 - 1"))
            }
        }
    }

    fn required_number(&self, key: &'static str) -> Result<u32, String> {
        self.number(key)?
            .ok_or_else(|| format!("its answer has no {key:?}"))
    }

    /// `secret`, and if it is a derived key, what from: `salt`, `iterations`, `keylen`.
    fn cra(&self) -> Result<CraSecret, String> {
        let secret = Secret::new(self.required("secret")?);
        let Some(salt) = self.text("salt")? else {
            return Ok(CraSecret::Plain(secret));
        };
        Ok(CraSecret::Salted {
            key: secret,
            salt: salt.to_owned(),
            iterations: self.required_number("iterations")?,
            keylen: self.number("keylen")?.unwrap_or(32),
        })
    }

    /// `kdf`, `salt`, `iterations`, `memory`, `stored-key`, `server-key`, the keys in hexadecimal or base64.
    fn scram(&self) -> Result<ScramRecord, String> {
        let kdf = self.text("kdf")?.unwrap_or("argon2id13");
        let iterations = self.required_number("iterations")?;
        let kdf = Kdf::named(kdf, iterations, self.number("memory")?)
            .map_err(|error| error.to_string())?;
        let salt = self.required("salt")?;
        let salt = bytes(salt).ok_or("\"salt\" is no base64")?;
        let key = |name: &'static str| -> Result<[u8; 32], String> {
            let key = bytes(self.required(name)?).and_then(|key| key.try_into().ok());
            key.ok_or_else(|| format!("{name:?} is not 32 bytes in base64 or hexadecimal"))
        };
        let keys = ScramKeys {
            stored: key("stored-key")?,
            server: key("server-key")?,
        };
        Ok(ScramRecord {
            kdf,
            salt,
            // An authenticator knows which dialect it is asked for.
            compat: Some(keys.clone()),
            keys,
        })
    }
}

/// The bytes that a text stands for, in hexadecimal or base64.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if text.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit) {
        let pairs = digits.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        return pairs.collect();
    }
    STANDARD.decode(text).ok()
}
