//! Looking on at what goes over the connection of a session.
//!
//! A [`Trace`] sees each message as a [`Frame`], which shows it without its secrets. What this module does *not* do: print, keep,
//! or measure time; whoever looks on does that.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use bytestring::ByteString;

use crate::codec::{self, DecodeError};
use crate::proto::{Dict, MessageType, Serializer, Value};
use crate::transport::{CloseCode, Farewell, Transport, TransportError};

/// Looks on at sessions: see [`ClientBuilder::trace`](super::ClientBuilder::trace).
///
/// ```no_run
/// use std::sync::Arc;
/// use wampkit::client::{Client, Trace, Traced};
///
/// #[derive(Debug)]
/// struct Sizes;
///
/// impl Trace for Sizes {
///     fn traced(&self, traced: Traced<'_>) {
///         if let Traced::Sent(frame) = traced {
///             println!("{} bytes", frame.len());
///         }
///     }
/// }
///
/// let builder = Client::builder("ws://127.0.0.1:8080/ws").trace(Arc::new(Sizes));
/// ```
pub trait Trace: Debug + Send + Sync {
    /// Something went over the connection. It is called by the task that drives the session, which goes on when it returns.
    fn traced(&self, traced: Traced<'_>);
}

/// What a [`Trace`] sees.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Traced<'a> {
    /// The transport has gone through its handshake, and HELLO comes next.
    Connected(&'a dyn Transport),
    /// A message goes to the router: it was handed to the transport.
    Sent(Frame<'a>),
    /// A message came from the router.
    Received(Frame<'a>),
    /// A silent router is asked whether it is still there.
    Pinged,
    /// It is: something came in, be it the answer or anything else.
    Answered,
    /// This side closes the connection.
    Closing(CloseCode),
    /// The connection is closed, in good order. With the reason that the router gave.
    Closed(Option<&'a Farewell>),
    /// The connection broke.
    Failed(&'a TransportError),
}

/// One message as it goes over the connection. It is shown with its secrets left out: see [`Frame::value`].
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    serializer: Serializer,
    bytes: &'a Bytes,
}

/// The bytes are not shown: they have the secrets.
impl Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({}, {} bytes)", self.serializer, self.bytes.len())
    }
}

impl Frame<'_> {
    /// How long it is, in bytes, without what the transport puts around it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it has no bytes, and so is no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What it is written in.
    #[must_use]
    pub const fn serializer(&self) -> Serializer {
        self.serializer
    }

    /// The message, which is a list: its type's code and then its elements.
    ///
    /// Secrets are replaced by `…`: what proves who somebody is in AUTHENTICATE, what HELLO and AUTHENTICATE say beside unless
    /// it is known to be public, and in any message the values of the keys `ticket`, `password`, `secret`, `token` and the like.
    ///
    /// # Errors
    /// That it is no message, or has a value that [`Value`] does not have.
    pub fn value(&self) -> Result<Value, DecodeError> {
        let value = codec::value_from_bytes(self.serializer, self.bytes)?;
        let Value::List(mut elements) = value else {
            return Ok(without_secrets(value));
        };
        let kind = elements
            .first()
            .and_then(Value::as_u64)
            .and_then(MessageType::from_code);
        for element in &mut elements {
            *element = without_secrets(std::mem::take(element));
        }
        match kind {
            Some(MessageType::Authenticate) => {
                for element in elements.iter_mut().skip(1) {
                    *element = match std::mem::take(element) {
                        Value::Dict(extra) => public(extra).into(),
                        _ => HIDDEN.into(),
                    };
                }
            }
            Some(MessageType::Hello) => {
                if let Some(Value::Dict(details)) = elements.get_mut(2) {
                    let entries = std::mem::take(details).into_iter();
                    *details = entries
                        .map(|(key, value)| match value {
                            Value::Dict(extra) if key == "authextra" => (key, public(extra).into()),
                            other => (key, other),
                        })
                        .collect();
                }
            }
            _ => {}
        }
        Ok(Value::List(elements))
    }
}

/// Without the values of keys that stand for secrets, however deep.
fn without_secrets(value: Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(without_secrets).collect()),
        Value::Dict(dict) => Value::Dict(
            dict.into_iter()
                .map(|(key, value)| {
                    let value = if is_secret(&key) {
                        HIDDEN.into()
                    } else {
                        without_secrets(value)
                    };
                    (key, value)
                })
                .collect(),
        ),
        plain => plain,
    }
}

/// With the values of those keys only that are known to be public.
fn public(extra: Dict) -> Dict {
    let shown = |(key, value): (ByteString, Value)| {
        let is_public = PUBLIC.contains(&&*key);
        (key, if is_public { value } else { HIDDEN.into() })
    };
    extra.into_iter().map(shown).collect()
}

fn is_secret(key: &str) -> bool {
    let letters = key.chars().filter(|it| !matches!(it, '_' | '-' | '.'));
    let key = letters.collect::<String>().to_ascii_lowercase();
    SECRET.iter().any(|secret| key.contains(secret))
}

/// What stands in place of a secret.
const HIDDEN: &str = "…";

