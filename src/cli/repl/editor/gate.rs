//! Who may write to the terminal: never somebody else in the moment when the prompt is drawn.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Keeps what is printed out of the prompt's way. While a line is being typed the line editor does that itself.
#[derive(Debug)]
pub(super) struct Gate {
    line: Mutex<Line>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// There is none.
    Absent,
    /// Its prompt is about to be drawn.
    Begins,
    /// It is there, and what is to be printed above it goes to the line editor.
    Open,
}

impl Gate {
    pub(super) const fn new() -> Self {
        Self {
            line: Mutex::new(Line::Absent),
            changed: Condvar::new(),
        }
    }

    /// A line is about to be read.
    pub(super) fn enter(&self) {
        self.set(Line::Begins);
    }

    /// The line editor has the terminal, if a line is about to be read.
    pub(super) fn opened(&self) {
        if *self.lock() == Line::Begins {
            self.set(Line::Open);
        }
    }

    /// The line has been read.
    pub(super) fn leave(&self) {
        self.set(Line::Absent);
    }

    /// Whether a line is being typed.
    pub(super) fn is_open(&self) -> bool {
        *self.lock() != Line::Absent
    }

    /// Prints by this, which writes to the terminal where there is no line and else has the line editor do it.
    pub(super) fn print(&self, print: impl FnOnce()) {
        let line = self
            .changed
            .wait_while(self.lock(), |line| *line == Line::Begins)
            .unwrap_or_else(PoisonError::into_inner);
        if *line == Line::Open {
            // The line editor may take its time, and nobody is to wait for it here.
            drop(line);
        }
        print();
    }

    fn set(&self, line: Line) {
        *self.lock() = line;
        self.changed.notify_all();
    }

    /// A panic elsewhere leaves nothing half done here.
    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
