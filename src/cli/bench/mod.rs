//! `wamp bench`: what a router can do, and what that costs it.

mod compare;
mod floor;
mod latencies;
mod link;
mod load;
mod process;
mod report;
mod run;
mod wire;

use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::SystemTime;

use wampkit::auth::{Login, Method};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Serializer, Uri, Value};
use wampkit::transport::ConnectOptions;

use super::args::{BenchArgs, BenchCommand, ClientArgs, CommonArgs, ConnectionArgs};
use super::argument;
use super::block_on;
use super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::json;
use super::login::logins;
use super::output::Envelope;
use super::route;
use super::signals::{Signals, Work};
use latencies::Ink;
use link::Target;
use process::{Hosted, listening};
use report::Report;

pub(crate) use report::Condition;

/// Measures, and prints the figures.
///
/// # Errors
/// That there is no router or that it is lost, a file that cannot be read or written, a condition of `--fail-if` that is met.
pub(crate) fn run(args: BenchArgs, console: &Console) -> Result<Exit, CliError> {
    let hgrm = args.hgrm().map(Path::to_path_buf);
    match args.command {
        BenchCommand::Rpc(args) => measure(&args.common, hgrm.as_deref(), console, async |at| {
            run::rpc(&args.work, at).await
        }),
        BenchCommand::Pubsub(args) => measure(&args.common, hgrm.as_deref(), console, async |at| {
            run::pubsub(&args.work, at).await
        }),
        BenchCommand::Connect(args) => {
            measure(&args.common, hgrm.as_deref(), console, async |at| {
                run::connect(&args.work, at).await
            })
        }
        BenchCommand::Idle(args) => measure(&args.common, None, console, async |at| {
            run::idle(&args.work, at).await
        }),
        BenchCommand::Compare(args) => compare::run(&args, console),
        BenchCommand::Floor => block_on(floor::run(console)),
    }
}

fn measure(
    args: &CommonArgs,
    hgrm: Option<&Path>,
    console: &Console,
    work: impl AsyncFnOnce(&Target) -> Result<Report, CliError>,
) -> Result<Exit, CliError> {
    let earlier = args.compare.as_deref().map(earlier).transpose()?;
    let hosted = args
        .self_host
        .then(|| host(Hosted::router(None, args.transport, args.threads)))
        .transpose()?;
    let mut target = match &hosted {
        Some(hosted) => own(hosted, &args.client, console)?,
        None => target(&args.client.connection, &args.client, console)?,
    };
    if !args.pid.is_empty() {
        target.pids.clone_from(&args.pid);
    }
    let (report, exit) = block_on(async {
        let mut signals = Signals::catch(Work::Task)?;
        let work = work(&target);
        tokio::pin!(work);
        tokio::select! {
            report = &mut work => Ok((report?, Exit::Success)),
            stop = signals.next() => {
                let exit = stop.exit(Work::Task);
                if !target.interrupt.request() {
                    return Err(CliError::Stopped(exit));
                }
                Ok((signals.guard(work).await?, exit))
            }
        }
    })?;
    drop(hosted);
    let written = match (hgrm, report.hgrm()) {
        (Some(path), Some(text)) => write(path, &text),
        _ => Ok(()),
    };
    let told = tell(args, &report, earlier.as_ref(), console);
    let told = written.and(told);
    if exit == Exit::Success {
        told
    } else {
        told.and(Ok(exit))
    }
}

/// A router of our own that listens, unless a signal comes before it does.
fn host(starting: impl Future<Output = Result<Hosted, CliError>>) -> Result<Hosted, CliError> {
    block_on(async {
        let mut signals = Signals::catch(Work::Task)?;
        signals.guard(starting).await
    })
}

