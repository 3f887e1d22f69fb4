//! What people are told whom a router does not let in, or does not let do something; and that reading a configuration again
//! loses nobody.

use std::fs;
use std::path::PathBuf;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::support::{Ended, Running, Signal, file, wamp};

/// A router by this configuration.
struct Guarded {
    running: Running,
    url: String,
    path: PathBuf,
    _folder: TempDir,
}

impl Guarded {
    fn start(config: &str) -> Self {
        let (folder, path) = file("wamp.toml", config);
        let mut running = wamp(["router", "--port", "0", "-f"]).args([&path]).start();
        let url = running.line().replace("WAMP_URL=", "");
        Self {
            running,
            url,
            path,
            _folder: folder,
        }
    }

    fn run(&self, words: &str) -> Ended {
        let words = words.split(' ');
        wamp(words).env("WAMP_URL", &self.url).run()
    }

    /// What the command says that ends with this code.
    #[track_caller]
    fn told(&self, words: &str, code: i32) -> String {
        let error = self.run(words).failed(code);
        error.trim_end().replace(&self.url, "URL")
    }
}

const CONFIG: &str = r#"
limits = { failed_logins = { count = 1, per = "1h" } }

[[realms]]
name = "realm1"
anonymous = { role = "guest" }
users = [{ authid = "joe", role = "staff", ticket = "plain:secret" }]

[[realms.roles]]
name = "staff"
permissions = [{ uri = "com.", match = "prefix", allow = ["call", "register", "publish", "subscribe"] }]

[[realms.roles]]
name = "guest"
permissions = [
  { uri = "com.open", allow = ["call", "register", "publish", "subscribe"] },
  { uri = "com.asked.", match = "prefix", authorizer = "com.auth.authorize" },
]

[[realms]]
name = "dynamic"
authenticators = [{ methods = ["ticket"], procedure = "com.auth.authenticate", realm = "realm1", timeout = "2s" }]
roles = [{ name = "staff" }]
"#;

