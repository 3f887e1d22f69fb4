//! Who may come in, and what is there for them: all that [`Router::reconfigure`](super::Router::reconfigure) changes under
//! running sessions.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::{Directory, Method};
use crate::codec::MessageLimits;
use crate::proto::{Uri, UriFault};
use crate::realm::{RealmConfig, SessionLimits};
use crate::transport::DEFAULT_HEARTBEAT;

use super::admission::ConnectionLimits;
use super::attempts::FailedLogins;
use super::pace::Rates;
use super::slow::SlowConsumerRules;

/// What a router goes by. It is replaced as a whole, never in parts.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The realms that are there whether or not anybody has joined them.
    pub realms: Vec<RealmSetup>,
    /// What any other realm is like, which comes into being when the first session asks for it, and goes with the last;
    /// `None` if there is no other.
    pub any_realm: Option<RealmSetup>,
    /// How many connections there may be. Those that are there already stay when there come to be too many.
    pub connections: ConnectionLimits,
    /// How many failed logins an address has.
    pub failed_logins: FailedLogins,
    /// How long a connection may take until it has joined a realm.
    pub handshake_time: Duration,
    /// How long of that it may take until HELLO is there, once the transport's own handshake is over.
    pub hello_time: Duration,
    /// The longest message before WELCOME, in bytes: strangers get no more of the router's memory.
    pub max_hello: usize,
    /// How large the messages of a session may be inside. A change is for sessions to come.
    pub messages: MessageLimits,
    /// How often a connection is looked at that nothing comes from: if there is still nothing by the next time, not even the answer to a
    /// ping, it is ended. `None`: such connections stay. A change is for connections to come.
    pub heartbeat: Option<Duration>,
}

/// One realm, and who may join it.
#[derive(Clone, Debug)]
pub struct RealmSetup {
    /// What the realm is made from.
    pub config: RealmConfig,
    /// Who may join it.
    pub directory: Arc<Directory>,
    /// Procedures that say who else may join it.
    pub authenticators: Vec<Authenticator>,
    /// What is done about those who do not take the EVENTs that they are sent. A change is for sessions to come.
    pub slow_consumers: SlowConsumerRules,
    /// How much each of its sessions may have. A change is for sessions to come.
    pub sessions: SessionLimits,
    /// How fast they may send. A change is for sessions to come.
    pub rates: Rates,
}

/// A procedure that is asked who may join a realm.
///
/// It is called with the realm's name, the authid that the client gives (or null), and details of the login: `session`,
/// `authmethod`, `authrole`, `authextra`, `transport`, and for tickets `ticket`. It answers with a role, or with a
/// dictionary of `role` and what the method needs, such as `secret`; or with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// The methods that it is asked for.
    pub methods: Vec<Method>,
    /// The procedure.
    pub procedure: Uri,
    /// The realm where it is called, if that is not the one that is to be joined.
    pub realm: Option<Uri>,
    /// How long it may take.
    pub timeout: Duration,
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

impl Default for Policy {
    /// No realms; 100 000 connections, 10 000 from an address; 20 failed logins a minute; ten seconds for a handshake, five
    /// of them for HELLO, which may have 64 KiB; a heartbeat every 20 seconds.
    fn default() -> Self {
        Self {
            realms: Vec::new(),
            any_realm: None,
            connections: ConnectionLimits::default(),
            failed_logins: FailedLogins::default(),
            handshake_time: HANDSHAKE_TIME,
            hello_time: HELLO_TIME,
            max_hello: MAX_HELLO,
            messages: MessageLimits::default(),
            heartbeat: Some(DEFAULT_HEARTBEAT),
        }
    }
}

/// A person on a bad line needs less, an attacker who opens connections and stays silent gets no more.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// HELLO is the first thing that every client sends, and it asks nobody for it.
const HELLO_TIME: Duration = Duration::from_secs(5);

/// Room for a certificate chain or a token beside what HELLO has anyway.
const MAX_HELLO: usize = 64 << 10;

impl Policy {
    /// How a realm is set up, if there is or may be one of that name.
    pub(super) fn realm(&self, uri: &Uri) -> Option<&RealmSetup> {
        let other = self.any_realm.as_ref().filter(|_| !uri.is_reserved());
        self.named(uri).or(other)
    }

    /// Whether a realm stays when its last session has left.
    pub(super) fn keeps(&self, uri: &Uri) -> bool {
        self.named(uri).is_some()
    }

    fn named(&self, uri: &Uri) -> Option<&RealmSetup> {
        self.realms.iter().find(|realm| realm.config.uri == *uri)
    }

    /// # Errors
    /// A realm whose name is no URI.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        for RealmSetup { config, .. } in &self.realms {
            let reserved = config.uri.is_reserved().then_some(UriFault::Reserved);
            reserved
                .map_or_else(|| config.uri.check(config.uri_rule), Err)
                .map_err(|fault| BuildError::Realm {
                    realm: config.uri.clone(),
                    fault,
                })?;
        }
        Ok(())
    }
}

impl RealmSetup {
    /// A realm that anybody may join, as `anonymous`.
    #[must_use]
    pub fn open(config: RealmConfig) -> Self {
        let nobody =
            Directory::new([], [0; 32]).expect("without users there is none with two roles");
        Self {
            config,
            directory: Arc::new(nobody.with_anonymous(Method::Anonymous.name())),
            authenticators: Vec::new(),
            slow_consumers: SlowConsumerRules::default(),
            sessions: SessionLimits::default(),
            rates: Rates::default(),
        }
    }

    /// The same for a realm of another name.
    pub(super) fn config_for(&self, uri: Uri) -> RealmConfig {
        RealmConfig {
            uri,
            ..self.config.clone()
        }
    }

    /// The authenticator that is asked for a method.
    pub(super) fn authenticator(&self, method: Method) -> Option<&Authenticator> {
        let mut authenticators = self.authenticators.iter();
        authenticators.find(|authenticator| authenticator.methods.contains(&method))
    }
}
