//! The vocabulary of WAMP: ids, URIs, values, payloads, messages with their typed options and details, roles and
//! features, and the predefined URIs.
//!
//! Plain data and the rules that hold for it. What this module does *not* do: turn messages into bytes or back (that is
//! [`codec`](crate::codec)), keep any state, or touch a socket or a clock.

mod dict;
mod id;
mod message;
mod options;
mod payload;
mod policy;
mod roles;
mod uri;
pub mod uris;
mod value;

pub use dict::{DictFields, Field, Violation};
pub use id::{Id, IdSequence};
pub(crate) use message::sentence;
pub use message::{
    Abort, Authenticate, Call, Cancel, Challenge, Error, Event, EventReceived, Goodbye, Hello,
    Interrupt, Invocation, Message, MessageType, Publish, Published, Register, Registered, Result,
    Subscribe, Subscribed, Unregister, Unregistered, Unsubscribe, Unsubscribed, Welcome, Yield,
};
pub use options::{
    CallOptions, CancelOptions, EncAlgo, ErrorDetails, EventDetails, GoodbyeDetails, HelloDetails,
    InterruptOptions, InvocationDetails, Passthru, PublishOptions, Recipients, RegisterOptions,
    ResultDetails, RevocationDetails, SubscribeOptions, WelcomeDetails, YieldOptions,
};
pub use payload::{Payload, PayloadShape, Serializer, UnknownSerializer};
pub use policy::{CancelMode, InvocationPolicy, MatchPolicy, UnknownPolicy};
pub use roles::{Feature, Features, Role, Roles};
pub use uri::{Uri, UriFault, UriRule};
pub use value::{Dict, Value};
