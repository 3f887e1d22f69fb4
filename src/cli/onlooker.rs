//! Who looks on while a subscription or registration goes on in the background.

use super::output::Envelope;

/// Hears of what a stream does, from whichever thread does it.
pub(crate) trait Onlooker: Send + Sync {
    /// All is subscribed or registered for the first time.
    fn ready(&self);

    /// An event has come, or a call. Whether anything else is to be done with it.
    fn admits(&self, event: &Envelope) -> bool;
}
