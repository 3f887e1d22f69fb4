//! A session that sends on and on while it waits for an authorizer.

use std::sync::Arc;

use wampkit::realm::{Actions, Disclosed, PermissionRule, Permissions, RoleRules};
use wampkit::{MatchPolicy, Router};

use crate::Fixture;

fn rule(policy: MatchPolicy, uri: &str, authorizer: Option<&str>) -> PermissionRule {
    PermissionRule {
        policy,
        uri: uri.into(),
        allow: Actions::ALL,
        disclose: Disclosed::default(),
        authorizer: authorizer.map(Into::into),
        cache: false,
    }
}

/// It is not read from when too much waits, and read from again afterwards: nothing is lost and all is in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_held_and_goes_on_where_it_stopped() {
    const MESSAGES: u64 = 2_000;
    let role = RoleRules {
        name: "anonymous".to_owned(),
        rules: vec![
            rule(MatchPolicy::Prefix, "com.", None),
            rule(MatchPolicy::Exact, "com.asked", Some("com.authorize")),
        ],
        authorizer: None,
    };
    let permissions = Arc::new(Permissions::new(vec![role]));
    let builder = Router::builder().realm("realm1").permissions(permissions);
    let fixture = Fixture::with(builder).await;
    let mut authorizer = fixture.raw().await;
    authorizer.hello().await;
    authorizer.send(r#"[64,1,{},"com.authorize"]"#).await;
    assert_eq!(authorizer.receive().await.unwrap()[0], 65);

    let mut eager = fixture.raw().await;
    eager.hello().await;
    eager.send(r#"[32,1,{},"com.asked"]"#).await;
    for request in 2..MESSAGES {
        let publish = format!(r#"[16,{request},{{"acknowledge":true}},"com.topic"]"#);
        eager.send(&publish).await;
    }
    let invocation = authorizer.receive().await.unwrap();
    assert_eq!(invocation[0], 68);
    authorizer
        .send(&format!("[70,{},{{}},[true]]", invocation[1]))
        .await;
    for request in 1..MESSAGES {
        let answer = eager.receive().await.unwrap();
        assert_eq!(answer[1], request, "{answer:?}");
    }
}
