//! The configuration as a file again: everything that holds, also where the file said nothing, and no secrets.
//!
//! Where a secret comes from is shown, and what checks one without being one: public keys, fingerprints, hashes of tickets,
//! salts. A key that is as good as a secret, or that lets passwords be tried, is `***`; such a file is refused when it is read.

use toml::{Table, Value};

use crate::proto::{MatchPolicy, Uri, UriRule};
use crate::realm::{HistoryRule, IdentityRule, SessionLimits};
use crate::transport::{ListenOptions, NarrowerFrames, TlsFiles};

use super::super::{Authenticator, Rate};
use super::limits::{MessageSizes, OVER, parts};
use super::listeners::{FRAMINGS, ListenerConfig};
use super::realms::{ANY, ConfiguredRealm, DISCLOSURES};
use super::roles::RoleSetup;
use super::{Config, Limits, slow};
use crate::settings::{OFF, size};

impl Config {
    /// The configuration that holds, as TOML.
    #[must_use]
    pub fn effective(&self) -> String {
        let realms = self.realms.iter().map(|it| (&*it.config.uri, it));
        let realms = realms.chain(self.template.iter().map(|it| (ANY, it)));
        let mut text = String::new();
        if let Some(address) = &self.metrics {
            text.push_str(&format!("metrics = {}\n", Value::from(address.as_str())));
        }
        section(&mut text, "limits", "[limits]", limits(&self.limits));
        let mut slow_consumers = slow::shown(&self.slow_consumers);
        slow_consumers.push(("limit", size(self.outbox_limit).into()));
        section(
            &mut text,
            "slow_consumers",
            "[slow_consumers]",
            slow_consumers,
        );
        for it in &self.listeners {
            section(&mut text, "listeners", "[[listeners]]", listener(it));
        }
        for (name, it) in realms {
            section(&mut text, "realms", "[[realms]]", realm(name, it));
        }
        text
    }

    /// What a router that runs already does not change: what it is called, and a text that is another where it is another.
    #[must_use]
    pub fn lasting(&self) -> Vec<(String, String)> {
        let written = |entries| {
            let mut text = String::new();
            section(&mut text, "", "", entries);
            text
        };
        let slow = ("[slow_consumers]".to_owned(), size(self.outbox_limit));
        let metrics = ("metrics".to_owned(), format!("{:?}", self.metrics));
        let listeners = self.listeners.iter();
        let listeners =
            listeners.map(|it| (format!("listener {}", it.endpoint), written(listener(it))));
        let realms = self.realms.iter().map(|it| {
            let config = &it.config;
            let name = format!(
                "history, retention, trust and URI rule of realm {}",
                config.uri
            );
            let kept = (&config.history, &config.retention);
            let told = (&config.publishers, &config.callers, config.uri_rule);
            (name, format!("{kept:?} {told:?}"))
        });
        [slow, metrics]
            .into_iter()
            .chain(listeners)
            .chain(realms)
            .collect()
    }
}

