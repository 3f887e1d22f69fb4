//! The end of a router.

use std::time::{Duration, Instant};

use crate::{Fixture, within};

#[tokio::test]
async fn every_session_is_told_goodbye() {
    let fixture = Fixture::start().await;
    let sessions = [fixture.session(0).await, fixture.session(1).await];
    within(fixture.router.shutdown(Duration::from_secs(10))).await;
    for session in sessions {
        let closed = within(session.closed()).await;
        assert!(
            closed.to_string().contains("wamp.close.system_shutdown"),
            "{closed}"
        );
    }
}

#[tokio::test]
async fn a_peer_that_does_not_answer_delays_it_by_the_grace_only() {
    let fixture = Fixture::start().await;
    let mut silent = fixture.raw().await;
    silent.hello().await;
    let started = Instant::now();
    within(fixture.router.shutdown(Duration::from_millis(200))).await;
    assert!(
        started.elapsed() >= Duration::from_millis(200),
        "it was given its time"
    );
    let goodbye = silent.receive().await.unwrap();
    assert_eq!(
        (&goodbye[0], &goodbye[2]),
        (&6.into(), &"wamp.close.system_shutdown".into())
    );
    assert_eq!(silent.receive().await, None);
}

#[tokio::test]
async fn a_connection_without_a_session_does_not_delay_it() {
    let fixture = Fixture::start().await;
    let _before_hello = fixture.raw().await;
    let _before_anything = tokio::net::TcpStream::connect(
        fixture
            .websocket
            .to_string()
            .trim_start_matches("ws://")
            .trim_end_matches("/ws"),
    )
    .await
    .unwrap();
    within(fixture.router.shutdown(Duration::from_secs(3600))).await;
}
