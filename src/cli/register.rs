//! `wamp register`.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use wampkit::Session;
use wampkit::client::{Backoff, Invocation, RegisterBuilder, Registration, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{DictFields as _, RegisterOptions, uris};

use super::args::RegisterArgs;
use super::command::{Coprocess, Runner};
use super::connection::{Connection, Sessions, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::limits::bound;
use super::onlooker::Onlooker;
use super::output::Envelope;
use super::signals::Work;
use super::{argument, block_on, dry_run, ready};

/// Registers the procedures and answers calls until there were enough or a signal comes.
///
/// # Errors
/// That there is no such command, that a procedure cannot be registered, or that the session ends.
pub(crate) fn run(args: RegisterArgs, console: &Console) -> Result<Exit, CliError> {
    let mut callee = Callee::new(args, console)?;
    let args = &callee.args;
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            let mut made = Vec::new();
            for procedure in &args.procedures {
                let register = session
                    .register(&**procedure, async |_| Ok(()))
                    .options(callee.options.clone());
                made.push(dry_run::made(
                    answer(procedure, args.client.output.timeout, register).await,
                )?);
            }
            Ok(made)
        });
    }
    ready::clear(args.ready_file.as_deref())?;
    block_on(async {
        let connection = &callee.args.client.connection;
        let mut connection = Connection::open(connection, Work::Stream, console).await?;
        let outcome = match callee.serve(&mut connection, None).await {
            Ok(registrations) => connection.guard(unregister(registrations)).await,
            Err(error) => Err(error),
        };
        connection.finish(callee.end()).await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// Procedures, and how their calls are answered.
pub(crate) struct Callee {
    args: RegisterArgs,
    options: RegisterOptions,
    answer: Arc<Answer>,
    console: Console,
}

impl Callee {
    /// What the options say.
    ///
    /// # Errors
    /// Arguments and options that are none; that there is no such command.
    pub(crate) fn new(args: RegisterArgs, console: &Console) -> Result<Self, CliError> {
        let mut files = Files::default();
        let mut options = argument::options::<RegisterOptions>(&args.options, &mut files)?;
        options.match_policy = args.match_policy.or(options.match_policy);
        options.invoke = args.invoke.or(options.invoke);
        options.concurrency = args.concurrency.or(options.concurrency);
        options.force_reregister = args.force.then_some(true).or(options.force_reregister);
        let answer = Answer::new(&args, &mut files, *console)?;
        answer.check()?;
        Ok(Self {
            args,
            options,
            answer: Arc::new(answer),
            console: *console,
        })
    }

    /// Answers calls until there were enough. The result is what is still registered then.
    ///
    /// # Errors
    /// As [`run`].
    pub(crate) async fn serve(
        &mut self,
        sessions: &mut impl Sessions,
        onlooker: Option<Arc<dyn Onlooker>>,
    ) -> Result<Vec<Registration>, CliError> {
        let (args, console) = (&self.args, &self.console);
        let (answered, answers) = mpsc::unbounded_channel();
        let service = Arc::new(Service {
            answer: Arc::clone(&self.answer),
            delay: args.delay,
            limit: bound(args.count).unwrap_or(u64::MAX),
            taken: AtomicU64::new(0),
            answered,
            onlooker,
        });
        self.answer.start();
        let mut server = Server {
            args,
            options: self.options.clone(),
            service: &service,
            answers,
            left: service.limit,
            ready: false,
            console,
        };
        let serving = sessions.keep(console, async |session, _| server.serve(&session).await);
        tokio::select! {
            served = serving => served,
            error = self.answer.failed() => Err(error),
        }
    }

    /// Ends what is running to answer calls.
    pub(crate) async fn end(&self) {
        self.answer.stop().await;
    }
}

/// What outlasts a session.
struct Server<'a> {
    args: &'a RegisterArgs,
    options: RegisterOptions,
    service: &'a Arc<Service>,
    answers: mpsc::UnboundedReceiver<()>,
    /// How many answers are still wanted.
    left: u64,
    /// Whether all was registered once.
    ready: bool,
    console: &'a Console,
}

impl Server<'_> {
    /// Answers the calls of one session, until there were enough. The result is what is still registered then.
    async fn serve(&mut self, session: &Session) -> Result<Vec<Registration>, CliError> {
        let mut registrations = Vec::new();
        for procedure in &self.args.procedures {
            registrations.push({
                let limit = self.args.client.output.timeout;
                let registering = || self.registering(session, procedure);
                register(procedure, limit, self.ready, self.console, registering).await?
            });
        }
        if !self.ready {
            ready::announce(self.args.ready_file.as_deref())?;
            if let Some(onlooker) = &self.service.onlooker {
                onlooker.ready();
            }
            self.ready = true;
        }

        let mut ended = registrations
            .iter()
            .map(|registration| async move { (registration, registration.ended().await) })
            .collect::<FuturesUnordered<_>>();
        while self.left > 0 {
            tokio::select! {
                // First, so that what was answered counts when the session ends.
                biased;
                Some(()) = self.answers.recv() => self.left -= 1,
                Some((registration, reason)) = ended.next() => {
                    return Err(match reason {
                        Some(reason) => CliError::Revoked {
                            subject: registration.procedure().to_string(),
                            reason: reason.to_string(),
                        },
                        None => CliError::Lost(session.closed().await),
                    });
                }
            }
        }
        drop(ended);
        Ok(registrations)
    }

    fn registering(&self, session: &Session, procedure: &str) -> RegisterBuilder {
        let handler = {
            let (service, session) = (Arc::clone(self.service), session.clone());
            move |invocation| Arc::clone(&service).handle(session.clone(), invocation)
        };
        let register = session
            .register(procedure, handler)
            .options(self.options.clone());
        if self.service.answer.takes_parts() {
            register.stream_arguments()
        } else {
            register
        }
    }
}

