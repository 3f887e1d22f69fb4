//! The system says no: file descriptors, memory, disks.

use std::fs::File;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::peer::{HELLO, Peer, UPGRADE};
use crate::support::{Signal, wamp};
use crate::{Bystander, CONFIG, address, cpu_time, ends_well, router_with, scaled, within};

/// All descriptors are taken: who is in stays in and is served, the router does not spin, and who waits is let in when there is room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_descriptor_is_left() {
    let config = CONFIG.replace(r#"handshake_time = "1s""#, r#"handshake_time = "60s""#);
    let mut router = router_with(&config, Some("-n 64"));
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    for round in 0..scaled(2, 10) {
        let mut streams = Vec::new();
        for _ in 0..100 {
            streams.push(within(TcpStream::connect(&address)).await.unwrap());
        }
        router.note("cannot accept connections for the moment");
        let (started, before) = (Instant::now(), cpu_time(&router));
        while started.elapsed() < Duration::from_secs(1) {
            bystander.asks().await;
            sleep(Duration::from_millis(50)).await;
        }
        let computed = cpu_time(&router) - before;
        assert!(
            computed < started.elapsed() / 2,
            "round {round}: {computed:?} of {:?}",
            started.elapsed()
        );
        drop(streams);
        // It is told so as long as some of them are still to be let go.
        let mut newcomer = Peer::connect_in_time(&router.url, round % 6).await;
        newcomer.hello().await;
        newcomer.send(r#"[48,1,{},"wamp.session.count"]"#).await;
        assert_eq!(newcomer.receive().await.unwrap()[0], 50);
        println!(
            "hostile: 100 connections to a router with 64 descriptors: {computed:?} of CPU time in {:.1?}, then the next came in",
            started.elapsed()
        );
    }
    bystander.is_alone().await;
    ends_well(router);
}

/// The router may have little more memory than it has, and is sent long frames by many: they lose their connections, or wait, and it lives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_memory_is_left() {
    let config = CONFIG.replace(r#"max_message = "1MiB""#, r#"max_message = "16MiB""#);
    // A router of its own threads and binary takes some 400 MiB of addresses.
    let router = router_with(&config, Some("-v 900000"));
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let count = scaled(100, 300);
    let hello = HELLO.as_bytes();
    let length = u16::try_from(hello.len()).unwrap().to_be_bytes();
    // Once all but the last byte of 16 MiB, so that it stays where it is, and once nothing but the announcement.
    let rawsocket = [&[0x7F, 0xF1, 0, 0, 0, 0], &length[..], hello, &[8, 0, 0, 0]].concat();
    let websocket = [UPGRADE, b"\x81\xff\0\0\0\0\x01\0\0\0\0\0\0\0"].concat();
    let mut peers = Vec::new();
    for number in 0..count {
        let (head, pieces) = [(&rawsocket, 15), (&websocket, 0)][number % 2];
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(head).await.unwrap();
        peers.push(tokio::spawn(async move {
            let piece = vec![b' '; 1 << 20];
            for _ in 0..pieces {
                if within(stream.write_all(&piece)).await.is_err() {
                    return None;
                }
            }
            Some(stream)
        }));
    }
    let mut lost = 0;
    let mut held = Vec::new();
    for peer in peers {
        match peer.await.unwrap() {
            Some(stream) => held.push(stream),
            None => lost += 1,
        }
        bystander.asks().await;
    }
    assert!(lost > 0, "there was memory for all");
    let waiting = held.len();
    drop(held);
    bystander.asks().await;
    bystander.is_alone().await;
    println!(
        "hostile: {count} frames of 16 MiB to a router of 900 MB of addresses: {lost} connections lost while they sent, {waiting} waited, the router lives"
    );
    ends_well(router);
}

/// The disk of the log is full.
#[tokio::test]
async fn no_room_for_the_log() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut running = wamp(["router", "--port", "0", "-vv"]).stderr(full).start();
    let url = running.line().replace("WAMP_URL=", "");
    for way in 0..6 {
        let (mut peer, _) = Peer::join(&url, way).await;
        peer.send("[70,4711,{}]").await;
        assert_eq!(peer.receive().await.unwrap()[0], 3);
    }
    wamp(["publish", "com.t", "-u", &url]).run().clean();
    println!("hostile: seven sessions of a router whose log goes to a full disk");
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code, Some(0));
}
