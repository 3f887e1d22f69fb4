//! `wamp subscribe`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use wampkit::proto::MatchPolicy;

use super::client::{ClientArgs, DryRunArgs, duration};

/// Subscribe to topics and print their events
#[derive(Debug, Default, Args)]
#[command(after_long_help = "\
Examples:
  wamp subscribe com.shop.sold
  wamp subscribe com.shop. -m prefix -n 10
  wamp subscribe com.shop.sold --for 1m | jq .kwargs.price
  wamp subscribe com.shop.sold --history 10 --for 0
  wamp subscribe com.job.done -n 1 --idle 30s || echo 'nothing for 30 s'

In a pipe each event is one line of JSON:
{\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}.

If the session is lost, all is subscribed again in another one (--retry, and
exit code 8 without). Events that the router has kept meanwhile are printed
then, and none twice. Where others may be missing a line of type \"gap\" says so,
with {\"since\",\"until\",\"reason\"} as its details; so it does, with \"missed\" for
how many, if events come faster than they are taken. What is not printed as JSON
is told on standard error only.")]
pub(crate) struct SubscribeArgs {
    /// The topics, or patterns of topics
    #[arg(value_name = "TOPIC", required = true)]
    pub(crate) topics: Vec<String>,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Get the event too that the router keeps, if there is one
    #[arg(long)]
    pub(crate) retained: bool,

    /// Begin with the last N events of each topic, if they are kept
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) history: Option<u64>,

    /// Leave after N events
    #[arg(short = 'n', long = "count", value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
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
