//! A bare connection in any of the six ways, to say what no client of ours would say.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::time::sleep;
use wampkit::Serializer;
use wampkit::codec::{value_from_bytes, value_to_bytes};
use wampkit::transport::{ConnectError, ConnectOptions, Endpoint, Transport, connect};

use crate::{rawsocket, within};

/// The number of ways in: two transports, three serializers.
pub(crate) const WAYS: usize = 6;

/// A connection that is spoken to in JSON whatever it speaks itself.
pub(crate) struct Peer(pub(crate) Box<dyn Transport>);

impl Peer {
    /// A connection to a router, in a way by number.
    pub(crate) async fn connect(url: &str, way: usize) -> Self {
        Self::try_connect(url, way).await.unwrap()
    }

    /// The same, which the router may refuse.
    pub(crate) async fn try_connect(url: &str, way: usize) -> Result<Self, ConnectError> {
        let url = if way.is_multiple_of(2) {
            url.to_owned()
        } else {
            rawsocket(url)
        };
        let endpoint: Endpoint = url.parse().unwrap();
        let serializer = Serializer::ALL[way / 2 % 3];
        let options = ConnectOptions::default();
        let transport = within(connect(&endpoint, &[serializer], &options)).await?;
        Ok(Self(transport))
    }

    /// The same with a router that may be full, which says so, but not when there is a place again.
    pub(crate) async fn connect_in_time(url: &str, way: usize) -> Self {
        within(async {
            loop {
                match Self::try_connect(url, way).await {
                    Ok(peer) => return peer,
                    Err(_) => sleep(Duration::from_millis(20)).await,
                }
            }
        })
        .await
    }

    /// A connection with a session in `realm1` that can do everything. Answers its id as well.
    pub(crate) async fn join(url: &str, way: usize) -> (Self, u64) {
        let mut peer = Self::connect(url, way).await;
        let session = peer.hello().await;
        (peer, session)
    }

    /// Says HELLO, and answers the session's id.
    pub(crate) async fn hello(&mut self) -> u64 {
        self.send(HELLO).await;
        let welcome = self.receive().await.expect("WELCOME");
        assert_eq!(welcome[0], 2, "{welcome}");
        welcome[1].as_u64().unwrap()
    }

    /// Sends a message; the router may have closed meanwhile.
    pub(crate) async fn send(&mut self, json: &str) {
        let frame = self.frame(json);
        let _ = within(self.0.send(frame)).await;
    }

    /// Sends a frame and reads meanwhile what comes, as a client does whose router waits for it to read. The frames that came are
    /// appended to `inbox`; answers whether the connection is still there.
    pub(crate) async fn exchange(&mut self, frame: Bytes, inbox: &mut Vec<Bytes>) -> bool {
        let transport = &mut self.0;
        if transport.feed(frame).is_err() {
            return false;
        }
        within(poll_fn(|cx| {
            loop {
                match transport.poll_receive(cx) {
                    Poll::Ready(Some(Ok(frame))) => inbox.push(frame),
                    Poll::Ready(_) => return Poll::Ready(false),
                    Poll::Pending => break,
                }
            }
            transport.poll_flush(cx).map(|flushed| flushed.is_ok())
        }))
        .await
    }

    /// A message as the connection has it.
    pub(crate) fn frame(&self, json: &str) -> Bytes {
        let json = Bytes::copy_from_slice(json.as_bytes());
        let value = value_from_bytes(Serializer::Json, &json).unwrap();
        value_to_bytes(self.0.serializer(), &value).unwrap()
    }

    /// The next message; `None` when the router has closed.
    pub(crate) async fn receive(&mut self) -> Option<Value> {
        let frame = within(self.0.receive()).await?.ok()?;
        Some(self.read(&frame))
    }

    /// A frame as JSON.
    pub(crate) fn read(&self, frame: &Bytes) -> Value {
        let value = value_from_bytes(self.0.serializer(), frame).unwrap();
        let json = value_to_bytes(Serializer::Json, &value).unwrap();
        serde_json::from_slice(&json).unwrap()
    }
}

/// What opens a session that can do everything.
pub(crate) const HELLO: &str = r#"[1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{"features":{"call_canceling":true,"progressive_call_results":true,"progressive_call_invocations":true}},"callee":{"features":{"call_canceling":true,"progressive_call_results":true,"progressive_call_invocations":true}}}}]"#;

/// The request of WebSocket's handshake, for JSON.
pub(crate) const UPGRADE: &[u8] = b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n";
