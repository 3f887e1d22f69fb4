//! What only grows.

use std::time::Duration;

use crate::proto::{Dict, MessageType, Value};

/// What was counted in a realm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Messages from sessions, after HELLO.
    pub received: MessageCounts,
    /// Messages to sessions, WELCOME among them, each counted once for each session.
    pub sent: MessageCounts,
    /// Bytes of what came in, without what transports put around messages.
    pub received_bytes: u64,
    /// Bytes of what was sent.
    pub sent_bytes: u64,
    /// What came in and was no message.
    pub malformed: u64,
    /// Sessions that were welcomed.
    pub joined: u64,
    /// Those of them that are gone.
    pub left: u64,
    /// Sessions that were ended because they did not take what was sent to them.
    pub overflowed: u64,
    /// Requests that were refused, and publications that were dropped, because they were too many, too fast or too large.
    pub refused: u64,
    /// Messages that were sent and dropped, because their session did not take them.
    pub dropped: u64,
    /// How long the realm's lock was held, each time for a batch of messages.
    pub hold: Histogram,
}

impl Counters {
    pub(in crate::router) fn add(&mut self, other: &Self) {
        self.received.add_all(&other.received);
        self.sent.add_all(&other.sent);
        self.received_bytes += other.received_bytes;
        self.sent_bytes += other.sent_bytes;
        self.malformed += other.malformed;
        self.joined += other.joined;
        self.left += other.left;
        self.overflowed += other.overflowed;
        self.refused += other.refused;
        self.dropped += other.dropped;
        self.hold.add_all(&other.hold);
    }

    /// Those that are plain numbers, by their names.
    fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("received_bytes", self.received_bytes),
            ("sent_bytes", self.sent_bytes),
            ("malformed", self.malformed),
            ("joined", self.joined),
            ("left", self.left),
            ("overflowed", self.overflowed),
            ("refused", self.refused),
            ("dropped", self.dropped),
        ]
        .into_iter()
    }

    pub(super) fn fill(&self, dict: Dict) -> Dict {
        let hold = Dict::new()
            .with("count", self.hold.count())
            .with("sum", self.hold.sum().as_secs_f64())
            .with("buckets", self.hold.to_value());
        self.each()
            .fold(dict, |dict, (name, value)| dict.with(name, value))
            .with("received", self.received.to_dict())
            .with("sent", self.sent.to_dict())
            .with("hold", hold)
    }
}

/// How many messages there were of each type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageCounts([u64; SLOTS]);

/// The codes of the specification; the one extension message beyond them is at the code 0, which no message has.
const SLOTS: usize = 71;

const fn slot(kind: MessageType) -> usize {
    let code = kind.code() as usize;
    if code < SLOTS { code } else { 0 }
}

impl Default for MessageCounts {
    fn default() -> Self {
        Self([0; SLOTS])
    }
}

impl MessageCounts {
    /// So many more.
    pub(in crate::router) const fn add(&mut self, kind: MessageType, more: usize) {
        self.0[slot(kind)] += more as u64;
    }

    fn add_all(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(&other.0) {
            *own += more;
        }
    }

    /// How many there were of this type.
    #[must_use]
    pub const fn of(&self, kind: MessageType) -> u64 {
        self.0[slot(kind)]
    }

    /// How many there were of each type; types without any are left out.
    pub fn iter(&self) -> impl Iterator<Item = (MessageType, u64)> {
        let all = MessageType::ALL.iter().map(|kind| (*kind, self.of(*kind)));
        all.filter(|(_, count)| *count > 0)
    }

    /// How many there were.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    fn to_dict(&self) -> Dict {
        self.iter().fold(Dict::new(), |dict, (kind, count)| {
            dict.with(kind.as_str(), count)
        })
    }
}

/// How often something took how long. What bucket number `n` counts took up to 2^n nanoseconds and more than the half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    buckets: [u64; BUCKETS],
    nanos: u64,
}

/// The last one ends at nine minutes, and has room for all that takes longer.
const BUCKETS: usize = 40;

impl Default for Histogram {
    fn default() -> Self {
        Self {
            buckets: [0; BUCKETS],
            nanos: 0,
        }
    }
}

