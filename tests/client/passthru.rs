//! Arguments that only both ends look into.

use wampkit::client::{Error, Invocation, Registration, WampError};
use wampkit::codec::Arguments;
use wampkit::ppt::{self, Cipher, Key, Keyring, Wrapping};
use wampkit::proto::{
    self, Dict, ErrorDetails, EventDetails, Feature, Id, InvocationDetails, MessageType, Passthru,
    Payload, ResultDetails, Serializer, Value, uris,
};
use wampkit::{Client, Session};

use super::script::{Script, arguments, id, received, session, session_of, values};

const FEATURES: [Feature; 3] = [
    Feature::PayloadPassthruMode,
    Feature::CallCanceling,
    Feature::ProgressiveCallInvocations,
];

fn keys() -> Keyring {
    Keyring::new().with("k", Key::new([7; 32]))
}

/// A session that has the key, and a router that can do it.
async fn able(serializer: Serializer) -> (Session, Script) {
    let client = Client::builder("memory").keyring(keys());
    session_of(client, serializer, &FEATURES).await
}

fn encrypted() -> Wrapping {
    Wrapping::wamp().encrypted(Cipher::XSalsa20Poly1305, "k")
}

/// What the other end makes of a payload.
fn opened(payload: &Payload, passthru: Option<Box<Passthru>>) -> Arguments {
    let wrapped = values(payload);
    assert!(matches!(wrapped.args[..], [Value::Bin(_)]), "{wrapped:?}");
    assert!(wrapped.kwargs.is_empty());
    ppt::open(wrapped, &passthru.unwrap(), &keys()).unwrap()
}

/// A payload as the other end sends it.
fn wrapped(wrapping: &Wrapping, arguments: Arguments) -> (Payload, Option<Box<Passthru>>) {
    let bytes = wrapping.wrap(arguments, &keys(), [3; 24]).unwrap();
    let payload = Arguments {
        args: vec![bytes.into()],
        kwargs: Dict::new(),
    };
    let payload = payload.to_payload(Serializer::Cbor).unwrap();
    (payload, Some(Box::new(wrapping.attributes())))
}

#[tokio::test]
async fn a_call_and_its_result_in_every_serializer() {
    for serializer in Serializer::ALL {
        let (session, mut script) = able(serializer).await;
        let call = session
            .call("com.add")
            .args((1, 2))
            .kwargs(Dict::new().with("x", 3))
            .passthru(encrypted());
        let (reply, ()) = tokio::join!(call.into_future(), async {
            let call = received!(script, Call);
            let attributes = call.options.passthru.clone().unwrap();
            assert_eq!(*attributes, encrypted().attributes());
            let mut expected = arguments([1, 2]);
            expected.kwargs = Dict::new().with("x", 3);
            assert_eq!(opened(&call.payload, call.options.passthru), expected);

            let (payload, passthru) = wrapped(&encrypted(), arguments([3]));
            script
                .send(proto::Result {
                    request: call.request,
                    details: ResultDetails {
                        passthru,
                        ..ResultDetails::default()
                    },
                    payload,
                })
                .await;
        });
        let reply = reply.unwrap();
        assert_eq!(reply.value::<i64>().unwrap(), 3);
        assert_eq!(reply.arguments().unwrap(), arguments([3]));
        let raw = reply.raw_arguments().unwrap();
        assert!(matches!(raw.args[..], [Value::Bin(_)]));
    }
}

#[tokio::test]
async fn no_two_ciphertexts_are_the_same() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let mut sent = Vec::new();
    for _ in 0..2 {
        let publish = session.publish("com.topic").args((1,));
        publish.passthru(encrypted()).await.unwrap();
        let publish = received!(script, Publish);
        sent.push(values(&publish.payload));
        let found = opened(&publish.payload, publish.options.passthru);
        assert_eq!(found, arguments([1]));
    }
    assert_ne!(sent[0], sent[1]);
}

