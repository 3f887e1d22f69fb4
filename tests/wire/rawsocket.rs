//! RawSocket byte by byte.

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wampkit::proto::Serializer;
use wampkit::transport::{
    CloseCode, ConnectError, ConnectOptions, HandshakeError, Refusal, TransportError, connect,
};

use crate::support::{
    accepted, answered, frame, listen, listen_tcp, pair_with, read_to_end, refused, serve, soon,
    url,
};

#[tokio::test]
async fn the_router_answers_with_its_own_length_and_the_clients_serializer() {
    for (limit, lengths) in [(16 << 20, 0xF0), (1 << 20, 0xB0), (1000, 0x00), (0, 0x00)] {
        let listener = listen("rs://127.0.0.1:0", limit).await;
        for serializer in Serializer::ALL {
            for client_length in 0..16 {
                let request = [0x7F, client_length << 4 | serializer.nibble(), 0, 0];
                let (_, reply, router) = accepted(&listener, &request, 4).await;
                assert_eq!(reply, [0x7F, lengths | serializer.nibble(), 0, 0]);
                assert_eq!(router.serializer(), serializer);
                assert_eq!(router.max_frame(), 512 << client_length);
            }
        }
    }
}

#[tokio::test]
async fn the_router_says_what_is_wrong_with_a_request() {
    let listener = listen_tcp().await;
    for (request, reply, refusal) in [
        ([0x7F, 0xF0, 0, 0], [0x7F, 0x10, 0, 0], Refusal::Serializer),
        ([0x7F, 0xF4, 0, 0], [0x7F, 0x10, 0, 0], Refusal::Serializer),
        ([0x7F, 0xFF, 0, 0], [0x7F, 0x10, 0, 0], Refusal::Serializer),
        (
            [0x7F, 0xF1, 1, 0],
            [0x7F, 0x30, 0, 0],
            Refusal::ReservedBits,
        ),
        (
            [0x7F, 0xF1, 0, 0x80],
            [0x7F, 0x30, 0, 0],
            Refusal::ReservedBits,
        ),
    ] {
        let (answer, error) = refused(&listener, &request).await;
        assert_eq!(answer, reply, "{request:02x?}");
        assert!(
            matches!(error, HandshakeError::RawSocket(given) if given == refusal),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_its_request() {
    let listener = listen_tcp().await;
    for length in 0..4 {
        let (answer, error) = refused(&listener, &[0x7F, 0xF1, 0, 0][..length]).await;
        assert_eq!(answer, b"");
        assert!(matches!(error, HandshakeError::Left), "{error:?}");
    }
}

#[tokio::test]
async fn the_client_asks_for_its_length_and_serializer() {
    let (request, connected) = answered("rs", 4, &[0x7F, 0x31, 0, 0]).await;
    assert_eq!(request, [0x7F, 0xF1, 0, 0]);
    assert_eq!(connected.unwrap().max_frame(), 4096);
}

#[tokio::test]
async fn the_client_understands_every_reply() {
    for (reply, text) in [
        (
            &[0x7F, 0x10, 0, 0][..],
            "the router speaks none of the serializers that were offered",
        ),
        (
            &[0x7F, 0x20, 0, 0],
            "the router refused the connection: the maximum message length is not acceptable",
        ),
        (
            &[0x7F, 0x30, 0, 0],
            "the router refused the connection: a reserved bit was used",
        ),
        (
            &[0x7F, 0x40, 0, 0],
            "the router refused the connection: the maximum connection count is reached",
        ),
        (
            &[0x7F, 0xE0, 0, 0],
            "the router refused the connection: error 14",
        ),
        (
            &[0x7F, 0xF2, 0, 0],
            "that is no WAMP router: it chose a serializer that was not asked for",
        ),
        (
            &[0x7F, 0xF1, 0, 1],
            "that is no WAMP router: its reply has reserved bits set",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n",
            "that is no WAMP router: its answer is no RawSocket reply",
        ),
        (
            b"+",
            "that is no WAMP router: its answer is no RawSocket reply",
        ),
        (
            &[0x7F, 0xF1, 0],
            "that is no WAMP router: it closed the connection without an answer",
        ),
        (
            b"",
            "that is no WAMP router: it closed the connection without an answer",
        ),
    ] {
        let (_, connected) = answered("rs", 4, reply).await;
        let error = connected.err().unwrap();
        assert_eq!(error.to_string(), text, "{reply:02x?}");
    }
}

#[tokio::test]
async fn the_client_comes_again_with_its_next_serializer() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("rs://{}", server.local_addr().unwrap());
    let serving = async {
        let mut requests = Vec::new();
        for reply in [[0x7F, 0x10, 0, 0], [0x7F, 0xF2, 0, 0]] {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut request = [0; 4];
            stream.read_exact(&mut request).await.unwrap();
            stream.write_all(&reply).await.unwrap();
            requests.push(request[1]);
        }
        requests
    };
    let to = to.parse().unwrap();
    let options = ConnectOptions::default();
    let connecting = connect(&to, &[Serializer::Cbor, Serializer::MsgPack], &options);
    let (requests, connected) = soon(async { tokio::join!(serving, connecting) }).await;
    assert_eq!(requests, [0xF3, 0xF2]);
    assert_eq!(connected.unwrap().serializer(), Serializer::MsgPack);

    let none = soon(connect(&to, &[], &options)).await;
    assert!(matches!(
        none.err().unwrap(),
        ConnectError::NoCommonSerializer
    ));
}

#[tokio::test]
async fn frames_that_come_with_the_request_and_in_pieces() {
    let listener = listen_tcp().await;
    let request = b"\x7F\xF1\0\0\0\0\0\x03[1]\0\0\0\x00\0\0";
    let (mut client, _, mut router) = accepted(&listener, request, 4).await;
    assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "[1]");
    assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "");
    for byte in b"\0\x04[22]" {
        let waiting = tokio::time::timeout(std::time::Duration::ZERO, router.receive()).await;
        assert!(waiting.is_err());
        client.write_all(&[*byte]).await.unwrap();
    }
    assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "[22]");
    assert_eq!(router.heard(), 3);
}

