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
use super::super::trace::cut;

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
        let detail = cut(detail, LONGEST);
        let (first, below) = self.beside_name(&sanitize::line(&detail));
        self.line(format!("  {sign} {name:<WIDTH$} {first}").trim_end());
        for line in below {
            self.line(&line);
        }
        if let Some(hint) = hint {
            self.hint(hint);
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

    fn hint(&mut self, hint: &str) {
        let label = self.console.stdout().paint(Paint::Hint, LABEL);
        let (first, below) = self.beside_name(&sanitize::line(&format!("{LABEL} {hint}")));
        let first = (!first.is_empty()).then(|| format!("    {:<WIDTH$} {first}", ""));
        for (index, line) in first.into_iter().chain(below).enumerate() {
            let is_labelled = usize::from(index == 0);
            self.line(&line.replacen(LABEL, &label, is_labelled));
        }
    }

    /// What of a text goes beside the name of a step, and the lines below that the rest is on. It is the whole text beside it
    /// unless a terminal is too narrow for that, and all of it below if there would be only a few words on each line.
    fn beside_name(&self, text: &str) -> (String, Vec<String>) {
        let Some(columns) = self.console.stdout().columns() else {
            return (text.to_owned(), Vec::new());
        };
        let beside = columns.saturating_sub(BESIDE);
        if beside < FEW && beside < text.chars().count() {
            let room = columns.saturating_sub(BELOW);
            let indented = |line| format!("{:BELOW$}{line}", "");
            (
                String::new(),
                wrapped(text, room).into_iter().map(indented).collect(),
            )
        } else {
            let mut lines = wrapped(text, beside).into_iter();
            let indented = |line| format!("{:BESIDE$}{line}", "");
            (
                lines.next().unwrap_or_default(),
                lines.map(indented).collect(),
            )
        }
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
        let columns = self.console.stdout().columns().unwrap_or(usize::MAX);
        for line in wrapped(&summary, columns) {
            self.line(&line);
        }
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

/// The words on lines of at most `room` characters, but for words that are longer themselves.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
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

/// How much of a finding is told: a router may say more of itself than anybody reads.
const LONGEST: usize = 1000;

/// Where what is beside the names begins.
const BESIDE: usize = 4 + WIDTH + 1;

/// Where what is below a name begins.
const BELOW: usize = 6;

/// So little room beside the names is none.
const FEW: usize = 30;

/// In front of a hint.
const LABEL: &str = "hint:";
