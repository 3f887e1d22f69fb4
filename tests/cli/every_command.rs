//! What holds for every command: standard output has data and nothing else, whatever is told beside it, and streams that are
//! closed, full or gone do no harm.
//!
//! The table is held against the commands of the binary, so that a new one is tested here before it is merged.

mod cases;

use std::fs::OpenOptions;
use std::io::pipe;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Ended;

use super::examples::{all_of, commands, is_like};
use super::stage::Stage;

/// A command line, and what it prints.
#[derive(Clone, Copy)]
struct Case {
    /// The command that it shows.
    command: &'static str,
    line: &'static str,
    /// Done before each run; it prints nothing.
    first: &'static str,
    code: i32,
    /// The lines on standard output; `…` in a line is any text.
    prints: &'static str,
    /// What it prints is its own, not that of a command that it has run.
    own: bool,
}

/// A command line that prints this and ends well.
const fn prints(command: &'static str, line: &'static str, prints: &'static str) -> Case {
    Case {
        command,
        line,
        first: "",
        code: 0,
        prints,
        own: true,
    }
}

/// A command line that fails with this code.
const fn fails(command: &'static str, line: &'static str, code: i32) -> Case {
    let case = prints(command, line, "");
    Case { code, ..case }
}

impl Case {
    const fn first(self, first: &'static str) -> Self {
        Self { first, ..self }
    }

    const fn code(self, code: i32) -> Self {
        Self { code, ..self }
    }

    const fn of_others(self) -> Self {
        Self { own: false, ..self }
    }

    /// Runs it, with these options behind each `wamp` and this standard output.
    fn run(&self, stage: &Stage, options: &str, stdout: Stdio) -> Ended {
        let wamp = format!("wamp {options} ");
        let line = self.line.replace("wamp ", &wamp);
        let script = format!("{{ :; {}\n}} &> first\n{line}", self.first);
        stage.start_into(&script, stdout).end()
    }

    fn check(
        &self,
        stage: &Stage,
        what: &str,
        ended: &Ended,
        code: i32,
        prints: &str,
    ) -> Result<(), String> {
        let mut lines = ended.stdout.lines();
        let prints = stage.filled(prints);
        let mut expected = prints.lines();
        let same =
            expected.all(|expected| lines.next().is_some_and(|line| is_like(line, expected)));
        let sane = !ended.stderr.contains("panicked");
        if same && lines.next().is_none() && ended.code == Some(code) && sane {
            return Ok(());
        }
        let fault = self.fault(what, ended);
        Err(format!(
            "{fault}and not with {code}, {prints:?}
"
        ))
    }

    /// Whatever is told beside it, standard output is the same; and an error is told exactly if there is one.
    fn is_pure(&self, stage: &Stage) -> Result<(), String> {
        for options in ["", "-vv", "-q"] {
            let ended = self.run(stage, options, Stdio::piped());
            self.check(stage, options, &ended, self.code, self.prints)?;
            if ended.stderr.contains("wamp: error: ") != self.fails() {
                return Err(self.fault(options, &ended));
            }
        }
        Ok(())
    }

    /// Where results may be JSON, an error is one line of it.
    fn tells_errors_as_json(&self, stage: &Stage) -> Result<(), String> {
        if !self.fails() || WITHOUT_JSON.contains(&self.command) {
            return Ok(());
        }
        let ended = self.run(stage, "-o json", Stdio::piped());
        match serde_json::from_str::<Value>(&ended.stderr) {
            Ok(error) if error["type"] == "error" && error["exit"] == self.code => Ok(()),
            _ => Err(self.fault("as JSON", &ended)),
        }
    }

    /// Nobody to read is no failure, and no space is one.
    fn loses_output(&self, stage: &Stage) -> Result<(), String> {
        if self.prints.is_empty() || !self.own {
            return Ok(());
        }
        let (_, nobody) = pipe().unwrap();
        let ended = self.run(stage, "", nobody.into());
        self.check(stage, "nobody reads it", &ended, 0, "")?;
        if ended.stderr.contains("error") {
            return Err(self.fault("nobody reads it", &ended));
        }
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = self.run(stage, "", full.into());
        self.check(stage, "no space", &ended, 1, "")?;
        if !ended
            .stderr
            .contains("cannot write to standard output: no space left on device")
        {
            return Err(self.fault("no space", &ended));
        }
        Ok(())
    }

    /// Streams that are closed from the start change nothing but what is read or seen there.
    fn has_closed_streams(&self, stage: &Stage) -> Result<(), String> {
        let (line, first) = (self.line, self.first);
        if !self.own {
            return Ok(());
        }
        for (closed, prints) in [("<&-", self.prints), (">&-", ""), ("2>&-", self.prints)] {
            let script = format!("{{ :; {first}\n}} &> first\n{{ {line}\n}} {closed}");
            let ended = stage.start(&script).end();
            self.check(stage, closed, &ended, self.code, prints)?;
        }
        Ok(())
    }

    const fn fails(&self) -> bool {
        self.code != 0 && self.prints.is_empty()
    }

    fn fault(&self, what: &str, ended: &Ended) -> String {
        format!("{} ({what})\nends with {ended:#?}\n", self.line)
    }
}

/// Commands that print nothing that could be JSON.
const WITHOUT_JSON: [&str; 7] = [
    "context add",
    "context select",
    "context edit",
    "context rm",
    "router",
    "keygen",
    "completions",
];

#[test]
fn streams_of_every_command() {
    all_of(&ends(), |command| {
        let stage = Stage::set(false);
        for case in cases::CASES.iter().filter(|case| case.command == command) {
            case.is_pure(&stage)?;
            case.tells_errors_as_json(&stage)?;
            case.loses_output(&stage)?;
            case.has_closed_streams(&stage)?;
        }
        Ok(())
    });
}

#[test]
fn every_command_is_shown_to_print_and_to_fail() {
    for failing in [false, true] {
        let shown = cases::CASES.iter().filter(|case| case.fails() == failing);
        let shown = shown.map(|case| case.command).collect::<Vec<_>>();
        let missing = ends()
            .into_iter()
            .filter(|command| !shown.contains(&&**command));
        let missing = missing.collect::<Vec<_>>();
        assert!(
            missing.is_empty(),
            "say in tests/cli/every_command/cases.rs how these commands {}: {missing:?}",
            if failing { "fail" } else { "end well" }
        );
    }
}

/// The commands that have no others below them.
pub(super) fn ends() -> Vec<String> {
    let commands = commands();
    let is_end = |path: &&Vec<String>| {
        let mut others = commands.iter().filter(|other| other.len() > path.len());
        !others.any(|other| other.starts_with(path))
    };
    commands
        .iter()
        .filter(is_end)
        .map(|path| path.join(" "))
        .collect()
}
