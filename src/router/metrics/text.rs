//! The numbers in Prometheus' text format 0.0.4.
//!
//! Written here, as it is a page of code: the crate for it, `prometheus-client`, writes OpenMetrics alone, and wants counters
//! of its own in place of ours.

use std::fmt::{self, Write as _};

use super::{ConnectionMetrics, Counters, Gauges, Histogram, MessageCounts, Metrics, RealmMetrics};
use crate::proto::Uri;

/// All of it.
pub(super) fn write(metrics: &Metrics) -> String {
    let mut page = Page::default();
    // To a String, which takes everything.
    let _ = page.metrics(metrics);
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

/// A number of a realm: its name, what it is, and where it is found.
type Of<T> = (&'static str, &'static str, fn(&T) -> u64);

const GAUGES: [Of<Gauges>; 8] = [
    ("wamp_sessions", "Open sessions.", |it| it.sessions),
    (
        "wamp_subscriptions",
        "Subscriptions, each counted once however many subscribers it has.",
        |it| it.subscriptions,
    ),
    ("wamp_registrations", "Registrations.", |it| {
        it.registrations
    }),
    (
        "wamp_pending_calls",
        "Calls without a final answer.",
        |it| it.pending_calls,
    ),
    ("wamp_retained_events", "Retained events.", |it| {
        it.retained_events
    }),
    ("wamp_history_events", "Events in histories.", |it| {
        it.history_events
    }),
    (
        "wamp_queued_bytes",
        "Bytes that wait to be written to sessions.",
        |it| it.queued_bytes,
    ),
    (
        "wamp_deepest_queue_bytes",
        "The most bytes that wait to be written to one session.",
        |it| it.deepest_queue,
    ),
];

const COUNTERS: [Of<Counters>; 8] = [
    (
        "wamp_sessions_joined_total",
        "Sessions that were welcomed.",
        |it| it.joined,
    ),
    (
        "wamp_sessions_left_total",
        "Sessions that are gone.",
        |it| it.left,
    ),
    (
        "wamp_sessions_overflowed_total",
        "Sessions that were ended because they did not take what was sent to them.",
        |it| it.overflowed,
    ),
    (
        "wamp_received_bytes_total",
        "Bytes of the messages that came in.",
        |it| it.received_bytes,
    ),
    (
        "wamp_sent_bytes_total",
        "Bytes of the messages that were sent.",
        |it| it.sent_bytes,
    ),
    (
        "wamp_messages_malformed_total",
        "What came in and was no message.",
        |it| it.malformed,
    ),
    (
        "wamp_messages_refused_total",
        "Requests that were refused, and publications that were dropped, for they were too many, too fast or too large.",
        |it| it.refused,
    ),
    (
        "wamp_messages_dropped_total",
        "Messages that were dropped because their session did not take them.",
        |it| it.dropped,
    ),
];

const CONNECTIONS: [(Of<ConnectionMetrics>, &str); 5] = [
    (
        (
            "wamp_connections_accepted_total",
            "Connections that were accepted.",
            |it| it.accepted,
        ),
        "counter",
    ),
    (
        (
            "wamp_connections_open",
            "Connections that are open, with a session or without.",
            |it| it.open,
        ),
        "gauge",
    ),
    (
        (
            "wamp_handshakes_failed_total",
            "Connections that ended before they were answered with WELCOME or ABORT.",
            |it| it.failed_handshakes,
        ),
        "counter",
    ),
    (
        (
            "wamp_sessions_refused_total",
            "Clients that were answered with ABORT in place of WELCOME.",
            |it| it.refused,
        ),
        "counter",
    ),
    (
        (
            "wamp_logins_failed_total",
            "Clients that were not let in by what they said of themselves or could not prove.",
            |it| it.failed_logins,
        ),
        "counter",
    ),
];

impl Page {
    fn metrics(&mut self, metrics: &Metrics) -> fmt::Result {
        self.family("wamp_build_info", "Which router this is.", "gauge")?;
        let agent = Label(&metrics.agent);
        writeln!(self.text, "wamp_build_info{{agent=\"{agent}\"}} 1")?;
        self.family(
            "wamp_uptime_seconds",
            "Since when the router runs.",
            "gauge",
        )?;
        let uptime = metrics.uptime.as_secs_f64();
        writeln!(self.text, "wamp_uptime_seconds {uptime}")?;
        for ((name, help, of), kind) in CONNECTIONS {
            self.family(name, help, kind)?;
            writeln!(self.text, "{name} {}", of(&metrics.connections))?;
        }
        let realms = &metrics.realms;
        for (name, help, of) in GAUGES {
            self.family(name, help, "gauge")?;
            self.each(name, realms, |realm| of(&realm.gauges))?;
        }
        for (name, help, of) in COUNTERS {
            self.family(name, help, "counter")?;
            self.each(name, realms, |realm| of(&realm.counters))?;
        }
        self.messages(
            "wamp_messages_received_total",
            "Messages that came in, by type.",
            realms,
            |counters| &counters.received,
        )?;
        self.messages(
            "wamp_messages_sent_total",
            "Messages that were sent, by type.",
            realms,
            |counters| &counters.sent,
        )?;
        let name = "wamp_realm_hold_seconds";
        let help = "How long a realm was held for a batch of messages.";
        self.family(name, help, "histogram")?;
        for (realm, metrics) in realms {
            self.histogram(name, realm, &metrics.counters.hold)?;
        }
        Ok(())
    }

    fn family(&mut self, name: &str, help: &str, kind: &str) -> fmt::Result {
        writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}")
    }

    fn each(
        &mut self,
        name: &str,
        realms: &[(Uri, RealmMetrics)],
        of: impl Fn(&RealmMetrics) -> u64,
    ) -> fmt::Result {
        for (realm, metrics) in realms {
            let (label, value) = (Label(realm), of(metrics));
            writeln!(self.text, "{name}{{realm=\"{label}\"}} {value}")?;
        }
        Ok(())
    }

    fn messages(
        &mut self,
        name: &str,
        help: &str,
        realms: &[(Uri, RealmMetrics)],
        of: impl Fn(&Counters) -> &MessageCounts,
    ) -> fmt::Result {
        self.family(name, help, "counter")?;
        for (realm, metrics) in realms {
            let realm = Label(realm);
            for (kind, count) in of(&metrics.counters).iter() {
                writeln!(
                    self.text,
                    "{name}{{realm=\"{realm}\",type=\"{kind}\"}} {count}"
                )?;
            }
        }
        Ok(())
    }

    fn histogram(&mut self, name: &str, realm: &Uri, histogram: &Histogram) -> fmt::Result {
        let realm = Label(realm);
        // What takes longer than a second is rare, and one bucket.
        for (limit, count) in histogram.cumulative().skip(SHORTEST).take(SHOWN) {
            let limit = limit.as_secs_f64();
            writeln!(
                self.text,
                "{name}_bucket{{realm=\"{realm}\",le=\"{limit}\"}} {count}"
            )?;
        }
        let (count, sum) = (histogram.count(), histogram.sum().as_secs_f64());
        writeln!(
            self.text,
            "{name}_bucket{{realm=\"{realm}\",le=\"+Inf\"}} {count}\n\
             {name}_sum{{realm=\"{realm}\"}} {sum}\n{name}_count{{realm=\"{realm}\"}} {count}"
        )
    }
}

