//! Sessions of the router's own process.

use std::sync::Arc;

use wampkit::auth::Directory;
use wampkit::realm::{Permissions, RealmConfig};
use wampkit::router::{Policy, RealmSetup};
use wampkit::{Client, Router, Serializer};

#[tokio::test]
async fn they_are_let_in_where_nobody_is_and_may_do_what_nobody_may() {
    let realm = RealmConfig {
        uri: "realm1".into(),
        permissions: Some(Arc::new(Permissions::new(vec![]))),
        ..RealmConfig::default()
    };
    let setup = RealmSetup {
        directory: Arc::new(Directory::new([], [1; 32]).unwrap()),
        ..RealmSetup::open(realm)
    };
    let policy = Policy {
        realms: vec![setup],
        ..Policy::default()
    };
    let router = Router::builder().policy(policy).build().unwrap();
    let client = || Client::builder("memory").realm("realm1").authid("me");
    let stranger = router.connect(Serializer::Json);
    client().connect_over(stranger).await.unwrap_err();
    let own = router.connect_trusted(Serializer::Json);
    let session = client().connect_over(own).await.unwrap();
    let details = session.details();
    let who = (details.authid.as_deref(), details.authrole.as_deref());
    assert_eq!(who, (Some("me"), Some("trusted")));
    let publish = session.publish("com.topic").args((1,)).acknowledge();
    publish.await.unwrap();
    // There are no other realms for them than for others.
    let nowhere = Client::builder("memory").realm("com.nowhere");
    let own = router.connect_trusted(Serializer::Json);
    nowhere.connect_over(own).await.unwrap_err();
}
