//! A subscription: who subscribed to a pattern.
//!
//! It knows its subscribers only; which topics its pattern matches is the matcher's business.
//!
//! A subscriber may say which node it is (`nkey`), and a publisher which resource an event is about (`rkey`). Of the
//! subscribers that are nodes only those of one get such an event: the one that the resource belongs to, see `shards`.
//! Everybody else, and every event without a resource, is as if there were no shards. The specification gives the keys and
//! leaves the rest open.
//!
//! Source: Advanced Profile, "Sharded Subscription".

use std::collections::BTreeMap;
use std::time::Duration;

use crate::proto::{Id, MatchPolicy, Serializer, Value};

use super::SessionKey;
use super::session::Session;
use super::shards::shard;

/// A subscription: one for each pattern, shared by all sessions that subscribed to it.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: Id,
    pub(super) policy: MatchPolicy,
    /// When its first subscriber came, as the time since 1970-01-01 00:00 UTC.
    pub(super) created: Duration,
    audiences: [Audience; 3],
    /// The node keys of those subscribers that have one.
    nodes: BTreeMap<SessionKey, Value>,
}

/// The subscribers that speak one serializer: the same EVENT frame serves them all.
#[derive(Debug)]
pub(super) struct Audience {
    pub(super) serializer: Serializer,
    /// In the order of keys, so that one is found quickly and all are copied quickly.
    pub(super) members: Vec<SessionKey>,
    /// No member takes fewer bytes in a frame. Too low after the member with the smallest frame has left, which costs
    /// time only.
    pub(super) smallest_frame: usize,
}

impl Subscription {
    pub(super) fn new(id: Id, policy: MatchPolicy, created: Duration) -> Self {
        Self {
            id,
            policy,
            created,
            audiences: Serializer::ALL.map(|serializer| Audience {
                serializer,
                members: Vec::new(),
                smallest_frame: usize::MAX,
            }),
            nodes: BTreeMap::new(),
        }
    }

    /// The audiences that have members.
    pub(super) fn audiences(&self) -> impl Iterator<Item = &Audience> {
        let audiences = self.audiences.iter();
        audiences.filter(|audience| !audience.members.is_empty())
    }

    /// Its subscribers.
    pub(super) fn members(&self) -> impl Iterator<Item = SessionKey> {
        self.audiences()
            .flat_map(|audience| audience.members.iter().copied())
    }

    /// Adds a subscriber. One that is there already is what it now says it is.
    pub(super) fn add(&mut self, subscriber: SessionKey, session: &Session, nkey: Option<&Value>) {
        match nkey {
            Some(nkey) => self.nodes.insert(subscriber, nkey.detach()),
            None => self.nodes.remove(&subscriber),
        };
        let audience = &mut self.audiences[session.join.serializer as usize];
        if let Err(at) = audience.members.binary_search(&subscriber) {
            audience.members.insert(at, subscriber);
            audience.smallest_frame = audience.smallest_frame.min(session.join.max_frame);
        }
    }

    /// Whether it was the last one.
    pub(super) fn remove(&mut self, subscriber: SessionKey) -> bool {
        self.nodes.remove(&subscriber);
        for audience in &mut self.audiences {
            if let Ok(at) = audience.members.binary_search(&subscriber) {
                audience.members.remove(at);
            }
        }
        self.is_idle()
    }

    /// Whether nobody is subscribed.
    pub(super) fn is_idle(&self) -> bool {
        self.audiences().next().is_none()
    }

    /// The node key of the subscribers that an event about `rkey` is for, if they are not all.
    pub(super) fn node_of(&self, rkey: Option<&Value>) -> Option<&Value> {
        let chosen = shard(rkey?, self.nodes.values())?;
        self.nodes.values().nth(chosen)
    }

    /// Whether a subscriber is of `node`, or of none.
    pub(super) fn serves(&self, subscriber: SessionKey, node: &Value) -> bool {
        self.nodes.get(&subscriber).is_none_or(|own| own == node)
    }
}
