//! What holds for any bytes that are read as a message.

use bytes::{Bytes, BytesMut};
use wampkit::codec::{Arguments, DecodeError, decode, encode, transcode};
use wampkit::proto::{
    Dict, DictFields as _, Event, Id, Message, Payload, PayloadShape, Serializer,
};

/// The bytes of a message.
pub(crate) fn encoded(serializer: Serializer, message: &Message) -> Bytes {
    let mut out = BytesMut::new();
    encode(serializer, message, &mut out).unwrap();
    out.freeze()
}

/// Reads a frame that may be anything. If it is accepted, another maker's parser accepts it too; and so it is with what
/// its payload is transcoded to.
///
/// # Errors
/// Why it was not accepted.
pub(crate) fn accepted_with_reason(
    serializer: Serializer,
    frame: Vec<u8>,
) -> Result<Message, DecodeError> {
    let frame = Bytes::from(frame);
    let message = decode(serializer, &frame)?;
    assert_eq!(full_parser(serializer, &frame), Ok(()), "{frame:?}");
    let Some(payload) = payload_of(&message) else {
        return Ok(message);
    };
    // Values are refused for what Value does not have, and for nothing else.
    let values = Arguments::from_payload(payload);
    for to in Serializer::ALL {
        let mut out = BytesMut::from(&b"before"[..]);
        match transcode(payload, to) {
            Ok(transcoded) => {
                assert_eq!(reread(&transcoded), Ok(transcoded.clone()));
                if let Ok(values) = &values {
                    let values = format!("{values:?}");
                    let others = Arguments::from_payload(&transcoded).unwrap();
                    assert_eq!(format!("{others:?}"), values);
                }
                encode(to, &message, &mut out).unwrap();
                let frame = out.split_off(6).freeze();
                assert_eq!(full_parser(to, &frame), Ok(()), "{frame:?}");
                assert!(decode(to, &frame).is_ok(), "{frame:?}");
            }
            Err(error) => {
                assert_ne!(to, serializer);
                assert_eq!(encode(to, &message, &mut out), Err(error));
                assert_eq!(&out[..], b"before");
            }
        }
    }
    Ok(message)
}

/// The payload of a message, if it is of a type that can have one.
pub(crate) fn payload_of(message: &Message) -> Option<&Payload> {
    match message {
        Message::Abort(message) => Some(&message.payload),
        Message::Error(message) => Some(&message.payload),
        Message::Publish(message) => Some(&message.payload),
        Message::Event(message) => Some(&message.payload),
        Message::Call(message) => Some(&message.payload),
        Message::Result(message) => Some(&message.payload),
        Message::Invocation(message) => Some(&message.payload),
        Message::Yield(message) => Some(&message.payload),
        _ => None,
    }
}

/// The payload as it is read from a message of its own.
fn reread(payload: &Payload) -> Result<Payload, String> {
    let details = match payload.shape() {
        PayloadShape::Opaque => Dict::new().with("ppt_scheme", "x_test"),
        _ => Dict::new(),
    };
    let message = Message::from(Event {
        subscription: Id::MIN,
        publication: Id::MIN,
        details: wampkit::proto::EventDetails::from_dict(details).unwrap(),
        payload: payload.clone(),
    });
    let frame = encoded(payload.serializer(), &message);
    full_parser(payload.serializer(), &frame)?;
    match decode(payload.serializer(), &frame) {
        Ok(Message::Event(event)) => Ok(event.payload),
        other => Err(format!("{other:?}")),
    }
}

/// Whether another maker's parser accepts the whole frame.
pub(crate) fn full_parser(serializer: Serializer, frame: &[u8]) -> Result<(), String> {
    match serializer {
        Serializer::Json => serde_json::from_slice::<serde_json::Value>(frame)
            .map(drop)
            .map_err(|error| error.to_string()),
        Serializer::MsgPack => {
            let mut rest = frame;
            rmpv::decode::read_value(&mut rest).map_err(|error| error.to_string())?;
            if rest.is_empty() {
                Ok(())
            } else {
                Err("something follows".to_owned())
            }
        }
        Serializer::Cbor => {
            use cbor4ii::core::dec::Decode;
            let mut reader = cbor4ii::core::utils::SliceReader::new(frame);
            cbor4ii::core::Value::decode(&mut reader).map_err(|error| error.to_string())?;
            let rest = cbor4ii::core::dec::Read::fill(&mut reader, 1)
                .map_err(|error| error.to_string())?;
            if rest.as_ref().is_empty() {
                Ok(())
            } else {
                Err("something follows".to_owned())
            }
        }
    }
}
