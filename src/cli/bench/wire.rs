//! Frames as the load generator has them: made once, with the request id and two numbers written anew, and read by their
//! header only.
//!
//! It must cost less than the router, so nothing here makes a message of a frame where the frame has the usual form.

use bytes::{Bytes, BytesMut};
use wampkit::codec;
use wampkit::proto::{Id, Message, Serializer};

/// What a payload says: which message it is of which sender, and when it was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Who sent it; below 2^18.
    pub(super) sender: u32,
    /// Which of the sender's it is; below 2^30.
    pub(super) sequence: u32,
    /// Nanoseconds since the start; below 2^48, which is three days.
    pub(super) nanos: u64,
}

impl Stamp {
    /// How long it is as text.
    pub(super) const LENGTH: usize = 16;

    /// Eight and eight digits to the base of 64, which are text in every serializer.
    fn write(self, out: &mut [u8]) {
        let who = u64::from(self.sender) << 30 | u64::from(self.sequence);
        for (half, number) in out.chunks_exact_mut(8).zip([who, self.nanos]) {
            for (place, digit) in half.iter_mut().enumerate() {
                *digit = DIGITS[(number >> (42 - 6 * place) & 63) as usize];
            }
        }
    }

    /// The stamp that a text begins with.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let [who, nanos] = [text.get(..8)?, text.get(8..Self::LENGTH)?].map(|half| {
            half.iter()
                .try_fold(0, |number, digit| Some(number << 6 | value(*digit)?))
        });
        let (who, nanos): (u64, u64) = (who?, nanos?);
        Some(Self {
            sender: u32::try_from(who >> 30).ok()?,
            sequence: u32::try_from(who & ((1 << 30) - 1)).ok()?,
            nanos,
        })
    }
}

const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

const fn value(digit: u8) -> Option<u64> {
    Some(match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    } as u64)
}

/// A message of which only the request id and the stamp change.
#[derive(Clone, Debug)]
pub(super) struct Template {
    serializer: Serializer,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Where the stamp stands in the tail.
    stamp_at: usize,
}

/// The request id that messages for templates have: no other number in them looks like it.
pub(super) fn placeholder() -> Id {
    Id::new(PLACEHOLDER).expect("2^53 is an id")
}

const PLACEHOLDER: u64 = 1 << 53;

/// Payload that a stamp is to be written over.
pub(super) fn filler(size: usize) -> String {
    ".".repeat(size)
}

impl Template {
    /// A template of a message with [`placeholder`] for its id and [`filler`] as its only argument.
    pub(super) fn new(serializer: Serializer, message: &Message) -> Option<Self> {
        let mut frame = BytesMut::new();
        codec::encode(serializer, message, &mut frame).ok()?;
        let mut number = BytesMut::new();
        put_number(serializer, PLACEHOLDER, &mut number);
        let at = find(&frame, &number)?;
        let tail = frame[at + number.len()..].to_vec();
        Some(Self {
            serializer,
            head: frame[..at].to_vec(),
            stamp_at: find(&tail, &[b'.'; Stamp::LENGTH])?,
            tail,
        })
    }

    /// The frame with this id and this stamp.
    pub(super) fn frame(&self, id: u64, stamp: Stamp) -> Bytes {
        let mut out = BytesMut::with_capacity(self.head.len() + self.tail.len() + 20);
        out.extend_from_slice(&self.head);
        put_number(self.serializer, id, &mut out);
        let at = out.len() + self.stamp_at;
        out.extend_from_slice(&self.tail);
        stamp.write(&mut out[at..at + Stamp::LENGTH]);
        out.freeze()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}

fn put_number(serializer: Serializer, number: u64, out: &mut BytesMut) {
    match serializer {
        Serializer::Json => {
            out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
        }
        Serializer::MsgPack => {
            out.extend_from_slice(&[0xcf]);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Serializer::Cbor => {
            out.extend_from_slice(&[0x1b]);
            out.extend_from_slice(&number.to_be_bytes());
        }
    }
}

/// The type of a message and the number behind it, a request id mostly; `None` where the frame has an unusual form.
pub(super) fn header(serializer: Serializer, frame: &[u8]) -> Option<(u64, u64)> {
    let mut rest = frame;
    match serializer {
        Serializer::Json => {
            rest = rest.strip_prefix(b"[")?;
            let kind = digits(&mut rest)?;
            rest = rest.strip_prefix(b",")?;
            Some((kind, digits(&mut rest)?))
        }
        Serializer::MsgPack => {
            if byte(&mut rest)? & 0xf0 != 0x90 {
                return None;
            }
            Some((msgpack(&mut rest)?, msgpack(&mut rest)?))
        }
        Serializer::Cbor => {
            if byte(&mut rest)? & 0xe0 != 0x80 {
                return None;
            }
            Some((cbor(&mut rest)?, cbor(&mut rest)?))
        }
    }
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    Some(*first)
}

fn digits(rest: &mut &[u8]) -> Option<u64> {
    let mut number = None;
    while let Some(digit @ b'0'..=b'9') = rest.first() {
        let before: u64 = number.unwrap_or(0);
        number = Some(before.checked_mul(10)?.checked_add((digit - b'0').into())?);
        *rest = &rest[1..];
    }
    number
}

fn msgpack(rest: &mut &[u8]) -> Option<u64> {
    match byte(rest)? {
        small @ 0..=0x7f => Some(small.into()),
        0xcc => big_endian(rest, 1),
        0xcd => big_endian(rest, 2),
        0xce => big_endian(rest, 4),
        0xcf => big_endian(rest, 8),
        _ => None,
    }
}

fn cbor(rest: &mut &[u8]) -> Option<u64> {
    match byte(rest)? {
        small @ 0..=0x17 => Some(small.into()),
        0x18 => big_endian(rest, 1),
        0x19 => big_endian(rest, 2),
        0x1a => big_endian(rest, 4),
        0x1b => big_endian(rest, 8),
        _ => None,
    }
}

fn big_endian(rest: &mut &[u8], length: usize) -> Option<u64> {
    let (number, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(
        number
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

/// The stamp of a frame whose last element is a list of one text of `size` bytes.
pub(super) fn stamp(serializer: Serializer, frame: &[u8], size: usize) -> Option<Stamp> {
    let behind: &[u8] = match serializer {
        Serializer::Json => b"\"]]",
        Serializer::MsgPack | Serializer::Cbor => b"",
    };
    let end = frame.strip_suffix(behind)?;
    Stamp::read(end.get(end.len().checked_sub(size)?..)?)
}

#[cfg(test)]
mod tests {
    use wampkit::proto::{Yield, YieldOptions};

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for serializer in Serializer::ALL {
            for size in [16, 40, 70_000] {
                let payload = codec::to_payload(serializer, &(filler(size),), &()).unwrap();
                let message = Yield {
                    request: placeholder(),
                    options: YieldOptions::default(),
                    payload,
                };
                let template = Template::new(serializer, &message.into()).unwrap();
                let sent = Stamp {
                    sender: 99_999,
                    sequence: 1_000_000,
                    nanos: 1 << 47,
                };
                let frame = template.frame(7_000_000_000, sent);
                assert_eq!(header(serializer, &frame), Some((70, 7_000_000_000)));
                assert_eq!(
                    stamp(serializer, &frame, size),
                    Some(sent),
                    "{serializer} {size}"
                );
                let decoded = codec::decode(serializer, &frame).unwrap();
                assert!(
                    matches!(decoded, Message::Yield(answer) if answer.request.get() == 7_000_000_000)
                );
            }
        }
    }
}
