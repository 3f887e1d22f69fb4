//! How the sets of URIs that two patterns match lie to each other.
//!
//! Both answers are exact for all strings, URIs or not: a prefix is a string prefix, and an empty component of a wildcard
//! pattern stands for any component, the empty one among them.

use crate::proto::MatchPolicy;

/// Whether `a` matches every URI that `b` matches.
pub(super) fn covers(a: (MatchPolicy, &str), b: (MatchPolicy, &str)) -> bool {
    use MatchPolicy::{Exact, Prefix, Wildcard};
    match (a, b) {
        ((policy, pattern), (Exact, uri)) => policy.matches(pattern, uri),
        // Any number of URIs, of any number of components, begin with a prefix.
        ((Exact | Wildcard, _), (Prefix, _)) => false,
        ((Prefix, a), (Prefix, b)) => b.starts_with(a),
        ((Exact, a), (Wildcard, b)) => {
            a == b && b.split('.').all(|component| !component.is_empty())
        }
        ((Prefix, a), (Wildcard, b)) => certain_start(b).starts_with(a),
        ((Wildcard, a), (Wildcard, b)) => {
            same_count(a, b) && pairs(a, b).all(|(a, b)| a.is_empty() || a == b)
        }
    }
}

/// Whether some URI matches both.
pub(super) fn intersect(a: (MatchPolicy, &str), b: (MatchPolicy, &str)) -> bool {
    use MatchPolicy::{Exact, Prefix, Wildcard};
    match (a, b) {
        ((policy, pattern), (Exact, uri)) | ((Exact, uri), (policy, pattern)) => {
            policy.matches(pattern, uri)
        }
        ((Prefix, a), (Prefix, b)) => a.starts_with(b) || b.starts_with(a),
        ((Prefix, prefix), (Wildcard, wildcard)) | ((Wildcard, wildcard), (Prefix, prefix)) => {
            let last = prefix.split('.').count() - 1;
            let enough = wildcard.split('.').count() > last;
            enough
                && pairs(prefix, wildcard)
                    .enumerate()
                    .all(|(at, (start, whole))| {
                        whole.is_empty()
                            || whole == start
                            || (at == last && whole.starts_with(start))
                    })
        }
        ((Wildcard, a), (Wildcard, b)) => {
            same_count(a, b) && pairs(a, b).all(|(a, b)| a.is_empty() || b.is_empty() || a == b)
        }
    }
}

/// What every URI begins with that matches a wildcard pattern.
fn certain_start(wildcard: &str) -> &str {
    let mut at = 0;
    for component in wildcard.split('.') {
        if component.is_empty() {
            return &wildcard[..at];
        }
        at += component.len() + 1;
    }
    wildcard
}

fn same_count(a: &str, b: &str) -> bool {
    a.split('.').count() == b.split('.').count()
}

fn pairs<'a>(a: &'a str, b: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    a.split('.').zip(b.split('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All strings of up to five characters over two letters and the dot.
    fn strings(longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut from = 0;
        for _ in 0..longest {
            let to = all.len();
            for at in from..to {
                for letter in ["a", "b", "."] {
                    all.push(all[at].clone() + letter);
                }
            }
            from = to;
        }
        all
    }

    /// Every pair of patterns of up to three characters, held against every string that could tell them apart.
    #[test]
    fn both_agree_with_what_the_patterns_match() {
        let policies = [
            MatchPolicy::Exact,
            MatchPolicy::Prefix,
            MatchPolicy::Wildcard,
        ];
        let patterns: Vec<(MatchPolicy, String)> = policies
            .into_iter()
            .flat_map(|policy| strings(3).into_iter().map(move |uri| (policy, uri)))
            .collect();
        // One character more than a pattern has, and one component more.
        let uris = strings(6);
        let matched: Vec<Vec<bool>> = patterns
            .iter()
            .map(|(policy, pattern)| {
                uris.iter()
                    .map(|uri| policy.matches(pattern, uri))
                    .collect()
            })
            .collect();
        for (a, of_a) in patterns.iter().zip(&matched) {
            for (b, of_b) in patterns.iter().zip(&matched) {
                let (left, right) = ((a.0, &*a.1), (b.0, &*b.1));
                let both = || of_a.iter().zip(of_b);
                assert_eq!(
                    covers(left, right),
                    both().all(|(a, b)| *a || !b),
                    "{a:?} covers {b:?}"
                );
                assert_eq!(
                    intersect(left, right),
                    both().any(|(a, b)| *a && *b),
                    "{a:?} meets {b:?}"
                );
            }
        }
    }
}