pub(super) type Entries = Vec<(&'static str, Shown)>;

/// What a key holds.
pub(super) enum Shown {
    /// A value on the key's line.
    Value(Value),
    /// Tables with headers of their own.
    Tables(Vec<Entries>),
    /// One table with a header of its own.
    Table(Entries),
}

impl<V: Into<Value>> From<V> for Shown {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

pub(super) fn table<const N: usize>(entries: [(&'static str, Shown); N]) -> Entries {
    entries.into()
}

/// Writes a table with its header: its values first, as TOML wants it, then the tables in it.
fn section(text: &mut String, path: &str, header: &str, entries: Entries) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(header);
    text.push('\n');
    let mut tables = Vec::new();
    for (key, shown) in entries {
        match shown {
            // Written on one line, tables too.
            Shown::Value(value) => text.push_str(&format!("{key} = {value}\n")),
            Shown::Table(entries) => tables.push((format!("{path}.{key}"), false, entries)),
            Shown::Tables(list) => tables.extend(
                list.into_iter()
                    .map(|entries| (format!("{path}.{key}"), true, entries)),
            ),
        }
    }
    for (path, is_list, entries) in tables {
        let header = if is_list {
            format!("[[{path}]]")
        } else {
            format!("[{path}]")
        };
        section(text, &path, &header, entries);
    }
}

fn limits(limits: &Limits) -> Entries {
    let mut failed = Table::new();
    failed.insert("count".to_owned(), i64::from(limits.failed_logins).into());
    let per = humantime::format_duration(limits.failed_logins_per);
    failed.insert("per".to_owned(), per.to_string().into());
    let time = humantime::format_duration(limits.handshake_time);
    let hello_time = humantime::format_duration(limits.hello_time);
    let heartbeat = limits.heartbeat.map_or_else(
        || OFF.to_owned(),
        |interval| humantime::format_duration(interval).to_string(),
    );
    let mut shown = table([
        ("connections", count(limits.connections.total)),
        (
            "connections_per_address",
            count(limits.connections.per_address),
        ),
        ("handshake_time", time.to_string().into()),
        ("hello_time", hello_time.to_string().into()),
        ("max_hello", size(limits.max_hello).into()),
        ("heartbeat", heartbeat.into()),
        ("max_message", message_sizes(limits.max_message)),
        ("max_depth", count(limits.messages.depth)),
        ("max_items", count(limits.messages.payload)),
        ("max_option_items", count(limits.messages.options)),
        ("max_uri", count(limits.messages.uri)),
    ]);
    shown.extend(sessions(&limits.sessions));
    shown.push(("failed_logins", failed.into()));
    shown
}

fn sessions(limits: &SessionLimits) -> Entries {
    table([
        ("subscriptions", count(limits.subscriptions)),
        ("registrations", count(limits.registrations)),
        ("calls", count(limits.calls)),
    ])
}

fn message_sizes(mut sizes: MessageSizes) -> Shown {
    let all = Value::from(size(sizes.all));
    if sizes.narrower == NarrowerFrames::default() {
        return all.into();
    }
    let mut shown = Table::new();
    shown.insert("all".to_owned(), all);
    for (key, narrower) in parts(&mut sizes.narrower) {
        shown.extend(narrower.map(|bytes| (key.to_owned(), size(bytes).into())));
    }
    shown.into()
}

fn listener(listener: &ListenerConfig) -> Entries {
    let ListenOptions {
        max_frame,
        narrower,
        serializers,
        framings,
        ..
    } = &listener.options;
    let sizes = MessageSizes {
        all: *max_frame,
        narrower: *narrower,
    };
    let transports = FRAMINGS.iter().filter(|(_, it)| framings.contains(it));
    let mut shown = table([
        ("url", listener.endpoint.to_string().into()),
        ("transports", words(transports.map(|(word, _)| *word))),
        (
            "serializers",
            words(serializers.iter().map(|it| it.as_str())),
        ),
        ("origins", words(listener.origins.iter().map(|it| &**it))),
        ("max_message", message_sizes(sizes)),
        ("allow_anonymous", listener.allow_anonymous.into()),
    ]);
    if let Some(files) = &listener.files {
        shown.push(("tls", tls(files).into()));
    }
    shown
}

fn tls(files: &TlsFiles) -> Table {
    let path = |path: &std::path::Path| Value::from(path.to_string_lossy().into_owned());
    let mut shown = Table::new();
    shown.insert("cert".to_owned(), path(&files.cert));
    shown.insert("key".to_owned(), path(&files.key));
    if let Some(ca) = &files.client_ca {
        shown.insert("client_ca".to_owned(), path(ca));
    }
    let auth = files.client_auth.as_str();
    shown.insert("client_auth".to_owned(), auth.into());
    shown
}

fn realm(name: &str, realm: &ConfiguredRealm) -> Entries {
    let config = &realm.config;
    let rule = match config.uri_rule {
        UriRule::Loose => "loose",
        UriRule::Strict => "strict",
    };
    let mut shown = table([("name", name.into()), ("uri_rule", rule.into())]);
    if let Some(role) = &realm.anonymous {
        let mut anonymous = Table::new();
        anonymous.insert("role".to_owned(), role.as_str().into());
        shown.push(("anonymous", anonymous.into()));
    }
    if let Some(limit) = &realm.rate {
        shown.push(("rate", rate(limit).into()));
    }
    let mut users = Vec::new();
    for user in &realm.users {
        let mut entries = table([
            ("authid", user.user.authid.as_str().into()),
            ("role", user.user.role.as_str().into()),
        ]);
        entries.extend(user.shown.iter().map(|(key, it)| (*key, it.clone().into())));
        users.push(entries);
    }
    shown.push(("users", Shown::Tables(users)));
    let authenticators = realm.authenticators.iter().map(authenticator);
    shown.push(("authenticators", Shown::Tables(authenticators.collect())));
    match realm.roles.as_deref() {
        // That no role may do anything is not the same as that there are none.
        Some([]) => shown.insert(2, ("roles", Value::Array(Vec::new()).into())),
        roles => {
            let roles = roles.into_iter().flatten().map(role);
            shown.push(("roles", Shown::Tables(roles.collect())));
        }
    }
    let history = config.history.iter().map(history);
    shown.push(("history", Shown::Tables(history.collect())));
    for (key, rules) in [
        ("publishers", &config.publishers),
        ("callers", &config.callers),
    ] {
        let rules = rules.iter().map(identity);
        shown.push((key, Shown::Tables(rules.collect())));
    }
    let retention = table([
        ("events", count(config.retention.events)),
        ("bytes", size(config.retention.bytes).into()),
    ]);
    shown.push(("retention", Shown::Table(retention)));
    let slow = slow::shown(&realm.slow_consumers);
    shown.push(("slow_consumers", Shown::Table(slow)));
    shown.push(("limits", Shown::Table(sessions(&realm.sessions))));
    shown
}

fn authenticator(authenticator: &Authenticator) -> Entries {
    let methods = authenticator.methods.iter().map(|method| method.name());
    let timeout = humantime::format_duration(authenticator.timeout);
    let mut shown = table([
        ("methods", words(methods)),
        ("procedure", (*authenticator.procedure).into()),
        ("timeout", timeout.to_string().into()),
    ]);
    if let Some(realm) = &authenticator.realm {
        shown.push(("realm", (**realm).into()));
    }
    shown
}

fn rate(rate: &Rate) -> Table {
    let mut shown = Table::new();
    shown.insert("messages".to_owned(), i64::from(rate.messages).into());
    shown.insert("burst".to_owned(), i64::from(rate.burst).into());
    let over = OVER.iter().find(|(_, over)| *over == rate.over);
    shown.extend(over.map(|(word, _)| ("over".to_owned(), (*word).into())));
    shown
}

fn role(role: &RoleSetup) -> Entries {
    let mut shown = table([("name", role.rules.name.as_str().into())]);
    match &role.rate {
        Some(Some(limit)) => shown.push(("rate", rate(limit).into())),
        Some(None) => shown.push(("rate", OFF.into())),
        None => {}
    }
    if let Some(authorizer) = &role.rules.authorizer {
        shown.push(("authorizer", (**authorizer).into()));
    }
    if let Some(slow) = &role.slow_consumers {
        shown.push(("slow_consumers", Shown::Table(slow::shown(slow))));
    }
    let mut permissions = Vec::new();
    for rule in &role.rules.rules {
        let mut entries = pattern(&rule.uri, rule.policy);
        match &rule.authorizer {
            Some(authorizer) => {
                entries.push(("authorizer", (**authorizer).into()));
                entries.push(("cache", rule.cache.into()));
            }
            None => entries.push(("allow", words(rule.allow.iter().map(|it| it.name())))),
        }
        let disclose = [
            ("caller", rule.disclose.caller),
            ("publisher", rule.disclose.publisher),
        ];
        let disclose = disclose.into_iter().filter(|(_, it)| *it);
        entries.push(("disclose", words(disclose.map(|(word, _)| word))));
        permissions.push(entries);
    }
    shown.push(("permissions", Shown::Tables(permissions)));
    shown
}

fn history(rule: &HistoryRule) -> Entries {
    let mut shown = pattern(&rule.uri, rule.policy);
    shown.push(("limit_events", count(rule.limit_events)));
    shown.push(("limit_bytes", size(rule.limit_bytes).into()));
    shown
}

fn identity(rule: &IdentityRule) -> Entries {
    let mut shown = pattern(&rule.uri, rule.policy);
    if let Some(role) = &rule.authrole {
        shown.push(("role", role.as_str().into()));
    }
    let word = DISCLOSURES.iter().find(|(_, it)| *it == rule.disclosure);
    shown.extend(word.map(|(word, _)| ("disclose", (*word).into())));
    if let Some(level) = rule.trustlevel {
        shown.push((
            "trustlevel",
            count(usize::try_from(level).unwrap_or(usize::MAX)),
        ));
    }
    shown
}

fn pattern(uri: &Uri, policy: MatchPolicy) -> Entries {
    table([("uri", (**uri).into()), ("match", policy.as_str().into())])
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Shown {
    Value::Array(words.map(Value::from).collect()).into()
}

/// What was read from such a number fits into one.
fn count(number: usize) -> Shown {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
