//! Frames in each serializer, payloads from each to each, dictionaries of options.

use bytes::Bytes;
use wampkit::codec::{decode, value_from_bytes, value_to_bytes};
use wampkit::proto::{
    self, CallOptions, CancelOptions, DictFields, ErrorDetails, EventDetails, GoodbyeDetails,
    HelloDetails, InterruptOptions, InvocationDetails, PublishOptions, RegisterOptions,
    ResultDetails, RevocationDetails, Serializer, SubscribeOptions, Value, WelcomeDetails,
    YieldOptions,
};

use crate::driver::{fuzz, sign_of};
use crate::oracle::{accepted_with_reason, encoded};
use crate::{serializer_of, sign_of_decoded};

const JSON: &[&[u8]] = &[
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b"\"",
    b"null",
    b"true",
    b"false",
    b"-",
    b"1e",
    b".0",
    b"\\u0000",
    b"\\ud83d",
    b"\\udd25",
    b"\"a\":",
    b"[]",
    b"{}",
    b"\xef\xbb\xbf",
    b" ",
    b"\n",
    b"18446744073709551615",
    b"9007199254740993",
    b"\"\\u0000AAE=\"",
    b"1e400",
    b"\"ppt_scheme\":\"mqtt\"",
];

const MSGPACK: &[&[u8]] = &[
    b"\x80",
    b"\x81\xa1a",
    b"\x90",
    b"\x91",
    b"\x92",
    b"\xa0",
    b"\xa1a",
    b"\xc0",
    b"\xc1",
    b"\xc2",
    b"\xc4\x01",
    b"\xc5",
    b"\xc6\xff\xff\xff\xff",
    b"\xc7",
    b"\xca",
    b"\xcb",
    b"\xcf",
    b"\xd3",
    b"\xd4\x00",
    b"\xd9",
    b"\xda",
    b"\xdb\xff\xff\xff\xff",
    b"\xdc",
    b"\xdd\xff\xff\xff\xff",
    b"\xde",
    b"\xdf\xff\xff\xff\xff",
    b"\xe0",
    b"\xff",
];

const CBOR: &[&[u8]] = &[
    b"\x80",
    b"\x81",
    b"\x9f",
    b"\xff",
    b"\xa0",
    b"\xa1\x61a",
    b"\xbf",
    b"\x5f",
    b"\x7f",
    b"\x60",
    b"\x61a",
    b"\x40",
    b"\xc0",
    b"\xc2",
    b"\xd8",
    b"\xf4",
    b"\xf6",
    b"\xf7",
    b"\xf8",
    b"\xf9\x7e\x00",
    b"\xfa",
    b"\xfb",
    b"\x1b",
    b"\x3b",
    b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xbb\x00\x00\x00\x01\x00\x00\x00\x00",
];

#[test]
fn json() {
    frames("json", Serializer::Json, JSON);
}

#[test]
fn msgpack() {
    frames("msgpack", Serializer::MsgPack, MSGPACK);
}

#[test]
fn cbor() {
    frames("cbor", Serializer::Cbor, CBOR);
}

fn frames(name: &str, serializer: Serializer, words: &[&[u8]]) {
    fuzz(name, words, |input| {
        let decoded = accepted_with_reason(serializer, input.to_vec());
        if let Ok(message) = &decoded {
            // What it says does not get lost on the way out and in again. As text, since NaN is not itself.
            let again = decode(serializer, &encoded(serializer, message)).unwrap();
            assert_eq!(format!("{again:?}"), format!("{message:?}"));
        }
        sign_of_decoded(&decoded)
    });
}

