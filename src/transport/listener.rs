//! Listening: one port or Unix socket that serves WebSocket and RawSocket by the first byte, within TLS or without.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream, lookup_host};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::error::Plain;
use super::http::Wanted;
use super::rawsocket::ServerHandshakeError;
use super::stream::ByteStream;
use super::tls::{self, ServerTls};
use super::websocket::{ServerUpgradeError, Service};
use super::{
    Address, DEFAULT_MAX_FRAME, Endpoint, Framing, Origins, Refusal, Transport, http, rawsocket,
    websocket,
};
use crate::proto::Serializer;

/// A socket that accepts connections.
///
/// Clients of both transports are served, whatever the endpoint's scheme, unless [`ListenOptions::framings`] says otherwise: `0x7F`,
/// with which no HTTP request begins, is RawSocket. TLS is spoken if the scheme is one of TLS, and with everybody. A Unix socket's file is removed when the listener is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
    endpoint: Endpoint,
    options: Arc<ListenOptions>,
}

/// How a listener receives its clients.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// The longest frame to take, in bytes. RawSocket can say powers of two from 512 bytes to 16 MiB: the largest that
    /// is not over this one.
    pub max_frame: usize,
    /// By what carries it, where it is to be less.
    pub narrower: NarrowerFrames,
    /// The certificate and what goes with it. An endpoint of TLS needs it, others have no use for it.
    pub tls: Option<ServerTls>,
    /// Which web pages may connect by WebSocket, beside the listener's own.
    pub origins: Origins,
    /// The serializers to agree to; all unless said otherwise.
    pub serializers: Vec<Serializer>,
    /// The transports to serve; both unless said otherwise.
    pub framings: Vec<Framing>,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self {
            max_frame: DEFAULT_MAX_FRAME,
            narrower: NarrowerFrames::default(),
            tls: None,
            origins: Origins::new(),
            serializers: Serializer::ALL.to_vec(),
            framings: vec![Framing::WebSocket, Framing::RawSocket],
        }
    }
}

/// The longest frames to take by transport and serializer, in bytes; the least of what applies to a connection counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NarrowerFrames {
    /// Over WebSocket.
    pub websocket: Option<usize>,
    /// Over RawSocket.
    pub rawsocket: Option<usize>,
    /// In JSON.
    pub json: Option<usize>,
    /// In MessagePack.
    pub msgpack: Option<usize>,
    /// In CBOR.
    pub cbor: Option<usize>,
}

impl ListenOptions {
    /// The longest frame to take over this transport in each serializer.
    pub(super) fn longest(&self, framing: Framing) -> Longest {
        let NarrowerFrames {
            websocket,
            rawsocket,
            json,
            msgpack,
            cbor,
        } = self.narrower;
        let over = match framing {
            Framing::WebSocket => websocket,
            Framing::RawSocket => rawsocket,
        };
        let least = |within: Option<usize>| {
            let bounds = over.into_iter().chain(within);
            bounds.fold(self.max_frame, usize::min)
        };
        Longest {
            json: least(json),
            msgpack: least(msgpack),
            cbor: least(cbor),
        }
    }
}

/// The longest frame to take in each serializer, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Longest {
    json: usize,
    msgpack: usize,
    cbor: usize,
}

impl Longest {
    pub(super) const fn of(self, serializer: Serializer) -> usize {
        match serializer {
            Serializer::Json => self.json,
            Serializer::MsgPack => self.msgpack,
            Serializer::Cbor => self.cbor,
        }
    }
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

impl Listener {
    /// Listens at `endpoint`. The port 0 lets the system choose one, which [`Listener::endpoint`] then says.
    ///
    /// A Unix socket that nobody accepts at is what a router leaves behind that was killed: it is replaced.
    ///
    /// # Errors
    /// [`BindError`], by the reason.
    pub async fn bind(endpoint: &Endpoint, options: ListenOptions) -> Result<Self, BindError> {
        if endpoint.is_tls() && options.tls.is_none() {
            return Err(BindError::NoCertificate {
                endpoint: endpoint.clone(),
            });
        }
        let failed = |error| BindError::new(endpoint, error);
        let (socket, endpoint) = match endpoint.address() {
            Address::Tcp { host, port } => {
                // Looked up on its own, because the resolver's errors have no kind to tell them by.
                let addresses: Vec<_> = lookup_host((host.as_str(), *port))
                    .await
                    .map_err(|source| BindError::BadAddress {
                        endpoint: endpoint.clone(),
                        source,
                    })?
                    .collect();
                let listener = TcpListener::bind(&*addresses).await.map_err(failed)?;
                let port = listener.local_addr().map_err(failed)?.port();
                (Socket::Tcp(listener), endpoint.clone().with_port(port))
            }
            Address::Unix(path) => {
                let listener = bind_unix(path).await.map_err(failed)?;
                let file = SocketFile::new(path).map_err(failed)?;
                (Socket::Unix(listener, file), endpoint.clone())
            }
        };
        Ok(Self {
            socket,
            endpoint,
            options: Arc::new(options),
        })
    }

