//! Calls with partial results, and calls that are canceled while they are awaited.

use std::time::Duration;

use wampkit::Session;
use wampkit::client::{CallStream, Error, Invocation, Registration, Reply, WampError};
use wampkit::proto::{
    self, CallOptions, CancelMode, Feature, Id, Interrupt, InterruptOptions, InvocationDetails,
    MessageType, Payload, ResultDetails, Serializer, uris,
};

use super::script::{Script, id, idle, received, session, session_with, values};

fn result(request: Id, payload: Payload, progress: bool) -> proto::Result {
    proto::Result {
        request,
        details: ResultDetails {
            progress: progress.then_some(true),
            ..ResultDetails::default()
        },
        payload,
    }
}

/// A call for partial results, and its request id.
async fn counting(session: &Session, script: &mut Script) -> (CallStream, Id) {
    let call = session.call("com.count").args((3,)).progress().unwrap();
    let sent = received!(script, Call);
    assert_eq!(sent.options.receive_progress, Some(true));
    assert_eq!(sent.options.progress, None);
    (call, sent.request)
}

async fn send(script: &mut Script, request: Id, number: i64, progress: bool) {
    let payload = script.payload([number]);
    script.send(result(request, payload, progress)).await;
}

fn number(reply: Option<Result<Reply, Error>>) -> (i64, bool) {
    let reply = reply.unwrap().unwrap();
    (reply.value().unwrap(), reply.is_final())
}

#[tokio::test]
async fn partial_results_and_the_final_one() {
    let (session, mut script) = session().await;
    let (mut call, request) = counting(&session, &mut script).await;
    for part in 1..=2 {
        send(&mut script, request, part, true).await;
        assert_eq!(number(call.next().await), (part, false));
    }
    send(&mut script, request, 3, false).await;
    assert_eq!(number(call.next().await), (3, true));
    assert!(call.next().await.is_none());
    drop(call);
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn awaited_as_a_whole_it_is_the_final_result() {
    let (session, mut script) = session().await;
    let (call, request) = counting(&session, &mut script).await;
    send(&mut script, request, 1, true).await;
    send(&mut script, request, 2, false).await;
    assert_eq!(call.await.unwrap().value::<i64>().unwrap(), 2);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let (session, mut script) = session().await;
    let (mut call, request) = counting(&session, &mut script).await;
    send(&mut script, request, 1, true).await;
    script
        .send(proto::Error {
            request_type: MessageType::Call,
            request,
            details: proto::ErrorDetails::default(),
            error: uris::UNAVAILABLE,
            payload: Payload::empty(Serializer::Json),
        })
        .await;
    assert_eq!(number(call.next().await), (1, false));
    let error = call.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Wamp(error) if error.error == uris::UNAVAILABLE));
    assert!(call.next().await.is_none());
}

#[tokio::test]
async fn a_plain_call_does_not_ask_for_partial_results() {
    let (session, mut script) = session().await;
    let options = CallOptions {
        receive_progress: Some(true),
        progress: Some(true),
        ..CallOptions::default()
    };
    let call = session.call("com.count").options(options).start().unwrap();
    let sent = received!(script, Call);
    assert_eq!(sent.options, CallOptions::default());
    send(&mut script, sent.request, 1, false).await;
    assert_eq!(call.await.unwrap().value::<i64>().unwrap(), 1);
}

#[tokio::test]
async fn a_call_that_is_killed_is_still_answered() {
    let (session, mut script) = session().await;
    let (mut call, request) = counting(&session, &mut script).await;
    call.cancel(CancelMode::Kill);
    let cancel = received!(script, Cancel);
    assert_eq!(cancel.request, request);
    assert_eq!(cancel.options.mode, Some(CancelMode::Kill));
    send(&mut script, request, 7, false).await;
    assert_eq!(number(call.next().await), (7, true));
}

#[tokio::test]
async fn a_call_that_is_skipped_is_over_at_once() {
    for mode in [CancelMode::Skip, CancelMode::KillNoWait] {
        let (session, mut script) = session().await;
        let (mut call, request) = counting(&session, &mut script).await;
        send(&mut script, request, 1, true).await;
        assert_eq!(number(call.next().await), (1, false));
        call.cancel(mode);
        assert_eq!(received!(script, Cancel).options.mode, Some(mode));
        let error = call.next().await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Wamp(error)
            if error.error == uris::CANCELED && error.request == MessageType::Call));
        assert!(call.next().await.is_none());
    }
}

