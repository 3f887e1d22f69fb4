//! A context or project file: options of client commands, with their lines.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use wampkit::settings::{ConfigError, Format, Reader};

use super::super::args::ClientArgs;
use super::keys::KEYS;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The person's own.
    Context,
    /// Came with a project, from whomever.
    Project,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Project => "project file",
        }
    }
}

/// What a file says.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The file.
    pub(crate) path: PathBuf,
    /// The options in it.
    pub(crate) args: ClientArgs,
    /// The context that a project file names.
    pub(crate) context: Option<String>,
    /// What should be said about it.
    pub(crate) warnings: Vec<String>,
    /// Where its keys are.
    lines: Vec<(&'static str, usize)>,
}

impl Settings {
    /// Reads a file, if there is one.
    ///
    /// # Errors
    /// That it cannot be read, or all that is wrong with it.
    pub(crate) fn read(path: &Path, kind: Kind) -> Result<Option<Self>, ConfigError> {
        let failed = |error| ConfigError::Read {
            file: path.to_owned(),
            error,
        };
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if !metadata.is_file() {
            return Err(failed(io::Error::other("not a file")));
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        let (mut settings, has_secrets) = Self::parse(&text, path, kind)?;
        let mode = metadata.permissions().mode() & 0o7777;
        // Whoever has the project has its file, whatever its permissions.
        if kind == Kind::Context && has_secrets && mode & OTHERS != 0 {
            settings.warnings.push(format!(
                "{} has a secret in it and is open to others (mode {mode:04o}): `chmod 600` it",
                path.display()
            ));
        }
        Ok(Some(settings))
    }

    /// Reads the text of a file, and whether it has secrets in it.
    fn parse(text: &str, path: &Path, kind: Kind) -> Result<(Self, bool), ConfigError> {
        let reader = Reader::new(text, path, None);
        let (mut args, mut context, mut lines) = (ClientArgs::default(), None, Vec::new());
        reader.fill(Format::Toml, |root| {
            if kind == Kind::Project
                && let Some(item) = root.get(CONTEXT)
            {
                context = item.name().map(str::to_owned);
                lines.push((CONTEXT, reader.place(item.node.at).line));
            }
            for key in &KEYS {
                if let Some(item) = root.get(key.name) {
                    (key.read)(&item, kind, &mut args);
                    lines.push((key.name, reader.place(item.node.at).line));
                }
            }
            let has_url = lines.iter().any(|(name, _)| *name == "url");
            for key in ["ca", "insecure"] {
                if kind == Kind::Project
                    && !has_url
                    && let Some(item) = root.get(key)
                {
                    let why = "whom to trust is not said of other routers than its own";
                    item.fault_with(
                        format!("`{key}` goes with `url` in a project file"),
                        Some(why.to_owned()),
                    );
                }
            }
            root.finish();
        });
        let has_secrets = reader.has_secrets.get();
        let settings = Self {
            path: path.to_owned(),
            warnings: reader.finish(path)?,
            args,
            context,
            lines,
        };
        Ok((settings, has_secrets))
    }

    /// The line of a key.
    pub(crate) fn line(&self, key: &str) -> Option<usize> {
        let found = self.lines.iter().find(|(name, _)| *name == key)?;
        Some(found.1)
    }
}

/// Whether the system says that there is no such file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// The key by which a project file names a context.
pub(super) const CONTEXT: &str = "context";

/// The permissions that a file with a secret has for nobody but its owner.
const OTHERS: u32 = 0o077;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn wrong(text: &str, kind: Kind) -> String {
        Settings::parse(text, Path::new("dev.toml"), kind)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn all_that_is_wrong_is_told_with_its_line() {
        assert_snapshot!(wrong("ur = \"ws://h\"\nrealm = 5\nurl = \"h\"\nserializer = \"jsn\"\ntimeout = \"soon\"\nheader = [\"x\"]\nsecret = \"s3cr3t\"\nauthextra = \"[1]\"\ncontext = \"x\"\n", Kind::Context), @r#"
        dev.toml:1:1: unknown key `ur`: did you mean `url`?
        dev.toml:2:9: `realm` must be text, not a whole number
        dev.toml:3:7: `url`: "h" is no URL: it has to begin with one of ws://, wss://, rs://, rss://, tcp://, tcps://, ws+unix://, rs+unix://, unix://
        dev.toml:4:14: `serializer` cannot be "jsn": did you mean `json`?
        dev.toml:5:11: `timeout`: write 500ms, 5s, 1m, or a number of seconds
        dev.toml:6:11: `header`: write 'Name: value'
        dev.toml:7:10: `secret`: a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE
        dev.toml:8:13: `authextra` must be a table, or text with a JSON object
        dev.toml:9:1: unknown key `context`: there is url, realm, serializer, authmethod, authid, authrole, authextra, secret, key, header, ppt_key, ca, cert, tls_key, insecure, connect_timeout, retry, retry_max, timeout and output
        "#);
    }

    #[test]
    fn a_project_file_reads_no_files_and_runs_no_programs() {
        assert_snapshot!(wrong("secret = \"cmd:pass show wamp\"\nkey = \"file:~/.ssh/id_ed25519\"\nauthextra = \"@/etc/passwd\"\n", Kind::Project), @"
        dev.toml:1:10: `secret` must not be cmd: in a project file: whoever wrote it would run programs or read secrets as you, so keep it in a context
        dev.toml:2:7: `key` must not be file: in a project file: whoever wrote it would run programs or read secrets as you, so keep it in a context
        dev.toml:3:13: `authextra` must not be a file in a project file: whoever wrote it would send your files to a router
        ");
    }

    #[test]
    fn paths_count_from_the_folder_of_the_file() {
        let text = "ca = \"ca.pem\"\nsecret = \"file:s\"\nppt_key = \"k=@k.hex\"\ncert = \"/c.pem\"\nauthextra = \"@x.json\"";
        let (settings, _) = Settings::parse(text, Path::new("/a/b.toml"), Kind::Context).unwrap();
        let written = KEYS.iter().filter_map(|key| {
            let value = key.value(&settings.args, super::super::Secrets::Plain)?;
            Some(format!("{} = {value}", key.name))
        });
        assert_snapshot!(written.collect::<Vec<_>>().join("\n"), @r#"
        authextra = "@/a/x.json"
        secret = "file:/a/s"
        ppt_key = ["k=@/a/k.hex"]
        ca = "/a/ca.pem"
        cert = "/c.pem"
        "#);
    }
}
