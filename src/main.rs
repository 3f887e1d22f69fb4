//! The `wamp` command: reads the command line, sets up logging, runs the command, and exits with its code.

mod cli;

use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    match cli::read(std::env::args_os().collect()) {
        Ok(command) => {
            log(command.log_level(), command.color());
            cli::run(command).into()
        }
        Err(exit) => exit.into(),
    }
}

/// Log lines go to standard error. Where none are wanted nothing is set up: client commands have milliseconds.
fn log(level: LevelFilter, color: bool) {
    if level != LevelFilter::OFF {
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_ansi(color)
            .with_writer(|| cli::Stderr)
            .init();
    }
}
