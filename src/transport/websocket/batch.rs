//! Batches: many WAMP messages in one WebSocket message.
//!
//! In JSON each WAMP message is followed by the octet 0x1E, which no JSON text contains; in the binary serializers each
//! follows its length, an unsigned integer of 32 bits with the highest byte first.
//!
//! Source: Advanced Profile, "Message Batching".

use bytes::{Buf, BufMut, Bytes, BytesMut};
use memchr::memchr;

use crate::proto::Serializer;
use crate::transport::{FramingFault, HIGH_WATER, TransportError};

/// What a WebSocket speaks: a serializer, one message at a time or in batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transport) struct Subprotocol {
    pub(in crate::transport) serializer: Serializer,
    pub(in crate::transport) batched: bool,
}

impl Subprotocol {
    /// The name in `Sec-WebSocket-Protocol`.
    pub(super) fn name(self) -> String {
        let name = self.serializer.subprotocol();
        if self.batched {
            format!("{name}{BATCHED}")
        } else {
            name.to_owned()
        }
    }

    /// The subprotocol of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let single = name.strip_suffix(BATCHED);
        Some(Self {
            serializer: Serializer::from_subprotocol(single.unwrap_or(name))?,
            batched: single.is_some(),
        })
    }
}

const BATCHED: &str = ".batched";

/// The batch that is being put together.
#[derive(Debug)]
pub(super) struct Packer {
    serializer: Serializer,
    batch: BytesMut,
}

impl Packer {
    pub(super) fn new(serializer: Serializer) -> Self {
        Self {
            serializer,
            batch: BytesMut::new(),
        }
    }

    /// How many bytes the batch has.
    pub(super) fn len(&self) -> usize {
        self.batch.len()
    }

    /// The longest frame that can be in a batch.
    pub(super) fn max_frame(&self) -> usize {
        match self.serializer {
            Serializer::Json => usize::MAX,
            Serializer::MsgPack | Serializer::Cbor => u32::MAX as usize,
        }
    }

    /// Adds a frame. If it does not fit, the batch so far is returned, and the frame begins the next one.
    ///
    /// # Errors
    /// [`TransportError::FrameTooLong`].
    pub(super) fn add(&mut self, frame: &[u8]) -> Result<Option<Bytes>, TransportError> {
        let (length, limit) = (frame.len(), self.max_frame());
        if length > limit {
            return Err(TransportError::FrameTooLong { length, limit });
        }
        let fits = self.batch.len() + length + OVERHEAD <= MAX_BATCH;
        let full = if fits { None } else { self.seal() };
        self.batch.reserve(length + OVERHEAD);
        match self.serializer {
            Serializer::Json => {
                self.batch.put_slice(frame);
                self.batch.put_u8(SEPARATOR);
            }
            Serializer::MsgPack | Serializer::Cbor => {
                self.batch.put_uint(length as u64, OVERHEAD);
                self.batch.put_slice(frame);
            }
        }
        Ok(full)
    }

    /// The batch so far, unless it is empty.
    pub(super) fn seal(&mut self) -> Option<Bytes> {
        (!self.batch.is_empty()).then(|| self.batch.split().freeze())
    }
}

/// The batch that has come in, and is taken apart.
#[derive(Debug)]
pub(super) struct Unpacker {
    serializer: Serializer,
    max_frame: usize,
    rest: Bytes,
}

impl Unpacker {
    pub(super) fn new(serializer: Serializer, max_frame: usize) -> Self {
        Self {
            serializer,
            max_frame,
            rest: Bytes::new(),
        }
    }

    /// Takes in a batch, once there is nothing left of the one before.
    ///
    /// # Errors
    /// A batch without messages.
    pub(super) fn open(&mut self, batch: Bytes) -> Result<(), TransportError> {
        if batch.is_empty() {
            return Err(TransportError::Framing(FramingFault::EmptyBatch));
        }
        self.rest = batch;
        Ok(())
    }

    /// The next frame of the batch, if there is one left.
    ///
    /// # Errors
    /// A batch that ends within a frame, or a frame that is too long.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let truncated = || TransportError::Framing(FramingFault::TruncatedBatch);
        let length = match self.serializer {
            Serializer::Json => memchr(SEPARATOR, &self.rest).ok_or_else(truncated)?,
            Serializer::MsgPack | Serializer::Cbor => {
                let length = self.rest.try_get_u32().map_err(|_| truncated())?;
                usize::try_from(length).unwrap_or(usize::MAX)
            }
        };
        if length > self.max_frame {
            let limit = self.max_frame;
            return Err(TransportError::ReceivedTooLong { length, limit });
        }
        if length > self.rest.len() {
            return Err(truncated());
        }
        let frame = self.rest.split_to(length);
        if self.serializer == Serializer::Json {
            self.rest.advance(1);
        }
        Ok(Some(frame))
    }
}

