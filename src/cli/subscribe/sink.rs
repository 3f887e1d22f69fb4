//! What is done with events that come in.

use super::super::args::SubscribeArgs;
use super::super::console::Console;
use super::super::error::CliError;
use super::super::output::Envelope;
use super::super::record::Recording;
use super::jobs::Jobs;
use super::stamp::Stamp;
use super::stats::Stats;

/// Where events go.
pub(crate) enum Sink {
    /// They are printed, with a stamp or without.
    Print(Console, Option<Stamp>),
    /// They are counted.
    Count(Stats),
    /// A command is run for each.
    Run(Jobs),
    /// They are recorded.
    Record(Recording),
}

impl Sink {
    /// What `wamp subscribe` is to do with them.
    ///
    /// # Errors
    /// That there is no such command; options that do not go together.
    pub(crate) fn new(args: &SubscribeArgs, console: &Console) -> Result<Self, CliError> {
        if args.stats {
            return Ok(Self::Count(Stats::new(*console)));
        }
        if let Some(jobs) = Jobs::new(args, console)? {
            return Ok(Self::Run(jobs));
        }
        let stamp = Stamp::new(args, console.format())?;
        Ok(Self::Print(*console, stamp))
    }

    /// From now on events come as they are published.
    pub(crate) fn start(&mut self) {
        if let Self::Count(stats) = self {
            stats.start();
        }
    }

    /// Does with the event what is to be done. It may take its time: whoever sends events then waits.
    ///
    /// # Errors
    /// That it cannot be done.
    pub(crate) async fn event(&mut self, event: Envelope) -> Result<(), CliError> {
        match self {
            Self::Print(console, None) => console.event(&event),
            Self::Print(console, Some(stamp)) => {
                console.stamped_event(&stamp.next(event.at), &event)
            }
            Self::Count(stats) => {
                stats.event(event);
                Ok(())
            }
            Self::Run(jobs) => {
                jobs.event(event).await;
                Ok(())
            }
            Self::Record(recording) => recording.add(&event),
        }
    }

    /// Events may be missing before the next one.
    ///
    /// # Errors
    /// As [`Sink::event`].
    pub(crate) fn gap(&mut self, gap: &Envelope) -> Result<(), CliError> {
        match self {
            Self::Print(console, _) => console.gap(gap),
            Self::Count(stats) => {
                stats.gap(gap);
                Ok(())
            }
            Self::Run(_) => Ok(()),
            Self::Record(recording) => recording.gap(gap),
        }
    }

    /// No more events come: waits for what is still done with those that have come.
    ///
    /// # Errors
    /// That it could not be done with all of them.
    pub(crate) async fn finish(&mut self) -> Result<(), CliError> {
        match self {
            Self::Run(jobs) => jobs.finish().await,
            _ => Ok(()),
        }
    }

    /// Gives up what is still done.
    pub(crate) async fn stop(&self) {
        if let Self::Run(jobs) = self {
            jobs.stop().await;
        }
    }

    /// All is over: says what there is to say about it.
    ///
    /// # Errors
    /// Those of standard output, or of the file.
    pub(crate) fn sum_up(self) -> Result<(), CliError> {
        match self {
            Self::Count(stats) => stats.sum_up(),
            Self::Record(recording) => recording.finish(),
            Self::Print(..) | Self::Run(_) => Ok(()),
        }
    }
}
