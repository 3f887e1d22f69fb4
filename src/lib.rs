//! WAMP v2 for Rust: a router, a client, and the protocol core that both share.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod codec;
pub mod proto;
pub mod realm;
pub mod router;
pub mod transport;

pub use proto::{Dict, Id, MatchPolicy, Serializer, Uri, Value};
pub use router::{Router, RouterBuilder};
