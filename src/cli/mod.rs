//! The command line of `wamp`: one file for each command, and what they share.
//!
//! A thin layer over [`wampkit::client`] and [`wampkit::router`]: words become values here, and values become lines; what
//! it means to call or to publish is decided below.

mod args;
mod argument;
mod authz;
mod call;
mod command;
mod completions;
mod connection;
mod console;
mod error;
mod exit;
mod fault;
mod files;
mod history;
mod json;
mod keygen;
mod kill;
mod login;
mod ls;
mod meta;
mod output;
mod ping;
mod publish;
mod ready;
mod register;
mod router;
mod sanitize;
mod show;
mod signals;
mod stderr;
mod subscribe;
mod suggestion;
mod table;
mod terminal;
mod usage;
mod user;

use std::ffi::OsString;
use std::time::Duration;

use args::{AuthzCommand, ClientArgs, Command, LogArgs, OutputArgs};
use console::Console;
use error::CliError;
use tokio::runtime::{Builder, Runtime};
use usage::Instead;

pub(crate) use args::Cli;
pub(crate) use exit::Exit;
pub(crate) use stderr::Lossy as Stderr;

/// Reads the command line. What it is not, or asks for instead of a command, is told; then the result is how to exit.
pub(crate) fn read(words: Vec<OsString>) -> Result<Cli, Exit> {
    let instead = match Cli::read(words.clone()) {
        Ok(cli) => return Ok(cli),
        Err(error) => Instead::new(&error, &words),
    };
    let console = Console::new(&LogArgs::default(), &usage::output(&words));
    match instead {
        Instead::Tell(text) => Err(exit(console.line(text.trim_end()), &console)),
        Instead::Fail(error) => Err(exit(Err(error), &console)),
    }
}

/// Runs the command, and tells why if it fails.
pub(crate) fn run(cli: Cli) -> Exit {
    let Cli {
        client,
        log,
        command,
    } = cli;
    let outer = client.output.output;
    let or_outer = |own: &mut ClientArgs| {
        *own = std::mem::take(own).or(client);
        let console = Console::new(&log, &own.output);
        if connection::is_insecure(&own.connection) {
            console.warn("the router's certificate is not checked: it can be anybody");
        }
        console
    };
    let (outcome, console) = match command {
        Command::Call(mut args) => {
            let console = or_outer(&mut args.client);
            (call::run(args, &console), console)
        }
        Command::Publish(mut args) => {
            let console = or_outer(&mut args.client);
            (publish::run(args, &console), console)
        }
        Command::Subscribe(mut args) => {
            let console = or_outer(&mut args.client);
            (subscribe::run(args, &console), console)
        }
        Command::Register(mut args) => {
            let console = or_outer(&mut args.client);
            (register::run(args, &console), console)
        }
        Command::Ls(mut args) => {
            let console = or_outer(&mut args.client);
            (ls::run(args, &console), console)
        }
        Command::Show(mut args) => {
            let console = or_outer(&mut args.client);
            (show::run(args, &console), console)
        }
        Command::Kill(mut args) => {
            let console = or_outer(&mut args.client);
            (kill::run(args, &console), console)
        }
        Command::Ping(mut args) => {
            let console = or_outer(&mut args.client);
            (ping::run(args, &console), console)
        }
        Command::Authz(mut args) => {
            let AuthzCommand::Explain(explain) = &mut args.command;
            let output = OutputArgs {
                output: explain.output.or(outer),
                ..OutputArgs::default()
            };
            let console = Console::new(&log, &output);
            (authz::run(&args, &console), console)
        }
        Command::Keygen(args) => {
            let console = Console::new(&log, &OutputArgs::default());
            (keygen::run(&args, &console), console)
        }
        Command::Completions(args) => {
            let console = Console::new(&log, &OutputArgs::default());
            (completions::run(&args, &console), console)
        }
        Command::Router(args) => {
            let console = Console::new(&log, &OutputArgs::default());
            (router::run(args, &console), console)
        }
    };
    outcome.unwrap_or_else(|error| exit(Err(error), &console))
}

/// Tells the error if there is one.
fn exit(outcome: Result<(), CliError>, console: &Console) -> Exit {
    match outcome {
        Ok(()) => Exit::Success,
        Err(error) => {
            console.error(&error);
            error.exit()
        }
    }
}

/// Runs the work of a client command on this thread alone: it has to start and end in milliseconds.
fn block_on<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = start(&mut Builder::new_current_thread())?;
    let outcome = runtime.block_on(work);
    // What is left on other threads, a slow name server's answer say, is waited for no longer.
    runtime.shutdown_timeout(Duration::ZERO);
    outcome
}

/// The same for a command that waits for whoever reads its output. Its session is on a thread of its own, so that the router is
/// answered while this thread is held up in a write.
fn block_on_apart<T>(work: impl Future<Output = Result<T, CliError>>) -> Result<T, CliError> {
    let runtime = start(Builder::new_multi_thread().worker_threads(1))?;
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(Duration::ZERO);
    outcome
}

fn start(builder: &mut Builder) -> Result<Runtime, CliError> {
    builder
        .enable_all()
        .build()
        .map_err(|error| CliError::System {
            doing: "start".to_owned(),
            error,
        })
}
