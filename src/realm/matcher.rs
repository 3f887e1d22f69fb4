//! The index that finds the subscriptions or registrations whose pattern matches a URI.
//!
//! It is the same for broker and dealer; they differ in what they ask: all matches, or the best one. The cost of a question
//! grows with the matches, the number of distinct prefix lengths and the number of distinct wildcard shapes, never with
//! the number of patterns.
//!
//! Source: Advanced Profile, "Pattern-based Subscription" and "Pattern-based Registrations".

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use ahash::RandomState;

use crate::proto::{MatchPolicy, Uri};

/// What a subscription or registration is keyed by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) policy: MatchPolicy,
    pub(super) uri: Uri,
}

impl Pattern {
    /// A copy that does not keep the frame it came from alive.
    pub(super) fn detach(&self) -> Self {
        Self {
            policy: self.policy,
            uri: self.uri.detach(),
        }
    }
}

/// A map from [`Pattern`] to `T` that can be asked by the URIs that patterns match.
#[derive(Debug)]
pub(super) struct Matcher<T> {
    exact: Table<T>,
    /// Prefixes by their length in bytes: one lookup for each length that occurs.
    prefixes: BTreeMap<usize, Table<T>>,
    /// Wildcard patterns by number of components, then by shape, the better shape first.
    wildcards: BTreeMap<usize, BTreeMap<Reverse<Shape>, Table<T>>>,
    /// Keyed, so that nobody can choose URIs that collide; given, so that the same inputs have the same outputs.
    hasher: RandomState,
}

type Table<T> = HashMap<Uri, T, RandomState>;

/// For each component of a wildcard pattern, whether it is a literal.
///
/// Of two shapes that match the same URI the greater one is the better match: the chapter compares the lengths of the
/// literal portions from left to right, and at the first component where two shapes differ, the one that has a literal
/// there has the longer portion.
type Shape = Box<[bool]>;

impl<T> Matcher<T> {
    pub(super) fn new(hasher: RandomState) -> Self {
        Self {
            exact: HashMap::with_hasher(hasher.clone()),
            prefixes: BTreeMap::new(),
            wildcards: BTreeMap::new(),
            hasher,
        }
    }

    pub(super) fn get(&self, pattern: &Pattern) -> Option<&T> {
        let uri = &*pattern.uri;
        match pattern.policy {
            MatchPolicy::Exact => self.exact.get(uri),
            MatchPolicy::Prefix => self.prefixes.get(&uri.len())?.get(uri),
            MatchPolicy::Wildcard => {
                let shape = shape(uri);
                self.wildcards
                    .get(&shape.len())?
                    .get(&Reverse(shape))?
                    .get(uri)
            }
        }
    }

    pub(super) fn get_mut(&mut self, pattern: &Pattern) -> Option<&mut T> {
        let uri = &*pattern.uri;
        match pattern.policy {
            MatchPolicy::Exact => self.exact.get_mut(uri),
            MatchPolicy::Prefix => self.prefixes.get_mut(&uri.len())?.get_mut(uri),
            MatchPolicy::Wildcard => {
                let shape = shape(uri);
                self.wildcards
                    .get_mut(&shape.len())?
                    .get_mut(&Reverse(shape))?
                    .get_mut(uri)
            }
        }
    }

    /// Sets what is kept under `pattern`.
    pub(super) fn insert(&mut self, pattern: &Pattern, entry: T) {
        let new_table = || HashMap::with_hasher(self.hasher.clone());
        let table = match pattern.policy {
            MatchPolicy::Exact => &mut self.exact,
            MatchPolicy::Prefix => self
                .prefixes
                .entry(pattern.uri.len())
                .or_insert_with(new_table),
            MatchPolicy::Wildcard => {
                let shape = shape(&pattern.uri);
                self.wildcards
                    .entry(shape.len())
                    .or_default()
                    .entry(Reverse(shape))
                    .or_insert_with(new_table)
            }
        };
        table.insert(pattern.uri.clone(), entry);
    }

