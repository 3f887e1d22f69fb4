//! The argument grammar: words of the command line to values.
//!
//! | word | value |
//! |---|---|
//! | `2` `true` `null` `[1,2]` `{"a":1}` | a JSON literal: that value |
//! | `hello` `007` `nan` | anything else: a string |
//! | `:s=TEXT` | always a string |
//! | `:=JSON` | must be JSON |
//! | `@FILE` `:=@FILE` | a file's content, as text or as JSON; `@-` is standard input |
//! | `:b=@FILE` `:b=BASE64` | binary |
//!
//! Each form with a key in front of it (`KEY=2`, `KEY:s=TEXT`, `KEY=@FILE`) is a keyword argument. Nothing here reads a
//! file by itself: that is what [`Files`] is for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, DictFields, Value};

use super::error::CliError;
use super::fault::Fault;
use super::files::Files;
use super::json::{self, JsonFault};

/// One word, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    /// The key, if it is a keyword argument.
    pub(crate) key: Option<String>,
    /// Its value.
    pub(crate) value: Value,
}

/// Positional and keyword arguments from words.
///
/// # Errors
/// A word that is not what it says it is, a file that cannot be read, a keyword given twice.
pub(crate) fn arguments(words: &[String], files: &mut Files) -> Result<Arguments, CliError> {
    let mut arguments = Arguments::default();
    for (index, word) in words.iter().enumerate() {
        let place = format!("argument {}", index + 1);
        let argument = read(word, &place, files)?;
        let Some(key) = argument.key else {
            arguments.args.push(argument.value);
            continue;
        };
        if arguments.kwargs.get(&key).is_some() {
            return Err(whole(&place, word, format!("the keyword {key} is given twice")).into());
        }
        arguments.kwargs.push(key, argument.value);
    }
    Ok(arguments)
}

/// Typed options from the words of `--option`.
///
/// # Errors
/// As [`arguments`]; a word without a key; a value that is not of the option's type.
pub(crate) fn options<T: DictFields>(words: &[String], files: &mut Files) -> Result<T, CliError> {
    let mut options = T::default();
    let mut given = Vec::new();
    for word in words {
        let argument = read(word, "--option", files)?;
        let Some(key) = argument.key else {
            let fault = whole("--option", word, "expected KEY=VALUE".to_owned());
            return Err(fault.into());
        };
        if given.contains(&key) {
            let message = format!("the option {key} is given twice");
            return Err(whole("--option", word, message).into());
        }
        given.push(key.clone());
        options
            .set(key.into(), argument.value)
            .map_err(|violation| whole("--option", word, violation.to_string()))?;
    }
    Ok(options)
}

/// The value of `--args`: a JSON list, or `@FILE` with one.
///
/// # Errors
/// What is no JSON, or no list.
pub(crate) fn list(text: &str, files: &mut Files) -> Result<Vec<Value>, CliError> {
    match document("--args", text, files)? {
        Value::List(items) => Ok(items),
        other => Err(unexpected("--args", text, "a list", &other)),
    }
}

/// The value of `--kwargs`: a JSON object, or `@FILE` with one.
///
/// # Errors
/// What is no JSON, or no object.
pub(crate) fn dictionary(text: &str, files: &mut Files) -> Result<Dict, CliError> {
    match document("--kwargs", text, files)? {
        Value::Dict(dict) => Ok(dict),
        other => Err(unexpected("--kwargs", text, "a dictionary", &other)),
    }
}

/// The value of `--authextra`: a JSON object, or `@FILE` with one.
///
/// # Errors
/// What is no JSON, or no object.
pub(crate) fn authextra(text: &str) -> Result<Dict, CliError> {
    match document("--authextra", text, &mut Files::default())? {
        Value::Dict(dict) => Ok(dict),
        other => Err(unexpected("--authextra", text, "a dictionary", &other)),
    }
}

/// The value of `--input`: a whole envelope as `-o json` prints it, or `@FILE` with one. Only its `args` and `kwargs` count.
///
/// # Errors
/// What is no JSON or no envelope.
pub(crate) fn envelope(text: &str, files: &mut Files) -> Result<Arguments, CliError> {
    match document("--input", text, files)? {
        Value::Dict(dict) => payload("--input", text, dict),
        other => Err(unexpected("--input", text, "a dictionary", &other)),
    }
}

