//! Ids: integers from 1 to 2^53.

use std::fmt;

/// An id as WAMP defines it: an integer from 1 to 2^53, both inclusive.
///
/// Sessions and publications have ids in the *global* scope (random over the whole range), subscriptions and
/// registrations in the *router* scope, requests in the *session* scope (see [`IdSequence`]).
///
/// Source: Basic Profile, Building Blocks, "IDs".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u64);

impl Id {
    /// The smallest id, 1.
    pub const MIN: Self = Self(1);
    /// The largest id, 2^53.
    pub const MAX: Self = Self(1 << 53);

    /// The id with this number, or `None` outside 1…2^53.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        if number >= Self::MIN.0 && number <= Self::MAX.0 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number, from 1 to 2^53.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// An id drawn uniformly over the whole range, as the global scope demands.
    pub fn random(random: &mut fastrand::Rng) -> Self {
        Self(random.u64(Self::MIN.0..=Self::MAX.0))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Ids in the session scope: counted from 1, wrapping to 1 after 2^53.
#[derive(Clone, Debug, Default)]
pub struct IdSequence {
    last: u64,
}

impl IdSequence {
    /// The next id.
    #[expect(
        clippy::should_implement_trait,
        reason = "it never ends, so it is no Iterator"
    )]
    pub fn next(&mut self) -> Id {
        self.last = if self.last == Id::MAX.0 {
            Id::MIN.0
        } else {
            self.last + 1
        };
        Id(self.last)
    }

    /// The id handed out last, or `None` before the first.
    #[must_use]
    pub fn last(&self) -> Option<Id> {
        Id::new(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_run_from_1_to_two_to_the_53() {
        assert_eq!(Id::new(0), None);
        assert_eq!(Id::new(1), Some(Id::MIN));
        assert_eq!(Id::new(9_007_199_254_740_992), Some(Id::MAX));
        assert_eq!(Id::new(9_007_199_254_740_993), None);
    }

    #[test]
    fn a_sequence_starts_at_1_and_wraps_to_1() {
        let mut ids = IdSequence::default();
        assert_eq!(ids.last(), None);
        assert_eq!(ids.next().get(), 1);
        assert_eq!(ids.next().get(), 2);
        ids.last = Id::MAX.0 - 1;
        assert_eq!(ids.next(), Id::MAX);
        assert_eq!(ids.next(), Id::MIN);
    }
}
