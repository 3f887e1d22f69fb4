//! Channel binding: what ties a login to the TLS connection that it happens on.

use std::fmt;

/// What one TLS connection can be known by at both of its ends.
///
/// Source: RFC 9266 (`tls-exporter`), RFC 5929 (`tls-unique`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ChannelBinding {
    /// How `id` was obtained.
    pub kind: BindingKind,
    /// The same at both ends of a connection, and on no other.
    pub id: [u8; 32],
}

impl ChannelBinding {
    /// The binding of the type `tls-exporter`.
    #[must_use]
    pub const fn exporter(id: [u8; 32]) -> Self {
        Self {
            kind: BindingKind::TlsExporter,
            id,
        }
    }

    /// The challenge that is signed in place of `challenge` on this connection.
    pub(super) fn bind(binding: Option<&Self>, challenge: &[u8; 32]) -> [u8; 32] {
        let mut bound = *challenge;
        if let Some(binding) = binding {
            for (byte, mask) in bound.iter_mut().zip(binding.id) {
                *byte ^= mask;
            }
        }
        bound
    }
}

/// The id is not shown: who knows it can prepare answers for that connection.
impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ChannelBinding").field(&self.kind).finish()
    }
}

/// The type of a channel binding, by its name in `authextra.channel_binding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// `tls-exporter`.
    TlsExporter,
    /// `tls-unique`.
    TlsUnique,
}

impl BindingKind {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsUnique => "tls-unique",
        }
    }
}
