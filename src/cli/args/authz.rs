//! `wamp authz`: what the rules of a configuration file come to.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wampkit::proto::MatchPolicy;
use wampkit::realm::Action;

use super::super::output::Format;

/// Say what roles may do, and why
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.order")]
pub(crate) struct AuthzArgs {
    #[command(subcommand)]
    pub(crate) command: AuthzCommand,
}

/// The commands of `wamp authz`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthzCommand {
    Explain(ExplainArgs),
}

/// Say which rule of a router's configuration decides, and why
#[derive(Debug, Args)]
#[command(override_usage = "wamp authz explain -f FILE --role R --action A --uri U [OPTIONS]")]
#[command(after_long_help = "\
Examples:
  wamp authz explain -f wamp.toml --role guest --action call --uri com.shop.order
  wamp authz explain -f wamp.toml --role guest --action subscribe --uri com. --match prefix
  wamp authz explain -f wamp.toml --role guest --action call --uri com.x -o json | jq .verdict

Secrets and certificates are not looked for. Exit code 0 if it is allowed, or up
to an authorizer; 7 if it is denied; 2 if there is no such role or realm.")]
pub(crate) struct ExplainArgs {
    /// The configuration file of the router
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(crate) config: PathBuf,

    /// The role that asks
    #[arg(long, value_name = "R")]
    pub(crate) role: String,

    /// What it asks for: call, register, subscribe, publish
    #[arg(long, value_name = "A")]
    pub(crate) action: Action,

    /// The procedure or topic, or a pattern of them
    #[arg(long, value_name = "U")]
    pub(crate) uri: String,

    /// How the URI is registered or subscribed to: exact, prefix, wildcard [exact]
    #[arg(
        id = "policy",
        long = "match",
        value_name = "POLICY",
        default_value_t,
        hide_default_value = true
    )]
    pub(crate) policy: MatchPolicy,

    /// The realm; needed where the file has several
    #[arg(id = "explained_realm", long = "realm", value_name = "URI")]
    pub(crate) realm: Option<String>,

    /// auto, or json: one object on one line [$WAMP_OUTPUT]
    #[arg(
        id = "explained_output",
        short = 'o',
        long = "output",
        value_name = "F"
    )]
    #[arg(value_enum, hide_possible_values = true)]
    pub(crate) output: Option<Format>,
}
