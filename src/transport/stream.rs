//! Byte streams: TCP, TLS and Unix sockets behind one type, with room in front for bytes that were read too early.

use std::future::poll_fn;
use std::hint::black_box;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::IpAddr;
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd as _;
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use rustix::net::sockopt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::TlsStream;

use super::tls::Security;

/// A connected byte stream.
#[derive(Debug)]
pub(super) struct ByteStream {
    socket: Socket,
    /// Read from the socket already, by [`ByteStream::first_byte`] or given back by [`ByteStream::unread`].
    ahead: BytesMut,
    farewell: Farewell,
    remote: Option<IpAddr>,
    /// How many bytes were read from the socket.
    received: u64,
}

/// The kinds of stream.
#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    Tls(Box<Tls>),
    Unix(UnixStream),
}

impl Socket {
    fn descriptor(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Tls(tls) => tls.stream.get_ref().0.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

/// TLS over TCP, after its handshake. What is written stays in it until it is flushed.
#[derive(Debug)]
struct Tls {
    stream: TlsStream<TcpStream>,
    security: Security,
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
    /// A TCP stream to an address, from here on without Nagle's delay: batches are made by hand, one flush each.
    pub(super) fn tcp(stream: TcpStream, remote: IpAddr) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::new(Socket::Tcp(stream), Some(remote)))
    }

    /// TLS over TCP, to an address.
    pub(super) fn tls(stream: impl Into<TlsStream<TcpStream>>, remote: IpAddr) -> io::Result<Self> {
        let stream = stream.into();
        stream.get_ref().0.set_nodelay(true)?;
        let security = Security::of(&stream);
        let tls = Box::new(Tls { stream, security });
        Ok(Self::new(Socket::Tls(tls), Some(remote)))
    }

    /// A Unix socket stream.
    pub(super) fn unix(stream: UnixStream) -> Self {
        Self::new(Socket::Unix(stream), None)
    }

    fn new(socket: Socket, remote: Option<IpAddr>) -> Self {
        Self {
            socket,
            ahead: BytesMut::new(),
            farewell: Farewell::NotBegun,
            // One host has one address, whatever kind of socket it came in by.
            remote: remote.map(|address| address.to_canonical()),
            received: 0,
        }
    }

    /// What TLS tells; `None` without it.
    pub(super) fn security(&self) -> Option<&Security> {
        match &self.socket {
            Socket::Tls(tls) => Some(&tls.security),
            Socket::Tcp(_) | Socket::Unix(_) => None,
        }
    }

    /// The address of the other end; `None` for Unix sockets.
    pub(super) const fn remote_address(&self) -> Option<IpAddr> {
        self.remote
    }

    /// Whether the other end is of this machine, and connected to a loopback address. A Unix socket does not count: browsers, whom
    /// this is about, cannot connect to it, while an administrator's proxy can.
    pub(super) fn is_over_loopback(&self) -> io::Result<bool> {
        let stream = match &self.socket {
            Socket::Tcp(stream) => stream,
            Socket::Tls(tls) => tls.stream.get_ref().0,
            Socket::Unix(_) => return Ok(false),
        };
        Ok(stream.local_addr()?.ip().to_canonical().is_loopback())
    }

    /// How many bytes have come in.
    pub(super) const fn received(&self) -> u64 {
        self.received
    }

    /// Has the system ask the other end's, after `interval` without a byte from there, whether the connection still is, and end it if
    /// there is no answer within two more. A Unix socket needs nothing of that: its two ends have one system.
    ///
    /// Bytes that are on their way have the same effect as being asked, so this is not for them: what is not acknowledged is
    /// sent again until the system gives up, after a quarter of an hour as a rule.
    pub(super) fn keep_alive(&self, interval: Duration) -> io::Result<()> {
        if matches!(self.socket, Socket::Unix(_)) {
            return Ok(());
        }
        let stream = self.socket.descriptor();
        // The system counts in whole seconds.
        let second = Duration::from_secs(1);
        let idle = interval.max(second);
        let between = (2 * interval / KEEPALIVE_PROBES).max(second);
        sockopt::set_tcp_keepidle(stream, idle)?;
        sockopt::set_tcp_keepintvl(stream, between)?;
        sockopt::set_tcp_keepcnt(stream, KEEPALIVE_PROBES)?;
        sockopt::set_socket_keepalive(stream, true)?;
        Ok(())
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

    /// Shuts down our direction, with TLS after its goodbye (`close_notify`), and waits until the other end has shut down its own.
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
                // The same where TLS still has its goodbye to write.
                Err(error) if self.security().is_some() && is_broken(&error) => {
                    self.farewell = Farewell::Done;
                }
                other => {
                    other?;
                    self.farewell = Farewell::Draining(LINGER);
                }
            }
        }
        let mut scratch = [MaybeUninit::uninit(); 4096];
        while let Farewell::Draining(left) = self.farewell {
            let mut buffer = ReadBuf::uninit(&mut scratch);
            let end = match ready!(Pin::new(&mut *self).poll_read(cx, &mut buffer)) {
                Ok(()) => buffer.filled().is_empty(),
                // A reset is an end as well; all that we had to say is said.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => true,
                // So is an end without TLS's goodbye, and whatever is no TLS any more.
                Err(_) if self.security().is_some() => true,
                Err(error) => return Poll::Ready(Err(error)),
            };
            self.farewell = match left.checked_sub(buffer.filled().len()) {
                Some(left) if !end => Farewell::Draining(left),
                _ => Farewell::Done,
            };
        }
        Poll::Ready(Ok(()))
    }

    /// Whether our direction is shut down, and the other end's system has all that was written.
    pub(super) fn is_shut(&self) -> bool {
        self.farewell != Farewell::NotBegun && is_acknowledged(self.socket.descriptor())
    }

    /// As [`ByteStream::poll_finish`], for handshakes that failed. Not waited for is who has everything and is silent for a moment.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        loop {
            let before = self.received;
            match timeout(MOMENT, poll_fn(|cx| self.poll_finish(cx))).await {
                Ok(finished) => return finished,
                Err(_) if self.is_shut() && self.received == before => return Ok(()),
                Err(_) => {}
            }
        }
    }
}

