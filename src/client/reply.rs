//! Results of calls.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeOwned, IgnoredAny, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::codec::Arguments;
use crate::ppt::Keyring;
use crate::proto::{self, ResultDetails};

use super::PayloadError;
use super::content::Content;
use super::draft::typed;

/// The result of a call. A handler may return one to pass it on, or make its own with [`Reply::new`].
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// RESULT.Details.
    pub details: ResultDetails,
    pub(super) content: Content,
}

impl Reply {
    pub(super) fn received(result: proto::Result, keys: &Keyring) -> Self {
        Self {
            details: result.details,
            content: Content::new(result.payload, keys),
        }
    }

    /// A reply with positional results (anything that serializes to a list) and keyword results (to a map); `()` stands
    /// for none.
    ///
    /// # Errors
    /// Results that do not serialize, or not to a list and a map.
    pub fn new(args: impl Serialize, kwargs: impl Serialize) -> Result<Self, PayloadError> {
        Ok(Self {
            details: ResultDetails::default(),
            content: Content {
                payload: typed(&args, &kwargs)?,
                ..Content::default()
            },
        })
    }

    /// Whether no further reply to the same call follows.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.details.progress != Some(true)
    }

    /// All results as values.
    ///
    /// # Errors
    /// A payload that is opaque or cannot be opened with the keys that the client has, or a value that
    /// [`Value`](crate::proto::Value) does not have.
    pub fn arguments(&self) -> Result<Arguments, PayloadError> {
        self.content.arguments(self.details.passthru.as_deref())
    }

    /// The arguments as they came, also where payload passthru mode wraps them.
    ///
    /// # Errors
    /// A payload that is opaque, or a value that [`Value`](crate::proto::Value) does not have.
    pub fn raw_arguments(&self) -> Result<Arguments, PayloadError> {
        self.content.raw()
    }

    /// The positional results, the whole list as one `T`.
    ///
    /// # Errors
    /// Results that are no `T`.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.args(self.details.passthru.as_deref())
    }

    /// The keyword results as one `T`.
    ///
    /// # Errors
    /// Results that are no `T`.
    pub fn kwargs<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        self.content.kwargs(self.details.passthru.as_deref())
    }

    /// The first positional result; null if there is none, so that `()` and `Option` read an empty result.
    ///
    /// # Errors
    /// A result that is no `T`.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, PayloadError> {
        let First(value) = self.args()?;
        Ok(value)
    }
}

/// The first item of a list, or what `T` makes of null if the list is empty.
struct First<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(FirstVisitor(PhantomData))
    }
}

struct FirstVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FirstVisitor<T> {
    type Value = First<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<First<T>, A::Error> {
        let Some(first) = list.next_element()? else {
            let nothing: UnitDeserializer<A::Error> = ().into_deserializer();
            return T::deserialize(nothing).map(First);
        };
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Dict, Value};

    #[test]
    fn the_value_is_the_first_result() {
        let reply = Reply::new((5, "rest"), ()).unwrap();
        assert_eq!(reply.value::<i64>().unwrap(), 5);
        assert_eq!(reply.args::<(i64, String)>().unwrap().1, "rest");
        assert!(reply.value::<String>().is_err());
    }

    #[test]
    fn no_result_reads_as_null() {
        let reply = Reply::default();
        reply.value::<()>().unwrap();
        assert_eq!(reply.value::<Option<i64>>().unwrap(), None);
        assert_eq!(reply.value::<Value>().unwrap(), Value::Null);
        assert!(reply.value::<i64>().is_err());
        assert_eq!(reply.args::<Vec<i64>>().unwrap(), Vec::<i64>::new());
    }

    #[test]
    fn keyword_results() {
        let reply = Reply::new((), Dict::new().with("x", 1)).unwrap();
        assert_eq!(reply.kwargs::<Dict>().unwrap(), Dict::new().with("x", 1));
        assert_eq!(reply.arguments().unwrap().args, []);
    }
}
