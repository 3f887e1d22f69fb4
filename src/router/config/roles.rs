//! `[[realms.roles]]`: what roles may do.

use crate::proto::{MatchPolicy, Uri, UriRule};
use crate::realm::{Action, Disclosed, PermissionRule, RoleRules};

use super::super::SlowConsumers;
use super::slow::{self, Around};
use crate::router::Rate;
use crate::settings::Place;
use crate::settings::Section;

use super::limits;

/// A role with its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSetup {
    /// What it may do; the rules in the order of the file.
    pub rules: RoleRules,
    /// How fast its sessions may send, if not as others of the realm; `None` inside for as fast as they can.
    pub rate: Option<Option<Rate>>,
    /// Where each of the rules stands.
    pub places: Vec<Place>,
    /// What is done about its slow consumers, if that is not what its realm says.
    pub slow_consumers: Option<SlowConsumers>,
    /// Where it stands.
    pub place: Place,
}

impl RoleSetup {
    /// Where a rule of the role stands.
    #[must_use]
    pub fn place_of(&self, rule: &PermissionRule) -> Option<Place> {
        // No two of them have the same pattern.
        let mut rules = self.rules.rules.iter().zip(&self.places);
        let found = rules.find(|(it, _)| it.policy == rule.policy && it.uri == rule.uri);
        found.map(|(_, place)| *place)
    }
}

/// Reads a role of a realm that has the roles `known`, and does that about slow consumers.
pub(super) fn read(
    section: Section<'_>,
    known: &[RoleSetup],
    uris: UriRule,
    slow: Around,
) -> Option<RoleSetup> {
    let name = section.need("name").and_then(|item| {
        let name = item.name()?;
        if let Some(first) = known.iter().find(|known| known.rules.name == name) {
            let line = first.place.line;
            item.fault(format!("role {name:?} is there already, in line {line}"));
        }
        Some(name.to_owned())
    });
    let authorizer = section.get("authorizer").and_then(|it| it.uri(uris));
    let slow_consumers = slow::inner(&section, "[realms.roles.slow_consumers]", slow);
    let slow_consumers = slow_consumers.map(|(slow, idle_time)| {
        idle_time.into_iter().for_each(slow::refuse_idle);
        slow
    });
    let rate = section.get("rate").and_then(limits::rate);
    let mut rules: Vec<PermissionRule> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for section in section.tables("permissions", "[[realms.roles.permissions]]") {
        let (reader, at) = (section.reader, section.at);
        if let Some(rule) = rule(section, uris) {
            let same =
                |other: &PermissionRule| other.policy == rule.policy && other.uri == rule.uri;
            if let Some(first) = rules.iter().position(same) {
                let message = format!(
                    "the role has a rule for {:?} ({}) already, in line {}",
                    &*rule.uri, rule.policy, places[first].line
                );
                reader.fault(at, message, Some("put both into one".to_owned()));
            }
            rules.push(rule);
            places.push(reader.place(at));
        }
    }
    let place = section.reader.place(section.at);
    section.finish();
    Some(RoleSetup {
        rules: RoleRules {
            name: name?,
            rules,
            authorizer,
        },
        rate,
        places,
        slow_consumers,
        place,
    })
}

fn rule(section: Section<'_>, uris: UriRule) -> Option<PermissionRule> {
    let pattern = pattern(&section, uris);
    let allow = section.get("allow");
    let authorizer = section.get("authorizer");
    match (allow, authorizer) {
        (Some(_), Some(item)) => {
            item.fault("a rule has either `allow` or `authorizer`, which decides in its place");
        }
        (None, None) => {
            let hint = "`allow = []` denies all".to_owned();
            let message = format!("{} lacks `allow` or `authorizer`", section.name);
            section.reader.fault(section.at, message, Some(hint));
        }
        _ => {}
    }
    let allow = match allow {
        Some(item) => item.choices(&ACTIONS, true),
        None => Some(Vec::new()),
    };
    let disclose = match section.get("disclose") {
        Some(item) => item.choices(&[("caller", true), ("publisher", false)], true),
        None => Some(Vec::new()),
    };
    let cache = section.get("cache");
    if let (Some(cache), None) = (cache, authorizer) {
        cache.fault("`cache` is about the answers of an `authorizer`");
    }
    let cache = cache.and_then(|it| it.boolean());
    let authorizer = authorizer.map(|item| item.uri(uris));
    section.finish();
    let (policy, uri) = pattern?;
    let disclose = disclose?;
    Some(PermissionRule {
        policy,
        uri,
        allow: allow?.into_iter().collect(),
        disclose: Disclosed {
            caller: disclose.contains(&true),
            publisher: disclose.contains(&false),
        },
        authorizer: match authorizer {
            Some(uri) => Some(uri?),
            None => None,
        },
        cache: cache.unwrap_or_default(),
    })
}

/// `uri` and `match`.
pub(super) fn pattern(section: &Section<'_>, uris: UriRule) -> Option<(MatchPolicy, Uri)> {
    let policy = match section.get("match") {
        Some(item) => item.choice(&POLICIES),
        None => Some(MatchPolicy::default()),
    };
    let text = section.need("uri").map(|item| (item, item.text()));
    let ((item, text), policy) = (text?, policy?);
    let uri = Uri::from(text?);
    if let Err(fault) = uri.check_pattern(policy, uris) {
        let hint = (policy == MatchPolicy::Exact)
            .then(|| hint(&uri, uris))
            .flatten();
        item.fault_with(format!("`uri` = {:?}: {fault}", &*uri), hint);
        return None;
    }
    Some((policy, uri))
}

/// What an exact URI that is none may be meant as.
fn hint(uri: &Uri, uris: UriRule) -> Option<String> {
    [MatchPolicy::Prefix, MatchPolicy::Wildcard]
        .into_iter()
        .find(|policy| uri.check_pattern(*policy, uris).is_ok())
        .map(|policy| format!("is it meant with match = \"{policy}\"?"))
}

const POLICIES: [(&str, MatchPolicy); 3] = [
    (MatchPolicy::Exact.as_str(), MatchPolicy::Exact),
    (MatchPolicy::Prefix.as_str(), MatchPolicy::Prefix),
    (MatchPolicy::Wildcard.as_str(), MatchPolicy::Wildcard),
];

/// What may be allowed, by its words.
pub(super) const ACTIONS: [(&str, Action); 4] = {
    let [call, register, subscribe, publish] = Action::ALL;
    [
        (call.name(), call),
        (register.name(), register),
        (subscribe.name(), subscribe),
        (publish.name(), publish),
    ]
};
