//! Heartbeats of commands: a router that falls silent, and a reader that does.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread::spawn;
use std::time::Duration;

use wampkit::Client;

use crate::support::{Router, file, wamp};

/// By RawSocket in JSON, by hand: it lets one client in and says nothing more.
fn silent_router() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("rs://{}", listener.local_addr().unwrap());
    spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut four = [0; 4];
        stream.read_exact(&mut four).unwrap();
        stream.write_all(&[0x7F, 0xF1, 0, 0]).unwrap();
        stream.read_exact(&mut four).unwrap();
        let welcome = br#"[2,7,{"agent":"wamp-0","roles":{"dealer":{},"broker":{}}}]"#;
        let length = u8::try_from(welcome.len()).unwrap();
        stream.write_all(&[0, 0, 0, length]).unwrap();
        stream.write_all(welcome).unwrap();
        // Until the client has gone.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    url
}

#[test]
fn a_trace_shows_that_the_router_is_asked() {
    let url = silent_router();
    let call = wamp(["call", "com.p", "--serializer", "json", "--heartbeat"])
        .args(["100ms", "--trace", "-u", &url]);
    let stderr = call.run().failed(8);
    assert_eq!(stderr.matches("· ping ").count(), 1, "{stderr}");
    assert!(!stderr.contains("· pong"), "{stderr}");
}

#[test]
fn a_session_with_a_silent_router_is_lost() {
    let url = silent_router();
    let call =
        wamp(["call", "com.p", "--serializer", "json", "--heartbeat"]).args(["100ms", "-u", &url]);
    let stderr = call.run().failed(8);
    assert_eq!(
        stderr,
        "wamp: error: session lost: nothing was heard from the other end for 200ms, \
         not even the answer to a ping\n"
    );
}

/// Nobody takes what `wamp subscribe` prints, so that it is stuck in a write; its session answers the router meanwhile, and all
/// is printed once it is taken.
#[test]
fn a_subscriber_whose_output_is_stuck_keeps_its_session() {
    const EVENTS: usize = 200;
    let (_folder, config) = file(
        "wamp.toml",
        "[limits]\nheartbeat = \"300ms\"\n[[realms]]\nname = \"realm1\"\nanonymous.role = \"guest\"\n",
    );
    let router = Router::with(&["-f", &config.display().to_string()]);
    let (mut taken, stdout) = std::io::pipe().unwrap();
    let count = EVENTS.to_string();
    let subscriber = router
        .wamp(["subscribe", "com.t", "-o", "raw", "-n", &count, "-q"])
        .stdout(Stdio::from(stdout))
        .start_ready();
    let line = "x".repeat(1 << 10);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let session = Client::builder(&router.url).connect().await.unwrap();
        for number in 1..=EVENTS {
            if number == EVENTS {
                // The pipe is full by now. Several beats of the router pass; only a session that is still there gets the last event.
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
            let publish = session.publish("com.t").args((&line,));
            publish.acknowledge().await.unwrap();
        }
        session.leave().await.unwrap();
    });
    let mut printed = String::new();
    // The pipe ends when both the command and what its options keep of it have gone.
    let reading = spawn(move || {
        let _ = taken.read_to_string(&mut printed);
        printed
    });
    subscriber.wait().clean();
    let printed = reading.join().unwrap();
    assert_eq!(printed.lines().count(), EVENTS);
    assert!(printed.lines().all(|it| it == line));
}
