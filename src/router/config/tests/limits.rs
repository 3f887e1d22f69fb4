//! `[limits]`: what is counted, and what is nonsense.

use std::time::Duration;

use insta::assert_snapshot;

use super::{parse, wrong};
use crate::codec::MessageLimits;
use crate::realm::SessionLimits;
use crate::router::{OverRate, Rate};

#[test]
fn what_is_too_much_or_too_little_is_said() {
    assert_snapshot!(wrong(
        "[limits]
connections = 0
connections_per_address = 2000000000
max_message = \"3GiB\"
handshake_time = \"2 years\"
heartbeat = \"400 days\"
hello_time = \"0s\"
max_hello = 100
max_depth = 65
max_items = 0
max_option_items = 1
max_uri = 5000
subscriptions = -1
calls = \"many\"
[slow_consumers]
limit = \"2048GiB\"
[[realms]]
name = \"a\"
limits = { registrations = 5000000000, event = 1 }
rate = { messages = 0, burst = 5000000000, over = \"drop\" }
[[realms.roles]]
name = \"b\"
rate = { burst = 5 }
[[realms.roles]]
name = \"c\"
rate = \"on\"
"
    ), @r#"
    wamp.toml:2:15: `connections` must be at least 1
    wamp.toml:3:27: `connections_per_address` must be at most 1000000000
    wamp.toml:4:15: `max_message` must be at most 2GiB
    wamp.toml:5:18: `handshake_time` must be at most a year
    wamp.toml:6:13: `heartbeat` must be at most a year
    wamp.toml:7:14: `hello_time` must be more than nothing
    wamp.toml:8:13: `max_hello` must be at least 512 bytes
    wamp.toml:9:13: `max_depth` must be at most 64
    wamp.toml:10:13: `max_items` must be at least 1
    wamp.toml:11:20: `max_option_items` must be at least 64
    wamp.toml:12:11: `max_uri` must be at most 4096
    wamp.toml:13:17: `subscriptions` must be at least 0
    wamp.toml:14:9: `calls` must be a whole number, not text
    wamp.toml:16:9: `limit` must be at most 1024GiB
    wamp.toml:19:28: `registrations` must be at most 1000000000
    wamp.toml:19:40: unknown key `event` in [realms.limits]: there is subscriptions, registrations and calls
    wamp.toml:20:21: `messages` must be at least 1
    wamp.toml:20:32: `burst` is too large
    wamp.toml:20:51: `over` cannot be "drop": there is delay and refuse
    wamp.toml:23:8: rate lacks `messages`
    wamp.toml:26:8: `rate` must be a table, not text
    "#);
}

#[test]
fn what_does_not_go_together_is_said() {
    assert_snapshot!(wrong(
        "[limits]
handshake_time = \"3s\"
hello_time = \"4s\"
max_message = { all = \"4KiB\", json = \"8KiB\" }
max_hello = \"5KiB\"
"
    ), @"
    wamp.toml:3:14: `hello_time` is a part of `handshake_time`, which is 3s: say less, or a longer `handshake_time`
    wamp.toml:4:38: `json` must be at most `all`, which is 4KiB: say less, or a larger `all`
    wamp.toml:5:13: `max_hello` must be at most `max_message`, which is 4KiB: say less, or a larger `max_message`
    ");
    assert_snapshot!(wrong("[limits]\nhello_time = \"20s\"\nmax_hello = \"17MiB\"\n"), @"
    wamp.toml:2:14: `hello_time` is a part of `handshake_time`, which is 10s: say less, or a longer `handshake_time`
    wamp.toml:3:13: `max_hello` must be at most `max_message`, which is 16MiB: say less, or a larger `max_message`
    ");
    // The usual values make way.
    let text = "[limits]\nhandshake_time = \"3s\"\nmax_message = \"4KiB\"\n";
    let config = parse(text).unwrap();
    assert_eq!(config.limits.hello_time, Duration::from_secs(3));
    assert_eq!(config.limits.max_hello, 4 << 10);
    let again = parse(&config.effective()).unwrap();
    assert_eq!(again.effective(), config.effective());
}

#[test]
fn the_example_is_what_a_router_goes_by() {
    let text = include_str!("example.toml");
    let limits = text
        .split("\n\n")
        .find(|part| part.starts_with("[limits]"))
        .unwrap();
    let policy = parse(limits).unwrap().policy([0; 32]);
    assert_eq!(policy.connections.total, 5000);
    assert_eq!(policy.connections.per_address, 50);
    assert_eq!(policy.hello_time, Duration::from_secs(3));
    assert_eq!(policy.max_hello, 16 << 10);
    let messages = MessageLimits {
        depth: 32,
        payload: 10_000,
        options: 200,
        uri: 256,
    };
    assert_eq!(policy.messages, messages);
}

#[test]
fn a_realm_has_the_limits_of_all_but_for_its_own() {
    let text = "[limits]\ncalls = 5\nsubscriptions = 6\n[[realms]]\nname = \"a\"\nlimits = { calls = 7 }\n[[realms]]\nname = \"*\"\n";
    let policy = parse(text).unwrap().policy([0; 32]);
    let all = SessionLimits {
        subscriptions: 6,
        calls: 5,
        ..SessionLimits::default()
    };
    assert_eq!(policy.realms[0].sessions, SessionLimits { calls: 7, ..all });
    assert_eq!(policy.any_realm.unwrap().sessions, all);
}

#[test]
fn a_role_has_the_rate_of_its_realm_or_its_own() {
    let config = parse(include_str!("rates.toml")).unwrap();
    let again = parse(&config.effective()).unwrap();
    assert_eq!(again.effective(), config.effective());
    let realm = config.policy([0; 32]).realms.remove(0);
    let rate = |messages, burst, over| {
        Some(Rate {
            messages,
            burst,
            over,
        })
    };
    let refuse = rate(100, 500, OverRate::Refuse);
    assert_eq!(realm.rates.of("other"), refuse);
    assert_eq!(realm.rates.of("slow"), rate(10, 10, OverRate::Delay));
    assert_eq!(realm.rates.of("free"), None);
    assert_snapshot!(config.summary(), @r#"
    realm com.shop lets in anonymous clients as slow
    realm com.shop has roles other (0 rules), slow (0 rules), free (0 rules)
    realm com.shop takes 100 messages per second of a session, 500 at once, and refuses what is more
    realm com.shop takes 10 messages per second of a session of role slow, 10 at once, and delays what is more
    warning: realm com.shop: role other has neither permissions nor an authorizer, so it may do nothing
    warning: realm com.shop: role slow has neither permissions nor an authorizer, so it may do nothing
    warning: realm com.shop: role free has neither permissions nor an authorizer, so it may do nothing
    "#);
}

#[test]
fn messages_have_sizes_by_what_carries_them() {
    let text = "[limits]
max_message = { all = \"1MiB\", json = \"64KiB\" }
[[listeners]]
url = \"ws://127.0.0.1:1/ws\"
max_message = { rawsocket = 4096, json = \"32KiB\" }
[[listeners]]
url = \"ws://127.0.0.1:2/ws\"
max_message = \"2MiB\"
";
    let config = parse(text).unwrap();
    let sizes = |at: usize| {
        let options = &config.listeners[at].options;
        (
            options.max_frame,
            options.narrower.json,
            options.narrower.rawsocket,
        )
    };
    assert_eq!(sizes(0), (1 << 20, Some(32 << 10), Some(4096)));
    assert_eq!(sizes(1), (2 << 20, Some(64 << 10), None));
    let effective = config.effective();
    assert_eq!(parse(&effective).unwrap().effective(), effective);
    assert!(
        effective.contains(r#"max_message = { all = "1MiB", json = "32KiB", rawsocket = "4KiB" }"#),
        "{effective}"
    );
    let text = "[limits]\nmax_message = { all = 1, xml = 2 }\n";
    assert_snapshot!(wrong(text), @r#"
    wamp.toml:2:23: `all` must be at least 512 bytes
    wamp.toml:2:26: unknown key `xml` in max_message: there is all, websocket, rawsocket, json, msgpack and cbor
    "#);
}
