//! What a router is to do, by the options of the command line or by a file.

use std::collections::BTreeSet;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wampkit::Router;
use wampkit::auth::{
    CraSecret, Credential, Directory, Kdf, Method, PublicKey, ScramRecord, Secret, TicketSecret,
    User,
};
use wampkit::realm::RealmConfig;
use wampkit::router::config::{Config, MessageSizes};
use wampkit::router::{Policy, RealmSetup};
use wampkit::transport::{
    Address, ClientAuth, Endpoint, ListenOptions, Origins, ServerTls, TlsFiles,
};

use super::super::args::RouterArgs;
use super::super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::exit::Exit;
use super::user::UserArg;

/// What a router is to do.
pub(super) struct Plan {
    /// Where it listens, and how.
    pub(super) listeners: Vec<Door>,
    /// Who may come in.
    pub(super) policy: Policy,
    /// Where it tells how it does.
    pub(super) metrics: Option<String>,
    /// How much may wait for one session, in bytes.
    pub(super) outbox_limit: Option<usize>,
    /// The certificates of its listeners, and the files they come from.
    certificates: Vec<Certificate>,
    /// Where it was read from, if that is a file.
    source: Option<Source>,
}

/// Where a router listens.
pub(super) struct Door {
    pub(super) endpoint: Endpoint,
    pub(super) options: ListenOptions,
    /// Whether clients may come in there without saying who they are, if the realm lets them.
    pub(super) anonymous: bool,
}

/// The file that a plan was read from.
struct Source {
    path: PathBuf,
    key: [u8; 32],
    /// What of it stays as it was read first.
    lasting: Vec<(String, String)>,
    /// Whether the router listens there.
    own: bool,
}

impl Plan {
    /// What the options say.
    ///
    /// # Errors
    /// Options that do not go together, secrets and certificates that are not to be had.
    pub(super) fn of(args: &RouterArgs, console: &Console) -> Result<Self, CliError> {
        refuse_idle(args)?;
        match &args.config {
            Some(path) => Self::read(path, args, console),
            None => Self::of_options(args, console),
        }
    }

    /// What a file says.
    fn read(path: &Path, args: &RouterArgs, console: &Console) -> Result<Self, CliError> {
        let key = random_key()?;
        let mut config = Config::read(path, &key).map_err(CliError::of_config)?;
        let lasting = config.lasting();
        let own = args.listen.is_empty() && args.port.is_none();
        let (listeners, certificates) = if own && !config.listeners.is_empty() {
            let doors = config.listeners.iter().map(|listener| Door {
                endpoint: listener.endpoint.clone(),
                options: listener.options.clone(),
                anonymous: listener.admits_anonymous(),
            });
            (doors.collect(), certificates(&config))
        } else {
            // Nobody listens there.
            config.listeners.clear();
            doors(args, config.limits.max_message, console)?
        };
        config.metrics = args.metrics.clone().or(config.metrics);
        for warning in config.summary().warnings {
            tracing::warn!("{warning}");
        }
        Ok(Self {
            listeners,
            policy: config.policy(key),
            metrics: config.metrics,
            outbox_limit: Some(config.outbox_limit),
            certificates,
            source: Some(Source {
                path: path.to_owned(),
                key,
                lasting,
                own,
            }),
        })
    }

    fn of_options(args: &RouterArgs, console: &Console) -> Result<Self, CliError> {
        let (directory, anonymous) = directory(args, console)?;
        let (mut listeners, certificates) = doors(args, MessageSizes::default(), console)?;
        if anonymous && let Some(door) = listeners.iter().find(|door| !door.anonymous) {
            return Err(CliError::Usage {
                message: format!(
                    "{} can be reached by others than this machine, and clients need not say who they are",
                    door.endpoint
                ),
                hint: Some(
                    "add users with --user or a file with -f, or say --allow-anonymous".to_owned(),
                ),
            });
        }
        for door in &mut listeners {
            door.anonymous = true;
        }
        let mut config = Config::default();
        config.metrics.clone_from(&args.metrics);
        for warning in config.summary().warnings {
            tracing::warn!("{warning}");
        }
        let setup = |name: &str| RealmSetup {
            directory: Arc::clone(&directory),
            ..RealmSetup::open(RealmConfig {
                uri: name.into(),
                ..RealmConfig::default()
            })
        };
        Ok(Self {
            listeners,
            policy: Policy {
                realms: realms(args).map(setup).collect(),
                any_realm: args.any_realm.then(|| setup("")),
                ..Policy::default()
            },
            metrics: config.metrics,
            outbox_limit: None,
            certificates,
            source: None,
        })
    }

