//! Standard output and standard error of one command, as its options want them.

use std::io::{self, Write as _};

use wampkit::proto::{Dict, Value};

use super::args::{LogArgs, OutputArgs};
use super::error::CliError;
use super::output::{Entry, Envelope, Format, Output};
use super::repl::Screen;
use super::terminal::{Paint, Stream};
use super::{json, progress, sanitize, signals, stderr};

/// Where a command prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    output: Output,
    stderr: Stream,
    quiet: bool,
    verbose: bool,
    /// Whether something else has the terminal meanwhile.
    background: bool,
}

impl Console {
    /// The console that the options describe.
    pub(crate) fn new(log: &LogArgs, output: &OutputArgs) -> Self {
        Self {
            output: Output {
                format: output.output.unwrap_or_default(),
                details: output.details,
                stream: Stream::stdout(log.color),
            },
            stderr: Stream::stderr(log.color),
            quiet: log.quiet,
            verbose: log.verbose > 0,
            background: false,
        }
    }

    /// The same with these options in place of its own.
    pub(crate) fn with(mut self, output: &OutputArgs) -> Self {
        self.output.format = output.output.unwrap_or_default();
        self.output.details = output.details;
        self
    }

    /// The same with errors only, or with everything.
    pub(crate) const fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }

    /// The same for what goes on while a line is being typed: no progress is drawn into that.
    pub(crate) const fn in_background(self) -> Self {
        Self {
            background: true,
            ..self
        }
    }

    /// Prints the result of a command.
    ///
    /// # Errors
    /// Those of standard output, a broken pipe among them.
    pub(crate) fn result(&self, envelope: &Envelope) -> Result<(), CliError> {
        self.write(|mut out| self.output.result(&mut out, envelope))
    }

    /// Prints one event.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn event(&self, envelope: &Envelope) -> Result<(), CliError> {
        self.print(
            |mut out| self.output.event(&mut out, envelope),
            Screen::event,
        )
    }

    /// Prints one event with this in front of it, unless it is JSON.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn stamped_event(&self, stamp: &str, envelope: &Envelope) -> Result<(), CliError> {
        let event =
            |mut out: &mut dyn io::Write| self.output.stamped_event(&mut out, stamp, envelope);
        self.print(event, Screen::event)
    }

    /// Prints what stands for missing events where events are lines of JSON: there a program wants to know, at that place.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn gap(&self, envelope: &Envelope) -> Result<(), CliError> {
        if self.output.events_are_readable() {
            return Ok(());
        }
        self.event(envelope)
    }

    /// Prints the whole envelope on one line, whatever the format.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn envelope(&self, envelope: &Envelope) -> Result<(), CliError> {
        self.write(|mut out| self.output.envelope(&mut out, envelope))
    }

    /// Prints a list, with these keys of its details as columns.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn list(&self, columns: &[&str], entries: &[Entry]) -> Result<(), CliError> {
        self.write(|mut out| self.output.list(&mut out, columns, entries))
    }

    /// Prints what is known about one thing.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn record(&self, envelope: &Envelope) -> Result<(), CliError> {
        self.write(|mut out| self.output.record(&mut out, envelope))
    }

    /// Prints these lines, or the envelope where that is asked for.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn lines_or_record(&self, lines: &str, envelope: &Envelope) -> Result<(), CliError> {
        match self.output.format {
            Format::Auto | Format::Raw => self.write(|stdout| write!(stdout, "{lines}")),
            _ => self.record(envelope),
        }
    }

    /// Prints a bare value, as JSON unless it is text.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn value(&self, value: &Value) -> Result<(), CliError> {
        self.write(|mut out| self.output.value(&mut out, value))
    }

    /// Prints one line of our own on standard output.
    ///
    /// # Errors
    /// As [`Console::result`].
    pub(crate) fn line(&self, line: &str) -> Result<(), CliError> {
        self.write(|stdout| writeln!(stdout, "{line}"))
    }

    fn write(
        &self,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        self.print(write, Screen::result)
    }

    /// Prints with `write`; where a line is being typed, `show` puts it above that.
    fn print(
        &self,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
        show: impl FnOnce(&Screen, &str),
    ) -> Result<(), CliError> {
        let mut bytes = Vec::new();
        let written = write(&mut bytes);
        let terminal = self.output.stream.terminal;
        let printed = if !bytes.is_empty()
            && terminal
            && let Some(screen) = Screen::shown()
        {
            show(screen, &String::from_utf8_lossy(&bytes));
            Ok(())
        } else if terminal {
            progress::suspend(|| put(&bytes))
        } else {
            put(&bytes)
        };
        written.and(printed).map_err(CliError::of_output)
    }

    /// What standard output is.
    pub(crate) const fn stdout(&self) -> Stream {
        self.output.stream
    }

    /// What standard error is.
    pub(crate) const fn stderr(&self) -> Stream {
        self.stderr
    }

    /// How data is laid out.
    pub(crate) const fn format(&self) -> Format {
        self.output.format
    }

    /// Whether errors only are told.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether people read what is told on standard error beside the errors.
    pub(crate) fn tells_hints(&self) -> bool {
        !self.quiet && self.output.format != Format::Json
    }

    /// Whether people watch standard error for how far the work has come.
    pub(crate) fn shows_progress(&self) -> bool {
        self.tells_hints() && self.stderr.moves() && !self.background
    }

    /// Tells people on standard error what is going on; not if they want quiet, and not among JSON.
    pub(crate) fn note(&self, text: &str) {
        if self.tells_hints() {
            stderr::line(&format!("wamp: {}", sanitize::line(text)));
        }
    }

    /// Sums up for people on standard error what was done: at a terminal, elsewhere if they want to know more.
    pub(crate) fn summary(&self, text: &str) {
        if self.verbose || self.stderr.terminal {
            self.note(text);
        }
    }

    /// Tells on standard error what was asked for there: in words, or as the envelope where JSON is wanted.
    pub(crate) fn told(&self, envelope: &Envelope, text: &str) {
        let line = if self.output.format == Format::Json {
            json::compact(&envelope.to_value())
        } else {
            format!("wamp: {text}")
        };
        stderr::line(&sanitize::line(&line));
    }

    /// Whether what the router said about a publication is printed.
    pub(crate) fn prints_details(&self) -> bool {
        self.output.details || self.output.format == Format::Json
    }

    /// Warns on standard error, programs as well: in JSON as an object of type `warning`. Not if errors only are wanted.
    pub(crate) fn warn(&self, text: &str) {
        if self.quiet {
            return;
        }
        if self.output.format == Format::Json {
            let warning = Dict::new().with("type", "warning").with("message", text);
            stderr::line(&sanitize::line(&json::compact(&warning.into())));
        } else {
            let label = self.stderr.paint(Paint::Error, "wamp: warning:");
            stderr::line(&format!("{label} {}", sanitize::line(text)));
        }
    }

    /// Tells on standard error why the command failed.
    pub(crate) fn error(&self, error: &CliError) {
        error.report(&self.stderr, self.output.format == Format::Json, self.quiet);
    }
}

/// Writes to standard output.
fn put(bytes: &[u8]) -> io::Result<()> {
    signals::before_output(bytes.len())?;
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}
