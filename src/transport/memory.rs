//! The in-memory transport: two ends in one process, for embedded routers and for tests.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;

use super::{
    CloseCode, Farewell, HIGH_WATER, Transport, TransportError, poll_ready_below_high_water,
};
use crate::proto::Serializer;

/// Two connected ends that speak `serializer`.
///
/// Each direction holds up to [`CAPACITY`] bytes and one frame more; then the sender waits until the receiver has read.
/// An end that is dropped has closed in good order.
#[must_use]
pub fn pair(serializer: Serializer) -> (Box<dyn Transport>, Box<dyn Transport>) {
    let (there, back) = (Pipe::default(), Pipe::default());
    (
        Box::new(MemoryTransport::new(
            serializer,
            there.clone(),
            back.clone(),
        )),
        Box::new(MemoryTransport::new(serializer, back, there)),
    )
}

/// How many bytes one direction holds.
pub const CAPACITY: usize = 4 * HIGH_WATER;

/// What an item costs beside the bytes of its frame, so that empty frames are bounded too.
const OVERHEAD: usize = 32;

struct MemoryTransport {
    serializer: Serializer,
    incoming: Pipe,
    outgoing: Pipe,
    /// Fed, but not yet in the pipe.
    queue: VecDeque<Item>,
    queued: usize,
    heard: u64,
    farewell: Option<Farewell>,
}

enum Item {
    Frame(Bytes),
    Ping,
    Pong,
}

impl Item {
    fn cost(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.len() + OVERHEAD,
            Self::Ping | Self::Pong => OVERHEAD,
        }
    }
}

/// One direction.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<PipeState>>);

#[derive(Default)]
struct PipeState {
    items: VecDeque<Item>,
    cost: usize,
    /// Set once the writing end is closed or gone; what is in the pipe is still read.
    closed: Option<CloseCode>,
    /// Set once nobody will read any more.
    abandoned: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, PipeState> {
        // Nothing panics while the lock is held, and every state in between is a valid one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PipeState {
    fn push(&mut self, item: Item) {
        self.cost += item.cost();
        self.items.push_back(item);
        wake(&mut self.reader);
    }

    /// The next item; `None` at the end.
    fn next(&mut self, cx: &Context<'_>) -> Poll<Option<Item>> {
        if let Some(item) = self.items.pop_front() {
            self.cost -= item.cost();
            if self.cost < CAPACITY {
                wake(&mut self.writer);
            }
            return Poll::Ready(Some(item));
        }
        if self.closed.is_some() || self.abandoned {
            return Poll::Ready(None);
        }
        self.reader = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The writing end goes.
    fn close(&mut self, code: CloseCode) {
        self.closed.get_or_insert(code);
        wake(&mut self.reader);
    }

    /// The reading end goes.
    fn abandon(&mut self) {
        self.abandoned = true;
        self.items = VecDeque::new();
        self.cost = 0;
        wake(&mut self.writer);
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl MemoryTransport {
    fn new(serializer: Serializer, incoming: Pipe, outgoing: Pipe) -> Self {
        Self {
            serializer,
            incoming,
            outgoing,
            queue: VecDeque::new(),
            queued: 0,
            heard: 0,
            farewell: None,
        }
    }

    fn hang_up(&self, code: CloseCode) {
        self.outgoing.lock().close(code);
        self.incoming.lock().abandon();
    }

    fn enqueue(&mut self, item: Item) -> Result<(), TransportError> {
        let pipe = self.outgoing.lock();
        if pipe.abandoned || pipe.closed.is_some() || self.farewell.is_some() {
            return Err(TransportError::Closed);
        }
        drop(pipe);
        self.queued += item.cost();
        self.queue.push_back(item);
        Ok(())
    }
}

impl Transport for MemoryTransport {
    fn serializer(&self) -> Serializer {
        self.serializer
    }

    fn peer(&self) -> &'static str {
        "memory"
    }

    fn max_frame(&self) -> usize {
        usize::MAX
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        loop {
            // Never both locks at once: the other end takes them in the other order.
            let item = self.incoming.lock().next(cx);
            match item {
                Poll::Ready(Some(Item::Frame(frame))) => {
                    self.heard += 1;
                    return Poll::Ready(Some(Ok(frame)));
                }
                Poll::Ready(Some(Item::Ping)) => {
                    self.heard += 1;
                    // Past the capacity: there is one PONG for each PING, and those are bounded.
                    self.outgoing.lock().push(Item::Pong);
                }
                Poll::Ready(Some(Item::Pong)) => self.heard += 1,
                Poll::Ready(None) => {
                    self.farewell = self.incoming.lock().closed.map(|code| Farewell {
                        code: code.number(),
                        text: String::new(),
                    });
                    return Poll::Ready(None);
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        poll_ready_below_high_water(self, cx, |transport| transport.queued)
    }

    fn feed(&mut self, frame: Bytes) -> Result<(), TransportError> {
        self.enqueue(Item::Frame(frame))
    }

    fn ping(&mut self) -> Result<(), TransportError> {
        self.enqueue(Item::Ping)
    }

    fn heard(&self) -> u64 {
        self.heard
    }

    /// An end that goes says so when it is dropped, whatever it dies of.
    fn keep_alive(&mut self, _interval: Duration) -> bool {
        true
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        let mut pipe = self.outgoing.lock();
        while let Some(item) = self.queue.pop_front() {
            if pipe.abandoned {
                self.queue = VecDeque::new();
                self.queued = 0;
                return Poll::Ready(Err(TransportError::Closed));
            }
            if pipe.cost >= CAPACITY {
                self.queue.push_front(item);
                pipe.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            self.queued -= item.cost();
            pipe.push(item);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        match self.poll_flush(cx) {
            // The other end has gone: it will not miss what it would have been sent.
            Poll::Ready(Ok(()) | Err(TransportError::Closed)) => {
                self.hang_up(code);
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }

    fn farewell(&self) -> Option<&Farewell> {
        self.farewell.as_ref()
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        self.hang_up(CloseCode::GoingAway);
    }
}
