//! Files, right and wrong.

#[path = "tests/limits.rs"]
mod limits;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use insta::assert_snapshot;
use tempfile::TempDir;

use crate::auth::{CraSecret, Credential, Method, TicketSecret};
use crate::proto::{MatchPolicy, Serializer, UriRule};
use crate::realm::{Action, Disclosure, Finding};
use crate::router::SlowConsumerPolicy;
use crate::transport::Framing;

use super::*;

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Format::Toml, Path::new("wamp.toml"), &[7; 32])
}

/// What is said about a wrong file.
fn wrong(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

/// A folder with the files that the example names.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("ca.pem", &made.cert.pem());
    write("alice.ticket", "s3cr3t-ticket\n");
    write("alice.password", "s3cr3t-password\n");
    write("alice.pub", &format!("{}\n", "ab".repeat(32)));
    write("cert.pem", &made.cert.pem());
    write("key.pem", &made.signing_key.serialize_pem());
    folder
}

fn example(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("wamp.toml");
    fs::write(&path, EXAMPLE).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

#[test]
fn an_example_of_every_key_becomes_what_a_router_needs() {
    let folder = folder();
    let path = example(&folder);
    let config = Config::read(&path, &[7; 32]).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.limits.handshake_time, Duration::from_secs(7));
    assert_eq!(config.limits.heartbeat, Some(Duration::from_secs(30)));
    assert_eq!(config.limits.max_message.all, 8 << 20);
    assert_eq!(config.outbox_limit, 4 << 20);
    assert_eq!(config.metrics.as_deref(), Some("127.0.0.1:9100"));

    let [public, local] = &*config.listeners else {
        panic!("two listeners");
    };
    assert_eq!(public.options.max_frame, 1 << 20);
    assert_eq!(
        public.options.serializers,
        [Serializer::Json, Serializer::Cbor]
    );
    assert_eq!(public.options.framings, [Framing::WebSocket]);
    assert!(public.options.tls.is_some());
    assert!(public.admits_anonymous() && !public.is_local());
    assert_eq!(local.options.max_frame, 8 << 20);
    assert!(local.options.tls.is_none() && local.is_local());

    let [realm] = &*config.realms else {
        panic!("one realm");
    };
    assert_eq!(realm.config.uri, "com.shop");
    assert_eq!(realm.config.uri_rule, UriRule::Strict);
    assert_eq!(realm.config.retention.events, 500);
    assert_eq!(realm.config.history[0].policy, MatchPolicy::Prefix);
    assert_eq!(realm.config.callers[0].disclosure, Disclosure::Always);
    assert_eq!(realm.config.publishers[0].trustlevel, Some(3));
    assert_eq!(realm.anonymous.as_deref(), Some("guest"));
    let alice = &realm.users[0].user;
    let ticket = TicketSecret::plain(&"s3cr3t-ticket".into());
    assert!(alice.credentials.contains(&Credential::Ticket(ticket)));
    let secret = CraSecret::Plain("s3cr3t-password".into());
    assert!(alice.credentials.contains(&Credential::WampCra(secret)));
    for method in Method::ALL {
        assert_eq!(
            alice.serves(method),
            method != Method::Anonymous,
            "{method}"
        );
    }
    assert_eq!(
        realm.authenticators[0].methods,
        [Method::Ticket, Method::WampCra]
    );
    assert_eq!(realm.authenticators[0].timeout, Duration::from_secs(2));

    let permissions = realm.config.permissions.as_ref().unwrap();
    let explain = |action, uri| permissions.explain("guest", action, MatchPolicy::Exact, uri);
    let allowed = explain(Action::Call, "com.shop.open");
    assert_eq!(allowed.finding, Finding::Allowed);
    let guest = &realm.roles.as_ref().unwrap()[0];
    let place = guest.place_of(&allowed.deciding[0]).unwrap();
    let line = EXAMPLE.lines().nth(place.line - 1).unwrap();
    assert_eq!(line.trim(), "[[realms.roles.permissions]]");
    assert_eq!(
        explain(Action::Publish, "com.shop.open").finding,
        Finding::Denied
    );
    let asks = explain(Action::Call, "com.shop.admin.close").finding;
    assert_eq!(asks, Finding::Asks(vec!["com.shop.authorize".into()]));

    let any = config.template.as_ref().unwrap();
    assert_eq!(any.anonymous.as_deref(), Some("anonymous"));
    let policy = config.policy([7; 32]);
    assert_eq!(policy.realms[0].directory.anonymous(), Some("guest"));
    assert!(policy.any_realm.is_some());
    assert_eq!(policy.failed_logins.count, 3);
    let slow = &policy.realms[0].slow_consumers;
    let realm = SlowConsumers {
        policy: SlowConsumerPolicy::DropOldest,
        event_limit: Some(1 << 20),
        ..SlowConsumers::default()
    };
    let guest = SlowConsumers {
        policy: SlowConsumerPolicy::BlockPublisher,
        block_time: Duration::from_secs(3),
        ..realm
    };
    assert_eq!((slow.of("admin"), slow.of("guest")), (realm, guest));
}

