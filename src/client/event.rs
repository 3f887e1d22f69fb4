//! Events as a subscriber sees them.

use serde::de::DeserializeOwned;

use crate::codec::Arguments;
use crate::proto::{EventDetails, Id, Uri};

use super::PayloadError;
use super::content::Content;
use super::queue::{ITEM_WEIGHT, Queued};

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The publication.
    pub publication: Id,
    /// The topic published to, also where the subscription is by pattern.
    pub topic: Uri,
    /// EVENT.Details.
    pub details: EventDetails,
    /// How many events of the same subscription were dropped just before this one because its queue was full; 0 unless
    /// the subscriber is much slower than the publishers (see [`Subscription`](super::Subscription)).
    pub missed: u64,
    /// Counts the events of the session from 1, whatever subscription they are for: the order in which the router sent them,
    /// for those who read several subscriptions.
    pub arrival: u64,
    pub(super) content: Content,
}

impl Queued for Event {
    fn weight(&self) -> usize {
        self.content.payload.bytes().len() + ITEM_WEIGHT
    }

    fn follows(&mut self, missed: u64) {
        self.missed = missed;
    }
}

impl Event {
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
    /// Arguments that are no `T`.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.args(self.details.passthru.as_deref())
    }

    /// The keyword arguments as one `T`.
    ///
    /// # Errors
    /// Arguments that are no `T`.
    pub fn kwargs<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.kwargs(self.details.passthru.as_deref())
    }
}
