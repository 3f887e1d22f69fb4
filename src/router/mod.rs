//! The router: listeners, handshakes, connections, and the realms that they join.
//!
//! ```text
//!   Listener ─accept→ transport handshake → HELLO → RealmHandle::join
//!                                                        │
//!   Connection (one task, one poll loop): read → decode → submit ─┐
//!        ↑ outbox ←──────────── outputs ←─── Realm::handle ←──────┘
//! ```
//!
//! What a realm does with a message is [`realm`](crate::realm)'s business; this module moves bytes, holds the lock, and
//! sees to it that every connection ends.
//!
//! # How far one realm goes
//!
//! Reading, decoding and writing are done by as many threads as there are. What a realm decides it decides under one lock, which is what
//! keeps the order that the specification asks for. However many cores there are, one realm does no more than what fills the time of that
//! lock: 1 ÷ (time held for an operation), which keeps (CPU time of an operation) ÷ (time held for it) cores busy. Both are measured:
//! `wamp bench … -u URL` says the one, and what `wamp_realm_hold_seconds_sum` of `wamp router --metrics` grows by meanwhile, for each
//! operation, the other.
//!
//! | one realm, WebSocket with JSON | CPU | of that under the lock | at the most | cores kept busy |
//! |---|---|---|---|---|
//! | calls: CALL, INVOCATION, YIELD, RESULT | 3.9 µs | 1.1 µs | 0.9 million a second | 3.5 |
//! | events of one publisher, to 100 subscribers | 0.79 µs | 0.05 µs | 20 million a second | 16 |
//! | events of eight publishers, a subscriber each | 2.2 µs | 0.87 µs | 1.1 million a second | 2.5 |
//!
//! So a realm with calls is saturated on 16 cores as on 64: they are for 4 such realms, and for 18. It is an upper bound: cores that wait
//! for the lock, and caches that it moves between, take some of it. The lock is taken once for a batch, an eighth of a time for each call
//! here. The next step would be to encode outside of it, for which the outboxes would have to keep messages in place of frames; the one
//! after that a lock for each part of the URIs, which gives up that order between topics.

mod access;
mod admission;
mod alarm;
mod attempts;
mod authenticator;
mod blocks;
mod builder;
mod closing;
pub mod config;
mod connection;
mod handle;
mod handshake;
mod login;
mod metrics;
mod outbox;
mod pace;
mod policy;
mod slow;
mod tally;
mod tasks;
mod who;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::future::join_all;
use tokio::net::{TcpListener, ToSocketAddrs};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::proto::{Id, Serializer, Uri};
use crate::realm::RealmConfig;
use crate::transport::{
    BindError, Endpoint, HandshakeError, Incoming, ListenOptions, Listener, Transport, memory,
};
use admission::{Admission, Full, Place, TURNING_AWAY};
use attempts::Attempts;
use handle::RealmHandle;
use handshake::Guest;
use metrics::{About, Arrivals};
use tasks::Tasks;

pub use admission::ConnectionLimits;
pub use attempts::FailedLogins;
pub use builder::RouterBuilder;
pub use metrics::{
    BadAddress, ConnectionMetrics, Counters, Gauges, Histogram, MessageCounts, Metrics,
    RealmMetrics, metrics_address,
};
pub use pace::{OverRate, Rate, Rates};
pub use policy::{Authenticator, BuildError, Policy, RealmSetup};
pub use slow::{SlowConsumerPolicy, SlowConsumerRules, SlowConsumers};

/// A WAMP router. Cheap to clone; all clones are the same router.
///
/// It needs a tokio runtime around it, and goes on until [`Router::shutdown`] or the end of the runtime.
///
/// ```
/// # use wampkit::{Client, Router, Serializer};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let router = Router::builder().realm("realm1").build()?;
/// let url = router.listen(&"ws://127.0.0.1:0/ws".parse()?).await?;
/// let session = Client::builder(url.to_string()).realm("realm1").connect().await?;
/// assert_eq!(session.realm(), "realm1");
/// # router.shutdown(std::time::Duration::from_secs(1)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Router {
    shared: Arc<Shared>,
}

