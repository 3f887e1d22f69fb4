//! As whom a client command logs in, and by what: from options and environment to the library's logins.

use std::convert::Infallible;
use std::env;
use std::net::IpAddr;
use std::path::Path;

use wampkit::auth::{Login, Method, PrivateKey, Secret};
use wampkit::secret::{SecretSource, SourceError};
use wampkit::transport::{Address, Endpoint};

use super::args::ConnectionArgs;
use super::connection::DEFAULT_URL;
use super::console::Console;
use super::error::CliError;

/// Where a secret is, by what stands behind an option or in a file. What names no place is refused later, and without being
/// repeated as clap would repeat it: it may well be the secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    place: Result<SecretSource, SourceError>,
    /// What names it, if that is no option.
    origin: Option<String>,
}

impl Source {
    #[expect(clippy::unnecessary_wraps, reason = "clap's form of a parser")]
    pub(crate) fn parse(text: &str) -> Result<Self, Infallible> {
        Ok(Self {
            place: text.parse(),
            origin: None,
        })
    }

    /// A place that a file names; `origin` says so in error lines.
    pub(crate) const fn of_file(place: SecretSource, origin: String) -> Self {
        Self {
            place: Ok(place),
            origin: Some(origin),
        }
    }

    /// The place.
    ///
    /// # Errors
    /// That it is none.
    pub(crate) const fn place(&self) -> Result<&SecretSource, &SourceError> {
        self.place.as_ref()
    }

    /// The same for whoever is not in this folder.
    pub(crate) fn counted_from(self, folder: &Path) -> Self {
        Self {
            place: self.place.map(|place| place.from_folder(folder)),
            ..self
        }
    }
}

/// The ways to log in that the options and the environment name, the preferred one first. Secrets are read now, and asked for.
///
/// # Errors
/// Options that do not go together, and secrets that are not to be had.
pub(crate) fn logins(args: &ConnectionArgs, console: &Console) -> Result<Vec<Login>, CliError> {
    let given = Given {
        args,
        console,
        variable: &|name| env::var(name).ok(),
    };
    match args.authmethod {
        None => given.inferred(),
        Some(method) => given.asked_for(method),
    }
}

/// The option of a command line that has a secret itself in it, for everybody on the machine to see.
pub(crate) fn exposed(options: &ConnectionArgs) -> Option<&'static str> {
    let is_plain = |source: &Option<Source>| {
        let place = source.as_ref().map(Source::place);
        matches!(place, Some(Ok(SecretSource::Plain(_))))
    };
    [("--secret", &options.secret), ("--key", &options.key)]
        .into_iter()
        .find_map(|(name, source)| is_plain(source).then_some(name))
}

/// Whether there is a secret to log in with.
pub(crate) fn has_secret(args: &ConnectionArgs) -> bool {
    places(args).next().is_some()
}

/// Whether one can log in without anybody's attention: nobody is asked, no program is run, nothing is read that can be read only
/// once, and no secret is sent in clear, which is worth a warning.
pub(crate) fn is_quiet(args: &ConnectionArgs) -> bool {
    let is_ticket = args.authmethod == Some(Method::Ticket)
        || args.authmethod.is_none() && env::var_os(TICKET).is_some();
    let reads_quietly = |place: SecretSource| match place {
        SecretSource::Prompt | SecretSource::Fd(_) | SecretSource::Cmd(_) => false,
        // A pipe may keep one waiting.
        SecretSource::File(path) => path.is_file(),
        SecretSource::Env(_) | SecretSource::Plain(_) => true,
    };
    // What names no place is the secret itself, or else fails.
    let mut files = [&args.ca, &args.cert, &args.tls_key].into_iter().flatten();
    files.all(|path| path.is_file())
        && places(args).flatten().all(reads_quietly)
        && !(is_ticket && road(args) == Road::Clear)
}

