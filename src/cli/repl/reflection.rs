//! Which keywords procedures and topics take, as those who provide them have described them to the router.
//!
//! The specification leaves open what a description looks like. Understood is one whose `kwargs` are a list of names, a list
//! of dictionaries that have a `name`, a dictionary by name, or a JSON Schema with `properties`.

use std::time::Duration;

use futures_util::stream::{StreamExt as _, poll_fn};
use tokio::sync::mpsc::Receiver;
use wampkit::Session;
use wampkit::proto::{Dict, Value, uris};

use super::super::error::CliError;
use super::super::meta::{Kind, Meta};
use super::names::Names;

/// What is to be asked about.
pub(super) type Question = (Kind, String);

/// Asks about each of these, until there are no more or nobody answers.
pub(super) async fn describe(session: &Session, names: &Names, mut questions: Receiver<Question>) {
    let meta = Meta::new(session, Some(PATIENCE));
    let mut answers = poll_fn(move |context| questions.poll_recv(context))
        .map(async |(kind, uri)| (meta.describe(kind, &uri).await, uri))
        .buffer_unordered(AT_ONCE);
    while let Some((answer, uri)) = answers.next().await {
        match answer {
            Ok(Value::Dict(answer)) => names.set_described(&uri, keywords(&answer)),
            Ok(_) => {}
            Err(error) if is_refusal(&error) => return,
            // That is about this one.
            Err(_) => {}
        }
    }
}

/// Whether the router has no reflection, or none for this session.
fn is_refusal(error: &CliError) -> bool {
    match error {
        CliError::NoMeta { .. } => true,
        CliError::Wamp { error, .. } => error.error == uris::NOT_AUTHORIZED,
        _ => false,
    }
}

/// The keywords of a description, which is perhaps in another that tells what it is about.
pub(super) fn keywords(answer: &Dict) -> Vec<String> {
    let description = match answer.get("description") {
        Some(Value::Dict(description)) => description,
        _ => answer,
    };
    match description.get("kwargs") {
        Some(Value::List(list)) => list.iter().filter_map(name).collect(),
        Some(Value::Dict(dict)) => {
            let by_name = match dict.get("properties") {
                Some(Value::Dict(properties)) => properties,
                _ => dict,
            };
            by_name.iter().map(|(name, _)| name.to_string()).collect()
        }
        _ => Vec::new(),
    }
}

fn name(keyword: &Value) -> Option<String> {
    let name = match keyword {
        Value::Dict(dict) => dict.get("name")?.as_str(),
        name => name.as_str(),
    };
    name.map(str::to_owned)
}

/// How long an answer may take: there are other questions.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many questions are asked at a time. The callee who answers them has others to serve.
const AT_ONCE: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_every_shape() {
        let (x, y) = (|| Value::from("x"), || Value::from("y"));
        let named = |name: Value| Value::from(Dict::new().with("name", name));
        let by_name = || Dict::new().with("x", "integer").with("y", Dict::new());
        let schema = Dict::new()
            .with("type", "object")
            .with("properties", by_name());
        for kwargs in [
            Value::List(vec![x(), y()]),
            Value::List(vec![named(x()), named(y()), 5.into()]),
            by_name().into(),
            schema.into(),
        ] {
            let description = Dict::new().with("kwargs", kwargs);
            assert_eq!(keywords(&description), ["x", "y"]);
            let answer = Dict::new()
                .with("uri", "com.p")
                .with("description", description);
            assert_eq!(keywords(&answer), ["x", "y"]);
        }
        assert_eq!(keywords(&Dict::new().with("kwargs", 5)), [""; 0]);
    }
}
