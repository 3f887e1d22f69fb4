//! Properties of the codec over random messages and bytes.
//!
//! The number of cases is small so that this stays quick; more are tried with, for example,
//! `PROPTEST_CASES=20000 cargo test --release --test codec`.

#[path = "codec/oracle.rs"]
mod oracle;
#[path = "codec/strategies.rs"]
mod strategies;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use wampkit::codec::{Arguments, decode, transcode};
use wampkit::proto::Serializer;

use oracle::{accepted_with_reason, encoded, full_parser};
use strategies::{arguments, parts};

proptest! {
    /// What is written is read as the same message, and a parser of another maker reads it too.
    #[test]
    fn messages_are_read_as_written(parts in parts()) {
        for serializer in Serializer::ALL {
            let message = parts.message(serializer);
            let frame = encoded(serializer, &message);
            prop_assert_eq!(full_parser(serializer, &frame), Ok(()));
            prop_assert_eq!(decode(serializer, &frame), Ok(message));
        }
    }

    /// A payload of one serializer in a message of another is written as if it had been of that one.
    #[test]
    fn messages_cross_between_serializers(parts in parts()) {
        for from in Serializer::ALL {
            for to in Serializer::ALL {
                let frame = encoded(to, &parts.message(from));
                prop_assert_eq!(decode(to, &frame), Ok(parts.message(to)), "{} to {}", from, to);
            }
        }
    }

    /// Values come through any chain of serializers as they were.
    #[test]
    fn values_survive_transcoding(arguments in arguments(), path in vec(select(&Serializer::ALL), 1..5)) {
        let mut payload = arguments.to_payload(Serializer::MsgPack).unwrap();
        for serializer in path {
            payload = transcode(&payload, serializer).unwrap();
            prop_assert_eq!(&payload, &arguments.to_payload(serializer).unwrap());
        }
        prop_assert_eq!(Arguments::from_payload(&payload), Ok(arguments));
    }

    /// Damaged frames never panic, and what is still accepted is so with reason.
    #[test]
    fn damaged_frames(parts in parts(), damage in vec(damage(), 1..4)) {
        for serializer in Serializer::ALL {
            let mut frame = encoded(serializer, &parts.message(serializer)).to_vec();
            for damage in &damage {
                damage.apply(&mut frame);
            }
            let _ = accepted_with_reason(serializer, frame);
        }
    }

    /// Random bytes as frame.
    #[test]
    fn random_frames(bytes in vec(any::<u8>(), 0..60)) {
        for serializer in Serializer::ALL {
            let _ = accepted_with_reason(serializer, bytes.clone());
        }
    }

    /// Random bytes as payload of an EVENT.
    #[test]
    fn random_payloads(bytes in vec(structural(), 0..30)) {
        for (serializer, header) in [
            (Serializer::MsgPack, b"\x95\x24\x01\x01\x80\x92".as_slice()),
            (Serializer::MsgPack, b"\x96\x24\x01\x01\x80\x90\x81"),
            (Serializer::Cbor, b"\x85\x18\x24\x01\x01\xa0\x82"),
            (Serializer::Cbor, b"\x9f\x18\x24\x01\x01\xa0\x9f"),
        ] {
            let _ = accepted_with_reason(serializer, [header, &bytes].concat());
        }
    }

    /// Random scraps of JSON as payload of an EVENT.
    #[test]
    fn random_json_payloads(scraps in vec(json_scrap(), 0..12)) {
        let args = scraps.concat();
        for frame in [
            format!("[36,1,1,{{}},[{args}]]"),
            format!("[36,1,1,{{}},[],{{{args}}}]"),
            format!("[36,1,1,{{}},{args}"),
        ] {
            let _ = accepted_with_reason(Serializer::Json, frame.into_bytes());
        }
    }
}

/// Something that happens to the bytes of a frame.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<Index>(), structural()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (any::<Index>(), structural()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        any::<Index>().prop_map(Damage::Remove),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), 1_usize..9).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

impl Damage {
    fn apply(&self, frame: &mut Vec<u8>) {
        if frame.is_empty() {
            return;
        }
        match self {
            Self::Set(at, byte) => {
                let at = at.index(frame.len());
                frame[at] = *byte;
            }
            Self::Insert(at, byte) => frame.insert(at.index(frame.len()), *byte),
            Self::Remove(at) => drop(frame.remove(at.index(frame.len()))),
            Self::Cut(at) => frame.truncate(at.index(frame.len())),
            Self::Repeat(at, length) => {
                let at = at.index(frame.len());
                let piece = frame[at..]
                    .iter()
                    .take(*length)
                    .copied()
                    .collect::<Vec<_>>();
                frame.splice(at..at, piece);
            }
        }
    }
}

/// A byte, most often one that means something in one of the formats.
fn structural() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        select(b"[]{}\",:\\u0n-.e ".as_slice()),
        select(b"\x80\x81\x90\x91\x92\xa0\xa1\xc0\xc1\xc4\xc7\xca\xcb\xd4\xd9\xdc\xde".as_slice()),
        select(
            b"\x01\x18\x20\x38\x40\x41\x58\x5f\x60\x61\x7f\x9f\xa1\xbf\xd8\xf6\xf7\xf8\xf9\xff"
                .as_slice()
        ),
    ]
}

/// A piece of JSON that may or may not fit where it is put.
fn json_scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "[", "]", "{", "}", ",", ":", "\"", "null", "true", "1", "\"a\":", "[]", "{}", " ",
            "nul", "\"\\u00",
        ])
        .prop_map(str::to_owned),
        "-?[0-9]{0,3}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,4})?",
        "-?[0-9]{18,22}",
        "\"([ -~é\\n\\x00]|\\\\[\"\\\\/bfnrtx]|\\\\u[0-9a-fA-F]{3,4}|\\\\ud[89abAB][0-9]{2}\\\\ud[c-f][0-9]{2}){0,6}\"",
        "\"\\\\u0000[A-Za-z0-9+/]{4}(A==|AA=|==)?\"",
    ]
}
