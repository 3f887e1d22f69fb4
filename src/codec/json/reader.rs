//! Reads JSON (RFC 8259).

use crate::codec::error::{Fault, Malformed, Unportable};
use crate::codec::nesting::{Kind, Nesting, Open, Place};
use crate::codec::token::{Source, Text, Token};
use crate::proto::Serializer;

use super::text::escape;

/// Reads JSON.
#[derive(Clone, Debug)]
pub(in crate::codec) struct Reader<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    nesting: Nesting,
}

/// The number that a [`Token::Decimal`] stands for.
pub(in crate::codec) fn parse_decimal(digits: &str) -> f64 {
    // A reader has checked the grammar, which is a part of Rust's, so this never falls back.
    digits.parse().unwrap_or(f64::NAN)
}

impl<'a> Source<'a> for Reader<'a> {
    const SERIALIZER: Serializer = Serializer::Json;

    fn open(bytes: &'a [u8], max_depth: usize) -> Result<Self, Malformed> {
        // Once for all strings: the check is much faster over the whole than string by string.
        let text = simdutf8::compat::from_utf8(bytes)
            .map_err(|error| Malformed::new(error.valid_up_to(), Fault::Utf8))?;
        Ok(Self {
            text,
            at: 0,
            start: 0,
            nesting: Nesting::new(max_depth),
        })
    }

    #[inline(always)]
    fn advance(&mut self) -> Result<Token<'a>, Malformed> {
        let mut byte = self.peek_token()?;
        let open = self.nesting.innermost();
        if !open.wants_value() {
            if byte == closing(open) {
                let place = self.nesting.leave_at_mark();
                let place = place.map_err(|fault| self.fault(fault))?;
                self.at += 1;
                return Ok(match place {
                    Place::EndDict => Token::EndDict,
                    _ => Token::EndList,
                });
            }
            if !open.is_fresh() {
                self.expect(byte, b',')?;
                byte = self.peek_token()?;
            }
        }
        self.start = self.at;
        if self.nesting.step() == Place::Key {
            return self.key(byte);
        }
        match byte {
            b'"' => {
                let (inside, escaped) = self.string()?;
                Ok(Token::Str(text(inside, escaped)))
            }
            b'0'..=b'9' | b'-' => self.number(),
            b'[' => {
                self.enter(Nesting::enter_list)?;
                Ok(Token::List(None))
            }
            b'{' => {
                self.enter(Nesting::enter_dict)?;
                Ok(Token::Dict(None))
            }
            b'n' => self.word("null", Token::Null),
            b't' => self.word("true", Token::Bool(true)),
            b'f' => self.word("false", Token::Bool(false)),
            other => Err(self.fault(Fault::Byte(other))),
        }
    }

    fn nesting(&mut self) -> &mut Nesting {
        &mut self.nesting
    }

    fn start(&self) -> usize {
        self.start
    }

    fn end(&self) -> usize {
        self.at
    }

    fn finish(&mut self) -> Result<(), Malformed> {
        self.skip_whitespace();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.fault(Fault::Trailing))
        }
    }
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// The first byte of the next token, which is not passed over yet.
    fn peek_token(&mut self) -> Result<u8, Malformed> {
        self.skip_whitespace();
        self.peek().ok_or_else(|| self.fault(Fault::End))
    }

    /// Passes over `byte`, the next one, if it is the one `wanted`.
    fn expect(&mut self, byte: u8, wanted: u8) -> Result<(), Malformed> {
        if byte != wanted {
            return Err(self.fault(Fault::Byte(byte)));
        }
        self.at += 1;
        Ok(())
    }

    fn enter(
        &mut self,
        enter: impl Fn(&mut Nesting, Option<usize>) -> Result<(), Fault>,
    ) -> Result<(), Malformed> {
        enter(&mut self.nesting, None).map_err(|fault| self.fault(fault))?;
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, token: Token<'a>) -> Result<Token<'a>, Malformed> {
        for wanted in word.bytes() {
            let byte = self.peek().ok_or_else(|| self.fault(Fault::End))?;
            self.expect(byte, wanted)?;
        }
        Ok(token)
    }

    /// A key and the colon behind it.
    fn key(&mut self, byte: u8) -> Result<Token<'a>, Malformed> {
        if byte != b'"' {
            return Err(self.fault(match byte {
                b'0'..=b'9' | b'-' | b'[' | b'{' | b'n' | b't' | b'f' => Fault::Key,
                other => Fault::Byte(other),
            }));
        }
        let (inside, escaped) = self.string()?;
        let byte = self.peek_token()?;
        self.expect(byte, b':')?;
        Ok(Token::Key(text(inside, escaped)))
    }

    /// What stands between the quotes, and whether there are escape sequences in it.
    fn string(&mut self) -> Result<(&'a str, bool), Malformed> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            let stop = at + stop_in(&bytes[at..]);
            match bytes.get(stop) {
                Some(b'"') => {
                    self.at = stop + 1;
                    return Ok((&self.text[start..stop], escaped));
                }
                Some(b'\\') => {
                    let (length, _) = escape(&bytes[stop..])
                        .ok_or_else(|| Malformed::new(stop, Fault::Escape))?;
                    escaped = true;
                    at = stop + length;
                }
                Some(_) => return Err(Malformed::new(stop, Fault::Control)),
                None => return Err(Malformed::new(stop, Fault::End)),
            }
        }
    }

    fn number(&mut self) -> Result<Token<'a>, Malformed> {
        let bytes = self.text.as_bytes();
        let invalid = Malformed::new(self.start, Fault::Number);
        let negative = bytes[self.start] == b'-';
        let first = self.start + usize::from(negative);
        let mut magnitude = 0_u64;
        let mut at = first;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            magnitude = magnitude
                .wrapping_mul(10)
                .wrapping_add((digit - b'0').into());
            at += 1;
        }
        if at == first || (bytes[first] == b'0' && at > first + 1) {
            return Err(invalid);
        }
        let integer_end = at;
        if bytes.get(at) == Some(&b'.') {
            at = digits_from(bytes, at + 1).ok_or(invalid)?;
        }
        let exponent = matches!(bytes.get(at), Some(b'e' | b'E'));
        if exponent {
            let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
            at = digits_from(bytes, at + 1 + usize::from(sign)).ok_or(invalid)?;
        }
        self.at = at;
        let digits = &self.text[self.start..at];
        if at > integer_end {
            self.check_range(digits, exponent)?;
            return Ok(Token::Decimal(digits));
        }
        // The sum has wrapped only where there are 20 digits or more.
        let magnitude = if at - first < 20 {
            Some(magnitude)
        } else {
            self.text[first..at].parse().ok()
        };
        match magnitude {
            // Integers have no negative zero; doubles do.
            Some(0) if negative => Ok(Token::Decimal(digits)),
            Some(number) if !negative => Ok(Token::Unsigned(number)),
            Some(number) if number <= i64::MIN.unsigned_abs() => {
                Ok(Token::Negative(0_i64.wrapping_sub_unsigned(number)))
            }
            _ => {
                self.check_range(digits, false)?;
                Ok(Token::Foreign(Unportable::BigInteger))
            }
        }
    }

    /// Whether a number is in the range of doubles; without an exponent it takes 309 digits to be out of it.
    fn check_range(&self, digits: &str, exponent: bool) -> Result<(), Malformed> {
        if (exponent || digits.len() > 300) && !parse_decimal(digits).is_finite() {
            return Err(Malformed::new(self.start, Fault::NumberRange));
        }
        Ok(())
    }

    fn fault(&self, fault: Fault) -> Malformed {
        Malformed::new(self.at, fault)
    }
}