impl Histogram {
    /// Reads what `wamp.router.metrics` tells as `buckets`. `None` if it is none of that.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::List(counts) = value else {
            return None;
        };
        if counts.len() > BUCKETS {
            return None;
        }
        let mut histogram = Self::default();
        for (bucket, count) in histogram.buckets.iter_mut().zip(counts) {
            *bucket = count.as_u64()?;
        }
        Some(histogram)
    }

    /// Counts one that took so long.
    pub(in crate::router) fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let bits = u64::BITS - nanos.saturating_sub(1).leading_zeros();
        let bucket = (bits as usize).min(BUCKETS - 1);
        self.buckets[bucket] += 1;
        self.nanos = self.nanos.saturating_add(nanos);
    }

    fn add_all(&mut self, other: &Self) {
        for (own, more) in self.buckets.iter_mut().zip(&other.buckets) {
            *own += more;
        }
        self.nanos = self.nanos.saturating_add(other.nanos);
    }

    /// What came to it since it was as `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let mut rest = self.clone();
        for (own, before) in rest.buckets.iter_mut().zip(&earlier.buckets) {
            *own = own.saturating_sub(*before);
        }
        rest.nanos = rest.nanos.saturating_sub(earlier.nanos);
        rest
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// How long they took together.
    #[must_use]
    pub const fn sum(&self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// What so large a share of them took at the most, to the next power of two; `None` without any.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a count, and a share of it"
        )]
        let rank = ((self.count() as f64 * share).ceil() as u64).max(1);
        let found = self.cumulative().find(|(_, count)| *count >= rank);
        found.map(|(limit, _)| limit)
    }

    /// The upper end of each bucket, and how many were no longer than that.
    pub(super) fn cumulative(&self) -> impl Iterator<Item = (Duration, u64)> {
        let mut sum = 0;
        self.buckets.iter().enumerate().map(move |(power, count)| {
            sum += count;
            (Duration::from_nanos(1 << power), sum)
        })
    }

    /// The counts, without the empty buckets at the end.
    fn to_value(&self) -> Value {
        let used = self.buckets.iter().rposition(|count| *count > 0);
        let used = used.map_or(0, |last| last + 1);
        let counts = self.buckets.iter().take(used);
        Value::List(counts.map(|count| Value::from(*count)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_slot_of_its_own() {
        let mut counts = MessageCounts::default();
        for (number, kind) in MessageType::ALL.iter().enumerate() {
            counts.add(*kind, number + 1);
        }
        for (number, kind) in MessageType::ALL.iter().enumerate() {
            assert_eq!(counts.of(*kind), number as u64 + 1, "{kind}");
        }
    }

    #[test]
    fn a_time_is_counted_at_the_next_power_of_two() {
        let bucket = |nanos| {
            let mut histogram = Histogram::default();
            histogram.record(Duration::from_nanos(nanos));
            histogram.quantile(1.0).unwrap().as_nanos()
        };
        for (nanos, limit) in [
            (0, 1),
            (1, 1),
            (2, 2),
            (3, 4),
            (1000, 1024),
            (1024, 1024),
            (1025, 2048),
            (u64::MAX, 1 << 39),
        ] {
            assert_eq!(bucket(nanos), limit, "{nanos}");
        }
    }

    #[test]
    fn quantiles_and_differences() {
        let mut before = Histogram::default();
        assert_eq!(before.quantile(0.5), None);
        before.record(Duration::from_secs(1));
        let mut after = before.clone();
        for _ in 0..99 {
            after.record(Duration::from_nanos(100));
        }
        after.record(Duration::from_micros(100));
        let since = after.since(&before);
        assert_eq!(since.count(), 100);
        assert_eq!(since.quantile(0.5), Some(Duration::from_nanos(128)));
        assert_eq!(since.quantile(0.99), Some(Duration::from_nanos(128)));
        assert_eq!(since.quantile(1.0), Some(Duration::from_nanos(1 << 17)));
        let told = Histogram::from_value(&after.to_value()).unwrap();
        assert_eq!(told.buckets, after.buckets);
        assert_eq!(Histogram::from_value(&Value::Null), None);
        assert_eq!(Histogram::from_value(&vec![1; 41].into()), None);
    }
}
