//! One child of a co-process, from its start to its end.

use std::collections::HashMap;
use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child as Process, ChildStdin, ChildStdout};
use tokio::sync::mpsc::{self, OwnedPermit};
use tokio::time::timeout;
use wampkit::client::WampError;

use super::super::answer::{COMMAND_FAILED, NOT_STARTED, code};
use super::super::group::Group;
use super::message::{self, Said};
use crate::cli::console::Console;

/// A child that can be talked to.
pub(super) struct Child {
    /// Standard input.
    lines: mpsc::Sender<String>,
    /// Where what it says to its calls goes.
    calls: Mutex<HashMap<u64, mpsc::Sender<Said>>>,
    /// The last call that it was given.
    last: AtomicU64,
    has_answered: AtomicBool,
    /// Its exit code, once it has ended.
    exit: OnceLock<i64>,
}

impl Child {
    /// A child, and the lines that it is to read, at most so many at once.
    pub(super) fn new(capacity: usize) -> (Self, mpsc::Receiver<String>) {
        let (lines, unread) = mpsc::channel(capacity);
        let child = Self {
            lines,
            calls: Mutex::default(),
            last: AtomicU64::new(0),
            has_answered: AtomicBool::new(false),
            exit: OnceLock::new(),
        };
        (child, unread)
    }

    /// How many calls it has.
    pub(super) fn load(&self) -> usize {
        self.calls().len()
    }

    /// Gives it a call. It hears of that by [`Call::begin`].
    pub(super) fn open(self: &Arc<Self>, id: u64) -> (Call, Answers) {
        let (answer, said) = mpsc::channel(PARTS);
        self.calls().insert(id, answer);
        let call = Call {
            id,
            child: Arc::clone(self),
            cancel: None,
        };
        let answers = Answers {
            child: Arc::clone(self),
            said,
        };
        (call, answers)
    }

    /// Talks to the process until it has ended. `dismiss` is called when it is to have no more calls.
    pub(super) async fn live(
        &self,
        process: &mut Process,
        mut lines: mpsc::Receiver<String>,
        stopped: impl Future<Output = ()>,
        dismiss: impl FnOnce(),
        console: &Console,
    ) -> End {
        let group = Group::of(process);
        let (stdin, stdout) = (process.stdin.take(), process.stdout.take());
        let mut reading = pin!(self.read(stdout, console));
        let (mut patience, mut silence) = (MOMENT, None);
        {
            let writing = pin!(write(stdin, &mut lines));
            tokio::select! {
                // It reads no more: it has ended, most likely.
                () = writing => {}
                why = &mut reading => silence = Some(why),
                _ = process.wait() => {}
                () = stopped => patience = FAREWELL,
            }
            // Its standard input is closed here.
        }
        dismiss();
        lines.close();
        let rest = async {
            if silence.is_none() {
                silence = Some(reading.await);
            }
        };
        let settled = async { tokio::join!(process.wait(), rest) };
        // What it has left running may hold its standard output for longer. That is not waited for.
        let _ = timeout(patience, settled).await;
        let has_ended = matches!(process.try_wait(), Ok(Some(_)));
        if has_ended {
            group.leave();
        } else {
            group.end(process.wait()).await;
        }
        let exit = process.wait().await.map_or(NOT_STARTED, code);
        // Before the calls hear that there is no more to come.
        let _ = self.exit.set(exit);
        self.calls().clear();
        End {
            what: match silence {
                Some(Silence::Long) => format!("has written a line of more than {MAX_LINE} bytes"),
                _ if has_ended => format!("has ended with exit code {exit}"),
                _ => "does not read or write any more".to_owned(),
            },
            has_answered: self.has_answered.load(Ordering::Relaxed),
        }
    }

    /// Passes on what it says, until it says no more.
    async fn read(&self, stdout: Option<ChildStdout>, console: &Console) -> Silence {
        let Some(stdout) = stdout else {
            return Silence::Closed;
        };
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        loop {
            line.clear();
            line.shrink_to(KEPT);
            let most = MAX_LINE as u64 + 1;
            match (&mut stdout).take(most).read_until(b'\n', &mut line).await {
                Err(_) | Ok(0) => return Silence::Closed,
                Ok(length) if length > MAX_LINE => return Silence::Long,
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => self.pass_on(&line, console).await,
            }
        }
    }

