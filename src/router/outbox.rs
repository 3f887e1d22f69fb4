//! What waits to be written to one connection.
//!
//! The only place where one session's work meets another's connection: whoever holds the realm pushes, the connection's
//! own task takes. It is counted in bytes and bounded: from half its limit on the session gets no more work, and beyond it
//! the session is ended, so that a peer which does not read costs a known amount of memory and never anybody else's time.
//!
//! EVENTs may have a limit of their own, and a policy that says what is done when they exceed it. What is dropped is counted,
//! and the first EVENT that is taken after the gap is to say how many are missing.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;

use super::slow::{SlowConsumerPolicy, SlowConsumers};
use super::who::Who;
use crate::transport::CloseCode;

/// The queue of frames to one connection.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    limit: usize,
    /// How many bytes of EVENTs may be queued before the policy applies.
    event_limit: usize,
    slow: SlowConsumers,
    who: Who,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    /// EVENTs that may have to be dropped, each behind so many of the frames above.
    events: VecDeque<(usize, Bytes)>,
    /// What all of them cost.
    bytes: usize,
    /// What the EVENTs among them cost, if these have a limit of their own.
    event_bytes: usize,
    /// How many EVENTs were dropped since the connection last took what is here.
    dropped: u64,
    /// How many were dropped before that, which the peer has yet to be told.
    untold: u64,
    end: Option<End>,
    /// The connection's task, while it waits for something to come in.
    reader: Option<Waker>,
    /// It was more than half full when the connection last could have taken from it.
    congested: bool,
    /// The connection is still busy with what it took before: it need not be woken for more of the same.
    busy: bool,
    /// Nothing more is to be read from the connection for now.
    held: bool,
    /// Nor because of so many subscribers that have to take what waits for them first.
    waits_for: usize,
    /// Somebody is to wait until what is here was taken.
    awaited: bool,
}

/// What a push leads to.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// The connection's task, if it is to be woken, which the caller does once all locks are released.
    pub(super) waker: Option<Waker>,
    /// The session is congested from now on.
    pub(super) congested: bool,
    /// The limit of EVENTs, or that of all, was exceeded.
    pub(super) excess: Option<Excess>,
}

/// What a frame that exceeds a limit leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// The outbox has ended, [`End::Overflow`], and so many frames were lost, this one among them.
    Overflow(u64),
    /// So many EVENTs were dropped.
    Dropped(u64),
    /// Whoever it is from is to wait until what is here was taken.
    Block,
}

/// What a look into the outbox leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// Whether nothing more comes, and why.
    pub(super) end: Option<End>,
    /// The session was congested until now.
    pub(super) relieved: bool,
    /// Nothing is to be read for now; the task is woken when that changes.
    pub(super) held: bool,
    /// Those who wait until what was here is taken need wait no more.
    pub(super) awaited: bool,
    /// Where EVENTs are missing among the frames.
    pub(super) gap: Option<Gap>,
}

/// Where EVENTs are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// Which of the frames is the first EVENT after it.
    pub(super) at: usize,
    /// How many are missing.
    pub(super) missed: u64,
}

/// Why nothing more will be put into an outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The session is over. What is queued is still written, then the transport closes with this code.
    Closed(CloseCode),
    /// The peer reads too slowly. What was queued is gone, and so is the session.
    Overflow,
}

impl Outbox {
    /// An empty outbox of this session that holds `limit` bytes, and one frame of any length; EVENTs as `slow` says.
    pub(super) fn new(limit: usize, slow: SlowConsumers, who: Who) -> Self {
        Self {
            queue: Mutex::default(),
            limit,
            event_limit: slow.most_events(),
            slow,
            who,
        }
    }

    /// Whose it is.
    pub(super) const fn who(&self) -> &Who {
        &self.who
    }

    /// What is done when more EVENTs wait than may.
    pub(super) const fn policy(&self) -> SlowConsumerPolicy {
        self.slow.policy
    }

    /// Queues a frame; nothing happens once the outbox has ended.
    pub(super) fn push(&self, frame: Bytes) -> Pushed {
        self.queue_frame(&mut self.lock(), frame)
    }

