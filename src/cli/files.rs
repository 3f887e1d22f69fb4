//! Files that arguments name: `@FILE`, and `@-` for standard input, which can be read only once.

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;

/// Reads the files of one command line.
#[derive(Debug, Default)]
pub(crate) struct Files {
    stdin: Stdin,
}

/// Where standard input stands.
#[derive(Debug, Default)]
enum Stdin {
    #[default]
    Unread,
    Read,
    #[cfg(test)]
    Given(&'static str),
}

impl Files {
    /// Files whose standard input has this content every time it is read.
    #[cfg(test)]
    pub(crate) fn from_stdin(content: &'static str) -> Self {
        Self {
            stdin: Stdin::Given(content),
        }
    }

    /// From now on lines of commands come from standard input, and no argument has it: it would swallow those to come.
    pub(crate) fn keep_stdin_for_lines() {
        STDIN_HAS_LINES.store(true, Ordering::Relaxed);
    }

    /// What a path is called in messages.
    pub(crate) fn name(path: &str) -> &str {
        if path == "-" { "standard input" } else { path }
    }

    /// Reserves standard input for whoever asks, by what is said in error lines.
    ///
    /// # Errors
    /// That it has been read already, or that commands come from there.
    pub(crate) fn take_stdin(&mut self, place: &str) -> Result<(), CliError> {
        match self.stdin {
            Stdin::Unread if STDIN_HAS_LINES.load(Ordering::Relaxed) => Err(CliError::Usage {
                message: format!("{place}: standard input is where the commands come from"),
                hint: Some("name a file with @FILE, or run the commands of one with -f".to_owned()),
            }),
            Stdin::Unread => {
                self.stdin = Stdin::Read;
                Ok(())
            }
            Stdin::Read => Err(CliError::Usage {
                message: format!("{place}: standard input has been read already"),
                hint: None,
            }),
            #[cfg(test)]
            Stdin::Given(_) => Ok(()),
        }
    }

    /// The bytes of a file. `place` says for error lines who asks.
    ///
    /// # Errors
    /// A file that cannot be read, or a second use of standard input.
    pub(crate) fn bytes(&mut self, path: &str, place: &str) -> Result<Vec<u8>, CliError> {
        let read = if path == "-" {
            self.take_stdin(place)?;
            match self.stdin {
                #[cfg(test)]
                Stdin::Given(content) => Ok(content.as_bytes().to_vec()),
                _ => {
                    let mut content = Vec::new();
                    let read = std::io::stdin().lock().read_to_end(&mut content);
                    read.map(|_| content)
                }
            }
        } else {
            std::fs::read(path)
        };
        read.map_err(|error| CliError::File {
            place: place.to_owned(),
            name: Self::name(path).to_owned(),
            error,
            hint: Some("write `:s=…` for text that begins with @".to_owned()),
        })
    }

    /// The text of a file, all of it.
    ///
    /// # Errors
    /// As [`Files::bytes`]; bytes that are not UTF-8.
    pub(crate) fn text(&mut self, path: &str, place: &str) -> Result<String, CliError> {
        String::from_utf8(self.bytes(path, place)?).map_err(|_| CliError::Usage {
            message: format!("{place}: {} is not UTF-8 text", Self::name(path)),
            hint: Some("write `:b=@FILE` to send the bytes as they are".to_owned()),
        })
    }
}

/// The process has one standard input, whoever reads the files of a line.
static STDIN_HAS_LINES: AtomicBool = AtomicBool::new(false);
