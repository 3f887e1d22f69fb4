//! Many events, one after the other: the next ones are sent while the acknowledgements of those before are on their way.

use std::fmt;
use std::time::Duration;

use futures_util::stream::{FuturesOrdered, StreamExt as _};
use tokio::time::Instant;
use wampkit::Session;

use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::progress::{Progress, Total};
use super::Publisher;
use super::events::{Event, Events};

/// The events and how they are published.
pub(super) struct Batch<'a> {
    publisher: &'a Publisher<'a>,
    events: Events<'a>,
}

/// How many events came to what.
#[derive(Debug)]
pub(super) struct Tally {
    /// The code of the first failure, if any was passed over.
    pub(super) exit: Exit,
    published: u64,
    failed: u64,
    started: Instant,
    took: Duration,
}

impl<'a> Batch<'a> {
    pub(super) const fn new(publisher: &'a Publisher<'a>, events: Events<'a>) -> Self {
        Self { publisher, events }
    }

    /// Publishes them in their order. After the first that fails no more are sent, unless they are to be kept going; what was
    /// sent already is waited for.
    pub(super) async fn run(mut self, session: Session, tally: &mut Tally) -> Result<(), CliError> {
        let args = self.publisher.args;
        let total = self.events.total().map_or(Total::Unknown, Total::Count);
        let progress = Progress::start(self.publisher.console, "events", total);
        // Nobody acknowledges them, so that they are done when they are sent, and only one at a time keeps their order.
        let most = if args.no_ack { 1 } else { MOST };
        let mut flight = FuturesOrdered::new();
        let mut weight = 0;
        let mut failure = None;
        let mut more = true;
        while more || !flight.is_empty() {
            let room = flight.len() < most && weight < HEAVIEST;
            let failed = tokio::select! {
                biased;
                Some((landed, outcome)) = flight.next(), if !flight.is_empty() => {
                    weight -= landed;
                    progress.tick(1);
                    match outcome {
                        Ok(()) => {
                            tally.add();
                            None
                        }
                        Err(error) => Some(error),
                    }
                }
                next = self.events.next(), if more && room => match next? {
                    Some(Ok(event)) => {
                        weight += event.weight;
                        flight.push_back(self.publisher.send(&session, event));
                        None
                    }
                    Some(Err(error)) => Some(error),
                    None => {
                        more = false;
                        None
                    }
                },
            };
            if let Some(error) = failed {
                tally.fail(&error);
                if error.is_final() {
                    return Err(error);
                }
                if args.many.keep_going {
                    self.publisher.console.error(&error);
                } else {
                    more = false;
                    failure.get_or_insert(error);
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }
}

impl Publisher<'_> {
    /// Publishes an event; the outcome comes with its weight.
    async fn send(&self, session: &Session, event: Event) -> (usize, Result<(), CliError>) {
        let (weight, place) = (event.weight, event.place.clone());
        let outcome = self.publish(session, event).await;
        let outcome = outcome.map_err(|error| match error.is_final() {
            true => error,
            false => error.at(place),
        });
        (weight, outcome)
    }
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            exit: Exit::Success,
            published: 0,
            failed: 0,
            started: Instant::now(),
            took: Duration::ZERO,
        }
    }
}

impl Tally {
    fn add(&mut self) {
        self.published += 1;
        self.took = self.started.elapsed();
    }

    fn fail(&mut self, error: &CliError) {
        self.failed += 1;
        if self.exit == Exit::Success {
            self.exit = error.exit();
        }
    }
}

/// `1000 events published in 0.100 s, 10000/s; 2 failed`
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        let events = if self.published == 1 {
            "event"
        } else {
            "events"
        };
        write!(f, "{} {events} published in {seconds:.3} s", self.published)?;
        if self.published > 1 && seconds > 0.0 {
            write!(f, ", {:.0}/s", self.published as f64 / seconds)?;
        }
        if self.failed > 0 {
            write!(f, "; {} failed", self.failed)?;
        }
        Ok(())
    }
}

/// How many events may be unacknowledged at a time: enough that a router is kept busy while answers are on their way.
const MOST: usize = 1024;

/// What they may weigh together, in bytes. There is always one, whatever its weight.
const HEAVIEST: usize = 4 << 20;
