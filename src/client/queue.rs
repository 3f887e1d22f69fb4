//! The queue between the session's task and whoever takes what comes in: a subscriber its events, a caller partial
//! results, a handler further arguments.
//!
//! Nothing here may grow without bound, nothing may be lost silently, and a subscriber that makes calls between its
//! events must get their answers, which come behind further events on the same connection. So there are two limits:
//!
//! - Above [`SOFT_LIMIT`] the session stops reading from the router, which then has to hold the rest — unless an answer is
//!   awaited by anyone, or nothing has been taken for [`PATIENCE`].
//! - Above [`HARD_LIMIT`] nothing more is taken in. Events are dropped and counted; the next one that is queued tells how
//!   many it was. What belongs to a call ends the call.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::task::AtomicWaker;

use crate::proto::Uri;

/// What comes in for one taker.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    pressure: Arc<Pressure>,
}

/// What can be queued.
pub(super) trait Queued {
    /// What it weighs, in bytes.
    fn weight(&self) -> usize;

    /// Is told how many were dropped just before it, if that does not end the queue.
    fn follows(&mut self, _missed: u64) {}
}

/// How the queues of a session press on its reading.
#[derive(Debug, Default)]
pub(super) struct Pressure {
    /// How many queues are above the soft limit.
    full: AtomicUsize,
    /// How many items were taken out of full queues: while this grows, somebody is at work.
    taken: AtomicU64,
    /// The session's task.
    reader: AtomicWaker,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    /// What the items weigh.
    weight: usize,
    /// How many were dropped since the last one queued.
    missed: u64,
    /// Whether this queue counts in [`Pressure::full`].
    full: bool,
    ended: bool,
    revoked: Option<Uri>,
    taker: Option<Waker>,
}

impl<T: Queued> Queue<T> {
    pub(super) fn new(pressure: Arc<Pressure>) -> Self {
        let state = State {
            items: VecDeque::new(),
            weight: 0,
            missed: 0,
            full: false,
            ended: false,
            revoked: None,
            taker: None,
        };
        Self {
            state: Mutex::new(state),
            pressure,
        }
    }

    /// Queues an item; `false` if it is dropped, and counted as missed, because there is no room for it.
    pub(super) fn push(&self, mut item: T) -> bool {
        let mut state = self.state();
        let weight = item.weight();
        if state.ended {
            return true;
        }
        // One that is too heavy by itself still has to get through somehow.
        if state.weight + weight > HARD_LIMIT && !state.items.is_empty() {
            state.missed += 1;
            return false;
        }
        item.follows(std::mem::take(&mut state.missed));
        state.items.push_back(item);
        state.weight += weight;
        if state.weight > SOFT_LIMIT && !state.full {
            state.full = true;
            self.pressure.full.fetch_add(1, Ordering::AcqRel);
        }
        state.wake();
        true
    }

    /// Queues the last item, for which there is always room, and ends the queue.
    pub(super) fn push_last(&self, item: T) {
        let mut state = self.state();
        if !state.ended {
            state.weight += item.weight();
            state.items.push_back(item);
        }
        self.end_state(&mut state, None);
    }

    /// The next item; `None` once the queue has ended and is empty.
    pub(super) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut state = self.state();
        let Some(item) = state.items.pop_front() else {
            if state.ended {
                return Poll::Ready(None);
            }
            state.taker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        state.weight -= item.weight();
        if state.full {
            self.pressure.taken.fetch_add(1, Ordering::AcqRel);
            if state.weight <= SOFT_LIMIT / 2 {
                self.relieve(&mut state);
            }
        }
        Poll::Ready(Some(item))
    }

    /// Whether everything was taken that has come in so far.
    pub(super) fn is_empty(&self) -> bool {
        self.state().items.is_empty()
    }

    /// Whether no more items will come.
    pub(super) fn is_ended(&self) -> bool {
        self.state().ended
    }

    /// How many items were dropped since the last one queued.
    pub(super) fn missed(&self) -> u64 {
        self.state().missed
    }

    /// Why the router ended the subscription, if it did.
    pub(super) fn revoked(&self) -> Option<Uri> {
        self.state().revoked.clone()
    }

    /// No more items will come; those queued can still be taken.
    pub(super) fn end(&self, revoked: Option<Uri>) {
        self.end_state(&mut self.state(), revoked);
    }

    fn end_state(&self, state: &mut State<T>, revoked: Option<Uri>) {
        state.ended = true;
        state.revoked = revoked;
        if state.full {
            self.relieve(state);
        }
        state.wake();
    }

    /// No more items will be taken.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.ended = true;
        state.items.clear();
        state.weight = 0;
        if state.full {
            self.relieve(&mut state);
        }
    }

    fn relieve(&self, state: &mut State<T>) {
        state.full = false;
        self.pressure.full.fetch_sub(1, Ordering::AcqRel);
        self.pressure.reader.wake();
    }

    /// The state is whole whenever the lock is released, so one poisoned elsewhere is as good as any.
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn wake(&mut self) {
        if let Some(taker) = self.taker.take() {
            taker.wake();
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

    /// A count that moves while items are taken out of full queues.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }
}

/// What an item weighs beside its payload, roughly.
pub(super) const ITEM_WEIGHT: usize = 256;

/// 4096 small items: enough for a burst, little enough that the router learns in time that somebody is slow.
pub(super) const SOFT_LIMIT: usize = 1 << 20;

/// What a subscriber may cost that makes calls all the time, or none at all and does not read either.
pub(super) const HARD_LIMIT: usize = 16 << 20;

/// Whoever takes nothing for so long may never do so again. The session's other work must not wait for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::client::Event;
    use crate::client::content::Content;
    use crate::proto::{EventDetails, Id, Payload, PayloadShape, Serializer};

    fn queue() -> (Queue<Event>, Arc<Pressure>) {
        let pressure = Arc::new(Pressure::default());
        (Queue::new(Arc::clone(&pressure)), pressure)
    }

    fn event(length: usize) -> Event {
        let bytes = Bytes::from(vec![0x20; length]);
        Event {
            publication: Id::MIN,
            topic: Uri::from_static("com.topic"),
            details: EventDetails::default(),
            missed: 0,
            arrival: 1,
            content: Content {
                payload: Payload::from_raw(Serializer::Json, PayloadShape::Args, bytes),
                ..Content::default()
            },
        }
    }

    fn take(queue: &Queue<Event>) -> Poll<Option<Event>> {
        queue.poll_take(&mut Context::from_waker(Waker::noop()))
    }

    fn taken(queue: &Queue<Event>) -> Event {
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
    fn the_last_item_always_gets_through() {
        let (queue, pressure) = queue();
        queue.push(event(HARD_LIMIT));
        assert!(!queue.push(event(1)));
        assert!(pressure.is_high() && !queue.is_ended());
        queue.push_last(event(1));
        assert!(!pressure.is_high() && queue.is_ended());
        taken(&queue);
        taken(&queue);
        assert!(queue.is_empty());
        assert!(matches!(take(&queue), Poll::Ready(None)));
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
