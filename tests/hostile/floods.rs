//! Peers that take their time, and peers in great number.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::peer::{HELLO, Peer, UPGRADE};
use crate::{Bystander, CONFIG, address, ends_well, memory, router, router_with, scaled, within};

/// What a slow peer says, byte by byte, from where on, and whether the router has a word to say.
struct Slow {
    name: &'static str,
    /// Said at once.
    at_once: Vec<u8>,
    /// Said byte by byte.
    slowly: Vec<u8>,
}

fn slow_ones() -> Vec<Slow> {
    let upgrade = UPGRADE;
    let cookie = [&b"GET /ws HTTP/1.1\r\nCookie: "[..], &[b'x'; 4000]].concat();
    let hello = HELLO.as_bytes();
    let length = u32::try_from(hello.len()).unwrap().to_be_bytes();
    vec![
        Slow {
            name: "nothing",
            at_once: vec![],
            slowly: vec![],
        },
        Slow {
            name: "an HTTP request",
            at_once: vec![],
            slowly: cookie,
        },
        Slow {
            name: "a RawSocket handshake",
            at_once: vec![],
            slowly: vec![0x7F, 0xF1],
        },
        Slow {
            name: "no HELLO over RawSocket",
            at_once: vec![0x7F, 0xF1, 0, 0],
            slowly: vec![],
        },
        Slow {
            name: "a HELLO over RawSocket",
            at_once: [&[0x7F, 0xF1, 0, 0], &length[..]].concat(),
            slowly: hello.to_vec(),
        },
        Slow {
            name: "no HELLO over WebSocket",
            at_once: upgrade.to_vec(),
            slowly: vec![],
        },
        Slow {
            name: "a HELLO over WebSocket",
            at_once: [upgrade, b"\x81\xfe\x04\0\0\0\0\0"].concat(),
            slowly: vec![b' '; 1024],
        },
        Slow {
            name: "PINGs over WebSocket",
            at_once: upgrade.to_vec(),
            slowly: b"\x89\x80\0\0\0\0".repeat(200),
        },
    ]
}

/// Whoever takes longer to join than is allowed is cut off, however it spends the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_handshakes_are_cut_off() {
    let router = router();
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let each = scaled(3, 50);
    let mut peers = Vec::new();
    for _ in 0..each {
        for slow in slow_ones() {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            peers.push(async move {
                let started = Instant::now();
                stream.write_all(&slow.at_once).await.unwrap();
                let (mut reading, mut writing) = stream.split();
                let mut answer = Vec::new();
                let read = async { reading.read_to_end(&mut answer).await.ok() };
                let write = async {
                    for byte in &slow.slowly {
                        if writing.write_all(&[*byte]).await.is_err() {
                            break;
                        }
                        // Slowly is what this is about.
                        sleep(Duration::from_millis(20)).await;
                    }
                };
                let both = async {
                    tokio::select! {
                        ended = read => ended,
                        () = async { write.await; std::future::pending().await } => None,
                    }
                };
                timeout(Duration::from_secs(20), both)
                    .await
                    .unwrap_or_else(|_| panic!("{} for ever", slow.name));
                (slow.name, started.elapsed(), answer)
            });
        }
    }
    let ended = join_all(peers).await;
    for (name, time, answer) in &ended {
        assert!(
            *time >= Duration::from_millis(900),
            "{name}: ended after {time:.1?}"
        );
        // Only in HTTP there is a word for it before the handshake of the transport is over.
        let answer = String::from_utf8_lossy(answer);
        let told = match *name {
            "nothing" | "a RawSocket handshake" => answer.is_empty(),
            "an HTTP request" => answer.starts_with("HTTP/1.1 408 "),
            _ => answer.contains("wamp.error.timeout"),
        };
        assert!(told, "{name}: {answer:?}");
    }
    bystander.asks().await;
    bystander.is_alone().await;
    let longest = ended.iter().map(|(_, time, _)| *time).max().unwrap();
    println!(
        "hostile: {} slow handshakes of {} kinds, allowed 1s, the last ended after {longest:.1?}",
        ended.len(),
        slow_ones().len()
    );
    ends_well(router);
}

