//! Endpoints: where a router listens and a client connects, written as a URL.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::uri::{Authority, PathAndQuery};

/// A place to listen at or connect to, parsed from a URL.
///
/// | URL | transport |
/// |---|---|
/// | `ws://host[:port]/path`, `wss://…` | WebSocket over TCP, over TLS; ports 80 and 443 unless given |
/// | `rs://host:port`, `rss://…` | RawSocket over TCP, over TLS; also written `tcp://`, `tcps://` |
/// | `ws+unix:///path/to.sock` | WebSocket over a Unix socket, at the HTTP path `/ws` |
/// | `rs+unix:///path/to.sock` | RawSocket over a Unix socket; also written `unix://` |
///
/// A listener serves both transports at every endpoint; the scheme says which one its URL advertises.
/// `Display` writes the canonical form: the first scheme of each row, without a port that is the default.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    framing: Framing,
    tls: bool,
    address: Address,
    /// The HTTP path, for RawSocket the one that WebSocket clients of the same listener use.
    path: String,
}

/// How frames are told apart on the byte stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// WebSocket (Basic Profile, "WebSocket Transport").
    WebSocket,
    /// RawSocket (Advanced Profile, "RawSocket Transport").
    RawSocket,
}

/// Where the byte stream leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A TCP port.
    Tcp {
        /// A host name or an IP address, IPv6 without brackets.
        host: String,
        /// The port; 0 lets the system choose when listening.
        port: u16,
    },
    /// A Unix domain socket, at an absolute path.
    Unix(PathBuf),
}

impl Endpoint {
    /// WebSocket or RawSocket.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the stream is encrypted.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.tls
    }

    /// The TCP port or the Unix socket.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// The HTTP path and query of WebSocket requests; `/ws` where the URL has no room for one.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same endpoint at another TCP port, such as the one that the system chose. A Unix socket stays as it is.
    #[must_use]
    pub fn with_port(mut self, new: u16) -> Self {
        if let Address::Tcp { port, .. } = &mut self.address {
            *port = new;
        }
        self
    }

    /// The host as it stands in a URL and in the HTTP `Host` header, with the port unless it is the scheme's own.
    pub(super) fn authority(&self) -> String {
        match &self.address {
            Address::Tcp { host, port } => {
                let host = if host.contains(':') {
                    format!("[{host}]")
                } else {
                    host.clone()
                };
                if Some(*port) == default_port(self.framing, self.tls) {
                    host
                } else {
                    format!("{host}:{port}")
                }
            }
            Address::Unix(_) => "localhost".to_owned(),
        }
    }

    fn unix(framing: Framing, path: &str) -> Result<Self, EndpointError> {
        if !Path::new(path).is_absolute() {
            return Err(EndpointError::RelativePath(path.to_owned()));
        }
        Ok(Self {
            framing,
            tls: false,
            address: Address::Unix(PathBuf::from(path)),
            path: DEFAULT_PATH.to_owned(),
        })
    }

    fn tcp(framing: Framing, tls: bool, rest: &str) -> Result<Self, EndpointError> {
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        let (host, port) = split_authority(authority)?;
        let port = match port {
            Some(port) => port,
            None => default_port(framing, tls).ok_or(EndpointError::MissingPort)?,
        };
        let path = match (framing, path) {
            (Framing::RawSocket, "" | "/") => DEFAULT_PATH.to_owned(),
            (Framing::WebSocket, "") => "/".to_owned(),
            (Framing::WebSocket, path) if path.starts_with('/') && !path.contains('#') => path
                .parse::<PathAndQuery>()
                .map_err(|_| EndpointError::BadPath(path.to_owned()))?
                .to_string(),
            (_, path) => return Err(EndpointError::BadPath(path.to_owned())),
        };
        Ok(Self {
            framing,
            tls,
            address: Address::Tcp { host, port },
            path,
        })
    }
}

/// The HTTP path where none is written.
const DEFAULT_PATH: &str = "/ws";

