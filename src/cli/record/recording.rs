//! A recording that is being made: lines of JSON in a file or on standard output.
//!
//! Each line goes out by itself and as a whole, so that what is in the file can be replayed whatever ends `wamp`, short of a
//! SIGKILL in the middle of a write: that may leave a part of the last line, which neither `wamp replay` nor `--append` takes for whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::super::args::RecordArgs;
use super::super::console::Console;
use super::super::error::CliError;
use super::super::json;
use super::super::output::Envelope;
use super::super::progress::{Progress, Total};

/// Where the lines go, and how many there have been.
#[derive(Debug)]
pub(crate) struct Recording {
    to: To,
    count: u64,
    console: Console,
    progress: Option<Progress>,
}

#[derive(Debug)]
enum To {
    Stdout,
    File(Tape),
}

impl Recording {
    /// Opens the file. What it has stays until there is something to replace it, or nothing more is to come.
    ///
    /// # Errors
    /// That it cannot be written to; that it has a recording that is neither to be gone on with nor to be replaced; that the
    /// last line of the one to be gone on with is cut off.
    pub(crate) fn open(args: &RecordArgs, console: &Console) -> Result<Self, CliError> {
        let to = match &args.write {
            Some(path) if path.as_os_str() != "-" => To::File(Tape::open(path, args)?),
            _ => To::Stdout,
        };
        Ok(Self {
            to,
            count: 0,
            console: *console,
            progress: None,
        })
    }

    /// Writes the line of an event or call.
    ///
    /// # Errors
    /// Those of the file or of standard output, a broken pipe among them.
    pub(crate) fn add(&mut self, envelope: &Envelope) -> Result<(), CliError> {
        self.gap(envelope)?;
        self.count += 1;
        if matches!(self.to, To::File(_)) {
            let begin = || Progress::start(&self.console, "events and calls", Total::Unknown);
            self.progress.get_or_insert_with(begin).tick(1);
        }
        Ok(())
    }

    /// Writes the line of what is neither, and does not count.
    ///
    /// # Errors
    /// As [`Recording::add`].
    pub(crate) fn gap(&mut self, envelope: &Envelope) -> Result<(), CliError> {
        match &mut self.to {
            To::Stdout => self.console.envelope(envelope),
            To::File(tape) => tape.add(envelope),
        }
    }

    /// There is no more to come: tells people how much it was.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn finish(mut self) -> Result<(), CliError> {
        drop(self.progress);
        if let To::File(tape) = &mut self.to {
            tape.make_room()?;
        }
        let count = self.count;
        self.console
            .note(&format!("events and calls recorded: {count}"));
        Ok(())
    }
}

/// A file of lines.
#[derive(Debug)]
struct Tape {
    file: File,
    path: PathBuf,
    /// Where the last whole line ends; `None` if it is no plain file but a pipe, say.
    end: Option<u64>,
    replaces: bool,
}

impl Tape {
    fn open(path: &Path, args: &RecordArgs) -> Result<Self, CliError> {
        let failed = |error| failed(path, error);
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        let end = metadata.is_file().then_some(metadata.len());
        let refused = |message: String, hint: &str| {
            let hint = Some(hint.to_owned());
            Err(CliError::Usage { message, hint })
        };
        let shown = path.display();
        match end {
            Some(1..) if !args.append && !args.force => refused(
                format!("{shown} is there already"),
                "--append goes on behind what it has, --force replaces that",
            ),
            Some(1..) if args.append && !is_whole(path).map_err(failed)? => refused(
                format!("the last line of {shown} is cut off"),
                "end it with a newline or remove it",
            ),
            _ => Ok(Self {
                file,
                path: path.to_owned(),
                end,
                replaces: args.force,
            }),
        }
    }

    /// Removes what is to be replaced, once.
    fn make_room(&mut self) -> Result<(), CliError> {
        if std::mem::take(&mut self.replaces) && self.end.is_some() {
            let emptied = self.file.set_len(0);
            emptied.map_err(|error| failed(&self.path, error))?;
            self.end = Some(0);
        }
        Ok(())
    }

    fn add(&mut self, envelope: &Envelope) -> Result<(), CliError> {
        self.make_room()?;
        let line = json::compact(&envelope.to_value()) + "\n";
        let written = self.file.write_all(line.as_bytes());
        if written.is_ok() {
            self.end = self.end.map(|end| end + line.len() as u64);
        } else if let Some(end) = self.end {
            // The disk is full, say. If what is there of the line cannot be removed, there is nothing more to be done.
            let _ = self.file.set_len(end);
        }
        written.map_err(|error| failed(&self.path, error))
    }
}

/// Whether the last line has its newline.
fn is_whole(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn failed(path: &Path, error: io::Error) -> CliError {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return CliError::BrokenPipe;
    }
    CliError::System {
        doing: format!("write {}", path.display()),
        error,
    }
}
