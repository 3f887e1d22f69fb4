//! `wamp call`: once, or many times.

mod latency;
mod repeat;
mod waiting;

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, timeout};
use wampkit::Session;
use wampkit::client::{ArgumentSender, CallStream, Error as RequestError, Reply};
use wampkit::codec::Arguments;
use wampkit::ppt::Wrapping;
use wampkit::proto::{CallOptions, DictFields as _, Value, uris};

use super::args::CallArgs;
use super::connection::Connection;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::meta::Kind;
use super::output::Envelope;
use super::records::{Records, Separator, Unreadable};
use super::signals::Work;
use super::suggestion::suggestion;
use super::{argument, block_on, block_on_apart, dry_run, json};

use latency::Latencies;
use waiting::{FIRST_PAUSE, Waiting};

/// Calls the procedure and prints the result, and before it the progressive ones if they are wanted.
///
/// # Errors
/// Everything that a call can come to otherwise.
pub(crate) fn run(args: CallArgs, console: &Console) -> Result<Exit, CliError> {
    let (caller, arguments) = Caller::new(&args, console)?;
    if args.dry_run.dry_run {
        return rehearse(caller, arguments);
    }
    let calling = async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = caller.run(&mut connection, arguments).await;
        connection.leave().await;
        outcome.map(|called| called.exit)
    };
    if args.many.count.is_some() {
        // Whoever reads the results may take their time.
        return block_on_apart(calling);
    }
    block_on(calling)
}

/// The same in a session that there is.
///
/// # Errors
/// As [`run`].
pub(crate) async fn on(
    connection: &mut Connection,
    args: &CallArgs,
    console: &Console,
) -> Result<Called, CliError> {
    let (caller, arguments) = Caller::new(args, console)?;
    caller.run(connection, arguments).await
}

/// What came of a call, or of many.
pub(crate) struct Called {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// The final result of a call that was made once.
    pub(crate) result: Option<Envelope>,
}

/// A final result.
struct Answered {
    /// When it came.
    at: Instant,
    result: Envelope,
}

/// Prints the CALL, with `--stream` the first.
fn rehearse(caller: Caller<'_>, mut arguments: Arguments) -> Result<Exit, CliError> {
    let (args, console) = (caller.args, caller.console);
    dry_run::run(&args.client.connection, console, async |session| {
        let mut more = args.stream;
        if more && arguments == Arguments::default() {
            let first = part(&mut Records::of_stdin(Separator::Newline)).await?;
            more = first.is_some();
            arguments.args.extend(first);
        }
        let (mut call, _more) = caller.begin(session, arguments, more)?;
        let answered = call.next().await.transpose();
        dry_run::made(answered.map_err(|error| caller.failed(error)))
    })
}

/// How the procedure is called.
struct Caller<'a> {
    args: &'a CallArgs,
    options: CallOptions,
    wrapping: Option<Wrapping>,
    console: &'a Console,
}

impl<'a> Caller<'a> {
    /// What the options say, and the arguments.
    fn new(args: &'a CallArgs, console: &'a Console) -> Result<(Self, Arguments), CliError> {
        let mut files = Files::default();
        let arguments = args.payload.read(&mut files)?;
        let mut options = argument::options::<CallOptions>(&args.options, &mut files)?;
        options.disclose_me = args.disclose_me.then_some(true).or(options.disclose_me);
        options.receive_progress = args.progress.then_some(true).or(options.receive_progress);
        let wrapping = args.passthru.wrapping()?;
        if args.stream {
            files.take_stdin("--stream")?;
        }
        let caller = Self {
            args,
            options,
            wrapping,
            console,
        };
        Ok((caller, arguments))
    }

    /// Makes the call, or the calls, and tells how long that took if it is to be told.
    async fn run(
        &self,
        connection: &mut Connection,
        arguments: Arguments,
    ) -> Result<Called, CliError> {
        if self.args.many.count.is_some() {
            let exit = self.many(connection, &arguments).await?;
            return Ok(Called { exit, result: None });
        }
        let begun = self.call(connection, arguments).await;
        let (latency, answered) = self.hinted(begun, connection).await?;
        if self.args.many.time {
            let mut latencies = Latencies::default();
            latencies.add(latency);
            latencies.tell(&self.args.procedure, self.console);
        }
        Ok(Called {
            exit: Exit::Success,
            result: Some(answered),
        })
    }

