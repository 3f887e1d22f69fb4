//! Reflection: which procedures, topics and errors there are, and what those who provide them say about them.
//!
//! The chapter is a sketch: it names the procedures and topics and no arguments. These are ours.
//!
//! - `wamp.reflect.define(uri, description, type="procedure")` sets what the caller says about a URI, or takes it back where
//!   the description is `null`. The description is a dictionary that the router does not look into; `type`, a keyword
//!   argument, is `procedure`, `topic` or `error`. The answer is `null` if that changed nothing, else whether the URI had
//!   no description of that type before.
//! - `wamp.reflection.<type>.list()` answers with the URIs of all that is registered, subscribed to, provided by the router,
//!   or described, but those that have no form in the caller's serializer. A pattern is listed as it is.
//! - `wamp.reflection.<type>.describe(uri)` answers with `uri`, `type`, and `description` if there is one, or with `null` if
//!   the URI is none of those listed.
//! - `wamp.reflect.describe(uri)` answers with a list of the same for all types.
//! - `wamp.reflect.on_define(uri, type, description)` and `wamp.reflect.on_undefine(uri, type)` tell of changes.
//!
//! A description is there as long as the session that gave it. Several sessions may describe the same, such as the callees of
//! a shared registration: the description given last is the one that is told, the others come forth when it goes.
//!
//! Source: Advanced Profile, "Interface Reflection".

use std::collections::{BTreeMap, BTreeSet};

use crate::codec;
use crate::proto::{Dict, Field, MatchPolicy, Payload, Uri, UriFault, Value, uris};

use super::super::matcher::Pattern;
use super::super::{Output, Realm, SessionKey};
use super::events::{Notice, topics};
use super::packed::{pack, unpack};
use super::{Answer, Fault, MetaCall, Procedure, one};

pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        uri: "wamp.reflection.procedure.list",
        answer: |realm, call| list(realm, call, Kind::Procedure),
    },
    Procedure {
        uri: "wamp.reflection.procedure.describe",
        answer: |realm, call| describe(realm, call, Kind::Procedure),
    },
    Procedure {
        uri: "wamp.reflection.topic.list",
        answer: |realm, call| list(realm, call, Kind::Topic),
    },
    Procedure {
        uri: "wamp.reflection.topic.describe",
        answer: |realm, call| describe(realm, call, Kind::Topic),
    },
    Procedure {
        uri: "wamp.reflection.error.list",
        answer: |realm, call| list(realm, call, Kind::Error),
    },
    Procedure {
        uri: "wamp.reflection.error.describe",
        answer: |realm, call| describe(realm, call, Kind::Error),
    },
    Procedure {
        uri: "wamp.reflect.define",
        answer: define,
    },
    Procedure {
        uri: "wamp.reflect.describe",
        answer: describe_all,
    },
];

/// What can be described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Procedure,
    Topic,
    Error,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Procedure, Self::Topic, Self::Error];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Procedure => "procedure",
            Self::Topic => "topic",
            Self::Error => "error",
        }
    }
}

impl Field for Kind {
    const EXPECTED: &'static str = "one of procedure, topic, error";

    fn from_value(value: Value) -> Result<Self, Value> {
        let named = |kind: &Self| value.as_str() == Some(kind.as_str());
        Self::ALL.into_iter().find(named).ok_or(value)
    }

    fn to_value(&self) -> Value {
        Value::from(self.as_str())
    }

    fn detach(&self) -> Self {
        *self
    }
}

/// What a description is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::realm) struct Subject {
    kind: Kind,
    uri: Uri,
}

/// What sessions say about procedures, topics and errors, in MessagePack.
#[derive(Debug, Default)]
pub(super) struct Descriptions {
    /// The descriptions of each subject, the one given last at the end.
    given: BTreeMap<Subject, Vec<(SessionKey, Payload)>>,
    /// What each session has described.
    by_session: BTreeMap<SessionKey, BTreeSet<Subject>>,
}

