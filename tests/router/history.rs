//! What a router is told to keep in its realms.

use wampkit::Router;
use wampkit::proto::{Dict, MatchPolicy, Uri};
use wampkit::realm::HistoryRule;

use crate::Fixture;

#[tokio::test]
async fn the_past_of_a_topic_is_told_to_who_comes_later() {
    let rule = HistoryRule {
        policy: MatchPolicy::Prefix,
        uri: Uri::from_static("com.kept."),
        limit_events: 2,
        limit_bytes: 1 << 20,
    };
    let fixture = Fixture::with(Router::builder().realm("realm1").history(rule)).await;
    let publisher = fixture.session(0).await;
    for number in 1..=3 {
        let publish = publisher.publish("com.kept.number").args((number,));
        publish.acknowledge().await.unwrap();
    }
    let late = fixture.session(5).await;
    let subscription = late
        .subscribe("com.kept.")
        .match_policy(MatchPolicy::Prefix)
        .await
        .unwrap();
    let reply = late
        .call("wamp.subscription.get_events")
        .args((subscription.id().get(),))
        .await
        .unwrap();
    let events: Vec<Dict> = reply.args().unwrap();
    let numbers: Vec<_> = events
        .iter()
        .map(|event| {
            event
                .get("args")
                .and_then(|args| args.as_list()?[0].as_u64())
        })
        .collect();
    assert_eq!(numbers, [Some(2), Some(3)], "{events:?}");
}
