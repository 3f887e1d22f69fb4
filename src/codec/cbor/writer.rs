//! Writes CBOR, every integer and length in its shortest form.

use bytes::{BufMut, BytesMut};

use crate::codec::error::TranscodeError;
use crate::codec::json;
use crate::codec::token::{Sink, Token};
use crate::proto::Serializer;

use super::{info, major, simple};

/// Writes CBOR, every integer and length in its shortest form and floats in double precision.
pub(in crate::codec) struct Writer<'o> {
    out: &'o mut BytesMut,
}

impl<'o> Writer<'o> {
    pub(in crate::codec) const fn new(out: &'o mut BytesMut) -> Self {
        Self { out }
    }

    fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        if let Ok(argument) = u8::try_from(argument) {
            if argument < info::ONE_BYTE {
                self.out.put_u8(major | argument);
            } else {
                self.out.put_slice(&[major | info::ONE_BYTE, argument]);
            }
        } else if let Ok(argument) = u16::try_from(argument) {
            self.out.put_u8(major | info::TWO_BYTES);
            self.out.put_u16(argument);
        } else if let Ok(argument) = u32::try_from(argument) {
            self.out.put_u8(major | info::FOUR_BYTES);
            self.out.put_u32(argument);
        } else {
            self.out.put_u8(major | info::EIGHT_BYTES);
            self.out.put_u64(argument);
        }
    }

    fn simple(&mut self, value: u8) {
        self.out.put_u8(major::SIMPLE << 5 | value);
    }

    fn string(&mut self, major: u8, bytes: &[u8]) {
        self.head(major, bytes.len() as u64);
        self.out.put_slice(bytes);
    }

    fn open(&mut self, major: u8, length: Option<usize>) {
        debug_assert!(
            length.is_some(),
            "whoever writes to a sink that wants lengths has counted"
        );
        self.head(major, length.unwrap_or_default() as u64);
    }
}

impl Sink for Writer<'_> {
    const SERIALIZER: Serializer = Serializer::Cbor;
    /// There would be indefinite lengths, but not every client's parser takes them.
    const WANTS_LENGTHS: bool = true;
    const SEPARATOR: u32 = 0;

    fn put(&mut self, token: Token<'_>) -> Result<(), TranscodeError> {
        match token {
            Token::Null | Token::Undefined => self.simple(simple::NULL),
            Token::Bool(false) => self.simple(simple::FALSE),
            Token::Bool(true) => self.simple(simple::TRUE),
            Token::Unsigned(number) => self.head(major::UNSIGNED, number),
            // -1 - number: all bits the other way round.
            Token::Negative(number) => self.head(major::NEGATIVE, (!number).unsigned_abs()),
            Token::Float(number) => {
                self.simple(info::EIGHT_BYTES);
                self.out.put_f64(number);
            }
            Token::Decimal(digits) => self.put(Token::Float(json::parse_decimal(digits)))?,
            Token::Str(text) | Token::Key(text) => {
                self.string(major::TEXT, text.decode().as_bytes());
            }
            Token::Bin(bytes) => self.string(major::BYTES, &bytes.decode()),
            Token::List(length) => self.open(major::ARRAY, length),
            Token::Dict(length) => self.open(major::MAP, length),
            Token::EndList | Token::EndDict => {}
            Token::Foreign(value) => return Err(Self::no_form(value)),
        }
        Ok(())
    }

    fn put_raw(&mut self, bytes: &[u8]) {
        self.out.put_slice(bytes);
    }

    fn len(&self) -> usize {
        self.out.len()
    }
}
