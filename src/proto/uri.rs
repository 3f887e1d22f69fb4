//! URIs: dotted names of realms, topics, procedures and errors.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use bytestring::ByteString;

use super::MatchPolicy;

/// The text of a URI, cheap to clone.
///
/// A `Uri` that was decoded from a frame is a slice of that frame and has *not* been checked: a malformed URI is
/// answered with an ERROR, not with the end of the session, so it has to get past the decoder. Whoever acts on it calls
/// [`Uri::check`] first, and [`Uri::detach`] before keeping it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri(ByteString);

impl Uri {
    /// A URI from a constant, without allocating.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(ByteString::from_static(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A copy that does not keep the frame it came from alive.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self(ByteString::from(self.as_str()))
    }

    /// The shared text itself.
    #[must_use]
    pub fn into_text(self) -> ByteString {
        self.0
    }

    /// Whether the first component is `wamp`, which is reserved for the protocol itself.
    ///
    /// Source: Basic Profile, Building Blocks, "Reserved URIs".
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        matches!(self.0.strip_prefix("wamp"), Some(rest) if rest.is_empty() || rest.starts_with('.'))
    }

    /// Checks the URI as a name without empty components: a topic published to, a procedure called, a realm, an error.
    ///
    /// # Errors
    /// The [`UriFault`] that says which rule is broken.
    pub fn check(&self, rule: UriRule) -> Result<(), UriFault> {
        check(&self.0, rule, Empty::Nowhere)
    }

    /// Checks the URI as a pattern for `policy`: empty components are wildcards under [`MatchPolicy::Wildcard`], and a
    /// prefix may end in a dot or be empty.
    ///
    /// # Errors
    /// The [`UriFault`] that says which rule is broken.
    pub fn check_pattern(&self, policy: MatchPolicy, rule: UriRule) -> Result<(), UriFault> {
        let empty = match policy {
            MatchPolicy::Exact => Empty::Nowhere,
            MatchPolicy::Prefix => Empty::AtTheEnd,
            MatchPolicy::Wildcard => Empty::Anywhere,
        };
        check(&self.0, rule, empty)
    }
}

