//! How each command lays out what it prints: every format, in a pipe and on a terminal.
//!
//! Layouts that are the same stand together. What differs from run to run is masked.

use insta::assert_snapshot;

use crate::support::{Router, Wamp, file, wamp};

/// All layouts of what a command prints.
fn layouts(wamp: impl Fn() -> Wamp) -> String {
    let mut layouts: Vec<(String, String)> = Vec::new();
    for format in ["auto", "json", "pretty", "raw", "table"] {
        let in_this = || wamp().args(["-o", format]);
        let pipe = in_this().run();
        let terminal = in_this().at_terminal_of(50, 500).wait();
        for (stream, text) in [("pipe", pipe.stdout), ("terminal", terminal.text)] {
            let name = format!("{format} {stream}");
            let text = masked(text.trim_end());
            match layouts.iter_mut().find(|(_, other)| *other == text) {
                Some((names, _)) => *names = format!("{names}, {name}"),
                None => layouts.push((name, text)),
            }
        }
    }
    let layouts = layouts
        .iter()
        .map(|(names, text)| format!("[{names}]\n{text}\n"));
    layouts.collect::<Vec<_>>().join("\n")
}

/// Times, ids and durations are all the same, and a bell can be seen.
fn masked(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | 'Z');
    let mut masked = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !is_part(c)).unwrap_or(from.len());
        let (number, behind) = from.split_at(end);
        masked.push_str(before);
        masked.push_str(match number {
            time if time.ends_with('Z') => "2000-01-01T00:00:00.000Z",
            id if id.len() > 10 && !id.contains(['.', ':']) => "4711",
            address if address.starts_with("127.0.0.1:") => "127.0.0.1:8080",
            duration if duration.contains('.') => "0.001",
            other => other,
        });
        rest = behind;
    }
    (masked + rest).replace('\u{7}', "<BEL>")
}

/// What a callee of this procedure returns.
fn called(arguments: &[&str]) -> String {
    let router = Router::start();
    let returned = arguments.iter().flat_map(|argument| ["--return", argument]);
    let _callee = router.register(["com.p", "-q"].into_iter().chain(returned));
    layouts(|| router.wamp(["call", "com.p"]))
}