    /// Passes on what a line says to the call that it is for. While that call is behind, no other line is read.
    async fn pass_on(&self, line: &[u8], console: &Console) {
        let (id, said) = match message::read(line) {
            Ok(said) => said,
            Err(fault) => {
                let start = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
                let (start, message) = (start.trim_end(), fault.message);
                console.note(&format!("a line of the co-process: {message}: {start}"));
                let Some(id) = fault.id else {
                    return;
                };
                let error = WampError::new(COMMAND_FAILED).with(message);
                (id, Said::Error(error))
            }
        };
        let is_last = !matches!(said, Said::Progress(_));
        let call = {
            let mut calls = self.calls();
            if is_last {
                calls.remove(&id)
            } else {
                calls.get(&id).cloned()
            }
        };
        match call {
            Some(call) => {
                if is_last {
                    self.has_answered.store(true, Ordering::Relaxed);
                }
                // It may have been given up just now.
                let _ = call.send(said).await;
            }
            // Given up, or answered twice.
            None if id <= self.last.load(Ordering::Relaxed) => {}
            None => console.note(&format!("a line of the co-process: there was no call {id}")),
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<u64, mpsc::Sender<Said>>> {
        // Nothing panics while the lock is held.
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a child says no more.
enum Silence {
    /// Its standard output is closed.
    Closed,
    /// A line was too long.
    Long,
}

/// How a child has ended.
pub(super) struct End {
    /// In words, with the child as their subject.
    pub(super) what: String,
    /// Whether it has answered a call.
    pub(super) has_answered: bool,
}

impl End {
    /// Before it has begun.
    pub(super) fn before_start(error: &io::Error) -> Self {
        Self {
            what: format!("cannot be run: {error}"),
            has_answered: false,
        }
    }
}

/// Writes the lines to the child, until it reads no more.
async fn write(stdin: Option<ChildStdin>, lines: &mut mpsc::Receiver<String>) {
    let Some(mut stdin) = stdin else {
        return;
    };
    while let Some(line) = lines.recv().await {
        if stdin.write_all(line.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A call that a child has. Where it is dropped unanswered, the child is told.
pub(super) struct Call {
    id: u64,
    child: Arc<Child>,
    /// Room for the line that cancels it, from when it has begun.
    cancel: Option<OwnedPermit<String>>,
}

impl Call {
    /// Its id.
    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    /// Hands it over as soon as the child reads. Whether that went well: if not, the child has ended without it, and the line
    /// is still there.
    pub(super) async fn begin(&mut self, line: &mut String) -> bool {
        let lines = &self.child.lines;
        // In this order: there is room to cancel all calls that there can be, and some more to begin them one by one.
        let (Ok(cancel), Ok(room)) = (lines.clone().reserve_owned().await, lines.reserve().await)
        else {
            return false;
        };
        self.child.last.fetch_max(self.id, Ordering::Relaxed);
        room.send(std::mem::take(line));
        self.cancel = Some(cancel);
        true
    }

    /// Hands over one more line, which is taken as soon as the child reads.
    pub(super) async fn say(&self, line: &mut Option<String>) {
        match self.child.lines.reserve().await {
            Ok(room) => {
                if let Some(line) = line.take() {
                    room.send(line);
                }
            }
            // It has ended; who listens to it will hear of that.
            Err(_) => pending().await,
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let is_open = self.child.calls().remove(&self.id).is_some();
        if let Some(cancel) = self.cancel.take()
            && is_open
        {
            cancel.send(message::cancel(self.id));
        }
    }
}

/// What a child says to a call.
pub(super) struct Answers {
    child: Arc<Child>,
    said: mpsc::Receiver<Said>,
}

impl Answers {
    /// What it says next; if nothing any more, that the child has ended.
    pub(super) async fn hear(&mut self) -> Said {
        match self.said.recv().await {
            Some(said) => said,
            None => {
                let exit = self.child.exit.get().copied().unwrap_or(NOT_STARTED);
                Said::Error(WampError::new(COMMAND_FAILED).with_kw("exit", exit))
            }
        }
    }
}

/// How much of its results a call may be behind.
const PARTS: usize = 16;

/// The longest line that is read: no router takes more in one message.
const MAX_LINE: usize = 16 << 20;

/// How much room is kept between two lines.
const KEPT: usize = 64 << 10;

/// How much of a line that says nothing is shown.
const SHOWN: usize = 80;

/// How long a child that is about to end may take: what it does last is to close its streams.
const MOMENT: Duration = Duration::from_millis(200);

/// How long a child has to end by itself when there is nothing more to read. With the time between SIGTERM and SIGKILL that
/// is less than [`PATIENCE`](crate::cli::signals::PATIENCE).
const FAREWELL: Duration = Duration::from_millis(500);
