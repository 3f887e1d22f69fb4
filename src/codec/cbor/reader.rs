//! Reads CBOR.

use crate::codec::cursor::Cursor;
use crate::codec::error::{Fault, Malformed, Unportable};
use crate::codec::nesting::{Nesting, Place};
use crate::codec::token::{Binary, Source, Text, Token};
use crate::proto::Serializer;

use super::{BREAK, info, major, simple};

/// RFC 8746: a byte string as an array of unsigned bytes, which is what binary is. JavaScript's encoders write a
/// `Uint8Array` so.
const TAG_UINT8_ARRAY: u64 = 64;

/// Reads CBOR.
#[derive(Clone, Debug)]
pub(in crate::codec) struct Reader<'a> {
    cursor: Cursor<'a>,
    start: usize,
    nesting: Nesting,
    /// How many tags have been read whose value comes next.
    tags: usize,
}

impl<'a> Source<'a> for Reader<'a> {
    const SERIALIZER: Serializer = Serializer::Cbor;

    fn open(bytes: &'a [u8], max_depth: usize) -> Result<Self, Malformed> {
        Ok(Self {
            cursor: Cursor::new(bytes),
            start: 0,
            nesting: Nesting::new(max_depth),
            tags: 0,
        })
    }

    #[inline(always)]
    fn advance(&mut self) -> Result<Token<'a>, Malformed> {
        let tags = self.tags;
        if tags == 0 && self.nesting.innermost().may_end() && self.cursor.peek() == Some(BREAK) {
            let place = self.nesting.leave_at_mark();
            let place = place.map_err(|fault| self.cursor.fault(fault))?;
            self.cursor.byte()?;
            return Ok(end(place));
        }
        // What is tagged stands at the place that its tags have taken.
        let place = if tags == 0 {
            self.nesting.step()
        } else {
            Place::Value
        };
        if let Place::EndList | Place::EndDict = place {
            return Ok(end(place));
        }
        match self.value(tags)? {
            Token::Str(text) if place == Place::Key => Ok(Token::Key(text)),
            _ if place == Place::Key => Err(Malformed::new(self.start, Fault::Key)),
            token => Ok(token),
        }
    }

    fn nesting(&mut self) -> &mut Nesting {
        &mut self.nesting
    }

    fn start(&self) -> usize {
        self.start
    }

    fn end(&self) -> usize {
        self.cursor.at()
    }

    fn finish(&mut self) -> Result<(), Malformed> {
        self.cursor.finish()
    }
}

fn end(place: Place) -> Token<'static> {
    if place == Place::EndDict {
        Token::EndDict
    } else {
        Token::EndList
    }
}

