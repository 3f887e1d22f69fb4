//! `wamp subscribe --stats`: events are counted.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::console::Console;
use super::super::error::CliError;
use super::super::output::Envelope;
use super::super::progress::{Progress, Total};
use super::super::{json, sanitize};

/// How many events there were, and of what.
#[derive(Debug)]
pub(crate) struct Stats {
    console: Console,
    /// Since when they are counted, and what people see meanwhile.
    since: Option<(Instant, Progress)>,
    counts: Counts,
}

impl Stats {
    /// Prints on this console.
    pub(crate) fn new(console: Console) -> Self {
        Self {
            console,
            since: None,
            counts: Counts::default(),
        }
    }

    /// From now on there will be events.
    pub(crate) fn start(&mut self) {
        let progress = || Progress::start(&self.console, "events", Total::Unknown);
        self.since
            .get_or_insert_with(|| (Instant::now(), progress()));
    }

    /// Counts an event.
    pub(crate) fn event(&mut self, event: Envelope) {
        let topic = event.uri.unwrap_or_default();
        self.counts.add(topic, length(event.arguments));
        if let Some((_, progress)) = &self.since {
            progress.tick(1);
        }
    }

    /// Counts what is missing.
    pub(crate) fn gap(&mut self, gap: &Envelope) {
        let missed = gap.details.get("missed").and_then(Value::as_u64);
        self.counts.missed += missed.unwrap_or_default();
    }

    /// Prints all that, if it has begun.
    ///
    /// # Errors
    /// Those of standard output.
    pub(crate) fn sum_up(self) -> Result<(), CliError> {
        let Some((since, progress)) = self.since else {
            return Ok(());
        };
        drop(progress);
        let time = since.elapsed();
        let envelope = Envelope {
            kind: "stats",
            uri: None,
            arguments: Arguments::default(),
            details: self.counts.details(time),
            at: SystemTime::now(),
        };
        self.console
            .lines_or_record(&self.counts.lines(time), &envelope)
    }
}

#[derive(Debug, Default)]
struct Counts {
    all: Tally,
    topics: HashMap<String, Tally>,
    /// Those of topics that were too many to tell apart.
    others: Tally,
    missed: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Tally {
    count: u64,
    bytes: u64,
}

impl Counts {
    fn add(&mut self, topic: String, bytes: u64) {
        self.all.add(bytes);
        if self.topics.len() < MOST_TOPICS || self.topics.contains_key(&topic) {
            self.topics.entry(topic).or_default().add(bytes);
        } else {
            self.others.add(bytes);
        }
    }

    /// The topics, the busiest first; then what all others have together, if there are any.
    fn rows(&self) -> Vec<(Option<&str>, Tally)> {
        let mut rows: Vec<_> = self
            .topics
            .iter()
            .map(|(topic, tally)| (Some(topic.as_str()), *tally))
            .collect();
        rows.sort_by(|(a, first), (b, second)| second.count.cmp(&first.count).then(a.cmp(b)));
        if self.others.count > 0 {
            rows.push((None, self.others));
        }
        rows
    }

    fn details(&self, time: Duration) -> Dict {
        let row = |(topic, tally): (Option<&str>, Tally)| {
            let topic = topic.map_or(Value::Null, Value::from);
            tally.fill(Dict::new().with("topic", topic), time)
        };
        let rows = self.rows().into_iter().map(row).map(Value::from);
        let dict = Dict::new().with("seconds", rounded(time.as_secs_f64()));
        self.all
            .fill(dict, time)
            .with("missed", self.missed)
            .with("topics", Value::List(rows.collect()))
    }

    fn lines(&self, time: Duration) -> String {
        let Tally { count, bytes } = self.all;
        let (seconds, rate) = (time.as_secs_f64(), self.all.rate(time));
        let events = if count == 1 { "event" } else { "events" };
        let mut lines = format!("{count} {events} in {seconds:.1}s, {rate:.1}/s, {bytes} bytes");
        if self.missed > 0 {
            lines.push_str(&format!(", {} more lost", self.missed));
        }
        lines.push('\n');
        for (topic, tally) in self.rows() {
            let topic = topic.map_or_else(|| "(others)".into(), sanitize::line);
            let Tally { count, bytes } = tally;
            let rate = format!("{:.1}/s", tally.rate(time));
            lines.push_str(&format!("{count:>8} {rate:>10} {bytes:>10}  {topic}\n"));
        }
        lines
    }
}

impl Tally {
    fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate is no count")]
    fn rate(self, time: Duration) -> f64 {
        self.count as f64 / time.as_secs_f64().max(SHORTEST)
    }

    fn fill(self, dict: Dict, time: Duration) -> Dict {
        dict.with("count", self.count)
            .with("rate", rounded(self.rate(time)))
            .with("bytes", self.bytes)
    }
}

/// To three places.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// How long the arguments are as JSON.
fn length(arguments: Arguments) -> u64 {
    let mut counter = Counter(0);
    for value in [Value::List(arguments.args), arguments.kwargs.into()] {
        // Counting cannot fail.
        let _ = json::write(&mut counter, &value);
    }
    counter.0
}

/// Counts the bytes that are written to it.
struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many topics are told apart: more than anybody reads, and little to remember.
const MOST_TOPICS: usize = 10_000;

/// A rate over less time would say nothing, or be infinite.
const SHORTEST: f64 = 0.001;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn counts() -> Counts {
        let mut counts = Counts::default();
        for (topic, bytes) in [("com.b", 10), ("com.a", 2), ("com.b", 20), ("x\u{1b}", 4)] {
            counts.add(topic.to_owned(), bytes);
        }
        counts.missed = 3;
        counts
    }

    #[test]
    fn the_busiest_topic_comes_first() {
        assert_snapshot!(counts().lines(Duration::from_secs(8)), @r"
    4 events in 8.0s, 0.5/s, 36 bytes, 3 more lost
           2      0.2/s         30  com.b
           1      0.1/s          2  com.a
           1      0.1/s          4  x\u001b
    ");
        let details = counts().details(Duration::from_secs(8)).into();
        assert_snapshot!(json::compact(&details), @r#"
    {"seconds":8.0,"count":4,"rate":0.5,"bytes":36,"missed":3,"topics":[{"topic":"com.b","count":2,"rate":0.25,"bytes":30},{"topic":"com.a","count":1,"rate":0.125,"bytes":2},{"topic":"x\u001b","count":1,"rate":0.125,"bytes":4}]}
    "#);
        assert_eq!(
            Counts::default().lines(Duration::ZERO),
            "0 events in 0.0s, 0.0/s, 0 bytes\n"
        );
    }

    #[test]
    fn topics_without_end_take_no_memory_without_end() {
        let mut counts = Counts::default();
        for number in 0..MOST_TOPICS + 5 {
            counts.add(number.to_string(), 1);
        }
        counts.add("0".to_owned(), 1);
        let rows = counts.rows();
        assert_eq!(rows.len(), MOST_TOPICS + 1);
        assert_eq!(rows[0], (Some("0"), Tally { count: 2, bytes: 2 }));
        assert_eq!(rows[MOST_TOPICS], (None, Tally { count: 5, bytes: 5 }));
    }

    #[test]
    fn arguments_are_measured_as_json() {
        let arguments = Arguments {
            args: vec![1.into(), "x".into()],
            kwargs: Dict::new().with("a", true),
        };
        assert_eq!(length(arguments), "[1,\"x\"]{\"a\":true}".len() as u64);
    }
}
