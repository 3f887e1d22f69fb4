//! The keys of contexts and project files: each is an option of client commands under its long name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum as _;
use toml::Value as Toml;
use wampkit::auth::Method;
use wampkit::proto::{Dict, Serializer, Value};
use wampkit::secret::SecretSource;
use wampkit::settings::{Item, Value as Found};
use wampkit::transport::Endpoint;

use super::super::args::{ClientArgs, KeyFile, duration, header, some_time};
use super::super::json;
use super::super::login::{SECRETS, Source};
use super::super::output::Format;
use super::file::Kind;

/// One key.
pub(crate) struct Key {
    /// As it stands in a file.
    pub(crate) name: &'static str,
    /// The option on the command line.
    pub(crate) option: &'static str,
    /// The variables that stand for it, the first one that is set counts.
    pub(crate) variables: &'static [&'static str],
    /// What holds where nobody says anything.
    pub(crate) default: Option<&'static str>,
    /// Takes the value from a file.
    pub(super) read: fn(&Item<'_>, Kind, &mut ClientArgs),
    write: fn(&ClientArgs, Secrets) -> Option<Toml>,
}

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    /// For the file that they are kept in.
    Plain,
    /// For whoever looks.
    Redacted,
}

impl Key {
    /// The value in these options, if they have it.
    pub(crate) fn value(&self, args: &ClientArgs, secrets: Secrets) -> Option<Toml> {
        (self.write)(args, secrets)
    }
}

/// All of them, in the order in which they are written.
pub(crate) const KEYS: [Key; 20] = [
    Key {
        name: "url",
        option: "--url",
        variables: &["WAMP_URL"],
        default: Some(super::super::connection::DEFAULT_URL),
        read: |item, _, args| {
            if item.parsed::<Endpoint>().is_some() {
                args.connection.url = item.text().map(str::to_owned);
            }
        },
        write: |args, _| text(args.connection.url.as_ref()),
    },
    Key {
        name: "realm",
        option: "--realm",
        variables: &["WAMP_REALM"],
        default: Some(super::super::connection::DEFAULT_REALM),
        read: |item, _, args| args.connection.realm = item.name().map(str::to_owned),
        write: |args, _| text(args.connection.realm.as_ref()),
    },
    Key {
        name: "serializer",
        option: "--serializer",
        variables: &["WAMP_SERIALIZER"],
        default: None,
        read: |item, _, args| {
            let words = Serializer::ALL.map(|it| (it.as_str(), it));
            let items = item.one_or_more();
            let found = items.iter().filter_map(|item| item.choice(&words));
            args.connection.serializer = found.collect();
        },
        write: |args, _| {
            let names = args.connection.serializer.iter();
            list(names.map(|it| it.as_str().to_owned()))
        },
    },
    Key {
        name: "authmethod",
        option: "--authmethod",
        variables: &[],
        default: None,
        read: |item, _, args| {
            let words = Method::ALL.map(|it| (it.name(), it));
            args.connection.authmethod = item.choice(&words);
        },
        write: |args, _| text(args.connection.authmethod.map(Method::name)),
    },
    Key {
        name: "authid",
        option: "--authid",
        variables: &["WAMP_AUTHID"],
        default: None,
        read: |item, _, args| args.connection.authid = item.name().map(str::to_owned),
        write: |args, _| text(args.connection.authid.as_ref()),
    },
    Key {
        name: "authrole",
        option: "--authrole",
        variables: &["WAMP_AUTHROLE"],
        default: None,
        read: |item, _, args| args.connection.authrole = item.name().map(str::to_owned),
        write: |args, _| text(args.connection.authrole.as_ref()),
    },
    Key {
        name: "authextra",
        option: "--authextra",
        variables: &[],
        default: None,
        read: |item, kind, args| args.connection.authextra = authextra(item, kind),
        write: |args, secrets| {
            let extra = args.connection.authextra.as_deref()?;
            let shown = match secrets {
                Secrets::Plain => extra.to_owned(),
                Secrets::Redacted => without_values(extra),
            };
            Some(Toml::String(shown))
        },
    },
    Key {
        name: "secret",
        option: "--secret",
        variables: &["WAMP_SECRET", "WAMP_TICKET"],
        default: None,
        read: |item, kind, args| args.connection.secret = source(item, kind),
        write: |args, secrets| place(args.connection.secret.as_ref(), secrets),
    },
    Key {
        name: "key",
        option: "--key",
        variables: &["WAMP_PRIVATE_KEY"],
        default: None,
        read: |item, kind, args| args.connection.key = source(item, kind),
        write: |args, secrets| place(args.connection.key.as_ref(), secrets),
    },
    Key {
        name: "header",
        option: "--header",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.header = several(item, header),
        write: |args, secrets| {
            let headers = args.connection.header.iter();
            list(headers.map(|(name, value)| match secrets {
                Secrets::Redacted if is_secret(name) => format!("{name}: ***"),
                _ => format!("{name}: {value}"),
            }))
        },
    },
    Key {
        name: "ppt_key",
        option: "--ppt-key",
        variables: &[],
        default: None,
        read: |item, _, args| {
            let mut keys = several(item, KeyFile::parse);
            for key in &mut keys {
                key.count_from(&item.reader.folder);
            }
            args.connection.ppt_key = keys;
        },
        write: |args, _| list(args.connection.ppt_key.iter().map(ToString::to_string)),
    },
    Key {
        name: "ca",
        option: "--ca",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.ca = path(item),
        write: |args, _| file(args.connection.ca.as_deref()),
    },
    Key {
        name: "cert",
        option: "--cert",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.cert = path(item),
        write: |args, _| file(args.connection.cert.as_deref()),
    },
    Key {
        name: "tls_key",
        option: "--tls-key",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.tls_key = path(item),
        write: |args, _| file(args.connection.tls_key.as_deref()),
    },
    Key {
        name: "insecure",
        option: "--insecure",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.insecure = item.boolean().unwrap_or(false),
        write: |args, _| args.connection.insecure.then_some(Toml::Boolean(true)),
    },
    Key {
        name: "connect_timeout",
        option: "--connect-timeout",
        variables: &[],
        default: Some("5s"),
        read: |item, _, args| args.connection.connect_timeout = time(item, some_time),
        write: |args, _| text(args.connection.connect_timeout.map(shown)),
    },
    Key {
        name: "retry",
        option: "--retry",
        variables: &[],
        default: None,
        read: |item, _, args| args.connection.retry = item.number(0),
        write: |args, _| {
            args.connection
                .retry
                .map(|times| Toml::Integer(times.into()))
        },
    },
    Key {
        name: "retry_max",
        option: "--retry-max",
        variables: &[],
        default: Some("20s"),
        read: |item, _, args| args.connection.retry_max = time(item, some_time),
        write: |args, _| text(args.connection.retry_max.map(shown)),
    },
    Key {
        name: "timeout",
        option: "--timeout",
        variables: &[],
        default: None,
        read: |item, _, args| args.output.timeout = time(item, duration),
        write: |args, _| text(args.output.timeout.map(shown)),
    },
    Key {
        name: "output",
        option: "--output",
        variables: &["WAMP_OUTPUT"],
        default: Some("auto"),
        read: |item, kind, args| {
            let words = Format::value_variants().iter().map(|it| (it.name(), *it));
            let format = item.choice(&words.collect::<Vec<_>>());
            if (kind, format) == (Kind::Project, Some(Format::Raw)) {
                item.fault_with(
                    "`output` must not be raw in a project file",
                    Some("whoever publishes could write to your terminal as they like".to_owned()),
                );
                return;
            }
            args.output.output = format;
        },
        write: |args, _| text(args.output.output.map(Format::name)),
    },
];