const fn text(inside: &str, escaped: bool) -> Text<'_> {
    if escaped {
        Text::Escaped(inside)
    } else {
        Text::Plain(inside)
    }
}

/// The end of the digits that begin at `at`; `None` if there are none.
fn digits_from(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while matches!(bytes.get(end), Some(b'0'..=b'9')) {
        end += 1;
    }
    (end > at).then_some(end)
}

const fn closing(open: Open) -> u8 {
    match open.kind() {
        Kind::List => b']',
        Kind::Dict => b'}',
        // Never a byte of text.
        Kind::Outside => 0xff,
    }
}

/// Where the first byte is that cannot just be part of a string: a quote, a backslash or a control character; the
/// length of `bytes` if there is none.
pub(super) fn stop_in(bytes: &[u8]) -> usize {
    // Most strings are keys and names, too short for a vector search to pay: eight bytes at a time for those.
    const SHORT: usize = 32;
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk()
        && at < SHORT
    {
        let word = u64::from_le_bytes(*chunk);
        // The top bit of each byte that is below `limit`; exact up to the first such byte, the lowest.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & (ONES << 7);
        let found = below(word, 0x20)
            | below(word ^ (ONES * u64::from(b'"')), 1)
            | below(word ^ (ONES * u64::from(b'\\')), 1);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = &bytes[at..];
    let end = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
    // Without an early exit this is a vector loop; a control character is an error and may be slow to find.
    let controls = |found: bool, byte: &u8| found | (*byte < 0x20);
    if rest[..end].iter().fold(false, controls) {
        at + rest.iter().position(stops).unwrap_or(end)
    } else {
        at + end
    }
}
