//! Connecting and joining.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll};
use std::time::Duration;

use bytestring::ByteString;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

use crate::auth::{Attempt, BindingKind, ChannelBinding, Login, LoginError, PrivateKey, Secret};
use crate::ppt::Keyring;
use crate::proto::{
    Dict, Feature, Hello, HelloDetails, Role, Serializer, Uri, Welcome, WelcomeDetails,
};
use crate::session::{self, End, Input, Output};
use crate::transport::{
    self, ClientTls, CloseCode, ConnectOptions, ConnectTimings, DEFAULT_HEARTBEAT, Endpoint,
    Transport,
};

use super::connection::Connection;
use super::driver::{Driver, Wiring};
use super::handle::{Life, Shared};
use super::publish::PUBLISH_ROOM;
use super::queue::Pressure;
use super::trace::Tap;
use super::{ConnectError, Session, Timings, Trace};

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
            logins: Vec::new(),
            authextra: Dict::new(),
            agent: ByteString::from_static(AGENT),
            headers: Vec::new(),
            tls: ClientTls::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            heartbeat: Some(DEFAULT_HEARTBEAT),
            trace: None,
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
    logins: Vec<Login>,
    authextra: Dict,
    agent: ByteString,
    headers: Vec<(String, String)>,
    tls: ClientTls,
    connect_timeout: Duration,
    heartbeat: Option<Duration>,
    trace: Option<Arc<dyn Trace>>,
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

    /// A way to log in. Of several the router chooses, and most choose the first that they know; without any, the client is
    /// anonymous. All but anonymity, keys and certificates need an [`authid`](Self::authid).
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), wampkit::client::ConnectError> {
    /// use wampkit::Client;
    ///
    /// let session = Client::builder("wss://router.example.org/ws")
    ///     .authid("alice")
    ///     .scram("correct horse battery staple")
    ///     .connect()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn login(mut self, login: Login) -> Self {
        self.logins.push(login);
        self
    }

    /// Logs in by sending a ticket: see [`login`](Self::login). Whoever can read the connection can read it too.
    pub fn ticket(self, ticket: impl Into<Secret>) -> Self {
        self.login(Login::Ticket(ticket.into()))
    }

    /// Logs in by WAMP-CRA, which proves that the client has the secret without sending it: see [`login`](Self::login).
    pub fn wampcra(self, secret: impl Into<Secret>) -> Self {
        self.login(Login::WampCra(secret.into()))
    }

    /// Logs in by SCRAM, in either dialect, which has the router prove that it knows the password, too: see
    /// [`login`](Self::login). Deriving the key takes the time that the router asks for, and blocks the thread meanwhile.
    pub fn scram(self, password: impl Into<Secret>) -> Self {
        let password = password.into();
        self.login(Login::WampScram(password.clone()))
            .login(Login::Scram(password))
    }

    /// Logs in by an Ed25519 key: see [`login`](Self::login).
    pub fn cryptosign(self, key: PrivateKey) -> Self {
        self.login(Login::Cryptosign { key, router: None })
    }

    /// Logs in by the certificate that is shown to TLS: see [`login`](Self::login).
    pub fn tls_certificate(self) -> Self {
        self.login(Login::Tls)
    }

    /// Binds the login to the TLS connection, so that nobody in between can pass it on. Only what can be bound is offered then:
    /// SCRAM as specified, and keys. There are routers that refuse such a login, crossbar for one.
    pub fn channel_binding(mut self) -> Self {
        let kind = BindingKind::TlsExporter.name();
        self.authextra.push("channel_binding", kind);
        self
    }

    /// What the application has to say in `HELLO.Details.authextra`, beside what the ways to log in need.
    pub fn authextra(mut self, extra: Dict) -> Self {
        for (key, value) in extra {
            self.authextra.push(key, value);
        }
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

    /// How often the connection is looked at when nothing comes from the router; 20 seconds unless set, `None` for never. At the
    /// first look a ping is sent, and at the next the session ends with
    /// [`TransportError::Silent`](transport::TransportError::Silent) if there was no answer. RawSocket routers other than this
    /// library's get TCP's keepalive in place of pings, which not all of them survive.
    pub fn heartbeat(mut self, interval: Option<Duration>) -> Self {
        self.heartbeat = interval;
        self
    }

    /// Has `trace` look on at all messages that the session sends and receives, from HELLO on. Without one nothing is spent on it.
    pub fn trace(mut self, trace: Arc<dyn Trace>) -> Self {
        self.trace = Some(trace);
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
        let mut timings = ConnectTimings::default();
        let connecting =
            transport::connect_timed(&endpoint, &self.serializers, &options, &mut timings);
        let transport = connecting.await.map_err(|error| match error {
            transport::ConnectError::Timeout(timeout) => ConnectError::Timeout(timeout),
            other => ConnectError::Transport(other),
        })?;
        log_connected(&endpoint, &*transport, &timings);
        self.join(transport, started, timings).await
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
        self.join(transport, Instant::now(), ConnectTimings::default())
            .await
    }

    async fn join(
        self,
        transport: Box<dyn Transport>,
        started: Instant,
        timings: ConnectTimings,
    ) -> Result<Session, ConnectError> {
        let exporter = transport.security().and_then(|security| security.exporter);
        let attempt = self.attempt(exporter.map(ChannelBinding::exporter));
        let tap = self.trace.clone().map(Tap::new);
        let mut connection = Connection::new(transport, tap);
        let joining = Instant::now();
        let mut attempt = match attempt {
            Ok(attempt) => attempt,
            Err(error) => {
                let close = poll_fn(|cx| connection.poll_close(cx, CloseCode::Normal));
                let _ = timeout(ABORT_TIMEOUT, close).await;
                return Err(error);
            }
        };
        connection.handle(Input::Join(Box::new(self.hello(&attempt))));
        let joined = poll_fn(|cx| connection.poll_join(cx, &mut attempt));
        match timeout_at(started + self.connect_timeout, joined).await {
            Err(_) => Err(ConnectError::Timeout(self.connect_timeout)),
            Ok(Ok(welcome)) => {
                connection.watch(self.heartbeat, welcome.details.agent.as_deref());
                let timings = Timings {
                    transport: timings,
                    join: joining.elapsed(),
                };
                log_joined(&welcome, &self.realm);
                Ok(Session::open(
                    connection, *welcome, self.realm, self.keys, timings,
                ))
            }
            Ok(Err(refusal)) => {
                // ABORT is to arrive, if there is one; whether it does makes no difference.
                let close = poll_fn(|cx| connection.poll_close(cx, CloseCode::Normal));
                let _ = timeout(ABORT_TIMEOUT, close).await;
                Err(refusal)
            }
        }
    }

    fn attempt(&self, binding: Option<ChannelBinding>) -> Result<Attempt, ConnectError> {
        let mut logins = self.logins.clone();
        if logins.is_empty() {
            logins.push(Login::Anonymous);
        }
        let mut random = [0; 56];
        getrandom::fill(&mut random).map_err(|fault| ConnectError::Random(fault.to_string()))?;
        let extra = self.authextra.clone();
        let attempt = Attempt::new(logins, self.authid.as_deref(), extra, binding, random)?;
        Ok(attempt)
    }

    fn hello(&self, attempt: &Attempt) -> Hello {
        Hello {
            realm: self.realm.clone(),
            details: HelloDetails {
                roles: Some(session::roles()),
                agent: Some(self.agent.clone()),
                authmethods: Some(attempt.authmethods()),
                authid: self.authid.clone(),
                authrole: self.authrole.clone(),
                authextra: attempt.authextra(),
                ..HelloDetails::default()
            },
        }
    }
}

