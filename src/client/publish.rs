//! Publishing.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use bytes::BytesMut;
use serde::Serialize;

use crate::codec::{self, Arguments};
use crate::ppt::Wrapping;
use crate::proto::{Id, Message, Payload, Publish, PublishOptions, Role, Uri};

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
    wrapping: Option<Wrapping>,
}

impl PublishBuilder {
    pub(super) fn new(session: &Session, topic: Uri) -> Self {
        Self {
            shared: Arc::clone(&session.shared),
            topic,
            options: PublishOptions::default(),
            draft: Draft::default(),
            wrapping: None,
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

    /// Wraps the arguments by payload passthru mode. A router that does not announce `payload_passthru_mode` is not sent them:
    /// [`Error::Unsupported`].
    pub fn passthru(mut self, wrapping: Wrapping) -> Self {
        self.wrapping = Some(wrapping);
        self
    }

    /// Asks the broker to keep the event for those who subscribe later.
    pub fn retain(mut self) -> Self {
        self.options.retain = Some(true);
        self
    }

    /// Tells the subscribers who published, as far as the router allows.
    pub fn disclose_me(mut self) -> Self {
        self.options.disclose_me = Some(true);
        self
    }

    /// PUBLISH.Options; call it before the other methods that set options.
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
        let (mut options, topic) = (self.options, self.topic);
        let payload = self.draft.finish(shared.serializer)?;
        let wrapping = self.wrapping.as_ref();
        let payload = shared.wrap(Role::Broker, payload, wrapping, &mut options.passthru)?;
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
        let room = shared
            .room(room_for(&publish.payload, &publish.topic))
            .await?;
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
    match fits(publish.into(), shared)? {
        Message::Publish(publish) => Ok(publish),
        _ => unreachable!("it was made from one"),
    }
}

/// Makes sure that a message can be sent, by encoding it.
pub(super) fn fits(message: Message, shared: &Shared) -> Result<Message, Error> {
    let mut frame = BytesMut::new();
    codec::encode(shared.serializer, &message, &mut frame)
        .map_err(|fault| Error::Encode(fault.into()))?;
    let limit = shared.max_frame;
    if frame.len() > limit {
        return Err(Error::Encode(PayloadError::Unsent { limit }));
    }
    Ok(message)
}

/// What a message takes of the room that there is for those that nobody answers; one that is larger than the room takes all of it.
pub(super) fn room_for(payload: &Payload, uri: &str) -> u32 {
    let weight = payload.bytes().len() + uri.len() + PLAIN_HEADER;
    u32::try_from(weight).map_or(PUBLISH_ROOM, |weight| weight.min(PUBLISH_ROOM))
}

/// More than the header of a PUBLISH takes in any serializer, without the topic, if its options are but four booleans.
const PLAIN_HEADER: usize = 256;

/// What unacknowledged publications, partial results and parts of arguments may weigh together before the transport has them, in bytes: so
/// much that a publisher in a loop is not woken for each event.
pub(super) const PUBLISH_ROOM: u32 = 256 << 10;
