//! The session's handle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use crate::ppt::{Keyring, Wrapping};
use crate::proto::{Feature, Id, Passthru, Payload, Role, Serializer, Uri, WelcomeDetails};
use crate::session::{Answer, Ticket};
use crate::transport::ConnectTimings;

use super::command::{Command, Waiter};
use super::content::Seal;
use super::queue::Pressure;
use super::{
    CallBuilder, CloseReason, Closed, Error, IntoReply, Invocation, PayloadError, PublishBuilder,
    RegisterBuilder, SubscribeBuilder, WampError,
};

/// A session with a router: cheap to clone, usable from any task.
///
/// It is left once [`Session::leave`] is called, or all its handles are gone: clones of this one, [`Subscription`]s,
/// [`Registration`]s and invocations that are being handled. Only [`Session::leave`] can be waited for: a program that
/// ends without it may end before what it published last is sent.
///
/// [`Subscription`]: super::Subscription
/// [`Registration`]: super::Registration
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) shared: Arc<Shared>,
}

/// What the handles of a session have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: Id,
    pub(super) realm: Uri,
    pub(super) details: WelcomeDetails,
    pub(super) timings: Timings,
    pub(super) serializer: Serializer,
    /// The longest frame that the router takes.
    pub(super) max_frame: usize,
    /// The keys of payload passthru mode.
    pub(super) keys: Keyring,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) life: watch::Receiver<Life>,
    pub(super) pressure: Arc<Pressure>,
    /// What messages that nobody answers may weigh together before the transport has them.
    pub(super) room: Arc<Semaphore>,
    pub(super) tickets: AtomicU64,
}

/// How long it took to get a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// The steps of connecting; nothing if the session was joined over a transport that was there already.
    pub transport: ConnectTimings,
    /// From HELLO to WELCOME, with all that had to be proved in between.
    pub join: Duration,
}

/// How far a session is from its end.
#[derive(Clone, Debug)]
pub(super) enum Life {
    /// It is open.
    Open,
    /// It is over, the connection not yet closed.
    Ended(Closed),
    /// It is over and the connection closed.
    Gone(Closed),
}

impl Session {
    /// The session's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.shared.id
    }

    /// The realm joined.
    #[must_use]
    pub fn realm(&self) -> &Uri {
        &self.shared.realm
    }

    /// What the router said in WELCOME: its roles and features, and who this session is to it.
    #[must_use]
    pub fn details(&self) -> &WelcomeDetails {
        &self.shared.details
    }

    /// How long it took to connect and to join.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.shared.timings
    }

    /// What the session speaks.
    #[must_use]
    pub fn serializer(&self) -> Serializer {
        self.shared.serializer
    }

    /// Calls a procedure.
    pub fn call(&self, procedure: impl Into<Uri>) -> CallBuilder {
        CallBuilder::new(self, procedure.into())
    }

    /// Publishes an event.
    pub fn publish(&self, topic: impl Into<Uri>) -> PublishBuilder {
        PublishBuilder::new(self, topic.into())
    }

    /// Subscribes to a topic, or to a pattern of topics.
    pub fn subscribe(&self, topic: impl Into<Uri>) -> SubscribeBuilder {
        SubscribeBuilder::new(self, topic.into())
    }

    /// Registers a procedure, or a pattern of procedures.
    ///
    /// Each invocation is handled by a task of its own, so that they run concurrently. A handler that panics fails its
    /// invocation with `wamp.error.runtime_error` and nothing else. What the handler captures is shared by all
    /// invocations; an `async` closure that uses it needs its own copy: `move |invocation| { let pool = pool.clone(); async
    /// move { … } }`.
    pub fn register<H, F, R>(&self, procedure: impl Into<Uri>, handler: H) -> RegisterBuilder
    where
        H: Fn(Invocation) -> F + Send + Sync + 'static,
        F: Future<Output = Result<R, WampError>> + Send + 'static,
        R: IntoReply,
    {
        RegisterBuilder::new(self, procedure.into(), handler)
    }

    /// Leaves the realm and closes the connection. What was published before is sent; whoever awaits an answer on the same
    /// session gets [`Error::Lost`]. Takes 6 seconds at most, whatever the router does.
    ///
    /// # Errors
    /// [`Error::Lost`] if the session had ended already, or ended otherwise meanwhile.
    pub async fn leave(&self) -> Result<(), Error> {
        self.shared.command(Command::Leave)?;
        let closed = self.closed().await;
        match closed.reason {
            CloseReason::Left => Ok(()),
            _ => Err(Error::Lost(closed)),
        }
    }

    /// Whether the session is still open, as far as is known here.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(*self.shared.life.borrow(), Life::Open)
    }

    /// Waits until the session is over and the connection closed, whatever ended it.
    pub async fn closed(&self) -> Closed {
        let mut life = self.shared.life.clone();
        let gone = life.wait_for(|life| matches!(life, Life::Gone(_))).await;
        match gone.as_deref() {
            Ok(Life::Gone(closed)) => closed.clone(),
            // The session's task was dropped with its runtime.
            _ => self.shared.closed(),
        }
    }
}

