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

mod alarm;
mod connection;
mod handle;
mod handshake;
mod outbox;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::proto::{Id, Serializer, Uri, UriFault, UriRule};
use crate::realm::{HistoryRule, IdentityRule, RealmConfig, RetentionLimits};
use crate::transport::{BindError, Endpoint, Incoming, ListenOptions, Listener, Transport, memory};
use handle::RealmHandle;

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
    config: RouterBuilder,
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

/// How a router is set up.
#[derive(Clone, Debug)]
pub struct RouterBuilder {
    realms: Vec<Uri>,
    any_realm: bool,
    /// What all realms have in common.
    template: RealmConfig,
    agent: String,
    max_frame: usize,
    outbox_limit: usize,
    handshake_timeout: Duration,
}

/// What is wrong with a router's set-up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A realm's name is no URI.
    #[error("realm {realm:?}: {fault}")]
    Realm {
        /// The name.
        realm: Uri,
        /// The rule that it breaks.
        fault: UriFault,
    },
    /// The system has no randomness to offer.
    #[error("no random seed: {0}")]
    Seed(String),
}

impl Router {
    /// A router to be set up.
    #[must_use]
    pub fn builder() -> RouterBuilder {
        RouterBuilder {
            realms: Vec::new(),
            any_realm: false,
            template: RealmConfig::default(),
            agent: concat!("wamp-", env!("CARGO_PKG_VERSION")).to_owned(),
            max_frame: MAX_FRAME,
            outbox_limit: OUTBOX_LIMIT,
            handshake_timeout: HANDSHAKE_TIMEOUT,
        }
    }

    /// Starts to accept connections at `endpoint`, WebSocket and RawSocket alike. Answers with the endpoint as it is
    /// now reached: port 0 has become the port that the system chose.
    ///
    /// # Errors
    /// The endpoint cannot be listened on.
    pub async fn listen(&self, endpoint: &Endpoint) -> Result<Endpoint, BindError> {
        let options = ListenOptions {
            max_frame: self.shared.config.max_frame,
            ..ListenOptions::default()
        };
        let listener = Listener::bind(endpoint, options).await?;
        let endpoint = listener.endpoint().clone();
        let router = self.clone();
        spawn(&self.shared.listeners, async move {
            loop {
                match listener.accept().await {
                    Ok(incoming) => router.serve(incoming),
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
        self.spawn_connection(async move { Some(far) });
        near
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
    fn serve(&self, incoming: Incoming) {
        self.spawn_connection(async move {
            incoming
                .handshake()
                .await
                .inspect_err(|error| tracing::debug!(%error, "transport handshake failed"))
                .ok()
        });
    }

    /// Spawns the task of one connection: transport handshake, HELLO, then messages until its end.
    fn spawn_connection(
        &self,
        transport: impl Future<Output = Option<Box<dyn Transport>>> + Send + 'static,
    ) {
        let router = self.clone();
        spawn(&self.shared.connections, async move {
            let joining = async {
                let transport = transport.await?;
                handshake::join(&router, transport).await
            };
            let mut closing = router.shared.closing.subscribe();
            let joined = tokio::select! {
                joined = timeout(router.shared.config.handshake_timeout, joining) => joined.ok().flatten(),
                _ = closing.wait_for(|closing| *closing) => None,
            };
            if let Some(connection) = joined {
                connection.await;
            }
        });
    }

    /// Lets go of a realm that came into being for its sessions, when the last of them has left.
    fn release(&self, realm: &RealmHandle) {
        let mut realms = self.realms();
        let known = realms.by_uri.get(realm.uri());
        // Another of the same name may have come into being since it was found empty.
        let same = known.is_some_and(|known| known.is(realm));
        if same && !self.shared.config.realms.contains(realm.uri()) && realm.is_empty() {
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

impl RouterBuilder {
    /// Adds a realm.
    #[must_use]
    pub fn realm(mut self, uri: impl Into<Uri>) -> Self {
        self.realms.push(uri.into());
        self
    }

    /// Whether a realm comes into being when the first session asks for it, and goes with the last.
    #[must_use]
    pub const fn any_realm(mut self, any: bool) -> Self {
        self.any_realm = any;
        self
    }

    /// What URIs may contain.
    #[must_use]
    pub const fn uri_rule(mut self, rule: UriRule) -> Self {
        self.template.uri_rule = rule;
        self
    }

    /// Adds topics whose past is kept in every realm, for `wamp.subscription.get_events`. None is unless said so.
    #[must_use]
    pub fn history(mut self, rule: HistoryRule) -> Self {
        self.template.history.push(rule);
        self
    }

    /// Adds what subscribers learn about publishers; of several rules that apply the first counts.
    #[must_use]
    pub fn publishers(mut self, rule: IdentityRule) -> Self {
        self.template.publishers.push(rule);
        self
    }

    /// Adds what callees learn about callers; likewise.
    #[must_use]
    pub fn callers(mut self, rule: IdentityRule) -> Self {
        self.template.callers.push(rule);
        self
    }

    /// How much each realm retains for those who subscribe later.
    #[must_use]
    pub const fn retention(mut self, limits: RetentionLimits) -> Self {
        self.template.retention = limits;
        self
    }

    /// The longest message that it takes, in bytes; 16 MiB unless said otherwise.
    #[must_use]
    pub const fn max_frame(mut self, bytes: usize) -> Self {
        self.max_frame = bytes;
        self
    }

    /// How much may wait to be written to one session, in bytes; a session that has more waiting is ended. As much
    /// again may be on its way out. 32 MiB unless said otherwise.
    #[must_use]
    pub const fn outbox_limit(mut self, bytes: usize) -> Self {
        self.outbox_limit = bytes;
        self
    }

    /// How long a connection may take until it has joined a realm; ten seconds unless said otherwise.
    #[must_use]
    pub const fn handshake_timeout(mut self, time: Duration) -> Self {
        self.handshake_timeout = time;
        self
    }

    /// The router.
    ///
    /// # Errors
    /// A realm whose name is no URI.
    pub fn build(self) -> Result<Router, BuildError> {
        let seed = getrandom::u64().map_err(|error| BuildError::Seed(error.to_string()))?;
        let mut realms = Realms {
            by_uri: HashMap::new(),
            random: fastrand::Rng::with_seed(seed),
        };
        for realm in &self.realms {
            let reserved = realm.is_reserved().then_some(UriFault::Reserved);
            reserved
                .map_or_else(|| realm.check(self.template.uri_rule), Err)
                .map_err(|fault| BuildError::Realm {
                    realm: realm.clone(),
                    fault,
                })?;
            realms.open(realm.clone(), &self.template);
        }
        let shared = Shared {
            config: self,
            realms: Mutex::new(realms),
            listeners: Mutex::default(),
            connections: Mutex::default(),
            closing: watch::Sender::new(false),
        };
        Ok(Router {
            shared: Arc::new(shared),
        })
    }
}

impl Realms {
    /// Opens a realm that is like `template` but for its name.
    fn open(&mut self, uri: Uri, template: &RealmConfig) -> RealmHandle {
        let config = RealmConfig {
            uri: uri.clone(),
            ..template.clone()
        };
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

/// RawSocket can go no further, and few WebSocket peers take more.
const MAX_FRAME: usize = 16 << 20;

/// Enough for a subscriber that falls behind by some 100 000 events of a few hundred bytes; little enough for one that has
/// stopped reading to do no harm.
const OUTBOX_LIMIT: usize = 32 << 20;

/// A person on a bad line needs less, an attacker who opens connections and stays silent gets no more.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait when the system refuses to accept: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
