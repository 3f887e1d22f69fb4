//! Headers: elements, options, and what a frame must not be.

use bytes::{Bytes, BytesMut};

use crate::codec::{Arguments, DecodeError, Fault, MAX_DEPTH, decode, encode};
use crate::proto::{
    Abort, Call, CallOptions, Cancel, Dict, DictFields, GoodbyeDetails, Id, Message, MessageType,
    Payload, PayloadShape, Publish, PublishOptions, RevocationDetails, Serializer, Unregistered,
    Uri, Value, Violation,
};

fn json(frame: &str) -> Result<Message, DecodeError> {
    decode(Serializer::Json, &Bytes::copy_from_slice(frame.as_bytes()))
}

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

#[test]
fn what_is_no_message_is_refused_in_a_sentence() {
    for (frame, sentence) in [
        ("", "malformed json at byte 0: the bytes end too early"),
        ("{}", "a message must be a list, found a dictionary"),
        (
            "[]",
            "a message must begin with the code of its type, found nothing",
        ),
        (
            "[\"x\"]",
            "a message must begin with the code of its type, found \"x\"",
        ),
        (
            "[-1]",
            "a message must begin with the code of its type, found -1",
        ),
        ("[7]", "unknown message type 7"),
        ("[36,1]", "EVENT: PUBLISHED.Publication is missing"),
        (
            "[17,1,2,3]",
            "PUBLISHED: too many elements, there are 3 at most",
        ),
        (
            "[36,1,1,{},[],{},1]",
            "EVENT: too many elements, there are 6 at most",
        ),
        (
            "[33,0,1]",
            "SUBSCRIBED: SUBSCRIBE.Request: expected an id from 1 to 2^53, found 0",
        ),
        (
            "[33,9007199254740993,1]",
            "SUBSCRIBED: SUBSCRIBE.Request: expected an id from 1 to 2^53, found 9007199254740993",
        ),
        (
            "[33,1.5,1]",
            "SUBSCRIBED: SUBSCRIBE.Request: expected an id from 1 to 2^53, found 1.5",
        ),
        (
            "[32,1,[],\"a\"]",
            "SUBSCRIBE: Options: expected a dictionary, found a list",
        ),
        (
            "[32,1,{},null]",
            "SUBSCRIBE: Topic: expected a URI, found null",
        ),
        (
            "[32,1,{\"match\":\"glob\"},\"a\"]",
            "SUBSCRIBE: match: expected one of exact, prefix, wildcard, found \"glob\"",
        ),
        (
            "[8,17,1,{},\"a\"]",
            "ERROR: REQUEST.Type: expected the type of a request, found 17",
        ),
        (
            "[8,7,1,{},\"a\"]",
            "ERROR: REQUEST.Type: expected the type of a request, found 7",
        ),
        (
            "[48,1,{},\"a\",{}]",
            "CALL: Arguments: expected a list, found a dictionary",
        ),
        (
            "[48,1,{},\"a\",\"opaque\"]",
            "CALL: Arguments: expected a list, found \"opaque\"",
        ),
        (
            "[48,1,{},\"a\",[],[]]",
            "CALL: ArgumentsKw: expected a dictionary, found a list",
        ),
        (
            "[48,1,{},\"a\",[1]",
            "malformed json at byte 16: the bytes end too early",
        ),
        ("[67,0]", "UNREGISTERED: Details is missing"),
        (
            "[48,1,{\"x\":1e999},\"a\"]",
            "malformed json at byte 11: a number out of range",
        ),
        (
            "[48,1,{\"x\":100000000000000000000},\"a\"]",
            "CALL: x: expected a value that every serializer has, found an integer beyond 64 bits",
        ),
    ] {
        let error = json(frame).expect_err(frame);
        assert_eq!(error.to_string(), sentence, "{frame}");
    }
}

#[test]
fn integers_may_come_as_floats() {
    let expected = Message::from(Cancel {
        request: id(4_294_967_297),
        options: Default::default(),
    });
    assert_eq!(json("[49.0,4294967297.0,{}]"), Ok(expected.clone()));
    let msgpack = b"\x93\xcb\x40\x48\x80\0\0\0\0\0\xcb\x41\xf0\0\0\0\x10\0\0\x80";
    assert_eq!(
        decode(Serializer::MsgPack, &Bytes::from_static(msgpack)),
        Ok(expected.clone())
    );
    let cbor = b"\x83\xf9\x52\x20\xfb\x41\xf0\0\0\0\x10\0\0\xa0";
    assert_eq!(
        decode(Serializer::Cbor, &Bytes::from_static(cbor)),
        Ok(expected)
    );
}

