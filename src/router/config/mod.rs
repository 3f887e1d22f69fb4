//! The router's configuration file: who may come in, by which doors, and what they may do.
//!
//! A file is read into a [`Config`] or into *all* that is wrong with it, each at its line ([`ConfigError`]). Secrets and
//! certificates are read at the same time, so that a file that is accepted can be run. It is TOML, or JSON with the same keys.
//!
//! What this module does *not* do: listen, open realms, or change a running router. There is no YAML: the crates that
//! read it bring more code than everything else here.
//!
//! - `limits`, `listeners`, `realms`, `users`, `roles`: what the tables of these names mean.
//! - `slow`: what is done about slow consumers.
//! - `effective`: the configuration as a file again. `summary`: what it comes to, in sentences.

mod effective;
mod limits;
mod listeners;
mod realms;
mod roles;
mod slow;
mod summary;
mod users;

#[cfg(test)]
mod tests;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::builder::OUTBOX_LIMIT;
use super::{ConnectionLimits, FailedLogins, Policy, SlowConsumers, metrics_address};
use crate::codec::MessageLimits;
use crate::realm::SessionLimits;
use crate::settings::{Item, Reader, Section, size};
use crate::transport::DEFAULT_HEARTBEAT;

pub use crate::settings::{ConfigError, Fault, Format, Place};
pub use limits::MessageSizes;
pub use listeners::ListenerConfig;
use listeners::{LEAST_MESSAGE, MOST_MESSAGE};
pub use realms::ConfiguredRealm;
pub use roles::RoleSetup;
use slow::Around;
pub use summary::Summary;
pub use users::UserSetup;

/// A configuration that a router can be run with.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[limits]`.
    pub limits: Limits,
    /// `[slow_consumers]`: what holds where a realm says nothing else.
    pub slow_consumers: SlowConsumers,
    /// `limit` of `[slow_consumers]`: how much may wait to be written to one session, in bytes.
    pub outbox_limit: usize,
    /// `metrics`: where the router tells how it does, by [`Router::listen_metrics`](super::Router::listen_metrics).
    pub metrics: Option<String>,
    /// `[[listeners]]`; may be none.
    pub listeners: Vec<ListenerConfig>,
    /// `[[realms]]` with a name; may be none.
    pub realms: Vec<ConfiguredRealm>,
    /// The one with the name `*`, for any other realm that a client asks for.
    pub template: Option<ConfiguredRealm>,
    /// What was noticed on the way: files that others can read, secrets in plain text.
    pub(crate) warnings: Vec<String>,
}

/// What holds for all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many connections there may be.
    pub connections: ConnectionLimits,
    /// From the accepted connection to WELCOME.
    pub handshake_time: Duration,
    /// From the transport's handshake to HELLO.
    pub hello_time: Duration,
    /// The longest message before WELCOME, in bytes.
    pub max_hello: usize,
    /// How often a connection is looked at that nothing comes from: [`Policy::heartbeat`].
    pub heartbeat: Option<Duration>,
    /// How long messages may be, unless a listener has its own.
    pub max_message: MessageSizes,
    /// How large the messages of a session may be inside.
    pub messages: MessageLimits,
    /// How much a session may have, unless its realm says otherwise.
    pub sessions: SessionLimits,
    /// How many failed logins one address has; more are refused until the window has passed.
    pub failed_logins: u32,
    /// The window.
    pub failed_logins_per: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: ConnectionLimits::default(),
            handshake_time: Duration::from_secs(10),
            hello_time: Duration::from_secs(5),
            max_hello: 64 << 10,
            heartbeat: Some(DEFAULT_HEARTBEAT),
            max_message: MessageSizes::default(),
            messages: MessageLimits::default(),
            sessions: SessionLimits::default(),
            failed_logins: 20,
            failed_logins_per: Duration::from_secs(60),
        }
    }
}

impl Default for Config {
    /// What an empty file says.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            slow_consumers: SlowConsumers::default(),
            outbox_limit: OUTBOX_LIMIT,
            metrics: None,
            listeners: Vec::new(),
            realms: Vec::new(),
            template: None,
            warnings: Vec::new(),
        }
    }
}

impl Config {
    /// Reads a file: JSON if its name ends in `.json`, else TOML. Relative paths in it count from its folder.
    ///
    /// It blocks: secrets may come from programs. `key` is what salts are drawn from, as with
    /// [`Directory::salt`](crate::auth::Directory::salt): the same for a file that is read again.
    ///
    /// # Errors
    /// That it cannot be read, or all that is wrong with it.
    pub fn read(path: &Path, key: &[u8; 32]) -> Result<Self, ConfigError> {
        let (text, format, mode) = content(path)?;
        Self::parse_as(&text, format, path, Some(mode), Some(key))
    }

