//! An event that is kept for later: the last of a topic, or one of a history.

use std::time::Duration;

use crate::proto::{DictFields, Event, EventDetails, Id, MatchPolicy, Payload, Uri, Value};

use super::publication::Publication;
use super::recipients::Filter;
use super::session::Session;

/// A publication, copied out of the frame that it came in, so that a small event does not keep a large buffer alive.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) publication: Id,
    pub(super) topic: Uri,
    pub(super) payload: Payload,
    /// What stands in every EVENT of it.
    pub(super) details: EventDetails,
    pub(super) filter: Option<Filter>,
    pub(super) rkey: Option<Value>,
    /// The session that would not have got it, which is its publisher.
    except: Option<Id>,
    /// When it was published: the wall time since 1970-01-01 00:00 UTC.
    pub(super) at: Duration,
    /// About how many bytes it takes.
    pub(super) weight: usize,
}

impl Stored {
    /// `except` is the session of [`Publication::except`].
    pub(super) fn new(publication: &Publication<'_>, except: Option<Id>, at: Duration) -> Self {
        let mut details = publication.details.clone();
        details.passthru = details.passthru.map(|passthru| Box::new(passthru.detach()));
        Self {
            publication: publication.id,
            topic: publication.topic.detach(),
            payload: publication.payload.detach(),
            details,
            filter: publication.filter.as_ref().map(Filter::detach),
            rkey: publication.rkey.as_ref().map(Value::detach),
            except,
            // As it is told, so that what was told can be asked for.
            at: Duration::from_secs(at.as_secs())
                + Duration::from_millis(at.subsec_millis().into()),
            weight: weight(publication),
        }
    }

    /// The publication as it was.
    fn publication(&self) -> Publication<'_> {
        Publication {
            id: self.publication,
            topic: &self.topic,
            payload: &self.payload,
            details: self.details.clone(),
            except: None,
            filter: None,
            rkey: None,
        }
    }

    /// The publication as it is delivered to those who come later.
    pub(super) fn retained(&self) -> Publication<'_> {
        let mut publication = self.publication();
        publication.details.retained = Some(true);
        publication
    }

    /// The EVENT that the subscribers of a subscription were sent.
    pub(super) fn event(&self, subscription: Id, policy: MatchPolicy) -> Event {
        self.publication()
            .event(subscription, policy, self.payload.clone())
    }

    /// Whether a session would have got it, had it been subscribed at the time.
    pub(super) fn reaches(&self, subscriber: &Session) -> bool {
        let filter = self.filter.as_ref();
        self.except != Some(subscriber.join.session)
            && filter.is_none_or(|filter| filter.admits(subscriber))
    }
}

/// About how many bytes a publication takes when it is kept.
fn weight(publication: &Publication<'_>) -> usize {
    let filter = publication.filter.as_ref().map_or(0, Filter::weight);
    let content = publication.topic.len() + publication.payload.bytes().len();
    let rkey = publication.rkey.as_ref().map_or(0, weight_of);
    size_of::<Stored>() + content + filter + rkey + weight_of_fields(&publication.details)
}

/// About how many bytes options or details take.
pub(super) fn weight_of_fields(fields: &impl DictFields) -> usize {
    let mut weight = 0;
    fields.each(&mut |key, value| weight += key.len() + weight_of(value));
    weight
}

fn weight_of(value: &Value) -> usize {
    let content = match value {
        Value::Str(text) => text.len(),
        Value::Bin(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(weight_of).sum(),
        Value::Dict(dict) => dict
            .iter()
            .map(|(key, value)| key.len() + weight_of(value))
            .sum(),
        _ => 0,
    };
    size_of::<Value>() + content
}
