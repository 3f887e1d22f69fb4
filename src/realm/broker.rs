//! The broker: who subscribed to what, and whom a publication reaches.
//!
//! It checks requests against its own tables only; whether a session may do what it asks for is decided before.

use std::collections::HashMap;
use std::time::Duration;

use ahash::RandomState;

use crate::codec::Arguments;
use crate::proto::{
    EventDetails, Id, IdSequence, Publish, Published, RevocationDetails, Serializer, Subscribe,
    Subscribed, Unsubscribe, Unsubscribed, Uri, UriFault, UriRule,
};

use super::SessionKey;
use super::matcher::{Matcher, Pattern};
use super::meta::What;
use super::publication::{Delivery, Publication};
use super::refusal::Refusal;
use super::session::{Peers, Session, Sessions};
use super::subscription::Subscription;

/// The broker of one realm.
#[derive(Debug)]
pub(super) struct Broker {
    rule: UriRule,
    subscriptions: Matcher<Subscription>,
    /// The pattern of each subscription.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
}

impl Broker {
    pub(super) fn new(rule: UriRule, hasher: &RandomState) -> Self {
        Self {
            rule,
            subscriptions: Matcher::new(hasher.clone()),
            patterns: HashMap::with_hasher(hasher.clone()),
            ids: IdSequence::default(),
        }
    }

    /// How many subscriptions there are.
    pub(super) fn subscription_count(&self) -> usize {
        debug_assert_eq!(self.patterns.len(), self.subscriptions.len());
        self.subscriptions.len()
    }

