//! The dealer: who registers what, and whom a call goes to.
//!
//! It checks requests against its own tables only; whether a session may do what it asks for is decided before. What
//! becomes of a call after its INVOCATION is the business of `calls`.

use std::time::Instant;

use ahash::RandomState;

use crate::proto::{
    Call, Cancel, Error, Feature, Id, InvocationPolicy, MessageType, Register, Registered,
    RevocationDetails, Unregister, Unregistered, Uri, UriFault, UriRule, Value, Yield, uris,
};

use super::calls::{CallKey, Calls};
use super::desk::DESK;
use super::identity::{self, IdentityRule};
use super::invocations::{issue, takes_streams};
use super::matcher::Pattern;
use super::meta::What;
use super::refusal::{ProtocolViolation, Refusal};
use super::registrations::{Callee, Registration, RegistrationInfo, Registrations};
use super::session::{Peers, Session, Sessions};
use super::{RealmConfig, SessionKey};

/// What the router announces for this role: exactly what works.
const FEATURES: [Feature; 11] = [
    Feature::CallCanceling,
    Feature::CallReroute,
    Feature::CallTimeout,
    Feature::CallerIdentification,
    Feature::PatternBasedRegistration,
    Feature::PayloadPassthruMode,
    Feature::ProgressiveCallInvocations,
    Feature::ProgressiveCallResults,
    Feature::RegistrationRevocation,
    Feature::ShardedRegistration,
    Feature::SharedRegistration,
];

/// The dealer of one realm.
#[derive(Debug)]
pub(super) struct Dealer {
    rule: UriRule,
    /// What callees learn about callers.
    callers: Vec<IdentityRule>,
    registrations: Registrations,
    calls: Calls,
    /// For the invocation policy `random`.
    random: fastrand::Rng,
}

impl Dealer {
    pub(super) fn new(config: &RealmConfig, hasher: &RandomState, random: fastrand::Rng) -> Self {
        Self {
            rule: config.uri_rule,
            callers: config.callers.clone(),
            registrations: Registrations::new(hasher),
            calls: Calls::default(),
            random,
        }
    }

    /// What is announced: what works whatever the configuration, and what this one makes work.
    pub(super) fn features(&self) -> impl Iterator<Item = Feature> {
        let trusts = self.callers.iter().any(|rule| rule.trustlevel.is_some());
        let configured = trusts.then_some(Feature::CallTrustlevels);
        FEATURES.into_iter().chain(configured)
    }

    /// How many registrations there are.
    pub(super) fn registration_count(&self) -> usize {
        self.registrations.len()
    }

    /// All registrations, in the order in which they came to be.
    pub(super) fn registrations(&self) -> Vec<RegistrationInfo> {
        self.registrations.list()
    }

