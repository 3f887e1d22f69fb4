//! A listener in the background, connected pairs, and raw sockets that speak byte by byte.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wampkit::proto::Serializer;
use wampkit::transport::{
    Address, ConnectError, ConnectOptions, Endpoint, HandshakeError, ListenOptions, Listener,
    Transport, connect,
};

/// A test that hangs fails after this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a future that has to come to an end.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it hangs")
}

pub(crate) fn endpoint(url: &str) -> Endpoint {
    url.parse().unwrap()
}

/// A listener that takes frames of `max_frame` bytes, at `url`.
pub(crate) async fn listen(url: &str, max_frame: usize) -> Listener {
    let options = ListenOptions {
        max_frame,
        ..ListenOptions::default()
    };
    listen_with(url, options).await
}

pub(crate) async fn listen_with(url: &str, options: ListenOptions) -> Listener {
    Listener::bind(&endpoint(url), options).await.unwrap()
}

/// A listener for WebSocket at `/ws` and RawSocket, with the usual limits.
pub(crate) async fn listen_tcp() -> Listener {
    listen("ws://127.0.0.1:0/ws", ListenOptions::default().max_frame).await
}

/// The TCP address of a listener.
pub(crate) fn address(listener: &Listener) -> (String, u16) {
    match listener.endpoint().address() {
        Address::Tcp { host, port } => (host.clone(), *port),
        Address::Unix(path) => panic!("{} is no TCP port", path.display()),
    }
}

/// The URL of a TCP listener, in another scheme.
pub(crate) fn url(listener: &Listener, scheme: &str) -> Endpoint {
    let (host, port) = address(listener);
    let path = if scheme.starts_with("ws") { "/ws" } else { "" };
    endpoint(&format!("{scheme}://{host}:{port}{path}"))
}

/// One handshake, at the listener's side.
pub(crate) async fn serve(listener: &Listener) -> Result<Box<dyn Transport>, HandshakeError> {
    listener.accept().await.unwrap().handshake().await
}

/// Both ends of a connection.
pub(crate) struct Pair {
    pub(crate) client: Box<dyn Transport>,
    pub(crate) router: Box<dyn Transport>,
}

/// Connects to a listener.
pub(crate) async fn pair(listener: &Listener, to: &Endpoint, serializer: Serializer) -> Pair {
    pair_with(listener, to, serializer, &ConnectOptions::default()).await
}

pub(crate) async fn pair_with(
    listener: &Listener,
    to: &Endpoint,
    serializer: Serializer,
    options: &ConnectOptions,
) -> Pair {
    let serializers = [serializer];
    let (client, router) = tokio::join!(
        soon(connect(to, &serializers, options)),
        soon(serve(listener))
    );
    Pair {
        client: client.unwrap(),
        router: router.unwrap(),
    }
}

/// A client that is a bare socket.
pub(crate) async fn raw_client(listener: &Listener) -> TcpStream {
    TcpStream::connect(address(listener)).await.unwrap()
}

/// A bare client that sends `request`, and what the listener makes of it: all that the client reads until the listener
/// closes, and the error.
pub(crate) async fn refused(listener: &Listener, request: &[u8]) -> (Vec<u8>, HandshakeError) {
    let client = async {
        let mut client = raw_client(listener).await;
        client.write_all(request).await.unwrap();
        client.shutdown().await.unwrap();
        read_to_end(&mut client).await
    };
    let (answer, served) = soon(async { tokio::join!(client, serve(listener)) }).await;
    (answer, served.err().expect("the handshake ought to fail"))
}

/// A bare client that sends `request` and reads a reply of `length` bytes, and the router's end of the connection.
pub(crate) async fn accepted(
    listener: &Listener,
    request: &[u8],
    length: usize,
) -> (TcpStream, Vec<u8>, Box<dyn Transport>) {
    let client = async {
        let mut client = raw_client(listener).await;
        client.write_all(request).await.unwrap();
        let mut reply = vec![0; length];
        client.read_exact(&mut reply).await.unwrap();
        (client, reply)
    };
    let ((client, reply), served) = soon(async { tokio::join!(client, serve(listener)) }).await;
    (client, reply, served.unwrap())
}

/// What a client of ours says to a bare server that reads `request` bytes, or a whole HTTP head for 0, answers with
/// `reply`, and closes. Also what it read.
pub(crate) async fn answered(
    scheme: &str,
    request: usize,
    reply: &[u8],
) -> (Vec<u8>, Result<Box<dyn Transport>, ConnectError>) {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = endpoint(&format!("{scheme}://{}", server.local_addr().unwrap()));
    let serving = async {
        let (mut stream, _) = server.accept().await.unwrap();
        let mut read = vec![0; request];
        stream.read_exact(&mut read).await.unwrap();
        while request == 0 && !read.ends_with(b"\r\n\r\n") {
            read.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(reply).await.unwrap();
        read
    };
    let options = ConnectOptions::default();
    let connecting = connect(&to, &[Serializer::Json], &options);
    soon(async { tokio::join!(serving, connecting) }).await
}

/// Everything up to the end of the stream.
pub(crate) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    soon(stream.read_to_end(&mut bytes)).await.unwrap();
    bytes
}

/// A frame of `length` bytes in which a byte in the wrong place shows; ASCII, so that it may pass for text.
pub(crate) fn frame(length: usize) -> Bytes {
    (0..length)
        .map(|index| b'a' + u8::try_from((index + index / 26 + length) % 26).unwrap())
        .collect()
}
