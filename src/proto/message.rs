//! The messages: one enum, one struct for each of the 25 types.

use bytestring::ByteString;

use super::{
    CallOptions, CancelOptions, Dict, ErrorDetails, EventDetails, GoodbyeDetails, HelloDetails, Id,
    InterruptOptions, InvocationDetails, Payload, PublishOptions, RegisterOptions, ResultDetails,
    RevocationDetails, SubscribeOptions, Uri, WelcomeDetails, YieldOptions,
};

macro_rules! messages {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $name:literal;)+) => {
        /// A WAMP message.
        ///
        /// Source: Basic Profile, "Messages"; Advanced Profile, "Additional Messages".
        #[derive(Clone, Debug, PartialEq)]
        pub enum Message {
            $($(#[$meta])* $variant($variant),)+
        }

        /// The type of a message.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum MessageType {
            $($(#[$meta])* $variant = $code,)+
        }

        impl MessageType {
            /// All types.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The type with this code.
            #[must_use]
            pub const fn from_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The code on the wire.
            #[must_use]
            pub const fn code(self) -> u16 {
                self as u16
            }

            /// The name in the specification's capitals.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl Message {
            /// The type of the message.
            #[must_use]
            pub const fn kind(&self) -> MessageType {
                match self { $(Self::$variant(_) => MessageType::$variant),+ }
            }
        }

        $(impl From<$variant> for Message {
            fn from(message: $variant) -> Self {
                Self::$variant(message)
            }
        })+
    };
}

messages! {
    /// Client → router: asks to join a realm.
    Hello = 1, "HELLO";
    /// Router → client: the session is open.
    Welcome = 2, "WELCOME";
    /// Either way: the session is refused or ended without an answer.
    Abort = 3, "ABORT";
    /// Router → client: asks for proof.
    Challenge = 4, "CHALLENGE";
    /// Client → router: the proof.
    Authenticate = 5, "AUTHENTICATE";
    /// Either way: closes the session, and is answered with the same.
    Goodbye = 6, "GOODBYE";
    /// Either way: a request failed.
    Error = 8, "ERROR";
    /// Publisher → broker.
    Publish = 16, "PUBLISH";
    /// Broker → publisher: acknowledges a PUBLISH.
    Published = 17, "PUBLISHED";
    /// Subscriber → broker.
    Subscribe = 32, "SUBSCRIBE";
    /// Broker → subscriber: acknowledges a SUBSCRIBE.
    Subscribed = 33, "SUBSCRIBED";
    /// Subscriber → broker.
    Unsubscribe = 34, "UNSUBSCRIBE";
    /// Broker → subscriber: acknowledges an UNSUBSCRIBE, or ends a subscription.
    Unsubscribed = 35, "UNSUBSCRIBED";
    /// Broker → subscriber: what was published.
    Event = 36, "EVENT";
    /// Subscriber → broker: acknowledges an EVENT, where that was agreed (an extension message).
    EventReceived = 337, "EVENT_RECEIVED";
    /// Caller → dealer.
    Call = 48, "CALL";
    /// Caller → dealer: gives a call up.
    Cancel = 49, "CANCEL";
    /// Dealer → caller: what the callee returned.
    Result = 50, "RESULT";
    /// Callee → dealer.
    Register = 64, "REGISTER";
    /// Dealer → callee: acknowledges a REGISTER.
    Registered = 65, "REGISTERED";
    /// Callee → dealer.
    Unregister = 66, "UNREGISTER";
    /// Dealer → callee: acknowledges an UNREGISTER, or ends a registration.
    Unregistered = 67, "UNREGISTERED";
    /// Dealer → callee: a call to answer.
    Invocation = 68, "INVOCATION";
    /// Dealer → callee: a call that was given up.
    Interrupt = 69, "INTERRUPT";
    /// Callee → dealer: the answer to an INVOCATION.
    Yield = 70, "YIELD";
}

impl MessageType {
    /// Whether a request of this type can be answered with an ERROR.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(
            self,
            Self::Publish
                | Self::Subscribe
                | Self::Unsubscribe
                | Self::Call
                | Self::Register
                | Self::Unregister
                | Self::Invocation
        )
    }
}

impl std::fmt::Display for MessageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A sentence for the peer, cut so that the message around it fits into the smallest frame of any transport, which is
/// RawSocket's 512 bytes.
pub(crate) fn sentence(mut text: String) -> String {
    /// In bytes. The worst that JSON does to a text without control characters is to double it.
    const LONGEST: usize = 180;
    if text.len() > LONGEST {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

/// `[HELLO, Realm|uri, Details|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Hello {
    /// The realm to join.
    pub realm: Uri,
    /// Roles, and who asks.
    pub details: HelloDetails,
}

/// `[WELCOME, Session|id, Details|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Welcome {
    /// The session that is now open.
    pub session: Id,
    /// Roles, and who joined.
    pub details: WelcomeDetails,
}

/// `[ABORT, Details|dict, Reason|uri, Arguments|list, ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Abort {
    /// A sentence for people.
    pub details: GoodbyeDetails,
    /// Why.
    pub reason: Uri,
    /// More on why.
    pub payload: Payload,
}

/// `[CHALLENGE, AuthMethod|string, Extra|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// The method to use.
    pub method: ByteString,
    /// What the method needs.
    pub extra: Dict,
}

/// `[AUTHENTICATE, Signature|string, Extra|dict]`
#[derive(Clone, PartialEq)]
pub struct Authenticate {
    /// Signature, ticket or proof.
    pub signature: ByteString,
    /// What the method needs.
    pub extra: Dict,
}

/// The signature may be a ticket: it is never shown.
impl std::fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticate")
            .field("signature", &"…")
            .field("extra", &"…")
            .finish()
    }
}

