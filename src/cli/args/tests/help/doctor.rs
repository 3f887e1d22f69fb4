//! The help of `wamp doctor`.

use insta::assert_snapshot;

use super::help;

#[test]
fn help_of_doctor() {
    assert_snapshot!(help("doctor", false), @"
    Examine the way to a router, and what the router can do

    Usage: wamp doctor [OPTIONS] [URL]

    Arguments:
      [URL]  The router; --url unless given

    Options:
      -h, --help  Print help (see more with '--help')

    Connection:
      -u, --url <URL>    Router [$WAMP_URL, else ws://127.0.0.1:8080/ws]
      -r, --realm <URI>  Realm [$WAMP_REALM, else realm1]

    Output:
      -o, --output <F>   auto, json (envelope), pretty, raw, table [$WAMP_OUTPUT]
      -t, --timeout <D>  How long to wait for an answer: 500ms, 5s, 1m, or seconds

    Messages:
      -q, --quiet       Errors only: no notes, no hints
      -v, --verbose...  Log to standard error; twice for more
    ");
}
