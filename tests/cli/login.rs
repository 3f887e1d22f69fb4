//! Logging in from the command line: by which method, where secrets come from, and what is told when it fails.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;
use serde_json::Value;
use wampkit::auth::PrivateKey;
use wampkit::proto::{Dict, Message, MessageType};

use super::scripted::Scripted;
use crate::support::{Ended, Running, Wamp, wamp};

const SEED: &str = "4e8e8d332ab1f03df734d677595c4f12e6a3f9deff650d39161e98875e6b08b7";

/// A router where each user has one method, and all have one password.
fn router() -> (Running, String) {
    let public = SEED.parse::<PrivateKey>().unwrap().public();
    let mut running = wamp(["router", "--port", "0"])
        .args(["--user", "tim:ticket:plain:pencil"])
        .args(["--user", "cora:wampcra:plain:pencil"])
        .args(["--user", "sam:scram:plain:pencil"])
        .args(["--user", &format!("kim:cryptosign:plain:{public}")])
        .start();
    let url = running.line().replace("WAMP_URL=", "");
    (running, url)
}

/// A command that does nothing but log in.
fn publish(url: &str) -> Wamp {
    wamp(["publish", "com.t", "-u", url])
}

fn by(url: &str, authid: &str, options: &[&str]) -> Ended {
    publish(url).args(["--authid", authid]).args(options).run()
}

#[test]
fn a_secret_is_offered_for_what_it_is_good_for() {
    let (_router, url) = router();
    let key = format!("plain:{SEED}");
    for (authid, options) in [
        ("cora", &["--secret", "plain:pencil"][..]),
        ("sam", &["--secret", "plain:pencil"]),
        ("kim", &["--key", &key]),
        ("kim", &["--key", &key, "--secret", "plain:pencil"]),
        ("sam", &["--key", &key, "--secret", "plain:pencil"]),
        (
            "tim",
            &["--authmethod", "ticket", "--secret", "plain:pencil"],
        ),
        (
            "cora",
            &["--authmethod", "wampcra", "--secret", "plain:pencil"],
        ),
        (
            "sam",
            &["--authmethod", "scram", "--secret", "plain:pencil"],
        ),
        (
            "sam",
            &["--authmethod", "wamp-scram", "--secret", "plain:pencil"],
        ),
        ("kim", &["--authmethod", "cryptosign", "--key", &key]),
    ] {
        by(&url, authid, options).clean();
    }
    // A key says who its owner is.
    publish(&url).args(["--key", &key]).run().clean();
}

#[test]
fn the_environment_holds_a_secret_or_says_where_it_is() {
    let (_router, url) = router();
    let key = format!("plain:{SEED}");
    for (authid, name, value) in [
        ("sam", "WAMP_SECRET", "pencil"),
        ("sam", "WAMP_SECRET", "plain:pencil"),
        ("sam", "WAMP_SECRET", "env:OTHER"),
        ("tim", "WAMP_TICKET", "pencil"),
        ("kim", "WAMP_PRIVATE_KEY", SEED),
        ("kim", "WAMP_PRIVATE_KEY", &key),
    ] {
        let publish = publish(&url).env("OTHER", "pencil");
        let ended = publish.env("WAMP_AUTHID", authid).env(name, value).run();
        ended.clean();
    }
    // Whoever has taken the port would get a ticket as it is, so it has to be asked for.
    let ticket = publish(&url).env("WAMP_AUTHID", "tim");
    ticket.env("WAMP_SECRET", "pencil").run().failed(4);
    // A ticket is no password.
    let ticket = publish(&url).env("WAMP_AUTHID", "sam");
    ticket.env("WAMP_TICKET", "pencil").run().failed(4);
    // What is said on the command line shuts out what is in the environment, and nothing stands for nothing.
    let publish = publish(&url).env("WAMP_SECRET", "wrong");
    let publish = publish.env("WAMP_PRIVATE_KEY", "nonsense");
    let publish = publish.env("WAMP_TICKET", "");
    let options = ["--authid", "sam", "--secret", "plain:pencil"];
    publish.args(options).run().clean();
}

