//! `$_`: what came of the command before.
//!
//! `$_` is the last result or event as it was printed, `$_.price` and `$_[0]` are parts of it. `$_.args`, `$_.kwargs` and the other
//! keys of the envelope reach all that came with it.

use wampkit::proto::Value;

use super::super::argument;
use super::super::error::CliError;
use super::super::fault::Fault;
use super::super::files::Files;
use super::super::json;
use super::super::output::Envelope;
use super::words::{Piece, Step, Word};

/// The words of a command as the argument grammar is to read them, with the last result in its places.
///
/// A word that is nothing but `$_`, behind its key maybe, stays that very value; in the midst of text it is text.
///
/// # Errors
/// That there is no result yet, or none at that path, with a caret at the word in `line`.
pub(super) fn expand(
    line: &str,
    command: &[Word],
    last: Option<&Envelope>,
) -> Result<Vec<String>, CliError> {
    command
        .iter()
        .map(|word| {
            let fault = |message: String| Fault {
                place: "$_".to_owned(),
                message,
                text: line.to_owned(),
                at: word.span.start,
                hint: None,
            };
            expand_word(word, last).map_err(|message| fault(message).into())
        })
        .collect()
}

fn expand_word(word: &Word, last: Option<&Envelope>) -> Result<String, String> {
    if let [before @ .., Piece::Last { path, json: false }] = &*word.pieces
        && let Some(operator) = operator(before)
    {
        let value = find(last, path)?;
        return Ok(match operator {
            Operator::Argument(key) => argument(key, &value),
            Operator::Json(key) => format!("{key}{}", json::compact(&value)),
        });
    }
    let mut text = String::new();
    for piece in &word.pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Last { path, json } => match find(last, path)? {
                Value::Str(value) if !json => text.push_str(&value),
                value => text.push_str(&json::compact(&value)),
            },
        }
    }
    Ok(text)
}

/// What stands in front of a value that is all the rest of a word.
enum Operator<'a> {
    /// Nothing, or `key=`.
    Argument(&'a str),
    /// `:=`, or `key:=`: JSON has to follow.
    Json(&'a str),
}

fn operator(before: &[Piece]) -> Option<Operator<'_>> {
    let text = match before {
        [] => "",
        [Piece::Text(text)] => text,
        _ => return None,
    };
    match text.strip_suffix('=') {
        None if text.is_empty() => Some(Operator::Argument("")),
        Some(key) if key.ends_with(':') => Some(Operator::Json(text)),
        Some(key) if !key.contains([':', '=', '-']) => Some(Operator::Argument(key)),
        _ => None,
    }
}

/// The word that the argument grammar reads as this value, as plain as it can be: it may be a URI or an id as well.
fn argument(key: &str, value: &Value) -> String {
    let equals = if key.is_empty() { "" } else { "=" };
    let text = match value {
        Value::Str(text) => text.to_string(),
        other => json::compact(other),
    };
    let plain = format!("{key}{equals}{text}");
    // `@` would name a file, and nothing is read here; `-` would begin an option.
    let is_text = matches!(value, Value::Str(_));
    let is_other = text.starts_with('@') || (is_text && text.starts_with('-'));
    let is_same = !is_other
        && argument::read(&plain, "$_", &mut Files::default()).is_ok_and(|read| {
            read.value == *value && read.key.as_deref().unwrap_or_default() == key
        });
    if is_same {
        plain
    } else {
        format!("{key}:={}", json::compact(value))
    }
}

/// The value at the path.
fn find(last: Option<&Envelope>, path: &[Step]) -> Result<Value, String> {
    let last = last.ok_or("there is no result yet")?;
    let whole = match path.first() {
        Some(Step::Key(key)) if ENVELOPE.contains(&&**key) => last.to_value(),
        _ => last.value().unwrap_or(Value::Null),
    };
    let mut value = &whole;
    for step in path {
        let next = match (step, value) {
            (Step::Key(key), Value::Dict(dict)) => dict.get(key),
            (Step::Index(index), Value::List(list)) => list.get(*index),
            _ => None,
        };
        value = next.ok_or_else(|| match step {
            Step::Key(key) => format!("there is no {key} in the last result"),
            Step::Index(index) => format!("there is no [{index}] in the last result"),
        })?;
    }
    Ok(value.clone())
}

/// The keys of an envelope.
const ENVELOPE: [&str; 6] = ["type", "uri", "args", "kwargs", "details", "at"];

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use wampkit::codec::Arguments;
    use wampkit::proto::Dict;

    use super::super::words::split;
    use super::*;

    fn expanded(line: &str, args: Vec<Value>, kwargs: Dict) -> Result<Vec<String>, CliError> {
        let last = Envelope {
            kind: "result",
            uri: Some("com.p".to_owned()),
            arguments: Arguments { args, kwargs },
            details: Dict::new().with("publication", 7),
            at: UNIX_EPOCH,
        };
        expand(line, &split(line).commands[0], Some(&last))
    }

    #[test]
    fn a_value_stays_that_value() {
        for (value, word) in [
            (Value::from(5), "5"),
            (Value::from("com.shop.add"), "com.shop.add"),
            (Value::from("5"), ":=\"5\""),
            (Value::from("a=b"), ":=\"a=b\""),
            (Value::from("@/etc/passwd"), ":=\"@/etc/passwd\""),
            (Value::from("-x"), ":=\"-x\""),
            (Value::from(-5), "-5"),
            (Value::Null, "null"),
            (Value::List(vec![1.into(), "a".into()]), "[1,\"a\"]"),
        ] {
            let words = expanded("p $_", vec![value.clone()], Dict::new()).unwrap();
            assert_eq!(words, ["p", word]);
            let words = expanded("n=$_", vec![value.clone()], Dict::new()).unwrap();
            let read = argument::read(&words[0], "", &mut Files::default()).unwrap();
            assert_eq!((read.key.as_deref(), read.value), (Some("n"), value));
        }
    }

    #[test]
    fn parts_are_reached_from_the_value_or_the_envelope() {
        let kwargs = Dict::new().with("price", 12);
        let args = vec!["hat".into(), 2.into()];
        let line = r#"$_.kwargs.price $_.args[0] "$_.args[0]s" {"n":$_.args} $_.details.publication x:=$_.uri"#;
        assert_eq!(
            expanded(line, args, kwargs).unwrap(),
            [
                "12",
                "hat",
                "hats",
                r#"{"n":["hat",2]}"#,
                "7",
                "x:=\"com.p\""
            ]
        );
        assert_eq!(
            expanded("$_[1]", vec![1.into(), 2.into()], Dict::new()).unwrap(),
            ["2"]
        );
    }

    #[test]
    fn what_is_not_there_is_a_fault_with_its_place() {
        let error = expanded("call p $_.args[3]", vec![], Dict::new()).unwrap_err();
        let CliError::Fault(fault) = error else {
            panic!("{error:?}")
        };
        assert_eq!(fault.at, 7);
        assert_eq!(fault.message, "there is no [3] in the last result");
        assert!(expand("a $_", &split("a $_").commands[0], None).is_err());
    }
}
