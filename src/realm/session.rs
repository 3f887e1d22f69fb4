//! The sessions of a realm: who is there, and what belongs to whom.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::smallvec;

use crate::codec::Arguments;
use crate::proto::{
    Dict, Error, ErrorDetails, Feature, Id, IdSequence, Message, MessageType, Payload, Role, Value,
    sentence,
};

use super::calls::CallKey;
use super::desk::{DESK, Inbox};
use super::drops::Missed;
use super::meta::{Change, Notice, What};
use super::refusal::Refusal;
use super::streams::EndedStreams;
use super::testament::Testaments;
use super::waiting::{Answers, Waiting};
use super::{Join, Now, Output, SessionKey};

/// An open session and what has to go when it goes.
///
/// The tables are ordered, so that what follows from a session's end always follows in the same order.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) join: Join,
    pub(super) subscriptions: BTreeSet<Id>,
    pub(super) registrations: BTreeSet<Id>,
    /// What is published when it has ended.
    pub(super) testaments: Testaments,
    /// Its CALLs that have no final answer yet, by request.
    pub(super) calls: BTreeMap<Id, CallKey>,
    /// The INVOCATIONs sent to it that have no final answer yet.
    pub(super) invocations: BTreeMap<Id, CallKey>,
    /// The ids of its INVOCATIONs: session scope, counted from 1.
    pub(super) invocation_ids: IdSequence,
    /// How many of them count against the concurrency of a registration of its own.
    pub(super) running: BTreeMap<Id, u64>,
    /// Its progressive CALLs that ended before it was through with them.
    pub(super) ended_streams: EndedStreams,
    /// How much is kept of its calls, in bytes.
    pub(super) kept_bytes: usize,
    /// Whether it has more waiting for it than it keeps up with.
    pub(super) congested: bool,
    /// The EVENTs that it did not get because of that.
    pub(super) missed: Missed,
    /// The request of its that an authorizer has to decide, and what it sent since.
    pub(super) waiting: Option<Box<Waiting>>,
    /// What authorizers said about it.
    pub(super) answers: Answers,
}

impl Session {
    pub(super) fn new(join: Join) -> Self {
        Self {
            join,
            subscriptions: BTreeSet::new(),
            registrations: BTreeSet::new(),
            testaments: Testaments::default(),
            calls: BTreeMap::new(),
            invocations: BTreeMap::new(),
            invocation_ids: IdSequence::default(),
            running: BTreeMap::new(),
            ended_streams: EndedStreams::default(),
            kept_bytes: 0,
            congested: false,
            missed: Missed::default(),
            waiting: None,
            answers: Answers::default(),
        }
    }

    /// Whether INTERRUPT may be sent to it: some clients end their session on a message that they do not know.
    pub(super) fn can_be_interrupted(&self) -> bool {
        self.join
            .roles
            .features(Role::Callee)
            .has(Feature::CallCanceling)
    }

    /// Whether UNSUBSCRIBED may be sent to it that it did not ask for.
    pub(super) fn can_be_unsubscribed(&self) -> bool {
        self.join
            .roles
            .features(Role::Subscriber)
            .has(Feature::SubscriptionRevocation)
    }

    /// Whether UNREGISTERED may be sent to it that it did not ask for.
    pub(super) fn can_be_revoked(&self) -> bool {
        self.join
            .roles
            .features(Role::Callee)
            .has(Feature::RegistrationRevocation)
    }
}

/// How much a session may have at a time. Beyond that its requests are answered with ERROR `wamp.error.limit_exceeded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Subscriptions.
    pub subscriptions: usize,
    /// Registrations.
    pub registrations: usize,
    /// Calls that have no final answer yet.
    pub calls: usize,
}

impl Default for SessionLimits {
    /// 10 000 of each: a session that has more calls pending is not waiting for answers.
    fn default() -> Self {
        Self {
            subscriptions: 10_000,
            registrations: 10_000,
            calls: 10_000,
        }
    }
}

/// What a session key stands for.
#[derive(Debug, Default)]
pub(super) enum Slot {
    /// Nobody.
    #[default]
    Vacant,
    /// A session.
    Open(Box<Session>),
    /// A session that was told GOODBYE; nothing belongs to it any more, only its answer is awaited.
    Closing,
    /// A session that is over. Its transport may still deliver; all of that is ignored.
    Closed,
}

/// All sessions, by key.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    /// By key. Keys are dense, so a list is the best map.
    slots: Vec<Slot>,
    open: usize,
    /// The keys of the open sessions by session id.
    by_id: BTreeMap<Id, SessionKey>,
    /// What has happened during the input at hand, for the meta events that tell of it.
    pub(super) notices: Vec<Notice>,
    /// The realm's own session. It is none of those above.
    desk: Option<Box<Session>>,
    /// What was sent to it.
    pub(super) desk_inbox: Inbox,
}

