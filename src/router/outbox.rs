//! What waits to be written to one connection.
//!
//! The only place where one session's work meets another's connection: whoever holds the realm pushes, the connection's
//! own task takes. It is counted in bytes and bounded: from half its limit on the session gets no more work, and beyond it
//! the session is ended, so that a peer which does not read costs a known amount of memory and never anybody else's time.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use bytes::Bytes;

use crate::transport::CloseCode;

/// The queue of frames to one connection.
#[derive(Debug)]
pub(super) struct Outbox {
    queue: Mutex<Queue>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    bytes: usize,
    end: Option<End>,
    /// The connection's task, while it waits for something to come in.
    reader: Option<Waker>,
    /// It was more than half full when the connection last could have taken from it.
    congested: bool,
    /// The connection is still busy with what it took before: it need not be woken for more of the same.
    busy: bool,
    /// Nothing more is to be read from the connection for now.
    held: bool,
}

/// What a push leads to.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// The connection's task, if it is to be woken, which the caller does once all locks are released.
    pub(super) waker: Option<Waker>,
    /// The session is congested from now on.
    pub(super) congested: bool,
    /// The session is ended, because this was too much.
    pub(super) overflowed: bool,
    /// How many frames are lost, this one among them.
    pub(super) dropped: usize,
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
    /// An empty outbox that holds `limit` bytes, and one frame of any length.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            queue: Mutex::default(),
            limit,
        }
    }

    /// Queues a frame; nothing happens once the outbox has ended.
    pub(super) fn push(&self, frame: Bytes) -> Pushed {
        let mut queue = self.lock();
        if let Some(end) = queue.end {
            return Pushed {
                dropped: usize::from(end == End::Overflow),
                ..Pushed::default()
            };
        }
        let cost = frame.len() + FRAME_COST;
        if !queue.frames.is_empty() && queue.bytes + cost > self.limit {
            let waker = queue.reader.take();
            let dropped = queue.frames.len() + 1;
            *queue = Queue {
                end: Some(End::Overflow),
                ..Queue::default()
            };
            return Pushed {
                waker,
                congested: false,
                overflowed: true,
                dropped,
            };
        }
        queue.bytes += cost;
        queue.frames.push_back(frame);
        let congested = queue.bytes > self.limit / 2 && !queue.congested;
        queue.congested |= congested;
        let waker = if queue.busy {
            None
        } else {
            queue.reader.take()
        };
        Pushed {
            waker,
            congested,
            ..Pushed::default()
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

    /// Whether nothing is to be read for now.
    pub(super) fn is_held(&self) -> bool {
        self.lock().held
    }

    /// Moves all queued frames to `frames` if that is empty, and says whether the outbox has ended. The task is woken when
    /// there is news.
    pub(super) fn take(&self, frames: &mut VecDeque<Bytes>, cx: &Context<'_>) -> Taken {
        let mut queue = self.lock();
        queue.busy = !frames.is_empty();
        let relieved = !queue.busy && queue.congested;
        if !queue.busy {
            queue.congested = false;
            std::mem::swap(frames, &mut queue.frames);
            queue.bytes = 0;
        }
        match &mut queue.reader {
            Some(reader) => reader.clone_from(cx.waker()),
            None => queue.reader = Some(cx.waker().clone()),
        }
        // The end comes after what was queued before it.
        let end = queue
            .end
            .filter(|end| *end == End::Overflow || queue.frames.is_empty());
        Taken {
            end,
            relieved,
            held: queue.held,
        }
    }

    /// How many bytes are queued.
    pub(super) fn waiting(&self) -> usize {
        self.lock().bytes
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here panics with the queue half changed, so a poisoned lock is as good as any.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
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
        let outbox = Outbox::new(1000);
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
        let outbox = Outbox::new(1000);
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
        let outbox = Outbox::new(1000);
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
        let outbox = Outbox::new(FRAME_COST + 10);
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
        let outbox = Outbox::new(4 * FRAME_COST);
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
}