    /// Queues an EVENT; nothing happens once the outbox has ended.
    pub(super) fn push_event(&self, frame: Bytes) -> Pushed {
        let mut queue = self.lock();
        if self.event_limit == usize::MAX || queue.end.is_some() {
            return self.queue_frame(&mut queue, frame);
        }
        let cost = frame.len() + FRAME_COST;
        let fits = queue.event_bytes == 0 || queue.event_bytes + cost <= self.event_limit;
        match self.slow.policy {
            SlowConsumerPolicy::Disconnect if !fits => Pushed {
                excess: Some(Excess::Overflow(queue.frames.len() as u64 + 1)),
                waker: queue.overflow(),
                ..Pushed::default()
            },
            SlowConsumerPolicy::Disconnect | SlowConsumerPolicy::BlockPublisher => {
                let mut pushed = self.queue_frame(&mut queue, frame);
                if pushed.excess.is_none() {
                    queue.event_bytes += cost;
                    queue.awaited |= !fits;
                    pushed.excess = (!fits).then_some(Excess::Block);
                }
                pushed
            }
            SlowConsumerPolicy::DropNewest => {
                // Once there is a gap it goes on until something was taken, so that it is one and not many.
                if !fits || queue.dropped > 0 {
                    queue.dropped += 1;
                    return Pushed {
                        excess: Some(Excess::Dropped(1)),
                        ..Pushed::default()
                    };
                }
                self.queue_event(&mut queue, frame, cost)
            }
            SlowConsumerPolicy::DropOldest => {
                let dropped = if fits {
                    0
                } else {
                    queue.make_room(self.event_limit.saturating_sub(cost))
                };
                Pushed {
                    excess: (dropped > 0).then_some(Excess::Dropped(dropped)),
                    ..self.queue_event(&mut queue, frame, cost)
                }
            }
        }
    }

    /// Ends the outbox because its peer reads too slowly. Answers how many frames are lost with it, and with the connection's task,
    /// which is to be woken; `None` if it has ended already.
    pub(super) fn overflow(&self) -> Option<(u64, Option<Waker>)> {
        let mut queue = self.lock();
        if queue.end.is_some() {
            return None;
        }
        let lost = queue.frames.len() as u64;
        Some((lost, queue.overflow()))
    }

    fn queue_frame(&self, queue: &mut Queue, frame: Bytes) -> Pushed {
        if queue.end.is_some() {
            return Pushed::default();
        }
        let cost = frame.len() + FRAME_COST;
        if !queue.frames.is_empty() && queue.kept_bytes() + cost > self.limit {
            return Pushed {
                excess: Some(Excess::Overflow(queue.frames.len() as u64 + 1)),
                waker: queue.overflow(),
                ..Pushed::default()
            };
        }
        queue.frames.push_back(frame);
        self.queued(queue, cost)
    }

    /// Queues an EVENT that may be dropped again.
    fn queue_event(&self, queue: &mut Queue, frame: Bytes, cost: usize) -> Pushed {
        queue.event_bytes += cost;
        queue.events.push_back((queue.frames.len(), frame));
        self.queued(queue, cost)
    }

    /// What follows from a frame that was queued.
    fn queued(&self, queue: &mut Queue, cost: usize) -> Pushed {
        queue.bytes += cost;
        let congested = queue.bytes > self.limit / 2 && !queue.congested;
        queue.congested |= congested;
        Pushed {
            waker: queue.waker(),
            congested,
            excess: None,
        }
    }

    /// Ends the outbox in good order. Answers with the connection's task if it is to be woken.
    pub(super) fn close(&self, code: CloseCode) -> Option<Waker> {
        let mut queue = self.lock();
        queue.end.get_or_insert(End::Closed(code));
        queue.reader.take()
    }

    /// Has the connection read no more, until [`Outbox::resume`].
    pub(super) fn hold(&self) {
        self.lock().held = true;
    }

    /// Lets it read again. Answers with its task, which is to be woken.
    pub(super) fn resume(&self) -> Option<Waker> {
        let mut queue = self.lock();
        queue.held = false;
        queue.reader.take()
    }

