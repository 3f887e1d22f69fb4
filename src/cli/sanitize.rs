//! Remote text on its way to a terminal: whatever could move the cursor, hide or reorder text is escaped.
//!
//! Only for terminals and for lines of our own making. Data in a pipe is passed on as it is.

use std::borrow::Cow;

/// Text of several lines: newlines and tabs stay.
pub(crate) fn text(remote: &str) -> Cow<'_, str> {
    escape(remote, |character| !matches!(character, '\n' | '\t'))
}

/// Text inside one of our lines: newlines are escaped too.
pub(crate) fn line(remote: &str) -> Cow<'_, str> {
    escape(remote, |_| true)
}

/// Escapes as JSON does, `\u009b`: inside a JSON string that is the same value, and elsewhere it can be read.
fn escape(remote: &str, also: impl Fn(char) -> bool) -> Cow<'_, str> {
    let harmful = |character: char| is_harmful(character) && also(character);
    if !remote.contains(harmful) {
        return Cow::Borrowed(remote);
    }
    let mut escaped = String::with_capacity(remote.len() + 16);
    for character in remote.chars() {
        if harmful(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Control characters (C0, DEL, C1), bidirectional controls, and characters of no width.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}'                  // soft hyphen
            | '\u{034f}'                // combining grapheme joiner
            | '\u{061c}'                // Arabic letter mark
            | '\u{115f}' | '\u{1160}'   // Hangul fillers
            | '\u{17b4}' | '\u{17b5}'   // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}'   // Mongolian selectors and vowel separator
            | '\u{200b}'..='\u{200f}'   // zero-width space, joiners, direction marks
            | '\u{2028}'..='\u{202e}'   // line and paragraph separator, embeddings and overrides
            | '\u{2060}'..='\u{206f}'   // word joiner, invisible operators, isolates
            | '\u{3164}'                // Hangul filler
            | '\u{feff}'                // byte order mark
            | '\u{ffa0}'                // halfwidth Hangul filler
            | '\u{fff9}'..='\u{fffb}'   // interlinear annotation
            | '\u{1d173}'..='\u{1d17a}' // musical beams and slurs
            | '\u{e0000}'..='\u{e007f}' // tags
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_untouched() {
        for harmless in [
            "",
            "plain",
            "naïve café ☕ 日本語",
            "tab\tand\nnewline",
            "👍🏽",
        ] {
            assert!(matches!(text(harmless), Cow::Borrowed(_)), "{harmless}");
        }
    }

    #[test]
    fn controls_directions_and_zero_widths_are_escaped() {
        assert_eq!(text("\u{1b}[2Jgone"), r"\u001b[2Jgone");
        assert_eq!(text("\r\u{7f}\u{9b}"), r"\u000d\u007f\u009b");
        assert_eq!(text("abc\u{202e}fdp.exe"), r"abc\u202efdp.exe");
        assert_eq!(text("a\u{200b}b\u{feff}"), r"a\u200bb\ufeff");
        assert_eq!(text("\u{e0041}"), r"\udb40\udc41");
        assert_eq!(line("two\nlines"), r"two\u000alines");
    }
}
