//! What is done about sessions that do not take their events, by policy: nobody else notices, nothing but events is lost, and
//! those who miss some are told how many.

use std::time::Duration;

use tokio::time::timeout;
use wampkit::client::Invocation;
use wampkit::proto::{Uri, Value};
use wampkit::realm::RealmConfig;
use wampkit::router::{Policy, RealmSetup, SlowConsumerPolicy, SlowConsumers};
use wampkit::{Router, Session};

use crate::{Fixture, Raw, within};

const REALM: Uri = Uri::from_static("realm1");

/// Far more than the buffers of both ends and of all between them take.
const MANY: u64 = 2_000;

fn filler() -> String {
    "x".repeat(16 << 10)
}

/// A router with little room for each session, and less for its events.
async fn fixture(policy: SlowConsumerPolicy) -> Fixture {
    fixture_with(policy, Duration::MAX, 1 << 20).await
}

async fn fixture_with(policy: SlowConsumerPolicy, block_time: Duration, room: usize) -> Fixture {
    let slow = SlowConsumers {
        policy,
        event_limit: Some(128 << 10),
        block_time,
    };
    let builder = Router::builder().realm(REALM).outbox_limit(room);
    Fixture::with(builder.slow_consumers(slow)).await
}

/// A session that is subscribed and reads nothing more until it is told to.
async fn stalled(fixture: &Fixture) -> (Raw, u64) {
    let mut stalled = fixture.raw().await;
    let session = stalled.hello().await;
    stalled.send(r#"[32,1,{},"com.flood"]"#).await;
    assert_eq!(stalled.receive().await.unwrap()[0], 33);
    (stalled, session)
}

async fn publish(publisher: &Session, number: u64, filler: &str) {
    let publish = publisher.publish("com.flood").args((number, filler));
    publish.acknowledge().await.unwrap();
}

/// Publishes until so many events were dropped, while a healthy subscriber gets every one of them. Answers how many it took.
async fn flood_until_dropped(fixture: &Fixture, publisher: &Session, dropped: u64) -> u64 {
    let healthy = fixture.session(0).await;
    let mut events = healthy.subscribe("com.flood").await.unwrap();
    let filler = filler();
    for number in 0..10 * MANY {
        if fixture.router.events_dropped(&REALM).unwrap() >= dropped {
            return number;
        }
        within(publish(publisher, number, &filler)).await;
        let event = within(events.next()).await.unwrap();
        assert_eq!(event.args::<(u64, String)>().unwrap().0, number);
        assert_eq!(event.details.events_dropped, None);
    }
    panic!("nothing was dropped");
}

/// One reads nothing, and then goes on: what it was told of events that are missing is exact, at the place where they are missing, and
/// what else was sent to it is there.
async fn misses_events_and_knows_it(fixture: Fixture) {
    let (mut stalled, session) = stalled(&fixture).await;
    let watcher = fixture.session(2).await;
    let topic = "wamp.session.on_events_dropped";
    let mut told = watcher.subscribe(topic).await.unwrap();
    let publisher = fixture.session(3).await;
    let published = flood_until_dropped(&fixture, &publisher, 50).await;

    // Though it takes nothing it is read from, and what it asks for is answered.
    stalled
        .send(r#"[48,7,{},"wamp.session.get",[SESSION]]"#.replace("SESSION", &session.to_string()).as_str())
        .await;
    let (mut expected, mut missed, mut answered) = (0, 0, false);
    let mut next = async |stalled: &mut Raw| {
        let message = stalled.receive().await.expect("the session lives");
        if message[0] == 50 {
            assert!(
                message[3][0]["_events_dropped"].as_u64() >= Some(50),
                "{message}"
            );
            answered = true;
            return (expected, true);
        }
        assert_eq!(message[0], 36, "{message}");
        let gap = message[3]["_events_dropped"].as_u64().unwrap_or(0);
        let number = message[4][0].as_u64().unwrap();
        assert_eq!(number, expected + gap, "{gap} were said to be missing");
        (expected, missed) = (number + 1, missed + gap);
        (expected, answered)
    };
    while !next(&mut stalled).await.1 {}
    // It has taken what was there, so there is room for one more, which tells the rest.
    within(publish(&publisher, published, "the last")).await;
    while next(&mut stalled).await.0 <= published {}
    assert_eq!(missed, fixture.router.events_dropped(&REALM).unwrap());

    drop(stalled);
    let mut counted = 0;
    while counted < missed {
        let event = within(told.next()).await.unwrap();
        let arguments = event.arguments().unwrap().args;
        assert_eq!(arguments[0], Value::from(session));
        counted += arguments[1].as_u64().unwrap();
        let Value::Dict(details) = &arguments[2] else {
            panic!("no details");
        };
        assert_eq!(details.get("total"), Some(&counted.into()));
    }
    assert_eq!(counted, missed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_events_are_dropped_and_counted() {
    misses_events_and_knows_it(fixture(SlowConsumerPolicy::DropOldest).await).await;
}

/// Where the realm says something else of the others, and said so of all before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_events_are_dropped_and_counted_for_a_role() {
    let mut setup = RealmSetup::open(RealmConfig {
        uri: REALM,
        ..RealmConfig::default()
    });
    let slow = SlowConsumers {
        policy: SlowConsumerPolicy::DropNewest,
        event_limit: Some(128 << 10),
        ..SlowConsumers::default()
    };
    let roles = &mut setup.slow_consumers.roles;
    roles.push(("anonymous".to_owned(), slow));
    let fixture = fixture(SlowConsumerPolicy::Disconnect).await;
    let policy = Policy {
        realms: vec![setup],
        ..Policy::default()
    };
    fixture.router.reconfigure(policy).unwrap();
    misses_events_and_knows_it(fixture).await;
}

/// Its end is known at once, and it is told why as soon as it reads again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_ended_is_told_why() {
    let fixture = fixture(SlowConsumerPolicy::Disconnect).await;
    let (mut stalled, session) = stalled(&fixture).await;
    let publisher = fixture.session(3).await;
    let mut left = publisher.subscribe("wamp.session.on_leave").await.unwrap();
    let filler = filler();
    let flood = async {
        for number in 0..10 * MANY {
            publish(&publisher, number, &filler).await;
        }
    };
    let event = tokio::select! {
        event = within(left.next()) => event.unwrap(),
        () = flood => panic!("everything was swallowed"),
    };
    assert_eq!(event.arguments().unwrap().args[0], Value::from(session));
    let mut last = None;
    while let Some(Ok(frame)) = within(stalled.0.receive()).await {
        last = Some(frame);
    }
    let last = String::from_utf8(last.unwrap().to_vec()).unwrap();
    assert!(
        last.starts_with("[3,") && last.contains("\"wamp.close.slow_consumer\""),
        "{}",
        &last[..last.len().min(200)]
    );
}

/// The publisher goes no faster than the slowest subscriber, so that nothing is lost; who has nothing to do with them goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_waits_for_a_slow_subscriber() {
    let fixture = fixture(SlowConsumerPolicy::BlockPublisher).await;
    let (mut stalled, _) = stalled(&fixture).await;
    let healthy = fixture.session(0).await;
    let mut events = healthy.subscribe("com.flood").await.unwrap();
    let publisher = fixture.session(3).await;
    let flood = tokio::spawn(async move {
        let filler = filler();
        for number in 0..MANY {
            publish(&publisher, number, &filler).await;
        }
    });
    let mut seen = 0;
    while let Ok(event) = timeout(Duration::from_secs(1), events.next()).await {
        let number = event.unwrap().args::<(u64, String)>().unwrap().0;
        assert_eq!(number, seen);
        seen += 1;
    }
    assert!(seen < MANY, "the publisher did not wait");

    let (caller, callee) = (fixture.session(1).await, fixture.session(4).await);
    let _registration = callee
        .register("com.echo", async |invocation: Invocation| {
            Ok(invocation.arguments()?)
        })
        .await
        .unwrap();
    for number in 0..100 {
        let reply = within(caller.call("com.echo").args((number,)).into_future()).await;
        assert_eq!(reply.unwrap().value::<i32>().unwrap(), number);
    }

    let reading = async {
        for number in 0..MANY {
            let event = stalled.receive().await.expect("the session lives");
            assert_eq!((&event[0], &event[4][0]), (&36.into(), &number.into()));
            assert_eq!(event[3].get("_events_dropped"), None);
        }
    };
    let healthy = async {
        for number in seen..MANY {
            let event = within(events.next()).await.unwrap();
            assert_eq!(event.args::<(u64, String)>().unwrap().0, number);
        }
    };
    tokio::join!(reading, healthy);
    flood.await.unwrap();
    assert_eq!(fixture.router.events_dropped(&REALM), Some(0));
}

/// A router where publishers wait, but not long, and where there is room for everything if they do not.
async fn impatient() -> Fixture {
    let time = Duration::from_millis(300);
    fixture_with(SlowConsumerPolicy::BlockPublisher, time, 1 << 30).await
}

/// It waits no longer than it has to: then the subscriber is ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_does_not_wait_for_ever() {
    let fixture = impatient().await;
    let (mut stalled, session) = stalled(&fixture).await;
    let (healthy, watcher) = (fixture.session(0).await, fixture.session(2).await);
    let mut events = healthy.subscribe("com.flood").await.unwrap();
    let mut left = watcher.subscribe("wamp.session.on_leave").await.unwrap();
    let publisher = fixture.session(3).await;
    let filler = filler();
    for number in 0..MANY {
        within(publish(&publisher, number, &filler)).await;
        let event = within(events.next()).await.unwrap();
        assert_eq!(event.args::<(u64, String)>().unwrap().0, number);
    }
    let event = within(left.next()).await.unwrap();
    assert_eq!(event.arguments().unwrap().args[0], Value::from(session));
    let mut delivered = 0;
    while let Some(Ok(_)) = within(stalled.0.receive()).await {
        delivered += 1;
    }
    assert!(delivered < MANY, "it was to be ended, but got everything");
}

/// Two that publish to each other and read nothing: neither can go on, and neither stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_wait_for_each_other_are_ended() {
    let fixture = impatient().await;
    let mut sessions = Vec::new();
    for (own, other) in [("com.a", "com.b"), ("com.b", "com.a")] {
        let mut session = fixture.raw().await;
        session.hello().await;
        session.send(&format!(r#"[32,1,{{}},"{own}"]"#)).await;
        assert_eq!(session.receive().await.unwrap()[0], 33);
        sessions.push((session, other));
    }
    let filler = filler();
    let floods = sessions.into_iter().map(|(mut session, topic)| {
        let publish = format!(r#"[16,2,{{}},"{topic}",["{filler}"]]"#);
        tokio::spawn(async move {
            for _ in 0..MANY {
                let publish = bytes::Bytes::copy_from_slice(publish.as_bytes());
                if session.0.send(publish).await.is_err() {
                    return true;
                }
            }
            false
        })
    });
    let mut ended = 0;
    for flood in floods.collect::<Vec<_>>() {
        ended += u32::from(within(flood).await.unwrap());
    }
    assert!(ended > 0, "both have sent everything");
}
