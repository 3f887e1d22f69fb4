//! `wamp call -n`: the same call many times, one after the other or several at a time.

use std::num::NonZeroU16;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, sleep_until};
use wampkit::Session;
use wampkit::codec::Arguments;

use super::super::error::CliError;
use super::super::pace::Pace;
use super::super::progress::{Progress, Total};
use super::Caller;
use super::latency::Latencies;

impl Caller<'_> {
    /// Makes the calls, and prints results in the order in which they come. The first that fails ends it, unless they are to be
    /// kept going. Dropped, it gives up those that are not answered.
    pub(super) async fn repeat(
        &self,
        session: Session,
        arguments: &Arguments,
        latencies: &mut Latencies,
    ) -> Result<(), CliError> {
        let many = &self.args.many;
        let most = many.count.filter(|count| *count > 0);
        let parallel = many.parallel.map_or(1, NonZeroU16::get).into();
        let total = most.map_or(Total::Unknown, Total::Count);
        let progress = Progress::start(self.console, "calls", total);
        let mut pace = many.interval.map(Pace::apart);
        let mut due = None;
        let mut begun = 0;
        let mut flight = FuturesUnordered::new();
        loop {
            let more = most.is_none_or(|most| begun < most);
            if !more && flight.is_empty() {
                return Ok(());
            }
            let room = more && flight.len() < parallel;
            if room && due.is_none() {
                due = pace.as_mut().map(|pace| pace.due(Instant::now()));
            }
            tokio::select! {
                biased;
                Some(outcome) = flight.next(), if !flight.is_empty() => {
                    progress.tick(1);
                    match outcome {
                        Ok(latency) => latencies.add(latency),
                        Err(error) => {
                            latencies.fail(&error);
                            if error.is_final() || !many.keep_going {
                                return Err(error);
                            }
                            self.console.error(&error);
                        }
                    }
                }
                () = until(due), if room => {
                    due = None;
                    begun += 1;
                    flight.push(self.once(&session, arguments.clone()));
                }
            }
        }
    }

    /// Makes the call once and prints what comes of it; the result is how long it took.
    async fn once(&self, session: &Session, arguments: Arguments) -> Result<Duration, CliError> {
        let begun = Instant::now();
        let (mut call, _) = self.begin(session, arguments, false)?;
        let fed = async { Ok(()) };
        let answered = self.follow(session.clone(), &mut call, fed).await?;
        Ok(answered.at - begun)
    }
}

async fn until(due: Option<Instant>) {
    if let Some(due) = due {
        sleep_until(due).await;
    }
}
