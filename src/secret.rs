//! Where secrets come from: a terminal, the environment, a file, a file descriptor, another program's output.
//!
//! A command line or a configuration file names the place, [`SecretSource`], and not the secret: words of a command line
//! are seen by everybody on the machine, and configuration is shown to others. What is read is a
//! [`Secret`], which nothing prints.
//!
//! What this module does *not* do: say what a secret is good for, which is [`auth`](crate::auth)'s business, or print
//! warnings, which is left to whoever asked.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::str::FromStr;
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::auth::Secret;

/// Where a secret is to be had.
///
/// | text | the secret |
/// |---|---|
/// | `prompt` | is typed at the terminal, unseen |
/// | `env:NAME` | is in an environment variable |
/// | `file:PATH` | is what a file holds |
/// | `fd:N` | is read from a file descriptor that the process was started with |
/// | `cmd:ARGV` | is what a program prints; quoted as in a shell, but no shell runs it |
/// | `plain:VALUE` | stands there |
///
/// Of a file, a descriptor and a program one newline at the end does not count. `Display` writes the text again, without
/// the value of `plain:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// The terminal of the process, whatever its standard input is.
    Prompt,
    /// This environment variable.
    Env(String),
    /// This file.
    File(PathBuf),
    /// This file descriptor, read to its end. One that is a file is read from its start.
    Fd(u32),
    /// This program with its arguments. It reads nothing from standard input, and has a minute.
    Cmd(Vec<String>),
    /// The secret itself.
    Plain(Secret),
}

/// A secret that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The secret; not empty.
    pub secret: Secret,
    /// What should be said about the place where it was.
    pub warning: Option<Exposed>,
}

/// A file with a secret that others than its owner can read or write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is open to others (mode {mode:04o}): `chmod 600` it", path.display())]
pub struct Exposed {
    /// The file.
    pub path: PathBuf,
    /// Its permissions.
    pub mode: u32,
}

/// A text that names no place. It is not repeated in the error, because it may well be the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It begins with none of the words.
    #[error("a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE")]
    Unknown,
    /// Nothing follows the colon.
    #[error("{0} lacks what comes after the colon")]
    Incomplete(&'static str),
    /// What follows `fd:` is no number of a descriptor.
    #[error("fd: takes the number of a file descriptor")]
    Descriptor,
    /// What follows `cmd:` has a quote that is not closed.
    #[error("cmd: has a quote that is not closed")]
    Quote,
}

/// Why there is no secret where one should be.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is no terminal to ask at.
    #[error("there is no terminal to ask for the secret at: give it by env:, file:, fd: or cmd:")]
    NoTerminal,
    /// The environment has no such variable.
    #[error("{place}: the variable is not set")]
    NotSet {
        /// The source.
        place: SecretSource,
    },
    /// It cannot be read, or the program cannot be run.
    #[error("{place}: {}", plain(error))]
    Io {
        /// The source.
        place: SecretSource,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The program failed.
    #[error("{place}: {how}{}", said(stderr))]
    Failed {
        /// The source.
        place: SecretSource,
        /// Its exit code or signal.
        how: String,
        /// The last line that it wrote to standard error; may be empty.
        stderr: String,
    },
    /// The program did not end in time and was killed.
    #[error("{place}: the program took more than {} seconds", limit.as_secs())]
    TooSlow {
        /// The source.
        place: SecretSource,
        /// The time that it had.
        limit: Duration,
    },
    /// There is nothing in it.
    #[error("{place}: the secret is empty")]
    Empty {
        /// The source.
        place: SecretSource,
    },
    /// There is too much in it.
    #[error("{place}: the secret is longer than {MAX_LENGTH} bytes")]
    TooLong {
        /// The source.
        place: SecretSource,
    },
    /// It is no text.
    #[error("{place}: the secret is not UTF-8")]
    NotText {
        /// The source.
        place: SecretSource,
    },
}

