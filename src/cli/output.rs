//! Results and events on standard output.
//!
//! A pipe or a terminal changes the layout, never a value. What this module does *not* do: errors and notes, which go to
//! standard error.

use std::io::{self, Write};
use std::time::SystemTime;

use clap::ValueEnum;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::table::Table;
use super::terminal::{Paint, Stream};
use super::{json, sanitize};

/// How data is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people on a terminal, for programs in a pipe.
    #[default]
    Auto,
    /// One line with the whole envelope.
    Json,
    /// Indented, also in a pipe.
    Pretty,
    /// As in a pipe, text unescaped and binary as its bytes.
    Raw,
    /// Dictionaries as tables, anything else as without it.
    Table,
}

impl Format {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Json => "json",
            Self::Pretty => "pretty",
            Self::Raw => "raw",
            Self::Table => "table",
        }
    }
}

/// What a message brought, with everything about it.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    /// `result`, `event`, `gap`, `published`, `invocation`, `call`.
    pub(crate) kind: &'static str,
    /// The procedure or topic, if it is about one.
    pub(crate) uri: Option<String>,
    /// Its payload.
    pub(crate) arguments: Arguments,
    /// Its details.
    pub(crate) details: Dict,
    /// When it arrived.
    pub(crate) at: SystemTime,
}

impl Envelope {
    /// `{"type","uri","args","kwargs","details","at"}`, always all of them.
    pub(crate) fn to_value(&self) -> Value {
        let uri = self.uri.as_deref().map_or(Value::Null, Value::from);
        let dict = Dict::new().with("type", self.kind).with("uri", uri);
        json::with_arguments(dict, &self.arguments)
            .with("details", self.details.clone())
            .with("at", humantime::format_rfc3339_millis(self.at).to_string())
            .into()
    }

    /// The value that stands for the payload: none for none, the argument for one, a list for several, `args` and `kwargs`
    /// where there are keywords; with `details` on top of that where they are asked for.
    pub(crate) fn value(&self) -> Option<Value> {
        self.payload(false)
    }

    fn payload(&self, with_details: bool) -> Option<Value> {
        let Arguments { args, kwargs } = &self.arguments;
        if with_details {
            let dict = json::with_arguments(Dict::new(), &self.arguments);
            return Some(dict.with("details", self.details.clone()).into());
        }
        match args.as_slice() {
            _ if !kwargs.is_empty() => {
                Some(json::with_arguments(Dict::new(), &self.arguments).into())
            }
            [] => None,
            [value] => Some(value.clone()),
            several => Some(Value::List(several.to_vec())),
        }
    }
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What stands for it on a line of its own: a URI or an id.
    pub(crate) line: String,
    /// All about it, as details.
    pub(crate) envelope: Envelope,
}

/// Where and how data is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// The layout asked for.
    pub(crate) format: Format,
    /// Whether details are wanted.
    pub(crate) details: bool,
    /// What standard output is.
    pub(crate) stream: Stream,
}

