//! Registering.

use std::future::{Future, IntoFuture};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::proto::{Id, MatchPolicy, RegisterOptions, Uri};
use crate::session::Ticket;

use super::command::Command;
use super::handle::Shared;
use super::handler::{Handler, boxed};
use super::{Error, IntoReply, Invocation, Session, WampError};

/// A registration that is made when this is awaited.
#[must_use = "nothing is registered until it is awaited"]
pub struct RegisterBuilder {
    shared: Arc<Shared>,
    procedure: Uri,
    options: RegisterOptions,
    handler: Handler,
}

impl RegisterBuilder {
    pub(super) fn new<H, F, R>(session: &Session, procedure: Uri, handler: H) -> Self
    where
        H: Fn(Invocation) -> F + Send + Sync + 'static,
        F: Future<Output = Result<R, WampError>> + Send + 'static,
        R: IntoReply,
    {
        Self {
            shared: Arc::clone(&session.shared),
            procedure,
            options: RegisterOptions::default(),
            handler: boxed(handler, session.shared.serializer),
        }
    }

    /// How the procedure matches those called; exactly unless set.
    pub fn match_policy(mut self, policy: MatchPolicy) -> Self {
        self.options.match_policy = Some(policy);
        self
    }

    /// REGISTER.Options; call it before [`RegisterBuilder::match_policy`].
    pub fn options(mut self, options: RegisterOptions) -> Self {
        self.options = options;
        self
    }

    async fn run(self) -> Result<Registration, Error> {
        let ticket = self.shared.ticket();
        let (revoked, watch) = watch::channel(None);
        // From here on, so that a registration that is dropped while it is pending is undone.
        let mut registration = Registration {
            shared: self.shared,
            ticket,
            id: Id::MIN,
            procedure: self.procedure.clone(),
            revoked: watch,
            live: true,
        };
        let id = registration.shared.request_id(|waiter| Command::Register {
            ticket,
            options: self.options,
            procedure: self.procedure,
            handler: self.handler,
            revoked,
            waiter,
        });
        registration.id = id.await?;
        Ok(registration)
    }
}

impl std::fmt::Debug for RegisterBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterBuilder")
            .field("procedure", &self.procedure)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl IntoFuture for RegisterBuilder {
    type Output = Result<Registration, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// A registration. Dropping it unregisters; invocations that are being handled go on to their end.
#[derive(Debug)]
pub struct Registration {
    shared: Arc<Shared>,
    ticket: Ticket,
    id: Id,
    procedure: Uri,
    revoked: watch::Receiver<Option<Uri>>,
    live: bool,
}

impl Registration {
    /// The registration's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The procedure or pattern.
    #[must_use]
    pub fn procedure(&self) -> &Uri {
        &self.procedure
    }

    /// Waits until the registration has ended otherwise than by [`Registration::unregister`]. If the router ended it,
    /// this is the reason it gave, else `wamp.error.no_such_registration`; `None` if the session ended.
    pub async fn ended(&self) -> Option<Uri> {
        let mut revoked = self.revoked.clone();
        let reason = revoked.wait_for(Option::is_some).await;
        reason.ok().and_then(|reason| reason.clone())
    }

    /// Unregisters, and waits for the router to say so.
    ///
    /// # Errors
    /// [`Error::Wamp`] if the router knows of no such registration, [`Error::Lost`].
    pub async fn unregister(mut self) -> Result<(), Error> {
        if self.revoked.borrow().is_some() {
            return Ok(());
        }
        // Unless it is asked for here, it is when this is dropped.
        self.live = false;
        let ticket = self.ticket;
        let done = self.shared.request(|waiter| {
            let waiter = Some(waiter);
            Command::Unregister { ticket, waiter }
        });
        done.await.map(drop)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if mem::take(&mut self.live) {
            let unregister = Command::Unregister {
                ticket: self.ticket,
                waiter: None,
            };
            // If the session is over, so is the registration.
            let _ = self.shared.command(unregister);
        }
    }
}
