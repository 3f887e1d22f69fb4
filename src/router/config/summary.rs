//! What a configuration comes to: what `wamp router --check` says.

use std::fmt;

use crate::auth::Method;
use crate::proto::MatchPolicy;
use crate::realm::{Action, Finding, RoleRules};
use crate::transport::{ClientAuth, Endpoint};

use super::super::{Authenticator, ConnectionLimits, OverRate, Rate};
use super::Config;
use super::listeners::{FRAMINGS, ListenerConfig, is_local};
use super::realms::ConfiguredRealm;
use crate::settings::listed;

/// What a configuration comes to. `Display` writes the sentences, then the warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What the router would do, a sentence each.
    pub sentences: Vec<String>,
    /// What is probably not meant so.
    pub warnings: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let warnings = self.warnings.iter().map(|it| format!("warning: {it}"));
        let lines = self.sentences.iter().cloned().chain(warnings);
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

impl Config {
    /// What it comes to.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            sentences: Vec::new(),
            warnings: self.warnings.clone(),
        };
        for listener in &self.listeners {
            summary.listener(listener, self);
        }
        let connections = self.limits.connections;
        if connections != ConnectionLimits::default() {
            summary.sentences.push(format!(
                "takes {} connections, {} from one address",
                connections.total, connections.per_address
            ));
        }
        if let Some(address) = &self.metrics {
            let sentence = format!("tells how it does at http://{address}/metrics");
            summary.sentences.push(sentence);
            let host = address
                .rsplit_once(':')
                .map_or(&**address, |(host, _)| host);
            if !is_local(host.trim_matches(['[', ']'])) {
                summary.warnings.push(format!(
                    "everybody may read the metrics at {address}, which others than this machine can reach"
                ));
            }
        }
        for (name, realm) in self.all_realms() {
            summary.realm(&name, realm, self);
        }
        summary
    }

    /// The realms by their names for people.
    fn all_realms(&self) -> impl Iterator<Item = (String, &ConfiguredRealm)> {
        let named = self.realms.iter();
        let named = named.map(|realm| (format!("realm {}", realm.config.uri), realm));
        let any = self.template.iter();
        named.chain(any.map(|realm| ("any other realm".to_owned(), realm)))
    }
}

impl Summary {
    fn listener(&mut self, listener: &ListenerConfig, config: &Config) {
        let options = &listener.options;
        let transports = FRAMINGS
            .iter()
            .filter(|(_, it)| options.framings.contains(it));
        let transports = transports.map(|(word, _)| *word).collect::<Vec<_>>();
        let serializers = options.serializers.iter().map(|it| it.as_str());
        let serializers = serializers.collect::<Vec<_>>();
        let endpoint = &listener.endpoint;
        let mut sentence = format!(
            "listens on {endpoint} for {} with {}",
            listed(&transports),
            listed(&serializers)
        );
        match listener.files.as_ref().map(|files| files.client_auth) {
            Some(ClientAuth::Request) => sentence += ", asks for client certificates",
            Some(ClientAuth::Require) => sentence += ", requires client certificates",
            Some(ClientAuth::None) | None => {}
        }
        let mut realms = config.all_realms().map(|(_, realm)| realm);
        if realms.any(|realm| realm.anonymous.is_some()) {
            if !listener.admits_anonymous() {
                sentence += ", refuses anonymous clients";
            } else if !listener.is_local() {
                self.warnings.push(format!(
                    "anonymous clients are let in at {endpoint}, which others than this machine can reach"
                ));
            }
        }
        self.sentences.push(sentence);
        if !listener.is_local() && !endpoint.is_tls() {
            self.exposed(endpoint, config);
        }
    }

    /// Who may take the place of the procedures that decide about others.
    fn deciders(&mut self, name: &str, realm: &ConfiguredRealm) {
        let Some(permissions) = &realm.config.permissions else {
            return;
        };
        let roles = || realm.roles.iter().flatten().map(|role| &role.rules);
        let here = |it: &&Authenticator| it.realm.as_ref().is_none_or(|at| *at == realm.config.uri);
        let authenticators = realm.authenticators.iter().filter(here);
        let authorizers = roles().flat_map(|role| {
            let rules = role
                .rules
                .iter()
                .filter_map(|rule| rule.authorizer.as_ref());
            rules.chain(&role.authorizer)
        });
        let mut procedures: Vec<_> = authenticators.map(|it| &it.procedure).collect();
        procedures.extend(authorizers);
        procedures.sort_unstable();
        procedures.dedup();
        for procedure in procedures {
            let may_register = |role: &&RoleRules| {
                let explained = permissions.explain(
                    &role.name,
                    Action::Register,
                    MatchPolicy::Exact,
                    procedure,
                );
                explained.finding != Finding::Denied
            };
            let able: Vec<_> = roles()
                .filter(may_register)
                .map(|role| &*role.name)
                .collect();
            if able.len() > 1 {
                self.warnings.push(format!(
                    "{name}: {procedure} decides about others, and {} may register it: only a role that is trusted should",
                    listed(&able)
                ));
            }
        }
    }

