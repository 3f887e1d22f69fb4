//! How long `wamp router` takes from exec until it accepts connections, and the memory that it has then; beside it `true`, the
//! floor that any process pays.
//!
//! ```sh
//! cargo bench --bench start
//! ```
//!
//! A start is over when a connection to the port is accepted that the router says it listens on. What `true` takes is from exec
//! to exit. They run in turn, so that all see the same machine.
//!
//! The system may keep a file in larger pieces when it was copied than when the linker wrote it, and a piece that is touched counts whole:
//! hence both, the executable as it was built, and a copy as `cargo install` makes one.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const WARM_UP: usize = 10;
const ROUNDS: usize = 200;

fn main() {
    let folder = tempfile::tempdir().expect("there is room for a copy");
    let built = Path::new(env!("CARGO_BIN_EXE_wamp"));
    let routers = [
        ("wamp router, as it was built", built.to_owned()),
        (
            "the same, as it is installed",
            install(built, folder.path()),
        ),
    ];
    let mut floor = Vec::new();
    let mut starts = routers.each_ref().map(|_| Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        let ended = end_of_true();
        let started = routers.each_ref().map(|(_, wamp)| start(wamp));
        if round >= WARM_UP {
            floor.push(ended);
            for (starts, start) in starts.iter_mut().zip(started) {
                starts.push(start);
            }
        }
    }
    println!(
        "{ROUNDS} rounds, milliseconds from exec until the first client is accepted, KiB of memory then"
    );
    println!(
        "{:<32}{:>8}{:>8}{:>8}{:>8}",
        "", "min", "p50", "p99", "memory"
    );
    println!("{}", row("true, to its exit", floor));
    for ((name, _), starts) in routers.iter().zip(starts) {
        let (times, mut memory): (Vec<_>, Vec<_>) = starts.into_iter().unzip();
        memory.sort_unstable();
        println!("{}{:>8}", row(name, times), memory[ROUNDS / 2]);
    }
    let size = std::fs::metadata(built).expect("it is there").len();
    println!("size of the executable: {} KiB", size / 1024);
}

fn row(name: &str, mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    format!("{name:<32}{:>8.2}{:>8.2}{:>8.2}", at(0), at(50), at(99))
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
fn install(built: &Path, folder: &Path) -> PathBuf {
    let installed = folder.join("wamp");
    std::fs::copy(built, &installed).expect("the executable can be copied");
    installed
}
