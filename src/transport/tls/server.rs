//! The router's side: its certificate, and what it wants of its clients' certificates.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::TlsAcceptor;

use super::pinned::Pinned;
use super::{TlsError, pem, provider};

/// The files of a listener's TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead up to its authority; PEM.
    pub cert: PathBuf,
    /// The certificate's private key; PEM, not encrypted. It may be the same file.
    pub key: PathBuf,
    /// The authorities that sign clients' certificates; PEM. A client's own certificate may stand there as well.
    pub client_ca: Option<PathBuf>,
    /// Whether clients are asked for certificates.
    pub client_auth: ClientAuth,
}

/// Whether clients are asked for certificates. One that is shown and does not verify always ends the TLS handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// They are not.
    #[default]
    None,
    /// They are, but may have none.
    Request,
    /// They are, and must have one.
    Require,
}

impl ClientAuth {
    /// As it stands in a configuration: `none`, `request`, `require`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Request => "request",
            Self::Require => "require",
        }
    }
}

impl fmt::Display for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ClientAuth {
    type Err = UnknownClientAuth;

    fn from_str(text: &str) -> Result<Self, UnknownClientAuth> {
        [Self::None, Self::Request, Self::Require]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| UnknownClientAuth(text.to_owned()))
    }
}

/// A text that is no [`ClientAuth`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of none, request, require")]
pub struct UnknownClientAuth(String);

/// The TLS of one or more listeners: a certificate with its key, and how clients' certificates are checked.
///
/// Cheap to clone; all clones are the same. What is in it can be replaced while listeners use it: connections that are made
/// from then on see the new certificate, those that are there go on as they are.
#[derive(Clone)]
pub struct ServerTls {
    config: Arc<ArcSwap<ServerConfig>>,
}

impl ServerTls {
    /// Reads it from files.
    ///
    /// # Errors
    /// A file that cannot be read or does not have what it is for, and a key that is not the certificate's.
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        Ok(Self::new(read(files)?))
    }

    pub(super) fn new(config: ServerConfig) -> Self {
        Self {
            config: Arc::new(ArcSwap::from_pointee(config)),
        }
    }

    /// Reads the files again, or others, for the connections to come. After an error all is as it was.
    ///
    /// # Errors
    /// As [`ServerTls::load`].
    pub fn reload(&self, files: &TlsFiles) -> Result<(), TlsError> {
        self.config.store(Arc::new(read(files)?));
        Ok(())
    }

    /// Takes over what another has, for the connections to come. Later changes of the other have no effect on this one.
    pub fn replace(&self, other: &Self) {
        self.config.store(other.config.load_full());
    }

    /// What makes the next connection's handshake.
    pub(in crate::transport) fn acceptor(&self) -> TlsAcceptor {
        self.config.load_full().into()
    }
}

/// Shows nothing of the key.
impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").finish_non_exhaustive()
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let identity = pem::identity(&files.cert, &files.key)?;
    let verifier: Option<Arc<dyn ClientCertVerifier>> = match files.client_auth {
        ClientAuth::None => None,
        ClientAuth::Request | ClientAuth::Require => {
            let ca = files.client_ca.as_deref().ok_or(TlsError::NoClientCa)?;
            let (roots, pinned) = pem::authorities(ca)?;
            let mut builder =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
            if files.client_auth == ClientAuth::Request {
                builder = builder.allow_unauthenticated();
            }
            let verifier = builder.build().map_err(other)?;
            Some(Arc::new(Pinned::new(verifier, pinned)))
        }
    };
    config(identity, verifier)
}

/// A configuration of a certificate with its key.
pub(super) fn config(
    identity: CertifiedKey,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
) -> Result<ServerConfig, TlsError> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(other)?;
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    Ok(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity))))
}

pub(super) fn other(error: impl fmt::Display) -> TlsError {
    TlsError::Other(error.to_string())
}
