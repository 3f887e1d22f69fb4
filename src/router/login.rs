//! What is asked and answered between HELLO and WELCOME.
//!
//! Who may join is [`auth`](crate::auth)'s business and, where a realm has dynamic authenticators, theirs. This module
//! carries the messages, keeps count of those who fail, and asks the authenticators.

use std::net::IpAddr;
use std::time::SystemTime;

use crate::auth::{Begun, ChannelBinding, Exchange, HelloFacts, LoginRefusal, Method, Principal};
use crate::proto::{Authenticate, Challenge, Dict, Hello, Id, Message, uris};
use crate::transport::Transport;

use super::Router;
use super::attempts::Attempt;
use super::authenticator::{Denial, Grant, Question};
use super::handshake::{Refusal, Stop, receive, send};
use super::policy::{Policy, RealmSetup};

/// One client that wants to join.
pub(super) struct Login<'a> {
    pub(super) router: &'a Router,
    pub(super) policy: &'a Policy,
    pub(super) setup: &'a RealmSetup,
    pub(super) transport: &'a mut dyn Transport,
    pub(super) hello: &'a Hello,
    /// The id that its session will have.
    pub(super) session: Id,
    /// Whether it may be anonymous where it has come in.
    pub(super) anonymous: bool,
}

impl Login<'_> {
    /// Finds out who the client is.
    pub(super) async fn run(mut self) -> Result<Principal, Stop> {
        let mut outcome = self.prove().await;
        if let Err(Stop::Refused(refusal)) = &mut outcome {
            self.router.shared.arrivals.failed_login();
            refusal.authid = self.hello.details.authid.as_deref().map(str::to_owned);
        }
        outcome
    }

    async fn prove(&mut self) -> Result<Principal, Stop> {
        let mut random = [0; 64];
        getrandom::fill(&mut random).map_err(|error| {
            tracing::error!(%error, "the system has no randomness: nobody can log in");
            Refusal::new(
                uris::AUTHENTICATION_FAILED,
                "the router cannot challenge anybody",
            )
        })?;
        let security = self.transport.security().cloned();
        let exporter = security.as_ref().and_then(|security| security.exporter);
        let binding = exporter.map(ChannelBinding::exporter);
        let certificate = (security.as_ref()).and_then(|it| it.peer_certificate.as_deref());
        let authenticators = self.setup.authenticators.iter();
        let dynamic: Vec<Method> = authenticators
            .flat_map(|authenticator| authenticator.methods.iter().copied())
            .collect();
        let details = &self.hello.details;
        let mut offered = details.authmethods.clone().unwrap_or_default();
        if !self.anonymous {
            offered.retain(|method| **method != *Method::Anonymous.name());
            if offered.is_empty() {
                return Err(LoginRefusal::Required.into());
            }
        }
        let facts = HelloFacts {
            realm: &self.hello.realm,
            authmethods: &offered,
            authid: details.authid.as_deref(),
            authrole: details.authrole.as_deref(),
            authextra: details.authextra.as_ref(),
            session: self.session,
            unix: SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
            random,
            binding: binding.as_ref(),
            certificate,
            dynamic: &dynamic,
        };
        match self.setup.directory.begin(&facts)? {
            Begun::Admitted(principal) => Ok(principal),
            begun => {
                let router = self.router;
                let attempt = match self.transport.remote_address() {
                    Some(address) => Some(self.attempt(router, address)?),
                    // Who comes over a Unix socket is on this machine, and let in by its file's permissions.
                    None => None,
                };
                let proven = match begun {
                    Begun::Challenge(challenge, exchange) => {
                        self.exchange(challenge, exchange).await
                    }
                    Begun::Dynamic(method) => self.ask(method, &facts).await,
                    Begun::Admitted(principal) => Ok(principal),
                };
                if let (Err(Stop::Refused(refusal)), Some(attempt)) = (&proven, attempt)
                    && refusal.reason == uris::AUTHENTICATION_DENIED
                {
                    attempt.failed();
                }
                proven
            }
        }
    }

    /// Finds out by a dynamic authenticator.
    async fn ask(&mut self, method: Method, facts: &HelloFacts<'_>) -> Result<Principal, Stop> {
        let Some(authenticator) = self.setup.authenticator(method) else {
            return Err(LoginRefusal::Denied(method).into());
        };
        let ticket = if method == Method::Ticket {
            let challenge = Challenge {
                method: Method::Ticket.name().into(),
                extra: Dict::new(),
            };
            Some(self.challenge(challenge).await?)
        } else {
            None
        };
        let question = Question {
            method,
            facts,
            ticket: ticket.as_ref().map(|answer| &*answer.signature),
            peer: self.transport.peer(),
            is_tls: self.transport.security().is_some(),
        };
        let realm = authenticator.realm.as_ref().unwrap_or(&self.hello.realm);
        let realm = self.router.realms().by_uri.get(realm).cloned();
        let granted = match realm {
            Some(realm) => question.ask(&realm, authenticator).await,
            None => Err(Denial::Failed("its realm is not there".to_owned())),
        };
        let grant = match granted {
            Ok(grant) => grant,
            Err(Denial::Failed(why)) => {
                tracing::error!(procedure = %authenticator.procedure, why, "a dynamic authenticator failed");
                let message = "the authenticator failed";
                return Err(Refusal::new(uris::AUTHENTICATION_FAILED, message).into());
            }
            Err(Denial::Denied) => {
                // Whoever is unknown to it is met as one who is known.
                return match self.setup.directory.decoy(facts, method)? {
                    Begun::Challenge(challenge, exchange) if ticket.is_none() => {
                        self.exchange(challenge, exchange).await
                    }
                    _ => Err(LoginRefusal::Denied(method).into()),
                };
            }
        };
        let Grant {
            principal,
            credential,
        } = grant;
        let principal = match (credential, &ticket) {
            (None, _) => principal,
            (Some(credential), ticket) => {
                let (challenge, exchange) =
                    Exchange::dynamic(facts, method, &credential, principal)?;
                match ticket {
                    // It was shown already, and the authenticator leaves the comparison to the router.
                    Some(ticket) => exchange.judge(ticket)?,
                    None => self.exchange(challenge, exchange).await?,
                }
            }
        };
        // Only now, for who has not proven anything is not to learn that there is such a name.
        let roles = self.setup.config.permissions.as_deref();
        if roles.is_some_and(|roles| !roles.has_role(&principal.authrole)) {
            let message = format!("there is no role {:?} in this realm", principal.authrole);
            return Err(Refusal::new(uris::NO_SUCH_ROLE, message).into());
        }
        Ok(principal)
    }

    async fn exchange(
        &mut self,
        challenge: Challenge,
        exchange: Box<Exchange>,
    ) -> Result<Principal, Stop> {
        let answer = self.challenge(challenge).await?;
        Ok(exchange.judge(&answer)?)
    }

    async fn challenge(&mut self, challenge: Challenge) -> Result<Authenticate, Stop> {
        send(self.transport, challenge.into()).await?;
        match receive(self.transport, &self.policy.messages).await? {
            Message::Authenticate(answer) => Ok(answer),
            other => {
                let message = format!("expected AUTHENTICATE, received {}", other.kind());
                Err(Refusal::violation(message).into())
            }
        }
    }

    /// Counts the login as one that is under way.
    fn attempt<'r>(&self, router: &'r Router, address: IpAddr) -> Result<Attempt<'r>, Stop> {
        let begun = router
            .shared
            .attempts
            .begin(address, self.policy.failed_logins);
        begun.map_err(|wait| {
            let seconds = wait.as_secs() + 1;
            let message =
                format!("too many logins from this address have failed; try again in {seconds} s");
            Refusal::new(uris::AUTHENTICATION_FAILED, message).into()
        })
    }
}

impl From<LoginRefusal> for Stop {
    fn from(refusal: LoginRefusal) -> Self {
        Refusal::new(refusal.uri(), refusal.to_string()).into()
    }
}
