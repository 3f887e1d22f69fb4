//! The program of a command, before it is run.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::io::Errno;

/// Looks for a program where the system would: at its path, or in `PATH` if it is a bare name.
pub(super) fn find(program: &OsStr) -> io::Result<()> {
    if program.as_encoded_bytes().contains(&b'/') {
        return check(Path::new(program));
    }
    let Some(folders) = std::env::var_os("PATH") else {
        return Ok(()); // the system has folders of its own then
    };
    let mut outcome = Err(io::Error::from_raw_os_error(Errno::NOENT.raw_os_error()));
    for folder in std::env::split_paths(&folders) {
        match check(&folder.join(program)) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => outcome = Err(error),
            Err(_) => {}
        }
    }
    outcome
}

/// Whether the file is a program.
fn check(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error()))
    }
}
