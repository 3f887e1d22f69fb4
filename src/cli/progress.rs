//! How far long work has come, on one line of standard error that is gone when the work is done.
//!
//! Only people at a terminal see it, and not before the work has taken [`DELAY`]. Whatever else this process prints there goes
//! through [`suspend`], so that the line is never in the middle of another.

use std::borrow::Cow;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use console::Term;
use indicatif::{
    HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike,
};

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
    /// What is done in that time.
    Time(Duration),
    /// Nobody knows.
    Unknown,
}

impl Progress {
    /// Shows from now on how many `things` (a plural: `events`) are done; none are yet.
    pub(crate) fn start(
        console: &Console,
        things: impl Into<Cow<'static, str>>,
        total: Total,
    ) -> Self {
        let line = console
            .shows_progress()
            .then(|| Line::draw(things.into(), total));
        Self { line }
    }

    /// So many more are done.
    pub(crate) fn tick(&self, more: u64) {
        if let Some(line) = &self.line {
            line.done.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// So many are done.
    pub(crate) fn reach(&self, done: u64) {
        if let Some(line) = &self.line {
            line.done.store(done, Ordering::Relaxed);
        }
    }

    /// Whether anybody sees it.
    pub(crate) const fn is_shown(&self) -> bool {
        self.line.is_some()
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

/// The line on the terminal, and the thread that draws it: work that is done quickly is not held up by that.
#[derive(Debug)]
struct Line {
    bar: ProgressBar,
    done: Arc<AtomicU64>,
    /// Dropped, it ends the thread.
    alive: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    fn draw(things: Cow<'static, str>, total: Total) -> Self {
        let done = Arc::new(AtomicU64::new(0));
        let started = Instant::now();
        let style = style(total.template(narrow().width()));
        let bar = ProgressBar::with_draw_target(total.length(), ProgressDrawTarget::hidden())
            .with_style(timed(style, total, started, &done))
            .with_message(things);
        *shown() = Some(bar.clone());
        let (alive, ended) = channel();
        let (ticking, counted) = (bar.clone(), done.clone());
        let tick = move || {
            let mut pause = DELAY;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                if pause == DELAY {
                    ticking.set_draw_target(ProgressDrawTarget::term_like(Box::new(narrow())));
                    pause = PAUSE;
                }
                let position = match total {
                    Total::Time(_) => millis(started.elapsed()),
                    _ => counted.load(Ordering::Relaxed),
                };
                ticking.update(|state| state.set_pos(position));
            }
        };
        // Without the thread there is no line: that is no reason to do no work.
        let thread = thread::Builder::new().name("progress".to_owned());
        Self {
            bar,
            done,
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
    fn length(self) -> Option<u64> {
        match self {
            Self::Count(count) => Some(count),
            Self::Time(time) => Some(millis(time)),
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
            Self::Time(_) if columns >= WIDE => {
                "{done} {msg} [{bar:20}] {average}, {remaining} left"
            }
            Self::Time(_) => "{done} {msg} {remaining} left",
            Self::Unknown if columns >= WIDE => "{human_pos} {msg} in {elapsed}, {rate}",
            Self::Unknown => "{human_pos} {msg} in {elapsed}",
        }
    }
}

/// The same where the bar is the time: what was done, and how much in a second, is not its position.
fn timed(
    style: ProgressStyle,
    total: Total,
    started: Instant,
    done: &Arc<AtomicU64>,
) -> ProgressStyle {
    let Total::Time(time) = total else {
        return style;
    };
    let (counted, summed) = (done.clone(), done.clone());
    // Writing to the line's text cannot fail.
    let done = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}", HumanCount(counted.load(Ordering::Relaxed)));
    };
    let average = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let done = summed.load(Ordering::Relaxed) as f64;
        let _ = write!(out, "{:.0}/s", done / started.elapsed().as_secs_f64());
    };
    let remaining = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let left = time.saturating_sub(started.elapsed()).as_secs();
        let left = humantime::format_duration(Duration::from_secs(left));
        let _ = write!(out, "{left}");
    };
    style
        .with_key("done", done)
        .with_key("average", average)
        .with_key("remaining", remaining)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
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

/// How often the line is drawn.
const PAUSE: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_well_formed() {
        let time = Total::Time(Duration::from_secs(1));
        for total in [Total::Count(1), time, Total::Unknown] {
            for columns in [36, 76] {
                assert!(ProgressStyle::with_template(total.template(columns)).is_ok());
            }
        }
    }
}
