//! Lines, and what is done with them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_local};
use wampkit::Session;

use super::super::args::{ClientArgs, ConnectionArgs, LineArgs};
use super::super::connection::{Connection, DEFAULT_REALM, DEFAULT_URL, Sessions as _};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::fault::Fault;
use super::super::output::Envelope;
use super::super::route::Route;
use super::super::signals::{Stop, Work};
use super::super::trace;
use super::editor::{Config, Editor, History, Prompt, Typed};
use super::jobs::Jobs;
use super::line::Words;
use super::link::{Keeper, Link};
use super::names::Names;
use super::script::Script;
use super::watch::{TOPICS, watch};
use super::words::{Line, Open, split};

/// Whether somebody at the terminal knows that registrations end with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Warned {
    /// Nothing was said.
    No,
    /// It was said about this line.
    Now,
    /// It was said about the line before.
    Before,
}

/// The REPL.
pub(super) struct Shell {
    /// Whether lines that nobody has typed go on after one that failed.
    pub(super) keep_going: bool,
    /// Where it is, and how things are printed unless a line says otherwise.
    pub(super) client: ClientArgs,
    pub(super) console: Console,
    pub(super) work: Work,
    pub(super) connection: Connection,
    pub(super) link: Link,
    keeper: Keeper,
    pub(super) jobs: Jobs,
    pub(super) names: Arc<Names>,
    watching: Option<JoinHandle<()>>,
    /// What `$_` is.
    pub(super) last: Option<Envelope>,
    pub(super) grammar: clap::Command,
    /// How many files are in one another.
    pub(super) depth: usize,
    /// Whether this was the last line.
    pub(super) quit: bool,
    /// What was said of registrations that are about to end.
    warned: Warned,
    /// How the first command ended that failed and was passed over.
    failed: Option<Exit>,
    /// Where lines are kept from now on, if that has changed.
    pub(super) history: Option<History>,
}

impl Shell {
    /// Connects and joins.
    ///
    /// # Errors
    /// That there is no session to be had.
    pub(super) async fn start(
        mut client: ClientArgs,
        work: Work,
        console: Console,
    ) -> Result<Self, CliError> {
        // So that it can be switched on.
        trace::pause(client.connection.trace.is_none());
        client.connection.trace.get_or_insert(None);
        let mut connection = Connection::open(&client.connection, work, &console).await?;
        let session = connection.session().clone();
        let route = match connection.take_route() {
            Some(route) => route,
            None => Route::new(&client.connection, &console)?,
        };
        let limit = attempts(&client.connection, work);
        let (link, keeper) = Link::start(session, route, limit, console);
        Ok(Self {
            keep_going: false,
            client,
            console,
            work,
            connection,
            link,
            keeper,
            jobs: Jobs::default(),
            names: Arc::default(),
            watching: None,
            last: None,
            grammar: LineArgs::grammar(),
            depth: 0,
            quit: false,
            warned: Warned::No,
            failed: None,
            history: None,
        })
    }

    /// Runs lines that nobody types, until one fails.
    ///
    /// # Errors
    /// Its error.
    pub(super) async fn run(&mut self, script: Script) -> Result<Exit, CliError> {
        let exit = self.script(script).await?;
        Ok(self.failed.unwrap_or(exit))
    }

    /// The lines of a script.
    pub(super) async fn script(&mut self, mut script: Script) -> Result<Exit, CliError> {
        loop {
            let next = script.next();
            let Some((line, split)) = self.connection.guard(next).await? else {
                return Ok(Exit::Success);
            };
            match self.line(&line, split).await {
                Ok(Exit::Success) => {}
                Ok(exit) => {
                    if let Some(place) = script.place() {
                        self.console.note(&format!("stopped at {place}"));
                    }
                    return Ok(exit);
                }
                Err(error) => {
                    return Err(match script.place() {
                        Some(place) => error.at(place),
                        None => error,
                    });
                }
            }
            if self.quit {
                return Ok(Exit::Success);
            }
        }
    }

