//! Dictionaries that are kept for long: as bytes, which take no more room than they say.

use crate::codec::{Arguments, TranscodeError};
use crate::proto::{Dict, Payload, Serializer, Value};

use super::one;

/// A dictionary in few bytes.
///
/// # Errors
/// It is nested too deeply.
pub(super) fn pack(dict: Dict) -> Result<Payload, TranscodeError> {
    one(dict).to_payload(Serializer::MsgPack)
}

/// The dictionary that was packed.
pub(super) fn unpack(packed: &Payload) -> Dict {
    // What was packed can be read; were it otherwise, nothing would be known about it.
    let arguments = Arguments::from_payload(packed).unwrap_or_default();
    match arguments.args.into_iter().next() {
        Some(Value::Dict(dict)) => dict,
        _ => Dict::new(),
    }
}
