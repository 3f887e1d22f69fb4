//! Who waits for whom: publishers that are not read from until subscribers have taken what waits for them.
//!
//! It holds no outbox and stops nobody: it remembers, and says whose wait is over.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::realm::SessionKey;

/// The publishers that wait, by the subscriber they wait for.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    by_subscriber: BTreeMap<SessionKey, Block>,
    /// No later than the first end of a wait.
    deadline: Option<Instant>,
}

#[derive(Debug)]
struct Block {
    /// Until when it is waited.
    end: Instant,
    publishers: BTreeSet<SessionKey>,
}

impl Blocks {
    /// Has a publisher wait for a subscriber. Answers whether it did not do so already.
    pub(super) fn add(
        &mut self,
        subscriber: SessionKey,
        publisher: SessionKey,
        now: Instant,
        time: Duration,
    ) -> bool {
        let block = self.by_subscriber.entry(subscriber);
        // However many wait: the first of them waits no longer than that.
        let block = block.or_insert_with(|| Block {
            end: now + time.min(LONGEST),
            publishers: BTreeSet::new(),
        });
        self.deadline = self.deadline.into_iter().chain([block.end]).min();
        block.publishers.insert(publisher)
    }

    /// Whom somebody waits for.
    pub(super) fn subscribers(&self) -> Vec<SessionKey> {
        self.by_subscriber.keys().copied().collect()
    }

    /// Ends the wait for a subscriber. Answers who waited.
    pub(super) fn end(&mut self, subscriber: SessionKey) -> BTreeSet<SessionKey> {
        let block = self.by_subscriber.remove(&subscriber);
        block.map(|block| block.publishers).unwrap_or_default()
    }

    /// Forgets a publisher that has left.
    pub(super) fn forget(&mut self, publisher: SessionKey) {
        self.by_subscriber.retain(|_, block| {
            block.publishers.remove(&publisher);
            !block.publishers.is_empty()
        });
    }

    /// The subscribers that were waited for long enough.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<SessionKey> {
        if self.deadline.is_none_or(|deadline| deadline > now) {
            return Vec::new();
        }
        let (overdue, others): (Vec<_>, Vec<_>) = self
            .by_subscriber
            .iter()
            .map(|(subscriber, block)| (*subscriber, block.end))
            .partition(|(_, end)| *end <= now);
        self.deadline = others.into_iter().map(|(_, end)| end).min();
        overdue
            .into_iter()
            .map(|(subscriber, _)| subscriber)
            .collect()
    }

    /// When to look for those that are overdue; at times it is in vain.
    pub(super) const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

/// A time that every clock can be put forward by.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ALICE: SessionKey = SessionKey(1);
    const BOB: SessionKey = SessionKey(2);
    const CAROL: SessionKey = SessionKey(3);

    #[test]
    fn a_publisher_waits_once_for_each_subscriber() {
        let now = Instant::now();
        let mut blocks = Blocks::default();
        assert!(blocks.add(ALICE, CAROL, now, SECOND));
        assert!(!blocks.add(ALICE, CAROL, now, SECOND));
        assert!(blocks.add(BOB, CAROL, now, SECOND));
        assert!(blocks.add(ALICE, BOB, now, SECOND));
        assert_eq!(blocks.end(ALICE), BTreeSet::from([BOB, CAROL]));
        assert_eq!(blocks.end(ALICE), BTreeSet::new());
        assert_eq!(blocks.subscribers(), [BOB]);
        blocks.forget(CAROL);
        assert_eq!(blocks.subscribers(), []);
    }

    #[test]
    fn the_time_counts_from_the_first_who_waits() {
        let now = Instant::now();
        let mut blocks = Blocks::default();
        assert_eq!(blocks.deadline(), None);
        blocks.add(ALICE, CAROL, now, 2 * SECOND);
        blocks.add(ALICE, BOB, now + SECOND, 2 * SECOND);
        blocks.add(BOB, CAROL, now + SECOND, 2 * SECOND);
        assert_eq!(blocks.deadline(), Some(now + 2 * SECOND));
        assert_eq!(blocks.overdue(now + SECOND), []);
        assert_eq!(blocks.overdue(now + 2 * SECOND), [ALICE]);
        assert_eq!(blocks.end(ALICE).len(), 2);
        assert_eq!(blocks.deadline(), Some(now + 3 * SECOND));
        blocks.end(BOB);
        assert_eq!(blocks.overdue(now + 3 * SECOND), []);
        assert_eq!(blocks.deadline(), None);
    }
}
