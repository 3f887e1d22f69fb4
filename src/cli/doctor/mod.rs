//! `wamp doctor`: the way to a router, step by step, and what it can do.
//!
//! - `report`: what was found, for people and programs.
//! - `reach`: the URL, the addresses, TCP, and who else it is that listens there; `tls`: certificates.
//! - `serializers`: what the router speaks; `welcome`: realm, ways to log in, and the session.
//! - `features`: what the router announces, and what works; `lab`: the trials that show it. `quirks`: what is known about the router.
//!
//! What this module does *not* do: change anything. What it registers and subscribes is gone with its sessions.

mod features;
mod lab;
mod quirks;
mod reach;
mod report;
mod serializers;
mod tls;
mod welcome;

use std::time::Duration;

use wampkit::client::ConnectError;
use wampkit::proto::Serializer;
use wampkit::transport::{ClientTls, ConnectError as TransportError, ConnectOptions, Endpoint};

use super::args::{ConnectionArgs, DoctorArgs};
use super::block_on;
use super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::route::{Route, tls as tls_of};
use super::signals::{Signals, Work};
use report::Report;

/// Examines the way to a router and the router.
///
/// # Errors
/// Secrets that are not to be had, a signal, standard output. What is wrong with the router is no error but what is found.
pub(crate) fn run(args: DoctorArgs, console: &Console) -> Result<Exit, CliError> {
    let mut connection = args.client.connection;
    let url = connection.url.as_deref().unwrap_or(DEFAULT_URL).to_owned();
    // Before signals are caught, so that Ctrl-C ends a prompt.
    let route = Route::new(&connection, console)?;
    let limit = args.client.output.timeout.or(connection.connect_timeout);
    let limit = limit.filter(|limit| !limit.is_zero()).unwrap_or(PATIENCE);
    connection.connect_timeout = Some(limit);
    let mut report = Report::new(console, &url);
    block_on(async {
        let mut signals = Signals::catch(Work::Task)?;
        let examining = async {
            let patient = Patient {
                tls: tls_of(&connection)?,
                url,
                args: connection,
                limit,
            };
            // On the heap, for it is long.
            Box::pin(patient.examine(route, console, &mut report)).await
        };
        signals.guard(examining).await
    })?;
    report.finish()
}

/// The way to a router.
struct Patient {
    url: String,
    args: ConnectionArgs,
    tls: ClientTls,
    /// The time for each step.
    limit: Duration,
}

impl Patient {
    /// What a connection to it failed with.
    fn fault(&self, error: TransportError) -> CliError {
        CliError::Connect {
            url: self.url.clone(),
            error: Box::new(ConnectError::Transport(error)),
        }
    }

    async fn examine(
        mut self,
        mut route: Route,
        console: &Console,
        report: &mut Report<'_>,
    ) -> Result<(), CliError> {
        report.section("reach");
        let Some(mut endpoint) = reach::url(&self, report) else {
            return Ok(());
        };
        if !reach::addresses(&self, &endpoint, report).await {
            return Ok(());
        }
        let mut trusted = true;
        if endpoint.is_tls() {
            report.section("tls");
            match tls::certificates(&self, &endpoint, report).await {
                None => {
                    reach::who_else(&self, &endpoint, report).await;
                    return Ok(());
                }
                Some(trust) => trusted = trust || self.args.insecure,
            }
            if !trusted {
                // What else there is to find is found without secrets, and headers may be that, too.
                self.tls.insecure = true;
                self.args.insecure = true;
                self.args.header.clear();
                self.args.authextra = None;
                if let Some(bare) = self.without_query() {
                    report.skip(
                        "query",
                        "not sent to a router whose certificate is not trusted",
                    );
                    endpoint = bare;
                }
                if route.is_anonymous() {
                    route = Route::new(&self.args, console)?;
                }
            }
        }
        report.section("serializers");
        let spoken = serializers::spoken(&self, &endpoint, report).await;
        let Some(serializer) = spoken else {
            reach::who_else(&self, &endpoint, report).await;
            return Ok(());
        };
        report.section("session");
        if !welcome::realm_and_methods(&self, &endpoint, serializer, report).await {
            return Ok(());
        }
        if !trusted && !route.is_anonymous() {
            let text = "not tried: secrets do not go to a router whose certificate is not trusted";
            report.skip("welcome", text);
            return Ok(());
        }
        let Some(session) = welcome::session(&route, report).await else {
            return Ok(());
        };
        let other = route.connect().await.ok();
        features::tried(&self, &session, other, report).await;
        let router = quirks::Router::of(session.details());
        let facts = router.quirks();
        if !facts.is_empty() {
            report.section("known about it");
            for fact in facts {
                report.warn(router.name(), *fact, None);
            }
        }
        // Whether the router answers GOODBYE makes no difference any more.
        let _ = tokio::time::timeout(self.limit, session.leave()).await;
        Ok(())
    }

    /// From now on the URL has no query, which may be a token. The endpoint of what is left, if there was one.
    fn without_query(&mut self) -> Option<Endpoint> {
        let (bare, _) = self.url.split_once('?')?;
        let endpoint = bare.parse().ok()?;
        self.url = bare.to_owned();
        self.args.url = Some(self.url.clone());
        Some(endpoint)
    }

    fn realm(&self) -> &str {
        self.args.realm.as_deref().unwrap_or(DEFAULT_REALM)
    }

    /// How to connect, for one who has no session in mind.
    fn options(&self) -> ConnectOptions {
        ConnectOptions {
            headers: self.args.header.clone(),
            tls: self.tls.clone(),
            connect_timeout: self.limit,
            ..ConnectOptions::default()
        }
    }

    async fn connect(
        &self,
        endpoint: &Endpoint,
        serializer: Serializer,
        batched: bool,
    ) -> Result<Box<dyn wampkit::transport::Transport>, wampkit::transport::ConnectError> {
        let options = ConnectOptions {
            batched,
            ..self.options()
        };
        wampkit::transport::connect(endpoint, &[serializer], &options).await
    }
}

/// The time for each step unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(5);
