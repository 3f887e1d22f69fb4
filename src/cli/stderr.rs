//! Standard error, for lines that nobody has to read.
//!
//! It may be closed or full, and there is nowhere left to say so: what cannot be written is lost, and the command goes on
//! to the end and the exit code that it has anyway. `eprintln!` would panic.

use std::io::{self, IsTerminal as _, Write};

use super::progress;
use super::repl::Screen;

/// Writes one line, whole, if it can be written.
pub(crate) fn line(text: &str) {
    // `Lossy` never fails.
    let _ = Lossy.write_all(format!("{text}\n").as_bytes());
}

/// Standard error as a writer that never fails: for log lines, whose writer complains about an error with `eprintln!`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lossy;

impl Write for Lossy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(screen) = Screen::shown()
            && io::stderr().is_terminal()
        {
            screen.result(&String::from_utf8_lossy(bytes));
            return Ok(bytes.len());
        }
        // See the module for why nobody hears of a failure.
        let _ = progress::suspend(|| io::stderr().lock().write_all(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // nothing is kept back
    }
}
