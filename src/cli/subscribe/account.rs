//! What of a subscription has been told, over all sessions: no event is told twice, and what is missing is said.
//!
//! Publications are known by their ids. Of those only so many are remembered; where that is not enough to be sure, an event is
//! rather counted as missing than told twice. What this module does *not* do: ask the router, or print.

use std::collections::{HashSet, VecDeque};
use std::time::SystemTime;

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Id};

use super::super::output::Envelope;
use super::history::Past;

/// The account of one subscription.
#[derive(Debug)]
pub(crate) struct Account {
    topic: String,
    /// The publications that were told last, the latest at the end; and the same to look them up.
    order: VecDeque<Id>,
    told: HashSet<Id>,
    /// Whether there were more.
    has_forgotten: bool,
    /// Whether the router keeps a history of the subscription.
    has_history: bool,
    /// The last publication of the history when all began.
    start: Option<Id>,
    /// Those of the history that was read on this session: they may come as events too.
    read: HashSet<Id>,
    /// Whether an earlier session had the subscription as well.
    resumed: bool,
    /// Up to when it is known what there was.
    until: SystemTime,
}

/// Events that may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub(crate) since: SystemTime,
    pub(crate) until: SystemTime,
    /// Why they may be missing.
    pub(crate) reason: String,
    /// How many they are, if that is known.
    pub(crate) missed: Option<u64>,
}

impl Account {
    pub(crate) fn new(topic: &str) -> Self {
        Self {
            topic: topic.to_owned(),
            order: VecDeque::new(),
            told: HashSet::new(),
            has_forgotten: false,
            has_history: false,
            start: None,
            read: HashSet::new(),
            resumed: false,
            until: SystemTime::now(),
        }
    }

    /// The subscription begins, with the end of its history, if one is kept.
    pub(crate) fn begin(&mut self, history: Option<&[Past]>) {
        self.has_history = history.is_some();
        self.start = history.and_then(|events| events.last()?.publication);
        self.read.clear();
        self.until = SystemTime::now();
    }

    /// Whether to ask for the history after an outage.
    pub(crate) const fn has_history(&self) -> bool {
        self.has_history
    }

    /// Where in the history the last event is that is known already: what follows it is all that was missed.
    pub(crate) fn last_known(&self, history: &[Past]) -> Option<usize> {
        history.iter().rposition(|past| {
            past.publication
                .is_some_and(|it| self.told.contains(&it) || self.start == Some(it))
        })
    }

    /// The subscription goes on in another session. Of its history, empty if there is none, this leaves what is new, and the
    /// answer is whether that is all there was.
    pub(crate) fn resume(&mut self, history: &mut Vec<Past>) -> bool {
        let known = self.last_known(history);
        history.drain(..known.map_or(0, |at| at + 1));
        self.read.clear();
        self.resumed = true;
        self.until = SystemTime::now();
        known.is_some()
    }

    /// An event of the history is told.
    pub(crate) fn read(&mut self, past: &Past) {
        if let Some(publication) = past.publication {
            self.read.insert(publication);
            self.remember(publication);
        }
    }

    /// Whether an event that has come is to be told; then it counts as told. It is not if it was among the history, or if it is
    /// one that the router has retained and that was, or may have been, told already.
    pub(crate) fn admits(&mut self, publication: Id, retained: bool) -> bool {
        let again = self.resumed && retained;
        if self.read.contains(&publication)
            || again && (self.has_forgotten || self.told.contains(&publication))
        {
            return false;
        }
        self.remember(publication);
        self.until = SystemTime::now();
        true
    }

    /// Whether it is known that this publication was told.
    pub(crate) fn has_told(&self, publication: Id) -> bool {
        self.told.contains(&publication)
    }

    /// What is missing since the last event, because so many came faster than they were taken.
    pub(crate) fn overrun(&self, missed: u64) -> Gap {
        self.missing(missed, "they came faster than they were taken")
    }

    /// The same, because the router has dropped so many.
    pub(crate) fn dropped(&self, missed: u64) -> Gap {
        self.missing(
            missed,
            "the router dropped them: they were not read fast enough",
        )
    }

    fn missing(&self, missed: u64, reason: &str) -> Gap {
        Gap {
            since: self.until,
            until: SystemTime::now(),
            reason: reason.to_owned(),
            missed: Some(missed),
        }
    }

