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
//! - `drops`: the EVENTs that slow sessions have missed.
//! - `dispatch`: what is done with a message; `endings`: how sessions end.
//! - `authz`: what the roles may do; `waiting`: requests that are decided before they are acted on; `desk`: the realm's
//!   own calls.
//! - `refusal`: why a request is answered with ERROR, or a session ended with ABORT.
//! - `frame`: whether a message can reach a session.
//! - `meta`: the procedures and topics of the router itself.
//! - `now`: what time it is, and `timers`: what is to happen when.
//! - `weight`: how much memory what is kept takes up.
//! - `shards`: which of several nodes a key belongs to.

mod authz;
mod broker;
mod calls;
mod dealer;
mod desk;
mod dispatch;
mod drops;
mod endings;
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
mod waiting;
mod weight;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ahash::RandomState;
use smallvec::SmallVec;

use crate::codec::{Arguments, Excess};
use crate::proto::{
    Dict, Id, Message, MessageType, Role, Roles, Serializer, Uri, UriRule, Welcome, WelcomeDetails,
    uris,
};

use broker::Broker;
use dealer::Dealer;
use desk::Desk;
use drops::Drops;
use endings::{abort, farewell};
use frame::{frame_length, header_room};
use meta::{Meta, Notice};
use refusal::{ProtocolViolation, Refusal};
use session::{Peers, Session, Sessions, Slot};

pub use authz::{
    Action, Actions, Disclosed, Explanation, Finding, PermissionRule, Permissions, RoleRules,
    UnknownAction,
};
pub use history::HistoryRule;
pub use identity::{Disclosure, IdentityRule};
pub use now::Now;
pub use registrations::RegistrationInfo;
pub use retention::RetentionLimits;
pub use session::SessionLimits;

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
    /// What the roles may do; without them everybody may do everything.
    pub permissions: Option<Arc<Permissions>>,
}

/// What can happen to a realm.
#[derive(Debug)]
pub enum Input {
    /// A session joins; it is answered with WELCOME, or with ABORT `wamp.close.system_shutdown` after
    /// [`Input::Shutdown`]. Its key must be free.
    Join(Box<Join>),
    /// A session sent a message. Ignored if the session is over.
    Message(SessionKey, Message),
    /// A session sent something that is no message, for this reason; it is answered with ABORT
    /// `wamp.error.protocol_violation`.
    Malformed(SessionKey, String),
    /// A session sent a request that it is told is refused; the session goes on.
    Excessive(SessionKey, Excessive),
    /// So much waits to be sent to a session that it is to be given no more work until [`Input::Relieved`]: calls go
    /// to other callees, or are answered with ERROR `wamp.error.no_available_callee` where there is none.
    Congested(SessionKey),
    /// A session has taken what was waiting for it.
    Relieved(SessionKey),
    /// So many EVENTs that the session was to get were dropped, because too many were waiting for it.
    EventsDropped(SessionKey, u64),
    /// A session's transport is gone. The key may be used again afterwards.
    Leave(SessionKey),
    /// The router is about to shut down: nobody can join any more, and new calls are refused as [`Input::Shutdown`] would cancel
    /// them. Pending ones still get their answers; how long to wait for that is for the owner to decide.
    Drain,
    /// The router is shutting down: pending calls are canceled, every session is told GOODBYE
    /// `wamp.close.system_shutdown`, and nobody can join any more. A session is over ([`Output::Close`]) when it has
    /// answered; how long to wait for that is for the owner to decide.
    Shutdown,
    /// Other permissions hold from the next request on. What authorizers have answered is forgotten, what still waits for
    /// an answer is decided anew, and subscriptions, registrations and testaments that a rule denies now are taken away.
    Permissions(Option<Arc<Permissions>>),
    /// The router itself calls a procedure of the realm, a dynamic authenticator for one; answered by [`Output::Told`].
    Ask {
        /// What the answer is known by; chosen by the owner.
        question: u64,
        /// What is called.
        procedure: Uri,
        /// With what.
        arguments: Arguments,
        /// How long to wait for the answer.
        timeout: Duration,
    },
    /// What [`Output::Inquire`] asked for.
    Report {
        /// Who asked.
        caller: SessionKey,
        /// The request of its CALL.
        request: Id,
        /// What it is told.
        results: Arguments,
    },
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
    /// Whether it may do everything, whatever its role: it is part of the router's own process.
    pub trusted: bool,
    /// How it proved who it is.
    pub authmethod: String,
    /// Who vouched for it.
    pub authprovider: String,
    /// What its method or authenticator tells it in WELCOME beside.
    pub authextra: Dict,
    /// The router software, for WELCOME.
    pub agent: String,
    /// How much it may have at a time.
    pub limits: SessionLimits,
}

/// A request that goes beyond a limit before the realm has anything to do with it.
#[derive(Clone, Copy, Debug)]
pub struct Excessive {
    /// What it is.
    pub kind: MessageType,
    /// Its id.
    pub request: Id,
    /// Whether it is a CALL that says that more of it will follow.
    pub more: bool,
    /// The limit.
    pub limit: Exceeded,
}

/// A limit that a request goes beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// It is too large inside.
    Size(Excess),
    /// The session may not send more messages in a second.
    Rate(u32),
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
    /// So much of what the session sent waits for an authorizer's answer that nothing more is to be read from it until
    /// [`Output::Resume`].
    Hold(SessionKey),
    /// The session may be read from again.
    Resume(SessionKey),
    /// What follows, up to the end of the outputs, was brought about by this session rather than by the one whose input it is:
    /// an authorizer has answered, and the session that waited for it goes on. Without this it is the one of the input.
    OnBehalf(SessionKey),
    /// The answer to [`Input::Ask`]: a result, or an error's URI and arguments. Each question has exactly one.
    Told {
        /// The question's number.
        question: u64,
        /// The answer.
        answer: Result<Arguments, (Uri, Arguments)>,
    },
    /// A session wants to know how the router does; answered with [`Input::Report`] before anything else happens.
    Inquire {
        /// Who asks.
        caller: SessionKey,
        /// The request of its CALL.
        request: Id,
        /// About what.
        inquiry: Inquiry,
    },
}