/// It would be a protocol violation.
#[tokio::test]
async fn a_router_that_does_not_announce_it_is_not_sent_any() {
    let (session, mut script) = session().await;
    for refused in [
        session
            .call("com.add")
            .passthru(Wrapping::wamp())
            .await
            .map(drop),
        session
            .publish("com.topic")
            .passthru(Wrapping::wamp())
            .await
            .map(drop),
        session
            .register("com.add", async |_: Invocation| Ok(()))
            .passthru(Wrapping::wamp())
            .await
            .map(drop),
    ] {
        assert!(matches!(
            refused,
            Err(Error::Unsupported {
                feature: Feature::PayloadPassthruMode,
                ..
            })
        ));
    }
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn what_cannot_be_wrapped_is_not_sent() {
    let (session, mut script) = able(Serializer::Json).await;
    for wrapping in [
        Wrapping::mqtt(),
        Wrapping::wamp().encrypted(Cipher::Aes256Gcm, "unknown"),
    ] {
        let call = session.call("com.add").args((1,)).passthru(wrapping);
        let refused = call.await.unwrap_err();
        assert!(matches!(refused, Error::Encode(_)), "{refused:?}");
    }
    let (left, _) = tokio::join!(session.leave(), script.goodbye());
    left.unwrap();
}

#[tokio::test]
async fn an_event_for_those_who_have_the_key() {
    for has_key in [true, false] {
        let keys = if has_key { keys() } else { Keyring::new() };
        let client = Client::builder("memory").keyring(keys);
        let (session, mut script) = session_of(client, Serializer::Cbor, &FEATURES).await;
        let (subscription, _) = tokio::join!(
            session.subscribe("com.topic").into_future(),
            script.subscribed(5)
        );
        let mut events = subscription.unwrap();
        let (payload, passthru) = wrapped(&encrypted(), arguments([1]));
        script
            .send(proto::Event {
                subscription: id(5),
                publication: Id::MIN,
                details: EventDetails {
                    passthru,
                    ..EventDetails::default()
                },
                payload,
            })
            .await;
        let event = events.next().await.unwrap();
        assert_eq!(event.args::<(i64,)>().is_ok(), has_key);
        match event.arguments() {
            Ok(found) => assert_eq!(found, arguments([1])),
            Err(error) => assert_eq!(error.to_string(), "there is no key k"),
        }
    }
}

#[tokio::test]
async fn an_error_is_opened() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let (failed, ()) = tokio::join!(session.call("com.add").into_future(), async {
        let request = received!(script, Call).request;
        let (payload, passthru) = wrapped(&encrypted(), arguments(["too late"]));
        script
            .send(proto::Error {
                request_type: MessageType::Call,
                request,
                details: ErrorDetails {
                    passthru,
                    ..ErrorDetails::default()
                },
                error: uris::UNAVAILABLE,
                payload,
            })
            .await;
    });
    let error = failed.unwrap_err();
    assert_eq!(error.to_string(), "wamp.error.unavailable: too late");
}

#[tokio::test]
async fn a_call_in_parts() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let call = session.call("com.sum").args((1,)).passthru(encrypted());
    let (sender, _replies) = call.stream_arguments().unwrap();
    sender.finish((2,), ()).await.unwrap();
    let first = received!(script, Call);
    let attributes = first.options.passthru.clone();
    assert_eq!(opened(&first.payload, attributes.clone()), arguments([1]));
    let last = received!(script, Call);
    assert_eq!(last.options.passthru, None, "they are those of the first");
    assert_eq!(opened(&last.payload, attributes), arguments([2]));
}

/// Doubles its argument in two steps, and fails on 0.
async fn double(invocation: Invocation) -> Result<i64, WampError> {
    let (number,): (i64,) = invocation.args()?;
    if number == 0 {
        return Err(WampError::new("com.error.zero").with("nothing to double"));
    }
    if invocation.takes_progress() {
        invocation.progress(number).await?;
    }
    Ok(2 * number)
}

