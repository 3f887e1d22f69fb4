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
    EventDetails, Feature, Id, IdSequence, Publish, PublishOptions, Published, RevocationDetails,
    Serializer, Subscribe, Subscribed, Unsubscribe, Unsubscribed, Uri, UriFault, UriRule, Value,
};

use super::history::{EventQuery, History, HistoryRule, StoredEvent};
use super::identity::{self, IdentityRule};
use super::matcher::{Matcher, Pattern};
use super::meta::What;
use super::publication::{Delivery, Publication};
use super::recipients::Filter;
use super::refusal::Refusal;
use super::retention::Retention;
use super::session::{Peers, Session, Sessions};
use super::stored::Stored;
use super::subscription::Subscription;
use super::testament::{Scope, Testament};
use super::{Kept, Now, Output, RealmConfig, SessionKey};

/// The broker of one realm.
#[derive(Debug)]
pub(super) struct Broker {
    rule: UriRule,
    publishers: Vec<IdentityRule>,
    subscriptions: Matcher<Subscription>,
    /// The pattern of each subscription.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
    retention: Retention,
    history: History,
}

impl Broker {
    pub(super) fn new(config: &RealmConfig, hasher: &RandomState, now: Now) -> Self {
        let mut broker = Self {
            rule: config.uri_rule,
            publishers: config.publishers.clone(),
            subscriptions: Matcher::new(hasher.clone()),
            patterns: HashMap::with_hasher(hasher.clone()),
            ids: IdSequence::default(),
            retention: Retention::new(config.retention),
            history: History::new(hasher),
        };
        for rule in &config.history {
            broker.keep_history(rule, now.unix);
        }
        broker
    }

    /// Makes the subscription of a rule, so that it has an id and its events are kept before anybody subscribes. Of several
    /// rules for the same pattern the first one counts.
    fn keep_history(&mut self, rule: &HistoryRule, created: Duration) {
        let pattern = Pattern {
            policy: rule.policy,
            uri: rule.uri.clone(),
        };
        if self.subscriptions.get(&pattern).is_none() {
            let subscription = Subscription::new(self.ids.next(), pattern.policy, created);
            self.history.open(subscription.id, rule);
            self.add(&pattern, subscription);
        }
    }

    /// What the router announces for this role: exactly what works.
    pub(super) fn features(&self) -> impl Iterator<Item = Feature> {
        let always = [
            Feature::PatternBasedSubscription,
            Feature::PayloadPassthruMode,
            Feature::PublisherExclusion,
            Feature::PublisherIdentification,
            Feature::ShardedSubscription,
            Feature::SubscriberBlackwhiteListing,
            Feature::SubscriptionRevocation,
        ];
        let trusts = self.publishers.iter().any(|rule| rule.trustlevel.is_some());
        let configured = [
            trusts.then_some(Feature::PublicationTrustlevels),
            (self.history.subscriptions().next().is_some()).then_some(Feature::EventHistory),
            (self.retention.is_enabled()).then_some(Feature::EventRetention),
        ];
        always.into_iter().chain(configured.into_iter().flatten())
    }

    /// How many subscriptions there are that have subscribers.
    pub(super) fn subscription_count(&self) -> usize {
        debug_assert_eq!(self.patterns.len(), self.subscriptions.len());
        let subscription = |id| self.subscriptions.get(self.patterns.get(&id)?);
        let without = self.history.subscriptions().filter_map(subscription);
        self.subscriptions.len() - without.filter(|idle| idle.is_idle()).count()
    }

