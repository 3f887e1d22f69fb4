//! The little HTTP that WebSocket's opening handshake needs: one bounded head each way, and answers in plain text.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::{HeaderMap, StatusCode};

use super::stream::ByteStream;

/// Why no head could be read.
#[derive(Debug)]
pub(super) enum HeadError {
    Io(io::Error),
    /// The stream ended before the head did.
    Ended,
    /// The head is longer than [`MAX_HEAD`]; what of an answer to such a request is wanted.
    TooLong(Wanted),
}

impl From<io::Error> for HeadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads up to and including the empty line that ends a request's or a response's head. What follows stays in the
/// stream.
pub(super) async fn read_head(stream: &mut ByteStream) -> Result<BytesMut, HeadError> {
    let mut head = BytesMut::with_capacity(1024);
    let mut searched = 0;
    loop {
        let end = memchr::memmem::find(&head[searched..], END_OF_HEAD)
            .map(|at| searched + at + END_OF_HEAD.len());
        if end.unwrap_or(head.len()) > MAX_HEAD {
            return Err(HeadError::TooLong(Wanted::by(&head)));
        }
        if let Some(end) = end {
            let rest = head.split_off(end);
            stream.unread(rest);
            return Ok(head);
        }
        // The last three bytes may be the beginning of the end.
        searched = head.len().saturating_sub(END_OF_HEAD.len() - 1);
        if stream.read_buf(&mut head).await? == 0 {
            return Err(HeadError::Ended);
        }
    }
}

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The most that a head may have, in bytes: room for a browser's cookies, and no more.
const MAX_HEAD: usize = 16 << 10;

/// What of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    All,
    /// What stands in front of the body: HEAD.
    Head,
}

impl Wanted {
    /// What is wanted by who sends a request that begins like this.
    pub(super) fn by(request: &[u8]) -> Self {
        if request.starts_with(b"HEAD ") {
            Self::Head
        } else {
            Self::All
        }
    }
}

/// Answers a request with a sentence and closes.
pub(super) async fn answer(
    stream: &mut ByteStream,
    status: StatusCode,
    headers: &[(&str, &str)],
    sentence: &str,
    wanted: Wanted,
) -> io::Result<()> {
    let mut response = format!("HTTP/1.1 {status}\r\n");
    let length = (sentence.len() + 1).to_string();
    let always = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", &length),
        ("Connection", "close"),
    ];
    for (name, value) in headers.iter().chain(&always) {
        let _ = write!(response, "{name}: {value}\r\n"); // to a String: cannot fail
    }
    response.push_str("\r\n");
    if wanted == Wanted::All {
        response.push_str(sentence);
        response.push('\n');
    }
    stream.write_all(response.as_bytes()).await?;
    stream.finish().await
}

/// The first [`MAX_BODY`] bytes of a response's body, as text; as much of it as comes within [`PATIENCE`].
pub(super) async fn read_body(stream: &mut ByteStream, headers: &HeaderMap) -> String {
    let announced = headers
        .get("content-length")
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let wanted = announced.unwrap_or(MAX_BODY).min(MAX_BODY);
    let mut body = Vec::new();
    // Whatever ends it, the status has told the story already: the text is a bonus.
    let _ = timeout(PATIENCE, stream.take(wanted).read_to_end(&mut body)).await;
    String::from_utf8_lossy(&body).trim_end().to_owned()
}

/// How long a server may keep its refusal's text to itself that does not say how long it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much of a refusal's text is worth reading, in bytes.
const MAX_BODY: u64 = 4 << 10;

/// The items of a list header, which may be repeated or separated by commas.
pub(super) fn list<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|item| !item.is_empty())
}
