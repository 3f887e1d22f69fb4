//! Looking at what TLS shows at an endpoint, believed or not: for whoever wants to know why a connection fails.
//!
//! What this module does *not* do: carry messages over what it has looked at. The connection ends when it has been seen.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::timeout;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::connect::{ConnectError, open_socket};
use super::tls::{CertificateFault, ClientTls, TlsError};
use super::{Address, Endpoint};

/// What TLS shows at an endpoint.
#[derive(Clone, Debug)]
pub struct TlsFacts {
    /// The version of the protocol, as people write it: `TLS 1.3`.
    pub version: &'static str,
    /// The cipher suite, by its name in the registry: `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: &'static str,
    /// The certificates that the router shows: its own, then those that lead up to its authority.
    pub chain: Vec<CertificateFacts>,
    /// Whether a client with these settings would believe them, or why not.
    pub trust: Result<(), CertificateFault>,
}

/// What a certificate says. Foreign text: escape it before it reaches a terminal.
#[derive(Clone, Debug)]
pub struct CertificateFacts {
    /// Whom it is for, as a distinguished name.
    pub subject: String,
    /// Who has signed it, likewise.
    pub issuer: String,
    /// The hosts that it is for: the DNS names among the alternative names.
    pub names: Vec<String>,
    /// From when on it is valid.
    pub not_before: SystemTime,
    /// Until when it is valid.
    pub not_after: SystemTime,
}

/// Shakes hands by TLS with whoever is at `endpoint`, and hangs up. A certificate that is not to be believed is no error, but
/// part of what is found: [`TlsFacts::trust`]. `None` if the endpoint is not one of TLS.
///
/// # Errors
/// That nobody is there, that it does not speak TLS, or that `settings` name files that are of no use.
pub async fn inspect_tls(
    endpoint: &Endpoint,
    settings: &ClientTls,
    patience: Duration,
) -> Result<Option<TlsFacts>, ConnectError> {
    let host = match endpoint.address() {
        Address::Tcp { host, port } if endpoint.is_tls() => (host, *port),
        _ => return Ok(None),
    };
    let looking = Box::pin(look(host, settings, patience));
    timeout(patience, looking)
        .await
        .unwrap_or(Err(ConnectError::Timeout(patience)))
        .map(Some)
}

async fn look(
    (host, port): (&String, u16),
    settings: &ClientTls,
    patience: Duration,
) -> Result<TlsFacts, ConnectError> {
    let fault = Arc::new(Mutex::new(None));
    let found = Arc::clone(&fault);
    let settings = settings.clone();
    let reading = tokio::task::spawn_blocking(move || settings.onlooker(found));
    let connector = reading
        .await
        .map_err(|error| TlsError::Other(error.to_string()))??;
    let name = rustls::pki_types::ServerName::try_from(host.clone())
        .map_err(|_| TlsError::Name(host.clone()))?;
    let socket = open_socket(host, port, patience).await?;
    let stream = connector.connect(name, socket).await;
    let stream = stream.map_err(ConnectError::of_tls)?;
    let connection = stream.get_ref().1;
    let chain = connection.peer_certificates().unwrap_or_default();
    let (version, cipher_suite) = super::tls::agreed(connection);
    let fault = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(TlsFacts {
        version,
        cipher_suite,
        chain: chain.iter().filter_map(|der| facts(der)).collect(),
        trust: fault.map_or(Ok(()), Err),
    })
}

/// What a certificate says; `None` if it cannot be read.
fn facts(der: &[u8]) -> Option<CertificateFacts> {
    let certificate = Certificate::from_der(der).ok()?;
    let certificate = certificate.tbs_certificate();
    let names = certificate.get_extension::<SubjectAltName>();
    let names = names.ok().flatten().map(|(_, names)| names.0);
    let validity = certificate.validity();
    Some(CertificateFacts {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names: names
            .unwrap_or_default()
            .iter()
            .filter_map(|name| match name {
                GeneralName::DnsName(name) => Some(name.to_string()),
                _ => None,
            })
            .collect(),
        not_before: SystemTime::UNIX_EPOCH + validity.not_before.to_unix_duration(),
        not_after: SystemTime::UNIX_EPOCH + validity.not_after.to_unix_duration(),
    })
}
