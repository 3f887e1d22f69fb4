//! SCRAM-SHA-256 in its two dialects: neither side learns the password from the other, and both prove that they know it.
//!
//! Source: Advanced Profile, "Salted Challenge Response Authentication"; RFC 5802, RFC 7677. The dialect `scram` is what
//! autobahn-python and crossbar speak.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::hmac;
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::kdf::ARGON2ID_13;
use super::secret::REDACTED;
use super::ticket::sha256;
use super::{ChannelBinding, Kdf, KdfError, Method, Secret};

/// What the router keeps of a password for SCRAM. It is of no use for logging in, only for guessing the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScramRecord {
    /// How the password was made into a key.
    pub kdf: Kdf,
    /// The salt, 8 bytes or more.
    pub salt: Vec<u8>,
    /// The keys for `wamp-scram`.
    pub keys: ScramKeys,
    /// Those for `scram`, where they are known and differ: with Argon2, whose hash autobahn-python and crossbar take as text, and
    /// with passwords that SASLprep changes. Without them the user cannot log in by `scram` with Argon2.
    pub compat: Option<ScramKeys>,
}

impl ScramRecord {
    /// The record of a password. It takes the time and the memory that the function is meant to cost.
    ///
    /// # Errors
    /// A password that SASLprep prohibits, or a cost or salt that the function cannot have.
    pub fn derive(password: &Secret, salt: &[u8], kdf: Kdf) -> Result<Self, ScramError> {
        let prepared = prepare(password.expose()).ok_or(ScramError::Password)?;
        let hash = kdf.derive(prepared.as_bytes(), salt)?;
        let keys = ScramKeys::of(&Salted::new(Dialect::Wamp, kdf, &hash));
        let raw = password.expose();
        let compat = if *prepared != *raw {
            let hash = kdf.derive(raw.as_bytes(), salt)?;
            Some(ScramKeys::of(&Salted::new(Dialect::Autobahn, kdf, &hash)))
        } else if matches!(kdf, Kdf::Argon2id13 { .. }) {
            Some(ScramKeys::of(&Salted::new(Dialect::Autobahn, kdf, &hash)))
        } else {
            None
        };
        Ok(Self {
            kdf,
            salt: salt.to_vec(),
            keys,
            compat,
        })
    }

    /// The keys for a dialect, where they are known.
    pub(super) const fn keys(&self, dialect: Dialect) -> Option<&ScramKeys> {
        match (dialect, &self.compat, self.kdf) {
            (Dialect::Wamp, _, _) | (Dialect::Autobahn, None, Kdf::Pbkdf2 { .. }) => {
                Some(&self.keys)
            }
            (Dialect::Autobahn, compat, _) => compat.as_ref(),
        }
    }
}

/// The two keys of a SCRAM record.
#[derive(Clone, PartialEq, Eq)]
pub struct ScramKeys {
    /// What the client's proof is checked with.
    pub stored: [u8; 32],
    /// What the router proves itself with.
    pub server: [u8; 32],
}

impl ScramKeys {
    fn of(salted: &Salted) -> Self {
        Self {
            stored: sha256(&*salted.client_key()),
            server: hmac(&salted.0, b"Server Key"),
        }
    }

    /// Whether a proof is right; takes as long either way.
    pub(super) fn is_proven(&self, message: &str, proof: &[u8; 32]) -> Choice {
        let signature = hmac(&self.stored, message.as_bytes());
        let client_key = Zeroizing::new(xor(*proof, &signature));
        sha256(&*client_key).ct_eq(&self.stored)
    }

    /// The router's own proof.
    pub(super) fn verifier(&self, message: &str) -> [u8; 32] {
        hmac(&self.server, message.as_bytes())
    }
}

impl fmt::Debug for ScramKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScramKeys({REDACTED})")
    }
}

/// What became of the password, on the client's side.
pub(super) struct Salted(Zeroizing<Vec<u8>>);

impl Salted {
    /// From a password as it was typed.
    pub(super) fn derive(
        dialect: Dialect,
        password: &Secret,
        salt: &[u8],
        kdf: Kdf,
    ) -> Result<Self, ScramError> {
        let prepared = match dialect {
            Dialect::Wamp => prepare(password.expose()).ok_or(ScramError::Password)?,
            Dialect::Autobahn => Cow::Borrowed(password.expose()),
        };
        let hash = kdf.derive(prepared.as_bytes(), salt)?;
        Ok(Self::new(dialect, kdf, &hash))
    }

