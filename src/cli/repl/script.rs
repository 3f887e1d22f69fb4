//! Lines that nobody types: of `-c`, of a file, of a pipe.

use std::collections::VecDeque;
use std::io;
use std::path::Path;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin, stdin};

use super::super::args::ReplArgs;
use super::super::error::CliError;
use super::super::files::Files;
use super::words::{Layout, Line, split_as};

/// Where lines come from. What is open at the end of a line goes on in the next.
pub(super) struct Script {
    /// What its lines are called: `test.wamp:3`.
    name: Option<String>,
    source: Source,
    layout: Layout,
    /// The number of the last line.
    number: u64,
}

enum Source {
    Text(VecDeque<String>),
    Stdin(Lines<BufReader<Stdin>>),
}

impl Script {
    /// What the options name, if they name anything.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(super) fn of(args: &ReplArgs) -> Result<Option<Self>, CliError> {
        if let Some(commands) = &args.commands {
            return Ok(Some(Self {
                layout: Layout::Joined,
                ..Self::of_text(None, commands)
            }));
        }
        let file = args.file.as_deref();
        file.map(|file| Self::of_file(file, "-f")).transpose()
    }

    /// The lines of a file, of standard input by `-`. `place` says for error lines who asks.
    ///
    /// # Errors
    /// That it cannot be read, or is no text; that the lines of standard input are being run already.
    pub(super) fn of_file(path: &Path, place: &str) -> Result<Self, CliError> {
        let path = path.to_string_lossy();
        let mut files = Files::default();
        if path == "-" {
            files.take_stdin(place)?;
            return Ok(Self::of_stdin());
        }
        // What to try is said for arguments that name files, and this is none.
        let text = files.text(&path, place);
        let text = text.map_err(CliError::without_hint)?;
        Ok(Self::of_text(Some(path.into_owned()), &text))
    }

    fn of_text(name: Option<String>, text: &str) -> Self {
        Self {
            name,
            source: Source::Text(text.lines().map(str::to_owned).collect()),
            layout: Layout::Lines,
            number: 0,
        }
    }

    /// The lines of standard input, which is for nothing else then.
    pub(super) fn of_stdin() -> Self {
        Files::keep_stdin_for_lines();
        Self {
            name: None,
            source: Source::Stdin(BufReader::new(stdin()).lines()),
            layout: Layout::Lines,
            number: 0,
        }
    }

    /// The next line, or several that belong together, taken apart.
    ///
    /// # Errors
    /// That it cannot be read.
    pub(super) async fn next(&mut self) -> Result<Option<(String, Line)>, CliError> {
        let mut text = String::new();
        let mut split = Line::default();
        while let Some(line) = self.line().await? {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
            split = split_as(self.layout, &text);
            if split.open.is_none() {
                return Ok(Some((text, split)));
            }
        }
        Ok((!text.is_empty()).then_some((text, split)))
    }

    /// What the last line is called, if it is worth telling.
    pub(super) fn place(&self) -> Option<String> {
        let name = self.name.as_ref()?;
        Some(format!("{name}:{}", self.number))
    }

    async fn line(&mut self) -> Result<Option<String>, CliError> {
        self.number += 1;
        let mut line = match &mut self.source {
            Source::Text(lines) => lines.pop_front(),
            Source::Stdin(lines) => lines.next_line().await.map_err(unread)?,
        };
        if let Some(first) = line.as_mut().filter(|_| self.number == 1)
            && first.starts_with(BYTE_ORDER_MARK)
        {
            first.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        Ok(line)
    }
}

/// What some editors put in front of a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why a line of standard input cannot be had. What is no text is as wrong as in a file.
fn unread(error: io::Error) -> CliError {
    match error.kind() {
        io::ErrorKind::InvalidData => CliError::Usage {
            message: "standard input is not UTF-8 text".to_owned(),
            hint: None,
        },
        _ => CliError::System {
            doing: "read standard input".to_owned(),
            error,
        },
    }
}
