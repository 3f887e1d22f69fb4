//! Clients that fall silent: they are found and their sessions ended, and nobody else's.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use wampkit::transport::{ConnectOptions, Endpoint, connect};
use wampkit::{Router, Serializer};

use crate::{Fixture, Raw, within};

/// Short, so that a test can wait for many; long enough for an answer on a busy machine.
const BEAT: Duration = Duration::from_millis(400);

async fn beating() -> Fixture {
    Fixture::with(Router::builder().realm("realm1").heartbeat(Some(BEAT))).await
}

/// A session of a client that calls itself so.
async fn joined(url: &str, agent: &str) -> (Raw, u64) {
    let endpoint: Endpoint = url.parse().unwrap();
    let options = ConnectOptions::default();
    let transport = connect(&endpoint, &[Serializer::Json], &options).await;
    let mut raw = Raw(transport.unwrap());
    raw.send(&format!(
        r#"[1,"realm1",{{"roles":{{"subscriber":{{}}}},"agent":"{agent}"}}]"#
    ))
    .await;
    let welcome = raw.receive().await.unwrap();
    (raw, welcome[1].as_u64().unwrap())
}

/// Its system goes on acknowledging, but nobody reads: neither over WebSocket nor, where that is known to be answered, over
/// RawSocket is a ping answered. A session that is idle and well sees it leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_falls_silent_is_found_and_an_idle_one_stays() {
    let fixture = beating().await;
    let idle = fixture.session(0).await;
    let mut left = idle.subscribe("wamp.session.on_leave").await.unwrap();
    for url in [fixture.websocket.to_string(), fixture.rawsocket()] {
        let (silent, session) = joined(&url, "wampkit-test").await;
        let event = within(left.next()).await.unwrap();
        assert_eq!(event.arguments().unwrap().args[0], (session as i64).into());
        drop(silent);
    }
    // The others of its kinds are well after as many beats.
    let kept = [fixture.session(1).await, fixture.session(2).await];
    sleep(4 * BEAT).await;
    for session in [&idle, &kept[0], &kept[1]] {
        within(session.call("wamp.session.count").into_future())
            .await
            .unwrap();
    }
    assert!(
        timeout(Duration::ZERO, left.next()).await.is_err(),
        "somebody was ended who was well"
    );
}

/// Who only answers pings stays: several of them come.
#[tokio::test]
async fn an_idle_client_is_pinged_and_stays() {
    let fixture = beating().await;
    let (mut raw, _) = joined(&fixture.websocket.to_string(), "another").await;
    let heard = raw.0.heard();
    within(poll_fn(|cx| {
        assert!(raw.0.poll_receive(cx).is_pending(), "it was ended");
        if raw.0.heard() >= heard + 4 {
            return Poll::Ready(());
        }
        Poll::Pending
    }))
    .await;
}

/// RawSocket software of other makers breaks on PING, so it gets none, and an idle one stays.
#[tokio::test]
async fn no_ping_reaches_rawsocket_software_of_others() {
    let fixture = beating().await;
    let address = fixture.rawsocket().replace("rs://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
    let mut reply = [0; 4];
    within(stream.read_exact(&mut reply)).await.unwrap();
    let hello = br#"[1,"realm1",{"roles":{"caller":{}},"agent":"AutobahnPython/25.1"}]"#;
    stream
        .write_all(&[0, 0, 0, hello.len() as u8])
        .await
        .unwrap();
    stream.write_all(hello).await.unwrap();
    let mut prefix = [0; 4];
    within(stream.read_exact(&mut prefix)).await.unwrap();
    let mut welcome = vec![0; usize::from(prefix[2]) << 8 | usize::from(prefix[3])];
    within(stream.read_exact(&mut welcome)).await.unwrap();
    let silence = timeout(5 * BEAT, stream.read_u8()).await;
    assert!(silence.is_err(), "{silence:?}");
}

/// A subscriber that reads nothing for many beats, with more on its way than the systems on both sides hold, is slow and not
/// dead: it gets all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_is_slow_is_not_taken_for_dead() {
    const EVENTS: u64 = 300;
    let fixture = beating().await;
    let (mut slow, _) = joined(&fixture.websocket.to_string(), "slow").await;
    slow.send(r#"[32,1,{},"com.flood"]"#).await;
    assert_eq!(slow.receive().await.unwrap()[0], 33);
    let publisher = fixture.session(3).await;
    let filler = "x".repeat(64 << 10);
    for number in 0..EVENTS {
        let publish = publisher.publish("com.flood").args((number, &filler));
        within(publish.acknowledge().into_future()).await.unwrap();
    }
    sleep(6 * BEAT).await;
    for number in 0..EVENTS {
        let event = slow.receive().await.expect("it was ended");
        assert_eq!(event[4][0], number);
    }
}
