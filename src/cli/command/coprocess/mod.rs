//! Commands that are started once and answer many calls, `wamp register PROC --coprocess -- CMD…`.
//!
//! CMD reads lines of JSON from its standard input and writes lines of JSON to its standard output. Each carries the `id`
//! of a call, so calls may be answered at the same time and in any order. CMD reads
//!
//! - `{"type":"invocation","id":7,"uri","args","kwargs","details","at"}`: a call, as a command that runs for one call gets it;
//! - `{"type":"arguments","id":7,"args","kwargs","details"}`: more arguments of a call whose `details` said `"progress":true`,
//!   the last ones unless these details say so again;
//! - `{"type":"cancel","id":7}`: nobody waits for the answer any more. If one comes, it is ignored;
//!
//! and writes, where `args` and `kwargs` may be left out,
//!
//! - `{"type":"result","id":7,"args":[…],"kwargs":{…}}`: the answer;
//! - `{"type":"error","id":7,"error":URI,"args":[…],"kwargs":{…}}`: the answer, an ERROR;
//! - `{"type":"progress","id":7,"args":[…],"kwargs":{…}}`: a progressive result, dropped if the caller takes none.
//!
//! Other keys and empty lines are ignored. What CMD writes to standard error appears on that of `wamp`.
//!
//! - A child has up to [`WINDOW`] calls at once; others wait for the child that has the fewest. A child that does not read has
//!   calls wait too. Each can be canceled while it waits.
//! - A line that says nothing is noted. If it names a call, that call fails with `wamp.cli.error.command_failed` and the fault.
//! - The calls of a child that ends fail with `wamp.cli.error.command_failed` and `{exit}`. Its standard error is not among
//!   that: it may be about the calls of others. So does a child that closes its standard output, or writes a line of more than
//!   16 MiB; it is then ended as below.
//! - A child that ends is started again, after a time that doubles from [`PAUSE`] while it ends within [`EARLY`] without an
//!   answer. If that happens [`ATTEMPTS`] times in a row, `wamp register` fails with exit code 1.
//! - When `wamp` leaves, standard input is closed. What still runs after half a second gets SIGTERM, and SIGKILL a second later.

mod child;
mod message;