impl Connection {
    /// Waits for WELCOME, and proves on the way what the router asks for.
    fn poll_join(
        &mut self,
        cx: &mut Context<'_>,
        attempt: &mut Attempt,
    ) -> Poll<Result<Box<Welcome>, ConnectError>> {
        loop {
            match self.next_output() {
                Some(Output::Joined(welcome)) => {
                    return Poll::Ready(match attempt.welcomed(&welcome.details) {
                        Ok(()) => Ok(welcome),
                        Err(error) => Err(self.give_up(error)),
                    });
                }
                Some(Output::Challenged(challenge)) => match attempt.answer(&challenge) {
                    Ok(proof) => self.handle(Input::Authenticate(proof)),
                    Err(error) => return Poll::Ready(Err(self.give_up(error))),
                },
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

    /// Tells the router why the client goes no further.
    fn give_up(&mut self, error: LoginError) -> ConnectError {
        self.handle(Input::Abort {
            reason: error.uri(),
            message: error.to_string(),
        });
        error.into()
    }
}

impl Session {
    /// A session that was just joined, and the task that drives it.
    fn open(
        connection: Connection,
        welcome: Welcome,
        realm: Uri,
        keys: Keyring,
        timings: Timings,
    ) -> Self {
        let (commands, obeyed) = mpsc::unbounded_channel();
        let (life, watch) = watch::channel(Life::Open);
        let pressure = Arc::new(Pressure::default());
        let room = Arc::new(Semaphore::new(PUBLISH_ROOM as usize));
        let shared = Shared {
            id: welcome.session,
            // Some routers leave it out.
            realm: welcome.details.realm.clone().unwrap_or(realm),
            details: welcome.details,
            timings,
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

fn log_connected(endpoint: &Endpoint, transport: &dyn Transport, timings: &ConnectTimings) {
    let (peer, serializer) = (transport.peer(), transport.serializer());
    match transport.security() {
        Some(security) => {
            let (version, suite) = (security.version, security.cipher_suite);
            tracing::info!("connected to {endpoint} at {peer}: {serializer}, {version}, {suite}");
        }
        None => tracing::info!("connected to {endpoint} at {peer}: {serializer}"),
    }
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    tracing::debug!(
        lookup_ms = timings.lookup.map(millis),
        connect_ms = millis(timings.connect),
        tls_ms = timings.tls.map(millis),
        handshake_ms = millis(timings.handshake),
        max_frame = transport.max_frame(),
        "the way there"
    );
}

/// What the router says is quoted, for it may say anything.
fn log_joined(welcome: &Welcome, realm: &Uri) {
    let (session, details) = (welcome.session, &welcome.details);
    let said = |text: &Option<ByteString>| text.as_deref().unwrap_or("?").to_owned();
    let (authid, authrole) = (said(&details.authid), said(&details.authrole));
    tracing::info!("joined {realm} as {authid:?} with role {authrole:?}: session {session}");
    tracing::debug!(
        agent = details.agent.as_deref(),
        authmethod = details.authmethod.as_deref(),
        broker = announced(details, Role::Broker),
        dealer = announced(details, Role::Dealer),
        "the router"
    );
}

/// The features of a role; `None` where the router does not play it.
fn announced(details: &WelcomeDetails, role: Role) -> Option<String> {
    let roles = details.roles.as_ref().filter(|roles| roles.has(role))?;
    let features = roles.features(role).iter().map(Feature::as_str);
    Some(features.collect::<Vec<_>>().join(","))
}

/// MessagePack first: typed arguments are written in it without a detour, and every router that has a binary serializer
/// has this one. JSON last: it is what a router has when it has nothing else.
const DEFAULT_SERIALIZERS: [Serializer; 3] =
    [Serializer::MsgPack, Serializer::Cbor, Serializer::Json];

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a router that has been given up may take to read why.
const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

const AGENT: &str = concat!("wampkit-", env!("CARGO_PKG_VERSION"));
