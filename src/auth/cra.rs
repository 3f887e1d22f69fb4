//! WAMP-CRA: a challenge is signed with a shared secret, or with a key derived from it.
//!
//! Source: Advanced Profile, "Challenge Response Authentication".

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::Serialize;
use zeroize::Zeroizing;

use super::kdf::pbkdf2;
use super::secret::REDACTED;
use super::{Kdf, KdfError, Secret};

/// What the router keeps of a secret for WAMP-CRA. Either form is enough to log in with: WAMP-CRA protects the password, not
/// the account, from whoever reads it.
#[derive(Clone, PartialEq, Eq)]
pub enum CraSecret {
    /// The secret itself.
    Plain(Secret),
    /// A key that PBKDF2 derived from it.
    Salted {
        /// The derived key in base64. This text, not the bytes it stands for, is the key of the HMAC: the specification does not
        /// say so, but all implementations agree.
        key: Secret,
        /// The salt; its text as it is, not decoded from anything.
        salt: String,
        /// How often HMAC is applied.
        iterations: u32,
        /// The length of the derived key, in bytes.
        keylen: u32,
    },
}

impl CraSecret {
    /// What a new record takes unless told otherwise. OWASP recommends six times as many, but browsers' implementations in
    /// plain JavaScript then take longer than a router waits for them.
    pub const DEFAULT_ITERATIONS: u32 = 100_000;

    /// A salted record for a new user.
    ///
    /// # Errors
    /// No iterations, or more than a client would go along with.
    pub fn derive(secret: &Secret, salt: &[u8; 16], iterations: u32) -> Result<Self, KdfError> {
        let salt = STANDARD.encode(salt);
        let key = derived(secret, &salt, iterations, NEW_KEYLEN)?;
        Ok(Self::Salted {
            key,
            salt,
            iterations,
            keylen: NEW_KEYLEN,
        })
    }

    pub(super) fn key(&self) -> &Secret {
        match self {
            Self::Plain(key) | Self::Salted { key, .. } => key,
        }
    }
}

impl fmt::Debug for CraSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => write!(f, "Plain({REDACTED})"),
            Self::Salted {
                salt,
                iterations,
                keylen,
                ..
            } => f
                .debug_struct("Salted")
                .field("key", &REDACTED)
                .field("salt", salt)
                .field("iterations", iterations)
                .field("keylen", keylen)
                .finish(),
        }
    }
}

/// The key that a salted secret is used by: base64 of what PBKDF2 gives.
///
/// There is no cost that is too cheap: a router that wants the password cheap to guess asks for no salt at all.
pub(super) fn derived(
    secret: &Secret,
    salt: &str,
    iterations: u32,
    keylen: u32,
) -> Result<Secret, KdfError> {
    let kdf = Kdf::Pbkdf2 { iterations };
    if !(1..=MOST_KEYLEN).contains(&keylen) {
        return Err(KdfError::KeyLength(keylen));
    }
    // Each 32 bytes of the key cost all iterations anew.
    let cost = Kdf::Pbkdf2 {
        iterations: iterations.saturating_mul(keylen.div_ceil(32)),
    };
    if let Err(fault @ KdfError::Excessive(_)) = cost.check() {
        return Err(fault);
    }
    let mut key = Zeroizing::new(vec![0; keylen as usize]);
    pbkdf2(
        secret.expose().as_bytes(),
        salt.as_bytes(),
        iterations,
        &mut key,
    )
    .ok_or(KdfError::Impossible(kdf))?;
    Ok(Secret::new(STANDARD.encode(&*key)))
}

/// The signature of a challenge.
pub(super) fn sign(key: &Secret, challenge: &str) -> String {
    STANDARD.encode(hmac::sign(&hmac_key(key), challenge.as_bytes()))
}

/// Whether `signature` is that of the challenge; `None` if it is no base64. Compares in constant time.
pub(super) fn verify(key: &Secret, challenge: &str, signature: &str) -> Option<bool> {
    let signature = STANDARD.decode(signature).ok()?;
    Some(hmac::verify(&hmac_key(key), challenge.as_bytes(), &signature).is_ok())
}

fn hmac_key(key: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes())
}

/// What is signed, as JSON.
#[derive(Serialize)]
pub(super) struct ChallengeText<'a> {
    pub(super) authid: &'a str,
    pub(super) authrole: &'a str,
    pub(super) authmethod: &'a str,
    pub(super) authprovider: &'a str,
    pub(super) nonce: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) session: u64,
}

impl ChallengeText<'_> {
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("strings and a number have a form in JSON")
    }
}

/// A point in time since 1970, as ISO 8601 in UTC, to the millisecond.
pub(super) fn timestamp(unix: Duration) -> String {
    /// The last second that has a form.
    const YEAR_9999: Duration = Duration::from_secs(253_402_300_799);
    humantime::format_rfc3339_millis(SystemTime::UNIX_EPOCH + unix.min(YEAR_9999)).to_string()
}

/// As all implementations have it unless told otherwise.
const NEW_KEYLEN: u32 = 32;
/// In bytes. PBKDF2 takes the longer, the more is asked for.
const MOST_KEYLEN: u32 = 256;
