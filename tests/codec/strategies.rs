//! Random values, payloads and messages.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use wampkit::codec::{Arguments, transcode};
use wampkit::proto::{
    self, Abort, Authenticate, Call, Cancel, Challenge, Dict, DictFields, Event, EventReceived,
    Field, Goodbye, Hello, Id, Interrupt, Invocation, Message, MessageType, Payload, PayloadShape,
    Publish, Published, Register, Registered, Serializer, Subscribe, Subscribed, Unregister,
    Unregistered, Unsubscribe, Unsubscribed, Uri, Value, Welcome, Yield,
};

/// A string that JSON's readers do not take for binary.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.]{0,12}",
        "\\PC{0,40}",
        any::<String>().prop_filter("reads as binary", |text| !text.starts_with('\0')),
    ]
}

/// A value that every serializer has.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        select(vec![i64::MIN, i64::MAX, -129, 65_536]).prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::Float),
        any::<f32>()
            .prop_filter("JSON has no such number", |number| number.is_finite())
            .prop_map(|number| Value::Float(number.into())),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        text().prop_map(Value::from),
        vec(any::<u8>(), 0..40).prop_map(|bytes| Value::Bin(bytes.into())),
    ];
    leaf.prop_recursive(5, 60, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Value::List),
            vec((any::<String>(), inner), 0..20)
                .prop_map(|entries| Value::Dict(entries.into_iter().collect())),
        ]
    })
}

pub(crate) fn arguments() -> impl Strategy<Value = Arguments> {
    let kwargs = vec((any::<String>(), value()), 0..3);
    (vec(value(), 0..4), kwargs).prop_map(|(args, kwargs)| Arguments {
        args,
        kwargs: kwargs.into_iter().collect(),
    })
}

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![1_u64..1000, 1_u64..=(1 << 53)]
        .prop_map(|number| Id::new(number).unwrap_or(Id::MIN))
}

/// Entries for options and details: keys that some dictionary knows, each with a value of its type, and unknown ones.
fn entries() -> impl Strategy<Value = Dict> {
    let flag = select(vec![
        "acknowledge",
        "exclude_me",
        "progress",
        "receive_progress",
        "retained",
        "get_retained",
        "force_reregister",
    ]);
    let number = select(vec!["timeout", "trustlevel", "concurrency"]);
    let session = select(vec!["publisher", "caller", "subscription", "registration"]);
    let string = select(vec![
        "agent",
        "authid",
        "authrole",
        "message",
        "topic",
        "procedure",
        "reason",
        "ppt_cipher",
        "caller_authid",
    ]);
    let entry = prop_oneof![
        (flag, any::<bool>().prop_map(Value::from)),
        (
            number,
            any::<u32>().prop_map(|number| Value::from(u64::from(number)))
        ),
        (session, id().prop_map(Value::from)),
        (string, text().prop_map(Value::from)),
        (
            Just("match"),
            select(vec!["exact", "prefix", "wildcard"]).prop_map(Value::from)
        ),
        (
            Just("mode"),
            select(vec!["skip", "kill", "killnowait"]).prop_map(Value::from)
        ),
        (Just("exclude"), vec(id(), 0..4).prop_map(Value::from)),
        (
            Just("eligible_authid"),
            vec(text(), 0..4).prop_map(Value::from)
        ),
        (Just("roles"), roles()),
        (Just("rkey"), value()),
        (Just("_unknown"), value()),
        (Just("x_other"), value()),
    ];
    vec(entry, 0..5).prop_map(|entries| entries.into_iter().collect())
}

fn roles() -> impl Strategy<Value = Value> {
    vec(
        (
            select(vec![proto::Role::Caller, proto::Role::Broker]),
            vec(select(proto::Feature::ALL), 0..4),
        ),
        0..3,
    )
    .prop_map(|roles| {
        let mut all = proto::Roles::default();
        for (role, features) in roles {
            all = all.with(role, features);
        }
        all.to_value()
    })
}

/// What a message of any type can be made of.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    kind: MessageType,
    ids: (Id, Id),
    text: String,
    fields: Dict,
    arguments: Arguments,
    opaque: Option<Vec<u8>>,
}

pub(crate) fn parts() -> impl Strategy<Value = Parts> {
    let opaque = prop_oneof![
        3 => Just(None),
        1 => vec(any::<u8>(), 0..40).prop_map(Some)
    ];
    let kind = select(MessageType::ALL);
    let ids = (id(), id());
    (kind, ids, text(), entries(), arguments(), opaque).prop_map(
        |(kind, ids, text, fields, arguments, opaque)| Parts {
            kind,
            ids,
            text,
            fields,
            arguments,
            opaque,
        },
    )
}

