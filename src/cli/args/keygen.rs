//! `wamp keygen`: new keys and secrets.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Make a key or secret, and its lines for the configuration
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp keygen cryptosign --authid alice --role admin >> wamp.toml
  wamp keygen ticket --authid sensor7 --out /etc/wamp/sensor7.ticket
  wamp keygen scram --authid alice
  wamp keygen wampcra --authid alice --secret env:ALICE_PASSWORD

The lines on standard output belong under a [[realms]] of the configuration. The
private part is written to a file that only you can read, ID.key, ID.ticket or
ID.password, and is the SRC of a client: --key file:ID.key, --secret file:ID.ticket.

The password of wampcra and scram is prompted for at a terminal, and otherwise,
or with --out, a random one is made.")]
pub(crate) struct KeygenArgs {
    /// cryptosign, wampcra, scram, ticket
    #[arg(value_name = "METHOD", value_enum, hide_possible_values = true)]
    pub(crate) method: KeyMethod,

    /// Whose it is [client]
    #[arg(
        id = "keygen_authid",
        long = "authid",
        value_name = "ID",
        default_value = "client"
    )]
    #[arg(hide_default_value = true)]
    pub(crate) authid: String,

    /// The role of that user [user]
    #[arg(
        long,
        value_name = "R",
        default_value = "user",
        hide_default_value = true
    )]
    pub(crate) role: String,

    /// Where to write the private part [ID.key, ID.ticket, ID.password]
    #[arg(long, value_name = "FILE", conflicts_with = "keygen_secret")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the file if there is one
    #[arg(long)]
    pub(crate) force: bool,

    /// The password of wampcra and scram: prompt, env:, file:, fd:, cmd:
    #[arg(id = "keygen_secret", long = "secret", value_name = "SRC")]
    pub(crate) secret: Option<String>,

    /// The key derivation of scram: argon2id13, pbkdf2 [argon2id13]
    #[arg(long, value_name = "KDF", value_enum, hide_possible_values = true)]
    pub(crate) kdf: Option<KeyKdf>,

    /// Its cost: passes over the memory, or rounds of PBKDF2
    ///
    /// 2 for argon2id13, 600000 for pbkdf2, 100000 for wampcra unless said otherwise.
    #[arg(long, value_name = "N")]
    pub(crate) iterations: Option<u32>,

    /// The memory that argon2id13 takes, in KiB [19456]
    #[arg(long, value_name = "KIB")]
    pub(crate) memory: Option<u32>,
}

/// The methods that there are keys for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyMethod {
    /// An Ed25519 key.
    Cryptosign,
    /// A password and its salted record.
    Wampcra,
    /// A password and its record.
    Scram,
    /// A random ticket.
    Ticket,
}

impl KeyMethod {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Cryptosign => "cryptosign",
            Self::Wampcra => "wampcra",
            Self::Scram => "scram",
            Self::Ticket => "ticket",
        }
    }
}

/// The key derivations of SCRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKdf {
    /// Argon2id, version 1.3.
    Argon2id13,
    /// PBKDF2 with HMAC-SHA-256.
    Pbkdf2,
}
