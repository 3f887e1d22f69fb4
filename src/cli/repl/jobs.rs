//! What goes on in the background: subscriptions and registrations, numbered.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::timeout;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, MatchPolicy};

use super::super::args::{RegisterArgs, SubscribeArgs};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::onlooker::Onlooker;
use super::super::output::{Entry, Envelope};
use super::super::register::Callee;
use super::super::subscribe;
use super::link::Link;
use super::names::Names;

/// All of them.
#[derive(Default)]
pub(super) struct Jobs {
    jobs: Vec<Job>,
    /// The number of the last one.
    last: u32,
}

/// One.
struct Job {
    number: u32,
    kind: Kind,
    uris: Vec<String>,
    heard: Arc<Heard>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// What a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Subscription,
    Registration,
}

impl Jobs {
    /// Subscribes, and goes on printing events.
    ///
    /// # Errors
    /// That it cannot be subscribed.
    pub(super) async fn subscribe(
        &mut self,
        args: SubscribeArgs,
        link: &Link,
        console: Console,
        names: Arc<Names>,
    ) -> Result<(), CliError> {
        let uris = args.topics.clone();
        let policy = args.match_policy.unwrap_or_default();
        let heard = Arc::new(Heard::new(policy, None, names));
        let onlooker: Arc<dyn Onlooker> = Arc::clone(&heard) as _;
        let mut stream = subscribe::Stream::new(args, &console)?;
        let mut link = link.clone();
        let (stop, mut stopped) = oneshot::channel();
        let (failed, failure) = oneshot::channel();
        let task = spawn_local(async move {
            let outcome = tokio::select! {
                outcome = stream.follow(&mut link, Some(onlooker)) => outcome,
                _ = &mut stopped => Ok(()),
            };
            let told = stream.end().await;
            end(outcome.and(told), failed, &console);
        });
        self.add(Kind::Subscription, uris, heard, stop, task, failure)
            .await
    }

    /// Registers, and goes on answering calls.
    ///
    /// # Errors
    /// That it cannot be registered.
    pub(super) async fn register(
        &mut self,
        args: RegisterArgs,
        link: &Link,
        console: Console,
        names: Arc<Names>,
    ) -> Result<(), CliError> {
        let uris = args.procedures.clone();
        let told = console.stdout().terminal.then_some(console);
        let policy = args.match_policy.unwrap_or_default();
        let heard = Arc::new(Heard::new(policy, told, names));
        let onlooker: Arc<dyn Onlooker> = Arc::clone(&heard) as _;
        let mut callee = Callee::new(args, &console)?;
        let mut link = link.clone();
        let (stop, mut stopped) = oneshot::channel();
        let (failed, failure) = oneshot::channel();
        let task = spawn_local(async move {
            let outcome = tokio::select! {
                // What is still registered is taken back when it is dropped.
                outcome = callee.serve(&mut link, Some(onlooker)) => outcome.map(drop),
                _ = &mut stopped => Ok(()),
            };
            callee.end().await;
            end(outcome, failed, &console);
        });
        self.add(Kind::Registration, uris, heard, stop, task, failure)
            .await
    }

    /// Waits until a job has begun, and gives it a number.
    async fn add(
        &mut self,
        kind: Kind,
        uris: Vec<String>,
        heard: Arc<Heard>,
        stop: oneshot::Sender<()>,
        task: JoinHandle<()>,
        failure: oneshot::Receiver<CliError>,
    ) -> Result<(), CliError> {
        // Given up meanwhile, because of Ctrl-C, it is no job.
        let mut begun = Begun(Some(task));
        tokio::select! {
            biased;
            () = heard.begun.notified() => {}
            // Without an error it has had all that it wanted.
            failed = failure => return failed.map_or(Ok(()), Err),
        }
        let Some(task) = begun.0.take() else {
            return Ok(());
        };
        self.last += 1;
        self.jobs.push(Job {
            number: self.last,
            kind,
            uris,
            heard,
            stop,
            task,
        });
        Ok(())
    }