/// The same options for whoever is not in this folder, where relative paths count from.
pub(crate) fn from_folder(args: &mut ClientArgs, folder: &Path) {
    let connection = &mut args.connection;
    for path in [
        &mut connection.ca,
        &mut connection.cert,
        &mut connection.tls_key,
    ] {
        *path = path.take().map(|path| folder.join(path));
    }
    for source in [&mut connection.secret, &mut connection.key] {
        *source = source.take().map(|source| source.counted_from(folder));
    }
    for key in &mut connection.ppt_key {
        key.count_from(folder);
    }
    connection.authextra = connection.authextra.take().map(|it| extra(&it, folder));
}

/// Whether a header says who somebody is by what is to be kept secret.
pub(super) fn is_secret(header: &str) -> bool {
    ["authorization", "proxy-authorization", "cookie"]
        .iter()
        .any(|name| header.eq_ignore_ascii_case(name))
}

fn text(text: Option<impl Into<String>>) -> Option<Toml> {
    text.map(|text| Toml::String(text.into()))
}

fn file(path: Option<&Path>) -> Option<Toml> {
    text(path.map(Path::to_string_lossy))
}

fn list(texts: impl Iterator<Item = String>) -> Option<Toml> {
    let items = texts.map(Toml::String).collect::<Vec<_>>();
    (!items.is_empty()).then_some(Toml::Array(items))
}

fn place(source: Option<&Source>, secrets: Secrets) -> Option<Toml> {
    let text = match source?.place() {
        Ok(SecretSource::Plain(secret)) if secrets == Secrets::Plain => {
            format!("plain:{}", secret.expose())
        }
        Ok(place) => place.to_string(),
        Err(_) => "***".to_owned(),
    };
    Some(Toml::String(text))
}

fn shown(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}

fn path(item: &Item<'_>) -> Option<PathBuf> {
    Some(item.reader.folder.join(item.name()?))
}

