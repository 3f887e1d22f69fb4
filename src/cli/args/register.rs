//! `wamp register`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args};
use wampkit::proto::{InvocationPolicy, MatchPolicy};

use super::client::{ClientArgs, duration};

/// Register procedures and answer their calls
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("answer").required(true))]
#[command(
    override_usage = "wamp register PROC... [OPTIONS] --echo|--return ARG|--error URI|-- CMD..."
)]
#[command(after_long_help = "\
Examples:
  wamp register com.echo --echo
  wamp register com.answer --return 42
  wamp register com.shop.charge --error com.shop.error.declined
  wamp register com.math.add -- jq '.args | add'
  wamp register com.date -n 1 -- date
  wamp register com.files.find --lines -- sh -c 'find . -newer marker'

CMD is run for each call, without a shell. Its standard input is the call as
JSON, {\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}; its environment has
WAMP_PROCEDURE, WAMP_ARGS_JSON, WAMP_KWARGS_JSON, WAMP_CALLER and
WAMP_CALLER_AUTHID. If it exits with 0, its standard output is the result: JSON,
else a string. Otherwise the call fails with wamp.cli.error.command_failed, or
with what CMD prints as {\"error\":URI,\"args\":[…],\"kwargs\":{…}}. If the call is
canceled, CMD gets SIGTERM, then SIGKILL.")]
pub(crate) struct RegisterArgs {
    /// The procedures, or patterns of procedures
    #[arg(value_name = "PROC", required = true)]
    pub(crate) procedures: Vec<String>,

    /// Answer with the arguments of the call
    #[arg(long, group = "answer")]
    pub(crate) echo: bool,

    /// Answer with this ARG of `call`; may be repeated
    #[arg(
        long = "return",
        value_name = "ARG",
        group = "answer",
        allow_negative_numbers = true
    )]
    pub(crate) results: Vec<String>,

    /// Answer with this error
    #[arg(long, value_name = "URI", group = "answer")]
    pub(crate) error: Option<String>,

    /// Answer with what this command prints
    #[arg(value_name = "CMD", group = "answer", last = true)]
    pub(crate) command: Vec<OsString>,

    /// exact, prefix, wildcard
    #[arg(short, long = "match", value_name = "POLICY")]
    pub(crate) match_policy: Option<MatchPolicy>,

    /// Share it: first, last, random, roundrobin; or single
    #[arg(long, value_name = "POLICY")]
    pub(crate) invoke: Option<InvocationPolicy>,

    /// The most calls that the router may send at once
    #[arg(long, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) concurrency: Option<u64>,

    /// Take it from whoever has it
    #[arg(long)]
    pub(crate) force: bool,

    /// Leave after N calls
    #[arg(short = 'n', long = "count", value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,

    /// Each line of CMD is a progressive result
    ///
    /// The last one is the final result, if CMD ends with it. A caller that takes no progressive results gets all of
    /// it at once, as without this.
    #[arg(long, conflicts_with_all = ["echo", "results", "error"])]
    pub(crate) lines: bool,

    /// The most CMDs to run at once [16]
    #[arg(short, long, value_name = "N", conflicts_with_all = ["echo", "results", "error"])]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) jobs: Option<u32>,

    /// Wait before each answer
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) delay: Option<Duration>,

    /// Written once all is registered, removed at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    /// Option of REGISTER: disclose_caller=true; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}
