//! The state machine: joining, leaving, and who deals with what in between.

use std::collections::{BTreeMap, BTreeSet};

use crate::proto::{
    Abort, Feature, Goodbye, GoodbyeDetails, Hello, Id, IdSequence, Message, Payload, Role,
    Serializer, Uri, Welcome, uris,
};

use super::registrations::{Owed, Registration};
use super::requests::Request;
use super::subscriptions::Subscription;
use super::{End, Input, Output, Ticket};

/// The state machine of one session, client side.
///
/// Feed it with [`ClientSession::handle`]; ask it nothing else but [`ClientSession::awaits_reply`]. It lives from
/// [`Input::Join`] to [`Output::Ended`] and is then of no further use.
///
/// Towards the router it is strict on what cannot be — an answer to a request never made, a message that only clients
/// send, an answer of the wrong kind: ABORT `wamp.error.protocol_violation` — and lenient on what can come late: answers to
/// requests given up, events and interrupts that crossed with their end.
#[derive(Debug)]
pub struct ClientSession {
    pub(super) phase: Phase,
    pub(super) serializer: Serializer,
    pub(super) ids: IdSequence,
    /// Whether the router takes CANCEL.
    pub(super) cancels: bool,
    /// What waits for an answer of the router, by request id.
    pub(super) requests: BTreeMap<Id, Request>,
    /// Where the application's tickets stand.
    pub(super) tickets: BTreeMap<Ticket, Place>,
    pub(super) subscriptions: BTreeMap<Id, Subscription>,
    pub(super) registrations: BTreeMap<Id, Registration>,
    /// Invocations that are owed an answer, by request id.
    pub(super) invocations: BTreeMap<Id, Owed>,
    /// The last invocations that were answered while more of their arguments were to follow: what of these still comes
    /// is late.
    pub(super) cut_short: BTreeSet<Id>,
    /// Whether a subscription was ever asked for: events that name none that is held may then be late.
    pub(super) has_subscribed: bool,
    /// Whether a registration was ever asked for: invocations that name none that is held may then be late.
    pub(super) has_registered: bool,
}

/// How far the session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing was sent yet.
    New,
    /// HELLO was sent.
    Joining,
    /// WELCOME was received.
    Open,
    /// GOODBYE was sent.
    Leaving,
    /// All is said.
    Over,
}

/// What a ticket stands for at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A request that is pending.
    Request(Id),
    /// A subscriber of this subscription.
    Subscription(Id),
    /// The holder of this registration.
    Registration(Id),
}

/// A message that the router must not have sent, as the sentence in ABORT.
pub(super) struct Nonsense(pub(super) String);

impl ClientSession {
    /// A session that has yet to join, over a transport that speaks `serializer`.
    #[must_use]
    pub fn new(serializer: Serializer) -> Self {
        Self {
            phase: Phase::New,
            serializer,
            ids: IdSequence::default(),
            cancels: false,
            requests: BTreeMap::new(),
            tickets: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            registrations: BTreeMap::new(),
            invocations: BTreeMap::new(),
            cut_short: BTreeSet::new(),
            has_subscribed: false,
            has_registered: false,
        }
    }

    /// Takes one input and appends what follows from it to `outputs`.
    pub fn handle(&mut self, input: Input, outputs: &mut Vec<Output>) {
        match (self.phase, input) {
            (Phase::New, Input::Join(hello)) => self.join(*hello, outputs),
            (Phase::New | Phase::Over, _) => {}
            (_, Input::Abort { reason, message }) => {
                self.abort(reason, message, End::Left, outputs);
            }
            (_, Input::Malformed(fault)) => self.violation(fault, outputs),
            (Phase::Joining, Input::Authenticate(proof)) => {
                outputs.push(Output::Send(proof.into()));
            }
            (phase, Input::Message(message)) => {
                let taken = match phase {
                    Phase::Joining => self.answered_hello(message, outputs),
                    Phase::Leaving => self.said_goodbye(message, outputs),
                    _ => self.received(message, outputs),
                };
                if let Err(Nonsense(fault)) = taken {
                    self.violation(fault, outputs);
                }
            }
            (_, Input::Unsent(message)) => self.unsent(message, outputs),
            (Phase::Open, input) => self.wanted(input, outputs),
            (Phase::Joining | Phase::Leaving, _) => {}
        }
    }

