//! `wamp call --wait`: how long until the next attempt.

use std::time::Duration;

use tokio::time::Instant;

/// The pauses between the attempts of a call that waits for its procedure.
pub(super) struct Waiting {
    deadline: Option<Instant>,
    next: Duration,
}

impl Waiting {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        Self {
            deadline: limit.map(|limit| Instant::now() + limit),
            next: FIRST_PAUSE,
        }
    }

    /// How long to wait before the next attempt, which is the last if the time is over then. `None` if it is over already.
    pub(super) fn pause(&mut self) -> Option<Duration> {
        let pause = self.next;
        self.next = (pause * 2).min(LAST_PAUSE);
        let Some(deadline) = self.deadline else {
            return Some(pause);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| pause.min(left))
    }
}

/// The pauses grow from this, which nobody notices,
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// to this, which costs a router nothing.
const LAST_PAUSE: Duration = Duration::from_secs(1);
