//! Running the `wamp` binary in tests: a scrubbed environment, a fresh directory, captured output, no process left behind.
//!
//! Nothing here sleeps. Tests wait for a ready file (a FIFO, so that reading it blocks), for a line of output, or for the
//! end of a process, each for at most [`PATIENCE`].
#![allow(dead_code, reason = "each test binary uses its own part of it")]

pub(crate) mod pty;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::spawn;
use std::time::Duration;

pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use tempfile::TempDir;

use pty::Terminal;

/// How long anything may take before the test fails: long enough for a loaded machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder that is not there.
const NOWHERE: &str = "/nowhere";

/// A `wamp` command line to be run.
pub(crate) struct Wamp {
    command: Command,
    /// What runs it, if it is not run as it is.
    under: Vec<OsString>,
    input: Option<Vec<u8>>,
    stdin: Option<Stdio>,
    stdout: Option<Stdio>,
    stderr: Option<Stdio>,
}

/// `wamp` with these arguments.
pub(crate) fn wamp<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Wamp {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wamp"));
    command.args(arguments).env_clear();
    // Nobody has contexts there; without it they would be looked for in the home of whoever runs the tests.
    command.env("XDG_CONFIG_HOME", NOWHERE);
    for kept in ["PATH", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    Wamp {
        command,
        under: Vec::new(),
        input: None,
        stdin: None,
        stdout: None,
        stderr: None,
    }
}

impl Wamp {
    /// Adds an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in this folder.
    pub(crate) fn current_dir(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Gives it this standard input; it has none otherwise.
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Where its standard input comes from, in place of [`Wamp::input`].
    pub(crate) fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.stdin = Some(stdin.into());
        self
    }

    /// Where its standard output goes, in place of being captured.
    pub(crate) fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.stdout = Some(stdout.into());
        self
    }

    /// Where its standard error goes, in place of being captured.
    pub(crate) fn stderr(mut self, stderr: impl Into<Stdio>) -> Self {
        self.stderr = Some(stderr.into());
        self
    }

    /// Has another program run it, which is given it as its last arguments.
    pub(crate) fn under<S: Into<OsString>>(mut self, program: impl IntoIterator<Item = S>) -> Self {
        self.under = program.into_iter().map(Into::into).collect();
        self
    }

    /// Runs it under a limit of the shell's `ulimit`, such as `-n 64`.
    pub(crate) fn limited(self, limit: &str) -> Self {
        self.under(["sh", "-c", &format!("ulimit {limit} && exec \"$@\""), "sh"])
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        self.start().wait()
    }

    /// Starts it.
    pub(crate) fn start(mut self) -> Running {
        let stdin = match (self.stdin.take(), &self.input) {
            (Some(stdin), _) => stdin,
            (None, Some(_)) => Stdio::piped(),
            (None, None) => Stdio::null(),
        };
        let mut command = whole_command(self.command, &self.under);
        let mut child = command
            .stdin(stdin)
            .stdout(self.stdout.unwrap_or_else(Stdio::piped))
            .stderr(self.stderr.unwrap_or_else(Stdio::piped))
            .spawn()
            .unwrap();
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), self.input) {
            // It may well end without reading its input.
            spawn(move || stdin.write_all(&input));
        }
        let stdout = child.stdout.take().map(Lines::of).unwrap_or_default();
        let stderr = child.stderr.take().map(Lines::of).unwrap_or_default();
        Running {
            child,
            stdout,
            stderr,
        }
    }

    /// Starts it at a terminal of 24 rows and 80 columns. Streams that it has been given already are not the terminal.
    pub(crate) fn at_terminal(self) -> Terminal {
        self.at_terminal_of(24, 80)
    }

    /// The same at a terminal of another size.
    pub(crate) fn at_terminal_of(mut self, rows: u16, columns: u16) -> Terminal {
        if self.command.get_envs().all(|(name, _)| name != "TERM") {
            self.command.env("TERM", "xterm-256color");
        }
        let mut command = pty_process::blocking::Command::from(self.command);
        if let Some(stdin) = self.stdin {
            command = command.stdin(stdin);
        }
        if let Some(stdout) = self.stdout {
            command = command.stdout(stdout);
        }
        if let Some(stderr) = self.stderr {
            command = command.stderr(stderr);
        }
        Terminal::start(command, rows, columns)
    }

    /// Starts it, and waits until it has written its ready file.
    pub(crate) fn start_ready(self) -> Running {
        let fifo = Fifo::new();
        let mut running = ready_by(self, &fifo).start();
        if fifo.read().is_none() {
            running.kill();
            panic!("not ready: {}", running.stderr.rest());
        }
        running
    }
}

