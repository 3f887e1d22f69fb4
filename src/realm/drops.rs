//! The EVENTs that sessions have missed, because too many were waiting for them: how many there were, and when that is told.
//!
//! It does *not* drop anything: that is for whoever delivers, who says so by [`Input::EventsDropped`](super::Input).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::meta::Notice;
use super::{Realm, SessionKey};

/// What one session has missed.
#[derive(Debug, Default)]
pub(super) struct Missed {
    /// Since it joined.
    pub(super) total: u64,
    /// What has not been told of that.
    untold: u64,
    /// It was told of a moment ago.
    told: bool,
}

/// What all sessions have missed.
#[derive(Debug, Default)]
pub(super) struct Drops {
    /// Since the realm came to be.
    total: u64,
    /// The sessions of which it was told a moment ago, by the time at which it may be told again.
    told: VecDeque<(Instant, SessionKey)>,
}

impl Drops {
    /// When there may be something to tell.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.told.front().map(|(deadline, _)| *deadline)
    }

    /// How many sessions it is told of at the moment.
    pub(super) fn pending(&self) -> usize {
        self.told.len()
    }
}

impl Realm {
    /// How many EVENTs its sessions have missed because too many were waiting for them, since the realm came to be.
    #[must_use]
    pub const fn events_dropped(&self) -> u64 {
        self.drops.total
    }

    /// A session misses EVENTs. It is told of at once, and then once in a while.
    pub(super) fn missed(&mut self, key: SessionKey, count: u64) {
        self.drops.total += count;
        let Some(session) = self.sessions.get_mut(key) else {
            return;
        };
        session.missed.total += count;
        session.missed.untold += count;
        if !session.missed.told {
            self.tell_missed_for_now(key);
        }
    }

    /// Tells of those of whom something is to be told by now.
    pub(super) fn tell_all_missed(&mut self) {
        let now = self.now.instant;
        while let Some((_, key)) = self.drops.told.pop_front_if(|(at, _)| *at <= now) {
            if let Some(session) = self.sessions.get_mut(key) {
                session.missed.told = false;
                self.tell_missed_for_now(key);
            }
        }
    }

    /// Tells what is left to be told of a session. Answers whether there was something.
    pub(super) fn tell_missed(&mut self, key: SessionKey) -> bool {
        let Some(session) = self.sessions.get_mut(key) else {
            return false;
        };
        let count = std::mem::take(&mut session.missed.untold);
        let (session, total) = (session.join.session, session.missed.total);
        if count > 0 {
            self.sessions.notices.push(Notice::Missed {
                session,
                count,
                total,
            });
        }
        count > 0
    }

    /// Tells nothing more of a session that leaves.
    pub(super) fn forget_missed(&mut self, key: SessionKey) {
        let session = self.sessions.get(key);
        if session.is_some_and(|session| session.missed.told) {
            self.drops.told.retain(|(_, told)| *told != key);
        }
    }

    /// Tells what is to be told of a session, and then nothing for a while.
    fn tell_missed_for_now(&mut self, key: SessionKey) {
        if self.tell_missed(key)
            && let Some(session) = self.sessions.get_mut(key)
        {
            session.missed.told = true;
            self.drops.told.push_back((self.now.instant + PAUSE, key));
        }
    }
}

/// How often it is told of one session at the most.
const PAUSE: Duration = Duration::from_secs(1);