    /// What stands for missing events among the others.
    pub(crate) fn envelope(&self, gap: &Gap) -> Envelope {
        let time = |time| humantime::format_rfc3339_millis(time).to_string();
        let mut details = Dict::new()
            .with("since", time(gap.since))
            .with("until", time(gap.until))
            .with("reason", gap.reason.as_str());
        if let Some(missed) = gap.missed {
            details.push("missed", missed);
        }
        Envelope {
            kind: "gap",
            uri: Some(self.topic.clone()),
            arguments: Arguments::default(),
            details,
            at: SystemTime::now(),
        }
    }

    fn remember(&mut self, publication: Id) {
        if !self.told.insert(publication) {
            return;
        }
        self.order.push_back(publication);
        if self.order.len() > MEMORY
            && let Some(oldest) = self.order.pop_front()
        {
            self.told.remove(&oldest);
            self.has_forgotten = true;
        }
    }
}

/// How many publications are remembered: some minutes of a busy topic in a quarter of a megabyte.
const MEMORY: usize = 8192;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn past(numbers: impl IntoIterator<Item = u64>) -> Vec<Past> {
        let event = |number| Past {
            publication: Some(id(number)),
            envelope: Account::new("com.t").envelope(&Account::new("com.t").overrun(number)),
        };
        numbers.into_iter().map(event).collect()
    }

    /// What is told of this history after an outage, and whether it is all.
    fn resumed(account: &mut Account, numbers: &[u64]) -> (Vec<u64>, bool) {
        let mut history = past(numbers.iter().copied());
        let is_all = account.resume(&mut history);
        history.iter().for_each(|event| account.read(event));
        let told = history.iter().filter_map(|event| event.publication);
        (told.map(Id::get).collect(), is_all)
    }

    #[test]
    fn history_makes_up_for_an_outage_from_what_is_known() {
        let mut account = Account::new("com.t");
        account.begin(Some(&past([1, 2])));
        // Nothing has come yet, but it is known where it began.
        assert_eq!(resumed(&mut account, &[1, 2, 3]), (vec![3], true));
        assert!(!account.admits(id(3), false), "it was read");
        assert!(account.admits(id(4), false));
        assert_eq!(resumed(&mut account, &[2, 3, 4]), (vec![], true));
        assert_eq!(resumed(&mut account, &[3, 4, 5, 6]), (vec![5, 6], true));
        // It does not reach back.
        assert_eq!(resumed(&mut account, &[8, 9]), (vec![8, 9], false));
        // There is none any more.
        assert_eq!(resumed(&mut account, &[]), (vec![], false));
    }

    #[test]
    fn an_empty_history_proves_nothing() {
        let mut account = Account::new("com.t");
        account.begin(Some(&[]));
        assert!(account.has_history());
        assert_eq!(resumed(&mut account, &[1]), (vec![1], false));
    }

    #[test]
    fn what_is_retained_is_told_once() {
        let mut account = Account::new("com.t");
        account.begin(None);
        assert!(account.admits(id(1), true));
        resumed(&mut account, &[]);
        assert!(!account.admits(id(1), true));
        assert!(account.admits(id(2), true), "it is new");
        // Of so many, which were told is not known any more.
        for number in 3..MEMORY as u64 + 3 {
            assert!(account.admits(id(number), false));
        }
        assert_eq!(account.told.len(), MEMORY);
        resumed(&mut account, &[]);
        assert!(!account.admits(id(1), true));
        assert!(account.admits(id(1), false), "which is a new publication");
    }

    #[test]
    fn a_gap_says_since_when_and_how_much() {
        let account = Account::new("com.t");
        let gap = Gap {
            since: SystemTime::UNIX_EPOCH,
            until: SystemTime::UNIX_EPOCH + Duration::from_millis(3200),
            reason: "the connection was cut".to_owned(),
            missed: Some(7),
        };
        let envelope = account.envelope(&gap);
        assert_eq!(
            (envelope.kind, envelope.uri.as_deref()),
            ("gap", Some("com.t"))
        );
        let details = Dict::new()
            .with("since", "1970-01-01T00:00:00.000Z")
            .with("until", "1970-01-01T00:00:03.200Z")
            .with("reason", "the connection was cut")
            .with("missed", 7);
        assert_eq!(envelope.details, details);
    }
}
