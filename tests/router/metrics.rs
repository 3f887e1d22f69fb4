//! What a router counts, and where that is read.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wampkit::client::Invocation;
use wampkit::proto::{Dict, MessageType};
use wampkit::router::{Histogram, Metrics, OverRate, Rate, Rates};
use wampkit::{Router, Value};

use crate::{Fixture, within};

#[tokio::test]
async fn messages_and_bytes_are_counted_by_type() {
    let fixture = Fixture::start().await;
    let session = fixture.session(0).await;
    let _registration = session
        .register("com.double", async |invocation: Invocation| {
            let (number,): (i64,) = invocation.args()?;
            Ok(2 * number)
        })
        .await
        .unwrap();
    for number in 0..3 {
        session.call("com.double").args((number,)).await.unwrap();
    }
    let metrics = fixture.router.metrics();
    let [(name, realm)] = metrics.realms.as_slice() else {
        panic!("{metrics:?}");
    };
    assert_eq!(&**name, "realm1");
    let counters = &realm.counters;
    assert_eq!(counters.received.of(MessageType::Register), 1);
    assert_eq!(counters.received.of(MessageType::Call), 3);
    assert_eq!(counters.received.of(MessageType::Yield), 3);
    assert_eq!(counters.sent.of(MessageType::Welcome), 1);
    assert_eq!(counters.sent.of(MessageType::Invocation), 3);
    assert_eq!(counters.sent.of(MessageType::Result), 3);
    // [48,2,{},"com.double",[0]]
    assert!(counters.received_bytes > 3 * 20, "{counters:?}");
    assert!(counters.sent_bytes > 3 * 10, "{counters:?}");
    assert!(counters.hold.count() >= 8, "{counters:?}");
    assert!(counters.hold.sum() > Duration::ZERO);
    assert_eq!(realm.gauges.sessions, 1);
    assert_eq!(realm.gauges.registrations, 1);
    assert_eq!(realm.gauges.pending_calls, 0);
    assert_eq!(metrics.total(), *realm);
}

