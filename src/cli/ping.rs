//! `wamp ping`: how long connecting took, and then calls, one at a time.
//!
//! What makes the round trip is a call and not a ping of the transport: a proxy may answer that one in the router's stead, and
//! RawSocket software that does not know it ends the connection.

use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until, timeout};
use wampkit::Session;
use wampkit::client::{Error as RequestError, Timings};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::args::PingArgs;
use super::connection::{Connection, DEFAULT_URL};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::output::{Envelope, Format};
use super::sanitize;
use super::signals::Work;
use super::{block_on, dry_run};

/// Times the way to the router, and sums up also when a signal ends it.
///
/// # Errors
/// That there is no session or that it is lost, or that something was not answered in time.
pub(crate) fn run(args: PingArgs, console: &Console) -> Result<Exit, CliError> {
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            round_trip(session, args.client.output.timeout).await
        });
    }
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = on(&mut connection, &args, console).await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// The same in a session that there is.
///
/// # Errors
/// As [`run`].
pub(crate) async fn on(
    connection: &mut Connection,
    args: &PingArgs,
    console: &Console,
) -> Result<(), CliError> {
    let mut trips = Trips::default();
    let pinging = ping(connection.session().clone(), args, &mut trips, console);
    let outcome = connection.guard(pinging).await;
    let summed_up = trips.sum_up(console);
    outcome?;
    summed_up?;
    match args.client.output.timeout {
        Some(after) if trips.lost > 0 => Err(CliError::Timeout {
            subject: format!("{} of {} round trips", trips.lost, trips.sent),
            after,
        }),
        _ => Ok(()),
    }
}

async fn ping(
    session: Session,
    args: &PingArgs,
    trips: &mut Trips,
    console: &Console,
) -> Result<(), CliError> {
    let url = args.client.connection.url.as_deref().unwrap_or(DEFAULT_URL);
    connected(&session, url, console)?;
    while args.count == 0 || trips.sent < args.count {
        let started = Instant::now();
        trips.sent += 1;
        match round_trip(&session, args.client.output.timeout).await? {
            Some(time) => {
                trips.add(time);
                let line = format!("{}: {}", trips.sent, shown(time));
                let details = Dict::new().with("seq", count(trips.sent));
                tell(console, "pong", details.with("ms", millis(time)), &line)?;
            }
            None => {
                trips.lost += 1;
                let line = format!("{}: no answer in time", trips.sent);
                let details = Dict::new().with("seq", count(trips.sent));
                tell(console, "pong", details.with("ms", Value::Null), &line)?;
            }
        }
        if trips.sent != args.count {
            sleep_until(started + args.interval).await;
        }
    }
    Ok(())
}

/// How long a call takes; `None` if it is not answered in time. What is answered makes no difference.
async fn round_trip(
    session: &Session,
    limit: Option<Duration>,
) -> Result<Option<Duration>, CliError> {
    let started = Instant::now();
    let call = session.call(PROCEDURE).into_future();
    let answer = match limit {
        None => call.await,
        Some(limit) => match timeout(limit, call).await {
            Ok(answer) => answer,
            Err(_) => return Ok(None),
        },
    };
    let time = started.elapsed();
    match answer {
        Ok(_) | Err(RequestError::Wamp(_)) => Ok(Some(time)),
        Err(error) => Err(CliError::of_request(PROCEDURE, error)),
    }
}

/// Tells how long it took to get here.
fn connected(session: &Session, url: &str, console: &Console) -> Result<(), CliError> {
    let Timings { transport, join } = session.timings();
    let kind = transport.lookup.map_or("unix", |_| "tcp");
    let steps = [
        ("lookup", "lookup_ms", transport.lookup),
        (kind, "connect_ms", Some(transport.connect)),
        ("tls", "tls_ms", transport.tls),
        ("upgrade", "upgrade_ms", Some(transport.handshake)),
        ("welcome", "welcome_ms", Some(join)),
    ];
    let total = steps.iter().filter_map(|(_, _, time)| *time).sum();
    let (realm, serializer) = (session.realm(), session.serializer());
    let mut line = format!(
        "{url} realm {realm}, {serializer}, session {}\n ",
        session.id()
    );
    let mut details = Dict::new()
        .with("url", url)
        .with("realm", realm.clone())
        .with("serializer", serializer.as_str())
        .with("session", session.id());
    for (name, key, time) in steps
        .into_iter()
        .chain([("total", "total_ms", Some(total))])
    {
        if let Some(time) = time {
            line.push_str(&format!(" {name} {} ", shown(time)));
        }
        details = details.with(key, time.map_or(Value::Null, |time| millis(time).into()));
    }
    tell(console, "connected", details, line.trim_end())
}

