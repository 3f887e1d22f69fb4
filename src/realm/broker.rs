//! The broker: who subscribed to what, and whom a publication reaches.
//!
//! It checks requests against its own tables only; whether a session may do what it asks for is decided before.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ahash::RandomState;
use smallvec::smallvec;

use crate::codec::Arguments;
use crate::proto::{
    EventDetails, Feature, Id, IdSequence, Publish, Published, RevocationDetails, Serializer,
    Subscribe, Subscribed, Unsubscribe, Unsubscribed, Uri, UriFault, UriRule,
};

use super::matcher::{Matcher, Pattern};
use super::meta::What;
use super::publication::{Delivery, Publication};
use super::publisher::{self, PublisherRule};
use super::recipients::Filter;
use super::refusal::Refusal;
use super::retention::Retention;
use super::session::{Peers, Session, Sessions};
use super::stored::Stored;
use super::subscription::Subscription;
use super::{Output, RealmConfig, SessionKey};

/// The broker of one realm.
#[derive(Debug)]
pub(super) struct Broker {
    rule: UriRule,
    publishers: Vec<PublisherRule>,
    subscriptions: Matcher<Subscription>,
    /// The pattern of each subscription.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
    retention: Retention,
}

impl Broker {
    pub(super) fn new(config: &RealmConfig, hasher: &RandomState) -> Self {
        Self {
            rule: config.uri_rule,
            publishers: config.publishers.clone(),
            subscriptions: Matcher::new(hasher.clone()),
            patterns: HashMap::with_hasher(hasher.clone()),
            ids: IdSequence::default(),
            retention: Retention::new(config.retention),
        }
    }

    /// What the router announces for this role: exactly what works.
    pub(super) fn features(&self) -> impl Iterator<Item = Feature> {
        let always = [
            Feature::PatternBasedSubscription,
            Feature::PublisherExclusion,
            Feature::PublisherIdentification,
            Feature::SubscriberBlackwhiteListing,
        ];
        let trusts = self.publishers.iter().any(|rule| rule.trustlevel.is_some());
        let configured = [
            trusts.then_some(Feature::PublicationTrustlevels),
            (self.retention.is_enabled()).then_some(Feature::EventRetention),
        ];
        always.into_iter().chain(configured.into_iter().flatten())
    }

    /// How many subscriptions there are.
    pub(super) fn subscription_count(&self) -> usize {
        debug_assert_eq!(self.patterns.len(), self.subscriptions.len());
        self.subscriptions.len()
    }

    /// How many events are retained.
    pub(super) fn retained_count(&self) -> usize {
        self.retention.len()
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
        if subscribe.options.get_retained == Some(true) {
            self.send_retained(peers, subscriber, subscription, &pattern);
        }
        Ok(())
    }

    /// The retained events of a subscription, for a new subscriber. What it cannot receive it does not get, as it would not
    /// have got it when it was published.
    fn send_retained(
        &self,
        peers: &mut Peers<'_>,
        subscriber: SessionKey,
        subscription: Id,
        pattern: &Pattern,
    ) {
        let Some(session) = peers.sessions.get(subscriber) else {
            return;
        };
        let events = self.retention.last(pattern, session).filter_map(|stored| {
            let event = stored.retained();
            event.event_for(session, subscription, pattern.policy).ok()
        });
        let outputs = events.map(|event| Output::Send(smallvec![subscriber], event));
        peers.outputs.extend(outputs);
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
        &mut self,
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
        let options = publish.options;
        let Some(session) = peers.sessions.get(publisher) else {
            return Ok(());
        };
        let disclose_me = options.disclose_me;
        let mut details =
            publisher::details(&self.publishers, session, &publish.topic, disclose_me)?;
        details.passthru = options.passthru;
        let event = Publication {
            id: publication,
            topic: &publish.topic,
            payload: &publish.payload,
            details,
            except: (options.exclude_me != Some(false)).then_some(publisher),
            filter: options.recipients.map(|lists| Filter::new(*lists)),
        };
        let delivered = self.deliver(peers, &event);
        if options.retain == Some(true) && self.retention.is_enabled() {
            let except = event.except.and_then(|key| peers.sessions.get(key));
            let except = except.map(|session| session.join.session);
            self.retention.retain(Arc::new(Stored::new(&event, except)));
        }
        delivered?;
        if options.acknowledge == Some(true) {
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
            filter: None,
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
