//! What a stream is: a terminal or not, with colours or not.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use colored::Colorize as _;
use console::Term;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE).
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// An output stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream {
    /// Whether it is a terminal: layout and escaping depend on that.
    pub(crate) terminal: bool,
    /// Whether to use colours.
    pub(crate) color: bool,
}

/// What is set off by colour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paint {
    /// The start of an error line.
    Error,
    /// The start of a hint.
    Hint,
    /// A topic in front of an event.
    Topic,
    /// The first line of a table.
    Heading,
}

impl Stream {
    /// Standard output.
    pub(crate) fn stdout(choice: ColorChoice) -> Self {
        Self::new(choice, io::stdout().is_terminal())
    }

    /// Standard error.
    pub(crate) fn stderr(choice: ColorChoice) -> Self {
        Self::new(choice, io::stderr().is_terminal())
    }

    /// No terminal, no colours.
    pub(crate) const fn plain() -> Self {
        Self {
            terminal: false,
            color: false,
        }
    }

    fn new(choice: ColorChoice, terminal: bool) -> Self {
        let set = |name| {
            let value = std::env::var_os(name).unwrap_or_default();
            !value.is_empty() && value != "0"
        };
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let capable = terminal && !is_dumb();
        Self {
            terminal,
            color: colorful(choice, capable, no_color, set("CLICOLOR_FORCE")),
        }
    }

    /// Whether it is a terminal where a line can be drawn over.
    pub(crate) fn moves(&self) -> bool {
        self.terminal && !is_dumb()
    }

    /// Whether what reads it shows characters beyond ASCII: the locale says so, and a terminal is not dumb.
    pub(crate) fn has_blocks(&self) -> bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"];
        is_utf8(names.map(std::env::var_os)) && !(self.terminal && is_dumb())
    }

    /// How many columns it has now, if it is standard output and a terminal that says so.
    pub(crate) fn columns(&self) -> Option<usize> {
        let (_, columns) = Term::stdout().size_checked().filter(|_| self.terminal)?;
        (columns > 0).then_some(columns.into())
    }

    /// The text in its colour, or as it is.
    pub(crate) fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        // The decision is made here for each stream; the crate's own is for the whole process.
        colored::control::set_override(true);
        match paint {
            Paint::Error => text.red().bold(),
            Paint::Hint => text.cyan(),
            Paint::Topic => text.green(),
            Paint::Heading => text.bold(),
        }
        .to_string()
    }
}

/// Whether the terminal can do no more than print.
fn is_dumb() -> bool {
    dumb(std::env::var_os("TERM").as_deref())
}

/// TERM says so, or says nothing.
fn dumb(term: Option<&OsStr>) -> bool {
    term.is_none_or(|term| term.is_empty() || term == "dumb")
}

/// The first of the variables that says something says it of the characters (POSIX, 8.2).
fn is_utf8(locale: [Option<OsString>; 3]) -> bool {
    let mut set = locale.into_iter().flatten();
    set.find(|value| !value.is_empty()).is_some_and(|value| {
        let name = value.to_string_lossy().to_lowercase();
        // What may stand behind an @ is not about characters.
        let name = name.split('@').next().unwrap_or_default();
        name.ends_with(".utf-8") || name.ends_with(".utf8")
    })
}

/// The option first, then NO_COLOR, then CLICOLOR_FORCE, then whether the stream is a terminal that knows colours.
const fn colorful(choice: ColorChoice, capable: bool, no_color: bool, force: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => !no_color && (force || capable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_beats_the_environment_beats_the_terminal() {
        assert!(colorful(ColorChoice::Always, false, true, false));
        assert!(!colorful(ColorChoice::Never, true, false, true));
        assert!(!colorful(ColorChoice::Auto, true, true, true));
        assert!(colorful(ColorChoice::Auto, false, false, true));
        assert!(colorful(ColorChoice::Auto, true, false, false));
        assert!(!colorful(ColorChoice::Auto, false, false, false));
    }

    #[test]
    fn the_locale_says_which_characters_there_are() {
        let is_utf8 = |locale: [&str; 3]| {
            is_utf8(locale.map(|value| (value != "-").then(|| OsString::from(value))))
        };
        assert!(is_utf8(["-", "-", "en_GB.UTF-8"]));
        assert!(is_utf8(["", "C.utf8", "C"]));
        assert!(is_utf8(["-", "de_DE.UTF-8@euro", "C"]));
        assert!(!is_utf8(["C", "C.UTF-8", "C.UTF-8"]));
        assert!(!is_utf8(["-", "-", "-"]));
    }

    #[test]
    fn a_terminal_is_dumb_that_says_so_or_nothing() {
        assert!(dumb(Some(OsStr::new("dumb"))));
        assert!(dumb(Some(OsStr::new(""))));
        assert!(dumb(None));
        assert!(!dumb(Some(OsStr::new("xterm-256color"))));
    }
}
