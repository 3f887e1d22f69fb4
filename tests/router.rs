//! The router as a whole: real sockets on loopback, many sessions, peers that misbehave.

#[path = "router/authenticators.rs"]
mod authenticators;
#[path = "router/authorizer.rs"]
mod authorizer;
#[path = "router/faults.rs"]
mod faults;
#[path = "router/handshake.rs"]
mod handshake;
#[path = "router/heartbeat.rs"]
mod heartbeat;
#[path = "router/history.rs"]
mod history;
#[path = "router/limits.rs"]
mod limits;
#[path = "router/load.rs"]
mod load;
#[path = "router/login.rs"]
mod login;
#[path = "router/metrics.rs"]
mod metrics;
#[path = "router/policies.rs"]
mod policies;
#[path = "router/reload.rs"]
mod reload;
#[path = "router/shutdown.rs"]
mod shutdown;
#[path = "router/slow.rs"]
mod slow;
#[path = "router/timeouts.rs"]
mod timeouts;
#[path = "router/trusted.rs"]
mod trusted;

use std::time::Duration;

use bytes::Bytes;
use wampkit::transport::{ConnectOptions, Endpoint, Transport, connect};
use wampkit::{Client, Router, RouterBuilder, Serializer, Session};

/// A router on a loopback port of the system's choice.
struct Fixture {
    router: Router,
    websocket: Endpoint,
}

impl Fixture {
    async fn start() -> Self {
        Self::with(Router::builder().realm("realm1")).await
    }

    async fn with(builder: RouterBuilder) -> Self {
        let router = builder.build().unwrap();
        let endpoint = "ws://127.0.0.1:0/ws".parse().unwrap();
        let websocket = router.listen(&endpoint).await.unwrap();
        Self { router, websocket }
    }

    /// The same port, as RawSocket.
    fn rawsocket(&self) -> String {
        let url = self.websocket.to_string();
        url.replace("ws://", "rs://")
            .trim_end_matches("/ws")
            .to_owned()
    }

    /// A session by one of the six ways in, chosen by number.
    async fn session(&self, way: usize) -> Session {
        let url = if way.is_multiple_of(2) {
            self.websocket.to_string()
        } else {
            self.rawsocket()
        };
        let serializer = Serializer::ALL[way / 2 % 3];
        Client::builder(url)
            .realm("realm1")
            .serializers([serializer])
            .connect()
            .await
            .unwrap()
    }

    /// A bare RawSocket connection in JSON, to say what no client of ours would say.
    async fn raw(&self) -> Raw {
        self.raw_by("rs").await
    }

    /// The same by WebSocket (`ws`) or RawSocket (`rs`).
    async fn raw_by(&self, way: &str) -> Raw {
        let endpoint = match way {
            "ws" => self.websocket.clone(),
            _ => self.rawsocket().parse().unwrap(),
        };
        Raw(
            connect(&endpoint, &[Serializer::Json], &ConnectOptions::default())
                .await
                .unwrap(),
        )
    }
}

/// A connection that is spoken to in JSON by hand.
struct Raw(Box<dyn Transport>);

impl Raw {
    async fn send(&mut self, message: &str) {
        self.0
            .send(Bytes::copy_from_slice(message.as_bytes()))
            .await
            .unwrap();
    }

    /// The next message; `None` when the router has closed.
    async fn receive(&mut self) -> Option<serde_json::Value> {
        let frame = within(self.0.receive()).await?.unwrap();
        Some(serde_json::from_slice(&frame).unwrap())
    }

    async fn hello(&mut self) -> u64 {
        self.send(
            r#"[1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{}}}]"#,
        )
        .await;
        let welcome = self.receive().await.unwrap();
        assert_eq!(welcome[0], 2, "{welcome}");
        welcome[1].as_u64().unwrap()
    }

    /// What the router says before it closes: an ABORT of this reason. Answers its message.
    async fn aborted(&mut self, reason: &str) -> String {
        let abort = self.receive().await.unwrap();
        assert_eq!(
            (&abort[0], &abort[2]),
            (&3.into(), &reason.into()),
            "{abort}"
        );
        assert_eq!(
            self.receive().await,
            None,
            "the transport closes after ABORT"
        );
        abort[1]["message"].as_str().unwrap().to_owned()
    }
}

/// Bounds what would otherwise hang a failing test.
async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future)
        .await
        .expect("nothing came within two minutes")
}
