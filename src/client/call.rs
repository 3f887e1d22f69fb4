//! Calling.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::codec::Arguments;
use crate::proto::{CallOptions, CancelMode, Uri};
use crate::session::{Answer, Ticket};

use super::command::Command;
use super::draft::Draft;
use super::handle::Shared;
use super::{Error, Reply, Session};

/// A call that is made when it is awaited.
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
}

impl CallBuilder {
    pub(super) fn new(session: &Session, procedure: Uri) -> Self {
        Self {
            shared: Arc::clone(&session.shared),
            procedure,
            options: CallOptions::default(),
            draft: Draft::default(),
            timeout: None,
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

    /// CALL.Options. `receive_progress` and `progress` are taken out: one reply is all that comes of this.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = CallOptions {
            receive_progress: None,
            progress: None,
            ..options
        };
        self
    }

    /// How long to wait for the answer; without end unless set. The call is then given up as if it were dropped.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    async fn run(self) -> Result<Reply, Error> {
        let payload = self.draft.finish(self.shared.serializer)?;
        let mut pending = Pending {
            ticket: self.shared.ticket(),
            shared: &self.shared,
            answered: false,
        };
        let ticket = pending.ticket;
        let answer = self.shared.request(|waiter| Command::Call {
            ticket,
            options: self.options,
            procedure: self.procedure,
            payload,
            waiter,
        });
        let answer = match self.timeout {
            Some(timeout) => tokio::time::timeout(timeout, answer)
                .await
                .map_err(|_| Error::Timeout(timeout))?,
            None => answer.await,
        };
        pending.answered = true;
        match answer? {
            Answer::Result(result) => Ok(Reply {
                details: result.details,
                payload: result.payload,
            }),
            other => unreachable!("the state machine answers a CALL with {other:?}"),
        }
    }
}

impl IntoFuture for CallBuilder {
    type Output = Result<Reply, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
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
