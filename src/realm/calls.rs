//! The calls that wait for their answer.
//!
//! A call is here from its INVOCATION to its final RESULT or ERROR, and [`Calls::end`] is the only way out, whatever ended
//! it. The sessions on both sides keep its key, so that it is found from either.

use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use slab::Slab;

use crate::proto::{
    Call, Cancel, CancelMode, Dict, Error, ErrorDetails, Feature, Id, Interrupt, InterruptOptions,
    InvocationDetails, Message, MessageType, Result as CallResult, ResultDetails, Role, Uri,
    UriRule, Yield, uris,
};

use super::SessionKey;
use super::frame::{addressed, header_room};
use super::invocations::{self, Issued};
use super::passthru;
use super::refusal::{ProtocolViolation, Refusal};
use super::session::{Peers, Session};
use super::timers::Timers;
use super::weight;

/// A call's place in [`Calls`].
pub(super) type CallKey = usize;

/// The pending calls of a realm.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pending: Slab<PendingCall>,
    timers: Timers<CallKey>,
}

/// A call that was invoked and not yet answered.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) caller: SessionKey,
    /// The CALL.
    pub(super) request: Id,
    pub(super) callee: SessionKey,
    /// The INVOCATION.
    pub(super) invocation: Id,
    pub(super) registration: Id,
    /// Whether it counts against the callee's concurrency.
    counted: bool,
    /// Whether the caller takes progressive results.
    receive_progress: bool,
    /// Whether the callee was sent INTERRUPT.
    pub(super) interrupted: bool,
    /// Whether more has passed than one INVOCATION: another callee cannot take the call over any more.
    pub(super) begun: bool,
    timer: Option<CallTimer>,
    /// As long as more CALLs of the same request are to come.
    stream: Option<Box<Stream>>,
    pub(super) spare: Option<Box<Spare>>,
    /// What `stream` takes up of its caller's [`KEPT_LIMIT`].
    stream_bytes: usize,
    /// The same of `spare`.
    spare_bytes: usize,
}

/// When the dealer gives a call up.
#[derive(Clone, Copy, Debug)]
struct CallTimer {
    patience: Duration,
    at: Instant,
}

/// What the further INVOCATIONs of a progressive call are made from: the options of the first CALL hold for all.
#[derive(Debug)]
struct Stream {
    procedure: Uri,
    details: InvocationDetails,
}

/// What it takes to give a call to another callee.
#[derive(Debug)]
pub(super) struct Spare {
    pub(super) call: Call,
    /// The ids of the sessions that it was given to so far. Their keys may have become those of others.
    pub(super) tried: Vec<Id>,
}

/// What ends a call.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every call is answered, and it is passed by value once"
)]
enum Ending {
    /// The callee answered. This is RESULT or ERROR for the caller.
    Answered(Message),
    /// The callee answered with something that cannot reach the caller.
    Undeliverable {
        refusal: Refusal,
        /// Whether the answer was a progressive one, so that more would follow.
        more: bool,
    },
    /// The callee cannot take it, and neither can another.
    Refused(Refusal),
    /// The caller gave it up without waiting for the callee; the callee is told or not.
    Canceled {
        interrupt: bool,
    },
    /// Its time is up.
    TimedOut(Duration),
    CallerLeft,
    CalleeLeft,
    Shutdown,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// How many calls have a timer.
    pub(super) fn timer_count(&self) -> usize {
        self.timers.len()
    }

    /// When the next call is to be given up.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Whether what has to be kept of a call fits in beside what is kept of its caller's other calls.
    pub(super) fn has_room(caller: &Session, call: &Call) -> bool {
        call.options.progress != Some(true)
            || weight::of_header(call) <= KEPT_LIMIT.saturating_sub(caller.kept_bytes)
    }

