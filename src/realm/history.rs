//! The events of the past, for those who ask.
//!
//! A history is kept of the subscriptions that the realm is configured to keep one of, from the start and whether or not
//! anybody is subscribed. It ends at its bounds: the oldest events go first, and one that is larger than all the room
//! is not kept. Events with lists of sessions are not kept either, as sessions end and their ids mean nothing afterwards.
//!
//! This module does *not* judge who may ask, nor read or write the arguments of `wamp.subscription.get_events`.
//!
//! Source: Advanced Profile, "Event History".

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;

use crate::proto::{Event, Id, MatchPolicy, Uri};

use super::refusal::Refusal;
use super::session::Session;
use super::stored::Stored;

/// A history to keep: of the subscription with this policy and URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRule {
    /// How `uri` matches topics.
    pub policy: MatchPolicy,
    /// The topic, or the pattern of topics.
    pub uri: Uri,
    /// How many events are kept.
    pub limit_events: usize,
    /// How many bytes they may take, with everything that is kept with them.
    pub limit_bytes: usize,
}

/// Which events of a history are wanted: those that fulfil all conditions that are given.
///
/// Times are wall times since 1970-01-01 00:00 UTC.
#[derive(Clone, Debug, Default)]
pub(super) struct EventQuery {
    pub(super) from_time: Option<Duration>,
    pub(super) after_time: Option<Duration>,
    pub(super) before_time: Option<Duration>,
    pub(super) until_time: Option<Duration>,
    pub(super) topic: Option<Uri>,
    pub(super) from_publication: Option<Id>,
    pub(super) after_publication: Option<Id>,
    pub(super) before_publication: Option<Id>,
    pub(super) until_publication: Option<Id>,
    /// The latest first.
    pub(super) reverse: bool,
    /// How many at most, counted from the end where the answer begins.
    pub(super) limit: Option<usize>,
}

/// An event of a history.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StoredEvent {
    /// When it was published: the wall time since 1970-01-01 00:00 UTC.
    pub(super) at: Duration,
    /// As it was sent to subscribers. The payload is in the publisher's serializer.
    pub(super) event: Event,
}

/// The histories of a realm, by subscription.
#[derive(Debug)]
pub(super) struct History {
    logs: HashMap<Id, Log, RandomState>,
}

#[derive(Debug)]
struct Log {
    policy: MatchPolicy,
    limit_events: usize,
    limit_bytes: usize,
    /// In the order of their publication.
    events: VecDeque<Arc<Stored>>,
    bytes: usize,
}

impl History {
    pub(super) fn new(hasher: &RandomState) -> Self {
        Self {
            logs: HashMap::with_hasher(hasher.clone()),
        }
    }

    /// Keeps a history of a subscription from now on.
    pub(super) fn open(&mut self, subscription: Id, rule: &HistoryRule) {
        let log = Log {
            policy: rule.policy,
            limit_events: rule.limit_events,
            limit_bytes: rule.limit_bytes,
            events: VecDeque::new(),
            bytes: 0,
        };
        self.logs.insert(subscription, log);
    }

    /// Whether a history of the subscription is kept.
    pub(super) fn covers(&self, subscription: Id) -> bool {
        !self.logs.is_empty() && self.logs.contains_key(&subscription)
    }

    /// The subscriptions of which a history is kept.
    pub(super) fn subscriptions(&self) -> impl Iterator<Item = Id> {
        self.logs.keys().copied()
    }

    /// How many events are kept; one that is in two histories counts twice.
    pub(super) fn len(&self) -> usize {
        self.logs.values().map(|log| log.events.len()).sum()
    }

    /// Adds an event to the history of a subscription, if one is kept.
    pub(super) fn append(&mut self, subscription: Id, event: &Arc<Stored>) {
        let Some(log) = self.logs.get_mut(&subscription) else {
            return;
        };
        if event.weight > log.limit_bytes {
            return;
        }
        log.bytes += event.weight;
        log.events.push_back(Arc::clone(event));
        while log.events.len() > log.limit_events || log.bytes > log.limit_bytes {
            let Some(oldest) = log.events.pop_front() else {
                return;
            };
            log.bytes -= oldest.weight;
        }
    }

