//! Messages out of bytes: the header is read, the payload skimmed.

use bytes::Bytes;
use bytestring::ByteString;

use crate::proto::{
    Abort, Authenticate, Call, CallOptions, Cancel, Challenge, Dict, DictFields, Error,
    ErrorDetails, Event, EventDetails, EventReceived, Field, Goodbye, Hello, Id, Interrupt,
    Invocation, InvocationDetails, Message, MessageType, Passthru, Payload, PayloadShape, Publish,
    PublishOptions, Published, Register, Registered, Result as CallResult, ResultDetails,
    Subscribe, Subscribed, Unregister, Unregistered, Unsubscribe, Unsubscribed, Uri, Violation,
    Welcome, Yield, YieldOptions,
};

use super::bounds::{Excess, MessageLimits, Recourse, Stage};
use super::error::{DecodeError, Fault, Malformed};
use super::token::{Source, Token};
use super::value::{NoValue, check_room, read_value, share_text};

/// Reads one message from one whole frame.
///
/// # Errors
/// The reason why it is none. How far reading has come by then is noted in `stage`, once that is known.
pub(super) fn read<'f, S: Source<'f>>(
    frame: &'f Bytes,
    limits: &'f MessageLimits,
    stage: &mut Option<Stage>,
) -> Result<Message, DecodeError> {
    let mut header = Header::<S>::open(frame, limits)?;
    let message = header.message();
    if message.is_ok() {
        header.close()?;
    } else {
        *stage = Some(header.stage);
    }
    message
}

/// The elements of a message, read one after the other.
struct Header<'f, S> {
    frame: &'f Bytes,
    source: S,
    limits: &'f MessageLimits,
    kind: MessageType,
    stage: Stage,
    /// How many elements have been read.
    elements: usize,
    /// Whether the end of the message has been read.
    ended: bool,
}

