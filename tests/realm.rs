//! The realm as a state machine: inputs in, outputs out, no socket, virtual time.

mod realm {
    mod support;

    mod canceling;
    mod joining;
    mod limits;
    mod meta_arguments;
    mod meta_events;
    mod meta_registrations;
    mod meta_sessions;
    mod meta_subscriptions;
    mod patterns;
    mod progress;
    mod publishers;
    mod pubsub;
    mod random;
    mod recipients;
    mod retention;
    mod rpc;
    mod serializers;
    mod shutdown;
    mod violations;
}
