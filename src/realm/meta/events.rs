//! The meta events: what happened in the realm, told to those who subscribed to it.
//!
//! Broker, dealer and realm note what they do, in the order in which they do it. The notes become events when the input at
//! hand has been dealt with, so that the answer to a request comes before the events that follow from it, and nobody who
//! left on the way gets any. They reach whoever is subscribed, the session that they are about among them.

use crate::codec::Arguments;
use crate::proto::{Dict, Id, Uri, Value};

use super::super::session::Peers;
use super::super::{Output, Realm, SessionKey};
use super::reflection::{ON_DEFINE, ON_UNDEFINE, Subject};

/// Something that happened.
#[derive(Debug)]
pub(in crate::realm) enum Notice {
    /// A session joined.
    Joined(SessionKey),
    /// A session left. This is all that is still known about it.
    Left {
        session: Id,
        authid: String,
        authrole: String,
    },
    /// Another description of something is told now, or none.
    Described(Subject),
    /// A session did not get EVENTs: so many since that was last told, and in all.
    Missed { session: Id, count: u64, total: u64 },
    /// A registration or subscription came, went or got another member.
    Changed(Change),
}

/// Something that happened to a registration or subscription.
#[derive(Clone, Copy, Debug)]
pub(in crate::realm) struct Change {
    pub(in crate::realm) what: What,
    /// Which one.
    pub(in crate::realm) id: Id,
    /// Whose doing it was.
    pub(in crate::realm) session: Id,
}

/// What can happen to a registration or subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::realm) enum What {
    RegistrationCreated,
    Registered,
    Unregistered,
    RegistrationDeleted,
    SubscriptionCreated,
    Subscribed,
    Unsubscribed,
    SubscriptionDeleted,
}

impl What {
    const ALL: [Self; 8] = [
        Self::RegistrationCreated,
        Self::Registered,
        Self::Unregistered,
        Self::RegistrationDeleted,
        Self::SubscriptionCreated,
        Self::Subscribed,
        Self::Unsubscribed,
        Self::SubscriptionDeleted,
    ];

    const fn topic(self) -> Uri {
        Uri::from_static(match self {
            Self::RegistrationCreated => "wamp.registration.on_create",
            Self::Registered => "wamp.registration.on_register",
            Self::Unregistered => "wamp.registration.on_unregister",
            Self::RegistrationDeleted => "wamp.registration.on_delete",
            Self::SubscriptionCreated => "wamp.subscription.on_create",
            Self::Subscribed => "wamp.subscription.on_subscribe",
            Self::Unsubscribed => "wamp.subscription.on_unsubscribe",
            Self::SubscriptionDeleted => "wamp.subscription.on_delete",
        })
    }
}

impl Realm {
    /// Publishes the meta events of what has happened since the last time.
    pub(in crate::realm) fn tell(&mut self, outputs: &mut Vec<Output>) {
        for notice in std::mem::take(&mut self.sessions.notices) {
            match notice {
                Notice::Joined(key) => {
                    let details = |realm: &Self| vec![realm.session_details(key).into()];
                    self.publish(ON_JOIN, details, outputs);
                }
                Notice::Left {
                    session,
                    authid,
                    authrole,
                } => {
                    let who = |_: &Self| vec![session.into(), authid.into(), authrole.into()];
                    self.publish(ON_LEAVE, who, outputs);
                }
                Notice::Described(subject) => self.tell_described(&subject, outputs),
                Notice::Missed {
                    session,
                    count,
                    total,
                } => {
                    let details = Dict::new().with("total", total);
                    let missed = |_: &Self| vec![session.into(), count.into(), details.into()];
                    self.publish(ON_EVENTS_DROPPED, missed, outputs);
                }
                Notice::Changed(change) => self.tell_change(change, outputs),
            }
        }
    }

    fn tell_change(&mut self, change: Change, outputs: &mut Vec<Output>) {
        let Change { what, id, session } = change;
        let arguments = |realm: &Self| {
            let subject = match what {
                What::RegistrationCreated => realm.registration_details(id).map(Value::from),
                What::SubscriptionCreated => realm.subscription_details(id).map(Value::from),
                _ => None,
            };
            vec![session.into(), subject.unwrap_or_else(|| id.into())]
        };
        self.publish(what.topic(), arguments, outputs);
    }

    /// Publishes an event of the router's own. The arguments are made only if somebody is subscribed.
    pub(super) fn publish(
        &mut self,
        topic: Uri,
        args: impl FnOnce(&Self) -> Vec<Value>,
        outputs: &mut Vec<Output>,
    ) {
        if !self.broker.is_heard(&topic) {
            return;
        }
        let arguments = Arguments {
            args: args(self),
            kwargs: Dict::new(),
        };
        let Self {
            sessions,
            broker,
            random,
            now,
            ..
        } = self;
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        broker.publish_as_router(peers, random, &topic, || arguments, None);
    }
}

/// All topics of the router.
pub(super) fn topics() -> impl Iterator<Item = Uri> {
    let others = [ON_JOIN, ON_LEAVE, ON_EVENTS_DROPPED, ON_DEFINE, ON_UNDEFINE];
    others.into_iter().chain(What::ALL.map(What::topic))
}

const ON_JOIN: Uri = Uri::from_static("wamp.session.on_join");
const ON_LEAVE: Uri = Uri::from_static("wamp.session.on_leave");
/// This router's own.
const ON_EVENTS_DROPPED: Uri = Uri::from_static("wamp.session.on_events_dropped");
