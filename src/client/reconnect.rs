//! What it takes to connect again: which ends are final, and how long to wait before the next attempt.
//!
//! What this module does *not* do: connect. A session that is lost stays lost, with all that was made on it; whoever wants
//! another one knows best what to make of it.

use std::time::Duration;

use crate::proto::{Uri, uris};
use crate::transport::{self, Refusal, TransportError};

use super::{CloseReason, Closed, ConnectError, Refused};

/// The pauses between attempts: each about [`GROWTH`] times the one before, up to a largest one.
///
/// Each is drawn at random from the upper half of what it may be, so that the clients that a router has lost all at once do
/// not all come back at once.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    largest: Duration,
    random: fastrand::Rng,
}

impl Backoff {
    /// Pauses from [`FIRST_PAUSE`] to `largest`, at least a millisecond.
    #[must_use]
    pub fn new(largest: Duration) -> Self {
        // The pauses are no secret: without randomness they are only less well spread.
        Self::with_seed(largest, getrandom::u64().unwrap_or_default())
    }

    /// The same, always the same ones for a seed.
    #[must_use]
    pub fn with_seed(largest: Duration, seed: u64) -> Self {
        let largest = largest.max(SHORTEST_PAUSE);
        Self {
            next: FIRST_PAUSE.min(largest),
            largest,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// How long to wait before the next attempt.
    pub fn pause(&mut self) -> Duration {
        let half = self.next / 2;
        self.next = self.next.saturating_mul(GROWTH).min(self.largest);
        half + half.mul_f64(self.random.f64())
    }

    /// There was a session, for so long. If that was longer than a second and than the next pause, the pauses begin anew, and
    /// the answer is `true`; otherwise they go on, so that a router that lets clients in only to drop them is left alone for
    /// ever longer too.
    pub fn lasted(&mut self, time: Duration) -> bool {
        let steady = time >= self.next.max(STEADY);
        if steady {
            self.next = FIRST_PAUSE.min(self.largest);
        }
        steady
    }
}

impl ConnectError {
    /// Whether another attempt would be in vain: what was asked for is wrong, or the router has said no. Everything else, a
    /// router that is not there say, may pass.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Transport(error) => is_final_transport(error),
            Self::Refused(refused) => refused.is_final(),
            Self::Closed(closed) => closed.is_final(),
            Self::Timeout(_) => false,
            Self::Url(_) | Self::Protocol(_) | Self::Login(_) | Self::Random(_) => true,
        }
    }
}

impl Refused {
    /// Whether the router would say the same again. It is not when it says that it is shutting down, or that it could not
    /// find out who the client is.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !passes(&self.reason)
    }
}

impl Closed {
    /// Whether the session is not to be followed by another: it was left, or somebody has ended it
    /// (`wamp.session.kill`, whatever the reason given), or one of the ends broke the protocol.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match &self.reason {
            CloseReason::Goodbye(reason) | CloseReason::Aborted(reason) => !passes(reason),
            CloseReason::Left | CloseReason::Violation => true,
            CloseReason::Transport(fault) => matches!(
                **fault,
                TransportError::WrongType { .. }
                    | TransportError::NotUtf8
                    | TransportError::Framing(_)
            ),
            CloseReason::Disconnected => false,
        }
    }
}

/// Whether a reason in GOODBYE or ABORT is one that passes: the router or its realm goes down, or is not all up yet, or the
/// client could not keep up. Reasons that are unknown were chosen by somebody who ended just this session.
fn passes(reason: &Uri) -> bool {
    [
        uris::SYSTEM_SHUTDOWN,
        uris::CLOSE_REALM,
        uris::CLOSE_SLOW_CONSUMER,
        uris::AUTHENTICATION_FAILED,
        uris::AUTHORIZATION_FAILED,
        uris::NETWORK_FAILURE,
        uris::UNAVAILABLE,
        uris::NO_AVAILABLE_CALLEE,
        uris::TIMEOUT,
    ]
    .contains(reason)
}

const fn is_final_transport(error: &transport::ConnectError) -> bool {
    use transport::ConnectError as Error;
    match error {
        Error::Http { status, .. } => !is_passing_status(*status),
        Error::Refused(Refusal::Full) => false,
        Error::NoCommonSerializer
        | Error::Refused(_)
        | Error::Header(_)
        | Error::Tls(_)
        | Error::Certificate(_)
        | Error::ClientCertificate(_)
        | Error::NotTls => true,
        // A router that is ended in the middle of a handshake, or a proxy in front of it, may well make no sense.
        Error::NotWamp(_)
        | Error::Unreachable(_)
        | Error::UnknownHost { .. }
        | Error::Timeout(_)
        | Error::Handshake(_)
        | Error::TlsHandshake(_) => false,
    }
}

