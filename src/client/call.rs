//! Calling.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::codec::Arguments;
use crate::ppt::Wrapping;
use crate::proto::{CallOptions, CancelMode, Feature, Payload, Role, Uri, uris};
use crate::session::{Answer, Ticket};

use super::command::{CallSink, Command};
use super::draft::Draft;
use super::handle::Shared;
use super::{ArgumentSender, CallStream, Error, Reply, Session};

/// A call that is made when it is awaited, or by one of [`CallBuilder::start`], [`CallBuilder::progress`] and
/// [`CallBuilder::stream_arguments`].
///
/// To drop the future is to give the call up: the router is sent CANCEL `killnowait` if it announced `call_canceling`,
/// and the answer is passed over in any case.
#[derive(Debug)]
#[must_use = "nothing is called until it is awaited"]
pub struct CallBuilder {
    shared: Arc<Shared>,
    procedure: Uri,
    options: CallOptions,
    draft: Draft,
    timeout: Option<Duration>,
    wrapping: Option<Wrapping>,
}

impl CallBuilder {
    pub(super) fn new(session: &Session, procedure: Uri) -> Self {
        Self {
            shared: Arc::clone(&session.shared),
            procedure,
            options: CallOptions::default(),
            draft: Draft::default(),
            timeout: None,
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

    /// CALL.Options; call it before the other methods that set options. `progress` is taken out, and `receive_progress`
    /// too except by [`CallBuilder::stream_arguments`]: it is the way the call is made that says these.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// Tells the callee who calls, as far as the router allows.
    pub fn disclose_me(mut self) -> Self {
        self.options.disclose_me = Some(true);
        self
    }

    /// Wraps the arguments by payload passthru mode. A router that does not announce `payload_passthru_mode` is not sent them:
    /// [`Error::Unsupported`].
    pub fn passthru(mut self, wrapping: Wrapping) -> Self {
        self.wrapping = Some(wrapping);
        self
    }

    /// How long to wait for the final answer; without end unless set. The call is then given up as if it were dropped, with
    /// [`Error::Timeout`]. A router that announces `call_timeout` is told too, and so is the callee where it asks for
    /// that; `timeout` of [`CallBuilder::options`] is what they are told instead.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Makes the call now, so that it can be canceled while its answer is awaited.
    ///
    /// # Errors
    /// [`Error::Encode`], [`Error::Lost`].
    pub fn start(mut self) -> Result<CallStream, Error> {
        self.options.receive_progress = None;
        self.options.progress = None;
        let (options, payload) = self.finish()?;
        CallStream::start(self.shared, options, self.procedure, payload, self.timeout)
    }

    /// Makes the call now and asks for partial results (progressive call results). A callee that knows nothing of them sends
    /// the final one only.
    ///
    /// # Errors
    /// [`Error::Encode`], [`Error::Lost`].
    pub fn progress(mut self) -> Result<CallStream, Error> {
        self.options.receive_progress = Some(true);
        self.options.progress = None;
        let (options, payload) = self.finish()?;
        CallStream::start(self.shared, options, self.procedure, payload, self.timeout)
    }

    /// Makes the call now with the first part of its arguments, and lets the others follow (progressive call invocation). For
    /// partial results at the same time, set `receive_progress` in [`CallBuilder::options`].
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the router does not announce `progressive_call_invocations`, [`Error::Encode`],
    /// [`Error::Lost`].
    pub fn stream_arguments(mut self) -> Result<(ArgumentSender, CallStream), Error> {
        let feature = Feature::ProgressiveCallInvocations;
        self.shared.require(Role::Dealer, feature)?;
        self.options.progress = Some(true);
        let (options, payload) = self.finish()?;
        let (options, payload) =
            super::arguments::check(&self.shared, options, &self.procedure, payload)?;
        let procedure = self.procedure.clone();
        let call = CallStream::start(self.shared, options, self.procedure, payload, self.timeout)?;
        let sender = ArgumentSender::new(&call, procedure, self.wrapping);
        Ok((sender, call))
    }

    async fn run(mut self) -> Result<Reply, Error> {
        self.options.receive_progress = None;
        self.options.progress = None;
        let (options, payload) = self.finish()?;
        let mut pending = Pending {
            ticket: self.shared.ticket(),
            shared: &self.shared,
            answered: false,
        };
        let ticket = pending.ticket;
        let answer = self.shared.request(|waiter| Command::Call {
            ticket,
            options,
            procedure: self.procedure,
            payload,
            sink: CallSink::One(waiter),
        });
        let answer = match self.timeout {
            Some(timeout) => tokio::time::timeout(timeout, answer)
                .await
                .map_err(|_| Error::Timeout(timeout))?,
            None => answer.await,
        };
        pending.answered = true;
        match answer.map_err(|error| timed_out(error, self.timeout))? {
            Answer::Result(result) => Ok(Reply::received(result, &self.shared.keys)),
            other => unreachable!("the state machine answers a CALL with {other:?}"),
        }
    }

    /// The options and the payload of CALL.
    fn finish(&mut self) -> Result<(CallOptions, Payload), Error> {
        let draft = std::mem::take(&mut self.draft);
        let payload = draft.finish(self.shared.serializer)?;
        let mut options = with_timeout(
            std::mem::take(&mut self.options),
            self.timeout,
            &self.shared,
        );
        let wrapping = self.wrapping.as_ref();
        let payload = self
            .shared
            .wrap(Role::Dealer, payload, wrapping, &mut options.passthru)?;
        Ok((options, payload))
    }
}

impl IntoFuture for CallBuilder {
    type Output = Result<Reply, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The options, with the timeout if the router knows what to do with it and is not told another one.
fn with_timeout(options: CallOptions, timeout: Option<Duration>, shared: &Shared) -> CallOptions {
    let Some(timeout) = timeout else {
        return options;
    };
    if options.timeout.is_some() || !shared.announces(Role::Dealer, Feature::CallTimeout) {
        return options;
    }
    // 0 would be never.
    let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
    CallOptions {
        timeout: Some(milliseconds.clamp(1, LONGEST_TIMEOUT)),
        ..options
    }
}

/// The largest integer that every serializer has, 2^53; longer than any call.
const LONGEST_TIMEOUT: u64 = 1 << 53;

/// What the router says when it was the first to find that the time is over, in the words of this side.
pub(super) fn timed_out(error: Error, timeout: Option<Duration>) -> Error {
    match (error, timeout) {
        (Error::Wamp(error), Some(timeout)) if error.error == uris::TIMEOUT => {
            Error::Timeout(timeout)
        }
        (error, _) => error,
    }
}

/// Cancels a call that is dropped before it was answered.
struct Pending<'a> {
    shared: &'a Shared,
    ticket: Ticket,
    answered: bool,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if !self.answered {
            let cancel = Command::Cancel {
                ticket: self.ticket,
                mode: CancelMode::KillNoWait,
            };
            // If the session is over, so is the call.
            let _ = self.shared.command(cancel);
        }
    }
}
