//! Subscribing.

use futures_util::StreamExt;
use wampkit::client::{Error, Event};
use wampkit::proto::{
    self, ErrorDetails, EventDetails, Id, MatchPolicy, MessageType, ResultDetails,
    RevocationDetails, Serializer, SubscribeOptions, Unsubscribed, Uri, uris,
};

use super::script::{Script, arguments, id, idle, received, session, session_over};

async fn publish(script: &mut Script, subscription: u64, publication: u64, topic: Option<&str>) {
    let payload = script.payload([i64::try_from(publication).unwrap()]);
    script
        .send(proto::Event {
            subscription: id(subscription),
            publication: id(publication),
            details: EventDetails {
                topic: topic.map(Uri::from),
                ..EventDetails::default()
            },
            payload,
        })
        .await;
}

async fn unsubscribed(script: &mut Script, request: Id) {
    script
        .send(Unsubscribed {
            request: Some(request),
            details: RevocationDetails::default(),
        })
        .await;
}

#[tokio::test]
async fn a_subscription_is_a_stream_of_events() {
    for serializer in Serializer::ALL {
        let (session, mut script) = session_over(serializer).await;
        let subscribing = session.subscribe("com.topic");
        let (subscription, subscribe) =
            tokio::join!(subscribing.into_future(), script.subscribed(7));
        assert_eq!(subscribe.topic, "com.topic");
        let mut subscription = subscription.unwrap();
        assert_eq!(subscription.id(), id(7));
        assert_eq!(*subscription.topic(), "com.topic");
        for publication in 1..=3 {
            publish(&mut script, 7, publication, None).await;
        }
        let first = subscription.next().await.unwrap();
        assert_eq!(first.publication, id(1));
        assert_eq!(first.topic, "com.topic");
        assert_eq!(first.missed, 0);
        assert_eq!(first.args::<(u64,)>().unwrap(), (1,));
        assert_eq!(first.arguments().unwrap(), arguments([1]));
        drop(session);
        drop(script);
        let rest: Vec<Event> = StreamExt::collect(subscription).await;
        assert_eq!(rest.len(), 2, "those that came before the end");
    }
}

#[tokio::test]
async fn patterns_tell_the_topic() {
    let (session, mut script) = session().await;
    let subscribing = session
        .subscribe("com.")
        .options(SubscribeOptions {
            get_retained: Some(true),
            ..SubscribeOptions::default()
        })
        .match_policy(MatchPolicy::Prefix);
    let (subscription, subscribe) = tokio::join!(subscribing.into_future(), script.subscribed(7));
    assert_eq!(subscribe.options.match_policy, Some(MatchPolicy::Prefix));
    assert_eq!(subscribe.options.get_retained, Some(true));
    let mut subscription = subscription.unwrap();
    publish(&mut script, 7, 1, Some("com.topic")).await;
    assert_eq!(subscription.next().await.unwrap().topic, "com.topic");
}

#[tokio::test]
async fn a_subscription_is_refused() {
    let (session, mut script) = session().await;
    let (refused, ()) = tokio::join!(session.subscribe("a b").into_future(), async {
        let subscribe = received!(script, Subscribe);
        let payload = script.payload::<i64>([]);
        script
            .send(proto::Error {
                request_type: MessageType::Subscribe,
                request: subscribe.request,
                details: ErrorDetails::default(),
                error: uris::INVALID_URI,
                payload,
            })
            .await;
    });
    assert!(matches!(refused, Err(Error::Wamp(error)) if error.error == uris::INVALID_URI));
}

#[tokio::test]
async fn subscriptions_of_one_topic_go_separately() {
    let (session, mut script) = session().await;
    let (first, second, ()) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        session.subscribe("com.topic").into_future(),
        async {
            script.subscribed(7).await;
            script.subscribed(7).await;
        }
    );
    let (first, mut second) = (first.unwrap(), second.unwrap());
    first.unsubscribe().await.unwrap();
    publish(&mut script, 7, 1, None).await;
    second.next().await.unwrap();
    let (done, ()) = tokio::join!(second.unsubscribe(), async {
        let unsubscribe = received!(script, Unsubscribe);
        assert_eq!(unsubscribe.subscription, id(7));
        unsubscribed(&mut script, unsubscribe.request).await;
    });
    done.unwrap();
}

