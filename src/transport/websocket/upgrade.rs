//! The opening handshake: HTTP, with the subprotocol that says the serializer.

use std::io;
use std::pin::pin;

use bytes::Buf as _;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::{self, generate_key, generate_request};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::handshake::machine::TryParse;
use tokio_tungstenite::tungstenite::handshake::server::{self, create_response};
use tokio_tungstenite::tungstenite::http::header::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error as WebSocketError, http as http_types};

use super::{Subprotocol, WebSocket};
use crate::proto::Serializer;
use crate::transport::http::{self, HeadError, Wanted};
use crate::transport::listener::Longest;
use crate::transport::stream::ByteStream;
use crate::transport::{Origins, Transport};

/// Why a handshake failed at the router's side.
#[derive(Debug)]
pub(in crate::transport) enum ServerUpgradeError {
    Io(io::Error),
    /// The client closed in the middle of its request.
    Left,
    /// What came in does not begin like HTTP.
    Garbage,
    /// The client asked whether the router is well, and was answered.
    HealthCheck,
    /// The client was turned away, with this status and sentence.
    Refused(StatusCode, String),
}

impl From<io::Error> for ServerUpgradeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What a router serves.
#[derive(Clone, Copy)]
pub(in crate::transport) struct Service<'a> {
    /// The path; a query in it does not count.
    pub(in crate::transport) path: &'a str,
    /// The serializers to agree to.
    pub(in crate::transport) serializers: &'a [Serializer],
    /// Which web pages may connect.
    pub(in crate::transport) origins: &'a Origins,
    /// The longest message to take, by its serializer.
    pub(in crate::transport) longest: Longest,
    /// When the request has to be there.
    pub(in crate::transport) deadline: Option<Instant>,
}

/// The router's side: serves in the first subprotocol on the client's list that is ours.
pub(in crate::transport) async fn accept(
    mut stream: ByteStream,
    peer: String,
    service: Service<'_>,
) -> Result<Box<dyn Transport>, ServerUpgradeError> {
    let agreed = match read_request_until(&mut stream, service.deadline).await? {
        Ok((request, asks_for)) if is_health_check(&request) => {
            http::answer(&mut stream, StatusCode::OK, &[], "ok", asks_for).await?;
            return Err(ServerUpgradeError::HealthCheck);
        }
        Ok((request, wanted)) => {
            // Only pages have an origin, and only for them it matters.
            let is_page = request.headers().contains_key("origin");
            let over_loopback = is_page && stream.is_over_loopback()?;
            let agreed = agree(&request, service, over_loopback);
            agreed.map_err(|objection| objection.answered(wanted))
        }
        Err(objection) => Err(objection),
    };
    match agreed {
        Ok(agreement) => {
            let response = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
                agreement.accept_key,
                agreement.subprotocol.name(),
            );
            stream.write_all(response.as_bytes()).await?;
            stream.flush().await?;
            let subprotocol = agreement.subprotocol;
            let max_frame = service.longest.of(subprotocol.serializer);
            let socket = WebSocket::new(stream, Role::Server, peer, subprotocol, max_frame).await;
            Ok(Box::new(socket))
        }
        Err(objection) => Err(object(&mut stream, objection).await?),
    }
}

/// Reads a request and turns the client away whatever it asks for.
pub(in crate::transport) async fn refuse(
    mut stream: ByteStream,
    status: StatusCode,
    sentence: &str,
    deadline: Option<Instant>,
) -> Result<(), ServerUpgradeError> {
    let objection = match read_request_until(&mut stream, deadline).await? {
        Ok((_, wanted)) => Objection::new(status, sentence).answered(wanted),
        Err(objection) => objection,
    };
    object(&mut stream, objection).await?;
    Ok(())
}

/// What the two sides have agreed on.
struct Agreement {
    accept_key: String,
    subprotocol: Subprotocol,
}

/// Why a request is not served.
struct Objection {
    status: StatusCode,
    header: Option<(&'static str, &'static str)>,
    sentence: String,
    wanted: Wanted,
}