/// A session that is in the middle of a frame for ever costs what an idle one does: no more memory than what it sent, and nobody
/// else's time. It stays while something comes, and over WebSocket, where it can be asked, no longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_never_ends() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    let before = memory(&router);
    let address = address(&router);
    let upgrade = slow_ones().remove(5).at_once;
    let count = scaled(50, 500);
    let mut streams = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let hello = HELLO.as_bytes();
        let length = u16::try_from(hello.len()).unwrap().to_be_bytes();
        stream
            .write_all(&[&upgrade, &b"\x81\xfe"[..], &length, &[0; 4], hello].concat())
            .await
            .unwrap();
        let mut answer = [0; 4096];
        let mut said = Vec::new();
        while !said
            .windows(5)
            .any(|part| part == b"[2,\"r" || part.starts_with(b"[2,"))
        {
            let read = within(stream.read(&mut answer)).await.unwrap();
            assert!(read > 0, "closed before WELCOME");
            said.extend_from_slice(&answer[..read]);
        }
        // A message of 1 MiB, of which only the beginning comes.
        stream
            .write_all(b"\x81\xff\0\0\0\0\0\x10\0\0\0\0\0\0[16,1,{},")
            .await
            .unwrap();
        streams.push(stream);
    }
    assert_eq!(bystander.sessions().await, count + 1);
    // Three heartbeats long a byte comes now and then: a slow line.
    for _ in 0..12 {
        for stream in &mut streams {
            stream.write_all(b" ").await.expect("it is still there");
        }
        bystander.asks().await;
        sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(bystander.sessions().await, count + 1, "slow, but alive");
    let grown = memory(&router).saturating_sub(before);
    assert!(
        grown < 100 * count + 20_000,
        "{grown} KiB for {count} sessions"
    );
    // Now nothing comes any more, and no PING is answered.
    bystander.is_alone().await;
    println!(
        "hostile: {count} sessions in the middle of a frame: {grown} KiB, and gone when they fell silent"
    );
    ends_well(router);
}

/// So many connections that say nothing: others are served as before, and the silent ones are gone when their time is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_connections() {
    let router = router();
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let before = memory(&router);
    let count = scaled(2_000_u64, 8_000);
    let mut streams = Vec::new();
    let mut slowest = Duration::ZERO;
    for number in 0..count {
        let stream = within(TcpStream::connect(&address)).await.unwrap();
        streams.push(stream);
        if number % 100 == 0 {
            let asked = Instant::now();
            bystander.asks().await;
            slowest = slowest.max(asked.elapsed());
        }
    }
    let (newcomer, _) = Peer::join(&router.url, 1).await;
    let grown = memory(&router).saturating_sub(before);
    assert!(grown < 24 * count, "{grown} KiB for {count} connections");
    drop(newcomer);
    let ends = streams.iter_mut().map(|stream| async {
        let mut rest = Vec::new();
        within(stream.read_to_end(&mut rest)).await.ok();
        assert!(rest.is_empty());
    });
    join_all(ends).await;
    bystander.asks().await;
    bystander.is_alone().await;
    println!(
        "hostile: {count} silent connections: {grown} KiB, a call beside them took {slowest:.1?} at most"
    );
    ends_well(router);
}

