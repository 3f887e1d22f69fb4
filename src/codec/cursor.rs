//! A position in the bytes of a binary format.

use super::error::{Fault, Malformed};

/// The bytes of a frame or payload and how far they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = self.peek().ok_or_else(|| self.fault(Fault::End))?;
        self.at += 1;
        Ok(byte)
    }

    /// The next `N` bytes, as they are for a big-endian number.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let bytes = self.bytes[self.at..].first_chunk();
        let array = *bytes.ok_or_else(|| self.fault(Fault::End))?;
        self.at += N;
        Ok(array)
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let bytes = self.bytes[self.at..].get(..length);
        let bytes = bytes.ok_or_else(|| self.fault(Fault::End))?;
        self.at += length;
        Ok(bytes)
    }

    /// The next `length` bytes as text.
    pub(super) fn text(&mut self, length: usize) -> Result<&'a str, Malformed> {
        let at = self.at;
        std::str::from_utf8(self.take(length)?)
            .map_err(|error| Malformed::new(at + error.valid_up_to(), Fault::Utf8))
    }

    /// What was read since `start`.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// Checks a length that the bytes claim: each item takes a byte at least, so that a longer list is known to be cut
    /// off before anything is made of it.
    pub(super) fn claim(&self, length: u64, bytes_each: usize) -> Result<usize, Malformed> {
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= self.left() / bytes_each)
            .ok_or_else(|| self.fault(Fault::End))
    }

    /// Checks that nothing follows.
    pub(super) fn finish(&self) -> Result<(), Malformed> {
        if self.left() == 0 {
            Ok(())
        } else {
            Err(self.fault(Fault::Trailing))
        }
    }

    pub(super) const fn fault(&self, fault: Fault) -> Malformed {
        Malformed::new(self.at, fault)
    }
}
