//! Records of standard input: its lines, or what NUL bytes are between. They are read as they are asked for, and never more
//! than that.

use std::io;

use memchr::memchr;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Stdin, stdin};

use super::error::CliError;

/// The records, each of them UTF-8 text.
#[derive(Debug)]
pub(crate) struct Records<R = Stdin> {
    input: BufReader<R>,
    separator: Separator,
    /// What has been read of the next one.
    begun: Vec<u8>,
    /// How many have been read.
    count: u64,
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    /// A newline, with or without a carriage return.
    Newline,
    /// A NUL byte.
    Nul,
}

/// What is in place of a record.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// A record that is no text; the next one may be.
    Record(CliError),
    /// Nothing more can be read.
    Input(CliError),
}

impl Records {
    /// Those of standard input.
    pub(crate) fn of_stdin(separator: Separator) -> Self {
        Self::new(stdin(), separator)
    }
}

impl<R: AsyncRead + Unpin> Records<R> {
    fn new(input: R, separator: Separator) -> Self {
        Self {
            input: BufReader::with_capacity(CHUNK, input),
            separator,
            begun: Vec::new(),
            count: 0,
        }
    }

    /// The next record; `None` at the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// What is no text, what is longer than [`LONGEST`], and what the system has against reading.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Unreadable> {
        loop {
            let chunk = self.input.fill_buf().await.map_err(unread)?;
            if chunk.is_empty() {
                return if self.begun.is_empty() {
                    Ok(None)
                } else {
                    self.finish().map(Some)
                };
            }
            let end = memchr(self.separator.byte(), chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.begun.len() + part.len() > LONGEST {
                self.count += 1;
                return Err(Unreadable::Input(self.fault("longer than 16 MiB")));
            }
            self.begun.extend_from_slice(part);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                return self.finish().map(Some);
            }
        }
    }

    /// Where the record that was read last is, for error lines.
    pub(crate) fn place(&self) -> String {
        let kind = match self.separator {
            Separator::Newline => "line",
            Separator::Nul => "record",
        };
        format!("{kind} {}", self.count)
    }

    fn finish(&mut self) -> Result<String, Unreadable> {
        self.count += 1;
        let mut bytes = std::mem::take(&mut self.begun);
        if self.separator == Separator::Newline && bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        String::from_utf8(bytes).map_err(|_| Unreadable::Record(self.fault("not UTF-8 text")))
    }

    fn fault(&self, message: &str) -> CliError {
        CliError::Usage {
            message: format!("{} of standard input: {message}", self.place()),
            hint: None,
        }
    }
}

impl Separator {
    const fn byte(self) -> u8 {
        match self {
            Self::Newline => b'\n',
            Self::Nul => 0,
        }
    }
}

fn unread(error: io::Error) -> Unreadable {
    Unreadable::Input(CliError::System {
        doing: "read standard input".to_owned(),
        error,
    })
}

/// No record is longer: no router takes a message that is.
const LONGEST: usize = 16 << 20;

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(input: &[u8], separator: Separator) -> Vec<Result<String, String>> {
        let mut records = Records::new(input, separator);
        let mut all = Vec::new();
        loop {
            match records.next().await {
                Ok(None) => return all,
                Ok(Some(record)) => all.push(Ok(record)),
                Err(Unreadable::Record(error)) => all.push(Err(error.to_string())),
                Err(Unreadable::Input(error)) => {
                    all.push(Err(error.to_string()));
                    return all;
                }
            }
        }
    }

    fn texts(texts: &[&str]) -> Vec<Result<String, String>> {
        texts.iter().map(|text| Ok((*text).to_owned())).collect()
    }

    #[tokio::test]
    async fn lines_and_what_nul_is_between() {
        let newline = Separator::Newline;
        assert_eq!(all(b"", newline).await, []);
        assert_eq!(all(b"\n", newline).await, texts(&[""]));
        assert_eq!(
            all(b"a\r\n\nb\0c", newline).await,
            texts(&["a", "", "b\0c"])
        );
        let nul = Separator::Nul;
        assert_eq!(
            all(b"a\nb\0\0c\r\0", nul).await,
            texts(&["a\nb", "", "c\r"])
        );
    }

    #[tokio::test]
    async fn a_record_that_is_no_text_is_passed_over() {
        let found = all(b"a\n\xff\nb\n", Separator::Newline).await;
        let fault = "line 2 of standard input: not UTF-8 text".to_owned();
        assert_eq!(found, [Ok("a".into()), Err(fault), Ok("b".into())]);
    }

    #[tokio::test]
    async fn a_record_without_an_end_is_not_kept() {
        let long = vec![b'x'; LONGEST + 1];
        let found = all(&long, Separator::Newline).await;
        let fault = "line 1 of standard input: longer than 16 MiB".to_owned();
        assert_eq!(found, [Err(fault)]);
        assert_eq!(all(&long[1..], Separator::Nul).await.len(), 1);
    }
}
