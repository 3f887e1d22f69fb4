//! Registering, and answering what is called.

use std::sync::Arc;

use tokio::sync::Notify;
use wampkit::Session;
use wampkit::client::{Error, Invocation, Registration, Reply, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{
    self, Dict, Interrupt, InterruptOptions, InvocationDetails, InvocationPolicy, MatchPolicy,
    Message, RegisterOptions, RevocationDetails, Serializer, Unregistered, Uri, Value, uris,
};

use super::script::{Script, arguments, id, idle, received, session, session_over, values};

async fn invoke(script: &mut Script, request: u64, args: impl IntoIterator<Item = i64>) {
    let payload = script.payload(args);
    script
        .send(proto::Invocation {
            request: id(request),
            registration: id(5),
            details: InvocationDetails::default(),
            payload,
        })
        .await;
}

/// Invokes and returns the answer.
async fn answer(script: &mut Script, args: impl IntoIterator<Item = i64>) -> Message {
    invoke(script, 1, args).await;
    script.receive().await.unwrap()
}

/// The arguments of a YIELD.
fn yielded(message: Message) -> Arguments {
    match message {
        Message::Yield(answer) => {
            assert_eq!(answer.request, id(1));
            values(&answer.payload)
        }
        other => panic!("no YIELD: {other:?}"),
    }
}

fn failed(message: Message) -> (Uri, Arguments) {
    match message {
        Message::Error(error) => {
            assert_eq!(error.request_type, proto::MessageType::Invocation);
            assert_eq!(error.request, id(1));
            (error.error, values(&error.payload))
        }
        other => panic!("no ERROR: {other:?}"),
    }
}

async fn add(invocation: Invocation) -> Result<i64, WampError> {
    let (a, b): (i64, i64) = invocation.args()?;
    Ok(a + b)
}

/// Registers as number 5.
macro_rules! registered {
    ($session:expr, $script:expr, $handler:expr) => {
        tokio::join!(
            $session.register("com.add", $handler).into_future(),
            $script.registered(5)
        )
        .0
        .unwrap()
    };
}

#[tokio::test]
async fn a_value_is_the_one_result_in_every_serializer() {
    for serializer in Serializer::ALL {
        let (session, mut script) = session_over(serializer).await;
        let _registration = registered!(session, script, add);
        assert_eq!(
            yielded(answer(&mut script, [2, 3]).await),
            arguments([5]),
            "{serializer}"
        );
    }
}

#[tokio::test]
async fn what_a_handler_may_return() {
    let (session, mut script) = session().await;
    let none = registered!(session, script, async |_: Invocation| Ok(()));
    assert_eq!(yielded(answer(&mut script, []).await), Arguments::default());
    unregister(none, &mut script).await;

    let everything = Arguments {
        args: vec![Value::Null, Value::Int(1)],
        kwargs: Dict::new().with("x", 1),
    };
    let returned = everything.clone();
    let verbatim = registered!(session, script, move |_: Invocation| {
        let returned = returned.clone();
        async move { Ok(returned) }
    });
    assert_eq!(yielded(answer(&mut script, []).await), everything);
    unregister(verbatim, &mut script).await;

    let made = registered!(session, script, async |_: Invocation| Ok(Reply::new(
        (Value::Null, 1),
        Dict::new().with("x", 1)
    )?));
    assert_eq!(yielded(answer(&mut script, []).await), everything);
    unregister(made, &mut script).await;

    let list = registered!(session, script, async |_: Invocation| Ok(vec![1, 2]));
    assert_eq!(
        yielded(answer(&mut script, []).await).args,
        [Value::from(vec![1, 2])]
    );
    unregister(list, &mut script).await;
}

async fn unregister(registration: Registration, script: &mut Script) {
    let (done, ()) = tokio::join!(registration.unregister(), async {
        let unregister = received!(script, Unregister);
        assert_eq!(unregister.registration, id(5));
        script
            .send(Unregistered {
                request: Some(unregister.request),
                details: RevocationDetails::default(),
            })
            .await;
    });
    done.unwrap();
}

#[tokio::test]
async fn a_handler_fails_in_its_own_words() {
    let (session, mut script) = session().await;
    let _registration = registered!(session, script, async |_: Invocation| Err::<(), _>(
        WampError::new("com.error.sold_out")
            .with("come back later")
            .with_kw("left", 0)
    ));
    assert_eq!(
        failed(answer(&mut script, []).await),
        (
            "com.error.sold_out".into(),
            Arguments {
                args: vec!["come back later".into()],
                kwargs: Dict::new().with("left", 0),
            }
        )
    );
}

#[tokio::test]
async fn arguments_of_another_type_are_the_callers_fault() {
    let (session, mut script) = session().await;
    let _registration = registered!(session, script, add);
    let (error, _) = failed(answer(&mut script, [1]).await);
    assert_eq!(error, uris::INVALID_ARGUMENT);
}

#[tokio::test]
async fn a_result_without_form_is_the_handlers_fault() {
    let (session, mut script) = session_over(Serializer::Json).await;
    let _registration = registered!(session, script, async |_: Invocation| Ok(f64::NAN));
    let (error, _) = failed(answer(&mut script, []).await);
    assert_eq!(error, uris::RUNTIME_ERROR);
}

#[tokio::test]
async fn a_panic_fails_one_invocation_only() {
    let (session, mut script) = session().await;
    let _registration = registered!(session, script, async |invocation: Invocation| {
        let (fatal,): (i64,) = invocation.args()?;
        assert_eq!(fatal, 0, "this panic is meant");
        Ok(())
    });
    let (error, _) = failed(answer(&mut script, [1]).await);
    assert_eq!(error, uris::RUNTIME_ERROR);
    yielded(answer(&mut script, [0]).await);
}

#[tokio::test]
async fn invocations_are_handled_concurrently() {
    let (session, mut script) = session().await;
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let _registration = registered!(session, script, move |invocation: Invocation| {
        let gate = Arc::clone(&opened);
        async move {
            let (waits,): (i64,) = invocation.args()?;
            if waits == 1 {
                gate.notified().await;
            } else {
                gate.notify_one();
            }
            Ok(waits)
        }
    });
    invoke(&mut script, 1, [1]).await;
    invoke(&mut script, 2, [2]).await;
    assert_eq!(received!(script, Yield).request, id(2));
    assert_eq!(received!(script, Yield).request, id(1));
}

#[tokio::test]
async fn an_interrupt_reaches_the_handler() {
    let (session, mut script) = session().await;
    let started = Arc::new(Notify::new());
    let tell = Arc::clone(&started);
    let _registration = registered!(session, script, move |invocation: Invocation| {
        let started = Arc::clone(&tell);
        async move {
            assert!(!invocation.is_canceled());
            started.notify_one();
            invocation.canceled().await;
            assert!(invocation.is_canceled());
            Err::<(), _>(WampError::new(uris::CANCELED))
        }
    });
    invoke(&mut script, 1, []).await;
    started.notified().await;
    script
        .send(Interrupt {
            request: id(1),
            options: InterruptOptions::default(),
        })
        .await;
    let (error, _) = failed(script.receive().await.unwrap());
    assert_eq!(error, uris::CANCELED);
}

#[tokio::test]
async fn patterns_tell_the_procedure() {
    let (session, mut script) = session().await;
    let registering = session
        .register("com.", async |invocation: Invocation| {
            Ok(invocation.procedure.to_string())
        })
        .options(RegisterOptions {
            invoke: Some(InvocationPolicy::RoundRobin),
            ..RegisterOptions::default()
        })
        .match_policy(MatchPolicy::Prefix);
    let (registration, register) = tokio::join!(registering.into_future(), script.registered(5));
    assert_eq!(register.options.match_policy, Some(MatchPolicy::Prefix));
    assert_eq!(register.options.invoke, Some(InvocationPolicy::RoundRobin));
    let registration = registration.unwrap();
    assert_eq!(registration.id(), id(5));
    assert_eq!(*registration.procedure(), "com.");
    let payload = script.payload::<i64>([]);
    script
        .send(proto::Invocation {
            request: id(1),
            registration: id(5),
            details: InvocationDetails {
                procedure: Some("com.add".into()),
                ..InvocationDetails::default()
            },
            payload,
        })
        .await;
    assert_eq!(
        yielded(script.receive().await.unwrap()),
        arguments(["com.add"])
    );
}

#[tokio::test]
async fn a_registration_is_refused() {
    let (session, mut script) = session().await;
    let (refused, ()) = tokio::join!(session.register("com.add", add).into_future(), async {
        let register = received!(script, Register);
        let payload = script.payload::<i64>([]);
        script
            .send(proto::Error {
                request_type: proto::MessageType::Register,
                request: register.request,
                details: proto::ErrorDetails::default(),
                error: uris::PROCEDURE_ALREADY_EXISTS,
                payload,
            })
            .await;
    });
    assert!(
        matches!(refused, Err(Error::Wamp(error)) if error.error == uris::PROCEDURE_ALREADY_EXISTS)
    );
}

#[tokio::test]
async fn dropping_unregisters_and_lets_handlers_finish() {
    let (session, mut script) = session().await;
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let registration = registered!(session, script, move |_: Invocation| {
        let gate = Arc::clone(&opened);
        async move {
            gate.notified().await;
            Ok(())
        }
    });
    invoke(&mut script, 1, []).await;
    // Answered behind the invocation, which is thereby known to have arrived.
    round_trip(&session, &mut script).await;
    drop(registration);
    received!(script, Unregister);
    gate.notify_one();
    assert_eq!(received!(script, Yield).request, id(1));
}

async fn round_trip(session: &Session, script: &mut Script) {
    let publish = session.publish("com.topic").acknowledge();
    let (done, ()) = tokio::join!(publish.into_future(), async {
        let publish = received!(script, Publish);
        script
            .send(proto::Published {
                request: publish.request,
                publication: id(1),
            })
            .await;
    });
    done.unwrap();
}

#[tokio::test]
async fn the_router_ends_a_registration() {
    let (session, mut script) = session().await;
    let registration = registered!(session, script, add);
    script
        .send(Unregistered {
            request: None,
            details: RevocationDetails {
                registration: Some(id(5)),
                ..RevocationDetails::default()
            },
        })
        .await;
    assert_eq!(registration.ended().await, Some(uris::NO_SUCH_REGISTRATION));
    registration.unregister().await.unwrap();
}

#[tokio::test]
async fn the_session_ends_under_a_registration() {
    let (session, mut script) = session().await;
    let registration = registered!(session, script, async |invocation: Invocation| {
        invocation.canceled().await;
        Ok(())
    });
    invoke(&mut script, 1, []).await;
    round_trip(&session, &mut script).await;
    drop(script);
    assert_eq!(registration.ended().await, None);
    assert!(matches!(
        registration.unregister().await,
        Err(Error::Lost(_))
    ));
}

/// A router that asks much and listens to nothing is not read any further, and again once it listens.
#[tokio::test]
async fn answers_that_nobody_reads_are_bounded() {
    let (session, mut script) = session().await;
    let registration = registered!(session, script, add);
    unregister(registration, &mut script).await;
    // Each of these is answered by the state machine itself: nothing is registered any more.
    let mut sent = 0;
    loop {
        tokio::select! {
            biased;
            () = invoke(&mut script, sent + 1, [1, 2]) => sent += 1,
            () = idle() => break,
        }
        assert!(sent < 100_000, "the client reads without end");
    }
    // The one that was stuck may be on its way.
    for request in 1..=sent {
        let refusal = received!(script, Error);
        assert_eq!(
            (refusal.request, refusal.error),
            (id(request), uris::UNAVAILABLE)
        );
    }
    let publish = session.publish("com.topic").acknowledge();
    let (done, ()) = tokio::join!(publish.into_future(), async {
        let publish = loop {
            match script.receive().await {
                Some(Message::Publish(publish)) => break publish,
                Some(Message::Error(_)) => {}
                other => panic!("{other:?}"),
            }
        };
        script
            .send(proto::Published {
                request: publish.request,
                publication: id(1),
            })
            .await;
    });
    done.unwrap();
}

#[tokio::test]
async fn options_of_a_registration_by_their_names() {
    let (session, mut script) = session().await;
    let registering = session
        .register("com.add", add)
        .match_policy(MatchPolicy::Prefix)
        .invoke(InvocationPolicy::RoundRobin)
        .concurrency(3)
        .force()
        .disclose_caller();
    let (registration, register) = tokio::join!(registering.into_future(), script.registered(5));
    assert_eq!(registration.unwrap().id(), id(5));
    assert_eq!(
        register.options,
        RegisterOptions {
            match_policy: Some(MatchPolicy::Prefix),
            invoke: Some(InvocationPolicy::RoundRobin),
            concurrency: Some(3),
            force_reregister: Some(true),
            disclose_caller: Some(true),
            ..RegisterOptions::default()
        }
    );
}
