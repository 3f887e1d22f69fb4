//! The README's table of features is true: the tests that it names exist, and what it says yes to is what a router
//! announces in WELCOME and lists of itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use wampkit::proto::{Feature, MatchPolicy, Role, Serializer};
use wampkit::realm::{Disclosure, HistoryRule, IdentityRule};
use wampkit::{Client, Router, Session};

/// A row of the table: a feature's name and its key in WELCOME if it has one, or a URI of the meta API.
struct Row {
    name: String,
    key: Option<String>,
    ours: String,
}

#[test]
fn every_yes_names_tests_that_exist() {
    for row in rows() {
        let tests = quoted(&row.ours);
        let yes = row.ours.starts_with("yes: ");
        assert!(yes || row.ours == "no", "{}: {}", row.name, row.ours);
        assert_eq!(yes, !tests.is_empty(), "{}: {}", row.name, row.ours);
        for test in tests {
            assert!(exists(test), "{}: there is no {test}", row.name);
        }
    }
}

#[test]
fn no_feature_is_left_out() {
    let known: BTreeSet<_> = Feature::ALL
        .iter()
        .map(|it| it.as_str().to_owned())
        .collect();
    let told: BTreeSet<_> = rows().into_iter().filter_map(|row| row.key).collect();
    let told: BTreeSet<_> = told.into_iter().filter(|key| !key.contains('.')).collect();
    assert_eq!(told, known);
}

#[tokio::test]
async fn what_is_announced_is_what_the_table_says() {
    let session = session().await;
    let roles = session.details().roles.clone().unwrap();
    let announced: BTreeSet<_> = [Role::Broker, Role::Dealer]
        .into_iter()
        .flat_map(|role| roles.features(role).iter().collect::<Vec<_>>())
        .map(|feature| feature.as_str().to_owned())
        .collect();
    assert_eq!(yes(|key| !key.contains('.')), announced);
}

#[tokio::test]
async fn the_meta_api_is_what_the_table_says() {
    let session = session().await;
    let mut provided = BTreeSet::new();
    for kind in ["procedure", "topic"] {
        let list = session.call(format!("wamp.reflection.{kind}.list"));
        let uris: Vec<String> = list.await.unwrap().value().unwrap();
        provided.extend(uris.into_iter().filter(|uri| uri.starts_with("wamp.")));
    }
    assert_eq!(yes(|key| key.contains('.')), provided);
}

/// A session with a router that has everything configured that a realm can have.
async fn session() -> Session {
    let router = Router::builder()
        .realm("realm1")
        .history(HistoryRule {
            policy: MatchPolicy::Exact,
            uri: "com.kept".into(),
            limit_events: 1,
            limit_bytes: 1 << 10,
        })
        .publishers(IdentityRule {
            policy: MatchPolicy::Exact,
            uri: "com.trusted".into(),
            authrole: None,
            disclosure: Disclosure::OnRequest,
            trustlevel: Some(1),
        })
        .callers(IdentityRule {
            policy: MatchPolicy::Exact,
            uri: "com.trusted".into(),
            authrole: None,
            disclosure: Disclosure::OnRequest,
            trustlevel: Some(1),
        })
        .build()
        .unwrap();
    let connection = router.connect(Serializer::Json);
    Client::builder("memory")
        .connect_over(connection)
        .await
        .unwrap()
}

/// The keys that the table says yes to.
fn yes(wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let rows = rows().into_iter().filter(|row| row.ours != "no");
    rows.filter_map(|row| row.key)
        .filter(|key| wanted(key))
        .collect()
}

fn rows() -> Vec<Row> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n### Features one by one\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows: Vec<_> = section.lines().filter_map(row).collect();
    assert!(
        rows.len() > 70,
        "the table is shorter than it was: {}",
        rows.len()
    );
    rows
}

/// A line of the table that is neither its head nor the rule below.
fn row(line: &str) -> Option<Row> {
    let cells: Vec<_> = line
        .strip_prefix("| ")?
        .strip_suffix(" |")?
        .split(" | ")
        .collect();
    let [name, ours, ..] = cells[..] else {
        panic!("{line} has too few cells");
    };
    assert_eq!(cells.len(), 5, "{line}");
    (ours != "`wamp`").then(|| Row {
        name: name.to_owned(),
        key: quoted(name).first().map(|&key| key.to_owned()),
        ours: ours.to_owned(),
    })
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Whether there is such a test: `TARGET::FILE::FUNCTION`, or `interop::TABLE::CHECK`.
fn exists(test: &str) -> bool {
    let [target, middle, name] = test.split("::").collect::<Vec<_>>()[..] else {
        return false;
    };
    let tests = root().join("tests");
    if target == "interop" {
        let checks = fs::read_to_string(tests.join("interop/checks.json")).unwrap();
        let checks: Value = serde_json::from_str(&checks).unwrap();
        return checks[middle][name].is_string();
    }
    let file = tests.join(target).join(format!("{middle}.rs"));
    let source = fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<_> = source.lines().collect();
    lines.windows(2).any(|pair| {
        let attribute = pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test");
        let function = pair[1].strip_prefix("async ").unwrap_or(pair[1]);
        attribute && function.starts_with(&format!("fn {name}("))
    })
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