    /// The other dialect takes Argon2's hash as it stands in its usual text form.
    fn new(dialect: Dialect, kdf: Kdf, hash: &[u8; 32]) -> Self {
        Self(Zeroizing::new(match (dialect, kdf) {
            (Dialect::Autobahn, Kdf::Argon2id13 { .. }) => {
                STANDARD_NO_PAD.encode(hash).into_bytes()
            }
            _ => hash.to_vec(),
        }))
    }

    fn client_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac(&self.0, b"Client Key"))
    }

    /// The client's proof.
    pub(super) fn proof(&self, message: &str) -> [u8; 32] {
        let client_key = self.client_key();
        let signature = hmac(&sha256(&*client_key), message.as_bytes());
        xor(*client_key, &signature)
    }

    /// What the router has to prove itself with.
    pub(super) fn verifier(&self, message: &str) -> [u8; 32] {
        hmac(&hmac(&self.0, b"Server Key"), message.as_bytes())
    }
}

/// Which of the two dialects is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `wamp-scram`, as specified.
    Wamp,
    /// `scram`.
    Autobahn,
}

impl Dialect {
    /// That of a method, if the method is SCRAM.
    pub(super) const fn of(method: Method) -> Option<Self> {
        match method {
            Method::WampScram => Some(Self::Wamp),
            Method::Scram => Some(Self::Autobahn),
            _ => None,
        }
    }

    /// How the dialect spells a key derivation function.
    pub(super) const fn kdf_name(self, kdf: Kdf) -> &'static str {
        match (self, kdf) {
            (Self::Autobahn, Kdf::Argon2id13 { .. }) => ARGON2ID_13,
            _ => kdf.name(),
        }
    }

    /// Where in `WELCOME.Details.authextra` the router's proof stands.
    pub(super) const fn verifier_key(self) -> &'static str {
        match self {
            Self::Wamp => "verifier",
            Self::Autobahn => "scram_server_signature",
        }
    }
}

/// What both sides sign: the exchange so far.
pub(super) struct AuthMessage<'a> {
    pub(super) dialect: Dialect,
    /// As SASLprep leaves it.
    pub(super) authid: &'a str,
    pub(super) client_nonce: &'a str,
    /// Of both, the client's first.
    pub(super) nonce: &'a str,
    /// In base64, as it was sent.
    pub(super) salt: &'a str,
    pub(super) iterations: u32,
    pub(super) binding: Option<&'a ChannelBinding>,
}

impl fmt::Display for AuthMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authid = match self.dialect {
            Dialect::Wamp => Cow::Owned(self.authid.replace('=', "=3D").replace(',', "=2C")),
            Dialect::Autobahn => Cow::Borrowed(self.authid),
        };
        let Self {
            client_nonce,
            nonce,
            salt,
            iterations,
            ..
        } = self;
        let bound = match self.dialect {
            Dialect::Wamp => STANDARD.encode(binding_input(self.binding)),
            Dialect::Autobahn => String::new(),
        };
        write!(
            f,
            "n={authid},r={client_nonce},r={nonce},s={salt},i={iterations},c={bound},r={nonce}"
        )
    }
}

/// The GS2 header and the data that the channel is known by.
fn binding_input(binding: Option<&ChannelBinding>) -> Vec<u8> {
    binding.map_or_else(
        || b"n,,".to_vec(),
        |binding| {
            let mut input = format!("p={},,", binding.kind.name()).into_bytes();
            input.extend_from_slice(&binding.id);
            input
        },
    )
}

/// A name or password as SASLprep has it; `None` if it prohibits that.
pub(super) fn prepare(text: &str) -> Option<Cow<'_, str>> {
    stringprep::saslprep(text).ok()
}

/// Why there can be no record or proof of a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScramError {
    /// The password has characters that SASLprep prohibits.
    #[error("the password has characters that SCRAM prohibits, such as control characters")]
    Password,
    /// The key derivation cannot be done.
    #[error(transparent)]
    Kdf(#[from] KdfError),
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
        .as_ref()
        .try_into()
        .expect("HMAC-SHA-256 is 32 bytes")
}

fn xor(mut one: [u8; 32], other: &[u8; 32]) -> [u8; 32] {
    for (byte, mask) in one.iter_mut().zip(other) {
        *byte ^= mask;
    }
    one
}
