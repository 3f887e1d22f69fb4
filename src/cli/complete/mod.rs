//! `wamp complete`: what may stand at the cursor of a command line that is being typed.
//!
//! A shell waits for it, with a person in front: so it is silent about whatever goes wrong, and never waits for a router longer
//! than [`PATIENCE`]. The router is asked by another process, which leaves the answer in the [`Cache`]: if that takes longer, the
//! next Tab has it.

mod cache;
mod cursor;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use tokio::time::timeout;

use super::args::{Asker, Cli, Command as Which, CompleteArgs, ConnectionArgs, command};
use super::block_on;
use super::catalogue::{Catalogue, segments};
use super::connection::{Connection, DEFAULT_REALM};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::login::{has_secret, is_quiet};
use super::meta::Meta;
use super::sanitize;
use super::settings::{KEYS, Origin, Store, resolve};
use super::signals::Work;

use cache::Cache;
use cursor::Cursor;

pub(crate) use cursor::{Place, Wanted};

/// Prints each value that may stand at the cursor on a line, with a tab and its description where the shell has a use for that.
/// What goes wrong is that there are none.
///
/// # Errors
/// Those of standard output.
pub(crate) fn run(args: &CompleteArgs, console: &Console) -> Result<Exit, CliError> {
    let words = args
        .words
        .iter()
        .map(|word| word.to_string_lossy().into_owned());
    let mut words = words.collect::<Vec<_>>();
    if args.asker == Asker::Cache {
        // Nobody is there to be told.
        let _ = fill(&words, console);
        return Ok(Exit::Success);
    }
    let replaced = match (args.asker, words.as_slice()) {
        (Asker::Bash, [replaced, line]) => {
            let replaced = replaced.clone();
            words = split(line);
            Some(replaced)
        }
        _ => None,
    };
    // The first is the program.
    let Some(cursor) = words
        .get(1..)
        .and_then(|words| Cursor::read(&command(), words))
    else {
        return Ok(Exit::Success);
    };
    let word = words.last().map_or("", String::as_str);
    let mut lines = Vec::new();
    for Candidate { value, about } in candidates(&cursor) {
        if !value.starts_with(&cursor.typed) || !is_plain(&value) {
            continue;
        }
        lines.push(match (args.asker, &replaced) {
            (Asker::Bash, Some(replaced)) => in_place_of(replaced, word, &cursor.typed, &value),
            (Asker::Elvish, _) => in_place_of(word, word, &cursor.typed, &value),
            (Asker::Zsh | Asker::Fish, _) if !about.is_empty() => {
                format!("{value}\t{}", sanitize::line(&about))
            }
            _ => value,
        });
    }
    if !lines.is_empty() {
        console.line(&lines.join("\n"))?;
    }
    Ok(Exit::Success)
}

/// A value, and what to say about it.
struct Candidate {
    value: String,
    about: String,
}

impl Candidate {
    fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            about: String::new(),
        }
    }
}

/// What may stand at the cursor. It need not begin as what is typed.
fn candidates(cursor: &Cursor) -> Vec<Candidate> {
    let typed = cursor.typed.as_str();
    let known = || catalogue(&cursor.connection).unwrap_or_default();
    let plain = |values: Vec<String>| values.into_iter().map(Candidate::new).collect();
    match cursor.wanted {
        Wanted::Context => plain(contexts()),
        Wanted::Realm => plain(segments(typed, realms(cursor).iter().map(String::as_str))),
        Wanted::Procedure => plain(segments(typed, known().procedures.concrete())),
        Wanted::Registration => plain(segments(typed, known().procedures.all())),
        Wanted::Topic => plain(segments(typed, known().topics.concrete())),
        Wanted::Subscription => plain(segments(typed, known().topics.all())),
        Wanted::Session => sessions(&known()),
        Wanted::Authid => {
            let known = known();
            let authids = known.sessions.values().map(|(authid, _)| authid.clone());
            plain(authids.collect::<BTreeSet<_>>().into_iter().collect())
        }
        Wanted::Anything => {
            let known = known();
            let uris = known.procedures.all().chain(known.topics.all());
            let mut all = segments(typed, uris)
                .into_iter()
                .map(Candidate::new)
                .collect::<Vec<_>>();
            all.extend(sessions(&known));
            all
        }
        Wanted::Secret => plain(secrets(typed)),
        Wanted::Payload | Wanted::File => plain(named_files(typed)),
        Wanted::MessageOption(options) => plain(message_options(typed, options)),
    }
}

fn sessions(known: &Catalogue) -> Vec<Candidate> {
    let sessions = known
        .sessions
        .iter()
        .map(|(id, (authid, authrole))| Candidate {
            value: id.to_string(),
            about: format!("{authid}, {authrole}"),
        });
    sessions.collect()
}