impl SecretSource {
    /// Reads the secret. `what` is what the terminal asks for: `Password of alice`.
    ///
    /// It blocks: at a terminal until something was typed, with a program for up to a minute.
    ///
    /// # Errors
    /// That it is not there, cannot be read, is empty, too long, or no text.
    pub fn read(&self, what: &str) -> Result<Found, SecretError> {
        let mut warning = None;
        let bytes = match self {
            Self::Prompt => Zeroizing::new(prompt(what)?.into_bytes()),
            Self::Env(name) => {
                let value = std::env::var_os(name).ok_or_else(|| SecretError::NotSet {
                    place: self.clone(),
                })?;
                Zeroizing::new(value.into_encoded_bytes())
            }
            Self::File(path) => {
                let file = File::open(path).map_err(|error| self.io(error))?;
                warning = exposed(path, &file).map_err(|error| self.io(error))?;
                without_newline(self.bounded(file)?)
            }
            Self::Fd(number) => {
                // The standard library has no safe way to take a descriptor by its number; the system has this one.
                let file = File::open(format!("/dev/fd/{number}"));
                without_newline(self.bounded(file.map_err(|error| self.io(error))?)?)
            }
            Self::Cmd(words) => without_newline(self.output(words, CMD_TIME)?),
            Self::Plain(secret) => Zeroizing::new(secret.expose().as_bytes().to_vec()),
        };
        let place = || self.clone();
        if bytes.len() > MAX_LENGTH {
            return Err(SecretError::TooLong { place: place() });
        }
        let text = str::from_utf8(&bytes).map_err(|_| SecretError::NotText { place: place() })?;
        if text.is_empty() {
            return Err(SecretError::Empty { place: place() });
        }
        Ok(Found {
            secret: Secret::new(text),
            warning,
        })
    }

    /// The same source for whoever is not in `folder`, where the path of a file counts from.
    #[must_use]
    pub fn from_folder(self, folder: &Path) -> Self {
        match self {
            Self::File(path) => Self::File(folder.join(path)),
            other => other,
        }
    }

    /// All that is in a file, if it is not too much.
    fn bounded(&self, file: File) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        // As much room as there may be from the start: a buffer that grows leaves copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST_READ + 1));
        file.take(MOST_READ as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| self.io(error))?;
        Ok(bytes)
    }

    /// What a program prints. It runs on a thread with a runtime of its own, because the caller may be on one already.
    fn output(&self, words: &[String], limit: Duration) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let run = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| self.io(error))?
                .block_on(async {
                    timeout(limit, self.run(words)).await.unwrap_or_else(|_| {
                        Err(SecretError::TooSlow {
                            place: self.clone(),
                            limit,
                        })
                    })
                })
        };
        thread::scope(|scope| {
            let running = thread::Builder::new()
                .spawn_scoped(scope, run)
                .map_err(|error| self.io(error))?;
            running
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    async fn run(&self, words: &[String]) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let (program, arguments) = words.split_first().ok_or_else(|| SecretError::Empty {
            place: self.clone(),
        })?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.io(error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = tokio::join!(start(stdout, MOST_READ), start(stderr, MOST_TOLD));
        let status = child.wait().await.map_err(|error| self.io(error))?;
        if !status.success() {
            let stderr = String::from_utf8_lossy(&stderr.unwrap_or_default()).into_owned();
            return Err(SecretError::Failed {
                place: self.clone(),
                how: status.to_string(),
                stderr: stderr
                    .trim_end()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .to_owned(),
            });
        }
        stdout.map_err(|error| self.io(error))
    }

    fn io(&self, error: io::Error) -> SecretError {
        SecretError::Io {
            place: self.clone(),
            error,
        }
    }
}

impl FromStr for SecretSource {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        if text == "prompt" {
            return Ok(Self::Prompt);
        }
        let (kind, rest) = text.split_once(':').ok_or(SourceError::Unknown)?;
        let kind = KINDS
            .into_iter()
            .find(|known| known.trim_end_matches(':') == kind)
            .ok_or(SourceError::Unknown)?;
        if rest.trim().is_empty() {
            return Err(SourceError::Incomplete(kind));
        }
        match kind {
            "env:" => Ok(Self::Env(rest.to_owned())),
            "file:" => Ok(Self::File(PathBuf::from(rest))),
            "fd:" => rest
                .parse()
                .map(Self::Fd)
                .map_err(|_| SourceError::Descriptor),
            "cmd:" => match shlex::split(rest) {
                Some(words) if words.is_empty() => Err(SourceError::Incomplete(kind)),
                Some(words) => Ok(Self::Cmd(words)),
                None => Err(SourceError::Quote),
            },
            _ => Ok(Self::Plain(Secret::new(rest))),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompt => f.write_str("prompt"),
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Fd(number) => write!(f, "fd:{number}"),
            Self::Cmd(words) => {
                // What was split has no NUL that could not be quoted; what was put together may have.
                let line = shlex::try_join(words.iter().map(String::as_str));
                write!(f, "cmd:{}", line.unwrap_or_else(|_| words.join(" ")))
            }
            Self::Plain(secret) => write!(f, "plain:{secret}"),
        }
    }
}

