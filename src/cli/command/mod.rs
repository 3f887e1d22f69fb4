//! The contract with the commands that answer calls, `wamp register PROC -- CMD…`.
//!
//! - CMD is a program and its arguments; no shell sees them, and nothing of the call is ever put among them.
//! - Standard input is the call as one line of JSON, `{"type","uri","args","kwargs","details","at"}`.
//! - The environment has `WAMP_PROCEDURE`, `WAMP_ARGS_JSON`, `WAMP_KWARGS_JSON`, and `WAMP_CALLER` and `WAMP_CALLER_AUTHID`
//!   if the router discloses them. JSON longer than 64 KiB is left out: the system would not start CMD.
//! - Exit 0: standard output is the result. JSON is that value, other text a string without its last newline, other bytes
//!   are binary, nothing is no result. Processes that CMD leaves running in the background are not waited for.
//! - Otherwise the call ends in `wamp.cli.error.command_failed` with `{exit, stderr}`, or, where standard output is
//!   `{"error":URI,"args":[…],"kwargs":{…}}`, in that error.
//! - With `--lines`, and a caller that takes progressive results, each line of standard output is one of them, read as above.
//!   The last line is held back for a moment: if CMD ends meanwhile, it is the final result; otherwise the final result has
//!   no arguments.
//! - When the call is canceled, or `wamp` leaves, CMD and what it started get SIGTERM, and SIGKILL after a second.
//!
//! Commands that are started once for all calls have a contract of their own: [`coprocess`].

mod answer;
mod coprocess;
mod exchange;
mod group;
mod occasion;
mod program;

use std::ffi::OsString;
use std::future::pending;
use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, watch};
use wampkit::client::{Error as RequestError, Invocation, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::uris;

use super::console::Console;
use super::error::CliError;
use answer::{NOT_STARTED, failed};
use group::Group;

pub(crate) use answer::code;
pub(crate) use coprocess::Coprocess;
pub(crate) use occasion::Occasion;

/// Runs a command whenever there is an occasion.
pub(crate) struct Runner {
    program: OsString,
    arguments: Vec<OsString>,
    /// Whether lines are progressive results.
    lines: bool,
    /// Whether what it prints is printed.
    through: bool,
    jobs: u32,
    slots: Semaphore,
    stopping: watch::Sender<bool>,
    console: Console,
}

/// Why nothing came of a command.
pub(crate) enum Failure {
    /// Nobody wants it any more.
    Canceled,
    /// It cannot be started; this says so.
    Start(String),
    /// It cannot be talked to.
    System(io::Error),
    /// Its results cannot be sent.
    Call(RequestError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl Runner {
    /// Runs `program` with these arguments, at most `jobs` at once.
    pub(crate) fn new(
        program: OsString,
        arguments: Vec<OsString>,
        jobs: u32,
        console: Console,
    ) -> Self {
        Self {
            program,
            arguments,
            lines: false,
            through: false,
            jobs,
            slots: Semaphore::new(jobs as usize),
            stopping: watch::Sender::new(false),
            console,
        }
    }

    /// Whether each line that it prints is a progressive result.
    pub(crate) fn lines(mut self, lines: bool) -> Self {
        self.lines = lines;
        self
    }

    /// What it prints goes where `wamp` prints, and nobody reads it: for [`Runner::pass`].
    pub(crate) fn through(mut self) -> Self {
        self.through = true;
        self
    }

    /// Whether there is such a command, as far as that can be told before it is run.
    ///
    /// # Errors
    /// That there is none, or none that can be run.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        program::check(&self.program)
    }

    /// What the command answers to the call.
    ///
    /// # Errors
    /// What the call fails with: see the module.
    pub(crate) async fn answer(&self, invocation: &Invocation) -> Result<Arguments, WampError> {
        let occasion = Occasion::call(invocation, invocation.arguments()?);
        let exchange = async |child, input| {
            if self.lines && invocation.takes_progress() {
                exchange::stream(child, input, invocation).await
            } else {
                Ok(exchange::communicate(child, input).await?)
            }
        };
        match self.run(occasion, invocation.canceled(), exchange).await {
            Ok(output) => answer::read(output),
            Err(Failure::Canceled) => Err(WampError::new(uris::CANCELED)),
            Err(Failure::Start(message)) => Err(failed(NOT_STARTED, &message)),
            Err(Failure::System(error)) => Err(failed(NOT_STARTED, &error.to_string())),
            Err(Failure::Call(error)) => Err(error.into()),
        }
    }

    /// Has the command do something, and waits for it to end.
    ///
    /// # Errors
    /// That it cannot be started or waited for, or that all are stopped.
    pub(crate) async fn pass(&self, occasion: Occasion) -> Result<ExitStatus, Failure> {
        let exchange = async |child, input| Ok(exchange::hand(child, input).await?);
        self.run(occasion, pending(), exchange).await
    }

    /// Starts the command as soon as there are fewer than `jobs`, and lets `exchange` talk to it until it has ended. When
    /// `canceled` comes, or all are stopped, it is ended.
    ///
    /// # Errors
    /// Those of `exchange`, that the command cannot be started, or that it was canceled.
    pub(crate) async fn run<T>(
        &self,
        occasion: Occasion,
        canceled: impl Future<Output = ()>,
        exchange: impl AsyncFnOnce(Child, String) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let give_up = async {
            let mut stopping = self.stopping.subscribe();
            tokio::select! {
                () = canceled => {}
                // The sender lives as long as `self`.
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
        };
        tokio::pin!(give_up);
        let _slot = tokio::select! {
            biased;
            () = &mut give_up => return Err(Failure::Canceled),
            // The semaphore is never closed.
            slot = self.slots.acquire() => slot,
        };
        let child = self.spawn(&occasion).map_err(|error| {
            let message = format!("cannot run {}: {error}", self.program.display());
            self.console.note(&message);
            Failure::Start(message)
        })?;
        let group = Group::of(&child);
        let work = exchange(child, occasion.input);
        tokio::pin!(work);
        tokio::select! {
            outcome = &mut work => {
                group.leave();
                outcome
            }
            () = give_up => {
                group.end(work).await;
                Err(Failure::Canceled)
            }
        }
    }

    /// Ends all that is running, and waits until it has ended.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        // The semaphore is never closed, so this can only mean that all slots are free.
        let _all = self.slots.acquire_many(self.jobs).await;
    }

    fn spawn(&self, occasion: &Occasion) -> io::Result<Child> {
        let output = if self.through {
            Stdio::inherit
        } else {
            Stdio::piped
        };
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(output())
            .stderr(output())
            .process_group(0)
            .kill_on_drop(true);
        occasion.describe(&mut command);
        command.spawn()
    }
}
