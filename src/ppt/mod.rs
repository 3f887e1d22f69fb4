//! Payload passthru mode: arguments that only the clients at both ends look into, in a serializer of their own, and
//! encrypted if they like.
//!
//! [`Wrapping`] says how arguments are wrapped; [`Wrapping::wrap`] makes one binary argument and the `ppt_` attributes of
//! them, and [`open`] makes arguments of these again. What this module does *not* do: judge whether the peers announced
//! the mode, choose keys, or come by randomness — nonces come in.
//!
//! ```no_run
//! use wampkit::ppt::{Cipher, Keyring, Wrapping};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = std::fs::read_to_string("orders.key")?;
//! let keys = Keyring::new().with("orders", key.trim().parse()?);
//! let session = wampkit::Client::builder("ws://localhost:8080/ws")
//!     .keyring(keys)
//!     .connect()
//!     .await?;
//!
//! // The callee reads it with the same key, and its answer is encrypted in the same way.
//! let order = session.call("com.shop.order").args(("tea", 3));
//! let secret = Wrapping::wamp().encrypted(Cipher::XSalsa20Poly1305, "orders");
//! let number: u64 = order.passthru(secret).await?.value()?;
//! # Ok(())
//! # }
//! ```
//!
//! Inside, arguments are the dictionary `{"args": […], "kwargs": {…}}` in the serializer of the wrapping; `native` stands for
//! one binary argument that goes as it is. A cipher is applied to the bytes that come of it, and its nonce stands in
//! front of the ciphertext, as in `NaCl`'s boxes; the specification leaves that place open.
//!
//! Source: Advanced Profile, "Payload Passthru Mode".

mod keyring;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use bytestring::ByteString;

use crate::codec::{Arguments, DecodeError, TranscodeError, value_from_bytes, value_to_bytes};
use crate::proto::{Dict, Passthru, Serializer, Value};

pub use keyring::{BadKey, Cipher, Key, Keyring};

/// How arguments are wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrapping {
    scheme: ByteString,
    /// `None` is native.
    serializer: Option<Serializer>,
    cipher: Option<Cipher>,
    keyid: Option<ByteString>,
}

impl Wrapping {
    /// The scheme `wamp`, in CBOR: end-to-end encryption, once a cipher is added with [`Wrapping::encrypted`].
    #[must_use]
    pub const fn wamp() -> Self {
        Self::new(ByteString::from_static("wamp"), Some(Serializer::Cbor))
    }

    /// The scheme `mqtt`: the one binary argument is a payload of MQTT, unless a serializer is set.
    #[must_use]
    pub const fn mqtt() -> Self {
        Self::new(ByteString::from_static("mqtt"), None)
    }

    /// A scheme of the application's own, whose name begins with `x_`; native unless a serializer is set.
    ///
    /// # Errors
    /// [`PptError::Scheme`]: another name.
    pub fn custom(scheme: impl Into<String>) -> Result<Self, PptError> {
        let scheme = ByteString::from(scheme.into());
        if scheme.len() <= CUSTOM.len() || !scheme.starts_with(CUSTOM) {
            return Err(PptError::Scheme(scheme));
        }
        Ok(Self::new(scheme, None))
    }

    const fn new(scheme: ByteString, serializer: Option<Serializer>) -> Self {
        Self {
            scheme,
            serializer,
            cipher: None,
            keyid: None,
        }
    }

    /// The same with the arguments in `serializer`. The scheme `wamp` stays with CBOR, the only one that it may have here.
    #[must_use]
    pub fn serialized(mut self, serializer: Serializer) -> Self {
        if &*self.scheme != WAMP {
            self.serializer = Some(serializer);
        }
        self
    }

    /// The same, encrypted with the key of that id.
    #[must_use]
    pub fn encrypted(mut self, cipher: Cipher, keyid: impl Into<String>) -> Self {
        self.cipher = Some(cipher);
        self.keyid = Some(ByteString::from(keyid.into()));
        self
    }

