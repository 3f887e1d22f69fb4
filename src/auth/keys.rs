//! Ed25519 keys, from the texts that they are kept in.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use zeroize::Zeroizing;

use super::hex;
use super::secret::REDACTED;

/// A private key that signs cryptosign's challenges. `Debug` does not show it; it is wiped when it is dropped.
#[derive(Clone)]
pub struct PrivateKey {
    seed: Zeroizing<[u8; 32]>,
    public: PublicKey,
}

impl PrivateKey {
    /// The key of this seed: 32 random bytes, which is how a new key is made.
    #[must_use]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        let public = PublicKey(
            pair(&seed)
                .public_key()
                .as_ref()
                .try_into()
                .expect("an Ed25519 public key is 32 bytes"),
        );
        Self { seed, public }
    }

    /// The public key to it.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// The seed in 64 hexadecimal digits: the text that a key file of this tool holds.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&*self.seed))
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        pair(&self.seed)
            .sign(message)
            .as_ref()
            .try_into()
            .expect("an Ed25519 signature is 64 bytes")
    }
}

fn pair(seed: &[u8; 32]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed")
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({REDACTED})")
    }
}

/// 64 hexadecimal digits (the seed), a key file of crossbar or autobahn (`private-key-ed25519: …` among its lines), or an
/// OpenSSH private key file.
impl FromStr for PrivateKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.starts_with("-----BEGIN") {
            return from_openssh(text);
        }
        let digits = tagged(text, "private-key-ed25519").unwrap_or(text);
        match hex::decode(digits) {
            Some(seed) => Ok(Self::from_seed(seed)),
            None if tagged(text, "public-key-ed25519").is_some() || text.starts_with(SSH) => {
                Err(KeyError::PublicOnly)
            }
            None => Err(KeyError::NotPrivate),
        }
    }
}

fn from_openssh(text: &str) -> Result<PrivateKey, KeyError> {
    let Some(body) = text.strip_prefix("-----BEGIN OPENSSH PRIVATE KEY-----") else {
        return Err(KeyError::Pem);
    };
    let body = body
        .strip_suffix("-----END OPENSSH PRIVATE KEY-----")
        .ok_or(KeyError::NotPrivate)?;
    // OpenSSH reads lines of any length, and others than ssh-keygen write other ones than its 70 columns.
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.split_ascii_whitespace());
    let key = STANDARD.decode(&*digits).map(Zeroizing::new);
    let key = key.map_err(|_| KeyError::NotPrivate)?;
    let key = ssh_key::PrivateKey::from_bytes(&key).map_err(|_| KeyError::NotPrivate)?;
    if key.is_encrypted() {
        return Err(KeyError::Encrypted);
    }
    match key.key_data().ed25519() {
        Some(pair) => Ok(PrivateKey::from_seed(pair.private.to_bytes())),
        None => Err(KeyError::Algorithm(key.algorithm().to_string())),
    }
}

/// The value behind `tag:` in a key file of crossbar or autobahn.
fn tagged<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.trim().eq_ignore_ascii_case(tag))
        .map(|(_, value)| value.trim())
}

/// An Ed25519 public key. Displays as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// 64 hexadecimal digits, a line `ssh-ed25519 AAAA…` as in `id_ed25519.pub`, or a public key file of crossbar or autobahn.
impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.contains("PRIVATE KEY") || tagged(text, "private-key-ed25519").is_some() {
            return Err(KeyError::PrivateGiven);
        }
        if let Some((algorithm, _)) = text.split_once(' ')
            && ["ssh-", "ecdsa-", "sk-"]
                .iter()
                .any(|it| algorithm.starts_with(it))
        {
            if algorithm != SSH {
                return Err(KeyError::Algorithm(algorithm.to_owned()));
            }
            let key = ssh_key::PublicKey::from_openssh(text).map_err(|_| KeyError::NotPublic)?;
            let key = key.key_data().ed25519().ok_or(KeyError::NotPublic)?;
            return Ok(Self(key.0));
        }
        let digits = tagged(text, "public-key-ed25519").unwrap_or(text);
        hex::decode(digits).map(Self).ok_or(KeyError::NotPublic)
    }
}

const SSH: &str = "ssh-ed25519";

/// A text that is not the key it should be. The text itself is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No form of a private key.
    #[error(
        "this is no private key: expected 64 hexadecimal digits, a line `private-key-ed25519: …`, or an OpenSSH private key"
    )]
    NotPrivate,
    /// No form of a public key.
    #[error(
        "this is no public key: expected 64 hexadecimal digits, a line `ssh-ed25519 AAAA…`, or `public-key-ed25519: …`"
    )]
    NotPublic,
    /// The public key where the private one is wanted.
    #[error("this is a public key; the private one is needed")]
    PublicOnly,
    /// The private key where the public one is wanted. It ought not to be there.
    #[error("this is a private key; the public one is needed")]
    PrivateGiven,
    /// An OpenSSH key behind a passphrase.
    #[error(
        "the key is encrypted with a passphrase; make a copy without one: cp KEY COPY && ssh-keygen -p -N '' -f COPY"
    )]
    Encrypted,
    /// A private key in PEM, but not in OpenSSH's format.
    #[error("this is a PEM file, but no OpenSSH private key; ssh-keygen -t ed25519 makes one")]
    Pem,
    /// A key of another algorithm.
    #[error("the key is {0}; cryptosign needs ssh-ed25519")]
    Algorithm(String),
}
