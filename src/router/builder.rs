//! How a router is set up.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use crate::codec::MessageLimits;
use crate::proto::{Uri, UriRule};
use crate::realm::{
    HistoryRule, IdentityRule, Permissions, RealmConfig, RetentionLimits, SessionLimits,
};

use super::admission::{Admission, ConnectionLimits};
use super::attempts::{Attempts, FailedLogins};
use super::metrics::{About, Arrivals};
use super::pace::Rates;
use super::policy::{BuildError, Policy, RealmSetup};
use super::slow::SlowConsumers;
use super::{Realms, Router, Shared};

/// How a router is set up.
#[derive(Clone, Debug)]
pub struct RouterBuilder {
    /// Realms that are like the template but for their names.
    realms: Vec<Uri>,
    any_realm: bool,
    template: RealmConfig,
    slow_consumers: SlowConsumers,
    sessions: SessionLimits,
    rates: Rates,
    policy: Policy,
    pub(super) agent: String,
    pub(super) max_frame: usize,
    pub(super) outbox_limit: usize,
}

impl RouterBuilder {
    /// Adds a realm.
    #[must_use]
    pub fn realm(mut self, uri: impl Into<Uri>) -> Self {
        self.realms.push(uri.into());
        self
    }

    /// Whether a realm comes into being when the first session asks for it, and goes with the last.
    #[must_use]
    pub const fn any_realm(mut self, any: bool) -> Self {
        self.any_realm = any;
        self
    }

    /// What URIs may contain.
    #[must_use]
    pub const fn uri_rule(mut self, rule: UriRule) -> Self {
        self.template.uri_rule = rule;
        self
    }

    /// Adds topics whose past is kept in every realm, for `wamp.subscription.get_events`. None is unless said so.
    #[must_use]
    pub fn history(mut self, rule: HistoryRule) -> Self {
        self.template.history.push(rule);
        self
    }

    /// Adds what subscribers learn about publishers; of several rules that apply the first counts.
    #[must_use]
    pub fn publishers(mut self, rule: IdentityRule) -> Self {
        self.template.publishers.push(rule);
        self
    }

    /// Adds what callees learn about callers; likewise.
    #[must_use]
    pub fn callers(mut self, rule: IdentityRule) -> Self {
        self.template.callers.push(rule);
        self
    }

    /// What roles may do in every realm. Without this everybody may do everything.
    #[must_use]
    pub fn permissions(mut self, permissions: Arc<Permissions>) -> Self {
        self.template.permissions = Some(permissions);
        self
    }

    /// How much each realm retains for those who subscribe later.
    #[must_use]
    pub const fn retention(mut self, limits: RetentionLimits) -> Self {
        self.template.retention = limits;
        self
    }

    /// How much each session may have; 10 000 subscriptions, registrations and pending calls unless said otherwise.
    #[must_use]
    pub const fn sessions(mut self, limits: SessionLimits) -> Self {
        self.sessions = limits;
        self
    }

