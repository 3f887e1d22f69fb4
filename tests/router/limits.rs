//! What a router bounds, and how those who reach a bound are told.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wampkit::Router;
use wampkit::router::ConnectionLimits;

use crate::{Fixture, within};

async fn with_connections(total: usize, per_address: usize) -> Fixture {
    let limits = ConnectionLimits { total, per_address };
    Fixture::with(Router::builder().realm("realm1").connections(limits)).await
}

/// What a connection is answered that begins like this.
async fn answer(fixture: &Fixture, beginning: &[u8]) -> Vec<u8> {
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

const GET: &[u8] =
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
Sec-WebSocket-Protocol: wamp.2.json\r\n\r\n";

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_one_that_ends_makes_room() {
    for (total, per_address) in [(2, 100), (100, 2)] {
        let fixture = with_connections(total, per_address).await;
        let (mut first, mut second) = (fixture.raw().await, fixture.raw().await);
        first.hello().await;
        second.hello().await;

        let refused = String::from_utf8(answer(&fixture, GET).await).unwrap();
        assert!(
            refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
            "{refused}"
        );
        assert!(refused.ends_with("This router has too many connections.\n"));
        let refused = answer(&fixture, &[0x7F, 0xF1, 0, 0]).await;
        assert_eq!(refused, [0x7F, 0x40, 0, 0]);

        // Those that are there are not disturbed, and nobody in memory needs a place.
        first.send(r#"[32,1,{},"com.topic"]"#).await;
        assert_eq!(first.receive().await.unwrap()[0], 33);
        let inside = wampkit::Client::builder("unused").realm("realm1");
        let inside = inside.connect_over(fixture.router.connect(wampkit::Serializer::Json));
        within(inside).await.unwrap();

        second.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
        assert_eq!(second.receive().await.unwrap()[0], 6);
        assert_eq!(second.receive().await, None);
        drop(second);
        within(async {
            // Its task is over a moment after its socket.
            while answer_begins_with_error(&fixture).await {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// Whether a RawSocket client is refused.
async fn answer_begins_with_error(fixture: &Fixture) -> bool {
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    answer[1] == 0x40
}

/// Those who are turned away are bounded too, and waiting for them holds up nobody.
#[tokio::test]
async fn silent_ones_who_are_turned_away_are_cut_off() {
    let fixture = with_connections(1, 100).await;
    let mut first = fixture.raw().await;
    first.hello().await;
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(&address).await.unwrap());
    }
    for mut stream in silent {
        let mut answer = Vec::new();
        // Closed, by a reset or in good order, without a byte.
        within(stream.read_to_end(&mut answer)).await.ok();
        assert!(answer.is_empty(), "{answer:?}");
    }
}

/// A stranger who sends too much is told so by either transport, before it is all there; who has joined may send as much.
#[tokio::test]
async fn strangers_send_short_messages() {
    let fixture = Fixture::with(Router::builder().realm("realm1").max_hello(1000)).await;
    let long = "x".repeat(2000);
    let hello = format!(r#"[1,"realm1",{{"roles":{{"caller":{{}}}},"x_long":"{long}"}}]"#);
    for way in ["ws", "rs"] {
        let mut stranger = fixture.raw_by(way).await;
        stranger.send(&hello).await;
        let message = stranger.aborted("wamp.error.protocol_violation").await;
        assert!(message.contains("1000"), "{message}");

        let mut known = fixture.raw_by(way).await;
        known.hello().await;
        let publish = r#"[16,1,{"acknowledge":true},"com.topic",["LONG"]]"#;
        known.send(&publish.replace("LONG", &long)).await;
        assert_eq!(known.receive().await.unwrap()[0], 17);
    }
}

/// A message need not be whole to be too long.
#[tokio::test]
async fn a_stranger_cannot_have_half_a_long_message_kept() {
    let fixture = Fixture::with(Router::builder().realm("realm1").max_hello(1000)).await;
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(GET).await.unwrap();
    // A masked text frame of a megabyte, of which a part is there.
    stream
        .write_all(&[0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    stream.write_all(&[b' '; 16 << 10]).await.unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    // The router waits for the other end to close, too.
    while !answer.ends_with(&[0x88, 0x02, 0x03, 0xF1]) {
        let read = within(stream.read(&mut part)).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("wamp.error.protocol_violation"), "{answer}");
}

#[tokio::test]
async fn who_says_nothing_is_told_that_hello_was_awaited() {
    let time = Duration::from_millis(50);
    let fixture = Fixture::with(Router::builder().realm("realm1").hello_timeout(time)).await;
    for way in ["ws", "rs"] {
        let mut silent = fixture.raw_by(way).await;
        let message = silent.aborted("wamp.error.timeout").await;
        assert_eq!(message, "no HELLO came within 50ms");
    }
}
