//! What is to happen at a time, and when the next of it is.
//!
//! It holds no more than was set and not yet cleared, so whoever sets a timer bounds how many there are.

use std::collections::BTreeSet;
use std::time::Instant;

/// Timers, each named by what it is for and the time at which it goes off.
#[derive(Debug)]
pub(super) struct Timers<K> {
    by_time: BTreeSet<(Instant, K)>,
}

impl<K: Copy + Ord> Timers<K> {
    pub(super) fn set(&mut self, at: Instant, what: K) {
        self.by_time.insert((at, what));
    }

    pub(super) fn clear(&mut self, at: Instant, what: K) {
        self.by_time.remove(&(at, what));
    }

    /// When the next one goes off.
    pub(super) fn next(&self) -> Option<Instant> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes out the next one whose time has come.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (at, what) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.by_time.pop_first();
        Some(what)
    }

    pub(super) fn len(&self) -> usize {
        self.by_time.len()
    }
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self {
            by_time: BTreeSet::new(),
        }
    }
}
