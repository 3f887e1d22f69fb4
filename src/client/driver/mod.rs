//! The task that drives a session.

mod invocations;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, Sleep, sleep};

use crate::ppt::Keyring;
use crate::proto::{self, CancelMode, Id, MessageType, Uri, YieldOptions, uris};
use crate::session::{Answer, End, Input, Output, Ticket};
use crate::transport::{CloseCode, TransportError};

use invocations::{Handled, Registered};

use super::command::{CallSink, Command, Pace, Waiter};
use super::connection::{Connection, close_code};
use super::content::Content;
use super::handle::{Life, Shared, closed};
use super::queue::{PATIENCE, Pressure, Queue};
use super::stream::ReplyQueue;
use super::{CloseReason, Closed, Error, Event, PayloadError, Reply, WampError};

/// What a session's task is made from, beside its connection.
pub(super) struct Wiring {
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    /// What handlers answer through; does not keep the session open.
    pub(super) shared: Weak<Shared>,
    /// The keys of payload passthru mode.
    pub(super) keys: Keyring,
    pub(super) life: watch::Sender<Life>,
    pub(super) pressure: Arc<Pressure>,
    pub(super) room: Arc<Semaphore>,
}

/// The task that drives a session: one poll loop that owns the transport.
///
/// Each turn reads until there is nothing to read, does what the handles want until they want nothing or the transport
/// takes no more, and flushes once. The state machine says what all of that means; here are the futures, queues and
/// handlers that wait for it.
pub(super) struct Driver {
    connection: Connection,
    wiring: Wiring,
    waiters: HashMap<Ticket, Waiter>,
    /// Calls whose partial results are wanted too, or that may be canceled while they are awaited.
    calls: HashMap<Ticket, Arc<ReplyQueue>>,
    subscribers: HashMap<Ticket, Subscriber>,
    registrations: HashMap<Ticket, Registered>,
    /// Invocations that are being handled. To drop one is to cancel it.
    invocations: HashMap<Id, Handled>,
    /// How many events there were.
    arrivals: u64,
    patience: Option<Patience>,
    leaving: bool,
    /// When to stop waiting for the router: for GOODBYE, then for the end of the connection.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Set once the session is over.
    closing: Option<CloseCode>,
}

struct Subscriber {
    topic: Uri,
    queue: Arc<Queue<Event>>,
}

/// How long nothing has been taken from the queues that are full.
struct Patience {
    taken: u64,
    over: Pin<Box<Sleep>>,
}

/// How a session ended, and how the transport is to be closed.
struct Ending {
    closed: Closed,
    code: CloseCode,
}

impl Driver {
    /// A driver for a session that is open.
    pub(super) fn new(connection: Connection, wiring: Wiring) -> Self {
        Self {
            connection,
            wiring,
            waiters: HashMap::new(),
            calls: HashMap::new(),
            subscribers: HashMap::new(),
            registrations: HashMap::new(),
            invocations: HashMap::new(),
            arrivals: 0,
            patience: None,
            leaving: false,
            deadline: None,
            closing: None,
        }
    }

