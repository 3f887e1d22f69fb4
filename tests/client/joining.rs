//! Joining and leaving.

use std::time::Duration;

use wampkit::Client;
use wampkit::client::{CloseReason, ConnectError, Error};
use wampkit::proto::{
    Abort, Feature, Goodbye, GoodbyeDetails, Id, Message, Published, Role, Serializer, Welcome,
    WelcomeDetails, uris,
};
use wampkit::transport::CloseCode;

use super::script::{Script, arguments, connection, id, received, session, session_over, welcome};

fn goodbye(message: &str) -> Goodbye {
    Goodbye {
        details: GoodbyeDetails {
            message: Some(message.into()),
            ..GoodbyeDetails::default()
        },
        reason: uris::SYSTEM_SHUTDOWN,
    }
}

/// What comes of connecting if the router answers HELLO with this; and what it is sent then.
async fn answered_with(message: impl Into<Message>) -> (ConnectError, Option<Message>) {
    let (transport, mut script) = connection(Serializer::Json);
    let joining = Client::builder("memory").connect_over(transport);
    let (refused, said) = tokio::join!(joining, async {
        script.hello().await;
        script.send(message).await;
        script.receive().await
    });
    (refused.unwrap_err(), said)
}

#[tokio::test]
async fn hello_says_who_asks_for_what() {
    let (transport, mut script) = connection(Serializer::Cbor);
    let joining = Client::builder("memory")
        .realm("com.realm")
        .authid("joe")
        .authrole("admin")
        .agent("test-1.0")
        .connect_over(transport);
    let (session, hello) = tokio::join!(joining, async {
        let hello = script.hello().await;
        script.send(welcome()).await;
        hello
    });
    assert_eq!(hello.realm, "com.realm");
    assert_eq!(hello.details.authid.as_deref(), Some("joe"));
    assert_eq!(hello.details.authrole.as_deref(), Some("admin"));
    assert_eq!(hello.details.agent.as_deref(), Some("test-1.0"));
    let roles = hello.details.roles.unwrap();
    for role in Role::CLIENT {
        assert!(roles.has(role), "{role:?}");
    }
    assert!(roles.features(Role::Callee).has(Feature::CallCanceling));

    let session = session.unwrap();
    assert_eq!(session.id(), id(4711));
    assert_eq!(*session.realm(), "com.realm");
    assert_eq!(session.serializer(), Serializer::Cbor);
    assert_eq!(*session.details(), welcome().details);
}

#[tokio::test]
async fn a_router_may_leave_the_realm_out() {
    let (transport, mut script) = connection(Serializer::MsgPack);
    let joining = Client::builder("memory").connect_over(transport);
    let (session, ()) = tokio::join!(joining, async {
        script.hello().await;
        script
            .send(Welcome {
                session: id(1),
                details: WelcomeDetails::default(),
            })
            .await;
    });
    assert_eq!(*session.unwrap().realm(), "realm1");
}

#[tokio::test]
async fn a_refusal_carries_its_reason() {
    let (error, said) = answered_with(Abort {
        details: GoodbyeDetails {
            message: Some("no such realm here".into()),
            ..GoodbyeDetails::default()
        },
        reason: uris::NO_SUCH_REALM,
        payload: arguments([7]).to_payload(Serializer::Json).unwrap(),
    })
    .await;
    assert_eq!(
        error.to_string(),
        "wamp.error.no_such_realm: no such realm here"
    );
    let ConnectError::Refused(refused) = error else {
        panic!("{error:?}");
    };
    assert_eq!(refused.arguments, arguments([7]));
    assert_eq!(said, None);
}

#[tokio::test]
async fn nonsense_in_answer_to_hello() {
    let (error, said) = answered_with(goodbye("no")).await;
    assert!(matches!(error, ConnectError::Protocol(_)), "{error:?}");
    let Some(Message::Abort(abort)) = said else {
        panic!("{said:?}");
    };
    assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
}