impl<'f, S: Source<'f>> Header<'f, S> {
    /// Reads up to the type of the message.
    fn open(frame: &'f Bytes, limits: &'f MessageLimits) -> Result<Self, DecodeError> {
        let malformed = |malformed: Malformed| malformed.decoding(S::SERIALIZER);
        if u32::try_from(frame.len()).is_err() {
            return Err(malformed(Malformed::new(frame.len(), Fault::TooLong)));
        }
        // The message is itself a list.
        let mut source = S::open(frame, limits.depth + 1).map_err(malformed)?;
        let token = source.next().map_err(malformed)?;
        if !matches!(token, Token::List(_)) {
            let found = token.describe();
            return Err(DecodeError::NotAList { found });
        }
        let token = source.next().map_err(malformed)?;
        let Some(code) = token.as_u64() else {
            let found = token.describe();
            return Err(DecodeError::NoType { found });
        };
        let kind = MessageType::from_code(code).ok_or(DecodeError::UnknownType(code))?;
        source.nesting().set_room(limits.options);
        Ok(Self {
            frame,
            source,
            limits,
            kind,
            stage: Stage {
                message: kind,
                recourse: Recourse::Abort,
                in_payload: false,
            },
            elements: 1,
            ended: false,
        })
    }

    /// The message, by its type. The elements stand in the fields' order.
    fn message(&mut self) -> Result<Message, DecodeError> {
        Ok(match self.kind {
            MessageType::Hello => Message::Hello(Hello {
                realm: self.uri("Realm")?,
                details: self.fields("Details")?,
            }),
            MessageType::Welcome => Message::Welcome(Welcome {
                session: self.id("Session")?,
                details: self.fields("Details")?,
            }),
            MessageType::Abort => Message::Abort(Abort {
                details: self.fields("Details")?,
                reason: self.uri("Reason")?,
                payload: self.payload(None)?,
            }),
            MessageType::Challenge => Message::Challenge(Challenge {
                method: self.text("AuthMethod")?,
                extra: self.fields("Extra")?,
            }),
            MessageType::Authenticate => Message::Authenticate(Authenticate {
                signature: self.text("Signature")?,
                extra: self.fields("Extra")?,
            }),
            MessageType::Goodbye => Message::Goodbye(Goodbye {
                details: self.fields("Details")?,
                reason: self.uri("Reason")?,
            }),
            MessageType::Error => {
                let request_type = self.request_type()?;
                let request = self.id("REQUEST.Request")?;
                let details: ErrorDetails = self.fields("Details")?;
                Message::Error(Error {
                    request_type,
                    request,
                    error: self.uri("Error")?,
                    payload: self.payload(details.passthru.as_deref())?,
                    details,
                })
            }
            MessageType::Publish => {
                let request = self.id("Request")?;
                let options: PublishOptions = self.fields("Options")?;
                self.stage.recourse = if options.acknowledge == Some(true) {
                    let more = false;
                    Recourse::Error { request, more }
                } else {
                    Recourse::Nothing
                };
                Message::Publish(Publish {
                    request,
                    topic: self.name("Topic")?,
                    payload: self.payload(options.passthru.as_deref())?,
                    options,
                })
            }
            MessageType::Published => Message::Published(Published {
                request: self.id("PUBLISH.Request")?,
                publication: self.id("Publication")?,
            }),
            MessageType::Subscribe => Message::Subscribe(Subscribe {
                request: self.request()?,
                options: self.fields("Options")?,
                topic: self.name("Topic")?,
            }),
            MessageType::Subscribed => Message::Subscribed(Subscribed {
                request: self.id("SUBSCRIBE.Request")?,
                subscription: self.id("Subscription")?,
            }),
            MessageType::Unsubscribe => Message::Unsubscribe(Unsubscribe {
                request: self.id("Request")?,
                subscription: self.id("SUBSCRIBED.Subscription")?,
            }),
            MessageType::Unsubscribed => {
                let request = self.id_or_zero("UNSUBSCRIBE.Request")?;
                Message::Unsubscribed(Unsubscribed {
                    request,
                    details: self.revocation(request)?,
                })
            }
            MessageType::Event => {
                let subscription = self.id("SUBSCRIBED.Subscription")?;
                let publication = self.id("PUBLISHED.Publication")?;
                let details: EventDetails = self.fields("Details")?;
                Message::Event(Event {
                    subscription,
                    publication,
                    payload: self.payload(details.passthru.as_deref())?,
                    details,
                })
            }
            MessageType::EventReceived => Message::EventReceived(EventReceived {
                publication: self.id("EVENT.Publication")?,
            }),
            MessageType::Call => {
                let request = self.request()?;
                let options: CallOptions = self.fields("Options")?;
                let more = options.progress == Some(true);
                self.stage.recourse = Recourse::Error { request, more };
                Message::Call(Call {
                    request,
                    procedure: self.name("Procedure")?,
                    payload: self.payload(options.passthru.as_deref())?,
                    options,
                })
            }
            MessageType::Cancel => Message::Cancel(Cancel {
                request: self.id("CALL.Request")?,
                options: self.fields("Options")?,
            }),
            MessageType::Result => {
                let request = self.id("CALL.Request")?;
                let details: ResultDetails = self.fields("Details")?;
                Message::Result(CallResult {
                    request,
                    payload: self.payload(details.passthru.as_deref())?,
                    details,
                })
            }
            MessageType::Register => Message::Register(Register {
                request: self.request()?,
                options: self.fields("Options")?,
                procedure: self.name("Procedure")?,
            }),
            MessageType::Registered => Message::Registered(Registered {
                request: self.id("REGISTER.Request")?,
                registration: self.id("Registration")?,
            }),
            MessageType::Unregister => Message::Unregister(Unregister {
                request: self.id("Request")?,
                registration: self.id("REGISTERED.Registration")?,
            }),
            MessageType::Unregistered => {
                let request = self.id_or_zero("UNREGISTER.Request")?;
                Message::Unregistered(Unregistered {
                    request,
                    details: self.revocation(request)?,
                })
            }
            MessageType::Invocation => {
                let request = self.id("Request")?;
                let registration = self.id("REGISTERED.Registration")?;
                let details: InvocationDetails = self.fields("Details")?;
                Message::Invocation(Invocation {
                    request,
                    registration,
                    payload: self.payload(details.passthru.as_deref())?,
                    details,
                })
            }
            MessageType::Interrupt => Message::Interrupt(Interrupt {
                request: self.id("INVOCATION.Request")?,
                options: self.fields("Options")?,
            }),
            MessageType::Yield => {
                let request = self.id("INVOCATION.Request")?;
                let options: YieldOptions = self.fields("Options")?;
                Message::Yield(Yield {
                    request,
                    payload: self.payload(options.passthru.as_deref())?,
                    options,
                })
            }
        })
    }

    /// Checks that the message and the frame end here.
    fn close(&mut self) -> Result<(), DecodeError> {
        if self.optional()?.is_some() {
            return Err(DecodeError::TooMany {
                message: self.kind,
                most: self.elements - 1,
            });
        }
        let finished = self.source.finish();
        finished.map_err(|malformed| malformed.decoding(S::SERIALIZER))
    }

    /// The first token of the next element, `None` at the end of the message.
    fn optional(&mut self) -> Result<Option<Token<'f>>, DecodeError> {
        if self.ended {
            return Ok(None);
        }
        let token = self.source.next();
        match token.map_err(|malformed| malformed.decoding(S::SERIALIZER))? {
            Token::EndList => {
                self.ended = true;
                Ok(None)
            }
            token => {
                self.elements += 1;
                Ok(Some(token))
            }
        }
    }

    /// The first token of an element that must be there.
    fn element(&mut self, element: &'static str) -> Result<Token<'f>, DecodeError> {
        let message = self.kind;
        self.optional()?
            .ok_or(DecodeError::Missing { message, element })
    }

    fn violation(
        &self,
        place: impl Into<String>,
        expected: &'static str,
        found: String,
    ) -> DecodeError {
        DecodeError::Violation {
            message: self.kind,
            violation: Violation::new(place, expected, found),
        }
    }

    fn id(&mut self, name: &'static str) -> Result<Id, DecodeError> {
        let token = self.element(name)?;
        let id = token.as_u64().and_then(Id::new);
        id.ok_or_else(|| self.violation(name, Id::EXPECTED, token.describe()))
    }

    /// The id of a request that can be answered with ERROR, whatever is wrong with the rest of it.
    fn request(&mut self) -> Result<Id, DecodeError> {
        let request = self.id("Request")?;
        let more = false;
        self.stage.recourse = Recourse::Error { request, more };
        Ok(request)
    }

    /// The request that is answered, `None` for the 0 that stands for none.
    fn id_or_zero(&mut self, name: &'static str) -> Result<Option<Id>, DecodeError> {
        let token = self.element(name)?;
        match token.as_u64() {
            Some(0) => Ok(None),
            Some(number) if Id::new(number).is_some() => Ok(Id::new(number)),
            _ => Err(self.violation(name, "0 or an id from 1 to 2^53", token.describe())),
        }
    }

    fn request_type(&mut self) -> Result<MessageType, DecodeError> {
        let name = "REQUEST.Type";
        let token = self.element(name)?;
        let kind = token.as_u64().and_then(MessageType::from_code);
        kind.filter(|kind| kind.is_request())
            .ok_or_else(|| self.violation(name, "the type of a request", token.describe()))
    }

    fn text(&mut self, name: &'static str) -> Result<ByteString, DecodeError> {
        self.string(name, ByteString::EXPECTED)
    }

    fn uri(&mut self, name: &'static str) -> Result<Uri, DecodeError> {
        self.string(name, Uri::EXPECTED).map(Uri::from)
    }

    fn string(
        &mut self,
        name: &'static str,
        expected: &'static str,
    ) -> Result<ByteString, DecodeError> {
        match self.element(name)? {
            // Which has no form as text in JSON, so that nobody could be told of it.
            Token::Str(text) if text.to_binary().is_some() => {
                Err(self.violation(name, expected, "binary".to_owned()))
            }
            Token::Str(text) => Ok(share_text(text, self.frame)),
            other => Err(self.violation(name, expected, other.describe())),
        }
    }

    /// The topic or procedure of a request.
    fn name(&mut self, name: &'static str) -> Result<Uri, DecodeError> {
        let uri = self.uri(name)?;
        if uri.len() > self.limits.uri {
            return Err(self.stage.excess(Excess::Uri(self.limits.uri)));
        }
        Ok(uri)
    }

    /// Options or details.
    fn fields<F: DictFields>(&mut self, name: &'static str) -> Result<F, DecodeError> {
        let token = self.element(name)?;
        self.fields_in(name, token)
    }

    /// The details of an answer that answers no request; of an answer to one there are none, or they say nothing.
    fn revocation<F: DictFields>(&mut self, request: Option<Id>) -> Result<F, DecodeError> {
        let name = "Details";
        match (self.optional()?, request) {
            (Some(token), _) => self.fields_in(name, token),
            (None, Some(_)) => Ok(F::default()),
            (None, None) => Err(DecodeError::Missing {
                message: self.kind,
                element: name,
            }),
        }
    }

    fn fields_in<F: DictFields>(
        &mut self,
        name: &'static str,
        token: Token<'f>,
    ) -> Result<F, DecodeError> {
        let Token::Dict(length) = token else {
            return Err(self.violation(name, Dict::EXPECTED, token.describe()));
        };
        let malformed = |malformed: Malformed| malformed.decoding(S::SERIALIZER);
        let mut fields = F::default();
        let mut count = 0;
        while let Token::Key(key) = self.source.next().map_err(malformed)? {
            check_room(&mut self.source, length, count).map_err(malformed)?;
            count += 1;
            let key = share_text(key, self.frame);
            let value = match read_value(&mut self.source, self.frame) {
                Ok(value) => value,
                Err(NoValue::Malformed(error)) => return Err(malformed(error)),
                Err(NoValue::Unportable(value)) => {
                    let expected = "a value that every serializer has";
                    return Err(self.violation(&*key, expected, value.to_string()));
                }
            };
            let message = self.kind;
            fields
                .set(key, value)
                .map_err(|violation| DecodeError::Violation { message, violation })?;
        }
        Ok(fields)
    }

    /// `Arguments` and `ArgumentsKw`, or the opaque string or binary that may stand in their place where `passthru` says
    /// how to read it. Both are optional.
    fn payload(&mut self, passthru: Option<&Passthru>) -> Result<Payload, DecodeError> {
        let opaque = passthru
            .is_some_and(|passthru| passthru.enc_algo.is_some() || passthru.ppt_scheme.is_some());
        self.stage.in_payload = true;
        self.source.nesting().set_room(self.limits.payload);
        let Some(token) = self.optional()? else {
            return Ok(Payload::empty(S::SERIALIZER));
        };
        let start = self.source.start();
        let any_args = match token {
            Token::List(_) => self.skim()?,
            Token::Str(_) | Token::Bin(_) if opaque => {
                return Ok(self.slice(PayloadShape::Opaque, start, self.source.end()));
            }
            other => return Err(self.violation("Arguments", "a list", other.describe())),
        };
        let args_end = self.source.end();
        let Some(token) = self.optional()? else {
            return Ok(self.args(any_args, start, args_end));
        };
        let kwargs_start = self.source.start();
        if !matches!(token, Token::Dict(_)) {
            let expected = Dict::EXPECTED;
            return Err(self.violation("ArgumentsKw", expected, token.describe()));
        }
        if !self.skim()? {
            return Ok(self.args(any_args, start, args_end));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the length of the frame was checked to be a u32"
        )]
        let shape = PayloadShape::ArgsKwargs {
            args_len: (args_end - start) as u32,
            kwargs_at: (kwargs_start - start) as u32,
        };
        Ok(self.slice(shape, start, self.source.end()))
    }

    fn args(&self, any: bool, start: usize, end: usize) -> Payload {
        if any {
            self.slice(PayloadShape::Args, start, end)
        } else {
            Payload::empty(S::SERIALIZER)
        }
    }

    fn slice(&self, shape: PayloadShape, start: usize, end: usize) -> Payload {
        Payload::from_raw(S::SERIALIZER, shape, self.frame.slice(start..end))
    }

    fn skim(&mut self) -> Result<bool, DecodeError> {
        let skimmed = self.source.skim();
        skimmed.map_err(|malformed| malformed.decoding(S::SERIALIZER))
    }
}
