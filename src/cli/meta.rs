//! A router's meta API, as it is met in the world: with procedures that are missing, denied or misspelt, and 0 where there is
//! nothing.
//!
//! What a command is for is asked by methods that fail; what it tells beside that, counts and members and descriptions, by
//! methods that answer `None` where the router does not say.

use std::time::Duration;

use wampkit::Session;
use wampkit::client::{self, Reply};
use wampkit::proto::{Dict, Id, MatchPolicy, Value, uris};

use super::connection::answer;
use super::error::CliError;

/// What a meta API tells about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What procedures are registered.
    Registration,
    /// What topics are subscribed to.
    Subscription,
    /// Who is there.
    Session,
}

impl Kind {
    /// All kinds, in the order in which they are told.
    pub(crate) const ALL: [Self; 3] = [Self::Registration, Self::Subscription, Self::Session];

    /// The name in URIs and envelopes.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Subscription => "subscription",
            Self::Session => "session",
        }
    }

    /// The sessions that hold one of the kind, in the words of the procedures and of what is printed; sessions have none.
    const fn members(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Registration => Some(("callees", "callee_count")),
            Self::Subscription => Some(("subscribers", "subscriber_count")),
            Self::Session => None,
        }
    }
}

/// The meta API of the router that a session is with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meta<'a> {
    session: &'a Session,
    limit: Option<Duration>,
}

impl<'a> Meta<'a> {
    /// The router's meta API, each of whose answers may take so long.
    pub(crate) const fn new(session: &'a Session, limit: Option<Duration>) -> Self {
        Self { session, limit }
    }

    /// The session that asks.
    pub(crate) fn own_session(&self) -> Id {
        self.session.id()
    }

    /// The ids of all there are of a kind.
    ///
    /// # Errors
    /// [`CliError::NoMeta`], and any other ERROR.
    pub(crate) async fn list(&self, kind: Kind) -> Result<Vec<Id>, CliError> {
        let procedure = format!("wamp.{}.list", kind.as_str());
        let value = self.ask(&procedure, Vec::new()).await?;
        Ok(match &value {
            // By match policy.
            Value::Dict(lists) => lists.iter().flat_map(|(_, list)| ids(list)).collect(),
            list => ids(list),
        })
    }