    /// Takes out what is kept under `pattern`. A length or shape that no pattern has any longer costs nothing afterwards.
    pub(super) fn remove(&mut self, pattern: &Pattern) -> Option<T> {
        let uri = &*pattern.uri;
        match pattern.policy {
            MatchPolicy::Exact => self.exact.remove(uri),
            MatchPolicy::Prefix => {
                let table = self.prefixes.get_mut(&uri.len())?;
                let removed = table.remove(uri);
                if table.is_empty() {
                    self.prefixes.remove(&uri.len());
                }
                removed
            }
            MatchPolicy::Wildcard => {
                let shape = Reverse(shape(uri));
                let count = shape.0.len();
                let shapes = self.wildcards.get_mut(&count)?;
                let table = shapes.get_mut(&shape)?;
                let removed = table.remove(uri);
                if table.is_empty() {
                    shapes.remove(&shape);
                }
                if shapes.is_empty() {
                    self.wildcards.remove(&count);
                }
                removed
            }
        }
    }

    /// Hands every entry whose pattern matches `uri` to `visit`, the better match first.
    pub(super) fn matches<'a>(&'a self, uri: &str, visit: &mut dyn FnMut(&'a T)) {
        if let Some(entry) = self.exact.get(uri) {
            visit(entry);
        }
        self.matching_prefixes(uri).for_each(&mut *visit);
        self.matching_wildcards(uri).for_each(visit);
    }

    /// The one entry that a call of `uri` goes to: the exact one, else the longest prefix, else the wildcard pattern
    /// with the longest literal portions from the left.
    pub(super) fn best(&self, uri: &str) -> Option<&T> {
        self.exact
            .get(uri)
            .or_else(|| self.matching_prefixes(uri).next())
            .or_else(|| self.matching_wildcards(uri).next())
    }

    /// How many patterns there are.
    pub(super) fn len(&self) -> usize {
        let prefixes = self.prefixes.values();
        let wildcards = self.wildcards.values().flat_map(BTreeMap::values);
        self.exact.len() + prefixes.chain(wildcards).map(HashMap::len).sum::<usize>()
    }

    /// The longest prefix first. A length that ends within a character of `uri` is none of its prefixes'.
    fn matching_prefixes<'a>(&'a self, uri: &str) -> impl Iterator<Item = &'a T> {
        self.prefixes
            .range(..=uri.len())
            .rev()
            .filter_map(move |(length, table)| table.get(uri.get(..*length)?))
    }

    /// A pattern of some shape matches if it is the URI with those components blanked that the shape leaves open.
    fn matching_wildcards<'a>(&'a self, uri: &str) -> impl Iterator<Item = &'a T> {
        let shapes = (!self.wildcards.is_empty())
            .then(|| self.wildcards.get(&uri.split('.').count()))
            .flatten();
        let mut blanked = String::new();
        shapes
            .into_iter()
            .flatten()
            .filter_map(move |(Reverse(shape), table)| {
                blank(uri, shape, &mut blanked);
                table.get(&*blanked)
            })
    }
}

fn shape(pattern: &str) -> Shape {
    pattern
        .split('.')
        .map(|component| !component.is_empty())
        .collect()
}

