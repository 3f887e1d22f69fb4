//! The names that Tab and colours know: what the router has now, and what was seen.
//!
//! Everything is in memory: whoever asks is being typed at.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::jobs::Kind;

/// What is known of a realm; shared between the session, which learns, and the line editor, which asks.
#[derive(Debug, Default)]
pub(crate) struct Names {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    procedures: BTreeSet<String>,
    topics: BTreeSet<String>,
    /// By their ids: who they are.
    sessions: BTreeMap<u64, String>,
    /// Those of the REPL, by their numbers.
    jobs: BTreeMap<u32, (Kind, String)>,
    /// The topics that the names here are learned from.
    watched: BTreeSet<String>,
    /// URIs of commands that went well, or of events.
    seen: BTreeSet<String>,
    /// The keywords that went with a URI.
    keywords: HashMap<String, BTreeSet<String>>,
    /// Those that it is described with.
    described: HashMap<String, BTreeSet<String>>,
}

impl Names {
    /// These are registered, and no others.
    pub(crate) fn set_procedures(&self, procedures: impl IntoIterator<Item = String>) {
        self.write().procedures = procedures.into_iter().take(MOST).collect();
    }

    /// This is registered too.
    pub(crate) fn add_procedure(&self, procedure: String) {
        add(&mut self.write().procedures, procedure);
    }

    /// This is registered no longer.
    pub(crate) fn remove_procedure(&self, procedure: &str) {
        self.write().procedures.remove(procedure);
    }

    /// These are subscribed to, and no others.
    pub(crate) fn set_topics(&self, topics: impl IntoIterator<Item = String>) {
        self.write().topics = topics.into_iter().take(MOST).collect();
    }

    /// This is subscribed to too.
    pub(crate) fn add_topic(&self, topic: String) {
        add(&mut self.write().topics, topic);
    }

    /// This is subscribed to no longer.
    pub(crate) fn remove_topic(&self, topic: &str) {
        self.write().topics.remove(topic);
    }

    /// These are there, and no others.
    pub(crate) fn set_sessions(&self, sessions: impl IntoIterator<Item = (u64, String)>) {
        self.write().sessions = sessions.into_iter().take(MOST).collect();
    }

    /// This one has joined.
    pub(crate) fn add_session(&self, id: u64, who: String) {
        let mut inner = self.write();
        if inner.sessions.len() < MOST {
            inner.sessions.insert(id, who);
        }
    }

    /// This one has left.
    pub(crate) fn remove_session(&self, id: u64) {
        self.write().sessions.remove(&id);
    }

    /// These jobs go on, and no others: what they are, and the URIs that they are about.
    pub(crate) fn set_jobs(&self, jobs: impl IntoIterator<Item = (u32, Kind, String)>) {
        let jobs = jobs.into_iter();
        self.write().jobs = jobs
            .map(|(number, kind, uris)| (number, (kind, uris)))
            .collect();
    }

    /// The events of these topics tell of names, and those of no others.
    pub(crate) fn set_watched(&self, topics: impl IntoIterator<Item = String>) {
        self.write().watched = topics.into_iter().collect();
    }

    /// There is such a URI, whatever it is.
    pub(crate) fn seen_uri(&self, uri: &str) {
        let mut inner = self.write();
        if !inner.seen.contains(uri) {
            add(&mut inner.seen, uri.to_owned());
        }
    }

    /// The keyword goes with the URI.
    pub(crate) fn seen_keyword(&self, uri: &str, key: &str) {
        let mut inner = self.write();
        if inner.keywords.len() < MOST || inner.keywords.contains_key(uri) {
            let keys = inner.keywords.entry(uri.to_owned()).or_default();
            add(keys, key.to_owned());
        }
    }

    /// The URI is described with these keywords, and no others.
    pub(crate) fn set_described(&self, uri: &str, keys: impl IntoIterator<Item = String>) {
        let short = keys.into_iter().filter(|key| key.len() <= LONGEST);
        let keys = short.take(MOST_KEYWORDS).collect::<BTreeSet<_>>();
        let described = &mut self.write().described;
        if keys.is_empty() {
            described.remove(uri);
        } else if uri.len() <= LONGEST && (described.len() < MOST || described.contains_key(uri)) {
            described.insert(uri.to_owned(), keys);
        }
    }

    /// Nothing is described.
    pub(crate) fn forget_described(&self) {
        self.write().described.clear();
    }

    /// Whether it is known what is registered.
    pub(crate) fn has_procedures(&self) -> bool {
        !self.read().procedures.is_empty()
    }

    /// Some of what can be called and begins so.
    pub(crate) fn procedures_like(&self, typed: &str) -> Vec<String> {
        let inner = self.read();
        like(typed, &inner.procedures, &inner.seen)
    }

    /// Some of what somebody subscribes to and begins so.
    pub(crate) fn topics_like(&self, typed: &str) -> Vec<String> {
        let inner = self.read();
        like(typed, &inner.topics, &inner.seen)
    }

    /// Who is there.
    pub(crate) fn sessions(&self) -> Vec<(u64, String)> {
        let inner = self.read();
        let sessions = inner.sessions.iter();
        sessions.map(|(id, who)| (*id, who.clone())).collect()
    }

    /// The jobs of a kind, or all: their numbers, and the URIs that they are about.
    pub(crate) fn jobs(&self, wanted: Option<Kind>) -> Vec<(u32, String)> {
        let inner = self.read();
        let jobs = inner.jobs.iter();
        jobs.filter(|(_, (kind, _))| wanted.is_none_or(|wanted| wanted == *kind))
            .map(|(number, (_, uris))| (*number, uris.clone()))
            .collect()
    }

    /// The topics whose events tell of names.
    pub(crate) fn watched(&self) -> BTreeSet<String> {
        self.read().watched.clone()
    }

    /// The keywords that a URI is described with, and those that went with it before.
    pub(crate) fn keywords(&self, uri: &str) -> BTreeSet<String> {
        let inner = self.read();
        let keys = [inner.described.get(uri), inner.keywords.get(uri)];
        keys.into_iter().flatten().flatten().cloned().collect()
    }

    /// A panic elsewhere leaves nothing half done here.
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(names: &mut BTreeSet<String>, name: String) {
    if names.len() < MOST && name.len() <= LONGEST {
        names.insert(name);
    }
}

/// Those of both that begin so, in their order, and no more of each than are looked through between two keys.
fn like(typed: &str, names: &BTreeSet<String>, seen: &BTreeSet<String>) -> Vec<String> {
    let begin = |names: &BTreeSet<String>| {
        let from = names.range::<str, _>((Bound::Included(typed), Bound::Unbounded));
        let all = from
            .take_while(|name| name.starts_with(typed))
            .filter(|name| !name.starts_with('-'));
        all.take(SHOWN).cloned().collect::<BTreeSet<_>>()
    };
    let mut all = begin(names);
    all.extend(begin(seen));
    all.into_iter().collect()
}

/// How many names of a kind are looked through at a key.
const SHOWN: usize = 5000;

/// How many names of a kind are kept: a busy router has fewer, and a hostile one does not fill the memory.
pub(super) const MOST: usize = 100_000;

/// How many keywords of a description are kept.
const MOST_KEYWORDS: usize = 200;

/// What is longer is not typed.
pub(super) const LONGEST: usize = 1024;
