//! What is done with events that come in.

use super::console::Console;
use super::error::CliError;
use super::output::Envelope;
use super::recording::Recording;

/// Where events go.
#[derive(Debug)]
pub(crate) enum Sink {
    /// They are printed.
    Print(Console),
    /// They are recorded.
    Record(Recording),
}

impl Sink {
    /// Does with the event what is to be done. It may take its time: whoever sends events then waits.
    ///
    /// # Errors
    /// That it cannot be done.
    pub(crate) async fn event(&mut self, event: Envelope) -> Result<(), CliError> {
        match self {
            Self::Print(console) => console.event(&event),
            Self::Record(recording) => recording.add(&event),
        }
    }

    /// Events may be missing before the next one.
    ///
    /// # Errors
    /// As [`Sink::event`].
    pub(crate) fn gap(&mut self, gap: &Envelope) -> Result<(), CliError> {
        match self {
            Self::Print(console) => console.gap(gap),
            Self::Record(recording) => recording.gap(gap),
        }
    }
}
