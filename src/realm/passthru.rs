//! Payload passthru mode: who may send payload that only its ends can read, and who may be sent it.
//!
//! The realm forwards the attributes and never looks at what they describe. Subscribers are not asked: a broker cannot
//! recognize in time which of them can read an event, so that is for them to see.
//!
//! Source: Advanced Profile, "Payload Passthru Mode", "Feature Announcement".

use crate::proto::{Feature, Message, Passthru, Role};

use super::refusal::ProtocolViolation;
use super::session::Session;

/// Checks that a session which sends such a payload has announced the feature for the role in which it does.
///
/// # Errors
/// [`ProtocolViolation::Passthru`].
pub(super) fn check(sender: &Session, message: &Message) -> Result<(), ProtocolViolation> {
    let (role, passthru) = match message {
        Message::Publish(publish) => (Role::Publisher, &publish.options.passthru),
        Message::Call(call) => (Role::Caller, &call.options.passthru),
        Message::Yield(answer) => (Role::Callee, &answer.options.passthru),
        _ => return Ok(()),
    };
    if reads(sender, role, passthru.as_deref()) {
        Ok(())
    } else {
        Err(ProtocolViolation::Passthru(message.kind(), role))
    }
}

/// Whether a session in this role can have to do with such a payload, or the payload is none.
pub(super) fn reads(session: &Session, role: Role, passthru: Option<&Passthru>) -> bool {
    passthru.is_none_or(|passthru| !is_packed(passthru))
        || session
            .join
            .roles
            .features(role)
            .has(Feature::PayloadPassthruMode)
}

/// Whether any attribute of the mode is there; those that ought to be with it may be missing.
const fn is_packed(passthru: &Passthru) -> bool {
    passthru.ppt_scheme.is_some()
        || passthru.ppt_serializer.is_some()
        || passthru.ppt_cipher.is_some()
        || passthru.ppt_keyid.is_some()
}