/// The first bucket that is shown ends at 2^8 ns: a clock hardly tells less.
const SHORTEST: usize = 8;

/// From there to 2^30 ns, which is about a second.
const SHOWN: usize = 23;

/// A label's value.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::proto::MessageType;

    #[test]
    fn a_realm_is_a_label_whatever_its_name() {
        let mut realm = RealmMetrics::default();
        realm.gauges.sessions = 2;
        realm.counters.received.add(MessageType::Call, 3);
        realm.counters.hold.record(Duration::from_micros(1));
        let metrics = Metrics {
            realms: vec![(Uri::from("a\"b\\c"), realm)],
            ..Metrics::default()
        };
        let text = metrics.to_prometheus();
        for line in [
            "# TYPE wamp_sessions gauge",
            r#"wamp_sessions{realm="a\"b\\c"} 2"#,
            r#"wamp_messages_received_total{realm="a\"b\\c",type="CALL"} 3"#,
            r#"wamp_realm_hold_seconds_bucket{realm="a\"b\\c",le="0.000000512"} 0"#,
            r#"wamp_realm_hold_seconds_bucket{realm="a\"b\\c",le="0.000001024"} 1"#,
            r#"wamp_realm_hold_seconds_bucket{realm="a\"b\\c",le="+Inf"} 1"#,
            r#"wamp_realm_hold_seconds_sum{realm="a\"b\\c"} 0.000001"#,
        ] {
            assert!(text.lines().any(|it| it == line), "{line}\n{text}");
        }
    }

    #[test]
    fn every_sample_has_its_type_in_front() {
        let text = Metrics {
            realms: vec![(Uri::from_static("realm1"), RealmMetrics::default())],
            ..Metrics::default()
        }
        .to_prometheus();
        let mut family = "";
        for line in text.lines() {
            if let Some(declared) = line.strip_prefix("# TYPE ") {
                family = declared.split_once(' ').unwrap().0;
            } else if !line.starts_with('#') {
                assert!(line.starts_with(family), "{line} under {family}");
                let value = line.rsplit_once(' ').unwrap().1;
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
        assert!(text.ends_with('\n'));
    }
}
