//! What was found: lines as it is found, or all of it as one object in the end.

use std::time::SystemTime;

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::super::output::{Envelope, Format};
use super::super::sanitize;
use super::super::terminal::Paint;

/// What was found so far.
pub(super) struct Report<'a> {
    console: &'a Console,
    url: String,
    section: &'static str,
    steps: Vec<Value>,
    counts: [u64; 4],
    /// The code of the first fault.
    exit: Exit,
    /// That the lines cannot be written. It is told in the end.
    output: Result<(), CliError>,
}

/// How it looks.
#[derive(Clone, Copy)]
enum Mark {
    Good,
    Warning,
    Bad,
    Skipped,
}

impl<'a> Report<'a> {
    pub(super) fn new(console: &'a Console, url: &str) -> Self {
        let mut report = Self {
            console,
            url: url.to_owned(),
            section: "",
            steps: Vec::new(),
            counts: [0; 4],
            exit: Exit::Success,
            output: Ok(()),
        };
        report.line(&sanitize::line(url));
        report
    }

    /// From now on it is about this.
    pub(super) fn section(&mut self, name: &'static str) {
        self.section = name;
        let heading = self.console.stdout().paint(Paint::Heading, name);
        self.line(&heading);
    }

    /// All is well.
    pub(super) fn good(&mut self, name: &str, detail: impl Into<String>) {
        self.step(Mark::Good, name, detail.into(), None);
    }

    /// Something to know.
    pub(super) fn warn(&mut self, name: &str, detail: impl Into<String>, hint: Option<&str>) {
        self.step(Mark::Warning, name, detail.into(), hint);
    }

    /// A fault.
    pub(super) fn bad(
        &mut self,
        name: &str,
        detail: impl Into<String>,
        hint: Option<&str>,
        exit: Exit,
    ) {
        if self.exit == Exit::Success {
            self.exit = exit;
        }
        self.step(Mark::Bad, name, detail.into(), hint);
    }

    /// A fault in the words of an error, with its code.
    pub(super) fn error(&mut self, name: &str, error: &CliError) {
        let hint = error.hint();
        self.bad(name, error.to_string(), hint.as_deref(), error.exit());
    }

    /// It was not tried, or is not there.
    pub(super) fn skip(&mut self, name: &str, detail: impl Into<String>) {
        self.step(Mark::Skipped, name, detail.into(), None);
    }

    fn step(&mut self, mark: Mark, name: &str, detail: String, hint: Option<&str>) {
        let sign = self.console.stdout().paint(mark.paint(), mark.sign());
        let line = format!("  {sign} {name:<WIDTH$} {}", sanitize::line(&detail));
        self.line(line.trim_end());
        if let Some(hint) = hint {
            let label = self.console.stdout().paint(Paint::Hint, "hint:");
            let hint = sanitize::line(hint);
            self.line(&format!("    {:<WIDTH$} {label} {hint}", ""));
        }
        self.counts[mark as usize] += 1;
        self.steps.push(
            Dict::new()
                .with("section", self.section)
                .with("step", name)
                .with("status", mark.word())
                .with("detail", detail)
                .with("hint", hint.map_or(Value::Null, Value::from))
                .into(),
        );
    }

    /// Sums up, and says how to exit.
    ///
    /// # Errors
    /// Those of standard output.
    pub(super) fn finish(mut self) -> Result<Exit, CliError> {
        let counts = self.counts;
        let count = |mark: Mark| counts[mark as usize];
        let summary = format!(
            "{} well, {} to know, {} wrong, {} not there or not tried",
            count(Mark::Good),
            count(Mark::Warning),
            count(Mark::Bad),
            count(Mark::Skipped)
        );
        self.line(&summary);
        self.output?;
        if !is_read_by_people(self.console) {
            let details = Dict::new()
                .with("ok", self.exit == Exit::Success)
                .with("exit", u64::from(self.exit.code()))
                .with("steps", Value::List(self.steps));
            self.console.record(&Envelope {
                kind: "doctor",
                uri: Some(self.url),
                arguments: Arguments::default(),
                details,
                at: SystemTime::now(),
            })?;
        }
        Ok(self.exit)
    }

    fn line(&mut self, line: &str) {
        if self.output.is_ok() && is_read_by_people(self.console) {
            self.output = self.console.line(line);
        }
    }
}

/// Whether there are lines rather than an object.
fn is_read_by_people(console: &Console) -> bool {
    matches!(console.format(), Format::Auto | Format::Raw)
}

impl Mark {
    const fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Warning => "!",
            Self::Bad => "✗",
            Self::Skipped => "–",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Bad => "bad",
            Self::Skipped => "skipped",
        }
    }

    const fn paint(self) -> Paint {
        match self {
            Self::Good => Paint::Topic,
            Self::Warning | Self::Skipped => Paint::Hint,
            Self::Bad => Paint::Error,
        }
    }
}

/// Of the column of names: the longest feature has as many letters.
const WIDTH: usize = 29;
