//! A recording that is read: its lines, and what each stands for.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, Read as _};
use std::time::SystemTime;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, BufReader, stdin};
use wampkit::codec::Arguments;
use wampkit::proto::Value;

use super::super::argument;
use super::super::error::{CliError, plain};
use super::super::fault::Fault;
use super::super::files::Files;
use super::super::json;

/// What a line stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    /// An event, to be published.
    Event(Content),
    /// A call, to be made.
    Call(Content),
    /// Something of another type, by its name.
    Other(String),
}

/// What was published, or called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    /// The topic or procedure.
    pub(crate) uri: String,
    /// The payload.
    pub(crate) arguments: Arguments,
    /// When that was, if it is told.
    pub(crate) at: Option<SystemTime>,
}

/// The entries of a recording, one after the other.
pub(crate) struct Entries {
    name: String,
    lines: Box<dyn AsyncBufRead + Unpin>,
    line: u64,
    buffer: Vec<u8>,
}

impl Entries {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// That there is no such file, or that it cannot be read.
    pub(crate) async fn open(path: &str) -> Result<Self, CliError> {
        let lines: Box<dyn AsyncBufRead + Unpin> = if path == "-" {
            Box::new(BufReader::new(stdin()))
        } else {
            let file = tokio::fs::File::open(path).await;
            Box::new(BufReader::new(file.map_err(|error| unread(path, &error))?))
        };
        Ok(Self {
            name: Files::name(path).to_owned(),
            lines,
            line: 0,
            buffer: Vec::new(),
        })
    }

    /// The next entry and the number of its line. Dropping the future loses nothing.
    ///
    /// # Errors
    /// A line that is no envelope, or cannot be read.
    pub(crate) async fn next(&mut self) -> Result<Option<(u64, Entry)>, CliError> {
        loop {
            let room = (LONGEST + 1).saturating_sub(self.buffer.len());
            let mut lines = (&mut self.lines).take(room as u64);
            let read = lines.read_until(b'\n', &mut self.buffer).await;
            read.map_err(|error| unread(&self.name, &error))?;
            if self.buffer.is_empty() {
                return Ok(None);
            }
            self.line += 1;
            if self.buffer.len() > LONGEST {
                return Err(too_long(&self.name, self.line));
            }
            let line = std::mem::take(&mut self.buffer);
            if let Some(entry) = read_line(&self.name, self.line, &line)? {
                return Ok(Some((self.line, entry)));
            }
        }
    }
}

/// Reads a file from end to end, and counts the entries that can be played. What is no plain file, standard input say, is left
/// alone: it can be read once only.
///
/// # Errors
/// As [`Entries::open`] and [`Entries::next`].
pub(crate) fn check(path: &str) -> Result<Option<u64>, CliError> {
    let unread = |error| unread(path, &error);
    if path == "-" || !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Ok(None);
    }
    let mut file = io::BufReader::new(File::open(path).map_err(unread)?);
    let (mut count, mut number) = (0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut lines = file.by_ref().take(LONGEST as u64 + 1);
        if lines.read_until(b'\n', &mut line).map_err(unread)? == 0 {
            return Ok(Some(count));
        }
        number += 1;
        if line.len() > LONGEST {
            return Err(too_long(path, number));
        }
        let entry = read_line(path, number, &line)?;
        count += u64::from(matches!(entry, Some(Entry::Event(_) | Entry::Call(_))));
    }
}

/// What a line stands for; nothing if it is empty.
fn read_line(name: &str, number: u64, line: &[u8]) -> Result<Option<Entry>, CliError> {
    let place = format!("{name}, line {number}");
    let entry = match String::from_utf8_lossy(line.trim_ascii()) {
        Cow::Borrowed("") => return Ok(None),
        Cow::Borrowed(text) => entry(&place, text),
        Cow::Owned(text) => Err(fault(&place, &text, 0, "this is not UTF-8 text")),
    };
    match entry {
        Err(CliError::Fault(mut fault)) if !line.ends_with(b"\n") => {
            fault.hint = Some(CUT_OFF.to_owned());
            Err(CliError::Fault(fault))
        }
        entry => entry.map(Some),
    }
}

fn entry(place: &str, text: &str) -> Result<Entry, CliError> {
    let value = json::parse(text).map_err(|it| fault(place, text, it.at, &it.message))?;
    let Value::Dict(envelope) = value else {
        let message = format!("expected an envelope, found {}", value.kind());
        return Err(fault(place, text, 0, &message));
    };
    let missing = |key: &str| fault(place, text, 0, &format!("the envelope has no {key}"));
    let field = |key: &str| envelope.get(key).and_then(Value::as_str);
    let kind = field("type").ok_or_else(|| missing("type"))?;
    let make = match kind {
        "event" => Entry::Event,
        "call" => Entry::Call,
        other => return Ok(Entry::Other(other.to_owned())),
    };
    let uri = field("uri").ok_or_else(|| missing("uri"))?.to_owned();
    let at = match envelope.get("at") {
        None | Some(Value::Null) => None,
        Some(at) => {
            let time = at.as_str().map(humantime::parse_rfc3339_weak);
            let Some(Ok(time)) = time else {
                let message = "at is no time like 2026-01-01T00:00:00.000Z";
                return Err(fault(place, text, json::value_at(text, "at"), message));
            };
            Some(time)
        }
    };
    let arguments = argument::payload(place, text, envelope)?;
    Ok(make(Content { uri, arguments, at }))
}

