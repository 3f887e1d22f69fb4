//! The router's desk: a session of the realm's own, from which it calls procedures.
//!
//! It has a key like other sessions, so that routing, timeouts, loss of the callee and all that is the machinery that every
//! call has. But it stands beside the others: it is not counted, not listed, not told of, cannot be killed, and what is sent
//! to it stays in the realm. It calls and does nothing else.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::codec::Arguments;
use crate::proto::{
    Call, CallOptions, Cancel, CancelMode, CancelOptions, Dict, Id, IdSequence, Message,
    MessageType, Role, Roles, Serializer, Uri, uris,
};

use super::refusal::Refusal;
use super::session::{Peers, Session};
use super::{Join, Output, Realm, SessionKey, SessionLimits};

/// The desk's key. No other session can have it: keys are dense.
pub(super) const DESK: SessionKey = SessionKey(u32::MAX);

/// What the realm has called and waits for.
#[derive(Debug, Default)]
pub(super) struct Desk {
    questions: BTreeMap<Id, Question>,
    ids: IdSequence,
    /// How many of the questions are the owner's.
    asked: usize,
}

/// Whose question it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// A session waits for its authorizer.
    Permission(SessionKey),
    /// The owner of the realm asked, under this number.
    Owner(u64),
}

/// An answer: a result, or an error's URI and arguments.
pub(super) type Answer = Result<Arguments, (Uri, Arguments)>;

impl Desk {
    /// How many questions have no answer yet.
    pub(super) fn pending(&self) -> usize {
        self.questions.len()
    }
}

/// The session that sits there.
pub(super) fn session() -> Box<Session> {
    Box::new(Session::new(Join {
        key: DESK,
        session: Id::MAX,
        serializer: Serializer::MsgPack,
        max_frame: LONGEST,
        roles: Roles::default().with(Role::Caller, []),
        authid: "router".to_owned(),
        authrole: "router".to_owned(),
        trusted: false,
        authmethod: "internal".to_owned(),
        authprovider: "router".to_owned(),
        authextra: Dict::new(),
        agent: String::new(),
        limits: SessionLimits {
            subscriptions: 0,
            registrations: 0,
            calls: MOST_CALLS,
        },
    }))
}

impl Realm {
    /// The owner asks.
    pub(super) fn ask(
        &mut self,
        question: u64,
        procedure: Uri,
        arguments: &Arguments,
        timeout: Duration,
        outputs: &mut Vec<Output>,
    ) {
        if self.desk.asked >= MOST {
            let answer = Err((uris::UNAVAILABLE, Arguments::default()));
            outputs.push(Output::Told { question, answer });
            return;
        }
        self.desk.asked += 1;
        let whose = Question::Owner(question);
        self.call_from_desk(whose, procedure, arguments, timeout, outputs);
    }

    /// Calls a procedure. The answer, whatever it is, comes in through [`Realm::attend`], never at once.
    pub(super) fn call_from_desk(
        &mut self,
        whose: Question,
        procedure: Uri,
        arguments: &Arguments,
        timeout: Duration,
        outputs: &mut Vec<Output>,
    ) -> Id {
        let request = self.desk.ids.next();
        self.desk.questions.insert(request, whose);
        let serializer = Serializer::MsgPack;
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let options = CallOptions {
            timeout: Some(millis.max(1)),
            ..CallOptions::default()
        };
        let closing = self.closing;
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
        let called = match arguments.to_payload(serializer) {
            _ if closing => Err(Refusal::Shutdown),
            Ok(payload) => {
                let call = Call {
                    request,
                    options,
                    procedure,
                    payload,
                };
                dealer.call(peers, DESK, call)
            }
            Err(reason) => Err(Refusal::Inexpressible { serializer, reason }),
        };
        if let Err(refusal) = called {
            peers.refuse(DESK, MessageType::Call, request, &refusal);
        }
        request
    }

    /// Takes a question back: its answer is of no interest any more.
    pub(super) fn withdraw(&mut self, request: Id, outputs: &mut Vec<Output>) {
        self.desk.questions.remove(&request);
        let options = CancelOptions {
            mode: Some(CancelMode::KillNoWait),
            ..CancelOptions::default()
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
        dealer.cancel(peers, DESK, &Cancel { request, options });
    }

    /// Acts on what was sent to the desk. What follows from that may be sent there, too.
    pub(super) fn attend(&mut self, outputs: &mut Vec<Output>) {
        while let Some(message) = self.sessions.desk_inbox.pop_front() {
            let (request, answer) = match message {
                Message::Result(result) => {
                    let unreadable = |_| (uris::INVALID_ARGUMENT, Arguments::default());
                    let results = Arguments::from_payload(&result.payload);
                    (result.request, results.map_err(unreadable))
                }
                Message::Error(error) => {
                    let arguments = Arguments::from_payload(&error.payload).unwrap_or_default();
                    (error.request, Err((error.error, arguments)))
                }
                _ => continue,
            };
            match self.desk.questions.remove(&request) {
                Some(Question::Owner(question)) => {
                    self.desk.asked -= 1;
                    outputs.push(Output::Told { question, answer });
                }
                Some(Question::Permission(key)) => self.judged(key, answer, outputs),
                None => {}
            }
        }
    }
}

/// What was sent to the desk during the input at hand.
pub(super) type Inbox = VecDeque<Message>;

/// How many of the owner's questions may be pending: as many logins at once as a router would want to take.
const MOST: usize = 1024;

/// The longest answer that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// How many calls may be pending: one for each session that waits for an authorizer, and the owner's.
const MOST_CALLS: usize = 1 << 16;
