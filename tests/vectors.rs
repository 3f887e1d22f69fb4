//! The test vectors of the WAMP protocol, as tables: bytes and what they mean, messages and whether they are accepted.
//!
//! The bytes and outcomes are those of the vectors that the WAMP project publishes for implementations to share.

#[path = "vectors/samples.rs"]
mod samples;
#[path = "vectors/validation.rs"]
mod validation;

use bytes::{Bytes, BytesMut};
use wampkit::codec::{Arguments, decode, encode, transcode};
use wampkit::proto::{Dict, DictFields, Id, Payload, PayloadShape, Serializer, Value};

use samples::{SAMPLES, Sample};
use validation::VALIDATION;

/// Every variant of every message is read as that message.
#[test]
fn all_variants_are_read() {
    for sample in SAMPLES {
        for serializer in Serializer::ALL {
            for bytes in sample.variants(serializer) {
                let message = decode(serializer, &bytes);
                let expected = (sample.message)(serializer);
                assert_eq!(message, Ok(expected), "{} in {serializer}", sample.name);
            }
        }
    }
}

/// Every message is written as one of its variants. The order of keys in options and details is of no meaning, and ours
/// is not always the vectors'.
#[test]
fn one_variant_is_written() {
    for sample in SAMPLES {
        for serializer in Serializer::ALL {
            let mut out = BytesMut::new();
            encode(serializer, &(sample.message)(serializer), &mut out).unwrap();
            let found = sample.variants(serializer).any(|variant| {
                variant.len() == out.len()
                    && sorted(parse(serializer, &variant)) == sorted(parse(serializer, &out))
            });
            assert!(found, "{} in {serializer}: {out:?}", sample.name);
        }
    }
}

/// Every message is written the same from a payload that came in another serializer.
#[test]
fn a_payload_of_another_serializer_is_written_the_same() {
    for sample in SAMPLES {
        for from in Serializer::ALL {
            for to in Serializer::ALL {
                let (mut direct, mut transcoded) = (BytesMut::new(), BytesMut::new());
                encode(to, &(sample.message)(to), &mut direct).unwrap();
                encode(to, &(sample.message)(from), &mut transcoded).unwrap();
                assert_eq!(direct, transcoded, "{}: {from} to {to}", sample.name);
            }
        }
    }
}

/// Each validation sample is accepted, or refused with a reason that names what is wrong.
#[test]
fn samples_are_accepted_or_refused_with_the_reason() {
    for (json, refused) in VALIDATION {
        let tree: Value = serde_json::from_str(json).unwrap();
        let frames = [
            (Serializer::Json, json.as_bytes().to_vec()),
            (Serializer::MsgPack, rmp_serde::to_vec(&tree).unwrap()),
            (
                Serializer::Cbor,
                cbor4ii::serde::to_vec(Vec::new(), &tree).unwrap(),
            ),
        ];
        for (serializer, frame) in frames {
            match (decode(serializer, &frame.into()), refused) {
                (Ok(_), None) => {}
                (Err(error), Some(word)) => {
                    let reason = error.to_string();
                    assert!(reason.contains(word), "{json} in {serializer}: {reason}");
                }
                (result, _) => panic!("{json} in {serializer}: {result:?}"),
            }
        }
    }
}

impl Sample {
    fn variants(&self, serializer: Serializer) -> impl Iterator<Item = Bytes> {
        let variants = match serializer {
            Serializer::Json => self.json,
            Serializer::MsgPack => self.msgpack,
            Serializer::Cbor => self.cbor,
        };
        variants.iter().map(move |variant| match serializer {
            Serializer::Json => Bytes::from_static(variant.as_bytes()),
            Serializer::MsgPack | Serializer::Cbor => unhex(variant).into(),
        })
    }
}

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

/// Options or details, from JSON.
fn fields<F: DictFields>(json: &str) -> F {
    F::from_dict(serde_json::from_str(json).unwrap()).unwrap()
}

/// A payload of these arguments, from JSON.
fn arguments(serializer: Serializer, args: &str, kwargs: &str) -> Payload {
    let args: Vec<Value> = serde_json::from_str(args).unwrap();
    let kwargs: Dict = serde_json::from_str(kwargs).unwrap();
    Arguments { args, kwargs }.to_payload(serializer).unwrap()
}

/// A payload of this binary in place of arguments, from hexadecimal.
fn opaque(serializer: Serializer, hex: &str) -> Payload {
    let binary = unhex(hex);
    let mut bytes = vec![0xc4, u8::try_from(binary.len()).unwrap()];
    bytes.extend_from_slice(&binary);
    let payload = Payload::from_raw(Serializer::MsgPack, PayloadShape::Opaque, bytes.into());
    transcode(&payload, serializer).unwrap()
}

fn unhex(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

/// The value that a parser of another maker sees.
fn parse(serializer: Serializer, bytes: &[u8]) -> Value {
    match serializer {
        Serializer::Json => serde_json::from_slice(bytes).unwrap(),
        Serializer::MsgPack => rmp_serde::from_slice(bytes).unwrap(),
        Serializer::Cbor => cbor4ii::serde::from_slice(bytes).unwrap(),
    }
}

/// The same value with the keys of all dictionaries in alphabetic order.
fn sorted(value: Value) -> Value {
    match value {
        Value::List(items) => items.into_iter().map(sorted).collect::<Vec<_>>().into(),
        Value::Dict(dict) => {
            let mut entries: Vec<_> = dict.into_iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Dict(entries.collect())
        }
        other => other,
    }
}
