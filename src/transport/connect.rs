//! Connecting: from an endpoint to a transport.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

use super::error::Plain;
use super::rawsocket::ClientHandshakeError;
use super::stream::ByteStream;
use super::tls::{self, CertificateFault, ClientTls, TlsError};
use super::websocket::{ClientUpgradeError, Request, Subprotocol};
use super::{
    Address, DEFAULT_MAX_FRAME, Endpoint, Framing, Refusal, Transport, rawsocket, websocket,
};
use crate::proto::Serializer;

/// How a client connects.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// HTTP headers to send with a WebSocket's opening request, in this order. `Host` replaces the one from the URL;
    /// those that make up the handshake cannot be set. RawSocket has none.
    pub headers: Vec<(String, String)>,
    /// The longest frame to take, in bytes. RawSocket can say powers of two from 512 bytes to 16 MiB: the largest that
    /// is not over this one.
    pub max_frame: usize,
    /// Whether to offer WebSocket's subprotocols that carry many messages in one WebSocket message (`wamp.2.….batched`), each
    /// in front of its plain one. RawSocket has no need of them.
    pub batched: bool,
    /// Whom to trust and how to prove who the client is, where the endpoint is one of TLS.
    pub tls: ClientTls,
    /// The time for all of it: looking up the name, connecting, the handshake.
    pub connect_timeout: Duration,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            max_frame: DEFAULT_MAX_FRAME,
            batched: false,
            tls: ClientTls::default(),
            connect_timeout: Duration::from_secs(5),
        }
    }
}

/// How long the steps of connecting took. With RawSocket and several serializers, those of the last attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectTimings {
    /// Looking up the host's name; `None` for Unix sockets.
    pub lookup: Option<Duration>,
    /// From the first address that was tried to a connected socket.
    pub connect: Duration,
    /// TLS's handshake; `None` without TLS.
    pub tls: Option<Duration>,
    /// The handshake of WebSocket or RawSocket.
    pub handshake: Duration,
}

/// Connects to `endpoint` and agrees on one of `serializers`, the first being preferred.
///
/// A host name's addresses are tried in turn. WebSocket offers all serializers at once; RawSocket can ask for one only,
/// so each that the router does not support costs a connection.
///
/// # Errors
/// [`ConnectError`], by how far it came.
pub async fn connect(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
) -> Result<Box<dyn Transport>, ConnectError> {
    let mut timings = ConnectTimings::default();
    connect_timed(endpoint, serializers, options, &mut timings).await
}

/// The same, and tells how long the steps took: all that were gone through, also where one failed then.
///
/// # Errors
/// As [`connect`].
pub async fn connect_timed(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
    timings: &mut ConnectTimings,
) -> Result<Box<dyn Transport>, ConnectError> {
    let attempt = async {
        let tls = Tls::prepare(endpoint, options).await?;
        let tls = tls.as_ref();
        match endpoint.framing() {
            Framing::WebSocket => {
                connect_websocket(endpoint, serializers, options, tls, timings).await
            }
            Framing::RawSocket => {
                connect_rawsocket(endpoint, serializers, options, tls, timings).await
            }
        }
    };
    // On the heap, so that whoever waits for it does not have to keep room for all of its steps.
    timeout(options.connect_timeout, Box::pin(attempt))
        .await
        .unwrap_or(Err(ConnectError::Timeout(options.connect_timeout)))
}

async fn connect_websocket(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
    tls: Option<&Tls>,
    timings: &mut ConnectTimings,
) -> Result<Box<dyn Transport>, ConnectError> {
    if serializers.is_empty() {
        return Err(ConnectError::NoCommonSerializer);
    }
    let (stream, peer) = open(endpoint, options, tls, timings).await?;
    let subprotocols: Vec<_> = serializers
        .iter()
        .flat_map(|&serializer| {
            [true, false].map(|batched| Subprotocol {
                serializer,
                batched,
            })
        })
        .filter(|subprotocol| options.batched || !subprotocol.batched)
        .collect();
    let request = Request {
        host: endpoint.authority(),
        path: endpoint.path(),
        headers: &options.headers,
        subprotocols: &subprotocols,
        max_frame: options.max_frame,
    };
    let started = Instant::now();
    let transport = websocket::request(stream, peer, request).await;
    timings.handshake = started.elapsed();
    Ok(transport?)
}