/// What all connections of a router share.
#[derive(Debug)]
struct Shared {
    about: Arc<About>,
    max_frame: usize,
    outbox_limit: usize,
    /// Who may come in. Whoever needs it takes it once, so that one handshake goes by one policy.
    policy: ArcSwap<Policy>,
    attempts: Attempts,
    admission: Arc<Admission>,
    arrivals: Arc<Arrivals>,
    realms: Mutex<Realms>,
    /// The tasks that accept connections.
    listeners: Mutex<JoinSet<()>>,
    /// The tasks that tell how the router does. They go on to its very end.
    pages: Mutex<JoinSet<()>>,
    /// The tasks of connections, from before their handshake to their end.
    connections: Tasks,
    /// True from the moment that the router shuts down: no session joins any more.
    closing: watch::Sender<bool>,
}

#[derive(Debug)]
struct Realms {
    by_uri: HashMap<Uri, RealmHandle>,
    random: fastrand::Rng,
    about: Arc<About>,
    /// What was counted in realms that are gone.
    gone: Counters,
}

impl Router {
    /// A router to be set up.
    #[must_use]
    pub fn builder() -> RouterBuilder {
        RouterBuilder::default()
    }

    fn of(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Starts to accept connections at `endpoint`, WebSocket and RawSocket alike. Answers with the endpoint as it is
    /// now reached: port 0 has become the port that the system chose.
    ///
    /// # Errors
    /// The endpoint cannot be listened on.
    pub async fn listen(&self, endpoint: &Endpoint) -> Result<Endpoint, BindError> {
        let options = ListenOptions {
            max_frame: self.shared.max_frame,
            ..ListenOptions::default()
        };
        self.listen_with(endpoint, options, true).await
    }

    /// The same, with the listener's own options: its certificate, whose pages it serves, what it speaks. Without
    /// `anonymous` clients have to say here who they are, even in realms where others need not.
    ///
    /// # Errors
    /// The endpoint cannot be listened on.
    pub async fn listen_with(
        &self,
        endpoint: &Endpoint,
        options: ListenOptions,
        anonymous: bool,
    ) -> Result<Endpoint, BindError> {
        let listener = Listener::bind(endpoint, options).await?;
        let endpoint = listener.endpoint().clone();
        let guest = if anonymous {
            Guest::Anybody
        } else {
            Guest::Named
        };
        let router = self.clone();
        lock(&self.shared.listeners).spawn(async move {
            let mut accepts = true;
            loop {
                match listener.accept().await {
                    Ok(incoming) => {
                        accepts = true;
                        router.serve(incoming, guest);
                    }
                    Err(error) => {
                        // Out of file descriptors, mostly. Some connection has to end before it can get better; that is said once.
                        if std::mem::take(&mut accepts) {
                            tracing::warn!(%error, "cannot accept connections for the moment");
                        }
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        });
        Ok(endpoint)
    }

    /// Starts to tell how the router does, by HTTP at this address: `GET /metrics` is what [`Router::metrics`] says, in
    /// Prometheus' text format, and `GET /healthz` answers 200, or 503 while the router shuts down; HEAD likewise. Whoever reaches the
    /// address may read it. Answers with the address, as it is with the port that the system chose for port 0.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn listen_metrics(&self, address: impl ToSocketAddrs) -> io::Result<SocketAddr> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        lock(&self.shared.pages).spawn(metrics::serve(self.clone(), listener));
        Ok(address)
    }

    /// Whether it is shutting down.
    fn is_closing(&self) -> bool {
        *self.shared.closing.borrow()
    }

    /// A connection to this router in memory, without a socket: what an embedded client is given.
    #[must_use]
    pub fn connect(&self, serializer: Serializer) -> Box<dyn Transport> {
        let (near, far) = memory::pair(serializer);
        self.spawn_connection(async move |_| Some(far), Guest::Anybody, None);
        near
    }

    /// The same for what is part of the router: whatever a realm asks of others, its sessions are let in without saying who
    /// they are, and may do everything. Their role is `trusted`, which others have only if the realm gives it to them.
    #[must_use]
    pub fn connect_trusted(&self, serializer: Serializer) -> Box<dyn Transport> {
        let (near, far) = memory::pair(serializer);
        self.spawn_connection(async move |_| Some(far), Guest::Trusted, None);
        near
    }

    /// Goes by another policy from now on. Sessions stay, whoever they belong to; what they may do follows the new policy
    /// from their next request on, and what they hold against it is taken from them. A realm that the new policy does not
    /// have takes no new sessions and goes with its last one. Limits are for connections and
    /// sessions to come. What else a realm is made from, such as its history, stays as it was when it came to be.
    ///
    /// # Errors
    /// A realm whose name is no URI; nothing has changed then.
    pub fn reconfigure(&self, policy: Policy) -> Result<(), BuildError> {
        policy.check()?;
        let mut realms = self.realms();
        for setup in &policy.realms {
            if !realms.by_uri.contains_key(&setup.config.uri) {
                realms.open(setup.config.clone());
            }
        }
        let Realms { by_uri, gone, .. } = &mut *realms;
        by_uri.retain(|uri, realm| {
            let stays = policy.keeps(uri) || !realm.is_empty();
            if !stays {
                gone.add(&realm.counters());
            }
            stays
        });
        for (uri, realm) in &realms.by_uri {
            if let Some(setup) = policy.realm(uri) {
                realm.permit(setup.config.permissions.clone());
            }
        }
        // While the realms are locked, so that nobody joins by the old one behind the new.
        self.shared.policy.store(Arc::new(policy));
        Ok(())
    }

    /// How many EVENTs slow sessions of a realm have missed since the realm came to be; `None` if it is not there.
    #[must_use]
    pub fn events_dropped(&self, realm: &Uri) -> Option<u64> {
        let realm = self.realms().by_uri.get(realm).cloned();
        realm.map(|realm| realm.events_dropped())
    }

    /// Ends in good order, within `grace`: takes no more connections and refuses new sessions and calls with
    /// `wamp.close.system_shutdown` and `wamp.error.canceled`; gives pending calls most of that time to be answered, and
    /// cancels those that are not; ends every session with GOODBYE `wamp.close.system_shutdown`, waits for the answers, and
    /// closes all connections; the other ends have half a second to close as well.
    pub async fn shutdown(&self, grace: Duration) {
        let end = Instant::now() + grace;
        let realms: Vec<RealmHandle> = {
            let realms = self.realms();
            self.shared.closing.send_replace(true);
            realms.by_uri.values().cloned().collect()
        };
        let mut listeners = std::mem::take(&mut *lock(&self.shared.listeners));
        listeners.shutdown().await;
        let drained = join_all(realms.iter().map(RealmHandle::drain));
        if timeout(grace.mul_f64(CALLS_SHARE), drained).await.is_err() {
            tracing::warn!("pending calls are canceled: they were not answered in time");
        }
        for realm in realms {
            realm.shut_down();
        }
        let connections = &self.shared.connections;
        if timeout_at(end, connections.ended()).await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "did not end in time and are cut off"
            );
            connections.cut_off().await;
        }
        let mut pages = std::mem::take(&mut *lock(&self.shared.pages));
        pages.shutdown().await;
    }

    /// How many connections there are, from before their handshake to their end.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.len()
    }