/// The keys of what authentication methods tell in the open.
const PUBLIC: [&str; 7] = [
    "pubkey",
    "nonce",
    "challenge",
    "channel_binding",
    "cbind_data",
    "trustroot",
    "certificates",
];

/// What the keys of secrets have in them: those of dynamic authenticators, and those that applications choose.
const SECRET: [&str; 11] = [
    "ticket",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "signature",
    "cookie",
    "privatekey",
    "apikey",
    "authorization",
];

/// Who looks on at one connection, and what was told already.
pub(super) struct Tap {
    trace: Arc<dyn Trace>,
    /// How much had come in when the router was asked whether it is there, while it has not answered.
    asked: Option<u64>,
    /// Whether the heartbeat waited for an answer when it was last looked at.
    awaits_answer: bool,
    closing: bool,
    closed: bool,
}

impl Tap {
    pub(super) const fn new(trace: Arc<dyn Trace>) -> Self {
        Self {
            trace,
            asked: None,
            awaits_answer: false,
            closing: false,
            closed: false,
        }
    }

    pub(super) fn tell(&self, traced: Traced<'_>) {
        self.trace.traced(traced);
    }

    pub(super) fn sent(&self, bytes: &Bytes, serializer: Serializer) {
        self.tell(Traced::Sent(Frame { serializer, bytes }));
    }

    /// What the transport says when it is asked for a frame.
    pub(super) fn received(
        &mut self,
        outcome: &Poll<Option<Result<Bytes, TransportError>>>,
        transport: &dyn Transport,
    ) {
        if self.asked.is_some_and(|then| transport.received() != then) {
            self.asked = None;
            self.tell(Traced::Answered);
        }
        let serializer = transport.serializer();
        match outcome {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(bytes))) => {
                self.tell(Traced::Received(Frame { serializer, bytes }));
            }
            Poll::Ready(Some(Err(error))) => self.tell(Traced::Failed(error)),
            Poll::Ready(None) => self.closed(transport),
        }
    }

    /// The heartbeat was looked at: whether it waits for an answer, and how much has come in so far.
    pub(super) fn beat(&mut self, awaits_answer: bool, received: u64) {
        if awaits_answer && !self.awaits_answer {
            self.asked = Some(received);
            self.tell(Traced::Pinged);
        }
        self.awaits_answer = awaits_answer;
    }

    pub(super) fn closing(&mut self, code: CloseCode) {
        if !self.closing && !self.closed {
            self.closing = true;
            self.tell(Traced::Closing(code));
        }
    }

    pub(super) fn closed(&mut self, transport: &dyn Transport) {
        if !self.closed {
            self.closed = true;
            self.tell(Traced::Closed(transport.farewell()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: Value) -> Value {
        for serializer in Serializer::ALL {
            let bytes = codec::value_to_bytes(serializer, &message).unwrap();
            let frame = Frame {
                serializer,
                bytes: &bytes,
            };
            assert_eq!(frame.len(), bytes.len());
            assert!(!format!("{frame:?}").contains("pencil"));
            if serializer == Serializer::MsgPack {
                return frame.value().unwrap();
            }
            frame.value().unwrap();
        }
        unreachable!("one of them is MessagePack")
    }

    fn list<const N: usize>(items: [Value; N]) -> Value {
        Value::List(items.into())
    }

    #[test]
    fn what_proves_somebody_is_left_out() {
        let extra = Dict::new()
            .with("nonce", "abc")
            .with("channel_binding", Value::Null)
            .with("proof", "pencil");
        assert_eq!(
            shown(list([5.into(), "pencil".into(), extra.into()])),
            list([
                5.into(),
                "…".into(),
                Dict::new()
                    .with("nonce", "abc")
                    .with("channel_binding", Value::Null)
                    .with("proof", "…")
                    .into()
            ])
        );
        let extra = Dict::new().with("pubkey", "abc").with("pin", "pencil");
        let details = Dict::new().with("authid", "joe").with("authextra", extra);
        let public = Dict::new().with("pubkey", "abc").with("pin", "…");
        assert_eq!(
            shown(list([1.into(), "realm1".into(), details.into()])),
            list([
                1.into(),
                "realm1".into(),
                Dict::new()
                    .with("authid", "joe")
                    .with("authextra", public)
                    .into()
            ])
        );
    }

    /// As a dynamic authenticator gets it.
    #[test]
    fn secrets_are_left_out_of_payloads_however_deep() {
        let details = Dict::new().with("Ticket", "pencil").with("transport", 1);
        let args = list(["realm1".into(), "joe".into(), details.into()]);
        let hidden = Dict::new().with("Ticket", "…").with("transport", 1);
        let call = |args| list([68.into(), 1.into(), 2.into(), Dict::new().into(), args]);
        assert_eq!(
            shown(call(args)),
            call(list(["realm1".into(), "joe".into(), hidden.into()]))
        );
    }

    #[test]
    fn what_is_no_list_is_shown_as_it_is() {
        assert_eq!(shown(5.into()), Value::from(5));
        assert_eq!(shown(list([])), list([]));
        let garbage = Bytes::from_static(b"\xc1");
        let frame = Frame {
            serializer: Serializer::MsgPack,
            bytes: &garbage,
        };
        frame.value().unwrap_err();
    }
}
