//! What came to a router's counts between two looks, and what it holds.

use std::time::Duration;

use wampkit::proto::{Dict, Uri, Value};
use wampkit::router::Histogram;

use super::super::table::Table;
use super::super::terminal::Stream;

/// What is shown of a look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    uptime: Duration,
    sessions: u64,
    joined: f64,
    left: f64,
    subscriptions: u64,
    registrations: u64,
    retained_events: u64,
    history_events: u64,
    pending_calls: u64,
    queued_bytes: u64,
    deepest_queue: u64,
    dropped: f64,
    dropped_in_all: u64,
    overflowed_in_all: u64,
    incoming: Flow,
    outgoing: Flow,
    /// Messages a second by type, those of most first: in and out.
    types: Vec<(String, f64, f64)>,
    lock: Lock,
}

/// One way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Flow {
    messages: f64,
    bytes: f64,
}

/// How the realm was held.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Lock {
    times: f64,
    /// The share of the time.
    share: f64,
    median: Option<Duration>,
    p99: Option<Duration>,
}

impl Figures {
    /// Of what the router told at two times. Where it told none of it, that is 0.
    pub(super) fn between(before: &Dict, now: &Dict) -> Self {
        let uptime = seconds(now, "uptime");
        let elapsed = uptime - seconds(before, "uptime");
        let rate = |more: u64| per_second(more, elapsed);
        let more = |key| rate(count(now, key).saturating_sub(count(before, key)));
        let types = types(before, now, rate);
        let sum = |of: fn(&(String, f64, f64)) -> f64| types.iter().map(of).sum::<f64>();
        Self {
            uptime: Duration::try_from_secs_f64(uptime).unwrap_or_default(),
            sessions: count(now, "sessions"),
            joined: more("joined"),
            left: more("left"),
            subscriptions: count(now, "subscriptions"),
            registrations: count(now, "registrations"),
            retained_events: count(now, "retained_events"),
            history_events: count(now, "history_events"),
            pending_calls: count(now, "pending_calls"),
            queued_bytes: count(now, "queued_bytes"),
            deepest_queue: count(now, "deepest_queue"),
            dropped: more("dropped"),
            dropped_in_all: count(now, "dropped"),
            overflowed_in_all: count(now, "overflowed"),
            incoming: Flow {
                messages: sum(|(_, incoming, _)| *incoming),
                bytes: more("received_bytes"),
            },
            outgoing: Flow {
                messages: sum(|(.., outgoing)| *outgoing),
                bytes: more("sent_bytes"),
            },
            lock: Lock::between(before, now, elapsed),
            types,
        }
    }

    /// For people: two tables, whose lines fit into the stream if they can.
    pub(super) fn lines(&self, realm: &Uri, stream: Stream) -> Vec<String> {
        let types = self.types.iter().map(|(name, incoming, outgoing)| {
            Dict::new()
                .with("type", name.as_str())
                .with("in/s", shown(*incoming))
                .with("out/s", shown(*outgoing))
        });
        let types: Vec<_> = types.collect();
        let mut out = Vec::new();
        // To memory, which takes everything.
        let _ = Table::of_entries(&self.summary(realm)).write(&mut out, stream, "");
        if !types.is_empty() {
            out.push(b'\n');
            let columns = ["type", "in/s", "out/s"];
            let _ = Table::of_dicts(types.iter(), &columns).write(&mut out, stream, "");
        }
        let text = String::from_utf8_lossy(&out);
        text.lines().map(str::to_owned).collect()
    }

    fn summary(&self, realm: &Uri) -> Dict {
        let flow = |flow: Flow| {
            let (messages, bytes) = (shown(flow.messages), size(flow.bytes));
            format!("{messages} messages/s, {bytes}/s")
        };
        let up = Duration::from_secs(self.uptime.as_secs());
        let (joined, left) = (shown(self.joined), shown(self.left));
        Dict::new()
            .with("realm", realm.clone())
            .with("up", humantime::format_duration(up).to_string())
            .with(
                "sessions",
                format!("{}, +{joined}/s, -{left}/s", self.sessions),
            )
            .with(
                "holds",
                format!(
                    "{} subscriptions, {} registrations, {} retained events, {} in history",
                    self.subscriptions,
                    self.registrations,
                    self.retained_events,
                    self.history_events
                ),
            )
            .with("calls", format!("{} pending", self.pending_calls))
            .with(
                "queued",
                format!(
                    "{}, {} for one session",
                    size_of(self.queued_bytes),
                    size_of(self.deepest_queue)
                ),
            )
            .with(
                "dropped",
                format!(
                    "{}/s, {} in all, with {} sessions",
                    shown(self.dropped),
                    self.dropped_in_all,
                    self.overflowed_in_all
                ),
            )
            .with("in", flow(self.incoming))
            .with("out", flow(self.outgoing))
            .with("lock", self.lock.summary())
    }

