//! `wamp bench`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::super::bench::Condition;
use super::client::{ClientArgs, duration, some_time};

/// Measure a router: calls, events, connections, idle sessions
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench rpc --self-host
  wamp bench pubsub --self-host --json before.json
  wamp bench pubsub --self-host --compare before.json

With --self-host a router is started for it; otherwise that of --url is measured,
as whoever the login options say. CPU time and memory of the router are known of
one on this machine: the process that listens there, or those of --pid.")]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) command: BenchCommand,
}

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    Rpc(RpcArgs),
    Pubsub(PubsubArgs),
    Connect(ConnectArgs),
    Idle(IdleArgs),
    Compare(CompareArgs),
    /// Relay that copies frames, which `compare` runs
    #[command(hide = true)]
    Floor,
}

/// Measure calls: CALL, INVOCATION, YIELD and RESULT
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench rpc --self-host
  wamp bench rpc -u rs://127.0.0.1:8080 --clients 1 --in-flight 1
  wamp bench rpc --self-host --rate 1000 --fail-if 'p99>5ms'

Each caller keeps --in-flight calls open. With --rate calls are due at their time
whether or not earlier ones are answered, and latency counts from that time.")]
pub(crate) struct RpcArgs {
    #[command(flatten)]
    pub(crate) work: RpcWork,

    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Who calls whom, and how often.
#[derive(Clone, Debug, Args)]
pub(crate) struct RpcWork {
    /// Callers
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = some)]
    pub(crate) clients: usize,

    /// Sessions with a procedure each [as many as callers]
    #[arg(long, value_name = "N", value_parser = some)]
    pub(crate) callees: Option<usize>,

    /// Calls that each caller has open
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = some)]
    pub(crate) in_flight: usize,

    /// Calls a second, of all callers together
    #[arg(long, value_name = "R", conflicts_with = "in_flight", value_parser = rate)]
    pub(crate) rate: Option<f64>,

    #[command(flatten)]
    pub(crate) load: LoadArgs,
}

/// Measure events, from publisher to subscriber
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench pubsub --self-host
  wamp bench pubsub --self-host --pairs 8 --in-flight 256 --pace receipt
  wamp bench pubsub -u ws://127.0.0.1:8080/ws --subscribers 10 --fail-if 'loss>0'")]
pub(crate) struct PubsubArgs {
    #[command(flatten)]
    pub(crate) work: PubsubWork,

    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Who publishes to whom, and how often.
#[derive(Clone, Debug, Args)]
pub(crate) struct PubsubWork {
    /// Publishers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = some)]
    pub(crate) publishers: usize,

    /// Subscribers
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = some)]
    pub(crate) subscribers: usize,

    /// Topics, which publishers and subscribers take in turn
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = some)]
    pub(crate) topics: usize,

    /// So many publishers with a subscriber each
    #[arg(long, value_name = "N", value_parser = some)]
    #[arg(conflicts_with_all = ["publishers", "subscribers", "topics"])]
    pub(crate) pairs: Option<usize>,

    /// Publications that each publisher has open
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = some)]
    pub(crate) in_flight: usize,

    /// When a publication is no longer open: ack, receipt
    #[arg(long, value_name = "P", value_enum, default_value_t = Pace::Receipt)]
    #[arg(hide_possible_values = true)]
    pub(crate) pace: Pace,

    /// Publications a second, of all publishers together
    #[arg(long, value_name = "R", conflicts_with_all = ["in_flight", "pace"], value_parser = rate)]
    pub(crate) rate: Option<f64>,

    #[command(flatten)]
    pub(crate) load: LoadArgs,
}

/// When a publication is no longer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pace {
    /// The router has acknowledged it.
    Ack,
    /// All subscribers have it.
    Receipt,
}

/// Measure cycles of connecting, joining, leaving
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench connect --self-host
  wamp bench connect -u rs://127.0.0.1:8080 -n 1000 --clients 1")]
pub(crate) struct ConnectArgs {
    #[command(flatten)]
    pub(crate) work: ConnectWork,

    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// Who comes and goes, and how often.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConnectWork {
    /// Clients at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = some)]
    pub(crate) clients: usize,

