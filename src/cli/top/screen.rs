//! A page that is drawn in place, on a screen of its own: what was on the terminal before is there again afterwards.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::thread;

use console::Term;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use super::super::error::CliError;
use super::super::signals;

/// The screen. Dropping it leaves the terminal as it was.
pub(super) struct Screen {
    quit: UnboundedReceiver<()>,
    resized: Signal,
    before: Option<Termios>,
}

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// Its time has come.
    Due,
    /// The terminal has another size.
    Resized,
    /// Somebody has had enough.
    Quit,
}

impl Screen {
    /// Standard output is a terminal where lines can be drawn over.
    ///
    /// # Errors
    /// Those of the terminal.
    pub(super) fn open() -> Result<Self, CliError> {
        let failed = |error| CliError::System {
            doing: "draw on the terminal".to_owned(),
            error,
        };
        let resized = signal(SignalKind::window_change()).map_err(failed)?;
        let (sender, quit) = unbounded_channel();
        let mut before = None;
        if io::stdin().is_terminal() {
            before = read_keys_at_once().map_err(failed)?;
            // It lives as long as the process: nothing ends a read.
            thread::Builder::new()
                .name("keys".to_owned())
                .spawn(move || {
                    while let Some(ends) = next_key() {
                        if ends && sender.send(()).is_err() {
                            return;
                        }
                    }
                })
                .map_err(failed)?;
        }
        let screen = Self {
            quit,
            resized,
            before,
        };
        put(ENTER)?;
        Ok(screen)
    }

    /// Draws these lines, as far as there is room.
    ///
    /// # Errors
    /// Those of the terminal.
    pub(super) fn draw(&self, lines: &[String]) -> Result<(), CliError> {
        let size = Term::stdout().size_checked();
        let (rows, columns) = size.unwrap_or((u16::MAX, u16::MAX));
        put(&frame(lines, rows.into(), columns.into()))
    }

    /// Waits until then, or for a key or another size.
    pub(super) async fn wait(&mut self, due: Instant) -> Wake {
        tokio::select! {
            () = sleep_until(due) => Wake::Due,
            Some(()) = self.quit.recv() => Wake::Quit,
            Some(()) = self.resized.recv() => Wake::Resized,
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // The terminal may be gone.
        let _ = put(LEAVE);
        if let Some(before) = &self.before {
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, before);
        }
    }
}

/// Has keys read without Enter, and not shown. Ctrl-C stays a signal; Ctrl-Z is none, as the shell would find itself on this
/// screen. Answers how the terminal was.
fn read_keys_at_once() -> io::Result<Option<Termios>> {
    let before = tcgetattr(io::stdin())?;
    let mut mode = before.clone();
    mode.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    mode.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
    tcsetattr(io::stdin(), OptionalActions::Now, &mode)?;
    Ok(Some(before))
}

/// Whether the next key is one that ends it; `None` if there are no more keys.
fn next_key() -> Option<bool> {
    let mut key = [0];
    match io::stdin().read(&mut key) {
        Ok(0) => None,
        Ok(_) => Some(matches!(key[0], b'q' | b'Q' | CTRL_D)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Some(false),
        Err(_) => None,
    }
}

/// One page: each line over what was there, and nothing below them.
fn frame(lines: &[String], rows: usize, columns: usize) -> String {
    let mut text = String::from("\x1b[H");
    for (number, line) in lines.iter().take(rows).enumerate() {
        if number > 0 {
            text.push_str("\r\n");
        }
        // A heading in colour is never longer than there is room.
        if line.contains('\x1b') {
            text.push_str(line);
        } else {
            text.extend(line.chars().take(columns));
        }
        text.push_str("\x1b[K");
    }
    text.push_str("\x1b[J");
    text
}

fn put(text: &str) -> Result<(), CliError> {
    let write = || {
        signals::before_output(text.len())?;
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    };
    write().map_err(CliError::of_output)
}

/// The other screen, without a cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";

/// The first one, with a cursor.
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

const CTRL_D: u8 = 4;

/// What stands for no key: `_POSIX_VDISABLE`.
const NO_KEY: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_left_out() {
        let lines = ["one", "two", "three"].map(str::to_owned);
        assert_eq!(frame(&lines, 2, 2), "\x1b[Hon\x1b[K\r\ntw\x1b[K\x1b[J");
    }
}
