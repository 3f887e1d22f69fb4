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

#[test]
fn an_event_of_several_topics_is_told_once() {
    let router = Router::start();
    for topics in [
        &["com.a", "com.a"][..],
        &["com.", "com.a", "-m", "prefix"],
        &["com.a", "com.", "co", "-m", "prefix"],
    ] {
        let options = ["-o", "raw", "-n", "3", "-q"];
        let subscriber = router.subscribe(topics.iter().chain(&options));
        for number in ["1", "2", "3"] {
            publish(&router, "com.a", number);
        }
        assert_eq!(subscriber.wait().clean(), "1\n2\n3\n", "{topics:?}");
    }
}

#[test]
fn lines_to_read_have_the_time_and_what_has_passed() {
    let router = Router::start();
    let subscriber = router.subscribe([
        "com.t",
        "-o",
        "raw",
        "-n",
        "3",
        "-q",
        "--timestamps",
        "--delta",
    ]);
    publish(&router, "com.t", "1");
    router.wamp(["publish", "com.t"]).run().clean();
    publish(&router, "com.t", "[2]");
    let printed = subscriber.wait().clean();
    let lines: Vec<Vec<&str>> = printed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0][1..], ["+0.000s", "1"]);
    assert_eq!((lines[1].len(), lines[2][2]), (2, "[2]"));
    for line in &lines {
        assert!(
            line[0].starts_with("20") && line[0].ends_with('Z'),
            "{line:?}"
        );
        assert!(
            line[1].starts_with('+') && line[1].ends_with('s'),
            "{line:?}"
        );
    }
    // JSON is what it is.
    let subscriber = router.subscribe(["com.t", "-n", "1", "-q", "--timestamps"]);
    publish(&router, "com.t", "1");
    assert!(subscriber.wait().clean().starts_with("{\"type\":\"event\""));
}

#[test]
fn events_are_counted() {
    let router = Router::start();
    let stats = ["com.", "-m", "prefix", "--stats", "-q"];
    let readable = router.subscribe(stats.iter().chain(&["-n", "3"]));
    let json = router.subscribe(stats.iter().chain(&["-o", "json"]));
    let mut follower = router.subscribe(["com.", "-m", "prefix", "-o", "raw"]);
    for (topic, argument) in [("com.b", "1"), ("com.a", "xyz"), ("com.b", "22")] {
        publish(&router, topic, argument);
        assert_eq!(follower.line(), argument);
    }
    let readable = readable.wait().clean();
    let words: Vec<Vec<&str>> = readable
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        (words[0][0], words[0][5..].join(" ")),
        ("3", "20 bytes".to_owned())
    );
    assert_eq!(
        (words[1][0], words[1][2], words[1][3]),
        ("2", "11", "com.b")
    );
    assert_eq!((words[2][0], words[2][2], words[2][3]), ("1", "9", "com.a"));
    // However it ends, it is told.
    json.signal(Signal::INT);
    let ended = json.wait();
    assert_eq!(ended.code, Some(130));
    let stats: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(stats["type"], "stats");
    let details = &stats["details"];
    assert_eq!(
        (&details["count"], &details["bytes"]),
        (&3.into(), &20.into())
    );
    assert_eq!(details["topics"][0]["topic"], "com.b");
    assert_eq!(details["topics"][1]["count"], 1);
}
