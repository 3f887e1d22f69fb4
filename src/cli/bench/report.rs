//! The figures of a benchmark, and conditions on them.

use std::time::Duration;

use hdrhistogram::Histogram;
use wampkit::proto::{Dict, Value};

use super::super::args::duration;
use super::latencies::{Ink, chart, hgrm};

/// What was measured.
pub(super) struct Report {
    pub(super) what: &'static str,
    pub(super) operation: &'static str,
    pub(super) operations: u64,
    pub(super) took: Duration,
    pub(super) latencies: Option<Histogram<u64>>,
    /// Nanoseconds of CPU time, the router's and the generator's.
    pub(super) cpu: Option<u64>,
    pub(super) generator_cpu: Option<u64>,
    pub(super) faults: [(&'static str, u64); 5],
    /// Of the router, in KiB.
    pub(super) memory: Vec<(&'static str, f64)>,
}

impl Report {
    /// All figures by name: times in microseconds, memory in KiB.
    pub(super) fn figures(&self) -> Vec<(&'static str, f64)> {
        let each = |nanos: u64| nanos as f64 / 1e3 / self.operations.max(1) as f64;
        let seconds = self.took.as_secs_f64().max(1e-9);
        let mut figures = vec![
            ("operations", self.operations as f64),
            ("seconds", seconds),
            ("throughput", self.operations as f64 / seconds),
        ];
        figures.extend(self.cpu.map(|nanos| ("cpu", each(nanos))));
        figures.extend(
            self.generator_cpu
                .map(|nanos| ("generator_cpu", each(nanos))),
        );
        if let Some(latencies) = self.latencies.as_ref().filter(|all| !all.is_empty()) {
            let at = |quantile| latencies.value_at_quantile(quantile) as f64 / 1e3;
            figures.extend([
                ("p50", at(0.5)),
                ("p90", at(0.9)),
                ("p99", at(0.99)),
                ("p99.9", at(0.999)),
                ("max", latencies.max() as f64 / 1e3),
            ]);
        }
        figures.extend(self.faults.map(|(name, count)| (name, count as f64)));
        figures.extend(self.memory.iter().copied());
        figures
    }

    pub(super) fn details(&self) -> Dict {
        let start = Dict::new()
            .with("bench", self.what)
            .with("operation", self.operation);
        let rounded = |value: f64| Value::Float((value * 1e3).round() / 1e3);
        self.figures()
            .into_iter()
            .fold(start, |dict, (name, value)| dict.with(name, rounded(value)))
    }

    /// A line of names and a line of figures. None has a comma or a quote in it.
    pub(super) fn csv(&self) -> String {
        let (names, figures): (Vec<_>, Vec<_>) = self
            .figures()
            .into_iter()
            .map(|(name, value)| (name, format!("{value:.3}")))
            .unzip();
        let (what, by) = (self.what, self.operation);
        format!(
            "bench,operation,{}\n{what},{by},{}\n",
            names.join(","),
            figures.join(",")
        )
    }

    /// How the latencies are distributed, for plotters.
    pub(super) fn hgrm(&self) -> Option<String> {
        self.latencies.as_ref().map(hgrm)
    }

    /// The same for people; nothing where no operation has a latency.
    pub(super) fn chart(&self, ink: Ink) -> String {
        let bars = self.latencies.as_ref().map(|all| chart(all, ink));
        match bars.filter(|bars| !bars.is_empty()) {
            Some(bars) => format!("latencies\n{bars}"),
            None => String::new(),
        }
    }

    /// A line for each figure, with its ratio to an earlier one.
    pub(super) fn lines(&self, earlier: Option<&Dict>) -> String {
        let mut lines = format!("{}, by {}\n", self.what, self.operation);
        for (name, value) in self.figures() {
            let unit = match name {
                "cpu" | "generator_cpu" | "p50" | "p90" | "p99" | "p99.9" | "max" => " us",
                "throughput" => "/s",
                _ if name.starts_with("rss") => " KiB",
                _ => "",
            };
            // What is counted has no fractions.
            let digits = if unit.is_empty() && value.fract() == 0.0 {
                0
            } else {
                2
            };
            lines.push_str(&format!("  {name:<16}{value:>14.digits$}{unit}"));
            let before = earlier.and_then(|dict| dict.get(name)).and_then(number);
            if let Some(before) = before.filter(|before| *before != 0.0) {
                lines.push_str(&format!("  {:.2}x", value / before));
            }
            lines.push('\n');
        }
        lines
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        other => other.as_u64().map(|number| number as f64),
    }
}

/// What must not be so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    name: String,
    above: bool,
    limit: f64,
    text: String,
}

impl Condition {
    /// `p99>5ms`, `throughput<1000`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (at, sign) = text
            .char_indices()
            .find(|(_, character)| ['<', '>'].contains(character))
            .ok_or_else(|| "write a figure, > or <, and a limit: 'p99>5ms'".to_owned())?;
        let (name, limit) = (text[..at].trim(), text[at + 1..].trim());
        let limit = match NAMES.iter().find(|(known, _)| *known == name) {
            None => {
                let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
                return Err(format!("{name:?} is none of {}", names.join(", ")));
            }
            Some((_, true)) if limit.parse::<f64>().is_err() => {
                duration(limit)?.as_secs_f64() * 1e6
            }
            Some((_, true)) => return Err("say the unit: us, ms, s".to_owned()),
            Some((_, false)) => limit
                .parse()
                .map_err(|_| format!("{limit:?} is no number"))?,
        };
        Ok(Self {
            name: name.to_owned(),
            above: sign == '>',
            limit,
            text: text.to_owned(),
        })
    }

    /// What there is to say if it is so, or if nobody knows.
    pub(super) fn broken(&self, figures: &[(&str, f64)]) -> Option<String> {
        let Some((_, value)) = figures.iter().find(|(name, _)| *name == self.name) else {
            return Some(format!("{}: {} was not measured", self.text, self.name));
        };
        let so = if self.above {
            *value > self.limit
        } else {
            *value < self.limit
        };
        so.then(|| format!("{}: it is {}", self.text, measure(&self.name, *value)))
    }
}

/// A figure with its unit.
fn measure(name: &str, value: f64) -> String {
    match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, true)) => time(value),
        _ if name == "throughput" => format!("{value:.2}/s"),
        _ => value.to_string(),
    }
}

