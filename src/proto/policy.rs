//! Policies that a request names by a word: matching, invocation, cancellation.

use std::fmt;
use std::str::FromStr;

/// How a subscription or registration matches the URI of a publication or call.
///
/// Source: Advanced Profile, "Pattern-based Subscription" and "Pattern-based Registrations".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchPolicy {
    /// The URI is the same, byte for byte.
    #[default]
    Exact,
    /// The URI starts with the pattern. A *string* prefix: `com.a` matches `com.ab` too.
    Prefix,
    /// The URI has the pattern's number of components, and they are equal wherever the pattern's are not empty.
    Wildcard,
}

impl MatchPolicy {
    /// Whether `uri` matches `pattern` under this policy: the definition that every index is held against.
    #[must_use]
    pub fn matches(self, pattern: &str, uri: &str) -> bool {
        match self {
            Self::Exact => pattern == uri,
            Self::Prefix => uri.starts_with(pattern),
            Self::Wildcard => {
                let (mut pattern, mut uri) = (pattern.split('.'), uri.split('.'));
                loop {
                    match (pattern.next(), uri.next()) {
                        (None, None) => return true,
                        (Some(wanted), Some(found)) if wanted.is_empty() || wanted == found => {}
                        _ => return false,
                    }
                }
            }
        }
    }
}

/// Which callee of a shared registration a call goes to.
///
/// Source: Advanced Profile, "Shared Registration".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InvocationPolicy {
    /// There is one callee and no other may join it.
    #[default]
    Single,
    /// The callee that registered first.
    First,
    /// The callee that registered last.
    Last,
    /// Any callee, drawn anew for each call.
    Random,
    /// One callee after the other, in the order of registration.
    RoundRobin,
}

/// What a CANCEL does to the callee's work.
///
/// Source: Advanced Profile, "Call Canceling".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CancelMode {
    /// The caller gets its ERROR at once, the callee is not told.
    Skip,
    /// The callee is interrupted, the caller gets whatever it answers.
    Kill,
    /// The callee is interrupted and the caller gets its ERROR at once.
    #[default]
    KillNoWait,
}

/// A word that names no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is none of {known}")]
pub struct UnknownPolicy {
    /// The word.
    pub found: String,
    /// The words there are, for a message.
    pub known: &'static str,
}

macro_rules! words {
    ($type:ident, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word for it in options and details.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownPolicy;

            fn from_str(word: &str) -> Result<Self, UnknownPolicy> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownPolicy { found: word.to_owned(), known: concat!($($word, " "),+).trim_ascii_end() }),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

words!(
    MatchPolicy,
    Exact = "exact",
    Prefix = "prefix",
    Wildcard = "wildcard"
);
words!(
    InvocationPolicy,
    Single = "single",
    First = "first",
    Last = "last",
    Random = "random",
    RoundRobin = "roundrobin"
);
words!(
    CancelMode,
    Skip = "skip",
    Kill = "kill",
    KillNoWait = "killnowait"
);

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the two chapters on patterns.
    #[test]
    fn matching_as_in_the_specification() {
        let prefix = "com.myapp.topic.emergency";
        for uri in [
            "com.myapp.topic.emergency.11",
            "com.myapp.topic.emergency-low",
            "com.myapp.topic.emergency.category.severe",
            "com.myapp.topic.emergency",
        ] {
            assert!(MatchPolicy::Prefix.matches(prefix, uri), "{uri}");
        }
        assert!(!MatchPolicy::Prefix.matches(prefix, "com.myapp.topic.emerge"));

        let wildcard = "com.myapp..userevent";
        for uri in [
            "com.myapp.foo.userevent",
            "com.myapp.bar.userevent",
            "com.myapp.a12.userevent",
        ] {
            assert!(MatchPolicy::Wildcard.matches(wildcard, uri), "{uri}");
        }
        for uri in [
            "com.myapp.foo.userevent.bar",
            "com.myapp.foo.user",
            "com.myapp2.foo.userevent",
        ] {
            assert!(!MatchPolicy::Wildcard.matches(wildcard, uri), "{uri}");
        }
        assert!(MatchPolicy::Exact.matches("com.a", "com.a"));
        assert!(!MatchPolicy::Exact.matches("com.a", "com.ab"));
    }

    #[test]
    fn words_are_read_back() {
        for policy in [
            MatchPolicy::Exact,
            MatchPolicy::Prefix,
            MatchPolicy::Wildcard,
        ] {
            assert_eq!(policy.as_str().parse(), Ok(policy));
        }
        let error = "glob".parse::<MatchPolicy>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"glob\" is none of exact prefix wildcard"
        );
    }
}