    /// Where it listens, with the real port.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The next connection. Its handshake is still to be made: by another task, because the client may take its time.
    ///
    /// # Errors
    /// An error of the system, such as too many open files. The listener goes on working; whoever tries again at once
    /// gets the same error again.
    pub async fn accept(&self) -> io::Result<Incoming> {
        loop {
            let accepted =
                match &self.socket {
                    Socket::Tcp(listener) => listener.accept().await.map(|(stream, address)| {
                        (Accepted::Tcp(stream, address), address.to_string())
                    }),
                    Socket::Unix(listener, file) => listener.accept().await.map(|(stream, _)| {
                        (Accepted::Unix(stream), file.path.display().to_string())
                    }),
                };
            match accepted {
                Ok((stream, peer)) => {
                    return Ok(Incoming {
                        stream,
                        peer,
                        path: self.endpoint.path().to_owned(),
                        tls: self.options.tls.clone().filter(|_| self.endpoint.is_tls()),
                        options: Arc::clone(&self.options),
                    });
                }
                // The client has left the queue before its turn: that says nothing about the listener.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A Unix socket's file.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Device and inode: what tells it from another router's file of that name.
    identity: (u64, u64),
}

impl SocketFile {
    fn new(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            identity: identity(path)?,
        })
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.identity) {
            // Should it fail, the file stays behind as after a kill, and the next router replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

async fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(path).await? => {
            fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        other => other,
    }
}

/// Whether the file is a socket at which nobody accepts. What is no socket is nobody's address, and not to be replaced.
async fn is_stale(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        let fault = "a file is there that is not a socket";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, fault));
    }
    // Any other failure, such as a full queue, is a sign of life.
    Ok(matches!(
        UnixStream::connect(path).await,
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused
    ))
}

/// Why a listener cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error("{endpoint}: the address is already in use")]
    InUse {
        /// Where.
        endpoint: Endpoint,
    },
    /// The user may not: a port below 1024, or a directory that is not writable.
    #[error("{endpoint}: no permission to listen there")]
    NoPermission {
        /// Where.
        endpoint: Endpoint,
    },
    /// The host is not known, not an address of this machine, or the directory does not exist.
    #[error("{endpoint}: no such address here: {}", Plain(source))]
    BadAddress {
        /// Where.
        endpoint: Endpoint,
        /// What the system says.
        source: io::Error,
    },
    /// The endpoint is one of TLS, and [`ListenOptions::tls`] is not set.
    #[error("{endpoint}: TLS needs a certificate and its key")]
    NoCertificate {
        /// Where.
        endpoint: Endpoint,
    },
    /// Anything else.
    #[error("{endpoint}: cannot listen: {}", Plain(source))]
    Other {
        /// Where.
        endpoint: Endpoint,
        /// What the system says.
        source: io::Error,
    },
}

impl BindError {
    fn new(endpoint: &Endpoint, source: io::Error) -> Self {
        let endpoint = endpoint.clone();
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::InUse { endpoint },
            io::ErrorKind::PermissionDenied => Self::NoPermission { endpoint },
            io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidInput => Self::BadAddress { endpoint, source },
            _ => Self::Other { endpoint, source },
        }
    }
}

/// A connection whose handshake is still to be made.
#[derive(Debug)]
pub struct Incoming {
    stream: Accepted,
    peer: String,
    path: String,
    /// Set if TLS is to be spoken.
    tls: Option<ServerTls>,
    options: Arc<ListenOptions>,
}

#[derive(Debug)]
enum Accepted {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Incoming {
    /// Who is at the other end, for log lines: an address, or the listener's path.
    #[must_use]
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// The other end's IP address; see [`Transport::remote_address`].
    #[must_use]
    pub fn remote_address(&self) -> Option<IpAddr> {
        match &self.stream {
            Accepted::Tcp(_, address) => Some(address.ip().to_canonical()),
            Accepted::Unix(_) => None,
        }
    }

