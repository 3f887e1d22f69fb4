//! Listeners: ports, Unix sockets, and what stands in their way.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use tokio::net::UnixStream;
use wampkit::proto::Serializer;
use wampkit::transport::{BindError, ListenOptions, Listener};

use crate::support::{
    address, endpoint, frame, listen, listen_tcp, pair, raw_client, serve, soon, url,
};

async fn bind(url: &str) -> Result<Listener, BindError> {
    Listener::bind(&endpoint(url), ListenOptions::default()).await
}

fn unix(path: &Path) -> String {
    format!("unix://{}", path.display())
}

#[tokio::test]
async fn the_port_0_becomes_a_real_one() {
    for url in [
        "ws://127.0.0.1:PORT/ws",
        "ws://localhost:PORT/",
        "rs://[::1]:PORT",
    ] {
        let listener = match bind(&url.replace("PORT", "0")).await {
            // A machine without IPv6.
            Err(BindError::BadAddress { .. }) if url.contains("::1") => continue,
            bound => bound.unwrap(),
        };
        let (_, port) = address(&listener);
        assert_ne!(port, 0);
        let expected = url.replace("PORT", &port.to_string());
        assert_eq!(listener.endpoint().to_string(), expected);
    }
}

#[tokio::test]
async fn one_port_serves_both_transports_whatever_its_scheme() {
    for scheme in ["ws://127.0.0.1:0/ws", "rs://127.0.0.1:0"] {
        let listener = bind(scheme).await.unwrap();
        for framing in ["ws", "rs", "ws"] {
            let to = url(&listener, framing);
            let mut pair = pair(&listener, &to, Serializer::Cbor).await;
            pair.client.send(frame(9)).await.unwrap();
            assert_eq!(
                soon(pair.router.receive()).await.unwrap().unwrap(),
                frame(9)
            );
            assert!(
                pair.router.peer().starts_with("127.0.0.1:"),
                "{}",
                pair.router.peer()
            );
            let (host, port) = address(&listener);
            assert_eq!(pair.client.peer(), format!("{host}:{port}"));
        }
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_keeps_nobody_waiting() {
    let listener = listen_tcp().await;
    let silent = raw_client(&listener).await;
    let incoming = soon(listener.accept()).await.unwrap();
    assert_eq!(incoming.peer(), silent.local_addr().unwrap().to_string());
    let waiting = tokio::spawn(incoming.handshake());

    pair(&listener, &url(&listener, "ws"), Serializer::Json).await;
    assert!(!waiting.is_finished());
    drop(silent);
    assert!(soon(waiting).await.unwrap().is_err());
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_apart() {
    let listener = listen_tcp().await;
    let (host, port) = address(&listener);
    let taken = format!("rs://{host}:{port}");
    for (url, kind) in [
        (taken.as_str(), "InUse"),
        ("ws://192.0.2.1:0/ws", "BadAddress"),
        ("ws://no-such-host.invalid:0/ws", "BadAddress"),
        ("rs+unix:///no/such/directory/wamp.sock", "BadAddress"),
        ("wss://127.0.0.1:0/ws", "NoCertificate"),
        ("rss://127.0.0.1:0", "NoCertificate"),
    ] {
        let error = bind(url).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(kind), "{url}: {error:?}");
        assert!(
            error.to_string().starts_with(&format!("{url}: ")),
            "{error}"
        );
    }
    let error = bind(&taken).await.unwrap_err().to_string();
    assert_eq!(error, format!("{taken}: the address is already in use"));
}

#[tokio::test]
async fn a_unix_socket_is_there_as_long_as_its_listener() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wamp.sock");
    let listener = bind(&unix(&path)).await.unwrap();
    assert!(path.metadata().unwrap().file_type().is_socket());
    assert_eq!(
        listener.endpoint().to_string(),
        format!("rs+unix://{}", path.display())
    );
    let pair = pair(&listener, listener.endpoint(), Serializer::Json).await;
    assert_eq!(pair.client.peer(), path.display().to_string());
    assert_eq!(pair.router.peer(), path.display().to_string());
    drop(listener);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_stale_unix_socket_is_replaced_and_a_live_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wamp.sock");
    // The standard library's listener leaves its file behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let listener = bind(&unix(&path)).await.unwrap();

    let error = bind(&unix(&path)).await.unwrap_err();
    assert!(matches!(error, BindError::InUse { .. }), "{error:?}");
    // Whoever asked is no client, and the listener goes on.
    assert!(soon(serve(&listener)).await.is_err());
    pair(&listener, listener.endpoint(), Serializer::Json).await;
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "mine").unwrap();
    let error = bind(&unix(&path)).await.unwrap_err();
    assert!(error.to_string().contains("not a socket"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[tokio::test]
async fn a_listener_does_not_remove_the_socket_of_its_successor() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wamp.sock");
    let first = listen(&unix(&path), 1 << 20).await;
    std::fs::rename(&path, directory.path().join("old.sock")).unwrap();
    let second = bind(&unix(&path)).await.unwrap();
    drop(first);
    UnixStream::connect(&path).await.unwrap();
    drop(second);
    assert!(!path.exists());
}
