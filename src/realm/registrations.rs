//! The registrations of a realm: what is registered, by whom, and which callee a call goes to.
//!
//! Source: Advanced Profile, "Shared Registration", "Sharded Registration" and "Pattern-based Registrations".

use std::cell::Cell;
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::time::Duration;

use ahash::RandomState;
use smallvec::{SmallVec, smallvec};

use crate::proto::{Id, IdSequence, InvocationPolicy, MatchPolicy, RegisterOptions, Uri, Value};

use super::SessionKey;
use super::matcher::{Matcher, Pattern};
use super::shards::shard;

/// All registrations.
#[derive(Debug)]
pub(super) struct Registrations {
    by_pattern: Matcher<Registration>,
    /// The pattern of each registration.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
}

/// A registration: one for each pattern.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) id: Id,
    pub(super) policy: MatchPolicy,
    pub(super) invoke: InvocationPolicy,
    /// When it came to be, as the time since 1970-01-01 00:00 UTC.
    pub(super) created: Duration,
    /// In the order in which they registered; never empty.
    callees: SmallVec<[Callee; 1]>,
    /// Where `roundrobin` goes on; may be one past the end.
    next: Cell<usize>,
}

/// A session's part in a registration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callee {
    pub(super) session: SessionKey,
    /// How many invocations it takes at once.
    pub(super) concurrency: Option<NonZeroU64>,
    /// Whether it wants to know its callers.
    pub(super) disclose_caller: bool,
    /// Whether it wants to see to timeouts itself.
    pub(super) forward_timeout: bool,
}

/// What a realm tells about a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationInfo {
    /// Its id.
    pub id: Id,
    /// When it came to be, as the time since 1970-01-01 00:00 UTC.
    pub created: Duration,
    /// The procedure or pattern.
    pub uri: Uri,
    /// How calls match it.
    pub match_policy: MatchPolicy,
    /// Which of its callees a call goes to.
    pub invoke: InvocationPolicy,
    /// The callees, in the order in which they registered.
    pub callees: Vec<SessionKey>,
}

impl Registrations {
    pub(super) fn new(hasher: &RandomState) -> Self {
        Self {
            by_pattern: Matcher::new(hasher.clone()),
            patterns: HashMap::with_hasher(hasher.clone()),
            ids: IdSequence::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        debug_assert_eq!(self.patterns.len(), self.by_pattern.len());
        self.by_pattern.len()
    }

    pub(super) fn get(&self, pattern: &Pattern) -> Option<&Registration> {
        self.by_pattern.get(pattern)
    }

    /// A registration and its pattern.
    pub(super) fn by_id(&self, id: Id) -> Option<(&Pattern, &Registration)> {
        let pattern = self.patterns.get(&id)?;
        Some((pattern, self.by_pattern.get(pattern)?))
    }

    /// The registrations and their patterns, in no particular order.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Id, &Pattern)> {
        self.patterns.iter().map(|(id, pattern)| (*id, pattern))
    }

    /// The registration that a call of `uri` goes to.
    pub(super) fn best(&self, uri: &str) -> Option<&Registration> {
        self.by_pattern.best(uri)
    }

    /// All of them, in the order in which they came to be.
    pub(super) fn list(&self) -> Vec<RegistrationInfo> {
        let mut list: Vec<_> = self
            .patterns
            .values()
            .filter_map(|pattern| Some(self.by_pattern.get(pattern)?.info(pattern)))
            .collect();
        list.sort_by_key(|registration| registration.id);
        list
    }

    /// Adds a callee under `pattern`, to the registration there is or to a new one. Answers whether it is a new one.
    pub(super) fn add(
        &mut self,
        pattern: &Pattern,
        invoke: InvocationPolicy,
        created: Duration,
        callee: Callee,
    ) -> (Id, bool) {
        if let Some(registration) = self.by_pattern.get_mut(pattern) {
            registration.callees.push(callee);
            return (registration.id, false);
        }
        let pattern = pattern.detach();
        let id = self.ids.next();
        let registration = Registration {
            id,
            policy: pattern.policy,
            invoke,
            created,
            callees: smallvec![callee],
            next: Cell::new(0),
        };
        self.by_pattern.insert(&pattern, registration);
        self.patterns.insert(id, pattern);
        (id, true)
    }

    /// Takes a callee off a registration, and the registration away with the last one. Answers whether it was the last,
    /// or `None` if it was no callee of it.
    pub(super) fn remove(&mut self, id: Id, callee: SessionKey) -> Option<bool> {
        let pattern = self.patterns.get(&id)?;
        let registration = self.by_pattern.get_mut(pattern)?;
        if !registration.remove(callee) {
            return None;
        }
        let last = registration.callees.is_empty();
        if last {
            self.by_pattern.remove(pattern);
            self.patterns.remove(&id);
        }
        Some(last)
    }
}

impl Registration {
    pub(super) fn callees(&self) -> &[Callee] {
        &self.callees
    }

    pub(super) fn has(&self, session: SessionKey) -> bool {
        self.callees.iter().any(|callee| callee.session == session)
    }

    /// The callee that the invocation policy chooses among those that are `ready`.
    pub(super) fn choose(
        &self,
        random: &mut fastrand::Rng,
        ready: impl Fn(&Callee) -> bool,
    ) -> Option<&Callee> {
        let count = self.callees.len();
        let is_ready = |at: &usize| self.callees.get(*at).is_some_and(&ready);
        let at = match self.invoke {
            InvocationPolicy::Single | InvocationPolicy::First => (0..count).find(is_ready),
            InvocationPolicy::Last => (0..count).rev().find(is_ready),
            InvocationPolicy::Random => {
                // Mostly all are ready; they are counted only if the one drawn is not.
                Some(random.usize(..count.max(1)))
                    .filter(is_ready)
                    .or_else(|| {
                        let all_ready: Vec<usize> = (0..count).filter(is_ready).collect();
                        random.choice(all_ready)
                    })
            }
            InvocationPolicy::RoundRobin => {
                let start = self.next.get();
                let at = (start..start + count).map(|at| at % count).find(is_ready);
                self.next.set(at.map_or(start, |at| at + 1));
                at
            }
        }?;
        self.callees.get(at)
    }

    /// The callee that a resource key belongs to. The nodes are the callees' positions in the order of registration, so
    /// the choice is the same whenever as many callees have registered in the same order.
    pub(super) fn shard(&self, key: &Value) -> Option<&Callee> {
        let nodes = (0_u64..)
            .zip(&self.callees)
            .map(|(position, _)| Value::from(position));
        self.callees.get(shard(key, nodes)?)
    }

    /// Takes a callee off. Answers whether it was one.
    fn remove(&mut self, session: SessionKey) -> bool {
        let found = self
            .callees
            .iter()
            .position(|callee| callee.session == session);
        let Some(at) = found else {
            return false;
        };
        self.callees.remove(at);
        if at < self.next.get() {
            self.next.set(self.next.get() - 1);
        }
        true
    }

    fn info(&self, pattern: &Pattern) -> RegistrationInfo {
        RegistrationInfo {
            id: self.id,
            created: self.created,
            uri: pattern.uri.clone(),
            match_policy: self.policy,
            invoke: self.invoke,
            callees: self.callees.iter().map(|callee| callee.session).collect(),
        }
    }
}

impl Callee {
    pub(super) fn new(session: SessionKey, options: &RegisterOptions) -> Self {
        Self {
            session,
            concurrency: options.concurrency.and_then(NonZeroU64::new),
            disclose_caller: options.disclose_caller == Some(true),
            forward_timeout: options.forward_timeout == Some(true),
        }
    }
}