    /// Makes the call many times, and sums up also when a signal ends that.
    async fn many(
        &self,
        connection: &mut Connection,
        arguments: &Arguments,
    ) -> Result<Exit, CliError> {
        let mut latencies = Latencies::default();
        let repeating = self.repeat(connection.session().clone(), arguments, &mut latencies);
        let outcome = connection.guard(repeating).await;
        let outcome = self.hinted(outcome, connection).await;
        if self.args.many.time {
            latencies.tell(&self.args.procedure, self.console);
        } else {
            self.console.summary(&latencies.to_string());
        }
        outcome.map(|()| latencies.exit)
    }

    /// Makes the call. With `--wait` it is made again while there is no such procedure: what no callee got can be sent once
    /// more without harm.
    async fn call(
        &self,
        connection: &mut Connection,
        arguments: Arguments,
    ) -> Result<(Duration, Envelope), CliError> {
        let mut waiting = self.args.wait.map(Waiting::new);
        loop {
            let outcome = self.attempt(connection, arguments.clone()).await;
            let missing = outcome.as_ref().is_err_and(is_missing);
            let pause = waiting
                .as_mut()
                .filter(|_| missing)
                .and_then(Waiting::pause);
            let Some(pause) = pause else {
                return outcome;
            };
            if pause == FIRST_PAUSE {
                self.console
                    .note(&format!("waiting for {}", self.args.procedure));
            }
            let pausing = async {
                sleep(pause).await;
                Ok(())
            };
            connection.guard(pausing).await?;
        }
    }

    /// Makes the call once and prints what comes of it; the final one comes with how long it took. Stopped or too late, it is canceled.
    async fn attempt(
        &self,
        connection: &mut Connection,
        mut arguments: Arguments,
    ) -> Result<(Duration, Envelope), CliError> {
        let mut lines = self
            .args
            .stream
            .then(|| Records::of_stdin(Separator::Newline));
        if let Some(input) = &mut lines
            && arguments == Arguments::default()
        {
            match connection.guard(part(input)).await? {
                Some(first) => arguments.args.push(first),
                None => lines = None,
            }
        }
        let limit = self.args.client.output.timeout;
        let begun = Instant::now();
        let (mut call, more) = self.begin(connection.session(), arguments, lines.is_some())?;
        let feeding = async {
            match (more, lines) {
                (Some(more), Some(lines)) => self.feed(more, lines).await,
                _ => Ok(()),
            }
        };
        // Boxed, because it is the better part of the program's largest future.
        let following = Box::pin(self.follow(connection.session().clone(), &mut call, feeding));
        let outcome = connection
            .guard(async {
                match limit.filter(|_| self.args.cancel.is_some()) {
                    Some(limit) => timeout(limit, following)
                        .await
                        .unwrap_or_else(|_| Err(self.failed(RequestError::Timeout(limit)))),
                    None => following.await,
                }
            })
            .await;
        if let Err(CliError::Stopped(_) | CliError::Timeout { .. }) = outcome {
            call.cancel(self.args.cancel.unwrap_or_default());
            let last = async { while let Some(Ok(_)) = call.next().await {} };
            connection.finish(last).await;
        }
        outcome.map(|answered| (answered.at - begun, answered.result))
    }

    /// Sends the call, and says how to send the rest of its arguments if there are to be `more`.
    fn begin(
        &self,
        session: &Session,
        arguments: Arguments,
        more: bool,
    ) -> Result<(CallStream, Option<ArgumentSender>), CliError> {
        let mut call = session
            .call(&*self.args.procedure)
            .arguments(arguments)
            .options(self.options.clone());
        if let Some(wrapping) = &self.wrapping {
            call = call.passthru(wrapping.clone());
        }
        // Where it was said how to cancel, it is this side that does it when the time is over.
        if let Some(limit) = self.args.client.output.timeout
            && self.args.cancel.is_none()
        {
            call = call.timeout(limit);
        }
        let begun = if more {
            call.stream_arguments()
                .map(|(more, call)| (call, Some(more)))
        } else if self.options.receive_progress == Some(true) {
            call.progress().map(|call| (call, None))
        } else {
            call.start().map(|call| (call, None))
        };
        begun.map_err(|error| self.failed(error))
    }

