//! The command line of `wamp`: one file for each command, and what they share.
//!
//! A thin layer over [`wampkit::client`] and [`wampkit::router`]: words become values here, and values become lines; what
//! it means to call or to publish is decided below.

mod args;
mod argument;
mod authz;
mod bench;
mod call;
mod catalogue;
mod command;
mod complete;
mod completions;
mod connection;
mod console;
mod context;
mod doctor;
mod dry_run;
mod error;
mod exit;
mod fault;
mod files;
mod json;
mod keygen;
mod kill;
mod limits;
mod log;
mod login;
mod ls;
mod math;
mod meta;
mod onlooker;
mod output;
mod pace;
mod ping;
mod private;
mod progress;
mod publish;
mod ready;
mod record;
mod records;
mod register;
mod repl;
mod replay;
mod route;

mod router;
mod sanitize;
mod settings;
mod show;
mod signals;
mod stderr;
mod subscribe;
mod suggestion;
mod table;
mod terminal;
mod top;
mod trace;
mod usage;

use std::ffi::OsString;
use std::time::Duration;

use args::{AuthzCommand, ClientArgs, Command, ContextCommand, LogArgs, OutputArgs};
use console::Console;
use error::CliError;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};
use usage::Instead;

pub(crate) use args::Cli;
pub(crate) use exit::Exit;

/// Reads the command line. What it is not, or asks for instead of a command, is told; then the result is how to exit.
pub(crate) fn read(words: Vec<OsString>) -> Result<Cli, Exit> {
    let instead = match Cli::read(words.clone()) {
        Ok(cli) => return Ok(cli),
        Err(error) => Instead::new(&error, &words),
    };
    // Whoever has only pressed Tab is not told what is wrong with the environment.
    if matches!(instead, Instead::Fail(_)) && words.get(1).is_some_and(|word| word == "complete") {
        return Err(Exit::Success);
    }
    let console = Console::new(&LogArgs::default(), &usage::output(&words));
    match instead {
        Instead::Tell(text) => Err(exit(console.line(text.trim_end()), &console)),
        Instead::Fail(error) => Err(exit(Err(error), &console)),
    }
}

/// Runs the command, and tells why if it fails. Where nothing is to be logged no log is set up: client commands have
/// milliseconds.
pub(crate) fn run(cli: Cli) -> Exit {
    if let Some(filter) = cli.log_filter() {
        log::start(filter, cli.log_format(), cli.color());
    }
    dispatch(cli).unwrap_or_else(|exit| exit)
}

/// Runs the command. What has been told and leads to no command is an error.
fn dispatch(cli: Cli) -> Result<Exit, Exit> {
    let Cli {
        client,
        log,
        command,
        environment,
    } = cli;
    let outer = client.output.output;
    let (options, environment) = client.split(&environment);
    let or_outer = |own: &mut ClientArgs| complete(own, options.clone(), environment.clone(), &log);
    let (outcome, console) = match command {
        Command::Call(mut args) => {
            let console = or_outer(&mut args.client)?;
            (call::run(args, &console), console)
        }
        Command::Publish(mut args) => {
            let console = or_outer(&mut args.client)?;
            (publish::run(args, &console), console)
        }
        Command::Subscribe(mut args) => {
            let console = or_outer(&mut args.client)?;
            (subscribe::run(args, &console), console)
        }
        Command::Register(mut args) => {
            let console = or_outer(&mut args.client)?;
            (register::run(args, &console), console)
        }
        Command::Repl(mut args) => {
            let embedded = args.embedded;
            args.client.connection.no_context |= embedded;
            let console = or_outer(&mut args.client)?;
            (repl::run(args, &console), console)
        }
        Command::Record(mut args) => {
            let console = or_outer(&mut args.client)?;
            (record::run(args, &console), console)
        }
        Command::Replay(mut args) => {
            let console = or_outer(&mut args.client)?;
            (replay::run(args, &console), console)
        }
        Command::Ls(mut args) => {
            let console = or_outer(&mut args.client)?;
            (ls::run(args, &console), console)
        }
        Command::Show(mut args) => {
            let console = or_outer(&mut args.client)?;
            (show::run(args, &console), console)
        }
        Command::Kill(mut args) => {
            let console = or_outer(&mut args.client)?;
            (kill::run(args, &console), console)
        }
        Command::Ping(mut args) => {
            let console = or_outer(&mut args.client)?;
            (ping::run(args, &console), console)
        }
        Command::Top(mut args) => {
            let console = or_outer(&mut args.client)?;
            (top::run(args, &console), console)
        }
        Command::Bench(mut args) => {
            let console = match args.client() {
                Some(client) => or_outer(client)?,
                None => Console::new(&log, &OutputArgs::default()),
            };
            (bench::run(args, &console), console)
        }
        Command::Doctor(mut args) => {
            // It is --url in another place: what goes with a URL of a context does not go with this one.
            let url = args.router.take();
            args.client.connection.url = url.or(args.client.connection.url);
            let console = or_outer(&mut args.client)?;
            (doctor::run(args, &console), console)
        }
        Command::Context(args) => {
            let mut command = args.command;
            let own = match &mut command {
                ContextCommand::Add(args) => Some(&mut args.client),
                ContextCommand::Show(args) => Some(&mut args.client),
                ContextCommand::Check(args) => Some(&mut args.client),
                _ => None,
            };
            let mut output = OutputArgs {
                output: outer,
                ..OutputArgs::default()
            };
            if let Some(own) = own {
                *own = std::mem::take(own).or(options);
                output.output = own.output.output.or(outer);
            } else if let ContextCommand::Ls(args) = &command {
                output.output = args.output.or(outer);
            }
            let console = Console::new(&log, &output);
            (context::run(command, environment, &console), console)
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
        Command::Complete(args) => {
            let console = Console::new(&log, &OutputArgs::default());
            (complete::run(&args, &console), console)
        }
        Command::Router(args) => {
            let console = Console::new(&log, &OutputArgs::default());
            (router::run(args, &console), console)
        }
    };
    outcome.map_err(|error| exit(Err(error), &console))
}

/// Completes the options of a client command with those in front of it, of the environment, and of files. The console is as
/// they want it; if they cannot be had, that has been told.
fn complete(
    own: &mut ClientArgs,
    outer: ClientArgs,
    environment: ClientArgs,
    log: &LogArgs,
) -> Result<Console, Exit> {
    let options = std::mem::take(own).or(outer);
    let output = OutputArgs {
        output: options.output.output.or(environment.output.output),
        ..OutputArgs::default()
    };
    let tls = connection::names_tls(&options.connection);
    let exposed = login::exposed(&options.connection);
    let resolved = settings::resolve(options, environment)
        .map_err(|error| exit(Err(error), &Console::new(log, &output)))?;
    *own = resolved.args;
    let console = Console::new(log, &own.output);
    for warning in &resolved.warnings {
        console.warn(warning);
    }
    // Whoever types it can do otherwise. Scripts and tests know what they do.
    if let Some(option) = exposed
        && console.stderr().terminal
    {
        console.warn(&format!(
            "the secret of {option} plain: is in the list of processes and in the shell's history; prompt, env: and file: keep it out"
        ));
    }
    if connection::is_insecure(&own.connection) {
        console.warn("the router's certificate is not checked: it can be anybody");
    }
    if tls && !connection::is_tls(&own.connection) {
        console.warn("this connection is not encrypted: --ca, --cert and --insecure are for TLS");
    }
    Ok(console)
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

/// As many open files as the system allows: each connection is one.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    // Where it is refused, there are as many as there were.
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            ..limit
        },
    );
}
