//! How long a key takes to be echoed by `wamp repl` while 5 000 events a second arrive that it prints.
//!
//! ```sh
//! cargo bench --bench echo
//! ```
//!
//! The REPL is at a pseudo-terminal. A key is a letter, and its echo has come when the terminal shows the letter behind the
//! prompt; it is taken away again before the next one. Without events is the floor.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command as PtyCommand, Pty, open};
use vt100::Parser;

const WAMP: &str = env!("CARGO_BIN_EXE_wamp");
const RATE: &str = "5000";
const WARM_UP: usize = 20;
const ROUNDS: usize = 500;
/// So that keys meet the redraws, twenty a second, at every point.
const BETWEEN: Duration = Duration::from_millis(7);
const PATIENCE: Duration = Duration::from_secs(10);
const PROMPT: &str = " › ";

fn main() {
    let (_router, url) = router();
    println!("{ROUNDS} keys, milliseconds from the key to its echo");
    println!("{:<24}{:>8}{:>8}{:>8}{:>8}", "", "min", "p50", "p99", "max");
    let mut repl = Repl::start(&url);
    repl.measure("no events");
    repl.line("subscribe com.bench.flood");
    repl.until(|screen| screen.contains("subscribed to"));
    let _publisher = publisher(&url);
    repl.until(|screen| screen.contains("events not shown"));
    repl.measure("5000 events a second");
}

/// `wamp repl` at a terminal.
struct Repl {
    child: Running,
    terminal: Arc<Pty>,
    output: Receiver<Vec<u8>>,
    screen: Parser,
}

impl Repl {
    fn start(url: &str) -> Self {
        let (pty, pts) = open().expect("there are pseudo-terminals");
        pty.resize(Size::new(24, 80)).expect("its size can be set");
        let command = PtyCommand::new(WAMP)
            .args(["repl", "-u", url])
            .env("TERM", "xterm-256color")
            .env("XDG_STATE_HOME", "/nowhere");
        let child = command.spawn(pts).expect("the REPL starts");
        let terminal = Arc::new(pty);
        let (sender, output) = channel();
        let reading = Arc::clone(&terminal);
        thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = (&*reading).read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut repl = Self {
            child: Running(child),
            terminal,
            output,
            screen: Parser::default(),
        };
        repl.until(|screen| screen.contains(PROMPT));
        repl
    }

    fn measure(&mut self, name: &str) {
        let mut took = Vec::with_capacity(ROUNDS);
        for round in 0..WARM_UP + ROUNDS {
            thread::sleep(BETWEEN);
            self.until(|screen| typed(screen).is_empty());
            let started = Instant::now();
            self.enter("x");
            self.until(|screen| typed(screen) == "x");
            if round >= WARM_UP {
                took.push(started.elapsed());
            }
            self.enter("\u{7f}");
        }
        self.until(|screen| typed(screen).is_empty());
        took.sort_unstable();
        let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!(
            "{name:<24}{:>8.2}{:>8.2}{:>8.2}{:>8.2}",
            at(0),
            at(50),
            at(99),
            at(100)
        );
    }

    fn line(&self, text: &str) {
        self.enter(text);
        self.enter("\r");
    }

    fn enter(&self, text: &str) {
        (&*self.terminal)
            .write_all(text.as_bytes())
            .expect("the terminal takes keys");
    }

    /// Takes output until the screen is so.
    fn until(&mut self, is: impl Fn(&str) -> bool) {
        while !is(&self.screen.screen().contents()) {
            let output = self.output.recv_timeout(PATIENCE);
            let output = output.expect("the REPL goes on printing");
            self.screen.process(&output);
        }
        // Those that have come meanwhile are not to wait for the next key.
        for output in self.output.try_iter() {
            self.screen.process(&output);
        }
    }
}

impl Drop for Repl {
    fn drop(&mut self) {
        self.child.0.kill().ok();
    }
}

/// What stands behind the last prompt.
fn typed(screen: &str) -> &str {
    screen
        .rsplit_once(PROMPT)
        .map_or("?", |(_, typed)| typed.trim())
}

fn publisher(url: &str) -> Running {
    let mut command = Command::new(WAMP);
    command
        .args(["publish", "-q", "-u", url, "com.bench.flood", "event"])
        .args(["--rate", RATE, "-n", "10000000"])
        .stdout(Stdio::null());
    Running(command.spawn().expect("the publisher starts"))
}

/// A router on a port of the system's choice, and its URL.
fn router() -> (Running, String) {
    let mut command = Command::new(WAMP);
    command
        .args(["router", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the router starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output is piped");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("it says something");
    let url = line
        .trim_end()
        .strip_prefix("WAMP_URL=")
        .expect("the URL comes first")
        .to_owned();
    (Running(child), url)
}

/// A process that ends with this one.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
