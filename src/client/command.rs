//! What the handles ask of the task that drives the session.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use crate::proto::{
    CallOptions, CancelMode, Id, Payload, PublishOptions, RegisterOptions, SubscribeOptions, Uri,
};
use crate::session::{Answer, Ticket};

use super::WampError;
use super::handler::Handler;
use super::queue::EventQueue;

/// Where the answer to a request goes. Dropped without one when the session ends.
pub(super) type Waiter = oneshot::Sender<Answer>;

/// What a handle asks for.
pub(super) enum Command {
    Call {
        ticket: Ticket,
        options: CallOptions,
        procedure: Uri,
        payload: Payload,
        waiter: Waiter,
    },
    Cancel {
        ticket: Ticket,
        mode: CancelMode,
    },
    Publish {
        ticket: Ticket,
        options: PublishOptions,
        topic: Uri,
        payload: Payload,
        pace: Pace,
    },
    Subscribe {
        ticket: Ticket,
        options: SubscribeOptions,
        topic: Uri,
        queue: Arc<EventQueue>,
        waiter: Waiter,
    },
    Unsubscribe {
        ticket: Ticket,
        waiter: Option<Waiter>,
    },
    Register {
        ticket: Ticket,
        options: RegisterOptions,
        procedure: Uri,
        handler: Handler,
        revoked: watch::Sender<Option<Uri>>,
        waiter: Waiter,
    },
    Unregister {
        ticket: Ticket,
        waiter: Option<Waiter>,
    },
    /// A handler has finished.
    Answer {
        invocation: Id,
        answer: Result<Payload, WampError>,
    },
    Leave,
}

/// What holds a publisher back.
pub(super) enum Pace {
    /// The router's acknowledgement.
    Acknowledged(Waiter),
    /// Room in what may be queued for the transport; given back when the event is handed over.
    Unacknowledged(OwnedSemaphorePermit),
}
