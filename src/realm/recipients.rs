//! Whom a publisher lets an event reach, among those who subscribed.
//!
//! Source: Advanced Profile, "Subscriber Black- and Whitelisting".

use std::borrow::Borrow;

use bytestring::ByteString;

use crate::proto::{Id, Recipients};

use super::session::Session;

/// The black- and whitelists of one publication.
///
/// Lists are sorted, so that a long one costs each subscriber a search and not a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    sessions: Lists<Id>,
    authids: Lists<ByteString>,
    authroles: Lists<ByteString>,
}

/// What a publication says about one attribute of its receivers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lists<T> {
    exclude: Option<Vec<T>>,
    eligible: Option<Vec<T>>,
}

impl Filter {
    pub(super) fn new(recipients: Recipients) -> Self {
        let Recipients {
            exclude,
            exclude_authid,
            exclude_authrole,
            eligible,
            eligible_authid,
            eligible_authrole,
            extra: _,
        } = recipients;
        Self {
            sessions: Lists::new(exclude, eligible),
            authids: Lists::new(exclude_authid, eligible_authid),
            authroles: Lists::new(exclude_authrole, eligible_authrole),
        }
    }

    /// Whether a subscriber gets the event: it is on every whitelist that there is and on no blacklist.
    pub(super) fn admits(&self, subscriber: &Session) -> bool {
        let join = &subscriber.join;
        self.sessions.admit(&join.session)
            && self.authids.admit(&*join.authid)
            && self.authroles.admit(&*join.authrole)
    }

    /// Whether it tells sessions apart, whatever their identity.
    pub(super) const fn names_sessions(&self) -> bool {
        self.sessions.exclude.is_some() || self.sessions.eligible.is_some()
    }

    /// A copy that does not keep the frame it came from alive.
    pub(super) fn detach(&self) -> Self {
        let copy = |text: &ByteString| ByteString::from(&**text);
        Self {
            sessions: self.sessions.clone(),
            authids: self.authids.map(copy),
            authroles: self.authroles.map(copy),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let texts = self.authids.items().chain(self.authroles.items());
        self.sessions.items().count() * size_of::<Id>()
            + texts
                .map(|text| size_of::<ByteString>() + text.len())
                .sum::<usize>()
    }
}

impl<T: Ord> Lists<T> {
    fn new(exclude: Option<Vec<T>>, eligible: Option<Vec<T>>) -> Self {
        let sorted = |mut list: Vec<T>| {
            list.sort_unstable();
            list.dedup();
            list
        };
        Self {
            exclude: exclude.map(sorted),
            eligible: eligible.map(sorted),
        }
    }

    fn admit<Q: Ord + ?Sized>(&self, who: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        let on = |list: &Vec<T>| list.binary_search_by(|item| item.borrow().cmp(who)).is_ok();
        self.eligible.as_ref().is_none_or(on) && !self.exclude.as_ref().is_some_and(on)
    }

    fn map(&self, copy: impl Fn(&T) -> T + Copy) -> Self {
        let list = |list: &Vec<T>| list.iter().map(copy).collect();
        Self {
            exclude: self.exclude.as_ref().map(list),
            eligible: self.eligible.as_ref().map(list),
        }
    }

    fn items(&self) -> impl Iterator<Item = &T> {
        self.exclude.iter().chain(&self.eligible).flatten()
    }
}
