//! A certificate made on the spot, for trying things out and for closed circles.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
};
use ring::digest::{SHA256, digest};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::CertifiedKey;

use super::server::{config, other};
use super::{ServerTls, TlsError, provider};

/// A certificate that nobody but itself vouches for, with its key.
#[derive(Clone, Debug)]
pub struct SelfSigned {
    /// For listeners.
    pub tls: ServerTls,
    /// The certificate as PEM, for clients to trust ([`ClientTls::ca`](super::ClientTls::ca)).
    pub certificate: String,
    /// The SHA-256 of the certificate's DER, in hexadecimal digits.
    pub fingerprint: String,
}

impl ServerTls {
    /// Makes a key and a certificate for `localhost`, `127.0.0.1`, `::1` and `names`, which are host names or IP addresses. It is
    /// valid for a year.
    ///
    /// # Errors
    /// [`TlsError::Name`], or that the system gives no randomness.
    pub fn self_signed(names: &[String]) -> Result<SelfSigned, TlsError> {
        let mut all: Vec<String> = LOCAL.map(str::to_owned).to_vec();
        for name in names {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        let bad_name = |_| TlsError::Name(names.join(", "));
        let mut params = CertificateParams::new(all).map_err(bad_name)?;
        let now = SystemTime::now();
        // Clocks are wrong by some hours now and then.
        params.not_before = (now - DAY).into();
        params.not_after = (now + 365 * DAY).into();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "wamp router, self-signed");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().map_err(other)?;
        let certificate = params.self_signed(&key).map_err(other)?;

        let mut fingerprint = String::new();
        for byte in digest(&SHA256, certificate.der()).as_ref() {
            let _ = write!(fingerprint, "{byte:02x}"); // to a String: cannot fail
        }
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(other)?;
        let identity = CertifiedKey::from_der(vec![certificate.der().clone()], key, &provider())
            .map_err(other)?;
        Ok(SelfSigned {
            tls: Self::new(config(identity, None)?),
            certificate: certificate.pem(),
            fingerprint,
        })
    }
}

const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
