//! What a dynamic authenticator answered.
//!
//! The specification's chapter on it is to be written yet; this follows crossbar, so that its authenticators serve here too: the
//! answer is the name of a role, or a dictionary with the role and what a proof is to be checked with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{
    CraSecret, Credential, Kdf, KdfError, KeyError, Method, ScramKeys, ScramRecord, Secret,
    TicketSecret, cra, hex,
};
use crate::codec::Arguments;
use crate::proto::{Dict, Value};

/// A dynamic authenticator's answer about somebody: who it is, and by what that is to be proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The role to give.
    pub role: String,
    /// The name to give in place of the one that was asked about.
    pub authid: Option<String>,
    /// For `WELCOME.Details.authextra`.
    pub extra: Dict,
    /// What the proof is to be checked with. `None` lets the client in without more ado; only with a ticket, a certificate and
    /// anonymity can the authenticator have checked that itself.
    pub credential: Option<Credential>,
}

impl Verdict {
    /// Reads the answer, the first positional argument or else the keyword arguments.
    ///
    /// | method | keys beside `role`, `authid`, `extra` |
    /// |---|---|
    /// | `ticket` | `ticket`, if the authenticator was not shown the client's or leaves the comparison to the router |
    /// | `wampcra` | `secret`; with `salt`, `iterations`, `keylen` if it is to be salted, or `key` for what was derived |
    /// | `wamp-scram`, `scram` | `kdf`, `salt`, `iterations`, `memory`, `stored-key`, `server-key`, in hexadecimal or base64 |
    /// | `cryptosign` | `pubkey` |
    ///
    /// # Errors
    /// No role, or nothing to check the proof with.
    pub fn read(method: Method, answer: &Arguments) -> Result<Self, BadVerdict> {
        let dict = match answer.args.first() {
            Some(Value::Str(role)) => &Dict::new().with("role", role.clone()),
            Some(Value::Dict(dict)) => dict,
            None if !answer.kwargs.is_empty() => &answer.kwargs,
            _ => return Err(BadVerdict::NotADictionary),
        };
        let answer = Answer(dict);
        let role = answer.text("role")?.filter(|role| !role.is_empty());
        Ok(Self {
            role: role.ok_or(BadVerdict::Missing("role"))?.to_owned(),
            authid: answer.text("authid")?.map(str::to_owned),
            extra: match answer.value("extra") {
                None => Dict::new(),
                Some(Value::Dict(extra)) => extra.detach(),
                Some(_) => return Err(BadVerdict::Missing("extra")),
            },
            credential: answer.credential(method)?,
        })
    }
}

struct Answer<'a>(&'a Dict);

impl<'a> Answer<'a> {
    fn value(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| **value != Value::Null)
    }

    fn text(&self, key: &'static str) -> Result<Option<&'a str>, BadVerdict> {
        let text = |value: &'a Value| value.as_str().ok_or(BadVerdict::Missing(key));
        self.value(key).map(text).transpose()
    }

    fn number(&self, key: &'static str) -> Result<Option<u32>, BadVerdict> {
        let number = |value: &Value| value.as_u64().and_then(|it| u32::try_from(it).ok());
        let number = |value| number(value).ok_or(BadVerdict::Missing(key));
        self.value(key).map(number).transpose()
    }

    fn needed(&self, key: &'static str) -> Result<&'a str, BadVerdict> {
        let text = self.text(key)?.filter(|text| !text.is_empty());
        text.ok_or(BadVerdict::Missing(key))
    }

    fn credential(&self, method: Method) -> Result<Option<Credential>, BadVerdict> {
        Ok(Some(match method {
            Method::Anonymous | Method::Tls => return Ok(None),
            // The key with nothing behind it is a user without a ticket, not one who needs none.
            Method::Ticket if self.0.get("ticket").is_none() => return Ok(None),
            Method::Ticket => {
                Credential::Ticket(TicketSecret::plain(&self.needed("ticket")?.into()))
            }
            Method::WampCra => Credential::WampCra(self.cra()?),
            Method::WampScram | Method::Scram => Credential::Scram(self.scram(method)?),
            Method::Cryptosign => Credential::Cryptosign(self.needed("pubkey")?.parse()?),
        }))
    }

    fn cra(&self) -> Result<CraSecret, BadVerdict> {
        let derived = match self.0.get("key") {
            None => None,
            Some(_) => Some(Secret::new(self.needed("key")?)),
        };
        let Some(salt) = self.text("salt")? else {
            return Ok(CraSecret::Plain(self.needed("secret")?.into()));
        };
        let iterations = self.number("iterations")?.unwrap_or(1000);
        let keylen = self.number("keylen")?.unwrap_or(32);
        let key = match derived {
            Some(key) => key,
            None => {
                // The router has others to serve meanwhile.
                if iterations > MOST_ITERATIONS {
                    return Err(KdfError::Excessive(Kdf::Pbkdf2 { iterations }).into());
                }
                let secret = self.needed("secret")?.into();
                cra::derived(&secret, salt, iterations, keylen)?
            }
        };
        Ok(CraSecret::Salted {
            key,
            salt: salt.to_owned(),
            iterations,
            keylen,
        })
    }

    fn scram(&self, method: Method) -> Result<ScramRecord, BadVerdict> {
        let iterations = self.number("iterations")?;
        let iterations = iterations.ok_or(BadVerdict::Missing("iterations"))?;
        let kdf = Kdf::named(self.needed("kdf")?, iterations, self.number("memory")?)?;
        let stored = self.bytes("stored-key", "stored_key")?;
        let server = self.bytes("server-key", "server_key")?;
        let salt = self.bytes("salt", "salt")?;
        let key = |bytes: Vec<u8>, key| bytes.try_into().map_err(|_| BadVerdict::Missing(key));
        let keys = ScramKeys {
            stored: key(stored, "stored-key")?,
            server: key(server, "server-key")?,
        };
        Ok(ScramRecord {
            kdf,
            salt,
            // They are for the dialect that is asked about.
            compat: (method == Method::Scram).then(|| keys.clone()),
            keys,
        })
    }

    /// Hexadecimal as crossbar has it, else base64; under either spelling of the key.
    fn bytes(&self, key: &'static str, other: &'static str) -> Result<Vec<u8>, BadVerdict> {
        let text = match self.text(key)? {
            Some(text) => text,
            None => self.text(other)?.ok_or(BadVerdict::Missing(key))?,
        };
        hex::decode_all(text)
            .or_else(|| STANDARD.decode(text).ok())
            .ok_or(BadVerdict::Missing(key))
    }
}

/// An answer that nobody can be let in by. It does not repeat what it complains of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadVerdict {
    /// It is neither a role nor a dictionary.
    #[error("the authenticator's answer is neither the name of a role nor a dictionary")]
    NotADictionary,
    /// Something is missing, or is not of its kind.
    #[error("the authenticator's answer has no valid {0}")]
    Missing(&'static str),
    /// The public key is none.
    #[error("the authenticator's answer has no valid pubkey: {0}")]
    Key(#[from] KeyError),
    /// The key derivation cannot be.
    #[error("the authenticator's answer cannot be used: {0}")]
    Kdf(#[from] KdfError),
}

/// A tenth of a second.
const MOST_ITERATIONS: u32 = 100_000;
