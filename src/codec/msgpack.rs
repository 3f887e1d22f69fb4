//! MessagePack: tokens out of bytes and into them.

use bytes::{BufMut, BytesMut};
use rmp::Marker;

use crate::proto::Serializer;

use super::cursor::Cursor;
use super::error::{Fault, Malformed, TranscodeError, Unportable};
use super::json;
use super::nesting::{Nesting, Place};
use super::token::{Binary, Sink, Source, Text, Token};

/// The extension type that wampy's encoder (msgpackr) writes `undefined` as, with one byte of data.
const UNDEFINED: i8 = 0;

/// Reads MessagePack.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    cursor: Cursor<'a>,
    start: usize,
    nesting: Nesting,
}

impl<'a> Source<'a> for Reader<'a> {
    const SERIALIZER: Serializer = Serializer::MsgPack;

    fn open(bytes: &'a [u8], max_depth: usize) -> Result<Self, Malformed> {
        Ok(Self {
            cursor: Cursor::new(bytes),
            start: 0,
            nesting: Nesting::new(max_depth),
        })
    }

    #[inline(always)]
    fn advance(&mut self) -> Result<Token<'a>, Malformed> {
        let key = match self.nesting.step() {
            Place::EndList => return Ok(Token::EndList),
            Place::EndDict => return Ok(Token::EndDict),
            Place::Key => true,
            Place::Value => false,
        };
        self.start = self.cursor.at();
        let token = self.value()?;
        match token {
            Token::Str(text) if key => Ok(Token::Key(text)),
            _ if key => Err(Malformed::new(self.start, Fault::Key)),
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

impl<'a> Reader<'a> {
    #[inline(always)]
    fn value(&mut self) -> Result<Token<'a>, Malformed> {
        Ok(match Marker::from_u8(self.cursor.byte()?) {
            Marker::Null => Token::Null,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(number) => Token::Unsigned(number.into()),
            Marker::FixNeg(number) => Token::Negative(number.into()),
            Marker::U8 => Token::Unsigned(self.length8()?),
            Marker::U16 => Token::Unsigned(self.length16()?),
            Marker::U32 => Token::Unsigned(self.length32()?),
            Marker::U64 => Token::Unsigned(u64::from_be_bytes(self.cursor.array()?)),
            Marker::I8 => signed(i8::from_be_bytes(self.cursor.array()?).into()),
            Marker::I16 => signed(i16::from_be_bytes(self.cursor.array()?).into()),
            Marker::I32 => signed(i32::from_be_bytes(self.cursor.array()?).into()),
            Marker::I64 => signed(i64::from_be_bytes(self.cursor.array()?)),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.cursor.array()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.cursor.array()?)),
            Marker::FixStr(length) => self.text(length.into())?,
            Marker::Str8 => {
                let length = self.length8()?;
                self.text(length)?
            }
            Marker::Str16 => {
                let length = self.length16()?;
                self.text(length)?
            }
            Marker::Str32 => {
                let length = self.length32()?;
                self.text(length)?
            }
            Marker::Bin8 => {
                let length = self.length8()?;
                self.binary(length)?
            }
            Marker::Bin16 => {
                let length = self.length16()?;
                self.binary(length)?
            }
            Marker::Bin32 => {
                let length = self.length32()?;
                self.binary(length)?
            }
            Marker::FixArray(length) => self.list(length.into())?,
            Marker::Array16 => {
                let length = self.length16()?;
                self.list(length)?
            }
            Marker::Array32 => {
                let length = self.length32()?;
                self.list(length)?
            }
            Marker::FixMap(length) => self.dict(length.into())?,
            Marker::Map16 => {
                let length = self.length16()?;
                self.dict(length)?
            }
            Marker::Map32 => {
                let length = self.length32()?;
                self.dict(length)?
            }
            Marker::FixExt1 => self.extension(1)?,
            Marker::FixExt2 => self.extension(2)?,
            Marker::FixExt4 => self.extension(4)?,
            Marker::FixExt8 => self.extension(8)?,
            Marker::FixExt16 => self.extension(16)?,
            Marker::Ext8 => {
                let length = self.length8()?;
                self.extension(length)?
            }
            Marker::Ext16 => {
                let length = self.length16()?;
                self.extension(length)?
            }
            Marker::Ext32 => {
                let length = self.length32()?;
                self.extension(length)?
            }
            reserved @ Marker::Reserved => {
                return Err(Malformed::new(self.start, Fault::Byte(reserved.to_u8())));
            }
        })
    }

    fn length8(&mut self) -> Result<u64, Malformed> {
        Ok(self.cursor.byte()?.into())
    }

    fn length16(&mut self) -> Result<u64, Malformed> {
        Ok(u16::from_be_bytes(self.cursor.array()?).into())
    }

    fn length32(&mut self) -> Result<u64, Malformed> {
        Ok(u32::from_be_bytes(self.cursor.array()?).into())
    }

    fn text(&mut self, length: u64) -> Result<Token<'a>, Malformed> {
        let length = self.cursor.claim(length, 1)?;
        Ok(Token::Str(Text::Plain(self.cursor.text(length)?)))
    }

    fn binary(&mut self, length: u64) -> Result<Token<'a>, Malformed> {
        let length = self.cursor.claim(length, 1)?;
        Ok(Token::Bin(Binary::Plain(self.cursor.take(length)?)))
    }

    fn list(&mut self, length: u64) -> Result<Token<'a>, Malformed> {
        let length = self.cursor.claim(length, 1)?;
        let entered = self.nesting.enter_list(Some(length));
        entered.map_err(|fault| Malformed::new(self.start, fault))?;
        Ok(Token::List(Some(length)))
    }

    fn dict(&mut self, length: u64) -> Result<Token<'a>, Malformed> {
        let length = self.cursor.claim(length, 2)?;
        let entered = self.nesting.enter_dict(Some(length));
        entered.map_err(|fault| Malformed::new(self.start, fault))?;
        Ok(Token::Dict(Some(length)))
    }

    fn extension(&mut self, length: u64) -> Result<Token<'a>, Malformed> {
        let kind = i8::from_be_bytes(self.cursor.array()?);
        let length = self.cursor.claim(length, 1)?;
        self.cursor.take(length)?;
        Ok(if kind == UNDEFINED && length == 1 {
            Token::Undefined
        } else {
            Token::Foreign(Unportable::Extension(kind))
        })
    }
}