    /// Runs lines as they are typed, until somebody leaves.
    ///
    /// # Errors
    /// That there is something wrong with the terminal.
    pub(super) async fn interact(&mut self) -> Result<Exit, CliError> {
        let (editor, screen) = Editor::start(Config {
            grammar: self.grammar.clone(),
            names: Arc::clone(&self.names),
            color: self.console.stdout().color,
            history: History::of(self.client.connection.context.as_deref()),
        })?;
        screen.show();
        self.watch();
        self.console
            .note("`help` lists the commands, Ctrl-D leaves");
        while !self.quit {
            screen.flush();
            self.names.set_jobs(self.jobs.named());
            let typed = tokio::select! {
                typed = editor.read(self.prompt()) => typed,
                // It is only noticed here while nobody types.
                stop = self.connection.signals().next() => match stop {
                    Stop::Interrupt => continue,
                    Stop::Terminate => return Ok(stop.exit(self.work)),
                },
            };
            match typed {
                Typed::Line(line) => {
                    if let Some(stop) = self.connection.signals().begin() {
                        return Ok(stop.exit(self.work));
                    }
                    self.warned = match self.warned {
                        Warned::Now => Warned::Before,
                        Warned::No | Warned::Before => Warned::No,
                    };
                    match self.line(&line, split(&line)).await {
                        Err(CliError::Stopped(Exit::Terminated)) => return Ok(Exit::Terminated),
                        Err(CliError::Stopped(_)) => self.console.note("canceled"),
                        Err(error) => self.console.error(&error),
                        Ok(_) => {}
                    }
                }
                Typed::Interrupted => {}
                Typed::Garbled => self.console.note("the line is given up: it is no UTF-8"),
                Typed::Gone => return Ok(Stop::Terminate.exit(self.work)),
                Typed::End => {
                    if self.warned == Warned::Now || !self.warns("Ctrl-D once more leaves") {
                        break;
                    }
                }
            }
            if let Some(history) = self.history.take() {
                editor.keep(history);
            }
        }
        screen.flush();
        Ok(Exit::Success)
    }

    /// Whether to go elsewhere is put off: registrations would end of which the line before was not warned. Only who types is asked.
    pub(super) fn stays(&mut self) -> bool {
        self.work == Work::Shell
            && self.depth == 0
            && self.warned == Warned::No
            && self.warns("the same once more ends that")
    }

    /// Warns if there are registrations, and says what to do.
    fn warns(&mut self, next: &str) -> bool {
        let registrations = self.jobs.registrations();
        if registrations == 0 {
            return false;
        }
        let noun = if registrations == 1 {
            "registration is"
        } else {
            "registrations are"
        };
        self.console
            .note(&format!("{registrations} {noun} live; {next}"));
        self.warned = Warned::Now;
        true
    }

    /// Gives back what is held, and says goodbye.
    pub(super) async fn leave(self) {
        let Self {
            connection,
            keeper,
            mut jobs,
            watching,
            ..
        } = self;
        drop(keeper);
        if let Some(watching) = watching {
            watching.abort();
        }
        jobs.end_all().await;
        connection.leave().await;
    }

    /// Runs the commands of a line. What is not well ends it, unless it is to be kept going.
    pub(super) async fn line(&mut self, line: &str, split: Line) -> Result<Exit, CliError> {
        if let Some(open) = split.open {
            return Err(unclosed(line, open));
        }
        for command in &split.commands {
            let outcome = match Words::new(line, command, self.last.as_ref()) {
                Ok(words) => Box::pin(self.execute(&words)).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(Exit::Success) => {}
                Ok(exit) if self.keep_going => {
                    self.failed.get_or_insert(exit);
                }
                Err(error) if self.keep_going && !error.is_final() => {
                    self.console.error(&error);
                    self.failed.get_or_insert_with(|| error.exit());
                }
                other => return other,
            }
            if self.quit {
                break;
            }
        }
        Ok(Exit::Success)
    }

