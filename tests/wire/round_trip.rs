//! Frames of all sizes, both ways, over every transport and stream.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use wampkit::proto::Serializer;
use wampkit::transport::{CloseCode, ConnectOptions, Transport, TransportError, memory};

use crate::certificates::Authority;
use crate::support::{Pair, endpoint, frame, listen, listen_with, pair, pair_with, soon, url};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

const SIZES: [usize; 13] = [
    0,
    1,
    125,
    126,
    4095,
    4096,
    4097,
    64 * KIB - 1,
    64 * KIB,
    128 * KIB,
    128 * KIB + 1,
    MIB,
    3 * MIB + 7,
];

/// Connected pairs of every transport, over TCP, TLS, Unix sockets and memory, each with its name.
async fn every(serializer: Serializer) -> Vec<(&'static str, Pair)> {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("wamp.sock");
    let mut all = Vec::new();
    for (name, scheme) in [("ws", "ws+unix"), ("rs", "rs+unix")] {
        let listener = listen("ws://127.0.0.1:0/ws", 16 * MIB).await;
        let to = url(&listener, name);
        all.push((name, pair(&listener, &to, serializer).await));
        if name == "ws" {
            let options = ConnectOptions {
                batched: true,
                ..ConnectOptions::default()
            };
            let pair = pair_with(&listener, &to, serializer, &options).await;
            all.push(("ws batched", pair));
        }

        let authority = Authority::new();
        let options = authority.issue(&["127.0.0.1"]).options();
        let listener = listen_with("wss://127.0.0.1:0/ws", options).await;
        let secure = if name == "ws" { "wss" } else { "rss" };
        let to = url(&listener, secure);
        let options = ConnectOptions {
            tls: authority.client(),
            ..ConnectOptions::default()
        };
        all.push((
            secure,
            pair_with(&listener, &to, serializer, &options).await,
        ));

        let to = endpoint(&format!("{scheme}://{}", socket.display()));
        let listener = listen(&to.to_string(), 16 * MIB).await;
        all.push((scheme, pair(&listener, &to, serializer).await));
    }
    let (client, router) = memory::pair(serializer);
    all.push(("memory", Pair { client, router }));
    all
}

/// Sends `outgoing` and receives until `incoming` frames are there, all on one task, as a connection loop does it.
async fn exchange(
    transport: &mut dyn Transport,
    outgoing: &[Bytes],
    incoming: usize,
) -> Result<Vec<Bytes>, TransportError> {
    let mut outgoing = outgoing.iter();
    let mut next = outgoing.next();
    let mut received = Vec::new();
    let mut step = |cx: &mut Context<'_>| -> Poll<Result<(), TransportError>> {
        while received.len() < incoming
            && let Poll::Ready(frame) = transport.poll_receive(cx)
        {
            received.push(frame.ok_or(TransportError::Closed)??);
        }
        while let Some(frame) = next
            && transport.poll_ready(cx)?.is_ready()
        {
            transport.feed(frame.clone())?;
            next = outgoing.next();
        }
        ready!(transport.poll_flush(cx))?;
        if next.is_none() && received.len() == incoming {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    };
    poll_fn(&mut step).await?;
    Ok(received)
}

#[tokio::test]
async fn every_size_comes_back_as_it_went() {
    for serializer in [Serializer::Json, Serializer::MsgPack] {
        for (
            name,
            Pair {
                mut client,
                mut router,
            },
        ) in every(serializer).await
        {
            assert_eq!(client.serializer(), serializer, "{name}");
            assert_eq!(router.serializer(), serializer, "{name}");
            for size in SIZES {
                let sent = frame(size);
                let there = async {
                    client.send(sent.clone()).await.unwrap();
                    client.receive().await.unwrap().unwrap()
                };
                let back = async {
                    let frame = router.receive().await.unwrap().unwrap();
                    router.send(frame).await.unwrap();
                };
                let (received, ()) = soon(async { tokio::join!(there, back) }).await;
                assert!(received == sent, "{name} {serializer} {size}");
            }
            assert_eq!(client.heard(), SIZES.len() as u64, "{name}");
            assert_eq!(router.heard(), SIZES.len() as u64, "{name}");
        }
    }
}

#[tokio::test]
async fn both_directions_at_once_with_more_than_the_buffers_hold() {
    let frames: Vec<_> = (0..40)
        .flat_map(|round| SIZES.map(|size| size.min(256 * KIB) + round % 3))
        .map(frame)
        .collect();
    for (
        name,
        Pair {
            mut client,
            mut router,
        },
    ) in every(Serializer::Cbor).await
    {
        let (at_client, at_router) = soon(async {
            tokio::join!(
                exchange(&mut *client, &frames, frames.len()),
                exchange(&mut *router, &frames, frames.len())
            )
        })
        .await;
        assert!(at_client.unwrap() == frames, "{name}");
        assert!(at_router.unwrap() == frames, "{name}");
    }
}