/// Registers as number 5.
async fn registered(
    session: &Session,
    script: &mut Script,
    wrapping: Option<Wrapping>,
) -> Registration {
    let mut registering = session.register("com.double", double);
    if let Some(wrapping) = wrapping {
        registering = registering.passthru(wrapping);
    }
    let (registration, _) = tokio::join!(registering.into_future(), script.registered(5));
    registration.unwrap()
}

async fn invoke(script: &mut Script, payload: Payload, passthru: Option<Box<Passthru>>) {
    script
        .send(proto::Invocation {
            request: id(1),
            registration: id(5),
            details: InvocationDetails {
                receive_progress: Some(true),
                passthru,
                ..InvocationDetails::default()
            },
            payload,
        })
        .await;
}

#[tokio::test]
async fn an_invocation_is_answered_as_it_came() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let _registration = registered(&session, &mut script, None).await;
    for wrapping in [
        encrypted(),
        Wrapping::mqtt().serialized(Serializer::MsgPack),
    ] {
        let (payload, passthru) = wrapped(&wrapping, arguments([4]));
        invoke(&mut script, payload, passthru).await;
        for (expected, progress) in [(4, Some(true)), (8, None)] {
            let answer = received!(script, Yield);
            assert_eq!(answer.options.progress, progress);
            let attributes = answer.options.passthru.clone().unwrap();
            assert_eq!(*attributes, wrapping.attributes());
            let found = opened(&answer.payload, answer.options.passthru);
            assert_eq!(found, arguments([expected]));
        }
        let (payload, passthru) = wrapped(&wrapping, arguments([0]));
        invoke(&mut script, payload, passthru).await;
        let error = received!(script, Error);
        assert_eq!(error.error, "com.error.zero");
        let found = opened(&error.payload, error.details.passthru);
        assert_eq!(found, arguments(["nothing to double"]));
    }
    // In plain too.
    let payload = script.payload([4]);
    invoke(&mut script, payload, None).await;
    let answer = received!(script, Yield);
    assert_eq!(answer.options.passthru, None);
    assert_eq!(values(&answer.payload), arguments([4]));
}

#[tokio::test]
async fn a_registration_may_say_how_it_answers() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let _registration = registered(&session, &mut script, Some(encrypted())).await;
    let payload = script.payload([4]);
    invoke(&mut script, payload, None).await;
    for expected in [4, 8] {
        let answer = received!(script, Yield);
        let found = opened(&answer.payload, answer.options.passthru);
        assert_eq!(found, arguments([expected]));
    }
}

/// Nothing of a call that was encrypted goes back in plain.
#[tokio::test]
async fn an_error_that_cannot_be_wrapped_says_nothing() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let unknown = Wrapping::wamp().encrypted(Cipher::Aes256Gcm, "unknown");
    let _registration = registered(&session, &mut script, Some(unknown)).await;
    let payload = script.payload([0]);
    invoke(&mut script, payload, None).await;
    let error = received!(script, Error);
    assert_eq!(error.error, "com.error.zero");
    assert_eq!(values(&error.payload), Arguments::default());
    let message = error.details.message.unwrap();
    assert!(message.contains("there is no key unknown"), "{message}");
}

#[tokio::test]
async fn an_invocation_that_nobody_here_can_read() {
    let (session, mut script) = able(Serializer::Cbor).await;
    let _registration = registered(&session, &mut script, None).await;
    let attributes = Passthru {
        ppt_serializer: Some("flatbuffers".into()),
        ..Wrapping::wamp().attributes()
    };
    let (payload, _) = wrapped(&Wrapping::wamp(), arguments([4]));
    invoke(&mut script, payload, Some(Box::new(attributes))).await;
    let error = received!(script, Error);
    assert_eq!(error.error, uris::FEATURE_NOT_SUPPORTED);
}