impl Output {
    /// Writes what a command is for: the result of a call.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn result(&self, out: &mut impl Write, envelope: &Envelope) -> io::Result<()> {
        if self.format == Format::Json {
            return self.json_line(out, &envelope.to_value());
        }
        match envelope.payload(self.details) {
            Some(value) => self.value(out, &value),
            None => Ok(()),
        }
    }

    /// Writes one event of a stream: the topic and the value on a terminal, the envelope on one line in a pipe.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn event(&self, out: &mut impl Write, envelope: &Envelope) -> io::Result<()> {
        if self.format == Format::Raw {
            return self.result(out, envelope);
        }
        if !self.events_are_readable() {
            return self.json_line(out, &envelope.to_value());
        }
        let topic = envelope.uri.as_deref().unwrap_or_default();
        let topic = self.escaped(topic, sanitize::line);
        write!(out, "{}", self.stream.paint(Paint::Topic, &topic))?;
        match envelope.payload(self.details) {
            None => writeln!(out),
            Some(value) if self.format == Format::Pretty => {
                writeln!(out)?;
                self.value(out, &value)
            }
            Some(value) => {
                let value = match &value {
                    Value::Str(text) => text.to_string(),
                    other => json::compact(other),
                };
                writeln!(out, "  {}", self.escaped(&value, sanitize::line))
            }
        }
    }

    /// The same with this in front of it, unless it is an envelope.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn stamped_event(
        &self,
        out: &mut impl Write,
        stamp: &str,
        envelope: &Envelope,
    ) -> io::Result<()> {
        if self.events_are_readable() {
            write!(out, "{stamp}  ")?;
            if self.format == Format::Raw && envelope.payload(self.details).is_none() {
                return writeln!(out);
            }
        }
        self.event(out, envelope)
    }

    /// Whether events are written for people, or bare, rather than as envelopes.
    pub(crate) const fn events_are_readable(&self) -> bool {
        match self.format {
            Format::Json => false,
            Format::Auto => self.stream.terminal,
            Format::Pretty | Format::Table | Format::Raw => true,
        }
    }

    /// Writes the whole envelope on one line, whatever the layout.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn envelope(&self, out: &mut impl Write, envelope: &Envelope) -> io::Result<()> {
        self.json_line(out, &envelope.to_value())
    }

    /// Writes a list: a table with these keys of the details on a terminal, a line for each entry in a pipe.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn list(
        &self,
        out: &mut impl Write,
        columns: &[&str],
        entries: &[Entry],
    ) -> io::Result<()> {
        let table = match self.format {
            Format::Auto => self.stream.terminal,
            Format::Table => true,
            Format::Json | Format::Pretty | Format::Raw => false,
        };
        if table && !entries.is_empty() {
            let details = entries.iter().map(|entry| &entry.envelope.details);
            return Table::of_dicts(details, columns).write(out, self.stream, "");
        }
        for entry in entries {
            match self.format {
                Format::Json | Format::Pretty => self.record(out, &entry.envelope)?,
                _ => writeln!(out, "{}", entry.line)?,
            }
        }
        Ok(())
    }

    /// Writes what is known about one thing, its details: as a table on a terminal, the envelope on one line in a pipe.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn record(&self, out: &mut impl Write, envelope: &Envelope) -> io::Result<()> {
        let table = match self.format {
            Format::Json => false,
            Format::Auto => self.stream.terminal,
            Format::Table => true,
            Format::Pretty | Format::Raw => {
                return self.value(out, &envelope.details.clone().into());
            }
        };
        if !table {
            return self.json_line(out, &envelope.to_value());
        }
        writeln!(out, "{}", self.stream.paint(Paint::Heading, envelope.kind))?;
        Table::of_entries(&envelope.details).write(out, self.stream, "  ")
    }

    /// Writes a bare value: text as it is, anything else as JSON.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn value(&self, out: &mut impl Write, value: &Value) -> io::Result<()> {
        if self.format == Format::Table
            && let Some(table) = Table::of_value(value)
        {
            return table.write(out, self.stream, "");
        }
        let indented = match self.format {
            Format::Pretty => true,
            Format::Auto | Format::Table => self.stream.terminal,
            Format::Json | Format::Raw => false,
        };
        match value {
            Value::Bin(bytes) if self.format == Format::Raw => out.write_all(bytes),
            Value::Str(text) => writeln!(out, "{}", self.escaped(text, sanitize::text)),
            other if indented => {
                writeln!(
                    out,
                    "{}",
                    self.escaped(&json::pretty(other), sanitize::text)
                )
            }
            other => self.json_line(out, other),
        }
    }

    /// JSON on one line. Inside its strings, escaping does not change the value.
    fn json_line(&self, out: &mut impl Write, value: &Value) -> io::Result<()> {
        if self.stream.terminal {
            return writeln!(
                out,
                "{}",
                self.escaped(&json::compact(value), sanitize::text)
            );
        }
        json::write(out, value)?;
        out.write_all(b"\n")
    }

    /// Remote text, escaped if it goes to a terminal.
    fn escaped<'a>(
        &self,
        text: &'a str,
        escape: fn(&'a str) -> std::borrow::Cow<'a, str>,
    ) -> std::borrow::Cow<'a, str> {
        if self.stream.terminal && self.format != Format::Raw {
            escape(text)
        } else {
            text.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use insta::assert_snapshot;

    use super::*;

    const PIPE: Stream = Stream::plain();
    const TERMINAL: Stream = Stream {
        terminal: true,
        color: false,
    };

    fn envelope(args: Vec<Value>, kwargs: Dict) -> Envelope {
        Envelope {
            kind: "event",
            uri: Some("com.shop.sold".to_owned()),
            arguments: Arguments { args, kwargs },
            details: Dict::new().with("publisher", 7),
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(1500),
        }
    }

    fn output(format: Format, stream: Stream) -> Output {
        Output {
            format,
            details: false,
            stream,
        }
    }

    fn result(output: &Output, envelope: &Envelope) -> String {
        let mut out = Vec::new();
        output.result(&mut out, envelope).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn event(output: &Output, envelope: &Envelope) -> String {
        let mut out = Vec::new();
        output.event(&mut out, envelope).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_shape_follows_the_payload() {
        let pipe = output(Format::Auto, PIPE);
        let none = Dict::new;
        for (args, kwargs, expected) in [
            (vec![], none(), ""),
            (vec![Value::Int(5)], none(), "5\n"),
            (vec!["a \"b\"".into()], none(), "a \"b\"\n"),
            (vec![Value::Null], none(), "null\n"),
            (vec![vec![1, 2].into()], none(), "[1,2]\n"),
            (vec![1.into(), "x".into()], none(), "[1,\"x\"]\n"),
            (
                vec![],
                none().with("z", 1).with("a", 2.5),
                "{\"args\":[],\"kwargs\":{\"z\":1,\"a\":2.5}}\n",
            ),
            (
                vec![Value::Bin(Bytes::from_static(&[0, 1]))],
                none(),
                "\"\\u0000AAE=\"\n",
            ),
        ] {
            assert_eq!(result(&pipe, &envelope(args, kwargs)), expected);
        }
    }

    #[test]
    fn a_terminal_changes_the_layout_only() {
        let envelope = envelope(vec![vec![1, 2].into()], Dict::new());
        assert_eq!(
            result(&output(Format::Auto, TERMINAL), &envelope),
            "[\n  1,\n  2\n]\n"
        );
        assert_eq!(
            result(&output(Format::Pretty, PIPE), &envelope),
            "[\n  1,\n  2\n]\n"
        );
        assert_eq!(result(&output(Format::Raw, TERMINAL), &envelope), "[1,2]\n");
    }

    #[test]
    fn remote_text_is_escaped_on_a_terminal_only() {
        let text = envelope(vec!["a\u{1b}[2J\nb\u{202e}".into()], Dict::new());
        let terminal = output(Format::Auto, TERMINAL);
        assert_eq!(result(&terminal, &text), "a\\u001b[2J\nb\\u202e\n");
        assert_eq!(
            event(&terminal, &text),
            "com.shop.sold  a\\u001b[2J\\u000ab\\u202e\n"
        );
        assert_eq!(
            result(&output(Format::Auto, PIPE), &text),
            "a\u{1b}[2J\nb\u{202e}\n"
        );
        let json = result(&output(Format::Json, TERMINAL), &text);
        assert!(json.contains("\"a\\u001b[2J\\nb\\u202e\""), "{json}");
    }

    #[test]
    fn the_envelope_never_changes_shape() {
        let json = output(Format::Json, PIPE);
        assert_snapshot!(result(&json, &envelope(vec![], Dict::new())), @r#"{"type":"event","uri":"com.shop.sold","args":[],"kwargs":{},"details":{"publisher":7},"at":"1970-01-01T00:00:01.500Z"}"#);
        assert_snapshot!(event(&output(Format::Auto, PIPE), &envelope(vec![1.into()], Dict::new().with("a", true))), @r#"{"type":"event","uri":"com.shop.sold","args":[1],"kwargs":{"a":true},"details":{"publisher":7},"at":"1970-01-01T00:00:01.500Z"}"#);
    }

    #[test]
    fn events_on_a_terminal_are_lines_to_read() {
        let terminal = output(Format::Auto, TERMINAL);
        assert_eq!(
            event(&terminal, &envelope(vec![], Dict::new())),
            "com.shop.sold\n"
        );
        let several = envelope(vec![1.into(), "x".into()], Dict::new());
        assert_eq!(event(&terminal, &several), "com.shop.sold  [1,\"x\"]\n");
        assert_eq!(
            event(&output(Format::Pretty, PIPE), &several),
            "com.shop.sold\n[\n  1,\n  \"x\"\n]\n"
        );
        assert_eq!(event(&output(Format::Raw, PIPE), &several), "[1,\"x\"]\n");
    }

    #[test]
    fn details_on_demand_and_raw_bytes() {
        let one = envelope(vec![1.into()], Dict::new());
        let details = Output {
            details: true,
            ..output(Format::Auto, PIPE)
        };
        assert_eq!(
            result(&details, &one),
            "{\"args\":[1],\"kwargs\":{},\"details\":{\"publisher\":7}}\n"
        );
        let binary = envelope(vec![Bytes::from_static(b"\x01\x02").into()], Dict::new());
        assert_eq!(result(&output(Format::Raw, PIPE), &binary), "\u{1}\u{2}");
    }
}
