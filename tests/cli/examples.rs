//! Every example of every help text runs as written, and does what the table says.
//!
//! The examples are read off the binary: what a command shows under "Examples:" has to stand in [`table::HELP`], and the other
//! way round. Each runs in a bash with a fresh home and a router of its own, see [`Stage`]. Man pages have the same examples,
//! from the same place.

mod table;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::{Signal, wamp};

use super::stage::Stage;

/// One line that somebody may paste, and what it does then.
#[derive(Clone, Copy)]
struct Example {
    /// As it is written.
    line: &'static str,
    /// What has to be another on this machine, an address say, and what it is instead.
    instead: &'static [(&'static str, &'static str)],
    /// What has been done before; it prints nothing.
    first: &'static str,
    /// Nobody else has registered anything.
    alone: bool,
    /// It goes on; once it has said this, the signal ends it.
    until: Option<(&'static str, Signal)>,
    /// Before that, this command line prints this.
    then: Option<(&'static str, &'static str)>,
    /// The exit code of the line.
    code: i32,
    /// What it prints on standard output; `…` is anything.
    prints: &'static str,
}

/// This line, which prints this and ends well.
const fn example(line: &'static str, prints: &'static str) -> Example {
    Example {
        line,
        instead: &[],
        first: "",
        alone: false,
        until: None,
        then: None,
        code: 0,
        prints,
    }
}

impl Example {
    const fn instead(self, instead: &'static [(&'static str, &'static str)]) -> Self {
        Self { instead, ..self }
    }

    const fn first(self, first: &'static str) -> Self {
        Self { first, ..self }
    }

    const fn alone(self) -> Self {
        Self {
            alone: true,
            ..self
        }
    }

    /// Ended by SIGTERM after it has said this.
    const fn until(self, text: &'static str) -> Self {
        let until = Some((text, Signal::TERM));
        Self { until, ..self }
    }

    /// Ended by Ctrl-C after it has said this.
    const fn until_ctrl_c(self, text: &'static str) -> Self {
        let until = Some((text, Signal::INT));
        Self { until, ..self }
    }

    const fn then(self, line: &'static str, prints: &'static str) -> Self {
        let then = Some((line, prints));
        Self { then, ..self }
    }

    const fn code(self, code: i32) -> Self {
        Self { code, ..self }
    }

    /// Runs it. What is not as it should be is the error.
    fn run(&self) -> Result<(), String> {
        let stage = Stage::set(self.alone);
        let mut line = self.line.to_owned();
        for (from, to) in self.instead {
            assert!(line.contains(from), "{}: there is no {from}", self.line);
            line = line.replace(from, to);
        }
        let wait = if line.ends_with('&') { "wait $!" } else { "" };
        let script = format!("{}\n{line}\n{wait}", self.first);
        let mut play = stage.start(&script);
        let mut faults = String::new();
        if let Some((text, signal)) = self.until {
            if !play.says(&stage.filled(text)) {
                writeln!(faults, "it does not say {text:?}").unwrap();
            }
            let running = stage.running();
            if let Some((line, prints)) = self.then {
                let then = stage.start(line).end();
                if !is_like(&then.stdout, &stage.filled(prints)) {
                    writeln!(faults, "then `{line}` prints {then:?}, not {prints:?}").unwrap();
                }
            }
            stage.signal(&running, signal);
        }
        let ended = play.end();
        if ended.code != Some(self.code) || !is_like(&ended.stdout, &stage.filled(self.prints)) {
            writeln!(faults, "it ends with {ended:?}").unwrap();
            writeln!(faults, "and not with {}, {:?}", self.code, self.prints).unwrap();
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(format!("{}\n{faults}", self.line))
        }
    }
}

#[test]
fn examples_of_the_help_run_as_written() {
    all_of(table::HELP, Example::run);
}

#[test]
fn examples_of_the_contract_run_as_written() {
    all_of(table::CONTRACT, Example::run);
}

#[test]
fn the_table_has_the_examples_of_each_command() {
    let mut shown = BTreeSet::new();
    for path in commands() {
        let examples = examples(&path);
        assert!(
            !examples.is_empty(),
            "`wamp {} --help` has no examples",
            path.join(" ")
        );
        shown.extend(examples);
    }
    let known = table::HELP.iter().map(|example| example.line.to_owned());
    let known = known.collect::<BTreeSet<_>>();
    let missing = shown.difference(&known).collect::<Vec<_>>();
    assert!(
        missing.is_empty(),
        "say in tests/cli/examples/table.rs what these examples of help texts print: {missing:#?}"
    );
    let gone = known.difference(&shown).collect::<Vec<_>>();
    assert!(
        gone.is_empty(),
        "no help text has these examples any more: {gone:#?}"
    );
}

/// Checks all of them, several at a time, for most of them wait for processes; tells all faults.
pub(super) fn all_of<T: Sync>(cases: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut faults = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            faults.extend(check(case).err());
        }
        faults
    };
    let faults = thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.map(|worker| worker.join().unwrap()).concat()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// All commands, those below others too, by the words that name them; first the one without a name.
pub(super) fn commands() -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut next = 0;
    while next < commands.len() {
        let path: Vec<String> = commands[next].clone();
        for name in block(&help(&path), "Commands:") {
            let name = name.split_whitespace().next().unwrap().to_owned();
            if name != "help" {
                commands.push([&path[..], &[name]].concat());
            }
        }
        next += 1;
    }
    commands
}

fn examples(path: &[String]) -> Vec<String> {
    block(&help(path), "Examples:")
}

fn help(path: &[String]) -> String {
    // As it is written: lines are not to be wrapped.
    let help = wamp(path).args(["--help"]).env("COLUMNS", "400");
    help.run().clean()
}

/// The lines below a heading, without those that go on with the line before.
fn block(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.map_while(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with(' '));
    lines.map(str::to_owned).collect()
}

/// Whether the text is like the pattern, in which `…` is any text.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('…') else {
        return text == pattern;
    };
    text.strip_prefix(first).is_some_and(|text| {
        let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        ends.into_iter().any(|at| is_like(&text[at..], rest))
    })
}
