//! The contract with the commands that answer calls, `wamp register PROC -- CMD…`.
//!
//! - CMD is a program and its arguments; no shell sees them, and nothing of the call is ever put among them.
//! - Standard input is the call as one line of JSON, `{"type","uri","args","kwargs","details","at"}`.
//! - The environment has `WAMP_PROCEDURE`, `WAMP_ARGS_JSON`, `WAMP_KWARGS_JSON`, and `WAMP_CALLER` and `WAMP_CALLER_AUTHID`
//!   if the router discloses them. JSON longer than [`MAX_VARIABLE`] is left out: the system would not start CMD.
//! - Exit 0: standard output is the result. JSON is that value, other text a string without its last newline, other bytes
//!   are binary, nothing is no result. Processes that CMD leaves running in the background are not waited for.
//! - Otherwise the call ends in `wamp.cli.error.command_failed` with `{exit, stderr}`, or, where standard output is
//!   `{"error":URI,"args":[…],"kwargs":{…}}`, in that error.
//! - With `--lines`, and a caller that takes progressive results, each line of standard output is one of them, read as above.
//!   The last line is held back for [`HOLD`]: if CMD ends meanwhile, it is the final result; otherwise the final result has
//!   no arguments.
//! - When the call is canceled, or `wamp` leaves, CMD and what it started get SIGTERM, and SIGKILL after [`GRACE`].

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::time::{Duration, SystemTime};

use rustix::io::{Errno, ioctl_fionread};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _,
    BufReader, Split,
};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use wampkit::client::{Error as RequestError, Invocation, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{DictFields as _, Value, uris};

use super::console::Console;
use super::error::CliError;
use super::json;
use super::output::Envelope;

/// Runs one command for each call.
pub(crate) struct Runner {
    program: OsString,
    arguments: Vec<OsString>,
    /// Whether lines are progressive results.
    lines: bool,
    jobs: u32,
    slots: Semaphore,
    stopping: watch::Sender<bool>,
    console: Console,
}

impl Runner {
    /// Runs `program` with these arguments, at most `jobs` at once.
    pub(crate) fn new(
        program: OsString,
        arguments: Vec<OsString>,
        jobs: u32,
        console: Console,
    ) -> Self {
        Self {
            program,
            arguments,
            lines: false,
            jobs,
            slots: Semaphore::new(jobs as usize),
            stopping: watch::Sender::new(false),
            console,
        }
    }

    /// Whether each line that it prints is a progressive result.
    pub(crate) fn lines(mut self, lines: bool) -> Self {
        self.lines = lines;
        self
    }

    /// Whether there is such a command, as far as that can be told before it is run.
    ///
    /// # Errors
    /// That there is none, or none that can be run.
    pub(crate) fn check(&self) -> Result<(), CliError> {
        find(&self.program).map_err(|error| CliError::Spawn {
            command: self.program.display().to_string(),
            error,
        })
    }

    /// What the command answers to the call.
    ///
    /// # Errors
    /// What the call fails with: see the module.
    pub(crate) async fn run(&self, invocation: &Invocation) -> Result<Arguments, WampError> {
        let arguments = invocation.arguments()?;
        let give_up = async {
            let mut stopping = self.stopping.subscribe();
            tokio::select! {
                () = invocation.canceled() => {}
                // The sender lives as long as `self`.
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
        };
        tokio::pin!(give_up);
        let _slot = tokio::select! {
            biased;
            () = &mut give_up => return Err(WampError::new(uris::CANCELED)),
            // The semaphore is never closed.
            slot = self.slots.acquire() => slot,
        };
        let spawned = self.spawn(invocation, &arguments);
        let (child, group) = match spawned {
            Ok(spawned) => spawned,
            Err(error) => {
                let message = format!("cannot run {}: {error}", self.program.display());
                self.console.note(&message);
                return Err(failed(NOT_STARTED, &message));
            }
        };
        let envelope = envelope(invocation, arguments);
        let work = async {
            if self.lines && invocation.takes_progress() {
                stream(child, envelope, invocation).await
            } else {
                Ok(communicate(child, envelope).await?)
            }
        };
        tokio::pin!(work);
        let output = tokio::select! {
            output = &mut work => output,
            () = give_up => {
                group.signal(Signal::TERM);
                tokio::select! {
                    _ = &mut work => {}
                    () = sleep(GRACE) => {}
                }
                // `group` is dropped here, and takes down whatever is left of it.
                return Err(WampError::new(uris::CANCELED));
            }
        };
        group.leave();
        match output {
            Ok(output) => read(output),
            Err(Failure::System(error)) => Err(failed(NOT_STARTED, &error.to_string())),
            Err(Failure::Call(error)) => Err(error.into()),
        }
    }

    /// Ends all that is running, and waits until it has ended.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        // The semaphore is never closed, so this can only mean that all slots are free.
        let _all = self.slots.acquire_many(self.jobs).await;
    }

    fn spawn(&self, invocation: &Invocation, arguments: &Arguments) -> io::Result<(Child, Group)> {
        let details = &invocation.details;
        let json = |value: Value| Some(json::compact(&value)).filter(|it| it.len() <= MAX_VARIABLE);
        let variables = [
            ("WAMP_PROCEDURE", Some(invocation.procedure.to_string())),
            ("WAMP_ARGS_JSON", json(Value::List(arguments.args.clone()))),
            ("WAMP_KWARGS_JSON", json(arguments.kwargs.clone().into())),
            ("WAMP_CALLER", details.caller.map(|id| id.to_string())),
            (
                "WAMP_CALLER_AUTHID",
                details.caller_authid.as_ref().map(ToString::to_string),
            ),
        ];
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for (name, value) in variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let child = command.spawn()?;
        let group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
        Ok((child, group))
    }
}

/// Looks for a program where the system would: at its path, or in `PATH` if it is a bare name.
fn find(program: &OsStr) -> io::Result<()> {
    if program.as_encoded_bytes().contains(&b'/') {
        return check(Path::new(program));
    }
    let Some(folders) = std::env::var_os("PATH") else {
        return Ok(()); // the system has folders of its own then
    };
    let mut outcome = Err(io::Error::from_raw_os_error(Errno::NOENT.raw_os_error()));
    for folder in std::env::split_paths(&folders) {
        match check(&folder.join(program)) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => outcome = Err(error),
            Err(_) => {}
        }
    }
    outcome
}

