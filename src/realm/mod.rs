//! One realm: the state machine of its sessions, broker and dealer.
//!
//! Inputs come in with the time, outputs go out in the order in which they must be sent: SUBSCRIBED before the first EVENT,
//! no EVENT after UNSUBSCRIBED, INTERRUPT after INVOCATION. Whoever owns the realm delivers each session's messages in
//! that order, and thereby keeps every guarantee of order that WAMP gives.
//!
//! What this module does *not* do: read frames, authenticate (a session that joins has been let in), wait, or know what a
//! transport is. It has no clock and no source of randomness but its seed: the same inputs have the same outputs.
//!
//! - `matcher`: which patterns match a URI.
//! - `session`: who is there.
//! - `broker`: subscriptions and publications; `subscription` and `publication` are one of each, `publisher` is what
//!   subscribers learn about where an event came from, `recipients` whom it may reach, `retention` and `history` what is
//!   kept of it (`stored`), `testament` what a session publishes when it has ended.
//! - `dealer` and `calls`: registrations, and calls from CALL to their final answer; with them `registrations` (what is
//!   registered and which callee is next), `invocations` (what a callee is told) and `streams` (progressive calls that
//!   ended early).
//! - `refusal`: why a request is answered with ERROR, or a session ended with ABORT.
//! - `frame`: whether a message can reach a session.
//! - `meta`: the procedures and topics of the router itself.
//! - `now`: what time it is, and `timers`: what is to happen when.
//! - `weight`: how much memory what is kept takes up.
//! - `shards`: which of several nodes a key belongs to.

mod broker;
mod calls;
mod dealer;
mod frame;
mod history;
mod identity;
mod invocations;
mod matcher;
mod meta;
mod now;
mod passthru;
mod publication;
mod recipients;
mod refusal;
mod registrations;
mod retention;
mod session;
mod shards;
mod stored;
mod streams;
mod subscription;
mod testament;
mod timers;
mod weight;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use ahash::RandomState;
use smallvec::SmallVec;

use crate::proto::{
    Abort, Dict, Goodbye, GoodbyeDetails, Id, Message, Payload, Role, Roles, Serializer, Uri,
    UriRule, Welcome, WelcomeDetails, uris,
};

use broker::Broker;
use dealer::Dealer;
use frame::frame_length;
use meta::{Meta, Notice};
use refusal::{ProtocolViolation, Refusal};
use session::{Peers, Session, Sessions, Slot};

pub use history::HistoryRule;
pub use identity::{Disclosure, IdentityRule};
pub use now::Now;
pub use registrations::RegistrationInfo;
pub use retention::RetentionLimits;

/// A session's number in its realm: dense, chosen by whoever owns the realm, free again after [`Input::Leave`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(pub u32);

/// What a realm is made from.
#[derive(Clone, Debug, Default)]
pub struct RealmConfig {
    /// Its name.
    pub uri: Uri,
    /// What the URIs in it may contain.
    pub uri_rule: UriRule,
    /// What subscribers learn about publishers. Where no rule applies, publishers are disclosed if they ask for it.
    pub publishers: Vec<IdentityRule>,
    /// What callees learn about callers. Where no rule applies, callers are disclosed if they or the callee ask for it.
    pub callers: Vec<IdentityRule>,
    /// How much it may retain for those who subscribe later.
    pub retention: RetentionLimits,
    /// Of which topics and patterns it keeps the past.
    pub history: Vec<HistoryRule>,
}

/// What can happen to a realm.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every input is the large one"
)]
pub enum Input {
    /// A session joins; it is answered with WELCOME, or with ABORT `wamp.close.system_shutdown` after
    /// [`Input::Shutdown`]. Its key must be free.
    Join(Box<Join>),
    /// A session sent a message. Ignored if the session is over.
    Message(SessionKey, Message),
    /// A session sent something that is no message, for this reason; it is answered with ABORT
    /// `wamp.error.protocol_violation`.
    Malformed(SessionKey, String),
    /// So much waits to be sent to a session that it is to be given no more work until [`Input::Relieved`]: calls go
    /// to other callees, or are answered with ERROR `wamp.error.no_available_callee` where there is none.
    Congested(SessionKey),
    /// A session has taken what was waiting for it.
    Relieved(SessionKey),
    /// A session's transport is gone. The key may be used again afterwards.
    Leave(SessionKey),
    /// The router is shutting down: pending calls are canceled, every session is told GOODBYE
    /// `wamp.close.system_shutdown`, and nobody can join any more. A session is over ([`Output::Close`]) when it has
    /// answered; how long to wait for that is for the owner to decide.
    Shutdown,
    /// The time of [`Realm::deadline`] has come.
    Tick,
}

