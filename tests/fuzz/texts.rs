//! Texts: URIs and patterns, the router's configuration.

use std::fs;
use std::str::from_utf8;

use wampkit::proto::{MatchPolicy, Uri, UriRule};
use wampkit::router::config::{Config, ConfigError};

use crate::driver::{fuzz, sign_of};

/// A pattern and a URI, a line each.
#[test]
fn uris() {
    let words: &[&[u8]] = &[
        b".",
        b"..",
        b"wamp",
        b"com",
        b"a",
        b"\n",
        b" ",
        b"#",
        b"\xc3\xa9",
        b"_",
        b"\x7f",
        b"\xe2\x80\xae",
    ];
    fuzz("uris", words, |input| {
        let Ok(text) = from_utf8(input) else {
            return String::new();
        };
        let (pattern, uri) = text.split_once('\n').unwrap_or((text, text));
        let (pattern, uri) = (Uri::from(pattern), Uri::from(uri));
        let mut sign = String::new();
        for rule in [UriRule::Loose, UriRule::Strict] {
            let name = uri.check(rule);
            sign.push_str(&name.as_ref().map_or_else(sign_of, |()| "fine".to_owned()));
            if rule == UriRule::Strict && name.is_ok() {
                uri.check(UriRule::Loose).unwrap();
            }
            assert_eq!(uri.check_pattern(MatchPolicy::Exact, rule), name);
            for policy in [
                MatchPolicy::Exact,
                MatchPolicy::Prefix,
                MatchPolicy::Wildcard,
            ] {
                let checked = pattern.check_pattern(policy, rule);
                // Whatever is a name is a pattern of each kind, which matches the name itself.
                if pattern.check(rule).is_ok() {
                    checked.unwrap();
                    assert!(policy.matches(&pattern, &pattern));
                }
                let matches = policy.matches(&pattern, &uri);
                assert_eq!(matches, naive(policy, &pattern, &uri), "{policy:?}");
                sign.push_str(&format!("{matches}{}", checked.is_ok()));
            }
        }
        assert_eq!(uri.is_reserved(), uri.split('.').next() == Some("wamp"));
        sign
    });
}

fn naive(policy: MatchPolicy, pattern: &str, uri: &str) -> bool {
    match policy {
        MatchPolicy::Exact => pattern == uri,
        MatchPolicy::Prefix => uri.get(..pattern.len()) == Some(pattern),
        MatchPolicy::Wildcard => {
            let (pattern, uri): (Vec<_>, Vec<_>) =
                (pattern.split('.').collect(), uri.split('.').collect());
            let fits = |(part, name): (&&str, &&str)| part.is_empty() || part == name;
            pattern.len() == uri.len() && pattern.iter().zip(&uri).all(fits)
        }
    }
}

/// The router's configuration. What it says about secrets is read but not followed: it could name any file or program.
#[test]
fn config() {
    let words: &[&[u8]] = &[
        b"[[realms]]\n",
        b"[[realms.roles]]\n",
        b"[[listeners]]\n",
        b"[[users]]\n",
        b"[limits]\n",
        b"[slow_consumers]\n",
        b"name = ",
        b"\"realm1\"",
        b"url = \"ws://127.0.0.1:1/ws\"\n",
        b"handshake_time = \"5s\"\n",
        b"max_message = \"1 MiB\"\n",
        b"allow = [\"call\"]\n",
        b"uri = \"com.\"\n",
        b"match = \"prefix\"\n",
        b"[",
        b"]",
        b"{",
        b"}",
        b"=",
        b"\"",
        b"'''",
        b"\n",
        b"#",
        b"1979-05-27T07:32:00Z",
        b"inf",
        b"0x",
        b"1_0",
        b"\\u00e9",
        b".",
        b"[[realms.history]]\n",
        b"[[realms.permissions]]\n",
        b"-1",
        b"99999999999999999999",
        b"true",
    ];
    let folder = tempfile::tempdir().unwrap();
    let files = ["wamp.toml", "wamp.json"].map(|name| folder.path().join(name));
    fuzz("config", words, |input| {
        // JSON begins with a brace, and TOML does not.
        let path = &files[usize::from(input.first() == Some(&b'{'))];
        fs::write(path, input).unwrap();
        match Config::read_rules(path) {
            Ok(config) => {
                let _ = config.policy([7; 32]);
                format!(
                    "{} listeners, {} realms",
                    config.listeners.len(),
                    config.realms.len()
                )
            }
            Err(ConfigError::Wrong { faults, .. }) => {
                let text = from_utf8(input).unwrap();
                for fault in &faults {
                    assert!(fault.place.line <= text.lines().count() + 1, "{fault:?}");
                }
                faults
                    .iter()
                    .take(2)
                    .map(|fault| sign_of(&fault.message))
                    .collect()
            }
            Err(other) => sign_of(&other).replace(&path.display().to_string(), ""),
        }
    });
}
