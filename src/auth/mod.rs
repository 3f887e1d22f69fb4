//! Authentication: who somebody is, and how that is proven.
//!
//! Both sides' arithmetic for each method. The router's side begins with a [`Directory`] of users, which turns the facts of a
//! HELLO into a CHALLENGE and an [`Exchange`] that judges the answer; the client's is an [`Attempt`] by one or more
//! [`Login`]s.
//!
//! Pure: no clock, no random source and no file. Time and random bytes are passed in, keys are read from text. What this module
//! does *not* do: send anything, count or slow down attempts, call dynamic authenticators, or decide what a role may do.
//!
//! Source: Advanced Profile, "Authentication Methods" and the chapters on each.

mod binding;
mod certificate;
mod cra;
mod credential;
mod directory;
mod dynamic;
mod exchange;
mod hex;
mod kdf;
mod keys;
mod login;
mod method;
mod mock;
mod scram;
mod secret;
mod ticket;

pub use binding::{BindingKind, ChannelBinding};
pub use certificate::{BadCertificateMatch, CertificateMatch, CertificateNames};
pub use cra::CraSecret;
pub use credential::{Credential, User};
pub use directory::{Begun, Directory, DirectoryError, HelloFacts};
pub use dynamic::{BadVerdict, Verdict};
pub use exchange::{Exchange, LoginRefusal, Principal};
pub use kdf::{Kdf, KdfError};
pub use keys::{KeyError, PrivateKey, PublicKey};
pub use login::{Attempt, Login, LoginError};
pub use method::{Method, UnknownMethod};
pub use scram::{ScramError, ScramKeys, ScramRecord};
pub use secret::Secret;
pub use ticket::{BadTicketHash, TicketSecret, new_ticket};

#[cfg(test)]
mod tests;
