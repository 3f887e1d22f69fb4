//! `wamp doctor`: what it finds with routers that are well, and with those that are not.

use std::io::{Read, Write, copy};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::spawn;

use serde_json::Value;
use wampkit::proto::{Message, MessageType};

use super::scripted::Scripted;
use super::tls::directory;
use crate::support::{Ended, Router, wamp};

/// The signs and names of the steps, by section, and without what differs from one run to the next.
fn steps(printed: &str) -> Vec<String> {
    let step = |line: &str| {
        let mut words = line.strip_prefix("  ")?.splitn(2, ' ');
        let (sign, rest) = (words.next()?, words.next()?);
        (!sign.is_empty()).then(|| format!("{sign} {}", rest[..29].trim_end()))
    };
    printed.lines().filter_map(step).collect()
}

fn line<'a>(printed: &'a str, name: &str) -> &'a str {
    let is_about = |line: &&str| {
        let rest = line.get(2..).unwrap_or_default();
        rest.split_once(' ')
            .is_some_and(|(_, rest)| rest.starts_with(&format!("{name} ")))
    };
    printed.lines().find(is_about).unwrap()
}

/// Our own router does all that it announces, over both transports and in each serializer.
#[test]
fn a_router_that_is_well() {
    let router = Router::start();
    let raw = router.url.replace("ws://", "rs://").replace("/ws", "");
    for (url, serializer) in [
        (&router.url, "json"),
        (&router.url, "msgpack"),
        (&router.url, "cbor"),
        (&raw, "json"),
    ] {
        let printed = wamp(["doctor", url, "--serializer", serializer]);
        let printed = printed.run().clean();
        let (first, _) = printed.split_once('\n').unwrap();
        assert_eq!(first, url);
        let steps = steps(&printed);
        assert!(steps.len() > 40, "{printed}");
        for step in &steps {
            assert!(
                step.starts_with("✓ ") || step.starts_with("– "),
                "{printed}"
            );
        }
        for name in [
            "url",
            "connect",
            "realm",
            "login by anonymous",
            "welcome",
            "publish and subscribe",
            "pattern_based_subscription",
            "event_retention",
            "call and register",
            "progressive_call_results",
            "progressive_call_invocations",
            "call_canceling",
            "call_timeout",
            "caller_identification",
            "publisher_identification",
            "shared_registration",
        ] {
            assert!(steps.contains(&format!("✓ {name}")), "{name}\n{printed}");
        }
        let summary = printed.lines().last().unwrap();
        assert!(summary.contains(" well, 0 to know, 0 wrong, "), "{summary}");
    }
}

#[test]
fn one_object_for_programs() {
    let router = Router::start();
    let printed = router.wamp(["doctor", "-o", "json"]).run().clean();
    assert_eq!(printed.lines().count(), 1);
    let object: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(
        (&object["type"], &object["uri"]),
        (&"doctor".into(), &(&*router.url).into())
    );
    let details = &object["details"];
    assert_eq!(
        (&details["ok"], &details["exit"]),
        (&true.into(), &0.into())
    );
    let steps = details["steps"].as_array().unwrap();
    assert_eq!(steps[0]["section"], "reach");
    assert_eq!(steps[0]["step"], "url");
    assert_eq!(steps[0]["status"], "good");
    assert!(steps[0]["detail"].is_string());
    assert_eq!(steps[0]["hint"], Value::Null);
}

#[test]
fn the_first_fault_is_the_exit_code() {
    let doctor = |arguments: &[&str]| wamp(["doctor"]).args(arguments).run();
    let Ended { code, stdout, .. } = doctor(&["nonsense"]);
    assert_eq!(
        (code, &*steps(&stdout)),
        (Some(2), &["✗ url".to_owned()][..])
    );
    let Ended { code, stdout, .. } = doctor(&["ws://127.0.0.1:1/"]);
    assert_eq!(code, Some(3), "{stdout}");
    assert_eq!(steps(&stdout), ["✓ url", "✓ addresses", "✗ connect"]);
    assert!(line(&stdout, "connect").contains("127.0.0.1:1: connection refused"));
    assert!(stdout.contains("hint: nothing listens there"), "{stdout}");
    let Ended { code, stdout, .. } = doctor(&["ws+unix:///nowhere/socket"]);
    assert_eq!(code, Some(3), "{stdout}");
    let router = Router::start();
    let Ended { code, stdout, .. } = doctor(&[&router.url, "-r", "com.nowhere"]);
    assert_eq!(code, Some(4), "{stdout}");
    assert!(line(&stdout, "realm").contains("the router has no realm com.nowhere"));
}

/// What a secret is for, and that none is sent where it is not to go.
#[test]
fn ways_to_log_in() {
    let mut router = wamp(["router", "--port", "0"])
        .args(["--user", "tim:ticket:plain:pencil"])
        .start();
    let url = router.line().replace("WAMP_URL=", "");
    let doctor = wamp(["doctor", &url]).args(["--authid", "tim", "--authmethod", "ticket"]);
    let ended = doctor.args(["--secret", "plain:pencil"]).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = |name: &str| line(&ended.stdout, name);
    assert!(told("login by ticket").starts_with("  ✓ "));
    assert!(told("login by ticket").ends_with("yes, asks for proof"));
    assert!(told("login by wampcra").starts_with("  – "));
    assert!(told("welcome").contains("as \"tim\""));
    // Without the secret one cannot get in, and that is the first fault.
    let ended = wamp(["doctor", &url, "--authid", "tim"]).run();
    assert_eq!(ended.code, Some(4), "{ended:?}");
}

