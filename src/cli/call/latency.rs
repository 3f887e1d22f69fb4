//! How long calls took, summed up.

use std::fmt;
use std::time::{Duration, SystemTime};

use hdrhistogram::Histogram;
use tokio::time::Instant;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::output::Envelope;
use super::super::ping::{millis, shown};

/// The latencies of the calls so far, to a thousandth of each, in as much memory however many they are.
#[derive(Debug)]
pub(super) struct Latencies {
    /// The code of the first failure, if any was passed over.
    pub(super) exit: Exit,
    /// In nanoseconds.
    histogram: Histogram<u64>,
    failed: u64,
    started: Instant,
    /// From the start to the last answer.
    took: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(LEAST, MOST, DIGITS);
        Self {
            exit: Exit::Success,
            histogram: histogram.expect("1 <= LEAST, 2 * LEAST <= MOST, DIGITS <= 5"),
            failed: 0,
            started: Instant::now(),
            took: Duration::ZERO,
        }
    }
}

impl Latencies {
    pub(super) fn add(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(MOST);
        self.histogram.saturating_record(nanos);
        self.took = self.started.elapsed().max(latency);
    }

    pub(super) fn fail(&mut self, error: &CliError) {
        self.failed += 1;
        self.took = self.started.elapsed();
        if self.exit == Exit::Success {
            self.exit = error.exit();
        }
    }

    /// Tells of them on standard error.
    pub(super) fn tell(&self, procedure: &str, console: &Console) {
        console.told(
            &Envelope {
                kind: "summary",
                uri: Some(procedure.to_owned()),
                arguments: Arguments::default(),
                details: self.details(),
                at: SystemTime::now(),
            },
            &self.to_string(),
        );
    }

    fn details(&self) -> Dict {
        let ms = |time: Option<Duration>| time.map_or(Value::Null, |time| millis(time).into());
        let [least, median, high, most] = self.columns();
        Dict::new()
            .with("calls", self.histogram.len())
            .with("failed", self.failed)
            .with("ms", millis(self.took))
            .with("per_second", self.rate().map_or(Value::Null, Value::from))
            .with("min_ms", ms(least))
            .with("median_ms", ms(median))
            .with("p99_ms", ms(high))
            .with("max_ms", ms(most))
    }

    /// Minimum, median, 99th percentile and maximum.
    fn columns(&self) -> [Option<Duration>; 4] {
        let of = |nanos| (!self.histogram.is_empty()).then(|| Duration::from_nanos(nanos));
        [
            of(self.histogram.min()),
            of(self.histogram.value_at_quantile(0.5)),
            of(self.histogram.value_at_quantile(0.99)),
            of(self.histogram.max()),
        ]
    }

    /// How many calls there were in a second, to a tenth.
    fn rate(&self) -> Option<f64> {
        let seconds = self.took.as_secs_f64();
        let rate = self.histogram.len() as f64 / seconds;
        (seconds > 0.0).then(|| (rate * 10.0).round() / 10.0)
    }
}

/// `1 call in 0.412 ms`, `100 calls in 41.200 ms, 2427.2/s: min …, median …, p99 …, max …; 2 failed`
impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.histogram.len();
        let noun = if calls == 1 { "call" } else { "calls" };
        write!(f, "{calls} {noun} in {}", shown(self.took))?;
        if let (Some(rate), 2..) = (self.rate(), calls) {
            write!(f, ", {rate:.1}/s")?;
            let names = ["min", "median", "p99", "max"];
            let columns = names.into_iter().zip(self.columns());
            for (number, (name, time)) in columns.enumerate() {
                let mark = if number == 0 { ":" } else { "," };
                write!(f, "{mark} {name} {}", shown(time.unwrap_or_default()))?;
            }
        }
        if self.failed > 0 {
            write!(f, "; {} failed", self.failed)?;
        }
        Ok(())
    }
}

/// A microsecond: no call takes less.
const LEAST: u64 = 1_000;

/// An hour: what takes longer counts as that.
const MOST: u64 = 3_600_000_000_000;

/// How many digits of a latency are kept.
const DIGITS: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn latencies(millis: impl IntoIterator<Item = u64>) -> Latencies {
        let mut latencies = Latencies::default();
        for millis in millis {
            latencies.add(Duration::from_millis(millis));
        }
        latencies.took = Duration::from_secs(2);
        latencies
    }

    #[test]
    fn what_is_typical_to_a_thousandth() {
        let columns = latencies((1..=1000).rev()).columns();
        for (found, meant) in columns.into_iter().zip([1.0, 500.0, 990.0, 1000.0]) {
            let found = found.unwrap().as_secs_f64() * 1000.0;
            assert!((found - meant).abs() <= meant / 1000.0, "{found} {meant}");
        }
        assert_eq!(latencies([]).columns(), [None; 4]);
        let hours = latencies([u64::MAX]).columns();
        assert!(hours[3].unwrap() <= Duration::from_secs(3604));
    }

    #[test]
    fn in_words_and_as_an_object() {
        assert_eq!(latencies([]).to_string(), "0 calls in 2000.000 ms");
        assert_eq!(latencies([5]).to_string(), "1 call in 2000.000 ms");
        let mut several = latencies([1, 1]);
        several.fail(&CliError::BrokenPipe);
        several.took = Duration::from_secs(2);
        let text = several.to_string();
        assert!(
            text.starts_with("2 calls in 2000.000 ms, 1.0/s: min "),
            "{text}"
        );
        assert!(text.ends_with("; 1 failed"), "{text}");
        let none = latencies([]).details();
        assert_eq!(none.get("calls"), Some(&Value::from(0)));
        assert_eq!(none.get("median_ms"), Some(&Value::Null));
    }
}