    /// A listener that others reach, without TLS.
    fn exposed(&mut self, endpoint: &Endpoint, config: &Config) {
        let is_served = |method| {
            config.all_realms().any(|(_, realm)| {
                let asked = realm
                    .authenticators
                    .iter()
                    .any(|it| it.methods.contains(&method));
                asked || realm.users.iter().any(|it| it.user.serves(method))
            })
        };
        self.warnings.push(if is_served(Method::Ticket) {
            format!("{endpoint} has no TLS: tickets are sent to it in plain text")
        } else {
            format!("{endpoint} has no TLS: whoever is on the way can read and change messages")
        });
    }

    fn realm(&mut self, name: &str, realm: &ConfiguredRealm, config: &Config) {
        let mut ways = Vec::new();
        if let Some(role) = &realm.anonymous {
            ways.push(format!("anonymous clients as {role}"));
        }
        for user in &realm.users {
            let user = &user.user;
            let methods = Method::ALL
                .into_iter()
                .filter(|method| user.serves(*method));
            let methods = methods.map(Method::name).collect::<Vec<_>>().join("|");
            ways.push(format!("{} by {methods} as {}", user.authid, user.role));
        }
        for authenticator in &realm.authenticators {
            let methods = authenticator.methods.iter().map(|method| method.name());
            let mut way = format!(
                "whom {} accepts by {}",
                authenticator.procedure,
                methods.collect::<Vec<_>>().join("|")
            );
            if let Some(realm) = &authenticator.realm {
                way += &format!(" (asked in realm {realm})");
            }
            ways.push(way);
        }
        if ways.is_empty() {
            ways.push("nobody".to_owned());
        }
        self.sentences
            .push(format!("{name} lets in {}", ways.join("; ")));
        match realm.roles.as_deref() {
            None => self
                .sentences
                .push(format!("{name} has no roles: everything is allowed")),
            Some([]) => {
                self.warnings.push(format!(
                    "{name}: `roles` is empty, so nobody may do anything"
                ));
            }
            Some(roles) => {
                let count = |role: &super::RoleSetup| match role.rules.rules.len() {
                    1 => format!("{} (1 rule)", role.rules.name),
                    rules => format!("{} ({rules} rules)", role.rules.name),
                };
                let names = roles.iter().map(count).collect::<Vec<_>>().join(", ");
                self.sentences.push(format!("{name} has roles {names}"));
            }
        }
        if let Some(rate) = &realm.rate {
            let sentence = format!("{name} {}", pace(rate, "a session"));
            self.sentences.push(sentence);
        }
        for role in realm.roles.iter().flatten() {
            let role_name = &role.rules.name;
            if let Some(Some(rate)) = &role.rate {
                let whose = format!("a session of role {role_name}");
                self.sentences
                    .push(format!("{name} {}", pace(rate, &whose)));
            }
            if role.rules.rules.is_empty() && role.rules.authorizer.is_none() {
                let role = &role.rules.name;
                self.warnings.push(format!(
                    "{name}: role {role} has neither permissions nor an authorizer, so it may do nothing"
                ));
            }
        }
        self.slow_consumers(name, realm);
        self.deciders(name, realm);
        if let Some(role) = default_role(realm) {
            self.warnings.push(format!(
                "{name}: anonymous clients have role {role}, which is not among the roles, so they may do nothing"
            ));
        }
        let by_certificate = realm.users.iter().any(|it| it.user.serves(Method::Tls));
        let asks = |listener: &ListenerConfig| {
            let files = listener.files.as_ref();
            files.is_some_and(|files| files.client_auth != ClientAuth::None)
        };
        if by_certificate && !config.listeners.iter().any(asks) {
            self.warnings.push(format!(
                "{name}: users have TLS certificates, and no listener asks for them"
            ));
        }
        let stranded = realm.users.is_empty() && realm.anonymous.is_none();
        for authenticator in &realm.authenticators {
            let here = authenticator
                .realm
                .as_ref()
                .is_none_or(|it| *it == realm.config.uri);
            if stranded && here {
                self.warnings.push(format!(
                    "{name}: nobody can log in to register {}: give the realm a user, or call it in another realm",
                    authenticator.procedure
                ));
            }
        }
        let no_way = |listener: &ListenerConfig| !listener.admits_anonymous();
        let only_anonymous = realm.users.is_empty() && realm.authenticators.is_empty();
        if only_anonymous && !config.listeners.is_empty() && config.listeners.iter().all(no_way) {
            self.warnings.push(format!(
                "{name}: only anonymous clients are let in, and no listener admits them: say allow_anonymous = true there"
            ));
        }
    }
}

/// How fast sessions may send.
fn pace(rate: &Rate, whose: &str) -> String {
    let over = match rate.over {
        OverRate::Delay => "delays",
        OverRate::Refuse => "refuses",
    };
    format!(
        "takes {} messages per second of {whose}, {} at once, and {over} what is more",
        rate.messages, rate.burst
    )
}

/// The role that anonymous clients have without anybody having said so, if the realm does not know it.
fn default_role(realm: &ConfiguredRealm) -> Option<&str> {
    let role = realm.anonymous.as_deref()?;
    let roles = realm.roles.as_deref()?;
    let is_known = roles.iter().any(|it| it.rules.name == role);
    (!is_known).then_some(role)
}
