//! The progressive calls of a session that ended while more of their arguments were to come.
//!
//! A caller that streams arguments learns of the end only when the final RESULT or ERROR reaches it; what it sends until
//! then belongs to a call that is over, and is no new call. Request ids do not tell the two apart, since not every client
//! counts them up. So ids are remembered for a while, and no more of them than a session can make use of.
//!
//! Source: Advanced Profile, "Progressive Call Invocations", "Continuations on Completed Calls".

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::proto::Id;

/// The CALLs that ended early, the oldest first.
#[derive(Debug, Default)]
pub(super) struct EndedStreams {
    ended: VecDeque<(Id, Instant)>,
}

impl EndedStreams {
    /// Remembers that a call ended whose caller may still be sending.
    pub(super) fn add(&mut self, request: Id, now: Instant) {
        self.forget(now);
        if self.ended.len() == MOST {
            self.ended.pop_front();
        }
        self.ended.push_back((request, now));
    }

    /// Whether a CALL belongs to one of them. With the `last` one the caller is through with it.
    pub(super) fn take(&mut self, request: Id, last: bool, now: Instant) -> bool {
        self.forget(now);
        let at = self.ended.iter().position(|(ended, _)| *ended == request);
        if last && let Some(at) = at {
            self.ended.remove(at);
        }
        at.is_some()
    }

    /// The same, without a change.
    pub(super) fn has(&self, request: Id, now: Instant) -> bool {
        let recent = |at| now.saturating_duration_since(at) <= GRACE;
        let mut ended = self.ended.iter();
        ended.any(|(ended, at)| *ended == request && recent(*at))
    }

    fn forget(&mut self, now: Instant) {
        let stale = |&(_, at): &(Id, Instant)| now.saturating_duration_since(at) > GRACE;
        while self.ended.front().is_some_and(stale) {
            self.ended.pop_front();
        }
    }
}

/// How long after its end a call may still be continued in vain. No answer is on its way for longer.
const GRACE: Duration = Duration::from_secs(60);

/// How many are remembered for one session; the oldest goes first.
const MOST: usize = 256;