    /// Whether there is this job, of this kind if it is to be one.
    ///
    /// # Errors
    /// That there is none, or that it is another.
    pub(super) fn check(&mut self, kind: Option<Kind>, number: u32) -> Result<(), CliError> {
        self.prune();
        let found = self.jobs.iter().find(|job| job.number == number);
        let found = found.ok_or_else(|| CliError::Nothing {
            message: format!("no such job: {number}"),
            suggestion: None,
        })?;
        if kind.is_none_or(|kind| kind == found.kind) {
            return Ok(());
        }
        Err(CliError::Usage {
            message: format!("job {number} is a {}", found.kind.name()),
            hint: Some(format!("end it with `{} {number}`", found.kind.ending())),
        })
    }

    /// Ends these, waits until they have ended, and says for each what has.
    pub(super) async fn end(&mut self, numbers: &[u32]) -> Vec<String> {
        let mut told = Vec::new();
        let ended = self
            .jobs
            .extract_if(.., |job| numbers.contains(&job.number));
        for job in ended.collect::<Vec<_>>() {
            told.push(format!("{} {}", job.kind.ended(), job.uris.join(" ")));
            job.end().await;
        }
        told
    }

    /// Ends all of them.
    pub(super) async fn end_all(&mut self) {
        for job in std::mem::take(&mut self.jobs) {
            job.end().await;
        }
    }

    /// Has these print nothing, or print again, and says for each which.
    pub(super) fn mute(&self, numbers: &[u32]) -> Vec<String> {
        let jobs = self.jobs.iter();
        jobs.filter(|job| numbers.contains(&job.number))
            .map(|job| {
                let was_muted = job.heard.muted.fetch_xor(true, Ordering::Relaxed);
                let now = if was_muted { "heard again" } else { "muted" };
                format!("{now}: {}", job.uris.join(" "))
            })
            .collect()
    }

    /// A line for each.
    pub(super) fn list(&mut self) -> Vec<Entry> {
        self.prune();
        self.jobs.iter().map(Job::entry).collect()
    }

    /// What Tab offers of each: its number, what it is, and its URIs.
    pub(super) fn named(&mut self) -> Vec<(u32, Kind, String)> {
        self.prune();
        let jobs = self.jobs.iter();
        jobs.map(|job| (job.number, job.kind, job.uris.join(" ")))
            .collect()
    }

    /// How many registrations there are.
    pub(super) fn registrations(&mut self) -> usize {
        self.prune();
        let kinds = self.jobs.iter().map(|job| job.kind);
        kinds.filter(|kind| *kind == Kind::Registration).count()
    }

    /// How many there are.
    pub(super) fn len(&mut self) -> usize {
        self.prune();
        self.jobs.len()
    }

    /// Whoever hears the events of a topic that is subscribed to.
    pub(super) fn hears(&mut self, topic: &str) -> Option<Arc<Heard>> {
        self.prune();
        let hears =
            |job: &&Job| job.kind == Kind::Subscription && job.uris.iter().any(|uri| uri == topic);
        let job = self.jobs.iter().find(hears)?;
        Some(Arc::clone(&job.heard))
    }

    /// Forgets those that have ended by themselves.
    fn prune(&mut self) {
        self.jobs.retain(|job| !job.task.is_finished());
    }
}

impl Job {
    async fn end(self) {
        let Self { stop, task, .. } = self;
        // It may have ended by itself.
        let _ = stop.send(());
        let _ = timeout(PATIENCE, task).await;
    }

    fn entry(&self) -> Entry {
        let (count, muted) = (self.heard.count(), self.heard.is_muted());
        let details = Dict::new()
            .with("job", u64::from(self.number))
            .with("type", self.kind.name())
            .with("uris", self.uris.join(" "))
            .with("count", count)
            .with("muted", muted);
        let uris = self.uris.join(" ");
        Entry {
            line: format!("{} {} {uris}", self.number, self.kind.name()),
            envelope: Envelope {
                kind: "job",
                uri: self.uris.first().cloned(),
                arguments: Arguments::default(),
                details,
                at: SystemTime::now(),
            },
        }
    }
}

