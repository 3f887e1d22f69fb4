//! What a router has counted, and what it holds.
//!
//! A realm's numbers are behind the realm's lock, which is held anyway where they change, so counting is an addition. What
//! concerns the router as a whole happens once for each connection, and is atomic. What is held is looked up when somebody
//! asks.
//!
//! - `counters`: what only grows. `arrivals`: connections, until they have a session.
//! - `text`: all of it for Prometheus. `page`: where that is read, and whether the router is well.

mod arrivals;
mod counters;
mod page;
mod text;

use std::time::Duration;

use tokio::time::Instant;

use crate::proto::{Dict, Uri, Value};
use crate::realm::{Census, Kept};

pub(super) use arrivals::Arrivals;
pub use arrivals::ConnectionMetrics;
pub use counters::{Counters, Histogram, MessageCounts};
pub(super) use page::serve;
pub use page::{BadAddress, metrics_address};

/// What a router has counted since it began, and what it holds now.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// How the router names itself.
    pub agent: String,
    /// Since when it runs.
    pub uptime: Duration,
    /// Its connections.
    pub connections: ConnectionMetrics,
    /// Its realms, by name.
    pub realms: Vec<(Uri, RealmMetrics)>,
    /// What was counted in realms that have gone with their last session.
    pub gone: Counters,
}

/// One realm's share, or that of several.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RealmMetrics {
    /// What was counted since it came to be.
    pub counters: Counters,
    /// What it holds now.
    pub gauges: Gauges,
}

/// What a realm holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gauges {
    /// Open sessions.
    pub sessions: u64,
    /// Subscriptions that have subscribers, each counted once.
    pub subscriptions: u64,
    /// Registrations.
    pub registrations: u64,
    /// Calls without a final answer.
    pub pending_calls: u64,
    /// Retained events.
    pub retained_events: u64,
    /// Events in histories.
    pub history_events: u64,
    /// Bytes that wait to be written to sessions.
    pub queued_bytes: u64,
    /// The most of them that wait for one session.
    pub deepest_queue: u64,
}

/// Which router it is.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) agent: String,
    pub(super) began: Instant,
}

impl Metrics {
    /// All realms together, those that are gone among them.
    #[must_use]
    pub fn total(&self) -> RealmMetrics {
        let mut total = RealmMetrics {
            counters: self.gone.clone(),
            gauges: Gauges::default(),
        };
        for (_, realm) in &self.realms {
            total.counters.add(&realm.counters);
            total.gauges.add(&realm.gauges);
        }
        total
    }

    /// The same for Prometheus, in its text format 0.0.4.
    #[must_use]
    pub fn to_prometheus(&self) -> String {
        text::write(self)
    }
}

impl RealmMetrics {
    /// What `wamp.router.metrics` answers with.
    #[must_use]
    pub fn to_dict(&self, uptime: Duration) -> Dict {
        let Self { counters, gauges } = self;
        let dict = Dict::new().with("uptime", uptime.as_secs_f64());
        let dict = gauges.each().fold(dict, |dict, (name, value)| {
            dict.with(name, Value::from(value))
        });
        counters.fill(dict)
    }
}

impl Gauges {
    pub(super) fn of(census: Census, kept: Kept) -> Self {
        Self {
            sessions: census.sessions as u64,
            subscriptions: census.subscriptions as u64,
            registrations: census.registrations as u64,
            pending_calls: census.calls as u64,
            retained_events: kept.retained as u64,
            history_events: kept.history as u64,
            ..Self::default()
        }
    }

    /// So much waits for one more session.
    pub(super) fn queue(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        self.queued_bytes += bytes;
        self.deepest_queue = self.deepest_queue.max(bytes);
    }

    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.subscriptions += other.subscriptions;
        self.registrations += other.registrations;
        self.pending_calls += other.pending_calls;
        self.retained_events += other.retained_events;
        self.history_events += other.history_events;
        self.queued_bytes += other.queued_bytes;
        self.deepest_queue = self.deepest_queue.max(other.deepest_queue);
    }

    /// By their names.
    fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("sessions", self.sessions),
            ("subscriptions", self.subscriptions),
            ("registrations", self.registrations),
            ("pending_calls", self.pending_calls),
            ("retained_events", self.retained_events),
            ("history_events", self.history_events),
            ("queued_bytes", self.queued_bytes),
            ("deepest_queue", self.deepest_queue),
        ]
        .into_iter()
    }
}

impl About {
    pub(super) fn new(agent: String) -> Self {
        let began = Instant::now();
        Self { agent, began }
    }

    /// What `wamp.router.status` answers with.
    pub(super) fn status(&self, realm: &Uri, sessions: usize) -> Dict {
        Dict::new()
            .with("agent", self.agent.as_str())
            .with("version", env!("CARGO_PKG_VERSION"))
            .with("uptime", self.began.elapsed().as_secs_f64())
            .with("realm", realm.clone())
            .with("sessions", sessions as u64)
    }
}
