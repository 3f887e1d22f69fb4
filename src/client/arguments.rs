//! Arguments that follow those a call began with.

use std::sync::Arc;

use serde::Serialize;

use crate::codec;
use crate::ppt::Wrapping;
use crate::proto::{Call, CallOptions, CancelMode, Id, Message, Payload, Role, Uri};
use crate::session::Ticket;

use super::command::Command;
use super::draft::typed;
use super::handle::Shared;
use super::publish::{fits, room_for};
use super::stream::ReplyQueue;
use super::{CallStream, Error};

/// The rest of a call's arguments, part by part (progressive call invocation). To drop it without
/// [`ArgumentSender::finish`] is to give the call up, so that the callee does not take a part for the whole.
///
/// ```no_run
/// # use wampkit::client::Error;
/// # async fn upload(session: &wampkit::Session, chunks: Vec<bytes::Bytes>) -> Result<u64, Error> {
/// let upload = session.call("com.files.put").args(("picture.png",));
/// let (mut rest, reply) = upload.stream_arguments()?;
/// for chunk in chunks {
///     rest.send((wampkit::Value::Bin(chunk),), ()).await?;
/// }
/// rest.finish((), ()).await?;
/// let size: u64 = reply.await?.value()?;
/// # Ok(size)
/// # }
/// ```
///
/// Parts are queued for the transport, which holds the sender back while 256 KiB are waiting.
#[derive(Debug)]
#[must_use = "to drop it is to give the call up"]
pub struct ArgumentSender {
    shared: Arc<Shared>,
    ticket: Ticket,
    procedure: Uri,
    replies: Arc<ReplyQueue>,
    wrapping: Option<Wrapping>,
    finished: bool,
}

impl ArgumentSender {
    pub(super) fn new(call: &CallStream, procedure: Uri, wrapping: Option<Wrapping>) -> Self {
        Self {
            shared: Arc::clone(&call.shared),
            ticket: call.ticket,
            procedure,
            replies: Arc::clone(&call.queue),
            wrapping,
            finished: false,
        }
    }

    /// Sends a part: positional arguments (anything that serializes to a list) and keyword arguments (to a map); `()`
    /// stands for none. More have to follow.
    ///
    /// # Errors
    /// [`Error::Answered`] if there is an answer to the call already, which it is up to the callee to give at any time;
    /// [`Error::Encode`], [`Error::Lost`].
    pub async fn send(
        &mut self,
        args: impl Serialize,
        kwargs: impl Serialize,
    ) -> Result<(), Error> {
        self.part(typed(&args, &kwargs).map_err(Error::Encode)?, true)
            .await
    }

    /// Sends the last part, which may be empty.
    ///
    /// # Errors
    /// As [`ArgumentSender::send`].
    pub async fn finish(
        mut self,
        args: impl Serialize,
        kwargs: impl Serialize,
    ) -> Result<(), Error> {
        self.part(typed(&args, &kwargs).map_err(Error::Encode)?, false)
            .await?;
        self.finished = true;
        Ok(())
    }

    async fn part(&self, payload: Payload, more: bool) -> Result<(), Error> {
        let shared = &self.shared;
        let payload = codec::transcode(&payload, shared.serializer)
            .map_err(|fault| Error::Encode(fault.into()))?;
        // The attributes are those that the call began with.
        let wrapping = self.wrapping.as_ref();
        let payload = shared.wrap(Role::Dealer, payload, wrapping, &mut None)?;
        let options = CallOptions {
            progress: more.then_some(true),
            ..CallOptions::default()
        };
        let (_, payload) = check(shared, options, &self.procedure, payload)?;
        let room = shared.room(room_for(&payload, &self.procedure)).await?;
        if self.replies.is_ended() {
            return Err(Error::Answered);
        }
        shared.command(Command::CallMore {
            ticket: self.ticket,
            more,
            payload,
            room,
        })
    }
}

impl Drop for ArgumentSender {
    fn drop(&mut self) {
        if !self.finished {
            let cancel = Command::Cancel {
                ticket: self.ticket,
                mode: CancelMode::KillNoWait,
            };
            // If the session is over, so is the call.
            let _ = self.shared.command(cancel);
        }
    }
}

/// Makes sure beforehand that a CALL can be sent on which others build.
pub(super) fn check(
    shared: &Shared,
    options: CallOptions,
    procedure: &Uri,
    payload: Payload,
) -> Result<(CallOptions, Payload), Error> {
    let call = Call {
        request: Id::MAX,
        options,
        procedure: procedure.clone(),
        payload,
    };
    match fits(call.into(), shared)? {
        Message::Call(call) => Ok((call.options, call.payload)),
        _ => unreachable!("it was made from one"),
    }
}
