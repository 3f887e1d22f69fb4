//! A configuration file as a tree of values that know where they stand, whatever its format.
//!
//! That every value has its place is what lets all that is wrong with a file be told at once, each at its line.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, plain_toml};

/// The formats of a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// A value and where it begins.
#[derive(Debug)]
pub struct Node {
    /// The offset in bytes.
    pub at: usize,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Debug)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Vec<Entry>),
    /// What no key takes: fractions, dates, null.
    Other(&'static str),
}

/// A key of a table with its value; in the order of the file.
#[derive(Debug)]
pub struct Entry {
    /// The offset of the key in bytes.
    pub at: usize,
    /// The key.
    pub key: String,
    /// Its value.
    pub node: Node,
}

impl Value {
    /// What it is, for a message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "a whole number",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// Reads a whole file. What breaks the format's own rules goes to `faults`, and the tree then lacks some of it.
pub(super) fn parse(text: &str, format: Format, faults: &mut Faults) -> Node {
    match format {
        Format::Toml => {
            let (document, errors) = DeTable::parse_recoverable(text);
            for error in errors {
                let at = error.span().map_or(0, |span| span.start);
                faults.add(at, plain_toml(error.message()), None);
            }
            Node {
                at: 0,
                value: of_table(document.get_ref()),
            }
        }
        Format::Json => of_json(text, text, 0, faults),
    }
}

fn of_toml(value: &Spanned<DeValue<'_>>) -> Node {
    let at = value.span().start;
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number that is too large"), Value::Integer),
        DeValue::Float(_) => Value::Other("a fraction"),
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Datetime(_) => Value::Other("a date or time"),
        DeValue::Array(items) => Value::List(items.iter().map(of_toml).collect()),
        DeValue::Table(table) => of_table(table),
    };
    Node { at, value }
}

fn of_table(table: &DeTable<'_>) -> Value {
    let mut entries = table
        .iter()
        .map(|(key, value)| Entry {
            at: key.span().start,
            key: key.get_ref().clone().into_owned(),
            node: of_toml(value),
        })
        .collect::<Vec<_>>();
    // The parser sorts them by name.
    entries.sort_by_key(|entry| entry.at);
    Value::Table(entries)
}

/// Reads one JSON value, `part` of the file. Objects and lists are opened layer by layer, because the slice that a value
/// was read from tells its place.
fn of_json(file: &str, part: &str, depth: usize, faults: &mut Faults) -> Node {
    let at = offset(file, part);
    let layer = serde_json::from_str::<Layer<'_>>(part);
    let value = match layer {
        Err(error) => {
            faults.add(at + place(part, &error), words(&error), None);
            Value::Other("no value")
        }
        Ok(Layer::List(_) | Layer::Table(_)) if depth == DEPTH => {
            faults.add(
                at,
                "there is too much inside one another here".to_owned(),
                None,
            );
            Value::Other("no value")
        }
        Ok(Layer::Leaf(value)) => value,
        Ok(Layer::List(items)) => Value::List(
            items
                .into_iter()
                .map(|item| of_json(file, item.get(), depth + 1, faults))
                .collect(),
        ),
        Ok(Layer::Table(entries)) => {
            let mut seen = HashSet::new();
            let mut table = Vec::new();
            for (name, raw) in entries {
                let node = of_json(file, raw.get(), depth + 1, faults);
                // From its quote on. A name with escapes was copied; its value is near enough.
                let at = name.borrowed.map_or(node.at, |name| offset(file, name) - 1);
                if seen.insert(name.text.clone()) {
                    let key = name.text;
                    table.push(Entry { at, key, node });
                } else {
                    faults.add(at, "duplicate key".to_owned(), None);
                }
            }
            Value::Table(table)
        }
    };
    Node { at, value }
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// Where the parser stopped, as an offset.
fn place(text: &str, error: &serde_json::Error) -> usize {
    let line = text
        .split_inclusive('\n')
        .nth(error.line().saturating_sub(1));
    let start = line.map_or(text.len(), |line| offset(text, line));
    // Its columns count bytes, from 1.
    (start + error.column().saturating_sub(1)).min(text.len())
}

/// The parser's message without the place.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// One layer of JSON: what a value holds, unread.
enum Layer<'a> {
    Leaf(Value),
    List(Vec<&'a RawValue>),
    Table(Vec<(Name<'a>, &'a RawValue)>),
}

/// A key as it stands in the file, if it stands there unescaped.
struct Name<'a> {
    text: String,
    borrowed: Option<&'a str>,
}

impl<'de> Deserialize<'de> for Layer<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Layer<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Layer<'de>, E> {
                Ok(Layer::Leaf(Value::Boolean(value)))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Layer<'de>, E> {
                Ok(Layer::Leaf(Value::Integer(value)))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Layer<'de>, E> {
                let value = i64::try_from(value)
                    .map_or(Value::Other("a number that is too large"), Value::Integer);
                Ok(Layer::Leaf(value))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Layer<'de>, E> {
                Ok(Layer::Leaf(Value::Other("a fraction")))
            }

            fn visit_unit<E>(self) -> Result<Layer<'de>, E> {
                Ok(Layer::Leaf(Value::Other("null")))
            }

            fn visit_str<E>(self, text: &str) -> Result<Layer<'de>, E> {
                Ok(Layer::Leaf(Value::Text(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Layer<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Layer::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Layer<'de>, A::Error> {
                let mut table = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    table.push(entry);
                }
                Ok(Layer::Table(table))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name {
                    text: text.to_owned(),
                    borrowed: None,
                })
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name {
                    text: text.to_owned(),
                    borrowed: Some(text),
                })
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// How deep tables and lists may be inside one another: more than any configuration needs, less than a stack bears.
const DEPTH: usize = 16;
