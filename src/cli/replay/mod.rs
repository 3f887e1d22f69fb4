//! `wamp replay`.

mod mapping;
mod recorded;
mod schedule;

use std::future::Future;
use std::pin::{Pin, pin};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until};
use wampkit::Session;

use super::args::ReplayArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::limits::bound;
use super::progress::{Progress, Total};
use super::signals::Work;
use super::{block_on, dry_run};

use recorded::{Content, Entries, Entry, check};
use schedule::Schedule;

pub(crate) use mapping::Mapping;
pub(crate) use schedule::Speed;

/// Publishes the recorded events and makes the recorded calls, each when it is its time.
///
/// # Errors
/// That the recording cannot be read, that the session ends; the first failure, or with `--keep-going` that there were some.
pub(crate) fn run(args: ReplayArgs, console: &Console) -> Result<Exit, CliError> {
    if args.rounds != 1 && args.file == "-" {
        return Err(CliError::Usage {
            message: "--loop: standard input can be played once only".to_owned(),
            hint: None,
        });
    }
    let count = check(&args.file)?;
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            rehearse(session, &args).await
        });
    }
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let mut player = Player {
            args: &args,
            console,
            session: connection.session().clone(),
            open: FuturesUnordered::new(),
            progress: Progress::start(console, "events and calls", total(&args, count)),
            sent: Tally::default(),
            failed: Tally::default(),
            first: None,
        };
        let outcome = connection.guard(player.play()).await;
        connection.leave().await;
        let played = player.sum_up();
        outcome.and(played)
    })
}

/// Publishes the first event, or makes the first call, whichever is recorded.
async fn rehearse(session: &Session, args: &ReplayArgs) -> Result<(), CliError> {
    let mut entries = Entries::open(&args.file).await?;
    while let Some((_, entry)) = entries.next().await? {
        let request = match entry {
            Entry::Other(_) => continue,
            Entry::Event(content) => publish(session, args, content),
            Entry::Call(content) => call(session, args, content),
        };
        let (_, outcome) = request.await;
        return dry_run::made(outcome).map(drop);
    }
    Ok(())
}

/// How much there is to do, if each round has so many.
fn total(args: &ReplayArgs, count: Option<u64>) -> Total {
    let all = count
        .filter(|_| args.rounds != 0)
        .map(|count| count.saturating_mul(args.rounds));
    match (all, bound(args.count)) {
        (Some(all), Some(wanted)) => Total::Count(all.min(wanted)),
        (Some(all), None) => Total::Count(all),
        (None, _) => Total::Unknown,
    }
}

/// Plays a recording.
struct Player<'a> {
    args: &'a ReplayArgs,
    console: &'a Console,
    session: Session,
    /// What has been sent and not been answered.
    open: FuturesUnordered<Request>,
    progress: Progress,
    sent: Tally,
    failed: Tally,
    /// How the first failure would have ended it.
    first: Option<Exit>,
}

/// An event or call on its way.
type Request = Pin<Box<dyn Future<Output = (Kind, Result<(), CliError>)>>>;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Event,
    Call,
}

/// How many there were.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    events: u64,
    calls: u64,
}

impl Tally {
    const fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Event => self.events += 1,
            Kind::Call => self.calls += 1,
        }
    }

    const fn all(self) -> u64 {
        self.events + self.calls
    }
}

