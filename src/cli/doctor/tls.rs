//! TLS: what is agreed on, the certificates, and whether they are to be believed.

use std::time::{Duration, SystemTime};

use wampkit::client::ConnectError;
use wampkit::transport::{CertificateFacts, CertificateFault, Endpoint, inspect_tls};

use super::super::error::CliError;
use super::super::exit::Exit;
use super::Patient;
use super::report::Report;

/// Whether the router's certificate is to be believed; `None` if there is no TLS to begin with.
pub(super) async fn certificates(
    patient: &Patient,
    endpoint: &Endpoint,
    report: &mut Report<'_>,
) -> Option<bool> {
    let facts = match inspect_tls(endpoint, &patient.tls, patient.limit).await {
        Ok(facts) => facts?,
        Err(error) => {
            let error = CliError::Connect {
                url: patient.url.clone(),
                error: Box::new(ConnectError::Transport(error)),
            };
            report.error("handshake", &error);
            return None;
        }
    };
    let (version, suite) = (facts.version, facts.cipher_suite);
    report.good("handshake", format!("{version}, {suite}"));
    for (place, certificate) in facts.chain.iter().enumerate() {
        let name = if place == 0 {
            "certificate"
        } else {
            "signed by"
        };
        let (text, ends) = described(certificate);
        match ends {
            End::Over => report.warn(name, text, Some("it has expired")),
            End::Soon => report.warn(name, text, Some("it expires within two weeks")),
            End::Later => report.good(name, text),
        }
    }
    match &facts.trust {
        Ok(()) if patient.tls.insecure => {
            report.warn("trust", "not checked (--insecure)", None);
        }
        Ok(()) => report.good("trust", "the certificate is valid for this host"),
        Err(fault) => {
            let text = format!("the certificate {fault}");
            report.bad("trust", text, hint(fault), Exit::Connect);
        }
    }
    Some(facts.trust.is_ok())
}

/// When a certificate ends.
enum End {
    Over,
    Soon,
    Later,
}

fn described(certificate: &CertificateFacts) -> (String, End) {
    let now = SystemTime::now();
    let end = match certificate.not_after.duration_since(now) {
        Err(_) => End::Over,
        Ok(left) if left < SOON => End::Soon,
        Ok(_) => End::Later,
    };
    let mut text = certificate.subject.clone();
    if text.is_empty() {
        text.push_str("no subject");
    }
    if !certificate.names.is_empty() {
        text.push_str(&format!(", for {}", certificate.names.join(", ")));
    }
    if certificate.issuer == certificate.subject {
        text.push_str(", signed by itself");
    } else {
        text.push_str(&format!(", signed by {}", certificate.issuer));
    }
    // Whatever lies beyond what calendars have is far away.
    let date = certificate.not_after.min(now + FAR);
    let date = humantime::format_rfc3339_seconds(date).to_string();
    text.push_str(&format!(
        ", until {}",
        date.split('T').next().unwrap_or("?")
    ));
    (text, end)
}

const fn hint(fault: &CertificateFault) -> Option<&'static str> {
    match fault {
        CertificateFault::UnknownIssuer => {
            Some("trust its authority with --ca FILE; the router may have to show it, too")
        }
        CertificateFault::Name { .. } => Some("connect by a name that the certificate is for"),
        CertificateFault::Expired(_) | CertificateFault::NotYet(_) => {
            Some("is the clock of this machine right?")
        }
        _ => None,
    }
}

/// Soon enough to do something about it.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

/// A thousand years.
const FAR: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);
