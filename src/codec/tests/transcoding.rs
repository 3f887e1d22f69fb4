//! What becomes of values between serializers.

use super::{skim, translate};
use crate::codec::{Arguments, MAX_DEPTH, TranscodeError, Unportable, transcode};
use crate::proto::{Dict, Payload, PayloadShape, Serializer, Value};

use Serializer::{Cbor, Json, MsgPack};

/// The same value in all three, each written so from both others.
#[test]
fn values_that_every_serializer_has() {
    let rows: &[(&[u8], &[u8], &[u8])] = &[
        (b"null", b"\xc0", b"\xf6"),
        (b"true", b"\xc3", b"\xf5"),
        (b"false", b"\xc2", b"\xf4"),
        (b"0", b"\0", b"\0"),
        (b"23", b"\x17", b"\x17"),
        (b"24", b"\x18", b"\x18\x18"),
        (b"127", b"\x7f", b"\x18\x7f"),
        (b"128", b"\xcc\x80", b"\x18\x80"),
        (b"256", b"\xcd\x01\0", b"\x19\x01\0"),
        (b"65536", b"\xce\0\x01\0\0", b"\x1a\0\x01\0\0"),
        (
            b"4294967296",
            b"\xcf\0\0\0\x01\0\0\0\0",
            b"\x1b\0\0\0\x01\0\0\0\0",
        ),
        (
            b"18446744073709551615",
            b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
        (b"-1", b"\xff", b"\x20"),
        (b"-24", b"\xe8", b"\x37"),
        (b"-25", b"\xe7", b"\x38\x18"),
        (b"-33", b"\xd0\xdf", b"\x38\x20"),
        (b"-129", b"\xd1\xff\x7f", b"\x38\x80"),
        (b"-32769", b"\xd2\xff\xff\x7f\xff", b"\x39\x80\0"),
        (
            b"-9223372036854775808",
            b"\xd3\x80\0\0\0\0\0\0\0",
            b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff",
        ),
        (
            b"1.0",
            b"\xcb\x3f\xf0\0\0\0\0\0\0",
            b"\xfb\x3f\xf0\0\0\0\0\0\0",
        ),
        (
            b"-0.0",
            b"\xcb\x80\0\0\0\0\0\0\0",
            b"\xfb\x80\0\0\0\0\0\0\0",
        ),
        (
            b"0.1",
            b"\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a",
            b"\xfb\x3f\xb9\x99\x99\x99\x99\x99\x9a",
        ),
        (
            b"1e300",
            b"\xcb\x7e\x37\xe4\x3c\x88\0\x75\x9c",
            b"\xfb\x7e\x37\xe4\x3c\x88\0\x75\x9c",
        ),
        (b"\"\"", b"\xa0", b"\x60"),
        (
            b"\"a\\n\\\"\\u0001\xc3\xa9\"",
            b"\xa6a\n\"\x01\xc3\xa9",
            b"\x66a\n\"\x01\xc3\xa9",
        ),
        (b"\"\\u0000\"", b"\xc4\0", b"\x40"),
        (b"\"\\u0000AP8=\"", b"\xc4\x02\0\xff", b"\x42\0\xff"),
        (b"\"\\u0000?\"", b"\xa2\0?", b"\x62\0?"),
        (b"[]", b"\x90", b"\x80"),
        (
            b"[1,[2],[]]",
            b"\x93\x01\x91\x02\x90",
            b"\x83\x01\x81\x02\x80",
        ),
        (b"{}", b"\x80", b"\xa0"),
        (
            b"{\"b\":{\"c\":[{}]},\"a\":1}",
            b"\x82\xa1b\x81\xa1c\x91\x80\xa1a\x01",
            b"\xa2\x61b\xa1\x61c\x81\xa0\x61a\x01",
        ),
        // A key is never binary.
        (
            b"{\"\\u0000AP8=\":1}",
            b"\x81\xa5\0AP8=\x01",
            b"\xa1\x65\0AP8=\x01",
        ),
    ];
    for (json, msgpack, cbor) in rows {
        let row = [(Json, json), (MsgPack, msgpack), (Cbor, cbor)];
        for (from, value) in row {
            for (to, expected) in row {
                let translated = translate(from, value, to).unwrap();
                assert_eq!(
                    translated.escape_ascii().to_string(),
                    expected.escape_ascii().to_string(),
                    "{from} to {to}"
                );
            }
        }
    }
}

/// Forms that only one serializer has, of values that the others have too.
#[test]
fn values_in_other_forms() {
    let rows: &[(Serializer, &[u8], Serializer, &[u8])] = &[
        (
            MsgPack,
            b"\xca\x3d\xcc\xcc\xcd",
            Json,
            b"0.10000000149011612",
        ),
        (
            MsgPack,
            b"\xca\x3d\xcc\xcc\xcd",
            Cbor,
            b"\xfb\x3f\xb9\x99\x99\xa0\0\0\0",
        ),
        (MsgPack, b"\xd3\0\0\0\0\0\0\0\x01", Json, b"1"),
        (MsgPack, b"\xd4\0\0", Json, b"null"),
        (MsgPack, b"\xd4\0\0", Cbor, b"\xf6"),
        (Cbor, b"\xf7", Json, b"null"),
        (Cbor, b"\xf7", MsgPack, b"\xc0"),
        (Cbor, b"\xf9\x3c\0", MsgPack, b"\xcb\x3f\xf0\0\0\0\0\0\0"),
        (Cbor, b"\x18\x01", MsgPack, b"\x01"),
        (Cbor, b"\xd8\x40\x41\xff", MsgPack, b"\xc4\x01\xff"),
        (Cbor, b"\xd8\x40\x41\xff", Json, b"\"\\u0000/w==\""),
        (
            Cbor,
            b"\x9f\x9f\xff\x81\x9f\x01\x02\xff\xbf\x61a\x9f\xff\xff\xff",
            MsgPack,
            b"\x93\x90\x91\x92\x01\x02\x81\xa1a\x90",
        ),
        (
            Cbor,
            b"\x9f\xbf\x7f\x61a\x61b\xff\x5f\x41c\xff\xff\xff",
            Json,
            b"[{\"ab\":\"\\u0000Yw==\"}]",
        ),
        (Json, b"1E2", MsgPack, b"\xcb\x40\x59\0\0\0\0\0\0"),
        (Json, b"-0", Cbor, b"\xfb\x80\0\0\0\0\0\0\0"),
        (
            Json,
            b"[ 1 , { \"a\" : [ ] } ]",
            MsgPack,
            b"\x92\x01\x81\xa1a\x90",
        ),
        (Json, b"\"\\u00e9\\/\"", MsgPack, b"\xa3\xc3\xa9/"),
    ];
    for (from, value, to, expected) in rows {
        let translated = translate(*from, value, *to).unwrap();
        assert_eq!(
            translated.escape_ascii().to_string(),
            expected.escape_ascii().to_string(),
            "{from} to {to}"
        );
    }
}

#[test]
fn values_that_have_no_form_elsewhere() {
    let rows: &[(Serializer, &[u8], Serializer, Unportable)] = &[
        (
            Json,
            b"18446744073709551616",
            MsgPack,
            Unportable::BigInteger,
        ),
        (Json, b"-9223372036854775809", Cbor, Unportable::BigInteger),
        (
            Cbor,
            b"\x3b\x80\0\0\0\0\0\0\0",
            Json,
            Unportable::BigInteger,
        ),
        (Cbor, b"\xc1\x01", Json, Unportable::Tag(1)),
        (Cbor, b"\x81\xd8\x40\x81\x01", MsgPack, Unportable::Tag(64)),
        (Cbor, b"\xf9\x7e\0", Json, Unportable::NotFinite),
        (
            MsgPack,
            b"\xcb\x7f\xf0\0\0\0\0\0\0",
            Json,
            Unportable::NotFinite,
        ),
        (
            MsgPack,
            b"\xd6\xff\0\0\0\0",
            Cbor,
            Unportable::Extension(-1),
        ),
        (MsgPack, b"\xd5\0\0\0", Json, Unportable::Extension(0)),
        (MsgPack, b"\xa5\0AP8=", Json, Unportable::NulText),
        (MsgPack, b"\xa1\0", Json, Unportable::NulText),
    ];
    for (from, value, to, reason) in rows {
        let error = TranscodeError::NoForm {
            value: *reason,
            to: *to,
        };
        assert_eq!(translate(*from, value, *to), Err(error));
        assert_eq!(translate(*from, value, *from).unwrap(), *value);
    }
    assert_eq!(
        translate(MsgPack, b"\xca\x7f\xc0\0\0", Json)
            .unwrap_err()
            .to_string(),
        "NaN or an infinity has no form in json"
    );
    assert_eq!(
        translate(MsgPack, b"\xca\x7f\xc0\0\0", Cbor).map(|bytes| bytes.len()),
        Ok(9)
    );
}

#[test]
fn lengths_at_the_limits_of_their_forms() {
    for length in [15, 16, 23, 24, 31, 32, 255, 256, 65_535, 65_536] {
        let arguments = Arguments {
            args: vec![
                Value::List(vec![Value::Null; length]),
                Value::Dict((0..length).map(|key| (key.to_string(), true)).collect()),
                Value::from("x".repeat(length)),
                Value::Bin(vec![7; length].into()),
            ],
            kwargs: Dict::new(),
        };
        for from in Serializer::ALL {
            let payload = arguments.to_payload(from).unwrap();
            assert_eq!(Arguments::from_payload(&payload).as_ref(), Ok(&arguments));
            for to in Serializer::ALL {
                let transcoded = transcode(&payload, to).unwrap();
                assert_eq!(
                    transcoded,
                    arguments.to_payload(to).unwrap(),
                    "{from} to {to}"
                );
            }
        }
    }
}

#[test]
fn both_elements_and_their_split() {
    let arguments = Arguments {
        args: vec![Value::from("a")],
        kwargs: Dict::new().with("z", 1).with("a", 2),
    };
    for from in Serializer::ALL {
        for to in Serializer::ALL {
            let payload = transcode(&arguments.to_payload(from).unwrap(), to).unwrap();
            assert_eq!(payload.serializer(), to);
            assert_eq!(Arguments::from_payload(&payload).as_ref(), Ok(&arguments));
        }
    }
    let only_kwargs = Arguments {
        args: vec![],
        ..arguments
    };
    let payload = only_kwargs.to_payload(Json).unwrap();
    assert_eq!(&payload.bytes()[..], br#"[],{"z":1,"a":2}"#);
    assert_eq!(payload.kwargs(), Some(&br#"{"z":1,"a":2}"#[..]));
    let nothing = Arguments::default().to_payload(Cbor).unwrap();
    assert_eq!(nothing, Payload::empty(Cbor));
    assert_eq!(transcode(&nothing, Json), Ok(Payload::empty(Json)));
}

#[test]
fn opaque_payload_is_one_value() {
    let json = Payload::from_raw(Json, PayloadShape::Opaque, r#""\u0000AP8=""#.into());
    let msgpack = transcode(&json, MsgPack).unwrap();
    assert_eq!(msgpack.shape(), PayloadShape::Opaque);
    assert_eq!(&msgpack.bytes()[..], b"\xc4\x02\0\xff");
    assert_eq!(transcode(&msgpack, Json), Ok(json));
}

/// Bytes that were never skimmed are an error, not a panic.
#[test]
fn a_payload_that_is_not_well_formed() {
    for from in Serializer::ALL {
        for bytes in ["", "[", "]", "\u{1f}x"] {
            for to in Serializer::ALL.into_iter().filter(|to| *to != from) {
                let payload = Payload::from_raw(from, PayloadShape::Args, bytes.into());
                // Some of these are a value in one format or the other, but none is a list.
                let _no_panic = transcode(&payload, to);
                let _no_panic = Arguments::from_payload(&payload);
            }
        }
    }
    let broken = Payload::from_raw(Cbor, PayloadShape::Args, b"\xff".as_slice().into());
    assert!(matches!(
        transcode(&broken, Json),
        Err(TranscodeError::Malformed { .. })
    ));
}

/// Lists whose lengths JSON does not tell, nested as deep as they may be, side by side and one in the other.
#[test]
fn lengths_are_counted_however_lists_are_nested() {
    let deep = MAX_DEPTH - 1;
    let item = format!(
        "{}1{}",
        "[2,{\"a\":".repeat(deep / 2),
        "},3]".repeat(deep / 2)
    );
    let json = vec![item; 500].join(",");
    let payload = skim(Json, json.as_bytes()).unwrap();
    for to in [MsgPack, Cbor] {
        let there = transcode(&payload, to).unwrap();
        assert_eq!(transcode(&there, Json), Ok(payload.clone()), "{to}");
    }
}