    /// Sends an INVOCATION, and enters its call on both sides. `reroute` says that another callee could take it over.
    pub(super) fn begin(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
        registration: Id,
        issued: Issued,
        reroute: bool,
    ) {
        let stream = issued.details.map(|details| {
            Box::new(Stream {
                procedure: call.procedure.detach(),
                details: details.detach(),
            })
        });
        let pending = PendingCall {
            caller,
            request: call.request,
            callee: issued.callee,
            invocation: issued.invocation,
            registration,
            counted: issued.counted,
            receive_progress: call.options.receive_progress == Some(true),
            interrupted: false,
            begun: false,
            timer: None,
            stream,
            spare: None,
            stream_bytes: 0,
            spare_bytes: 0,
        };
        let entry = self.pending.vacant_entry();
        let key = entry.key();
        let pending = entry.insert(pending);
        if let Some(session) = peers.sessions.get_mut(caller) {
            session.calls.insert(call.request, key);
            let header = weight::of_header(&call);
            if pending.stream.is_some() {
                session.kept_bytes += header;
                pending.stream_bytes = header;
            }
            let bytes = header + weight::of_payload(&call);
            if reroute && session.kept_bytes + bytes <= KEPT_LIMIT {
                session.kept_bytes += bytes;
                pending.spare_bytes = bytes;
                let mut call = call.detach();
                // What nobody acts on need not be kept.
                call.options.extra = Dict::new();
                call.options.rkey = None;
                let tried = Vec::new();
                pending.spare = Some(Box::new(Spare { call, tried }));
            }
        }
        enter_callee(peers, pending, key);
        if let Some(patience) = issued.timeout {
            self.set_timer(key, patience, peers.now.instant);
        }
        peers.send(issued.callee, issued.message);
    }

    /// Gives a pending call to another callee.
    pub(super) fn pass_on(
        &mut self,
        peers: &mut Peers<'_>,
        key: CallKey,
        spare: Box<Spare>,
        issued: Issued,
    ) {
        let Some(pending) = self.pending.get_mut(key) else {
            return;
        };
        leave_callee(peers, pending);
        pending.callee = issued.callee;
        pending.invocation = issued.invocation;
        pending.counted = issued.counted;
        pending.spare = Some(spare);
        if let (Some(stream), Some(details)) = (&mut pending.stream, issued.details) {
            stream.details = details.detach();
        }
        enter_callee(peers, pending, key);
        if pending.timer.is_none()
            && let Some(patience) = issued.timeout
        {
            self.set_timer(key, patience, peers.now.instant);
        }
        peers.send(issued.callee, issued.message);
    }

    /// The call of a key that [`Calls::invoked`] answered with.
    pub(super) fn get_mut(&mut self, key: CallKey) -> Option<&mut PendingCall> {
        self.pending.get_mut(key)
    }

    /// Answers a call with ERROR, as nobody can take it.
    pub(super) fn refuse(&mut self, peers: &mut Peers<'_>, key: CallKey, refusal: Refusal) {
        self.end(peers, key, Ending::Refused(refusal));
    }

    /// Gives up the calls whose time is up.
    pub(super) fn tick(&mut self, peers: &mut Peers<'_>) {
        while let Some(key) = self.timers.pop_due(peers.now.instant) {
            let timer = self.pending.get(key).and_then(|call| call.timer);
            if let Some(timer) = timer {
                self.end(peers, key, Ending::TimedOut(timer.patience));
            }
        }
    }

    fn set_timer(&mut self, key: CallKey, patience: Duration, now: Instant) {
        let at = now + patience;
        let Some(call) = self.pending.get_mut(key) else {
            return;
        };
        if let Some(timer) = call.timer.replace(CallTimer { patience, at }) {
            self.timers.clear(timer.at, key);
        }
        self.timers.set(at, key);
    }

    /// CALL, if it continues a call: another INVOCATION of the same request for the same callee, or nothing if that call
    /// is over. Any other CALL is given back.
    ///
    /// # Errors
    /// The caller did not announce progressive calls, or the request id belongs to a call that this does not continue.
    pub(super) fn continued(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
    ) -> Result<Option<Call>, ProtocolViolation> {
        let request = call.request;
        let more = call.options.progress == Some(true);
        let now = peers.now.instant;
        let Some(session) = peers.sessions.get_mut(caller) else {
            return Ok(None);
        };
        let roles = &session.join.roles;
        let announced = roles.features(Role::Caller);
        if more && !announced.has(Feature::ProgressiveCallInvocations) {
            return Err(ProtocolViolation::ProgressiveCall(request));
        }
        let Some(&key) = session.calls.get(&request) else {
            let over = session.ended_streams.take(request, !more, now);
            return Ok((!over).then_some(call));
        };
        let pending = self.pending.get_mut(key);
        let continues = |pending: &&mut PendingCall| {
            let stream = pending.stream.as_ref();
            stream.is_some_and(|stream| stream.procedure == call.procedure)
        };
        let Some(pending) = pending.filter(continues) else {
            return Err(ProtocolViolation::PendingCall(request));
        };
        pending.begin(session);
        let details = pending.next_details(more);
        // A callee that was interrupted needs no more.
        if let Some(details) = details.filter(|_| !pending.interrupted) {
            let sent = continuation(peers, pending, details, &call);
            if let Err(refusal) = sent {
                self.end(
                    peers,
                    key,
                    Ending::Undeliverable {
                        refusal,
                        more: true,
                    },
                );
            }
        }
        Ok(None)
    }

