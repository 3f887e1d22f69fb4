//! `wamp subscribe`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use wampkit::proto::MatchPolicy;

use super::client::{ClientArgs, DryRunArgs, duration};

/// Subscribe to topics and print their events
#[derive(Debug, Default, Args)]
#[command(override_usage = "wamp subscribe TOPIC... [OPTIONS] [-- CMD...]")]
#[command(after_long_help = "\
Examples:
  wamp subscribe com.shop.sold
  wamp subscribe com.shop. -m prefix -n 10
  wamp subscribe com.shop.sold --for 1m | jq .kwargs.price
  wamp subscribe com.shop.sold --history 10 --for 0
  wamp subscribe com.job.done -n 1 --idle 30s || echo 'nothing for 30 s'
  wamp subscribe com. -m prefix -o raw --timestamps --delta
  wamp subscribe com. -m prefix --stats --for 10s
  wamp subscribe com.shop.sold -- sh -c 'echo \"$WAMP_KWARGS_JSON\"'

In a pipe each event is one line of JSON:
{\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}.

If the session is lost, all is subscribed again in another one (--retry, and
exit code 8 without). Events that the router has kept meanwhile are printed
then, and none twice. Where others may be missing a line of type \"gap\" says so,
with {\"since\",\"until\",\"reason\"} as its details; so it does, with \"missed\" for
how many, if events come faster than they are taken. What is not printed as JSON
is told on standard error only.

CMD is run for each event, without a shell. Its standard input is the event as
JSON, as above; its environment has WAMP_TOPIC, WAMP_ARGS_JSON,
WAMP_KWARGS_JSON, and WAMP_CALLER and WAMP_CALLER_AUTHID for the publisher if it
is disclosed. What CMD prints goes where wamp prints. One is run after the
other, with -j several at a time, in no order; events wait meanwhile. If any has
failed, the exit code is 1 in the end.")]
pub(crate) struct SubscribeArgs {
    /// The topics, or patterns of topics
    #[arg(value_name = "TOPIC", required = true)]
    pub(crate) topics: Vec<String>,

    /// Run this command for each event rather than print it
    #[arg(value_name = "CMD", last = true)]
    #[arg(conflicts_with_all = ["stats", "timestamps", "delta"])]
    pub(crate) command: Vec<OsString>,

    /// The most CMDs to run at once [1, which keeps the order]
    #[arg(short, long, value_name = "N", requires = "command")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) jobs: Option<u32>,

    /// Put the time of arrival in front of lines to read
    ///
    /// On a terminal, or with -o pretty, raw or table. JSON has it as "at".
    #[arg(long)]
    pub(crate) timestamps: bool,

    /// Put the time since the event before in front of lines to read
    #[arg(long)]
    pub(crate) delta: bool,

    /// Print no events, but in the end how many there were
    ///
    /// How many in all and of each topic, how many in a second, and how long their arguments are as JSON. On a terminal the count
    /// is shown meanwhile. -o json prints one object of type "stats".
    #[arg(long, conflicts_with_all = ["timestamps", "delta"])]
    pub(crate) stats: bool,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Get the event too that the router keeps
    #[arg(long)]
    pub(crate) retained: bool,

    /// Begin with the last N events of each topic
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) history: Option<u64>,

    /// Leave after N events; 0 is no end
    #[arg(short = 'n', long = "count", value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Leave after this time; with -n, 124 if the events were fewer
    #[arg(long = "for", value_name = "D", value_parser = duration)]
    pub(crate) duration: Option<Duration>,

    /// Leave after this time without an event; likewise
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) idle: Option<Duration>,

    /// Written once all is subscribed, removed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    /// Option of SUBSCRIBE; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