impl Deref for Uri {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Uri {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Uri {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Uri {
    fn from(text: &str) -> Self {
        Self(ByteString::from(text))
    }
}

impl From<String> for Uri {
    fn from(text: String) -> Self {
        Self(ByteString::from(text))
    }
}

impl From<&String> for Uri {
    fn from(text: &String) -> Self {
        Self(ByteString::from(text.as_str()))
    }
}

impl From<ByteString> for Uri {
    fn from(text: ByteString) -> Self {
        Self(text)
    }
}

impl PartialEq<str> for Uri {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Uri {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// How much a URI component may contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UriRule {
    /// Anything but whitespace, `.` and `#`: the rule that every implementation must follow.
    #[default]
    Loose,
    /// Lower-case letters, digits and `_` only: the recommended rule.
    Strict,
}

/// What is wrong with a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriFault {
    /// The URI has no characters at all.
    #[error("a URI must not be empty")]
    Empty,
    /// Two dots in a row, or a dot at an end, where no component may be empty.
    #[error("a URI must not have an empty component")]
    EmptyComponent,
    /// A character that the rule excludes.
    #[error("a URI must not contain {0:?}")]
    Character(char),
    /// Longer than [`UriFault::MAX_LENGTH`] bytes.
    #[error("a URI must not be longer than {max} bytes", max = Self::MAX_LENGTH)]
    TooLong,
    /// The first component is `wamp`.
    #[error("URIs that begin with \"wamp\" are reserved for the protocol")]
    Reserved,
}

impl UriFault {
    /// The longest URI that a router of ours takes, in bytes. The specification sets no bound; without one a URI is an
    /// unmetered place to keep data in a router's tables.
    pub const MAX_LENGTH: usize = 4096;
}

/// Where a URI may have empty components.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    Nowhere,
    AtTheEnd,
    Anywhere,
}

/// The rules of "Relaxed/Loose URIs" and "Strict URIs" (Basic Profile, Building Blocks).
fn check(text: &str, rule: UriRule, empty: Empty) -> Result<(), UriFault> {
    if text.is_empty() && empty == Empty::Nowhere {
        return Err(UriFault::Empty);
    }
    if text.len() > UriFault::MAX_LENGTH {
        return Err(UriFault::TooLong);
    }
    let last = text.len().saturating_sub(1);
    let mut start_of_component = true;
    for (at, character) in text.char_indices() {
        if character == '.' {
            if start_of_component && empty != Empty::Anywhere {
                return Err(UriFault::EmptyComponent);
            }
            if at == last && empty == Empty::Nowhere {
                return Err(UriFault::EmptyComponent);
            }
            start_of_component = true;
            continue;
        }
        start_of_component = false;
        let fits = match rule {
            UriRule::Loose => character != '#' && !character.is_whitespace(),
            UriRule::Strict => matches!(character, 'a'..='z' | '0'..='9' | '_'),
        };
        if !fits {
            return Err(UriFault::Character(character));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_and_strict_names() {
        for good in ["com", "com.myapp.topic1", "a_b.c2", "9.0"] {
            assert_eq!(Uri::from(good).check(UriRule::Loose), Ok(()), "{good}");
            assert_eq!(Uri::from(good).check(UriRule::Strict), Ok(()), "{good}");
        }
        for loose_only in ["Com.MyApp", "com.my-app", "com.émoji", "com.a/b"] {
            assert_eq!(
                Uri::from(loose_only).check(UriRule::Loose),
                Ok(()),
                "{loose_only}"
            );
            assert!(
                matches!(
                    Uri::from(loose_only).check(UriRule::Strict),
                    Err(UriFault::Character(_))
                ),
                "{loose_only}"
            );
        }
        for (bad, fault) in [
            ("", UriFault::Empty),
            (".", UriFault::EmptyComponent),
            ("com..a", UriFault::EmptyComponent),
            (".com", UriFault::EmptyComponent),
            ("com.", UriFault::EmptyComponent),
            ("a b", UriFault::Character(' ')),
            ("a#b", UriFault::Character('#')),
            ("a\u{2003}b", UriFault::Character('\u{2003}')),
        ] {
            assert_eq!(Uri::from(bad).check(UriRule::Loose), Err(fault), "{bad:?}");
        }
        assert_eq!(
            Uri::from("x".repeat(4097)).check(UriRule::Loose),
            Err(UriFault::TooLong)
        );
    }

    #[test]
    fn patterns_may_have_empty_components() {
        let check = |text: &str, policy| Uri::from(text).check_pattern(policy, UriRule::Loose);
        for wildcard in ["", ".", "com..a", ".com", "com.", "..."] {
            assert_eq!(
                check(wildcard, MatchPolicy::Wildcard),
                Ok(()),
                "{wildcard:?}"
            );
        }
        for prefix in ["", "com", "com."] {
            assert_eq!(check(prefix, MatchPolicy::Prefix), Ok(()), "{prefix:?}");
        }
        for not_a_prefix in [".com", "com..a", "com.."] {
            assert_eq!(
                check(not_a_prefix, MatchPolicy::Prefix),
                Err(UriFault::EmptyComponent),
                "{not_a_prefix:?}"
            );
        }
        assert_eq!(
            check("com.", MatchPolicy::Exact),
            Err(UriFault::EmptyComponent)
        );
        assert_eq!(
            check("a b.", MatchPolicy::Wildcard),
            Err(UriFault::Character(' '))
        );
    }

    #[test]
    fn wamp_is_reserved_as_first_component_only() {
        for reserved in ["wamp", "wamp.session.count", "wamp."] {
            assert!(Uri::from(reserved).is_reserved(), "{reserved}");
        }
        for free in ["wampum", "com.wamp", "wamp-x.y", ""] {
            assert!(!Uri::from(free).is_reserved(), "{free}");
        }
    }
}