    /// Answers a CALL that is not to be acted on. If it continues a call, that one is over; if it is over already, nobody needs to be
    /// told.
    pub(super) fn turn_down(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        request: Id,
        more: bool,
        refusal: &Refusal,
    ) {
        let now = peers.now.instant;
        let Some(session) = peers.sessions.get_mut(caller) else {
            return;
        };
        if let Some(&key) = session.calls.get(&request) {
            let (refusal, more) = (refusal.clone(), true);
            self.end(peers, key, Ending::Undeliverable { refusal, more });
        } else if !session.ended_streams.take(request, !more, now) {
            if more {
                session.ended_streams.add(request, now);
            }
            peers.refuse(caller, MessageType::Call, request, refusal);
        }
    }

    /// YIELD: RESULT for the caller. A progressive one leaves the call pending and starts its time anew; it is dropped where
    /// the caller did not ask for progressive results, and passed on whether or not the callee announced them (some that
    /// can do not).
    pub(super) fn yielded(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        answer: Yield,
    ) -> Result<(), ProtocolViolation> {
        let invoked = self.invoked(peers, callee, MessageType::Yield, answer.request)?;
        let Some((key, call)) = invoked.and_then(|key| Some((key, self.pending.get_mut(key)?)))
        else {
            return Ok(());
        };
        let progress = answer.options.progress == Some(true);
        if progress && !call.receive_progress {
            return Ok(());
        }
        let Some(caller) = peers.sessions.get_mut(call.caller) else {
            return Ok(());
        };
        if progress {
            // Another callee would have to begin anew.
            call.begin(caller);
        }
        let passthru = answer.options.passthru;
        let room = header_room("", passthru.as_deref());
        // The chapter has the ERROR go to the callee. But no ERROR can answer a YIELD, and it is the caller who waits.
        let result = if !passthru::reads(caller, Role::Caller, passthru.as_deref()) {
            Err(Refusal::Passthru(Role::Caller))
        } else {
            addressed(caller, &answer.payload, room, |payload| {
                let details = ResultDetails {
                    progress: progress.then_some(true),
                    passthru,
                    ..ResultDetails::default()
                };
                let request = call.request;
                Message::Result(CallResult {
                    request,
                    details,
                    payload,
                })
            })
        };
        match result {
            Ok(result) if progress => {
                peers.send(call.caller, result);
                if let Some(timer) = call.timer {
                    self.set_timer(key, timer.patience, peers.now.instant);
                }
            }
            Ok(result) => self.end(peers, key, Ending::Answered(result)),
            Err(refusal) => {
                let more = progress;
                self.end(peers, key, Ending::Undeliverable { refusal, more });
            }
        }
        Ok(())
    }

    /// ERROR for an INVOCATION: the same ERROR for the caller, with the arguments, the message and the attributes that are
    /// passed through. Other details stay behind: a caller takes what stands there for the router's word.
    pub(super) fn failed(
        &mut self,
        peers: &mut Peers<'_>,
        key: CallKey,
        answer: Error,
        rule: UriRule,
    ) {
        let Some(call) = self.pending.get(key) else {
            return;
        };
        let Some(caller) = peers.sessions.get(call.caller) else {
            return;
        };
        let error = relayed(caller, call.request, answer, rule);
        let ending = match error {
            Ok(error) => Ending::Answered(error),
            Err(refusal) => Ending::Undeliverable {
                refusal,
                more: false,
            },
        };
        self.end(peers, key, ending);
    }

