//! Strings of JSON: escape sequences, and binary in a string.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut, BytesMut};

use super::reader::stop_in;

/// Checks the escape sequence that begins `raw`, a backslash, and gives its length and the character it stands for.
/// A surrogate pair is one sequence; half of one is none.
pub(super) fn escape(raw: &[u8]) -> Option<(usize, char)> {
    let character = match raw.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = hex4(raw.get(2..6)?)?;
            if !(0xd800..0xdc00).contains(&first) {
                return char::from_u32(first).map(|character| (6, character));
            }
            if raw.get(6..8)? != b"\\u" {
                return None;
            }
            let second = hex4(raw.get(8..12)?)?;
            if !(0xdc00..0xe000).contains(&second) {
                return None;
            }
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return char::from_u32(code).map(|character| (12, character));
        }
        _ => return None,
    };
    Some((2, character))
}

fn hex4(digits: &[u8]) -> Option<u32> {
    let mut number = 0;
    for digit in digits {
        number = number * 16 + char::from(*digit).to_digit(16)?;
    }
    Some(number)
}

/// The string that `raw`, the inside of a JSON string, stands for. Its escape sequences have been checked by the
/// reader; a backslash that begins none stands for itself.
pub(in crate::codec) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let (length, character) = escape(&rest.as_bytes()[at..]).unwrap_or((1, '\\'));
        text.push(character);
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    text
}

/// The binary that a string stands for: NUL and base64 (Advanced Profile, "Binary support in JSON"). `None` if it is
/// just a string.
pub(in crate::codec) fn binary_in(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix('\0')?).ok()
}

/// Writes a string with its quotes.
pub(super) fn write_text(text: &str, out: &mut BytesMut) {
    out.reserve(text.len() + 2);
    out.put_u8(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, stopped) = rest.split_at(stop_in(rest));
        out.put_slice(plain);
        let Some((byte, after)) = stopped.split_first() else {
            break;
        };
        match byte {
            b'"' => out.put_slice(b"\\\""),
            b'\\' => out.put_slice(b"\\\\"),
            b'\n' => out.put_slice(b"\\n"),
            b'\r' => out.put_slice(b"\\r"),
            b'\t' => out.put_slice(b"\\t"),
            0x8 => out.put_slice(b"\\b"),
            0xc => out.put_slice(b"\\f"),
            control => {
                let digits = [
                    HEX[usize::from(control >> 4)],
                    HEX[usize::from(control & 15)],
                ];
                out.put_slice(b"\\u00");
                out.put_slice(&digits);
            }
        }
        rest = after;
    }
    out.put_u8(b'"');
}

/// Writes binary as a string of NUL and base64, with its quotes.
pub(super) fn write_binary(bytes: &[u8], out: &mut BytesMut) {
    out.put_slice(b"\"\\u0000");
    // Base64 through a buffer of whole groups, so that only the last one is padded.
    let mut buffer = [0; 1024];
    for chunk in bytes.chunks(buffer.len() / 4 * 3) {
        // Cannot fail: 3 bytes make 4, and the buffer has room for as many groups as the chunk.
        if let Ok(length) = STANDARD.encode_slice(chunk, &mut buffer) {
            out.put_slice(&buffer[..length]);
        }
    }
    out.put_u8(b'"');
}

const HEX: [u8; 16] = *b"0123456789abcdef";