/// RawSocket has no port of its own.
const fn default_port(framing: Framing, tls: bool) -> Option<u16> {
    match (framing, tls) {
        (Framing::WebSocket, false) => Some(80),
        (Framing::WebSocket, true) => Some(443),
        (Framing::RawSocket, _) => None,
    }
}

/// The host, without brackets, and the port if there is one.
fn split_authority(text: &str) -> Result<(String, Option<u16>), EndpointError> {
    if text.is_empty() || text.rfind(':') == Some(0) {
        return Err(EndpointError::MissingHost);
    }
    if text.contains('@') {
        return Err(EndpointError::Credentials);
    }
    let bad_host = || EndpointError::BadHost(text.to_owned());
    let authority: Authority = text.parse().map_err(|_| bad_host())?;
    let host = authority.host();
    let port = match text.strip_prefix(host).ok_or_else(bad_host)? {
        "" => None,
        port => Some(
            port.strip_prefix(':')
                .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(|| EndpointError::BadPort(port.trim_start_matches(':').to_owned()))?,
        ),
    };
    let name = match host.strip_prefix('[') {
        Some(inner) => {
            let inner = inner.strip_suffix(']').ok_or_else(bad_host)?;
            inner
                .parse::<std::net::Ipv6Addr>()
                .map_err(|_| bad_host())?
                .to_string()
        }
        None => host.to_ascii_lowercase(),
    };
    Ok((name, port))
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(url: &str) -> Result<Self, EndpointError> {
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| EndpointError::MissingScheme(url.to_owned()))?;
        match scheme.to_ascii_lowercase().as_str() {
            "ws" => Self::tcp(Framing::WebSocket, false, rest),
            "wss" => Self::tcp(Framing::WebSocket, true, rest),
            "rs" | "tcp" => Self::tcp(Framing::RawSocket, false, rest),
            "rss" | "tcps" => Self::tcp(Framing::RawSocket, true, rest),
            "ws+unix" => Self::unix(Framing::WebSocket, rest),
            "rs+unix" | "unix" => Self::unix(Framing::RawSocket, rest),
            _ => Err(EndpointError::UnknownScheme(scheme.to_owned())),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (self.framing, self.tls) {
            (Framing::WebSocket, false) => "ws",
            (Framing::WebSocket, true) => "wss",
            (Framing::RawSocket, false) => "rs",
            (Framing::RawSocket, true) => "rss",
        };
        match &self.address {
            Address::Tcp { .. } => write!(f, "{scheme}://{}", self.authority())?,
            Address::Unix(path) => return write!(f, "{scheme}+unix://{}", path.display()),
        }
        match self.framing {
            Framing::WebSocket => f.write_str(&self.path),
            Framing::RawSocket => Ok(()),
        }
    }
}

/// Why a text is no [`Endpoint`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// There is no `scheme://` in front.
    #[error("{0:?} is no URL: it has to begin with one of {KNOWN_SCHEMES}")]
    MissingScheme(String),
    /// The scheme is none of ours.
    #[error("unknown scheme {0:?}: known are {KNOWN_SCHEMES}")]
    UnknownScheme(String),
    /// There is nothing where the host should stand.
    #[error("the URL names no host")]
    MissingHost,
    /// The host is neither a name nor an address.
    #[error("{0:?} is no host name or address")]
    BadHost(String),
    /// A user name or password stands before the host.
    #[error("a user name or password does not belong in the URL")]
    Credentials,
    /// The port is no number from 0 to 65535.
    #[error("{0:?} is no port: expected a number from 0 to 65535")]
    BadPort(String),
    /// RawSocket without a port.
    #[error("the URL names no port, and RawSocket has no default")]
    MissingPort,
    /// The path is malformed, or stands where there is none.
    #[error("{0:?} cannot be the path of this URL")]
    BadPath(String),
    /// The path of a Unix socket does not begin with a slash.
    #[error("{0:?} is no absolute path: a Unix socket is written like unix:///run/wamp.sock")]
    RelativePath(String),
}

