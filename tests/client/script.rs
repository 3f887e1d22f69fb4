//! The router's side, played by hand: frames in, frames out.

use bytes::BytesMut;
use wampkit::client::ClientBuilder;
use wampkit::codec::{self, Arguments};
use wampkit::proto::{
    Dict, Feature, Goodbye, GoodbyeDetails, Id, Message, Payload, Registered, Role, Roles,
    Serializer, Subscribed, Value, Welcome, WelcomeDetails, uris,
};
use wampkit::transport::{CloseCode, Transport, memory};
use wampkit::{Client, Session};

/// The router's end of a connection.
pub(crate) struct Script {
    transport: Box<dyn Transport>,
}

/// Two ends that are connected: the client's, and the router's.
pub(crate) fn connection(serializer: Serializer) -> (Box<dyn Transport>, Script) {
    let (client, router) = memory::pair(serializer);
    (client, Script { transport: router })
}

/// A session that has joined, over JSON.
pub(crate) async fn session() -> (Session, Script) {
    session_over(Serializer::Json).await
}

/// A session that has joined.
pub(crate) async fn session_over(serializer: Serializer) -> (Session, Script) {
    session_with(serializer, &[Feature::CallCanceling]).await
}

/// A session that has joined a router with these features in all its roles.
pub(crate) async fn session_with(
    serializer: Serializer,
    features: &[Feature],
) -> (Session, Script) {
    session_of(Client::builder("memory"), serializer, features).await
}

/// The same of a client that is built otherwise.
pub(crate) async fn session_of(
    client: ClientBuilder,
    serializer: Serializer,
    features: &[Feature],
) -> (Session, Script) {
    let (transport, mut script) = connection(serializer);
    let joining = client.connect_over(transport);
    let (session, ()) = tokio::join!(joining, async {
        script.hello().await;
        script.send(welcome_with(features)).await;
    });
    (session.unwrap(), script)
}

pub(crate) fn welcome() -> Welcome {
    welcome_with(&[Feature::CallCanceling])
}

pub(crate) fn welcome_with(features: &[Feature]) -> Welcome {
    Welcome {
        session: id(4711),
        details: WelcomeDetails {
            roles: Some(
                Roles::default()
                    .with(Role::Broker, features.iter().copied())
                    .with(Role::Dealer, features.iter().copied()),
            ),
            realm: Some("com.realm".into()),
            ..WelcomeDetails::default()
        },
    }
}

pub(crate) fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

pub(crate) fn arguments<V: Into<Value>>(args: impl IntoIterator<Item = V>) -> Arguments {
    Arguments {
        args: args.into_iter().map(Into::into).collect(),
        kwargs: Dict::new(),
    }
}

pub(crate) fn values(payload: &Payload) -> Arguments {
    Arguments::from_payload(payload).unwrap()
}

/// Lets every other task run until it can go no further.
pub(crate) async fn idle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

/// Receives a message of this type, and fails on any other.
macro_rules! received {
    ($script:expr, $kind:ident) => {
        match $script.receive().await {
            Some(wampkit::proto::Message::$kind(message)) => message,
            other => panic!(
                concat!("expected ", stringify!($kind), ", found {:?}"),
                other
            ),
        }
    };
}
pub(crate) use received;

impl Script {
    pub(crate) fn payload<V: Into<Value>>(&self, args: impl IntoIterator<Item = V>) -> Payload {
        let serializer = self.transport.serializer();
        arguments(args).to_payload(serializer).unwrap()
    }

    /// The next message; `None` once the client has closed the connection.
    pub(crate) async fn receive(&mut self) -> Option<Message> {
        let frame = self.transport.receive().await?.unwrap();
        Some(codec::decode(self.transport.serializer(), &frame).unwrap())
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        let mut frame = BytesMut::new();
        codec::encode(self.transport.serializer(), &message.into(), &mut frame).unwrap();
        self.transport.send(frame.freeze()).await.unwrap();
    }

    /// Sends a frame that may be anything.
    pub(crate) async fn send_raw(&mut self, frame: &'static [u8]) {
        self.transport.send(frame.into()).await.unwrap();
    }

    pub(crate) async fn close(mut self, code: CloseCode) {
        self.transport.close(code).await.unwrap();
    }

    pub(crate) async fn hello(&mut self) -> wampkit::proto::Hello {
        received!(self, Hello)
    }

    /// Takes a SUBSCRIBE and acknowledges it with this subscription.
    pub(crate) async fn subscribed(&mut self, subscription: u64) -> wampkit::proto::Subscribe {
        let subscribe = received!(self, Subscribe);
        self.send(Subscribed {
            request: subscribe.request,
            subscription: id(subscription),
        })
        .await;
        subscribe
    }

    /// Takes a REGISTER and acknowledges it with this registration.
    pub(crate) async fn registered(&mut self, registration: u64) -> wampkit::proto::Register {
        let register = received!(self, Register);
        self.send(Registered {
            request: register.request,
            registration: id(registration),
        })
        .await;
        register
    }

    /// Takes a GOODBYE, answers it, and waits for the client to close.
    pub(crate) async fn goodbye(&mut self) -> Goodbye {
        let goodbye = received!(self, Goodbye);
        self.send(Goodbye {
            details: GoodbyeDetails::default(),
            reason: uris::GOODBYE_AND_OUT,
        })
        .await;
        assert_eq!(self.receive().await, None);
        goodbye
    }
}
