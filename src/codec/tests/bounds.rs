//! Messages that are too large inside.

use bytes::{Bytes, BytesMut};

use crate::codec::{DecodeError, Excess, MessageLimits, Recourse, decode, decode_within, encode};
use crate::proto::{Id, Serializer};

const LIMITS: MessageLimits = MessageLimits {
    depth: 4,
    payload: 6,
    options: 5,
    uri: 10,
};

/// What becomes of a message in every serializer, the same in all: nothing, or what there is too much of.
fn read(message: &str) -> Option<(Excess, Recourse)> {
    let whole = decode(Serializer::Json, &Bytes::from(message.to_owned())).unwrap();
    let [json, others @ ..] = Serializer::ALL.map(|serializer| {
        let mut frame = BytesMut::new();
        encode(serializer, &whole, &mut frame).unwrap();
        match decode_within(serializer, &frame.freeze(), &LIMITS) {
            Ok(_) => None,
            Err(DecodeError::Excess {
                message,
                excess,
                recourse,
            }) => {
                assert_eq!(message, whole.kind());
                Some((excess, recourse))
            }
            Err(other) => panic!("{serializer}: {other}"),
        }
    });
    assert_eq!(others, [json, json], "{message}");
    json
}

fn error(more: bool) -> Recourse {
    let request = Id::new(7).unwrap();
    Recourse::Error { request, more }
}

#[test]
fn items_of_the_payload_are_counted_at_all_depths_together() {
    for fits in [
        r#"[48,7,{},"a"]"#,
        r#"[48,7,{},"a",[1,2,3,4,5,6]]"#,
        r#"[48,7,{},"a",[[1,2],3],{"x":{"y":4}}]"#,
        r#"[48,7,{"a":1,"b":[2,3],"c":4},"a",[1,2,3,4,5,6]]"#,
    ] {
        assert_eq!(read(fits), None, "{fits}");
    }
    for excessive in [
        r#"[48,7,{},"a",[1,2,3,4,5,6,7]]"#,
        r#"[48,7,{},"a",[[1,2],3],{"x":{"y":4},"z":5}]"#,
        r#"[48,7,{},"a",[],{"x":[1,2,3,4,5,6]}]"#,
    ] {
        let excess = Some((Excess::Payload(6), error(false)));
        assert_eq!(read(excessive), excess, "{excessive}");
    }
}

#[test]
fn options_have_a_count_of_their_own() {
    assert_eq!(read(r#"[32,7,{"a":[1,2],"b":{"c":3}},"a"]"#), None);
    for excessive in [
        r#"[32,7,{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6},"a"]"#,
        r#"[32,7,{"a":[1,2,3,4,5]},"a"]"#,
        r#"[32,7,{"a":{"b":1,"c":2,"d":3,"e":4,"f":5}},"a"]"#,
    ] {
        let excess = Some((Excess::Options(5), error(false)));
        assert_eq!(read(excessive), excess, "{excessive}");
    }
}

#[test]
fn values_are_not_made_of_more_items_than_may_be() {
    let long = format!("[32,7,{{\"a\":[{}1", "1,".repeat(1000));
    let read = decode_within(Serializer::Json, &long.into(), &LIMITS);
    let Err(DecodeError::Excess { excess, .. }) = read else {
        panic!("it was read to its end, which is missing: {read:?}");
    };
    assert_eq!(excess, Excess::Options(5));
    // The same for lists and dictionaries of CBOR that say no length.
    for inside in [[b'\x9f', 1], [b'\xbf', 0x60]] {
        let mut frame = b"\x9f\x18\x20\x07\xbf\x61a".to_vec();
        frame.push(inside[0]);
        for _ in 0..100 {
            frame.push(inside[1]);
            frame.extend((inside[0] == b'\xbf').then_some(1));
        }
        let read = decode_within(Serializer::Cbor, &frame.into(), &LIMITS);
        assert!(
            matches!(
                read,
                Err(DecodeError::Excess {
                    excess: Excess::Options(5),
                    ..
                })
            ),
            "{read:?}"
        );
    }
}

#[test]
fn depth_and_uris_have_their_bounds() {
    assert_eq!(read(r#"[48,7,{"a":[[[1]]]},"0123456789",[[[[1]]]]]"#), None);
    let deep = Some((Excess::Depth(4), error(false)));
    assert_eq!(read(r#"[48,7,{},"a",[[[[[]]]]]]"#), deep);
    assert_eq!(read(r#"[48,7,{"a":[[[[]]]]},"a"]"#), deep);
    let long = Some((Excess::Uri(10), error(false)));
    assert_eq!(read(r#"[48,7,{},"01234567890"]"#), long);
    assert_eq!(read(r#"[32,7,{},"01234567890"]"#), long);
    assert_eq!(read(r#"[64,7,{},"01234567890"]"#), long);
}

#[test]
fn who_is_to_be_told_is_known() {
    let long = |recourse| Some((Excess::Uri(10), recourse));
    let many = |recourse| Some((Excess::Payload(6), recourse));
    let options = Some((Excess::Options(5), Recourse::Abort));
    assert_eq!(
        read(r#"[48,7,{"progress":true},"01234567890"]"#),
        long(error(true))
    );
    let acknowledged = r#"[16,7,{"acknowledge":true},"a",[1,2,3,4,5,6,7]]"#;
    assert_eq!(read(acknowledged), many(error(false)));
    let quiet = r#"[16,7,{},"a",[1,2,3,4,5,6,7]]"#;
    assert_eq!(read(quiet), many(Recourse::Nothing));
    // Whether it is to be acknowledged may stand where nobody looks any more.
    assert_eq!(read(r#"[16,7,{"a":[1,2,3,4,5]},"a"]"#), options);
    // No ERROR answers an answer.
    assert_eq!(read("[70,7,{},[1,2,3,4,5,6,7]]"), many(Recourse::Abort));
    assert_eq!(read(r#"[1,"realm1",{"a":[1,2,3,4,5]}]"#), options);
}

#[test]
fn sentences() {
    let frame = Bytes::from_static(br#"[48,7,{},"01234567890"]"#);
    let error = decode_within(Serializer::Json, &frame, &LIMITS).unwrap_err();
    assert_eq!(error.to_string(), "CALL: its URI is longer than 10 bytes");
}
