//! Typed dictionaries: how the options and details of messages are read from and written to key and value.
//!
//! Each is a struct of optional fields and one `extra` [`Dict`] for the keys that this implementation does not know, so
//! that nothing a peer sent is lost. The [`dictionary!`] macro writes both directions from one list of fields.

use bytestring::ByteString;

use super::{Dict, Id, Uri, Value};

/// A message that breaks the rules of the protocol in its content: a wrong type, an unknown word, a number out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: expected {expected}, found {found}")]
pub struct Violation {
    /// Which part of the message: a key of its options or details, or the name of an element.
    pub place: String,
    /// What the specification wants there.
    pub expected: &'static str,
    /// What was there.
    pub found: String,
}

impl Violation {
    /// A violation at `place`, where `found` stood.
    pub fn new(place: impl Into<String>, expected: &'static str, found: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            expected,
            found: found.into(),
        }
    }

    /// A violation at `place`, where `value` stood and is no `T`.
    pub fn of<T: Field>(place: impl Into<String>, value: &Value) -> Self {
        Self::found(place, T::EXPECTED, value)
    }

    /// A violation at `place`, where `value` stood.
    pub fn found(place: impl Into<String>, expected: &'static str, value: &Value) -> Self {
        Self::new(place, expected, found(value))
    }
}

/// A typed dictionary of options or details.
pub trait DictFields: Default {
    /// Takes one entry: into its field, or into `extra` if the key is unknown. `null` counts as absent.
    ///
    /// # Errors
    /// A [`Violation`] that names the key if the value is not of the key's type.
    fn set(&mut self, key: ByteString, value: Value) -> Result<(), Violation>;

    /// Hands every entry that is present to `entry`, known fields first.
    fn each(&self, entry: &mut dyn FnMut(&str, &Value));

    /// How many entries [`DictFields::each`] hands out.
    fn count(&self) -> usize {
        let mut count = 0;
        self.each(&mut |_, _| count += 1);
        count
    }

    /// The same entries as an untyped dictionary.
    fn to_dict(&self) -> Dict {
        let mut dict = Dict::new();
        self.each(&mut |key, value| dict.push(key, value.clone()));
        dict
    }

    /// The typed form of an untyped dictionary.
    ///
    /// # Errors
    /// The first [`Violation`] met.
    fn from_dict(dict: Dict) -> Result<Self, Violation> {
        let mut fields = Self::default();
        for (key, value) in dict {
            fields.set(key, value)?;
        }
        Ok(fields)
    }
}

/// An untyped dictionary is a typed one without known fields.
impl DictFields for Dict {
    fn set(&mut self, key: ByteString, value: Value) -> Result<(), Violation> {
        self.push(key, value);
        Ok(())
    }

    fn each(&self, entry: &mut dyn FnMut(&str, &Value)) {
        for (key, value) in self.iter() {
            entry(key, value);
        }
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// A type that a field of a typed dictionary can have.
pub trait Field: Sized {
    /// What it is called in a [`Violation`].
    const EXPECTED: &'static str;

    /// The field's value, or the value given back if it is of another type.
    ///
    /// # Errors
    /// The value itself.
    fn from_value(value: Value) -> Result<Self, Value>;

    /// The value on the wire.
    fn to_value(&self) -> Value;

    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    fn detach(&self) -> Self;
}

impl Field for bool {
    const EXPECTED: &'static str = "a boolean";

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_bool().ok_or(value)
    }

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    fn detach(&self) -> Self {
        *self
    }
}

impl Field for u64 {
    const EXPECTED: &'static str = "a non-negative integer";

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_u64().ok_or(value)
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn detach(&self) -> Self {
        *self
    }
}

impl Field for Id {
    const EXPECTED: &'static str = "an id from 1 to 2^53";

    fn from_value(value: Value) -> Result<Self, Value> {
        value.as_u64().and_then(Self::new).ok_or(value)
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }

    fn detach(&self) -> Self {
        *self
    }
}

impl Field for ByteString {
    const EXPECTED: &'static str = "a string";

    fn from_value(value: Value) -> Result<Self, Value> {
        if let Value::Str(text) = value {
            Ok(text)
        } else {
            Err(value)
        }
    }

    fn to_value(&self) -> Value {
        Value::Str(self.clone())
    }

    fn detach(&self) -> Self {
        Self::from(&**self)
    }
}

impl Field for Uri {
    const EXPECTED: &'static str = "a URI";

    fn from_value(value: Value) -> Result<Self, Value> {
        ByteString::from_value(value).map(Self::from)
    }

    fn to_value(&self) -> Value {
        Value::from(self.clone())
    }

    fn detach(&self) -> Self {
        Self::detach(self)
    }
}

impl Field for Dict {
    const EXPECTED: &'static str = "a dictionary";

    fn from_value(value: Value) -> Result<Self, Value> {
        if let Value::Dict(dict) = value {
            Ok(dict)
        } else {
            Err(value)
        }
    }

