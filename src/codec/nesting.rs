//! Where a reader stands among open lists and dictionaries.

use smallvec::SmallVec;

use super::error::Fault;

/// The lists and dictionaries that are open. The innermost is at hand, because every token asks for it.
#[derive(Clone, Debug)]
pub(super) struct Nesting {
    innermost: Open,
    outer: SmallVec<[Open; 7]>,
    limit: usize,
    /// How many more items and entries may come, at all depths. They are counted with the list or dictionary that they are in: when it
    /// begins if its length is known, else when it ends, so that reading an item costs nothing for it.
    room: usize,
}

/// An open list or dictionary, or what is outside of them all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    kind: Kind,
    /// Items still to come, keys and values counted each; counted down from [`UNCOUNTED`] where the length is unknown.
    left: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No list or dictionary: nothing ends it.
    Outside,
    List,
    Dict,
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
    pub(super) const fn kind(self) -> Kind {
        self.kind
    }

    /// Whether a mark in the bytes may end it here: its length is unknown, and no value is missing.
    pub(super) fn may_end(self) -> bool {
        self.kind != Kind::Outside && self.left > UNCOUNTED / 2 && !self.wants_value()
    }

    /// Whether its length is unknown and nothing in it has been read.
    pub(super) const fn is_fresh(self) -> bool {
        self.left == UNCOUNTED
    }

    /// Whether a key was read whose value comes next.
    pub(super) fn wants_value(self) -> bool {
        self.kind == Kind::Dict && self.left % 2 == 1
    }
}

impl Nesting {
    /// Outside of everything, with room for lists and dictionaries `limit` deep.
    pub(super) fn new(limit: usize) -> Self {
        let outside = Open {
            kind: Kind::Outside,
            left: UNCOUNTED,
        };
        Self {
            innermost: outside,
            outer: SmallVec::new(),
            limit,
            room: usize::MAX,
        }
    }

    /// How many more items and entries may come.
    pub(super) const fn room(&self) -> usize {
        self.room
    }

    /// Says so.
    pub(super) const fn set_room(&mut self, room: usize) {
        self.room = room;
    }

    fn take_room(&mut self, items: usize) -> Result<(), Fault> {
        self.room = self.room.checked_sub(items).ok_or(Fault::TooMany)?;
        Ok(())
    }

    /// The list or dictionary that was opened last.
    pub(super) const fn innermost(&self) -> Open {
        self.innermost
    }

    /// Goes on to the next place; at the end of a list or dictionary of known length, out of it.
    #[inline(always)]
    pub(super) fn step(&mut self) -> Place {
        if self.innermost.left == 0 {
            return self.leave();
        }
        self.innermost.left -= 1;
        if self.innermost.wants_value() {
            Place::Key
        } else {
            Place::Value
        }
    }

    /// Goes into a list of `length` items, `None` if that is unknown.
    pub(super) fn enter_list(&mut self, length: Option<usize>) -> Result<(), Fault> {
        self.take_room(length.unwrap_or_default())?;
        self.enter(Open {
            kind: Kind::List,
            left: length.unwrap_or(UNCOUNTED),
        })
    }

    /// Goes into a dictionary of `length` entries, `None` if that is unknown.
    pub(super) fn enter_dict(&mut self, length: Option<usize>) -> Result<(), Fault> {
        self.take_room(length.unwrap_or_default())?;
        self.enter(Open {
            kind: Kind::Dict,
            left: length.map_or(UNCOUNTED, |length| length * 2),
        })
    }

    fn enter(&mut self, open: Open) -> Result<(), Fault> {
        self.check_depth(1)?;
        self.outer.push(self.innermost);
        self.innermost = open;
        Ok(())
    }

    /// Whether `more` levels are still allowed.
    pub(super) fn check_depth(&self, more: usize) -> Result<(), Fault> {
        if self.outer.len() + more > self.limit {
            Err(Fault::TooDeep)
        } else {
            Ok(())
        }
    }

    /// Goes out of the innermost list or dictionary at a mark in the bytes: its length is known only now. The outermost one, which is
    /// the message itself, does not count.
    pub(super) fn leave_at_mark(&mut self) -> Result<Place, Fault> {
        let read = UNCOUNTED - self.innermost.left;
        if self.outer.len() > 1 {
            self.take_room(match self.innermost.kind {
                Kind::Dict => read / 2,
                Kind::List | Kind::Outside => read,
            })?;
        }
        Ok(self.leave())
    }

    /// Goes out of the innermost list or dictionary.
    fn leave(&mut self) -> Place {
        let end = match self.innermost.kind {
            Kind::Dict => Place::EndDict,
            Kind::List | Kind::Outside => Place::EndList,
        };
        if let Some(outer) = self.outer.pop() {
            self.innermost = outer;
        }
        end
    }
}
