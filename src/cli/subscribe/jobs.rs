//! `wamp subscribe TOPIC -- CMD…`: a command for each event.

use std::process::ExitStatus;
use std::sync::Arc;

use tokio::task::JoinSet;
use wampkit::proto::Value;

use super::super::args::SubscribeArgs;
use super::super::command::{Failure, Occasion, Runner, code};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::output::Envelope;

/// Runs a command for one event after the other, or for several at a time.
pub(crate) struct Jobs {
    runner: Arc<Runner>,
    name: String,
    most: usize,
    running: JoinSet<(String, Result<ExitStatus, Failure>)>,
    all: u64,
    failed: u64,
    console: Console,
}

impl Jobs {
    /// Runs the command of the options, if there is one.
    ///
    /// # Errors
    /// That there is no such program.
    pub(crate) fn new(args: &SubscribeArgs, console: &Console) -> Result<Option<Self>, CliError> {
        let Some((program, arguments)) = args.command.split_first() else {
            return Ok(None);
        };
        let jobs = args.jobs.unwrap_or(1);
        let runner = Runner::new(program.clone(), arguments.to_vec(), jobs, *console);
        runner.check()?;
        Ok(Some(Self {
            runner: Arc::new(runner.through()),
            name: program.display().to_string(),
            most: jobs as usize,
            running: JoinSet::new(),
            all: 0,
            failed: 0,
            console: *console,
        }))
    }

    /// Starts the command for an event, as soon as there are few enough. Whoever waits for that holds up further events.
    pub(crate) async fn event(&mut self, event: Envelope) {
        while let Some(ended) = self.running.try_join_next() {
            self.ended(ended.ok());
        }
        while self.running.len() >= self.most
            && let Some(ended) = self.running.join_next().await
        {
            self.ended(ended.ok());
        }
        let detail = |key: &str| match event.details.get(key)? {
            Value::Str(text) => Some(text.to_string()),
            other => other.as_u64().map(|id| id.to_string()),
        };
        let occasion = Occasion::new("WAMP_TOPIC", &event)
            .with("WAMP_CALLER", detail("publisher"))
            .with("WAMP_CALLER_AUTHID", detail("publisher_authid"));
        let runner = Arc::clone(&self.runner);
        let topic = event.uri.unwrap_or_default();
        self.all += 1;
        self.running
            .spawn(async move { (topic, runner.pass(occasion).await) });
    }

    /// Waits for those that are running.
    ///
    /// # Errors
    /// That some have failed, now or before.
    pub(crate) async fn finish(&mut self) -> Result<(), CliError> {
        while let Some(ended) = self.running.join_next().await {
            self.ended(ended.ok());
        }
        if self.failed == 0 {
            return Ok(());
        }
        Err(CliError::Partly {
            failed: self.failed,
            all: self.all,
            exit: Exit::Other,
        })
    }

    /// Ends those that are running.
    pub(crate) async fn stop(&self) {
        self.runner.stop().await;
    }

    /// Counts one that has ended, and tells if that was not well.
    fn ended(&mut self, ended: Option<(String, Result<ExitStatus, Failure>)>) {
        let told = match ended {
            Some((_, Ok(status))) if status.success() => return,
            Some((topic, Ok(status))) => {
                let (name, code) = (&self.name, code(status));
                Some(format!("{topic}: {name} has ended with {code}"))
            }
            Some((topic, Err(Failure::System(error)))) => Some(format!("{topic}: {error}")),
            // The runner has told.
            _ => None,
        };
        self.failed += 1;
        if let Some(told) = told {
            self.console.note(&told);
        }
    }
}