    /// The same for programs.
    pub(super) fn to_details(&self, realm: &Uri) -> Dict {
        let by_type = |of: fn(&(String, f64, f64)) -> f64| {
            let types = self.types.iter();
            let some = types.filter(|one| of(one) > 0.0);
            some.fold(Dict::new(), |dict, one| {
                dict.with(one.0.as_str(), rounded(of(one)))
            })
        };
        let micros = |time: Option<Duration>| {
            time.map_or(Value::Null, |time| rounded(time.as_secs_f64() * 1e6))
        };
        Dict::new()
            .with("realm", realm.clone())
            .with("uptime_s", rounded(self.uptime.as_secs_f64()))
            .with("sessions", self.sessions)
            .with("joined_per_s", rounded(self.joined))
            .with("left_per_s", rounded(self.left))
            .with("subscriptions", self.subscriptions)
            .with("registrations", self.registrations)
            .with("retained_events", self.retained_events)
            .with("history_events", self.history_events)
            .with("calls_pending", self.pending_calls)
            .with("queued_bytes", self.queued_bytes)
            .with("deepest_queue_bytes", self.deepest_queue)
            .with("dropped_per_s", rounded(self.dropped))
            .with("dropped", self.dropped_in_all)
            .with("overflowed", self.overflowed_in_all)
            .with("in_per_s", rounded(self.incoming.messages))
            .with("in_bytes_per_s", rounded(self.incoming.bytes))
            .with("out_per_s", rounded(self.outgoing.messages))
            .with("out_bytes_per_s", rounded(self.outgoing.bytes))
            .with("in_by_type", by_type(|(_, incoming, _)| *incoming))
            .with("out_by_type", by_type(|(.., outgoing)| *outgoing))
            .with("lock_per_s", rounded(self.lock.times))
            .with("lock_share", rounded(self.lock.share))
            .with("lock_p50_us", micros(self.lock.median))
            .with("lock_p99_us", micros(self.lock.p99))
    }
}

impl Lock {
    fn between(before: &Dict, now: &Dict, elapsed: f64) -> Self {
        let hold = |told: &Dict| told.get("hold").and_then(Value::as_dict).cloned();
        let (Some(before), Some(now)) = (hold(before), hold(now)) else {
            return Self::default();
        };
        let histogram = |hold: &Dict| hold.get("buckets").and_then(Histogram::from_value);
        let (Some(earlier), Some(later)) = (histogram(&before), histogram(&now)) else {
            return Self::default();
        };
        let since = later.since(&earlier);
        let held = (seconds(&now, "sum") - seconds(&before, "sum")).max(0.0);
        Self {
            times: per_second(since.count(), elapsed),
            share: if elapsed > 0.0 { held / elapsed } else { 0.0 },
            median: since.quantile(0.5),
            p99: since.quantile(0.99),
        }
    }

    fn summary(&self) -> String {
        let at_most = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), brief);
        let (times, share) = (shown(self.times), self.share * 100.0);
        let (median, p99) = (at_most(self.median), at_most(self.p99));
        format!("{times}/s, {share:.1} % of the time, p50 {median}, p99 {p99}")
    }
}

/// Messages a second by type, in and out: of all types that there were at any time.
fn types(before: &Dict, now: &Dict, rate: impl Fn(u64) -> f64) -> Vec<(String, f64, f64)> {
    let counts = |told: &Dict, way| told.get(way).and_then(Value::as_dict).cloned();
    let counts = |told: &Dict, way| counts(told, way).unwrap_or_default();
    let [(in_before, in_now), (out_before, out_now)] =
        ["received", "sent"].map(|way| (counts(before, way), counts(now, way)));
    let mut types: Vec<(String, f64, f64)> = Vec::new();
    for (name, _) in in_now.iter().chain(out_now.iter()) {
        if types.iter().any(|(known, ..)| **known == **name) {
            continue;
        }
        let of =
            |before: &Dict, now: &Dict| rate(count(now, name).saturating_sub(count(before, name)));
        let (incoming, outgoing) = (of(&in_before, &in_now), of(&out_before, &out_now));
        types.push((name.to_string(), incoming, outgoing));
    }
    // Those of equal number stay in the order in which the router counts them.
    types.sort_by(|(_, a, b), (_, c, d)| (c + d).total_cmp(&(a + b)));
    types
}

