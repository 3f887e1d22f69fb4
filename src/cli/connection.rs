//! Having a session by the options of the command line: connecting, working, connecting again, leaving.

use std::future::Future;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout};
use wampkit::client::{CloseReason, Closed, Error as RequestError};
use wampkit::transport::{Endpoint, TransportError};
use wampkit::{Session, client};

use super::args::ConnectionArgs;
use super::console::Console;
use super::error::CliError;
use super::route::{Route, brief};
use super::signals::{PATIENCE, Signals, Work};

/// Where a router is looked for, and where `wamp router` listens.
pub(crate) const DEFAULT_URL: &str = "ws://127.0.0.1:8080/ws";

/// The realm that is joined, and that `wamp router` serves.
pub(crate) const DEFAULT_REALM: &str = "realm1";

/// A session and the signals that end it.
pub(crate) struct Connection {
    session: Session,
    signals: Signals,
    /// None where somebody else sees to the next session.
    route: Option<Route>,
    /// How often a lost session is tried to be had again; without end if nothing is said.
    retry: Option<u32>,
}

/// Where streams have one session after the other from.
pub(crate) trait Sessions {
    /// The outcome of what `work` does with one session after the other: when it comes to [`CliError::Lost`] and there is another
    /// session, it is run once more, with what lies between the two. So everything that has to outlast a session is to be outside
    /// of it.
    ///
    /// # Errors
    /// Those of the work; that there is no other session to be had.
    async fn keep<T>(
        &mut self,
        console: &Console,
        work: impl AsyncFnMut(Session, Option<Outage>) -> Result<T, CliError>,
    ) -> Result<T, CliError>;
}

/// The time between two sessions of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Outage {
    /// When the first of them was still there, as far as is known.
    pub(crate) since: SystemTime,
    /// How the first one ended.
    pub(crate) reason: String,
}

impl Connection {
    /// Connects and joins, with as many more attempts as `--retry` says; from now on signals end it as they end such work.
    ///
    /// # Errors
    /// That a secret is not to be had, that there is no router, that it refuses the session, or that a signal came first.
    pub(crate) async fn open(
        args: &ConnectionArgs,
        work: Work,
        console: &Console,
    ) -> Result<Self, CliError> {
        // Before signals are caught, so that Ctrl-C ends a prompt.
        let mut route = Route::new(args, console)?;
        let mut signals = Signals::catch(work)?;
        let joining = async {
            match route.connect().await {
                Err(fault) => {
                    let limit = args.retry.unwrap_or(0);
                    route.retry(fault, Some(limit), console).await
                }
                joined => joined,
            }
        };
        let session = signals.guard(joining).await?;
        Ok(Self {
            session,
            signals,
            route: Some(route),
            retry: args.retry,
        })
    }

    /// Leaves it to others to have a session again when this one is lost: gives away how.
    pub(crate) const fn take_route(&mut self) -> Option<Route> {
        self.route.take()
    }

    /// Goes on with this session.
    pub(crate) fn take_session(&mut self, session: Session) {
        self.session = session;
    }

    /// The signals.
    pub(crate) const fn signals(&mut self) -> &mut Signals {
        &mut self.signals
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

impl Sessions for Connection {
    /// Another session is made where that is not final. A signal ends it at any time, as in [`Connection::run`].
    async fn keep<T>(
        &mut self,
        console: &Console,
        mut work: impl AsyncFnMut(Session, Option<Outage>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let Self {
            session,
            signals,
            route,
            retry,
        } = self;
        let working = async {
            let mut outage = None;
            loop {
                let began = Instant::now();
                let closed = match work(session.clone(), outage.take()).await {
                    Err(CliError::Lost(closed)) => closed,
                    outcome => return outcome,
                };
                let Some(route) = route.as_mut() else {
                    return Err(CliError::Lost(closed));
                };
                route.lasted(began.elapsed());
                *session = again(route, &closed, *retry, console).await?;
                outage = Some(Outage::after(&closed));
            }
        };
        signals.guard(working).await
    }
}

impl Outage {
    /// What began when the session ended.
    pub(crate) fn after(closed: &Closed) -> Self {
        Self {
            since: last_alive(closed),
            reason: closed.to_string(),
        }
    }
}

/// Another session after one that is lost. That there is one again is told.
pub(crate) async fn again(
    route: &mut Route,
    closed: &Closed,
    limit: Option<u32>,
    console: &Console,
) -> Result<Session, CliError> {
    let lost = CliError::Lost(closed.clone());
    let session = route.retry(lost, limit, console).await;
    let session = session.map_err(|fault| match fault {
        CliError::Connect { ref error, .. } if !error.is_final() => CliError::Gone {
            closed: closed.clone(),
            fault: Box::new(fault),
        },
        fault => fault,
    })?;
    let away = closed.at.elapsed().unwrap_or_default();
    console.note(&format!("connected again after {}", brief(away)));
    Ok(session)
}

/// When the router was last heard of, as far as that is known. A stream that is held up in a write learns of the end later.
fn last_alive(closed: &Closed) -> SystemTime {
    let silence = match &closed.reason {
        CloseReason::Transport(fault) => match **fault {
            TransportError::Silent(silence) => silence,
            _ => Duration::ZERO,
        },
        _ => Duration::ZERO,
    };
    closed.at.checked_sub(silence).unwrap_or(closed.at)
}

/// Whether the router can be anybody: a connection by TLS that does not check its certificate.
pub(crate) fn is_insecure(args: &ConnectionArgs) -> bool {
    args.insecure && is_tls(args)
}

/// Whether the connection is one by TLS.
pub(crate) fn is_tls(args: &ConnectionArgs) -> bool {
    let url = args.url.as_deref().unwrap_or(DEFAULT_URL);
    let endpoint = url.parse::<Endpoint>();
    endpoint.is_ok_and(|endpoint| endpoint.is_tls())
}

/// Whether there are options that change nothing without TLS.
pub(crate) const fn names_tls(args: &ConnectionArgs) -> bool {
    args.insecure || args.ca.is_some() || args.cert.is_some()
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
