//! Connecting by the options of the command line, and leaving.

use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;
use wampkit::auth::Login;
use wampkit::client::{Client, ConnectError, Error as RequestError};
use wampkit::transport::{ClientTls, Endpoint};
use wampkit::{Session, client};

use super::args::{ConnectionArgs, keyring};
use super::argument::authextra as extra_of;
use super::console::Console;
use super::error::CliError;
use super::login::logins;
use super::signals::{PATIENCE, Signals, Work};

/// Where a router is looked for, and where `wamp router` listens.
pub(crate) const DEFAULT_URL: &str = "ws://127.0.0.1:8080/ws";

/// The realm that is joined, and that `wamp router` serves.
pub(crate) const DEFAULT_REALM: &str = "realm1";

/// A session and the signals that end it.
pub(crate) struct Connection {
    session: Session,
    signals: Signals,
}

impl Connection {
    /// Connects and joins; from now on signals end it as they end such work.
    ///
    /// # Errors
    /// That a secret is not to be had, that there is no router, that it refuses the session, or that a signal came first.
    pub(crate) async fn open(
        args: &ConnectionArgs,
        work: Work,
        console: &Console,
    ) -> Result<Self, CliError> {
        // Before signals are caught, so that Ctrl-C ends a prompt.
        let logins = logins(args, console)?;
        let mut signals = Signals::catch(work)?;
        let session = signals.guard(connect(args, logins)).await?;
        Ok(Self { session, signals })
    }

    /// The session.
    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    /// The outcome of `work`, or [`CliError::Stopped`] if a signal comes first.
    ///
    /// # Errors
    /// Those of the work.
    pub(crate) async fn guard<T>(
        &mut self,
        work: impl Future<Output = Result<T, CliError>>,
    ) -> Result<T, CliError> {
        self.signals.guard(work).await
    }

    /// The outcome of what `work` does with the session, or [`CliError::Stopped`] if a signal comes first.
    ///
    /// # Errors
    /// Those of the work.
    pub(crate) async fn run<T>(
        &mut self,
        work: impl AsyncFnOnce(Session) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        self.signals.guard(work(self.session.clone())).await
    }

    /// What has to be done before leaving, cut short by a signal or after [`PATIENCE`].
    pub(crate) async fn finish(&mut self, work: impl Future<Output = ()>) {
        tokio::select! {
            _ = timeout(PATIENCE, work) => {}
            () = self.signals.hurry() => {}
        }
    }

    /// Says GOODBYE and waits for the router to do the same, cut short by a signal or after [`PATIENCE`].
    ///
    /// That the router does not answer is of no consequence any more: what the command was for is done.
    pub(crate) async fn leave(mut self) {
        let session = self.session.clone();
        let goodbye = async move {
            if let Err(error) = session.leave().await {
                tracing::debug!(%error, "left without the router's goodbye");
            }
        };
        self.finish(goodbye).await;
    }
}

async fn connect(args: &ConnectionArgs, logins: Vec<Login>) -> Result<Session, CliError> {
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
    builder.connect().await.map_err(|error| match error {
        ConnectError::Refused(refused) => CliError::Refused {
            url: url.to_owned(),
            realm: realm.to_owned(),
            refused: Box::new(refused),
        },
        ConnectError::Login(error) => CliError::Login {
            url: url.to_owned(),
            error,
        },
        error => CliError::Connect {
            url: url.to_owned(),
            error: Box::new(error),
        },
    })
}

/// How TLS is used, if the URL is one of TLS.
fn tls(args: &ConnectionArgs) -> Result<ClientTls, CliError> {
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

/// Whether the router can be anybody: a connection by TLS that does not check its certificate.
pub(crate) fn is_insecure(args: &ConnectionArgs) -> bool {
    let url = args.url.as_deref().unwrap_or(DEFAULT_URL);
    let is_tls = url
        .parse::<Endpoint>()
        .is_ok_and(|endpoint| endpoint.is_tls());
    args.insecure && is_tls
}

/// The answer to a request about `subject`, if it comes within `limit`.
///
/// # Errors
/// The request's, or that it took too long.
pub(crate) async fn answer<T>(
    subject: &str,
    limit: Option<Duration>,
    request: impl IntoFuture<Output = Result<T, client::Error>>,
) -> Result<T, CliError> {
    let answer = match limit {
        None => request.await,
        Some(limit) => timeout(limit, request.into_future())
            .await
            .unwrap_or(Err(RequestError::Timeout(limit))),
    };
    answer.map_err(|error| CliError::of_request(subject, error))
}
