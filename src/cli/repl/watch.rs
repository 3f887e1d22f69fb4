//! What names a realm has: asked of the meta API once, and kept fresh by its events. A router that does not tell leaves what was
//! seen.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{SelectAll, StreamExt as _};
use tokio::sync::mpsc::{Sender, channel};
use wampkit::Session;
use wampkit::client::{Event, Subscription};
use wampkit::proto::{Dict, Value};

use super::super::catalogue::each;
use super::super::meta::{Kind, Meta};
use super::names::{LONGEST, MOST, Names};
use super::reflection::{Question, describe, keywords};

/// Learns the names of a session's realm until the session ends.
pub(super) async fn watch(session: Session, names: Arc<Names>) {
    let mut events = SelectAll::new();
    let mut watched = Vec::new();
    for topic in TOPICS {
        // First, so that nothing falls between the answer and the first event.
        if let Ok(subscription) = session.subscribe(topic).await {
            events.push(subscription);
            watched.push(topic.to_owned());
        }
    }
    names.set_watched(watched); // no others: some may be denied
    let (undescribed, questions) = channel(MOST_QUESTIONS);
    let learner = Learner {
        names: Arc::clone(&names),
        procedures: HashMap::new(),
        topics: HashMap::new(),
        undescribed,
    };
    tokio::join!(
        learner.follow(&session, events),
        // Whoever describes may take their time.
        describe(&session, &names, questions),
    );
}

/// What stands behind the ids that events tell.
struct Learner {
    names: Arc<Names>,
    procedures: HashMap<u64, String>,
    topics: HashMap<u64, String>,
    /// Where the names go whose descriptions are not known.
    undescribed: Sender<Question>,
}

impl Learner {
    async fn follow(mut self, session: &Session, mut events: SelectAll<Subscription>) {
        self.ask(session).await;
        while let Some(event) = events.next().await {
            self.learn(&event);
        }
    }

    async fn ask(&mut self, session: &Session) {
        let meta = Meta::new(session, None);
        let mut sessions = Vec::new();
        let (procedures, topics) = (&mut self.procedures, &mut self.topics);
        tokio::join!(
            each(&meta, Kind::Registration, |id, dict| {
                keep(procedures, id.get(), uri(dict));
            }),
            each(&meta, Kind::Subscription, |id, dict| {
                keep(topics, id.get(), uri(dict));
            }),
            each(&meta, Kind::Session, |id, dict| {
                sessions.push((id.get(), who(dict)));
            }),
        );
        self.names.set_procedures(self.procedures.values().cloned());
        self.names.set_topics(self.topics.values().cloned());
        self.names.set_sessions(sessions);
        for uri in self.procedures.values() {
            self.wonder(Kind::Registration, uri);
        }
        for uri in self.topics.values() {
            self.wonder(Kind::Subscription, uri);
        }
    }

    /// Has somebody asked how it is described.
    fn wonder(&self, kind: Kind, uri: &str) {
        if !uri.starts_with("wamp.") {
            // There may be more than are asked about, and nobody who answers.
            let _ = self.undescribed.try_send((kind, uri.to_owned()));
        }
    }

    fn learn(&mut self, event: &Event) {
        let Ok(arguments) = event.arguments() else {
            return;
        };
        let args = &*arguments.args;
        let dict = |index: usize| match args.get(index) {
            Some(Value::Dict(dict)) => Some(dict),
            _ => None,
        };
        let id = |index: usize| args.get(index).and_then(Value::as_u64);
        match &*event.topic {
            "wamp.registration.on_create" => {
                if let Some((id, uri)) = dict(1).and_then(described) {
                    keep(&mut self.procedures, id, Some(uri.clone()));
                    self.wonder(Kind::Registration, &uri);
                    self.names.add_procedure(uri);
                }
            }
            "wamp.registration.on_delete" => {
                if let Some(uri) = id(1).and_then(|id| self.procedures.remove(&id)) {
                    self.names.remove_procedure(&uri);
                }
            }
            "wamp.subscription.on_create" => {
                if let Some((id, uri)) = dict(1).and_then(described) {
                    keep(&mut self.topics, id, Some(uri.clone()));
                    self.wonder(Kind::Subscription, &uri);
                    self.names.add_topic(uri);
                }
            }
            "wamp.subscription.on_delete" => {
                if let Some(uri) = id(1).and_then(|id| self.topics.remove(&id)) {
                    self.names.remove_topic(&uri);
                }
            }
            "wamp.session.on_join" => {
                if let Some(dict) = dict(0)
                    && let Some(id) = dict.get("session").and_then(Value::as_u64)
                {
                    self.names.add_session(id, who(dict));
                }
            }
            "wamp.session.on_leave" => {
                if let Some(id) = id(0) {
                    self.names.remove_session(id);
                }
            }
            "wamp.reflect.on_define" | "wamp.reflect.on_undefine" => {
                if let Some(uri) = args.first().and_then(Value::as_str) {
                    let keywords = dict(2).map(keywords);
                    self.names.set_described(uri, keywords.unwrap_or_default());
                }
            }
            _ => {}
        }
    }
}

/// Remembers what an id stands for, within the bounds of [`Names`]: a router may tell of more than there is room for.
fn keep(uris: &mut HashMap<u64, String>, id: u64, uri: Option<String>) {
    if let Some(uri) = uri.filter(|uri| uris.len() < MOST && uri.len() <= LONGEST) {
        uris.insert(id, uri);
    }
}

fn described(dict: &Dict) -> Option<(u64, String)> {
    let id = dict.get("id").and_then(Value::as_u64)?;
    Some((id, uri(dict)?))
}

fn uri(dict: &Dict) -> Option<String> {
    dict.get("uri").and_then(Value::as_str).map(str::to_owned)
}

fn who(dict: &Dict) -> String {
    let text = |key| dict.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("{}, {}", text("authid"), text("authrole"))
}

/// What tells of changes.
pub(super) const TOPICS: [&str; 8] = [
    "wamp.registration.on_create",
    "wamp.registration.on_delete",
    "wamp.subscription.on_create",
    "wamp.subscription.on_delete",
    "wamp.session.on_join",
    "wamp.session.on_leave",
    "wamp.reflect.on_define",
    "wamp.reflect.on_undefine",
];

/// How many names wait to be asked about.
const MOST_QUESTIONS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut uris = HashMap::new();
        for id in 0..=MOST as u64 {
            keep(&mut uris, id, Some("com.p".to_owned()));
        }
        assert_eq!(uris.len(), MOST);
        let mut uris = HashMap::new();
        keep(&mut uris, 1, Some("x".repeat(LONGEST + 1)));
        assert!(uris.is_empty());
    }
}
