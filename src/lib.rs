//! WAMP v2 for Rust: a router, a client, and the protocol core that both share.
//!
//! [WAMP](https://wamp-proto.org) connects programs by remote procedure calls and by publish and subscribe, both routed: a
//! caller need not know where a procedure runs, nor a publisher who listens. All it takes is a session with a router.
//!
//! ```
//! use wampkit::client::Invocation;
//! use wampkit::{Client, Router, Serializer};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A router in this process; `Client::builder("ws://127.0.0.1:8080/ws").connect()` reaches any other.
//! let router = Router::builder().realm("realm1").build()?;
//! let session = Client::builder("memory")
//!     .realm("realm1")
//!     .connect_over(router.connect(Serializer::MsgPack))
//!     .await?;
//!
//! let _registration = session
//!     .register("com.math.add", async |invocation: Invocation| {
//!         let (a, b): (i64, i64) = invocation.args()?;
//!         Ok(a + b)
//!     })
//!     .await?;
//!
//! let sum: i64 = session.call("com.math.add").args((2, 3)).await?.value()?;
//! assert_eq!(sum, 5);
//!
//! session.leave().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Events
//!
//! A subscription is a stream; dropping it unsubscribes. A publisher does not get its own events unless it asks to.
//!
//! ```
//! # use wampkit::proto::MatchPolicy;
//! # use wampkit::{Client, Router, Serializer};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let router = Router::builder().realm("realm1").build()?;
//! # let transport = router.connect(Serializer::Json);
//! # let publisher = Client::builder("memory").connect_over(transport).await?;
//! # let transport = router.connect(Serializer::Cbor);
//! # let subscriber = Client::builder("memory").connect_over(transport).await?;
//! let mut orders = subscriber
//!     .subscribe("com.shop.order.")
//!     .match_policy(MatchPolicy::Prefix)
//!     .await?;
//!
//! publisher
//!     .publish("com.shop.order.placed")
//!     .args(("tea", 3))
//!     .acknowledge()
//!     .await?;
//!
//! let order = orders.next().await.ok_or("the session is over")?;
//! let (what, how_many): (String, u32) = order.args()?;
//! assert_eq!(order.topic, "com.shop.order.placed");
//! assert_eq!((&*what, how_many), ("tea", 3));
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! A handler fails with a URI and whatever arguments explain it; the caller gets them as they are.
//!
//! ```
//! # use wampkit::{Client, Router, Serializer};
//! use serde::Serialize;
//! use wampkit::client::{Error, Invocation, WampError};
//!
//! #[derive(Serialize)]
//! struct Charge {
//!     customer: String,
//!     cents: u64,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let router = Router::builder().realm("realm1").build()?;
//! # let transport = router.connect(Serializer::MsgPack);
//! # let session = Client::builder("memory").connect_over(transport).await?;
//! let _registration = session
//!     .register("com.shop.charge", async |_: Invocation| {
//!         Err::<(), _>(
//!             WampError::new("com.shop.error.declined")
//!                 .with("insufficient funds")
//!                 .with_kw("balance", 12),
//!         )
//!     })
//!     .await?;
//!
//! let charge = Charge {
//!     customer: "joe".to_owned(),
//!     cents: 1250,
//! };
//! match session.call("com.shop.charge").kwargs(&charge).await {
//!     Err(Error::Wamp(error)) => {
//!         assert_eq!(error.error, "com.shop.error.declined");
//!         assert_eq!(error.to_string(), "com.shop.error.declined: insufficient funds");
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! Each layer uses only those below it, and the lower six are pure: bytes, time and seeds come in, outputs go out.
//!
//! - [`client`]: connecting, calling, publishing, subscribing, registering.
//! - [`router`]: listeners, connections, realms.
//! - [`secret`]: where secrets come from: a terminal, the environment, a file, another program.
//! - [`transport`]: frames over WebSocket, RawSocket, or memory.
//! - [`session`]: the client's side of a session as a state machine.
//! - [`realm`]: the router's side, broker and dealer, as a state machine.
//! - [`auth`]: authentication, both sides: tickets, WAMP-CRA, SCRAM, cryptosign, TLS certificates.
//! - [`ppt`]: payload passthru mode: arguments wrapped and encrypted from end to end.
//! - [`codec`]: messages from and to bytes, in JSON, MessagePack and CBOR.
//! - [`proto`]: the vocabulary: ids, URIs, values, messages, options, features.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod auth;
pub mod client;
pub mod codec;
pub mod ppt;
pub mod proto;
pub mod realm;
pub mod router;
pub mod secret;
pub mod session;
#[doc(hidden)] // shared with the command line, and of no use to others
pub mod settings;
pub mod transport;

pub use client::{Client, Session};
pub use proto::{Dict, Id, MatchPolicy, Serializer, Uri, Value};
pub use router::{Router, RouterBuilder};

/// The README's example is compiled as one of these.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
