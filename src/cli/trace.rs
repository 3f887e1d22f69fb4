//! `--trace`: each message of a session on a line.
//!
//! For people the lines are aligned and cut where they are long; for programs they are objects, whole. What this module does *not*
//! do: decide what is secret, which [`Frame`] does.

use std::collections::HashMap;
use std::fmt::Debug;
use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wampkit::client::{Frame, Trace, Traced};
use wampkit::proto::{Dict, MessageType, Value};
use wampkit::transport::Transport;

use super::args::ConnectionArgs;
use super::console::Console;
use super::error::CliError;
use super::output::Format;
use super::terminal::{Paint, Stream};
use super::{json, private, sanitize, stderr};

/// Who prints the messages of a session, if that is wanted. Times are counted from here on.
///
/// # Errors
/// That the file cannot be written.
pub(crate) fn open(
    args: &ConnectionArgs,
    console: &Console,
) -> Result<Option<Arc<dyn Trace>>, CliError> {
    let Some(target) = &args.trace else {
        return Ok(None);
    };
    let (target, color) = match target {
        None => (Target::Stderr, console.stderr()),
        Some(path) => {
            let file = private::empty(path).map_err(|error| CliError::System {
                doing: format!("write {}", path.display()),
                error,
            })?;
            let plain = Stream {
                terminal: false,
                color: false,
            };
            (Target::File(file), plain)
        }
    };
    Ok(Some(Arc::new(Printer {
        started: Instant::now(),
        objects: console.format() == Format::Json,
        color,
        pending: Mutex::default(),
        target,
    })))
}

/// Prints messages no longer, or again.
pub(crate) fn pause(paused: bool) {
    PAUSED.store(paused, Ordering::Relaxed);
}

/// Whether messages are printed for now; of all connections of this process.
static PAUSED: AtomicBool = AtomicBool::new(false);

/// Prints what goes over a connection.
#[derive(Debug)]
struct Printer {
    started: Instant,
    /// Whether the lines are for programs.
    objects: bool,
    color: Stream,
    pending: Mutex<Pending>,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stderr,
    File(File),
}

/// One line.
struct Line {
    /// Of an object: `sent`, `received`, or what happened to the connection.
    kind: &'static str,
    /// For people: which way it went.
    arrow: &'static str,
    paint: Paint,
    /// What it is called.
    name: &'static str,
    size: Option<u64>,
    latency: Option<Duration>,
    content: Content,
}

/// What there is to say.
enum Content {
    Message(Value),
    /// Words, and what they are made of.
    Fact(String, Dict),
}

impl Trace for Printer {
    fn traced(&self, traced: Traced<'_>) {
        if PAUSED.load(Ordering::Relaxed) {
            return;
        }
        let now = Instant::now();
        let line = match traced {
            Traced::Sent(frame) => self.message("sent", "→", Paint::Hint, frame, now),
            Traced::Received(frame) => self.message("received", "←", Paint::Topic, frame, now),
            Traced::Connected(transport) => connected(transport),
            Traced::Pinged => fact("ping", "is the router still there?", Dict::new()),
            Traced::Answered => fact("pong", "it is", Dict::new()),
            Traced::Closing(code) => {
                let details = Dict::new().with("code", u64::from(code.number()));
                fact("closing", format!("code {}", code.number()), details)
            }
            Traced::Closed(farewell) => match farewell {
                None => fact("closed", "", Dict::new()),
                Some(farewell) => {
                    let (code, text) = (farewell.code, &*farewell.text);
                    let mark = if text.is_empty() { "" } else { ": " };
                    let details = Dict::new()
                        .with("code", u64::from(code))
                        .with("reason", text);
                    fact("closed", format!("code {code}{mark}{text}"), details)
                }
            },
            Traced::Failed(error) => {
                let details = Dict::new().with("reason", error.to_string());
                fact("failed", error.to_string(), details)
            }
            // What later versions of the library have to tell.
            _ => return,
        };
        let since = now.saturating_duration_since(self.started);
        let line = if self.objects {
            line.object(since)
        } else {
            line.text(since, &self.color)
        };
        match &self.target {
            Target::Stderr => stderr::line(&line),
            // As with standard error: what cannot be written is lost, and the command does what it is for.
            Target::File(file) => {
                let mut file = file;
                let _ = file.write_all(format!("{line}\n").as_bytes());
            }
        }
    }
}

