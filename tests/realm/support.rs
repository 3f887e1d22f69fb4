//! A realm on a bench: sessions join, send and look at what they received.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use wampkit::codec::Arguments;
use wampkit::proto::{
    Error, Event, Id, Invocation, MatchPolicy, Message, MessageType, Payload, Register,
    RegisterOptions, Serializer, Uri, UriRule, uris,
};
use wampkit::realm::{Census, Input, Join, Now, Output, Realm, RealmConfig, SessionKey};

pub(super) use crate::model::messages::*;
pub(super) use wampkit::proto;

/// A realm, its sessions and their inboxes.
pub(super) struct Fixture {
    pub(super) realm: Realm,
    pub(super) now: Now,
    sessions: BTreeMap<SessionKey, Peer>,
    joined: u32,
    /// Those that are not to be read from.
    pub(super) held: BTreeSet<SessionKey>,
    /// The answers to questions of the owner.
    pub(super) told: Vec<(u64, Told)>,
}

/// A procedure's answer to the owner.
type Told = Result<Arguments, (Uri, Arguments)>;

/// The far side of a session.
struct Peer {
    serializer: Serializer,
    inbox: Vec<Message>,
    /// Whether the realm said that the session is over.
    closed: bool,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A realm with something configured.
    pub(super) fn with(configure: impl FnOnce(&mut RealmConfig)) -> Self {
        let mut config = RealmConfig {
            uri: Uri::from_static("realm1"),
            uri_rule: UriRule::Loose,
            ..RealmConfig::default()
        };
        configure(&mut config);
        let now = Now {
            instant: Instant::now(),
            unix: Duration::from_secs(1_700_000_000),
        };
        Self {
            realm: Realm::new(config, 7, now),
            now,
            sessions: BTreeMap::new(),
            joined: 0,
            held: BTreeSet::new(),
            told: Vec::new(),
        }
    }

    /// A session over JSON that can do everything; its WELCOME is out of the way.
    pub(super) fn join(&mut self) -> SessionKey {
        self.join_as(|_| {})
    }

    /// The same over another serializer.
    pub(super) fn join_over(&mut self, serializer: Serializer) -> SessionKey {
        self.join_as(|join| join.serializer = serializer)
    }

    /// The same with something different.
    pub(super) fn join_as(&mut self, change: impl FnOnce(&mut Join)) -> SessionKey {
        let key = self.join_and_look(change);
        assert!(matches!(self.received(key)[..], [Message::Welcome(_)]));
        key
    }

    /// The same, with the answer left in the inbox.
    pub(super) fn join_and_look(&mut self, change: impl FnOnce(&mut Join)) -> SessionKey {
        let number = self.joined;
        self.joined += 1;
        let mut join = Join {
            key: SessionKey(number),
            session: id(1000 + u64::from(number)),
            serializer: Serializer::Json,
            max_frame: 1 << 24,
            roles: client_roles(),
            authid: format!("user{number}"),
            authrole: "anonymous".to_owned(),
            trusted: false,
            authmethod: "anonymous".to_owned(),
            authprovider: "static".to_owned(),
            authextra: wampkit::Dict::new(),
            agent: "wamp-test".to_owned(),
            limits: wampkit::realm::SessionLimits::default(),
        };
        change(&mut join);
        let key = join.key;
        let peer = Peer {
            serializer: join.serializer,
            inbox: Vec::new(),
            closed: false,
        };
        self.sessions.insert(key, peer);
        self.input(Input::Join(Box::new(join)));
        key
    }

    pub(super) fn send(&mut self, from: SessionKey, message: impl Into<Message>) {
        self.input(Input::Message(from, message.into()));
    }

    /// The session's transport breaks.
    pub(super) fn leave(&mut self, key: SessionKey) {
        self.input(Input::Leave(key));
        self.sessions.remove(&key);
    }

