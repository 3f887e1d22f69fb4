//! Whether the other end is still there: the beat that both sides of a session keep.
//!
//! A peer whose machine or network is gone says nothing about it, and an idle connection would never notice. So at every beat of a
//! connection it is asked whether anything came in since the last one. If not, a PING is sent; if there is still nothing at the
//! next beat, the connection is given up ([`TransportError::Silent`]): two to three intervals after the last sign of life. Where
//! there is traffic, nothing is sent.
//!
//! A sign of life is every byte that comes in, so that a long message on a slow line is one from its first byte on. Silence is held
//! against nobody while it may be our own doing: while this end does not read, or while what it has written does not get through,
//! the PING among it. A peer that reads slowly is thus left to TCP, which gives it up when its system no longer acknowledges
//! anything, and to the limits on what may wait for it.
//!
//! RawSocket is different. Its PING ends the connection of software that does not know it: autobahn-python raises an error (asyncio)
//! or takes it for the beginning of a message of 16 MiB (Twisted, and so crossbar). There PING is sent only to what names itself
//! as software of ours in HELLO or WELCOME; otherwise the operating system is told to watch over the connection
//! ([`Transport::keep_alive`]), which finds a machine or network that is gone, but not a process that hangs.
//!
//! What this module does *not* do: end sessions, or write. Its owner polls it between reading and writing, in one turn.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::{Transport, TransportError};

/// The beat of one connection. Cheap to poll: one timer, which is set anew only when it has run out.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    interval: Duration,
    next: Pin<Box<Sleep>>,
    /// How much had come in at the last beat.
    received: u64,
    /// A PING has been queued, and nothing has come in since.
    asked: bool,
    /// Since the last beat there was a time when silence proved nothing.
    excused: bool,
}

impl Heartbeat {
    /// Begins to watch over a connection; `None` if that is not wanted, or if the operating system does it. `agent` is how the
    /// other end names itself.
    pub(crate) fn start(
        transport: &mut dyn Transport,
        interval: Option<Duration>,
        agent: Option<&str>,
    ) -> Option<Self> {
        let interval = interval.filter(|interval| !interval.is_zero())?;
        let is_ours = agent.is_some_and(|agent| OURS.iter().any(|name| agent.starts_with(name)));
        if transport.keep_alive(interval) && !is_ours {
            return None;
        }
        Some(Self {
            interval,
            next: Box::pin(sleep(interval)),
            received: transport.received(),
            asked: false,
            excused: false,
        })
    }

    /// This end does not read, or what it writes does not get through: that nothing comes in proves nothing for now.
    pub(crate) const fn excuse(&mut self) {
        self.excused = true;
    }

    /// Whether a PING has been queued that nothing has come in for at the last beat.
    pub(crate) const fn awaits_answer(&self) -> bool {
        self.asked
    }

    /// Looks whether a beat is due, and what it shows. A PING is queued, to be flushed by the owner.
    ///
    /// # Errors
    /// [`TransportError::Silent`] if the other end is to be given up.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        transport: &mut dyn Transport,
    ) -> Result<(), TransportError> {
        while self.next.as_mut().poll(cx).is_ready() {
            self.next.as_mut().reset(Instant::now() + self.interval);
            let received = transport.received();
            let excused = std::mem::take(&mut self.excused);
            if received != self.received {
                self.received = received;
                self.asked = false;
            } else if !self.asked {
                self.asked = true;
                match transport.ping() {
                    // It is being closed, which its owner is about to learn.
                    Ok(()) | Err(TransportError::Closed) => {}
                    Err(error) => return Err(error),
                }
            } else if !excused {
                return Err(TransportError::Silent(2 * self.interval));
            }
        }
        Ok(())
    }
}

/// How the agents of what is made with this library begin, unless their makers name them otherwise. All of it answers PING.
const OURS: [&str; 2] = ["wampkit-", "wamp-"];

