//! Tables and values of a configuration file as they are asked for: what is missing, unknown or of the wrong kind is noted
//! on the way, and reading goes on.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::proto::{Uri, UriRule};

use super::fault::{ConfigError, Faults, Place, suggestion};
use super::tree::{Entry, Format, Node, Value, parse};

/// What reading a file is about, and what was found on the way.
#[derive(Debug)]
pub struct Reader<'t> {
    /// The file's text.
    pub text: &'t str,
    /// Where relative paths count from.
    pub folder: PathBuf,
    /// What salts are drawn from; `None` if secrets and certificates are not to be read.
    pub key: Option<&'t [u8; 32]>,
    /// What is wrong.
    pub faults: RefCell<Faults>,
    /// What is not wrong, but should be said.
    pub warnings: RefCell<Vec<String>>,
    /// Whether the file itself has a secret in it, or what is as good as one.
    pub has_secrets: Cell<bool>,
}

impl<'t> Reader<'t> {
    /// For the text of the file `path`, which need not be there.
    #[must_use]
    pub fn new(text: &'t str, path: &Path, key: Option<&'t [u8; 32]>) -> Self {
        Self {
            text,
            folder: path.parent().unwrap_or_else(|| Path::new("")).to_owned(),
            key,
            faults: RefCell::default(),
            warnings: RefCell::default(),
            has_secrets: Cell::new(false),
        }
    }

    /// Hands the table that the file is to `fill`. What breaks the rules of the format is noted instead: what can be read of
    /// such a file gives rise to faults that it does not have.
    pub fn fill(&self, format: Format, fill: impl FnOnce(Section<'_>)) {
        let tree = parse(self.text, format, &mut self.faults.borrow_mut());
        if !self.faults.borrow().is_empty() {
            return;
        }
        match &tree.value {
            Value::Table(entries) => fill(Section::new(self, "", 0, entries)),
            other => self.fault(
                0,
                format!("the file must be a table, not {}", other.kind()),
                None,
            ),
        }
    }

    /// What should be said about the file `path`, if nothing is wrong with it.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(self, path: &Path) -> Result<Vec<String>, ConfigError> {
        let faults = self.faults.into_inner();
        if faults.is_empty() {
            return Ok(self.warnings.into_inner());
        }
        Err(ConfigError::Wrong {
            file: path.to_owned(),
            faults: faults.into_faults(self.text),
        })
    }

    /// Notes what is wrong at an offset.
    pub fn fault(&self, at: usize, message: impl Into<String>, suggestion: Option<String>) {
        self.faults.borrow_mut().add(at, message.into(), suggestion);
    }

    /// Notes what should be said, once.
    pub fn warn(&self, text: String) {
        let mut warnings = self.warnings.borrow_mut();
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }

    /// The place of an offset.
    pub fn place(&self, at: usize) -> Place {
        Place::of(self.text, at)
    }
}

/// A table. The keys that were asked for are those that there may be.
#[derive(Debug)]
pub struct Section<'a> {
    /// Of which file.
    pub reader: &'a Reader<'a>,
    /// As its header has it: `[[realms.users]]`.
    pub name: &'static str,
    /// Where it begins, as an offset.
    pub at: usize,
    entries: &'a [Entry],
    known: RefCell<Vec<&'static str>>,
}

impl<'a> Section<'a> {
    /// A table of this name.
    pub const fn new(
        reader: &'a Reader<'a>,
        name: &'static str,
        at: usize,
        entries: &'a [Entry],
    ) -> Self {
        let known = RefCell::new(Vec::new());
        Self {
            reader,
            name,
            at,
            entries,
            known,
        }
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &'static str) -> Option<Item<'a>> {
        let mut known = self.known.borrow_mut();
        if !known.contains(&key) {
            known.push(key);
        }
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Item {
            reader: self.reader,
            key,
            node: &entry.node,
        })
    }

    /// The value of a key that has to be there.
    pub fn need(&self, key: &'static str) -> Option<Item<'a>> {
        let item = self.get(key);
        if item.is_none() {
            self.fault(format!("{} lacks `{key}`", self.name));
        }
        item
    }

    /// The tables of a list of tables, `[[name]]`.
    pub fn tables(&self, key: &'static str, name: &'static str) -> Vec<Self> {
        let Some(item) = self.get(key) else {
            return Vec::new();
        };
        let items = match &item.node.value {
            // A single table is what [name] in place of [[name]] makes.
            Value::Table(_) => {
                let hint = format!("write {name}");
                item.fault_with(format!("`{key}` is a list of tables"), Some(hint));
                return Vec::new();
            }
            _ => item.list(),
        };
        items
            .into_iter()
            .filter_map(|item| item.section(name))
            .collect()
    }

    /// Notes what is wrong with it as a whole.
    pub fn fault(&self, message: String) {
        self.reader.fault(self.at, message, None);
    }

    /// Notes the keys that nobody asked for.
    pub fn finish(self) {
        let known = self.known.into_inner();
        for entry in self.entries {
            if !known.contains(&&*entry.key) {
                let inside = match self.name {
                    "" => String::new(),
                    name => format!(" in {name}"),
                };
                let message = format!("unknown key `{}`{inside}", entry.key);
                self.reader
                    .fault(entry.at, message, suggestion(&entry.key, &known));
            }
        }
    }
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Of which file.
    pub reader: &'a Reader<'a>,
    /// Under which key it stands.
    pub key: &'static str,
    /// The value itself.
    pub node: &'a Node,
}

impl<'a> Item<'a> {
    /// Notes what is wrong with it.
    pub fn fault(&self, message: impl Into<String>) {
        self.fault_with(message, None);
    }