/// Registers a procedure. That it is taken is an error at the start; when it is registered `again`, after an outage, it may be by
/// the session that was lost, until the router has noticed.
///
/// # Errors
/// That it cannot be registered.
pub(crate) async fn register(
    procedure: &str,
    limit: Option<Duration>,
    again: bool,
    console: &Console,
    registering: impl Fn() -> RegisterBuilder,
) -> Result<Registration, CliError> {
    let deadline = Instant::now() + GHOST;
    let mut backoff = Backoff::new(GHOST_PAUSE);
    let mut told = false;
    loop {
        match answer(procedure, limit, registering()).await {
            Err(error) if again && is_taken(&error) && Instant::now() < deadline => {
                if !std::mem::replace(&mut told, true) {
                    console.note(&format!(
                        "{procedure} is taken, by the session that was lost maybe; trying again"
                    ));
                }
                sleep(backoff.pause()).await;
            }
            Ok(registration) => {
                if told || !again {
                    console.note(&format!("registered {procedure}"));
                }
                return Ok(registration);
            }
            Err(error) => return Err(error),
        }
    }
}

fn is_taken(error: &CliError) -> bool {
    matches!(error, CliError::Wamp { error, .. } if error.error == uris::PROCEDURE_ALREADY_EXISTS)
}

/// Takes the procedures back before the session ends. That takes a round trip, so the last answer is out by then too.
async fn unregister(registrations: Vec<Registration>) -> Result<(), CliError> {
    for registration in registrations {
        let procedure = registration.procedure().to_string();
        registration
            .unregister()
            .await
            .map_err(|error| CliError::of_request(&procedure, error))?;
    }
    Ok(())
}

/// How calls are answered.
enum Answer {
    /// With their own arguments.
    Echo,
    /// With these.
    Return(Arguments),
    /// With this error.
    Error(String),
    /// With what a command says.
    Command(Runner),
    /// With what a command says that is kept running.
    Coprocess(Arc<Coprocess>),
}

impl Answer {
    fn new(args: &RegisterArgs, files: &mut Files, console: Console) -> Result<Self, CliError> {
        if let Some(error) = &args.error {
            return Ok(Self::Error(error.clone()));
        }
        if !args.results.is_empty() {
            return argument::arguments(&args.results, files).map(Self::Return);
        }
        Ok(match args.command.split_first() {
            Some((program, rest)) if args.coprocess => {
                let jobs = args.jobs.unwrap_or(1);
                let coprocess = Coprocess::new(program.clone(), rest.to_vec(), jobs, console);
                Self::Coprocess(Arc::new(coprocess))
            }
            Some((program, rest)) => {
                let jobs = args.jobs.unwrap_or(DEFAULT_JOBS);
                let runner = Runner::new(program.clone(), rest.to_vec(), jobs, console);
                Self::Command(runner.lines(args.lines))
            }
            None => Self::Echo,
        })
    }