fn blank(uri: &str, shape: &[bool], blanked: &mut String) {
    blanked.clear();
    for (at, (component, literal)) in uri.split('.').zip(shape).enumerate() {
        if at > 0 {
            blanked.push('.');
        }
        if *literal {
            blanked.push_str(component);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matcher<'a>(patterns: &[(MatchPolicy, &'a str)]) -> Matcher<&'a str> {
        let mut matcher = Matcher::new(RandomState::with_seeds(1, 2, 3, 4));
        for &(policy, uri) in patterns {
            let pattern = Pattern {
                policy,
                uri: uri.into(),
            };
            matcher.insert(&pattern, uri);
        }
        matcher
    }

    fn all<'a>(matcher: &Matcher<&'a str>, uri: &str) -> Vec<&'a str> {
        let mut found = Vec::new();
        matcher.matches(uri, &mut |pattern| found.push(*pattern));
        found
    }

    /// The example of "Pattern-based Registrations". Its call of `a1.b2.c33.d4.e5` contradicts the chapter's own definition
    /// of a prefix, under which `a1.b2.c3` is one: that call holds among the wildcards only.
    #[test]
    fn the_best_match_is_the_specifications() {
        use MatchPolicy::{Exact, Prefix, Wildcard};
        let registered = [
            (Exact, "a1.b2.c3.d4.e55"),
            (Prefix, "a1.b2.c3"),
            (Prefix, "a1.b2.c3.d4"),
            (Wildcard, "a1.b2..d4.e5"),
            (Wildcard, "a1.b2.c33..e5"),
            (Wildcard, "a1.b2..d4.e5..g7"),
            (Wildcard, "a1.b2..d4..f6.g7"),
        ];
        let matcher_of_all = matcher(&registered);
        for (uri, best) in [
            ("a1.b2.c3.d4.e55", Some("a1.b2.c3.d4.e55")),
            ("a1.b2.c3.d98.e74", Some("a1.b2.c3")),
            ("a1.b2.c3.d4.e325", Some("a1.b2.c3.d4")),
            ("a1.b2.c55.d4.e5", Some("a1.b2..d4.e5")),
            ("a1.b2.c33.d4.e5", Some("a1.b2.c3")),
            ("a1.b2.c88.d4.e5.f6.g7", Some("a1.b2..d4.e5..g7")),
            ("a2.b2.c2.d2.e2", None),
        ] {
            assert_eq!(matcher_of_all.best(uri).copied(), best, "{uri}");
        }
        let wildcards = matcher(&registered[3..]);
        let best = wildcards.best("a1.b2.c33.d4.e5").copied();
        assert_eq!(best, Some("a1.b2.c33..e5"));
    }

    #[test]
    fn all_matches_come_best_first() {
        use MatchPolicy::{Exact, Prefix, Wildcard};
        let matcher = matcher(&[
            (Wildcard, ".b"),
            (Prefix, "a"),
            (Wildcard, "a."),
            (Exact, "a.b"),
            (Prefix, ""),
            (Prefix, "a."),
            (Wildcard, "a.b.c"),
        ]);
        assert_eq!(all(&matcher, "a.b"), ["a.b", "a.", "a", "", "a.", ".b"]);
        assert_eq!(all(&matcher, "x"), [""]);
    }

    #[test]
    fn a_prefix_that_ends_within_a_character_matches_nothing() {
        let matcher = matcher(&[(MatchPolicy::Prefix, "abc")]);
        assert!(all(&matcher, "aé").is_empty());
        assert_eq!(all(&matcher, "abcé"), ["abc"]);
    }

    fn policy() -> impl Strategy<Value = MatchPolicy> {
        prop_oneof![
            Just(MatchPolicy::Exact),
            Just(MatchPolicy::Prefix),
            Just(MatchPolicy::Wildcard),
        ]
    }

    /// Few letters, so that much matches.
    const URI: &str = "[abé]{0,2}(\\.[abé]{0,2}){0,4}";

    proptest! {
        #[test]
        fn the_index_agrees_with_the_policy(
            patterns in prop::collection::vec((policy(), URI), 0..60),
            removed in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
            uris in prop::collection::vec(URI, 1..20),
        ) {
            let mut patterns: Vec<Pattern> = patterns
                .into_iter()
                .map(|(policy, uri)| Pattern { policy, uri: uri.into() })
                .collect();
            patterns.sort_by(|a, b| (a.policy, &a.uri).cmp(&(b.policy, &b.uri)));
            patterns.dedup();
            let mut matcher = Matcher::new(RandomState::with_seeds(1, 2, 3, 4));
            for pattern in &patterns {
                matcher.insert(pattern, pattern.clone());
            }
            for at in removed {
                if !patterns.is_empty() {
                    let pattern = patterns.remove(at.index(patterns.len()));
                    prop_assert_eq!(matcher.remove(&pattern), Some(pattern.clone()));
                    prop_assert_eq!(matcher.get(&pattern), None);
                }
            }
            prop_assert_eq!(matcher.len(), patterns.len());

            for uri in uris {
                let mut found = Vec::new();
                matcher.matches(&uri, &mut |pattern: &Pattern| found.push(pattern.clone()));
                prop_assert_eq!(matcher.best(&uri), found.first());
                found.sort_by(|a, b| (a.policy, &a.uri).cmp(&(b.policy, &b.uri)));
                let wanted: Vec<_> = patterns
                    .iter()
                    .filter(|pattern| pattern.policy.matches(&pattern.uri, &uri))
                    .cloned()
                    .collect();
                prop_assert_eq!(found, wanted, "{}", uri);
            }
            for pattern in &patterns {
                matcher.remove(pattern);
            }
            prop_assert!(matcher.prefixes.is_empty() && matcher.wildcards.is_empty());
        }
    }
}
