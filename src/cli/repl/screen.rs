//! What is printed above the line that is being typed.
//!
//! Everything that the REPL prints on a terminal goes through one [`Screen`], so that no line is torn. Results wait for room.
//! Events never do: those that come faster than a person reads are counted instead, oldest first, and the session goes on.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

/// The one place that prints; its own thread hands what is waiting to the line editor.
pub(crate) struct Screen {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Screen {
    /// The screen that there is. From [`Screen::show`] on everything that goes to the terminal goes through it.
    pub(crate) fn shown() -> Option<&'static Self> {
        SHOWN.get().copied()
    }

    /// Has everything go through it.
    pub(crate) fn show(&'static self) {
        // There is one line that is typed, and so one screen.
        let _ = SHOWN.set(self);
    }

    /// A screen that prints with this, at most every [`PAUSE`]; it lasts as long as the process. `print` gets whole lines, the
    /// last without its end.
    pub(crate) fn start(
        print: impl FnMut(String) + Send + 'static,
    ) -> std::io::Result<&'static Self> {
        let screen: &'static Self = Box::leak(Box::new(Self {
            waiting: Mutex::default(),
            changed: Condvar::new(),
        }));
        thread::Builder::new()
            .name("screen".to_owned())
            .spawn(move || screen.run(print))?;
        Ok(screen)
    }

    /// Prints an event, if there is room for it.
    pub(crate) fn event(&self, lines: &str) {
        self.lock().event(lines);
        self.changed.notify_all();
    }

    /// Prints what was asked for, once there is room for it.
    pub(crate) fn result(&self, lines: &str) {
        let mut waiting = self
            .changed
            .wait_while(self.lock(), |waiting| waiting.is_full())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.push(lines, false);
        drop(waiting);
        self.changed.notify_all();
    }

    /// Waits until all has been printed that is waiting now. What comes later is not waited for: events may have no end.
    pub(crate) fn flush(&self) {
        let waiting = self.lock();
        // What is being printed was taken before the rest.
        let rounds = waiting.rounds + u64::from(waiting.printing) + u64::from(!waiting.is_empty());
        let printed = self
            .changed
            .wait_while(waiting, |waiting| waiting.rounds < rounds);
        drop(printed);
    }

    fn run(&self, mut print: impl FnMut(String)) {
        loop {
            let mut waiting = self
                .changed
                .wait_while(self.lock(), |waiting| waiting.is_empty())
                .unwrap_or_else(PoisonError::into_inner);
            let (lines, events) = waiting.take();
            drop(waiting);
            self.changed.notify_all();
            print(lines);
            let mut waiting = self.lock();
            waiting.printing = false;
            waiting.rounds += 1;
            drop(waiting);
            self.changed.notify_all();
            if events {
                thread::sleep(PAUSE);
            }
        }
    }

    /// A panic elsewhere leaves nothing half done here.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

static SHOWN: OnceLock<&'static Screen> = OnceLock::new();

/// What waits to be printed.
#[derive(Default)]
struct Waiting {
    items: VecDeque<Item>,
    bytes: usize,
    /// How many of the items are events.
    events: usize,
    /// How many events gave way to later ones.
    hidden: u64,
    /// Whether the printer is at it.
    printing: bool,
    /// How often it has printed.
    rounds: u64,
}

struct Item {
    lines: String,
    is_event: bool,
}

impl Waiting {
    /// Adds an event. If there are too many, the oldest one gives way.
    fn event(&mut self, lines: &str) {
        self.push(lines, true);
        while self.events > MOST_EVENTS || (self.is_full() && self.events > 1) {
            let Some(oldest) = self.items.iter().position(|item| item.is_event) else {
                break;
            };
            if let Some(item) = self.items.remove(oldest) {
                self.bytes -= item.lines.len();
            }
            self.events -= 1;
            self.hidden += 1;
        }
    }

    fn push(&mut self, lines: &str, is_event: bool) {
        let lines = lines.trim_end_matches('\n').to_owned();
        self.bytes += lines.len();
        self.events += usize::from(is_event);
        self.items.push_back(Item { lines, is_event });
    }

    /// Takes all that is to be printed, and says whether events were in it.
    fn take(&mut self) -> (String, bool) {
        let mut lines = Vec::with_capacity(self.items.len() + 1);
        match self.hidden {
            0 => {}
            1 => lines.push("1 event not shown".to_owned()),
            hidden => lines.push(format!("{hidden} events not shown")),
        }
        let events = self.events > 0;
        lines.extend(self.items.drain(..).map(|item| item.lines));
        *self = Self {
            printing: true,
            rounds: self.rounds,
            ..Self::default()
        };
        (lines.join("\n"), events)
    }

    fn is_full(&self) -> bool {
        self.bytes > MOST_BYTES
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// How long the screen rests after events: twenty times a second is what an eye takes for at once.
const PAUSE: Duration = Duration::from_millis(50);

/// How many events one redraw shows: a screen full of them.
const MOST_EVENTS: usize = 50;

/// How much may wait: a long result prints in parts, events beyond it give way.
const MOST_BYTES: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn the_oldest_events_give_way_and_are_counted() {
        let mut waiting = Waiting::default();
        waiting.push("result\n", false);
        for event in 0..MOST_EVENTS + 7 {
            waiting.event(&format!("event {event}\n"));
        }
        let (lines, events) = waiting.take();
        let lines = lines.lines().collect::<Vec<_>>();
        assert!(events);
        assert_eq!(lines[..3], ["7 events not shown", "result", "event 7"]);
        assert_eq!(lines.len(), MOST_EVENTS + 2);
        assert!(waiting.is_empty() && waiting.printing);
    }

    #[test]
    fn what_waits_is_bounded_in_bytes_but_shows_the_last_event() {
        let mut waiting = Waiting::default();
        let long = "x".repeat(MOST_BYTES);
        waiting.event(&long);
        waiting.event(&long);
        assert_eq!(waiting.hidden, 1);
        assert_eq!(waiting.bytes, MOST_BYTES);
    }

    #[test]
    fn all_results_are_printed_in_order() {
        let (sender, printed) = mpsc::channel();
        let screen = Screen::start(move |lines| sender.send(lines).unwrap()).unwrap();
        for result in 0..1000 {
            screen.result(&format!("{result} {}", "x".repeat(1000)));
        }
        screen.flush();
        let printed = printed.try_iter().collect::<Vec<_>>().join("\n");
        let numbers = printed.lines().map(|line| line.split_once(' ').unwrap().0);
        assert!(numbers.eq((0..1000).map(|number| number.to_string())));
    }
}
