//! Peers that do not read: they cost a bounded amount of memory, then their session, and nobody else anything.

use std::collections::HashSet;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;
use wampkit::Router;
use wampkit::client::{Error, Invocation, Reply};

use crate::{Fixture, within};

/// A subscriber stops reading. A healthy one on the same topic gets every event, in order, with the publisher waiting for
/// each acknowledgement; the stalled one is ended once its outbox is full.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_subscriber_does_not_hold_up_the_others() {
    const EVENTS: u64 = 2_000;
    let fixture = Fixture::with(Router::builder().realm("realm1").outbox_limit(1 << 20)).await;
    let mut stalled = fixture.raw().await;
    let stalled_session = stalled.hello().await;
    stalled.send(r#"[32,1,{},"com.flood"]"#).await;
    assert_eq!(stalled.receive().await.unwrap()[0], 33);

    let healthy = fixture.session(0).await;
    let mut events = healthy.subscribe("com.flood").await.unwrap();
    let publisher = fixture.session(3).await;
    let filler = "x".repeat(16 << 10);
    within(async {
        for number in 0..EVENTS {
            publisher
                .publish("com.flood")
                .args((number, &filler))
                .acknowledge()
                .await
                .unwrap();
            let event = events.next().await.unwrap();
            assert_eq!(event.args::<(u64, String)>().unwrap().0, number);
        }
    })
    .await;

    // What was written before the end may still be read; then the connection is over, without an ABORT.
    let mut delivered = 0;
    while let Some(Ok(_)) = within(stalled.0.receive()).await {
        delivered += 1;
    }
    assert!(
        delivered < EVENTS,
        "session {stalled_session} was to be ended, but got everything"
    );
}

/// A session that does not read what it brings upon itself is not read from either: nothing is lost, it goes on where it
/// stopped as soon as it reads again, and others do not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_does_not_read_stops_being_read() {
    const FRAME: usize = 64 << 10;
    let fixture = Fixture::start().await;
    let mut greedy = fixture.raw().await;
    greedy.hello().await;
    greedy.send(r#"[32,1,{},"com.mirror"]"#).await;
    assert_eq!(greedy.receive().await.unwrap()[0], 33);

    let filler = "y".repeat(FRAME);
    let mut sent = 0;
    let publish = |number: usize| {
        let request = number + 2;
        format!(r#"[16,{request},{{"exclude_me":false}},"com.mirror",[{number},"{filler}"]]"#)
    };
    // Until nothing more goes through for a second. Every other byte is in a buffer of the kernel or of the router.
    while timeout(Duration::from_secs(1), greedy.send(&publish(sent)))
        .await
        .is_ok()
    {
        sent += 1;
        assert!(sent * FRAME < 64 << 20, "64 MiB were swallowed");
    }

    let (healthy, callee) = (fixture.session(1).await, fixture.session(0).await);
    let _registration = callee
        .register("com.echo", async |invocation: Invocation| {
            Ok(invocation.arguments()?)
        })
        .await
        .unwrap();
    for number in 0..100 {
        let reply = within(healthy.call("com.echo").args((number,)).into_future()).await;
        assert_eq!(reply.unwrap().value::<i32>().unwrap(), number);
    }

    for number in 0..sent {
        let event = greedy.receive().await.expect("the session lives");
        assert_eq!((&event[0], &event[4][0]), (&36.into(), &number.into()));
    }
}

/// A callee that has stopped reading is given no more calls once too much is waiting for it: the caller is told, and
/// neither is disconnected.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_congested_callee_is_spared_and_its_callers_are_told() {
    let builder = Router::builder().realm("realm1").outbox_limit(1 << 20);
    let fixture = Fixture::with(builder).await;
    let mut callee = fixture.raw().await;
    callee.hello().await;
    callee.send(r#"[64,1,{},"com.slow"]"#).await;
    assert_eq!(callee.receive().await.unwrap()[0], 65);

    let caller = fixture.session(1).await;
    let filler = "z".repeat(16 << 10);
    let mut pending = JoinSet::new();
    let (mut refused, mut answered) = (0, 0);
    let count = |answer: Result<Result<Reply, Error>, JoinError>| match answer.unwrap() {
        Ok(_) => true,
        Err(Error::Wamp(error)) if error.error == "wamp.error.no_available_callee" => false,
        Err(error) => panic!("{error}"),
    };
    for number in 0.. {
        assert!(number < 10_000, "160 MiB of calls were accepted");
        let call = caller.call("com.slow").args((number, &filler));
        pending.spawn(call.into_future());
        // A call that is refused is answered at once; the others wait for the callee.
        let turn = timeout(Duration::from_millis(2), pending.join_next());
        if let Ok(Some(answer)) = turn.await {
            assert!(!count(answer), "the callee did not answer anything");
            refused += 1;
            break;
        }
    }

    // The callee comes back to life: every call that was accepted is there, once, and gets its answer.
    let total = refused + pending.len();
    let mut seen = HashSet::new();
    while !pending.is_empty() {
        tokio::select! {
            Some(answer) = pending.join_next() => {
                if count(answer) { answered += 1 } else { refused += 1 }
            }
            invocation = callee.receive() => {
                let invocation = invocation.expect("the session lives");
                assert!(seen.insert(invocation[4][0].as_u64()), "{}", invocation[1]);
                callee.send(&format!("[70,{},{{}}]", invocation[1])).await;
            }
        }
    }
    assert_eq!(answered + refused, total);
    assert_eq!(answered, seen.len());
    assert!(answered > 0);
}
