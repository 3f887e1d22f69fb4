//! The ready file: how a script knows that a command is subscribed or registered.

use std::fs;
use std::io;
use std::path::Path;

use super::error::CliError;

/// Removes what an earlier run left behind, so that the file appears only when this one is ready. What is no plain file, a
/// FIFO say, is not ours to remove; it is written to all the same.
///
/// # Errors
/// That it is there and cannot be removed, or that there can be no such file.
pub(crate) fn clear(path: Option<&Path>) -> Result<(), CliError> {
    let Some(file) = path else {
        return Ok(());
    };
    check(file)?;
    if !fs::symlink_metadata(file).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    fs::remove_file(file).map_err(|error| failed("remove", file, error))
}

/// Writes the file: the process id on a line.
///
/// # Errors
/// That it cannot be written.
pub(crate) fn announce(path: Option<&Path>) -> Result<(), CliError> {
    path.map_or(Ok(()), |file| {
        fs::write(file, format!("{}\n", std::process::id()))
            .map_err(|error| failed("write", file, error))
    })
}

/// Whether the file can be there at all: a wrong path is to be told before there is anything to be ready for.
fn check(file: &Path) -> Result<(), CliError> {
    let folder = match file.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => file,
    };
    let fault = if file.is_dir() {
        "it is a directory"
    } else if !folder.is_dir() {
        "there is no such directory"
    } else {
        return Ok(());
    };
    Err(CliError::Usage {
        message: format!("--ready-file {}: {fault}", file.display()),
        hint: None,
    })
}

fn failed(doing: &str, file: &Path, error: io::Error) -> CliError {
    CliError::System {
        doing: format!("{doing} {}", file.display()),
        error,
    }
}