/// How long the other end has to close as well.
const MOMENT: Duration = Duration::from_millis(500);

/// Whether the other end's system has acknowledged all that was written to a socket (`SIOCOUTQ`, tcp(7) and unix(7)).
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "nothing safe tells it, and whoever reads slowly would lose the end of what it is sent"
)]
fn is_acknowledged(socket: BorrowedFd<'_>) -> bool {
    let mut unsent: libc::c_int = 0;
    // SAFETY: the descriptor is open for as long as it is borrowed, and this request writes one int to where it is told.
    let told = unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut unsent) };
    told == 0 && unsent == 0
}

/// Other systems have no common way to tell it.
#[cfg(not(target_os = "linux"))]
const fn is_acknowledged(_: BorrowedFd<'_>) -> bool {
    false
}

/// Whether there is nobody left to write to.
fn is_broken(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset
    )
}

/// How often the other end's system is asked before the connection is given up: one answer or question may get lost.
const KEEPALIVE_PROBES: u32 = 4;

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
        let before = buffer.filled().len();
        let read = match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Socket::Tls(tls) => Pin::new(&mut tls.stream).poll_read(cx, buffer),
            Socket::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        self.received += (buffer.filled().len() - before) as u64;
        read
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
            Socket::Tls(tls) => Pin::new(&mut tls.stream).poll_write(cx, bytes),
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
            Socket::Tls(tls) => Pin::new(&mut tls.stream).poll_write_vectored(cx, slices),
            Socket::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.socket {
            Socket::Tcp(stream) => stream.is_write_vectored(),
            Socket::Tls(tls) => tls.stream.is_write_vectored(),
            Socket::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Socket::Tls(tls) => Pin::new(&mut tls.stream).poll_flush(cx),
            Socket::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Socket::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Socket::Tls(tls) => Pin::new(&mut tls.stream).poll_shutdown(cx),
            Socket::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

/// Whether so many bytes of memory can be had, and some more for all else.
///
/// Buffers end the process if they find none, so this is asked before one grows by much. It costs next to nothing: memory that is not
/// written to is only noted down.
pub(super) fn has_memory(bytes: usize) -> bool {
    let mut probe = Vec::<u8>::new();
    let tried = probe.try_reserve_exact(bytes.saturating_add(SPARE));
    // Seen by nobody, it would not be tried at all.
    black_box(&probe);
    tried.is_ok()
}

/// What is to be left for all else: other connections ask at the same time.
const SPARE: usize = 16 << 20;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::TcpListener;

    use super::*;

    /// That the system then does it is not ours to test: it takes a network that fails.
    #[tokio::test]
    async fn the_system_is_told_to_watch_over_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = TcpStream::connect(address).await.unwrap();
        let stream = ByteStream::tcp(socket, Ipv4Addr::LOCALHOST.into()).unwrap();
        let Socket::Tcp(socket) = &stream.socket else {
            panic!("{stream:?}");
        };
        assert!(!sockopt::socket_keepalive(socket).unwrap());
        let second = Duration::from_secs(1);
        for (interval, idle, between) in [
            (20 * second, 20 * second, 10 * second),
            (second / 10, second, second),
        ] {
            stream.keep_alive(interval).unwrap();
            assert!(sockopt::socket_keepalive(socket).unwrap());
            assert_eq!(sockopt::tcp_keepidle(socket).unwrap(), idle);
            assert_eq!(sockopt::tcp_keepintvl(socket).unwrap(), between);
            assert_eq!(sockopt::tcp_keepcnt(socket).unwrap(), KEEPALIVE_PROBES);
        }
    }
}
