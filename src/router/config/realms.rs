//! `[[realms]]`: what realms there are, and who may join them.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::{Directory, Method};
use crate::proto::UriRule;
use crate::realm::{
    Disclosure, HistoryRule, IdentityRule, Permissions, RealmConfig, RetentionLimits, SessionLimits,
};

use super::super::{Authenticator, Rate, Rates, RealmSetup, SlowConsumerRules, SlowConsumers};
use super::limits;
use super::roles::{self, RoleSetup, pattern};
use super::slow::{self, Around};
use super::users::{self, UserSetup};
use crate::settings::{Item, Section};
use crate::settings::{Place, suggestion};

/// A realm as the file has it.
#[derive(Clone, Debug)]
pub struct ConfiguredRealm {
    /// What it is made from. Its name is empty where it stands for any other realm.
    pub config: RealmConfig,
    /// Who may log in.
    pub users: Vec<UserSetup>,
    /// The role of anonymous clients; `None` if there are to be none.
    pub anonymous: Option<String>,
    /// Who is asked about those whom `users` does not know.
    pub authenticators: Vec<Authenticator>,
    /// The roles; `None` if there are none, and everything is allowed.
    pub roles: Option<Vec<RoleSetup>>,
    /// What is done about slow consumers, unless their role says something else.
    pub slow_consumers: SlowConsumers,
    /// How much each of its sessions may have.
    pub sessions: SessionLimits,
    /// How fast they may send, unless their role has its own; `None` for as fast as they can.
    pub rate: Option<Rate>,
    /// Where it stands.
    pub place: Place,
}

impl ConfiguredRealm {
    /// The realm, its directory and its authenticators, for the router.
    #[must_use]
    pub fn setup(&self, key: [u8; 32]) -> RealmSetup {
        let users = self.users.iter().map(|user| user.user.clone());
        let directory = Directory::new(users, key);
        let mut directory = directory.expect("reading a file refuses two users of one name");
        if let Some(role) = &self.anonymous {
            directory = directory.with_anonymous(role);
        }
        let roles = self.roles.iter().flatten();
        let of_role = |role: &RoleSetup| Some((role.rules.name.clone(), role.slow_consumers?));
        RealmSetup {
            config: self.config.clone(),
            directory: Arc::new(directory),
            authenticators: self.authenticators.clone(),
            slow_consumers: SlowConsumerRules {
                realm: self.slow_consumers,
                roles: roles.filter_map(of_role).collect(),
            },
            sessions: self.sessions,
            rates: self.rates(),
        }
    }

    fn rates(&self) -> Rates {
        let roles = self.roles.iter().flatten();
        let roles = roles.filter_map(|role| Some((role.rules.name.clone(), role.rate?)));
        Rates {
            all: self.rate,
            roles: roles.collect(),
        }
    }
}

/// Reads all realms. The one that stands for any other comes apart.
///
/// `slow` and `sessions` hold for realms that say nothing else.
pub(super) fn read(
    root: &Section<'_>,
    slow: Around,
    sessions: SessionLimits,
) -> (Vec<ConfiguredRealm>, Option<ConfiguredRealm>) {
    let mut realms: Vec<(String, ConfiguredRealm, usize)> = Vec::new();
    let mut asked: Vec<Item<'_>> = Vec::new();
    for section in root.tables("realms", "[[realms]]") {
        let line = section.reader.place(section.at).line;
        let item = section.need("name");
        // What else is wrong with it is said even if nobody knows which realm it is.
        let name = item.and_then(|it| it.text()).unwrap_or_default();
        let first = realms.iter().find(|(known, ..)| known == name);
        if let (Some((_, _, first)), Some(item)) = (first, item) {
            item.fault(format!("realm {name:?} is there already, in line {first}"));
        }
        let realm = realm(section, item, name, slow, &mut asked, sessions);
        realms.push((name.to_owned(), realm, line));
    }
    let names = realms.iter().map(|(name, ..)| &**name);
    let mut names = names.filter(|name| !name.is_empty()).collect::<Vec<_>>();
    names.dedup();
    for item in asked {
        // Where any realm may be opened, this one may be.
        if let Some(name) = item.text()
            && !names.contains(&name)
            && !names.contains(&ANY)
        {
            let hint = suggestion(name, &names);
            item.fault_with(format!("there is no realm {name:?} here"), hint);
        }
    }
    let mut any = None;
    let mut named = Vec::new();
    for (name, realm, _) in realms {
        if name == ANY {
            any = Some(realm);
        } else {
            named.push(realm);
        }
    }
    (named, any)
}