fn signed(number: i64) -> Token<'static> {
    u64::try_from(number).map_or(Token::Negative(number), Token::Unsigned)
}

/// The length of a list or dictionary. Whoever writes to a sink that wants lengths has counted.
fn counted(length: Option<usize>) -> usize {
    debug_assert!(length.is_some());
    length.unwrap_or_default()
}

/// Writes MessagePack, every integer and length in its shortest form.
pub(super) struct Writer<'o> {
    out: &'o mut BytesMut,
}

impl<'o> Writer<'o> {
    pub(super) const fn new(out: &'o mut BytesMut) -> Self {
        Self { out }
    }

    fn mark(&mut self, marker: Marker) {
        self.out.put_u8(marker.to_u8());
    }

    fn unsigned(&mut self, number: u64) {
        if let Ok(small) = u8::try_from(number) {
            if small < 0x80 {
                self.mark(Marker::FixPos(small));
            } else {
                self.mark(Marker::U8);
                self.out.put_u8(small);
            }
        } else if let Ok(number) = u16::try_from(number) {
            self.mark(Marker::U16);
            self.out.put_u16(number);
        } else if let Ok(number) = u32::try_from(number) {
            self.mark(Marker::U32);
            self.out.put_u32(number);
        } else {
            self.mark(Marker::U64);
            self.out.put_u64(number);
        }
    }