#[tokio::test]
async fn frames_as_they_are_on_the_wire() {
    let listener = listen_tcp().await;
    let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
    router.feed(Bytes::from_static(b"[1]")).unwrap();
    router.ping().unwrap();
    router.feed(frame(5000)).unwrap();
    router.flush().await.unwrap();
    let mut bytes = vec![0; 7 + 4 + 4 + 5000];
    soon(client.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(bytes[..15], *b"\0\0\0\x03[1]\x01\0\0\0\0\0\x13\x88");
    assert_eq!(bytes[15..], frame(5000));
}

#[tokio::test]
async fn the_25th_bit_of_a_length() {
    const LONGEST: usize = 1 << 24;
    let listener = listen_tcp().await;
    let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF2, 0, 0], 4).await;
    let sending = async {
        client.write_all(&[0x08, 0, 0, 0]).await.unwrap();
        client.write_all(&frame(LONGEST)).await.unwrap();
        let mut prefix = [0; 4];
        client.read_exact(&mut prefix).await.unwrap();
        let mut back = vec![0; LONGEST];
        client.read_exact(&mut back).await.unwrap();
        (prefix, back)
    };
    let receiving = async {
        let frame = router.receive().await.unwrap().unwrap();
        router.send(frame).await.unwrap();
    };
    let ((prefix, back), ()) = soon(async { tokio::join!(sending, receiving) }).await;
    assert_eq!(prefix, [0x08, 0, 0, 0]);
    assert!(back == frame(LONGEST));
}

#[tokio::test]
async fn ping_comes_back_with_its_payload_while_the_router_only_reads() {
    let listener = listen_tcp().await;
    let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
    let reading = tokio::spawn(async move {
        assert!(router.receive().await.is_none());
        router
    });
    for payload in [&b""[..], b"are you there?", &frame(70_000)] {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let ping = [&[1, length[1], length[2], length[3]], payload].concat();
        client.write_all(&ping).await.unwrap();
        let mut pong = vec![0; ping.len()];
        soon(client.read_exact(&mut pong)).await.unwrap();
        assert_eq!(pong[0], 2);
        assert!(pong[1..] == ping[1..]);
    }
    // A PONG that nobody asked for is heard as well.
    client.write_all(&[2, 0, 0, 0]).await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(soon(reading).await.unwrap().heard(), 4);
}

#[tokio::test]
async fn pings_of_a_client_that_does_not_read_are_not_hoarded() {
    let listener = listen_tcp().await;
    let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
    let reading = tokio::spawn(async move {
        let last = router.receive().await.unwrap();
        (last, router)
    });
    let payload = frame(60_000);
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let ping = [&[1, length[1], length[2], length[3]], &payload[..]].concat();
    // Both tasks share one thread, so that a router which has not read anything in a hundred turns has stopped reading:
    // as soon as the sockets' buffers and a few PONGs are full.
    let mut written = 0;
    let mut turns = 0;
    while turns < 100 {
        match client.try_write(&ping[written % ping.len()..]) {
            Ok(count) => {
                written += count;
                turns = 0;
                assert!(written < 64 << 20, "it takes everything");
            }
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                turns += 1;
                tokio::task::yield_now().await;
            }
        }
    }
    // As soon as the client reads, all goes on.
    let (mut read, mut write) = client.split();
    let rest = [&ping[written % ping.len()..], b"\0\0\0\x02[]"].concat();
    let pings = written.div_ceil(ping.len());
    let writing = async { write.write_all(&rest).await.unwrap() };
    let mut pongs = vec![0; pings * ping.len()];
    let reading_back = async { read.read_exact(&mut pongs).await.map(|_| ()) };
    let ((), read_back, last) = soon(async { tokio::join!(writing, reading_back, reading) }).await;
    read_back.unwrap();
    assert!(
        pongs
            .chunks(ping.len())
            .all(|pong| pong[0] == 2 && pong[1..] == ping[1..])
    );
    assert_eq!(last.unwrap().0.unwrap(), "[]");
}

