//! Who works in a benchmark: callers and callees, publishers and subscribers. What they see goes into one [`Tally`].

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use hdrhistogram::Histogram;
use tokio::time::{Instant, Sleep, sleep_until};
use wampkit::client::WampError;
use wampkit::codec;
use wampkit::proto::{Message, MessageType, Serializer};

use super::super::error::CliError;
use super::link::{Actor, MOST_UNSENT, nonsense};
use super::wire::{self, Stamp, Template};

/// What was seen so far, by all of them.
pub(super) struct Tally {
    pub(super) started: Instant,
    /// Whether what comes now counts: warming up is over, and the time is not.
    pub(super) measuring: bool,
    /// What was due before that many nanoseconds does not count, whenever it is done: it belongs to warming up.
    from: u64,
    /// Whether nothing new is to be begun.
    pub(super) stopped: bool,
    /// How many may still be begun that count, if it is a matter of number.
    pub(super) left: Option<u64>,
    /// What was done, warming up included.
    pub(super) finished: u64,
    pub(super) operations: u64,
    pub(super) latencies: Histogram<u64>,
    /// Requests that were answered well, warming up included.
    answered: u64,
    pub(super) errors: u64,
    pub(super) duplicates: u64,
    pub(super) disorder: u64,
    /// Events that came, warming up included.
    pub(super) received: u64,
    /// Events that are to come.
    pub(super) expected: u64,
    /// Requests without an answer.
    pub(super) open: u64,
    /// Publishers, each with its publications that not all subscribers have.
    pub(super) senders: Vec<Sender>,
}

/// How far the publications of a publisher have come.
#[derive(Default)]
pub(super) struct Sender {
    /// The sequence number of the first of `missing`.
    first: u32,
    /// How many subscribers do not have it yet.
    missing: VecDeque<u32>,
    waker: Option<Waker>,
}

pub(super) type Shared = Rc<RefCell<Tally>>;

impl Tally {
    pub(super) fn shared(left: Option<u64>, senders: usize) -> Shared {
        let latencies = Histogram::new_with_bounds(1, 1 << 40, 3);
        Rc::new(RefCell::new(Self {
            started: Instant::now(),
            measuring: true,
            from: 0,
            stopped: false,
            left,
            finished: 0,
            operations: 0,
            latencies: latencies.expect("1 <= 1, 2 <= 2^40, 3 <= 5"),
            answered: 0,
            errors: 0,
            duplicates: 0,
            disorder: 0,
            received: 0,
            expected: 0,
            open: 0,
            senders: std::iter::repeat_with(Sender::default)
                .take(senders)
                .collect(),
        }))
    }

    pub(super) fn nanos(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Warming up is over: what is begun from now on counts.
    pub(super) fn measure(&mut self) {
        self.measuring = true;
        self.from = self.nanos() + 1;
    }

    fn counts(&self, due: u64) -> bool {
        self.measuring && due >= self.from
    }

    /// Whether one more may be begun that is due at `due`.
    pub(super) fn begin(&mut self, due: u64) -> bool {
        if self.stopped || self.left == Some(0) {
            return false;
        }
        let counts = self.counts(due);
        if let Some(left) = self.left.as_mut().filter(|_| counts) {
            *left -= 1;
        }
        true
    }

    /// One that was due at `due` is done.
    pub(super) fn done(&mut self, due: u64) {
        self.finished += 1;
        if self.counts(due) {
            self.operations += 1;
            let latency = self.nanos().saturating_sub(due);
            self.latencies.saturating_record(latency.max(1));
        }
    }

    /// Whether a publisher has sent this. A router can invent anything.
    fn was_sent(&self, stamp: Stamp) -> bool {
        let sender = self.senders.get(stamp.sender as usize);
        sender.is_some_and(|sender| {
            u64::from(stamp.sequence) < u64::from(sender.first) + sender.missing.len() as u64
        })
    }

    /// A subscriber has an event.
    fn receipt(&mut self, stamp: Stamp) {
        let Some(sender) = self.senders.get_mut(stamp.sender as usize) else {
            return;
        };
        let place = stamp.sequence.wrapping_sub(sender.first) as usize;
        if let Some(missing) = sender.missing.get_mut(place) {
            *missing = missing.saturating_sub(1);
        }
        let mut freed = false;
        while sender.missing.front() == Some(&0) {
            sender.missing.pop_front();
            sender.first += 1;
            freed = true;
        }
        if freed && let Some(waker) = sender.waker.take() {
            waker.wake();
        }
    }
}

/// Sends requests and takes their answers: a caller, or a publisher.
pub(super) struct Requester {
    pub(super) tally: Shared,
    pub(super) reader: Reader,
    pub(super) template: Template,
    pub(super) number: u32,
    pub(super) pacing: Pacing,
    /// Requests, by id from `first` on, that wait for their answer.
    pub(super) open: VecDeque<bool>,
    pub(super) first: u64,
    pub(super) unanswered: usize,
    /// How many get what it publishes; `None` for a caller.
    pub(super) subscribers: Option<u32>,
}

/// When the next request is sent.
pub(super) enum Pacing {
    /// When fewer than so many are without an answer.
    Answers(usize),
    /// When fewer than so many are not with all subscribers.
    Receipts(usize),
    /// At its time.
    Clock {
        schedule: Schedule,
        sleep: Pin<Box<Sleep>>,
    },
}

impl Pacing {
    pub(super) fn clock(schedule: Schedule) -> Self {
        let sleep = Box::pin(sleep_until(schedule.next));
        Self::Clock { schedule, sleep }
    }
}

/// When one of several that work at a rate together has its turns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) next: Instant,
    interval: Duration,
}