    /// The session, once there is one.
    ///
    /// # Errors
    /// That there will be none, or that somebody does not want to wait for it.
    pub(super) async fn session(&mut self) -> Result<Session, CliError> {
        let Self {
            connection, link, ..
        } = self;
        let session = connection.guard(link.session()).await?;
        connection.take_session(session.clone());
        Ok(session)
    }

    /// Goes elsewhere. What went on here ends, if there is a session there.
    ///
    /// # Errors
    /// That there is none; then all is as it was.
    pub(super) async fn go(&mut self, client: ClientArgs) -> Result<(), CliError> {
        let route = Route::new(&client.connection, &self.console)?;
        let session = self.connection.guard(route.connect()).await?;
        let jobs = self.jobs.len();
        self.jobs.end_all().await;
        if jobs > 0 {
            let noun = if jobs == 1 { "job has" } else { "jobs have" };
            self.console.note(&format!("{jobs} {noun} ended"));
        }
        let limit = attempts(&client.connection, self.work);
        let (link, keeper) = Link::start(session.clone(), route, limit, self.console);
        // In this order: nobody is to have the old session again.
        self.link = link;
        self.keeper = keeper;
        let old = self.connection.session().clone();
        self.connection.take_session(session);
        self.client = client;
        if self.watching.is_some() {
            self.watch();
        }
        let leaving = async move {
            // It may be lost, and nobody misses it.
            let _ = old.leave().await;
        };
        self.connection.finish(leaving).await;
        Ok(())
    }

    /// Learns the names of the realm, from now on.
    fn watch(&mut self) {
        self.names.set_procedures([]);
        self.names.set_topics([]);
        self.names.set_sessions([]);
        self.names.forget_described();
        self.names.set_watched(TOPICS.map(str::to_owned));
        let (mut link, console, names) = (self.link.clone(), self.console, Arc::clone(&self.names));
        let watching = spawn_local(async move {
            let learning = link.keep(&console, async |session, _| {
                watch(session.clone(), Arc::clone(&names)).await;
                Err::<(), _>(CliError::Lost(session.closed().await))
            });
            // There are no more sessions: what was learned stays.
            let _ = learning.await;
        });
        if let Some(before) = self.watching.replace(watching) {
            before.abort();
        }
    }

    /// `realm1@127.0.0.1:8080 › `, with another sign while the session is lost.
    fn prompt(&self) -> Prompt {
        let connection = &self.client.connection;
        let realm = connection.realm.as_deref().unwrap_or(DEFAULT_REALM);
        let url = connection.url.as_deref().unwrap_or(DEFAULT_URL);
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = host
            .strip_prefix('/')
            .map_or_else(|| host.split('/').next().unwrap_or_default(), |_| host);
        let link = self.link.clone();
        Prompt {
            up: format!("{realm}@{host} › "),
            lost: format!("{realm}@{host} ✗ "),
            is_up: Box::new(move || link.is_up()),
        }
    }
}

/// Where to connect by another URL: what proves something to the router before is not for this one.
pub(super) fn elsewhere(before: &ConnectionArgs, url: String) -> ConnectionArgs {
    ConnectionArgs {
        url: Some(url),
        realm: before.realm.clone(),
        serializer: before.serializer.clone(),
        connect_timeout: before.connect_timeout,
        retry: before.retry,
        retry_max: before.retry_max,
        heartbeat: before.heartbeat,
        trace: before.trace.clone(),
        ..ConnectionArgs::default()
    }
}

/// How often a lost session is tried to be had again: while somebody is there, without end.
fn attempts(args: &ConnectionArgs, work: Work) -> Option<u32> {
    let none = (work != Work::Shell).then_some(0);
    args.retry.or(none)
}

fn unclosed(line: &str, open: Open) -> CliError {
    Fault {
        place: "line".to_owned(),
        message: open.to_string(),
        text: line.to_owned(),
        at: open.place(),
        hint: None,
    }
    .into()
}

/// How long `wait` waits unless it is told.
pub(super) const WAIT: Duration = Duration::from_secs(10);
