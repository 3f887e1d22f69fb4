//! From a fresh transport to a session: HELLO, the choice of a realm, WELCOME or ABORT. What is proved in between is the
//! business of `login`.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use tokio::time::{Instant, timeout_at};

use super::Router;
use super::access::{Account, Newcomer};
use super::closing;
use super::connection::{Connection, Rules};
use super::handle::RealmHandle;
use super::login::Login;
use super::outbox::Outbox;
use super::pace::{Pace, Rate};
use super::policy::Policy;
use super::who::Who;
use crate::auth::{Method, Principal};
use crate::codec::{self, MessageLimits};
use crate::proto::{
    Abort, Dict, GoodbyeDetails, Hello, Id, Message, Payload, Role, Uri, UriRule, uris,
};
use crate::realm::{Join, SessionKey};
use crate::transport::{CloseCode, Heartbeat, Transport, TransportError};

/// Whom a connection brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guest {
    /// Anybody, also who does not say who it is, if the realm lets them.
    Anybody,
    /// Somebody who has to say who it is.
    Named,
    /// A part of the router's own process.
    Trusted,
}

/// Waits for HELLO and lets the session join, until `deadline` or the end of the router. `None` if it did not come to that; the transport is
/// closed then.
pub(super) async fn join(
    router: &Router,
    mut transport: Box<dyn Transport>,
    guest: Guest,
    deadline: Instant,
) -> Option<Connection> {
    let pending = router.shared.arrivals.begin();
    let mut closing = router.shared.closing.subscribe();
    let admitted = tokio::select! {
        biased;
        admitted = hear(router, transport.as_mut(), guest, deadline) => admitted,
        _ = closing.wait_for(|closing| *closing) => Err(shutting_down().into()),
    };
    match admitted {
        Ok(admitted) => {
            pending.settled();
            Some(admitted.connect(transport))
        }
        Err(Stop::Refused(refusal)) => {
            pending.settled();
            router.shared.arrivals.refused();
            refuse(transport, refusal).await;
            None
        }
        Err(Stop::Gone) => None,
    }
}

/// HELLO, and what follows from it.
async fn hear(
    router: &Router,
    transport: &mut dyn Transport,
    guest: Guest,
    deadline: Instant,
) -> Result<Admitted, Stop> {
    let (longest, time, limits) = {
        let policy = router.shared.policy.load();
        (policy.max_hello, policy.hello_time, policy.messages)
    };
    transport.restrict(Some(longest));
    let hello_by = deadline.min(Instant::now() + time);
    let hello = timeout_at(hello_by, receive(transport, &limits)).await;
    let no_hello = || {
        if hello_by < deadline {
            let time = humantime::format_duration(time);
            format!("no HELLO came within {time}")
        } else {
            "no HELLO came in time".to_owned()
        }
    };
    match hello.unwrap_or_else(|_| Err(late(no_hello())))? {
        Message::Hello(hello) => {
            let admission = pin!(admit(router, transport, hello, guest));
            let admitted = timeout_at(deadline, admission).await;
            admitted.unwrap_or_else(|_| Err(late("the login took too long")))
        }
        other => {
            let message = format!("expected HELLO, received {}", other.kind());
            Err(Refusal::violation(message).into())
        }
    }
}

/// Why there is no session.
pub(super) enum Stop {
    /// The router does not let the client in.
    Refused(Refusal),
    /// The client is gone.
    Gone,
}

/// What a client is told that is not let in.
pub(super) struct Refusal {
    pub(super) reason: Uri,
    pub(super) message: String,
    /// How the transport is closed.
    pub(super) code: CloseCode,
    /// Who the client says it is, for the log.
    pub(super) authid: Option<String>,
}

