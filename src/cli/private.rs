//! Files that nobody but their owner can read, at any time.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A new file. Nothing that is there is opened, not even through a link.
///
/// # Errors
/// Those of the system; that it is there already.
pub(crate) fn create(path: &Path, content: &str) -> io::Result<()> {
    open(path).and_then(|file| fill(file, content))
}

/// A file to write to, which is empty then. What is no plain file, a FIFO say, is written to as it is.
///
/// # Errors
/// Those of the system.
pub(crate) fn empty(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// Writes a file in place of the one that is there, which stays as it is if that fails.
///
/// # Errors
/// Those of the system.
pub(crate) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let beside = beside(path, content)?;
    fs::rename(&beside, path).inspect_err(|_| forget(&beside))
}

/// The same for what can be had again, and is not worth waiting for the disk.
///
/// # Errors
/// Those of the system.
pub(crate) fn renew(path: &Path, content: &str) -> io::Result<()> {
    let beside = name_beside(path);
    let written = open(&beside).and_then(|mut file| file.write_all(content.as_bytes()));
    let renamed = written.and_then(|()| fs::rename(&beside, path));
    renamed.inspect_err(|_| forget(&beside))
}

/// A new file that is there as a whole or not at all.
///
/// # Errors
/// Those of the system; that it is there already.
pub(crate) fn create_whole(path: &Path, content: &str) -> io::Result<()> {
    let beside = beside(path, content)?;
    let linked = fs::hard_link(&beside, path);
    forget(&beside);
    linked
}

/// The content in a file of another name in the same folder.
fn beside(path: &Path, content: &str) -> io::Result<PathBuf> {
    let beside = name_beside(path);
    let file = open(&beside)?;
    fill(file, content).inspect_err(|_| forget(&beside))?;
    Ok(beside)
}

fn name_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

fn fill(mut file: File, content: &str) -> io::Result<()> {
    file.write_all(content.as_bytes())?;
    file.sync_all()
}

/// It may hold a secret that is of no use now.
fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}