fn tell(
    args: &CommonArgs,
    report: &Report,
    earlier: Option<&Dict>,
    console: &Console,
) -> Result<Exit, CliError> {
    let envelope = Envelope {
        kind: "bench",
        uri: None,
        arguments: Arguments::default(),
        details: report.details(),
        at: SystemTime::now(),
    };
    let ink = if console.stdout().has_blocks() {
        Ink::Blocks
    } else {
        Ink::Ascii
    };
    let text = report.lines(earlier) + &report.chart(ink);
    console.lines_or_record(&text, &envelope)?;
    if let Some(path) = &args.json {
        write(path, &(json::compact(&envelope.to_value()) + "\n"))?;
    }
    if let Some(path) = &args.csv {
        write(path, &report.csv())?;
    }
    let figures = report.figures();
    let broken: Vec<_> = args
        .fail_if
        .iter()
        .filter_map(|condition| condition.broken(&figures))
        .collect();
    if broken.is_empty() {
        return Ok(Exit::Success);
    }
    Err(CliError::Unexpected(broken.join("; ")))
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| CliError::System {
        doing: format!("write {}", path.display()),
        error,
    })
}

/// The details of an earlier `--json`.
fn earlier(path: &Path) -> Result<Dict, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::System {
        doing: format!("read {}", path.display()),
        error,
    })?;
    let value = json::parse(text.trim()).ok();
    let details = value
        .as_ref()
        .and_then(Value::as_dict)
        .and_then(|dict| dict.get("details"));
    details
        .and_then(Value::as_dict)
        .cloned()
        .ok_or_else(|| CliError::Usage {
            message: format!("{} has no figures", path.display()),
            hint: Some("--compare takes what --json wrote".to_owned()),
        })
}

/// A router or relay of our own, which lets everybody in and gets to know no secrets.
fn own(hosted: &Hosted, args: &ClientArgs, console: &Console) -> Result<Target, CliError> {
    let stranger = ConnectionArgs {
        url: Some(hosted.url.clone()),
        realm: args.connection.realm.clone(),
        serializer: args.connection.serializer.clone(),
        connect_timeout: args.connection.connect_timeout,
        trace: args.connection.trace.clone(),
        authmethod: Some(Method::Anonymous),
        ..ConnectionArgs::default()
    };
    let target = target(&stranger, args, console)?;
    let pids = vec![hosted.pid()];
    Ok(Target { pids, ..target })
}

/// Where to connect and as whom.
fn target(
    connection: &ConnectionArgs,
    args: &ClientArgs,
    console: &Console,
) -> Result<Target, CliError> {
    if connection.trace.is_some() {
        return Err(CliError::Usage {
            message: "bench has no --trace: it would measure the trace".to_owned(),
            hint: Some("`wamp ping --trace` and `wamp call --trace` show messages".to_owned()),
        });
    }
    let url = connection.url.as_deref().unwrap_or(DEFAULT_URL).to_owned();
    let endpoint = url.parse().map_err(|error| CliError::Connect {
        url: url.clone(),
        error: Box::new(wampkit::client::ConnectError::Url(error)),
    })?;
    let mut options = ConnectOptions {
        headers: connection.header.clone(),
        tls: route::tls(connection)?,
        ..ConnectOptions::default()
    };
    if let Some(timeout) = connection.connect_timeout {
        options.connect_timeout = timeout;
    }
    let mut logins = logins(connection, console)?;
    if logins.is_empty() {
        logins.push(Login::Anonymous);
    }
    let extra = connection.authextra.as_deref().map(argument::authextra);
    Ok(Target {
        pids: listening(&endpoint),
        is_relay: false,
        endpoint,
        url,
        realm: Uri::from(connection.realm.as_deref().unwrap_or(DEFAULT_REALM)),
        serializer: connection
            .serializer
            .first()
            .copied()
            .unwrap_or(Serializer::MsgPack),
        options,
        logins,
        authid: connection.authid.clone(),
        authrole: connection.authrole.clone(),
        authextra: extra.transpose()?.unwrap_or_default(),
        patience: args.output.timeout,
        interrupt: Rc::default(),
        console: *console,
    })
}
