//! What a command's output means as the answer to a call.

use std::process::{ExitStatus, Output};

use wampkit::client::WampError;
use wampkit::codec::Arguments;
use wampkit::proto::Value;

use crate::cli::json;

/// What the command said, as an answer.
pub(super) fn read(output: Output) -> Result<Arguments, WampError> {
    if output.status.success() {
        let args = result(output.stdout).into_iter().collect();
        return Ok(Arguments {
            args,
            ..Arguments::default()
        });
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stderr = &stderr[stderr.ceil_char_boundary(stderr.len().saturating_sub(MAX_STDERR))..];
    Err(verbatim(&output.stdout).unwrap_or_else(|| failed(code(output.status), stderr.trim_end())))
}

/// JSON, else text without its last newline, else bytes; nothing for nothing.
pub(super) fn result(stdout: Vec<u8>) -> Option<Value> {
    if stdout.is_empty() {
        return None;
    }
    Some(match String::from_utf8(stdout) {
        Ok(text) => json::parse(&text).unwrap_or_else(|_| {
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Value::from(line.strip_suffix('\r').unwrap_or(line))
        }),
        Err(error) => Value::Bin(error.into_bytes().into()),
    })
}

/// The error that the command wrote itself: `{"error":URI,"args":[…],"kwargs":{…}}`.
pub(super) fn verbatim(stdout: &[u8]) -> Option<WampError> {
    let value = json::parse(str::from_utf8(stdout).ok()?).ok()?;
    let Value::Dict(dict) = value else {
        return None;
    };
    let uri = dict.get("error")?.as_str()?.to_owned();
    let mut error = WampError::new(uri);
    for (key, value) in dict {
        match (&*key, value) {
            ("args", Value::List(args)) => error.arguments.args = args,
            ("kwargs", Value::Dict(kwargs)) => error.arguments.kwargs = kwargs,
            ("error", _) => {}
            _ => return None,
        }
    }
    Some(error)
}

/// The error of a command that failed without saying how.
pub(super) fn failed(exit: i64, stderr: &str) -> WampError {
    WampError::new(COMMAND_FAILED)
        .with_kw("exit", exit)
        .with_kw("stderr", stderr)
}

/// The exit code as a shell would give it: 128 and the signal's number where a signal ended it.
pub(crate) fn code(status: ExitStatus) -> i64 {
    use std::os::unix::process::ExitStatusExt as _;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .map_or(NOT_STARTED, i64::from)
}

/// The ERROR of a command that does not do what it is for.
pub(super) const COMMAND_FAILED: &str = "wamp.cli.error.command_failed";

/// What a shell's exit code is for a command that it cannot start.
pub(super) const NOT_STARTED: i64 = 127;

/// How much of standard error goes into an ERROR: its end, where the reason is.
const MAX_STDERR: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use bytes::Bytes;
    use wampkit::proto::Dict;

    use super::*;

    fn output(status: i32, stdout: &[u8], stderr: &str) -> Output {
        Output {
            status: ExitStatus::from_raw(status),
            stdout: stdout.to_vec(),
            stderr: stderr.as_bytes().to_vec(),
        }
    }

    #[test]
    fn standard_output_is_the_result() {
        let args = |stdout: &[u8]| read(output(0, stdout, "ignored")).unwrap().args;
        assert_eq!(args(b""), []);
        assert_eq!(args(b"5\n"), [Value::Int(5)]);
        assert_eq!(args(b"{\"a\":1}"), [Value::Dict(Dict::new().with("a", 1))]);
        assert_eq!(args(b"two\nlines\n\n"), [Value::from("two\nlines\n")]);
        assert_eq!(args(b"dos\r\n"), [Value::from("dos")]);
        assert_eq!(args(b"\n"), [Value::from("")]);
        assert_eq!(args(b"\xff\n"), [Value::Bin(Bytes::from_static(b"\xff\n"))]);
    }

    #[test]
    fn a_failure_tells_the_code_and_standard_error() {
        let error = read(output(3 << 8, b"half a resu", "went wrong\n")).unwrap_err();
        assert_eq!(error.error, "wamp.cli.error.command_failed");
        let expected = Dict::new().with("exit", 3).with("stderr", "went wrong");
        assert_eq!(error.arguments.kwargs, expected);
        let killed = read(output(9, b"", "")).unwrap_err();
        assert_eq!(killed.arguments.kwargs.get("exit"), Some(&Value::Int(137)));
        let long = "é".repeat(MAX_STDERR);
        let error = read(output(1 << 8, b"", &long)).unwrap_err();
        let stderr = error.arguments.kwargs.get("stderr").and_then(Value::as_str);
        assert_eq!(stderr.map(str::len), Some(MAX_STDERR));
    }

    #[test]
    fn a_command_can_write_its_own_error() {
        let own = br#"{"error":"com.shop.declined","args":[1],"kwargs":{"b":2}}"#;
        let error = read(output(1 << 8, own, "")).unwrap_err();
        assert_eq!(error.error, "com.shop.declined");
        assert_eq!(error.arguments.args, [Value::Int(1)]);
        assert_eq!(error.arguments.kwargs, Dict::new().with("b", 2));
        for not_one in [
            &br#"{"error":7}"#[..],
            br#"{"error":"a.b","more":1}"#,
            br#"{"args":[]}"#,
            b"[]",
            b"",
        ] {
            let error = read(output(1 << 8, not_one, "")).unwrap_err();
            assert_eq!(error.error, "wamp.cli.error.command_failed");
        }
    }
}