impl Printer {
    fn message(
        &self,
        kind: &'static str,
        arrow: &'static str,
        paint: Paint,
        frame: Frame<'_>,
        now: Instant,
    ) -> Line {
        let (name, latency, content) = match frame.value() {
            Ok(value) => {
                let elements = value.as_list().unwrap_or_default();
                let code = elements.first().and_then(Value::as_u64);
                let name = code.and_then(MessageType::from_code);
                // What a panic left behind is a table all the same.
                let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
                let latency = name.and_then(|name| pending.pass(name, elements, now));
                let name = name.map_or("?", MessageType::as_str);
                (name, latency, Content::Message(value))
            }
            Err(fault) => {
                let details = Dict::new().with("reason", fault.to_string());
                ("?", None, Content::Fact(fault.to_string(), details))
            }
        };
        Line {
            kind,
            arrow,
            paint,
            name,
            size: Some(frame.len() as u64),
            latency,
            content,
        }
    }
}

fn connected(transport: &dyn Transport) -> Line {
    let (peer, serializer) = (transport.peer(), transport.serializer());
    let mut text = format!("{peer}, {serializer}");
    let mut details = Dict::new()
        .with("peer", peer)
        .with("serializer", serializer.as_str());
    if let Some(security) = transport.security() {
        let (version, suite) = (security.version, security.cipher_suite);
        text.push_str(&format!(", {version}, {suite}"));
        details = details.with("tls", version).with("cipher_suite", suite);
    }
    fact("connected", text, details)
}

fn fact(kind: &'static str, text: impl Into<String>, details: Dict) -> Line {
    Line {
        kind,
        arrow: "·",
        paint: Paint::Heading,
        name: kind,
        size: None,
        latency: None,
        content: Content::Fact(text.into(), details),
    }
}

impl Line {
    fn text(&self, since: Duration, stream: &Stream) -> String {
        let time = format!("{:.3} ms", since.as_secs_f64() * 1e3);
        let head = format!("{} {:14}", self.arrow, self.name);
        let size = self
            .size
            .map_or_else(String::new, |size| format!("{size} B"));
        let latency = self.latency.map_or_else(String::new, short);
        let longest = if stream.terminal { GLANCE } else { LONGEST };
        let content = match &self.content {
            Content::Message(value) => cut(json::compact(value), longest),
            Content::Fact(text, _) => cut(text.clone(), longest),
        };
        let line = format!(
            "{time:>12}  {} {size:>9} {latency:>9}  {}",
            stream.paint(self.paint, &head),
            sanitize::line(&content)
        );
        line.trim_end().to_owned()
    }

    fn object(self, since: Duration) -> String {
        let micros = |time: Duration| Value::from((time.as_secs_f64() * 1e6).round() / 1e3);
        let mut object = Dict::new()
            .with("type", self.kind)
            .with("ms", micros(since));
        match self.content {
            Content::Message(message) => {
                object = object
                    .with("name", self.name)
                    .with("size", self.size.map_or(Value::Null, Value::from))
                    .with("latency_ms", self.latency.map_or(Value::Null, micros))
                    .with("message", message);
            }
            Content::Fact(_, details) => object = object.with("details", details),
        }
        sanitize::line(&json::compact(&object.into())).into_owned()
    }
}

/// How long an answer took: `+0.31ms`, `+123ms`.
fn short(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    let digits = if millis < 10.0 { 2 } else { 0 };
    format!("+{millis:.digits$}ms")
}

/// The beginning of a long text, and how much more there is.
pub(crate) fn cut(mut text: String, longest: usize) -> String {
    if text.len() > longest {
        let end = text.floor_char_boundary(longest);
        let rest = text.len() - end;
        text.truncate(end);
        text.push_str(&match rest {
            0..1000 => format!("… {rest} B more"),
            _ => format!("… {} kB more", rest.div_ceil(1000)),
        });
    }
    text
}

/// Requests that are not answered yet, from either side, by what they are and their ids; and when they were made.
#[derive(Debug, Default)]
struct Pending(HashMap<(MessageType, u64), Instant>);

