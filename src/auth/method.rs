//! The names of the methods.

use std::fmt;
use std::str::FromStr;

use bytestring::ByteString;

/// A way to authenticate, by its name in `HELLO.Details.authmethods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// `anonymous`: no proof at all.
    Anonymous,
    /// `ticket`: the secret itself is sent.
    Ticket,
    /// `wampcra`: a challenge is signed with a shared secret, which the router has too.
    WampCra,
    /// `wamp-scram`: SCRAM as the specification has it. The router proves itself too.
    WampScram,
    /// `scram`: SCRAM as autobahn-python and crossbar speak it.
    Scram,
    /// `cryptosign`: a challenge is signed with an Ed25519 key.
    Cryptosign,
    /// `tls`: the certificate that the client showed to TLS.
    Tls,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Anonymous,
        Self::Ticket,
        Self::WampCra,
        Self::WampScram,
        Self::Scram,
        Self::Cryptosign,
        Self::Tls,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Ticket => "ticket",
            Self::WampCra => "wampcra",
            Self::WampScram => "wamp-scram",
            Self::Scram => "scram",
            Self::Cryptosign => "cryptosign",
            Self::Tls => "tls",
        }
    }

    /// The name as it stands in a message, without allocating.
    pub(super) const fn text(self) -> ByteString {
        ByteString::from_static(self.name())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}

/// No authentication method has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no authentication method {0:?}; there are anonymous, ticket, wampcra, wamp-scram, scram, cryptosign, tls"
)]
pub struct UnknownMethod(
    /// The name asked for.
    pub String,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_their_methods() {
        for method in Method::ALL {
            assert_eq!(method.name().parse(), Ok(method));
        }
        let unknown = "Ticket".parse::<Method>().unwrap_err();
        for method in Method::ALL {
            assert!(unknown.to_string().contains(method.name()), "{method}");
        }
    }
}