#[tokio::test]
async fn a_router_that_cannot_cancel_is_not_told() {
    let (session, mut script) = session_with(Serializer::Json, &[]).await;
    let (call, _) = counting(&session, &mut script).await;
    call.cancel(CancelMode::Skip);
    assert!(call.await.is_err());
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_canceled() {
    let (session, mut script) = session().await;
    let (call, request) = counting(&session, &mut script).await;
    drop(call);
    let cancel = received!(script, Cancel);
    assert_eq!(cancel.request, request);
    assert_eq!(cancel.options.mode, Some(CancelMode::KillNoWait));
    send(&mut script, request, 1, true).await;
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn a_session_that_is_lost_ends_the_stream() {
    let (session, mut script) = session().await;
    let (mut call, _) = counting(&session, &mut script).await;
    drop(script);
    let error = call.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Lost(_)), "{error:?}");
    assert!(call.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_told_to_a_router_that_can_tell_the_time() {
    let timeout = Duration::from_millis(1500);
    for (features, told) in [
        (&[Feature::CallCanceling][..], None),
        (
            &[Feature::CallCanceling, Feature::CallTimeout],
            Some(1500_u64),
        ),
    ] {
        let (session, mut script) = session_with(Serializer::Json, features).await;
        let calls = [
            session.call("com.count").timeout(timeout).start().unwrap(),
            session
                .call("com.count")
                .timeout(timeout)
                .progress()
                .unwrap(),
        ];
        for call in calls {
            let sent = received!(script, Call);
            assert_eq!(sent.options.timeout, told);
            let error = call.await.unwrap_err();
            assert!(matches!(error, Error::Timeout(found) if found == timeout));
        }
        received!(script, Cancel);
    }
}

#[tokio::test]
async fn the_router_may_be_the_first_to_find_the_time_over() {
    let features = [Feature::CallCanceling, Feature::CallTimeout];
    let (session, mut script) = session_with(Serializer::Json, &features).await;
    let timeout = Duration::from_secs(100);
    let call = session.call("com.count").timeout(timeout);
    let (error, ()) = tokio::join!(call.into_future(), async {
        let request = received!(script, Call).request;
        script
            .send(proto::Error {
                request_type: MessageType::Call,
                request,
                details: proto::ErrorDetails::default(),
                error: uris::TIMEOUT,
                payload: Payload::empty(Serializer::Json),
            })
            .await;
    });
    assert!(matches!(error, Err(Error::Timeout(found)) if found == timeout));
}

/// Partial results are held back at the router while they are not taken, and not one is lost.
#[tokio::test]
async fn partial_results_that_are_not_taken_hold_the_router_back() {
    let (session, mut script) = session_with(Serializer::MsgPack, &[]).await;
    let (mut call, request) = counting(&session, &mut script).await;
    let text = "x".repeat(64 << 10);
    let sending = async {
        for _ in 0..100 {
            let payload = script.payload([&*text]);
            script.send(result(request, payload, true)).await;
        }
        send(&mut script, request, 0, false).await;
    };
    let mut sending = std::pin::pin!(sending);
    let waits = async {
        tokio::select! {
            biased;
            () = &mut sending => false,
            () = idle() => true,
        }
    };
    assert!(waits.await, "6 MiB were read that nobody takes");
    let taking = async {
        let mut count = 0;
        while let Some(reply) = call.next().await {
            reply.unwrap();
            count += 1;
        }
        count
    };
    let ((), count) = tokio::join!(sending, taking);
    assert_eq!(count, 101);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_forgotten_is_given_up_rather_than_thinned_out() {
    let (session, mut script) = session().await;
    let (mut call, request) = counting(&session, &mut script).await;
    let text = "x".repeat(1 << 20);
    let flood = async {
        for _ in 0..20 {
            let payload = script.payload([&*text]);
            script.send(result(request, payload, true)).await;
        }
        received!(script, Cancel)
    };
    assert_eq!(flood.await.request, request);
    let mut count = 0;
    let last = loop {
        match call.next().await.unwrap() {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(count, 15);
    assert!(matches!(last, Error::Overrun));
}

/// Registers a handler as number 5 that counts to its argument.
async fn counter(session: &Session, script: &mut Script) -> Registration {
    let registering = session.register("com.count", async |invocation: Invocation| {
        let (to,): (i64,) = invocation.args()?;
        for number in 1..to {
            invocation.progress(number).await?;
        }
        Ok(to)
    });
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    registration.unwrap()
}

async fn invoke(script: &mut Script, request: u64, details: InvocationDetails) {
    let payload = script.payload([3]);
    script
        .send(proto::Invocation {
            request: id(request),
            registration: id(5),
            details,
            payload,
        })
        .await;
}

fn asking() -> InvocationDetails {
    InvocationDetails {
        receive_progress: Some(true),
        ..InvocationDetails::default()
    }
}

#[tokio::test]
async fn a_handler_sends_partial_results() {
    let (session, mut script) = session().await;
    let _registration = counter(&session, &mut script).await;
    invoke(&mut script, 1, asking()).await;
    for (part, progress) in [(1, Some(true)), (2, Some(true)), (3, None)] {
        let answer = received!(script, Yield);
        assert_eq!(answer.request, id(1));
        assert_eq!(answer.options.progress, progress);
        assert_eq!(values(&answer.payload).args, [part.into()]);
    }
}

#[tokio::test]
async fn partial_results_that_nobody_asked_for_are_an_error() {
    let (session, mut script) = session().await;
    let _registration = counter(&session, &mut script).await;
    invoke(&mut script, 1, InvocationDetails::default()).await;
    let error = received!(script, Error);
    assert_eq!(error.error, uris::RUNTIME_ERROR);
}

#[tokio::test]
async fn a_canceled_handler_can_send_no_more() {
    let (session, mut script) = session().await;
    let registering = session.register("com.count", async |invocation: Invocation| {
        invocation.canceled().await;
        invocation.progress(1).await?;
        Ok(())
    });
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    let _registration = registration.unwrap();
    invoke(&mut script, 1, asking()).await;
    script
        .send(Interrupt {
            request: id(1),
            options: InterruptOptions::default(),
        })
        .await;
    assert_eq!(received!(script, Error).error, uris::CANCELED);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_left_to_the_callee() {
    let (session, mut script) = session().await;
    let registering = session
        .register("com.sleep", async |invocation: Invocation| {
            invocation.canceled().await;
            Err::<(), _>(WampError::new("com.error.late"))
        })
        .forward_timeout();
    let (registration, register) = tokio::join!(registering.into_future(), script.registered(5));
    let _registration = registration.unwrap();
    assert_eq!(register.options.forward_timeout, Some(true));
    let details = InvocationDetails {
        timeout: Some(1000),
        ..InvocationDetails::default()
    };
    invoke(&mut script, 1, details).await;
    assert_eq!(received!(script, Error).error, uris::TIMEOUT);
    // What the handler returns then comes too late.
    idle().await;
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}