/// All that options and variables say of secrets.
fn places(
    args: &ConnectionArgs,
) -> impl Iterator<Item = Result<SecretSource, SourceError>> + use<'_> {
    let options = [&args.secret, &args.key].into_iter().flatten();
    let variables = SECRETS.into_iter().filter_map(|name| {
        let value = env::var(name).ok().filter(|value| !value.is_empty())?;
        Some(value.parse())
    });
    options.map(|source| source.place.clone()).chain(variables)
}

/// A place that a secret is to be read from, and the option or variable that names it.
struct Place<'a> {
    name: &'a str,
    source: Result<SecretSource, SourceError>,
}

struct Given<'a> {
    args: &'a ConnectionArgs,
    console: &'a Console,
    /// The environment.
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Given<'a> {
    /// By the one method of `--authmethod`.
    fn asked_for(&self, method: Method) -> Result<Vec<Login>, CliError> {
        let needs = |what: &str, variables: &str| CliError::Usage {
            message: format!("--authmethod {method} needs {what}"),
            hint: Some(format!("it may be in the environment too, as {variables}")),
        };
        match method {
            Method::Anonymous => Ok(vec![Login::Anonymous]),
            Method::Tls if self.args.cert.is_none() => Err(CliError::Usage {
                message: "--authmethod tls needs --cert".to_owned(),
                hint: None,
            }),
            Method::Tls => Ok(vec![Login::Tls]),
            Method::Cryptosign => {
                let place = self.key().ok_or_else(|| needs("--key", KEY))?;
                Ok(vec![self.cryptosign(&place)?])
            }
            Method::Ticket => {
                let place = self.secret(&[TICKET, SECRET]);
                let place = place.ok_or_else(|| needs("--secret", "WAMP_TICKET or WAMP_SECRET"))?;
                Ok(vec![self.ticket(self.password(&place)?)])
            }
            Method::WampCra | Method::WampScram | Method::Scram => {
                let place = self.secret(&[SECRET]);
                let place = place.ok_or_else(|| needs("--secret", SECRET))?;
                let secret = self.password(&place)?;
                Ok(match method {
                    Method::WampCra => vec![Login::WampCra(secret)],
                    Method::WampScram => vec![Login::WampScram(secret)],
                    _ => vec![Login::WampScram(secret.clone()), Login::Scram(secret)],
                })
            }
        }
    }

    /// By all that there is. What stands on the command line shuts out what is in the environment, but a certificate may be
    /// there for TLS alone.
    fn inferred(&self) -> Result<Vec<Login>, CliError> {
        let (by_key, by_secret) = (self.args.key.is_some(), self.args.secret.is_some());
        let mut logins = Vec::new();
        if by_key || !by_secret {
            let key = self.key().map(|place| self.cryptosign(&place));
            logins.extend(key.transpose()?);
        }
        if by_secret || !by_key {
            if let Some(place) = self.secret(&[SECRET]) {
                let secret = self.password(&place)?;
                logins.extend([
                    Login::WampScram(secret.clone()),
                    Login::Scram(secret.clone()),
                    Login::WampCra(secret.clone()),
                ]);
                // A password never goes in clear over a network unless that is asked for.
                if road(self.args) == Road::Private {
                    logins.push(Login::Ticket(secret));
                }
            } else if let Some(place) = self.secret(&[TICKET]) {
                logins.push(self.ticket(self.password(&place)?));
            }
        }
        if self.args.cert.is_some() {
            if logins.is_empty() {
                logins.extend([Login::Tls, Login::Anonymous]);
            } else {
                logins.push(Login::Tls);
            }
        }
        Ok(logins)
    }

    fn key(&self) -> Option<Place<'a>> {
        self.place("--key", self.args.key.as_ref(), &[KEY])
    }

    fn secret(&self, variables: &[&'static str]) -> Option<Place<'a>> {
        self.place("--secret", self.args.secret.as_ref(), variables)
    }

    /// What an option says, else the first variable that is set. A variable holds the place, or the secret itself.
    fn place(
        &self,
        option: &'static str,
        given: Option<&'a Source>,
        variables: &[&'static str],
    ) -> Option<Place<'a>> {
        if let Some(source) = given {
            return Some(Place {
                name: source.origin.as_deref().unwrap_or(option),
                source: source.place.clone(),
            });
        }
        variables.iter().find_map(|&name| {
            let value = (self.variable)(name).filter(|value| !value.is_empty())?;
            let source = match value.parse() {
                Err(SourceError::Unknown) => Ok(SecretSource::Plain(Secret::new(value))),
                source => source,
            };
            Some(Place { name, source })
        })
    }

    fn cryptosign(&self, place: &Place<'_>) -> Result<Login, CliError> {
        let text = self.read(place, "Private key")?;
        let key: PrivateKey =
            (text.expose().parse()).map_err(|error| usage(format!("{}: {error}", place.name)))?;
        Ok(Login::Cryptosign { key, router: None })
    }

    /// A secret that is of use for a name only.
    fn password(&self, place: &Place<'_>) -> Result<Secret, CliError> {
        let Some(authid) = &self.args.authid else {
            return Err(CliError::Usage {
                message: format!("{} needs --authid", place.name),
                hint: Some("say who to be with `--authid ID`".to_owned()),
            });
        };
        self.read(place, &format!("Secret of {authid}"))
    }

    fn ticket(&self, ticket: Secret) -> Login {
        if road(self.args) == Road::Clear {
            let warning = "the ticket is sent unencrypted: whoever is on the way can read it";
            self.console.warn(warning);
        }
        Login::Ticket(ticket)
    }

    fn read(&self, place: &Place<'_>, prompt: &str) -> Result<Secret, CliError> {
        let source = place.source.as_ref().map_err(|fault| CliError::Usage {
            message: format!("{}: {fault}", place.name),
            hint: (*fault == SourceError::Unknown).then(|| {
                "everybody on this machine can see what stands on a command line".to_owned()
            }),
        })?;
        let found = source
            .read(prompt)
            .map_err(|error| usage(format!("{}: {error}", place.name)))?;
        if let Some(exposed) = &found.warning {
            self.console.warn(&exposed.to_string());
        }
        Ok(found.secret)
    }
}

/// Who can listen on the way to the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Road {
    /// Nobody: TLS, or a Unix socket, which only its owner can have made.
    Private,
    /// Whoever plays the router: TLS that is not checked, or a port of this machine, which any user of it can have taken.
    Unchecked,
    /// Everybody on the way.
    Clear,
}

