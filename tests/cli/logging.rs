//! What a router tells of itself: its log, its metrics.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::{Router, Signal, file, wamp};

/// The log of a router with these options, under which a client has logged in.
fn log(options: &[&str], client: &[&str]) -> String {
    let router = Router::with(options);
    router.wamp(client).run().clean();
    router.running().signal(Signal::TERM);
    let ended = router.wait();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.stderr
}

const PUBLISH: &[&str] = &["publish", "com.t", "hello"];

#[test]
fn each_session_has_a_line_when_it_joins_and_one_when_it_leaves() {
    let log = log(&[], PUBLISH);
    let line = |text| {
        let found = log.lines().find(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("no {text} in\n{log}"))
    };
    let joined = line("wamp::access: session joined");
    for told in [
        "realm=realm1",
        "authrole=\"anonymous\"",
        "authmethod=\"anonymous\"",
        "peer=\"127.0.0.1:",
        "transport=\"websocket\"",
        "serializer=msgpack",
    ] {
        assert!(joined.contains(told), "{told} in {joined}");
    }
    let left = line("wamp::access: session left");
    // PUBLISH and GOODBYE; WELCOME, PUBLISHED and GOODBYE.
    for told in ["received=2 ", "sent=3 ", "seconds=", "reason=goodbye"] {
        assert!(left.contains(told), "{told} in {left}");
    }
}

#[test]
fn lines_are_objects_if_that_is_wanted() {
    let log = log(&["--log-format", "json"], PUBLISH);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    let left = lines.iter().find(|line| line["message"] == "session left");
    let left = left.unwrap();
    assert_eq!(left["target"], "wamp::access");
    assert_eq!(left["level"], "INFO");
    assert_eq!(left["received"], 2);
    assert_eq!(left["reason"], "goodbye");
    assert!(left["timestamp"].is_string());
}

/// Text is text, a number is a number, and what is not there is left out: never as Rust would write it.
#[test]
fn values_of_objects_are_plain() {
    let user = ["--user", "joe:ticket:plain:s3cr3t", "--log-format", "json"];
    let router = Router::with(&[&user[..], &["-vv"]].concat());
    let login = ["--authid", "joe", "--authmethod", "ticket", "--secret"];
    let publish = |secret: &str| router.wamp(PUBLISH).args(login).args([secret]);
    publish("plain:s3cr3t").run().clean();
    publish("plain:guess").run().failed(4);
    router.wamp(PUBLISH).args(["-r", "nowhere"]).run().failed(4);
    router.running().signal(Signal::TERM);
    let log = router.wait().stderr;
    let lines: Vec<Value> = (log.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let having = |message: &str| {
        let mut lines = lines.iter();
        lines.find(|line| line["message"].as_str().unwrap().contains(message))
    };
    let joined = having("session joined").unwrap();
    assert!(joined["session"].is_u64(), "{joined}");
    assert_eq!(
        (&joined["authid"], &joined["tls"]),
        (&"joe".into(), &false.into())
    );
    assert_eq!(
        joined["session"],
        having("session left").unwrap()["session"]
    );
    let denied = lines
        .iter()
        .find(|line| line["reason"] == "wamp.error.authentication_denied");
    assert_eq!(denied.unwrap()["authid"], "joe");
    let refused = having("there is no realm").unwrap();
    assert_eq!(refused.get("authid"), None, "{refused}");
    for line in &lines {
        let texts = line
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| *key != "message");
        for (key, value) in texts {
            let text = value.as_str().unwrap_or_default();
            let rust = text.starts_with(['"', '{']) || text.contains("Some(") || text == "None";
            assert!(!rust, "{key} in {line}");
        }
    }
}

