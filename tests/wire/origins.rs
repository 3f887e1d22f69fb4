//! Which web pages a listener lets in. The rules one by one are tested where they are; here is what a browser meets.

use wampkit::proto::Serializer;
use wampkit::transport::{HandshakeError, ListenOptions, Listener, Origins};

use crate::support::{accepted, listen_with, refused};
use crate::websocket::{agreement, get};

/// What a browser sends for a page.
fn request(host: &str, origin: &str) -> Vec<u8> {
    get(
        "/ws",
        &format!(
            "Host: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{origin}Sec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wamp.2.json\r\n"
        ),
    )
}

async fn listen(url: &str, origins: &[&str]) -> Listener {
    let options = ListenOptions {
        origins: Origins::of(origins).unwrap(),
        ..ListenOptions::default()
    };
    listen_with(url, options).await
}

#[tokio::test]
async fn pages_of_this_machine_and_those_listed_are_let_in_over_loopback() {
    let none: &[&str] = &[];
    // Whoever listens everywhere is reached over loopback as well, and by the same rules.
    for at in ["ws://127.0.0.1:0/ws", "ws://0.0.0.0:0/ws"] {
        for (origins, host, origin, allowed) in [
            (none, "127.0.0.1:8080", "", true),
            (none, "attacker.example:8080", "", true),
            (
                none,
                "127.0.0.1:8080",
                "Origin: http://localhost:3000\r\n",
                true,
            ),
            (
                none,
                "localhost:8080",
                "Origin: https://app.localhost\r\n",
                true,
            ),
            (
                none,
                "127.0.0.1:8080",
                "Origin: http://attacker.example\r\n",
                false,
            ),
            (
                none,
                "attacker.example:8080",
                "Origin: http://attacker.example:8080\r\n",
                false,
            ),
            (
                none,
                "127.0.0.1:8080",
                "Origin: http://localhost\r\nOrigin: http://localhost\r\n",
                false,
            ),
            (none, "127.0.0.1:8080", "Origin: null\r\n", false),
            (&["null"], "127.0.0.1:8080", "Origin: null\r\n", true),
            (
                &["https://*.example.org"],
                "127.0.0.1:8080",
                "Origin: https://app.example.org\r\n",
                true,
            ),
            (
                &["*"],
                "attacker.example:8080",
                "Origin: http://attacker.example:8080\r\n",
                true,
            ),
        ] {
            let listener = listen(at, origins).await;
            let request = request(host, origin);
            if allowed {
                let expected = agreement(Serializer::Json);
                let (_, answer, _) = accepted(&listener, &request, expected.len()).await;
                assert_eq!(String::from_utf8(answer).unwrap(), expected, "{origin}");
            } else {
                let (answer, error) = refused(&listener, &request).await;
                assert!(
                    answer.starts_with(b"HTTP/1.1 403 Forbidden\r\n"),
                    "{origin}"
                );
                assert!(
                    matches!(error, HandshakeError::Http { status: 403, .. }),
                    "{error:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_page_that_is_not_let_in_is_told_what_to_do_about_it() {
    let listener = listen("ws://127.0.0.1:0/ws", &[]).await;
    let request = request("localhost", "Origin: https://app.example.org\r\n");
    let (answer, _) = refused(&listener, &request).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.ends_with(
            "\r\n\r\nWeb pages of the origin https://app.example.org may not connect here: add it to the allowed origins of this listener.\n"
        ),
        "{answer}"
    );
}
