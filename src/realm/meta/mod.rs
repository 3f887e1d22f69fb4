//! The meta API: the procedures and topics that the router itself provides, all under `wamp`.
//!
//! A CALL of such a procedure is answered at once with RESULT or ERROR. Nobody is invoked for it, so that there is nothing
//! to cancel or to time out, and no option of the call makes a difference. Progressive calls are not taken. What has
//! happened in the realm during an input is told to those who subscribed to the meta topics when the input has been dealt
//! with.
//!
//! What this module does *not* do: ask whether the caller may call the procedure; that is decided before.
//!
//! - `arguments` and `fault`: what a caller gives, and what may be wrong with it.
//! - `events`: the meta events.
//! - `sessions`, `registrations` and `subscriptions`: the procedures, one module for each chapter; `patterns` is what the
//!   last two have in common.
//! - `history`: the events of the past.
//! - `testaments`: the events to come when a session has ended.
//! - `reflection`: what there is, and what is said about it.
//! - `router`: how the router does.
//! - `packed`: how dictionaries are kept.
//!
//! Source: Advanced Profile, "Meta API".

mod arguments;
mod events;
mod fault;
mod history;
mod packed;
mod patterns;
mod reflection;
mod registrations;
mod router;
mod sessions;
mod subscriptions;
mod testaments;

use crate::codec;
use crate::proto::{
    Call, Dict, Feature, Id, Message, MessageType, Result as CallResult, ResultDetails, UriRule,
    Value,
};

use super::frame::addressed;
use super::refusal::Refusal;
use super::session::Sessions;
use super::{Output, Realm, SessionKey};
use arguments::Arguments;
use reflection::Descriptions;
use sessions::SessionDetails;

pub(super) use events::{Change, Notice, What};
pub(super) use fault::Fault;

/// What of it is announced for the broker.
pub(super) const BROKER_FEATURES: [Feature; 3] = [
    Feature::SessionMetaApi,
    Feature::SubscriptionMetaApi,
    Feature::TopicReflection,
];

/// What of it is announced for the dealer.
pub(super) const DEALER_FEATURES: [Feature; 4] = [
    Feature::ProcedureReflection,
    Feature::RegistrationMetaApi,
    Feature::SessionMetaApi,
    Feature::TestamentMetaApi,
];

/// What the meta API keeps.
#[derive(Debug)]
pub(super) struct Meta {
    rule: UriRule,
    details: SessionDetails,
    descriptions: Descriptions,
}

/// A procedure of the router.
struct Procedure {
    uri: &'static str,
    answer: fn(&mut Realm, MetaCall<'_>) -> Answer,
}

/// A call to the router.
struct MetaCall<'a> {
    caller: SessionKey,
    arguments: Arguments,
    /// Whether the caller is disclosed in what it has the router publish.
    disclose: bool,
    outputs: &'a mut Vec<Output>,
}

/// What a procedure of the router returns.
type Answer = Result<codec::Arguments, Refusal>;

impl Meta {
    pub(super) fn new(rule: UriRule) -> Self {
        Self {
            rule,
            details: SessionDetails::default(),
            descriptions: Descriptions::default(),
        }
    }

    /// What URIs may contain.
    pub(super) const fn rule(&self) -> UriRule {
        self.rule
    }

    /// How many sessions have details that were added to them.
    pub(super) fn modified_sessions(&self) -> usize {
        self.details.len()
    }

    /// How many descriptions there are for reflection, each counted once however many sessions gave one.
    pub(super) fn descriptions(&self) -> usize {
        self.descriptions.len()
    }

    /// Forgets a session that is leaving.
    pub(super) fn leave(&mut self, sessions: &mut Sessions, leaver: SessionKey) {
        self.details.forget(leaver);
        let withdrawn = self.descriptions.forget(leaver);
        sessions.notices.extend(withdrawn.map(Notice::Described));
    }
}

impl Realm {
    /// CALL of a procedure under `wamp`.
    pub(super) fn call_router(
        &mut self,
        caller: SessionKey,
        call: Call,
        disclose: bool,
        outputs: &mut Vec<Output>,
    ) {
        if let Some(inquiry) = router::inquiry(&call.procedure) {
            self.inquire(caller, &call, inquiry, outputs);
            return;
        }
        let request = call.request;
        let answer = self.answer(caller, call, disclose, outputs);
        let result = answer.and_then(|results| self.result(caller, request, &results));
        self.reply(caller, request, result, outputs);
    }

    fn reply(
        &mut self,
        caller: SessionKey,
        request: Id,
        result: Result<Message, Refusal>,
        outputs: &mut Vec<Output>,
    ) {
        let mut peers = self.peers(outputs);
        match result {
            Ok(result) => peers.send(caller, result),
            Err(refusal) => peers.refuse(caller, MessageType::Call, request, &refusal),
        }
    }

    fn answer(
        &mut self,
        caller: SessionKey,
        call: Call,
        disclose: bool,
        outputs: &mut Vec<Output>,
    ) -> Answer {
        let Some(procedure) = procedures().find(|procedure| call.procedure == procedure.uri) else {
            let uri = call.procedure;
            let what = "procedure";
            return Err(match uri.check(self.meta.rule) {
                Ok(()) => Refusal::NoSuchProcedure(uri),
                Err(fault) => Refusal::InvalidUri { what, uri, fault },
            });
        };
        let arguments = Arguments::of(&call)?;
        let call = MetaCall {
            caller,
            arguments,
            disclose,
            outputs,
        };
        (procedure.answer)(self, call)
    }

    /// RESULT, if it can reach the caller.
    fn result(
        &self,
        caller: SessionKey,
        request: Id,
        results: &codec::Arguments,
    ) -> Result<Message, Refusal> {
        let Some(session) = self.sessions.get(caller) else {
            return Err(Fault::NoSuchSession(Id::MIN).into());
        };
        let serializer = session.join.serializer;
        let payload = results
            .to_payload(serializer)
            .map_err(|reason| Refusal::Inexpressible { serializer, reason })?;
        addressed(session, &payload, None, |payload| {
            Message::Result(CallResult {
                request,
                details: ResultDetails::default(),
                payload,
            })
        })
    }
}

/// The URIs of all procedures of the router.
fn provided() -> impl Iterator<Item = &'static str> {
    procedures()
        .map(|procedure| procedure.uri)
        .chain(router::uris())
}

/// The procedures that the realm answers by itself.
fn procedures() -> impl Iterator<Item = &'static Procedure> {
    let chapters = [
        sessions::PROCEDURES,
        registrations::PROCEDURES,
        subscriptions::PROCEDURES,
        history::PROCEDURES,
        testaments::PROCEDURES,
        reflection::PROCEDURES,
    ];
    chapters.into_iter().flatten()
}

/// A single result.
fn one(value: impl Into<Value>) -> codec::Arguments {
    codec::Arguments {
        args: vec![value.into()],
        kwargs: Dict::new(),
    }
}

/// No result.
fn nothing() -> codec::Arguments {
    codec::Arguments::default()
}