    /// How a message with these attributes is wrapped; `None` if it is not.
    ///
    /// # Errors
    /// Attributes that are unknown here, or do not go together.
    pub fn of(attributes: &Passthru) -> Result<Option<Self>, PptError> {
        let Some(scheme) = attributes.ppt_scheme.clone().filter(|it| !it.is_empty()) else {
            return Ok(None);
        };
        if !matches!(&*scheme, WAMP | MQTT) && !scheme.starts_with(CUSTOM) {
            return Err(PptError::Scheme(scheme));
        }
        let serializer = match attributes.ppt_serializer.as_deref() {
            None if &*scheme == WAMP => return Err(PptError::NoSerializer),
            None => None,
            Some(NATIVE) if &*scheme != WAMP => None,
            Some(name) => {
                let known = name.parse().ok();
                let fits =
                    |serializer: &Serializer| &*scheme != WAMP || *serializer == Serializer::Cbor;
                let unknown = || PptError::Serializer(ByteString::from(name));
                Some(known.filter(fits).ok_or_else(unknown)?)
            }
        };
        let cipher = match attributes.ppt_cipher.as_ref() {
            None => None,
            Some(name) => {
                let unknown = || PptError::Cipher(name.clone());
                Some(Cipher::named(name).ok_or_else(unknown)?)
            }
        };
        Ok(Some(Self {
            scheme,
            serializer,
            cipher,
            keyid: attributes.ppt_keyid.clone(),
        }))
    }

    /// The `ppt_` attributes of a message.
    #[must_use]
    pub fn attributes(&self) -> Passthru {
        let serializer = self.serializer.map_or(NATIVE, Serializer::as_str);
        Passthru {
            ppt_scheme: Some(self.scheme.clone()),
            ppt_serializer: Some(ByteString::from_static(serializer)),
            ppt_cipher: self
                .cipher
                .map(|cipher| ByteString::from_static(cipher.as_str())),
            ppt_keyid: self.keyid.clone(),
            ..Passthru::default()
        }
    }

    /// Whether it is one binary argument that goes as it is.
    #[must_use]
    pub const fn is_native(&self) -> bool {
        self.serializer.is_none()
    }

    /// The one binary argument that these become. The cipher takes as much of the nonce as it needs, which must be random and
    /// is good for once.
    ///
    /// # Errors
    /// Arguments that cannot be wrapped so, or a key that is not in the ring.
    pub fn wrap(
        &self,
        arguments: Arguments,
        keys: &Keyring,
        nonce: [u8; NONCE],
    ) -> Result<Bytes, PptError> {
        let plain = match self.serializer {
            None => native(arguments)?,
            Some(serializer) => {
                let packed = Dict::new()
                    .with(ARGS, arguments.args)
                    .with(KWARGS, arguments.kwargs);
                value_to_bytes(serializer, &Value::Dict(packed))?
            }
        };
        match self.cipher {
            None => Ok(plain),
            Some(cipher) => cipher.encrypt(self.key(keys)?, &plain, &nonce),
        }
    }

    /// The arguments in what [`Wrapping::wrap`] has made.
    ///
    /// # Errors
    /// A message that is not as its attributes say, or a key that is not in the ring.
    pub fn unwrap(&self, wrapped: Arguments, keys: &Keyring) -> Result<Arguments, PptError> {
        let Arguments { mut args, kwargs } = wrapped;
        let (Some(item), true, true) = (args.pop(), args.is_empty(), kwargs.is_empty()) else {
            return Err(PptError::Shape);
        };
        let plain = match (item, self.cipher) {
            (Value::Bin(bytes), None) => bytes,
            (Value::Bin(bytes), Some(cipher)) => cipher.decrypt(self.key(keys)?, &bytes)?,
            // Some clients leave native arguments to the serializer of the session.
            (packed @ Value::Dict(_), None) if self.serializer.is_none() => {
                return unpacked(packed);
            }
            _ => return Err(PptError::Shape),
        };
        match self.serializer {
            None => Ok(Arguments {
                args: vec![Value::Bin(plain)],
                kwargs: Dict::new(),
            }),
            Some(serializer) => unpacked(value_from_bytes(serializer, &plain)?),
        }
    }

