//! Subscriptions and who listens to them.
//!
//! Every subscriber sends its own SUBSCRIBE, so that each gets what its options ask for; a broker answers those for the
//! same topic with the same subscription. UNSUBSCRIBE is sent when its last subscriber is gone — and not while another
//! SUBSCRIBE for the same topic is pending, for the broker would take it to mean that one too.

use smallvec::SmallVec;

use crate::proto::{
    Event, Id, MatchPolicy, MessageType, Subscribe, SubscribeOptions, Subscribed, Unsubscribe,
    Unsubscribed, Uri,
};

use super::machine::{Nonsense, Place};
use super::requests::{Kind, Request, answered};
use super::{Answer, ClientSession, Output, Ticket};

/// A subscription that the broker knows of.
#[derive(Debug)]
pub(super) struct Subscription {
    policy: MatchPolicy,
    topic: Uri,
    subscribers: SmallVec<[Ticket; 1]>,
}

impl ClientSession {
    pub(super) fn subscribe(
        &mut self,
        ticket: Ticket,
        options: SubscribeOptions,
        topic: Uri,
        outputs: &mut Vec<Output>,
    ) {
        self.has_subscribed = true;
        let kind = Kind::Subscribe {
            policy: options.match_policy.unwrap_or_default(),
            topic: topic.clone(),
        };
        let request = self.request(Some(ticket), kind);
        let subscribe = Subscribe {
            request,
            options,
            topic,
        };
        outputs.push(Output::Send(subscribe.into()));
    }

    pub(super) fn subscribed(
        &mut self,
        subscribed: Subscribed,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let kind = MessageType::Subscribed;
        let request = self.close(subscribed.request, MessageType::Subscribe, kind)?;
        let Some(Request {
            ticket,
            kind: Kind::Subscribe { policy, topic },
        }) = request
        else {
            return Ok(());
        };
        let id = subscribed.subscription;
        let held = self
            .subscriptions
            .entry(id)
            .or_insert_with(|| Subscription {
                policy,
                topic: topic.clone(),
                subscribers: SmallVec::new(),
            });
        if let Some(ticket) = ticket {
            held.subscribers.push(ticket);
            self.tickets.insert(ticket, Place::Subscription(id));
            let answer = Answer::Acknowledged(id);
            outputs.push(Output::Answered { ticket, answer });
        }
        self.drop_deserted(policy, &topic, outputs);
        Ok(())
    }

    pub(super) fn unsubscribe(&mut self, ticket: Ticket, outputs: &mut Vec<Output>) {
        match self.tickets.remove(&ticket) {
            Some(Place::Request(id)) => {
                if let Some(request) = self.requests.get_mut(&id) {
                    request.ticket = None;
                }
            }
            Some(Place::Subscription(id)) => self.desert(id, ticket, outputs),
            // The router has ended it already.
            Some(Place::Registration(_)) | None => {
                let answer = Answer::Done;
                outputs.push(Output::Answered { ticket, answer });
            }
        }
    }

    /// Takes a subscriber off its subscription. Its request is answered at once if nothing has to be asked of the
    /// broker.
    fn desert(&mut self, id: Id, ticket: Ticket, outputs: &mut Vec<Output>) {
        let Some(held) = self.subscriptions.get_mut(&id) else {
            return;
        };
        held.subscribers.retain(|subscriber| *subscriber != ticket);
        if self.is_deserted(id) {
            self.end_subscription(id, Some(ticket), outputs);
        } else {
            let answer = Answer::Done;
            outputs.push(Output::Answered { ticket, answer });
        }
    }

    /// Whether nobody listens to a subscription, nor is about to.
    fn is_deserted(&self, id: Id) -> bool {
        let Some(held) = self.subscriptions.get(&id) else {
            return false;
        };
        held.subscribers.is_empty()
            && !self.requests.values().any(|request| {
                matches!(&request.kind, Kind::Subscribe { policy, topic }
                    if *policy == held.policy && *topic == held.topic)
            })
    }

    /// Ends the subscriptions to `topic` that were kept only because a SUBSCRIBE was pending.
    pub(super) fn drop_deserted(
        &mut self,
        policy: MatchPolicy,
        topic: &Uri,
        outputs: &mut Vec<Output>,
    ) {
        let deserted: SmallVec<[Id; 1]> = self
            .subscriptions
            .iter()
            .filter(|(_, held)| {
                held.subscribers.is_empty() && held.policy == policy && held.topic == *topic
            })
            .map(|(id, _)| *id)
            .collect();
        for id in deserted {
            if self.is_deserted(id) {
                self.end_subscription(id, None, outputs);
            }
        }
    }

    fn end_subscription(&mut self, id: Id, ticket: Option<Ticket>, outputs: &mut Vec<Output>) {
        self.subscriptions.remove(&id);
        let unsubscribe = Unsubscribe {
            request: self.request(ticket, Kind::Unsubscribe),
            subscription: id,
        };
        outputs.push(Output::Send(unsubscribe.into()));
    }

    /// UNSUBSCRIBE was answered, or the broker ended a subscription of its own accord.
    pub(super) fn unsubscribed(
        &mut self,
        unsubscribed: Unsubscribed,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        let kind = MessageType::Unsubscribed;
        if let Some(id) = unsubscribed.request {
            let request = self.close(id, MessageType::Unsubscribe, kind)?;
            answered(request, Answer::Done, outputs);
            return Ok(());
        }
        let Some(id) = unsubscribed.details.subscription else {
            let fault = "received UNSUBSCRIBED for request 0 that names no subscription";
            return Err(Nonsense(fault.to_owned()));
        };
        let reason = unsubscribed.details.reason;
        let held = self.subscriptions.remove(&id);
        for ticket in held.into_iter().flat_map(|held| held.subscribers) {
            self.tickets.remove(&ticket);
            let reason = reason.clone();
            outputs.push(Output::Revoked { ticket, reason });
        }
        Ok(())
    }

    pub(super) fn event(
        &mut self,
        event: Event,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Nonsense> {
        match self.subscriptions.get(&event.subscription) {
            Some(held) if !held.subscribers.is_empty() => {
                let subscribers = held.subscribers.clone();
                outputs.push(Output::Event { subscribers, event });
                Ok(())
            }
            Some(_) => Ok(()),
            None if self.has_subscribed => Ok(()),
            None => {
                let id = event.subscription;
                let fault = format!("EVENT names subscription {id}, and there never was one");
                Err(Nonsense(fault))
            }
        }
    }
}