    /// The registrations and their patterns, in no particular order.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Id, &Pattern)> {
        self.registrations.patterns()
    }

    /// A registration and its pattern.
    pub(super) fn registration(&self, id: Id) -> Option<(&Pattern, &Registration)> {
        self.registrations.by_id(id)
    }

    /// The id of the registration with this pattern.
    pub(super) fn lookup(&self, pattern: &Pattern) -> Option<Id> {
        self.registrations.get(pattern).map(|found| found.id)
    }

    /// The id of the registration that a call of `procedure` would go to.
    pub(super) fn best(&self, procedure: &str) -> Option<Id> {
        self.registrations.best(procedure).map(|found| found.id)
    }

    /// How many calls are pending.
    pub(super) fn call_count(&self) -> usize {
        self.calls.len()
    }

    /// How many timers are set.
    pub(super) fn timer_count(&self) -> usize {
        self.calls.timer_count()
    }

    /// When [`Dealer::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.calls.deadline()
    }

    /// Does what is due.
    pub(super) fn tick(&mut self, peers: &mut Peers<'_>) {
        self.calls.tick(peers);
    }

    /// REGISTER.
    pub(super) fn register(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        register: Register,
    ) -> Result<(), Refusal> {
        let Register {
            request,
            options,
            procedure: uri,
        } = register;
        let policy = options.match_policy.unwrap_or_default();
        let reserved = uri.is_reserved().then_some(UriFault::Reserved);
        if let Some(fault) = reserved.or_else(|| uri.check_pattern(policy, self.rule).err()) {
            let what = "procedure";
            return Err(Refusal::InvalidUri { what, uri, fault });
        }
        let invoke = options.invoke.unwrap_or_default();
        if let Some(session) = peers.sessions.get(callee)
            && session.registrations.len() >= session.join.limits.registrations
        {
            let limit = session.join.limits.registrations;
            return Err(Refusal::TooManyRegistrations { limit });
        }
        let pattern = Pattern { policy, uri };
        if let Some(registered) = self.registrations.get(&pattern) {
            if options.force_reregister == Some(true) {
                let id = registered.id;
                self.revoke(peers, id, None, Some(uris::UNREGISTERED));
            } else {
                joinable(registered, &pattern.uri, invoke, callee)?;
            }
        }
        let now = peers.now.unix;
        let Some(session) = peers.sessions.get_mut(callee) else {
            return Ok(());
        };
        let entry = Callee::new(callee, &options);
        let (registration, created) = self.registrations.add(&pattern, invoke, now, entry);
        session.registrations.insert(registration);
        let sessions = &mut *peers.sessions;
        if created {
            sessions.note(What::RegistrationCreated, registration, callee);
        }
        sessions.note(What::Registered, registration, callee);
        peers.send(
            callee,
            Registered {
                request,
                registration,
            },
        );
        Ok(())
    }

    /// Answers a CALL that is not to be acted on.
    pub(super) fn turn_down(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        request: Id,
        more: bool,
        refusal: &Refusal,
    ) {
        self.calls.turn_down(peers, caller, request, more, refusal);
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
        if let Some(last) = self.registrations.remove(registration, callee) {
            sessions.note(What::Unregistered, registration, callee);
            if last {
                sessions.note(What::RegistrationDeleted, registration, callee);
            }
        }
    }

    /// Takes a registration away from one of its callees, or from all. A callee that announced registration revocation is
    /// told so with UNREGISTERED, the others are not, as the chapter demands. Answers who was taken off.
    ///
    /// Source: Advanced Profile, "Registration Revocation".
    pub(super) fn revoke(
        &mut self,
        peers: &mut Peers<'_>,
        registration: Id,
        callee: Option<SessionKey>,
        reason: Option<Uri>,
    ) -> Vec<SessionKey> {
        let registered = self.registrations.by_id(registration);
        let callees = registered.map_or(&[][..], |(_, registration)| registration.callees());
        let revoked: Vec<SessionKey> = callees
            .iter()
            .map(|entry| entry.session)
            .filter(|session| callee.is_none_or(|callee| callee == *session))
            .collect();
        for callee in &revoked {
            self.remove(peers.sessions, registration, *callee);
            let Some(session) = peers.sessions.get_mut(*callee) else {
                continue;
            };
            session.registrations.remove(&registration);
            if session.can_be_revoked() {
                let details = RevocationDetails {
                    registration: Some(registration),
                    reason: reason.clone(),
                    ..RevocationDetails::default()
                };
                peers.send(
                    *callee,
                    Unregistered {
                        request: None,
                        details,
                    },
                );
            }
        }
        revoked
    }

    /// Whether a callee may learn who calls `procedure`.
    pub(super) fn may_disclose(&self, caller: &Session, procedure: &Uri) -> bool {
        identity::may_disclose(&self.callers, caller, procedure)
    }

    /// CALL, if it continues a progressive call. Any other is given back.
    pub(super) fn continued(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
    ) -> Result<Option<Call>, ProtocolViolation> {
        self.calls.continued(peers, caller, call)
    }

    /// CALL: INVOCATION to a callee of the registration that matches best.
    ///
    /// Procedures under `wamp` are the router's own, and answered elsewhere: no pattern reaches them, however short it is.
    pub(super) fn call(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
    ) -> Result<(), Refusal> {
        let (request, more) = (call.request, call.options.progress == Some(true));
        let outcome = self.route(peers, caller, call);
        if outcome.is_err()
            && more
            && let Some(session) = peers.sessions.get_mut(caller)
        {
            // More of it may be on its way.
            session.ended_streams.add(request, peers.now.instant);
        }
        outcome
    }

    fn route(
        &mut self,
        peers: &mut Peers<'_>,
        caller: SessionKey,
        call: Call,
    ) -> Result<(), Refusal> {
        let uri = &call.procedure;
        if let Err(fault) = uri.check(self.rule) {
            let (what, uri) = ("procedure", call.procedure);
            return Err(Refusal::InvalidUri { what, uri, fault });
        }
        if uri.is_reserved() {
            // The router's own that it did not answer itself.
            return Err(Refusal::ProgressiveCall(call.procedure));
        }
        let registration = self.registrations.best(uri);
        let Some(registration) = registration else {
            return Err(Refusal::NoSuchProcedure(call.procedure));
        };
        if let Some(session) = peers.sessions.get(caller) {
            let limit = session.join.limits.calls;
            if session.calls.len() >= limit {
                return Err(Refusal::TooManyCalls { limit });
            }
            if !Calls::has_room(session, &call) {
                return Err(Refusal::TooMuchKept);
            }
        }
        let resource = resource_key(&call)?;
        let sessions = &*peers.sessions;
        let callee = choose(
            registration,
            &mut self.random,
            sessions,
            &call,
            resource,
            &[],
        )?;
        let issued = issue(
            peers,
            &self.callers,
            registration,
            callee,
            caller,
            &call,
            // The realm keeps the time of its own calls, whatever the callee wants.
            caller == DESK,
        )?;
        let reroute = registration.callees().len() > 1 && resource.is_none();
        let registration = registration.id;
        self.calls
            .begin(peers, caller, call, registration, issued, reroute);
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

    /// ERROR for an INVOCATION: ERROR for the caller, unless another callee can take the call instead.
    pub(super) fn failed(
        &mut self,
        peers: &mut Peers<'_>,
        callee: SessionKey,
        answer: Error,
    ) -> Result<(), ProtocolViolation> {
        if answer.request_type != MessageType::Invocation {
            return Err(ProtocolViolation::ErrorType(answer.request_type));
        }
        let answered = MessageType::Error;
        let Some(key) = self
            .calls
            .invoked(peers, callee, answered, answer.request)?
        else {
            return Ok(());
        };
        if answer.error != uris::UNAVAILABLE || !self.reroute(peers, key) {
            self.calls.failed(peers, key, answer, self.rule);
        }
        Ok(())
    }

    /// Gives a call whose callee is not available to the next one by the invocation policy, as though those that were
    /// tried did not exist; ERROR if there is none. Answers false if the call is too far on for that, or was given up.
    ///
    /// Source: Advanced Profile, "Call Re-Routing".
    fn reroute(&mut self, peers: &mut Peers<'_>, key: CallKey) -> bool {
        let Some(pending) = self.calls.get_mut(key) else {
            return false;
        };
        if pending.interrupted || pending.begun {
            return false;
        }
        let (caller, timed) = (pending.caller, pending.is_timed());
        let registration = self.registrations.by_id(pending.registration);
        let registration = registration.map(|(_, registration)| registration);
        let passed_on = match (pending.spare.take(), registration) {
            (Some(mut spare), Some(registration)) => {
                spare.tried.extend(peers.sessions.id(pending.callee));
                let (tried, sessions) = (&spare.tried, &*peers.sessions);
                choose(
                    registration,
                    &mut self.random,
                    sessions,
                    &spare.call,
                    None,
                    tried,
                )
                .and_then(|callee| {
                    issue(
                        peers,
                        &self.callers,
                        registration,
                        callee,
                        caller,
                        &spare.call,
                        timed,
                    )
                })
                .map(|issued| (spare, issued))
            }
            (Some(spare), None) => Err(Refusal::NoAvailableCallee(spare.call.procedure)),
            (None, _) => Err(Refusal::CalleeUnavailable),
        };
        match passed_on {
            Ok((spare, issued)) => self.calls.pass_on(peers, key, spare, issued),
            Err(refusal) => self.calls.refuse(peers, key, refusal),
        }
        true
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

/// Whether a session may join a registration.
fn joinable(
    registration: &Registration,
    uri: &Uri,
    asked: InvocationPolicy,
    callee: SessionKey,
) -> Result<(), Refusal> {
    let uri = uri.clone();
    let registered = registration.invoke;
    if registered == InvocationPolicy::Single || registration.has(callee) {
        return Err(Refusal::ProcedureAlreadyExists(uri));
    }
    if registered != asked {
        return Err(Refusal::InvocationPolicy {
            uri,
            registered,
            asked,
        });
    }
    Ok(())
}

/// The resource key of a call that is for one shard. Without `runmode` it means nothing.
///
/// Source: Advanced Profile, "Sharded Registration".
fn resource_key(call: &Call) -> Result<Option<&Value>, Refusal> {
    match call.options.runmode.as_deref() {
        None => Ok(None),
        Some("partition") => {
            let key = call.options.rkey.as_ref();
            key.map(Some).ok_or(Refusal::NoResourceKey)
        }
        Some(_) => Err(Refusal::RunMode),
    }
}

/// The callee that a call goes to, other than those that were `tried`.
///
/// A callee that is congested, or has as many invocations as it takes at once, is passed over for the next one by the
/// invocation policy; so is one that does not take progressive call invocations, if it is one. A call for a shard goes to
/// that shard's callee or to none.
fn choose<'a>(
    registration: &'a Registration,
    random: &mut fastrand::Rng,
    sessions: &Sessions,
    call: &Call,
    resource: Option<&Value>,
    tried: &[Id],
) -> Result<&'a Callee, Refusal> {
    let progress = call.options.progress == Some(true);
    let fits = |callee: &Callee| {
        let session = sessions.get(callee.session);
        session.is_some_and(|session| !progress || takes_streams(session))
    };
    let ready = |callee: &Callee| {
        let idle = sessions.get(callee.session).is_some_and(|session| {
            let running = || session.running.get(&registration.id).copied();
            let busy = |limit: u64| running().unwrap_or_default() >= limit;
            !session.congested
                && !tried.contains(&session.join.session)
                && !callee.concurrency.is_some_and(|limit| busy(limit.get()))
        });
        idle && fits(callee)
    };
    let (chosen, fitting) = match resource {
        None => (
            registration.choose(random, ready),
            registration.callees().iter().any(fits),
        ),
        Some(key) => {
            let shard = registration.shard(key);
            (
                shard.filter(|callee| ready(callee)),
                shard.is_some_and(fits),
            )
        }
    };
    chosen.ok_or_else(|| {
        let uri = call.procedure.clone();
        if fitting {
            Refusal::NoAvailableCallee(uri)
        } else {
            Refusal::ProgressiveCall(uri)
        }
    })
}
