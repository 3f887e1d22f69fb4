//! `wamp router`.

mod memory;
mod plan;
mod services;
mod supervisor;
mod user;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::net::lookup_host;
use tokio::process::{Child, Command};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use wampkit::Router;
use wampkit::transport::{Address, BindError, Endpoint};

use super::args::RouterArgs;
use super::command::code;
use super::console::Console;
use super::error::{CliError, plain};
use super::exit::Exit;
use super::signals::{Signals, Stop, Work};
use super::{raise_open_files, start};
use plan::Plan;
use services::Services;

/// Runs a router until a signal comes, or until the command that it was started for ends.
///
/// # Errors
/// An address that is none or is not to be had, secrets, certificates or a file that are not as they should be, a command
/// that cannot be started.
pub(crate) fn run(args: RouterArgs, console: &Console) -> Result<Exit, CliError> {
    if args.check || args.print_config {
        return plan::inspect(&args, console);
    }
    let plan = Plan::of(&args, console)?;
    // A command would inherit it, and there are programs that take so many for a mistake.
    if args.command.is_empty() {
        raise_open_files();
    }
    let runtime = start(&mut Builder::new_multi_thread())?;
    let outcome = runtime.block_on(serve(args, plan, console));
    runtime.shutdown_timeout(Duration::ZERO);
    outcome
}

async fn serve(args: RouterArgs, plan: Plan, console: &Console) -> Result<Exit, CliError> {
    let work = if args.command.is_empty() {
        Work::Router
    } else {
        Work::Front
    };
    let mut signals = Signals::catch_patiently(work, args.grace + BEFORE_CUT_OFF)?;
    let router = plan.router()?;
    let mut services = args.test_services.then(|| Services::new(router.clone()));
    if let Some(services) = &mut services {
        services.serve(&plan.policy.realms).await?;
    }

    let mut bound = Vec::new();
    for door in &plan.listeners {
        let endpoint = &door.endpoint;
        let listening = router.listen_with(endpoint, door.options.clone(), door.anonymous);
        let reached = listening.await.map_err(listen_error)?;
        tracing::info!("listening on {reached}, realms: {}", plan.realms());
        // Where a command runs, standard output is the command's, and it has the URL in its environment.
        if port(endpoint) == Some(0) && args.command.is_empty() {
            console.line(&format!("WAMP_URL={reached}"))?;
        }
        bound.push(reached);
    }
    if let Some(address) = &plan.metrics {
        tell_metrics(&router, address, args.command.is_empty(), console).await?;
    }
    let realm = plan.first_realm().to_owned();
    let mut reloads = reload_on_hangup(router.clone(), plan, services)?;
    tokio::spawn(memory::give_back(router.clone()));
    let _watchdog = supervisor::ready();

    let exit = match args.command.split_first() {
        None => tokio::select! {
            stop = signals.next() => Ok(stop.exit(Work::Router)),
            _ = &mut reloads => Ok(Exit::Success),
        },
        Some((program, rest)) => {
            // There is a default endpoint, so there is a first.
            let url = bound.first().map(for_clients).unwrap_or_default();
            run_command(program, rest, &url, &realm, &mut signals, &mut reloads).await
        }
    };
    reloads.abort();
    tracing::info!("shutting down");
    supervisor::stopping();
    tokio::select! {
        () = router.shutdown(args.grace) => {}
        () = signals.hurry() => {}
    }
    exit
}

/// Tells from now on at this address how the router does.
async fn tell_metrics(
    router: &Router,
    address: &str,
    alone: bool,
    console: &Console,
) -> Result<(), CliError> {
    // Looked up on its own, because the resolver's errors have no kind to tell them by.
    let found = lookup_host(address).await;
    let found: Vec<_> = found
        .map_err(|error| no_address(address, &error))?
        .collect();
    let listening = router.listen_metrics(&*found).await;
    let reached = listening.map_err(|error| metrics_error(address, &error))?;
    tracing::info!("metrics at http://{reached}/metrics");
    if address.ends_with(":0") && alone {
        console.line(&format!("WAMP_METRICS=http://{reached}/metrics"))?;
    }
    Ok(())
}

/// Why nobody can read there how the router does, in the words that there are for listeners.
fn metrics_error(address: &str, error: &io::Error) -> CliError {
    let why = match error.kind() {
        io::ErrorKind::AddrNotAvailable => return no_address(address, error),
        io::ErrorKind::AddrInUse => "the address is already in use".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to listen there".to_owned(),
        _ => format!("cannot listen: {}", plain(error)),
    };
    CliError::Listen(format!("{address} for metrics: {why}"))
}

