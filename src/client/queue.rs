//! The queue between the session's task and one subscriber.
//!
//! Nothing here may grow without bound, nothing may be lost silently, and a subscriber that makes calls between its
//! events must get their answers, which come behind further events on the same connection. So there are two limits:
//!
//! - Above [`SOFT_LIMIT`] the session stops reading from the router, which then has to hold the events — unless an answer is
//!   awaited by anyone, or the subscriber has taken nothing for [`PATIENCE`].
//! - Above [`HARD_LIMIT`] further events are dropped and counted; the next one that is queued tells how many it was.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;

use crate::proto::Uri;

use super::Event;

/// Events for one subscriber.
#[derive(Debug)]
pub(super) struct EventQueue {
    state: Mutex<State>,
    pressure: Arc<Pressure>,
}

/// How the queues of a session press on its reading.
#[derive(Debug, Default)]
pub(super) struct Pressure {
    /// How many queues are above the soft limit.
    full: AtomicUsize,
    /// How many events were taken out of full queues: while this grows, somebody is at work.
    taken: AtomicU64,
    /// The session's task.
    reader: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Event>,
    /// What the events weigh.
    weight: usize,
    /// How many were dropped since the last one queued.
    missed: u64,
    /// Whether this queue counts in [`Pressure::full`].
    full: bool,
    ended: bool,
    revoked: Option<Uri>,
    subscriber: Option<Waker>,
}

impl EventQueue {
    pub(super) fn new(pressure: Arc<Pressure>) -> Self {
        Self {
            state: Mutex::default(),
            pressure,
        }
    }

    /// Queues an event, or counts it as missed.
    pub(super) fn push(&self, mut event: Event) {
        let mut state = self.state();
        let weight = weight(&event);
        if state.ended {
            return;
        }
        // One that is too heavy by itself still has to get through somehow.
        if state.weight + weight > HARD_LIMIT && !state.events.is_empty() {
            state.missed += 1;
            return;
        }
        event.missed = std::mem::take(&mut state.missed);
        state.events.push_back(event);
        state.weight += weight;
        if state.weight > SOFT_LIMIT && !state.full {
            state.full = true;
            self.pressure.full.fetch_add(1, Ordering::AcqRel);
        }
        state.wake();
    }

    /// The next event; `None` once the queue has ended and is empty.
    pub(super) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut state = self.state();
        let Some(event) = state.events.pop_front() else {
            if state.ended {
                return Poll::Ready(None);
            }
            state.subscriber = Some(cx.waker().clone());
            return Poll::Pending;
        };
        state.weight -= weight(&event);
        if state.full {
            self.pressure.taken.fetch_add(1, Ordering::AcqRel);
            if state.weight <= SOFT_LIMIT / 2 {
                self.relieve(&mut state);
            }
        }
        Poll::Ready(Some(event))
    }

    /// How many events were dropped since the last one queued.
    pub(super) fn missed(&self) -> u64 {
        self.state().missed
    }

    /// Why the router ended the subscription, if it did.
    pub(super) fn revoked(&self) -> Option<Uri> {
        self.state().revoked.clone()
    }

    /// No more events will come; those queued can still be taken.
    pub(super) fn end(&self, revoked: Option<Uri>) {
        let mut state = self.state();
        state.ended = true;
        state.revoked = revoked;
        if state.full {
            self.relieve(&mut state);
        }
        state.wake();
    }

    /// No more events will be taken.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.ended = true;
        state.events.clear();
        state.weight = 0;
        if state.full {
            self.relieve(&mut state);
        }
    }

    fn relieve(&self, state: &mut State) {
        state.full = false;
        self.pressure.full.fetch_sub(1, Ordering::AcqRel);
        self.pressure.reader.wake();
    }

    /// The state is whole whenever the lock is released, so one poisoned elsewhere is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self) {
        if let Some(subscriber) = self.subscriber.take() {
            subscriber.wake();
        }
    }
}

