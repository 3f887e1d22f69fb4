//! A page that is drawn in place, on a screen of its own: what was on the terminal before is there again afterwards.

use std::borrow::Cow;
use std::fmt;
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

    /// Draws these lines, as far as there is room, and says so where there is not enough: all of them take `whole`.
    ///
    /// # Errors
    /// Those of the terminal.
    pub(super) fn draw(&self, lines: &[String], whole: Size) -> Result<(), CliError> {
        let size = Term::stdout().size_checked();
        let (rows, columns) = size.unwrap_or((u16::MAX, u16::MAX));
        let room = Size {
            columns: columns.into(),
            rows: rows.into(),
        };
        put(&frame(&fitted(lines, whole, room), room))
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

/// How much room there is, or is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    columns: usize,
    rows: usize,
}

impl Size {
    /// What lines without colours take.
    pub(super) fn of(lines: &[String]) -> Self {
        let widths = lines.iter().map(|line| line.chars().count());
        Self {
            columns: widths.max().unwrap_or_default(),
            rows: lines.len(),
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.columns, self.rows)
    }
}

/// The lines, if all of them fit. Otherwise as many as do, and a last one that says what is needed; nothing but that where so few would be
/// left that they tell nothing.
fn fitted<'a>(lines: &'a [String], whole: Size, room: Size) -> Cow<'a, [String]> {
    let Size { columns, rows } = room;
    // A heading in colour is never longer than there is room.
    let fits = |line: &String| line.contains('\x1b') || line.chars().count() <= columns;
    if lines.len() <= rows && lines.iter().all(fits) {
        return lines.into();
    }
    if rows < LEAST_ROOM.rows || columns < LEAST_ROOM.columns {
        let hint = format!("wamp top needs {whole}, and this is {room}");
        return wrapped(&hint, columns).into();
    }
    let mut fitted: Vec<String> = lines.iter().take(rows - 1).cloned().collect();
    fitted.push(format!("not all fits: that takes {whole}"));
    fitted.into()
}

/// A sentence in lines of so many columns.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// One page: each line over what was there, and nothing below them.
fn frame(lines: &[String], room: Size) -> String {
    let Size { columns, rows } = room;
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

/// In less there is nothing worth to be seen: not even the sessions and the messages.
const LEAST_ROOM: Size = Size {
    columns: 32,
    rows: 8,
};

const CTRL_D: u8 = 4;

/// What stands for no key: `_POSIX_VDISABLE`.
const NO_KEY: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_left_out() {
        let lines = ["one", "two", "three"].map(str::to_owned);
        let room = size(2, 2);
        assert_eq!(frame(&lines, room), "\x1b[Hon\x1b[K\r\ntw\x1b[K\x1b[J");
    }

    fn size(columns: usize, rows: usize) -> Size {
        Size { columns, rows }
    }

    #[test]
    fn what_has_no_room_is_said() {
        let mut lines = vec!["x".repeat(33); 9];
        let whole = Size::of(&lines);
        assert_eq!(whole, size(33, 9));
        assert_eq!(fitted(&lines, whole, whole), lines);
        let hint = "not all fits: that takes 33x9";
        for room in [size(33, 8), size(32, 9)] {
            let fitted = fitted(&lines, whole, room);
            assert_eq!(fitted.len(), room.rows);
            assert_eq!(fitted[..room.rows - 1], lines[..room.rows - 1]);
            assert_eq!(fitted.last().unwrap(), hint);
        }
        for room in [size(20, 5), size(20, 50), size(200, 7)] {
            let alone = fitted(&lines, whole, room).join(" ");
            assert_eq!(alone, format!("wamp top needs 33x9, and this is {room}"));
        }
        assert_eq!(
            wrapped("wamp top needs 33x9", 11),
            ["wamp top", "needs 33x9"]
        );
        // Colours take no room.
        lines[0] = format!("\x1b[1m{}\x1b[0m", lines[0]);
        assert_eq!(fitted(&lines, whole, whole), lines);
    }
}
