//! A road to a router that can be cut, closed and blocked, as networks are.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::spawn;

/// A proxy in front of a router. It ends with the test's process.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) url: String,
    road: Arc<Mutex<Road>>,
}

#[derive(Default)]
struct Road {
    closed: bool,
    /// The connections: the client's end and the router's.
    lanes: Vec<Lane>,
}

struct Lane {
    client: TcpStream,
    router: TcpStream,
    blocked: Arc<Mutex<bool>>,
}

impl Proxy {
    /// A proxy to the router at this URL.
    pub(crate) fn to(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{scheme}://{}/{path}", listener.local_addr().unwrap());
        let road = Arc::<Mutex<Road>>::default();
        let (authority, entrance) = (authority.to_owned(), Arc::clone(&road));
        spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let mut road = entrance.lock().unwrap();
                if road.closed {
                    continue;
                }
                let lane = Lane {
                    client,
                    router: TcpStream::connect(&authority).unwrap(),
                    blocked: Arc::default(),
                };
                lane.carry();
                road.lanes.push(lane);
            }
        });
        Self { url, road }
    }

    fn road(&self) -> MutexGuard<'_, Road> {
        self.road.lock().unwrap()
    }

    /// Cuts all connections, and lets nobody through any more.
    pub(crate) fn close(&self) {
        let mut road = self.road();
        road.closed = true;
        for lane in road.lanes.drain(..) {
            // Either end may have gone.
            let _ = lane.client.shutdown(Shutdown::Both);
            let _ = lane.router.shutdown(Shutdown::Both);
        }
    }

    /// Lets clients through again.
    pub(crate) fn open(&self) {
        self.road().closed = false;
    }

    /// Carries nothing more on the connections that there are; both ends still believe in them.
    pub(crate) fn block(&self) {
        for lane in &self.road().lanes {
            *lane.blocked.lock().unwrap() = true;
        }
    }

    /// Cuts all connections at the client's end; the router goes on believing in them.
    pub(crate) fn cut_clients(&self) {
        self.block();
        for lane in &self.road().lanes {
            let _ = lane.client.shutdown(Shutdown::Both);
        }
    }
}

impl Lane {
    fn carry(&self) {
        for (from, to) in [(&self.client, &self.router), (&self.router, &self.client)] {
            let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            let blocked = Arc::clone(&self.blocked);
            spawn(move || {
                let mut buffer = [0; 4096];
                loop {
                    let read = from.read(&mut buffer).unwrap_or(0);
                    if *blocked.lock().unwrap() {
                        return;
                    }
                    if read == 0 || to.write_all(&buffer[..read]).is_err() {
                        let _ = to.shutdown(Shutdown::Both);
                        return;
                    }
                }
            });
        }
    }
}
