//! How sessions come to their end, and what goes with them.

use crate::proto::{Abort, Goodbye, GoodbyeDetails, Message, Payload, Uri, uris};

use super::meta::Notice;
use super::refusal::{ProtocolViolation, Refusal};
use super::session::{Peers, Session, Slot};
use super::{Ending, Output, Realm, SessionKey};

impl Realm {
    /// Ends the wait for a session's answer to GOODBYE.
    pub(super) fn closed(&mut self, key: SessionKey, ending: Ending, outputs: &mut Vec<Output>) {
        self.killed.retain(|(_, killed)| *killed != key);
        self.sessions.set(key, Slot::Closed);
        outputs.push(Output::Close(key, ending));
    }

    pub(super) fn shutdown(&mut self, outputs: &mut Vec<Output>) {
        (self.draining, self.closing) = (true, true);
        // First, so that callers get an answer while they may still be told something.
        let Self {
            sessions,
            dealer,
            now,
            ..
        } = self;
        dealer.shutdown(&mut Peers {
            sessions,
            outputs,
            now: *now,
        });
        for key in self.sessions.open_keys() {
            self.dispose(key, outputs);
            let goodbye = Goodbye {
                details: farewell(&Refusal::Shutdown),
                reason: uris::SYSTEM_SHUTDOWN,
            };
            self.peers(outputs).send(key, goodbye);
            self.sessions.set(key, Slot::Closing);
        }
    }

    /// Answers a client's GOODBYE.
    pub(super) fn goodbye(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        self.dispose(key, outputs);
        let goodbye = Goodbye {
            details: GoodbyeDetails::default(),
            reason: uris::GOODBYE_AND_OUT,
        };
        self.close(key, goodbye.into(), Ending::Agreed, outputs);
    }

    /// Ends a session that broke the protocol.
    pub(super) fn abort(
        &mut self,
        key: SessionKey,
        violation: &ProtocolViolation,
        outputs: &mut Vec<Output>,
    ) {
        self.dispose(key, outputs);
        let abort = abort(farewell(violation), uris::PROTOCOL_VIOLATION);
        self.close(key, abort, Ending::Violation, outputs);
    }

    /// Sends a session its last message.
    pub(super) fn close(
        &mut self,
        key: SessionKey,
        last: Message,
        ending: Ending,
        outputs: &mut Vec<Output>,
    ) {
        self.peers(outputs).send(key, last);
        outputs.push(Output::Close(key, ending));
        self.sessions.set(key, Slot::Closed);
    }

    /// Ends what a session is in the realm, publishes its testaments, and has its end told. Does nothing if the session is not
    /// open.
    pub(super) fn dispose(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        self.tell_missed(key);
        self.release(key, outputs);
        let Self {
            sessions,
            broker,
            random,
            now,
            ..
        } = self;
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        // When nothing reaches the session itself any more.
        broker.execute_testaments(peers, random, key);
        if let Some(Session { join, .. }) = self.sessions.get(key) {
            let notice = Notice::Left {
                session: join.session,
                authid: join.authid.clone(),
                authrole: join.authrole.clone(),
            };
            self.sessions.notices.push(notice);
        }
    }

    /// Takes away everything that belongs to a session: its subscriptions, its registrations, its side of every call.
    pub(super) fn release(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        self.end_wait(key, outputs);
        self.forget_missed(key);
        let Self {
            sessions,
            broker,
            dealer,
            meta,
            now,
            ..
        } = self;
        broker.leave(sessions, key);
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        dealer.leave(peers, key);
        meta.leave(sessions, key);
    }
}

pub(super) fn farewell(message: &impl ToString) -> GoodbyeDetails {
    GoodbyeDetails::saying(message.to_string())
}

pub(super) fn abort(details: GoodbyeDetails, reason: Uri) -> Message {
    Message::Abort(Abort {
        details,
        reason,
        payload: Payload::default(),
    })
}
