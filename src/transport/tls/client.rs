//! The client's side: whom it trusts, and how it proves who it is.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, crypto};
use tokio_rustls::TlsConnector;

use super::onlooker::Onlooker;
use super::pinned::Pinned;
use super::server::other;
use super::{CertificateFault, TlsError, pem, provider};

/// How a client uses TLS. By default it trusts whom the system trusts, and has no certificate of its own.
///
/// The files are read when a connection is made, and only for endpoints of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// Whom to trust instead of those that the system trusts: certificates of authorities, or a router's own; PEM.
    pub ca: Option<PathBuf>,
    /// The client's certificate, followed by those that lead up to its authority; PEM.
    pub cert: Option<PathBuf>,
    /// The private key of [`ClientTls::cert`], if it is not in the same file; PEM, not encrypted.
    pub key: Option<PathBuf>,
    /// Whether any certificate of the router will do: whoever is on the way can then read and change everything.
    pub insecure: bool,
}

impl ClientTls {
    /// Reads the files. Takes some milliseconds where the system's authorities are among them.
    ///
    /// # Errors
    /// A file that cannot be read or does not have what it is for, and a key that is not the certificate's.
    pub(in crate::transport) fn connector(&self) -> Result<TlsConnector, TlsError> {
        self.connector_by(self.verifier()?)
    }

    /// The same, believing every certificate. What would be held against one is put into `fault`.
    ///
    /// # Errors
    /// Likewise.
    pub(in crate::transport) fn onlooker(
        &self,
        fault: Arc<Mutex<Option<CertificateFault>>>,
    ) -> Result<TlsConnector, TlsError> {
        self.connector_by(Arc::new(Onlooker::new(self.verifier()?, fault)))
    }

    fn connector_by(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> Result<TlsConnector, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(other)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.cert {
            None => builder.with_no_client_auth(),
            Some(cert) => {
                let key = self.key.as_ref().unwrap_or(cert);
                let identity = pem::identity(cert, key)?;
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))
            }
        };
        // The configuration serves one connection: there is nothing to resume.
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config).into())
    }

    fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
        let (roots, pinned) = match &self.ca {
            // A file that is named is read even if it does not matter: a mistake in it should not stay hidden.
            Some(ca) => pem::authorities(ca)?,
            None if self.insecure => return Ok(Arc::new(Anybody(provider()))),
            None => (system_roots()?, Vec::new()),
        };
        if self.insecure {
            return Ok(Arc::new(Anybody(provider())));
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
            .build()
            .map_err(other)?;
        if pinned.is_empty() {
            return Ok(verifier);
        }
        Ok(Arc::new(Pinned::new(verifier, pinned)))
    }
}

fn system_roots() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // There is always one or the other that is malformed; it is not to stand in the way of the rest.
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let reason = found.errors.first().map(ToString::to_string);
        return Err(TlsError::NoSystemRoots(reason.unwrap_or_default()));
    }
    Ok(roots)
}

/// Believes every certificate, provided that the other end has the key of it.
#[derive(Debug)]
struct Anybody(Arc<crypto::CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
