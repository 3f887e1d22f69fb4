//! The client against a router that is played by hand, over memory.

#[path = "client/calls.rs"]
mod calls;
#[path = "client/events.rs"]
mod events;
#[path = "client/heartbeat.rs"]
mod heartbeat;
#[path = "client/joining.rs"]
mod joining;
#[path = "client/login.rs"]
mod login;
#[path = "client/parts.rs"]
mod parts;
#[path = "client/passthru.rs"]
mod passthru;
#[path = "client/procedures.rs"]
mod procedures;
#[path = "client/progress.rs"]
mod progress;
#[path = "client/routed.rs"]
mod routed;
#[path = "client/script.rs"]
mod script;
