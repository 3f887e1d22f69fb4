//! What the router announces against what it does.

use std::time::Duration;

use tokio::time::timeout;
use wampkit::Session;
use wampkit::proto::{Feature, Role};

use super::super::exit::Exit;
use super::Patient;
use super::lab::{Fault, Lab, Trial};
use super::report::Report;

/// Tries what can be tried.
pub(super) async fn tried(
    patient: &Patient,
    session: &Session,
    other: Option<Session>,
    report: &mut Report<'_>,
) {
    let lab = Lab::new(session, other);
    for role in Role::ROUTER {
        report.section(role.as_str());
        let (name, first) = match role {
            Role::Broker => (
                "publish and subscribe",
                within(patient.limit, lab.event()).await,
            ),
            _ => ("call and register", within(patient.limit, lab.call()).await),
        };
        match first {
            Ok(text) => report.good(name, text),
            Err(Fault::Denied(why)) => report.skip(name, why),
            Err(Fault::Broken(why)) => report.bad(name, why, None, Exit::Error),
            Err(Fault::Lost(why)) => return lost(report, name, why),
        }
        for &feature in Feature::ALL {
            let roles = session.details().roles.as_ref();
            let announced = roles.is_some_and(|roles| roles.features(role).has(feature));
            // What is not announced is rarely there, and waiting for it is not worth as much.
            let limit = if announced {
                patient.limit
            } else {
                patient.limit.min(BRIEFLY)
            };
            let trial = match lab.feature(role, feature) {
                Some(trial) => Some(within(limit, trial).await),
                None => None,
            };
            let name = feature.as_str();
            match (trial, announced) {
                (Some(Err(Fault::Lost(why))), _) => return lost(report, name, why),
                (None, true) => report.skip(name, "announced; not tried"),
                (None, false) => {}
                (Some(Ok(text)), true) => report.good(name, text),
                (Some(Ok(text)), false) => {
                    report.good(name, format!("{text}; it is not announced"));
                }
                (Some(Err(Fault::Denied(why))), _) => report.skip(name, why),
                (Some(Err(Fault::Broken(why))), true) => {
                    report.warn(name, format!("announced, but {why}"), None);
                }
                (Some(Err(Fault::Broken(_))), false) => report.skip(name, "not announced"),
            }
        }
    }
}

fn lost(report: &mut Report<'_>, name: &str, why: String) {
    let hint = "the rest is not tried: the router ends the session on this";
    report.bad(name, why, Some(hint), Exit::Lost);
}

async fn within(limit: Duration, trial: impl Future<Output = Trial>) -> Trial {
    let late = |_| Err(Fault::Broken("nothing came in time".to_owned()));
    timeout(limit, trial).await.unwrap_or_else(late)
}

/// For what the router does not announce.
const BRIEFLY: Duration = Duration::from_secs(1);
