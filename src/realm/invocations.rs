//! INVOCATION: what a callee is told of a call.
//!
//! Source: Advanced Profile, "Caller Identification", "Call Timeouts", "Progressive Call Invocations".

use std::time::Duration;

use crate::proto::{
    Call, Feature, Id, Invocation, InvocationDetails, MatchPolicy, Message, Payload, Role,
};

use super::SessionKey;
use super::frame::{addressed, header_room};
use super::identity::{IdentityRule, identify};
use super::passthru;
use super::refusal::Refusal;
use super::registrations::{Callee, Registration};
use super::session::{Peers, Session};

/// An INVOCATION that is ready to be sent.
#[derive(Debug)]
pub(super) struct Issued {
    pub(super) callee: SessionKey,
    pub(super) invocation: Id,
    pub(super) message: Message,
    /// What later INVOCATIONs of the same call repeat, if there may be any.
    pub(super) details: Option<InvocationDetails>,
    /// When the dealer is to give the call up; `None` if never, or if the callee does so itself.
    pub(super) timeout: Option<Duration>,
    /// Whether it counts against the callee's concurrency.
    pub(super) counted: bool,
}

/// The INVOCATION for a call, addressed to a callee of the registration that it goes to. `timed` says that the dealer has
/// a timer for the call already.
///
/// # Errors
/// Why the callee cannot receive it. Nothing has changed then.
pub(super) fn issue(
    peers: &mut Peers<'_>,
    rules: &[IdentityRule],
    registration: &Registration,
    callee: &Callee,
    caller: SessionKey,
    call: &Call,
    timed: bool,
) -> Result<Issued, Refusal> {
    let options = &call.options;
    let unavailable = || Refusal::NoAvailableCallee(call.procedure.clone());
    let timeout = options
        .timeout
        .filter(|millis| *millis > 0)
        .map(|millis| Duration::from_millis(millis).min(LONGEST_TIMEOUT));
    let by_pattern = registration.policy != MatchPolicy::Exact;
    let mut details = InvocationDetails {
        procedure: by_pattern.then(|| call.procedure.clone()),
        // Told to every callee, since some can do progressive results without announcing them.
        receive_progress: options.receive_progress.filter(|asked| *asked),
        progress: options.progress.filter(|more| *more),
        passthru: options.passthru.clone(),
        ..InvocationDetails::default()
    };
    let caller = peers.sessions.get(caller).ok_or_else(unavailable)?;
    identify(
        &mut details,
        rules,
        caller,
        &call.procedure,
        options.disclose_me,
        callee.disclose_caller,
    )?;
    let session = peers
        .sessions
        .get_mut(callee.session)
        .ok_or_else(unavailable)?;
    if !passthru::reads(session, Role::Callee, details.passthru.as_deref()) {
        return Err(Refusal::Passthru(Role::Callee));
    }
    let sees_to_timeouts = callee.forward_timeout
        && !timed
        && session
            .join
            .roles
            .features(Role::Callee)
            .has(Feature::CallTimeout);
    if sees_to_timeouts {
        details.timeout = timeout.and_then(|timeout| timeout.as_millis().try_into().ok());
    }
    let kept = details.progress.map(|_| details.clone());
    // An id is used up only by an INVOCATION that is sent: callees may expect them without gaps.
    let mut ids = session.invocation_ids.clone();
    let invocation = ids.next();
    let message = message(session, registration.id, invocation, details, &call.payload)?;
    session.invocation_ids = ids;
    Ok(Issued {
        callee: callee.session,
        invocation,
        message,
        details: kept,
        timeout: timeout.filter(|_| !sees_to_timeouts),
        counted: callee.concurrency.is_some(),
    })
}

/// INVOCATION with these details and this payload.
///
/// # Errors
/// Why `callee` cannot receive it.
pub(super) fn message(
    callee: &Session,
    registration: Id,
    invocation: Id,
    details: InvocationDetails,
    payload: &Payload,
) -> Result<Message, Refusal> {
    let uri = details.procedure.as_ref().map_or("", |uri| uri);
    let room = header_room(uri, details.passthru.as_deref());
    let room = room.and_then(|room| Some(room + names_room(&details)?));
    addressed(callee, payload, room, |payload| {
        Message::Invocation(Invocation {
            request: invocation,
            registration,
            details,
            payload,
        })
    })
}

/// Whether a session takes progressive call invocations. By the chapter, it takes none if it cannot be interrupted.
pub(super) fn takes_streams(callee: &Session) -> bool {
    let features = callee.join.roles.features(Role::Callee);
    features.has(Feature::ProgressiveCallInvocations) && features.has(Feature::CallCanceling)
}

/// How many bytes the caller's names take at the most, or `None` where [`header_room`] would have none either.
fn names_room(details: &InvocationDetails) -> Option<usize> {
    let names = [&details.caller_authid, &details.caller_authrole];
    let rooms = names
        .into_iter()
        .flatten()
        .map(|name| header_room(name, None));
    rooms.sum()
}

/// As good as never, and short enough to be added to any time.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