/// What a line of JSON stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Line {
    /// The `type` of the envelope, if it is one that has any.
    pub(crate) kind: Option<String>,
    /// Its `uri`.
    pub(crate) uri: Option<String>,
    /// Its payload.
    pub(crate) arguments: Arguments,
}

/// A line of JSON at `place`: an envelope, or at least its `args` or `kwargs`; any other value is the one argument.
///
/// # Errors
/// What is no JSON; an envelope that has more or other than what belongs there.
pub(crate) fn line(text: &str, place: &str) -> Result<Line, CliError> {
    let source = Source {
        place,
        word: text,
        start: 0,
        text,
    };
    match json::parse(text).map_err(|fault| source.fault(fault))? {
        Value::Dict(dict) if dict.get("args").or_else(|| dict.get("kwargs")).is_some() => {
            let text_of = |key| dict.get(key).and_then(Value::as_str).map(str::to_owned);
            Ok(Line {
                kind: text_of("type"),
                uri: text_of("uri"),
                arguments: payload(place, text, dict)?,
            })
        }
        value => Ok(Line {
            arguments: Arguments {
                args: vec![value],
                ..Arguments::default()
            },
            ..Line::default()
        }),
    }
}

/// The `args` and `kwargs` of an envelope that was read. `place` and `text` say for error lines where it stands, and what
/// stands there.
///
/// # Errors
/// What is no envelope.
pub(crate) fn payload(place: &str, text: &str, envelope: Dict) -> Result<Arguments, CliError> {
    let mut arguments = Arguments::default();
    let of_wrong_kind = |key: &str, expected, found: &Value| {
        let message = format!("expected {expected}, found {}", found.kind());
        let fault = whole(&format!("{key} of {place}"), text, message);
        CliError::from(Fault {
            at: json::value_at(text, key),
            ..fault
        })
    };
    for (key, value) in envelope {
        match (&*key, value) {
            ("args", Value::List(args)) => arguments.args = args,
            ("kwargs", Value::Dict(kwargs)) => arguments.kwargs = kwargs,
            ("args" | "kwargs", Value::Null) => {}
            ("args", other) => return Err(of_wrong_kind("args", "a list", &other)),
            ("kwargs", other) => return Err(of_wrong_kind("kwargs", "a dictionary", &other)),
            ("type" | "uri" | "details" | "at" | "message" | "hint" | "exit", _) => {}
            (unknown, _) => {
                let message = format!("an envelope has no {unknown:?}");
                let hint = "its keys are type, uri, args, kwargs, details and at".to_owned();
                let fault = Fault {
                    at: json::value_at(text, unknown),
                    hint: Some(hint),
                    ..whole(place, text, message)
                };
                return Err(fault.into());
            }
        }
    }
    Ok(arguments)
}

/// One word by the grammar. `place` says for error lines where the word stands.
///
/// # Errors
/// A word that is not what it says it is, or a file that cannot be read.
pub(crate) fn read(word: &str, place: &str, files: &mut Files) -> Result<Argument, CliError> {
    let (key, form, start) = split(word);
    let source = Source {
        place,
        word,
        start,
        text: &word[start..],
    };
    let value = match form {
        Form::Bare => source.bare(files),
        Form::Text => Ok(Value::from(source.text)),
        Form::Json => source.json(files),
        Form::Binary => source.binary(files),
    };
    Ok(Argument {
        key: key.map(str::to_owned),
        value: value?,
    })
}

/// How the text of a word is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON if it is some, else a string.
    Bare,
    /// `:s=`: a string.
    Text,
    /// `:=`: JSON.
    Json,
    /// `:b=`: binary.
    Binary,
}

/// Takes a word apart: its key, its form, and where its text starts.
pub(crate) fn split(word: &str) -> (Option<&str>, Form, usize) {
    let key_length = key_length(word);
    let operator = [
        (":s=", Form::Text),
        (":b=", Form::Binary),
        (":=", Form::Json),
        ("=", Form::Bare),
    ]
    .into_iter()
    .find(|(operator, _)| word[key_length..].starts_with(operator));
    match operator {
        Some((operator, form)) if key_length > 0 => {
            (Some(&word[..key_length]), form, key_length + operator.len())
        }
        Some((operator, form)) if form != Form::Bare => (None, form, operator.len()),
        _ => (None, Form::Bare, 0),
    }
}

