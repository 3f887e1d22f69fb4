//! How often an address has failed to log in.
//!
//! What counts is a proof that was given and is wrong. Logins that are under way are counted as well, up to a bound of their own,
//! so that many handshakes at once are no way around the limit. What is kept is bounded in number; an IPv6 network of 64 bits,
//! which is what a customer has, counts as one address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::lock;

/// How many logins may fail from one address in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedLogins {
    /// How many; further ones are refused unheard until the time is over.
    pub count: u32,
    /// The time, which begins with the first of them.
    pub per: Duration,
}

impl Default for FailedLogins {
    /// 20 in a minute: more than people mistype, and nothing for whoever guesses.
    fn default() -> Self {
        Self {
            count: 20,
            per: Duration::from_mins(1),
        }
    }
}

/// The addresses that have failed of late.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    windows: Mutex<HashMap<IpAddr, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Instant,
    failed: u32,
    /// Logins under way; they outlive the window.
    pending: u32,
}

/// A login that is under way. It counts until it is dropped.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    attempts: &'a Attempts,
    network: IpAddr,
}

impl Attempts {
    /// Begins a login from this address.
    ///
    /// # Errors
    /// How long it takes until the next one is heard.
    pub(super) fn begin(
        &self,
        address: IpAddr,
        limit: FailedLogins,
    ) -> Result<Attempt<'_>, Duration> {
        let now = Instant::now();
        let network = network(address);
        let mut windows = lock(&self.windows);
        if windows.len() >= MOST_ADDRESSES {
            windows.retain(|_, window| window.pending > 0 || now < window.began + limit.per);
            if windows.len() >= MOST_ADDRESSES {
                // Whoever commands so many addresses is not to be stopped by counting them.
                windows.clear();
            }
        }
        let window = windows.entry(network).or_insert(Window {
            began: now,
            failed: 0,
            pending: 0,
        });
        if now >= window.began + limit.per {
            (window.began, window.failed) = (now, 0);
        }
        if window.failed >= limit.count {
            return Err(window.began + limit.per - now);
        }
        if window.pending >= MOST_PENDING {
            return Err(Duration::ZERO);
        }
        window.pending += 1;
        Ok(Attempt {
            attempts: self,
            network,
        })
    }
}

impl Attempt<'_> {
    /// Notes that it has failed.
    pub(super) fn failed(self) {
        let mut windows = lock(&self.attempts.windows);
        if let Some(window) = windows.get_mut(&self.network) {
            if window.failed == 0 {
                window.began = Instant::now();
            }
            window.failed = window.failed.saturating_add(1);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut windows = lock(&self.attempts.windows);
        if let Some(window) = windows.get_mut(&self.network) {
            window.pending = window.pending.saturating_sub(1);
            if (window.pending, window.failed) == (0, 0) {
                windows.remove(&self.network);
            }
        }
    }
}

/// What counts as one address.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Some megabytes at the most.
const MOST_ADDRESSES: usize = 65_536;

/// Logins under way from one address: all services of a host may come back at once when a router restarts, and each guess
/// takes up one.
const MOST_PENDING: u32 = 256;

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const LIMIT: FailedLogins = FailedLogins {
        count: 2,
        per: Duration::from_secs(60),
    };

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// A login that fails, if it is heard.
    fn fail(attempts: &Attempts, from: &str) -> Result<(), Duration> {
        attempts.begin(address(from), LIMIT).map(Attempt::failed)
    }

    #[tokio::test(start_paused = true)]
    async fn who_fails_too_often_is_not_heard_until_the_time_is_over() {
        let attempts = Attempts::default();
        let (one, other) = ("192.0.2.1", "192.0.2.2");
        assert_eq!(fail(&attempts, one), Ok(()));
        advance(Duration::from_secs(20)).await;
        assert_eq!(fail(&attempts, one), Ok(()));
        assert_eq!(fail(&attempts, one), Err(Duration::from_secs(40)));
        assert_eq!(fail(&attempts, other), Ok(()));
        advance(Duration::from_secs(40)).await;
        assert_eq!(fail(&attempts, one), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn success_and_going_away_cost_nothing() {
        let attempts = Attempts::default();
        for _ in 0..10 {
            drop(attempts.begin(address("192.0.2.1"), LIMIT).unwrap());
        }
        assert!(lock(&attempts.windows).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_is_bounded() {
        let attempts = Attempts::default();
        let begin = || attempts.begin(address("192.0.2.1"), LIMIT);
        let mut pending: Vec<_> = (0..MOST_PENDING).map(|_| begin().unwrap()).collect();
        assert!(begin().is_err());
        pending.pop();
        let again = begin().unwrap();
        advance(Duration::from_secs(120)).await;
        assert!(begin().is_err(), "it stays counted");
        drop((pending, again));
        assert!(lock(&attempts.windows).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_of_64_bits_is_one_address() {
        let attempts = Attempts::default();
        for host in ["2001:db8::1", "2001:db8::2:1"] {
            assert_eq!(fail(&attempts, host), Ok(()));
        }
        assert!(fail(&attempts, "2001:db8::3").is_err());
        assert_eq!(fail(&attempts, "2001:db8:0:1::1"), Ok(()));
        assert_eq!(fail(&attempts, "::ffff:192.0.2.1"), Ok(()));
        assert_eq!(fail(&attempts, "192.0.2.1"), Ok(()));
        assert!(fail(&attempts, "192.0.2.1").is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..=MOST_ADDRESSES {
            let address = std::net::Ipv4Addr::from(u32::try_from(number).unwrap());
            let attempt = attempts.begin(address.into(), LIMIT).unwrap();
            attempt.failed();
        }
        assert!(lock(&attempts.windows).len() <= MOST_ADDRESSES);
    }
}
