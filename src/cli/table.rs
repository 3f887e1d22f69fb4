//! Tables for people: columns of even width.

use std::io::{self, Write};

use wampkit::proto::{Dict, Value};

use super::terminal::{Paint, Stream};
use super::{json, sanitize};

/// Rows of cells, with a heading or without.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// One row for each dictionary, with these of its keys as columns. Columns that have nothing in any row are left out.
    pub(crate) fn of_dicts<'a>(
        dicts: impl Iterator<Item = &'a Dict> + Clone,
        keys: &[&str],
    ) -> Self {
        let keys = keys
            .iter()
            .filter(|key| dicts.clone().any(|dict| dict.get(key).is_some()))
            .collect::<Vec<_>>();
        let row = |dict: &Dict| keys.iter().map(|key| cell(dict.get(key))).collect();
        Self {
            heading: keys
                .iter()
                .map(|key| cell(Some(&Value::from(key.to_uppercase().replace('_', " ")))))
                .collect(),
            rows: dicts.map(row).collect(),
        }
    }

    /// One row for each entry: its key and its value.
    pub(crate) fn of_entries(dict: &Dict) -> Self {
        let row = |(key, value): (&_, &Value)| {
            vec![
                cell(Some(&Value::Str(Clone::clone(key)))),
                cell(Some(value)),
            ]
        };
        Self {
            heading: Vec::new(),
            rows: dict.iter().map(row).collect(),
        }
    }

    /// A value that has the shape of a table: a list of dictionaries, or one dictionary.
    pub(crate) fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Dict(dict) if !dict.is_empty() => Some(Self::of_entries(dict)),
            Value::List(items) if !items.is_empty() => {
                let dicts = items
                    .iter()
                    .map(Value::as_dict)
                    .collect::<Option<Vec<_>>>()?;
                let mut keys = Vec::new();
                for (key, _) in dicts.iter().flat_map(|dict| dict.iter()) {
                    if !keys.contains(&&**key) {
                        keys.push(&**key);
                    }
                }
                Some(Self::of_dicts(dicts.iter().copied(), &keys))
            }
            _ => None,
        }
    }

    /// Writes it, each line after `indent`. On a terminal that is too narrow for the columns each row is a list of them
    /// instead: nothing is cut off, and what is too long even there is for the terminal to wrap, so that it can be copied.
    ///
    /// # Errors
    /// Those of `out`.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        stream: Stream,
        indent: &str,
    ) -> io::Result<()> {
        let columns = stream.columns().unwrap_or(usize::MAX);
        let room = columns.saturating_sub(indent.len());
        let (heading, lines) = self.lines(room);
        if let Some(heading) = heading {
            let heading = stream.paint(Paint::Heading, &heading);
            writeln!(out, "{indent}{heading}")?;
        }
        for line in lines {
            writeln!(out, "{indent}{line}")?;
        }
        Ok(())
    }

    /// The heading and the lines, none longer than `room` if that can be.
    fn lines(&self, room: usize) -> (Option<String>, Vec<String>) {
        let widths = self.widths();
        if self.heading.is_empty() {
            let key_width = widths.first().copied().unwrap_or_default();
            let entry = |row: &Vec<String>| match row.as_slice() {
                [key, value] => entry(key, value, key_width, room),
                _ => vec![even(row, &widths)],
            };
            (None, self.rows.iter().flat_map(entry).collect())
        } else if widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) <= room {
            let lines = self.rows.iter().map(|row| even(row, &widths));
            (Some(even(&self.heading, &widths)), lines.collect())
        } else {
            (None, self.rows_apart(room))
        }
    }

    /// Each row as the list of its cells, an empty line between two.
    fn rows_apart(&self, room: usize) -> Vec<String> {
        let key_width = self.heading.iter().map(|key| width(key)).max();
        let mut lines = Vec::new();
        for row in &self.rows {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            let cells = self.heading.iter().zip(row);
            lines.extend(
                cells.flat_map(|(key, cell)| entry(key, cell, key_width.unwrap_or_default(), room)),
            );
        }
        lines
    }

    /// The width of each column.
    fn widths(&self) -> Vec<usize> {
        let column = |column: usize| {
            let cells = std::iter::once(&self.heading).chain(&self.rows);
            let cells = cells.filter_map(|row| row.get(column));
            cells.map(|cell| width(cell)).max().unwrap_or(0)
        };
        (0..).map(column).take_while(|width| *width > 0).collect()
    }
}

