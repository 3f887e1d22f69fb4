//! The contexts of this person: one file each, and which of them is selected.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

use super::super::error::CliError;
use super::super::private;
use super::super::suggestion::nearest;
use super::file::{Kind, Settings, is_absent};

/// The folder of the contexts.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// `$XDG_CONFIG_HOME/wamp`.
    folder: PathBuf,
}

impl Store {
    /// The store of this person.
    ///
    /// # Errors
    /// That this person has no home.
    pub(crate) fn open() -> Result<Self, CliError> {
        let folders = etcetera::choose_base_strategy().map_err(|_| CliError::Usage {
            message: "there is no home directory to keep contexts in".to_owned(),
            hint: Some("set HOME or XDG_CONFIG_HOME".to_owned()),
        })?;
        Ok(Self {
            folder: folders.config_dir().join("wamp"),
        })
    }

    /// The file of a context.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.contexts().join(format!("{name}.toml"))
    }

    /// The file that a context is edited in.
    pub(crate) fn draft(&self, name: &str) -> PathBuf {
        // No name begins so, and editors go by the ending.
        self.contexts().join(format!(".{name}.edit.toml"))
    }

    fn contexts(&self) -> PathBuf {
        self.folder.join("contexts")
    }

    /// The names of all contexts, sorted.
    ///
    /// # Errors
    /// That the folder cannot be read.
    pub(crate) fn names(&self) -> Result<Vec<String>, CliError> {
        let folder = self.contexts();
        let failed = |error| system("read", &folder, error);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let file = entry.map_err(failed)?.file_name();
            let name = file.to_str().and_then(|name| name.strip_suffix(".toml"));
            names.extend(name.filter(|name| is_name(name)).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// What a context says.
    ///
    /// # Errors
    /// A name that is none, or that no context has; a file that is wrong.
    pub(crate) fn read(&self, name: &str) -> Result<Settings, CliError> {
        check(name)?;
        Settings::read(&self.path(name), Kind::Context)
            .map_err(CliError::of_config)?
            .ok_or_else(|| self.unknown(name))
    }

    /// Checks what became of a context in an editor.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn check_draft(&self, name: &str) -> Result<(), CliError> {
        Settings::read(&self.draft(name), Kind::Context)
            .map(drop)
            .map_err(CliError::of_config)
    }

    /// That there is no context of this name, and which there are.
    pub(crate) fn unknown(&self, name: &str) -> CliError {
        let known = self.names().unwrap_or_default();
        let all = known.join(", ");
        let hint = match nearest(name, known) {
            Some(meant) => format!("did you mean {meant}?"),
            None if all.is_empty() => format!("`wamp context add {name}` makes it"),
            None => format!("there is {all}"),
        };
        CliError::Usage {
            message: format!("there is no context {name}"),
            hint: Some(hint),
        }
    }

    /// Checks that there is such a context.
    ///
    /// # Errors
    /// A name that is none, or that no context has.
    pub(crate) fn find(&self, name: &str) -> Result<PathBuf, CliError> {
        check(name)?;
        let path = self.path(name);
        if path.is_file() {
            Ok(path)
        } else {
            Err(self.unknown(name))
        }
    }

    /// Writes a context, in place of one of the same name only if `replace`.
    ///
    /// # Errors
    /// That it is there already, or cannot be written.
    pub(crate) fn write(&self, name: &str, text: &str, replace: bool) -> Result<PathBuf, CliError> {
        check(name)?;
        self.make_folder()?;
        let path = self.path(name);
        let written = if replace {
            private::replace(&path, text)
        } else {
            private::create_whole(&path, text)
        };
        match written {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !replace => {
                Err(CliError::Usage {
                    message: format!("there is a context {name} already"),
                    hint: Some(format!(
                        "replace it with --force, or change it with `wamp context edit {name}`"
                    )),
                })
            }
            Err(error) => Err(system("write", &path, error)),
        }
    }

    /// Removes a context, and the selection if it was that.
    ///
    /// # Errors
    /// That there is none, or that it cannot be removed.
    pub(crate) fn remove(&self, name: &str) -> Result<(), CliError> {
        let path = self.find(name)?;
        fs::remove_file(&path).map_err(|error| system("remove", &path, error))?;
        if self.selected()?.as_deref() == Some(name) {
            self.select(None)?;
        }
        Ok(())
    }

    /// The name of the selected context. Whether there is one of that name is another matter.
    ///
    /// # Errors
    /// That the file which has it cannot be read.
    pub(crate) fn selected(&self) -> Result<Option<String>, CliError> {
        let path = self.selection();
        match fs::read_to_string(&path) {
            Ok(name) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(system("read", &path, error)),
        }
    }

    /// Selects a context, or none.
    ///
    /// # Errors
    /// That there is no such context, or that this cannot be kept.
    pub(crate) fn select(&self, name: Option<&str>) -> Result<(), CliError> {
        let path = self.selection();
        let Some(name) = name else {
            return match fs::remove_file(&path) {
                Err(error) if !is_absent(&error) => Err(system("remove", &path, error)),
                _ => Ok(()),
            };
        };
        self.find(name)?;
        private::replace(&path, &format!("{name}\n")).map_err(|error| system("write", &path, error))
    }

    fn selection(&self) -> PathBuf {
        self.folder.join("selected")
    }

    fn make_folder(&self) -> Result<(), CliError> {
        let folder = self.contexts();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| system("make", &folder, error))
    }
}

/// Checks the name of a context.
///
/// # Errors
/// That it is none.
pub(crate) fn check(name: &str) -> Result<(), CliError> {
    if is_name(name) {
        return Ok(());
    }
    Err(CliError::Usage {
        message: format!("{name:?} is no name of a context"),
        hint: Some("a name has letters, digits, and . _ - inside".to_owned()),
    })
}

/// A name stands for a file, so there is no way in it to another folder. Nor can it be an option, or hidden.
fn is_name(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.starts_with(['.', '-']) && (1..=LONGEST).contains(&name.len()) && name.bytes().all(is_fit)
}

fn system(doing: &str, path: &Path, error: io::Error) -> CliError {
    CliError::System {
        doing: format!("{doing} {}", path.display()),
        error,
    }
}

/// The longest name: file systems have 255 bytes for it and what stands around it.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        for name in ["dev", "prod.eu-1", "a", "X_1", "a..b"] {
            assert!(is_name(name), "{name}");
        }
        let long = "x".repeat(LONGEST + 1);
        for name in [
            "", ".", "..", ".dev", "-dev", "a/b", "../x", "a b", "é", "a\0", &long,
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