#[tokio::test]
async fn a_router_that_hangs_up() {
    let (transport, mut script) = connection(Serializer::Json);
    let joining = Client::builder("memory").connect_over(transport);
    let (error, ()) = tokio::join!(joining, async {
        script.hello().await;
        script.close(CloseCode::Protocol).await;
    });
    let error = error.unwrap_err();
    assert!(matches!(error, ConnectError::Closed(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the connection was closed: close code 1002"
    );
}

#[tokio::test(start_paused = true)]
async fn a_router_that_does_not_answer() {
    let (transport, _script) = connection(Serializer::Json);
    let timeout = Duration::from_secs(3);
    let joining = Client::builder("memory").connect_timeout(timeout);
    let error = joining.connect_over(transport).await.unwrap_err();
    assert!(matches!(error, ConnectError::Timeout(found) if found == timeout));
}

#[tokio::test]
async fn a_url_that_is_none() {
    let error = Client::builder("http://localhost").connect().await;
    assert!(matches!(error, Err(ConnectError::Url(_))));
}

#[tokio::test]
async fn leaving_sends_what_was_published_before() {
    let (session, mut script) = session().await;
    let leaving = async {
        for number in 0..1000 {
            session.publish("com.topic").args((number,)).await.unwrap();
        }
        session.leave().await.unwrap();
    };
    let ((), ()) = tokio::join!(leaving, async {
        for number in 0..1000 {
            let publish = received!(script, Publish);
            assert_eq!(publish.request.get(), number + 1);
        }
        assert_eq!(script.goodbye().await.reason, uris::CLOSE_REALM);
    });
    assert!(matches!(session.closed().await.reason, CloseReason::Left));
    assert!(matches!(session.leave().await, Err(Error::Lost(_))));
    assert!(matches!(session.call("com.add").await, Err(Error::Lost(_))));
}

#[tokio::test]
async fn leaving_ends_even_if_the_router_just_hangs_up() {
    let (session, mut script) = session().await;
    let (left, ()) = tokio::join!(session.leave(), async {
        received!(script, Goodbye);
        script.close(CloseCode::Normal).await;
    });
    left.unwrap();
}

/// Time passes by itself here once nobody has anything to do.
#[tokio::test(start_paused = true)]
async fn leaving_ends_even_if_the_router_is_silent() {
    let (session, mut script) = session().await;
    let started = tokio::time::Instant::now();
    session.leave().await.unwrap();
    assert!(started.elapsed() <= Duration::from_secs(6));
    assert!(session.closed().await.message.is_some());
    received!(script, Goodbye);
    assert_eq!(script.receive().await, None);
}

#[tokio::test]
async fn a_session_without_handles_is_left() {
    let (session, mut script) = session().await;
    drop(session);
    script.goodbye().await;
}

#[tokio::test]
async fn the_router_says_goodbye() {
    let (session, mut script) = session().await;
    let call = tokio::spawn(session.call("com.add").into_future());
    received!(script, Call);
    script.send(goodbye("back at noon")).await;
    assert_eq!(received!(script, Goodbye).reason, uris::GOODBYE_AND_OUT);
    assert_eq!(script.receive().await, None);
    let closed = session.closed().await;
    assert!(
        matches!(&closed.reason, CloseReason::Goodbye(reason) if *reason == uris::SYSTEM_SHUTDOWN)
    );
    assert_eq!(
        closed.to_string(),
        "wamp.close.system_shutdown: back at noon"
    );
    assert!(matches!(call.await.unwrap(), Err(Error::Lost(_))));
}

#[tokio::test]
async fn the_router_aborts() {
    let (session, mut script) = session().await;
    script
        .send(Abort {
            details: GoodbyeDetails::default(),
            reason: uris::CLOSE_KILLED,
            payload: script.payload(["you are not welcome"]),
        })
        .await;
    let closed = session.closed().await;
    assert!(
        matches!(&closed.reason, CloseReason::Aborted(reason) if *reason == uris::CLOSE_KILLED)
    );
    assert_eq!(closed.message.as_deref(), Some("you are not welcome"));
    assert_eq!(script.receive().await, None);
}

#[tokio::test]
async fn the_connection_is_lost() {
    let (session, script) = session().await;
    drop(script);
    let closed = session.closed().await;
    assert!(
        matches!(closed.reason, CloseReason::Disconnected),
        "{closed}"
    );
}

async fn violated(mut script: Script, session: wampkit::Session) {
    let abort = received!(script, Abort);
    assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
    let closed = session.closed().await;
    assert!(matches!(closed.reason, CloseReason::Violation));
    assert_eq!(closed.message.as_deref(), abort.details.message.as_deref());
}

#[tokio::test]
async fn the_router_breaks_the_protocol() {
    let (session, mut script) = session().await;
    script
        .send(Published {
            request: id(7),
            publication: Id::MAX,
        })
        .await;
    violated(script, session).await;
}

#[tokio::test]
async fn the_router_sends_what_is_no_message() {
    let (session, mut script) = session_over(Serializer::Json).await;
    script.send_raw(b"{\"hello\":1}").await;
    violated(script, session).await;
}

#[test]
fn a_runtime_that_ends_takes_the_session_with_it() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    let first = runtime();
    let (session, _script) = first.block_on(session());
    drop(first);
    runtime().block_on(async {
        let error = session.call("com.add").args(("x",)).await.unwrap_err();
        assert!(matches!(error, Error::Lost(_)), "{error:?}");
        session.closed().await;
    });
}
