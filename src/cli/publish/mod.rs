//! `wamp publish`: one event, or many of them.

mod batch;
mod events;
mod template;

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
use super::{argument, block_on, block_on_apart, dry_run};

use batch::{Batch, Tally};
use events::{Event, Events};

/// Publishes the event or events. Prints nothing unless asked for the envelope or for details: then each publication's id.
///
/// # Errors
/// Everything that a publication can come to otherwise; without an acknowledgement, only that it cannot be sent.
pub(crate) fn run(args: PublishArgs, console: &Console) -> Result<Exit, CliError> {
    let (publisher, events) = Publisher::new(&args, console)?;
    if args.dry_run.dry_run {
        return rehearse(&publisher, events);
    }
    let publishing = async {
        let mut connection = Connection::open(&args.client.connection, Work::Task, console).await?;
        let outcome = publisher.run(&mut connection, events).await;
        connection.leave().await;
        outcome
    };
    if publisher.many {
        // Whoever reads the ids may take their time.
        return block_on_apart(publishing);
    }
    block_on(publishing)
}

/// The same in a session that there is.
///
/// # Errors
/// As [`run`].
pub(crate) async fn on(
    connection: &mut Connection,
    args: &PublishArgs,
    console: &Console,
) -> Result<Exit, CliError> {
    let (publisher, events) = Publisher::new(args, console)?;
    publisher.run(connection, events).await
}

/// Prints the PUBLISH, of many the first.
fn rehearse(publisher: &Publisher<'_>, mut events: Events<'_>) -> Result<Exit, CliError> {
    let args = publisher.args;
    dry_run::run(
        &args.client.connection,
        publisher.console,
        async |session| {
            let Some(event) = events.next().await?.transpose()? else {
                return Ok(None);
            };
            let publish = publisher.request(session, &event.topic, event.arguments);
            dry_run::made(answer(&event.topic, args.client.output.timeout, publish).await)
        },
    )
}

/// How events are published.
struct Publisher<'a> {
    args: &'a PublishArgs,
    options: PublishOptions,
    wrapping: Option<Wrapping>,
    /// Whether there may be more than one event.
    many: bool,
    console: &'a Console,
}

impl<'a> Publisher<'a> {
    /// What the options say, and the events.
    fn new(args: &'a PublishArgs, console: &'a Console) -> Result<(Self, Events<'a>), CliError> {
        let mut files = Files::default();
        let publisher = Self {
            options: options(args, &mut files)?,
            wrapping: args.passthru.wrapping()?,
            many: args.many.is_wanted()?,
            args,
            console,
        };
        let events = Events::read(args, &mut files)?;
        Ok((publisher, events))
    }

    /// Publishes them; many are summed up, also when a signal ends that.
    async fn run(
        &self,
        connection: &mut Connection,
        mut events: Events<'_>,
    ) -> Result<Exit, CliError> {
        if self.many {
            let mut tally = Tally::default();
            let batch = Batch::new(self, events);
            let publishing = batch.run(connection.session().clone(), &mut tally);
            let outcome = connection.guard(publishing).await;
            self.console.summary(&tally.to_string());
            return outcome.map(|()| tally.exit);
        }
        let publishing = async |session| match events.next().await?.transpose()? {
            Some(event) => self.publish(&session, event).await,
            None => Ok(()),
        };
        connection.run(publishing).await.map(|()| Exit::Success)
    }

    /// Publishes an event, and prints what is to be printed of it.
    async fn publish(&self, session: &Session, event: Event) -> Result<(), CliError> {
        let Event {
            topic, arguments, ..
        } = event;
        let publish = self.request(session, &topic, arguments);
        let publication = answer(&topic, self.args.client.output.timeout, publish).await?;
        if !self.console.prints_details() {
            return Ok(());
        }
        let details = publication.map(|id| ("publication", id));
        self.console.result(&Envelope {
            kind: "published",
            uri: Some(topic),
            arguments: Arguments::default(),
            details: details.into_iter().collect::<Dict>(),
            at: SystemTime::now(),
        })
    }

    fn request(&self, session: &Session, topic: &str, arguments: Arguments) -> PublishBuilder {
        let mut publish = session
            .publish(topic)
            .arguments(arguments)
            .options(self.options.clone());
        if let Some(wrapping) = &self.wrapping {
            publish = publish.passthru(wrapping.clone());
        }
        if self.args.no_ack || self.options.acknowledge == Some(false) {
            publish
        } else {
            publish.acknowledge()
        }
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