    /// Whether the router owes an answer: to HELLO, GOODBYE, or a pending request. Calls with partial results do not count:
    /// whether anybody waits for the next of these, only the application knows.
    #[must_use]
    pub fn awaits_reply(&self) -> bool {
        match self.phase {
            Phase::Joining | Phase::Leaving => true,
            Phase::Open => !self.requests.values().all(Request::streams),
            Phase::New | Phase::Over => false,
        }
    }

    fn join(&mut self, hello: Hello, outputs: &mut Vec<Output>) {
        self.phase = Phase::Joining;
        outputs.push(Output::Send(hello.into()));
    }

    /// What the application wants of the open session.
    fn wanted(&mut self, input: Input, outputs: &mut Vec<Output>) {
        match input {
            Input::Call {
                ticket,
                options,
                procedure,
                payload,
            } => self.call(ticket, options, procedure, payload, outputs),
            Input::CallMore {
                ticket,
                more,
                payload,
            } => self.call_more(ticket, more, payload, outputs),
            Input::Cancel { ticket, mode } => self.cancel(ticket, mode, outputs),
            Input::Publish {
                ticket,
                options,
                topic,
                payload,
            } => self.publish(ticket, options, topic, payload, outputs),
            Input::Subscribe {
                ticket,
                options,
                topic,
            } => self.subscribe(ticket, options, topic, outputs),
            Input::Unsubscribe { ticket } => self.unsubscribe(ticket, outputs),
            Input::Register {
                ticket,
                options,
                procedure,
            } => self.register(ticket, options, procedure, outputs),
            Input::Unregister { ticket } => self.unregister(ticket, outputs),
            Input::Yield {
                invocation,
                options,
                payload,
            } => self.yielded(invocation, options, payload, outputs),
            Input::Fail {
                invocation,
                error,
                details,
                payload,
            } => self.failed(invocation, error, details, payload, outputs),
            Input::Leave { reason } => {
                self.phase = Phase::Leaving;
                outputs.push(Output::Send(goodbye(reason)));
            }
            // Taken by `handle` in every phase, or out of place in this one.
            Input::Join(_)
            | Input::Authenticate(_)
            | Input::Message(_)
            | Input::Malformed(_)
            | Input::Unsent(_)
            | Input::Abort { .. } => {}
        }
    }

    /// The answer to HELLO or AUTHENTICATE.
    fn answered_hello(
        &mut self,
        message: Message,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        match message {
            Message::Welcome(welcome) => self.welcomed(welcome, outputs),
            Message::Challenge(challenge) => outputs.push(Output::Challenged(challenge)),
            Message::Abort(abort) => self.end(End::Refused(abort), outputs),
            other => return Err(misplaced(&other, "before the session was established")),
        }
        Ok(())
    }

    fn welcomed(&mut self, welcome: Welcome, outputs: &mut Vec<Output>) {
        self.phase = Phase::Open;
        self.cancels = welcome
            .details
            .roles
            .as_ref()
            .is_some_and(|roles| roles.features(Role::Dealer).has(Feature::CallCanceling));
        outputs.push(Output::Joined(Box::new(welcome)));
    }

    /// Whatever comes after GOODBYE was sent: only the end counts (Basic Profile, "Sessions", transition 14).
    fn said_goodbye(
        &mut self,
        message: Message,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        match message {
            Message::Goodbye(_) => self.end(End::Left, outputs),
            Message::Abort(abort) => self.end(End::Aborted(abort), outputs),
            _ => {}
        }
        Ok(())
    }

