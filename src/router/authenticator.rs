//! Dynamic authenticators: what they are asked and what their answers mean.
//!
//! The convention is crossbar's, so that authenticators written for it serve here: positional arguments are the realm, the
//! authid and a dictionary of details; the answer is a role, or a dictionary.

use crate::auth::{Credential, HelloFacts, Method, Principal, PublicKey, Verdict};
use crate::codec::Arguments;
use crate::proto::{Dict, Uri, Value, uris};

use super::handle::RealmHandle;
use super::policy::Authenticator;

/// What an authenticator is asked.
pub(super) struct Question<'a> {
    pub(super) method: Method,
    pub(super) facts: &'a HelloFacts<'a>,
    /// The client's ticket.
    pub(super) ticket: Option<&'a str>,
    pub(super) peer: &'a str,
    pub(super) is_tls: bool,
}

/// What an authenticator says of somebody.
#[derive(Debug, PartialEq)]
pub(super) struct Grant {
    /// Who that is.
    pub(super) principal: Principal,
    /// What it has to prove yet; `None` if it is let in as it is.
    pub(super) credential: Option<Credential>,
}

/// Why an authenticator does not let somebody in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Denial {
    /// It says so.
    Denied,
    /// It could not be asked, or its answer makes no sense: why, for the log.
    Failed(String),
}

impl Question<'_> {
    /// Asks the authenticator, which is called in this realm.
    pub(super) async fn ask(
        &self,
        realm: &RealmHandle,
        authenticator: &Authenticator,
    ) -> Result<Grant, Denial> {
        let procedure = authenticator.procedure.clone();
        let answer = realm.ask(procedure, self.arguments(), authenticator.timeout);
        match answer.await {
            Ok(answer) => self.grant(&answer).map_err(Denial::Failed),
            Err(fault) if is_technical(&fault.uri) => Err(Denial::Failed(fault.uri.to_string())),
            Err(_) => Err(Denial::Denied),
        }
    }

    fn arguments(&self) -> Arguments {
        let facts = self.facts;
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let transport = Dict::new()
            .with("peer", self.peer)
            .with("is_secure", self.is_tls);
        let transport = match facts.certificate {
            Some(certificate) => {
                transport.with("peer_cert", Value::Bin(certificate.to_vec().into()))
            }
            None => transport,
        };
        let extra = facts.authextra.cloned().unwrap_or_default();
        let details = Dict::new()
            .with("session", facts.session)
            .with("authmethod", self.method.name())
            .with("authid", text(facts.authid))
            .with("authrole", text(facts.authrole))
            .with("authextra", extra)
            .with("transport", transport);
        let details = match self.ticket {
            Some(ticket) => details.with("ticket", ticket),
            None => details,
        };
        let realm = facts.realm.as_str();
        Arguments {
            args: vec![Value::from(realm), text(facts.authid), details.into()],
            kwargs: Dict::new(),
        }
    }

    /// What an answer means.
    ///
    /// # Errors
    /// What is wrong with it.
    fn grant(&self, answer: &Arguments) -> Result<Grant, String> {
        let announced = self.announced();
        let verdict = Verdict::read(self.method, answer, announced);
        let verdict = verdict.map_err(|error| error.to_string())?;
        let asked = self.facts.authid.map(str::to_owned);
        let authid = verdict.authid.or(asked);
        let authid = authid.or_else(|| announced.map(|key| key.to_string()));
        let authid = authid.ok_or("neither it nor the client says an authid")?;
        Ok(Grant {
            principal: Principal {
                authid,
                authrole: verdict.role,
                authmethod: self.method,
                authprovider: "dynamic".to_owned(),
                authextra: verdict.extra,
            },
            credential: verdict.credential,
        })
    }

    /// The key that the client says is its own.
    fn announced(&self) -> Option<PublicKey> {
        let key = self.facts.authextra?.get("pubkey")?.as_str()?;
        key.parse().ok()
    }
}

/// Whether an error says that the authenticator could not be asked, rather than that it refuses.
fn is_technical(error: &Uri) -> bool {
    [
        uris::NO_SUCH_PROCEDURE,
        uris::NO_AVAILABLE_CALLEE,
        uris::UNAVAILABLE,
        uris::TIMEOUT,
        uris::CANCELED,
        uris::INVALID_ARGUMENT,
        uris::INVALID_URI,
        uris::PAYLOAD_SIZE_EXCEEDED,
        uris::RUNTIME_ERROR,
        uris::NETWORK_FAILURE,
    ]
    .contains(error)
}
