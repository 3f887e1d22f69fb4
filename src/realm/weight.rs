//! How much memory what a realm keeps for a client takes up, by what the client sent.

use crate::proto::{Call, DictFields, Message, Value};

/// What it takes to keep a request of a client's.
pub(super) fn of_message(message: &Message) -> usize {
    ENTRY
        + match message {
            Message::Call(call) => of_header(call) + of_payload(call) + of_entries(&call.options),
            Message::Publish(publish) => {
                let payload = publish.payload.bytes().len();
                publish.topic.len() + payload + of_entries(&publish.options)
            }
            Message::Subscribe(subscribe) => subscribe.topic.len() + of_entries(&subscribe.options),
            Message::Register(register) => register.procedure.len() + of_entries(&register.options),
            Message::Goodbye(goodbye) => goodbye.reason.len() + of_entries(&goodbye.details),
            _ => 0,
        }
}

/// What it takes to keep the payload of a call beside [`of_header`].
pub(super) fn of_payload(call: &Call) -> usize {
    call.payload.bytes().len()
}

/// What it takes to keep what stands before the payload of a call: its procedure, and the attributes that are passed
/// through.
pub(super) fn of_header(call: &Call) -> usize {
    let passthru = call.options.passthru.as_deref();
    ENTRY + call.procedure.len() + passthru.map_or(0, of_entries)
}

fn of_entries(entries: &impl DictFields) -> usize {
    let mut weight = 0;
    entries.each(&mut |key, value| weight += ENTRY + key.len() + of_value(value));
    weight
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Float(_) => 0,
        Value::Str(text) => text.len(),
        Value::Bin(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(|item| ENTRY + of_value(item)).sum(),
        Value::Dict(dict) => of_entries(dict),
    }
}

/// About what a value, a key or an empty call takes beside its text.
const ENTRY: usize = 64;
