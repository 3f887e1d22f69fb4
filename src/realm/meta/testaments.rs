//! The testament meta API: what is to be published when the caller's session has ended.
//!
//! Source: Advanced Profile, "Session Testament".

use crate::codec;
use crate::proto::{Dict, DictFields, Field, PublishOptions, Serializer, Uri, Value, Violation};

use super::super::Realm;
use super::super::testament::{Scope, Testament};
use super::{Answer, Fault, MetaCall, Procedure, nothing};

pub(super) const PROCEDURES: &[Procedure] = &[
    Procedure {
        uri: "wamp.session.add_testament",
        answer: add,
    },
    Procedure {
        uri: "wamp.session.flush_testaments",
        answer: flush,
    },
];

impl Field for Scope {
    const EXPECTED: &'static str = "one of detached, destroyed";

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_str().and_then(Self::named).ok_or(value)
    }

    fn to_value(&self) -> Value {
        Value::from(match self {
            Self::Detached => "detached",
            Self::Destroyed => "destroyed",
        })
    }

    fn detach(&self) -> Self {
        *self
    }
}

/// Adds a publication to those that are made when the caller's session has ended.
fn add(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let topic: Uri = call.arguments.required("topic")?;
    let args = match call.arguments.required("args")? {
        Value::List(args) => args,
        other => return Err(Fault::from(Violation::found("args", "a list", &other)).into()),
    };
    let kwargs: Dict = call.arguments.required("kwargs")?;
    let options: Option<Dict> = call.arguments.keyword("publish_options")?;
    let scope: Option<Scope> = call.arguments.keyword("scope")?;
    call.arguments.end()?;
    let mut options =
        PublishOptions::from_dict(options.unwrap_or_default()).map_err(Fault::from)?;
    let testator = realm.sessions.get(call.caller);
    if call.disclose && testator.is_some_and(|one| realm.broker.may_disclose(one, &topic)) {
        options.disclose_me = Some(true);
    }
    let payload = codec::Arguments { args, kwargs };
    // MessagePack has a form for every value.
    let payload = payload
        .to_payload(Serializer::MsgPack)
        .map_err(Fault::from)?;
    let testament = Testament {
        topic,
        options,
        payload,
    };
    let Realm {
        sessions, broker, ..
    } = realm;
    broker.add_testament(sessions, call.caller, scope.unwrap_or_default(), &testament)?;
    Ok(nothing())
}

/// Takes all publications of a scope back.
fn flush(realm: &mut Realm, mut call: MetaCall<'_>) -> Answer {
    let scope: Option<Scope> = call.arguments.keyword("scope")?;
    call.arguments.end()?;
    if let Some(session) = realm.sessions.get_mut(call.caller) {
        session.testaments.flush(scope.unwrap_or_default());
    }
    Ok(nothing())
}