async fn connect_rawsocket(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
    tls: Option<&Tls>,
    timings: &mut ConnectTimings,
) -> Result<Box<dyn Transport>, ConnectError> {
    for &serializer in serializers {
        let (stream, peer) = open(endpoint, options, tls, timings).await?;
        let started = Instant::now();
        let offered = rawsocket::offer(stream, peer, serializer, options.max_frame).await;
        timings.handshake = started.elapsed();
        match offered {
            Err(ClientHandshakeError::Refused(Refusal::Serializer)) => {}
            other => return Ok(other?),
        }
    }
    Err(ConnectError::NoCommonSerializer)
}

/// The byte stream to an endpoint, and the name of who is there.
async fn open(
    endpoint: &Endpoint,
    options: &ConnectOptions,
    tls: Option<&Tls>,
    timings: &mut ConnectTimings,
) -> Result<(ByteStream, String), ConnectError> {
    let started = Instant::now();
    let (host, port) = match endpoint.address() {
        Address::Tcp { host, port } => (host, *port),
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)
                .await
                .map_err(ConnectError::Unreachable)?;
            timings.connect = started.elapsed();
            return Ok((ByteStream::unix(stream), path.display().to_string()));
        }
    };
    let addresses: Vec<_> = lookup_host((host.as_str(), port))
        .await
        .map_err(|source| ConnectError::UnknownHost {
            host: host.clone(),
            source,
        })?
        .collect();
    timings.lookup = Some(started.elapsed());
    let started = Instant::now();
    let (stream, address) = open_tcp(&addresses, options.connect_timeout)
        .await
        .map_err(ConnectError::Unreachable)?;
    timings.connect = started.elapsed();
    let stream = match tls {
        None => ByteStream::tcp(stream, address.ip()),
        Some(tls) => {
            let started = Instant::now();
            let stream = tls.connector.connect(tls.name.clone(), stream).await;
            timings.tls = Some(started.elapsed());
            ByteStream::tls(stream.map_err(ConnectError::of_tls)?, address.ip())
        }
    };
    Ok((
        stream.map_err(ConnectError::Unreachable)?,
        address.to_string(),
    ))
}

/// A socket to the first of a host's addresses that answers.
pub(super) async fn open_socket(
    host: &str,
    port: u16,
    patience: Duration,
) -> Result<TcpStream, ConnectError> {
    let addresses = lookup_host((host, port)).await;
    let addresses = addresses.map_err(|source| ConnectError::UnknownHost {
        host: host.to_owned(),
        source,
    })?;
    let opened = open_tcp(&addresses.collect::<Vec<_>>(), patience).await;
    let (socket, _) = opened.map_err(ConnectError::Unreachable)?;
    Ok(socket)
}

/// What a connection by TLS needs.
struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// Reads the files, off the runtime's own threads; `None` if the endpoint is not one of TLS.
    async fn prepare(
        endpoint: &Endpoint,
        options: &ConnectOptions,
    ) -> Result<Option<Self>, ConnectError> {
        let host = match endpoint.address() {
            Address::Tcp { host, .. } if endpoint.is_tls() => host,
            _ => return Ok(None),
        };
        let name = ServerName::try_from(host.clone()).map_err(|_| TlsError::Name(host.clone()))?;
        let files = options.tls.clone();
        let connector = spawn_blocking(move || files.connector())
            .await
            .map_err(|error| TlsError::Other(error.to_string()))??;
        Ok(Some(Self { connector, name }))
    }
}

/// Tries each address, so that one that does not answer leaves the others their share of the time.
async fn open_tcp(
    addresses: &[SocketAddr],
    patience: Duration,
) -> io::Result<(TcpStream, SocketAddr)> {
    let share = patience / u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for &address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, address)),
            Ok(Err(error)) => failure = error,
            Err(_) => failure = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failure)
}

