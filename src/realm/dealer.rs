//! The dealer: who registered what, and whom a call goes to.
//!
//! It checks requests against its own tables only; whether a session may do what it asks for is decided before. What
//! becomes of a call after its INVOCATION is the business of `calls`.

use std::collections::HashMap;
use std::time::Duration;

use ahash::RandomState;
use smallvec::{SmallVec, smallvec};

use crate::proto::{
    Call, Cancel, Error, Id, IdSequence, Invocation, InvocationDetails, InvocationPolicy,
    MatchPolicy, Message, Register, Registered, RevocationDetails, Unregister, Unregistered,
    UriFault, UriRule, Yield,
};

use super::SessionKey;
use super::calls::{Calls, PendingCall};
use super::frame::{addressed, header_room};
use super::matcher::{Matcher, Pattern};
use super::meta::What;
use super::refusal::{ProtocolViolation, Refusal};
use super::session::{Peers, Sessions};

/// The dealer of one realm.
#[derive(Debug)]
pub(super) struct Dealer {
    rule: UriRule,
    registrations: Matcher<Registration>,
    /// The pattern of each registration.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
    calls: Calls,
}

/// A registration: one for each pattern.
#[derive(Debug)]
pub(super) struct Registration {
    id: Id,
    policy: MatchPolicy,
    /// How one of its callees is chosen.
    pub(super) invoke: InvocationPolicy,
    /// When its first callee came, as the time since 1970-01-01 00:00 UTC.
    pub(super) created: Duration,
    /// In the order of their registration; never empty. As long as shared registrations are refused there is one.
    pub(super) callees: SmallVec<[SessionKey; 2]>,
}

impl Dealer {
    pub(super) fn new(rule: UriRule, hasher: &RandomState) -> Self {
        Self {
            rule,
            registrations: Matcher::new(hasher.clone()),
            patterns: HashMap::with_hasher(hasher.clone()),
            ids: IdSequence::default(),
            calls: Calls::default(),
        }
    }

    /// How many registrations there are.
    pub(super) fn registration_count(&self) -> usize {
        debug_assert_eq!(self.patterns.len(), self.registrations.len());
        self.registrations.len()
    }

    /// How many calls are pending.
    pub(super) fn call_count(&self) -> usize {
        self.calls.len()
    }

