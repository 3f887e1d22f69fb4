//! A router that falls silent: its connection stays, and nothing comes from it any more.

use std::time::Duration;

use tokio::time::timeout;
use wampkit::client::CloseReason;
use wampkit::proto::{Message, Serializer, Welcome};
use wampkit::transport::{ListenOptions, Listener, Transport, TransportError};
use wampkit::{Client, codec};

use crate::script::welcome;

const BEAT: Duration = Duration::from_millis(300);

/// Lets one client in, and does nothing from then on; but its system is there and acknowledges.
async fn admit(listener: &Listener) -> Box<dyn Transport> {
    let mut transport = listener.accept().await.unwrap().handshake().await.unwrap();
    transport.receive().await.unwrap().unwrap();
    let mut welcome: Welcome = welcome();
    welcome.details.agent = Some("wamp-test".into());
    let mut frame = bytes::BytesMut::new();
    let message = Message::Welcome(welcome);
    codec::encode(transport.serializer(), &message, &mut frame).unwrap();
    transport.send(frame.freeze()).await.unwrap();
    transport
}

#[tokio::test]
async fn a_router_that_falls_silent_is_found() {
    for url in ["ws://127.0.0.1:0/ws", "rs://127.0.0.1:0"] {
        let endpoint = url.parse().unwrap();
        let options = ListenOptions::default();
        let listener = Listener::bind(&endpoint, options).await.unwrap();
        let client = Client::builder(listener.endpoint().to_string())
            .serializers([Serializer::Json])
            .heartbeat(Some(BEAT));
        let (session, router) = tokio::join!(client.connect(), admit(&listener));
        let session = session.unwrap();
        let closed = timeout(Duration::from_secs(30), session.closed())
            .await
            .expect("it is never found");
        let CloseReason::Transport(fault) = &closed.reason else {
            panic!("{closed}");
        };
        assert!(matches!(**fault, TransportError::Silent(_)), "{closed}");
        assert_eq!(
            closed.to_string(),
            "nothing was heard from the other end for 600ms, not even the answer to a ping"
        );
        drop(router);
    }
}

/// Without a heartbeat nobody asks.
#[tokio::test]
async fn a_router_that_nobody_asks_may_be_silent() {
    let endpoint = "ws://127.0.0.1:0/ws".parse().unwrap();
    let listener = Listener::bind(&endpoint, ListenOptions::default())
        .await
        .unwrap();
    let client = Client::builder(listener.endpoint().to_string())
        .serializers([Serializer::Json])
        .heartbeat(None);
    let (session, mut router) = tokio::join!(client.connect(), admit(&listener));
    let session = session.unwrap();
    let heard = router.heard();
    assert!(timeout(4 * BEAT, router.receive()).await.is_err());
    assert_eq!(router.heard(), heard, "a ping came");
    assert!(timeout(Duration::ZERO, session.closed()).await.is_err());
}
