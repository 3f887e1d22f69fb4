//! What processes have used, from /proc, and a router of our own to measure.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::ChildStdout;
use wampkit::transport::{Address, Endpoint};

use super::super::args::Carrier;
use super::super::error::CliError;

/// CPU time of all threads of the processes that are there, in nanoseconds; `None` where /proc does not tell.
pub(super) fn cpu(pids: &[u32]) -> Option<u64> {
    let mut sum = 0;
    for pid in pids {
        for task in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
            // A thread that has just ended has none.
            if let Ok(line) = fs::read_to_string(task.path().join("schedstat")) {
                sum += line.split(' ').next()?.parse::<u64>().ok()?;
            }
        }
    }
    (!pids.is_empty()).then_some(sum)
}

/// Memory of the processes that is in RAM, in KiB.
pub(super) fn rss(pids: &[u32]) -> Option<u64> {
    let mut sum = 0;
    for pid in pids {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        sum += line
            .trim()
            .strip_suffix(" kB")?
            .trim()
            .parse::<u64>()
            .ok()?;
    }
    (!pids.is_empty()).then_some(sum)
}

/// The processes of this machine that listen where the URL leads, as far as /proc tells whom we may ask about.
pub(super) fn listening(endpoint: &Endpoint) -> Vec<u32> {
    let Address::Tcp { host, port } = endpoint.address() else {
        return Vec::new();
    };
    let address = host.parse::<IpAddr>();
    if host != "localhost" && !address.is_ok_and(|address| address.is_loopback()) {
        return Vec::new();
    }
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).ok());
    let rows = tables.iter().flatten().flat_map(|table| table.lines());
    let sockets: Vec<_> = rows.filter_map(|row| listener(row, *port)).collect();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| holds_one(*pid, &sockets)).collect()
}

/// What a row of /proc/net/tcp is called among the open files of a process, if it is a socket that listens on the port (proc(5)).
fn listener(row: &str, port: u16) -> Option<String> {
    let columns: Vec<_> = row.split_whitespace().collect();
    let [_, local, _, LISTENS, .., inode] = columns.get(..10)? else {
        return None;
    };
    let (_, own) = local.split_once(':')?;
    let is_there = u16::from_str_radix(own, 16) == Ok(port);
    is_there.then(|| format!("socket:[{inode}]"))
}

/// The state of a socket that listens.
const LISTENS: &str = "0A";

fn holds_one(pid: u32, sockets: &[String]) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd"));
    files.into_iter().flatten().flatten().any(|file| {
        let target = fs::read_link(file.path()).ok();
        target.is_some_and(|target| {
            sockets
                .iter()
                .any(|socket| target.as_os_str() == socket.as_str())
        })
    })
}

/// A router of our own. Dropped, it ends.
#[derive(Debug)]
pub(super) struct Hosted {
    child: Child,
    /// Where it listens.
    pub(super) url: String,
}

impl Hosted {
    /// Starts a router: this program's or that of another build. Waits until it listens.
    pub(super) async fn router(
        program: Option<&Path>,
        transport: Carrier,
        threads: Option<usize>,
    ) -> Result<Self, CliError> {
        let mut command = command(program)?;
        command.args(["router", "--quiet", "--port", "0", "--any-realm"]);
        if let Some(threads) = threads {
            command.env("TOKIO_WORKER_THREADS", threads.to_string());
        }
        let mut hosted = Self::start(command).await?;
        if transport == Carrier::Rs {
            let bare = hosted.url.trim_end_matches("/ws");
            hosted.url = bare.replacen("ws://", "rs://", 1);
        }
        Ok(hosted)
    }

    /// Starts the relay of [`floor`](super::floor).
    pub(super) async fn floor() -> Result<Self, CliError> {
        let mut command = command(None)?;
        command.args(["bench", "floor"]);
        Self::start(command).await
    }

    async fn start(mut command: Command) -> Result<Self, CliError> {
        // Ctrl-C at the terminal is for us: the router is there until the figures are.
        command.process_group(0);
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut hosted = Self {
            child: spawned.map_err(|error| failed(&command, error))?,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(stdout) = hosted.child.stdout.take() {
            let stdout = ChildStdout::from_std(stdout);
            let stdout = stdout.map_err(|error| failed(&command, error))?;
            let read = BufReader::new(stdout).read_line(&mut line).await;
            read.map_err(|error| failed(&command, error))?;
        }
        let url = line.trim().strip_prefix("WAMP_URL=");
        let url = url.ok_or_else(|| {
            let silent = "it has ended without telling where it listens";
            failed(&command, io::Error::other(silent))
        })?;
        hosted.url = url.to_owned();
        Ok(hosted)
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

/// A command of this program, or of another build of it.
fn command(program: Option<&Path>) -> Result<Command, CliError> {
    if let Some(program) = program {
        return Ok(Command::new(program));
    }
    let own = std::env::current_exe().map_err(|error| CliError::System {
        doing: "find this program".to_owned(),
        error,
    })?;
    Ok(Command::new(own))
}

fn failed(command: &Command, error: io::Error) -> CliError {
    let program = Path::new(command.get_program()).display();
    let doing = format!("start a router with {program}");
    CliError::System { doing, error }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_router_on_loopback_is_found_by_its_port() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let pids = |url: String| listening(&url.parse().unwrap());
        assert_eq!(
            pids(format!("ws://127.0.0.1:{port}/ws")),
            [std::process::id()]
        );
        assert_eq!(pids(format!("rs://localhost:{port}")), [std::process::id()]);
        assert!(pids(format!("ws://192.0.2.1:{port}/ws")).is_empty());
        drop(listener);
        assert!(pids(format!("ws://127.0.0.1:{port}/ws")).is_empty());
    }
}
