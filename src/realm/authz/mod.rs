//! Authorization: what the sessions of a role may do, by rules that are set up beforehand.
//!
//! A URI is decided by the most specific rule of the role that matches it, and by that rule alone: what it does not allow is
//! denied, even if a less specific rule would allow it. The order is that of registrations: an exact match, then the longest
//! prefix, then the best wildcard pattern. A pattern is allowed only if every URI is that it matches, see `patterns`.
//!
//! What this module does *not* do: ask an authorizer. It says which one is to be asked; that is done by the realm, see
//! `waiting`.
//!
//! Source: Advanced Profile, "Authorization".

mod explain;
mod patterns;

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use ahash::RandomState;

use crate::proto::{MatchPolicy, Uri};

use super::matcher::{Matcher, Pattern};

pub use explain::{Explanation, Finding};

/// What a session can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Calling a procedure.
    Call,
    /// Registering a procedure.
    Register,
    /// Subscribing to a topic.
    Subscribe,
    /// Publishing to a topic.
    Publish,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Call, Self::Register, Self::Subscribe, Self::Publish];

    /// Its name, as authorizers are told.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Register => "register",
            Self::Subscribe => "subscribe",
            Self::Publish => "publish",
        }
    }

    /// What stands between "may not" and the URI.
    pub(in crate::realm) const fn phrase(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Register => "register",
            Self::Subscribe => "subscribe to",
            Self::Publish => "publish to",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no [`Action`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of call, register, subscribe, publish")]
pub struct UnknownAction(pub String);

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        let action = Self::ALL.into_iter().find(|action| action.name() == name);
        action.ok_or_else(|| UnknownAction(name.to_owned()))
    }
}

/// A set of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions(u8);

impl Actions {
    /// No action.
    pub const NONE: Self = Self(0);

    /// Every action.
    pub const ALL: Self = Self(0b1111);

    /// Whether an action is among them.
    #[must_use]
    pub const fn has(self, action: Action) -> bool {
        self.0 & (1 << action as u8) != 0
    }

    /// The same and one more.
    #[must_use]
    pub const fn with(self, action: Action) -> Self {
        Self(self.0 | (1 << action as u8))
    }

    /// Those that are in it.
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL
            .into_iter()
            .filter(move |action| self.has(*action))
    }
}

impl FromIterator<Action> for Actions {
    fn from_iter<I: IntoIterator<Item = Action>>(actions: I) -> Self {
        actions.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Display for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NONE {
            return f.write_str("nothing");
        }
        for (at, action) in self.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{action}")?;
        }
        Ok(())
    }
}

/// Whom a rule discloses, as if the sender had asked for it. An [`IdentityRule`](super::IdentityRule) that says "never" has
/// the last word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// Callees learn who calls.
    pub caller: bool,
    /// Subscribers learn who publishes.
    pub publisher: bool,
}

/// What a role may do with some URIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionRule {
    /// How `uri` matches.
    pub policy: MatchPolicy,
    /// The URIs that it decides.
    pub uri: Uri,
    /// What is allowed. All else is denied. Has no meaning where there is an `authorizer`.
    pub allow: Actions,
    /// Who is disclosed.
    pub disclose: Disclosed,
    /// The procedure that decides instead.
    pub authorizer: Option<Uri>,
    /// Whether the authorizer's answers are kept for the time of the session, even if they do not say so.
    pub cache: bool,
}

/// What a role may do.
///
/// Of several rules for the same pattern the first one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleRules {
    /// The authrole.
    pub name: String,
    /// Its rules, in any order.
    pub rules: Vec<PermissionRule>,
    /// The procedure that decides where no rule applies; without one all of that is denied.
    pub authorizer: Option<Uri>,
}

/// The permissions of all roles of a realm. A role that is not among them may do nothing.
#[derive(Debug)]
pub struct Permissions {
    roles: HashMap<String, Compiled, RandomState>,
}

/// A role's rules with the index to them.
#[derive(Debug)]
struct Compiled {
    rules: Vec<PermissionRule>,
    /// Places in `rules`.
    index: Matcher<usize>,
    authorizer: Option<Uri>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    Allowed {
        /// Whether the sender is disclosed.
        disclose: bool,
    },
    Denied,
    /// All of these have to allow it: one, unless it is a pattern some of whose URIs are up to another. Never empty.
    Asks(Vec<Inquiry<'a>>),
}

/// An authorizer that is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inquiry<'a> {
    pub(super) procedure: &'a Uri,
    pub(super) cache: bool,
    pub(super) disclose: bool,
}

impl Permissions {
    /// The permissions of these roles. Of several roles of the same name the first one counts.
    #[must_use]
    pub fn new(roles: Vec<RoleRules>) -> Self {
        // Only what stands in a configuration is put into these tables, so nobody can make it collide.
        let hasher = RandomState::with_seeds(1, 2, 3, 4);
        let mut compiled = HashMap::with_hasher(hasher.clone());
        for role in roles {
            let RoleRules {
                name,
                rules,
                authorizer,
            } = role;
            compiled
                .entry(name)
                .or_insert_with(|| Compiled::new(rules, authorizer, hasher.clone()));
        }
        Self { roles: compiled }
    }

    /// Whether there is a role of that name.
    #[must_use]
    pub fn has_role(&self, name: &str) -> bool {
        self.roles.contains_key(name)
    }

