//! Whose certificate it is that a TLS client showed.
//!
//! That the client has the key to it, and that an authority vouches for it, TLS has verified already: nothing of that is
//! checked here.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, digest};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::{DirectoryString, GeneralName};

use super::hex;

/// Which certificates are a user's. Reads from and displays as `sha256:HEX`, `cn:NAME`, `san:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CertificateMatch {
    /// The one with this SHA-256 fingerprint of its DER.
    Sha256([u8; 32]),
    /// Those whose subject has this common name.
    CommonName(String),
    /// Those with this DNS name, URI or e-mail address among the subject's alternative names.
    AlternativeName(String),
}

impl FromStr for CertificateMatch {
    type Err = BadCertificateMatch;

    fn from_str(text: &str) -> Result<Self, BadCertificateMatch> {
        match text.split_once(':') {
            // openssl and browsers put colons between the bytes.
            Some(("sha256", digits)) => hex::decode(&digits.replace(':', ""))
                .map(Self::Sha256)
                .ok_or(BadCertificateMatch),
            Some(("cn", name)) if !name.is_empty() => Ok(Self::CommonName(name.to_owned())),
            Some(("san", name)) if !name.is_empty() => Ok(Self::AlternativeName(name.to_owned())),
            _ => Err(BadCertificateMatch),
        }
    }
}

impl fmt::Display for CertificateMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(fingerprint) => write!(f, "sha256:{}", hex::encode(fingerprint)),
            Self::CommonName(name) => write!(f, "cn:{name}"),
            Self::AlternativeName(name) => write!(f, "san:{name}"),
        }
    }
}

/// A text that describes no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate is described as sha256:HEX (64 digits), cn:NAME or san:NAME")]
pub struct BadCertificateMatch;

/// What a certificate can be recognized by. One that cannot be parsed has its fingerprint alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateNames {
    /// SHA-256 of its DER.
    pub sha256: [u8; 32],
    /// The subject's common names.
    pub common: Vec<String>,
    /// The DNS names, URIs and e-mail addresses among the subject's alternative names.
    pub alternative: Vec<String>,
}

impl CertificateNames {
    /// The names in a certificate.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let mut names = Self {
            sha256: fingerprint(der),
            common: Vec::new(),
            alternative: Vec::new(),
        };
        let Ok(certificate) = Certificate::from_der(der) else {
            return names;
        };
        let certificate = certificate.tbs_certificate();
        names.common = certificate
            .subject()
            .iter()
            .filter(|attribute| attribute.oid == COMMON_NAME)
            .filter_map(|attribute| DirectoryString::try_from(&attribute.value).ok())
            .map(|name| name.value().into_owned())
            .collect();
        if let Ok(Some((_, found))) = certificate.get_extension::<SubjectAltName>() {
            names.alternative = found.0.iter().filter_map(text_of).collect();
        }
        names
    }

    /// Whether it is one of those described.
    #[must_use]
    pub fn matches(&self, wanted: &CertificateMatch) -> bool {
        match wanted {
            CertificateMatch::Sha256(fingerprint) => *fingerprint == self.sha256,
            CertificateMatch::CommonName(name) => self.common.contains(name),
            CertificateMatch::AlternativeName(name) => self.alternative.contains(name),
        }
    }
}

/// SHA-256 of a certificate's DER, by which tools show it.
fn fingerprint(der: &[u8]) -> [u8; 32] {
    digest(&SHA256, der)
        .as_ref()
        .try_into()
        .expect("SHA-256 is 32 bytes")
}

fn text_of(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Rfc822Name(text)
        | GeneralName::DnsName(text)
        | GeneralName::UniformResourceIdentifier(text) => Some(text.as_str().to_owned()),
        _ => None,
    }
}

/// `id-at-commonName`.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