#[test]
fn a_result_of_one_string() {
    assert_snapshot!(called(&["one\ntwo\u{7}"]), @r#"
    [auto pipe, pretty pipe, raw pipe, table pipe]
    one
    two<BEL>

    [auto terminal, pretty terminal, table terminal]
    one
    two\u0007

    [json pipe, json terminal]
    {"type":"result","uri":"com.p","args":["one\ntwo\u0007"],"kwargs":{},"details":{},"at":"2000-01-01T00:00:00.000Z"}

    [raw terminal]
    one
    two
    "#);
}

#[test]
fn a_result_of_several_values() {
    assert_snapshot!(called(&["1", "25", "[]", "x:b=AQI=", "y=grüße"]), @r#"
    [auto pipe, raw pipe, raw terminal]
    {"args":[1,25,[]],"kwargs":{"x":"\u0000AQI=","y":"grüße"}}

    [auto terminal, pretty pipe, pretty terminal]
    {
      "args": [
        1,
        25,
        []
      ],
      "kwargs": {
        "x": "\u0000AQI=",
        "y": "grüße"
      }
    }

    [json pipe, json terminal]
    {"type":"result","uri":"com.p","args":[1,25,[]],"kwargs":{"x":"\u0000AQI=","y":"grüße"},"details":{},"at":"2000-01-01T00:00:00.000Z"}

    [table pipe, table terminal]
    args    [1,25,[]]
    kwargs  {"x":"\u0000AQI=","y":"grüße"}
    "#);
}

#[test]
fn a_result_that_has_the_shape_of_a_table() {
    let rows = ":=[{\"name\":\"hat\",\"price\":12},{\"name\":\"coat\",\"left\":null}]";
    assert_snapshot!(called(&[rows]), @r#"
    [auto pipe, raw pipe, raw terminal]
    [{"name":"hat","price":12},{"name":"coat","left":null}]

    [auto terminal, pretty pipe, pretty terminal]
    [
      {
        "name": "hat",
        "price": 12
      },
      {
        "name": "coat",
        "left": null
      }
    ]

    [json pipe, json terminal]
    {"type":"result","uri":"com.p","args":[[{"name":"hat","price":12},{"name":"coat","left":null}]],"kwargs":{},"details":{},"at":"2000-01-01T00:00:00.000Z"}

    [table pipe, table terminal]
    NAME  PRICE  LEFT
    hat   12     -
    coat  -      -
    "#);
}

#[test]
fn a_result_of_nothing_and_its_details() {
    let router = Router::start();
    let _callee = router.register(["com.p", "-q", "--echo"]);
    assert_snapshot!(layouts(|| router.wamp(["call", "com.p", "-d"])), @r#"
    [auto pipe, raw pipe, raw terminal]
    {"args":[],"kwargs":{},"details":{}}

    [auto terminal, pretty pipe, pretty terminal]
    {
      "args": [],
      "kwargs": {},
      "details": {}
    }

    [json pipe, json terminal]
    {"type":"result","uri":"com.p","args":[],"kwargs":{},"details":{},"at":"2000-01-01T00:00:00.000Z"}

    [table pipe, table terminal]
    args     []
    kwargs   {}
    details  {}
    "#);
}

#[test]
fn a_publication() {
    let router = Router::start();
    assert_snapshot!(layouts(|| router.wamp(["publish", "com.t", "1", "-d"])), @r#"
    [auto pipe, raw pipe, raw terminal]
    {"args":[],"kwargs":{},"details":{"publication":4711}}

    [auto terminal, pretty pipe, pretty terminal]
    {
      "args": [],
      "kwargs": {},
      "details": {
        "publication": 4711
      }
    }

    [json pipe, json terminal]
    {"type":"published","uri":"com.t","args":[],"kwargs":{},"details":{"publication":4711},"at":"2000-01-01T00:00:00.000Z"}

    [table pipe, table terminal]
    args     []
    kwargs   {}
    details  {"publication":4711}
    "#);
}

#[test]
fn events() {
    let router = Router::start();
    let publish = ["publish", "com.t", "1", "a=[true]", "--retain"];
    router.wamp(publish).run().clean();
    let subscribe = || router.wamp(["subscribe", "com.t", "--retained", "-n", "1", "-q"]);
    assert_snapshot!(layouts(subscribe), @r#"
    [auto pipe, json pipe, json terminal]
    {"type":"event","uri":"com.t","args":[1],"kwargs":{"a":[true]},"details":{"publication":4711,"retained":true},"at":"2000-01-01T00:00:00.000Z"}

    [auto terminal, table pipe, table terminal]
    com.t  {"args":[1],"kwargs":{"a":[true]}}

    [pretty pipe, pretty terminal]
    com.t
    {
      "args": [
        1
      ],
      "kwargs": {
        "a": [
          true
        ]
      }
    }

    [raw pipe, raw terminal]
    {"args":[1],"kwargs":{"a":[true]}}
    "#);
}

#[test]
fn a_list() {
    let router = Router::start();
    let _callee = router.register(["com.a", "com.bcd", "-q", "--echo"]);
    assert_snapshot!(layouts(|| router.wamp(["ls", "procedures"])), @r#"
    [auto pipe, raw pipe, raw terminal]
    com.a
    com.bcd

    [auto terminal, table pipe, table terminal]
    URI      MATCH  INVOKE  CALLEE COUNT  CREATED                   ID
    com.a    exact  single  1             2000-01-01T00:00:00.000Z  1
    com.bcd  exact  single  1             2000-01-01T00:00:00.000Z  2

    [json pipe, json terminal]
    {"type":"registration","uri":"com.a","args":[],"kwargs":{},"details":{"id":1,"created":"2000-01-01T00:00:00.000Z","uri":"com.a","match":"exact","invoke":"single","callee_count":1},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"registration","uri":"com.bcd","args":[],"kwargs":{},"details":{"id":2,"created":"2000-01-01T00:00:00.000Z","uri":"com.bcd","match":"exact","invoke":"single","callee_count":1},"at":"2000-01-01T00:00:00.000Z"}

    [pretty pipe, pretty terminal]
    {
      "id": 1,
      "created": "2000-01-01T00:00:00.000Z",
      "uri": "com.a",
      "match": "exact",
      "invoke": "single",
      "callee_count": 1
    }
    {
      "id": 2,
      "created": "2000-01-01T00:00:00.000Z",
      "uri": "com.bcd",
      "match": "exact",
      "invoke": "single",
      "callee_count": 1
    }
    "#);
}

#[test]
fn one_thing() {
    let router = Router::start();
    let _callee = router.register(["com.a", "-q", "--echo"]);
    assert_snapshot!(layouts(|| router.wamp(["show", "com.a"])), @r#"
    [auto pipe, json pipe, json terminal]
    {"type":"registration","uri":"com.a","args":[],"kwargs":{},"details":{"id":1,"created":"2000-01-01T00:00:00.000Z","uri":"com.a","match":"exact","invoke":"single","callee_count":1,"callees":[4711],"description":{"uri":"com.a","type":"procedure"}},"at":"2000-01-01T00:00:00.000Z"}

    [auto terminal, table pipe, table terminal]
    registration
      id            1
      created       2000-01-01T00:00:00.000Z
      uri           com.a
      match         exact
      invoke        single
      callee_count  1
      callees       [4711]
      description   {"uri":"com.a","type":"procedure"}

    [pretty pipe, pretty terminal]
    {
      "id": 1,
      "created": "2000-01-01T00:00:00.000Z",
      "uri": "com.a",
      "match": "exact",
      "invoke": "single",
      "callee_count": 1,
      "callees": [
        4711
      ],
      "description": {
        "uri": "com.a",
        "type": "procedure"
      }
    }

    [raw pipe, raw terminal]
    {"id":1,"created":"2000-01-01T00:00:00.000Z","uri":"com.a","match":"exact","invoke":"single","callee_count":1,"callees":[4711],"description":{"uri":"com.a","type":"procedure"}}
    "#);
}

#[test]
fn round_trips() {
    let router = Router::start();
    assert_snapshot!(layouts(|| router.wamp(["ping", "-n", "1"])), @r#"
    [auto pipe, auto terminal, raw pipe, raw terminal, table pipe, table terminal]
    ws://127.0.0.1:8080/ws realm realm1, msgpack, session 4711
      lookup 0.001 ms  tcp 0.001 ms  upgrade 0.001 ms  welcome 0.001 ms  total 0.001 ms
    1: 0.001 ms
    1 of 1 answered: min 0.001 ms, avg 0.001 ms, max 0.001 ms, p99 0.001 ms

    [json pipe, json terminal]
    {"type":"connected","uri":null,"args":[],"kwargs":{},"details":{"url":"ws://127.0.0.1:8080/ws","realm":"realm1","serializer":"msgpack","session":4711,"lookup_ms":0.001,"connect_ms":0.001,"tls_ms":null,"upgrade_ms":0.001,"welcome_ms":0.001,"total_ms":0.001},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"pong","uri":null,"args":[],"kwargs":{},"details":{"seq":1,"ms":0.001},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"summary","uri":null,"args":[],"kwargs":{},"details":{"sent":1,"answered":1,"min_ms":0.001,"avg_ms":0.001,"max_ms":0.001,"p99_ms":0.001},"at":"2000-01-01T00:00:00.000Z"}

    [pretty pipe, pretty terminal]
    {
      "url": "ws://127.0.0.1:8080/ws",
      "realm": "realm1",
      "serializer": "msgpack",
      "session": 4711,
      "lookup_ms": 0.001,
      "connect_ms": 0.001,
      "tls_ms": null,
      "upgrade_ms": 0.001,
      "welcome_ms": 0.001,
      "total_ms": 0.001
    }
    {
      "seq": 1,
      "ms": 0.001
    }
    {
      "sent": 1,
      "answered": 1,
      "min_ms": 0.001,
      "avg_ms": 0.001,
      "max_ms": 0.001,
      "p99_ms": 0.001
    }
    "#);
}

#[test]
fn contexts() {
    let folder = tempfile::tempdir().unwrap();
    let context = |words: &[&str]| {
        wamp(["context"])
            .args(words)
            .env("XDG_CONFIG_HOME", folder.path())
            .env("WAMP_REALM", "com.other")
    };
    let add = [
        "add",
        "shop",
        "-u",
        "ws://h:8080/ws",
        "--authid",
        "joe",
        "--secret",
        "env:S",
        "--select",
    ];
    assert_eq!(context(&add).run().code, Some(0));
    assert_eq!(context(&["add", "home"]).run().code, Some(0));
    let here = folder.path().display().to_string();
    let shown = |words: &[&str]| layouts(|| context(words)).replace(&here, "/config");
    assert_snapshot!(shown(&["ls"]), @r#"
    [auto pipe, raw pipe, raw terminal]
    home
    shop

    [auto terminal, table pipe, table terminal]
    NAME  SELECTED  URL             AUTHID
    home  false     -               -
    shop  true      ws://h:8080/ws  joe

    [json pipe, json terminal]
    {"type":"context","uri":null,"args":[],"kwargs":{},"details":{"name":"home","selected":false,"file":"/config/wamp/contexts/home.toml"},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"context","uri":null,"args":[],"kwargs":{},"details":{"name":"shop","selected":true,"file":"/config/wamp/contexts/shop.toml","url":"ws://h:8080/ws","authid":"joe","secret":"env:S"},"at":"2000-01-01T00:00:00.000Z"}

    [pretty pipe, pretty terminal]
    {
      "name": "home",
      "selected": false,
      "file": "/config/wamp/contexts/home.toml"
    }
    {
      "name": "shop",
      "selected": true,
      "file": "/config/wamp/contexts/shop.toml",
      "url": "ws://h:8080/ws",
      "authid": "joe",
      "secret": "env:S"
    }
    "#);
    assert_snapshot!(shown(&["show", "--resolved"]), @r#"
    [auto pipe]
    context = "shop"  # selected
    url = "ws://h:8080/ws"  # /config/wamp/contexts/shop.toml:1
    realm = "com.other"  # WAMP_REALM
    authid = "joe"  # /config/wamp/contexts/shop.toml:2
    secret = "env:S"  # /config/wamp/contexts/shop.toml:3
    connect_timeout = "5s"  # default
    retry_max = "20s"  # default
    output = "auto"  # --output

    [auto terminal]
    KEY              VALUE           FROM
    context          shop            selected
    url              ws://h:8080/ws  /config/wamp/contexts/shop.toml:1
    realm            com.other       WAMP_REALM
    authid           joe             /config/wamp/contexts/shop.toml:2
    secret           env:S           /config/wamp/contexts/shop.toml:3
    connect_timeout  5s              default
    retry_max        20s             default
    output           auto            --output

    [json pipe, json terminal]
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"context","value":"shop","from":"selected","kind":"selected"},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"url","value":"ws://h:8080/ws","from":"/config/wamp/contexts/shop.toml:1","kind":"context","file":"/config/wamp/contexts/shop.toml","line":1},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"realm","value":"com.other","from":"WAMP_REALM","kind":"environment"},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"authid","value":"joe","from":"/config/wamp/contexts/shop.toml:2","kind":"context","file":"/config/wamp/contexts/shop.toml","line":2},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"secret","value":"env:S","from":"/config/wamp/contexts/shop.toml:3","kind":"context","file":"/config/wamp/contexts/shop.toml","line":3},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"connect_timeout","value":"5s","from":"default","kind":"default"},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"retry_max","value":"20s","from":"default","kind":"default"},"at":"2000-01-01T00:00:00.000Z"}
    {"type":"option","uri":null,"args":[],"kwargs":{},"details":{"key":"output","value":"json","from":"--output","kind":"option"},"at":"2000-01-01T00:00:00.000Z"}

    [pretty pipe, pretty terminal]
    {
      "key": "context",
      "value": "shop",
      "from": "selected",
      "kind": "selected"
    }
    {
      "key": "url",
      "value": "ws://h:8080/ws",
      "from": "/config/wamp/contexts/shop.toml:1",
      "kind": "context",
      "file": "/config/wamp/contexts/shop.toml",
      "line": 1
    }
    {
      "key": "realm",
      "value": "com.other",
      "from": "WAMP_REALM",
      "kind": "environment"
    }
    {
      "key": "authid",
      "value": "joe",
      "from": "/config/wamp/contexts/shop.toml:2",
      "kind": "context",
      "file": "/config/wamp/contexts/shop.toml",
      "line": 2
    }
    {
      "key": "secret",
      "value": "env:S",
      "from": "/config/wamp/contexts/shop.toml:3",
      "kind": "context",
      "file": "/config/wamp/contexts/shop.toml",
      "line": 3
    }
    {
      "key": "connect_timeout",
      "value": "5s",
      "from": "default",
      "kind": "default"
    }
    {
      "key": "retry_max",
      "value": "20s",
      "from": "default",
      "kind": "default"
    }
    {
      "key": "output",
      "value": "pretty",
      "from": "--output",
      "kind": "option"
    }

    [raw pipe, raw terminal]
    context = "shop"  # selected
    url = "ws://h:8080/ws"  # /config/wamp/contexts/shop.toml:1
    realm = "com.other"  # WAMP_REALM
    authid = "joe"  # /config/wamp/contexts/shop.toml:2
    secret = "env:S"  # /config/wamp/contexts/shop.toml:3
    connect_timeout = "5s"  # default
    retry_max = "20s"  # default
    output = "raw"  # --output

    [table pipe, table terminal]
    KEY              VALUE           FROM
    context          shop            selected
    url              ws://h:8080/ws  /config/wamp/contexts/shop.toml:1
    realm            com.other       WAMP_REALM
    authid           joe             /config/wamp/contexts/shop.toml:2
    secret           env:S           /config/wamp/contexts/shop.toml:3
    connect_timeout  5s              default
    retry_max        20s             default
    output           table           --output
    "#);
}

#[test]
fn a_verdict() {
    let configuration = r#"
[[realms]]
name = "realm1"
anonymous = { role = "guest" }

[[realms.roles]]
name = "guest"
permissions = [{ uri = "com.shop.", match = "prefix", allow = ["call"] }]
"#;
    let (folder, _) = file("wamp.toml", configuration);
    let explain = ["authz", "explain", "-f", "wamp.toml", "--role", "guest"];
    let asked = ["--action", "call", "--uri", "com.shop.order"];
    assert_snapshot!(layouts(|| wamp(explain).args(asked).current_dir(folder.path())), @r#"
    [auto pipe, auto terminal, pretty pipe, pretty terminal, raw pipe, raw terminal, table pipe, table terminal]
    allowed
      wamp.toml:8:16: prefix "com.shop." (allows call) allows call

    [json pipe, json terminal]
    {"verdict":"allowed","realm":"realm1","role":"guest","action":"call","uri":"com.shop.order","match":"exact","asks":[],"deciding":[{"file":"wamp.toml","line":8,"column":16,"uri":"com.shop.","match":"prefix","allow":["call"],"authorizer":null}],"overruled":[],"reasons":["prefix \"com.shop.\" (allows call) allows call"]}
    "#);
}
