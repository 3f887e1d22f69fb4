//! Sessions with a real router: in memory, and over the transports of a listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use wampkit::client::{CloseReason, ConnectError, Error, Invocation, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{CancelMode, Dict, PublishOptions, Serializer, Value, uris};
use wampkit::{Client, Router, Session};

fn router() -> Router {
    Router::builder().realm("realm1").build().unwrap()
}

async fn join(router: &Router, serializer: Serializer) -> Session {
    Client::builder("memory")
        .connect_over(router.connect(serializer))
        .await
        .unwrap()
}

/// Values of every kind that all serializers have.
fn everything() -> Arguments {
    let nested = Dict::new()
        .with("list", vec![Value::Null, Value::Bool(true)])
        .with("binary", bytes::Bytes::from_static(&[0, 1, 255]));
    Arguments {
        args: vec![
            Value::Null,
            Value::Bool(false),
            Value::Int(i64::MIN),
            Value::UInt(u64::MAX),
            Value::Float(0.5),
            Value::Float(2.0),
            Value::from("grüße \u{1f44b}\n\"\\"),
            Value::Dict(nested),
        ],
        kwargs: Dict::new().with("z", 1).with("a", "b"),
    }
}

#[tokio::test]
async fn values_arrive_as_they_were_sent_whoever_speaks_what() {
    let router = router();
    for (caller, callee) in Serializer::ALL
        .into_iter()
        .flat_map(|caller| Serializer::ALL.map(|callee| (caller, callee)))
    {
        let (caller, callee) = (join(&router, caller).await, join(&router, callee).await);
        let registration = callee
            .register("com.echo", async |invocation: Invocation| {
                Ok(invocation.arguments()?)
            })
            .await
            .unwrap();
        let reply = caller.call("com.echo").arguments(everything()).await;
        assert_eq!(reply.unwrap().arguments().unwrap(), everything());
        registration.unregister().await.unwrap();
        let gone = caller.call("com.echo").await;
        assert!(matches!(gone, Err(Error::Wamp(error)) if error.error == uris::NO_SUCH_PROCEDURE));
    }
}

#[tokio::test]
async fn every_transport_of_a_listener() {
    let router = router();
    let socket = tempfile::tempdir().unwrap();
    let socket = socket.path().join("wamp.sock");
    let tcp = router
        .listen(&"ws://127.0.0.1:0/ws".parse().unwrap())
        .await
        .unwrap()
        .to_string();
    let unix = format!("ws+unix://{}", socket.display());
    router.listen(&unix.parse().unwrap()).await.unwrap();
    let urls = [
        tcp.clone(),
        tcp.replace("ws://", "rs://").replace("/ws", ""),
        unix.clone(),
        unix.replace("ws+unix", "rs+unix"),
    ];
    for (url, serializer) in urls
        .iter()
        .flat_map(|url| Serializer::ALL.map(|serializer| (url, serializer)))
    {
        let session = Client::builder(url)
            .serializers([serializer])
            .connect()
            .await
            .unwrap();
        assert_eq!(session.serializer(), serializer);
        let mut events = session.subscribe("com.topic").await.unwrap();
        session
            .publish("com.topic")
            .arguments(everything())
            .options(PublishOptions {
                exclude_me: Some(false),
                ..PublishOptions::default()
            })
            .await
            .unwrap();
        let event = events.next().await.unwrap();
        assert_eq!(event.arguments().unwrap(), everything());
        session.leave().await.unwrap();
        assert!(events.next().await.is_none());
    }
    let refused = Client::builder(&tcp).realm("com.nowhere").connect().await;
    assert!(
        matches!(refused, Err(ConnectError::Refused(refused)) if refused.reason == uris::NO_SUCH_REALM)
    );
    router.shutdown(Duration::from_secs(5)).await;
    let nobody = Client::builder(&tcp).connect().await;
    assert!(matches!(nobody, Err(ConnectError::Transport(_))));
}

#[tokio::test]
async fn a_router_that_shuts_down_says_so() {
    let router = router();
    let session = join(&router, Serializer::Json).await;
    let (closed, ()) = tokio::join!(session.closed(), router.shutdown(Duration::from_secs(5)));
    assert!(
        matches!(closed.reason, CloseReason::Goodbye(reason) if reason == uris::SYSTEM_SHUTDOWN)
    );
}

#[tokio::test]
async fn a_canceled_call_reaches_the_handler() {
    let router = router();
    let (caller, callee) = (
        join(&router, Serializer::Json).await,
        join(&router, Serializer::Cbor).await,
    );
    let canceled = Arc::new(tokio::sync::Notify::new());
    let tell = Arc::clone(&canceled);
    let _registration = callee
        .register("com.sleep", move |invocation: Invocation| {
            let canceled = Arc::clone(&tell);
            async move {
                invocation.canceled().await;
                canceled.notify_one();
                Err::<(), _>(WampError::new(uris::CANCELED))
            }
        })
        .await
        .unwrap();
    let call = caller.call("com.sleep").timeout(Duration::from_millis(5));
    assert!(matches!(call.await, Err(Error::Timeout(_))));
    canceled.notified().await;
}