    /// What becomes of a request of this role for a URI or pattern.
    pub(super) fn decide(
        &self,
        role: &str,
        action: Action,
        policy: MatchPolicy,
        uri: &str,
    ) -> Verdict<'_> {
        let Some(role) = self.roles.get(role) else {
            return Verdict::Denied;
        };
        if policy == MatchPolicy::Exact {
            let rule = role.index.best(uri).map(|at| &role.rules[*at]);
            return match role.opinion(rule, action) {
                Opinion::Allows { disclose } => Verdict::Allowed { disclose },
                Opinion::Denies => Verdict::Denied,
                Opinion::Asks(inquiry) => Verdict::Asks(vec![inquiry]),
            };
        }
        role.decide_pattern(action, policy, uri)
    }
}

impl Compiled {
    fn new(rules: Vec<PermissionRule>, authorizer: Option<Uri>, hasher: RandomState) -> Self {
        let mut index = Matcher::new(hasher);
        for (at, rule) in rules.iter().enumerate() {
            let pattern = rule.pattern();
            if index.get(&pattern).is_none() {
                index.insert(&pattern, at);
            }
        }
        Self {
            rules,
            index,
            authorizer,
        }
    }

    /// What a rule says, or what holds without one.
    fn opinion<'a>(&'a self, rule: Option<&'a PermissionRule>, action: Action) -> Opinion<'a> {
        let (procedure, cache, disclose) = match rule {
            Some(rule) => (
                rule.authorizer.as_ref(),
                rule.cache,
                rule.disclose.of(action),
            ),
            None => (self.authorizer.as_ref(), false, false),
        };
        match procedure {
            Some(procedure) => Opinion::Asks(Inquiry {
                procedure,
                cache,
                disclose,
            }),
            None if rule.is_some_and(|rule| rule.allow.has(action)) => Opinion::Allows { disclose },
            None => Opinion::Denies,
        }
    }

    /// A pattern is allowed if all opinions that count for some of its URIs allow it.
    fn decide_pattern(&self, action: Action, policy: MatchPolicy, uri: &str) -> Verdict<'_> {
        let mut inquiries: Vec<Inquiry<'_>> = Vec::new();
        for rule in self.deciding(action, policy, uri) {
            match self.opinion(rule, action) {
                Opinion::Allows { .. } => {}
                Opinion::Denies => return Verdict::Denied,
                Opinion::Asks(inquiry) => {
                    let same = |other: &&mut Inquiry<'_>| other.procedure == inquiry.procedure;
                    match inquiries.iter_mut().find(same) {
                        // Kept only if every rule has it so.
                        Some(known) => known.cache &= inquiry.cache,
                        None => inquiries.push(inquiry),
                    }
                }
            }
        }
        if inquiries.is_empty() {
            // There is always an opinion, if only that of no rule.
            return Verdict::Allowed { disclose: false };
        }
        Verdict::Asks(inquiries)
    }

    /// The rules that decide some of the URIs that a pattern matches: the most specific one that covers the whole pattern,
    /// or `None` where no rule does, and all that are more specific than it and match some of them.
    fn deciding(
        &self,
        action: Action,
        policy: MatchPolicy,
        uri: &str,
    ) -> impl Iterator<Item = Option<&PermissionRule>> {
        let active = move || {
            let rules = self.rules.iter().enumerate();
            rules.filter(move |(at, rule)| {
                // The router's own procedures are out of reach for registrations, whatever their pattern.
                let moot = action == Action::Register && rule.is_reserved();
                !moot && self.index.get(&rule.pattern()) == Some(at)
            })
        };
        let covering = active()
            .map(|(_, rule)| rule)
            .filter(|rule| patterns::covers((rule.policy, &rule.uri), (policy, uri)))
            .max_by(|a, b| a.rank().cmp(&b.rank()));
        let others = active()
            .map(|(_, rule)| rule)
            .filter(move |rule| {
                let more_specific = covering.is_none_or(|covering| rule.rank() > covering.rank());
                more_specific && patterns::intersect((rule.policy, &rule.uri), (policy, uri))
            })
            .map(Some);
        std::iter::once(covering).chain(others)
    }
}

/// What one rule has to say.
enum Opinion<'a> {
    Allows { disclose: bool },
    Denies,
    Asks(Inquiry<'a>),
}

impl PermissionRule {
    fn pattern(&self) -> Pattern {
        Pattern {
            policy: self.policy,
            uri: self.uri.clone(),
        }
    }

    /// How specific it is. Of two rules that match the same URI the greater one decides.
    fn rank(&self) -> Rank {
        match self.policy {
            MatchPolicy::Wildcard => {
                let components = self.uri.split('.');
                Rank::Wildcard(components.map(|component| !component.is_empty()).collect())
            }
            MatchPolicy::Prefix => Rank::Prefix(self.uri.len()),
            MatchPolicy::Exact => Rank::Exact,
        }
    }

    /// Whether all that it matches is under `wamp`.
    fn is_reserved(&self) -> bool {
        match self.policy {
            MatchPolicy::Prefix => self.uri.starts_with("wamp."),
            MatchPolicy::Exact | MatchPolicy::Wildcard => self.uri.is_reserved(),
        }
    }
}

/// The order is that of [`Matcher::best`].
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Wildcard(Vec<bool>),
    Prefix(usize),
    Exact,
}

impl Disclosed {
    const fn of(self, action: Action) -> bool {
        match action {
            Action::Call => self.caller,
            Action::Publish => self.publisher,
            Action::Register | Action::Subscribe => false,
        }
    }
}

#[cfg(test)]
mod tests;
