//! The in-memory transport's bounds.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use wampkit::proto::Serializer;
use wampkit::transport::{Transport, TransportError, memory};

use crate::support::{frame, soon};

/// Feeds and flushes frames of 1 KiB until the transport is full, and says how many went through.
fn fill(sender: &mut dyn Transport) -> usize {
    let mut cx = Context::from_waker(Waker::noop());
    let mut fed = 0;
    loop {
        sender.feed(frame(1024)).unwrap();
        fed += 1;
        match sender.poll_flush(&mut cx) {
            Poll::Ready(flushed) => flushed.unwrap(),
            Poll::Pending => return fed,
        }
    }
}

#[tokio::test]
async fn a_sender_waits_for_a_receiver_that_does_not_read() {
    let (mut sender, mut receiver) = memory::pair(Serializer::Json);
    let fed = fill(&mut *sender);
    assert!((fed - 2) * 1024 < memory::CAPACITY, "{fed}");

    let reading = async {
        for _ in 0..fed {
            assert_eq!(receiver.receive().await.unwrap().unwrap(), frame(1024));
        }
    };
    let (flushed, ()) = soon(async { tokio::join!(sender.flush(), reading) }).await;
    flushed.unwrap();
}

#[tokio::test]
async fn empty_frames_are_bounded_too() {
    let (mut sender, _receiver) = memory::pair(Serializer::Json);
    let mut cx = Context::from_waker(Waker::noop());
    let mut fed = 0;
    while sender.poll_flush(&mut cx).is_ready() {
        sender.feed(Bytes::new()).unwrap();
        fed += 1;
        assert!(fed < memory::CAPACITY);
    }
}

#[tokio::test]
async fn a_receiver_that_is_dropped_wakes_the_sender() {
    let (mut sender, receiver) = memory::pair(Serializer::Json);
    fill(&mut *sender);
    let (flushed, ()) =
        soon(async { tokio::join!(sender.flush(), async { drop(receiver) }) }).await;
    assert!(matches!(flushed, Err(TransportError::Closed)));
    assert!(matches!(sender.feed(frame(1)), Err(TransportError::Closed)));
    assert!(soon(sender.receive()).await.is_none());
}
