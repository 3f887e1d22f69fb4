//! Registering.

use std::future::{Future, IntoFuture};
use std::mem;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use crate::ppt::Wrapping;
use crate::proto::{Feature, Id, InvocationPolicy, MatchPolicy, RegisterOptions, Role, Uri};
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
    streams: bool,
    wrapping: Option<Wrapping>,
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
            streams: false,
            wrapping: None,
        }
    }

    /// How the procedure matches those called; exactly unless set.
    pub fn match_policy(mut self, policy: MatchPolicy) -> Self {
        self.options.match_policy = Some(policy);
        self
    }

    /// Shares the procedure with the other callees that register it by the same policy, and says which of them a call goes to.
    pub fn invoke(mut self, policy: InvocationPolicy) -> Self {
        self.options.invoke = Some(policy);
        self
    }

    /// How many invocations to take at once; any number unless set. The router sees to it.
    pub fn concurrency(mut self, limit: u64) -> Self {
        self.options.concurrency = Some(limit);
        self
    }

    /// Takes the procedure from whoever holds it.
    pub fn force(mut self) -> Self {
        self.options.force_reregister = Some(true);
        self
    }

    /// Asks the router to tell who calls, whether or not callers disclose themselves.
    pub fn disclose_caller(mut self) -> Self {
        self.options.disclose_caller = Some(true);
        self
    }

    /// Asks the router to leave call timeouts to this side: an invocation that takes longer than its call allows is then
    /// answered with `wamp.error.timeout` in its handler's place, and the handler finds it canceled.
    pub fn forward_timeout(mut self) -> Self {
        self.options.forward_timeout = Some(true);
        self
    }

    /// Takes progressive call invocations: the handler gets the first arguments with the invocation, and the rest by
    /// [`Invocation::next_arguments`]. Without this, whoever calls so gets `wamp.error.feature_not_supported`, rather than
    /// have its first arguments taken for all there are.
    pub fn stream_arguments(mut self) -> Self {
        self.streams = true;
        self
    }

    /// Wraps all that the handler answers by payload passthru mode. Without this, an invocation is answered in the way it came
    /// in: in plain, or by the same scheme, serializer, cipher and key; one whose attributes are unknown here is answered with
    /// `wamp.error.feature_not_supported`. A router that does not announce `payload_passthru_mode` is not asked:
    /// [`Error::Unsupported`].
    pub fn passthru(mut self, wrapping: Wrapping) -> Self {
        self.wrapping = Some(wrapping);
        self
    }

    /// REGISTER.Options; call it before the other methods that set options.
    pub fn options(mut self, options: RegisterOptions) -> Self {
        self.options = options;
        self
    }

    async fn run(self) -> Result<Registration, Error> {
        if self.wrapping.is_some() {
            let feature = Feature::PayloadPassthruMode;
            self.shared.require(Role::Dealer, feature)?;
        }
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
            streams: self.streams,
            wrapping: self.wrapping,
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
