//! Random input for everything that reads bytes of others: a second for each target, more with `WAMP_FUZZ_SECONDS`.
//!
//! Each target starts from its corpus in `tests/fuzz/corpus`, see [`driver`]. The argument grammar is a part of the binary
//! and fuzzed there, by the same driver.

#[path = "fuzz/codec.rs"]
mod codec;
#[path = "fuzz/driver.rs"]
mod driver;
#[path = "fuzz/login.rs"]
mod login;
#[path = "fuzz/machines.rs"]
mod machines;
#[path = "codec/oracle.rs"]
mod oracle;
#[path = "fuzz/streams.rs"]
mod streams;
#[path = "fuzz/texts.rs"]
mod texts;

use std::mem::discriminant;

use wampkit::codec::DecodeError;
use wampkit::proto::{Message, Serializer};

/// What a frame is in JSON, MessagePack or CBOR, by the first byte: so that one corpus has all three.
fn serializer_of(first: u8) -> Serializer {
    Serializer::ALL[usize::from(first) % Serializer::ALL.len()]
}

/// A sign of how far a frame came.
fn sign_of_decoded(decoded: &Result<Message, DecodeError>) -> String {
    match decoded {
        Ok(message) => message.kind().to_string(),
        Err(error) => format!("{:?} {}", discriminant(error), driver::sign_of(error)),
    }
}
