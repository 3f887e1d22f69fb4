//! The options and details of each message, typed.
//!
//! Every field is optional on the wire. What a router or client makes of an absent one is its own business.

use bytestring::ByteString;

use super::dict::dictionary;
use super::message::sentence;
use super::{CancelMode, Dict, Field, Id, InvocationPolicy, MatchPolicy, Roles, Uri, Value};

dictionary! {
    /// `HELLO.Details`.
    pub struct HelloDetails {
        /// The client's roles, each with its features.
        roles: Roles = "roles",
        /// Name and version of the client software.
        agent: ByteString = "agent",
        /// The authentication methods that the client can do, in its order.
        authmethods: Vec<ByteString> = "authmethods",
        /// Who the client wants to be.
        authid: ByteString = "authid",
        /// The role it asks for.
        authrole: ByteString = "authrole",
        /// What its authentication methods need beside.
        authextra: Dict = "authextra",
    }
}

dictionary! {
    /// `WELCOME.Details`.
    pub struct WelcomeDetails {
        /// The router's roles, each with its features.
        roles: Roles = "roles",
        /// Name and version of the router software.
        agent: ByteString = "agent",
        /// The realm joined.
        realm: Uri = "realm",
        /// Who the client is.
        authid: ByteString = "authid",
        /// What it may do, by the name of its role.
        authrole: ByteString = "authrole",
        /// How it proved that.
        authmethod: ByteString = "authmethod",
        /// Who vouches for it.
        authprovider: ByteString = "authprovider",
        /// What the authentication method tells beside.
        authextra: Dict = "authextra",
    }
}

dictionary! {
    /// `GOODBYE.Details` and `ABORT.Details`.
    pub struct GoodbyeDetails {
        /// A sentence for people.
        message: ByteString = "message",
    }
}

impl GoodbyeDetails {
    /// Details with this sentence, shortened if it might not fit into the peer's frames.
    #[must_use]
    pub fn saying(text: impl Into<String>) -> Self {
        Self {
            message: Some(ByteString::from(sentence(text.into()))),
            ..Self::default()
        }
    }
}

dictionary! {
    /// Whom an event may and may not reach: the rare part of [`PublishOptions`].
    ///
    /// Source: Advanced Profile, "Subscriber Black- and Whitelisting".
    pub struct Recipients {
        /// Sessions that do not get the event.
        exclude: Vec<Id> = "exclude",
        /// Authids that do not get the event.
        exclude_authid: Vec<ByteString> = "exclude_authid",
        /// Authroles that do not get the event.
        exclude_authrole: Vec<ByteString> = "exclude_authrole",
        /// The only sessions that get the event.
        eligible: Vec<Id> = "eligible",
        /// The only authids that get the event.
        eligible_authid: Vec<ByteString> = "eligible_authid",
        /// The only authroles that get the event.
        eligible_authrole: Vec<ByteString> = "eligible_authrole",
    }
}

dictionary! {
    /// Attributes that a router hands through beside the payload they describe, and which it does not act on.
    ///
    /// Source: Advanced Profile, "Payload Passthru Mode", "Router-to-Router Links"; the `enc_` keys are the older
    /// dialect of payload transparency.
    pub struct Passthru {
        /// The scheme of the payload: `wamp`, `mqtt`, or `x_…`.
        ppt_scheme: ByteString = "ppt_scheme",
        /// The serializer inside the payload.
        ppt_serializer: ByteString = "ppt_serializer",
        /// The cipher of the payload.
        ppt_cipher: ByteString = "ppt_cipher",
        /// Which key the cipher needs.
        ppt_keyid: ByteString = "ppt_keyid",
        /// Payload transparency: the scheme.
        enc_algo: EncAlgo = "enc_algo",
        /// Payload transparency: the serializer inside the payload.
        enc_serializer: ByteString = "enc_serializer",
        /// Payload transparency: which key the payload needs.
        enc_key: ByteString = "enc_key",
        /// Where the message came through from other routers.
        forward_for: Vec<Dict> = "forward_for",
        /// A transaction that the message belongs to.
        transaction_hash: ByteString = "transaction_hash",
    }
}

