//! Files of settings as people write them: values that know where they stand, and all that is wrong with a file at once, each
//! fault at its line.
//!
//! What this module does *not* do: say which settings there are. The router's are in
//! [`router::config`](crate::router::config), those of a client are the command line's.
//!
//! - `tree`: files as values with their places, TOML or JSON; `fault`: what is wrong.
//! - `section`: tables and values as they are asked for.

mod fault;
mod section;
mod tree;

pub use fault::{ConfigError, Fault, Faults, Place, listed, nearest, suggestion};
pub use section::{Item, OFF, Reader, Section, size};
pub use tree::{Entry, Format, Node, Value};
