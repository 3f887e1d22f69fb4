//! WebSocket with many WAMP messages in one WebSocket message.

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wampkit::proto::Serializer;
use wampkit::transport::{
    CloseCode, ConnectOptions, DEFAULT_MAX_FRAME, Listener, Transport, TransportError, connect,
};

use crate::support::{Pair, accepted, frame, listen, listen_tcp, pair_with, serve, soon, url};
use crate::websocket::{UPGRADE, get, masked};

/// A bare client after its handshake, and the router's end.
async fn open(listener: &Listener, serializer: Serializer) -> (TcpStream, Box<dyn Transport>) {
    let subprotocol = format!("{}.batched", serializer.subprotocol());
    let request = get(
        "/ws",
        &format!("{UPGRADE}Sec-WebSocket-Protocol: soap, {subprotocol}\r\n"),
    );
    let agreement = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
    );
    let (client, answer, router) = accepted(listener, &request, agreement.len()).await;
    assert_eq!(String::from_utf8(answer).unwrap(), agreement);
    assert_eq!(router.serializer(), serializer);
    (client, router)
}

/// Both ends of a connection between us.
async fn batched(listener: &Listener, serializer: Serializer, max_frame: usize) -> Pair {
    let options = ConnectOptions {
        batched: true,
        max_frame,
        ..ConnectOptions::default()
    };
    pair_with(listener, &url(listener, "ws"), serializer, &options).await
}

#[tokio::test]
async fn what_is_fed_between_flushes_is_one_message() {
    let listener = listen_tcp().await;
    for (serializer, first, batch) in [
        (Serializer::Json, 0x81, &b"[1]\x1e[22]\x1e"[..]),
        (Serializer::MsgPack, 0x82, b"\0\0\0\x03[1]\0\0\0\x04[22]"),
        (Serializer::Cbor, 0x82, b"\0\0\0\x03[1]\0\0\0\x04[22]"),
    ] {
        let (mut client, mut router) = open(&listener, serializer).await;
        router.feed(Bytes::from_static(b"[1]")).unwrap();
        router.feed(Bytes::from_static(b"[22]")).unwrap();
        router.flush().await.unwrap();
        // Nothing more to say: no message, for an empty batch is none.
        router.flush().await.unwrap();
        router.ping().unwrap();
        router.flush().await.unwrap();
        let mut bytes = vec![0; 2 + batch.len() + 2];
        soon(client.read_exact(&mut bytes)).await.unwrap();
        let length = u8::try_from(batch.len()).unwrap();
        let expected = [&[first, length][..], batch, &[0x89, 0]].concat();
        assert_eq!(bytes, expected, "{serializer}");
    }
}

#[tokio::test]
async fn what_comes_in_as_one_message_goes_on_as_many() {
    let listener = listen_tcp().await;
    for (serializer, first, batches) in [
        (
            Serializer::Json,
            0x81,
            [&b"[1]\x1e[22]\x1e"[..], b"[3]\x1e"],
        ),
        (
            Serializer::Cbor,
            0x82,
            [b"\0\0\0\x03[1]\0\0\0\x04[22]", b"\0\0\0\x03[3]"],
        ),
    ] {
        let (mut client, mut router) = open(&listener, serializer).await;
        for batch in batches {
            client.write_all(&masked(first, batch)).await.unwrap();
        }
        client.write_all(&masked(0x88, b"\x03\xE8")).await.unwrap();
        for expected in ["[1]", "[22]", "[3]"] {
            assert_eq!(soon(router.receive()).await.unwrap().unwrap(), expected);
        }
        assert!(soon(router.receive()).await.is_none());
    }
}

#[tokio::test]
async fn batches_that_are_none_end_the_connection() {
    let listener = listen("ws://127.0.0.1:0/ws", 10).await;
    for (serializer, first, batch, code) in [
        (Serializer::Json, 0x81, &b""[..], CloseCode::Protocol),
        (Serializer::Json, 0x81, b"[1]", CloseCode::Protocol),
        (Serializer::Json, 0x82, b"[1]\x1e", CloseCode::Unsupported),
        (
            Serializer::Json,
            0x81,
            b"[\"0123456\"]\x1e",
            CloseCode::TooLong,
        ),
        (Serializer::MsgPack, 0x82, b"", CloseCode::Protocol),
        (
            Serializer::MsgPack,
            0x82,
            b"\0\0\0\x04[1]",
            CloseCode::Protocol,
        ),
        (Serializer::Cbor, 0x82, b"\0\0\0", CloseCode::Protocol),
        (
            Serializer::Cbor,
            0x82,
            b"\0\0\0\x0b0123456789a",
            CloseCode::TooLong,
        ),
    ] {
        let (mut client, mut router) = open(&listener, serializer).await;
        client.write_all(&masked(first, batch)).await.unwrap();
        let error = soon(router.receive()).await.unwrap().unwrap_err();
        assert_eq!(error.close_code(), code, "{batch:?}: {error}");
        assert!(soon(router.receive()).await.is_none());
    }
}

