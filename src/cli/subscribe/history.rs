//! The events of the past, where a router keeps them: `wamp subscribe --history`, and what it missed during an outage.

use std::time::SystemTime;

use wampkit::client::{Reply, Subscription};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Feature, Id, Role, Value};
use wampkit::{Session, client};

use super::super::output::Envelope;

/// The last events of a subscription, at most `limit`, in the order in which they were published.
///
/// # Errors
/// The router's: that it keeps no history, say.
pub(crate) async fn history(
    session: &Session,
    subscription: &Subscription,
    limit: u64,
) -> Result<Vec<Past>, client::Error> {
    let kwargs = Dict::new().with("limit", limit).with("reverse", true);
    let call = session.call(GET_EVENTS).args((subscription.id().get(),));
    let reply: Reply = call.kwargs(kwargs).await?;
    let Arguments { args, .. } = reply.arguments()?;
    // The specification's list is the list of arguments; others send it as the first of them.
    let events = match <[Value; 1]>::try_from(args) {
        Ok([Value::List(events)]) => events,
        Ok([event]) => vec![event],
        Err(events) => events,
    };
    let mut events = events
        .into_iter()
        .filter_map(|event| Past::read(event, subscription.topic()))
        .collect::<Vec<_>>();
    events.reverse();
    Ok(events)
}

/// Whether the router says that it keeps events.
pub(crate) fn is_kept(session: &Session) -> bool {
    let roles = session.details().roles.as_ref();
    roles.is_some_and(|roles| roles.features(Role::Broker).has(Feature::EventHistory))
}

/// An event of the past.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) publication: Option<Id>,
    /// What is printed.
    pub(crate) envelope: Envelope,
}

impl Past {
    /// `{timestamp, subscription, publication, details, args, kwargs}`, of which any may be missing.
    fn read(event: Value, topic: &str) -> Option<Self> {
        let Value::Dict(event) = event else {
            return None;
        };
        let mut past = Self {
            publication: None,
            envelope: Envelope {
                kind: "event",
                uri: Some(topic.to_owned()),
                arguments: Arguments::default(),
                details: Dict::new(),
                at: SystemTime::now(),
            },
        };
        let envelope = &mut past.envelope;
        let mut more = Dict::new();
        for (key, value) in event {
            match (&*key, value) {
                ("args", Value::List(args)) => envelope.arguments.args = args,
                ("kwargs", Value::Dict(kwargs)) => envelope.arguments.kwargs = kwargs,
                ("details", Value::Dict(details)) => more = details,
                ("publication", publication) => {
                    past.publication = publication.as_u64().and_then(Id::new);
                    envelope.details.push(key, publication);
                }
                ("timestamp", Value::Str(time)) => {
                    envelope.at = humantime::parse_rfc3339_weak(&time).unwrap_or(envelope.at);
                }
                _ => {}
            }
        }
        if let Some(published) = more.get("topic").and_then(Value::as_str) {
            envelope.uri = Some(published.to_owned());
        }
        for (key, value) in more {
            envelope.details.push(key, value);
        }
        Some(past)
    }
}

const GET_EVENTS: &str = "wamp.subscription.get_events";
