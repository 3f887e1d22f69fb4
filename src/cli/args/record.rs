//! `wamp record`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args};
use wampkit::proto::MatchPolicy;

use super::client::{ClientArgs, DryRunArgs, duration};

/// Record events, and calls, to replay them later
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("stand_in").requires("procedures"))]
#[command(after_long_help = "\
Examples:
  wamp record com.shop. -m prefix -w shop.jsonl
  wamp record com.shop.sold -n 10 | gzip > sold.jsonl.gz
  wamp record com.shop.sold --for 1h -w shop.jsonl --append
  wamp record --proc com.shop.charge --return ok -w charged.jsonl
  wamp record --proc com.shop.charge --forward com.shop.v2.charge

A recording has one line of JSON for each event or call, as `wamp subscribe`
prints events in a pipe: {\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}, where
type is event or call, or gap where events may be missing. Each line is written
at once and as a whole. `wamp replay` plays it; jq and grep make another one of
it. Floats that JSON does not have, NaN and the infinities, are recorded as null.

To record calls is to take them: PROC is registered, and answered as --return or
--forward say, else with an empty result.")]
pub(crate) struct RecordArgs {
    /// The topics, or patterns of topics
    #[arg(value_name = "TOPIC", required_unless_present = "procedures")]
    pub(crate) topics: Vec<String>,

    /// Record the calls of this procedure; may be repeated
    #[arg(long = "proc", value_name = "PROC")]
    pub(crate) procedures: Vec<String>,

    /// Answer them with this ARG of `call`; may be repeated
    #[arg(long = "return", value_name = "ARG", group = "stand_in")]
    #[arg(allow_negative_numbers = true)]
    pub(crate) results: Vec<String>,

    /// Pass them on to this procedure, and answer as it does
    #[arg(long, value_name = "PROC", group = "stand_in")]
    pub(crate) forward: Option<String>,

    /// Where to write; must be new or empty [stdout]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,

    /// Go on behind what the file has
    #[arg(long, requires = "write", conflicts_with = "force")]
    pub(crate) append: bool,

    /// Replace what the file has
    #[arg(long, requires = "write")]
    pub(crate) force: bool,

    /// exact, prefix, wildcard; of TOPIC and PROC
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Get the event too that the router keeps
    #[arg(long)]
    pub(crate) retained: bool,

    /// Leave after N events and calls; 0 is no end
    #[arg(short = 'n', long = "count", value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Leave after this time; 124 if fewer than -n by then
    #[arg(long = "for", value_name = "D", value_parser = duration)]
    pub(crate) duration: Option<Duration>,

    /// Leave after this time without any; likewise
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) idle: Option<Duration>,

    /// Written once all is subscribed, removed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
