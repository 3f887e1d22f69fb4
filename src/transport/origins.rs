//! Origins: which web pages may have their visitors' browsers connect.
//!
//! A browser connects to wherever a page wants it to, with the reach of the machine that it runs on, and says in the header
//! `Origin` which page that was (RFC 6455, section 10.2). Other clients send no such header, and are none of this module's
//! business: it protects people from pages, not routers from clients.

use std::net::{IpAddr, Ipv6Addr};

/// The web pages that may connect to a listener, beside those that always may.
///
/// Without being listed may connect:
/// - pages of the host and port that the browser connects to: `Origin` and `Host` say the same;
/// - over loopback instead: pages of this machine, whatever their port, as long as `Host` names this machine too. That the two
///   are equal is no proof there, since whoever owns a name can point it to 127.0.0.1 after his page is loaded (DNS
///   rebinding).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    listed: Vec<Pattern>,
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// `*`.
    Any,
    /// `null`: pages without an origin, such as local files and sandboxed frames.
    Null,
    Of(OriginPattern),
}

/// `https://*.example.org:8443`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OriginPattern {
    scheme: String,
    host: HostPattern,
    port: PortPattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    Exact(String),
    /// Whatever ends with this; it begins with a dot.
    Below(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PortPattern {
    /// The number, or that there is none and the scheme has none of its own.
    Exact(Option<u16>),
    Any,
}

impl Origins {
    /// Those that may connect without being listed, and no others.
    #[must_use]
    pub const fn new() -> Self {
        Self { listed: Vec::new() }
    }

    /// All of `patterns`; see [`Origins::with`].
    ///
    /// # Errors
    /// The first that is none.
    pub fn of<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Result<Self, OriginError> {
        patterns
            .into_iter()
            .try_fold(Self::new(), |origins, pattern| {
                origins.with(pattern.as_ref())
            })
    }

    /// These and one more: `https://app.example.org`, `http://localhost:3000`; `https://*.example.org` for all names below
    /// that one, `http://localhost:*` for all ports; `null` for pages without an origin; `*` for all pages there are. Case does
    /// not matter.
    ///
    /// # Errors
    /// That it is none of these.
    pub fn with(mut self, pattern: &str) -> Result<Self, OriginError> {
        let bad = || OriginError(pattern.to_owned());
        self.listed.push(match pattern {
            "*" => Pattern::Any,
            _ if pattern.eq_ignore_ascii_case("null") => Pattern::Null,
            _ => Pattern::Of(OriginPattern::parse(pattern).ok_or_else(bad)?),
        });
        Ok(self)
    }

    /// Whether the page that `origin` names may connect to what the browser calls `host`.
    pub(super) fn allow(&self, origin: &str, host: Option<&str>, over_loopback: bool) -> bool {
        let origin = Origin::parse(origin);
        let listed = self.listed.iter().any(|pattern| match (pattern, &origin) {
            (Pattern::Any, _) => true,
            (Pattern::Null, Origin::Null) => true,
            (Pattern::Of(pattern), Origin::Of(page)) => pattern.matches(page),
            _ => false,
        });
        listed
            || match (origin, host.and_then(split_port)) {
                (Origin::Of(page), Some((host, port))) => {
                    if over_loopback {
                        is_loopback(&page.host) && is_loopback(host)
                    } else {
                        let own = default_port(&page.scheme);
                        page.host.eq_ignore_ascii_case(host) && page.port == port.or(own)
                    }
                }
                _ => false,
            }
    }
}

/// A text that names no origins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no origin: write https://app.example.org, https://*.example.org, http://localhost:3000, null, or * for all"
)]
pub struct OriginError(String);

/// What a browser says about a page (RFC 6454, section 6).
#[derive(Debug)]
enum Origin {
    Of(Page),
    Null,
    /// Not as browsers write it.
    Unknown,
}

#[derive(Debug)]
struct Page {
    scheme: String,
    host: String,
    /// The one that is written, else the scheme's own.
    port: Option<u16>,
}

