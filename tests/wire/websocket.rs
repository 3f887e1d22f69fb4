//! WebSocket on a bare socket: the opening handshake as text, frames as bytes.

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wampkit::proto::Serializer;
use wampkit::transport::{
    CloseCode, ConnectError, ConnectOptions, Farewell, HandshakeError, Listener, Transport,
    TransportError, connect,
};

use crate::support::{
    accepted, answered, frame, listen, listen_tcp, raw_client, read_to_end, refused, serve, soon,
    url,
};

pub(crate) const UPGRADE: &str = "Host: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

pub(crate) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\n{headers}\r\n").into_bytes()
}

/// A request for a serializer's subprotocol.
fn upgrade(serializer: Serializer) -> Vec<u8> {
    let subprotocol = serializer.subprotocol();
    get(
        "/ws",
        &format!("{UPGRADE}Sec-WebSocket-Protocol: {subprotocol}\r\n"),
    )
}

/// The answer of a router that agrees.
pub(crate) fn agreement(serializer: Serializer) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        serializer.subprotocol()
    )
}

/// A bare client after its handshake, and the router's end.
async fn open(listener: &Listener, serializer: Serializer) -> (TcpStream, Box<dyn Transport>) {
    let length = agreement(serializer).len();
    let (client, _, router) = accepted(listener, &upgrade(serializer), length).await;
    (client, router)
}

/// A short frame as a client sends it: masked, here with zeros.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn the_first_serializer_on_the_clients_list_is_chosen() {
    let listener = listen_tcp().await;
    for (offered, chosen) in [
        ("Sec-WebSocket-Protocol: wamp.2.json", Serializer::Json),
        (
            "Sec-WebSocket-Protocol: wamp.2.cbor, wamp.2.json",
            Serializer::Cbor,
        ),
        (
            "Sec-WebSocket-Protocol: wamp.1, wamp.2.msgpack",
            Serializer::MsgPack,
        ),
        (
            "Sec-WebSocket-Protocol: soap\r\nsec-websocket-protocol: wamp.2.msgpack,wamp.2.cbor",
            Serializer::MsgPack,
        ),
    ] {
        let request = get("/ws", &format!("{UPGRADE}{offered}\r\n"));
        let expected = agreement(chosen);
        let (_, answer, router) = accepted(&listener, &request, expected.len()).await;
        assert_eq!(String::from_utf8(answer).unwrap(), expected);
        assert_eq!(router.serializer(), chosen);
    }
}

#[tokio::test]
async fn our_client_offers_in_order_and_takes_what_is_chosen() {
    let listener = listen_tcp().await;
    for serializers in [
        &[Serializer::Cbor, Serializer::Json][..],
        &[Serializer::Json],
        &[Serializer::MsgPack, Serializer::Cbor, Serializer::Json],
    ] {
        let to = url(&listener, "ws");
        let options = ConnectOptions::default();
        let connecting = connect(&to, serializers, &options);
        let (client, router) = soon(async { tokio::join!(connecting, serve(&listener)) }).await;
        assert_eq!(client.unwrap().serializer(), serializers[0]);
        assert_eq!(router.unwrap().serializer(), serializers[0]);
    }
}

