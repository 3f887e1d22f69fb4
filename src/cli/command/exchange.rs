//! What is said to a command and what it says, from its start to its end.

use std::io;
use std::os::fd::AsFd;
use std::process::{ExitStatus, Output};
use std::time::Duration;

use rustix::io::ioctl_fionread;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _,
    BufReader, Split,
};
use tokio::process::{Child, ChildStdin};
use tokio::time::timeout;
use wampkit::client::Invocation;
use wampkit::codec::Arguments;

use super::Failure;
use super::answer::{result, verbatim};

/// Hands the call to the command, and waits for it to end. What it has started in the background may hold its streams for
/// longer: what it has written itself by the time that it ends is all that counts.
pub(super) async fn communicate(mut child: Child, envelope: String) -> io::Result<Output> {
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

/// Hands the occasion to a command that answers to nobody, and waits for it to end.
pub(super) async fn hand(mut child: Child, envelope: String) -> io::Result<ExitStatus> {
    let stdin = child.stdin.take();
    tokio::select! {
        // It need not read its input.
        status = child.wait() => status,
        written = hand_over(stdin, envelope) => {
            written?;
            child.wait().await
        }
    }
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
pub(super) async fn stream(
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

/// Room for one read of a command's output: a pipe's whole content on most systems.
const READ_ROOM: usize = 64 << 10;

/// How long a line is held back in case it is the last one: unnoticed by people, and long enough for a command to end in.
const HOLD: Duration = Duration::from_millis(200);