/// `[GOODBYE, Details|dict, Reason|uri]`
#[derive(Clone, Debug, PartialEq)]
pub struct Goodbye {
    /// A sentence for people.
    pub details: GoodbyeDetails,
    /// Why.
    pub reason: Uri,
}

/// `[ERROR, REQUEST.Type|int, REQUEST.Request|id, Details|dict, Error|uri, Arguments|list, ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// The type of the request that failed.
    pub request_type: MessageType,
    /// The request that failed.
    pub request: Id,
    /// Details.
    pub details: ErrorDetails,
    /// What went wrong.
    pub error: Uri,
    /// More on what went wrong.
    pub payload: Payload,
}

/// `[PUBLISH, Request|id, Options|dict, Topic|uri, Arguments|list, ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Publish {
    /// Names the request.
    pub request: Id,
    /// Options.
    pub options: PublishOptions,
    /// The topic.
    pub topic: Uri,
    /// The event.
    pub payload: Payload,
}

/// `[PUBLISHED, PUBLISH.Request|id, Publication|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// The PUBLISH acknowledged.
    pub request: Id,
    /// The id of the publication.
    pub publication: Id,
}

/// `[SUBSCRIBE, Request|id, Options|dict, Topic|uri]`
#[derive(Clone, Debug, PartialEq)]
pub struct Subscribe {
    /// Names the request.
    pub request: Id,
    /// Options.
    pub options: SubscribeOptions,
    /// The topic or pattern.
    pub topic: Uri,
}

/// `[SUBSCRIBED, SUBSCRIBE.Request|id, Subscription|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subscribed {
    /// The SUBSCRIBE acknowledged.
    pub request: Id,
    /// The subscription.
    pub subscription: Id,
}

/// `[UNSUBSCRIBE, Request|id, SUBSCRIBED.Subscription|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unsubscribe {
    /// Names the request.
    pub request: Id,
    /// The subscription to end.
    pub subscription: Id,
}

/// `[UNSUBSCRIBED, UNSUBSCRIBE.Request|id]`, or `[UNSUBSCRIBED, 0, Details|dict]` when the router ends the subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsubscribed {
    /// The UNSUBSCRIBE acknowledged; `None` (0 on the wire) when there was none.
    pub request: Option<Id>,
    /// Which subscription the router ended, and why; present only then.
    pub details: RevocationDetails,
}

/// `[EVENT, SUBSCRIBED.Subscription|id, PUBLISHED.Publication|id, Details|dict, PUBLISH.Arguments|list,
/// PUBLISH.ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The subscription that it is delivered under.
    pub subscription: Id,
    /// The publication.
    pub publication: Id,
    /// Details.
    pub details: EventDetails,
    /// What was published.
    pub payload: Payload,
}

/// `[EVENT_RECEIVED, EVENT.Publication|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventReceived {
    /// The publication received.
    pub publication: Id,
}

/// `[CALL, Request|id, Options|dict, Procedure|uri, Arguments|list, ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Names the request.
    pub request: Id,
    /// Options.
    pub options: CallOptions,
    /// The procedure.
    pub procedure: Uri,
    /// The arguments.
    pub payload: Payload,
}

/// `[CANCEL, CALL.Request|id, Options|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Cancel {
    /// The CALL to give up.
    pub request: Id,
    /// Options.
    pub options: CancelOptions,
}

/// `[RESULT, CALL.Request|id, Details|dict, YIELD.Arguments|list, YIELD.ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Result {
    /// The CALL answered.
    pub request: Id,
    /// Details.
    pub details: ResultDetails,
    /// What the callee returned.
    pub payload: Payload,
}

/// `[REGISTER, Request|id, Options|dict, Procedure|uri]`
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// Names the request.
    pub request: Id,
    /// Options.
    pub options: RegisterOptions,
    /// The procedure or pattern.
    pub procedure: Uri,
}

/// `[REGISTERED, REGISTER.Request|id, Registration|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Registered {
    /// The REGISTER acknowledged.
    pub request: Id,
    /// The registration.
    pub registration: Id,
}

/// `[UNREGISTER, Request|id, REGISTERED.Registration|id]`
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unregister {
    /// Names the request.
    pub request: Id,
    /// The registration to end.
    pub registration: Id,
}

/// `[UNREGISTERED, UNREGISTER.Request|id]`, or `[UNREGISTERED, 0, Details|dict]` when the router ends the registration.
#[derive(Clone, Debug, PartialEq)]
pub struct Unregistered {
    /// The UNREGISTER acknowledged; `None` (0 on the wire) when there was none.
    pub request: Option<Id>,
    /// Which registration the router ended, and why; present only then.
    pub details: RevocationDetails,
}

/// `[INVOCATION, Request|id, REGISTERED.Registration|id, Details|dict, CALL.Arguments|list, CALL.ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Names the request, in the dealer's count for this callee.
    pub request: Id,
    /// The registration called.
    pub registration: Id,
    /// Details.
    pub details: InvocationDetails,
    /// The arguments.
    pub payload: Payload,
}

/// `[INTERRUPT, INVOCATION.Request|id, Options|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Interrupt {
    /// The INVOCATION given up.
    pub request: Id,
    /// Options.
    pub options: InterruptOptions,
}

/// `[YIELD, INVOCATION.Request|id, Options|dict, Arguments|list, ArgumentsKw|dict]`
#[derive(Clone, Debug, PartialEq)]
pub struct Yield {
    /// The INVOCATION answered.
    pub request: Id,
    /// Options.
    pub options: YieldOptions,
    /// The result.
    pub payload: Payload,
}

impl Call {
    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self {
            request: self.request,
            options: self.options.detach(),
            procedure: self.procedure.detach(),
            payload: self.payload.detach(),
        }
    }
}
