//! `wamp router` with users, certificates and strangers.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Running, Signal, file, wamp};

/// A router with these options, and its URL.
fn router(options: &[&str]) -> (Running, String) {
    let mut running = wamp(["router"]).args(options).start();
    let url = running.line().replace("WAMP_URL=", "");
    (running, url)
}

#[test]
fn strangers_are_kept_off_public_addresses() {
    let error = wamp(["router", "--listen", "ws://0.0.0.0:0/ws"]).run();
    assert_snapshot!(error.failed(2), @r"
    wamp: error: ws://0.0.0.0:0/ws can be reached by others than this machine, and clients need not say who they are
      hint: add users with --user or a file with -f, or say --allow-anonymous
    ");
    let user = ["--user", "joe:ticket:plain:secret"];
    for options in [&["--allow-anonymous"][..], &user] {
        let (_router, url) = router(&[options, &["--listen", "ws://0.0.0.0:0/ws"]].concat());
        assert!(url.starts_with("ws://0.0.0.0:"), "{url}");
    }
}

#[test]
fn a_user_that_makes_no_sense_is_refused_without_a_word_of_the_secret() {
    for user in [
        "joe",
        "joe:ticket:hunter2",
        "joe:password:plain:hunter2",
        "joe:cryptosign:plain:hunter2",
        "joe:ticket:file:/no/such/file",
        "joe:ticket:env:NO_SUCH_VARIABLE",
    ] {
        let error = wamp(["router", "--port", "0", "--user", user])
            .run()
            .failed(2);
        assert!(error.starts_with("wamp: error: --user"), "{user}: {error}");
        assert!(!error.contains("hunter2"), "{user}: {error}");
    }
    let error = wamp(["router", "--port", "0", "--user", "joe:password:plain:x"]).run();
    assert_snapshot!(error.failed(2), @r#"wamp: error: --user: "password" is none of ticket, wampcra, scram, cryptosign"#);
}

#[test]
fn whoever_does_not_log_in_is_refused() {
    let (_router, url) = router(&["--port", "0", "--user", "joe:ticket:plain:secret"]);
    let error = wamp(["call", "com.x", "-u", &url, "-o", "json"])
        .run()
        .failed(4);
    let error: Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["uri"], "wamp.error.authentication_required");
    let both = [
        "--port",
        "0",
        "--user",
        "joe:ticket:plain:secret",
        "--allow-anonymous",
    ];
    let (_router, url) = router(&both);
    wamp(["call", "com.x", "-u", &url]).run().failed(6);
}

#[test]
fn a_certificate_made_on_the_spot() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let flag = format!("--tls-self-signed={}", ca.display());
    let (mut running, url) = router(&["--listen", "wss://127.0.0.1:0/ws", &flag]);
    let ca = ca.to_str().unwrap();
    wamp(["publish", "com.x", "-u", &url, "--ca", ca])
        .run()
        .clean();
    wamp(["publish", "com.x", "-u", &url]).run().failed(3);
    let insecure = wamp(["publish", "com.x", "-u", &url, "--insecure"]).run();
    assert_eq!(insecure.code, Some(0), "{}", insecure.stderr);
    assert!(
        insecure.stderr.contains("not checked"),
        "{}",
        insecure.stderr
    );
    running.note("certificate sha256:");
}

#[test]
fn a_certificate_is_read_again_upon_sighup() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let make = |name: &str| {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        fs::write(path(&format!("{name}.pem")), certificate.pem()).unwrap();
        fs::write(path(&format!("{name}.key")), key.serialize_pem()).unwrap();
    };
    for name in ["one", "two"] {
        make(name);
    }
    let install = |name: &str| {
        fs::copy(path(&format!("{name}.pem")), path("now.pem")).unwrap();
        fs::copy(path(&format!("{name}.key")), path("now.key")).unwrap();
    };
    install("one");
    let (cert, key) = (path("now.pem"), path("now.key"));
    let options = [
        "--listen",
        "wss://127.0.0.1:0/ws",
        "--cert",
        &cert,
        "--tls-key",
        &key,
    ];
    let (mut running, url) = router(&options);
    let publish = |ca: &str| wamp(["publish", "com.x", "-u", &url, "--ca", &path(ca)]).run();
    publish("one.pem").clean();
    publish("two.pem").failed(3);
    install("two");
    running.signal(Signal::HUP);
    running.note("read again");
    publish("two.pem").clean();
    publish("one.pem").failed(3);
    fs::write(&key, "nonsense").unwrap();
    running.signal(Signal::HUP);
    running.note("nothing has changed");
    publish("two.pem").clean();
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let (_folder, path) = file("wamp.toml", "[[realms]]\nname = \"realm1\"\n");
    let path = path.to_str().unwrap();
    for words in [
        &["--check"][..],
        &["--user", "joe:ticket:plain:x", "--check"],
        &["--realm", "realm1", "--print-config"],
        &["-f", path, "--allow-anonymous"],
        &["-f", path, "--allow-origin", "*"],
        &["-f", path, "--tls-self-signed"],
        &["-f", path, "--user", "joe:ticket:plain:x"],
        &["--tls-self-signed"],
    ] {
        let router = wamp(["router"]).args(words);
        router.run().failed(2);
    }
}
