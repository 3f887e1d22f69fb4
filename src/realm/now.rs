//! What time it is.

use std::time::{Duration, Instant};

/// The time of an input, as the owner of the realm reads it from its clocks: a realm has none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock, by which the realm waits. It never goes backwards from one input to the next.
    pub instant: Instant,
    /// The wall clock, as the time since 1970-01-01 00:00 UTC: what clients are told. It may jump.
    pub unix: Duration,
}
