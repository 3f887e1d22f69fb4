//! The tasks of connections: how many there are, and how they are cut off.
//!
//! A task leaves by itself when it ends, and its memory is free at once. In a `JoinSet` it would stay until somebody asks for its
//! result, which is what keeps a router large from which all clients have gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use ahash::RandomState;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::lock;

/// Tasks that have not ended. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    running: Mutex<Running>,
    /// The last one has ended.
    all_ended: Notify,
}

/// By numbers that are never used twice. A task that is just being spawned has no handle yet.
#[derive(Debug, Default)]
struct Running {
    tasks: HashMap<u64, Option<AbortHandle>, RandomState>,
    spawned: u64,
}

impl Tasks {
    /// Runs a future on a task of its own.
    pub(super) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let number = {
            let mut running = self.running();
            running.spawned += 1;
            let number = running.spawned;
            running.tasks.insert(number, None);
            number
        };
        let leaving = Leaving {
            tasks: self.clone(),
            number,
        };
        // Unlocked: a runtime that is being shut down drops the task at once, which then leaves.
        let task = tokio::spawn(async move {
            let _leaving = leaving;
            future.await;
        });
        if let Some(handle) = self.running().tasks.get_mut(&number) {
            *handle = Some(task.abort_handle());
        }
    }

    /// How many have not ended.
    pub(super) fn len(&self) -> usize {
        self.running().tasks.len()
    }

    /// Waits until all have ended.
    pub(super) async fn ended(&self) {
        loop {
            let mut notified = std::pin::pin!(self.shared.all_ended.notified());
            notified.as_mut().enable();
            if self.len() == 0 {
                return;
            }
            notified.await;
        }
    }

    /// Ends all of them, wherever they are, and waits until they have.
    pub(super) async fn cut_off(&self) {
        let tasks: Vec<_> = self.running().tasks.values().flatten().cloned().collect();
        for task in tasks {
            task.abort();
        }
        self.ended().await;
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        lock(&self.shared.running)
    }
}

/// Within a task, for as long as it lives.
struct Leaving {
    tasks: Tasks,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut running = self.tasks.running();
        let ended = running.tasks.remove(&self.number);
        if running.tasks.is_empty() {
            // The room that a crowd took.
            running.tasks.shrink_to(USUAL);
            self.tasks.shared.all_ended.notify_waiters();
        }
        drop(running);
        drop(ended);
    }
}

/// How many tasks there is always room for.
const USUAL: usize = 64;

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_task_leaves_when_it_ends() {
        let tasks = Tasks::default();
        tasks.ended().await;
        let (end, ending) = tokio::sync::oneshot::channel::<()>();
        tasks.spawn(async move { drop(ending.await) });
        tasks.spawn(async { panic!("as a connection may") });
        assert_eq!(tasks.len(), 2);
        end.send(()).unwrap();
        tasks.ended().await;
        assert_eq!(tasks.len(), 0);
    }

    #[test]
    fn a_runtime_that_is_gone_leaves_nothing_behind() {
        let tasks = Tasks::default();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _entered = handle.enter();
        tasks.spawn(pending());
        assert_eq!(tasks.len(), 0);
    }

    #[tokio::test]
    async fn those_that_do_not_end_are_cut_off() {
        let tasks = Tasks::default();
        let held = Arc::new(());
        for _ in 0..3 {
            let held = Arc::clone(&held);
            tasks.spawn(async move {
                let _held = held;
                pending::<()>().await;
            });
        }
        tasks.cut_off().await;
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
