//! How long `wamp router` takes from exec until it accepts connections, and the memory that it has then; beside it `true`, the
//! floor that any process pays.
//!
//! ```sh
//! cargo bench --bench start
//! ```
//!
//! A start is over when a connection to the port is accepted that the router says it listens on. What `true` takes is from exec
//! to exit. They run in turn, so that both see the same machine; it is a copy of the executable that runs, as in the benchmark
//! `call`.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const WARM_UP: usize = 10;
const ROUNDS: usize = 200;

fn main() {
    let folder = tempfile::tempdir().expect("there is room for a copy");
    let wamp = &install(folder.path());
    let (mut floor, mut starts, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let ended = end_of_true();
        let (accepted, kib) = start(wamp);
        if round >= WARM_UP {
            floor.push(ended);
            starts.push(accepted);
            memory.push(kib);
        }
    }
    println!("{ROUNDS} rounds, milliseconds from exec");
    println!("{:<32}{:>8}{:>8}{:>8}", "", "min", "p50", "p99");
    for (name, mut times) in [
        ("true, to its exit", floor),
        ("wamp router, to its first client", starts),
    ] {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!("{name:<32}{:>8.2}{:>8.2}{:>8.2}", at(0), at(50), at(99));
    }
    memory.sort_unstable();
    println!("memory of the router then: {} KiB", memory[ROUNDS / 2]);
    let size = std::fs::metadata(wamp).expect("it is there").len();
    println!("size of the executable: {} KiB", size / 1024);
}

fn end_of_true() -> Duration {
    let started = Instant::now();
    let status = Command::new("true").status().expect("the command runs");
    assert!(status.success(), "{status}");
    started.elapsed()
}

/// Starts a router. Answers how long it took to its first connection, and how much memory it has, in KiB.
fn start(wamp: &Path) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = Command::new(wamp)
        .args(["router", "--port", "0", "--quiet"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the router starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output is piped"))
        .read_line(&mut line)
        .expect("it says something");
    let router = Running(child);
    let address = line
        .trim_end()
        .strip_prefix("WAMP_URL=ws://")
        .and_then(|url| url.strip_suffix("/ws"))
        .expect("the URL comes first");
    TcpStream::connect(address).expect("it listens");
    (started.elapsed(), router.rss())
}

/// A router that ends with this value.
struct Running(Child);

impl Running {
    /// Its memory that is in RAM, in KiB.
    fn rss(&self) -> u64 {
        let path = format!("/proc/{}/status", self.0.id());
        let status = std::fs::read_to_string(path).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.and_then(|kib| kib.trim().parse().ok())
            .expect("/proc tells")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Puts the executable into a folder.
fn install(folder: &Path) -> PathBuf {
    let installed = folder.join("wamp");
    std::fs::copy(env!("CARGO_BIN_EXE_wamp"), &installed).expect("the executable can be copied");
    installed
}
