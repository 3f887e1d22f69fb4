//! Invocations: from the router to their handlers, and the answers back.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::ppt::{Keyring, PptError, Wrapping};
use crate::proto::{self, ErrorDetails, Id, InvocationDetails, Payload, Uri, YieldOptions, uris};
use crate::session::{Input, Ticket};

use super::Driver;
use crate::client::command::Command;
use crate::client::content::{Content, Outgoing, Seal};
use crate::client::handler::{Handler, Part};
use crate::client::queue::Queue;
use crate::client::{Invocation, WampError};

/// What is registered, and who handles it.
pub(super) struct Registered {
    pub(super) procedure: Uri,
    pub(super) handler: Handler,
    /// Whether the handler takes arguments in parts.
    pub(super) streams: bool,
    /// How answers are wrapped, whatever they answer.
    pub(super) wrapping: Option<Wrapping>,
    pub(super) revoked: watch::Sender<Option<Uri>>,
}

/// An invocation that is being handled.
pub(super) struct Handled {
    /// Closed, it tells the handler that the call is given up.
    pub(super) _canceled: watch::Sender<()>,
    /// Where further arguments go, if they may come.
    pub(super) more: Option<Arc<Queue<Part>>>,
}

impl Drop for Handled {
    fn drop(&mut self) {
        if let Some(more) = &self.more {
            more.end(None);
        }
    }
}

impl Driver {
    /// Hands an invocation to its handler.
    pub(super) fn invoke(&mut self, ticket: Ticket, invocation: proto::Invocation) {
        let request = invocation.request;
        let (Some(registered), Some(shared)) = (
            self.registrations.get(&ticket),
            self.wiring.shared.upgrade(),
        ) else {
            // The last handle has just gone, and everything registered with it.
            let answer = Err(WampError::new(uris::UNAVAILABLE));
            self.answer(request, answer);
            return;
        };
        let in_parts = invocation.details.progress == Some(true);
        if in_parts && !registered.streams {
            let message = "the procedure takes its arguments all at once";
            let answer = Err(WampError::new(uris::FEATURE_NOT_SUPPORTED).with(message));
            self.answer(request, answer);
            return;
        }
        let seal = match seal(registered, &invocation.details, &self.wiring.keys) {
            Ok(seal) => seal,
            Err(fault) => {
                let answer = WampError::new(uris::FEATURE_NOT_SUPPORTED).with(fault.to_string());
                self.answer(request, Err(answer));
                return;
            }
        };
        let more = in_parts.then(|| Arc::new(Queue::new(Arc::clone(&self.wiring.pressure))));
        let (cancel, canceled) = watch::channel(());
        let handled = Handled {
            _canceled: cancel,
            more: more.clone(),
        };
        self.invocations.insert(request, handled);
        let InvocationDetails {
            procedure, timeout, ..
        } = &invocation.details;
        let timeout = timeout.filter(|timeout| *timeout > 0);
        let handling = (registered.handler)(Invocation {
            procedure: procedure
                .clone()
                .unwrap_or_else(|| registered.procedure.clone()),
            details: invocation.details,
            request,
            content: Content::new(invocation.payload, &self.wiring.keys),
            seal,
            shared: Arc::clone(&shared),
            more,
            canceled,
        });
        tokio::spawn(async move {
            let answer = |answer| {
                let invocation = request;
                // If the session is over, nobody waits for it.
                let _ = shared.command(Command::Answer { invocation, answer });
            };
            let mut handling = pin!(handling);
            if let Some(timeout) = timeout {
                let timeout = Duration::from_millis(timeout);
                match tokio::time::timeout(timeout, &mut handling).await {
                    Ok(done) => return answer(done),
                    // The handler is told by that, and may go on to its end.
                    Err(_) => answer(Err(WampError::new(uris::TIMEOUT))),
                }
            }
            answer(handling.await);
        });
    }

    /// Further arguments for a handler.
    pub(super) fn invoke_more(&mut self, invocation: proto::Invocation) {
        let request = invocation.request;
        let handled = self.invocations.get(&request);
        // One that was given up may still be answered, and until then its arguments come in.
        let Some(more) = handled.and_then(|handled| handled.more.as_ref()) else {
            return;
        };
        let part = Part {
            payload: invocation.payload,
            more: invocation.details.progress == Some(true),
        };
        if !part.more {
            more.push_last(part);
        } else if !more.push(part) {
            let message = "the callee does not keep up with the arguments";
            let answer = Err(WampError::new(uris::UNAVAILABLE).with(message));
            self.answer(request, answer);
        }
    }

    /// Answers an invocation.
    pub(super) fn answer(&mut self, invocation: Id, answer: Result<Outgoing, WampError>) {
        self.invocations.remove(&invocation);
        let serializer = self.connection.serializer();
        let input = match answer {
            Ok(result) => Input::Yield {
                invocation,
                options: YieldOptions {
                    passthru: result.passthru,
                    ..YieldOptions::default()
                },
                payload: result.payload,
            },
            Err(error) => match error.arguments.to_payload(serializer) {
                Ok(payload) => Input::Fail {
                    invocation,
                    error: error.error,
                    details: *error.details,
                    payload,
                },
                // The URI matters most; the first argument says what became of the others.
                Err(fault) => Input::Fail {
                    invocation,
                    error: error.error,
                    details: ErrorDetails {
                        message: Some(format!("the arguments cannot be sent: {fault}").into()),
                        ..*error.details
                    },
                    payload: Payload::empty(serializer),
                },
            },
        };
        self.connection.handle(input);
    }
}

/// How the answer to an invocation is wrapped: as the registration wants it, else as the invocation is.
fn seal(
    registered: &Registered,
    details: &InvocationDetails,
    keys: &Keyring,
) -> Result<Option<Seal>, PptError> {
    let wrapping = match (&registered.wrapping, details.passthru.as_deref()) {
        (Some(wrapping), _) => Some(wrapping.clone()),
        (None, Some(attributes)) => Wrapping::of(attributes)?,
        (None, None) => None,
    };
    Ok(wrapping.map(|wrapping| Seal {
        wrapping,
        keys: keys.clone(),
    }))
}
