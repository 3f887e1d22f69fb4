//! The names that a router knows: what Tab offers.
//!
//! What this module does *not* do: keep a catalogue from one command to the next, which is [`cache`](super::complete::cache)'s
//! business, or know what a cursor stands at, which is that of [`cursor`](super::complete::cursor).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{StreamExt as _, iter};
use serde::{Deserialize, Serialize};
use wampkit::proto::{Dict, Id, MatchPolicy, Value};

use super::meta::{Kind, Meta};

/// The procedures, topics and sessions of a realm, as far as its router tells this session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Catalogue {
    /// What is registered.
    pub(crate) procedures: Uris,
    /// What is subscribed to.
    pub(crate) topics: Uris,
    /// Who is there, by session id: the authid and the role.
    pub(crate) sessions: BTreeMap<u64, (String, String)>,
}

/// URIs, by how they match others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Uris {
    exact: BTreeSet<String>,
    prefix: BTreeSet<String>,
    wildcard: BTreeSet<String>,
}

impl Catalogue {
    /// Asks the router for all it tells. What it does not tell is missing; so is what is beyond [`MOST`] of a kind.
    pub(crate) async fn read(meta: &Meta<'_>) -> Self {
        let (mut procedures, mut topics) = (Uris::default(), Uris::default());
        let mut sessions = BTreeMap::new();
        tokio::join!(
            each(meta, Kind::Registration, |_, dict| procedures.add(dict)),
            each(meta, Kind::Subscription, |_, dict| topics.add(dict)),
            each(meta, Kind::Session, |id, dict| {
                let text = |key| dict.get(key).and_then(Value::as_str).unwrap_or_default();
                if id != meta.own_session() {
                    let who = (text("authid").to_owned(), text("authrole").to_owned());
                    sessions.insert(id.get(), who);
                }
            }),
        );
        Self {
            procedures,
            topics,
            sessions,
        }
    }
}

/// Tells what the router says about each of a kind, as the answers come.
pub(crate) async fn each(meta: &Meta<'_>, kind: Kind, mut tell: impl FnMut(Id, &Dict)) {
    let ids = meta.list(kind).await.unwrap_or_default();
    let mut answers = iter(ids.into_iter().take(MOST))
        .map(async |id| (id, meta.get(kind, id).await))
        .buffer_unordered(AT_ONCE);
    while let Some((id, answer)) = answers.next().await {
        if let Ok(Some(details)) = answer {
            tell(id, &details);
        }
    }
}

impl Uris {
    /// Adds one that the meta API has described.
    fn add(&mut self, details: &Dict) {
        let text = |key| details.get(key).and_then(Value::as_str);
        let Some(uri) = text("uri").filter(|uri| uri.len() <= LONGEST) else {
            return;
        };
        let policy = text("match").and_then(|policy| policy.parse().ok());
        let uris = match policy.unwrap_or(MatchPolicy::Exact) {
            MatchPolicy::Exact => &mut self.exact,
            MatchPolicy::Prefix => &mut self.prefix,
            MatchPolicy::Wildcard => &mut self.wildcard,
        };
        uris.insert(uri.to_owned());
    }

    /// All of them, patterns too.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let sets = [&self.exact, &self.prefix, &self.wildcard];
        sets.into_iter().flatten().map(String::as_str)
    }

    /// Those that can be called or published to; of prefixes, what such a URI begins with.
    pub(crate) fn concrete(&self) -> impl Iterator<Item = &str> {
        let sets = [&self.exact, &self.prefix];
        sets.into_iter().flatten().map(String::as_str)
    }
}

/// What may stand in place of `typed`: the URIs that begin so, up to the next dot where several go on behind it. What ends in a
/// dot is not yet all of a URI.
pub(crate) fn segments<'a>(typed: &str, uris: impl Iterator<Item = &'a str>) -> Vec<String> {
    let uris = uris
        .filter(|uri| uri.starts_with(typed))
        .collect::<BTreeSet<_>>();
    let mut from = typed.len();
    loop {
        let mut segments = BTreeMap::<&str, Vec<&str>>::new();
        for uri in &uris {
            let dot = uri.get(from..).and_then(|rest| rest.find('.'));
            let end = dot.map_or(uri.len(), |dot| from + dot + 1);
            segments.entry(&uri[..end]).or_default().push(uri);
        }
        // One step that is the only one need not be taken by hand.
        match segments.first_key_value() {
            Some((segment, below))
                if segments.len() == 1 && below.iter().any(|uri| uri.len() > segment.len()) =>
            {
                from = segment.len();
            }
            _ => {
                let shown = segments.into_iter().map(|(segment, below)| match *below {
                    [only] => only.to_owned(),
                    _ => segment.to_owned(),
                });
                return shown.collect();
            }
        }
    }
}

/// How many of a kind are asked about.
const MOST: usize = 2000;

/// How many questions are asked at a time: enough that the way to the router and back is waited for a few times only.
const AT_ONCE: usize = 64;

/// A URI that is longer is not offered.
const LONGEST: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(typed: &str) -> Vec<String> {
        let uris = [
            "com.shop.charge",
            "com.shop.order.list",
            "com.shop.order.open",
            "com.shoes",
            "org.é.one.deep",
            "org.é.two",
        ];
        segments(typed, uris.into_iter())
    }

    #[test]
    fn segment_by_segment() {
        assert_eq!(offered(""), ["com.", "org."]);
        assert_eq!(offered("com.sh"), ["com.shoes", "com.shop."]);
        assert_eq!(offered("com.shop"), ["com.shop.charge", "com.shop.order."]);
        assert_eq!(
            offered("com.shop.o"),
            ["com.shop.order.list", "com.shop.order.open"]
        );
        assert_eq!(offered("com.shop.order.li"), ["com.shop.order.list"]);
        assert_eq!(offered("com.shop.order.list"), ["com.shop.order.list"]);
    }

    #[test]
    fn the_only_way_is_gone_to_where_it_parts() {
        assert_eq!(offered("o"), ["org.é.one.deep", "org.é.two"]);
        assert_eq!(
            offered("com.shop.order"),
            ["com.shop.order.list", "com.shop.order.open"]
        );
        assert_eq!(segments("", ["a.b.c"].into_iter()), ["a.b.c"]);
        assert_eq!(
            segments("a", ["a", "a.b", "a.b.c"].into_iter()),
            ["a", "a."]
        );
        // A prefix that is registered ends in its dot, and is as long as what is typed.
        assert_eq!(segments("a.", ["a."].into_iter()), ["a."]);
        assert_eq!(segments("", ["a.", "a.b"].into_iter()), ["a.", "a.b"]);
        assert_eq!(segments("x", ["a"].into_iter()), [""; 0]);
    }
}