/// The client's side as well.
#[test]
fn what_a_client_logs_of_the_router_is_plain() {
    let router = Router::with(&["-q"]);
    let publish = router.wamp(PUBLISH).args(["-vv", "--log-format", "json"]);
    let log = publish.run().stderr;
    let lines: Vec<Value> = (log.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |message: &str| {
        lines
            .iter()
            .find(|line| line["message"] == message)
            .unwrap()
    };
    assert!(of("the way there")["connect_ms"].is_f64(), "{log}");
    assert_eq!(of("the way there").get("tls_ms"), None);
    assert_eq!(of("the router")["authmethod"], "anonymous");
    let broker = of("the router")["broker"].as_str().unwrap();
    assert!(
        broker.split(',').any(|it| it == "event_retention"),
        "{broker}"
    );
}

#[test]
fn a_module_that_there_is_not_is_a_mistake() {
    let error = wamp(["router", "--log", "info,rooter=debug"])
        .run()
        .failed(2);
    assert!(
        error.contains("no module \"rooter\" logs anything: did you mean `router`?"),
        "{error}"
    );
    let ended = wamp(["ls", "procedures"])
        .env("WAMP_LOG", "tungstenite=debug")
        .run();
    let error = ended.failed(2);
    assert!(
        error.contains("there is access, cli, client, router and transport"),
        "{error}"
    );
}

#[test]
fn modules_have_levels_of_their_own() {
    let quiet = log(&["--log", "info,access=off"], PUBLISH);
    assert!(quiet.contains("listening on"), "{quiet}");
    assert!(!quiet.contains("wamp::access"), "{quiet}");
    let only = log(&["--log", "access=info", "-q"], PUBLISH);
    assert!(only.contains("session left"), "{only}");
    assert!(!only.contains("listening on"), "{only}");
    assert_eq!(log(&["--log", "off"], PUBLISH), "");
}

#[test]
fn the_variable_says_it_for_every_command_and_the_option_counts_more() {
    let router = Router::with(&["-q"]);
    let publish = || router.wamp(PUBLISH);
    let ended = publish().env("WAMP_LOG", "client=info").run();
    assert!(ended.stderr.contains("wampkit::client"), "{ended:?}");
    let ended = publish()
        .env("WAMP_LOG", "client=info")
        .args(["--log", "off"]);
    assert_eq!(ended.run().clean(), "");
    let before = router.wamp(["--log", "off"]).args(PUBLISH);
    assert_eq!(before.env("WAMP_LOG", "client=info").run().clean(), "");
    assert_eq!(publish().env("WAMP_LOG", "").run().clean(), "");
    let error = publish().env("WAMP_LOG", "loud").run().failed(2);
    assert!(error.contains("none of off, error, warn"), "{error}");
}

#[test]
fn no_secret_is_logged() {
    let user = ["--user", "joe:ticket:plain:s3cr3t", "--log", "trace"];
    let login = [
        "publish",
        "com.t",
        "--authid",
        "joe",
        "--authmethod",
        "ticket",
        "--secret",
        "plain:s3cr3t",
    ];
    let log = log(&user, &login);
    assert!(log.contains("authid=\"joe\""), "{log}");
    assert!(!log.contains("s3cr3t"), "{log}");
}

/// The body of what a router answers.
fn get(url: &str) -> String {
    let (address, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn prometheus_is_told_where_it_was_said() {
    let mut router = wamp(["router", "--port", "0", "--metrics", "0"]).start();
    assert!(router.line().starts_with("WAMP_URL="));
    let line = router.line();
    let url = line.strip_prefix("WAMP_METRICS=").unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(get(url).contains("\nwamp_sessions{realm=\"realm1\"} 0\n"));
    assert_eq!(get(&url.replace("/metrics", "/healthz")), "ok\n");
    let address = url.replace("http://", "").replace("/metrics", "");
    let error = wamp(["router", "--port", "0", "--metrics", &address]).run();
    assert_eq!(error.code, Some(3), "{error:?}");
    let expected = format!(
        "wamp: error: cannot listen on {address} for metrics: the address is already in use\n"
    );
    assert!(error.stderr.ends_with(&expected), "{error:?}");
    router.signal(Signal::TERM);
    assert_eq!(router.wait().code, Some(0));

    let nowhere = ["router", "--port", "0", "--metrics", "192.0.2.1:0"];
    let error = wamp(nowhere).run();
    assert_eq!(error.code, Some(2), "{error:?}");
    let expected = "cannot listen on 192.0.2.1:0 for metrics: no such address here: ";
    assert!(error.stderr.contains(expected), "{error:?}");
    let error = wamp(["router", "--metrics", "nowhere"]).run().failed(2);
    assert!(error.contains("write PORT, or HOST:PORT"), "{error}");
}

/// Whoever reaches the address may read there, and that is said where others than this machine can.
#[test]
fn metrics_that_others_can_read_are_told_of() {
    let warning = |address: &str| {
        format!(
            "everybody may read the metrics at {address}, which others than this machine can reach"
        )
    };
    for (address, told) in [
        ("0.0.0.0:0", true),
        ("[::]:0", true),
        ("127.0.0.1:0", false),
        ("[::1]:0", false),
        ("localhost:0", false),
        ("LocalHost:0", false),
        ("[::ffff:127.0.0.1]:0", false),
    ] {
        let ended = wamp(["router", "--port", "0", "--metrics", address, "--", "true"]).run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let found = ended
            .stderr
            .lines()
            .any(|line| line.ends_with(&warning(address)));
        assert_eq!(found, told, "{ended:?}");
    }
    let json = ["--log-format", "json", "--metrics", "0.0.0.0:0"];
    let router = wamp(["router", "--port", "0"])
        .args(json)
        .args(["--", "true"]);
    let ended = router.run();
    assert!(ended.stderr.contains(&warning("0.0.0.0:0")), "{ended:?}");
    assert!(
        ended.stderr.lines().all(|line| line.starts_with('{')),
        "{ended:?}"
    );
    let text = "metrics = \"0.0.0.0:0\"\n[[realms]]\nname = \"realm1\"\n";
    let (_folder, path) = file("wamp.toml", text);
    let check = wamp(["router", "--check", "-f"]).args([path]).run();
    assert!(check.stderr.contains(&warning("0.0.0.0:0")), "{check:?}");
}

#[test]
fn the_file_says_where_as_well() {
    let text = "metrics = \"127.0.0.1:0\"\n[[realms]]\nname = \"realm1\"\nanonymous = { role = \"anonymous\" }\n";
    let (_folder, path) = file("wamp.toml", text);
    let path = path.to_str().unwrap();
    let mut router = wamp(["router", "--port", "0", "-f", path]).start();
    router.line();
    let line = router.line();
    get(line.strip_prefix("WAMP_METRICS=").unwrap());
    let check = wamp(["router", "-f", path, "--check"]).run();
    let sentence = "tells how it does at http://127.0.0.1:0/metrics\n";
    assert!(check.stdout.contains(sentence), "{check:?}");
    let shown = wamp(["router", "-f", path, "--print-config"]).run();
    assert!(
        shown.stdout.starts_with("metrics = \"127.0.0.1:0\"\n"),
        "{shown:?}"
    );
}
