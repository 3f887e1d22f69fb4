//! Calls whose arguments come in parts.

use wampkit::Session;
use wampkit::client::{ArgumentSender, CallStream, Error, Invocation, Registration, WampError};
use wampkit::proto::{
    self, CallOptions, CancelMode, Dict, Feature, Id, Interrupt, InterruptOptions,
    InvocationDetails, Payload, ResultDetails, Serializer, uris,
};

use super::script::{Script, arguments, id, idle, received, session, session_with, values};

const FEATURES: [Feature; 2] = [Feature::CallCanceling, Feature::ProgressiveCallInvocations];

async fn able() -> (Session, Script) {
    session_with(Serializer::Json, &FEATURES).await
}

/// A call that has begun with the argument 1.
async fn begun(session: &Session, script: &mut Script) -> (ArgumentSender, CallStream, Id) {
    let call = session.call("com.sum").args((1,)).disclose_me();
    let (sender, replies) = call.stream_arguments().unwrap();
    let sent = received!(script, Call);
    assert_eq!(sent.options.progress, Some(true));
    assert_eq!(sent.options.receive_progress, None);
    assert_eq!(sent.options.disclose_me, Some(true));
    (sender, replies, sent.request)
}

async fn answer(script: &mut Script, request: Id) {
    let payload = script.payload([6]);
    script
        .send(proto::Result {
            request,
            details: ResultDetails::default(),
            payload,
        })
        .await;
}

#[tokio::test]
async fn parts_follow_with_the_same_id() {
    let (session, mut script) = able().await;
    let (mut sender, replies, request) = begun(&session, &mut script).await;
    sender.send((2,), Dict::new().with("x", 1)).await.unwrap();
    sender.finish((3,), ()).await.unwrap();
    for (progress, kwargs, part) in [
        (Some(true), Dict::new().with("x", 1), 2),
        (None, Dict::new(), 3),
    ] {
        let sent = received!(script, Call);
        assert_eq!(sent.request, request);
        assert_eq!(sent.procedure, "com.sum");
        assert_eq!(
            sent.options,
            CallOptions {
                progress,
                ..CallOptions::default()
            }
        );
        let mut expected = arguments([part]);
        expected.kwargs = kwargs;
        assert_eq!(values(&sent.payload), expected);
    }
    answer(&mut script, request).await;
    assert_eq!(replies.await.unwrap().value::<i64>().unwrap(), 6);
}

#[tokio::test]
async fn both_ways_at_once() {
    let (session, mut script) = able().await;
    let options = CallOptions {
        receive_progress: Some(true),
        ..CallOptions::default()
    };
    let call = session.call("com.sum").options(options);
    let (_sender, mut replies) = call.stream_arguments().unwrap();
    let sent = received!(script, Call);
    assert_eq!(sent.options.receive_progress, Some(true));
    let payload = script.payload([1]);
    script
        .send(proto::Result {
            request: sent.request,
            details: ResultDetails {
                progress: Some(true),
                ..ResultDetails::default()
            },
            payload,
        })
        .await;
    assert!(!replies.next().await.unwrap().unwrap().is_final());
}