    /// Whether there is such a command, if there is to be one.
    fn check(&self) -> Result<(), CliError> {
        match self {
            Self::Command(runner) => runner.check(),
            Self::Coprocess(coprocess) => coprocess.check(),
            Self::Echo | Self::Return(_) | Self::Error(_) => Ok(()),
        }
    }

    /// Whether it is for arguments that come in parts (progressive call invocations).
    const fn takes_parts(&self) -> bool {
        matches!(self, Self::Echo | Self::Coprocess(_))
    }

    /// Starts what is to run before there are calls.
    fn start(&self) {
        if let Self::Coprocess(coprocess) = self {
            coprocess.start();
        }
    }

    /// Waits until there can be no answers any more.
    async fn failed(&self) -> CliError {
        match self {
            Self::Coprocess(coprocess) => coprocess.failed().await,
            _ => pending().await,
        }
    }

    /// Ends what is running, and waits until it has ended.
    async fn stop(&self) {
        match self {
            Self::Command(runner) => runner.stop().await,
            Self::Coprocess(coprocess) => coprocess.stop().await,
            Self::Echo | Self::Return(_) | Self::Error(_) => {}
        }
    }
}

/// What the handlers of all procedures share.
struct Service {
    answer: Arc<Answer>,
    delay: Option<Duration>,
    /// How many calls are answered.
    limit: u64,
    /// How many have been taken so far, and not been lost with their session.
    taken: AtomicU64,
    /// Hears of each answer.
    answered: mpsc::UnboundedSender<()>,
    /// Who else hears of calls.
    onlooker: Option<Arc<dyn Onlooker>>,
}

impl Service {
    async fn handle(
        self: Arc<Self>,
        session: Session,
        invocation: Invocation,
    ) -> Result<Arguments, WampError> {
        let take = |taken| (taken < self.limit).then_some(taken + 1);
        let ordering = Ordering::Relaxed;
        if self.taken.fetch_update(ordering, ordering, take).is_err() {
            return Err(WampError::new(uris::UNAVAILABLE).with("the callee is leaving"));
        }
        tracing::info!(procedure = %invocation.procedure, "called");
        if let Some(onlooker) = &self.onlooker {
            onlooker.admits(&envelope(&invocation));
        }
        let answer = self.answer(invocation).await;
        if session.is_open() {
            // The receiver is gone when the command is leaving already; then nobody counts any more.
            let _ = self.answered.send(());
        } else {
            // An answer that nobody gets is none.
            self.taken.fetch_sub(1, ordering);
        }
        answer
    }

    async fn answer(&self, invocation: Invocation) -> Result<Arguments, WampError> {
        if let Some(delay) = self.delay {
            tokio::select! {
                () = sleep(delay) => {}
                () = invocation.canceled() => return Err(WampError::new(uris::CANCELED)),
            }
        }
        match &*self.answer {
            Answer::Echo => echo(invocation).await,
            Answer::Return(arguments) => Ok(arguments.clone()),
            Answer::Error(error) => Err(WampError::new(error.clone())),
            Answer::Command(runner) => runner.answer(&invocation).await,
            Answer::Coprocess(coprocess) => coprocess.answer(invocation).await,
        }
    }
}

/// A call as it is told of. Arguments that cannot be read are left out: the answer says why.
fn envelope(invocation: &Invocation) -> Envelope {
    Envelope {
        kind: "invocation",
        uri: Some(invocation.procedure.to_string()),
        arguments: invocation.arguments().unwrap_or_default(),
        details: invocation.details.to_dict(),
        at: SystemTime::now(),
    }
}

/// Answers with the arguments, part by part if they come in parts.
///
/// # Errors
/// Arguments that cannot be read, or that the call is given up.
pub(crate) async fn echo(mut invocation: Invocation) -> Result<Arguments, WampError> {
    loop {
        let arguments = invocation.arguments()?;
        let last = invocation.details.progress != Some(true);
        if !last && invocation.takes_progress() {
            invocation.progress(arguments.clone()).await?;
        }
        if !invocation.next_arguments().await? {
            return Ok(arguments);
        }
    }
}

/// How many commands run at once unless `--jobs` says otherwise: enough for commands that wait for something, and a bound for
/// a flood of calls.
const DEFAULT_JOBS: u32 = 16;

/// How long a procedure may be held by a session that was lost. Routers find that out by heartbeats; ours takes three of them, of
/// 20 seconds each unless it is configured otherwise.
const GHOST: Duration = Duration::from_secs(75);

/// The largest pause between two attempts to have it back.
const GHOST_PAUSE: Duration = Duration::from_secs(2);
