//! What the registration and the subscription meta API have in common: tables that are keyed by pattern.

use std::time::{Duration, UNIX_EPOCH};

use crate::proto::{Dict, Id, MatchPolicy, Uri, Value};

use super::super::SessionKey;
use super::super::matcher::Pattern;
use super::super::session::Sessions;

/// The ids of all registrations or subscriptions, by policy and in ascending order.
pub(super) fn lists<'a>(patterns: impl Iterator<Item = (Id, &'a Pattern)>) -> Dict {
    let mut all: Vec<_> = patterns.map(|(id, pattern)| (id, pattern.policy)).collect();
    all.sort_unstable();
    let policies = [
        MatchPolicy::Exact,
        MatchPolicy::Prefix,
        MatchPolicy::Wildcard,
    ];
    let lists = policies.map(|policy| {
        let of_policy = all.iter().filter(|(_, found)| *found == policy);
        let ids: Vec<Id> = of_policy.map(|(id, _)| *id).collect();
        (policy.as_str(), ids)
    });
    lists.into_iter().collect()
}

/// What both are described by.
pub(super) fn details(id: Id, created: Duration, pattern: &Pattern) -> Dict {
    Dict::new()
        .with("id", id)
        .with("created", timestamp(created))
        .with("uri", pattern.uri.clone())
        .with("match", pattern.policy.as_str())
}

/// The ids of sessions, in ascending order.
pub(super) fn ids(sessions: &Sessions, keys: impl Iterator<Item = SessionKey>) -> Vec<Id> {
    let mut ids: Vec<Id> = keys.filter_map(|key| sessions.id(key)).collect();
    ids.sort_unstable();
    ids
}

/// What a lookup finds: an id, or `null`.
pub(super) fn found(id: Option<Id>) -> Value {
    id.map_or(Value::Null, Value::from)
}

/// The pattern that a lookup asks for, from the options that a request for it would have.
pub(super) fn pattern(uri: Uri, policy: Option<MatchPolicy>) -> Pattern {
    Pattern {
        policy: policy.unwrap_or_default(),
        uri,
    }
}

/// A time since 1970-01-01 00:00 UTC as RFC 3339 has it, which is a form of ISO 8601, to the millisecond.
pub(super) fn timestamp(unix: Duration) -> String {
    /// The last second of the year 9999: the form has no later one.
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    humantime::format_rfc3339_millis(UNIX_EPOCH + unix.min(LAST)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_of_rfc_3339() {
        for (unix, text) in [
            (Duration::ZERO, "1970-01-01T00:00:00.000Z"),
            (
                Duration::from_millis(1_700_000_000_123),
                "2023-11-14T22:13:20.123Z",
            ),
            (Duration::MAX, "9999-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(timestamp(unix), text);
        }
    }
}
