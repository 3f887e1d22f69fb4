//! JSON as the command line reads and writes it.
//!
//! Reading is exact: integers to 64 bits or a fault, never a float in their place; no key twice; binary by the specification's rule
//! (Advanced Profile, "Binary support in JSON"). Writing is the inverse. What this module does *not* do: the frames on the
//! wire, which are [`wampkit::codec`]'s.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::value::RawValue;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

/// What is wrong with a JSON text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonFault {
    /// Byte offset of the fault in the text; the text's length if it ends too early.
    pub(crate) at: usize,
    /// What is wrong, without a position.
    pub(crate) message: String,
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The value of a whole JSON text.
///
/// # Errors
/// What is no JSON (RFC 8259), integers beyond 64 bits, floats beyond the range of a double, and keys that a dictionary has
/// already.
pub(crate) fn parse(text: &str) -> Result<Value, JsonFault> {
    let value = serde_json::from_str(text).map_err(|error| locate(text, &error))?;
    check(text)?;
    Ok(with_binary(value))
}

/// Where in a JSON text the value begins that its dictionary has under a key; the text's start if it has none.
pub(crate) fn value_at(text: &str, key: &str) -> usize {
    let values = serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(text).ok();
    let value = values.as_ref().and_then(|values| values.get(key));
    value.map_or(0, |value| {
        value.get().as_ptr().addr() - text.as_ptr().addr() // it is a part of the text
    })
}

/// The value on one line.
pub(crate) fn compact(value: &Value) -> String {
    serde_json::to_string(&Json(value)).unwrap_or_default() // writing to memory cannot fail, and every key is a string
}

/// The value indented, over several lines.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(&Json(value)).unwrap_or_default() // as above
}

/// Writes the value on one line, without a newline.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write(out: &mut impl io::Write, value: &Value) -> io::Result<()> {
    serde_json::to_writer(out, &Json(value)).map_err(io::Error::from)
}

/// `args` and `kwargs` as two entries of a dictionary, always both.
pub(crate) fn with_arguments(dict: Dict, arguments: &Arguments) -> Dict {
    dict.with("args", Value::List(arguments.args.clone()))
        .with("kwargs", arguments.kwargs.clone())
}

/// A value in JSON's clothes: binary is a string, NaN and the infinities, which JSON does not have, are `null`.
struct Json<'a>(&'a Value);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bin(bytes) => serializer.serialize_str(&format!("\0{}", BASE64.encode(bytes))),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Json(item))?;
                }
                list.end()
            }
            Value::Dict(dict) => {
                let mut map = serializer.serialize_map(Some(dict.len()))?;
                for (key, value) in dict.iter() {
                    map.serialize_entry(&**key, &Json(value))?;
                }
                map.end()
            }
            plain => plain.serialize(serializer),
        }
    }
}

/// serde_json's fault with its line and column turned into an offset.
fn locate(text: &str, error: &serde_json::Error) -> JsonFault {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = in_our_words(message.strip_suffix(&position).unwrap_or(&message)).to_owned();
    if error.is_eof() {
        let at = text.len();
        return JsonFault { at, message };
    }
    let line_start = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let at = line_start + error.column().saturating_sub(1);
    JsonFault {
        at: text.floor_char_boundary(at),
        message,
    }
}

/// What serde_json says of a text, as people would who do not know it.
fn in_our_words(message: &str) -> &str {
    match message {
        "EOF while parsing a list" => "the list is not closed",
        "EOF while parsing an object" => "the dictionary is not closed",
        "EOF while parsing a string" => "the string is not closed",
        "EOF while parsing a value" => "a value is missing",
        "expected ident" => "expected true, false or null",
        "trailing characters" => "there is more behind the value",
        other => other,
    }
}

/// Refuses what serde_json takes: integers that need more than 64 bits, which it reads as floats, and keys that come twice,
/// where it takes the last (WAMP, "Serializers": keys must be unique). `text` is valid JSON.
fn check(text: &str) -> Result<(), JsonFault> {
    let bytes = text.as_bytes();
    // The keys so far of each dictionary that is open; none for a list.
    let mut open = Vec::new();
    let mut key_is_next = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at);
                if let (true, Some(Some(keys))) = (key_is_next, open.last_mut()) {
                    let keys: &mut HashSet<Cow<'_, str>> = keys;
                    let key = unescaped(&text[at..end]);
                    if let Some(key) = keys.replace(key) {
                        let message = format!("the key {key:?} is given twice");
                        return Err(JsonFault { at, message });
                    }
                    key_is_next = false;
                }
                at = end;
            }
            b'{' => {
                open.push(Some(HashSet::new()));
                key_is_next = true;
                at += 1;
            }
            b'[' => {
                open.push(None);
                at += 1;
            }
            b'}' | b']' => {
                open.pop();
                at += 1;
            }
            b',' => {
                key_is_next = matches!(open.last(), Some(Some(_)));
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let length = bytes[at..]
                    .iter()
                    .take_while(|byte| {
                        matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
                    })
                    .count();
                let number = &text[at..at + length];
                let integer = !number.contains(['.', 'e', 'E']);
                if integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    return Err(JsonFault {
                        at,
                        message: "this integer needs more than 64 bits".to_owned(),
                    });
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

/// The text of a JSON string.
fn unescaped(string: &str) -> Cow<'_, str> {
    if string.contains('\\') {
        // It is valid; should it not be, its spelling still tells it from others.
        serde_json::from_str(string).unwrap_or(Cow::Borrowed(string))
    } else {
        Cow::Borrowed(&string[1..string.len() - 1]) // the quotes are one byte each
    }
}