    /// The events of a subscription that `query` wants and that `reader` may receive.
    ///
    /// # Errors
    /// No history is kept of the subscription, or a publication that `query` names is not in it: then nothing can be said
    /// to be before or after it, and an answer without events would be taken for the news that there are none.
    pub(super) fn events(
        &self,
        subscription: Id,
        query: &EventQuery,
        reader: &Session,
    ) -> Result<Vec<StoredEvent>, Refusal> {
        let log = self.logs.get(&subscription);
        let log = log.ok_or(Refusal::NoHistory(subscription))?;
        let position = |publication: Option<Id>| {
            let found = |publication| log.position(publication, subscription);
            publication.map(found).transpose()
        };
        let (from, after) = (
            position(query.from_publication)?,
            position(query.after_publication)?,
        );
        let (before, until) = (
            position(query.before_publication)?,
            position(query.until_publication)?,
        );
        let start = from.max(after.map(|at| at + 1)).unwrap_or(0);
        let ends = [before, until.map(|at| at + 1)];
        let end = ends.into_iter().flatten().min().unwrap_or(log.events.len());
        let wanted = log.events.range(start.min(end)..end).filter(|event| {
            let at = event.at;
            query.from_time.is_none_or(|from| at >= from)
                && query.after_time.is_none_or(|after| at > after)
                && query.before_time.is_none_or(|before| at < before)
                && query.until_time.is_none_or(|until| at <= until)
                && query
                    .topic
                    .as_ref()
                    .is_none_or(|topic| *topic == event.topic)
                && event
                    .filter
                    .as_ref()
                    .is_none_or(|filter| filter.admits(reader))
        });
        let event = |stored: &Arc<Stored>| StoredEvent {
            at: stored.at,
            event: stored.event(subscription, log.policy),
        };
        let limit = query.limit.unwrap_or(usize::MAX);
        Ok(if query.reverse {
            wanted.rev().take(limit).map(event).collect()
        } else {
            wanted.take(limit).map(event).collect()
        })
    }
}

impl Log {
    fn position(&self, publication: Id, subscription: Id) -> Result<usize, Refusal> {
        let found = self
            .events
            .iter()
            .position(|event| event.publication == publication);
        found.ok_or(Refusal::NotInHistory {
            publication,
            subscription,
        })
    }
}

#[cfg(test)]
mod tests {
    use bytestring::ByteString;

    use super::*;
    use crate::proto::{EventDetails, Payload, Recipients, Roles, Serializer};
    use crate::realm::publication::Publication;
    use crate::realm::recipients::Filter;
    use crate::realm::{Join, SessionKey};

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn session(authid: &str, authrole: &str) -> Session {
        Session::new(Join {
            key: SessionKey(0),
            session: Id::MIN,
            serializer: Serializer::Json,
            max_frame: 1 << 20,
            roles: Roles::default(),
            authid: authid.to_owned(),
            authrole: authrole.to_owned(),
            trusted: false,
            authmethod: String::new(),
            authprovider: String::new(),
            authextra: crate::proto::Dict::new(),
            agent: String::new(),
            limits: crate::realm::SessionLimits::default(),
        })
    }

    fn stored(number: u64, topic: &str, recipients: Option<Recipients>) -> Arc<Stored> {
        let publication = Publication {
            id: id(number),
            topic: &topic.into(),
            payload: &Payload::empty(Serializer::Json),
            details: EventDetails::default(),
            except: None,
            filter: recipients.map(Filter::new),
            rkey: None,
        };
        Arc::new(Stored::new(
            &publication,
            None,
            Duration::from_secs(number * 10),
        ))
    }

    fn history(limit_events: usize, limit_bytes: usize) -> History {
        let mut history = History::new(&RandomState::with_seeds(1, 2, 3, 4));
        let rule = HistoryRule {
            policy: MatchPolicy::Prefix,
            uri: "com.".into(),
            limit_events,
            limit_bytes,
        };
        history.open(id(1), &rule);
        history
    }

    /// Publications 1 to 6 at 10, 20, … seconds, in turns to `com.a` and `com.b`.
    fn six() -> History {
        let mut history = history(100, 1 << 20);
        for number in 1..=6 {
            let topic = if number % 2 == 1 { "com.a" } else { "com.b" };
            history.append(id(1), &stored(number, topic, None));
        }
        history
    }

    fn numbers(history: &History, query: &EventQuery) -> Vec<u64> {
        let events = history.events(id(1), query, &session("alice", "staff"));
        let events = events.unwrap().into_iter();
        events
            .map(|stored| stored.event.publication.get())
            .collect()
    }

    #[test]
    fn events_come_in_order_or_in_reverse_and_no_more_than_wanted() {
        let history = six();
        let query = EventQuery::default;
        assert_eq!(numbers(&history, &query()), [1, 2, 3, 4, 5, 6]);
        let reverse = EventQuery {
            reverse: true,
            ..query()
        };
        assert_eq!(numbers(&history, &reverse), [6, 5, 4, 3, 2, 1]);
        let first = EventQuery {
            limit: Some(2),
            ..query()
        };
        assert_eq!(numbers(&history, &first), [1, 2]);
        let last = EventQuery {
            limit: Some(2),
            ..reverse
        };
        assert_eq!(numbers(&history, &last), [6, 5]);
    }

