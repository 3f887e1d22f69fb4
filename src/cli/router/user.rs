//! `wamp router --user`: a user in one word.

use wampkit::auth::Method;
use wampkit::secret::SecretSource;

/// `ID:METHOD:SRC[:ROLE]`.
#[derive(Clone, Debug)]
pub(crate) struct UserArg {
    /// Who it is.
    pub(crate) authid: String,
    /// How it proves that.
    pub(crate) method: Method,
    /// Where the secret or the public key is.
    pub(crate) source: SecretSource,
    /// What it may do, by role; `None` for a role of its method's choosing.
    pub(crate) role: Option<String>,
}

impl UserArg {
    /// Reads `ID:METHOD:SRC[:ROLE]`. The role is behind the last colon, if SRC is complete without it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let malformed = || "write ID:METHOD:SRC or ID:METHOD:SRC:ROLE".to_owned();
        let (authid, rest) = text.split_once(':').ok_or_else(malformed)?;
        let (method, rest) = rest.split_once(':').ok_or_else(malformed)?;
        if authid.is_empty() {
            return Err(malformed());
        }
        let method: Method = method.parse().map_err(|_| unknown_method(method))?;
        if !PROVABLE.contains(&method) {
            return Err(unknown_method(method.name()));
        }
        // What `prompt` has behind it can be a role only; all other kinds have one colon of their own.
        let own_colons = usize::from(!rest.starts_with("prompt"));
        let (source, role) = match rest.rsplit_once(':') {
            Some((source, role)) if rest.matches(':').count() > own_colons => (source, Some(role)),
            _ => (rest, None),
        };
        if role.is_some_and(str::is_empty) {
            return Err(malformed());
        }
        Ok(Self {
            authid: authid.to_owned(),
            method,
            source: source.parse().map_err(|error| format!("{error}"))?,
            role: role.map(str::to_owned),
        })
    }
}

fn unknown_method(method: &str) -> String {
    let known = PROVABLE.map(Method::name).join(", ");
    format!("{method:?} is none of {known}")
}

/// The methods that one secret or public key is enough for.
const PROVABLE: [Method; 4] = [
    Method::Ticket,
    Method::WampCra,
    Method::Scram,
    Method::Cryptosign,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Method, String, Option<String>) {
        let user = UserArg::parse(text).unwrap();
        (
            user.authid,
            user.method,
            format!("{:?}", user.source),
            user.role,
        )
    }

    #[test]
    fn the_role_is_behind_the_last_colon() {
        let source = |text: &str| format!("{:?}", text.parse::<SecretSource>().unwrap());
        for (text, from, role) in [
            ("joe:ticket:env:JOE", "env:JOE", None),
            ("joe:ticket:env:JOE:admin", "env:JOE", Some("admin")),
            ("joe:ticket:prompt", "prompt", None),
            ("joe:ticket:prompt:admin", "prompt", Some("admin")),
            ("joe:ticket:file:a:b:admin", "file:a:b", Some("admin")),
        ] {
            let expected = (
                "joe".to_owned(),
                Method::Ticket,
                source(from),
                role.map(str::to_owned),
            );
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for text in [
            "joe",
            "joe:ticket",
            ":ticket:env:X",
            "joe:password:plain:hunter2",
            "joe:tls:plain:hunter2",
            "joe:ticket:hunter2",
            "joe:ticket:plain:hunter2:",
        ] {
            let fault = UserArg::parse(text).unwrap_err();
            assert!(!fault.contains("hunter2"), "{text}: {fault}");
        }
    }
}