    /// A message on the open session.
    fn received(&mut self, message: Message, outputs: &mut Vec<Output>) -> Result<(), Nonsense> {
        match message {
            Message::Event(event) => self.event(event, outputs),
            Message::Result(result) => self.result(result, outputs),
            Message::Invocation(invocation) => self.invoked(invocation, outputs),
            Message::Interrupt(interrupt) => {
                self.interrupted(interrupt.request, outputs);
                Ok(())
            }
            Message::Published(published) => self.published(published, outputs),
            Message::Subscribed(subscribed) => self.subscribed(subscribed, outputs),
            Message::Unsubscribed(unsubscribed) => self.unsubscribed(unsubscribed, outputs),
            Message::Registered(registered) => self.registered(registered, outputs),
            Message::Unregistered(unregistered) => self.unregistered(unregistered, outputs),
            Message::Error(error) => self.error(error, outputs),
            Message::Goodbye(said) => {
                outputs.push(Output::Send(goodbye(uris::GOODBYE_AND_OUT)));
                self.end(End::Goodbye(said), outputs);
                Ok(())
            }
            Message::Abort(abort) => {
                self.end(End::Aborted(abort), outputs);
                Ok(())
            }
            Message::Welcome(_) | Message::Challenge(_) => {
                Err(misplaced(&message, "after the session was established"))
            }
            Message::Hello(_)
            | Message::Authenticate(_)
            | Message::Publish(_)
            | Message::Subscribe(_)
            | Message::Unsubscribe(_)
            | Message::EventReceived(_)
            | Message::Call(_)
            | Message::Cancel(_)
            | Message::Register(_)
            | Message::Unregister(_)
            | Message::Yield(_) => Err(misplaced(&message, "which routers do not send")),
        }
    }

    /// A message could not be sent. For a request that is its answer; in place of an answer to an invocation there is a
    /// shorter one. The rest is short and carries no payload, so that a transport which refuses it is of no use.
    fn unsent(&mut self, message: Message, outputs: &mut Vec<Output>) {
        match message {
            Message::Call(call) => self.call_unsent(call.request, outputs),
            Message::Publish(publish) => self.request_unsent(publish.request, outputs),
            Message::Subscribe(subscribe) => self.request_unsent(subscribe.request, outputs),
            Message::Register(register) => self.request_unsent(register.request, outputs),
            Message::Yield(answer) => {
                if answer.options.progress == Some(true) {
                    self.interrupted(answer.request, outputs);
                }
                self.answer_too_long(answer.request, outputs);
            }
            Message::Error(answer) if answer.error != uris::PAYLOAD_SIZE_EXCEEDED => {
                self.answer_too_long(answer.request, outputs);
            }
            other => {
                let fault = format!("{} cannot be sent to the router", other.kind());
                self.violation(fault, outputs);
            }
        }
    }

    fn violation(&mut self, fault: String, outputs: &mut Vec<Output>) {
        let end = End::Violation(fault.clone());
        self.abort(uris::PROTOCOL_VIOLATION, fault, end, outputs);
    }

    fn abort(&mut self, reason: Uri, message: String, end: End, outputs: &mut Vec<Output>) {
        let details = GoodbyeDetails {
            message: Some(message.into()),
            ..GoodbyeDetails::default()
        };
        let payload = Payload::empty(self.serializer);
        outputs.push(Output::Send(
            Abort {
                details,
                reason,
                payload,
            }
            .into(),
        ));
        self.end(end, outputs);
    }

    fn end(&mut self, end: End, outputs: &mut Vec<Output>) {
        *self = Self::new(self.serializer);
        self.phase = Phase::Over;
        outputs.push(Output::Ended(end));
    }
}

fn goodbye(reason: Uri) -> Message {
    let details = GoodbyeDetails::default();
    Goodbye { details, reason }.into()
}

fn misplaced(message: &Message, where_: &str) -> Nonsense {
    Nonsense(format!("received {}, {where_}", message.kind()))
}
