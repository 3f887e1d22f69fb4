//! Listeners that speak less than they could.

use bytes::Bytes;
use wampkit::proto::Serializer;
use wampkit::transport::{
    CloseCode, ConnectOptions, Framing, HandshakeError, ListenOptions, Listener, NarrowerFrames,
    Refusal, connect,
};

use crate::support::{accepted, listen_with, pair, refused, serve, soon, url};
use crate::websocket::{UPGRADE, agreement, get};

async fn listen(serializers: &[Serializer], framings: &[Framing]) -> Listener {
    let options = ListenOptions {
        serializers: serializers.to_vec(),
        framings: framings.to_vec(),
        ..ListenOptions::default()
    };
    listen_with("ws://127.0.0.1:0/ws", options).await
}

const BOTH: [Framing; 2] = [Framing::WebSocket, Framing::RawSocket];

fn offer(subprotocols: &str) -> Vec<u8> {
    get(
        "/ws",
        &format!("{UPGRADE}Sec-WebSocket-Protocol: {subprotocols}\r\n"),
    )
}

#[tokio::test]
async fn only_the_listeners_serializers_are_agreed_to() {
    let listener = listen(&[Serializer::Cbor, Serializer::Json], &BOTH).await;
    let expected = agreement(Serializer::Cbor);
    let request = offer("wamp.2.msgpack, wamp.2.msgpack.batched, wamp.2.cbor, wamp.2.json");
    let (_, answer, router) = accepted(&listener, &request, expected.len()).await;
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
    assert_eq!(router.serializer(), Serializer::Cbor);

    let (answer, error) = refused(&listener, &offer("wamp.2.msgpack.batched")).await;
    let sentence = "No common subprotocol: this WAMP router speaks wamp.2.cbor, wamp.2.json, and each of them with .batched.";
    assert!(answer.ends_with(format!("\r\n{sentence}\n").as_bytes()));
    assert!(
        matches!(&error, HandshakeError::Http { status: 400, sentence: told } if told == sentence),
        "{error:?}"
    );

    // 2 is MessagePack, 3 is CBOR.
    let (answer, error) = refused(&listener, &[0x7F, 0xF2, 0, 0]).await;
    assert_eq!(answer, [0x7F, 0x10, 0, 0]);
    assert!(
        matches!(error, HandshakeError::RawSocket(Refusal::Serializer)),
        "{error:?}"
    );
    let (_, answer, _) = accepted(&listener, &[0x7F, 0xF3, 0, 0], 4).await;
    assert_eq!(answer, [0x7F, 0xF3, 0, 0]);
}

#[tokio::test]
async fn our_client_takes_the_serializer_that_is_left() {
    let listener = listen(&[Serializer::Json], &BOTH).await;
    let options = ConnectOptions::default();
    for scheme in ["ws", "rs"] {
        let to = url(&listener, scheme);
        let connecting = connect(&to, &[Serializer::MsgPack, Serializer::Json], &options);
        let serving = async {
            match serve(&listener).await {
                // RawSocket asks once for each.
                Err(HandshakeError::RawSocket(Refusal::Serializer)) => serve(&listener).await,
                served => served,
            }
        };
        let (client, router) = soon(async { tokio::join!(connecting, serving) }).await;
        assert_eq!(client.unwrap().serializer(), Serializer::Json);
        router.unwrap();
    }
}

#[tokio::test]
async fn only_the_listeners_transports_are_served() {
    let listener = listen(&Serializer::ALL, &[Framing::WebSocket]).await;
    let (answer, error) = refused(&listener, &[0x7F, 0xF1, 0, 0]).await;
    assert_eq!(answer, b"");
    assert!(
        matches!(error, HandshakeError::Unserved(Framing::RawSocket)),
        "{error:?}"
    );
    let expected = agreement(Serializer::Json).len();
    accepted(&listener, &offer("wamp.2.json"), expected).await;

    let listener = listen(&Serializer::ALL, &[Framing::RawSocket]).await;
    let (answer, error) = refused(&listener, &offer("wamp.2.json")).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
    assert!(
        answer.ends_with(
            "\r\nThere is no WebSocket here: this WAMP router is reached by RawSocket.\n"
        ),
        "{answer}"
    );
    assert!(
        matches!(error, HandshakeError::Unserved(Framing::WebSocket)),
        "{error:?}"
    );
    accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
    // What is neither is still nothing.
    let (answer, error) = refused(&listener, b"\x81\x02[]").await;
    assert_eq!(answer, b"");
    assert!(matches!(error, HandshakeError::Garbage), "{error:?}");
}

/// Frames may have a length of their own by transport and serializer: the least counts.
#[tokio::test]
async fn frames_are_bounded_by_what_carries_them() {
    let options = ListenOptions {
        max_frame: 1 << 16,
        narrower: NarrowerFrames {
            rawsocket: Some(4096),
            json: Some(1024),
            cbor: Some(1 << 20),
            ..NarrowerFrames::default()
        },
        ..ListenOptions::default()
    };
    let listener = listen_with("ws://127.0.0.1:0/ws", options).await;
    for (scheme, serializer, longest) in [
        ("rs", Serializer::Json, 1024),
        ("rs", Serializer::MsgPack, 4096),
        ("rs", Serializer::Cbor, 4096),
        ("ws", Serializer::Json, 1024),
        ("ws", Serializer::MsgPack, 1 << 16),
        ("ws", Serializer::Cbor, 1 << 16),
    ] {
        let mut pair = pair(&listener, &url(&listener, scheme), serializer).await;
        let frame = |length| Bytes::from(vec![b' '; length]);
        soon(pair.client.send(frame(longest))).await.unwrap();
        let received = soon(pair.router.receive()).await.unwrap().unwrap();
        assert_eq!(received.len(), longest);
        let sent = soon(pair.client.send(frame(longest + 1))).await;
        if scheme == "rs" {
            // The client was told in the handshake.
            assert_eq!(pair.client.max_frame(), longest);
            sent.unwrap_err();
        } else {
            sent.unwrap();
            let fault = soon(pair.router.receive()).await.unwrap().unwrap_err();
            assert_eq!(fault.close_code(), CloseCode::TooLong, "{fault}");
        }
    }
}