#[test]
fn a_wrong_secret_and_an_unknown_name_are_told_alike() {
    let (_router, url) = router();
    let told = |authid: &str, options: &[&str]| {
        let error = by(&url, authid, options).failed(4);
        error.replace(&url, "URL")
    };
    assert_snapshot!(told("sam", &["--authmethod", "scram", "--secret", "plain:rubber"]), @r"
    wamp: error: URL refused the session on realm1: wamp.error.authentication_denied
      nobody of that name has proven itself by wamp-scram
      hint: check --authid, and --secret or --key
    ");
    for method in ["ticket", "wampcra", "scram"] {
        let options = ["--authmethod", method, "--secret", "plain:rubber"];
        let known = match method {
            "ticket" => "tim",
            "wampcra" => "cora",
            _ => "sam",
        };
        let error = told(known, &options);
        assert!(
            error.contains("wamp.error.authentication_denied"),
            "{error}"
        );
        assert!(!error.contains("rubber"), "{error}");
    }
    let wrong = format!("plain:{}", SEED.replace('4', "5"));
    let error = told("kim", &["--key", &wrong]);
    assert!(
        error.contains("wamp.error.authentication_denied"),
        "{error}"
    );
}

#[test]
fn other_refusals_say_what_to_try() {
    let (_router, url) = router();
    let told = |ended: Ended| ended.failed(4).replace(&url, "URL");
    assert_snapshot!(told(publish(&url).run()), @r"
    wamp: error: URL refused the session on realm1: wamp.error.authentication_required
      this realm admits nobody without authentication
      hint: log in with `--authid ID --secret SRC`, `--key SRC` or `--cert FILE`
    ");
    assert_snapshot!(told(by(&url, "tim", &["--authmethod", "wampcra", "--secret", "plain:x"])), @r"
    wamp: error: URL refused the session on realm1: wamp.error.no_matching_auth_method
      none of the authentication methods offered is accepted: wampcra
      hint: log in otherwise, with --secret, --key or --cert; a ticket takes `--authmethod ticket`
    ");
    let json = by(
        &url,
        "tim",
        &[
            "--authmethod",
            "ticket",
            "--secret",
            "plain:x",
            "-o",
            "json",
        ],
    );
    let error: Value = serde_json::from_str(&json.failed(4)).unwrap();
    assert_eq!(error["uri"], "wamp.error.authentication_denied");
    assert_eq!(error["exit"], 4);
}

/// Whatever answers at that address: the password is not in its hands, and it is not believed.
#[test]
fn a_router_that_does_not_prove_itself_is_left() {
    let router = Scripted::without_procedures();
    let publish = router.wamp(["publish", "com.t", "--authid", "sam"]);
    let ended = publish
        .args(["--authmethod", "scram", "--secret", "plain:pencil"])
        .run();
    let error = ended.failed(4);
    assert!(!error.contains("pencil"), "{error}");
    let (first, rest) = error.split_once(": the router").unwrap();
    assert!(
        first.starts_with("wamp: error: cannot log in at rs://"),
        "{error}"
    );
    assert_snapshot!(format!("the router{rest}"), @r"
    the router is not authentic: it has not proven to know the password, or to have the key expected
      hint: check the URL and --secret, and use wss:// or rss://
    ");
}

#[test]
fn secrets_that_are_not_to_be_had() {
    let told = |options: &[&str]| {
        let error = wamp(["publish", "com.t", "-u", "ws://127.0.0.1:1/ws"])
            .args(options)
            .run()
            .failed(2);
        assert!(!error.contains("hunter2"), "{error}");
        error
    };
    let named = ["--authid", "joe"];
    let with = |options: &[&'static str]| told(&[&named[..], options].concat());
    assert_snapshot!(with(&["--secret", "hunter2"]), @r"
    wamp: error: --secret: a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE
      hint: everybody on this machine can see what stands on a command line
    ");
    assert_snapshot!(with(&["--key", "hunter2"]), @r"
    wamp: error: --key: a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE
      hint: everybody on this machine can see what stands on a command line
    ");
    assert_snapshot!(with(&["--key", "plain:hunter2"]), @r"wamp: error: --key: this is no private key: expected 64 hexadecimal digits, a line `private-key-ed25519: …`, or an OpenSSH private key");
    assert_snapshot!(with(&["--secret", "env:NO_SUCH_VARIABLE"]), @r"wamp: error: --secret: env:NO_SUCH_VARIABLE: the variable is not set");
    assert_snapshot!(with(&["--secret", "file:/no/such/file"]), @r"wamp: error: --secret: file:/no/such/file: No such file or directory");
    assert_snapshot!(told(&["--secret", "plain:hunter2"]), @r"
    wamp: error: --secret needs --authid
      hint: say who to be with `--authid ID`
    ");
    assert_snapshot!(with(&["--authmethod", "ticket"]), @r"
    wamp: error: --authmethod ticket needs --secret
      hint: it may be in the environment too, as WAMP_TICKET or WAMP_SECRET
    ");
    assert_snapshot!(with(&["--authmethod", "cryptosign"]), @r"
    wamp: error: --authmethod cryptosign needs --key
      hint: it may be in the environment too, as WAMP_PRIVATE_KEY
    ");
    assert_snapshot!(with(&["--authmethod", "tls"]), @r"wamp: error: --authmethod tls needs --cert");
    assert_snapshot!(with(&["--authmethod", "kerberos"]), @r#"
    wamp: error: invalid value 'kerberos' for '--authmethod <M>': there is no authentication method "kerberos"; there are anonymous, ticket, wampcra, wamp-scram, scram, cryptosign, tls
      hint: try `wamp publish --help`
    "#);
    assert_snapshot!(with(&["--authextra", "[1]"]), @r"
    wamp: error: --authextra: expected a dictionary, found a list
      [1]
      ^
    ");
}

#[test]
fn a_key_that_others_can_read_is_warned_of() {
    let (_router, url) = router();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, SEED).unwrap();
    let log_in = |mode| {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let source = format!("file:{}", path.display());
        by(&url, "kim", &["--key", &source])
    };
    log_in(0o600).clean();
    let warned = log_in(0o644);
    assert_eq!(warned.code, Some(0));
    assert!(
        warned.stderr.contains("warning: ") && warned.stderr.contains("open to others (mode 0644)"),
        "{}",
        warned.stderr
    );
}

#[test]
fn authextra_reaches_the_router() {
    let router = Scripted::without_procedures();
    let publish = router.wamp(["publish", "com.t", "--no-ack"]);
    publish
        .args(["--authextra", r#"{"lang":"en"}"#])
        .run()
        .clean();
    let Message::Hello(hello) = router.received(MessageType::Hello) else {
        unreachable!("it was asked for");
    };
    let extra = hello.details.authextra.unwrap();
    assert_eq!(extra, Dict::new().with("lang", "en"));
}
