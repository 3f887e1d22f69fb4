//! `wamp ping`.

use std::time::Duration;

use clap::Args;

use super::client::{ClientArgs, DryRunArgs, duration};

/// Time the way to a router: connecting, joining, round trips
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp ping
  wamp ping -u wss://router.example.org/ws -n 20 -i 200ms
  wamp ping -n 0 -t 1s
  wamp ping -o json | jq -r 'select(.type == \"summary\") | .details.p99_ms'

A round trip is a call of wamp.session.count, which every router answers, be it
with an error: so the router itself is timed, and not a proxy in front of it. The
next one begins when the last one is over and the interval has passed. With
-o json each line is an object of type connected, pong or summary; times are in
milliseconds.

Exit code 0 if everything was answered, 124 if something was not within -t, 3 if
there is no router, 4 if it refuses the session, 8 if the session is lost.")]
pub(crate) struct PingArgs {
    /// How many round trips; 0 is until Ctrl-C
    #[arg(short = 'n', long, value_name = "N", default_value_t = 5)]
    pub(crate) count: u64,

    /// Time from one to the next, at the least
    #[arg(short, long, value_name = "D", value_parser = duration, default_value = "1s")]
    pub(crate) interval: Duration,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