/// The command line with what runs it, if that is something.
fn whole_command(command: Command, under: &[OsString]) -> Command {
    let [program, words @ ..] = under else {
        return command;
    };
    let mut whole = Command::new(program);
    whole.args(words).arg(command.get_program());
    whole.args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        whole.env(name, value.unwrap_or_default());
    }
    whole
}

/// The same command line with a ready file, behind the name of the command: behind `--` it would be another's.
fn ready_by(wamp_before: Wamp, fifo: &Fifo) -> Wamp {
    let before = wamp_before.command;
    let mut arguments = before.get_args().map(OsStr::to_owned).collect::<Vec<_>>();
    arguments.splice(1..1, ["--ready-file".into(), fifo.path().into()]);
    let mut wamp = wamp(arguments);
    for (name, value) in before.get_envs() {
        wamp.command.env(name, value.unwrap_or_default());
    }
    Wamp {
        under: wamp_before.under,
        input: wamp_before.input,
        stdin: wamp_before.stdin,
        stdout: wamp_before.stdout,
        stderr: wamp_before.stderr,
        ..wamp
    }
}

/// A named pipe in a directory of its own.
pub(crate) struct Fifo(TempDir);

impl Fifo {
    pub(crate) fn new() -> Self {
        let fifo = Self(tempfile::tempdir().unwrap());
        let made = Command::new("mkfifo").arg(fifo.path()).status().unwrap();
        assert!(made.success());
        fifo
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("fifo")
    }

    /// All that somebody writes to it; `None` if nobody does.
    fn read(&self) -> Option<String> {
        let (sender, receiver) = channel();
        let path = self.path();
        spawn(move || sender.send(std::fs::read_to_string(path)));
        receiver.recv_timeout(PATIENCE).ok()?.ok()
    }

    /// The lines that somebody writes to it, one process after the other.
    pub(crate) fn lines(&self) -> Lines {
        // Open for writing too, so that the end of one writer is not the end.
        Lines::of(
            File::options()
                .read(true)
                .write(true)
                .open(self.path())
                .unwrap(),
        )
    }
}

/// A running `wamp`. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

impl Running {
    /// The next line on standard output.
    pub(crate) fn line(&mut self) -> String {
        match self.stdout.next() {
            Some(line) => line,
            None => panic!("no line came; standard error: {}", self.stderr.rest()),
        }
    }

    /// The next line on standard error that contains `text`.
    pub(crate) fn note(&mut self, text: &str) -> String {
        loop {
            match self.stderr.next() {
                Some(line) if line.contains(text) => return line,
                Some(_) => {}
                None => panic!("no such line came: {text}"),
            }
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for its end. What was read from it by lines before is not in the outcome any more.
    pub(crate) fn wait(mut self) -> Ended {
        let stdout = self.stdout.rest();
        let stderr = self.stderr.rest();
        Ended {
            code: end(&mut self.child).code(),
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the end of a process, and ends it when it takes too long.
pub(crate) fn end(child: &mut Child) -> ExitStatus {
    let pid = Pid::from_child(child);
    let (sender, receiver) = channel::<()>();
    let watch = spawn(move || {
        if receiver.recv_timeout(PATIENCE).is_err() {
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let status = child.wait().unwrap();
    let _ = sender.send(());
    watch.join().unwrap();
    status
}

/// How a `wamp` ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Ended {
    /// Checks that it ended well and said nothing on standard error; the answer is its standard output.
    #[track_caller]
    pub(crate) fn clean(self) -> String {
        assert_eq!((self.code, &*self.stderr), (Some(0), ""), "{self:?}");
        self.stdout
    }

    /// Checks that it ended with this code and nothing on standard output; the answer is its standard error.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!((self.code, &*self.stdout), (Some(code), ""), "{self:?}");
        self.stderr
    }
}

/// The lines of a stream, read by a thread of their own so that the process never waits for the test.
#[derive(Default)]
pub(crate) struct Lines(Option<Receiver<String>>);

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        Self::of_and_to(stream, None)
    }

    /// Lines that come from several streams, as they are given to [`Lines::of_and_to`].
    pub(crate) fn of_several() -> (Sender<String>, Self) {
        let (sender, receiver) = channel();
        (sender, Self(Some(receiver)))
    }

    /// The lines of a stream, which go to somebody else as well.
    pub(crate) fn of_and_to(
        stream: impl Read + Send + 'static,
        other: Option<Sender<String>>,
    ) -> Self {
        let (sender, receiver) = channel();
        spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if let Some(other) = &other {
                    // Nobody may wait for it any more.
                    let _ = other.send(text.clone());
                }
                if sender.send(text).is_err() {
                    return;
                }
            }
        });
        Self(Some(receiver))
    }

    /// The next line without its newline; `None` at the end, and when none comes.
    pub(crate) fn next(&mut self) -> Option<String> {
        let line = self.0.as_ref()?.recv_timeout(PATIENCE).ok()?;
        Some(line.trim_end_matches('\n').to_owned())
    }

    /// All that is still to come.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = String::new();
        if let Some(receiver) = &self.0 {
            while let Ok(line) = receiver.recv_timeout(PATIENCE) {
                rest.push_str(&line);
            }
        }
        rest
    }
}

