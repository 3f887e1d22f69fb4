//! Lengths that are only claimed, and nesting without end: each costs its sender the session, and the router next to nothing.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::peer::{Peer, UPGRADE};
use crate::{Bystander, address, ends_well, memory, router, scaled, within};

/// How much the router may grow by one bomb and what it leaves in the allocator, in KiB.
const ROOM: u64 = 32 << 10;

/// Frames by serializer: JSON, MessagePack, CBOR.
fn frames() -> Vec<(&'static str, usize, Vec<u8>)> {
    let deep = |byte: &[u8]| byte.repeat(1_000_000 / byte.len());
    let behind = |head: &[u8], rest: &[u8]| [head, rest].concat();
    let mut frames = vec![
        ("lists without end", 0, deep(b"[")),
        ("dictionaries without end", 0, deep(b"{\"a\":")),
        (
            "lists in an argument",
            0,
            behind(b"[16,1,{},\"a.b\",[", &deep(b"[")),
        ),
        (
            "lists that end",
            0,
            [deep(b"["), deep(b"]")].concat()[500_000..1_500_000].to_vec(),
        ),
        (
            "a number without end",
            0,
            behind(b"[16,1,{},\"a.b\",[", &deep(b"9")),
        ),
        (
            "an exponent without end",
            0,
            behind(b"[16,1,{},\"a.b\",[1e", &deep(b"9")),
        ),
        (
            "a string without end",
            0,
            behind(b"[16,1,{},\"a.b\",[\"", &deep(b"\\u0000")),
        ),
        ("spaces", 0, deep(b" ")),
        ("many keys", 0, behind(b"[16,1,{", &deep(b"\"a\":1,"))),
        ("lists without end", 1, deep(b"\x91")),
        ("dictionaries without end", 1, deep(b"\x81\xa1a")),
        (
            "lists in an argument",
            1,
            behind(b"\x95\x10\x01\x80\xa3a.b\x91", &deep(b"\x91")),
        ),
        (
            "extensions",
            1,
            behind(b"\x95\x10\x01\x80\xa3a.b", b"\xc9\xff\xff\xff\xff\x01"),
        ),
        ("lists without end", 2, deep(b"\x81")),
        ("open lists without end", 2, deep(b"\x9f")),
        ("tags without end", 2, deep(b"\xc1")),
        (
            "tags in an argument",
            2,
            behind(b"\x85\x10\x01\xa0\x63a.b\x81", &deep(b"\xc1")),
        ),
        (
            "strings in pieces",
            2,
            behind(b"\x85\x10\x01\xa0\x63a.b\x81\x7f", &deep(b"\x60")),
        ),
        (
            "bytes in pieces",
            2,
            behind(b"\x85\x10\x01\xa0\x63a.b\x81\x5f", &deep(b"\x40")),
        ),
    ];
    // What claims more than there is, as the message, as options, and as an argument.
    let msgpack: [&[u8]; 6] = [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdd\x7f\xff\xff\xff",
        b"\xdc\xff\xff",
    ];
    let cbor: [&[u8]; 8] = [
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x9b\x80\0\0\0\0\0\0\0",
        b"\xbb\0\0\0\x01\0\0\0\0",
        b"\x7b\0\0\0\x01\0\0\0\0",
        b"\x9a\xff\xff\xff\xff",
    ];
    for claim in msgpack {
        frames.push(("a claim", 1, claim.to_vec()));
        frames.push(("a claim in options", 1, behind(b"\x94\x30\x01", claim)));
        frames.push((
            "a claim in an argument",
            1,
            behind(b"\x95\x30\x01\x80\xa3a.b\x91", claim),
        ));
        frames.push((
            "a claim in a keyword",
            1,
            behind(b"\x96\x30\x01\x80\xa3a.b\x90\x81\xa1a", claim),
        ));
    }
    for claim in cbor {
        frames.push(("a claim", 2, claim.to_vec()));
        frames.push(("a claim in options", 2, behind(b"\x84\x18\x30\x01", claim)));
        frames.push((
            "a claim in an argument",
            2,
            behind(b"\x85\x18\x30\x01\xa0\x63a.b\x81", claim),
        ));
        frames.push((
            "a claim in a keyword",
            2,
            behind(b"\x86\x18\x30\x01\xa0\x63a.b\x80\xa1\x61a", claim),
        ));
    }
    frames
}

/// Something that is answered in a session that goes on.
const COUNT: &str = r#"[48,7,{},"wamp.session.count"]"#;

