//! `[limits]`: what is counted, and how far.

use crate::router::ConnectionLimits;
use crate::settings::Section;

/// `connections` and `connections_per_address`.
pub(super) fn connections(section: &Section<'_>) -> ConnectionLimits {
    let mut limits = ConnectionLimits::default();
    for (key, limit) in [
        ("connections", &mut limits.total),
        ("connections_per_address", &mut limits.per_address),
    ] {
        set(section, key, 1, limit);
    }
    limits
}

/// A number that may be given.
fn set(section: &Section<'_>, key: &'static str, least: u64, limit: &mut usize) {
    let given = section.get(key).and_then(|it| it.count_up_to(least, MOST));
    if let Some(count) = given {
        *limit = count;
    }
}

/// More of anything fits into no memory, so that it is a mistake.
const MOST: usize = 1_000_000_000;