/// The words that a source begins with, but for `prompt`.
const KINDS: [&str; 5] = ["env:", "file:", "fd:", "cmd:", "plain:"];

/// Asks at the terminal, which need not be standard input.
fn prompt(what: &str) -> Result<String, SecretError> {
    let failed = |error: io::Error| SecretError::Io {
        place: SecretSource::Prompt,
        error,
    };
    File::open(TERMINAL).map_err(|_| SecretError::NoTerminal)?;
    rpassword::prompt_password(format!("{what}: ")).map_err(failed)
}

/// Whether others can get at a file. Of pipes and devices the mode says nothing.
fn exposed(path: &Path, file: &File) -> io::Result<Option<Exposed>> {
    let metadata: fs::Metadata = file.metadata()?;
    let mode = metadata.permissions().mode() & 0o7777;
    Ok((metadata.is_file() && mode & OTHERS != 0).then(|| Exposed {
        path: path.to_owned(),
        mode,
    }))
}

/// The start of what a program writes, up to `most` bytes. The rest is read too and dropped, so that the program is not
/// stopped by a full pipe.
async fn start(
    stream: Option<impl AsyncRead + Unpin>,
    most: usize,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut start = Zeroizing::new(Vec::with_capacity(most + 1));
    if let Some(mut stream) = stream {
        (&mut stream)
            .take(most as u64)
            .read_to_end(&mut start)
            .await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(start)
}

/// Takes the newline at the end away, if there is one.
fn without_newline(mut bytes: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    bytes
}

/// A system error without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn said(stderr: &str) -> String {
    if stderr.is_empty() {
        String::new()
    } else {
        format!(": {stderr}")
    }
}

/// The longest secret, in bytes: no key or password is as long, and what is longer is the wrong file.
pub const MAX_LENGTH: usize = 64 << 10;

/// How much is read: a newline may follow the longest secret, and one byte more shows that it is too long.
const MOST_READ: usize = MAX_LENGTH + 3;

/// How much of a program's standard error is kept for the message.
const MOST_TOLD: usize = 4 << 10;

/// How long a program has: long enough to touch a hardware key or to unlock a keychain, not for ever.
const CMD_TIME: Duration = Duration::from_secs(60);

/// The permissions that a file with a secret has for nobody but its owner.
const OTHERS: u32 = 0o077;