impl Objection {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self {
            status,
            header: None,
            sentence: sentence.into(),
            wanted: Wanted::All,
        }
    }

    /// The same with what of the answer is wanted.
    fn answered(self, wanted: Wanted) -> Self {
        Self { wanted, ..self }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }
}

async fn object(
    stream: &mut ByteStream,
    objection: Objection,
) -> Result<ServerUpgradeError, io::Error> {
    let headers = objection.header.as_slice();
    http::answer(
        stream,
        objection.status,
        headers,
        &objection.sentence,
        objection.wanted,
    )
    .await?;
    Ok(ServerUpgradeError::Refused(
        objection.status,
        objection.sentence,
    ))
}

/// A request, and what of the answer is wanted.
type Asked = (server::Request, Wanted);

/// Reads a request, for which there is time until `deadline`.
async fn read_request_until(
    stream: &mut ByteStream,
    deadline: Option<Instant>,
) -> Result<Result<Asked, Objection>, ServerUpgradeError> {
    let Some(deadline) = deadline else {
        return read_request(stream).await;
    };
    let late = |_| {
        Ok(Err(Objection::new(
            StatusCode::REQUEST_TIMEOUT,
            "The request did not come in time.",
        )))
    };
    let read = timeout_at(deadline, pin!(read_request(stream))).await;
    read.unwrap_or_else(late)
}

async fn read_request(
    stream: &mut ByteStream,
) -> Result<Result<Asked, Objection>, ServerUpgradeError> {
    match stream.first_byte().await? {
        None => return Err(ServerUpgradeError::Left),
        Some(byte) if !byte.is_ascii_uppercase() => return Err(ServerUpgradeError::Garbage),
        Some(_) => {}
    }
    let mut head = match http::read_head(stream).await {
        Ok(head) => head,
        Err(HeadError::Io(error)) => return Err(ServerUpgradeError::Io(error)),
        Err(HeadError::Ended) => return Err(ServerUpgradeError::Left),
        Err(HeadError::TooLong(wanted)) => {
            let objection = Objection::new(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The head of the request is too long.",
            );
            return Ok(Err(objection.answered(wanted)));
        }
    };
    let wanted = Wanted::by(&head);
    // Tungstenite knows GET and HTTP/1.1 alone, as it takes to upgrade. Others may ask as well, load balancers above all, whose Upgrade, if
    // there is one, is then to be ignored (RFC 9110, section 7.8).
    let mut may_upgrade = true;
    let line = memchr::memchr(b'\r', &head).unwrap_or_default();
    if head[..line].ends_with(b" HTTP/1.0") {
        head[line - 1] = b'1';
        may_upgrade = false;
    }
    if wanted == Wanted::Head {
        head.advance(1);
        head[..4].copy_from_slice(b"GET ");
        may_upgrade = false;
    }
    let parsed = match server::Request::try_parse(&head) {
        Ok(Some((_, mut request))) => {
            if !may_upgrade {
                request.headers_mut().remove("upgrade");
            }
            Ok((request, wanted))
        }
        Ok(None) => Err(Objection::new(
            StatusCode::BAD_REQUEST,
            "The head of the request is incomplete.",
        )),
        Err(WebSocketError::Protocol(ProtocolError::WrongHttpMethod)) => Err(Objection::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "This is a WAMP router: connect to it with a WAMP client. Only GET and HEAD are allowed.",
        )
        .with("Allow", "GET, HEAD")),
        Err(error) => Err(Objection::new(
            StatusCode::BAD_REQUEST,
            format!("The head of the request is malformed: {error}."),
        )),
    };
    Ok(parsed.map_err(|objection| objection.answered(wanted)))
}

/// Whether a client asks for no more than a sign of life.
fn is_health_check(request: &server::Request) -> bool {
    request.uri().path() == "/healthz" && !asks_for_websocket(request)
}

