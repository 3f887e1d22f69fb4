//! How many connections a router has, in all and from one address.
//!
//! A connection takes its place before anything is read from it, and has it until it ends. Those for whom there is none are told so
//! and closed, which is bounded as well: by a time, and by how many are told at once; the others are closed without a word.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit};

use super::attempts::network;
use super::lock;
use super::tally::Tally;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// In all. Fewer if the system does not let the process have as many open files, some of which are kept for other things.
    pub total: usize,
    /// From one address; an IPv6 network of 64 bits counts as one, and Unix sockets do not count.
    pub per_address: usize,
}

impl Default for ConnectionLimits {
    /// 100 000, and 10 000 from one address: more than one machine opens by mistake, and room for tests on loopback.
    fn default() -> Self {
        Self {
            total: 100_000,
            per_address: 10_000,
        }
    }
}

/// The places that are taken.
#[derive(Debug)]
pub(super) struct Admission {
    /// How many connections there are open files for.
    room: usize,
    crowd: Mutex<Crowd>,
}

#[derive(Debug, Default)]
struct Crowd {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
    /// How many are being told that there is no place.
    turned_away: usize,
    /// Those that were refused.
    refused: Tally,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    admission: Arc<Admission>,
    address: Option<IpAddr>,
}

/// That a connection is being told that there is no place for it, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn(Arc<Admission>);

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Full {
    #[error("there are {0} connections, and no more can be")]
    Total(usize),
    #[error("there are {0} connections from this address, and no more can be")]
    Address(usize),
}

impl Default for Admission {
    /// With room for as many as the system lets the process have.
    fn default() -> Self {
        Self {
            room: room(getrlimit(Resource::Nofile).current),
            crowd: Mutex::default(),
        }
    }
}

impl Admission {
    /// How many connections there are open files for.
    pub(super) const fn room(&self) -> usize {
        self.room
    }

    /// Takes a place for a connection from this address.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn enter(
        self: &Arc<Self>,
        address: Option<IpAddr>,
        limits: ConnectionLimits,
    ) -> Result<Place, Full> {
        let address = address.map(network);
        let most = limits.total.min(self.room);
        let mut crowd = lock(&self.crowd);
        if crowd.total >= most {
            return Err(Full::Total(most));
        }
        if let Some(address) = address {
            let here = crowd.by_address.entry(address).or_default();
            if *here >= limits.per_address {
                return Err(Full::Address(limits.per_address));
            }
            *here += 1;
        }
        crowd.total += 1;
        Ok(Place {
            admission: Arc::clone(self),
            address,
        })
    }

    /// Takes note of a refusal. `None` if so many are being told already that this one is not.
    pub(super) fn turn_away(self: &Arc<Self>, full: Full) -> Option<Turn> {
        let mut crowd = lock(&self.crowd);
        if let Some(refused) = crowd.refused.add(1, Instant::now()) {
            tracing::warn!(refused, "connections refused: {full}");
        }
        if crowd.turned_away >= MOST_TURNED_AWAY {
            return None;
        }
        crowd.turned_away += 1;
        Some(Turn(Arc::clone(self)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut crowd = lock(&self.admission.crowd);
        crowd.total = crowd.total.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(here) = crowd.by_address.get_mut(&address)
        {
            *here = here.saturating_sub(1);
            if *here == 0 {
                crowd.by_address.remove(&address);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut crowd = lock(&self.0.crowd);
        crowd.turned_away = crowd.turned_away.saturating_sub(1);
    }
}

/// How many connections as many open files are good for: an eighth of them, up to a bound, is for files, listeners, and those who are
/// told that there is no place.
fn room(files: Option<u64>) -> usize {
    let files = files.map_or(usize::MAX, |files| {
        usize::try_from(files).unwrap_or(usize::MAX)
    });
    files.saturating_sub((files / 8).clamp(LEAST_RESERVE, RESERVE))
}

const RESERVE: usize = 256;

/// What the runtime, a few listeners and a few refusals take.
const LEAST_RESERVE: usize = 32;

/// How many are told at once that there is no place.
const MOST_TURNED_AWAY: usize = 64;

/// How long it may take to tell one.
pub(super) const TURNING_AWAY: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        total: 3,
        per_address: 2,
    };

    fn admission(room: usize) -> Arc<Admission> {
        Arc::new(Admission {
            room,
            crowd: Mutex::default(),
        })
    }

    fn from(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn places_are_counted_in_all_and_by_address_and_come_free_again() {
        let admission = admission(100);
        let enter = |address| admission.enter(address, LIMITS);
        let first = enter(from("192.0.2.1")).unwrap();
        let second = enter(from("::ffff:192.0.2.1")).unwrap();
        assert_eq!(enter(from("192.0.2.1")).unwrap_err(), Full::Address(2));
        let third = enter(None).unwrap();
        assert_eq!(enter(from("192.0.2.2")).unwrap_err(), Full::Total(3));
        drop(first);
        let again = enter(from("192.0.2.1")).unwrap();
        drop((second, third, again));
        let crowd = lock(&admission.crowd);
        assert_eq!((crowd.total, crowd.by_address.len()), (0, 0));
    }

    #[test]
    fn there_are_no_more_than_open_files() {
        assert_eq!(room(Some(1024)), 896);
        assert_eq!(room(Some(1 << 20)), (1 << 20) - 256);
        assert_eq!(room(Some(40)), 8);
        assert_eq!(room(Some(0)), 0);
        assert!(room(None) > 1 << 30);
        let admission = admission(1);
        let _place = admission.enter(None, LIMITS).unwrap();
        assert_eq!(admission.enter(None, LIMITS).unwrap_err(), Full::Total(1));
    }

    #[tokio::test(start_paused = true)]
    async fn few_are_told_at_once() {
        let admission = admission(1);
        let turn = || admission.turn_away(Full::Total(1));
        let mut turns: Vec<_> = (0..MOST_TURNED_AWAY).map(|_| turn().unwrap()).collect();
        assert!(turn().is_none());
        turns.pop();
        assert!(turn().is_some());
    }
}