impl Player<'_> {
    /// Plays as often as it is wanted.
    async fn play(&mut self) -> Result<(), CliError> {
        let mut left = self.args.rounds;
        loop {
            let before = self.sent.all();
            let more = self.round().await?;
            left = left.saturating_sub(1);
            let last = left == 0 && self.args.rounds != 0;
            // An empty recording played without end would only make the machine hot.
            if !more || last || self.sent.all() == before {
                return self.drain(0).await;
            }
        }
    }

    /// Plays it once; `false` if that was enough.
    async fn round(&mut self) -> Result<bool, CliError> {
        let mut entries = Entries::open(&self.args.file).await?;
        let mut schedule = Schedule::new(self.args.speed);
        let start = Instant::now();
        while bound(self.args.count).is_none_or(|wanted| self.sent.all() < wanted) {
            let Some((line, entry)) = self.meanwhile(entries.next()).await?? else {
                return Ok(true);
            };
            match entry {
                Entry::Other(kind) => {
                    self.console
                        .note(&format!("line {line} is passed over: its type is {kind}"));
                }
                Entry::Event(content) => {
                    let due = start + schedule.due(content.at);
                    self.wait(due).await?;
                    self.sent.add(Kind::Event);
                    self.progress.tick(1);
                    self.publish(content).await?;
                }
                Entry::Call(content) => {
                    let due = start + schedule.due(content.at);
                    self.wait(due).await?;
                    self.sent.add(Kind::Call);
                    self.progress.tick(1);
                    self.open.push(call(&self.session, self.args, content));
                }
            }
        }
        Ok(false)
    }

    /// Waits until it is time for the next one, and there is room for it.
    async fn wait(&mut self, due: Instant) -> Result<(), CliError> {
        self.meanwhile(sleep_until(due)).await?;
        let room = match self.args.speed {
            Speed::Max => 1,
            Speed::Times(_) => MOST_OPEN,
        };
        self.drain(room - 1).await
    }

    async fn publish(&mut self, content: Content) -> Result<(), CliError> {
        let publish = publish(&self.session, self.args, content);
        if self.args.no_ack {
            let (kind, sent) = publish.await;
            return self.answered(kind, sent);
        }
        self.open.push(publish);
        Ok(())
    }

    /// Does this work while answers come in. What was just begun is sent before anything else is done.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T, CliError> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                Some((kind, answer)) = self.open.next() => self.answered(kind, answer)?,
                done = &mut work => return Ok(done),
            }
        }
    }

    /// Waits until no more than so many are unanswered.
    async fn drain(&mut self, most: usize) -> Result<(), CliError> {
        while self.open.len() > most {
            if let Some((kind, answer)) = self.open.next().await {
                self.answered(kind, answer)?;
            }
        }
        Ok(())
    }

    /// Counts an answer. A failure is the end, unless it is to go on and there is a session left for that.
    fn answered(&mut self, kind: Kind, answer: Result<(), CliError>) -> Result<(), CliError> {
        if answer.is_err() {
            self.failed.add(kind);
        }
        match answer {
            Err(error) if self.args.keep_going && !matches!(error, CliError::Lost(_)) => {
                self.console.error(&error);
                self.first.get_or_insert_with(|| error.exit());
                Ok(())
            }
            answer => answer,
        }
    }

    /// Tells people how much it was that was not refused. With `--keep-going` that is when failures count.
    fn sum_up(self) -> Result<Exit, CliError> {
        drop(self.progress);
        let (sent, failed) = (self.sent, self.failed);
        if sent.all() > 0 {
            let events = sent.events - failed.events;
            let calls = sent.calls - failed.calls;
            self.console
                .note(&format!("events replayed: {events}, calls: {calls}"));
        }
        match self.first {
            None => Ok(Exit::Success),
            Some(exit) => Err(CliError::Partly {
                failed: failed.all(),
                all: sent.all(),
                exit,
            }),
        }
    }
}

fn publish(session: &Session, args: &ReplayArgs, content: Content) -> Request {
    let topic = Mapping::apply(&args.map, &content.uri).into_owned();
    let limit = args.client.output.timeout;
    let mut publish = session.publish(&*topic).arguments(content.arguments);
    if !args.no_ack {
        publish = publish.acknowledge();
    }
    Box::pin(async move {
        let answer = answer(&topic, limit, publish).await;
        (Kind::Event, answer.map(drop))
    })
}

fn call(session: &Session, args: &ReplayArgs, content: Content) -> Request {
    let procedure = Mapping::apply(&args.map, &content.uri).into_owned();
    let limit = args.client.output.timeout;
    let call = session.call(&*procedure).arguments(content.arguments);
    Box::pin(async move {
        let answer = answer(&procedure, limit, call).await;
        (Kind::Call, answer.map(drop))
    })
}

/// How many may be unanswered at once: more than a router in good health ever leaves, and a bound for one that is not.
const MOST_OPEN: usize = 1024;
