//! `wamp record --proc`: a callee in the place of others, that tells of each call.

use std::sync::Arc;
use std::time::SystemTime;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, mpsc};
use wampkit::Session;
use wampkit::client::{Invocation, PayloadError, RegisterBuilder, Registration, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{DictFields as _, RegisterOptions, uris};

use super::super::args::RecordArgs;
use super::super::argument;
use super::super::connection::answer;
use super::super::console::Console;
use super::super::dry_run;
use super::super::error::CliError;
use super::super::files::Files;
use super::super::output::Envelope;
use super::super::register::register;

/// How calls are answered, and who hears of them.
pub(crate) struct StandIn {
    reply: Reply,
    calls: mpsc::Sender<Envelope>,
    /// One is taken by each call that is being answered.
    open: Semaphore,
}

/// What a call is answered with.
enum Reply {
    /// These.
    Arguments(Arguments),
    /// What this procedure answers.
    Of(String),
}

impl StandIn {
    /// Answers as the options say. What comes is sent to `calls`.
    ///
    /// # Errors
    /// An argument that is not what it says it is; calls that would be passed on to where they come from.
    pub(crate) fn new(args: &RecordArgs, calls: mpsc::Sender<Envelope>) -> Result<Self, CliError> {
        let reply = match &args.forward {
            Some(uri) if args.procedures.contains(uri) => {
                return Err(CliError::Usage {
                    message: format!("--forward {uri}: that is what calls are taken from"),
                    hint: None,
                });
            }
            Some(uri) => Reply::Of(uri.clone()),
            None => Reply::Arguments(argument::arguments(&args.results, &mut Files::default())?),
        };
        Ok(Self {
            reply,
            calls,
            open: Semaphore::new(MOST as usize),
        })
    }

    /// Registers the procedures, for the first time or `again`, after an outage.
    ///
    /// # Errors
    /// That one cannot be registered.
    pub(crate) async fn register(
        self: &Arc<Self>,
        session: &Session,
        args: &RecordArgs,
        again: bool,
        console: &Console,
    ) -> Result<Registrations, CliError> {
        let mut registrations = Vec::new();
        for procedure in &args.procedures {
            let registering = || self.registering(session, args, procedure);
            let limit = args.client.output.timeout;
            registrations.push(register(procedure, limit, again, console, registering).await?);
        }
        Ok(Registrations {
            registrations,
            stand_in: Arc::clone(self),
        })
    }

    /// Makes the requests of a session that is for nothing else: what came of each, to be kept until all are made.
    ///
    /// # Errors
    /// That one was not made.
    pub(crate) async fn rehearse(
        self: &Arc<Self>,
        session: &Session,
        args: &RecordArgs,
    ) -> Result<Vec<Option<Registration>>, CliError> {
        let mut made = Vec::new();
        for procedure in &args.procedures {
            let register = self.registering(session, args, procedure);
            let answer = answer(procedure, args.client.output.timeout, register).await;
            made.push(dry_run::made(answer)?);
        }
        Ok(made)
    }

    fn registering(
        self: &Arc<Self>,
        session: &Session,
        args: &RecordArgs,
        procedure: &str,
    ) -> RegisterBuilder {
        let (stand_in, handled) = (Arc::clone(self), session.clone());
        let handler = move |invocation| Arc::clone(&stand_in).handle(handled.clone(), invocation);
        session
            .register(procedure, handler)
            .options(RegisterOptions {
                match_policy: args.match_policy,
                ..RegisterOptions::default()
            })
    }

    async fn handle(
        self: Arc<Self>,
        session: Session,
        invocation: Invocation,
    ) -> Result<Arguments, WampError> {
        // Never closed.
        let _open = self.open.acquire().await;
        let arguments = match invocation.arguments() {
            // Encrypted for others, say: recorded as it came.
            Err(PayloadError::Passthru(_)) => invocation.raw_arguments()?,
            arguments => arguments?,
        };
        let envelope = Envelope {
            kind: "call",
            uri: Some(invocation.procedure.to_string()),
            arguments: arguments.clone(),
            details: invocation.details.to_dict(),
            at: SystemTime::now(),
        };
        if self.calls.send(envelope).await.is_err() {
            return Err(WampError::new(uris::UNAVAILABLE).with("the callee is leaving"));
        }
        match &self.reply {
            Reply::Arguments(reply) => Ok(reply.clone()),
            // A pattern can have brought the forwarded call back here.
            Reply::Of(uri) if *uri == *invocation.procedure => {
                Err(WampError::new(uris::NO_SUCH_PROCEDURE))
            }
            Reply::Of(uri) => tokio::select! {
                reply = forward(&session, uri, arguments, &invocation) => reply,
                () = invocation.canceled() => Err(WampError::new(uris::CANCELED)),
            },
        }
    }
}

/// Makes the call in the caller's stead. Dropping the future cancels it.
async fn forward(
    session: &Session,
    uri: &str,
    arguments: Arguments,
    invocation: &Invocation,
) -> Result<Arguments, WampError> {
    let call = session.call(uri).arguments(arguments);
    let mut call = if invocation.takes_progress() {
        call.progress()?
    } else {
        call.start()?
    };
    while let Some(reply) = call.next().await {
        let reply = reply?;
        let arguments = reply.arguments()?;
        if reply.is_final() {
            return Ok(arguments);
        }
        invocation.progress(arguments).await?;
    }
    // After its last reply nothing is asked for.
    Err(WampError::new(uris::CANCELED))
}

/// The procedures as long as they are registered.
pub(crate) struct Registrations {
    registrations: Vec<Registration>,
    stand_in: Arc<StandIn>,
}

impl Registrations {
    /// Waits until one is taken away, or the session is over; for ever if there is none.
    pub(crate) async fn lost(&self, session: &Session) -> CliError {
        let mut ended = self
            .registrations
            .iter()
            .map(|registration| async move { (registration, registration.ended().await) })
            .collect::<FuturesUnordered<_>>();
        match ended.next().await {
            Some((registration, Some(reason))) => CliError::Revoked {
                subject: registration.procedure().to_string(),
                reason: reason.to_string(),
            },
            Some((_, None)) => CliError::Lost(session.closed().await),
            None => std::future::pending().await,
        }
    }

    /// Takes the procedures back once all calls are answered that have come.
    ///
    /// # Errors
    /// The session's.
    pub(crate) async fn unregister(self) -> Result<(), CliError> {
        // On the thread that answers: an answer is out before anything else is done there.
        let answered = tokio::spawn(async move {
            // Never closed, so this is when all are free.
            let _all = self.stand_in.open.acquire_many(MOST).await;
            self.registrations
        });
        let registrations = answered.await.unwrap_or_default(); // it does not panic
        for registration in registrations {
            let procedure = registration.procedure().to_string();
            let done = registration.unregister().await;
            done.map_err(|error| CliError::of_request(&procedure, error))?;
        }
        Ok(())
    }
}

/// How many calls are recorded and answered at once; more wait.
const MOST: u32 = 1024;