    /// A router that does so, and does not listen yet.
    ///
    /// # Errors
    /// A realm whose name is no URI.
    pub(super) fn router(&self) -> Result<Router, CliError> {
        let mut builder = Router::builder().policy(self.policy.clone());
        if let Some(limit) = self.outbox_limit {
            builder = builder.outbox_limit(limit);
        }
        builder.build().map_err(usage)
    }

    /// Reads anew what can be: the file, the certificates. Answers what has been done.
    ///
    /// # Errors
    /// What is wrong with them; nothing has changed then.
    pub(super) async fn reload(&mut self, router: &Router) -> Result<String, CliError> {
        let Some(source) = &mut self.source else {
            if self.certificates.is_empty() {
                return Ok("there is nothing to read again".to_owned());
            }
            for (tls, files) in &self.certificates {
                tls.reload(files).map_err(usage)?;
            }
            return Ok("the certificate was read again".to_owned());
        };
        // Apart from those who serve sessions: secrets may come from programs, and records are derived. With the file all
        // certificates are read, so that one which is wrong keeps everything as it was.
        let (path, key) = (source.path.clone(), source.key);
        let read = tokio::task::spawn_blocking(move || Config::read(&path, &key)).await;
        let config = read.map_err(usage)?.map_err(CliError::of_config)?;
        let policy = config.policy(source.key);
        router.reconfigure(policy.clone()).map_err(usage)?;
        if source.own {
            for now in &self.listeners {
                let mut listeners = config.listeners.iter();
                let next = listeners.find(|next| next.endpoint == now.endpoint);
                if let (Some(now), Some(next)) = (
                    &now.options.tls,
                    next.and_then(|next| next.options.tls.as_ref()),
                ) {
                    now.replace(next);
                }
            }
        }
        for warning in config.summary().warnings {
            tracing::warn!("{warning}");
        }
        for change in noteworthy(&self.policy, &policy) {
            tracing::warn!("{change}");
        }
        let lasting = config.lasting();
        let all = source.lasting.iter().chain(&lasting);
        let changed = all.filter(|it| !(source.lasting.contains(it) && lasting.contains(it)));
        let waiting: BTreeSet<_> = changed.map(|(name, _)| &**name).collect();
        for name in waiting {
            tracing::warn!("what has changed waits for a restart: {name}");
        }
        self.policy = policy;
        Ok(format!("{} was read again", source.path.display()))
    }

    /// The realms by their names, for people.
    pub(super) fn realms(&self) -> String {
        let names = self.policy.realms.iter().map(|realm| &*realm.config.uri);
        let any = self.policy.any_realm.is_some().then_some("any other");
        names.chain(any).collect::<Vec<_>>().join(", ")
    }

    /// The realm for a command that runs beside the router.
    pub(super) fn first_realm(&self) -> &str {
        let first = self.policy.realms.first();
        first.map_or(DEFAULT_REALM, |realm| &realm.config.uri)
    }
}

/// Options that would do nothing. They are about security, so that nobody is to believe they did.
///
/// # Errors
/// The first of them.
fn refuse_idle(args: &RouterArgs) -> Result<(), CliError> {
    let is_made = args.tls_self_signed.is_some() || args.cert.is_some();
    let options = [
        ("--allow-anonymous", args.allow_anonymous),
        ("--allow-origin", !args.allow_origin.is_empty()),
        ("a certificate", is_made),
    ];
    let idle = options.iter().find(|(_, given)| *given);
    if let (Some((option, _)), Some(_)) = (idle, &args.config)
        && args.listen.is_empty()
        && args.port.is_none()
    {
        return Err(CliError::Usage {
            message: format!(
                "{option} goes with --listen or --port: the file has its own listeners"
            ),
            hint: Some("say it in [[listeners]]".to_owned()),
        });
    }
    if is_made && args.config.is_none() && !endpoints(args)?.iter().any(Endpoint::is_tls) {
        return Err(CliError::Usage {
            message: "a certificate is of no use without a listener of TLS".to_owned(),
            hint: Some("listen with --listen wss://HOST:PORT/ws or rss://HOST:PORT".to_owned()),
        });
    }
    Ok(())
}

/// Says what a file comes to, without doing it: `--check`, `--print-config`.
///
/// # Errors
/// What is wrong with the file.
pub(super) fn inspect(args: &RouterArgs, console: &Console) -> Result<Exit, CliError> {
    refuse_idle(args)?;
    let Some(path) = &args.config else {
        return Err(usage("--check and --print-config go with -f FILE"));
    };
    let config = Config::read(path, &random_key()?).map_err(CliError::of_config)?;
    let summary = config.summary();
    if args.print_config {
        console.line(config.effective().trim_end())?;
    } else {
        for sentence in &summary.sentences {
            console.line(sentence)?;
        }
    }
    for warning in &summary.warnings {
        console.note(&format!("warning: {warning}"));
    }
    Ok(Exit::Success)
}

