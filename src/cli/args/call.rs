//! `wamp call`.

use std::num::NonZeroU16;
use std::time::Duration;

use clap::Args;
use wampkit::proto::CancelMode;

use super::client::{ClientArgs, DryRunArgs, PayloadArgs, duration};
use super::passthru::PassthruArgs;

/// Call a procedure and print its result
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp call com.math.add 2 3
  wamp call com.shop.charge amount=12.50 to:s=007
  sum=$(wamp call com.math.add 2 3)
  jq -c . order.json | wamp call com.shop.order :=@- -t 5s
  wamp call com.shop.open --wait=30s
  wamp call -p com.files.find '*.rs'
  tail -f access.log | wamp call --stream -p com.log.analyse
  wamp call com.math.add 2 3 --time
  wamp call com.math.add 2 3 -n 1000 -P 16 --time > /dev/null
  wamp call com.shop.order -n 0 -i 5s

A result of one argument is printed as that value, several as a JSON list, and
with keywords as {\"args\":[…],\"kwargs\":{…}}.")]
pub(crate) struct CallArgs {
    /// The procedure's URI
    #[arg(value_name = "PROC")]
    pub(crate) procedure: String,

    #[command(flatten)]
    pub(crate) payload: PayloadArgs,

    /// Print progressive results too, as they come
    #[arg(short, long)]
    pub(crate) progress: bool,

    /// Send lines of stdin as further arguments
    ///
    /// Each line is one part: a JSON literal, else a string. Without ARGs the first line begins the call; the end of standard input
    /// ends its arguments (progressive call invocation). The router and the callee have to know about that.
    #[arg(long, conflicts_with = "wait")]
    pub(crate) stream: bool,

    #[command(flatten)]
    pub(crate) many: ManyCallsArgs,

    /// On Ctrl-C or when -t is over: skip, kill, killnowait
    ///
    /// With skip the callee is not told and goes on, with killnowait it is interrupted, and so it is with kill, where its
    /// answer is awaited for a moment. Without this it is killnowait, and a router that can end calls by itself is
    /// told of -t as well.
    #[arg(long, value_name = "MODE")]
    pub(crate) cancel: Option<CancelMode>,

    /// Tell the callee who calls
    #[arg(long)]
    pub(crate) disclose_me: bool,

    /// Wait until there is such a procedure, or for this long
    ///
    /// The call is made again and again while the answer is wamp.error.no_such_procedure. When the time is over,
    /// that is the outcome: exit code 6.
    #[arg(long, value_name = "D", value_parser = duration)]
    #[arg(num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "absent, for ever, for so long")]
    pub(crate) wait: Option<Option<Duration>>,

    /// Option of CALL: timeout=5000; may be repeated
    #[arg(short = 'O', long = "option", value_name = "K=V")]
    pub(crate) options: Vec<String>,

    #[command(flatten)]
    pub(crate) passthru: PassthruArgs,

    #[command(flatten)]
    pub(crate) client: ClientArgs,

    #[command(flatten)]
    pub(crate) dry_run: DryRunArgs,
}

/// More calls than one, and how long they take.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ManyCallsArgs {
    /// Make the call N times; 0 is no end
    ///
    /// Results are printed in the order in which they come. The first call that fails ends it. Ctrl-C cancels those that are
    /// not answered, as killnowait does.
    #[arg(short = 'n', long, value_name = "N")]
    #[arg(conflicts_with_all = ["stream", "wait", "cancel"])]
    pub(crate) count: Option<u64>,

    /// Time from one to the next, at the least
    #[arg(short, long, value_name = "D", value_parser = duration, requires = "count")]
    pub(crate) interval: Option<Duration>,

    /// How many at a time [1]
    #[arg(short = 'P', long, value_name = "N", requires = "count")]
    pub(crate) parallel: Option<NonZeroU16>,

    /// Tell how long it took; with -n median, p99 and so on
    ///
    /// That is a line on standard error; with -o json an object of type summary, with times in milliseconds.
    #[arg(long)]
    pub(crate) time: bool,

    /// Tell of a call that fails, and go on with the next
    ///
    /// The exit code is then that of the first failure.
    #[arg(long, requires = "count", hide_short_help = true)]
    pub(crate) keep_going: bool,
}
