//! `wamp show`.

use wampkit::proto::{Dict, Id, Value};

use super::args::ShowArgs;
use super::connection::Connection;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::ls::record;
use super::meta::{Kind, Meta};
use super::output::Envelope;
use super::signals::Work;
use super::suggestion::suggestion;
use super::{block_on, dry_run};

/// Finds out what a URI or id stands for, and prints all that the router's meta API tells about it.
///
/// # Errors
/// That it stands for nothing, that the router has no meta API, or does not answer this session.
pub(crate) fn run(args: ShowArgs, console: &Console) -> Result<Exit, CliError> {
    if args.dry_run.dry_run {
        return dry_run::begin(&args.client.connection, console, async |session| {
            let meta = Meta::new(session, args.client.output.timeout);
            dry_run::made(find(&meta, &args.target).await)
        });
    }
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = on(&mut connection, &args, console).await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

/// The same in a session that there is.
///
/// # Errors
/// As [`run`].
pub(crate) async fn on(
    connection: &mut Connection,
    args: &ShowArgs,
    console: &Console,
) -> Result<(), CliError> {
    connection
        .run(async |session| {
            let meta = Meta::new(&session, args.client.output.timeout);
            let found = match find(&meta, &args.target).await {
                Err(CliError::Nothing { message, .. }) if !console.is_quiet() => {
                    let kinds = [Kind::Registration, Kind::Subscription];
                    let suggestion = suggestion(&session, &kinds, &args.target).await;
                    Err(CliError::Nothing {
                        message,
                        suggestion,
                    })
                }
                found => found,
            };
            for record in &found? {
                console.record(record)?;
            }
            Ok(())
        })
        .await
}

/// All that the target stands for: at least one.
///
/// An id may be several things at once, because each kind has its own. So may a URI.
async fn find(meta: &Meta<'_>, target: &str) -> Result<Vec<Envelope>, CliError> {
    let id = target.parse().ok().and_then(Id::new);
    let mut found = Vec::new();
    let mut failures = Vec::new();
    let kinds = &Kind::ALL[..if id.is_some() { 3 } else { 2 }];
    for &kind in kinds {
        let ids = match id {
            Some(id) => Ok(vec![id]),
            None => meta.of_uri(kind, target).await,
        };
        match ids {
            Ok(ids) => {
                for id in ids {
                    match describe(meta, kind, id).await {
                        Ok(record) => found.extend(record),
                        Err(error) => failures.push(error),
                    }
                }
            }
            Err(error) => failures.push(error),
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    // It may be the one thing that the router does not tell about; that it has no such meta API says less than that it
    // refuses to answer.
    let all_failed = failures.len() == kinds.len();
    failures.sort_by_key(|error| matches!(error, CliError::NoMeta { .. }));
    match failures.into_iter().next() {
        Some(error) if all_failed || !matches!(error, CliError::NoMeta { .. }) => Err(error),
        _ if id.is_some() => Err(CliError::Nothing {
            message: format!("no registration, subscription or session: {target}"),
            suggestion: None,
        }),
        _ => Err(CliError::Nothing {
            message: format!("no registration or subscription: {target}"),
            suggestion: None,
        }),
    }
}

/// All about one of a kind, if there is such a one.
async fn describe(meta: &Meta<'_>, kind: Kind, id: Id) -> Result<Option<Envelope>, CliError> {
    let Some(mut details) = meta.get(kind, id).await? else {
        return Ok(None);
    };
    let uri = details
        .get("uri")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let mut more = Dict::new();
    tokio::join!(
        async { meta.add_members(kind, id, &mut details).await },
        async {
            if let Some(uri) = &uri {
                meta.add_description(kind, uri, &mut more).await;
            }
        }
    );
    for (key, value) in more {
        details.push(key, value);
    }
    Ok(Some(record(kind, uri, details)))
}