    fn to_value(&self) -> Value {
        Value::Dict(self.clone())
    }

    fn detach(&self) -> Self {
        Self::detach(self)
    }
}

/// Any value at all: what is handed through and judged by somebody else.
impl Field for Value {
    const EXPECTED: &'static str = "a value";

    fn from_value(value: Value) -> Result<Self, Value> {
        Ok(value)
    }

    fn to_value(&self) -> Value {
        self.clone()
    }

    fn detach(&self) -> Self {
        Self::detach(self)
    }
}

macro_rules! list_field {
    ($item:ty, $expected:literal) => {
        impl Field for Vec<$item> {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: Value) -> Result<Self, Value> {
                let Value::List(items) = value else {
                    return Err(value);
                };
                items.into_iter().map(<$item>::from_value).collect()
            }

            fn to_value(&self) -> Value {
                Value::List(self.iter().map(Field::to_value).collect())
            }

            fn detach(&self) -> Self {
                self.iter().map(Field::detach).collect()
            }
        }
    };
}

list_field!(Id, "a list of ids");
list_field!(ByteString, "a list of strings");
list_field!(Dict, "a list of dictionaries");

macro_rules! word_field {
    ($type:ty, $expected:literal) => {
        impl Field for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: Value) -> Result<Self, Value> {
                value
                    .as_str()
                    .and_then(|word| word.parse().ok())
                    .ok_or(value)
            }

            fn to_value(&self) -> Value {
                Value::Str(ByteString::from_static(self.as_str()))
            }

            fn detach(&self) -> Self {
                *self
            }
        }
    };
}

word_field!(super::MatchPolicy, "one of exact, prefix, wildcard");
word_field!(
    super::InvocationPolicy,
    "one of single, first, last, random, roundrobin"
);
word_field!(super::CancelMode, "one of skip, kill, killnowait");

/// What stood where something else was expected, short enough for a message.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Str(text) if text.chars().count() <= 40 => format!("{:?}", &**text),
        Value::Bool(value) => value.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        other => other.kind().to_owned(),
    }
}

/// Declares a typed dictionary: `field: Type = "key"` for each known key, then optional groups of rare keys that are
/// boxed so that they cost one word when absent.
macro_rules! dictionary {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident : $type:ty = $key:literal,)*
            $(; $($(#[$group_meta:meta])* $group:ident : $group_type:ty,)*)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            $($($(#[$group_meta])* pub $group: Option<Box<$group_type>>,)*)?
            /// Keys that this implementation does not know, as they came.
            pub extra: $crate::proto::Dict,
        }

        impl $name {
            /// Whether `key` is one of its own fields.
            #[allow(dead_code, reason = "only groups are asked")]
            fn knows(key: &str) -> bool {
                matches!(key, $($key)|*)
            }

            /// A copy that does not keep the frame it came from alive.
            #[must_use]
            pub fn detach(&self) -> Self {
                Self {
                    $($field: self.$field.as_ref().map($crate::proto::Field::detach),)*
                    $($($group: self.$group.as_ref().map(|group| Box::new(group.detach())),)*)?
                    extra: self.extra.detach(),
                }
            }
        }

        impl $crate::proto::DictFields for $name {
            fn set(
                &mut self,
                key: bytestring::ByteString,
                value: $crate::proto::Value,
            ) -> Result<(), $crate::proto::Violation> {
                match &*key {
                    $($key => {
                        if value == $crate::proto::Value::Null {
                            return Ok(());
                        }
                        self.$field = Some(<$type as $crate::proto::Field>::from_value(value).map_err(|value| {
                            $crate::proto::Violation::new(
                                $key,
                                <$type as $crate::proto::Field>::EXPECTED,
                                $crate::proto::dict::found(&value),
                            )
                        })?);
                    })*
                    $($(other if <$group_type>::knows(other) => {
                        if value != $crate::proto::Value::Null {
                            self.$group.get_or_insert_default().set(key, value)?;
                        }
                    })*)?
                    _ => self.extra.push(key, value),
                }
                Ok(())
            }

            fn each(&self, entry: &mut dyn FnMut(&str, &$crate::proto::Value)) {
                $(if let Some(field) = &self.$field {
                    entry($key, &$crate::proto::Field::to_value(field));
                })*
                $($(if let Some(group) = &self.$group {
                    group.each(entry);
                })*)?
                self.extra.each(entry);
            }

            // Without a value made of each.
            fn count(&self) -> usize {
                let own = [$(self.$field.is_some()),*];
                let own = own.into_iter().filter(|is_there| *is_there).count();
                let groups: &[usize] = &[$($(self.$group.as_ref().map_or(0, |group| group.count()),)*)?];
                own + groups.iter().sum::<usize>() + self.extra.len()
            }
        }
    };
}
pub(super) use dictionary;