    #[test]
    fn each_condition_bounds_the_answer() {
        let history = six();
        let query = EventQuery::default;
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (query, wanted) in [
            (
                EventQuery {
                    from_time: seconds(50),
                    ..query()
                },
                &[5, 6][..],
            ),
            (
                EventQuery {
                    after_time: seconds(50),
                    ..query()
                },
                &[6],
            ),
            (
                EventQuery {
                    before_time: seconds(20),
                    ..query()
                },
                &[1],
            ),
            (
                EventQuery {
                    until_time: seconds(20),
                    ..query()
                },
                &[1, 2],
            ),
            (
                EventQuery {
                    topic: Some("com.b".into()),
                    ..query()
                },
                &[2, 4, 6],
            ),
            (
                EventQuery {
                    from_publication: Some(id(5)),
                    ..query()
                },
                &[5, 6],
            ),
            (
                EventQuery {
                    after_publication: Some(id(5)),
                    ..query()
                },
                &[6],
            ),
            (
                EventQuery {
                    before_publication: Some(id(2)),
                    ..query()
                },
                &[1],
            ),
            (
                EventQuery {
                    until_publication: Some(id(2)),
                    ..query()
                },
                &[1, 2],
            ),
            (
                EventQuery {
                    after_publication: Some(id(1)),
                    until_time: seconds(50),
                    topic: Some("com.a".into()),
                    reverse: true,
                    limit: Some(5),
                    ..query()
                },
                &[5, 3],
            ),
            (
                EventQuery {
                    from_publication: Some(id(5)),
                    before_publication: Some(id(2)),
                    ..query()
                },
                &[],
            ),
        ] {
            assert_eq!(numbers(&history, &query), wanted, "{query:?}");
        }
    }

    #[test]
    fn an_event_is_told_as_it_was_sent() {
        let history = six();
        let query = EventQuery {
            limit: Some(1),
            ..EventQuery::default()
        };
        let event = StoredEvent {
            at: Duration::from_secs(10),
            event: Event {
                subscription: id(1),
                publication: id(1),
                details: EventDetails {
                    topic: Some("com.a".into()),
                    ..EventDetails::default()
                },
                payload: Payload::empty(Serializer::Json),
            },
        };
        let reader = session("alice", "staff");
        assert_eq!(history.events(id(1), &query, &reader), Ok(vec![event]));
    }

    #[test]
    fn what_is_not_known_is_said_to_be() {
        let history = six();
        let reader = session("alice", "staff");
        let unknown = history.events(id(2), &EventQuery::default(), &reader);
        assert_eq!(unknown, Err(Refusal::NoHistory(id(2))));
        let query = EventQuery {
            after_publication: Some(id(77)),
            ..EventQuery::default()
        };
        let missing = Refusal::NotInHistory {
            publication: id(77),
            subscription: id(1),
        };
        assert_eq!(history.events(id(1), &query, &reader), Err(missing));
    }

    #[test]
    fn lists_hold_for_those_who_ask() {
        let mut history = history(100, 1 << 20);
        let names = |name: &'static str| Some(vec![ByteString::from_static(name)]);
        let admins = Recipients {
            eligible_authrole: names("admin"),
            ..Recipients::default()
        };
        let not_alice = Recipients {
            exclude_authid: names("alice"),
            ..Recipients::default()
        };
        for (number, recipients) in (1..).zip([None, Some(admins), Some(not_alice)]) {
            history.append(id(1), &stored(number, "com.a", recipients));
        }
        for (authid, authrole, wanted) in [
            ("alice", "staff", &[1][..]),
            ("alice", "admin", &[1, 2]),
            ("bob", "staff", &[1, 3]),
        ] {
            let query = EventQuery::default();
            let events = history.events(id(1), &query, &session(authid, authrole));
            let events = events.unwrap().into_iter();
            let numbers: Vec<_> = events
                .map(|stored| stored.event.publication.get())
                .collect();
            assert_eq!(numbers, wanted, "{authid} {authrole}");
        }
    }

    #[test]
    fn the_oldest_go_first() {
        let mut few = history(3, 1 << 20);
        let weight = stored(1, "com.a", None).weight;
        let mut narrow = history(100, weight * 2);
        for number in 1..=9 {
            few.append(id(1), &stored(number, "com.a", None));
            narrow.append(id(1), &stored(number, "com.a", None));
        }
        assert_eq!(numbers(&few, &EventQuery::default()), [7, 8, 9]);
        assert_eq!(numbers(&narrow, &EventQuery::default()), [8, 9]);
        narrow.append(id(1), &stored(10, &"x".repeat(weight * 2), None));
        assert_eq!(narrow.len(), 2, "too large by itself");
    }
}