#[tokio::test]
async fn a_request_that_is_not_served_is_answered_with_a_sentence() {
    let listener = listen_tcp().await;
    let text = |status: &str, header: &str, sentence: &str| {
        format!(
            "HTTP/1.1 {status}\r\n{header}Content-Type: text/plain; charset=utf-8\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{sentence}\n",
            sentence.len() + 1
        )
    };
    let json = "Sec-WebSocket-Protocol: wamp.2.json\r\n";
    let ours = "No common subprotocol: this WAMP router speaks wamp.2.json, wamp.2.msgpack, wamp.2.cbor, and each of them with .batched.";
    for (request, answer) in [
        (
            get("/other", &format!("{UPGRADE}{json}")),
            text(
                "404 Not Found",
                "",
                "There is nothing here: this WAMP router is at the path /ws.",
            ),
        ),
        (
            get("/", "Host: localhost\r\nConnection: keep-alive\r\n"),
            text(
                "426 Upgrade Required",
                "Upgrade: websocket\r\n",
                "This is a WAMP router: connect to it with a WAMP client, by WebSocket, at the path /ws.",
            ),
        ),
        (get("/ws", UPGRADE), text("400 Bad Request", "", ours)),
        (
            get(
                "/ws",
                &format!("{UPGRADE}Sec-WebSocket-Protocol: soap, wamp.2.ubjson\r\n"),
            ),
            text("400 Bad Request", "", ours),
        ),
        (
            get("/ws", &format!("{}{json}", UPGRADE.replace("13", "8"))),
            text(
                "426 Upgrade Required",
                "Sec-WebSocket-Version: 13\r\n",
                "No \"Sec-WebSocket-Version: 13\" header.",
            ),
        ),
        (
            get("/ws", &format!("{}{json}", UPGRADE.replace("dGhl", ""))),
            text(
                "400 Bad Request",
                "",
                "WebSocket protocol error: Invalid \"Sec-WebSocket-Key\" header value.",
            ),
        ),
        (
            b"POST /ws HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
            text(
                "405 Method Not Allowed",
                "Allow: GET, HEAD\r\n",
                "This is a WAMP router: connect to it with a WAMP client. Only GET and HEAD are allowed.",
            ),
        ),
        // As old load balancers ask: HTTP/1.0 has no upgrade, whatever it asks for.
        (
            format!("GET /ws HTTP/1.0\r\n{UPGRADE}{json}\r\n").into_bytes(),
            text(
                "426 Upgrade Required",
                "Upgrade: websocket\r\n",
                "This is a WAMP router: connect to it with a WAMP client, by WebSocket, at the path /ws.",
            ),
        ),
        (
            get("/", &"X-Padding: 0123456789abcdef\r\n".repeat(1000)),
            text(
                "431 Request Header Fields Too Large",
                "",
                "The head of the request is too long.",
            ),
        ),
        (
            get("/", &"X: \r\n".repeat(200)),
            text(
                "400 Bad Request",
                "",
                "The head of the request is malformed: Space limit exceeded: Too many headers.",
            ),
        ),
        (
            b"HELLO\r\n\r\n".to_vec(),
            text(
                "400 Bad Request",
                "",
                "The head of the request is malformed: WebSocket protocol error: httparse error: invalid token.",
            ),
        ),
    ] {
        let (given, error) = refused(&listener, &request).await;
        assert_eq!(String::from_utf8(given).unwrap(), answer);
        let status: u16 = answer[9..12].parse().unwrap();
        assert!(
            matches!(&error, HandshakeError::Http { status: given, .. } if *given == status),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_request_is_not_answered() {
    let listener = listen_tcp().await;
    for (request, left) in [
        (&b""[..], true),
        (b"GET /ws HTTP/1.1\r\nHost: local", true),
        // The beginning of a bare WebSocket frame.
        (b"\x81\x02[]", false),
    ] {
        let (answer, error) = refused(&listener, request).await;
        assert_eq!(answer, b"", "{request:?}");
        match error {
            HandshakeError::Left => assert!(left, "{request:?}"),
            HandshakeError::Garbage => assert!(!left, "{request:?}"),
            other => panic!("{request:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let listener = listen_tcp().await;
    let client = async {
        let mut client = raw_client(&listener).await;
        client.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
        let mut answer = [0; 12];
        let (mut read, mut write) = client.split();
        let writing = async {
            // The router goes on reading for a while, so that its answer arrives, but not for ever.
            while write.write_all(&[b'a'; 1 << 16]).await.is_ok() {}
        };
        let reading = async { read.read_exact(&mut answer).await.map(|_| ()) };
        let ((), read) = tokio::join!(writing, reading);
        read.unwrap();
        answer
    };
    let (answer, served) = soon(async { tokio::join!(client, serve(&listener)) }).await;
    assert_eq!(&answer, b"HTTP/1.1 431");
    assert!(matches!(
        served.err().unwrap(),
        HandshakeError::Http { status: 431, .. }
    ));
}

#[tokio::test]
async fn frames_that_come_with_the_request_and_in_pieces() {
    let listener = listen_tcp().await;
    let request = [upgrade(Serializer::Json), masked(0x81, b"[1]")].concat();
    let length = agreement(Serializer::Json).len();
    let (mut client, _, mut router) = accepted(&listener, &request, length).await;
    assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "[1]");
    // One message in three frames, a PING between them.
    let pieces = [
        masked(0x01, b"[2"),
        masked(0x89, b"?"),
        masked(0x00, b"2"),
        masked(0x80, b"2]"),
    ];
    client.write_all(&pieces.concat()).await.unwrap();
    assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "[222]");
    assert_eq!(router.heard(), 3);
}

#[tokio::test]
async fn messages_as_they_are_on_the_wire() {
    let listener = listen_tcp().await;
    for (serializer, first) in [(Serializer::Json, 0x81), (Serializer::Cbor, 0x82)] {
        let (mut client, mut router) = open(&listener, serializer).await;
        router.feed(Bytes::from_static(b"[1]")).unwrap();
        router.ping().unwrap();
        router.feed(frame(300)).unwrap();
        router.flush().await.unwrap();
        let mut bytes = vec![0; 5 + 2 + 4 + 300];
        soon(client.read_exact(&mut bytes)).await.unwrap();
        assert_eq!(bytes[..5], [first, 3, b'[', b'1', b']']);
        assert_eq!(bytes[5..11], [0x89, 0, first, 126, 1, 44]);
        assert_eq!(bytes[11..], frame(300));
    }
}

#[tokio::test]
async fn a_long_message_goes_in_fragments() {
    let listener = listen_tcp().await;
    let (mut client, mut router) = open(&listener, Serializer::MsgPack).await;
    let whole = frame((128 << 10) + 5);
    let sending = router.send(whole.clone());
    let reading = async {
        let mut bytes = vec![0; 10 + (128 << 10) + 2 + 5];
        client.read_exact(&mut bytes).await.unwrap();
        bytes
    };
    let (sent, bytes) = soon(async { tokio::join!(sending, reading) }).await;
    sent.unwrap();
    assert_eq!(bytes[..10], [0x02, 127, 0, 0, 0, 0, 0, 2, 0, 0]);
    assert!(bytes[10..10 + (128 << 10)] == whole[..128 << 10]);
    assert_eq!(
        bytes[10 + (128 << 10)..],
        *[&[0x80, 5], &whole[128 << 10..]].concat()
    );
}

#[tokio::test]
async fn ping_is_answered_while_the_router_only_reads() {
    let listener = listen_tcp().await;
    let (mut client, mut router) = open(&listener, Serializer::Json).await;
    let reading = tokio::spawn(async move {
        let end = router.receive().await;
        (end.is_none(), router)
    });
    for payload in [&b""[..], b"are you there?"] {
        client.write_all(&masked(0x89, payload)).await.unwrap();
        let mut pong = vec![0; 2 + payload.len()];
        soon(client.read_exact(&mut pong)).await.unwrap();
        assert_eq!(pong[0], 0x8A);
        assert_eq!(pong[2..], *payload);
    }
    client.write_all(&masked(0x8A, b"")).await.unwrap();
    client
        .write_all(&masked(0x88, b"\x03\xE8bye"))
        .await
        .unwrap();
    // Its answer to the close frame, though nobody has called `close`.
    let mut close = [0; 7];
    soon(client.read_exact(&mut close)).await.unwrap();
    assert_eq!(&close, b"\x88\x05\x03\xE8bye");
    let (ended, router) = soon(reading).await.unwrap();
    assert!(ended);
    assert_eq!(router.heard(), 3);
    let farewell = Farewell {
        code: 1000,
        text: "bye".to_owned(),
    };
    assert_eq!(router.farewell(), Some(&farewell));
}

#[tokio::test]
async fn pings_of_a_client_that_does_not_read_are_not_hoarded_and_break_nothing() {
    let listener = listen_tcp().await;
    let (mut client, mut router) = open(&listener, Serializer::Json).await;
    // More PONG than the sockets' buffers hold. Only the latest PING has to be answered (RFC 6455, section 5.5.3).
    let pings = masked(0x89, &[b'?'; 100]).repeat(150_000);
    let writing = async {
        client.write_all(&pings).await.unwrap();
        client.write_all(&masked(0x81, b"[1]")).await.unwrap();
    };
    let (received, ()) = soon(async { tokio::join!(router.receive(), writing) }).await;
    assert_eq!(received.unwrap().unwrap(), "[1]");

    let sending = async {
        router.feed(frame(70_000)).unwrap();
        router.close(CloseCode::Normal).await.unwrap();
    };
    let reading = async {
        client.shutdown().await.unwrap();
        read_to_end(&mut client).await
    };
    let ((), bytes) = soon(async { tokio::join!(sending, reading) }).await;
    let pong = [&[0x8A, 100], &[b'?'; 100][..]].concat();
    let text = [
        &[0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70],
        &frame(70_000)[..],
    ]
    .concat();
    let mut rest = &bytes[..];
    let mut pongs = 0;
    let mut texts = 0;
    while !rest.is_empty() && rest != b"\x88\x02\x03\xE8" {
        if let Some(after) = rest.strip_prefix(&*pong) {
            pongs += 1;
            rest = after;
        } else {
            texts += 1;
            rest = rest.strip_prefix(&*text).expect("a PONG or the text");
        }
    }
    assert_eq!((texts, rest.len()), (1, 4));
    assert!(pongs < 150_000);
}

#[tokio::test]
async fn what_breaks_the_protocol_and_the_code_that_the_client_is_told() {
    let listener = listen("ws://127.0.0.1:0/ws", 100).await;
    for (serializer, sent, error, code) in [
        (
            Serializer::Json,
            masked(0x82, b"[]"),
            "a binary message came in where json is spoken",
            1003,
        ),
        (
            Serializer::Cbor,
            masked(0x81, b"[]"),
            "a text message came in where cbor is spoken",
            1003,
        ),
        (
            Serializer::Json,
            masked(0x81, b"\xFF"),
            "text came in that is not UTF-8",
            1007,
        ),
        (
            Serializer::Json,
            masked(0x81, &[b' '; 101]),
            "a frame of 101 bytes came in, more than the limit of 100",
            1009,
        ),
        (
            Serializer::Json,
            [masked(0x01, &[b' '; 90]), masked(0x80, &[b' '; 11])].concat(),
            "a frame of 101 bytes came in, more than the limit of 100",
            1009,
        ),
        (
            // 2^63 - 1 bytes, claimed.
            Serializer::Json,
            b"\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0".to_vec(),
            "a frame of 9223372036854775807 bytes came in, more than the limit of 100",
            1009,
        ),
        (
            Serializer::Json,
            b"\x81\x02[]".to_vec(),
            "the transport's protocol was broken: Received an unmasked frame from client",
            1002,
        ),
        (
            Serializer::Json,
            masked(0xC1, b"[]"),
            "the transport's protocol was broken: Reserved bits are non-zero",
            1002,
        ),
    ] {
        let (mut client, mut router) = open(&listener, serializer).await;
        client.write_all(&sent).await.unwrap();
        let given = soon(router.receive()).await.unwrap().unwrap_err();
        assert_eq!(given.to_string(), error);
        assert_eq!(given.close_code().number(), code);
        assert!(soon(router.receive()).await.is_none());

        let reading = async {
            // The client writes on before it has heard, which must not destroy what it is told.
            client.write_all(&[0; 50_000]).await.unwrap();
            client.shutdown().await.unwrap();
            read_to_end(&mut client).await
        };
        let (closed, bytes) =
            soon(async { tokio::join!(router.close(given.close_code()), reading) }).await;
        closed.unwrap();
        let [high, low] = code.to_be_bytes();
        assert_eq!(bytes, [0x88, 2, high, low], "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_ends_without_a_close_frame_is_cut() {
    let listener = listen_tcp().await;
    for sent in [
        Vec::new(),
        masked(0x81, b"[]")[..7].to_vec(),
        masked(0x01, b"["),
    ] {
        let (mut client, mut router) = open(&listener, Serializer::Json).await;
        client.write_all(&sent).await.unwrap();
        client.shutdown().await.unwrap();
        let end = soon(router.receive()).await;
        assert!(matches!(end, Some(Err(TransportError::Cut))), "{end:?}");
        assert!(soon(router.receive()).await.is_none());
        drop(client);
        soon(router.close(CloseCode::Normal)).await.unwrap();
    }
}

#[tokio::test]
async fn the_close_code_arrives_at_the_other_end() {
    let listener = listen_tcp().await;
    for code in [
        CloseCode::Normal,
        CloseCode::GoingAway,
        CloseCode::Protocol,
        CloseCode::Unsupported,
        CloseCode::Invalid,
        CloseCode::TooLong,
        CloseCode::Internal,
    ] {
        let (mut client, mut router) = open(&listener, Serializer::Json).await;
        let reading = async {
            let mut close = [0; 4];
            client.read_exact(&mut close).await.unwrap();
            client.write_all(&masked(0x88, &close[2..])).await.unwrap();
            assert_eq!(read_to_end(&mut client).await, b"");
            drop(client);
            close
        };
        let (closed, close) = soon(async { tokio::join!(router.close(code), reading) }).await;
        closed.unwrap();
        assert_eq!(close[..2], [0x88, 2]);
        assert_eq!(u16::from_be_bytes([close[2], close[3]]), code.number());
    }
}

#[tokio::test]
async fn our_client_sends_the_headers_that_it_is_given() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("ws://{}/ws?x=1", server.local_addr().unwrap());
    let options = ConnectOptions {
        headers: vec![
            ("X-Token".to_owned(), "one".to_owned()),
            ("X-Token".to_owned(), "two".to_owned()),
            ("Origin".to_owned(), "http://example.org".to_owned()),
        ],
        ..ConnectOptions::default()
    };
    let serving = async {
        let (mut stream, _) = server.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    };
    let to = to.parse().unwrap();
    let connecting = connect(&to, &[Serializer::MsgPack, Serializer::Json], &options);
    let (head, connected) = soon(async { tokio::join!(serving, connecting) }).await;
    assert!(connected.is_err());
    assert!(
        head.starts_with("GET /ws?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{head}"
    );
    for line in [
        "x-token: one",
        "x-token: two",
        "Origin: http://example.org",
        "Sec-WebSocket-Protocol: wamp.2.msgpack, wamp.2.json",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }

    let options = ConnectOptions {
        headers: vec![("Sec-WebSocket-Key".to_owned(), "mine".to_owned())],
        ..ConnectOptions::default()
    };
    let connecting = connect(&to, &[Serializer::Json], &options);
    let error = soon(connecting).await.err().unwrap();
    assert!(matches!(error, ConnectError::Header(name) if name == "Sec-WebSocket-Key"));
}

#[tokio::test]
async fn our_client_understands_every_answer() {
    for (answer, text) in [
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nGo away.\nmore",
            "the server answered with HTTP status 403: Go away.",
        ),
        (
            "HTTP/1.1 503 Busy\r\n\r\nNot now.",
            "the server answered with HTTP status 503: Not now.",
        ),
        (
            "HTTP/1.1 301 Moved Permanently\r\nLocation: /\r\n\r\n",
            "the server answered with HTTP status 301",
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "that is no WAMP router: its Sec-WebSocket-Accept is wrong",
        ),
        (
            "HTTP/1.1 what\r\n\r\n",
            "that is no WAMP router: its answer is not HTTP",
        ),
        (
            "SSH-2.0-OpenSSH\r\n",
            "that is no WAMP router: its answer is not HTTP",
        ),
        (
            "HTTP/1.1 200",
            "that is no WAMP router: it closed the connection without an answer",
        ),
        (
            "",
            "that is no WAMP router: it closed the connection without an answer",
        ),
    ] {
        let (_, connected) = answered("ws", 0, answer.as_bytes()).await;
        assert_eq!(connected.err().unwrap().to_string(), text, "{answer:?}");
    }
}

#[tokio::test]
async fn a_full_router_says_so() {
    let listener = listen_tcp().await;
    let to = url(&listener, "ws");
    let options = ConnectOptions::default();
    let refusing = async { listener.accept().await.unwrap().refuse().await };
    let connecting = connect(&to, &[Serializer::Json], &options);
    let (refused, connected) = soon(async { tokio::join!(refusing, connecting) }).await;
    refused.unwrap();
    let error = connected.err().unwrap().to_string();
    assert_eq!(
        error,
        "the server answered with HTTP status 503: This router has too many connections."
    );
}
