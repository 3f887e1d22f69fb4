//! What processes have used, from /proc, and a router of our own to measure.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::super::args::{Carrier, CommonArgs};
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

/// A router of our own. Dropped, it ends.
#[derive(Debug)]
pub(super) struct Hosted {
    child: Child,
    /// Where it listens.
    pub(super) url: String,
}

impl Hosted {
    /// Starts it, and waits until it listens.
    pub(super) fn start(args: &CommonArgs) -> Result<Self, CliError> {
        let failed = |error| CliError::System {
            doing: "start a router".to_owned(),
            error,
        };
        let program = std::env::current_exe().map_err(failed)?;
        let mut command = Command::new(program);
        command.args(["router", "--quiet", "--port", "0", "--any-realm"]);
        if let Some(threads) = args.threads {
            command.env("TOKIO_WORKER_THREADS", threads.to_string());
        }
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut hosted = Self {
            child: spawned.map_err(failed)?,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(stdout) = hosted.child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(failed)?;
        }
        let url = line.trim().strip_prefix("WAMP_URL=").unwrap_or_default();
        hosted.url = match args.transport {
            Carrier::Ws => url.to_owned(),
            Carrier::Rs => url
                .replacen("ws://", "rs://", 1)
                .trim_end_matches("/ws")
                .to_owned(),
        };
        Ok(hosted)
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
