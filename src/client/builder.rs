//! Connecting and joining.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::Duration;

use bytestring::ByteString;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

use crate::ppt::Keyring;
use crate::proto::{Hello, HelloDetails, Serializer, Uri, Welcome, uris};
use crate::session::{self, End, Input, Output};
use crate::transport::{self, ClientTls, CloseCode, ConnectOptions, Endpoint, Transport};

use super::connection::Connection;
use super::driver::{Driver, Wiring};
use super::handle::{Life, Shared};
use super::publish::PUBLISH_ROOM;
use super::queue::Pressure;
use super::{ConnectError, Session};

/// Where sessions come from.
#[derive(Clone, Copy, Debug)]
pub struct Client;

impl Client {
    /// A builder for a session with the router at `url`: `ws:// wss:// rs:// rss:// tcp:// ws+unix:// rs+unix:// unix://`.
    /// The URL is read by [`ClientBuilder::connect`].
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            url: url.into(),
            realm: Uri::from_static("realm1"),
            serializers: DEFAULT_SERIALIZERS.to_vec(),
            batched: false,
            keys: Keyring::new(),
            authid: None,
            authrole: None,
            agent: ByteString::from_static(AGENT),
            headers: Vec::new(),
            tls: ClientTls::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
        }
    }
}

/// How to connect to a router and join a realm.
#[derive(Clone, Debug)]
#[must_use = "nothing happens until it is connected"]
pub struct ClientBuilder {
    url: String,
    realm: Uri,
    serializers: Vec<Serializer>,
    batched: bool,
    keys: Keyring,
    authid: Option<ByteString>,
    authrole: Option<ByteString>,
    agent: ByteString,
    headers: Vec<(String, String)>,
    tls: ClientTls,
    connect_timeout: Duration,
}

impl ClientBuilder {
    /// The realm to join; `realm1` unless set.
    pub fn realm(mut self, realm: impl Into<Uri>) -> Self {
        self.realm = realm.into();
        self
    }

    /// The serializers to offer, the preferred one first; MessagePack, CBOR, JSON unless set.
    pub fn serializers(mut self, serializers: impl IntoIterator<Item = Serializer>) -> Self {
        self.serializers = serializers.into_iter().collect();
        self
    }

    /// Offers to carry many messages in one WebSocket message (`wamp.2.….batched`), which spares bytes and system calls where
    /// they come in bursts. Routers that cannot do it choose the plain subprotocols; other transports have no need of it.
    pub fn batched(mut self) -> Self {
        self.batched = true;
        self
    }

    /// The keys for payloads that are encrypted from end to end: see [`ppt`](crate::ppt).
    pub fn keyring(mut self, keys: Keyring) -> Self {
        self.keys = keys;
        self
    }

    /// Who to be. Routers may ignore it where it is not proven.
    pub fn authid(mut self, authid: impl Into<String>) -> Self {
        self.authid = Some(authid.into().into());
        self
    }

    /// The role to ask for.
    pub fn authrole(mut self, authrole: impl Into<String>) -> Self {
        self.authrole = Some(authrole.into().into());
        self
    }

    /// An HTTP header to send with the WebSocket handshake; other transports have none.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whom to trust and how to prove who the client is, where the URL is one of TLS; by default whom the system trusts.
    pub fn tls(mut self, tls: ClientTls) -> Self {
        self.tls = tls;
        self
    }

    /// How long connecting and joining may take together; 5 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Name and version of the software, for HELLO; this library's unless set.
    pub fn agent(mut self, agent: impl Into<String>) -> Self {
        self.agent = agent.into().into();
        self
    }

    /// Connects and joins.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn connect(self) -> Result<Session, ConnectError> {
        let started = Instant::now();
        let endpoint: Endpoint = self.url.parse()?;
        let options = ConnectOptions {
            headers: self.headers.clone(),
            batched: self.batched,
            tls: self.tls.clone(),
            connect_timeout: self.connect_timeout,
            ..ConnectOptions::default()
        };
        let transport = transport::connect(&endpoint, &self.serializers, &options)
            .await
            .map_err(|error| match error {
                transport::ConnectError::Timeout(timeout) => ConnectError::Timeout(timeout),
                other => ConnectError::Transport(other),
            })?;
        self.join(transport, started).await
    }

    /// Joins over a transport that is there already: an embedded router's, or a test's. The URL, the serializers and
    /// the headers play no part.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn connect_over(
        self,
        transport: Box<dyn Transport>,
    ) -> Result<Session, ConnectError> {
        self.join(transport, Instant::now()).await
    }

    async fn join(
        self,
        transport: Box<dyn Transport>,
        started: Instant,
    ) -> Result<Session, ConnectError> {
        let mut connection = Connection::new(transport);
        connection.handle(Input::Join(Box::new(self.hello())));
        let joined = poll_fn(|cx| connection.poll_join(cx));
        match timeout_at(started + self.connect_timeout, joined).await {
            Err(_) => Err(ConnectError::Timeout(self.connect_timeout)),
            Ok(Ok(welcome)) => Ok(Session::open(connection, *welcome, self.realm, self.keys)),
            Ok(Err(refusal)) => {
                // ABORT is to arrive, if there is one; whether it does makes no difference.
                let close = poll_fn(|cx| connection.poll_close(cx, CloseCode::Normal));
                let _ = timeout(ABORT_TIMEOUT, close).await;
                Err(refusal)
            }
        }
    }

    fn hello(&self) -> Hello {
        Hello {
            realm: self.realm.clone(),
            details: HelloDetails {
                roles: Some(session::roles()),
                agent: Some(self.agent.clone()),
                authmethods: Some(vec![ANONYMOUS]),
                authid: self.authid.clone(),
                authrole: self.authrole.clone(),
                ..HelloDetails::default()
            },
        }
    }
}