/// `null`, CBOR's undefined and what wampy's MessagePack writes for it.
#[test]
fn undefined_options_are_absent() {
    let expected = Message::from(Call {
        request: id(1),
        options: CallOptions::default(),
        procedure: Uri::from("a"),
        payload: Payload::empty(Serializer::MsgPack),
    });
    for value in [b"\xc0".as_slice(), b"\xd4\0\0"] {
        let frame = [b"\x94\x30\x01\x81\xa7timeout", value, b"\xa1a"].concat();
        let message = decode(Serializer::MsgPack, &frame.into());
        assert_eq!(message, Ok(expected.clone()));
    }
    for value in [b"\xf6", b"\xf7"] {
        let frame = [
            b"\x84\x18\x30\x01\xa1\x67timeout".as_slice(),
            value,
            b"\x61a",
        ]
        .concat();
        let Ok(Message::Call(call)) = decode(Serializer::Cbor, &frame.into()) else {
            panic!("no CALL");
        };
        assert_eq!(call.options, CallOptions::default());
    }
}

/// CBOR messages, options and kwargs of indefinite length, as JavaScript's encoders write them.
#[test]
fn headers_of_indefinite_length() {
    let frame =
        b"\x9f\x10\x01\xbf\x6backnowledge\xf5\xff\x7f\x61a\x62.b\xff\x9f\x01\xff\xbf\x61k\x02\xff\xff";
    let Ok(Message::Publish(publish)) = decode(Serializer::Cbor, &Bytes::from_static(frame)) else {
        panic!("no PUBLISH");
    };
    assert_eq!(publish.options.acknowledge, Some(true));
    assert_eq!(publish.topic, "a.b");
    assert_eq!(publish.payload.args(), Some(&b"\x9f\x01\xff"[..]));
    assert_eq!(publish.payload.kwargs(), Some(&b"\xbf\x61k\x02\xff"[..]));
}

#[test]
fn revocations_have_request_0_and_details() {
    let message = Message::from(Unregistered {
        request: None,
        details: RevocationDetails {
            registration: Some(id(7)),
            reason: Some(Uri::from_static("wamp.error.unregistered")),
            ..RevocationDetails::default()
        },
    });
    let frame = r#"[67,0,{"registration":7,"reason":"wamp.error.unregistered"}]"#;
    assert_eq!(json(frame), Ok(message.clone()));
    let mut out = BytesMut::new();
    encode(Serializer::Json, &message, &mut out).unwrap();
    assert_eq!(out, frame);

    let acknowledged = Message::from(Unregistered {
        request: Some(id(5)),
        details: RevocationDetails::default(),
    });
    assert_eq!(json("[67,5]"), Ok(acknowledged.clone()));
    assert_eq!(json("[67,5,{}]"), Ok(acknowledged));
}

/// The shape of what is kept of `Arguments` and `ArgumentsKw`.
#[test]
fn empty_payload_is_left_out() {
    let payload = |elements: &str| match json(&format!("[50,1,{{}}{elements}]")) {
        Ok(Message::Result(result)) => result.payload,
        other => panic!("{other:?}"),
    };
    let empty = Payload::empty(Serializer::Json);
    for nothing in ["", ",[]", ",[ ],{ }"] {
        assert_eq!(payload(nothing), empty, "{nothing}");
    }
    let args = payload(" , [1 , 2] , {} ");
    assert_eq!(args.shape(), PayloadShape::Args);
    assert_eq!(&args.bytes()[..], b"[1 , 2]");
    let both = payload(" , [] , {\"a\": 1} ");
    assert_eq!(both.args(), Some(&b"[]"[..]));
    assert_eq!(both.kwargs(), Some(&b"{\"a\": 1}"[..]));
    assert_eq!(&both.bytes()[..], b"[] , {\"a\": 1}");
    assert_eq!(
        Arguments::from_payload(&both),
        Ok(Arguments {
            args: vec![],
            kwargs: Dict::new().with("a", 1)
        })
    );
}

