//! `wamp bench compare`: the same work done by several routers in turn.

use std::path::Path;
use std::time::SystemTime;

use clap::ValueEnum as _;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::args::{
    CompareArgs, ConnectWork, LoadArgs, Pace, PubsubWork, RpcWork, RunArgs, Work,
};
use super::super::block_on;
use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::json;
use super::super::output::Envelope;
use super::super::progress::{Progress, Total};
use super::super::signals::{self, Signals};
use super::link::Target;
use super::process::Hosted;
use super::report::Report;
use super::{host, own, run as bench, target, write};

/// Has all of them work in all rounds, and prints a table of medians.
///
/// # Errors
/// That one of them cannot be started or reached, or is lost.
pub(super) fn run(args: &CompareArgs, console: &Console) -> Result<Exit, CliError> {
    // What each of them does is too short to be shown; the turns are.
    let quiet = console.quiet(true);
    let routers = args.routers.iter();
    let routers = routers.map(|name| Router::start(name, args, &quiet));
    let mut routers = routers.collect::<Result<Vec<_>, _>>()?;
    let works: &[Work] = if args.work.is_empty() {
        Work::value_variants()
    } else {
        &args.work
    };
    let turns = args.rounds * works.len() * routers.len();
    let outcome = block_on(async {
        let mut signals = Signals::catch(signals::Work::Task)?;
        let progress = Progress::start(console, "turns", Total::Count(turns as u64));
        let rounds = async {
            for _ in 0..args.rounds {
                for work in works {
                    for router in &mut routers {
                        let report = turn(*work, args, &router.target).await?;
                        router.turns.push((*work, report));
                        progress.tick(1);
                    }
                }
            }
            Ok(Exit::Success)
        };
        signals.guard(rounds).await
    });
    // What was measured before a signal is told.
    let exit = match outcome {
        Err(CliError::Stopped(exit)) if routers.iter().all(|router| !router.turns.is_empty()) => {
            exit
        }
        outcome => outcome?,
    };
    tell(args, works, &routers, console)?;
    Ok(exit)
}

/// One of those that are compared.
struct Router {
    name: String,
    target: Target,
    turns: Vec<(Work, Report)>,
    /// Ends when this is dropped.
    _hosted: Option<Hosted>,
}

impl Router {
    fn start(name: &str, args: &CompareArgs, console: &Console) -> Result<Self, CliError> {
        let (transport, threads) = (args.transport, args.threads);
        let hosted = match (name, name.strip_prefix("self=")) {
            ("floor", _) => Some(host(Hosted::floor())?),
            ("self", _) => Some(host(Hosted::router(None, transport, threads))?),
            (_, Some(path)) => Some(host(Hosted::router(
                Some(Path::new(path)),
                transport,
                threads,
            ))?),
            (url, None) if is_url(url) => None,
            (other, None) => {
                return Err(CliError::Usage {
                    message: format!("{other} is no router"),
                    hint: Some("write a URL, self, self=FILE or floor".to_owned()),
                });
            }
        };
        let mut target = match &hosted {
            Some(hosted) => own(hosted, &args.client, console)?,
            None => {
                let mut connection = args.client.connection.clone();
                connection.url = Some(name.to_owned());
                target(&connection, &args.client, console)?
            }
        };
        target.is_relay = name == "floor";
        Ok(Self {
            name: name.to_owned(),
            target,
            turns: Vec::new(),
            _hosted: hosted,
        })
    }

    /// The median over all rounds of a figure of a kind of work.
    fn median(&self, work: Work, figure: &str) -> Option<f64> {
        let turns = self.turns.iter().filter(|(kind, _)| *kind == work);
        let figures = turns.filter_map(|(_, report)| {
            report
                .figures()
                .into_iter()
                .find_map(|(name, value)| (name == figure).then_some(value))
        });
        let mut figures: Vec<_> = figures.collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied()
    }

    /// How much went wrong in all rounds.
    fn faults(&self, work: Work) -> u64 {
        let turns = self.turns.iter().filter(|(kind, _)| *kind == work);
        turns
            .flat_map(|(_, report)| report.faults)
            .map(|(_, count)| count)
            .sum()
    }
}

fn is_url(name: &str) -> bool {
    name.contains("://")
}

