//! Calling and publishing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wampkit::client::{Error, Reply};
use wampkit::codec::Arguments;
use wampkit::proto::{
    self, CallOptions, CancelMode, Dict, ErrorDetails, Id, MessageType, PublishOptions, Published,
    ResultDetails, Serializer, Value, uris,
};

use super::script::{Script, arguments, id, idle, received, session, session_over, values};

async fn reply<V: Into<Value>>(
    script: &mut Script,
    request: Id,
    args: impl IntoIterator<Item = V>,
) {
    let payload = script.payload(args);
    script
        .send(proto::Result {
            request,
            details: ResultDetails::default(),
            payload,
        })
        .await;
}

/// Refuses a request.
async fn refuse(script: &mut Script, request_type: MessageType, request: Id) {
    let payload = script.payload(["not for you"]);
    script
        .send(proto::Error {
            request_type,
            request,
            details: ErrorDetails::default(),
            error: uris::NOT_AUTHORIZED,
            payload,
        })
        .await;
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Person {
    name: String,
    born: u32,
}

#[tokio::test]
async fn a_call_and_its_result_in_every_serializer() {
    for serializer in Serializer::ALL {
        let (session, mut script) = session_over(serializer).await;
        let ada = Person {
            name: "Ada".to_owned(),
            born: 1815,
        };
        let call = session
            .call("com.add")
            .args((2, u64::MAX))
            .kwargs(&ada)
            .options(CallOptions {
                receive_progress: Some(true),
                ..CallOptions::default()
            })
            .disclose_me();
        let (found, ()) = tokio::join!(call.into_future(), async {
            let call = received!(script, Call);
            assert_eq!(call.procedure, "com.add");
            assert_eq!(call.options.disclose_me, Some(true));
            assert_eq!(call.options.receive_progress, None);
            assert_eq!(
                values(&call.payload),
                Arguments {
                    args: vec![Value::Int(2), Value::UInt(u64::MAX)],
                    kwargs: Dict::new().with("name", "Ada").with("born", 1815),
                }
            );
            reply(&mut script, call.request, ["five", "5"]).await;
        });
        let found: Reply = found.unwrap();
        assert_eq!(found.value::<String>().unwrap(), "five");
        assert_eq!(found.args::<Vec<String>>().unwrap(), ["five", "5"]);
        assert_eq!(found.arguments().unwrap(), arguments(["five", "5"]));
        assert!(found.value::<Person>().is_err());
    }
}

#[tokio::test]
async fn answers_come_in_any_order() {
    let (session, mut script) = session().await;
    let (first, second) = (
        tokio::spawn(session.call("com.first").into_future()),
        tokio::spawn(session.call("com.second").into_future()),
    );
    let (one, two) = (received!(script, Call), received!(script, Call));
    assert_eq!((one.request, two.request), (id(1), id(2)));
    reply(&mut script, two.request, [2]).await;
    assert_eq!(second.await.unwrap().unwrap().value::<i64>().unwrap(), 2);
    reply(&mut script, one.request, [1]).await;
    assert_eq!(first.await.unwrap().unwrap().value::<i64>().unwrap(), 1);
}

#[tokio::test]
async fn an_error_carries_all_that_came() {
    let (session, mut script) = session().await;
    let (failed, ()) = tokio::join!(session.call("com.add").into_future(), async {
        let call = received!(script, Call);
        refuse(&mut script, MessageType::Call, call.request).await;
    });
    let error = failed.unwrap_err();
    assert_eq!(error.to_string(), "wamp.error.not_authorized: not for you");
    let Error::Wamp(error) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.error, uris::NOT_AUTHORIZED);
    assert_eq!(error.arguments, arguments(["not for you"]));
    assert_eq!(error.request, MessageType::Call);
}

