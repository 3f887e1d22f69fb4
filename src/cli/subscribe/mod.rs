//! `wamp subscribe`.

mod account;
mod history;
mod jobs;
mod sink;
mod stamp;
mod stats;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use wampkit::Session;
use wampkit::client::{Error as RequestError, Event, PayloadError, Subscription};
use wampkit::proto::{Dict, DictFields as _, Id, SubscribeOptions, Uri, uris};

use super::args::SubscribeArgs;
use super::connection::{Connection, Outage, Sessions, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::limits::{Limits, bound};
use super::onlooker::Onlooker;
use super::output::Envelope;
use super::route::brief;
use super::signals::Work;
use super::{argument, block_on_apart, dry_run, ready};

use account::{Account, Gap};
use history::{Past, history};

pub(crate) use sink::Sink;

/// Subscribes to the topics and prints events until a limit is reached or a signal comes.
///
/// # Errors
/// That a topic cannot be subscribed to, that the session ends, that a limit was reached before there were enough events.
pub(crate) fn run(args: SubscribeArgs, console: &Console) -> Result<Exit, CliError> {
    if args.dry_run.dry_run {
        let options = options(&args)?;
        return dry_run::run(&args.client.connection, console, async |session| {
            rehearse(session, &args, &options).await
        });
    }
    let mut stream = Stream::new(args, console)?;
    block_on_apart(async {
        let connection = &stream.args.client.connection;
        let mut connection = Connection::open(connection, Work::Stream, console).await?;
        let outcome = stream.follow(&mut connection, None).await;
        let done = match outcome {
            Ok(()) | Err(CliError::TooFew { .. }) => connection.guard(stream.sink.finish()).await,
            Err(_) => Ok(()),
        };
        connection.finish(stream.sink.stop()).await;
        connection.leave().await;
        let told = stream.sink.sum_up();
        outcome.and(done).and(told).map(|()| Exit::Success)
    })
}

/// Makes the requests of a session that is for nothing else: what came of each, to be kept until all are made.
///
/// # Errors
/// That one was not made.
pub(crate) async fn rehearse(
    session: &Session,
    args: &SubscribeArgs,
    options: &SubscribeOptions,
) -> Result<Vec<Option<Subscription>>, CliError> {
    let mut made = Vec::new();
    for topic in &args.topics {
        let subscribe = session.subscribe(&**topic).options(options.clone());
        let answer = answer(topic, args.client.output.timeout, subscribe).await;
        made.push(dry_run::made(answer)?);
    }
    Ok(made)
}

/// SUBSCRIBE.Options: those spelled out, and on top of them the flags.
fn options(args: &SubscribeArgs) -> Result<SubscribeOptions, CliError> {
    let mut options = argument::options::<SubscribeOptions>(&args.options, &mut Files::default())?;
    options.match_policy = args.match_policy.or(options.match_policy);
    options.get_retained = args.retained.then_some(true).or(options.get_retained);
    Ok(options)
}

/// Topics, and what is done with their events.
pub(crate) struct Stream {
    args: SubscribeArgs,
    options: SubscribeOptions,
    console: Console,
    sink: Sink,
}

impl Stream {
    /// What the options say.
    ///
    /// # Errors
    /// Options that do not go together, that there is no such command, that there can be no such ready file.
    pub(crate) fn new(args: SubscribeArgs, console: &Console) -> Result<Self, CliError> {
        let stream = Self {
            options: options(&args)?,
            sink: Sink::new(&args, console)?,
            console: *console,
            args,
        };
        ready::clear(stream.args.ready_file.as_deref())?;
        Ok(stream)
    }

    /// Takes events until a limit is reached.
    ///
    /// # Errors
    /// As [`run`].
    pub(crate) async fn follow(
        &mut self,
        sessions: &mut impl Sessions,
        onlooker: Option<Arc<dyn Onlooker>>,
    ) -> Result<(), CliError> {
        let (args, console) = (&self.args, &self.console);
        let limits = Limits::new(args.duration, args.idle);
        let options = self.options.clone();
        let mut follower = Follower::new(args, options, console, &limits, &mut self.sink);
        follower.onlooker = onlooker;
        let reached = {
            let following = sessions.keep(console, async |session, outage| {
                follower.follow(&session, outage).await
            });
            tokio::select! {
                biased;
                followed = following => followed.map(|()| None),
                limit = limits.reached() => Ok(Some(limit)),
            }
        };
        match reached? {
            Some(limit) => follower.enough(limit),
            None => Ok(()),
        }
    }

    /// Gives up what is still done with events, and says what there is to say in the end.
    ///
    /// # Errors
    /// Those of standard output.
    pub(crate) async fn end(self) -> Result<(), CliError> {
        self.sink.stop().await;
        self.sink.sum_up()
    }
}

/// What outlasts a session.
pub(crate) struct Follower<'a> {
    args: &'a SubscribeArgs,
    options: SubscribeOptions,
    console: &'a Console,
    limits: &'a Limits,
    /// What is done with the events.
    sink: &'a mut Sink,
    /// What else comes, from others than the router's broker.
    others: mpsc::Receiver<Envelope>,
    /// How many events there were.
    count: u64,
    /// Whether all was subscribed once.
    pub(crate) ready: bool,
    /// One for each topic.
    accounts: Vec<Account>,
    /// Who else hears of events.
    onlooker: Option<Arc<dyn Onlooker>>,
    /// The outage that is not over before all is subscribed again, and that is not told yet.
    untold: Option<Outage>,
}