/// The length of the key that the word begins with: `[A-Za-z_][A-Za-z0-9_.-]*`, 0 if there is none.
fn key_length(word: &str) -> usize {
    let first = word
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !first {
        return 0;
    }
    word.bytes()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.' | b'-'))
        .unwrap_or(word.len())
}

/// The text of a word, and the word it is part of.
struct Source<'a> {
    place: &'a str,
    word: &'a str,
    start: usize,
    text: &'a str,
}

impl Source<'_> {
    fn bare(&self, files: &mut Files) -> Result<Value, CliError> {
        if let Some(path) = self.text.strip_prefix('@') {
            return files.text(path, self.place).map(Value::from);
        }
        Ok(json::parse(self.text).unwrap_or_else(|_| Value::from(self.text)))
    }

    fn json(&self, files: &mut Files) -> Result<Value, CliError> {
        if let Some(path) = self.text.strip_prefix('@') {
            return file(path, self.place, files);
        }
        json::parse(self.text).map_err(|fault| self.fault(fault).into())
    }

    fn binary(&self, files: &mut Files) -> Result<Value, CliError> {
        if let Some(path) = self.text.strip_prefix('@') {
            let bytes = files.bytes(path, self.place)?;
            return Ok(Value::Bin(bytes.into()));
        }
        let bytes = BASE64.decode(self.text).map_err(|error| {
            let at = match error {
                base64::DecodeError::InvalidByte(at, _)
                | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => at,
                _ => self.text.len(),
            };
            let fault = self.fault(JsonFault {
                at,
                message: "not base64".to_owned(),
            });
            Fault {
                hint: Some("write `:b=@FILE` for the bytes of a file".to_owned()),
                ..fault
            }
        })?;
        Ok(Value::Bin(bytes.into()))
    }

    fn fault(&self, fault: JsonFault) -> Fault {
        Fault {
            place: self.place.to_owned(),
            message: fault.message,
            text: self.word.to_owned(),
            at: self.start + fault.at,
            hint: None,
        }
    }
}

/// JSON that an option has as its value: in place, or `@FILE`.
fn document(place: &str, text: &str, files: &mut Files) -> Result<Value, CliError> {
    if let Some(path) = text.strip_prefix('@') {
        return file(path, place, files);
    }
    Source {
        place,
        word: text,
        start: 0,
        text,
    }
    .json(files)
}

/// JSON in a file.
fn file(path: &str, place: &str, files: &mut Files) -> Result<Value, CliError> {
    let text = files.text(path, place)?;
    json::parse(&text).map_err(|fault| {
        Fault {
            place: Files::name(path).to_owned(),
            message: fault.message,
            text,
            at: fault.at,
            hint: None,
        }
        .into()
    })
}

/// A fault that is the whole word's.
fn whole(place: &str, word: &str, message: String) -> Fault {
    Fault {
        place: place.to_owned(),
        message,
        text: word.to_owned(),
        at: 0,
        hint: None,
    }
}

fn unexpected(place: &str, text: &str, expected: &str, found: &Value) -> CliError {
    whole(
        place,
        text,
        format!("expected {expected}, found {}", found.kind()),
    )
    .into()
}

