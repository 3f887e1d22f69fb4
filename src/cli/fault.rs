//! A fault in what was typed or read: where it is, shown with a caret under it.

use std::fmt;

use super::sanitize;

/// A fault at one place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where the text comes from: `argument 2`, `--args`, `item.json`.
    pub(crate) place: String,
    /// What is wrong.
    pub(crate) message: String,
    /// The text, as it was given.
    pub(crate) text: String,
    /// Byte offset of the fault.
    pub(crate) at: usize,
    /// What to try, if there is something.
    pub(crate) hint: Option<String>,
}

impl Fault {
    /// The line of the text that has the fault, and a caret under it. Of a long line only the part around it.
    pub(crate) fn excerpt(&self) -> String {
        let (text, at) = self.spot();
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..]
            .find('\n')
            .map_or(text.len(), |newline| at + newline);
        let before = text[start..at].chars().rev().take(BEFORE);
        let mut before = before.collect::<Vec<_>>();
        before.reverse();
        let before = before.into_iter().collect::<String>();
        let after = text[at..end].chars().take(AFTER).collect::<String>();
        let (before, after) = (sanitize::line(&before), sanitize::line(&after));
        let indent = " ".repeat(before.chars().count());
        format!("{before}{after}\n{indent}^")
    }

    /// The number of the line that has the fault, from 1, if the text has several.
    fn line(&self) -> Option<usize> {
        let (text, at) = self.spot();
        text.contains('\n')
            .then(|| text[..at].matches('\n').count() + 1)
    }

    /// The text, and where in it the fault is. What is missing is missed behind the last line, not below it.
    fn spot(&self) -> (&str, usize) {
        let text = self.text.trim_end_matches('\n');
        (text, text.floor_char_boundary(self.at))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(line) = self.line() {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// How many characters of the faulty line are shown before the fault and from it on: together they fit a narrow terminal.
const BEFORE: usize = 40;
const AFTER: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str, at: usize) -> Fault {
        Fault {
            place: "argument 1".to_owned(),
            message: "wrong".to_owned(),
            text: text.to_owned(),
            at,
            hint: None,
        }
    }

    #[test]
    fn the_caret_is_under_the_fault() {
        assert_eq!(fault("p:={1}", 4).excerpt(), "p:={1}\n    ^");
        assert_eq!(fault("p:=[1", 5).excerpt(), "p:=[1\n     ^");
        assert_eq!(fault("é\u{1b}x", 3).excerpt(), "é\\u001bx\n       ^");
        let several = fault("[1,\n x]\n", 5);
        assert_eq!(several.excerpt(), " x]\n ^");
        assert_eq!(several.to_string(), "argument 1, line 2: wrong");
        let open = fault("[1\n", 3);
        assert_eq!(open.excerpt(), "[1\n  ^");
        assert_eq!(open.to_string(), "argument 1: wrong");
    }

    #[test]
    fn of_a_long_line_only_the_part_around_it_is_shown() {
        let long = "x".repeat(500);
        let excerpt = fault(&long, 250).excerpt();
        assert_eq!(excerpt, format!("{}\n{}^", "x".repeat(70), " ".repeat(40)));
    }
}