impl Shared {
    /// A ticket for a new request.
    pub(super) fn ticket(&self) -> Ticket {
        Ticket(self.tickets.fetch_add(1, Ordering::Relaxed))
    }

    /// Hands a command to the session's task.
    pub(super) fn command(&self, command: Command) -> Result<(), Error> {
        self.commands
            .send(command)
            .map_err(|_| Error::Lost(self.closed()))
    }

    /// Whether the router announces a feature.
    pub(super) fn announces(&self, role: Role, feature: Feature) -> bool {
        let roles = self.details.roles.as_ref();
        roles.is_some_and(|roles| roles.features(role).has(feature))
    }

    /// Makes sure that the router announces a feature without which it is a protocol violation to use it.
    pub(super) fn require(&self, role: Role, feature: Feature) -> Result<(), Error> {
        if self.announces(role, feature) {
            return Ok(());
        }
        Err(Error::Unsupported { role, feature })
    }

    /// The payload as it goes out, wrapped if it is to be, with the attributes that say how in `passthru`.
    pub(super) fn wrap(
        &self,
        role: Role,
        payload: Payload,
        wrapping: Option<&Wrapping>,
        passthru: &mut Option<Box<Passthru>>,
    ) -> Result<Payload, Error> {
        let Some(wrapping) = wrapping else {
            return Ok(payload);
        };
        self.require(role, Feature::PayloadPassthruMode)?;
        let seal = Seal {
            wrapping: wrapping.clone(),
            keys: self.keys.clone(),
        };
        let wrapped = seal.payload(&payload).map_err(Error::Encode)?;
        *passthru = wrapped.passthru;
        Ok(wrapped.payload)
    }

    /// Waits for room for a message that nobody answers.
    pub(super) async fn room(&self, weight: u32) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.room)
            .acquire_many_owned(weight)
            .await
            .map_err(|_| Error::Lost(self.closed()))
    }

    /// Hands a request to the session's task and waits for its answer.
    pub(super) async fn request(
        &self,
        command: impl FnOnce(Waiter) -> Command,
    ) -> Result<Answer, Error> {
        let (waiter, answer) = oneshot::channel();
        self.command(command(waiter))?;
        match answer.await {
            Ok(Answer::Error(error)) => Err(Error::Wamp(WampError::from(error).opened(&self.keys))),
            Ok(Answer::Unsent) => Err(Error::Encode(PayloadError::Unsent {
                limit: self.max_frame,
            })),
            Ok(answer) => Ok(answer),
            Err(_) => Err(Error::Lost(self.closed())),
        }
    }

    /// The same where the answer is the id of what was made.
    pub(super) async fn request_id(
        &self,
        command: impl FnOnce(Waiter) -> Command,
    ) -> Result<Id, Error> {
        match self.request(command).await? {
            Answer::Acknowledged(id) => Ok(id),
            other => unreachable!("the state machine answers such a request with {other:?}"),
        }
    }

    /// How the session ended.
    pub(super) fn closed(&self) -> Closed {
        closed(&self.life.borrow())
    }
}

/// How a session that nobody drives any longer has ended.
pub(super) fn closed(life: &Life) -> Closed {
    match life {
        Life::Ended(closed) | Life::Gone(closed) => closed.clone(),
        Life::Open => Closed::now(
            CloseReason::Disconnected,
            Some("the runtime that the session ran on is gone".to_owned()),
        ),
    }
}
