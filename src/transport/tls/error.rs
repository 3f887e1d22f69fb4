//! What can be wrong with certificates and keys, in plain words.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rustls::{AlertDescription, CertificateError};

use crate::transport::error::Plain;

/// Why TLS cannot be set up: a file, mostly.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {}", path.display(), Plain(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What is in a file is not what was looked for.
    #[error("{}: {fault}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: PemFault,
    },
    /// Client certificates are to be checked, and nothing says by what.
    #[error("client certificates cannot be checked without a file of those who sign them")]
    NoClientCa,
    /// The system knows no certification authorities.
    #[error("this system has no certificates of authorities to trust{}", because(.0))]
    NoSystemRoots(String),
    /// No certificate can be for this name, so none can be asked for.
    #[error("{0:?} is no name that a certificate can be for")]
    Name(String),
    /// Anything else.
    #[error("TLS cannot be set up: {0}")]
    Other(String),
}

/// A reason as it follows a sentence, if there is one.
fn because(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(": {reason}")
    }
}

/// What is wrong with a PEM file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemFault {
    /// There is no certificate in it.
    #[error("there is no certificate in it (a block that begins with -----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// There is no private key in it.
    #[error("there is no private key in it (a block that begins with -----BEGIN PRIVATE KEY-----)")]
    NoKey,
    /// The private key is encrypted.
    #[error(
        "the private key is encrypted; decrypt it first, as with `openssl pkey -in KEY -out PLAIN`"
    )]
    Encrypted,
    /// The private key is of a kind that TLS has no use for here.
    #[error("the private key cannot be used: {0}")]
    Key(String),
    /// The private key is not that of the certificate.
    #[error("the private key does not belong to the certificate in {}", certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
    },
    /// A certificate is malformed.
    #[error("a certificate in it cannot be read: {0}")]
    Certificate(String),
    /// The text is not well-formed.
    #[error("it is no well-formed PEM: {0}")]
    Malformed(String),
}

/// Why a certificate is not believed. Reads on after "its certificate".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Nobody whom this end trusts has signed it.
    #[error("is not signed by an authority that is trusted here")]
    UnknownIssuer,
    /// Its time is over.
    #[error("expired{}", on(*.0))]
    Expired(
        /// When.
        Option<SystemTime>,
    ),
    /// Its time has not come.
    #[error("is not valid yet{}", before(*.0))]
    NotYet(
        /// From when on it is.
        Option<SystemTime>,
    ),
    /// It is another's.
    #[error("is not for {host}{}", only(names))]
    Name {
        /// Whom it should be for.
        host: String,
        /// Whom it is for. Foreign text: escape it before it reaches a terminal.
        names: Vec<String>,
    },
    /// It has been revoked.
    #[error("has been revoked")]
    Revoked,
    /// Somebody else has signed it than it says: an authority that was made anew under its old name, for one.
    #[error("is not signed by the authority that it names")]
    Signature,
    /// It is for other purposes than this one.
    #[error("is not meant for this purpose")]
    Purpose,
    /// It cannot be read.
    #[error("is malformed")]
    Malformed,
    /// Anything else.
    #[error("is not acceptable: {0}")]
    Other(String),
}

fn on(time: Option<SystemTime>) -> String {
    time.map_or_else(String::new, |time| format!(" on {}", Date(time)))
}

fn before(time: Option<SystemTime>) -> String {
    time.map_or_else(String::new, |time| format!(", but from {} on", Date(time)))
}

fn only(names: &[String]) -> String {
    if names.is_empty() {
        ", and names nobody else".to_owned()
    } else {
        format!(", but for {}", names.join(", "))
    }
}

/// A point in time, to the second and in UTC.
struct Date(SystemTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339_seconds(self.0).fmt(f)
    }
}

impl From<CertificateError> for CertificateFault {
    fn from(error: CertificateError) -> Self {
        let date = |seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => {
                Self::Expired(date(not_after.as_secs()))
            }
            CertificateError::NotValidYet => Self::NotYet(None),
            CertificateError::NotValidYetContext { not_before, .. } => {
                Self::NotYet(date(not_before.as_secs()))
            }
            CertificateError::NotValidForNameContext {
                expected,
                presented,
            } => Self::Name {
                host: expected.to_str().into_owned(),
                names: presented.iter().map(|name| bare(name)).collect(),
            },
            CertificateError::Revoked => Self::Revoked,
            CertificateError::BadSignature => Self::Signature,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Self::Purpose
            }
            CertificateError::BadEncoding => Self::Malformed,
            CertificateError::Other(error) => Self::Other(error.0.to_string()),
            other => Self::Other(other.to_string()),
        }
    }
}

/// The name in `DnsName("example.org")` or `IpAddress(127.0.0.1)`, which is how rustls hands them over.
fn bare(presented: &str) -> String {
    let inner = presented
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(presented).trim_matches('"').to_owned()
}

/// What an alert of the other end says about this end's certificate, if it is about that.
pub(in crate::transport) const fn alert_about_certificate(
    alert: AlertDescription,
) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate => "there is none",
        AlertDescription::UnknownCA => "it is not signed by an authority that is trusted there",
        AlertDescription::CertificateExpired => "it is expired or not valid yet",
        AlertDescription::CertificateRevoked => "it has been revoked",
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied => "it is not acceptable",
        _ => return None,
    })
}

/// A TLS error in words that go on after a colon.
pub(in crate::transport) fn plain(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => {
            format!("the certificate {}", CertificateFault::from(error.clone()))
        }
        rustls::Error::AlertReceived(alert) => format!("the other end gave up ({alert:?})"),
        other => other.to_string(),
    }
}