/// A certificate, and the files it comes from.
type Certificate = (ServerTls, TlsFiles);

/// Where and how to listen by the options, and the certificates there that can be read again. Strangers are let in where
/// only this machine can come, and elsewhere if that is said.
fn doors(
    args: &RouterArgs,
    sizes: MessageSizes,
    console: &Console,
) -> Result<(Vec<Door>, Vec<Certificate>), CliError> {
    let endpoints = endpoints(args)?;
    let certificate = certificate(args)?;
    let tls = match (&certificate, &args.tls_self_signed) {
        (Some((tls, _)), _) => Some(tls.clone()),
        (None, Some(file)) => Some(self_signed(&endpoints, file.as_deref(), console)?),
        (None, None) => None,
    };
    let origins = Origins::of(&args.allow_origin).map_err(usage)?;
    let doors = endpoints.into_iter().map(|endpoint| Door {
        options: ListenOptions {
            tls: tls.clone().filter(|_| endpoint.is_tls()),
            origins: origins.clone(),
            max_frame: sizes.all,
            narrower: sizes.narrower,
            ..ListenOptions::default()
        },
        anonymous: args.allow_anonymous || !is_public(&endpoint),
        endpoint,
    });
    Ok((doors.collect(), certificate.into_iter().collect()))
}

/// Where to listen.
fn endpoints(args: &RouterArgs) -> Result<Vec<Endpoint>, CliError> {
    let parse = |url: &str| {
        url.parse::<Endpoint>().map_err(|error| CliError::Usage {
            message: format!("cannot listen on {url}: {error}"),
            hint: None,
        })
    };
    if args.listen.is_empty() {
        let default = parse(DEFAULT_URL)?;
        return Ok(vec![match args.port {
            Some(port) => default.with_port(port),
            None => default,
        }]);
    }
    args.listen.iter().map(|url| parse(url)).collect()
}

fn realms(args: &RouterArgs) -> impl Iterator<Item = &str> {
    let default = args.realms.is_empty().then_some(DEFAULT_REALM);
    args.realms.iter().map(|name| &**name).chain(default)
}

/// The realms that let in, or let do, more than they did, and those that are gone: by a mistake, perhaps.
fn noteworthy(before: &Policy, now: &Policy) -> Vec<String> {
    let mut told = Vec::new();
    let names = |policy: &Policy| -> BTreeSet<_> {
        let realms = policy.realms.iter();
        realms.map(|realm| realm.config.uri.clone()).collect()
    };
    for gone in names(before).difference(&names(now)) {
        told.push(format!(
            "realm {gone} is not in the file any more: its sessions stay as they are"
        ));
    }
    for realm in &now.realms {
        let name = &realm.config.uri;
        let Some(old) = before.realms.iter().find(|old| old.config.uri == *name) else {
            continue;
        };
        if old.directory.anonymous().is_none() && realm.directory.anonymous().is_some() {
            told.push(format!("realm {name} lets in anonymous clients now"));
        }
        if old.config.permissions.is_some() && realm.config.permissions.is_none() {
            told.push(format!(
                "realm {name} has no roles any more: everything is allowed"
            ));
        }
    }
    told
}

/// The certificates of a file.
fn certificates(config: &Config) -> Vec<Certificate> {
    let listeners = config.listeners.iter();
    let certificates = listeners.filter_map(|listener| {
        let tls = listener.options.tls.clone()?;
        Some((tls, listener.files.clone()?))
    });
    certificates.collect()
}

/// What salts and answers to unknown names are drawn from.
pub(super) fn random_key() -> Result<[u8; 32], CliError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| CliError::System {
        doing: "draw random numbers".to_owned(),
        error: error.into(),
    })?;
    Ok(key)
}

/// Who may come in, and whether that is anybody.
fn directory(args: &RouterArgs, console: &Console) -> Result<(Arc<Directory>, bool), CliError> {
    let key = random_key()?;
    let users = args.user.iter().map(|text| user(text, &key, console));
    let users = users.collect::<Result<Vec<_>, _>>()?;
    let anonymous = users.is_empty() || args.allow_anonymous;
    let directory = Directory::new(users, key).map_err(usage)?;
    let directory = if anonymous {
        directory.with_anonymous(Method::Anonymous.name())
    } else {
        directory
    };
    Ok((Arc::new(directory), anonymous))
}

