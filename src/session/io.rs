//! What goes into a session's state machine and what comes out.

use smallvec::SmallVec;

use crate::proto::{
    Abort, Authenticate, CallOptions, CancelMode, Challenge, Error, ErrorDetails, Event, Goodbye,
    Hello, Id, Invocation, Message, Payload, PublishOptions, RegisterOptions, Result,
    SubscribeOptions, Uri, Welcome, YieldOptions,
};

/// The application's own name for a request, and for the subscriber or the registration that comes of it. Whoever feeds
/// the state machine picks a new one for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What can happen to a session.
///
/// Requests and answers of the application count only between [`Output::Joined`] and the end, and are passed over
/// otherwise: [`Output::Ended`] is the answer to all that is then pending.
#[derive(Debug)]
pub enum Input {
    /// The application joins. Must come first.
    Join(Box<Hello>),
    /// The application answers [`Output::Challenged`].
    Authenticate(Authenticate),
    /// The router sent a message.
    Message(Message),
    /// The router sent something that is no message; this is what is wrong with it.
    Malformed(String),
    /// A message of [`Output::Send`] cannot be sent: no form in the serializer, or longer than the router takes.
    Unsent(Message),
    /// The application calls.
    Call {
        /// Names the call.
        ticket: Ticket,
        /// CALL.Options.
        options: CallOptions,
        /// The procedure.
        procedure: Uri,
        /// The arguments.
        payload: Payload,
    },
    /// The application sends more arguments of a call that it made with `progress` (progressive call invocation). Passed
    /// over if the call is answered, or if its last arguments were sent.
    CallMore {
        /// The call.
        ticket: Ticket,
        /// Whether still more will follow.
        more: bool,
        /// The arguments.
        payload: Payload,
    },
    /// The application gives a call up. With [`CancelMode::Kill`] its answer is still handed out, otherwise it is
    /// forgotten. A router that does not announce `call_canceling` is not told.
    Cancel {
        /// The call.
        ticket: Ticket,
        /// What becomes of the callee's work.
        mode: CancelMode,
    },
    /// The application publishes. Answered only if `acknowledge` is set in the options.
    Publish {
        /// Names the publication.
        ticket: Ticket,
        /// PUBLISH.Options.
        options: PublishOptions,
        /// The topic.
        topic: Uri,
        /// The event.
        payload: Payload,
    },
    /// The application subscribes.
    Subscribe {
        /// Names the subscriber.
        ticket: Ticket,
        /// SUBSCRIBE.Options.
        options: SubscribeOptions,
        /// The topic or pattern.
        topic: Uri,
    },
    /// A subscriber goes; answered at once if there is nothing to ask of the router. Or the application no longer wants
    /// one whose SUBSCRIBE is pending: neither is answered then.
    Unsubscribe {
        /// The subscriber.
        ticket: Ticket,
    },
    /// The application registers.
    Register {
        /// Names the registration.
        ticket: Ticket,
        /// REGISTER.Options.
        options: RegisterOptions,
        /// The procedure or pattern.
        procedure: Uri,
    },
    /// A registration goes; answered at once if there is nothing to ask of the router. Or the application no longer wants
    /// one whose REGISTER is pending: neither is answered then.
    Unregister {
        /// The registration.
        ticket: Ticket,
    },
    /// The application answers an invocation. Only the first answer without `progress` counts.
    Yield {
        /// The invocation's request id.
        invocation: Id,
        /// YIELD.Options.
        options: YieldOptions,
        /// The result.
        payload: Payload,
    },
    /// The application fails an invocation. Only the first answer counts.
    Fail {
        /// The invocation's request id.
        invocation: Id,
        /// What went wrong.
        error: Uri,
        /// Details.
        details: ErrorDetails,
        /// More on what went wrong.
        payload: Payload,
    },
    /// The application leaves the realm: GOODBYE is sent, and its answer awaited.
    Leave {
        /// Why.
        reason: Uri,
    },
    /// The application ends the session without waiting for an answer.
    Abort {
        /// Why.
        reason: Uri,
        /// A sentence for people.
        message: String,
    },
}

/// What a session wants done, in this order.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// The message goes to the router.
    Send(Message),
    /// The router asks for proof before it lets the session join; answered with [`Input::Authenticate`] or
    /// [`Input::Abort`].
    Challenged(Challenge),
    /// The session is open.
    Joined(Box<Welcome>),
    /// A request is done. The ticket of a failed SUBSCRIBE or REGISTER names nothing from here on.
    Answered {
        /// The request.
        ticket: Ticket,
        /// The answer.
        answer: Answer,
    },
    /// A result of a call of which more follow.
    Progress {
        /// The call.
        ticket: Ticket,
        /// The result.
        result: Result,
    },
    /// An event for each of the subscribers.
    Event {
        /// Who gets it; at least one.
        subscribers: SmallVec<[Ticket; 1]>,
        /// The event.
        event: Event,
    },
    /// The router ended a subscription or registration.
    Revoked {
        /// The subscriber or registration, which is gone.
        ticket: Ticket,
        /// Why, where the router said so.
        reason: Option<Uri>,
    },
    /// A call to answer.
    Invoke {
        /// The registration.
        ticket: Ticket,
        /// The call.
        invocation: Invocation,
    },
    /// More arguments of an invocation that came with `progress`; whether still more follow is told by the same.
    InvokeMore {
        /// The invocation: its request id is that of the first, its details count no more.
        invocation: Invocation,
    },
    /// An invocation is to be given up: its caller wants no more of it, or has got an error in place of a partial answer that
    /// could not be sent. It may still be owed an answer, though nobody may be waiting for it.
    Interrupt {
        /// The invocation's request id.
        invocation: Id,
    },
    /// The session is over: what was sent is to be flushed, and the transport closed. Nothing comes after it.
    Ended(End),
}

/// What came of a request.
#[derive(Debug, PartialEq)]
pub enum Answer {
    /// CALL: the final result.
    Result(Result),
    /// PUBLISH, SUBSCRIBE, REGISTER: the id of the publication, subscription or registration.
    Acknowledged(Id),
    /// UNSUBSCRIBE, UNREGISTER: done.
    Done,
    /// Any of them: it failed.
    Error(Error),
    /// Any of them but an unacknowledged PUBLISH: it could not be sent.
    Unsent,
}

/// How a session ended.
#[derive(Debug, PartialEq)]
pub enum End {
    /// The router answered HELLO with ABORT.
    Refused(Abort),
    /// The application left, and the router said goodbye to it; or the application aborted.
    Left,
    /// The router said GOODBYE, and was answered.
    Goodbye(Goodbye),
    /// The router sent ABORT on an open session.
    Aborted(Abort),
    /// The router broke the protocol in this way, and was sent ABORT.
    Violation(String),
}
