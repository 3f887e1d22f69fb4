//! The realm, the ways to log in, and the session.

use bytes::BytesMut;
use tokio::time::timeout;
use wampkit::Session;
use wampkit::auth::Method;
use wampkit::codec;
use wampkit::proto::{
    Abort, Dict, GoodbyeDetails, Hello, HelloDetails, Message, Payload, Serializer, uris,
};
use wampkit::session::roles;
use wampkit::transport::{Endpoint, Transport};

use super::super::exit::Exit;
use super::super::route::Route;
use super::Patient;
use super::report::Report;
use super::serializers::hang_up;

/// Whether the realm is there, and by which methods one may log in. No proof is given.
pub(super) async fn realm_and_methods(
    patient: &Patient,
    endpoint: &Endpoint,
    serializer: Serializer,
    report: &mut Report<'_>,
) -> bool {
    let realm = patient.realm();
    let door = Door {
        patient,
        endpoint,
        serializer,
    };
    let all = door.knock(&Method::ALL).await;
    match &all {
        Ok(Message::Abort(abort)) if abort.reason == uris::NO_SUCH_REALM => {
            let text = format!("the router has no realm {realm}");
            let hint = "choose another with -r REALM";
            report.bad("realm", text, Some(hint), Exit::Refused);
            return false;
        }
        Ok(Message::Abort(abort)) => {
            report.good("realm", format!("{realm}, as far as can be told"));
            tracing::debug!(reason = %abort.reason, "the router lets nobody in without proof");
        }
        Ok(_) => report.good("realm", realm),
        Err(fault) => {
            report.bad("realm", fault, None, Exit::Connect);
            return false;
        }
    }
    for method in Method::ALL {
        let name = format!("login by {method}");
        match door.knock(&[method]).await {
            Ok(Message::Welcome(welcome)) => {
                let role = welcome.details.authrole.as_deref().unwrap_or("?");
                report.good(&name, format!("yes, without proof, as {role:?}"));
            }
            Ok(Message::Challenge(challenge)) => {
                let more = match &*challenge.method {
                    asked if asked == method.name() => String::new(),
                    other => format!(", but by {other}"),
                };
                report.good(&name, format!("yes, asks for proof{more}"));
            }
            Ok(Message::Abort(abort)) => {
                let authid = door.authid();
                let text = format!("not for {authid:?}: {}", abort.reason);
                report.skip(&name, text);
            }
            Ok(other) => {
                let text = format!("the router answers HELLO with {}", other.kind());
                report.warn(&name, text, None);
            }
            Err(fault) => report.warn(&name, fault, None),
        }
    }
    true
}

/// Joins as other commands do, and tells who the router is.
pub(super) async fn session(route: &Route, report: &mut Report<'_>) -> Option<Session> {
    let session = match route.connect().await {
        Ok(session) => session,
        Err(error) => {
            report.error("welcome", &error);
            return None;
        }
    };
    let details = session.details();
    let said = |text: Option<&str>| text.unwrap_or("?").to_owned();
    let (authid, role) = (
        said(details.authid.as_deref()),
        said(details.authrole.as_deref()),
    );
    let method = said(details.authmethod.as_deref());
    let id = session.id();
    report.good(
        "welcome",
        format!("session {id} as {authid:?} with role {role:?}, by {method}"),
    );
    match &details.agent {
        Some(agent) => report.good("router", &**agent),
        None => report.skip("router", "it does not say what it is"),
    }
    let parts = details.roles.iter().flat_map(|roles| roles.iter());
    let parts: Vec<_> = parts.map(|(role, _)| role.as_str()).collect();
    if parts.is_empty() {
        report.warn("roles", "it announces none", None);
    } else {
        report.good("roles", parts.join(", "));
    }
    Some(session)
}

/// Where HELLO goes.
struct Door<'a> {
    patient: &'a Patient,
    endpoint: &'a Endpoint,
    serializer: Serializer,
}

impl Door<'_> {
    /// What the router answers to somebody who offers these methods. A session or challenge that comes of it is given up.
    async fn knock(&self, methods: &[Method]) -> Result<Message, String> {
        let connecting = self.patient.connect(self.endpoint, self.serializer, false);
        let mut transport = connecting.await.map_err(|error| error.to_string())?;
        let hello = self.hello(methods);
        let asking = async {
            self.send(&mut *transport, hello.into()).await?;
            let frame = match transport.receive().await {
                Some(frame) => frame.map_err(|error| error.to_string())?,
                None => return Err("the router closes the connection upon HELLO".to_owned()),
            };
            codec::decode(self.serializer, &frame).map_err(|error| error.to_string())
        };
        let answer = timeout(self.patient.limit, asking).await;
        let answer = answer.unwrap_or_else(|_| Err("no answer to HELLO in time".to_owned()));
        if !matches!(answer, Ok(Message::Abort(_)) | Err(_)) {
            let abort = Abort {
                details: GoodbyeDetails::saying("wamp doctor has seen enough"),
                reason: uris::CLOSE_REALM,
                payload: Payload::empty(self.serializer),
            };
            // It is of no consequence whether that arrives.
            let _ = self.send(&mut *transport, abort.into()).await;
        }
        hang_up(transport).await;
        answer
    }

    fn authid(&self) -> &str {
        self.patient.args.authid.as_deref().unwrap_or(NOBODY)
    }

    fn hello(&self, methods: &[Method]) -> Hello {
        // What methods want to have before they ask for proof.
        let extra = Dict::new()
            .with("pubkey", PUBLIC_KEY)
            .with("nonce", NONCE)
            .with("channel_binding", wampkit::proto::Value::Null);
        Hello {
            realm: self.patient.realm().into(),
            details: HelloDetails {
                roles: Some(roles()),
                agent: Some(concat!("wamp-", env!("CARGO_PKG_VERSION")).into()),
                authmethods: Some(methods.iter().map(|it| it.name().into()).collect()),
                authid: Some(self.authid().into()),
                authrole: self.patient.args.authrole.as_deref().map(Into::into),
                authextra: Some(extra),
                ..HelloDetails::default()
            },
        }
    }

    async fn send(&self, transport: &mut dyn Transport, message: Message) -> Result<(), String> {
        let mut frame = BytesMut::new();
        codec::encode(self.serializer, &message, &mut frame).map_err(|error| error.to_string())?;
        let sent = transport.send(frame.freeze()).await;
        sent.map_err(|error| error.to_string())
    }
}

/// Whom ways to log in are tried for.
const NOBODY: &str = "wamp-doctor";

/// Of a private key that nobody has: the generator of the curve.
const PUBLIC_KEY: &str = "5866666666666666666666666666666666666666666666666666666666666666";

/// 24 bytes in base64.
const NONCE: &str = "d2FtcCBkb2N0b3IgaXMgbG9va2luZyE=";