    /// Has the connection read no more until another has taken what waits for it, and [`Outbox::unblock`] says so: once for
    /// each.
    pub(super) fn block(&self) {
        self.lock().waits_for += 1;
    }

    /// One that the connection waits for is done. Answers with its task, which is to be woken.
    pub(super) fn unblock(&self) -> Option<Waker> {
        let mut queue = self.lock();
        queue.waits_for = queue.waits_for.saturating_sub(1);
        if queue.waits_for > 0 {
            return None;
        }
        queue.reader.take()
    }

    /// Whether the connection waits until others have taken what waits for them.
    pub(super) fn is_blocked(&self) -> bool {
        self.lock().waits_for > 0
    }

    /// Whether nothing is to be read for now.
    pub(super) fn is_held(&self) -> bool {
        self.lock().is_held()
    }

    /// Moves all queued frames to `frames` if that is empty, and says whether the outbox has ended. The task is woken when
    /// there is news.
    pub(super) fn take(&self, frames: &mut VecDeque<Bytes>, cx: &Context<'_>) -> Taken {
        let mut queue = self.lock();
        queue.busy = !frames.is_empty();
        let relieved = !queue.busy && queue.congested;
        let awaited = !queue.busy && queue.awaited;
        let mut gap = None;
        if !queue.busy {
            queue.congested = false;
            queue.awaited = false;
            gap = self.close_gap(&mut queue);
            queue.weave();
            std::mem::swap(frames, &mut queue.frames);
            queue.bytes = 0;
            queue.event_bytes = 0;
        }
        match &mut queue.reader {
            Some(reader) => reader.clone_from(cx.waker()),
            None => queue.reader = Some(cx.waker().clone()),
        }
        // The end comes after what was queued before it.
        let end = queue
            .end
            .filter(|end| *end == End::Overflow || queue.is_empty());
        Taken {
            end,
            relieved,
            held: queue.is_held(),
            awaited,
            gap,
        }
    }

    /// Gives back what could not be told of a gap: the next one is to tell it.
    pub(super) fn owe(&self, missed: u64) {
        self.lock().untold += missed;
    }

    /// How many bytes are queued, of what cannot be dropped.
    pub(super) fn waiting(&self) -> usize {
        self.lock().kept_bytes()
    }

    /// How long others may have to wait for its connection.
    pub(super) const fn block_time(&self) -> Duration {
        self.slow.block_time
    }

    /// What is to be told of EVENTs that are missing in front of those that are queued, or after the last of which they are.
    fn close_gap(&self, queue: &mut Queue) -> Option<Gap> {
        let mut missed = std::mem::take(&mut queue.untold);
        let dropped = std::mem::take(&mut queue.dropped);
        if missed + dropped == 0 {
            return None;
        }
        // The oldest were before all that are here, the newest come after them.
        let oldest = self.slow.policy == SlowConsumerPolicy::DropOldest;
        missed += if oldest { dropped } else { 0 };
        let first = queue.events.front().filter(|_| missed > 0);
        let gap = first.map(|(at, _)| Gap { at: *at, missed });
        queue.untold = if gap.is_some() { 0 } else { missed };
        queue.untold += if oldest { 0 } else { dropped };
        gap
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here panics with the queue half changed, so a poisoned lock is as good as any.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Lets go of everything. Answers with the connection's task, busy or not.
    fn overflow(&mut self) -> Option<Waker> {
        let waker = self.reader.take();
        *self = Self {
            end: Some(End::Overflow),
            ..Self::default()
        };
        waker
    }

    /// What the frames cost that cannot be dropped.
    fn kept_bytes(&self) -> usize {
        if self.events.is_empty() {
            self.bytes
        } else {
            self.bytes - self.event_bytes
        }
    }

    /// Drops the oldest EVENTs until those that are left cost no more than `limit`. Answers how many.
    fn make_room(&mut self, limit: usize) -> u64 {
        let mut dropped = 0;
        while self.event_bytes > limit
            && let Some((_, frame)) = self.events.pop_front()
        {
            let cost = frame.len() + FRAME_COST;
            self.event_bytes -= cost;
            self.bytes -= cost;
            dropped += 1;
        }
        self.dropped += dropped;
        dropped
    }

    /// Puts the EVENTs that were kept apart where they belong among the other frames.
    fn weave(&mut self) {
        if self.frames.is_empty() {
            self.frames
                .extend(self.events.drain(..).map(|(_, event)| event));
        }
        if self.events.is_empty() {
            return;
        }
        let mut woven = VecDeque::with_capacity(self.frames.len() + self.events.len());
        let mut taken = 0;
        for (at, event) in self.events.drain(..) {
            woven.extend(self.frames.drain(..at - taken));
            taken = at;
            woven.push_back(event);
        }
        woven.append(&mut self.frames);
        self.frames = woven;
    }

    /// The connection's task, unless it will look again without being woken.
    const fn waker(&mut self) -> Option<Waker> {
        if self.busy { None } else { self.reader.take() }
    }

    const fn is_held(&self) -> bool {
        self.held || self.waits_for > 0
    }

    fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.events.is_empty()
    }
}