#[test]
fn what_is_effective_says_all_and_no_secrets() {
    let folder = folder();
    let path = example(&folder);
    let config = Config::read(&path, &[7; 32]).unwrap();
    let place = folder.path().display().to_string();
    let effective = config.effective().replace(&place, "DIR");
    assert_snapshot!(effective, @r#"
    metrics = "127.0.0.1:9100"

    [limits]
    connections = 5000
    connections_per_address = 50
    handshake_time = "7s"
    hello_time = "3s"
    max_hello = "16KiB"
    heartbeat = "30s"
    max_message = "8MiB"
    max_depth = 32
    max_items = 10000
    max_option_items = 200
    max_uri = 256
    subscriptions = 1000
    registrations = 100
    calls = 500
    failed_logins = { count = 3, per = "2m" }

    [slow_consumers]
    policy = "disconnect"
    limit = "4MiB"

    [[listeners]]
    url = "wss://0.0.0.0:8443/ws"
    transports = ["websocket"]
    serializers = ["json", "cbor"]
    origins = ["https://app.example.org"]
    max_message = "1MiB"
    allow_anonymous = true
    tls = { cert = "DIR/cert.pem", client_auth = "request", client_ca = "DIR/ca.pem", key = "DIR/key.pem" }

    [[listeners]]
    url = "rs+unix:///run/wamp.sock"
    transports = ["websocket", "rawsocket"]
    serializers = ["json", "msgpack", "cbor"]
    origins = []
    max_message = "8MiB"
    allow_anonymous = false

    [[realms]]
    name = "com.shop"
    uri_rule = "strict"
    anonymous = { role = "guest" }
    rate = { burst = 500, messages = 100, over = "refuse" }

    [[realms.users]]
    authid = "alice"
    role = "admin"
    ticket = "file:DIR/alice.ticket"
    ticket_sha256 = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
    wampcra = "file:DIR/alice.password"
    scram = "cmd:echo hello"
    cryptosign = ["abababababababababababababababababababababababababababababababab", "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"]
    tls = ["cn:alice", "san:alice@example.org"]

    [[realms.users]]
    authid = "bob"
    role = "guest"
    wampcra = { iterations = 1000, key = "***", keylen = 32, salt = "bob's salt" }
    scram = { compat_server_key = "***", compat_stored_key = "***", iterations = 2, kdf = "argon2id13", memory = 19456, salt = "AAECAwQFBgcICQoLDA0ODw==", server_key = "***", stored_key = "***" }

    [[realms.users]]
    authid = "carol"
    role = "guest"
    scram = { iterations = 4096, kdf = "pbkdf2", secret = "file:DIR/alice.password" }

    [[realms.authenticators]]
    methods = ["ticket", "wampcra"]
    procedure = "com.shop.authenticate"
    timeout = "2s"
    realm = "com.shop"

    [[realms.roles]]
    name = "guest"
    rate = { burst = 10, messages = 10, over = "delay" }
    authorizer = "com.shop.authorize"

    [realms.roles.slow_consumers]
    policy = "block-publisher"
    event_limit = "1MiB"
    block_time = "3s"

    [[realms.roles.permissions]]
    uri = "com.shop."
    match = "prefix"
    allow = ["call", "subscribe"]
    disclose = ["caller", "publisher"]

    [[realms.roles.permissions]]
    uri = "com.shop.admin."
    match = "prefix"
    authorizer = "com.shop.authorize"
    cache = true
    disclose = []

    [[realms.roles]]
    name = "admin"
    rate = "off"

    [[realms.roles.permissions]]
    uri = ""
    match = "prefix"
    allow = ["call", "register", "subscribe", "publish"]
    disclose = []

    [[realms.history]]
    uri = "com.shop.log"
    match = "prefix"
    limit_events = 100
    limit_bytes = "1MiB"

    [[realms.publishers]]
    uri = "com.shop.news"
    match = "exact"
    role = "admin"
    disclose = "never"
    trustlevel = 3

    [[realms.callers]]
    uri = "com.shop."
    match = "prefix"
    disclose = "always"

    [realms.retention]
    events = 500
    bytes = "2MiB"

    [realms.slow_consumers]
    policy = "drop-oldest"
    event_limit = "1MiB"

    [realms.limits]
    subscriptions = 20
    registrations = 100
    calls = 500

    [[realms]]
    name = "*"
    uri_rule = "loose"
    anonymous = { role = "anonymous" }

    [realms.retention]
    events = 10000
    bytes = "16MiB"

    [realms.slow_consumers]
    policy = "disconnect"

    [realms.limits]
    subscriptions = 1000
    registrations = 100
    calls = 500
    "#);
    assert!(!effective.contains("s3cr3t"));

    // It reads back as itself, once what stands for secrets is given again.
    let again = config
        .effective()
        .replace("key = \"***\"", &format!("key = \"{KEY}\""));
    let again = again.replace("stored_key = \"***\"", &format!("stored_key = \"{KEY}\""));
    let again = again.replace("server_key = \"***\"", &format!("server_key = \"{KEY}\""));
    let read = Config::parse(&again, Format::Toml, &path, &[7; 32]);
    let read = read.unwrap_or_else(|error| panic!("{error}\n{again}"));
    assert_eq!(read.effective(), config.effective());

    let refused = Config::parse(&config.effective(), Format::Toml, &path, &[7; 32]).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("`key`: *** stands for a secret that is not shown")
    );
}