fn road(args: &ConnectionArgs) -> Road {
    let url = args.url.as_deref().unwrap_or(DEFAULT_URL);
    // What is no URL will be told when it is connected to.
    let Ok(endpoint) = url.parse::<Endpoint>() else {
        return Road::Clear;
    };
    let is_here = match endpoint.address() {
        Address::Unix(_) => return Road::Private,
        Address::Tcp { host, .. } => {
            host.eq_ignore_ascii_case("localhost")
                || host
                    .parse()
                    .is_ok_and(|address: IpAddr| address.is_loopback())
        }
    };
    match (endpoint.is_tls(), args.insecure) {
        (true, false) => Road::Private,
        (true, true) => Road::Unchecked,
        (false, _) if is_here => Road::Unchecked,
        (false, _) => Road::Clear,
    }
}

const fn usage(message: String) -> CliError {
    CliError::Usage {
        message,
        hint: None,
    }
}

/// The variables of secrets, for any router.
pub(crate) const SECRETS: [&str; 3] = [SECRET, TICKET, KEY];

const KEY: &str = "WAMP_PRIVATE_KEY";
const SECRET: &str = "WAMP_SECRET";
const TICKET: &str = "WAMP_TICKET";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::args::{LogArgs, OutputArgs};
    use super::*;

    const NEAR: &str = "ws+unix:///run/wamp.sock";
    const FAR: &str = "ws://example.org/ws";
    const SEED: &str = "4e8e8d332ab1f03df734d677595c4f12e6a3f9deff650d39161e98875e6b08b7";

    fn source(text: &str) -> Option<Source> {
        Source::parse(text).ok()
    }

    /// The methods that are offered by these options and variables.
    fn offered(url: &str, args: ConnectionArgs, variables: &[(&str, &str)]) -> String {
        let args = ConnectionArgs {
            url: Some(url.to_owned()),
            authid: Some("joe".to_owned()),
            ..args
        };
        let given = Given {
            args: &args,
            console: &Console::new(&LogArgs::default(), &OutputArgs::default()),
            variable: &|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            },
        };
        let logins = given.inferred().unwrap();
        let methods: Vec<_> = logins.iter().map(|login| login.method().name()).collect();
        methods.join(" ")
    }

    fn by_secret() -> ConnectionArgs {
        ConnectionArgs {
            secret: source("plain:pencil"),
            ..ConnectionArgs::default()
        }
    }

    #[test]
    fn a_password_does_not_go_in_clear_by_inference() {
        let proofs = "wamp-scram scram wampcra";
        let and_ticket = "wamp-scram scram wampcra ticket";
        for (url, methods) in [
            (NEAR, and_ticket),
            ("rs+unix:///run/wamp.sock", and_ticket),
            ("wss://example.org/ws", and_ticket),
            (FAR, proofs),
            ("tcp://10.0.0.7:8081", proofs),
        ] {
            assert_eq!(offered(url, by_secret(), &[]), methods, "{url}");
        }
        let insecure = ConnectionArgs {
            insecure: true,
            ..by_secret()
        };
        assert_eq!(offered("wss://example.org/ws", insecure, &[]), proofs);
    }

    #[test]
    fn methods_follow_from_what_is_given() {
        let nothing = ConnectionArgs::default;
        let certificate = |args| ConnectionArgs {
            cert: Some(PathBuf::from("cert.pem")),
            ..args
        };
        let key = ConnectionArgs {
            key: source(&format!("plain:{SEED}")),
            ..nothing()
        };
        let all = [
            ("WAMP_PRIVATE_KEY", SEED),
            ("WAMP_SECRET", "pencil"),
            ("WAMP_TICKET", "ticket"),
        ];
        for (args, variables, methods) in [
            (nothing(), &[][..], ""),
            (nothing(), &all[..1], "cryptosign"),
            (nothing(), &all[1..], "wamp-scram scram wampcra"),
            (nothing(), &all[2..], "ticket"),
            (nothing(), &all[..], "cryptosign wamp-scram scram wampcra"),
            (by_secret(), &all[..], "wamp-scram scram wampcra"),
            (key, &all[..], "cryptosign"),
            (certificate(nothing()), &[], "tls anonymous"),
            (certificate(nothing()), &all[2..], "ticket tls"),
            (
                certificate(by_secret()),
                &[],
                "wamp-scram scram wampcra tls",
            ),
        ] {
            assert_eq!(offered(FAR, args, variables), methods);
        }
    }

    #[test]
    fn who_can_listen() {
        for (url, insecure, listener) in [
            ("ws://127.0.0.1:8080/ws", false, Road::Unchecked),
            ("rs://[::1]:8081", false, Road::Unchecked),
            ("ws://localhost/ws", false, Road::Unchecked),
            ("rs+unix:///run/wamp.sock", false, Road::Private),
            ("wss://example.org/ws", false, Road::Private),
            ("wss://example.org/ws", true, Road::Unchecked),
            ("ws://example.org/ws", false, Road::Clear),
            ("ws://192.168.0.7/ws", true, Road::Clear),
            ("ws://localhost.example.org/ws", false, Road::Clear),
            ("nonsense", false, Road::Clear),
        ] {
            let args = ConnectionArgs {
                url: Some(url.to_owned()),
                insecure,
                ..ConnectionArgs::default()
            };
            assert_eq!(road(&args), listener, "{url}");
        }
    }
}
