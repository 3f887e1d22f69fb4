//! Byte streams: TCP and Unix sockets behind one type, with room in front for bytes that were read too early.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// A connected byte stream.
#[derive(Debug)]
pub(super) struct ByteStream {
    socket: Socket,
    /// Read from the socket already, by [`ByteStream::first_byte`] or given back by [`ByteStream::unread`].
    ahead: BytesMut,
    farewell: Farewell,
}

/// The kinds of stream. TLS will be one more.
#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// How far [`ByteStream::poll_finish`] has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Farewell {
    NotBegun,
    /// Our direction is shut; up to this many bytes are still read and thrown away.
    Draining(usize),
    Done,
}

impl ByteStream {
    /// A TCP stream, from here on without Nagle's delay: batches are made by hand, one flush each.
    pub(super) fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::new(Socket::Tcp(stream)))
    }

    /// A Unix socket stream.
    pub(super) fn unix(stream: UnixStream) -> Self {
        Self::new(Socket::Unix(stream))
    }

    fn new(socket: Socket) -> Self {
        Self {
            socket,
            ahead: BytesMut::new(),
            farewell: Farewell::NotBegun,
        }
    }

    /// The first byte of what the other end sent, which stays to be read; `None` if it closed without a word.
    pub(super) async fn first_byte(&mut self) -> io::Result<Option<u8>> {
        if self.ahead.is_empty() {
            let mut ahead = BytesMut::with_capacity(SNIFF);
            self.read_buf(&mut ahead).await?;
            self.ahead = ahead;
        }
        Ok(self.ahead.first().copied())
    }

    /// Gives back bytes that were read but belong to whoever reads next.
    pub(super) fn unread(&mut self, mut bytes: BytesMut) {
        bytes.unsplit(std::mem::take(&mut self.ahead));
        self.ahead = bytes;
    }

    /// Shuts down our direction and waits until the other end has shut down its own.
    ///
    /// Closing a socket with unread bytes makes the system send a reset, which can overtake and destroy what was
    /// written last: the close frame that tells a peer what it did wrong. So what still comes in is read and thrown
    /// away, [`LINGER`] bytes of it at most. Whoever calls this bounds the time.
    pub(super) fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.farewell == Farewell::NotBegun {
            match ready!(Pin::new(&mut *self).poll_shutdown(cx)) {
                // The other end is gone altogether: there is nothing left to shut down.
                Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                    self.farewell = Farewell::Done;
                }
                other => {
                    other?;
                    self.farewell = Farewell::Draining(LINGER);
                }
            }
        }
        let mut scratch = [0; 4096];
        while let Farewell::Draining(left) = self.farewell {
            let mut buffer = ReadBuf::new(&mut scratch);
            let end = match ready!(Pin::new(&mut *self).poll_read(cx, &mut buffer)) {
                Ok(()) => buffer.filled().is_empty(),
                // A reset is an end as well; all that we had to say is said.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => true,
                Err(error) => return Poll::Ready(Err(error)),
            };
            self.farewell = match left.checked_sub(buffer.filled().len()) {
                Some(left) if !end => Farewell::Draining(left),
                _ => Farewell::Done,
            };
        }
        Poll::Ready(Ok(()))
    }

    /// As [`ByteStream::poll_finish`], for handshakes that failed.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        std::future::poll_fn(|cx| self.poll_finish(cx)).await
    }
}

/// Enough for the first byte and, as a rule, the whole opening request.
const SNIFF: usize = 1024;

/// How many bytes are read and thrown away at the end: the rest of a frame that was too long, and some more.
const LINGER: usize = 32 << 20;

impl AsyncRead for ByteStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.ahead.is_empty() {
            let taken = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..taken]);
            self.ahead.advance(taken);
            if self.ahead.is_empty() {
                self.ahead = BytesMut::new();
            }
            return Poll::Ready(Ok(()));
        }
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Socket::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for ByteStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Socket::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Socket::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.socket {
            Socket::Tcp(stream) => stream.is_write_vectored(),
            Socket::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Socket::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Socket::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
