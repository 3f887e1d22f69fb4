//! The session meta API: who is there, and how to end that.
//!
//! Source: Advanced Profile, "Session Meta API".

use std::collections::BTreeMap;

use bytestring::ByteString;

use crate::proto::{
    Dict, Field, Goodbye, GoodbyeDetails, Id, Message, Payload, Uri, UriRule, Value, Violation,
    uris,
};

use super::super::frame::frame_length;
use super::super::session::{Session, Slot};
use super::super::{KILL_GRACE, Output, Realm, SessionKey};
use super::arguments::Arguments;
use super::packed::{pack, unpack};
use super::{Answer, Fault, MetaCall, Procedure, nothing, one};

pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        uri: "wamp.session.count",
        answer: count,
    },
    Procedure {
        uri: "wamp.session.list",
        answer: list,
    },
    Procedure {
        uri: "wamp.session.get",
        answer: get,
    },
    Procedure {
        uri: "wamp.session.modify_details",
        answer: modify_details,
    },
    Procedure {
        uri: "wamp.session.kill",
        answer: kill,
    },
    Procedure {
        uri: "wamp.session.kill_by_authid",
        answer: kill_by_authid,
    },
    Procedure {
        uri: "wamp.session.kill_by_authrole",
        answer: kill_by_authrole,
    },
    Procedure {
        uri: "wamp.session.kill_all",
        answer: kill_all,
    },
];

/// How many sessions there are, of all roles or of those given.
fn count(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let roles: Option<Vec<ByteString>> = call.arguments.optional("filter_authroles")?;
    call.arguments.end()?;
    Ok(one(match roles {
        None => realm.sessions.open_count() as u64,
        Some(_) => of_roles(realm, roles.as_deref()).count() as u64,
    }))
}

/// The ids of all sessions, or of those with the roles given.
fn list(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let roles: Option<Vec<ByteString>> = call.arguments.optional("filter_authroles")?;
    call.arguments.end()?;
    let sessions = of_roles(realm, roles.as_deref());
    let ids: Vec<Id> = sessions.map(|session| session.join.session).collect();
    Ok(one(ids))
}

fn of_roles<'a>(
    realm: &'a Realm,
    roles: Option<&'a [ByteString]>,
) -> impl Iterator<Item = &'a Session> {
    let sessions = realm.sessions.iter().map(|(_, session)| session);
    sessions.filter(move |session| {
        roles.is_none_or(|roles| roles.iter().any(|role| **role == session.join.authrole))
    })
}

/// What is known about a session.
fn get(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let session = call.arguments.required("session")?;
    call.arguments.end()?;
    let key = with_id(realm, session)?;
    Ok(one(realm.session_details(key)))
}

/// Adds to what is known about a session, or takes away what was added: a key whose value is `null`. (An extension that
/// nexus has, too.) The details that stem from the session's authentication stay as they are.
fn modify_details(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let session = call.arguments.required("session")?;
    let changes: Dict = call.arguments.required("details")?;
    call.arguments.end()?;
    let key = with_id(realm, session)?;
    realm.meta.details.modify(key, changes)?;
    if let Some(session) = realm.sessions.get_mut(key) {
        // Authorizers were told other details.
        session.answers.forget();
    }
    Ok(nothing())
}

