//! The alarm clock of a realm: one task that sleeps until the realm's deadline.
//!
//! It knows nothing of realms. The task is started when there is first something to wait for, and ends when it rings and
//! there is nothing more. A deadline that goes away leaves it asleep: it wakes once in vain rather than be started anew
//! for each call that has a timeout and is answered in time.

use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout_at;

/// An alarm clock. Its task ends with it.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    task: Option<watch::Sender<Instant>>,
}

impl Alarm {
    /// Sees to it that `ring` is called no later than `deadline`, and may be called earlier. It has to be told of the next
    /// deadline after each ring, which is when it stops if there is none.
    ///
    /// Outside a runtime nothing can be waited for: a router without one has no connections whose calls could time out.
    pub(super) fn set(
        &mut self,
        now: Instant,
        deadline: Option<Instant>,
        ring: impl FnOnce() -> Box<dyn Fn() + Send>,
    ) {
        // A ring that panicked has taken the task with it.
        self.task.take_if(|task| task.is_closed());
        let rings_at = self.task.as_ref().map(|task| *task.borrow());
        match (deadline, rings_at) {
            (None, Some(at)) if at <= now => self.task = None,
            (None, _) => {}
            (Some(deadline), Some(at)) if now < at && at <= deadline => {}
            (Some(deadline), Some(_)) => {
                if let Some(task) = &self.task {
                    task.send_replace(deadline);
                }
            }
            (Some(deadline), None) => {
                let Ok(runtime) = Handle::try_current() else {
                    return;
                };
                let (task, at) = watch::channel(deadline);
                runtime.spawn(run(at, ring()));
                self.task = Some(task);
            }
        }
    }
}

async fn run(mut at: watch::Receiver<Instant>, ring: Box<dyn Fn() + Send>) {
    loop {
        let time = *at.borrow_and_update();
        let changed = match timeout_at(time.into(), at.changed()).await {
            Ok(changed) => changed,
            Err(_time_has_come) => {
                ring();
                at.changed().await
            }
        };
        if changed.is_err() {
            // The alarm is gone, or has nothing more to wait for.
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::{Instant as Clock, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn now() -> Instant {
        Clock::now().into_std()
    }

    #[tokio::test(start_paused = true)]
    async fn it_rings_at_the_earliest_deadline_and_stops_when_there_is_none() {
        let rung = Arc::new(AtomicUsize::new(0));
        let ring = || -> Box<dyn Fn() + Send> {
            let rung = Arc::clone(&rung);
            Box::new(move || {
                rung.fetch_add(1, Ordering::Relaxed);
            })
        };
        let mut alarm = Alarm::default();
        let start = now();
        alarm.set(start, None, ring);
        assert!(alarm.task.is_none());
        alarm.set(start, Some(start + 10 * SECOND), ring);
        alarm.set(start, Some(start + 20 * SECOND), ring);
        alarm.set(start, Some(start + 5 * SECOND), ring);
        sleep(4 * SECOND).await;
        assert_eq!(rung.load(Ordering::Relaxed), 0);
        sleep(2 * SECOND).await;
        assert_eq!(rung.load(Ordering::Relaxed), 1);
        alarm.set(now(), Some(start + 20 * SECOND), ring);
        sleep(20 * SECOND).await;
        assert_eq!(rung.load(Ordering::Relaxed), 2);
        alarm.set(now(), None, ring);
        assert!(alarm.task.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn it_rings_again_after_a_ring_that_panicked() {
        let rung = Arc::new(AtomicUsize::new(0));
        let ring = || -> Box<dyn Fn() + Send> {
            let rung = Arc::clone(&rung);
            Box::new(move || {
                assert!(rung.fetch_add(1, Ordering::Relaxed) > 0, "on purpose");
            })
        };
        let mut alarm = Alarm::default();
        for rings in 1..=2 {
            alarm.set(now(), Some(now() + SECOND), ring);
            sleep(2 * SECOND).await;
            assert_eq!(rung.load(Ordering::Relaxed), rings);
        }
    }
}
