//! The `wamp` command.

fn main() {}
