//! How many messages per second a session may send: a token bucket.
//!
//! Every message takes a token. Where there is none, the connection is either not read from until there is one, so that TCP pushes back on
//! the client, or requests are refused. Answers, cancellations and goodbyes are never refused: without them things would only get worse.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::tally::Tally;
use super::who::Who;
use crate::proto::{Id, Message};
use crate::realm::{Exceeded, Excessive};

/// How many messages a session may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// In a second, in the long run.
    pub messages: u32,
    /// At once, after it has sent nothing for a while.
    pub burst: u32,
    /// What becomes of those beyond.
    pub over: OverRate,
}

/// What becomes of messages beyond a [`Rate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverRate {
    /// They are read when it is their turn.
    #[default]
    Delay,
    /// CALL, SUBSCRIBE, REGISTER and PUBLISH are answered with ERROR `wamp.error.limit_exceeded`; PUBLISH that is not to be acknowledged
    /// is dropped.
    Refuse,
}

/// The rates of a realm's sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of those whose role has none of its own; `None` for as many messages as they like.
    pub all: Option<Rate>,
    /// Of the roles that have one of their own, or none in spite of `all`.
    pub roles: HashMap<String, Option<Rate>>,
}

impl Rates {
    /// The rate of a session with this role.
    pub(super) fn of(&self, role: &str) -> Option<Rate> {
        self.roles.get(role).copied().unwrap_or(self.all)
    }
}

/// The bucket of one session.
#[derive(Debug)]
pub(super) struct Pace {
    rate: Rate,
    tokens: u32,
    /// Up to when tokens have been put in.
    filled: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    /// Messages that were dropped.
    dropped: Tally,
}

/// What becomes of a message for which there is no token.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused {
    /// It is answered with ERROR.
    Answered(Excessive),
    /// Nobody is told.
    Dropped,
    /// It is acted on like others.
    Heard,
}

impl Pace {
    /// A full bucket.
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            tokens: rate.burst.max(1),
            filled: Instant::now(),
            timer: None,
            dropped: Tally::default(),
        }
    }

    /// Whether messages are read only when there is a token for them.
    pub(super) fn delays(&self) -> bool {
        self.rate.over == OverRate::Delay
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self) -> bool {
        if self.tokens == 0 {
            self.fill(Instant::now());
        }
        let any = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        any
    }

    /// Whether there is a token; if not, the task is woken when there are some.
    pub(super) fn poll_any(&mut self, cx: &mut Context<'_>) -> bool {
        while self.tokens == 0 {
            self.fill(Instant::now());
            if self.tokens > 0 {
                break;
            }
            let at = self.filled + self.pause();
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            timer.as_mut().reset(at);
            if timer.as_mut().poll(cx).is_pending() {
                return false;
            }
        }
        true
    }

    /// What becomes of a message for which there is no token.
    pub(super) fn refuse(&mut self, who: &Who, message: &Message) -> Refused {
        let (request, more): (Id, bool) = match message {
            Message::Call(call) => (call.request, call.options.progress == Some(true)),
            Message::Subscribe(subscribe) => (subscribe.request, false),
            Message::Register(register) => (register.request, false),
            Message::Publish(publish) if publish.options.acknowledge == Some(true) => {
                (publish.request, false)
            }
            Message::Publish(_) => {
                let told = self.dropped.add(1, Instant::now().into_std());
                self.tell(told, who);
                return Refused::Dropped;
            }
            _ => return Refused::Heard,
        };
        Refused::Answered(Excessive {
            kind: message.kind(),
            request,
            more,
            limit: Exceeded::Rate(self.rate.messages),
        })
    }

    /// Logs what was dropped and not yet told.
    pub(super) fn tell_rest(&mut self, who: &Who) {
        let rest = self.dropped.rest();
        self.tell(rest, who);
    }

    fn tell(&self, dropped: Option<u64>, who: &Who) {
        let Some(dropped) = dropped else {
            return;
        };
        let Who {
            session,
            realm,
            authid,
            peer,
        } = who;
        let rate = self.rate.messages;
        tracing::warn!(
            session, %realm, authid, peer, dropped, rate,
            "events dropped: it publishes too fast"
        );
    }

    /// Puts in the tokens of the time that has passed.
    fn fill(&mut self, now: Instant) {
        let rate = u128::from(self.rate.messages.max(1));
        let passed = now.saturating_duration_since(self.filled).as_nanos();
        let burst = self.rate.burst.max(1);
        let room = burst - self.tokens.min(burst);
        match u32::try_from(passed * rate / NANOS) {
            Ok(more) if more < room => {
                self.tokens += more;
                // What is left over of the time counts for the next one.
                let nanos = u128::from(more) * NANOS / rate;
                self.filled += Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
            }
            _ => {
                self.tokens = burst;
                self.filled = now;
            }
        }
    }

    /// How long an empty bucket is left alone: until there is a token, or several where they come fast, but no more than fit in.
    fn pause(&self) -> Duration {
        let token = Duration::from_secs(1) / self.rate.messages.max(1) + Duration::from_nanos(1);
        token
            .saturating_mul(self.rate.burst.max(1))
            .min(token.max(TURN))
    }
}

const NANOS: u128 = 1_000_000_000;

/// How often a connection that waits for tokens is looked at, unless they come more slowly.
const TURN: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use tokio::time::advance;

    use super::*;

    fn pace(messages: u32, burst: u32) -> Pace {
        Pace::new(Rate {
            messages,
            burst,
            over: OverRate::Refuse,
        })
    }

    /// How many tokens can be taken at once.
    fn taken(pace: &mut Pace) -> u32 {
        let mut count = 0;
        while pace.take() {
            count += 1;
        }
        count
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_come_back_at_the_rate_and_pile_up_to_the_burst() {
        let mut pace = pace(10, 5);
        assert_eq!(taken(&mut pace), 5);
        advance(Duration::from_millis(250)).await;
        assert_eq!(taken(&mut pace), 2);
        // The other half of a token was not lost.
        advance(Duration::from_millis(50)).await;
        assert_eq!(taken(&mut pace), 1);
        advance(Duration::from_secs(3600)).await;
        assert_eq!(taken(&mut pace), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_tokens_keeps_the_rate() {
        for (messages, burst) in [(1, 1), (3, 2), (1000, 1), (1000, 1000), (100_000, 50)] {
            let mut pace = pace(messages, burst);
            taken(&mut pace);
            let began = Instant::now();
            let mut count = 0;
            while began.elapsed() < Duration::from_secs(10) {
                poll_fn(|cx| {
                    if pace.poll_any(cx) {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                })
                .await;
                count += taken(&mut pace);
            }
            let most = messages * 10 + burst;
            assert!(count <= most, "{messages} {burst}: {count}");
            // The clock ticks in milliseconds.
            let least = (messages * 9).min(burst * 900);
            assert!(count >= least, "{messages} {burst}: {count}");
        }
    }
}