    /// Cycles a second, of all clients together
    #[arg(long, value_name = "R", value_parser = rate)]
    pub(crate) rate: Option<f64>,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Measure the memory of sessions that do nothing
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench idle --self-host
  wamp bench idle --self-host --clients 1000 --cycles 3 --serializer cbor")]
pub(crate) struct IdleArgs {
    #[command(flatten)]
    pub(crate) work: IdleWork,

    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// How many sessions there are, and how often.
#[derive(Clone, Debug, Args)]
pub(crate) struct IdleWork {
    /// Sessions
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = some)]
    pub(crate) clients: usize,

    /// How often they come and go
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = some)]
    pub(crate) cycles: usize,
}

/// Measure several routers with the same work in turn
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  wamp bench compare floor self
  wamp bench compare self ws://127.0.0.1:8080/ws --work rpc,pubsub --serializer json
  wamp bench compare self=target/release/wamp.before self --rounds 9 --size 65536

ROUTER is the URL of one that runs; `self`, a router started for it, and self=FILE,
that of another build; or `floor`, a relay that does nothing but copy frames. What
is printed are medians of the rounds, and ratios to the first. Logins are for URLs.")]
pub(crate) struct CompareArgs {
    /// URL, self, self=FILE or floor
    #[arg(value_name = "ROUTER", required = true)]
    pub(crate) routers: Vec<String>,

    /// Of rpc,sequential,pubsub,pairs,connect [all of them]
    ///
    /// rpc: 8 callers with 16 calls open. sequential: one caller with one. pubsub: a publisher with 16 publications open and 100
    /// subscribers. pairs: 8 publishers with 64 open and a subscriber each. connect: 8 clients that come, join and go.
    #[arg(long, value_name = "W", value_enum, value_delimiter = ',')]
    #[arg(hide_possible_values = true)]
    pub(crate) work: Vec<Work>,

    /// How often each router has its turn
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = some)]
    pub(crate) rounds: usize,

    /// How long each turn is measured
    #[arg(long, value_name = "D", default_value = "2s", value_parser = some_time)]
    pub(crate) duration: Duration,

    /// How long each turn goes on before that
    #[arg(long, value_name = "D", default_value = "500ms", value_parser = duration)]
    pub(crate) warmup: Duration,

    /// Bytes of payload, 16 at the least
    #[arg(long, value_name = "BYTES", default_value_t = 16, value_parser = size())]
    pub(crate) size: usize,

    /// How `self` is reached: ws, rs
    #[arg(long, value_name = "T", value_enum, default_value_t)]
    #[arg(hide_possible_values = true)]
    pub(crate) transport: Carrier,

    /// Threads of `self` [one for each core]
    #[arg(long, value_name = "N", value_parser = some)]
    pub(crate) threads: Option<usize>,

    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// A kind of work that routers are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// Many calls at once.
    Rpc,
    /// One call after the other.
    Sequential,
    /// One publisher, many subscribers.
    Pubsub,
    /// Publishers with a subscriber each.
    Pairs,
    /// Sessions that come and go.
    Connect,
}

impl Work {
    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rpc => "rpc",
            Self::Sequential => "sequential",
            Self::Pubsub => "pubsub",
            Self::Pairs => "pairs",
            Self::Connect => "connect",
        }
    }
}

/// How long work goes on, and with which payload.
#[derive(Clone, Debug, Args)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,

    /// Bytes of payload, 16 at the least
    #[arg(long, value_name = "BYTES", default_value_t = 16, value_parser = size())]
    pub(crate) size: usize,
}

/// How long work goes on.
#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    /// How often, in place of --duration
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "duration")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,

    /// How long is measured
    #[arg(long, value_name = "D", default_value = "5s", value_parser = some_time)]
    pub(crate) duration: Duration,

    /// How long it goes on before that [1s; with -n: 0s]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) warmup: Option<Duration>,

    /// Write the latencies for HdrHistogram's plotters
    ///
    /// A percentile distribution as HdrHistogram writes it, in microseconds.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) hgrm: Option<PathBuf>,
}