    /// The pending call that a callee answers, or `None` if it has ended meanwhile: then the answer is dropped.
    ///
    /// # Errors
    /// The session never got such an INVOCATION.
    pub(super) fn invoked(
        &self,
        peers: &Peers<'_>,
        callee: SessionKey,
        answer: MessageType,
        invocation: Id,
    ) -> Result<Option<CallKey>, ProtocolViolation> {
        let Some(session) = peers.sessions.get(callee) else {
            return Ok(None);
        };
        // Ids are counted from 1, so those that were ever issued are those up to the last.
        if session.invocation_ids.last() < Some(invocation) {
            return Err(ProtocolViolation::UnknownInvocation { answer, invocation });
        }
        Ok(session.invocations.get(&invocation).copied())
    }

    /// CANCEL. For a call that is not pending it is no error: the answer may just have been on its way.
    ///
    /// A callee that cannot be interrupted is skipped, whatever mode was asked for.
    pub(super) fn cancel(&mut self, peers: &mut Peers<'_>, caller: SessionKey, cancel: &Cancel) {
        let session = peers.sessions.get(caller);
        let key = session.and_then(|session| session.calls.get(&cancel.request).copied());
        let Some((key, call)) = key.and_then(|key| Some((key, self.pending.get_mut(key)?))) else {
            return;
        };
        let callee = peers.sessions.get(call.callee);
        let mode = if callee.is_some_and(Session::can_be_interrupted) {
            cancel.options.mode.unwrap_or_default()
        } else {
            CancelMode::Skip
        };
        match mode {
            // It is left to the callee to answer. Telling it once is enough.
            CancelMode::Kill if call.interrupted => {}
            CancelMode::Kill => {
                call.interrupted = true;
                peers.send(call.callee, interrupt(call.invocation, mode, None));
            }
            CancelMode::Skip | CancelMode::KillNoWait => {
                let interrupt = mode == CancelMode::KillNoWait;
                self.end(peers, key, Ending::Canceled { interrupt });
            }
        }
    }

    /// Ends all calls of a session that is leaving, on whichever side it is.
    pub(super) fn leave(&mut self, peers: &mut Peers<'_>, leaver: SessionKey) {
        while let Some((_, key)) = peers
            .sessions
            .get_mut(leaver)
            .and_then(|session| session.calls.pop_first())
        {
            self.end(peers, key, Ending::CallerLeft);
        }
        while let Some((_, key)) = peers
            .sessions
            .get_mut(leaver)
            .and_then(|session| session.invocations.pop_first())
        {
            self.end(peers, key, Ending::CalleeLeft);
        }
    }

    /// Ends all calls, as the realm is closing.
    pub(super) fn shutdown(&mut self, peers: &mut Peers<'_>) {
        let keys: Vec<CallKey> = self.pending.iter().map(|(key, _)| key).collect();
        for key in keys {
            self.end(peers, key, Ending::Shutdown);
        }
    }

    /// The one way out of the table: takes the call off both sides, gives the caller its final answer, and tells the
    /// callee to stop where it is still working for nobody.
    fn end(&mut self, peers: &mut Peers<'_>, key: CallKey, ending: Ending) {
        let Some(call) = self.pending.try_remove(key) else {
            return;
        };
        if let Some(timer) = call.timer {
            self.timers.clear(timer.at, key);
        }
        if let Some(caller) = peers.sessions.get_mut(call.caller) {
            caller.calls.remove(&call.request);
            caller.kept_bytes -= call.spare_bytes + call.stream_bytes;
            if call.stream.is_some() {
                caller.ended_streams.add(call.request, peers.now.instant);
            }
        }
        leave_callee(peers, &call);
        let mut reason = None;
        let mut refuse = |refusal: &Refusal| {
            peers.refuse(call.caller, MessageType::Call, call.request, refusal);
        };
        let in_vain = match ending {
            Ending::Answered(answer) => {
                peers.send(call.caller, answer);
                false
            }
            Ending::Undeliverable { refusal, more } => {
                refuse(&refusal);
                more
            }
            Ending::Refused(refusal) => {
                refuse(&refusal);
                false
            }
            Ending::TimedOut(patience) => {
                refuse(&Refusal::TimedOut(patience));
                reason = Some(uris::TIMEOUT);
                true
            }
            Ending::Canceled { interrupt } => {
                refuse(&Refusal::Canceled);
                interrupt
            }
            Ending::CallerLeft => call.caller != call.callee,
            Ending::CalleeLeft => {
                refuse(&Refusal::CalleeLeft);
                false
            }
            Ending::Shutdown => {
                refuse(&Refusal::Shutdown);
                false
            }
        };
        let callee = peers.sessions.get(call.callee);
        if in_vain && !call.interrupted && callee.is_some_and(Session::can_be_interrupted) {
            let interrupt = interrupt(call.invocation, CancelMode::KillNoWait, reason);
            peers.send(call.callee, interrupt);
        }
    }
}