    fn negative(&mut self, number: i64) {
        if let Ok(small) = i8::try_from(number) {
            if small >= -32 {
                self.mark(Marker::FixNeg(small));
            } else {
                self.mark(Marker::I8);
                self.out.put_i8(small);
            }
        } else if let Ok(number) = i16::try_from(number) {
            self.mark(Marker::I16);
            self.out.put_i16(number);
        } else if let Ok(number) = i32::try_from(number) {
            self.mark(Marker::I32);
            self.out.put_i32(number);
        } else {
            self.mark(Marker::I64);
            self.out.put_i64(number);
        }
    }

    fn text(&mut self, text: &str) -> Result<(), TranscodeError> {
        self.length(
            text.len(),
            |length| (length < 32).then_some(Marker::FixStr(length)),
            [Some(Marker::Str8), Some(Marker::Str16), Some(Marker::Str32)],
        )?;
        self.out.put_slice(text.as_bytes());
        Ok(())
    }

    fn binary(&mut self, bytes: &[u8]) -> Result<(), TranscodeError> {
        self.length(
            bytes.len(),
            |_| None,
            [Some(Marker::Bin8), Some(Marker::Bin16), Some(Marker::Bin32)],
        )?;
        self.out.put_slice(bytes);
        Ok(())
    }

    fn list(&mut self, length: usize) -> Result<(), TranscodeError> {
        self.length(
            length,
            |length| (length < 16).then_some(Marker::FixArray(length)),
            [None, Some(Marker::Array16), Some(Marker::Array32)],
        )
    }

    fn dict(&mut self, length: usize) -> Result<(), TranscodeError> {
        self.length(
            length,
            |length| (length < 16).then_some(Marker::FixMap(length)),
            [None, Some(Marker::Map16), Some(Marker::Map32)],
        )
    }

    /// A marker and a length: in the marker itself if `fixed` says so, else in 1, 2 or 4 bytes behind the first of
    /// `markers` that is wide enough.
    fn length(
        &mut self,
        length: usize,
        fixed: impl Fn(u8) -> Option<Marker>,
        markers: [Option<Marker>; 3],
    ) -> Result<(), TranscodeError> {
        if let Ok(short) = u8::try_from(length) {
            if let Some(marker) = fixed(short) {
                self.mark(marker);
                return Ok(());
            }
            if let Some(marker) = markers[0] {
                self.mark(marker);
                self.out.put_u8(short);
                return Ok(());
            }
        }
        if let (Ok(length), Some(marker)) = (u16::try_from(length), markers[1]) {
            self.mark(marker);
            self.out.put_u16(length);
            return Ok(());
        }
        if let (Ok(length), Some(marker)) = (u32::try_from(length), markers[2]) {
            self.mark(marker);
            self.out.put_u32(length);
            return Ok(());
        }
        Err(TranscodeError::TooLong)
    }
}

impl Sink for Writer<'_> {
    const SERIALIZER: Serializer = Serializer::MsgPack;
    const WANTS_LENGTHS: bool = true;
    const SEPARATOR: u32 = 0;

    fn put(&mut self, token: Token<'_>) -> Result<(), TranscodeError> {
        match token {
            Token::Null | Token::Undefined => self.mark(Marker::Null),
            Token::Bool(value) => self.mark(if value { Marker::True } else { Marker::False }),
            Token::Unsigned(number) => self.unsigned(number),
            Token::Negative(number) => self.negative(number),
            Token::Float(number) => {
                self.mark(Marker::F64);
                self.out.put_f64(number);
            }
            Token::Decimal(digits) => self.put(Token::Float(json::parse_decimal(digits)))?,
            Token::Str(text) | Token::Key(text) => self.text(&text.decode())?,
            Token::Bin(bytes) => self.binary(&bytes.decode())?,
            Token::List(length) => self.list(counted(length))?,
            Token::Dict(length) => self.dict(counted(length))?,
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
