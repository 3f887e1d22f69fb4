//! The subscription meta API: who subscribed to what.
//!
//! Source: Advanced Profile, "Subscriptions Meta API".

use crate::proto::{Dict, DictFields, Id, SubscribeOptions, Uri, Value};

use super::super::Realm;
use super::super::session::Peers;
use super::super::subscription::Subscription;
use super::patterns::{details, found, ids, lists, pattern};
use super::sessions::reason;
use super::{Answer, Fault, MetaCall, Procedure, nothing, one};

pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        uri: "wamp.subscription.list",
        answer: list,
    },
    Procedure {
        uri: "wamp.subscription.lookup",
        answer: lookup,
    },
    Procedure {
        uri: "wamp.subscription.match",
        answer: matching,
    },
    Procedure {
        uri: "wamp.subscription.get",
        answer: get,
    },
    Procedure {
        uri: "wamp.subscription.list_subscribers",
        answer: list_subscribers,
    },
    Procedure {
        uri: "wamp.subscription.count_subscribers",
        answer: count_subscribers,
    },
    Procedure {
        uri: "wamp.subscription.remove_subscriber",
        answer: remove_subscriber,
    },
];

/// The ids of all subscriptions, by match policy.
fn list(realm: &mut Realm, call: MetaCall<'_>) -> Answer {
    call.arguments.end()?;
    Ok(one(lists(realm.broker.patterns())))
}

/// The id of the subscription that a SUBSCRIBE with these options would join, or `null`.
fn lookup(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let topic = call.arguments.required("topic")?;
    let options: Option<Dict> = call.arguments.optional("options")?;
    call.arguments.end()?;
    let options = SubscribeOptions::from_dict(options.unwrap_or_default()).map_err(Fault::from)?;
    let pattern = pattern(topic, options.match_policy);
    Ok(one(found(realm.broker.lookup(&pattern))))
}

/// The ids of all subscriptions that an event of the topic would reach, or `null` if there are none.
fn matching(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let topic: Uri = call.arguments.required("topic")?;
    call.arguments.end()?;
    let ids = realm.broker.matching(&topic);
    Ok(one(if ids.is_empty() {
        Value::Null
    } else {
        Value::from(ids)
    }))
}

/// What is known about a subscription.
fn get(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("subscription")?;
    call.arguments.end()?;
    let details = realm.subscription_details(id);
    Ok(one(details.ok_or(Fault::NoSuchSubscription(id))?))
}

/// The session ids of a subscription's subscribers.
fn list_subscribers(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("subscription")?;
    call.arguments.end()?;
    let subscription = with_id(realm, id)?;
    Ok(one(ids(&realm.sessions, subscription.members())))
}

/// How many subscribers a subscription has.
fn count_subscribers(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("subscription")?;
    call.arguments.end()?;
    let subscription = with_id(realm, id)?;
    Ok(one(subscription.members().count() as u64))
}

/// Takes a subscriber off a subscription. (An extension that crossbar has, too.)
fn remove_subscriber(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("subscription")?;
    let subscriber = call.arguments.required("subscriber")?;
    let reason = reason(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let subscription = with_id(realm, id)?;
    let key = realm.sessions.with_id(subscriber);
    let Some(key) = key.filter(|key| subscription.members().any(|member| member == *key)) else {
        return Err(Fault::NoMember(subscriber).into());
    };
    let Realm {
        sessions,
        broker,
        now,
        ..
    } = realm;
    let peers = &mut Peers {
        sessions,
        outputs: call.outputs,
        now: *now,
    };
    broker.revoke(peers, key, id, reason)?;
    Ok(nothing())
}

fn with_id(realm: &Realm, id: Id) -> Result<&Subscription, Fault> {
    let subscription = realm.broker.subscription(id);
    let (_, subscription) = subscription.ok_or(Fault::NoSuchSubscription(id))?;
    Ok(subscription)
}

impl Realm {
    /// `SubscriptionDetails`.
    pub(super) fn subscription_details(&self, id: Id) -> Option<Dict> {
        let (pattern, subscription) = self.broker.subscription(id)?;
        Some(details(id, subscription.created, pattern))
    }
}
