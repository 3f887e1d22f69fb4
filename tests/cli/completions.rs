//! The completion scripts, as they are printed, and what bash makes of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::wamp;

#[test]
fn the_scripts_are_those_in_the_repository() {
    for (shell, file) in [
        ("bash", "wamp.bash"),
        ("zsh", "_wamp"),
        ("fish", "wamp.fish"),
        ("elvish", "wamp.elv"),
        ("powershell", "_wamp.ps1"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
        let script = fs::read_to_string(folder.join(file)).unwrap();
        // What is in the environment is this person's, and does not belong in a script.
        let printed = wamp(["completions", shell])
            .env("WAMP_REALM", "com.mine")
            .env("WAMP_URL", "")
            .run()
            .clean();
        assert!(printed == script, "{file} is not what is printed");
    }
}

#[test]
fn bash_completes_commands_options_and_values() {
    for (line, expected) in [
        ("wamp ca", "call"),
        ("wamp re", "register reg"),
        (
            "wamp -u ws://host/ call com.p --auth",
            "--authid --authrole --authmethod --authextra",
        ),
        ("wamp call -v --pro", "--progress"),
        ("wamp pub com.t --no-a", "--no-ack"),
        ("wamp sub com.t --match ", "exact prefix wildcard"),
        (
            "wamp call com.p --color=always -o ",
            "auto json pretty raw table",
        ),
        ("wamp ls to", "topics"),
        ("wamp authz ex", "explain"),
        ("wamp authz explain --action re", "register"),
        ("wamp completions z", "zsh"),
        ("wamp router --tls", "--tls-key --tls-self-signed"),
        ("wamp call --det", "--details"),
        // An option that the command refuses, and the router has no use for connections.
        ("wamp ls --det", ""),
        ("wamp register --det", ""),
        ("wamp router --url", ""),
    ] {
        assert_eq!(bash(line), expected, "{line}");
    }
}

/// What bash offers for the last word of a line.
fn bash(line: &str) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/completions/wamp.bash");
    let words: Vec<_> = line.split(' ').collect();
    let output = Command::new("bash")
        .args(["--norc", "-c", DRIVER, script])
        .args(&words)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    String::from_utf8(output.stdout).unwrap()
}

/// Calls the function as bash does upon Tab: the command, the word, and the word in front of it are its arguments.
const DRIVER: &str = r#"source "$0"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
"$(complete -p wamp | grep -o -- '-F [^ ]*' | cut -c4-)" wamp "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
printf '%s' "${COMPREPLY[*]}""#;
