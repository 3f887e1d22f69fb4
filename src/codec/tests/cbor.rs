//! What CBOR allows and what it does not.

use super::{check, skim};
use crate::codec::{Arguments, DecodeError, Fault, Unportable};
use crate::proto::{Dict, Serializer, Value};

fn value(bytes: &[u8]) -> Result<Value, DecodeError> {
    let payload = skim(Serializer::Cbor, bytes).unwrap();
    Ok(Arguments::from_payload(&payload)?.args.remove(0))
}

#[test]
fn structure() {
    check(
        Serializer::Cbor,
        &[
            b"\x17",
            b"\x18\x00",
            b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x41\xff",
            b"\x63\xe2\x82\xac",
            b"\x82\x01\x02",
            b"\x9b\0\0\0\0\0\0\0\x01\x01",
            b"\xa1\x61a\xf6",
            b"\x9f\xff",
            b"\x9f\x01\x9f\x02\xff\xff",
            b"\xbf\xff",
            b"\xbf\x61a\x01\x61b\xbf\xff\xff",
            b"\xbf\x7f\x61a\xff\x01\xff",
            b"\x5f\x41a\x40\x41b\xff",
            b"\x7f\x61a\x60\x61b\xff",
            b"\xf4",
            b"\xf5",
            b"\xf6",
            b"\xf7",
            b"\xf9\x7e\0",
            b"\xfa\x7f\x80\0\0",
            b"\xfb\0\0\0\0\0\0\0\0",
            b"\xc1\x01",
            b"\xc1\xd8\x40\xf6",
            b"\x9f\xc1\x01\xff",
            b"\xbf\x61a\xc1\x01\xff",
        ],
        &[
            (b"", Fault::End),
            (b"\x1c", Fault::Byte(0x1c)),
            (b"\x1f", Fault::Byte(0x1f)),
            (b"\xdf", Fault::Byte(0xdf)),
            (b"\xfc", Fault::Byte(0xfc)),
            (b"\xff", Fault::Byte(0xff)),
            (b"\xe0", Fault::Byte(0xe0)),
            (b"\xf8\xff", Fault::Byte(0xf8)),
            (b"\x62\xff\xfe", Fault::Utf8),
            (b"\x7f\x61\xc3\x61\xa9\xff", Fault::Utf8),
            (b"\x7f\x41a\xff", Fault::Byte(0x41)),
            (b"\x7f\x7f\xff\xff", Fault::Byte(0x7f)),
            (b"\x5f\x41a", Fault::End),
            (b"\xa1\x01\x02", Fault::Key),
            (b"\xa1\xc1\x61a\x02", Fault::Key),
            (b"\xa1\x41a\x02", Fault::Key),
            (b"\xbf\x01\x02\xff", Fault::Key),
            (b"\xbf\x61a\xff", Fault::Byte(0xff)),
            (b"\x82\x01\xff", Fault::Byte(0xff)),
            (b"\xc1\xff", Fault::Byte(0xff)),
            (b"\x9f\xc1\xff", Fault::Byte(0xff)),
            (b"\x9f\x01", Fault::End),
            (b"\x01\x01", Fault::Trailing),
        ],
    );
}

/// A length is held against the bytes that are there before anything is made of it.
#[test]
fn lengths_beyond_the_frame() {
    check(
        Serializer::Cbor,
        &[],
        &[
            (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", Fault::End),
            (b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", Fault::End),
            (b"\xbb\x80\0\0\0\0\0\0\0", Fault::End),
            (b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff", Fault::End),
            (b"\x5a\xff\xff\xff\xff", Fault::End),
        ],
    );
}

#[test]
fn floats_of_every_width() {
    for (bytes, expected) in [
        (b"\xf9\x3c\x00".as_slice(), 1.0),
        (b"\xf9\x7b\xff", 65504.0),
        (b"\xf9\x00\x01", 5.960_464_477_539_063e-8),
        (b"\xf9\x04\x00", 6.103_515_625e-5),
        (b"\xf9\xc4\x00", -4.0),
        (b"\xf9\xfc\x00", f64::NEG_INFINITY),
        (b"\xfa\x47\xc3\x50\x00", 100_000.0),
        (b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", 1.1),
    ] {
        assert_eq!(value(bytes), Ok(Value::Float(expected)));
    }
    assert!(matches!(value(b"\xf9\x7e\x00"), Ok(Value::Float(number)) if number.is_nan()));
}

#[test]
fn indefinite_lengths_and_big_numbers() {
    assert_eq!(value(b"\x7f\x61a\x60\x62bc\xff"), Ok(Value::from("abc")));
    assert_eq!(value(b"\x5f\x41a\x42bc\xff"), Ok(Value::Bin("abc".into())));
    assert_eq!(
        value(b"\xbf\x7f\x61a\x61b\xff\x9f\x01\xf7\xff\xff"),
        Ok(Value::Dict(
            Dict::new().with("ab", vec![Value::Int(1), Value::Null])
        ))
    );
    assert_eq!(
        value(b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        Ok(Value::Int(i64::MIN))
    );
    assert_eq!(
        value(b"\x3b\x80\0\0\0\0\0\0\0"),
        Err(DecodeError::NoValue(Unportable::BigInteger))
    );
}

/// `Uint8Array` as JavaScript's encoders write it is binary; other tags are nothing that a value could be.
#[test]
fn tags() {
    assert_eq!(value(b"\xd8\x40\x42ab"), Ok(Value::Bin("ab".into())));
    assert_eq!(
        value(b"\xd8\x40\x5f\x41a\x41b\xff"),
        Ok(Value::Bin("ab".into()))
    );
    assert_eq!(
        value(b"\xd8\x40\x01"),
        Err(DecodeError::NoValue(Unportable::Tag(64)))
    );
    assert_eq!(
        value(b"\xc1\x01"),
        Err(DecodeError::NoValue(Unportable::Tag(1)))
    );
    // Two lists are around the value: the message, which does not count, and `Arguments`.
    let tags = |count: usize| [vec![0xc1; count], vec![0x01]].concat();
    check(
        Serializer::Cbor,
        &[&tags(63)],
        &[
            (&tags(64), Fault::TooDeep),
            (&tags(100_000), Fault::TooDeep),
        ],
    );
}