impl<'a> Follower<'a> {
    /// Follows the topics of `args`, and says so on the console.
    pub(crate) fn new(
        args: &'a SubscribeArgs,
        options: SubscribeOptions,
        console: &'a Console,
        limits: &'a Limits,
        sink: &'a mut Sink,
    ) -> Self {
        let (_, none) = mpsc::channel(1);
        Self {
            args,
            options,
            console,
            limits,
            sink,
            others: none,
            count: 0,
            ready: false,
            accounts: args.topics.iter().map(|it| Account::new(it)).collect(),
            onlooker: None,
            untold: None,
        }
    }

    /// Takes these for events too.
    pub(crate) fn with(self, others: mpsc::Receiver<Envelope>) -> Self {
        Self { others, ..self }
    }

    /// Takes no more of the others.
    pub(crate) fn close(&mut self) {
        self.others.close();
    }

    /// Takes the events of one session until there were enough.
    pub(crate) async fn follow(
        &mut self,
        session: &Session,
        outage: Option<Outage>,
    ) -> Result<(), CliError> {
        if let Some(outage) = outage {
            let since = self.untold.as_ref().map_or(outage.since, |it| it.since);
            self.untold = Some(Outage { since, ..outage });
        }
        let subscriptions = self.subscribe(session).await?;
        let mut past = if self.ready {
            self.resume(session, &subscriptions).await?
        } else {
            self.begin(session, &subscriptions).await?
        };
        past.sort_by_key(|(_, event)| event.envelope.at);
        for (index, event) in past {
            self.accounts[index].read(&event);
            let is_told = |publication| self.is_told_elsewhere(index, publication);
            if event.publication.is_some_and(is_told) {
                continue;
            }
            if self.take(event.envelope).await? {
                return Ok(());
            }
        }
        if !self.ready {
            self.ready = true;
            self.limits.start();
            self.sink.start();
        }
        let mut events = Merged::new(subscriptions);
        loop {
            let next = tokio::select! {
                biased;
                Some(other) = self.others.recv() => {
                    if self.take(other).await? {
                        return Ok(());
                    }
                    continue;
                }
                next = poll_fn(|cx| events.poll_next(cx)) => next,
            };
            let (index, event) = match next {
                Ok(next) => next,
                Err(Ended { topic, reason }) => {
                    for (index, missed) in events.missed().enumerate() {
                        self.overrun(index, missed)?;
                    }
                    return Err(match reason {
                        Some(reason) => CliError::Revoked {
                            subject: topic.to_string(),
                            reason: reason.to_string(),
                        },
                        None => CliError::Lost(session.closed().await),
                    });
                }
            };
            self.dropped(index, event.details.events_dropped.unwrap_or(0))?;
            self.overrun(index, event.missed)?;
            let account = &mut self.accounts[index];
            let retained = event.details.retained == Some(true);
            if account.admits(event.publication, retained)
                && !self.is_told_elsewhere(index, event.publication)
                && self.take(envelope(&event, self.console)?).await?
            {
                return Ok(());
            }
        }
    }

    /// Whether another subscription has brought the event already: a broker sends it once for each that it matches, and whoever
    /// follows several topics wants to know it once.
    fn is_told_elsewhere(&self, index: usize, publication: Id) -> bool {
        let accounts = self.accounts.iter().enumerate();
        accounts
            .filter(|(other, _)| *other != index)
            .any(|(_, account)| account.has_told(publication))
    }

    /// Tells that events came faster than they were taken, if they did.
    fn overrun(&mut self, index: usize, missed: u64) -> Result<(), CliError> {
        if missed == 0 {
            return Ok(());
        }
        let topic = &self.args.topics[index];
        self.console
            .note(&format!("{missed} events of {topic} were lost"));
        let account = &self.accounts[index];
        self.sink.gap(&account.envelope(&account.overrun(missed)))
    }

