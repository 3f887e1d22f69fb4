//! The lines that go between `wamp` and a co-process.

use serde::Deserialize;
use wampkit::client::{Invocation, WampError};
use wampkit::codec::Arguments;
use wampkit::proto::{Dict, Value};

use super::super::occasion::envelope;
use crate::cli::json;

/// The line that brings a call: the envelope with an `id` behind its `type`.
pub(super) fn call(id: u64, invocation: &Invocation, arguments: Arguments) -> String {
    let envelope = envelope(invocation, arguments);
    let rest = match envelope.to_value() {
        Value::Dict(dict) => dict,
        _ => Dict::new(), // an envelope is always one
    };
    let mut dict = head(envelope.kind, id);
    for (key, value) in rest {
        if key != "type" {
            dict.push(key, value);
        }
    }
    line(dict)
}

/// The line that brings more arguments of a call, the last ones unless `more` follow.
pub(super) fn arguments(id: u64, arguments: &Arguments, more: bool) -> String {
    let details = if more {
        Dict::new().with("progress", true)
    } else {
        Dict::new()
    };
    line(json::with_arguments(head("arguments", id), arguments).with("details", details))
}

/// The line that calls a call off.
pub(super) fn cancel(id: u64) -> String {
    line(head("cancel", id))
}

fn head(kind: &str, id: u64) -> Dict {
    Dict::new().with("type", kind).with("id", id)
}

fn line(dict: Dict) -> String {
    json::compact(&dict.into()) + "\n"
}

/// What a co-process says to a call.
#[derive(Debug)]
pub(super) enum Said {
    /// A partial result.
    Progress(Arguments),
    /// The result.
    Result(Arguments),
    /// The error.
    Error(WampError),
}

/// A line that says nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The call that it is about, if that can be told.
    pub(super) id: Option<u64>,
    /// What is wrong.
    pub(super) message: String,
}

/// Which call the line is about, and what it says to it. Keys that are not looked for do no harm, so that a line that was
/// read can be changed and written back.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(line: &[u8]) -> Result<(u64, Said), Fault> {
    let fault = |id, message: &str| Fault {
        id,
        message: message.to_owned(),
    };
    let text = str::from_utf8(line).map_err(|_| fault(None, "not UTF-8"))?;
    let value = json::parse(text).map_err(|error| fault(id(text), &error.to_string()))?;
    let Value::Dict(dict) = value else {
        return Err(fault(None, "not an object"));
    };
    let id = dict.get("id").and_then(Value::as_u64);
    let Some(known) = id else {
        return Err(fault(None, "`id` is not that of a call"));
    };
    let (mut kind, mut error, mut arguments) = (None, None, Arguments::default());
    for (key, value) in dict {
        match (&*key, value) {
            ("type", value) => kind = Some(value),
            ("error", value) => error = Some(value),
            ("args", Value::List(args)) => arguments.args = args,
            ("args", _) => return Err(fault(id, "`args` is not a list")),
            ("kwargs", Value::Dict(kwargs)) => arguments.kwargs = kwargs,
            ("kwargs", _) => return Err(fault(id, "`kwargs` is not an object")),
            _ => {}
        }
    }
    let said = match kind.as_ref().and_then(Value::as_str) {
        Some("progress") => Said::Progress(arguments),
        Some("result") => Said::Result(arguments),
        Some("error") => {
            let uri = error.as_ref().and_then(Value::as_str);
            let uri = uri.ok_or_else(|| fault(id, "`error` is not a URI"))?;
            let error = WampError::new(uri.to_owned());
            Said::Error(WampError { arguments, ..error })
        }
        _ => return Err(fault(id, "`type` is none of result, progress, error")),
    };
    Ok((known, said))
}

/// The call that a line is about which cannot be read for what else it has, a number that has no form in WAMP say.
fn id(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Named {
        id: u64,
    }
    let named = serde_json::from_str::<Named>(text);
    named.ok().map(|named| named.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said() {
        let (id, said) = read(br#"{"type":"result","id":7,"args":[1],"kwargs":{"a":2}}"#).unwrap();
        let Said::Result(Arguments { args, kwargs }) = said else {
            panic!("{said:?}");
        };
        assert_eq!((id, &*args), (7, &[Value::Int(1)][..]));
        assert_eq!(kwargs, Dict::new().with("a", 2));

        let (_, said) = read(br#"{"id":1,"uri":"com.p","type":"progress","at":null}"#).unwrap();
        assert!(matches!(said, Said::Progress(arguments) if arguments == Arguments::default()));

        let (_, said) =
            read(br#"{"type":"error","id":1,"error":"com.my.error","args":["no"]}"#).unwrap();
        let Said::Error(error) = said else {
            panic!("{said:?}");
        };
        assert_eq!(error.error, "com.my.error");
        assert_eq!(error.arguments.args, [Value::from("no")]);
    }

    #[test]
    fn what_says_nothing_names_the_call_if_it_can() {
        for (line, id, message) in [
            (&b"\xff"[..], None, "not UTF-8"),
            (b"[1]", None, "not an object"),
            (
                br#"{"type":"result","id":7,"args":[18446744073709551616]}"#,
                Some(7),
                "this integer needs more than 64 bits",
            ),
            (br#"{"type":"result"}"#, None, "`id` is not that of a call"),
            (
                br#"{"type":"result","id":"7"}"#,
                None,
                "`id` is not that of a call",
            ),
            (
                br#"{"type":"result","id":7,"args":1}"#,
                Some(7),
                "`args` is not a list",
            ),
            (
                br#"{"type":"result","id":7,"kwargs":[]}"#,
                Some(7),
                "`kwargs` is not an object",
            ),
            (
                br#"{"type":"error","id":7}"#,
                Some(7),
                "`error` is not a URI",
            ),
            (
                br#"{"id":7,"args":[]}"#,
                Some(7),
                "`type` is none of result, progress, error",
            ),
        ] {
            let fault = read(line).unwrap_err();
            assert_eq!((fault.id, &*fault.message), (id, message));
        }
        assert_eq!(read(b"Traceback").unwrap_err().id, None);
    }
}
