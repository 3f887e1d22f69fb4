//! Dynamic authenticators: what they are asked and what their answers mean.
//!
//! The convention is crossbar's, so that authenticators written for it serve here: positional arguments are the realm, the
//! authid and a dictionary of details; the answer is a role, or a dictionary.

use ring::digest;
use tokio::task::spawn_blocking;

use crate::auth::{CertificateNames, Credential, HelloFacts, Method, Principal, Verdict};
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
            Ok(answer) => self.grant(answer).await.map_err(Denial::Failed),
            Err(fault) if is_technical(&fault.uri) => Err(Denial::Failed(fault.uri.to_string())),
            Err(fault) => {
                // The client is not told, but whoever runs the authenticator may want to know.
                let (method, authid) = (self.method.name(), self.facts.authid);
                let error = &*fault.uri;
                tracing::info!(procedure = %authenticator.procedure, method, authid, error, "an authenticator refuses");
                Err(Denial::Denied)
            }
        }
    }

    fn arguments(&self) -> Arguments {
        let facts = self.facts;
        let text = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let transport = Dict::new()
            .with("peer", self.peer)
            .with("is_secure", self.is_tls);
        let transport = match facts.certificate {
            Some(der) => transport.with("peer_cert", certificate(der)),
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
    async fn grant(&self, answer: Arguments) -> Result<Grant, String> {
        let method = self.method;
        // A secret may have to be derived from, which takes its time.
        let verdict = spawn_blocking(move || Verdict::read(method, &answer)).await;
        let verdict = verdict.map_err(|error| error.to_string())?;
        let verdict = verdict.map_err(|error| error.to_string())?;
        let authid = match (verdict.authid, self.facts.authid, &verdict.credential) {
            (Some(authid), ..) => authid,
            // Whoever proves nothing is not who it says it is.
            (None, ..) if method == Method::Anonymous => {
                let [first, second, third, fourth, ..] = self.facts.random;
                format!("{:08x}", u32::from_be_bytes([first, second, third, fourth]))
            }
            (None, Some(authid), _) => authid.to_owned(),
            (None, None, Some(Credential::Cryptosign(key))) => key.to_string(),
            (None, None, _) => return Err("neither it nor the client says an authid".to_owned()),
        };
        Ok(Grant {
            principal: Principal {
                authid,
                authrole: verdict.role,
                authmethod: method,
                authprovider: "dynamic".to_owned(),
                authextra: verdict.extra,
            },
            credential: verdict.credential,
        })
    }
}

/// What an authenticator is told of a client's certificate: fingerprints and the subject's common name under crossbar's keys, its
/// alternative names, and the whole of it for what crossbar has beside that.
fn certificate(der: &[u8]) -> Dict {
    let fingerprint = |algorithm| {
        let digest = digest::digest(algorithm, der);
        let pairs: Vec<_> = digest
            .as_ref()
            .iter()
            .map(|it| format!("{it:02X}"))
            .collect();
        pairs.join(":")
    };
    let names = CertificateNames::of(der);
    let common = names
        .common
        .first()
        .map_or(Value::Null, |name| (&**name).into());
    let alternative: Vec<Value> = names
        .alternative
        .iter()
        .map(|name| (&**name).into())
        .collect();
    Dict::new()
        .with("sha1", fingerprint(&digest::SHA1_FOR_LEGACY_USE_ONLY))
        .with("sha256", fingerprint(&digest::SHA256))
        .with("subject", Dict::new().with("cn", common))
        .with("alternative", alternative)
        .with("der", Value::Bin(der.to_vec().into()))
}

/// What `wamp register -- CMD` says of a command that fails otherwise than by an error of its own.
const COMMAND_FAILED: Uri = Uri::from_static("wamp.cli.error.command_failed");

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
        COMMAND_FAILED,
    ]
    .contains(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_described_as_crossbar_does() {
        let told = certificate(include_bytes!("../auth/tests/certificate.der"));
        for (key, is) in [
            ("sha1", Value::from("7F:F3:B9:6F:58:F5:12:E1:97:36:34:DC:5D:F5:CC:A0:92:EE:1C:D7")),
            (
                "sha256",
                "ED:25:D9:98:C3:92:A7:28:18:A4:E3:5B:96:E5:07:29:33:9B:85:F4:48:89:CE:BE:D3:65:5F:68:54:38:28:E0".into(),
            ),
            ("subject", Dict::new().with("cn", "alice").into()),
        ] {
            assert_eq!(told.get(key), Some(&is), "{key}");
        }
        let nonsense = certificate(b"no certificate");
        assert_eq!(
            nonsense.get("subject"),
            Some(&Dict::new().with("cn", Value::Null).into())
        );
    }
}
