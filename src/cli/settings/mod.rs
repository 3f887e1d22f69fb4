//! The options of client commands that are not on the command line: environment, contexts, project files.
//!
//! They are layers, and the upper ones count: option, environment variable, context, `.wamp.toml`, default. What this module
//! does *not* do: read the variables of secrets, which is [`login`](super::login)'s business, or know the defaults, which are
//! where they are used.
//!
//! - `keys`: the keys of a file, each with its option; `file`: a file as options.
//! - `store`: the contexts; `project`: the project file of a folder.

mod file;
mod keys;
mod project;
mod store;

use std::env;
use std::fmt;
use std::path::PathBuf;

use toml::Value as Toml;
use wampkit::auth::Method;
use wampkit::secret::SecretSource;

use super::args::ClientArgs;
use super::error::CliError;
use super::login::SECRETS;
use file::{CONTEXT, Kind, Settings};

pub(crate) use keys::{KEYS, Key, Secrets, from_folder};
pub(crate) use store::{Store, check};

/// The options of a client command, from wherever they come.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// All of them together.
    pub(crate) args: ClientArgs,
    /// The context that they are of, and what named it.
    pub(crate) context: Option<(String, Origin)>,
    /// What should be said about the files.
    pub(crate) warnings: Vec<String>,
    /// What each layer has brought, the uppermost first.
    layers: Vec<Layer>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An option on the command line.
    Option(&'static str),
    /// An environment variable.
    Variable(&'static str),
    /// A context, by its file and line.
    Context(PathBuf, usize),
    /// A project file, and the line.
    Project(PathBuf, usize),
    /// What `wamp context select` has chosen.
    Selected,
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Variable(name) => f.write_str(name),
            Self::Context(path, line) | Self::Project(path, line) => {
                write!(f, "{}:{line}", path.display())
            }
            Self::Selected => f.write_str("selected"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Origin {
    /// What kind of place it is, in a word.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Option(_) => "option",
            Self::Variable(_) => "environment",
            Self::Context(..) => "context",
            Self::Project(..) => "project",
            Self::Selected => "selected",
            Self::Default => "default",
        }
    }
}

#[derive(Debug)]
struct Layer {
    source: LayerSource,
    args: ClientArgs,
}

#[derive(Debug)]
enum LayerSource {
    Options,
    Environment,
    File(Kind, Box<Settings>),
}

/// Completes the options of a command line with those of the environment, the context and the project file.
///
/// # Errors
/// A context that there is not, a file that is wrong, a secret that would go where it was not meant to.
pub(crate) fn resolve(options: ClientArgs, environment: ClientArgs) -> Result<Resolved, CliError> {
    let folder = env::current_dir().ok().filter(|_| !project::is_ignored());
    let project = match folder.as_deref().and_then(project::find) {
        Some(path) => Settings::read(&path, Kind::Project).map_err(CliError::of_config)?,
        None => None,
    };
    let chosen = choose(&options, &environment, project.as_ref())?;
    let context = match &chosen {
        Some((name, origin)) => Some(read(name, origin)?),
        None => None,
    };
    let mut args = options.clone();
    let mut layers = vec![Layer {
        source: LayerSource::Options,
        args: options,
    }];
    let mut warnings = Vec::new();
    let files = [(Kind::Context, context), (Kind::Project, project)];
    let files = files.into_iter().filter_map(|(kind, file)| {
        let file = file?;
        Some((file.args.clone(), LayerSource::File(kind, Box::new(file))))
    });
    for (mut lower, source) in std::iter::once((environment, LayerSource::Environment)).chain(files)
    {
        if let LayerSource::File(kind, file) = &source {
            warnings.extend(file.warnings.iter().cloned());
            give_way(&mut lower, &args, *kind);
        }
        args = args.or(lower.clone());
        layers.push(Layer {
            source,
            args: lower,
        });
    }
    args.connection.context = chosen.as_ref().map(|(name, _)| name.clone());
    let resolved = Resolved {
        args,
        context: chosen,
        warnings,
        layers,
    };
    resolved.check()?;
    Ok(resolved)
}

/// The name of the context that counts.
fn choose(
    options: &ClientArgs,
    environment: &ClientArgs,
    project: Option<&Settings>,
) -> Result<Option<(String, Origin)>, CliError> {
    let options = &options.connection;
    if options.no_context {
        if options.context.is_some() {
            return Err(usage(
                "--context and --no-context do not go together".to_owned(),
            ));
        }
        return Ok(None);
    }
    let said = [
        (&options.context, Origin::Option("--context")),
        (
            &environment.connection.context,
            Origin::Variable("WAMP_CONTEXT"),
        ),
    ];
    for (name, origin) in said {
        if let Some(name) = name {
            return Ok(Some((name.clone(), origin)));
        }
    }
    if let Some((file, name)) = project.and_then(|file| Some((file, file.context.as_ref()?))) {
        let line = file.line(CONTEXT).unwrap_or_default();
        let origin = Origin::Project(file.path.clone(), line);
        return Ok(Some((name.clone(), origin)));
    }
    // Where there is no home nothing is selected.
    let selected = match Store::open() {
        Ok(store) => store.selected()?,
        Err(_) => None,
    };
    Ok(selected.map(|name| (name, Origin::Selected)))
}

fn read(name: &str, origin: &Origin) -> Result<Settings, CliError> {
    let by = match origin {
        Origin::Option(_) => return Store::open()?.read(name),
        Origin::Selected => "the one that is selected".to_owned(),
        origin => format!("named by {origin}"),
    };
    Store::open()?.read(name).map_err(|error| match error {
        CliError::Usage { message, hint } => CliError::Usage {
            message: format!("{message}, {by}"),
            hint: match origin {
                Origin::Selected => Some("`wamp context select --none` ends that".to_owned()),
                _ => hint,
            },
        },
        other => other,
    })
}

/// Takes away from a file's options what does not go with those that count more.
fn give_way(lower: &mut ClientArgs, upper: &ClientArgs, kind: Kind) {
    let (lower, upper) = (&mut lower.connection, &upper.connection);
    // A secret and a key are both answers to one question, as they are on the command line and in the environment.
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let said = upper.secret.is_some() || upper.key.is_some();
    let secret =
        upper.secret.is_some() || !said && (is_set("WAMP_SECRET") || is_set("WAMP_TICKET"));
    let key = upper.key.is_some() || !said && is_set("WAMP_PRIVATE_KEY");
    if secret || key {
        (lower.secret, lower.key) = (None, None);
        let is_of_use = |method: &Method| match method {
            Method::Cryptosign => key,
            Method::Anonymous | Method::Tls => true,
            _ => secret,
        };
        lower.authmethod = lower.authmethod.filter(is_of_use);
    }
    // That a certificate is not checked was said of another router. Nor does a project, which may be anybody's, say whom to
    // trust but for its own.
    if lower.url.is_some() && upper.url.is_some() {
        lower.insecure = false;
        lower.ca = lower.ca.take().filter(|_| kind == Kind::Context);
    }
    let replaced = |name: &str| {
        let mut names = upper.header.iter().map(|(name, _)| name);
        names.any(|other| other.eq_ignore_ascii_case(name))
    };
    lower.header.retain(|(name, _)| !replaced(name));
    let replaced = |id: &str| upper.ppt_key.iter().any(|key| key.id() == id);
    lower.ppt_key.retain(|key| !replaced(key.id()));
}

impl Resolved {
    /// Checks that a project file, which may come from anybody, does not get a secret that was not meant for its router: that of a
    /// context or of the environment.
    fn check(&self) -> Result<(), CliError> {
        let Some(origin) = self.project_url() else {
            return Ok(());
        };
        let is_secret = |layer: &Layer| {
            let args = &layer.args.connection;
            let is_secret = args.header.iter().any(|(name, _)| keys::is_secret(name));
            is_secret || args.secret.is_some() || args.key.is_some()
        };
        let mut contexts = self.layers.iter().filter(|layer| {
            matches!(layer.source, LayerSource::File(Kind::Context, _)) && is_secret(layer)
        });
        if let (Some((name, _)), Some(_)) = (&self.context, contexts.next()) {
            return Err(CliError::Usage {
                message: format!(
                    "the secret of the context {name} would go to the url of {origin}"
                ),
                hint: Some(format!(
                    "give the context a url with `wamp context edit {name}`, or say --url"
                )),
            });
        }
        match self.variable_in_use() {
            Some(variable) => Err(CliError::Usage {
                message: format!("the secret in {variable} would go to the url of {origin}"),
                hint: Some("say --url, or set WAMP_URL, if that router is to have it".to_owned()),
            }),
            None => Ok(()),
        }
    }

    /// The place in the project file that names the router, if that is where it comes from.
    fn project_url(&self) -> Option<Origin> {
        let url = KEYS.iter().find(|key| key.name == "url")?;
        let (_, origin) = self.values(url).into_iter().next()?;
        matches!(origin, Origin::Project(..)).then_some(origin)
    }

    /// The variable whose secret would be used to log in.
    fn variable_in_use(&self) -> Option<&'static str> {
        let args = &self.args.connection;
        let is_said = self.layers.iter().any(|layer| {
            let args = &layer.args.connection;
            matches!(layer.source, LayerSource::Options)
                && (args.secret.is_some() || args.key.is_some())
        });
        let needs_none = matches!(args.authmethod, Some(Method::Anonymous | Method::Tls));
        if is_said || needs_none {
            return None;
        }
        SECRETS
            .into_iter()
            .find(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
    }

    /// The value of a key and where it comes from; of secrets the place. Of keys that are repeated each layer may have some.
    pub(crate) fn values(&self, key: &Key) -> Vec<(Toml, Origin)> {
        let is_repeated = matches!(key.name, "header" | "ppt_key");
        let values = self
            .layers
            .iter()
            .filter_map(|layer| self.value(layer, key));
        let mut values = values.collect::<Vec<_>>();
        if !is_repeated {
            values.truncate(1);
        }
        if let (true, Some(default)) = (values.is_empty(), key.default) {
            values.push((Toml::String(default.to_owned()), Origin::Default));
        }
        values
    }

    /// What one layer says.
    fn value(&self, layer: &Layer, key: &Key) -> Option<(Toml, Origin)> {
        let value = key.value(&layer.args, Secrets::Redacted);
        match &layer.source {
            LayerSource::Options => Some((value?, Origin::Option(key.option))),
            LayerSource::Environment => {
                let set = key.variables.iter().find_map(|name| {
                    let text = env::var(name).ok().filter(|text| !text.is_empty())?;
                    Some((*name, text))
                });
                let (name, text) = set?;
                // What stands on the command line shuts out what is in the environment.
                let shut_out = || {
                    self.layers.iter().any(|layer| {
                        let args = &layer.args.connection;
                        let is_said = args.secret.is_some() || args.key.is_some();
                        is_said && matches!(layer.source, LayerSource::Options)
                    })
                };
                let value = match key.name {
                    "secret" | "key" => (!shut_out()).then(|| redacted(&text)),
                    _ => value,
                };
                Some((value?, Origin::Variable(name)))
            }
            LayerSource::File(kind, file) => {
                let line = file.line(key.name).unwrap_or_default();
                let path = file.path.clone();
                let origin = match kind {
                    Kind::Context => Origin::Context(path, line),
                    Kind::Project => Origin::Project(path, line),
                };
                Some((value?, origin))
            }
        }
    }
}

/// A variable's place of a secret, or stars for the secret itself.
fn redacted(text: &str) -> Toml {
    let place = text.parse::<SecretSource>();
    Toml::String(place.map_or_else(|_| "***".to_owned(), |place| place.to_string()))
}

const fn usage(message: String) -> CliError {
    CliError::Usage {
        message,
        hint: None,
    }
}
