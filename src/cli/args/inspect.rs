//! `wamp ls`, `wamp show` and `wamp kill`: what a router tells about itself, and has done, through its meta API.

use std::fmt;

use clap::{Args, ValueEnum};
use wampkit::proto::Id;

use super::client::{ClientArgs, DryRunArgs, id};

/// List procedures, topics or sessions of a router
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp ls procedures
  wamp ls topics com.shop.
  wamp ls sessions joe | xargs -rn 1 wamp kill
  wamp ls procedures -o json | jq -r '.details | [.uri, .callee_count] | @tsv'

A table on a terminal, one URI or session id a line in a pipe. The router has to
have a meta API. Sessions are listed without the one that asks.")]
pub(crate) struct LsArgs {
    /// procedures, topics (those subscribed to), sessions
    #[arg(value_name = "WHAT", value_enum, hide_possible_values = true)]
    pub(crate) what: Listed,

    /// Only URIs that begin so; of sessions, authids
    #[arg(value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Registrations.
    #[value(alias = "procedure", alias = "registrations")]
    Procedures,
    /// Subscriptions.
    #[value(alias = "topic", alias = "subscriptions")]
    Topics,
    /// Sessions.
    #[value(alias = "session")]
    Sessions,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Procedures => "procedures",
            Self::Topics => "topics",
            Self::Sessions => "sessions",
        })
    }
}

/// Show all about a procedure, topic or session
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp show com.shop.charge
  wamp show 4711
  wamp show com.shop.charge -o json | jq .details.callees

A URI stands for what is registered or subscribed under it, as a pattern too, and
for what a call or an event would reach. An id may be that of a registration, a
subscription or a session; all that it is is shown.")]
pub(crate) struct ShowArgs {
    /// The URI of a procedure or topic, or an id
    #[arg(value_name = "URI|ID")]
    pub(crate) target: String,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// End a session
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp kill 4711
  wamp kill 4711 --reason com.shop.closed --message 'we open at nine'")]
pub(crate) struct KillArgs {
    /// The session's id
    #[arg(value_name = "SESSION", value_parser = id)]
    pub(crate) session: Id,

    /// Why, for programs [wamp.close.killed]
    #[arg(long, value_name = "URI")]
    pub(crate) reason: Option<String>,

    /// Why, for people
    #[arg(long, value_name = "TEXT")]
    pub(crate) message: Option<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
