//! `wamp publish`.

use crate::support::Router;

#[test]
fn an_acknowledged_publication_prints_nothing() {
    let router = Router::start();
    assert_eq!(
        router.wamp(["publish", "com.t", "1", "a=2"]).run().clean(),
        ""
    );
    assert_eq!(router.wamp(["pub", "com.t", "--no-ack"]).run().clean(), "");
}

#[test]
fn its_id_is_in_the_details() {
    let router = Router::start();
    let json = router
        .wamp(["publish", "com.t", "-o", "json"])
        .run()
        .clean();
    let head = "{\"type\":\"published\",\"uri\":\"com.t\",\"args\":[],\"kwargs\":{},\"details\":{\"publication\":";
    assert!(json.starts_with(head), "{json}");
    let details = router.wamp(["publish", "com.t", "-d"]).run().clean();
    assert!(details.contains("\"publication\":"), "{details}");
    let details = router
        .wamp(["publish", "com.t", "-d", "--no-ack"])
        .run()
        .clean();
    assert!(!details.contains("\"publication\":"), "{details}");
}

#[test]
fn events_arrive_without_an_acknowledgement_too() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t", "-o", "raw"]);
    router
        .wamp(["publish", "com.t", "hello", "--no-ack"])
        .run()
        .clean();
    assert_eq!(subscriber.line(), "hello");
}

#[test]
fn reserved_topics_are_refused() {
    let router = Router::start();
    let error = router
        .wamp(["publish", "wamp.session.on_join", "1"])
        .run()
        .failed(5);
    assert!(error.contains("wamp.error.invalid_uri"), "{error}");
}
