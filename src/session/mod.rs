//! The client's side of a session as a state machine.
//!
//! [`ClientSession`] takes [`Input`]s — what the router sent, what the application wants — and answers with
//! [`Output`]s. It knows which requests are pending and what their answers mean, who listens to which subscription, and
//! which invocations are owed an answer. What this module does *not* do: read or write bytes, wait, measure time, or keep
//! the application's futures and queues; that is [`client`](crate::client), which knows each thing here by a [`Ticket`].
//!
//! Source: Basic Profile, "Sessions", "Publish and Subscribe", "Remote Procedure Calls"; Advanced Profile, "Call
//! Canceling", "Progressive Call Results", "Progressive Call Invocations", "Subscription Revocation", "Registration Revocation".

mod io;
mod machine;
mod registrations;
mod requests;
mod subscriptions;
#[cfg(test)]
mod tests;

pub use io::{Answer, End, Input, Output, Ticket};
pub use machine::ClientSession;

use crate::proto::{Feature, Role, Roles};

/// The roles that a client of this library announces, each with the features that work in it.
#[must_use]
pub fn roles() -> Roles {
    Roles::default()
        .with(
            Role::Publisher,
            [
                Feature::PayloadPassthruMode,
                Feature::PublisherExclusion,
                Feature::PublisherIdentification,
                Feature::SubscriberBlackwhiteListing,
            ],
        )
        .with(
            Role::Subscriber,
            [
                Feature::PayloadPassthruMode,
                Feature::PatternBasedSubscription,
                Feature::PublicationTrustlevels,
                Feature::PublisherIdentification,
                Feature::SubscriptionRevocation,
            ],
        )
        .with(
            Role::Caller,
            [
                Feature::CallCanceling,
                Feature::CallTimeout,
                Feature::PayloadPassthruMode,
                Feature::CallerIdentification,
                Feature::ProgressiveCallInvocations,
                Feature::ProgressiveCallResults,
            ],
        )
        .with(
            Role::Callee,
            [
                Feature::CallCanceling,
                Feature::CallTimeout,
                Feature::CallTrustlevels,
                Feature::CallerIdentification,
                Feature::PayloadPassthruMode,
                Feature::PatternBasedRegistration,
                Feature::ProgressiveCallInvocations,
                Feature::ProgressiveCallResults,
                Feature::RegistrationRevocation,
                Feature::SharedRegistration,
            ],
        )
}
