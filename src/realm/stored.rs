//! An event that is kept for later: the last of a topic, or one of a history.

use crate::proto::{DictFields, EventDetails, Id, Passthru, Payload, Uri, Value};

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
    /// The session that would not have got it, which is its publisher.
    except: Option<Id>,
    /// About how many bytes it takes.
    pub(super) weight: usize,
}

impl Stored {
    /// `except` is the session of [`Publication::except`].
    pub(super) fn new(publication: &Publication<'_>, except: Option<Id>) -> Self {
        let mut details = publication.details.clone();
        details.passthru = details
            .passthru
            .map(|passthru| Box::new(detached(&passthru)));
        Self {
            publication: publication.id,
            topic: publication.topic.detach(),
            payload: publication.payload.detach(),
            details,
            filter: publication.filter.as_ref().map(Filter::detach),
            except,
            weight: weight(publication),
        }
    }

    /// The publication as it is delivered late.
    pub(super) fn retained(&self) -> Publication<'_> {
        Publication {
            id: self.publication,
            topic: &self.topic,
            payload: &self.payload,
            details: EventDetails {
                retained: Some(true),
                ..self.details.clone()
            },
            except: None,
            filter: None,
        }
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
    let mut weight = size_of::<Stored>();
    weight += publication.topic.len() + publication.payload.bytes().len();
    weight += publication.filter.as_ref().map_or(0, Filter::weight);
    publication
        .details
        .each(&mut |key, value| weight += key.len() + weight_of(value));
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

fn detached(passthru: &Passthru) -> Passthru {
    // What was written by fields is read back by them.
    Passthru::from_dict(passthru.to_dict().detach()).unwrap_or_default()
}
