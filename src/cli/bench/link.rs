//! One connection of the load generator: joined by hand, then driven by one poll loop that owns it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use tokio::time::timeout;
use wampkit::auth::{Attempt, ChannelBinding, Login, LoginError};
use wampkit::client::{CloseReason, Closed, ConnectError, Refused, WampError};
use wampkit::proto::{
    Dict, Goodbye, GoodbyeDetails, Hello, HelloDetails, Message, Serializer, Uri, uris,
};
use wampkit::transport::{self, CloseCode, ConnectOptions, Endpoint, Transport, TransportError};
use wampkit::{codec, session};

use super::super::console::Console;
use super::super::error::CliError;
use super::load::Reader;
use super::run::Interrupt;

/// Where connections lead, and as whom.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) url: String,
    pub(super) endpoint: Endpoint,
    pub(super) realm: Uri,
    pub(super) serializer: Serializer,
    pub(super) options: ConnectOptions,
    pub(super) logins: Vec<Login>,
    pub(super) authid: Option<String>,
    pub(super) authrole: Option<String>,
    pub(super) authextra: Dict,
    /// How long a request may take to be answered.
    pub(super) patience: Option<Duration>,
    /// Whether it is the relay of [`floor`](super::floor).
    pub(super) is_relay: bool,
    /// Its processes, whose CPU time and memory count.
    pub(super) pids: Vec<u32>,
    /// Ends what is measured there.
    pub(super) interrupt: Rc<Interrupt>,
    /// Where it is seen how far it has come.
    pub(super) console: Console,
}

impl Target {
    fn attempt(&self, transport: &dyn Transport) -> Result<Attempt, CliError> {
        let exporter = transport.security().and_then(|security| security.exporter);
        let binding = exporter.map(ChannelBinding::exporter);
        let mut random = [0; 56];
        getrandom::fill(&mut random).map_err(|error| CliError::System {
            doing: "get random bytes".to_owned(),
            error: error.into(),
        })?;
        let (logins, extra) = (self.logins.clone(), self.authextra.clone());
        Attempt::new(logins, self.authid.as_deref(), extra, binding, random)
            .map_err(|error| self.denied(error))
    }

    fn hello(&self, attempt: &Attempt) -> Hello {
        let details = HelloDetails {
            roles: Some(session::roles()),
            authmethods: Some(attempt.authmethods()),
            authid: self.authid.clone().map(Into::into),
            authrole: self.authrole.clone().map(Into::into),
            authextra: attempt.authextra(),
            ..HelloDetails::default()
        };
        let realm = self.realm.clone();
        Hello { realm, details }
    }

    fn denied(&self, error: LoginError) -> CliError {
        let url = self.url.clone();
        CliError::Login { url, error }
    }

    fn unreachable(&self, error: ConnectError) -> CliError {
        let (url, error) = (self.url.clone(), Box::new(error));
        CliError::Connect { url, error }
    }
}

/// A connection with a session.
pub(super) struct Link {
    pub(super) transport: Box<dyn Transport>,
    pub(super) serializer: Serializer,
    is_relay: bool,
}

impl Link {
    /// Connects and joins.
    pub(super) async fn join(target: &Target) -> Result<Self, CliError> {
        let limit = target.options.connect_timeout;
        let joined = timeout(limit, Self::open(target)).await;
        joined.unwrap_or_else(|_| Err(target.unreachable(ConnectError::Timeout(limit))))
    }

    async fn open(target: &Target) -> Result<Self, CliError> {
        let serializers = [target.serializer];
        let connecting = transport::connect(&target.endpoint, &serializers, &target.options);
        let transport = connecting
            .await
            .map_err(|error| target.unreachable(ConnectError::Transport(error)))?;
        let mut attempt = target.attempt(&*transport)?;
        let mut link = Self {
            serializer: transport.serializer(),
            transport,
            is_relay: target.is_relay,
        };
        link.send(&target.hello(&attempt).into()).await?;
        loop {
            match link.receive().await? {
                Message::Welcome(welcome) => {
                    let proven = attempt.welcomed(&welcome.details);
                    return proven.map(|()| link).map_err(|error| target.denied(error));
                }
                Message::Challenge(challenge) => {
                    let proof = attempt.answer(&challenge);
                    let proof = proof.map_err(|error| target.denied(error))?;
                    link.send(&proof.into()).await?;
                }
                Message::Abort(abort) => {
                    return Err(CliError::Refused {
                        url: target.url.clone(),
                        realm: target.realm.to_string(),
                        refused: Box::new(Refused::from(abort)),
                    });
                }
                other => return Err(unexpected(&other)),
            }
        }
    }

    /// How frames with payloads of this size are read.
    pub(super) const fn reader(&self, size: usize) -> Reader {
        Reader {
            serializer: self.serializer,
            size,
            relayed: self.is_relay,
        }
    }

