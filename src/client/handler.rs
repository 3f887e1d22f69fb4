//! Invocations and what handlers make of them.

use std::any::TypeId;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::codec::{self, Arguments};
use crate::proto::{Id, InvocationDetails, Payload, Serializer, Uri, uris};

use super::command::Command;
use super::content::{Content, Outgoing, Seal};
use super::draft::typed;
use super::handle::Shared;
use super::publish::room_for;
use super::queue::{ITEM_WEIGHT, Queue, Queued};
use super::{Error, PayloadError, Reply, WampError};

/// A procedure's handler, of whatever type it was given as: from invocation to YIELD or ERROR.
pub(super) type Handler = Arc<dyn Fn(Invocation) -> Handling + Send + Sync>;

/// A handler at work. Does not panic.
pub(super) type Handling = Pin<Box<dyn Future<Output = Result<Outgoing, WampError>> + Send>>;

/// A call to be answered by the handler that it is given to.
///
/// ```
/// # use wampkit::client::Invocation;
/// # use wampkit::{Client, Router, Serializer};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let router = Router::builder().realm("realm1").build()?;
/// # let transport = router.connect(Serializer::MsgPack);
/// # let session = Client::builder("memory").connect_over(transport).await?;
/// let _registration = session
///     .register("com.count", async |invocation: Invocation| {
///         let (to,): (u32,) = invocation.args()?;
///         for number in 1..to {
///             invocation.progress(number).await?;
///         }
///         Ok(to)
///     })
///     .await?;
///
/// let mut call = session.call("com.count").args((3,)).progress()?;
/// let mut counted = Vec::new();
/// while let Some(reply) = call.next().await {
///     counted.push(reply?.value::<u32>()?);
/// }
/// assert_eq!(counted, [1, 2, 3]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Invocation {
    /// The procedure called, also where the registration is by pattern.
    pub procedure: Uri,
    /// INVOCATION.Details.
    pub details: InvocationDetails,
    pub(super) request: Id,
    pub(super) content: Content,
    /// How what the handler answers is wrapped.
    pub(super) seal: Option<Seal>,
    pub(super) shared: Arc<Shared>,
    /// The arguments that follow, where more than one part may come.
    pub(super) more: Option<Arc<Queue<Part>>>,
    /// Nothing is ever sent: it closes when the call is given up.
    pub(super) canceled: watch::Receiver<()>,
}

impl Invocation {
    /// All arguments as values.
    ///
    /// # Errors
    /// A payload that is opaque or cannot be opened with the keys that the client has, or a value that
    /// [`Value`](crate::proto::Value) does not have.
    pub fn arguments(&self) -> Result<Arguments, PayloadError> {
        self.content.arguments(self.details.passthru.as_deref())
    }

    /// The arguments as they came, also where payload passthru mode wraps them.
    ///
    /// # Errors
    /// A payload that is opaque, or a value that [`Value`](crate::proto::Value) does not have.
    pub fn raw_arguments(&self) -> Result<Arguments, PayloadError> {
        self.content.raw()
    }

    /// The positional arguments, the whole list as one `T`.
    ///
    /// # Errors
    /// Arguments that are no `T`. With `?` in a handler that becomes ERROR `wamp.error.invalid_argument`.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.args(self.details.passthru.as_deref())
    }

    /// The keyword arguments as one `T`.
    ///
    /// # Errors
    /// Arguments that are no `T`. With `?` in a handler that becomes ERROR `wamp.error.invalid_argument`.
    pub fn kwargs<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.kwargs(self.details.passthru.as_deref())
    }

    /// Waits for the next part of the arguments and puts it in the place of the one before; `false` once there are no more
    /// (progressive call invocation). The procedure has to be registered with
    /// [`RegisterBuilder::stream_arguments`](super::RegisterBuilder::stream_arguments), or there is one part only.
    ///
    /// ```no_run
    /// # use wampkit::client::{Invocation, WampError};
    /// async fn sum(mut invocation: Invocation) -> Result<i64, WampError> {
    ///     let mut sum = 0;
    ///     loop {
    ///         sum += invocation.args::<Vec<i64>>()?.iter().sum::<i64>();
    ///         if !invocation.next_arguments().await? {
    ///             return Ok(sum);
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// `wamp.error.canceled` if the call is given up before its last arguments have come.
    pub async fn next_arguments(&mut self) -> Result<bool, WampError> {
        if self.details.progress != Some(true) {
            return Ok(false);
        }
        let part = match &self.more {
            Some(more) => poll_fn(|cx| more.poll_take(cx)).await,
            None => None,
        };
        let Some(part) = part else {
            return Err(WampError::new(uris::CANCELED));
        };
        self.content.payload = part.payload;
        self.details.progress = part.more.then_some(true);
        Ok(true)
    }

    /// Whether the caller takes partial results.
    #[must_use]
    pub fn takes_progress(&self) -> bool {
        self.details.receive_progress == Some(true)
    }

    /// Sends a partial result (progressive call result); what the handler returns is the final one. Resolves as soon as the
    /// result is queued for the transport, which holds handlers back while 256 KiB are waiting.
    ///
    /// # Errors
    /// [`Error::NotAsked`] if the caller takes none, see [`Invocation::takes_progress`]; ERROR
    /// `wamp.error.canceled` if the call was given up; [`Error::Encode`], [`Error::Lost`].
    pub async fn progress(&self, part: impl IntoReply) -> Result<(), Error> {
        if !self.takes_progress() {
            return Err(Error::NotAsked);
        }
        let part = part
            .into_reply(self.shared.serializer)
            .and_then(|payload| sealed(self.seal.as_ref(), payload))
            .map_err(Error::Encode)?;
        let room = self.shared.room(room_for(&part.payload, "")).await?;
        if self.is_canceled() {
            return Err(Error::Wamp(WampError::new(uris::CANCELED)));
        }
        self.shared.command(Command::Progress {
            invocation: self.request,
            part,
            room,
        })
    }

    /// Waits until the call is given up: by the caller, by the router in its place, or because the session is over.
    ///
    /// A handler that does not watch this runs to its end, and its answer is sent all the same. One that does may return
    /// at once, by custom with ERROR `wamp.error.canceled`.
    pub async fn canceled(&self) {
        let mut canceled = self.canceled.clone();
        while canceled.changed().await.is_ok() {}
    }

    /// Whether the call has been given up.
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        self.canceled.has_changed().is_err()
    }
}

