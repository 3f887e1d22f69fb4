//! Application payload: the bytes of `Arguments` and `ArgumentsKw` as they stood in a frame.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;

/// A serialization of WAMP messages.
///
/// Source: Basic Profile, Building Blocks, "Serializers".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Serializer {
    /// JSON, in WebSocket text messages.
    Json,
    /// MessagePack.
    MsgPack,
    /// CBOR (RFC 8949).
    Cbor,
}

impl Serializer {
    /// All serializers.
    pub const ALL: [Self; 3] = [Self::Json, Self::MsgPack, Self::Cbor];

    /// The short name: `json`, `msgpack`, `cbor`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::MsgPack => "msgpack",
            Self::Cbor => "cbor",
        }
    }

    /// The WebSocket subprotocol (Basic Profile, "WebSocket Transport").
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Self::Json => "wamp.2.json",
            Self::MsgPack => "wamp.2.msgpack",
            Self::Cbor => "wamp.2.cbor",
        }
    }

    /// The serializer of a WebSocket subprotocol.
    #[must_use]
    pub fn from_subprotocol(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|serializer| serializer.subprotocol() == name)
    }

    /// The nibble of the RawSocket handshake (Advanced Profile, "RawSocket Transport").
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::Json => 1,
            Self::MsgPack => 2,
            Self::Cbor => 3,
        }
    }

    /// The serializer of a RawSocket nibble.
    #[must_use]
    pub fn from_nibble(nibble: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|serializer| serializer.nibble() == nibble)
    }
}

impl fmt::Display for Serializer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Serializer {
    type Err = UnknownSerializer;

    fn from_str(name: &str) -> Result<Self, UnknownSerializer> {
        Self::ALL
            .into_iter()
            .find(|serializer| serializer.as_str() == name)
            .ok_or_else(|| UnknownSerializer(name.to_owned()))
    }
}

/// A name that is no serializer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of json, msgpack, cbor")]
pub struct UnknownSerializer(pub String);

/// The payload of a message: bytes in one serializer, well-formed but never parsed on their way through a router.
///
/// Whoever makes one vouches that the bytes are well-formed; [`codec::decode`](crate::codec::decode) does so by skimming
/// them. Empty arguments are left out: the shape never claims an `Arguments` list that is empty unless keyword arguments
/// follow it (Basic Profile, "Empty Arguments and Keyword Arguments").
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    serializer: Serializer,
    shape: PayloadShape,
    bytes: Bytes,
}

/// Which elements a payload consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadShape {
    /// No elements.
    Empty,
    /// `Arguments`.
    Args,
    /// `Arguments` in the first `args_len` bytes, `ArgumentsKw` from `kwargs_at` on. In JSON a comma stands between.
    ArgsKwargs {
        /// Length of `Arguments`, in bytes.
        args_len: u32,
        /// Start of `ArgumentsKw`, in bytes.
        kwargs_at: u32,
    },
    /// One string or binary in place of both, as messages with `enc_algo` carry it.
    Opaque,
}

impl Payload {
    /// A payload without elements.
    #[must_use]
    pub const fn empty(serializer: Serializer) -> Self {
        Self {
            serializer,
            shape: PayloadShape::Empty,
            bytes: Bytes::new(),
        }
    }

    /// A payload of this shape over `bytes`, which must be well-formed in `serializer` and have that shape.
    #[must_use]
    pub const fn from_raw(serializer: Serializer, shape: PayloadShape, bytes: Bytes) -> Self {
        Self {
            serializer,
            shape,
            bytes,
        }
    }

    /// The serializer of the bytes.
    #[must_use]
    pub const fn serializer(&self) -> Serializer {
        self.serializer
    }

    /// Which elements there are.
    #[must_use]
    pub const fn shape(&self) -> PayloadShape {
        self.shape
    }

    /// Whether there are no elements.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self.shape, PayloadShape::Empty)
    }

    /// How many message elements it adds: 0, 1 or 2.
    #[must_use]
    pub const fn elements(&self) -> usize {
        match self.shape {
            PayloadShape::Empty => 0,
            PayloadShape::Args | PayloadShape::Opaque => 1,
            PayloadShape::ArgsKwargs { .. } => 2,
        }
    }

    /// All bytes, ready to stand at the end of a message.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The bytes of `Arguments`, if there is such an element.
    #[must_use]
    pub fn args(&self) -> Option<&[u8]> {
        match self.shape {
            PayloadShape::Args => Some(&self.bytes),
            PayloadShape::ArgsKwargs { args_len, .. } => Some(&self.bytes[..args_len as usize]),
            PayloadShape::Empty | PayloadShape::Opaque => None,
        }
    }

    /// The bytes of `ArgumentsKw`, if there is such an element.
    #[must_use]
    pub fn kwargs(&self) -> Option<&[u8]> {
        match self.shape {
            PayloadShape::ArgsKwargs { kwargs_at, .. } => Some(&self.bytes[kwargs_at as usize..]),
            _ => None,
        }
    }

    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self {
            bytes: Bytes::copy_from_slice(&self.bytes),
            ..*self
        }
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::empty(Serializer::Json)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {:?}", self.serializer, self.shape, self.bytes)
    }
}
