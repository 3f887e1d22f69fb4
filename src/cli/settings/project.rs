//! The project file: found from the current folder upwards, but not outside of the repository.

use std::path::{Path, PathBuf};

/// Whether project files do not count: `WAMP_NO_PROJECT` is set, to something but `0`.
pub(super) fn is_ignored() -> bool {
    std::env::var_os("WAMP_NO_PROJECT").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The nearest `.wamp.toml` in `folder` or above it, up to the root of the git repository. Without one only `folder` itself
/// counts: what lies in a home or in `/tmp` is nobody's project.
pub(super) fn find(folder: &Path) -> Option<PathBuf> {
    let root = folder
        .ancestors()
        .position(|folder| folder.join(".git").exists())
        .unwrap_or(0);
    folder
        .ancestors()
        .take(root + 1)
        .map(|folder| folder.join(NAME))
        .find(|path| path.symlink_metadata().is_ok())
}

/// The name of the file.
const NAME: &str = ".wamp.toml";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_repository_is_the_limit() {
        let top = tempfile::tempdir().unwrap();
        let repository = top.path().join("repository");
        let inner = repository.join("a/b");
        fs::create_dir_all(&inner).unwrap();
        let write = |folder: &Path| fs::write(folder.join(NAME), "").unwrap();
        write(top.path());
        assert_eq!(find(top.path()), Some(top.path().join(NAME)));
        assert_eq!(find(&inner), None, "there is no repository");
        fs::create_dir(repository.join(".git")).unwrap();
        assert_eq!(find(&inner), None, "it is outside");
        write(&repository);
        assert_eq!(find(&inner), Some(repository.join(NAME)));
        write(&inner);
        assert_eq!(find(&inner), Some(inner.join(NAME)));
        // Of a work tree `.git` is a file.
        let tree = repository.join("tree");
        fs::create_dir(&tree).unwrap();
        fs::write(tree.join(".git"), "").unwrap();
        assert_eq!(find(&tree), None);
    }
}
