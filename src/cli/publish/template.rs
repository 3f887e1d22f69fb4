//! Words with placeholders, `{{count}}`: an argument that is another one for each event.
//!
//! A word is taken apart once, and what a placeholder stands for is put inside the value that results: whatever it is, it
//! becomes no keyword, names no file, and ends no string or list that it stands in.
//!
//! | word | value |
//! |---|---|
//! | `{{line}}` | a placeholder alone: a JSON literal, else a string |
//! | `no. {{count}}` | text around it: a number, `true`, `false` or `null`, else a string |
//! | `:s={{count}}` | always a string |
//! | `{"n":{{count}},"by":"{{env USER}}"}` | in JSON a value where one may stand, and text in strings |

use std::time::SystemTime;

use uuid::Uuid;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::argument::{self, Form};
use super::super::error::CliError;
use super::super::fault::Fault;
use super::super::files::Files;
use super::super::json;
use super::super::suggestion::nearest;

/// Arguments with placeholders in them.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    words: Vec<(Option<String>, Node)>,
}

/// What placeholders stand for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filling<'a> {
    /// The number of the event, from 1.
    pub(crate) count: u64,
    /// The line of standard input that it is made of.
    pub(crate) line: Option<&'a str>,
}

impl Template {
    /// The words by the argument grammar, with placeholders in their values; `{{line}}` is one of them if there are `lines`.
    ///
    /// # Errors
    /// Those of the grammar; a placeholder that is none, or stands where none may; a variable that is not set.
    pub(crate) fn read(words: &[String], lines: bool, files: &mut Files) -> Result<Self, CliError> {
        let mut read: Vec<(Option<String>, Node)> = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let place = format!("argument {}", index + 1);
            let source = Source {
                word,
                place: &place,
                lines,
            };
            let (key, node) = source.node(files)?;
            if key.is_some() && read.iter().any(|(known, _)| *known == key) {
                let key = key.unwrap_or_default();
                return Err(source.fault(0, format!("the keyword {key} is given twice")));
            }
            read.push((key, node));
        }
        Ok(Self { words: read })
    }

    /// The arguments of one event.
    pub(crate) fn fill(&self, filling: &Filling<'_>) -> Arguments {
        let mut arguments = Arguments::default();
        for (key, node) in &self.words {
            let value = node.fill(filling);
            match key {
                Some(key) => arguments.kwargs.push(key.as_str(), value),
                None => arguments.args.push(value),
            }
        }
        arguments
    }

    /// Whether a line of standard input is somewhere in it.
    pub(crate) fn has_line(&self) -> bool {
        self.words.iter().any(|(_, node)| node.has_line())
    }
}

/// A value with placeholders in it.
#[derive(Clone, Debug)]
enum Node {
    /// It has none.
    Fixed(Value),
    /// A string.
    Text(Vec<Piece>),
    /// What is read once it is filled.
    Bare(Vec<Piece>),
    /// A list.
    List(Vec<Self>),
    /// A dictionary.
    Dict(Vec<(String, Self)>),
}

impl Node {
    fn fill(&self, filling: &Filling<'_>) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(pieces) => Value::from(text(pieces, filling)),
            Self::Bare(pieces) => {
                let text = text(pieces, filling);
                match json::parse(&text) {
                    // A list of which part is the template's and part is not is nobody's.
                    Ok(Value::List(_) | Value::Dict(_) | Value::Str(_)) if pieces.len() > 1 => {
                        Value::from(text)
                    }
                    Ok(value) => value,
                    Err(_) => Value::from(text),
                }
            }
            Self::List(nodes) => Value::List(nodes.iter().map(|node| node.fill(filling)).collect()),
            Self::Dict(nodes) => {
                let mut dict = Dict::new();
                for (key, node) in nodes {
                    dict.push(key.as_str(), node.fill(filling));
                }
                Value::Dict(dict)
            }
        }
    }

    fn has_line(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Text(pieces) | Self::Bare(pieces) => pieces.contains(&Piece::Line),
            Self::List(nodes) => nodes.iter().any(Self::has_line),
            Self::Dict(nodes) => nodes.iter().any(|(_, node)| node.has_line()),
        }
    }
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// As it is; what `{{env X}}` stands for as well.
    Literal(String),
    /// `{{count}}`
    Count,
    /// `{{time}}`
    Time,
    /// `{{uuid}}`
    Uuid,
    /// `{{random A B}}`
    Random(i64, i64),
    /// `{{line}}`
    Line,
}