impl Schedule {
    /// From now on, as the one with this number of so many, which begin one after the other.
    pub(super) fn new(rate: f64, number: usize, count: usize) -> Self {
        let interval = Duration::from_secs_f64(count as f64 / rate);
        let offset = interval.mul_f64(number as f64 / count as f64);
        let next = Instant::now() + offset;
        Self { next, interval }
    }

    /// Takes the next turn. Answers when it was due, in nanoseconds since `started`.
    pub(super) fn take(&mut self, started: Instant) -> u64 {
        let due = self.next.checked_duration_since(started);
        self.next += self.interval;
        u64::try_from(due.unwrap_or_default().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Requester {
    /// When the next request is due, if it is now.
    fn due(&mut self) -> Option<u64> {
        let tally = self.tally.borrow();
        let now = tally.nanos();
        match &mut self.pacing {
            Pacing::Answers(window) => (self.unanswered < *window).then_some(now),
            Pacing::Receipts(window) => {
                let waiting = tally.senders[self.number as usize].missing.len();
                (waiting < *window && self.unanswered < *window).then_some(now)
            }
            Pacing::Clock { schedule, .. } => {
                (schedule.next <= Instant::now()).then(|| schedule.take(tally.started))
            }
        }
    }

    fn send(&mut self, due: u64, out: &mut VecDeque<Bytes>) {
        let id = self.first + self.open.len() as u64;
        let sequence = u32::try_from(id - 1).unwrap_or(u32::MAX);
        let stamp = Stamp {
            sender: self.number,
            sequence,
            nanos: due,
        };
        out.push_back(self.template.frame(id, stamp));
        self.open.push_back(true);
        self.unanswered += 1;
        let mut tally = self.tally.borrow_mut();
        tally.open += 1;
        if let Some(subscribers) = self.subscribers {
            tally.expected += u64::from(subscribers);
            tally.senders[self.number as usize]
                .missing
                .push_back(subscribers);
        }
    }

    /// Whether a request with this id was waiting for its answer.
    fn answered(&mut self, id: u64) -> bool {
        let place = usize::try_from(id.wrapping_sub(self.first)).unwrap_or(usize::MAX);
        let Some(open) = self.open.get_mut(place).filter(|open| **open) else {
            self.tally.borrow_mut().duplicates += 1;
            return false;
        };
        *open = false;
        while self.open.front() == Some(&false) {
            self.open.pop_front();
            self.first += 1;
        }
        self.unanswered -= 1;
        self.tally.borrow_mut().open -= 1;
        true
    }

    /// An ERROR has come. Where it is the first answer of all there is nothing to measure.
    fn failed(&mut self, frame: &Bytes) -> Result<(), CliError> {
        self.tally.borrow_mut().errors += 1;
        let Ok(Message::Error(error)) = codec::decode(self.reader.serializer, frame) else {
            return Ok(());
        };
        self.answered(error.request.get());
        if self.tally.borrow().answered > 0 {
            return Ok(());
        }
        Err(CliError::Wamp {
            subject: "the first request".to_owned(),
            error: Box::new(WampError::from(error)),
            suggestion: None,
        })
    }

    /// Has the task woken when the next request is due, or in the millisecond after that: so finely the timer counts. Then all
    /// that are due by now are sent.
    fn arm(&mut self, cx: &mut Context<'_>) {
        match &mut self.pacing {
            Pacing::Answers(_) => {}
            Pacing::Receipts(_) => {
                let mut tally = self.tally.borrow_mut();
                tally.senders[self.number as usize].waker = Some(cx.waker().clone());
            }
            Pacing::Clock { schedule, sleep } => {
                sleep.as_mut().reset(schedule.next);
                if sleep.as_mut().poll(cx).is_ready() {
                    cx.waker().wake_by_ref();
                }
            }
        }
    }
}

impl Actor for Requester {
    fn received(&mut self, frame: &Bytes, _: &mut VecDeque<Bytes>) -> Result<(), CliError> {
        match self.reader.header(frame)? {
            (RESULT, id) => {
                let stamp = self.reader.stamp(frame);
                let own = stamp.filter(|stamp| stamp.sender == self.number);
                if self.answered(id) {
                    let mut tally = self.tally.borrow_mut();
                    match own {
                        Some(stamp) if u64::from(stamp.sequence) + 1 == id => {
                            tally.answered += 1;
                            tally.done(stamp.nanos);
                        }
                        _ => tally.errors += 1,
                    }
                }
            }
            (PUBLISHED, id) => {
                self.tally.borrow_mut().answered += 1;
                self.answered(id);
            }
            (ERROR, _) => self.failed(frame)?,
            (other, _) => return Err(unexpected(other)),
        }
        Ok(())
    }

    fn turn(&mut self, cx: &mut Context<'_>, out: &mut VecDeque<Bytes>) -> bool {
        let mut sent = 0;
        // More than can be sent may be due, for ever: others have their turn, and what the router has not taken is not added to.
        while out.len() < MOST_UNSENT
            && let Some(due) = self.due()
        {
            if sent == AT_ONCE {
                cx.waker().wake_by_ref();
                break;
            }
            sent += 1;
            if !self.tally.borrow_mut().begin(due) {
                return self.unanswered == 0;
            }
            self.send(due, out);
        }
        self.arm(cx);
        let tally = self.tally.borrow();
        (tally.stopped || tally.left == Some(0)) && self.unanswered == 0
    }
}

/// How many requests one turn sends at the most.
const AT_ONCE: usize = 1024;

/// Answers each invocation with its stamp.
pub(super) struct Callee {
    pub(super) reader: Reader,
    pub(super) template: Template,
}

impl Actor for Callee {
    fn received(&mut self, frame: &Bytes, out: &mut VecDeque<Bytes>) -> Result<(), CliError> {
        match self.reader.header(frame)? {
            (INVOCATION, id) => {
                let stamp = self.reader.stamp(frame).ok_or_else(|| {
                    nonsense("an invocation came with other arguments".to_owned())
                })?;
                out.push_back(self.template.frame(id, stamp));
                Ok(())
            }
            (other, _) => Err(unexpected(other)),
        }
    }

    fn turn(&mut self, _: &mut Context<'_>, _: &mut VecDeque<Bytes>) -> bool {
        false
    }
}

/// Takes events, and sees whether they are all there and in order.
pub(super) struct Subscriber {
    pub(super) tally: Shared,
    pub(super) reader: Reader,
    /// By publisher: the next sequence number, and those before it that have not come.
    pub(super) seen: HashMap<u32, (u32, HashSet<u32>)>,
}

impl Actor for Subscriber {
    fn received(&mut self, frame: &Bytes, _: &mut VecDeque<Bytes>) -> Result<(), CliError> {
        match self.reader.header(frame)? {
            (EVENT, _) => {}
            (other, _) => return Err(unexpected(other)),
        }
        let stamp = self
            .reader
            .stamp(frame)
            .ok_or_else(|| nonsense("an event came with other arguments".to_owned()))?;
        let mut tally = self.tally.borrow_mut();
        if !tally.was_sent(stamp) {
            return Err(nonsense("an event came that nobody published".to_owned()));
        }
        let (next, missing) = self.seen.entry(stamp.sender).or_default();
        if stamp.sequence >= *next {
            missing.extend(*next..stamp.sequence);
            *next = stamp.sequence + 1;
        } else if missing.remove(&stamp.sequence) {
            tally.disorder += 1;
        } else {
            tally.duplicates += 1;
            return Ok(());
        }
        tally.received += 1;
        tally.done(stamp.nanos);
        tally.receipt(stamp);
        Ok(())
    }

    fn turn(&mut self, _: &mut Context<'_>, _: &mut VecDeque<Bytes>) -> bool {
        false
    }
}

const CALL: u64 = MessageType::Call as u64;
const YIELD: u64 = MessageType::Yield as u64;
const PUBLISH: u64 = MessageType::Publish as u64;
const ERROR: u64 = MessageType::Error as u64;
const PUBLISHED: u64 = MessageType::Published as u64;
const EVENT: u64 = MessageType::Event as u64;
const RESULT: u64 = MessageType::Result as u64;
const INVOCATION: u64 = MessageType::Invocation as u64;

/// How frames that come are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) serializer: Serializer,
    /// How long a payload is, in bytes.
    pub(super) size: usize,
    /// Whether they come from a relay, as they were sent: CALL for INVOCATION, YIELD for RESULT, PUBLISH for EVENT.
    pub(super) relayed: bool,
}

impl Reader {
    /// The type of a message and its id.
    fn header(self, frame: &[u8]) -> Result<(u64, u64), CliError> {
        let (kind, id) = wire::header(self.serializer, frame)
            .ok_or_else(|| nonsense("a message of an unusual form".to_owned()))?;
        let kind = match kind {
            CALL if self.relayed => INVOCATION,
            YIELD if self.relayed => RESULT,
            PUBLISH if self.relayed => EVENT,
            other => other,
        };
        Ok((kind, id))
    }

    fn stamp(self, frame: &[u8]) -> Option<Stamp> {
        wire::stamp(self.serializer, frame, self.size)
    }
}

fn unexpected(kind: u64) -> CliError {
    nonsense(format!("a message of type {kind} was not expected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_due_before_measuring_does_not_count() {
        let tally = Tally::shared(Some(2), 0);
        let mut tally = tally.borrow_mut();
        tally.measuring = false;
        let early = tally.nanos();
        assert!(tally.begin(early));
        tally.done(early);
        tally.measure();
        let due = tally.from;
        // By the clock, it may be begun late.
        assert!(tally.begin(early));
        assert_eq!(
            [tally.begin(due), tally.begin(due), tally.begin(due)],
            [true, true, false]
        );
        for due in [early, due, due] {
            tally.done(due);
        }
        assert_eq!((tally.operations, tally.finished), (2, 4));
    }

    #[test]
    fn events_that_nobody_published_end_it() {
        let tally = Tally::shared(None, 1);
        tally.borrow_mut().senders[0].missing.extend([1, 1]);
        let mut subscriber = Subscriber {
            tally: Rc::clone(&tally),
            reader: Reader {
                serializer: Serializer::Json,
                size: Stamp::LENGTH,
                relayed: false,
            },
            seen: HashMap::new(),
        };
        let mut received = |stamp: &str| {
            let frame = Bytes::from(format!("[36,1,2,{{}},[\"{stamp}\"]]"));
            subscriber.received(&frame, &mut VecDeque::new())
        };
        received("0000000100000000").unwrap();
        received("0000000200000000").unwrap_err(); // a later one than was sent
        received("0001000000000000").unwrap_err(); // another publisher's
        received("0000000000000000").unwrap();
        let tally = tally.borrow();
        assert_eq!((tally.received, tally.disorder), (2, 1));
    }
}
