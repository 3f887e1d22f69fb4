//! `[limits]`: what is counted, and what is nonsense.

use std::time::Duration;

use insta::assert_snapshot;

use super::{parse, wrong};

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
[slow_consumers]
limit = \"2048GiB\"
"
    ), @r#"
    wamp.toml:2:15: `connections` must be at least 1
    wamp.toml:3:27: `connections_per_address` must be at most 1000000000
    wamp.toml:4:15: `max_message` must be at most 2GiB
    wamp.toml:5:18: `handshake_time` must be at most a year
    wamp.toml:6:13: `heartbeat` must be at most a year
    wamp.toml:7:14: `hello_time` must be more than nothing
    wamp.toml:8:13: `max_hello` must be at least 512 bytes
    wamp.toml:10:9: `limit` must be at most 1024GiB
    "#);
}

#[test]
fn the_example_is_what_a_router_goes_by() {
    let text = include_str!("example.toml");
    let limits = text.split("\n\n").next().unwrap();
    let policy = parse(limits).unwrap().policy([0; 32]);
    assert_eq!(policy.connections.total, 5000);
    assert_eq!(policy.connections.per_address, 50);
    assert_eq!(policy.hello_time, Duration::from_secs(3));
    assert_eq!(policy.max_hello, 16 << 10);
}
