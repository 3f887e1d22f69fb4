//! `wamp register`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args};
use wampkit::proto::{InvocationPolicy, MatchPolicy};

use super::client::{ClientArgs, DryRunArgs, duration};

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
  wamp register com.math. -m prefix --coprocess -j 2 -- python3 -u math.py

CMD is run for each call, without a shell. Its standard input is the call as
JSON, {\"type\",\"uri\",\"args\",\"kwargs\",\"details\",\"at\"}; its environment has
WAMP_PROCEDURE, WAMP_ARGS_JSON, WAMP_KWARGS_JSON, WAMP_CALLER and
WAMP_CALLER_AUTHID. If it exits with 0, its standard output is the result: JSON,
else a string. Otherwise the call fails with wamp.cli.error.command_failed, or
with what CMD prints as {\"error\":URI,\"args\":[…],\"kwargs\":{…}}. If the call is
canceled, CMD gets SIGTERM, then SIGKILL.

With --coprocess CMD is started once, and reads and writes lines of JSON. A call
is the line above with an id behind the type:
  {\"type\":\"invocation\",\"id\":7,\"uri\":URI,\"args\":[…],\"kwargs\":{…},…}
CMD answers in any order with one of the first two, and before that with any
number of the third; args and kwargs may be left out:
  {\"type\":\"result\",\"id\":7,\"args\":[…],\"kwargs\":{…}}
  {\"type\":\"error\",\"id\":7,\"error\":URI,\"args\":[…],\"kwargs\":{…}}
  {\"type\":\"progress\",\"id\":7,\"args\":[…],\"kwargs\":{…}}
{\"type\":\"cancel\",\"id\":7} tells CMD that nobody waits any more. If the details
of a call say \"progress\":true, more arguments follow, as the same line with the
type arguments, until its details do not say so. CMD has to flush each line, and
has up to 16 calls at once. If it ends, its calls fail with
wamp.cli.error.command_failed, and it is started again; if it ends within a
second without an answer five times in a row, so does wamp, with exit code 1.
When wamp leaves, standard input ends; then come SIGTERM and SIGKILL.

If the session is lost, so are its calls, and all is registered again in another
one (--retry, and exit code 8 without). The router may hold the procedures for
the lost session until it notices: they are asked for again for 75 seconds then,
or taken at once with --force.")]
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

    /// Leave after N calls; 0 is no end
    #[arg(short = 'n', long = "count", value_name = "N")]
    pub(crate) count: Option<u64>,

    /// Each line of CMD is a progressive result
    ///
    /// The last one is the final result, if CMD ends with it. A caller that takes no progressive results gets all of
    /// it at once, as without this.
    #[arg(long, conflicts_with_all = ["echo", "results", "error"])]
    pub(crate) lines: bool,

    /// Keep CMD running for all calls, one line of JSON each
    ///
    /// What the lines are stands below. CMD is started again when it ends.
    #[arg(long, conflicts_with_all = ["echo", "results", "error", "lines"])]
    pub(crate) coprocess: bool,

    /// The most CMDs to run at once [16]
    ///
    /// With --coprocess, as many are kept running [1].
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

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}