impl Pending {
    /// Takes note of a message. If it is an answer: how long ago the request was.
    fn pass(&mut self, kind: MessageType, elements: &[Value], now: Instant) -> Option<Duration> {
        use MessageType as M;
        let number = |at: usize| elements.get(at).and_then(Value::as_u64).unwrap_or(0);
        let is_set = |at: usize, option: &str| {
            let dict = elements.get(at).and_then(Value::as_dict);
            dict.and_then(|dict| dict.get(option)) == Some(&Value::Bool(true))
        };
        let answered = match kind {
            M::Hello => (M::Hello, 0),
            M::Welcome | M::Challenge | M::Abort | M::Authenticate => (M::Hello, 0),
            M::Goodbye => (M::Goodbye, 0),
            M::Published => (M::Publish, number(1)),
            M::Subscribed => (M::Subscribe, number(1)),
            M::Unsubscribed => (M::Unsubscribe, number(1)),
            M::Registered => (M::Register, number(1)),
            M::Unregistered => (M::Unregister, number(1)),
            M::Result => (M::Call, number(1)),
            M::Yield => (M::Invocation, number(1)),
            M::Error => (M::from_code(number(1))?, number(2)),
            other => (other, number(1)),
        };
        let latency = match self.0.get(&answered) {
            Some(&then) if kind != answered.0 || kind == M::Goodbye => {
                // More of them follow a partial result.
                if !(matches!(kind, M::Result | M::Yield) && is_set(2, "progress")) {
                    self.0.remove(&answered);
                }
                Some(now.saturating_duration_since(then))
            }
            _ => None,
        };
        let is_asking = match kind {
            M::Hello | M::Authenticate | M::Subscribe | M::Unsubscribe => true,
            M::Call | M::Register | M::Unregister | M::Invocation => true,
            M::Publish => is_set(2, "acknowledge"),
            M::Goodbye => latency.is_none(),
            _ => false,
        };
        if is_asking && self.0.len() < MOST_PENDING {
            self.0.insert(answered, now);
        }
        latency
    }
}

/// How many bytes of a message people get to read.
const LONGEST: usize = 1000;

/// The same on a terminal, where HELLO and WELCOME would fill the screen.
const GLANCE: usize = 300;

/// How many requests are remembered: answers to others are shown without their latency.
const MOST_PENDING: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> (MessageType, Vec<Value>) {
        let Ok(Value::List(elements)) = json::parse(text) else {
            panic!("{text}");
        };
        let code = elements[0].as_u64().and_then(MessageType::from_code);
        (code.unwrap(), elements)
    }

    #[test]
    fn answers_are_told_from_requests() {
        let mut pending = Pending::default();
        let start = Instant::now();
        // (milliseconds, message, since the request)
        for (at, text, latency) in [
            (0, r#"[1,"realm1",{}]"#, None),
            (2, r#"[4,"ticket",{}]"#, Some(2)),
            (3, r#"[5,"",{}]"#, None),
            (7, r#"[2,1,{}]"#, Some(4)),
            (10, r#"[48,1,{},"com.p"]"#, None),
            (11, r#"[32,2,{},"com.t"]"#, None),
            (12, r#"[16,3,{},"com.t"]"#, None),
            (13, r#"[50,1,{"progress":true}]"#, Some(3)),
            (14, r#"[33,2,77]"#, Some(3)),
            (15, r#"[50,1,{}]"#, Some(5)),
            (16, r#"[50,1,{}]"#, None),
            (17, r#"[17,3,99]"#, None),
            (20, r#"[16,4,{"acknowledge":true},"com.t"]"#, None),
            (21, r#"[8,16,4,{},"wamp.error.not_authorized"]"#, Some(1)),
            // The callee's side, with an id that the caller's has too.
            (30, r#"[48,5,{},"com.p"]"#, None),
            (31, r#"[68,5,9,{}]"#, None),
            (34, r#"[70,5,{}]"#, Some(3)),
            (35, r#"[50,5,{}]"#, Some(5)),
            (40, r#"[6,{},"wamp.close.close_realm"]"#, None),
            (44, r#"[6,{},"wamp.close.goodbye_and_out"]"#, Some(4)),
        ] {
            let (kind, elements) = message(text);
            let passed = pending.pass(kind, &elements, start + Duration::from_millis(at));
            assert_eq!(passed, latency.map(Duration::from_millis), "{text}");
        }
        assert!(pending.0.is_empty(), "{pending:?}");
    }

    #[test]
    fn a_peer_that_never_answers_costs_no_more_memory_than_that() {
        let mut pending = Pending::default();
        for id in 0..2 * MOST_PENDING as u64 {
            let elements = [48.into(), id.into()];
            pending.pass(MessageType::Call, &elements, Instant::now());
        }
        assert_eq!(pending.0.len(), MOST_PENDING);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("é".repeat(500), LONGEST), "é".repeat(500));
        assert!(cut("x".repeat(1009), LONGEST).ends_with("x… 9 B more"));
        assert!(cut(format!("x{}", "é".repeat(7000)), LONGEST).ends_with("é… 14 kB more"));
    }

    #[test]
    fn times_are_short() {
        assert_eq!(short(Duration::from_micros(314)), "+0.31ms");
        assert_eq!(short(Duration::from_millis(123)), "+123ms");
    }
}
