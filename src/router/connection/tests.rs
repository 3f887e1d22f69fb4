//! What is added to events, and what a panic ends.

use std::task::{Wake, Waker};

use super::*;
use crate::codec::Arguments;
use crate::proto::{Dict, Event, EventDetails, Id, Uri, Value};
use crate::router::handle::tests::newcomer;
use crate::router::handshake::Guest;
use crate::router::slow::SlowConsumers;
use crate::router::who::Who;
use crate::transport::{Farewell, memory};

#[test]
fn a_count_is_added_to_an_event_and_nothing_else_changes() {
    for serializer in Serializer::ALL {
        let arguments = Arguments {
            args: vec![Value::from(7), Value::from("seven")],
            kwargs: Dict::new().with("key", "value"),
        };
        let mut event = Event {
            subscription: Id::MIN,
            publication: Id::MAX,
            details: EventDetails {
                topic: Some(Uri::from_static("com.news")),
                publisher: Some(Id::MAX),
                extra: Dict::new().with("_other", 1),
                ..EventDetails::default()
            },
            payload: arguments.to_payload(serializer).unwrap(),
        };
        let mut frame = BytesMut::new();
        codec::encode(serializer, &event.clone().into(), &mut frame).unwrap();
        let counted = counting(serializer, &frame.freeze(), u64::MAX >> 11).unwrap();
        event.details.events_dropped = Some(u64::MAX >> 11);
        assert_eq!(
            codec::decode(serializer, &counted).unwrap(),
            event.into(),
            "{serializer}"
        );
    }
}

/// A transport that panics at a frame with `com.boom` in it, as a fault of ours anywhere in a connection's task would.
struct Mine(Box<dyn Transport>);

impl Transport for Mine {
    fn serializer(&self) -> Serializer {
        self.0.serializer()
    }

    fn peer(&self) -> &str {
        self.0.peer()
    }

    fn max_frame(&self) -> usize {
        self.0.max_frame()
    }

    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        let received = self.0.poll_receive(cx);
        if let Poll::Ready(Some(Ok(frame))) = &received {
            assert!(
                !String::from_utf8_lossy(frame).contains("com.boom"),
                "on purpose"
            );
        }
        received
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.0.poll_ready(cx)
    }

    fn feed(&mut self, frame: Bytes) -> Result<(), TransportError> {
        self.0.feed(frame)
    }

    fn ping(&mut self) -> Result<(), TransportError> {
        self.0.ping()
    }

    fn heard(&self) -> u64 {
        self.0.heard()
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.0.poll_flush(cx)
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        code: CloseCode,
    ) -> Poll<Result<(), TransportError>> {
        self.0.poll_close(cx, code)
    }

    fn farewell(&self) -> Option<&Farewell> {
        self.0.farewell()
    }
}

/// The far side of a connection, spoken to in JSON by hand.
struct Peer(Box<dyn Transport>);

impl Peer {
    async fn join(router: &Router) -> Self {
        let (near, far) = memory::pair(Serializer::Json);
        let far: Box<dyn Transport> = Box::new(Mine(far));
        router.spawn_connection(async move |_| Some(far), Guest::Anybody, None);
        let mut peer = Self(near);
        peer.send(r#"[1,"realm1",{"roles":{"caller":{},"callee":{},"subscriber":{}}}]"#)
            .await;
        assert_eq!(peer.receive().await.unwrap()[0], 2);
        peer
    }

    async fn send(&mut self, message: &'static str) {
        self.0.send(message.into()).await.unwrap();
    }

    async fn receive(&mut self) -> Option<serde_json::Value> {
        let frame = self.0.receive().await?.unwrap();
        Some(serde_json::from_slice(&frame).unwrap())
    }

    /// Sends a request and takes its answer.
    async fn ask(&mut self, request: &'static str) -> serde_json::Value {
        self.send(request).await;
        self.receive().await.unwrap()
    }
}

#[tokio::test]
async fn a_panic_ends_its_own_connection_only() {
    let router = Router::builder().realm("realm1").build().unwrap();
    let mut bystander = Peer::join(&router).await;
    bystander.ask(r#"[32,1,{},"wamp.session.on_leave"]"#).await;
    let mut doomed = Peer::join(&router).await;
    doomed.ask(r#"[64,1,{},"com.proc"]"#).await;
    bystander.send(r#"[48,2,{},"com.proc"]"#).await;
    assert_eq!(doomed.receive().await.unwrap()[0], 68);
    doomed.send(r#"[16,2,{},"com.boom"]"#).await;
    assert_eq!(doomed.receive().await, None);

    // The call ends, the session leaves, and what it held is gone.
    let told = [bystander.receive().await, bystander.receive().await].map(Option::unwrap);
    let codes = told.each_ref().map(|message| message[0].as_u64());
    assert!(
        codes.contains(&Some(8)) && codes.contains(&Some(36)),
        "{told:?}"
    );
    let error = bystander.ask(r#"[48,3,{},"com.proc"]"#).await;
    assert_eq!(error[4], "wamp.error.no_such_procedure");
    let count = bystander.ask(r#"[48,4,{},"wamp.session.count"]"#).await;
    assert_eq!(count[3][0], 1);
    // And others come as before.
    Peer::join(&router).await;
}

/// A task that panics when it is woken.
struct Shaky;

impl Wake for Shaky {
    fn wake(self: Arc<Self>) {
        panic!("on purpose");
    }
}

/// What the end of a panicking connection sets off may panic again: not even that ends the process.
#[tokio::test]
async fn a_panic_on_the_way_out_of_a_panic_is_survived() {
    let router = Router::builder().realm("realm1").build().unwrap();
    let mut doomed = Peer::join(&router).await;
    let realm = router.realms().by_uri.values().next().unwrap().clone();
    let outbox = Arc::new(Outbox::new(
        1 << 20,
        SlowConsumers::default(),
        Who::default(),
    ));
    let key = realm.join(Box::new(newcomer()), Arc::clone(&outbox));
    let frame = Bytes::from_static(br#"[32,1,{},"wamp.session.on_leave"]"#);
    let subscribe = codec::decode(Serializer::Json, &frame).unwrap();
    realm.submit(
        &mut vec![Input::Message(key, subscribe)],
        Arrived::default(),
    );
    let waker = Waker::from(Arc::new(Shaky));
    let mut frames = VecDeque::new();
    outbox.take(&mut frames, &Context::from_waker(&waker));

    doomed.send(r#"[16,2,{},"com.boom"]"#).await;
    assert_eq!(doomed.receive().await, None);
    let mut frames = VecDeque::new();
    outbox.take(&mut frames, &Context::from_waker(Waker::noop()));
    assert_eq!(frames.len(), 1, "the event of its end");
    Peer::join(&router).await;
}