const KNOWN_SCHEMES: &str =
    "ws://, wss://, rs://, rss://, tcp://, tcps://, ws+unix://, rs+unix://, unix://";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_their_canonical_form() {
        for (url, canonical) in [
            ("ws://127.0.0.1:8080/ws", "ws://127.0.0.1:8080/ws"),
            ("ws://Example.org", "ws://example.org/"),
            (
                "ws://example.org:80/ws?token=1",
                "ws://example.org/ws?token=1",
            ),
            ("wss://example.org:443/ws", "wss://example.org/ws"),
            ("wss://example.org:80/ws", "wss://example.org:80/ws"),
            ("ws://[::1]:8080/ws", "ws://[::1]:8080/ws"),
            ("ws://[0:0::1]/ws", "ws://[::1]/ws"),
            ("WS://localhost/", "ws://localhost/"),
            ("rs://localhost:8081", "rs://localhost:8081"),
            ("rs://localhost:8081/", "rs://localhost:8081"),
            ("tcp://[::]:0", "rs://[::]:0"),
            ("tcps://localhost:1", "rss://localhost:1"),
            ("rss://localhost:1", "rss://localhost:1"),
            ("ws+unix:///run/a b.sock", "ws+unix:///run/a b.sock"),
            ("rs+unix:///run/wamp.sock", "rs+unix:///run/wamp.sock"),
            ("unix:///run/wamp.sock", "rs+unix:///run/wamp.sock"),
        ] {
            let endpoint: Endpoint = url.parse().unwrap();
            assert_eq!(endpoint.to_string(), canonical, "{url}");
            assert_eq!(canonical.parse(), Ok(endpoint), "{url}");
        }
    }

    #[test]
    fn parts() {
        let endpoint: Endpoint = "ws://[::1]/ws?x".parse().unwrap();
        assert_eq!(
            *endpoint.address(),
            Address::Tcp {
                host: "::1".to_owned(),
                port: 80
            }
        );
        assert_eq!(endpoint.path(), "/ws?x");
        assert_eq!(endpoint.with_port(7).to_string(), "ws://[::1]:7/ws?x");

        for no_room_for_a_path in ["rs://localhost:1", "ws+unix:///a", "unix:///a"] {
            let endpoint: Endpoint = no_room_for_a_path.parse().unwrap();
            assert_eq!(endpoint.path(), "/ws", "{no_room_for_a_path}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        use EndpointError::*;
        for (url, error) in [
            ("localhost:8080", MissingScheme("localhost:8080".into())),
            ("", MissingScheme(String::new())),
            ("http://localhost/ws", UnknownScheme("http".into())),
            ("ws://", MissingHost),
            ("ws:///ws", MissingHost),
            ("ws://:80/ws", MissingHost),
            ("rs://:8081", MissingHost),
            ("rs://localhost", MissingPort),
            ("ws://localhost:/", BadPort(String::new())),
            ("ws://localhost:65536/", BadPort("65536".into())),
            ("rs://localhost:http", BadPort("http".into())),
            ("rs://localhost:+1", BadPort("+1".into())),
            ("ws://me:secret@localhost/", Credentials),
            ("ws://a b/ws", BadHost("a b".into())),
            ("ws://[::1/ws", BadHost("[::1".into())),
            ("ws://[1.2.3.4]/ws", BadHost("[1.2.3.4]".into())),
            ("ws://::1/ws", BadHost("::1".into())),
            ("ws://localhost/ws#top", BadPath("/ws#top".into())),
            ("ws://localhost/a b", BadPath("/a b".into())),
            ("ws://localhost?x", BadPath("?x".into())),
            ("rs://localhost:1/ws", BadPath("/ws".into())),
            ("unix://run/wamp.sock", RelativePath("run/wamp.sock".into())),
            ("ws+unix://", RelativePath(String::new())),
        ] {
            assert_eq!(url.parse::<Endpoint>(), Err(error), "{url}");
        }
        assert_eq!(
            "http://localhost"
                .parse::<Endpoint>()
                .unwrap_err()
                .to_string(),
            "unknown scheme \"http\": known are ws://, wss://, rs://, rss://, tcp://, tcps://, ws+unix://, rs+unix://, unix://"
        );
    }
}
