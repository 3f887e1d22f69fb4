//! Registrations and the invocations that come of them.

use crate::proto::{
    Error, ErrorDetails, Id, Invocation, MessageType, Payload, Register, RegisterOptions,
    Registered, Unregister, Unregistered, Uri, Yield, YieldOptions, uris,
};

use super::machine::{Nonsense, Place};
use super::requests::{Kind, answered};
use super::{Answer, ClientSession, Output, Ticket};

/// A registration that the dealer knows of.
#[derive(Debug)]
pub(super) struct Registration {
    ticket: Ticket,
}

/// An invocation that is owed an answer.
#[derive(Debug)]
pub(super) struct Owed {
    /// Whether more of its arguments follow.
    more: bool,
}

impl ClientSession {
    pub(super) fn register(
        &mut self,
        ticket: Ticket,
        options: RegisterOptions,
        procedure: Uri,
        outputs: &mut Vec<Output>,
    ) {
        self.has_registered = true;
        let register = Register {
            request: self.request(Some(ticket), Kind::Register),
            options,
            procedure,
        };
        outputs.push(Output::Send(register.into()));
    }

    pub(super) fn registered(
        &mut self,
        registered: Registered,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let kind = MessageType::Registered;
        let Some(request) = self.close(registered.request, MessageType::Register, kind)? else {
            return Ok(());
        };
        let id = registered.registration;
        if self.registrations.contains_key(&id) {
            let fault = format!("REGISTERED names registration {id}, which is taken");
            return Err(Nonsense(fault));
        }
        if let Some(ticket) = request.ticket {
            self.registrations.insert(id, Registration { ticket });
            self.tickets.insert(ticket, Place::Registration(id));
            let answer = Answer::Acknowledged(id);
            outputs.push(Output::Answered { ticket, answer });
        } else {
            self.end_registration(id, None, outputs);
        }
        Ok(())
    }

    pub(super) fn unregister(&mut self, ticket: Ticket, outputs: &mut Vec<Output>) {
        match self.tickets.remove(&ticket) {
            Some(Place::Request(id)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    request.ticket = None;
                }
            }
            Some(Place::Registration(id)) => {
                self.registrations.remove(&id);
                self.end_registration(id, Some(ticket), outputs);
            }
            // The router has ended it already.
            Some(Place::Subscription(_)) | None => {
                let answer = Answer::Done;
                outputs.push(Output::Answered { ticket, answer });
            }
        }
    }

    fn end_registration(&mut self, id: Id, ticket: Option<Ticket>, outputs: &mut Vec<Output>) {
        let unregister = Unregister {
            request: self.request(ticket, Kind::Unregister),
            registration: id,
        };
        outputs.push(Output::Send(unregister.into()));
    }

    /// UNREGISTER was answered, or the dealer ended a registration of its own accord.
    pub(super) fn unregistered(
        &mut self,
        unregistered: Unregistered,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let kind = MessageType::Unregistered;
        if let Some(id) = unregistered.request {
            let request = self.close(id, MessageType::Unregister, kind)?;
            answered(request, Answer::Done, outputs);
            return Ok(());
        }
        let Some(id) = unregistered.details.registration else {
            let fault = "received UNREGISTERED for request 0 that names no registration";
            return Err(Nonsense(fault.to_owned()));
        };
        if let Some(Registration { ticket }) = self.registrations.remove(&id) {
            self.tickets.remove(&ticket);
            let reason = unregistered.details.reason;
            outputs.push(Output::Revoked { ticket, reason });
        }
        Ok(())
    }

    pub(super) fn invoked(
        &mut self,
        invocation: Invocation,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let (request, registration) = (invocation.request, invocation.registration);
        let more = invocation.details.progress == Some(true);
        if let Some(owed) = self.invocations.get_mut(&request) {
            if !owed.more {
                let fault =
                    format!("INVOCATION repeats request {request}, which is not answered yet");
                return Err(Nonsense(fault));
            }
            owed.more = more;
            outputs.push(Output::InvokeMore { invocation });
            return Ok(());
        }
        if self.cut_short.contains(&request) {
            // It crossed with the answer; there is nothing to say about it (Advanced Profile, "Progressive Call
            // Invocations").
            if !more {
                self.cut_short.remove(&request);
            }
            return Ok(());
        }
        if let Some(&Registration { ticket }) = self.registrations.get(&registration) {
            self.invocations.insert(request, Owed { more });
            outputs.push(Output::Invoke { ticket, invocation });
        } else if self.has_registered {
            // It crossed with UNREGISTER. The caller must not be left waiting.
            if more {
                self.cut_short(request);
            }
            self.send_error(request, uris::UNAVAILABLE, outputs);
        } else {
            let fault =
                format!("INVOCATION names registration {registration}, and there never was one");
            return Err(Nonsense(fault));
        }
        Ok(())
    }

    /// Takes out an invocation that is being answered; `false` if it was already.
    fn settled(&mut self, invocation: Id) -> bool {
        let owed = self.invocations.remove(&invocation);
        if matches!(owed, Some(Owed { more: true })) {
            self.cut_short(invocation);
        }
        owed.is_some()
    }

    /// Notes an invocation that is answered though more of its arguments may be on their way.
    fn cut_short(&mut self, invocation: Id) {
        self.cut_short.insert(invocation);
        if self.cut_short.len() > CUT_SHORT {
            // Most routers count upwards: the smallest is the oldest.
            self.cut_short.pop_first();
        }
    }

    /// The caller gave up. An invocation that is not pending was answered meanwhile.
    pub(super) fn interrupted(&mut self, invocation: Id, outputs: &mut Vec<Output>) {
        if self.invocations.contains_key(&invocation) {
            outputs.push(Output::Interrupt { invocation });
        }
    }

    pub(super) fn yielded(
        &mut self,
        invocation: Id,
        options: YieldOptions,
        payload: Payload,
        outputs: &mut Vec<Output>,
    ) {
        let owed = if options.progress == Some(true) {
            self.invocations.contains_key(&invocation)
        } else {
            self.settled(invocation)
        };
        if owed {
            let answer = Yield {
                request: invocation,
                options,
                payload,
            };
            outputs.push(Output::Send(answer.into()));
        }
    }

    pub(super) fn failed(
        &mut self,
        invocation: Id,
        error: Uri,
        details: ErrorDetails,
        payload: Payload,
        outputs: &mut Vec<Output>,
    ) {
        if self.settled(invocation) {
            let answer = Error {
                request_type: MessageType::Invocation,
                request: invocation,
                details,
                error,
                payload,
            };
            outputs.push(Output::Send(answer.into()));
        }
    }

    /// An answer was longer than the router takes: the caller is told that instead.
    pub(super) fn answer_too_long(&mut self, invocation: Id, outputs: &mut Vec<Output>) {
        self.settled(invocation);
        self.send_error(invocation, uris::PAYLOAD_SIZE_EXCEEDED, outputs);
    }

    fn send_error(&self, invocation: Id, error: Uri, outputs: &mut Vec<Output>) {
        let answer = Error {
            request_type: MessageType::Invocation,
            request: invocation,
            details: ErrorDetails::default(),
            error,
            payload: Payload::empty(self.serializer),
        };
        outputs.push(Output::Send(answer.into()));
    }
}

/// How many invocations are remembered that were answered before their last arguments had come. The router sends no more of
/// an invocation once it has the answer, so that what is forgotten is long past.
const CUT_SHORT: usize = 1024;