#[tokio::test]
async fn dropping_unsubscribes() {
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    drop(subscription.unwrap());
    let unsubscribe = received!(script, Unsubscribe);
    publish(&mut script, 7, 1, None).await;
    unsubscribed(&mut script, unsubscribe.request).await;

    // Dropped before it was acknowledged.
    let subscribing = tokio::spawn(session.subscribe("com.topic").into_future());
    let subscribe = received!(script, Subscribe);
    subscribing.abort();
    assert!(subscribing.await.unwrap_err().is_cancelled());
    script
        .send(proto::Subscribed {
            request: subscribe.request,
            subscription: id(8),
        })
        .await;
    assert_eq!(received!(script, Unsubscribe).subscription, id(8));
}

#[tokio::test]
async fn the_router_ends_a_subscription() {
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    let mut subscription = subscription.unwrap();
    assert_eq!(subscription.revoked(), None);
    script
        .send(Unsubscribed {
            request: None,
            details: RevocationDetails {
                subscription: Some(id(7)),
                reason: Some(uris::NOT_AUTHORIZED),
                ..RevocationDetails::default()
            },
        })
        .await;
    assert!(subscription.next().await.is_none());
    assert_eq!(subscription.revoked(), Some(uris::NOT_AUTHORIZED));
    subscription.unsubscribe().await.unwrap();
}

/// An event as large as a tenth of what a queue holds before it presses, and its number.
fn large(script: &Script, number: u64) -> proto::Event {
    proto::Event {
        subscription: id(7),
        publication: id(number),
        details: EventDetails::default(),
        payload: script.payload([&*"x".repeat(100 << 10)]),
    }
}

#[tokio::test]
async fn a_subscriber_that_does_not_read_holds_the_router_back() {
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    let mut subscription = subscription.unwrap();
    let sending = async {
        for number in 1..=100 {
            script.send(large(&script, number)).await;
        }
    };
    let mut sending = std::pin::pin!(sending);
    let held_back = async {
        tokio::select! {
            biased;
            () = &mut sending => false,
            () = idle() => true,
        }
    };
    assert!(held_back.await, "10 MiB of events were read");
    let ((), ()) = tokio::join!(sending, async {
        for number in 1..=100 {
            let event = subscription.next().await.unwrap();
            assert_eq!((event.publication, event.missed), (id(number), 0));
        }
    });
}

#[tokio::test]
async fn a_subscriber_may_call_between_events_however_many_are_waiting() {
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    let mut subscription = subscription.unwrap();
    let ((), ()) = tokio::join!(
        async {
            for number in 1..=100 {
                script.send(large(&script, number)).await;
            }
            // Its answer comes behind all of them.
            let call = received!(script, Call);
            let payload = script.payload([5]);
            script
                .send(proto::Result {
                    request: call.request,
                    details: ResultDetails::default(),
                    payload,
                })
                .await;
        },
        async {
            subscription.next().await.unwrap();
            session.call("com.add").await.unwrap();
        }
    );
    for number in 2..=100 {
        let event = subscription.next().await.unwrap();
        assert_eq!((event.publication, event.missed), (id(number), 0));
    }
}

#[tokio::test]
async fn what_is_dropped_is_told() {
    const SENT: u64 = 400;
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    let mut subscription = subscription.unwrap();
    // While somebody awaits an answer, the session reads on.
    let _call = tokio::spawn(session.call("com.never").into_future());
    received!(script, Call);
    for number in 1..=SENT {
        script.send(large(&script, number)).await;
    }
    let publish = session.publish("com.topic").acknowledge();
    let ((), published) = tokio::join!(
        async {
            let publish = received!(script, Publish);
            script
                .send(proto::Published {
                    request: publish.request,
                    publication: id(1),
                })
                .await;
        },
        publish.into_future()
    );
    published.unwrap();
    let missed = subscription.missed();
    assert!(missed > 0, "40 MiB were kept");
    let received = SENT - missed;
    for number in 1..=received {
        let event = subscription.next().await.unwrap();
        assert_eq!((event.publication, event.missed), (id(number), 0));
    }
    script.send(large(&script, SENT + 1)).await;
    let event = subscription.next().await.unwrap();
    assert_eq!((event.publication, event.missed), (id(SENT + 1), missed));
}

/// One that is forgotten does not keep the session from its other work for ever.
#[tokio::test(start_paused = true)]
async fn patience_with_a_subscriber_ends() {
    let (session, mut script) = session().await;
    let (subscription, _) = tokio::join!(
        session.subscribe("com.topic").into_future(),
        script.subscribed(7)
    );
    let _forgotten = subscription.unwrap();
    for number in 1..=100 {
        script.send(large(&script, number)).await;
    }
    script
        .send(proto::Goodbye {
            details: proto::GoodbyeDetails::default(),
            reason: uris::SYSTEM_SHUTDOWN,
        })
        .await;
    session.closed().await;
}
