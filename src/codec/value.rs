//! Values from tokens and into them: what options and details need, and [`Arguments`](super::Arguments).

use std::borrow::Cow;

use bytes::Bytes;
use bytestring::ByteString;

use crate::proto::{Dict, Value};

use super::error::{Fault, Malformed, TranscodeError, Unportable};
use super::token::{Binary, Sink, Source, Text, Token};
use super::{MAX_DEPTH, json};

/// Why tokens are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// The bytes are not well-formed.
    Malformed(Malformed),
    /// A value that only exists in this format.
    Unportable(Unportable),
}

impl From<Malformed> for NoValue {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Reads one value. Strings and binary are slices of `frame`, which the source reads, wherever they stand there as they
/// are. It recurses as deep as the source allows.
pub(super) fn read_value<'a, S: Source<'a>>(
    source: &mut S,
    frame: &Bytes,
) -> Result<Value, NoValue> {
    let token = source.next()?;
    build(token, source, frame)
}

fn build<'a, S: Source<'a>>(
    token: Token<'a>,
    source: &mut S,
    frame: &Bytes,
) -> Result<Value, NoValue> {
    Ok(match token {
        Token::Null | Token::Undefined => Value::Null,
        Token::Bool(value) => Value::Bool(value),
        Token::Unsigned(number) => Value::from(number),
        Token::Negative(number) => Value::Int(number),
        Token::Float(number) => Value::Float(number),
        Token::Decimal(digits) => Value::Float(json::parse_decimal(digits)),
        Token::Str(text) | Token::Key(text) => match text.to_binary() {
            Some(bytes) => Value::Bin(bytes.into()),
            None => Value::Str(share_text(text, frame)),
        },
        Token::Bin(bytes) => Value::Bin(share_binary(bytes, frame)),
        Token::List(length) => {
            let mut items = Vec::with_capacity(room(length));
            loop {
                match source.next()? {
                    Token::EndList => break Value::List(items),
                    item => {
                        check_room(source, length, items.len())?;
                        items.push(build(item, source, frame)?);
                    }
                }
            }
        }
        Token::Dict(length) => {
            let mut dict = Dict::with_capacity(room(length));
            while let Token::Key(key) = source.next()? {
                check_room(source, length, dict.len())?;
                dict.push(share_text(key, frame), read_value(source, frame)?);
            }
            Value::Dict(dict)
        }
        Token::EndList | Token::EndDict => Value::Null,
        Token::Foreign(value) => return Err(NoValue::Unportable(value)),
    })
}

/// For how many items there is room at first. A length that is told can be believed only as far as it costs little.
fn room(length: Option<usize>) -> usize {
    length.unwrap_or_default().min(FEW)
}

/// As many entries as a dictionary of the protocol has, as a rule.
const FEW: usize = 16;

/// Whether a list or dictionary of this `length` may have more than the `read` items. Where the length is known all of them have been
/// counted; else they are counted at their end, by which time there would be values of them all.
pub(super) fn check_room<'a, S: Source<'a>>(
    source: &mut S,
    length: Option<usize>,
    read: usize,
) -> Result<(), Malformed> {
    if length.is_none() && read >= source.nesting().room() {
        return Err(Malformed::new(source.start(), Fault::TooMany));
    }
    Ok(())
}

/// A string as a slice of `frame` if it stands there as it is.
pub(super) fn share_text(text: Text<'_>, frame: &Bytes) -> ByteString {
    match text.decode() {
        // It is checked again, which costs little; the fallback is never taken, it only spares a panic.
        Cow::Borrowed(text) => ByteString::try_from(frame.slice_ref(text.as_bytes()))
            .unwrap_or_else(|_| ByteString::from(text)),
        Cow::Owned(text) => ByteString::from(text),
    }
}

fn share_binary(bytes: Binary<'_>, frame: &Bytes) -> Bytes {
    match bytes.decode() {
        Cow::Borrowed(bytes) => frame.slice_ref(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }
}

/// Writes one value that stands `depth` lists and dictionaries deep.
pub(super) fn write_value<K: Sink>(
    sink: &mut K,
    value: &Value,
    depth: usize,
) -> Result<(), TranscodeError> {
    match value {
        Value::Null => sink.put(Token::Null),
        Value::Bool(value) => sink.put(Token::Bool(*value)),
        Value::Int(number) => {
            let token = u64::try_from(*number).map_or(Token::Negative(*number), Token::Unsigned);
            sink.put(token)
        }
        Value::UInt(number) => sink.put(Token::Unsigned(*number)),
        Value::Float(number) => sink.put(Token::Float(*number)),
        Value::Str(text) => sink.put(Token::Str(Text::Plain(text))),
        Value::Bin(bytes) => sink.put(Token::Bin(Binary::Plain(bytes))),
        Value::List(items) => write_list(sink, items, depth),
        Value::Dict(dict) => write_dict(sink, dict, depth),
    }
}

/// Writes a list that stands `depth` lists and dictionaries deep.
pub(super) fn write_list<K: Sink>(
    sink: &mut K,
    items: &[Value],
    depth: usize,
) -> Result<(), TranscodeError> {
    if depth >= MAX_DEPTH {
        return Err(TranscodeError::TooDeep);
    }
    sink.put(Token::List(Some(items.len())))?;
    for item in items {
        write_value(sink, item, depth + 1)?;
    }
    sink.put(Token::EndList)
}

/// Writes a dictionary that stands `depth` lists and dictionaries deep.
pub(super) fn write_dict<K: Sink>(
    sink: &mut K,
    dict: &Dict,
    depth: usize,
) -> Result<(), TranscodeError> {
    if depth >= MAX_DEPTH {
        return Err(TranscodeError::TooDeep);
    }
    sink.put(Token::Dict(Some(dict.len())))?;
    for (key, value) in dict.iter() {
        sink.put(Token::Key(Text::Plain(key)))?;
        write_value(sink, value, depth + 1)?;
    }
    sink.put(Token::EndDict)
}