/// A session that joins: authenticated, with its realm chosen.
#[derive(Clone, Debug)]
pub struct Join {
    /// Its number.
    pub key: SessionKey,
    /// Its id.
    pub session: Id,
    /// What it speaks.
    pub serializer: Serializer,
    /// The longest frame it takes, in bytes.
    pub max_frame: usize,
    /// Its roles and features.
    pub roles: Roles,
    /// Who it is.
    pub authid: String,
    /// What it may do, by role.
    pub authrole: String,
    /// How it proved who it is.
    pub authmethod: String,
    /// Who vouched for it.
    pub authprovider: String,
    /// What its method or authenticator tells it in WELCOME beside.
    pub authextra: Dict,
    /// The router software, for WELCOME.
    pub agent: String,
}

/// What a realm wants done, in this order.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every output is the large one"
)]
pub enum Output {
    /// The message goes to each recipient. They all speak the payload's serializer, so one encoding serves them all.
    /// Messages with payload of others fit into the frames of all recipients.
    Send(Recipients, Message),
    /// The session is over for the realm. Once what was sent to it is flushed, its transport closes.
    Close(SessionKey, Ending),
}

/// How a session came to its end, for the transport to say it in its own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Both sides agreed.
    Agreed,
    /// The router shuts down.
    Shutdown,
    /// The client broke the protocol.
    Violation,
}

/// Whom a message goes to. Four keys take no more room than one.
pub type Recipients = SmallVec<[SessionKey; 4]>;

/// How much a realm holds. All of it is 0 when all sessions are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Open sessions.
    pub sessions: usize,
    /// Subscriptions that have subscribers, each counted once however many it has.
    pub subscriptions: usize,
    /// Registrations.
    pub registrations: usize,
    /// Calls that have no final answer yet.
    pub calls: usize,
    /// Sessions with details that were added to them.
    pub modified_sessions: usize,
    /// Procedures, topics and errors that sessions have described for reflection.
    pub descriptions: usize,
    /// What waits for its time, such as the end of a call that takes too long.
    pub timers: usize,
}

/// How many events a realm keeps for later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Retained events.
    pub retained: usize,
    /// Events in histories, counted once for each.
    pub history: usize,
}

/// The state machine of one realm.
///
/// [`Realm::handle`] drives it; the rest only looks.
#[derive(Debug)]
pub struct Realm {
    uri: Uri,
    sessions: Sessions,
    broker: Broker,
    dealer: Dealer,
    meta: Meta,
    random: fastrand::Rng,
    /// The time of the input at hand.
    now: Now,
    closing: bool,
    /// The sessions that were killed and have not answered, by the time until which that is waited for.
    killed: VecDeque<(Instant, SessionKey)>,
}

