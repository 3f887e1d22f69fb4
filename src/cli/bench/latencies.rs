//! Latencies, for people to see and for plotters to draw. They are nanoseconds here and microseconds there.

use std::fmt::Write as _;

use hdrhistogram::Histogram;

/// Of which characters bars are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Blocks of an eighth of a column to a whole one.
    Blocks,
    /// `#`, where the terminal may know no others.
    Ascii,
}

/// How many took how long, on a line for each range: the longest time in it, how many did, and a bar. Ranges grow with the
/// times, and nothing is printed of what there is not.
pub(super) fn chart(latencies: &Histogram<u64>, ink: Ink) -> String {
    let ranges = ranges(latencies);
    let most = ranges.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let mut text = String::new();
    for (limit, count) in ranges {
        let (limit, bar) = (round(limit), ink.bar(count, most));
        let line = format!("  <= {limit:<9}{count:>14}  {bar}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Upper limits, and how many are not above them but above the one before: as fine as [`MOST_LINES`] allows.
fn ranges(latencies: &Histogram<u64>) -> Vec<(u64, u64)> {
    if latencies.is_empty() {
        return Vec::new();
    }
    let mut limits = Vec::new();
    for steps in STEPS {
        limits = between(steps, latencies.min(), latencies.max());
        if limits.len() <= MOST_LINES {
            break;
        }
    }
    let mut below = 0;
    let count = |limit: u64| {
        let all = latencies.count_between(0, limit);
        (limit, all - std::mem::replace(&mut below, all))
    };
    limits.into_iter().map(count).collect()
}

/// The round numbers, ten times each of which is a round number again, from the first that is not below `least` to the first that
/// is not below `most`.
fn between(steps: &[u64], least: u64, most: u64) -> Vec<u64> {
    let decades = (0..DECADES).map(|exponent| 10_u64.pow(exponent));
    let limits = decades.flat_map(|ten| steps.iter().map(move |step| step * ten));
    let mut reached = false;
    limits
        .skip_while(|limit| *limit < least)
        .take_while(|limit| !std::mem::replace(&mut reached, *limit >= most))
        .collect()
}

/// Nanoseconds that are a round number, in the unit that a person would say them in.
fn round(nanos: u64) -> String {
    let (unit, name) = match nanos {
        0..1_000_000 => (1e3, "us"),
        1_000_000..1_000_000_000 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    format!("{} {name}", nanos as f64 / unit)
}

impl Ink {
    /// A bar that is as long as the count is large, and the longest for the largest. One that is not zero is seen.
    fn bar(self, count: u64, most: u64) -> String {
        let parts: u64 = match self {
            Self::Blocks => 8,
            Self::Ascii => 1,
        };
        let whole = u128::from(COLUMNS * parts) * u128::from(count);
        let length = whole.div_ceil(u128::from(most.max(1)));
        let length = u64::try_from(length).unwrap_or(COLUMNS * parts);
        let (full, rest) = ((length / parts) as usize, (length % parts) as usize);
        match self {
            Self::Ascii => "#".repeat(full),
            Self::Blocks => "█".repeat(full) + EIGHTHS[rest],
        }
    }
}

/// How long the longest bar is.
const COLUMNS: u64 = 40;

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// What there is room for beside the figures.
const MOST_LINES: usize = 12;

/// The finest first. All are in tens, of nanoseconds.
const STEPS: [&[u64]; 5] = [
    &[10, 12, 15, 20, 25, 30, 40, 50, 60, 80],
    &[10, 15, 20, 30, 50, 70],
    &[10, 20, 50],
    &[10, 30],
    &[10],
];

/// From ten nanoseconds on, and beyond all that is recorded.
const DECADES: u32 = 13;

/// How the latencies are distributed, as text that HdrHistogram's plotters read.
pub(super) fn hgrm(latencies: &Histogram<u64>) -> String {
    let micros = |nanos: f64| nanos / 1e3;
    let mut text = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    let mut total = 0;
    for point in latencies.iter_quantiles(TICKS) {
        total += point.count_since_last_iteration();
        let (value, quantile) = (point.value_iterated_to(), point.quantile_iterated_to());
        let value = micros(value as f64);
        // Writing to text cannot fail.
        let _ = write!(text, "{value:12.3} {quantile:.12} {total:10}");
        let _ = match quantile {
            1.0.. => writeln!(text),
            _ => writeln!(text, " {:14.2}", 1.0 / (1.0 - quantile)),
        };
    }
    let (mean, deviation) = (micros(latencies.mean()), micros(latencies.stdev()));
    let (max, buckets) = (
        micros(latencies.max() as f64),
        usize::from(latencies.buckets()),
    );
    let halves = latencies.distinct_values() / (buckets + 1);
    text + &format!(
        "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]\n\
         #[Max     = {max:12.3}, Total count    = {total:12}]\n\
         #[Buckets = {buckets:12}, SubBuckets     = {:12}]\n",
        2 * halves
    )
}

/// How many lines there are for each halving of what is left, as HdrHistogram has it.
const TICKS: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(nanos: impl IntoIterator<Item = u64>) -> Histogram<u64> {
        let mut histogram = Histogram::new_with_bounds(1, 1 << 40, 3).unwrap();
        for latency in nanos {
            histogram.record(latency).unwrap();
        }
        histogram
    }

    #[test]
    fn all_are_in_the_chart_and_it_is_short() {
        for (least, most) in [(1, 1), (1, 1 << 40), (90_000, 110_000), (1_000, 50_000_000)] {
            let step = (most - least) / 1_000 + 1;
            let latencies = histogram((least..=most).step_by(step as usize).chain([most]));
            let ranges = ranges(&latencies);
            let sum: u64 = ranges.iter().map(|(_, count)| count).sum();
            assert_eq!(sum, latencies.len(), "{least} {most}: {ranges:?}");
            assert!(
                (1..=13).contains(&ranges.len()),
                "{least} {most}: {ranges:?}"
            );
        }
        assert_eq!(chart(&histogram([]), Ink::Blocks), "");
    }

    #[test]
    fn bars_are_scaled_to_the_widest() {
        let latencies = [[90_000; 80].as_slice(), &[190_000; 40], &[1_900_000]].concat();
        let latencies = histogram(latencies);
        let expected = "  <= 100 us               80  ████████████████████████████████████████
  <= 150 us                0
  <= 200 us               40  ████████████████████
  <= 300 us                0
  <= 500 us                0
  <= 700 us                0
  <= 1 ms                  0
  <= 1.5 ms                0
  <= 2 ms                  1  ▌
";
        assert_eq!(chart(&latencies, Ink::Blocks), expected);
        let plain = chart(&latencies, Ink::Ascii);
        assert!(plain.is_ascii() && plain.ends_with(" 1  #\n"), "{plain}");
    }

    #[test]
    fn a_distribution_ends_with_all() {
        let text = hgrm(&histogram((1..=1_000).map(|number| number * 1_000)));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            "       Value     Percentile TotalCount 1/(1-Percentile)"
        );
        assert_eq!(lines[1], "");
        assert_eq!(
            lines[2],
            "       1.000 0.000000000000          1           1.00"
        );
        let mut points = lines[2..].iter().filter(|line| !line.starts_with('#'));
        let last = points.next_back().unwrap();
        assert!(last.ends_with("1.000000000000       1000"), "{last}");
        assert!(text.contains("\n#[Mean    =      500.5"), "{text}");
        assert!(
            text.contains(", Total count    =         1000]\n"),
            "{text}"
        );
        assert!(
            text.ends_with(", SubBuckets     =         2048]\n"),
            "{text}"
        );
    }
}