    /// The same, with what to do about it.
    pub fn fault_with(&self, message: impl Into<String>, suggestion: Option<String>) {
        self.reader.fault(self.node.at, message, suggestion);
    }

    fn must_be<T>(&self, what: &str) -> Option<T> {
        let kind = self.node.value.kind();
        self.fault(format!("`{}` must be {what}, not {kind}", self.key));
        None
    }

    /// Text.
    pub fn text(&self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => self.must_be("text"),
        }
    }

    /// Whether it is this text.
    pub fn is(&self, text: &str) -> bool {
        matches!(&self.node.value, Value::Text(found) if found == text)
    }

    /// Whether it is a table.
    pub const fn is_table(&self) -> bool {
        matches!(self.node.value, Value::Table(_))
    }

    /// Text that is not empty.
    pub fn name(&self) -> Option<&'a str> {
        let text = self.text()?;
        if text.trim().is_empty() {
            self.fault(format!("`{}` must not be empty", self.key));
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub fn boolean(&self) -> Option<bool> {
        match self.node.value {
            Value::Boolean(value) => Some(value),
            _ => self.must_be("true or false"),
        }
    }

    /// A whole number that is not under `least`.
    pub fn number<T: TryFrom<i64> + Into<u64> + Copy>(&self, least: u64) -> Option<T> {
        let Value::Integer(number) = self.node.value else {
            return self.must_be("a whole number");
        };
        let found = T::try_from(number).ok().filter(|&it| it.into() >= least);
        if found.is_none() {
            let more = if number < least.try_into().unwrap_or(i64::MAX) {
                format!("`{}` must be at least {least}", self.key)
            } else {
                format!("`{}` is too large", self.key)
            };
            self.fault(more);
        }
        found
    }

    /// How many, or how much, in no unit.
    pub fn count(&self, least: u64) -> Option<usize> {
        usize::try_from(self.number::<u64>(least)?).ok()
    }

    /// The same, not over `most`, either.
    pub fn count_up_to(&self, least: u64, most: usize) -> Option<usize> {
        let count = self.count(least)?;
        if count > most {
            return self.fault_none(format!("`{}` must be at most {most}", self.key));
        }
        Some(count)
    }

    /// A list; what is none has no items.
    pub fn list(&self) -> Vec<Self> {
        match &self.node.value {
            Value::List(items) => items.iter().map(|node| Self { node, ..*self }).collect(),
            _ => self.must_be::<Vec<_>>("a list").unwrap_or_default(),
        }
    }

    /// A list, or one item in place of a list of one.
    pub fn one_or_more(&self) -> Vec<Self> {
        match &self.node.value {
            Value::List(_) => self.list(),
            _ => vec![*self],
        }
    }

    /// A table, by this name.
    pub fn section(&self, name: &'static str) -> Option<Section<'a>> {
        match &self.node.value {
            Value::Table(entries) => Some(Section::new(self.reader, name, self.node.at, entries)),
            _ => self.must_be("a table"),
        }
    }

    /// Text that something can be read from.
    pub fn parsed<T: FromStr<Err: Display>>(&self) -> Option<T> {
        let text = self.text()?;
        text.parse()
            .map_err(|error| self.fault(format!("`{}`: {error}", self.key)))
            .ok()
    }

    /// One of these words.
    pub fn choice<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>();
            let message = format!("`{}` cannot be {text:?}", self.key);
            self.fault_with(message, suggestion(text, &known));
        }
        found.map(|(_, value)| *value)
    }