    /// How many events are kept for later.
    pub(super) fn kept(&self) -> Kept {
        Kept {
            retained: self.retention.len(),
            history: self.history.len(),
        }
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

    /// Whether an event of `topic` would reach anybody, or a history.
    pub(super) fn is_heard(&self, topic: &str) -> bool {
        let mut heard = false;
        self.subscriptions.matches(topic, &mut |subscription| {
            heard |= !subscription.is_idle() || self.history.covers(subscription.id);
        });
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
        let nkey = subscribe.options.nkey.as_ref();
        let too_long = |nkey: &Value| nkey.as_str().is_none_or(|text| text.len() > NKEY_LENGTH);
        if nkey.is_some_and(too_long) {
            let limit = NKEY_LENGTH;
            return Err(Refusal::NodeKey { limit });
        }
        let Some(session) = peers.sessions.get_mut(subscriber) else {
            return Ok(());
        };
        let pattern = Pattern { policy, uri };
        let limit = session.join.limits.subscriptions;
        if session.subscriptions.len() >= limit {
            let known = self.subscriptions.get(&pattern);
            if known.is_none_or(|known| !session.subscriptions.contains(&known.id)) {
                return Err(Refusal::TooManySubscriptions { limit });
            }
        }
        let (subscription, created) = match self.subscriptions.get_mut(&pattern) {
            Some(known) => {
                known.add(subscriber, session, nkey);
                (known.id, false)
            }
            None => {
                let created = peers.now.unix;
                (
                    self.create(&pattern, created, subscriber, session, nkey),
                    true,
                )
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
        let Some(entry) = self.subscriptions.get(pattern) else {
            return;
        };
        let reaches = |stored: &Stored| {
            let node = entry.node_of(stored.rkey.as_ref());
            stored.reaches(session) && node.is_none_or(|node| entry.serves(subscriber, node))
        };
        let events = self.retention.last(pattern, reaches).filter_map(|stored| {
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
        nkey: Option<&Value>,
    ) -> Id {
        let mut subscription = Subscription::new(self.ids.next(), pattern.policy, created);
        subscription.add(subscriber, session, nkey);
        let id = subscription.id;
        self.add(&pattern.detach(), subscription);
        id
    }

    fn add(&mut self, pattern: &Pattern, subscription: Subscription) {
        self.patterns.insert(subscription.id, pattern.clone());
        self.subscriptions.insert(pattern, subscription);
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

    /// Ends a session's subscription against its will: `wamp.subscription.remove_subscriber`. A subscriber that did not
    /// announce that it understands is not told, as it would take the message for a mistake.
    ///
    /// # Errors
    /// It is no subscription of that session.
    pub(super) fn revoke(
        &mut self,
        peers: &mut Peers<'_>,
        subscriber: SessionKey,
        subscription: Id,
        reason: Option<Uri>,
    ) -> Result<(), Refusal> {
        let session = peers.sessions.get_mut(subscriber);
        let Some(session) = session.filter(|found| found.subscriptions.contains(&subscription))
        else {
            return Err(Refusal::NoSuchSubscription(subscription));
        };
        session.subscriptions.remove(&subscription);
        let told = session.can_be_unsubscribed();
        self.remove(peers.sessions, subscription, subscriber);
        if told {
            let details = RevocationDetails {
                subscription: Some(subscription),
                reason,
                ..RevocationDetails::default()
            };
            let request = None;
            peers.send(subscriber, Unsubscribed { request, details });
        }
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
        self.check_topic(&publish.topic)?;
        let options = publish.options;
        let Some(session) = peers.sessions.get(publisher) else {
            return Ok(());
        };
        let disclose_me = options.disclose_me;
        let mut details =
            identity::event_details(&self.publishers, session, &publish.topic, disclose_me)?;
        details.passthru = options.passthru;
        let event = Publication {
            id: publication,
            topic: &publish.topic,
            payload: &publish.payload,
            details,
            except: (options.exclude_me != Some(false)).then_some(publisher),
            filter: options.recipients.map(|lists| Filter::new(*lists)),
            rkey: options.rkey,
        };
        let mut stored = None;
        let delivered = self.deliver(peers, &event, &mut stored);
        if options.retain == Some(true) && self.retention.is_enabled() {
            let event = stored.get_or_insert_with(|| store(&event, peers));
            self.retention.retain(Arc::clone(event));
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

    /// Whether subscribers may learn who publishes to `topic`.
    pub(super) fn may_disclose(&self, publisher: &Session, topic: &Uri) -> bool {
        identity::may_disclose(&self.publishers, publisher, topic)
    }

    /// Whether a client may publish to `topic`.
    fn check_topic(&self, topic: &Uri) -> Result<(), Refusal> {
        let reserved = topic.is_reserved().then_some(UriFault::Reserved);
        let fault = reserved.or_else(|| topic.check(self.rule).err());
        fault.map_or(Ok(()), |fault| {
            Err(Refusal::InvalidUri {
                what: "topic",
                uri: topic.clone(),
                fault,
            })
        })
    }

    /// Adds a testament to a session: `wamp.session.add_testament`.
    ///
    /// # Errors
    /// A publication that would be refused, or more than a session may leave behind.
    pub(super) fn add_testament(
        &self,
        sessions: &mut Sessions,
        testator: SessionKey,
        scope: Scope,
        testament: &Testament,
    ) -> Result<(), Refusal> {
        self.check_topic(&testament.topic)?;
        let Some(session) = sessions.get_mut(testator) else {
            return Ok(());
        };
        let disclose_me = testament.options.disclose_me;
        identity::event_details(&self.publishers, session, &testament.topic, disclose_me)?;
        session.testaments.add(scope, testament)
    }

    /// Publishes the testaments of a session that has ended but is still known, as publications of its own.
    pub(super) fn execute_testaments(
        &mut self,
        peers: &mut Peers<'_>,
        random: &mut fastrand::Rng,
        testator: SessionKey,
    ) {
        let Some(session) = peers.sessions.get_mut(testator) else {
            return;
        };
        for testament in std::mem::take(&mut session.testaments).in_order() {
            let publish = Publish {
                request: Id::MIN,
                options: PublishOptions {
                    acknowledge: None,
                    ..testament.options
                },
                topic: testament.topic,
                payload: testament.payload,
            };
            // Nobody is there to be told who went without.
            let _undelivered = self.publish(peers, testator, publish, Id::random(random));
        }
    }

    /// Publishes what the realm itself has to say, such as the events of the meta API; clients cannot publish under `wamp`.
    ///
    /// It costs one look into the index when nobody is subscribed: `arguments` are asked for only if somebody is. A
    /// subscriber that cannot receive the event goes without, as there is no publisher to tell.
    pub(super) fn publish_as_router(
        &mut self,
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
            rkey: None,
        };
        // Nobody is there to be told who went without.
        let _undelivered = self.deliver(peers, &event, &mut None);
    }

    /// EVENT to all subscribers of all matching subscriptions, and a place in their histories. If it has to be kept for
    /// that, `stored` is how.
    fn deliver(
        &mut self,
        peers: &mut Peers<'_>,
        publication: &Publication<'_>,
        stored: &mut Option<Arc<Stored>>,
    ) -> Result<(), Refusal> {
        let mut delivery = Delivery::new(publication);
        let lasts = !publication
            .filter
            .as_ref()
            .is_some_and(Filter::names_sessions);
        let Self {
            subscriptions,
            history,
            ..
        } = self;
        subscriptions.matches(publication.topic, &mut |subscription| {
            delivery.dispatch(subscription, peers);
            if lasts && history.covers(subscription.id) {
                let event = stored.get_or_insert_with(|| store(publication, peers));
                history.append(subscription.id, event);
            }
        });
        delivery.finish()
    }

    /// The history of a subscription, as far as `reader` may receive it: `wamp.subscription.get_events`.
    ///
    /// # Errors
    /// There is no such subscription, no history of it, or nothing known of a publication that `query` names.
    pub(super) fn events(
        &self,
        subscription: Id,
        query: &EventQuery,
        reader: &Session,
    ) -> Result<Vec<StoredEvent>, Refusal> {
        if !self.patterns.contains_key(&subscription) {
            return Err(Refusal::UnknownSubscription(subscription));
        }
        self.history.events(subscription, query, reader)
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

    /// Takes a subscriber off a subscription, and the subscription away with the last one unless its history is kept.
    fn remove(&mut self, sessions: &mut Sessions, subscription: Id, subscriber: SessionKey) {
        let Some(pattern) = self.patterns.get(&subscription) else {
            return;
        };
        let Some(entry) = self.subscriptions.get_mut(pattern) else {
            return;
        };
        let last = entry.remove(subscriber);
        sessions.note(What::Unsubscribed, subscription, subscriber);
        if last && !self.history.covers(subscription) {
            sessions.note(What::SubscriptionDeleted, subscription, subscriber);
            self.subscriptions.remove(pattern);
            self.patterns.remove(&subscription);
        }
    }
}

/// The publication, copied to be kept.
fn store(publication: &Publication<'_>, peers: &Peers<'_>) -> Arc<Stored> {
    let except = publication.except.and_then(|key| peers.sessions.get(key));
    let except = except.map(|session| session.join.session);
    Arc::new(Stored::new(publication, except, peers.now.unix))
}

/// The longest node key, in bytes: a host name has 253.
const NKEY_LENGTH: usize = 1024;