/// Why a client could not connect. The text does not repeat the URL.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers there.
    #[error("{}", Plain(.0))]
    Unreachable(#[source] io::Error),
    /// The host's name cannot be looked up.
    #[error("cannot find the host {host}: {}", Plain(source))]
    UnknownHost {
        /// The name.
        host: String,
        /// What the resolver says.
        source: io::Error,
    },
    /// It took longer than [`ConnectOptions::connect_timeout`].
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The connection broke during the handshake.
    #[error("the connection failed during the handshake: {}", Plain(.0))]
    Handshake(#[source] io::Error),
    /// The server answered with an HTTP status other than 101.
    #[error("the server answered with HTTP status {status}{}{body}", if body.is_empty() { "" } else { ": " })]
    Http {
        /// The status.
        status: u16,
        /// The beginning of the text that came with it. Foreign text: escape it before it reaches a terminal.
        body: String,
    },
    /// The router turned the client away in RawSocket's handshake.
    #[error("the router refused the connection: {0}")]
    Refused(Refusal),
    /// The router speaks none of the serializers.
    #[error("the router speaks none of the serializers that were offered")]
    NoCommonSerializer,
    /// Whatever listens there is no WAMP router of this transport.
    #[error("that is no WAMP router: {0}")]
    NotWamp(&'static str),
    /// A header of [`ConnectOptions::headers`] that cannot be sent.
    #[error("the header {0:?} cannot be sent")]
    Header(String),
    /// TLS cannot be set up as [`ConnectOptions::tls`] has it.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The router's certificate is not to be believed.
    #[error("its certificate {0}")]
    Certificate(CertificateFault),
    /// The router does not accept the client's certificate, or that it shows none.
    #[error("the router does not accept the client's certificate: {0}")]
    ClientCertificate(&'static str),
    /// Whoever listens there does not speak TLS.
    #[error("it does not speak TLS")]
    NotTls,
    /// The TLS handshake failed for another reason, or TLS broke down before the transport's handshake was over.
    #[error("the TLS handshake failed: {}", tls::plain(.0))]
    TlsHandshake(rustls::Error),
}

impl ConnectError {
    /// Why a TLS handshake failed.
    pub(super) fn of_tls(error: io::Error) -> Self {
        match Self::of_io(error) {
            Self::TlsHandshake(rustls::Error::InvalidMessage(_)) => Self::NotTls,
            Self::Handshake(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::NotWamp("it closed the connection during the TLS handshake")
            }
            other => other,
        }
    }

    /// Why the stream failed in a handshake. With TLS 1.3 a router's objection to the client's certificate comes as late as this,
    /// when for the client the handshake of TLS is over.
    fn of_io(error: io::Error) -> Self {
        match error.downcast::<rustls::Error>() {
            Ok(rustls::Error::InvalidCertificate(error)) => Self::Certificate(error.into()),
            Ok(rustls::Error::AlertReceived(alert)) => match tls::alert_about_certificate(alert) {
                Some(what) => Self::ClientCertificate(what),
                None => Self::TlsHandshake(rustls::Error::AlertReceived(alert)),
            },
            Ok(error) => Self::TlsHandshake(error),
            Err(error) => Self::Handshake(error),
        }
    }
}

impl From<ClientHandshakeError> for ConnectError {
    fn from(error: ClientHandshakeError) -> Self {
        match error {
            ClientHandshakeError::Io(error) => Self::of_io(error),
            ClientHandshakeError::Refused(refusal) => Self::Refused(refusal),
            ClientHandshakeError::Garbage(what) => Self::NotWamp(what),
        }
    }
}

impl From<ClientUpgradeError> for ConnectError {
    fn from(error: ClientUpgradeError) -> Self {
        match error {
            ClientUpgradeError::Io(error) => Self::of_io(error),
            ClientUpgradeError::Header(name) => Self::Header(name),
            ClientUpgradeError::Http(status, body) => Self::Http {
                status: status.as_u16(),
                body,
            },
            ClientUpgradeError::Subprotocol => Self::NoCommonSerializer,
            ClientUpgradeError::Garbage(what) => Self::NotWamp(what),
        }
    }
}
