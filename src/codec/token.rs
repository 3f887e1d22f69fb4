//! Tokens: what every serializer's bytes are read as and written from, without a tree in between.

use std::borrow::Cow;

use crate::proto::{Serializer, Value};

use super::error::{Malformed, TranscodeError, Unportable};
use super::nesting::Nesting;
use super::{cbor, json};

/// One step through a value.
///
/// A list or dictionary is its opening token, its contents, and its end; a dictionary's contents are [`Token::Key`] and
/// value in turn. A reader allocates nothing for a token: what would need it is kept as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Null,
    /// CBOR's and wampy's `undefined`, which stands for `null` wherever it does not exist.
    Undefined,
    Bool(bool),
    /// An integer from 0 to `u64::MAX`.
    Unsigned(u64),
    /// An integer from `i64::MIN` to -1.
    Negative(i64),
    Float(f64),
    /// A float in JSON's notation, known to be in range; parsed only where its value is wanted.
    Decimal(&'a str),
    Str(Text<'a>),
    Bin(Binary<'a>),
    /// Opens a list of that many items; `None` where the format does not tell.
    List(Option<usize>),
    /// Opens a dictionary of that many entries; `None` where the format does not tell.
    Dict(Option<usize>),
    Key(Text<'a>),
    EndList,
    EndDict,
    /// A value that only this format has. The value in a CBOR tag follows as tokens of its own.
    Foreign(Unportable),
}

impl Token<'_> {
    /// The non-negative integer, if it is one, also one that came as a float (see [`Value::as_u64`]).
    pub(super) fn as_u64(&self) -> Option<u64> {
        match *self {
            Self::Unsigned(number) => Some(number),
            Self::Float(number) => Value::Float(number).as_u64(),
            Self::Decimal(digits) => Value::Float(json::parse_decimal(digits)).as_u64(),
            _ => None,
        }
    }

    /// What it is, short enough for a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Negative(number) => number.to_string(),
            Self::Float(number) => format!("{number:?}"),
            Self::Decimal(digits) if digits.len() <= 40 => (*digits).to_owned(),
            Self::Decimal(_) => "a float".to_owned(),
            Self::Str(Text::Plain(text)) | Self::Key(Text::Plain(text)) if text.len() <= 40 => {
                format!("{text:?}")
            }
            Self::Str(_) | Self::Key(_) => "a string".to_owned(),
            Self::Bin(_) => "binary".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Dict(_) => "a dictionary".to_owned(),
            Self::EndList | Self::EndDict => "nothing".to_owned(),
            Self::Null | Self::Undefined => "null".to_owned(),
            Self::Foreign(value) => value.to_string(),
        }
    }
}

/// A string as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Text<'a> {
    /// As it is.
    Plain(&'a str),
    /// JSON with escape sequences: what stands between the quotes.
    Escaped(&'a str),
    /// CBOR of indefinite length: the chunks with their heads.
    Chunks(cbor::Chunks<'a>),
}

impl<'a> Text<'a> {
    /// The string itself.
    pub(super) fn decode(self) -> Cow<'a, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Escaped(raw) => Cow::Owned(json::unescape(raw)),
            Self::Chunks(chunks) => Cow::Owned(chunks.to_text()),
        }
    }

    /// The binary that a JSON string stands for, if it does (Advanced Profile, "Binary support in JSON").
    pub(super) fn to_binary(self) -> Option<Vec<u8>> {
        match self {
            Self::Escaped(raw) if raw.starts_with("\\u0000") => {
                json::binary_in(&json::unescape(raw))
            }
            _ => None,
        }
    }
}

/// Binary as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Binary<'a> {
    /// As it is.
    Plain(&'a [u8]),
    /// CBOR of indefinite length: the chunks with their heads.
    Chunks(cbor::Chunks<'a>),
}

impl<'a> Binary<'a> {
    /// The bytes themselves.
    pub(super) fn decode(self) -> Cow<'a, [u8]> {
        match self {
            Self::Plain(bytes) => Cow::Borrowed(bytes),
            Self::Chunks(chunks) => Cow::Owned(chunks.to_vec()),
        }
    }
}

/// Reads tokens from bytes and checks them on the way: whatever goes through a source to its end is well-formed.
pub(super) trait Source<'a>: Clone {
    /// The format that it reads.
    const SERIALIZER: Serializer;

    /// A source at the start of `bytes` that takes lists and dictionaries `max_depth` deep.
    fn open(bytes: &'a [u8], max_depth: usize) -> Result<Self, Malformed>;

    /// The next token. After the end of the outermost value nobody asks for one.
    fn next(&mut self) -> Result<Token<'a>, Malformed> {
        self.advance()
    }

    /// The same, inlined: in the loop of [`Source::skim`] the token is then never made, which halves its time.
    fn advance(&mut self) -> Result<Token<'a>, Malformed>;

    /// Where it stands among lists and dictionaries.
    fn nesting(&mut self) -> &mut Nesting;

    /// Where the token read last begins. Not meaningful for the end of a list or dictionary.
    fn start(&self) -> usize;

    /// Where the token read last ends.
    fn end(&self) -> usize;

    /// Checks that nothing follows.
    fn finish(&mut self) -> Result<(), Malformed>;

    /// Reads to the end of the list or dictionary that was just opened, makes nothing of it, and tells whether there
    /// was anything in it.
    fn skim(&mut self) -> Result<bool, Malformed> {
        let mut depth = 1_usize;
        let mut anything = false;
        loop {
            match self.advance()? {
                Token::List(_) | Token::Dict(_) => depth += 1,
                Token::EndList | Token::EndDict if depth == 1 => return Ok(anything),
                Token::EndList | Token::EndDict => depth -= 1,
                _ => {}
            }
            anything = true;
        }
    }
}

/// Writes tokens as bytes.
pub(super) trait Sink {
    /// The format that it writes.
    const SERIALIZER: Serializer;
    /// Whether lists and dictionaries must come with their length. They may in any case.
    const WANTS_LENGTHS: bool;
    /// How many bytes it puts between two items of a list.
    const SEPARATOR: u32;

    /// Appends one token.
    ///
    /// # Errors
    /// A value that the format does not have. What was appended until then stays.
    fn put(&mut self, token: Token<'_>) -> Result<(), TranscodeError>;

    /// Appends values that are in the format already, as items of the list that is open.
    fn put_raw(&mut self, bytes: &[u8]);

    /// How many bytes there are in what is written to.
    fn len(&self) -> usize;

    /// The error for a value that the format does not have.
    fn no_form(value: Unportable) -> TranscodeError {
        TranscodeError::NoForm {
            value,
            to: Self::SERIALIZER,
        }
    }
}