/// Which router, and what becomes of the figures.
#[derive(Debug, Args)]
pub(crate) struct CommonArgs {
    /// Start a router for it, as a process of its own
    #[arg(long)]
    pub(crate) self_host: bool,

    /// How that router is reached: ws, rs
    #[arg(
        long,
        value_name = "T",
        value_enum,
        default_value_t,
        requires = "self_host"
    )]
    #[arg(hide_possible_values = true)]
    pub(crate) transport: Carrier,

    /// Threads of that router [one for each core]
    #[arg(long, value_name = "N", value_parser = some, requires = "self_host")]
    pub(crate) threads: Option<usize>,

    /// Process of the router, if not the one that listens; may be repeated
    #[arg(long, value_name = "PID", conflicts_with = "self_host")]
    pub(crate) pid: Vec<u32>,

    /// Exit with 9 if so: 'p99>5ms', 'loss>0', 'cpu>5us'; may be repeated
    ///
    /// Of p50, p90, p99, p99.9, max; throughput (a second); cpu, generator_cpu (for each operation); errors, loss, duplicates,
    /// unanswered, disorder; rss, and of idle rss_after and rss_per_session (KiB).
    #[arg(long, value_name = "COND", value_parser = Condition::parse)]
    pub(crate) fail_if: Vec<Condition>,

    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Write the figures as CSV: their names, and a line of them
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) csv: Option<PathBuf>,

    /// Print ratios to the figures of an earlier --json
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) client: ClientArgs,
}

/// A transport of a router of our own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carrier {
    /// WebSocket.
    #[default]
    Ws,
    /// RawSocket.
    Rs,
}

impl RunArgs {
    /// How long it goes on before anything counts.
    pub(crate) fn warmup(&self) -> Duration {
        let usual = match self.count {
            Some(_) => Duration::ZERO,
            None => Duration::from_secs(1),
        };
        self.warmup.unwrap_or(usual)
    }
}

impl BenchArgs {
    /// What a client command has; the relay is none.
    pub(crate) const fn client(&mut self) -> Option<&mut ClientArgs> {
        match &mut self.command {
            BenchCommand::Rpc(args) => Some(&mut args.common.client),
            BenchCommand::Pubsub(args) => Some(&mut args.common.client),
            BenchCommand::Connect(args) => Some(&mut args.common.client),
            BenchCommand::Idle(args) => Some(&mut args.common.client),
            BenchCommand::Compare(args) => Some(&mut args.client),
            BenchCommand::Floor => None,
        }
    }

    /// Where the latencies go, of those that have some.
    pub(crate) fn hgrm(&self) -> Option<&Path> {
        let run = match &self.command {
            BenchCommand::Rpc(args) => &args.work.load.run,
            BenchCommand::Pubsub(args) => &args.work.load.run,
            BenchCommand::Connect(args) => &args.work.run,
            BenchCommand::Idle(_) | BenchCommand::Compare(_) | BenchCommand::Floor => return None,
        };
        run.hgrm.as_deref()
    }
}

/// A payload that a stamp fits into, and a message does.
fn size() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(16..=8 << 20)
}

/// Whether an option of clients would do nothing here.
pub(super) fn is_idle(command: &str, id: &str) -> bool {
    match id {
        "details" | "ppt_key" | "retry" | "retry_max" | "heartbeat" | "trace" => true,
        "url" => command == "bench compare",
        "timeout" => matches!(command, "bench connect" | "bench idle"),
        _ => false,
    }
}

/// What a router of our own does not ask about: where it is, and who comes.
pub(super) const STRANGERS: [&str; 12] = [
    "url",
    "authid",
    "authrole",
    "secret",
    "key",
    "authmethod",
    "authextra",
    "header",
    "ca",
    "cert",
    "tls_key",
    "insecure",
];

/// At least one.
fn some(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=100_000) => Ok(number),
        _ => Err("write a number from 1 to 100000".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1e7 => Ok(rate),
        _ => Err("write a number greater than 0, and 10 million at the most".to_owned()),
    }
}
