//! Keys and ciphers.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crypto_secretbox::aead::{Aead as _, KeyInit as _};
use crypto_secretbox::{Nonce as SalsaNonce, XSalsa20Poly1305};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::{NONCE, PptError};

/// How a payload is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// `xsalsa20poly1305`: `NaCl`'s secret box.
    XSalsa20Poly1305,
    /// `aes256gcm`. Its nonces are short: a key is good for some billions of messages.
    Aes256Gcm,
}

impl Cipher {
    /// All ciphers.
    pub const ALL: [Self; 2] = [Self::XSalsa20Poly1305, Self::Aes256Gcm];

    /// The value of `ppt_cipher`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::XSalsa20Poly1305 => "xsalsa20poly1305",
            Self::Aes256Gcm => "aes256gcm",
        }
    }

    /// The cipher of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cipher| cipher.as_str() == name)
    }

    const fn nonce_length(self) -> usize {
        match self {
            Self::XSalsa20Poly1305 => 24,
            Self::Aes256Gcm => 12,
        }
    }

    /// The nonce, then the ciphertext with its tag where the cipher puts that: in front with `XSalsa20-Poly1305`, at the end
    /// with AES-GCM.
    pub(super) fn encrypt(
        self,
        key: &Key,
        plain: &[u8],
        nonce: &[u8; NONCE],
    ) -> Result<Bytes, PptError> {
        let mut sealed = nonce[..self.nonce_length()].to_vec();
        match self {
            Self::XSalsa20Poly1305 => {
                let nonce = SalsaNonce::clone_from_slice(&sealed);
                let ciphertext = salsa(key)
                    .encrypt(&nonce, plain)
                    .map_err(|_| PptError::TooLong)?;
                sealed.extend_from_slice(&ciphertext);
            }
            Self::Aes256Gcm => {
                let nonce =
                    Nonce::try_assume_unique_for_key(&sealed).map_err(|_| PptError::TooLong)?;
                let mut ciphertext = plain.to_vec();
                aes(key)?
                    .seal_in_place_append_tag(nonce, Aad::empty(), &mut ciphertext)
                    .map_err(|_| PptError::TooLong)?;
                sealed.extend_from_slice(&ciphertext);
            }
        }
        Ok(sealed.into())
    }

    pub(super) fn decrypt(self, key: &Key, sealed: &[u8]) -> Result<Bytes, PptError> {
        let (nonce, ciphertext) = sealed
            .split_at_checked(self.nonce_length())
            .ok_or(PptError::Decrypt)?;
        match self {
            Self::XSalsa20Poly1305 => salsa(key)
                .decrypt(SalsaNonce::from_slice(nonce), ciphertext)
                .map(Bytes::from)
                .map_err(|_| PptError::Decrypt),
            Self::Aes256Gcm => {
                let nonce =
                    Nonce::try_assume_unique_for_key(nonce).map_err(|_| PptError::Decrypt)?;
                let mut text = ciphertext.to_vec();
                let plain = aes(key)?
                    .open_in_place(nonce, Aad::empty(), &mut text)
                    .map_err(|_| PptError::Decrypt)?
                    .len();
                text.truncate(plain);
                Ok(text.into())
            }
        }
    }
}

fn salsa(key: &Key) -> XSalsa20Poly1305 {
    XSalsa20Poly1305::new(&key.0.into())
}

fn aes(key: &Key) -> Result<LessSafeKey, PptError> {
    // 32 bytes are what this cipher has for a key.
    let key = UnboundKey::new(&AES_256_GCM, &key.0).map_err(|_| PptError::Decrypt)?;
    Ok(LessSafeKey::new(key))
}

/// A symmetric key of 32 bytes, for either cipher. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// 64 hexadecimal digits, or 32 bytes in base64.
impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let bytes = unhex(text)
            .or_else(|| STANDARD.decode(text).ok())
            .ok_or(BadKey)?;
        bytes.try_into().map(Self).map_err(|_| BadKey)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
        .collect()
}

/// A text that is no key. The text itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 64 hexadecimal digits, or 32 bytes in base64")]
pub struct BadKey;

/// The keys that a client has, by their ids. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Keyring(Arc<HashMap<String, Key>>);

impl Keyring {
    /// A ring without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same ring and one more key, in the place of one with the same id.
    #[must_use]
    pub fn with(mut self, keyid: impl Into<String>, key: Key) -> Self {
        Arc::make_mut(&mut self.0).insert(keyid.into(), key);
        self
    }

    /// The key of that id; without an id the only one there is.
    #[must_use]
    pub fn key(&self, keyid: Option<&str>) -> Option<&Key> {
        match keyid {
            Some(keyid) => self.0.get(keyid),
            None if self.0.len() == 1 => self.0.values().next(),
            None => None,
        }
    }
}
