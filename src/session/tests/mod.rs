//! Inputs and the outputs that must follow from them.

use crate::proto::{
    self, Abort, CallOptions, CancelMode, Challenge, Feature, Goodbye, GoodbyeDetails, Hello,
    HelloDetails, Id, Interrupt, InterruptOptions, InvocationDetails, Message, MessageType,
    Payload, PublishOptions, Published, RegisterOptions, Registered, ResultDetails,
    RevocationDetails, Role, Roles, Serializer, SubscribeOptions, Subscribed, Unregistered,
    Unsubscribed, Uri, Welcome, WelcomeDetails, YieldOptions, uris,
};

mod calls;
mod joining;
mod registrations;
mod subscriptions;

use super::{Answer, ClientSession, End, Input, Output, Ticket};

const SERIALIZER: Serializer = Serializer::Json;
const TOPIC: &str = "com.topic";

/// A session under test.
struct Subject(ClientSession);

impl Subject {
    fn new() -> Self {
        Self(ClientSession::new(SERIALIZER))
    }

    /// One that sent HELLO.
    fn joining() -> Self {
        let mut subject = Self::new();
        let hello = Hello {
            realm: "realm1".into(),
            details: HelloDetails::default(),
        };
        let outputs = subject.feed(Input::Join(Box::new(hello.clone())));
        assert_eq!(outputs, [Output::Send(hello.into())]);
        subject
    }

    /// One that was welcomed by a dealer with these features.
    fn welcomed(dealer: &[Feature]) -> Self {
        let mut subject = Self::joining();
        let roles = Roles::default()
            .with(Role::Broker, [])
            .with(Role::Dealer, dealer.iter().copied());
        let welcome = Welcome {
            session: id(4711),
            details: WelcomeDetails {
                roles: Some(roles),
                ..WelcomeDetails::default()
            },
        };
        let outputs = subject.receive(welcome.clone());
        assert_eq!(outputs, [Output::Joined(Box::new(welcome))]);
        subject
    }

    fn open() -> Self {
        Self::welcomed(&[Feature::CallCanceling])
    }

    fn feed(&mut self, input: Input) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.0.handle(input, &mut outputs);
        outputs
    }

    fn receive(&mut self, message: impl Into<Message>) -> Vec<Output> {
        self.feed(Input::Message(message.into()))
    }

    /// Feeds a request and returns the id that it was sent with.
    fn request(&mut self, input: Input) -> Id {
        let outputs = self.feed(input);
        let [Output::Send(message)] = &outputs[..] else {
            panic!("{outputs:?}");
        };
        request_of(message)
    }

    fn call(&mut self, ticket: u64) -> Id {
        self.request(Input::Call {
            ticket: Ticket(ticket),
            options: CallOptions::default(),
            procedure: "com.add".into(),
            payload: empty(),
        })
    }

    fn subscribe(&mut self, ticket: u64) -> Id {
        self.request(Input::Subscribe {
            ticket: Ticket(ticket),
            options: SubscribeOptions::default(),
            topic: TOPIC.into(),
        })
    }

    /// Subscribes and is given this subscription.
    fn subscribed(&mut self, ticket: u64, subscription: u64) {
        let request = self.subscribe(ticket);
        let outputs = self.receive(Subscribed {
            request,
            subscription: id(subscription),
        });
        let answer = Answer::Acknowledged(id(subscription));
        assert_eq!(outputs, [answered(ticket, answer)]);
    }

    fn unsubscribe(&mut self, ticket: u64) -> Vec<Output> {
        let ticket = Ticket(ticket);
        self.feed(Input::Unsubscribe { ticket })
    }

    /// Registers and is given this registration.
    fn registered(&mut self, ticket: u64, registration: u64) {
        let request = self.request(register(ticket));
        let registration = id(registration);
        let outputs = self.receive(Registered {
            request,
            registration,
        });
        let answer = Answer::Acknowledged(registration);
        assert_eq!(outputs, [answered(ticket, answer)]);
    }

    /// The router sends this, and it ends the session.
    fn violated_by(mut self, message: impl Into<Message>) -> String {
        let outputs = self.receive(message);
        let [
            Output::Send(Message::Abort(abort)),
            Output::Ended(End::Violation(fault)),
        ] = &outputs[..]
        else {
            panic!("no violation: {outputs:?}");
        };
        assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
        assert_eq!(abort.details.message.as_deref(), Some(&**fault));
        assert!(self.call_is_passed_over());
        fault.clone()
    }

    fn call_is_passed_over(&mut self) -> bool {
        self.feed(Input::Call {
            ticket: Ticket(99),
            options: CallOptions::default(),
            procedure: "com.add".into(),
            payload: empty(),
        })
        .is_empty()
    }
}

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn empty() -> Payload {
    Payload::empty(SERIALIZER)
}

fn answered(ticket: u64, answer: Answer) -> Output {
    let ticket = Ticket(ticket);
    Output::Answered { ticket, answer }
}

fn request_of(message: &Message) -> Id {
    match message {
        Message::Call(message) => message.request,
        Message::Publish(message) => message.request,
        Message::Subscribe(message) => message.request,
        Message::Unsubscribe(message) => message.request,
        Message::Register(message) => message.request,
        Message::Unregister(message) => message.request,
        other => panic!("no request: {other:?}"),
    }
}

fn register(ticket: u64) -> Input {
    Input::Register {
        ticket: Ticket(ticket),
        options: RegisterOptions::default(),
        procedure: "com.add".into(),
    }
}

fn publish(ticket: u64, acknowledge: bool) -> Input {
    Input::Publish {
        ticket: Ticket(ticket),
        options: PublishOptions {
            acknowledge: Some(acknowledge),
            ..PublishOptions::default()
        },
        topic: TOPIC.into(),
        payload: empty(),
    }
}

fn result(request: Id, progress: bool) -> proto::Result {
    proto::Result {
        request,
        details: ResultDetails {
            progress: progress.then_some(true),
            ..ResultDetails::default()
        },
        payload: empty(),
    }
}

fn error(request_type: MessageType, request: Id) -> proto::Error {
    proto::Error {
        request_type,
        request,
        details: proto::ErrorDetails::default(),
        error: uris::NOT_AUTHORIZED,
        payload: empty(),
    }
}

fn event(subscription: u64) -> proto::Event {
    proto::Event {
        subscription: id(subscription),
        publication: id(1),
        details: proto::EventDetails::default(),
        payload: empty(),
    }
}

fn invocation(request: u64, registration: u64) -> proto::Invocation {
    proto::Invocation {
        request: id(request),
        registration: id(registration),
        details: InvocationDetails::default(),
        payload: empty(),
    }
}

fn unsubscribed(request: Id) -> Unsubscribed {
    Unsubscribed {
        request: Some(request),
        details: RevocationDetails::default(),
    }
}

fn goodbye(reason: Uri) -> Goodbye {
    Goodbye {
        details: GoodbyeDetails::default(),
        reason,
    }
}

fn abort(reason: Uri) -> Abort {
    Abort {
        details: GoodbyeDetails::default(),
        reason,
        payload: empty(),
    }
}
