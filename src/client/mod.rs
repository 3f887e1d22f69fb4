//! The client: sessions with a router, on tokio.
//!
//! [`Client::builder`] connects and joins a realm; the [`Session`] that comes of it is cheap to clone and does the rest:
//! [`call`](Session::call), [`publish`](Session::publish), [`subscribe`](Session::subscribe) and
//! [`register`](Session::register) each return a builder that is awaited. A call may also be made in steps: its replies are
//! then a [`CallStream`], its arguments go through an [`ArgumentSender`].
//!
//! One task drives each session: it owns the transport and the state machine of [`session`](crate::session). Everything
//! here talks to that task over a channel. What this module does *not* do: reconnect. It tells which ends are final, as
//! [`Closed::is_final`] and [`ConnectError::is_final`], and how long to wait otherwise, as [`Backoff`].

mod arguments;
mod builder;
mod call;
mod command;
mod connection;
mod content;
mod draft;
mod driver;
mod error;
mod event;
mod handle;
mod handler;
mod publish;
mod queue;
mod reconnect;
mod register;
mod reply;
mod stream;
mod subscribe;
mod trace;

pub use arguments::ArgumentSender;
pub use builder::{Client, ClientBuilder};
pub use call::CallBuilder;
pub use error::{CloseReason, Closed, ConnectError, Error, PayloadError, Refused, WampError};
pub use event::Event;
pub use handle::{Session, Timings};
pub use handler::{IntoReply, Invocation};
pub use publish::PublishBuilder;
pub use reconnect::{Backoff, FIRST_PAUSE, GROWTH, LARGEST_PAUSE};
pub use register::{RegisterBuilder, Registration};
pub use reply::Reply;
pub use stream::CallStream;
pub use subscribe::{SubscribeBuilder, Subscription};
pub use trace::{Frame, Trace, Traced};