fn asks_for_websocket(request: &server::Request) -> bool {
    http::list(request.headers(), "upgrade").any(|item| item.eq_ignore_ascii_case("websocket"))
}

/// What follows from a request; `over_loopback` says that a page came in at a loopback address.
fn agree(
    request: &server::Request,
    service: Service<'_>,
    over_loopback: bool,
) -> Result<Agreement, Objection> {
    let headers = request.headers();
    let path = service.path;
    if !asks_for_websocket(request) {
        return Err(Objection::new(
            StatusCode::UPGRADE_REQUIRED,
            format!("This is a WAMP router: connect to it with a WAMP client, by WebSocket, at the path {path}."),
        )
        .with("Upgrade", "websocket"));
    }
    let path = without_query(path);
    if without_slash(request.uri().path()) != without_slash(path) {
        return Err(Objection::new(
            StatusCode::NOT_FOUND,
            format!("There is nothing here: this WAMP router is at the path {path}."),
        ));
    }
    check_origin(headers, service, over_loopback)?;
    let response = create_response(request).map_err(|error| match error {
        WebSocketError::Protocol(error @ ProtocolError::MissingSecWebSocketVersionHeader) => {
            Objection::new(StatusCode::UPGRADE_REQUIRED, format!("{error}."))
                .with("Sec-WebSocket-Version", "13")
        }
        error => Objection::new(StatusCode::BAD_REQUEST, format!("{error}.")),
    })?;
    let subprotocol = http::list(headers, "sec-websocket-protocol")
        .filter_map(Subprotocol::named)
        .find(|offered| service.serializers.contains(&offered.serializer))
        .ok_or_else(|| {
            let ours: Vec<_> = service
                .serializers
                .iter()
                .map(|serializer| serializer.subprotocol())
                .collect();
            let ours = ours.join(", ");
            Objection::new(
                StatusCode::BAD_REQUEST,
                format!(
                    "No common subprotocol: this WAMP router speaks {ours}, and each of them with .batched."
                ),
            )
        })?;
    Ok(Agreement {
        accept_key: header(response.headers(), "sec-websocket-accept").to_owned(),
        subprotocol,
    })
}

