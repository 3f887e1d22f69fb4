//! `--embedded`: a router in this process, for whoever has none at hand.

use std::time::Duration;

use wampkit::Router;
use wampkit::transport::Endpoint;

use super::super::args::ConnectionArgs;
use super::super::connection::{DEFAULT_REALM, DEFAULT_URL};
use super::super::console::Console;
use super::super::error::CliError;

/// A router that lasts as long as the REPL.
pub(super) struct Embedded {
    router: Router,
    /// Where it listens.
    pub(super) url: String,
}

impl Embedded {
    /// Starts one with the realm of the options, where routers listen, or at another port if somebody does already; and says so.
    ///
    /// # Errors
    /// A realm that is none; that it cannot listen anywhere.
    pub(super) async fn start(args: &ConnectionArgs, console: &Console) -> Result<Self, CliError> {
        let realm = args.realm.as_deref().unwrap_or(DEFAULT_REALM);
        let router = Router::builder().realm(realm).build();
        let router = router.map_err(|error| CliError::Usage {
            message: error.to_string(),
            hint: None,
        })?;
        let url = match router.listen(&endpoint(DEFAULT_URL)).await {
            Ok(reached) => reached,
            Err(_) => {
                let listening = router.listen(&endpoint(ANY_PORT)).await;
                listening.map_err(|error| CliError::Listen(error.to_string()))?
            }
        };
        let url = url.to_string();
        console.note(&format!("a router listens on {url}, realm {realm}"));
        Ok(Self { router, url })
    }

    /// Says goodbye to all sessions, and waits a moment for them to do the same.
    pub(super) async fn stop(&self) {
        self.router.shutdown(GRACE).await;
    }
}

fn endpoint(url: &str) -> Endpoint {
    url.parse().expect("the URL is one of the two below")
}

/// Where there is always room.
const ANY_PORT: &str = "ws://127.0.0.1:0/ws";

const GRACE: Duration = Duration::from_millis(500);
