//! `-n`, and `--for` and `--idle`: when a stream has gone on for long enough, whether or not it has a session just then.

use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How many of `-n` there are at the most; 0 is no end.
pub(crate) fn bound(count: Option<u64>) -> Option<u64> {
    count.filter(|count| *count > 0)
}

/// How long a stream goes on. Nothing counts before [`Limits::start`].
#[derive(Debug)]
pub(crate) struct Limits {
    total: Option<Duration>,
    idle: Option<Duration>,
    ends: watch::Sender<Ends>,
}

/// When it is over, for either reason.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    total: Option<Instant>,
    idle: Option<Instant>,
}

impl Limits {
    /// For so long in all, and for so long without an event.
    pub(crate) fn new(total: Option<Duration>, idle: Option<Duration>) -> Self {
        Self {
            total,
            idle,
            ends: watch::Sender::default(),
        }
    }

    /// The time counts from now.
    pub(crate) fn start(&self) {
        let now = Instant::now();
        self.ends.send_replace(Ends {
            total: self.total.map(|limit| now + limit),
            idle: self.idle.map(|limit| now + limit),
        });
    }

    /// There was an event.
    pub(crate) fn event(&self) {
        if let Some(limit) = self.idle {
            self.ends
                .send_modify(|ends| ends.idle = Some(Instant::now() + limit));
        }
    }

    /// Waits until one of the limits is reached, and says which: `within 5s`.
    pub(crate) async fn reached(&self) -> String {
        let mut changes = self.ends.subscribe();
        loop {
            let ends = *changes.borrow_and_update();
            let (why, limit) = tokio::select! {
                biased;
                // Whoever sends is this.
                _ = changes.changed() => continue,
                () = until(ends.total) => ("within", self.total),
                () = until(ends.idle) => ("before a silence of", self.idle),
            };
            let limit = humantime::format_duration(limit.unwrap_or_default());
            return format!("{why} {limit}");
        }
    }
}

/// Sleeps until then; for ever if there is no then.
async fn until(then: Option<Instant>) {
    match then {
        Some(then) => sleep_until(then).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn events_put_off_the_end_of_patience_only() {
        let limits = Limits::new(Some(5 * SECOND), Some(2 * SECOND));
        let began = Instant::now();
        let events = async {
            // What is not started goes on.
            tokio::time::sleep(10 * SECOND).await;
            limits.start();
            loop {
                tokio::time::sleep(SECOND).await;
                limits.event();
            }
        };
        let why = tokio::select! {
            why = limits.reached() => why,
            () = events => unreachable!("they go on"),
        };
        assert_eq!((&*why, began.elapsed()), ("within 5s", 15 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_it() {
        let limits = Limits::new(None, Some(2 * SECOND));
        limits.start();
        assert_eq!(limits.reached().await, "before a silence of 2s");
    }
}