    /// Some of these words, each once; not none at all unless `or_none`.
    pub fn choices<T: Copy>(&self, words: &[(&'static str, T)], or_none: bool) -> Option<Vec<T>> {
        let items = self.list();
        if items.is_empty() && !or_none {
            if matches!(self.node.value, Value::List(_)) {
                self.fault(format!("`{}` must not be empty", self.key));
            }
            return None;
        }
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for item in items {
            let Some(value) = item.choice(words) else {
                continue;
            };
            let text = item.text();
            if seen.contains(&text) {
                item.fault(format!("`{}` has {:?} twice", self.key, text.unwrap_or("")));
            }
            seen.push(text);
            found.push(value);
        }
        Some(found)
    }

    /// A number of bytes, also as `512KiB`; not under `least`.
    pub fn size(&self, least: usize) -> Option<usize> {
        let bytes = match &self.node.value {
            Value::Integer(number) => usize::try_from(*number).ok(),
            Value::Text(text) => parse_size(text),
            _ => return self.must_be(SIZES),
        };
        let Some(bytes) = bytes else {
            return self.fault_none(format!("`{}` must be {SIZES}", self.key));
        };
        if bytes < least {
            return self.fault_none(format!("`{}` must be at least {least} bytes", self.key));
        }
        Some(bytes)
    }

    /// The same, not over `most`, either.
    pub fn size_up_to(&self, least: usize, most: usize) -> Option<usize> {
        let bytes = self.size(least)?;
        if bytes > most {
            return self.fault_none(format!("`{}` must be at most {}", self.key, size(most)));
        }
        Some(bytes)
    }

    /// A time that is not zero, and a year at the most, as people write it.
    pub fn duration(&self) -> Option<Duration> {
        let Value::Text(text) = &self.node.value else {
            return self.must_be(TIMES);
        };
        match humantime::parse_duration(text) {
            Ok(time) if time.is_zero() => {
                self.fault_none(format!("`{}` must be more than nothing", self.key))
            }
            Ok(time) if time > YEAR => self.too_long(),
            Ok(time) => Some(time),
            Err(_) => self.fault_none(format!("`{}` must be {TIMES}, not {text:?}", self.key)),
        }
    }

    /// How often something is done: a time as people write it, or `off`, which none at all is, too.
    pub fn interval(&self) -> Option<Option<Duration>> {
        const INTERVALS: &str = "a time such as \"500ms\", \"10s\" or \"1m\", or \"off\"";
        let Value::Text(text) = &self.node.value else {
            return self.must_be(INTERVALS);
        };
        match humantime::parse_duration(text) {
            _ if text == OFF => Some(None),
            Ok(time) if time > YEAR => self.too_long(),
            Ok(time) => Some(Some(time).filter(|time| !time.is_zero())),
            Err(_) => self.fault_none(format!("`{}` must be {INTERVALS}, not {text:?}", self.key)),
        }
    }

    /// The name of a procedure, or of a realm.
    pub fn uri(&self, rule: UriRule) -> Option<Uri> {
        let uri = Uri::from(self.text()?);
        uri.check(rule)
            .map_err(|fault| self.fault(format!("`{}` = {:?}: {fault}", self.key, &*uri)))
            .ok()?;
        Some(uri)
    }

    fn too_long<T>(&self) -> Option<T> {
        self.fault_none(format!("`{}` must be at most a year", self.key))
    }

    fn fault_none<T>(&self, message: String) -> Option<T> {
        self.fault(message);
        None
    }
}

/// A number of bytes: `1048576`, `512KiB`, `16 MiB`.
fn parse_size(text: &str) -> Option<usize> {
    let digits = text.find(|next: char| !next.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1_usize.checked_shl(30)?,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(unit)
}

/// A number of bytes in the largest unit that leaves nothing over.
pub fn size(bytes: usize) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    units
        .into_iter()
        .find(|(shift, _)| bytes > 0 && bytes.trailing_zeros() >= *shift)
        .map_or_else(
            || format!("{bytes}B"),
            |(shift, unit)| format!("{}{unit}", bytes >> shift),
        )
}

const SIZES: &str = "a size such as \"512KiB\", \"16MiB\" or a number of bytes";

/// How it is said that something is not done.
pub const OFF: &str = "off";

/// Longer than anything is waited for.
const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

const TIMES: &str = "a time such as \"500ms\", \"10s\" or \"1m\"";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("1000", Some(1000)),
            ("7B", Some(7)),
            ("512KiB", Some(512 << 10)),
            ("16 MiB", Some(16 << 20)),
            ("2GiB", Some(2 << 30)),
            ("16MB", None),
            ("MiB", None),
            ("-1", None),
            ("1.5MiB", None),
            ("99999999999999999999", None),
            ("99999999999999999GiB", None),
        ] {
            assert_eq!(parse_size(text), bytes, "{text}");
        }
        for (bytes, text) in [
            (0, "0B"),
            (1, "1B"),
            (1025, "1025B"),
            (512 << 10, "512KiB"),
            (16 << 20, "16MiB"),
            (1536 << 10, "1536KiB"),
            (4 << 30, "4GiB"),
        ] {
            assert_eq!(size(bytes), text);
            assert_eq!(parse_size(text), Some(bytes));
        }
    }
}