/// How long an answer may take that may never come.
const MOMENT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_claim_or_nest_too_much() {
    let router = router();
    let mut bystander = Bystander::join(&router).await;
    bystander.asks().await;
    let before = memory(&router);
    let frames = frames();
    let (mut tried, mut slowest, mut most) = (0, Duration::ZERO, 0);
    for _ in 0..scaled(1, 20) {
        for (name, serializer, frame) in &frames {
            for framing in 0..2 {
                let way = serializer * 2 + framing;
                for joined in [false, true] {
                    let mut peer = if joined {
                        Peer::join(&router.url, way).await.0
                    } else {
                        Peer::connect(&router.url, way).await
                    };
                    let started = Instant::now();
                    within(peer.0.send(Bytes::copy_from_slice(frame)))
                        .await
                        .unwrap();
                    let answer = match timeout(MOMENT, peer.receive()).await {
                        Ok(answer) => answer,
                        // An event that is too deep, and that nobody asked to be told of, is dropped: the session goes on.
                        Err(_) => {
                            assert!(joined, "{name}: nothing");
                            peer.send(COUNT).await;
                            peer.receive().await
                        }
                    };
                    let answer = answer.expect("a reason");
                    if answer[0] == 3 {
                        assert_eq!(answer[2], "wamp.error.protocol_violation", "{name}");
                        assert_eq!(peer.receive().await, None, "{name}");
                    } else {
                        assert!(
                            joined && [8, 50].map(Value::from).contains(&answer[0]),
                            "{name}: {answer}"
                        );
                    }
                    slowest = slowest.max(started.elapsed());
                    most = most.max(memory(&router).saturating_sub(before));
                    assert!(most < ROOM, "{name}, way {way}: {most} KiB");
                    tried += 1;
                }
            }
        }
        bystander.asks().await;
    }
    bystander.is_alone().await;
    println!(
        "hostile: {tried} frames of {} kinds that claim or nest too much: {most} KiB at most, the slowest answer after {slowest:.1?}",
        frames.len()
    );
    ends_well(router);
}

/// Lengths of frames that the transport refuses, or has to wait for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_are_announced_and_do_not_come() {
    let router = router();
    let address = address(&router);
    let mut bystander = Bystander::join(&router).await;
    let before = memory(&router);
    let upgrade = UPGRADE;
    let websocket = |frame: &[u8]| [upgrade, frame].concat();
    let rawsocket = |frame: &[u8]| [&[0x7F, 0xF1, 0, 0], frame].concat();
    let refused = [
        rawsocket(b"\x08\0\0\0"),
        rawsocket(b"\0\xff\xff\xff"),
        rawsocket(b"\x08\0\0\x01"),
        rawsocket(b"\0\x10\0\x01"),
        rawsocket(b"\x01\xff\xff\xff"),
        websocket(b"\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0"),
        websocket(b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"),
        websocket(b"\x81\xff\0\0\0\x01\0\0\0\0\0\0\0\0"),
        websocket(b"\x81\xff\0\0\0\0\x01\0\0\0\0\0\0\0"),
        websocket(b"\xc1\x81\0\0\0\0a"),
        websocket(b"\x81\x01a"),
    ];
    let waited = [
        rawsocket(b"\0\x10\0\0"),
        websocket(b"\x81\xff\0\0\0\0\0\x10\0\0\0\0\0\0"),
        websocket(b"\x01\xff\0\0\0\0\0\x0f\0\0\0\0\0\0"),
        websocket(b"\x89\xff\0\0\0\0\0\x10\0\0\0\0\0\0"),
    ];
    let mut tried = 0;
    for bytes in &refused {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let started = Instant::now();
        stream.write_all(bytes).await.unwrap();
        let (mut reading, _writing) = stream.split();
        let mut answer = [0; 4096];
        let mut said = Vec::new();
        // A reason or a close frame comes at once; for the end of the stream the router may wait.
        while started.elapsed() < Duration::from_millis(900) {
            let read = timeout(Duration::from_secs(8), reading.read(&mut answer))
                .await
                .expect("an answer");
            match read {
                Ok(read @ 1..) => said.extend_from_slice(&answer[..read]),
                _ => break,
            }
            if said
                .windows(28)
                .any(|part| part == b"wamp.error.protocol_violatio")
            {
                break;
            }
        }
        let text = String::from_utf8_lossy(&said);
        assert!(
            text.contains("wamp.error.protocol_violation"),
            "{:?}: {text}",
            bytes.escape_ascii().to_string()
        );
        tried += 1;
    }
    // Many wait for a frame of 1 MiB at the same time.
    let count = scaled(200, 2_000);
    let mut streams = Vec::new();
    for number in 0..count {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream
            .write_all(&waited[number % waited.len()])
            .await
            .unwrap();
        streams.push(stream);
    }
    bystander.asks().await;
    let grown = memory(&router).saturating_sub(before);
    assert!(
        grown < ROOM + 32 * count as u64,
        "{grown} KiB for {count} claims of 1 MiB"
    );
    for stream in &mut streams {
        let mut rest = Vec::new();
        within(stream.read_to_end(&mut rest)).await.ok();
    }
    bystander.asks().await;
    bystander.is_alone().await;
    println!("hostile: {tried} lengths refused, {count} claims of 1 MiB waited for: {grown} KiB");
    ends_well(router);
}
