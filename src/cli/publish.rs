//! `wamp publish`.

use std::time::SystemTime;

use wampkit::Session;
use wampkit::client::PublishBuilder;
use wampkit::codec::Arguments;
use wampkit::ppt::Wrapping;
use wampkit::proto::{Dict, PublishOptions};

use super::args::PublishArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::output::Envelope;
use super::signals::Work;
use super::{argument, block_on, dry_run};

/// Publishes the event. Prints nothing unless asked for the envelope or for details: then the publication's id.
///
/// # Errors
/// Everything that a publication can come to otherwise; without an acknowledgement, only that it cannot be sent.
pub(crate) fn run(args: PublishArgs, console: &Console) -> Result<Exit, CliError> {
    let mut files = Files::default();
    let arguments = args.payload.read(&mut files)?;
    let options = options(&args, &mut files)?;
    let wrapping = args.passthru.wrapping()?;
    let topic = &*args.topic;
    let limit = args.client.output.timeout;
    if args.dry_run.dry_run {
        return dry_run::run(&args.client.connection, console, async |session| {
            let publish = request(session, &args, arguments, options, wrapping);
            dry_run::made(answer(topic, limit, publish).await)
        });
    }
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = connection
            .run(async |session| {
                let publish = request(&session, &args, arguments, options, wrapping);
                let publication = answer(topic, limit, publish).await?;
                let details = publication.map(|id| ("publication", id));
                console.result(&Envelope {
                    kind: "published",
                    uri: Some(topic.to_owned()),
                    arguments: Arguments::default(),
                    details: details.into_iter().collect::<Dict>(),
                    at: SystemTime::now(),
                })
            })
            .await;
        connection.leave().await;
        outcome.map(|()| Exit::Success)
    })
}

fn request(
    session: &Session,
    args: &PublishArgs,
    arguments: Arguments,
    options: PublishOptions,
    wrapping: Option<Wrapping>,
) -> PublishBuilder {
    let mut publish = session.publish(&*args.topic).arguments(arguments);
    publish = publish.options(options);
    if let Some(wrapping) = wrapping {
        publish = publish.passthru(wrapping);
    }
    if args.no_ack {
        publish
    } else {
        publish.acknowledge()
    }
}

/// PUBLISH.Options: those spelled out, and on top of them the flags.
fn options(args: &PublishArgs, files: &mut Files) -> Result<PublishOptions, CliError> {
    let mut options = argument::options::<PublishOptions>(&args.options, files)?;
    options.retain = args.retain.then_some(true).or(options.retain);
    options.disclose_me = args.disclose_me.then_some(true).or(options.disclose_me);
    args.recipients.apply(&mut options);
    Ok(options)
}
