//! The lines that were typed before: of each context its own, in files that nobody else reads.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use rustyline::history::{FileHistory, History as _};

use super::super::super::private;
use super::super::words::{Piece, split};

/// Where lines are kept. What goes wrong with that is that they are not: nobody comes for the history.
#[derive(Clone, Debug)]
pub(crate) struct History {
    path: Option<PathBuf>,
}

impl History {
    /// That of a context, or of all that is done without one.
    pub(crate) fn of(context: Option<&str>) -> Self {
        let folders = etcetera::choose_base_strategy().ok();
        let folder = folders.and_then(|folders| folders.state_dir());
        let name = match context {
            // No context's name has a blank or a dot, so that none is `none`.
            Some(context) => format!("{context}.history"),
            None => "history".to_owned(),
        };
        Self {
            path: folder.map(|folder| folder.join("wamp").join(name)),
        }
    }

    /// Puts what was kept in the place of what is in memory.
    pub(super) fn load(&self, lines: &mut FileHistory) {
        let _ = lines.clear();
        if let Some(path) = &self.path {
            let _ = lines.load(path);
        }
    }

    /// Keeps a line, unless it is one to forget.
    pub(super) fn keep(&self, line: &str, lines: &mut FileHistory) {
        let line = line.trim_end();
        if !is_kept(line) || !matches!(lines.add(line), Ok(true)) {
            return;
        }
        if let Some(path) = &self.path {
            make(path);
            let _ = lines.append(path);
        }
    }
}

/// Makes the file, if there is none. Made by the line editor, it would change what all the process makes for a moment.
fn make(path: &Path) {
    if path.exists() {
        return;
    }
    if let Some(folder) = path.parent() {
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    }
    let _ = private::create(path, "#V2\n");
}

/// Whether a line is kept: not if it begins with a blank, and not if there may be a secret in it.
fn is_kept(line: &str) -> bool {
    if line.is_empty() || line.starts_with(char::is_whitespace) {
        return false;
    }
    let split = split(line);
    let mut words = split
        .commands
        .iter()
        .flatten()
        .flat_map(|word| &word.pieces);
    !words.any(|piece| matches!(piece, Piece::Text(text) if has_secret(text)))
}

/// Whether a word is a secret or announces one.
fn has_secret(word: &str) -> bool {
    let name = word.split(['=', ' ']).next().unwrap_or_default();
    let has_user = |url: &str| {
        url.split(['/', '?'])
            .next()
            .unwrap_or_default()
            .contains('@')
    };
    matches!(
        name,
        "--secret" | "--key" | "--header" | "--authextra" | "--ppt-key"
    ) || word.starts_with("-H")
        || word.contains("plain:")
        || word.contains(" --secret")
        || word.contains(" --key")
        || word
            .split_once("://")
            .is_some_and(|(_, rest)| has_user(rest))
}

/// How many lines are kept of a context.
pub(super) const MOST: usize = 5000;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn lines_with_secrets_are_not_kept() {
        for line in [
            "",
            " call com.p",
            "call com.p --secret env:X",
            "call com.p --secret=plain:x",
            "connect ws://joe:pass@host/ws",
            "call com.p -H 'Authorization: Bearer x'",
            "ls procedures; call p --key file:k",
            "time call p \"--secret\" x",
            "! wamp call p --secret plain:hush",
        ] {
            assert!(!is_kept(line), "{line}");
        }
        for line in [
            "call com.p secret=1",
            "connect wss://host/ws?to=a@b",
            "publish t joe@example.com",
            "call com.p {\"key\": \"--secret\"}",
            "publish t it's",
        ] {
            assert!(is_kept(line), "{line}");
        }
    }

    #[test]
    fn what_is_kept_is_there_the_next_time_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("history");
        let history = History {
            path: Some(path.clone()),
        };
        let mut lines = FileHistory::new();
        history.load(&mut lines);
        history.keep("call com.p {\n\"a\": 1}", &mut lines);
        history.keep("call com.p --secret plain:hush", &mut lines);
        history.keep("jobs", &mut lines);
        let mut again = FileHistory::new();
        history.load(&mut again);
        assert!(again.iter().eq(["call com.p {\n\"a\": 1}", "jobs"]));
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mode = path
            .parent()
            .unwrap()
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