    /// How fast sessions may send; as fast as they can unless said otherwise.
    #[must_use]
    pub fn rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
    }

    /// How large messages may be inside: nesting, items, URIs. See [`MessageLimits`] for what holds unless said otherwise.
    #[must_use]
    pub const fn messages(mut self, limits: MessageLimits) -> Self {
        self.policy.messages = limits;
        self
    }

    /// The longest message that it takes, in bytes; 16 MiB unless said otherwise.
    #[must_use]
    pub const fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// How much may wait to be written to one session, in bytes; a session that has more waiting is ended. As much
    /// again may be on its way out. 32 MiB unless said otherwise.
    #[must_use]
    pub const fn outbox_limit(mut self, bytes: usize) -> Self {
        self.outbox_limit = bytes;
        self
    }

    /// What is done about sessions that do not take the EVENTs that they are sent, in every realm. Unless said otherwise they are
    /// ended when their outbox is full.
    #[must_use]
    pub const fn slow_consumers(mut self, slow: SlowConsumers) -> Self {
        self.slow_consumers = slow;
        self
    }

    /// How long a connection may take until it has joined a realm; ten seconds unless said otherwise.
    #[must_use]
    pub const fn handshake_timeout(mut self, time: Duration) -> Self {
        self.policy.handshake_time = time;
        self
    }

    /// How long of that it may take until HELLO is there; five seconds unless said otherwise. Who is too late is told.
    #[must_use]
    pub const fn hello_timeout(mut self, time: Duration) -> Self {
        self.policy.hello_time = time;
        self
    }

    /// The longest message that it takes from those who have not joined a realm, in bytes; 64 KiB unless said otherwise.
    #[must_use]
    pub const fn max_hello(mut self, bytes: usize) -> Self {
        self.policy.max_hello = bytes;
        self
    }

    /// How often a connection is looked at that nothing comes from; 20 seconds unless said otherwise, `None` for never. At the first
    /// look it is sent a ping, and at the next it is ended if it has not answered; the realm is told as of any lost connection.
    /// RawSocket clients that are not made with this library get TCP's keepalive in place of pings, which many of them do not
    /// survive.
    #[must_use]
    pub const fn heartbeat(mut self, interval: Option<Duration>) -> Self {
        self.policy.heartbeat = interval;
        self
    }

    /// Adds a realm that is set up on its own: what is said of all realms does not concern it.
    #[must_use]
    pub fn realm_setup(mut self, setup: RealmSetup) -> Self {
        self.policy.realms.push(setup);
        self
    }

    /// How many logins may fail from one address; 20 a minute unless said otherwise.
    #[must_use]
    pub const fn failed_logins(mut self, limit: FailedLogins) -> Self {
        self.policy.failed_logins = limit;
        self
    }

    /// How many connections there may be; 100 000, and 10 000 from one address, unless said otherwise. There are never more than
    /// the process may have open files.
    #[must_use]
    pub const fn connections(mut self, limits: ConnectionLimits) -> Self {
        self.policy.connections = limits;
        self
    }

    /// All of that at once, in place of what was said before about realms and their sessions, connections, failed logins,
    /// handshakes, messages and heartbeats.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.realms.clear();
        self.any_realm = false;
        self.policy = policy;
        self
    }

    /// The router.
    ///
    /// # Errors
    /// A realm whose name is no URI.
    pub fn build(mut self) -> Result<Router, BuildError> {
        let mut template = RealmSetup {
            sessions: self.sessions,
            rates: std::mem::take(&mut self.rates),
            ..RealmSetup::open(std::mem::take(&mut self.template))
        };
        template.slow_consumers.realm = self.slow_consumers;
        for uri in std::mem::take(&mut self.realms) {
            let config = template.config_for(uri);
            self.policy.realms.push(RealmSetup {
                config,
                ..template.clone()
            });
        }
        if self.any_realm {
            self.policy.any_realm = Some(template);
        }
        self.policy.check()?;
        let seed = getrandom::u64().map_err(|error| BuildError::Seed(error.to_string()))?;
        let about = Arc::new(About::new(self.agent));
        let mut realms = Realms::new(seed, Arc::clone(&about));
        for realm in &self.policy.realms {
            realms.open(realm.config.clone());
        }
        let admission = Admission::default();
        let (wanted, room) = (self.policy.connections, admission.room());
        if wanted.total > room && wanted.total != ConnectionLimits::default().total {
            tracing::warn!(
                "there can be {room} connections, not {}: the process may not have more open files",
                wanted.total
            );
        }
        let shared = Shared {
            about,
            max_frame: self.max_frame,
            outbox_limit: self.outbox_limit,
            policy: ArcSwap::from_pointee(self.policy),
            attempts: Attempts::default(),
            admission: Arc::new(admission),
            arrivals: Arc::new(Arrivals::default()),
            realms: realms.into(),
            listeners: Default::default(),
            pages: Default::default(),
            connections: Default::default(),
            closing: watch::Sender::new(false),
        };
        Ok(Router::of(shared))
    }
}

impl Default for RouterBuilder {
    fn default() -> Self {
        Self {
            realms: Vec::new(),
            any_realm: false,
            template: RealmConfig::default(),
            slow_consumers: SlowConsumers::default(),
            sessions: SessionLimits::default(),
            rates: Rates::default(),
            policy: Policy::default(),
            agent: concat!("wamp-", env!("CARGO_PKG_VERSION")).to_owned(),
            max_frame: MAX_FRAME,
            outbox_limit: OUTBOX_LIMIT,
        }
    }
}

/// RawSocket can go no further, and few WebSocket peers take more.
pub(super) const MAX_FRAME: usize = 16 << 20;

/// Enough for a subscriber that falls behind by some 100 000 events of a few hundred bytes; little enough for one that has
/// stopped reading to do no harm.
pub(super) const OUTBOX_LIMIT: usize = 32 << 20;
