//! From a fresh transport to a session: HELLO, the choice of a realm, WELCOME or ABORT.

use std::sync::Arc;

use bytes::BytesMut;

use super::Router;
use super::connection::Connection;
use super::outbox::Outbox;
use crate::codec;
use crate::proto::{Abort, GoodbyeDetails, Hello, Message, Payload, Role, Uri, uris};
use crate::realm::{Join, SessionKey};
use crate::transport::{CloseCode, Transport, TransportError};

/// Waits for HELLO and lets the session join. `None` if it did not come to that; the transport is closed then.
pub(super) async fn join(router: &Router, mut transport: Box<dyn Transport>) -> Option<Connection> {
    let frame = match transport.receive().await? {
        Ok(frame) => frame,
        Err(error @ (TransportError::Io(_) | TransportError::Cut | TransportError::Closed)) => {
            tracing::debug!(peer = transport.peer(), %error, "connection lost before HELLO");
            return None;
        }
        Err(fault) => {
            let refusal = Refusal::violation(fault.to_string());
            refuse(transport, refusal, fault.close_code()).await;
            return None;
        }
    };
    let refusal = match codec::decode(transport.serializer(), &frame) {
        Ok(Message::Hello(hello)) => match admit(router, transport.as_ref(), hello) {
            Ok(admitted) => return Some(admitted.connect(transport)),
            Err(refusal) => refusal,
        },
        Ok(Message::Abort(_)) => return None,
        Ok(other) => Refusal::violation(format!("expected HELLO, received {}", other.kind())),
        Err(error) => Refusal::violation(error.to_string()),
    };
    refuse(transport, refusal, CloseCode::Normal).await;
    None
}

/// Why a session is not let in.
struct Refusal {
    reason: Uri,
    message: String,
}

impl Refusal {
    const fn violation(message: String) -> Self {
        Self {
            reason: uris::PROTOCOL_VIOLATION,
            message,
        }
    }
}

/// A session that its realm has welcomed; its connection is yet to be made.
struct Admitted {
    realm: super::handle::RealmHandle,
    key: SessionKey,
    outbox: Arc<Outbox>,
    router: Router,
}

impl Admitted {
    fn connect(self, transport: Box<dyn Transport>) -> Connection {
        Connection::new(self.router, self.realm, self.key, self.outbox, transport)
    }
}

/// Judges a HELLO, and lets the session join the realm it names.
fn admit(router: &Router, transport: &dyn Transport, hello: Hello) -> Result<Admitted, Refusal> {
    let config = &router.shared.config;
    if let Err(fault) = hello.realm.check(config.template.uri_rule) {
        let message = format!("realm {:?}: {fault}", &*hello.realm);
        return Err(Refusal {
            reason: uris::INVALID_URI,
            message,
        });
    }
    let roles = hello.details.roles.unwrap_or_default();
    if !Role::CLIENT.into_iter().any(|role| roles.has(role)) {
        let message =
            "HELLO.Details.roles must name at least one of publisher, subscriber, caller, callee";
        return Err(Refusal::violation(message.to_owned()));
    }
    // A client that names no method takes what there is (Advanced Profile, "Authentication").
    let methods = hello.details.authmethods.unwrap_or_default();
    if !methods.is_empty() && !methods.iter().any(|method| **method == *ANONYMOUS) {
        let message = format!(
            "the client offers {}; this router accepts {ANONYMOUS} only",
            methods.join(", ")
        );
        return Err(Refusal {
            reason: uris::NO_MATCHING_AUTH_METHOD,
            message,
        });
    }

    let mut realms = router.realms();
    // Under the same lock as the end of all sessions, so that none slips in behind it.
    if *router.shared.closing.borrow() {
        let message = "the router is shutting down".to_owned();
        return Err(Refusal {
            reason: uris::SYSTEM_SHUTDOWN,
            message,
        });
    }
    let realm = match realms.by_uri.get(&hello.realm) {
        Some(realm) => realm.clone(),
        None if config.any_realm && !hello.realm.is_reserved() => {
            realms.open(hello.realm.detach(), &config.template)
        }
        None => {
            let message = format!("there is no realm {:?} here", &*hello.realm);
            return Err(Refusal {
                reason: uris::NO_SUCH_REALM,
                message,
            });
        }
    };
    let session = realms.session_id();
    // An anonymous client is not who it says it is: it gets a name of the router's making.
    let authid = format!("{:014x}", realms.session_id().get());
    let outbox = Arc::new(Outbox::new(config.outbox_limit));
    let join = Join {
        key: SessionKey(0),
        session,
        serializer: transport.serializer(),
        max_frame: transport.max_frame(),
        roles,
        authid,
        authrole: ANONYMOUS.to_owned(),
        authmethod: ANONYMOUS.to_owned(),
        authprovider: "static".to_owned(),
        agent: config.agent.clone(),
    };
    // Under the lock of the realms, so that the last session to leave cannot take the realm away in between.
    let key = realm.join(Box::new(join), Arc::clone(&outbox));
    drop(realms);
    let agent = hello.details.agent;
    tracing::debug!(%session, realm = %realm.uri(), peer = transport.peer(), agent = agent.as_deref(), "session joined");
    Ok(Admitted {
        realm,
        key,
        outbox,
        router: router.clone(),
    })
}

/// Sends ABORT and closes. Failures do not matter any more: the peer is gone or about to be.
async fn refuse(mut transport: Box<dyn Transport>, refusal: Refusal, code: CloseCode) {
    let Refusal { reason, message } = refusal;
    tracing::info!(peer = transport.peer(), %reason, message, "session refused");
    let serializer = transport.serializer();
    let details = GoodbyeDetails::saying(message);
    let abort = Abort {
        details,
        reason,
        payload: Payload::empty(serializer),
    };
    let mut frame = BytesMut::new();
    if codec::encode(serializer, &abort.into(), &mut frame).is_ok()
        && transport.send(frame.freeze()).await.is_ok()
    {
        transport.close(code).await.ok();
    }
}

const ANONYMOUS: &str = "anonymous";