impl Connection {
    /// Waits for the answer to HELLO.
    fn poll_join(&mut self, cx: &mut Context<'_>) -> Poll<Result<Box<Welcome>, ConnectError>> {
        loop {
            match self.next_output() {
                Some(Output::Joined(welcome)) => return Poll::Ready(Ok(welcome)),
                Some(Output::Challenged(challenge)) => {
                    let message = format!(
                        "the router asks for authentication by {:?}, which was not offered",
                        &*challenge.method
                    );
                    self.handle(Input::Abort {
                        reason: uris::NO_MATCHING_AUTH_METHOD,
                        message: message.clone(),
                    });
                    return Poll::Ready(Err(ConnectError::Protocol(message)));
                }
                Some(Output::Ended(End::Refused(abort))) => {
                    return Poll::Ready(Err(ConnectError::Refused(abort.into())));
                }
                Some(Output::Ended(End::Violation(fault))) => {
                    return Poll::Ready(Err(ConnectError::Protocol(fault)));
                }
                Some(Output::Ended(end)) => {
                    return Poll::Ready(Err(ConnectError::Closed(end.into())));
                }
                Some(_) | None => {}
            }
            let sent = match self.poll_feed(cx) {
                Poll::Ready(Ok(())) => self.poll_flush(cx),
                other => other,
            };
            // Before a failure to write is told, there may be an ABORT to read that tells the reason.
            match (self.poll_receive(cx), sent) {
                (Poll::Ready(Ok(true)), _) => {}
                (Poll::Ready(Ok(false)), _) => {
                    return Poll::Ready(Err(ConnectError::Closed(self.disconnected())));
                }
                (Poll::Ready(Err(fault)), _) | (Poll::Pending, Poll::Ready(Err(fault))) => {
                    return Poll::Ready(Err(ConnectError::Closed(fault.into())));
                }
                (Poll::Pending, _) => return Poll::Pending,
            }
        }
    }
}

impl Session {
    /// A session that was just joined, and the task that drives it.
    fn open(connection: Connection, welcome: Welcome, realm: Uri, keys: Keyring) -> Self {
        let (commands, obeyed) = mpsc::unbounded_channel();
        let (life, watch) = watch::channel(Life::Open);
        let pressure = Arc::new(Pressure::default());
        let room = Arc::new(Semaphore::new(PUBLISH_ROOM as usize));
        let shared = Shared {
            id: welcome.session,
            // Some routers leave it out.
            realm: welcome.details.realm.clone().unwrap_or(realm),
            details: welcome.details,
            serializer: connection.serializer(),
            max_frame: connection.max_frame(),
            keys: keys.clone(),
            commands,
            life: watch,
            pressure: Arc::clone(&pressure),
            room: Arc::clone(&room),
            tickets: AtomicU64::default(),
        };
        let shared = Arc::new(shared);
        let wiring = Wiring {
            commands: obeyed,
            shared: Arc::downgrade(&shared),
            keys,
            life,
            pressure,
            room,
        };
        tokio::spawn(Driver::new(connection, wiring));
        Self { shared }
    }
}

/// MessagePack first: typed arguments are written in it without a detour, and every router that has a binary serializer
/// has this one. JSON last: it is what a router has when it has nothing else.
const DEFAULT_SERIALIZERS: [Serializer; 3] =
    [Serializer::MsgPack, Serializer::Cbor, Serializer::Json];

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a router that has been given up may take to read why.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

const ANONYMOUS: ByteString = ByteString::from_static("anonymous");

const AGENT: &str = concat!("wampkit-", env!("CARGO_PKG_VERSION"));