fn text(pieces: &[Piece], filling: &Filling<'_>) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Count => text.push_str(&filling.count.to_string()),
            Piece::Time => {
                let now = humantime::format_rfc3339_millis(SystemTime::now());
                text.push_str(&now.to_string());
            }
            Piece::Uuid => text.push_str(&Uuid::new_v4().to_string()),
            Piece::Random(least, most) => {
                text.push_str(&fastrand::i64(*least..=*most).to_string());
            }
            Piece::Line => text.push_str(filling.line.unwrap_or_default()),
        }
    }
    text
}

/// A word that is being read.
struct Source<'a> {
    word: &'a str,
    place: &'a str,
    /// Whether there are lines.
    lines: bool,
}

impl Source<'_> {
    fn node(&self, files: &mut Files) -> Result<(Option<String>, Node), CliError> {
        let (key, form, start) = argument::split(self.word);
        let text = &self.word[start..];
        let Some(at) = text.find(OPEN) else {
            let read = argument::read(self.word, self.place, files)?;
            return Ok((read.key, Node::Fixed(read.value)));
        };
        if form == Form::Binary {
            return Err(self.fault(start + at, "binary takes no placeholders"));
        }
        if form != Form::Text && text.starts_with('@') {
            return Err(self.fault(start + at, "the name of a file takes no placeholders"));
        }
        // Also what is no placeholder at all is found here, where its place is known.
        let pieces = self.pieces(text, start)?;
        let node = match form {
            Form::Text => Node::Text(pieces),
            Form::Json => self.json(text, start)?,
            Form::Bare | Form::Binary => self.json(text, start).unwrap_or(Node::Bare(pieces)),
        };
        Ok((key.map(str::to_owned), node))
    }

    /// The text in pieces; `start` is where it is in the word.
    fn pieces(&self, text: &str, start: usize) -> Result<Vec<Piece>, CliError> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(found) = text[at..].find(OPEN) {
            if found > 0 {
                pieces.push(Piece::Literal(text[at..at + found].to_owned()));
            }
            let open = at + found;
            let (piece, length) = self.placeholder(&text[open..], start + open)?;
            pieces.push(piece);
            at = open + length;
        }
        if at < text.len() {
            pieces.push(Piece::Literal(text[at..].to_owned()));
        }
        Ok(pieces)
    }

    /// The placeholder that the text begins with, and how long it is.
    fn placeholder(&self, text: &str, at: usize) -> Result<(Piece, usize), CliError> {
        let Some(end) = text.find(CLOSE) else {
            return Err(self.fault(at, "no }} follows"));
        };
        let inner = &text[OPEN.len()..end];
        let words = inner.split_whitespace().collect::<Vec<_>>();
        let piece = match *words.as_slice() {
            ["count"] => Piece::Count,
            ["time"] => Piece::Time,
            ["uuid"] => Piece::Uuid,
            ["line"] if self.lines => Piece::Line,
            ["line"] => return Err(self.fault(at, "{{line}} goes with --lines")),
            ["random", least, most] => match (least.parse(), most.parse()) {
                (Ok(least), Ok(most)) if least <= most => Piece::Random(least, most),
                (Ok(_), Ok(_)) => return Err(self.fault(at, "the first number is the least")),
                _ => return Err(self.fault(at, "write two integers: {{random 1 6}}")),
            },
            ["random", ..] => return Err(self.fault(at, "write two integers: {{random 1 6}}")),
            ["env", name] => match std::env::var(name) {
                Ok(value) => Piece::Literal(value),
                Err(std::env::VarError::NotPresent) => {
                    return Err(self.fault(at, format!("the variable {name} is not set")));
                }
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(self.fault(at, format!("the variable {name} is not UTF-8 text")));
                }
            },
            ["env", ..] => return Err(self.fault(at, "write the name of one variable: {{env X}}")),
            _ => return Err(self.unknown(at, inner, words.first().copied().unwrap_or_default())),
        };
        Ok((piece, end + CLOSE.len()))
    }

    /// JSON with placeholders where a value may stand, and in strings. While it is read, one that stands for a value is a string
    /// of the same length that nobody writes, so that a fault is where it seems to be.
    fn json(&self, text: &str, start: usize) -> Result<Node, CliError> {
        let mut plain = String::with_capacity(text.len());
        let mut values = Vec::new();
        let mut in_string = false;
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            if !in_string && text[at..].starts_with(OPEN) {
                let (piece, length) = self.placeholder(&text[at..], start + at)?;
                let width = length - MARK.len_utf8() - 2;
                plain.push_str(&format!("\"{MARK}{:0width$}\"", values.len()));
                values.push(piece);
                at += length;
                continue;
            }
            let length = match character {
                '\\' => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
                other => other.len_utf8(),
            };
            in_string ^= character == '"';
            plain.push_str(&text[at..at + length]);
            at += length;
        }
        let value =
            json::parse(&plain).map_err(|fault| self.fault(start + fault.at, fault.message))?;
        self.within(value, &values, start)
    }

    /// A JSON value with the placeholders put back.
    fn within(&self, value: Value, values: &[Piece], start: usize) -> Result<Node, CliError> {
        match value {
            Value::Str(text) => {
                let mark = text.strip_prefix(MARK).map(str::parse::<usize>);
                if let Some(piece) = mark.and_then(|number| values.get(number.ok()?)) {
                    return Ok(Node::Bare(vec![piece.clone()]));
                }
                self.pieces(&text, start).map(Node::Text)
            }
            Value::List(items) => {
                let nodes = items.into_iter();
                let nodes = nodes.map(|item| self.within(item, values, start));
                nodes.collect::<Result<_, _>>().map(Node::List)
            }
            Value::Dict(dict) => {
                let mut nodes = Vec::new();
                for (key, value) in dict {
                    if key.contains(OPEN) || key.starts_with(MARK) {
                        return Err(self.fault(start, "a key takes no placeholders"));
                    }
                    nodes.push((key.to_string(), self.within(value, values, start)?));
                }
                Ok(Node::Dict(nodes))
            }
            plain => Ok(Node::Fixed(plain)),
        }
    }

    fn unknown(&self, at: usize, inner: &str, name: &str) -> CliError {
        let known = NAMES.map(str::to_owned).to_vec();
        let hint = match nearest(name, known) {
            Some(meant) => format!("did you mean {meant}?"),
            None => {
                "there are {{count}} {{time}} {{uuid}} {{random A B}} {{line}} {{env X}}".to_owned()
            }
        };
        let fault = Fault {
            place: self.place.to_owned(),
            message: format!("there is no placeholder {}", inner.trim()),
            text: self.word.to_owned(),
            at,
            hint: Some(hint),
        };
        fault.into()
    }

    fn fault(&self, at: usize, message: impl Into<String>) -> CliError {
        let fault = Fault {
            place: self.place.to_owned(),
            message: message.into(),
            text: self.word.to_owned(),
            at,
            hint: None,
        };
        fault.into()
    }
}

const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// The placeholders' names.
const NAMES: [&str; 6] = ["count", "time", "uuid", "random", "line", "env"];

/// No character of any script, and so of no argument.
const MARK: char = '\u{ffff}';

#[cfg(test)]
mod tests;