#[tokio::test]
async fn many_small_frames_keep_their_order() {
    let frames: Vec<_> = (0..20_000_u32)
        .map(|number| Bytes::from(number.to_string()))
        .collect();
    for (
        name,
        Pair {
            mut client,
            mut router,
        },
    ) in every(Serializer::Json).await
    {
        let (sent, received) = soon(async {
            tokio::join!(
                exchange(&mut *client, &frames, 0),
                exchange(&mut *router, &[], frames.len())
            )
        })
        .await;
        sent.unwrap();
        assert!(received.unwrap() == frames, "{name}");
    }
}

#[tokio::test]
async fn a_limit_is_kept_to_the_byte() {
    const LIMIT: usize = 64 * KIB;
    for scheme in ["ws", "rs"] {
        let listener = listen("ws://127.0.0.1:0/ws", LIMIT).await;
        let to = url(&listener, scheme);
        let options = ConnectOptions {
            max_frame: LIMIT,
            ..ConnectOptions::default()
        };
        for from_client in [true, false] {
            let pair = pair_with(&listener, &to, Serializer::MsgPack, &options).await;
            let (mut sender, mut receiver) = if from_client {
                (pair.client, pair.router)
            } else {
                (pair.router, pair.client)
            };
            sender.send(frame(LIMIT)).await.unwrap();
            let received = soon(receiver.receive()).await.unwrap().unwrap();
            assert!(received == frame(LIMIT), "{scheme}");

            // RawSocket's peers know each other's limits, WebSocket's take their own for the other's: it is not even
            // sent, and nothing is lost.
            let too_long = sender.send(frame(LIMIT + 1)).await;
            assert_eq!(sender.max_frame(), LIMIT);
            assert!(matches!(
                too_long,
                Err(TransportError::FrameTooLong { length, limit: LIMIT }) if length == LIMIT + 1
            ));
            sender.send(frame(7)).await.unwrap();
            assert_eq!(soon(receiver.receive()).await.unwrap().unwrap(), frame(7));
        }
    }
}

#[tokio::test]
async fn a_frame_of_16_mib_is_the_longest() {
    const LIMIT: usize = 16 * MIB;
    let longest = frame(LIMIT);
    for (
        name,
        Pair {
            mut client,
            mut router,
        },
    ) in every(Serializer::MsgPack).await
    {
        let (sent, received) =
            soon(async { tokio::join!(client.send(longest.clone()), router.receive()) }).await;
        sent.unwrap();
        assert!(received.unwrap().unwrap() == longest, "{name}");
        if name != "memory" {
            assert!(matches!(
                client.feed(frame(LIMIT + 1)),
                Err(TransportError::FrameTooLong { .. })
            ));
        }
    }
}

#[tokio::test]
async fn ping_is_answered_by_an_end_that_only_reads() {
    for (
        name,
        Pair {
            mut client,
            mut router,
        },
    ) in every(Serializer::Json).await
    {
        let reading = tokio::spawn(async move {
            assert!(router.receive().await.is_none());
            router.heard()
        });
        for round in 1..=3 {
            client.ping().unwrap();
            client.flush().await.unwrap();
            soon(poll_fn(|cx| {
                assert!(client.poll_receive(cx).is_pending());
                if client.heard() == round {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            }))
            .await;
        }
        soon(async {
            let (closed, heard) = tokio::join!(client.close(CloseCode::Normal), reading);
            closed.unwrap();
            assert!(heard.unwrap() >= 3, "{name}");
        })
        .await;
    }
}

#[tokio::test]
async fn closing_ends_both_sides_in_good_order() {
    for (
        name,
        Pair {
            mut client,
            mut router,
        },
    ) in every(Serializer::Json).await
    {
        router.feed(frame(100)).unwrap();
        let closing = async {
            // What was fed before is still delivered.
            router.close(CloseCode::GoingAway).await.unwrap();
            assert!(
                matches!(router.feed(frame(1)), Err(TransportError::Closed)),
                "{name}"
            );
            assert!(
                matches!(router.ping(), Err(TransportError::Closed)),
                "{name}"
            );
        };
        let reading = async {
            assert_eq!(
                client.receive().await.unwrap().unwrap(),
                frame(100),
                "{name}"
            );
            assert!(client.receive().await.is_none(), "{name}");
            assert!(client.receive().await.is_none(), "{name}");
            let code = client.farewell().map(|farewell| farewell.code);
            assert_eq!(code, (!name.starts_with("rs")).then_some(1001), "{name}");
            client.close(CloseCode::Normal).await.unwrap();
        };
        soon(async { tokio::join!(closing, reading) }).await;
    }
}