/// Ends another session.
fn kill(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let session = call.arguments.required("session")?;
    let farewell = Farewell::of(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let victim = with_id(realm, session)?;
    if victim == call.caller {
        return Err(Fault::OwnSession(session).into());
    }
    realm.kill(victim, &farewell, call.outputs);
    Ok(nothing())
}

/// Ends all other sessions of an authid and answers with their ids.
fn kill_by_authid(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let authid: ByteString = call.arguments.required("authid")?;
    let farewell = Farewell::of(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let victims = others(realm, call.caller, |session| session.join.authid == *authid);
    let ids: Vec<Id> = victims
        .iter()
        .filter_map(|victim| realm.sessions.id(*victim))
        .collect();
    for &victim in &victims {
        realm.kill(victim, &farewell, call.outputs);
    }
    Ok(one(ids))
}

/// Ends all other sessions of an authrole and answers with their number.
fn kill_by_authrole(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let authrole: ByteString = call.arguments.required("authrole")?;
    let farewell = Farewell::of(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let victims = others(realm, call.caller, |session| {
        session.join.authrole == *authrole
    });
    for &victim in &victims {
        realm.kill(victim, &farewell, call.outputs);
    }
    Ok(one(victims.len() as u64))
}

/// Ends all other sessions and answers with their number. There is nobody left to tell it to but the caller, and the
/// chapter has it that neither meta events of the sessions nor testaments are published.
fn kill_all(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let farewell = Farewell::of(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let victims = others(realm, call.caller, |_| true);
    for &victim in &victims {
        realm.kill_silently(victim, &farewell, call.outputs);
    }
    Ok(one(victims.len() as u64))
}

fn others(
    realm: &Realm,
    caller: SessionKey,
    condemned: impl Fn(&Session) -> bool,
) -> Vec<SessionKey> {
    let sessions = realm.sessions.iter();
    sessions
        .filter(|(key, session)| *key != caller && condemned(session))
        .map(|(key, _)| key)
        .collect()
}

/// # Errors
/// No open session has that id.
pub(super) fn with_id(realm: &Realm, session: Id) -> Result<SessionKey, Fault> {
    let key = realm.sessions.with_id(session);
    key.ok_or(Fault::NoSuchSession(session))
}

impl Realm {
    /// `details` as `on_join` and `wamp.session.get` tell them.
    pub(in crate::realm) fn session_details(&self, key: SessionKey) -> Dict {
        let Some(session) = self.sessions.get(key) else {
            return Dict::new();
        };
        let join = &session.join;
        let details = Dict::new()
            .with("session", join.session)
            .with("authid", join.authid.as_str())
            .with("authrole", join.authrole.as_str())
            .with("authmethod", join.authmethod.as_str())
            .with("authprovider", join.authprovider.as_str());
        let details = match session.missed.total {
            0 => details,
            missed => details.with(EVENTS_DROPPED, missed),
        };
        let added = self.meta.details.of(key).into_iter();
        added.fold(details, |details, (key, value)| details.with(key, value))
    }

    /// Ends a session with GOODBYE. It is over when it has answered.
    fn kill(&mut self, victim: SessionKey, farewell: &Farewell, outputs: &mut Vec<Output>) {
        self.dispose(victim, outputs);
        self.bid_farewell(victim, farewell, outputs);
    }

    /// The same for sessions whose end is not to be told.
    fn kill_silently(
        &mut self,
        victim: SessionKey,
        farewell: &Farewell,
        outputs: &mut Vec<Output>,
    ) {
        self.release(victim, outputs);
        self.bid_farewell(victim, farewell, outputs);
    }

    fn bid_farewell(&mut self, to: SessionKey, farewell: &Farewell, outputs: &mut Vec<Output>) {
        let Some(session) = self.sessions.get(to) else {
            return;
        };
        let goodbye = farewell.to(session);
        self.peers(outputs).send(to, goodbye);
        self.sessions.set(to, Slot::Closing);
        self.killed.push_back((self.now.instant + KILL_GRACE, to));
    }
}

/// What the victims of a kill are told.
struct Farewell {
    reason: Uri,
    message: Option<ByteString>,
}

impl Farewell {
    fn of(arguments: &mut Arguments, rule: UriRule) -> Result<Self, Fault> {
        Ok(Self {
            reason: reason(arguments, rule)?.unwrap_or(uris::CLOSE_KILLED),
            message: arguments.keyword("message")?,
        })
    }

    /// GOODBYE. A message or reason that the session cannot take is left out: it is no reason to spare the session.
    fn to(&self, session: &Session) -> Message {
        let whole = self.goodbye();
        let length = frame_length(session.join.serializer, &whole);
        if length.is_ok_and(|length| length <= session.join.max_frame) {
            return whole;
        }
        let plain = Self {
            reason: uris::CLOSE_KILLED,
            message: None,
        };
        plain.goodbye()
    }

    fn goodbye(&self) -> Message {
        Message::Goodbye(Goodbye {
            details: GoodbyeDetails {
                message: self.message.clone(),
                ..GoodbyeDetails::default()
            },
            reason: self.reason.clone(),
        })
    }
}

/// The keyword argument `reason`.
///
/// # Errors
/// It is no URI, which the chapter has an error of its own for.
pub(super) fn reason(arguments: &mut Arguments, rule: UriRule) -> Result<Option<Uri>, Fault> {
    let name = "reason";
    let Some(value) = arguments.keyword::<Value>(name)? else {
        return Ok(None);
    };
    let reason =
        Uri::from_value(value).map_err(|value| Fault::NoUri(Violation::of::<Uri>(name, &value)))?;
    match reason.check(rule) {
        Ok(()) => Ok(Some(reason)),
        Err(fault) => Err(Fault::InvalidUri { name, fault }),
    }
}

/// The details that `wamp.session.modify_details` has added to sessions.
#[derive(Debug, Default)]
pub(super) struct SessionDetails {
    added: BTreeMap<SessionKey, Payload>,
}

impl SessionDetails {
    /// Most bytes that the details added to one session may take in MessagePack.
    const LARGEST: usize = 4096;

    fn of(&self, session: SessionKey) -> Dict {
        self.added.get(&session).map(unpack).unwrap_or_default()
    }

    fn modify(&mut self, session: SessionKey, changes: Dict) -> Result<(), Fault> {
        let mut merged: BTreeMap<ByteString, Value> = self.of(session).into_iter().collect();
        for (key, value) in changes {
            if FIXED.contains(&&*key) {
                return Err(Fault::FixedDetail(key.to_string()));
            }
            if value == Value::Null {
                merged.remove(&key);
            } else {
                merged.insert(key, value);
            }
        }
        if merged.is_empty() {
            self.added.remove(&session);
            return Ok(());
        }
        let added = pack(merged.into_iter().collect())?;
        let (size, limit) = (added.bytes().len(), Self::LARGEST);
        if size > limit {
            let what = "details added to the session";
            return Err(Fault::TooLarge { what, size, limit });
        }
        self.added.insert(session, added);
        Ok(())
    }

    pub(super) fn forget(&mut self, session: SessionKey) {
        self.added.remove(&session);
    }

    pub(super) fn len(&self) -> usize {
        self.added.len()
    }
}

/// How many EVENTs a session has missed because it did not take them. This router's own, and named as the specification
/// wants that.
const EVENTS_DROPPED: &str = "_events_dropped";

/// Who a session is, and what else authorizers may go by.
const FIXED: [&str; 9] = [
    "session",
    "authid",
    "authrole",
    "authmethod",
    "authprovider",
    "authextra",
    "realm",
    "transport",
    EVENTS_DROPPED,
];