pub(crate) fn contexts() -> Vec<String> {
    Store::open()
        .and_then(|store| store.names())
        .unwrap_or_default()
}

/// The realm that would be joined, and those of the contexts.
fn realms(cursor: &Cursor) -> BTreeSet<String> {
    let mut realms = BTreeSet::from([DEFAULT_REALM.to_owned()]);
    realms.extend(connection(&cursor.connection).and_then(|(args, _)| args.realm));
    if let Ok(store) = Store::open() {
        let files = store.names().unwrap_or_default();
        let files = files.iter().filter_map(|name| store.read(name).ok());
        realms.extend(files.filter_map(|file| file.args.connection.realm));
    }
    realms
}

/// Where a secret may be, and what may stand behind that.
pub(crate) fn secrets(typed: &str) -> Vec<String> {
    match typed.split_once(':') {
        Some(("file", path)) => files("file:", path),
        Some(("env", _)) => {
            let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
            names.map(|name| format!("env:{name}")).collect()
        }
        Some(_) => Vec::new(),
        None => SOURCES.map(str::to_owned).to_vec(),
    }
}

/// The files that an argument may name behind its `@`.
pub(crate) fn named_files(typed: &str) -> Vec<String> {
    match typed.split_once('@') {
        Some((before, path)) if before.is_empty() || before.ends_with('=') => {
            files(&format!("{before}@"), path)
        }
        _ => Vec::new(),
    }
}

/// What a path may become, each with this in front.
pub(crate) fn files(before: &str, path: &str) -> Vec<String> {
    let (folder, name) = path
        .rfind('/')
        .map_or(("", path), |at| path.split_at(at + 1));
    let folder_or_here = if folder.is_empty() { "." } else { folder };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder_or_here).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let Some(file) = file.to_str().filter(|file| file.starts_with(name)) else {
            continue;
        };
        if file.starts_with('.') && !name.starts_with('.') {
            continue;
        }
        let slash = if entry.path().is_dir() { "/" } else { "" };
        found.push(format!("{before}{folder}{file}{slash}"));
    }
    found.sort();
    found
}

/// The options of a message, or the values of the one that is typed.
pub(crate) fn message_options(typed: &str, options: &[&str]) -> Vec<String> {
    let Some((key, _)) = typed.split_once('=') else {
        return options.iter().map(|&option| option.to_owned()).collect();
    };
    let values: &[&str] = match key {
        "match" => &["exact", "prefix", "wildcard"],
        "invoke" => &["single", "first", "last", "random", "roundrobin"],
        "timeout" | "concurrency" | "rkey" | "nkey" | "runmode" => &[],
        _ => &["true", "false"],
    };
    values
        .iter()
        .map(|value| format!("{key}={value}"))
        .collect()
}

/// What the router of these options knows: as it was told a moment ago, or just now, or else the last time.
fn catalogue(options: &[String]) -> Option<Catalogue> {
    let (args, may_connect) = connection(options)?;
    let cache = Cache::of(&args)?;
    let (known, is_current) = cache.read();
    if is_current || !may_connect {
        return Some(known);
    }
    have_it_filled(options);
    Some(cache.read().0)
}

/// Where these options and all that stands behind them lead to, and whether somebody may connect there who only pressed Tab.
fn connection(options: &[String]) -> Option<(ConnectionArgs, bool)> {
    let words = ["wamp", "ls", "procedures"].map(OsString::from);
    let words = words.into_iter().chain(options.iter().map(OsString::from));
    let cli = Cli::read(words).ok()?;
    let Which::Ls(ls) = cli.command else {
        return None;
    };
    let (outer, environment) = cli.client.split(&cli.environment);
    let resolved = resolve(ls.client.or(outer), environment).ok()?;
    let url = KEYS.iter().find(|key| key.name == "url")?;
    let origin = resolved.values(url).into_iter().next();
    // A project may be anybody's: its router gets no secret because somebody is in its folder.
    let is_strange = matches!(origin, Some((_, Origin::Project(..))));
    let args = resolved.args.connection;
    let may_connect = is_quiet(&args) && !(is_strange && has_secret(&args));
    Some((args, may_connect))
}

/// Has another process ask the router, and waits for it for as long as it may take.
fn have_it_filled(options: &[String]) {
    let Ok(program) = env::current_exe() else {
        return;
    };
    // In a group of its own it goes on when the shell has its answer.
    let child = Command::new(program)
        .args(["complete", "cache", "--"])
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    if let Ok(mut child) = child {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(child.wait()));
        // If it takes longer, the next Tab has the answer.
        let _ = receiver.recv_timeout(PATIENCE);
    }
}

