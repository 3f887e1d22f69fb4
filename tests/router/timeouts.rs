//! A realm's deadline is met though nothing else happens.

use std::time::{Duration, Instant};

use crate::Fixture;

/// Several calls with timeouts, the shorter after the longer, and nobody says anything meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_time_out_while_all_are_silent() {
    let fixture = Fixture::start().await;
    let mut callee = fixture.raw().await;
    callee
        .send(r#"[1,"realm1",{"roles":{"callee":{"features":{"call_canceling":true}}}}]"#)
        .await;
    assert_eq!(callee.receive().await.unwrap()[0], 2);
    callee.send(r#"[64,1,{},"com.silent"]"#).await;
    assert_eq!(callee.receive().await.unwrap()[0], 65);

    let mut caller = fixture.raw().await;
    caller.hello().await;
    let started = Instant::now();
    // The second round begins when the timer of the first has come to rest.
    for round in 0..2 {
        for (number, timeout) in [(1, 600), (2, 100), (3, 300)] {
            let request = 10 * round + number;
            caller
                .send(&format!(
                    r#"[48,{request},{{"timeout":{timeout}}},"com.silent"]"#
                ))
                .await;
            assert_eq!(callee.receive().await.unwrap()[0], 68);
        }
        for (number, invocation) in [(2, 2), (3, 3), (1, 1)] {
            let error = caller.receive().await.unwrap();
            assert_eq!((&error[0], &error[1]), (&8.into(), &48.into()), "{error}");
            assert_eq!(error[2], 10 * round + number, "{error}");
            assert_eq!(error[4], "wamp.error.timeout", "{error}");
            let interrupt = callee.receive().await.unwrap();
            let options = serde_json::json!({"mode": "killnowait", "reason": "wamp.error.timeout"});
            assert_eq!(
                interrupt,
                serde_json::json!([69, 3 * round + invocation, options])
            );
        }
    }
    assert!(started.elapsed() >= Duration::from_millis(1200));
    fixture.router.shutdown(Duration::from_secs(5)).await;
}
