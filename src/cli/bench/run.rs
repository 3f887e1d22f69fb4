//! The benchmarks: who is set up, for how long they work, and what is reported.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, VecDeque};
use std::process;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _, TryStreamExt as _};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use wampkit::codec;
use wampkit::proto::{
    Call, CallOptions, Message, Payload, Publish, PublishOptions, Register, RegisterOptions,
    Serializer, Subscribe, SubscribeOptions, Uri, Yield, YieldOptions,
};

use super::super::args::{ConnectWork, IdleWork, Pace, PubsubWork, RpcWork, RunArgs};
use super::super::error::CliError;
use super::super::progress::{Progress, Total};
use super::super::raise_open_files;
use super::link::{Driver, Link, Target, nonsense};
use super::load::{Callee, Pacing, Requester, Schedule, Shared, Subscriber, Tally};
use super::process::{cpu, rss};
use super::report::Report;
use super::wire::{Template, filler, placeholder};

type Workers<A> = FuturesUnordered<Driver<A>>;

pub(super) async fn rpc(args: &RpcWork, target: &Target) -> Result<Report, CliError> {
    let size = args.load.size;
    let tally = Tally::shared(args.load.run.count, 0);
    let base = uri("procedure");
    let callees: Workers<Callee> = FuturesUnordered::new();
    let count = args.callees.unwrap_or(args.clients);
    for number in 0..count {
        let mut link = Link::join(target).await?;
        let procedure = Uri::from(format!("{base}.{number}"));
        let register = Register {
            request: placeholder(),
            options: RegisterOptions::default(),
            procedure,
        };
        link.request(target, &base, &register.into()).await?;
        let payload = payload(link.serializer, size)?;
        let answer = Yield {
            request: placeholder(),
            options: YieldOptions::default(),
            payload,
        };
        let template = template(link.serializer, &answer.into())?;
        let reader = link.reader(size);
        callees.push(Driver::new(link, Callee { reader, template }));
    }
    let callers = FuturesUnordered::new();
    let links = joined(target, args.clients).await?;
    for (number, link) in links.into_iter().enumerate() {
        let call = Call {
            request: placeholder(),
            options: CallOptions::default(),
            procedure: Uri::from(format!("{base}.{}", number % count)),
            payload: payload(link.serializer, size)?,
        };
        let pacing = match args.rate {
            None => Pacing::Answers(args.in_flight),
            Some(rate) => Pacing::clock(Schedule::new(rate, number, args.clients)),
        };
        callers.push(requester(
            link,
            &call.into(),
            size,
            number,
            pacing,
            &tally,
            None,
        )?);
    }
    let course = Course {
        run: &args.load.run,
        pids: &target.pids,
        things: "calls",
        target,
    };
    let meter = work(callers, callees, &tally, &course).await?;
    Ok(meter.report("rpc", "call", &tally))
}

pub(super) async fn pubsub(args: &PubsubWork, target: &Target) -> Result<Report, CliError> {
    let (publishers, listeners, topics) = match args.pairs {
        Some(pairs) => (pairs, pairs, pairs),
        None => (args.publishers, args.subscribers, args.topics),
    };
    let size = args.load.size;
    let tally = Tally::shared(args.load.run.count, publishers);
    let base = uri("topic");
    let topic = |number: usize| Uri::from(format!("{base}.{}", number % topics));
    let subscribers: Workers<Subscriber> = FuturesUnordered::new();
    for (number, mut link) in joined(target, listeners).await?.into_iter().enumerate() {
        let options = SubscribeOptions::default();
        let subscribe = Subscribe {
            request: placeholder(),
            options,
            topic: topic(number),
        };
        link.request(target, &base, &subscribe.into()).await?;
        let subscriber = Subscriber {
            tally: tally.clone(),
            reader: link.reader(size),
            seen: HashMap::new(),
        };
        subscribers.push(Driver::new(link, subscriber));
    }
    let senders = FuturesUnordered::new();
    for (number, link) in joined(target, publishers).await?.into_iter().enumerate() {
        let options = PublishOptions {
            acknowledge: Some(true),
            ..PublishOptions::default()
        };
        let payload = payload(link.serializer, size)?;
        let publish = Publish {
            request: placeholder(),
            options,
            topic: topic(number),
            payload,
        };
        let reached = (0..listeners)
            .filter(|other| other % topics == number % topics)
            .count();
        let pacing = match (args.rate, args.pace) {
            (Some(rate), _) => Pacing::clock(Schedule::new(rate, number, publishers)),
            (None, Pace::Ack) => Pacing::Answers(args.in_flight),
            (None, Pace::Receipt) => Pacing::Receipts(args.in_flight),
        };
        let reached = u32::try_from(reached).ok();
        senders.push(requester(
            link,
            &publish.into(),
            size,
            number,
            pacing,
            &tally,
            reached,
        )?);
    }
    let run = &args.load.run;
    let course = Course {
        run,
        pids: &target.pids,
        things: run.count.map_or("events", |_| "publications"),
        target,
    };
    let meter = work(senders, subscribers, &tally, &course).await?;
    Ok(meter.report("pubsub", "event", &tally))
}

