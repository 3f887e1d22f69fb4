//! A line of the REPL taken apart: commands and their words.
//!
//! - Blanks end words, `;` and the end of a line end commands, `#` in front of a word begins a comment.
//! - `'…'` and `"…"` are quotes and `\` an escape as in a shell; nothing is expanded but `$_`, and that not in `'…'`.
//! - A `{` or `[` where a value begins opens JSON, which is one word up to the bracket that closes it, with its quotes.
//! - `! …` is for the shell, up to the end of the line; where commands are [`Layout::Joined`], up to the next `;` that is not quoted.
//!
//! Every word knows where it stands, for carets, colours and completion. What is open at the end is told as well: the line
//! then goes on.

use std::fmt;
use std::ops::Range;

/// A line, or several.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) commands: Vec<Vec<Word>>,
    /// What the last word lacks.
    pub(crate) open: Option<Open>,
    /// Where comments are.
    pub(crate) comments: Vec<Range<usize>>,
}

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) pieces: Vec<Piece>,
    /// Where it stands in the line, in bytes.
    pub(crate) span: Range<usize>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// This text.
    Text(String),
    /// The last result, or what is at this path in it; `json` where it is part of JSON.
    Last { path: Vec<Step>, json: bool },
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.key`
    Key(String),
    /// `[index]`
    Index(usize),
}

/// What is open at the end of a line, and since where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// A quote of this kind.
    Quote(char, usize),
    /// A bracket of this kind.
    Bracket(char, usize),
    /// A backslash.
    Escape(usize),
}

impl Open {
    /// Where it was opened.
    pub(crate) const fn place(self) -> usize {
        match self {
            Self::Quote(_, place) | Self::Bracket(_, place) | Self::Escape(place) => place,
        }
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quote(kind, _) | Self::Bracket(kind, _) => write!(f, "the {kind} is not closed"),
            Self::Escape(_) => f.write_str("nothing follows the \\"),
        }
    }
}

impl Word {
    /// A word that has no `$_` in it.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

/// How commands are laid out, which says where one for the shell ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Each on a line of its own, as they are typed: the rest of the line is for the shell.
    Lines,
    /// Joined by `;`: so is what stands behind a command for the shell, and it is not for the shell.
    Joined,
}

/// Takes a line apart. Every line can be: see [`Line::open`].
pub(crate) fn split(line: &str) -> Line {
    split_as(Layout::Lines, line)
}

/// Takes a line apart that is laid out so.
pub(crate) fn split_as(layout: Layout, line: &str) -> Line {
    Splitter {
        layout,
        line,
        at: 0,
    }
    .line()
}

struct Splitter<'a> {
    layout: Layout,
    line: &'a str,
    at: usize,
}

impl Splitter<'_> {
    fn line(mut self) -> Line {
        let mut line = Line::default();
        let mut command = Vec::new();
        while let Some(next) = self.peek() {
            match next {
                '\n' | ';' => {
                    self.skip(next);
                    end(&mut command, &mut line.commands);
                }
                blank if blank.is_whitespace() => self.skip(blank),
                '#' => {
                    let start = self.at;
                    self.rest();
                    line.comments.push(start..self.at);
                }
                '!' if command.is_empty() => {
                    let start = self.at;
                    self.skip('!');
                    command.push(word("!".to_owned(), start..self.at));
                    let start = self.at;
                    let text = self.shell_command().trim().to_owned();
                    command.push(word(text, start..self.at));
                }
                _ => {
                    let (word, open) = self.word();
                    command.push(word);
                    line.open = open;
                }
            }
        }
        end(&mut command, &mut line.commands);
        line
    }

    /// What is up to the end of the line.
    fn rest(&mut self) -> String {
        let rest = &self.line[self.at..];
        let rest = rest.split('\n').next().unwrap_or_default();
        self.at += rest.len();
        rest.to_owned()
    }

    /// What is for the shell.
    fn shell_command(&mut self) -> &str {
        let start = self.at;
        let rest = self.rest();
        if self.layout == Layout::Joined {
            self.at = start + unquoted_semicolon(&rest).unwrap_or(rest.len());
        }
        &self.line[start..self.at]
    }

    fn word(&mut self) -> (Word, Option<Open>) {
        let start = self.at;
        let mut pieces = Pieces::default();
        let mut open = None;
        while let Some(next) = self.peek() {
            match next {
                ';' => break,
                blank if blank.is_whitespace() => break,
                '\'' => open = self.quoted(&mut pieces),
                '"' => open = self.double_quoted(&mut pieces),
                '\\' => open = self.escaped(&mut pieces),
                '{' | '[' if self.begins_value(start) => open = self.json(&mut pieces),
                '$' if self.last(&mut pieces, false) => {}
                other => {
                    self.skip(other);
                    pieces.push(other);
                }
            }
        }
        let span = start..self.at;
        let pieces = pieces.finish();
        (Word { pieces, span }, open)
    }

    /// Whether a value begins here: at the start of a word, or behind its `=`.
    fn begins_value(&self, start: usize) -> bool {
        self.at == start || self.line[..self.at].ends_with('=')
    }

    fn quoted(&mut self, pieces: &mut Pieces) -> Option<Open> {
        let start = self.at;
        self.skip('\'');
        let text = self.line[self.at..].split('\'').next().unwrap_or_default();
        pieces.text(text);
        self.at += text.len();
        self.close('\'', start)
    }

    /// The end of a quote that was opened there.
    fn close(&mut self, quote: char, start: usize) -> Option<Open> {
        if self.peek() == Some(quote) {
            self.skip(quote);
            None
        } else {
            Some(Open::Quote(quote, start))
        }
    }

    fn double_quoted(&mut self, pieces: &mut Pieces) -> Option<Open> {
        let start = self.at;
        self.skip('"');
        pieces.text(""); // so that `""` is a word too
        while let Some(next) = self.peek().filter(|next| *next != '"') {
            self.skip(next);
            match (next, self.peek()) {
                ('\\', Some(escaped @ ('"' | '\\' | '$'))) => {
                    self.skip(escaped);
                    pieces.push(escaped);
                }
                ('$', _) => {
                    self.at -= 1;
                    if !self.last(pieces, false) {
                        self.skip('$');
                        pieces.push('$');
                    }
                }
                _ => pieces.push(next),
            }
        }
        self.close('"', start)
    }

    fn escaped(&mut self, pieces: &mut Pieces) -> Option<Open> {
        let start = self.at;
        self.skip('\\');
        match self.peek() {
            Some('\n') => self.skip('\n'),
            Some(escaped) => {
                self.skip(escaped);
                pieces.push(escaped);
            }
            None => return Some(Open::Escape(start)),
        }
        None
    }

    /// JSON up to the bracket that closes the one here. Whether it is JSON is for those to say who read the word.
    fn json(&mut self, pieces: &mut Pieces) -> Option<Open> {
        let mut brackets = Vec::new();
        let mut quote = None;
        while let Some(next) = self.peek() {
            let place = self.at;
            match (next, quote) {
                ('$', None) if self.last(pieces, true) => continue,
                ('"', None) => quote = Some(place),
                ('"', Some(_)) => quote = None,
                ('\\', Some(_)) => {
                    self.skip(next);
                    pieces.push(next);
                    let Some(escaped) = self.peek() else { break };
                    self.skip(escaped);
                    pieces.push(escaped);
                    continue;
                }
                ('{' | '[', None) => brackets.push((next, place)),
                ('}' | ']', None) => {
                    brackets.pop();
                }
                _ => {}
            }
            self.skip(next);
            pieces.push(next);
            if brackets.is_empty() {
                return None;
            }
        }
        let bracket = brackets
            .last()
            .map(|(kind, place)| Open::Bracket(*kind, *place));
        quote.map(|place| Open::Quote('"', place)).or(bracket)
    }

    /// `$_` and the path behind it, if that is what is here.
    fn last(&mut self, pieces: &mut Pieces, json: bool) -> bool {
        let Some(rest) = self.line[self.at..].strip_prefix("$_") else {
            return false;
        };
        if rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') {
            return false;
        }
        let (path, length) = path(rest);
        self.at += 2 + length;
        pieces.last(path, json);
        true
    }

    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn skip(&mut self, character: char) {
        self.at += character.len_utf8();
    }
}

/// Where a command of the shell has its first `;` that is neither quoted nor escaped.
fn unquoted_semicolon(command: &str) -> Option<usize> {
    let mut quote = None;
    let mut characters = command.char_indices();
    while let Some((at, next)) = characters.next() {
        match (next, quote) {
            (';', None) => return Some(at),
            ('\\', None | Some('"')) => drop(characters.next()),
            ('\'' | '"', None) => quote = Some(next),
            (_, Some(open)) if next == open => quote = None,
            _ => {}
        }
    }
    None
}

/// The steps that the text begins with, and their length.
fn path(text: &str) -> (Vec<Step>, usize) {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        if let Some(key) = rest.strip_prefix('.') {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let length = key.bytes().take_while(|byte| is_part(*byte)).count();
            if length == 0 {
                break;
            }
            steps.push(Step::Key(key[..length].to_owned()));
            rest = &key[length..];
        } else if let Some((index, more)) = rest
            .strip_prefix('[')
            .and_then(|index| index.split_once(']'))
            .and_then(|(index, more)| Some((index.parse().ok()?, more)))
        {
            steps.push(Step::Index(index));
            rest = more;
        } else {
            break;
        }
    }
    (steps, text.len() - rest.len())
}

fn word(text: String, span: Range<usize>) -> Word {
    let pieces = vec![Piece::Text(text)];
    Word { pieces, span }
}

/// Ends a command, if one was begun.
fn end(command: &mut Vec<Word>, commands: &mut Vec<Vec<Word>>) {
    if !command.is_empty() {
        commands.push(std::mem::take(command));
    }
}

/// The parts of a word, texts that meet being one.
#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.0.push(Piece::Text(text.to_owned())),
        }
    }

    fn push(&mut self, character: char) {
        self.text(character.encode_utf8(&mut [0; 4]));
    }

    fn last(&mut self, path: Vec<Step>, json: bool) {
        self.0.push(Piece::Last { path, json });
    }

    fn finish(self) -> Vec<Piece> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(line: &str) -> Vec<Vec<String>> {
        let text = |word: &Word| {
            let piece = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Last { path, json } => format!("<{path:?} {json}>"),
            };
            word.pieces.iter().map(piece).collect()
        };
        let split = split(line);
        assert_eq!(split.open, None, "{line}");
        let command = |command: &Vec<Word>| command.iter().map(text).collect();
        split.commands.iter().map(command).collect()
    }

    #[test]
    fn words_are_those_of_a_shell() {
        assert_eq!(words("call p 1 two"), [["call", "p", "1", "two"]]);
        assert_eq!(
            words(r#"a 'b c' "d \" $x" e\ f ''"#),
            [["a", "b c", "d \" $x", "e f", ""]]
        );
        assert_eq!(words("a;b # and so on; c\n d"), [["a"], ["b"], ["d"]]);
        assert_eq!(words("a#b c\\\nd"), [["a#b", "cd"]]);
        assert_eq!(words(" ;; \n"), [[""; 0]; 0]);
        assert_eq!(words("! ls | wc -l; pwd"), [["!", "ls | wc -l; pwd"]]);
    }

    #[test]
    fn among_joined_commands_that_of_the_shell_ends_with_its_semicolon() {
        let texts = |line| {
            let commands = split_as(Layout::Joined, line).commands;
            let text = |word: &Word| word.literal().unwrap_or_default().to_owned();
            let texts = commands
                .iter()
                .map(|words| words.iter().map(text).collect());
            texts.collect::<Vec<Vec<_>>>()
        };
        assert_eq!(
            texts("! ls | wc -l; pwd"),
            [vec!["!", "ls | wc -l"], vec!["pwd"]]
        );
        assert_eq!(
            texts(r#"! echo 'a;' "b\";" c\; d; pwd"#),
            [vec!["!", r#"echo 'a;' "b\";" c\; d"#], vec!["pwd"]]
        );
        assert_eq!(texts("! a\nb"), [vec!["!", "a"], vec!["b"]]);
    }

    #[test]
    fn json_is_one_word_with_its_quotes() {
        assert_eq!(
            words(r#"call p {"a": [1, "}"]} x=[1, 2] y:={"it's": "\""}"#),
            [[
                "call",
                "p",
                r#"{"a": [1, "}"]}"#,
                "x=[1, 2]",
                r#"y:={"it's": "\""}"#
            ]]
        );
        // Elsewhere a bracket is a character.
        assert_eq!(words("a[1 b"), [["a[1", "b"]]);
    }

    #[test]
    fn the_last_result_is_found_by_its_path() {
        assert_eq!(
            words("echo $_ '$_' \\$_ $_x"),
            [["echo", "<[] false>", "$_", "$_", "$_x"]]
        );
        let last = split(r#"p n=$_.args[0].x {"a":$_[1]} "is $_.""#)
            .commands
            .remove(0);
        let key = |key: &str| Step::Key(key.to_owned());
        assert_eq!(
            last[1].pieces,
            [
                Piece::Text("n=".to_owned()),
                Piece::Last {
                    path: vec![key("args"), Step::Index(0), key("x")],
                    json: false
                }
            ]
        );
        assert_eq!(
            last[2].pieces[1],
            Piece::Last {
                path: vec![Step::Index(1)],
                json: true
            }
        );
        assert_eq!(last[3].pieces.last(), Some(&Piece::Text(".".to_owned())));
    }

    #[test]
    fn what_is_open_is_told() {
        assert_eq!(split("call 'a").open, Some(Open::Quote('\'', 5)));
        assert_eq!(split("call \"a\\\"").open, Some(Open::Quote('"', 5)));
        assert_eq!(split("call {\"a\":[1").open, Some(Open::Bracket('[', 10)));
        assert_eq!(split("call {\"a").open, Some(Open::Quote('"', 6)));
        assert_eq!(split("call \\").open, Some(Open::Escape(5)));
        assert_eq!(split("call {\"a\n\": 1}").open, None);
    }

    proptest! {
        #[test]
        fn any_line_can_be_taken_apart(line in "[a-z'\"\\\\{}\\[\\];# $_.!0\\n\u{e9}]{0,40}") {
            let split = split(&line);
            let mut end = 0;
            for word in split.commands.iter().flatten() {
                prop_assert!(word.span.start >= end && word.span.end <= line.len());
                prop_assert!(line.get(word.span.clone()).is_some());
                end = word.span.end;
            }
            prop_assert!(split.open.is_none_or(|open| open.place() < line.len()));
        }

        #[test]
        fn what_is_quoted_stays_as_it_is(text in "[^']{0,20}") {
            let split = split(&format!("a '{text}' b"));
            prop_assert_eq!(split.commands.len(), 1);
            prop_assert_eq!(split.commands[0][1].literal(), Some(&*text));
        }
    }
}
