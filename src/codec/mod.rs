//! Bytes to messages and back, in three serializers.
//!
//! Application payload is not taken apart on its way through a router: [`decode`] reads the header of a message, skims
//! the payload once to know that it is well-formed, and keeps it as the bytes that arrived; [`encode`] writes a new
//! header in front of them. Only between peers of different serializers is it rewritten, by [`transcode`], token by
//! token. Values are made of it for those who ask: [`Arguments`], or types of their own through [`args_as`],
//! [`kwargs_as`] and [`to_payload`].
//!
//! Each format is a `Source` that turns bytes into tokens, checking them on the way, and a `Sink` that turns tokens into
//! bytes; everything else is written once over these two. What this module does *not* do: judge whether a message is
//! allowed at its time, or whether its URIs are.

mod arguments;
mod bounds;
mod cbor;
mod cursor;
mod decode;
mod encode;
mod error;
mod json;
mod msgpack;
mod nesting;
#[cfg(test)]
mod tests;
mod token;
mod transcode;
mod typed;
mod value;

use bytes::{Bytes, BytesMut};

use crate::proto::{Message, Payload, Serializer};

use bounds::Stage;

pub use arguments::{Arguments, value_from_bytes, value_to_bytes};
pub use bounds::{Excess, MessageLimits, Recourse};
pub use error::{DecodeError, Fault, TranscodeError, TypedError, Unportable};
pub use typed::{args_as, kwargs_as, to_payload};

/// Deepest nesting of lists and dictionaries that is taken, in payloads, options and details; each is itself one level.
pub const MAX_DEPTH: usize = 64;

/// Reads one message from one whole frame. The header is read, the payload only skimmed; it stays a slice of `frame`, as
/// do strings in the header.
///
/// A payload that gets past this is well-formed: strings are UTF-8, dictionaries have string keys, nothing is nested
/// deeper than [`MAX_DEPTH`]. It may hold values that other serializers do not have, which [`transcode`] refuses.
/// Integers may have come as floats, and options that are `null` or undefined count as absent: some clients send those.
///
/// # Errors
/// The reason why the frame is no message. The session cannot go on after one.
pub fn decode(serializer: Serializer, frame: &Bytes) -> Result<Message, DecodeError> {
    read(serializer, frame, &MessageLimits::NONE, &mut None)
}

/// The same for a message that may not go beyond limits.
///
/// # Errors
/// As [`decode`], and [`DecodeError::Excess`], which a session may outlive.
pub fn decode_within(
    serializer: Serializer,
    frame: &Bytes,
    limits: &MessageLimits,
) -> Result<Message, DecodeError> {
    let mut stage = None;
    read(serializer, frame, limits, &mut stage).map_err(|error| match stage {
        Some(stage) => stage.judge(error, limits),
        None => error,
    })
}

fn read(
    serializer: Serializer,
    frame: &Bytes,
    limits: &MessageLimits,
    stage: &mut Option<Stage>,
) -> Result<Message, DecodeError> {
    match serializer {
        Serializer::Json => decode::read::<json::Reader<'_>>(frame, limits, stage),
        Serializer::MsgPack => decode::read::<msgpack::Reader<'_>>(frame, limits, stage),
        Serializer::Cbor => decode::read::<cbor::Reader<'_>>(frame, limits, stage),
    }
}

/// Appends a message to `out`. Its payload is copied as it is, or transcoded if it is of another serializer.
///
/// # Errors
/// Only a payload, option or detail that has no form in `serializer`. Then `out` is as it was.
pub fn encode(
    serializer: Serializer,
    message: &Message,
    out: &mut BytesMut,
) -> Result<(), TranscodeError> {
    let before = out.len();
    let written = match serializer {
        Serializer::Json => encode::write(&mut json::Writer::new(out), message),
        Serializer::MsgPack => encode::write(&mut msgpack::Writer::new(out), message),
        Serializer::Cbor => encode::write(&mut cbor::Writer::new(out), message),
    };
    if written.is_err() {
        out.truncate(before);
    }
    written
}

/// Whether a string has a form in `serializer`. In JSON what looks like binary has none.
pub(crate) fn has_form(serializer: Serializer, text: &str) -> bool {
    serializer != Serializer::Json || json::binary_in(text).is_none()
}

/// The same payload in another serializer; a cheap clone if it is in that one already.
///
/// Integers go over without loss, floats stay floats, the order of keys is kept. Binary is in JSON a string of NUL and
/// base64 (Advanced Profile, "Binary support in JSON"). CBOR's and wampy's undefined becomes `null`.
///
/// # Errors
/// A value that has no form there: NaN and infinities in JSON, strings that JSON's readers would take for binary,
/// integers beyond 64 bits, CBOR tags, MessagePack extensions.
pub fn transcode(payload: &Payload, to: Serializer) -> Result<Payload, TranscodeError> {
    if payload.serializer() == to {
        return Ok(payload.clone());
    }
    let mut out = BytesMut::with_capacity(payload.bytes().len());
    let shape = match to {
        Serializer::Json => transcode::transcode(payload, &mut json::Writer::new(&mut out)),
        Serializer::MsgPack => transcode::transcode(payload, &mut msgpack::Writer::new(&mut out)),
        Serializer::Cbor => transcode::transcode(payload, &mut cbor::Writer::new(&mut out)),
    }?;
    Ok(Payload::from_raw(to, shape, out.freeze()))
}
