//! What a router bounds, and how those who reach a bound are told.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wampkit::Router;
use wampkit::codec::MessageLimits;
use wampkit::realm::{RealmConfig, SessionLimits};
use wampkit::router::{ConnectionLimits, OverRate, Policy, Rate, Rates, RealmSetup};

use crate::{Fixture, within};

async fn with_connections(total: usize, per_address: usize) -> Fixture {
    let limits = ConnectionLimits { total, per_address };
    Fixture::with(Router::builder().realm("realm1").connections(limits)).await
}

/// What a connection is answered that begins like this.
async fn answer(fixture: &Fixture, beginning: &[u8]) -> Vec<u8> {
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(beginning).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

const GET: &[u8] =
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
Sec-WebSocket-Protocol: wamp.2.json\r\n\r\n";

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_one_that_ends_makes_room() {
    for (total, per_address) in [(2, 100), (100, 2)] {
        let fixture = with_connections(total, per_address).await;
        let (mut first, mut second) = (fixture.raw().await, fixture.raw().await);
        first.hello().await;
        second.hello().await;

        let refused = String::from_utf8(answer(&fixture, GET).await).unwrap();
        assert!(
            refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
            "{refused}"
        );
        assert!(refused.ends_with("This router has too many connections.\n"));
        let refused = answer(&fixture, &[0x7F, 0xF1, 0, 0]).await;
        assert_eq!(refused, [0x7F, 0x40, 0, 0]);

        // Those that are there are not disturbed, and nobody in memory needs a place.
        first.send(r#"[32,1,{},"com.topic"]"#).await;
        assert_eq!(first.receive().await.unwrap()[0], 33);
        let inside = wampkit::Client::builder("unused").realm("realm1");
        let inside = inside.connect_over(fixture.router.connect(wampkit::Serializer::Json));
        within(inside).await.unwrap();

        second.send(r#"[6,{},"wamp.close.close_realm"]"#).await;
        assert_eq!(second.receive().await.unwrap()[0], 6);
        assert_eq!(second.receive().await, None);
        drop(second);
        within(async {
            // Its task is over a moment after its socket.
            while answer_begins_with_error(&fixture).await {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}

/// Whether a RawSocket client is refused.
async fn answer_begins_with_error(fixture: &Fixture) -> bool {
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0x7F, 0xF1, 0, 0]).await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    answer[1] == 0x40
}

/// Those who are turned away are bounded too, and waiting for them holds up nobody.
#[tokio::test]
async fn silent_ones_who_are_turned_away_are_cut_off() {
    let fixture = with_connections(1, 100).await;
    let mut first = fixture.raw().await;
    first.hello().await;
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(&address).await.unwrap());
    }
    for mut stream in silent {
        let mut answer = Vec::new();
        // Closed, by a reset or in good order, without a byte.
        within(stream.read_to_end(&mut answer)).await.ok();
        assert!(answer.is_empty(), "{answer:?}");
    }
}

/// A stranger who sends too much is told so by either transport, before it is all there; who has joined may send as much.
#[tokio::test]
async fn strangers_send_short_messages() {
    let fixture = Fixture::with(Router::builder().realm("realm1").max_hello(1000)).await;
    let long = "x".repeat(2000);
    let hello = format!(r#"[1,"realm1",{{"roles":{{"caller":{{}}}},"x_long":"{long}"}}]"#);
    for way in ["ws", "rs"] {
        let mut stranger = fixture.raw_by(way).await;
        stranger.send(&hello).await;
        let message = stranger.aborted("wamp.error.protocol_violation").await;
        assert!(message.contains("1000"), "{message}");

        let mut known = fixture.raw_by(way).await;
        known.hello().await;
        let publish = r#"[16,1,{"acknowledge":true},"com.topic",["LONG"]]"#;
        known.send(&publish.replace("LONG", &long)).await;
        assert_eq!(known.receive().await.unwrap()[0], 17);
    }
}

/// A message need not be whole to be too long.
#[tokio::test]
async fn a_stranger_cannot_have_half_a_long_message_kept() {
    let fixture = Fixture::with(Router::builder().realm("realm1").max_hello(1000)).await;
    let address = fixture.rawsocket().trim_start_matches("rs://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(GET).await.unwrap();
    // A masked text frame of a megabyte, of which a part is there.
    stream
        .write_all(&[0x81, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    stream.write_all(&[b' '; 16 << 10]).await.unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    // The router waits for the other end to close, too.
    while !answer.ends_with(&[0x88, 0x02, 0x03, 0xF1]) {
        let read = within(stream.read(&mut part)).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&part[..read]);
    }
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("wamp.error.protocol_violation"), "{answer}");
}

#[tokio::test]
async fn who_says_nothing_is_told_that_hello_was_awaited() {
    let time = Duration::from_millis(50);
    let fixture = Fixture::with(Router::builder().realm("realm1").hello_timeout(time)).await;
    for way in ["ws", "rs"] {
        let mut silent = fixture.raw_by(way).await;
        let message = silent.aborted("wamp.error.timeout").await;
        assert_eq!(message, "no HELLO came within 50ms");
    }
}

/// A request that is too large inside is answered with ERROR, and the session goes on; what has no answer ends it.
#[tokio::test]
async fn messages_that_are_too_large_inside() {
    let limits = MessageLimits {
        depth: 4,
        payload: 10,
        options: 64,
        uri: 20,
    };
    let fixture = Fixture::with(Router::builder().realm("realm1").messages(limits)).await;
    for way in ["ws", "rs"] {
        let mut session = fixture.raw_by(way).await;
        session.hello().await;
        let many = "1,".repeat(10) + "1";
        let sentence = "the message is too large: its payload has more than 10 items in lists and dictionaries";
        for (request, error, sentence) in [
            (
                format!(r#"[48,1,{{}},"com.proc",[{many}]]"#),
                "wamp.error.invalid_argument",
                sentence,
            ),
            (
                r#"[48,2,{},"com.proc",[[[[[]]]]]]"#.to_owned(),
                "wamp.error.invalid_argument",
                "the message is too large: it is nested deeper than 4 levels",
            ),
            (
                r#"[48,3,{},"com.012345678901234567890"]"#.to_owned(),
                "wamp.error.invalid_uri",
                "the message is too large: its URI is longer than 20 bytes",
            ),
            (
                format!(r#"[16,4,{{"acknowledge":true}},"com.topic",[{many}]]"#),
                "wamp.error.invalid_argument",
                sentence,
            ),
        ] {
            // Nobody is told of an event that is not acknowledged.
            session
                .send(&format!(r#"[16,9,{{}},"com.topic",[{many}]]"#))
                .await;
            session.send(&request).await;
            let answer = session.receive().await.unwrap();
            assert_eq!((&answer[0], &answer[4]), (&8.into(), &error.into()));
            assert_eq!(answer[5][0], sentence);
        }
        session.send(&format!("[70,1,{{}},[{many}]]")).await;
        let message = session.aborted("wamp.error.protocol_violation").await;
        assert!(message.starts_with("YIELD: its payload has"), "{message}");

        let mut stranger = fixture.raw_by(way).await;
        stranger
            .send(r#"[1,"realm1",{"roles":{"caller":{"features":{"x":{}}}}}]"#)
            .await;
        let message = stranger.aborted("wamp.error.protocol_violation").await;
        assert_eq!(message, "HELLO: it is nested deeper than 4 levels");
    }
}

#[tokio::test]
async fn a_session_has_as_much_as_it_may() {
    let limits = SessionLimits {
        subscriptions: 1,
        registrations: 1,
        calls: 1,
    };
    let fixture = Fixture::with(Router::builder().realm("realm1").sessions(limits)).await;
    let mut session = fixture.raw().await;
    session.hello().await;
    for (kind, name, sentence) in [
        (
            32,
            "com.topic",
            "a session can have at most 1 subscriptions",
        ),
        (64, "com.proc", "a session can have at most 1 registrations"),
        (
            48,
            "com.proc",
            "1 calls of this session are pending, and no more can be",
        ),
    ] {
        for number in 0..2 {
            let name = match kind {
                48 => name.to_owned(),
                _ => format!("{name}{}", if number == 0 { "" } else { "1" }),
            };
            let request = kind * 10 + number;
            session
                .send(&format!(r#"[{kind},{request},{{}},"{name}"]"#))
                .await;
            let answer = session.receive().await.unwrap();
            if number == 0 {
                assert_ne!(answer[0], 8, "{answer}");
            } else {
                let error = "wamp.error.limit_exceeded";
                assert_eq!((&answer[0], &answer[4]), (&8.into(), &error.into()));
                assert_eq!(answer[5][0], sentence);
            }
        }
    }
    assert_eq!(fixture.router.metrics().total().counters.refused, 3);
}

fn rate(messages: u32, burst: u32, over: OverRate) -> Rates {
    let rate = Rate {
        messages,
        burst,
        over,
    };
    Rates {
        all: Some(rate),
        ..Rates::default()
    }
}

/// Whoever sends too fast is heard later, and in order; others are not held up.
#[tokio::test]
async fn a_session_that_sends_too_fast_is_slowed_down() {
    const SENT: u32 = 60;
    let rates = rate(100, 10, OverRate::Delay);
    let fixture = Fixture::with(Router::builder().realm("realm1").rates(rates)).await;
    for way in ["ws", "rs"] {
        let mut session = fixture.raw_by(way).await;
        session.hello().await;
        let began = Instant::now();
        for request in 1..=SENT {
            let publish = format!(r#"[16,{request},{{"acknowledge":true}},"com.topic"]"#);
            session.send(&publish).await;
        }
        for request in 1..=SENT {
            let answer = session.receive().await.unwrap();
            assert_eq!((&answer[0], &answer[1]), (&17.into(), &request.into()));
        }
        // 50 of them waited for their tokens, of which there are 100 in a second.
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(490), "{took:?}");
    }
}

/// A heartbeat does not take a session for dead that the router does not read.
#[tokio::test]
async fn a_session_that_is_slowed_down_is_not_given_up() {
    let rates = rate(1, 1, OverRate::Delay);
    let builder = Router::builder().realm("realm1").rates(rates);
    let beat = Duration::from_millis(50);
    let fixture = Fixture::with(builder.heartbeat(Some(beat))).await;
    let session = fixture.session(0).await;
    for _ in 0..2 {
        within(session.publish("com.topic").acknowledge().into_future())
            .await
            .unwrap();
    }
}

/// Requests beyond the rate are refused, answers are not, and it is all well again after a while.
#[tokio::test]
async fn a_session_that_sends_too_fast_is_refused() {
    let rates = rate(2, 5, OverRate::Refuse);
    let fixture = Fixture::with(Router::builder().realm("realm1").rates(rates)).await;
    let mut session = fixture.raw().await;
    session.hello().await;
    let began = Instant::now();
    for message in [
        r#"[64,1,{},"com.proc"]"#,
        r#"[48,2,{},"com.proc"]"#,
        r#"[16,3,{},"com.topic"]"#,
        r#"[16,4,{},"com.topic"]"#,
        r#"[16,5,{},"com.topic"]"#,
        r#"[16,6,{},"com.topic"]"#,
        r#"[16,7,{"acknowledge":true},"com.topic"]"#,
        r#"[32,8,{},"com.topic"]"#,
        r#"[64,9,{},"com.other"]"#,
        r#"[48,10,{},"com.proc"]"#,
        "[70,1,{}]",
    ] {
        session.send(message).await;
    }
    let mut refused = Vec::new();
    let mut result = None;
    while result.is_none() {
        let answer = session.receive().await.unwrap();
        match answer[0].as_u64() {
            Some(8) => {
                assert_eq!(answer[4], "wamp.error.limit_exceeded", "{answer}");
                assert_eq!(
                    answer[5][0],
                    "this session sends more than 2 messages per second"
                );
                refused.push(answer[2].as_u64().unwrap());
            }
            Some(50) => result = answer[1].as_u64(),
            _ => {}
        }
    }
    assert_eq!(result, Some(2));
    if began.elapsed() < Duration::from_millis(400) {
        assert_eq!(refused, [7, 8, 9, 10]);
    }
    let mut request = 10;
    within(async {
        loop {
            request += 1;
            session
                .send(&format!(r#"[32,{request},{{}},"com.topic"]"#))
                .await;
            if session.receive().await.unwrap()[0] == 33 {
                break;
            }
        }
    })
    .await;
}

/// What a new policy bounds, it bounds for those who come; those who are there stay as they are.
#[tokio::test]
async fn a_new_policy_is_for_those_who_come() {
    let fixture = Fixture::start().await;
    let mut before = fixture.raw().await;
    before.hello().await;
    let realm = RealmSetup {
        sessions: SessionLimits {
            subscriptions: 0,
            ..SessionLimits::default()
        },
        ..RealmSetup::open(RealmConfig {
            uri: "realm1".into(),
            ..RealmConfig::default()
        })
    };
    let policy = |total| Policy {
        realms: vec![realm.clone()],
        connections: ConnectionLimits {
            total,
            per_address: 10,
        },
        messages: MessageLimits {
            uri: 5,
            ..MessageLimits::default()
        },
        ..Policy::default()
    };
    fixture.router.reconfigure(policy(2)).unwrap();
    let mut after = fixture.raw().await;
    after.hello().await;
    let mut sessions = [before, after];
    for (at, name, answer) in [
        (0, "com.topic", serde_json::Value::Null),
        (1, "com.topic", "wamp.error.invalid_uri".into()),
        (1, "topic", "wamp.error.limit_exceeded".into()),
    ] {
        let session = &mut sessions[at];
        session.send(&format!(r#"[32,1,{{}},"{name}"]"#)).await;
        assert_eq!(session.receive().await.unwrap()[4], answer);
    }
    let refused = answer(&fixture, &[0x7F, 0xF1, 0, 0]).await;
    assert_eq!(refused, [0x7F, 0x40, 0, 0]);

    fixture.router.reconfigure(policy(1)).unwrap();
    let [mut before, _after] = sessions;
    before.send(r#"[32,2,{},"com.topic"]"#).await;
    assert_eq!(before.receive().await.unwrap()[0], 33);
}
