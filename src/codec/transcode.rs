//! Payloads from one serializer to another, token by token, without a tree of values in between.

use std::vec;

use crate::proto::{Payload, PayloadShape, Serializer};

use super::error::{Malformed, TranscodeError};
use super::token::{Binary, Sink, Source, Token};
use super::{MAX_DEPTH, cbor, json, msgpack};

/// Writes the elements of a payload as items of the list that is open in `sink`, and tells where the first of them
/// ends.
pub(super) fn pump_payload<K: Sink>(
    payload: &Payload,
    sink: &mut K,
) -> Result<usize, TranscodeError> {
    let pump = |bytes: &[u8], sink: &mut K| match payload.serializer() {
        Serializer::Json => pump_value::<json::Reader<'_>, K>(bytes, sink),
        Serializer::MsgPack => pump_value::<msgpack::Reader<'_>, K>(bytes, sink),
        Serializer::Cbor => pump_value::<cbor::Reader<'_>, K>(bytes, sink),
    };
    match payload.shape() {
        PayloadShape::Empty => {}
        PayloadShape::Args | PayloadShape::Opaque => pump(payload.bytes(), sink)?,
        PayloadShape::ArgsKwargs { .. } => pump(payload.args().unwrap_or_default(), sink)?,
    }
    let first = sink.len();
    if let Some(kwargs) = payload.kwargs() {
        pump(kwargs, sink)?;
    }
    Ok(first)
}

/// Writes one value: all of `bytes`.
fn pump_value<'a, S: Source<'a>, K: Sink>(
    bytes: &'a [u8],
    sink: &mut K,
) -> Result<(), TranscodeError> {
    let malformed = |malformed: Malformed| malformed.transcoding(S::SERIALIZER);
    let mut source = S::open(bytes, MAX_DEPTH).map_err(malformed)?;
    let mut lengths = Lengths::default();
    let mut depth = 0_usize;
    loop {
        match source.next().map_err(malformed)? {
            Token::List(length) => {
                depth += 1;
                let length = lengths
                    .complete::<S, K>(length, &source)
                    .map_err(malformed)?;
                sink.put(Token::List(length))?;
            }
            Token::Dict(length) => {
                depth += 1;
                let length = lengths
                    .complete::<S, K>(length, &source)
                    .map_err(malformed)?;
                sink.put(Token::Dict(length))?;
            }
            Token::Str(text) => match text.to_binary() {
                Some(bytes) => sink.put(Token::Bin(Binary::Plain(&bytes)))?,
                None => sink.put(Token::Str(text))?,
            },
            end @ (Token::EndList | Token::EndDict) => {
                depth -= 1;
                sink.put(end)?;
            }
            token => sink.put(token)?,
        }
        if depth == 0 {
            return source.finish().map_err(malformed);
        }
    }
}

/// The lengths of lists and dictionaries whose format does not tell them, in the order in which they are opened.
///
/// All that are inside the outermost are counted in one pass when that is met, so that the whole stays linear however
/// they are nested.
#[derive(Default)]
struct Lengths(vec::IntoIter<usize>);

impl Lengths {
    /// The length of the list or dictionary that `source` has just opened.
    fn complete<'a, S: Source<'a>, K: Sink>(
        &mut self,
        told: Option<usize>,
        source: &S,
    ) -> Result<Option<usize>, Malformed> {
        if told.is_some() || !K::WANTS_LENGTHS {
            return Ok(told);
        }
        if let Some(length) = self.0.next() {
            return Ok(Some(length));
        }
        self.0 = count(source.clone())?.into_iter();
        Ok(self.0.next())
    }
}

/// The lengths that are not told: of the list or dictionary just opened, and of all inside it.
fn count<'a, S: Source<'a>>(mut source: S) -> Result<Vec<usize>, Malformed> {
    let mut lengths = vec![0];
    // For each list and dictionary that is open, where its length is counted, if it is not told.
    let mut open = vec![Some(0)];
    loop {
        let token = source.next()?;
        if let Token::EndList | Token::EndDict = token {
            let closed = open.pop().flatten();
            if let (Token::EndDict, Some(length)) = (token, closed) {
                // Keys and values were counted each.
                lengths[length] /= 2;
            }
            if open.is_empty() {
                return Ok(lengths);
            }
            continue;
        }
        if let Some(Some(length)) = open.last() {
            lengths[*length] += 1;
        }
        if let Token::List(told) | Token::Dict(told) = token {
            open.push(told.is_none().then_some(lengths.len()));
            if told.is_none() {
                lengths.push(0);
            }
        }
    }
}

/// A payload in another serializer.
pub(super) fn transcode<K: Sink>(
    payload: &Payload,
    sink: &mut K,
) -> Result<PayloadShape, TranscodeError> {
    let start = sink.len();
    let first = pump_payload(payload, sink)?;
    let offset = |at: usize| u32::try_from(at - start).map_err(|_| TranscodeError::TooLong);
    offset(sink.len())?;
    Ok(match payload.shape() {
        PayloadShape::ArgsKwargs { .. } => PayloadShape::ArgsKwargs {
            args_len: offset(first)?,
            kwargs_at: offset(first)? + K::SEPARATOR,
        },
        shape => shape,
    })
}