/// Sessions that have said GOODBYE, or answered it, and keep their sockets open: their places are others' within a moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn farewells_that_never_end() {
    let count = scaled(60, 600);
    let limit = format!("[limits]\nconnections = {}", count + 2);
    let router = router_with(&CONFIG.replace("[limits]", &limit), None);
    let mut bystander = Bystander::join(&router).await;
    let mut held = Vec::new();
    let mut slowest = Duration::ZERO;
    for round in 0..3 {
        for number in 0..count {
            let started = Instant::now();
            // The places of the round before are not free yet.
            let mut peer = Peer::connect_in_time(&router.url, number % 6).await;
            slowest = slowest.max(started.elapsed());
            let session = peer.hello().await;
            if number % 2 == 0 {
                peer.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
            } else {
                let kill = bystander.session.call("wamp.session.kill").args((session,));
                within(kill.into_future()).await.unwrap();
                peer.send(r#"[6,{},"wamp.close.goodbye_and_out"]"#).await;
            }
            assert_eq!(peer.receive().await.unwrap()[0], 6, "round {round}");
            held.push(peer);
        }
        bystander.asks().await;
    }
    bystander.is_alone().await;
    assert!(slowest < Duration::from_secs(3), "{slowest:?}");
    println!(
        "hostile: {} sessions that were over and kept their sockets open: nobody waited longer than {slowest:.1?} for a place",
        held.len()
    );
    let started = Instant::now();
    ends_well(router);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    drop(held);
}

/// Who has said GOODBYE, and still has megabytes to read, and sends something meanwhile, as its answer to a PING would be, gets everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn farewells_to_who_reads_slowly() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    let mut stream = TcpStream::connect(&address(&router)).await.unwrap();
    stream.write_all(b"\x7F\xF1\0\0").await.unwrap();
    let mut handshake = [0; 4];
    within(stream.read_exact(&mut handshake)).await.unwrap();
    for message in [HELLO, r#"[32,1,{},"com.much"]"#] {
        stream
            .write_all(&rawsocket_frame(0, message))
            .await
            .unwrap();
        within(next_frame(&mut stream)).await.unwrap();
    }
    let (events, text) = (scaled(32, 64), "x".repeat(64 << 10));
    for _ in 0..events {
        let publish = bystander.session.publish("com.much").args((&text,));
        within(publish.acknowledge().into_future()).await.unwrap();
    }
    let goodbye = rawsocket_frame(0, r#"[6,{},"wamp.close.close_realm"]"#);
    stream.write_all(&goodbye).await.unwrap();
    // At half a megabyte or so a second.
    let mut received = Vec::new();
    loop {
        sleep(Duration::from_millis(100)).await;
        stream.write_all(&rawsocket_frame(1, "")).await.unwrap();
        let Ok(frame) = within(next_frame(&mut stream)).await else {
            break;
        };
        if let (0, content) = frame {
            received.push(content);
        }
        if received.last().is_some_and(|last| last.starts_with(b"[6,")) {
            break;
        }
    }
    assert_eq!(received.len(), events + 1, "EVENTs and GOODBYE");
    println!(
        "hostile: a session that has said GOODBYE read {events} long EVENTs at its leisure, pinging"
    );
    drop(stream);
    bystander.asks().await;
    bystander.is_alone().await;
    ends_well(router);
}

/// A frame of this type.
fn rawsocket_frame(kind: u8, content: &str) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[kind], &length[..], content.as_bytes()].concat()
}

/// The type and the content of the next frame.
async fn next_frame(stream: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let [kind, length @ ..] = head;
    let length = length
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let mut content = vec![0; length];
    stream.read_exact(&mut content).await?;
    Ok((kind, content))
}

/// One end has closed its side, the other side is open: it is closed too, whatever was going on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_closed_connections() {
    let router = router();
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let mut tried = 0;
    for slow in slow_ones() {
        for part in [0, 1, slow.slowly.len() / 2, slow.slowly.len()] {
            let Some(part) = slow.slowly.get(..part) else {
                continue;
            };
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(&slow.at_once).await.unwrap();
            stream.write_all(part).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            let started = Instant::now();
            within(stream.read_to_end(&mut answer)).await.ok();
            assert!(started.elapsed() < Duration::from_secs(8), "{}", slow.name);
            tried += 1;
        }
    }
    bystander.asks().await;
    bystander.is_alone().await;
    println!("hostile: {tried} half-closed connections, all closed");
    ends_well(router);
}