    /// Hands an input to the realm and its outputs to the inboxes, checking what holds for every output.
    pub(super) fn input(&mut self, input: Input) {
        for output in self.outputs(input) {
            match output {
                Output::Send(recipients, message) => {
                    assert!(!recipients.is_empty(), "{message:?} to nobody");
                    for key in recipients {
                        let peer = self.sessions.get_mut(&key).expect("sent to nobody");
                        assert!(!peer.closed, "{message:?} after the end");
                        if let Some(payload) = payload_of(&message) {
                            assert_eq!(payload.serializer(), peer.serializer, "{message:?}");
                        }
                        peer.inbox.push(message.clone());
                    }
                }
                Output::Close(key, _) => {
                    let peer = self.sessions.get_mut(&key).expect("closed nobody");
                    assert!(!peer.closed, "closed twice");
                    peer.closed = true;
                }
                Output::Hold(key) => assert!(self.held.insert(key), "held twice"),
                Output::OnBehalf(key) => assert!(self.sessions.contains_key(&key), "nobody"),
                Output::Resume(key) => assert!(self.held.remove(&key), "was not held"),
                Output::Told { question, answer } => self.told.push((question, answer)),
                Output::Inquire { .. } => panic!("nobody is there who could tell"),
            }
        }
    }

    /// Hands an input to the realm; nobody receives what follows from it.
    pub(super) fn outputs(&mut self, input: Input) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.realm.handle(self.now, input, &mut outputs);
        let timed = self.realm.census().timers > 0;
        assert_eq!(self.realm.deadline().is_some(), timed);
        outputs
    }

    /// Time goes by, and the realm is woken whenever it wants to be.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.instant + time;
        while let Some(deadline) = self.realm.deadline().filter(|deadline| *deadline <= end) {
            self.advance_to(deadline);
            self.input(Input::Tick);
        }
        self.advance_to(end);
    }

    /// Both clocks go on; they never go back.
    fn advance_to(&mut self, instant: Instant) {
        let passed = instant.saturating_duration_since(self.now.instant);
        self.now.instant += passed;
        self.now.unix += passed;
    }

    /// The sessions that have joined and did not leave.
    pub(super) fn keys(&self) -> Vec<SessionKey> {
        self.sessions.keys().copied().collect()
    }

    /// What the session received since the last look.
    pub(super) fn received(&mut self, key: SessionKey) -> Vec<Message> {
        std::mem::take(&mut self.sessions.get_mut(&key).expect("a session").inbox)
    }

    /// The one message that the session received since the last look.
    #[track_caller]
    pub(super) fn received_one(&mut self, key: SessionKey) -> Message {
        let mut received = self.received(key);
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0)
    }

    /// The one ERROR that the session received since the last look.
    #[track_caller]
    pub(super) fn refused(&mut self, key: SessionKey) -> Refused {
        match self.received_one(key) {
            Message::Error(error) => Refused::from(error),
            other => panic!("{other:?} is no ERROR"),
        }
    }

    /// The message of the ABORT `wamp.error.protocol_violation` that ended the session.
    #[track_caller]
    pub(super) fn aborted(&mut self, key: SessionKey) -> String {
        let Message::Abort(abort) = self.received_one(key) else {
            panic!("no ABORT");
        };
        assert_eq!(abort.reason, uris::PROTOCOL_VIOLATION);
        assert!(self.is_closed(key));
        abort.details.message.expect("a message").to_string()
    }

    /// Registers with these options and returns the id of the registration.
    #[track_caller]
    pub(super) fn registered_with(
        &mut self,
        key: SessionKey,
        procedure: &str,
        options: RegisterOptions,
    ) -> Id {
        let register = Register {
            options,
            ..register(902, procedure)
        };
        self.send(key, register);
        match self.received_one(key) {
            Message::Registered(registered) => registered.registration,
            other => panic!("{other:?} is no REGISTERED"),
        }
    }

    pub(super) fn is_closed(&self, key: SessionKey) -> bool {
        self.sessions[&key].closed
    }

    /// Subscribes and returns the id of the subscription.
    #[track_caller]
    pub(super) fn subscribed(&mut self, key: SessionKey, policy: MatchPolicy, topic: &str) -> Id {
        self.send(key, subscribe_by(policy, 900, topic));
        match self.answered(key) {
            Message::Subscribed(subscribed) => subscribed.subscription,
            other => panic!("{other:?} is no SUBSCRIBED"),
        }
    }

    /// Registers and returns the id of the registration.
    #[track_caller]
    pub(super) fn registered(
        &mut self,
        key: SessionKey,
        policy: MatchPolicy,
        procedure: &str,
    ) -> Id {
        self.send(key, register_by(policy, 901, procedure));
        match self.answered(key) {
            Message::Registered(registered) => registered.registration,
            other => panic!("{other:?} is no REGISTERED"),
        }
    }

    /// The one message that the session received since the last look, beside the meta events that tell of it: a pattern
    /// that matches everything matches them, too.
    #[track_caller]
    fn answered(&mut self, key: SessionKey) -> Message {
        let mut received = self.received(key);
        received.retain(|message| !is_meta_event(message));
        assert_eq!(received.len(), 1, "{received:?}");
        received.remove(0)
    }

    /// Calls a procedure of the router and returns what it answered.
    #[track_caller]
    pub(super) fn asked(&mut self, key: SessionKey, procedure: &str, payload: Payload) -> Message {
        self.send(key, call_of(902, procedure, payload));
        self.received_one(key)
    }

    /// The same, where the answer is a RESULT.
    #[track_caller]
    pub(super) fn told(&mut self, key: SessionKey, procedure: &str, payload: Payload) -> Arguments {
        match self.asked(key, procedure, payload) {
            Message::Result(result) => {
                Arguments::from_payload(&result.payload).expect("well-formed")
            }
            other => panic!("{other:?} is no RESULT"),
        }
    }

    /// The same, where the answer is an ERROR: its URI and sentence.
    #[track_caller]
    pub(super) fn denied(
        &mut self,
        key: SessionKey,
        procedure: &str,
        payload: Payload,
    ) -> (String, String) {
        match self.asked(key, procedure, payload) {
            Message::Error(error) => {
                let refused = Refused::from(error);
                (refused.error, refused.sentence)
            }
            other => panic!("{other:?} is no ERROR"),
        }
    }

    /// The EVENTs that the session received since the last look, as subscription and arguments. It must have received
    /// nothing else.
    #[track_caller]
    pub(super) fn events(&mut self, key: SessionKey) -> Vec<(Id, Arguments)> {
        let received = self.received(key).into_iter();
        received
            .map(|message| match message {
                Message::Event(event) => (
                    event.subscription,
                    Arguments::from_payload(&event.payload).expect("well-formed"),
                ),
                other => panic!("{other:?} is no EVENT"),
            })
            .collect()
    }

    /// The one EVENT that the session received since the last look.
    #[track_caller]
    pub(super) fn event(&mut self, key: SessionKey) -> Event {
        match self.received_one(key) {
            Message::Event(event) => event,
            other => panic!("{other:?} is no EVENT"),
        }
    }

    /// The one INVOCATION that the session received since the last look.
    #[track_caller]
    pub(super) fn invocation(&mut self, key: SessionKey) -> Invocation {
        match self.received_one(key) {
            Message::Invocation(invocation) => invocation,
            other => panic!("{other:?} is no INVOCATION"),
        }
    }

    /// All sessions leave; the realm's tables must be empty then.
    #[track_caller]
    pub(super) fn everybody_leaves(mut self) {
        for key in self.keys() {
            self.outputs(Input::Leave(key));
        }
        assert_eq!(self.realm.census(), Census::default());
    }
}

/// An ERROR as tests look at it.
#[derive(Debug, PartialEq)]
pub(super) struct Refused {
    pub(super) request_type: MessageType,
    pub(super) request: u64,
    pub(super) error: String,
    /// `args[0]`.
    pub(super) sentence: String,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let arguments = Arguments::from_payload(&error.payload).expect("well-formed");
        let sentence = arguments.args.first().and_then(|first| first.as_str());
        Self {
            request_type: error.request_type,
            request: error.request.get(),
            error: error.error.to_string(),
            sentence: sentence.expect("a sentence").to_owned(),
        }
    }
}

/// What [`Fixture::refused`] should be.
pub(super) fn refused(
    request_type: MessageType,
    request: u64,
    error: &Uri,
    sentence: &str,
) -> Refused {
    Refused {
        request_type,
        request,
        error: error.to_string(),
        sentence: sentence.to_owned(),
    }
}

fn payload_of(message: &Message) -> Option<&Payload> {
    match message {
        Message::Event(event) => Some(&event.payload),
        Message::Invocation(invocation) => Some(&invocation.payload),
        Message::Result(result) => Some(&result.payload),
        Message::Error(error) => Some(&error.payload),
        _ => None,
    }
}