pub(super) async fn connect(args: &ConnectWork, target: &Target) -> Result<Report, CliError> {
    let tally = Tally::shared(args.run.count, 0);
    let cycles = FuturesUnordered::new();
    for number in 0..args.clients {
        let tally = &tally;
        let schedule = |rate| Schedule::new(rate, number, args.clients);
        let mut schedule = args.rate.map(schedule);
        cycles.push(async move {
            loop {
                let due = match &mut schedule {
                    None => tally.borrow().nanos(),
                    Some(schedule) => {
                        sleep_until(schedule.next).await;
                        schedule.take(tally.borrow().started)
                    }
                };
                if !tally.borrow_mut().begin(due) {
                    return Ok::<_, CliError>(());
                }
                Link::join(target).await?.leave().await?;
                tally.borrow_mut().done(due);
            }
        });
    }
    let all = cycles.try_collect::<()>();
    let course = Course {
        run: &args.run,
        pids: &target.pids,
        things: "cycles",
        target,
    };
    let meter = measured(all, &tally, &course).await?;
    Ok(meter.report("connect", "cycle", &tally))
}

pub(super) async fn idle(args: &IdleWork, target: &Target) -> Result<Report, CliError> {
    raise_open_files();
    let pids = &target.pids;
    let start = rss(pids);
    let mut full = None;
    let tally = Tally::shared(Some(0), 0);
    let meter = Meter::start(pids);
    for _ in 0..args.cycles {
        let links = joined(target, args.clients).await?;
        tally.borrow_mut().operations += links.len() as u64;
        full = rss(pids);
        let leaving = links.into_iter().map(Link::leave);
        futures_util::stream::iter(leaving)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
    let mut report = meter.stop(pids).report("idle", "session", &tally);
    let known = |kib: Option<u64>| kib.map(|kib| kib as f64);
    report.memory.clear();
    report
        .memory
        .extend(known(start).map(|kib| ("rss_before", kib)));
    report.memory.extend(known(full).map(|kib| ("rss", kib)));
    report
        .memory
        .extend(known(settled(pids, start).await).map(|kib| ("rss_after", kib)));
    if let (Some(start), Some(full)) = (known(start), known(full)) {
        report
            .memory
            .push(("rss_per_session", (full - start) / args.clients as f64));
    }
    Ok(report)
}

/// Memory once it no longer falls: a router may take its time to give back what sessions had.
async fn settled(pids: &[u32], start: Option<u64>) -> Option<u64> {
    let (mut least, start) = (rss(pids)?, start?);
    let mut waited = Duration::ZERO;
    while least > start + LITTLE && waited < SETTLING {
        sleep(LOOK).await;
        waited += LOOK;
        let now = rss(pids)?;
        if now < least {
            (least, waited) = (now, Duration::ZERO);
        }
    }
    Some(least)
}

/// KiB that nobody waits for.
const LITTLE: u64 = 1 << 10;

/// How long memory has to stay the same.
const SETTLING: Duration = Duration::from_secs(5);

const LOOK: Duration = Duration::from_millis(100);

/// So many sessions, in order.
async fn joined(target: &Target, count: usize) -> Result<Vec<Link>, CliError> {
    let total = Total::Count(count as u64);
    let progress = Progress::start(&target.console, "sessions", total);
    futures_util::stream::iter((0..count).map(|_| Link::join(target)))
        .buffered(AT_ONCE)
        .inspect_ok(|_| progress.tick(1))
        .try_collect()
        .await
}

/// How many sessions join or leave at once.
const AT_ONCE: usize = 64;

fn requester(
    link: Link,
    message: &Message,
    size: usize,
    number: usize,
    pacing: Pacing,
    tally: &Shared,
    subscribers: Option<u32>,
) -> Result<Driver<Requester>, CliError> {
    let actor = Requester {
        tally: tally.clone(),
        reader: link.reader(size),
        template: template(link.serializer, message)?,
        number: u32::try_from(number).unwrap_or(u32::MAX),
        pacing,
        open: VecDeque::new(),
        first: 1,
        unanswered: 0,
        subscribers,
    };
    Ok(Driver::new(link, actor))
}

fn payload(serializer: Serializer, size: usize) -> Result<Payload, CliError> {
    codec::to_payload(serializer, &(filler(size),), &())
        .map_err(|error| nonsense(error.to_string()))
}

fn template(serializer: Serializer, message: &Message) -> Result<Template, CliError> {
    Template::new(serializer, message).ok_or_else(|| nonsense("no template".to_owned()))
}

/// URIs of this run, which another one does not meet.
fn uri(noun: &str) -> String {
    let mut random = [0; 4];
    // The number of the process has to do where there is no chance.
    let _ = getrandom::fill(&mut random);
    format!(
        "cli.wamp.bench.p{}.r{}.{noun}",
        process::id(),
        u32::from_ne_bytes(random)
    )
}

/// Has `active` work, and `passive` answer them, until what they have to do is done and has arrived.
async fn work<A: super::link::Actor, P: super::link::Actor>(
    active: Workers<A>,
    mut passive: Workers<P>,
    tally: &Shared,
    course: &Course<'_>,
) -> Result<Meter, CliError> {
    let working = async {
        active.try_collect::<()>().await?;
        let mut before = u64::MAX;
        loop {
            let (received, expected) = {
                let tally = tally.borrow();
                (tally.received, tally.expected)
            };
            if received >= expected || received == before {
                return Ok(());
            }
            before = received;
            let arrived = async {
                while tally.borrow().received < expected {
                    sleep(Duration::from_millis(1)).await;
                }
            };
            // What has not come by then is lost.
            let _ = timeout(DRAIN, arrived).await;
        }
    };
    tokio::select! {
        meter = measured(working, tally, course) => meter,
        Err(error) = async {
            match passive.next().await {
                Some(outcome) => outcome,
                None => std::future::pending().await,
            }
        } => Err(error),
    }
}

/// How long answers and events are waited for that do not come.
const DRAIN: Duration = Duration::from_secs(2);

/// How long something is measured, of which router, and what it is called (a plural).
struct Course<'a> {
    run: &'a RunArgs,
    pids: &'a [u32],
    things: &'static str,
    target: &'a Target,
}