fn fault(place: &str, text: &str, at: usize, message: &str) -> CliError {
    Fault {
        place: place.to_owned(),
        message: message.to_owned(),
        text: text.to_owned(),
        at,
        hint: None,
    }
    .into()
}

fn unread(name: &str, error: &io::Error) -> CliError {
    CliError::Usage {
        message: format!("cannot read {name}: {}", plain(error)),
        hint: None,
    }
}

fn too_long(name: &str, line: u64) -> CliError {
    CliError::Usage {
        message: format!("{name}, line {line}: longer than 64 MiB"),
        hint: None,
    }
}

/// Of a line without a newline, which can only be the last.
const CUT_OFF: &str = "a recorder that is killed can leave its last line like this: remove it";

/// How long a line may be: no message is as long as that, whatever it is in JSON.
const LONGEST: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use wampkit::proto::Dict;

    use super::*;

    fn read(line: impl AsRef<[u8]>) -> Option<Entry> {
        read_line("a.jsonl", 7, line.as_ref()).unwrap()
    }

    fn broken(line: impl AsRef<[u8]>) -> String {
        let error = read_line("a.jsonl", 7, line.as_ref()).unwrap_err();
        assert_eq!(error.exit().code(), 2, "{error}");
        error.to_string()
    }

    #[test]
    fn events_and_calls() {
        let line = r#"{"type":"event","uri":"com.t","args":[18446744073709551615,"\u0000AAE="],"kwargs":{"a":1.5},"details":{"x":1},"at":"1970-01-01T00:00:01.500Z"}"#;
        let content = Content {
            uri: "com.t".to_owned(),
            arguments: Arguments {
                args: vec![u64::MAX.into(), Bytes::from_static(&[0, 1]).into()],
                kwargs: Dict::new().with("a", 1.5),
            },
            at: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1500)),
        };
        assert_eq!(
            read(format!("{line}\r\n")),
            Some(Entry::Event(content.clone()))
        );
        let call = line.replace("event", "call");
        assert_eq!(read(call), Some(Entry::Call(content)));
    }

    #[test]
    fn what_may_be_missing() {
        let content = Content {
            uri: "com.t".to_owned(),
            arguments: Arguments::default(),
            at: None,
        };
        let short = r#"{"type":"event","uri":"com.t"}"#;
        assert_eq!(read(short), Some(Entry::Event(content)));
        assert_eq!(read(" \r\n"), None);
        let gap = r#"{"type":"gap","since":7}"#;
        assert_eq!(read(gap), Some(Entry::Other("gap".to_owned())));
    }

    #[test]
    fn carets_are_under_the_fault() {
        for (line, at) in [
            (r#"{"type":"call","uri":"p","args":7}"#, 32),
            (r#"{"kwargs": [] ,"type":"call","uri":"p"}"#, 11),
            (r#"{"type":"call","uri":"p","at":7}"#, 30),
            (r#"{"type":"call","uri":"p","more":7}"#, 32),
        ] {
            let error = read_line("a.jsonl", 7, line.as_bytes()).unwrap_err();
            let CliError::Fault(fault) = error else {
                panic!("{error}");
            };
            assert_eq!(fault.at, at, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_cut_off_is_told_as_such() {
        let hint = |line: &[u8]| match read_line("a.jsonl", 7, line) {
            Err(CliError::Fault(fault)) => fault.hint,
            other => panic!("{other:?}"),
        };
        assert_eq!(hint(br#"{"type":"ca"#).as_deref(), Some(CUT_OFF));
        assert_eq!(hint(b"{\"type\":\"\xe2\x82").as_deref(), Some(CUT_OFF));
        assert_eq!(hint(b"{\"type\":\"ca\n"), None);
    }

    #[test]
    fn faults_have_a_line() {
        for (line, fault) in [
            (&b"{"[..], "the dictionary is not closed"),
            (b"\xff", "this is not UTF-8 text"),
            (b"[]", "expected an envelope, found a list"),
            (b"{}", "the envelope has no type"),
            (br#"{"type":"call"}"#, "the envelope has no uri"),
            (
                br#"{"type":"call","uri":"p","at":7}"#,
                "at is no time like 2026-01-01T00:00:00.000Z",
            ),
            (
                br#"{"type":"call","uri":"p","more":7}"#,
                "an envelope has no \"more\"",
            ),
        ] {
            assert_eq!(broken(line), format!("a.jsonl, line 7: {fault}"));
        }
        let args = br#"{"type":"call","uri":"p","args":7}"#;
        assert_eq!(
            broken(args),
            "args of a.jsonl, line 7: expected a list, found an integer"
        );
    }
}
