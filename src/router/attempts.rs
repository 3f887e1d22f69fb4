//! How often an address has failed to log in.
//!
//! A login is charged before the client is given anything to prove, and the charge is taken back when it succeeds: so that
//! many handshakes at once are no way around the limit. What is kept is bounded in number; an IPv6 network of 64 bits, which
//! is what a customer has, counts as one address.

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
    count: u32,
}

impl Attempts {
    /// Charges a login from this address.
    ///
    /// # Errors
    /// How long it takes until the next one is heard.
    pub(super) fn charge(&self, address: IpAddr, limit: FailedLogins) -> Result<(), Duration> {
        let now = Instant::now();
        let mut windows = lock(&self.windows);
        if windows.len() >= MOST_ADDRESSES {
            windows.retain(|_, window| now < window.began + limit.per);
            if windows.len() >= MOST_ADDRESSES {
                // Whoever commands so many addresses is not to be stopped by counting them.
                windows.clear();
            }
        }
        let window = windows.entry(network(address)).or_insert(Window {
            began: now,
            count: 0,
        });
        if now >= window.began + limit.per {
            *window = Window {
                began: now,
                count: 0,
            };
        }
        if window.count >= limit.count {
            return Err(window.began + limit.per - now);
        }
        window.count += 1;
        Ok(())
    }

    /// Takes a charge back: the login has succeeded.
    pub(super) fn refund(&self, address: IpAddr) {
        let mut windows = lock(&self.windows);
        let network = network(address);
        if let Some(window) = windows.get_mut(&network) {
            window.count = window.count.saturating_sub(1);
            if window.count == 0 {
                windows.remove(&network);
            }
        }
    }
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
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

    #[tokio::test(start_paused = true)]
    async fn what_fails_too_often_is_not_heard_until_its_time_is_over() {
        let attempts = Attempts::default();
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        assert_eq!(attempts.charge(one, LIMIT), Ok(()));
        advance(Duration::from_secs(20)).await;
        assert_eq!(attempts.charge(one, LIMIT), Ok(()));
        assert_eq!(attempts.charge(one, LIMIT), Err(Duration::from_secs(40)));
        assert_eq!(attempts.charge(other, LIMIT), Ok(()));
        advance(Duration::from_secs(40)).await;
        assert_eq!(attempts.charge(one, LIMIT), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn success_costs_nothing() {
        let attempts = Attempts::default();
        let address = address("192.0.2.1");
        for _ in 0..10 {
            assert_eq!(attempts.charge(address, LIMIT), Ok(()));
            attempts.refund(address);
        }
        assert!(lock(&attempts.windows).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_network_of_64_bits_is_one_address() {
        let attempts = Attempts::default();
        for host in ["2001:db8::1", "2001:db8::2:1"] {
            assert_eq!(attempts.charge(address(host), LIMIT), Ok(()));
        }
        assert!(attempts.charge(address("2001:db8::3"), LIMIT).is_err());
        assert_eq!(attempts.charge(address("2001:db8:0:1::1"), LIMIT), Ok(()));
        assert_eq!(attempts.charge(address("::ffff:192.0.2.1"), LIMIT), Ok(()));
        assert_eq!(attempts.charge(address("192.0.2.1"), LIMIT), Ok(()));
        assert!(attempts.charge(address("192.0.2.1"), LIMIT).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let attempts = Attempts::default();
        for number in 0..=MOST_ADDRESSES {
            let address = std::net::Ipv4Addr::from(u32::try_from(number).unwrap());
            assert_eq!(attempts.charge(address.into(), LIMIT), Ok(()));
        }
        assert!(lock(&attempts.windows).len() <= MOST_ADDRESSES);
    }
}
