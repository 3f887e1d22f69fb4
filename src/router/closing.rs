//! The end of a connection: what is left is written, and the other end has a moment to close as well.
//!
//! Whoever keeps its socket open when all is said holds a place, so that moment is short: an end that means to close does so within a
//! round trip. It begins when the other end's system has all that was written: what comes from there after the socket is closed destroys the
//! rest, and that may be no more than the answer to a PING. Who has not said goodbye, and is told that it is over, may still be sending, and
//! would lose what it is told if it were not read to the end (see [`Transport::poll_close`]): it has more time, while something comes.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::transport::{CloseCode, Transport};

/// A transport that is being closed.
#[derive(Debug)]
pub(super) struct Closing {
    code: CloseCode,
    /// When it is over at last.
    end: Instant,
    /// When to look whether it is over.
    timer: Pin<Box<Sleep>>,
    /// How long until it is looked again whether the other end has everything.
    glance: Duration,
    /// What had come in when the other end was last given a moment; `None` as long as it does not have everything.
    heard: Option<u64>,
    /// Whether the other end has no reason to send more: it has said goodbye.
    agreed: bool,
}

impl Closing {
    /// Begins now, with this code, which also says whether both ends wanted it.
    pub(super) fn of(code: CloseCode) -> Self {
        Self {
            agreed: matches!(code, CloseCode::Normal | CloseCode::GoingAway),
            ..Self::unasked(code)
        }
    }

    /// The same where the other end was not asked, and did not ask.
    pub(super) fn unasked(code: CloseCode) -> Self {
        Self {
            code,
            end: Instant::now() + PATIENCE,
            timer: Box::pin(sleep(GLANCE)),
            glance: GLANCE,
            heard: None,
            agreed: false,
        }
    }

    /// Closes the transport, if all that is to be said was fed. Over when both ends have closed, or time is up.
    pub(super) fn poll(
        &mut self,
        transport: &mut dyn Transport,
        is_fed: bool,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if is_fed {
            if transport.poll_close(cx, self.code).is_ready() {
                return Poll::Ready(());
            }
            if self.heard.is_none() && transport.is_shut() {
                self.linger(Some(transport.received()));
            }
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            let silent = self.heard == Some(transport.received());
            let has_everything = self.heard.is_some();
            if silent || (self.agreed && has_everything) || Instant::now() >= self.end {
                return Poll::Ready(());
            }
            self.linger(transport.is_shut().then(|| transport.received()));
        }
        Poll::Pending
    }

    /// Gives the other end a moment, which has sent so much if it has everything.
    fn linger(&mut self, heard: Option<u64>) {
        self.heard = heard;
        let moment = if heard.is_some() {
            LINGER
        } else {
            self.glance = (2 * self.glance).min(LINGER);
            self.glance
        };
        let moment = (Instant::now() + moment).min(self.end);
        self.timer.as_mut().reset(moment);
    }
}

/// Closes a transport that everything was fed to, unasked.
pub(super) async fn close(mut transport: Box<dyn Transport>, code: CloseCode) {
    let mut closing = Closing::unasked(code);
    poll_fn(|cx| closing.poll(&mut *transport, true, cx)).await;
}

/// How long it may take in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long after closing it is first looked whether the other end has everything, of which nothing tells us: as a rule it has.
const GLANCE: Duration = Duration::from_millis(20);

/// How long the other end has once everything is said: a round trip to anywhere, and no longer than a shutdown can wait.
const LINGER: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::time::advance;

    use super::*;
    use crate::proto::Serializer;
    use crate::transport::{Farewell, TransportError};

    /// An end that is shut, the other end of which is not.
    struct HalfShut {
        sending: bool,
        /// How often it is asked until the other end has everything.
        unsent: u32,
        received: u64,
    }

    impl Transport for HalfShut {
        fn serializer(&self) -> Serializer {
            Serializer::Json
        }

        fn peer(&self) -> &'static str {
            "nobody"
        }

        fn max_frame(&self) -> usize {
            0
        }

        fn poll_receive(
            &mut self,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Bytes, TransportError>>> {
            Poll::Pending
        }

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
            Poll::Pending
        }

        fn feed(&mut self, _: Bytes) -> Result<(), TransportError> {
            Err(TransportError::Closed)
        }

        fn ping(&mut self) -> Result<(), TransportError> {
            Err(TransportError::Closed)
        }

        fn heard(&self) -> u64 {
            0
        }

        fn received(&self) -> u64 {
            self.received
        }

        fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
            Poll::Pending
        }

        fn poll_close(
            &mut self,
            _: &mut Context<'_>,
            _: CloseCode,
        ) -> Poll<Result<(), TransportError>> {
            self.received += u64::from(self.sending);
            self.unsent = self.unsent.saturating_sub(1);
            Poll::Pending
        }

        fn is_shut(&self) -> bool {
            self.unsent == 0
        }

        fn farewell(&self) -> Option<&Farewell> {
            None
        }
    }

    /// How long it takes until the other end is waited for no longer. It has everything when it was asked for so many tenths of a second.
    async fn waits(mut closing: Closing, sending: bool, unsent: u32) -> Duration {
        let mut transport = HalfShut {
            sending,
            unsent,
            received: 0,
        };
        let began = Instant::now();
        loop {
            let over = poll_fn(|cx| Poll::Ready(closing.poll(&mut transport, true, cx))).await;
            if over.is_ready() {
                return began.elapsed();
            }
            advance(TENTH).await;
        }
    }

    const TENTH: Duration = Duration::from_millis(100);

    #[tokio::test(start_paused = true)]
    async fn who_has_said_goodbye_has_a_moment_and_who_still_sends_more() {
        for code in [CloseCode::Normal, CloseCode::GoingAway] {
            for sending in [false, true] {
                assert_eq!(waits(Closing::of(code), sending, 1).await, LINGER);
            }
        }
        for closing in [
            || Closing::of(CloseCode::TooLong),
            || Closing::unasked(CloseCode::Normal),
        ] {
            assert_eq!(waits(closing(), false, 1).await, LINGER);
            assert_eq!(waits(closing(), true, 1).await, PATIENCE);
        }
    }

    /// Nothing wakes the task when the other end has everything.
    #[tokio::test(start_paused = true)]
    async fn the_moment_begins_soon_after_that_without_being_asked() {
        for sending in [false, true] {
            let mut closing = Closing::of(CloseCode::Normal);
            let mut transport = HalfShut {
                sending,
                unsent: 2,
                received: 0,
            };
            let began = Instant::now();
            poll_fn(|cx| closing.poll(&mut transport, true, cx)).await;
            let took = began.elapsed();
            assert!(took >= LINGER && took <= LINGER + 2 * GLANCE, "{took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_moment_begins_when_the_other_end_has_everything() {
        for sending in [false, true] {
            let late = waits(Closing::of(CloseCode::Normal), sending, 21).await;
            assert_eq!(late, 20 * TENTH + LINGER);
            let never = waits(Closing::of(CloseCode::Normal), sending, 1000).await;
            assert_eq!(never, PATIENCE);
        }
    }
}