fn count(told: &Dict, key: &str) -> u64 {
    told.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn seconds(told: &Dict, key: &str) -> f64 {
    match told.get(key) {
        Some(Value::Float(seconds)) if seconds.is_finite() => *seconds,
        Some(other) => other.as_u64().map_or(0.0, float),
        None => 0.0,
    }
}

fn per_second(more: u64, elapsed: f64) -> f64 {
    if elapsed > 0.0 {
        float(more) / elapsed
    } else {
        0.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown to a few digits")]
const fn float(number: u64) -> f64 {
    number as f64
}

/// To three places.
fn rounded(number: f64) -> Value {
    ((number * 1e3).round() / 1e3).into()
}

/// A rate for people.
fn shown(rate: f64) -> String {
    if rate == 0.0 {
        "0".to_owned()
    } else if rate < 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.0}")
    }
}

fn size_of(bytes: u64) -> String {
    size(float(bytes))
}

/// Bytes for people.
fn size(bytes: f64) -> String {
    let mut rest = bytes;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if rest < 1024.0 {
            return format!("{} {unit}", shown(rest));
        }
        rest /= 1024.0;
    }
    format!("{} TiB", shown(rest))
}

/// A short time for people.
fn brief(time: Duration) -> String {
    let mut rest = time.as_secs_f64() * 1e9;
    for unit in ["ns", "us", "ms"] {
        if rest < 1000.0 {
            return format!("{} {unit}", shown(rest));
        }
        rest /= 1000.0;
    }
    format!("{} s", shown(rest))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn told(uptime: f64, calls: u64, buckets: Vec<i32>) -> Dict {
        let hold = Dict::new()
            .with("sum", uptime / 100.0)
            .with("buckets", buckets);
        Dict::new()
            .with("uptime", uptime)
            .with("sessions", 3)
            .with("joined", calls)
            .with("pending_calls", 2)
            .with("queued_bytes", 1_500_000)
            .with("deepest_queue", 2048)
            .with("received_bytes", 30 * calls)
            .with(
                "received",
                Dict::new().with("PUBLISH", 1).with("CALL", calls),
            )
            .with("sent", Dict::new().with("RESULT", calls))
            .with("hold", hold)
    }

    #[test]
    fn what_came_to_the_counts_is_shown_by_the_second() {
        let before = told(10.0, 100, vec![0, 0, 5]);
        let now = told(
            12.0,
            2100,
            vec![0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 1],
        );
        let figures = Figures::between(&before, &now);
        let realm = Uri::from_static("realm1");
        assert_snapshot!(figures.lines(&realm, Stream::plain()).join("\n"), @"
        realm     realm1
        up        12s
        sessions  3, +1000/s, -0/s
        holds     0 subscriptions, 0 registrations, 0 retained events, 0 in history
        calls     2 pending
        queued    1.4 MiB, 2.0 KiB for one session
        dropped   0/s, 0 in all, with 0 sessions
        in        1000 messages/s, 29 KiB/s
        out       1000 messages/s, 0 B/s
        lock      50/s, 1.0 % of the time, p50 1.0 us, p99 1.0 us

        TYPE     IN/S  OUT/S
        CALL     1000  0
        RESULT   0     1000
        PUBLISH  0     0
        ");
        let details = figures.to_details(&realm);
        assert_eq!(details.get("in_per_s"), Some(&Value::from(1000.0)));
        assert_eq!(details.get("lock_p50_us"), Some(&Value::from(1.024)));
        assert_eq!(details.get("lock_share"), Some(&Value::from(0.01)));
    }

    /// Neither a router that has begun anew nor one that tells something else leads to nonsense.
    #[test]
    fn counts_that_go_back_are_no_rates() {
        let figures = Figures::between(&told(12.0, 100, vec![3]), &told(1.0, 1, vec![]));
        assert_eq!(figures.incoming, Flow::default());
        assert_eq!(figures.lock.share, 0.0);
        let strange = Dict::new().with("uptime", f64::NAN).with("hold", 1);
        let figures = Figures::between(&Dict::new(), &strange);
        assert_eq!(figures, Figures::default());
    }

    #[test]
    fn sizes_and_times_for_people() {
        for (bytes, expected) in [(0.0, "0 B"), (999.0, "999 B"), (1536.0, "1.5 KiB")] {
            assert_eq!(size(bytes), expected);
        }
        assert_eq!(size_of(u64::MAX), "16777216 TiB");
        assert_eq!(brief(Duration::from_nanos(512)), "512 ns");
        assert_eq!(brief(Duration::from_nanos(1 << 20)), "1.0 ms");
        assert_eq!(brief(Duration::from_secs(2)), "2.0 s");
    }
}
