//! A publication on its way to the subscribers: one EVENT for each audience of each subscription that it matches.
//!
//! It does *not* judge whether its publisher may publish; that is over when there is a publication.

use crate::proto::{Event, EventDetails, Id, MatchPolicy, Message, Payload, Uri, Value};

use super::frame::{addressed, frame_length, header_room, transcode};
use super::recipients::Filter;
use super::refusal::Refusal;
use super::session::{Peers, Session, Sessions};
use super::subscription::{Audience, Subscription};
use super::{Output, Recipients, SessionKey};

/// Something published, whoever published it.
#[derive(Debug)]
pub(super) struct Publication<'a> {
    pub(super) id: Id,
    pub(super) topic: &'a Uri,
    pub(super) payload: &'a Payload,
    /// What stands in every EVENT of it. The topic is added where the subscription is by pattern.
    pub(super) details: EventDetails,
    /// Who does not get it.
    pub(super) except: Option<SessionKey>,
    /// Who may get it, if not everybody.
    pub(super) filter: Option<Filter>,
    /// The resource that it is about.
    pub(super) rkey: Option<Value>,
}

/// The delivery of one publication.
pub(super) struct Delivery<'a> {
    publication: &'a Publication<'a>,
    /// The payload in each serializer that was needed so far.
    forms: [Option<Result<Payload, Refusal>>; 3],
    /// Whether somebody gets it.
    delivered: bool,
    /// Why somebody had to be left out.
    failed: Option<Refusal>,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(publication: &'a Publication<'a>) -> Self {
        Self {
            publication,
            forms: Default::default(),
            delivered: false,
            failed: None,
        }
    }

    /// EVENT to the subscribers of one subscription.
    pub(super) fn dispatch(&mut self, subscription: &Subscription, peers: &mut Peers<'_>) {
        let node = subscription.node_of(self.publication.rkey.as_ref());
        for audience in subscription.audiences() {
            match self.event(subscription, audience, node, peers.sessions) {
                Ok(output) => {
                    self.delivered |= output.is_some();
                    peers.outputs.extend(output);
                }
                Err(refusal) => self.failed = Some(refusal),
            }
        }
    }

    /// Ends the delivery.
    ///
    /// # Errors
    /// Why nobody got the event whom it was meant for. If only some could not receive it, it was published all the same:
    /// an ERROR would say otherwise, and one subscriber with small frames could have it sent to every publisher.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.failed {
            Some(refusal) if !self.delivered => Err(refusal),
            _ => Ok(()),
        }
    }

    /// EVENT to one audience of a subscription: a single output, however many members there are.
    fn event(
        &mut self,
        subscription: &Subscription,
        audience: &Audience,
        node: Option<&Value>,
        sessions: &Sessions,
    ) -> Result<Option<Output>, Refusal> {
        let publication = self.publication;
        let members = audience.members.iter().copied();
        // Filtered, they would not say how many they are, and the list would grow step by step.
        let mut recipients = Recipients::with_capacity(audience.members.len());
        recipients.extend(members.filter(|member| Some(*member) != publication.except));
        if let Some(filter) = &publication.filter {
            recipients.retain(|member| {
                let session = sessions.get(*member);
                session.is_some_and(|session| filter.admits(session))
            });
        }
        if let Some(node) = node {
            recipients.retain(|member| subscription.serves(*member, node));
        }
        if recipients.is_empty() {
            return Ok(None);
        }
        let serializer = audience.serializer;
        let payload = self.forms[serializer as usize]
            .get_or_insert_with(|| transcode(publication.payload, serializer))
            .clone()?;
        let at_most = publication
            .header_room()
            .and_then(|room| payload.bytes().len().checked_add(room));
        let event = publication
            .event(subscription.id, subscription.policy, payload)
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

impl Publication<'_> {
    /// What [`frame::header_room`](header_room) says about its EVENTs.
    fn header_room(&self) -> Option<usize> {
        let details = &self.details;
        let topic = header_room(self.topic, details.passthru.as_deref());
        let identity = [&details.publisher_authid, &details.publisher_authrole];
        let texts = identity.into_iter().flatten();
        texts.fold(topic, |room, text| Some(room? + header_room(text, None)?))
    }

    /// EVENT for one subscriber.
    ///
    /// # Errors
    /// Why the subscriber cannot receive it.
    pub(super) fn event_for(
        &self,
        subscriber: &Session,
        subscription: Id,
        policy: MatchPolicy,
    ) -> Result<Message, Refusal> {
        addressed(subscriber, self.payload, self.header_room(), |payload| {
            self.event(subscription, policy, payload).into()
        })
    }

    /// EVENT for one subscription.
    pub(super) fn event(&self, subscription: Id, policy: MatchPolicy, payload: Payload) -> Event {
        let mut details = self.details.clone();
        if policy != MatchPolicy::Exact {
            details.topic = Some(self.topic.clone());
        }
        Event {
            subscription,
            publication: self.id,
            details,
            payload,
        }
    }
}
