//! Many sessions at once, none waiting for another: nothing lost, nothing twice, order kept.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wampkit::client::Invocation;

use crate::{Fixture, within};

/// 200 sessions over all transports and serializers exchange 100 000 messages. Each of 40 publishers sends its events
/// without waiting, every 64th acknowledged, to two subscribers of its own; each of 40 callers keeps 16 calls in flight
/// to a callee of its own. Who receives checks that the number that comes is the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sessions_exchange_a_hundred_thousand_messages() {
    const GROUPS: usize = 40;
    const EVENTS: usize = 800;
    const CALLS: usize = 250;

    let fixture = Fixture::start().await;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for group in 0..GROUPS {
        let topic = format!("com.load.topic{group}");
        for way in 0..2 {
            let subscriber = fixture.session(group + way).await;
            let mut events = subscriber.subscribe(&topic).await.unwrap();
            tasks.spawn(async move {
                for expected in 0..EVENTS {
                    let event = events.next().await.expect("the session lives");
                    assert_eq!(event.args::<(usize,)>().unwrap(), (expected,));
                }
                // Were anything delivered twice, it would come before this.
                subscriber.leave().await.unwrap();
                assert!(events.next().await.is_none());
            });
        }
        let publisher = fixture.session(group + 2).await;
        tasks.spawn(async move {
            for number in 0..EVENTS {
                let publish = publisher.publish(&topic).args((number,));
                if number % 64 == 0 {
                    publish.acknowledge().await.unwrap();
                } else {
                    publish.await.unwrap();
                }
            }
            publisher.leave().await.unwrap();
        });

        let procedure = format!("com.load.procedure{group}");
        let (caller, callee) = (
            fixture.session(group + 3).await,
            fixture.session(group + 4).await,
        );
        tasks.spawn(async move {
            let double = async |invocation: Invocation| {
                let (number,) = invocation.args::<(usize,)>()?;
                Ok(number * 2)
            };
            let registration = callee.register(&procedure, double).await.unwrap();
            let in_flight = Arc::new(Semaphore::new(16));
            let mut calls = JoinSet::new();
            for number in 0..CALLS {
                let permit = Arc::clone(&in_flight).acquire_owned().await.unwrap();
                let call = caller.call(&procedure).args((number,));
                calls.spawn(async move {
                    let reply = call.await.unwrap();
                    assert_eq!(reply.value::<usize>().unwrap(), number * 2);
                    drop(permit);
                });
            }
            let answered = calls.join_all().await.len();
            assert_eq!(answered, CALLS);
            registration.unregister().await.unwrap();
        });
    }
    within(async {
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    })
    .await;
    // A publication, its two events; a call, its invocation, its answer, and its result.
    let messages = GROUPS * (EVENTS * 3 + CALLS * 4);
    println!(
        "{} sessions, {messages} messages in {:?}",
        GROUPS * 5,
        started.elapsed()
    );
    assert!(messages >= 100_000);
}
