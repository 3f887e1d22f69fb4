//! The program of a command, before it is run.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::io::Errno;

use crate::cli::error::CliError;

/// Whether there is such a program, as far as that can be told before it is run.
///
/// # Errors
/// That there is none, or none that can be run.
pub(super) fn check(program: &OsStr) -> Result<(), CliError> {
    find(program).map_err(|error| CliError::Spawn {
        command: program.display().to_string(),
        error,
    })
}

/// Looks for a program where the system would: at its path, or in `PATH` if it is a bare name.
fn find(program: &OsStr) -> io::Result<()> {
    if program.as_encoded_bytes().contains(&b'/') {
        return is_program(Path::new(program));
    }
    let Some(folders) = std::env::var_os("PATH") else {
        return Ok(()); // the system has folders of its own then
    };
    let mut outcome = Err(io::Error::from_raw_os_error(Errno::NOENT.raw_os_error()));
    for folder in std::env::split_paths(&folders) {
        match is_program(&folder.join(program)) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => outcome = Err(error),
            Err(_) => {}
        }
    }
    outcome
}

/// Whether the file is a program.
fn is_program(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error()))
    }
}
