//! Writes JSON, without whitespace.

use bytes::{BufMut, BytesMut};

use crate::codec::error::{TranscodeError, Unportable};
use crate::codec::token::{Sink, Token};
use crate::proto::Serializer;

use super::reader::parse_decimal;
use super::text::{binary_in, write_binary, write_text};

/// Writes JSON, without whitespace.
pub(in crate::codec) struct Writer<'o> {
    out: &'o mut BytesMut,
    /// Whether what comes next in the same list or dictionary needs a comma first.
    comma: bool,
}

impl<'o> Writer<'o> {
    pub(in crate::codec) const fn new(out: &'o mut BytesMut) -> Self {
        Self { out, comma: false }
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.put_u8(b',');
        }
    }

    fn float(&mut self, number: f64) -> Result<(), TranscodeError> {
        if !number.is_finite() {
            return Err(Self::no_form(Unportable::NotFinite));
        }
        let mut digits = ryu::Buffer::new();
        self.out.put_slice(digits.format_finite(number).as_bytes());
        Ok(())
    }

    fn integer(&mut self, number: impl itoa::Integer) {
        let mut digits = itoa::Buffer::new();
        self.out.put_slice(digits.format(number).as_bytes());
    }
}

impl Sink for Writer<'_> {
    const SERIALIZER: Serializer = Serializer::Json;
    const WANTS_LENGTHS: bool = false;
    const SEPARATOR: u32 = 1;

    fn put(&mut self, token: Token<'_>) -> Result<(), TranscodeError> {
        if !matches!(token, Token::EndList | Token::EndDict) {
            self.separate();
        }
        self.comma = !matches!(token, Token::List(_) | Token::Dict(_) | Token::Key(_));
        match token {
            Token::Null | Token::Undefined => self.out.put_slice(b"null"),
            Token::Bool(true) => self.out.put_slice(b"true"),
            Token::Bool(false) => self.out.put_slice(b"false"),
            Token::Unsigned(number) => self.integer(number),
            Token::Negative(number) => self.integer(number),
            Token::Float(number) => self.float(number)?,
            Token::Decimal(digits) => self.float(parse_decimal(digits))?,
            Token::Str(text) => {
                let text = text.decode();
                if binary_in(&text).is_some() {
                    return Err(Self::no_form(Unportable::NulText));
                }
                write_text(&text, self.out);
            }
            Token::Bin(bytes) => write_binary(&bytes.decode(), self.out),
            Token::List(_) => self.out.put_u8(b'['),
            Token::Dict(_) => self.out.put_u8(b'{'),
            Token::Key(text) => {
                write_text(&text.decode(), self.out);
                self.out.put_u8(b':');
            }
            Token::EndList => self.out.put_u8(b']'),
            Token::EndDict => self.out.put_u8(b'}'),
            Token::Foreign(value) => return Err(Self::no_form(value)),
        }
        Ok(())
    }

    fn put_raw(&mut self, bytes: &[u8]) {
        // With the comma before and the bracket behind: for want of a byte, all would be moved.
        self.out.reserve(bytes.len() + 2);
        self.separate();
        self.comma = true;
        self.out.put_slice(bytes);
    }

    fn len(&self) -> usize {
        self.out.len()
    }
}