/// The longest WebSocket message to take where frames may have `max_frame` bytes: as many as a batch of ours has, or one
/// frame alone.
pub(super) const fn max_message(max_frame: usize) -> usize {
    let alone = max_frame.saturating_add(OVERHEAD);
    if alone > MAX_BATCH { alone } else { MAX_BATCH }
}

/// Where a frame ends in JSON.
const SEPARATOR: u8 = 0x1e;

/// What a frame costs in a batch beside itself, at most: its length. In bytes.
const OVERHEAD: usize = 4;

/// How long a batch may become, in bytes, unless one frame alone is longer: as much as is waiting before a transport asks for
/// a flush.
const MAX_BATCH: usize = HIGH_WATER;

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(serializer: Serializer, frames: &[&[u8]]) -> Bytes {
        let mut packer = Packer::new(serializer);
        for frame in frames {
            assert_eq!(packer.add(frame).unwrap(), None);
        }
        packer.seal().unwrap()
    }

    fn unpacked(serializer: Serializer, batch: &[u8]) -> (Vec<Bytes>, Option<TransportError>) {
        let mut unpacker = Unpacker::new(serializer, 10);
        let mut frames = Vec::new();
        let mut next = match unpacker.open(Bytes::copy_from_slice(batch)) {
            Ok(()) => unpacker.next(),
            Err(fault) => Err(fault),
        };
        while let Ok(Some(frame)) = next {
            frames.push(frame);
            next = unpacker.next();
        }
        (frames, next.err())
    }

    #[test]
    fn names() {
        for serializer in Serializer::ALL {
            for batched in [false, true] {
                let subprotocol = Subprotocol {
                    serializer,
                    batched,
                };
                assert_eq!(Subprotocol::named(&subprotocol.name()), Some(subprotocol));
            }
        }
        assert_eq!(Subprotocol::named("wamp.2.json.batched.batched"), None);
        assert_eq!(Subprotocol::named(".batched"), None);
    }

    #[test]
    fn the_bytes_of_a_batch() {
        let frames: [&[u8]; 3] = [b"[1]", b"[22]", b""];
        for (serializer, bytes) in [
            (Serializer::Json, &b"[1]\x1e[22]\x1e\x1e"[..]),
            (Serializer::MsgPack, b"\0\0\0\x03[1]\0\0\0\x04[22]\0\0\0\0"),
            (Serializer::Cbor, b"\0\0\0\x03[1]\0\0\0\x04[22]\0\0\0\0"),
        ] {
            assert_eq!(packed(serializer, &frames), bytes);
            let (unpacked, fault) = unpacked(serializer, bytes);
            assert_eq!(unpacked, frames);
            assert!(fault.is_none(), "{fault:?}");
        }
    }

    #[test]
    fn batches_end_before_they_are_too_long() {
        for serializer in Serializer::ALL {
            let mut packer = Packer::new(serializer);
            let frame = vec![b'1'; MAX_BATCH / 2 - OVERHEAD];
            assert_eq!(packer.add(&frame).unwrap(), None);
            assert_eq!(packer.add(&frame).unwrap(), None);
            let full = packer.add(b"0123456789").unwrap().unwrap();
            assert!(full.len() <= MAX_BATCH);
            let long = vec![b'1'; 3 * MAX_BATCH];
            let begun = packer.add(&long).unwrap().unwrap();
            assert!(begun.len() <= 10 + OVERHEAD);
            assert!(packer.add(b"1").unwrap().unwrap().len() <= long.len() + OVERHEAD);
            assert!(packer.seal().is_some());
            assert!(packer.seal().is_none());
            assert_eq!(packer.len(), 0);
        }
    }

    #[test]
    fn batches_that_are_none() {
        let json = Serializer::Json;
        for (serializer, batch, count, fault) in [
            (json, &b""[..], 0, "a batch has no messages"),
            (json, b"[1]", 0, "a batch ends in the middle of a message"),
            (
                json,
                b"[1]\x1e[2]",
                1,
                "a batch ends in the middle of a message",
            ),
            (json, b"0123456789a\x1e", 0, "11 bytes"),
            (Serializer::Cbor, b"", 0, "a batch has no messages"),
            (Serializer::Cbor, b"\0\0\0", 0, "a batch ends in the middle"),
            (
                Serializer::Cbor,
                b"\0\0\0\x02a",
                0,
                "a batch ends in the middle",
            ),
            (
                Serializer::MsgPack,
                b"\0\0\0\x01a\0",
                1,
                "a batch ends in the middle",
            ),
            (
                Serializer::MsgPack,
                b"\xff\xff\xff\xff",
                0,
                "4294967295 bytes",
            ),
        ] {
            let (frames, found) = unpacked(serializer, batch);
            assert_eq!(frames.len(), count, "{batch:?}");
            let found = found.unwrap().to_string();
            assert!(found.contains(fault), "{batch:?}: {found}");
        }
    }
}
