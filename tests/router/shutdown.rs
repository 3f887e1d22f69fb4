//! The end of a router.

use std::time::{Duration, Instant};

use wampkit::router::ConnectionLimits;
use wampkit::transport::{ConnectOptions, connect};
use wampkit::{Router, Serializer};

use crate::{Fixture, Raw, within};

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
async fn who_has_not_joined_yet_is_told_why_it_will_not() {
    for way in ["ws", "rs"] {
        let fixture = Fixture::start().await;
        let mut waiting = fixture.raw_by(way).await;
        let router = fixture.router.clone();
        let shutdown = tokio::spawn(async move { router.shutdown(Duration::from_secs(60)).await });
        let abort = waiting.receive().await.unwrap();
        assert_eq!(
            (&abort[0], &abort[2]),
            (&3.into(), &"wamp.close.system_shutdown".into()),
            "{way}"
        );
        assert_eq!(waiting.receive().await, None);
        drop(waiting);
        within(shutdown).await.unwrap();
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

/// What a session has said or was told before, and its connection goes on to the next moment only.
#[tokio::test]
async fn who_has_said_goodbye_and_stays_delays_it_by_a_moment_only() {
    for way in ["ws", "rs"] {
        let fixture = Fixture::start().await;
        let mut told = fixture.raw_by(way).await;
        told.hello().await;
        let mut stays = fixture.raw_by(way).await;
        stays.hello().await;
        stays.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
        assert_eq!(stays.receive().await.unwrap()[0], 6);
        let started = Instant::now();
        let router = fixture.router.clone();
        let shutdown =
            tokio::spawn(async move { router.shutdown(Duration::from_secs(3600)).await });
        leave(&mut told).await;
        within(shutdown).await.unwrap();
        let took = started.elapsed();
        assert!(took < Duration::from_secs(4), "{way}: {took:?}");
        // Neither has closed its socket until now.
        assert_eq!(told.receive().await, None);
        assert_eq!(stays.receive().await, None);
    }
}

/// The place of a session that is over is another's soon, though the socket of the first stays open.
#[tokio::test]
async fn who_has_said_goodbye_and_stays_holds_no_place() {
    let limits = ConnectionLimits {
        total: 1,
        per_address: 1,
    };
    let fixture = Fixture::with(Router::builder().realm("realm1").connections(limits)).await;
    let mut sockets = Vec::new();
    let started = Instant::now();
    for _ in 0..4 {
        let mut session = within(async {
            loop {
                let endpoint = fixture.rawsocket().parse().unwrap();
                let options = ConnectOptions::default();
                // It is told that there is no place until there is one.
                if let Ok(transport) = connect(&endpoint, &[Serializer::Json], &options).await {
                    return Raw(transport);
                }
            }
        })
        .await;
        session.hello().await;
        session.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
        assert_eq!(session.receive().await.unwrap()[0], 6);
        sockets.push(session);
    }
    // A moment each, and one more if the machine is busy.
    let took = started.elapsed();
    assert!(took < Duration::from_secs(8), "{took:?}");
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

/// A callee that has been called: what it is to answer, and the caller.
async fn called(fixture: &Fixture) -> (Raw, Raw) {
    let mut callee = fixture.raw().await;
    callee.hello().await;
    callee.send(r#"[64,1,{},"com.slow"]"#).await;
    assert_eq!(callee.receive().await.unwrap()[0], 65);
    let mut caller = fixture.raw().await;
    caller.hello().await;
    caller.send(r#"[48,1,{},"com.slow"]"#).await;
    assert_eq!(callee.receive().await.unwrap()[0], 68);
    (caller, callee)
}

/// Says what a session that is told GOODBYE says.
async fn leave(session: &mut Raw) {
    let goodbye = session.receive().await.unwrap();
    assert_eq!(goodbye[2], "wamp.close.system_shutdown", "{goodbye}");
    session.send(r#"[6,{},"wamp.close.goodbye_and_out"]"#).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_call_is_answered_and_a_new_one_refused() {
    let fixture = Fixture::start().await;
    let (mut caller, mut callee) = called(&fixture).await;
    let router = fixture.router.clone();
    let shutdown = tokio::spawn(async move { router.shutdown(Duration::from_secs(3600)).await });
    // The router has begun to drain once a call is refused.
    for request in 2.. {
        caller
            .send(&format!(r#"[48,{request},{{}},"wamp.session.count"]"#))
            .await;
        let answer = caller.receive().await.unwrap();
        if answer[0] == 8 {
            assert_eq!(answer[4], "wamp.error.canceled", "{answer}");
            break;
        }
    }
    callee.send("[70,1,{},[42]]").await;
    let result = caller.receive().await.unwrap();
    assert_eq!(result, serde_json::json!([50, 1, {}, [42]]));
    leave(&mut caller).await;
    leave(&mut callee).await;
    within(shutdown).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_nobody_answers_is_canceled_in_time() {
    let fixture = Fixture::start().await;
    let (mut caller, mut callee) = called(&fixture).await;
    let router = fixture.router.clone();
    let shutdown = tokio::spawn(async move { router.shutdown(Duration::from_secs(1)).await });
    let error = caller.receive().await.unwrap();
    assert_eq!(error[4], "wamp.error.canceled", "{error}");
    leave(&mut caller).await;
    leave(&mut callee).await;
    within(shutdown).await.unwrap();
}
