//! The broker: who subscribed to what, and whom a publication reaches.
//!
//! It checks requests against its own tables only; whether a session may do what it asks for is decided before.

use std::collections::HashMap;

use ahash::RandomState;

use crate::proto::{
    Event, EventDetails, Id, IdSequence, MatchPolicy, Payload, Publish, Published,
    RevocationDetails, Serializer, Subscribe, Subscribed, Unsubscribe, Unsubscribed, UriFault,
    UriRule,
};

use super::frame::{frame_length, header_room, transcode};
use super::matcher::{Matcher, Pattern};
use super::refusal::Refusal;
use super::session::{Peers, Session, Sessions};
use super::{Output, Recipients, SessionKey};

/// The broker of one realm.
#[derive(Debug)]
pub(super) struct Broker {
    rule: UriRule,
    subscriptions: Matcher<Subscription>,
    /// The pattern of each subscription.
    patterns: HashMap<Id, Pattern, RandomState>,
    ids: IdSequence,
}

/// A subscription: one for each pattern, shared by all sessions that subscribed to it.
#[derive(Debug)]
struct Subscription {
    id: Id,
    policy: MatchPolicy,
    audiences: [Audience; 3],
}

/// The subscribers that speak one serializer: the same EVENT frame serves them all.
#[derive(Debug)]
struct Audience {
    serializer: Serializer,
    /// In the order of keys, so that one is found quickly and all are copied quickly.
    members: Vec<SessionKey>,
    /// No member takes fewer bytes in a frame. Too low after the member with the smallest frame has left, which costs
    /// time only.
    smallest_frame: usize,
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
        let subscription = match self.subscriptions.get_mut(&pattern) {
            Some(known) => {
                known.add(subscriber, session);
                known.id
            }
            None => self.create(&pattern, subscriber, session),
        };
        session.subscriptions.insert(subscription);
        peers.send(
            subscriber,
            Subscribed {
                request: subscribe.request,
                subscription,
            },
        );
        Ok(())
    }

    fn create(&mut self, pattern: &Pattern, subscriber: SessionKey, session: &Session) -> Id {
        let pattern = pattern.detach();
        let mut subscription = Subscription::new(self.ids.next(), pattern.policy);
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
        self.remove(subscription, subscriber);
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
        let excluded = (publish.options.exclude_me != Some(false)).then_some(publisher);
        let mut publishing = Publishing {
            publish: &publish,
            publication,
            excluded,
            forms: Default::default(),
            failed: None,
        };
        self.subscriptions
            .matches(&publish.topic, &mut |subscription| {
                for audience in &subscription.audiences {
                    if !audience.members.is_empty() {
                        publishing.dispatch(subscription, audience, peers);
                    }
                }
            });
        if let Some(refusal) = publishing.failed {
            return Err(refusal);
        }
        if publish.options.acknowledge == Some(true) {
            let published = Published {
                request: publish.request,
                publication,
            };
            peers.send(publisher, published);
        }
        Ok(())
    }

    /// Forgets a session that is leaving.
    pub(super) fn leave(&mut self, sessions: &mut Sessions, leaver: SessionKey) {
        let Some(session) = sessions.get_mut(leaver) else {
            return;
        };
        for subscription in std::mem::take(&mut session.subscriptions) {
            self.remove(subscription, leaver);
        }
    }

    /// Takes a subscriber off a subscription, and the subscription away with the last one.
    fn remove(&mut self, subscription: Id, subscriber: SessionKey) {
        let Some(pattern) = self.patterns.get(&subscription) else {
            return;
        };
        let Some(entry) = self.subscriptions.get_mut(pattern) else {
            return;
        };
        if entry.remove(subscriber) {
            self.subscriptions.remove(pattern);
            self.patterns.remove(&subscription);
        }
    }
}

impl Subscription {
    fn new(id: Id, policy: MatchPolicy) -> Self {
        Self {
            id,
            policy,
            audiences: Serializer::ALL.map(|serializer| Audience {
                serializer,
                members: Vec::new(),
                smallest_frame: usize::MAX,
            }),
        }
    }

    fn add(&mut self, subscriber: SessionKey, session: &Session) {
        let audience = &mut self.audiences[session.join.serializer as usize];
        if let Err(at) = audience.members.binary_search(&subscriber) {
            audience.members.insert(at, subscriber);
            audience.smallest_frame = audience.smallest_frame.min(session.join.max_frame);
        }
    }

    /// Whether it was the last one.
    fn remove(&mut self, subscriber: SessionKey) -> bool {
        for audience in &mut self.audiences {
            if let Ok(at) = audience.members.binary_search(&subscriber) {
                audience.members.remove(at);
            }
        }
        self.audiences
            .iter()
            .all(|audience| audience.members.is_empty())
    }
}

/// One publication on its way to the subscribers.
struct Publishing<'a> {
    publish: &'a Publish,
    publication: Id,
    /// Who does not get it.
    excluded: Option<SessionKey>,
    /// The payload in each serializer that was needed so far.
    forms: [Option<Result<Payload, Refusal>>; 3],
    /// Why somebody had to be left out.
    failed: Option<Refusal>,
}

impl Publishing<'_> {
    /// EVENT to one audience of a subscription: a single output, however many members there are.
    fn dispatch(
        &mut self,
        subscription: &Subscription,
        audience: &Audience,
        peers: &mut Peers<'_>,
    ) {
        let members = audience.members.iter().copied();
        let recipients: Recipients = members
            .filter(|member| Some(*member) != self.excluded)
            .collect();
        if recipients.is_empty() {
            return;
        }
        match self.event(subscription, audience, recipients, peers.sessions) {
            Ok(output) => peers.outputs.extend(output),
            Err(refusal) => self.failed = Some(refusal),
        }
    }

    fn event(
        &mut self,
        subscription: &Subscription,
        audience: &Audience,
        mut recipients: Recipients,
        sessions: &Sessions,
    ) -> Result<Option<Output>, Refusal> {
        let Publish {
            options,
            topic,
            payload,
            ..
        } = self.publish;
        let serializer = audience.serializer;
        let payload = self.forms[serializer as usize]
            .get_or_insert_with(|| transcode(payload, serializer))
            .clone()?;
        let room = header_room(topic, options.passthru.as_deref());
        let at_most = room.and_then(|room| payload.bytes().len().checked_add(room));
        let by_pattern = subscription.policy != MatchPolicy::Exact;
        let event = Event {
            subscription: subscription.id,
            publication: self.publication,
            details: EventDetails {
                topic: by_pattern.then(|| topic.clone()),
                passthru: options.passthru.clone(),
                ..EventDetails::default()
            },
            payload,
        }
        .into();
        if at_most.is_none_or(|length| length > audience.smallest_frame) {
            let length = frame_length(serializer, &event)?;
            recipients.retain(|member| {
                let limit = sessions
                    .get(*member)
                    .map_or(0, |session| session.join.max_frame);
                let fits = length <= limit;
                if !fits {
                    self.failed = Some(Refusal::TooLong { limit });
                }
                fits
            });
        }
        Ok((!recipients.is_empty()).then_some(Output::Send(recipients, event)))
    }
}
