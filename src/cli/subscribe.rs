//! `wamp subscribe`.

use std::future::{pending, poll_fn};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep_until};
use wampkit::Session;
use wampkit::client::{Error as RequestError, Event, PayloadError, Subscription};
use wampkit::proto::{Dict, DictFields as _, SubscribeOptions, Uri, uris};

use super::args::SubscribeArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::history::{Past, Told, history};
use super::output::Envelope;
use super::signals::Work;
use super::{argument, block_on_apart, ready};

/// Subscribes to the topics and prints events until a limit is reached or a signal comes.
///
/// # Errors
/// That a topic cannot be subscribed to, that the session ends, that a limit was reached before there were enough events.
pub(crate) fn run(args: SubscribeArgs, console: &Console) -> Result<Exit, CliError> {
    let mut options = argument::options::<SubscribeOptions>(&args.options, &mut Files::default())?;
    options.match_policy = args.match_policy.or(options.match_policy);
    options.get_retained = args.retained.then_some(true).or(options.get_retained);
    ready::clear(args.ready_file.as_deref())?;
    block_on_apart(async {
        let mut connection =
            Connection::open(&args.client.connection, Work::Stream, console).await?;
        let outcome = connection
            .run(async |session| follow(&session, &args, options, console).await)
            .await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

async fn follow(
    session: &Session,
    args: &SubscribeArgs,
    options: SubscribeOptions,
    console: &Console,
) -> Result<(), CliError> {
    let mut subscriptions = Vec::new();
    for topic in &args.topics {
        let subscribe = session.subscribe(&**topic).options(options.clone());
        subscriptions.push(answer(topic, args.client.output.timeout, subscribe).await?);
        console.note(&format!("subscribed to {topic}"));
    }
    ready::announce(args.ready_file.as_deref())?;

    let mut past = Vec::new();
    if let Some(limit) = args.history {
        past = recall(session, &subscriptions, limit, console).await?;
    }
    let told = Told::of(&past);
    let mut count = 0;
    for event in past {
        console.event(&event.envelope)?;
        count += 1;
        if args.count.is_some_and(|wanted| count >= wanted) {
            return Ok(());
        }
    }
    let mut events = Merged::new(subscriptions);
    let end = args.duration.map(|limit| Instant::now() + limit);
    loop {
        let idle = args.idle.map(|limit| Instant::now() + limit);
        let next = tokio::select! {
            biased;
            next = poll_fn(|cx| events.poll_next(cx)) => next,
            () = until(end) => return enough(args, count, "within", args.duration),
            () = until(idle) => return enough(args, count, "before a silence of", args.idle),
        };
        let event = match next {
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
        console.event(&envelope(&event, console)?)?;
        count += 1;
        if args.count.is_some_and(|wanted| count >= wanted) {
            return Ok(());
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

/// Sleeps until then; for ever if there is no then.
async fn until(then: Option<Instant>) {
    match then {
        Some(then) => sleep_until(then).await,
        None => pending().await,
    }
}

/// A limit is reached: that is well unless more events were wanted.
fn enough(
    args: &SubscribeArgs,
    got: u64,
    why: &str,
    limit: Option<Duration>,
) -> Result<(), CliError> {
    let limit = humantime::format_duration(limit.unwrap_or_default());
    match args.count {
        Some(wanted) if got < wanted => Err(CliError::TooFew {
            got,
            wanted,
            why: format!("{why} {limit}"),
        }),
        _ => Ok(()),
    }
}
