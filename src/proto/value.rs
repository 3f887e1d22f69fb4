//! Values: what options, details and payloads are made of.

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Any value that all three serializers can carry.
///
/// Integers have one form for each number: [`Value::Int`] up to `i64::MAX`, [`Value::UInt`] only above. `From<u64>`
/// keeps that, so that equal numbers are equal values.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`, nil.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer up to `i64::MAX`.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A floating-point number; stays one when it is integral.
    Float(f64),
    /// Text.
    Str(ByteString),
    /// Binary; in JSON a string of `"\u0000"` and base64 (Advanced Profile, "Binary support in JSON").
    Bin(Bytes),
    /// A list.
    List(Vec<Self>),
    /// A dictionary.
    Dict(Dict),
}

impl Value {
    /// The boolean, if it is one.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self {
            Some(*value)
        } else {
            None
        }
    }

    /// The non-negative integer, if it is one. A float with an integral value counts: some clients write every integer
    /// above 2^32 that way.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match *self {
            Self::Int(number) => u64::try_from(number).ok(),
            Self::UInt(number) => Some(number),
            Self::Float(number) => integral(number),
            _ => None,
        }
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The items, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// The dictionary, if it is one.
    #[must_use]
    pub const fn as_dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self {
            Some(dict)
        } else {
            None
        }
    }

    /// What kind of value it is, in a word for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::UInt(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Str(_) => "a string",
            Self::Bin(_) => "binary",
            Self::List(_) => "a list",
            Self::Dict(_) => "a dictionary",
        }
    }

    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        match self {
            Self::Str(text) => Self::Str(ByteString::from(&**text)),
            Self::Bin(bytes) => Self::Bin(Bytes::copy_from_slice(bytes)),
            Self::List(items) => Self::List(items.iter().map(Self::detach).collect()),
            Self::Dict(dict) => Self::Dict(dict.detach()),
            other => other.clone(),
        }
    }
}

/// The integer that a float stands for, where it stands for one exactly: up to 2^53 doubles hold every integer.
fn integral(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked: integral and in 0…2^53"
    )]
    (number.fract() == 0.0 && (0.0..=EXACT).contains(&number)).then_some(number as u64)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(Self::UInt(number), Self::Int)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(ByteString::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(ByteString::from(text))
    }
}

impl From<ByteString> for Value {
    fn from(text: ByteString) -> Self {
        Self::Str(text)
    }
}

impl From<super::Id> for Value {
    fn from(id: super::Id) -> Self {
        Self::from(id.get())
    }
}

impl From<super::Uri> for Value {
    fn from(uri: super::Uri) -> Self {
        Self::Str(uri.into_text())
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Bin(bytes)
    }
}

impl From<Dict> for Value {
    fn from(dict: Dict) -> Self {
        Self::Dict(dict)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// A dictionary with string keys that keeps their order.
///
/// Keys ought to be unique (Basic Profile, "Messages"). Where a peer repeats one, all entries are kept and
/// [`Dict::get`] answers with the last.
#[derive(Clone, Default, PartialEq)]
pub struct Dict(Vec<(ByteString, Value)>);

impl Dict {
    /// A dictionary without entries; does not allocate.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The same with room for so many.
    #[must_use]
    pub fn with_capacity(entries: usize) -> Self {
        Self(Vec::with_capacity(entries))
    }

    /// The value under `key`; the last one if the key is repeated.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .rev()
            .find(|(found, _)| **found == *key)
            .map(|(_, value)| value)
    }

    /// Appends an entry.
    pub fn push(&mut self, key: impl Into<ByteString>, value: impl Into<Value>) {
        self.0.push((key.into(), value.into()));
    }

    /// The same dictionary with one more entry.
    #[must_use]
    pub fn with(mut self, key: impl Into<ByteString>, value: impl Into<Value>) -> Self {
        self.push(key, value);
        self
    }

    /// The entries in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&ByteString, &Value)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        self.iter()
            .map(|(key, value)| (ByteString::from(&**key), value.detach()))
            .collect()
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Into<ByteString>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

impl IntoIterator for Dict {
    type Item = (ByteString, Value);
    type IntoIter = std::vec::IntoIter<(ByteString, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::UInt(number) => serializer.serialize_u64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Str(text) => serializer.serialize_str(text),
            Self::Bin(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Dict(dict) => dict.serialize(serializer),
        }
    }
}

impl Serialize for Dict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(&**key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for Dict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Dict(dict) => Ok(dict),
            other => Err(de::Error::custom(format_args!(
                "expected a dictionary, found {}",
                other.kind()
            ))),
        }
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::Bin(Bytes::copy_from_slice(bytes)))
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Value, E> {
        Ok(Value::Bin(bytes.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut dict = Dict::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            dict.push(key, value);
        }
        Ok(Value::Dict(dict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_one_form() {
        assert_eq!(Value::from(7_u64), Value::Int(7));
        assert_eq!(Value::from(u64::MAX), Value::UInt(u64::MAX));
        assert_eq!(Value::Float(4_294_967_296.0).as_u64(), Some(4_294_967_296));
        for not_an_integer in [0.5, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(
                Value::Float(not_an_integer).as_u64(),
                None,
                "{not_an_integer}"
            );
        }
    }

    #[test]
    fn a_dict_keeps_its_order_and_answers_with_the_last() {
        let dict = Dict::new().with("z", 1).with("a", 2).with("z", 3);
        assert_eq!(
            dict.iter()
                .map(|(key, _)| key.to_string())
                .collect::<Vec<_>>(),
            ["z", "a", "z"]
        );
        assert_eq!(dict.get("z"), Some(&Value::Int(3)));
        assert_eq!(dict.get("b"), None);
    }
}
