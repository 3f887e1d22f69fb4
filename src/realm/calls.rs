//! The calls that wait for their answer.
//!
//! A call is here from its INVOCATION to its final RESULT or ERROR, and [`Calls::end`] is the only way out, whatever ended
//! it. The sessions on both sides keep its key, so that it is found from either.

use slab::Slab;

use crate::proto::{
    Cancel, CancelMode, Error, ErrorDetails, Id, Interrupt, InterruptOptions, Message, MessageType,
    Result as CallResult, ResultDetails, UriRule, Yield,
};

use super::SessionKey;
use super::frame::{addressed, header_room};
use super::refusal::{ProtocolViolation, Refusal};
use super::session::{Peers, Session};

/// A call's place in [`Calls`].
pub(super) type CallKey = usize;

/// The pending calls of a realm.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pending: Slab<PendingCall>,
}

/// A call that was invoked and not yet answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingCall {
    pub(super) caller: SessionKey,
    /// The CALL.
    pub(super) request: Id,
    pub(super) callee: SessionKey,
    /// The INVOCATION.
    pub(super) invocation: Id,
    /// Whether the caller takes progressive results.
    pub(super) receive_progress: bool,
    /// Whether the callee was sent INTERRUPT.
    pub(super) interrupted: bool,
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
    /// The caller gave it up without waiting for the callee; the callee is told or not.
    Canceled {
        interrupt: bool,
    },
    CallerLeft,
    CalleeLeft,
    Shutdown,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// Enters a call whose INVOCATION is being sent, on both its sides.
    pub(super) fn begin(&mut self, peers: &mut Peers<'_>, call: PendingCall) {
        let key = self.pending.insert(call);
        if let Some(caller) = peers.sessions.get_mut(call.caller) {
            caller.calls.insert(call.request, key);
        }
        if let Some(callee) = peers.sessions.get_mut(call.callee) {
            callee.invocations.insert(call.invocation, key);
        }
    }

    /// YIELD: RESULT for the caller. A progressive one leaves the call pending; it is dropped where the caller did not ask
    /// for progressive results, and passed on whether or not the callee announced them (some that can do not).
    pub(super) fn yielded(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        answer: Yield,
    ) -> Result<(), ProtocolViolation> {
        let invoked = self.invoked(peers, callee, MessageType::Yield, answer.request)?;
        let Some((key, call)) = invoked else {
            return Ok(());
        };
        let progress = answer.options.progress == Some(true);
        if progress && !call.receive_progress {
            return Ok(());
        }
        let Some(caller) = peers.sessions.get(call.caller) else {
            return Ok(());
        };
        let passthru = answer.options.passthru;
        let room = header_room("", passthru.as_deref());
        let result = addressed(caller, &answer.payload, room, |payload| {
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
        });
        match result {
            Ok(result) if progress => peers.send(call.caller, result),
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
        callee: SessionKey,
        answer: Error,
        rule: UriRule,
    ) -> Result<(), ProtocolViolation> {
        if answer.request_type != MessageType::Invocation {
            return Err(ProtocolViolation::ErrorType(answer.request_type));
        }
        let invoked = self.invoked(peers, callee, MessageType::Error, answer.request)?;
        let Some((key, call)) = invoked else {
            return Ok(());
        };
        let Some(caller) = peers.sessions.get(call.caller) else {
            return Ok(());
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
        Ok(())
    }

    /// The pending call that a callee answers, or `None` if it has ended meanwhile: then the answer is dropped.
    fn invoked(
        &self,
        peers: &Peers<'_>,
        callee: SessionKey,
        answer: MessageType,
        invocation: Id,
    ) -> Result<Option<(CallKey, PendingCall)>, ProtocolViolation> {
        let Some(session) = peers.sessions.get(callee) else {
            return Ok(None);
        };
        // Ids are counted from 1, so those that were ever issued are those up to the last.
        if session.invocation_ids.last() < Some(invocation) {
            return Err(ProtocolViolation::UnknownInvocation { answer, invocation });
        }
        let key = session.invocations.get(&invocation).copied();
        Ok(key.and_then(|key| Some((key, *self.pending.get(key)?))))
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
                peers.send(call.callee, interrupt(call.invocation, mode));
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
        if let Some(caller) = peers.sessions.get_mut(call.caller) {
            caller.calls.remove(&call.request);
        }
        if let Some(callee) = peers.sessions.get_mut(call.callee) {
            callee.invocations.remove(&call.invocation);
        }
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
            peers.send(
                call.callee,
                interrupt(call.invocation, CancelMode::KillNoWait),
            );
        }
    }
}

fn interrupt(invocation: Id, mode: CancelMode) -> Interrupt {
    Interrupt {
        request: invocation,
        options: InterruptOptions {
            mode: Some(mode),
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
