//! TLS: how a router proves who it is, how a client checks that, and what both then know about their connection.
//!
//! TLS 1.3 and 1.2 by rustls, with the cryptography of `ring`. Nothing here reads or writes a socket: that is the
//! [`stream`](super::stream)'s. Who a certificate stands for is none of this module's business either: the verified bytes go on
//! in [`Security`].

mod client;
mod error;
mod onlooker;
mod pem;
mod pinned;
mod self_signed;
mod server;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::{CommonState, ProtocolVersion};
use tokio_rustls::TlsStream;

pub use client::ClientTls;
pub use error::{CertificateFault, PemFault, TlsError};
pub(super) use error::{alert_about_certificate, plain};
pub use self_signed::SelfSigned;
pub use server::{ClientAuth, ServerTls, TlsFiles, UnknownClientAuth};

/// What TLS tells about a connection, the same kind of thing at both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// The version of the protocol, as people write it: `TLS 1.3`.
    pub version: &'static str,
    /// The cipher suite, by its name in the registry: `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: &'static str,
    /// The channel binding `tls-exporter` of RFC 9266: 32 bytes that are the same at both ends of this connection, and at no end
    /// of another.
    ///
    /// `None` with TLS 1.2. RFC 9266 allows it there only where the handshake used the extended master secret, and rustls
    /// does not say whether it did. The older binding `tls-unique` cannot be had at all: it is made of a Finished message,
    /// which rustls does not show.
    pub exporter: Option<[u8; 32]>,
    /// The certificate that the other end proved to have, as DER. It was verified: a client's by the listener's CA, a router's by
    /// what the client trusts, unless the client does not care ([`ClientTls::insecure`]).
    pub peer_certificate: Option<Vec<u8>>,
}

impl Security {
    /// What is known once the handshake is over.
    pub(super) fn of<S>(stream: &TlsStream<S>) -> Self {
        let mut exporter = [0; 32];
        let exported = match stream {
            TlsStream::Client(stream) => {
                let connection = &stream.get_ref().1;
                connection.export_keying_material(&mut exporter, EXPORTER_LABEL, Some(&[]))
            }
            TlsStream::Server(stream) => {
                let connection = &stream.get_ref().1;
                connection.export_keying_material(&mut exporter, EXPORTER_LABEL, Some(&[]))
            }
        };
        let state: &CommonState = stream.get_ref().1;
        let is_unique = state.protocol_version() == Some(ProtocolVersion::TLSv1_3);
        let (version, cipher_suite) = agreed(state);
        Self {
            version,
            cipher_suite,
            exporter: (exported.is_ok() && is_unique).then_some(exporter),
            peer_certificate: state
                .peer_certificates()
                .and_then(<[_]>::first)
                .map(|certificate| certificate.to_vec()),
        }
    }
}

/// The version and the cipher suite of a connection, by their names.
pub(super) fn agreed(state: &CommonState) -> (&'static str, &'static str) {
    let version = match state.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        // The provider speaks no other.
        _ => "TLS",
    };
    let suite = state.negotiated_cipher_suite();
    (
        version,
        suite.and_then(|it| it.suite().as_str()).unwrap_or("?"),
    )
}

/// RFC 9266, section 2. The context is empty.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// The cryptography.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
