//! How far long work has come, on one line of standard error that is gone when the work is done.
//!
//! Only people at a terminal see it, and not before the work has taken [`DELAY`]. Whatever else this process prints there goes
//! through [`suspend`], so that the line is never in the middle of another.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::console::Console;

/// The progress of one work; there is one at a time. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Progress {
    line: Option<Line>,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// So many things.
    Count(u64),
    /// Nobody knows.
    Unknown,
}

impl Progress {
    /// Shows from now on how many `things` (a plural: `events`) are done; none are yet.
    pub(crate) fn start(console: &Console, things: &'static str, total: Total) -> Self {
        let line = console.shows_progress().then(|| Line::draw(things, total));
        Self { line }
    }

    /// So many more are done.
    pub(crate) fn tick(&self, more: u64) {
        if let Some(line) = &self.line {
            line.bar.inc(more);
        }
    }
}

/// Runs `write` while no progress is on the terminal. Must not be called in `write` again.
pub(crate) fn suspend<T>(write: impl FnOnce() -> T) -> T {
    let shown = shown().clone();
    match shown {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// The line on the terminal, and the thread that keeps it fresh when nothing is done for a while.
#[derive(Debug)]
struct Line {
    bar: ProgressBar,
    /// Dropped, it ends the thread.
    alive: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    fn draw(things: &'static str, total: Total) -> Self {
        let bar = ProgressBar::with_draw_target(total.count(), ProgressDrawTarget::hidden())
            .with_style(style(total.template(narrow().width())))
            .with_message(things);
        *shown() = Some(bar.clone());
        let (alive, ended) = channel();
        let ticking = bar.clone();
        let tick = move || {
            let mut pause = DELAY;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                if pause == DELAY {
                    ticking.set_draw_target(ProgressDrawTarget::term_like(Box::new(narrow())));
                    pause = PAUSE;
                }
                ticking.tick();
            }
        };
        // Without the thread there is no line: that is no reason to do no work.
        let thread = thread::Builder::new().name("progress".to_owned());
        Self {
            bar,
            alive: Some(alive),
            thread: thread.spawn(tick).ok(),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.alive = None;
        if let Some(thread) = self.thread.take() {
            // That it has panicked makes no difference here.
            let _ = thread.join();
        }
        *shown() = None;
        self.bar.finish_and_clear();
    }
}

/// The terminal, with room behind the line for the `^C` that it shows when that is typed: it would begin a line of its own
/// otherwise, and that one would be cleared.
#[derive(Debug)]
struct Narrow(Term);

fn narrow() -> Narrow {
    Narrow(Term::buffered_stderr())
}

impl TermLike for Narrow {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(4)
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Total {
    const fn count(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Unknown => None,
        }
    }

    /// What the line has on so many columns: the longest that fits large numbers.
    const fn template(self, columns: u16) -> &'static str {
        match self {
            Self::Count(_) if columns >= WIDE => {
                "{human_pos}/{human_len} {msg} [{bar:20}] {rate}, {eta} left"
            }
            Self::Count(_) => "{human_pos}/{human_len} {msg} {eta} left",
            Self::Unknown if columns >= WIDE => "{human_pos} {msg} in {elapsed}, {rate}",
            Self::Unknown => "{human_pos} {msg} in {elapsed}",
        }
    }
}

/// What the line looks like: plain characters, for the terminal may know no others.
fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        // Writing to the line's text cannot fail.
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar()) // the templates are well-formed: see the test
        .with_key("rate", rate)
        .progress_chars("=> ")
}

/// The line that is on the terminal, if one is.
fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);
    // A panic elsewhere leaves either of the two, and both are fine.
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From so many columns on there is room for everything: millions, and a bar.
const WIDE: u16 = 72;

/// What is done sooner shows no progress.
const DELAY: Duration = Duration::from_millis(300);

/// How often the line is drawn when nothing is done.
const PAUSE: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_formed() {
        for total in [Total::Count(1), Total::Unknown] {
            for columns in [36, 76] {
                assert!(ProgressStyle::with_template(total.template(columns)).is_ok());
            }
        }
    }
}
