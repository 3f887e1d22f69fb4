//! JSON: tokens out of bytes and into them.

mod reader;
mod text;
mod writer;

pub(super) use reader::{Reader, parse_decimal};
pub(super) use text::{binary_in, unescape};
pub(super) use writer::Writer;