    /// Serves a connection that was just accepted, on a task of its own.
    fn serve(&self, incoming: Incoming, guest: Guest) {
        let limits = self.shared.policy.load().connections;
        let entered = (self.shared.admission).enter(incoming.remote_address(), limits);
        let place = match entered {
            Ok(place) => place,
            Err(full) => return self.turn_away(incoming, full),
        };
        let arrivals = Arc::clone(&self.shared.arrivals);
        let peer = incoming.peer().to_owned();
        let transport = async move |deadline: Instant| {
            let pending = arrivals.begin();
            // Who is late is told so where that can be, which takes a little more time.
            let handshake = incoming.handshake_until(deadline);
            match timeout_at(deadline + TURNING_AWAY, handshake).await {
                Ok(Ok(transport)) => {
                    pending.settled();
                    Some(transport)
                }
                Ok(Err(HandshakeError::HealthCheck)) => {
                    pending.settled();
                    None
                }
                Ok(Err(error)) => {
                    tracing::debug!(peer, %error, "transport handshake failed");
                    None
                }
                Err(_late) => None,
            }
        };
        self.spawn_connection(transport, guest, Some(place));
    }

    /// Tells a connection that there is no place for it, unless too many are being told already.
    fn turn_away(&self, incoming: Incoming, full: Full) {
        tracing::debug!(peer = incoming.peer(), "connection refused: {full}");
        self.shared.arrivals.refused();
        let Some(turn) = self.shared.admission.turn_away(full) else {
            return;
        };
        self.shared.connections.spawn(async move {
            // Whether it waits for the answer is its own business.
            timeout(TURNING_AWAY, incoming.refuse()).await.ok();
            drop(turn);
        });
    }