impl Parts {
    /// The message, with its payload in `serializer`.
    pub(crate) fn message(&self, serializer: Serializer) -> Message {
        let (one, two) = self.ids;
        let uri = Uri::from(self.text.as_str());
        let payload = self.arguments.to_payload(serializer).unwrap();
        match self.kind {
            MessageType::Hello => Message::from(Hello {
                realm: uri,
                details: self.fields(),
            }),
            MessageType::Welcome => Message::from(Welcome {
                session: one,
                details: self.fields(),
            }),
            MessageType::Abort => Message::from(Abort {
                details: self.fields(),
                reason: uri,
                payload,
            }),
            MessageType::Challenge => Message::from(Challenge {
                method: uri.into_text(),
                extra: self.fields(),
            }),
            MessageType::Authenticate => Message::from(Authenticate {
                signature: uri.into_text(),
                extra: self.fields(),
            }),
            MessageType::Goodbye => Message::from(Goodbye {
                details: self.fields(),
                reason: uri,
            }),
            MessageType::Error => Message::from(proto::Error {
                request_type: MessageType::Call,
                request: one,
                details: self.passing(),
                error: uri,
                payload: self.payload(serializer),
            }),
            MessageType::Publish => Message::from(Publish {
                request: one,
                options: self.passing(),
                topic: uri,
                payload: self.payload(serializer),
            }),
            MessageType::Published => Message::from(Published {
                request: one,
                publication: two,
            }),
            MessageType::Subscribe => Message::from(Subscribe {
                request: one,
                options: self.fields(),
                topic: uri,
            }),
            MessageType::Subscribed => Message::from(Subscribed {
                request: one,
                subscription: two,
            }),
            MessageType::Unsubscribe => Message::from(Unsubscribe {
                request: one,
                subscription: two,
            }),
            MessageType::Unsubscribed => Message::from(Unsubscribed {
                request: (one < two).then_some(one),
                details: self.fields(),
            }),
            MessageType::Event => Message::from(Event {
                subscription: one,
                publication: two,
                details: self.passing(),
                payload: self.payload(serializer),
            }),
            MessageType::EventReceived => Message::from(EventReceived { publication: one }),
            MessageType::Call => Message::from(Call {
                request: one,
                options: self.passing(),
                procedure: uri,
                payload: self.payload(serializer),
            }),
            MessageType::Cancel => Message::from(Cancel {
                request: one,
                options: self.fields(),
            }),
            MessageType::Result => Message::from(proto::Result {
                request: one,
                details: self.passing(),
                payload: self.payload(serializer),
            }),
            MessageType::Register => Message::from(Register {
                request: one,
                options: self.fields(),
                procedure: uri,
            }),
            MessageType::Registered => Message::from(Registered {
                request: one,
                registration: two,
            }),
            MessageType::Unregister => Message::from(Unregister {
                request: one,
                registration: two,
            }),
            MessageType::Unregistered => Message::from(Unregistered {
                request: (one < two).then_some(one),
                details: self.fields(),
            }),
            MessageType::Invocation => Message::from(Invocation {
                request: one,
                registration: two,
                details: self.passing(),
                payload: self.payload(serializer),
            }),
            MessageType::Interrupt => Message::from(Interrupt {
                request: one,
                options: self.fields(),
            }),
            MessageType::Yield => Message::from(Yield {
                request: one,
                options: self.passing(),
                payload: self.payload(serializer),
            }),
        }
    }

    fn fields<F: DictFields>(&self) -> F {
        F::from_dict(self.fields.clone()).unwrap()
    }

    /// Options or details of a message whose payload may be opaque, and says so if it is.
    fn passing<F: DictFields>(&self) -> F {
        let mut dict = self.fields.clone();
        if self.opaque.is_some() {
            dict.push("enc_algo", "cryptobox");
        }
        F::from_dict(dict).unwrap()
    }

    fn payload(&self, serializer: Serializer) -> Payload {
        let Some(binary) = &self.opaque else {
            return self.arguments.to_payload(serializer).unwrap();
        };
        let mut bytes = vec![0xc4, u8::try_from(binary.len()).unwrap()];
        bytes.extend_from_slice(binary);
        let bytes = Bytes::from(bytes);
        let payload = Payload::from_raw(Serializer::MsgPack, PayloadShape::Opaque, bytes);
        transcode(&payload, serializer).unwrap()
    }
}