    /// Tells that the router has dropped events of the session, if it did; of which subscriptions it does not say.
    fn dropped(&mut self, index: usize, missed: u64) -> Result<(), CliError> {
        if missed == 0 {
            return Ok(());
        }
        let told = format!("the router has dropped {missed} events that were not read fast enough");
        self.console.note(&told);
        let account = &self.accounts[index];
        self.sink.gap(&account.envelope(&account.dropped(missed)))
    }

    async fn subscribe(&self, session: &Session) -> Result<Vec<Subscription>, CliError> {
        let mut subscriptions = Vec::new();
        for topic in &self.args.topics {
            let subscribe = session.subscribe(&**topic).options(self.options.clone());
            let limit = self.args.client.output.timeout;
            subscriptions.push(answer(topic, limit, subscribe).await?);
            if !self.ready {
                self.console.note(&format!("subscribed to {topic}"));
            }
        }
        Ok(subscriptions)
    }

    /// All is subscribed for the first time: the events of the past that are wanted. Where they are kept the last one is asked
    /// for in any case, for it is where an outage would have to be made up from.
    async fn begin(
        &mut self,
        session: &Session,
        subscriptions: &[Subscription],
    ) -> Result<Vec<(usize, Past)>, CliError> {
        let (wanted, is_kept) = (self.args.history, history::is_kept(session));
        let may_resume = self.args.client.connection.retry != Some(0);
        let mut past = Vec::new();
        for (index, subscription) in subscriptions.iter().enumerate() {
            let limit = wanted.or_else(|| (is_kept && may_resume).then_some(1));
            let events = match limit {
                Some(limit) => self.recall(session, subscription, limit).await?,
                None => None,
            };
            self.accounts[index].begin(events.as_deref());
            let events = events.filter(|_| wanted.is_some());
            past.extend(events.into_iter().flatten().map(|event| (index, event)));
        }
        ready::announce(self.args.ready_file.as_deref())?;
        if let Some(onlooker) = &self.onlooker {
            onlooker.ready();
        }
        self.untold = None;
        Ok(past)
    }

    /// The last events of a subscription. A router that does not keep them, or not for this session, is no reason to stop:
    /// there will be others.
    async fn recall(
        &self,
        session: &Session,
        subscription: &Subscription,
        limit: u64,
    ) -> Result<Option<Vec<Past>>, CliError> {
        let topic = subscription.topic();
        let fault = match history(session, subscription, limit).await {
            Ok(events) => return Ok(Some(events)),
            Err(RequestError::Wamp(error)) => error,
            Err(error) => return Err(CliError::of_request(topic, error)),
        };
        if self.args.history.is_some() {
            self.console
                .note(&if fault.error == uris::NO_SUCH_PROCEDURE {
                    "the router keeps no history of events".to_owned()
                } else {
                    format!("no history of {topic}: {fault}")
                });
        }
        Ok(None)
    }

    /// All is subscribed again: the events that were missed, as far as they are kept. What may be missing beside them is told.
    async fn resume(
        &mut self,
        session: &Session,
        subscriptions: &[Subscription],
    ) -> Result<Vec<(usize, Past)>, CliError> {
        let back = SystemTime::now();
        let mut missed = Vec::new();
        for (account, subscription) in self.accounts.iter().zip(subscriptions) {
            missed.push(catch_up(session, subscription, account).await?);
        }
        let Some(outage) = self.untold.take() else {
            return Ok(Vec::new());
        };
        let mut past = Vec::new();
        let mut gaps = Vec::new();
        for (index, mut events) in missed.into_iter().enumerate() {
            let account = &mut self.accounts[index];
            if !account.resume(&mut events) {
                let first = events.first().map(|event| event.envelope.at);
                let gap = Gap {
                    since: outage.since,
                    until: first
                        .filter(|it| (outage.since..back).contains(it))
                        .unwrap_or(back),
                    reason: outage.reason.clone(),
                    missed: None,
                };
                gaps.push(subscriptions[index].topic().as_str());
                self.sink.gap(&account.envelope(&gap))?;
            }
            past.extend(events.into_iter().map(|event| (index, event)));
        }
        let away = brief(back.duration_since(outage.since).unwrap_or_default());
        if !past.is_empty() {
            let count = past.len();
            self.console.note(&format!(
                "{count} events were missed, and are in the router's history"
            ));
        }
        if gaps.len() == subscriptions.len() {
            self.console
                .note(&format!("events may have been missed for {away}"));
        } else if !gaps.is_empty() {
            let topics = gaps.join(", ");
            self.console.note(&format!(
                "events of {topics} may have been missed for {away}"
            ));
        }
        Ok(past)
    }

