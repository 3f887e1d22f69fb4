//! A router played by hand: it takes whatever is asked of it, tells what that was, and answers calls from a table. It stands for
//! the routers of other makers, whose ways cannot be had from ours.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::spawn;

use bytes::BytesMut;
use tokio::runtime::Builder;
use wampkit::codec::{self, Arguments};
use wampkit::proto::{
    Dict, Error, ErrorDetails, Feature, Goodbye, GoodbyeDetails, Id, Message, MessageType, Payload,
    Published, Registered, Result as CallResult, ResultDetails, RevocationDetails, Role, Roles,
    Subscribed, Unregistered, Unsubscribed, Value, Welcome, WelcomeDetails, uris,
};
use wampkit::transport::{ListenOptions, Listener, Transport};

use crate::support::{PATIENCE, Wamp, wamp};

/// What a procedure answers: the one positional result, or the URI of an error.
pub(crate) type Answer = Result<Value, &'static str>;

/// In place of the URI of an error: no answer ever comes.
pub(crate) const SILENCE: &str = "silence";

/// A router that plays a part. It ends with the test's process.
pub(crate) struct Scripted {
    /// Where it listens.
    pub(crate) url: String,
    received: Receiver<Message>,
}

impl Scripted {
    /// Starts one that answers calls like this.
    pub(crate) fn start(
        answer: impl Fn(&str, &Arguments) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::start_at("rs://127.0.0.1:0", ListenOptions::default(), answer)
    }

    /// Starts one that listens like this.
    pub(crate) fn start_at(
        url: &str,
        options: ListenOptions,
        answer: impl Fn(&str, &Arguments) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let endpoint = url.parse().unwrap();
        let (sender, received) = channel();
        let (ready, url) = channel();
        spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = Listener::bind(&endpoint, options).await;
                let listener = listener.unwrap();
                ready.send(listener.endpoint().to_string()).unwrap();
                let answer = Arc::new(answer);
                loop {
                    let incoming = listener.accept().await.unwrap();
                    let (answer, sender) = (Arc::clone(&answer), sender.clone());
                    tokio::spawn(async move {
                        // What a client does not get, its error says.
                        if let Ok(transport) = incoming.handshake().await {
                            serve(transport, &*answer, &sender).await;
                        }
                    });
                }
            });
        });
        let url = url.recv_timeout(PATIENCE).unwrap();
        Self { url, received }
    }

    /// Starts one that has no procedures.
    pub(crate) fn without_procedures() -> Self {
        Self::start(|_, _| Err("wamp.error.no_such_procedure"))
    }

    /// `wamp` with these arguments as a client of this router.
    pub(crate) fn wamp<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Wamp {
        wamp(arguments).env("WAMP_URL", &self.url)
    }

    /// The next message of this type that a client has sent.
    pub(crate) fn received(&self, kind: MessageType) -> Message {
        loop {
            let message = self.received.recv_timeout(PATIENCE).unwrap();
            if message.kind() == kind {
                return message;
            }
        }
    }
}

async fn serve(
    mut transport: Box<dyn Transport>,
    answer: &(impl Fn(&str, &Arguments) -> Answer + Send + Sync),
    received: &Sender<Message>,
) {
    let serializer = transport.serializer();
    while let Some(Ok(frame)) = transport.receive().await {
        let message = codec::decode(serializer, &frame).unwrap();
        let reply = reply(&message, answer, &Payload::empty(serializer));
        let leaving = message.kind() == MessageType::Goodbye;
        // The test may have heard enough.
        let _ = received.send(message);
        if let Some(reply) = reply {
            let mut frame = BytesMut::new();
            codec::encode(serializer, &reply, &mut frame).unwrap();
            transport.send(frame.freeze()).await.unwrap();
        }
        if leaving {
            return;
        }
    }
}

fn reply(
    message: &Message,
    answer: &impl Fn(&str, &Arguments) -> Answer,
    empty: &Payload,
) -> Option<Message> {
    let id = Id::MIN;
    Some(match message {
        Message::Hello(_) => welcome().into(),
        Message::Goodbye(_) => Goodbye {
            details: GoodbyeDetails::default(),
            reason: uris::GOODBYE_AND_OUT,
        }
        .into(),
        Message::Publish(publish) if publish.options.acknowledge == Some(true) => Published {
            request: publish.request,
            publication: id,
        }
        .into(),
        Message::Subscribe(subscribe) => Subscribed {
            request: subscribe.request,
            subscription: id,
        }
        .into(),
        Message::Unsubscribe(unsubscribe) => Unsubscribed {
            request: Some(unsubscribe.request),
            details: RevocationDetails::default(),
        }
        .into(),
        Message::Register(register) => Registered {
            request: register.request,
            registration: id,
        }
        .into(),
        Message::Unregister(unregister) => Unregistered {
            request: Some(unregister.request),
            details: RevocationDetails::default(),
        }
        .into(),
        Message::Call(call) => {
            let arguments = Arguments::from_payload(&call.payload).unwrap();
            match answer(&call.procedure, &arguments) {
                Ok(value) => CallResult {
                    request: call.request,
                    details: ResultDetails::default(),
                    payload: payload(value, empty),
                }
                .into(),
                Err(SILENCE) => return None,
                Err(error) => Error {
                    request_type: MessageType::Call,
                    request: call.request,
                    details: ErrorDetails::default(),
                    error: error.into(),
                    payload: empty.clone(),
                }
                .into(),
            }
        }
        _ => return None,
    })
}

fn payload(value: Value, empty: &Payload) -> Payload {
    let arguments = Arguments {
        args: vec![value],
        kwargs: Dict::new(),
    };
    arguments.to_payload(empty.serializer()).unwrap()
}

fn welcome() -> Welcome {
    let roles = Roles::default()
        .with(Role::Broker, [Feature::PayloadPassthruMode])
        .with(
            Role::Dealer,
            [Feature::CallCanceling, Feature::PayloadPassthruMode],
        );
    Welcome {
        session: Id::MIN,
        details: WelcomeDetails {
            roles: Some(roles),
            ..WelcomeDetails::default()
        },
    }
}
