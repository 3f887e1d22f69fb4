//! Requests and their answers; calls and publications, which leave nothing behind once they are answered.

use crate::proto::{
    Call, CallOptions, Cancel, CancelMode, CancelOptions, Error, Id, MatchPolicy, MessageType,
    Payload, Publish, PublishOptions, Published, Uri,
};

use super::machine::{Nonsense, Place};
use super::{Answer, ClientSession, Output, Ticket};

/// A request that the router has yet to answer.
#[derive(Debug)]
pub(super) struct Request {
    /// Who waits for the answer; nobody if the application has lost interest.
    pub(super) ticket: Option<Ticket>,
    /// What was asked for.
    pub(super) kind: Kind,
}

impl Request {
    /// Whether it is a call with partial results.
    pub(super) const fn streams(&self) -> bool {
        matches!(&self.kind, Kind::Call(calling) if calling.streams)
    }
}

/// What was asked for, with what is needed once the answer comes.
#[derive(Debug)]
pub(super) enum Kind {
    Publish,
    Call(Calling),
    Subscribe { policy: MatchPolicy, topic: Uri },
    Unsubscribe,
    Register,
    Unregister,
}

/// A call that is pending.
#[derive(Debug)]
pub(super) struct Calling {
    procedure: Uri,
    /// Whether the caller takes partial results.
    streams: bool,
    /// Whether more arguments follow.
    more: bool,
    /// Whether there was more than one CALL.
    continued: bool,
}

impl Kind {
    /// The type of the request.
    const fn asked(&self) -> MessageType {
        match self {
            Self::Publish => MessageType::Publish,
            Self::Call(_) => MessageType::Call,
            Self::Subscribe { .. } => MessageType::Subscribe,
            Self::Unsubscribe => MessageType::Unsubscribe,
            Self::Register => MessageType::Register,
            Self::Unregister => MessageType::Unregister,
        }
    }
}

impl ClientSession {
    /// Enters a request and gives it its id.
    pub(super) fn request(&mut self, ticket: Option<Ticket>, kind: Kind) -> Id {
        let id = self.ids.next();
        if let Some(ticket) = ticket {
            self.tickets.insert(ticket, Place::Request(id));
        }
        self.requests.insert(id, Request { ticket, kind });
        id
    }

    /// Takes out the request that `answer` answers, which has to be one of this type. `None` if it was given up: then the
    /// answer is late.
    pub(super) fn close(
        &mut self,
        id: Id,
        asked: MessageType,
        answer: MessageType,
    ) -> Result<Option<Request>, Nonsense> {
        if self.ids.last().is_none_or(|last| id > last) {
            let fault = format!("{answer} answers request {id}, which was never made");
            return Err(Nonsense(fault));
        }
        let Some(request) = self.requests.get(&id) else {
            return Ok(None);
        };
        let kind = request.kind.asked();
        if kind != asked {
            let fault = format!("{answer} for {asked} answers request {id}, which is a {kind}");
            return Err(Nonsense(fault));
        }
        let request = self.requests.remove(&id);
        if let Some(ticket) = request.as_ref().and_then(|request| request.ticket) {
            self.tickets.remove(&ticket);
        }
        Ok(request)
    }

    pub(super) fn call(
        &mut self,
        ticket: Ticket,
        options: CallOptions,
        procedure: Uri,
        payload: Payload,
        outputs: &mut Vec<Output>,
    ) {
        let calling = Calling {
            procedure: procedure.clone(),
            streams: options.receive_progress == Some(true),
            more: options.progress == Some(true),
            continued: false,
        };
        let request = self.request(Some(ticket), Kind::Call(calling));
        let call = Call {
            request,
            options,
            procedure,
            payload,
        };
        outputs.push(Output::Send(call.into()));
    }

    /// More arguments of a call. All its options but `progress` are those of its first CALL.
    pub(super) fn call_more(
        &mut self,
        ticket: Ticket,
        more: bool,
        payload: Payload,
        outputs: &mut Vec<Output>,
    ) {
        let Some(&Place::Request(request)) = self.tickets.get(&ticket) else {
            return; // answered meanwhile
        };
        let Some(Request {
            kind: Kind::Call(calling @ Calling { more: true, .. }),
            ..
        }) = self.requests.get_mut(&request)
        else {
            return;
        };
        calling.more = more;
        calling.continued = true;
        let call = Call {
            request,
            options: CallOptions {
                progress: more.then_some(true),
                ..CallOptions::default()
            },
            procedure: calling.procedure.clone(),
            payload,
        };
        outputs.push(Output::Send(call.into()));
    }