impl Course<'_> {
    /// Goes by when warming up is over.
    async fn warm_up(&self, tally: &Shared) {
        let warmup = self.run.warmup();
        let things = format!("{} to warm up", self.things);
        let progress = Progress::start(&self.target.console, things, Total::Time(warmup));
        tokio::select! {
            () = sleep(warmup) => {}
            () = watch(&progress, || tally.borrow().finished) => {}
        }
    }

    /// Goes by when the time to measure is over, if it is a matter of time.
    async fn measure(&self, tally: &Shared, progress: &Progress) {
        let run = self.run;
        let done = || {
            let tally = tally.borrow();
            match (run.count, tally.left) {
                (Some(count), Some(left)) => count - left,
                _ => tally.operations,
            }
        };
        let over = async {
            match run.count {
                Some(_) => std::future::pending().await,
                None => sleep(run.duration).await,
            }
        };
        tokio::select! {
            () = over => {}
            () = watch(progress, done) => {}
        }
    }

    /// How far it has come, for people to see.
    fn progress(&self) -> Progress {
        let total = match self.run.count {
            Some(count) => Total::Count(count),
            None => Total::Time(self.run.duration),
        };
        Progress::start(&self.target.console, self.things, total)
    }
}

/// Keeps the progress up to date, if anybody sees it: now and then, for each operation would cost what is measured.
async fn watch(progress: &Progress, done: impl Fn() -> u64) {
    if !progress.is_shown() {
        std::future::pending::<()>().await;
    }
    loop {
        sleep(PAUSE).await;
        progress.reach(done());
    }
}

