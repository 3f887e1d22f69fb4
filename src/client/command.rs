//! What the handles ask of the task that drives the session.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use crate::ppt::Wrapping;
use crate::proto::{
    CallOptions, CancelMode, Id, Payload, PublishOptions, RegisterOptions, SubscribeOptions, Uri,
};
use crate::session::{Answer, Ticket};

use super::Event;
use super::WampError;
use super::content::Outgoing;
use super::handler::Handler;
use super::queue::Queue;
use super::stream::ReplyQueue;

/// Where the answer to a request goes. Dropped without one when the session ends.
pub(super) type Waiter = oneshot::Sender<Answer>;

/// What a handle asks for.
pub(super) enum Command {
    Call {
        ticket: Ticket,
        options: CallOptions,
        procedure: Uri,
        payload: Payload,
        sink: CallSink,
    },
    CallMore {
        ticket: Ticket,
        more: bool,
        payload: Payload,
        room: OwnedSemaphorePermit,
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
        queue: Arc<Queue<Event>>,
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
        streams: bool,
        wrapping: Option<Wrapping>,
        revoked: watch::Sender<Option<Uri>>,
        waiter: Waiter,
    },
    Unregister {
        ticket: Ticket,
        waiter: Option<Waiter>,
    },
    /// A handler has a partial result.
    Progress {
        invocation: Id,
        part: Outgoing,
        room: OwnedSemaphorePermit,
    },
    /// A handler has finished.
    Answer {
        invocation: Id,
        answer: Result<Outgoing, WampError>,
    },
    Leave,
}

/// Where replies to a call go.
pub(super) enum CallSink {
    /// The final one, to whoever awaits it.
    One(Waiter),
    /// All of them.
    Stream(Arc<ReplyQueue>),
}

/// What holds a publisher back.
pub(super) enum Pace {
    /// The router's acknowledgement.
    Acknowledged(Waiter),
    /// Room in what may be queued for the transport; given back when the event is handed over.
    Unacknowledged(OwnedSemaphorePermit),
}