    /// Reads a file for what it says about roles: secrets and certificates are not looked for, and users have no
    /// credentials that need them.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn read_rules(path: &Path) -> Result<Self, ConfigError> {
        let (text, format, mode) = content(path)?;
        Self::parse_as(&text, format, path, Some(mode), None)
    }

    /// Reads a text as the content of the file `path`, which need not be there.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(
        text: &str,
        format: Format,
        path: &Path,
        key: &[u8; 32],
    ) -> Result<Self, ConfigError> {
        Self::parse_as(text, format, path, None, Some(key))
    }

    fn parse_as(
        text: &str,
        format: Format,
        path: &Path,
        mode: Option<u32>,
        key: Option<&[u8; 32]>,
    ) -> Result<Self, ConfigError> {
        let reader = Reader::new(text, path, key);
        let mut config = Self::default();
        reader.fill(format, |root| config.fill(root));
        if let Some(mode) = mode
            && mode & 0o044 != 0
            && reader.has_secrets.get()
        {
            reader.warn(format!(
                "{} has secrets in it and is open to others (mode {mode:04o}): `chmod 600` it",
                path.display()
            ));
        }
        config.warnings = reader.finish(path)?;
        Ok(config)
    }

    /// What the router is to go by. `key` is the one that the file was read with.
    #[must_use]
    pub fn policy(&self, key: [u8; 32]) -> Policy {
        Policy {
            realms: self.realms.iter().map(|realm| realm.setup(key)).collect(),
            any_realm: self.template.as_ref().map(|realm| realm.setup(key)),
            connections: self.limits.connections,
            failed_logins: FailedLogins {
                count: self.limits.failed_logins,
                per: self.limits.failed_logins_per,
            },
            handshake_time: self.limits.handshake_time,
            hello_time: self.limits.hello_time,
            max_hello: self.limits.max_hello,
            messages: self.limits.messages,
            heartbeat: self.limits.heartbeat,
        }
    }

    fn fill(&mut self, root: Section<'_>) {
        if let Some(section) = root.get("limits").and_then(|it| it.section("[limits]")) {
            self.limits = limits(section);
        }
        let slow = root.get("slow_consumers");
        let mut idle_time = None;
        if let Some(section) = slow.and_then(|it| it.section("[slow_consumers]")) {
            if let Some(limit) = section
                .get("limit")
                .and_then(|it| it.size_up_to(LEAST_OUTBOX, MOST_OUTBOX))
            {
                self.outbox_limit = limit;
            }
            (self.slow_consumers, idle_time) = slow::read(&section, self.around());
            section.finish();
        }
        self.metrics = root.get("metrics").and_then(metrics);
        self.listeners = listeners::read(&root, &self.limits);
        (self.realms, self.template) = realms::read(&root, self.around(), self.limits.sessions);
        let limit = self.outbox_limit;
        let mut blocks = false;
        for realm in self.realms.iter_mut().chain(&mut self.template) {
            blocks |= realm.blocks();
            realm.settle_slow(limit);
        }
        slow::settle(&mut self.slow_consumers, limit);
        if let Some(time) = idle_time.filter(|_| !blocks) {
            slow::refuse_idle(time);
        }
        root.finish();
    }

    /// What holds where a realm says nothing about slow consumers.
    const fn around(&self) -> Around {
        Around {
            slow: self.slow_consumers,
            limit: self.outbox_limit,
        }
    }
}

/// What is in a file, with its format and its permissions.
fn content(path: &Path) -> Result<(String, Format, u32), ConfigError> {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
    let format = match extension {
        "json" => Format::Json,
        "yaml" | "yml" => {
            return Err(ConfigError::Yaml {
                file: path.to_owned(),
            });
        }
        _ => Format::Toml,
    };
    let failed = |error| ConfigError::Read {
        file: path.to_owned(),
        error,
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o7777;
    Ok((text, format, mode))
}

/// An address, or a port of this machine.
fn metrics(item: Item<'_>) -> Option<String> {
    let address = metrics_address(item.text()?);
    let wrong = |error| item.fault(format!("`metrics` is no address: {error}"));
    address.map_err(wrong).ok()
}

fn limits(section: Section<'_>) -> Limits {
    let mut limits = Limits {
        connections: limits::connections(&section),
        max_message: limits::message_sizes(&section, MessageSizes::default()),
        messages: limits::messages(&section),
        sessions: limits::sessions(&section, SessionLimits::default()),
        ..Limits::default()
    };
    if let Some(time) = section.get("handshake_time").and_then(|it| it.duration()) {
        limits.handshake_time = time;
    }
    // The usual values of what is part of something else make way for a smaller whole.
    limits.hello_time = limits.hello_time.min(limits.handshake_time);
    if let Some(item) = section.get("hello_time")
        && let Some(time) = item.duration()
    {
        if time > limits.handshake_time {
            let whole = humantime::format_duration(limits.handshake_time);
            item.fault_with(
                format!("`hello_time` is a part of `handshake_time`, which is {whole}"),
                Some("say less, or a longer `handshake_time`".to_owned()),
            );
        }
        limits.hello_time = time;
    }
    limits.max_hello = limits.max_hello.min(limits.max_message.all);
    if let Some(item) = section.get("max_hello")
        && let Some(max) = item.size_up_to(LEAST_MESSAGE, MOST_MESSAGE)
    {
        if max > limits.max_message.all {
            let all = size(limits.max_message.all);
            item.fault_with(
                format!("`max_hello` must be at most `max_message`, which is {all}"),
                Some("say less, or a larger `max_message`".to_owned()),
            );
        }
        limits.max_hello = max;
    }
    if let Some(time) = section.get("heartbeat").and_then(|it| it.interval()) {
        limits.heartbeat = time;
    }
    let failed = section.get("failed_logins");
    if let Some(section) = failed.and_then(|it| it.section("failed_logins")) {
        if let Some(count) = section.need("count").and_then(|it| it.number(1)) {
            limits.failed_logins = count;
        }
        if let Some(per) = section.need("per").and_then(|it| it.duration()) {
            limits.failed_logins_per = per;
        }
        section.finish();
    }
    section.finish();
    limits
}

/// The least that may wait for a session: what it takes for a WELCOME and a few answers.
const LEAST_OUTBOX: usize = 64 << 10;

/// The most: a terabyte is a mistake.
const MOST_OUTBOX: usize = 1 << 40;
