//! The lengths of frames, read off the stream before tungstenite sees them.
//!
//! As soon as a header has come, tungstenite sets memory aside for all that it announces, and if there is none, the process ends. Here
//! it is the connection that ends.
//!
//! Tungstenite reads a little at a time, however much is announced, for it would keep more room for as long as the connection lives.
//! What is still to come of a long frame is read ahead of it.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};

use crate::transport::stream::{ByteStream, has_memory};

/// A stream whose frames have room in memory.
pub(super) struct Announced {
    pub(super) stream: ByteStream,
    lengths: Lengths,
    /// Longer messages are refused by tungstenite.
    max_message: u64,
    /// What of a long frame is read and not yet with tungstenite.
    ahead: BytesMut,
}

impl Announced {
    pub(super) fn new(stream: ByteStream, max_message: usize) -> Self {
        Self {
            stream,
            lengths: Lengths::default(),
            max_message: max_message as u64,
            ahead: BytesMut::new(),
        }
    }

    /// Whether there is memory for what these bytes announce.
    fn check(&mut self, bytes: &[u8]) -> io::Result<()> {
        let needed = self.lengths.take(bytes);
        if needed > LONG && needed <= self.max_message && !has_memory(2 * needed as usize) {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        Ok(())
    }

    /// Reads ahead what is still to come of a frame, as far as it is there; nothing at the end of the stream.
    fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let room = self.lengths.rest.min(AT_ONCE) as usize;
        let mut ahead = BytesMut::with_capacity(room);
        ready!(pin!(self.stream.read_buf(&mut ahead)).poll(cx))?;
        let checked = self.check(&ahead);
        self.ahead = ahead;
        Poll::Ready(checked)
    }
}

impl AsyncRead for Announced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() && self.lengths.rest > buffer.remaining() as u64 {
            ready!(self.poll_ahead(cx))?;
        }
        if self.ahead.is_empty() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
            return Poll::Ready(self.check(&buffer.filled()[before..]));
        }
        let taken = self.ahead.len().min(buffer.remaining());
        buffer.put_slice(&self.ahead[..taken]);
        self.ahead.advance(taken);
        if self.ahead.is_empty() {
            self.ahead = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Announced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Finds the headers of frames among what comes in: RFC 6455, section 5.2.
#[derive(Default)]
struct Lengths {
    /// How much of the frame at hand is still to come.
    rest: u64,
    /// The header at hand, as far as it has come.
    header: [u8; LONGEST_HEADER],
    come: usize,
    /// How long the message at hand is so far.
    message: u64,
}

impl Lengths {
    /// Takes what has come in, and answers how long the longest message is that it announces a part of.
    fn take(&mut self, mut bytes: &[u8]) -> u64 {
        let mut longest = 0;
        loop {
            let skipped = self.rest.min(bytes.len() as u64);
            self.rest -= skipped;
            // No more than there is.
            bytes = &bytes[skipped as usize..];
            if bytes.is_empty() {
                return longest;
            }
            // The first two bytes say how many there are.
            let wanted = if self.come < 2 { 2 } else { self.size() };
            let (part, others) = bytes.split_at((wanted - self.come).min(bytes.len()));
            self.header[self.come..][..part.len()].copy_from_slice(part);
            self.come += part.len();
            bytes = others;
            if self.come >= 2 && self.come == self.size() {
                let length = self.length();
                self.rest = length;
                self.come = 0;
                longest = longest.max(self.announce(length));
            }
        }
    }

    /// How many bytes the length takes behind the first two.
    fn width(&self) -> usize {
        match self.header[1] & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        }
    }

    /// How many bytes the header has, as the first two of them say.
    fn size(&self) -> usize {
        let mask = if self.header[1] & 0x80 == 0 { 0 } else { 4 };
        2 + self.width() + mask
    }

    /// The length in the header, which is whole.
    fn length(&self) -> u64 {
        match self.width() {
            0 => u64::from(self.header[1] & 0x7F),
            width => {
                let digits = self.header[2..2 + width].iter();
                digits.fold(0, |length, digit| length << 8 | u64::from(*digit))
            }
        }
    }

    /// A frame of this length begins. Answers how long its message is with it.
    fn announce(&mut self, length: u64) -> u64 {
        let opcode = self.header[0] & 0x0F;
        if opcode >= CONTROL {
            return length;
        }
        let before = if opcode == CONTINUATION {
            self.message
        } else {
            0
        };
        self.message = before.saturating_add(length);
        self.message
    }
}

/// The opcode of a fragment that is not the first.
const CONTINUATION: u8 = 0;

/// The first opcode of those that are not data.
const CONTROL: u8 = 8;

/// The longest header there is, in bytes.
const LONGEST_HEADER: usize = 14;

/// Shorter messages are not asked about.
const LONG: u64 = 64 << 10;

/// How much is read ahead, in bytes.
const AT_ONCE: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// However the bytes are cut, the same is found in them.
    #[test]
    fn lengths_are_found_in_any_pieces() {
        let short = [&b"\x81\x83mask"[..], b"abc"].concat();
        let unmasked = [&b"\x82\x7e\x01\x00"[..], &[7; 256]].concat();
        let first = [&b"\x01\xff\0\0\0\0\0\x01\0\x01mask"[..], &[7; 65_537]].concat();
        let ping = b"\x89\x80mask".to_vec();
        let second = [&b"\x80\xfe\x00\x80mask"[..], &[7; 128]].concat();
        let claim = b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffmask".to_vec();
        let frames = [&short, &unmasked, &first, &ping, &second, &short, &claim];
        let bytes = frames.map(Vec::as_slice).concat();
        for size in [1, 2, 3, 7, 100, 4096, bytes.len()] {
            let mut lengths = Lengths::default();
            let mut found: Vec<u64> = Vec::new();
            for piece in bytes.chunks(size) {
                found.push(lengths.take(piece));
            }
            found.retain(|length| *length > 0);
            assert_eq!(found.last(), Some(&u64::MAX), "{size}");
            if size == 1 {
                assert_eq!(found, [3, 256, 65_537, 65_665, 3, u64::MAX]);
            }
        }
    }
}
