//! Messages as clients send them, and what tests ask of those that they receive.

use bytes::Bytes;
use wampkit::codec::Arguments;
use wampkit::proto::{
    Call, CallOptions, Cancel, CancelMode, CancelOptions, Error, ErrorDetails, Event, Feature,
    Goodbye, GoodbyeDetails, Id, Interrupt, InterruptOptions, Invocation, InvocationDetails,
    MatchPolicy, Message, MessageType, Payload, PayloadShape, Publish, PublishOptions, Register,
    RegisterOptions, Result, ResultDetails, Role, Roles, Serializer, Subscribe, SubscribeOptions,
    Unregister, Unsubscribe, Uri, Welcome, Yield, YieldOptions, uris,
};

/// The roles of a client that announces everything.
pub(crate) fn client_roles() -> Roles {
    Role::CLIENT
        .into_iter()
        .fold(Roles::default(), |roles, role| {
            roles.with(role, Feature::ALL.iter().copied())
        })
}

/// The roles of a client that announces no features.
pub(crate) fn plain_roles() -> Roles {
    Role::CLIENT
        .into_iter()
        .fold(Roles::default(), |roles, role| roles.with(role, []))
}

pub(crate) fn id(number: u64) -> Id {
    Id::new(number).expect("an id")
}

/// `Arguments` in JSON.
pub(crate) fn json(args: &str) -> Payload {
    let bytes = Bytes::copy_from_slice(args.as_bytes());
    Payload::from_raw(Serializer::Json, PayloadShape::Args, bytes)
}

/// `Arguments` and `ArgumentsKw` in JSON.
pub(crate) fn json_kw(args: &str, kwargs: &str) -> Payload {
    let shape = PayloadShape::ArgsKwargs {
        args_len: u32::try_from(args.len()).expect("short"),
        kwargs_at: u32::try_from(args.len() + 1).expect("short"),
    };
    Payload::from_raw(
        Serializer::Json,
        shape,
        Bytes::from(format!("{args},{kwargs}")),
    )
}

/// `Arguments` in MessagePack, from bytes.
pub(crate) fn msgpack(args: &[u8]) -> Payload {
    let bytes = Bytes::copy_from_slice(args);
    Payload::from_raw(Serializer::MsgPack, PayloadShape::Args, bytes)
}

/// The same as values.
pub(crate) fn arguments(payload: &Payload) -> Arguments {
    Arguments::from_payload(payload).expect("well-formed")
}

/// No arguments.
pub(crate) fn no_arguments() -> Payload {
    Payload::empty(Serializer::Json)
}

/// Whether the message is an EVENT of a topic of the router's, to a subscription by pattern.
pub(crate) fn is_meta_event(message: &Message) -> bool {
    matches!(
        message,
        Message::Event(Event { details, .. })
            if details.topic.as_ref().is_some_and(|topic| topic.is_reserved())
    )
}

pub(crate) fn subscribe(request: u64, topic: &str) -> Subscribe {
    Subscribe {
        request: id(request),
        options: SubscribeOptions::default(),
        topic: topic.into(),
    }
}

pub(crate) fn subscribe_by(policy: MatchPolicy, request: u64, topic: &str) -> Subscribe {
    Subscribe {
        options: SubscribeOptions {
            match_policy: Some(policy),
            ..SubscribeOptions::default()
        },
        ..subscribe(request, topic)
    }
}

pub(crate) fn unsubscribe(request: u64, subscription: Id) -> Unsubscribe {
    Unsubscribe {
        request: id(request),
        subscription,
    }
}

/// PUBLISH without acknowledgement of `[1]`.
pub(crate) fn publish(request: u64, topic: &str) -> Publish {
    Publish {
        request: id(request),
        options: PublishOptions::default(),
        topic: topic.into(),
        payload: json("[1]"),
    }
}

pub(crate) fn publish_acknowledged(request: u64, topic: &str) -> Publish {
    Publish {
        options: PublishOptions {
            acknowledge: Some(true),
            ..PublishOptions::default()
        },
        ..publish(request, topic)
    }
}

pub(crate) fn register(request: u64, procedure: &str) -> Register {
    Register {
        request: id(request),
        options: RegisterOptions::default(),
        procedure: procedure.into(),
    }
}

