//! `wamp subscribe`.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_util::StreamExt as _;
use wampkit::Session;
use wampkit::client::{Error as RequestError, Event, PayloadError, Subscription};
use wampkit::proto::{Dict, DictFields as _, SubscribeOptions, Uri, uris};

use super::args::SubscribeArgs;
use super::connection::{Connection, Outage, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::history::{Past, Told, history};
use super::limits::Limits;
use super::output::Envelope;
use super::route::brief;
use super::signals::Work;
use super::{argument, block_on_apart, dry_run, ready};

/// Subscribes to the topics and prints events until a limit is reached or a signal comes.
///
/// # Errors
/// That a topic cannot be subscribed to, that the session ends, that a limit was reached before there were enough events.
pub(crate) fn run(args: SubscribeArgs, console: &Console) -> Result<Exit, CliError> {
    let mut options = argument::options::<SubscribeOptions>(&args.options, &mut Files::default())?;
    options.match_policy = args.match_policy.or(options.match_policy);
    options.get_retained = args.retained.then_some(true).or(options.get_retained);
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            let mut made = Vec::new();
            for topic in &args.topics {
                let subscribe = session.subscribe(&**topic).options(options.clone());
                made.push(dry_run::made(
                    answer(topic, args.client.output.timeout, subscribe).await,
                )?);
            }
            Ok(made)
        });
    }
    ready::clear(args.ready_file.as_deref())?;
    block_on_apart(async {
        let mut connection =
            Connection::open(&args.client.connection, Work::Stream, console).await?;
        let limits = Limits::new(args.duration, args.idle);
        let mut follower = Follower {
            args: &args,
            options,
            console,
            limits: &limits,
            count: 0,
            ready: false,
        };
        let reached = {
            let following = connection.keep(console, async |session, outage| {
                follower.follow(&session, outage).await
            });
            tokio::select! {
                biased;
                followed = following => followed.map(|()| None),
                limit = limits.reached() => Ok(Some(limit)),
            }
        };
        let outcome = match reached {
            Ok(Some(limit)) => follower.enough(limit),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// What outlasts a session.
struct Follower<'a> {
    args: &'a SubscribeArgs,
    options: SubscribeOptions,
    console: &'a Console,
    limits: &'a Limits,
    /// How many events were printed.
    count: u64,
    /// Whether all was subscribed once.
    ready: bool,
}

impl Follower<'_> {
    /// Prints the events of one session until there were enough.
    async fn follow(&mut self, session: &Session, outage: Option<Outage>) -> Result<(), CliError> {
        let Self { args, console, .. } = *self;
        let mut subscriptions = Vec::new();
        for topic in &args.topics {
            let subscribe = session.subscribe(&**topic).options(self.options.clone());
            subscriptions.push(answer(topic, args.client.output.timeout, subscribe).await?);
            if !self.ready {
                console.note(&format!("subscribed to {topic}"));
            }
        }
        if let Some(Outage {
            since,
            until,
            reason,
        }) = outage
        {
            let away = brief(until.duration_since(since).unwrap_or_default());
            console.note(&format!(
                "events may have been missed for {away} ({reason})"
            ));
        }
        let mut past = Vec::new();
        if !self.ready {
            ready::announce(args.ready_file.as_deref())?;
            if let Some(limit) = args.history {
                past = recall(session, &subscriptions, limit, console).await?;
            }
        }
        let told = Told::of(&past);
        for event in past {
            if self.print(&event.envelope)? {
                return Ok(());
            }
        }
        if !self.ready {
            self.ready = true;
            self.limits.start();
        }
        let mut events = Merged::new(subscriptions);
        loop {
            let event = match poll_fn(|cx| events.poll_next(cx)).await {
                Ok(event) => event,
                Err(Ended { topic, reason }) => {
                    return Err(match reason {
                        Some(reason) => CliError::Revoked {
                            subject: topic.to_string(),
                            reason: reason.to_string(),
                        },
                        None => CliError::Lost(session.closed().await),
                    });
                }
            };
            if event.missed > 0 {
                console.note(&format!(
                    "{} events of {} were lost",
                    event.missed, event.topic
                ));
            }
            if told.contains(event.publication) {
                continue;
            }
            self.limits.event();
            if self.print(&envelope(&event, console)?)? {
                return Ok(());
            }
        }
    }

    /// Prints an event; whether it was the last one wanted.
    fn print(&mut self, event: &Envelope) -> Result<bool, CliError> {
        self.console.event(event)?;
        self.count += 1;
        Ok(self.args.count.is_some_and(|wanted| self.count >= wanted))
    }

    /// A limit is reached: that is well unless more events were wanted.
    fn enough(&self, limit: String) -> Result<(), CliError> {
        match self.args.count {
            Some(wanted) if self.count < wanted => Err(CliError::TooFew {
                got: self.count,
                wanted,
                why: limit,
            }),
            _ => Ok(()),
        }
    }
}

/// The last events of all subscriptions, in the order of their time. A router that does not keep them, or not for this
/// session, is no reason to stop: there will be others.
async fn recall(
    session: &Session,
    subscriptions: &[Subscription],
    limit: u64,
    console: &Console,
) -> Result<Vec<Past>, CliError> {
    let mut past = Vec::new();
    for subscription in subscriptions {
        let topic = subscription.topic();
        match history(session, subscription, limit).await {
            Ok(events) => past.extend(events),
            Err(RequestError::Wamp(error)) if error.error == uris::NO_SUCH_PROCEDURE => {
                console.note("the router keeps no history of events");
                break;
            }
            Err(RequestError::Wamp(error)) => {
                console.note(&format!("no history of {topic}: {error}"));
            }
            Err(error) => return Err(CliError::of_request(topic, error)),
        }
    }
    past.sort_by_key(|event| event.envelope.at);
    Ok(past)
}

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

    /// The earliest event that has arrived. The session runs on this thread too, so while this looks through the queues
    /// nothing arrives: what a queue does not have yet is later than what the others have.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Event, Ended>> {
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
        let arrival = |head: &&mut Head| head.event.as_ref().map_or(u64::MAX, |it| it.arrival);
        let earliest = self.0.iter_mut().min_by_key(arrival);
        match (earliest.and_then(|head| head.event.take()), ended) {
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
fn envelope(event: &Event, console: &Console) -> Result<Envelope, CliError> {
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
