//! What may happen often is logged at once, and then once a minute at the most: how often it was.

use std::time::{Duration, Instant};

/// How often something has happened that was not told yet.
#[derive(Debug, Default)]
pub(super) struct Tally {
    count: u64,
    told: Option<Instant>,
}

impl Tally {
    /// It has happened so many times more. Answers how often it was, if that is to be told now.
    pub(super) fn add(&mut self, more: u64, now: Instant) -> Option<u64> {
        self.count += more;
        if self.told.is_some_and(|told| now < told + PAUSE) {
            return None;
        }
        self.told = Some(now);
        self.rest()
    }

    /// What is left to be told when nothing more can happen.
    pub(super) fn rest(&mut self) -> Option<u64> {
        let count = std::mem::take(&mut self.count);
        (count > 0).then_some(count)
    }
}

/// How long between two lines.
const PAUSE: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_others_by_the_minute() {
        let now = Instant::now();
        let mut tally = Tally::default();
        assert_eq!(tally.rest(), None);
        assert_eq!(tally.add(2, now), Some(2));
        assert_eq!(tally.add(1, now), None);
        assert_eq!(tally.add(3, now + PAUSE / 2), None);
        assert_eq!(tally.add(1, now + PAUSE), Some(5));
        assert_eq!(tally.add(7, now + PAUSE), None);
        assert_eq!(tally.rest(), Some(7));
        assert_eq!(tally.rest(), None);
    }
}