/// Whatever way a connection takes, it is counted once, and open until it ends.
#[tokio::test]
async fn connections_are_counted_by_what_became_of_them() {
    let fixture = Fixture::start().await;
    let session = fixture.session(0).await;
    let mut refused = fixture.raw().await;
    refused
        .send(r#"[1,"elsewhere",{"roles":{"caller":{}}}]"#)
        .await;
    refused.aborted("wamp.error.no_such_realm").await;
    drop(refused);
    drop(fixture.raw().await);
    let metrics = until(&fixture.router, |metrics| metrics.connections.open == 1).await;
    let connections = metrics.connections;
    assert_eq!(connections.accepted, 3);
    assert_eq!(connections.refused, 1);
    assert_eq!(connections.failed_handshakes, 1);
    assert_eq!(connections.failed_logins, 0);
    assert_eq!(metrics.total().counters.joined, 1);

    session.leave().await.unwrap();
    let metrics = until(&fixture.router, |metrics| metrics.connections.open == 0).await;
    let total = metrics.total();
    assert_eq!((total.counters.left, total.gauges.sessions), (1, 0));
}

/// A subscriber that does not read: what waits for it is seen, and what is lost with it is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_and_what_is_dropped_is_seen() {
    let builder = Router::builder().realm("realm1").outbox_limit(1 << 20);
    let fixture = Fixture::with(builder).await;
    let mut stalled = fixture.raw().await;
    stalled.hello().await;
    stalled.send(r#"[32,1,{},"com.flood"]"#).await;
    assert_eq!(stalled.receive().await.unwrap()[0], 33);
    let publisher = fixture.session(0).await;
    let filler = "x".repeat(64 << 10);
    let mut deepest = 0;
    within(async {
        loop {
            let publishing = publisher.publish("com.flood").args((&filler,));
            publishing.acknowledge().await.unwrap();
            let total = fixture.router.metrics().total();
            deepest = deepest.max(total.gauges.deepest_queue);
            assert!(total.gauges.queued_bytes <= 2 << 20);
            if total.counters.overflowed == 1 {
                assert!(total.counters.dropped >= 2, "{total:?}");
                break;
            }
        }
    })
    .await;
    assert!(deepest > 256 << 10, "{deepest}");
}

#[tokio::test]
async fn a_session_is_told_how_its_realm_does() {
    let fixture = Fixture::with(Router::builder().realm("realm1").realm("realm2")).await;
    let session = fixture.session(0).await;
    let told = session.call("wamp.router.metrics").await.unwrap();
    let told: Value = told.value().unwrap();
    let told = told.as_dict().unwrap();
    let number = |key: &str| told.get(key).and_then(Value::as_u64);
    assert_eq!(number("sessions"), Some(1));
    assert_eq!(number("joined"), Some(1));
    assert_eq!(number("pending_calls"), Some(0));
    let received = told.get("received").and_then(Value::as_dict).unwrap();
    assert_eq!(received.get("CALL"), Some(&Value::from(1)));
    let hold = told.get("hold").and_then(Value::as_dict).unwrap();
    let buckets = Histogram::from_value(hold.get("buckets").unwrap()).unwrap();
    assert_eq!(
        Some(buckets.count()),
        hold.get("count").and_then(Value::as_u64)
    );
    assert!(buckets.count() > 0);

    let status: Value = session
        .call("wamp.router.status")
        .await
        .unwrap()
        .value()
        .unwrap();
    let status: &Dict = status.as_dict().unwrap();
    assert_eq!(
        status.get("version"),
        Some(&env!("CARGO_PKG_VERSION").into())
    );
    assert_eq!(status.get("realm"), Some(&"realm1".into()));
    assert!(matches!(status.get("uptime"), Some(Value::Float(time)) if *time >= 0.0));

    let refused = session.call("wamp.router.status").args((1,)).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("wamp.error.invalid_argument"), "{refused}");

    let list = session
        .call("wamp.reflection.procedure.list")
        .await
        .unwrap();
    let list: Vec<String> = list.value().unwrap();
    for uri in ["wamp.router.metrics", "wamp.router.status"] {
        assert!(list.iter().any(|listed| listed == uri), "{list:?}");
    }
}

