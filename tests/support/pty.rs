//! Running a command at a terminal: a pseudo-terminal in front of it, an emulator of a screen behind it.
//!
//! What is typed goes through the terminal's line discipline, so that Ctrl-C is SIGINT and an echo is an echo. What the
//! command prints moves a cursor over a screen of a certain size, as it would for a person; queries for the cursor's place
//! and for the kind of terminal are answered.

use std::io::{PipeWriter, Read as _, Write as _, pipe};
use std::num::NonZeroU16;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{JoinHandle, spawn};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{Callbacks, Parser, Screen};

use super::{PATIENCE, end};

/// Keys that are no letters.
pub(crate) mod key {
    /// What a line is ended with.
    pub(crate) const ENTER: &str = "\r";
    /// Completes.
    pub(crate) const TAB: &str = "\t";
    /// Leaves the line alone.
    pub(crate) const ESCAPE: &str = "\u{1b}";
    /// SIGINT, unless the command reads keys itself.
    pub(crate) const CTRL_C: &str = "\u{3}";
    /// The end of the input.
    pub(crate) const CTRL_D: &str = "\u{4}";
    /// Searches the history.
    pub(crate) const CTRL_R: &str = "\u{12}";
    /// SIGTSTP.
    pub(crate) const CTRL_Z: &str = "\u{1a}";
    /// SIGQUIT.
    pub(crate) const CTRL_BACKSLASH: &str = "\u{1c}";
    /// Deletes to the left.
    pub(crate) const BACKSPACE: &str = "\u{7f}";
    /// The line before.
    pub(crate) const UP: &str = "\u{1b}[A";
    /// The line after.
    pub(crate) const DOWN: &str = "\u{1b}[B";
    /// One to the right.
    pub(crate) const RIGHT: &str = "\u{1b}[C";
    /// One to the left.
    pub(crate) const LEFT: &str = "\u{1b}[D";
}

/// A command at a terminal. Dropping it kills it.
pub(crate) struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    shown: Arc<Shown>,
    /// Ends the reading when it is closed.
    reading: PipeWriter,
    reader: Option<JoinHandle<()>>,
}

/// How a command at a terminal ended.
#[derive(Debug)]
pub(crate) struct Left {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// All that has been on the screen, as one high screen shows it.
    pub(crate) text: String,
    /// The same as it came, with what moves the cursor and what has colours.
    pub(crate) bytes: String,
}

