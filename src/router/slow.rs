//! What is done about sessions that do not take the EVENTs that they are sent.

use std::fmt;
use std::time::Duration;

/// What is done about the slow consumers of a realm or of a role in it.
///
/// It is about EVENTs alone. Whatever else a session is sent is never dropped: when more of that waits for it than
/// [`RouterBuilder::outbox_limit`](super::RouterBuilder::outbox_limit) says, the session is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlowConsumers {
    /// What is done when EVENTs would exceed the limit.
    pub policy: SlowConsumerPolicy,
    /// How many bytes of EVENTs may wait to be written to a session, one of any length excepted. As many again may be on their
    /// way out. `None` is 8 MiB, and with [`SlowConsumerPolicy::Disconnect`] what the outbox holds.
    pub event_limit: Option<usize>,
    /// How long publishers wait for a session with [`SlowConsumerPolicy::BlockPublisher`]; one that has not taken what waits for it
    /// by then is ended.
    pub block_time: Duration,
}

/// What is done when more EVENTs wait for a session than may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlowConsumerPolicy {
    /// The session is ended, with ABORT `wamp.close.slow_consumer`.
    #[default]
    Disconnect,
    /// The oldest that wait are dropped.
    DropOldest,
    /// No more are queued until it has taken what waits.
    DropNewest,
    /// Whoever causes more of them is not read from until it has taken what waits.
    BlockPublisher,
}

/// What is done about the slow consumers of a realm: by role, if something is said about it, else as the realm has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlowConsumerRules {
    /// What holds for the others.
    pub realm: SlowConsumers,
    /// What holds for some roles.
    pub roles: Vec<(String, SlowConsumers)>,
}

impl SlowConsumers {
    /// Whether EVENTs have a limit of their own.
    pub(super) fn has_event_limit(&self) -> bool {
        self.event_limit.is_some() || self.policy != SlowConsumerPolicy::Disconnect
    }

    /// How many bytes of EVENTs may wait.
    pub(super) fn most_events(&self) -> usize {
        self.event_limit.unwrap_or(match self.policy {
            SlowConsumerPolicy::Disconnect => usize::MAX,
            _ => EVENT_LIMIT,
        })
    }
}

impl Default for SlowConsumers {
    /// They are disconnected.
    fn default() -> Self {
        Self {
            policy: SlowConsumerPolicy::default(),
            event_limit: None,
            block_time: BLOCK_TIME,
        }
    }
}

impl SlowConsumerPolicy {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Disconnect,
        Self::DropOldest,
        Self::DropNewest,
        Self::BlockPublisher,
    ];

    /// The policy's name in configurations.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disconnect => "disconnect",
            Self::DropOldest => "drop-oldest",
            Self::DropNewest => "drop-newest",
            Self::BlockPublisher => "block-publisher",
        }
    }
}

impl fmt::Display for SlowConsumerPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SlowConsumerRules {
    /// What holds for a role.
    pub(super) fn of(&self, role: &str) -> SlowConsumers {
        let mut roles = self.roles.iter();
        let found = roles.find(|(name, _)| name == role);
        found.map_or(self.realm, |(_, slow)| *slow)
    }
}

/// A subscriber falls behind by some 25 000 events of a few hundred bytes before something is done about it.
pub(super) const EVENT_LIMIT: usize = 8 << 20;

/// Longer than a busy machine or a bad line stands still; a publisher that waits so long has a reason to know.
const BLOCK_TIME: Duration = Duration::from_secs(10);