/// The offset behind the string that starts at `at`.
fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') | None => return at + 1,
            Some(_) => at += 1,
        }
    }
}

/// Strings that begin with U+0000 and go on in base64 become binary. Any other string stays what it is.
fn with_binary(value: Value) -> Value {
    match value {
        Value::Str(text) => match text.strip_prefix('\0').map(|text| BASE64.decode(text)) {
            Some(Ok(bytes)) => Value::Bin(bytes.into()),
            _ => Value::Str(text),
        },
        Value::List(items) => Value::List(items.into_iter().map(with_binary).collect()),
        Value::Dict(dict) => Value::Dict(
            dict.into_iter()
                .map(|(key, value)| (key, with_binary(value)))
                .collect(),
        ),
        plain => plain,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers_are_exact_to_64_bits_and_refused_beyond() {
        assert_eq!(parse("9223372036854775807"), Ok(Value::Int(i64::MAX)));
        assert_eq!(parse("18446744073709551615"), Ok(Value::UInt(u64::MAX)));
        assert_eq!(parse("-9223372036854775808"), Ok(Value::Int(i64::MIN)));
        for (text, at) in [
            ("18446744073709551616", 0),
            (r#"["1e5", {"\"7": -9223372036854775809}]"#, 16),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.to_string(), "this integer needs more than 64 bits");
            assert_eq!(fault.at, at, "{text}");
        }
        assert_eq!(parse("1e20"), Ok(Value::Float(1e20)));
        assert_eq!(parse("1e400").unwrap_err().message, "number out of range");
    }

    #[test]
    fn a_key_comes_once() {
        for (text, at, key) in [
            (r#"{"a":1,"a":2}"#, 7, "a"),
            (r#"[1,{"x":{"b":[{}],"c":"b","b":null}}]"#, 26, "b"),
            (r#"{"a\"":1,"\u0061\"":2}"#, 9, "a\""),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.to_string(), format!("the key {key:?} is given twice"));
            assert_eq!(fault.at, at, "{text}");
        }
        for text in [
            r#"{"a":"a","b":["a","a"],"c":{"a":1}}"#,
            r#"[{"a":1},{"a":1},"a","a"]"#,
            r#"{"a":{},"b":1}"#,
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn faults_have_a_place() {
        let at = |text: &str| parse(text).map_err(|fault| fault.at);
        assert_eq!(at(r#"{"a" 1}"#), Err(5));
        assert_eq!(at("[1,\n2,\n x]"), Err(8));
        assert_eq!(at("[1, 2"), Err(5));
        assert_eq!(at("1 2"), Err(2));
        assert_eq!(at(r#"["é", é]"#), Err(7));
    }

    #[test]
    fn binary_is_a_string_with_a_zero_before_its_base64() {
        let binary = Value::Bin(Bytes::from_static(&[16, 227, 255]));
        assert_eq!(compact(&binary), r#""\u0000EOP/""#);
        assert_eq!(parse(r#""\u0000EOP/""#), Ok(binary));
        assert_eq!(parse(r#""\u0000?""#), Ok(Value::from("\0?")));
    }

    #[test]
    fn what_json_does_not_have_is_null() {
        assert_eq!(
            compact(&Value::List(vec![Value::Float(f64::NAN)])),
            "[null]"
        );
    }

    /// Any value that JSON can tell apart: no NaN, no text that reads as binary, no key twice.
    pub(crate) fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            prop::num::f64::NORMAL.prop_map(Value::from),
            "[^\0].*|".prop_map(Value::from),
            any::<Vec<u8>>().prop_map(|bytes| Value::Bin(bytes.into())),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::hash_map(".*", inner, 0..4)
                    .prop_map(|entries| Value::Dict(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in values()) {
            prop_assert_eq!(parse(&compact(&value)), Ok(value.clone()));
            prop_assert_eq!(parse(&pretty(&value)), Ok(value));
        }
    }
}
