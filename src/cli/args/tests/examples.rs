//! The examples in the help texts are command lines that can be read.
//!
//! bash runs them, with a `wamp` that only notes its arguments, so that quotes, pipes and substitutions are what they are to
//! whoever pastes them.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command as Process, Stdio};

use super::super::{Cli, command};
use super::man::examples;

#[test]
fn every_example_can_be_read() {
    let mut count = 0;
    for (page, command) in super::man::commands(&command()) {
        let examples = examples(&command);
        assert!(!examples.is_empty(), "{page} has no examples");
        for example in examples {
            let runs = runs(&example);
            let meant = example.split([' ', '(']).filter(|word| *word == "wamp");
            assert_eq!(runs.len(), meant.count(), "{page}: {example}");
            assert!(!runs.is_empty(), "{page}: {example}");
            for words in runs {
                if let Err(error) = Cli::read(words) {
                    panic!("{page}: {example}\n{error}");
                }
            }
            count += 1;
        }
    }
    assert!(count >= 40, "there were more examples than {count}");
}

/// The command lines of `wamp` that bash makes of an example. No other program is there, except `xargs`.
fn runs(example: &str) -> Vec<Vec<OsString>> {
    let folder = tempfile::tempdir().unwrap();
    let wamp = folder.path().join("wamp");
    fs::write(&wamp, WAMP).unwrap();
    fs::set_permissions(&wamp, fs::Permissions::from_mode(0o755)).unwrap();
    symlink("/usr/bin/xargs", folder.path().join("xargs")).unwrap();
    for home in [
        ".zfunc",
        ".config/fish/completions",
        ".config/elvish",
        ".local/share/bash-completion/completions",
    ] {
        fs::create_dir_all(folder.path().join(home)).unwrap();
    }
    let noted = folder.path().join("noted");
    fs::write(&noted, "").unwrap();
    let status = Process::new("/bin/bash")
        .args(["-c", &format!("{example}\nwait")])
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", folder.path())
        .env("HOME", folder.path())
        .env("NOTED", &noted)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok(), "there is no bash");
    read(&noted)
}

fn read(noted: &Path) -> Vec<Vec<OsString>> {
    let noted = fs::read_to_string(noted).unwrap();
    let runs = noted.split_terminator("--- end ---\0");
    let words = |run: &str| run.split_terminator('\0').map(Into::into).collect();
    runs.map(words).collect()
}

/// Notes its arguments in one write, for several may run at once, and prints an id, for `xargs`.
const WAMP: &str = "#!/bin/bash\nprintf '%s\\0' wamp \"$@\" '--- end ---' >> \"$NOTED\"\n[ \"$1\" = completions ] || echo 4711\n";