/// Turns away browsers that a page sends which has no business here.
fn check_origin(
    headers: &HeaderMap,
    service: Service<'_>,
    over_loopback: bool,
) -> Result<(), Objection> {
    let mut origins = headers.get_all("origin").into_iter();
    let Some(origin) = origins.next() else {
        return Ok(());
    };
    let text = origin.to_str().unwrap_or_default();
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    // No browser says it twice.
    if origins.next().is_none() && service.origins.allow(text, host, over_loopback) {
        return Ok(());
    }
    Err(Objection::new(
        StatusCode::FORBIDDEN,
        format!(
            "Web pages of the origin {text} may not connect here: add it to the allowed origins of this listener."
        ),
    ))
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Why a handshake failed at the client's side.
#[derive(Debug)]
pub(in crate::transport) enum ClientUpgradeError {
    Io(io::Error),
    /// A header that the caller wants sent cannot be.
    Header(String),
    /// The server answered with another status than 101, and this text.
    Http(StatusCode, String),
    /// The server agreed, but to no subprotocol that was offered.
    Subprotocol,
    /// What came back is no answer to the request.
    Garbage(&'static str),
}

impl From<io::Error> for ClientUpgradeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What a client asks for.
pub(in crate::transport) struct Request<'a> {
    /// The `Host` header.
    pub(in crate::transport) host: String,
    /// Path and query.
    pub(in crate::transport) path: &'a str,
    /// Headers beside those that WebSocket needs.
    pub(in crate::transport) headers: &'a [(String, String)],
    /// Subprotocols to offer, the best first.
    pub(in crate::transport) subprotocols: &'a [Subprotocol],
    /// The longest message to take, in bytes.
    pub(in crate::transport) max_frame: usize,
}

/// The client's side.
pub(in crate::transport) async fn request(
    mut stream: ByteStream,
    peer: String,
    request: Request<'_>,
) -> Result<Box<dyn Transport>, ClientUpgradeError> {
    let (bytes, key) = compose(&request)?;
    stream.write_all(&bytes).await?;
    stream.flush().await?;

    match stream.first_byte().await? {
        None => return Err(ClientUpgradeError::Garbage(NO_ANSWER)),
        Some(b'H') => {}
        Some(_) => return Err(ClientUpgradeError::Garbage(NOT_HTTP)),
    }
    let head = http::read_head(&mut stream)
        .await
        .map_err(|error| match error {
            HeadError::Io(error) => ClientUpgradeError::Io(error),
            HeadError::Ended => ClientUpgradeError::Garbage(NO_ANSWER),
            HeadError::TooLong(_) => {
                ClientUpgradeError::Garbage("the head of its answer is too long")
            }
        })?;
    let Ok(Some((_, response))) = client::Response::try_parse(&head) else {
        return Err(ClientUpgradeError::Garbage(NOT_HTTP));
    };
    let headers = response.headers();
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let text = http::read_body(&mut stream, headers).await;
        return Err(ClientUpgradeError::Http(response.status(), text));
    }
    if header(headers, "sec-websocket-accept") != derive_accept_key(key.as_bytes()) {
        return Err(ClientUpgradeError::Garbage(
            "its Sec-WebSocket-Accept is wrong",
        ));
    }
    if headers.contains_key("sec-websocket-extensions") {
        return Err(ClientUpgradeError::Garbage(
            "it uses an extension that was not offered",
        ));
    }
    let subprotocol = Subprotocol::named(header(headers, "sec-websocket-protocol"))
        .filter(|chosen| request.subprotocols.contains(chosen))
        .ok_or(ClientUpgradeError::Subprotocol)?;
    let max_frame = request.max_frame;
    let socket = WebSocket::new(stream, Role::Client, peer, subprotocol, max_frame).await;
    Ok(Box::new(socket))
}

const NO_ANSWER: &str = "it closed the connection without an answer";
const NOT_HTTP: &str = "its answer is not HTTP";

