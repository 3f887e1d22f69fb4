//! The registration meta API: who registered what.
//!
//! Source: Advanced Profile, "Registration Meta API".

use crate::proto::{Dict, DictFields, Id, RegisterOptions, Uri};

use super::super::Realm;
use super::super::registrations::Registration;
use super::super::session::Peers;
use super::patterns::{details, found, ids, lists, pattern};
use super::sessions::reason;
use super::{Answer, Fault, MetaCall, Procedure, nothing, one};

pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        uri: "wamp.registration.list",
        answer: list,
    },
    Procedure {
        uri: "wamp.registration.lookup",
        answer: lookup,
    },
    Procedure {
        uri: "wamp.registration.match",
        answer: matching,
    },
    Procedure {
        uri: "wamp.registration.get",
        answer: get,
    },
    Procedure {
        uri: "wamp.registration.list_callees",
        answer: list_callees,
    },
    Procedure {
        uri: "wamp.registration.count_callees",
        answer: count_callees,
    },
    Procedure {
        uri: "wamp.registration.remove_callee",
        answer: remove_callee,
    },
];

/// The ids of all registrations, by match policy.
fn list(realm: &mut Realm, call: MetaCall<'_>) -> Answer {
    call.arguments.end()?;
    Ok(one(lists(realm.dealer.patterns())))
}

/// The id of the registration that a REGISTER with these options would join, or `null`.
fn lookup(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let procedure = call.arguments.required("procedure")?;
    let options: Option<Dict> = call.arguments.optional("options")?;
    call.arguments.end()?;
    let options = RegisterOptions::from_dict(options.unwrap_or_default()).map_err(Fault::from)?;
    let pattern = pattern(procedure, options.match_policy);
    Ok(one(found(realm.dealer.lookup(&pattern))))
}

/// The id of the registration that a call of the procedure would go to, or `null`.
fn matching(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let procedure: Uri = call.arguments.required("procedure")?;
    call.arguments.end()?;
    // No pattern of a client's reaches the procedures of the router.
    let best = realm.dealer.best(&procedure);
    Ok(one(found(best.filter(|_| !procedure.is_reserved()))))
}

/// What is known about a registration.
fn get(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("registration")?;
    call.arguments.end()?;
    let details = realm.registration_details(id);
    Ok(one(details.ok_or(Fault::NoSuchRegistration(id))?))
}

/// The session ids of a registration's callees.
fn list_callees(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("registration")?;
    call.arguments.end()?;
    let registration = with_id(realm, id)?;
    Ok(one(ids(
        &realm.sessions,
        registration.callees().iter().map(|callee| callee.session),
    )))
}

/// How many callees a registration has.
fn count_callees(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("registration")?;
    call.arguments.end()?;
    let registration = with_id(realm, id)?;
    Ok(one(registration.callees().len() as u64))
}

/// Takes a callee off a registration. (An extension that crossbar has, too.)
fn remove_callee(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let id = call.arguments.required("registration")?;
    let callee = call.arguments.required("callee")?;
    let reason = reason(&mut call.arguments, realm.meta.rule)?;
    call.arguments.end()?;
    let registration = with_id(realm, id)?;
    let key = realm.sessions.with_id(callee);
    let Some(key) = key.filter(|key| registration.has(*key)) else {
        return Err(Fault::NoMember(callee).into());
    };
    let Realm {
        sessions,
        dealer,
        now,
        ..
    } = realm;
    let peers = &mut Peers {
        sessions,
        outputs: call.outputs,
        now: *now,
    };
    dealer.revoke(peers, id, Some(key), reason);
    Ok(nothing())
}

fn with_id(realm: &Realm, id: Id) -> Result<&Registration, Fault> {
    let registration = realm.dealer.registration(id);
    let (_, registration) = registration.ok_or(Fault::NoSuchRegistration(id))?;
    Ok(registration)
}

impl Realm {
    /// `RegistrationDetails`.
    pub(super) fn registration_details(&self, id: Id) -> Option<Dict> {
        let (pattern, registration) = self.dealer.registration(id)?;
        let details = details(id, registration.created, pattern);
        Some(details.with("invoke", registration.invoke.as_str()))
    }
}