    /// Prints the replies, the final one last, while the rest of the arguments is fed.
    async fn follow(
        &self,
        session: Session,
        call: &mut CallStream,
        feeding: impl Future<Output = Result<(), CliError>>,
    ) -> Result<Answered, CliError> {
        tokio::pin!(feeding);
        let mut fed = false;
        loop {
            tokio::select! {
                outcome = &mut feeding, if !fed => {
                    outcome?;
                    fed = true;
                }
                reply = call.next() => {
                    let Some(reply) = reply else {
                        return Err(CliError::Lost(session.closed().await));
                    };
                    let reply = reply.map_err(|error| self.failed(error))?;
                    let at = Instant::now();
                    let result = self.print(&reply)?;
                    if reply.is_final() {
                        return Ok(Answered { at, result });
                    }
                }
            }
        }
    }

    /// Sends each line as a part of the arguments, until there are no more or the callee has answered without.
    async fn feed(&self, mut more: ArgumentSender, mut lines: Records) -> Result<(), CliError> {
        let sent = loop {
            match part(&mut lines).await? {
                Some(part) => match more.send((part,), ()).await {
                    Ok(()) => {}
                    failed => break failed,
                },
                None => break more.finish((), ()).await,
            }
        };
        match sent {
            Err(RequestError::Answered) => Ok(()),
            sent => sent.map_err(|error| self.failed(error)),
        }
    }

    fn print(&self, reply: &Reply) -> Result<Envelope, CliError> {
        let procedure = &*self.args.procedure;
        let arguments = reply
            .arguments()
            .map_err(|error| CliError::of_payload(procedure, &error))?;
        let result = Envelope {
            kind: "result",
            uri: Some(procedure.to_owned()),
            arguments,
            details: reply.details.to_dict(),
            at: SystemTime::now(),
        };
        self.console.result(&result)?;
        Ok(result)
    }

    /// The outcome; if it is that there is no such procedure, with one that there is, unless nobody wants to be told.
    async fn hinted<T>(
        &self,
        outcome: Result<T, CliError>,
        connection: &mut Connection,
    ) -> Result<T, CliError> {
        match outcome {
            Err(error) if is_missing(&error) && !self.console.is_quiet() => {
                let session = connection.session().clone();
                let hinting = async { Err(with_suggestion(error, &session).await) };
                connection.guard(hinting).await
            }
            outcome => outcome,
        }
    }

    fn failed(&self, error: RequestError) -> CliError {
        CliError::of_request(&self.args.procedure, error)
    }
}

/// The next line of standard input as an argument: JSON, else a string.
async fn part(lines: &mut Records) -> Result<Option<Value>, CliError> {
    match lines.next().await {
        Ok(line) => Ok(line.map(|line| json::parse(&line).unwrap_or_else(|_| Value::from(line)))),
        // A call without one of its parts is another call.
        Err(Unreadable::Record(error) | Unreadable::Input(error)) => Err(error),
    }
}

/// Whether the error is that there is no such procedure.
fn is_missing(error: &CliError) -> bool {
    matches!(error, CliError::Wamp { error, .. } if error.error == uris::NO_SUCH_PROCEDURE)
}

/// If there is no such procedure: the error with one that there is, where one is near.
async fn with_suggestion(error: CliError, session: &Session) -> CliError {
    match error {
        CliError::Wamp { subject, error, .. } if error.error == uris::NO_SUCH_PROCEDURE => {
            let suggestion = suggestion(session, &[Kind::Registration], &subject).await;
            CliError::Wamp {
                subject,
                error,
                suggestion,
            }
        }
        other => other,
    }
}