    /// Does with an event what is to be done; whether it was the last one wanted.
    async fn take(&mut self, event: Envelope) -> Result<bool, CliError> {
        self.limits.event();
        let onlooker = self.onlooker.as_ref();
        if onlooker.is_none_or(|onlooker| onlooker.admits(&event)) {
            self.sink.event(event).await?;
        }
        self.count += 1;
        Ok(bound(self.args.count).is_some_and(|wanted| self.count >= wanted))
    }

    /// A limit is reached: that is well unless more events were wanted.
    pub(crate) fn enough(&self, limit: String) -> Result<(), CliError> {
        match bound(self.args.count) {
            Some(wanted) if self.count < wanted => Err(CliError::TooFew {
                got: self.count,
                wanted,
                why: limit,
            }),
            _ => Ok(()),
        }
    }
}

/// The history of a subscription, as far back as something that is known, if it goes as far. Empty if the router keeps none.
async fn catch_up(
    session: &Session,
    subscription: &Subscription,
    account: &Account,
) -> Result<Vec<Past>, CliError> {
    let mut found = Vec::new();
    if !account.has_history() || !history::is_kept(session) {
        return Ok(found);
    }
    for limit in PORTIONS {
        match history(session, subscription, limit).await {
            Ok(events) => {
                let is_all = (events.len() as u64) < limit;
                found = events;
                if is_all || account.last_known(&found).is_some() {
                    break;
                }
            }
            Err(RequestError::Lost(closed)) => return Err(CliError::Lost(closed)),
            // So many are too many, or it is not for this session any more: what is missing will be told.
            Err(error) => {
                tracing::debug!(%error, topic = %subscription.topic(), "no history");
                break;
            }
        }
    }
    Ok(found)
}

/// How much history is asked for, until it is enough: a short outage is not to cost much, nor a long one all.
const PORTIONS: [u64; 3] = [1_000, 10_000, 100_000];

/// Several subscriptions as one, in the order in which the router sent their events.
struct Merged(Vec<Head>);

/// A subscription and the event that is next on it, if it is known.
struct Head {
    subscription: Subscription,
    event: Option<Event>,
}

/// A subscription has ended: because the router said so, or with the session.
struct Ended {
    topic: Uri,
    reason: Option<Uri>,
}

impl Merged {
    fn new(subscriptions: Vec<Subscription>) -> Self {
        let head = |subscription| Head {
            subscription,
            event: None,
        };
        Self(subscriptions.into_iter().map(head).collect())
    }

    /// How many events of each subscription were dropped behind the last one.
    fn missed(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|head| head.subscription.missed())
    }

    /// The earliest event that has arrived, and which subscription it is of. The session runs on this thread too, so while this
    /// looks through the queues nothing arrives: what a queue does not have yet is later than what the others have.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<(usize, Event), Ended>> {
        let mut ended = None;
        for head in self.0.iter_mut().filter(|head| head.event.is_none()) {
            if let Poll::Ready(next) = head.subscription.poll_next_unpin(cx) {
                head.event = next;
                if head.event.is_none() {
                    ended = Some(Ended {
                        topic: head.subscription.topic().clone(),
                        reason: head.subscription.revoked(),
                    });
                }
            }
        }
        let arrival = |(_, head): &(usize, &mut Head)| {
            let event = head.event.as_ref();
            event.map_or(u64::MAX, |it| it.arrival)
        };
        let earliest = self.0.iter_mut().enumerate().min_by_key(arrival);
        let event = earliest.and_then(|(index, head)| Some((index, head.event.take()?)));
        match (event, ended) {
            (Some(event), _) => Poll::Ready(Ok(event)),
            (None, Some(ended)) => Poll::Ready(Err(ended)),
            (None, None) => Poll::Pending,
        }
    }
}

/// The event with its publication id among the details: it is what tells two events apart.
///
/// One that is wrapped in a way that cannot be undone, because it is encrypted for others say, is left as it is: whoever
/// publishes such things must not be able to end the stream.
pub(crate) fn envelope(event: &Event, console: &Console) -> Result<Envelope, CliError> {
    let arguments = match event.arguments() {
        Err(fault @ PayloadError::Passthru(_)) => {
            console.note(&format!("an event of {}: {fault}", event.topic));
            event.raw_arguments()
        }
        other => other,
    };
    let mut details = Dict::new().with("publication", event.publication);
    event
        .details
        .each(&mut |key, value| details.push(key, value.clone()));
    Ok(Envelope {
        kind: "event",
        uri: Some(event.topic.to_string()),
        arguments: arguments.map_err(|error| CliError::of_payload(&event.topic, &error))?,
        details,
        at: SystemTime::now(),
    })
}