/// Cells of these widths side by side.
fn even(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(&format!("{cell:width$}{:GAP$}", ""));
    }
    line.trim_end().to_owned()
}

/// A key and its value: beside it, or below it where there is no room.
fn entry(key: &str, value: &str, key_width: usize, room: usize) -> Vec<String> {
    if key_width + GAP + width(value) <= room {
        vec![format!("{key:key_width$}{:GAP$}{value}", "")]
    } else {
        vec![key.to_owned(), format!("{:GAP$}{value}", "")]
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A value in a cell: on one line, and harmless, wherever it goes.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return "-".to_owned(),
        Some(Value::Str(text)) if text.is_empty() => return "\"\"".to_owned(),
        Some(Value::Str(text)) => text.to_string(),
        Some(other) => json::compact(other),
    };
    sanitize::line(&text).into_owned()
}

/// How many spaces are between columns, and in front of what belongs to the line above.
const GAP: usize = 2;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn written(table: &Table) -> String {
        let mut out = Vec::new();
        table.write(&mut out, Stream::plain(), "").unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_are_even_and_empty_ones_left_out() {
        let rows = [
            Dict::new().with("id", 1).with("uri", "com.a\u{1b}[2J"),
            Dict::new()
                .with("id", 1000)
                .with("uri", "com.żółć")
                .with("n", 0),
        ];
        let table = Table::of_dicts(rows.iter(), &["uri", "none", "id", "n"]);
        assert_snapshot!(written(&table), @r###"
        URI             ID    N
        com.a\u001b[2J  1     -
        com.żółć        1000  0
        "###);
    }

    #[test]
    fn what_has_no_room_side_by_side_is_a_list() {
        let rows = [
            Dict::new().with("uri", "com.shop.sold").with("id", 17),
            Dict::new().with("uri", "com.a").with("id", 18),
        ];
        let lines = |room| {
            let (heading, lines) = Table::of_dicts(rows.iter(), &["uri", "id"]).lines(room);
            heading.into_iter().chain(lines).collect::<Vec<_>>()
        };
        assert_eq!(
            lines(17),
            [
                "URI            ID",
                "com.shop.sold  17",
                "com.a          18"
            ]
        );
        assert_eq!(
            lines(16),
            [
                "URI",
                "  com.shop.sold",
                "ID   17",
                "",
                "URI  com.a",
                "ID   18"
            ]
        );
        let (_, lines) = Table::of_entries(&rows[0]).lines(16);
        assert_eq!(lines, ["uri", "  com.shop.sold", "id   17"]);
    }

    #[test]
    fn values_of_the_right_shape_are_tables() {
        let rows = Value::from(vec![
            Dict::new().with("name", "hat").with("sizes", vec![1, 2]),
            Dict::new().with("name", "").with("price", 12.5),
        ]);
        assert_snapshot!(written(&Table::of_value(&rows).unwrap()), @r###"
        NAME  SIZES  PRICE
        hat   [1,2]  -
        ""    -      12.5
        "###);
        let dict = Dict::new().with("name", "hat").with("on sale", true);
        assert_snapshot!(written(&Table::of_value(&dict.into()).unwrap()), @r###"
        name     hat
        on sale  true
        "###);
        for other in [
            Value::from(1),
            Value::from(vec![1]),
            Value::List(Vec::new()),
        ] {
            assert_eq!(Table::of_value(&other), None);
        }
    }
}