#[tokio::test]
async fn partial_results_whoever_speaks_what() {
    let router = router();
    for (caller, callee) in Serializer::ALL
        .into_iter()
        .flat_map(|caller| Serializer::ALL.map(|callee| (caller, callee)))
    {
        let (caller, callee) = (join(&router, caller).await, join(&router, callee).await);
        let registration = callee
            .register("com.count", async |invocation: Invocation| {
                let (to,): (u32,) = invocation.args()?;
                for number in 1..to {
                    invocation.progress(number).await?;
                }
                Ok(to)
            })
            .await
            .unwrap();
        let mut call = caller.call("com.count").args((1000,)).progress().unwrap();
        for expected in 1..=1000 {
            let reply = call.next().await.unwrap().unwrap();
            assert_eq!(reply.value::<u32>().unwrap(), expected);
            assert_eq!(reply.is_final(), expected == 1000);
        }
        assert!(call.next().await.is_none());
        registration.unregister().await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_of_results_can_be_canceled() {
    let router = router();
    let (caller, callee) = (
        join(&router, Serializer::Cbor).await,
        join(&router, Serializer::Json).await,
    );
    let _registration = callee
        .register("com.count", async |invocation: Invocation| {
            for number in 1.. {
                invocation.progress(number).await?;
                tokio::task::yield_now().await;
            }
            Ok(())
        })
        .await
        .unwrap();
    for mode in [CancelMode::Kill, CancelMode::KillNoWait] {
        let mut call = caller.call("com.count").progress().unwrap();
        call.next().await.unwrap().unwrap();
        call.cancel(mode);
        let error = call.await.unwrap_err();
        assert!(matches!(error, Error::Wamp(error) if error.error == uris::CANCELED));
    }
}

/// Bursts both ways, in batches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_in_batches() {
    const EVENTS: u64 = 5_000;
    let router = router();
    let url = router
        .listen(&"ws://127.0.0.1:0/ws".parse().unwrap())
        .await
        .unwrap()
        .to_string();
    for serializer in Serializer::ALL {
        let session = Client::builder(&url)
            .serializers([serializer])
            .batched()
            .connect()
            .await
            .unwrap();
        assert_eq!(session.serializer(), serializer);
        let mut events = session.subscribe("com.number").await.unwrap();
        let publisher = session.clone();
        let publishing = tokio::spawn(async move {
            for number in 0..EVENTS {
                let options = PublishOptions {
                    exclude_me: Some(false),
                    ..PublishOptions::default()
                };
                let publish = publisher.publish("com.number").args((number,));
                publish.options(options).await.unwrap();
            }
        });
        for expected in 0..EVENTS {
            let event = events.next().await.unwrap();
            assert_eq!(event.args::<(u64,)>().unwrap(), (expected,));
        }
        publishing.await.unwrap();
        session.leave().await.unwrap();
    }
}

/// Two clients that publish to, and call, each other in every event and invocation, without a break.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_nor_out_of_order_under_load() {
    const EVENTS: u64 = 20_000;
    let router = router();
    let (publisher, subscriber) = (
        join(&router, Serializer::MsgPack).await,
        join(&router, Serializer::Cbor).await,
    );
    let served = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&served);
    let _registration = publisher
        .register("com.double", move |invocation: Invocation| {
            count.fetch_add(1, Ordering::Relaxed);
            async move {
                let (number,): (u64,) = invocation.args()?;
                Ok(2 * number)
            }
        })
        .await
        .unwrap();
    let mut events = subscriber.subscribe("com.number").await.unwrap();
    let publishing = tokio::spawn(async move {
        for number in 0..EVENTS {
            publisher
                .publish("com.number")
                .args((number,))
                .await
                .unwrap();
        }
        publisher
    });
    for expected in 0..EVENTS {
        let event = events.next().await.unwrap();
        assert_eq!(event.args::<(u64,)>().unwrap(), (expected,));
        assert_eq!(event.missed, 0);
        if expected % 10 == 0 {
            let call = subscriber.call("com.double").args((expected,));
            assert_eq!(call.await.unwrap().value::<u64>().unwrap(), 2 * expected);
        }
    }
    publishing.await.unwrap().leave().await.unwrap();
    assert_eq!(served.load(Ordering::Relaxed) as u64, EVENTS / 10);
}

/// What the router does not take is not sent, and the session goes on.
#[tokio::test]
async fn messages_that_are_too_long() {
    let router = Router::builder()
        .realm("realm1")
        .max_frame(1024)
        .build()
        .unwrap();
    let url = router
        .listen(&"rs://127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let session = Client::builder(url.to_string()).connect().await.unwrap();
    let long = "x".repeat(1024);
    for refused in [
        session.publish("com.topic").args((&long,)).await.map(drop),
        session
            .publish("com.topic")
            .args((&long,))
            .acknowledge()
            .await
            .map(drop),
        session.call("com.long").args((&long,)).await.map(drop),
        session.subscribe(&*long).await.map(drop),
        session
            .register(&*long, async |_: Invocation| Ok(()))
            .await
            .map(drop),
    ] {
        assert!(matches!(refused, Err(Error::Encode(_))), "{refused:?}");
    }
    let _registration = session
        .register("com.long", async |invocation: Invocation| {
            let (fail,): (bool,) = invocation.args()?;
            let long = "x".repeat(1024);
            if fail {
                return Err(WampError::new("com.error.long").with(long));
            }
            Ok(long)
        })
        .await
        .unwrap();
    for fail in [true, false] {
        let error = session.call("com.long").args((fail,)).await.unwrap_err();
        assert!(
            matches!(&error, Error::Wamp(error) if error.error == uris::PAYLOAD_SIZE_EXCEEDED),
            "{error:?}"
        );
    }
    session.leave().await.unwrap();
}