/// One text or a list of them, each read by `parse`.
fn several<T>(item: &Item<'_>, parse: fn(&str) -> Result<T, String>) -> Vec<T> {
    let read = |item: &Item<'_>| {
        parse(item.text()?)
            .map_err(|error| item.fault(format!("`{}`: {error}", item.key)))
            .ok()
    };
    item.one_or_more().iter().filter_map(read).collect()
}

/// A time as the option takes it; a whole number is seconds.
fn time(item: &Item<'_>, parse: fn(&str) -> Result<Duration, String>) -> Option<Duration> {
    let text = match &item.node.value {
        Found::Integer(seconds) => seconds.to_string(),
        _ => item.text()?.to_owned(),
    };
    parse(&text)
        .map_err(|error| item.fault(format!("`{}`: {error}", item.key)))
        .ok()
}

/// Where a secret is. A project file may come from anybody: it must not run programs here, nor have files read, nor send its router
/// any variable that happens to be set.
fn source(item: &Item<'_>, kind: Kind) -> Option<Source> {
    let text = item.text()?;
    let place: SecretSource = text
        .parse()
        .map_err(|error| item.fault(format!("`{}`: {error}", item.key)))
        .ok()?;
    if kind == Kind::Project
        && let Some(refused) = refused(&place)
    {
        item.fault_with(
            format!("`{}` must not be {refused} in a project file", item.key),
            Some(
                "whoever wrote it would run programs or read secrets as you, so keep it in a context"
                    .to_owned(),
            ),
        );
        return None;
    }
    if matches!(place, SecretSource::Plain(_)) {
        item.reader.has_secrets.set(true);
    }
    let origin = format!("`{}` in the {}", item.key, kind.name());
    Some(Source::of_file(
        place.from_folder(&item.reader.folder),
        origin,
    ))
}

/// What a project file must not name as the place of a secret. Of variables it may name those that are for `wamp`, but not the ones
/// in which people keep their secrets for any router.
fn refused(place: &SecretSource) -> Option<&'static str> {
    match place {
        SecretSource::Cmd(_) => Some("cmd:"),
        SecretSource::File(_) => Some("file:"),
        SecretSource::Fd(_) => Some("fd:"),
        SecretSource::Env(name) if SECRETS.contains(&&**name) => {
            Some("a variable of secrets for any router")
        }
        SecretSource::Env(name) if !name.starts_with("WAMP_") => {
            Some("a variable that does not begin with WAMP_")
        }
        SecretSource::Env(_) | SecretSource::Prompt | SecretSource::Plain(_) => None,
    }
}

/// The same JSON with the values left out of all keys that are not known to be public.
fn without_values(extra: &str) -> String {
    match json::parse(extra) {
        Ok(Value::Dict(dict)) => {
            let shown = dict.into_iter().map(|(key, value)| {
                let is_public = key == "channel_binding";
                (key, if is_public { value } else { "***".into() })
            });
            json::compact(&shown.collect::<Dict>().into())
        }
        // The name of a file.
        _ => extra.to_owned(),
    }
}

/// A table, or what the option takes: JSON, or in a context the name of a file behind an `@`.
fn authextra(item: &Item<'_>, kind: Kind) -> Option<String> {
    let text = match &item.node.value {
        Found::Table(_) => return Some(json::compact(&value(item, &item.node.value)?)),
        _ => item.text()?,
    };
    if text.starts_with('@') {
        if kind == Kind::Project {
            item.fault_with(
                "`authextra` must not be a file in a project file".to_owned(),
                Some("whoever wrote it would send your files to a router".to_owned()),
            );
            return None;
        }
    } else if !matches!(json::parse(text), Ok(Value::Dict(_))) {
        item.fault("`authextra` must be a table, or text with a JSON object".to_owned());
        return None;
    }
    Some(extra(text, &item.reader.folder))
}

/// The same for whoever is not in this folder.
fn extra(text: &str, folder: &Path) -> String {
    match text.strip_prefix('@') {
        Some(path) if path != "-" => format!("@{}", folder.join(path).display()),
        _ => text.to_owned(),
    }
}

fn value(item: &Item<'_>, found: &Found) -> Option<Value> {
    Some(match found {
        Found::Text(text) => Value::from(text.as_str()),
        Found::Integer(number) => Value::from(*number),
        Found::Boolean(is) => Value::from(*is),
        Found::List(items) => {
            let items = items.iter().map(|node| value(item, &node.value));
            Value::List(items.collect::<Option<_>>()?)
        }
        Found::Table(entries) => {
            let mut dict = Dict::new();
            for entry in entries {
                dict = dict.with(entry.key.as_str(), value(item, &entry.node.value)?);
            }
            Value::Dict(dict)
        }
        Found::Other(kind) => {
            item.fault(format!("`{}` must not have {kind} in it", item.key));
            return None;
        }
    })
}