/// Whether the file is a program.
fn check(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error()))
    }
}

/// The process group that a command leads. Dropping it kills what is left of it.
struct Group(Option<Pid>);

impl Group {
    /// Sends a signal to all in it.
    fn signal(&self, signal: Signal) {
        // Nobody left to be signalled is what was wanted.
        let _ = self.0.map(|leader| kill_process_group(leader, signal));
    }

    /// The command has ended by itself: what it left running in the background is its own business.
    fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Why nothing came of a command that was started.
enum Failure {
    /// It cannot be talked to.
    System(io::Error),
    /// Its results cannot be sent.
    Call(RequestError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// Hands the call to the command, and waits for it to end. What it has started in the background may hold its streams for
/// longer: what it has written itself by the time that it ends is all that counts.
async fn communicate(mut child: Child, envelope: String) -> io::Result<Output> {
    let stdin = child.stdin.take();
    let mut stdout = Captured::new(child.stdout.take());
    let mut stderr = Captured::new(child.stderr.take());
    let exchange = async {
        let (written, out, err) =
            tokio::join!(hand_over(stdin, envelope), stdout.read(), stderr.read());
        written.and(out).and(err)
    };
    let (status, exchanged) = tokio::select! {
        status = child.wait() => (status?, Ok(())),
        exchanged = exchange => (child.wait().await?, exchanged),
    };
    exchanged?;
    Ok(Output {
        status,
        stdout: stdout.finish()?,
        stderr: stderr.finish()?,
    })
}

/// What a command writes to one of its streams.
struct Captured<S> {
    stream: Option<S>,
    bytes: Vec<u8>,
}

impl<S: AsyncRead + AsFd + Unpin> Captured<S> {
    const fn new(stream: Option<S>) -> Self {
        Self {
            stream,
            bytes: Vec::new(),
        }
    }

    /// Reads to the end. Nothing is lost if it is given up before.
    async fn read(&mut self) -> io::Result<()> {
        if let Some(stream) = &mut self.stream {
            while stream.read_buf(&mut self.bytes).await? > 0 {
                self.bytes.reserve(READ_ROOM);
            }
        }
        Ok(())
    }

    /// All that was written so far. Asks the system itself: the runtime may not have heard of the last of it yet.
    fn finish(mut self) -> io::Result<Vec<u8>> {
        if let Some(stream) = &self.stream {
            let left = usize::try_from(ioctl_fionread(stream)?).unwrap_or(0); // a pipe holds less than that
            let start = self.bytes.len();
            self.bytes.resize(start + left, 0);
            if left > 0 {
                let got = rustix::io::read(stream, &mut self.bytes[start..])?;
                self.bytes.truncate(start + got);
            }
        }
        Ok(self.bytes)
    }
}

/// Hands the call to the command, sends its lines as progressive results, and waits for it to end. What is left of standard
/// output is its last line, unless that is sent already.
async fn stream(
    mut child: Child,
    envelope: String,
    invocation: &Invocation,
) -> Result<Output, Failure> {
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stdout = async {
        match stdout {
            Some(stdout) => send_lines(BufReader::new(stdout).split(b'\n'), invocation).await,
            None => Ok(None),
        }
    };
    let (written, last, output) = tokio::join!(
        hand_over(stdin, envelope),
        stdout,
        // Standard error, and the end.
        child.wait_with_output(),
    );
    written?;
    let mut output = Output {
        stdout: last?.unwrap_or_default(),
        ..output?
    };
    if !output.status.success() && verbatim(&output.stdout).is_none() {
        send_line(std::mem::take(&mut output.stdout), invocation).await?;
    }
    Ok(output)
}

/// Sends each line once it is known not to be the last. The answer is the last, unless it took too long to turn out to be.
async fn send_lines(
    mut lines: Split<impl AsyncBufRead + Unpin>,
    invocation: &Invocation,
) -> Result<Option<Vec<u8>>, Failure> {
    let mut held = None;
    loop {
        let next = lines.next_segment();
        let next = match held.take() {
            None => next.await?,
            Some(line) => match timeout(HOLD, next).await {
                Ok(next) => match next? {
                    None => return Ok(Some(line)),
                    next => {
                        send_line(line, invocation).await?;
                        next
                    }
                },
                Err(_) => {
                    send_line(line, invocation).await?;
                    continue;
                }
            },
        };
        let Some(mut line) = next else {
            return Ok(None);
        };
        // Without it, an empty line would be no result rather than an empty one.
        line.push(b'\n');
        held = Some(line);
    }
}

async fn send_line(line: Vec<u8>, invocation: &Invocation) -> Result<(), Failure> {
    let Some(value) = result(line) else {
        return Ok(());
    };
    let part = Arguments {
        args: vec![value],
        ..Arguments::default()
    };
    invocation.progress(part).await.map_err(Failure::Call)
}

async fn hand_over(stdin: Option<ChildStdin>, envelope: String) -> io::Result<()> {
    let Some(mut stdin) = stdin else {
        return Ok(());
    };
    match stdin.write_all(envelope.as_bytes()).await {
        // A command need not read its input.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// The call as one line of JSON.
fn envelope(invocation: &Invocation, arguments: Arguments) -> String {
    let envelope = Envelope {
        kind: "invocation",
        uri: Some(invocation.procedure.to_string()),
        arguments,
        details: invocation.details.to_dict(),
        at: SystemTime::now(),
    };
    json::compact(&envelope.to_value()) + "\n"
}

/// What the command said, as an answer.
fn read(output: Output) -> Result<Arguments, WampError> {
    if output.status.success() {
        let args = result(output.stdout).into_iter().collect();
        return Ok(Arguments {
            args,
            ..Arguments::default()
        });
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stderr = &stderr[stderr.ceil_char_boundary(stderr.len().saturating_sub(MAX_STDERR))..];
    Err(verbatim(&output.stdout).unwrap_or_else(|| failed(code(output.status), stderr.trim_end())))
}

/// JSON, else text without its last newline, else bytes; nothing for nothing.
fn result(stdout: Vec<u8>) -> Option<Value> {
    if stdout.is_empty() {
        return None;
    }
    Some(match String::from_utf8(stdout) {
        Ok(text) => json::parse(&text).unwrap_or_else(|_| {
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Value::from(line.strip_suffix('\r').unwrap_or(line))
        }),
        Err(error) => Value::Bin(error.into_bytes().into()),
    })
}

/// The error that the command wrote itself: `{"error":URI,"args":[…],"kwargs":{…}}`.
fn verbatim(stdout: &[u8]) -> Option<WampError> {
    let value = json::parse(str::from_utf8(stdout).ok()?).ok()?;
    let Value::Dict(dict) = value else {
        return None;
    };
    let uri = dict.get("error")?.as_str()?.to_owned();
    let mut error = WampError::new(uri);
    for (key, value) in dict {
        match (&*key, value) {
            ("args", Value::List(args)) => error.arguments.args = args,
            ("kwargs", Value::Dict(kwargs)) => error.arguments.kwargs = kwargs,
            ("error", _) => {}
            _ => return None,
        }
    }
    Some(error)
}

/// The error of a command that failed without saying how.
fn failed(exit: i64, stderr: &str) -> WampError {
    WampError::new("wamp.cli.error.command_failed")
        .with_kw("exit", exit)
        .with_kw("stderr", stderr)
}

/// The exit code as a shell would give it: 128 and the signal's number where a signal ended it.
pub(crate) fn code(status: ExitStatus) -> i64 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .map_or(NOT_STARTED, i64::from)
}

/// What a shell's exit code is for a command that it cannot start.
const NOT_STARTED: i64 = 127;

/// Room for one read of a command's output: a pipe's whole content on most systems.
const READ_ROOM: usize = 64 << 10;

/// How long a command has between SIGTERM and SIGKILL.
const GRACE: Duration = Duration::from_secs(1);

/// How long a line is held back in case it is the last one: unnoticed by people, and long enough for a command to end in.
const HOLD: Duration = Duration::from_millis(200);

/// The longest JSON in an environment variable. Linux takes 128 KiB for each.
const MAX_VARIABLE: usize = 64 << 10;

/// How much of standard error goes into an ERROR: its end, where the reason is.
const MAX_STDERR: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use bytes::Bytes;
    use wampkit::proto::Dict;

    use super::*;

    fn output(status: i32, stdout: &[u8], stderr: &str) -> Output {
        Output {
            status: ExitStatus::from_raw(status),
            stdout: stdout.to_vec(),
            stderr: stderr.as_bytes().to_vec(),
        }
    }

    #[test]
    fn standard_output_is_the_result() {
        let args = |stdout: &[u8]| read(output(0, stdout, "ignored")).unwrap().args;
        assert_eq!(args(b""), []);
        assert_eq!(args(b"5\n"), [Value::Int(5)]);
        assert_eq!(args(b"{\"a\":1}"), [Value::Dict(Dict::new().with("a", 1))]);
        assert_eq!(args(b"two\nlines\n\n"), [Value::from("two\nlines\n")]);
        assert_eq!(args(b"dos\r\n"), [Value::from("dos")]);
        assert_eq!(args(b"\n"), [Value::from("")]);
        assert_eq!(args(b"\xff\n"), [Value::Bin(Bytes::from_static(b"\xff\n"))]);
    }

    #[test]
    fn a_failure_tells_the_code_and_standard_error() {
        let error = read(output(3 << 8, b"half a resu", "went wrong\n")).unwrap_err();
        assert_eq!(error.error, "wamp.cli.error.command_failed");
        let expected = Dict::new().with("exit", 3).with("stderr", "went wrong");
        assert_eq!(error.arguments.kwargs, expected);
        let killed = read(output(9, b"", "")).unwrap_err();
        assert_eq!(killed.arguments.kwargs.get("exit"), Some(&Value::Int(137)));
        let long = "é".repeat(MAX_STDERR);
        let error = read(output(1 << 8, b"", &long)).unwrap_err();
        let stderr = error.arguments.kwargs.get("stderr").and_then(Value::as_str);
        assert_eq!(stderr.map(str::len), Some(MAX_STDERR));
    }

    #[test]
    fn a_command_can_write_its_own_error() {
        let own = br#"{"error":"com.shop.declined","args":[1],"kwargs":{"b":2}}"#;
        let error = read(output(1 << 8, own, "")).unwrap_err();
        assert_eq!(error.error, "com.shop.declined");
        assert_eq!(error.arguments.args, [Value::Int(1)]);
        assert_eq!(error.arguments.kwargs, Dict::new().with("b", 2));
        for not_one in [
            &br#"{"error":7}"#[..],
            br#"{"error":"a.b","more":1}"#,
            br#"{"args":[]}"#,
            b"[]",
            b"",
        ] {
            let error = read(output(1 << 8, not_one, "")).unwrap_err();
            assert_eq!(error.error, "wamp.cli.error.command_failed");
        }
    }
}