pub(crate) fn register_by(policy: MatchPolicy, request: u64, procedure: &str) -> Register {
    Register {
        options: RegisterOptions {
            match_policy: Some(policy),
            ..RegisterOptions::default()
        },
        ..register(request, procedure)
    }
}

pub(crate) fn unregister(request: u64, registration: Id) -> Unregister {
    Unregister {
        request: id(request),
        registration,
    }
}

/// CALL with `[2,3]`.
pub(crate) fn call(request: u64, procedure: &str) -> Call {
    Call {
        request: id(request),
        options: CallOptions::default(),
        procedure: procedure.into(),
        payload: json("[2,3]"),
    }
}

/// CALL with these options.
pub(crate) fn call_with_options(request: u64, procedure: &str, options: CallOptions) -> Call {
    Call {
        options,
        ..call(request, procedure)
    }
}

/// CALL with these arguments.
pub(crate) fn call_of(request: u64, procedure: &str, payload: Payload) -> Call {
    Call {
        payload,
        ..call(request, procedure)
    }
}

/// CALL of a caller that takes progressive results.
pub(crate) fn call_for_progress(request: u64, procedure: &str) -> Call {
    Call {
        options: CallOptions {
            receive_progress: Some(true),
            ..CallOptions::default()
        },
        ..call(request, procedure)
    }
}

pub(crate) fn cancel(request: u64, mode: Option<CancelMode>) -> Cancel {
    Cancel {
        request: id(request),
        options: CancelOptions {
            mode,
            ..CancelOptions::default()
        },
    }
}

/// INVOCATION as it follows from [`call`].
pub(crate) fn invocation(request: u64, registration: Id) -> Invocation {
    Invocation {
        request: id(request),
        registration,
        details: InvocationDetails::default(),
        payload: json("[2,3]"),
    }
}

/// YIELD with `[5]`.
pub(crate) fn yields(request: u64) -> Yield {
    Yield {
        request: id(request),
        options: YieldOptions::default(),
        payload: json("[5]"),
    }
}

/// A progressive YIELD.
pub(crate) fn yields_progress(request: u64, payload: Payload) -> Yield {
    Yield {
        options: YieldOptions {
            progress: Some(true),
            ..YieldOptions::default()
        },
        payload,
        ..yields(request)
    }
}

/// RESULT as it follows from [`yields`].
pub(crate) fn result(request: u64) -> Result {
    Result {
        request: id(request),
        details: ResultDetails::default(),
        payload: json("[5]"),
    }
}

/// The RESULT that follows from [`yields_progress`].
pub(crate) fn result_progress(request: u64, payload: Payload) -> Result {
    Result {
        details: ResultDetails {
            progress: Some(true),
            ..ResultDetails::default()
        },
        payload,
        ..result(request)
    }
}

/// ERROR `com.error.mine` with arguments, for a CALL or an INVOCATION.
pub(crate) fn error(request_type: MessageType, request: u64) -> Error {
    Error {
        request_type,
        request: id(request),
        details: ErrorDetails::default(),
        error: Uri::from_static("com.error.mine"),
        payload: json_kw("[\"no\"]", "{\"severity\":3}"),
    }
}

/// ERROR of a callee that cannot take the call now.
pub(crate) fn unavailable(request: u64) -> Error {
    Error {
        error: uris::UNAVAILABLE,
        ..error(MessageType::Invocation, request)
    }
}

/// INTERRUPT in this mode.
pub(crate) fn interrupt(request: u64, mode: CancelMode) -> Interrupt {
    Interrupt {
        request: id(request),
        options: InterruptOptions {
            mode: Some(mode),
            ..InterruptOptions::default()
        },
    }
}

pub(crate) fn goodbye(reason: &Uri) -> Goodbye {
    Goodbye {
        details: GoodbyeDetails::default(),
        reason: reason.clone(),
    }
}

/// Whether the message is the router's answer to a GOODBYE.
pub(crate) fn is_goodbye_and_out(message: &Message) -> bool {
    matches!(message, Message::Goodbye(goodbye) if goodbye.reason == uris::GOODBYE_AND_OUT)
}

/// WELCOME, or a panic.
#[track_caller]
pub(crate) fn welcome(message: Message) -> Welcome {
    match message {
        Message::Welcome(welcome) => welcome,
        other => panic!("{other:?} is no WELCOME"),
    }
}