    /// One turn on the open session; ready when it is over.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Ending> {
        // What was left over when the session was joined comes first.
        if let Some(ending) = self.dispatch() {
            return Poll::Ready(ending);
        }
        match self.poll_work(cx) {
            Ok(None) => {}
            Ok(Some(ending)) => return Poll::Ready(ending),
            Err(fault) => return Poll::Ready(self.failed(cx, fault)),
        }
        // Last, for it may have been set just now.
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Ending::left(Some("the router did not answer GOODBYE")));
        }
        Poll::Pending
    }

    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<Option<Ending>, TransportError> {
        let (mut reads, mut commands) = (CREDIT, CREDIT);
        let mut held_back = false;
        while reads > 0 && !self.connection.is_congested() {
            if self.is_held_back(cx) {
                held_back = true;
                break;
            }
            let Poll::Ready(open) = self.connection.poll_receive(cx) else {
                break;
            };
            if !open? {
                return Ok(Some(self.disconnected()));
            }
            reads -= 1;
            if let Some(ending) = self.dispatch() {
                return Ok(Some(ending));
            }
        }
        let congested = self.connection.is_congested();
        let listening = reads > 0 && !held_back && !congested;
        self.connection.poll_heartbeat(cx, listening)?;
        while commands > 0 {
            let Poll::Ready(fed) = self.connection.poll_feed(cx) else {
                break;
            };
            fed?;
            // What could not be sent is told at once.
            if let Some(ending) = self.dispatch() {
                return Ok(Some(ending));
            }
            match self.wiring.commands.poll_recv(cx) {
                Poll::Ready(Some(command)) => self.obey(command),
                Poll::Ready(None) if !self.leaving => self.leave(),
                Poll::Ready(None) | Poll::Pending => break,
            }
            commands -= 1;
        }
        if let Poll::Ready(flushed) = self.connection.poll_flush(cx) {
            flushed?;
        }
        if let Some(ending) = self.dispatch() {
            return Ok(Some(ending));
        }
        // There may be more to do, or what kept this turn from reading until there is nothing to read may be over: nobody
        // else would wake the task for that.
        let more = reads == 0
            || commands == 0
            || (congested && !self.connection.is_congested())
            || (held_back && self.awaits_reply());
        if more {
            cx.waker().wake_by_ref();
        }
        Ok(None)
    }

    /// Whether reading has to wait for a subscriber; see [`super::queue`].
    fn is_held_back(&mut self, cx: &mut Context<'_>) -> bool {
        let pressure = Arc::clone(&self.wiring.pressure);
        pressure.register(cx);
        if !pressure.is_high() || self.awaits_reply() {
            self.patience = None;
            return false;
        }
        let taken = pressure.taken();
        let patience = self.patience.get_or_insert_with(|| Patience {
            taken,
            over: Box::pin(sleep(PATIENCE)),
        });
        loop {
            if patience.over.as_mut().poll(cx).is_pending() {
                return true;
            }
            if patience.taken == taken {
                return false;
            }
            patience.taken = taken;
            patience.over.as_mut().reset(Instant::now() + PATIENCE);
        }
    }

    /// Whether anybody waits for what the router has yet to send.
    fn awaits_reply(&self) -> bool {
        self.connection.awaits_reply() || self.calls.values().any(|replies| replies.is_empty())
    }

    /// Does what the state machine wants done, until it wants nothing or the session is over.
    fn dispatch(&mut self) -> Option<Ending> {
        while let Some(output) = self.connection.next_output() {
            match output {
                Output::Answered { ticket, answer } => self.answered(ticket, answer),
                Output::Event { subscribers, event } => self.event(&subscribers, event),
                Output::Invoke { ticket, invocation } => self.invoke(ticket, invocation),
                Output::Interrupt { invocation } => {
                    self.invocations.remove(&invocation);
                }
                Output::Revoked { ticket, reason } => self.revoked(ticket, reason),
                Output::Ended(end) => return Some(Ending::of(end)),
                Output::Progress { ticket, result } => self.progressed(ticket, result),
                Output::InvokeMore { invocation } => self.invoke_more(invocation),
                Output::Send(_) | Output::Joined(_) | Output::Challenged(_) => {
                    unreachable!("the connection keeps what is to be sent, and the session is open")
                }
            }
        }
        None
    }

    fn answered(&mut self, ticket: Ticket, answer: Answer) {
        if matches!(answer, Answer::Error(_) | Answer::Unsent) {
            // Nothing came of the request.
            self.subscribers.remove(&ticket);
            self.registrations.remove(&ticket);
        }
        if let Some(replies) = self.calls.remove(&ticket) {
            replies.push_last(self.reply(answer));
        } else if let Some(waiter) = self.waiters.remove(&ticket) {
            // Whoever waited may have gone: its drop has told the state machine, or will.
            let _ = waiter.send(answer);
        }
    }

    /// What the caller gets.
    fn reply(&self, answer: Answer) -> Result<Reply, Error> {
        match answer {
            Answer::Result(result) => Ok(Reply::received(result, &self.wiring.keys)),
            Answer::Error(error) => {
                let error = WampError::from(error).opened(&self.wiring.keys);
                Err(Error::Wamp(error))
            }
            Answer::Unsent => Err(Error::Encode(PayloadError::Unsent {
                limit: self.connection.max_frame(),
            })),
            Answer::Acknowledged(_) | Answer::Done => {
                unreachable!("the state machine answers a CALL with {answer:?}")
            }
        }
    }

    /// A partial result. One that is not wanted by whoever called is passed over.
    fn progressed(&mut self, ticket: Ticket, result: proto::Result) {
        let Some(replies) = self.calls.get(&ticket) else {
            return;
        };
        let reply = Reply::received(result, &self.wiring.keys);
        if !replies.push(Ok(reply)) {
            replies.push_last(Err(Error::Overrun));
            self.calls.remove(&ticket);
            self.connection.handle(Input::Cancel {
                ticket,
                mode: CancelMode::KillNoWait,
            });
        }
    }

    fn event(&mut self, subscribers: &[Ticket], event: proto::Event) {
        self.arrivals += 1;
        for subscriber in subscribers.iter().filter_map(|it| self.subscribers.get(it)) {
            subscriber.queue.push(Event {
                publication: event.publication,
                topic: event
                    .details
                    .topic
                    .clone()
                    .unwrap_or_else(|| subscriber.topic.clone()),
                details: event.details.clone(),
                missed: 0,
                arrival: self.arrivals,
                content: Content::new(event.payload.clone(), &self.wiring.keys),
            });
        }
    }

    fn revoked(&mut self, ticket: Ticket, reason: Option<Uri>) {
        if let Some(subscriber) = self.subscribers.remove(&ticket) {
            let reason = reason.unwrap_or(uris::NO_SUCH_SUBSCRIPTION);
            subscriber.queue.end(Some(reason));
        } else if let Some(registered) = self.registrations.remove(&ticket) {
            let reason = reason.unwrap_or(uris::NO_SUCH_REGISTRATION);
            registered.revoked.send_replace(Some(reason));
        }
    }

    /// Does what a handle wants.
    fn obey(&mut self, command: Command) {
        match command {
            Command::Call {
                ticket,
                options,
                procedure,
                payload,
                sink,
            } => {
                match sink {
                    // Given up before it was made.
                    CallSink::One(waiter) if waiter.is_closed() => return,
                    CallSink::One(waiter) => {
                        self.waiters.insert(ticket, waiter);
                    }
                    CallSink::Stream(replies) => {
                        self.calls.insert(ticket, replies);
                    }
                }
                self.connection.handle(Input::Call {
                    ticket,
                    options,
                    procedure,
                    payload,
                });
            }
            Command::CallMore {
                ticket,
                more,
                payload,
                room,
            } => {
                drop(room);
                self.connection.handle(Input::CallMore {
                    ticket,
                    more,
                    payload,
                });
            }
            Command::Cancel { ticket, mode } => {
                self.waiters.remove(&ticket);
                // The state machine hands out no answer to these, so that it does not depend on the router.
                if mode != CancelMode::Kill
                    && let Some(replies) = self.calls.remove(&ticket)
                {
                    let canceled = WampError {
                        request: MessageType::Call,
                        ..WampError::new(uris::CANCELED)
                    };
                    replies.push_last(Err(Error::Wamp(canceled)));
                }
                self.connection.handle(Input::Cancel { ticket, mode });
            }
            Command::Publish {
                ticket,
                options,
                topic,
                payload,
                pace,
            } => {
                match pace {
                    Pace::Acknowledged(waiter) => {
                        self.waiters.insert(ticket, waiter);
                    }
                    // The transport takes it next.
                    Pace::Unacknowledged(room) => drop(room),
                }
                self.connection.handle(Input::Publish {
                    ticket,
                    options,
                    topic,
                    payload,
                });
            }
            Command::Subscribe {
                ticket,
                options,
                topic,
                queue,
                waiter,
            } => {
                self.waiters.insert(ticket, waiter);
                let subscriber = Subscriber {
                    topic: topic.clone(),
                    queue,
                };
                self.subscribers.insert(ticket, subscriber);
                self.connection.handle(Input::Subscribe {
                    ticket,
                    options,
                    topic,
                });
            }
            Command::Unsubscribe { ticket, waiter } => {
                self.subscribers.remove(&ticket);
                self.replace_waiter(ticket, waiter);
                self.connection.handle(Input::Unsubscribe { ticket });
            }
            Command::Register {
                ticket,
                options,
                procedure,
                handler,
                streams,
                wrapping,
                revoked,
                waiter,
            } => {
                self.waiters.insert(ticket, waiter);
                let registered = Registered {
                    procedure: procedure.clone(),
                    handler,
                    streams,
                    wrapping,
                    revoked,
                };
                self.registrations.insert(ticket, registered);
                self.connection.handle(Input::Register {
                    ticket,
                    options,
                    procedure,
                });
            }
            Command::Unregister { ticket, waiter } => {
                self.registrations.remove(&ticket);
                self.replace_waiter(ticket, waiter);
                self.connection.handle(Input::Unregister { ticket });
            }
            Command::Progress {
                invocation,
                part,
                room,
            } => {
                drop(room);
                self.connection.handle(Input::Yield {
                    invocation,
                    options: YieldOptions {
                        progress: Some(true),
                        passthru: part.passthru,
                        ..YieldOptions::default()
                    },
                    payload: part.payload,
                });
            }
            Command::Answer { invocation, answer } => self.answer(invocation, answer),
            Command::Leave => self.leave(),
        }
    }

    /// The ticket's own request is answered or no longer wanted; what ends it takes its place.
    fn replace_waiter(&mut self, ticket: Ticket, waiter: Option<Waiter>) {
        self.waiters.remove(&ticket);
        if let Some(waiter) = waiter {
            self.waiters.insert(ticket, waiter);
        }
    }

    fn leave(&mut self) {
        if !self.leaving {
            self.leaving = true;
            self.deadline = Some(Box::pin(sleep(GOODBYE_TIMEOUT)));
            let reason = uris::CLOSE_REALM;
            self.connection.handle(Input::Leave { reason });
        }
    }

    /// The transport failed. What the router said before it closed is the better reason.
    fn failed(&mut self, cx: &mut Context<'_>, fault: TransportError) -> Ending {
        while let Poll::Ready(Ok(true)) = self.connection.poll_receive(cx) {
            if let Some(ending) = self.dispatch() {
                return ending;
            }
        }
        if self.leaving {
            return Ending::left(None);
        }
        Ending {
            code: fault.close_code(),
            closed: fault.into(),
        }
    }

    /// The router closed the connection.
    fn disconnected(&self) -> Ending {
        if self.leaving {
            return Ending::left(None);
        }
        Ending {
            closed: self.connection.disconnected(),
            code: CloseCode::Normal,
        }
    }

    /// The session is over: nobody is to wait for it any longer.
    fn finish(&mut self, ending: Ending) {
        self.closing = Some(ending.code);
        self.wiring.life.send_replace(Life::Ended(ending.closed));
        self.release();
        self.deadline = Some(Box::pin(sleep(CLOSE_TIMEOUT)));
    }

    /// Lets go of all who wait.
    fn release(&mut self) {
        self.wiring.commands.close();
        while self.wiring.commands.try_recv().is_ok() {}
        self.wiring.room.close();
        self.waiters.clear();
        let closed = closed(&self.wiring.life.borrow());
        for replies in std::mem::take(&mut self.calls).into_values() {
            replies.push_last(Err(Error::Lost(closed.clone())));
        }
        self.registrations.clear();
        self.invocations.clear();
        for subscriber in std::mem::take(&mut self.subscribers).into_values() {
            subscriber.queue.end(None);
        }
    }

    /// Closes the transport, within bounds of time.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(code) = self.closing {
            let in_time = match &mut self.deadline {
                Some(deadline) => deadline.as_mut().poll(cx).is_pending(),
                None => true,
            };
            // The session is over; how its transport ends makes no difference to anybody.
            if in_time && self.connection.poll_close(cx, code).is_pending() {
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let open = matches!(&*self.wiring.life.borrow(), Life::Open);
        if open {
            let ending = ready!(self.poll_open(cx));
            self.finish(ending);
        }
        ready!(self.poll_close(cx));
        self.wiring.life.send_modify(|life| {
            if let Life::Ended(closed) = life {
                *life = Life::Gone(closed.clone());
            }
        });
        Poll::Ready(())
    }
}

/// A runtime that ends drops its tasks. Those who wait on another one are not to wait for ever.
impl Drop for Driver {
    fn drop(&mut self) {
        self.release();
    }
}

impl Ending {
    fn of(end: End) -> Self {
        Self {
            code: close_code(&end),
            closed: end.into(),
        }
    }

    /// This side left, and the router did not quite say goodbye.
    fn left(message: Option<&str>) -> Self {
        Self {
            closed: Closed::now(CloseReason::Left, message.map(str::to_owned)),
            code: CloseCode::Normal,
        }
    }
}

/// How much is read in one turn and how many commands are obeyed, so that neither starves the other, nor a busy session
/// the other tasks of its thread.
const CREDIT: usize = 256;

/// How long the router may take to answer GOODBYE.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long closing the transport may take once the session is over.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