/// Asks the router, and keeps its answer.
fn fill(options: &[String], console: &Console) -> Option<()> {
    let (args, may_connect) = connection(options)?;
    let cache = Cache::of(&args)?;
    let (known, is_current) = cache.read();
    if is_current || !may_connect {
        return None;
    }
    cache.begin().ok()?;
    let ask = async {
        let mut connection = Connection::open(&args, Work::Task, console).await?;
        let told = connection
            .run(async |session| Ok(Catalogue::read(&Meta::new(&session, None)).await))
            .await;
        // Somebody is waiting for it.
        let kept = told.map(|catalogue| cache.write(catalogue).is_ok());
        connection.leave().await;
        kept
    };
    let asked = block_on(async { timeout(LONGEST, ask).await.unwrap_or(Ok(false)) });
    if !matches!(asked, Ok(true)) {
        cache.write(known).ok()?;
    }
    Some(())
}

/// The words of a line up to the cursor, quoted as in a shell. The last one may be empty, or its quotes still open.
fn split(line: &str) -> Vec<String> {
    // A letter at the cursor makes a word of it, whatever it is.
    let whole = ["", "'", "\""]
        .into_iter()
        .find_map(|quote| shlex::split(&format!("{line}x{quote}")));
    let mut words = whole.unwrap_or_default();
    if let Some(last) = words.last_mut() {
        last.pop();
    }
    words
}

/// A value for a shell that replaces this much of the word: of bash what is behind the last of its word breaks.
fn in_place_of(replaced: &str, word: &str, typed: &str, value: &str) -> String {
    let before = word.strip_suffix(typed).unwrap_or_default();
    let kept = word.strip_suffix(replaced).map_or(before.len(), str::len);
    let whole = format!("{before}{value}");
    whole.get(kept..).unwrap_or_default().to_owned()
}

/// Whether a value means nothing to any shell, and is no option. Others may have made it, and whoever presses Tab does not read it
/// first.
pub(crate) fn is_plain(value: &str) -> bool {
    // The fillers of Hangul count as letters, and nobody sees them.
    let is_seen = |letter| !matches!(letter, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    let is_plain = |character: char| {
        character.is_alphanumeric() && is_seen(character) || "._-:/@+,%=".contains(character)
    };
    !value.is_empty() && !value.starts_with('-') && value.chars().all(is_plain)
}

/// How long somebody who pressed Tab waits for a router. With all else it makes less than 300 ms.
const PATIENCE: Duration = Duration::from_millis(200);

/// How long a router is asked for the next Tab's sake.
const LONGEST: Duration = Duration::from_secs(10);

/// What the place of a secret begins with.
const SOURCES: [&str; 6] = ["prompt", "env:", "file:", "fd:", "cmd:", "plain:"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_not_finished() {
        for (line, words) in [
            ("wamp call ", vec!["wamp", "call", ""]),
            ("wamp call com.s", vec!["wamp", "call", "com.s"]),
            ("wamp call 'com.s", vec!["wamp", "call", "com.s"]),
            (
                "wamp -H 'a: b' call \"com",
                vec!["wamp", "-H", "a: b", "call", "com"],
            ),
            ("wamp call a\\ b", vec!["wamp", "call", "a b"]),
            ("wamp call a\\", vec!["wamp", "call", "a"]),
        ] {
            assert_eq!(split(line), words, "{line}");
        }
    }

    #[test]
    fn bash_gets_what_is_behind_its_word_break() {
        let reply = in_place_of;
        assert_eq!(reply("com.s", "com.s", "com.s", "com.shop."), "com.shop.");
        assert_eq!(reply("", "--realm=", "", "realm1"), "realm1");
        assert_eq!(reply("re", "--realm=re", "re", "realm1"), "realm1");
        assert_eq!(
            reply("--realm=re", "--realm=re", "re", "realm1"),
            "--realm=realm1"
        );
        assert_eq!(reply("fi", "x=@fi", "x=@fi", "x=@file"), "file");
        assert_eq!(reply("s", "file:s", "file:s", "file:secret"), "secret");
        assert_eq!(reply("-rre", "-rre", "re", "realm1"), "-rrealm1");
    }

    #[test]
    fn what_a_shell_would_run_is_not_offered() {
        for value in ["com.shop.", "a-b_c", "münchen.é", "file:/a/b", "x=@f"] {
            assert!(is_plain(value), "{value}");
        }
        for value in [
            "",
            "$(x)",
            "a b",
            "`x`",
            "a;b",
            "a\tb",
            "a\nb",
            "*",
            "~",
            "'",
            "\u{202e}a",
            "--secret=cmd:a",
            "a\u{3164}b",
        ] {
            assert!(!is_plain(value), "{value}");
        }
    }
}
