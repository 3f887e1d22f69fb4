//! Messages into bytes: a new header in front of the payload's bytes.

use crate::proto::{DictFields, Id, Message, MessageType, Payload, RevocationDetails};

use super::error::TranscodeError;
use super::token::{Sink, Text, Token};
use super::transcode::pump_payload;
use super::value::write_value;

/// Writes one message.
pub(super) fn write<K: Sink>(sink: &mut K, message: &Message) -> Result<(), TranscodeError> {
    let mut header = Header {
        sink,
        kind: message.kind(),
    };
    match message {
        Message::Hello(hello) => {
            header.open(2)?;
            header.text(&hello.realm)?;
            header.fields(&hello.details)?;
        }
        Message::Welcome(welcome) => {
            header.open(2)?;
            header.id(welcome.session)?;
            header.fields(&welcome.details)?;
        }
        Message::Abort(abort) => {
            header.open(2 + abort.payload.elements())?;
            header.fields(&abort.details)?;
            header.text(&abort.reason)?;
            header.payload(&abort.payload)?;
        }
        Message::Challenge(challenge) => {
            header.open(2)?;
            header.text(&challenge.method)?;
            header.fields(&challenge.extra)?;
        }
        Message::Authenticate(authenticate) => {
            header.open(2)?;
            header.text(&authenticate.signature)?;
            header.fields(&authenticate.extra)?;
        }
        Message::Goodbye(goodbye) => {
            header.open(2)?;
            header.fields(&goodbye.details)?;
            header.text(&goodbye.reason)?;
        }
        Message::Error(error) => {
            header.open(4 + error.payload.elements())?;
            header.number(error.request_type.code().into())?;
            header.id(error.request)?;
            header.fields(&error.details)?;
            header.text(&error.error)?;
            header.payload(&error.payload)?;
        }
        Message::Publish(publish) => {
            header.open(3 + publish.payload.elements())?;
            header.id(publish.request)?;
            header.fields(&publish.options)?;
            header.text(&publish.topic)?;
            header.payload(&publish.payload)?;
        }
        Message::Published(published) => {
            header.open(2)?;
            header.id(published.request)?;
            header.id(published.publication)?;
        }
        Message::Subscribe(subscribe) => {
            header.open(3)?;
            header.id(subscribe.request)?;
            header.fields(&subscribe.options)?;
            header.text(&subscribe.topic)?;
        }
        Message::Subscribed(subscribed) => {
            header.open(2)?;
            header.id(subscribed.request)?;
            header.id(subscribed.subscription)?;
        }
        Message::Unsubscribe(unsubscribe) => {
            header.open(2)?;
            header.id(unsubscribe.request)?;
            header.id(unsubscribe.subscription)?;
        }
        Message::Unsubscribed(unsubscribed) => {
            header.revocation(unsubscribed.request, &unsubscribed.details)?;
        }
        Message::Event(event) => {
            header.open(3 + event.payload.elements())?;
            header.id(event.subscription)?;
            header.id(event.publication)?;
            header.fields(&event.details)?;
            header.payload(&event.payload)?;
        }
        Message::EventReceived(received) => {
            header.open(1)?;
            header.id(received.publication)?;
        }
        Message::Call(call) => {
            header.open(3 + call.payload.elements())?;
            header.id(call.request)?;
            header.fields(&call.options)?;
            header.text(&call.procedure)?;
            header.payload(&call.payload)?;
        }
        Message::Cancel(cancel) => {
            header.open(2)?;
            header.id(cancel.request)?;
            header.fields(&cancel.options)?;
        }
        Message::Result(result) => {
            header.open(2 + result.payload.elements())?;
            header.id(result.request)?;
            header.fields(&result.details)?;
            header.payload(&result.payload)?;
        }
        Message::Register(register) => {
            header.open(3)?;
            header.id(register.request)?;
            header.fields(&register.options)?;
            header.text(&register.procedure)?;
        }
        Message::Registered(registered) => {
            header.open(2)?;
            header.id(registered.request)?;
            header.id(registered.registration)?;
        }
        Message::Unregister(unregister) => {
            header.open(2)?;
            header.id(unregister.request)?;
            header.id(unregister.registration)?;
        }
        Message::Unregistered(unregistered) => {
            header.revocation(unregistered.request, &unregistered.details)?;
        }
        Message::Invocation(invocation) => {
            header.open(3 + invocation.payload.elements())?;
            header.id(invocation.request)?;
            header.id(invocation.registration)?;
            header.fields(&invocation.details)?;
            header.payload(&invocation.payload)?;
        }
        Message::Interrupt(interrupt) => {
            header.open(2)?;
            header.id(interrupt.request)?;
            header.fields(&interrupt.options)?;
        }
        Message::Yield(answer) => {
            header.open(2 + answer.payload.elements())?;
            header.id(answer.request)?;
            header.fields(&answer.options)?;
            header.payload(&answer.payload)?;
        }
    }
    header.sink.put(Token::EndList)
}

/// The elements of a message, written one after the other.
struct Header<'s, K> {
    sink: &'s mut K,
    kind: MessageType,
}

impl<K: Sink> Header<'_, K> {
    /// Begins the message: its type, and how many elements follow that.
    fn open(&mut self, elements: usize) -> Result<(), TranscodeError> {
        self.sink.put(Token::List(Some(1 + elements)))?;
        self.number(self.kind.code().into())
    }

    fn number(&mut self, number: u64) -> Result<(), TranscodeError> {
        self.sink.put(Token::Unsigned(number))
    }

    fn id(&mut self, id: Id) -> Result<(), TranscodeError> {
        self.number(id.get())
    }

    fn text(&mut self, text: &str) -> Result<(), TranscodeError> {
        self.sink.put(Token::Str(Text::Plain(text)))
    }

    /// Options or details.
    fn fields(&mut self, fields: &impl DictFields) -> Result<(), TranscodeError> {
        self.sink.put(Token::Dict(Some(fields.count())))?;
        let mut written = Ok(());
        fields.each(&mut |key, value| {
            if written.is_ok() {
                written = self.sink.put(Token::Key(Text::Plain(key)));
            }
            if written.is_ok() {
                written = write_value(self.sink, value, 1);
            }
        });
        written?;
        self.sink.put(Token::EndDict)
    }

    /// The whole of an UNSUBSCRIBED or UNREGISTERED.
    fn revocation(
        &mut self,
        request: Option<Id>,
        details: &RevocationDetails,
    ) -> Result<(), TranscodeError> {
        let with_details = request.is_none() || details.count() > 0;
        self.open(1 + usize::from(with_details))?;
        self.number(request.map_or(0, Id::get))?;
        if with_details {
            self.fields(details)?;
        }
        Ok(())
    }

    fn payload(&mut self, payload: &Payload) -> Result<(), TranscodeError> {
        if payload.is_empty() {
            return Ok(());
        }
        if payload.serializer() == K::SERIALIZER {
            self.sink.put_raw(payload.bytes());
            return Ok(());
        }
        pump_payload(payload, self.sink).map(drop)
    }
}