impl Kind {
    /// The command that ends it.
    const fn ending(self) -> &'static str {
        match self {
            Self::Subscription => "unsub",
            Self::Registration => "unreg",
        }
    }

    /// What is said when it has ended, in front of its URIs.
    const fn ended(self) -> &'static str {
        match self {
            Self::Subscription => "unsubscribed from",
            Self::Registration => "unregistered",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Registration => "registration",
        }
    }
}

/// A task that nobody has taken yet.
struct Begun(Option<JoinHandle<()>>);

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// A job is over. Why, whoever waits for it learns, and if nobody does any more it is told.
fn end(outcome: Result<(), CliError>, failed: oneshot::Sender<CliError>, console: &Console) {
    let Err(error) = outcome else {
        return;
    };
    match failed.send(error) {
        // That the session is lost is told already.
        Ok(()) | Err(CliError::Lost(_)) => {}
        Err(error) => console.error(&error),
    }
}

/// What a job has heard.
pub(super) struct Heard {
    begun: Notify,
    muted: AtomicBool,
    /// How its URIs are meant.
    policy: MatchPolicy,
    /// Where calls are told of.
    calls: Option<Console>,
    names: Arc<Names>,
    events: Mutex<Events>,
    more: Notify,
}

#[derive(Default)]
struct Events {
    count: u64,
    /// Those that nobody has waited for yet, the last ones.
    waiting: VecDeque<Envelope>,
}

impl Events {
    /// The first of these that waits.
    fn take(&mut self, wanted: impl Fn(&Envelope) -> bool) -> Option<Envelope> {
        let at = self.waiting.iter().position(wanted)?;
        self.waiting.remove(at)
    }
}

impl Heard {
    fn new(policy: MatchPolicy, calls: Option<Console>, names: Arc<Names>) -> Self {
        Self {
            begun: Notify::new(),
            muted: AtomicBool::new(false),
            policy,
            calls,
            names,
            events: Mutex::default(),
            more: Notify::new(),
        }
    }

    /// The next event of one of its topics that nobody has waited for. There is one waiter at a time.
    pub(super) async fn next(&self, topic: &str) -> Envelope {
        let of_topic = |event: &Envelope| {
            let uri = event.uri.as_deref();
            uri.is_some_and(|uri| self.policy.matches(topic, uri))
        };
        loop {
            if let Some(event) = self.events().take(of_topic) {
                return event;
            }
            self.more.notified().await;
        }
    }

    fn count(&self) -> u64 {
        self.events().count
    }

    fn is_muted(&self) -> bool {
        self.muted.load(Ordering::Relaxed)
    }

    /// A panic elsewhere leaves nothing half done here.
    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Onlooker for Heard {
    fn ready(&self) {
        self.begun.notify_one();
    }

    fn admits(&self, event: &Envelope) -> bool {
        let mut events = self.events();
        events.count += 1;
        if event.kind == "event" {
            if events.waiting.len() == MOST {
                events.waiting.pop_front();
            }
            events.waiting.push_back(event.clone());
        }
        drop(events);
        self.more.notify_one();
        if let Some(uri) = &event.uri {
            self.names.seen_uri(uri);
            for (key, _) in event.arguments.kwargs.iter() {
                self.names.seen_keyword(uri, key);
            }
        }
        let shown = !self.is_muted();
        if let Some(console) = self.calls.filter(|_| shown) {
            // It is not for the callee to fail because nobody looks on.
            let _ = console.stamped_event("called", event);
        }
        shown
    }
}

/// How many events wait for `wait`.
const MOST: usize = 1000;

/// How long a job may take to end.
const PATIENCE: Duration = Duration::from_secs(2);