#[test]
fn who_is_not_let_in_is_told_why() {
    let router = Guarded::start(CONFIG);
    let ticket = "--authmethod ticket --authid ann --secret plain:x";
    assert_snapshot!(router.told("call com.x -r realm2", 4), @r#"
    wamp: error: URL refused the session on realm2: wamp.error.no_such_realm
      there is no realm "realm2" here
      hint: choose another realm with `-r REALM`
    "#);
    assert_snapshot!(router.told("call com.x -r dynamic", 4), @r"
    wamp: error: URL refused the session on dynamic: wamp.error.authentication_required
      this realm admits nobody without authentication
      hint: log in with `--authid ID --secret SRC`, `--key SRC` or `--cert FILE`
    ");
    assert_snapshot!(router.told("call com.x --authmethod wampcra --authid joe --secret plain:x", 4), @r"
    wamp: error: URL refused the session on realm1: wamp.error.no_matching_auth_method
      none of the authentication methods offered is accepted: wampcra
      hint: log in otherwise, with --secret, --key or --cert; a ticket takes `--authmethod ticket`
    ");
    // Nobody has registered the authenticator.
    assert_snapshot!(router.told(&format!("call com.x -r dynamic {ticket}"), 4), @r"
    wamp: error: URL refused the session on dynamic: wamp.error.authentication_failed
      the authenticator failed
    ");
    let king = "register com.auth.authenticate --return king --authid joe --secret plain:secret --authmethod ticket";
    let _authenticator = wamp(king.split(' '))
        .env("WAMP_URL", &router.url)
        .start_ready();
    assert_snapshot!(router.told(&format!("call com.x -r dynamic {ticket}"), 4), @r#"
    wamp: error: URL refused the session on dynamic: wamp.error.no_such_role
      there is no role "king" in this realm
    "#);
    assert_snapshot!(router.told(&format!("call com.x {ticket}"), 4), @r"
    wamp: error: URL refused the session on realm1: wamp.error.authentication_denied
      nobody of that name has proven itself by ticket
      hint: check --authid, and --secret or --key
    ");
    assert_snapshot!(router.told(&format!("call com.x {ticket}"), 4), @r"
    wamp: error: URL refused the session on realm1: wamp.error.authentication_failed
      too many logins from this address have failed; try again in 3600 s
    ");
}

#[test]
fn who_may_not_do_something_is_told_so() {
    let router = Guarded::start(CONFIG);
    for words in [
        "call com.closed",
        "publish com.closed",
        "subscribe com.closed",
        "register com.closed --echo",
        "call wamp.session.list",
        "ls sessions",
        "show 1",
        "kill 1",
        "subscribe com. --match prefix",
        "subscribe wamp.session.on_join",
    ] {
        let error = router.told(words, 7);
        assert!(error.contains("not authorized"), "{words}: {error}");
    }
    assert_snapshot!(router.told("call com.closed", 7), @r#"
    wamp: error: not authorized: com.closed
      args: ["role \"guest\" may not call \"com.closed\""]
    "#);
    assert_snapshot!(router.told("subscribe com. --match prefix", 7), @r#"
    wamp: error: not authorized: com.
      args: ["role \"guest\" may not subscribe to \"com.\" as a prefix"]
    "#);
    // Nobody has registered the authorizer.
    assert_snapshot!(router.told("call com.asked.x", 7), @r#"
    wamp: error: com.asked.x: wamp.error.authorization_failed
      args: ["the authorizer \"com.auth.authorize\" failed with \"wamp.error.no_such_procedure\""]
    "#);
    router.run("publish com.open").clean();
}

#[test]
fn an_authorizer_can_be_a_shell_script() {
    let router = Guarded::start(CONFIG);
    let login = "--authid joe --secret plain:secret --authmethod ticket";
    let script = r#"case "$WAMP_ARGS_JSON" in *'"com.asked.good","publish"'*) echo true;; *) echo false;; esac"#;
    let words = format!("register com.auth.authorize {login} -- sh -c");
    let words = words.split(' ').chain([script]);
    let _authorizer = wamp(words).env("WAMP_URL", &router.url).start_ready();
    router.run("publish com.asked.good").clean();
    router.told("publish com.asked.bad", 7);
    router.told("call com.asked.good", 7);
}

/// Subscribers, a callee and a caller go on while the file is read again a hundred times.
#[test]
fn a_hundred_hangups_lose_no_session() {
    let mut router = Guarded::start(CONFIG);
    let start = |words: &str| {
        wamp(words.split(' '))
            .env("WAMP_URL", &router.url)
            .start_ready()
    };
    let _callee = start("register com.open --echo");
    let subscriber = start("subscribe com.open -n 100");
    for number in 0..100 {
        let guest = if number % 2 == 0 { "guest" } else { "guests" };
        let config = CONFIG.replace("com.asked.", &format!("com.{guest}."));
        fs::write(&router.path, config).unwrap();
        router.running.signal(Signal::HUP);
        router.running.note("was read again");
        let answer = router.run(&format!("call com.open {number}")).clean();
        assert_eq!(answer, format!("{number}\n"));
        router.run(&format!("publish com.open {number}")).clean();
    }
    let ended = subscriber.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().count(), 100);
    // What cannot change without a restart, and what lets in more than before, is told.
    let open = CONFIG.replace(
        "[[realms]]\nname = \"realm1\"",
        "[slow_consumers]\nlimit = \"1MiB\"\n\n[[realms]]\nname = \"realm1\"",
    );
    let open = open.replace("users = [{ authid", "history = [{ uri = \"com.kept\", limit_events = 1, limit_bytes = 1000 }]\nusers = [{ authid");
    fs::write(&router.path, open).unwrap();
    router.running.signal(Signal::HUP);
    router.running.note("waits for a restart: [slow_consumers]");
    router.running.note("waits for a restart: history");
    // What is wrong changes nothing, and is told with its line.
    fs::write(&router.path, CONFIG.replace("anonymous =", "anonymus =")).unwrap();
    router.running.signal(Signal::HUP);
    let note = router.running.note("nothing has changed");
    assert!(note.contains("did you mean `anonymous`"), "{note}");
    router.run("call com.open 1").clean();
}
