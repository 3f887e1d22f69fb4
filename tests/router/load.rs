//! Many sessions at once: nothing lost, nothing twice, order kept.

use std::time::Instant;

use crate::{Fixture, within};

/// 200 sessions over all transports and serializers exchange 100 000 messages: 50 publishers to 50 subscribers of their
/// own, 50 callers to 50 callees. Each receiver checks the number that comes next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sessions_exchange_a_hundred_thousand_messages() {
    const PAIRS: usize = 50;
    const EVENTS: usize = 500;
    const CALLS: usize = 150;

    let fixture = Fixture::start().await;
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for pair in 0..PAIRS {
        let topic = format!("com.load.topic{pair}");
        let (publisher, subscriber) =
            (fixture.session(pair).await, fixture.session(pair + 1).await);
        let mut events = subscriber.subscribe(&topic).await.unwrap();
        tasks.spawn(async move {
            let publish = async {
                for number in 0..EVENTS {
                    publisher
                        .publish(&topic)
                        .args((number,))
                        .acknowledge()
                        .await
                        .unwrap();
                }
            };
            let receive = async {
                for expected in 0..EVENTS {
                    let event = events.next().await.expect("the session lives");
                    assert_eq!(event.args::<(usize,)>().unwrap(), (expected,), "{topic}");
                }
            };
            tokio::join!(publish, receive);
        });

        let procedure = format!("com.load.procedure{pair}");
        let (caller, callee) = (
            fixture.session(pair + 2).await,
            fixture.session(pair + 3).await,
        );
        tasks.spawn(async move {
            let registration = callee
                .register(
                    &procedure,
                    async |invocation: wampkit::client::Invocation| {
                        let (number,) = invocation.args::<(usize,)>()?;
                        Ok(number + 1)
                    },
                )
                .await
                .unwrap();
            for number in 0..CALLS {
                let reply = caller.call(&procedure).args((number,)).await.unwrap();
                assert_eq!(reply.value::<usize>().unwrap(), number + 1, "{procedure}");
            }
            registration.unregister().await.unwrap();
        });
    }
    within(async {
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    })
    .await;
    // An acknowledged event is two messages each way at the publisher and one at the subscriber; a call is four.
    let messages = PAIRS * (EVENTS * 3 + CALLS * 4);
    println!(
        "{} sessions, {messages} messages in {:?}",
        PAIRS * 4,
        started.elapsed()
    );
    assert!(messages >= 100_000);
}