/// How often a silent peer is asked unless said otherwise: often enough that a dead one is gone within a minute, and that proxies and
/// address translators, which forget connections after a minute or more, keep theirs.
pub(crate) const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use bytes::Bytes;
    use tokio::time::advance;

    use super::*;
    use crate::proto::Serializer;
    use crate::transport::{CloseCode, Farewell};

    /// A connection of which only this is known.
    #[derive(Default)]
    struct Line {
        received: u64,
        pings: usize,
        /// The system watches over it.
        watched: bool,
    }

    impl Transport for Line {
        fn serializer(&self) -> Serializer {
            Serializer::Json
        }

        fn peer(&self) -> &'static str {
            "line"
        }

        fn max_frame(&self) -> usize {
            usize::MAX
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
            Ok(())
        }

        fn ping(&mut self) -> Result<(), TransportError> {
            self.pings += 1;
            Ok(())
        }

        fn heard(&self) -> u64 {
            self.received
        }

        fn keep_alive(&mut self, _: Duration) -> bool {
            self.watched
        }

        fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
            Poll::Pending
        }

        fn poll_close(
            &mut self,
            _: &mut Context<'_>,
            _: CloseCode,
        ) -> Poll<Result<(), TransportError>> {
            Poll::Pending
        }

        fn farewell(&self) -> Option<&Farewell> {
            None
        }
    }

    const BEAT: Duration = Duration::from_secs(20);

    fn beating(line: &mut Line) -> Heartbeat {
        Heartbeat::start(line, Some(BEAT), None).unwrap()
    }

    /// Lets one interval pass and looks.
    async fn beat(heartbeat: &mut Heartbeat, line: &mut Line) -> Result<(), TransportError> {
        advance(BEAT).await;
        poll_fn(|cx| Poll::Ready(heartbeat.poll(cx, line))).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_asked_once_and_then_given_up() {
        let mut line = Line::default();
        let mut heartbeat = beating(&mut line);
        line.received = 5;
        beat(&mut heartbeat, &mut line).await.unwrap();
        assert_eq!(line.pings, 0);
        beat(&mut heartbeat, &mut line).await.unwrap();
        assert_eq!(line.pings, 1);
        let given_up = beat(&mut heartbeat, &mut line).await.unwrap_err();
        assert_eq!(
            given_up.to_string(),
            "nothing was heard from the other end for 40s, not even the answer to a ping"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_answers_lives_on_and_who_talks_is_not_asked() {
        let mut line = Line::default();
        let mut heartbeat = beating(&mut line);
        for pings in 1..100 {
            beat(&mut heartbeat, &mut line).await.unwrap();
            assert_eq!(line.pings, pings);
            line.received += 1;
            beat(&mut heartbeat, &mut line).await.unwrap();
        }
        for _ in 0..100 {
            line.received += 1;
            beat(&mut heartbeat, &mut line).await.unwrap();
        }
        assert_eq!(line.pings, 99);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_that_may_be_our_own_doing_is_held_against_nobody() {
        let mut line = Line::default();
        let mut heartbeat = beating(&mut line);
        for _ in 0..100 {
            heartbeat.excuse();
            beat(&mut heartbeat, &mut line).await.unwrap();
        }
        assert_eq!(line.pings, 1, "more would only pile up");
        beat(&mut heartbeat, &mut line).await.unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_asked_who_may_not_survive_it() {
        let start = |watched, interval, agent| {
            let mut line = Line {
                watched,
                ..Line::default()
            };
            Heartbeat::start(&mut line, interval, agent).is_some()
        };
        assert!(start(false, Some(BEAT), None));
        assert!(!start(true, Some(BEAT), None));
        assert!(!start(true, Some(BEAT), Some("AutobahnPython/25.1")));
        assert!(start(true, Some(BEAT), Some("wampkit-0.1.0")));
        assert!(start(true, Some(BEAT), Some("wamp-0.1.0")));
        for off in [None, Some(Duration::ZERO)] {
            assert!(!start(false, off, None));
        }
    }
}
