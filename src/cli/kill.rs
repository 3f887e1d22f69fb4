//! `wamp kill`.

use std::time::SystemTime;

use wampkit::codec::Arguments;
use wampkit::proto::Dict;

use super::args::KillArgs;
use super::connection::Connection;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::meta::Meta;
use super::output::Envelope;
use super::signals::Work;
use super::{block_on, dry_run};

/// Has the router end a session. Prints nothing unless asked for the envelope.
///
/// # Errors
/// That there is no such session, that the router has no meta API, or does not do it for this session.
pub(crate) fn run(args: KillArgs, console: &Console) -> Result<Exit, CliError> {
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            let meta = Meta::new(session, args.client.output.timeout);
            dry_run::made(meta.kill(args.session, kwargs(&args)).await)
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
    args: &KillArgs,
    console: &Console,
) -> Result<(), CliError> {
    connection
        .run(async |session| {
            let meta = Meta::new(&session, args.client.output.timeout);
            meta.kill(args.session, kwargs(args)).await?;
            console.result(&Envelope {
                kind: "killed",
                uri: None,
                arguments: Arguments::default(),
                details: Dict::new().with("session", args.session),
                at: SystemTime::now(),
            })
        })
        .await
}

/// What the session is told.
fn kwargs(args: &KillArgs) -> Dict {
    [("reason", &args.reason), ("message", &args.message)]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_deref()?)))
        .collect()
}