#[test]
fn certificates() {
    let directory = directory();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let mut router = wamp(["router", "--listen", "wss://127.0.0.1:0/ws"])
        .args([
            "--cert",
            &path("router.pem"),
            "--tls-key",
            &path("router.key"),
        ])
        .start();
    let url = router.line().replace("WAMP_URL=", "");
    let printed = wamp(["doctor", &url, "--ca", &path("ca.pem")]).run();
    let printed = printed.clean();
    assert!(line(&printed, "handshake").contains("TLS 1.3, TLS13_"));
    assert!(line(&printed, "certificate").contains("signed by CN=an authority, until "));
    assert!(line(&printed, "trust").starts_with("  ✓ "), "{printed}");

    // Not trusted: what there is to find is found, and nothing that is secret is told.
    let doctor = wamp([
        "doctor",
        &url,
        "--authid",
        "joe",
        "--secret",
        "plain:pencil",
    ]);
    let ended = doctor.run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let printed = &ended.stdout;
    assert!(line(printed, "trust").starts_with("  ✗ "), "{printed}");
    assert!(
        line(printed, "wamp.2.json").starts_with("  ✓ "),
        "{printed}"
    );
    assert!(line(printed, "welcome").starts_with("  – "), "{printed}");
    assert!(!steps(printed).contains(&"✓ call and register".to_owned()));
    // A query may be a token.
    let ended = wamp(["doctor", &format!("{url}?token=pencil")]).run();
    let query = "not sent to a router whose certificate is not trusted";
    assert!(line(&ended.stdout, "query").ends_with(query), "{ended:?}");
    assert!(line(&ended.stdout, "welcome").starts_with("  ✓ "));
}

#[test]
fn what_is_long_is_cut() {
    let router = Router::start();
    let realm = "x".repeat(5000);
    let ended = wamp(["doctor", &router.url, "-r", &realm]).run();
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(line(&ended.stdout, "realm").ends_with(" kB more"));
}

#[test]
fn who_it_is_that_listens() {
    let router = Router::start();
    let authority = router.url.replace("ws://", "").replace("/ws", "");
    let ended = wamp(["doctor", &format!("wss://{authority}/ws")]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let printed = &ended.stdout;
    assert!(printed.contains(&format!("HTTP: try ws://{authority}/ws")));
    assert!(printed.contains(&format!("RawSocket: try rs://{authority}")));

    // Says nothing that anybody knows.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"220 mail.example.org\r\n");
        }
    });
    let ended = wamp(["doctor", &url]).run();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let told = line(&ended.stdout, "what it speaks");
    assert!(
        told.contains("neither TLS, nor HTTP, nor RawSocket"),
        "{told}"
    );
}

/// It acknowledges all and delivers nothing, though it announces features.
#[test]
fn a_router_that_does_not_do_what_it_announces() {
    let router = Scripted::without_procedures();
    let ended = router.wamp(["doctor", "-t", "300ms"]).run();
    assert_eq!(ended.code, Some(5), "{ended:?}");
    let printed = &ended.stdout;
    let told = |name: &str| line(printed, name);
    assert!(
        told("publish and subscribe").starts_with("  ✗ "),
        "{printed}"
    );
    assert!(told("call_canceling").starts_with("  ! "), "{printed}");
    assert!(told("call_canceling").contains("announced, but "));
    assert!(told("call_timeout").ends_with("not announced"), "{printed}");
    // HELLO has every method, and then each alone; no proof was asked for and none given.
    let Message::Hello(hello) = router.received(MessageType::Hello) else {
        panic!("that is no HELLO");
    };
    assert_eq!(hello.details.authmethods.unwrap().len(), 7);
}

#[test]
fn a_subprotocol_that_is_a_bad_request_is_one_that_is_not_spoken() {
    let router = Router::start();
    let gate = only_json(&router);
    let doctor = router.wamp(["doctor", &gate]).run();
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    assert!(line(&doctor.stdout, "wamp.2.msgpack").ends_with("no"));
    assert!(line(&doctor.stdout, "wamp.2.json").contains("yes"));
}

/// The URL of a server that passes on to the router whoever offers JSON, and answers all others as crossbar does.
fn only_json(router: &Router) -> String {
    let host = router.url.trim_start_matches("ws://");
    let host = host.trim_end_matches("/ws").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let host = host.clone();
            spawn(move || pass_json(client, &host));
        }
    });
    url
}

fn pass_json(mut client: TcpStream, host: &str) {
    let mut head = Vec::new();
    let mut byte = [0];
    // What is no upgrade, a connection to see whether one can connect say, ends before its head does.
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.extend(byte),
            _ => return,
        }
    }
    if !String::from_utf8_lossy(&head).contains("wamp.2.json") {
        let refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.write_all(refusal).unwrap();
        return;
    }
    let mut router = TcpStream::connect(host).unwrap();
    router.write_all(&head).unwrap();
    let (mut answers, mut back) = (router.try_clone().unwrap(), client.try_clone().unwrap());
    let answering = spawn(move || {
        // Either side may end it.
        let _ = copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    let _ = copy(&mut client, &mut router); // as above
    let _ = router.shutdown(Shutdown::Both);
    answering.join().unwrap();
}
