//! `expect`: whether a result is as it should be.

use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::error::CliError;
use super::super::json;

/// Compares a result with what is expected of it: all of it, or with `contains` these arguments among others.
///
/// # Errors
/// That it is otherwise, and how.
pub(super) fn compare(
    expected: &Arguments,
    found: &Arguments,
    contains: bool,
) -> Result<(), CliError> {
    let is_so = if contains {
        let has = |value: &Value| found.args.iter().any(|found| is_within(value, found));
        expected.args.iter().all(has) && holds(&expected.kwargs, &found.kwargs)
    } else {
        expected.args == found.args && is_same(&expected.kwargs, &found.kwargs)
    };
    if is_so {
        return Ok(());
    }
    let among = if contains { "something with " } else { "" };
    Err(CliError::Unexpected(format!(
        "expected {among}{}, got {}",
        shown(expected),
        shown(found)
    )))
}

/// Whether a value is the other one, or a part of it: text of text, entries of a dictionary.
fn is_within(value: &Value, found: &Value) -> bool {
    match (value, found) {
        (Value::Str(part), Value::Str(text)) => text.contains(&**part),
        (Value::Dict(part), Value::Dict(all)) => holds(part, all),
        (Value::List(part), Value::List(all)) => part.iter().all(|value| all.contains(value)),
        (value, found) => value == found,
    }
}

/// Whether all of these entries are among the others.
fn holds(part: &Dict, all: &Dict) -> bool {
    part.iter()
        .all(|(key, value)| all.get(key).is_some_and(|found| is_within(value, found)))
}

/// Whether both have the same entries, in whatever order.
fn is_same(one: &Dict, other: &Dict) -> bool {
    one.len() == other.len() && one.iter().all(|(key, value)| other.get(key) == Some(value))
}

/// Arguments as they are printed.
fn shown(arguments: &Arguments) -> String {
    let Arguments { args, kwargs } = arguments;
    match args.as_slice() {
        [] if kwargs.is_empty() => "nothing".to_owned(),
        [value] if kwargs.is_empty() => json::compact(value),
        several if kwargs.is_empty() => json::compact(&several.to_vec().into()),
        _ => json::compact(&json::with_arguments(Dict::new(), arguments).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(args: &[Value], kwargs: Dict) -> Arguments {
        let args = args.to_vec();
        Arguments { args, kwargs }
    }

    fn message(expected: &Arguments, found: &Arguments, contains: bool) -> String {
        compare(expected, found, contains).unwrap_err().to_string()
    }

    #[test]
    fn all_of_a_result_is_compared() {
        let none = Dict::new;
        let five = arguments(&[5.into()], none());
        assert!(compare(&five, &five, false).is_ok());
        let six = arguments(&[6.into()], none());
        assert_eq!(message(&five, &six, false), "expected 5, got 6");
        let nothing = arguments(&[], none());
        assert_eq!(message(&five, &nothing, false), "expected 5, got nothing");
        let one = arguments(&[], none().with("a", 1).with("b", 2));
        let other = arguments(&[], none().with("b", 2).with("a", 1));
        assert!(compare(&one, &other, false).is_ok());
        let less = arguments(&[], none().with("a", 1));
        assert!(compare(&less, &one, false).is_err());
    }

    #[test]
    fn a_part_is_enough_where_that_is_said() {
        let found = arguments(
            &["a red hat".into(), vec![1, 2, 3].into()],
            Dict::new().with("price", 12).with("note", "cash"),
        );
        for (args, kwargs) in [
            (vec![], Dict::new()),
            (vec!["hat".into()], Dict::new().with("price", 12)),
            (vec![vec![3, 1].into()], Dict::new()),
        ] {
            assert!(compare(&arguments(&args, kwargs), &found, true).is_ok());
        }
        for (args, kwargs) in [
            (vec!["coat".into()], Dict::new()),
            (vec![vec![4].into()], Dict::new()),
            (vec![], Dict::new().with("price", 13)),
            (vec![], Dict::new().with("tax", 1)),
        ] {
            assert!(compare(&arguments(&args, kwargs), &found, true).is_err());
        }
    }
}