impl Origin {
    fn parse(text: &str) -> Self {
        if text == "null" {
            return Self::Null;
        }
        let parse = || {
            let (scheme, host, port) = split_origin(text)?;
            let port = match port {
                None => default_port(&scheme),
                Some(port) => Some(port.parse().ok()?),
            };
            Some(Page { port, scheme, host })
        };
        parse().map_or(Self::Unknown, Self::Of)
    }
}

impl OriginPattern {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host, port) = split_origin(text)?;
        let port = match port {
            None => PortPattern::Exact(default_port(&scheme)),
            Some("*") => PortPattern::Any,
            Some(port) => PortPattern::Exact(Some(port.parse().ok()?)),
        };
        let host = match host.strip_prefix('*') {
            Some(below) if below.starts_with('.') && below.len() > 1 => {
                HostPattern::Below(below.to_owned())
            }
            Some(_) => return None,
            None => HostPattern::Exact(host),
        };
        let (HostPattern::Exact(name) | HostPattern::Below(name)) = &host;
        (!name.contains('*')).then_some(Self { scheme, host, port })
    }

    fn matches(&self, page: &Page) -> bool {
        let host = match &self.host {
            HostPattern::Exact(host) => *host == page.host,
            HostPattern::Below(suffix) => page
                .host
                .strip_suffix(suffix.as_str())
                .is_some_and(|name| !name.is_empty()),
        };
        let port = match self.port {
            PortPattern::Exact(port) => port == page.port,
            PortPattern::Any => true,
        };
        self.scheme == page.scheme && host && port
    }
}

/// Scheme and host in lower case, and the port as it is written.
fn split_origin(text: &str) -> Option<(String, String, Option<&str>)> {
    let (scheme, authority) = text.split_once("://")?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if scheme.is_empty() || !scheme.bytes().all(is_scheme) {
        return None;
    }
    let (host, port) = split_authority(authority)?;
    Some((scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), port))
}

/// Host and port of a `Host` header.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = split_authority(text)?;
    Some((host, port.map(str::parse).transpose().ok()?))
}

