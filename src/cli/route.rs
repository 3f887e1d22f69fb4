//! The way to a router by the options of the command line, and how often it is tried.

use std::time::Duration;

use tokio::time::sleep;
use wampkit::Session;
use wampkit::auth::Login;
use wampkit::client::{Backoff, Client, ClientBuilder, ConnectError, LARGEST_PAUSE};
use wampkit::transport::ClientTls;

use super::args::{ConnectionArgs, keyring};
use super::argument::authextra as extra_of;
use super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::console::Console;
use super::error::CliError;
use super::login::logins;
use super::trace;

/// Where to connect and as whom. Secrets were read when it was made, so that nobody is asked twice.
pub(crate) struct Route {
    builder: ClientBuilder,
    url: String,
    realm: String,
    /// Whether nothing is proven to the router.
    anonymous: bool,
    backoff: Backoff,
    /// How many attempts there were that led to no session, or to none that lasted.
    attempts: u32,
}

impl Route {
    /// The way that the options describe.
    ///
    /// # Errors
    /// Options that do not go together, and secrets that are not to be had.
    pub(crate) fn new(args: &ConnectionArgs, console: &Console) -> Result<Self, CliError> {
        let url = args.url.as_deref().unwrap_or(DEFAULT_URL);
        let realm = args.realm.as_deref().unwrap_or(DEFAULT_REALM);
        let mut builder = Client::builder(url)
            .realm(realm)
            .agent(concat!("wamp-", env!("CARGO_PKG_VERSION")));
        if !args.serializer.is_empty() {
            builder = builder.serializers(args.serializer.iter().copied());
        }
        if let Some(authid) = &args.authid {
            builder = builder.authid(authid);
        }
        if let Some(authrole) = &args.authrole {
            builder = builder.authrole(authrole);
        }
        let logins = logins(args, console)?;
        let proves = logins
            .iter()
            .any(|login| !matches!(login, Login::Anonymous));
        for login in logins {
            builder = builder.login(login);
        }
        if let Some(extra) = &args.authextra {
            builder = builder.authextra(extra_of(extra)?);
        }
        for (name, value) in &args.header {
            builder = builder.header(name, value);
        }
        if !args.ppt_key.is_empty() {
            builder = builder.keyring(keyring(&args.ppt_key)?);
        }
        builder = builder.tls(tls(args)?);
        if let Some(timeout) = args.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(interval) = args.heartbeat {
            builder = builder.heartbeat(Some(interval).filter(|interval| !interval.is_zero()));
        }
        if let Some(trace) = trace::open(args, console)? {
            builder = builder.trace(trace);
        }
        Ok(Self {
            builder,
            url: without_user(url),
            realm: realm.to_owned(),
            anonymous: !proves,
            backoff: Backoff::new(args.retry_max.unwrap_or(LARGEST_PAUSE)),
            attempts: 0,
        })
    }

    /// Whether nothing is proven to the router, so that no secret goes to it.
    pub(crate) const fn is_anonymous(&self) -> bool {
        self.anonymous
    }

    /// Connects and joins, once.
    ///
    /// # Errors
    /// That there is no router, or that it refuses the session.
    pub(crate) async fn connect(&self) -> Result<Session, CliError> {
        let url = self.url.clone();
        let connected = self.builder.clone().connect().await;
        connected.map_err(|error| match error {
            ConnectError::Refused(refused) => CliError::Refused {
                url,
                realm: self.realm.clone(),
                refused: Box::new(refused),
            },
            ConnectError::Login(error) => CliError::Login { url, error },
            error => CliError::Connect {
                url,
                error: Box::new(error),
            },
        })
    }

    /// Connects at last after `fault`, with at most `limit` attempts in a row, and tells what is in the way. Gives up when that
    /// is something that will not pass.
    ///
    /// # Errors
    /// What was in the way last.
    pub(crate) async fn retry(
        &mut self,
        mut fault: CliError,
        limit: Option<u32>,
        console: &Console,
    ) -> Result<Session, CliError> {
        let mut told = String::new();
        while limit.is_none_or(|limit| self.attempts < limit) && !is_final(&fault) {
            let pause = self.backoff.pause();
            // Once, however often it is in the way.
            let obstacle = fault.to_string();
            if obstacle != told {
                console.note(&format!("{obstacle}; trying again in {}", brief(pause)));
                told = obstacle;
            }
            sleep(pause).await;
            self.attempts = self.attempts.saturating_add(1);
            match self.connect().await {
                Ok(session) => return Ok(session),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// There was a session, for so long.
    pub(crate) fn lasted(&mut self, time: Duration) {
        if self.backoff.lasted(time) {
            self.attempts = 0;
        }
    }
}

/// Whether what ended a session, or prevented one, will do so again.
fn is_final(fault: &CliError) -> bool {
    match fault {
        CliError::Lost(closed) => closed.is_final(),
        CliError::Connect { error, .. } => error.is_final(),
        CliError::Refused { refused, .. } => refused.is_final(),
        _ => true,
    }
}

/// The URL as it may be told: what stands before an `@` may be a password, though none belongs there.
fn without_user(url: &str) -> String {
    let host = url.find("://").map_or(0, |colon| colon + "://".len());
    let end = url[host..]
        .find('/')
        .map_or(url.len(), |slash| host + slash);
    match url[host..end].rfind('@') {
        Some(at) => format!("{}…{}", &url[..host], &url[host + at..]),
        None => url.to_owned(),
    }
}

/// How TLS is used, if the URL is one of TLS.
///
/// # Errors
/// Options that do not go together.
pub(crate) fn tls(args: &ConnectionArgs) -> Result<ClientTls, CliError> {
    if args.tls_key.is_some() && args.cert.is_none() {
        return Err(CliError::Usage {
            message: "--tls-key goes with --cert".to_owned(),
            hint: None,
        });
    }
    Ok(ClientTls {
        ca: args.ca.clone(),
        cert: args.cert.clone(),
        key: args.tls_key.clone(),
        insecure: args.insecure,
    })
}

/// A time as people say it who have waited for it: `0.4s`, `12.0s`, `3m 5s`.
pub(crate) fn brief(time: Duration) -> String {
    if time < Duration::from_secs(60) {
        return format!("{:.1}s", time.as_secs_f64());
    }
    humantime::format_duration(Duration::from_secs(time.as_secs())).to_string()
}