#[tokio::test]
async fn prometheus_reads_the_numbers() {
    let fixture = Fixture::start().await;
    let _session = fixture.session(1).await;
    let address = page(&fixture.router).await;
    let (head, body) = get(address, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let content_type = "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n";
    assert!(head.contains(content_type), "{head}");
    let only = get(address, "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(only.0.starts_with("HTTP/1.1 200 OK\r\n"), "{only:?}");
    assert!(!only.0.contains("Content-Length: 0"), "{only:?}");
    assert_eq!(only.1, "");
    for line in [
        "# TYPE wamp_sessions gauge",
        "wamp_sessions{realm=\"realm1\"} 1",
        "wamp_connections_open 1",
        "wamp_messages_sent_total{realm=\"realm1\",type=\"WELCOME\"} 1",
        "wamp_realm_hold_seconds_bucket{realm=\"realm1\",le=\"+Inf\"} 1",
    ] {
        assert!(body.lines().any(|it| it == line), "{line} in\n{body}");
    }
}

#[tokio::test]
async fn what_is_no_request_for_the_numbers_is_told_so() {
    let fixture = Fixture::start().await;
    let address = page(&fixture.router).await;
    let status = async |request: &str| {
        let (head, _) = get(address, request).await;
        head.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status("GET / HTTP/1.1\r\n\r\n").await, "404");
    assert_eq!(status("GET /metrics?x=1 HTTP/1.0\r\n\r\n").await, "200");
    assert_eq!(status("HEAD / HTTP/1.1\r\n\r\n").await, "404");
    assert_eq!(status("POST /metrics HTTP/1.1\r\n\r\n").await, "405");
    assert_eq!(status("hello\r\n\r\n").await, "400");
    assert_eq!(status("GET /metrics HTTP/2\r\n\r\n").await, "400");
    let endless = format!("GET /metrics HTTP/1.1\r\nX: {}", "x".repeat(32 << 10));
    assert_eq!(status(&endless).await, "431");
}

/// By the page of the numbers, and by the ordinary listener, where it counts as no failed handshake.
#[tokio::test]
async fn a_router_says_that_it_is_well_until_it_is_not() {
    let fixture = Fixture::start().await;
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let page = page(&fixture.router).await;
    let listener: SocketAddr = fixture.websocket.to_string()["ws://".len()..]
        .trim_end_matches("/ws")
        .parse()
        .unwrap();
    for address in [page, listener] {
        let (head, body) = get(address, request).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert_eq!(body, "ok\n");
        // Some ask for no more than the head.
        let (only, body) = get(address, &request.replace("GET", "HEAD")).await;
        assert_eq!((&only, &*body), (&head, ""));
        // And some speak as of old.
        let (old, _) = get(address, "GET /healthz HTTP/1.0\r\n\r\n").await;
        assert_eq!(old, head);
    }
    let metrics = fixture.router.metrics();
    assert_eq!(metrics.connections.failed_handshakes, 0, "{metrics:?}");
    for (wrong, status) in [
        ("HEAD / HTTP/1.1\r\n: x\r\n\r\n".to_owned(), "400"),
        (
            format!("HEAD / HTTP/1.1\r\nX: {}", "x".repeat(32 << 10)),
            "431",
        ),
    ] {
        let (head, body) = get(listener, &wrong).await;
        assert_eq!((&head[9..12], &*body), (status, ""));
    }
    let (head, body) = get(listener, &request.replace("GET /healthz", "HEAD /ws")).await;
    assert!(
        head.starts_with("HTTP/1.1 426 Upgrade Required\r\n"),
        "{head}"
    );
    assert_eq!(body, "");

    // A session that does not answer GOODBYE holds the end up.
    let mut silent = fixture.raw().await;
    silent.hello().await;
    let router = fixture.router.clone();
    let ending = tokio::spawn(async move { router.shutdown(Duration::from_secs(60)).await });
    assert_eq!(silent.receive().await.unwrap()[0], 6);
    let (head, _) = get(page, request).await;
    assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
    drop(silent);
    within(ending).await.unwrap();
    assert!(TcpStream::connect(page).await.is_err());
}

/// What a session sends too fast is counted, whether or not it is told; to the last of it, when it leaves.
#[tokio::test]
async fn what_is_refused_is_counted() {
    let rates = Rates {
        all: Some(Rate {
            messages: 1,
            burst: 2,
            over: OverRate::Refuse,
        }),
        ..Rates::default()
    };
    let fixture = Fixture::with(Router::builder().realm("realm1").rates(rates)).await;
    let mut session = fixture.raw().await;
    session.hello().await;
    for request in 1..=52 {
        session
            .send(&format!(r#"[16,{request},{{}},"com.fast"]"#))
            .await;
    }
    // Without another word of the session.
    let metrics = until(&fixture.router, |metrics| {
        let received = &metrics.total().counters.received;
        received.of(MessageType::Publish) == 52
    })
    .await;
    let counters = metrics.total().counters;
    assert!((45..=50).contains(&counters.refused), "{counters:?}");
}

/// However many take their time, who asks in a hurry is answered.
#[tokio::test]
async fn slow_readers_keep_nobody_from_the_numbers() {
    let fixture = Fixture::start().await;
    let address = page(&fixture.router).await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /met").await.unwrap();
        slow.push(stream);
    }
    let (head, _) = get(address, "GET /healthz HTTP/1.1\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    drop(slow);
}

/// Where the router's numbers are read.
async fn page(router: &Router) -> SocketAddr {
    router.listen_metrics("127.0.0.1:0").await.unwrap()
}

/// The head and the body of an answer.
async fn get(address: SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (format!("{head}\r\n"), body.to_owned())
}

/// The metrics once they are as they are waited for.
async fn until(router: &Router, reached: impl Fn(&Metrics) -> bool) -> Metrics {
    within(async {
        loop {
            let metrics = router.metrics();
            if reached(&metrics) {
                return metrics;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}
