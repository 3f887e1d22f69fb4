//! What is wrong with a configuration file, and where.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{}: {}", file.display(), plain_io(error))]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// It is in a format that is not read here.
    #[error("{}: YAML is not read here: write it as TOML, or as JSON in a file that ends in .json", file.display())]
    Yaml {
        /// The file.
        file: PathBuf,
    },
    /// It was read and is wrong.
    #[error("{}", lines(file, faults))]
    Wrong {
        /// The file.
        file: PathBuf,
        /// All that is wrong, in the order of the file; at least one.
        faults: Vec<Fault>,
    },
}

/// One thing that is wrong.
///
/// `Display` is `12:3: unknown key ``user`` in [[realms]]: did you mean ``users``?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub message: String,
    /// What to do about it, if that can be said.
    pub suggestion: Option<String>,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte in a text.
    pub fn of(text: &str, at: usize) -> Self {
        let before = &text[..text.floor_char_boundary(at)];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, ": {suggestion}"),
            None => Ok(()),
        }
    }
}

/// What was found wrong so far, by offset.
#[derive(Debug, Default)]
pub struct Faults(Vec<(usize, String, Option<String>)>);

impl Faults {
    /// Notes one more.
    pub fn add(&mut self, at: usize, message: String, suggestion: Option<String>) {
        self.0.push((at, message, suggestion));
    }

    /// Whether nothing is wrong so far.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it in the order of the file.
    pub fn into_faults(mut self, text: &str) -> Vec<Fault> {
        self.0.sort();
        // One mistake may be met more than once on the way.
        self.0.dedup();
        let fault = |(at, message, suggestion)| Fault {
            place: Place::of(text, at),
            message,
            suggestion,
        };
        self.0.into_iter().map(fault).collect()
    }
}

fn lines(file: &std::path::Path, faults: &[Fault]) -> String {
    let line = |fault| format!("{}:{fault}", file.display());
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The one of `known` that was probably meant by `word`.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let slips = 1 + word.chars().count() / CHARACTERS_PER_SLIP;
    known
        .into_iter()
        .map(|known| (strsim::osa_distance(word, known), known))
        .filter(|(distance, known)| {
            *distance <= slips && *distance < known.chars().count()
                || known.starts_with(word) && word.len() >= 3
        })
        .min()
        .map(|(_, known)| known)
}

/// A suggestion: the one that was probably meant, or else all that there are.
pub fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    match nearest(word, known.iter().copied()) {
        Some(meant) => Some(format!("did you mean `{meant}`?")),
        None if known.is_empty() => None,
        None => Some(format!("there is {}", listed(known))),
    }
}

/// `a, b and c`.
pub fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

/// The parser's message; it names characters in backquotes and says what it expected, and is good as it is.
pub(super) fn plain_toml(message: &str) -> String {
    message.replace('\n', " ")
}

/// A system error in lower case and without its number.
fn plain_io(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

/// For so many characters one more slip is forgiven.
const CHARACTERS_PER_SLIP: usize = 5;