impl Refusal {
    pub(super) fn new(reason: Uri, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
            code: CloseCode::Normal,
            authid: None,
        }
    }

    pub(super) fn violation(message: String) -> Self {
        Self::new(uris::PROTOCOL_VIOLATION, message)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The next message of the handshake.
pub(super) async fn receive(
    transport: &mut dyn Transport,
    limits: &MessageLimits,
) -> Result<Message, Stop> {
    let frame = match transport.receive().await {
        None => return Err(Stop::Gone),
        Some(Ok(frame)) => frame,
        Some(Err(
            error @ (TransportError::Io(_) | TransportError::Cut | TransportError::Closed),
        )) => {
            tracing::debug!(peer = transport.peer(), %error, "connection lost before WELCOME");
            return Err(Stop::Gone);
        }
        Some(Err(fault)) => {
            let code = fault.close_code();
            return Err(Refusal {
                code,
                ..Refusal::violation(fault.to_string())
            }
            .into());
        }
    };
    match codec::decode_within(transport.serializer(), &frame, limits) {
        Ok(Message::Abort(_)) => Err(Stop::Gone),
        Ok(message) => Ok(message),
        Err(error) => Err(Refusal::violation(error.to_string()).into()),
    }
}

/// Sends a message of the handshake.
pub(super) async fn send(transport: &mut dyn Transport, message: Message) -> Result<(), Stop> {
    let frame = encoded(transport, &message)?;
    transport.send(frame).await.map_err(|error| {
        tracing::debug!(peer = transport.peer(), %error, "connection lost before WELCOME");
        Stop::Gone
    })
}

fn encoded(transport: &dyn Transport, message: &Message) -> Result<Bytes, Refusal> {
    let mut frame = BytesMut::new();
    match codec::encode(transport.serializer(), message, &mut frame) {
        Ok(()) => Ok(frame.freeze()),
        // Only an authid that begins with NUL has no form in JSON, and the client sent it in the same.
        Err(error) => Err(Refusal::violation(error.to_string())),
    }
}

/// A session that its realm has welcomed; its connection is yet to be made.
struct Admitted {
    realm: RealmHandle,
    key: SessionKey,
    outbox: Arc<Outbox>,
    account: Account,
    router: Router,
    /// How the client names itself.
    agent: Option<ByteString>,
    heartbeat: Option<Duration>,
    messages: MessageLimits,
    rate: Option<Rate>,
}

impl Admitted {
    fn connect(self, mut transport: Box<dyn Transport>) -> Connection {
        transport.restrict(None);
        let agent = self.agent.as_deref();
        let heartbeat = Heartbeat::start(&mut *transport, self.heartbeat, agent);
        Connection::new(
            self.router,
            self.realm,
            self.key,
            self.outbox,
            self.account,
            transport,
            Rules {
                heartbeat,
                messages: self.messages,
                pace: self.rate.map(|rate| Box::new(Pace::new(rate))),
            },
        )
    }
}

/// Judges a HELLO, asks for what is to be proved, and lets the session join the realm it names.
async fn admit(
    router: &Router,
    transport: &mut dyn Transport,
    hello: Hello,
    guest: Guest,
) -> Result<Admitted, Stop> {
    let policy = router.shared.policy.load_full();
    let setup = policy.realm(&hello.realm);
    let rule = setup.map_or_else(UriRule::default, |setup| setup.config.uri_rule);
    if let Err(fault) = hello.realm.check(rule) {
        let message = format!("realm {:?}: {fault}", &*hello.realm);
        return Err(Refusal::new(uris::INVALID_URI, message).into());
    }
    let authid = hello.details.authid.as_deref().unwrap_or_default();
    if authid.len() > LONGEST_AUTHID {
        let message = format!("HELLO.Details.authid is longer than {LONGEST_AUTHID} bytes");
        return Err(Refusal::violation(message).into());
    }
    let roles = hello.details.roles.as_ref();
    let has = |role| roles.is_some_and(|roles| roles.has(role));
    if !Role::CLIENT.into_iter().any(has) {
        let message =
            "HELLO.Details.roles must name at least one of publisher, subscriber, caller, callee";
        return Err(Refusal::violation(message.to_owned()).into());
    }
    let setup = setup.ok_or_else(|| no_such_realm(&hello.realm))?;
    let session = router.realms().session_id();
    let trusted = guest == Guest::Trusted;
    let principal = if trusted {
        Principal {
            authid: authid.to_owned(),
            authrole: "trusted".to_owned(),
            authmethod: Method::Anonymous,
            authprovider: "router".to_owned(),
            authextra: Dict::new(),
        }
    } else {
        Login {
            router,
            policy: &policy,
            setup,
            transport,
            hello: &hello,
            session,
            anonymous: guest == Guest::Anybody,
        }
        .run()
        .await?
    };
    enter(
        router, transport, &policy, hello, session, principal, trusted,
    )
}

/// Lets a session that has proved who it is join its realm.
fn enter(
    router: &Router,
    transport: &dyn Transport,
    policy: &Arc<Policy>,
    hello: Hello,
    session: Id,
    principal: Principal,
    trusted: bool,
) -> Result<Admitted, Stop> {
    let mut realms = router.realms();
    // Under the same lock as the end of all sessions, so that none slips in behind it.
    if *router.shared.closing.borrow() {
        return Err(shutting_down().into());
    }
    // What was proved by one policy counts for nothing under another.
    if !Arc::ptr_eq(policy, &router.shared.policy.load()) {
        let message = "the router has been given another configuration meanwhile; try again";
        return Err(Refusal::new(uris::AUTHENTICATION_FAILED, message).into());
    }
    let Some(setup) = policy.realm(&hello.realm) else {
        return Err(no_such_realm(&hello.realm).into());
    };
    let known = realms.by_uri.get(&hello.realm).cloned();
    let realm = known.unwrap_or_else(|| realms.open(setup.config_for(hello.realm.detach())));
    let slow = setup.slow_consumers.of(&principal.authrole);
    let who = Who::new(session, realm.uri(), &principal.authid, transport.peer());
    let outbox = Arc::new(Outbox::new(router.shared.outbox_limit, slow, who));
    let join = Join {
        key: SessionKey(0),
        session,
        serializer: transport.serializer(),
        max_frame: transport.max_frame(),
        roles: hello.details.roles.unwrap_or_default(),
        authid: principal.authid,
        authrole: principal.authrole,
        trusted,
        authmethod: principal.authmethod.name().to_owned(),
        authprovider: principal.authprovider,
        authextra: principal.authextra,
        agent: router.shared.about.agent.clone(),
        limits: setup.sessions,
    };
    let newcomer = Newcomer::of(&join);
    let rate = setup.rates.of(&join.authrole).filter(|_| !trusted);
    // Under the lock of the realms, so that the last session to leave cannot take the realm away in between.
    let key = realm.join(Box::new(join), Arc::clone(&outbox));
    drop(realms);
    let agent = hello.details.agent;
    let account = newcomer.joined(outbox.who(), transport, agent.as_deref());
    Ok(Admitted {
        realm,
        key,
        outbox,
        account,
        heartbeat: policy.heartbeat,
        messages: policy.messages,
        rate,
        router: router.clone(),
        agent: agent.map(|agent| ByteString::from(&*agent)),
    })
}

fn no_such_realm(realm: &Uri) -> Refusal {
    let message = format!("there is no realm {:?} here", &**realm);
    Refusal::new(uris::NO_SUCH_REALM, message)
}

fn shutting_down() -> Refusal {
    Refusal {
        code: CloseCode::GoingAway,
        ..Refusal::new(uris::SYSTEM_SHUTDOWN, "the router is shutting down")
    }
}

fn late(what: impl Into<String>) -> Stop {
    Refusal::new(uris::TIMEOUT, what).into()
}

/// Sends ABORT and closes. Failures do not matter any more: the peer is gone or about to be.
async fn refuse(mut transport: Box<dyn Transport>, refusal: Refusal) {
    let Refusal {
        reason,
        message,
        code,
        authid,
    } = refusal;
    // What the client sent may be quoted in it.
    let told = message.replace(char::is_control, "\u{fffd}");
    let authid = authid.as_deref();
    tracing::info!(peer = transport.peer(), %reason, authid, "session refused: {told}");
    let abort = Abort {
        details: GoodbyeDetails::saying(message),
        reason,
        payload: Payload::empty(transport.serializer()),
    };
    // It is written while the transport is closed, for which there is an end of time: a client that does not read must not hold its place.
    let fed = encoded(transport.as_ref(), &abort.into()).is_ok_and(|it| transport.feed(it).is_ok());
    if fed {
        closing::close(transport, code).await;
    }
}

/// Longer than any name of a person or a machine, an e-mail address or a public key.
const LONGEST_AUTHID: usize = 512;