#[test]
fn plain_secrets_are_not_shown() {
    let text = "[[realms]]\nname = \"a\"\n[[realms.users]]\nauthid = \"joe\"\nrole = \"r\"\nticket = \"plain:s3cr3t\"\n";
    let config = parse(text).unwrap();
    let effective = config.effective();
    assert!(effective.contains("ticket = \"plain:***\""), "{effective}");
    assert!(!format!("{config:?}").contains("s3cr3t"));
    assert_eq!(
        wrong(&effective),
        "wamp.toml:29:10: `ticket`: *** stands for a secret that is not shown"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wamp.toml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let warnings = Config::read(&path, &[0; 32]).unwrap().summary().warnings;
    assert_eq!(
        warnings,
        [
            "line 6: `ticket` has its secret in plain text; file: or env: keep it out of here"
                .to_owned(),
            format!(
                "{} has secrets in it and is open to others (mode 0644): `chmod 600` it",
                path.display()
            ),
        ]
    );
    // So is the key that a salted secret is used by.
    let text = text.replace(
        "ticket = \"plain:s3cr3t\"",
        &format!("wampcra = {{ key = \"{KEY}\", salt = \"x\", iterations = 1 }}"),
    );
    fs::write(&path, text).unwrap();
    let warnings = Config::read(&path, &[0; 32]).unwrap().summary().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let warnings = Config::read(&path, &[0; 32]).unwrap().summary().warnings;
    assert_eq!(warnings.len(), 0, "{warnings:?}");
}

#[test]
fn an_empty_file_has_the_defaults() {
    let config = parse("").unwrap();
    assert_eq!(
        config.effective(),
        parse(&config.effective()).unwrap().effective()
    );
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.summary(), Summary::default());
}

