//! The access log: a line when a session has joined, and one when it has left.
//!
//! What this module does *not* do: decide what is logged; whoever runs the router filters by the target `wamp::access`. Nothing
//! that proves who somebody is goes in.

use std::fmt::Display;

use tokio::time::Instant;
use tracing::Level;

use super::who::Who;
use crate::realm::Join;
use crate::transport::Transport;

/// A session that is about to join.
#[derive(Debug)]
pub(super) struct Newcomer {
    trusted: bool,
    /// Its role and method, if they are logged.
    identity: Option<[String; 2]>,
}

/// What a session has come to so far.
#[derive(Debug)]
pub(super) struct Account {
    joined: Instant,
    /// Whether it is told: sessions of the router's own process are not.
    told: bool,
    pub(super) received: Traffic,
    pub(super) sent: Traffic,
}

/// One way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    messages: u64,
    bytes: u64,
}

impl Traffic {
    /// One more message.
    pub(super) const fn add(&mut self, bytes: usize) {
        self.messages += 1;
        self.bytes += bytes as u64;
    }
}

impl Newcomer {
    /// Who joins, kept to be told when nobody waits for it any more.
    pub(super) fn of(join: &Join) -> Self {
        let logged = !join.trusted && tracing::enabled!(target: TARGET, Level::INFO);
        Self {
            trusted: join.trusted,
            identity: logged.then(|| [&join.authrole, &join.authmethod].map(Clone::clone)),
        }
    }

    /// It has joined.
    pub(super) fn joined(
        self,
        who: &Who,
        transport: &dyn Transport,
        agent: Option<&str>,
    ) -> Account {
        if let Some([authrole, authmethod]) = self.identity {
            let Who {
                session,
                realm,
                authid,
                peer,
            } = who;
            tracing::info!(
                target: TARGET,
                session,
                %realm,
                authid,
                authrole,
                authmethod,
                peer,
                transport = transport.name(),
                tls = transport.security().is_some(),
                serializer = %transport.serializer(),
                agent,
                "session joined"
            );
        }
        Account {
            joined: Instant::now(),
            told: !self.trusted,
            received: Traffic::default(),
            sent: Traffic::default(),
        }
    }
}

impl Account {
    /// The session has left, for this reason.
    pub(super) fn close(&self, who: &Who, reason: &dyn Display) {
        if !self.told {
            return;
        }
        let Self {
            joined,
            received,
            sent,
            ..
        } = self;
        let Who {
            session,
            realm,
            peer,
            ..
        } = who;
        tracing::info!(
            target: TARGET,
            session,
            %realm,
            peer,
            seconds = joined.elapsed().as_secs_f64(),
            received = received.messages,
            received_bytes = received.bytes,
            sent = sent.messages,
            sent_bytes = sent.bytes,
            %reason,
            "session left"
        );
    }
}

/// What its lines are known by.
const TARGET: &str = "wamp::access";