#[tokio::test]
async fn a_call_that_is_dropped_is_canceled() {
    let (session, mut script) = session().await;
    let call = tokio::spawn(session.call("com.add").into_future());
    let request = received!(script, Call).request;
    call.abort();
    let cancel = received!(script, Cancel);
    assert_eq!(cancel.request, request);
    assert_eq!(cancel.options.mode, Some(CancelMode::KillNoWait));
    // The answer is late, and nobody minds.
    refuse(&mut script, MessageType::Call, request).await;
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_is_canceled() {
    let (session, mut script) = session().await;
    let timeout = Duration::from_secs(5);
    let error = session.call("com.add").timeout(timeout).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(found) if found == timeout));
    received!(script, Call);
    received!(script, Cancel);
}

#[tokio::test]
async fn arguments_that_cannot_be_sent_are_not() {
    let (session, mut script) = session_over(Serializer::Json).await;
    for error in [
        session.call("com.add").args(5).await.unwrap_err(),
        session.call("com.add").kwargs([1]).await.unwrap_err(),
        session.call("com.add").args([f64::NAN]).await.unwrap_err(),
        session
            .call("com.add")
            .arguments(arguments([f64::INFINITY]))
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, Error::Encode(_)), "{error:?}");
    }
    // An option is only found out when the message is written.
    let error = session
        .call("com.add")
        .options(CallOptions {
            rkey: Some(Value::Float(f64::NAN)),
            ..CallOptions::default()
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Encode(_)), "{error:?}");
    let error = session
        .publish("com.topic")
        .options(PublishOptions {
            rkey: Some(Value::Float(f64::NAN)),
            ..PublishOptions::default()
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Encode(_)), "{error:?}");
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn an_acknowledged_publication_has_an_id() {
    let (session, mut script) = session().await;
    let publish = session
        .publish("com.topic")
        .args(("hello",))
        .options(PublishOptions {
            exclude_me: Some(false),
            ..PublishOptions::default()
        })
        .acknowledge();
    let (published, ()) = tokio::join!(publish.into_future(), async {
        let publish = received!(script, Publish);
        assert_eq!(publish.topic, "com.topic");
        assert_eq!(publish.options.acknowledge, Some(true));
        assert_eq!(publish.options.exclude_me, Some(false));
        assert_eq!(values(&publish.payload), arguments(["hello"]));
        script
            .send(Published {
                request: publish.request,
                publication: Id::MAX,
            })
            .await;
    });
    assert_eq!(published.unwrap(), Some(Id::MAX));
}

#[tokio::test]
async fn a_publication_is_refused() {
    let (session, mut script) = session().await;
    let publish = session.publish("wamp.topic").acknowledge();
    let (refused, ()) = tokio::join!(publish.into_future(), async {
        let publish = received!(script, Publish);
        refuse(&mut script, MessageType::Publish, publish.request).await;
    });
    assert!(matches!(refused, Err(Error::Wamp(error)) if error.request == MessageType::Publish));
}

/// A publisher in a loop waits for a router that does not read, rather than to fill the memory.
#[tokio::test]
async fn publishers_are_held_back() {
    let (session, mut script) = session().await;
    let text = "x".repeat(32 << 10);
    let publishing = async {
        for _ in 0..200 {
            session.publish("com.topic").args((&text,)).await.unwrap();
        }
    };
    let mut publishing = std::pin::pin!(publishing);
    let waits = async {
        tokio::select! {
            biased;
            () = &mut publishing => false,
            () = idle() => true,
        }
    };
    assert!(waits.await, "200 × 32 KiB were taken without being read");
    let ((), ()) = tokio::join!(publishing, async {
        for _ in 0..200 {
            received!(script, Publish);
        }
    });
}

#[tokio::test]
async fn an_event_is_retained_and_asked_for() {
    let (session, mut script) = session().await;
    let publish = session.publish("com.topic").retain().disclose_me();
    publish.await.unwrap();
    assert_eq!(
        received!(script, Publish).options,
        PublishOptions {
            retain: Some(true),
            disclose_me: Some(true),
            ..PublishOptions::default()
        }
    );
    let subscribing = session.subscribe("com.topic").retained();
    let (subscription, subscribe) = tokio::join!(subscribing.into_future(), script.subscribed(5));
    subscription.unwrap();
    assert_eq!(subscribe.options.get_retained, Some(true));
}
