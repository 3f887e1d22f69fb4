//! A subscription: who subscribed to a pattern.
//!
//! It knows its subscribers only; which topics its pattern matches is the matcher's business.

use std::time::Duration;

use crate::proto::{Id, MatchPolicy, Serializer};

use super::SessionKey;
use super::session::Session;

/// A subscription: one for each pattern, shared by all sessions that subscribed to it.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: Id,
    pub(super) policy: MatchPolicy,
    /// When its first subscriber came, as the time since 1970-01-01 00:00 UTC.
    pub(super) created: Duration,
    audiences: [Audience; 3],
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

    pub(super) fn add(&mut self, subscriber: SessionKey, session: &Session) {
        let audience = &mut self.audiences[session.join.serializer as usize];
        if let Err(at) = audience.members.binary_search(&subscriber) {
            audience.members.insert(at, subscriber);
            audience.smallest_frame = audience.smallest_frame.min(session.join.max_frame);
        }
    }

    /// Whether it was the last one.
    pub(super) fn remove(&mut self, subscriber: SessionKey) -> bool {
        for audience in &mut self.audiences {
            if let Ok(at) = audience.members.binary_search(&subscriber) {
                audience.members.remove(at);
            }
        }
        self.audiences().next().is_none()
    }
}