    /// What the router says about one; `None` if there is no such one.
    ///
    /// # Errors
    /// As [`Meta::list`].
    pub(crate) async fn get(&self, kind: Kind, id: Id) -> Result<Option<Dict>, CliError> {
        let procedure = format!("wamp.{}.get", kind.as_str());
        match self.ask(&procedure, vec![id.into()]).await {
            Ok(Value::Dict(dict)) => Ok(Some(dict)),
            Ok(_) => Ok(None),
            Err(CliError::Wamp { error, .. })
                if [
                    uris::NO_SUCH_REGISTRATION,
                    uris::NO_SUCH_SUBSCRIPTION,
                    uris::NO_SUCH_SESSION,
                ]
                .contains(&error.error) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The ids of those that have to do with a URI: that are registered or subscribed under it by any policy, and that a
    /// call or publication would reach.
    ///
    /// # Errors
    /// As [`Meta::list`].
    pub(crate) async fn of_uri(&self, kind: Kind, uri: &str) -> Result<Vec<Id>, CliError> {
        let lookup = format!("wamp.{}.lookup", kind.as_str());
        let by = |policy: MatchPolicy| {
            let options = Dict::new().with("match", policy.as_str());
            self.ask(&lookup, vec![uri.into(), options.into()])
        };
        let matching = format!("wamp.{}.match", kind.as_str());
        let (exact, prefix, wildcard, matching) = tokio::join!(
            by(MatchPolicy::Exact),
            by(MatchPolicy::Prefix),
            by(MatchPolicy::Wildcard),
            self.ask(&matching, vec![uri.into()]),
        );
        let mut found = Vec::new();
        // Routers may know fewer policies; without an answer to the first there is no telling.
        let more = [prefix, wildcard, matching].into_iter().flatten();
        for value in std::iter::once(exact?).chain(more) {
            for id in ids(&value) {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// Adds to what [`Meta::get`] has told how many sessions hold it.
    pub(crate) async fn add_count(&self, kind: Kind, id: Id, details: &mut Dict) {
        let Some((name, count_name)) = kind.members() else {
            return;
        };
        let count = |name: &str| {
            let procedure = format!("wamp.{}.count_{name}", kind.as_str());
            async move { self.ask(&procedure, vec![id.into()]).await.ok() }
        };
        let mut counted = count(name).await;
        if counted.is_none() && kind == Kind::Subscription {
            // As nexus spells it.
            counted = count("suscribers").await;
        }
        if let Some(count) = counted.as_ref().and_then(Value::as_u64) {
            details.push(count_name, count);
        }
    }

    /// Adds to what [`Meta::get`] has told which sessions hold it, and how many they are.
    pub(crate) async fn add_members(&self, kind: Kind, id: Id, details: &mut Dict) {
        let Some((name, count_name)) = kind.members() else {
            return;
        };
        let procedure = format!("wamp.{}.list_{name}", kind.as_str());
        match self.ask(&procedure, vec![id.into()]).await {
            Ok(list @ Value::List(_)) => {
                let sessions = ids(&list);
                details.push(count_name, sessions.len() as u64);
                details.push(name, sessions);
            }
            _ => self.add_count(kind, id, details).await,
        }
    }

    /// Adds how a procedure or topic was described to the router.
    pub(crate) async fn add_description(&self, kind: Kind, uri: &str, details: &mut Dict) {
        if let Ok(description) = self.describe(kind, uri).await
            && description != Value::Null
        {
            details.push("description", description);
        }
    }

    /// How a procedure or topic was described to the router; null if it was not, and for sessions.
    ///
    /// # Errors
    /// As [`Meta::list`].
    pub(crate) async fn describe(&self, kind: Kind, uri: &str) -> Result<Value, CliError> {
        let what = match kind {
            Kind::Registration => "procedure",
            Kind::Subscription => "topic",
            Kind::Session => return Ok(Value::Null),
        };
        let procedure = format!("wamp.reflection.{what}.describe");
        self.ask(&procedure, vec![uri.into()]).await
    }

    /// Has the router end a session.
    ///
    /// # Errors
    /// As [`Meta::list`]; `wamp.error.no_such_session`.
    pub(crate) async fn kill(&self, session: Id, kwargs: Dict) -> Result<(), CliError> {
        let call = self
            .session
            .call(KILL)
            .args((session.get(),))
            .kwargs(kwargs);
        answer(&session.to_string(), self.limit, call)
            .await
            .map(drop)
            .map_err(|error| missing(KILL, error))
    }

    /// Calls one of the procedures; the answer is its first result.
    async fn ask(&self, procedure: &str, args: Vec<Value>) -> Result<Value, CliError> {
        let read = |reply: Reply| reply.value::<Value>().map_err(client::Error::from);
        let call = async { self.session.call(procedure).args(args).await.and_then(read) };
        answer(procedure, self.limit, call)
            .await
            .map_err(|error| missing(procedure, error))
    }
}

/// That there is no such procedure is told as what it means.
pub(crate) fn missing(procedure: &str, error: CliError) -> CliError {
    match error {
        CliError::Wamp { error, .. } if error.error == uris::NO_SUCH_PROCEDURE => {
            CliError::NoMeta {
                procedure: procedure.to_owned(),
                error,
            }
        }
        other => other,
    }
}

/// What a router lacks that does not have this procedure.
pub(crate) fn lack(procedure: &str) -> &'static str {
    if procedure.starts_with("wamp.router.") {
        "the router does not tell how it does"
    } else {
        "the router has no meta API"
    }
}

/// What to try with it.
pub(crate) fn lack_hint(procedure: &str) -> Option<String> {
    let hint = "that is known to `wamp router` alone; `wamp ping` and `wamp ls` watch others";
    procedure
        .starts_with("wamp.router.")
        .then(|| hint.to_owned())
}

/// The ids of a list, or the one id; none for null and for 0, which is what nexus answers when it finds nothing.
fn ids(value: &Value) -> Vec<Id> {
    let id = |value: &Value| value.as_u64().and_then(Id::new);
    match value {
        Value::List(items) => items.iter().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    }
}

const KILL: &str = "wamp.session.kill";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_every_shape() {
        let id = |number| Id::new(number).unwrap();
        assert_eq!(ids(&Value::from(7)), [id(7)]);
        assert_eq!(ids(&Value::from(vec![7, 8])), [id(7), id(8)]);
        assert_eq!(ids(&Value::Float(9e15)), [id(9_000_000_000_000_000)]);
        for nothing in [
            Value::Null,
            Value::from(0),
            Value::from("x"),
            Value::List(Vec::new()),
        ] {
            assert_eq!(ids(&nothing), []);
        }
    }
}