#[tokio::test]
async fn prefixes_that_break_the_protocol() {
    let listener = listen("rs://127.0.0.1:0", 1 << 20).await;
    for (prefix, error) in [
        (
            [0x10, 0, 0, 0],
            "the transport's protocol was broken: a reserved bit is set",
        ),
        (
            [0x03, 0, 0, 0],
            "the transport's protocol was broken: frames of type 3 are reserved",
        ),
        (
            [0x08, 0, 0, 1],
            "the transport's protocol was broken: a frame claims more than 16 MiB",
        ),
        (
            [0x00, 0x10, 0, 1],
            "a frame of 1048577 bytes came in, more than the limit of 1048576",
        ),
        (
            [0x01, 0xFF, 0xFF, 0xFF],
            "a frame of 16777215 bytes came in, more than the limit of 1048576",
        ),
        (
            [0x08, 0, 0, 0],
            "a frame of 16777216 bytes came in, more than the limit of 1048576",
        ),
    ] {
        let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
        client.write_all(&prefix).await.unwrap();
        let given = soon(router.receive()).await.unwrap().unwrap_err();
        assert_eq!(given.to_string(), error, "{prefix:02x?}");
        assert!(soon(router.receive()).await.is_none());
        drop(router);
        assert_eq!(read_to_end(&mut client).await, b"");
    }
}

#[tokio::test]
async fn an_end_between_frames_is_in_good_order_and_one_within_is_not() {
    let listener = listen_tcp().await;
    for (sent, frames, whole) in [
        (&b""[..], 0, true),
        (b"\0\0\0\x02[]", 1, true),
        (b"\0", 0, false),
        (b"\0\0\0\x02", 0, false),
        (b"\0\0\0\x02[]\0\0\0\x02[", 1, false),
    ] {
        let (mut client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
        client.write_all(sent).await.unwrap();
        client.shutdown().await.unwrap();
        for _ in 0..frames {
            assert_eq!(soon(router.receive()).await.unwrap().unwrap(), "[]");
        }
        match soon(router.receive()).await {
            None => assert!(whole, "{sent:?}"),
            Some(Err(TransportError::Cut)) => assert!(!whole, "{sent:?}"),
            other => panic!("{sent:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn closing_delivers_what_is_queued_though_the_other_end_goes_on_writing() {
    let listener = listen_tcp().await;
    let (client, _, mut router) = accepted(&listener, &[0x7F, 0xF1, 0, 0], 4).await;
    let (mut read, mut write) = client.into_split();
    // Unread bytes in the router's socket would make the system reset the connection.
    let writing = tokio::spawn(async move {
        write.write_all(&vec![0; 1 << 20]).await.unwrap();
        write.shutdown().await.unwrap();
    });
    router.feed(frame(300_000)).unwrap();
    let closing = async {
        router.close(CloseCode::Internal).await.unwrap();
        drop(router);
    };
    let (bytes, ()) = soon(async { tokio::join!(read_to_end(&mut read), closing) }).await;
    assert_eq!(bytes.len(), 4 + 300_000);
    soon(writing).await.unwrap();
}

#[tokio::test]
async fn each_end_keeps_to_the_others_limit() {
    let listener = listen("rs://127.0.0.1:0", 1 << 20).await;
    let options = ConnectOptions {
        max_frame: 600,
        ..ConnectOptions::default()
    };
    let to = url(&listener, "rs");
    let mut pair = pair_with(&listener, &to, Serializer::Json, &options).await;
    assert_eq!(pair.client.max_frame(), 1 << 20);
    assert_eq!(pair.router.max_frame(), 512);
    assert!(matches!(
        pair.router.feed(frame(513)),
        Err(TransportError::FrameTooLong {
            length: 513,
            limit: 512
        })
    ));
    pair.router.send(frame(512)).await.unwrap();
    assert_eq!(
        soon(pair.client.receive()).await.unwrap().unwrap(),
        frame(512)
    );
}

#[tokio::test]
async fn a_full_router_says_so() {
    let listener = listen_tcp().await;
    let to = url(&listener, "rs");
    let serializers = [Serializer::Json, Serializer::Cbor];
    let options = ConnectOptions::default();
    let refusing = async { listener.accept().await.unwrap().refuse().await };
    let connecting = connect(&to, &serializers, &options);
    let (refused, connected) = soon(async { tokio::join!(refusing, connecting) }).await;
    refused.unwrap();
    assert!(matches!(
        connected.err().unwrap(),
        ConnectError::Refused(Refusal::Full)
    ));

    // Nothing of that stays behind.
    let (connected, served) =
        soon(async { tokio::join!(connect(&to, &serializers, &options), serve(&listener)) }).await;
    connected.unwrap();
    served.unwrap();
}
