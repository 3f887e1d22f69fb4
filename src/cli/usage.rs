//! What clap says about a command line, in our own words and with our own exit code.

use std::ffi::OsString;

use clap::ValueEnum as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::{OutputArgs, command};
use super::error::CliError;
use super::output::Format;

/// A command line that leads to no command.
pub(crate) enum Instead {
    /// Help or version were asked for: print this on standard output.
    Tell(String),
    /// Something is wrong with it.
    Fail(CliError),
}

impl Instead {
    /// What clap's error about these words means.
    pub(crate) fn new(error: &clap::Error, words: &[OsString]) -> Self {
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Self::Tell(error.render().to_string())
            }
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
                Self::Fail(CliError::Usage {
                    message: "no command given".to_owned(),
                    hint: Some(format!("try `wamp{} --help`", named(words))),
                })
            }
            _ => Self::Fail(usage(&told(error, words), words)),
        }
    }
}

/// The output format that a command line asks for which cannot be read: so that errors come as JSON where JSON is expected.
pub(crate) fn output(words: &[OsString]) -> OutputArgs {
    let words = words
        .iter()
        .take_while(|word| *word != "--")
        .map(|word| word.to_str().unwrap_or_default())
        .collect::<Vec<_>>();
    let separate = words
        .windows(2)
        .filter(|pair| matches!(pair[0], "-o" | "--output"))
        .map(|pair| pair[1]);
    let joined = words.iter().filter_map(|word| {
        word.strip_prefix("--output=")
            .or_else(|| word.strip_prefix("-o"))
    });
    let environment = std::env::var("WAMP_OUTPUT").ok();
    let name = separate.chain(joined).find(|name| !name.is_empty());
    OutputArgs {
        output: name
            .or(environment.as_deref())
            .and_then(|name| Format::from_str(name, true).ok()),
        ..OutputArgs::default()
    }
}

/// Clap's message, with the variable in place of the option that has its value from there, and numbers in words of ours.
fn told(error: &clap::Error, words: &[OsString]) -> String {
    let mut text = error.render().to_string();
    if let (Some(ContextValue::String(option)), Some(ContextValue::String(value))) = (
        error.get(ContextKind::InvalidArg),
        error.get(ContextKind::InvalidValue),
    ) && let Some(variable) = variable(option, value, words)
    {
        text = text.replace(&format!(" for '{option}'"), &format!(" in {variable}"));
    }
    for (theirs, ours) in NUMBERS {
        text = text.replace(theirs, ours);
    }
    text
}

/// The variable that an option has this value from, if no word has it.
fn variable(option: &str, value: &str, words: &[OsString]) -> Option<String> {
    let is_typed = |word: &OsString| word.to_str().is_none_or(|word| word.ends_with(value));
    let command = command();
    let mut options = command.get_arguments();
    let name = option.split(' ').next()?.strip_prefix("--");
    let option = options.find(|arg| arg.get_long() == name)?;
    let name = option.get_env()?.to_str()?.to_owned();
    let is_set = std::env::var(&name).is_ok_and(|set| set == value);
    (is_set && !words.iter().any(is_typed)).then_some(name)
}

/// What the standard library and clap say of words that are no such number, and how people would.
const NUMBERS: [(&str, &str); 7] = [
    (
        "invalid digit found in string",
        "write a whole number, 0 or more",
    ),
    (
        "cannot parse integer from empty string",
        "write a whole number",
    ),
    ("number would be zero for non-zero type", "write 1 or more"),
    (
        "number too large to fit in target type",
        "that is more than can be counted",
    ),
    ("0 is not in 1..18446744073709551615", "write 1 or more"),
    ("0 is not in 1..=18446744073709551615", "write 1 or more"),
    ("invalid float literal", "write a number"),
];

/// Takes clap's message apart: `error: …`, indented lines that belong to it, `tip: …`, `Usage: …`. What is left is what is wrong,
/// and what to try.
pub(crate) fn parts(text: &str) -> (String, Vec<String>) {
    let mut message = Vec::new();
    let mut hints = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with("Usage: ") || line.starts_with("For more information") {
            break;
        }
        if let Some(tip) = line.strip_prefix("tip: ") {
            hints.push(tip.to_owned());
        } else {
            message.push(line.strip_prefix("error: ").unwrap_or(line));
        }
    }
    (message.join(" "), hints)
}

fn usage(text: &str, words: &[OsString]) -> CliError {
    let (message, mut hints) = parts(text);
    hints.push(format!("try `wamp{} --help`", named(words)));
    CliError::Usage {
        message,
        hint: Some(hints.join("\n")),
    }
}

/// The command that the words name, and the one below it: ` context add`; nothing if there is none.
fn named(words: &[OsString]) -> String {
    let mut command = command();
    let mut path = String::new();
    for word in words.iter().take_while(|word| *word != "--") {
        if let Some(inner) = command.find_subcommand(word) {
            path = format!("{path} {}", inner.get_name());
            command = inner.clone();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::args::Cli;
    use super::super::terminal::Stream;
    use super::*;

    fn lines(line: &str) -> String {
        let words = line.split(' ').map(Into::into).collect::<Vec<_>>();
        let error = Cli::read(words.clone()).unwrap_err();
        match Instead::new(&error, &words) {
            Instead::Fail(error) => error.lines(&Stream::plain(), false),
            Instead::Tell(text) => text,
        }
    }

    #[test]
    fn usage_errors_look_like_all_others() {
        assert_snapshot!(lines("wamp call p --jobs 3"), @r#"
        wamp: error: unexpected argument '--jobs' found
          hint: to pass '--jobs' as a value, use '-- --jobs'
          hint: try `wamp call --help`
        "#);
        assert_snapshot!(lines("wamp call"), @r#"
        wamp: error: the following required arguments were not provided: <PROC>
          hint: try `wamp call --help`
        "#);
        assert_snapshot!(lines("wamp call p --serializer xml"), @r#"
        wamp: error: invalid value 'xml' for '--serializer <S>': "xml" is none of json, msgpack, cbor
          hint: try `wamp call --help`
        "#);
        assert_snapshot!(lines("wamp subcribe x"), @r#"
        wamp: error: unrecognized subcommand 'subcribe'
          hint: some similar subcommands exist: 'sub', 'subscribe'
          hint: try `wamp --help`
        "#);
        assert_snapshot!(lines("wamp"), @r#"
        wamp: error: no command given
          hint: try `wamp --help`
        "#);
        assert!(lines("wamp --version").starts_with("wamp "));
    }
}
