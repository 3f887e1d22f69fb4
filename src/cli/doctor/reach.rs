//! The URL, the host's addresses, TCP; and who it is that listens, if it is no router of this URL.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio::time::{Instant, timeout};
use wampkit::transport::{Address, Endpoint, Framing, inspect_tls};

use super::super::error::plain;
use super::super::exit::Exit;
use super::Patient;
use super::report::Report;

/// What the URL means.
pub(super) fn url(patient: &Patient, report: &mut Report<'_>) -> Option<Endpoint> {
    match patient.url.parse::<Endpoint>() {
        Err(error) => {
            report.bad("url", error.to_string(), None, Exit::Usage);
            None
        }
        Ok(endpoint) => {
            let framing = framing(&endpoint);
            let tls = if endpoint.is_tls() { " over TLS" } else { "" };
            let place = match endpoint.address() {
                Address::Tcp { host, port } => format!("host {host}, port {port}"),
                Address::Unix(path) => format!("socket {}", path.display()),
            };
            report.good("url", format!("{framing}{tls}, {place}"));
            Some(endpoint)
        }
    }
}

/// Whether anything listens there, address by address.
pub(super) async fn addresses(
    patient: &Patient,
    endpoint: &Endpoint,
    report: &mut Report<'_>,
) -> bool {
    let (host, port) = match endpoint.address() {
        Address::Tcp { host, port } => (host, *port),
        Address::Unix(path) => {
            return match within(patient.limit, UnixStream::connect(path)).await {
                Ok((_, time)) => {
                    report.good("connect", shown(time));
                    true
                }
                Err(error) => {
                    report.bad("connect", plain(&error), hint(&error), Exit::Connect);
                    false
                }
            };
        }
    };
    let addresses = match within(patient.limit, lookup_host((host.as_str(), port))).await {
        Ok((addresses, time)) => {
            let addresses: Vec<SocketAddr> = addresses.collect();
            let names: Vec<_> = addresses.iter().map(|it| it.ip().to_string()).collect();
            report.good(
                "addresses",
                format!("{}, {}", names.join(", "), shown(time)),
            );
            addresses
        }
        Err(error) => {
            let text = format!("cannot find the host {host}: {}", plain(&error));
            let hint = "is the name right, and does this machine have a name server?";
            report.bad("addresses", text, Some(hint), Exit::Connect);
            return false;
        }
    };
    let mut open = Vec::new();
    let mut closed = Vec::new();
    for address in addresses {
        match within(patient.limit, TcpStream::connect(address)).await {
            Ok((_, time)) => open.push((address, time)),
            Err(error) => closed.push((address, error)),
        }
    }
    for (address, time) in &open {
        report.good("connect", format!("{address}, {}", shown(*time)));
    }
    for (address, error) in &closed {
        let text = format!("{address}: {}", plain(error));
        if open.is_empty() {
            report.bad("connect", text, hint(error), Exit::Connect);
        } else {
            let hint = "others are tried first or next, which takes its time";
            report.warn("connect", text, Some(hint));
        }
    }
    !open.is_empty()
}

/// Finds out what is spoken there instead, and tells which URL would be right.
pub(super) async fn who_else(patient: &Patient, endpoint: &Endpoint, report: &mut Report<'_>) {
    let Address::Tcp { host, port } = endpoint.address() else {
        return;
    };
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let mut found = Vec::new();
    let (http, raw) = if endpoint.is_tls() {
        let ask = |bytes: &'static [u8]| ask(patient, host, *port, bytes);
        (ask(HTTP).await, ask(RAWSOCKET).await)
    } else {
        let scheme = if endpoint.framing() == Framing::WebSocket {
            "wss"
        } else {
            "rss"
        };
        let secured = format!("{scheme}://{authority}/").parse::<Endpoint>();
        let settings = patient.tls.clone();
        if let Ok(secured) = secured
            && let Ok(Some(facts)) = inspect_tls(&secured, &settings, patient.limit).await
        {
            found.push(format!("{}: try {scheme}://{authority}", facts.version));
        }
        let ask = |bytes: &'static [u8]| ask(patient, host, *port, bytes);
        (ask(HTTP).await, ask(RAWSOCKET).await)
    };
    let is_http = http.is_some_and(|answer| answer.starts_with(b"HTTP/"));
    let is_raw = raw.is_some_and(|answer| answer.first() == Some(&RAWSOCKET[0]));
    if is_http && (endpoint.is_tls() || endpoint.framing() == Framing::RawSocket) {
        found.push(format!("HTTP: try ws://{authority}/ws"));
    } else if is_http && found.is_empty() {
        found.push("HTTP: is the path of the URL right, and is it a WAMP router?".to_owned());
    }
    if is_raw && (endpoint.is_tls() || endpoint.framing() == Framing::WebSocket) {
        found.push(format!("RawSocket: try rs://{authority}"));
    }
    if found.is_empty() {
        report.skip("what it speaks", "neither TLS, nor HTTP, nor RawSocket");
    }
    for what in found {
        report.warn("what it speaks", what, None);
    }
}

/// What is answered to this, as far as it comes at once.
async fn ask(patient: &Patient, host: &str, port: u16, request: &[u8]) -> Option<Vec<u8>> {
    let asking = async {
        let mut stream = TcpStream::connect((host, port)).await.ok()?;
        stream.write_all(request).await.ok()?;
        let mut answer = vec![0; 5];
        let length = stream.read(&mut answer).await.ok()?;
        answer.truncate(length);
        Some(answer)
    };
    timeout(patient.limit, asking).await.ok().flatten()
}

/// What comes of it, and how long it took.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<(T, Duration)> {
    let started = Instant::now();
    match timeout(limit, work).await {
        Ok(outcome) => outcome.map(|outcome| (outcome, started.elapsed())),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

const fn framing(endpoint: &Endpoint) -> &'static str {
    match endpoint.framing() {
        Framing::WebSocket => "WebSocket",
        Framing::RawSocket => "RawSocket",
    }
}

fn hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some("nothing listens there; is the port right?"),
        io::ErrorKind::TimedOut => Some("a firewall may swallow it, or nobody has the address"),
        io::ErrorKind::NotFound => Some("there is no such socket; is the router running?"),
        _ => None,
    }
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

const HTTP: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Asks for JSON and the longest messages.
const RAWSOCKET: &[u8] = &[0x7F, 0xF1, 0, 0];