/// The first byte is the serializer, the rest the arguments of an event: they go to each other serializer and on to the third.
#[test]
fn transcode() {
    let words = [JSON, MSGPACK, CBOR].concat();
    fuzz("transcode", &words, |input| {
        let Some((&first, arguments)) = input.split_first() else {
            return String::new();
        };
        let serializer = serializer_of(first);
        let frame = match serializer {
            Serializer::Json => [b"[36,1,1,{},", arguments, b"]"].concat(),
            Serializer::MsgPack => [b"\x96\x24\x01\x01\x80", arguments].concat(),
            Serializer::Cbor => [b"\x9f\x18\x24\x01\x01\xa0", arguments, b"\xff"].concat(),
        };
        let decoded = accepted_with_reason(serializer, frame);
        if let Ok(message) = &decoded {
            chain(message);
        }
        format!("{serializer} {}", sign_of_decoded(&decoded))
    });
}

/// What has a form in a second serializer and in a third comes there by way of either.
fn chain(message: &proto::Message) {
    let proto::Message::Event(event) = message else {
        return;
    };
    for by in Serializer::ALL {
        for to in Serializer::ALL {
            let direct = wampkit::codec::transcode(&event.payload, to);
            let Ok(half) = wampkit::codec::transcode(&event.payload, by) else {
                continue;
            };
            let whole = wampkit::codec::transcode(&half, to);
            if let (Ok(direct), Ok(whole)) = (&direct, &whole) {
                let values =
                    |payload| format!("{:?}", wampkit::codec::Arguments::from_payload(payload));
                assert_eq!(values(direct), values(whole), "by {by} to {to}");
            }
        }
    }
}

/// The first byte is the serializer, the second the dictionary that is meant, the rest a value.
#[test]
fn options() {
    let mut words = [JSON, MSGPACK, CBOR].concat();
    words.extend([
        &b"match"[..],
        b"prefix",
        b"invoke",
        b"roundrobin",
        b"timeout",
        b"exclude",
        b"eligible_authid",
        b"roles",
        b"features",
        b"rkey",
        b"runmode",
        b"partition",
        b"progress",
        b"ppt_scheme",
        b"forward_for",
        b"authmethods",
        b"mode",
    ]);
    fuzz("options", &words, |input| {
        let [first, which, value @ ..] = input else {
            return String::new();
        };
        let serializer = serializer_of(*first);
        let value = match value_from_bytes(serializer, &Bytes::copy_from_slice(value)) {
            Ok(value) => value,
            Err(error) => return sign_of(&error),
        };
        if let Ok(bytes) = value_to_bytes(serializer, &value) {
            let again = value_from_bytes(serializer, &bytes).unwrap();
            assert_eq!(format!("{again:?}"), format!("{value:?}"));
        }
        let Value::Dict(dict) = value else {
            return format!("{serializer} {}", value.kind());
        };
        let read = READERS[usize::from(*which) % READERS.len()];
        format!("{which} {}", read(dict))
    });
}

const READERS: [fn(proto::Dict) -> String; 15] = [
    read::<HelloDetails>,
    read::<WelcomeDetails>,
    read::<GoodbyeDetails>,
    read::<PublishOptions>,
    read::<SubscribeOptions>,
    read::<EventDetails>,
    read::<CallOptions>,
    read::<CancelOptions>,
    read::<InterruptOptions>,
    read::<ResultDetails>,
    read::<RegisterOptions>,
    read::<InvocationDetails>,
    read::<YieldOptions>,
    read::<ErrorDetails>,
    read::<RevocationDetails>,
];

/// Reads options, and what they are written as: the same.
fn read<F: DictFields + std::fmt::Debug>(dict: proto::Dict) -> String {
    let options = match F::from_dict(dict) {
        Ok(options) => options,
        Err(violation) => return sign_of(&violation),
    };
    let written = options.to_dict();
    let keys: Vec<_> = written
        .iter()
        .take(3)
        .map(|(_, value)| value.kind())
        .collect();
    let sign = format!("{keys:?}");
    let again = F::from_dict(written).unwrap();
    assert_eq!(format!("{again:?}"), format!("{options:?}"));
    sign
}