    /// Makes the handshakes that the client begins: of TLS, if it is spoken, and of the transport. A client that is turned away is
    /// told why.
    ///
    /// The client can take for ever: whoever calls this bounds the time.
    ///
    /// # Errors
    /// [`HandshakeError`], after which the connection is closed.
    pub async fn handshake(self) -> Result<Box<dyn Transport>, HandshakeError> {
        self.shake_hands(None).await
    }

    /// The same, but a client that has begun a request of HTTP and not ended it by then is told so, with status 408. RawSocket has no
    /// word for it, nor has TLS. To be bounded in time a little later.
    ///
    /// # Errors
    /// As [`Incoming::handshake`].
    pub async fn handshake_until(
        self,
        deadline: Instant,
    ) -> Result<Box<dyn Transport>, HandshakeError> {
        self.shake_hands(Some(deadline)).await
    }

    async fn shake_hands(
        self,
        deadline: Option<Instant>,
    ) -> Result<Box<dyn Transport>, HandshakeError> {
        let options = self.options;
        let opening = async {
            let mut stream = self.stream.open(self.tls.as_ref()).await?;
            let first = first_byte(&mut stream).await?;
            Ok((stream, first))
        };
        let (mut stream, first) = until(deadline, pin!(opening)).await?;
        let serves = |framing| options.framings.contains(&framing);
        match first {
            rawsocket::MAGIC if serves(Framing::RawSocket) => {
                let longest = options.longest(Framing::RawSocket);
                let accepting = rawsocket::accept(stream, self.peer, &options.serializers, longest);
                until(deadline, pin!(async { Ok(accepting.await?) })).await
            }
            rawsocket::MAGIC => {
                stream.finish().await?;
                Err(HandshakeError::Unserved(Framing::RawSocket))
            }
            _ if serves(Framing::WebSocket) => {
                let service = Service {
                    path: &self.path,
                    serializers: &options.serializers,
                    origins: &options.origins,
                    longest: options.longest(Framing::WebSocket),
                    deadline,
                };
                Ok(websocket::accept(stream, self.peer, service).await?)
            }
            _ => {
                let sentence =
                    "There is no WebSocket here: this WAMP router is reached by RawSocket.";
                websocket::refuse(stream, StatusCode::NOT_FOUND, sentence, deadline).await?;
                Err(HandshakeError::Unserved(Framing::WebSocket))
            }
        }
    }