fn split_authority(text: &str) -> Option<(&str, Option<&str>)> {
    // The colons in brackets are those of an IPv6 address.
    let end = text.find(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match text[end..].find(':') {
        Some(colon) => (&text[..end + colon], Some(&text[end + colon + 1..])),
        None => (text, None),
    };
    let is_host = |byte: u8| byte.is_ascii_graphic() && !b"/?#@\\,".contains(&byte);
    (!host.is_empty() && host.bytes().all(is_host)).then_some((host, port))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// Whether a host, as it stands in a URL, is this machine to itself: `localhost` and the names below it (RFC 6761, section 6.3),
/// and the loopback addresses.
fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix('.').unwrap_or(&host);
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let bare = name
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'));
    let address = match bare {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::from),
        None => name.parse().ok(),
    };
    address.is_some_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_the_same_host_and_port() {
        for (origin, host, allowed) in [
            ("https://example.org", "example.org", true),
            ("https://example.org", "EXAMPLE.org", true),
            ("HTTPS://Example.Org", "example.org", true),
            ("https://example.org", "example.org:443", true),
            ("https://example.org:443", "example.org", true),
            ("https://example.org:8443", "example.org:8443", true),
            ("http://192.0.2.1:8080", "192.0.2.1:8080", true),
            ("http://[2001:db8::1]:8080", "[2001:db8::1]:8080", true),
            ("http://[2001:db8::1]", "[2001:db8::1]", true),
            ("https://example.org", "example.org:8443", false),
            ("https://example.org:8443", "example.org", false),
            ("https://app.example.org", "example.org", false),
            ("https://example.org.attacker.example", "example.org", false),
            ("http://localhost:3000", "localhost:8080", false),
            ("null", "null", false),
            ("", "", false),
            ("example.org", "example.org", false),
            ("https://example.org/", "example.org", false),
            ("https://me@example.org", "example.org", false),
            ("https://example.org:99999", "example.org", false),
            ("https://example.org, https://a", "example.org", false),
        ] {
            let judged = Origins::new().allow(origin, Some(host), false);
            assert_eq!(judged, allowed, "{origin} at {host}");
            assert!(!Origins::new().allow(origin, None, false), "{origin}");
            assert!(!Origins::new().allow(origin, None, true), "{origin}");
        }
    }

    #[test]
    fn over_loopback_both_have_to_be_this_machine() {
        for (origin, host, allowed) in [
            ("http://localhost:3000", "127.0.0.1:8080", true),
            ("http://127.0.0.1:3000", "localhost:8080", true),
            ("http://[::1]:3000", "[::1]:8080", true),
            ("https://app.localhost", "LOCALHOST.", true),
            ("http://127.8.9.1", "[::ffff:127.0.0.1]", true),
            (
                "http://attacker.example:8080",
                "attacker.example:8080",
                false,
            ),
            ("http://attacker.example", "localhost:8080", false),
            ("http://localhost:3000", "attacker.example", false),
            ("http://localhost.attacker.example", "localhost", false),
            ("http://notlocalhost", "localhost", false),
            ("http://127.0.0.1.attacker.example", "localhost", false),
            ("http://192.0.2.1", "192.0.2.1", false),
        ] {
            let judged = Origins::new().allow(origin, Some(host), true);
            assert_eq!(judged, allowed, "{origin} at {host}");
        }
    }

    #[test]
    fn pages_that_are_listed() {
        for (pattern, origin, allowed) in [
            ("https://app.example.org", "https://app.example.org", true),
            (
                "HTTPS://App.Example.Org:443",
                "https://app.example.org",
                true,
            ),
            ("https://app.example.org", "http://app.example.org", false),
            (
                "https://app.example.org",
                "https://app.example.org:8443",
                false,
            ),
            (
                "https://app.example.org:8443",
                "https://app.example.org:8443",
                true,
            ),
            (
                "https://app.example.org:*",
                "https://app.example.org:8443",
                true,
            ),
            ("https://app.example.org:*", "https://app.example.org", true),
            ("https://*.example.org", "https://app.example.org", true),
            ("https://*.example.org", "https://a.b.example.org", true),
            ("https://*.example.org", "https://example.org", false),
            ("https://*.example.org", "https://.example.org", false),
            ("https://*.example.org", "https://badexample.org", false),
            (
                "https://*.example.org",
                "https://app.example.org.attacker.example",
                false,
            ),
            (
                "https://*.example.org",
                "https://app.example.org:8443",
                false,
            ),
            ("http://[::1]:3000", "http://[::1]:3000", true),
            ("capacitor://localhost", "capacitor://localhost", true),
            ("null", "null", true),
            ("NULL", "null", true),
            ("null", "https://app.example.org", false),
            ("*", "https://app.example.org", true),
            ("*", "null", true),
            ("*", "what is this", true),
        ] {
            let origins = Origins::of([pattern]).unwrap();
            for over_loopback in [false, true] {
                let judged = origins.allow(origin, Some("router.example"), over_loopback);
                assert_eq!(judged, allowed, "{pattern} and {origin}");
            }
        }
        let several = Origins::of(["https://a.example", "https://b.example"]).unwrap();
        assert!(several.allow("https://b.example", None, true));
        assert!(several.allow("http://localhost", Some("localhost"), true));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for pattern in [
            "",
            "app.example.org",
            "https://",
            "https://app.example.org/",
            "https://app.example.org/page",
            "https://app.example.org:port",
            "https://*",
            "https://*.",
            "https://*example.org",
            "https://app.*.org",
            "https://me@example.org",
            "*://example.org",
            "**",
        ] {
            let error = Origins::of([pattern]).unwrap_err();
            assert_eq!(error, OriginError(pattern.to_owned()));
        }
    }
}
