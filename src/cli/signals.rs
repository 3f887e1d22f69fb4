//! SIGINT and SIGTERM; and at a terminal SIGHUP, which says that its window is closed and counts as SIGTERM.
//!
//! They are caught on a thread of their own, because a command's thread may be stuck in a write: standard output blocks when
//! nobody reads it. The first signal is passed to the command, which then leaves in its own way. If it does not end within
//! [`PATIENCE`] (a router has its `--grace`), or at once after a second signal, that thread ends the process with the code that the command would have had.
//!
//! A [`Work::Task`] is over in milliseconds, of which a thread takes a good part. It catches them itself, and has the thread
//! from the first write on that may be stuck: see [`before_output`].

use std::future::{Future, pending};
use std::io::{self, IsTerminal as _};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::error::CliError;
use super::exit::Exit;

/// The signals that end a command.
#[derive(Debug)]
pub(crate) struct Signals {
    work: Work,
    source: Source,
    /// How many have come.
    count: usize,
}

/// Where a command has them from.
#[derive(Debug)]
enum Source {
    /// From the system.
    Caught(Caught),
    /// From the thread.
    Thread(mpsc::UnboundedReceiver<Stop>),
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM or SIGHUP.
    Terminate,
}

/// What kind of command the signals end, and so with which code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// It has something to do, and is kept from that.
    Task,
    /// It goes on until it is stopped: SIGTERM is how a supervisor does that.
    Stream,
    /// A router, which nobody stops in another way.
    Router,
    /// Lines that are typed: Ctrl-C ends the command of a line, and nothing else.
    Shell,
    /// A router in front of a command, which has all the time that it takes after the first signal.
    Front,
}

impl Signals {
    /// From now on the signals are caught. It is called on a runtime.
    ///
    /// # Errors
    /// What the system has against it.
    pub(crate) fn catch(work: Work) -> Result<Self, CliError> {
        Self::catch_patiently(work, PATIENCE)
    }

    /// The same, where leaving may take so long.
    ///
    /// # Errors
    /// As [`Signals::catch`].
    pub(crate) fn catch_patiently(work: Work, patience: Duration) -> Result<Self, CliError> {
        let source = if work == Work::Task {
            UNWATCHED.store(true, Ordering::Relaxed);
            Caught::new(work).map(Source::Caught)
        } else {
            watch(work, patience).map(Source::Thread)
        };
        let source = source.map_err(|error| CliError::System {
            doing: "catch signals".to_owned(),
            error,
        })?;
        Ok(Self {
            work,
            source,
            count: 0,
        })
    }

    /// The next signal. Dropping the future loses none.
    pub(crate) async fn next(&mut self) -> Stop {
        let stop = match &mut self.source {
            Source::Caught(caught) => caught.next().await,
            Source::Thread(stops) => match stops.recv().await {
                Some(stop) => stop,
                // The thread is ending the process.
                None => pending().await,
            },
        };
        self.count += 1;
        stop
    }

    /// The next command begins: an earlier Ctrl-C was for the one before. Whether the process is to end instead.
    pub(crate) fn begin(&mut self) -> Option<Stop> {
        let mut ended = None;
        while ended.is_none()
            && let Some(stop) = self.next().now_or_never()
        {
            let ends = stop == Stop::Terminate || self.work != Work::Shell;
            ended = ends.then_some(stop);
        }
        self.count = 0;
        ended
    }

    /// Waits for what cuts leaving short: the next signal, or none if the second one has come.
    pub(crate) async fn hurry(&mut self) {
        if self.count < 2 {
            self.next().await;
        }
    }

    /// The outcome of `work`, or [`CliError::Stopped`] if a signal comes first; the work is then dropped.
    ///
    /// # Errors
    /// Those of the work.
    pub(crate) async fn guard<T>(
        &mut self,
        work: impl Future<Output = Result<T, CliError>>,
    ) -> Result<T, CliError> {
        tokio::select! {
            outcome = work => outcome,
            stop = self.next() => Err(CliError::Stopped(stop.exit(self.work))),
        }
    }
}

impl Stop {
    /// How a command ends that the signal stopped.
    pub(crate) const fn exit(self, work: Work) -> Exit {
        match (self, work) {
            (_, Work::Router) | (Self::Terminate, Work::Stream) => Exit::Success,
            (Self::Interrupt, _) => Exit::Interrupted,
            (Self::Terminate, _) => Exit::Terminated,
        }
    }
}

/// Starts the thread, which lives as long as the process.
fn watch(work: Work, patience: Duration) -> io::Result<mpsc::UnboundedReceiver<Stop>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut caught = {
        let _entered = runtime.enter();
        Caught::new(work)?
    };
    let (sender, stops) = mpsc::unbounded_channel();
    let wait = async move {
        let mut first = caught.next().await;
        while work == Work::Shell && first == Stop::Interrupt && sender.send(first).is_ok() {
            first = caught.next().await;
        }
        // A command that does not listen any more has at most its end before it.
        let _ = sender.send(first);
        let second = async {
            let _ = sender.send(caught.next().await); // as above
            sleep(LAST_MOMENT).await;
        };
        if work == Work::Front {
            second.await;
        } else {
            // Which of the two it was makes no difference.
            let _ = timeout(patience, second).await;
        }
        process::exit(first.exit(work).code().into())
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || runtime.block_on(wait))?;
    Ok(stops)
}

/// Whether there is a task whose signals nobody else catches.
static UNWATCHED: AtomicBool = AtomicBool::new(false);

/// A write of so many bytes to standard output is next. If a task may be stuck in it, the thread is started.
///
/// # Errors
/// That the system has no thread.
pub(crate) fn before_output(length: usize) -> io::Result<()> {
    if UNWATCHED.load(Ordering::Relaxed) && (length > PIPE_BUF || !stdout_has_room()) {
        UNWATCHED.store(false, Ordering::Relaxed);
        // The task goes on catching them itself.
        watch(Work::Task, PATIENCE)?;
    }
    Ok(())
}

/// Whether standard output takes [`PIPE_BUF`] bytes now.
fn stdout_has_room() -> bool {
    let stdout = io::stdout();
    let mut polled = [PollFd::new(&stdout, PollFlags::OUT)];
    poll(&mut polled, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
}

/// What a pipe that has room takes in one go: pipe(7).
const PIPE_BUF: usize = 4096;

/// The signals as they come from the system.
#[derive(Debug)]
struct Caught {
    interrupt: Signal,
    terminate: Signal,
    hangup: Option<Signal>,
}

/// SIGHUP, where it says that the terminal is gone. A router has a use of its own for it; and elsewhere it is left alone, for
/// whoever has said `nohup`.
fn hangup(work: Work) -> io::Result<Option<Signal>> {
    let routing = matches!(work, Work::Router | Work::Front);
    let caught = !routing && io::stdin().is_terminal();
    caught.then(|| signal(SignalKind::hangup())).transpose()
}

impl Caught {
    fn new(work: Work) -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: hangup(work)?,
        })
    }

    async fn next(&mut self) -> Stop {
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
            Some(()) = async { self.hangup.as_mut()?.recv().await } => Stop::Terminate,
        }
    }
}

/// How long a command may take to leave after the first signal: whoever pressed Ctrl-C is waiting.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// How long after the second: nobody notices it, and it is enough to kill the commands that were started.
const LAST_MOMENT: Duration = Duration::from_millis(100);
