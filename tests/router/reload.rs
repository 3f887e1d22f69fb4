//! Another policy under running sessions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use wampkit::auth::{Credential, Directory, Secret, TicketSecret, User};
use wampkit::client::Invocation;
use wampkit::realm::RealmConfig;
use wampkit::router::{Policy, RealmSetup};
use wampkit::{Router, RouterBuilder};

use crate::{Fixture, within};

/// A realm that anybody may join, and where these users are known, each by the ticket `secret`.
fn realm(name: &str, users: &[&str]) -> RealmSetup {
    let ticket = TicketSecret::plain(&Secret::new("secret"));
    let users = users.iter().map(|authid| User {
        authid: (*authid).to_owned(),
        role: "user".to_owned(),
        credentials: vec![Credential::Ticket(ticket.clone())],
    });
    let directory = Directory::new(users, [1; 32]).unwrap();
    RealmSetup {
        directory: Arc::new(directory.with_anonymous("anonymous")),
        ..RealmSetup::open(RealmConfig {
            uri: name.into(),
            ..RealmConfig::default()
        })
    }
}

fn policy(realms: impl IntoIterator<Item = RealmSetup>) -> Policy {
    Policy {
        realms: realms.into_iter().collect(),
        ..Policy::default()
    }
}

fn router(policy: Policy) -> RouterBuilder {
    Router::builder().policy(policy)
}

/// What a login by ticket comes to: the type of the message that answers it.
async fn login(fixture: &Fixture, authid: &str) -> u64 {
    let mut raw = fixture.raw().await;
    let hello = format!(
        r#"[1,"realm1",{{"roles":{{"caller":{{}}}},"authmethods":["ticket"],"authid":"{authid}"}}]"#
    );
    raw.send(&hello).await;
    assert_eq!(raw.receive().await.unwrap()[0], 4, "known or not");
    raw.send(r#"[5,"secret",{}]"#).await;
    raw.receive().await.unwrap()[0].as_u64().unwrap()
}

const WELCOME: u64 = 2;
const ABORT: u64 = 3;

#[tokio::test]
async fn users_come_and_go_and_their_sessions_stay() {
    let fixture = Fixture::with(router(policy([realm("realm1", &["ann"])]))).await;
    let session = fixture.session(0).await;
    assert_eq!(login(&fixture, "ann").await, WELCOME);
    assert_eq!(login(&fixture, "bob").await, ABORT);
    let next = policy([realm("realm1", &["bob"])]);
    fixture.router.reconfigure(next).unwrap();
    assert_eq!(login(&fixture, "ann").await, ABORT);
    assert_eq!(login(&fixture, "bob").await, WELCOME);
    let publish = session.publish("com.x").args((1,)).acknowledge();
    within(publish.into_future()).await.unwrap();
}

/// Who was challenged by a policy that is gone has proved nothing.
#[tokio::test]
async fn a_login_does_not_outlast_its_policy() {
    let any = |users| Policy {
        any_realm: Some(realm("", users)),
        ..Policy::default()
    };
    let fixture = Fixture::with(router(any(&["ann"]))).await;
    let mut raw = fixture.raw().await;
    let hello = r#"[1,"com.any",{"roles":{"caller":{}},"authmethods":["ticket"],"authid":"ann"}]"#;
    raw.send(hello).await;
    assert_eq!(raw.receive().await.unwrap()[0], 4);
    fixture.router.reconfigure(any(&["bob"])).unwrap();
    raw.send(r#"[5,"secret",{}]"#).await;
    let message = raw.aborted("wamp.error.authentication_failed").await;
    assert!(message.contains("try again"), "{message}");
}

#[tokio::test]
async fn realms_come_and_go_with_their_last_session() {
    let fixture = Fixture::with(router(policy([realm("realm1", &[])]))).await;
    let session = fixture.session(0).await;
    let next = policy([realm("realm2", &[])]);
    fixture.router.reconfigure(next).unwrap();
    let join = async |realm: &str| {
        let mut raw = fixture.raw().await;
        let hello = format!(r#"[1,"{realm}",{{"roles":{{"caller":{{}}}}}}]"#);
        raw.send(&hello).await;
        raw.receive().await.unwrap()[0].as_u64().unwrap()
    };
    assert_eq!(join("realm2").await, WELCOME);
    assert_eq!(join("realm1").await, ABORT, "it takes no new sessions");
    let publish = session.publish("com.x").args((1,)).acknowledge();
    within(publish.into_future()).await.unwrap();
    within(session.leave()).await.unwrap();
    let back = policy([realm("realm1", &[])]);
    fixture.router.reconfigure(back).unwrap();
    assert_eq!(join("realm1").await, WELCOME);
}

#[tokio::test]
async fn a_policy_that_makes_no_sense_changes_nothing() {
    let fixture = Fixture::with(router(policy([realm("realm1", &["ann"])]))).await;
    let wrong = policy([realm("realm1", &["bob"]), realm("no realm", &[])]);
    let error = fixture.router.reconfigure(wrong).unwrap_err();
    assert!(error.to_string().contains("no realm"), "{error}");
    assert_eq!(login(&fixture, "ann").await, WELCOME);
    assert_eq!(login(&fixture, "bob").await, ABORT);
}

/// Callers that call without pause while the router is given another policy a hundred times: each call is answered, and no
/// session is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_changes_under_load_lose_nothing() {
    let fixture = Fixture::with(router(policy([realm("realm1", &[])]))).await;
    let callee = fixture.session(0).await;
    let _registration = callee
        .register("com.double", async |invocation: Invocation| {
            let (number,): (u64,) = invocation.args()?;
            Ok(2 * number)
        })
        .await
        .unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let calls = Arc::new(AtomicU64::new(0));
    let mut callers = Vec::new();
    for way in 0..12 {
        let session = fixture.session(way).await;
        let (done, calls) = (Arc::clone(&done), Arc::clone(&calls));
        callers.push(tokio::spawn(async move {
            let mut number = 0_u64;
            while !done.load(Ordering::Relaxed) {
                number += 1;
                let call = session.call("com.double").args((number,));
                let doubled: u64 = call.await.unwrap().value().unwrap();
                assert_eq!(doubled, 2 * number);
                calls.fetch_add(1, Ordering::Relaxed);
            }
            session.leave().await.unwrap();
        }));
    }
    for change in 0..100 {
        let users: &[&str] = if change % 2 == 0 { &["ann"] } else { &["bob"] };
        let next = policy([realm("realm1", users)]);
        fixture.router.reconfigure(next).unwrap();
        // Some work in between, and a login by the policy of the moment.
        let before = calls.load(Ordering::Relaxed);
        let some = async {
            while calls.load(Ordering::Relaxed) < before + 10 {
                tokio::task::yield_now().await;
            }
        };
        within(some).await;
        assert_eq!(login(&fixture, users[0]).await, WELCOME, "{change}");
    }
    done.store(true, Ordering::Relaxed);
    for caller in callers {
        within(caller).await.unwrap();
    }
    assert!(calls.load(Ordering::Relaxed) >= 1000);
    within(fixture.router.shutdown(Duration::from_secs(5))).await;
}
