//! Types of the application as payload.

use serde::{Deserialize, Serialize};

use super::skim;
use crate::codec::{TypedError, args_as, kwargs_as, to_payload};
use crate::proto::{Dict, Payload, PayloadShape, Serializer, Value};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    name: String,
    position: (f64, f64),
    #[serde(default)]
    height: Option<u64>,
}

fn place() -> Place {
    Place {
        name: "Oslo".to_owned(),
        position: (59.9, 10.7),
        height: None,
    }
}

#[test]
fn arguments_are_lists_and_dictionaries() {
    for serializer in Serializer::ALL {
        let payload = to_payload(serializer, &(1, "two", [3.0]), &place()).unwrap();
        assert_eq!(payload.serializer(), serializer);
        let args: (i64, String, Vec<f64>) = args_as(&payload).unwrap();
        assert_eq!(args, (1, "two".to_owned(), vec![3.0]));
        assert_eq!(kwargs_as::<Place>(&payload).unwrap(), place());
        let values: Vec<Value> = args_as(&payload).unwrap();
        assert_eq!(values.len(), 3);
    }
    let json = to_payload(Serializer::Json, &(place(),), &()).unwrap();
    assert_eq!(
        &json.bytes()[..],
        br#"[{"name":"Oslo","position":[59.9,10.7],"height":null}]"#
    );
}

#[test]
fn nothing_is_an_empty_payload() {
    let empty: [i64; 0] = [];
    for payload in [
        to_payload(Serializer::Json, &(), &()).unwrap(),
        to_payload(Serializer::Json, &empty, &Dict::new()).unwrap(),
    ] {
        assert_eq!(payload, Payload::empty(Serializer::Json));
        assert_eq!(args_as::<Vec<Value>>(&payload).unwrap(), []);
        assert_eq!(kwargs_as::<Dict>(&payload).unwrap(), Dict::new());
    }
    let only_kwargs = to_payload(Serializer::Json, &(), &place()).unwrap();
    assert_eq!(only_kwargs.args(), Some(&b"[]"[..]));
    assert_eq!(kwargs_as::<Place>(&only_kwargs).unwrap(), place());
}

#[test]
fn binary_is_binary_in_json_too() {
    let payload = to_payload(
        Serializer::Json,
        &[Value::Bin(b"\0\xff".as_slice().into())],
        &(),
    )
    .unwrap();
    assert_eq!(&payload.bytes()[..], br#"["\u0000AP8="]"#);
    let args: Vec<Value> = args_as(&payload).unwrap();
    assert_eq!(args, [Value::Bin(b"\0\xff".as_slice().into())]);
}

#[test]
fn what_is_no_payload_says_why() {
    let error = to_payload(Serializer::Json, &5, &()).unwrap_err();
    assert_eq!(error.to_string(), "positional arguments must not be 5");
    let error = to_payload(Serializer::Json, &(), &[1]).unwrap_err();
    assert_eq!(error.to_string(), "keyword arguments must not be a list");
    let integer_keys = std::collections::BTreeMap::from([(1, 2)]);
    let error = to_payload(Serializer::MsgPack, &(integer_keys,), &()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed msgpack at byte 2: a dictionary key is not a string"
    );
    let error = to_payload(Serializer::Json, &[f64::NAN], &()).unwrap_err();
    assert_eq!(error.to_string(), "NaN or an infinity has no form in json");
}

#[test]
fn what_is_not_of_the_type_says_why() {
    let payload = skim(Serializer::Json, b"\"text\"").unwrap();
    let error = args_as::<(i64,)>(&payload).unwrap_err();
    assert!(matches!(error, TypedError::Deserialize(_)), "{error}");
    let payload = skim(Serializer::Cbor, b"\xc1\x01").unwrap();
    assert!(matches!(
        args_as::<(i64,)>(&payload),
        Err(TypedError::Transcode(_))
    ));
    let opaque = Payload::from_raw(Serializer::Json, PayloadShape::Opaque, "\"\"".into());
    assert!(matches!(args_as::<()>(&opaque), Err(TypedError::Opaque)));
}
