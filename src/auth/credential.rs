//! What the router knows of its users.

use super::{
    CertificateMatch, CraSecret, Method, PublicKey, ScramRecord, TicketSecret, scram::Dialect,
};

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// The name.
    pub authid: String,
    /// The role that sessions of this user have.
    pub role: String,
    /// What the user may prove to be that by; any one is enough. Of several secrets for WAMP-CRA, and of several records for
    /// SCRAM, the first counts.
    pub credentials: Vec<Credential>,
}

impl User {
    /// Whether the user can log in by that method.
    #[must_use]
    pub fn serves(&self, method: Method) -> bool {
        self.credentials.iter().any(|it| it.serves(method))
    }
}

/// What one method checks a proof with.
#[derive(Clone, Debug, PartialEq)]
pub enum Credential {
    /// `ticket`.
    Ticket(TicketSecret),
    /// `wampcra`.
    WampCra(CraSecret),
    /// `wamp-scram`, and `scram` where the record serves for that.
    Scram(ScramRecord),
    /// `cryptosign`.
    Cryptosign(PublicKey),
    /// `tls`.
    Tls(CertificateMatch),
}

impl Credential {
    /// Whether a proof by this method can be checked with it.
    #[must_use]
    pub const fn serves(&self, method: Method) -> bool {
        match (self, Dialect::of(method)) {
            (Self::Ticket(_), _) => matches!(method, Method::Ticket),
            (Self::WampCra(_), _) => matches!(method, Method::WampCra),
            (Self::Cryptosign(_), _) => matches!(method, Method::Cryptosign),
            (Self::Tls(_), _) => matches!(method, Method::Tls),
            (Self::Scram(record), Some(dialect)) => record.keys(dialect).is_some(),
            (Self::Scram(_), None) => false,
        }
    }
}