#[tokio::test]
async fn the_clients_order_decides() {
    let listener = listen_tcp().await;
    for (offered, chosen) in [
        ("wamp.2.cbor.batched, wamp.2.cbor", "wamp.2.cbor.batched"),
        ("wamp.2.cbor, wamp.2.cbor.batched", "wamp.2.cbor"),
        ("wamp.2.ubjson.batched, wamp.2.json", "wamp.2.json"),
    ] {
        let headers = format!("{UPGRADE}Sec-WebSocket-Protocol: {offered}\r\n");
        let (_, answer, _) =
            accepted(&listener, &get("/ws", &headers), 129 + 25 + chosen.len()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            answer.contains(&format!("Sec-WebSocket-Protocol: {chosen}\r\n")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn our_client_offers_it_in_front_of_the_plain_ones() {
    let listener = listen_tcp().await;
    let options = ConnectOptions {
        batched: true,
        ..ConnectOptions::default()
    };
    let serializers = [Serializer::Cbor, Serializer::Json];
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("ws://{}/", server.local_addr().unwrap())
        .parse()
        .unwrap();
    let serving = async {
        let (mut stream, _) = server.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap()
    };
    let connecting = connect(&to, &serializers, &options);
    let (head, _) = soon(async { tokio::join!(serving, connecting) }).await;
    let line = "Sec-WebSocket-Protocol: wamp.2.cbor.batched, wamp.2.cbor, wamp.2.json.batched, wamp.2.json";
    assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");

    let to = url(&listener, "ws");
    let connecting = connect(&to, &serializers, &options);
    let (client, router) = soon(async { tokio::join!(connecting, serve(&listener)) }).await;
    assert_eq!(client.unwrap().serializer(), Serializer::Cbor);
    assert_eq!(router.unwrap().max_frame(), DEFAULT_MAX_FRAME);
}

#[tokio::test]
async fn a_limit_holds_for_each_message_to_the_byte() {
    const LIMIT: usize = 100;
    let listener = listen("ws://127.0.0.1:0/ws", LIMIT).await;
    for serializer in Serializer::ALL {
        let mut pair = batched(&listener, serializer, LIMIT).await;
        for _ in 0..100 {
            pair.client.feed(frame(LIMIT)).unwrap();
        }
        pair.client.flush().await.unwrap();
        for _ in 0..100 {
            assert_eq!(
                soon(pair.router.receive()).await.unwrap().unwrap(),
                frame(LIMIT)
            );
        }
        assert!(matches!(
            pair.client.feed(frame(LIMIT + 1)),
            Err(TransportError::FrameTooLong { limit: LIMIT, .. })
        ));
        // One that takes more itself, and does not know that this end does not.
        let mut pair = batched(&listener, serializer, 2 * LIMIT).await;
        pair.client.send(frame(LIMIT + 1)).await.unwrap();
        let error = soon(pair.router.receive()).await.unwrap().unwrap_err();
        assert!(
            matches!(error, TransportError::ReceivedTooLong { limit: LIMIT, .. }),
            "{error:?}"
        );
    }
}

/// A batch is no longer than a transport may hold back, unless one message alone is.
#[tokio::test]
async fn batches_are_bounded() {
    let listener = listen_tcp().await;
    let (mut client, mut router) = open(&listener, Serializer::Cbor).await;
    let whole = frame(1020);
    for _ in 0..65 {
        router.feed(whole.clone()).unwrap();
    }
    let reading = async {
        let mut header = [0; 10];
        client.read_exact(&mut header).await.unwrap();
        assert_eq!(header, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], "64 KiB");
        let mut batch = vec![0; 64 << 10];
        client.read_exact(&mut batch).await.unwrap();
        let mut header = [0; 4];
        client.read_exact(&mut header).await.unwrap();
        assert_eq!(header, [0x82, 126, 4, 0], "1 KiB");
    };
    let (flushed, ()) = soon(async { tokio::join!(router.flush(), reading) }).await;
    flushed.unwrap();
}

#[tokio::test]
async fn whatever_is_fed_before_closing_arrives() {
    let listener = listen_tcp().await;
    let mut pair = batched(&listener, Serializer::Json, 1 << 20).await;
    pair.client.feed(Bytes::from_static(b"[6]")).unwrap();
    let receiving = async {
        let last = pair.router.receive().await.unwrap().unwrap();
        assert!(pair.router.receive().await.is_none());
        pair.router.close(CloseCode::Normal).await.unwrap();
        last
    };
    let closing = pair.client.close(CloseCode::Normal);
    let (closed, last) = soon(async { tokio::join!(closing, receiving) }).await;
    closed.unwrap();
    assert_eq!(last, "[6]");
    let late = pair.client.feed(Bytes::from_static(b"[6]"));
    assert!(matches!(late, Err(TransportError::Closed)));
}