impl PendingCall {
    /// Whether the dealer has a timer for it.
    pub(super) const fn is_timed(&self) -> bool {
        self.timer.is_some()
    }

    /// Notes that another callee cannot take the call over any more.
    fn begin(&mut self, caller: &mut Session) {
        self.begun = true;
        self.spare = None;
        caller.kept_bytes -= std::mem::take(&mut self.spare_bytes);
    }

    /// The details of the next INVOCATION of a progressive call; the stream ends with the last.
    fn next_details(&mut self, more: bool) -> Option<InvocationDetails> {
        if more {
            self.stream.as_ref().map(|stream| stream.details.clone())
        } else {
            let stream = self.stream.take()?;
            Some(InvocationDetails {
                progress: None,
                ..stream.details
            })
        }
    }
}

/// Enters a call on its callee's side.
fn enter_callee(peers: &mut Peers<'_>, call: &PendingCall, key: CallKey) {
    if let Some(callee) = peers.sessions.get_mut(call.callee) {
        callee.invocations.insert(call.invocation, key);
        if call.counted {
            *callee.running.entry(call.registration).or_default() += 1;
        }
    }
}

/// Takes a call off its callee's side.
fn leave_callee(peers: &mut Peers<'_>, call: &PendingCall) {
    let Some(callee) = peers.sessions.get_mut(call.callee) else {
        return;
    };
    callee.invocations.remove(&call.invocation);
    if let Entry::Occupied(mut running) = callee.running.entry(call.registration)
        && call.counted
    {
        *running.get_mut() -= 1;
        if *running.get() == 0 {
            running.remove();
        }
    }
}

/// Sends a further INVOCATION of a progressive call.
///
/// # Errors
/// Why its callee cannot receive it.
fn continuation(
    peers: &mut Peers<'_>,
    pending: &PendingCall,
    details: InvocationDetails,
    call: &Call,
) -> Result<(), Refusal> {
    let Some(callee) = peers.sessions.get(pending.callee) else {
        return Ok(());
    };
    if callee.congested {
        return Err(Refusal::Congested);
    }
    let (registration, invocation) = (pending.registration, pending.invocation);
    let message = invocations::message(callee, registration, invocation, details, &call.payload)?;
    peers.send(pending.callee, message);
    Ok(())
}

fn interrupt(invocation: Id, mode: CancelMode, reason: Option<Uri>) -> Interrupt {
    Interrupt {
        request: invocation,
        options: InterruptOptions {
            mode: Some(mode),
            reason,
            ..InterruptOptions::default()
        },
    }
}

/// A callee's ERROR as the caller gets it.
fn relayed(
    caller: &Session,
    request: Id,
    answer: Error,
    rule: UriRule,
) -> Result<Message, Refusal> {
    let Error {
        details,
        error,
        payload,
        ..
    } = answer;
    error.check(rule).map_err(Refusal::InvalidError)?;
    let room = match details.message {
        None => header_room(&error, details.passthru.as_deref()),
        Some(_) => None,
    };
    addressed(caller, &payload, room, |payload| {
        Message::Error(Error {
            request_type: MessageType::Call,
            request,
            details: ErrorDetails {
                message: details.message,
                passthru: details.passthru,
                ..ErrorDetails::default()
            },
            error,
            payload,
        })
    })
}

/// How many bytes are kept of the calls of one caller, so that they can be continued or given to another callee. Beyond it
/// progressive calls are refused, and others cannot be given to another callee: where the first is not available, they are
/// answered with ERROR `wamp.error.no_available_callee`.
const KEPT_LIMIT: usize = 4 << 20;
