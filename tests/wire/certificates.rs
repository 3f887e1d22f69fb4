//! Certificates of every kind, made on the spot, in files.

use std::fs;
use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tempfile::TempDir;
use wampkit::transport::{ClientAuth, ClientTls, ListenOptions, ServerTls, TlsFiles};

/// An authority and a directory for what it signs.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

/// A certificate with its key, in files.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
    /// The certificate as DER.
    pub(crate) der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("an authority")
    }

    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, directory }
    }

    /// The file with its own certificate.
    pub(crate) fn ca(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A file with this text.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A certificate that it has signed, for these hosts.
    pub(crate) fn issue(&self, names: &[&str]) -> Identity {
        self.issue_with(names, |_| {})
    }

    /// The same, with something special about it.
    pub(crate) fn issue_with(
        &self,
        names: &[&str],
        special: impl FnOnce(&mut CertificateParams),
    ) -> Identity {
        let mut params = parameters(names);
        special(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        self.keep(&certificate, &key)
    }

    /// A certificate that is its own authority, as `openssl req -x509` makes them.
    pub(crate) fn self_signed(&self, names: &[&str], is_ca: bool) -> Identity {
        let mut params = parameters(names);
        if is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        self.keep(&certificate, &key)
    }

    fn keep(&self, certificate: &rcgen::Certificate, key: &KeyPair) -> Identity {
        let number = fs::read_dir(self.directory.path()).unwrap().count();
        Identity {
            cert: self.file(&format!("{number}.pem"), &certificate.pem()),
            key: self.file(&format!("{number}.key"), &key.serialize_pem()),
            der: certificate.der().to_vec(),
        }
    }

    /// A client that trusts it.
    pub(crate) fn client(&self) -> ClientTls {
        ClientTls {
            ca: Some(self.ca()),
            ..ClientTls::default()
        }
    }
}

fn parameters(names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    CertificateParams::new(names).unwrap()
}

/// Makes a certificate expired.
pub(crate) fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2001, 1, 1);
    params.not_after = date_time_ymd(2002, 3, 4);
}

impl Identity {
    /// A listener's files, for clients without certificates.
    pub(crate) fn files(&self) -> TlsFiles {
        TlsFiles {
            cert: self.cert.clone(),
            key: self.key.clone(),
            client_ca: None,
            client_auth: ClientAuth::None,
        }
    }

    /// Options of a listener that shows it.
    pub(crate) fn options(&self) -> ListenOptions {
        options(ServerTls::load(&self.files()).unwrap())
    }

    /// A client that shows it.
    pub(crate) fn with(&self, client: ClientTls) -> ClientTls {
        ClientTls {
            cert: Some(self.cert.clone()),
            key: Some(self.key.clone()),
            ..client
        }
    }
}

/// Options of a listener with this TLS.
pub(crate) fn options(tls: ServerTls) -> ListenOptions {
    ListenOptions {
        tls: Some(tls),
        ..ListenOptions::default()
    }
}
