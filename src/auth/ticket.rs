//! Tickets: the secret itself is sent, and its hash is all that the router needs to know.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use subtle::{Choice, ConstantTimeEq as _};

use super::secret::REDACTED;
use super::{Secret, hex};

/// What a ticket is compared with: its SHA-256. Tickets are to be long and random, so that no more is needed to keep them.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketSecret([u8; 32]);

impl TicketSecret {
    /// That of a ticket.
    #[must_use]
    pub fn plain(ticket: &Secret) -> Self {
        Self(sha256(ticket.expose().as_bytes()))
    }

    /// That of a ticket of which the SHA-256 is known, in 64 hexadecimal digits.
    ///
    /// # Errors
    /// Other text.
    pub fn from_sha256(digits: &str) -> Result<Self, BadTicketHash> {
        hex::decode(digits).map(Self).ok_or(BadTicketHash)
    }

    /// In 64 hexadecimal digits, for a configuration file.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(&self.0)
    }

    pub(super) const fn of_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Whether this is the ticket; takes as long either way.
    pub(super) fn is(&self, ticket: &str) -> Choice {
        sha256(ticket.as_bytes()).ct_eq(&self.0)
    }
}

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketSecret({REDACTED})")
    }
}

/// A new ticket of 32 random bytes.
#[must_use]
pub fn new_ticket(random: &[u8; 32]) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(random))
}

/// A text that is no SHA-256. The text itself is not repeated: it may be the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the SHA-256 of a ticket is 64 hexadecimal digits")]
pub struct BadTicketHash;

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest(&SHA256, bytes)
        .as_ref()
        .try_into()
        .expect("SHA-256 is 32 bytes")
}