impl<'a> Reader<'a> {
    /// The value behind as many tags.
    #[inline(always)]
    fn value(&mut self, tags: usize) -> Result<Token<'a>, Malformed> {
        self.start = self.cursor.at();
        self.tags = 0;
        let head = self.cursor.byte()?;
        let (major, info) = (head >> 5, head & 0x1f);
        if major == major::SIMPLE {
            return self.simple(info);
        }
        let argument = self.argument(head)?;
        match (major, argument) {
            (major::UNSIGNED, Some(number)) => Ok(Token::Unsigned(number)),
            (major::NEGATIVE, Some(number)) => Ok(i64::try_from(number)
                .map_or(Token::Foreign(Unportable::BigInteger), |number| {
                    Token::Negative(-1 - number)
                })),
            (major::BYTES, length) => self.binary(length),
            (major::TEXT, length) => self.text(length),
            (major::ARRAY, length) => {
                let length = length
                    .map(|length| self.cursor.claim(length, 1))
                    .transpose()?;
                self.nest(|nesting| nesting.enter_list(length))?;
                Ok(Token::List(length))
            }
            (major::MAP, length) => {
                let length = length
                    .map(|length| self.cursor.claim(length, 2))
                    .transpose()?;
                self.nest(|nesting| nesting.enter_dict(length))?;
                Ok(Token::Dict(length))
            }
            (major::TAG, Some(number)) => self.tag(number, tags),
            _ => Err(Malformed::new(self.start, Fault::Byte(head))),
        }
    }

    fn nest(
        &mut self,
        enter: impl FnOnce(&mut Nesting) -> Result<(), Fault>,
    ) -> Result<(), Malformed> {
        enter(&mut self.nesting).map_err(|fault| Malformed::new(self.start, fault))
    }

    /// The argument of a head; `None` for an indefinite length.
    fn argument(&mut self, head: u8) -> Result<Option<u64>, Malformed> {
        Ok(Some(match head & 0x1f {
            short @ 0..info::ONE_BYTE => short.into(),
            info::ONE_BYTE => self.cursor.byte()?.into(),
            info::TWO_BYTES => u16::from_be_bytes(self.cursor.array()?).into(),
            info::FOUR_BYTES => u32::from_be_bytes(self.cursor.array()?).into(),
            info::EIGHT_BYTES => u64::from_be_bytes(self.cursor.array()?),
            info::INDEFINITE => return Ok(None),
            _ => return Err(Malformed::new(self.start, Fault::Byte(head))),
        }))
    }

    fn simple(&mut self, info: u8) -> Result<Token<'a>, Malformed> {
        Ok(match info {
            simple::FALSE => Token::Bool(false),
            simple::TRUE => Token::Bool(true),
            simple::NULL => Token::Null,
            simple::UNDEFINED => Token::Undefined,
            info::TWO_BYTES => Token::Float(half(u16::from_be_bytes(self.cursor.array()?))),
            info::FOUR_BYTES => Token::Float(f32::from_be_bytes(self.cursor.array()?).into()),
            info::EIGHT_BYTES => Token::Float(f64::from_be_bytes(self.cursor.array()?)),
            // Simple values that nobody has assigned are well-formed, but parsers stumble over them.
            _ => {
                let head = major::SIMPLE << 5 | info;
                return Err(Malformed::new(self.start, Fault::Byte(head)));
            }
        })
    }

    fn tag(&mut self, number: u64, tags: usize) -> Result<Token<'a>, Malformed> {
        // Tags nest as lists do: a parser that recurses must not be led deeper by them.
        let tags = tags + 1;
        self.nest(|nesting| nesting.check_depth(tags))?;
        let is_bytes = |head: u8| head >> 5 == major::BYTES;
        if number == TAG_UINT8_ARRAY && self.cursor.peek().is_some_and(is_bytes) {
            let head = self.cursor.byte()?;
            let length = self.argument(head)?;
            return self.binary(length);
        }
        self.tags = tags;
        Ok(Token::Foreign(Unportable::Tag(number)))
    }

    fn binary(&mut self, length: Option<u64>) -> Result<Token<'a>, Malformed> {
        if let Some(length) = length {
            let length = self.cursor.claim(length, 1)?;
            return Ok(Token::Bin(Binary::Plain(self.cursor.take(length)?)));
        }
        let chunks = self.chunks(major::BYTES, |cursor, length| cursor.take(length).map(drop))?;
        Ok(Token::Bin(Binary::Chunks(chunks)))
    }

    fn text(&mut self, length: Option<u64>) -> Result<Token<'a>, Malformed> {
        if let Some(length) = length {
            let length = self.cursor.claim(length, 1)?;
            return Ok(Token::Str(Text::Plain(self.cursor.text(length)?)));
        }
        let chunks = self.chunks(major::TEXT, |cursor, length| cursor.text(length).map(drop))?;
        Ok(Token::Str(Text::Chunks(chunks)))
    }

    /// Strings of definite length and of the same type, up to a break.
    fn chunks(
        &mut self,
        wanted: u8,
        check: impl Fn(&mut Cursor<'a>, usize) -> Result<(), Malformed>,
    ) -> Result<Chunks<'a>, Malformed> {
        let first = self.cursor.at();
        loop {
            let before = self.cursor;
            let head = self.cursor.byte()?;
            if head == BREAK {
                return Ok(Chunks(before.since(first)));
            }
            match (head >> 5, self.argument(head)?) {
                (major, Some(length)) if major == wanted => {
                    let length = self.cursor.claim(length, 1)?;
                    check(&mut self.cursor, length)?;
                }
                _ => return Err(before.fault(Fault::Byte(head))),
            }
        }
    }
}

/// The chunks of a string of indefinite length, each with its head, as a [`Reader`] has checked them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::codec) struct Chunks<'a>(&'a [u8]);

impl Chunks<'_> {
    /// The chunks in one piece.
    pub(in crate::codec) fn to_vec(self) -> Vec<u8> {
        let mut whole = Vec::with_capacity(self.0.len());
        let mut chunks = Reader::over(self.0);
        while let Ok(Token::Bin(Binary::Plain(chunk))) = chunks.value(0) {
            whole.extend_from_slice(chunk);
        }
        whole
    }

    /// The chunks in one piece, of text.
    pub(in crate::codec) fn to_text(self) -> String {
        let mut whole = String::with_capacity(self.0.len());
        let mut chunks = Reader::over(self.0);
        while let Ok(Token::Str(Text::Plain(chunk))) = chunks.value(0) {
            whole.push_str(chunk);
        }
        whole
    }
}

impl<'a> Reader<'a> {
    /// A reader of single items.
    fn over(bytes: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(bytes),
            start: 0,
            nesting: Nesting::new(0),
            tags: 0,
        }
    }
}

/// The value of a half-precision float (RFC 8949, appendix D).
fn half(bits: u16) -> f64 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0 => fraction * f64::powi(2.0, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * f64::powi(2.0, exponent - 25),
    };
    if bits >> 15 == 1 {
        -magnitude
    } else {
        magnitude
    }
}