/// It would be a protocol violation.
#[tokio::test]
async fn a_router_that_does_not_announce_it_is_not_asked() {
    let (session, mut script) = session().await;
    let refused = session.call("com.sum").stream_arguments();
    assert!(matches!(
        refused,
        Err(Error::Unsupported {
            feature: Feature::ProgressiveCallInvocations,
            ..
        })
    ));
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn nothing_follows_an_answer() {
    let (session, mut script) = able().await;
    let (mut sender, replies, request) = begun(&session, &mut script).await;
    answer(&mut script, request).await;
    replies.await.unwrap();
    let late = sender.send((2,), ()).await;
    assert!(matches!(late, Err(Error::Answered)), "{late:?}");
}

#[tokio::test]
async fn what_is_not_finished_is_canceled() {
    let (session, mut script) = able().await;
    let (sender, replies, request) = begun(&session, &mut script).await;
    drop(sender);
    let cancel = received!(script, Cancel);
    assert_eq!(cancel.request, request);
    assert_eq!(cancel.options.mode, Some(CancelMode::KillNoWait));
    let error = replies.await.unwrap_err();
    assert!(matches!(error, Error::Wamp(error) if error.error == uris::CANCELED));
}

#[tokio::test]
async fn a_part_that_cannot_be_sent_is_refused_and_the_call_goes_on() {
    let (session, mut script) = able().await;
    let (mut sender, _replies, _) = begun(&session, &mut script).await;
    let refused = sender.send((f64::NAN,), ()).await;
    assert!(matches!(refused, Err(Error::Encode(_))));
    sender.finish((), ()).await.unwrap();
    let last = received!(script, Call);
    assert_eq!(last.payload, Payload::empty(Serializer::Json));
    assert_eq!(last.options.progress, None);
}

async fn sum(mut invocation: Invocation) -> Result<i64, WampError> {
    let mut sum = 0;
    loop {
        sum += invocation.args::<Vec<i64>>()?.iter().sum::<i64>();
        if !invocation.next_arguments().await? {
            return Ok(sum);
        }
    }
}

/// Registers as number 5 what takes arguments in parts.
async fn registered(session: &Session, script: &mut Script) -> Registration {
    let registering = session.register("com.sum", sum).stream_arguments();
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    registration.unwrap()
}

async fn invoke(script: &mut Script, args: impl IntoIterator<Item = i64>, more: bool) {
    let payload = script.payload(args);
    script
        .send(proto::Invocation {
            request: id(1),
            registration: id(5),
            details: InvocationDetails {
                progress: more.then_some(true),
                ..InvocationDetails::default()
            },
            payload,
        })
        .await;
}

#[tokio::test]
async fn a_handler_takes_its_arguments_in_parts() {
    let (session, mut script) = session().await;
    let _registration = registered(&session, &mut script).await;
    invoke(&mut script, [1, 2], true).await;
    invoke(&mut script, [3], true).await;
    idle().await;
    invoke(&mut script, [], false).await;
    assert_eq!(values(&received!(script, Yield).payload), arguments([6]));
    // One part may be all there is.
    invoke(&mut script, [7], false).await;
    assert_eq!(values(&received!(script, Yield).payload), arguments([7]));
}

#[tokio::test]
async fn a_handler_that_takes_them_at_once_is_not_given_a_part() {
    let (session, mut script) = session().await;
    let registering = session.register("com.sum", sum);
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    let _registration = registration.unwrap();
    invoke(&mut script, [1], true).await;
    assert_eq!(received!(script, Error).error, uris::FEATURE_NOT_SUPPORTED);
    invoke(&mut script, [2], true).await;
    invoke(&mut script, [3], false).await;
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

/// Half an upload is not taken for a whole one.
#[tokio::test]
async fn a_call_that_is_given_up_between_its_parts() {
    let (session, mut script) = session().await;
    let _registration = registered(&session, &mut script).await;
    invoke(&mut script, [1], true).await;
    idle().await;
    script
        .send(Interrupt {
            request: id(1),
            options: InterruptOptions::default(),
        })
        .await;
    assert_eq!(received!(script, Error).error, uris::CANCELED);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_nothing_fails_the_call() {
    let (session, mut script) = session().await;
    let registering = session
        .register("com.sum", async |invocation: Invocation| {
            invocation.canceled().await;
            Ok(())
        })
        .stream_arguments();
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    let _registration = registration.unwrap();
    let text = "x".repeat(1 << 20);
    for _ in 0..18 {
        let payload = script.payload([&*text]);
        script
            .send(proto::Invocation {
                request: id(1),
                registration: id(5),
                details: InvocationDetails {
                    progress: Some(true),
                    ..InvocationDetails::default()
                },
                payload,
            })
            .await;
    }
    assert_eq!(received!(script, Error).error, uris::UNAVAILABLE);
}
