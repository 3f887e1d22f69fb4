//! Colours: what a word is, and whether it is known.

use std::borrow::Cow;
use std::ops::Range;

use colored::{Colorize as _, control};
use rustyline::highlight::{CmdKind, Highlighter};

use super::super::super::complete::{Place, Wanted};
use super::super::words::{Piece, Word, split};
use super::hint::LONGEST;
use super::language::{Language, innermost, plain};

/// What is set off by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shade {
    Plain,
    /// A command, and one that there is not.
    Command,
    NoCommand,
    /// A procedure that nobody has registered, as far as is known.
    Unknown,
    /// An option.
    Option,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// true, false, null.
    Literal,
    /// The last result.
    Last,
    Comment,
    /// A quote or a bracket that is not closed.
    Open,
}

impl Highlighter for Language {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if line.len() > LONGEST {
            return Cow::Borrowed(line);
        }
        Cow::Owned(render(line, &self.shades(line)))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        control::set_override(true);
        Cow::Owned(prompt.bold().to_string())
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        control::set_override(true);
        Cow::Owned(hint.dimmed().to_string())
    }

    fn highlight_char(&self, line: &str, _: usize, kind: CmdKind) -> bool {
        kind == CmdKind::Other && line.len() <= LONGEST
    }
}

impl Language {
    /// The shade of each byte.
    fn shades(&self, line: &str) -> Vec<Shade> {
        let mut shades = vec![Shade::Plain; line.len()];
        let mut paint = |span: Range<usize>, shade| shades[span].fill(shade);
        let split = split(line);
        for command in &split.commands {
            for (index, word) in command.iter().enumerate() {
                let raw = &line[word.span.clone()];
                let before = innermost(command[..index].iter().map(plain).collect());
                let shade = if before.is_empty() {
                    self.name(&plain(word), word.span.end == line.len())
                } else {
                    self.word(before, word, raw)
                };
                match shade {
                    Some(shade) => paint(word.span.clone(), shade),
                    None => json(raw, word.span.start, &mut paint),
                }
            }
        }
        for comment in split.comments {
            paint(comment, Shade::Comment);
        }
        if let Some(open) = split.open {
            paint(open.place()..open.place() + 1, Shade::Open);
        }
        shades
    }

    /// That of a command's name, which may still be being typed.
    fn name(&self, name: &str, is_last: bool) -> Option<Shade> {
        let begins = |command: &clap::Command| {
            let mut names = command.get_name_and_visible_aliases().into_iter();
            names.any(|other| other.starts_with(name))
        };
        Some(if self.command(name).is_some() {
            Shade::Command
        } else if is_last && self.grammar.get_subcommands().any(begins) {
            Shade::Plain
        } else {
            Shade::NoCommand
        })
    }

    /// That of a word behind its command; `None` if it is a value.
    fn word(&self, mut words: Vec<String>, word: &Word, raw: &str) -> Option<Shade> {
        if words.first().is_some_and(|name| name == "!") {
            return Some(Shade::Plain);
        }
        let is_last = |piece: &Piece| matches!(piece, Piece::Last { .. });
        if let [only] = &*word.pieces
            && is_last(only)
        {
            return Some(Shade::Last);
        }
        let text = plain(word);
        words.push(text.clone());
        let place = Place::read(&self.grammar, &words)?;
        let is_number = text.parse::<f64>().is_ok();
        if place.may_be_option && raw.len() > 1 && raw.starts_with('-') && !is_number {
            return Some(Shade::Option);
        }
        match place.wanted() {
            Some(Wanted::Procedure) if self.is_unknown(&text) => Some(Shade::Unknown),
            Some(Wanted::Payload) => None,
            None if place.command.get_name() == "expect" => None,
            _ => Some(Shade::Plain),
        }
    }

    /// Whether no procedure is so called or begins so, though some are known.
    fn is_unknown(&self, uri: &str) -> bool {
        !uri.is_empty()
            && !uri.contains("$_")
            && self.names.has_procedures()
            && self.names.procedures_like(uri).is_empty()
            && !self
                .names
                .procedures_like("")
                .iter()
                .any(|name| takes(name, uri))
    }
}

/// Whether a name that may be a pattern takes a URI: a prefix that ends in a dot, or a wildcard with nothing between two.
fn takes(name: &str, uri: &str) -> bool {
    if let Some(prefix) = name.strip_suffix('.').filter(|rest| !rest.is_empty()) {
        return uri
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('.'));
    }
    let (mut parts, mut others) = (name.split('.'), uri.split('.'));
    loop {
        match (parts.next(), others.next()) {
            (None, None) => return true,
            (Some(part), Some(other)) if part.is_empty() || part == other => {}
            _ => return false,
        }
    }
}

