//! The layers of the crate point one way, and the lower ones are pure.
//!
//! This reads the sources as text. It is no parser: it looks for words in what remains of a file without its comments,
//! which is enough for code that `rustfmt` has laid out.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers with their ranks. A layer may name those of lower rank only; those of equal rank do not know each other.
const LAYERS: [(&str, u8); 12] = [
    ("proto", 0),
    ("codec", 1),
    ("auth", 2),
    ("ppt", 2),
    ("realm", 3),
    ("session", 3),
    ("transport", 3),
    ("secret", 3),
    ("settings", 3),
    ("client", 4),
    ("router", 4),
    ("cli", 5),
];

/// The layers without I/O, clock, global randomness and log: bytes, time and a seed come in, outputs go out.
const PURE: [&str; 6] = ["proto", "codec", "auth", "ppt", "realm", "session"];

/// What would make a layer impure, as it stands in code. The short forms also catch `use std::{fs, net, thread}`.
const IMPURE: [&str; 11] = [
    "tokio",
    "net::",
    "fs::",
    "thread::",
    "process::",
    "Instant::now",
    "SystemTime::now",
    "rand::",
    "getrandom",
    "RandomState::new",
    "tracing",
];

#[test]
fn the_lower_layers_are_pure() {
    let found: Vec<String> = PURE
        .iter()
        .flat_map(|layer| sources(layer))
        .flat_map(|(path, code)| {
            impurities(&code)
                .map(move |(line, word)| format!("{}:{line}: {word}", path.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(
        found.is_empty(),
        "a pure layer reaches out:\n{}",
        found.join("\n")
    );
}

#[test]
fn no_layer_names_a_higher_one() {
    let root = code(&fs::read_to_string(source_root().join("lib.rs")).unwrap());
    let exported = exports(&root);
    let mut found = Vec::new();
    for (layer, rank) in LAYERS {
        for (path, code) in sources(layer) {
            for (line, name) in names(&code) {
                let named = exported.get(&name).map_or(name.as_str(), String::as_str);
                let above = LAYERS
                    .iter()
                    .any(|&(other, at)| other == named && other != layer && at >= rank);
                if above {
                    found.push(format!(
                        "{}:{line}: {layer} names {named} ({name})",
                        path.display()
                    ));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "a layer names one that is not below it:\n{}",
        found.join("\n")
    );
}

#[test]
fn every_module_has_its_layer() {
    for entry in fs::read_dir(source_root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let known = ["build", "lib", "main"].contains(&name)
            || LAYERS.iter().any(|&(layer, _)| layer == name);
        assert!(known, "{} belongs to no layer", path.display());
    }
}

#[test]
fn the_search_finds_what_it_is_for() {
    for impure in [
        "use std::net::SocketAddr;",
        "use std::{fmt, fs};\nfs::read(path)",
        "let id = fastrand::u64(..);",
        "let id = rand::random();",
        "let now = Instant::now();",
        "tracing::debug!(\"x\")",
        "tokio::spawn(task)",
    ] {
        assert!(impurities(&code(impure)).next().is_some(), "{impure}");
    }
    for pure in [
        "let rng = fastrand::Rng::with_seed(seed);",
        "// tokio is not here",
        "use std::time::Instant;",
        "brand::new()",
    ] {
        assert_eq!(impurities(&code(pure)).next(), None, "{pure}");
    }
    let named = |text| {
        names(&code(text))
            .into_iter()
            .map(|(_, name)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(named("use crate::realm::Realm;"), ["realm"]);
    assert_eq!(
        named("use crate::{codec::{self, Arguments}, proto::Id, Router};"),
        ["codec", "proto", "Router"]
    );
    assert_eq!(
        named("x: wampkit::router::Router // crate::client"),
        ["router"]
    );
    let exported = exports("pub use proto::{Id, Uri};\npub use router::Router;\n");
    assert_eq!(exported["Uri"], "proto");
    assert_eq!(exported["Router"], "router");
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a layer, each as its code; none if the layer is not there yet. A small layer is a single file.
fn sources(layer: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let single = source_root().join(layer).with_extension("rs");
    if let Ok(text) = fs::read_to_string(&single) {
        files.push((single, code(&text)));
    }
    let mut folders = vec![source_root().join(layer)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = code(&fs::read_to_string(&path).unwrap());
                files.push((path, text));
            }
        }
    }
    files
}

/// A text without its comments, line for line.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| match line.find("//") {
        Some(start) if start == 0 || line[..start].ends_with(' ') => &line[..start],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The lines of code that are impure, with what makes them so.
fn impurities(code: &str) -> impl Iterator<Item = (usize, &'static str)> {
    code.lines().enumerate().flat_map(|(index, line)| {
        let words = IMPURE
            .iter()
            .filter(move |word| starts_of(line, word).next().is_some())
            .copied();
        let global = starts_of(line, "fastrand::").any(|start| {
            line[start + "fastrand::".len()..].starts_with(|next: char| next.is_lowercase())
        });
        words
            .chain(global.then_some("fastrand's global generator"))
            .map(move |word| (index + 1, word))
    })
}

/// Where `word` stands in `text` and is not the end of a longer word.
fn starts_of<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> {
    let is_part = |before: char| before.is_alphanumeric() || before == '_';
    text.match_indices(word)
        .map(|(start, _)| start)
        .filter(move |&start| !text[..start].ends_with(is_part))
}

/// The names that stand directly behind `crate::` or `wampkit::`, also in a group, with their lines. `super::` stays inside a
/// layer: nothing in this crate climbs to the root by it.
fn names(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "wampkit::"] {
        for start in starts_of(code, root) {
            let line = code[..start].matches('\n').count() + 1;
            let behind = &code[start + root.len()..];
            let items = match behind.strip_prefix('{') {
                Some(group) => members(group),
                None => vec![identifier(behind)],
            };
            found.extend(items.into_iter().map(|name| (line, name.to_owned())));
        }
    }
    found
}

/// The first names of the members of a group, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let mut start = 0;
    let mut found = Vec::new();
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(identifier(group[start..at].trim_start()));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

fn identifier(text: &str) -> &str {
    let end = text.find(|next: char| !next.is_alphanumeric() && next != '_');
    &text[..end.unwrap_or(text.len())]
}

/// What the crate's root hands on, with the layer that each name comes from.
fn exports(root: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (start, opening) in root.match_indices("pub use ") {
        let path = &root[start + opening.len()..];
        let layer = identifier(path);
        let statement = path.split(';').next().unwrap_or(path);
        let items = match statement.split_once('{') {
            Some((_, group)) => members(group),
            None => statement.rsplit("::").take(1).map(identifier).collect(),
        };
        found.extend(
            items
                .into_iter()
                .map(|name| (name.to_owned(), layer.to_owned())),
        );
    }
    found
}