/// Microseconds, in the unit that a person would say them in.
fn time(micros: f64) -> String {
    match micros {
        ..1e3 => format!("{micros:.2} us"),
        ..1e6 => format!("{:.2} ms", micros / 1e3),
        _ => format!("{:.2} s", micros / 1e6),
    }
}

/// What there can be conditions on, and whether it is a time.
const NAMES: [(&str, bool); 16] = [
    ("p50", true),
    ("p90", true),
    ("p99", true),
    ("p99.9", true),
    ("max", true),
    ("cpu", true),
    ("generator_cpu", true),
    ("throughput", false),
    ("errors", false),
    ("loss", false),
    ("duplicates", false),
    ("unanswered", false),
    ("disorder", false),
    ("rss", false),
    ("rss_after", false),
    ("rss_per_session", false),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_told_with_its_unit() {
        let figures = [
            ("p99", 6_200.0),
            ("max", 2.5e6),
            ("cpu", 3.25),
            ("throughput", 812.0),
            ("loss", 3.0),
        ];
        for (condition, told) in [
            ("p99>5ms", Some("p99>5ms: it is 6.20 ms")),
            ("max>1s", Some("max>1s: it is 2.50 s")),
            ("cpu>3us", Some("cpu>3us: it is 3.25 us")),
            ("throughput<1000", Some("throughput<1000: it is 812.00/s")),
            ("loss>0", Some("loss>0: it is 3")),
            ("loss>3", None),
            ("p50>1s", Some("p50>1s: p50 was not measured")),
        ] {
            let broken = Condition::parse(condition).unwrap().broken(&figures);
            assert_eq!(broken.as_deref(), told, "{condition}");
        }
    }
}