impl Realm {
    /// A realm without sessions. `seed` is where its random ids come from, `now` when it begins.
    #[must_use]
    pub fn new(config: RealmConfig, seed: u64, now: Now) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut key = || random.u64(..);
        let hasher = RandomState::with_seeds(key(), key(), key(), key());
        Self {
            broker: Broker::new(&config, &hasher, now),
            dealer: Dealer::new(&config, &hasher, random.fork()),
            uri: config.uri,
            sessions: Sessions::default(),
            meta: Meta::new(config.uri_rule),
            random,
            now,
            closing: false,
            killed: VecDeque::new(),
        }
    }

    /// Takes one input at time `now` and appends what follows from it to `outputs`.
    pub fn handle(&mut self, now: Now, input: Input, outputs: &mut Vec<Output>) {
        self.now = now;
        match input {
            Input::Join(join) => self.join(*join, outputs),
            Input::Message(key, message) => self.message(key, message, outputs),
            Input::Malformed(key, _) if matches!(self.sessions.slot(key), Slot::Closing) => {
                // Its answer to GOODBYE will never come.
                self.closed(key, Ending::Violation, outputs);
            }
            Input::Malformed(key, reason) => {
                if matches!(self.sessions.slot(key), Slot::Open(_)) {
                    self.abort(key, &ProtocolViolation::Malformed(reason), outputs);
                }
            }
            Input::Congested(key) => self.congest(key, true),
            Input::Relieved(key) => self.congest(key, false),
            Input::Leave(key) => {
                self.dispose(key, outputs);
                self.killed.retain(|(_, killed)| *killed != key);
                self.sessions.set(key, Slot::Vacant);
            }
            Input::Shutdown => self.shutdown(outputs),
            Input::Tick => self.tick(outputs),
        }
        self.tell(outputs);
    }

    /// When the realm wants its next [`Input::Tick`]; `None` while it waits for nothing.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let killed = self.killed.front().map(|(deadline, _)| *deadline);
        self.dealer.deadline().into_iter().chain(killed).min()
    }

    /// How many sessions are open. Those that were told GOODBYE or ABORT are not.
    #[must_use]
    pub const fn session_count(&self) -> usize {
        self.sessions.open_count()
    }

    /// Counts what the realm's tables hold. Tests take it for the proof that nothing is left behind.
    #[must_use]
    pub fn census(&self) -> Census {
        Census {
            sessions: self.session_count(),
            subscriptions: self.broker.subscription_count(),
            registrations: self.dealer.registration_count(),
            calls: self.dealer.call_count(),
            timers: self.dealer.timer_count() + self.killed.len(),
            modified_sessions: self.meta.modified_sessions(),
            descriptions: self.meta.descriptions(),
        }
    }

    /// Counts the events that are kept for later. They outlive all sessions.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.broker.kept()
    }

    /// The registrations, in the order in which they came to be.
    #[must_use]
    pub fn registrations(&self) -> Vec<RegistrationInfo> {
        self.dealer.registrations()
    }

    fn join(&mut self, join: Join, outputs: &mut Vec<Output>) {
        let key = join.key;
        // The owner gives out free keys only. Should it not, the earlier session has in fact left.
        self.dispose(key, outputs);
        if self.closing {
            let abort = abort(farewell(&Refusal::Shutdown), uris::SYSTEM_SHUTDOWN);
            self.close(key, abort, Ending::Shutdown, outputs);
            return;
        }
        // A peer with small frames, some controller say, is served too; it is only not told all that it could have.
        let welcomes = [roles(&self.broker, &self.dealer), bare_roles()]
            .map(|roles| self.welcome(&join, roles));
        let limit = join.max_frame;
        let fits = |welcome: &Message| {
            frame_length(join.serializer, welcome).is_ok_and(|length| length <= limit)
        };
        let Some(welcome) = welcomes.into_iter().find(fits) else {
            let refusal = Refusal::TooLong { limit };
            let abort = abort(farewell(&refusal), refusal.uri());
            self.close(key, abort, Ending::Agreed, outputs);
            return;
        };
        self.sessions
            .set(key, Slot::Open(Box::new(Session::new(join))));
        self.peers(outputs).send(key, welcome);
        self.sessions.notices.push(Notice::Joined(key));
    }

    fn welcome(&self, join: &Join, roles: Roles) -> Message {
        let details = WelcomeDetails {
            roles: Some(roles),
            agent: Some(join.agent.as_str().into()),
            realm: Some(self.uri.clone()),
            authid: Some(join.authid.as_str().into()),
            authrole: Some(join.authrole.as_str().into()),
            authmethod: Some(join.authmethod.as_str().into()),
            authprovider: Some(join.authprovider.as_str().into()),
            authextra: Some(join.authextra.clone()).filter(|extra| !extra.is_empty()),
            ..WelcomeDetails::default()
        };
        let session = join.session;
        Welcome { session, details }.into()
    }

    fn message(&mut self, key: SessionKey, message: Message, outputs: &mut Vec<Output>) {
        match self.sessions.slot(key) {
            Slot::Open(_) => {
                if let Err(violation) = self.dispatch(key, message, outputs) {
                    self.abort(key, &violation, outputs);
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

    /// Acts on a message from an open session.
    ///
    /// A client that plays a role without having announced it is served all the same: several clients announce less than
    /// they do, and there is nothing that the router could do better for knowing. EVENT_RECEIVED is taken and ignored, as
    /// no EVENT asks for it.
    fn dispatch(
        &mut self,
        key: SessionKey,
        message: Message,
        outputs: &mut Vec<Output>,
    ) -> Result<(), ProtocolViolation> {
        let kind = message.kind();
        let Self {
            sessions,
            broker,
            dealer,
            now,
            ..
        } = self;
        let peers = &mut Peers {
            sessions,
            outputs,
            now: *now,
        };
        if let Some(sender) = peers.sessions.get(key) {
            passthru::check(sender, &message)?;
        }
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
                // The router's own procedures take no progressive calls, and the dealer says so.
                if call.procedure.is_reserved() && call.options.progress != Some(true) {
                    self.call_router(key, call, outputs);
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

    /// Does what is due.
    fn tick(&mut self, outputs: &mut Vec<Output>) {
        let Self {
            sessions,
            dealer,
            now,
            ..
        } = self;
        dealer.tick(&mut Peers {
            sessions,
            outputs,
            now: *now,
        });
        while let Some((_, key)) = self
            .killed
            .pop_front_if(|(deadline, _)| *deadline <= self.now.instant)
        {
            self.closed(key, Ending::Agreed, outputs);
        }
    }

    /// Ends the wait for a session's answer to GOODBYE.
    fn closed(&mut self, key: SessionKey, ending: Ending, outputs: &mut Vec<Output>) {
        self.killed.retain(|(_, killed)| *killed != key);
        self.sessions.set(key, Slot::Closed);
        outputs.push(Output::Close(key, ending));
    }

    fn congest(&mut self, key: SessionKey, congested: bool) {
        if let Some(session) = self.sessions.get_mut(key) {
            session.congested = congested;
        }
    }

    fn shutdown(&mut self, outputs: &mut Vec<Output>) {
        self.closing = true;
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
    fn goodbye(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
        self.dispose(key, outputs);
        let goodbye = Goodbye {
            details: GoodbyeDetails::default(),
            reason: uris::GOODBYE_AND_OUT,
        };
        self.close(key, goodbye.into(), Ending::Agreed, outputs);
    }

    /// Ends a session that broke the protocol.
    fn abort(&mut self, key: SessionKey, violation: &ProtocolViolation, outputs: &mut Vec<Output>) {
        self.dispose(key, outputs);
        let abort = abort(farewell(violation), uris::PROTOCOL_VIOLATION);
        self.close(key, abort, Ending::Violation, outputs);
    }

    /// Sends a session its last message.
    fn close(&mut self, key: SessionKey, last: Message, ending: Ending, outputs: &mut Vec<Output>) {
        self.peers(outputs).send(key, last);
        outputs.push(Output::Close(key, ending));
        self.sessions.set(key, Slot::Closed);
    }

    /// Ends what a session is in the realm, publishes its testaments, and has its end told. Does nothing if the session is not
    /// open.
    fn dispose(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
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
    fn release(&mut self, key: SessionKey, outputs: &mut Vec<Output>) {
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

    const fn peers<'a>(&'a mut self, outputs: &'a mut Vec<Output>) -> Peers<'a> {
        Peers {
            sessions: &mut self.sessions,
            outputs,
            now: self.now,
        }
    }
}

/// What the router announces: exactly what works.
fn roles(broker: &Broker, dealer: &Dealer) -> Roles {
    Roles::default()
        .with(Role::Broker, broker.features().chain(meta::BROKER_FEATURES))
        .with(Role::Dealer, dealer.features().chain(meta::DEALER_FEATURES))
}

/// How long a session that was killed has to answer GOODBYE before its transport is closed all the same.
const KILL_GRACE: Duration = Duration::from_secs(5);

/// The roles without what they can do.
fn bare_roles() -> Roles {
    let roles = Role::ROUTER.into_iter();
    roles.fold(Roles::default(), |roles, role| roles.with(role, []))
}

fn farewell(message: &impl ToString) -> GoodbyeDetails {
    GoodbyeDetails::saying(message.to_string())
}

fn abort(details: GoodbyeDetails, reason: Uri) -> Message {
    Message::Abort(Abort {
        details,
        reason,
        payload: Payload::default(),
    })
}
