//! What a supervisor such as systemd is told: sd_notify(3). Without one, `NOTIFY_SOCKET` is not set, and nothing happens.

use std::io;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::task::JoinHandle;
use tokio::time::interval;

/// Tells that the router listens, and from then on that it is alive, twice as often as the supervisor asks for
/// (`WatchdogSec=`): from a task of the runtime that the connections are on, so that a router that is stuck is silent.
pub(super) fn ready() -> Watchdog {
    tell(&[NotifyState::Ready]);
    let task = sd_notify::watchdog_enabled().map(|patience| {
        // A time of zero asks for nothing; an interval of zero is none.
        let mut beats = interval((patience / 2).max(Duration::from_millis(1)));
        tokio::spawn(async move {
            loop {
                beats.tick().await;
                tell(&[NotifyState::Watchdog]);
            }
        })
    });
    Watchdog(task)
}

/// Tells that the router reads its file again, so that a supervisor that asked for it (`Type=notify-reload`) waits for that.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        // When it was that the reload began: an answer to an earlier one is none to this.
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "cannot tell the supervisor of the reload"),
    }
}

/// Tells that this is over, whatever came of it.
pub(super) fn reloaded() {
    tell(&[NotifyState::Ready]);
}

/// Tells that the router is on its way out.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "cannot tell the supervisor how the router is");
    }
}

/// The task that says that the router is alive. Dropped, it is silent.
#[derive(Debug)]
pub(super) struct Watchdog(Option<JoinHandle<()>>);

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}
