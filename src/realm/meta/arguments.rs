//! The arguments of a call to the router itself, taken one by one and checked.

use std::vec;

use crate::codec;
use crate::proto::{Call, Dict, Field, Value, Violation};

use super::Fault;

/// What a caller gave, and how much of it was taken.
pub(super) struct Arguments {
    args: vec::IntoIter<Value>,
    taken: usize,
    kwargs: Dict,
    known: Vec<&'static str>,
}

impl Arguments {
    /// The arguments of a CALL.
    ///
    /// # Errors
    /// A payload that only its receiver can read: the router is not one.
    pub(super) fn of(call: &Call) -> Result<Self, Fault> {
        let packed =
            call.options.passthru.as_ref().is_some_and(|passthru| {
                passthru.ppt_scheme.is_some() || passthru.enc_algo.is_some()
            });
        if packed {
            return Err(Fault::Packed);
        }
        let codec::Arguments { args, kwargs } =
            codec::Arguments::from_payload(&call.payload).map_err(Fault::Unreadable)?;
        Ok(Self {
            args: args.into_iter(),
            taken: 0,
            kwargs,
            known: Vec::new(),
        })
    }

    /// The next positional argument.
    ///
    /// # Errors
    /// It is missing, or no `T`.
    pub(super) fn required<T: Field>(&mut self, name: &'static str) -> Result<T, Fault> {
        self.taken += 1;
        match self.args.next() {
            Some(value) => read(name, value),
            None => Err(Violation::new(name, T::EXPECTED, "nothing").into()),
        }
    }

    /// The next positional argument, `None` if it is missing or `null`.
    ///
    /// # Errors
    /// It is no `T`.
    pub(super) fn optional<T: Field>(&mut self, name: &'static str) -> Result<Option<T>, Fault> {
        self.taken += 1;
        let given = self.args.next().filter(|value| *value != Value::Null);
        given.map(|value| read(name, value)).transpose()
    }

    /// A keyword argument, `None` if it is missing or `null`.
    ///
    /// # Errors
    /// It is no `T`.
    pub(super) fn keyword<T: Field>(&mut self, name: &'static str) -> Result<Option<T>, Fault> {
        self.known.push(name);
        let given = self.kwargs.get(name).filter(|value| **value != Value::Null);
        given.map(|value| read(name, value.clone())).transpose()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Arguments that nobody asked for: most likely a mistake, and better told than ignored.
    pub(super) fn end(self) -> Result<(), Fault> {
        if self.args.len() > 0 {
            return Err(Fault::TooMany {
                most: self.taken,
                given: self.taken + self.args.len(),
            });
        }
        let unknown = self
            .kwargs
            .iter()
            .map(|(key, _)| key)
            .find(|key| !self.known.contains(&&***key));
        match unknown {
            Some(key) => Err(Fault::UnknownKeyword((&**key).into())),
            None => Ok(()),
        }
    }
}

fn read<T: Field>(name: &'static str, value: Value) -> Result<T, Fault> {
    T::from_value(value).map_err(|value| Violation::of::<T>(name, &value).into())
}
