//! `wamp publish`.

use std::time::SystemTime;

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, PublishOptions};

use super::args::PublishArgs;
use super::connection::{Connection, answer};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::files::Files;
use super::output::Envelope;
use super::signals::Work;
use super::{argument, block_on};

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
    block_on(async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = connection
            .run(async |session| {
                let mut publish = session.publish(topic).arguments(arguments).options(options);
                if let Some(wrapping) = wrapping {
                    publish = publish.passthru(wrapping);
                }
                if !args.no_ack {
                    publish = publish.acknowledge();
                }
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

/// PUBLISH.Options: those spelled out, and on top of them the flags.
fn options(args: &PublishArgs, files: &mut Files) -> Result<PublishOptions, CliError> {
    let mut options = argument::options::<PublishOptions>(&args.options, files)?;
    options.retain = args.retain.then_some(true).or(options.retain);
    options.disclose_me = args.disclose_me.then_some(true).or(options.disclose_me);
    args.recipients.apply(&mut options);
    Ok(options)
}