#[test]
fn heartbeats_can_be_switched_off() {
    for off in ["off", "0s"] {
        let config = parse(&format!("[limits]\nheartbeat = \"{off}\"\n")).unwrap();
        assert_eq!(config.policy([0; 32]).heartbeat, None);
        assert!(config.effective().contains("heartbeat = \"off\""));
    }
}

#[test]
fn a_summary_says_what_would_happen() {
    let folder = folder();
    let path = example(&folder);
    let summary = Config::read(&path, &[7; 32]).unwrap().summary().to_string();
    assert_snapshot!(summary.replace(&folder.path().display().to_string(), "DIR"), @r#"
    listens on wss://0.0.0.0:8443/ws for websocket with json and cbor, asks for client certificates
    listens on rs+unix:///run/wamp.sock for websocket and rawsocket with json, msgpack and cbor
    takes 5000 connections, 50 from one address
    tells how it does at http://127.0.0.1:9100/metrics
    realm com.shop lets in anonymous clients as guest; alice by ticket|wampcra|wamp-scram|scram|cryptosign|tls as admin; bob by wampcra|wamp-scram|scram as guest; carol by wamp-scram|scram as guest; whom com.shop.authenticate accepts by ticket|wampcra (asked in realm com.shop)
    realm com.shop has roles guest (2 rules), admin (1 rule)
    realm com.shop takes 100 messages per second of a session, 500 at once, and refuses what is more
    realm com.shop takes 10 messages per second of a session of role guest, 10 at once, and delays what is more
    realm com.shop drops the oldest events when more than 1MiB of events wait for a session
    realm com.shop has publishers wait for up to 3s when more than 1MiB of events wait for a session of role guest, then ends it
    any other realm lets in anonymous clients as anonymous
    any other realm has no roles: everything is allowed
    warning: anonymous clients are let in at wss://0.0.0.0:8443/ws, which others than this machine can reach
    "#);
    let text = "
[[listeners]]
url = \"ws://0.0.0.0:8080/ws\"
[[realms]]
name = \"a\"
[[realms]]
name = \"b\"
anonymous = { role = \"guest\" }
[[realms.roles]]
name = \"guest\"
[[realms]]
name = \"c\"
[[realms.authenticators]]
methods = [\"ticket\"]
procedure = \"com.authenticate\"
[[realms]]
name = \"d\"
roles = []
[[realms.users]]
authid = \"joe\"
role = \"x\"
tls = \"cn:joe\"
";
    // A role that the realm does not know is an error where it is written.
    assert_eq!(wrong(text), "wamp.toml:21:8: the realm has no role \"x\"");
    let text = text.replace("roles = []", "");
    assert_snapshot!(parse(&text).unwrap().summary(), @r#"
    listens on ws://0.0.0.0:8080/ws for websocket and rawsocket with json, msgpack and cbor, refuses anonymous clients
    realm a lets in anonymous clients as anonymous
    realm a has no roles: everything is allowed
    realm b lets in anonymous clients as guest
    realm b has roles guest (0 rules)
    realm c lets in whom com.authenticate accepts by ticket
    realm c has no roles: everything is allowed
    realm d lets in joe by tls as x
    realm d has no roles: everything is allowed
    warning: ws://0.0.0.0:8080/ws has no TLS: tickets are sent to it in plain text
    warning: realm a: only anonymous clients are let in, and no listener admits them: say allow_anonymous = true there
    warning: realm b: role guest has neither permissions nor an authorizer, so it may do nothing
    warning: realm b: only anonymous clients are let in, and no listener admits them: say allow_anonymous = true there
    warning: realm c: nobody can log in to register com.authenticate: give the realm a user, or call it in another realm
    warning: realm d: users have TLS certificates, and no listener asks for them
    "#);
}

#[test]
fn all_that_is_wrong_is_said_at_its_line() {
    assert_snapshot!(wrong(
        "limit = 1
[limits]
handshake_time = 10
heartbeat = \"often\"
max_mesage = \"1MiB\"
max_message = \"16MB\"
failed_logins = { count = 0, per = \"0s\" }
[slow_consumers]
policy = \"ignore\"
limit = \"1B\"
"
    ), @r#"
    wamp.toml:1:1: unknown key `limit`: did you mean `limits`?
    wamp.toml:3:18: `handshake_time` must be a time such as "500ms", "10s" or "1m", not a whole number
    wamp.toml:4:13: `heartbeat` must be a time such as "500ms", "10s" or "1m", or "off", not "often"
    wamp.toml:5:1: unknown key `max_mesage` in [limits]: did you mean `max_message`?
    wamp.toml:6:15: `max_message` must be a size such as "512KiB", "16MiB" or a number of bytes
    wamp.toml:7:27: `count` must be at least 1
    wamp.toml:7:36: `per` must be more than nothing
    wamp.toml:9:10: `policy` cannot be "ignore": there is disconnect, drop-oldest, drop-newest and block-publisher
    wamp.toml:10:9: `limit` must be at least 65536 bytes
    "#);
    assert_snapshot!(wrong(
        "[[listeners]]
[[listeners]]
url = \"http://127.0.0.1\"
[[listeners]]
url = \"ws://127.0.0.1:1/ws\"
tls = { cert = \"c\", key = \"k\" }
serializers = [\"json\", \"mesgpack\", \"json\"]
transports = [\"rawsocket\"]
origins = [\"example.org\", 5]
max_message = true
[[listeners]]
url = \"rs://127.0.0.1:1\"
transports = []
[[listeners]]
url = \"wss://127.0.0.1/ws\"
[[listeners]]
url = \"wss://127.0.0.1:9/ws\"
tls = { cert = \"/nowhere/c.pem\", key = \"/nowhere/k.pem\" }
[[listeners]]
url = \"wss://127.0.0.1:8/ws\"
tls = { crt = \"c\", key = \"k\", client_auth = \"require\" }
"
    ), @r#"
    wamp.toml:1:1: [[listeners]] lacks `url`
    wamp.toml:3:7: cannot listen on http://127.0.0.1: unknown scheme "http": known are ws://, wss://, rs://, rss://, tcp://, tcps://, ws+unix://, rs+unix://, unix://
    wamp.toml:6:7: `tls` is of no use to a URL without TLS: write `wss://` in `url`, or leave `tls` away
    wamp.toml:7:24: `serializers` cannot be "mesgpack": did you mean `msgpack`?
    wamp.toml:7:36: `serializers` has "json" twice
    wamp.toml:8:14: `transports` lacks the one of `url`
    wamp.toml:9:12: "example.org" is no origin: write https://app.example.org, https://*.example.org, http://localhost:3000, null, or * for all
    wamp.toml:9:27: `origins` must be text, not a whole number
    wamp.toml:10:15: `max_message` must be a size such as "512KiB", "16MiB" or a number of bytes, not true or false
    wamp.toml:12:7: this address is listened at already, by line 4
    wamp.toml:13:14: `transports` must not be empty
    wamp.toml:15:7: a URL with TLS needs a certificate: add tls = { cert = "cert.pem", key = "key.pem" }
    wamp.toml:18:7: `tls`: cannot read /nowhere/c.pem: no such file or directory
    wamp.toml:21:7: tls lacks `cert`
    wamp.toml:21:9: unknown key `crt` in tls: did you mean `cert`?
    wamp.toml:21:45: `client_auth` needs `client_ca`, those who sign the certificates
    "#);
    assert_snapshot!(wrong(
        "[[realms]]
name = \"a\"
user = 1
uri_rule = \"strikt\"
anonymous = true
[[realms]]
name = \"a\"
[[realms]]
name = \"wamp.a\"
[[realms]]
name = \"a b\"
[[realms]]
[realms.retention]
events = -1
byte = 1
[[realms.authenticators]]
methods = [\"tickets\"]
procedure = \"com..x\"
realm = \"z\"
[[realms.history]]
uri = \"com.\"
[[realms.callers]]
uri = \"com\"
disclose = \"sometimes\"
trustlevel = 1.5
"
    ), @r#"
    wamp.toml:3:1: unknown key `user` in [[realms]]: did you mean `users`?
    wamp.toml:4:12: `uri_rule` cannot be "strikt": did you mean `strict`?
    wamp.toml:5:13: `anonymous` must be a table, not true or false
    wamp.toml:7:8: realm "a" is there already, in line 1
    wamp.toml:9:8: realms whose names begin with "wamp" are reserved for the protocol
    wamp.toml:11:8: `name` = "a b": a URI must not contain ' '
    wamp.toml:12:1: [[realms]] lacks `name`
    wamp.toml:14:10: `events` must be at least 0
    wamp.toml:15:1: unknown key `byte` in [realms.retention]: did you mean `bytes`?
    wamp.toml:17:12: `methods` cannot be "tickets": did you mean `ticket`?
    wamp.toml:18:13: `procedure` = "com..x": a URI must not have an empty component
    wamp.toml:19:9: there is no realm "z" here: there is a, wamp.a and a b
    wamp.toml:20:1: [[realms.history]] lacks `limit_bytes`
    wamp.toml:20:1: [[realms.history]] lacks `limit_events`
    wamp.toml:21:7: `uri` = "com.": a URI must not have an empty component: is it meant with match = "prefix"?
    wamp.toml:24:12: `disclose` cannot be "sometimes": there is on-request, always and never
    wamp.toml:25:14: `trustlevel` must be a whole number, not a fraction
    "#);
    assert_snapshot!(wrong(
        "[[realms]]
name = \"a\"
[[realms.users]]
authid = \"joe\"
role = \"gest\"
ticket = \"s3cr3t\"
[[realms.users]]
authid = \"joe\"
role = \"guest\"
[[realms.users]]
authid = \"ann\"
role = \"guest\"
ticket = \"prompt\"
ticket_sha256 = \"s3cr3t\"
wampcra = { key = \"s3cr3t\", salt = \"x\", iterations = 0 }
scram = { kdf = \"pbkdf2\", iterations = 1, salt = \"AA==\", stored_key = \"s3cr3t\" }
cryptosign = [\"abc\", \"file:/nowhere.pub\"]
tls = [\"joe\"]
[[realms.users]]
authid = \"bob\"
role = \"guest\"
ticket = \"env:WAMP_NOT_SET_AT_ALL\"
[[realms.roles]]
name = \"guest\"
[[realms.roles.permissions]]
uri = \"com.\"
allow = [\"call\"]
[[realms.roles.permissions]]
uri = \"com\"
match = \"prefix\"
allow = [\"cal\", \"eat\"]
authorizer = \"com.x\"
cache = true
[[realms.roles.permissions]]
uri = \"com\"
match = \"prefix\"
cache = true
disclose = [\"me\"]
[[realms.roles.permissions]]
uri = \"com.a\"
allow = []
[[realms.roles.permissions]]
uri = \"com.a\"
allow = []
[[realms.roles]]
name = \"guest\"
"
    ), @r#"
    wamp.toml:5:8: the realm has no role "gest": did you mean `guest`?
    wamp.toml:6:10: `ticket`: a secret is given as prompt, env:NAME, file:PATH, fd:N, cmd:ARGV or plain:VALUE
    wamp.toml:7:1: a user needs one of `ticket`, `ticket_sha256`, `wampcra`, `scram`, `cryptosign`, `tls` to log in by
    wamp.toml:8:10: user "joe" is there already, in line 3
    wamp.toml:13:10: `ticket`: there is nobody to prompt when a router starts
    wamp.toml:14:17: the SHA-256 of a ticket is 64 hexadecimal digits
    wamp.toml:15:54: `iterations` must be at least 1
    wamp.toml:16:9: scram lacks `server_key`
    wamp.toml:16:17: pbkdf2 with 1 iterations is too cheap to protect the password
    wamp.toml:16:50: `salt` must be base64 of at least 8 bytes
    wamp.toml:16:71: `stored_key` must be base64 of 32 bytes
    wamp.toml:17:15: `cryptosign`: this is no public key: expected 64 hexadecimal digits, a line `ssh-ed25519 AAAA…`, or `public-key-ed25519: …`
    wamp.toml:17:22: `cryptosign`: file:/nowhere.pub: No such file or directory
    wamp.toml:18:8: `tls`: a certificate is described as sha256:HEX (64 digits), cn:NAME or san:NAME
    wamp.toml:22:10: `ticket`: env:WAMP_NOT_SET_AT_ALL: the variable is not set
    wamp.toml:26:7: `uri` = "com.": a URI must not have an empty component: is it meant with match = "prefix"?
    wamp.toml:31:10: `allow` cannot be "cal": did you mean `call`?
    wamp.toml:31:17: `allow` cannot be "eat": there is call, register, subscribe and publish
    wamp.toml:32:14: a rule has either `allow` or `authorizer`, which decides in its place
    wamp.toml:34:1: [[realms.roles.permissions]] lacks `allow` or `authorizer`: `allow = []` denies all
    wamp.toml:34:1: the role has a rule for "com" (prefix) already, in line 28: put both into one
    wamp.toml:37:9: `cache` is about the answers of an `authorizer`
    wamp.toml:38:13: `disclose` cannot be "me": there is caller and publisher
    wamp.toml:42:1: the role has a rule for "com.a" (exact) already, in line 39: put both into one
    wamp.toml:46:8: role "guest" is there already, in line 23
    "#);
}

#[test]
fn what_breaks_the_format_is_said_alone() {
    assert_snapshot!(wrong("[limits\nx = 1\ny = = 2\nz = 'a\n"), @r#"
    wamp.toml:1:8: unclosed table, expected `]`
    wamp.toml:3:5: extra `=`, expected nothing
    wamp.toml:3:7: unexpected key or value, expected newline, `#`
    "#);
    assert_snapshot!(wrong("realm = 1\nrealm = 2\n"), @"wamp.toml:2:1: duplicate key");
    let json = |text: &str| {
        let path = Path::new("wamp.json");
        let error = Config::parse(text, Format::Json, path, &[0; 32]).unwrap_err();
        error.to_string()
    };
    assert_snapshot!(json("{\"limits\": {},\n \"limits\": {}}"), @"wamp.json:2:2: duplicate key");
    assert_snapshot!(json("{\"limits\": {\n  \"x\": }}"), @"wamp.json:2:8: expected value");
    assert_snapshot!(json("{\"limits\": {\n  \"max_mesage\": null,\n \"handshake_time\": \"x\"}, \"realms\": [{\"name\": 5}]}"), @r#"
    wamp.json:2:3: unknown key `max_mesage` in [limits]: did you mean `max_message`?
    wamp.json:3:20: `handshake_time` must be a time such as "500ms", "10s" or "1m", not "x"
    wamp.json:3:46: `name` must be text, not a whole number
    "#);
    assert_snapshot!(json("[]"), @"wamp.json:1:1: the file must be a table, not a list");
    assert_snapshot!(json(""), @"wamp.json:1:1: EOF while parsing a value");
    assert_snapshot!(json(&"[".repeat(100_000)), @"wamp.json:1:100000: EOF while parsing a list");
    assert_snapshot!(json(&format!("{{\"realms\": {}{}}}", "[".repeat(40), "]".repeat(40))), @"wamp.json:1:27: there is too much inside one another here");
}

#[test]
fn json_is_the_same_file() {
    let json = "{\"realms\": [{\"name\": \"a\", \"users\": [{\"authid\": \"joe\", \"role\": \"r\", \"ticket\": \"plain:x\"}]}]}";
    let toml = "[[realms]]\nname = \"a\"\nusers = [{ authid = \"joe\", role = \"r\", ticket = \"plain:x\" }]";
    let json = Config::parse(json, Format::Json, Path::new("x"), &[7; 32]).unwrap();
    assert_eq!(json.effective(), parse(toml).unwrap().effective());
}

#[test]
fn yaml_and_missing_files_are_told_apart() {
    let read = |path: &str| {
        Config::read(Path::new(path), &[0; 32])
            .unwrap_err()
            .to_string()
    };
    assert_snapshot!(read("/nowhere/wamp.yaml"), @"/nowhere/wamp.yaml: YAML is not read here: write it as TOML, or as JSON in a file that ends in .json");
    assert_snapshot!(read("/nowhere/wamp.toml"), @"/nowhere/wamp.toml: no such file or directory");
}

/// Every key that there is.
const EXAMPLE: &str = include_str!("tests/example.toml");

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
