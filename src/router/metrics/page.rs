//! Where the numbers are read, and whether the router is well: a little HTTP for Prometheus and for whoever watches over
//! processes.
//!
//! `GET` and `HEAD` of `/metrics` and `/healthz`; a request is one bounded head, and an answer ends the connection.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::io::{self, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::super::{ACCEPT_PAUSE, Router};

/// An address to listen at for [`Router::listen_metrics`]: `HOST:PORT`, or `PORT` on this machine alone.
///
/// # Errors
/// What is neither.
pub fn metrics_address(text: &str) -> Result<String, BadAddress> {
    let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
    // An IPv6 address has colons of its own, and brackets around it.
    let is_host = match host.strip_prefix('[') {
        Some(rest) => rest.ends_with(']'),
        None => !host.is_empty() && !host.contains([':', '/', ' ']),
    };
    match port.parse::<u16>() {
        Ok(port) if is_host => Ok(format!("{host}:{port}")),
        _ => Err(BadAddress),
    }
}

/// What was given is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write PORT, or HOST:PORT")]
pub struct BadAddress;

/// Answers requests until it is dropped. Of too many at once the one that has been there for the longest has to go: whoever asks in
/// a hurry is answered, however many others take their time.
pub(in crate::router) async fn serve(router: Router, listener: TcpListener) {
    let mut visits = JoinSet::new();
    let mut visitors = VecDeque::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                while visits.try_join_next().is_some() {}
                visitors.retain(|visitor: &AbortHandle| !visitor.is_finished());
                if visitors.len() >= MOST_AT_ONCE
                    && let Some(first) = visitors.pop_front()
                {
                    first.abort();
                }
                let router = router.clone();
                visitors.push_back(visits.spawn(async move {
                    let visit = timeout(PATIENCE, answer(&router, stream)).await;
                    if let Ok(Err(error)) = visit {
                        tracing::debug!(%error, "a reader of the metrics left");
                    }
                }));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept readers of the metrics for the moment");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers one request.
async fn answer(router: &Router, mut stream: TcpStream) -> io::Result<()> {
    let response = match read_head(&mut stream).await? {
        Head::Whole(head) => respond(router, &head),
        Head::TooLong => Response::text("431 Request Header Fields Too Large", "too long"),
        Head::Ended => return Ok(()),
    };
    stream.write_all(response.to_http().as_bytes()).await?;
    stream.shutdown().await?;
    // What else it says is read and forgotten, until it leaves: were it left unread, the answer would be lost with it.
    io::copy(&mut stream.take(MOST_IGNORED), &mut io::sink()).await?;
    Ok(())
}

enum Head {
    Whole(Vec<u8>),
    TooLong,
    /// The client is gone.
    Ended,
}

async fn read_head(stream: &mut TcpStream) -> io::Result<Head> {
    let mut head = Vec::with_capacity(512);
    while memchr::memmem::find(&head, b"\r\n\r\n").is_none() {
        if head.len() > LONGEST_HEAD {
            return Ok(Head::TooLong);
        }
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(Head::Ended);
        }
    }
    Ok(Head::Whole(head))
}

struct Response {
    status: &'static str,
    content_type: &'static str,
    body: String,
    /// Whether the body stays here: HEAD.
    is_head: bool,
}

impl Response {
    fn text(status: &'static str, line: &str) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            body: format!("{line}\n"),
            is_head: false,
        }
    }

    fn to_http(&self) -> String {
        let Self {
            status,
            content_type,
            body,
            is_head,
        } = self;
        let length = body.len();
        let body = if *is_head { "" } else { body };
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )
    }
}

/// What a request is answered with.
fn respond(router: &Router, head: &[u8]) -> Response {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let words: Vec<_> = line.split(|byte| *byte == b' ').collect();
    let &[method, target, version] = words.as_slice() else {
        return Response::text("400 Bad Request", "this is no request of HTTP");
    };
    if !version.starts_with(b"HTTP/1.") {
        return Response::text("400 Bad Request", "this is no request of HTTP/1");
    }
    let is_head = match method {
        b"GET" => false,
        b"HEAD" => true,
        _ => {
            return Response::text(
                "405 Method Not Allowed\r\nAllow: GET, HEAD",
                "only GET and HEAD are allowed",
            );
        }
    };
    let path = target.split(|byte| *byte == b'?').next();
    let response = match path.unwrap_or_default() {
        b"/metrics" => Response {
            status: "200 OK",
            content_type: "text/plain; version=0.0.4; charset=utf-8",
            body: router.metrics().to_prometheus(),
            is_head,
        },
        b"/healthz" if router.is_closing() => {
            Response::text("503 Service Unavailable", "shutting down")
        }
        b"/healthz" => Response::text("200 OK", "ok"),
        _ => Response::text("404 Not Found", "there are /metrics and /healthz here"),
    };
    Response {
        is_head,
        ..response
    }
}

/// How long a visit may take: more than a slow reader needs for some 100 KiB.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many visits there may be at a time; others wait.
const MOST_AT_ONCE: usize = 32;

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 8 << 10;

/// How much of what follows it is waited for, in bytes.
const MOST_IGNORED: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_for_this_machine() {
        for (text, address) in [
            ("9100", "127.0.0.1:9100"),
            ("0", "127.0.0.1:0"),
            ("0.0.0.0:9100", "0.0.0.0:9100"),
            ("localhost:1", "localhost:1"),
            ("[::1]:9100", "[::1]:9100"),
        ] {
            assert_eq!(metrics_address(text).as_deref(), Ok(address));
        }
        for wrong in [
            "",
            ":9100",
            "x",
            "x:",
            "70000",
            "a:70000",
            "::1:80",
            "http://a:1",
            "[::1:80",
        ] {
            assert_eq!(metrics_address(wrong), Err(BadAddress), "{wrong}");
        }
    }
}
