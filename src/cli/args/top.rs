//! `wamp top`.

use std::time::Duration;

use clap::Args;

use super::client::{ClientArgs, DryRunArgs, some_time};

/// Watch a router of `wamp`: sessions, messages, bytes, queues
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp top
  wamp top -i 5s
  wamp top --once
  wamp top -n 60 -o json > minute.jsonl

It calls wamp.router.metrics, which tells of the session's own realm, and shows
what came to the counts from one look to the next; the calls themselves are among
them. On a terminal the figures are drawn in place until q or Ctrl-C, with a hint
where there is not room for all; elsewhere each look is a table of its own, and
with -o json an object.

in and out are what the router received and sent. lock is how long the realm was
held for a batch of messages, to the next power of two; p99 is a ceiling that 99
of 100 stayed under. What is dropped was meant for sessions that do not read.")]
pub(crate) struct TopArgs {
    /// How many looks; 0 is until q or Ctrl-C
    #[arg(short = 'n', long, value_name = "N", default_value_t = 0)]
    pub(crate) count: u64,

    /// Time from one to the next
    #[arg(short, long, value_name = "D", value_parser = some_time, default_value = "1s")]
    pub(crate) interval: Duration,

    /// Print one table, of two looks an interval apart, and exit
    #[arg(long, conflicts_with = "count")]
    pub(crate) once: bool,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
