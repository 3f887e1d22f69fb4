//! What the line editor knows of the lines: the words, the definition of the commands, and the names.
//!
//! Nothing here waits: it is asked at every key. What completes, hints and colours have of it is in their files.

use std::sync::Arc;

use clap::Command;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};

use super::super::names::Names;
use super::super::words::{Open, Word, split};
use super::gate::Gate;

/// What is known of the lines.
pub(super) struct Language {
    pub(super) grammar: Command,
    pub(super) names: Arc<Names>,
    pub(super) color: bool,
    pub(super) gate: Arc<Gate>,
}

/// The word that a cursor stands in, or in front of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The words in front of it, from the name of its command on.
    pub(super) before: Vec<String>,
    /// What of it is typed.
    pub(super) typed: String,
    /// The quote that it stands in.
    pub(super) quote: Option<char>,
}

impl Language {
    pub(super) const fn new(
        grammar: Command,
        names: Arc<Names>,
        color: bool,
        gate: Arc<Gate>,
    ) -> Self {
        Self {
            grammar,
            names,
            color,
            gate,
        }
    }

    /// The command of this name, an alias perhaps.
    pub(super) fn command(&self, name: &str) -> Option<&Command> {
        self.grammar.find_subcommand(name)
    }
}

impl Spot {
    /// That of a cursor at the end of this text. There is none in comments, and none where JSON is open.
    pub(super) fn of(text: &str) -> Option<Self> {
        // A letter at the cursor makes a word of it, whatever it is.
        let with_letter = format!("{text}x");
        let split = split(&with_letter);
        let (last, words) = split.commands.last()?.split_last()?;
        if last.span.end != with_letter.len() {
            return None;
        }
        let quote = match split.open {
            None => None,
            Some(Open::Quote(quote, _)) => Some(quote),
            Some(_) => return None,
        };
        let mut typed = last.literal()?.to_owned();
        typed.pop();
        // Where the typed text is not what stands there, because of a quote or a backslash within, nothing can be put in its place.
        let is_as_typed = text.ends_with(&*typed);
        let before = words.iter().map(plain).collect();
        let before = innermost(before);
        is_as_typed.then_some(Self {
            before,
            typed,
            quote,
        })
    }

    /// All words, that at the cursor too.
    pub(super) fn words(&self) -> Vec<String> {
        let typed = std::iter::once(&self.typed);
        self.before.iter().chain(typed).cloned().collect()
    }
}

/// A word as it stands, without a value for `$_`.
pub(super) fn plain(word: &Word) -> String {
    word.literal().unwrap_or("$_").to_owned()
}

/// The words of the command that others run: what stands behind `time`, or behind the `--` of `expect`.
pub(super) fn innermost(mut words: Vec<String>) -> Vec<String> {
    loop {
        let outer = match words.first().map(String::as_str) {
            Some("time") => Some(0),
            Some("expect") => words.iter().position(|word| word == "--"),
            _ => None,
        };
        match outer {
            Some(last) => drop(words.drain(..=last)),
            None => return words,
        }
    }
}

impl rustyline::Helper for Language {}

impl Validator for Language {
    /// An open quote or bracket goes on in the next line.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match split(context.input()).open {
            Some(_) => ValidationResult::Incomplete,
            None => ValidationResult::Valid(None),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_the_cursor() {
        let spot = |text| Spot::of(text).map(|spot| (spot.before.join(" "), spot.typed));
        let some = |before: &str, typed: &str| Some((before.to_owned(), typed.to_owned()));
        assert_eq!(spot(""), some("", ""));
        assert_eq!(spot("ca"), some("", "ca"));
        assert_eq!(spot("call "), some("call", ""));
        assert_eq!(spot("jobs; call com.s"), some("call", "com.s"));
        assert_eq!(spot("jobs;"), some("", ""));
        assert_eq!(spot("call p\nls "), some("ls", ""));
        assert_eq!(spot("call $_ x=@f"), some("call $_", "x=@f"));
        assert_eq!(spot("time call com"), some("call", "com"));
        assert_eq!(spot("expect --error a.b -- call com"), some("call", "com"));
        assert_eq!(spot("expect "), some("expect", ""));
        assert_eq!(spot("call 'com.s"), some("call", "com.s"));
        assert_eq!(Spot::of("call \"com").unwrap().quote, Some('"'));
        assert_eq!(spot("# ca"), None);
        assert_eq!(spot("call {\"a\": [1, "), None);
        assert_eq!(spot("call com\"."), None);
    }
}
