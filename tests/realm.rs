//! The realm as a state machine: inputs in, outputs out, no socket, virtual time.

#[path = "model/mod.rs"]
mod model;

mod realm {
    mod support;

    mod authorization;
    mod authorizers;
    mod canceling;
    mod disclosure;
    mod drops;
    mod history;
    mod joining;
    mod limits;
    mod meta_arguments;
    mod meta_events;
    mod meta_history;
    mod meta_reflection;
    mod meta_registrations;
    mod meta_sessions;
    mod meta_subscriptions;
    mod meta_testaments;
    mod model;
    mod nodes;
    mod passthru;
    mod patterns;
    mod progress;
    mod publishers;
    mod pubsub;
    mod random;
    mod recipients;
    mod rerouting;
    mod retention;
    mod revocation;
    mod rpc;
    mod serializers;
    mod sharding;
    mod shared;
    mod shutdown;
    mod streaming;
    mod timeouts;
    mod violations;
}
