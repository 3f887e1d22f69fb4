//! The end of a connection: what is left is written, and the other end has a moment to close as well.
//!
//! Whoever keeps its socket open when all is said holds a place, so that moment is short: an end that means to close does so within a
//! round trip. Who has not said goodbye, and is told that it is over, may still be sending, and would lose what it is told if it were not
//! read to the end (see [`Transport::poll_close`]): it has more time, while something comes.

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
    /// What had come in when the other end was last given a moment; `None` while there is something left to write.
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
        let timer = sleep(PATIENCE);
        Self {
            code,
            end: timer.deadline(),
            timer: Box::pin(timer),
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
                self.linger(transport.received());
            }
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            let received = transport.received();
            let silent = self.heard.is_none_or(|heard| heard == received);
            if silent || self.agreed || Instant::now() >= self.end {
                return Poll::Ready(());
            }
            self.linger(received);
        }
        Poll::Pending
    }

    /// Gives the other end a moment.
    fn linger(&mut self, received: u64) {
        self.heard = Some(received);
        let moment = (Instant::now() + LINGER).min(self.end);
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
            Poll::Pending
        }

        fn is_shut(&self) -> bool {
            true
        }

        fn farewell(&self) -> Option<&Farewell> {
            None
        }
    }

    /// How long it takes until the other end is waited for no longer.
    async fn waits(mut closing: Closing, sending: bool, is_fed: bool) -> Duration {
        let mut transport = HalfShut {
            sending,
            received: 0,
        };
        let began = Instant::now();
        loop {
            let over = poll_fn(|cx| Poll::Ready(closing.poll(&mut transport, is_fed, cx))).await;
            if over.is_ready() {
                return began.elapsed();
            }
            advance(Duration::from_millis(100)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_said_goodbye_has_a_moment_and_who_still_sends_more() {
        for code in [CloseCode::Normal, CloseCode::GoingAway] {
            for sending in [false, true] {
                assert_eq!(waits(Closing::of(code), sending, true).await, LINGER);
            }
        }
        for closing in [
            || Closing::of(CloseCode::TooLong),
            || Closing::unasked(CloseCode::Normal),
        ] {
            assert_eq!(waits(closing(), false, true).await, LINGER);
            assert_eq!(waits(closing(), true, true).await, PATIENCE);
        }
        // What is left to be written has its time as well.
        let unread = waits(Closing::of(CloseCode::Normal), false, false).await;
        assert_eq!(unread, PATIENCE);
    }
}
