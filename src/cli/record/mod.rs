//! `wamp record`.

mod recording;
mod stand_in;

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use wampkit::proto::SubscribeOptions;

use super::args::{RecordArgs, SubscribeArgs};
use super::connection::{Connection, Sessions as _};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::limits::Limits;
use super::signals::Work;
use super::subscribe::{Follower, Sink, rehearse};
use super::{block_on_apart, dry_run, ready};

use stand_in::StandIn;

pub(crate) use recording::Recording;

/// Subscribes to the topics, stands in for the procedures, and records what comes until a limit is reached or a signal comes.
///
/// # Errors
/// That the file cannot be written to, that a topic cannot be subscribed to or a procedure not be registered, that the session
/// ends, that a limit was reached before there was enough.
pub(crate) fn run(args: RecordArgs, console: &Console) -> Result<Exit, CliError> {
    let (sender, calls) = mpsc::channel(WAITING);
    let stand_in = Arc::new(StandIn::new(&args, sender)?);
    let (topics, options) = topics(&args);
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            let registrations = stand_in.rehearse(session, &args).await?;
            let subscriptions = rehearse(session, &topics, &options).await?;
            Ok((registrations, subscriptions))
        });
    }
    let mut sink = Sink::Record(Recording::open(&args, console)?);
    ready::clear(args.ready_file.as_deref())?;
    block_on_apart(async {
        // What the shell allows a file (`ulimit -f`) is then an error of the write, as a full disk is, and not the end of the process.
        let _beyond = signal(SignalKind::from_raw(libc::SIGXFSZ));
        let mut connection =
            Connection::open(&args.client.connection, Work::Stream, console).await?;
        let limits = Limits::new(args.duration, args.idle);
        let mut follower = Follower::new(&topics, options, console, &limits, &mut sink).with(calls);
        let reached = {
            let recording = connection.keep(console, async |session, outage| {
                let again = follower.ready;
                let registrations = stand_in.register(&session, &args, again, console).await?;
                tokio::select! {
                    outcome = follower.follow(&session, outage) => outcome?,
                    lost = registrations.lost(&session) => return Err(lost),
                }
                follower.close();
                registrations.unregister().await
            });
            tokio::select! {
                biased;
                recorded = recording => recorded.map(|()| None),
                limit = limits.reached() => Ok(Some(limit)),
            }
        };
        let outcome = match reached {
            Ok(Some(limit)) => follower.enough(limit),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        let begun = follower.ready;
        connection.leave().await;
        let told = if begun { sink.sum_up() } else { Ok(()) };
        outcome.and(told).map(|()| Exit::Success)
    })
}

/// The topics, as `wamp subscribe` takes them.
fn topics(args: &RecordArgs) -> (SubscribeArgs, SubscribeOptions) {
    let options = SubscribeOptions {
        match_policy: args.match_policy,
        get_retained: args.retained.then_some(true),
        ..SubscribeOptions::default()
    };
    let args = SubscribeArgs {
        topics: args.topics.clone(),
        count: args.count,
        ready_file: args.ready_file.clone(),
        client: args.client.clone(),
        ..SubscribeArgs::default()
    };
    (args, options)
}

/// How many calls may wait to be written. Those that came before them are answered already.
const WAITING: usize = 16;
