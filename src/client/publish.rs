//! Publishing.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use bytes::BytesMut;
use serde::Serialize;

use crate::codec::{self, Arguments};
use crate::proto::{Id, Payload, Publish, PublishOptions, Uri};

use super::command::{Command, Pace};
use super::draft::Draft;
use super::handle::Shared;
use super::{Error, PayloadError, Session};

/// An event that is published when this is awaited.
///
/// Resolves to the id of the publication if it is acknowledged. Otherwise it resolves to `None` as soon as the event is
/// queued for the transport, which holds publishers back while 256 KiB are waiting; whether the router took it is
/// not known then.
#[derive(Debug)]
#[must_use = "nothing is published until it is awaited"]
pub struct PublishBuilder {
    shared: Arc<Shared>,
    topic: Uri,
    options: PublishOptions,
    draft: Draft,
}

impl PublishBuilder {
    pub(super) fn new(session: &Session, topic: Uri) -> Self {
        Self {
            shared: Arc::clone(&session.shared),
            topic,
            options: PublishOptions::default(),
            draft: Draft::default(),
        }
    }

    /// The positional arguments: anything that serializes to a list (a tuple, an array, a `Vec`).
    pub fn args(mut self, args: impl Serialize) -> Self {
        self.draft.args(&args);
        self
    }

    /// The keyword arguments: anything that serializes to a map (a struct, a map, a [`Dict`](crate::proto::Dict)).
    pub fn kwargs(mut self, kwargs: impl Serialize) -> Self {
        self.draft.kwargs(&kwargs);
        self
    }

    /// All arguments as they are.
    pub fn arguments(mut self, arguments: Arguments) -> Self {
        self.draft.arguments(&arguments, self.shared.serializer);
        self
    }

    /// PUBLISH.Options; call it before [`PublishBuilder::acknowledge`].
    pub fn options(mut self, options: PublishOptions) -> Self {
        self.options = options;
        self
    }

    /// Asks the router for an acknowledgement, and waits for it.
    pub fn acknowledge(mut self) -> Self {
        self.options.acknowledge = Some(true);
        self
    }

    async fn run(self) -> Result<Option<Id>, Error> {
        let shared = self.shared;
        let payload = self.draft.finish(shared.serializer)?;
        let (options, topic) = (self.options, self.topic);
        let ticket = shared.ticket();
        if options.acknowledge == Some(true) {
            let publication = shared.request_id(|waiter| Command::Publish {
                ticket,
                options,
                topic,
                payload,
                pace: Pace::Acknowledged(waiter),
            });
            return Ok(Some(publication.await?));
        }
        let publish = Publish {
            request: Id::MAX,
            options,
            topic,
            payload,
        };
        let publish = check(publish, &shared)?;
        let room = room_for(&publish.payload, &publish.topic);
        let room = Arc::clone(&shared.room)
            .acquire_many_owned(room)
            .await
            .map_err(|_| Error::Lost(shared.closed()))?;
        shared.command(Command::Publish {
            ticket,
            options: publish.options,
            topic: publish.topic,
            payload: publish.payload,
            pace: Pace::Unacknowledged(room),
        })?;
        Ok(None)
    }
}

impl IntoFuture for PublishBuilder {
    type Output = Result<Option<Id>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Makes sure beforehand that an event can be sent about which nothing will be heard afterwards. Few events are such that
/// it takes an encoding to tell.
fn check(publish: Publish, shared: &Shared) -> Result<Publish, Error> {
    let options = &publish.options;
    let plain = options.recipients.is_none()
        && options.passthru.is_none()
        && options.rkey.is_none()
        && options.extra.is_empty();
    // JSON may write a character of the topic in six bytes.
    let length = publish.payload.bytes().len() + 6 * publish.topic.len();
    if plain && length.saturating_add(PLAIN_HEADER) <= shared.max_frame {
        return Ok(publish);
    }
    let message = publish.into();
    let mut frame = BytesMut::new();
    codec::encode(shared.serializer, &message, &mut frame)
        .map_err(|fault| Error::Encode(fault.into()))?;
    let limit = shared.max_frame;
    if frame.len() > limit {
        return Err(Error::Encode(PayloadError::Unsent { limit }));
    }
    let crate::proto::Message::Publish(publish) = message else {
        unreachable!("it was made from one");
    };
    Ok(publish)
}

/// What an event takes of the room that publishers have; one that is larger than the room takes all of it.
fn room_for(payload: &Payload, topic: &Uri) -> u32 {
    let weight = payload.bytes().len() + topic.len() + PLAIN_HEADER;
    u32::try_from(weight).map_or(PUBLISH_ROOM, |weight| weight.min(PUBLISH_ROOM))
}

/// More than the header of a PUBLISH takes in any serializer, without the topic, if its options are but four booleans.
const PLAIN_HEADER: usize = 256;

/// What unacknowledged publications may weigh together before the transport has them, in bytes: so
/// much that a publisher in a loop is not woken for each event.
pub(super) const PUBLISH_ROOM: u32 = 256 << 10;
