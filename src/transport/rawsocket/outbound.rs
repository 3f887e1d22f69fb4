//! What waits to be written: short frames in one buffer, long ones as they are.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::AsyncWrite;

/// A queue of bytes, written with as few system calls as possible.
#[derive(Debug, Default)]
pub(super) struct Outbound {
    /// In the order of writing, before `tail`.
    chunks: VecDeque<Bytes>,
    /// Where prefixes and short frames are collected.
    tail: BytesMut,
    length: usize,
}

impl Outbound {
    /// How many bytes are waiting.
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// Appends a frame.
    pub(super) fn push(&mut self, prefix: [u8; 4], frame: Bytes) {
        self.length += prefix.len() + frame.len();
        self.tail.put_slice(&prefix);
        if frame.len() < KEPT_WHOLE {
            self.tail.put_slice(&frame);
        } else {
            self.seal();
            self.chunks.push_back(frame);
        }
    }

    /// Writes all of it.
    pub(super) fn poll_write(
        &mut self,
        stream: &mut (impl AsyncWrite + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.seal();
        while !self.chunks.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let mut used = 0;
            for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
                *slice = IoSlice::new(chunk);
                used += 1;
            }
            let stream = Pin::new(&mut *stream);
            let written = ready!(stream.poll_write_vectored(cx, &slices[..used]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(written);
        }
        if self.tail.capacity() > KEPT_IDLE {
            self.tail = BytesMut::new();
        }
        Pin::new(stream).poll_flush(cx)
    }

    /// Ends the run of short frames.
    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.chunks.push_back(self.tail.split().freeze());
        }
    }

    fn advance(&mut self, mut written: usize) {
        self.length -= written;
        while let Some(chunk) = self.chunks.front_mut() {
            if written < chunk.len() {
                chunk.advance(written);
                return;
            }
            written -= chunk.len();
            self.chunks.pop_front();
        }
    }
}

/// From this length on, sharing a frame is cheaper than copying it.
const KEPT_WHOLE: usize = 4 << 10;

/// How many chunks one system call writes.
const SLICES: usize = 32;

/// How much buffer a connection keeps that has nothing to write.
const KEPT_IDLE: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `step` bytes at a time and counts the calls.
    struct Slow {
        taken: Vec<u8>,
        calls: usize,
        step: usize,
    }

    impl AsyncWrite for Slow {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.calls += 1;
            let step = bytes.len().min(self.step);
            self.taken.extend_from_slice(&bytes[..step]);
            Poll::Ready(Ok(step))
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            slices: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            let all = slices.iter().flat_map(|slice| slice.iter().copied());
            let all: Vec<u8> = all.take(self.step).collect();
            self.as_mut().poll_write(cx, &all)
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn written(frames: &[Bytes], step: usize) -> Slow {
        let mut outbound = Outbound::default();
        for frame in frames {
            outbound.push(*b"pre:", frame.clone());
        }
        let mut slow = Slow {
            taken: Vec::new(),
            calls: 0,
            step,
        };
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(outbound.poll_write(&mut slow, &mut cx).is_ready());
        assert_eq!(outbound.len(), 0);
        let expected: Vec<u8> = frames
            .iter()
            .flat_map(|frame| [b"pre:", &frame[..]].concat())
            .collect();
        assert_eq!(slow.taken, expected);
        slow
    }

    #[test]
    fn short_and_long_frames_keep_their_order_however_little_is_taken() {
        let frames = [
            Bytes::new(),
            Bytes::from(vec![1; KEPT_WHOLE - 1]),
            Bytes::from(vec![2; KEPT_WHOLE]),
            Bytes::from(vec![3; 3]),
            Bytes::from(vec![4; 10 * KEPT_WHOLE]),
        ];
        for step in [3, 1000, 4096, usize::MAX] {
            written(&frames, step);
        }
    }

    #[test]
    fn many_frames_are_one_call() {
        let frames = vec![Bytes::from_static(b"short"); 500];
        assert_eq!(written(&frames, usize::MAX).calls, 1);
    }
}