fn realm<'a>(
    section: Section<'a>,
    name_item: Option<Item<'a>>,
    name: &str,
    slow: Around,
    asked: &mut Vec<Item<'a>>,
    sessions: SessionLimits,
) -> ConfiguredRealm {
    let uri_rule = match section.get("uri_rule") {
        Some(item) => item.choice(&[("loose", UriRule::Loose), ("strict", UriRule::Strict)]),
        None => Some(UriRule::default()),
    }
    .unwrap_or_default();
    let uri = name_item
        .filter(|_| name != ANY)
        .and_then(|item| {
            let uri = item.uri(uri_rule)?;
            if uri.is_reserved() {
                item.fault("realms whose names begin with \"wamp\" are reserved for the protocol");
            }
            Some(uri)
        })
        .unwrap_or_default();

    let (slow_consumers, idle_time) =
        slow::inner(&section, "[realms.slow_consumers]", slow).unwrap_or((slow.slow, None));
    let slow = Around {
        slow: slow_consumers,
        ..slow
    };
    let roles = section.get("roles").is_some().then(|| {
        let mut roles = Vec::new();
        for section in section.tables("roles", "[[realms.roles]]") {
            roles.extend(roles::read(section, &roles, uri_rule, slow));
        }
        roles
    });
    let role_names = roles.as_ref().map(|roles| {
        let names = roles.iter().map(|role| role.rules.name.as_str());
        names.collect::<Vec<_>>()
    });
    let check_role = |item: Item<'_>| {
        let (Some(names), Some(role)) = (&role_names, item.name()) else {
            return;
        };
        if !names.contains(&role) {
            let hint = suggestion(role, names);
            item.fault_with(format!("the realm has no role {role:?}"), hint);
        }
    };

    let mut users = Vec::new();
    for section in section.tables("users", "[[realms.users]]") {
        if let Some(role) = section.get("role") {
            check_role(role);
        }
        users.extend(users::read(section, &users));
    }
    let mut authenticators: Vec<Authenticator> = Vec::new();
    for section in section.tables("authenticators", "[[realms.authenticators]]") {
        let methods = section.get("methods");
        let found = authenticator(section, uri_rule, asked);
        let others = authenticators.iter().flat_map(|it| &it.methods);
        let others = others.copied().collect::<Vec<_>>();
        let twice = found
            .iter()
            .flat_map(|it| &it.methods)
            .find(|it| others.contains(it));
        if let (Some(twice), Some(item)) = (twice, methods) {
            item.fault(format!(
                "another authenticator decides about {twice} already"
            ));
        }
        authenticators.extend(found);
    }
    let anonymous = match section.get("anonymous") {
        Some(item) => item.section("anonymous").and_then(|section| {
            let role = section.need("role");
            role.into_iter().for_each(check_role);
            section.finish();
            role.and_then(|role| role.name()).map(str::to_owned)
        }),
        None if users.is_empty() && authenticators.is_empty() => {
            Some(Method::Anonymous.name().to_owned())
        }
        None => None,
    };
    let mut history = Vec::new();
    for section in section.tables("history", "[[realms.history]]") {
        history.extend(history_rule(section, uri_rule));
    }
    let identities = |key, name| {
        let sections = section.tables(key, name);
        let rules = sections
            .into_iter()
            .filter_map(|it| identity_rule(it, uri_rule));
        rules.collect::<Vec<_>>()
    };
    let publishers = identities("publishers", "[[realms.publishers]]");
    let callers = identities("callers", "[[realms.callers]]");
    let retention = retention(&section);
    let sessions = limits::realm(&section, sessions);
    let rate = section.get("rate").and_then(limits::rate).flatten();
    let place = section.reader.place(section.at);
    section.finish();
    let realm = ConfiguredRealm {
        config: RealmConfig {
            uri,
            uri_rule,
            publishers,
            callers,
            retention,
            history,
            permissions: roles.as_deref().map(permissions),
        },
        users,
        anonymous,
        authenticators,
        roles,
        slow_consumers,
        sessions,
        rate,
        place,
    };
    if let Some(time) = idle_time.filter(|_| !realm.blocks()) {
        slow::refuse_idle(time);
    }
    realm
}