#[cfg(test)]
#[path = "../../tests/fuzz/driver.rs"]
mod driver;

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use wampkit::proto::{CallOptions, MatchPolicy, SubscribeOptions};

    use super::*;

    fn read_all(words: &[&str]) -> Result<Arguments, CliError> {
        let words = words.iter().map(ToString::to_string).collect::<Vec<_>>();
        arguments(&words, &mut Files::from_stdin("from stdin\n"))
    }

    fn positional(word: &str) -> Value {
        let arguments = read_all(&[word]).unwrap();
        assert!(arguments.kwargs.is_empty(), "{word}: {arguments:?}");
        arguments.args[0].clone()
    }

    fn fault(words: &[&str]) -> String {
        match read_all(words) {
            Err(CliError::Fault(fault)) => format!("{fault}\n{}", fault.excerpt()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn json_literals_are_that_value() {
        for (word, value) in [
            ("2", Value::Int(2)),
            ("-3", Value::Int(-3)),
            ("1.5", Value::Float(1.5)),
            ("1e3", Value::Float(1000.0)),
            ("true", Value::Bool(true)),
            ("null", Value::Null),
            ("\"2\"", Value::from("2")),
            ("[1,2]", Value::List(vec![Value::Int(1), Value::Int(2)])),
            ("{\"a\": 1}", Value::Dict(Dict::new().with("a", 1))),
            ("9223372036854775808", Value::UInt(1 << 63)),
        ] {
            assert_eq!(positional(word), value, "{word}");
        }
    }

    #[test]
    fn anything_else_is_a_string() {
        for word in [
            "hello",
            "007",
            "nan",
            "NaN",
            "Infinity",
            "True",
            "+1",
            ".5",
            "1.",
            "0x10",
            "",
            " ",
            "'a'",
            "[1,2",
            "-",
            "=5",
            ":x=5",
            "http://x/?a=b",
            "9a=b",
            "é=1",
            "a b=c",
            "18446744073709551616",
            "1e999",
        ] {
            assert_eq!(positional(word), Value::from(word), "{word}");
        }
    }

    #[test]
    fn keywords_have_the_same_forms() {
        let arguments = read_all(&[
            "n=2",
            "city=Oslo",
            "id:s=007",
            "p:={\"a\":1}",
            "b:b=AAE=",
            "x.y-z_1==",
            "_=",
            "f=@-",
        ])
        .unwrap();
        assert!(arguments.args.is_empty());
        let expected = Dict::new()
            .with("n", 2)
            .with("city", "Oslo")
            .with("id", "007")
            .with("p", Dict::new().with("a", 1))
            .with("b", Bytes::from_static(&[0, 1]))
            .with("x.y-z_1", "=")
            .with("_", "")
            .with("f", "from stdin\n");
        assert_eq!(arguments.kwargs, expected);
    }

    #[test]
    fn typed_positionals() {
        assert_eq!(positional(":s=2"), Value::from("2"));
        assert_eq!(positional(":s=@x"), Value::from("@x"));
        assert_eq!(positional(":= 2 "), Value::Int(2));
        assert_eq!(
            positional(":b=AAE="),
            Value::Bin(Bytes::from_static(&[0, 1]))
        );
        assert_eq!(positional("@-"), Value::from("from stdin\n"));
        assert_eq!(
            positional(":b=@-"),
            Value::Bin(Bytes::from_static(b"from stdin\n"))
        );
    }

    #[test]
    fn files_are_read_as_text_json_and_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "{\n  \"a\": [1, 2]\n}\n").unwrap();
        let path = path.display();
        assert_eq!(
            positional(&format!(":=@{path}")),
            Value::Dict(Dict::new().with("a", vec![1, 2]))
        );
        assert_eq!(
            positional(&format!("@{path}")),
            Value::from("{\n  \"a\": [1, 2]\n}\n")
        );
        let arguments = read_all(&[&format!("p:=@{path}")]).unwrap();
        assert_eq!(arguments.kwargs.len(), 1);

        std::fs::write(folder.path().join("bad.json"), "{\n  \"a\": [1, 2\n}\n").unwrap();
        let bad = folder.path().join("bad.json");
        let message = fault(&[&format!(":=@{}", bad.display())]);
        let message = message.replace(&folder.path().display().to_string(), "DIR");
        assert_eq!(message, "DIR/bad.json, line 3: expected `,` or `]`\n}\n^");

        assert!(matches!(
            read_all(&["@/no/such/file"]),
            Err(CliError::File { .. })
        ));
    }

    #[test]
    fn faults_are_pointed_at() {
        assert_eq!(
            fault(&["1", "p:={\"a\" 1}"]),
            "argument 2: expected `:`\np:={\"a\" 1}\n        ^"
        );
        assert_eq!(
            fault(&[":=99999999999999999999"]),
            "argument 1: this integer needs more than 64 bits\n:=99999999999999999999\n  ^"
        );
        assert_eq!(
            fault(&[":=[1"]),
            "argument 1: the list is not closed\n:=[1\n    ^"
        );
        assert_eq!(
            fault(&[":b=AA?E"]),
            "argument 1: not base64\n:b=AA?E\n     ^"
        );
        assert_eq!(
            fault(&["a=1", "a=2"]),
            "argument 2: the keyword a is given twice\na=2\n^"
        );
    }

    #[test]
    fn options_are_typed() {
        let read = |words: &[&str]| {
            let words = words.iter().map(ToString::to_string).collect::<Vec<_>>();
            options::<SubscribeOptions>(&words, &mut Files::default())
        };
        let options = read(&["match=prefix", "get_retained=true", "x_mine:s=7"]).unwrap();
        assert_eq!(options.match_policy, Some(MatchPolicy::Prefix));
        assert_eq!(options.get_retained, Some(true));
        assert_eq!(options.extra, Dict::new().with("x_mine", "7"));
        for (word, message) in [
            (
                "match=all",
                "--option: match: expected one of exact, prefix, wildcard, found \"all\"",
            ),
            ("match", "--option: expected KEY=VALUE"),
        ] {
            assert_eq!(read(&[word]).unwrap_err().to_string(), message);
        }
        let words = ["timeout=1500".to_owned()];
        let options: CallOptions = super::options(&words, &mut Files::default()).unwrap();
        assert_eq!(options.timeout, Some(1500));
    }

    #[test]
    fn whole_envelopes() {
        let mut files = Files::from_stdin(
            r#"{"type":"event","uri":"a.b","args":[1],"kwargs":{"b":2},"details":{},"at":"now"}"#,
        );
        let arguments = envelope("@-", &mut files).unwrap();
        assert_eq!(arguments.args, [Value::Int(1)]);
        assert_eq!(arguments.kwargs, Dict::new().with("b", 2));
        assert_eq!(envelope("{}", &mut files).unwrap(), Arguments::default());
        for (text, message) in [
            ("[]", "--input: expected a dictionary, found a list"),
            (
                r#"{"args":{}}"#,
                "args of --input: expected a list, found a dictionary",
            ),
            (r#"{"arg":[]}"#, "--input: an envelope has no \"arg\""),
        ] {
            assert_eq!(envelope(text, &mut files).unwrap_err().to_string(), message);
        }
        assert_eq!(
            list("{}", &mut files).unwrap_err().to_string(),
            "--args: expected a list, found a dictionary"
        );
        assert_eq!(
            dictionary("{\"z\":1,\"a\":2}", &mut files).unwrap().len(),
            2
        );
    }

    proptest! {
        #[test]
        fn what_is_printed_can_be_typed(value in json::tests::values()) {
            let word = format!(":={}", json::compact(&value));
            prop_assert_eq!(positional(&word), value);
        }

        #[test]
        fn no_word_panics(word in ".{0,24}") {
            prop_assume!(!word.contains('@'));
            let _ = read_all(&[&word]);
        }
    }

    /// Words, a line each. Those that name a file are left out, as it could be any, and those with NUL, which no process is given.
    #[test]
    fn fuzzed_words() {
        let parts = br#":s= := :b= = : n [ ] { } " , null - 1e .5 AAE= \u0000 \ud83d 9007199254740993 match=prefix timeout=5"#;
        let mut parts: Vec<_> = parts.split(|byte| *byte == b' ').collect();
        parts.extend([&b"\n"[..], "é\u{202e}".as_bytes()]);
        driver::fuzz("arguments", &parts, |input| {
            let text = String::from_utf8_lossy(input);
            let words: Vec<_> = text
                .lines()
                .filter(|line| !line.contains(['@', '\0']))
                .collect();
            let owned: Vec<_> = words.iter().map(ToString::to_string).collect();
            let options = options::<CallOptions>(&owned, &mut Files::default()).is_ok();
            match read_all(&words) {
                Ok(arguments) => {
                    // What was understood is printed as words that are understood in the same way.
                    let print = |value| format!(":={}", json::compact(value));
                    let printed: Vec<_> = arguments.args.iter().map(print).collect();
                    let again = super::arguments(&printed, &mut Files::default());
                    assert_eq!(
                        format!("{:?}", again.unwrap().args),
                        format!("{:?}", arguments.args)
                    );
                    let kinds = arguments.args.iter().map(Value::kind).take(3);
                    format!(
                        "{:?} {} {options}",
                        kinds.collect::<Vec<_>>(),
                        arguments.kwargs.len().min(2)
                    )
                }
                Err(CliError::Fault(fault)) => {
                    let _ = fault.excerpt();
                    driver::sign_of(&fault)
                }
                Err(other) => panic!("{other:?}"),
            }
        });
    }
}