/// The request's bytes, and the key that the answer has to prove it has read.
fn compose(request: &Request<'_>) -> Result<(Vec<u8>, String), ClientUpgradeError> {
    let subprotocols: Vec<_> = request
        .subprotocols
        .iter()
        .map(|subprotocol| subprotocol.name())
        .collect();
    let mut composed = http_types::Request::builder()
        .uri(request.path)
        .header("Host", &request.host)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", generate_key())
        .header("Sec-WebSocket-Protocol", subprotocols.join(", "))
        .body(())
        // A URL whose parts parsed is one whose parts can be sent.
        .map_err(|error| ClientUpgradeError::Io(io::Error::other(error)))?;
    for (name, value) in request.headers {
        let bad = || ClientUpgradeError::Header(name.clone());
        let name: HeaderName = name.parse().map_err(|_| bad())?;
        let value: HeaderValue = value.parse().map_err(|_| bad())?;
        match name.as_str() {
            "connection" | "upgrade" | "content-length" | "transfer-encoding" => return Err(bad()),
            reserved if reserved.starts_with("sec-websocket-") => return Err(bad()),
            "host" => {
                composed.headers_mut().insert(name, value);
            }
            _ => {
                composed.headers_mut().append(name, value);
            }
        }
    }
    generate_request(composed).map_err(|error| ClientUpgradeError::Io(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Framing, ListenOptions};

    /// What a router at `/ws` makes of a request with these header lines.
    fn judged(first_line: &str, headers: &str) -> Result<Serializer, (u16, String)> {
        let head = format!("{first_line}\r\nHost: localhost\r\n{headers}\r\n");
        let (_, request) = server::Request::try_parse(head.as_bytes())
            .unwrap()
            .unwrap();
        let service = Service {
            path: "/ws",
            serializers: &Serializer::ALL,
            origins: &Origins::new(),
            longest: ListenOptions::default().longest(Framing::WebSocket),
            deadline: None,
        };
        agree(&request, service, true)
            .map(|agreement| agreement.subprotocol.serializer)
            .map_err(|objection| (objection.status.as_u16(), objection.sentence))
    }

    const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    #[test]
    fn the_first_on_the_clients_list_that_is_ours() {
        for (offered, chosen) in [
            ("wamp.2.json", Some(Serializer::Json)),
            ("wamp.2.cbor, wamp.2.json", Some(Serializer::Cbor)),
            ("wamp.2.msgpack,wamp.2.cbor", Some(Serializer::MsgPack)),
            ("wamp.2.flatbuffers , wamp.2.cbor", Some(Serializer::Cbor)),
            (
                "wamp.2.cbor.batched, wamp.2.msgpack",
                Some(Serializer::Cbor),
            ),
            (
                "wamp.2.json.batch, wamp.2.msgpack",
                Some(Serializer::MsgPack),
            ),
            ("wamp.2.ubjson", None),
            ("WAMP.2.JSON", None),
            ("", None),
        ] {
            let headers = format!("{UPGRADE}Sec-WebSocket-Protocol: {offered}\r\n");
            let chosen = chosen.ok_or_else(|| {
                (
                    400,
                    "No common subprotocol: this WAMP router speaks wamp.2.json, wamp.2.msgpack, wamp.2.cbor, and each of them with .batched."
                        .to_owned(),
                )
            });
            assert_eq!(judged("GET /ws HTTP/1.1", &headers), chosen, "{offered}");
        }
        let repeated = format!(
            "{UPGRADE}Sec-WebSocket-Protocol: soap\r\nSec-WebSocket-Protocol: wamp.2.cbor\r\n"
        );
        assert_eq!(judged("GET /ws HTTP/1.1", &repeated), Ok(Serializer::Cbor));
    }

    #[test]
    fn the_path_without_its_query_and_last_slash() {
        let headers = format!("{UPGRADE}Sec-WebSocket-Protocol: wamp.2.json\r\n");
        for (path, status) in [
            ("/ws", None),
            ("/ws/", None),
            ("/ws?token=1", None),
            ("http://localhost/ws", None),
            ("/", Some(404)),
            ("/wsx", Some(404)),
            ("/WS", Some(404)),
        ] {
            let judged = judged(&format!("GET {path} HTTP/1.1"), &headers);
            assert_eq!(judged.err().map(|(status, _)| status), status, "{path}");
        }
    }

    #[test]
    fn headers_that_would_break_the_handshake_are_refused() {
        let compose_with = |name: &str, value: &str| {
            compose(&Request {
                host: "localhost".to_owned(),
                path: "/ws?x",
                headers: &[(name.to_owned(), value.to_owned())],
                subprotocols: &[
                    Subprotocol {
                        serializer: Serializer::Cbor,
                        batched: true,
                    },
                    Subprotocol {
                        serializer: Serializer::Json,
                        batched: false,
                    },
                ],
                max_frame: 0,
            })
        };
        let (bytes, _) = compose_with("X-Token", "a b").unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.starts_with("GET /ws?x HTTP/1.1\r\nHost: localhost\r\n"),
            "{text}"
        );
        assert!(
            text.contains("\r\nSec-WebSocket-Protocol: wamp.2.cbor.batched, wamp.2.json\r\n"),
            "{text}"
        );
        assert!(text.contains("\r\nx-token: a b\r\n"), "{text}");
        let (bytes, _) = compose_with("Host", "example.org").unwrap();
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .contains("\r\nHost: example.org\r\n")
        );

        for (name, value) in [
            ("Upgrade", "h2c"),
            ("Sec-WebSocket-Protocol", "soap"),
            ("X-Token", "a\r\nX-More: b"),
            ("X Token", "a"),
            ("", "a"),
        ] {
            let refused = compose_with(name, value);
            assert!(
                matches!(&refused, Err(ClientUpgradeError::Header(header)) if header == name),
                "{name}: {refused:?}"
            );
        }
    }
}
