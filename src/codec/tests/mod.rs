//! The rules of the codec, one by one, on the smallest frames that show them.

mod bounds;
mod cbor;
mod json;
mod messages;
mod msgpack;
mod transcoding;
mod typed;

use bytes::Bytes;

use crate::proto::{Message, Payload, Serializer};

use super::{DecodeError, Fault, TranscodeError, decode, transcode};

/// The payload of an EVENT whose only argument is `value`, or what breaks the rules in it.
fn skim(serializer: Serializer, value: &[u8]) -> Result<Payload, Fault> {
    let (before, after): (&[u8], &[u8]) = match serializer {
        Serializer::Json => (b"[36,1,1,{},[", b"]]"),
        Serializer::MsgPack => (b"\x95\x24\x01\x01\x80\x91", b""),
        Serializer::Cbor => (b"\x85\x18\x24\x01\x01\xa0\x81", b""),
    };
    let frame = Bytes::from([before, value, after].concat());
    match decode(serializer, &frame) {
        Ok(Message::Event(event)) => Ok(event.payload),
        Err(DecodeError::Malformed { fault, .. }) => Err(fault),
        other => panic!("{other:?}"),
    }
}

/// One value in another serializer.
fn translate(from: Serializer, value: &[u8], to: Serializer) -> Result<Vec<u8>, TranscodeError> {
    let payload = skim(from, value).expect("the value is well-formed");
    let transcoded = transcode(&payload, to)?;
    let bytes = transcoded.bytes();
    // Without the list around it: its brackets, or its head of one byte.
    let end = bytes.len() - usize::from(to == Serializer::Json);
    Ok(bytes[1..end].to_vec())
}

/// Checks that every one of `values` is well-formed, and none of `others`, each of which shows its fault.
fn check(serializer: Serializer, values: &[&[u8]], others: &[(&[u8], Fault)]) {
    for value in values {
        let skimmed = skim(serializer, value);
        assert!(skimmed.is_ok(), "{}: {skimmed:?}", value.escape_ascii());
    }
    for (value, fault) in others {
        let skimmed = skim(serializer, value);
        assert_eq!(skimmed, Err(*fault), "{}", value.escape_ascii());
    }
}
