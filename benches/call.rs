//! How long `wamp call` takes as a whole process, from exec to exit, against an echo on a local router; beside it `true`,
//! the floor that any process pays.
//!
//! ```sh
//! cargo bench --bench call
//! ```
//!
//! The commands run in turn, one of each kind per round, so that all see the same machine. What counts is the ratio of the
//! medians; the absolute numbers are this machine's.
//!
//! It is a copy of the executable that runs, as `cargo install` makes one. The file that a linker has just written is in the
//! page cache in single pages, of which each costs a fault: a start then takes half a millisecond more, until it is read anew.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const WARM_UP: usize = 20;
const ROUNDS: usize = 500;

fn main() {
    let folder = tempfile::tempdir().expect("there is room for a copy");
    let wamp = &install(folder.path());
    let (_router, url) = router(wamp);
    let _callee = callee(wamp, &url);
    let rawsocket = url.replace("ws://", "rs://").replace("/ws", "");
    let mut kinds = [
        Kind::new("true", || Command::new("true")),
        Kind::new("wamp call, ws+msgpack", || call(wamp, &url, "msgpack")),
        Kind::new("wamp call, ws+json", || call(wamp, &url, "json")),
        Kind::new("wamp call, rs+msgpack", || {
            call(wamp, &rawsocket, "msgpack")
        }),
    ];
    for round in 0..WARM_UP + ROUNDS {
        for kind in &mut kinds {
            let took = kind.run();
            if round >= WARM_UP {
                kind.took.push(took);
            }
        }
    }
    println!("{ROUNDS} rounds, milliseconds from exec to exit");
    println!("{:<24}{:>8}{:>8}{:>8}{:>8}", "", "min", "p50", "p90", "p99");
    for kind in &mut kinds {
        kind.took.sort_unstable();
        let at = |share: usize| kind.took[(kind.took.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!(
            "{:<24}{:>8.2}{:>8.2}{:>8.2}{:>8.2}",
            kind.name,
            at(0),
            at(50),
            at(90),
            at(99)
        );
    }
}

/// A command that is timed.
struct Kind<'a> {
    name: &'static str,
    command: Box<dyn Fn() -> Command + 'a>,
    took: Vec<Duration>,
}

impl<'a> Kind<'a> {
    fn new(name: &'static str, command: impl Fn() -> Command + 'a) -> Self {
        Self {
            name,
            command: Box::new(command),
            took: Vec::new(),
        }
    }

    fn run(&self) -> Duration {
        let mut command = (self.command)();
        let started = Instant::now();
        let status = command
            .stdout(Stdio::null())
            .status()
            .expect("the command runs");
        let took = started.elapsed();
        assert!(status.success(), "{}: {status}", self.name);
        took
    }
}

/// Puts the executable into a folder.
fn install(folder: &Path) -> PathBuf {
    let installed = folder.join("wamp");
    std::fs::copy(env!("CARGO_BIN_EXE_wamp"), &installed).expect("the executable can be copied");
    installed
}

fn call(wamp: &Path, url: &str, serializer: &str) -> Command {
    let mut command = Command::new(wamp);
    command.args([
        "call",
        "-u",
        url,
        "--serializer",
        serializer,
        "com.bench.echo",
        "hello",
    ]);
    command
}

/// A router on a port of the system's choice, and its URL.
fn router(wamp: &Path) -> (Running, String) {
    let mut command = Command::new(wamp);
    command
        .args(["router", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the router starts");
    let line = first_line(child.stdout.take().expect("its output is piped"));
    let url = line
        .strip_prefix("WAMP_URL=")
        .expect("the URL comes first")
        .to_owned();
    (Running(child), url)
}

/// An echo, once it is registered.
fn callee(wamp: &Path, url: &str) -> Running {
    let mut command = Command::new(wamp);
    command
        .args(["register", "-u", url, "com.bench.echo", "--echo"])
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the callee starts");
    let line = first_line(child.stderr.take().expect("its messages are piped"));
    assert!(line.contains("registered"), "{line}");
    Running(child)
}

fn first_line(output: impl std::io::Read) -> String {
    let mut line = String::new();
    BufReader::new(output)
        .read_line(&mut line)
        .expect("it says something");
    line.trim_end().to_owned()
}

/// A process that ends with this one.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
