//! Placeholders in words.

use insta::assert_snapshot;

use super::super::super::terminal::Stream;
use super::*;

/// The words, filled for the 7th event.
fn filled(words: &[&str], line: Option<&str>) -> Arguments {
    let filling = Filling { count: 7, line };
    read(words, line.is_some()).unwrap().fill(&filling)
}

fn read(words: &[&str], lines: bool) -> Result<Template, CliError> {
    let words = words.iter().map(|word| (*word).to_owned());
    Template::read(&words.collect::<Vec<_>>(), lines, &mut Files::default())
}

fn value(word: &str) -> Value {
    filled(&[word], None).args.remove(0)
}

fn of_line(word: &str, line: &str) -> Value {
    filled(&[word], Some(line)).args.remove(0)
}

fn fault(word: &str) -> String {
    let error = read(&[word], false).unwrap_err();
    assert_eq!(error.exit().code(), 2);
    error.lines(&Stream::plain(), false)
}

#[test]
fn placeholders_become_values_by_the_grammar() {
    assert_eq!(value("{{count}}"), Value::from(7));
    assert_eq!(value("{{ count }}"), Value::from(7));
    assert_eq!(value(":s={{count}}"), Value::from("7"));
    assert_eq!(value("no. {{count}}"), Value::from("no. 7"));
    assert_eq!(value("-{{count}}.5"), Value::from(-7.5));
    assert_eq!(value("{{count}}{{count}}"), Value::from(77));
    assert_eq!(value("plain"), Value::from("plain"));
    let kwargs = filled(&["n={{count}}", "s:s={{count}}", "j:=[{{count}}]"], None).kwargs;
    let expected = Dict::new()
        .with("n", 7)
        .with("s", "7")
        .with("j", Value::List(vec![7.into()]));
    assert_eq!(kwargs, expected);
}

#[test]
fn in_json_they_are_values_and_parts_of_strings() {
    let json = |text| json::parse(text).unwrap();
    assert_eq!(
        value(r#"{"n":{{count}},"s":"{{count}}","t":["no. {{count}}"]}"#),
        json(r#"{"n":7,"s":"7","t":["no. 7"]}"#)
    );
    assert_eq!(value(":=[{{count}},2]"), json("[7,2]"));
    assert_eq!(value(r#""{{count}}""#), Value::from("7"));
    assert_eq!(value(r#"["\"{{count}}"]"#), json(r#"["\"7"]"#));
    // No JSON: a word as any other.
    assert_eq!(value("[{{count}}"), Value::from("[7"));
}

#[test]
fn what_is_put_in_stays_inside() {
    assert_eq!(of_line("{{line}}", "[1]"), Value::List(vec![1.into()]));
    for line in ["@/etc/passwd", "a=1", ":=[", ":s=x", "--args", "a\nb"] {
        let arguments = filled(&["{{line}}"], Some(line));
        assert_eq!(arguments.args, [Value::from(line)]);
        assert!(arguments.kwargs.is_empty());
    }
    let injected = r#"x","admin":true,"y":"{{count}}"#;
    let found = of_line(r#"{"name":"{{line}}"}"#, injected);
    assert_eq!(found, Value::Dict(Dict::new().with("name", injected)));
    assert_eq!(of_line("[{{line}}", "1]"), Value::from("[1]"));
    assert_eq!(
        of_line("[{{line}}]", "1,2"),
        Value::List(vec!["1,2".into()])
    );
    assert_eq!(of_line(r#"{{line}}""#, r#""a"#), Value::from(r#""a""#));
}

#[test]
fn what_differs_from_one_to_the_next() {
    let template = read(&["{{uuid}}", "{{random -3 3}}", "{{time}}"], false).unwrap();
    let filling = Filling::default();
    let (first, second) = (template.fill(&filling), template.fill(&filling));
    assert_ne!(first.args[0], second.args[0]);
    assert_eq!(first.args[0].as_str().map(str::len), Some(36));
    for _ in 0..100 {
        let number = template.fill(&filling).args.remove(1);
        assert!((-3..=3).map(Value::from).any(|one| one == number));
    }
    let time = first.args[2].as_str().unwrap();
    assert!(humantime::parse_rfc3339(time).is_ok(), "{time}");
}

#[test]
fn the_environment_is_read_once_and_is_text_in_place() {
    // Cargo sets it.
    let name = value(":s={{env CARGO_PKG_NAME}}!");
    assert_eq!(name, Value::from("wampkit!"));
    assert_snapshot!(fault("a {{env NO_SUCH_THING}}"), @r"
    wamp: error: argument 1: the variable NO_SUCH_THING is not set
      a {{env NO_SUCH_THING}}
        ^
    ");
}

#[test]
fn lines_are_known_to_be_used() {
    assert!(
        read(&["a", r#"{"a":["x {{line}}"]}"#], true)
            .unwrap()
            .has_line()
    );
    assert!(!read(&["{{count}}"], true).unwrap().has_line());
}

#[test]
fn faults_are_shown_where_they_are() {
    assert_snapshot!(fault("n={{cuont}}"), @r"
    wamp: error: argument 1: there is no placeholder cuont
      n={{cuont}}
        ^
      hint: did you mean count?
    ");
    assert_snapshot!(fault("{{price}}"), @r"
    wamp: error: argument 1: there is no placeholder price
      {{price}}
      ^
      hint: there are {{count}} {{time}} {{uuid}} {{random A B}} {{line}} {{env X}}
    ");
    assert_snapshot!(fault("x {{count"), @r"
    wamp: error: argument 1: no }} follows
      x {{count
        ^
    ");
    assert_snapshot!(fault("{{line}}"), @r"
    wamp: error: argument 1: {{line}} goes with --lines
      {{line}}
      ^
    ");
    assert_snapshot!(fault("n:=[{{count}},x]"), @r"
    wamp: error: argument 1: expected value
      n:=[{{count}},x]
                    ^
    ");
    for (word, message) in [
        ("{{random 6 1}}", "the first number is the least"),
        ("{{random 1}}", "write two integers"),
        ("{{random a b}}", "write two integers"),
        ("{{env}}", "the name of one variable"),
        (":b={{count}}", "binary takes no placeholders"),
        ("@{{env HOME}}", "the name of a file takes no placeholders"),
        (r#":={"{{count}}":1}"#, "a key takes no placeholders"),
        ("{{}}", "there is no placeholder"),
    ] {
        assert!(fault(word).contains(message), "{word}: {}", fault(word));
    }
    let twice = read(&["a={{count}}", "a=1"], false).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "argument 2: the keyword a is given twice"
    );
}