    /// Spawns the task of one connection: transport handshake, HELLO, then messages until its end. `transport` is told when the first two
    /// have to be over.
    fn spawn_connection<F>(
        &self,
        transport: impl FnOnce(Instant) -> F + Send + 'static,
        guest: Guest,
        place: Option<Place>,
    ) where
        F: Future<Output = Option<Box<dyn Transport>>> + Send + 'static,
    {
        let router = self.clone();
        // On the heap, apart from the task: it takes several KiB, and is over when the session begins.
        let joining = Box::pin(async move {
            let deadline = Instant::now() + router.shared.policy.load().handshake_time;
            let mut closing = router.shared.closing.subscribe();
            let transport = tokio::select! {
                biased;
                transport = transport(deadline) => transport?,
                _ = closing.wait_for(|closing| *closing) => return None,
            };
            handshake::join(&router, transport, guest, deadline).await
        });
        let open = self.shared.arrivals.accept();
        self.shared.connections.spawn(async move {
            let _open = open;
            let joined = joining.await;
            if let Some(connection) = joined {
                connection.await;
            }
            drop(place);
        });
    }

    /// Lets go of a realm that came into being for its sessions, when the last of them has left.
    fn release(&self, realm: &RealmHandle) {
        let mut realms = self.realms();
        let known = realms.by_uri.get(realm.uri());
        // Another of the same name may have come into being since it was found empty.
        let same = known.is_some_and(|known| known.is(realm));
        if same && !self.shared.policy.load().keeps(realm.uri()) && realm.is_empty() {
            realms.by_uri.remove(realm.uri());
            realms.gone.add(&realm.counters());
        }
    }

    /// What the router has counted since it began, and what it holds now.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let (realms, gone) = {
            let realms = self.realms();
            let all: Vec<RealmHandle> = realms.by_uri.values().cloned().collect();
            (all, realms.gone.clone())
        };
        let of = |realm: &RealmHandle| (realm.uri().clone(), realm.metrics());
        let mut realms: Vec<_> = realms.iter().map(of).collect();
        realms.sort_by(|(one, _), (other, _)| one.cmp(other));
        let about = &self.shared.about;
        Metrics {
            agent: about.agent.clone(),
            uptime: about.began.elapsed(),
            connections: self.shared.arrivals.metrics(),
            realms,
            gone,
        }
    }

    fn realms(&self) -> MutexGuard<'_, Realms> {
        lock(&self.shared.realms)
    }
}

/// Locks what no panic can leave half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Realms {
    fn new(seed: u64, about: Arc<About>) -> Self {
        Self {
            by_uri: HashMap::new(),
            random: fastrand::Rng::with_seed(seed),
            about,
            gone: Counters::default(),
        }
    }

    fn open(&mut self, config: RealmConfig) -> RealmHandle {
        let uri = config.uri.clone();
        let realm = RealmHandle::new(config, self.random.u64(..), Arc::clone(&self.about));
        self.by_uri.insert(uri, realm.clone());
        realm
    }

    /// An id for a new session: global scope, random over the whole range. That two of the sessions of a router ever
    /// draw the same of 2^53 numbers is less likely than a fault of its memory.
    fn session_id(&mut self) -> Id {
        Id::random(&mut self.random)
    }
}

/// How much of the time to shut down pending calls have; the rest is for goodbyes.
const CALLS_SHARE: f64 = 0.75;

/// How long to wait when the system refuses to accept: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
