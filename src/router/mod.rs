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

mod admission;
mod alarm;
mod attempts;
mod authenticator;
mod builder;
pub mod config;
mod connection;
mod handle;
mod handshake;
mod login;
mod outbox;
mod pace;
mod policy;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::proto::{Id, Serializer, Uri};
use crate::realm::RealmConfig;
use crate::transport::{BindError, Endpoint, Incoming, ListenOptions, Listener, Transport, memory};
use admission::{Admission, Full, Place, TURNING_AWAY};
use attempts::Attempts;
use handle::RealmHandle;
use handshake::Guest;

pub use admission::ConnectionLimits;
pub use attempts::FailedLogins;
pub use builder::RouterBuilder;
pub use pace::{OverRate, Rate, Rates};
pub use policy::{Authenticator, BuildError, Policy, RealmSetup};

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
    agent: String,
    max_frame: usize,
    outbox_limit: usize,
    /// Who may come in. Whoever needs it takes it once, so that one handshake goes by one policy.
    policy: ArcSwap<Policy>,
    attempts: Attempts,
    admission: Arc<Admission>,
    realms: Mutex<Realms>,
    /// The tasks that accept connections.
    listeners: Mutex<JoinSet<()>>,
    /// The tasks of connections, from before their handshake to their end.
    connections: Mutex<JoinSet<()>>,
    /// True from the moment that the router shuts down: no session joins any more.
    closing: watch::Sender<bool>,
}

#[derive(Debug)]
struct Realms {
    by_uri: HashMap<Uri, RealmHandle>,
    random: fastrand::Rng,
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
        spawn(&self.shared.listeners, async move {
            loop {
                match listener.accept().await {
                    Ok(incoming) => router.serve(incoming, guest),
                    Err(error) => {
                        // Out of file descriptors, mostly. Some connection has to end before it can get better.
                        tracing::warn!(%error, "cannot accept connections for the moment");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        });
        Ok(endpoint)
    }

    /// A connection to this router in memory, without a socket: what an embedded client is given.
    #[must_use]
    pub fn connect(&self, serializer: Serializer) -> Box<dyn Transport> {
        let (near, far) = memory::pair(serializer);
        self.spawn_connection(async move { Some(far) }, Guest::Anybody, None);
        near
    }

    /// The same for what is part of the router: whatever a realm asks of others, its sessions are let in without saying who
    /// they are, and may do everything. Their role is `trusted`, which others have only if the realm gives it to them.
    #[must_use]
    pub fn connect_trusted(&self, serializer: Serializer) -> Box<dyn Transport> {
        let (near, far) = memory::pair(serializer);
        self.spawn_connection(async move { Some(far) }, Guest::Trusted, None);
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
        realms
            .by_uri
            .retain(|uri, realm| policy.keeps(uri) || !realm.is_empty());
        for (uri, realm) in &realms.by_uri {
            if let Some(setup) = policy.realm(uri) {
                realm.permit(setup.config.permissions.clone());
            }
        }
        // While the realms are locked, so that nobody joins by the old one behind the new.
        self.shared.policy.store(Arc::new(policy));
        Ok(())
    }

    /// Ends every session with GOODBYE `wamp.close.system_shutdown`, waits up to `grace` for the answers, and closes all
    /// connections and listeners. Sessions that try to join meanwhile are refused with the same reason.
    pub async fn shutdown(&self, grace: Duration) {
        let realms: Vec<RealmHandle> = {
            let realms = self.realms();
            self.shared.closing.send_replace(true);
            realms.by_uri.values().cloned().collect()
        };
        let mut listeners = std::mem::take(&mut *lock(&self.shared.listeners));
        listeners.shutdown().await;
        for realm in realms {
            realm.shut_down();
        }
        let mut connections = std::mem::take(&mut *lock(&self.shared.connections));
        let all_gone = async { while connections.join_next().await.is_some() {} };
        if timeout(grace, all_gone).await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "did not end in time and are cut off"
            );
            connections.shutdown().await;
        }
    }

    /// Serves a connection that was just accepted, on a task of its own.
    fn serve(&self, incoming: Incoming, guest: Guest) {
        let limits = self.shared.policy.load().connections;
        let entered = (self.shared.admission).enter(incoming.remote_address(), limits);
        let place = match entered {
            Ok(place) => place,
            Err(full) => return self.turn_away(incoming, full),
        };
        let transport = async move {
            incoming
                .handshake()
                .await
                .inspect_err(|error| tracing::debug!(%error, "transport handshake failed"))
                .ok()
        };
        self.spawn_connection(transport, guest, Some(place));
    }

    /// Tells a connection that there is no place for it, unless too many are being told already.
    fn turn_away(&self, incoming: Incoming, full: Full) {
        tracing::debug!(peer = incoming.peer(), "connection refused: {full}");
        let Some(turn) = self.shared.admission.turn_away(full) else {
            return;
        };
        spawn(&self.shared.connections, async move {
            // Whether it waits for the answer is its own business.
            timeout(TURNING_AWAY, incoming.refuse()).await.ok();
            drop(turn);
        });
    }

    /// Spawns the task of one connection: transport handshake, HELLO, then messages until its end.
    fn spawn_connection(
        &self,
        transport: impl Future<Output = Option<Box<dyn Transport>>> + Send + 'static,
        guest: Guest,
        place: Option<Place>,
    ) {
        let router = self.clone();
        // On the heap, apart from the task: it takes several KiB, and is over when the session begins.
        let joining = Box::pin(async move {
            let joining = async {
                let transport = transport.await?;
                handshake::join(&router, transport, guest).await
            };
            let handshake_time = router.shared.policy.load().handshake_time;
            let mut closing = router.shared.closing.subscribe();
            tokio::select! {
                joined = timeout(handshake_time, joining) => joined.ok().flatten(),
                _ = closing.wait_for(|closing| *closing) => None,
            }
        });
        spawn(&self.shared.connections, async move {
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
        }
    }

    fn realms(&self) -> MutexGuard<'_, Realms> {
        lock(&self.shared.realms)
    }
}

/// Spawns a task into a set, and lets go of those in it that have ended, which would pile up otherwise.
fn spawn(tasks: &Mutex<JoinSet<()>>, task: impl Future<Output = ()> + Send + 'static) {
    let mut tasks = lock(tasks);
    while tasks.try_join_next().is_some() {}
    tasks.spawn(task);
}

/// Locks what no panic can leave half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Realms {
    fn new(seed: u64) -> Self {
        Self {
            by_uri: HashMap::new(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    fn open(&mut self, config: RealmConfig) -> RealmHandle {
        let uri = config.uri.clone();
        let realm = RealmHandle::new(config, self.random.u64(..));
        self.by_uri.insert(uri, realm.clone());
        realm
    }

    /// An id for a new session: global scope, random over the whole range. That two of the sessions of a router ever
    /// draw the same of 2^53 numbers is less likely than a fault of its memory.
    fn session_id(&mut self) -> Id {
        Id::random(&mut self.random)
    }
}

/// How long to wait when the system refuses to accept: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