/// Prints lines for people, or an object.
fn tell(console: &Console, kind: &'static str, details: Dict, lines: &str) -> Result<(), CliError> {
    if matches!(console.format(), Format::Json | Format::Pretty) {
        return console.record(&Envelope {
            kind,
            uri: None,
            arguments: Arguments::default(),
            details,
            at: SystemTime::now(),
        });
    }
    for line in lines.lines() {
        console.line(&sanitize::line(line))?;
    }
    Ok(())
}

/// The round trips so far.
#[derive(Debug, Default)]
struct Trips {
    sent: u64,
    lost: u64,
    answered: u64,
    least: Duration,
    most: Duration,
    sum: Duration,
    /// The last of them, [`KEPT`] at the most, in no order.
    times: Vec<Duration>,
}

impl Trips {
    fn add(&mut self, time: Duration) {
        self.least = if self.answered == 0 {
            time
        } else {
            self.least.min(time)
        };
        self.most = self.most.max(time);
        self.sum += time;
        if self.times.len() < KEPT {
            self.times.push(time);
        } else {
            // Less than KEPT, which is a usize.
            self.times[(self.answered % KEPT as u64) as usize] = time;
        }
        self.answered += 1;
    }

    /// The average and the 99th percentile, by the nearest rank; `None` without any.
    fn typical(&self) -> Option<(Duration, Duration)> {
        let mut times = self.times.clone();
        times.sort_unstable();
        let rank = (times.len() * 99).div_ceil(100).checked_sub(1)?;
        let nanos = self.sum.as_nanos() / u128::from(self.answered.max(1));
        let average = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        Some((average, times[rank]))
    }

    fn sum_up(&self, console: &Console) -> Result<(), CliError> {
        let mut line = format!("{} of {} answered", self.answered, self.sent);
        let mut details = Dict::new()
            .with("sent", count(self.sent))
            .with("answered", count(self.answered));
        let typical = self.typical();
        let columns = [
            ("min", "min_ms", typical.map(|_| self.least)),
            ("avg", "avg_ms", typical.map(|(average, _)| average)),
            ("max", "max_ms", typical.map(|_| self.most)),
            ("p99", "p99_ms", typical.map(|(_, high)| high)),
        ];
        for (number, (name, key, time)) in columns.into_iter().enumerate() {
            if let Some(time) = time {
                let mark = if number == 0 { ":" } else { "," };
                line.push_str(&format!("{mark} {name} {}", shown(time)));
            }
            details = details.with(key, time.map_or(Value::Null, |time| millis(time).into()));
        }
        tell(console, "summary", details, &line)
    }
}

/// Milliseconds, to the microsecond.
pub(super) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// The same for people.
pub(super) fn shown(time: Duration) -> String {
    format!("{:.3} ms", millis(time))
}

fn count(number: u64) -> Value {
    number.into()
}

/// Known to every router that has a meta API; the others say that there is no such procedure, and have come as far.
const PROCEDURE: &str = "wamp.session.count";

/// Of how many round trips the percentile is: a day of one a second, and no more memory than that however long it goes on.
const KEPT: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn trips(millis: impl IntoIterator<Item = u64>) -> Trips {
        let mut trips = Trips::default();
        for millis in millis {
            trips.add(Duration::from_millis(millis));
        }
        trips
    }

    #[test]
    fn what_is_typical() {
        let of = |millis: &[u64]| trips(millis.iter().copied()).typical();
        let ms = Duration::from_millis;
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some((ms(7), ms(7))));
        assert_eq!(of(&[9, 1, 5]), Some((ms(5), ms(9))));
        let hundred = trips((1..=100).rev());
        assert_eq!(hundred.typical().unwrap().1, ms(99));
        assert_eq!((hundred.least, hundred.most), (ms(1), ms(100)));
    }

    #[test]
    fn the_last_are_kept_and_no_more() {
        let trips = trips(
            (0..KEPT as u64)
                .map(|_| 1)
                .chain((0..KEPT as u64).map(|_| 2)),
        );
        assert_eq!(trips.times.len(), KEPT);
        let high = Duration::from_millis(2);
        assert!(trips.times.iter().all(|time| *time == high));
        assert_eq!(trips.least, Duration::from_millis(1));
    }
}