    pub(super) fn cancel(&mut self, ticket: Ticket, mode: CancelMode, outputs: &mut Vec<Output>) {
        let Some(&Place::Request(request)) = self.tickets.get(&ticket) else {
            return; // answered meanwhile
        };
        if mode != CancelMode::Kill {
            self.tickets.remove(&ticket);
            self.requests.remove(&request);
        }
        self.send_cancel(request, mode, outputs);
    }

    fn send_cancel(&self, request: Id, mode: CancelMode, outputs: &mut Vec<Output>) {
        if self.cancels {
            let options = CancelOptions {
                mode: Some(mode),
                ..CancelOptions::default()
            };
            outputs.push(Output::Send(Cancel { request, options }.into()));
        }
    }

    pub(super) fn result(
        &mut self,
        result: crate::proto::Result,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        if result.details.progress == Some(true)
            && let Some(Request {
                ticket,
                kind: Kind::Call(_),
            }) = self.requests.get(&result.request)
        {
            outputs.extend(ticket.map(|ticket| Output::Progress { ticket, result }));
            return Ok(());
        }
        let call = self.close(result.request, MessageType::Call, MessageType::Result)?;
        answered(call, Answer::Result(result), outputs);
        Ok(())
    }

    pub(super) fn publish(
        &mut self,
        ticket: Ticket,
        options: PublishOptions,
        topic: Uri,
        payload: Payload,
        outputs: &mut Vec<Output>,
    ) {
        let request = if options.acknowledge == Some(true) {
            self.request(Some(ticket), Kind::Publish)
        } else {
            self.ids.next()
        };
        let publish = Publish {
            request,
            options,
            topic,
            payload,
        };
        outputs.push(Output::Send(publish.into()));
    }

    pub(super) fn published(
        &mut self,
        published: Published,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let kind = MessageType::Published;
        let publish = self.close(published.request, MessageType::Publish, kind)?;
        answered(
            publish,
            Answer::Acknowledged(published.publication),
            outputs,
        );
        Ok(())
    }

    pub(super) fn error(
        &mut self,
        error: Error,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        if error.request_type == MessageType::Invocation {
            let fault = "received ERROR for an INVOCATION, which routers do not send";
            return Err(Nonsense(fault.to_owned()));
        }
        let request = self.close(error.request, error.request_type, MessageType::Error)?;
        self.settle(request, Answer::Error(error), outputs);
        Ok(())
    }

    /// A CALL could not be sent. If it was not the first of its call, the dealer is told not to wait for the rest.
    pub(super) fn call_unsent(&mut self, request: Id, outputs: &mut Vec<Output>) {
        let call = self.requests.get(&request).map(|request| &request.kind);
        if matches!(call, Some(Kind::Call(calling)) if calling.continued) {
            self.send_cancel(request, CancelMode::KillNoWait, outputs);
        }
        self.request_unsent(request, outputs);
    }

    /// A request that could not be sent is answered by that.
    pub(super) fn request_unsent(&mut self, id: Id, outputs: &mut Vec<Output>) {
        let request = self.requests.remove(&id);
        if let Some(ticket) = request.as_ref().and_then(|request| request.ticket) {
            self.tickets.remove(&ticket);
        }
        self.settle(request, Answer::Unsent, outputs);
    }

    /// Ends a request that failed.
    fn settle(&mut self, request: Option<Request>, answer: Answer, outputs: &mut Vec<Output>) {
        let Some(request) = request else {
            return;
        };
        if let Kind::Subscribe { policy, topic } = &request.kind {
            self.drop_deserted(*policy, topic, outputs);
        }
        answered(Some(request), answer, outputs);
    }
}

/// Hands an answer to whoever waits for it.
pub(super) fn answered(request: Option<Request>, answer: Answer, outputs: &mut Vec<Output>) {
    if let Some(ticket) = request.and_then(|request| request.ticket) {
        outputs.push(Output::Answered { ticket, answer });
    }
}