/// A result as it is sent.
fn sealed(seal: Option<&Seal>, payload: Payload) -> Result<Outgoing, PayloadError> {
    match seal {
        Some(seal) => seal.result(payload),
        None => Ok(Outgoing {
            payload,
            passthru: None,
        }),
    }
}

/// A part of an invocation's arguments.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) payload: Payload,
    pub(super) more: bool,
}

impl Queued for Part {
    fn weight(&self) -> usize {
        self.payload.bytes().len() + ITEM_WEIGHT
    }
}

/// What a handler can answer with: [`Arguments`] and [`Reply`] as they are, `()` as no results at all, and every other
/// value that serializes as the one positional result.
pub trait IntoReply: Send + 'static {
    /// The payload of YIELD.
    ///
    /// # Errors
    /// A value that does not serialize, or has no form in `serializer`.
    fn into_reply(self, serializer: Serializer) -> Result<Payload, PayloadError>;
}

impl<T: Serialize + Send + 'static> IntoReply for T {
    fn into_reply(self, serializer: Serializer) -> Result<Payload, PayloadError> {
        if TypeId::of::<T>() == TypeId::of::<()>() {
            return Ok(Payload::empty(serializer));
        }
        Ok(codec::transcode(&typed(&(self,), &())?, serializer)?)
    }
}

impl IntoReply for Arguments {
    fn into_reply(self, serializer: Serializer) -> Result<Payload, PayloadError> {
        Ok(self.to_payload(serializer)?)
    }
}

impl IntoReply for Reply {
    fn into_reply(self, serializer: Serializer) -> Result<Payload, PayloadError> {
        let payload = self.content.opened(self.details.passthru.as_deref())?;
        Ok(codec::transcode(&payload, serializer)?)
    }
}

/// The handler without its types.
pub(super) fn boxed<H, F, R>(handler: H, serializer: Serializer) -> Handler
where
    H: Fn(Invocation) -> F + Send + Sync + 'static,
    F: Future<Output = Result<R, WampError>> + Send + 'static,
    R: IntoReply,
{
    let handler = Arc::new(handler);
    Arc::new(move |invocation| {
        let handler = Arc::clone(&handler);
        let procedure = invocation.procedure.clone();
        let seal = invocation.seal.clone();
        let wrapping = seal.clone();
        // What the handler leaves behind when it panics is its own affair: it is not used here again.
        let work = AssertUnwindSafe(async move {
            let reply = handler(invocation).await?;
            let payload = reply.into_reply(serializer);
            payload
                .and_then(|payload| sealed(wrapping.as_ref(), payload))
                .map_err(|fault| {
                    let message = format!("the result cannot be sent: {fault}");
                    WampError::new(uris::RUNTIME_ERROR).with(message)
                })
        });
        Box::pin(async move {
            let done = work.catch_unwind().await.unwrap_or_else(|_| {
                // The panic hook has said more on stderr; the caller is not to read that.
                tracing::error!(%procedure, "the handler panicked");
                Err(WampError::new(uris::RUNTIME_ERROR).with("the handler panicked"))
            });
            done.map_err(|error| match &seal {
                Some(seal) => seal.error(error),
                None => error,
            })
        })
    })
}