/// A user of `--user`.
fn user(text: &str, key: &[u8; 32], console: &Console) -> Result<User, CliError> {
    // Not read by clap, whose errors repeat what they complain of.
    let user = UserArg::parse(text).map_err(|fault| usage(format!("--user: {fault}")))?;
    let authid = user.authid;
    let failed = |fault: String| usage(format!("--user {authid}: {fault}"));
    let prompt = format!("Secret of {authid}");
    let found = (user.source.read(&prompt)).map_err(|error| failed(error.to_string()))?;
    // A public key may be seen by everybody.
    if let Some(exposed) = found.warning.filter(|_| user.method != Method::Cryptosign) {
        console.note(&exposed.to_string());
    }
    let credential = credential(user.method, &found.secret, key, &authid).map_err(failed)?;
    Ok(User {
        role: user.role.unwrap_or_else(|| "user".to_owned()),
        credentials: vec![credential],
        authid,
    })
}

/// What a user is known by who has this secret, or this public key.
fn credential(
    method: Method,
    secret: &Secret,
    key: &[u8; 32],
    authid: &str,
) -> Result<Credential, String> {
    Ok(match method {
        Method::WampCra => Credential::WampCra(CraSecret::Plain(secret.clone())),
        Method::Scram | Method::WampScram => {
            let salt = Directory::salt(key, authid);
            let record = ScramRecord::derive(secret, &salt, Kdf::DEFAULT);
            Credential::Scram(record.map_err(|error| error.to_string())?)
        }
        Method::Cryptosign => {
            let key: Result<PublicKey, _> = secret.expose().parse();
            Credential::Cryptosign(key.map_err(|error| error.to_string())?)
        }
        Method::Ticket | Method::Anonymous | Method::Tls => {
            Credential::Ticket(TicketSecret::plain(secret))
        }
    })
}

/// Whether others than this machine may be able to connect.
fn is_public(endpoint: &Endpoint) -> bool {
    match endpoint.address() {
        Address::Unix(_) => false,
        Address::Tcp { host, port } => match host.parse::<IpAddr>() {
            Ok(address) => !address.is_loopback(),
            Err(_) => (host.as_str(), *port)
                .to_socket_addrs()
                // A name that has no address cannot be listened on, which will be said when it is tried.
                .is_ok_and(|mut addresses| addresses.any(|address| !address.ip().is_loopback())),
        },
    }
}

/// The certificate that the options name.
fn certificate(args: &RouterArgs) -> Result<Option<Certificate>, CliError> {
    let (Some(cert), Some(key)) = (&args.cert, &args.tls_key) else {
        return Ok(None);
    };
    let files = TlsFiles {
        cert: cert.clone(),
        key: key.clone(),
        client_ca: None,
        client_auth: ClientAuth::None,
    };
    let tls = ServerTls::load(&files).map_err(usage)?;
    Ok(Some((tls, files)))
}

/// A certificate made on the spot. Its fingerprint goes to standard error, where people read what the router has to say.
fn self_signed(
    endpoints: &[Endpoint],
    file: Option<&Path>,
    console: &Console,
) -> Result<ServerTls, CliError> {
    let names = endpoints
        .iter()
        .filter_map(|endpoint| match endpoint.address() {
            Address::Tcp { host, .. }
                if !host.parse::<IpAddr>().is_ok_and(|it| it.is_unspecified()) =>
            {
                Some(host.clone())
            }
            _ => None,
        });
    let made = ServerTls::self_signed(&names.collect::<Vec<_>>()).map_err(usage)?;
    if let Some(file) = file {
        std::fs::write(file, &made.certificate).map_err(|error| CliError::System {
            doing: format!("write {}", file.display()),
            error,
        })?;
    }
    console.note(&format!("certificate sha256:{}", made.fingerprint));
    Ok(made.tls)
}

fn usage(error: impl ToString) -> CliError {
    CliError::Usage {
        message: error.to_string(),
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(listen: &[&str], port: Option<u16>) -> Vec<String> {
        let args = RouterArgs {
            listen: listen.iter().map(ToString::to_string).collect(),
            port,
            ..RouterArgs::default()
        };
        let endpoints = endpoints(&args).unwrap();
        endpoints.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn where_to_listen() {
        assert_eq!(urls(&[], None), ["ws://127.0.0.1:8080/ws"]);
        assert_eq!(urls(&[], Some(9000)), ["ws://127.0.0.1:9000/ws"]);
        assert_eq!(
            urls(&["ws://h:1/x", "rs+unix:///run/w"], None),
            ["ws://h:1/x", "rs+unix:///run/w"]
        );
    }

    #[test]
    fn what_others_can_reach() {
        for (url, public) in [
            ("ws://127.0.0.1:8080/ws", false),
            ("ws://127.8.0.1:8080/ws", false),
            ("ws://localhost:8080/ws", false),
            ("ws://[::1]:8080/ws", false),
            ("rs+unix:///run/w", false),
            ("ws://0.0.0.0:8080/ws", true),
            ("ws://[::]:8080/ws", true),
            ("rs://192.0.2.1:8081", true),
        ] {
            assert_eq!(is_public(&url.parse().unwrap()), public, "{url}");
        }
    }
}
