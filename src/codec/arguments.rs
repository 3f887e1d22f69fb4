use bytes::{Bytes, BytesMut};

use crate::proto::{Dict, Payload, PayloadShape, Serializer, Value};

use super::error::Malformed;
use super::token::{Sink, Source};
use super::value::{NoValue, read_value, write_dict, write_list, write_value};
use super::{DecodeError, MAX_DEPTH, TranscodeError, cbor, json, msgpack};

/// The payload of a message as values: positional and keyword arguments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// `Arguments`.
    pub args: Vec<Value>,
    /// `ArgumentsKw`.
    pub kwargs: Dict,
}

impl Arguments {
    /// The values of a payload. Strings and binary are slices of the payload's bytes where they can be.
    ///
    /// # Errors
    /// A payload that is opaque or not well-formed, or a value that [`Value`] does not have.
    pub fn from_payload(payload: &Payload) -> Result<Self, DecodeError> {
        if payload.shape() == PayloadShape::Opaque {
            return Err(DecodeError::Opaque);
        }
        let value = |bytes: Option<&[u8]>| match bytes {
            Some(bytes) => value_of(payload.serializer(), bytes, payload.bytes()).map(Some),
            None => Ok(None),
        };
        let args = match value(payload.args())? {
            Some(Value::List(items)) => items,
            Some(_) | None => Vec::new(),
        };
        let kwargs = match value(payload.kwargs())? {
            Some(Value::Dict(dict)) => dict,
            Some(_) | None => Dict::new(),
        };
        Ok(Self { args, kwargs })
    }

    /// The values as a payload in `serializer`.
    ///
    /// # Errors
    /// A value that has no form in `serializer`, or values nested deeper than [`MAX_DEPTH`].
    pub fn to_payload(&self, serializer: Serializer) -> Result<Payload, TranscodeError> {
        let mut out = BytesMut::new();
        let shape = match serializer {
            Serializer::Json => self.write(&mut json::Writer::new(&mut out)),
            Serializer::MsgPack => self.write(&mut msgpack::Writer::new(&mut out)),
            Serializer::Cbor => self.write(&mut cbor::Writer::new(&mut out)),
        }?;
        Ok(Payload::from_raw(serializer, shape, out.freeze()))
    }

    fn write<K: Sink>(&self, sink: &mut K) -> Result<PayloadShape, TranscodeError> {
        if self.args.is_empty() && self.kwargs.is_empty() {
            return Ok(PayloadShape::Empty);
        }
        write_list(sink, &self.args, 0)?;
        let length = |sink: &K| u32::try_from(sink.len()).map_err(|_| TranscodeError::TooLong);
        let args_len = length(sink)?;
        if self.kwargs.is_empty() {
            return Ok(PayloadShape::Args);
        }
        write_dict(sink, &self.kwargs, 0)?;
        length(sink)?;
        Ok(PayloadShape::ArgsKwargs {
            args_len,
            kwargs_at: args_len + K::SEPARATOR,
        })
    }
}

/// One value on its own, as `serializer` writes it.
///
/// # Errors
/// A value that has no form in `serializer`, or one nested deeper than [`MAX_DEPTH`].
pub fn value_to_bytes(serializer: Serializer, value: &Value) -> Result<Bytes, TranscodeError> {
    let mut out = BytesMut::new();
    match serializer {
        Serializer::Json => write_value(&mut json::Writer::new(&mut out), value, 0),
        Serializer::MsgPack => write_value(&mut msgpack::Writer::new(&mut out), value, 0),
        Serializer::Cbor => write_value(&mut cbor::Writer::new(&mut out), value, 0),
    }?;
    Ok(out.freeze())
}

/// The one value that `bytes` are in `serializer`. Strings and binary are slices of `bytes` where they can be.
///
/// # Errors
/// Bytes that are not well-formed, or a value that [`Value`] does not have.
pub fn value_from_bytes(serializer: Serializer, bytes: &Bytes) -> Result<Value, DecodeError> {
    value_of(serializer, bytes, bytes)
}

/// One value: all of `bytes`, which are a part of `frame`.
fn value_of(serializer: Serializer, bytes: &[u8], frame: &Bytes) -> Result<Value, DecodeError> {
    match serializer {
        Serializer::Json => value_in::<json::Reader<'_>>(bytes, frame),
        Serializer::MsgPack => value_in::<msgpack::Reader<'_>>(bytes, frame),
        Serializer::Cbor => value_in::<cbor::Reader<'_>>(bytes, frame),
    }
}

fn value_in<'a, S: Source<'a>>(bytes: &'a [u8], frame: &Bytes) -> Result<Value, DecodeError> {
    let malformed = |malformed: Malformed| malformed.decoding(S::SERIALIZER);
    let mut source = S::open(bytes, MAX_DEPTH).map_err(malformed)?;
    let value = read_value(&mut source, frame).map_err(|error| match error {
        NoValue::Malformed(error) => malformed(error),
        NoValue::Unportable(value) => DecodeError::NoValue(value),
    })?;
    source.finish().map_err(malformed)?;
    Ok(value)
}