/// The terminal of the process.
const TERMINAL: &str = "/dev/tty";

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tempfile::tempdir;

    use super::*;

    fn source(text: &str) -> SecretSource {
        text.parse().unwrap()
    }

    fn read(text: &str) -> Result<String, String> {
        match source(text).read("Password") {
            Ok(found) => Ok(found.secret.expose().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn file(content: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn sources_are_written_as_they_are_read() {
        for (text, shown) in [
            ("prompt", "prompt"),
            ("env:WAMP_SECRET", "env:WAMP_SECRET"),
            ("file:/run/secrets/alice", "file:/run/secrets/alice"),
            ("file:a:b", "file:a:b"),
            ("fd:3", "fd:3"),
            ("cmd:pass show 'my wamp'", "cmd:pass show 'my wamp'"),
            ("plain:s3cr3t:x", "plain:***"),
        ] {
            assert_eq!(source(text).to_string(), shown);
        }
        assert_eq!(
            source("cmd:pass show 'my wamp'"),
            SecretSource::Cmd(["pass", "show", "my wamp"].map(str::to_owned).to_vec())
        );
        assert!(!format!("{:?}", source("plain:s3cr3t")).contains("s3cr3t"));
    }

    #[test]
    fn what_is_no_source_is_not_repeated() {
        for (text, error) in [
            ("hunter2", SourceError::Unknown),
            ("hunter:2", SourceError::Unknown),
            ("", SourceError::Unknown),
            ("prompt:", SourceError::Unknown),
            ("env:", SourceError::Incomplete("env:")),
            ("plain:", SourceError::Incomplete("plain:")),
            ("cmd: ", SourceError::Incomplete("cmd:")),
            ("fd:x", SourceError::Descriptor),
            ("fd:-1", SourceError::Descriptor),
            ("cmd:echo 'x", SourceError::Quote),
            ("cmd:# x", SourceError::Incomplete("cmd:")),
        ] {
            assert_eq!(text.parse::<SecretSource>(), Err(error), "{text}");
            assert!(!error.to_string().contains("hunter"));
        }
    }

    #[test]
    fn one_newline_at_the_end_does_not_count() {
        for (content, secret) in [
            ("s3cr3t", "s3cr3t"),
            ("s3cr3t\n", "s3cr3t"),
            ("s3cr3t\r\n", "s3cr3t"),
            ("s3cr3t\n\n", "s3cr3t\n"),
            (" s3cr3t \n", " s3cr3t "),
        ] {
            let (_folder, path) = file(content.as_bytes(), 0o600);
            assert_eq!(
                read(&format!("file:{}", path.display())).as_deref(),
                Ok(secret)
            );
        }
        assert_eq!(read("cmd:printf 's3cr3t\\n'").as_deref(), Ok("s3cr3t"));
        assert_eq!(read("plain:s3cr3t").as_deref(), Ok("s3cr3t"));
    }

    #[test]
    fn a_descriptor_is_read_to_its_end() {
        use std::os::fd::AsRawFd as _;

        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"s3cr3t\n").unwrap();
        drop(writer);
        let text = format!("fd:{}", reader.as_raw_fd());
        assert_eq!(read(&text).as_deref(), Ok("s3cr3t"));
        assert_eq!(
            read("fd:9999"),
            Err("fd:9999: No such file or directory".to_owned())
        );
    }

    #[test]
    fn a_file_that_others_can_read_is_told_of() {
        let (_folder, path) = file(b"s3cr3t", 0o640);
        let found = SecretSource::File(path.clone()).read("").unwrap();
        let warning = found.warning.unwrap();
        assert_eq!(
            warning,
            Exposed {
                path: path.clone(),
                mode: 0o640
            }
        );
        assert_eq!(
            warning.to_string(),
            format!(
                "{} is open to others (mode 0640): `chmod 600` it",
                path.display()
            )
        );
        let (_folder, path) = file(b"s3cr3t", 0o400);
        assert_eq!(SecretSource::File(path).read("").unwrap().warning, None);
    }

    #[test]
    fn what_is_no_secret_is_an_error_without_it() {
        let (_folder, empty) = file(b"\n", 0o600);
        let (_folder2, long) = file(&vec![b'x'; MAX_LENGTH + 1], 0o600);
        let (_folder3, longest) = file(&[vec![b'x'; MAX_LENGTH], b"\r\n".to_vec()].concat(), 0o600);
        let (_folder4, binary) = file(b"s3cr3t\xff", 0o600);
        let told = |path: &Path, what| {
            let place = format!("file:{}", path.display());
            assert_eq!(read(&place), Err(format!("{place}: {what}")));
        };
        told(&empty, "the secret is empty");
        told(&long, "the secret is longer than 65536 bytes");
        told(&binary, "the secret is not UTF-8");
        told(Path::new("/nowhere/x"), "No such file or directory");
        assert_eq!(
            read(&format!("file:{}", longest.display())).map(|it| it.len()),
            Ok(MAX_LENGTH)
        );
        assert_eq!(
            read("env:WAMP_NOT_SET_AT_ALL"),
            Err("env:WAMP_NOT_SET_AT_ALL: the variable is not set".to_owned())
        );
    }

    #[test]
    fn a_program_that_fails_tells_why_and_not_what() {
        assert_eq!(
            read("cmd:sh -c 'echo s3cr3t; echo wait >&2; echo locked >&2; exit 3'"),
            Err("cmd:sh -c 'echo s3cr3t; echo wait >&2; echo locked >&2; exit 3': exit status: 3: locked".to_owned())
        );
        assert_eq!(
            read("cmd:/nowhere/pass x"),
            Err("cmd:/nowhere/pass x: No such file or directory".to_owned())
        );
        assert_eq!(
            read("cmd:true"),
            Err("cmd:true: the secret is empty".to_owned())
        );
        // Neither stream may stop it.
        let much = read("cmd:sh -c 'yes | head -c 200000 >&2; yes | head -c 200000'");
        assert!(
            much.unwrap_err()
                .ends_with("the secret is longer than 65536 bytes")
        );
    }

    #[test]
    fn a_program_has_its_time() {
        let source = source("cmd:sleep 600");
        let SecretSource::Cmd(words) = &source else {
            unreachable!("it was written so");
        };
        let error = source.output(words, Duration::from_millis(20)).unwrap_err();
        assert!(matches!(error, SecretError::TooSlow { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_program_is_run_within_a_runtime_too() {
        assert_eq!(read("cmd:echo s3cr3t").as_deref(), Ok("s3cr3t"));
    }
}