    /// Asks for something, and waits for the answer.
    pub(super) async fn request(
        &mut self,
        target: &Target,
        subject: &str,
        request: &Message,
    ) -> Result<Message, CliError> {
        self.send(request).await?;
        let limit = target.patience.unwrap_or(Duration::MAX);
        let Ok(answer) = timeout(limit, self.receive()).await else {
            let late = wampkit::client::Error::Timeout(limit);
            return Err(CliError::of_request(subject, late));
        };
        match answer? {
            Message::Error(error) => Err(CliError::Wamp {
                subject: subject.to_owned(),
                error: Box::new(WampError::from(error)),
                suggestion: None,
            }),
            answer => Ok(answer),
        }
    }

    /// Says GOODBYE, waits for the answer, and closes.
    pub(super) async fn leave(mut self) -> Result<(), CliError> {
        let details = GoodbyeDetails::default();
        let reason = uris::CLOSE_REALM;
        self.send(&Goodbye { details, reason }.into()).await?;
        while !matches!(self.receive().await?, Message::Goodbye(_)) {}
        self.transport.close(CloseCode::Normal).await.map_err(lost)
    }

    async fn send(&mut self, message: &Message) -> Result<(), CliError> {
        let mut frame = BytesMut::new();
        codec::encode(self.serializer, message, &mut frame)
            .map_err(|error| nonsense(error.to_string()))?;
        self.transport.send(frame.freeze()).await.map_err(lost)
    }

    async fn receive(&mut self) -> Result<Message, CliError> {
        let frame = match self.transport.receive().await {
            Some(frame) => frame.map_err(lost)?,
            None => return Err(disconnected()),
        };
        codec::decode(self.serializer, &frame).map_err(|error| nonsense(error.to_string()))
    }
}

/// What a connection is for, once it is set up.
pub(super) trait Actor: Unpin {
    /// A frame has come.
    fn received(&mut self, frame: &Bytes, out: &mut VecDeque<Bytes>) -> Result<(), CliError>;

    /// All that there was has come: what is to be sent now? Answers whether the work is done.
    fn turn(&mut self, cx: &mut Context<'_>, out: &mut VecDeque<Bytes>) -> bool;
}

/// Drives an actor to the end of its work: read until nothing is there, handle all, feed all, flush once.
pub(super) struct Driver<A> {
    pub(super) link: Link,
    pub(super) actor: A,
    pub(super) out: VecDeque<Bytes>,
}

impl<A: Actor> Driver<A> {
    pub(super) const fn new(link: Link, actor: A) -> Self {
        let out = VecDeque::new();
        Self { link, actor, out }
    }

    /// Reads what is there; answers whether there may be more.
    fn read(&mut self, cx: &mut Context<'_>) -> Result<bool, CliError> {
        for _ in 0..BATCH {
            match self.link.transport.poll_receive(cx) {
                Poll::Pending => return Ok(false),
                Poll::Ready(None) => return Err(disconnected()),
                Poll::Ready(Some(frame)) => {
                    self.actor.received(&frame.map_err(lost)?, &mut self.out)?;
                }
            }
        }
        Ok(true)
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Result<(), TransportError> {
        while !self.out.is_empty() {
            match self.link.transport.poll_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(()),
            }
            if let Some(frame) = self.out.pop_front() {
                self.link.transport.feed(frame)?;
            }
        }
        match self.link.transport.poll_flush(cx) {
            Poll::Ready(flushed) => flushed,
            Poll::Pending => Ok(()),
        }
    }
}

impl<A: Actor> Future for Driver<A> {
    type Output = Result<(), CliError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // A router that asks but does not take the answers is not read from until it does.
        let paused = this.out.len() > MOST_UNSENT;
        let more = !paused && this.read(cx)?;
        let done = this.actor.turn(cx, &mut this.out);
        this.write(cx).map_err(lost)?;
        if done {
            return Poll::Ready(Ok(()));
        }
        if more || (paused && this.out.len() <= MOST_UNSENT) {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

/// How many frames one turn reads at the most.
const BATCH: usize = 256;

/// How many frames may wait for a router that does not take them.
pub(super) const MOST_UNSENT: usize = 1 << 16;

pub(super) fn unexpected(message: &Message) -> CliError {
    nonsense(format!("{} was not expected", message.kind()))
}

pub(super) fn nonsense(message: String) -> CliError {
    CliError::Payload {
        subject: "the router's answer".to_owned(),
        message,
    }
}

fn lost(error: TransportError) -> CliError {
    closed(CloseReason::Transport(error.into()))
}

fn disconnected() -> CliError {
    closed(CloseReason::Disconnected)
}

fn closed(reason: CloseReason) -> CliError {
    CliError::Lost(Closed {
        reason,
        message: None,
        at: SystemTime::now(),
    })
}