    /// Tells the client that the router has too many connections, and closes: HTTP status 503, or RawSocket's error 4.
    ///
    /// # Errors
    /// As [`Incoming::handshake`].
    pub async fn refuse(self) -> Result<(), HandshakeError> {
        let mut stream = self.stream.open(self.tls.as_ref()).await?;
        match first_byte(&mut stream).await? {
            rawsocket::MAGIC => Ok(rawsocket::refuse(stream, Refusal::Full).await?),
            _ => {
                let sentence = "This router has too many connections.";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Ok(websocket::refuse(stream, status, sentence, None).await?)
            }
        }
    }
}

/// Bounds a part of a handshake in time. It is given pinned, as each move would make the whole larger by its size.
async fn until<T>(
    deadline: Option<Instant>,
    part: impl Future<Output = Result<T, HandshakeError>>,
) -> Result<T, HandshakeError> {
    match deadline {
        Some(deadline) => timeout_at(deadline, part)
            .await
            .unwrap_or(Err(HandshakeError::Late)),
        None => part.await,
    }
}

/// The first byte of what the client has to say, which stays to be read.
async fn first_byte(stream: &mut ByteStream) -> Result<u8, HandshakeError> {
    match stream.first_byte().await? {
        None => Err(HandshakeError::Left),
        Some(CLIENT_HELLO) if stream.security().is_none() => {
            // For people with curl; a TLS client sees that this is no TLS, which is as clear.
            let sentence = "This port does not speak TLS: connect to it with ws://.";
            http::answer(stream, StatusCode::BAD_REQUEST, &[], sentence, Wanted::All).await?;
            Err(HandshakeError::SpeaksTls)
        }
        Some(byte) => Ok(byte),
    }
}

/// What every TLS connection begins with: a record of the handshake (RFC 8446, section 5.1). Neither HTTP nor RawSocket does.
const CLIENT_HELLO: u8 = 0x16;

impl Accepted {
    async fn open(self, tls: Option<&ServerTls>) -> Result<ByteStream, HandshakeError> {
        let (stream, address) = match self {
            Self::Unix(stream) => return Ok(ByteStream::unix(stream)),
            Self::Tcp(stream, address) => (stream, address.ip()),
        };
        let Some(tls) = tls else {
            return Ok(ByteStream::tcp(stream, address)?);
        };
        // Looked at, not taken: the handshake wants to read it.
        let mut first = [0];
        let first = match stream.peek(&mut first).await? {
            0 => return Err(HandshakeError::Left),
            _ => first[0],
        };
        if first != CLIENT_HELLO {
            turn_away(ByteStream::tcp(stream, address)?, first).await?;
            return Err(HandshakeError::SpeaksPlainly);
        }
        // On the heap, as it is large, and a connection without TLS should not have to keep room for it.
        match Box::pin(tls.acceptor().accept(stream).into_fallible()).await {
            Ok(stream) => Ok(ByteStream::tls(stream, address)?),
            Err((error, stream)) => {
                // What TLS had to say about it is written; it is to arrive before the end does.
                ByteStream::tcp(stream, address)?.finish().await?;
                Err(error.into())
            }
        }
    }
}

/// Tells a client that TLS is spoken here, if it speaks HTTP, and closes.
async fn turn_away(mut stream: ByteStream, first: u8) -> io::Result<()> {
    if first.is_ascii_uppercase() {
        let sentence = "This port speaks TLS: connect to it with wss://, or https://.";
        http::answer(
            &mut stream,
            StatusCode::BAD_REQUEST,
            &[],
            sentence,
            Wanted::All,
        )
        .await
    } else {
        stream.finish().await
    }
}

/// Why a client was not received.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The stream failed.
    #[error("{}", Plain(.0))]
    Io(io::Error),
    /// The client closed before it had said what it wants, as port scanners and health checks do.
    #[error("the client left without a handshake")]
    Left,
    /// The client took too long, and could not be told.
    #[error("the client took too long")]
    Late,
    /// What the client sent is neither HTTP nor RawSocket.
    #[error("the client speaks neither WebSocket nor RawSocket")]
    Garbage,
    /// The client begins a TLS handshake, and TLS is not spoken here.
    #[error("the client speaks TLS, which this port does not")]
    SpeaksTls,
    /// The client does not begin with TLS, which is spoken here.
    #[error("the client does not speak TLS, which this port does")]
    SpeaksPlainly,
    /// The TLS handshake failed: the client's certificate does not verify, or the client does not like the router's.
    #[error("the TLS handshake failed: {}", tls::plain(.0))]
    Tls(rustls::Error),
    /// The client wants the other transport than the one that the listener serves.
    #[error("the client speaks {}, which is not served here", match .0 {
        Framing::WebSocket => "WebSocket",
        Framing::RawSocket => "RawSocket",
    })]
    Unserved(Framing),
    /// The client asked whether the router is well, and was told that it is.
    #[error("a health check, and nothing more")]
    HealthCheck,
    /// The client was told this status and sentence.
    #[error("refused with HTTP status {status}: {sentence}")]
    Http {
        /// The HTTP status.
        status: u16,
        /// What the client was told.
        sentence: String,
    },
    /// The client was told this error.
    #[error("refused: {0}")]
    RawSocket(Refusal),
}

impl From<io::Error> for HandshakeError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<rustls::Error>() {
            Ok(error) => Self::Tls(error),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::Left,
            Err(error) => Self::Io(error),
        }
    }
}

impl From<ServerHandshakeError> for HandshakeError {
    fn from(error: ServerHandshakeError) -> Self {
        match error {
            ServerHandshakeError::Io(error) => error.into(),
            ServerHandshakeError::Refused(refusal) => Self::RawSocket(refusal),
        }
    }
}

impl From<ServerUpgradeError> for HandshakeError {
    fn from(error: ServerUpgradeError) -> Self {
        let http = |status: StatusCode, sentence| Self::Http {
            status: status.as_u16(),
            sentence,
        };
        match error {
            ServerUpgradeError::Io(error) => error.into(),
            ServerUpgradeError::Left => Self::Left,
            ServerUpgradeError::Garbage => Self::Garbage,
            ServerUpgradeError::HealthCheck => Self::HealthCheck,
            ServerUpgradeError::Refused(status, sentence) => http(status, sentence),
        }
    }
}
