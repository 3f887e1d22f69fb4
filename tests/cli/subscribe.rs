//! `wamp subscribe`.

use wampkit::Client;

use crate::support::{Router, Signal, content, file, wamp};

/// Publishes, and waits until the router has it.
fn publish(router: &Router, topic: &str, argument: &str) {
    router.wamp(["publish", topic, argument]).run().clean();
}

#[test]
fn events_are_lines_of_json_in_a_pipe() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t"]);
    router.wamp(["publish", "com.t", "1", "a=x"]).run().clean();
    let line = subscriber.line();
    let head = "{\"type\":\"event\",\"uri\":\"com.t\",\"args\":[1],\"kwargs\":{\"a\":\"x\"},\"details\":{\"publication\":";
    assert!(line.starts_with(head), "{line}");
    // Which is what other commands read.
    let mut again = router.subscribe(["com.u", "-o", "raw"]);
    router
        .wamp(["publish", "com.u", "--input", "@-"])
        .input(line)
        .run()
        .clean();
    assert_eq!(again.line(), "{\"args\":[1],\"kwargs\":{\"a\":\"x\"}}");
}

#[test]
fn several_topics_in_the_order_of_their_events() {
    let router = Router::start();
    let subscriber = router.subscribe(["com.a", "com.b", "-o", "raw", "-n", "4", "-q"]);
    for (topic, argument) in [
        ("com.a", "1"),
        ("com.b", "2"),
        ("com.c", "x"),
        ("com.b", "3"),
        ("com.a", "4"),
    ] {
        publish(&router, topic, argument);
    }
    assert_eq!(subscriber.wait().clean(), "1\n2\n3\n4\n");
}

#[test]
fn patterns_print_the_topic_published_to() {
    let router = Router::start();
    let mut prefix = router.subscribe(["com.sh", "-m", "prefix"]);
    let mut wildcard = router.subscribe(["com..sold", "--match", "wildcard"]);
    publish(&router, "com.shop.sold", "1");
    for subscriber in [&mut prefix, &mut wildcard] {
        let line = subscriber.line();
        assert!(line.contains("\"uri\":\"com.shop.sold\""), "{line}");
    }
}

#[test]
fn limits_without_a_count_are_no_failure() {
    let router = Router::start();
    for limit in ["--for", "--idle"] {
        let subscribe = router.wamp(["subscribe", "com.t", "-q", limit, "20ms"]);
        assert_eq!(subscribe.run().clean(), "");
    }
}

#[test]
fn the_ready_file_is_written_when_ready_and_only_then() {
    let router = Router::start();
    let (_folder, path) = file("ready", "stale");
    let path_text = path.display().to_string();
    let nowhere = wamp([
        "subscribe",
        "com.t",
        "--ready-file",
        &path_text,
        "-u",
        "rs+unix:///no/such",
    ]);
    nowhere.run().failed(3);
    assert!(!path.exists());
    let subscribe = router.wamp([
        "subscribe",
        "com.t",
        "-q",
        "--for",
        "0",
        "--ready-file",
        &path_text,
    ]);
    subscribe.run().clean();
    assert!(content(&path).trim().parse::<u32>().is_ok());
}

#[test]
fn notes_go_to_standard_error() {
    let router = Router::start();
    let mut subscriber = router.subscribe(["com.t"]);
    assert_eq!(subscriber.note("subscribed"), "wamp: subscribed to com.t");
}

#[test]
fn the_order_of_a_publisher_holds_across_topics() {
    let router = Router::start();
    let topics = ["com.a", "com.b", "com.c"];
    let subscriber = router.subscribe(["-o", "raw", "-n", "300", "-q"].into_iter().chain(topics));
    // Stopped meanwhile, it finds all events at once.
    subscriber.signal(Signal::STOP);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let session = Client::builder(&router.url).connect().await.unwrap();
        for number in 0..300 {
            let publish = session.publish(topics[number % 3]).args((number,));
            publish.acknowledge().await.unwrap();
        }
        session.leave().await.unwrap();
    });
    subscriber.signal(Signal::CONT);
    let expected = (0..300).map(|number| format!("{number}\n"));
    assert_eq!(subscriber.wait().clean(), expected.collect::<String>());
}