impl Descriptions {
    /// How many subjects one session may describe.
    const MOST: usize = 256;
    /// The most bytes that one description may take.
    const LARGEST: usize = 4096;

    /// How many subjects are described.
    pub(super) fn len(&self) -> usize {
        self.given.len()
    }

    /// Forgets what a session that is leaving has described, and returns that.
    pub(super) fn forget(&mut self, session: SessionKey) -> impl Iterator<Item = Subject> {
        let described = self.by_session.remove(&session).unwrap_or_default();
        described
            .into_iter()
            .filter(move |subject| self.withdraw(session, subject))
    }

    /// The description that is told.
    fn current(&self, subject: &Subject) -> Option<&Payload> {
        let (_, description) = self.given.get(subject)?.last()?;
        Some(description)
    }

    fn uris(&self, kind: Kind) -> impl Iterator<Item = &Uri> {
        let subjects = self.given.keys();
        subjects
            .filter(move |subject| subject.kind == kind)
            .map(|subject| &subject.uri)
    }

    /// Whether another description is told now.
    fn give(
        &mut self,
        session: SessionKey,
        subject: &Subject,
        description: &Payload,
    ) -> Result<bool, Fault> {
        let (size, limit) = (description.bytes().len(), Self::LARGEST);
        if size > limit {
            let what = "description";
            return Err(Fault::TooLarge { what, size, limit });
        }
        let described = self.by_session.entry(session).or_default();
        if described.len() >= Self::MOST && !described.contains(subject) {
            return Err(Fault::Quota {
                what: "descriptions",
                limit: Self::MOST,
            });
        }
        described.insert(subject.clone());
        let changed = self.current(subject) != Some(description);
        let given = self.given.entry(subject.clone()).or_default();
        given.retain(|(giver, _)| *giver != session);
        given.push((session, description.clone()));
        Ok(changed)
    }

    /// Whether another description, or none, is told now.
    fn take_back(&mut self, session: SessionKey, subject: &Subject) -> bool {
        let Some(described) = self.by_session.get_mut(&session) else {
            return false;
        };
        if !described.remove(subject) {
            return false;
        }
        if described.is_empty() {
            self.by_session.remove(&session);
        }
        self.withdraw(session, subject)
    }

    fn withdraw(&mut self, session: SessionKey, subject: &Subject) -> bool {
        let Some(given) = self.given.get_mut(subject) else {
            return false;
        };
        let before = given.last().map(|(_, description)| description.clone());
        given.retain(|(giver, _)| *giver != session);
        if given.is_empty() {
            self.given.remove(subject);
        }
        self.current(subject) != before.as_ref()
    }
}

/// Sets or takes back what the caller says about a URI.
fn define(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let name = "uri";
    let uri: Uri = call.arguments.required(name)?;
    let description: Option<Dict> = call.arguments.optional("description")?;
    let kind = call.arguments.keyword("type")?.unwrap_or(Kind::Procedure);
    call.arguments.end()?;
    // Patterns are described, too, and those with wildcards are the least particular.
    let fault = uri.check_pattern(MatchPolicy::Wildcard, realm.meta.rule);
    let reserved = uri.is_reserved().then_some(UriFault::Reserved);
    if let Some(fault) = reserved.or_else(|| fault.err()) {
        return Err(Fault::InvalidUri { name, fault }.into());
    }
    let uri = uri.detach();
    let subject = Subject { kind, uri };
    let descriptions = &mut realm.meta.descriptions;
    let new = descriptions.current(&subject).is_none();
    let changed = match description {
        Some(description) => {
            let description = pack(description).map_err(Fault::from)?;
            descriptions.give(call.caller, &subject, &description)?
        }
        None => descriptions.take_back(call.caller, &subject),
    };
    if !changed {
        return Ok(one(Value::Null));
    }
    realm.sessions.notices.push(Notice::Described(subject));
    Ok(one(new))
}

