//! What a session observes of the messages that it gets, and what is in them.

use bytes::Bytes;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Id, Message, Payload, Serializer, Value, uris};

use super::messages::arguments;
use super::reference::Delivery;

/// What a session observes of a message.
pub(super) fn observed(message: Message) -> Delivery {
    match message {
        Message::Welcome(_) => Delivery::Welcome,
        Message::Goodbye(goodbye) => {
            assert_eq!(goodbye.reason, uris::GOODBYE_AND_OUT);
            Delivery::Goodbye
        }
        Message::Abort(abort) => {
            assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
            Delivery::Abort
        }
        Message::Subscribed(subscribed) => Delivery::Subscribed {
            request: subscribed.request.get(),
            subscription: subscribed.subscription.get(),
        },
        Message::Unsubscribed(unsubscribed) => Delivery::Unsubscribed {
            request: unsubscribed.request.expect("it was asked for").get(),
        },
        Message::Published(published) => Delivery::Published {
            request: published.request.get(),
        },
        Message::Event(event) => Delivery::Event {
            subscription: event.subscription.get(),
            topic: event.details.topic,
            publisher: event.details.publisher.map(Id::get),
            payload: carried(&event.payload),
        },
        Message::Registered(registered) => Delivery::Registered {
            request: registered.request.get(),
            registration: registered.registration.get(),
        },
        Message::Unregistered(unregistered) => Delivery::Unregistered {
            request: unregistered.request.map(Id::get),
            registration: unregistered.details.registration.map(Id::get),
        },
        Message::Invocation(invocation) => Delivery::Invocation {
            request: invocation.request.get(),
            registration: invocation.registration.get(),
            procedure: invocation.details.procedure,
            caller: invocation.details.caller.map(Id::get),
            receive_progress: invocation.details.receive_progress == Some(true),
            timeout: invocation.details.timeout,
            payload: carried(&invocation.payload),
        },
        Message::Interrupt(interrupt) => Delivery::Interrupt {
            request: interrupt.request.get(),
            mode: interrupt.options.mode.expect("always said"),
            reason: interrupt.options.reason,
        },
        Message::Result(result) => Delivery::Result {
            request: result.request.get(),
            progress: result.details.progress == Some(true),
            payload: carried(&result.payload),
        },
        Message::Error(error) => Delivery::Error {
            request_type: error.request_type,
            request: error.request.get(),
            error: error.error,
            payload: number(&error.payload),
        },
        other => panic!("{other:?} is nothing a session should get"),
    }
}

/// What a delivery is called where they are counted.
pub(super) const fn kind(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Welcome => "WELCOME",
        Delivery::Goodbye => "GOODBYE",
        Delivery::Abort => "ABORT",
        Delivery::Subscribed { .. } => "SUBSCRIBED",
        Delivery::Unsubscribed { .. } => "UNSUBSCRIBED",
        Delivery::Published { .. } => "PUBLISHED",
        Delivery::Event { .. } => "EVENT",
        Delivery::Registered { .. } => "REGISTERED",
        Delivery::Unregistered { .. } => "UNREGISTERED",
        Delivery::Invocation { .. } => "INVOCATION",
        Delivery::Interrupt { .. } => "INTERRUPT",
        Delivery::Result { .. } => "RESULT",
        Delivery::Error { .. } => "ERROR",
    }
}

/// The payload that a number stands for, as a session sends it.
pub(super) fn payload_of(number: u64, serializer: Serializer) -> Payload {
    let payload = content(number).to_payload(serializer);
    payload.expect("every serializer has these values")
}

/// The number that a payload stands for; everything else in it has to be as it was sent.
#[track_caller]
pub(super) fn carried(payload: &Payload) -> u64 {
    number(payload).expect("a number")
}

/// The same, where the payload may be the router's: a sentence.
#[track_caller]
fn number(payload: &Payload) -> Option<u64> {
    let arguments = arguments(payload);
    let number = arguments.args.first()?.as_u64()?;
    assert_eq!(arguments, content(number), "what was sent for {number}");
    Some(number)
}

/// The number itself, and something that has to be the same in every serializer.
fn content(number: u64) -> Arguments {
    let mut args = vec![Value::from(number)];
    let mut kwargs = Dict::new();
    match number % 8 {
        1 => args.push(Value::from("\u{1F980} \"quoted\"\n")),
        2 => args.push(Value::from(Bytes::from_static(b"\0\xFF\x80"))),
        3 => args.extend([Value::from(1.5), Value::from(-1_i64), Value::from(u64::MAX)]),
        4 => kwargs = Dict::new().with("list", Value::List(vec![Value::Null, true.into()])),
        // More than a read takes, now and then.
        5 if number % 64 == 5 => args.push(Value::from("long ".repeat(4000))),
        _ => {}
    }
    Arguments { args, kwargs }
}