/// One router's turn at one kind of work.
async fn turn(work: Work, args: &CompareArgs, target: &Target) -> Result<Report, CliError> {
    let run = RunArgs {
        count: None,
        duration: args.duration,
        warmup: Some(args.warmup),
        hgrm: None,
    };
    let load = LoadArgs {
        run: run.clone(),
        size: args.size,
    };
    let rpc = |clients, in_flight| RpcWork {
        clients,
        callees: None,
        in_flight,
        rate: None,
        load: load.clone(),
    };
    let pubsub = |subscribers, pairs, in_flight| PubsubWork {
        publishers: 1,
        subscribers,
        topics: 1,
        pairs,
        in_flight,
        pace: Pace::Receipt,
        rate: None,
        load: load.clone(),
    };
    match work {
        Work::Rpc => bench::rpc(&rpc(8, 16), target).await,
        Work::Sequential => bench::rpc(&rpc(1, 1), target).await,
        Work::Pubsub => bench::pubsub(&pubsub(100, None, 16), target).await,
        Work::Pairs => bench::pubsub(&pubsub(8, Some(8), 64), target).await,
        Work::Connect => {
            bench::connect(
                &ConnectWork {
                    clients: 8,
                    rate: None,
                    run,
                },
                target,
            )
            .await
        }
    }
}

/// What is compared: the heading and the figure.
const FIGURES: [(&str, &str); 4] = [
    ("CPU time of the router for each operation, us", "cpu"),
    ("operations a second", "throughput"),
    ("latency, median, us", "p50"),
    ("latency, p99, us", "p99"),
];

fn tell(
    args: &CompareArgs,
    works: &[Work],
    routers: &[Router],
    console: &Console,
) -> Result<(), CliError> {
    let envelope = Envelope {
        kind: "bench",
        uri: None,
        arguments: Arguments::default(),
        details: details(works, routers),
        at: SystemTime::now(),
    };
    console.lines_or_record(&lines(works, routers), &envelope)?;
    match &args.json {
        Some(path) => write(path, &(json::compact(&envelope.to_value()) + "\n")),
        None => Ok(()),
    }
}

/// A table for each figure: a line for each kind of work, a column for each router, with its ratio to the first.
fn lines(works: &[Work], routers: &[Router]) -> String {
    let mut lines = String::new();
    let width = |router: &Router| router.name.chars().count().max(18);
    for (heading, figure) in FIGURES {
        lines.push_str(&format!("{heading}\n  {:<10}", ""));
        for router in routers {
            lines.push_str(&format!("  {:>width$}", router.name, width = width(router)));
        }
        lines.push('\n');
        for work in works {
            lines.push_str(&format!("  {:<10}", work.name()));
            let first = routers
                .first()
                .and_then(|router| router.median(*work, figure));
            for router in routers {
                let cell = match (router.median(*work, figure), first) {
                    (None, _) => "-".to_owned(),
                    (Some(own), Some(first)) if first > 0.0 => {
                        format!("{} {:>7}", short(own), format!("{:.2}x", own / first))
                    }
                    (Some(own), _) => format!("{} {:>7}", short(own), ""),
                };
                lines.push_str(&format!("  {cell:>width$}", width = width(router)));
            }
            lines.push('\n');
        }
    }
    for router in routers {
        for work in works {
            let faults = router.faults(*work);
            if faults > 0 {
                let (name, work) = (&router.name, work.name());
                lines.push_str(&format!(
                    "{name}, {work}: {faults} lost, refused, unanswered or out of order\n"
                ));
            }
        }
    }
    lines
}

/// Three digits at the least.
fn short(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else if value < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

fn details(works: &[Work], routers: &[Router]) -> Dict {
    let median = |router: &Router, work| {
        let names = router.turns.iter().filter(|(kind, _)| *kind == work);
        let names = names.flat_map(|(_, report)| report.figures());
        names.fold(Dict::new(), |dict, (name, _)| {
            match router.median(work, name) {
                Some(value) if dict.get(name).is_none() => {
                    dict.with(name, Value::Float((value * 1e3).round() / 1e3))
                }
                _ => dict,
            }
        })
    };
    let routers = routers.iter().map(|router| {
        let own = Dict::new().with("router", router.name.as_str());
        let own = works.iter().fold(own, |dict, work| {
            dict.with(work.name(), median(router, *work))
        });
        Value::from(own)
    });
    Dict::new()
        .with("bench", "compare")
        .with("routers", Value::List(routers.collect()))
}