fn no_address(address: &str, error: &io::Error) -> CliError {
    let why = plain(error);
    CliError::Usage {
        message: format!("cannot listen on {address} for metrics: no such address here: {why}"),
        hint: None,
    }
}

/// Reads anew what can be, whenever SIGHUP comes: the file, or the certificate that the options name. What is wrong then
/// changes nothing. It is over when SIGHUP says that the router's terminal is gone, whose window somebody has closed.
fn reload_on_hangup(
    router: Router,
    mut plan: Plan,
    mut services: Option<Services>,
) -> Result<JoinHandle<()>, CliError> {
    let mut hangups = signal(SignalKind::hangup()).map_err(|error| CliError::System {
        doing: "catch signals".to_owned(),
        error,
    })?;
    let at_terminal = io::stdin().is_terminal();
    Ok(tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            if at_terminal && !io::stdin().is_terminal() {
                return;
            }
            supervisor::reloading();
            match plan.reload(&router).await {
                Ok(what) => tracing::info!("{what}"),
                Err(error) => tracing::error!("nothing has changed: {error}"),
            }
            if let Some(services) = &mut services
                && let Err(error) = services.serve(&plan.policy.realms).await
            {
                tracing::error!("{error}");
            }
            supervisor::reloaded();
        }
    }))
}

fn listen_error(error: BindError) -> CliError {
    let message = error.to_string();
    match error {
        BindError::BadAddress { .. } | BindError::NoCertificate { .. } => CliError::Usage {
            message: format!("cannot listen on {message}"),
            hint: None,
        },
        BindError::InUse { .. } | BindError::NoPermission { .. } | BindError::Other { .. } => {
            CliError::Listen(message)
        }
    }
}

/// The port that was asked for, if it is a matter of ports.
fn port(endpoint: &Endpoint) -> Option<u16> {
    match endpoint.address() {
        Address::Tcp { port, .. } => Some(*port),
        Address::Unix(_) => None,
    }
}

/// The URL by which a process on this machine reaches the endpoint: "any address" is no address to connect to.
fn for_clients(endpoint: &Endpoint) -> String {
    endpoint
        .to_string()
        .replacen("//0.0.0.0:", "//127.0.0.1:", 1)
        .replacen("//[::]:", "//[::1]:", 1)
}

/// Runs a command in front of the router, as if the router were not there: its output, its signals, its exit code. A second
/// signal kills it.
async fn run_command(
    program: &OsString,
    arguments: &[OsString],
    url: &str,
    realm: &str,
    signals: &mut Signals,
    terminal_gone: &mut JoinHandle<()>,
) -> Result<Exit, CliError> {
    let mut child = Command::new(program)
        .args(arguments)
        .env("WAMP_URL", url)
        .env("WAMP_REALM", realm)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| CliError::Spawn {
            command: program.display().to_string(),
            error,
        })?;
    // At a terminal, Ctrl-C reaches the command without our help.
    let at_terminal = io::stdin().is_terminal();
    let mut told = None;
    let mut hung_up = false;
    loop {
        tokio::select! {
            status = child.wait() => return exit(status),
            _ = &mut *terminal_gone, if !hung_up => {
                hung_up = true;
                forward(&child, Signal::HUP);
            }
            stop = signals.next() => {
                if let Some(first) = told {
                    // It has had its chance. If it ends by itself just now, so much the better.
                    let _ = child.start_kill();
                    return Ok(Stop::exit(first, Work::Front));
                }
                told = Some(stop);
                match stop {
                    Stop::Interrupt if at_terminal => {}
                    Stop::Interrupt => forward(&child, Signal::INT),
                    Stop::Terminate => forward(&child, Signal::TERM),
                }
            }
        }
    }
}

fn forward(child: &Child, signal: Signal) {
    if let Some(child) = child.id().and_then(|id| Pid::from_raw(id.cast_signed()))
        && let Err(error) = kill_process(child, signal)
    {
        tracing::warn!(%error, "cannot pass the signal on");
    }
}

fn exit(status: io::Result<ExitStatus>) -> Result<Exit, CliError> {
    let status = status.map_err(|error| CliError::System {
        doing: "wait for the command".to_owned(),
        error,
    })?;
    Ok(u8::try_from(code(status)).map_or(Exit::Other, Exit::Command))
}

/// What is left to remove the files of Unix sockets in when the time to leave is over.
const BEFORE_CUT_OFF: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_becomes_this_machine() {
        for (listen, connect) in [
            ("ws://0.0.0.0:8080/ws", "ws://127.0.0.1:8080/ws"),
            ("rs://[::]:8081", "rs://[::1]:8081"),
            ("ws://10.0.0.1:80/ws", "ws://10.0.0.1/ws"),
        ] {
            assert_eq!(for_clients(&listen.parse().unwrap()), connect);
        }
    }
}
