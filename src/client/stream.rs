//! Calls under way: their replies as a stream.

use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Sleep, sleep};

use crate::proto::{CallOptions, CancelMode, Payload, Uri};
use crate::session::Ticket;

use super::call::timed_out;
use super::command::{CallSink, Command};
use super::handle::Shared;
use super::queue::{ITEM_WEIGHT, Queue, Queued};
use super::{Error, Reply};

/// The replies to one call.
pub(super) type ReplyQueue = Queue<Result<Reply, Error>>;

impl Queued for Result<Reply, Error> {
    fn weight(&self) -> usize {
        let payload = self
            .as_ref()
            .map_or(0, |reply| reply.content.payload.bytes().len());
        payload + ITEM_WEIGHT
    }
}

/// A call that was made: a stream of its replies. Partial ones come first, if they were asked for; the final one, or the
/// error in its place, is the last item. [`Reply::is_final`] tells them apart.
///
/// Awaited as a whole it passes over partial replies and gives the final one. To drop it is to give the call up, as if it were
/// canceled with [`CancelMode::KillNoWait`].
///
/// Partial replies wait in a queue as events do (see [`Subscription`](super::Subscription)). When that is full, nothing is
/// dropped: the call is given up, and its last item is [`Error::Overrun`].
#[derive(Debug)]
#[must_use = "to drop it is to give the call up"]
pub struct CallStream {
    pub(super) shared: Arc<Shared>,
    pub(super) ticket: Ticket,
    pub(super) queue: Arc<ReplyQueue>,
    guard: Option<Guard>,
    done: bool,
}

/// How long the call may take.
#[derive(Debug)]
struct Guard {
    timeout: Duration,
    over: Pin<Box<Sleep>>,
}

impl CallStream {
    pub(super) fn start(
        shared: Arc<Shared>,
        options: CallOptions,
        procedure: Uri,
        payload: Payload,
        timeout: Option<Duration>,
    ) -> Result<Self, Error> {
        let ticket = shared.ticket();
        let queue = Arc::new(Queue::new(Arc::clone(&shared.pressure)));
        shared.command(Command::Call {
            ticket,
            options,
            procedure,
            payload,
            sink: CallSink::Stream(Arc::clone(&queue)),
        })?;
        let guard = timeout.map(|timeout| Guard {
            timeout,
            over: Box::pin(sleep(timeout)),
        });
        Ok(Self {
            shared,
            ticket,
            queue,
            guard,
            done: false,
        })
    }

    /// The next reply; `None` after the final one, and after an error. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Reply, Error>> {
        poll_fn(|cx| self.poll_reply(cx)).await
    }

    /// Gives the call up, unless it was answered meanwhile.
    ///
    /// With [`CancelMode::Kill`] the callee still answers, with ERROR `wamp.error.canceled` if it minds, and that answer is
    /// the last item here. With the other modes the last item is `wamp.error.canceled`, and what the callee makes of it is
    /// not told. A router that does not announce `call_canceling` is not told either.
    pub fn cancel(&self, mode: CancelMode) {
        let cancel = Command::Cancel {
            ticket: self.ticket,
            mode,
        };
        // If the session is over, so is the call.
        let _ = self.shared.command(cancel);
    }

    async fn last(mut self) -> Result<Reply, Error> {
        loop {
            match self.next().await {
                Some(Ok(reply)) if !reply.is_final() => {}
                Some(last) => return last,
                // The last item was taken before.
                None => return Err(Error::Lost(self.shared.closed())),
            }
        }
    }

    fn poll_reply(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Reply, Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let timeout = self.guard.as_ref().map(|guard| guard.timeout);
        if let Poll::Ready(item) = self.queue.poll_take(cx) {
            self.done = !matches!(&item, Some(Ok(reply)) if !reply.is_final());
            let item = item.map(|reply| reply.map_err(|error| timed_out(error, timeout)));
            return Poll::Ready(item);
        }
        if let Some(guard) = &mut self.guard
            && guard.over.as_mut().poll(cx).is_ready()
        {
            let timeout = guard.timeout;
            self.give_up();
            return Poll::Ready(Some(Err(Error::Timeout(timeout))));
        }
        Poll::Pending
    }

    fn give_up(&mut self) {
        if !std::mem::replace(&mut self.done, true) {
            self.queue.close();
            self.cancel(CancelMode::KillNoWait);
        }
    }
}

impl Stream for CallStream {
    type Item = Result<Reply, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_reply(cx)
    }
}

impl IntoFuture for CallStream {
    type Output = Result<Reply, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.last())
    }
}

impl Drop for CallStream {
    fn drop(&mut self) {
        self.give_up();
    }
}