/// How often it is told how far it has come.
const PAUSE: Duration = Duration::from_millis(100);

/// Measures `working`, which ends when the tally says that it is to stop and all has come that was to come.
async fn measured(
    working: impl Future<Output = Result<(), CliError>>,
    tally: &Shared,
    course: &Course<'_>,
) -> Result<Meter, CliError> {
    let (pids, interrupt) = (course.pids, &course.target.interrupt);
    let warms_up = !course.run.warmup().is_zero();
    tally.borrow_mut().measuring = !warms_up;
    let meter = Cell::new(Meter::start(pids));
    let shown = OnceCell::new();
    let clock = async {
        if warms_up {
            course.warm_up(tally).await;
        }
        let progress = shown.get_or_init(|| course.progress());
        interrupt.allow();
        if warms_up {
            tally.borrow_mut().measure();
            meter.set(Meter::start(pids));
        }
        course.measure(tally, progress).await;
    };
    let over = async {
        tokio::select! {
            () = clock => {}
            () = interrupt.requested() => {}
        }
    };
    tokio::pin!(working);
    tokio::select! {
        outcome = &mut working => {
            outcome?;
            return Ok(meter.into_inner().stop(pids));
        }
        () = over => {}
    }
    let meter = meter.into_inner().stop(pids);
    {
        let mut tally = tally.borrow_mut();
        (tally.measuring, tally.stopped) = (false, true);
    }
    // What has no answer by then never gets one.
    if let Ok(outcome) = timeout(DRAIN * 2, working).await {
        outcome?;
    }
    Ok(meter)
}

/// Has measuring end early, with the figures so far.
#[derive(Debug, Default)]
pub(super) struct Interrupt {
    measuring: Cell<bool>,
    request: Notify,
}

impl Interrupt {
    /// Asks for it. Answers whether there are figures to come.
    pub(super) fn request(&self) -> bool {
        self.request.notify_one();
        self.measuring.get()
    }

    /// From now on there are.
    fn allow(&self) {
        self.measuring.set(true);
    }

    async fn requested(&self) {
        self.request.notified().await;
    }
}

/// Clocks at the start, and what they have run at the end.
struct Meter {
    started: Instant,
    took: Duration,
    cpu: Option<u64>,
    generator_cpu: Option<u64>,
    rss: Option<u64>,
}

impl Meter {
    fn start(pids: &[u32]) -> Self {
        Self {
            started: Instant::now(),
            took: Duration::ZERO,
            cpu: cpu(pids),
            generator_cpu: cpu(&[process::id()]),
            rss: None,
        }
    }

    fn stop(self, pids: &[u32]) -> Self {
        let since = |now: Option<u64>, then: Option<u64>| Some(now?.saturating_sub(then?));
        Self {
            took: self.started.elapsed(),
            cpu: since(cpu(pids), self.cpu),
            generator_cpu: since(cpu(&[process::id()]), self.generator_cpu),
            rss: rss(pids),
            ..self
        }
    }

    fn report(&self, what: &'static str, operation: &'static str, tally: &Shared) -> Report {
        let tally = tally.borrow();
        Report {
            what,
            operation,
            operations: tally.operations,
            took: self.took,
            latencies: Some(tally.latencies.clone()),
            cpu: self.cpu,
            generator_cpu: self.generator_cpu,
            faults: [
                ("errors", tally.errors),
                ("loss", tally.expected.saturating_sub(tally.received)),
                ("duplicates", tally.duplicates),
                ("unanswered", tally.open),
                ("disorder", tally.disorder),
            ],
            memory: self
                .rss
                .map(|kib| ("rss", kib as f64))
                .into_iter()
                .collect(),
        }
    }
}