impl Sessions {
    /// None but the realm's own.
    pub(super) fn with_desk(desk: Box<Session>) -> Self {
        Self {
            desk: Some(desk),
            ..Self::default()
        }
    }

    pub(super) fn slot(&self, key: SessionKey) -> &Slot {
        self.slots.get(key.0 as usize).unwrap_or(&Slot::Vacant)
    }

    /// The session, while it is open.
    pub(super) fn get(&self, key: SessionKey) -> Option<&Session> {
        match self.slots.get(key.0 as usize) {
            Some(Slot::Open(session)) => Some(session),
            None if key == DESK => self.desk.as_deref(),
            _ => None,
        }
    }

    /// The session, while it is open.
    pub(super) fn get_mut(&mut self, key: SessionKey) -> Option<&mut Session> {
        match self.slots.get_mut(key.0 as usize) {
            Some(Slot::Open(session)) => Some(session),
            None if key == DESK => self.desk.as_deref_mut(),
            _ => None,
        }
    }

    /// Sets what `key` stands for from now on.
    pub(super) fn set(&mut self, key: SessionKey, slot: Slot) {
        let at = key.0 as usize;
        if at >= self.slots.len() {
            if matches!(slot, Slot::Vacant) {
                return;
            }
            self.slots.resize_with(at + 1, Slot::default);
        }
        if let Slot::Open(left) = &self.slots[at] {
            self.open -= 1;
            let id = left.join.session;
            if self.by_id.get(&id) == Some(&key) {
                self.by_id.remove(&id);
            }
        }
        if let Slot::Open(joined) = &slot {
            self.open += 1;
            self.by_id.insert(joined.join.session, key);
        }
        self.slots[at] = slot;
        while matches!(self.slots.last(), Some(Slot::Vacant)) {
            self.slots.pop();
        }
    }

    /// How many are open.
    pub(super) const fn open_count(&self) -> usize {
        self.open
    }

    /// The keys of all open sessions, in their order.
    pub(super) fn open_keys(&self) -> Vec<SessionKey> {
        self.iter().map(|(key, _)| key).collect()
    }

    /// All open sessions, in the order of their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (SessionKey, &Session)> {
        let slots = (0_u32..).zip(&self.slots);
        slots.filter_map(|(key, slot)| match slot {
            Slot::Open(session) => Some((SessionKey(key), &**session)),
            _ => None,
        })
    }

    /// The key of the open session with this id.
    pub(super) fn with_id(&self, id: Id) -> Option<SessionKey> {
        self.by_id.get(&id).copied()
    }

    /// Notes what a session has done to a registration or subscription, for the meta events.
    pub(super) fn note(&mut self, what: What, id: Id, session: SessionKey) {
        if let Some(session) = self.id(session) {
            let change = Change { what, id, session };
            self.notices.push(Notice::Changed(change));
        }
    }

    /// The id of an open session.
    pub(super) fn id(&self, key: SessionKey) -> Option<Id> {
        self.get(key).map(|session| session.join.session)
    }
}

/// What broker and dealer work on beside their own tables: the sessions, the list of what is to be sent, the time.
pub(super) struct Peers<'a> {
    pub(super) sessions: &'a mut Sessions,
    pub(super) outputs: &'a mut Vec<Output>,
    pub(super) now: Now,
}

impl Peers<'_> {
    pub(super) fn send(&mut self, to: SessionKey, message: impl Into<Message>) {
        if to == DESK {
            self.sessions.desk_inbox.push_back(message.into());
            return;
        }
        self.outputs
            .push(Output::Send(smallvec![to], message.into()));
    }

    /// Answers a request with ERROR; the reason is the ERROR's first argument.
    pub(super) fn refuse(
        &mut self,
        to: SessionKey,
        request_type: MessageType,
        request: Id,
        refusal: &Refusal,
    ) {
        let Some(session) = self.sessions.get(to) else {
            return;
        };
        let serializer = session.join.serializer;
        let reason = Arguments {
            args: vec![Value::from(sentence(refusal.to_string()))],
            kwargs: Dict::new(),
        };
        self.send(
            to,
            Error {
                request_type,
                request,
                details: ErrorDetails::default(),
                error: refusal.uri(),
                // A string has a form in every serializer; were it otherwise, the URI alone would have to do.
                payload: reason
                    .to_payload(serializer)
                    .unwrap_or_else(|_| Payload::empty(serializer)),
            },
        );
    }
}
