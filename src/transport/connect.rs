//! Connecting: from an endpoint to a transport.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::timeout;

use super::error::Plain;
use super::rawsocket::ClientHandshakeError;
use super::stream::ByteStream;
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
    /// The time for all of it: looking up the name, connecting, the handshake.
    pub connect_timeout: Duration,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            max_frame: DEFAULT_MAX_FRAME,
            batched: false,
            connect_timeout: Duration::from_secs(5),
        }
    }
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
    if endpoint.is_tls() {
        return Err(ConnectError::Tls);
    }
    let attempt = async {
        match endpoint.framing() {
            Framing::WebSocket => connect_websocket(endpoint, serializers, options).await,
            Framing::RawSocket => connect_rawsocket(endpoint, serializers, options).await,
        }
    };
    timeout(options.connect_timeout, attempt)
        .await
        .unwrap_or(Err(ConnectError::Timeout(options.connect_timeout)))
}

async fn connect_websocket(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
) -> Result<Box<dyn Transport>, ConnectError> {
    if serializers.is_empty() {
        return Err(ConnectError::NoCommonSerializer);
    }
    let (stream, peer) = open(endpoint, options).await?;
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
    Ok(websocket::request(stream, peer, request).await?)
}

async fn connect_rawsocket(
    endpoint: &Endpoint,
    serializers: &[Serializer],
    options: &ConnectOptions,
) -> Result<Box<dyn Transport>, ConnectError> {
    for &serializer in serializers {
        let (stream, peer) = open(endpoint, options).await?;
        match rawsocket::offer(stream, peer, serializer, options.max_frame).await {
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
) -> Result<(ByteStream, String), ConnectError> {
    match endpoint.address() {
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)
                .await
                .map_err(ConnectError::Unreachable)?;
            Ok((ByteStream::unix(stream), path.display().to_string()))
        }
        Address::Tcp { host, port } => {
            let unknown = |source| ConnectError::UnknownHost {
                host: host.clone(),
                source,
            };
            let addresses: Vec<_> = lookup_host((host.as_str(), *port))
                .await
                .map_err(unknown)?
                .collect();
            let (stream, address) = open_tcp(&addresses, options.connect_timeout)
                .await
                .map_err(ConnectError::Unreachable)?;
            let stream = ByteStream::tcp(stream).map_err(ConnectError::Unreachable)?;
            Ok((stream, address.to_string()))
        }
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
    /// The endpoint is one of TLS.
    #[error("TLS is not available yet")]
    Tls,
}

impl From<ClientHandshakeError> for ConnectError {
    fn from(error: ClientHandshakeError) -> Self {
        match error {
            ClientHandshakeError::Io(error) => Self::Handshake(error),
            ClientHandshakeError::Refused(refusal) => Self::Refused(refusal),
            ClientHandshakeError::Garbage(what) => Self::NotWamp(what),
        }
    }
}

impl From<ClientUpgradeError> for ConnectError {
    fn from(error: ClientUpgradeError) -> Self {
        match error {
            ClientUpgradeError::Io(error) => Self::Handshake(error),
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
