//! The README's tours, run as written.
//!
//! All `sh` and `console` blocks of a section go through one bash, in order: a line of `sh` is run, a
//! `$` line of `console` is run and must print the lines below it. Between them a person would need a moment, and what was
//! started in the background has it to get ready; here that is waited for by what the line itself tells.

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use wampkit::realm::RetentionLimits;
use wampkit::router::config::{Config, Format, Limits};

/// Between the outputs of two commands.
const MARK: &str = "--- next command ---";

#[test]
fn the_tour_works_when_pasted() {
    assert!(run("Five minutes") >= 8, "the tour is shorter than it was");
}

#[test]
fn pipes_compose_when_pasted() {
    assert!(
        run("In scripts and pipes") >= 7,
        "the tour is shorter than it was"
    );
}

#[test]
fn guests_and_staff_are_told_apart_when_pasted() {
    assert!(
        run("Who may come in") >= 5,
        "the tour is shorter than it was"
    );
}

#[test]
fn the_limits_are_the_defaults_that_the_readme_says() {
    let readme = readme();
    let section = readme.split("\n## Limits\n").nth(1).unwrap();
    let text = section.split("```toml\n").nth(1).unwrap();
    let text = text.split("```").next().unwrap();
    let path = Path::new("wamp.toml");
    let config = Config::parse(text, Format::Toml, path, &[0; 32]);
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.limits, Limits::default());
    let retention = config.realms[0].config.retention;
    assert_eq!(retention, RetentionLimits::default());
}

#[test]
fn the_repl_prints_what_the_readme_says() {
    let readme = readme();
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with("Explore a realm"))
        .unwrap();
    let transcript = section.split("```repl\n").nth(1).unwrap();
    let transcript = transcript.split("```").next().unwrap();
    let router = support::Router::start();
    let terminal = router.wamp(["repl"]).at_terminal_of(60, 100);
    // The router is on a port that was free.
    let port = router.url.split([':', '/']).nth(4).unwrap();
    let prompt = format!("realm1@127.0.0.1:{port} ›");
    let transcript = transcript.replace("realm1@127.0.0.1:8080 ›", &prompt);
    let mut shown = String::new();
    for step in transcript.split_inclusive('\n') {
        if let Some(line) = step.strip_prefix(&*prompt) {
            terminal.wait_until("the prompt", |screen| {
                screen.trim_end() == format!("{shown}{prompt}")
            });
            terminal.line(line.trim());
        }
        shown.push_str(step);
    }
    let screen = terminal.wait_until("the last prompt", |screen| {
        screen.trim_end() == format!("{shown}{prompt}")
    });
    println!("{screen}");
    terminal.enter(support::pty::key::CTRL_C);
}

fn readme() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap()
}

/// Runs the section whose heading begins like this. Answers how many outputs it has.
fn run(heading: &str) -> usize {
    let readme = readme();
    let tour = readme
        .split("\n## ")
        .find(|section| section.starts_with(heading))
        .unwrap();
    let steps = steps(tour);
    let expected: Vec<_> = steps.iter().filter_map(Step::expected).collect();

    let folder = tempfile::tempdir().unwrap();
    let mut script = String::from("set -u\n");
    for step in &steps {
        step.write(&mut script);
    }
    script.push_str("kill $(jobs -p) 2> /dev/null\n");
    let router = support::Router::start();
    let wamp = Path::new(env!("CARGO_BIN_EXE_wamp"));
    let path = format!("{}:{}", wamp.parent().unwrap().display(), env!("PATH"));
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path())
        .env_clear()
        .envs([("PATH", &*path), ("WAMP_URL", &router.url)])
        .env("XDG_CONFIG_HOME", folder.path().join("config"))
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let printed: Vec<_> = stdout.split(&format!("{MARK}\n")).skip(1).collect();
    for (command, expected) in &expected {
        println!("$ {command}\n{expected}");
    }
    let expected: Vec<_> = expected.into_iter().map(|(_, lines)| lines).collect();
    assert_eq!(
        printed,
        expected,
        "stderr: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    printed.len()
}

/// One thing to paste.
#[derive(Debug)]
enum Step {
    /// Runs, and prints nothing that matters.
    Run(String),
    /// Runs and prints these lines.
    Show(String, String),
}

impl Step {
    fn expected(&self) -> Option<(&str, &str)> {
        match self {
            Self::Run(_) => None,
            Self::Show(command, lines) => Some((command, lines)),
        }
    }

    fn write(&self, script: &mut String) {
        match self {
            // The test has its router already, on a port that is free for certain.
            Self::Run(line) if line == "wamp router &" => {}
            Self::Run(line) => {
                writeln!(script, "{line}").unwrap();
                let word_after = |word| {
                    line.split_whitespace()
                        .skip_while(|found| *found != word)
                        .nth(1)
                };
                if let Some(file) = word_after("--ready-file") {
                    writeln!(script, "until [ -e {file} ]; do sleep 0.02; done").unwrap();
                } else if let Some(procedure) = word_after("register") {
                    writeln!(
                        script,
                        "until wamp call {procedure} probe; do sleep 0.02; done &> /dev/null"
                    )
                    .unwrap();
                }
            }
            Self::Show(command, _) => {
                writeln!(script, "echo '{MARK}'\n{{ {command}\n}} 2>&1").unwrap();
            }
        }
    }
}

/// The steps of a section, in order.
fn steps(section: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut block = None;
    for line in section.lines() {
        match (block, line.strip_prefix("```"), line.strip_prefix("$ ")) {
            (None, Some(language), _) => block = Some(language),
            (Some(_), Some(_), _) => block = None,
            (Some("sh"), ..) => steps.push(Step::Run(line.to_owned())),
            (Some("console"), _, Some(command)) => {
                steps.push(Step::Show(command.to_owned(), String::new()));
            }
            (Some("console"), ..) => {
                let Some(Step::Show(_, lines)) = steps.last_mut() else {
                    panic!("output before a command: {line}")
                };
                lines.push_str(line);
                lines.push('\n');
            }
            _ => {}
        }
    }
    steps
}