/// Paints the parts of a value.
fn json(raw: &str, start: usize, paint: &mut impl FnMut(Range<usize>, Shade)) {
    let value = value_of(raw);
    let begin = raw.len() - value.len();
    let mut at = 0;
    let is_json = value.starts_with(['{', '[']);
    while let Some(next) = value[at..].chars().next() {
        let rest = &value[at..];
        let (length, shade) = if next == '"' || next == '\'' && !is_json {
            (quoted(rest, next), Shade::Text)
        } else if rest.starts_with("$_") {
            let path = |next: char| next.is_alphanumeric() || "_.$".contains(next);
            (
                rest.find(|next| !path(next)).unwrap_or(rest.len()),
                Shade::Last,
            )
        } else if next.is_alphanumeric() || "+-._".contains(next) {
            let end = if is_json {
                rest.find(|next: char| !(next.is_alphanumeric() || "+-._".contains(next)))
            } else {
                None
            };
            let length = end.unwrap_or(rest.len());
            (length, scalar(&rest[..length]))
        } else {
            (next.len_utf8(), Shade::Plain)
        };
        let from = start + begin + at;
        paint(from..from + length, shade);
        at += length;
    }
}

/// What stands behind the key of an argument.
fn value_of(raw: &str) -> &str {
    if raw.starts_with(['{', '[', '"', '\'']) {
        return raw;
    }
    raw.split_once('=').map_or(raw, |(_, value)| value)
}

/// How long a quoted text is.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = true; // the quote that opens it
    for (at, next) in text.char_indices() {
        match next {
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if next == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn scalar(text: &str) -> Shade {
    match text {
        "true" | "false" | "null" => Shade::Literal,
        _ if text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && text.parse::<f64>().is_ok() =>
        {
            Shade::Number
        }
        _ => Shade::Plain,
    }
}

/// The line in its colours.
fn render(line: &str, shades: &[Shade]) -> String {
    // The line editor asks for colours only where there are some; the crate's own decision is for the whole process.
    control::set_override(true);
    let mut shown = String::with_capacity(line.len() * 2);
    let mut at = 0;
    for run in shades.chunk_by(|one, other| one == other) {
        let text = &line[at..at + run.len()];
        at += run.len();
        let text = match run[0] {
            Shade::Plain => text.normal(),
            Shade::Command => text.bold(),
            Shade::NoCommand => text.red(),
            Shade::Unknown => text.underline(),
            Shade::Option => text.cyan(),
            Shade::Text => text.green(),
            Shade::Number => text.yellow(),
            Shade::Literal => text.blue(),
            Shade::Last => text.magenta(),
            Shade::Comment => text.dimmed(),
            Shade::Open => text.red().reversed(),
        };
        shown.push_str(&text.to_string());
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::complete::tests::language;
    use super::*;

    /// The line with a letter for each shade below it.
    fn shaded(line: &str) -> String {
        let letter = |shade: &Shade| match shade {
            Shade::Plain => ' ',
            Shade::Command => 'C',
            Shade::NoCommand => '?',
            Shade::Unknown => 'u',
            Shade::Option => 'o',
            Shade::Text => 't',
            Shade::Number => 'n',
            Shade::Literal => 'l',
            Shade::Last => '_',
            Shade::Comment => '#',
            Shade::Open => '!',
        };
        language().shades(line).iter().map(letter).collect()
    }

    #[test]
    fn words_have_the_colours_of_what_they_are() {
        for (line, shades) in [
            ("call com.shoes 1 -2.5 x", "CCCC           n nnnn  "),
            ("call com.nobody a", "CCCC uuuuuuuuuu  "),
            ("nonsense 1", "????????  "),
            ("who", "   "),
            ("pub t x=true y=\"a b\"", "CCC     llll   ttttt"),
            (
                "call com.shoes {\"a\": [1, null]}",
                "CCCC            ttt   n  llll  ",
            ),
            (
                "call com.shoes --timeout 5 $_.x",
                "CCCC           ooooooooo   ____",
            ),
            ("time call com.shoes # so", "CCCC CCCC           ####"),
            ("call 'com", "CCCC !   "),
            ("call com.shoes {\"a\"", "CCCC           !ttt"),
            ("! ls -l 1", "C        "),
        ] {
            assert_eq!(shaded(line), shades, "{line}");
        }
    }

    #[test]
    fn patterns_take_what_they_match() {
        assert!(takes("com.", "com.a.b") && takes("com..b", "com.a.b") && takes(".a", "com.a"));
        assert!(!takes("com.", "comb.a") && !takes("com..b", "com.a.c") && !takes("com", "com.a"));
    }

    proptest! {
        #[test]
        fn colours_change_no_letter(line in "(call |publish |time |! |zz )?[a-z'\"\\\\{}\\[\\];#=: $_.0-9\\n\u{e9}\u{4e00}-]{0,40}") {
            let shown = language().highlight(&line, 0).into_owned();
            let mut text = String::new();
            let mut rest = &*shown;
            while let Some((before, after)) = rest.split_once('\u{1b}') {
                text.push_str(before);
                rest = after.split_once('m').unwrap().1;
            }
            text.push_str(rest);
            prop_assert_eq!(text, line);
        }
    }
}
