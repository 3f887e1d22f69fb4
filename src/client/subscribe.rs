//! Subscribing.

use std::future::{Future, IntoFuture, poll_fn};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::proto::{Id, MatchPolicy, SubscribeOptions, Uri};
use crate::session::Ticket;

use super::command::Command;
use super::handle::Shared;
use super::queue::Queue;
use super::{Error, Event, Session};

/// A subscription that is made when this is awaited.
#[derive(Debug)]
#[must_use = "nothing is subscribed until it is awaited"]
pub struct SubscribeBuilder {
    shared: Arc<Shared>,
    topic: Uri,
    options: SubscribeOptions,
}

impl SubscribeBuilder {
    pub(super) fn new(session: &Session, topic: Uri) -> Self {
        Self {
            shared: Arc::clone(&session.shared),
            topic,
            options: SubscribeOptions::default(),
        }
    }

    /// How the topic matches those published to; exactly unless set.
    pub fn match_policy(mut self, policy: MatchPolicy) -> Self {
        self.options.match_policy = Some(policy);
        self
    }

    /// Asks for the event that the broker retained last, which then comes first, with `retained` in its details.
    pub fn retained(mut self) -> Self {
        self.options.get_retained = Some(true);
        self
    }

    /// SUBSCRIBE.Options; call it before the other methods.
    pub fn options(mut self, options: SubscribeOptions) -> Self {
        self.options = options;
        self
    }

    async fn run(self) -> Result<Subscription, Error> {
        let ticket = self.shared.ticket();
        let queue = Arc::new(Queue::new(Arc::clone(&self.shared.pressure)));
        let (options, topic) = (self.options, self.topic);
        // From here on, so that a subscription that is dropped while it is pending is undone.
        let subscriber = Subscriber {
            shared: self.shared,
            ticket,
            queue,
            live: true,
        };
        let id = subscriber.shared.request_id(|waiter| Command::Subscribe {
            ticket,
            options,
            topic: topic.clone(),
            queue: Arc::clone(&subscriber.queue),
            waiter,
        });
        let id = id.await?;
        Ok(Subscription {
            subscriber,
            id,
            topic,
        })
    }
}

impl IntoFuture for SubscribeBuilder {
    type Output = Result<Subscription, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// A subscription: a stream of events. It ends when the session does, or when the router ends the subscription.
/// Dropping it unsubscribes.
///
/// Events wait in a queue of its own. Once more than 1 MiB of them are waiting (4096 small ones), the session stops
/// reading from the router until half of that is taken, so that it is the router that deals with a slow subscriber. It reads
/// on nevertheless while anybody awaits an answer on the session — so that a subscriber may make calls between events — and
/// once the subscriber has not taken an event for two seconds, so that one that is forgotten does not hold up the rest. The
/// queue then grows to 16 MiB; what does not fit is dropped, and [`Event::missed`] of the next one tells how many it was.
#[derive(Debug)]
pub struct Subscription {
    subscriber: Subscriber,
    id: Id,
    topic: Uri,
}

impl Subscription {
    /// The subscription's id. Several subscriptions of a session to the same topic share it.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The topic or pattern.
    #[must_use]
    pub fn topic(&self) -> &Uri {
        &self.topic
    }

    /// The next event; `None` once the subscription has ended. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        poll_fn(|cx| self.subscriber.queue.poll_take(cx)).await
    }

    /// How many events were dropped behind the last one in the queue. The next one tells the same; this is for the end,
    /// when there is no next one.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.subscriber.queue.missed()
    }

    /// Why the router ended the subscription, if it did: the reason it gave, else `wamp.error.no_such_subscription`.
    #[must_use]
    pub fn revoked(&self) -> Option<Uri> {
        self.subscriber.queue.revoked()
    }

    /// Unsubscribes, and waits for the router to say so. Events that are still queued are discarded.
    ///
    /// # Errors
    /// [`Error::Wamp`] if the router knows of no such subscription, [`Error::Lost`].
    pub async fn unsubscribe(mut self) -> Result<(), Error> {
        let subscriber = &mut self.subscriber;
        if subscriber.queue.revoked().is_some() {
            return Ok(());
        }
        // Unless it is asked for here, it is when this is dropped.
        subscriber.live = false;
        let ticket = subscriber.ticket;
        let done = subscriber.shared.request(|waiter| {
            let waiter = Some(waiter);
            Command::Unsubscribe { ticket, waiter }
        });
        done.await.map(drop)
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.subscriber.queue.poll_take(cx)
    }
}

/// The place that events go to; unsubscribes when it is dropped.
#[derive(Debug)]
struct Subscriber {
    shared: Arc<Shared>,
    ticket: Ticket,
    queue: Arc<Queue<Event>>,
    live: bool,
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.queue.close();
        if mem::take(&mut self.live) {
            let unsubscribe = Command::Unsubscribe {
                ticket: self.ticket,
                waiter: None,
            };
            // If the session is over, so is the subscription.
            let _ = self.shared.command(unsubscribe);
        }
    }
}