use std::ffi::OsString;
use std::io;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::process::{Child as Process, Command};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use wampkit::client::{Invocation, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::uris;

use super::super::console::Console;
use super::super::error::CliError;
use super::program;
use child::{Answers, Call, Child, End};
use message::Said;

/// Commands that are kept running to answer calls.
pub(crate) struct Coprocess {
    program: OsString,
    arguments: Vec<OsString>,
    jobs: u32,
    console: Console,
    /// One for each call that the children take at once.
    room: Semaphore,
    ids: AtomicU64,
    /// Those that can be talked to.
    children: watch::Sender<Vec<Arc<Child>>>,
    /// Why there will be no more of them.
    given_up: watch::Sender<Option<String>>,
    stopping: watch::Sender<bool>,
    keepers: Mutex<JoinSet<()>>,
}

impl Coprocess {
    /// To keep `jobs` children of this program running, once they are started.
    pub(crate) fn new(
        program: OsString,
        arguments: Vec<OsString>,
        jobs: u32,
        console: Console,
    ) -> Self {
        Self {
            program,
            arguments,
            jobs,
            console,
            room: Semaphore::new(jobs as usize * WINDOW),
            ids: AtomicU64::new(1),
            children: watch::Sender::default(),
            given_up: watch::Sender::default(),
            stopping: watch::Sender::new(false),
            keepers: Mutex::default(),
        }
    }

    /// Whether there is such a command, as far as that can be told before it is run.
    ///
    /// # Errors
    /// That there is none, or none that can be run.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        program::check(&self.program)
    }

    /// Starts the children, and starts them again when they end.
    pub(crate) fn start(self: &Arc<Self>) {
        let mut keepers = self.keepers();
        for _ in 0..self.jobs {
            keepers.spawn(Arc::clone(self).keep());
        }
    }

    /// What a child answers to the call.
    ///
    /// # Errors
    /// What the call fails with: see the module.
    pub(crate) async fn answer(&self, mut invocation: Invocation) -> Result<Arguments, WampError> {
        let arguments = invocation.arguments()?;
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        let opened = async {
            // The semaphore is never closed.
            let room = self.room.acquire().await;
            let line = message::call(id, &invocation, arguments);
            (room, self.open(id, line).await)
        };
        let (_room, (call, mut answers)) = tokio::select! {
            biased;
            () = invocation.canceled() => return Err(WampError::new(uris::CANCELED)),
            () = self.stopped() => return Err(WampError::new(uris::CANCELED)),
            opened = opened => opened,
        };
        let mut unsaid = None;
        loop {
            let heard = tokio::select! {
                said = answers.hear() => said,
                error = feed(&mut invocation, &call, &mut unsaid) => Said::Error(error),
                () = self.stopped() => return Err(WampError::new(uris::CANCELED)),
            };
            match heard {
                Said::Progress(part) => {
                    if invocation.takes_progress() {
                        invocation.progress(part).await?;
                    }
                }
                Said::Result(arguments) => return Ok(arguments),
                Said::Error(error) => return Err(error),
            }
        }
    }

    /// Waits until the children are given up.
    pub(crate) async fn failed(&self) -> CliError {
        let mut given_up = self.given_up.subscribe();
        // The sender lives as long as `self`, and what is waited for is something.
        let what = given_up.wait_for(Option::is_some).await;
        CliError::Coprocess {
            command: self.program.display().to_string(),
            what: what.ok().and_then(|what| what.clone()).unwrap_or_default(),
            attempts: ATTEMPTS,
        }
    }

    /// Ends the children, and waits until they have ended.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        let mut keepers = std::mem::take(&mut *self.keepers());
        while keepers.join_next().await.is_some() {}
    }

    /// Gives the call to the child that has the fewest, as soon as it takes it.
    async fn open(&self, id: u64, mut line: String) -> (Call, Answers) {
        let mut children = self.children.subscribe();
        loop {
            let call = {
                let children = children.borrow_and_update();
                let least = children.iter().min_by_key(|child| child.load());
                least.map(|child| Child::open(child, id))
            };
            match call {
                Some((mut call, answers)) => {
                    if call.begin(&mut line).await {
                        return (call, answers);
                    }
                }
                None => {
                    // The sender lives as long as `self`.
                    let _ = children.changed().await;
                }
            }
        }
    }

    /// Keeps one child running.
    async fn keep(self: Arc<Self>) {
        let (mut failures, mut pause) = (0, PAUSE);
        loop {
            let started = Instant::now();
            let end = self.run().await;
            if *self.stopping.borrow() {
                return;
            }
            if end.has_answered || started.elapsed() >= EARLY {
                (failures, pause) = (0, PAUSE);
            } else {
                failures += 1;
            }
            if failures >= ATTEMPTS {
                self.given_up.send_replace(Some(end.what));
                return;
            }
            let (program, what) = (self.program.display(), end.what);
            let note = format!("{program} {what}; it is started again");
            self.console.note(&note);
            tokio::select! {
                () = sleep(pause) => {}
                () = self.stopped() => return,
            }
            pause *= 2;
        }
    }

    /// Runs one child from its start to its end.
    async fn run(&self) -> End {
        let mut process = match self.spawn() {
            Ok(process) => process,
            Err(error) => return End::before_start(&error),
        };
        // For each call that there can be, room to cancel it, and some for all of them to be said.
        let (child, lines) = Child::new((self.jobs as usize + 1) * WINDOW);
        let child = Arc::new(child);
        self.children
            .send_modify(|children| children.push(Arc::clone(&child)));
        let dismiss = || {
            self.children
                .send_modify(|children| children.retain(|other| !Arc::ptr_eq(other, &child)));
        };
        let life = child.live(&mut process, lines, self.stopped(), dismiss, &self.console);
        life.await
    }

    fn spawn(&self) -> io::Result<Process> {
        Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
    }

    async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives as long as `self`.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }

    fn keepers(&self) -> MutexGuard<'_, JoinSet<()>> {
        // Nothing panics while the lock is held.
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands over the arguments that follow, until the call is given up. What waits to be said stays in `unsaid` when this is
/// dropped, and is said the next time.
async fn feed(invocation: &mut Invocation, call: &Call, unsaid: &mut Option<String>) -> WampError {
    loop {
        if unsaid.is_some() {
            tokio::select! {
                () = call.say(unsaid) => {}
                () = invocation.canceled() => return WampError::new(uris::CANCELED),
            }
        } else if invocation.details.progress == Some(true) {
            if let Err(error) = invocation.next_arguments().await {
                return error;
            }
            match invocation.arguments() {
                Ok(arguments) => {
                    let more = invocation.details.progress == Some(true);
                    *unsaid = Some(message::arguments(call.id(), &arguments, more));
                }
                Err(fault) => return fault.into(),
            }
        } else {
            invocation.canceled().await;
            return WampError::new(uris::CANCELED);
        }
    }
}

/// How many calls a child has at once: enough to keep it busy while answers are on their way.
const WINDOW: usize = 16;

/// How long after the first end a child is started again.
const PAUSE: Duration = Duration::from_millis(100);

/// What ends sooner than this without an answer has failed to start.
const EARLY: Duration = Duration::from_secs(1);

/// How many times in a row a child may fail to start.
const ATTEMPTS: u32 = 5;