impl Pressure {
    /// Has this task woken when there is room again. To be called before [`Pressure::is_high`].
    pub(super) fn register(&self, cx: &Context<'_>) {
        self.reader.register(cx.waker());
    }

    /// Whether any queue is above the soft limit.
    pub(super) fn is_high(&self) -> bool {
        self.full.load(Ordering::Acquire) > 0
    }

    /// A count that moves while events are taken out of full queues.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }
}

/// What an event weighs in its queue: its payload, and what is around it, roughly.
fn weight(event: &Event) -> usize {
    event.payload.bytes().len() + EVENT_WEIGHT
}

const EVENT_WEIGHT: usize = 256;

/// 4096 small events: enough for a burst, little enough that the router learns in time that somebody is slow.
pub(super) const SOFT_LIMIT: usize = 1 << 20;

/// What a subscriber may cost that makes calls all the time, or none at all and does not read either.
pub(super) const HARD_LIMIT: usize = 16 << 20;

/// A subscriber that takes nothing for so long may never do so again. The session's other work must not wait for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::proto::{EventDetails, Id, Payload, PayloadShape, Serializer};

    fn queue() -> (EventQueue, Arc<Pressure>) {
        let pressure = Arc::new(Pressure::default());
        (EventQueue::new(Arc::clone(&pressure)), pressure)
    }

    fn event(length: usize) -> Event {
        let bytes = Bytes::from(vec![0x20; length]);
        Event {
            publication: Id::MIN,
            topic: Uri::from_static("com.topic"),
            details: EventDetails::default(),
            missed: 0,
            arrival: 1,
            payload: Payload::from_raw(Serializer::Json, PayloadShape::Args, bytes),
        }
    }

    fn take(queue: &EventQueue) -> Poll<Option<Event>> {
        queue.poll_take(&mut Context::from_waker(Waker::noop()))
    }

    fn taken(queue: &EventQueue) -> Event {
        match take(queue) {
            Poll::Ready(Some(event)) => event,
            other => panic!("no event: {other:?}"),
        }
    }

    #[test]
    fn a_full_queue_presses_until_half_of_it_is_taken() {
        let (queue, pressure) = queue();
        for _ in 0..4 {
            queue.push(event(SOFT_LIMIT / 4));
        }
        assert!(pressure.is_high());
        taken(&queue);
        assert!(pressure.is_high());
        taken(&queue);
        taken(&queue);
        assert!(!pressure.is_high());
        assert!(pressure.taken() > 0);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (queue, _pressure) = queue();
        for _ in 0..20 {
            queue.push(event(1 << 20));
        }
        let mut received = 0;
        assert_eq!(queue.missed(), 5);
        while let Poll::Ready(Some(event)) = take(&queue) {
            assert_eq!(event.missed, 0);
            received += 1;
        }
        assert_eq!(received, 15);
        queue.push(event(1));
        queue.push(event(1));
        assert_eq!((taken(&queue).missed, taken(&queue).missed), (5, 0));
        assert_eq!(queue.missed(), 0);
    }

    #[test]
    fn one_event_gets_through_however_heavy() {
        let (queue, _pressure) = queue();
        queue.push(event(HARD_LIMIT));
        assert_eq!(taken(&queue).missed, 0);
    }

    #[test]
    fn an_ended_queue_is_emptied_first() {
        let (queue, _pressure) = queue();
        queue.push(event(1));
        queue.end(Some(Uri::from_static("com.reason")));
        queue.push(event(1));
        taken(&queue);
        assert!(matches!(take(&queue), Poll::Ready(None)));
        assert_eq!(queue.revoked(), Some(Uri::from_static("com.reason")));
    }

    #[test]
    fn a_closed_queue_does_not_press() {
        let (queue, pressure) = queue();
        queue.push(event(SOFT_LIMIT));
        queue.close();
        assert!(!pressure.is_high());
        queue.push(event(SOFT_LIMIT));
        assert!(!pressure.is_high());
    }
}