    /// The subscriptions and their patterns, in no particular order.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (Id, &Pattern)> {
        self.patterns.iter().map(|(id, pattern)| (*id, pattern))
    }

    /// A subscription and its pattern.
    pub(super) fn subscription(&self, id: Id) -> Option<(&Pattern, &Subscription)> {
        let pattern = self.patterns.get(&id)?;
        Some((pattern, self.subscriptions.get(pattern)?))
    }

    /// The id of the subscription with this pattern.
    pub(super) fn lookup(&self, pattern: &Pattern) -> Option<Id> {
        self.subscriptions.get(pattern).map(|found| found.id)
    }

    /// The ids of the subscriptions that an event of `topic` would reach.
    pub(super) fn matching(&self, topic: &str) -> Vec<Id> {
        let mut ids = Vec::new();
        self.subscriptions
            .matches(topic, &mut |subscription| ids.push(subscription.id));
        ids
    }

    /// Whether an event of `topic` would reach any subscription.
    pub(super) fn is_heard(&self, topic: &str) -> bool {
        let mut heard = false;
        self.subscriptions.matches(topic, &mut |_| heard = true);
        heard
    }

    /// SUBSCRIBE. Doing it twice is no error: the answer is the same subscription again.
    pub(super) fn subscribe(
        &mut self,
        peers: &mut Peers<'_>,
        subscriber: SessionKey,
        subscribe: Subscribe,
    ) -> Result<(), Refusal> {
        let policy = subscribe.options.match_policy.unwrap_or_default();
        let uri = subscribe.topic;
        if let Err(fault) = uri.check_pattern(policy, self.rule) {
            let what = "topic";
            return Err(Refusal::InvalidUri { what, uri, fault });
        }
        let Some(session) = peers.sessions.get_mut(subscriber) else {
            return Ok(());
        };
        let pattern = Pattern { policy, uri };
        let (subscription, created) = match self.subscriptions.get_mut(&pattern) {
            Some(known) => {
                known.add(subscriber, session);
                (known.id, false)
            }
            None => {
                let created = peers.now.unix;
                (self.create(&pattern, created, subscriber, session), true)
            }
        };
        let added = session.subscriptions.insert(subscription);
        let sessions = &mut *peers.sessions;
        if created {
            sessions.note(What::SubscriptionCreated, subscription, subscriber);
        }
        if added {
            sessions.note(What::Subscribed, subscription, subscriber);
        }
        peers.send(
            subscriber,
            Subscribed {
                request: subscribe.request,
                subscription,
            },
        );
        Ok(())
    }

    fn create(
        &mut self,
        pattern: &Pattern,
        created: Duration,
        subscriber: SessionKey,
        session: &Session,
    ) -> Id {
        let pattern = pattern.detach();
        let mut subscription = Subscription::new(self.ids.next(), pattern.policy, created);
        subscription.add(subscriber, session);
        let id = subscription.id;
        self.subscriptions.insert(&pattern, subscription);
        self.patterns.insert(id, pattern);
        id
    }

    /// UNSUBSCRIBE.
    pub(super) fn unsubscribe(
        &mut self,
        peers: &mut Peers<'_>,
        subscriber: SessionKey,
        unsubscribe: Unsubscribe,
    ) -> Result<(), Refusal> {
        let Unsubscribe {
            request,
            subscription,
        } = unsubscribe;
        let known = peers
            .sessions
            .get_mut(subscriber)
            .is_some_and(|session| session.subscriptions.remove(&subscription));
        if !known {
            return Err(Refusal::NoSuchSubscription(subscription));
        }
        self.remove(peers.sessions, subscription, subscriber);
        peers.send(
            subscriber,
            Unsubscribed {
                request: Some(request),
                details: RevocationDetails::default(),
            },
        );
        Ok(())
    }

    /// PUBLISH: EVENT to all subscribers of all matching subscriptions, then PUBLISHED if that was asked for.
    ///
    /// Subscribers that cannot receive the event are left out. That is an error for the publisher, but no reason to keep
    /// the event from everybody else.
    pub(super) fn publish(
        &self,
        peers: &mut Peers<'_>,
        publisher: SessionKey,
        publish: Publish,
        publication: Id,
    ) -> Result<(), Refusal> {
        let reserved = publish.topic.is_reserved().then_some(UriFault::Reserved);
        let fault = reserved.or_else(|| publish.topic.check(self.rule).err());
        if let Some(fault) = fault {
            return Err(Refusal::InvalidUri {
                what: "topic",
                uri: publish.topic,
                fault,
            });
        }
        let publisher_hears = publish.options.exclude_me == Some(false);
        let event = Publication {
            id: publication,
            topic: &publish.topic,
            payload: &publish.payload,
            details: EventDetails {
                passthru: publish.options.passthru,
                ..EventDetails::default()
            },
            except: (!publisher_hears).then_some(publisher),
        };
        self.deliver(peers, &event)?;
        if publish.options.acknowledge == Some(true) {
            let published = Published {
                request: publish.request,
                publication,
            };
            peers.send(publisher, published);
        }
        Ok(())
    }

    /// Publishes what the realm itself has to say, such as the events of the meta API; clients cannot publish under `wamp`.
    ///
    /// It costs one look into the index when nobody is subscribed: `arguments` are asked for only if somebody is. A
    /// subscriber that cannot receive the event goes without, as there is no publisher to tell.
    pub(super) fn publish_as_router(
        &self,
        peers: &mut Peers<'_>,
        random: &mut fastrand::Rng,
        topic: &Uri,
        arguments: impl FnOnce() -> Arguments,
        except: Option<SessionKey>,
    ) {
        if !self.is_heard(topic) {
            return;
        }
        // MessagePack has a form for every value; JSON has not, and whoever speaks it may have to go without.
        let Ok(payload) = arguments().to_payload(Serializer::MsgPack) else {
            return;
        };
        let event = Publication {
            id: Id::random(random),
            topic,
            payload: &payload,
            details: EventDetails::default(),
            except,
        };
        // Nobody is there to be told who went without.
        let _undelivered = self.deliver(peers, &event);
    }

    /// EVENT to all subscribers of all matching subscriptions.
    fn deliver(&self, peers: &mut Peers<'_>, publication: &Publication<'_>) -> Result<(), Refusal> {
        let mut delivery = Delivery::new(publication);
        self.subscriptions
            .matches(publication.topic, &mut |subscription| {
                delivery.dispatch(subscription, peers);
            });
        delivery.finish()
    }

    /// Forgets a session that is leaving.
    pub(super) fn leave(&mut self, sessions: &mut Sessions, leaver: SessionKey) {
        let Some(session) = sessions.get_mut(leaver) else {
            return;
        };
        for subscription in std::mem::take(&mut session.subscriptions) {
            self.remove(sessions, subscription, leaver);
        }
    }

    /// Takes a subscriber off a subscription, and the subscription away with the last one.
    fn remove(&mut self, sessions: &mut Sessions, subscription: Id, subscriber: SessionKey) {
        let Some(pattern) = self.patterns.get(&subscription) else {
            return;
        };
        let Some(entry) = self.subscriptions.get_mut(pattern) else {
            return;
        };
        let last = entry.remove(subscriber);
        sessions.note(What::Unsubscribed, subscription, subscriber);
        if last {
            sessions.note(What::SubscriptionDeleted, subscription, subscriber);
            self.subscriptions.remove(pattern);
            self.patterns.remove(&subscription);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::proto::{MatchPolicy, Message, Roles, SubscribeOptions, Value};
    use crate::realm::session::Slot;
    use crate::realm::{Join, Now, Output};

    fn now() -> Now {
        Now {
            instant: Instant::now(),
            unix: Duration::ZERO,
        }
    }

    /// A broker with one session of each serializer that subscribed to `wamp.` by prefix and, exactly, to
    /// `wamp.session.on_join`.
    fn broker() -> (Broker, Sessions) {
        let mut broker = Broker::new(UriRule::Loose, &RandomState::with_seeds(1, 2, 3, 4));
        let mut sessions = Sessions::default();
        for (number, serializer) in (0..).zip(Serializer::ALL) {
            let key = SessionKey(number);
            let join = Join {
                key,
                session: Id::MIN,
                serializer,
                max_frame: 1 << 20,
                roles: Roles::default(),
                authid: String::new(),
                authrole: String::new(),
                authmethod: String::new(),
                authprovider: String::new(),
                agent: String::new(),
            };
            sessions.set(key, Slot::Open(Box::new(Session::new(join))));
            let peers = &mut Peers {
                sessions: &mut sessions,
                outputs: &mut Vec::new(),
                now: now(),
            };
            for (policy, topic) in [
                (MatchPolicy::Exact, "wamp.session.on_join"),
                (MatchPolicy::Prefix, "wamp."),
            ] {
                let subscribe = Subscribe {
                    request: Id::MIN,
                    options: SubscribeOptions {
                        match_policy: Some(policy),
                        ..SubscribeOptions::default()
                    },
                    topic: topic.into(),
                };
                broker.subscribe(peers, key, subscribe).unwrap();
            }
        }
        (broker, sessions)
    }

    #[test]
    fn what_the_realm_publishes_reaches_all_matching_subscriptions() {
        let (broker, mut sessions) = broker();
        let mut outputs = Vec::new();
        let arguments = Arguments {
            args: vec![Value::from(7_u64)],
            ..Arguments::default()
        };
        broker.publish_as_router(
            &mut Peers {
                sessions: &mut sessions,
                outputs: &mut outputs,
                now: now(),
            },
            &mut fastrand::Rng::with_seed(1),
            &Uri::from_static("wamp.session.on_join"),
            || arguments.clone(),
            Some(SessionKey(1)),
        );
        let mut received = Vec::new();
        for output in outputs {
            let Output::Send(recipients, Message::Event(event)) = output else {
                panic!("{output:?} is no EVENT");
            };
            let topic = event.details.topic.map(|topic| topic.to_string());
            assert_eq!(Arguments::from_payload(&event.payload).unwrap(), arguments);
            received.push((recipients[0].0, event.payload.serializer(), topic));
        }
        let named = Some("wamp.session.on_join".to_owned());
        assert_eq!(
            received,
            [
                (0, Serializer::Json, None),
                (2, Serializer::Cbor, None),
                (0, Serializer::Json, named.clone()),
                (2, Serializer::Cbor, named),
            ]
        );
    }

    #[test]
    fn what_nobody_hears_is_not_even_made() {
        let (broker, mut sessions) = broker();
        let asked = Cell::new(false);
        for (topic, heard) in [("com.topic", false), ("wamp.session.on_leave", true)] {
            broker.publish_as_router(
                &mut Peers {
                    sessions: &mut sessions,
                    outputs: &mut Vec::new(),
                    now: now(),
                },
                &mut fastrand::Rng::with_seed(1),
                &Uri::from_static(topic),
                || {
                    asked.set(true);
                    Arguments::default()
                },
                None,
            );
            assert_eq!(asked.get(), heard, "{topic}");
        }
    }
}
