//! Connections, until they have a session.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was counted of connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionMetrics {
    /// Those that were accepted, in memory ones among them.
    pub accepted: u64,
    /// Those that are open now.
    pub open: u64,
    /// Those that came to their end, or ran out of time, before their client was answered with WELCOME or ABORT.
    pub failed_handshakes: u64,
    /// Those whose client was answered with ABORT in place of WELCOME.
    pub refused: u64,
    /// Those of them whose client was not let in by what it said of itself, or could not prove it.
    pub failed_logins: u64,
}

/// The counters of it.
#[derive(Debug, Default)]
pub(in crate::router) struct Arrivals {
    accepted: AtomicU64,
    ended: AtomicU64,
    failed_handshakes: AtomicU64,
    refused: AtomicU64,
    failed_logins: AtomicU64,
}

/// A part of a handshake. Dropped before it is settled, it counts as failed: the client is gone, or out of time.
#[derive(Debug)]
pub(in crate::router) struct Pending<'a>(&'a Arrivals);

/// A connection that counts as open until this is dropped.
#[derive(Debug)]
pub(in crate::router) struct Open(Arc<Arrivals>);

impl Arrivals {
    /// One more connection.
    pub(in crate::router) fn accept(self: &Arc<Self>) -> Open {
        one_more(&self.accepted);
        Open(Arc::clone(self))
    }

    /// A handshake, or a part of it, begins.
    pub(in crate::router) const fn begin(&self) -> Pending<'_> {
        Pending(self)
    }

    /// A client was answered with ABORT in place of WELCOME.
    pub(in crate::router) fn refused(&self) {
        one_more(&self.refused);
    }

    /// It was for a login.
    pub(in crate::router) fn failed_login(&self) {
        one_more(&self.failed_logins);
    }

    pub(in crate::router) fn metrics(&self) -> ConnectionMetrics {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // In this order, so that nothing has ended that had not begun.
        let ended = of(&self.ended);
        let accepted = of(&self.accepted);
        ConnectionMetrics {
            accepted,
            open: accepted.saturating_sub(ended),
            failed_handshakes: of(&self.failed_handshakes),
            refused: of(&self.refused),
            failed_logins: of(&self.failed_logins),
        }
    }
}

impl Pending<'_> {
    /// It has come to an end that is one.
    pub(in crate::router) const fn settled(self) {
        std::mem::forget(self);
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        one_more(&self.0.failed_handshakes);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        one_more(&self.0.ended);
    }
}

fn one_more(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