    fn key<'a>(&self, keys: &'a Keyring) -> Result<&'a Key, PptError> {
        keys.key(self.keyid.as_deref())
            .ok_or_else(|| PptError::NoKey(self.keyid.clone()))
    }
}

/// The arguments of a message with these attributes.
///
/// # Errors
/// As [`Wrapping::of`] and [`Wrapping::unwrap`].
pub fn open(
    arguments: Arguments,
    attributes: &Passthru,
    keys: &Keyring,
) -> Result<Arguments, PptError> {
    match Wrapping::of(attributes)? {
        None => Ok(arguments),
        Some(wrapping) => wrapping.unwrap(arguments, keys),
    }
}

/// The one binary argument that goes as it is.
fn native(arguments: Arguments) -> Result<Bytes, PptError> {
    let Arguments { mut args, kwargs } = arguments;
    match (args.pop(), args.is_empty(), kwargs.is_empty()) {
        (Some(Value::Bin(bytes)), true, true) => Ok(bytes),
        _ => Err(PptError::Native),
    }
}

/// The arguments in their dictionary. What is left out of it, or null, is empty; what else is in it is passed over.
fn unpacked(packed: Value) -> Result<Arguments, PptError> {
    let Value::Dict(packed) = packed else {
        return Err(PptError::Packing);
    };
    let args = match packed.get(ARGS) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::List(items)) => items.clone(),
        Some(_) => return Err(PptError::Packing),
    };
    let kwargs = match packed.get(KWARGS) {
        None | Some(Value::Null) => Dict::new(),
        Some(Value::Dict(items)) => items.clone(),
        Some(_) => return Err(PptError::Packing),
    };
    Ok(Arguments { args, kwargs })
}

/// Why arguments cannot be wrapped, or read again.
#[derive(Debug, thiserror::Error)]
pub enum PptError {
    /// A scheme that is none of `wamp`, `mqtt` and `x_…`.
    #[error("ppt_scheme {0:?} is none of wamp, mqtt and x_…")]
    Scheme(ByteString),
    /// The scheme `wamp` without a serializer.
    #[error("ppt_scheme wamp needs a ppt_serializer")]
    NoSerializer,
    /// A serializer that is unknown here, or not one for the scheme.
    #[error("ppt_serializer {0:?} is none that can be used")]
    Serializer(ByteString),
    /// A cipher that is unknown here.
    #[error("ppt_cipher {0:?} is none of xsalsa20poly1305 and aes256gcm")]
    Cipher(ByteString),
    /// There is no key of that id; or none is named, and there is not exactly one.
    #[error("there is no key {}", .0.as_deref().unwrap_or("that goes without an id"))]
    NoKey(Option<ByteString>),
    /// What has come in was not encrypted with that key, or was changed on its way.
    #[error("the payload cannot be decrypted with its key")]
    Decrypt,
    /// The payload is longer than the cipher takes.
    #[error("the payload is too long to be encrypted")]
    TooLong,
    /// What has come in is not one binary argument.
    #[error("payload passthru mode takes one binary argument and nothing else")]
    Shape,
    /// What is to be wrapped without a serializer is not one binary argument.
    #[error("a native payload is one binary argument and nothing else")]
    Native,
    /// What is wrapped are no arguments.
    #[error("the payload holds no dictionary of args and kwargs")]
    Packing,
    /// Arguments that have no form in the serializer.
    #[error(transparent)]
    Encode(#[from] TranscodeError),
    /// What is wrapped is not in the serializer that it claims.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// The length of the longest nonce that any cipher needs, in bytes.
pub const NONCE: usize = 24;

const WAMP: &str = "wamp";
const MQTT: &str = "mqtt";
const CUSTOM: &str = "x_";
const NATIVE: &str = "native";
const ARGS: &str = "args";
const KWARGS: &str = "kwargs";
