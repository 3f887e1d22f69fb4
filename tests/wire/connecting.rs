//! Connecting to where nobody is, or nobody answers.

use std::time::Duration;

use tokio::net::TcpListener;
use wampkit::proto::Serializer;
use wampkit::transport::{ConnectError, ConnectOptions, Transport, connect};

use crate::support::{address, endpoint, listen_tcp, serve, soon, url};

async fn connect_to(url: &str) -> Result<Box<dyn Transport>, ConnectError> {
    let options = ConnectOptions::default();
    soon(connect(&endpoint(url), &[Serializer::Json], &options)).await
}

#[tokio::test]
async fn what_went_wrong_is_told_apart() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    for (url, text) in [
        (format!("ws://127.0.0.1:{port}/ws"), "connection refused"),
        (format!("rs://127.0.0.1:{port}"), "connection refused"),
        (
            "unix:///no/such/wamp.sock".to_owned(),
            "no such file or directory",
        ),
    ] {
        let error = connect_to(&url).await.err().unwrap();
        assert_eq!(error.to_string(), text, "{url}");
    }
    let error = connect_to("ws://no-such-host.invalid/ws")
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, ConnectError::UnknownHost { host, .. } if host == "no-such-host.invalid"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_on() {
    // The system accepts for it; nobody ever reads.
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let options = ConnectOptions {
        connect_timeout: Duration::from_millis(50),
        ..ConnectOptions::default()
    };
    for scheme in ["ws", "rs"] {
        let to = endpoint(&format!("{scheme}://{}", server.local_addr().unwrap()));
        let error = soon(connect(&to, &[Serializer::Json], &options))
            .await
            .err()
            .unwrap();
        assert_eq!(error.to_string(), "no answer within 50ms");
    }
}

#[tokio::test]
async fn a_name_with_several_addresses_is_tried_to_the_end() {
    // `localhost` may be ::1 before it is 127.0.0.1, where alone somebody listens.
    let listener = listen_tcp().await;
    let to = url(&listener, "ws")
        .to_string()
        .replace("127.0.0.1", "localhost");
    let (client, router) = tokio::join!(connect_to(&to), soon(serve(&listener)));
    client.unwrap();
    router.unwrap();
}

#[tokio::test]
async fn a_router_that_refuses_is_quoted() {
    let listener = listen_tcp().await;
    let (host, port) = address(&listener);
    let to = format!("ws://{host}:{port}/other");
    let (client, router) = tokio::join!(connect_to(&to), soon(serve(&listener)));
    assert!(router.is_err());
    assert_eq!(
        client.err().unwrap().to_string(),
        "the server answered with HTTP status 404: There is nothing here: this WAMP router is at the path /ws."
    );
}
