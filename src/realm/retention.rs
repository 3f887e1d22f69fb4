//! The last event of each topic, for those who subscribe later.
//!
//! A topic keeps the last event that was for everybody, and of the later ones that were for some only, a few: a
//! subscriber gets the latest of these that it would have received. An event replaces those before it whose receivers all
//! receive it too: all of them if it is for everybody (whether or not it excludes its publisher), else the one with the same
//! lists.
//!
//! There are bounds, as anybody may retain something on any topic: when the realm keeps too much, the events that were
//! retained first are forgotten. An event that is too large by itself is not retained; it still replaces those before it, as
//! they are no longer true.
//!
//! Source: Advanced Profile, "Event Retention".

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::proto::{MatchPolicy, Uri};

use super::matcher::Pattern;
use super::stored::Stored;

/// How much a realm may retain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Events; 0 for no retention at all.
    pub events: usize,
    /// Bytes, of their payloads and everything that is kept with them.
    pub bytes: usize,
}

impl Default for RetentionLimits {
    /// 10 000 events, 16 MiB: a subscriber that asks for all of them at once can take them.
    fn default() -> Self {
        Self {
            events: 10_000,
            bytes: 16 << 20,
        }
    }
}

/// The retained events of a realm.
#[derive(Debug)]
pub(super) struct Retention {
    limits: RetentionLimits,
    /// By topic, in their order: a pattern has all its topics in the range of its literal beginning.
    topics: BTreeMap<Uri, SmallVec<[Retained; 1]>>,
    /// The topic of each event by its number, so the oldest first.
    order: BTreeMap<u64, Uri>,
    /// The number of the next event.
    next: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Retained {
    number: u64,
    event: Arc<Stored>,
}

impl Retention {
    pub(super) const fn new(limits: RetentionLimits) -> Self {
        Self {
            limits,
            topics: BTreeMap::new(),
            order: BTreeMap::new(),
            next: 0,
            bytes: 0,
        }
    }

    /// Whether it retains anything.
    pub(super) const fn is_enabled(&self) -> bool {
        self.limits.events > 0
    }

    /// How many events are retained.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Retains an event.
    pub(super) fn retain(&mut self, event: Arc<Stored>) {
        let topic = event.topic.clone();
        let retained = self.topics.get(&topic).into_iter().flatten();
        let replaced: SmallVec<[u64; 1]> = retained
            .filter(|earlier| event.filter.is_none() || earlier.event.filter == event.filter)
            .map(|earlier| earlier.number)
            .collect();
        for number in replaced {
            self.forget(number);
        }
        if event.weight > self.limits.bytes {
            return;
        }
        let retained = self.topics.get(&topic).into_iter().flatten();
        let mut supplements = retained.filter(|earlier| earlier.event.filter.is_some());
        if let (Some(oldest), true) = (supplements.next(), supplements.count() + 1 >= SUPPLEMENTS) {
            let number = oldest.number;
            self.forget(number);
        }
        let number = self.next;
        self.next += 1;
        self.bytes += event.weight;
        self.order.insert(number, topic.clone());
        let retained = self.topics.entry(topic).or_default();
        retained.push(Retained { number, event });
        while self.order.len() > self.limits.events || self.bytes > self.limits.bytes {
            let Some(oldest) = self.order.first_key_value().map(|(number, _)| *number) else {
                return;
            };
            self.forget(oldest);
        }
    }

    fn forget(&mut self, number: u64) {
        let Some(topic) = self.order.remove(&number) else {
            return;
        };
        let Some(retained) = self.topics.get_mut(&topic) else {
            return;
        };
        if let Some(at) = retained.iter().position(|event| event.number == number) {
            self.bytes -= retained.remove(at).event.weight;
        }
        if retained.is_empty() {
            self.topics.remove(&topic);
        }
    }

    /// For each topic that `pattern` matches, in the order of topics, the last retained event that `reaches` somebody.
    pub(super) fn last<'a>(
        &'a self,
        pattern: &'a Pattern,
        reaches: impl Fn(&Stored) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Stored> {
        let beginning = match pattern.policy {
            MatchPolicy::Exact | MatchPolicy::Prefix => &*pattern.uri,
            MatchPolicy::Wildcard => literal_beginning(&pattern.uri),
        };
        self.topics
            .range::<str, _>((Bound::Included(beginning), Bound::Unbounded))
            .take_while(move |(topic, _)| topic.starts_with(beginning))
            .filter(|(topic, _)| pattern.policy.matches(&pattern.uri, topic))
            .filter_map(move |(_, retained)| {
                let mut latest = retained.iter().rev().map(|retained| &*retained.event);
                latest.find(|event| reaches(event))
            })
    }
}

/// What all topics begin with that a wildcard pattern matches.
fn literal_beginning(pattern: &str) -> &str {
    let literals = pattern
        .split('.')
        .take_while(|component| !component.is_empty());
    let length: usize = literals.map(|component| component.len() + 1).sum();
    &pattern[..length.min(pattern.len())]
}

/// How many events with lists of receivers a topic keeps beside the one for everybody: enough for one by role, too few to
/// make looking through them a burden.
const SUPPLEMENTS: usize = 8;