dictionary! {
    /// `PUBLISH.Options`.
    pub struct PublishOptions {
        /// Whether the publisher wants PUBLISHED or ERROR in return.
        acknowledge: bool = "acknowledge",
        /// Whether the publisher is left out of the recipients; true unless said otherwise.
        exclude_me: bool = "exclude_me",
        /// Whether subscribers learn who published.
        disclose_me: bool = "disclose_me",
        /// Whether the broker keeps the event for those who come later.
        retain: bool = "retain",
        /// Resource key: which shard of a sharded subscription the event belongs to.
        rkey: Value = "rkey",
        ;
        /// Whom the event may and may not reach.
        recipients: Recipients,
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `SUBSCRIBE.Options`.
    pub struct SubscribeOptions {
        /// How the topic of the subscription matches those published to.
        match_policy: MatchPolicy = "match",
        /// Whether the subscriber wants the event that the broker retained.
        get_retained: bool = "get_retained",
        /// Node key: which shard of a sharded subscription the subscriber serves.
        nkey: Value = "nkey",
        /// Where the message came through from other routers.
        forward_for: Vec<Dict> = "forward_for",
    }
}

dictionary! {
    /// `EVENT.Details`.
    pub struct EventDetails {
        /// The topic published to, where the subscription is by pattern.
        topic: Uri = "topic",
        /// The publisher's session.
        publisher: Id = "publisher",
        /// The publisher's authid.
        publisher_authid: ByteString = "publisher_authid",
        /// The publisher's authrole.
        publisher_authrole: ByteString = "publisher_authrole",
        /// How much the broker trusts the publisher.
        trustlevel: u64 = "trustlevel",
        /// Whether the event was kept by the broker rather than just published.
        retained: bool = "retained",
        /// Whether the subscriber is to acknowledge the event.
        x_acknowledged_delivery: bool = "x_acknowledged_delivery",
        /// How many events the subscriber has missed since it was last told so, because too many were waiting for it. This router's
        /// own.
        events_dropped: u64 = "_events_dropped",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `CALL.Options`.
    pub struct CallOptions {
        /// Milliseconds after which the call is to end; 0 or absent is never.
        timeout: u64 = "timeout",
        /// Whether the caller takes progressive results.
        receive_progress: bool = "receive_progress",
        /// Whether more of the same call follows (progressive call invocation).
        progress: bool = "progress",
        /// Whether the callee learns who called.
        disclose_me: bool = "disclose_me",
        /// How a sharded registration runs the call.
        runmode: ByteString = "runmode",
        /// Resource key: which shard of a sharded registration the call belongs to.
        rkey: Value = "rkey",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `CANCEL.Options`.
    pub struct CancelOptions {
        /// What becomes of the callee's work.
        mode: CancelMode = "mode",
    }
}

dictionary! {
    /// `INTERRUPT.Options`.
    pub struct InterruptOptions {
        /// Whether the callee's answer is still wanted (`kill`) or not (`killnowait`).
        mode: CancelMode = "mode",
        /// Why: an error URI such as `wamp.error.timeout`.
        reason: Uri = "reason",
    }
}

dictionary! {
    /// `RESULT.Details`.
    pub struct ResultDetails {
        /// Whether more results of the same call follow.
        progress: bool = "progress",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `REGISTER.Options`.
    pub struct RegisterOptions {
        /// How the procedure of the registration matches those called.
        match_policy: MatchPolicy = "match",
        /// Which of several callees a call goes to.
        invoke: InvocationPolicy = "invoke",
        /// How many invocations the callee takes at once; 0 or absent is any number.
        concurrency: u64 = "concurrency",
        /// Whether to take the procedure from whoever holds it.
        force_reregister: bool = "force_reregister",
        /// Whether the callee wants to know its callers.
        disclose_caller: bool = "disclose_caller",
        /// Whether the callee sees to call timeouts itself.
        forward_timeout: bool = "forward_timeout",
        /// Where the message came through from other routers.
        forward_for: Vec<Dict> = "forward_for",
    }
}

dictionary! {
    /// `INVOCATION.Details`.
    pub struct InvocationDetails {
        /// The procedure called, where the registration is by pattern.
        procedure: Uri = "procedure",
        /// The caller's session.
        caller: Id = "caller",
        /// The caller's authid.
        caller_authid: ByteString = "caller_authid",
        /// The caller's authrole.
        caller_authrole: ByteString = "caller_authrole",
        /// How much the dealer trusts the caller.
        trustlevel: u64 = "trustlevel",
        /// Milliseconds after which the callee is to give up.
        timeout: u64 = "timeout",
        /// Whether the caller takes progressive results.
        receive_progress: bool = "receive_progress",
        /// Whether more of the same call follows (progressive call invocation).
        progress: bool = "progress",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `YIELD.Options`.
    pub struct YieldOptions {
        /// Whether more results of the same invocation follow.
        progress: bool = "progress",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// `ERROR.Details`.
    pub struct ErrorDetails {
        /// A sentence for people; some routers put it here.
        message: ByteString = "message",
        ;
        /// What is handed through.
        passthru: Passthru,
    }
}

dictionary! {
    /// The details of an UNSUBSCRIBED or UNREGISTERED that the router sent of its own accord.
    ///
    /// Source: Advanced Profile, "Subscription Revocation" and "Registration Revocation".
    pub struct RevocationDetails {
        /// The subscription that has ended.
        subscription: Id = "subscription",
        /// The registration that has ended.
        registration: Id = "registration",
        /// Why: a URI.
        reason: Uri = "reason",
    }
}

/// The scheme of payload transparency, `enc_algo`: `cryptobox`, `mqtt`, `xbr`, or an implementation's own `x_…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncAlgo(ByteString);

impl EncAlgo {
    /// The scheme's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Field for EncAlgo {
    const EXPECTED: &'static str = "one of cryptobox, mqtt, xbr, or a name that begins with x_";

    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Str(name)
                if matches!(&*name, "cryptobox" | "mqtt" | "xbr") || name.starts_with("x_") =>
            {
                Ok(Self(name))
            }
            other => Err(other),
        }
    }

    fn to_value(&self) -> Value {
        Value::Str(self.0.clone())
    }

    fn detach(&self) -> Self {
        Self(Field::detach(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{DictFields, Violation};

    #[test]
    fn known_keys_are_typed_and_unknown_ones_kept() {
        let dict = Dict::new()
            .with("acknowledge", true)
            .with("exclude", vec![1_u64, 2])
            .with("ppt_scheme", "x_mine")
            .with("_mine", 5);
        let options = PublishOptions::from_dict(dict.clone()).unwrap();
        assert_eq!(options.acknowledge, Some(true));
        assert_eq!(
            options
                .recipients
                .as_ref()
                .and_then(|to| to.exclude.as_ref())
                .map(Vec::len),
            Some(2)
        );
        assert_eq!(options.extra, Dict::new().with("_mine", 5));
        assert_eq!(options.to_dict(), dict);
        assert_eq!(options.count(), 4);
    }

    #[test]
    fn null_counts_as_absent_and_floats_as_integers() {
        let dict = Dict::new()
            .with("timeout", 5e9)
            .with("disclose_me", Value::Null)
            .with("ppt_cipher", Value::Null);
        let options = CallOptions::from_dict(dict).unwrap();
        assert_eq!(
            options,
            CallOptions {
                timeout: Some(5_000_000_000),
                ..CallOptions::default()
            }
        );
    }

    #[test]
    fn a_wrong_type_names_the_key() {
        let violation =
            SubscribeOptions::from_dict(Dict::new().with("match", "invalid")).unwrap_err();
        assert_eq!(
            violation,
            Violation::new("match", "one of exact, prefix, wildcard", "\"invalid\"")
        );
        let violation =
            PublishOptions::from_dict(Dict::new().with("exclude", vec!["hello"])).unwrap_err();
        assert_eq!(
            violation.to_string(),
            "exclude: expected a list of ids, found \"hello\""
        );
    }
}
