//! Whether a message can reach a session: in its serializer, and in a frame that it takes.

use bytes::BytesMut;

use crate::codec;
use crate::proto::{Message, Passthru, Payload, Serializer};

use super::refusal::Refusal;
use super::session::Session;

/// How many bytes a message may have in front of its payload, or `None` where it takes an encoder to say that, or to say
/// whether the header has a form in every serializer.
///
/// Almost every frame is far below its limit; the bound saves encoding it only to learn that.
pub(super) fn header_room(uri: &str, passthru: Option<&Passthru>) -> Option<usize> {
    /// The message's list, type, two ids of 16 digits and the keys of all details that the realm itself sets.
    const FIXED: usize = 160;
    /// A character below 0x20 is one byte in a URI and six in JSON.
    const ESCAPED: usize = 6;
    // JSON has no form for some strings that begin with NUL: they are how it carries binary.
    let plain = passthru.is_none() && !uri.starts_with('\0');
    plain.then(|| FIXED + ESCAPED * uri.len())
}

/// The length of the frame of `message`, whose payload is in `serializer` already.
///
/// # Errors
/// A URI or attributes that are passed through and have no form in `serializer`.
pub(super) fn frame_length(serializer: Serializer, message: &Message) -> Result<usize, Refusal> {
    let mut frame = BytesMut::new();
    codec::encode(serializer, message, &mut frame)
        .map_err(|reason| Refusal::Inexpressible { serializer, reason })?;
    Ok(frame.len())
}

/// The payload in another serializer.
///
/// # Errors
/// A payload that has no form in it.
pub(super) fn transcode(payload: &Payload, serializer: Serializer) -> Result<Payload, Refusal> {
    codec::transcode(payload, serializer)
        .map_err(|reason| Refusal::Inexpressible { serializer, reason })
}

/// The message that `message` makes of the payload in the serializer of `to`, if `to` can receive it.
///
/// `room` is what [`header_room`] says about the message.
///
/// # Errors
/// Why `to` cannot receive it.
pub(super) fn addressed(
    to: &Session,
    payload: &Payload,
    room: Option<usize>,
    message: impl FnOnce(Payload) -> Message,
) -> Result<Message, Refusal> {
    let serializer = to.join.serializer;
    let limit = to.join.max_frame;
    let payload = transcode(payload, serializer)?;
    let at_most = room.and_then(|room| payload.bytes().len().checked_add(room));
    let message = message(payload);
    let fits = match at_most {
        Some(length) if length <= limit => true,
        _ => frame_length(serializer, &message)? <= limit,
    };
    fits.then_some(message).ok_or(Refusal::TooLong { limit })
}
