//! The `wamp` command: reads the command line, runs the command, and exits with its code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::read(std::env::args_os().collect()) {
        Ok(command) => cli::run(command).into(),
        Err(exit) => exit.into(),
    }
}