    /// The registrations and their patterns, in no particular order.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Id, &Pattern)> {
        self.patterns.iter().map(|(id, pattern)| (*id, pattern))
    }

    /// A registration and its pattern.
    pub(super) fn registration(&self, id: Id) -> Option<(&Pattern, &Registration)> {
        let pattern = self.patterns.get(&id)?;
        Some((pattern, self.registrations.get(pattern)?))
    }

    /// The id of the registration with this pattern.
    pub(super) fn lookup(&self, pattern: &Pattern) -> Option<Id> {
        self.registrations.get(pattern).map(|found| found.id)
    }

    /// The id of the registration that a call of `procedure` would go to.
    pub(super) fn best(&self, procedure: &str) -> Option<Id> {
        self.registrations.best(procedure).map(|found| found.id)
    }

    /// REGISTER.
    pub(super) fn register(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        register: Register,
    ) -> Result<(), Refusal> {
        let policy = register.options.match_policy.unwrap_or_default();
        let uri = register.procedure;
        let reserved = uri.is_reserved().then_some(UriFault::Reserved);
        if let Some(fault) = reserved.or_else(|| uri.check_pattern(policy, self.rule).err()) {
            let what = "procedure";
            return Err(Refusal::InvalidUri { what, uri, fault });
        }
        let invoke = register.options.invoke.unwrap_or_default();
        if invoke != InvocationPolicy::Single {
            return Err(Refusal::InvocationPolicy(invoke));
        }
        let pattern = Pattern { policy, uri };
        if self.registrations.get(&pattern).is_some() {
            return Err(Refusal::ProcedureAlreadyExists(pattern.uri));
        }
        let Some(session) = peers.sessions.get_mut(callee) else {
            return Ok(());
        };
        let registration = self.create(&pattern, peers.now.unix, callee);
        session.registrations.insert(registration);
        let sessions = &mut *peers.sessions;
        sessions.note(What::RegistrationCreated, registration, callee);
        sessions.note(What::Registered, registration, callee);
        peers.send(
            callee,
            Registered {
                request: register.request,
                registration,
            },
        );
        Ok(())
    }

    fn create(&mut self, pattern: &Pattern, created: Duration, callee: SessionKey) -> Id {
        let pattern = pattern.detach();
        let id = self.ids.next();
        let registration = Registration {
            id,
            policy: pattern.policy,
            invoke: InvocationPolicy::Single,
            created,
            callees: smallvec![callee],
        };
        self.registrations.insert(&pattern, registration);
        self.patterns.insert(id, pattern);
        id
    }

    /// UNREGISTER. Calls that are pending stay so: the callee may still answer them.
    pub(super) fn unregister(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        unregister: Unregister,
    ) -> Result<(), Refusal> {
        let Unregister {
            request,
            registration,
        } = unregister;
        let known = peers
            .sessions
            .get_mut(callee)
            .is_some_and(|session| session.registrations.remove(&registration));
        if !known {
            return Err(Refusal::NoSuchRegistration(registration));
        }
        self.remove(peers.sessions, registration, callee);
        peers.send(
            callee,
            Unregistered {
                request: Some(request),
                details: RevocationDetails::default(),
            },
        );
        Ok(())
    }

    /// Takes a callee off a registration, and the registration away with the last one.
    fn remove(&mut self, sessions: &mut Sessions, registration: Id, callee: SessionKey) {
        let Some(pattern) = self.patterns.get(&registration) else {
            return;
        };
        let Some(entry) = self.registrations.get_mut(pattern) else {
            return;
        };
        entry.callees.retain(|found| *found != callee);
        sessions.note(What::Unregistered, registration, callee);
        if entry.callees.is_empty() {
            sessions.note(What::RegistrationDeleted, registration, callee);
            self.registrations.remove(pattern);
            self.patterns.remove(&registration);
        }
    }

    /// CALL: INVOCATION to the callee of the registration that matches best.
    ///
    /// Procedures under `wamp` are the router's own: no pattern reaches them, however short it is.
    pub(super) fn call(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
    ) -> Result<(), Refusal> {
        let uri = call.procedure;
        if let Err(fault) = uri.check(self.rule) {
            let what = "procedure";
            return Err(Refusal::InvalidUri { what, uri, fault });
        }
        let registration = (!uri.is_reserved())
            .then(|| self.registrations.best(&uri))
            .flatten();
        let chosen = registration.and_then(|registration| {
            let callee = *registration.callees.first()?;
            Some((registration, callee, peers.sessions.get_mut(callee)?))
        });
        let Some((registration, callee, session)) = chosen else {
            return Err(Refusal::NoSuchProcedure(uri));
        };

        if session.congested {
            return Err(Refusal::Congested);
        }
        let receive_progress = call.options.receive_progress == Some(true);
        let by_pattern = registration.policy != MatchPolicy::Exact;
        let passthru = call.options.passthru;
        let room = header_room(&uri, passthru.as_deref());
        // An id is used up only by an INVOCATION that is sent: callees may expect them without gaps.
        let mut ids = session.invocation_ids.clone();
        let invocation = ids.next();
        let message = addressed(session, &call.payload, room, |payload| {
            Message::Invocation(Invocation {
                request: invocation,
                registration: registration.id,
                details: InvocationDetails {
                    procedure: by_pattern.then_some(uri),
                    // Told to every callee, since some can do progressive results without announcing them.
                    receive_progress: receive_progress.then_some(true),
                    passthru,
                    ..InvocationDetails::default()
                },
                payload,
            })
        })?;
        session.invocation_ids = ids;
        let call = PendingCall {
            caller,
            request: call.request,
            callee,
            invocation,
            receive_progress,
            interrupted: false,
        };
        self.calls.begin(peers, call);
        peers.send(callee, message);
        Ok(())
    }

    /// CANCEL.
    pub(super) fn cancel(&mut self, peers: &mut Peers<'_>, caller: SessionKey, cancel: &Cancel) {
        self.calls.cancel(peers, caller, cancel);
    }

    /// YIELD.
    pub(super) fn yielded(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        answer: Yield,
    ) -> Result<(), ProtocolViolation> {
        self.calls.yielded(peers, callee, answer)
    }

    /// ERROR.
    pub(super) fn failed(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        answer: Error,
    ) -> Result<(), ProtocolViolation> {
        self.calls.failed(peers, callee, answer, self.rule)
    }

    /// Forgets a session that is leaving, and ends its calls.
    pub(super) fn leave(&mut self, peers: &mut Peers<'_>, leaver: SessionKey) {
        let Some(session) = peers.sessions.get_mut(leaver) else {
            return;
        };
        for registration in std::mem::take(&mut session.registrations) {
            self.remove(peers.sessions, registration, leaver);
        }
        self.calls.leave(peers, leaver);
    }

    /// Ends all calls, as the realm is closing.
    pub(super) fn shutdown(&mut self, peers: &mut Peers<'_>) {
        self.calls.shutdown(peers);
    }
}
