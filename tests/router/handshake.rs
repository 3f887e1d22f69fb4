//! From connection to session: what gets in and what does not.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use wampkit::Router;
use wampkit::router::ConnectionLimits;
use wampkit::transport::{Address, ListenOptions, ServerTls};

use crate::{Fixture, within};

#[tokio::test]
async fn welcome_says_who_and_where() {
    let fixture = Fixture::start().await;
    let mut raw = fixture.raw().await;
    raw.send(r#"[1,"realm1",{"roles":{"caller":{}},"authid":"joe","agent":"by hand"}]"#)
        .await;
    let welcome = raw.receive().await.unwrap();
    assert_eq!(welcome[0], 2);
    let details = &welcome[2];
    assert_eq!(details["realm"], "realm1");
    assert_eq!(details["authrole"], "anonymous");
    assert_eq!(details["authmethod"], "anonymous");
    assert_ne!(
        details["authid"], "joe",
        "an anonymous client does not choose who it is"
    );
    assert_eq!(
        details["agent"],
        concat!("wamp-", env!("CARGO_PKG_VERSION"))
    );
    assert!(
        details["roles"]["broker"]["features"]["pattern_based_subscription"]
            .as_bool()
            .unwrap()
    );
    assert!(
        details["roles"]["dealer"]["features"]["pattern_based_registration"]
            .as_bool()
            .unwrap()
    );
}

#[tokio::test]
async fn what_is_not_let_in_gets_abort_with_a_reason() {
    let fixture = Fixture::start().await;
    for (first, reason, word) in [
        (
            r#"[1,"nowhere",{"roles":{"caller":{}}}]"#,
            "wamp.error.no_such_realm",
            "nowhere",
        ),
        (
            r#"[1,"not a realm",{"roles":{"caller":{}}}]"#,
            "wamp.error.invalid_uri",
            "not a realm",
        ),
        (
            r#"[1,"realm1",{}]"#,
            "wamp.error.protocol_violation",
            "roles",
        ),
        (
            r#"[1,"realm1",{"roles":{}}]"#,
            "wamp.error.protocol_violation",
            "roles",
        ),
        (
            r#"[1,"realm1",{"roles":{"broker":{}}}]"#,
            "wamp.error.protocol_violation",
            "roles",
        ),
        (
            r#"[1,"realm1",{"roles":{"caller":{}},"authmethods":["ticket"]}]"#,
            "wamp.error.no_matching_auth_method",
            "ticket",
        ),
        (
            r#"[6,{},"wamp.close.normal"]"#,
            "wamp.error.protocol_violation",
            "GOODBYE",
        ),
        (
            r#"[48,1,{},"com.early"]"#,
            "wamp.error.protocol_violation",
            "CALL",
        ),
        (
            r#"[8,48,1,{},"com.error"]"#,
            "wamp.error.protocol_violation",
            "ERROR",
        ),
        ("[]", "wamp.error.protocol_violation", ""),
        (
            r#"[999,"realm1",{}]"#,
            "wamp.error.protocol_violation",
            "999",
        ),
        (
            r#"{"not":"a message"}"#,
            "wamp.error.protocol_violation",
            "",
        ),
        ("not even JSON", "wamp.error.protocol_violation", ""),
    ] {
        let mut raw = fixture.raw().await;
        raw.send(first).await;
        let message = raw.aborted(reason).await;
        assert!(
            !message.is_empty() && message.contains(word),
            "{first}: {message}"
        );
    }
}

#[tokio::test]
async fn a_second_hello_ends_the_session() {
    let fixture = Fixture::start().await;
    let mut raw = fixture.raw().await;
    raw.hello().await;
    raw.send(r#"[1,"realm1",{"roles":{"caller":{}}}]"#).await;
    let message = raw.aborted("wamp.error.protocol_violation").await;
    assert!(message.contains("HELLO"), "{message}");
}

#[tokio::test]
async fn garbage_in_mid_session_ends_that_session_only() {
    let fixture = Fixture::start().await;
    let healthy = fixture.session(0).await;
    let mut raw = fixture.raw().await;
    raw.hello().await;
    raw.send(r#"[48,1,{},"com.args.must.be.a.list",{"no":"list"}]"#)
        .await;
    raw.aborted("wamp.error.protocol_violation").await;
    assert!(
        healthy.call("com.nobody").await.is_err(),
        "an answer, even so"
    );
}

#[tokio::test]
async fn a_connection_that_stays_silent_is_closed() {
    let builder = Router::builder()
        .realm("realm1")
        .handshake_timeout(Duration::from_millis(100));
    let fixture = Fixture::with(builder).await;
    let mut raw = fixture.raw().await;
    let message = raw.aborted("wamp.error.timeout").await;
    assert_eq!(message, "no HELLO came in time");
}

/// It is told why, but need not have read it.
#[tokio::test]
async fn who_asks_and_reads_no_answer_holds_no_place() {
    let limits = ConnectionLimits {
        total: 1,
        per_address: 1,
    };
    let builder = Router::builder()
        .realm("realm1")
        .connections(limits)
        .hello_timeout(Duration::from_millis(500));
    let fixture = Fixture::with(builder).await;
    let address = fixture.rawsocket().replace("rs://", "");
    let mut silent = TcpStream::connect(&address).await.unwrap();
    silent.write_all(b"\x7f\xf1\0\0").await.unwrap();
    // PINGs of RawSocket, as long as anybody takes them.
    let ping = [&[1, 0, 0x03, 0xe8][..], &[b'p'; 1000]].concat().repeat(64);
    let half = Duration::from_millis(500);
    while let Ok(written) = timeout(half, silent.write_all(&ping)).await {
        written.unwrap();
    }
    let freed = async {
        while fixture.router.connections() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(20), freed).await.unwrap();
    drop(silent);
}

/// HTTP has a word for a request that does not come to its end; before the first byte of one there is nobody to say it to.
#[tokio::test]
async fn an_http_request_that_takes_too_long_is_told_so() {
    let time = Duration::from_millis(200);
    let builder = Router::builder().realm("realm1").handshake_timeout(time);
    let fixture = Fixture::with(builder).await;
    let Address::Tcp { host, port } = fixture.websocket.address() else {
        panic!("{} is no TCP port", fixture.websocket);
    };
    for (said, answer) in [
        ("G", "HTTP/1.1 408 Request Timeout\r\n"),
        (
            "GET /ws HTTP/1.1\r\nHost: loc",
            "HTTP/1.1 408 Request Timeout\r\n",
        ),
        ("", ""),
        ("\x7f\x11", ""),
    ] {
        let mut stream = TcpStream::connect((&**host, *port)).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let started = Instant::now();
        let mut rest = Vec::new();
        within(stream.read_to_end(&mut rest)).await.unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(rest.starts_with(answer), "{said:?}: {rest:?}");
        assert_eq!(rest.is_empty(), answer.is_empty(), "{said:?}: {rest:?}");
        assert!(started.elapsed() >= time / 2, "{said:?}");
    }
    let failed = fixture.router.metrics().connections.failed_handshakes;
    assert_eq!(failed, 4);
}

#[tokio::test]
async fn any_realm_comes_with_its_first_session_and_goes_with_its_last() {
    let fixture = Fixture::with(Router::builder().any_realm(true)).await;
    let url = fixture.websocket.to_string();
    for realm in ["com.one", "com.two", "com.one"] {
        let session = wampkit::Client::builder(&url)
            .realm(realm)
            .connect()
            .await
            .unwrap();
        assert_eq!(session.realm(), realm);
        session.leave().await.unwrap();
    }
    let mut raw = fixture.raw().await;
    raw.send(r#"[1,"wamp.reserved",{"roles":{"caller":{}}}]"#)
        .await;
    raw.aborted("wamp.error.no_such_realm").await;
}

#[tokio::test]
async fn a_tls_handshake_that_does_not_end_is_cut_off() {
    let time = Duration::from_millis(300);
    let router = Router::builder().realm("realm1").handshake_timeout(time);
    let router = router.build().unwrap();
    let options = ListenOptions {
        tls: Some(ServerTls::self_signed(&[]).unwrap().tls),
        ..ListenOptions::default()
    };
    let endpoint = "wss://127.0.0.1:0/ws".parse().unwrap();
    let endpoint = router.listen_with(&endpoint, options, true).await.unwrap();
    let Address::Tcp { host, port } = endpoint.address() else {
        panic!("{endpoint} is no TCP port");
    };
    let mut stream = TcpStream::connect((&**host, *port)).await.unwrap();
    // The beginning of a ClientHello.
    stream.write_all(&[0x16, 3, 1, 2, 0, 1]).await.unwrap();
    let mut rest = Vec::new();
    within(stream.read_to_end(&mut rest)).await.ok();
    assert!(rest.is_empty(), "nothing is said in return");
}