fn permissions(roles: &[RoleSetup]) -> Arc<Permissions> {
    let rules = roles.iter().map(|role| role.rules.clone()).collect();
    Arc::new(Permissions::new(rules))
}

fn authenticator<'a>(
    section: Section<'a>,
    uris: UriRule,
    asked: &mut Vec<Item<'a>>,
) -> Option<Authenticator> {
    let known = Method::ALL.map(|method| (method.name(), method));
    let methods = section
        .need("methods")
        .and_then(|it| it.choices(&known, false));
    let procedure = section.need("procedure").and_then(|it| it.uri(uris));
    let timeout = match section.get("timeout") {
        Some(item) => item.duration(),
        None => Some(TIMEOUT),
    };
    let realm = section.get("realm");
    asked.extend(realm);
    let realm = realm.map(|item| item.uri(UriRule::Loose));
    section.finish();
    Some(Authenticator {
        methods: methods?,
        procedure: procedure?,
        timeout: timeout?,
        realm: match realm {
            Some(uri) => Some(uri?),
            None => None,
        },
    })
}

fn history_rule(section: Section<'_>, uris: UriRule) -> Option<HistoryRule> {
    let pattern = pattern(&section, uris);
    let events = section
        .need("limit_events")
        .and_then(|it| it.count_up_to(1, limits::MOST));
    let bytes = section
        .need("limit_bytes")
        .and_then(|it| it.size_up_to(1, MOST_KEPT));
    section.finish();
    let (policy, uri) = pattern?;
    Some(HistoryRule {
        policy,
        uri,
        limit_events: events?,
        limit_bytes: bytes?,
    })
}

fn identity_rule(section: Section<'_>, uris: UriRule) -> Option<IdentityRule> {
    let pattern = pattern(&section, uris);
    let authrole = section.get("role").and_then(|it| it.name());
    let disclosure = match section.get("disclose") {
        Some(item) => item.choice(&DISCLOSURES),
        None => Some(Disclosure::default()),
    };
    let trustlevel = section.get("trustlevel").map(|it| it.number::<u64>(0));
    section.finish();
    let (policy, uri) = pattern?;
    Some(IdentityRule {
        policy,
        uri,
        authrole: authrole.map(str::to_owned),
        disclosure: disclosure?,
        trustlevel: match trustlevel {
            Some(level) => Some(level?),
            None => None,
        },
    })
}

fn retention(section: &Section<'_>) -> RetentionLimits {
    let mut limits = RetentionLimits::default();
    let Some(item) = section.get("retention") else {
        return limits;
    };
    let Some(section) = item.section("[realms.retention]") else {
        return limits;
    };
    if let Some(events) = section
        .get("events")
        .and_then(|it| it.count_up_to(0, limits::MOST))
    {
        limits.events = events;
    }
    if let Some(bytes) = section
        .get("bytes")
        .and_then(|it| it.size_up_to(0, MOST_KEPT))
    {
        limits.bytes = bytes;
    }
    section.finish();
    limits
}

/// The words for who is told of.
pub(super) const DISCLOSURES: [(&str, Disclosure); 3] = [
    ("on-request", Disclosure::OnRequest),
    ("always", Disclosure::Always),
    ("never", Disclosure::Never),
];

/// The name that stands for any other realm.
pub(super) const ANY: &str = "*";

/// How long an authenticator may take: less than a handshake may.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The most that may be kept of events, in bytes: a terabyte is a mistake.
const MOST_KEPT: usize = 1 << 40;
