//! Where a reader stands among open lists and dictionaries.

use smallvec::SmallVec;

use super::error::Fault;

/// The lists and dictionaries that are open, outermost first.
#[derive(Clone, Debug)]
pub(super) struct Nesting {
    open: SmallVec<[Open; 8]>,
    limit: usize,
}

/// An open list or dictionary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    /// Whether it is a dictionary.
    pub(super) dict: bool,
    /// Items still to come, keys and values counted each; counted down from [`UNCOUNTED`] where the length is unknown.
    left: usize,
}

/// More items than any frame has bytes, and even, so that keys and values alternate by parity as they do when counted.
const UNCOUNTED: usize = usize::MAX - 1;

/// What stands at the next place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A dictionary's key.
    Key,
    /// An item, or the value under a key.
    Value,
    /// The end of a list.
    EndList,
    /// The end of a dictionary.
    EndDict,
}

impl Open {
    /// Whether its length is unknown, so that a mark in the bytes ends it.
    pub(super) const fn is_uncounted(self) -> bool {
        self.left > UNCOUNTED / 2
    }

    /// Whether its length is unknown and nothing in it has been read.
    pub(super) const fn is_fresh(self) -> bool {
        self.left == UNCOUNTED
    }

    /// Whether a key was read whose value comes next.
    pub(super) const fn wants_value(self) -> bool {
        self.dict && self.left % 2 == 1
    }
}

impl Nesting {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            open: SmallVec::new(),
            limit,
        }
    }

    pub(super) fn innermost(&self) -> Option<Open> {
        self.open.last().copied()
    }

    /// Goes on to the next place; at the end of a list or dictionary of known length, out of it.
    pub(super) fn step(&mut self) -> Place {
        let Some(open) = self.open.last_mut() else {
            return Place::Value;
        };
        if open.left == 0 {
            return self.leave();
        }
        open.left -= 1;
        if open.wants_value() {
            Place::Key
        } else {
            Place::Value
        }
    }

    /// Goes into a list of `length` items, `None` if that is unknown.
    pub(super) fn enter_list(&mut self, length: Option<usize>) -> Result<(), Fault> {
        self.enter(Open {
            dict: false,
            left: length.unwrap_or(UNCOUNTED),
        })
    }

    /// Goes into a dictionary of `length` entries, `None` if that is unknown.
    pub(super) fn enter_dict(&mut self, length: Option<usize>) -> Result<(), Fault> {
        self.enter(Open {
            dict: true,
            left: length.map_or(UNCOUNTED, |length| length * 2),
        })
    }

    fn enter(&mut self, open: Open) -> Result<(), Fault> {
        self.check_depth(1)?;
        self.open.push(open);
        Ok(())
    }

    /// Whether `more` levels are still allowed.
    pub(super) fn check_depth(&self, more: usize) -> Result<(), Fault> {
        if self.open.len() + more > self.limit {
            Err(Fault::TooDeep)
        } else {
            Ok(())
        }
    }

    /// Goes out of the innermost list or dictionary.
    pub(super) fn leave(&mut self) -> Place {
        match self.open.pop() {
            Some(Open { dict: true, .. }) => Place::EndDict,
            _ => Place::EndList,
        }
    }
}