/// What a session wants to know of whoever owns the realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inquiry {
    /// `wamp.router.metrics`: what was counted, and what there is.
    Metrics,
    /// `wamp.router.status`: which router it is, and since when it runs.
    Status,
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
    /// Calls of the realm's own that have no answer yet: to authorizers, or asked for by [`Input::Ask`].
    pub questions: usize,
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
    /// Nothing new is begun.
    draining: bool,
    /// All has ended.
    closing: bool,
    /// The sessions that were killed and have not answered, by the time until which that is waited for.
    killed: VecDeque<(Instant, SessionKey)>,
    drops: Drops,
    permissions: Option<Arc<Permissions>>,
    desk: Desk,
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
            sessions: Sessions::with_desk(desk::session()),
            meta: Meta::new(config.uri_rule),
            random,
            now,
            draining: false,
            closing: false,
            killed: VecDeque::new(),
            drops: Drops::default(),
            permissions: config.permissions,
            desk: Desk::default(),
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
            Input::Excessive(key, request) => self.turn_down(key, request, outputs),
            Input::Congested(key) => self.congest(key, true),
            Input::Relieved(key) => self.congest(key, false),
            Input::EventsDropped(key, count) => self.missed(key, count),
            Input::Leave(key) => {
                self.dispose(key, outputs);
                self.killed.retain(|(_, killed)| *killed != key);
                self.sessions.set(key, Slot::Vacant);
            }
            Input::Drain => self.draining = true,
            Input::Shutdown => self.shutdown(outputs),
            Input::Permissions(permissions) => self.permit(permissions, outputs),
            Input::Ask {
                question,
                procedure,
                arguments,
                timeout,
            } => self.ask(question, procedure, &arguments, timeout, outputs),
            Input::Report {
                caller,
                request,
                results,
            } => self.report(caller, request, &results, outputs),
            Input::Tick => self.tick(outputs),
        }
        self.attend(outputs);
        self.tell(outputs);
    }

    /// When the realm wants its next [`Input::Tick`]; `None` while it waits for nothing.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let killed = self.killed.front().map(|(deadline, _)| *deadline);
        let others = killed.into_iter().chain(self.drops.deadline());
        self.dealer.deadline().into_iter().chain(others).min()
    }

    /// Its name.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// How many sessions are open. Those that were told GOODBYE or ABORT are not.
    #[must_use]
    pub const fn session_count(&self) -> usize {
        self.sessions.open_count()
    }

    /// How many calls have no final answer yet.
    #[must_use]
    pub fn call_count(&self) -> usize {
        self.dealer.call_count()
    }

    /// Counts what the realm's tables hold. Tests take it for the proof that nothing is left behind.
    #[must_use]
    pub fn census(&self) -> Census {
        Census {
            sessions: self.session_count(),
            subscriptions: self.broker.subscription_count(),
            registrations: self.dealer.registration_count(),
            calls: self.call_count(),
            timers: self.dealer.timer_count() + self.killed.len() + self.drops.pending(),
            modified_sessions: self.meta.modified_sessions(),
            descriptions: self.meta.descriptions(),
            questions: self.desk.pending(),
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
        if self.draining {
            let abort = abort(farewell(&Refusal::Shutdown), uris::SYSTEM_SHUTDOWN);
            self.close(key, abort, Ending::Shutdown, outputs);
            return;
        }
        let limit = join.max_frame;
        let fits = |welcome: &Message| {
            frame_length(join.serializer, welcome).is_ok_and(|length| length <= limit)
        };
        let whole = self.welcome(&join, roles(&self.broker, &self.dealer));
        // A peer with small frames, some controller say, is served too; it is only not told all that it could have.
        let welcome = if self.welcome_room(&join).is_some_and(|room| room <= limit) || fits(&whole)
        {
            Some(whole)
        } else {
            Some(self.welcome(&join, bare_roles())).filter(fits)
        };
        let Some(welcome) = welcome else {
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

    /// How many bytes WELCOME may have, or `None` where it takes an encoder to say that; see [`header_room`].
    fn welcome_room(&self, join: &Join) -> Option<usize> {
        let about = [&join.agent, &join.authprovider, &join.authmethod];
        let identity = [&join.authid, &join.authrole];
        let texts = about.into_iter().chain(identity).map(String::as_str);
        let mut texts = texts.chain([&*self.uri]);
        let room = texts.try_fold(ROLES_ROOM, |room, text| {
            Some(room + header_room(text, None)?)
        });
        room.filter(|_| join.authextra.is_empty())
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
        self.tell_all_missed();
    }

    fn congest(&mut self, key: SessionKey, congested: bool) {
        if let Some(session) = self.sessions.get_mut(key) {
            session.congested = congested;
        }
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

/// What the roles take in WELCOME, with every feature there is in both of them.
const ROLES_ROOM: usize = 4 << 10;

/// How long a session that was killed has to answer GOODBYE before its transport is closed all the same.
const KILL_GRACE: Duration = Duration::from_secs(5);

/// The roles without what they can do.
fn bare_roles() -> Roles {
    let roles = Role::ROUTER.into_iter();
    roles.fold(Roles::default(), |roles, role| roles.with(role, []))
}
