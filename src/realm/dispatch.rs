//! What a realm does with a message from a session: which part of it acts on it, and who hears of it if it fails.

use crate::proto::{Id, Message, MessageType};

use super::refusal::{ProtocolViolation, Refusal};
use super::session::{Peers, Slot};
use super::waiting::{self, Granted, Ruling};
use super::{Ending, Exceeded, Excessive, Output, Realm, SessionKey, passthru};

impl Realm {
    pub(super) fn message(&mut self, key: SessionKey, message: Message, outputs: &mut Vec<Output>) {
        match self.sessions.slot(key) {
            Slot::Open(session) => {
                if session.waiting.is_some() && waiting::stays_behind(&message) {
                    self.stay_behind(key, message, outputs);
                } else {
                    self.act(key, message, Granted::new(), outputs);
                }
            }
            Slot::Closing => {
                if matches!(message, Message::Goodbye(_) | Message::Abort(_)) {
                    let ending = if self.closing {
                        Ending::Shutdown
                    } else {
                        Ending::Agreed
                    };
                    self.closed(key, ending, outputs);
                }
            }
            Slot::Closed | Slot::Vacant => {}
        }
    }

    /// Acts on a message from an open session for which authorizers have `granted` what they were asked, or has it wait for
    /// them.
    pub(super) fn act(
        &mut self,
        key: SessionKey,
        message: Message,
        granted: Granted,
        outputs: &mut Vec<Output>,
    ) {
        if let Err(violation) = self.dispatch(key, message, granted, outputs) {
            self.abort(key, &violation, outputs);
        }
    }

    /// Acts on a message from an open session.
    ///
    /// A client that plays a role without having announced it is served all the same: several clients announce less than
    /// they do, and there is nothing that the router could do better for knowing. EVENT_RECEIVED is taken and ignored, as
    /// no EVENT asks for it.
    fn dispatch(
        &mut self,
        key: SessionKey,
        mut message: Message,
        granted: Granted,
        outputs: &mut Vec<Output>,
    ) -> Result<(), ProtocolViolation> {
        let kind = message.kind();
        if let Some(sender) = self.sessions.get(key) {
            passthru::check(sender, &message)?;
        }
        let mut disclose = false;
        if let Some(permissions) = &self.permissions {
            match self.authorize(permissions, key, &message, &granted) {
                Ruling::Granted { disclose: told } => disclose = told,
                Ruling::Refused(refusal) => {
                    self.deny(key, &message, &refusal, outputs);
                    return Ok(());
                }
                Ruling::Asks { asked, cache } => {
                    self.wait(key, message, asked, cache, granted, outputs);
                    return Ok(());
                }
            }
            if disclose {
                self.disclose(key, &mut message);
            }
        }
        let Self {
            sessions,
            broker,
            dealer,
            now,
            draining,
            ..
        } = self;
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        let (request, outcome) = match message {
            Message::Subscribe(subscribe) => {
                let request = subscribe.request;
                (request, broker.subscribe(peers, key, subscribe))
            }
            Message::Unsubscribe(unsubscribe) => (
                unsubscribe.request,
                broker.unsubscribe(peers, key, unsubscribe),
            ),
            Message::Publish(publish) => {
                let request = publish.request;
                let acknowledge = publish.options.acknowledge == Some(true);
                let publication = Id::random(&mut self.random);
                let outcome = broker.publish(peers, key, publish, publication);
                if !acknowledge {
                    // The publisher asked not to be told.
                    return Ok(());
                }
                (request, outcome)
            }
            Message::Register(register) => {
                let request = register.request;
                (request, dealer.register(peers, key, register))
            }
            Message::Unregister(unregister) => (
                unregister.request,
                dealer.unregister(peers, key, unregister),
            ),
            Message::Call(call) => {
                let request = call.request;
                let Some(call) = dealer.continued(peers, key, call)? else {
                    return Ok(());
                };
                if *draining {
                    peers.refuse(key, kind, request, &Refusal::Shutdown);
                    return Ok(());
                }
                // The router's own procedures take no progressive calls, and the dealer says so.
                if call.procedure.is_reserved() && call.options.progress != Some(true) {
                    self.call_router(key, call, disclose, outputs);
                    return Ok(());
                }
                (request, dealer.call(peers, key, call))
            }
            Message::Cancel(cancel) => {
                dealer.cancel(peers, key, &cancel);
                return Ok(());
            }
            Message::Yield(answer) => return dealer.yielded(peers, key, answer),
            Message::Error(answer) => return dealer.failed(peers, key, answer),
            Message::Goodbye(_) => {
                self.goodbye(key, outputs);
                return Ok(());
            }
            Message::Abort(_) => {
                self.dispose(key, outputs);
                self.sessions.set(key, Slot::Closed);
                outputs.push(Output::Close(key, Ending::Agreed));
                return Ok(());
            }
            Message::EventReceived(_) => return Ok(()),
            Message::Hello(_) | Message::Authenticate(_) => {
                return Err(ProtocolViolation::AfterWelcome(kind));
            }
            Message::Welcome(_)
            | Message::Challenge(_)
            | Message::Published(_)
            | Message::Subscribed(_)
            | Message::Unsubscribed(_)
            | Message::Event(_)
            | Message::Result(_)
            | Message::Registered(_)
            | Message::Unregistered(_)
            | Message::Invocation(_)
            | Message::Interrupt(_) => return Err(ProtocolViolation::RoutersOnly(kind)),
        };
        if let Err(refusal) = outcome {
            peers.refuse(key, kind, request, &refusal);
        }
        Ok(())
    }

    /// Answers a request that goes beyond a limit. If it continues a call, the call is over.
    pub(super) fn turn_down(
        &mut self,
        key: SessionKey,
        excessive: Excessive,
        outputs: &mut Vec<Output>,
    ) {
        let Excessive {
            kind,
            request,
            more,
            limit,
        } = excessive;
        if !matches!(self.sessions.slot(key), Slot::Open(_)) {
            return;
        }
        let refusal = match limit {
            Exceeded::Size(excess) => Refusal::TooLarge(excess),
            Exceeded::Rate(messages) => Refusal::TooFast { messages },
        };
        let Self {
            sessions,
            dealer,
            now,
            ..
        } = self;
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        if kind == MessageType::Call {
            dealer.turn_down(peers, key, request, more, &refusal);
        } else {
            peers.refuse(key, kind, request, &refusal);
        }
    }

    /// Has a sender disclosed as if it had asked for it, unless nobody may ask.
    fn disclose(&self, key: SessionKey, message: &mut Message) {
        let Some(sender) = self.sessions.get(key) else {
            return;
        };
        match message {
            Message::Call(call) if self.dealer.may_disclose(sender, &call.procedure) => {
                call.options.disclose_me = Some(true);
            }
            Message::Publish(publish) if self.broker.may_disclose(sender, &publish.topic) => {
                publish.options.disclose_me = Some(true);
            }
            _ => {}
        }
    }
}
