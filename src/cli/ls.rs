//! `wamp ls`.

use std::collections::BTreeSet;
use std::time::SystemTime;

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Id, MatchPolicy, Value, uris};

use super::args::{Listed, LsArgs};
use super::connection::Connection;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::meta::{Kind, Meta};
use super::output::{Entry, Envelope};
use super::signals::Work;
use super::{block_on, dry_run};

/// Lists what the router's meta API lists.
///
/// # Errors
/// That the router has no meta API, or does not answer this session.
pub(crate) fn run(args: LsArgs, console: &Console) -> Result<Exit, CliError> {
    if args.dry_run.dry_run {
        return dry_run::begin(&args.client.connection, console, async |session| {
            let meta = Meta::new(session, args.client.output.timeout);
            dry_run::made(meta.list(args.what.kind()).await)
        });
    }
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = on(&mut connection, &args, &BTreeSet::new(), console).await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// The same in a session that there is. It does not count among the subscribers of the topics that are `unasked` for, which
/// it has for itself.
///
/// # Errors
/// As [`run`].
pub(crate) async fn on(
    connection: &mut Connection,
    args: &LsArgs,
    unasked: &BTreeSet<String>,
    console: &Console,
) -> Result<(), CliError> {
    connection
        .run(async |session| {
            let meta = Meta::new(&session, args.client.output.timeout);
            let mut entries = entries(&meta, args, console).await?;
            if args.what == Listed::Topics {
                entries.retain_mut(|entry| is_asked_for(entry, unasked));
            }
            entries.sort_by_cached_key(|entry| entry.envelope.uri.clone());
            if entries.is_empty() {
                console.note(&format!("no {}", args.what));
            }
            console.list(args.what.columns(), &entries)
        })
        .await
}

async fn entries(
    meta: &Meta<'_>,
    args: &LsArgs,
    console: &Console,
) -> Result<Vec<Entry>, CliError> {
    let kind = args.what.kind();
    let mut ids = meta.list(kind).await?;
    ids.sort_unstable();
    if kind == Kind::Session {
        // It will be gone when the list is read.
        ids.retain(|id| *id != meta.own_session());
    }
    iter(ids)
        .map(
            async |id| match entry(meta, kind, id, args.prefix.as_deref()).await {
                // The id is one that the router told: what is wrong is the answer.
                Err(CliError::Wamp { error, .. }) if error.error == uris::INVALID_ARGUMENT => {
                    let told = error.message().unwrap_or_default();
                    let kind = kind.as_str();
                    console.warn(&format!(
                        "{kind} {id} is left out, as it cannot be told: {told}"
                    ));
                    Ok(None)
                }
                entry => entry,
            },
        )
        .buffered(AT_ONCE)
        .try_filter_map(async |entry| Ok(entry))
        .try_collect()
        .await
}

/// Whether somebody has subscribed to it beside the session that asks, which has done so for itself if it is `unasked` for.
fn is_asked_for(entry: &mut Entry, unasked: &BTreeSet<String>) -> bool {
    let Envelope { uri, details, .. } = &mut entry.envelope;
    let policy = details.get("match").and_then(Value::as_str);
    let is_exact = policy.is_none_or(|policy| policy == MatchPolicy::Exact.as_str());
    let is_own = uri.as_ref().is_some_and(|uri| unasked.contains(uri));
    let Some(count) = details.get("subscriber_count").and_then(Value::as_u64) else {
        return true;
    };
    if !is_own || !is_exact {
        return true;
    }
    let others = count.saturating_sub(1);
    let rest = std::mem::take(details).into_iter();
    *details = rest
        .filter(|(key, _)| *key != "subscriber_count")
        .collect::<Dict>()
        .with("subscriber_count", others);
    others > 0
}

/// One entry, unless it has gone meanwhile or is not wanted.
async fn entry(
    meta: &Meta<'_>,
    kind: Kind,
    id: Id,
    prefix: Option<&str>,
) -> Result<Option<Entry>, CliError> {
    let Some(mut details) = meta.get(kind, id).await? else {
        return Ok(None);
    };
    let text = |key| details.get(key).and_then(Value::as_str).map(str::to_owned);
    let uri = text("uri");
    let name = if kind == Kind::Session {
        text("authid")
    } else {
        uri.clone()
    };
    let name = name.unwrap_or_default();
    if prefix.is_some_and(|prefix| !name.starts_with(prefix)) {
        return Ok(None);
    }
    meta.add_count(kind, id, &mut details).await;
    let line = uri.clone().unwrap_or_else(|| id.to_string());
    Ok(Some(Entry {
        line,
        envelope: record(kind, uri, details),
    }))
}

/// What is known about one registration, subscription or session.
pub(crate) fn record(kind: Kind, uri: Option<String>, details: Dict) -> Envelope {
    Envelope {
        kind: kind.as_str(),
        uri,
        arguments: Arguments::default(),
        details,
        at: SystemTime::now(),
    }
}

impl Listed {
    const fn kind(self) -> Kind {
        match self {
            Self::Procedures => Kind::Registration,
            Self::Topics => Kind::Subscription,
            Self::Sessions => Kind::Session,
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Procedures => &["uri", "match", "invoke", "callee_count", "created", "id"],
            Self::Topics => &["uri", "match", "subscriber_count", "created", "id"],
            Self::Sessions => &[
                "session",
                "authid",
                "authrole",
                "authmethod",
                "authprovider",
            ],
        }
    }
}

/// How many questions are asked at a time: enough that the way to the router and back is waited for a few times only.
const AT_ONCE: usize = 64;