/// A `wamp router` on a port of its own.
pub(crate) struct Router {
    running: Running,
    /// Where it listens.
    pub(crate) url: String,
}

impl Router {
    /// Starts a router with the default realm.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Starts a router with more arguments.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        Self::of(wamp(["router", "--port", "0"]).args(arguments))
    }

    /// Starts this router, which says on standard output where it listens.
    pub(crate) fn of(router: Wamp) -> Self {
        let mut running = router.start();
        let line = running.line();
        let url = line.strip_prefix("WAMP_URL=").unwrap().to_owned();
        Self { running, url }
    }

    /// Starts a router at a place that nothing else takes while it is down: on a loopback address of its own.
    pub(crate) fn apart(arguments: &[&str]) -> Self {
        static COUNT: AtomicU8 = AtomicU8::new(1);
        let [_, _, high, low] = std::process::id().to_be_bytes();
        let host = format!("127.{}.{high}.{low}", COUNT.fetch_add(1, Ordering::Relaxed));
        let listen = format!("ws://{host}:0/ws");
        let mut running = wamp(["router", "--listen", &listen])
            .args(arguments)
            .start();
        let line = running.line();
        let url = line.strip_prefix("WAMP_URL=").unwrap().to_owned();
        Self { running, url }
    }

    /// Starts a router with these arguments at the same place.
    pub(crate) fn start_again(&mut self, arguments: &[&str]) {
        self.running = wamp(["router", "--listen", &self.url])
            .args(arguments)
            .start();
        self.running.note("listening on");
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.running.kill();
        // So that its place is free.
        self.running.child.wait().unwrap();
    }

    /// `wamp` with these arguments as a client of this router.
    pub(crate) fn wamp<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Wamp {
        wamp(arguments).env("WAMP_URL", &self.url)
    }

    /// `wamp register` with these arguments, up and registered.
    pub(crate) fn register<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Running {
        self.wamp(["register"]).args(arguments).start_ready()
    }

    /// `wamp subscribe` with these arguments, up and subscribed.
    pub(crate) fn subscribe<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Running {
        self.wamp(["subscribe"]).args(arguments).start_ready()
    }

    /// `wamp record` with these arguments, up and recording.
    pub(crate) fn record<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Running {
        self.wamp(["record"]).args(arguments).start_ready()
    }

    /// The process itself.
    pub(crate) fn running(&self) -> &Running {
        &self.running
    }

    /// The next line of its log that contains `text`.
    pub(crate) fn note(&mut self, text: &str) -> String {
        self.running.note(text)
    }

    /// Waits for its end.
    pub(crate) fn wait(self) -> Ended {
        self.running.wait()
    }
}

/// A directory with this file in it; the answer keeps both alive.
pub(crate) fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// The content of a file that has to be there.
pub(crate) fn content(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