/// Whether a proxy says that what is behind it is not there now, or that there is too much of everything.
const fn is_passing_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Nobody notices it, and a router that is started again is there by then or soon after.
pub const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// By how much the pauses grow.
pub const GROWTH: u32 = 2;

/// The largest pause unless another is given: what somebody would wait who looks on, and next to nothing for a router.
pub const LARGEST_PAUSE: Duration = Duration::from_secs(20);

/// What no session lasts whose router is not well.
const STEADY: Duration = Duration::from_secs(1);

/// No attempts without a pause, whatever is given.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::codec::Arguments;
    use crate::transport::FramingFault;

    proptest! {
        #[test]
        fn pauses_grow_up_to_the_largest(millis in 0_u64..100_000, seed: u64) {
            let largest = Duration::from_millis(millis).max(SHORTEST_PAUSE);
            let mut backoff = Backoff::with_seed(Duration::from_millis(millis), seed);
            for _ in 0..2 {
                let mut most = FIRST_PAUSE;
                for _ in 0..20 {
                    let pause = backoff.pause();
                    let most_now = most.min(largest);
                    prop_assert!(pause <= most_now && pause >= most_now / 2, "{pause:?} {most_now:?}");
                    most *= GROWTH;
                }
                // Which is not enough to begin anew, and which is.
                prop_assert!(!backoff.lasted(Duration::from_millis(999)));
                prop_assert!(backoff.pause() >= largest / 2);
                prop_assert!(backoff.lasted(largest.max(STEADY)));
            }
        }

        #[test]
        fn no_largest_pause_is_too_large(seconds: u64, seed: u64) {
            let mut backoff = Backoff::with_seed(Duration::from_secs(seconds), seed);
            for _ in 0..200 {
                backoff.pause();
            }
        }
    }

    #[test]
    fn clients_do_not_come_back_in_step() {
        let pauses = |seed| {
            let mut backoff = Backoff::with_seed(LARGEST_PAUSE, seed);
            [(); 8].map(|()| backoff.pause())
        };
        assert_eq!(pauses(1), pauses(1));
        assert_ne!(pauses(1), pauses(2));
    }

    fn refused(reason: &'static str) -> ConnectError {
        ConnectError::Refused(Refused {
            reason: reason.into(),
            message: None,
            arguments: Arguments::default(),
        })
    }

    fn http(status: u16) -> ConnectError {
        let body = String::new();
        ConnectError::Transport(transport::ConnectError::Http { status, body })
    }

    #[test]
    fn what_cannot_be_mended_by_waiting_is_final() {
        for (error, is_final) in [
            (refused("wamp.error.no_such_realm"), true),
            (refused("wamp.error.no_such_role"), true),
            (refused("wamp.error.not_authorized"), true),
            (refused("wamp.error.authentication_denied"), true),
            (refused("wamp.error.authentication_required"), true),
            (refused("wamp.error.no_matching_auth_method"), true),
            (refused("com.no.idea"), true),
            (refused("wamp.error.authentication_failed"), false),
            (refused("wamp.close.system_shutdown"), false),
            (http(401), true),
            (http(404), true),
            (http(429), false),
            (http(502), false),
            (http(503), false),
            (ConnectError::Timeout(Duration::from_secs(1)), false),
            (ConnectError::Protocol(String::new()), true),
            (transport::ConnectError::NotTls.into(), true),
            (transport::ConnectError::NoCommonSerializer.into(), true),
            (
                transport::ConnectError::Unreachable(io::ErrorKind::ConnectionRefused.into())
                    .into(),
                false,
            ),
            (
                transport::ConnectError::Refused(Refusal::Full).into(),
                false,
            ),
            (transport::ConnectError::NotWamp("").into(), false),
        ] {
            assert_eq!(error.is_final(), is_final, "{error:?}");
        }
    }

    #[test]
    fn who_is_sent_away_stays_away() {
        let fault = |fault| CloseReason::Transport(Arc::new(fault));
        let goodbye = |reason: &'static str| CloseReason::Goodbye(reason.into());
        for (reason, is_final) in [
            (goodbye("wamp.close.killed"), true),
            (goodbye("com.app.enough"), true),
            (goodbye("wamp.close.system_shutdown"), false),
            (goodbye("wamp.close.close_realm"), false),
            (CloseReason::Left, true),
            (CloseReason::Violation, true),
            (
                CloseReason::Aborted("wamp.error.protocol_violation".into()),
                true,
            ),
            (CloseReason::Disconnected, false),
            (fault(TransportError::Cut), false),
            (
                fault(TransportError::Silent(Duration::from_secs(40))),
                false,
            ),
            (
                fault(TransportError::Io(io::ErrorKind::ConnectionReset.into())),
                false,
            ),
            (
                fault(TransportError::Framing(FramingFault::ReservedBits)),
                true,
            ),
        ] {
            let closed = Closed::now(reason, None);
            assert_eq!(closed.is_final(), is_final, "{closed:?}");
        }
    }
}