/// What a queued frame costs beside its bytes: the handle in the queue and the allocation behind it.
const FRAME_COST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn take(outbox: &Outbox) -> (Vec<Bytes>, Option<End>) {
        let mut frames = VecDeque::new();
        let end = outbox
            .take(&mut frames, &Context::from_waker(Waker::noop()))
            .end;
        (frames.into(), end)
    }

    #[test]
    fn frames_come_out_in_order_and_wake_the_reader_once() {
        let outbox = Outbox::new(1000, SlowConsumers::default(), Who::default());
        assert!(
            outbox.push(Bytes::from_static(b"early")).waker.is_none(),
            "nobody sleeps yet"
        );
        assert_eq!(take(&outbox), (vec![Bytes::from_static(b"early")], None));
        assert!(outbox.push(Bytes::from_static(b"one")).waker.is_some());
        assert!(
            outbox.push(Bytes::from_static(b"two")).waker.is_none(),
            "the reader was woken already"
        );
        assert_eq!(take(&outbox).0, ["one", "two"]);
    }

    #[test]
    fn a_reader_that_is_busy_is_left_alone_until_the_end() {
        let outbox = Outbox::new(1000, SlowConsumers::default(), Who::default());
        outbox.push(Bytes::from_static(b"first"));
        let mut frames = VecDeque::from([Bytes::from_static(b"not written yet")]);
        let cx = Context::from_waker(Waker::noop());
        assert_eq!(outbox.take(&mut frames, &cx).end, None);
        assert_eq!(frames.len(), 1);
        assert!(outbox.push(Bytes::from_static(b"second")).waker.is_none());
        assert!(outbox.close(CloseCode::Normal).is_some());
        assert_eq!(
            outbox.take(&mut frames, &cx).end,
            None,
            "there is something to write before the end"
        );
        frames.clear();
        assert_eq!(
            outbox.take(&mut frames, &cx).end,
            Some(End::Closed(CloseCode::Normal))
        );
        assert_eq!(frames, ["first", "second"]);
    }

    #[test]
    fn what_was_queued_before_the_end_still_comes_out() {
        let outbox = Outbox::new(1000, SlowConsumers::default(), Who::default());
        outbox.push(Bytes::from_static(b"goodbye"));
        outbox.close(CloseCode::Normal);
        outbox.push(Bytes::from_static(b"too late"));
        assert_eq!(
            take(&outbox),
            (
                vec![Bytes::from_static(b"goodbye")],
                Some(End::Closed(CloseCode::Normal))
            )
        );
        assert_eq!(
            take(&outbox),
            (vec![], Some(End::Closed(CloseCode::Normal)))
        );
    }

    #[test]
    fn a_peer_that_does_not_read_loses_its_queue_and_its_session() {
        let outbox = Outbox::new(FRAME_COST + 10, SlowConsumers::default(), Who::default());
        outbox.push(Bytes::from_static(b"one frame of any length"));
        let mut frames = VecDeque::from([Bytes::from_static(b"never written")]);
        outbox.take(&mut frames, &Context::from_waker(Waker::noop()));
        assert!(
            outbox.push(Bytes::from_static(b"too much")).waker.is_some(),
            "the reader learns of it at once, busy or not"
        );
        outbox.close(CloseCode::Normal);
        assert_eq!(take(&outbox), (vec![], Some(End::Overflow)));
    }

    #[test]
    fn half_full_is_congested_until_it_is_emptied() {
        let outbox = Outbox::new(4 * FRAME_COST, SlowConsumers::default(), Who::default());
        let push = |expected| {
            assert_eq!(outbox.push(Bytes::new()).congested, expected);
        };
        push(false);
        push(false);
        push(true);
        push(false);
        let cx = Context::from_waker(Waker::noop());
        let mut frames = VecDeque::from([Bytes::from_static(b"not written yet")]);
        assert!(!outbox.take(&mut frames, &cx).relieved);
        frames.clear();
        assert!(outbox.take(&mut frames, &cx).relieved);
        frames.clear();
        assert!(!outbox.take(&mut frames, &cx).relieved, "it is told once");
    }

    /// An outbox with room for this many EVENTs of [`event`] under a policy, and plenty for all else.
    fn with(policy: SlowConsumerPolicy, events: usize) -> Outbox {
        let slow = SlowConsumers {
            policy,
            event_limit: Some(events * (FRAME_COST + 1)),
            ..SlowConsumers::default()
        };
        Outbox::new(1 << 20, slow, Who::default())
    }

    /// One letter each.
    fn event(letter: &'static str) -> Bytes {
        Bytes::from_static(letter.as_bytes())
    }

    fn push(outbox: &Outbox, letter: &'static str) -> Option<Excess> {
        outbox.push_event(event(letter)).excess
    }

    /// What the connection takes when it is through with everything before, and the gap in it.
    fn taken(outbox: &Outbox) -> (Vec<Bytes>, Option<Gap>) {
        let mut frames = VecDeque::new();
        let taken = outbox.take(&mut frames, &Context::from_waker(Waker::noop()));
        assert_eq!(taken.end, None);
        (frames.into(), taken.gap)
    }

    #[test]
    fn the_oldest_events_go_and_nothing_else_and_all_that_stay_keep_their_order() {
        let outbox = with(SlowConsumerPolicy::DropOldest, 2);
        outbox.push(event("1"));
        assert_eq!(push(&outbox, "a"), None);
        outbox.push(event("2"));
        assert_eq!(push(&outbox, "b"), None);
        assert_eq!(push(&outbox, "c"), Some(Excess::Dropped(1)));
        outbox.push(event("3"));
        assert_eq!(push(&outbox, "d"), Some(Excess::Dropped(1)));
        outbox.push(event("4"));
        let gap = Gap { at: 2, missed: 2 };
        let frames = ["1", "2", "c", "3", "d", "4"].map(event);
        assert_eq!(taken(&outbox), (frames.into(), Some(gap)));
        assert_eq!(push(&outbox, "e"), None);
        assert_eq!(taken(&outbox), (vec![event("e")], None), "told once");
    }

    #[test]
    fn as_many_old_events_go_as_a_long_one_takes() {
        let outbox = with(SlowConsumerPolicy::DropOldest, 4);
        for letter in ["a", "b", "c"] {
            push(&outbox, letter);
        }
        let long = Bytes::from(vec![b'x'; FRAME_COST]);
        let pushed = outbox.push_event(long.clone());
        assert_eq!(pushed.excess, Some(Excess::Dropped(1)));
        let longest = Bytes::from(vec![b'y'; 10 * FRAME_COST]);
        let pushed = outbox.push_event(longest.clone());
        assert_eq!(pushed.excess, Some(Excess::Dropped(3)));
        let gap = Gap { at: 0, missed: 4 };
        assert_eq!(taken(&outbox), (vec![longest], Some(gap)));
        assert_eq!(outbox.lock().bytes, 0);
    }

    #[test]
    fn the_newest_events_go_until_something_is_taken() {
        let outbox = with(SlowConsumerPolicy::DropNewest, 2);
        push(&outbox, "a");
        let long = Bytes::from(vec![b'x'; 2 * FRAME_COST]);
        assert_eq!(
            outbox.push_event(long).excess,
            Some(Excess::Dropped(1)),
            "it does not fit"
        );
        assert_eq!(
            push(&outbox, "b"),
            Some(Excess::Dropped(1)),
            "it fits, but would follow a gap within what waits"
        );
        outbox.push(event("1"));
        assert_eq!(
            taken(&outbox),
            (vec![event("a"), event("1")], None),
            "the gap is behind all that"
        );
        outbox.push(event("2"));
        assert_eq!(push(&outbox, "c"), None);
        let gap = Gap { at: 1, missed: 2 };
        assert_eq!(taken(&outbox), (vec![event("2"), event("c")], Some(gap)));
    }

    #[test]
    fn a_gap_that_could_not_be_told_is_told_with_the_next() {
        for policy in [
            SlowConsumerPolicy::DropOldest,
            SlowConsumerPolicy::DropNewest,
        ] {
            let outbox = with(policy, 1);
            outbox.owe(3);
            outbox.push(event("1"));
            assert_eq!(taken(&outbox).1, None, "{policy}: there is no event");
            push(&outbox, "a");
            assert_eq!(taken(&outbox).1, Some(Gap { at: 0, missed: 3 }), "{policy}");
        }
    }

    #[test]
    fn events_that_can_be_dropped_take_no_room_from_what_cannot() {
        let slow = SlowConsumers {
            policy: SlowConsumerPolicy::DropOldest,
            event_limit: Some(100 * FRAME_COST),
            ..SlowConsumers::default()
        };
        let outbox = Outbox::new(2 * FRAME_COST, slow, Who::default());
        for _ in 0..200 {
            outbox.push_event(Bytes::new());
        }
        assert_eq!(outbox.waiting(), 0);
        assert_eq!(outbox.push(Bytes::new()).excess, None);
        assert_eq!(outbox.push(Bytes::new()).excess, None);
        assert_eq!(outbox.push(Bytes::new()).excess, Some(Excess::Overflow(3)));
        assert_eq!(take(&outbox), (vec![], Some(End::Overflow)));
    }

    #[test]
    fn with_a_limit_for_events_they_alone_end_the_session_too() {
        let outbox = with(SlowConsumerPolicy::Disconnect, 1);
        outbox.push(Bytes::from(vec![b'x'; 10 * FRAME_COST]));
        assert_eq!(push(&outbox, "a"), None);
        assert_eq!(push(&outbox, "b"), Some(Excess::Overflow(3)));
        assert_eq!(take(&outbox), (vec![], Some(End::Overflow)));
    }

    #[test]
    fn a_publisher_is_to_wait_until_what_it_published_was_taken() {
        let outbox = with(SlowConsumerPolicy::BlockPublisher, 1);
        assert_eq!(push(&outbox, "a"), None);
        assert_eq!(push(&outbox, "b"), Some(Excess::Block));
        assert_eq!(push(&outbox, "c"), Some(Excess::Block));
        let cx = Context::from_waker(Waker::noop());
        let mut frames = VecDeque::from([event("0")]);
        assert!(!outbox.take(&mut frames, &cx).awaited, "it is not through");
        frames.clear();
        assert!(outbox.take(&mut frames, &cx).awaited);
        assert_eq!(frames, ["a", "b", "c"], "nothing is lost");
        frames.clear();
        assert!(!outbox.take(&mut frames, &cx).awaited, "it is told once");
        assert_eq!(push(&outbox, "d"), None);
    }

    #[test]
    fn a_connection_waits_for_all_that_it_is_blocked_by() {
        let outbox = with(SlowConsumerPolicy::Disconnect, 1);
        taken(&outbox);
        outbox.block();
        outbox.block();
        assert!(outbox.unblock().is_none());
        assert!(outbox.is_held());
        assert!(outbox.unblock().is_some(), "its task is woken");
        assert!(!outbox.is_held());
    }
}
