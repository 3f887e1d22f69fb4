//! A command and all that it starts, so that nothing of it outlives `wamp`.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;
use tokio::time::timeout;

/// The process group that a command leads. Dropping it kills what is left of it.
pub(super) struct Group(Option<Pid>);

impl Group {
    /// The group of a child that was spawned with `process_group(0)`.
    pub(super) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(id.cast_signed())))
    }

    /// Ends all in it: SIGTERM, and SIGKILL when `ended` has come or after [`GRACE`].
    pub(super) async fn end<T>(self, ended: impl Future<Output = T>) {
        self.signal(Signal::TERM);
        // Then `self` is dropped, and takes down whatever is left.
        let _ = timeout(GRACE, ended).await;
    }

    fn signal(&self, signal: Signal) {
        // Nobody left to be signalled is what was wanted.
        let _ = self.0.map(|leader| kill_process_group(leader, signal));
    }

    /// The command has ended by itself: what it left running in the background is its own business.
    pub(super) fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// How long a command has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(1);
