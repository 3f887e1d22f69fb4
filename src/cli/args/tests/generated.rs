//! The completion scripts and man pages in the repository are what the definition makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use clap::ValueEnum as _;
use clap_complete::{Generator as _, Shell};

use super::super::super::completions::script;
use super::super::command;
use super::man;

#[test]
fn generated_completions_are_fresh() {
    let scripts = Shell::value_variants().iter().map(|shell| {
        let script = script(*shell).unwrap();
        (shell.file_name("wamp"), format!("{}\n", script.trim_end()))
    });
    compare("completions", scripts.collect());
}

#[test]
fn generated_man_pages_are_fresh() {
    let commands = man::commands(&command());
    let names: Vec<_> = commands.iter().map(|(name, _)| name.clone()).collect();
    let pages = commands.into_iter().map(|(name, command)| {
        let page = man::page(&name, command, &names);
        (format!("{name}.1"), page)
    });
    compare("man", pages.collect());
}

/// Holds the files of a folder against these. With `WAMP_BLESS` set it makes them so.
fn compare(folder: &str, files: BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if env::var_os("WAMP_BLESS").is_some() {
        let _ = fs::remove_dir_all(&folder); // may not be there yet
        fs::create_dir(&folder).unwrap();
        for (name, text) in &files {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let found: BTreeSet<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}; {RENEW}", folder.display()))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, files.keys().cloned().collect(), "{RENEW}");
    for (name, text) in files {
        let found = fs::read_to_string(folder.join(&name)).unwrap();
        if let Some((line, (found, fresh))) = found
            .lines()
            .zip(text.lines())
            .enumerate()
            .find(|(_, (found, fresh))| found != fresh)
        {
            panic!("{name}:{}: {found}\nshould be: {fresh}\n{RENEW}", line + 1);
        }
        assert!(found == text, "{name} has more lines or fewer; {RENEW}");
    }
}

const RENEW: &str = "`WAMP_BLESS=1 cargo test --bin wamp generated` renews the files";