#[test]
fn opaque_payload_needs_to_be_announced() {
    for options in [r#"{"enc_algo":"cryptobox"}"#, r#"{"ppt_scheme":"x_mine"}"#] {
        let frame = format!(r#"[48,1,{options},"a","\u0000AAAA"]"#);
        let Ok(Message::Call(call)) = json(&frame) else {
            panic!("{frame}");
        };
        assert_eq!(call.payload.shape(), PayloadShape::Opaque);
        assert_eq!(&call.payload.bytes()[..], br#""\u0000AAAA""#);
        assert_eq!(
            Arguments::from_payload(&call.payload),
            Err(DecodeError::Opaque)
        );
        let with_kwargs = format!(r#"[48,1,{options},"a","\u0000AAAA",{{}}]"#);
        assert!(matches!(
            json(&with_kwargs),
            Err(DecodeError::TooMany { most: 5, .. })
        ));
        let with_list = format!(r#"[48,1,{options},"a",[1]]"#);
        assert!(
            matches!(json(&with_list), Ok(Message::Call(call)) if call.payload.args().is_some())
        );
    }
    assert_eq!(
        json(r#"[3,{"enc_algo":"cryptobox"},"a","\u0000AAAA"]"#),
        Err(DecodeError::Violation {
            message: MessageType::Abort,
            violation: Violation::new("Arguments", "a list", "a string"),
        })
    );
}

/// In JSON, binary is a string as well, and still no URI and no text.
#[test]
fn binary_is_no_text() {
    for (frame, message, place, expected) in [
        (
            r#"[48,1,{},"\u0000AAAA"]"#,
            MessageType::Call,
            "Procedure",
            "a URI",
        ),
        (
            r#"[1,"\u0000AAAA",{}]"#,
            MessageType::Hello,
            "Realm",
            "a URI",
        ),
        (
            r#"[5,"\u0000AAAA",{}]"#,
            MessageType::Authenticate,
            "Signature",
            "a string",
        ),
    ] {
        let violation = Violation::new(place, expected, "binary");
        assert_eq!(
            json(frame),
            Err(DecodeError::Violation { message, violation })
        );
    }
    assert!(
        json(r#"[48,1,{},"\u0000AAA"]"#).is_ok(),
        "no base64 and so no binary"
    );
}

/// What the header keeps of the frame is a slice of it.
#[test]
fn strings_and_payload_are_slices_of_the_frame() {
    let frame = Bytes::from(br#"[16,1,{"_key":"value"},"com.topic",["payload"]]"#.to_vec());
    let Ok(Message::Publish(publish)) = decode(Serializer::Json, &frame) else {
        panic!("no PUBLISH");
    };
    let inside = |bytes: &[u8]| frame.as_ptr_range().contains(&bytes.as_ptr());
    assert!(inside(publish.topic.as_bytes()));
    assert!(inside(publish.payload.bytes()));
    let (key, value) = publish.options.extra.iter().next().unwrap();
    assert!(inside(key.as_bytes()));
    assert!(inside(value.as_str().unwrap().as_bytes()));
}

/// Depth counts from `Arguments`, and from the options themselves.
#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize, open: &str, close: &str| {
        let (open, close) = (open.repeat(depth), close.repeat(depth));
        json(&format!("[36,1,1,{{}},{open}{close}]"))
    };
    assert!(nested(MAX_DEPTH, "[", "]").is_ok());
    for depth in [MAX_DEPTH + 1, 100_000] {
        let result = nested(depth, "[", "]");
        assert!(
            matches!(
                result,
                Err(DecodeError::Malformed {
                    fault: Fault::TooDeep,
                    ..
                })
            ),
            "{result:?}"
        );
    }
    let options = |depth: usize| {
        let (open, close) = ("{\"x\":".repeat(depth), "}".repeat(depth));
        json(&format!("[36,1,1,{open}1{close}]"))
    };
    assert!(options(MAX_DEPTH).is_ok());
    assert!(options(MAX_DEPTH + 1).is_err());

    let msgpack = |depth: usize| {
        let frame = [
            b"\x95\x24\x01\x01\x80".to_vec(),
            vec![0x91; depth - 1],
            vec![0x90],
        ]
        .concat();
        decode(Serializer::MsgPack, &frame.into())
    };
    assert!(msgpack(MAX_DEPTH).is_ok());
    assert!(msgpack(MAX_DEPTH + 1).is_err());
    assert!(msgpack(1_000_000).is_err());
}

#[test]
fn headers_are_written_compactly() {
    let publish = Message::from(Publish {
        request: id(1 << 53),
        options: PublishOptions::from_dict(
            Dict::new()
                .with("acknowledge", true)
                .with("rkey", vec![-33, 1]),
        )
        .unwrap(),
        topic: Uri::from("a\"\\\u{1}é"),
        payload: Payload::empty(Serializer::Json),
    });
    let written = |serializer| {
        let mut out = BytesMut::from(&b"before"[..]);
        encode(serializer, &publish, &mut out).unwrap();
        out.split_off(6)
    };
    assert_eq!(
        written(Serializer::Json),
        r#"[16,9007199254740992,{"acknowledge":true,"rkey":[-33,1]},"a\"\\\u0001é"]"#
    );
    assert_eq!(
        written(Serializer::MsgPack),
        b"\x94\x10\xcf\0\x20\0\0\0\0\0\0\x82\xabacknowledge\xc3\xa4rkey\x92\xd0\xdf\x01\xa6a\"\\\x01\xc3\xa9".as_slice()
    );
    assert_eq!(
        written(Serializer::Cbor),
        b"\x84\x10\x1b\0\x20\0\0\0\0\0\0\xa2\x6backnowledge\xf5\x64rkey\x82\x38\x20\x01\x66a\"\\\x01\xc3\xa9".as_slice()
    );
}

#[test]
fn what_cannot_be_written_leaves_no_trace() {
    let mut too_deep = Value::Null;
    for _ in 0..=MAX_DEPTH {
        too_deep = Value::List(vec![too_deep]);
    }
    for value in [Value::Float(f64::NAN), too_deep] {
        let abort = Message::from(Abort {
            details: GoodbyeDetails {
                extra: Dict::new().with("x", value),
                ..GoodbyeDetails::default()
            },
            reason: Uri::from("a"),
            payload: Payload::default(),
        });
        let mut out = BytesMut::from(&b"before"[..]);
        assert!(encode(Serializer::Json, &abort, &mut out).is_err());
        assert_eq!(out, "before");
    }
}
