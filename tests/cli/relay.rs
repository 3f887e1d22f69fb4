//! A relay between clients and a router that fails at a certain moment: when a client joins, or when one that has joined asks
//! for something.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::spawn;

use crate::support::PATIENCE;

/// How it fails.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// It ends the connection upon the first request.
    Cut,
    /// It passes on neither the first request nor anything behind it.
    Mute,
    /// It does not even pass on HELLO.
    Deaf,
}

/// A relay that clients reach by RawSocket. It ends with the test's process.
pub(super) struct Relay {
    pub(super) url: String,
    failed: Receiver<()>,
}

impl Relay {
    /// Starts one in front of the router at this URL.
    pub(super) fn start(router: &str, failure: Failure) -> Self {
        let address = router.strip_prefix("ws://").unwrap();
        let address = address.strip_suffix("/ws").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("rs://{}", listener.local_addr().unwrap());
        let (sender, failed) = channel();
        spawn(move || {
            for client in listener.incoming() {
                let (client, sender) = (client.unwrap(), sender.clone());
                let router = TcpStream::connect(&address).unwrap();
                // However a connection ends, its client tells.
                spawn(move || relay(&client, &router, failure, &sender));
            }
        });
        Self { url, failed }
    }

    /// Waits until it has failed a client.
    pub(super) fn has_failed(&self) {
        self.failed.recv_timeout(PATIENCE).unwrap();
    }
}

fn relay(
    mut client: &TcpStream,
    mut router: &TcpStream,
    failure: Failure,
    failed: &Sender<()>,
) -> Option<()> {
    let (mut back, mut to) = (router.try_clone().ok()?, client.try_clone().ok()?);
    spawn(move || std::io::copy(&mut back, &mut to));
    let mut handshake = [0; 4];
    client.read_exact(&mut handshake).ok()?;
    router.write_all(&handshake).ok()?;
    let hello = frame(client)?;
    if failure != Failure::Deaf {
        router.write_all(&hello).ok()?;
        let _request = frame(client)?;
    }
    // Not every test waits for it.
    let _ = failed.send(());
    if failure == Failure::Cut {
        client.shutdown(Shutdown::Both).ok()?;
        router.shutdown(Shutdown::Both).ok()?;
    }
    while frame(client).is_some() {}
    Some(())
}

/// The next frame of a client; none at the end.
fn frame(mut client: &TcpStream) -> Option<Vec<u8>> {
    let mut header = [0; 4];
    client.read_exact(&mut header).ok()?;
    let length = u32::from_be_bytes([0, header[1], header[2], header[3]]);
    let mut frame = header.to_vec();
    frame.resize(4 + length as usize, 0);
    client.read_exact(&mut frame[4..]).ok()?;
    Some(frame)
}