impl Terminal {
    /// Starts the command at a terminal of this size. Streams that it has already stay what they are.
    pub(crate) fn start(command: Command, rows: u16, columns: u16) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(rows, columns)).unwrap();
        let child = command.spawn(pts).unwrap();
        let pty = Arc::new(pty);
        let shown = Arc::new(Shown::new(rows, columns));
        let (stop, reading) = pipe().unwrap();
        let reader = {
            let (pty, shown) = (Arc::clone(&pty), Arc::clone(&shown));
            spawn(move || {
                while is_readable(&pty, &stop) && shown.take(&pty) {}
                shown.finish();
            })
        };
        Self {
            child,
            pty,
            shown,
            reading,
            reader: Some(reader),
        }
    }

    /// Types this: text, or a [`key`].
    pub(crate) fn enter(&self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Types bytes that may be no text.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        (&*self.pty).write_all(bytes).unwrap();
    }

    /// Types a line.
    pub(crate) fn line(&self, text: &str) {
        self.enter(text);
        self.enter(key::ENTER);
    }

    /// Waits until the screen shows this text. Answers the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Waits until the screen is as it should be. Answers it.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        match self.shown.wait_until(|state| is(&state.screen())) {
            Ok(screen) => screen,
            Err(screen) => panic!("this did not come: {what}\nthe screen:\n{screen}"),
        }
    }

    /// Waits until this text has come, though it may have left the screen.
    #[track_caller]
    pub(crate) fn wait_for_once(&self, text: &str) {
        let come = |state: &State| String::from_utf8_lossy(&state.bytes).contains(text);
        if let Err(screen) = self.shown.wait_until(come) {
            panic!("this did not come: {text}\nthe screen:\n{screen}");
        }
    }

    /// The text on the screen now; lines that are wrapped are one.
    pub(crate) fn screen(&self) -> String {
        self.shown.state.lock().unwrap().screen()
    }

    /// The rows of the screen now, without the space behind them.
    pub(crate) fn rows(&self) -> Vec<String> {
        let state = self.shown.state.lock().unwrap();
        let (_, columns) = state.parser.screen().size();
        state.parser.screen().rows(0, columns.get()).collect()
    }

    /// Where the cursor is, row and column counted from 0.
    pub(crate) fn cursor(&self) -> (u16, u16) {
        let state = self.shown.state.lock().unwrap();
        state.parser.screen().cursor_position()
    }

    /// Makes the terminal another size; the command gets SIGWINCH.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let mut state = self.shown.state.lock().unwrap();
        state.parser.set_size(size(rows), size(columns));
        self.pty.resize(Size::new(rows, columns)).unwrap();
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// The process.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Closes the window: the command gets SIGHUP, and what it writes goes nowhere. Waits for its end.
    pub(crate) fn hang_up(mut self) -> Left {
        let (nothing, _) = open().unwrap();
        let (_, closed) = pipe().unwrap();
        // The reader's end of the terminal first, then this one.
        drop(std::mem::replace(&mut self.reading, closed));
        self.reader.take().map(JoinHandle::join);
        drop(std::mem::replace(&mut self.pty, Arc::new(nothing)));
        self.wait()
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Left {
        let code = end(&mut self.child).code();
        let finished = self.shown.wait_until(|state| state.finished);
        assert!(finished.is_ok(), "something else keeps the terminal");
        let state = self.shown.state.lock().unwrap();
        let (_, columns) = state.parser.screen().size();
        // High enough for all that has been printed.
        let newlines = state.bytes.iter().filter(|byte| **byte == b'\n').count();
        let high = newlines + state.bytes.len() / usize::from(columns.get()) + 1;
        let high = u16::try_from(high).unwrap_or(u16::MAX);
        let mut all = Parser::new(size(high), columns, 0);
        all.process(&state.bytes);
        Left {
            code,
            text: all.screen().contents(),
            bytes: String::from_utf8_lossy(&state.bytes).into_owned(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether there is something to read, before the reading is to stop.
fn is_readable(pty: &Pty, stop: &impl std::os::fd::AsFd) -> bool {
    let mut fds = [
        PollFd::new(pty, PollFlags::IN),
        PollFd::new(stop, PollFlags::IN),
    ];
    poll(&mut fds, None).is_ok() && fds[1].revents().is_empty()
}

/// What the terminal shows, and whoever waits for it to change.
struct Shown {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: Parser<Answers>,
    bytes: Vec<u8>,
    finished: bool,
}

impl Shown {
    fn new(rows: u16, columns: u16) -> Self {
        Self {
            state: Mutex::new(State {
                parser: Parser::new_with_callbacks(
                    size(rows),
                    size(columns),
                    0,
                    Answers::default(),
                ),
                bytes: Vec::new(),
                finished: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Takes what has been written; false at the end.
    fn take(&self, mut pty: &Pty) -> bool {
        let mut buffer = [0; 4096];
        // An error is how Linux says that nobody has the other end any more.
        let Ok(count @ 1..) = pty.read(&mut buffer) else {
            return false;
        };
        let answers = {
            let mut state = self.state.lock().unwrap();
            state.bytes.extend_from_slice(&buffer[..count]);
            state.parser.process(&buffer[..count]);
            std::mem::take(&mut state.parser.callbacks_mut().0)
        };
        self.changed.notify_all();
        // Whoever asked may be gone.
        let _ = pty.write_all(&answers);
        true
    }

    fn finish(&self) {
        self.state.lock().unwrap().finished = true;
        self.changed.notify_all();
    }

    /// Waits until this is so. Answers the screen, as an error if it did not come to that.
    fn wait_until(&self, is: impl Fn(&State) -> bool) -> Result<String, String> {
        let (state, _) = self
            .changed
            .wait_timeout_while(self.state.lock().unwrap(), PATIENCE, |state| {
                !is(state) && !state.finished
            })
            .unwrap();
        if is(&state) {
            Ok(state.screen())
        } else {
            Err(state.screen())
        }
    }
}

impl State {
    fn screen(&self) -> String {
        self.parser.screen().contents()
    }
}

/// What a terminal says by itself when it is asked.
#[derive(Default)]
struct Answers(Vec<u8>);

impl Callbacks for Answers {
    fn unhandled_csi(
        &mut self,
        screen: &mut Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        kind: char,
    ) {
        match (first, kind, parameters) {
            (None, 'n', [[6]]) => {
                let (row, column) = screen.cursor_position();
                let place = format!("\u{1b}[{};{}R", row + 1, column + 1);
                self.0.extend(place.as_bytes());
            }
            (None, 'c', _) => self.0.extend(b"\x1b[?1;2c"),
            _ => {}
        }
    }
}

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}
