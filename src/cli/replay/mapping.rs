//! `--map OLD=NEW`: other names for the URIs of a recording.

use std::borrow::Cow;
use std::str::FromStr;

/// What is written for the first components of a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    old: String,
    new: String,
}

impl Mapping {
    /// The URI as the first of the mappings that matches has it; as it is if none does.
    pub(crate) fn apply<'a>(mappings: &[Self], uri: &'a str) -> Cow<'a, str> {
        mappings
            .iter()
            .find_map(|mapping| {
                let rest = mapping.rest(uri)?;
                Some(format!("{}{rest}", mapping.new).into())
            })
            .unwrap_or_else(|| uri.into())
    }

    /// What the URI has behind OLD, if OLD is all of it or ends where a component does.
    fn rest<'a>(&self, uri: &'a str) -> Option<&'a str> {
        let rest = uri.strip_prefix(&self.old)?;
        let whole = self.old.is_empty() || self.old.ends_with('.');
        (whole || rest.is_empty() || rest.starts_with('.')).then_some(rest)
    }
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (old, new) = text.split_once('=').ok_or("write OLD=NEW")?;
        Ok(Self {
            old: old.to_owned(),
            new: new.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(mappings: &[&str], uri: &str) -> String {
        let mappings: Vec<Mapping> = mappings.iter().map(|it| it.parse().unwrap()).collect();
        Mapping::apply(&mappings, uri).into_owned()
    }

    #[test]
    fn whole_components_match() {
        for (mapping, uri, expected) in [
            ("com.shop=test", "com.shop", "test"),
            ("com.shop=test", "com.shop.sold", "test.sold"),
            ("com.shop=test", "com.shopping", "com.shopping"),
            ("com.shop=test", "net.com.shop", "net.com.shop"),
            ("com.shop.=test.", "com.shop.sold", "test.sold"),
            ("com.shop.=test.", "com.shop", "com.shop"),
            ("com.=", "com.shop", "shop"),
            ("=copy.", "com.shop", "copy.com.shop"),
            ("a=b=c", "a", "b=c"),
        ] {
            assert_eq!(mapped(&[mapping], uri), expected, "{mapping} {uri}");
        }
    }

    #[test]
    fn the_first_that_matches_counts() {
        let both = ["com.shop.sold=test.one", "com.shop=test.other"];
        assert_eq!(mapped(&both, "com.shop.sold"), "test.one");
        assert_eq!(mapped(&both, "com.shop.open"), "test.other.open");
        assert_eq!(mapped(&["a=b", "b=c"], "a"), "b");
        assert_eq!(
            "com.shop".parse::<Mapping>(),
            Err("write OLD=NEW".to_owned())
        );
    }
}
