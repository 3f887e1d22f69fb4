//! Certificates and keys out of PEM files.

use std::fs;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};

use super::{PemFault, TlsError, provider};

/// The certificates in a file, in their order; one at least.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| malformed(path, &error))?;
    if found.is_empty() {
        return Err(fault(path, PemFault::NoCertificate));
    }
    Ok(found)
}

/// The first private key in a file.
fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = read(path)?;
    match PrivateKeyDer::from_pem_slice(&text) {
        Ok(key) if is_encrypted(&text) => {
            drop(key);
            Err(fault(path, PemFault::Encrypted))
        }
        Ok(key) => Ok(key),
        // An encrypted key is a block of another name, or one whose headers are no base64.
        Err(_) if is_encrypted(&text) => Err(fault(path, PemFault::Encrypted)),
        Err(pem::Error::NoItemsFound) => Err(fault(path, PemFault::NoKey)),
        Err(error) => Err(malformed(path, &error)),
    }
}

/// The two forms of encrypted keys: PKCS #8, and OpenSSL's old one with its header lines.
fn is_encrypted(text: &[u8]) -> bool {
    [
        &b"BEGIN ENCRYPTED PRIVATE KEY"[..],
        b"Proc-Type: 4,ENCRYPTED",
    ]
    .iter()
    .any(|mark| memchr::memmem::find(text, mark).is_some())
}

/// A certificate with those that lead up to its authority, and its key.
pub(super) fn identity(cert: &Path, key_file: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(cert)?;
    let key = key(key_file)?;
    let signing = provider()
        .key_provider
        .load_private_key(key)
        .map_err(|error| fault(key_file, PemFault::Key(error.to_string())))?;
    let identity = CertifiedKey::new(chain, signing);
    match identity.keys_match() {
        // Of some kinds of key the public half cannot be had; then there is nothing to compare.
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(identity),
        Err(Error::InconsistentKeys(_)) => {
            let certificate = cert.to_owned();
            Err(fault(key_file, PemFault::Mismatch { certificate }))
        }
        Err(error) => Err(fault(cert, PemFault::Certificate(error.to_string()))),
    }
}

/// The certificates in a file as those to trust, and as they are.
pub(super) fn authorities(
    path: &Path,
) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TlsError> {
    let found = certificates(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in &found {
        roots
            .add(certificate.clone())
            .map_err(|error| fault(path, PemFault::Certificate(error.to_string())))?;
    }
    Ok((roots, found))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn malformed(path: &Path, error: &pem::Error) -> TlsError {
    fault(path, PemFault::Malformed(error.to_string()))
}

fn fault(path: &Path, fault: PemFault) -> TlsError {
    TlsError::File {
        path: path.to_owned(),
        fault,
    }
}
