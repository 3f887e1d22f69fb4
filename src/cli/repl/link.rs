//! The session of the REPL, and the next one when it is lost.

use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::Instant;
use wampkit::Session;
use wampkit::client::Closed;

use super::super::connection::{Outage, Sessions, again};
use super::super::console::Console;
use super::super::error::CliError;
use super::super::route::Route;

/// Where the session is to be had. Every clone has the same one.
#[derive(Clone)]
pub(super) struct Link {
    state: watch::Receiver<State>,
}

/// Has another session when one is lost, until it is dropped.
pub(super) struct Keeper(JoinHandle<()>);

#[derive(Clone)]
enum State {
    /// There is one: the so-manieth.
    Up(Session, u64),
    /// There will be one.
    Away,
    /// There will be none any more, since this.
    Gone(Closed),
}

impl Link {
    /// A session that there is, and that is had again by this route, with at most `limit` attempts in a row.
    pub(super) fn start(
        session: Session,
        route: Route,
        limit: Option<u32>,
        console: Console,
    ) -> (Self, Keeper) {
        let (states, state) = watch::channel(State::Up(session.clone(), 0));
        let task = spawn_local(keep(session, route, limit, console, states));
        (Self { state }, Keeper(task))
    }

    /// The session, once there is one.
    ///
    /// # Errors
    /// That there will be none.
    pub(super) async fn session(&mut self) -> Result<Session, CliError> {
        self.after(None).await.map(|(session, _)| session)
    }

    /// Whether there is one now.
    pub(super) fn is_up(&self) -> bool {
        matches!(&*self.state.borrow(), State::Up(session, _) if session.is_open())
    }

    /// The session behind that with this number.
    async fn after(&mut self, last: Option<u64>) -> Result<(Session, u64), CliError> {
        loop {
            let state = self.state.borrow_and_update().clone();
            match state {
                State::Up(session, number) if Some(number) != last => return Ok((session, number)),
                State::Gone(closed) => return Err(CliError::Lost(closed)),
                State::Up(..) | State::Away => {}
            }
            if self.state.changed().await.is_err() {
                // The REPL goes elsewhere, or leaves.
                return std::future::pending().await;
            }
        }
    }
}

impl Sessions for Link {
    async fn keep<T>(
        &mut self,
        _console: &Console,
        mut work: impl AsyncFnMut(Session, Option<Outage>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let mut outage = None;
        let mut last = None;
        loop {
            let (session, number) = self.after(last).await?;
            match work(session, outage.take()).await {
                Err(CliError::Lost(closed)) => outage = Some(Outage::after(&closed)),
                outcome => return outcome,
            }
            last = Some(number);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn keep(
    mut session: Session,
    mut route: Route,
    limit: Option<u32>,
    console: Console,
    states: watch::Sender<State>,
) {
    for number in 1.. {
        let began = Instant::now();
        let closed = session.closed().await;
        route.lasted(began.elapsed());
        states.send_replace(State::Away);
        match again(&mut route, &closed, limit, &console).await {
            Ok(next) => {
                states.send_replace(State::Up(next.clone(), number));
                session = next;
            }
            Err(error) => {
                // Who waits for a session learns that it is lost; that there is no other is told here.
                if !matches!(error, CliError::Lost(_)) {
                    console.error(&error);
                }
                states.send_replace(State::Gone(closed));
                return;
            }
        }
    }
}