/// All that is known about a URI: a list of one dictionary for each type that it is known as.
fn describe_all(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let uri: Uri = call.arguments.required("uri")?;
    call.arguments.end()?;
    let known = Kind::ALL.map(|kind| realm.description(kind, &uri));
    Ok(one(known.into_iter().flatten().collect::<Vec<Dict>>()))
}

/// What is known about a URI as one type, or `null`.
fn describe(realm: &mut Realm, mut call: MetaCall<'_>, kind: Kind) -> Answer {
    let uri: Uri = call.arguments.required("uri")?;
    call.arguments.end()?;
    let known = realm.description(kind, &uri);
    Ok(one(known.map_or(Value::Null, Value::from)))
}

/// The URIs of one type, in their order.
fn list(realm: &mut Realm, call: MetaCall<'_>, kind: Kind) -> Answer {
    call.arguments.end()?;
    let described = realm.meta.descriptions.uris(kind).cloned();
    let mut all: BTreeSet<Uri> = described.chain(provided(kind)).collect();
    let in_use = |pattern: &Pattern| pattern.uri.clone();
    match kind {
        Kind::Procedure => all.extend(realm.dealer.patterns().map(|(_, found)| in_use(found))),
        Kind::Topic => all.extend(realm.broker.patterns().map(|(_, found)| in_use(found))),
        Kind::Error => {}
    }
    // What the caller cannot name would keep all the rest from it.
    let caller = realm.sessions.get(call.caller);
    let can_name = |uri: &Uri| caller.is_none_or(|it| codec::has_form(it.join.serializer, uri));
    let all: Vec<Uri> = all.into_iter().filter(can_name).collect();
    Ok(one(all))
}

/// What the router itself provides.
fn provided(kind: Kind) -> Box<dyn Iterator<Item = Uri>> {
    match kind {
        Kind::Procedure => Box::new(super::provided().map(Uri::from_static)),
        Kind::Topic => Box::new(topics()),
        Kind::Error => {
            let all = uris::ALL.iter().copied();
            let errors = all.filter(|uri| uri.starts_with("wamp.error."));
            Box::new(errors.map(Uri::from_static))
        }
    }
}

impl Realm {
    /// What is known about a URI as one type: `uri`, `type`, and `description` if there is one.
    fn description(&self, kind: Kind, uri: &Uri) -> Option<Dict> {
        let subject = Subject {
            kind,
            uri: uri.clone(),
        };
        let description = self.meta.descriptions.current(&subject).map(unpack);
        let is_pattern = |pattern: &Pattern| pattern.uri == *uri;
        let known = description.is_some()
            || provided(kind).any(|found| found == *uri)
            || match kind {
                Kind::Procedure => self.dealer.patterns().any(|(_, found)| is_pattern(found)),
                Kind::Topic => self.broker.patterns().any(|(_, found)| is_pattern(found)),
                Kind::Error => false,
            };
        let known = known.then(|| {
            Dict::new()
                .with("uri", uri.clone())
                .with("type", kind.as_str())
        });
        match description {
            Some(description) => known.map(|known| known.with("description", description)),
            None => known,
        }
    }

    /// Tells that another description, or none, of a subject is told now.
    pub(super) fn tell_described(&mut self, subject: &Subject, outputs: &mut Vec<Output>) {
        let Subject { kind, uri } = subject;
        let about = || vec![uri.clone().into(), kind.as_str().into()];
        if self.meta.descriptions.current(subject).is_none() {
            self.publish(ON_UNDEFINE, |_| about(), outputs);
            return;
        }
        let described = |realm: &Self| {
            let description = realm.meta.descriptions.current(subject);
            let mut args = about();
            args.extend(description.map(|description| unpack(description).into()));
            args
        };
        self.publish(ON_DEFINE, described, outputs);
    }
}

pub(super) const ON_DEFINE: Uri = Uri::from_static("wamp.reflect.on_define");
pub(super) const ON_UNDEFINE: Uri = Uri::from_static("wamp.reflect.on_undefine");
