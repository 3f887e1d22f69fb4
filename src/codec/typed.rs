//! Payloads from and to types of the application, through serde.
//!
//! Both ways lead over MessagePack, whose serde implementation is complete; what then differs between the serializers,
//! such as binary in JSON, is [`transcode`]'s business alone.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::proto::{Payload, PayloadShape, Serializer};

use super::error::Malformed;
use super::token::{Source, Token};
use super::{MAX_DEPTH, TranscodeError, TypedError, msgpack, transcode};

/// A payload in `serializer` of positional arguments, anything that serde writes as a sequence, and keyword arguments,
/// anything that it writes as a map or struct. `()` stands for none.
///
/// # Errors
/// Arguments that are something else, or have no form in `serializer`.
pub fn to_payload<A, K>(serializer: Serializer, args: &A, kwargs: &K) -> Result<Payload, TypedError>
where
    A: Serialize + ?Sized,
    K: Serialize + ?Sized,
{
    let args = element(args, "positional arguments", |token| {
        matches!(token, Token::List(_))
    })?;
    let kwargs = element(kwargs, "keyword arguments", |token| {
        matches!(token, Token::Dict(_))
    })?;
    let payload = match (args, kwargs) {
        (None, None) => Payload::empty(Serializer::MsgPack),
        (Some(args), None) => {
            Payload::from_raw(Serializer::MsgPack, PayloadShape::Args, Bytes::from(args))
        }
        (args, Some(kwargs)) => {
            let mut bytes = args.unwrap_or_else(|| EMPTY_LIST.to_vec());
            let args_len = u32::try_from(bytes.len()).map_err(|_| TranscodeError::TooLong)?;
            bytes.extend_from_slice(&kwargs);
            u32::try_from(bytes.len()).map_err(|_| TranscodeError::TooLong)?;
            let shape = PayloadShape::ArgsKwargs {
                args_len,
                kwargs_at: args_len,
            };
            Payload::from_raw(Serializer::MsgPack, shape, Bytes::from(bytes))
        }
    };
    Ok(transcode(&payload, serializer)?)
}

/// The positional arguments as a `T`, which is made from the whole list: a tuple, an array, a `Vec` or a struct.
///
/// # Errors
/// Arguments that are no `T`, or that MessagePack has no form for.
pub fn args_as<T: DeserializeOwned>(payload: &Payload) -> Result<T, TypedError> {
    let payload = readable(payload)?;
    Ok(rmp_serde::from_slice(payload.args().unwrap_or(EMPTY_LIST))?)
}

/// The keyword arguments as a `T`: a map or a struct.
///
/// # Errors
/// Arguments that are no `T`, or that MessagePack has no form for.
pub fn kwargs_as<T: DeserializeOwned>(payload: &Payload) -> Result<T, TypedError> {
    let payload = readable(payload)?;
    Ok(rmp_serde::from_slice(
        payload.kwargs().unwrap_or(EMPTY_DICT),
    )?)
}

/// The payload in MessagePack.
fn readable(payload: &Payload) -> Result<Payload, TypedError> {
    if payload.shape() == PayloadShape::Opaque {
        return Err(TypedError::Opaque);
    }
    Ok(transcode(payload, Serializer::MsgPack)?)
}

/// One element of a payload in MessagePack, `None` if it is empty. It is skimmed, because a type may write itself as
/// something that WAMP does not allow, such as a map whose keys are integers.
fn element<T: Serialize + ?Sized>(
    values: &T,
    what: &'static str,
    fits: impl FnOnce(&Token<'_>) -> bool,
) -> Result<Option<Vec<u8>>, TypedError> {
    let bytes = rmp_serde::to_vec_named(values)?;
    let malformed = |malformed: Malformed| malformed.transcoding(Serializer::MsgPack);
    let mut source = msgpack::Reader::open(&bytes, MAX_DEPTH).map_err(malformed)?;
    let token = source.next().map_err(malformed)?;
    if token == Token::Null {
        return Ok(None);
    }
    if !fits(&token) {
        let found = token.describe();
        return Err(TypedError::Shape { what, found });
    }
    let anything = source.skim().map_err(malformed)?;
    Ok(anything.then_some(bytes))
}

const EMPTY_LIST: &[u8] = &[0x90];
const EMPTY_DICT: &[u8] = &[0x80];
