//! `wamp call`.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep};
use wampkit::Session;
use wampkit::client::Reply;
use wampkit::codec::Arguments;
use wampkit::proto::{CallOptions, DictFields as _, uris};

use super::args::CallArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::output::Envelope;
use super::suggestion::suggestion;
use super::{argument, block_on};

/// Calls the procedure and prints the result.
///
/// # Errors
/// Everything that a call can come to otherwise.
pub(crate) fn run(args: CallArgs, console: &Console) -> Result<Exit, CliError> {
    let mut files = Files::default();
    let arguments = args.payload.read(&mut files)?;
    let mut options = argument::options::<CallOptions>(&args.options, &mut files)?;
    options.disclose_me = args.disclose_me.then_some(true).or(options.disclose_me);
    let procedure = &*args.procedure;
    block_on(async {
        let mut connection = Connection::open(&args.client.connection).await?;
        let outcome = connection
            .run(async |session| {
                let outcome = call(&session, &args, arguments, options, console).await;
                let reply = match outcome {
                    Err(error) if console.tells_hints() => {
                        return Err(with_suggestion(error, &session).await);
                    }
                    outcome => outcome?,
                };
                let arguments = reply
                    .arguments()
                    .map_err(|error| CliError::of_payload(procedure, &error))?;
                console.result(&Envelope {
                    kind: "result",
                    uri: Some(procedure.to_owned()),
                    arguments,
                    details: reply.details.to_dict(),
                    at: SystemTime::now(),
                })
            })
            .await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// The result of the call. With `--wait` it is made again while there is no such procedure: what no callee got can be sent
/// once more without harm.
async fn call(
    session: &Session,
    args: &CallArgs,
    arguments: Arguments,
    options: CallOptions,
    console: &Console,
) -> Result<Reply, CliError> {
    let procedure = &*args.procedure;
    let mut waiting = args.wait.map(Waiting::new);
    loop {
        let call = session
            .call(procedure)
            .arguments(arguments.clone())
            .options(options.clone());
        let outcome = answer(procedure, args.client.output.timeout, call).await;
        let missing = outcome.as_ref().is_err_and(is_missing);
        let pause = waiting
            .as_mut()
            .filter(|_| missing)
            .and_then(Waiting::pause);
        let Some(pause) = pause else {
            return outcome;
        };
        if pause == FIRST_PAUSE {
            console.note(&format!("waiting for {procedure}"));
        }
        sleep(pause).await;
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
            let suggestion = suggestion(session, &subject).await;
            CliError::Wamp {
                subject,
                error,
                suggestion,
            }
        }
        other => other,
    }
}

/// The pauses between the attempts of a call that waits for its procedure.
struct Waiting {
    deadline: Option<Instant>,
    next: Duration,
}

impl Waiting {
    fn new(limit: Option<Duration>) -> Self {
        Self {
            deadline: limit.map(|limit| Instant::now() + limit),
            next: FIRST_PAUSE,
        }
    }

    /// How long to wait before the next attempt, which is the last if the time is over then. `None` if it is over already.
    fn pause(&mut self) -> Option<Duration> {
        let pause = self.next;
        self.next = (pause * 2).min(LAST_PAUSE);
        let Some(deadline) = self.deadline else {
            return Some(pause);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| pause.min(left))
    }
}

/// The pauses grow from this, which nobody notices,
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// to this, which costs a router nothing.
const LAST_PAUSE: Duration = Duration::from_secs(1);
