//! Invocations and what handlers make of them.

use std::any::TypeId;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::codec::{self, Arguments};
use crate::proto::{InvocationDetails, Payload, Serializer, Uri, uris};

use super::draft::typed;
use super::{PayloadError, Reply, WampError};

/// A procedure's handler, of whatever type it was given as: from invocation to payload of YIELD.
pub(super) type Handler = Arc<dyn Fn(Invocation) -> Handling + Send + Sync>;

/// A handler at work. Does not panic.
pub(super) type Handling = Pin<Box<dyn Future<Output = Result<Payload, WampError>> + Send>>;

/// A call to be answered by the handler that it is given to.
#[derive(Debug)]
pub struct Invocation {
    /// The procedure called, also where the registration is by pattern.
    pub procedure: Uri,
    /// INVOCATION.Details.
    pub details: InvocationDetails,
    pub(super) payload: Payload,
    /// Nothing is ever sent: it closes when the call is given up.
    pub(super) canceled: watch::Receiver<()>,
}

impl Invocation {
    /// All arguments as values.
    ///
    /// # Errors
    /// A payload that is opaque, or a value that [`Value`](crate::proto::Value) does not have.
    pub fn arguments(&self) -> Result<Arguments, PayloadError> {
        Ok(Arguments::from_payload(&self.payload)?)
    }

    /// The positional arguments, the whole list as one `T`.
    ///
    /// # Errors
    /// Arguments that are no `T`. With `?` in a handler that becomes ERROR `wamp.error.invalid_argument`.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        Ok(codec::args_as(&self.payload)?)
    }

    /// The keyword arguments as one `T`.
    ///
    /// # Errors
    /// Arguments that are no `T`. With `?` in a handler that becomes ERROR `wamp.error.invalid_argument`.
    pub fn kwargs<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        Ok(codec::kwargs_as(&self.payload)?)
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
        Ok(codec::transcode(&self.payload, serializer)?)
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
        // What the handler leaves behind when it panics is its own affair: it is not used here again.
        let work = AssertUnwindSafe(async move {
            let reply = handler(invocation).await?;
            reply.into_reply(serializer).map_err(|fault| {
                let message = format!("the result cannot be sent: {fault}");
                WampError::new(uris::RUNTIME_ERROR).with(message)
            })
        });
        Box::pin(async move {
            work.catch_unwind().await.unwrap_or_else(|_| {
                // The panic hook has said more on stderr; the caller is not to read that.
                tracing::error!(%procedure, "the handler panicked");
                Err(WampError::new(uris::RUNTIME_ERROR).with("the handler panicked"))
            })
        })
    })
}
