//! What JSON allows and what it does not.

use super::{check, skim};
use crate::codec::{Arguments, Fault};
use crate::proto::{Serializer, Value};

/// The value as which an argument in JSON is read.
fn value(json: &str) -> Value {
    let payload = skim(Serializer::Json, json.as_bytes()).unwrap();
    Arguments::from_payload(&payload).unwrap().args.remove(0)
}

#[test]
fn structure() {
    check(
        Serializer::Json,
        &[
            b"null",
            b"true,false",
            b" [ ] , { } ",
            b"{\"a\" : [1 ,\t2\n] ,\r\"\":{}}",
        ],
        &[
            (b"[1,]", Fault::Byte(b']')),
            (b"[,1]", Fault::Byte(b',')),
            (b"[1 2]", Fault::Byte(b'2')),
            (b"[1}", Fault::Byte(b'}')),
            (b"{\"a\":1]", Fault::Byte(b']')),
            (b"{\"a\":1,}", Fault::Byte(b'}')),
            (b"{\"a\"}", Fault::Byte(b'}')),
            (b"{\"a\",1}", Fault::Byte(b',')),
            (b"{1:2}", Fault::Key),
            (b"{null:2}", Fault::Key),
            (b"nul", Fault::Byte(b']')),
            (b"NaN", Fault::Byte(b'N')),
            (b"'a'", Fault::Byte(b'\'')),
            (b"1]]//", Fault::Trailing),
            (b"1]] x", Fault::Trailing),
            (b"[", Fault::End),
            (b"{", Fault::Byte(b']')),
            (b"\x0b1", Fault::Byte(0x0b)),
        ],
    );
}

#[test]
fn numbers() {
    check(
        Serializer::Json,
        &[
            b"0,-0,10,-10,0.5,-0.0,1e5,1E+5,1.25e-5",
            b"1.7976931348623157e308",
            b"123456789012345678901234567890",
            b"1e-400",
        ],
        &[
            (b"01", Fault::Number),
            (b"-", Fault::Number),
            (b"-a", Fault::Number),
            (b"1.", Fault::Number),
            (b".5", Fault::Byte(b'.')),
            (b"+1", Fault::Byte(b'+')),
            (b"1e", Fault::Number),
            (b"1e+", Fault::Number),
            (b"0x10", Fault::Byte(b'x')),
            (b"1e309", Fault::NumberRange),
            (b"-1e309", Fault::NumberRange),
            ("9".repeat(400).as_bytes(), Fault::NumberRange),
        ],
    );
    assert_eq!(value("18446744073709551615"), Value::UInt(u64::MAX));
    assert_eq!(value("9223372036854775807"), Value::Int(i64::MAX));
    assert_eq!(value("-9223372036854775808"), Value::Int(i64::MIN));
    assert_eq!(value("1.0"), Value::Float(1.0));
    assert_eq!(value("1e3"), Value::Float(1000.0));
    let Value::Float(zero) = value("-0") else {
        panic!("an integer has no negative zero");
    };
    assert!(zero.is_sign_negative());
}

#[test]
fn strings() {
    let long = format!("\"{}\"", "long enough for a vector search. ".repeat(5));
    let late_control = long.replace("h. \"", "h.\x01\"");
    check(
        Serializer::Json,
        &[
            br#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00""#,
            "\"é😀\u{7f}\u{2028}\"".as_bytes(),
            b"\"\\u0000\"",
            long.as_bytes(),
        ],
        &[
            (b"\"\\x\"", Fault::Escape),
            (b"\"\\u12\"", Fault::Escape),
            (b"\"\\u12g4\"", Fault::Escape),
            (b"\"\\u+123\"", Fault::Escape),
            (b"\"\\ud83d\"", Fault::Escape),
            (b"\"\\ud83d\\n\"", Fault::Escape),
            (b"\"\\ud83d\\ud83d\"", Fault::Escape),
            (b"\"\\ude00\"", Fault::Escape),
            (b"\"a\nb\"", Fault::Control),
            (b"\"\0\"", Fault::Control),
            (late_control.as_bytes(), Fault::Control),
            (b"\"\xff\"", Fault::Utf8),
            (b"\"\xed\xa0\xbd\"", Fault::Utf8),
            (b"\"", Fault::End),
            (b"\"\\", Fault::Escape),
        ],
    );
    assert_eq!(
        value(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00x""#),
        Value::from("\"\\/\u{8}\u{c}\n\r\té😀x")
    );
}

/// Each character that ends a plain stretch of string is found wherever it stands.
#[test]
fn quotes_escapes_and_controls_are_found_at_every_place() {
    for length in 0..80 {
        let plain = "é".repeat(length / 2) + &"x".repeat(length % 2);
        assert_eq!(value(&format!("\"{plain}\"")), Value::from(plain.as_str()));
        assert_eq!(
            value(&format!("\"{plain}\\n{plain}\"")),
            Value::from(format!("{plain}\n{plain}"))
        );
        let control = format!("\"{plain}\u{1f}{plain}\"");
        check(
            Serializer::Json,
            &[],
            &[(control.as_bytes(), Fault::Control)],
        );
    }
}

#[test]
fn binary_is_nul_and_base64() {
    assert_eq!(
        value(r#""\u0000EOP\/kFMHXFJvX8BtT+N82w==""#),
        Value::Bin(
            b"\x10\xe3\xff\x90\x53\x07\x5c\x52\x6f\x5f\xc0\x6d\x4f\xe3\x7c\xdb"
                .as_slice()
                .into()
        )
    );
    assert_eq!(value(r#""\u0000""#), Value::Bin(Vec::new().into()));
    assert_eq!(value(r#""\u0000not base64""#), Value::from("\0not base64"));
    assert_eq!(value(r#""a\u0000AAAA""#), Value::from("a\0AAAA"));
}
